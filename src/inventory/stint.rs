//! Somebody's day with an app, counted by what the hosts are for.

use hashbrown::HashMap;

use super::part::Dated;
use super::sum::add_known;
use crate::catalog::{App, Role};
use crate::classify::{Classified, is_work};
use crate::event::{Day, Timestamp};
use crate::people::MemberId;
use crate::traffic::{Quarters, Shard};

/// Somebody's day with an app, as far as one shard knows. Blocked requests count in `blocked` and nowhere else.
#[derive(Debug, Clone)]
pub(super) struct Stint {
    pub member: MemberId,
    pub day: Day,
    /// With anything, and with work.
    pub quarters: Quarters,
    pub work_quarters: Quarters,
    pub first: Timestamp,
    pub last: Timestamp,
    pub visits: u32,
    pub lookups: u32,
    pub work: u32,
    pub app: u32,
    pub api: u32,
    pub site: u32,
    pub login: u32,
    pub passive: u32,
    pub blocked: u32,
    pub uploads: u32,
    pub plain: u32,
    /// Different working hosts.
    pub hosts: u32,
    pub up: Option<u64>,
    pub down: Option<u64>,
}

impl Stint {
    /// Joins facts that are sorted by member and day.
    pub fn gather(facts: &[Dated<'_>], classified: &Classified<'_>) -> Vec<Stint> {
        let mut stints: Vec<Stint> = Vec::new();
        for one in facts.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let Some((member, day, first)) = one.first() else { continue };
            let mut stint = Stint {
                member: *member,
                day: *day,
                quarters: Quarters::default(),
                work_quarters: Quarters::default(),
                first: first.first(),
                last: first.last(),
                visits: 0,
                lookups: 0,
                work: 0,
                app: 0,
                api: 0,
                site: 0,
                login: 0,
                passive: 0,
                blocked: 0,
                uploads: 0,
                plain: 0,
                hosts: 0,
                up: None,
                down: None,
            };
            for (.., fact) in one {
                // A fact knows how many were stopped, not which: visits first, since proxies stop visits.
                let visits = fact.requests.saturating_sub(fact.blocked);
                let lookups = fact.lookups.saturating_sub(fact.blocked.saturating_sub(fact.requests));
                let passed = visits.saturating_add(lookups);
                let hit = classified.get(fact.dest);
                let works = hit.is_none_or(is_work);
                let role = hit.map_or(Role::App, |hit| hit.role);
                add(&mut stint.visits, visits);
                add(&mut stint.lookups, lookups);
                add(&mut stint.blocked, fact.blocked);
                match role {
                    Role::App | Role::Upload if works => add(&mut stint.app, passed),
                    Role::Api if works => add(&mut stint.api, passed),
                    Role::Site => add(&mut stint.site, passed),
                    Role::Login => add(&mut stint.login, passed),
                    _ => add(&mut stint.passive, passed),
                }
                if works && passed > 0 {
                    add(&mut stint.work, passed);
                    add(&mut stint.uploads, fact.uploads.min(visits));
                    stint.hosts += 1;
                    stint.work_quarters = stint.work_quarters.or(fact.quarters());
                }
                if fact.plain() {
                    add(&mut stint.plain, visits);
                }
                stint.quarters = stint.quarters.or(fact.quarters());
                stint.first = stint.first.min(fact.first());
                stint.last = stint.last.max(fact.last());
                stint.up = add_known(stint.up, fact.bytes_up());
                stint.down = add_known(stint.down, fact.bytes_down());
            }
            stints.push(stint);
        }
        stints
    }

    /// Takes in the same member's same day of another shard.
    pub fn merge(&mut self, other: &Stint) {
        self.quarters = self.quarters.or(other.quarters);
        self.work_quarters = self.work_quarters.or(other.work_quarters);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        for (mine, theirs) in [
            (&mut self.visits, other.visits),
            (&mut self.lookups, other.lookups),
            (&mut self.work, other.work),
            (&mut self.app, other.app),
            (&mut self.api, other.api),
            (&mut self.site, other.site),
            (&mut self.login, other.login),
            (&mut self.passive, other.passive),
            (&mut self.blocked, other.blocked),
            (&mut self.uploads, other.uploads),
            (&mut self.plain, other.plain),
            (&mut self.hosts, other.hosts),
        ] {
            add(mine, theirs);
        }
        self.up = add_known(self.up, other.up);
        self.down = add_known(self.down, other.down);
    }

    /// Visits and look-ups, stopped ones included.
    pub fn sightings(&self) -> u64 {
        u64::from(self.visits) + u64::from(self.lookups) + u64::from(self.blocked)
    }
}

fn add(sum: &mut u32, more: u32) {
    *sum = sum.saturating_add(more);
}

/// Somebody and an instance of an app, over the whole period.
pub(super) struct TenantStint {
    pub tenant: Box<str>,
    pub member: MemberId,
    pub requests: u64,
    pub up: Option<u64>,
}

impl TenantStint {
    /// What a shard knows. Most apps have no instances, and cost nothing.
    pub fn gather(app: &App, facts: &[Dated<'_>], shard: &Shard, classified: &Classified<'_>) -> Vec<TenantStint> {
        if app.tenants().len() == 0 {
            return Vec::new();
        }
        let mut stints: HashMap<(&str, MemberId), (u64, Option<u64>)> = HashMap::new();
        for (member, _, fact) in facts {
            let Some(hit) = classified.get(fact.dest) else { continue };
            let passed = (u64::from(fact.requests) + u64::from(fact.lookups)).saturating_sub(u64::from(fact.blocked));
            let Some(tenant) = hit.tenant(shard.dest_name(fact.dest).host).filter(|_| passed > 0) else { continue };
            let entry = stints.entry((tenant, *member)).or_default();
            entry.0 += passed;
            entry.1 = add_known(entry.1, fact.bytes_up());
        }
        let one = |((tenant, member), (requests, up)): ((&str, MemberId), _)| TenantStint {
            tenant: tenant.into(),
            member,
            requests,
            up,
        };
        stints.into_iter().map(one).collect()
    }
}
