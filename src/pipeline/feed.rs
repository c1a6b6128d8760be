//! Who reads what: workers, their sources, and how they share.
//!
//! - A worker takes the next source and reads it alone, block after block: what it has just copied out of the page cache
//!   or unpacked is still in its own cache when it is parsed, and its table sees one log's days together.
//! - A worker for whom no source is left *helps*: it tells so by two credits, and whoever holds a credit hands a block over
//!   instead of reading it. One large packed log is unpacked by one worker and parsed by all.
//! - A large plain file is divided when there are not enough sources for all workers: its parts lie in the same queue.
//!
//! ```text
//! worker: source -> block -> read it            while nobody helps
//!                        `-> queue -> helper    while somebody does
//! ```

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::account::Draft;
use super::layout::layout_after;
use super::order::{Slip, Text, write_in_order};
use super::work::{self, Worker};
use super::{Plan, Shelf, Wanted, Watch, assume_for, lock, look};
use crate::formats::detect::Detected;
use crate::formats::framing::{Block, Cutter};
use crate::formats::{Framing, Layout};
use crate::input::{self, Flow, Source, Stream, Whole};
use crate::traffic::Facts;

/// What all workers share.
pub(super) struct Shop<'p> {
    plan: &'p Plan,
    watch: &'p dyn Watch,
    sources: &'p [Source],
    /// The next source that nobody has taken.
    next: AtomicUsize,
    /// How many blocks the helpers would take.
    credits: AtomicUsize,
    /// The place of the next piece of text.
    place: AtomicU64,
    stop: AtomicBool,
    drafts: Mutex<Vec<Draft>>,
    /// Buffers of blocks that were handed over and read.
    spares: Mutex<Vec<Vec<u8>>>,
}

/// What lies in the queue.
enum Job {
    Block(Errand),
    Part(Piece),
}

/// A block that is handed over.
struct Errand {
    shelf: Arc<Shelf>,
    layout: Layout,
    block: Block,
    slip: Option<Slip>,
}

/// A part of a plain file. The way to the queue comes with it, so that the queue stays open while a part lies in it.
struct Piece {
    shelf: Arc<Shelf>,
    whole: Whole,
    from: u64,
    to: Option<u64>,
    queue: Sender<Job>,
}

/// A file is divided from this size on: below it a part is read before its reader is awake.
const DIVIDED: u64 = 8 << 20;

/// A helper that has a block in hand has another one waiting.
const CREDITS: usize = 2;

/// What one worker holds while it reads.
struct Bench {
    worker: Worker,
    /// The block that was read last: its buffer is warm.
    spare: Vec<u8>,
}

