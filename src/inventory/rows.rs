//! Stand-in for the rows of the inventory until they are merged.

use super::{HostRow, SiteRow, Sum};
use crate::catalog::App;
use crate::event::Day;
use crate::people::MemberId;

/// What was found.
pub struct Inventory<'c> {
    /// Apps.
    pub apps: Vec<AppRow<'c>>,
    /// Sites that no app claims.
    pub sites: Vec<SiteRow>,
    /// People.
    pub people: u64,
    /// Devices.
    pub devices: u64,
    /// First and last day.
    pub period: Option<(Day, Day)>,
    /// The steps of growth lines.
    pub buckets: Buckets,
}

/// The steps of growth lines.
#[derive(Debug, Clone, Default)]
pub struct Buckets {
    /// Weeks rather than days.
    pub weekly: bool,
    /// Their first days.
    pub starts: Vec<Day>,
}

/// How an app is used, by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Somebody works with it.
    Used,
    /// Somebody tried it.
    Tried,
    /// Somebody came across it.
    Touched,
    /// No person did.
    Background,
    /// It was stopped.
    Blocked,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 5] =
        [Verdict::Used, Verdict::Tried, Verdict::Touched, Verdict::Background, Verdict::Blocked];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Used => "used",
            Verdict::Tried => "tried",
            Verdict::Touched => "touched",
            Verdict::Background => "background",
            Verdict::Blocked => "blocked",
        }
    }
}

/// One app.
pub struct AppRow<'c> {
    /// What the catalog says.
    pub app: &'c App,
    /// The counts.
    pub sum: Sum,
    /// Its hosts.
    pub hosts: Vec<HostRow<'c>>,
    /// The best of its people.
    pub verdict: Verdict,
    /// Members by verdict.
    pub counts: [u64; 5],
    /// Sorted.
    pub used_by: Vec<MemberId>,
    /// Sorted.
    pub tried_by: Vec<MemberId>,
    /// Most people first.
    pub departments: Vec<Slice>,
    /// People without one.
    pub unknown_department: u64,
    /// Instances.
    pub tenants: Vec<TenantRow>,
    /// One per bucket.
    pub growth: Vec<Bucket>,
    /// Person-quarter-hours.
    pub heat: [[u32; 24]; 7],
    /// Person-quarter-hours in all.
    pub active_quarters: u64,
    /// Those outside office hours.
    pub after_hours: u64,
    /// The stage of life.
    pub life: Option<Life>,
    /// Early adopters who stayed.
    pub champions: Vec<MemberId>,
    /// Requests over plain HTTP.
    pub plain_requests: u64,
    /// People who send content.
    pub uploaders: u64,
    /// Who sent most bytes.
    pub heaviest: Option<(MemberId, u64)>,
}

/// A department's share of an app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slice {
    /// Its name.
    pub name: String,
    /// People who used or tried it.
    pub people: u64,
    /// People who used it.
    pub used: u64,
    /// Requests.
    pub requests: u64,
    /// Bytes sent.
    pub bytes_up: Option<u64>,
    /// Uploads.
    pub uploads: u64,
}

/// One instance of an app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantRow {
    /// The label.
    pub tenant: String,
    /// Sorted.
    pub members: Vec<MemberId>,
    /// Requests.
    pub requests: u64,
    /// Bytes sent.
    pub bytes_up: Option<u64>,
}

/// One step of a growth line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// People.
    pub people: u64,
    /// For the first time.
    pub new_people: u64,
    /// Requests.
    pub requests: u64,
    /// Bytes sent.
    pub bytes_up: Option<u64>,
}

/// How an app fares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    /// The stage.
    pub stage: Stage,
    /// The rule that says so.
    pub rule: &'static str,
    /// How fast it grows.
    pub new_people_per_week: f64,
    /// How fast it fades.
    pub half_life_weeks: Option<f64>,
}

/// A stage of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Just seen.
    New,
    /// Growing.
    Spreading,
    /// Neither.
    Steady,
    /// Shrinking.
    Fading,
    /// Over.
    Gone,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Stage; 5] = [Stage::New, Stage::Spreading, Stage::Steady, Stage::Fading, Stage::Gone];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::Spreading => "spreading",
            Stage::Steady => "steady",
            Stage::Fading => "fading",
            Stage::Gone => "gone",
        }
    }
}
