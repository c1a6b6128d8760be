//! The story: ten working days of a company of sixty, as its devices logged them.
//!
//! Everybody is invented. Headquarters sit behind Squid, the branch behind a ProxySG, the plant behind a
//! firewall, home offices behind a cloud gateway; the lab is seen by a Zeek sensor and the guests by a
//! Pi-hole. Every person-day has dice of its own, so that a change to one leaves the others alone.

use std::fs;
use std::io;
use std::path::Path;

use super::apps::{self, App, EMBEDS, MACHINE, Role, SITES, UPDATERS};
use super::grammar::{self, Clock, Verdict, Visit};
use super::rng::Rng;

const SEED: u64 = 2026;
/// 2026-03-09 00:00 UTC, a Monday.
const FIRST_DAY: u64 = 1_773_014_400_000;
const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;
/// How many people have taken up the new AI tool by each day.
const SPREAD: [usize; 10] = [1, 1, 2, 3, 5, 7, 10, 14, 18, 22];
const NEW_TOOL: &str = "DeepSeek";
/// The file drop nobody has heard of, and who feeds it: three gigabytes in all.
const FILE_DROP: &str = "up.quickparcel.example";
const UPLOADER: &str = "carol";
const SHADY: [(&str, &str); 4] = [
    ("www.hidemyass.com", "Proxy Avoidance"),
    ("www.croxyproxy.com", "Proxy Avoidance"),
    ("kproxy.com", "Proxy Avoidance"),
    ("www.4everproxy.com", "Proxy Avoidance"),
];
const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/145.0.0.0 Safari/537.36 Edg/145.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/145.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
     Version/19.2 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0",
];

/// Given names for everybody.
const NAMES: [&str; 60] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kevin", "laura", "mallory",
    "niaj", "olivia", "peggy", "quentin", "rupert", "sybil", "trent", "ursula", "victor", "wendy", "xavier", "yvonne",
    "zach", "amir", "bella", "cyril", "dora", "emil", "fatima", "gustav", "hana", "igor", "jasmin", "kofi", "lena",
    "marco", "nadia", "oskar", "petra", "quinn", "rosa", "stefan", "tara", "umar", "vera", "walter", "xenia", "yusuf",
    "zoe", "anton", "birgit", "chen", "divya", "elena", "felix", "gina", "hugo",
];

/// The apps a department finds for itself.
const DEPARTMENTS: [(&str, &[&str]); 8] = [
    (
        "Sales",
        &[
            "HubSpot",
            "Zoho",
            "LinkedIn",
            "Calendly",
            "DocuSign",
            "Dropbox",
            "Otter.ai",
            "Fireflies",
            "WhatsApp Web",
            "ChatGPT",
            "Loom",
        ],
    ),
    (
        "Marketing",
        &[
            "Canva",
            "Mailchimp",
            "HubSpot",
            "WeTransfer",
            "Miro",
            "Airtable",
            "Instagram",
            "Trello",
            "Typeform",
            "ChatGPT",
            "Pinterest",
            "SurveyMonkey",
        ],
    ),
    (
        "Finance",
        &["iLovePDF", "Smallpdf", "Dropbox", "DocuSign", "Box", "Xero", "Stripe", "PayPal", "ChatGPT", "Google Drive"],
    ),
    (
        "Engineering",
        &[
            "GitHub",
            "Slack",
            "Notion",
            "Pastebin",
            "Claude",
            "ChatGPT",
            "Stack Overflow",
            "Docker Hub",
            "npm",
            "GitHub Copilot",
            "Cursor",
            "Jira",
            "Hugging Face",
        ],
    ),
    (
        "Design",
        &["Figma", "Miro", "Canva", "WeTransfer", "Dropbox", "Pinterest", "Adobe Creative Cloud", "Notion", "Gemini"],
    ),
    ("HR", &["LinkedIn", "Calendly", "DocuSign", "Grammarly", "Trello", "ChatGPT", "BambooHR", "Typeform", "Gmail"]),
    ("Legal", &["DeepL", "Box", "DocuSign", "iLovePDF", "Grammarly", "Claude", "Perplexity", "Google Drive"]),
    (
        "Operations",
        &[
            "Basecamp",
            "TeamViewer",
            "AnyDesk",
            "WhatsApp Web",
            "Trello",
            "Google Drive",
            "Asana",
            "monday.com",
            "DeepL",
            "Gemini",
        ],
    ),
];
const PRIVATE: [&str; 13] = [
    "YouTube",
    "Facebook",
    "X",
    "Instagram",
    "WhatsApp Web",
    "Reddit",
    "Gmail",
    "Spotify",
    "Netflix",
    "LinkedIn",
    "Wikipedia",
    "Pinterest",
    "Steam",
];

