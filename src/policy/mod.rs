//! What a company has decided about the apps of its people, and what follows from it.
//!
//! A [`Policy`] is a TOML file kept in Git: decisions with an owner, a reason and a date, rules, thresholds, the company's
//! own tenants. [`Policy::parse`] holds it against the catalog and tells everything that is wrong at once.
//!
//! ```
//! use umbrascope::catalog::Catalog;
//! use umbrascope::policy::{Placement, Policy};
//!
//! let text = r#"
//! [[decision]]
//! app = "slack"
//! state = "sanctioned"
//! reason = "the company's chat"
//! "#;
//! let policy = Policy::parse("policy.toml", text, &Catalog::built_in()).unwrap();
//! assert_eq!(policy.decisions()[0].placement, Placement::Core);
//!
//! let problems = Policy::parse("policy.toml", &text.replace("slack", "slakc"), &Catalog::built_in()).unwrap_err();
//! assert_eq!(problems[0].advice(), Some("did you mean `slack`?"));
//! ```

mod advice;
mod codes;
mod collaboration;
mod diags;
mod edge;
mod findings;
mod gate;
mod judge;
mod keys;
mod kinds;
mod model;
mod parse;
mod raw;
mod schema;
mod social;
mod state;
mod whole;

pub use advice::Advice;
pub use codes::{FindingCode, table as findings_table};
pub use collaboration::{Collaboration, Job, Overlap, Tool};
pub use diags::{Code, Problem};
pub use edge::EdgeRow;
pub use findings::Finding;
pub use gate::FailOn;
pub use judge::{Alternative, Judged, Judgement, judge, worst};
pub use keys::{Key, Kind, SECTIONS, Section};
pub use kinds::job_of;
pub use model::{
    Action, Decision, Level, OwnTenant, Placement, Policy, Rule, State, Subject, TenantKind, Thresholds, When,
};
pub use schema::{keys_table, schema};
pub use social::{Kind as SocialKind, Network, Purpose, Social};

/// A policy to begin with: every section with an example, all of it commented out.
pub const STARTER: &str = include_str!("starter.toml");

#[cfg(test)]
mod tests;
