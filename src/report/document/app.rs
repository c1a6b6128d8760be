//! One app in the report, with everything that is known of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Traffic;

/// One app of the inventory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct App {
    /// The catalog's id: stable for ever.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its maker.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub vendor: Option<String>,
    /// The catalog's category.
    pub category: String,
    /// The category's name.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub category_name: String,
    /// What it is used for: apps of one job can stand in for each other.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub job: Option<String>,
    /// `used`, `tried`, `touched`, `background` or `blocked`: the strongest verdict on anybody.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub verdict: String,
    /// The rule that decided for most of those people.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub rule: String,
    /// What that rule says.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub reason: String,
    /// People and devices by verdict.
    #[serde(default)]
    pub verdicts: Verdicts,
    /// People who reached a host where one works, not only an embedded or background one.
    pub people: u64,
    /// The same for clients without a person.
    pub devices: u64,
    /// People and devices seen only with pixels, widgets, content networks or telemetry of this app, or only blocked.
    pub touched: u64,
    /// Nobody used or tried it.
    pub touched_only: bool,
    /// The counts.
    #[serde(flatten)]
    pub traffic: Traffic,
    /// Minutes in which somebody was active, by quarter-hours, summed over people and devices.
    pub active_minutes: u64,
    /// How it is known, strongest tier first.
    pub evidence: Vec<String>,
    /// The hosts that were seen, busiest first.
    pub hosts: Vec<Host>,
    /// By department of the directory, most people first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub departments: Vec<Slice>,
    /// People and devices who worked with it and whose department is not known.
    #[serde(default)]
    pub unknown_department: u64,
    /// By site of the directory, most people first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub locations: Vec<Slice>,
    /// Instances of the app, most people first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tenants: Vec<Tenant>,
    /// A point for each step of the period; empty for what nobody worked with.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub growth: Vec<Growth>,
    /// Quarter-hours of work, summed over people and devices, by weekday (Monday first) and hour of the report's zone; empty
    /// for what nobody worked with.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub heat: Vec<Vec<u32>>,
    /// The part of those quarter-hours that lies outside office hours, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after_hours_share: Option<f64>,
    /// Where it stands in its life; absent for periods shorter than a week.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub life: Option<Life>,
    /// Early adopters who still use it.
    #[serde(default)]
    pub champions: u64,
    /// Their names, where names were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub champion_names: Vec<String>,
    /// Who, where names were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub users: Vec<User>,
    /// The explained risk.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub risk: Option<Risk>,
    /// `core`, `edge` or `outside`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub placement: String,
    /// `sanctioned`, `tolerated`, `unsanctioned` or `unreviewed`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub state: String,
    /// The decision that says so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decision: Option<Decision>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advice: Option<Advice>,
    /// Apps that do the same job, sanctioned and seen ones first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub alternatives: Vec<Alternative>,
}

/// Counts by verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdicts {
    /// Worked with.
    pub used: u64,
    /// A few short visits.
    pub tried: u64,
    /// Pixels, brochures, one link.
    pub touched: u64,
    /// A program did it by itself.
    pub background: u64,
    /// Wanted and stopped.
    pub blocked: u64,
}

/// What people of one department, or at one site, did with an app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Slice {
    /// The department or site.
    pub name: String,
    /// People and devices who worked with it.
    pub people: u64,
    /// Of these, who used it.
    pub used: u64,
    /// Visits and look-ups.
    pub requests: u64,
    /// Requests that send content.
    pub uploads: u64,
    /// Bytes sent, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_up: Option<u64>,
}

/// An instance of an app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tenant {
    /// The label in the host: `contoso`.
    pub tenant: String,
    /// `own` (the policy lists it), `personal` (the catalog says so) or `other`.
    pub kind: String,
    /// People and devices.
    pub people: u64,
    /// Visits and look-ups.
    pub requests: u64,
    /// Bytes sent, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_up: Option<u64>,
}

