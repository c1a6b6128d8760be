//! The algebra: what must hold for all logs, however they are cut, packed, ordered and read.
//!
//! Random choices come from a generator with a fixed seed, so that a failure is there again tomorrow;
//! `PROPTEST_CASES=10000` looks longer.

mod common;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use bumpalo::Bump;
use common::{Case, dump};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use umbrascope::catalog::Catalog;
use umbrascope::event::Evidence;
use umbrascope::formats::detect::{Detected, HEAD_BYTES, detect};
use umbrascope::formats::framing::{Cutter, MAX_RECORD, record_len, trim};
use umbrascope::formats::{Assume, Format, Framing, Head, Layout, Parsed, REGISTRY, by_id};
use umbrascope::input::{Source, discover};
use umbrascope::people::{Directory, People};
use umbrascope::pipeline::document::{Frame, report};
use umbrascope::pipeline::{Outcome, Plan, Wanted};
use umbrascope::traffic::{Facts, Folded, Splits};

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);

/// Block sizes that cut inside of every line, at odd places, and not at all.
const BLOCKS: [usize; 6] = [64, 97, 1000, 4096, 65_536, 1 << 20];

/// Firewalls tell of a session when it begins and when it ends, or of one of both, as they are set. Which of them a log
/// holds, and so which is counted, is seen from its head. Privoxy tells of a request in one of two ways, or both.
const BY_HEAD: [&str; 4] = ["cisco-asa", "cisco-ftd", "juniper-srx", "privoxy"];

#[test]
fn any_block_size_and_thread_count_gives_one_answer() {
    for case in small() {
        let sources = [case.source()];
        let plan = plan(&case);
        let (document, facts) = answer(&Plan { threads: 1, block_size: 1 << 20, ..plan.clone() }, &sources);
        let events = common::run_events(&Plan { threads: 1, block_size: 1 << 20, ..plan.clone() }, &sources).1;
        let bad = Plan { write: Wanted::BadLines, ..plan.clone() };
        let bad_lines = common::run(&Plan { threads: 1, block_size: 1 << 20, ..bad.clone() }, &sources).1;
        for (at, block_size) in BLOCKS.into_iter().enumerate() {
            let threads = 1 + (at * 3 + case.name.len()) % 8;
            let name = format!("{}: {threads} threads, blocks of {block_size}", case.name);
            let (other, other_facts) = answer(&Plan { threads, block_size, ..plan.clone() }, &sources);
            same(&name, &facts, &other_facts);
            same(&name, &document, &other);
            let other = common::run_events(&Plan { threads, block_size, ..plan.clone() }, &sources).1;
            same(&name, &String::from_utf8_lossy(&events), &String::from_utf8_lossy(&other));
            let other = common::run(&Plan { threads, block_size, ..bad.clone() }, &sources).1;
            same(&name, &String::from_utf8_lossy(&bad_lines), &String::from_utf8_lossy(&other));
        }
    }
}

/// The whole bundled company in one run, as `scan sample-logs` reads it.
#[test]
fn the_bundled_company_is_the_same_in_every_order() {
    let files: Vec<PathBuf> = common::bundled().into_iter().map(|case| case.log).collect();
    let plan = Plan { threads: 1, splits: splits(), ..Plan::default() };
    let (document, facts) = answer(&plan, &found(&files));
    for seed in 0..3 {
        let shuffled = shuffled(&files, seed);
        let plan = Plan {
            threads: 2 + seed as usize * 3,
            block_size: [64 << 10, 7001, 1 << 20][seed as usize],
            ..plan.clone()
        };
        let (other, other_facts) = answer(&plan, &found(&shuffled));
        same("shuffled arguments", &facts, &other_facts);
        same("shuffled arguments", &document, &other);
        // Sources that nobody sorts: the accounts come in their order, the facts are the same.
        let sources: Vec<Source> =
            shuffled.iter().map(|path| common::source(path, &path.display().to_string())).collect();
        same("unsorted sources", &facts, &answer(&plan, &sources).1);
    }
}

