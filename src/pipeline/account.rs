//! Every record accounted for: what became of each file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use bumpalo::Bump;

use super::{Shelf, lock, work};
use crate::event::{Event, Evidence, Timestamp};
use crate::formats::detect::{Declined, RunnerUp};
use crate::formats::framing::{Block, record_len};
use crate::formats::{Format, Gap, Problem, Tells};
use crate::input::Loss;
use crate::traffic::{Facts, JoinAccount};

/// What a run leaves behind.
#[derive(Default)]
pub struct Outcome {
    /// The facts of all files.
    pub facts: Facts,
    /// How much of what was known by address alone got a name.
    pub joins: JoinAccount,
    /// What became of each stream, in order of source and then of place in it.
    pub readings: Vec<Reading>,
}

/// What became of one stream.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The path, `archive:member` inside archives.
    pub path: String,
    /// The format's id, or `None` when the file was declined.
    pub format: Option<&'static str>,
    /// 0 to 100.
    pub score: u8,
    /// The evidence for the format, or the reason for declining.
    pub why: Cow<'static, str>,
    /// The next best format.
    pub runner_up: Option<RunnerUp>,
    /// Layers around each record; empty for bare ones.
    pub envelope: String,
    /// All records.
    pub records: u64,
    /// Those that are events.
    pub events: u64,
    /// Those that tell who is at which address.
    pub identities: u64,
    /// Those that are neither, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Those that were not understood, by reason.
    pub bad: BTreeMap<Cow<'static, str>, u64>,
    /// The first few of them.
    pub samples: Vec<BadSample>,
    /// Decoded bytes.
    pub bytes: u64,
    /// Earliest and latest event.
    pub span: Option<(Timestamp, Timestamp)>,
    /// What the events told.
    pub told: Told,
    /// What the log cannot tell, with the setting that would add it.
    pub gaps: Vec<(Gap, Option<&'static str>)>,
    /// What was lost.
    pub losses: Vec<String>,
}

impl Reading {
    /// Records that were skipped.
    pub fn skipped_count(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// Records that were bad.
    pub fn bad_count(&self) -> u64 {
        self.bad.values().sum()
    }
}

/// A bad record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSample {
    /// 1-based.
    pub line: u64,
    /// 0-based, in the decoded stream.
    pub offset: u64,
    /// Why.
    pub reason: Cow<'static, str>,
    /// Its beginning, as it was: to be cleaned where it is shown.
    pub excerpt: String,
}

/// How many bad records a reading keeps.
const SAMPLES: usize = 5;
/// How many bytes of each.
const EXCERPT: usize = 160;

/// How many events told what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    events: u64,
    user: u64,
    client: u64,
    host: u64,
    path: u64,
    up: u64,
    down: u64,
    action: u64,
    visits: u64,
}

impl Told {
    fn add(&mut self, event: &Event<'_>) {
        self.events += 1;
        self.user += u64::from(event.user.is_some());
        self.client += u64::from(event.user.is_some() || event.src_ip.is_some() || event.device.is_some());
        self.host += u64::from(event.host.is_some() && event.evidence != Evidence::Address);
        self.path += u64::from(event.path.is_some());
        self.up += u64::from(event.bytes_up.is_some());
        self.down += u64::from(event.bytes_down.is_some());
        self.action += u64::from(event.action.is_some());
        self.visits += u64::from(event.evidence != Evidence::Dns);
    }

    fn merge(&mut self, other: &Told) {
        self.events += other.events;
        self.user += other.user;
        self.client += other.client;
        self.host += other.host;
        self.path += other.path;
        self.up += other.up;
        self.down += other.down;
        self.action += other.action;
        self.visits += other.visits;
    }

    /// What none of the events told. Gaps that follow from another are left out: a log of look-ups has no bytes.
    fn gaps(&self) -> Vec<Gap> {
        if self.events == 0 {
            return Vec::new();
        }
        let mut gaps = Vec::new();
        let mut need = |count: u64, gap: Gap| {
            if count == 0 {
                gaps.push(gap);
            }
        };
        if self.client == 0 {
            need(0, Gap::Client);
        } else {
            need(self.user, Gap::User);
        }
        need(self.visits, Gap::Visits);
        if self.visits > 0 {
            need(self.host, Gap::Host);
            need(self.up, Gap::BytesUp);
            need(self.down, Gap::BytesDown);
            if self.host > 0 {
                need(self.path, Gap::Path);
            }
            need(self.action, Gap::Action);
        }
        gaps
    }
}

