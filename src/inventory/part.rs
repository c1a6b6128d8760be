//! What one shard of the facts adds to the inventory.

use hashbrown::{HashMap, HashSet};

use super::row::AppRow;
use super::stint::{Stint, TenantStint};
use super::{Crowd, HostRow, Lens, SiteRow, Sum};
use crate::catalog::{App, HitKind};
use crate::classify::Classified;
use crate::event::{Day, registrable};
use crate::people::MemberId;
use crate::traffic::{DestId, Fact, Shard, WhoKind};

/// A shard's sites, its apps, and who and when.
pub(super) struct Part<'c> {
    pub sites: Vec<SiteRow>,
    /// Apps that lie in this shard alone.
    pub apps: Vec<AppRow<'c>>,
    /// What this shard knows of apps that lie in several.
    pub shares: Vec<Share<'c>>,
    /// By member: [`NOT_SEEN`], [`SEEN`], [`SEEN_WITH_APP`], joined by OR.
    pub seen: Vec<u8>,
}

pub(super) const NOT_SEEN: u8 = 0;
pub(super) const SEEN: u8 = 1;
pub(super) const SEEN_WITH_APP: u8 = 2;

/// What a shard knows of an app.
pub(super) struct Share<'c> {
    pub app: &'c App,
    pub sum: Sum,
    pub hosts: Vec<HostRow<'c>>,
    pub stints: Vec<Stint>,
    pub tenants: Vec<TenantStint>,
}

/// Apps that have destinations in more than one shard, by id.
pub(super) type Scattered<'c> = HashSet<&'c str, foldhash::fast::RandomState>;

/// Somebody's day with a site.
struct Visit {
    member: MemberId,
    day: Day,
    /// Was let through.
    passed: bool,
}

/// An app or a site, and its destinations in this shard.
struct Group<'c, 's> {
    app: Option<&'c App>,
    site: &'s str,
    dests: Vec<DestId>,
}

/// The apps of a shard.
pub(super) fn apps_of<'c>(shard: &Shard, classified: &Classified<'c>) -> Scattered<'c> {
    shard.dest_ids().filter_map(|id| classified.get(id)).map(|hit| hit.app.id()).collect()
}

impl<'c> Part<'c> {
    /// Groups the facts of a shard.
    pub fn of(shard: &Shard, classified: &Classified<'c>, scattered: &Scattered<'c>, lens: &Lens<'_>) -> Part<'c> {
        let (groups, group_of) = group(shard, classified);
        let (facts, ends) = by_group(shard, &group_of, groups.len());
        let members = lens.people.members();
        let mut part =
            Part { sites: Vec::new(), apps: Vec::new(), shares: Vec::new(), seen: vec![NOT_SEEN; members.len()] };
        let mut tally = Tally::new(shard.dest_count());
        let mut start = 0;
        for (group, end) in groups.iter().zip(ends) {
            let facts = &facts[start..end];
            start = end;
            if facts.is_empty() {
                continue;
            }
            let facts = tally.take(facts, lens);
            let mark = if group.app.is_some() { SEEN | SEEN_WITH_APP } else { SEEN };
            for (member, ..) in &facts {
                part.seen[member.index()] |= mark;
            }
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
                    let tenants = TenantStint::gather(app, &facts, shard, classified);
                    let share = Share { app, sum, hosts, stints: Stint::gather(&facts, classified), tenants };
                    match scattered.contains(app.id()) {
                        true => part.shares.push(share),
                        false => part.apps.extend(AppRow::join(vec![share], lens)),
                    }
                }
                None => {
                    let mut hosts: Vec<(String, u64)> =
                        hosts.map(|id| (name(*id), tally.sums[id.place()].sightings())).collect();
                    hosts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                    let crowd = crowd(&visits(&facts), lens);
                    part.sites.push(SiteRow { site: group.site.to_owned(), crowd, sum, hosts });
                }
            }
        }
        part
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

/// A fact with its member and day: what facts are sorted by.
pub(super) type Dated<'s> = (MemberId, Day, &'s Fact);

/// Counts by destination, while the groups of a shard pass.
struct Tally {
    sums: Vec<Sum>,
    people: Vec<u64>,
    /// Who was last counted for a destination; facts come sorted by member.
    last: Vec<Option<MemberId>>,
}

impl Tally {
    fn new(dests: usize) -> Tally {
        Tally { sums: vec![Sum::default(); dests], people: vec![0; dests], last: vec![None; dests] }
    }

    /// Counts the facts of a group, and sorts them by member and day.
    fn take<'s>(&mut self, facts: &[&'s Fact], lens: &Lens<'_>) -> Vec<Dated<'s>> {
        let mut sorted: Vec<Dated<'s>> = facts.iter().map(|fact| (lens.people.of(fact), fact.day(), *fact)).collect();
        sorted.sort_unstable_by_key(|(member, day, _)| (*member, *day));
        for (member, _, fact) in &sorted {
            let place = fact.dest.place();
            self.sums[place].add(fact);
            if self.last[place] != Some(*member) {
                self.last[place] = Some(*member);
                self.people[place] += 1;
            }
        }
        sorted
    }
}

/// Joins the facts of the same member and day.
fn visits(facts: &[Dated<'_>]) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    for (member, day, fact) in facts {
        let passed = u64::from(fact.requests) + u64::from(fact.lookups) > u64::from(fact.blocked);
        match visits.last_mut() {
            Some(visit) if visit.member == *member && visit.day == *day => {
                visit.passed |= passed;
            }
            _ => visits.push(Visit { member: *member, day: *day, passed }),
        }
    }
    visits
}

/// Counts people and days of a site.
fn crowd(visits: &[Visit], lens: &Lens<'_>) -> Crowd {
    let mut crowd = Crowd::default();
    let mut days: Vec<Day> = Vec::new();
    for one in visits.chunk_by(|a, b| a.member == b.member) {
        for visit in one {
            note(&mut days, visit.day);
        }
        crowd.count(lens.kind(one.first().map(|visit| visit.member)), one.iter().any(|visit| visit.passed));
    }
    crowd.days = days.len() as u64;
    crowd
}

impl Crowd {
    /// Counts somebody who did work, or only touched.
    pub(super) fn count(&mut self, kind: WhoKind, works: bool) {
        match (kind, works) {
            (WhoKind::Nobody, _) => {}
            (_, false) => self.touched += 1,
            (WhoKind::Person, true) => self.people += 1,
            (WhoKind::Device | WhoKind::Address, true) => self.devices += 1,
        }
    }
}

/// Notes a day in a sorted list. Logs have few days, and most facts share one.
pub(super) fn note(days: &mut Vec<Day>, day: Day) {
    if let Err(at) = days.binary_search(&day) {
        days.insert(at, day);
    }
}
