//! The spine, seen from outside: what a run makes of files that are mixed, damaged, forced or cut by a period.

mod common;

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use common::Case;
use serde_json::Value;
use umbrascope::event::Timestamp;
use umbrascope::formats::by_id;
use umbrascope::input::Source;
use umbrascope::pipeline::{self, Plan, Unwatched, Wanted, Watch};

#[test]
fn a_folder_of_everything_is_read_file_by_file() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let names = [
        "squid-native/sample",
        "w3c-elff/sample",
        "csv-header/sample",
        "zeek-tsv/sample",
        "_declined/png",
        "_declined/empty",
    ];
    let sources: Vec<Source> = names.iter().map(|name| copy(dir.path(), &case(name))).collect();
    let (outcome, _) = common::run(&plan(), &sources);
    let formats: Vec<Option<&str>> = outcome.readings.iter().map(|reading| reading.format).collect();
    let want = [Some("squid-native"), Some("w3c-elff"), Some("csv-header"), Some("zeek-tsv"), None, None];
    assert_eq!(formats, want);
    // What was declined adds nothing, and says why.
    let declined: Vec<(&str, u64)> = outcome.readings[4..].iter().map(|r| (r.why.as_ref(), r.records)).collect();
    assert_eq!(declined, [("a PNG image, no log", 0), ("the file is empty", 0)]);
    // The facts are those of the parts.
    let alone: u64 = sources.iter().map(|source| common::run(&plan(), std::slice::from_ref(source)).0).map(total).sum();
    assert_eq!(total(outcome), alone);
}

fn total(outcome: pipeline::Outcome) -> u64 {
    outcome.facts.iter().map(|fact| u64::from(fact.requests) + u64::from(fact.lookups)).sum()
}

#[test]
fn a_period_cuts_events_and_counts_what_it_cuts() {
    let case = case("squid-native/sample");
    let (whole, written) = common::run_events(&plan(), &[case.source()]);
    let times: Vec<Timestamp> = events(&written).iter().map(at).collect();
    let (since, until) = (times[3], times[7]);
    let cut = Plan { since: Some(since), until: Some(until), ..plan() };
    let (outcome, written) = common::run_events(&cut, &[case.source()]);
    let reading = &outcome.readings[0];
    // From `since` on, and before `until`.
    let want = times.iter().filter(|at| (since..until).contains(at)).count();
    assert!(want > 0 && want < times.len());
    assert_eq!(events(&written).len(), want);
    assert_eq!(reading.records, whole.readings[0].records);
    assert_eq!(reading.skipped.get("outside --since and --until"), Some(&((times.len() - want) as u64)));
    assert_eq!(reading.span.map(|(first, _)| first), Some(since));
}

#[test]
fn a_damaged_gzip_file_is_read_up_to_the_damage() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let text = case("squid-native/real").text();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&text.repeat(20)).expect("memory");
    let packed = encoder.finish().expect("memory");
    let path = dir.path().join("cut.gz");
    std::fs::write(&path, &packed[..packed.len() / 2]).expect("a file");
    let whole = copy(dir.path(), &case("w3c-elff/sample"));
    let (outcome, _) = common::run(&plan(), &[common::source(&path, "cut.gz"), whole.clone()]);
    let [cut, other] = &outcome.readings[..] else { panic!("two readings") };
    assert_eq!(cut.format, Some("squid-native"));
    assert!(cut.events > 100, "{} events before the damage", cut.events);
    assert_eq!(cut.losses.len(), 1, "{:?}", cut.losses);
    // The other file does not suffer.
    assert_eq!(other.losses, Vec::<String>::new());
    assert_eq!(other.events, common::run(&plan(), &[whole]).0.readings[0].events);
}

#[test]
fn a_file_that_is_gone_is_a_loss_and_not_the_end() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let gone = common::source(&dir.path().join("gone.log"), "gone.log");
    let (outcome, _) = common::run(&plan(), &[gone, case("squid-native/sample").source()]);
    let [gone, there] = &outcome.readings[..] else { panic!("two readings") };
    assert_eq!((gone.format, gone.losses.len()), (None, 1), "{gone:?}");
    assert!(there.events > 0);
}

#[test]
fn a_forced_format_makes_bad_records_of_what_it_does_not_understand() {
    let case = case("_declined/application-text");
    let forced = Plan { forced: by_id("squid-native"), ..plan() };
    let (outcome, written) = common::run(&Plan { write: Wanted::BadLines, ..forced }, &[case.source()]);
    let reading = &outcome.readings[0];
    assert_eq!(reading.format, Some("squid-native"));
    assert_eq!((reading.events, reading.bad_count()), (0, reading.records));
    // All of them are written, the first few are kept, and both say the same.
    let lines = events(&written);
    assert_eq!(lines.len() as u64, reading.records);
    let text = case.text();
    for (bad, sample) in lines.iter().zip(&reading.samples) {
        assert_eq!((bad["line"].as_u64(), bad["offset"].as_u64()), (Some(sample.line), Some(sample.offset)));
        assert_eq!(bad["reason"], *sample.reason);
        let record = bad["record"].as_str().expect("the record");
        assert_eq!(
            &text[sample.offset as usize..][..record.len()],
            record.as_bytes(),
            "the offset leads to the record"
        );
        assert_eq!(
            text[..sample.offset as usize].iter().filter(|byte| **byte == b'\n').count() as u64 + 1,
            sample.line
        );
    }
    assert_eq!(reading.samples.len(), 5);
}