impl<'p> Shop<'p> {
    pub fn new(plan: &'p Plan, watch: &'p dyn Watch, sources: &'p [Source]) -> Shop<'p> {
        Shop {
            plan,
            watch,
            sources,
            next: AtomicUsize::new(0),
            credits: AtomicUsize::new(0),
            place: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            drafts: Mutex::default(),
            spares: Mutex::default(),
        }
    }

    /// Reads everything. Returns each worker's table.
    pub fn run(&self, out: &mut dyn Write) -> io::Result<Vec<Facts>> {
        let workers = self.plan.threads.max(1);
        // What is written must come out in order, so one worker reads all sources and numbers the blocks.
        let ordered = self.plan.write != Wanted::Facts;
        let (queue, jobs) = unbounded();
        // A slow reader of the output holds the workers up; it does not fill the memory.
        let (text_in, text_out) = bounded(2 * workers);
        let mut written = Ok(());
        let mut tables = Vec::with_capacity(workers);
        std::thread::scope(|scope| {
            let mut handles = Vec::with_capacity(workers);
            for index in 0..workers {
                let reads = index == 0 || !ordered;
                let (queue, jobs) = (reads.then(|| queue.clone()), jobs.clone());
                let text = (ordered && reads).then(|| text_in.clone());
                let worker = std::thread::Builder::new().name(format!("worker {index}"));
                match worker.spawn_scoped(scope, move || self.work(queue, &jobs, text)) {
                    Ok(handle) => handles.push(handle),
                    // Fewer will do, but not none.
                    Err(error) if index == 0 => {
                        written = Err(error);
                        break;
                    }
                    Err(_) => break,
                }
            }
            drop((queue, jobs, text_in));
            if written.is_ok() {
                written = write_in_order(text_out, out);
            }
            if written.is_err() {
                self.stop.store(true, Ordering::Relaxed);
            }
            for handle in handles {
                // A defect outside of any block is ours, and nothing that was counted can be trusted then.
                tables.push(handle.join().unwrap_or_else(|defect| std::panic::resume_unwind(defect)));
            }
        });
        written.map(|()| tables)
    }

    /// The readings in the making, when all is read.
    pub fn into_drafts(self) -> Vec<Draft> {
        self.drafts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.watch.stopped()
    }

    /// One worker: sources first, then whatever others hand over.
    fn work(&self, queue: Option<Sender<Job>>, jobs: &Receiver<Job>, text: Option<Sender<Text>>) -> Facts {
        let mut bench = Bench { worker: Worker::default(), spare: Vec::new() };
        if let Some(queue) = queue {
            while !self.is_stopped() {
                let index = self.next.fetch_add(1, Ordering::Relaxed);
                let Some(source) = self.sources.get(index) else { break };
                self.feed(index, source, &queue, text.as_ref(), &mut bench);
            }
        }
        drop(text);
        self.credits.fetch_add(CREDITS, Ordering::Relaxed);
        // Ends when nobody reads a source any more, and no part is left.
        for job in jobs {
            match job {
                Job::Block(errand) => {
                    self.credits.fetch_add(1, Ordering::Relaxed);
                    let Errand { shelf, layout, block, slip } = errand;
                    self.read(&shelf, &layout, block, slip, &mut bench);
                }
                // Whoever has a part to read is no helper.
                Job::Part(piece) => {
                    self.withdraw();
                    self.feed_part(&piece.shelf, &piece.whole, piece.from, piece.to, &piece.queue, &mut bench);
                    drop(piece);
                    self.credits.fetch_add(CREDITS, Ordering::Relaxed);
                }
            }
        }
        bench.worker.facts
    }

    /// Takes a credit, if there is one.
    fn claim(&self) -> bool {
        self.credits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |credits| credits.checked_sub(1)).is_ok()
    }

    /// Takes back a helper's credits, as far as nobody has used them.
    fn withdraw(&self) {
        for _ in 0..CREDITS {
            self.claim();
        }
    }

    /// Reads one source: every stream in it, block by block.
    fn feed(&self, index: usize, source: &Source, queue: &Sender<Job>, text: Option<&Sender<Text>>, bench: &mut Bench) {
        let mut drafts = Vec::new();
        let mut seen = 0;
        let losses = input::read(source, &self.plan.limits, &mut |mut stream| {
            self.watch.opened(&stream.path);
            drafts.push(self.feed_stream(index, &mut stream, queue, text, &mut seen, bench));
            if self.is_stopped() { Flow::Stop } else { Flow::Continue }
        });
        Draft::lose_all(&mut drafts, index, losses);
        // Blocks of this source may still be in work; their ledgers are read when all is done.
        lock(&self.drafts).append(&mut drafts);
    }

    fn feed_stream(
        &self,
        index: usize,
        stream: &mut Stream<'_>,
        queue: &Sender<Job>,
        text: Option<&Sender<Text>>,
        seen: &mut u64,
        bench: &mut Bench,
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
        let shelf = Arc::new(Shelf::new(log, assume, &stream.path));
        draft.shelf = Some(Arc::clone(&shelf));
        if text.is_none()
            && let Some((whole, parts)) = self.divided(&shelf, stream.whole.take())
        {
            let edge = |part: u64| whole.len() / parts * part;
            for part in 1..parts {
                let to = (part + 1 < parts).then(|| edge(part + 1));
                let piece = Piece {
                    shelf: Arc::clone(&shelf),
                    whole: whole.clone(),
                    from: edge(part),
                    to,
                    queue: queue.clone(),
                };
                let _ = queue.send(Job::Part(piece));
            }
            self.feed_part(&shelf, &whole, 0, Some(edge(1)), queue, bench);
            return draft;
        }
        let progress = Arc::clone(&stream.progress);
        self.feed_blocks(&shelf, cutter, &mut stream.reader, queue, text, bench, &mut |_| {
            let consumed = progress.load(Ordering::Relaxed);
            self.watch.advanced(consumed.saturating_sub(*seen));
            *seen = consumed.max(*seen);
        });
        draft
    }

