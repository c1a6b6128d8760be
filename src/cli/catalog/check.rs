//! `catalog check`: everything that is wrong with a folder of signature files, and what it changes.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use crate::catalog::Catalog;
use crate::diag::{Level, Style, render};

/// Checks a folder of signature files and writes everything that is wrong with it. A catalog given as `base` is what
/// the folder will be laid over; without one it stands alone.
pub fn check(base: Option<Catalog>, dir: &Path, style: Style, out: &mut dyn Write) -> io::Result<u8> {
    let known: Option<Vec<String>> = base.as_ref().map(|base| base.apps().map(|app| app.id().to_owned()).collect());
    let (catalog, problems) = match base {
        Some(base) => base.with_overlay(dir),
        None => Catalog::from_dir(dir),
    };
    out.write_all(render(&problems, style).as_bytes())?;
    let count = |level: Level| problems.iter().filter(|problem| problem.level() == level).count();
    let (errors, warnings, notes) = (count(Level::Error), count(Level::Warning), count(Level::Note));
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let verdict = match (errors, warnings + notes) {
        (0, 0) => "all is well".to_owned(),
        _ => [plural(errors, "error"), plural(warnings, "warning"), plural(notes, "note")].join(", "),
    };
    if let Some(known) = known {
        let change = Change::of(&known, &catalog, dir);
        writeln!(out, "laid over the built-in catalog: {change}")?;
    }
    writeln!(out, "{} in the catalog, {verdict}", plural(catalog.len(), "app"))?;
    Ok(if errors > 0 { 2 } else { 0 })
}

/// What a folder changes in the catalog beneath it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    added: usize,
    replaced: usize,
}

impl Change {
    /// Compares the apps of the folder with the ids, in order, that were there before.
    pub fn of(before: &[String], after: &Catalog, dir: &Path) -> Change {
        let folder = dir.to_string_lossy().replace('\\', "/");
        let own = after.apps().filter(|app| app.file().starts_with(&*folder));
        let (mut added, mut replaced) = (0, 0);
        for app in own {
            match before.binary_search_by(|id| id.as_str().cmp(app.id())) {
                Ok(_) => replaced += 1,
                Err(_) => added += 1,
            }
        }
        Change { added, replaced }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} added, {} replaced", self.added, self.replaced)
    }
}
