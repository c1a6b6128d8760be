//! `umbrascope scan`: logs in, inventory out.

use super::args::ScanArgs;
use super::exit::Exit;
use super::{Streams, judge};

/// Runs the command.
pub fn run(args: &ScanArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let view = args.show.view(&streams.ui)?;
    let Some((report, exit)) = judge::run(&args.logs, args.names, &[args.show.output.as_deref()], streams)? else {
        return Ok(Exit::Incomplete);
    };
    streams.report(&report, &args.show, &view)?;
    Ok(exit)
}
