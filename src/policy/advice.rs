//! What to do about an app: a rung of the ladder, and why.
//!
//! People take up tools because they have work to do. So the first answer is never a block: it is to know, to talk, to show
//! what the company has, to bring in what has proved itself. Blocking is for what nobody can vouch for.

use super::judge::{Alternative, Case, Judged};
use super::kinds::{Nature, is_personal};
use super::model::{Action, State, TenantKind};
use super::state::members_of;
use crate::inventory::{AppRow, Stage, Verdict};
use crate::risk::Level as Risk;
use crate::words::{bytes, some};

/// What to do about an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The rung of the ladder.
    pub action: Action,
    /// Why, in sentences.
    pub reasons: Vec<String>,
    /// The sanctioned app that does the same job.
    pub alternative: Option<Alternative>,
}

/// Advises on one app. `leading`: no other open app of its job has more people.
pub(super) fn advise(case: &Case<'_, '_>, row: &AppRow<'_>, judged: &Judged, leading: bool) -> Advice {
    let mut reasons = Vec::new();
    let alternative = match judged.state {
        State::Sanctioned => None,
        _ => judged
            .private_side_of
            .clone()
            .or_else(|| judged.alternatives.iter().find(|other| other.sanctioned).cloned()),
    };
    let by_rule = judged.rules.iter().filter_map(|at| case.policy.rules().get(*at));
    if let Some((rule, action)) = by_rule.filter_map(|rule| Some((rule, rule.advice?))).next() {
        reasons.push(sentence(&format!("The policy says so (rule `{}`): {}", rule.id, rule.reason)));
        return Advice { action, reasons, alternative };
    }
    let action = match judged.state {
        State::Sanctioned => sanctioned(case, row, judged, &mut reasons),
        State::Tolerated => tolerated(case, row, judged, leading, &mut reasons),
        State::Unsanctioned => unsanctioned(case, row, judged, &mut reasons),
        State::Unreviewed => unreviewed(case, row, judged, leading, alternative.as_ref(), &mut reasons),
    };
    if let Some(other) = alternative.as_ref().filter(|_| action > Action::Watch) {
        let told = reasons.iter().any(|reason| reason.contains(&other.name));
        if !told {
            reasons.push(format!("{} does the same job and is sanctioned.", other.name));
        }
    }
    Advice { action, reasons, alternative }
}

fn sanctioned(case: &Case<'_, '_>, row: &AppRow<'_>, judged: &Judged, reasons: &mut Vec<String>) -> Action {
    let personal = members_of(row, &judged.tenants, TenantKind::Personal).len() as u64;
    if personal > 0 {
        let who = case.crowd.counted(personal);
        reasons.push(format!("{who} work in a personal instance; the company has one of its own for them."));
        return Action::Teach;
    }
    if judged.beyond > 0 {
        let who = case.crowd.counted(judged.beyond);
        reasons.push(format!("{who} from other departments found it useful as well; the decision could include them."));
        return Action::Adopt;
    }
    if let Some(decision) = judged.decision.and_then(|at| case.policy.decisions().get(at)) {
        reasons.push(sentence(&format!("It is sanctioned: {}", decision.reason)));
    } else {
        reasons.push("It is sanctioned.".to_owned());
    }
    Action::Ignore
}

fn tolerated(
    case: &Case<'_, '_>,
    row: &AppRow<'_>,
    judged: &Judged,
    leading: bool,
    reasons: &mut Vec<String>,
) -> Action {
    let used = row.used_by.len() as u64;
    if heavy(case, row) {
        reasons.push(format!("It is tolerated, and {} went out to it.", bytes(row.sum.bytes_up.unwrap_or(0))));
        return Action::Teach;
    }
    let grows = stage(row) == Some(Stage::Spreading);
    if leading && used >= case.policy.thresholds().adopt_people && (grows || used * 10 >= case.everybody) {
        let how = if grows { "and it spreads" } else { "and many rely on it" };
        reasons.push(format!("It is tolerated, {} work with it, {how}.", case.crowd.counted(used)));
        return if judged.risk.level <= Risk::High { Action::Adopt } else { Action::Teach };
    }
    reasons.push("It is tolerated under light rules.".to_owned());
    Action::Watch
}

fn unsanctioned(case: &Case<'_, '_>, row: &AppRow<'_>, judged: &Judged, reasons: &mut Vec<String>) -> Action {
    let used = (row.used_by.len() + row.tried_by.len()) as u64;
    let decision = judged.decision.and_then(|at| case.policy.decisions().get(at));
    match decision {
        Some(decision) => reasons.push(sentence(&format!("The policy says no: {}", decision.reason))),
        None => reasons.push("The policy says no.".to_owned()),
    }
    if used == 0 {
        reasons.push(format!("None of the {} works with it.", case.crowd.many()));
        return Action::Watch;
    }
    reasons.push(format!("{} still reach for it.", case.crowd.counted(used)));
    match judged.risk.level {
        Risk::Low | Risk::Medium if judged.nature != Nature::Hidden => Action::Restrict,
        _ => Action::Block,
    }
}

