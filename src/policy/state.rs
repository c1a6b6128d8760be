//! What decisions, own tenants and rules say of one app.

use super::kinds::{Nature, is_personal};
use super::model::{Decision, Placement, Policy, Rule, State, Subject, TenantKind};
use crate::catalog::App;
use crate::inventory::{AppRow, Verdict};
use crate::people::{MemberId, People};
use crate::risk::Risk;

/// What was decided about an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) placement: Placement,
    /// Place among the policy's decisions.
    pub(super) decision: Option<usize>,
    /// People who work with it although the decision is about other departments.
    pub(super) beyond: u64,
}

/// The standing of an app: the narrowest decision counts (app, then vendor, then category; one for departments before one
/// for all), as long as it is about somebody who works with the app.
pub(super) fn standing(policy: &Policy, row: &AppRow<'_>, people: &People) -> Standing {
    let mut about: Vec<(usize, &Decision)> =
        policy.decisions().iter().enumerate().filter(|(_, decision)| is_about(&decision.subject, row.app)).collect();
    about.sort_by_key(|(at, decision)| (width(&decision.subject), decision.departments.is_empty(), *at));
    let mut rest: Vec<MemberId> = row.used_by.clone();
    let mut found: Option<(usize, &Decision)> = None;
    for (at, decision) in about {
        if decision.departments.is_empty() {
            rest.clear();
            found = found.or(Some((at, decision)));
            break;
        }
        let before = rest.len();
        rest.retain(|member| !sits_in(people, *member, &decision.departments));
        // A decision for departments of which nobody works with it says nothing of those who do.
        if rest.len() < before || row.used_by.is_empty() {
            found = found.or(Some((at, decision)));
        }
    }
    match found {
        Some((at, decision)) => {
            // Where a few departments are asked not to use it, the others are free to.
            let beyond = if decision.state == State::Unsanctioned { 0 } else { rest.len() as u64 };
            Standing { state: decision.state, placement: decision.placement, decision: Some(at), beyond }
        }
        None => Standing { state: State::Unreviewed, placement: unreviewed(row), decision: None, beyond: 0 },
    }
}

/// What people found by themselves stands at the edge until somebody decides; what nobody works with stands outside, and so
/// does what has no place in a company.
fn unreviewed(row: &AppRow<'_>) -> Placement {
    let chosen = matches!(row.verdict, Verdict::Used | Verdict::Tried);
    match Nature::of(row.app) {
        Nature::Work | Nature::Ai | Nature::Social | Nature::Remote if chosen => Placement::Edge,
        _ => Placement::Outside,
    }
}

/// Whether a decision is about an app.
pub(super) fn is_about(subject: &Subject, app: &App) -> bool {
    match subject {
        Subject::App(id) => id == app.id(),
        Subject::Vendor(vendor) => app.vendor().is_some_and(|name| name.to_lowercase() == *vendor),
        Subject::Category(id) => id == app.category(),
        Subject::Host(_) => false,
    }
}

fn width(subject: &Subject) -> u8 {
    match subject {
        Subject::App(_) | Subject::Host(_) => 0,
        Subject::Vendor(_) => 1,
        Subject::Category(_) => 2,
    }
}

/// Whether a member belongs to one of the departments. Letter case does not matter.
pub(super) fn sits_in(people: &People, member: MemberId, departments: &[String]) -> bool {
    department(people, member)
        .is_some_and(|own| departments.iter().any(|name| name.to_lowercase() == own.to_lowercase()))
}

pub(super) fn department(people: &People, member: MemberId) -> Option<&str> {
    people.members().get(member.index())?.department.as_deref()
}

/// Whose instance it is.
pub(super) fn tenant_kind(policy: &Policy, app: &App, tenant: &str) -> TenantKind {
    let label = tenant.to_lowercase();
    let listed = policy
        .own_tenants()
        .iter()
        .any(|own| own.tenant == label && own.app.as_deref().is_none_or(|only| only == app.id()));
    let decided =
        policy.decisions().iter().any(|decision| is_about(&decision.subject, app) && decision.tenants.contains(&label));
    // `contoso.example` is also the owner of `contoso`.
    let domain =
        policy.own_domains().iter().any(|domain| *domain == label || domain.split('.').next() == Some(label.as_str()));
    match () {
        () if listed || decided || domain => TenantKind::Own,
        () if is_personal(app) || label == "personal" => TenantKind::Personal,
        () => TenantKind::Other,
    }
}

/// Everybody seen in an instance of that kind, each once.
pub(super) fn members_of(row: &AppRow<'_>, kinds: &[TenantKind], wanted: TenantKind) -> Vec<MemberId> {
    let tenants = row.tenants.iter().zip(kinds).filter(|(_, kind)| **kind == wanted);
    let mut members: Vec<MemberId> = tenants.flat_map(|(tenant, _)| tenant.members.iter().copied()).collect();
    members.sort_unstable();
    members.dedup();
    members
}

/// Whether a rule applies to an app as it stands.
pub(super) fn applies(
    rule: &Rule,
    row: &AppRow<'_>,
    job: &str,
    kinds: &[TenantKind],
    risk: &Risk,
    state: State,
) -> bool {
    let when = &rule.when;
    let app = row.app;
    let named = |list: &[String], name: &str| list.is_empty() || list.iter().any(|one| one == name);
    let vendor = app.vendor().map(str::to_lowercase).unwrap_or_default();
    let has_fact = |kind: &String| app.facts().iter().any(|fact| fact.is() == kind);
    let in_department = |name: &String| {
        row.departments.iter().any(|slice| slice.used > 0 && slice.name.to_lowercase() == name.to_lowercase())
    };
    let stage = row.life.map(|life| life.stage);
    named(&when.apps, app.id())
        && named(&when.categories, app.category())
        && named(&when.vendors, &vendor)
        && named(&when.jobs, job)
        && (when.departments.is_empty() || when.departments.iter().any(in_department))
        && (when.facts.is_empty() || when.facts.iter().any(has_fact))
        && (when.tenants.is_empty() || when.tenants.iter().any(|kind| kinds.contains(kind)))
        && when.risk.is_none_or(|least| risk.level >= least)
        && (when.growth.is_empty() || stage.is_some_and(|stage| when.growth.contains(&stage)))
        && (when.verdicts.is_empty() || when.verdicts.contains(&row.verdict))
        && (when.states.is_empty() || when.states.contains(&state))
        && when.people.is_none_or(|least| row.used_by.len() as u64 >= least)
        && when.uploads.is_none_or(|least| row.sum.bytes_up.is_some_and(|up| up >= least))
}
