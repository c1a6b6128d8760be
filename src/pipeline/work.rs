//! One block: records become events, events become facts or lines.

use bumpalo::Bump;

use super::account::BlockAccount;
use super::{Plan, Shelf, Wanted, events};
use crate::event::{Event, Identity, Timestamp};
use crate::formats::framing::{Block, hole_len, record_len, trim};
use crate::formats::{Layout, Parsed, Problem};
use crate::traffic::{Facts, Folded};

/// What a worker keeps between blocks.
#[derive(Default)]
pub struct Worker {
    pub facts: Facts,
    arena: Bump,
}

/// Blocks are short-lived, but an arena keeps its largest chunk: above this it is thrown away after use.
const ARENA_KEPT: usize = 8 << 20;

/// Reads a block. `line` is the number of its first line; text for the output is added to `text`.
pub fn read(
    plan: &Plan,
    shelf: &Shelf,
    layout: &Layout,
    block: &Block,
    line: u64,
    worker: &mut Worker,
    text: &mut Vec<u8>,
) -> BlockAccount {
    let Worker { facts, arena } = worker;
    let mut account = BlockAccount::default();
    let mut batch = facts.batch(&plan.splits);
    records(shelf, layout, block, arena, &mut account, |account, record, at_line| {
        let line = line + at_line;
        match record {
            Record::Event { event, at } => {
                if plan.since.is_some_and(|since| at < since) || plan.until.is_some_and(|until| at >= until) {
                    account.skip("outside --since and --until");
                    return;
                }
                match plan.write {
                    Wanted::Events => {
                        events::write(text, event, at, &shelf.path, line, shelf.log.format.id());
                        account.event(event, at);
                    }
                    Wanted::Facts | Wanted::BadLines => match batch.add(event, at) {
                        Folded::Counted | Folded::Aside => account.event(event, at),
                        Folded::Inside => account.skip("a destination inside the network"),
                    },
                }
            }
            // Whoever came before --since may still be there after it.
            Record::Identity { identity, at } => {
                if !batch.identity(identity, at) {
                    account.skip("nobody is named");
                    return;
                }
                if plan.write == Wanted::Events {
                    events::write_identity(text, identity, at, &shelf.path, line, shelf.log.format.id());
                }
                account.identity();
            }
            Record::Names { event, at } => {
                let outside = plan.since.is_some_and(|since| at < since) || plan.until.is_some_and(|until| at >= until);
                if !outside && plan.write != Wanted::Events {
                    batch.learn(event, at);
                }
            }
            Record::Bad { problem, record, offset } => {
                if plan.write == Wanted::BadLines {
                    events::write_bad(text, &shelf.path, line, offset, problem, record);
                }
            }
        }
    });
    drop(batch);
    if arena.allocated_bytes() > ARENA_KEPT {
        *arena = Bump::new();
    }
    account
}

/// What [`records`] hands over; everything else is in the account already.
pub enum Record<'r, 'a> {
    Event {
        event: &'r Event<'a>,
        at: Timestamp,
    },
    /// No event, and accounted for: it names an address for others.
    Names {
        event: &'r Event<'a>,
        at: Timestamp,
    },
    Identity {
        identity: &'r Identity<'a>,
        at: Timestamp,
    },
    Bad {
        problem: &'r Problem,
        record: &'r [u8],
        offset: u64,
    },
}

/// Walks over the records of a block, settles those that are no events, and hands over the others, with the number of
/// the line in the block, from 0.
pub fn records(
    shelf: &Shelf,
    layout: &Layout,
    block: &Block,
    arena: &mut Bump,
    account: &mut BlockAccount,
    mut take: impl FnMut(&mut BlockAccount, Record<'_, '_>, u64),
) {
    let log = &shelf.log;
    let mut reader = log.format.reader(layout);
    let bare = log.envelope.is_none();
    if !block.before().is_empty() {
        for line in block.before().split_inclusive(|b| *b == b'\n') {
            if let Ok(letter) = log.envelope.open(trim(line), &shelf.assume, arena) {
                reader.recall(letter.line);
            }
        }
    }
    let bytes = block.records();
    let mut at = 0;
    let mut lines = 0u64;
    let mut since_reset = 0;
    loop {
        at += hole_len(&bytes[at..]);
        let Some(len) = record_len(log.framing, &bytes[at..], true) else { break };
        let whole = &bytes[at..at + len];
        let record = trim(whole);
        let offset = block.offset + at as u64;
        let line = lines;
        lines += match log.framing {
            crate::formats::Framing::Lines => 1,
            _ => (memchr::memchr_iter(b'\n', whole).count() as u64).max(1),
        };
        at += len;
        account.records += 1;
        if record.is_empty() {
            account.skip("an empty line");
            continue;
        }
        let mut bad = |account: &mut BlockAccount, problem: Problem| {
            account.bad(&problem, line, offset, record);
            take(account, Record::Bad { problem: &problem, record, offset }, line);
        };
        if block.overlong {
            bad(account, Problem::new("a record of more than 16 MiB", 0));
            continue;
        }
        let letter = if bare {
            Ok((record, None))
        } else {
            log.envelope.open(record, &shelf.assume, arena).map(|letter| (letter.line, letter.at))
        };
        let (inner, sent) = match letter {
            Ok(letter) => letter,
            Err(problem) => {
                bad(account, problem);
                continue;
            }
        };
        // An event is large: it is looked at where it was written.
        match &mut reader.record(inner, arena) {
            Parsed::Event(event) => {
                event.at = event.at.or(sent);
                match event.at {
                    _ if event.aside.is_some() => {
                        account.skip(event.aside.unwrap_or_default());
                        if let Some(at) = event.at {
                            take(account, Record::Names { event, at }, line);
                        }
                    }
                    Some(at) => take(account, Record::Event { event, at }, line),
                    None => bad(account, Problem::new("no time", 0)),
                }
            }
            Parsed::Identity(identity) => match identity.at.or(sent) {
                Some(at) => take(account, Record::Identity { identity, at }, line),
                None => bad(account, Problem::new("no time", 0)),
            },
            Parsed::Skip(why) => account.skip(why),
            Parsed::Layout(new) => {
                account.skip("header");
                reader = log.format.reader(new);
            }
            Parsed::Bad(problem) => bad(account, std::mem::replace(problem, Problem::new("", 0))),
        }
        // Unescaped values live until here. A reset after each record would cost more than it saves.
        since_reset += 1;
        if since_reset == 256 {
            since_reset = 0;
            arena.reset();
        }
    }
    account.lines = lines;
    arena.reset();
}
