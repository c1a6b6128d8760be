//! What is made from the command line's own description: shell completions and manual pages.

use clap::CommandFactory;

use super::Streams;
use super::args::{Cli, CompletionsArgs, ManArgs};
use super::exit::Exit;

/// Prints completions for a shell.
pub fn completions(args: &CompletionsArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    // clap_complete panics when it cannot write, and a pipe may be closed: so it writes to memory first.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "umbrascope", &mut text);
    streams.out.write_all(&text)?;
    Ok(Exit::Done)
}

/// Prints a manual page, of the program or of a subcommand.
pub fn man(args: &ManArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let mut root = Cli::command();
    root.build();
    let mut name = root.get_name().to_string();
    let mut command = &root;
    for word in &args.command {
        command =
            command.find_subcommand(word).ok_or_else(|| anyhow::anyhow!("`{name}` has no subcommand `{word}`"))?;
        name = format!("{name}-{}", command.get_name());
    }
    let page = clap_mangen::Man::new(command.clone().display_name(&name))
        .title(name)
        .source(concat!("umbrascope ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    page.render(&mut text)?;
    streams.out.write_all(&text)?;
    Ok(Exit::Done)
}
