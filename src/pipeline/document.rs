//! From an outcome and a catalog to the report.

mod account;
mod apps;
mod judged;
mod people;

use jiff::tz::TimeZone;

use super::Outcome;
use crate::catalog::Catalog;
use crate::classify::Classified;
use crate::event::{Day, Timestamp};
use crate::inventory::{self, Inventory, SiteRow, Sum, Verdict, View};
use crate::people::{Account, People};
use crate::policy::{self, Judgement, Policy};
use crate::report::document::{
    Coverage, Directory, OfficeHours, Part, Period, Report, SCHEMA, Settings, Site, Totals, Traffic, Verdicts,
};

pub use account::input;

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
    /// People are named.
    pub names: bool,
    /// What was decided, and by which rules everything is judged.
    pub policy: Policy,
    /// The day on which reviews are due or not; none: the day after the last event.
    pub today: Option<jiff::civil::Date>,
}

impl Default for Frame {
    fn default() -> Self {
        Frame {
            zone: TimeZone::UTC,
            since: None,
            until: None,
            troubles: Vec::new(),
            names: false,
            policy: Policy::default(),
            today: None,
        }
    }
}

/// Judges the facts and puts everything into the one document.
pub fn report(outcome: &Outcome, catalog: &Catalog, people: &People, frame: &Frame) -> Report {
    judge(outcome, catalog, people, frame).0
}

/// The document, and what the policy made of the inventory.
pub fn judge(outcome: &Outcome, catalog: &Catalog, people: &People, frame: &Frame) -> (Report, Judgement) {
    let facts = &outcome.facts;
    let classified = Classified::new(catalog, facts);
    let view = View {
        rules: frame.policy.use_rules().clone(),
        zone: frame.zone.clone(),
        office: frame.policy.office_hours().clone(),
        keep_users: frame.names,
    };
    let inventory = inventory::take(facts, &classified, people, &view);
    let today = frame.today.or_else(|| day_after(inventory.total.span?.1, &frame.zone));
    let judgement = policy::judge(&inventory, people, &frame.policy, catalog, today);
    let writer = Writer { catalog, frame, view: &view, people, inventory: &inventory, judgement: &judgement };
    let report = writer.report(outcome);
    (report, judgement)
}

/// The day after an instant, by the clock of a zone.
fn day_after(at: Timestamp, zone: &TimeZone) -> Option<jiff::civil::Date> {
    let at = jiff::Timestamp::from_second(at.seconds()).ok()?;
    zone.to_datetime(at).date().tomorrow().ok()
}

impl Writer<'_> {
    fn report(&self, outcome: &Outcome) -> Report {
        let Writer { catalog, frame, view, people, inventory, judgement } = self;
        let facts = &outcome.facts;
        let mut verdicts = [0; 5];
        inventory.apps.iter().for_each(|row| verdicts[row.verdict as usize] += 1);
        let time = |at: Timestamp| shown(at, &frame.zone);
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
                period: inventory.period.map(|(first, last)| Period { first: date(first), last: date(last) }),
                bucket: if inventory.buckets.weekly { "week" } else { "day" }.to_owned(),
                names: view.keep_users,
                office_hours: Some(office(&view.office)),
                directory: directory(&people.account()),
                policy: judged::policy(&frame.policy),
            },
            totals: Totals {
                people: inventory.people,
                devices: inventory.devices,
                destinations: facts.dest_count() as u64,
                facts: facts.len() as u64,
                challenges: facts.challenges,
                failures: facts.failures,
                apps: by_verdict(verdicts),
                traffic: traffic(&inventory.total, inventory.days, &frame.zone),
            },
            coverage: Coverage {
                requests: part(inventory.known.sightings(), inventory.total.sightings()),
                bytes: part(inventory.known.bytes(), inventory.total.bytes()),
                people: part(inventory.explained, inventory.people + inventory.devices),
                names: Some(part(outcome.joins.named().sightings, outcome.joins.all().sightings))
                    .filter(|part| part.total > 0),
            },
            apps: inventory.apps.iter().zip(&judgement.apps).map(|(row, judged)| self.app(row, judged)).collect(),
            findings: judged::findings(judgement),
            departments: self.departments(
                |row| &row.departments,
                |member| member.department.as_deref(),
                &people.headcount().departments,
            ),
            locations: self.departments(
                |row| &row.locations,
                |member| member.site.as_deref(),
                &people.headcount().sites,
            ),
            people: self.everybody(),
            social: judged::social(&judgement.social),
            collaboration: judged::collaboration(&judgement.collaboration),
            edge: judged::edge(&judgement.edge),
            uncataloged: inventory.sites.iter().map(|row| site(row, &frame.zone)).collect(),
            inputs: outcome.readings.iter().map(|reading| input(reading, &frame.zone)).collect(),
            troubles: frame.troubles.clone(),
        }
    }
}

/// What rows are written from.
struct Writer<'a> {
    catalog: &'a Catalog,
    frame: &'a Frame,
    view: &'a View,
    people: &'a People,
    inventory: &'a Inventory<'a>,
    judgement: &'a Judgement,
}

fn site(row: &SiteRow, zone: &TimeZone) -> Site {
    Site {
        site: row.site.clone(),
        people: row.crowd.people,
        devices: row.crowd.devices,
        traffic: traffic(&row.sum, row.crowd.days, zone),
        evidence: evidence(&row.sum),
        hosts: row.hosts.iter().take(HOSTS_NAMED).map(|(host, _)| host.clone()).collect(),
        host_count: row.hosts.len() as u64,
    }
}

/// What a directory did. Without one it has no rows.
fn directory(account: &Account) -> Option<Directory> {
    let Account { rows, matched, unmatched, .. } = *account;
    (rows > 0).then_some(Directory { rows, matched, unmatched })
}

fn office(office: &inventory::OfficeHours) -> OfficeHours {
    let hour = |hour: u8| format!("{hour:02}:00");
    let weekdays = office.weekdays.iter().zip(1..).filter(|(works, _)| **works).map(|(_, day)| day).collect();
    OfficeHours { from: hour(office.hours.start), to: hour(office.hours.end), weekdays }
}

fn by_verdict(counts: [u64; 5]) -> Verdicts {
    let count = |verdict: Verdict| counts[verdict as usize];
    Verdicts {
        used: count(Verdict::Used),
        tried: count(Verdict::Tried),
        touched: count(Verdict::Touched),
        background: count(Verdict::Background),
        blocked: count(Verdict::Blocked),
    }
}

/// A day as `2026-03-09`.
fn date(day: Day) -> String {
    match jiff::Timestamp::from_second(day.start().seconds()) {
        Ok(at) => at.to_zoned(TimeZone::UTC).date().to_string(),
        Err(_) => String::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_reviews_comes_from_the_logs() {
        // The last second of 20 March in UTC is the morning of the 21st in Auckland.
        let last = Timestamp(1_774_051_199_000);
        assert_eq!(day_after(last, &TimeZone::UTC), Some(jiff::civil::date(2026, 3, 21)));
        let auckland = TimeZone::get("Pacific/Auckland").unwrap();
        assert_eq!(day_after(last, &auckland), Some(jiff::civil::date(2026, 3, 22)));
    }
}
