//! Findings that are told once, for many apps or for none: AI, unknown destinations, social networks, jobs, decisions.

use std::collections::BTreeMap;

use super::advice::heavy;
use super::codes::FindingCode;
use super::collaboration::Collaboration;
use super::findings::{Finder, and_sent, blank};
use super::judge::{Judged, covers};
use super::kinds::Nature;
use super::model::{Level, State, Subject};
use super::social::{Kind, Purpose, Social};
use crate::inventory::AppRow;
use crate::words::{bytes, counted, some};

impl Finder<'_, '_> {
    pub(super) fn ai(&mut self, apps: &[Judged]) {
        let rows: Vec<&AppRow<'_>> = self
            .case
            .inventory
            .apps
            .iter()
            .zip(apps)
            .filter(|(row, judged)| {
                judged.nature == Nature::Ai && judged.state == State::Unreviewed && !row.used_by.is_empty()
            })
            .map(|(row, _)| row)
            .collect();
        if rows.is_empty() {
            return;
        }
        let people = everybody(&rows);
        let up: u64 = rows.iter().filter_map(|row| row.sum.bytes_up).sum();
        let level = match rows.iter().any(|row| heavy(self.case, row)) {
            true => Level::High,
            false => Level::Medium,
        };
        let names = by_people(&rows);
        let mut finding = blank(FindingCode::AI_UNREVIEWED, level);
        finding.title = format!("{} that nobody has looked at", counted(rows.len() as u64, "AI app", "AI apps"));
        finding.text = format!(
            "{} work with {}{}. No decision says what may be put in.",
            self.case.crowd.counted(people),
            some(&names, 5),
            and_sent(up)
        );
        finding.numbers = BTreeMap::from([("people", people), ("apps", rows.len() as u64), ("bytes_up", up)]);
        finding.ask = "Which one should be the company's own, and what may be put into it?".into();
        self.out.push(finding);
    }

    pub(super) fn sites(&mut self) {
        let case = self.case;
        for site in &case.inventory.sites {
            let Some(up) = site.sum.bytes_up.filter(|up| *up >= case.policy.thresholds().uncataloged_upload) else {
                continue;
            };
            let own = case.policy.own_domains().iter().any(|domain| covers(domain, site));
            let decided = case
                .policy
                .decisions()
                .iter()
                .find(|decision| matches!(&decision.subject, Subject::Host(host) if covers(host, site)));
            let refused = decided.is_some_and(|decision| decision.state == State::Unsanctioned);
            if own || (decided.is_some() && !refused) {
                continue;
            }
            let crowd = site.crowd.people + site.crowd.devices;
            let mut finding = blank(FindingCode::UNCATALOGED_UPLOAD, Level::High);
            finding.title = format!("{} went to {}", bytes(up), site.site);
            let who = match site.crowd.people {
                0 => counted(crowd, "device", "devices"),
                people => counted(people, "person", "people"),
            };
            finding.text = format!(
                "{who} sent {} to {}, which {}.",
                bytes(up),
                site.site,
                if refused { "the policy does not want" } else { "no app of the catalog claims" }
            );
            finding.numbers = BTreeMap::from([("people", crowd), ("bytes_up", up), ("uploads", site.sum.uploads)]);
            finding.ask = match refused {
                true => "What was sent there, and what could be used instead?".into(),
                false => "Who runs it, and what was sent? Decide about it with `[[decision]] host = ...`.".into(),
            };
            self.out.push(finding);
        }
    }

