//! The spine: sources in, facts and the account of the reading out. Read this file to understand the tool.
//!
//! A few *feeders* read streams and cut them into blocks; rayon's workers turn blocks into events and fold them into
//! facts, each into a table of its own; at the end the tables merge. Buffers come from a fixed pool, so memory does not
//! follow the size of a file, and a feeder waits when the workers are behind. Nothing that is returned depends on how many
//! feeders, workers or blocks there were.
//!
//! ```text
//! source -> stream -> head -> format, envelope, layout          (feeder)
//!                  `-> block -> record -> event -> facts        (worker)
//! ```

mod account;
pub mod document;
mod events;
mod work;

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::event::Timestamp;
use crate::formats::detect::{self, Declined, Detected, Log};
use crate::formats::framing::{Block, Cutter, hole_len, record_len, trim};
use crate::formats::{Assume, Format, Framing, Layout, Parsed};
use crate::input::{self, Flow, Limits, Source, Stream};
use crate::traffic::{Facts, Splits};

pub use account::{BadSample, Outcome, Reading, Told};
use account::{Draft, Ledger};
use work::Worker;

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
            block_size: 1 << 20,
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
    let threads = plan.threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(io::Error::other)?;
    let ordered = plan.write != Wanted::Facts;
    // What is written must come out in order, so one feeder numbers the blocks.
    let feeders = if ordered { 1 } else { threads.min(sources.len()).max(1) };
    let buffers = 2 * threads + feeders;
    let (give, take) = bounded(buffers);
    for _ in 0..buffers {
        // Never blocks: the channel holds exactly as many.
        let _ = give.send(Vec::new());
    }
    let (text_in, text_out) = unbounded();
    let shop = Shop {
        plan,
        watch,
        workers: (0..threads).map(|_| Mutex::default()).collect(),
        give,
        take,
        place: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        drafts: Mutex::default(),
    };
    let next = AtomicUsize::new(0);
    let mut written = Ok(());
    pool.in_place_scope(|scope| {
        std::thread::scope(|threads| {
            for _ in 0..feeders {
                let text = ordered.then(|| text_in.clone());
                let (shop, next) = (&shop, &next);
                threads.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(source) = sources.get(index) else { break };
                        if shop.is_stopped() {
                            break;
                        }
                        shop.feed(scope, index, source, text.as_ref());
                    }
                });
            }
            drop(text_in);
            written = write_in_order(&text_out, out);
            if written.is_err() {
                shop.stop.store(true, Ordering::Relaxed);
            }
        });
    });
    written?;
    Ok(shop.close(&pool))
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

/// What all threads share.
struct Shop<'p> {
    plan: &'p Plan,
    watch: &'p dyn Watch,
    workers: Vec<Mutex<Worker>>,
    give: Sender<Vec<u8>>,
    take: Receiver<Vec<u8>>,
    place: AtomicU64,
    stop: AtomicBool,
    drafts: Mutex<Vec<Draft>>,
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

/// A piece of the output and its place.
struct Text {
    place: u64,
    bytes: Vec<u8>,
}

/// Where a block's text goes, where it stands there, and the number of its first line.
struct Slip {
    to: Sender<Text>,
    place: u64,
    line: u64,
}