/// Where somebody's traffic leaves the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Squid,
    ProxySg,
    Firewall,
    Cloud,
    Zeek,
    PiHole,
}

/// Somebody, or a machine with nobody in front of it (then `user` is empty).
struct Person {
    number: u64,
    user: &'static str,
    dept: &'static str,
    device: Device,
    address: String,
    agent: &'static str,
    habits: Vec<&'static App>,
    private: Vec<&'static App>,
}

/// A visit that owns what the day made up.
struct Event {
    device: Device,
    ms: u64,
    took: u64,
    user: &'static str,
    dept: &'static str,
    src: String,
    host: &'static str,
    tls: bool,
    method: &'static str,
    path: String,
    status: u16,
    verdict: Verdict,
    up: u64,
    down: u64,
    agent: &'static str,
    mime: &'static str,
    category: &'static str,
    app: &'static str,
    id: u64,
}

impl Event {
    fn visit<'a>(&'a self, dst: &'a str) -> Visit<'a> {
        Visit {
            ms: self.ms,
            took: self.took,
            user: self.user,
            dept: self.dept,
            src: &self.src,
            dst,
            host: self.host,
            tls: self.tls,
            // The branch proxy opens some of the TLS, the cloud agent all of it.
            inspected: match self.device {
                Device::ProxySg => self.host == "www.facebook.com" || hash(self.host).is_multiple_of(3),
                _ => self.device == Device::Cloud,
            },
            method: self.method,
            path: &self.path,
            status: self.status,
            verdict: self.verdict,
            up: self.up,
            down: self.down,
            agent: self.agent,
            referer: "",
            mime: self.mime,
            category: self.category,
            app: self.app,
            id: self.id,
        }
    }
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The address a host always has.
fn address_of(host: &str) -> String {
    let sum = hash(host) >> 7;
    if sum.is_multiple_of(3) {
        format!("198.51.100.{}", 60 + sum / 3 % 40)
    } else {
        format!("203.0.113.{}", 1 + sum / 3 % 250)
    }
}

/// The two weeks being made up.
#[derive(Default)]
struct Story {
    events: Vec<Event>,
}

impl Story {
    /// One request by `who`, and whatever the caller wants to change about it.
    fn add(&mut self, who: &Person, ms: u64, host: &'static str, tls: bool) -> &mut Event {
        let id = 100_000 + self.events.len() as u64 * 7;
        self.events.push(Event {
            device: who.device,
            ms,
            took: 120,
            user: who.user,
            dept: who.dept,
            src: who.address.clone(),
            host,
            tls,
            method: "GET",
            path: "/".to_owned(),
            status: 200,
            verdict: Verdict::Allowed,
            up: 900,
            down: 5_000,
            agent: who.agent,
            mime: "text/html",
            category: "Business and Economy",
            app: if tls { "ssl" } else { "web-browsing" },
            id,
        });
        let last = self.events.len() - 1;
        &mut self.events[last]
    }

