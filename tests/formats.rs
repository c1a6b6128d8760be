//! The contract of each format: every case of `tests/corpus/<format>/<case>/`, through the real pipeline, against the
//! `expected.json` beside it.
//!
//! `UPDATE_EXPECT=1 cargo test --test formats` writes the files; read them against the lines of the sample before you
//! commit them.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::Case;
use serde_json::{Value, json};
use umbrascope::formats::{self, REGISTRY};
use umbrascope::pipeline::Reading;

/// Longer samples are told by their first events and a digest of all.
const WHOLE: usize = 60;
const FIRST: usize = 40;

#[test]
fn every_case_is_read_as_expected() {
    let mut wrong = Vec::new();
    for case in common::corpus() {
        // One wrong case must not hide the others.
        if let Err(panic) = std::panic::catch_unwind(|| check(&case)) {
            let text = panic.downcast_ref::<String>().cloned();
            wrong.push(format!("{}: {}", case.name, text.unwrap_or_else(|| "differs, see above".to_owned())));
        }
    }
    assert!(wrong.is_empty(), "{} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_format_has_a_sample_and_every_case_a_readme() {
    let cases = common::corpus();
    for format in REGISTRY {
        let name = format!("{}/sample", format.id());
        assert!(cases.iter().any(|case| case.name == name), "tests/corpus/{name}/ is missing");
    }
    for case in cases.iter().chain(&common::declined()) {
        let format = case.format.as_deref();
        assert!(format.is_none_or(|id| formats::by_id(id).is_some()), "{}: no such format", case.name);
        assert!(case.log.is_file(), "{}: sample.log is missing", case.name);
        let readme = std::fs::read_to_string(case.dir().join("README.md")).unwrap_or_default();
        assert!(readme.starts_with("# "), "{}: README.md is missing, or has no title", case.name);
    }
}

fn check(case: &Case) {
    let mut source = case.source();
    source.display = "sample.log".into();
    let (outcome, written) = common::run_events(&case.plan(), std::slice::from_ref(&source));
    let (folded, _) = common::run(&case.plan(), &[source]);
    let [reading] = &outcome.readings[..] else { panic!("{} readings of one file", outcome.readings.len()) };
    assert_eq!(reading.losses, Vec::<String>::new());
    // A case may show what is *not* read, and then says so in its first line.
    let readme = std::fs::read_to_string(case.dir().join("README.md")).unwrap_or_default();
    let declined = readme.to_lowercase().contains("declined") || readme.to_lowercase().contains("declines");
    match reading.format {
        Some(id) => assert_eq!(Some(id), case.format.as_deref(), "the format is that of the folder"),
        None => assert!(declined, "declined, and README.md does not say so: {}", reading.why),
    }
    let events: Vec<Value> = written
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap_or_else(|error| panic!("the output is no JSON: {error}")))
        .collect();
    assert_eq!(events.len() as u64, reading.events + reading.identities, "as many events are written as are counted");
    let facts = &folded.facts;
    let work = json!({ "facts": facts.len(), "destinations": facts.dest_count(), "who": facts.who_count() });
    common::golden(&case.dir().join("expected.json"), &expected(reading, &events, &work));
}

/// One event a line, so that a change shows as a changed line.
fn expected(reading: &Reading, events: &[Value], work: &Value) -> String {
    let runner_up = reading.runner_up.map(|second| json!({ "format": second.format, "confidence": second.score }));
    let detection = json!({
        "format": reading.format,
        "confidence": reading.score,
        "why": reading.why,
        "runner_up": runner_up,
        "envelope": reading.envelope,
    });
    let mut records = json!({
        "total": reading.records,
        "event": reading.events,
        "skipped": reading.skipped_count(),
        "bad": reading.bad_count(),
    });
    if reading.identities > 0 {
        records["identity"] = json!(reading.identities);
    }
    let cannot_tell: Vec<&str> = reading.gaps.iter().map(|(gap, _)| gap.id()).collect();
    let samples: Vec<Value> = reading
        .samples
        .iter()
        .map(|bad| json!({ "line": bad.line, "offset": bad.offset, "reason": bad.reason, "excerpt": bad.excerpt }))
        .collect();
    let mut text = String::from("{\n");
    let _ = writeln!(text, "\"detection\": {},", pretty(&detection));
    let _ = writeln!(text, "\"records\": {},", records);
    let _ = writeln!(text, "\"skipped\": {},", pretty(&json!(reading.skipped)));
    let _ = writeln!(text, "\"bad\": {},", pretty(&json!(reading.bad)));
    let _ = writeln!(text, "\"bad_samples\": {},", lines(&samples));
    let _ = writeln!(text, "\"cannot_tell\": {},", json!(cannot_tell));
    let _ = writeln!(text, "\"work\": {work},");
    if events.len() > WHOLE {
        let _ = writeln!(text, "\"digest\": {},", digest(events));
    }
    let shown = if events.len() > WHOLE { &events[..FIRST] } else { events };
    let _ = writeln!(text, "\"events\": {}", lines(shown));
    text.push_str("}\n");
    serde_json::from_str::<Value>(&text).expect("expected.json is JSON");
    text
}

/// How many events have which field, the distinct words of closed sets, and sums.
fn digest(events: &[Value]) -> String {
    let mut fields: BTreeMap<&str, u64> = BTreeMap::new();
    let mut words: BTreeMap<String, u64> = BTreeMap::new();
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for event in events {
        for (field, value) in event.as_object().into_iter().flatten() {
            *fields.entry(field).or_default() += 1;
            match field.as_str() {
                "action" | "evidence" => {
                    *words.entry(format!("{field} {}", value.as_str().unwrap_or("?"))).or_default() += 1;
                }
                "status" => *words.entry(format!("status {value}")).or_default() += 1,
                "bytes_up" | "bytes_down" | "duration_ms" => {
                    *sums.entry(field).or_default() += value.as_u64().unwrap_or(0);
                }
                _ => {}
            }
        }
    }
    pretty(&json!({ "fields": fields, "words": words, "sums": sums }))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON")
}

fn lines(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(|value| format!("\n  {value}")).collect();
    format!("[{}{}]", lines.join(","), if values.is_empty() { "" } else { "\n" })
}
