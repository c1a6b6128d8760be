//! Facts seen through the catalog: apps, and the sites that no app claims.
//!
//! Derived, never stored: a better catalog tomorrow judges the same facts anew. Everything here is in a fixed order,
//! whatever order the facts came in.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use rayon::prelude::*;

use crate::catalog::{App, Hit};
use crate::classify::{Classified, is_work};
use crate::event::{Evidence, Timestamp};
use crate::traffic::{DestId, Fact, Facts, WhoKind};

/// What was found.
pub struct Inventory<'c> {
    /// Apps, most people first.
    pub apps: Vec<AppRow<'c>>,
    /// Sites that no app claims, those with most people or most bytes sent first.
    pub sites: Vec<SiteRow>,
    /// Everything together.
    pub total: Sum,
    /// What belongs to an app.
    pub known: Sum,
    /// People in the facts.
    pub people: u64,
    /// Devices and addresses in the facts.
    pub devices: u64,
    /// People, devices and addresses that were seen with a cataloged app.
    pub explained: u64,
}

/// Counts over many facts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Visits, blocked ones included.
    pub requests: u64,
    /// DNS look-ups.
    pub lookups: u64,
    /// Visits and look-ups that were stopped.
    pub blocked: u64,
    /// POST, PUT, PATCH.
    pub uploads: u64,
    /// Client to server, if known.
    pub bytes_up: Option<u64>,
    /// Server to client, if known.
    pub bytes_down: Option<u64>,
    /// First and last second.
    pub span: Option<(Timestamp, Timestamp)>,
    evidence: u8,
}

impl Sum {
    fn add(&mut self, fact: &Fact) {
        self.requests += u64::from(fact.requests);
        self.lookups += u64::from(fact.lookups);
        self.blocked += u64::from(fact.blocked);
        self.uploads += u64::from(fact.uploads);
        self.bytes_up = add_known(self.bytes_up, fact.bytes_up());
        self.bytes_down = add_known(self.bytes_down, fact.bytes_down());
        self.span = match self.span {
            Some((first, last)) => Some((first.min(fact.first()), last.max(fact.last()))),
            None => Some((fact.first(), fact.last())),
        };
        self.evidence |= fact.evidence_bits();
    }

    fn merge(&mut self, other: &Sum) {
        self.requests += other.requests;
        self.lookups += other.lookups;
        self.blocked += other.blocked;
        self.uploads += other.uploads;
        self.bytes_up = add_known(self.bytes_up, other.bytes_up);
        self.bytes_down = add_known(self.bytes_down, other.bytes_down);
        self.span = match (self.span, other.span) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, two) => one.or(two),
        };
        self.evidence |= other.evidence;
    }

    /// Visits and look-ups.
    pub fn sightings(&self) -> u64 {
        self.requests + self.lookups
    }

    /// Bytes both ways, as far as known.
    pub fn bytes(&self) -> u64 {
        self.bytes_up.unwrap_or(0).saturating_add(self.bytes_down.unwrap_or(0))
    }

    /// The tiers of evidence, strongest first.
    pub fn evidence(&self) -> impl Iterator<Item = Evidence> {
        let bits = self.evidence;
        Evidence::ALL.into_iter().filter(move |tier| bits & (1 << *tier as u8) != 0)
    }
}

fn add_known(sum: Option<u64>, more: Option<u64>) -> Option<u64> {
    match (sum, more) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (one, other) => one.or(other),
    }
}

/// One app.
pub struct AppRow<'c> {
    /// What the catalog says of it.
    pub app: &'c App,
    /// What is known of the people.
    pub crowd: Crowd,
    /// The counts.
    pub sum: Sum,
    /// Its hosts, busiest first.
    pub hosts: Vec<HostRow<'c>>,
}

impl AppRow<'_> {
    /// Nobody worked with it.
    pub fn touched_only(&self) -> bool {
        self.crowd.people + self.crowd.devices == 0
    }
}

/// How many, how often, how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crowd {
    /// People who reached a working host. For sites: all people.
    pub people: u64,
    /// Devices and addresses that did. For sites: all.
    pub devices: u64,
    /// People and devices that only touched it, or were only blocked.
    pub touched: u64,
    /// UTC days with a sighting.
    pub days: u64,
    /// Quarter-hours with a sighting, summed over people and devices.
    pub quarters: u64,
}

/// One host of an app.
pub struct HostRow<'c> {
    /// Host, or host and path prefix.
    pub host: String,
    /// The proof.
    pub hit: Hit<'c>,
    /// People and devices.
    pub people: u64,
    /// The counts.
    pub sum: Sum,
}

