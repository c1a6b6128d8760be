//! Policy and inventory give a judgement: what stands where, what to do about it, and what somebody should look at.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::advice::{self, Advice};
use super::collaboration::{self, Collaboration};
use super::edge::{self, EdgeRow};
use super::findings::{self, Finding};
use super::kinds::{Nature, is_personal, is_private_side, job_of};
use super::model::{Action, Level, Placement, Policy, State, Subject, TenantKind};
use super::social::{self, Social};
use super::state::{applies, is_about, members_of, standing, tenant_kind};
use crate::catalog::Catalog;
use crate::inventory::{AppRow, Inventory};
use crate::people::People;
use crate::risk::Crowd;
use crate::risk::{Exposure, Risk, score};

/// What follows from an inventory and a policy.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// One for each app of the inventory, in the same order.
    pub apps: Vec<Judged>,
    /// What somebody should look at, gravest first.
    pub findings: Vec<Finding>,
    /// Who meets whom on social networks.
    pub social: Social,
    /// Tools that do the same job.
    pub collaboration: Collaboration,
    /// What people found that spreads.
    pub edge: Vec<EdgeRow>,
}

/// What is said of one app.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Where it stands.
    pub placement: Placement,
    /// What was decided.
    pub state: State,
    /// The decision that counts: its place among [`Policy::decisions`].
    pub decision: Option<usize>,
    /// The rules that apply: their places among [`Policy::rules`].
    pub rules: Vec<usize>,
    /// Whose instances were seen: one for each of the row's tenants.
    pub tenants: Vec<TenantKind>,
    /// How risky it is, and why.
    pub risk: Risk,
    /// What to do about it.
    pub advice: Advice,
    /// Apps that do the same job: sanctioned ones first, then those with most people; at most eight.
    pub alternatives: Vec<Alternative>,
    /// What it is used for.
    pub job: String,
    /// People who work with it although the decision is about other departments.
    pub beyond: u64,
    /// The sanctioned app of which this one is the private side.
    pub private_side_of: Option<Alternative>,
    pub(super) nature: Nature,
}

/// Another app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The policy recommends it.
    pub sanctioned: bool,
    /// People who use it.
    pub people: u64,
}

/// Everything that a judgement looks at.
pub(super) struct Case<'a, 'c> {
    pub(super) inventory: &'a Inventory<'c>,
    pub(super) people: &'a People,
    pub(super) policy: &'a Policy,
    pub(super) catalog: &'a Catalog,
    /// For reviews; the core has no clock.
    pub(super) today: Option<Date>,
    /// People, or devices where no log names people.
    pub(super) crowd: Crowd,
    /// How many of them there are.
    pub(super) everybody: u64,
}

/// How many alternatives are named.
const ALTERNATIVES: usize = 8;

/// Judges an inventory. `today` decides which reviews are overdue; without it none is.
pub fn judge(
    inventory: &Inventory<'_>,
    people: &People,
    policy: &Policy,
    catalog: &Catalog,
    today: Option<Date>,
) -> Judgement {
    let (crowd, everybody) = match inventory.people {
        0 => (Crowd::Devices, inventory.devices),
        people => (Crowd::People, people),
    };
    let case = Case { inventory, people, policy, catalog, today, crowd, everybody };
    let mut apps: Vec<Judged> = inventory.apps.iter().map(|row| case.stand(row)).collect();
    case.name_alternatives(&mut apps);
    let leading = case.leading(&apps);
    for (row, judged) in inventory.apps.iter().zip(&mut apps) {
        let leads = leading.get(job_of(row.app)) == Some(&row.app.id());
        judged.advice = advice::advise(&case, row, judged, leads);
    }
    let social = social::look(&case);
    let collaboration = collaboration::map(&case, &apps);
    let edge = edge::list_of(&case, &apps);
    let findings = findings::find(&case, &apps, &social, &collaboration);
    Judgement { apps, findings, social, collaboration, edge }
}

impl Case<'_, '_> {
    /// State, placement, tenants and risk; the rest needs to know the others.
    fn stand(&self, row: &AppRow<'_>) -> Judged {
        let app = row.app;
        let tenants: Vec<TenantKind> =
            row.tenants.iter().map(|tenant| tenant_kind(self.policy, app, &tenant.tenant)).collect();
        let personal = members_of(row, &tenants, TenantKind::Personal).len() as u64;
        let exposure = Exposure { people: self.everybody, personal, crowd: self.crowd };
        let risk = score(row, app, self.catalog.category(app.category()), self.policy.weights(), exposure);
        let standing = standing(self.policy, row, self.people);
        let job = job_of(app).to_owned();
        let mut judged = Judged {
            placement: standing.placement,
            state: standing.state,
            decision: standing.decision,
            rules: Vec::new(),
            tenants,
            risk,
            advice: Advice { action: Action::Ignore, reasons: Vec::new(), alternative: None },
            alternatives: Vec::new(),
            job,
            beyond: standing.beyond,
            private_side_of: None,
            nature: Nature::of(app),
        };
        let mut placed = standing.decision.is_some();
        for (at, rule) in self.policy.rules().iter().enumerate() {
            if !applies(rule, row, &judged.job, &judged.tenants, &judged.risk, judged.state) {
                continue;
            }
            judged.rules.push(at);
            // A decision is stronger, and so is an earlier rule.
            if let Some(state) = rule.state.filter(|_| judged.state == State::Unreviewed) {
                judged.state = state;
                if !placed && rule.placement.is_none() {
                    judged.placement = match state {
                        State::Sanctioned => Placement::Core,
                        State::Tolerated => Placement::Edge,
                        State::Unsanctioned | State::Unreviewed => Placement::Outside,
                    };
                }
            }
            if let Some(placement) = rule.placement.filter(|_| !placed) {
                judged.placement = placement;
                placed = true;
            }
        }
        judged
    }

