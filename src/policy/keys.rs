//! Every section and key of a policy, with what it may hold: the reader, the schema and the documentation go by these.

use super::model::{Action, Level, Placement, State, TenantKind};

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// What it means, in a clause.
    pub about: &'static str,
    /// It must be there.
    pub required: bool,
}

/// What a key may hold.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text.
    Text,
    /// A list of texts; a single one stands for a list of one.
    Texts,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Some of these words.
    Words(&'static [&'static str]),
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A size: a number of bytes, or a text such as `500 MB`.
    Bytes,
    /// A whole number, 1 or more.
    Count,
    /// 0 to 100.
    Percent,
    /// A table with these keys.
    Table(&'static [Key]),
}

/// A section.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// Many tables (`[[name]]`), not one (`[name]`).
    pub many: bool,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// Its keys; empty where another room reads them.
    pub keys: &'static [Key],
}

/// Days of the week in their order.
pub(super) const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const RISKS: &[&str] = &["low", "medium", "high", "critical"];
const STAGES: &[&str] = &["new", "spreading", "steady", "fading", "gone"];
const VERDICTS: &[&str] = &["used", "tried", "touched", "background", "blocked"];
/// What can be decided; that nothing is decided is said by not deciding.
const DECIDED: &[&str] = &["sanctioned", "tolerated", "unsanctioned"];

/// Every section.
pub const SECTIONS: &[Section] = &[
    Section { name: "own", many: false, about: "What is the company's own.", keys: OWN },
    Section {
        name: "office-hours",
        many: false,
        about: "When people are expected to work, in the report's time zone.",
        keys: OFFICE_HOURS,
    },
    Section { name: "thresholds", many: false, about: "From where on something is a finding.", keys: THRESHOLDS },
    Section { name: "social", many: false, about: "Who meets customers.", keys: SOCIAL },
    Section {
        name: "decision",
        many: true,
        about: "What was decided about an app, a category, a vendor or a host. The narrowest decision counts.",
        keys: DECISION,
    },
    Section {
        name: "rule",
        many: true,
        about: "What holds for all apps of some sort. Decisions are stronger; of two rules the first counts.",
        keys: RULE,
    },
    Section {
        name: "risk",
        many: false,
        about: "Points of the risk score: `[risk.mfa] none = 12`, `[risk.levels] high = 60`, `[risk.hq] US = 5`.",
        keys: &[],
    },
    Section { name: "use", many: true, about: "Changes to the rules that tell use from touch.", keys: &[] },
];

const OWN: &[Key] = &[
    key("tenants", Kind::Texts, "the company's instances: `contoso` in any app, `slack:contoso` in one"),
    key("domains", Kind::Texts, "the company's domains; an instance of that name is its own, too"),
];

const OFFICE_HOURS: &[Key] = &[
    key("from", Kind::Time, "when work begins, such as `07:00`"),
    key("to", Kind::Time, "when work ends, such as `19:00`"),
    key("weekdays", Kind::Words(WEEKDAYS), "days of work"),
];

const SOCIAL: &[Key] =
    &[key("customer-departments", Kind::Texts, "departments that meet customers, instead of telling by their names")];

/// The names under which [`super::Thresholds`] are set.
const THRESHOLDS: &[Key] = &[
    key("heavy-upload", Kind::Bytes, "what one person sent to one app; 500 MB"),
    key("uncataloged-upload", Kind::Bytes, "what was sent to a destination that no app claims; 100 MB"),
    key("spreading-people", Kind::Count, "people who work with an app that spreads; 3"),
    key("blocked-people", Kind::Count, "people whom a block stopped; 3"),
    key("plain-http", Kind::Percent, "requests over plain HTTP; 20"),
    key("after-hours", Kind::Percent, "active time outside office hours; 50"),
    key("same-job", Kind::Count, "tools that do the same job; 3"),
    key("adopt-people", Kind::Count, "people from whom on an app is worth bringing in; 5"),
    key("min-group", Kind::Count, "departments with fewer people are not named; 1"),
];

const DECISION: &[Key] = &[
    key("app", Kind::Text, "id of an app; `umbrascope catalog list` knows them"),
    key("category", Kind::Text, "id of a category"),
    key("vendor", Kind::Text, "a vendor as the catalog writes it"),
    key("host", Kind::Text, "a destination that the catalog does not know, and everything below it"),
    Key { required: true, ..key("state", Kind::Word(DECIDED), "what was decided") },
    key("placement", Kind::Word(Placement::WORDS), "core if sanctioned, edge if tolerated, outside if not"),
    key("owner", Kind::Text, "who answers for it"),
    Key { required: true, ..key("reason", Kind::Text, "why") },
    key("date", Kind::Date, "when it was decided"),
    key("review-by", Kind::Date, "when to think again; overdue reviews are findings"),
    key("departments", Kind::Texts, "it holds for these only"),
    key("tenants", Kind::Texts, "it holds for these instances only"),
];

const RULE: &[Key] = &[
    key("id", Kind::Text, "a name to speak of it"),
    Key { required: true, ..key("when", Kind::Table(WHEN), "to which apps it applies") },
    key("state", Kind::Word(DECIDED), "their state, if no decision is about them"),
    key("placement", Kind::Word(Placement::WORDS), "where they stand"),
    key("advice", Kind::Word(Action::WORDS), "what to do about them"),
    key("finding", Kind::Word(Level::WORDS), "each is a finding of this level"),
    Key { required: true, ..key("reason", Kind::Text, "why") },
];

const WHEN: &[Key] = &[
    key("app", Kind::Texts, "ids of apps"),
    key("category", Kind::Texts, "ids of categories"),
    key("vendor", Kind::Texts, "vendors"),
    key("job", Kind::Texts, "what they are used for"),
    key("department", Kind::Texts, "departments that work with them"),
    key("fact", Kind::Texts, "kinds of facts, such as `remote-control`"),
    key("tenant", Kind::Words(TenantKind::WORDS), "whose instances were seen"),
    key("risk", Kind::Word(RISKS), "at least this grave"),
    key("growth", Kind::Words(STAGES), "stages of life"),
    key("verdict", Kind::Words(VERDICTS), "how they are used"),
    key("state", Kind::Words(State::WORDS), "what was decided so far"),
    key("people", Kind::Count, "at least so many people work with them"),
    key("uploads", Kind::Bytes, "at least so much was sent to them"),
];

const fn key(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, about, required: false }
}

/// What a kind holds, for a message.
pub(super) fn told(kind: Kind) -> String {
    match kind {
        Kind::Text => "a text between quotes".to_owned(),
        Kind::Texts => "a list of texts".to_owned(),
        Kind::Word(words) => format!("one of {}", words.join(", ")),
        Kind::Words(words) => format!("some of {}", words.join(", ")),
        Kind::Date => "a date such as 2026-12-31".to_owned(),
        Kind::Time => "a time of day such as `07:00`".to_owned(),
        Kind::Bytes => "a size such as `500 MB`, or a number of bytes".to_owned(),
        Kind::Count => "a whole number, 1 or more".to_owned(),
        Kind::Percent => "a whole number of percent, 0 to 100".to_owned(),
        Kind::Table(_) => "a table, such as `{ category = \"file-sharing\" }`".to_owned(),
    }
}
