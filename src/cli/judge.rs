//! From logs, directory and policy to the one document; common to all commands that judge.

use std::io;
use std::path::Path;

use super::args::LogArgs;
use super::exit::Exit;
use super::{Streams, output, plan};
use crate::people::People;
use crate::pipeline::document::{self, Frame};
use crate::pipeline::{self, Wanted};
use crate::report::Report;
use crate::traffic::Splits;

/// Reads and judges. `None` if there was nothing to begin with, which has been told. The exit code is
/// [`Exit::Incomplete`] where something was lost on the way, else that of `--fail-on`.
pub fn run(
    args: &LogArgs,
    names: bool,
    outputs: &[Option<&Path>],
    streams: &mut Streams<'_>,
) -> anyhow::Result<Option<(Report, Exit)>> {
    let mut plan = plan::plan(&args.input)?;
    let (catalog, broken_signatures) = plan::catalog(&args.catalog, streams)?;
    let Some(policy) = args.policy.load(&catalog, streams)? else { return Ok(None) };
    let Some(directory) = plan::directory(&args.people, streams)? else { return Ok(None) };
    plan.splits = Splits::new(catalog.path_entries());
    let found = plan::sources(&args.input.paths, streams);
    if found.sources.is_empty() && !found.troubles.is_empty() {
        return Ok(None);
    }
    plan::spare_inputs(outputs.iter().copied().chain([args.input.bad_lines.as_deref()]), &found.sources)?;
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
        names,
        policy,
        today: args.policy.today,
    };
    let (report, judgement) = document::judge(&outcome, &catalog, &people, &frame);
    let lost = outcome.readings.iter().any(|reading| !reading.losses.is_empty());
    let nothing_read = outcome.readings.iter().all(|reading| reading.format.is_none());
    if nothing_read {
        streams.warn("no log was read: `umbrascope formats detect` tells what each file is taken for");
    }
    let whole = !(lost || nothing_read || broken_signatures || !found.troubles.is_empty());
    let exit = if whole { args.policy.exit(&judgement.findings) } else { Exit::Incomplete };
    Ok(Some((report, exit)))
}