    /// Into how many parts a file is divided: one for each worker, if its records can be found from anywhere, and if there
    /// are fewer sources than workers.
    fn divided(&self, shelf: &Shelf, whole: Option<Whole>) -> Option<(Whole, u64)> {
        let log = &shelf.log;
        let parts = self.plan.threads;
        let left = self.sources.len().saturating_sub(self.next.load(Ordering::Relaxed));
        let whole = whole?;
        let anywhere = log.framing == Framing::Lines && log.format.directive().is_none() && log.format.lookback() == 0;
        (anywhere && parts > 1 && left < parts && whole.len() >= DIVIDED.max(self.plan.block_size as u64))
            .then_some((whole, parts as u64))
    }

    fn feed_part(
        &self,
        shelf: &Arc<Shelf>,
        whole: &Whole,
        from: u64,
        to: Option<u64>,
        queue: &Sender<Job>,
        bench: &mut Bench,
    ) {
        let mut part = match whole.part(from, to) {
            Ok(part) => part,
            Err(error) => return lock(&shelf.ledger).end(0, Some(error)),
        };
        let mut cutter = Cutter::new(self.plan.block_size);
        cutter.begin_at(part.at());
        self.feed_blocks(shelf, cutter, &mut part, queue, None, bench, &mut |block| {
            self.watch.advanced(block.records().len() as u64);
        });
    }

    /// Cuts a stream, or a part of one, and reads its blocks or hands them over.
    #[allow(clippy::too_many_arguments, reason = "everything that a stream is made of")]
    fn feed_blocks(
        &self,
        shelf: &Arc<Shelf>,
        mut cutter: Cutter,
        reader: &mut dyn Read,
        queue: &Sender<Job>,
        text: Option<&Sender<Text>>,
        bench: &mut Bench,
        progress: &mut dyn FnMut(&Block),
    ) {
        let log = &shelf.log;
        cutter.settle(log.framing, log.format.directive(), log.format.lookback());
        let begin = cutter.offset();
        let mut layout = log.layout.clone();
        let mut line = 1;
        while !self.is_stopped() {
            let mut buffer = std::mem::take(&mut bench.spare);
            if buffer.is_empty() {
                buffer = lock(&self.spares).pop().unwrap_or_default();
            }
            let Ok(block) = cutter.next(reader, buffer) else { break };
            progress(&block);
            let here = layout.clone();
            layout = layout_after(shelf, layout, block.records());
            let slip = text.map(|to| {
                let place = self.place.fetch_add(1, Ordering::Relaxed);
                let slip = Slip { to: to.clone(), place, line };
                line += memchr::memchr_iter(b'\n', block.records()).count() as u64;
                slip
            });
            if self.claim() {
                let errand = Errand { shelf: Arc::clone(shelf), layout: here, block, slip };
                let _ = queue.send(Job::Block(errand));
            } else {
                self.read(shelf, &here, block, slip, bench);
            }
        }
        lock(&shelf.ledger).end(cutter.offset() - begin, cutter.take_error());
    }

    /// Reads one block.
    fn read(&self, shelf: &Shelf, layout: &Layout, block: Block, slip: Option<Slip>, bench: &mut Bench) {
        let mut bytes = Vec::new();
        let line = slip.as_ref().map_or(1, |slip| slip.line);
        let worker = &mut bench.worker;
        // A defect in a format costs the block in which it shows, not the run.
        let account =
            catch_unwind(AssertUnwindSafe(|| work::read(self.plan, shelf, layout, &block, line, worker, &mut bytes)));
        if let Some(Slip { to, place, .. }) = slip {
            let _ = to.send(Text { place, bytes });
        }
        lock(&shelf.ledger).enter(block.offset, account.ok());
        if bench.spare.is_empty() {
            bench.spare = block.bytes;
        } else {
            lock(&self.spares).push(block.bytes);
        }
    }
}
