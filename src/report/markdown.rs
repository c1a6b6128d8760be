//! The report as Markdown, for tickets and wikis (GitHub's dialect: tables).
//!
//! Log text stands in code spans, where it is no link, no mention and no markup. Names from the catalog are escaped.

use std::io::{self, Write};

use super::sections::{self, Block, Grid, Kind, Span, Text};
use super::{Report, View, clean};

/// Writes the page.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Web apps in use")?;
    for block in sections::page(report, options) {
        match block {
            Block::Heading(title) => writeln!(out, "\n## {title}")?,
            Block::Paragraph(text) | Block::Note(text) => writeln!(out, "\n{}", marked(&text))?,
            Block::Grid(grid) => {
                writeln!(out)?;
                table(&grid, out)?;
            }
            Block::Items(items) => {
                writeln!(out)?;
                for item in items {
                    writeln!(out, "- **{}:** {}", item.label, marked(&item.text))?;
                }
            }
        }
    }
    Ok(())
}

fn marked(text: &Text) -> String {
    text.0
        .iter()
        .map(|span| match span {
            Span::Say(words) => words.clone(),
            Span::Name(name) => clean::markdown(name),
            Span::Quote(quote) => clean::code(quote),
        })
        .collect()
}

fn table(grid: &Grid, out: &mut dyn Write) -> io::Result<()> {
    let titles: Vec<&str> = grid.columns.iter().map(|column| column.title).collect();
    let rules: Vec<&str> =
        grid.columns.iter().map(|column| if column.kind == Kind::Number { "---:" } else { "---" }).collect();
    writeln!(out, "| {} |", titles.join(" | "))?;
    writeln!(out, "| {} |", rules.join(" | "))?;
    for row in &grid.rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&grid.columns)
            .map(|(cell, column)| match column.kind {
                Kind::Number => cell.clone(),
                Kind::Name(_) => clean::markdown(cell),
                Kind::Quote(_) | Kind::Path(_) => clean::code(cell),
            })
            .collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}