    /// Some requests to the hosts of an app; returns when the last one ended.
    fn session(&mut self, rng: &mut Rng, who: &Person, at: u64, app: &App, requests: u64) -> u64 {
        let mut ms = at;
        for turn in 0..requests {
            let (role, host) = if turn == 0 { app.hosts[0] } else { rng.pick(app.hosts) };
            if role == Role::Upload && !rng.chance(40) {
                continue;
            }
            let token = rng.draw();
            let event = self.add(who, ms, host, true);
            event.category = app.category;
            event.app = app.name;
            event.took = rng.size(60, 90_000);
            let (method, path, mime, up, down) = match role {
                Role::Page => (
                    "GET",
                    format!("/home/{:06x}", token & 0xff_ffff),
                    "text/html",
                    rng.size(600, 6_000),
                    rng.size(4_000, 400_000),
                ),
                Role::Api => (
                    if token & 1 == 0 { "POST" } else { "GET" },
                    format!("/api/v2/items/{:08x}", token >> 32),
                    "application/json",
                    rng.size(700, 30_000),
                    rng.size(600, 60_000),
                ),
                Role::Login => {
                    ("POST", "/oauth2/authorize".to_owned(), "text/html", rng.size(900, 4_000), rng.size(2_000, 20_000))
                }
                Role::Upload => (
                    if token & 1 == 0 { "POST" } else { "PUT" },
                    format!("/upload/session/{:010x}", token >> 24),
                    "application/json",
                    rng.size(90_000, 24_000_000),
                    rng.size(500, 3_000),
                ),
                Role::Cdn => (
                    "GET",
                    format!("/static/{:08x}/app.js", token >> 32),
                    "text/javascript",
                    rng.size(400, 1_200),
                    rng.size(6_000, 900_000),
                ),
                Role::Media => (
                    "GET",
                    format!("/segment/{:06x}.m4s", token & 0xff_ffff),
                    "video/mp4",
                    rng.size(900, 4_000),
                    rng.size(900_000, 40_000_000),
                ),
                Role::Telemetry => {
                    ("POST", "/v1/events".to_owned(), "application/json", rng.size(900, 9_000), rng.size(200, 900))
                }
            };
            (event.method, event.path, event.mime, event.up, event.down) = (method, path, mime, up, down);
            match rng.below(400) {
                0..4 => {
                    event.verdict = Verdict::Aborted;
                    event.down /= 9;
                }
                4 => {
                    (event.verdict, event.status) = (Verdict::Failed, 503);
                    (event.down, event.up) = (0, 0);
                }
                _ => {}
            }
            ms += rng.between(300, 35_000);
        }
        ms
    }

    /// A page read at a news site or a shop, and what it drags along.
    fn read(&mut self, rng: &mut Rng, who: &Person, at: u64) {
        let (site, tls) = rng.pick(SITES);
        for page in 0..rng.between(1, 4) {
            let event = self.add(who, at + page * 47_000, site, tls);
            event.category = if hash(site).is_multiple_of(2) { "News/Media" } else { "Shopping" };
            event.path = format!("/2026/03/story-{:05}", rng.below(90_000));
            event.took = rng.size(80, 9_000);
            event.down = rng.size(20_000, 700_000);
            if !tls && rng.chance(15) {
                (event.status, event.down) = (304, 310);
            } else if !tls && who.device == Device::Squid && rng.chance(8) {
                (event.verdict, event.status, event.down) = (Verdict::Aborted, 0, 0);
            }
        }
        for _ in 0..rng.between(1, 4) {
            self.embed(rng, who, at + 400);
        }
    }

    fn embed(&mut self, rng: &mut Rng, who: &Person, at: u64) {
        let (host, path) = rng.pick(EMBEDS);
        let event = self.add(who, at + rng.below(1_500), host, true);
        event.category = "Web Ads/Analytics";
        path.clone_into(&mut event.path);
        event.mime = "text/javascript";
        event.up = rng.size(400, 1_500);
        event.down = rng.size(200, 60_000);
    }

    /// A machine talks to its makers.
    fn machine(&mut self, rng: &mut Rng, who: &Person, at: u64, hosts: &[(&'static str, bool, &'static str, u64)]) {
        let (host, tls, path, down) = rng.pick(hosts);
        let named = rng.chance(40);
        let event = self.add(who, at, host, tls);
        if !named && who.device == Device::Squid {
            event.user = "";
        }
        event.category = "Software Downloads";
        path.clone_into(&mut event.path);
        event.mime = "application/octet-stream";
        if !who.user.is_empty() {
            event.agent = "Microsoft-Delivery-Optimization/10.1";
        }
        event.up = rng.size(400, 2_000);
        event.down = rng.size(300, down);
        event.took = rng.size(30, 4_000);
    }