/// A header in mid-file that is wrapped, so that it does not begin its line: the blocks behind it know of it.
#[test]
fn wrapped_headers_reach_the_blocks_behind_them() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let case = common::corpus().into_iter().find(|case| case.name == "w3c-elff/header-changes").expect("the case");
    let text = case.text();
    let text: Vec<&str> = std::str::from_utf8(&text).expect("UTF-8").lines().collect();
    let wrapped = |count: bool| -> String {
        let line = |text: &&str| {
            let line = format!("<134>1 2026-03-10T08:15:42Z sg-branch ProxySG 1 - - {text}");
            if count { format!("{} {line}", line.len()) } else { format!("{line}\n") }
        };
        text.iter().map(line).collect()
    };
    let facts = answer(&plan(&case), &[case.source()]).1;
    for count in [false, true] {
        let source = [write(dir.path(), "wrapped.log", wrapped(count).as_bytes())];
        for block_size in BLOCKS {
            let what = format!("wrapped, counted {count}, blocks of {block_size}");
            same(&what, &facts, &answer(&Plan { block_size, ..plan(&case) }, &source).1);
        }
    }
}

#[test]
fn packed_files_say_the_same() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for case in small() {
        let text = case.text();
        let plain = dir.path().join("plain");
        std::fs::write(&plain, &text).expect("a file");
        let (document, facts) = answer(&plan(&case), &[common::source(&plain, &case.name)]);
        let half = text.len() / 2;
        // As one gzip member, and as two, as log rotation and `cat` make them.
        for members in [vec![&text[..]], vec![&text[..half], &text[half..]]] {
            let mut packed = Vec::new();
            for member in members {
                let mut encoder = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
                encoder.write_all(member).expect("memory");
                encoder.finish().expect("memory");
            }
            let path = dir.path().join("packed");
            std::fs::write(&path, &packed).expect("a file");
            let (other, other_facts) = answer(&plan(&case), &[common::source(&path, &case.name)]);
            same(&case.name, &facts, &other_facts);
            same(&case.name, &document, &other);
        }
    }
}

/// Logs whose head names the columns or, with firewalls, tells whether ends of sessions are logged and which interfaces are
/// the inner ones.
fn is_read_by_its_head(format: &str) -> bool {
    // Starts or ends of sessions, questions or answers, requests or connections: which of them a log holds, and so which is
    // counted, is seen from its head.
    const COUNTED: [&str; 16] = [
        "cisco-asa",
        "cisco-ftd",
        "dnstap",
        "juniper-srx",
        "meraki",
        "mikrotik",
        "netfilter",
        "nextdns",
        "pf-filterlog",
        "powerdns",
        "privoxy",
        "sonicwall",
        "sophos-xg",
        "stormshield",
        "unifi",
        "watchguard",
    ];
    matches!(format, "csv-header" | "key-value") || COUNTED.contains(&format)
}

