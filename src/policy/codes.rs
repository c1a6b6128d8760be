//! The kinds of findings: codes are stable for ever and never reused.

use std::fmt::Write as _;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingCode(&'static Kind);

/// One kind of finding.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Kind {
    code: &'static str,
    id: &'static str,
    title: &'static str,
    levels: &'static str,
    when: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $id:literal $title:literal, $levels:literal, $when:literal;)+) => {
        impl FindingCode {
            $(#[doc = $title] pub const $name: FindingCode =
                FindingCode(&Kind { code: $code, id: $id, title: $title, levels: $levels, when: $when });)+
            /// Every code, in order.
            pub const ALL: &'static [FindingCode] = &[$(FindingCode::$name),+];
        }
    };
}

codes! {
    PERSONAL_TENANT "U001" "personal-tenant" "Work in private accounts",
        "medium; high with data sent",
        "People use a personal instance of a sanctioned app, or an app whose accounts are personal while a sanctioned one \
         of the same vendor or job exists.";
    OTHER_TENANT "U002" "other-tenant" "Instances of others",
        "low",
        "People use instances of a sanctioned app that `[own]` does not list, although it lists some.";
    HEAVY_UPLOAD "U003" "heavy-upload" "A lot was sent by one person",
        "medium; high if unreviewed or unsanctioned",
        "One person sent at least `heavy-upload` bytes to an app that is not sanctioned.";
    UNCATALOGED_UPLOAD "U004" "uncataloged-upload" "Data went to an unknown place",
        "high",
        "At least `uncataloged-upload` bytes went to a destination that no app claims and no decision allows.";
    SPREADING_UNREVIEWED "U005" "spreading-unreviewed" "Spreads, and nobody has looked at it",
        "medium; high if its risk is high",
        "An unreviewed app spreads and has at least `spreading-people` people.";
    AI_UNREVIEWED "U006" "ai-unreviewed" "AI that nobody has looked at",
        "medium; high with a lot of data sent",
        "People work with AI apps that are unreviewed; told once for all of them.";
    REMOTE_CONTROL "U007" "remote-control" "A way in from outside",
        "medium; high if unsanctioned, or if its risk is high",
        "People use a remote-control app or a tunnel that is not sanctioned.";
    ANONYMIZER "U008" "anonymizer" "Traffic that hides",
        "high",
        "People use anonymizers, throw-away addresses or exchanges between strangers that are not sanctioned.";
    SOCIAL "U009" "customer-facing-social" "Customers are met on social networks",
        "info; low if one of the tools is unreviewed",
        "Departments that meet customers use social networks, consoles or schedulers; told once for all of them.";
    UNSANCTIONED "U010" "unsanctioned-in-use" "In use although the policy says no",
        "medium; high if its risk is high",
        "People work with an app whose state is unsanctioned.";
    BLOCKED_WANTED "U011" "blocked-but-wanted" "Blocked, and wanted",
        "low",
        "At least `blocked-people` people asked for an app that is blocked.";
    PLAIN_HTTP "U012" "plain-http" "Readable on the way",
        "low; medium with data sent",
        "At least `plain-http` percent of the requests to an app in use go over plain HTTP.";
    AFTER_HOURS "U013" "after-hours" "Busy when nobody is in",
        "info; low with a lot of data sent",
        "At least `after-hours` percent of the active time of an unreviewed app lies outside office hours.";
    CONSOLIDATE "U014" "consolidate" "Several tools for one job",
        "low",
        "At least `same-job` tools do the same job for at least `adopt-people` people.";
    OVERDUE "U015" "overdue-review" "A decision is due for review",
        "medium",
        "The `review-by` date of a decision has passed.";
    UNMATCHED "U016" "decision-without-match" "Decisions about nothing that was seen",
        "info",
        "A decision is about nothing in these logs; told once for all of them.";
    BEYOND "U017" "beyond-decision" "Used beyond its decision",
        "low; medium from `adopt-people` on",
        "People of other departments use an app that was decided for some departments only.";
    UNREVIEWED "U018" "unreviewed" "Apps without a decision",
        "info",
        "People work with apps about which nobody has decided; told once for all of them.";
    RULE "U019" "rule" "A rule of the policy",
        "as the rule says",
        "A `[[rule]]` with a `finding` applies to an app.";
}

impl FindingCode {
    /// `U001`.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// `personal-tenant`.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// What a finding of this kind is called.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// When it is found, in a sentence.
    pub fn when(self) -> &'static str {
        self.0.when
    }

    /// The code of that name: `U001`, `u001` or `personal-tenant`.
    pub fn from_name(name: &str) -> Option<FindingCode> {
        FindingCode::ALL.iter().copied().find(|code| code.0.code.eq_ignore_ascii_case(name) || code.0.id == name)
    }
}

/// The kinds of findings as a Markdown table, as it stands in `docs/findings.md`.
pub fn table() -> String {
    let mut out = String::from("| code | id | level | when |\n|---|---|---|---|\n");
    for code in FindingCode::ALL {
        let Kind { code, id, levels, when, .. } = code.0;
        let _ = writeln!(out, "| `{code}` | `{id}` | {levels} | {when} |");
    }
    out
}
