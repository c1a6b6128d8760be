//! The table of facts, and how events enter it.

use foldhash::fast::RandomState;
use rayon::prelude::*;
use string_interner::{Symbol, symbol::SymbolU32};

use super::fact::{Fact, Sighting};
use super::joins::{By, Decisions, Held, JoinAccount, Joins, Verdict, either};
use super::leases::Leases;
use super::names::{Dest, Who, WhoKind, bare_login};
use super::shard::{Interner, SHARDS, Shard, TOGETHER, hash, shard_of};
use super::spellings::Spellings;
use super::splits::Splits;
use crate::event::{
    Action, Destination, Event, Evidence, Identity, Timestamp, is_inside, is_inside_name, normalize, parse_ip,
    registrable,
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
    /// It is counted as a sign-in challenge or a failure, and is no sighting of anything; or it is not counted at all, and
    /// only names an address.
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
    joins: Joins,
    /// Destinations of which nothing is left since [`Facts::join`].
    bare: usize,
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
            joins: Joins::new(&hasher),
            bare: 0,
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
        self.bare += other.bare;
        let dests: Vec<Vec<DestId>> =
            self.shards.par_iter_mut().zip(other.shards).map(|(mine, theirs)| mine.merge(theirs, &whos)).collect();
        self.joins.names.merge(other.joins.names, &dests, &whos);
        self.joins.sessions.merge(other.joins.sessions, &dests, &whos);
        self.let_go();
        self.settle();
    }

    /// Gives names to what is known by address alone, as far as other records tell them. To be called once, when
    /// everything is in: until then records of sessions are held back, and in no fact.
    pub fn join(&mut self) -> JoinAccount {
        let Joins { names, mut sessions } = std::mem::replace(&mut self.joins, Joins::new(&self.hasher));
        let mut account = JoinAccount { capped: sessions.capped(), ..JoinAccount::default() };
        let mut named: Vec<Fact> = Vec::new();
        let (held, verdicts) = sessions.settle(|one, other| either(&self.shards, one, other));
        let key = |held: &Held| (held.id, held.dest, held.who, held.sighting.day);
        for records in held.chunk_by(|one, other| key(one) == key(other)) {
            let Some(first) = records.first() else { continue };
            let mut fact = Fact::new(first.dest, first.who, first.sighting.day);
            records.iter().for_each(|held| fact.add(&held.sighting));
            fact.once();
            match verdicts.get(&first.id) {
                Some(verdict @ Verdict::Named(dest, By::Id)) => {
                    account.add(*verdict, &fact);
                    fact.dest = *dest;
                    named.push(fact);
                }
                _ => {
                    let hash = hash(&self.hasher, fact.dest, fact.who, fact.packed_day());
                    self.shards[fact.dest.shard()].merge_one(hash, &fact);
                }
            }
        }
        let decisions = Decisions::new(&names, &self.shards);
        let decide = |shard: &Shard| {
            let mut account = JoinAccount::default();
            let mut rows = Vec::new();
            for (row, fact) in shard.address_facts() {
                let verdict = decisions.of(fact);
                account.add(verdict, fact);
                if let Verdict::Named(dest, _) = verdict {
                    rows.push((row, dest));
                }
            }
            (account, rows)
        };
        let decided: Vec<(JoinAccount, Vec<(u32, DestId)>)> = self.shards.par_iter().map(decide).collect();
        decided.iter().for_each(|(some, _)| account.merge(some));
        let hasher = &self.hasher;
        let moved: Vec<Vec<Fact>> =
            self.shards.par_iter_mut().zip(decided).map(|(shard, (_, rows))| shard.remove(hasher, &rows)).collect();
        let mut by_shard: Vec<Vec<Fact>> = self.shards.iter().map(|_| Vec::new()).collect();
        for fact in named.into_iter().chain(moved.into_iter().flatten()) {
            by_shard[fact.dest.shard()].push(fact);
        }
        self.shards.par_iter_mut().zip(by_shard).for_each(|(shard, facts)| shard.join(hasher, facts));
        if !held.is_empty() || !names.is_empty() {
            self.bare = self.shards.par_iter().map(Shard::bare_count).sum();
        }
        account
    }

    /// Enters what the sessions could not hold.
    fn let_go(&mut self) {
        for Held { dest, who, sighting, .. } in self.joins.sessions.let_go() {
            self.put(dest, who, sighting);
        }
    }

    #[inline]
    fn put(&mut self, dest: DestId, who: WhoId, sighting: Sighting) {
        let hash = hash(&self.hasher, dest, who, sighting.day);
        self.waiting.push(Waiting { hash, dest, who, sighting });
        if self.waiting.len() >= TOGETHER {
            self.settle();
        }
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
        self.shards.iter().map(Shard::dest_count).sum::<usize>().saturating_sub(self.bare)
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
        if event.aside.is_some() {
            self.learn(event, at);
            return Folded::Aside;
        }
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
        let joins = event.evidence == Evidence::Address || event.names_address || event.answers.is_some();
        if joins {
            let held = facts.joins.take(event, dest, who, at, &sighting);
            if facts.joins.sessions.lets_go() {
                facts.let_go();
            }
            if held {
                return Folded::Counted;
            }
        }
        facts.put(dest, who, sighting);
        Folded::Counted
    }

    /// Learns which name an address has from a record that is no event of its own.
    #[inline]
    pub fn learn(&mut self, event: &Event<'_>, at: Timestamp) {
        let facts = &mut *self.facts;
        let Some(dest) = facts.dest_of(event, self.splits) else { return };
        let who = facts.who_of(event);
        facts.joins.learn(event, dest, who, at);
        if facts.joins.sessions.lets_go() {
            facts.let_go();
        }
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.facts.settle();
    }
}