/// One long log, or the same lines in several files: the facts are the same.
#[test]
fn split_and_joined_files_say_the_same() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut cut = 0;
    for case in small() {
        let Some(log) = log_of(&case) else { continue };
        let text = case.text();
        let lines = common::records(log.0.framing(), &text);
        // A record that needs the ones before it, or a header, is not to be cut off from them. Whether a log of look-ups
        // holds questions, answers or both is seen from its head.
        // Netskope's application rows repeat its pages, where the head shows pages; Untangle's filter repeats its requests.
        let header = is_read_by_its_head(log.0.id())
            || log.0.directive().is_some()
            || case.name.starts_with("json-lines/netskope")
            || case.name.starts_with("json-lines/untangle");
        let mut lookups = false;
        common::naive(&text, &case.assume, |event, _| {
            lookups |= event.evidence == Evidence::Dns;
            Folded::Counted
        });
        if log.0.lookback() > 0 || header || lookups || lines.len() < 8 {
            continue;
        }
        let facts = answer(&plan(&case), &[case.source()]).1;
        for pieces in [2, 3, 7] {
            let own = |piece: usize| &lines[piece * lines.len() / pieces..(piece + 1) * lines.len() / pieces];
            let texts: Vec<Vec<u8>> = (0..pieces).map(|piece| own(piece).concat()).collect();
            // A piece that holds little but damaged lines is not recognized.
            let is_known = |text: &Vec<u8>| match detect(text, true, &case.assume, None) {
                Detected::Log(found) => found.format.id() == log.0.id(),
                Detected::Declined(_) => false,
            };
            if !texts.iter().all(is_known) {
                continue;
            }
            cut += 1;
            let file = |(piece, text): (usize, &Vec<u8>)| write(dir.path(), &format!("{piece}.log"), text);
            let sources: Vec<Source> = texts.iter().enumerate().map(file).collect();
            same(&format!("{} in {pieces} pieces", case.name), &facts, &answer(&plan(&case), &sources).1);
        }
    }
    assert!(cut > 20, "only {cut} samples can be cut");

    // Joined: all samples of a format that share their options, each with its header.
    let alike = |format: &&&'static dyn Format| format.lookback() == 0 && !BY_HEAD.contains(&format.id());
    for format in REGISTRY.iter().filter(alike) {
        let cases: Vec<Case> = small()
            .into_iter()
            .filter(|case| case.assume.logformats.is_empty() && case.assume.zone == jiff::tz::TimeZone::UTC)
            .filter(|case| log_of(case).is_some_and(|log| log.0.id() == format.id() && log.1.is_none()))
            // Tables are bound by their first header, pairs by the keys of the head: only the same may come again. And a log
            // without any header would be read by the one before it.
            // Of JSON lines the head tells the dialect.
            .filter(|case| {
                let alone = is_read_by_its_head(format.id()) || format.id() == "json-lines";
                !alone || case.name.ends_with("/sample")
            })
            .filter(|case| format.directive().is_none_or(|byte| case.text().first() == Some(&byte)))
            .collect();
        if cases.is_empty() {
            continue;
        }
        let mut joined = Vec::new();
        let mut sources = Vec::new();
        for case in cases.iter().cycle().take(cases.len().max(2)) {
            let mut text = case.text();
            if text.last() != Some(&b'\n') {
                text.push(b'\n');
            }
            sources.push(write(dir.path(), &format!("{}.log", sources.len()), &text));
            joined.append(&mut text);
        }
        let plan = Plan { forced: Some(*format), block_size: 1000, ..plan(&cases[0]) };
        let one = write(dir.path(), "joined.log", &joined);
        same(&format!("{} joined", format.id()), &answer(&plan, &sources).1, &answer(&plan, &[one]).1);
    }
}

#[test]
fn the_pipeline_equals_the_naive_loop() {
    for case in all() {
        let (naive, facts) = common::naive_facts(&case.text(), &case.assume, &splits());
        let (outcome, _) = common::run(&Plan { threads: 3, block_size: 3001, ..plan(&case) }, &[case.source()]);
        let reading = &outcome.readings[0];
        assert_eq!(reading.format, naive.format, "{}", case.name);
        if naive.format.is_none() {
            continue;
        }
        same(&case.name, &dump(&facts), &dump(&outcome.facts));
        let own = |list: Vec<(String, u64)>| list.into_iter().collect::<std::collections::BTreeMap<_, _>>();
        let skipped = own(reading.skipped.iter().map(|(why, count)| ((*why).to_owned(), *count)).collect());
        let bad = own(reading.bad.iter().map(|(why, count)| (why.clone().into_owned(), *count)).collect());
        let read = (reading.records, reading.events, reading.identities, &skipped, &bad);
        assert_eq!(read, (naive.records, naive.events, naive.identities, &naive.skipped, &naive.bad), "{}", case.name);
    }
}

