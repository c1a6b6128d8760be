//! The spine: sources in, facts and the account of the reading out. Read this file to understand the tool.
//!
//! Each worker takes a source, cuts its streams into blocks, turns blocks into events and folds them into facts of its own;
//! at the end the tables merge. A worker without a source is handed blocks by the others, and large plain files are read in
//! parts, so that two workers share one file; see `feed.rs`. Buffers are reused, so memory does not follow the size of a
//! file. Nothing that is returned depends on how many workers, parts or blocks there were.
//!
//! ```text
//! source -> stream -> head -> format, envelope, layout
//!                  `-> block -> record -> event -> facts
//! ```

mod account;
pub mod document;
mod events;
mod feed;
mod layout;
mod order;
mod work;

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use crate::event::Timestamp;
use crate::formats::detect::{self, Declined, Detected, Log};
use crate::formats::framing::Cutter;
use crate::formats::{Assume, Format};
use crate::input::{self, Flow, Limits, Source, Stream};
use crate::traffic::{Facts, Splits};

pub use account::{BadSample, Outcome, Reading, Told};
use account::{Draft, Ledger};
use feed::Shop;

/// What is to be done.
#[derive(Clone)]
pub struct Plan {
    /// Zone and logformats.
    pub assume: Assume,
    /// The one format that every file is said to have.
    pub forced: Option<&'static dyn Format>,
    /// Events before this instant are skipped.
    pub since: Option<Timestamp>,
    /// Events from this instant on are skipped.
    pub until: Option<Timestamp>,
    /// Hosts to be kept apart by path.
    pub splits: Splits,
    /// Workers; at least one.
    pub threads: usize,
    /// Bytes in a block.
    pub block_size: usize,
    /// How much a package may unpack to.
    pub limits: Limits,
    /// What is written while reading.
    pub write: Wanted,
}

/// What is written, in order, while reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Nothing: only facts.
    #[default]
    Facts,
    /// Every bad record, as NDJSON, beside the facts.
    BadLines,
    /// Every event, as NDJSON, and no facts.
    Events,
}

impl Default for Plan {
    fn default() -> Self {
        Plan {
            assume: Assume::default(),
            forced: None,
            since: None,
            until: None,
            splits: Splits::default(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            block_size: 256 << 10,
            limits: Limits::default(),
            write: Wanted::Facts,
        }
    }
}

/// Watches a run from outside.
pub trait Watch: Sync {
    /// A stream is being opened.
    fn opened(&self, path: &str) {
        let _ = path;
    }

    /// So many more bytes of the sources, as they lie on disk, have been read.
    fn advanced(&self, bytes: u64) {
        let _ = bytes;
    }

    /// Whether to stop as soon as possible.
    fn stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// Reads all sources. What [`Plan::write`] asks for goes to `out`, in the order of the sources.
///
/// An error is one of `out` or of starting threads: whatever is wrong with a source is in its [`Reading`].
pub fn run(plan: &Plan, sources: &[Source], watch: &dyn Watch, out: &mut dyn Write) -> io::Result<Outcome> {
    let shop = Shop::new(plan, watch, sources);
    let tables = shop.run(out)?;
    let mut facts = tables.into_par_iter().reduce(Facts::default, |mut a, mut b| {
        // The smaller table joins the larger: the order does not matter to facts.
        if a.len() < b.len() {
            std::mem::swap(&mut a, &mut b);
        }
        a.merge(b);
        a
    });
    let joins = facts.join();
    Ok(Outcome { facts, joins, readings: account::settle(shop.into_drafts()) })
}

/// Says what every stream is, from its head alone.
pub fn detect_all(plan: &Plan, sources: &[Source], watch: &dyn Watch) -> Vec<Reading> {
    let mut drafts = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let losses = input::read(source, &plan.limits, &mut |mut stream| {
            let mut draft = Draft::new(&stream.path, index);
            let (assume, mut cutter) = (assume_for(plan, &stream), Cutter::new(plan.block_size));
            match look(plan, &assume, &mut cutter, &mut stream.reader) {
                Detected::Log(log) => {
                    let whole = cutter.at_end();
                    let head = cutter.peek(&mut stream.reader, detect::HEAD_BYTES).to_vec();
                    draft.shelf = Some(Arc::new(Shelf::new(*log, assume, &stream.path)));
                    draft.sample(&head, whole);
                }
                Detected::Declined(declined) => draft.declined = Some(declined),
            }
            if let Some(error) = cutter.take_error() {
                draft.lose(&error);
            }
            drafts.push(draft);
            if watch.stopped() { Flow::Stop } else { Flow::Continue }
        });
        Draft::lose_all(&mut drafts, index, losses);
    }
    account::settle(drafts)
}

/// A stream that is being read: what its blocks share.
struct Shelf {
    log: Log,
    assume: Assume,
    path: String,
    ledger: Mutex<Ledger>,
}

impl Shelf {
    fn new(log: Log, assume: Assume, path: &str) -> Shelf {
        Shelf { log, assume, path: path.to_owned(), ledger: Mutex::default() }
    }
}

/// A poisoned lock guards plain counts: what is in them is still true.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn assume_for(plan: &Plan, stream: &Stream<'_>) -> Assume {
    let modified = stream.modified.map(|seconds| Timestamp(seconds.saturating_mul(1000)));
    Assume { newest: plan.assume.newest.or(modified), ..plan.assume.clone() }
}

/// Looks at the head of a stream. Detection shows hostile bytes to every format; a defect in one must not end the run.
fn look(plan: &Plan, assume: &Assume, cutter: &mut Cutter, reader: &mut dyn Read) -> Detected {
    cutter.peek(reader, detect::HEAD_BYTES);
    let whole = cutter.at_end();
    let head = cutter.peek(reader, 0);
    catch_unwind(AssertUnwindSafe(|| detect::detect(head, whole, assume, plan.forced))).unwrap_or_else(|_| {
        let why = "a defect in this program's detection: please report it";
        Detected::Declined(Declined { why: why.into(), score: 0, runner_up: None })
    })
}
