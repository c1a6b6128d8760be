//! What one shard of the facts adds to the inventory.

use hashbrown::HashMap;

use super::{AppRow, Crowd, HostRow, SiteRow, Sum};
use crate::catalog::{App, HitKind};
use crate::classify::{Classified, is_work};
use crate::event::{Day, registrable};
use crate::traffic::{DestId, Fact, Quarters, Shard, WhoId, WhoKind};

/// A shard's sites, its share of apps, and who and when.
pub(super) struct Part<'c> {
    pub sites: Vec<SiteRow>,
    pub apps: Vec<AppPart<'c>>,
    /// By who: [`NOT_SEEN`], [`SEEN`], [`SEEN_WITH_APP`], joined by OR.
    pub seen: Vec<u8>,
    /// Sorted.
    pub days: Vec<Day>,
}

pub(super) const NOT_SEEN: u8 = 0;
pub(super) const SEEN: u8 = 1;
pub(super) const SEEN_WITH_APP: u8 = 2;

/// What a shard knows of an app. The app's other domains may lie in other shards.
pub(super) struct AppPart<'c> {
    pub app: &'c App,
    pub sum: Sum,
    hosts: Vec<HostRow<'c>>,
    stints: Vec<Stint>,
}

/// Somebody's day with an app or a site.
#[derive(Clone, Copy)]
struct Stint {
    who: WhoId,
    day: Day,
    /// Worked, and was let through.
    works: bool,
    quarters: Quarters,
}

/// An app or a site, and its destinations in this shard.
struct Group<'c, 's> {
    app: Option<&'c App>,
    site: &'s str,
    dests: Vec<DestId>,
}

impl<'c> Part<'c> {
    /// Groups the facts of a shard.
    pub fn of(shard: &Shard, classified: &Classified<'c>, whos: &[WhoKind]) -> Part<'c> {
        let (groups, group_of) = group(shard, classified);
        let (facts, ends) = by_group(shard, &group_of, groups.len());
        let mut part = Part { sites: Vec::new(), apps: Vec::new(), seen: vec![NOT_SEEN; whos.len()], days: Vec::new() };
        let mut tally = Tally::new(shard.dest_count());
        let mut start = 0;
        for (group, end) in groups.iter().zip(ends) {
            let facts = &facts[start..end];
            start = end;
            if facts.is_empty() {
                continue;
            }
            let mark = if group.app.is_some() { SEEN | SEEN_WITH_APP } else { SEEN };
            for fact in facts {
                part.seen[fact.who.index()] |= mark;
            }
            let stints = tally.take(facts, classified);
            // However the record knew its destination: the app is known by an address only.
            let by_range = |id: &&DestId| classified.get(**id).is_some_and(|hit| hit.kind == HitKind::Range);
            group.dests.iter().filter(by_range).for_each(|id| tally.sums[id.place()].only_by_address());
            let mut sum = Sum::default();
            group.dests.iter().for_each(|id| sum.merge(&tally.sums[id.place()]));
            let hosts = group.dests.iter().filter(|id| tally.sums[id.place()] != Sum::default());
            let name = |id: DestId| {
                let dest = shard.dest_name(id);
                [dest.host, dest.path.unwrap_or("")].concat()
            };
            match group.app {
                Some(app) => {
                    let hosts = hosts.filter_map(|id| {
                        let (people, sum) = (tally.people[id.place()], tally.sums[id.place()]);
                        Some(HostRow { host: name(*id), hit: *classified.get(*id)?, people, sum })
                    });
                    let hosts = hosts.collect();
                    stints.iter().for_each(|stint| note(&mut part.days, stint.day));
                    part.apps.push(AppPart { app, sum, hosts, stints });
                }
                None => {
                    let mut hosts: Vec<(String, u64)> =
                        hosts.map(|id| (name(*id), tally.sums[id.place()].sightings())).collect();
                    hosts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                    let (crowd, days) = Crowd::of(&stints, whos);
                    days.into_iter().for_each(|day| note(&mut part.days, day));
                    part.sites.push(SiteRow { site: group.site.to_owned(), crowd, sum, hosts });
                }
            }
        }
        part
    }
}

impl<'c> AppPart<'c> {
    /// One row out of an app's parts.
    pub fn join(mut parts: Vec<AppPart<'c>>, whos: &[WhoKind]) -> Option<AppRow<'c>> {
        let mut all = parts.pop()?;
        for part in parts {
            all.sum.merge(&part.sum);
            all.hosts.extend(part.hosts);
            all.stints.extend(part.stints);
        }
        // A few sorted runs: a stable sort knows how to make one of them.
        all.stints.sort_by_key(|stint| (stint.who, stint.day));
        all.hosts.sort_by(|a, b| b.sum.sightings().cmp(&a.sum.sightings()).then_with(|| a.host.cmp(&b.host)));
        let (crowd, _) = Crowd::of(&all.stints, whos);
        Some(AppRow { app: all.app, crowd, sum: all.sum, hosts: all.hosts })
    }
}

/// The groups of a shard, and the group of each destination by place.
fn group<'c, 's>(shard: &'s Shard, classified: &Classified<'c>) -> (Vec<Group<'c, 's>>, Vec<u32>) {
    let mut names: HashMap<&str, u32, foldhash::fast::RandomState> = HashMap::default();
    let mut groups: Vec<Group<'c, 's>> = Vec::new();
    let mut group_of = Vec::with_capacity(shard.dest_count());
    for id in shard.dest_ids() {
        let dest = shard.dest_name(id);
        let app = classified.get(id).map(|hit| hit.app);
        // An app's id has no dot and a site always has one (or a colon), so they share one map.
        let (name, site) = match app {
            Some(app) => (app.id(), ""),
            None if dest.is_address => (dest.host, dest.host),
            None => (registrable(dest.host), registrable(dest.host)),
        };
        let group = *names.entry(name).or_insert(groups.len() as u32);
        if group as usize == groups.len() {
            groups.push(Group { app, site, dests: Vec::new() });
        }
        groups[group as usize].dests.push(id);
        group_of.push(group);
    }
    (groups, group_of)
}

/// The facts of a shard by group, and where each group ends: sorted by counting, one pass to count and one to place.
fn by_group<'s>(shard: &'s Shard, group_of: &[u32], groups: usize) -> (Vec<&'s Fact>, Vec<usize>) {
    let mut ends = vec![0; groups];
    for fact in shard.facts() {
        ends[group_of[fact.dest.place()] as usize] += 1;
    }
    let mut end = 0;
    for count in &mut ends {
        let start = end;
        end += *count;
        *count = start;
    }
    let Some(first) = shard.facts().next() else { return (Vec::new(), ends) };
    let mut facts = vec![first; shard.len()];
    for fact in shard.facts() {
        let place = &mut ends[group_of[fact.dest.place()] as usize];
        facts[*place] = fact;
        *place += 1;
    }
    (facts, ends)
}

/// Counts by destination, while the groups of a shard pass.
struct Tally {
    sums: Vec<Sum>,
    people: Vec<u64>,
    /// Who was last counted for a destination; facts come sorted by who.
    last: Vec<Option<WhoId>>,
}

impl Tally {
    fn new(dests: usize) -> Tally {
        Tally { sums: vec![Sum::default(); dests], people: vec![0; dests], last: vec![None; dests] }
    }