/// A log that was cut off anywhere: nothing panics, and every record is accounted for.
#[test]
fn a_cut_log_is_accounted_for() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for case in small() {
        let text = case.text();
        let step = (text.len() / 12).max(1);
        for end in (0..text.len()).step_by(step).chain((1..40).map(|back| text.len().saturating_sub(back)).step_by(13))
        {
            let cut = &text[..end];
            let (naive, facts) = common::naive_facts(cut, &case.assume, &splits());
            let source = write(dir.path(), "cut.log", cut);
            let (outcome, _) = common::run(&Plan { block_size: 777, ..plan(&case) }, &[source]);
            let reading = &outcome.readings[0];
            assert_eq!(reading.losses, Vec::<String>::new(), "{} cut at {end}", case.name);
            assert_eq!(reading.format, naive.format, "{} cut at {end}", case.name);
            assert_eq!(reading.records, naive.records, "{} cut at {end}", case.name);
            same(&format!("{} cut at {end}", case.name), &dump(&facts), &dump(&outcome.facts));
        }
    }
}

/// Lines of all samples, bent at random: nothing panics, and reading is the same in one piece and in many.
#[test]
fn bent_logs_do_no_harm() {
    let cases = small();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let bend = (any::<prop::sample::Index>(), prop::collection::vec(bends(), 1..8), any::<prop::sample::Index>());
    check(96, bend, |(case, bends, size)| {
        let case = case.get(&cases);
        let mut text = case.text();
        text.truncate(20_000);
        for (at, bend) in bends {
            let at = at.index(text.len().max(1));
            bend.apply(&mut text, at);
        }
        let source = write(dir.path(), "bent.log", &text);
        let block_size = *size.get(&BLOCKS);
        let whole = answer(&Plan { threads: 1, ..plan(case) }, std::slice::from_ref(&source));
        let cut = answer(&Plan { threads: 2, block_size, ..plan(case) }, &[source]);
        let name = format!("{} bent, blocks of {block_size}", case.name);
        same(&name, &whole.0, &cut.0);
        same(&name, &whole.1, &cut.1);
        Ok(())
    });
}

/// A hole of NULs wherever a line may begin, as a log has that was truncated while its writer went on.
#[test]
fn holes_are_the_same_wherever_a_block_ends() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for case in small().into_iter().filter(|case| case.name.ends_with("/sample")) {
        let text = case.text();
        let lines: Vec<usize> = memchr::memchr_iter(b'\n', &text).map(|newline| newline + 1).collect();
        for (hole, follows) in [(1, &b""[..]), (200, b""), (200, b"\n"), (5000, b"")] {
            for place in [0, lines[lines.len() / 3], lines[lines.len() / 2], text.len()] {
                let bytes = [&text[..place], &vec![0; hole], follows, &text[place..]].concat();
                let source = [write(dir.path(), "hole.log", &bytes)];
                let (document, facts) = answer(&Plan { threads: 1, ..plan(&case) }, &source);
                for block_size in BLOCKS {
                    let name = format!("{}: {hole} NULs at {place}, blocks of {block_size}", case.name);
                    let (other, other_facts) = answer(&Plan { block_size, ..plan(&case) }, &source);
                    same(&name, &facts, &other_facts);
                    same(&name, &document, &other);
                }
            }
        }
    }
}

#[test]
fn bytes_of_any_kind_panic_nowhere() {
    let layouts = layouts();
    check(200, soup(), |bytes| {
        let _ = detect(&bytes, true, &Assume::default(), None);
        let _ = detect(&bytes, false, &Assume::default(), None);
        for (format, layout, assume) in &layouts {
            let head = Head { lines: bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect() };
            prop_assert!(format.sniff(&head, assume).score <= 100);
            let _ = format.layout(&head, assume).map(|own| feed(*format, &own, &bytes));
            feed(*format, layout, &bytes);
        }
        Ok(())
    });
}

