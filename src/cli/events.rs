//! `umbrascope events`: every record in one shape, as NDJSON.

use super::args::EventsArgs;
use super::exit::Exit;
use super::{Streams, output, plan};
use crate::pipeline::{self, Outcome, Wanted};

/// Runs the command.
pub fn run(args: &EventsArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let mut plan = plan::plan(&args.input)?;
    let found = plan::sources(&args.input.paths, streams);
    plan::spare_inputs([args.output.as_deref(), args.input.bad_lines.as_deref()], &found.sources)?;
    let watcher = plan::Watcher::start(&found.sources, streams);
    plan.write = Wanted::Events;
    let mut outcome = Outcome::default();
    streams.deliver(args.output.as_deref(), |out| {
        outcome = pipeline::run(&plan, &found.sources, &watcher, out)?;
        Ok(())
    })?;
    if let Some(path) = &args.input.bad_lines {
        plan.write = Wanted::BadLines;
        output::whole_file(path, |out| Ok(pipeline::run(&plan, &found.sources, &watcher, out).map(drop)?))?;
    }
    drop(watcher);
    plan::remarks(&outcome.readings, &found.sources, streams);
    let whole = found.troubles.is_empty() && outcome.readings.iter().all(|reading| reading.losses.is_empty());
    Ok(if whole { Exit::Done } else { Exit::Incomplete })
}