fn unreviewed(
    case: &Case<'_, '_>,
    row: &AppRow<'_>,
    judged: &Judged,
    leading: bool,
    alternative: Option<&Alternative>,
    reasons: &mut Vec<String>,
) -> Action {
    let crowd = case.crowd;
    let used = row.used_by.len() as u64;
    let thresholds = case.policy.thresholds();
    match row.verdict {
        Verdict::Touched | Verdict::Background => {
            reasons.push(format!("None of the {} works with it; it was only met along the way.", crowd.many()));
            return Action::Ignore;
        }
        Verdict::Blocked => {
            let stopped = row.counts[Verdict::Blocked as usize];
            reasons.push(format!("It is blocked already; {} asked for it.", crowd.counted(stopped)));
            let wanted = stopped >= thresholds.blocked_people && judged.nature != Nature::Background;
            return if wanted { Action::Teach } else { Action::Ignore };
        }
        Verdict::Used | Verdict::Tried => {}
    }
    match judged.nature {
        Nature::Background => {
            reasons.push("It works in the background of other pages and programs.".to_owned());
            return Action::Ignore;
        }
        Nature::Hidden => {
            reasons.push("It hides what is done through it, or brings in what nobody vouches for.".to_owned());
            reasons
                .push("Ask first what it is needed for: often a filter stands in the way of honest work.".to_owned());
            return Action::Block;
        }
        Nature::Remote => {
            reasons.push(
                "Somebody elsewhere can get in through it; a help desk does that, and so does an intruder.".to_owned(),
            );
            return Action::Restrict;
        }
        Nature::Leisure | Nature::Social => {
            if heavy(case, row) {
                reasons.push(format!("{} went out to it, more than a private errand needs.", up(row)));
                return Action::Watch;
            }
            reasons.push(match judged.nature {
                Nature::Leisure => "It has little to do with the company's data.".to_owned(),
                _ => "People meet others there; the social section tells who does so for the company.".to_owned(),
            });
            return Action::Ignore;
        }
        Nature::Work | Nature::Ai => {}
    }
    if row.verdict == Verdict::Tried {
        reasons.push(format!("{} tried it; none works with it yet.", crowd.counted(row.tried_by.len() as u64)));
        return Action::Watch;
    }
    reasons.push(match case.departments_of(row).as_slice() {
        [] => format!("{} work with it.", crowd.counted(used)),
        named => {
            let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
            format!("{} work with it, most in {}.", crowd.counted(used), some(&names, 2))
        }
    });
    if judged.risk.level == Risk::Critical {
        reasons.push(format!("Its risk is critical ({} of 100).", judged.risk.score));
        return Action::Restrict;
    }
    if let Some(other) = alternative {
        reasons.push(format!(
            "{} does the same job and is sanctioned: show it to them, and ask what it lacks.",
            other.name
        ));
        return Action::Teach;
    }
    if heavy(case, row) {
        if judged.risk.level == Risk::High {
            reasons.push(format!("{} went out to it, and its risk is high.", up(row)));
            return Action::Restrict;
        }
        reasons.push(format!("{} went out to it: ask what for, and show where such files belong.", up(row)));
        return Action::Teach;
    }
    let many = used >= thresholds.adopt_people;
    if many && is_personal(row.app) {
        reasons
            .push("Accounts there belong to persons: what is put there leaves with them. Agree on what may be.".into());
        return Action::Teach;
    }
    if many && leading {
        reasons.push(match stage(row) {
            Some(Stage::Spreading) => "It spreads, and nothing sanctioned does its job.".to_owned(),
            _ => "Nothing sanctioned does its job.".to_owned(),
        });
        return Action::Adopt;
    }
    if judged.risk.level == Risk::High {
        reasons.push(match judged.nature {
            Nature::Ai => "Agree on what may be put in before it becomes a habit.".to_owned(),
            _ => "Its risk is high: agree on what may be put there.".to_owned(),
        });
        return Action::Teach;
    }
    if many {
        let other = judged.alternatives.first();
        reasons.push(match other {
            Some(other) => format!("{} does the same job and has more people; one of the two may do.", other.name),
            None => "See whether it lasts.".to_owned(),
        });
    } else {
        reasons.push("That is too few to decide anything.".to_owned());
    }
    Action::Watch
}

/// Somebody sent a lot to it.
pub(super) fn heavy(case: &Case<'_, '_>, row: &AppRow<'_>) -> bool {
    row.heaviest.is_some_and(|(_, bytes)| bytes >= case.policy.thresholds().heavy_upload)
}

fn up(row: &AppRow<'_>) -> String {
    bytes(row.sum.bytes_up.unwrap_or(0))
}

pub(super) fn stage(row: &AppRow<'_>) -> Option<Stage> {
    row.life.map(|life| life.stage)
}

/// With a full stop, whoever wrote it.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