    /// Counts the facts of a group, and joins those of the same person and day. Sorted by both.
    fn take(&mut self, facts: &[&Fact], classified: &Classified<'_>) -> Vec<Stint> {
        let mut sorted: Vec<(WhoId, Day, &Fact)> = facts.iter().map(|fact| (fact.who, fact.day(), *fact)).collect();
        sorted.sort_unstable_by_key(|(who, day, _)| (*who, *day));
        let mut stints: Vec<Stint> = Vec::new();
        for (who, day, fact) in sorted {
            let place = fact.dest.place();
            self.sums[place].add(fact);
            if self.last[place] != Some(who) {
                self.last[place] = Some(who);
                self.people[place] += 1;
            }
            let passed = u64::from(fact.requests) + u64::from(fact.lookups) > u64::from(fact.blocked);
            let works = passed && classified.get(fact.dest).is_none_or(is_work);
            match stints.last_mut() {
                Some(stint) if stint.who == who && stint.day == day => {
                    stint.works |= works;
                    stint.quarters = stint.quarters.or(fact.quarters());
                }
                _ => stints.push(Stint { who, day, works, quarters: fact.quarters() }),
            }
        }
        stints
    }
}

impl Crowd {
    /// Counts people, days and active quarter-hours in stints that are sorted by who and day.
    fn of(stints: &[Stint], whos: &[WhoKind]) -> (Crowd, Vec<Day>) {
        let mut crowd = Crowd::default();
        let mut days: Vec<Day> = Vec::new();
        for one in stints.chunk_by(|a, b| a.who == b.who) {
            for day in one.chunk_by(|a, b| a.day == b.day) {
                let mask = day.iter().map(|stint| stint.quarters).fold(Quarters::default(), Quarters::or);
                crowd.quarters += u64::from(mask.count());
            }
            one.iter().for_each(|stint| note(&mut days, stint.day));
            let works = one.iter().any(|stint| stint.works);
            match (one.first().and_then(|stint| whos.get(stint.who.index())), works) {
                (None | Some(WhoKind::Nobody), _) => {}
                (_, false) => crowd.touched += 1,
                (Some(WhoKind::Person), true) => crowd.people += 1,
                (Some(WhoKind::Device | WhoKind::Address), true) => crowd.devices += 1,
            }
        }
        crowd.days = days.len() as u64;
        (crowd, days)
    }
}

/// Notes a day in a sorted list. Logs have few days, and most facts share one.
fn note(days: &mut Vec<Day>, day: Day) {
    if let Err(at) = days.binary_search(&day) {
        days.insert(at, day);
    }
}
