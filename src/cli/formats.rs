//! `umbrascope formats`.

use super::Streams;
use super::args::FormatsCommand;
use super::exit::Exit;

/// Runs the command.
pub fn run(_args: &FormatsCommand, _streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    anyhow::bail!("`formats` is not built yet")
}
