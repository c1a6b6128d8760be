//! `umbrascope scan`: logs in, inventory out.

use std::io;

use super::args::{CsvOf, OutputFormat, ScanArgs};
use super::exit::Exit;
use super::{Streams, output, plan};
use crate::pipeline::document::{self, Frame};
use crate::pipeline::{self, Wanted};
use crate::report::{self, Renderer, View};
use crate::traffic::Splits;

/// Runs the command.
pub fn run(args: &ScanArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let mut plan = plan::plan(&args.input)?;
    let (catalog, broken_signatures) = plan::catalog(&args.catalog, streams)?;
    plan.splits = Splits::new(catalog.path_entries());
    let found = plan::sources(&args.input.paths, streams);
    if found.sources.is_empty() && !found.troubles.is_empty() {
        return Ok(Exit::Incomplete);
    }
    let watcher = plan::Watcher::start(&found.sources, streams);
    let outcome = match &args.input.bad_lines {
        Some(path) => {
            plan.write = Wanted::BadLines;
            let mut outcome = None;
            output::whole_file(path, |out| {
                outcome = Some(pipeline::run(&plan, &found.sources, &watcher, out)?);
                Ok(())
            })?;
            outcome.unwrap_or_default()
        }
        None => pipeline::run(&plan, &found.sources, &watcher, &mut io::sink())?,
    };
    drop(watcher);
    plan::remarks(&outcome.readings, &found.sources, streams);
    let frame = Frame {
        zone: plan.assume.zone.clone(),
        since: plan.since,
        until: plan.until,
        troubles: found.troubles.iter().map(ToString::to_string).collect(),
    };
    let report = document::report(&outcome, &catalog, &frame);
    let view = View {
        width: streams.ui.width,
        color: streams.ui.color_out && args.output.is_none(),
        top: args.top.map(std::num::NonZeroUsize::get),
        include_touched: args.include_touched,
        verbose: streams.ui.verbose > 0,
        csv_of: match args.csv_of.unwrap_or_default() {
            CsvOf::Apps => report::csv::Of::Apps,
            CsvOf::Uncataloged => report::csv::Of::Uncataloged,
            CsvOf::Inputs => report::csv::Of::Inputs,
        },
    };
    let render: Renderer = match args.format() {
        OutputFormat::Table => report::table::write,
        OutputFormat::Json => report::json::write,
        OutputFormat::Ndjson => report::ndjson::write,
        OutputFormat::Csv => report::csv::write,
        OutputFormat::Markdown => report::markdown::write,
    };
    streams.deliver(args.output.as_deref(), |out| Ok(render(&report, &view, out)?))?;
    let lost = outcome.readings.iter().any(|reading| !reading.losses.is_empty());
    let nothing_read = outcome.readings.iter().all(|reading| reading.format.is_none());
    if nothing_read {
        streams.warn("no log was read: `umbrascope formats detect` tells what each file is taken for");
    }
    Ok(if lost || nothing_read || broken_signatures || !found.troubles.is_empty() {
        Exit::Incomplete
    } else {
        Exit::Done
    })
}
