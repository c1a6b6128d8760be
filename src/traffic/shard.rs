//! One of the [`SHARDS`] parts of a table: some destinations and all facts about them.
//!
//! A destination's registrable domain decides its shard, in every table alike. So tables merge shard by shard, on all
//! cores; a site never spans two shards; and what is done to one shard stays in the processor's cache, where the whole table
//! would not.

use std::hash::BuildHasher;

use foldhash::fast::{FixedState, RandomState};
use hashbrown::HashTable;
use string_interner::{StringInterner, Symbol, backend::StringBackend, symbol::SymbolU32};

use super::fact::{Fact, Sighting};
use super::facts::{DestId, WhoId};
use super::names::Dest;
use super::spellings::spread;

pub(super) type Interner = StringInterner<StringBackend<SymbolU32>, RandomState>;

const BITS: u32 = 6;

/// How many shards a table has.
pub(super) const SHARDS: usize = 1 << BITS;

/// The shard of a registrable domain or an address. The same in every run, whatever a hasher's seed: a crowded shard
/// costs balance, and nothing else.
pub(super) fn shard_of(site: &str) -> usize {
    (FixedState::default().hash_one(site) >> (64 - BITS)) as usize
}

impl DestId {
    #[inline]
    fn new(shard: usize, place: usize) -> DestId {
        DestId((place << BITS | shard) as u32)
    }

    /// Which shard knows it.
    #[inline]
    pub fn shard(self) -> usize {
        self.0 as usize & (SHARDS - 1)
    }

    /// Its place in the shard: dense, from 0 to [`Shard::dest_count`].
    #[inline]
    pub fn place(self) -> usize {
        self.0 as usize >> BITS
    }
}

/// Some destinations, and all facts about them.
pub struct Shard {
    number: usize,
    dests: Interner,
    is_address: Vec<bool>,
    rows: Rows,
    index: HashTable<Place>,
    hasher: RandomState,
}

/// Where a fact stands. A part of its hash is kept, so that looking one up reads the fact itself only when it is the one.
#[derive(Clone, Copy)]
struct Place {
    hash: u32,
    row: u32,
}

impl Shard {
    pub(super) fn new(number: usize, hasher: &RandomState) -> Shard {
        Shard {
            number,
            dests: Interner::with_hasher(hasher.clone()),
            is_address: Vec::new(),
            rows: Rows::default(),
            index: HashTable::new(),
            hasher: hasher.clone(),
        }
    }

    /// How many destinations.
    pub fn dest_count(&self) -> usize {
        self.dests.len()
    }

    /// Every destination, by place.
    pub fn dest_ids(&self) -> impl Iterator<Item = DestId> + use<> {
        let number = self.number;
        (0..self.dest_count()).map(move |place| DestId::new(number, place))
    }

    /// How many facts.
    pub fn len(&self) -> usize {
        self.rows.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All facts, in no useful order.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.rows.iter()
    }

