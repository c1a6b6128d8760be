//! The document as tables, for spreadsheets: what CSV files and the sheets of a workbook have in common.
//!
//! A cell keeps its type, so that a workbook gets real numbers and dates. Nothing is cleaned here.

mod apps;
mod derived;

use super::document::Traffic;
use super::{Report, View};

/// A table.
pub struct Table {
    /// Which one.
    pub of: Of,
    /// Its columns.
    pub columns: Vec<&'static str>,
    /// As many cells in each as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// Which table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Of {
    /// The inventory.
    #[default]
    Apps,
    /// What deserves a look.
    Findings,
    /// Who uses what, by department.
    Departments,
    /// Who uses what, by site of the directory.
    Locations,
    /// Instances of apps.
    Tenants,
    /// Hosts of apps, with the proof.
    Hosts,
    /// How use grows, step by step.
    Growth,
    /// What risks are made of.
    Risk,
    /// Who used what, where names were asked for.
    Users,
    /// Everybody, where names were asked for.
    People,
    /// Tools that do the same job.
    Collaboration,
    /// Social networks and the tools for them.
    Social,
    /// What people found and what spreads.
    Edge,
    /// Destinations that no app claims.
    Uncataloged,
    /// The reading account: a row for each file.
    Inputs,
}

impl Of {
    /// Every table, in the order of sheets.
    pub const ALL: [Of; 15] = [
        Of::Apps,
        Of::Findings,
        Of::Departments,
        Of::Locations,
        Of::Tenants,
        Of::Hosts,
        Of::Growth,
        Of::Risk,
        Of::Users,
        Of::People,
        Of::Collaboration,
        Of::Social,
        Of::Edge,
        Of::Uncataloged,
        Of::Inputs,
    ];

    /// The name of a file or a sheet.
    ///
    /// ```
    /// assert_eq!(umbrascope::report::tables::Of::Departments.name(), "departments");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Of::Apps => "apps",
            Of::Findings => "findings",
            Of::Departments => "departments",
            Of::Locations => "locations",
            Of::Tenants => "tenants",
            Of::Hosts => "hosts",
            Of::Growth => "growth",
            Of::Risk => "risk",
            Of::Users => "users",
            Of::People => "people",
            Of::Collaboration => "collaboration",
            Of::Social => "social",
            Of::Edge => "edge",
            Of::Uncataloged => "uncataloged",
            Of::Inputs => "inputs",
        }
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not known, or does not apply.
    Empty,
    /// Text, ours or a stranger's.
    Text(String),
    /// A count or a size.
    Number(u64),
    /// A number that may be less than zero.
    Signed(i64),
    /// A number with a fraction; shares are 0 to 1.
    Fraction(f64),
    /// An instant by RFC 3339, in the report's zone.
    Instant(String),
    /// A day, `2026-03-09`.
    Day(String),
    /// Yes or no.
    Flag(bool),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Cell {
        text.as_str().into()
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Cell {
        Cell::Number(number)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Cell {
        Cell::Fraction(number)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Cell {
        Cell::Flag(flag)
    }
}

impl<T> From<Option<T>> for Cell
where
    Cell: From<T>,
{
    fn from(maybe: Option<T>) -> Cell {
        maybe.map_or(Cell::Empty, Cell::from)
    }
}

/// Several texts in a cell.
fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> Cell {
    items.into_iter().collect::<Vec<_>>().join("; ").as_str().into()
}

fn instant(text: Option<&String>) -> Cell {
    text.filter(|text| !text.is_empty()).map_or(Cell::Empty, |text| Cell::Instant(text.clone()))
}

fn day(text: Option<&String>) -> Cell {
    text.filter(|text| !text.is_empty()).map_or(Cell::Empty, |text| Cell::Day(text.clone()))
}

/// A row of a table.
macro_rules! row {
    ($($cell:expr),* $(,)?) => { vec![$($crate::report::tables::Cell::from($cell)),*] };
}
use row;

/// Makes one table. Apps that nobody used or tried are left out of the inventory unless the view asks for them.
pub fn table(report: &Report, view: &View, of: Of) -> Table {
    match of {
        Of::Apps => apps::apps(report, view),
        Of::Tenants => apps::tenants(report),
        Of::Hosts => apps::hosts(report),
        Of::Growth => apps::growth(report),
        Of::Risk => apps::risk(report),
        Of::Users => apps::users(report),
        Of::Findings => derived::findings(report),
        Of::Departments => derived::departments(of, &report.departments),
        Of::Locations => derived::departments(of, &report.locations),
        Of::People => derived::people(report),
        Of::Collaboration => derived::collaboration(report),
        Of::Social => derived::social(report),
        Of::Edge => derived::edge(report),
        Of::Uncataloged => uncataloged(report, view),
        Of::Inputs => inputs(report),
    }
}

/// The tables that hold something, the inventory always among them.
pub fn tables(report: &Report, view: &View) -> Vec<Table> {
    let all = Of::ALL.into_iter().map(|of| table(report, view, of));
    all.filter(|table| table.of == Of::Apps || !table.rows.is_empty()).collect()
}

/// Hosts in a cell, as many as a site lists: a cell must stay readable, and spreadsheets cut long ones.
const HOSTS: usize = 10;

const TRAFFIC: [&str; 9] =
    ["requests", "lookups", "blocked", "uploads", "bytes_up", "bytes_down", "first_seen", "last_seen", "days"];

fn traffic(traffic: &Traffic) -> Vec<Cell> {
    vec![
        traffic.requests.into(),
        traffic.lookups.into(),
        traffic.blocked.into(),
        traffic.uploads.into(),
        traffic.bytes_up.into(),
        traffic.bytes_down.into(),
        instant(traffic.first_seen.as_ref()),
        instant(traffic.last_seen.as_ref()),
        traffic.days.into(),
    ]
}

fn uncataloged(report: &Report, view: &View) -> Table {
    let mut columns = vec!["site", "people", "devices"];
    columns.extend(TRAFFIC);
    columns.extend(["evidence", "host_count", "hosts"]);
    let rows = view.sites(report).iter().map(|site| {
        let mut row = row![&site.site, site.people, site.devices];
        row.extend(traffic(&site.traffic));
        row.push(list(site.evidence.iter().map(String::as_str)));
        row.push(site.host_count.into());
        row.push(list(site.hosts.iter().map(String::as_str)));
        row
    });
    Table { of: Of::Uncataloged, columns, rows: rows.collect() }
}

fn inputs(report: &Report) -> Table {
    let columns = vec![
        "path",
        "status",
        "format",
        "confidence",
        "why",
        "runner_up",
        "runner_up_confidence",
        "envelope",
        "records",
        "events",
        "skipped",
        "bad",
        "bytes",
        "first",
        "last",
        "cannot_tell",
        "losses",
    ];
    let rows = report.inputs.iter().map(|input| {
        let second = input.runner_up.as_ref();
        row![
            &input.path,
            input.status.id(),
            input.format.as_ref(),
            u64::from(input.confidence),
            &input.why,
            second.map(|second| &second.format),
            second.map(|second| u64::from(second.confidence)),
            input.envelope.as_ref(),
            input.records.total,
            input.records.event,
            input.records.skipped,
            input.records.bad,
            input.bytes,
            instant(input.first.as_ref()),
            instant(input.last.as_ref()),
            list(input.cannot_tell.iter().map(|gap| gap.id.as_str())),
            list(input.losses.iter().map(String::as_str)),
        ]
    });
    Table { of: Of::Inputs, columns, rows: rows.collect() }
}
