//! What somebody should look at: coded, with the numbers that led to it and a friendly question to ask next.
//!
//! Findings speak of counts and departments, never of a person. They begin a talk, not a hearing.

use std::collections::BTreeMap;

use super::advice::{heavy, sentence, stage};
use super::codes::FindingCode;
use super::collaboration::Collaboration;
use super::judge::{Case, Judged};
use super::kinds::Nature;
use super::model::{Level, State, TenantKind};
use super::social::Social;
use super::state::members_of;
use crate::inventory::{AppRow, Stage, Verdict};
use crate::risk::Level as Risk;
use crate::risk::percent;
use crate::words::{bytes, counted, list, some};

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: FindingCode,
    /// How much it matters.
    pub level: Level,
    /// A few words.
    pub title: String,
    /// One or two plain sentences with the numbers.
    pub text: String,
    /// The id and the name of the app.
    pub app: Option<(String, String)>,
    /// The department with most people.
    pub department: Option<String>,
    /// The instance.
    pub tenant: Option<String>,
    /// The numbers by name.
    pub numbers: BTreeMap<&'static str, u64>,
    /// What to do next, in a friendly sentence.
    pub ask: String,
}

/// Everything found, gravest first.
pub(super) fn find(
    case: &Case<'_, '_>,
    apps: &[Judged],
    social: &Social,
    collaboration: &Collaboration,
) -> Vec<Finding> {
    let mut finder = Finder { case, out: Vec::new() };
    for (row, judged) in case.inventory.apps.iter().zip(apps) {
        finder.app(row, judged);
    }
    finder.ai(apps);
    finder.sites();
    finder.social(apps, social);
    finder.jobs(collaboration);
    finder.decisions();
    finder.unreviewed(apps);
    let mut findings = finder.out;
    let crowd = |finding: &Finding| finding.numbers.get("people").copied().unwrap_or(0);
    findings.sort_by(|a, b| {
        b.level
            .cmp(&a.level)
            .then_with(|| a.code.code().cmp(b.code.code()))
            .then_with(|| crowd(b).cmp(&crowd(a)))
            .then_with(|| a.app.cmp(&b.app))
            .then_with(|| a.tenant.cmp(&b.tenant))
            .then_with(|| a.text.cmp(&b.text))
    });
    findings
}

pub(super) struct Finder<'a, 'c> {
    pub(super) case: &'a Case<'a, 'c>,
    pub(super) out: Vec<Finding>,
}

/// A finding about an app, to be filled in.
fn about(code: FindingCode, level: Level, row: &AppRow<'_>) -> Finding {
    Finding { app: Some((row.app.id().to_owned(), row.app.name().to_owned())), ..blank(code, level) }
}

pub(super) fn blank(code: FindingCode, level: Level) -> Finding {
    Finding {
        code,
        level,
        title: code.title().to_owned(),
        text: String::new(),
        app: None,
        department: None,
        tenant: None,
        numbers: BTreeMap::new(),
        ask: String::new(),
    }
}

impl Finder<'_, '_> {
    fn app(&mut self, row: &AppRow<'_>, judged: &Judged) {
        self.tenants(row, judged);
        self.private_side(row, judged);
        self.heavy_upload(row, judged);
        self.spreading(row, judged);
        self.nature(row, judged);
        self.unsanctioned(row, judged);
        self.blocked(row, judged);
        self.plain_http(row, judged);
        self.after_hours(row, judged);
        self.beyond(row, judged);
        self.rules(row, judged);
    }

