//! Logs that a real Squid and a real dnsmasq write while the test waits: what the samples of the corpus cannot show is
//! that the program of today still writes them so.
//!
//! Needs what `tests/real/README.md` names, root for Squid's ports among it. Where that is missing the test says so and
//! passes; with `UMBRASCOPE_REAL=required`, as in CI, it fails.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use umbrascope::formats::{Assume, logformats_in_squid_conf};
use umbrascope::pipeline::{Plan, Reading, Unwatched, Wanted, run};

/// Runs a script into a fresh folder, or says why it cannot be run here.
fn make(product: &str, programs: &[&str]) -> Option<tempfile::TempDir> {
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !is_there(program)).collect();
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    if !missing.is_empty() || !root {
        let why = if root { format!("not installed: {}", missing.join(", ")) } else { "it needs root".to_owned() };
        assert!(std::env::var_os("UMBRASCOPE_REAL").is_none(), "{product} is required and cannot be run: {why}");
        eprintln!("skipped: a real {product}: {why}");
        return None;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let script = format!("tests/real/{product}/make.sh");
    let out = Command::new("sh").arg(&script).arg(dir.path()).output().expect("a shell");
    assert!(out.status.success(), "{script} failed:\n{}", String::from_utf8_lossy(&out.stderr));
    Some(dir)
}

fn is_there(program: &str) -> bool {
    let found = Command::new("sh").arg("-c").arg(format!("PATH=$PATH:/usr/sbin:/sbin command -v {program}")).output();
    found.is_ok_and(|out| out.status.success())
}

/// Reads a log: what became of it, and its events by (host, user, action).
fn read(log: &Path, assume: &Assume) -> (Reading, BTreeMap<String, usize>) {
    let plan = Plan { assume: assume.clone(), write: Wanted::Events, ..Plan::default() };
    let mut out = Vec::new();
    let outcome = run(&plan, &[common::source(log, "log")], &Unwatched, &mut out).expect("memory takes it");
    let mut events = BTreeMap::new();
    for line in out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let event: serde_json::Value = serde_json::from_slice(line).expect("an event is JSON");
        let key = format!("{} {} {}", event["host"], event["user"], event["action"]);
        *events.entry(key).or_default() += 1;
    }
    (outcome.readings.into_iter().next().expect("one log"), events)
}

fn whole(reading: &Reading, format: &str, at_least: u64) {
    assert_eq!(reading.format, Some(format), "{}", reading.why);
    assert_eq!(reading.bad_count(), 0, "{:?}", reading.samples);
    assert_eq!(reading.records, reading.events + reading.identities + reading.skipped_count());
    assert!(reading.events >= at_least, "{} events", reading.events);
    assert!(reading.losses.is_empty(), "{:?}", reading.losses);
}

#[test]
fn squid_in_three_layouts_tells_one_story() {
    let Some(dir) = make("squid", &["squid", "dnsmasq", "openssl", "curl", "python3"]) else { return };
    let conf = std::fs::read_to_string(dir.path().join("squid.conf")).expect("the configuration");
    let logformats = logformats_in_squid_conf(&conf).into_iter().map(|(_, text)| text).collect();
    let assume = Assume { logformats, ..Assume::default() };
    let (native, native_events) = read(&dir.path().join("native.log"), &assume);
    let (combined, combined_events) = read(&dir.path().join("combined.log"), &assume);
    let (audit, _) = read(&dir.path().join("audit.log"), &assume);
    whole(&native, "squid-native", 100);
    whole(&combined, "squid-clf", 100);
    whole(&audit, "squid-logformat", 100);
    assert_eq!((native.records, native.events), (combined.records, combined.events));
    assert_eq!(native_events, combined_events);
    assert_eq!(native.records, audit.records);
}

#[test]
fn dnsmasq_answers_are_questions_of_people() {
    let Some(dir) = make("dnsmasq", &["dnsmasq", "python3"]) else { return };
    let mut logs: Vec<_> = std::fs::read_dir(dir.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    logs.sort();
    assert_eq!(logs.len(), 2, "{logs:?}");
    let mut told = Vec::new();
    for log in &logs {
        let (reading, events) = read(log, &Assume::default());
        whole(&reading, "dnsmasq", 40);
        assert!(events.keys().any(|key| key.contains("blocked")), "{events:?}");
        told.push(
            events.into_keys().map(|key| key.split(' ').next().unwrap_or_default().to_owned()).collect::<Vec<_>>(),
        );
    }
    // The plain log and the one with serial numbers hold the same questions.
    told.iter_mut().for_each(|hosts| hosts.dedup());
    assert_eq!(told[0], told[1]);
}
