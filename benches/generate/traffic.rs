//! Bench traffic: as many bytes as wanted of one log grammar, with the shape of a large company's day.
//!
//! Ten thousand people open sessions; a session is a few bursts, a burst some requests to one host. Most
//! bursts go to a host the person already likes, the rest anywhere; hosts are Zipf popular. The clock
//! runs through ten working days with the bytes written, so every size covers the same days.

use std::io::{self, Write};
use std::str::FromStr;

use super::apps::APPS;
use super::grammar::{self, Clock, Verdict, Visit};
use super::rng::{Rng, Zipf};

const PEOPLE: usize = 10_000;
const HOSTS: usize = 50_000;
const FAVOURITES: usize = 40;
const OPEN_SESSIONS: usize = 600;
const BUFFER: usize = 1 << 18;
/// 2026-03-09 00:00 UTC, a Monday.
const FIRST_DAY: u64 = 1_773_014_400_000;
const DAY: u64 = 86_400_000;
const QUARTER: u64 = 900_000;
/// How busy each hour of the day is.
const RHYTHM: [u64; 24] = [1, 1, 1, 2, 1, 1, 3, 12, 40, 60, 62, 58, 34, 42, 60, 58, 52, 36, 16, 9, 8, 6, 3, 2];
const DEPARTMENTS: [&str; 8] = ["Sales", "Marketing", "Finance", "Engineering", "Design", "HR", "Legal", "Operations"];
const AGENTS: [&str; 5] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/145.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/145.0.0.0 Safari/537.36 Edg/145.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
     Version/19.2 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.19127; Pro)",
];
const SYLLABLES: [&str; 16] =
    ["an", "bel", "ca", "dor", "el", "fin", "ga", "ha", "il", "jo", "ka", "lu", "mi", "no", "ra", "so"];
const FOLDERS: [&str; 16] = [
    "assets",
    "static",
    "media",
    "api/v2",
    "content",
    "articles",
    "images",
    "catalogue",
    "js",
    "styles",
    "search",
    "account/settings",
    "products",
    "documents/shared",
    "widgets",
    "feed",
];
const FILES: [(&str, &str); 8] = [
    ("index.html", "text/html"),
    ("app.bundle.min.js", "text/javascript"),
    ("theme.css", "text/css"),
    ("photo-large.jpg", "image/jpeg"),
    ("sprite.png", "image/png"),
    ("items.json", "application/json"),
    ("font.woff2", "font/woff2"),
    ("query", "application/json"),
];
const CATEGORIES: [&str; 6] =
    ["Business and Economy", "News/Media", "Shopping", "Technology/Internet", "Education", "Travel"];

/// The log grammars the bench can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Squid,
    ProxySg,
    Csv60,
    Kv40,
    Zeek,
    Json39,
    Dnsmasq,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Squid, Self::ProxySg, Self::Csv60, Self::Kv40, Self::Zeek, Self::Json39, Self::Dnsmasq];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Squid => "squid",
            Self::ProxySg => "proxysg",
            Self::Csv60 => "csv60",
            Self::Kv40 => "kv40",
            Self::Zeek => "zeek",
            Self::Json39 => "json39",
            Self::Dnsmasq => "dnsmasq",
        }
    }

    fn header(self, out: &mut Vec<u8>, clock: &Clock) {
        match self {
            Self::ProxySg => grammar::proxysg_header(out, clock),
            Self::Csv60 => out.extend_from_slice(grammar::WIDE_CSV_HEADER.as_bytes()),
            Self::Zeek => grammar::zeek_http_header(out, clock),
            Self::Squid | Self::Kv40 | Self::Json39 | Self::Dnsmasq => {}
        }
    }

    fn record(self, out: &mut Vec<u8>, clock: &Clock, visit: &Visit<'_>) {
        match self {
            Self::Squid => grammar::squid(out, visit),
            Self::ProxySg => grammar::proxysg(out, clock, visit),
            Self::Csv60 => grammar::wide_csv(out, clock, visit),
            Self::Kv40 => grammar::fortigate(out, clock, visit),
            Self::Zeek => grammar::zeek_http(out, visit),
            Self::Json39 => grammar::wide_json(out, clock, visit),
            Self::Dnsmasq => grammar::dnsmasq(out, clock, visit),
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| format!("no kind of log is called {name}"))
    }
}

struct Person {
    user: String,
    address: String,
    dept: &'static str,
    agent: &'static str,
    favourites: [u32; FAVOURITES],
}