#[test]
fn framing_loses_and_doubles_nothing() {
    let framings = prop::sample::select(vec![Framing::Lines, Framing::QuotedLines, Framing::OctetCounted]);
    check(500, (soup(), framings, 64usize..2000, 0usize..4), |(mut bytes, framing, size, lookback)| {
        // NULs at the start of a block are a hole in the file, and no record.
        bytes.retain(|byte| *byte != 0);
        let mut cutter = Cutter::new(size);
        cutter.settle(framing, None, lookback);
        let mut reader = &bytes[..];
        let (mut joined, mut buffer, mut records) = (Vec::new(), Vec::new(), Vec::new());
        while let Ok(block) = cutter.next(&mut reader, buffer) {
            prop_assert_eq!(block.offset as usize, joined.len());
            joined.extend_from_slice(block.records());
            let mut at = 0;
            while let Some(len) = record_len(framing, &block.records()[at..], true) {
                prop_assert!(len > 0);
                records.push(block.records()[at..at + len].to_vec());
                at += len;
            }
            buffer = block.bytes;
        }
        prop_assert_eq!(&joined, &bytes);
        prop_assert_eq!(records, common::records(framing, &bytes));
        Ok(())
    });
}

/// A file without a newline, as large as it likes.
#[test]
fn memory_does_not_follow_the_length_of_a_line() {
    let line = 4 * MAX_RECORD as u64 + 12_345;
    let mut reader = std::io::repeat(b'x').take(line).chain(&b"\nthe next line\n"[..]);
    let mut cutter = Cutter::new(64 << 10);
    cutter.settle(Framing::Lines, None, 1);
    let (mut buffer, mut largest, mut last) = (Vec::new(), 0, Vec::new());
    let mut blocks = 0;
    while let Ok(block) = cutter.next(&mut reader, buffer) {
        blocks += 1;
        largest = largest.max(block.bytes.capacity());
        last = block.records().to_vec();
        buffer = block.bytes;
    }
    assert_eq!(last, b"the next line\n");
    assert_eq!(blocks, 2, "the beginning of the line, and what follows it");
    assert!(largest <= 3 * MAX_RECORD, "a buffer of {largest} bytes");
    assert_eq!(cutter.offset(), line + 15);
}

#[test]
fn an_overlong_line_is_one_bad_record() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let case = common::corpus().into_iter().find(|case| case.name == "squid-native/sample").expect("the sample");
    let text = case.text();
    let (before, _) = common::run(&plan(&case), &[case.source()]);
    let long = [&text[..], &vec![b'x'; 3 * MAX_RECORD][..], b"\n", &text[..]].concat();
    let source = [write(dir.path(), "long.log", &long)];
    for block_size in [64 << 10, 5 << 20] {
        let (outcome, _) = common::run(&Plan { block_size, ..plan(&case) }, &source);
        let (short, long) = (&before.readings[0], &outcome.readings[0]);
        assert_eq!(long.events, 2 * short.events);
        assert_eq!(long.bad_count(), 2 * short.bad_count() + 1);
        assert_eq!(long.bad.get("a record of more than 16 MiB"), Some(&1));
        assert_eq!(long.bytes, text.len() as u64 * 2 + 3 * MAX_RECORD as u64 + 1);
    }
}

