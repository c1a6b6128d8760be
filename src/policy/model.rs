//! The policy as used: a policy in hand is a correct one.

use std::sync::Arc;

use jiff::civil::Date;

use crate::diag::Source;
use crate::inventory::{OfficeHours, Rules, Stage, Verdict};
use crate::risk;

/// Makes a closed set of words with their names.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $case:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $case),+ }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [$name] = &[$($name::$case),+];
            pub(super) const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word used in policies and in every output.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$case => $word),+ }
            }

            /// The one of that word.
            pub fn from_name(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }
    };
}

words! {
    /// What was decided about an app.
    State {
        /// The company runs or recommends it.
        Sanctioned = "sanctioned",
        /// People may use it, under light rules.
        Tolerated = "tolerated",
        /// People should not use it.
        Unsanctioned = "unsanctioned",
        /// Nobody has decided yet.
        Unreviewed = "unreviewed",
    }
}

words! {
    /// Where an app stands.
    Placement {
        /// IT runs it.
        Core = "core",
        /// People found it, and it may grow under light rules.
        Edge = "edge",
        /// Neither.
        Outside = "outside",
    }
}

words! {
    /// What to do about an app: a ladder, mildest first.
    Action {
        /// Nothing.
        Ignore = "ignore",
        /// Look again next time.
        Watch = "watch",
        /// Talk with the people who use it, or show them something better.
        Teach = "teach",
        /// Bring it in: an owner, a contract, the company's sign-in.
        Adopt = "adopt",
        /// Allow it for named purposes or people only.
        Restrict = "restrict",
        /// Close it, and say what to use instead.
        Block = "block",
    }
}

words! {
    /// How much a finding matters.
    Level {
        /// Good to know.
        Info = "info",
        /// When there is time.
        Low = "low",
        /// This month.
        Medium = "medium",
        /// This week.
        High = "high",
        /// Today.
        Critical = "critical",
    }
}

words! {
    /// Whose instance of an app it is.
    TenantKind {
        /// The company's.
        Own = "own",
        /// A private one.
        Personal = "personal",
        /// That of somebody else: a customer, a partner, or a second one of the company that nobody registered.
        Other = "other",
    }
}

/// What a decision is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// One app, by id.
    App(String),
    /// All apps of a vendor, by its name in lower case.
    Vendor(String),
    /// All apps of a category.
    Category(String),
    /// A destination that no app claims, and everything below it.
    Host(String),
}

impl Subject {
    /// The key of policy files.
    pub fn key(&self) -> &'static str {
        match self {
            Subject::App(_) => "app",
            Subject::Vendor(_) => "vendor",
            Subject::Category(_) => "category",
            Subject::Host(_) => "host",
        }
    }

    /// The id or name.
    pub fn name(&self) -> &str {
        match self {
            Subject::App(name) | Subject::Vendor(name) | Subject::Category(name) | Subject::Host(name) => name,
        }
    }
}

/// A decision that somebody took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What it is about.
    pub subject: Subject,
    /// What was decided.
    pub state: State,
    /// Where that puts it.
    pub placement: Placement,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub date: Option<Date>,
    /// When to think again.
    pub review_by: Option<Date>,
    /// It holds for these only; for all if empty.
    pub departments: Vec<String>,
    /// It holds for these instances only; for all if empty.
    pub tenants: Vec<String>,
    /// Where it stands in the policy, counted from 1.
    pub line: u32,
}

/// What an app must be for a rule to apply: all of it holds. Lists hold if one of them does; empty ones always.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct When {
    /// Ids of apps.
    pub apps: Vec<String>,
    /// Ids of categories.
    pub categories: Vec<String>,
    /// Vendors, in lower case.
    pub vendors: Vec<String>,
    /// What it is used for.
    pub jobs: Vec<String>,
    /// Departments that work with it.
    pub departments: Vec<String>,
    /// Kinds of facts that the catalog knows of it.
    pub facts: Vec<String>,
    /// Whose instances were seen.
    pub tenants: Vec<TenantKind>,
    /// At least this grave.
    pub risk: Option<risk::Level>,
    /// Stages of life.
    pub growth: Vec<Stage>,
    /// How it is used.
    pub verdicts: Vec<Verdict>,
    /// What was decided so far.
    pub states: Vec<State>,
    /// At least so many people work with it.
    pub people: Option<u64>,
    /// At least so many bytes were sent to it.
    pub uploads: Option<u64>,
}