    fn denied(&mut self, who: &Person, at: u64, host: &'static str, category: &'static str) {
        for attempt in 0..3 {
            let event = self.add(who, at + attempt * 4_100, host, attempt > 0);
            event.category = category;
            (event.verdict, event.status) = (Verdict::Denied, 403);
            (event.up, event.down, event.took) = (480, 3_964, 1);
        }
    }

    /// What somebody does on a working day.
    fn day(&mut self, who: &Person, day: u64, midnight: u64) {
        let mut rng = Rng::of(&[SEED, who.number, day]);
        let adopter = adopted(who.number).is_some_and(|since| day >= since);
        if rng.chance(6) && !adopter && who.user != UPLOADER {
            return;
        }
        let start = midnight + 8 * 60 * MINUTE + rng.below(70 * MINUTE);
        let lunch = midnight + 12 * 60 * MINUTE + rng.below(40 * MINUTE);
        let end = midnight + 1_000 * MINUTE + rng.below(80 * MINUTE);
        if who.device == Device::Squid {
            for browser in 0..rng.between(1, 3) {
                let event = self.add(who, start - 900 + browser * 61, "outlook.office.com", true);
                (event.verdict, event.status) = (Verdict::Challenged, 407);
                (event.down, event.took) = (4_012, 0);
            }
        }
        let core = core_of(who);
        let mut ms = start;
        while ms < end {
            if ms.abs_diff(lunch + 20 * MINUTE) < 22 * MINUTE {
                // Lunch: some walk away, some read, some watch.
                match rng.below(4) {
                    0 => {}
                    1 => {
                        let at = lunch + rng.below(20 * MINUTE);
                        self.read(&mut rng, who, at);
                    }
                    _ => {
                        let app = rng.pick(&who.private);
                        let requests = rng.between(3, 9);
                        self.session(&mut rng, who, lunch, app, requests);
                    }
                }
                ms = lunch + 40 * MINUTE + rng.below(12 * MINUTE);
                continue;
            }
            let requests = rng.between(2, 7);
            match rng.below(100) {
                0..46 => {
                    let app = apps::named(rng.pick(core));
                    self.session(&mut rng, who, ms, app, requests);
                }
                46..80 => {
                    let app = rng.pick(&who.habits);
                    self.session(&mut rng, who, ms, app, requests);
                }
                80..88 => {
                    self.session(&mut rng, who, ms, apps::named("Google Search"), 2);
                    self.embed(&mut rng, who, ms + 9_000);
                }
                88..93 => self.read(&mut rng, who, ms),
                93..96 => {
                    let app = rng.pick(&who.private);
                    self.session(&mut rng, who, ms, app, 3);
                }
                _ => self.machine(&mut rng, who, ms, MACHINE),
            }
            ms += rng.between(32 * MINUTE, 104 * MINUTE);
        }
        for _ in 0..rng.between(2, 5) {
            let at = start + rng.below(end - start);
            self.machine(&mut rng, who, at, MACHINE);
        }
        if adopter {
            for _ in 0..rng.between(1, 4) {
                let at = start + rng.below(end - start);
                let requests = rng.between(3, 9);
                self.session(&mut rng, who, at, apps::named(NEW_TOOL), requests);
            }
        }
        if who.number % 11 == 3 && rng.chance(45) {
            let mut late = midnight + 1_170 * MINUTE + rng.below(60 * MINUTE);
            for _ in 0..rng.between(2, 5) {
                let app = if rng.chance(50) { apps::named(rng.pick(core)) } else { rng.pick(&who.habits) };
                late = self.session(&mut rng, who, late, app, 4) + rng.between(5 * MINUTE, 25 * MINUTE);
            }
        }
        self.characters(&mut rng, who, day, midnight);
    }

