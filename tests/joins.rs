//! Names for what is known by address alone, seen from outside: folders of logs that know each other's sessions.
//!
//! `tests/joins/<case>/` holds the logs of a case and `expected.txt`, the facts after the join and the account of it.
//! `UPDATE_EXPECT=1` writes it anew.

mod common;

use std::fmt::Write as _;
use std::path::Path;

use umbrascope::event::{Evidence, Timestamp};
use umbrascope::formats::Assume;
use umbrascope::input::Source;
use umbrascope::pipeline::{Outcome, Plan};
use umbrascope::traffic::{Share, WhoKind};

#[test]
fn each_folder_is_joined_as_expected() {
    for folder in common::sorted(Path::new("tests/joins")) {
        let sources = sources(&folder);
        let told = tell(&common::run(&plan(3, 256 << 10), &sources).0);
        common::golden(&folder.join("expected.txt"), &told);
        // Neither the order of files nor where a block ends matters.
        let turned: Vec<Source> = sources.iter().rev().cloned().collect();
        assert_eq!(tell(&common::run(&plan(1, 1 << 20), &turned).0), told, "{}: in turned order", folder.display());
        for block_size in [300, 700] {
            let blocks = tell(&common::run(&plan(2, block_size), &sources).0);
            assert_eq!(blocks, told, "{}: in blocks of {block_size}", folder.display());
        }
    }
}

fn sources(folder: &Path) -> Vec<Source> {
    let logs = common::sorted(folder).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "log"));
    logs.map(|log| common::source(&log, &common::file_name(&log))).collect()
}

fn plan(threads: usize, block_size: usize) -> Plan {
    // 2026-12-31
    let assume = Assume { newest: Some(Timestamp(1_798_675_200_000)), ..Assume::default() };
    Plan { assume, threads, block_size, ..Plan::default() }
}

/// The facts in order, and the account.
fn tell(outcome: &Outcome) -> String {
    let facts = &outcome.facts;
    let mut lines: Vec<String> = facts
        .iter()
        .map(|fact| {
            let (dest, who) = (facts.dest_name(fact.dest), facts.who_name(fact.who));
            let path = dest.path.unwrap_or_default();
            let who = if who.kind == WhoKind::Nobody { "nobody" } else { who.name };
            let mut line = format!("day {} {}{path} {who}: requests {}", fact.day().0, dest.host, fact.requests);
            for (name, count) in [("lookups", fact.lookups), ("blocked", fact.blocked), ("uploads", fact.uploads)] {
                if count > 0 {
                    let _ = write!(line, " {name} {count}");
                }
            }
            for (name, bytes) in [("up", fact.bytes_up()), ("down", fact.bytes_down())] {
                if let Some(bytes) = bytes {
                    let _ = write!(line, " {name} {bytes}");
                }
            }
            for tier in Evidence::ALL.into_iter().filter(|tier| fact.evidence_bits() & 1 << *tier as u8 != 0) {
                let _ = write!(line, " {}", tier.as_str());
            }
            if fact.plain() {
                line.push_str(" plain");
            }
            line.push_str(" in");
            for quarter in (0..96).filter(|quarter| fact.quarters().contains(*quarter)) {
                let _ = write!(line, " {quarter}");
            }
            line
        })
        .collect();
    lines.sort();
    let joins = outcome.joins;
    let mut text = lines.join("\n");
    let share = |share: Share| format!("{} with {} bytes", share.sightings, share.bytes);
    let _ = writeln!(
        text,
        "\n\nby id {}\nby session {}\nby answer {}\nambiguous {}\nunknown {}\ndestinations {}",
        share(joins.id),
        share(joins.session),
        share(joins.answer),
        share(joins.ambiguous),
        share(joins.unknown),
        facts.dest_count(),
    );
    assert_eq!(joins.named().sightings + joins.ambiguous.sightings + joins.unknown.sightings, joins.all().sightings);
    text
}
