//! Used, tried, touched, background, blocked: labeled day-traces and the verdicts on them.

use serde::Deserialize;
use umbrascope::catalog::Catalog;
use umbrascope::classify::Classified;
use umbrascope::event::{Action, Event, Evidence, Timestamp};
use umbrascope::inventory::{self, View};
use umbrascope::people::{Directory, People};
use umbrascope::traffic::{Facts, Splits};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenarios {
    scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    app: String,
    expect: String,
    #[serde(default)]
    device: bool,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    host: String,
    path: Option<String>,
    days: i64,
    #[serde(default = "yes")]
    weekdays: bool,
    from: String,
    to: Option<String>,
    every: Option<i64>,
    method: Option<String>,
    up: Option<u64>,
    down: Option<u64>,
    #[serde(default)]
    blocked: bool,
    #[serde(default)]
    dns: bool,
}

fn yes() -> bool {
    true
}

/// Monday 2026-03-09, in seconds.
const MONDAY: i64 = 1_773_014_400;

fn second(clock: &str) -> i64 {
    let (hour, minute) = clock.split_once(':').expect("HH:MM");
    (hour.parse::<i64>().expect("an hour") * 60 + minute.parse::<i64>().expect("a minute")) * 60
}

fn facts(scenario: &Scenario, splits: &Splits) -> Facts {
    let mut facts = Facts::default();
    let mut batch = facts.batch(splits);
    for step in &scenario.steps {
        let days = (0..).filter(|day| !step.weekdays || day % 7 < 5).take(step.days as usize);
        for day in days {
            let from = second(&step.from);
            let to = step.to.as_deref().map_or(from, second);
            for at in (from..=to).step_by(step.every.unwrap_or(86_400) as usize) {
                let event = Event {
                    user: (!scenario.device).then_some(b"alice"),
                    device: scenario.device.then_some(b"build-7"),
                    host: Some(step.host.as_bytes()),
                    path: step.path.as_deref().map(str::as_bytes),
                    method: step.method.as_deref().or((!step.dns).then_some("GET")).map(str::as_bytes),
                    action: Some(if step.blocked { Action::Blocked } else { Action::Allowed }),
                    bytes_up: step.up,
                    bytes_down: step.down,
                    evidence: if step.dns { Evidence::Dns } else { Evidence::Url },
                    ..Event::default()
                };
                batch.add(&event, Timestamp((MONDAY + day * 86_400 + at) * 1000));
            }
        }
    }
    drop(batch);
    facts
}

#[test]
fn every_trace_gets_its_verdict() {
    let text = std::fs::read_to_string("tests/use/scenarios.toml").expect("the scenarios");
    let scenarios: Scenarios = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    assert!(scenarios.scenario.len() >= 40, "the set may only grow");
    let catalog = Catalog::built_in();
    let splits = Splits::new(catalog.path_entries());
    let mut wrong = Vec::new();
    for scenario in &scenarios.scenario {
        let facts = facts(scenario, &splits);
        let classified = Classified::new(&catalog, &facts);
        let view = View { keep_users: true, ..View::default() };
        let people = People::new(&facts, &Directory::default());
        let inventory = inventory::take(&facts, &classified, &people, &view);
        let mut got: Vec<String> = inventory
            .apps
            .iter()
            .map(|row| {
                let rule = row.users.first().and_then(|user| view.rules.get(user.rule));
                let hosts: Vec<String> =
                    row.hosts.iter().map(|host| format!("{} {}", host.host, host.hit.role.as_str())).collect();
                let rule = rule.map_or("", |rule| &rule.id);
                format!("{} {} ({rule}; {})", row.app.id(), row.verdict.as_str(), hosts.join(", "))
            })
            .collect();
        let right = format!("{} {} ", scenario.app, scenario.expect);
        if !got.iter().any(|row| row.starts_with(&right)) {
            if got.is_empty() {
                got.push("nothing".to_owned());
            }
            wrong.push(format!("{}: {right}expected, got {}", scenario.name, got.join(" | ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), scenarios.scenario.len(), wrong.join("\n"));
}