    /// The people the story is about.
    fn characters(&mut self, rng: &mut Rng, who: &Person, day: u64, midnight: u64) {
        let at = midnight + 540 * MINUTE + rng.below(420 * MINUTE);
        match who.user {
            UPLOADER => self.carol(rng, who, day, midnight),
            // Never without music.
            "quentin" | "oskar" => {
                for hour in 9..17 {
                    let ms = midnight + hour * 60 * MINUTE + rng.below(50 * MINUTE);
                    self.session(rng, who, ms, apps::named("Spotify"), 3);
                }
            }
            // Looks for a way around the proxy.
            "walter" | "trent" if (day + who.number).is_multiple_of(3) => {
                let (host, category) = rng.pick(&SHADY);
                self.denied(who, at, host, category);
            }
            "mallory" if day % 3 == 1 => self.denied(who, at, "nordvpn.com", "Proxy Avoidance"),
            "ivan" | "marco" | "hugo" if day % 3 == 2 => {
                self.denied(who, at, "mega.nz", "File Storage/Sharing");
            }
            "rosa" if day == 6 => {
                self.session(rng, who, at, apps::named("NordVPN"), 4);
            }
            "zoe" if day > 3 => {
                let ms = midnight + 1_200 * MINUTE + rng.below(40 * MINUTE);
                self.session(rng, who, ms, apps::named("Steam"), 6);
            }
            // A vendor dials in to the machines every morning.
            "gustav" => {
                let ms = midnight + 440 * MINUTE + rng.below(20 * MINUTE);
                let tool = if day.is_multiple_of(2) { "AnyDesk" } else { "TeamViewer" };
                self.session(rng, who, ms, apps::named(tool), 6);
            }
            "yusuf" if day == 4 => {
                self.session(rng, who, at, apps::named("MEGA"), 5);
            }
            // The company's pages on the networks, every morning.
            "frank" | "victor" | "lena" | "birgit" => {
                let ms = midnight + 530 * MINUTE + rng.below(30 * MINUTE);
                let next = self.session(rng, who, ms, apps::named("Meta Business Suite"), 6);
                self.session(rng, who, next + 2 * MINUTE, apps::named("Hootsuite"), 7);
            }
            // Drafts to finish at home.
            "grace" | "kevin" | "judy" if day % 3 == 1 => {
                self.session(rng, who, at, apps::named("OneDrive"), 9);
            }
            // A club of their own, with the same tool.
            "dave" | "tara" if day % 2 == 1 => {
                self.session(rng, who, at, apps::named("Slack elsewhere"), 5);
            }
            _ => {}
        }
    }

    /// First she tries it from her desk, then she takes it to the plant, where she can be counted.
    fn carol(&mut self, rng: &mut Rng, who: &Person, day: u64, midnight: u64) {
        let parcels: u64 = match (day, who.device) {
            (1, _) => 3,
            (2, _) => 5,
            (_, Device::Firewall) => 8,
            _ => 0,
        };
        let mut ms = midnight + 1_070 * MINUTE + rng.below(9 * MINUTE);
        for parcel in 0..parcels {
            let size = rng.between(52_000_000, 74_000_000);
            let event = self.add(who, ms, FILE_DROP, who.device == Device::Firewall);
            event.category = "Uncategorized";
            event.method = if parcel.is_multiple_of(3) { "POST" } else { "PUT" };
            event.path = format!("/drop/8c1f/offers-2026-part{:02}.zip", day * 8 + parcel);
            (event.status, event.mime) = (201, "application/json");
            (event.up, event.down, event.took) = (size, 640, size / 2_900);
            ms += size / 2_900 + rng.between(9_000, 90_000);
        }
    }
}

/// When that person takes up the new tool: the days of [`SPREAD`], in an order of its own.
fn adopted(number: u64) -> Option<u64> {
    // 23 has no divisor in common with 60, so this walks through everybody.
    let turn = (0..22).find(|turn| (31 + turn * 23) % 60 == number)?;
    SPREAD.iter().position(|&count| turn < count as u64).map(|day| day as u64)
}

fn core_of(who: &Person) -> &'static [&'static str] {
    match who.dept {
        "" if who.device == Device::PiHole => {
            &["YouTube", "WhatsApp Web", "Instagram", "Google Search", "Gmail", "Spotify"]
        }
        "" => &["GitHub", "Docker Hub", "npm", "Stack Overflow", "Slack", "Teams"],
        "Sales" | "Marketing" => &["Outlook", "Outlook", "Teams", "SharePoint", "Salesforce", "Zoom"],
        "HR" | "Legal" => &["Outlook", "Outlook", "Teams", "SharePoint", "Zoom"],
        _ => &["Outlook", "Outlook", "Teams", "Teams", "SharePoint"],
    }
}

