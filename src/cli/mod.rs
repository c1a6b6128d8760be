//! The shell around the core: it reads the command line, opens and closes every door, and chooses the exit code.

pub mod args;

pub mod catalog;
pub mod events;
pub mod exit;
pub mod explain;
pub mod formats;
pub mod generate;
pub mod judge;
pub mod output;
pub mod plan;
pub mod policy;
pub mod scan;
pub mod ui;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::report::clean;
use args::{Cli, Command};
use exit::Exit;
use ui::{Terminal, Ui};

/// Where a run writes, and what it may draw there.
pub struct Streams<'a> {
    /// Results.
    pub out: &'a mut dyn Write,
    /// Messages.
    pub err: &'a mut dyn Write,
    /// Color, width, progress.
    pub ui: Ui,
}

impl Streams<'_> {
    /// A remark on stderr, unless `--quiet`. Lower case, without a full stop. The text is cleaned.
    pub fn note(&mut self, text: &str) {
        if !self.ui.quiet {
            self.say("note", anstyle::AnsiColor::Cyan, text);
        }
    }

    /// Something went wrong, but the run goes on.
    pub fn warn(&mut self, text: &str) {
        self.say("warning", anstyle::AnsiColor::Yellow, text);
    }

    fn error(&mut self, text: &str) {
        self.say("error", anstyle::AnsiColor::Red, text);
    }

    fn say(&mut self, label: &str, color: anstyle::AnsiColor, text: &str) {
        let style = match self.ui.color_err {
            true => color.on_default().bold(),
            false => anstyle::Style::new(),
        };
        // Where messages cannot be written there is nobody to tell.
        let _ = writeln!(self.err, "{style}{label}{style:#}: {}", clean::text(text));
    }
}

/// Runs a command line, the program's name first. Never panics; a mistake or a failure is told on `err`.
///
/// ```
/// use umbrascope::cli::{exit::Exit, run, ui::Terminal};
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let exit = run(["umbrascope".into(), "--version".into()], &mut out, &mut err, Terminal::NONE);
/// assert_eq!(exit, Exit::Done);
/// assert!(out.starts_with(b"umbrascope "));
/// ```
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
    terminal: Terminal,
) -> Exit {
    let cli = match args::parse(args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, out, err, terminal),
    };
    let ui = Ui::new(&cli.global, terminal);
    let mut streams = Streams { out, err, ui };
    let result = dispatch(&cli, &mut streams).and_then(|exit| {
        streams.out.flush()?;
        Ok(exit)
    });
    match result {
        Ok(exit) => exit,
        Err(error) if is_closed_pipe(&error) => Exit::Done,
        Err(error) => {
            streams.error(&format!("{error:#}"));
            Exit::Incomplete
        }
    }
}

fn dispatch(cli: &Cli, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    match &cli.command {
        Command::Scan(args) => scan::run(args, streams),
        Command::Explain(args) => explain::run(args, streams),
        Command::Events(args) => events::run(args, streams),
        Command::Formats(command) => formats::run(command, streams),
        Command::Catalog(command) => catalog::run(command, streams),
        Command::Policy(command) => policy::run(command, streams),
        Command::Completions(args) => generate::completions(args, streams),
        Command::Man(args) => generate::man(args, streams),
    }
}

/// The reader of our output has seen enough (`| head`). Only writing can end like this.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|e| e.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// Help goes to stdout, mistakes to stderr.
fn usage(error: &clap::Error, out: &mut dyn Write, err: &mut dyn Write, terminal: Terminal) -> Exit {
    let text = error.render();
    let paint = |color: bool| match color {
        true => text.ansi().to_string(),
        false => text.to_string(),
    };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match out.write_all(paint(terminal.color_out).as_bytes()).and_then(|()| out.flush()) {
                Ok(()) => Exit::Done,
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
                Err(_) => Exit::Incomplete,
            }
        }
        kind => {
            let _ = err.write_all(paint(terminal.color_err).as_bytes());
            if kind == ErrorKind::InvalidSubcommand
                && let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
                && Path::new(word).exists()
            {
                let _ = writeln!(err, "\nTo read it: umbrascope scan {}", clean::line(word));
            }
            Exit::Incomplete
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(line: &str) -> (Exit, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let args = std::iter::once("umbrascope").chain(line.split_whitespace()).map(OsString::from);
        let exit = run(args, &mut out, &mut err, Terminal::NONE);
        (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn the_command_line_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn short_help_fits_a_screen() {
        for line in ["-h", "scan -h", "events -h", "formats -h", "formats detect -h", "catalog -h", "catalog show -h"] {
            let (exit, out, err) = ran(line);
            assert_eq!((exit, err.as_str()), (Exit::Done, ""), "{line}");
            assert!(out.lines().count() <= 24, "{line} has {} lines\n{out}", out.lines().count());
        }
    }

    #[test]
    fn long_help_has_examples() {
        for line in ["--help", "scan --help", "events --help", "completions --help"] {
            assert!(ran(line).1.contains("Examples:"), "{line}");
        }
    }

    #[test]
    fn mistakes_exit_with_2_and_say_what_to_do() {
        for (line, told) in [
            ("", "Usage: umbrascope"),
            ("scan", "<PATH>..."),
            ("scan x --top 0", "write a whole number, 1 or more"),
            ("scan x --threads two", "write a whole number, 1 or more"),
            ("scan x --since 09/03/2026", "2026-03-09T14:30"),
            ("scan x --timezone Mars", "`Europe/Berlin`"),
            ("scan x --format csvv", "csv"),
            ("scan x --input-format squid-nativ", "'squid-native'"),
            ("scan x --input-format json", "`umbrascope formats list`"),
            ("scan x -q -v", "cannot be used with"),
            ("Cargo.toml", "umbrascope scan Cargo.toml"),
            ("man scam", "`umbrascope` has no subcommand `scam`"),
        ] {
            let (exit, out, err) = ran(line);
            assert_eq!((exit, out.as_str()), (Exit::Incomplete, ""), "{line}");
            assert!(err.contains(told), "{line}: {err}");
        }
    }

    #[test]
    fn completions_and_pages_are_made() {
        for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
            let (exit, out, _) = ran(&format!("completions {shell}"));
            assert!(exit == Exit::Done && out.contains("include"), "{shell}");
        }
        assert!(ran("man").1.contains("umbrascope"));
        assert!(ran("man catalog explain").1.contains("umbrascope\\-catalog\\-explain"));
    }

    #[test]
    fn a_closed_pipe_is_a_quiet_goodbye() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for line in ["--help", "completions bash", "man"] {
            let mut err = Vec::new();
            let args = std::iter::once("umbrascope").chain(line.split_whitespace()).map(OsString::from);
            assert_eq!(run(args, &mut Closed, &mut err, Terminal::NONE), Exit::Done, "{line}");
            assert!(err.is_empty(), "{line}");
        }
    }
}
