//! The stages of a run, each by itself, on one core: where records end, what a file is, what a record says, what becomes
//! of an event, which app a host is, how tables join.
//!
//!     cargo bench --bench stages                 # all, in about two minutes
//!     cargo bench --bench stages -- formats      # some
//!
//! The logs are generated and lie in memory.

#[allow(dead_code, reason = "the generator writes more than the benches read")]
mod generate {
    pub mod apps;
    pub mod grammar;
    pub mod rng;
    pub mod traffic;
}

use std::hint::black_box;
use std::time::Duration;

use bumpalo::Bump;
use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use generate::traffic::{self, Kind};
use umbrascope::catalog::Catalog;
use umbrascope::classify::Classified;
use umbrascope::event::{Event, Timestamp};
use umbrascope::formats::detect::{Detected, HEAD_BYTES, Log, detect};
use umbrascope::formats::framing::{Cutter, record_len, trim};
use umbrascope::formats::{Assume, Format, Framing, Parsed, REGISTRY, by_id};
use umbrascope::inventory::{self, View};
use umbrascope::people::{Directory, People};
use umbrascope::traffic::{Facts, Splits};

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Squid's native layout, as an administrator would define it.
const LOGFORMAT: &str = "%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt";

/// Bytes of each log.
fn bytes() -> u64 {
    // `cargo test --benches` only looks whether everything still works.
    if std::env::args().any(|arg| arg == "--bench") { 8_000_000 } else { 200_000 }
}

fn log(kind: Kind) -> Vec<u8> {
    let mut text = Vec::new();
    traffic::write(kind, bytes(), 1, &mut text).expect("a vector can be written to");
    text
}

/// Squid's native lines as the common format with Squid's own two fields, for the one format that the generator lacks.
fn common(native: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for line in native.split(|byte| *byte == b'\n') {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').filter(|field| !field.is_empty()).collect();
        let [time, _, client, result, size, method, target, user, parent, ..] = fields[..] else { continue };
        let seconds = std::str::from_utf8(&time[..10]).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        let at = jiff::Timestamp::from_second(seconds).expect("the generator's times are ours");
        let (tag, status) = result.split_at(result.len() - 4);
        let parent = parent.split(|byte| *byte == b'/').next().unwrap_or(b"-");
        for part in [client, b" - ", user, b" [", at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string().as_bytes()] {
            text.extend_from_slice(part);
        }
        for part in [b"] \"", method, b" ", target, b" HTTP/1.1\" ", &status[1..], b" ", size, b" ", tag, b":", parent]
        {
            text.extend_from_slice(part);
        }
        text.push(b'\n');
    }
    text
}

fn known(text: &[u8], assume: &Assume, forced: Option<&'static dyn Format>) -> Option<Box<Log>> {
    let head = &text[..text.len().min(HEAD_BYTES)];
    match detect(head, head.len() == text.len(), assume, forced) {
        Detected::Log(log) => Some(log),
        Detected::Declined(declined) => {
            eprintln!("a generated log is not read: {}", declined.why);
            None
        }
    }
}

/// Hands every event to `take`, as the pipeline does.
fn read<'a>(log: &Log, assume: &Assume, text: &'a [u8], arena: &'a Bump, mut take: impl FnMut(Event<'a>)) {
    let mut reader = log.format.reader(&log.layout);
    let mut at = 0;
    while let Some(len) = record_len(log.framing, &text[at..], true) {
        let record = trim(&text[at..at + len]);
        at += len;
        let Ok(letter) = log.envelope.open(record, assume, arena) else { continue };
        match reader.record(letter.line, arena) {
            Parsed::Event(event) => take(event),
            Parsed::Layout(layout) => reader = log.format.reader(&layout),
            Parsed::Identity(_) | Parsed::Skip(_) | Parsed::Bad(_) => {}
        }
    }
}

fn frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    for (name, kind, framing) in
        [("lines", Kind::Squid, Framing::Lines), ("quoted-lines", Kind::Csv60, Framing::QuotedLines)]
    {
        let text = log(kind);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            let mut buffer = Vec::new();
            bencher.iter(|| {
                let (mut cutter, mut reader) = (Cutter::new(1 << 20), &text[..]);
                cutter.settle(framing, None, 0);
                let mut records = 0;
                while let Ok(block) = cutter.next(&mut reader, std::mem::take(&mut buffer)) {
                    let mut rest = block.records();
                    while let Some(len) = record_len(framing, rest, true) {
                        rest = &rest[len..];
                        records += 1;
                    }
                    buffer = block.bytes;
                }
                records
            });
        });
    }
    group.finish();
}

fn detection(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("detect");
    for kind in Kind::ALL {
        let text = log(kind);
        let head = &text[..text.len().min(HEAD_BYTES)];
        let assume = Assume::default();
        group.bench_function(kind.name(), |bencher| bencher.iter(|| detect(black_box(head), false, &assume, None)));
    }
    group.finish();
}