/// The company as it is on a given day: hybrid people work at home on Wednesdays and Fridays.
fn people(day: u64) -> Vec<Person> {
    let places = [
        (27, Device::Squid, "192.0.2.", 11),
        (13, Device::ProxySg, "192.0.2.", 71),
        (11, Device::Firewall, "192.0.2.", 131),
        (9, Device::Cloud, "198.51.100.", 101),
    ];
    let mut all = Vec::new();
    for (count, device, net, first) in places {
        for seat in 0..count {
            let number = all.len() as u64;
            let user = NAMES[all.len()];
            let mut rng = Rng::of(&[SEED, 77, number]);
            let (dept, liked) = DEPARTMENTS[(number * 5 % 8) as usize];
            let skip = rng.below(liked.len() as u64) as usize;
            let habits = liked.iter().cycle().skip(skip).take(5).map(|name| apps::named(name));
            let private = (0..3).map(|_| apps::named(rng.pick(&PRIVATE))).collect();
            let mut person = Person {
                number,
                user,
                dept,
                device,
                address: format!("{net}{}", first + seat),
                agent: AGENTS[(number % 4) as usize],
                habits: habits.collect(),
                private,
            };
            let hybrid = number % 6 == 4 && device != Device::Cloud;
            if user == UPLOADER && day >= 4 {
                (person.device, person.address) = (Device::Firewall, "192.0.2.142".to_owned());
            } else if hybrid && matches!(day % 5, 2 | 4) {
                (person.device, person.address) = (Device::Cloud, format!("198.51.100.{}", 120 + number));
            }
            all.push(person);
        }
    }
    all
}

/// Addresses nobody signs in from: the lab's machines and the guests' phones.
fn strangers(count: u64, device: Device, first: u64) -> Vec<Person> {
    (0..count)
        .map(|n| {
            let mut rng = Rng::of(&[SEED, 99, first + n]);
            let liked = if device == Device::Zeek { DEPARTMENTS[3].1 } else { &PRIVATE[..] };
            Person {
                number: first + n,
                user: "",
                dept: "",
                device,
                address: format!("192.0.2.{}", first + n),
                agent: rng.pick(&AGENTS),
                habits: (0..4).map(|_| apps::named(rng.pick(liked))).collect(),
                private: (0..3).map(|_| apps::named(rng.pick(&PRIVATE))).collect(),
            }
        })
        .collect()
}

/// Everything that happened, in the order it ended.
fn story() -> Vec<Event> {
    let mut story = Story::default();
    for day in 0..10 {
        let midnight = FIRST_DAY + (day + day / 5 * 2) * DAY;
        let mut everybody = people(day);
        everybody.extend(strangers(4, Device::Zeek, 200));
        everybody.extend(strangers(7, Device::PiHole, 220));
        for who in &everybody {
            story.day(who, day, midnight);
        }
        // Machines nobody sits at, and those left on: updates at night.
        let servers = [
            (Device::Squid, "192.0.2.8"),
            (Device::ProxySg, "192.0.2.66"),
            (Device::Firewall, "192.0.2.130"),
            (Device::Zeek, "192.0.2.199"),
        ];
        for (device, address) in servers {
            let mut server = strangers(1, device, 180).remove(0);
            address.clone_into(&mut server.address);
            server.agent = "Debian APT-HTTP/1.3 (3.0.3)";
            let mut rng = Rng::of(&[SEED, 55, day, hash(address)]);
            for _ in 0..rng.between(14, 22) {
                let ms = midnight + rng.below(6 * 60 * MINUTE);
                story.machine(&mut rng, &server, ms, UPDATERS);
            }
            for hour in 0..24 {
                let ms = midnight + hour * 60 * MINUTE + rng.below(50 * MINUTE);
                story.machine(&mut rng, &server, ms, MACHINE);
            }
        }
    }
    story.events.sort_by_key(|event| (event.ms, event.id));
    story.events
}

