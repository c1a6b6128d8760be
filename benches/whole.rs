//! Whole runs: a generated log goes in, the report comes out and is thrown away.
//!
//!     cargo bench --bench whole                       # every kind, 256 MB each
//!     UMBRASCOPE_BENCH_BYTES=1G cargo bench --bench whole -- squid gz
//!
//! `UMBRASCOPE_BENCH_BYTES` is the size of each log (powers of 1000), `UMBRASCOPE_BENCH_ROUNDS` how often each is read (5),
//! `UMBRASCOPE_BENCH_THREADS` the number of workers (one per core).
//!
//! Machines are shared and clocks change, so what counts is the ratio to something simple that is measured in the same
//! minute: counting the newlines of the same text, and, for packed logs, unpacking alone. The three take turns, and each
//! figure is a median. Where others use the machine too, the processor's time says more than the clock on the wall. Every
//! run is a process of its own, so that its peak of memory is its own too.

#[allow(dead_code, reason = "the generator writes more than the benches read")]
mod generate {
    pub mod apps;
    pub mod grammar;
    pub mod rng;
    pub mod traffic;
}

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use generate::traffic::{self, Kind};
use umbrascope::catalog::Catalog;
use umbrascope::input::{Options, discover};
use umbrascope::people::{Directory, People};
use umbrascope::pipeline::document::{Frame, report};
use umbrascope::pipeline::{Plan, Unwatched, run};
use umbrascope::traffic::Splits;

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a run is told by the process that measures it: the log to read.
const ONE: &str = "UMBRASCOPE_BENCH_ONE";
/// Blocks of the simple readers: as large as the program's own.
const BLOCK: usize = 1 << 20;

fn main() -> Result<()> {
    if let Some(log) = env::var_os(ONE) {
        return one(Path::new(&log));
    }
    // `cargo test --benches` runs benches without `--bench`, to see whether they still work.
    let measuring = env::args().any(|arg| arg == "--bench");
    let bytes = match env::var("UMBRASCOPE_BENCH_BYTES") {
        Ok(text) => size(&text)?,
        Err(_) if measuring => 256_000_000,
        Err(_) => 1_000_000,
    };
    let rounds = match env::var("UMBRASCOPE_BENCH_ROUNDS") {
        Ok(text) => text.parse()?,
        Err(_) if measuring => 5,
        Err(_) => 1,
    };
    let wanted: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|want| want == name);

    let folder = tempfile::tempdir()?;
    println!("{} MB of each log, {} workers, medians of {rounds}\n", bytes / 1_000_000, threads()?);
    println!(
        "| log | MB/s | MB per processor second | million lines/s | times counting newlines | times unpacking | peak MB \
         | facts | bytes per fact |"
    );
    println!("|:--|--:|--:|--:|--:|--:|--:|--:|--:|");
    for kind in Kind::ALL {
        let packs: &[Pack] = if kind == Kind::Squid { &[Pack::No, Pack::Gzip, Pack::Zstd] } else { &[Pack::No] };
        if !packs.iter().any(|pack| wanted(pack.name(kind))) {
            continue;
        }
        let plain = folder.path().join(format!("{}.log", kind.name()));
        let mut file = BufWriter::new(File::create(&plain)?);
        traffic::write(kind, bytes, 1, &mut file)?;
        file.into_inner()?;
        for pack in packs.iter().filter(|pack| wanted(pack.name(kind))) {
            let log = pack.make(&plain)?;
            row(pack.name(kind), *pack, &plain, &log, rounds)?;
            if log != plain {
                fs::remove_file(log)?;
            }
        }
        fs::remove_file(plain)?;
    }
    println!(
        "\nMB are 1,000,000 bytes of text, unpacked. Bytes per fact: what memory grew by during the run, over the facts."
    );
    Ok(())
}

/// Measures one log and prints its row.
fn row(name: &str, pack: Pack, plain: &Path, log: &Path, rounds: usize) -> Result<()> {
    // Warms the page cache.
    let lines = count_newlines(plain)?;
    io::copy(&mut File::open(log)?, &mut io::sink())?;
    let (mut counts, mut unpacks, mut runs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let start = Instant::now();
        count_newlines(plain)?;
        counts.push(start.elapsed());
        if pack != Pack::No {
            let start = Instant::now();
            pack.unpack(log)?;
            unpacks.push(start.elapsed());
        }
        match measured(log)? {
            Ok(run) => runs.push(run),
            Err(why) => {
                println!("| {name} | not read: {why} |");
                return Ok(());
            }
        }
    }
    runs.sort_by_key(|run| run.time);
    let run = &runs[runs.len() / 2];
    let (megabytes, seconds) = (fs::metadata(plain)?.len() as f64 / 1e6, run.time.as_secs_f64());
    let ratio = |other: Option<Duration>| {
        other.map_or_else(|| "-".to_owned(), |other| format!("{:.2}", seconds / other.as_secs_f64()))
    };
    let or_dash = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    println!(
        "| {name} | {:.0} | {} | {:.2} | {} | {} | {} | {} | {} |",
        megabytes / seconds,
        run.busy.map_or_else(|| "-".to_owned(), |busy| format!("{:.0}", megabytes / busy.as_secs_f64())),
        lines as f64 / 1e6 / seconds,
        ratio(median(counts)),
        ratio(median(unpacks)),
        or_dash(run.peak.map(|peak| peak / 1_000_000)),
        run.facts,
        or_dash(run.grown.and_then(|grown| grown.checked_div(run.facts))),
    );
    Ok(())
}

