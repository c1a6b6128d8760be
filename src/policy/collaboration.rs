//! The collaboration map: tools that do the same job, who works with several of them, and which one could do.

use std::collections::BTreeMap;

use super::judge::{Case, Judged};
use super::kinds::works_together;
use super::model::State;
use crate::inventory::AppRow;
use crate::people::MemberId;
use crate::words::counted;

/// Tools that do the same job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collaboration {
    /// Jobs that two or more tools do, most people first.
    pub jobs: Vec<Job>,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub job: String,
    /// What to call it.
    pub name: String,
    /// People who work with any of its tools.
    pub people: u64,
    /// Its tools, most people first.
    pub tools: Vec<Tool>,
    /// Pairs of tools that share people, most first.
    pub overlap: Vec<Overlap>,
    /// People who work with two or more.
    pub bridges: u64,
    /// What could be brought together, in a sentence.
    pub consolidate: Option<String>,
}

/// One tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People who work with it.
    pub people: u64,
    /// What was decided.
    pub state: State,
    /// Departments, most people first.
    pub departments: Vec<String>,
}

/// Two tools and the people they share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The id of one.
    pub a: String,
    /// The id of the other.
    pub b: String,
    /// People who work with both.
    pub people: u64,
}

/// How many pairs are told.
const PAIRS: usize = 20;

/// Draws the map.
pub(super) fn map(case: &Case<'_, '_>, apps: &[Judged]) -> Collaboration {
    let mut by_job: BTreeMap<&str, Vec<(&AppRow<'_>, &Judged)>> = BTreeMap::new();
    for (row, judged) in case.inventory.apps.iter().zip(apps) {
        if !row.used_by.is_empty() && works_together(row.app) {
            by_job.entry(judged.job.as_str()).or_default().push((row, judged));
        }
    }
    let mut jobs: Vec<Job> =
        by_job.into_iter().filter(|(_, tools)| tools.len() > 1).map(|(id, tools)| job(case, id, tools)).collect();
    jobs.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.job.cmp(&b.job)));
    Collaboration { jobs }
}

fn job(case: &Case<'_, '_>, id: &str, mut rows: Vec<(&AppRow<'_>, &Judged)>) -> Job {
    rows.sort_by(|(a, _), (b, _)| b.used_by.len().cmp(&a.used_by.len()).then_with(|| a.app.id().cmp(b.app.id())));
    let mut tools_of: BTreeMap<MemberId, u64> = BTreeMap::new();
    for member in rows.iter().flat_map(|(row, _)| &row.used_by) {
        *tools_of.entry(*member).or_default() += 1;
    }
    let mut overlap = Vec::new();
    for (at, (one, _)) in rows.iter().enumerate() {
        for (other, _) in rows.iter().skip(at + 1) {
            let people = shared(&one.used_by, &other.used_by);
            if people > 0 {
                overlap.push(Overlap { a: one.app.id().to_owned(), b: other.app.id().to_owned(), people });
            }
        }
    }
    overlap.sort_by(|x, y| y.people.cmp(&x.people).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b))));
    overlap.truncate(PAIRS);
    let (people, bridges) = (tools_of.len() as u64, tools_of.values().filter(|tools| **tools > 1).count() as u64);
    let name = name(case, id);
    let consolidate = consolidate(case, &name, &rows, people, bridges);
    let tools = rows.iter().map(|(row, judged)| Tool {
        id: row.app.id().to_owned(),
        name: row.app.name().to_owned(),
        people: row.used_by.len() as u64,
        state: judged.state,
        departments: case.departments_of(row).into_iter().map(|(name, _)| name).collect(),
    });
    Job { job: id.to_owned(), tools: tools.collect(), name, people, overlap, bridges, consolidate }
}

/// How many stand in both; both are sorted.
fn shared(one: &[MemberId], other: &[MemberId]) -> u64 {
    one.iter().filter(|member| other.binary_search(member).is_ok()).count() as u64
}

fn name(case: &Case<'_, '_>, job: &str) -> String {
    let name = case.catalog.job(job).map(|job| job.name());
    name.or_else(|| case.catalog.category(job).map(|category| category.name())).unwrap_or(job).to_owned()
}

/// The sanctioned tool that most people know already, else the one with most people, could do for all. Two sanctioned tools
/// are no one's mistake: whoever decided for both knew why.
fn consolidate(
    case: &Case<'_, '_>,
    name: &str,
    rows: &[(&AppRow<'_>, &Judged)],
    people: u64,
    bridges: u64,
) -> Option<String> {
    let is_own = |judged: &Judged| judged.state == State::Sanctioned;
    let own: Vec<&AppRow<'_>> = rows.iter().filter(|(_, judged)| is_own(judged)).map(|(row, _)| *row).collect();
    let (tool, has) = match own.first() {
        Some(_) if own.len() == rows.len() => return None,
        Some(row) => {
            let mut members: Vec<MemberId> = own.iter().flat_map(|row| row.used_by.iter().copied()).collect();
            members.sort_unstable();
            members.dedup();
            (row.app.name(), members.len() as u64)
        }
        None if (rows.len() as u64) < case.policy.thresholds().same_job => return None,
        None => rows.first().map(|(row, _)| (row.app.name(), row.used_by.len() as u64))?,
    };
    let rest = people - has;
    if rest == 0 && bridges == 0 {
        return None;
    }
    let mut text =
        format!("{name}: {} for {}", counted(rows.len() as u64, "tool", "tools"), case.crowd.counted(people));
    if bridges > 0 {
        text += &format!(", {bridges} of whom {} with more than one", if bridges == 1 { "works" } else { "work" });
    }
    text += &match own.as_slice() {
        [] => format!(". {tool} has most of them, {has}, and could do for all once somebody has looked at it"),
        [_] => format!(". {tool} is sanctioned and has {has} of them already"),
        _ => format!(
            ". {tool} and {} sanctioned have {has} of them already",
            counted(own.len() as u64 - 1, "other", "others")
        ),
    };
    text += &match rest {
        0 => "; the others are spare.".to_owned(),
        rest => format!("; {} would have to move.", case.crowd.counted(rest)),
    };
    Some(text)
}
