//! What the tests of the rooms share: the corpus, the bundled logs, and a run of the real pipeline over bytes.
//!
//! Nothing here asks the clock, the network or the order of a directory, so every test means the same everywhere.

#![allow(dead_code, reason = "each test crate uses a part")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use umbrascope::event::{Event, Timestamp};
use umbrascope::formats::framing::{record_len, trim};
use umbrascope::formats::{Assume, Framing, Parsed, detect};
use umbrascope::input::{Kind, Origin, Source};
use umbrascope::pipeline::{self, Outcome, Plan, Reading, Unwatched, Wanted};
use umbrascope::traffic::{Facts, Folded, Splits};

/// A log of the tests: a case of the corpus, or a bundled file.
#[derive(Debug, Clone)]
pub struct Case {
    /// `squid-native/sample`, `_declined/png`, `sample-logs/hq-proxy/access.log-20260309.gz`.
    pub name: String,
    /// The format whose folder it lies in; `None` for declined and bundled logs.
    pub format: Option<String>,
    /// The log.
    pub log: PathBuf,
    /// What its `options` say.
    pub assume: Assume,
}

impl Case {
    /// The folder of the case.
    pub fn dir(&self) -> &Path {
        self.log.parent().unwrap_or(Path::new("."))
    }

    /// The log as it lies on disk.
    pub fn bytes(&self) -> Vec<u8> {
        fs::read(&self.log).unwrap_or_else(|error| panic!("{}: {error}", self.log.display()))
    }

    /// The log as a format sees it: unpacked, in UTF-8, without a byte order mark.
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let losses = umbrascope::input::read_from(&self.name, &mut &self.bytes()[..], &Default::default(), &mut |s| {
            let _ = s.reader.read_to_end(&mut text);
            umbrascope::input::Flow::Stop
        });
        assert!(losses.is_empty(), "{}: {losses:?}", self.name);
        text
    }

    /// The plan of a run over it, in small blocks on two threads.
    pub fn plan(&self) -> Plan {
        Plan { assume: self.assume.clone(), threads: 2, block_size: 16 << 10, ..Plan::default() }
    }

    /// The log as a source with a name that is the same everywhere.
    pub fn source(&self) -> Source {
        source(&self.log, &self.name)
    }
}

/// Every case of every format, in order of name; those that must be declined are in [`declined`].
pub fn corpus() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in sorted(Path::new("tests/corpus")) {
        let format = file_name(&folder);
        if folder.is_dir() && !format.starts_with('_') {
            cases.extend(cases_in(&folder, Some(&format)));
        }
    }
    assert!(!cases.is_empty(), "tests/corpus is empty");
    cases
}

/// Files that are no traffic logs.
pub fn declined() -> Vec<Case> {
    cases_in(Path::new("tests/corpus/_declined"), None)
}

/// The bundled logs.
pub fn bundled() -> Vec<Case> {
    let mut logs = Vec::new();
    for device in sorted(Path::new("sample-logs")) {
        for log in sorted(&device) {
            let name = format!("sample-logs/{}/{}", file_name(&device), file_name(&log));
            logs.push(Case { name, format: None, log, assume: assume("") });
        }
    }
    assert!(!logs.is_empty(), "sample-logs is empty");
    logs
}

fn cases_in(folder: &Path, format: Option<&str>) -> Vec<Case> {
    let mut cases = Vec::new();
    for dir in sorted(folder) {
        if !dir.is_dir() {
            continue;
        }
        let options = fs::read_to_string(dir.join("options")).unwrap_or_default();
        cases.push(Case {
            name: format!("{}/{}", file_name(folder), file_name(&dir)),
            format: format.map(str::to_owned),
            log: dir.join("sample.log"),
            assume: assume(&options),
        });
    }
    cases
}

/// What the lines of an `options` file say: `logformat=<string>`, `timezone=Europe/Berlin`, `year=2026`.
///
/// The age of a checked-out file says nothing, so logs without a year are of 2026 unless they say otherwise.
fn assume(options: &str) -> Assume {
    let mut assume = Assume::default();
    let mut year = 2026;
    for line in options.lines().filter(|line| !line.trim().is_empty()) {
        match line.split_once('=') {
            Some(("logformat", text)) => assume.logformats.push(text.to_owned()),
            Some(("timezone", zone)) => {
                assume.zone = jiff::tz::TimeZone::get(zone).unwrap_or_else(|error| panic!("{error}"));
            }
            Some(("year", text)) => year = text.parse().unwrap_or_else(|error| panic!("`year={text}`: {error}")),
            _ => panic!("an option that no test knows: `{line}`"),
        }
    }
    let last = jiff::civil::date(year, 12, 31).at(23, 59, 59, 0);
    let last = last.to_zoned(jiff::tz::TimeZone::UTC).expect("a year of logs");
    assume.newest = Some(Timestamp(last.timestamp().as_millisecond()));
    assume
}

/// What lies in a folder, in order of name.
pub fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder that can be listed").path()).collect();
    paths.sort();
    paths
}

/// Every file below a folder, in order of path.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in sorted(folder) {
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// The last part of a path.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A file under a name of the test's choice.
pub fn source(path: &Path, name: &str) -> Source {
    let len = fs::metadata(path).map_or(0, |meta| meta.len());
    let kind = Kind::File { len, modified: None };
    Source { path: path.to_owned(), display: name.to_owned(), origin: Origin::Found, kind }
}

/// A run of the real pipeline, and what it wrote.
pub fn run(plan: &Plan, sources: &[Source]) -> (Outcome, Vec<u8>) {
    let mut out = Vec::new();
    let outcome = pipeline::run(plan, sources, &Unwatched, &mut out).expect("writing to memory does not fail");
    for reading in &outcome.readings {
        balanced(reading);
    }
    (outcome, out)
}

