//! Facts seen through the catalog: apps, and the sites that no app claims.
//!
//! Derived, never stored: a better catalog tomorrow judges the same facts anew. Everything here is in a fixed order,
//! whatever order the facts came in.

mod part;
mod sum;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::catalog::{App, Hit};
use crate::classify::Classified;
use crate::traffic::{Facts, Shard, WhoKind};

use part::{AppPart, Part};
pub use sum::Sum;

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
    /// UTC days with a fact.
    pub days: u64,
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
    /// People who reached a working host. For sites: who reached any host.
    pub people: u64,
    /// Devices and addresses that did.
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

/// Groups facts by app and by site. Each shard is grouped by itself; apps whose domains lie in several are then put
/// together.
pub fn take<'c>(facts: &Facts, classified: &Classified<'c>) -> Inventory<'c> {
    let whos: Vec<WhoKind> = facts.who_ids().map(|id| facts.who_name(id).kind).collect();
    let shards: Vec<&Shard> = facts.shards().iter().filter(|shard| !shard.is_empty()).collect();
    let parts: Vec<Part<'c>> = shards.into_par_iter().map(|shard| Part::of(shard, classified, &whos)).collect();

    let mut inventory = Inventory {
        apps: Vec::new(),
        sites: Vec::new(),
        total: Sum::default(),
        known: Sum::default(),
        people: 0,
        devices: 0,
        explained: 0,
        days: 0,
    };
    let mut seen = vec![part::NOT_SEEN; whos.len()];
    let mut days = Vec::new();
    let mut apps: BTreeMap<&str, Vec<AppPart<'c>>> = BTreeMap::new();
    for part in parts {
        for (all, one) in seen.iter_mut().zip(part.seen) {
            *all |= one;
        }
        days.extend(part.days);
        for site in part.sites {
            inventory.total.merge(&site.sum);
            inventory.sites.push(site);
        }
        for app in part.apps {
            inventory.total.merge(&app.sum);
            inventory.known.merge(&app.sum);
            apps.entry(app.app.id()).or_default().push(app);
        }
    }
    days.sort_unstable();
    days.dedup();
    inventory.days = days.len() as u64;
    for (kind, seen) in whos.iter().zip(seen) {
        if seen == part::NOT_SEEN {
            continue;
        }
        match kind {
            WhoKind::Person => inventory.people += 1,
            WhoKind::Device | WhoKind::Address => inventory.devices += 1,
            WhoKind::Nobody => continue,
        }
        inventory.explained += u64::from(seen & part::SEEN_WITH_APP != 0);
    }
    let apps: Vec<Vec<AppPart<'c>>> = apps.into_values().collect();
    inventory.apps = apps.into_par_iter().flat_map_iter(|parts| AppPart::join(parts, &whos)).collect();
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
        let inventory = take(&facts, &classified);
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
