//! `catalog stats`: how large the catalog is, and how much it knows.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use super::clean;
use crate::catalog::{Catalog, FACTS, Role};

/// The catalog in numbers.
#[derive(Serialize)]
struct Stats<'c> {
    digest: String,
    apps: usize,
    /// Entries without a path.
    domains: usize,
    /// Entries with one.
    paths: usize,
    patterns: usize,
    apps_with_tenants: usize,
    apps_with_aliases: usize,
    apps_with_facts: usize,
    apps_with_job: usize,
    apps_with_ranges: usize,
    apps_reviewed: usize,
    jobs: BTreeMap<&'c str, usize>,
    roles: BTreeMap<&'static str, usize>,
    facts: BTreeMap<&'static str, usize>,
    categories: BTreeMap<&'c str, Category>,
}

#[derive(Serialize, Default)]
struct Category {
    apps: usize,
    domains: usize,
    tenants: usize,
    facts: usize,
    jobs: usize,
    reviewed: usize,
}

/// There are hundreds of jobs; all of them are in the JSON.
const SHOWN_JOBS: usize = 12;

/// Counts everything.
pub fn stats(catalog: &Catalog, json: bool, width: Option<u16>, out: &mut dyn Write) -> io::Result<u8> {
    let mut categories: BTreeMap<&str, Category> = BTreeMap::new();
    let mut facts: BTreeMap<&'static str, usize> = FACTS.iter().map(|kind| (kind.id, 0)).collect();
    let mut jobs: BTreeMap<&str, usize> = catalog.jobs().map(|job| (job.id(), 0)).collect();
    for app in catalog.apps() {
        let row = categories.entry(app.category()).or_default();
        row.apps += 1;
        row.tenants += usize::from(app.tenants().len() > 0);
        row.facts += usize::from(!app.facts().is_empty());
        row.reviewed += usize::from(app.reviewed().is_some());
        if let Some(job) = app.job() {
            row.jobs += 1;
            *jobs.entry(job).or_default() += 1;
        }
        for fact in app.facts() {
            if let Some(count) = facts.get_mut(fact.is()) {
                *count += 1;
            }
        }
    }
    let mut roles: BTreeMap<&'static str, usize> = Role::ALL.map(|role| (role.as_str(), 0)).into();
    let (mut domains, mut paths) = (0, 0);
    for (rule, app) in catalog.rules() {
        *roles.entry(rule.role().as_str()).or_default() += 1;
        if rule.path().is_empty() {
            domains += 1;
            categories.entry(app.category()).or_default().domains += 1;
        } else {
            paths += 1;
        }
    }
    let stats = Stats {
        digest: catalog.digest(),
        apps: catalog.len(),
        domains,
        paths,
        patterns: catalog.apps().map(|app| catalog.patterns_of(app.id()).count()).sum(),
        apps_with_tenants: catalog.apps().filter(|app| app.tenants().len() > 0).count(),
        apps_with_aliases: catalog.apps().filter(|app| app.aliases().len() > 0).count(),
        apps_with_facts: catalog.apps().filter(|app| !app.facts().is_empty()).count(),
        apps_with_job: catalog.apps().filter(|app| app.job().is_some()).count(),
        apps_with_ranges: catalog.apps().filter(|app| !app.ranges().is_empty()).count(),
        apps_reviewed: catalog.apps().filter(|app| app.reviewed().is_some()).count(),
        jobs,
        roles,
        facts,
        categories,
    };
    if json {
        serde_json::to_writer_pretty(&mut *out, &stats)?;
        writeln!(out)?;
        return Ok(0);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["CATEGORY", "APPS", "DOMAINS", "WITH TENANTS", "WITH FACTS", "WITH JOB", "REVIEWED"]);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    for (id, row) in &stats.categories {
        let counts =
            [row.apps, row.domains, row.tenants, row.facts, row.jobs, row.reviewed].map(|count| count.to_string());
        table.add_row([clean(id)].into_iter().chain(counts));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)?;
    let list = |counts: &BTreeMap<&str, usize>| {
        let shown: Vec<String> =
            counts.iter().filter(|(_, count)| **count > 0).map(|(name, count)| format!("{count} {name}")).collect();
        shown.join(", ")
    };
    writeln!(out, "roles: {}", list(&stats.roles))?;
    writeln!(out, "facts: {}", list(&stats.facts))?;
    let mut jobs: Vec<(&str, usize)> = stats.jobs.iter().map(|(id, count)| (*id, *count)).collect();
    jobs.sort_by_key(|(id, count)| (Reverse(*count), *id));
    let most: Vec<String> = jobs.iter().take(SHOWN_JOBS).map(|(id, count)| format!("{count} {id}")).collect();
    let rest = jobs.len().saturating_sub(SHOWN_JOBS);
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    writeln!(out, "jobs: {}{rest}", most.join(", "))?;
    writeln!(
        out,
        "{} apps in {} categories, {} domains, {} paths, {} patterns; {} with tenants, {} with other names, {} with facts, {} with ranges, {} with a job, {} reviewed; catalog {}",
        stats.apps,
        stats.categories.len(),
        stats.domains,
        stats.paths,
        stats.patterns,
        stats.apps_with_tenants,
        stats.apps_with_aliases,
        stats.apps_with_facts,
        stats.apps_with_ranges,
        stats.apps_with_job,
        stats.apps_reviewed,
        stats.digest
    )?;
    Ok(0)
}
