//! One fact: the smallest thing that is kept.

use super::facts::{DestId, WhoId};
use crate::event::{Action, Day, Event, Evidence, Timestamp};

/// What was seen of one (day, destination, who). One cache line, since there may be many millions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Where to.
    pub dest: DestId,
    /// Who.
    pub who: WhoId,
    day: u16,
    evidence: u8,
    known: Known,
    first: u32,
    last: u32,
    quarters: Quarters,
    /// Visits: requests, tunnels, sessions; blocked ones included, look-ups not.
    pub requests: u32,
    /// DNS look-ups.
    pub lookups: u32,
    /// Visits and look-ups that were stopped.
    pub blocked: u32,
    /// Requests that send content: POST, PUT, PATCH.
    pub uploads: u32,
    up: u64,
    down: u64,
}

const _: () = assert!(size_of::<Fact>() == 64);

/// Days are counted from here, in 16 bits: 1990 to 2169.
const FIRST_DAY: i32 = 7305;

/// Which byte counters any record told, and whether any went over plain http.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known(u8);

/// The quarter-hours of a UTC day in which something happened: bit 0 is 00:00 to 00:15.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quarters([u32; 3]);

impl Quarters {
    /// How many.
    pub fn count(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Both.
    #[must_use]
    pub fn or(self, other: Quarters) -> Quarters {
        Quarters([self.0[0] | other.0[0], self.0[1] | other.0[1], self.0[2] | other.0[2]])
    }

    /// Those with these indexes, 0 to 95.
    pub fn of(indexes: impl IntoIterator<Item = u32>) -> Quarters {
        let mut quarters = Quarters::default();
        indexes.into_iter().filter(|index| *index < 96).for_each(|index| quarters.mark(index * 900));
        quarters
    }

    /// Those in both.
    #[must_use]
    pub fn and(self, other: Quarters) -> Quarters {
        Quarters([self.0[0] & other.0[0], self.0[1] & other.0[1], self.0[2] & other.0[2]])
    }

    /// The indexes, in order.
    pub fn iter(self) -> impl Iterator<Item = u32> {
        (0..96).filter(move |index| self.contains(*index))
    }

    /// Whether something happened in the quarter-hour with this index, 0 to 95.
    pub fn contains(self, index: u32) -> bool {
        self.0.get(index as usize / 32).is_some_and(|word| word & (1 << (index % 32)) != 0)
    }

    /// From one quarter-hour through another.
    pub(super) fn span(from: u32, through: u32) -> Quarters {
        let mut quarters = Quarters::default();
        for index in from..=through.min(95) {
            quarters.0[index as usize / 32] |= 1 << (index % 32);
        }
        quarters
    }

    fn mark(&mut self, second_of_day: u32) {
        let index = second_of_day / 900;
        self.0[index as usize / 32] |= 1 << (index % 32);
    }
}

impl Fact {
    /// The day's number as it is kept. Days outside of what logs can hold were refused when the time was read.
    pub(super) fn pack(day: Day) -> u16 {
        u16::try_from(day.0 - FIRST_DAY).unwrap_or(u16::MAX)
    }

    pub(super) fn new(dest: DestId, who: WhoId, day: u16) -> Fact {
        Fact {
            dest,
            who,
            day,
            evidence: 0,
            known: Known(0),
            first: u32::MAX,
            last: 0,
            quarters: Quarters::default(),
            requests: 0,
            lookups: 0,
            blocked: 0,
            uploads: 0,
            up: 0,
            down: 0,
        }
    }

    #[inline]
    pub(super) fn is(&self, dest: DestId, who: WhoId, day: u16) -> bool {
        self.dest == dest && self.who == who && self.day == day
    }

    #[inline]
    pub(super) fn add(&mut self, sighting: &Sighting) {
        self.first = self.first.min(sighting.second);
        self.last = self.last.max(sighting.second);
        self.quarters.mark(sighting.second);
        self.evidence |= sighting.evidence;
        self.known.0 |= sighting.known.0;
        let one = |bit: u8| u32::from(sighting.counts & bit != 0);
        self.requests = self.requests.saturating_add(one(REQUEST));
        self.lookups = self.lookups.saturating_add(one(LOOKUP));
        self.blocked = self.blocked.saturating_add(one(BLOCKED));
        self.uploads = self.uploads.saturating_add(one(UPLOAD));
        self.up = self.up.saturating_add(sighting.up);
        self.down = self.down.saturating_add(sighting.down);
    }

