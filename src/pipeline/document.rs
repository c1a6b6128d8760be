//! From an outcome and a catalog to the report.

use jiff::tz::TimeZone;

use super::{Outcome, Reading};
use crate::catalog::Catalog;
use crate::classify::Classified;
use crate::event::Timestamp;
use crate::inventory::{self, Sum};
use crate::report::document::{
    App, BadRecord, CannotTell, Coverage, Host, Input, Part, Reason, Records, Report, RunnerUp, SCHEMA, Settings, Site,
    Status, Totals, Traffic,
};

/// How many hosts of an uncataloged site are named.
const HOSTS_NAMED: usize = 10;

/// What the report says of how it was made.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// What was asked for.
    pub since: Option<Timestamp>,
    /// See `since`.
    pub until: Option<Timestamp>,
    /// Trouble outside any file.
    pub troubles: Vec<String>,
}

impl Default for Frame {
    fn default() -> Self {
        Frame { zone: TimeZone::UTC, since: None, until: None, troubles: Vec::new() }
    }
}

/// Judges the facts and puts everything into the one document.
pub fn report(outcome: &Outcome, catalog: &Catalog, frame: &Frame) -> Report {
    let classified = Classified::new(catalog, &outcome.facts);
    let inventory = inventory::take(&outcome.facts, &classified);
    let time = |at: Timestamp| shown(at, &frame.zone);
    let apps = inventory
        .apps
        .iter()
        .map(|row| App {
            id: row.app.id().to_owned(),
            name: row.app.name().to_owned(),
            vendor: row.app.vendor().map(str::to_owned),
            category: row.app.category().to_owned(),
            people: row.crowd.people,
            devices: row.crowd.devices,
            touched: row.crowd.touched,
            touched_only: row.touched_only(),
            traffic: traffic(&row.sum, row.crowd.days, &frame.zone),
            active_minutes: row.crowd.quarters * 15,
            evidence: evidence(&row.sum),
            hosts: row
                .hosts
                .iter()
                .map(|host| Host {
                    host: host.host.clone(),
                    role: host.hit.role.as_str().to_owned(),
                    rule: host.hit.rule.to_owned(),
                    source: format!("{}:{}", host.hit.file, host.hit.line),
                    people: host.people,
                    requests: host.sum.sightings(),
                    bytes_up: host.sum.bytes_up,
                    bytes_down: host.sum.bytes_down,
                })
                .collect(),
        })
        .collect();
    let uncataloged = inventory
        .sites
        .iter()
        .map(|row| Site {
            site: row.site.clone(),
            people: row.crowd.people,
            devices: row.crowd.devices,
            traffic: traffic(&row.sum, row.crowd.days, &frame.zone),
            evidence: evidence(&row.sum),
            hosts: row.hosts.iter().take(HOSTS_NAMED).map(|(host, _)| host.clone()).collect(),
            host_count: row.hosts.len() as u64,
        })
        .collect();
    Report {
        schema: SCHEMA.to_owned(),
        generator: concat!("umbrascope ", env!("CARGO_PKG_VERSION")).to_owned(),
        settings: Settings {
            timezone: frame.zone.iana_name().unwrap_or("UTC").to_owned(),
            since: frame.since.map(time),
            until: frame.until.map(time),
            top: None,
            catalog_apps: catalog.len() as u64,
            catalog_digest: catalog.digest(),
        },
        totals: Totals {
            people: inventory.people,
            devices: inventory.devices,
            destinations: outcome.facts.dest_count() as u64,
            facts: outcome.facts.len() as u64,
            challenges: outcome.facts.challenges,
            failures: outcome.facts.failures,
            traffic: traffic(&inventory.total, inventory.days, &frame.zone),
        },
        coverage: Coverage {
            requests: part(inventory.known.sightings(), inventory.total.sightings()),
            bytes: part(inventory.known.bytes(), inventory.total.bytes()),
            people: part(inventory.explained, inventory.people + inventory.devices),
        },
        apps,
        uncataloged,
        inputs: outcome.readings.iter().map(|reading| input(reading, &frame.zone)).collect(),
        troubles: frame.troubles.clone(),
    }
}

/// The account of one file.
pub fn input(reading: &Reading, zone: &TimeZone) -> Input {
    let reasons = |list: Vec<(String, u64)>| {
        let mut list: Vec<Reason> = list.into_iter().map(|(reason, count)| Reason { reason, count }).collect();
        list.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
        list
    };
    let status = match (reading.losses.is_empty(), reading.format) {
        (false, _) => Status::Lost,
        (true, Some(_)) => Status::Read,
        (true, None) => Status::Declined,
    };
    Input {
        path: reading.path.clone(),
        status,
        format: reading.format.map(str::to_owned),
        confidence: reading.score,
        why: reading.why.clone().into_owned(),
        runner_up: reading
            .runner_up
            .map(|second| RunnerUp { format: second.format.to_owned(), confidence: second.score }),
        envelope: Some(reading.envelope.clone()).filter(|envelope| !envelope.is_empty()),
        records: Records {
            total: reading.records,
            event: reading.events,
            identity: reading.identities,
            skipped: reading.skipped_count(),
            bad: reading.bad_count(),
        },
        bytes: reading.bytes,
        first: reading.span.map(|(first, _)| shown(first, zone)),
        last: reading.span.map(|(_, last)| shown(last, zone)),
        skipped: reasons(reading.skipped.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect()),
        bad: reasons(reading.bad.iter().map(|(reason, count)| (reason.clone().into_owned(), *count)).collect()),
        bad_samples: reading
            .samples
            .iter()
            .map(|sample| BadRecord {
                line: sample.line,
                offset: sample.offset,
                reason: sample.reason.clone().into_owned(),
                excerpt: sample.excerpt.clone(),
            })
            .collect(),
        cannot_tell: reading
            .gaps
            .iter()
            .map(|(gap, advice)| CannotTell {
                id: gap.id().to_owned(),
                meaning: gap.meaning().to_owned(),
                advice: advice.map(str::to_owned),
            })
            .collect(),
        losses: reading.losses.clone(),
    }
}

fn traffic(sum: &Sum, days: u64, zone: &TimeZone) -> Traffic {
    Traffic {
        requests: sum.requests,
        lookups: sum.lookups,
        blocked: sum.blocked,
        uploads: sum.uploads,
        bytes_up: sum.bytes_up,
        bytes_down: sum.bytes_down,
        first_seen: sum.span.map(|(first, _)| shown(first, zone)),
        last_seen: sum.span.map(|(_, last)| shown(last, zone)),
        days,
    }
}

fn evidence(sum: &Sum) -> Vec<String> {
    sum.evidence().map(|tier| tier.as_str().to_owned()).collect()
}

fn part(known: u64, total: u64) -> Part {
    let share = (total > 0).then(|| (known as f64 / total as f64 * 10_000.0).round() / 10_000.0);
    Part { known, total, share }
}

/// RFC 3339 in the report's zone, to the second.
fn shown(at: Timestamp, zone: &TimeZone) -> String {
    match jiff::Timestamp::from_second(at.seconds()) {
        Ok(at) if *zone == TimeZone::UTC => at.to_string(),
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        Err(_) => String::new(),
    }
}