/// Writes the company's directory of people, as an export from its accounts would look.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write_directory(path: &Path) -> io::Result<()> {
    const SITES: [(Device, &str); 4] = [
        (Device::Squid, "Headquarters"),
        (Device::ProxySg, "Branch"),
        (Device::Firewall, "Plant"),
        (Device::Cloud, "Home office"),
    ];
    let mut text = String::from("login;name;department;site;manager;address\n");
    let everybody = people(0);
    for person in &everybody {
        let site = SITES.iter().find(|(device, _)| *device == person.device).map_or("", |(_, site)| site);
        // Who comes first in a department leads it.
        let manager = everybody.iter().find(|other| other.dept == person.dept).map_or("", |other| other.user);
        let manager = if manager == person.user { "" } else { manager };
        let mut name = person.user.to_owned();
        name[..1].make_ascii_uppercase();
        text += &format!("{};{name};{};{site};{manager};{}\n", person.user, person.dept, person.address);
    }
    text += ";;Engineering;Lab;;192.0.2.199\n";
    fs::write(path, text)
}

/// A log file in the making.
struct File {
    name: String,
    text: Vec<u8>,
    records: usize,
}

/// Writes the sample logs under `dir` and returns the name and the records of each file.
///
/// # Errors
///
/// When a folder or a file cannot be written.
pub fn write(dir: &Path) -> io::Result<Vec<(String, usize)>> {
    let events = story();
    let files = [
        squid(&events),
        proxysg(&events),
        firewall(&events),
        cloud(&events),
        zeek(&events),
        pihole(&events),
        vec![dmz()],
    ];
    let mut written = Vec::new();
    for file in files.into_iter().flatten() {
        let path = dir.join(&file.name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, file.text)?;
        written.push((file.name, file.records));
    }
    Ok(written)
}

/// Writes the events of one device into files; `name_of` says which file a moment belongs to.
fn files(
    events: &[Event],
    device: Device,
    name_of: impl Fn(&Clock, u64) -> String,
    mut record: impl FnMut(&mut File, &Clock, &Visit<'_>),
) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    let mut clock = Clock::new();
    for event in events.iter().filter(|event| event.device == device) {
        clock.set(event.ms);
        let name = name_of(&clock, (event.ms - FIRST_DAY) / DAY);
        if files.last().is_none_or(|file| file.name != name) {
            files.push(File { name, text: Vec::new(), records: 0 });
        }
        let last = files.len() - 1;
        let dst = address_of(event.host);
        record(&mut files[last], &clock, &event.visit(&dst));
        files[last].records += 1;
    }
    files
}

/// `20260309`
fn compact(clock: &Clock) -> String {
    clock.date().iter().filter(|&&byte| byte != b'-').map(|&byte| char::from(byte)).collect()
}

fn squid(events: &[Event]) -> Vec<File> {
    files(
        events,
        Device::Squid,
        |clock, _| format!("hq-proxy/access.log-{}", compact(clock)),
        |file, _, visit| {
            // Squid strips the query unless told otherwise.
            let path = visit.path.split('?').next().unwrap_or_default();
            grammar::squid(&mut file.text, &Visit { path, ..*visit });
        },
    )
}

fn proxysg(events: &[Event]) -> Vec<File> {
    let mut headed = u64::MAX;
    files(
        events,
        Device::ProxySg,
        |_, day| format!("branch-proxysg/SG_main__week{}.log", 11 + day / 7),
        |file, clock, visit| {
            // The appliance restarts in the middle of each week and says everything again.
            let half = (visit.ms - FIRST_DAY) / DAY / 7 * 2 + u64::from((visit.ms - FIRST_DAY) / DAY % 7 > 2);
            if half != headed {
                headed = half;
                grammar::proxysg_header(&mut file.text, clock);
            }
            grammar::proxysg(&mut file.text, clock, visit);
        },
    )
}

fn firewall(events: &[Event]) -> Vec<File> {
    files(
        events,
        Device::Firewall,
        |_, day| format!("firewall/traffic-week{}.csv", 11 + day / 7),
        |file, clock, visit| {
            if file.text.is_empty() {
                file.text.extend_from_slice(grammar::FIREWALL_CSV_HEADER.as_bytes());
            }
            grammar::firewall_csv(&mut file.text, clock, visit);
        },
    )
}