struct Host {
    name: String,
    address: String,
    app: &'static str,
    category: &'static str,
    tls: bool,
}

/// Somebody at work: what is left of the burst, and of the session.
#[derive(Clone, Copy)]
struct Session {
    person: usize,
    host: usize,
    requests: u64,
    bursts: u64,
}

/// The people, the hosts and the dice of one run.
pub struct World {
    people: Vec<Person>,
    hosts: Vec<Host>,
    popular: Zipf,
    rng: Rng,
    sessions: Vec<Session>,
}

impl World {
    /// Makes the people and the hosts.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::of(&[seed, 1]);
        let popular = Zipf::new(HOSTS, 20);
        let hosts = hosts(&mut rng);
        let people = (0..PEOPLE)
            .map(|n| {
                let (first, second) = (rng.pick(&SYLLABLES), rng.pick(&SYLLABLES));
                Person {
                    user: format!("{first}{second}{n:04}"),
                    address: format!("10.{}.{}.{}", 20 + n / 4000, n / 200 % 20, 10 + n % 200),
                    dept: rng.pick(&DEPARTMENTS),
                    agent: rng.pick(&AGENTS),
                    favourites: std::array::from_fn(|_| popular.rank(&mut rng) as u32),
                }
            })
            .collect();
        let over = Session { person: 0, host: 0, requests: 0, bursts: 0 };
        let sessions = vec![over; OPEN_SESSIONS];
        Self { people, hosts, popular, rng, sessions }
    }

    /// Moves a random session one request on.
    fn step(&mut self) -> Session {
        let rng = &mut self.rng;
        let at = rng.below(OPEN_SESSIONS as u64) as usize;
        let session = &mut self.sessions[at];
        if session.requests == 0 {
            if session.bursts == 0 {
                session.person = rng.below(PEOPLE as u64) as usize;
                session.bursts = rng.between(2, 14);
            }
            session.bursts -= 1;
            session.requests = rng.size(1, 9);
            let person = &self.people[session.person];
            session.host = if rng.chance(72) { rng.pick(&person.favourites) as usize } else { self.popular.rank(rng) };
        }
        session.requests -= 1;
        *session
    }
}

/// Hosts by rank: of the popular ones every third is a real app, the rest are invented.
fn hosts(rng: &mut Rng) -> Vec<Host> {
    let mut real = Vec::new();
    for turn in 0..6 {
        real.extend(APPS.iter().filter_map(|app| app.hosts.get(turn).map(|&(_, host)| (app, host))));
    }
    let mut real = real.into_iter();
    (0..HOSTS)
        .map(|rank| {
            let address = format!("198.{}.{}.{}", 18 + rank / 32_768, rank / 128 % 256, rank % 128 + 1);
            let known = if rank.is_multiple_of(3) { real.next() } else { None };
            if let Some((app, host)) = known {
                let (name, tls) = (host.to_owned(), true);
                return Host { name, address, app: app.name, category: app.category, tls };
            }
            let front = rng.pick(&["www", "cdn", "api", "static", "img", "app", "m", "login"]);
            let name = match rank % 4 {
                0 => format!("{front}.site{rank:05}.example.net"),
                1 => format!("{front}.site{rank:05}.example.org"),
                2 => format!("site{rank:05}.example"),
                _ => format!("{front}.brand{rank:05}.example"),
            };
            let tls = rng.chance(53);
            Host { name, address, app: "", category: rng.pick(&CATEGORIES), tls }
        })
        .collect()
}

/// Writes a path, long as the web's are, and says what is found there.
fn path(out: &mut Vec<u8>, rng: &mut Rng, long: bool) -> &'static str {
    let bits = rng.draw();
    let (file, mime) = FILES[(bits & 7) as usize];
    let depth = if long { 2 + (bits >> 3 & 1) } else { 1 };
    for level in 0..depth {
        out.push(b'/');
        out.extend_from_slice(FOLDERS[(bits >> (8 + 4 * level) & 15) as usize].as_bytes());
    }
    out.push(b'/');
    grammar::hex(out, bits >> 20, if long { 16 } else { 6 });
    out.push(b'/');
    out.extend_from_slice(file.as_bytes());
    if long {
        out.extend_from_slice(b"?session=");
        grammar::hex(out, bits.rotate_left(17), 16);
        if bits >> 40 & 3 != 0 {
            out.extend_from_slice(b"&locale=en-GB&page=");
            grammar::number(out, bits >> 50 & 63);
        }
        if bits >> 42 & 1 == 0 {
            out.extend_from_slice(b"&utm_source=newsletter&utm_campaign=spring");
        }
    }
    mime
}