    fn tenants(&mut self, row: &AppRow<'_>, judged: &Judged) {
        if judged.state != State::Sanctioned {
            return;
        }
        let (case, name) = (self.case, row.app.name());
        let kinds = || row.tenants.iter().zip(&judged.tenants);
        let sent = |wanted: TenantKind| -> u64 {
            kinds().filter(|(_, kind)| **kind == wanted).filter_map(|(tenant, _)| tenant.bytes_up).sum()
        };
        let personal = members_of(row, &judged.tenants, TenantKind::Personal).len() as u64;
        if personal > 0 {
            let up = sent(TenantKind::Personal);
            let level = if up >= 1_000_000 { Level::High } else { Level::Medium };
            let mut finding = about(FindingCode::PERSONAL_TENANT, level, row);
            finding.title = format!("{name} in private accounts");
            finding.text = format!(
                "{} work in a personal instance of {name}, although the company has its own{}.",
                case.crowd.counted(personal),
                and_sent(up)
            );
            finding.numbers = BTreeMap::from([("people", personal), ("bytes_up", up)]);
            finding.ask =
                "Do they know that they have an account in the company's own, and what do they miss there?".into();
            self.add(finding, row);
        }
        let others = members_of(row, &judged.tenants, TenantKind::Other).len() as u64;
        let knows_own = judged.tenants.contains(&TenantKind::Own)
            || case.policy.own_tenants().iter().any(|own| own.app.as_deref().is_none_or(|id| id == row.app.id()));
        if others > 0 && knows_own {
            let mut labels: Vec<&str> =
                kinds().filter(|(_, kind)| **kind == TenantKind::Other).map(|(row, _)| row.tenant.as_str()).collect();
            labels.sort_unstable();
            let mut finding = about(FindingCode::OTHER_TENANT, Level::Low, row);
            finding.title = format!("{name} of others");
            finding.text = format!(
                "{} work in {} of {name} that the policy does not list as the company's: {}{}.",
                case.crowd.counted(others),
                counted(labels.len() as u64, "instance", "instances"),
                some(&labels, 5),
                and_sent(sent(TenantKind::Other))
            );
            finding.tenant = Some(labels).filter(|labels| labels.len() == 1).map(|labels| labels.concat());
            finding.numbers = BTreeMap::from([("people", others), ("bytes_up", sent(TenantKind::Other))]);
            finding.ask = "Are these customers and partners, or an instance of ours that nobody registered? \
                           Add the latter to `[own] tenants`."
                .into();
            self.add(finding, row);
        }
    }

    fn private_side(&mut self, row: &AppRow<'_>, judged: &Judged) {
        let used = row.used_by.len() as u64;
        let Some(own) = judged.private_side_of.as_ref().filter(|_| used > 0) else { return };
        let name = row.app.name();
        let level = if heavy(self.case, row) { Level::High } else { Level::Medium };
        let mut finding = about(FindingCode::PERSONAL_TENANT, level, row);
        finding.title = format!("{name} beside {}", own.name);
        finding.text = format!(
            "{} work with {name}, where accounts belong to persons, although {} is sanctioned{}.",
            self.case.crowd.counted(used),
            own.name,
            and_sent(row.sum.bytes_up.unwrap_or(0))
        );
        finding.numbers = numbers(row, used);
        finding.ask = format!("What does {name} offer them that {} does not?", own.name);
        self.add(finding, row);
    }

    fn heavy_upload(&mut self, row: &AppRow<'_>, judged: &Judged) {
        let Some((_, most)) = row.heaviest.filter(|_| heavy(self.case, row)) else { return };
        let level = match judged.state {
            State::Sanctioned => return,
            State::Tolerated => Level::Medium,
            State::Unsanctioned | State::Unreviewed => Level::High,
        };
        let name = row.app.name();
        let all = row.sum.bytes_up.unwrap_or(most);
        let mut finding = about(FindingCode::HEAVY_UPLOAD, level, row);
        finding.title = format!("{} went to {name}", bytes(most));
        let share = percent(most, all.max(most));
        finding.text = match share {
            100 => format!(
                "One of the {} sent {} to {name}; nobody else sent anything.",
                self.case.crowd.many(),
                bytes(most)
            ),
            _ => format!(
                "One of the {} sent {} to {name}, {share}% of the {} that went there.",
                self.case.crowd.many(),
                bytes(most),
                bytes(all)
            ),
        };
        finding.numbers = numbers(row, row.uploaders.max(1));
        finding.numbers.insert("most_by_one", most);
        finding.ask = "What was sent, who needed it, and would the company's own storage have done?".into();
        self.add(finding, row);
    }

    fn spreading(&mut self, row: &AppRow<'_>, judged: &Judged) {
        let used = row.used_by.len() as u64;
        let chosen = matches!(judged.nature, Nature::Work | Nature::Ai | Nature::Remote | Nature::Hidden);
        let spreads = stage(row) == Some(Stage::Spreading) && used >= self.case.policy.thresholds().spreading_people;
        let Some(life) = row.life.filter(|_| spreads && chosen && judged.state == State::Unreviewed) else { return };
        let name = row.app.name();
        let level = if judged.risk.level >= Risk::High { Level::High } else { Level::Medium };
        let mut finding = about(FindingCode::SPREADING_UNREVIEWED, level, row);
        finding.title = format!("{name} spreads");
        finding.text = format!(
            "{} work with {name} by now, {:.1} more each week{}. Nobody has decided about it yet.",
            self.case.crowd.counted(used),
            life.new_people_per_week,
            self.mostly_in(row)
        );
        finding.numbers = numbers(row, used);
        finding.numbers.insert("new_people", row.growth.iter().map(|bucket| bucket.new_people).sum());
        finding.numbers.insert("champions", row.champions.len() as u64);
        finding.ask = match judged.advice.alternative.as_ref() {
            Some(other) => format!("What does it do better than {}? Those who began with it can tell.", other.name),
            None => "What is it so good at? Those who began with it can tell.".into(),
        };
        self.add(finding, row);
    }