fn formats(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("formats");
    let plain = Assume::default();
    let defined = Assume { logformats: vec![LOGFORMAT.to_owned()], ..Assume::default() };
    let mut logs: Vec<(Vec<u8>, &Assume, Option<&'static dyn Format>)> =
        Kind::ALL.map(|kind| (log(kind), &plain, None)).into();
    let native = log(Kind::Squid);
    logs.push((common(&native), &plain, None));
    logs.push((native, &defined, by_id("squid-logformat")));
    logs.push((log(Kind::Kv40), &plain, by_id("key-value")));
    let mut seen = Vec::new();
    for (text, assume, forced) in &logs {
        let Some(log) = known(text, assume, *forced) else { continue };
        let id = log.format.id();
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let mut arena = Bump::new();
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(id, |bencher| {
            bencher.iter(|| {
                arena.reset();
                let mut events = 0u64;
                read(&log, assume, text, &arena, |event| {
                    black_box(&event);
                    events += 1;
                });
                events
            });
        });
    }
    for format in REGISTRY {
        if !seen.contains(&format.id()) {
            eprintln!("formats/{}: there is no generated log of it", format.id());
        }
    }
    group.finish();
}

/// What comes after the parsers, on the events of one Squid log.
fn beyond(criterion: &mut Criterion) {
    let (text, assume, arena, catalog) = (log(Kind::Squid), Assume::default(), Bump::new(), Catalog::built_in());
    let splits = Splits::new(catalog.path_entries());
    let Some(log) = known(&text, &assume, None) else { return };
    let mut events: Vec<(Event<'_>, Timestamp)> = Vec::new();
    read(&log, &assume, &text, &arena, |event| events.extend(event.at.map(|at| (event, at))));
    let fold = |events: &[(Event<'_>, Timestamp)]| {
        let mut facts = Facts::default();
        let mut batch = facts.batch(&splits);
        for (event, at) in events {
            batch.add(event, *at);
        }
        drop(batch);
        facts
    };

    let mut group = criterion.benchmark_group("facts");
    group.throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("add", |bencher| bencher.iter(|| fold(&events)));
    // Every second block goes to the other worker.
    let halves: [Vec<_>; 2] =
        [0, 1].map(|half| events.chunks(4096).skip(half).step_by(2).flatten().cloned().collect::<Vec<_>>());
    let tables = || halves.each_ref().map(|half| fold(half));
    group.throughput(Throughput::Elements(tables().iter().map(|table| table.len() as u64).sum()));
    group.bench_function("merge", |bencher| {
        bencher.iter_batched(
            tables,
            |[mut all, other]| {
                all.merge(other);
                all
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();

    let facts = fold(&events);
    let mut group = criterion.benchmark_group("judge");
    group.bench_function("load-catalog", |bencher| bencher.iter(Catalog::built_in));
    group.throughput(Throughput::Elements(facts.dest_count() as u64));
    group.bench_function("classify", |bencher| bencher.iter(|| Classified::new(&catalog, &facts)));
    let classified = Classified::new(&catalog, &facts);
    group.throughput(Throughput::Elements(facts.len() as u64));
    let people = People::new(&facts, &Directory::default());
    let view = View::default();
    group.bench_function("inventory", |bencher| bencher.iter(|| inventory::take(&facts, &classified, &people, &view)));
    group.finish();
}

/// The catalog by itself: from the program's bytes to the first answer, and answers.
fn catalog(criterion: &mut Criterion) {
    let catalog = Catalog::built_in();
    let mut group = criterion.benchmark_group("catalog");
    group.bench_function("ready", |bencher| {
        bencher.iter_with_large_drop(|| {
            let catalog = Catalog::built_in();
            black_box(catalog.lookup(black_box("www.dropbox.com"), None).is_some());
            catalog
        });
    });
    for (name, host, path) in [
        ("lookup-hit", "files.slack.com", None),
        ("lookup-tenant", "contoso-my.sharepoint.com", None),
        ("lookup-path", "www.google.com", Some("/maps/place/Bonn")),
        ("lookup-miss", "www.some-quiet-shop.example.co.uk", None),
    ] {
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |bencher| bencher.iter(|| catalog.lookup(black_box(host), black_box(path))));
    }
    let address = std::net::IpAddr::from([52, 113, 1, 2]);
    group.bench_function("lookup-address", |bencher| bencher.iter(|| catalog.lookup_address(black_box(address))));
    // No host twice in a row: the table itself has to come from memory.
    let hosts: Vec<String> = catalog.rules().map(|(rule, _)| format!("www.{}", rule.host())).collect();
    group.throughput(Throughput::Elements(hosts.len() as u64));
    group.bench_function("lookup-all", |bencher| {
        bencher.iter(|| hosts.iter().filter(|host| catalog.lookup(host, None).is_some()).count());
    });
    group.finish();
}

criterion_group! {
    name = stages;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = frame, detection, formats, beyond, catalog
}

fn main() {
    stages();
    Criterion::default().configure_from_args().final_summary();
}
