//! `umbrascope events`.

use super::Streams;
use super::args::EventsArgs;
use super::exit::Exit;

/// Runs the command.
pub fn run(_args: &EventsArgs, _streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    anyhow::bail!("`events` is not built yet")
}
