//! `catalog list`: apps as a table, as JSON, as CSV.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::clean;
use crate::catalog::{App, Catalog};
use crate::diag::nearest::nearest;
use crate::report::clean::cell;

/// Which apps to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Only this category.
    pub category: Option<&'a str>,
    /// Only apps with this text in id, name, vendor, an alias or a domain; case does not matter.
    pub text: Option<&'a str>,
}

/// How to list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ListFormat {
    /// For people; `width` columns at most, or as many as it takes.
    #[default]
    Table,
    /// An array with one object for each app.
    Json,
    /// A row for each app, its domains in one cell.
    Csv,
}

/// An app as JSON.
#[derive(Serialize)]
pub(super) struct Listed<'c> {
    id: &'c str,
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<&'c str>,
    category: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'c str>,
    domains: Vec<ListedRule<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patterns: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ranges: Vec<ListedRange<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tenants: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<ListedFact<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed: Option<&'c str>,
    /// Ids of the apps for the same job. Only where one app is shown: in a list the job says it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<&'c str>,
    file: &'c str,
    line: u32,
}

#[derive(Serialize)]
struct ListedFact<'c> {
    is: &'c str,
    value: &'c str,
    source: &'c str,
    as_of: &'c str,
}

#[derive(Serialize)]
struct ListedRange<'c> {
    net: &'c str,
    source: &'c str,
    as_of: &'c str,
}

#[derive(Serialize)]
struct ListedRule<'c> {
    domain: &'c str,
    role: &'static str,
}

impl<'c> Listed<'c> {
    pub(super) fn of(catalog: &'c Catalog, app: &'c App) -> Listed<'c> {
        let rules = catalog.rules_of(app.id());
        Listed {
            id: app.id(),
            name: app.name(),
            vendor: app.vendor(),
            category: app.category(),
            job: app.job(),
            aliases: app.aliases().collect(),
            domains: rules.map(|rule| ListedRule { domain: rule.as_str(), role: rule.role().as_str() }).collect(),
            patterns: catalog.patterns_of(app.id()).map(|pattern| pattern.as_str()).collect(),
            ranges: app
                .ranges()
                .iter()
                .map(|range| ListedRange { net: range.net(), source: range.source(), as_of: range.as_of() })
                .collect(),
            tenants: app.tenants().collect(),
            facts: app
                .facts()
                .iter()
                .map(|fact| ListedFact {
                    is: fact.is(),
                    value: fact.value(),
                    source: fact.source(),
                    as_of: fact.as_of(),
                })
                .collect(),
            references: app.references().collect(),
            reviewed: app.reviewed(),
            alternatives: Vec::new(),
            file: app.file(),
            line: app.line(),
        }
    }
}

impl<'c> Listed<'c> {
    pub(super) fn with_alternatives(self, catalog: &'c Catalog, app: &'c App) -> Listed<'c> {
        Listed { alternatives: catalog.alternatives(app).map(App::id).collect(), ..self }
    }
}

/// Lists apps, by id. An unknown category is an error; a filter that leaves nothing is not.
pub fn list(
    catalog: &Catalog,
    filter: &Filter<'_>,
    format: ListFormat,
    width: Option<u16>,
    out: &mut dyn Write,
) -> io::Result<u8> {
    if let Some(category) = filter.category {
        let known = catalog.category(category).is_some() || catalog.apps().any(|app| app.category() == category);
        if !known {
            write!(out, "there is no category `{}`", clean(category))?;
            match nearest(category, catalog.categories().map(|category| category.id())) {
                Some(near) => writeln!(out, "; did you mean `{near}`?")?,
                None => writeln!(out)?,
            }
            return Ok(2);
        }
    }
    // One pass over all rules rather than one for each app.
    let text = filter.text.map(str::to_lowercase);
    let mut hosts: Vec<&str> = Vec::new();
    if let Some(text) = &text {
        hosts = catalog.rules().filter(|(rule, _)| rule.as_str().contains(text)).map(|(_, app)| app.id()).collect();
        hosts.sort_unstable();
    }
    let holds = |app: &App| {
        text.as_deref().is_none_or(|text| {
            let mut words = [app.id(), app.name()].into_iter().chain(app.vendor()).chain(app.aliases());
            words.any(|word| word.to_lowercase().contains(text)) || hosts.binary_search(&app.id()).is_ok()
        })
    };
    let apps = catalog.apps().filter(|app| filter.category.is_none_or(|category| app.category() == category));
    let apps: Vec<&App> = apps.filter(|app| holds(app)).collect();
    match format {
        ListFormat::Json => {
            let listed: Vec<Listed<'_>> = apps.iter().map(|app| Listed::of(catalog, app)).collect();
            serde_json::to_writer_pretty(&mut *out, &listed)?;
            writeln!(out)?;
        }
        ListFormat::Csv => {
            let mut csv = csv::Writer::from_writer(&mut *out);
            csv.write_record(["id", "name", "vendor", "category", "aliases", "domains", "tenants"])?;
            for app in &apps {
                let aliases: Vec<&str> = app.aliases().collect();
                let domains: Vec<&str> = catalog.rules_of(app.id()).map(|rule| rule.as_str()).collect();
                let tenants: Vec<&str> = app.tenants().collect();
                let row = [
                    app.id().to_owned(),
                    app.name().to_owned(),
                    app.vendor().unwrap_or_default().to_owned(),
                    app.category().to_owned(),
                    aliases.join("; "),
                    domains.join("; "),
                    tenants.join("; "),
                ];
                csv.write_record(row.iter().map(|value| cell(value).into_owned()))?;
            }
            csv.flush()?;
        }
        ListFormat::Table => {
            let mut table = Table::new();
            table.load_style(presets::NOTHING);
            table.set_header(["ID", "NAME", "VENDOR", "CATEGORY"]);
            if let Some(width) = width {
                table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
            }
            for app in &apps {
                let row = [app.id(), app.name(), app.vendor().unwrap_or_default(), app.category()];
                table.add_row(row.map(clean));
            }
            if !apps.is_empty() {
                for line in table.lines() {
                    writeln!(out, "{}", line.trim_end())?;
                }
                writeln!(out)?;
            }
            writeln!(out, "{} of {} apps, catalog {}", apps.len(), catalog.len(), catalog.digest())?;
        }
    }
    Ok(0)
}
