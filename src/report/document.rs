//! The report as data. The only serialized shape besides the store's, and a promise: fields are added, never changed.
//!
//! Counts are exact integers, byte counts are bytes, instants are RFC 3339 in the report's time zone, shares are fractions
//! between 0 and 1. What is not known is absent.

mod app;
mod judged;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use app::{
    Advice, Alternative, App, Decision, Growth, Host, Life, Named, Risk, RiskPart, Slice, Tenant, User, Verdicts,
};
pub use judged::{
    Collaboration, Department, DepartmentApp, Edge, Finding, Job, Network, Overlap, Person, Social, Tool, Unit,
};

/// The name and version of this shape.
pub const SCHEMA: &str = "umbrascope.report/1";

/// An inventory of apps, with the account of how it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The name and version of this shape: `umbrascope.report/1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The program and its version.
    pub generator: String,
    /// What was asked for, so that a report can be challenged.
    pub settings: Settings,
    /// The whole of what was read.
    pub totals: Totals,
    /// How much of it the catalog explains.
    pub coverage: Coverage,
    /// Apps: used ones first, then tried, touched, background and blocked ones; among these, most people first.
    pub apps: Vec<App>,
    /// What deserves a look, gravest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub findings: Vec<Finding>,
    /// By department of the directory, most active people first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub departments: Vec<Department>,
    /// By site of the directory, most active people first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub locations: Vec<Department>,
    /// Everybody, where names were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub people: Vec<Person>,
    /// Where people meet customers, and where they spend their breaks.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub social: Option<Social>,
    /// Tools that do the same job.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub collaboration: Option<Collaboration>,
    /// What people found by themselves and what spreads.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub edge: Vec<Edge>,
    /// Destinations that no app claims, by site; those with most people or most bytes sent first.
    pub uncataloged: Vec<Site>,
    /// What was read, in order of path.
    pub inputs: Vec<Input>,
    /// Paths that could not be read at all, and other trouble outside a file.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub troubles: Vec<String>,
}

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// IANA name of the zone in which times are shown and in which times without a zone were read.
    pub timezone: String,
    /// Only events from this instant on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<String>,
    /// Only events before this instant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<String>,
    /// The lists of apps and of uncataloged destinations stop after so many; totals and coverage do not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub top: Option<u64>,
    /// Apps in the catalog that judged.
    pub catalog_apps: u64,
    /// Its fingerprint: the same catalog has the same one.
    pub catalog_digest: String,
    /// The first and the last UTC day with a fact.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub period: Option<Period>,
    /// The step of growth lines: `day`, or `week` (ISO weeks, from Monday) for more than two months.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub bucket: String,
    /// People are named.
    #[serde(default)]
    pub names: bool,
    /// When people are expected to work.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub office_hours: Option<OfficeHours>,
    /// The directory of people, if there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub directory: Option<Directory>,
    /// The policy, if there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<Policy>,
}

/// From day to day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// The first day, `2026-03-09`.
    pub first: String,
    /// The last day.
    pub last: String,
}

/// When people are expected to work, by the clock of the report's zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfficeHours {
    /// `07:00`.
    pub from: String,
    /// `19:00`.
    pub to: String,
    /// 1 is Monday.
    pub weekdays: Vec<u8>,
}

/// What the directory of people did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Directory {
    /// Its rows.
    pub rows: u64,
    /// People and devices of the logs whom it knows.
    pub matched: u64,
    /// Those whom it does not know.
    pub unmatched: u64,
}

/// Which policy judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// Its file.
    pub path: String,
    /// Its fingerprint: the same text has the same one.
    pub digest: String,
    /// Its decisions.
    pub decisions: u64,
}

/// Sums over everything that was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Distinct people named.
    pub people: u64,
    /// Distinct clients without a person: devices and addresses.
    pub devices: u64,
    /// Distinct destinations.
    pub destinations: u64,
    /// Facts: (day, destination, who) with something to tell.
    pub facts: u64,
    /// Sign-in challenges (407 and the like): neither use nor block, and in no other count.
    pub challenges: u64,
    /// Requests that failed before anything was transferred; in no other count.
    pub failures: u64,
    /// Apps by verdict.
    #[serde(default)]
    pub apps: Verdicts,
    /// The counts.
    #[serde(flatten)]
    pub traffic: Traffic,
}