    pub(super) fn merge(&mut self, other: &Fact) {
        self.evidence |= other.evidence;
        self.known.0 |= other.known.0;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.quarters = self.quarters.or(other.quarters);
        self.requests = self.requests.saturating_add(other.requests);
        self.lookups = self.lookups.saturating_add(other.lookups);
        self.blocked = self.blocked.saturating_add(other.blocked);
        self.uploads = self.uploads.saturating_add(other.uploads);
        self.up = self.up.saturating_add(other.up);
        self.down = self.down.saturating_add(other.down);
    }

    /// Takes in what was known by address alone and has turned out to be of this destination. One activity logged at several
    /// layers is one: where the named records count requests, those of the others are the same ones, and the larger count
    /// holds. Bytes are told at one layer only, and add up.
    pub(super) fn join(&mut self, other: &Fact) {
        let counts = [self.requests, self.blocked, self.uploads];
        self.merge(other);
        let max = |mine: u32, theirs: u32| mine.max(theirs);
        self.requests = max(counts[0], other.requests);
        self.blocked = max(counts[1], other.blocked);
        self.uploads = max(counts[2], other.uploads);
        self.evidence |= 1 << Evidence::Joined as u8;
    }

    /// All records of one session are one request.
    pub(super) fn once(&mut self) {
        self.requests = self.requests.min(1);
        self.blocked = self.blocked.min(1);
        self.uploads = self.uploads.min(1);
    }

    pub(super) fn packed_day(&self) -> u16 {
        self.day
    }

    /// The UTC day.
    pub fn day(&self) -> Day {
        Day(i32::from(self.day) + FIRST_DAY)
    }

    /// The first second in which it was seen.
    pub fn first(&self) -> Timestamp {
        Timestamp(self.day().start().0 + i64::from(self.first) * 1000)
    }

    /// The last second in which it was seen.
    pub fn last(&self) -> Timestamp {
        Timestamp(self.day().start().0 + i64::from(self.last) * 1000)
    }

    /// When it was active.
    pub fn quarters(&self) -> Quarters {
        self.quarters
    }

    /// Bytes from client to server, if any record told.
    pub fn bytes_up(&self) -> Option<u64> {
        (self.known.0 & 1 != 0).then_some(self.up)
    }

    /// Bytes from server to client, if any record told.
    pub fn bytes_down(&self) -> Option<u64> {
        (self.known.0 & 2 != 0).then_some(self.down)
    }

    /// Whether any of it went over plain http.
    pub fn plain(&self) -> bool {
        self.known.0 & PLAIN != 0
    }

    /// Bytes of both directions, as far as they are known.
    pub(super) fn bytes(&self) -> u64 {
        self.up.saturating_add(self.down)
    }

    /// The tiers of evidence seen, as bits by [`Evidence`]'s order.
    pub fn evidence_bits(&self) -> u8 {
        self.evidence
    }
}

/// What one event adds to a fact. Small, so that many can wait until the table takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sighting {
    pub day: u16,
    evidence: u8,
    known: Known,
    counts: u8,
    second: u32,
    up: u64,
    down: u64,
}

const REQUEST: u8 = 1;
const LOOKUP: u8 = 2;
const BLOCKED: u8 = 4;
const UPLOAD: u8 = 8;

/// In [`Known`], beside the two byte counters.
const PLAIN: u8 = 4;

impl Sighting {
    #[inline]
    pub fn of(event: &Event<'_>, at: Timestamp) -> Sighting {
        let mut counts = match (event.action, event.evidence) {
            // Seen, but no request of its own.
            (Some(Action::Announced), _) => 0,
            (_, Evidence::Dns) => LOOKUP,
            _ => REQUEST,
        };
        if event.action == Some(Action::Blocked) {
            counts |= BLOCKED;
        }
        if event.method.is_some_and(sends_content) {
            counts |= UPLOAD;
        }
        // Formats that split a URL put the port of its scheme in.
        let plain = event.plain | (event.evidence == Evidence::Url && event.dst_port == Some(80));
        let known = u8::from(event.bytes_up.is_some()) | u8::from(event.bytes_down.is_some()) << 1;
        Sighting {
            day: Fact::pack(at.day()),
            evidence: 1 << event.evidence as u8,
            known: Known(known | if plain { PLAIN } else { 0 }),
            counts,
            second: at.second_of_day(),
            up: event.bytes_up.unwrap_or(0),
            down: event.bytes_down.unwrap_or(0),
        }
    }
}

#[inline]
fn sends_content(method: &[u8]) -> bool {
    matches!(method, b"POST" | b"PUT" | b"PATCH" | b"post" | b"put" | b"patch")
}
