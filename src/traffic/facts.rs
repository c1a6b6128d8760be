//! The table of facts, and how events enter it.

use foldhash::fast::RandomState;
use rayon::prelude::*;
use string_interner::{Symbol, symbol::SymbolU32};

use super::fact::{Fact, Sighting};
use super::leases::Leases;
use super::names::{Dest, Who, WhoKind, bare_login};
use super::shard::{Interner, SHARDS, Shard, TOGETHER, hash, shard_of};
use super::spellings::Spellings;
use super::splits::Splits;
use crate::event::{
    Action, Destination, Event, Identity, Timestamp, is_inside, is_inside_name, normalize, parse_ip, registrable,
};

/// A destination of one [`Facts`]; it means nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DestId(pub(super) u32);

/// A person, device or address of one [`Facts`]; it means nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WhoId(pub(super) u32);

impl WhoId {
    /// Dense: from 0 to [`Facts::who_count`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folded {
    /// It is in a fact now.
    Counted,
    /// It is counted as a sign-in challenge or a failure, and is no sighting of anything.
    Aside,
    /// The destination lies inside the network, or is no name at all.
    Inside,
}

/// Facts, with the names that they speak of.
///
/// Normalizing a name costs more than everything else that is done for an event, so names are looked up as the log
/// writes them first, and normalized when a spelling is new.
pub struct Facts {
    hasher: RandomState,
    shards: Vec<Shard>,
    waiting: Vec<Waiting>,
    dest_spellings: Spellings<Spelled>,
    splits: Vec<SplitHost>,
    whos: Interner,
    /// By kind: the same text may name a person and a device.
    who_spellings: [Spellings<WhoId>; 4],
    leases: Leases,
    /// Sign-in challenges (407 and the like): neither use nor block.
    pub challenges: u64,
    /// Requests that failed before anything was transferred.
    pub failures: u64,
}

#[derive(Clone, Copy)]
enum Spelled {
    Is(DestId),
    /// Kept apart by path: an index into `splits`.
    Split(u32),
    Inside,
}

/// An event whose names are known.
struct Waiting {
    hash: u32,
    dest: DestId,
    who: WhoId,
    sighting: Sighting,
}

struct SplitHost {
    prefixes: Box<[Box<[u8]>]>,
    /// The destination of each prefix, once it was seen.
    under: Box<[Option<DestId>]>,
    /// The destination of all other paths.
    whole: DestId,
}

impl Default for Facts {
    fn default() -> Self {
        let hasher = RandomState::default();
        Facts {
            shards: (0..SHARDS).map(|number| Shard::new(number, &hasher)).collect(),
            waiting: Vec::new(),
            dest_spellings: Spellings::new(hasher.clone()),
            splits: Vec::new(),
            whos: Interner::with_hasher(hasher.clone()),
            leases: Leases::new(hasher.clone()),
            who_spellings: std::array::from_fn(|_| Spellings::new(hasher.clone())),
            hasher,
            challenges: 0,
            failures: 0,
        }
    }
}

impl Facts {
    /// Takes in one event that happened `at` this time. Of many, a [`Batch`] makes less work.
    pub fn add(&mut self, event: &Event<'_>, at: Timestamp, splits: &Splits) -> Folded {
        self.batch(splits).add(event, at)
    }

    /// Takes in events until the batch is dropped; the table can be read after that.
    pub fn batch<'f>(&'f mut self, splits: &'f Splits) -> Batch<'f> {
        Batch { facts: self, splits }
    }

    /// Lets the waiting events into the table.
    fn settle(&mut self) {
        let mut rows = [None; TOGETHER];
        for some in self.waiting.chunks(TOGETHER) {
            // First the places, then the facts that stand there: loads that do not depend on each other are waited for
            // together.
            for (row, one) in rows.iter_mut().zip(some) {
                *row = self.shards[one.dest.shard()].candidate(one.hash);
            }
            for (row, one) in rows.iter_mut().zip(some) {
                *row = row.filter(|row| self.shards[one.dest.shard()].is(*row, one.dest, one.who, one.sighting.day));
            }
            for (row, one) in rows.iter().zip(some) {
                let shard = &mut self.shards[one.dest.shard()];
                let row = row.unwrap_or_else(|| shard.row(one.hash, one.dest, one.who, one.sighting.day));
                shard.add(row, &one.sighting);
            }
        }
        self.waiting.clear();
    }

    /// Takes in another table, in any order.
    pub fn merge(&mut self, other: Facts) {
        let whos: Vec<WhoId> =
            other.who_ids().map(|id| WhoId(self.whos.get_or_intern(other.who_text(id)).to_usize() as u32)).collect();
        self.challenges += other.challenges;
        self.failures += other.failures;
        self.leases.merge(other.leases);
        self.shards.par_iter_mut().zip(other.shards).for_each(|(mine, theirs)| mine.merge(theirs, &whos));
    }

    /// How many facts.
    pub fn len(&self) -> usize {
        self.shards.iter().map(Shard::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many distinct destinations.
    pub fn dest_count(&self) -> usize {
        self.shards.iter().map(Shard::dest_count).sum()
    }

    /// How many distinct people, devices and addresses.
    pub fn who_count(&self) -> usize {
        self.whos.len()
    }

    /// All facts, in no useful order.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.shards.iter().flat_map(Shard::facts)
    }

    /// Who sat where, when.
    pub fn leases(&self) -> &Leases {
        &self.leases
    }

    /// The parts of the table, by number.
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// A destination's name.
    pub fn dest_name(&self, id: DestId) -> Dest<'_> {
        self.shards[id.shard()].dest_name(id)
    }

