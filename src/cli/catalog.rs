//! `umbrascope catalog`.

use super::Streams;
use super::args::CatalogCommand;
use super::exit::Exit;

/// Runs the command.
pub fn run(_args: &CatalogCommand, _streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    anyhow::bail!("`catalog` is not built yet")
}
