//! `umbrascope catalog`: looking at the catalog. Every function writes its result and returns the exit code: 0 done, 2 not done.

mod check;
mod draft;
mod explain;
mod list;
mod show;
mod stats;

use std::fs::File;
use std::io::BufReader;

use anyhow::Context;

use super::args::{AnswerFormat, CatalogCommand};
use super::exit::Exit;
use super::{Streams, plan};
use crate::catalog::{App, Catalog};
use crate::diag::Style;
use crate::report::Report;

pub use check::{Change, check};
pub use draft::draft;
pub use explain::explain;
pub use list::{Filter, ListFormat, list};
pub use show::show;
pub use stats::stats;

use explain::explain_json;
use list::Listed;

/// Runs the command.
pub fn run(command: &CatalogCommand, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let style = if streams.ui.color_out { Style::Colored } else { Style::Plain };
    let (code, broken) = match command {
        CatalogCommand::List { text, category, format, catalog } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            let filter = Filter { category: category.as_deref(), text: text.as_deref() };
            let width = u16::try_from(streams.ui.width).ok();
            (list(&catalog, &filter, *format, width, streams.out)?, broken)
        }
        CatalogCommand::Stats { catalog, answer } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            let width = u16::try_from(streams.ui.width).ok();
            (stats(&catalog, answer.format == AnswerFormat::Json, width, streams.out)?, broken)
        }
        CatalogCommand::Schema => {
            serde_json::to_writer_pretty(&mut *streams.out, &crate::catalog::schema())?;
            writeln!(streams.out)?;
            (0, false)
        }
        CatalogCommand::Draft { report, people, top, catalog } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            let shown = report.display();
            let file = File::open(report).with_context(|| format!("cannot read {shown}"))?;
            let report: Report = serde_json::from_reader(BufReader::new(file))
                .with_context(|| format!("{shown} is no report of `umbrascope scan --format json`"))?;
            (draft(&catalog, &report, *people, top.get(), streams.out)?, broken)
        }
        CatalogCommand::Show { id, catalog, answer } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            match (answer.format, catalog.app(id)) {
                (AnswerFormat::Json, Some(app)) => {
                    serde_json::to_writer_pretty(
                        &mut *streams.out,
                        &Listed::of(&catalog, app).with_alternatives(&catalog, app),
                    )?;
                    writeln!(streams.out)?;
                    (0, broken)
                }
                (_, Some(_)) => (show(&catalog, id, streams.out)?, broken),
                // What is wrong is told where mistakes are told.
                (_, None) => (show(&catalog, id, streams.err)?, broken),
            }
        }
        CatalogCommand::Check { dir } => {
            if !dir.is_dir() {
                anyhow::bail!("`{}` is no folder: name one with signature files", dir.display());
            }
            // A folder with categories of its own stands alone; any other is laid over the built-in catalog.
            let base = (!dir.join("categories.toml").is_file()).then(Catalog::built_in);
            (check(base, dir, style, streams.out)?, false)
        }
        CatalogCommand::Explain { hosts, catalog, answer } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            let mut code = 0;
            for (at, host) in hosts.iter().enumerate() {
                match answer.format {
                    AnswerFormat::Json => code = code.max(explain_json(&catalog, host, streams.out)?),
                    AnswerFormat::Table => {
                        if at > 0 {
                            writeln!(streams.out)?;
                        }
                        code = code.max(explain(&catalog, host, streams.out)?);
                    }
                }
            }
            (code, broken)
        }
    };
    Ok(if code == 0 && !broken { Exit::Done } else { Exit::Incomplete })
}

fn category(catalog: &Catalog, app: &App) -> String {
    match catalog.category(app.category()) {
        Some(category) if category.about().is_empty() => category.id().to_owned(),
        Some(category) => format!("{}: {}", category.id(), category.about()),
        None => app.category().to_owned(),
    }
}

/// A stranger's text without control characters.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
