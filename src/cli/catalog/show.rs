//! `catalog show`: all that the catalog says of one app.

use std::io::{self, Write};

use super::{category, clean};
use crate::catalog::{App, Catalog, Fact, Range, Role, fact_kind};
use crate::diag::nearest::nearest;

/// Shows all that the catalog says of one app.
pub fn show(catalog: &Catalog, id: &str, out: &mut dyn Write) -> io::Result<u8> {
    let Some(app) = catalog.app(id) else {
        write!(out, "there is no app `{}`", clean(id))?;
        let named = catalog.apps().find(|app| app.name().eq_ignore_ascii_case(id)).map(App::id);
        match named.or_else(|| nearest(id, catalog.apps().map(App::id))) {
            Some(near) => writeln!(out, "; did you mean `{near}`?")?,
            None => writeln!(out, "; `umbrascope catalog list` shows all")?,
        }
        return Ok(2);
    };
    writeln!(out, "{} ({})", clean(app.name()), app.id())?;
    let mut line = |name: &str, values: Vec<String>| -> io::Result<()> {
        for (at, value) in values.iter().enumerate() {
            writeln!(out, "  {:<11} {}", if at == 0 { name } else { "" }, clean(value))?;
        }
        Ok(())
    };
    let owned = |values: &mut dyn Iterator<Item = &str>| values.map(str::to_owned).collect::<Vec<_>>();
    line("also", owned(&mut app.aliases()))?;
    line("vendor", owned(&mut app.vendor().into_iter()))?;
    line("category", vec![category(catalog, app)])?;
    line("job", app.job().map(|id| job(catalog, id)).into_iter().collect())?;
    for role in Role::ALL {
        let rules = catalog.rules_of(id).filter(|rule| rule.role() == role);
        line(role.as_str(), rules.map(|rule| rule.as_str().to_owned()).collect())?;
    }
    line(
        "patterns",
        catalog.patterns_of(id).map(|pattern| format!("{} ({})", pattern.as_str(), pattern.why())).collect(),
    )?;
    let range = |range: &Range| format!("{} ({}, {})", range.net(), range.source(), range.as_of());
    line("ranges", app.ranges().iter().map(range).collect())?;
    line("tenants", owned(&mut app.tenants()))?;
    let fact = |fact: &Fact| {
        let meaning = fact_kind(fact.is()).map_or("", |kind| kind.meaning);
        format!("{}: {} ({meaning}; {}, {})", fact.is(), fact.value(), fact.source(), fact.as_of())
    };
    line("facts", app.facts().iter().map(fact).collect())?;
    line("instead", instead(catalog, app))?;
    line("reviewed", owned(&mut app.reviewed().into_iter()))?;
    line("references", owned(&mut app.references()))?;
    line("defined in", vec![format!("{}:{}", app.file(), app.line())])?;
    Ok(0)
}

/// How many alternatives a person wants to read.
const ALTERNATIVES: usize = 15;

fn job(catalog: &Catalog, id: &str) -> String {
    match catalog.job(id).filter(|job| !job.about().is_empty()) {
        Some(job) => format!("{id}: {}", job.about()),
        None => id.to_owned(),
    }
}

/// Apps for the same job, a few of them.
fn instead(catalog: &Catalog, app: &App) -> Vec<String> {
    let mut all = catalog.alternatives(app);
    let mut shown: Vec<String> =
        all.by_ref().take(ALTERNATIVES).map(|other| format!("{} ({})", other.name(), other.id())).collect();
    let more = all.len();
    if more > 0 {
        shown.push(format!("and {more} more: `umbrascope catalog show {} --format json` names all", app.id()));
    }
    shown
}