impl Shop<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.watch.stopped()
    }

    /// Reads one source: every stream in it, block by block.
    fn feed<'s>(&'s self, scope: &rayon::Scope<'s>, index: usize, source: &Source, text: Option<&Sender<Text>>) {
        let mut drafts = Vec::new();
        let mut seen = 0;
        let losses = input::read(source, &self.plan.limits, &mut |mut stream| {
            self.watch.opened(&stream.path);
            drafts.push(self.feed_stream(scope, index, &mut stream, text, &mut seen));
            if self.is_stopped() { Flow::Stop } else { Flow::Continue }
        });
        Draft::lose_all(&mut drafts, index, losses);
        // Blocks of this source may still be in work; their ledgers are read when the shop closes.
        lock(&self.drafts).append(&mut drafts);
    }

    fn feed_stream<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        index: usize,
        stream: &mut Stream<'_>,
        text: Option<&Sender<Text>>,
        seen: &mut u64,
    ) -> Draft {
        let mut draft = Draft::new(&stream.path, index);
        let (assume, mut cutter) = (assume_for(self.plan, stream), Cutter::new(self.plan.block_size));
        let log = match look(self.plan, &assume, &mut cutter, &mut stream.reader) {
            Detected::Log(log) => *log,
            Detected::Declined(declined) => {
                draft.declined = Some(declined);
                if let Some(error) = cutter.take_error() {
                    draft.lose(&error);
                }
                return draft;
            }
        };
        cutter.settle(log.framing, log.format.directive(), log.format.lookback());
        let mut layout = log.layout.clone();
        let shelf = Arc::new(Shelf::new(log, assume, &stream.path));
        let mut line = 1;
        while let Ok(buffer) = self.take.recv() {
            let block = match cutter.next(&mut stream.reader, buffer) {
                Ok(block) => block,
                Err(buffer) => {
                    let _ = self.give.send(buffer);
                    break;
                }
            };
            let consumed = stream.progress.load(Ordering::Relaxed);
            self.watch.advanced(consumed.saturating_sub(*seen));
            *seen = consumed.max(*seen);
            let here = layout.clone();
            layout = layout_after(&shelf, layout, block.records());
            let slip = text.map(|to| {
                let place = self.place.fetch_add(1, Ordering::Relaxed);
                let slip = Slip { to: to.clone(), place, line };
                line += memchr::memchr_iter(b'\n', block.records()).count() as u64;
                slip
            });
            let shelf = Arc::clone(&shelf);
            scope.spawn(move |_| self.work(&shelf, &here, block, slip));
            if self.is_stopped() {
                break;
            }
        }
        draft.bytes = cutter.offset();
        if let Some(error) = cutter.take_error() {
            draft.lose(&error);
        }
        draft.shelf = Some(shelf);
        draft
    }

    /// Reads one block, on a worker.
    fn work(&self, shelf: &Shelf, layout: &Layout, block: Block, slip: Option<Slip>) {
        let index = rayon::current_thread_index().unwrap_or(0);
        let mut worker = lock(&self.workers[index % self.workers.len()]);
        let worker = &mut *worker;
        let mut bytes = Vec::new();
        let line = slip.as_ref().map_or(1, |slip| slip.line);
        // A defect in a format costs the block in which it shows, not the run.
        let account =
            catch_unwind(AssertUnwindSafe(|| work::read(self.plan, shelf, layout, &block, line, worker, &mut bytes)));
        if let Some(Slip { to, place, .. }) = slip {
            let _ = to.send(Text { place, bytes });
        }
        lock(&shelf.ledger).enter(block.index, block.offset, account.ok());
        let _ = self.give.send(block.bytes);
    }

    /// Merges the workers' tables and settles the accounts.
    fn close(self, pool: &rayon::ThreadPool) -> Outcome {
        use rayon::prelude::*;
        let tables: Vec<Facts> = self
            .workers
            .into_iter()
            .map(|worker| worker.into_inner().unwrap_or_else(PoisonError::into_inner).facts)
            .collect();
        let facts = pool.install(|| {
            tables.into_par_iter().reduce(Facts::default, |mut a, mut b| {
                // The smaller table joins the larger: the order does not matter to facts.
                if a.len() < b.len() {
                    std::mem::swap(&mut a, &mut b);
                }
                a.merge(b);
                a
            })
        });
        let drafts = self.drafts.into_inner().unwrap_or_else(PoisonError::into_inner);
        Outcome { facts, readings: account::settle(drafts) }
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

/// The layout in force after a block: that of the last header in it.
fn layout_after(shelf: &Shelf, mut layout: Layout, records: &[u8]) -> Layout {
    let Some(directive) = shelf.log.format.directive() else { return layout };
    let log = &shelf.log;
    let lines = if log.envelope.is_none() && log.framing == Framing::Lines {
        lines_beginning_with(directive, records)
    } else {
        records_with(directive, log.framing, records)
    };
    let mut arena = bumpalo::Bump::new();
    let mut reader = log.format.reader(&layout);
    for line in lines {
        arena.reset();
        let Ok(letter) = log.envelope.open(trim(line), &shelf.assume, &arena) else { continue };
        if letter.line.first() != Some(&directive) {
            continue;
        }
        if let Parsed::Layout(new) = reader.record(letter.line, &arena) {
            reader = log.format.reader(&new);
            layout = new;
        }
    }
    layout
}

/// Records in which a byte stands somewhere: in an envelope, a header does not begin its line.
fn records_with(byte: u8, framing: Framing, text: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut at) = (Vec::new(), 0);
    loop {
        at += hole_len(&text[at..]);
        let Some(len) = record_len(framing, &text[at..], true) else { return found };
        let record = &text[at..at + len];
        at += len;
        if memchr::memchr(byte, record).is_some() {
            found.push(record);
        }
    }
}

fn lines_beginning_with(byte: u8, text: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = memchr::memmem::find_iter(text, &[b'\n', byte]).map(|newline| newline + 1).collect();
    // A hole may stand before the line.
    let holes = memchr::memmem::find_iter(text, b"\n\0").map(|newline| newline + 1);
    for start in std::iter::once(0).chain(holes) {
        let letter = start + hole_len(&text[start..]);
        if text.get(letter) == Some(&byte) {
            starts.push(letter);
        }
    }
    starts.sort_unstable();
    let line = |start: usize| {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |newline| start + newline);
        &text[start..end]
    };
    starts.into_iter().map(line).collect()
}

/// Writes pieces as soon as all pieces before them are written.
fn write_in_order(texts: &Receiver<Text>, out: &mut dyn Write) -> io::Result<()> {
    let mut waiting = std::collections::BTreeMap::new();
    let mut next = 0;
    for text in texts {
        waiting.insert(text.place, text.bytes);
        while let Some(bytes) = waiting.remove(&next) {
            out.write_all(&bytes)?;
            next += 1;
        }
    }
    out.flush()
}
