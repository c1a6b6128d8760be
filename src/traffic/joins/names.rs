//! Which names an address had, when, and for whom.

use std::hash::BuildHasher;

use foldhash::fast::{FixedState, RandomState};
use hashbrown::{HashMap, HashTable};
use rayon::prelude::*;

use crate::event::{Timestamp, addresses_in, is_inside};
use crate::traffic::fact::{Fact, Quarters};
use crate::traffic::facts::{DestId, WhoId};
use crate::traffic::shard::SHARDS;
use crate::traffic::spellings::spread;

/// How a name was seen with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::traffic) enum Kind {
    /// No name: somebody's connection to the address was open.
    Open,
    /// In a record of a session.
    Session,
    /// In the answer of a resolver.
    Answer,
}

/// That an address had this name for somebody on a day, and in which quarter-hours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Which of its table's addresses.
    pub address: u32,
    pub dest: DestId,
    pub who: WhoId,
    pub day: u16,
    pub kind: Kind,
    pub quarters: Quarters,
}

impl Row {
    fn is(&self, other: &Row) -> bool {
        (self.address, self.dest, self.who, self.day, self.kind)
            == (other.address, other.dest, other.who, other.day, other.kind)
    }
}

/// All that is known of the names of addresses. It grows with the number of distinct (address, name, who, day).
pub(in crate::traffic) struct Names {
    /// By address, so that they merge side by side. Empty until the first name.
    pub(super) tables: Vec<Table>,
    /// What was noted lately: a fingerprint for each place. Nearly every record says what one before it said.
    seen: Vec<u64>,
    hasher: RandomState,
}

const SEEN: usize = 1 << 11;

const QUARTERS: i64 = 96;

impl Names {
    pub fn new(hasher: &RandomState) -> Names {
        Names { tables: Vec::new(), seen: Vec::new(), hasher: hasher.clone() }
    }

    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Notes the addresses in a text under a name, from one second until another. At most the first day and the one after
    /// it count.
    #[inline]
    pub fn note(&mut self, text: &[u8], dest: DestId, who: WhoId, kind: Kind, from: i64, until: i64) {
        let from = from.div_euclid(900);
        let last = (until - 1).div_euclid(900).max(from);
        let mark = self.hasher.hash_one((text, u64::from(dest.0) << 32 | u64::from(who.0), from, last, kind as u8));
        // Zero stands for an empty place.
        let mark = mark | 1;
        if self.seen.get((mark >> 32) as usize % SEEN) != Some(&mark) {
            self.learn(
                text,
                mark,
                Row { address: 0, dest, who, day: 0, kind, quarters: Quarters::default() },
                from,
                last,
            );
        }
    }

    #[cold]
    fn learn(&mut self, text: &[u8], mark: u64, row: Row, from: i64, last: i64) {
        if self.seen.is_empty() {
            self.seen = vec![0; SEEN];
            self.tables.resize_with(SHARDS, Table::default);
        }
        self.seen[(mark >> 32) as usize % SEEN] = mark;
        let last = last.min((from.div_euclid(QUARTERS) + 2) * QUARTERS - 1);
        for address in addresses_in(text).filter(|address| !is_inside(*address)) {
            let table = &mut self.tables[table_of(bits(address))];
            let address = table.address(bits(address));
            let mut at = from;
            while at <= last {
                let midnight = at.div_euclid(QUARTERS) * QUARTERS;
                let through = last.min(midnight + QUARTERS - 1);
                let quarters = Quarters::span((at - midnight) as u32, (through - midnight) as u32);
                let day = Fact::pack(Timestamp(at * 900_000).day());
                table.add(&self.hasher, Row { address, day, quarters, ..row });
                at = through + 1;
            }
        }
    }

    /// Takes in another's, whose destinations and people have other numbers there.
    pub fn merge(&mut self, other: Names, dests: &[Vec<DestId>], whos: &[WhoId]) {
        if other.is_empty() {
            return;
        }
        self.tables.resize_with(SHARDS, Table::default);
        let hasher = &self.hasher;
        self.tables.par_iter_mut().zip(other.tables).for_each(|(mine, theirs)| {
            let addresses: Vec<u32> = theirs.texts.iter().map(|address| mine.address(*address)).collect();
            for row in theirs.rows {
                let address = addresses[row.address as usize];
                let (dest, who) = (dests[row.dest.shard()][row.dest.place()], whos[row.who.index()]);
                mine.add(hasher, Row { address, dest, who, ..row });
            }
        });
    }

    /// The table and the number of an address, if any record named it.
    pub(super) fn find(&self, address: std::net::IpAddr) -> Option<(usize, u32)> {
        let bits = bits(address);
        let number = table_of(bits);
        Some((number, *self.tables.get(number)?.numbers.get(&bits)?))
    }
}

/// The names of some addresses.
#[derive(Default)]
pub(super) struct Table {
    numbers: HashMap<u128, u32, FixedState>,
    texts: Vec<u128>,
    pub(super) rows: Vec<Row>,
    index: HashTable<(u32, u32)>,
}

impl Table {
    /// How many addresses.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    fn address(&mut self, bits: u128) -> u32 {
        let next = self.texts.len() as u32;
        let number = *self.numbers.entry(bits).or_insert(next);
        if number == next {
            self.texts.push(bits);
        }
        number
    }

    fn add(&mut self, hasher: &RandomState, row: Row) {
        let key = (
            u64::from(row.address) << 32 | u64::from(row.dest.0),
            u64::from(row.who.0) << 32 | u64::from(row.day) << 8 | row.kind as u64,
        );
        let hash = (hasher.hash_one(key) >> 32) as u32;
        let rows = &self.rows;
        match self.index.find(spread(hash), |place| place.0 == hash && rows[place.1 as usize].is(&row)) {
            Some(place) => {
                let known = &mut self.rows[place.1 as usize];
                known.quarters = known.quarters.or(row.quarters);
            }
            None => {
                let place = (hash, self.rows.len() as u32);
                self.rows.push(row);
                self.index.insert_unique(spread(hash), place, |place| spread(place.0));
            }
        }
    }
}

fn bits(address: std::net::IpAddr) -> u128 {
    match address {
        std::net::IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        std::net::IpAddr::V6(address) => address.to_bits(),
    }
}

/// The same in every run, as tables of two runs merge number by number.
fn table_of(bits: u128) -> usize {
    (FixedState::default().hash_one(bits) >> 32) as usize % SHARDS
}