/// Events dealt out to tables at random, tables merged in random order: one answer.
#[test]
fn facts_merge_in_any_order() {
    let cases: Vec<Case> = small().into_iter().filter(|case| case.format.is_some()).collect();
    let splits = splits();
    let gather = |tables: &mut [Facts], seed: u64| {
        let mut dice = Dice(seed);
        for case in &cases {
            common::naive(&case.text(), &case.assume, |event, at| {
                let table = dice.below(tables.len());
                tables[table].add(event, at, &splits)
            });
        }
    };
    let mut one = [Facts::default()];
    gather(&mut one, 0);
    one[0].join();
    let want = dump(&one[0]);
    assert!(one[0].len() > 100);
    check(6, (1usize..9, any::<u64>()), |(count, seed)| {
        let mut tables: Vec<Facts> = (0..count).map(|_| Facts::default()).collect();
        gather(&mut tables, seed);
        let mut dice = Dice(seed);
        // Any two of them, until one is left: every shape of tree, every order of leaves.
        while tables.len() > 1 {
            let other = tables.swap_remove(dice.below(tables.len()));
            let into = dice.below(tables.len());
            tables[into].merge(other);
        }
        // The zero changes nothing, on either side.
        let mut left = Facts::default();
        left.merge(tables.swap_remove(0));
        left.merge(Facts::default());
        left.join();
        prop_assert!(dump(&left) == want, "{} tables, seed {}", count, seed);
        Ok(())
    });
}

// ---- what the properties are made of ----

/// All logs of the tests.
fn all() -> Vec<Case> {
    common::corpus().into_iter().chain(common::declined()).chain(common::bundled()).collect()
}

/// Those that are quick to read many times: the corpus, and one bundled file of each device.
fn small() -> Vec<Case> {
    let mut devices = std::collections::BTreeSet::new();
    let bundled = common::bundled().into_iter().filter(|case| {
        let device = case.log.parent().map(Path::to_owned);
        device.is_some_and(|device| devices.insert(device)) && case.bytes().len() < 700_000
    });
    common::corpus().into_iter().chain(common::declined()).chain(bundled).collect()
}

fn splits() -> Splits {
    Splits::new(CATALOG.path_entries())
}

fn plan(case: &Case) -> Plan {
    Plan { splits: splits(), ..case.plan() }
}

fn frame() -> Frame {
    Frame::default()
}

/// The document that a user would get, and the facts behind it.
fn answer(plan: &Plan, sources: &[Source]) -> (String, String) {
    let (outcome, written): (Outcome, _) = common::run(plan, sources);
    assert_eq!(written, b"", "a run for facts writes nothing");
    let people = People::new(&outcome.facts, &Directory::default());
    let document = serde_json::to_string_pretty(&report(&outcome, &CATALOG, &people, &frame())).expect("JSON");
    (document, dump(&outcome.facts))
}