/// The events that a run writes.
pub fn run_events(plan: &Plan, sources: &[Source]) -> (Outcome, Vec<u8>) {
    run(&Plan { write: Wanted::Events, ..plan.clone() }, sources)
}

/// Every record is an event, skipped or bad.
pub fn balanced(reading: &Reading) {
    let sum = reading.events + reading.skipped_count() + reading.bad_count();
    assert_eq!(reading.records, sum, "{}: records = events + skipped + bad", reading.path);
}

/// Facts as text, in an order of their own: equal facts are equal text, however they came about.
pub fn dump(facts: &Facts) -> String {
    let mut lines = BTreeMap::new();
    for fact in facts.iter() {
        let (dest, who) = (facts.dest_name(fact.dest), facts.who_name(fact.who));
        let mut line = String::new();
        let _ = write!(
            line,
            "requests {} lookups {} blocked {} uploads {} up {:?} down {:?} first {} last {} evidence {:06b} quarters ",
            fact.requests,
            fact.lookups,
            fact.blocked,
            fact.uploads,
            fact.bytes_up(),
            fact.bytes_down(),
            fact.first().seconds(),
            fact.last().seconds(),
            fact.evidence_bits(),
        );
        for quarter in (0..96).filter(|quarter| fact.quarters().contains(*quarter)) {
            let _ = write!(line, "{quarter},");
        }
        let before = lines.insert((fact.day(), dest, who), line);
        assert!(before.is_none(), "two facts for {dest:?} {who:?}");
    }
    let mut text = format!("challenges {} failures {}\n", facts.challenges, facts.failures);
    for ((day, dest, who), line) in lines {
        let _ = writeln!(text, "{} {dest:?} {who:?}: {line}", day.0);
    }
    text
}

/// What a loop without blocks, threads and buffers makes of a text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Naive {
    /// The format, or `None` when the text was declined.
    pub format: Option<&'static str>,
    /// All records.
    pub records: u64,
    /// Those that are events.
    pub events: u64,
    /// Those that tell who is where.
    pub identities: u64,
    /// Those that are not, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Those that were not understood, by reason.
    pub bad: BTreeMap<String, u64>,
}

/// Reads a text record by record with one reader, and shows every event to `each`. It knows nothing of the pipeline.
pub fn naive(text: &[u8], assume: &Assume, mut each: impl FnMut(&Event<'_>, Timestamp) -> Folded) -> Naive {
    let head = &text[..text.len().min(detect::HEAD_BYTES)];
    let mut naive = Naive::default();
    let detect::Detected::Log(log) = detect::detect(head, head.len() == text.len(), assume, None) else { return naive };
    naive.format = Some(log.format.id());
    let mut reader = log.format.reader(&log.layout);
    for record in records(log.framing, text) {
        let arena = bumpalo::Bump::new();
        naive.records += 1;
        let mut skip = |why: &str| *naive.skipped.entry(why.to_owned()).or_default() += 1;
        let mut bad = |why: &str| *naive.bad.entry(why.to_owned()).or_default() += 1;
        let line = trim(record);
        if line.is_empty() {
            skip("an empty line");
            continue;
        }
        let letter = match log.envelope.open(line, assume, &arena) {
            Ok(letter) => letter,
            Err(problem) => {
                bad(&problem.reason);
                continue;
            }
        };
        match reader.record(letter.line, &arena) {
            Parsed::Event(event) => match event.at.or(letter.at) {
                at if event.aside.is_some() => {
                    skip(event.aside.unwrap_or_default());
                    at.map(|at| each(&event, at));
                }
                Some(at) => match each(&event, at) {
                    Folded::Inside => skip("a destination inside the network"),
                    _ => naive.events += 1,
                },
                None => bad("no time"),
            },
            Parsed::Identity(who) => match who.at.or(letter.at) {
                Some(at) if Facts::default().batch(&Splits::default()).identity(&who, at) => naive.identities += 1,
                Some(_) => skip("nobody is named"),
                None => bad("no time"),
            },
            Parsed::Skip(why) => skip(why),
            Parsed::Layout(layout) => {
                skip("header");
                reader = log.format.reader(&layout);
            }
            Parsed::Bad(problem) => bad(&problem.reason),
        }
    }
    naive
}

/// The same, with the events folded into facts.
pub fn naive_facts(text: &[u8], assume: &Assume, splits: &Splits) -> (Naive, Facts) {
    let mut facts = Facts::default();
    let naive = naive(text, assume, |event, at| facts.add(event, at, splits));
    facts.join();
    (naive, facts)
}

/// The records of a text, with their line ends.
pub fn records(framing: Framing, text: &[u8]) -> Vec<&[u8]> {
    let mut records = Vec::new();
    let mut at = 0;
    loop {
        // NULs where a record should begin are a hole in the file, and no record.
        at += text[at..].iter().take_while(|byte| **byte == 0).count();
        let Some(len) = record_len(framing, &text[at..], true) else { return records };
        records.push(&text[at..at + len]);
        at += len;
    }
}

/// Compares a text with a committed file; `UPDATE_EXPECT=1` writes the file.
pub fn golden(path: &Path, text: &str) {
    let updating = std::env::var_os("UPDATE_EXPECT").is_some();
    assert!(
        updating || path.exists(),
        "{} is missing: run the tests with UPDATE_EXPECT=1, read what they wrote line by line, commit it",
        path.display()
    );
    // `expect_file!` takes paths from the root of the package as well as absolute ones.
    let absolute = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    expect_test::expect_file![absolute].assert_eq(text);
}