/// What became of the records of one block.
#[derive(Debug, Default)]
pub struct BlockAccount {
    pub records: u64,
    pub lines: u64,
    events: u64,
    identities: u64,
    skipped: Vec<(&'static str, u64)>,
    bad: BTreeMap<Cow<'static, str>, u64>,
    samples: Vec<BadSample>,
    span: Option<(Timestamp, Timestamp)>,
    told: Told,
}

impl BlockAccount {
    #[inline]
    pub fn event(&mut self, event: &Event<'_>, at: Timestamp) {
        self.events += 1;
        self.told.add(event);
        self.span = Some(match self.span {
            Some((first, last)) => (first.min(at), last.max(at)),
            None => (at, at),
        });
    }

    pub fn identity(&mut self) {
        self.identities += 1;
    }

    /// Few reasons occur in one block, so a short list beats a map.
    #[inline]
    pub fn skip(&mut self, why: &'static str) {
        match self.skipped.iter_mut().find(|(reason, _)| std::ptr::eq(*reason, why) || *reason == why) {
            Some((_, count)) => *count += 1,
            None => self.skipped.push((why, 1)),
        }
    }

    pub fn bad(&mut self, problem: &Problem, line: u64, offset: u64, record: &[u8]) {
        *self.bad.entry(problem.reason.clone()).or_default() += 1;
        if self.samples.len() < SAMPLES {
            let excerpt = String::from_utf8_lossy(&record[..record.len().min(EXCERPT)]).into_owned();
            self.samples.push(BadSample { line, offset, reason: problem.reason.clone(), excerpt });
        }
    }
}

/// The sum of a stream's blocks. Blocks are entered as they are done, in any order.
#[derive(Debug, Default)]
pub struct Ledger {
    sum: BlockAccount,
    /// Where each block begins and how many lines it has, to number the samples when all are known.
    lines: Vec<(u64, u32)>,
    /// The first few samples, with where their block begins.
    samples: Vec<(u64, BadSample)>,
    /// Blocks that were lost to a defect, by offset.
    defects: Vec<u64>,
    /// Bytes of the stream's parts that are done.
    bytes: u64,
    /// Read errors that the input does not know of.
    errors: Vec<String>,
}

impl Ledger {
    pub fn enter(&mut self, offset: u64, account: Option<BlockAccount>) {
        let Some(account) = account else {
            self.defects.push(offset);
            return;
        };
        self.lines.push((offset, account.lines as u32));
        self.sum.records += account.records;
        self.sum.events += account.events;
        self.sum.identities += account.identities;
        for (reason, count) in account.skipped {
            match self.sum.skipped.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, sum)) => *sum += count,
                None => self.sum.skipped.push((reason, count)),
            }
        }
        for (reason, count) in account.bad {
            *self.sum.bad.entry(reason).or_default() += count;
        }
        self.sum.told.merge(&account.told);
        self.sum.span = match (self.sum.span, account.span) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
        self.samples.extend(account.samples.into_iter().map(|sample| (offset, sample)));
        self.samples.sort_by_key(|(_, sample)| sample.offset);
        self.samples.truncate(SAMPLES);
    }

    /// A part of the stream, or all of it, is read to its end.
    pub fn end(&mut self, bytes: u64, error: Option<io::Error>) {
        self.bytes += bytes;
        // The others are told by the input.
        self.errors.extend(error.filter(|error| Loss::of(error).is_none()).map(|error| error.to_string()));
    }
}

/// A reading in the making.
pub struct Draft {
    path: String,
    source: usize,
    pub shelf: Option<Arc<Shelf>>,
    pub declined: Option<Declined>,
    pub bytes: u64,
    losses: Vec<String>,
}

impl Draft {
    pub fn new(path: &str, source: usize) -> Draft {
        Draft { path: path.to_owned(), source, shelf: None, declined: None, bytes: 0, losses: Vec::new() }
    }

    /// A read error that is not already reported by the input.
    pub fn lose(&mut self, error: &io::Error) {
        if Loss::of(error).is_none() {
            self.losses.push(error.to_string());
        }
    }

