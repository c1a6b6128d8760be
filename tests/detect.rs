//! Detection, seen from outside: every sample against every format, and what is declined.
//!
//! `tests/detection.txt` is the cross-detection table, one row a file: the formats that see something in it, best first.
//! `UPDATE_EXPECT=1` writes it.

mod common;

use std::fmt::Write as _;
use std::path::Path;

use common::Case;
use umbrascope::formats::detect::{Declined, Detected, HEAD_BYTES, SURE_ENOUGH, detect};
use umbrascope::formats::{Format, REGISTRY};

/// How far the winner must be ahead of the runner-up. Less, and one odd line decides.
const MARGIN: u8 = 5;

const LEGEND: &str = "\
Each log of the tests against each format: what detection says (format or `declined`), then every format that sees
something in it, with its score, best first. Written by tests/detect.rs.

";

#[test]
fn each_sample_against_each_format() {
    let mut table = String::from(LEGEND);
    let mut close = Vec::new();
    let cases = common::corpus().into_iter().chain(common::bundled()).chain(common::declined());
    for case in cases {
        let head = head(&case);
        let scores = scores(&head, &case);
        let (verdict, sure) = match look(&head, &case, None) {
            Detected::Log(log) => (log.format.id(), true),
            Detected::Declined(_) => ("declined", false),
        };
        let list: Vec<String> = scores.iter().map(|(id, score)| format!("{id} {score}")).collect();
        let row = format!("{:<42} {verdict:<16} {}", case.name, list.join(", "));
        let _ = writeln!(table, "{}", row.trim_end());
        if let ([(first, best), rest @ ..], true) = (&scores[..], sure) {
            let second = rest.first().map_or(0, |(_, score)| *score);
            if *first != verdict || best.saturating_sub(second) < MARGIN {
                close.push(format!("{}: {}", case.name, list.join(", ")));
            }
        }
    }
    common::golden(Path::new("tests/detection.txt"), &table);
    assert!(close.is_empty(), "the winner is less than {MARGIN} ahead:\n{}", close.join("\n"));
}

/// What no traffic log is, with the exact words a user reads.
#[test]
fn what_is_no_traffic_log_is_declined_with_the_reason() {
    let cases = common::declined();
    assert!(cases.len() >= 14, "tests/corpus/_declined has lost cases");
    for case in cases {
        let found = look(&head(&case), &case, None);
        let Detected::Declined(Declined { why, score, .. }) = found else {
            panic!("{}: guessed into {found:?}", case.name);
        };
        common::golden(&case.dir().join("expected.txt"), &format!("{score} % sure: {why}\n"));
        let (outcome, written) = common::run_events(&case.plan(), &[case.source()]);
        assert_eq!(written, b"", "{}: nothing of it comes out", case.name);
        assert_eq!(outcome.readings[0].format, None, "{}", case.name);
        assert_eq!(outcome.readings[0].why, why, "{}", case.name);
    }
}

/// A format that is forced reads what it can, even where detection would decline.
#[test]
fn a_forced_format_is_taken() {
    for case in common::corpus() {
        let Some(format) = case.format.as_deref().and_then(umbrascope::formats::by_id) else { continue };
        match look(&head(&case), &case, Some(format)) {
            Detected::Log(log) => assert_eq!(log.format.id(), format.id(), "{}", case.name),
            // Only for want of a header.
            Detected::Declined(declined) => {
                assert!(declined.why.starts_with(format.id()), "{}: {}", case.name, declined.why);
            }
        }
    }
}

/// Whoever decides on a file needs few lines: the first ten of a sample are enough, or the file is declined, but it is
/// never taken for something else.
#[test]
fn ten_lines_are_never_taken_for_something_else() {
    for case in common::corpus() {
        let text = case.text();
        let end = memchr::memchr_iter(b'\n', &text).nth(9).map_or(text.len(), |newline| newline + 1);
        if let Detected::Log(log) = detect(&text[..end], end == text.len(), &case.assume, None) {
            assert_eq!(Some(log.format.id()), case.format.as_deref(), "{}: its first lines", case.name);
        }
    }
}

/// The same head gives the same answer, wherever it is cut behind the last whole line.
#[test]
fn half_a_line_at_the_end_of_the_head_changes_nothing() {
    for case in common::corpus() {
        let head = head(&case);
        let Some(last) = memchr::memrchr(b'\n', &head[..head.len().saturating_sub(1)]) else { continue };
        let half = last + 1 + (head.len() - last - 1) / 2;
        let name = |found: Detected| match found {
            Detected::Log(log) => log.format.id(),
            Detected::Declined(_) => "declined",
        };
        let (whole, cut) = (&head[..last + 1], &head[..half]);
        let (a, b) = (detect(whole, false, &case.assume, None), detect(cut, false, &case.assume, None));
        assert_eq!(name(a), name(b), "{}", case.name);
    }
}

fn head(case: &Case) -> Vec<u8> {
    let mut head = case.text();
    head.truncate(HEAD_BYTES);
    head
}

fn look(head: &[u8], case: &Case, forced: Option<&'static dyn Format>) -> Detected {
    detect(head, head.len() < HEAD_BYTES, &case.assume, forced)
}

/// What each format says for itself, best first; among equals in order of the alphabet.
fn scores(head: &[u8], case: &Case) -> Vec<(&'static str, u8)> {
    let mut scores = Vec::new();
    for format in REGISTRY {
        let score = match look(head, case, Some(*format)) {
            Detected::Log(log) => log.guess.score,
            // Its own reason bears its name; another is about the file and no score of any format.
            Detected::Declined(declined) if declined.why.starts_with(&format!("{}: ", format.id())) => declined.score,
            Detected::Declined(_) => 0,
        };
        if score > 0 {
            scores.push((format.id(), score));
        }
    }
    scores.sort_by_key(|(id, score)| (std::cmp::Reverse(*score), *id));
    scores
}

const _: () = assert!(SURE_ENOUGH > MARGIN);
