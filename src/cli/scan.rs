//! `umbrascope scan`: logs in, inventory out.

use std::io;

use super::args::ScanArgs;
use super::exit::Exit;
use super::{Streams, output, plan};
use crate::people::People;
use crate::pipeline::document::{self, Frame};
use crate::pipeline::{self, Wanted};
use crate::traffic::Splits;

/// Runs the command.
pub fn run(args: &ScanArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let mut plan = plan::plan(&args.input)?;
    let view = args.show.view(&streams.ui)?;
    let (catalog, broken_signatures) = plan::catalog(&args.catalog, streams)?;
    let Some(directory) = plan::directory(&args.people, streams)? else { return Ok(Exit::Incomplete) };
    plan.splits = Splits::new(catalog.path_entries());
    let found = plan::sources(&args.input.paths, streams);
    if found.sources.is_empty() && !found.troubles.is_empty() {
        return Ok(Exit::Incomplete);
    }
    plan::spare_inputs([args.show.output.as_deref(), args.input.bad_lines.as_deref()], &found.sources)?;
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
    let people = People::new(&outcome.facts, &directory);
    plan::told_of_people(&people.account(), streams);
    let frame = Frame {
        zone: plan.assume.zone.clone(),
        since: plan.since,
        until: plan.until,
        troubles: found.troubles.iter().map(ToString::to_string).collect(),
        view: crate::inventory::View { keep_users: args.names, ..crate::inventory::View::default() },
    };
    let report = document::report(&outcome, &catalog, &people, &frame);
    streams.deliver(args.show.output.as_deref(), |out| Ok(args.show.format().renderer()(&report, &view, out)?))?;
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