    /// A person's, device's or address's name.
    pub fn who_name(&self, id: WhoId) -> Who<'_> {
        let text = self.who_text(id);
        let kind = match text.as_bytes().first() {
            Some(b'p') => WhoKind::Person,
            Some(b'd') => WhoKind::Device,
            Some(b'a') => WhoKind::Address,
            _ => WhoKind::Nobody,
        };
        Who { kind, name: text.get(1..).unwrap_or("") }
    }

    /// Every person, device and address.
    pub fn who_ids(&self) -> impl Iterator<Item = WhoId> + use<> {
        (0..self.who_count() as u32).map(WhoId)
    }

    fn who_text(&self, id: WhoId) -> &str {
        SymbolU32::try_from_usize(id.index()).and_then(|symbol| self.whos.resolve(symbol)).unwrap_or("")
    }

    #[inline]
    fn dest_of(&mut self, event: &Event<'_>, splits: &Splits) -> Option<DestId> {
        let raw = event.host.or(event.dst_ip)?;
        let spelled = match self.dest_spellings.get(raw) {
            Some(spelled) => spelled,
            None => self.learn_dest(raw, splits),
        };
        match spelled {
            Spelled::Is(id) => Some(id),
            Spelled::Inside => None,
            Spelled::Split(at) => {
                let split = &self.splits[at as usize];
                let Some(choice) = event.path.and_then(|path| Splits::choose(&split.prefixes, path)) else {
                    return Some(split.whole);
                };
                if let Some(id) = split.under[choice] {
                    return Some(id);
                }
                let mut name = self.shards[split.whole.shard()].dest_text(split.whole).to_owned();
                name.push_str(&String::from_utf8_lossy(&split.prefixes[choice]));
                let id = self.dest(&name, false);
                self.splits[at as usize].under[choice] = Some(id);
                Some(id)
            }
        }
    }

    #[cold]
    fn learn_dest(&mut self, raw: &[u8], splits: &Splits) -> Spelled {
        let spelled = match normalize(raw) {
            Some(Destination::Host(host)) if !is_inside_name(host.as_bytes()) => {
                let id = self.dest(&host, false);
                match splits.of(&host) {
                    Some(prefixes) => {
                        let under = vec![None; prefixes.len()].into();
                        self.splits.push(SplitHost { prefixes, under, whole: id });
                        Spelled::Split(self.splits.len() as u32 - 1)
                    }
                    None => Spelled::Is(id),
                }
            }
            Some(Destination::Address(ip)) if !is_inside(ip) => Spelled::Is(self.dest(&ip.to_string(), true)),
            _ => Spelled::Inside,
        };
        self.dest_spellings.insert(raw, spelled);
        spelled
    }

    fn dest(&mut self, name: &str, is_address: bool) -> DestId {
        let host = name.split('/').next().unwrap_or(name);
        let site = if is_address { host } else { registrable(host) };
        self.shards[shard_of(site)].dest(name, is_address)
    }

    #[inline]
    fn who_of(&mut self, event: &Event<'_>) -> WhoId {
        let (kind, raw) = match (event.user, event.device, event.src_ip) {
            (Some(user), ..) => (WhoKind::Person, user),
            (None, Some(device), _) => (WhoKind::Device, device),
            (None, None, Some(address)) => (WhoKind::Address, address),
            (None, None, None) => (WhoKind::Nobody, &b""[..]),
        };
        match self.who_spellings[kind as usize].get(raw) {
            Some(id) => id,
            None => self.learn_who(kind, raw),
        }
    }

    #[cold]
    fn learn_who(&mut self, kind: WhoKind, raw: &[u8]) -> WhoId {
        let device = |raw| ('d', String::from_utf8_lossy(raw).to_lowercase());
        let (letter, name) = match kind {
            WhoKind::Person => match bare_login(raw) {
                Some(login) => ('p', login),
                None => ('n', String::new()),
            },
            WhoKind::Device => device(raw),
            WhoKind::Address => match parse_ip(raw) {
                Some(ip) => ('a', ip.to_string()),
                None => device(raw),
            },
            WhoKind::Nobody => ('n', String::new()),
        };
        let id = WhoId(self.whos.get_or_intern(format!("{letter}{name}")).to_usize() as u32);
        self.who_spellings[kind as usize].insert(raw, id);
        id
    }
}

/// Takes events into [`Facts`].
pub struct Batch<'f> {
    facts: &'f mut Facts,
    splits: &'f Splits,
}

impl Batch<'_> {
    /// Takes in who was where `at` this time. `false` if it names nobody.
    pub fn identity(&mut self, identity: &Identity<'_>, at: Timestamp) -> bool {
        self.facts.leases.note(identity, at)
    }

    /// Takes in one event that happened `at` this time.
    #[inline]
    pub fn add(&mut self, event: &Event<'_>, at: Timestamp) -> Folded {
        let facts = &mut *self.facts;
        match event.action {
            Some(Action::Auth) => {
                facts.challenges += 1;
                return Folded::Aside;
            }
            Some(Action::Error) if event.bytes_up.unwrap_or(0) == 0 && event.bytes_down.unwrap_or(0) == 0 => {
                facts.failures += 1;
                return Folded::Aside;
            }
            _ => {}
        }
        let Some(dest) = facts.dest_of(event, self.splits) else { return Folded::Inside };
        let who = facts.who_of(event);
        let sighting = Sighting::of(event, at);
        let hash = hash(&facts.hasher, dest, who, sighting.day);
        facts.waiting.push(Waiting { hash, dest, who, sighting });
        if facts.waiting.len() == TOGETHER {
            facts.settle();
        }
        Folded::Counted
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.facts.settle();
    }
}
