//! The document as one JSON object per line, for pipes and log stores.
//!
//! Each object has a `kind`: first one `report` (all but the lists), then `app`, `uncataloged` and `input` objects with
//! the fields that they have in the document.

use std::io::{self, Write};

use serde::Serialize;

use super::document::{Coverage, Settings, Totals};
use super::json::Guard;
use super::{Report, View};

/// Writes the lines.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    let report = options.shorten(report);
    let out = &mut Guard::new(out);
    let head = Head {
        schema: &report.schema,
        generator: &report.generator,
        settings: &report.settings,
        totals: &report.totals,
        coverage: &report.coverage,
        troubles: &report.troubles,
    };
    line("report", &head, out)?;
    report.apps.iter().try_for_each(|app| line("app", app, out))?;
    report.uncataloged.iter().try_for_each(|site| line("uncataloged", site, out))?;
    report.inputs.iter().try_for_each(|input| line("input", input, out))?;
    out.flush()
}

#[derive(Serialize)]
struct Head<'a> {
    schema: &'a str,
    generator: &'a str,
    settings: &'a Settings,
    totals: &'a Totals,
    coverage: &'a Coverage,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    troubles: &'a [String],
}

#[derive(Serialize)]
struct Line<'a, T> {
    kind: &'static str,
    #[serde(flatten)]
    body: &'a T,
}

fn line<T: Serialize>(kind: &'static str, body: &T, out: &mut Guard<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Line { kind, body })?;
    out.write_all(b"\n")
}
