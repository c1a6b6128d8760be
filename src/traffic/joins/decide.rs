//! Which name an address fact gets.
//!
//! The nearest witness decides: a record of the same client's session, then an answer that the client got, then one that
//! anybody got, then a record of anybody's session. Each has to hold in a quarter-hour in which the fact was active. Of
//! several names the one that shares most quarter-hours is taken; of equals the first by name if all are of one site. Else
//! it stays an address: a wrong name is worse than none.

use std::net::IpAddr;

use rayon::prelude::*;

use super::names::{Kind, Names, Row};
use super::{By, Verdict};
use crate::event::registrable;
use crate::traffic::fact::Fact;
use crate::traffic::facts::DestId;
use crate::traffic::shard::Shard;

/// The names that matter, in order.
pub(in crate::traffic) struct Decisions<'s> {
    shards: &'s [Shard],
    /// By table.
    tables: Vec<Sorted>,
    /// By shard and place: the table and number of each address that was named.
    places: Vec<Vec<Option<(usize, u32)>>>,
}

/// The rows of one table for the addresses that are asked about.
struct Sorted {
    /// By address, day and client.
    own: Vec<Row>,
    /// By address and day, those of all clients put together.
    all: Vec<Row>,
}

impl<'s> Decisions<'s> {
    /// Sorts out what is known of the addresses among the destinations.
    pub fn new(names: &Names, shards: &'s [Shard]) -> Decisions<'s> {
        let place = |shard: &Shard, id: DestId| {
            let dest = shard.dest_name(id);
            let address = dest.is_address.then(|| dest.host.parse::<IpAddr>().ok())??;
            names.find(address)
        };
        let places: Vec<Vec<_>> =
            shards.par_iter().map(|shard| shard.dest_ids().map(|id| place(shard, id)).collect()).collect();
        let mut wanted: Vec<Vec<bool>> = names.tables.iter().map(|table| vec![false; table.len()]).collect();
        for (table, address) in places.iter().flatten().flatten() {
            wanted[*table][*address as usize] = true;
        }
        let tables = names.tables.par_iter().zip(&wanted).map(|(table, wanted)| {
            let mut own: Vec<Row> = table.rows.iter().filter(|row| wanted[row.address as usize]).copied().collect();
            let mut all = own.clone();
            own.sort_unstable_by_key(|row| (row.address, row.day, row.who));
            all.retain(|row| row.kind != Kind::Open);
            all.sort_unstable_by_key(|row| (row.address, row.day, row.kind, row.dest));
            all.dedup_by(|next, row| {
                let same = (next.address, next.day, next.kind, next.dest) == (row.address, row.day, row.kind, row.dest);
                if same {
                    row.quarters = row.quarters.or(next.quarters);
                }
                same
            });
            Sorted { own, all }
        });
        let tables = tables.collect();
        Decisions { shards, tables, places }
    }

    /// The name of a fact whose destination is an address.
    pub fn of(&self, fact: &Fact) -> Verdict {
        let place = self.places.get(fact.dest.shard()).and_then(|places| *places.get(fact.dest.place())?);
        let Some((table, address)) = place else { return Verdict::Unknown };
        let Some(table) = self.tables.get(table) else { return Verdict::Unknown };
        let key = |row: &Row| (row.address, row.day);
        let wanted = (address, fact.packed_day());
        let own = range(&table.own, |row| (key(row), row.who).cmp(&(wanted, fact.who)));
        let all = range(&table.all, |row| key(row).cmp(&wanted));
        let open = own.iter().filter(|row| row.kind == Kind::Open);
        let active = open.fold(fact.quarters(), |active, row| active.or(row.quarters));
        let steps = [(own, Kind::Session), (own, Kind::Answer), (all, Kind::Answer), (all, Kind::Session)];
        for (rows, kind) in steps {
            let by = if kind == Kind::Session { By::Session } else { By::Answer };
            let mut best: Option<(u32, Option<DestId>)> = None;
            for row in rows.iter().filter(|row| row.kind == kind) {
                let common = row.quarters.and(active).count();
                if common == 0 {
                    continue;
                }
                best = Some(match best {
                    Some((most, chosen)) if most == common => {
                        (most, chosen.and_then(|chosen| either(self.shards, chosen, row.dest)))
                    }
                    Some((most, chosen)) if most > common => (most, chosen),
                    _ => (common, Some(row.dest)),
                });
            }
            match best {
                Some((_, Some(dest))) => return Verdict::Named(dest, by),
                Some((_, None)) => return Verdict::Ambiguous,
                None => {}
            }
        }
        Verdict::Unknown
    }
}

/// The first by name of two destinations of one site.
pub(in crate::traffic) fn either(shards: &[Shard], one: DestId, other: DestId) -> Option<DestId> {
    if one == other {
        return Some(one);
    }
    let (first, second) = (shards.get(one.shard())?, shards.get(other.shard())?);
    if registrable(first.dest_name(one).host) != registrable(second.dest_name(other).host) {
        return None;
    }
    Some(if first.dest_text(one) <= second.dest_text(other) { one } else { other })
}

/// The rows of a sorted slice that are equal to what is looked for.
fn range(rows: &[Row], order: impl Fn(&Row) -> std::cmp::Ordering) -> &[Row] {
    let start = rows.partition_point(|row| order(row).is_lt());
    let len = rows[start..].partition_point(|row| order(row).is_eq());
    &rows[start..start + len]
}