/// Like `assert_eq`, but shows the first line that differs instead of two documents.
fn same(what: &str, left: &str, right: &str) {
    if left == right {
        return;
    }
    let at = left.lines().zip(right.lines()).position(|(a, b)| a != b);
    let at = at.unwrap_or(left.lines().count().min(right.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    panic!("{what}: line {} differs\n  {}\n  {}", at + 1, line(left), line(right));
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Source {
    let path = dir.join(name);
    std::fs::write(&path, bytes).expect("a file in a temporary folder");
    common::source(&path, name)
}

fn found(paths: &[PathBuf]) -> Vec<Source> {
    let paths: Vec<_> = paths.iter().map(|path| path.clone().into_os_string()).collect();
    let found = discover(&paths, &Default::default());
    assert!(found.troubles.is_empty());
    found.sources
}

/// The format of a case, and the name of its envelope.
fn log_of(case: &Case) -> Option<(&'static dyn umbrascope::formats::Format, Option<String>)> {
    let mut head = case.text();
    head.truncate(HEAD_BYTES);
    match detect(&head, head.len() < HEAD_BYTES, &case.assume, None) {
        Detected::Log(log) => Some((log.format, Some(log.envelope.describe()).filter(|name| !name.is_empty()))),
        Detected::Declined(_) => None,
    }
}

type Bound = (&'static dyn umbrascope::formats::Format, Layout, Assume);

/// Every format, bound as in its samples.
fn layouts() -> Vec<Bound> {
    let mut layouts = Vec::new();
    for case in common::corpus() {
        let Some(format) = case.format.as_deref().and_then(by_id) else { continue };
        let mut head = case.text();
        head.truncate(HEAD_BYTES);
        if let Detected::Log(log) = detect(&head, true, &case.assume, Some(format)) {
            layouts.push((format, log.layout.clone(), case.assume));
        }
    }
    layouts
}

/// Reads records as a block's worker does, and throws away what they say.
fn feed(format: &'static dyn umbrascope::formats::Format, layout: &Layout, bytes: &[u8]) {
    let arena = Bump::new();
    let mut reader = format.reader(layout);
    let mut at = 0;
    while let Some(len) = record_len(format.framing(), &bytes[at..], true) {
        let line = trim(&bytes[at..at + len]);
        at += len;
        if line.is_empty() {
            continue;
        }
        reader.recall(line);
        match reader.record(line, &arena) {
            Parsed::Layout(new) => reader = format.reader(&new),
            Parsed::Bad(problem) => assert!(!problem.reason.is_empty()),
            Parsed::Skip(why) => assert!(!why.is_empty()),
            Parsed::Event(_) | Parsed::Identity(_) => {}
        }
    }
}

/// Bytes that look a little like logs, so that they get past the first field.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    static LINES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let lines = |case: Case| {
            let text = case.text();
            text.split_inclusive(|byte| *byte == b'\n').take(25).map(<[u8]>::to_vec).collect::<Vec<_>>()
        };
        common::corpus().into_iter().chain(common::declined()).flat_map(lines).collect()
    });
    let piece = prop_oneof![
        4 => prop::sample::select(LINES.clone()),
        3 => (prop::sample::select(LINES.clone()), any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(line, a, b)| {
                let (a, b) = (a.index(line.len()), b.index(line.len()));
                line[a.min(b)..a.max(b)].to_vec()
            }),
        2 => prop::collection::vec(prop::sample::select(b" \t,;:=|\"'\\{}[]<>#%-/.0189aZ\r\n\0\x1b\xff".to_vec()), 0..40),
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => Just(b"\n".to_vec()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

#[derive(Debug, Clone)]
enum Bend {
    Flip(u8),
    Insert(Vec<u8>),
    Remove(usize),
    Double(usize),
}

fn bends() -> impl Strategy<Value = (prop::sample::Index, Bend)> {
    let bend = prop_oneof![
        any::<u8>().prop_map(Bend::Flip),
        prop::sample::select(vec![
            "\"",
            "\n",
            "\r\n",
            "\0",
            "\t",
            " ",
            "\\",
            "{",
            "#",
            "\n#Fields: a b\n",
            "\u{1b}[2J",
            "9999999999999"
        ])
        .prop_map(|text| Bend::Insert(text.as_bytes().to_vec())),
        (1usize..300).prop_map(Bend::Remove),
        (1usize..300).prop_map(Bend::Double),
    ];
    (any::<prop::sample::Index>(), bend)
}

impl Bend {
    fn apply(self, text: &mut Vec<u8>, at: usize) {
        let at = at.min(text.len());
        let end = |len: usize| (at + len).min(text.len());
        match self {
            Bend::Flip(bits) => {
                if let Some(byte) = text.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Bend::Insert(bytes) => drop(text.splice(at..at, bytes)),
            Bend::Remove(len) => drop(text.drain(at..end(len))),
            Bend::Double(len) => {
                let again = text[at..end(len)].to_vec();
                drop(text.splice(at..at, again));
            }
        }
    }
}

/// A property over `cases` values, from a fixed seed.
fn check<S: Strategy>(cases: u32, values: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok());
    let config = Config { cases: asked.unwrap_or(cases), failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    if let Err(error) = TestRunner::new_with_rng(config, rng).run(&values, test) {
        panic!("{error}");
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }
}

fn shuffled(paths: &[PathBuf], seed: u64) -> Vec<PathBuf> {
    let mut dice = Dice(seed);
    let mut paths = paths.to_vec();
    for at in (1..paths.len()).rev() {
        paths.swap(at, dice.below(at + 1));
    }
    paths
}