/// Lines and offsets are those of the file, also behind the first block.
#[test]
fn bad_records_are_where_they_are_said_to_be() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let good = case("squid-native/sample").text();
    let mut text = good.repeat(40);
    let before = text.len();
    text.extend_from_slice(b"no record at all\n");
    text.extend_from_slice(&good);
    let path = dir.path().join("bad.log");
    std::fs::write(&path, &text).expect("a file");
    let want = (good.iter().filter(|byte| **byte == b'\n').count() as u64 * 40 + 1, before as u64);
    for block_size in [64, 1000, 1 << 20] {
        let plan = Plan { block_size, threads: 3, ..plan() };
        let (outcome, _) = common::run(&plan, &[common::source(&path, "bad.log")]);
        let samples = &outcome.readings[0].samples;
        assert_eq!(samples.iter().map(|bad| (bad.line, bad.offset)).collect::<Vec<_>>(), [want]);
        let source = [common::source(&path, "bad.log")];
        let (_, written) = common::run(&Plan { write: Wanted::BadLines, ..plan }, &source);
        let lines = events(&written);
        assert_eq!((lines[0]["line"].as_u64(), lines[0]["offset"].as_u64()), (Some(want.0), Some(want.1)));
    }
}

#[test]
fn detection_alone_says_what_a_run_says() {
    for case in common::corpus().into_iter().chain(common::declined()) {
        let looked = pipeline::detect_all(&case.plan(), &[case.source()], &Unwatched);
        let (outcome, _) = common::run(&case.plan(), &[case.source()]);
        let (looked, read) = (&looked[0], &outcome.readings[0]);
        assert_eq!((looked.format, looked.score, &looked.why), (read.format, read.score, &read.why), "{}", case.name);
        assert_eq!((looked.runner_up, &looked.envelope), (read.runner_up, &read.envelope), "{}", case.name);
        // A short file is looked at as a whole: what it cannot tell is known already.
        if case.text().iter().filter(|byte| **byte == b'\n').count() < 100 {
            assert_eq!(looked.gaps, read.gaps, "{}", case.name);
        }
    }
}

#[test]
fn a_watcher_sees_every_byte_and_may_stop() {
    #[derive(Default)]
    struct Counter {
        bytes: AtomicU64,
        opened: AtomicU64,
        stop: AtomicBool,
    }
    impl Watch for Counter {
        fn opened(&self, _: &str) {
            self.opened.fetch_add(1, Ordering::Relaxed);
        }
        fn advanced(&self, bytes: u64) {
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        fn stopped(&self) -> bool {
            self.stop.load(Ordering::Relaxed)
        }
    }
    let logs = common::bundled();
    let sources: Vec<Source> = logs.iter().filter(|log| log.name.contains("hq-proxy")).map(Case::source).collect();
    let counter = Counter::default();
    pipeline::run(&plan(), &sources, &counter, &mut Vec::new()).expect("a run");
    let size: u64 = sources.iter().map(|source| std::fs::metadata(&source.path).map_or(0, |meta| meta.len())).sum();
    let seen = counter.bytes.load(Ordering::Relaxed);
    assert!(seen <= size, "{seen} of {size} bytes");
    assert!(seen * 10 >= size * 9, "{seen} of {size} bytes");
    assert_eq!(counter.opened.load(Ordering::Relaxed), sources.len() as u64);

    let counter = Counter { stop: AtomicBool::new(true), ..Counter::default() };
    let outcome = pipeline::run(&plan(), &sources, &counter, &mut Vec::new()).expect("a run");
    assert!(outcome.readings.len() < sources.len());
}

/// A reader that closes the pipe ends the run, and no thread waits for ever.
#[test]
fn a_closed_pipe_ends_the_run() {
    struct Closed(usize);
    impl Write for Closed {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::ErrorKind::BrokenPipe.into());
            }
            self.0 -= 1;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let sources: Vec<Source> = common::bundled().iter().map(Case::source).collect();
    for writes in [0, 3] {
        let plan = Plan { write: Wanted::Events, block_size: 4096, ..plan() };
        let error = pipeline::run(&plan, &sources, &Unwatched, &mut Closed(writes)).err();
        assert_eq!(error.map(|error| error.kind()), Some(std::io::ErrorKind::BrokenPipe));
    }
}

fn plan() -> Plan {
    Plan { threads: 2, block_size: 8 << 10, ..Plan::default() }
}

fn case(name: &str) -> Case {
    let mut cases = common::corpus().into_iter().chain(common::declined());
    cases.find(|case| case.name == name).unwrap_or_else(|| panic!("tests/corpus/{name} is missing"))
}

fn copy(dir: &Path, case: &Case) -> Source {
    let name = case.name.replace('/', "-");
    let path = dir.join(&name);
    std::fs::write(&path, case.bytes()).expect("a file in a temporary folder");
    common::source(&path, &name)
}

fn events(written: &[u8]) -> Vec<Value> {
    let lines = written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect()
}

fn at(event: &Value) -> Timestamp {
    let at: jiff::Timestamp = event["ts"].as_str().expect("a time").parse().expect("RFC 3339");
    Timestamp(at.as_millisecond())
}