/// Turns bytes written into a time of day: a quarter of an hour takes its share of the bytes.
struct Progress {
    total: u64,
    weight: u64,
    before: u64,
    bin: usize,
    low: u64,
    high: u64,
}

impl Progress {
    fn new(total: u64) -> Self {
        let weight = RHYTHM.iter().sum::<u64>() * 4 * 10;
        let mut progress = Self { total, weight, before: 0, bin: 0, low: 0, high: 0 };
        progress.high = progress.share(RHYTHM[0]);
        progress
    }

    fn share(&self, weight: u64) -> u64 {
        (u128::from(self.total) * u128::from(weight) / u128::from(self.weight)) as u64
    }

    fn ms(&mut self, written: u64) -> u64 {
        while written >= self.high && self.bin < 959 {
            self.before += RHYTHM[self.bin / 4 % 24];
            self.bin += 1;
            self.low = self.high;
            self.high = self.share(self.before + RHYTHM[self.bin / 4 % 24]);
        }
        let day = self.bin as u64 / 96;
        let start = FIRST_DAY + (day + day / 5 * 2) * DAY + self.bin as u64 % 96 * QUARTER;
        let span = (self.high - self.low).max(1);
        let into = (written - self.low).min(span - 1);
        start + (u128::from(into) * u128::from(QUARTER) / u128::from(span)) as u64
    }
}

/// Writes at least `bytes` bytes of `kind` (whole records, so a line more at most) and tells how many.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(kind: Kind, bytes: u64, seed: u64, out: &mut impl Write) -> io::Result<u64> {
    let mut world = World::new(seed);
    let mut progress = Progress::new(bytes);
    let mut clock = Clock::new();
    let mut buffer = Vec::with_capacity(BUFFER + 8192);
    let mut scratch = Vec::with_capacity(512);
    let mut flushed = 0;
    let mut id = 1_000_000;
    clock.set(FIRST_DAY);
    kind.header(&mut buffer, &clock);
    loop {
        let written = flushed + buffer.len() as u64;
        if written >= bytes {
            break;
        }
        let session = world.step();
        let ms = progress.ms(written);
        clock.set(ms);
        let rng = &mut world.rng;
        let (person, host) = (&world.people[session.person], &world.hosts[session.host]);
        id += rng.between(1, 60);
        scratch.clear();
        let mime = path(&mut scratch, rng, matches!(kind, Kind::Squid | Kind::ProxySg));
        let dice = rng.draw();
        let (verdict, status) = match dice & 1023 {
            0..8 => (Verdict::Denied, 403),
            8..12 => (Verdict::Challenged, 407),
            12..22 => (Verdict::Aborted, if host.tls { 200 } else { 0 }),
            22..28 => (Verdict::Failed, 503),
            28..60 if !host.tls => (Verdict::Allowed, 304),
            60..90 if !host.tls => (Verdict::Allowed, 404),
            90..120 if !host.tls => (Verdict::Allowed, 302),
            _ => (Verdict::Allowed, 200),
        };
        let post = dice >> 10 & 7 == 0;
        let upload = dice >> 13 & 63 == 0;
        let visit = Visit {
            ms,
            took: rng.size(4, if host.tls { 240_000 } else { 3_000 }),
            user: &person.user,
            dept: person.dept,
            src: &person.address,
            dst: &host.address,
            host: &host.name,
            // Zeek's http.log holds what travels in the clear.
            tls: host.tls && kind != Kind::Zeek,
            inspected: kind != Kind::ProxySg || dice >> 20 & 3 == 0,
            method: if post { "POST" } else { "GET" },
            path: std::str::from_utf8(&scratch).unwrap_or("/"),
            status,
            verdict,
            up: rng.size(300, if upload { 20_000_000 } else { 6_000 }),
            down: rng.size(400, 400_000),
            agent: person.agent,
            referer: "",
            mime,
            category: host.category,
            app: host.app,
            id,
        };
        kind.record(&mut buffer, &clock, &visit);
        if buffer.len() >= BUFFER {
            out.write_all(&buffer)?;
            flushed += buffer.len() as u64;
            buffer.clear();
        }
    }
    if kind == Kind::Zeek {
        grammar::zeek_close(&mut buffer, &clock);
    }
    out.write_all(&buffer)?;
    Ok(flushed + buffer.len() as u64)
}
