//! Facts seen through the catalog: apps, and the sites that no app claims.
//!
//! Derived, never stored: a better catalog tomorrow judges the same facts anew. Everything here is in a fixed order,
//! whatever order the facts came in.

mod part;
mod row;
mod stint;
mod sum;
mod time;
mod verdict;

use std::collections::BTreeMap;

use hashbrown::HashMap;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::catalog::Hit;
use crate::classify::Classified;
use crate::event::Day;
use crate::people::{MemberId, People};
use crate::traffic::{Facts, Shard, WhoKind};

use part::{Part, Scattered, Share};
pub use row::{AppRow, Slice, TenantRow, UserRow};
pub use sum::{Sum, add_known};
use time::Calendar;
pub use time::{Bucket, Buckets, Heat, Life, OfficeHours, Stage};
pub use verdict::{BUILT_IN_RULES, Measures, RawRule, Rule, RuleFault, Rules, Verdict};

/// How facts are to be looked at.
#[derive(Debug, Clone)]
pub struct View {
    /// What makes use of traffic.
    pub rules: Rules,
    /// The zone of the people: their hours and weekdays.
    pub zone: TimeZone,
    /// When they are expected to work.
    pub office: OfficeHours,
    /// Keep a row for each person of each app.
    pub keep_users: bool,
}

impl Default for View {
    fn default() -> View {
        View { rules: Rules::built_in(), zone: TimeZone::UTC, office: OfficeHours::default(), keep_users: false }
    }
}

/// A [`View`] with what it needs of the facts.
struct Lens<'l> {
    people: &'l People,
    rules: &'l Rules,
    keep_users: bool,
    calendar: Calendar,
    buckets: Buckets,
    period: Option<(Day, Day)>,
}

impl Lens<'_> {
    fn kind(&self, member: Option<MemberId>) -> WhoKind {
        member
            .and_then(|member| self.people.members().get(member.index()))
            .map_or(WhoKind::Nobody, |member| member.kind)
    }
}

/// What was found.
pub struct Inventory<'c> {
    /// Apps, by verdict; of each, those whom most people used first.
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
    /// UTC days with a fact.
    pub days: u64,
    /// The first and the last of them.
    pub period: Option<(Day, Day)>,
    /// The steps of growth lines.
    pub buckets: Buckets,
    /// What became of everybody: whether they were seen at all.
    pub active: Vec<bool>,
}

/// How many, how often, how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crowd {
    /// People who reached a working host. For sites: who reached any host.
    pub people: u64,
    /// Devices and addresses that did.
    pub devices: u64,
    /// People and devices that only touched it, or were only blocked.
    pub touched: u64,
    /// UTC days with a sighting.
    pub days: u64,
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