    pub(super) fn social(&mut self, apps: &[Judged], social: &Social) {
        let meeting: Vec<_> = social.networks.iter().filter(|network| network.purpose == Purpose::Customers).collect();
        if meeting.is_empty() {
            return;
        }
        let open = |id: &str| {
            let mut rows = self.case.inventory.apps.iter().zip(apps);
            rows.any(|(row, judged)| row.app.id() == id && judged.state == State::Unreviewed)
        };
        let unreviewed =
            meeting.iter().filter(|network| network.kind != Kind::Network && open(&network.id)).count() as u64;
        let rows: Vec<&AppRow<'_>> = self
            .case
            .inventory
            .apps
            .iter()
            .filter(|row| meeting.iter().any(|network| network.id == row.app.id()))
            .collect();
        let people = everybody(&rows);
        let mut finding = blank(FindingCode::SOCIAL, if unreviewed > 0 { Level::Low } else { Level::Info });
        finding.text = social.summary.clone();
        let mut departments: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, people) in meeting.iter().flat_map(|network| &network.departments) {
            *departments.entry(name).or_default() += people;
        }
        finding.department = departments
            .iter()
            .max_by_key(|(name, people)| (**people, std::cmp::Reverse(**name)))
            .map(|(name, _)| (*name).to_owned());
        finding.numbers =
            BTreeMap::from([("people", people), ("networks", meeting.len() as u64), ("unreviewed_tools", unreviewed)]);
        finding.ask = match unreviewed {
            0 => "Who speaks for the company there, and who stands in for them?".into(),
            _ => "Who holds the passwords of the company's pages, and what happens when they leave?".into(),
        };
        self.out.push(finding);
    }

    pub(super) fn jobs(&mut self, collaboration: &Collaboration) {
        let thresholds = self.case.policy.thresholds();
        for job in &collaboration.jobs {
            // Sanctioned tools count for one.
            let open = job.tools.iter().filter(|tool| tool.state != State::Sanctioned).count();
            let tools = open + usize::from(open < job.tools.len());
            let many = tools as u64 >= thresholds.same_job && job.people >= thresholds.adopt_people;
            let Some(text) = job.consolidate.as_ref().filter(|_| many) else { continue };
            let mut finding = blank(FindingCode::CONSOLIDATE, Level::Low);
            finding.title = format!("{} tools for one job: {}", job.tools.len(), job.name);
            finding.text = text.clone();
            finding.numbers =
                BTreeMap::from([("people", job.people), ("tools", job.tools.len() as u64), ("bridges", job.bridges)]);
            finding.ask = "Those who work with several know best which one could do for all.".into();
            self.out.push(finding);
        }
    }

    pub(super) fn decisions(&mut self) {
        let case = self.case;
        let called = |subject: &Subject| match subject {
            Subject::App(id) => case.catalog.app(id).map_or(id.as_str(), |app| app.name()).to_owned(),
            other => format!("{} {}", other.key(), other.name()),
        };
        for decision in case.policy.decisions() {
            let Some(due) = decision.review_by.filter(|due| case.today.is_some_and(|today| *due < today)) else {
                continue;
            };
            let mut finding = blank(FindingCode::OVERDUE, Level::Medium);
            let name = called(&decision.subject);
            finding.title = format!("{name} is due for review");
            finding.text = format!(
                "The decision about {name} ({}, line {} of the policy) was to be looked at again by {due}.",
                decision.state.as_str(),
                decision.line
            );
            if let Subject::App(id) = &decision.subject {
                finding.app = Some((id.clone(), name));
            }
            let days = case.today.and_then(|today| due.until(today).ok()).map_or(0, |span| span.get_days());
            finding.numbers = BTreeMap::from([("days_overdue", u64::try_from(days).unwrap_or(0))]);
            finding.ask = match &decision.owner {
                Some(owner) => format!("Does {owner} still stand by it?"),
                None => "It has no owner: who looks at it?".into(),
            };
            self.out.push(finding);
        }
        let idle: Vec<String> = case
            .policy
            .decisions()
            .iter()
            .filter(|decision| !case.is_matched(&decision.subject))
            .map(|decision| format!("{} (line {})", called(&decision.subject), decision.line))
            .collect();
        if !idle.is_empty() {
            let mut finding = blank(FindingCode::UNMATCHED, Level::Info);
            let number = idle.len() as u64;
            finding.title = format!("{} about nothing that was seen", counted(number, "decision", "decisions"));
            finding.text = format!("These logs hold nothing of {}.", some(&idle, 5));
            finding.numbers = BTreeMap::from([("decisions", number)]);
            finding.ask = "Is it gone for good, or does a log lack the part of the company that uses it?".into();
            self.out.push(finding);
        }
    }

    pub(super) fn unreviewed(&mut self, apps: &[Judged]) {
        let rows: Vec<&AppRow<'_>> = self
            .case
            .inventory
            .apps
            .iter()
            .zip(apps)
            .filter(|(row, judged)| {
                let counts = !matches!(judged.nature, Nature::Background | Nature::Leisure);
                judged.state == State::Unreviewed && counts && !row.used_by.is_empty()
            })
            .map(|(row, _)| row)
            .collect();
        if rows.is_empty() {
            return;
        }
        let number = rows.len() as u64;
        let mut finding = blank(FindingCode::UNREVIEWED, Level::Info);
        finding.title = format!("{} without a decision", counted(number, "app", "apps"));
        finding.text = format!(
            "{} in use {} not been decided about; most people work with {}.",
            counted(number, "app", "apps"),
            if number == 1 { "has" } else { "have" },
            some(&by_people(&rows), 3)
        );
        finding.numbers = BTreeMap::from([("apps", number), ("people", everybody(&rows))]);
        finding.ask =
            "`umbrascope policy draft` lists them as decisions to fill in; three a week are soon done.".into();
        self.out.push(finding);
    }
}

/// People of several apps, each once.
fn everybody(rows: &[&AppRow<'_>]) -> u64 {
    let mut members: Vec<_> = rows.iter().flat_map(|row| row.used_by.iter().copied()).collect();
    members.sort_unstable();
    members.dedup();
    members.len() as u64
}

/// Names, most people first.
fn by_people(rows: &[&AppRow<'_>]) -> Vec<String> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| b.used_by.len().cmp(&a.used_by.len()).then_with(|| a.app.id().cmp(b.app.id())));
    rows.iter().map(|row| format!("{} ({})", row.app.name(), row.used_by.len())).collect()
}
