//! The document as CSV, for spreadsheets. A file is one table.
//!
//! Text is quoted, numbers are exact and bare, what is not known is empty. Text that a spreadsheet would take for a
//! formula begins with an apostrophe. Lists in a cell are separated by `; `.

use std::io::{self, Write};

use csv::{QuoteStyle, Writer, WriterBuilder};

use super::document::Traffic;
use super::{Report, View, clean};

/// Which table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Of {
    /// The inventory.
    #[default]
    Apps,
    /// Destinations that no app claims.
    Uncataloged,
    /// The reading account: a row for each file.
    Inputs,
}

/// Writes one table, [`View::csv_of`]. Apps that were only touched are left out unless asked for.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    match rows(report, options, out).map_err(csv::Error::into_kind) {
        Ok(()) => Ok(()),
        // The kind matters: a closed pipe is no failure.
        Err(csv::ErrorKind::Io(error)) => Err(error),
        Err(other) => Err(io::Error::other(format!("{other:?}"))),
    }
}

fn rows(report: &Report, options: &View, out: &mut dyn Write) -> csv::Result<()> {
    // Quoted even where CSV does not ask for it: a spreadsheet that splits at `;` must not find a formula behind one.
    let mut table = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(out);
    match options.csv_of {
        Of::Apps => apps(report, options, &mut table)?,
        Of::Uncataloged => uncataloged(report, options, &mut table)?,
        Of::Inputs => inputs(report, &mut table)?,
    }
    Ok(table.flush()?)
}

/// Hosts in a cell, as many as a site lists: a cell must stay readable, and spreadsheets cut long ones.
const HOSTS: usize = 10;

const TRAFFIC: [&str; 9] =
    ["requests", "lookups", "blocked", "uploads", "bytes_up", "bytes_down", "first_seen", "last_seen", "days"];

fn traffic(traffic: &Traffic) -> [String; 9] {
    [
        traffic.requests.to_string(),
        traffic.lookups.to_string(),
        traffic.blocked.to_string(),
        traffic.uploads.to_string(),
        number(traffic.bytes_up),
        number(traffic.bytes_down),
        text(traffic.first_seen.as_deref()),
        text(traffic.last_seen.as_deref()),
        traffic.days.to_string(),
    ]
}

fn apps(report: &Report, options: &View, table: &mut Writer<&mut dyn Write>) -> csv::Result<()> {
    let before = ["id", "name", "vendor", "category", "people", "devices", "touched", "touched_only"];
    table.write_record(before.iter().chain(&TRAFFIC).chain(&["active_minutes", "evidence", "host_count", "hosts"]))?;
    for app in options.apps(report) {
        let before = [
            text(Some(&app.id)),
            text(Some(&app.name)),
            text(app.vendor.as_deref()),
            text(Some(&app.category)),
            app.people.to_string(),
            app.devices.to_string(),
            app.touched.to_string(),
            app.touched_only.to_string(),
        ];
        let after = [
            app.active_minutes.to_string(),
            texts(app.evidence.iter().map(String::as_str)),
            app.hosts.len().to_string(),
            texts(app.hosts.iter().take(HOSTS).map(|host| host.host.as_str())),
        ];
        table.write_record(before.iter().chain(&traffic(&app.traffic)).chain(&after))?;
    }
    Ok(())
}

fn uncataloged(report: &Report, options: &View, table: &mut Writer<&mut dyn Write>) -> csv::Result<()> {
    let before = ["site", "people", "devices"];
    table.write_record(before.iter().chain(&TRAFFIC).chain(&["evidence", "host_count", "hosts"]))?;
    for site in options.sites(report) {
        let before = [text(Some(&site.site)), site.people.to_string(), site.devices.to_string()];
        let after = [
            texts(site.evidence.iter().map(String::as_str)),
            site.host_count.to_string(),
            texts(site.hosts.iter().map(String::as_str)),
        ];
        table.write_record(before.iter().chain(&traffic(&site.traffic)).chain(&after))?;
    }
    Ok(())
}

fn inputs(report: &Report, table: &mut Writer<&mut dyn Write>) -> csv::Result<()> {
    table.write_record([
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
    ])?;
    for input in &report.inputs {
        table.write_record([
            text(Some(&input.path)),
            text(Some(input.status.id())),
            text(input.format.as_deref()),
            input.confidence.to_string(),
            text(Some(&input.why)),
            text(input.runner_up.as_ref().map(|second| second.format.as_str())),
            number(input.runner_up.as_ref().map(|second| second.confidence.into())),
            text(input.envelope.as_deref()),
            input.records.total.to_string(),
            input.records.event.to_string(),
            input.records.skipped.to_string(),
            input.records.bad.to_string(),
            input.bytes.to_string(),
            text(input.first.as_deref()),
            text(input.last.as_deref()),
            texts(input.cannot_tell.iter().map(|gap| gap.id.as_str())),
            texts(input.losses.iter().map(String::as_str)),
        ])?;
    }
    Ok(())
}

fn number(number: Option<u64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn text(text: Option<&str>) -> String {
    clean::cell(text.unwrap_or_default()).into_owned()
}

fn texts<'a>(items: impl Iterator<Item = &'a str>) -> String {
    clean::cell(&items.collect::<Vec<_>>().join("; ")).into_owned()
}