/// A site that no app claims.
pub struct SiteRow {
    /// Registrable domain, or address.
    pub site: String,
    /// What is known of the people.
    pub crowd: Crowd,
    /// The counts.
    pub sum: Sum,
    /// Hosts with their sightings, busiest first.
    pub hosts: Vec<(String, u64)>,
}

/// The registrable domain of a host by the Public Suffix List, or the host itself where it has none.
///
/// ```
/// # use umbrascope::inventory::registrable;
/// assert_eq!(registrable("www.shop.example.co.uk"), "example.co.uk");
/// assert_eq!(registrable("alice.github.io"), "alice.github.io");
/// ```
pub fn registrable(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}

/// Groups facts by app and by site.
pub fn take<'c>(facts: &Facts, classified: &Classified<'c>) -> Inventory<'c> {
    // Give every destination a group: an app, or a site.
    let mut names: HashMap<&str, u32, foldhash::fast::RandomState> = HashMap::default();
    let mut groups: Vec<Vec<DestId>> = Vec::new();
    let mut group_of: Vec<u32> = Vec::with_capacity(facts.dest_count());
    for id in facts.dest_ids() {
        let dest = facts.dest_name(id);
        // An app's id has no dot and a site always has one (or a colon), so they share one map.
        let name = match classified.get(id) {
            Some(hit) => hit.app.id(),
            None if dest.is_address => dest.host,
            None => registrable(dest.host),
        };
        let next = groups.len() as u32;
        let group = *names.entry(name).or_insert(next);
        if group == next {
            groups.push(Vec::new());
        }
        groups[group as usize].push(id);
        group_of.push(group);
    }
    // Sort the facts by group, by counting: one pass to count, one to place.
    let mut starts = vec![0u32; groups.len() + 1];
    for fact in facts.iter() {
        starts[group_of[fact.dest.index()] as usize + 1] += 1;
    }
    for group in 0..groups.len() {
        starts[group + 1] += starts[group];
    }
    let mut fill = starts.clone();
    let mut by_group: Vec<Option<&Fact>> = vec![None; facts.len()];
    for fact in facts.iter() {
        let place = &mut fill[group_of[fact.dest.index()] as usize];
        by_group[*place as usize] = Some(fact);
        *place += 1;
    }
    let grouped: Vec<Group<'c>> = groups
        .par_iter()
        .enumerate()
        .map(|(group, dests)| {
            let rows = &by_group[starts[group] as usize..starts[group + 1] as usize];
            Group::new(facts, classified, dests, rows.iter().copied().flatten())
        })
        .collect();

    let mut explained = vec![false; facts.who_count()];
    for fact in facts.iter().filter(|fact| classified.get(fact.dest).is_some()) {
        explained[fact.who.index()] = true;
    }
    let mut inventory = Inventory {
        apps: Vec::new(),
        sites: Vec::new(),
        total: Sum::default(),
        known: Sum::default(),
        people: 0,
        devices: 0,
        explained: 0,
    };
    let mut seen = vec![false; facts.who_count()];
    for fact in facts.iter() {
        seen[fact.who.index()] = true;
    }
    for (who, explained) in facts.who_ids().zip(&explained) {
        if !seen[who.index()] {
            continue;
        }
        match facts.who_name(who).kind {
            WhoKind::Person => inventory.people += 1,
            WhoKind::Device | WhoKind::Address => inventory.devices += 1,
            WhoKind::Nobody => continue,
        }
        inventory.explained += u64::from(*explained);
    }
    for group in grouped {
        inventory.total.merge(&group.sum);
        match group.app {
            Some(app) => {
                inventory.known.merge(&group.sum);
                inventory.apps.push(AppRow { app, crowd: group.crowd, sum: group.sum, hosts: group.hosts });
            }
            None => inventory.sites.push(SiteRow {
                site: group.site,
                crowd: group.crowd,
                sum: group.sum,
                hosts: group.host_names,
            }),
        }
    }
    inventory.apps.sort_by(|a, b| {
        let rank = |row: &AppRow<'_>| (row.crowd.people, row.crowd.devices, row.crowd.touched, row.sum.sightings());
        rank(b).cmp(&rank(a)).then_with(|| a.app.id().cmp(b.app.id()))
    });
    rank_sites(&mut inventory.sites);
    inventory
}

