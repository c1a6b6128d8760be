//! Names for what is known by address alone.
//!
//! A firewall or a flow sensor tells where somebody went by address. Which host it was stands in other records: in those
//! of the same session, by its id ([`sessions`]); in a greeting, a URL or the answer of a resolver that named the address
//! at that time ([`names`]). Both tables fill while logs are read, in any order, and merge in any order. When everything
//! is read, [`decide`] gives a name to each address fact that has exactly one.
//!
//! A log whose records name their destinations never comes here.

mod decide;
mod names;
mod sessions;

use super::fact::{Fact, Sighting};
use super::facts::{DestId, WhoId};
use crate::event::{Action, Event, Evidence, Timestamp};

pub(super) use decide::{Decisions, either};
use names::{Kind, Names};
pub(super) use sessions::Held;
use sessions::Sessions;

/// How much of what was known by address alone got a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JoinAccount {
    /// By the id of a session that another record names.
    pub id: Share,
    /// By a record that names the same address at the same time: a greeting, a URL.
    pub session: Share,
    /// By the answer of a resolver.
    pub answer: Share,
    /// Several names were possible: it stays an address.
    pub ambiguous: Share,
    /// No name was seen: it stays an address.
    pub unknown: Share,
    /// There were more sessions than are told apart by their ids ([`SESSIONS`]). The others were joined by address and time
    /// alone.
    pub capped: bool,
}

/// A part of what is known by address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Requests, which here are sessions or packets.
    pub sightings: u64,
    /// Bytes of both directions.
    pub bytes: u64,
}

/// How many records of sessions a run holds for a join by id: some 50 MB. Of more, a fair part is held, the same one in
/// whatever order they come.
pub const SESSIONS: usize = 1 << 20;

impl JoinAccount {
    /// What got a name.
    pub fn named(&self) -> Share {
        self.id.plus(self.session).plus(self.answer)
    }

    /// All that was known by address alone.
    pub fn all(&self) -> Share {
        self.named().plus(self.ambiguous).plus(self.unknown)
    }

    pub(super) fn add(&mut self, verdict: Verdict, fact: &Fact) {
        let share = match verdict {
            Verdict::Named(_, By::Id) => &mut self.id,
            Verdict::Named(_, By::Session) => &mut self.session,
            Verdict::Named(_, By::Answer) => &mut self.answer,
            Verdict::Ambiguous => &mut self.ambiguous,
            Verdict::Unknown => &mut self.unknown,
        };
        *share = share.plus(Share { sightings: u64::from(fact.requests), bytes: fact.bytes() });
    }

    pub(super) fn merge(&mut self, other: &JoinAccount) {
        self.id = self.id.plus(other.id);
        self.session = self.session.plus(other.session);
        self.answer = self.answer.plus(other.answer);
        self.ambiguous = self.ambiguous.plus(other.ambiguous);
        self.unknown = self.unknown.plus(other.unknown);
        self.capped |= other.capped;
    }
}

impl Share {
    fn plus(self, other: Share) -> Share {
        Share {
            sightings: self.sightings.saturating_add(other.sightings),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// What becomes of something known by address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Named(DestId, By),
    Ambiguous,
    Unknown,
}

/// What gave the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Id,
    Session,
    Answer,
}

/// What is learned while reading.
pub(super) struct Joins {
    pub names: Names,
    pub sessions: Sessions,
}

/// An answer holds at least this long: clients keep a connection that they have.
const LEAST: i64 = 15 * 60;

impl Joins {
    pub fn new(hasher: &foldhash::fast::RandomState) -> Joins {
        Joins { names: Names::new(hasher), sessions: Sessions::default() }
    }

    /// Looks at an event that names an address, or knows nothing but one. Whether its sighting is held back here, until it
    /// is known whether its session has a name.
    pub fn take(&mut self, event: &Event<'_>, dest: DestId, who: WhoId, at: Timestamp, sighting: &Sighting) -> bool {
        let end = at.seconds();
        if event.evidence == Evidence::Address {
            let Some(address) = event.dst_ip.or(event.host) else { return false };
            if let Some(start) = begun_before(event, end) {
                self.names.note(address, dest, who, Kind::Open, start, end + 1);
            }
            let Some(session) = event.session else { return false };
            let id = sessions::id(session, event.src_ip, Some(address));
            return self.sessions.hold(Held { id, dest, who, sighting: *sighting });
        }
        self.learn(event, dest, who, at);
        false
    }

    /// Looks at which name an event gives to an address.
    pub fn learn(&mut self, event: &Event<'_>, dest: DestId, who: WhoId, at: Timestamp) {
        let end = at.seconds();
        // A blocked name leads to a page that says so, as do all others.
        if let Some(text) = event.answers.filter(|_| event.action != Some(Action::Blocked)) {
            let holds = event.ttl.map_or(LEAST, |ttl| i64::from(ttl).max(LEAST));
            self.names.note(text, dest, who, Kind::Answer, end, end.saturating_add(holds));
        }
        if event.names_address
            && let Some(address) = event.dst_ip
        {
            let start = begun_before(event, end).unwrap_or(end);
            self.names.note(address, dest, who, Kind::Session, start, end + 1);
            if let Some(session) = event.session {
                self.sessions.name(sessions::id(session, event.src_ip, Some(address)), dest);
            }
        }
    }
}

/// When a session that is logged at its end began, if that was in an earlier quarter-hour of the same day.
fn begun_before(event: &Event<'_>, end: i64) -> Option<i64> {
    let start = end.saturating_sub(i64::try_from(event.duration_ms? / 1000).ok()?);
    let midnight = end - end.rem_euclid(86_400);
    let start = start.max(midnight);
    (start.div_euclid(900) < end.div_euclid(900)).then_some(start)
}