/// What one run took.
struct Run {
    time: Duration,
    /// The processor's time, of all threads together, where the system tells.
    busy: Option<Duration>,
    facts: u64,
    /// Most resident bytes, where the system tells.
    peak: Option<u64>,
    /// How many of them came during the run.
    grown: Option<u64>,
}

/// Runs this program again, to read one log; a reason if the log was declined.
fn measured(log: &Path) -> Result<std::result::Result<Run, String>> {
    let output = Command::new(env::current_exe()?).env(ONE, log).output()?;
    io::stderr().write_all(&output.stderr)?;
    let text = String::from_utf8(output.stdout)?;
    let mut fields = text.trim_end_matches('\n').splitn(5, '\t');
    let mut next = || fields.next().ok_or_else(|| format!("{}: the run ended early", log.display()));
    let (time, busy, facts, before) = (next()?, next()?, next()?, next()?);
    let (peak, why) = next()?.split_once('\t').unwrap_or_default();
    if !why.is_empty() {
        return Ok(Err(why.to_owned()));
    }
    let (peak, before) = (peak.parse::<u64>().ok(), before.parse::<u64>().ok());
    let grown = peak.zip(before).map(|(peak, before)| peak.saturating_sub(before));
    let busy = busy.parse().ok().filter(|nanos| *nanos > 0).map(Duration::from_nanos);
    Ok(Ok(Run { time: Duration::from_nanos(time.parse()?), busy, facts: facts.parse()?, peak, grown }))
}

/// The run itself: nanoseconds on the wall and of the processor, facts, resident bytes before and at most, and a reason if the log was declined.
fn one(log: &Path) -> Result<()> {
    let before = memory("VmRSS:");
    let start = Instant::now();
    let catalog = Catalog::built_in();
    let plan = Plan { splits: Splits::new(catalog.path_entries()), threads: threads()?, ..Plan::default() };
    let found = discover(&[log.as_os_str().to_owned()], &Options::default());
    let outcome = run(&plan, &found.sources, &Unwatched, &mut io::sink())?;
    let people = People::new(&outcome.facts, &Directory::default());
    let frame = Frame { zone: plan.assume.zone.clone(), ..Frame::default() };
    let mut sink = BufWriter::new(io::sink());
    serde_json::to_writer(&mut sink, &report(&outcome, &catalog, &people, &frame))?;
    let time = start.elapsed();
    let reading = outcome.readings.first().ok_or("nothing was read")?;
    let why = if reading.format.is_none() { &*reading.why } else { "" };
    for loss in &reading.losses {
        eprintln!("{}: {loss}", reading.path);
    }
    let text = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    println!(
        "{}\t{}\t{}\t{}\t{}\t{why}",
        time.as_nanos(),
        text(busy()),
        outcome.facts.len(),
        text(before),
        text(memory("VmHWM:"))
    );
    Ok(())
}

/// Nanoseconds that the processor gave to this process, in hundredths of a second, where there is a Linux to tell it.
fn busy() -> Option<u64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the program's name, may hold blanks; user and system time are the 14th and 15th.
    let times = stat.rsplit_once(") ")?.1.split(' ').skip(11).take(2);
    times.map(|ticks| ticks.parse::<u64>().ok()).sum::<Option<u64>>().map(|ticks| ticks * 10_000_000)
}

/// A figure of this process in bytes, where there is a Linux to tell it.
fn memory(field: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn threads() -> Result<usize> {
    Ok(match env::var("UMBRASCOPE_BENCH_THREADS") {
        Ok(text) => text.parse()?,
        Err(_) => Plan::default().threads,
    })
}

/// `250`, `100M`, `1G`
fn size(text: &str) -> Result<u64> {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 1_000),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 1_000_000),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    digits.parse::<u64>()?.checked_mul(unit).ok_or_else(|| "too large a size".into())
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

fn count_newlines(path: &Path) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK];
    let mut lines = 0;
    loop {
        match file.read(&mut block)? {
            0 => return Ok(lines),
            read => lines += memchr::memchr_iter(b'\n', &block[..read]).count() as u64,
        }
    }
}

/// How a log is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pack {
    No,
    Gzip,
    Zstd,
}

impl Pack {
    fn name(self, kind: Kind) -> &'static str {
        match self {
            Pack::No => kind.name(),
            Pack::Gzip => "gz",
            Pack::Zstd => "zst",
        }
    }

    /// Packs a log, as `gzip` and `zstd` do when they are asked for nothing special.
    fn make(self, plain: &Path) -> io::Result<PathBuf> {
        let log = match self {
            Pack::No => return Ok(plain.to_owned()),
            Pack::Gzip => plain.with_extension("log.gz"),
            Pack::Zstd => plain.with_extension("log.zst"),
        };
        let (mut text, file) = (File::open(plain)?, File::create(&log)?);
        match self {
            Pack::No => {}
            Pack::Gzip => {
                let mut encoder = GzEncoder::new(file, flate2::Compression::new(6));
                io::copy(&mut text, &mut encoder)?;
                encoder.finish()?;
            }
            Pack::Zstd => zstd::stream::copy_encode(&mut text, file, 3)?,
        }
        Ok(log)
    }

    /// Unpacks a log and drops it.
    fn unpack(self, log: &Path) -> io::Result<()> {
        let input = BufReader::with_capacity(BLOCK, File::open(log)?);
        let mut reader: Box<dyn Read> = match self {
            Pack::No => Box::new(input),
            Pack::Gzip => Box::new(MultiGzDecoder::new(input)),
            Pack::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(input)?),
        };
        let mut block = vec![0; BLOCK];
        while reader.read(&mut block)? > 0 {}
        Ok(())
    }
}
