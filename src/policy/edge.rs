//! The edge list: what people found by themselves, and what spreads from there.
//!
//! Good tools rarely come in by the front door. Somebody finds one, shows it to the next desk, and a quarter later a
//! department relies on it. Whoever reads this list early can bring the good ones in before they are in trouble.

use super::advice::stage;
use super::judge::{Case, Judged};
use super::kinds::Nature;
use super::model::{Placement, State};
use crate::inventory::{AppRow, Stage};
use crate::words::some;

/// An app at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People who work with it.
    pub people: u64,
    /// People who took it up within the last week of the logs.
    pub new_people: u64,
    /// Its stage of life, where there are enough days to tell.
    pub stage: Option<Stage>,
    /// Early adopters who still use it.
    pub champions: u64,
    /// Departments, most people first.
    pub departments: Vec<String>,
    /// Why it stands here, in a sentence.
    pub reason: String,
}

/// What people found that spreads, or that somebody has stayed with from early on; what grows fastest first.
pub(super) fn list_of(case: &Case<'_, '_>, apps: &[Judged]) -> Vec<EdgeRow> {
    let mut rows: Vec<EdgeRow> = case
        .inventory
        .apps
        .iter()
        .zip(apps)
        .filter(|(row, judged)| is_edge(case, row, judged))
        .map(|(row, judged)| EdgeRow {
            id: row.app.id().to_owned(),
            name: row.app.name().to_owned(),
            people: row.used_by.len() as u64,
            new_people: lately(case, row),
            stage: stage(row),
            champions: row.champions.len() as u64,
            departments: case.departments_of(row).into_iter().map(|(name, _)| name).collect(),
            reason: reason(case, row, judged),
        })
        .collect();
    let grows = |row: &EdgeRow| row.stage == Some(Stage::Spreading);
    rows.sort_by(|a, b| {
        (grows(b), b.new_people, b.people).cmp(&(grows(a), a.new_people, a.people)).then_with(|| a.id.cmp(&b.id))
    });
    rows
}

fn is_edge(case: &Case<'_, '_>, row: &AppRow<'_>, judged: &Judged) -> bool {
    let draws = !row.champions.is_empty() && lately(case, row) >= 2;
    let lives = draws || matches!(stage(row), Some(Stage::New | Stage::Spreading));
    let open = judged.state != State::Unsanctioned && judged.placement == Placement::Edge;
    open && lives && !row.used_by.is_empty() && matches!(judged.nature, Nature::Work | Nature::Ai)
}

/// New people in the last seven days, or in the last week where the line goes by weeks.
fn lately(case: &Case<'_, '_>, row: &AppRow<'_>) -> u64 {
    let last = if case.inventory.buckets.weekly { 1 } else { 7 };
    row.growth.iter().rev().take(last).map(|bucket| bucket.new_people).sum()
}

fn reason(case: &Case<'_, '_>, row: &AppRow<'_>, judged: &Judged) -> String {
    let names: Vec<String> = case.departments_of(row).into_iter().map(|(name, _)| name).collect();
    let place = if names.is_empty() { String::new() } else { format!(" in {}", some(&names, 2)) };
    let used = case.crowd.counted(row.used_by.len() as u64);
    let mut text = match (stage(row), row.life) {
        (Some(Stage::Spreading), Some(life)) => {
            format!("It spreads{place}: {used} so far, {:.1} new a week", life.new_people_per_week)
        }
        (Some(Stage::New), _) => format!("It is new{place}: {used} so far"),
        _ => format!("{used}{place} stay with it"),
    };
    if !row.champions.is_empty() {
        let early = row.champions.len() as u64;
        text += &format!("; {} from the first days on", case.crowd.counted(early));
    }
    text += match judged.state {
        State::Unreviewed => "; nobody has looked at it yet.",
        State::Sanctioned => "; sanctioned.",
        _ => "; tolerated.",
    };
    text
}