fn cloud(events: &[Event]) -> Vec<File> {
    files(
        events,
        Device::Cloud,
        |_, day| format!("cloud-gateway/web-week{}.ndjson", 11 + day / 7),
        |file, clock, visit| grammar::ecs(&mut file.text, clock, visit),
    )
}

fn zeek(events: &[Event]) -> Vec<File> {
    type Header = fn(&mut Vec<u8>, &Clock);
    type Record = fn(&mut Vec<u8>, &Visit<'_>);
    let logs: [(&str, Header, Record); 4] = [
        ("conn", grammar::zeek_conn_header, grammar::zeek_conn),
        ("ssl", grammar::zeek_ssl_header, grammar::zeek_ssl),
        ("http", grammar::zeek_http_header, grammar::zeek_http),
        ("dns", grammar::zeek_dns_header, grammar::zeek_dns),
    ];
    logs.map(|(log, header, record)| {
        let (mut text, mut records) = (Vec::new(), 0);
        let mut clock = Clock::new();
        for event in events.iter().filter(|event| event.device == Device::Zeek) {
            clock.set(event.ms);
            if text.is_empty() {
                header(&mut text, &clock);
            }
            let wanted = match log {
                "ssl" => event.tls,
                "http" => !event.tls,
                // The resolver remembers every other name.
                "dns" => event.id.is_multiple_of(2),
                _ => true,
            };
            if wanted {
                record(&mut text, &event.visit(&address_of(event.host)));
                records += 1;
            }
        }
        grammar::zeek_close(&mut text, &clock);
        File { name: format!("sensor-zeek/{log}.log"), text, records }
    })
    .into()
}

fn pihole(events: &[Event]) -> Vec<File> {
    let advertising: Vec<&str> = EMBEDS.iter().skip(2).map(|&(host, _)| host).collect();
    files(
        events,
        Device::PiHole,
        |_, _| "guest-dns/pihole.log".to_owned(),
        |file, clock, visit| {
            let blocked = visit.host != "www.facebook.com" && advertising.contains(&visit.host);
            let verdict = if blocked { Verdict::Denied } else { Verdict::Allowed };
            grammar::dnsmasq(&mut file.text, clock, &Visit { verdict, ..*visit });
        },
    )
}

/// Our own web server, seen from outside.
fn dmz() -> File {
    const PAGES: [(&str, u16); 8] = [
        ("/", 200),
        ("/products/", 200),
        ("/contact", 200),
        ("/assets/site.css", 200),
        ("/assets/logo.svg", 304),
        ("/careers/", 200),
        ("/wp-login.php", 404),
        ("/robots.txt", 200),
    ];
    let mut rng = Rng::of(&[SEED, 4242]);
    let mut clock = Clock::new();
    let (mut text, mut ms) = (Vec::new(), FIRST_DAY + 3 * MINUTE);
    for n in 0..220_u64 {
        ms += rng.below(2 * 65 * MINUTE);
        clock.set(ms);
        let (path, status) = rng.pick(&PAGES);
        let src = format!("203.0.113.{}", rng.between(1, 250));
        let crawler = n.is_multiple_of(7);
        let visit = Visit {
            ms,
            took: 3,
            user: "",
            dept: "",
            src: &src,
            dst: "198.51.100.20",
            host: "www.example.com",
            tls: true,
            inspected: true,
            method: if path == "/contact" && n.is_multiple_of(5) { "POST" } else { "GET" },
            path,
            status,
            verdict: Verdict::Allowed,
            up: 400,
            down: if status == 304 { 0 } else { rng.size(600, 60_000) },
            agent: if crawler { "ExampleBot/2.1 (+http://bot.example/)" } else { rng.pick(&AGENTS) },
            referer: if path.starts_with("/assets") { "https://www.example.com/" } else { "" },
            mime: "",
            category: "",
            app: "",
            id: n,
        };
        grammar::combined(&mut text, &clock, &visit);
    }
    File { name: "dmz-web/access.log".to_owned(), text, records: 220 }
}