/// Orders sites by the better of two places: that by people and that by bytes sent. What many people visit and where one
/// person sends a lot both come first; a single order by people would bury the second.
fn rank_sites(sites: &mut Vec<SiteRow>) {
    let crowd = |row: &SiteRow| (row.crowd.people, row.crowd.devices, row.sum.sightings());
    sites.sort_by(|a, b| crowd(b).cmp(&crowd(a)).then_with(|| a.site.cmp(&b.site)));
    let mut by_bytes: Vec<usize> = (0..sites.len()).collect();
    // Stable, so that equals keep their place by people.
    by_bytes.sort_by_key(|place| std::cmp::Reverse(sites[*place].sum.bytes_up));
    let mut best: Vec<usize> = (0..sites.len()).collect();
    for (place, site) in by_bytes.into_iter().enumerate() {
        if sites[site].sum.bytes_up.is_some_and(|bytes| bytes > 0) {
            best[site] = best[site].min(place);
        }
    }
    let mut placed: Vec<(usize, SiteRow)> = best.into_iter().zip(sites.drain(..)).collect();
    placed.sort_by_key(|(place, _)| *place);
    sites.extend(placed.into_iter().map(|(_, row)| row));
}

struct Group<'c> {
    app: Option<&'c App>,
    site: String,
    crowd: Crowd,
    sum: Sum,
    hosts: Vec<HostRow<'c>>,
    host_names: Vec<(String, u64)>,
}

impl<'c> Group<'c> {
    fn new<'f>(
        facts: &'f Facts,
        classified: &Classified<'c>,
        dests: &[DestId],
        rows: impl Iterator<Item = &'f Fact>,
    ) -> Group<'c> {
        let mut rows: Vec<&Fact> = rows.collect();
        let mut sum = Sum::default();
        let mut hosts: BTreeMap<DestId, (Sum, Vec<u32>)> = BTreeMap::new();
        for fact in &rows {
            sum.add(fact);
            let host = hosts.entry(fact.dest).or_default();
            host.0.add(fact);
            host.1.push(fact.who.index() as u32);
        }
        let app = dests.first().and_then(|id| classified.get(*id)).map(|hit| hit.app);
        let site = match (app, dests.first()) {
            (None, Some(id)) => {
                let dest = facts.dest_name(*id);
                if dest.is_address { dest.host.to_owned() } else { registrable(dest.host).to_owned() }
            }
            _ => String::new(),
        };
        let crowd = Crowd::of(facts, classified, &mut rows);
        let mut group = Group { app, site, crowd, sum, hosts: Vec::new(), host_names: Vec::new() };
        for (id, (sum, mut whos)) in hosts {
            let dest = facts.dest_name(id);
            let host = format!("{}{}", dest.host, dest.path.unwrap_or(""));
            match classified.get(id) {
                Some(hit) => {
                    whos.sort_unstable();
                    whos.dedup();
                    group.hosts.push(HostRow { host, hit: *hit, people: whos.len() as u64, sum });
                }
                None => group.host_names.push((host, sum.sightings())),
            }
        }
        group.hosts.sort_by(|a, b| b.sum.sightings().cmp(&a.sum.sightings()).then_with(|| a.host.cmp(&b.host)));
        group.host_names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        group
    }
}

impl Crowd {
    /// Counts people, days and active quarter-hours. Sorts the rows by who and day.
    fn of(facts: &Facts, classified: &Classified<'_>, rows: &mut [&Fact]) -> Crowd {
        rows.sort_unstable_by_key(|fact| (fact.who, fact.day()));
        let mut crowd = Crowd::default();
        let mut days: Vec<i32> = Vec::new();
        for one in rows.chunk_by(|a, b| a.who == b.who) {
            let mut works = false;
            for day in one.chunk_by(|a, b| a.day() == b.day()) {
                let mask =
                    day.iter().map(|fact| fact.quarters()).fold(Default::default(), crate::traffic::Quarters::or);
                crowd.quarters += u64::from(mask.count());
                days.extend(day.first().map(|fact| fact.day().0));
                works |= day.iter().any(|fact| {
                    let passed = u64::from(fact.requests) + u64::from(fact.lookups) > u64::from(fact.blocked);
                    passed && classified.get(fact.dest).is_none_or(is_work)
                });
            }
            let kind = one.first().map_or(WhoKind::Nobody, |fact| facts.who_name(fact.who).kind);
            match (kind, works) {
                (WhoKind::Nobody, _) => {}
                (_, false) => crowd.touched += 1,
                (WhoKind::Person, true) => crowd.people += 1,
                (WhoKind::Device | WhoKind::Address, true) => crowd.devices += 1,
            }
        }
        days.sort_unstable();
        days.dedup();
        crowd.days = days.len() as u64;
        crowd
    }
}
