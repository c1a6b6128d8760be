//! The shell around the core: it reads the command line, opens and closes every door, and chooses the exit code.

pub mod args;
pub mod catalog;
pub mod events;
pub mod exit;
pub mod formats;
pub mod generate;
pub mod output;
pub mod plan;
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
        Err(error) => return explain(&error, out, err, terminal),
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
        Command::Events(args) => events::run(args, streams),
        Command::Formats(command) => formats::run(command, streams),
        Command::Catalog(command) => catalog::run(command, streams),
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
fn explain(error: &clap::Error, out: &mut dyn Write, err: &mut dyn Write, terminal: Terminal) -> Exit {
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