    /// Files the losses of a source under its streams; a loss before any stream gets a draft of its own.
    pub fn lose_all(drafts: &mut Vec<Draft>, source: usize, losses: Vec<Loss>) {
        for loss in losses {
            let text = loss.told();
            match drafts.iter_mut().rev().find(|draft| draft.source == source && draft.path == loss.path) {
                Some(draft) => draft.losses.push(text),
                None => {
                    let mut draft = Draft::new(&loss.path, source);
                    draft.losses.push(text);
                    drafts.push(draft);
                }
            }
        }
    }

    /// Reads the records of a head, for what they tell.
    pub fn sample(&mut self, head: &[u8], whole: bool) {
        let Some(shelf) = &self.shelf else { return };
        let mut end = 0;
        for _ in 0..200 {
            let Some(len) = record_len(shelf.log.framing, &head[end..], whole) else { break };
            end += len;
        }
        let block = Block { bytes: head[..end].to_vec(), start: 0, end, offset: 0, overlong: false };
        let mut account = BlockAccount::default();
        work::records(shelf, &shelf.log.layout, &block, &mut Bump::new(), &mut account, |account, record, _| {
            match record {
                work::Record::Event { event, at } => account.event(event, at),
                work::Record::Identity { .. } => account.identity(),
                work::Record::Names { .. } | work::Record::Bad { .. } => {}
            }
        });
        self.bytes = end as u64;
        lock(&shelf.ledger).enter(0, Some(account));
    }

    fn settle(self) -> Reading {
        let mut reading = Reading { path: self.path, bytes: self.bytes, losses: self.losses, ..Reading::default() };
        if let Some(declined) = self.declined {
            reading.score = declined.score;
            reading.why = declined.why;
            reading.runner_up = declined.runner_up;
        } else if self.shelf.is_none() {
            reading.why = "it could not be read".into();
        }
        let Some(shelf) = self.shelf else { return reading };
        let log = &shelf.log;
        reading.format = Some(log.format.id());
        reading.score = log.guess.score;
        reading.why = log.guess.why.clone();
        reading.runner_up = log.runner_up;
        reading.envelope = log.envelope.describe();
        let ledger = std::mem::take(&mut *lock(&shelf.ledger));
        reading.records = ledger.sum.records;
        reading.events = ledger.sum.events;
        reading.identities = ledger.sum.identities;
        reading.skipped = ledger.sum.skipped.into_iter().collect();
        reading.bad = ledger.sum.bad;
        reading.span = ledger.sum.span;
        reading.told = ledger.sum.told;
        reading.gaps = gaps(log.format, log.layout.tells, &reading.told);
        reading.bytes += ledger.bytes;
        reading.losses.extend(ledger.errors);
        let lines_before = |block: u64| -> u64 {
            let before = ledger.lines.iter().filter(|(offset, _)| *offset < block);
            before.map(|(_, lines)| u64::from(*lines)).sum()
        };
        reading.samples = ledger
            .samples
            .into_iter()
            .map(|(block, sample)| BadSample { line: lines_before(block) + sample.line + 1, ..sample })
            .collect();
        let mut defects = ledger.defects;
        defects.sort_unstable();
        for offset in defects {
            reading.losses.push(format!(
                "a defect in the {} reader: the block at byte {offset} is lost; please report it",
                log.format.id()
            ));
        }
        reading
    }
}

/// What a log cannot tell: what no event told; before any event, what its columns do not hold.
fn gaps(format: &'static dyn Format, tells: Tells, told: &Told) -> Vec<(Gap, Option<&'static str>)> {
    let gaps = if told.events > 0 {
        told.gaps()
    } else {
        let flags = [(tells.user, Gap::User), (tells.host, Gap::Host), (tells.bytes_up, Gap::BytesUp)];
        flags.into_iter().filter(|(has, _)| !has).map(|(_, gap)| gap).collect()
    };
    gaps.into_iter().map(|gap| (gap, format.advice(gap))).collect()
}

/// The readings, in order of source; inside a source in order of their place in it.
pub fn settle(mut drafts: Vec<Draft>) -> Vec<Reading> {
    drafts.sort_by_key(|draft| draft.source);
    drafts.into_iter().map(Draft::settle).collect()
}