    fn nature(&mut self, row: &AppRow<'_>, judged: &Judged) {
        if matches!(judged.state, State::Sanctioned | State::Tolerated) {
            return;
        }
        let used = (row.used_by.len() + row.tried_by.len()) as u64;
        if used == 0 {
            return;
        }
        let (case, name) = (self.case, row.app.name());
        match judged.nature {
            Nature::Remote => {
                let grave = judged.state == State::Unsanctioned || judged.risk.level >= Risk::High;
                let mut finding =
                    about(FindingCode::REMOTE_CONTROL, if grave { Level::High } else { Level::Medium }, row);
                finding.title = format!("{name} opens a way in");
                finding.text = format!(
                    "{} used {name}, by which somebody elsewhere can work on their computers{}.",
                    case.crowd.counted(used),
                    self.mostly_in(row)
                );
                finding.numbers = numbers(row, used);
                finding.ask = "Who is on the other end: a supplier's help desk, home, or somebody who called?".into();
                self.add(finding, row);
            }
            Nature::Hidden => {
                let mut finding = about(FindingCode::ANONYMIZER, Level::High, row);
                finding.title = format!("{name} hides traffic");
                finding.text = format!(
                    "{} used {name}, behind which nobody sees what is done{}.",
                    case.crowd.counted(used),
                    self.mostly_in(row)
                );
                finding.numbers = numbers(row, used);
                finding.ask = "What could they not reach without it? A filter may be too tight.".into();
                self.add(finding, row);
            }
            _ => {}
        }
    }

    fn unsanctioned(&mut self, row: &AppRow<'_>, judged: &Judged) {
        let used = row.used_by.len() as u64;
        if judged.state != State::Unsanctioned || used == 0 {
            return;
        }
        let name = row.app.name();
        let level = if judged.risk.level >= Risk::High { Level::High } else { Level::Medium };
        let mut finding = about(FindingCode::UNSANCTIONED, level, row);
        finding.title = format!("{name} is in use");
        finding.text = format!(
            "{} work with {name}, although the policy says no{}.",
            self.case.crowd.counted(used),
            self.mostly_in(row)
        );
        finding.numbers = numbers(row, used);
        finding.ask = match judged.advice.alternative.as_ref() {
            Some(other) => format!("Do they know {}, and does it do what they need?", other.name),
            None => "Do they know, and what could they use instead?".into(),
        };
        self.add(finding, row);
    }

    fn blocked(&mut self, row: &AppRow<'_>, judged: &Judged) {
        let stopped = row.counts[Verdict::Blocked as usize];
        let wanted = row.verdict == Verdict::Blocked && stopped >= self.case.policy.thresholds().blocked_people;
        if !wanted || judged.nature == Nature::Background {
            return;
        }
        let name = row.app.name();
        let mut finding = about(FindingCode::BLOCKED_WANTED, Level::Low, row);
        finding.title = format!("{name} is blocked, and wanted");
        finding.text = format!(
            "{} asked for {name} and were stopped, {} in all.",
            self.case.crowd.counted(stopped),
            counted(row.sum.blocked, "time", "times")
        );
        finding.numbers = BTreeMap::from([("people", stopped), ("blocked", row.sum.blocked)]);
        finding.ask = match judged.advice.alternative.as_ref() {
            Some(other) => format!("The page that says no could say {} as well.", other.name),
            None => "What did they need it for, and what could they be offered?".into(),
        };
        self.add(finding, row);
    }

