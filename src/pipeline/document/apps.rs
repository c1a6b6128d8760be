//! One app, with everything that is known of it.

use super::{Writer, by_verdict, date, evidence, judged, shown, traffic};
use crate::inventory::{self, AppRow, TenantRow, UserRow};
use crate::people::MemberId;
use crate::policy::{Judged, TenantKind};
use crate::report::document::{App, Growth, Host, Life, Slice, Tenant, User};
use crate::traffic::WhoKind;

impl Writer<'_> {
    pub(super) fn app(&self, row: &AppRow<'_>, judged: &Judged) -> App {
        let worked = row.active_quarters > 0;
        let rule = self.view.rules.get(row.rule);
        let name = |member: &MemberId| self.name(*member).to_owned();
        App {
            id: row.app.id().to_owned(),
            name: row.app.name().to_owned(),
            vendor: row.app.vendor().map(str::to_owned),
            category: row.app.category().to_owned(),
            category_name: self.catalog.category(row.app.category()).map(|it| it.name().to_owned()).unwrap_or_default(),
            job: Some(judged.job.clone()),
            verdict: row.verdict.as_str().to_owned(),
            rule: rule.map(|rule| rule.id.to_string()).unwrap_or_default(),
            reason: rule.map(|rule| rule.reason.to_string()).unwrap_or_default(),
            verdicts: by_verdict(row.counts),
            people: row.crowd.people,
            devices: row.crowd.devices,
            touched: row.crowd.touched,
            touched_only: row.touched_only(),
            traffic: traffic(&row.sum, row.crowd.days, &self.frame.zone),
            active_minutes: row.quarters * 15,
            evidence: evidence(&row.sum),
            hosts: row.hosts.iter().map(host).collect(),
            departments: row.departments.iter().map(slice).collect(),
            unknown_department: row.unknown_department,
            locations: row.locations.iter().map(slice).collect(),
            tenants: row.tenants.iter().zip(&judged.tenants).map(tenant).collect(),
            growth: if worked { self.growth(row) } else { Vec::new() },
            heat: if worked { row.heat.iter().map(|hours| hours.to_vec()).collect() } else { Vec::new() },
            after_hours_share: worked.then(|| share(row.after_hours, row.active_quarters)),
            life: row.life.as_ref().map(life),
            champions: row.champions.len() as u64,
            champion_names: match self.view.keep_users {
                true => row.champions.iter().map(name).collect(),
                false => Vec::new(),
            },
            users: row.users.iter().map(|user| self.user(user)).collect(),
            risk: Some(judged::risk(&judged.risk)),
            placement: judged.placement.as_str().to_owned(),
            state: judged.state.as_str().to_owned(),
            decision: self.decision(judged),
            advice: Some(judged::advice(&judged.advice)),
            alternatives: judged::alternatives(judged),
        }
    }

    pub(super) fn name(&self, member: MemberId) -> &str {
        self.people.members().get(member.index()).map_or("", |member| &member.name)
    }

    fn growth(&self, row: &AppRow<'_>) -> Vec<Growth> {
        let step = |(start, bucket): (_, &inventory::Bucket)| Growth {
            start: date(start),
            people: bucket.people,
            new_people: bucket.new_people,
            requests: bucket.requests,
            bytes_up: bucket.bytes_up,
        };
        self.inventory.buckets.starts().zip(&row.growth).map(step).collect()
    }

    fn user(&self, user: &UserRow) -> User {
        let member = self.people.members().get(user.member.index());
        let rule = self.view.rules.get(user.rule);
        User {
            who: self.name(user.member).to_owned(),
            kind: kind(member.map_or(WhoKind::Nobody, |member| member.kind)).to_owned(),
            department: member.and_then(|member| member.department.clone()),
            site: member.and_then(|member| member.site.clone()),
            verdict: user.verdict.as_str().to_owned(),
            rule: rule.map(|rule| rule.id.to_string()).unwrap_or_default(),
            reason: rule.map(|rule| rule.reason.to_string()).unwrap_or_default(),
            requests: user.requests,
            blocked: user.measures.blocked,
            uploads: user.measures.uploads,
            bytes_up: user.bytes_up,
            bytes_down: user.bytes_down,
            active_minutes: user.measures.quarters * 15,
            days: user.measures.days,
            first_seen: shown(user.span.0, &self.frame.zone),
            last_seen: shown(user.span.1, &self.frame.zone),
            tenants: user.tenants.clone(),
            measures: user
                .measures
                .iter()
                .filter(|(_, value)| *value > 0)
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }
}

/// The word for what a name is; nobody has none.
pub(super) fn kind(kind: WhoKind) -> &'static str {
    match kind {
        WhoKind::Person => "person",
        WhoKind::Device => "device",
        WhoKind::Address => "address",
        WhoKind::Nobody => "",
    }
}

fn host(host: &inventory::HostRow<'_>) -> Host {
    Host {
        host: host.host.clone(),
        role: host.hit.role.as_str().to_owned(),
        rule: host.hit.rule.to_owned(),
        source: format!("{}:{}", host.hit.file, host.hit.line),
        people: host.people,
        requests: host.sum.sightings(),
        bytes_up: host.sum.bytes_up,
        bytes_down: host.sum.bytes_down,
    }
}

fn slice(slice: &inventory::Slice) -> Slice {
    Slice {
        name: slice.name.clone(),
        people: slice.people,
        used: slice.used,
        requests: slice.requests,
        uploads: slice.uploads,
        bytes_up: slice.bytes_up,
    }
}

fn tenant((row, kind): (&TenantRow, &TenantKind)) -> Tenant {
    Tenant {
        tenant: row.tenant.clone(),
        kind: kind.as_str().to_owned(),
        people: row.members.len() as u64,
        requests: row.requests,
        bytes_up: row.bytes_up,
    }
}

fn life(life: &inventory::Life) -> Life {
    Life {
        stage: life.stage.as_str().to_owned(),
        reason: life.rule.to_owned(),
        new_people_per_week: life.new_people_per_week,
        half_life_weeks: life.half_life_weeks,
    }
}

/// Rounded to four places.
fn share(some: u64, all: u64) -> f64 {
    (some as f64 / all.max(1) as f64 * 10_000.0).round() / 10_000.0
}