/// What holds for all apps of some sort.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// To which apps it applies.
    pub when: When,
    /// The state of apps that no decision is about.
    pub state: Option<State>,
    /// Their placement.
    pub placement: Option<Placement>,
    /// The advice, instead of that of the program.
    pub advice: Option<Action>,
    /// A finding of this level.
    pub finding: Option<Level>,
    /// Why.
    pub reason: String,
    /// Where it stands in the policy, counted from 1.
    pub line: u32,
}

/// From where on something is a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Bytes that one person sent to one app.
    pub heavy_upload: u64,
    /// Bytes sent to a destination that no app claims.
    pub uncataloged_upload: u64,
    /// People of a spreading app.
    pub spreading_people: u64,
    /// People whom a block stopped.
    pub blocked_people: u64,
    /// Percent of requests over plain HTTP.
    pub plain_http: u64,
    /// Percent of active time outside office hours.
    pub after_hours: u64,
    /// Tools that do the same job.
    pub same_job: u64,
    /// People of an app from which on it is worth bringing in.
    pub adopt_people: u64,
    /// Smaller groups are not named.
    pub min_group: u64,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds {
            heavy_upload: 500_000_000,
            uncataloged_upload: 100_000_000,
            spreading_people: 3,
            blocked_people: 3,
            plain_http: 20,
            after_hours: 50,
            same_job: 3,
            adopt_people: 5,
            min_group: 1,
        }
    }
}

/// An instance of an app that is the company's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTenant {
    /// Of this app only.
    pub app: Option<String>,
    /// Its label, in lower case.
    pub tenant: String,
}

/// What a company has decided about the apps of its people.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) source: Arc<Source>,
    pub(super) digest: u64,
    pub(super) decisions: Vec<Decision>,
    pub(super) rules: Vec<Rule>,
    pub(super) own_tenants: Vec<OwnTenant>,
    pub(super) own_domains: Vec<String>,
    pub(super) customer_departments: Vec<String>,
    pub(super) thresholds: Thresholds,
    pub(super) office_hours: OfficeHours,
    pub(super) weights: risk::Weights,
    pub(super) use_rules: Rules,
}

impl Default for Policy {
    /// Nothing decided, and the thresholds and weights of the program.
    fn default() -> Policy {
        Policy {
            source: Arc::new(Source::new("", "")),
            digest: fingerprint(""),
            decisions: Vec::new(),
            rules: Vec::new(),
            own_tenants: Vec::new(),
            own_domains: Vec::new(),
            customer_departments: Vec::new(),
            thresholds: Thresholds::default(),
            office_hours: OfficeHours::default(),
            weights: risk::Weights::built_in(),
            use_rules: Rules::built_in(),
        }
    }
}

impl Policy {
    /// The text it was read from; empty where there is no policy.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// 16 hexadecimal digits, the same for the same text.
    pub fn digest(&self) -> String {
        format!("{:016x}", self.digest)
    }

    /// Every decision, as written.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Every rule, as written.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// From where on something is a finding.
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// When people are expected to work.
    pub fn office_hours(&self) -> &OfficeHours {
        &self.office_hours
    }

    /// What makes a risk score.
    pub fn weights(&self) -> &risk::Weights {
        &self.weights
    }

    /// What makes use of traffic: the rules of the program with those of the policy laid over them.
    pub fn use_rules(&self) -> &Rules {
        &self.use_rules
    }

    /// The company's domains.
    pub fn own_domains(&self) -> &[String] {
        &self.own_domains
    }

    /// The company's instances.
    pub fn own_tenants(&self) -> &[OwnTenant] {
        &self.own_tenants
    }

    /// Departments that meet customers, in lower case; empty where the policy leaves it to the names.
    pub fn customer_departments(&self) -> &[String] {
        &self.customer_departments
    }
}

/// FNV-1a: tells texts apart, proves nothing.
pub(super) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