    fn plain_http(&mut self, row: &AppRow<'_>, judged: &Judged) {
        let share = percent(row.plain_requests, row.sum.requests.max(row.plain_requests));
        let used = row.used_by.len() as u64;
        let told = row.plain_requests > 0 && share >= self.case.policy.thresholds().plain_http && used > 0;
        if !told || matches!(judged.nature, Nature::Background | Nature::Leisure) {
            return;
        }
        let name = row.app.name();
        let level = if row.sum.uploads > 0 { Level::Medium } else { Level::Low };
        let mut finding = about(FindingCode::PLAIN_HTTP, level, row);
        finding.title = format!("{name} without encryption");
        finding.text = format!(
            "{share}% of the requests to {name} go over plain HTTP, readable by everybody on the way{}.",
            self.mostly_in(row)
        );
        finding.numbers = numbers(row, used);
        finding.numbers.insert("plain_requests", row.plain_requests);
        finding.ask = "Does it answer to https as well? Then a link or a bookmark wants correcting.".into();
        self.add(finding, row);
    }

    fn after_hours(&mut self, row: &AppRow<'_>, judged: &Judged) {
        let share = percent(row.after_hours, row.active_quarters);
        // Four hours in all: less is chance.
        let told = row.active_quarters >= 16 && share >= self.case.policy.thresholds().after_hours;
        let work = matches!(judged.nature, Nature::Work | Nature::Ai | Nature::Remote | Nature::Hidden);
        if !told || !work || judged.state != State::Unreviewed || row.used_by.is_empty() {
            return;
        }
        let name = row.app.name();
        let level = if heavy(self.case, row) { Level::Low } else { Level::Info };
        let mut finding = about(FindingCode::AFTER_HOURS, level, row);
        finding.title = format!("{name} outside office hours");
        finding.text = format!(
            "{share}% of the time in which {name} was active lies outside office hours{}.",
            self.mostly_in(row)
        );
        finding.numbers = numbers(row, row.used_by.len() as u64);
        finding.numbers.insert("after_hours_percent", share);
        finding.ask = "Is it a machine that works at night, or people who work late?".into();
        self.add(finding, row);
    }

    fn beyond(&mut self, row: &AppRow<'_>, judged: &Judged) {
        let decision = judged.decision.and_then(|at| self.case.policy.decisions().get(at));
        let Some(decision) = decision.filter(|_| judged.beyond > 0) else { return };
        let name = row.app.name();
        let many = judged.beyond >= self.case.policy.thresholds().adopt_people;
        let mut finding = about(FindingCode::BEYOND, if many { Level::Medium } else { Level::Low }, row);
        finding.title = format!("{name} beyond {}", some(&decision.departments, 3));
        finding.text = format!(
            "{name} is {} for {}; {} elsewhere work with it as well.",
            decision.state.as_str(),
            some(&decision.departments, 3),
            self.case.crowd.counted(judged.beyond)
        );
        finding.numbers = BTreeMap::from([("people", judged.beyond)]);
        finding.ask = "Should the decision include them?".into();
        self.add(finding, row);
    }

    fn rules(&mut self, row: &AppRow<'_>, judged: &Judged) {
        for rule in judged.rules.iter().filter_map(|at| self.case.policy.rules().get(*at)) {
            let Some(level) = rule.finding else { continue };
            let used = row.used_by.len() as u64;
            let mut finding = about(FindingCode::RULE, level, row);
            finding.title = format!("{}: {}", rule.id, row.app.name());
            finding.text = format!(
                "{} {} with {}, to which rule `{}` applies{}.",
                self.case.crowd.counted(used),
                if used == 1 { "works" } else { "work" },
                row.app.name(),
                rule.id,
                self.mostly_in(row)
            );
            finding.numbers = numbers(row, used);
            finding.ask = sentence(&rule.reason);
            self.add(finding, row);
        }
    }

    /// `, most in Sales and Marketing`, or nothing where no directory tells.
    fn mostly_in(&self, row: &AppRow<'_>) -> String {
        let names: Vec<String> = self.case.departments_of(row).into_iter().map(|(name, _)| name).collect();
        match names.as_slice() {
            [] => String::new(),
            [only] => format!(", in {only}"),
            names => format!(", most in {}", list(names.get(..2).unwrap_or(names))),
        }
    }

    fn add(&mut self, mut finding: Finding, row: &AppRow<'_>) {
        finding.department = self.case.departments_of(row).into_iter().next().map(|(name, _)| name);
        self.out.push(finding);
    }
}

fn numbers(row: &AppRow<'_>, people: u64) -> BTreeMap<&'static str, u64> {
    let mut numbers = BTreeMap::from([("people", people), ("requests", row.sum.requests)]);
    if let Some(up) = row.sum.bytes_up {
        numbers.insert("bytes_up", up);
    }
    numbers
}

pub(super) fn and_sent(up: u64) -> String {
    if up == 0 { String::new() } else { format!(", and {} went there", bytes(up)) }
}