/// Counts that apps, sites and totals have in common.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Traffic {
    /// Visits: requests, tunnels and sessions, blocked ones included. DNS look-ups are not among them.
    pub requests: u64,
    /// DNS look-ups.
    pub lookups: u64,
    /// Visits and look-ups that the device stopped.
    pub blocked: u64,
    /// Requests that send content: POST, PUT, PATCH.
    pub uploads: u64,
    /// Client to server, where any log told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_up: Option<u64>,
    /// Server to client, where any log told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_down: Option<u64>,
    /// The first sighting.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_seen: Option<String>,
    /// The last sighting.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_seen: Option<String>,
    /// UTC days with a sighting.
    pub days: u64,
}

/// How much the catalog explains.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Visits and look-ups.
    pub requests: Part,
    /// Bytes in both directions, as far as known.
    pub bytes: Part,
    /// People and devices seen with at least one cataloged app.
    pub people: Part,
    /// Sightings that the logs know by address only: those that got a name by a join. Absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub names: Option<Part>,
}

/// A part of a whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// Explained by the catalog.
    pub known: u64,
    /// All.
    pub total: u64,
    /// `known / total`, rounded to four places; absent when there is nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub share: Option<f64>,
}

/// A destination that no app claims, gathered by registrable domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Site {
    /// Registrable domain by the Public Suffix List, or an address.
    pub site: String,
    /// People.
    pub people: u64,
    /// Clients without a person.
    pub devices: u64,
    /// The counts.
    #[serde(flatten)]
    pub traffic: Traffic,
    /// How it is known, strongest tier first.
    pub evidence: Vec<String>,
    /// Up to ten hosts, busiest first.
    pub hosts: Vec<String>,
    /// How many hosts there are.
    pub host_count: u64,
}

/// The account of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// The path as named or found; `archive:member` inside archives.
    pub path: String,
    /// What became of it: `read`, `declined` (no traffic log), `lost` (could not be read to its end).
    pub status: Status,
    /// The format's id; absent when declined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<String>,
    /// 0 to 100.
    pub confidence: u8,
    /// The evidence for the format, or the reason for declining.
    pub why: String,
    /// The next best guess.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub runner_up: Option<RunnerUp>,
    /// Layers around each record (`RFC 5424 syslog`); absent for bare records.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub envelope: Option<String>,
    /// The count of records; they add up.
    pub records: Records,
    /// Decoded bytes that were read.
    pub bytes: u64,
    /// Earliest event.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first: Option<String>,
    /// Latest event.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<String>,
    /// Why records were skipped, by count.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub skipped: Vec<Reason>,
    /// Why records were bad, by count.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub bad: Vec<Reason>,
    /// The first few bad records.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub bad_samples: Vec<BadRecord>,
    /// What this log cannot tell, with the device setting that would add it.
    pub cannot_tell: Vec<CannotTell>,
    /// What was lost: a truncated archive, a read error.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub losses: Vec<String>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "told at Input::status")]
pub enum Status {
    Read,
    Declined,
    Lost,
}

impl Status {
    /// The word used in every output.
    pub fn id(self) -> &'static str {
        match self {
            Status::Read => "read",
            Status::Declined => "declined",
            Status::Lost => "lost",
        }
    }
}

/// The second guess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunnerUp {
    /// Format id.
    pub format: String,
    /// 0 to 100.
    pub confidence: u8,
}

/// total = event + identity + skipped + bad.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "told by their names and the sum")]
pub struct Records {
    pub total: u64,
    pub event: u64,
    /// Who was at which address.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub identity: u64,
    pub skipped: u64,
    pub bad: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A reason and how often it applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "told by their names")]
pub struct Reason {
    pub reason: String,
    pub count: u64,
}

/// A bad record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BadRecord {
    /// 1-based line.
    pub line: u64,
    /// 0-based byte offset of the record in the decoded file.
    pub offset: u64,
    /// Why.
    pub reason: String,
    /// The beginning of the record, cleaned.
    pub excerpt: String,
}

/// Something that a log cannot tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CannotTell {
    /// `user`, `bytes-up`, ...
    pub id: String,
    /// What it means.
    pub meaning: String,
    /// The device setting that would add it, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advice: Option<String>,
}