/// One step of a growth line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Growth {
    /// The day on which the step begins.
    pub start: String,
    /// People and devices who worked with it.
    pub people: u64,
    /// Who did so for the first time in these logs.
    pub new_people: u64,
    /// Visits and look-ups.
    pub requests: u64,
    /// Bytes sent, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_up: Option<u64>,
}

/// Where an app stands in its life.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Life {
    /// `new`, `spreading`, `steady`, `fading` or `gone`.
    pub stage: String,
    /// The rule, in a sentence.
    pub reason: String,
    /// People who start with it per week, over the last half of the period.
    pub new_people_per_week: f64,
    /// Weeks after which half of its people have gone, if it loses people.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub half_life_weeks: Option<f64>,
}

/// One person or device and one app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// Login, device name or address.
    pub who: String,
    /// `person`, `device` or `address`.
    pub kind: String,
    /// By the directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub department: Option<String>,
    /// By the directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub site: Option<String>,
    /// The verdict.
    pub verdict: String,
    /// The rule that decided.
    pub rule: String,
    /// What that rule says.
    pub reason: String,
    /// Visits and look-ups, stopped ones included.
    pub requests: u64,
    /// Visits and look-ups that were stopped.
    pub blocked: u64,
    /// Requests that send content.
    pub uploads: u64,
    /// Bytes sent, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_up: Option<u64>,
    /// Bytes received, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_down: Option<u64>,
    /// Minutes of work, by quarter-hours.
    pub active_minutes: u64,
    /// UTC days with work.
    pub days: u64,
    /// The first sighting.
    pub first_seen: String,
    /// The last sighting.
    pub last_seen: String,
    /// Instances of the app.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tenants: Vec<String>,
    /// What the rule looked at, by the names that rules use; what is 0 is left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub measures: BTreeMap<String, u64>,
}

/// A risk that is the sum of its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Risk {
    /// 0 to 100.
    pub score: u8,
    /// The least it would be if everything unknown were good.
    pub low: u8,
    /// The most it would be if everything unknown were bad.
    pub high: u8,
    /// `low`, `medium`, `high` or `critical`.
    pub level: String,
    /// What it is made of.
    pub parts: Vec<RiskPart>,
}

/// One part of a risk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RiskPart {
    /// Its name: stable.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What it adds; less than zero where it makes the app safer.
    pub points: i32,
    /// The least it could add.
    pub low: i32,
    /// The most it could add.
    pub high: i32,
    /// What was seen, or what is known, or that it is not known.
    pub text: String,
    /// Where the catalog has it from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
    /// As of when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub as_of: Option<String>,
}

/// A decision of the policy that holds for an app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<String>,
    /// Why it was taken.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// When, as a day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<String>,
    /// When to look again, as a day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub review_by: Option<String>,
    /// Holds for these departments only.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub departments: Vec<String>,
    /// Holds for these instances only.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tenants: Vec<String>,
    /// Where it stands: file and line.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub source: String,
}

/// What to do about an app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Advice {
    /// `ignore`, `watch`, `teach`, `adopt`, `restrict` or `block`.
    pub action: String,
    /// Why, in sentences.
    pub reasons: Vec<String>,
    /// A sanctioned app that does the same job.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alternative: Option<Named>,
}

/// An app by its id and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// The catalog's id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// An app that does the same job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// The catalog's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The policy sanctions it.
    pub sanctioned: bool,
    /// People and devices of these logs who use it.
    pub people: u64,
}

/// A host of an app, with the proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    /// The host, or host and path prefix where the catalog splits by path.
    pub host: String,
    /// The host's role in the app.
    pub role: String,
    /// The words of the catalog that matched.
    pub rule: String,
    /// Where they stand: file and line.
    pub source: String,
    /// People and devices.
    pub people: u64,
    /// Visits and look-ups.
    pub requests: u64,
    /// Bytes sent, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_up: Option<u64>,
    /// Bytes received, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_down: Option<u64>,
}
