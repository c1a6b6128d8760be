//! The terminal: color, width, progress, and quiet goodbyes.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{ColorWhen, Global};
use crate::report::clean;

/// How wide text is where no terminal tells.
pub const DEFAULT_WIDTH: usize = 100;

/// What stands behind the two streams that a run writes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Results may be colored, as far as the terminal and the environment have a say.
    pub color_out: bool,
    /// The same for messages.
    pub color_err: bool,
    /// Messages go to a person, so progress may be drawn.
    pub interactive: bool,
    /// Columns, where known.
    pub width: Option<usize>,
}

impl Terminal {
    /// No terminal at all: files, pipes, tests.
    pub const NONE: Terminal = Terminal { color_out: false, color_err: false, interactive: false, width: None };

    /// Looks at the process's own streams and at `COLUMNS`, `NO_COLOR`, `CLICOLOR` and `TERM`.
    pub fn detect() -> Terminal {
        let (out, err) = (io::stdout(), io::stderr());
        let asked = std::env::var_os("COLUMNS").and_then(columns);
        let seen = || terminal_size::terminal_size_of(&out).map(|(width, _)| usize::from(width.0)).filter(|w| *w > 0);
        Terminal {
            color_out: anstream::AutoStream::choice(&out) != anstream::ColorChoice::Never,
            color_err: anstream::AutoStream::choice(&err) != anstream::ColorChoice::Never,
            interactive: err.is_terminal(),
            width: asked.or_else(seen),
        }
    }
}

/// `COLUMNS`, if it is a number that can be meant.
fn columns(value: OsString) -> Option<usize> {
    value.to_str()?.trim().parse().ok().filter(|columns| (1..=10_000).contains(columns))
}

/// What the command line and the terminal together allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ui {
    /// Color results.
    pub color_out: bool,
    /// Color messages.
    pub color_err: bool,
    /// Color was asked for with `--color always`.
    pub color_asked: bool,
    /// Columns for results.
    pub width: usize,
    /// Draw progress.
    pub progress: bool,
    /// Errors only.
    pub quiet: bool,
    /// How often `-v` was given.
    pub verbose: u8,
}

impl Ui {
    /// `--color` decides first, then the terminal.
    pub fn new(global: &Global, terminal: Terminal) -> Ui {
        let color = |auto| match global.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => auto,
        };
        Ui {
            color_out: color(terminal.color_out),
            color_err: color(terminal.color_err),
            color_asked: global.color == ColorWhen::Always,
            width: terminal.width.unwrap_or(DEFAULT_WIDTH),
            progress: terminal.interactive && !global.quiet,
            quiet: global.quiet,
            verbose: global.verbose,
        }
    }
}

/// A progress line on stderr: bytes done, rate, time left, the current file.
///
/// Workers only add to [`Progress::counter`]; a thread of its own looks at it ten times a second. Nothing is drawn in
/// the first third of a second, so that short runs do not flicker. It vanishes when dropped.
#[derive(Debug)]
pub struct Progress {
    counter: Arc<AtomicU64>,
    file: Arc<Mutex<String>>,
    drawn: Option<(ProgressBar, Sender<()>, JoinHandle<()>)>,
}

const TICK: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_millis(300);

impl Progress {
    /// Starts. `total` is the number of raw input bytes, `None` where it cannot be known (stdin).
    pub fn start(ui: &Ui, total: Option<u64>) -> Progress {
        let counter = Arc::new(AtomicU64::new(0));
        let file = Arc::new(Mutex::new(String::new()));
        let drawn = ui.progress.then(|| {
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
            bar.set_style(style(total.is_some()));
            let (stop, stopped) = mpsc::channel();
            let watched = (bar.clone(), Arc::clone(&counter), Arc::clone(&file));
            let thread = std::thread::spawn(move || {
                let (bar, counter, file) = watched;
                if stopped.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                bar.set_draw_target(ProgressDrawTarget::stderr());
                *hold(&ON_SCREEN) = Some(bar.clone());
                loop {
                    bar.set_message(hold(&file).clone());
                    bar.set_position(counter.load(Ordering::Relaxed));
                    bar.tick();
                    if stopped.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout) {
                        return;
                    }
                }
            });
            (bar, stop, thread)
        });
        Progress { counter, file, drawn }
    }

    /// Where raw input bytes are added as they are read.
    pub fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.counter)
    }

    /// Names the file that is being read now.
    pub fn file(&self, path: &str) {
        if self.drawn.is_some() {
            *hold(&self.file) = clean::line(path).into_owned();
        }
    }

    /// Takes the line off the screen.
    pub fn finish(self) {}
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((bar, stop, thread)) = self.drawn.take() {
            drop(stop);
            // A thread that panicked has drawn its last; the run does not care.
            let _ = thread.join();
            *hold(&ON_SCREEN) = None;
            bar.finish_and_clear();
        }
    }
}

fn style(known: bool) -> ProgressStyle {
    let template = match known {
        true => "{bar:20} {decimal_bytes} of {decimal_total_bytes} · {decimal_bytes_per_sec} · {eta} left · {wide_msg}",
        false => "{spinner} {decimal_bytes} · {decimal_bytes_per_sec} · {wide_msg}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The progress line that Ctrl-C has to wipe.
static ON_SCREEN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Files being written aside, which Ctrl-C has to remove.
static ASIDE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The exit code of a run that Ctrl-C ended, as shells have it.
const INTERRUPTED: i32 = 130;

/// Makes Ctrl-C a quiet goodbye: the progress line and half-written files vanish, the exit code is 130.
pub fn quiet_interrupt() {
    // Without a handler the system's own one applies, which is nearly as good.
    let _ = ctrlc::set_handler(|| {
        if let Some(bar) = hold(&ON_SCREEN).take() {
            bar.finish_and_clear();
        }
        for path in hold(&ASIDE).drain(..) {
            let _ = std::fs::remove_file(path);
        }
        std::process::exit(INTERRUPTED);
    });
}

/// A file is being written aside.
pub(super) fn begin_aside(path: PathBuf) {
    hold(&ASIDE).push(path);
}

/// It has found its place, or is gone.
pub(super) fn end_aside(path: &std::path::Path) {
    hold(&ASIDE).retain(|other| other != path);
}

/// A lock that outlives a panic elsewhere: what it guards is whole at any time.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
