//! Policies as they are written, right and wrong.

use super::*;
use crate::catalog::Catalog;
use crate::diag::{Style, render};
use crate::risk;

fn parse(text: &str) -> Result<Policy, String> {
    Policy::parse("policy.toml", text, &Catalog::built_in())
        .map_err(|problems| render(&problems, Style::Plain).lines().map(|line| format!("{line}\n")).collect())
}

const RICH: &str = r#"
[own]
tenants = ["Contoso", "slack:contoso-de"]
domains = ["contoso.example"]

[office-hours]
from = "8:00"
to = 18:00:00
weekdays = ["mon", "tue"]

[thresholds]
heavy-upload = "2 GB"
after-hours = "40%"
min-group = 3

[social]
customer-departments = ["Vertrieb"]

[[decision]]
app = "slack"
state = "sanctioned"
owner = "it@contoso.example"
reason = "the company's chat"
date = 2026-01-15
review-by = "2027-01-15"
tenants = ["contoso-de"]

[[decision]]
vendor = "dropbox, inc."
state = "tolerated"
reason = "until the share is ready"
departments = ["Design", "Sales"]

[[decision]]
host = "Files.Quickparcel.example"
state = "unsanctioned"
reason = "nobody knows who runs it"

[[rule]]
id = "remote"
when = { fact = "remote-control", people = 2 }
advice = "restrict"
finding = "high"
reason = "a way in"

[risk.mfa]
none = 12
[risk.hq]
RU = 15
"#;

#[test]
fn a_rich_policy_is_read_whole() {
    let policy = parse(RICH).unwrap();
    assert_eq!(policy.own_tenants()[1], OwnTenant { app: Some("slack".into()), tenant: "contoso-de".into() });
    assert_eq!(policy.own_tenants()[0].tenant, "contoso");
    let hours = policy.office_hours();
    assert_eq!((hours.hours.clone(), hours.weekdays), (8..18, [true, true, false, false, false, false, false]));
    assert_eq!((policy.thresholds().heavy_upload, policy.thresholds().after_hours), (2_000_000_000, 40));
    assert_eq!(policy.thresholds().same_job, Thresholds::default().same_job);
    let decisions = policy.decisions();
    assert_eq!(decisions[0].review_by, Some(jiff::civil::date(2027, 1, 15)));
    assert_eq!((decisions[1].placement, decisions[1].departments.len()), (Placement::Edge, 2));
    assert_eq!(decisions[2].subject, Subject::Host("files.quickparcel.example".into()));
    assert_eq!(RICH.lines().nth(decisions[2].line as usize - 1), Some("[[decision]]"));
    assert_eq!(policy.rules()[0].when.people, Some(2));
    assert_eq!(policy.weights().part("mfa").map(|part| part.points("none")), Some(12));
    assert_ne!(policy.digest(), Policy::default().digest());
    assert_eq!(policy.weights().level(60), risk::Level::High);
}

#[test]
fn an_empty_policy_is_none() {
    let policy = parse("# nothing yet\n").unwrap();
    assert!(policy.decisions().is_empty());
    assert_eq!(policy.thresholds(), &Thresholds::default());
}

/// A host that the catalog has learned since keeps its decision.
#[test]
fn a_host_becomes_its_app() {
    let policy = parse("[[decision]]\nhost = \"www.dropbox.com\"\nstate = \"tolerated\"\nreason = \"x\"\n").unwrap();
    assert_eq!(policy.decisions()[0].subject, Subject::App("dropbox".into()));
}

#[test]
fn the_rules_of_use_are_the_inventorys() {
    let text = r#"
[[use]]
id = "one-look"
verdict = "tried"
when = { work = "1.." }
reason = "With us, one look counts."
"#;
    let rules = parse(text).unwrap();
    let rule = rules.use_rules().iter().find(|rule| &*rule.id == "one-look").unwrap();
    assert_eq!(&*rule.reason, "With us, one look counts.");
    let told = parse(&text.replace("tried", "liked").replace("\"1..\"", "\"lots\"")).unwrap_err();
    assert!(told.contains("`liked` is no verdict") && told.contains("this is no range"), "{told}");
    let told = parse(&text.replace("verdict", "verdikt")).unwrap_err();
    assert!(told.contains("policy/bad-use") && told.contains("verdikt"), "{told}");
}

/// Nothing that stands in a file may stop the program: every prefix and every lost character.
#[test]
fn broken_policies_break_nothing() {
    let catalog = Catalog::built_in();
    for (at, c) in RICH.char_indices().step_by(29) {
        for broken in [RICH[..at].to_owned(), format!("{}{}", &RICH[..at], &RICH[at + c.len_utf8()..])] {
            if let Err(problems) = Policy::parse("p.toml", &broken, &catalog) {
                render(&problems, Style::Plain);
            }
        }
    }
}