    /// Apps of the same job, and the sanctioned app of which a personal one is the private side.
    fn name_alternatives(&self, apps: &mut [Judged]) {
        struct Choice<'a> {
            job: &'a str,
            id: &'a str,
            name: &'a str,
            sanctioned: bool,
            people: u64,
        }
        let rows = self.inventory.apps.iter().zip(apps.iter());
        let seen = rows.filter(|(row, judged)| {
            judged.state == State::Sanctioned || !(row.used_by.is_empty() && row.tried_by.is_empty())
        });
        let mut choices: Vec<Choice<'_>> = seen
            .map(|(row, judged)| Choice {
                job: job_of(row.app),
                id: row.app.id(),
                name: row.app.name(),
                sanctioned: judged.state == State::Sanctioned && judged.beyond == 0,
                people: row.used_by.len() as u64,
            })
            .collect();
        // What the company recommends may not have been seen at all.
        for decision in self.policy.decisions() {
            let Subject::App(id) = &decision.subject else { continue };
            let unseen = !self.inventory.apps.iter().any(|row| row.app.id() == id);
            let sanctioned = decision.state == State::Sanctioned && decision.departments.is_empty();
            if let Some(app) = self.catalog.app(id).filter(|_| unseen && sanctioned) {
                choices.push(Choice { job: job_of(app), id: app.id(), name: app.name(), sanctioned, people: 0 });
            }
        }
        choices.sort_by(|a, b| {
            (b.sanctioned, b.people).cmp(&(a.sanctioned, a.people)).then_with(|| a.id.cmp(b.id)).then(a.job.cmp(b.job))
        });
        let mut by_job: BTreeMap<&str, Vec<&Choice<'_>>> = BTreeMap::new();
        for choice in &choices {
            by_job.entry(choice.job).or_default().push(choice);
        }
        let sanctioned: Vec<&Choice<'_>> = choices.iter().filter(|choice| choice.sanctioned).collect();
        let named = |choice: &Choice<'_>| Alternative {
            id: choice.id.to_owned(),
            name: choice.name.to_owned(),
            sanctioned: choice.sanctioned,
            people: choice.people,
        };
        let found: Vec<(Vec<Alternative>, Option<Alternative>)> = self
            .inventory
            .apps
            .iter()
            .zip(apps.iter())
            .map(|(row, judged)| {
                let same = by_job.get(job_of(row.app)).into_iter().flatten();
                let same = same.filter(|choice| choice.id != row.app.id()).take(ALTERNATIVES);
                // What the policy itself sanctions is nobody's private side.
                let asks = judged.state != State::Sanctioned
                    && matches!(judged.nature, Nature::Work | Nature::Ai)
                    && is_personal(row.app);
                let side = sanctioned
                    .iter()
                    .filter(|_| asks)
                    .find(|choice| self.catalog.app(choice.id).is_some_and(|app| is_private_side(row.app, app)));
                (same.map(|choice| named(choice)).collect(), side.map(|choice| named(choice)))
            })
            .collect();
        for (judged, (alternatives, side)) in apps.iter_mut().zip(found) {
            (judged.alternatives, judged.private_side_of) = (alternatives, side);
        }
    }

    /// For each job the app that most people work with, so that not everything is to be brought in at once. Of equals the
    /// less risky one.
    fn leading(&self, apps: &[Judged]) -> BTreeMap<&str, &str> {
        let mut best: BTreeMap<&str, (u64, std::cmp::Reverse<u8>, std::cmp::Reverse<&str>)> = BTreeMap::new();
        for (row, judged) in self.inventory.apps.iter().zip(apps) {
            let open = matches!(judged.state, State::Unreviewed | State::Tolerated);
            if open && !row.used_by.is_empty() {
                let rank =
                    (row.used_by.len() as u64, std::cmp::Reverse(judged.risk.score), std::cmp::Reverse(row.app.id()));
                let entry = best.entry(job_of(row.app)).or_insert(rank);
                *entry = (*entry).max(rank);
            }
        }
        best.into_iter().map(|(job, (.., id))| (job, id.0)).collect()
    }

    /// Departments of an app with enough people to be named, those with most people first.
    pub(super) fn departments_of(&self, row: &AppRow<'_>) -> Vec<(String, u64)> {
        let least = self.policy.thresholds().min_group.max(1);
        let mut named: Vec<(String, u64)> = row
            .departments
            .iter()
            .filter(|slice| slice.used >= least)
            .map(|slice| (slice.name.clone(), slice.used))
            .collect();
        named.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        named
    }

    /// Whether a policy decision is about anything that was seen.
    pub(super) fn is_matched(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Host(host) => self.inventory.sites.iter().any(|site| covers(host, site)),
            subject => self.inventory.apps.iter().any(|row| is_about(subject, row.app)),
        }
    }
}

/// Whether a decision about a host is about an uncataloged site.
pub(super) fn covers(host: &str, site: &crate::inventory::SiteRow) -> bool {
    let below = |name: &str| name == host || name.strip_suffix(host).is_some_and(|rest| rest.ends_with('.'));
    below(&site.site) || site.hosts.iter().any(|(name, _)| below(name))
}

/// The gravest finding.
pub fn worst(findings: &[Finding]) -> Option<Level> {
    findings.iter().map(|finding| finding.level).max()
}

#[cfg(test)]
mod tests;
