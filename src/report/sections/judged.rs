//! What was judged: findings, departments, and what people found that spreads.

use super::{Block, Builder, ITEMS, Item, Kind, Text};
use crate::report::document::{Department, Edge, Finding, Report};
use crate::report::{View, words};

/// Findings that are told, unless more is asked for.
const FINDINGS: usize = 8;

/// Departments that are told, unless more is asked for.
const DEPARTMENTS: usize = 12;

/// What deserves a look, gravest first. What is only good to know is told when asked for more.
pub(super) fn findings(report: &Report, view: &View, page: &mut Vec<Block>) {
    let all: Vec<&Finding> = report.findings.iter().filter(|finding| view.verbose || finding.level != "info").collect();
    if all.is_empty() {
        return;
    }
    page.push(Block::Heading("Worth a look"));
    let shown = if view.verbose { all.len() } else { all.len().min(FINDINGS) };
    let items = all[..shown].iter().map(|finding| {
        let (label, grave) = match finding.level.as_str() {
            "critical" => ("critical", true),
            "high" => ("high", true),
            "medium" => ("medium", false),
            "low" => ("low", false),
            _ => ("info", false),
        };
        let text = Text::default().name(&finding.code).say(" ").quote(&finding.text).say(" ").quote(&finding.ask);
        Item { label, grave, text }
    });
    page.push(Block::Items(items.collect()));
    let more = report.findings.len() - shown;
    if more > 0 {
        let more = words::counted(more as u64, "more finding", "more findings");
        page.push(Block::Note(Text::default().say(format!("and {more}; -v tells all of them."))));
    }
}

/// The tables by department and by site.
pub(super) fn departments(report: &Report, view: &View, page: &mut Vec<Block>) {
    table("Departments", "department", &report.departments, view, page);
    table("Sites", "site", &report.locations, view, page);
}

fn table(heading: &'static str, title: &'static str, departments: &[Department], view: &View, page: &mut Vec<Block>) {
    if departments.is_empty() {
        return;
    }
    page.push(Block::Heading(heading));
    let shown = if view.verbose { departments } else { &departments[..departments.len().min(DEPARTMENTS)] };
    let mut grid = Builder::default();
    let number = words::short_count;
    grid.column(title, Kind::Quote(12), 0, shown.iter().map(|one| one.name.clone()));
    grid.column("seen", Kind::Number, 2, shown.iter().map(|one| number(one.seen)));
    grid.column("apps used", Kind::Number, 1, shown.iter().map(|one| number(one.apps_used)));
    grid.column("undecided", Kind::Number, 4, shown.iter().map(|one| number(one.unreviewed_apps)));
    if shown.iter().any(|one| one.bytes_up.is_some()) {
        let up = |one: &Department| one.bytes_up.map(words::bytes).unwrap_or_default();
        grid.column("up", Kind::Number, 5, shown.iter().map(up));
    }
    let most = |one: &Department| {
        let apps: Vec<&str> = one.apps.iter().take(3).map(|app| app.name.as_str()).collect();
        apps.join(", ")
    };
    grid.column("most used", Kind::Name(24), 3, shown.iter().map(most));
    page.push(Block::Grid(grid.0));
    if departments.len() > shown.len() {
        let more = words::count((departments.len() - shown.len()) as u64);
        page.push(Block::Note(Text::default().say(format!("and {more} more; -v tells all of them."))));
    }
}

/// What people found by themselves and what spreads: the edge beside the core.
pub(super) fn edge(report: &Report, view: &View, page: &mut Vec<Block>) {
    let shown: &[Edge] = if view.verbose { &report.edge } else { &report.edge[..report.edge.len().min(ITEMS)] };
    if shown.is_empty() {
        return;
    }
    page.push(Block::Heading("At the edge"));
    let items = shown.iter().map(|edge| Item {
        label: "edge",
        grave: false,
        text: Text::default().name(&edge.name).say(": ").quote(&edge.reason),
    });
    page.push(Block::Items(items.collect()));
}
