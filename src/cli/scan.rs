//! `umbrascope scan`.

use super::Streams;
use super::args::ScanArgs;
use super::exit::Exit;

/// Runs the command.
pub fn run(_args: &ScanArgs, _streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    anyhow::bail!("`scan` is not built yet")
}
