//! The report for a terminal, in any width from 40 columns on.
//!
//! What does not fit is dropped by importance (active time first, the app's name never); what still does not fit is
//! cut at a character. JSON has it all.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, Table, TableStyle};

use super::sections::{self, Block, Grid, Kind, Span, Text};
use super::{Report, View, clean, words};

/// Narrower is not tried.
const NARROWEST: usize = 40;

/// Prose in longer lines is hard to read.
const PROSE: usize = 100;

/// Columns for a name, at most.
const LONG: usize = 40;

/// Blanks between columns.
const GAP: usize = 2;

/// Writes the page.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    let width = options.width.max(NARROWEST);
    let paint = Paint { on: options.color };
    for (index, block) in sections::page(report, options).into_iter().enumerate() {
        match block {
            Block::Heading(title) => writeln!(out, "\n{}", paint.with(BOLD, title))?,
            Block::Paragraph(text) => {
                if index > 0 {
                    writeln!(out)?;
                }
                for line in words::wrap(&plain(&text), width.min(PROSE), 0) {
                    writeln!(out, "{line}")?;
                }
            }
            Block::Note(text) => {
                for line in words::wrap(&plain(&text), width.min(PROSE), 0) {
                    writeln!(out, "{}", paint.with(DIM, &line))?;
                }
            }
            Block::Grid(grid) => {
                for (index, line) in lay_out(&grid, width).iter().enumerate() {
                    let style = if index < 1 { DIM } else { Style::new() };
                    writeln!(out, "{}", paint.with(style, line))?;
                }
            }
            Block::Items(items) => {
                writeln!(out)?;
                for item in items {
                    let text = format!("{}: {}", item.label, plain(&item.text));
                    let color = if item.grave { AnsiColor::Yellow } else { AnsiColor::Cyan };
                    for (index, line) in words::wrap(&text, width.min(PROSE), 2).iter().enumerate() {
                        match line.strip_prefix(item.label) {
                            Some(rest) if index == 0 => {
                                writeln!(out, "{}{rest}", paint.with(color.on_default(), item.label))?;
                            }
                            _ => writeln!(out, "{line}")?,
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

struct Paint {
    on: bool,
}

impl Paint {
    fn with(&self, style: Style, text: &str) -> String {
        if self.on && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

fn plain(text: &Text) -> String {
    let spans = text.0.iter().map(|span| match span {
        Span::Say(words) => words.as_str().into(),
        Span::Name(words) | Span::Quote(words) => clean::line(words),
    });
    spans.collect()
}

/// The lines of a table that is no wider than `width`.
fn lay_out(grid: &Grid, width: usize) -> Vec<String> {
    let rows: Vec<Vec<_>> = grid.rows.iter().map(|row| row.iter().map(|cell| clean::line(cell)).collect()).collect();
    let natural: Vec<usize> = (0..grid.columns.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| words::width(cell));
            let widest = cells.max().unwrap_or(0);
            // One monstrous name must not push the numbers of all others to the far side.
            let widest = if matches!(grid.columns[column].kind, Kind::Path(_)) { widest } else { widest.min(LONG) };
            widest.max(words::width(grid.columns[column].title))
        })
        .collect();
    let columns = fit(grid, &natural, width);

    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    table.set_width(width.try_into().unwrap_or(u16::MAX));
    table.set_header(columns.iter().map(|(column, room)| words::cut(grid.columns[*column].title, *room)));
    for row in &rows {
        table.add_row(columns.iter().map(|(column, room)| match (row.get(*column), grid.columns[*column].kind) {
            (Some(cell), Kind::Path(_)) => words::cut_middle(cell, *room),
            (Some(cell), _) => words::cut(cell, *room),
            (None, _) => String::new(),
        }));
    }
    for (index, (column, _)) in columns.iter().enumerate() {
        let Some(shown) = table.column_mut(index) else { continue };
        shown.set_padding((0, if index + 1 < columns.len() { GAP as u16 } else { 0 }));
        if grid.columns[*column].kind == Kind::Number {
            shown.set_cell_alignment(CellAlignment::Right);
        }
    }
    // The last word on width: a number that nothing can be cut from.
    table.lines().map(|line| words::cut(line.trim_end(), width)).collect()
}

/// Which columns are shown and how wide, in their order.
fn fit(grid: &Grid, natural: &[usize], width: usize) -> Vec<(usize, usize)> {
    let least = |column: usize| match grid.columns[column].kind {
        Kind::Number => natural[column],
        // On a narrow terminal another number is worth more than the end of a long name.
        Kind::Name(least) | Kind::Quote(least) | Kind::Path(least) => {
            natural[column].min(if width < 60 { least * 2 / 3 } else { least })
        }
    };
    let mut by_rank: Vec<usize> = (0..natural.len()).collect();
    by_rank.sort_by_key(|column| grid.columns[*column].rank);
    let mut used = 0;
    let mut chosen: Vec<(usize, usize)> = Vec::new();
    for column in &by_rank {
        let room = least(*column) + if chosen.is_empty() { 0 } else { GAP };
        if used + room <= width || grid.columns[*column].rank == 0 {
            used += room;
            chosen.push((*column, least(*column)));
        }
    }
    // What is left goes to cut columns, the most important first.
    for (column, room) in &mut chosen {
        let more = (natural[*column] - *room).min(width.saturating_sub(used));
        *room += more;
        used += more;
    }
    chosen.sort_unstable();
    chosen
}