    /// A destination's name. One of another shard has none.
    pub fn dest_name(&self, id: DestId) -> Dest<'_> {
        let text = self.dest_text(id);
        let is_address = self.is_address.get(id.place()).is_some_and(|is| *is);
        match text.find('/') {
            Some(slash) => Dest { host: &text[..slash], path: Some(&text[slash..]), is_address },
            None => Dest { host: text, path: None, is_address },
        }
    }

    pub(super) fn dest_text(&self, id: DestId) -> &str {
        SymbolU32::try_from_usize(id.place()).and_then(|symbol| self.dests.resolve(symbol)).unwrap_or("")
    }

    pub(super) fn dest(&mut self, name: &str, is_address: bool) -> DestId {
        let place = self.dests.get_or_intern(name).to_usize();
        if place == self.is_address.len() {
            self.is_address.push(is_address);
        }
        DestId::new(self.number, place)
    }

    /// A row that has this hash, and is the fact's own in all but one of four billion cases.
    #[inline]
    pub(super) fn candidate(&self, hash: u32) -> Option<u32> {
        self.index.find(spread(hash), |place| place.hash == hash).map(|place| place.row)
    }

    /// Whether the row is that of the fact.
    #[inline]
    pub(super) fn is(&self, row: u32, dest: DestId, who: WhoId, day: u16) -> bool {
        self.rows.get(row).is(dest, who, day)
    }

    /// The row of a fact, made if it is new.
    #[inline]
    pub(super) fn row(&mut self, hash: u32, dest: DestId, who: WhoId, day: u16) -> u32 {
        let rows = &self.rows;
        let is = |place: &Place| place.hash == hash && rows.get(place.row).is(dest, who, day);
        match self.index.find(spread(hash), is) {
            Some(place) => place.row,
            None => {
                let row = self.rows.push(Fact::new(dest, who, day));
                self.index.insert_unique(spread(hash), Place { hash, row }, |place| spread(place.hash));
                row
            }
        }
    }

    #[inline]
    pub(super) fn add(&mut self, row: u32, sighting: &Sighting) {
        self.rows.get_mut(row).add(sighting);
    }

    /// The facts about addresses, with their rows.
    pub(super) fn address_facts(&self) -> impl Iterator<Item = (u32, &Fact)> {
        let any = self.is_address.contains(&true);
        let facts = self.rows.iter().zip(0..).filter(|(fact, _)| self.is_address[fact.dest.place()]);
        any.then_some(facts).into_iter().flatten().map(|(fact, row)| (row, fact))
    }

    /// How many destinations have no fact.
    pub(super) fn bare_count(&self) -> usize {
        let mut bare = vec![true; self.dest_count()];
        self.facts().for_each(|fact| bare[fact.dest.place()] = false);
        bare.into_iter().filter(|bare| *bare).count()
    }

    /// Takes rows out, in order, and returns their facts with other destinations.
    pub(super) fn remove(&mut self, hasher: &RandomState, rows: &[(u32, DestId)]) -> Vec<Fact> {
        if rows.is_empty() {
            return Vec::new();
        }
        let mut gone = rows.iter().peekable();
        let mut taken = Vec::with_capacity(rows.len());
        let all = std::mem::take(&mut self.rows);
        self.index.clear();
        for (row, fact) in (0..).zip(all.blocks.into_iter().flatten()) {
            match gone.next_if(|(next, _)| *next == row) {
                Some((_, dest)) => {
                    let mut fact = fact;
                    fact.dest = *dest;
                    taken.push(fact);
                }
                None => {
                    let hash = hash(hasher, fact.dest, fact.who, fact.packed_day());
                    let row = self.rows.push(fact);
                    self.index.insert_unique(spread(hash), Place { hash, row }, |place| spread(place.hash));
                }
            }
        }
        taken
    }

    /// Adds facts that were known by address to those known by name.
    pub(super) fn join(&mut self, hasher: &RandomState, mut facts: Vec<Fact>) {
        let key = |fact: &Fact| (fact.dest, fact.who, fact.packed_day());
        facts.sort_unstable_by_key(key);
        for some in facts.chunk_by(|one, other| key(one) == key(other)) {
            let Some((first, others)) = some.split_first() else { continue };
            let mut fact = first.clone();
            others.iter().for_each(|other| fact.merge(other));
            let row =
                self.row(hash(hasher, fact.dest, fact.who, fact.packed_day()), fact.dest, fact.who, fact.packed_day());
            self.rows.get_mut(row).join(&fact);
        }
    }

    /// Takes in one fact.
    pub(super) fn merge_one(&mut self, hash: u32, fact: &Fact) {
        let row = self.row(hash, fact.dest, fact.who, fact.packed_day());
        self.rows.get_mut(row).merge(fact);
    }

    /// Takes in the same shard of another table, whose people have other numbers there. Returns the numbers of its
    /// destinations here.
    pub(super) fn merge(&mut self, other: Shard, whos: &[WhoId]) -> Vec<DestId> {
        let dests: Vec<DestId> =
            other.dest_ids().map(|id| self.dest(other.dest_text(id), other.is_address[id.place()])).collect();
        let mut rows = [0; TOGETHER];
        for block in other.rows.blocks {
            for some in block.chunks(TOGETHER) {
                for (row, fact) in rows.iter_mut().zip(some) {
                    let (dest, who, day) = (dests[fact.dest.place()], whos[fact.who.index()], fact.packed_day());
                    *row = self.row(hash(&self.hasher, dest, who, day), dest, who, day);
                }
                for (row, fact) in rows.iter().zip(some) {
                    self.rows.get_mut(*row).merge(fact);
                }
            }
        }
        dests
    }
}

/// How many facts are looked for together. Large tables lie in slow memory, and to find a fact is to wait for it: what is
/// looked for in one go is also waited for in one go.
pub(super) const TOGETHER: usize = 64;

/// The hash of a fact's key in one table.
#[inline]
pub(super) fn hash(hasher: &RandomState, dest: DestId, who: WhoId, day: u16) -> u32 {
    (hasher.hash_one((u64::from(dest.0) << 32 | u64::from(who.0), day)) >> 32) as u32
}

/// Facts in blocks of fixed size, so that growing never copies and never holds twice the memory.
#[derive(Default)]
struct Rows {
    blocks: Vec<Vec<Fact>>,
    len: usize,
}

impl Rows {
    /// Small, since each shard of each worker has one that is not full.
    const BITS: u32 = 8;
    const SIZE: usize = 1 << Self::BITS;

    fn push(&mut self, fact: Fact) -> u32 {
        if self.len.is_multiple_of(Self::SIZE) {
            // The first one grows, so that a short log does not pay for sixty-four blocks.
            self.blocks.push(if self.len == 0 { Vec::new() } else { Vec::with_capacity(Self::SIZE) });
        }
        let row = self.len as u32;
        self.blocks[self.len >> Self::BITS].push(fact);
        self.len += 1;
        row
    }

    #[inline]
    fn get(&self, row: u32) -> &Fact {
        &self.blocks[(row >> Self::BITS) as usize][row as usize & (Self::SIZE - 1)]
    }

    #[inline]
    fn get_mut(&mut self, row: u32) -> &mut Fact {
        &mut self.blocks[(row >> Self::BITS) as usize][row as usize & (Self::SIZE - 1)]
    }

    fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.blocks.iter().flatten()
    }
}