/// Groups facts by app and by site. Each shard is grouped by itself; apps whose domains lie in several are then put
/// together.
pub fn take<'c>(facts: &Facts, classified: &Classified<'c>, people: &People, view: &View) -> Inventory<'c> {
    let shards: Vec<&Shard> = facts.shards().iter().filter(|shard| !shard.is_empty()).collect();
    let days = days(&shards);
    let period = days.first().copied().zip(days.last().copied());
    let lens = Lens {
        people,
        rules: &view.rules,
        keep_users: view.keep_users,
        calendar: Calendar::new(&days, &view.zone, &view.office),
        buckets: Buckets::new(period),
        period,
    };
    let scattered = scattered(&shards, classified);
    let parts: Vec<Part<'c>> =
        shards.into_par_iter().map(|shard| Part::of(shard, classified, &scattered, &lens)).collect();

    let mut inventory = Inventory {
        apps: Vec::new(),
        sites: Vec::new(),
        total: Sum::default(),
        known: Sum::default(),
        people: 0,
        devices: 0,
        explained: 0,
        days: days.len() as u64,
        period,
        buckets: lens.buckets.clone(),
        active: Vec::new(),
    };
    let mut seen = vec![part::NOT_SEEN; people.members().len()];
    let mut shares: BTreeMap<&str, Vec<Share<'c>>> = BTreeMap::new();
    for part in parts {
        for (all, one) in seen.iter_mut().zip(part.seen) {
            *all |= one;
        }
        inventory.sites.extend(part.sites);
        inventory.apps.extend(part.apps);
        for share in part.shares {
            shares.entry(share.app.id()).or_default().push(share);
        }
    }
    let shares: Vec<Vec<Share<'c>>> = shares.into_values().collect();
    inventory.apps.par_extend(shares.into_par_iter().flat_map_iter(|shares| AppRow::join(shares, &lens)));
    for app in &inventory.apps {
        inventory.known.merge(&app.sum);
    }
    inventory.total.merge(&inventory.known);
    for site in &inventory.sites {
        inventory.total.merge(&site.sum);
    }
    for (member, seen) in people.members().iter().zip(&seen) {
        if *seen == part::NOT_SEEN {
            continue;
        }
        match member.kind {
            WhoKind::Person => inventory.people += 1,
            WhoKind::Device | WhoKind::Address => inventory.devices += 1,
            WhoKind::Nobody => continue,
        }
        inventory.explained += u64::from(seen & part::SEEN_WITH_APP != 0);
    }
    inventory.active = seen.into_iter().map(|seen| seen != part::NOT_SEEN).collect();
    inventory.apps.sort_by(|a, b| {
        let rank = |row: &AppRow<'_>| {
            let (used, tried) = (row.count(Verdict::Used), row.count(Verdict::Tried));
            (used, tried, row.crowd.people, row.crowd.devices, row.crowd.touched, row.sum.sightings())
        };
        a.verdict.cmp(&b.verdict).then_with(|| rank(b).cmp(&rank(a))).then_with(|| a.app.id().cmp(b.app.id()))
    });
    rank_sites(&mut inventory.sites);
    inventory
}

/// The days of the facts, in order.
fn days(shards: &[&Shard]) -> Vec<Day> {
    let one = |shard: &&Shard| {
        let mut days = Vec::new();
        shard.facts().for_each(|fact| part::note(&mut days, fact.day()));
        days
    };
    let mut days: Vec<Day> = shards.par_iter().map(one).flatten_iter().collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The apps that have destinations in more than one shard.
fn scattered<'c>(shards: &[&Shard], classified: &Classified<'c>) -> Scattered<'c> {
    let apps: Vec<Scattered<'c>> = shards.par_iter().map(|shard| part::apps_of(shard, classified)).collect();
    let mut counts: HashMap<&str, u32, foldhash::fast::RandomState> = HashMap::default();
    for app in apps.into_iter().flatten() {
        *counts.entry(app).or_default() += 1;
    }
    counts.into_iter().filter(|(_, shards)| *shards > 1).map(|(app, _)| app).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::event::{Event, Evidence, Timestamp};
    use crate::traffic::{Folded, Splits};

    /// By a published range an address belongs to an app, and how sure that is stays visible.
    #[test]
    fn an_address_is_weak_evidence() {
        let catalog = Catalog::built_in();
        let splits = Splits::new(catalog.path_entries());
        let mut facts = Facts::default();
        let mut batch = facts.batch(&splits);
        let at = Timestamp(1_700_000_000_000);
        for (host, dst_ip, evidence) in [
            (None, Some(&b"52.113.7.9"[..]), Evidence::Address),
            (Some(&b"52.113.7.10"[..]), None, Evidence::Url),
            (Some(&b"203.0.113.9"[..]), None, Evidence::Url),
        ] {
            let folded = batch.add(&Event { user: Some(b"alice"), host, dst_ip, evidence, ..Event::default() }, at);
            assert_eq!(folded, Folded::Counted);
        }
        drop(batch);
        let classified = Classified::new(&catalog, &facts);
        let people = People::new(&facts, &crate::people::Directory::default());
        let inventory = take(&facts, &classified, &people, &View::default());
        let rows: Vec<_> = inventory
            .apps
            .iter()
            .map(|row| (row.app.id(), row.sum.requests, row.hosts.len(), row.sum.evidence().collect::<Vec<_>>()))
            .collect();
        let sites: Vec<_> = inventory.sites.iter().map(|row| row.site.as_str()).collect();
        assert_eq!(sites, ["203.0.113.9"]);
        assert_eq!(rows, [("microsoft-teams", 2, 2, vec![Evidence::Address])]);
    }
}
