//! Documents with every field that a report can have, made up: a company of any number of apps, and the same one with
//! names that a page must only ever show.

use serde_json::{Value, json};

/// Names that a page must show and nothing else.
pub const HOSTILE: [&str; 16] = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "\"'><svg onload=alert(4)>",
    "evil\u{202e}gpj.exe",
    "drop\u{200b}box.com",
    "=1+1",
    "a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "javascript:alert(5)",
    "{{7*7}} ${7*7}",
    "\u{2028}\u{2029}line",
    "&lt;b&gt;&amp;",
    "<!-- <script>",
    "]]></style><style>*{display:none}",
    "__proto__",
    "\u{1f9e8}\u{1f9e8}\u{1f9e8} עברית \u{7}",
];

const DEPARTMENTS: [(&str, u64); 6] =
    [("Sales", 14), ("Engineering", 12), ("Marketing", 9), ("Finance", 7), ("Design", 5), ("Legal & Compliance", 2)];
const SITES: [(&str, u64); 2] = [("Hamburg", 28), ("Lyon", 19)];
const NAMES: [&str; 12] = [
    "Bluebird",
    "Notebox",
    "Parcelwise",
    "Talkative",
    "Sheetmill",
    "Boardly",
    "Quillmate",
    "Vaultline",
    "Meetloop",
    "Inkdrop",
    "Ledgerly",
    "Formfoundry",
];
const CATEGORIES: [(&str, &str, &str); 6] = [
    ("generative-ai", "Generative AI", "ai-assistant"),
    ("cloud-storage", "Cloud storage", "file-sharing"),
    ("messaging", "Messaging", "team-chat"),
    ("project-management", "Project management", "task-tracking"),
    ("webmail", "Webmail", "mail"),
    ("social-network", "Social network", "social"),
];
const STATES: [&str; 4] = ["unreviewed", "sanctioned", "tolerated", "unsanctioned"];
const STAGES: [&str; 5] = ["new", "spreading", "steady", "fading", "gone"];
const VERDICTS: [&str; 5] = ["used", "used", "tried", "touched", "background"];
const LEVELS: [&str; 4] = ["low", "medium", "high", "critical"];
const ACTIONS: [&str; 6] = ["ignore", "watch", "teach", "adopt", "restrict", "block"];

/// A report of so many apps. The same number gives the same report.
pub fn company(apps: u64) -> Value {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let list: Vec<Value> = (0..apps).map(|index| app(index, &mut dice)).collect();
    let named = |from: usize, most: usize| -> Vec<Value> {
        let some = list.iter().skip(from).take(most);
        some.map(|app| json!({"id": app["id"], "name": app["name"], "people": app["people"], "state": app["state"]}))
            .collect()
    };
    let place = |(name, people): (&str, u64)| {
        json!({"name": name, "people": people, "seen": people, "apps_used": people * 2, "apps_tried": 3,
            "unreviewed_apps": people / 2, "bytes_up": people * 1_300_000, "uploads": people * 3, "apps": named(0, 5)})
    };
    let mut report = json!({
        "schema": "umbrascope.report/1",
        "generator": "umbrascope 0.1.0",
        "settings": {
            "timezone": "Europe/Berlin", "catalog_apps": 12_572, "catalog_digest": "55f686910af2eb92",
            "period": {"first": "2026-03-09", "last": "2026-03-20"}, "bucket": "day", "names": true,
            "directory": {"rows": 64, "matched_people": 58, "unmatched_people": 2},
            "policy": {"path": "policy.toml", "digest": "9f12ab44c01d77e0", "decisions": 41},
            "office_hours": {"from": "07:00", "to": "19:00", "weekdays": [1, 2, 3, 4, 5]},
        },
        "totals": {
            "people": 60, "devices": 42, "destinations": 403, "facts": 16_068, "challenges": 372, "failures": 38,
            "requests": 26_901, "lookups": 3_452, "blocked": 167, "uploads": 1_239, "bytes_up": 4_660_049_514_u64,
            "bytes_down": 7_317_347_190_u64, "first_seen": "2026-03-09T00:07:18Z", "last_seen": "2026-03-20T23:46:27Z",
            "days": 10,
        },
        "coverage": {
            "requests": {"known": 27_657, "total": 30_353, "share": 0.9112},
            "bytes": {"known": 7_481_448_705_u64, "total": 11_977_396_704_u64, "share": 0.6246},
            "people": {"known": 102, "total": 102, "share": 1.0},
            "names": {"known": 812, "total": 1_210, "share": 0.6711},
        },
        "departments": DEPARTMENTS.map(place),
        "locations": SITES.map(place),
        "people": (0..60).map(|n| json!({"who": format!("person{n}"), "kind": "person", "department": "Sales",
            "site": "Lyon", "manager": "alice", "apps_used": n % 23, "apps_tried": n % 5, "requests": n * 17,
            "bytes_up": n * 123_456, "first_seen": "2026-03-09T08:00:00Z", "last_seen": "2026-03-20T17:00:00Z"}))
            .collect::<Vec<_>>(),
        "findings": LEVELS.iter().rev().enumerate().map(|(n, level)| json!({"code": format!("U{n:03}"),
            "id": "personal-tenant", "level": level, "title": "Company files go to a personal account",
            "text": "9 people sent 312 MB to personal accounts of Notebox.", "app": list[1]["id"],
            "app_name": list[1]["name"], "tenant": "personal account", "department": "Design",
            "numbers": {"people": 9}, "ask": "Ask the nine people what they keep there."})).collect::<Vec<_>>(),
        "social": {"summary": "Mostly at lunch.", "networks": [{"id": list[5]["id"], "name": list[5]["name"],
            "kind": "network", "people": 12, "departments": [{"name": "Marketing", "people": 9}],
            "purpose": "customers", "reason": "most of it from Marketing, in office hours"}]},
        "collaboration": {"jobs": [{"job": "team-chat", "name": "Team chat", "people": 40, "bridges": 12,
            "tools": (0..3).map(|n| json!({"id": list[n]["id"], "name": list[n]["name"], "people": 20 - n,
                "state": "unreviewed", "departments": ["Sales"]})).collect::<Vec<_>>(),
            "overlap": [{"a": list[0]["id"], "b": list[1]["id"], "people": 7}],
            "consolidate": "Most people already have Bluebird."}]},
        "edge": [{"id": list[2]["id"], "name": list[2]["name"], "people": 9, "new_people": 4, "stage": "spreading",
            "champions": 2, "departments": ["Design"], "reason": "spreads from one department to others"}],
        "uncataloged": (0..120).map(|n| json!({"site": format!("place{n}.example"), "people": n % 7, "devices": n % 3,
            "requests": n * 3 + 1, "lookups": n, "blocked": 0, "uploads": n % 4, "bytes_up": n * 40_001,
            "bytes_down": n * 90_001, "first_seen": "2026-03-09T00:07:18Z", "last_seen": "2026-03-20T23:46:27Z",
            "days": 4, "evidence": ["url", "dns"], "hosts": [format!("www.place{n}.example")], "host_count": 2}))
            .collect::<Vec<_>>(),
        "inputs": [
            {"path": "logs/access.log", "status": "read", "format": "squid-native", "confidence": 99,
                "why": "ten columns", "runner_up": {"format": "squid-clf", "confidence": 3}, "envelope": "RFC 5424 syslog",
                "records": {"total": 100, "event": 96, "skipped": 1, "bad": 3}, "bytes": 12_345,
                "first": "2026-03-09T00:07:18Z", "last": "2026-03-20T23:46:27Z",
                "skipped": [{"reason": "comment", "count": 1}], "bad": [{"reason": "no time", "count": 3}],
                "bad_samples": [{"line": 7, "offset": 512, "reason": "no time", "excerpt": "garbage"}],
                "cannot_tell": [{"id": "bytes-up", "meaning": "no bytes sent", "advice": "add %>st to the logformat"}]},
            {"path": "logs/photo.jpg", "status": "declined", "confidence": 0, "why": "no text",
                "records": {"total": 0, "event": 0, "skipped": 0, "bad": 0}, "bytes": 99, "cannot_tell": []},
            {"path": "logs/cut.gz", "status": "lost", "format": "squid-native", "confidence": 90, "why": "ten columns",
                "records": {"total": 5, "event": 5, "skipped": 0, "bad": 0}, "bytes": 99, "cannot_tell": [],
                "losses": ["the archive ends early"]},
        ],
        "troubles": ["logs/secret: permission denied"],
    });
    let by = |verdict: &str| list.iter().filter(|app| app["verdict"] == verdict).count();
    report["totals"]["apps"] = json!({"used": by("used"), "tried": by("tried"), "touched": by("touched"),
        "background": by("background"), "blocked": 0});
    report["apps"] = list.into();
    report
}

/// The same report, with every text that does not choose a meaning made hostile, some of 10,000 characters.
pub fn hostile(apps: u64) -> Value {
    let mut report = company(apps);
    let mut turn = 0;
    poison(&mut report, "", &mut turn);
    report
}

fn poison(value: &mut Value, key: &str, turn: &mut usize) {
    const MEANINGS: [&str; 18] = [
        "schema",
        "first_seen",
        "last_seen",
        "first",
        "last",
        "start",
        "from",
        "to",
        "level",
        "verdict",
        "state",
        "stage",
        "status",
        "timezone",
        "bucket",
        "date",
        "review_by",
        "as_of",
    ];
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| poison(value, key, turn)),
        Value::Array(items) => items.iter_mut().for_each(|value| poison(value, key, turn)),
        Value::String(text) if !MEANINGS.contains(&key) => {
            *turn += 1;
            let bad = HOSTILE[*turn % HOSTILE.len()];
            *text = match key {
                // An id stays unique.
                "id" => format!("{bad}{turn}"),
                _ if turn.is_multiple_of(97) => "x".repeat(10_000),
                _ => bad.to_owned(),
            };
        }
        _ => {}
    }
}

fn app(index: u64, dice: &mut Dice) -> Value {
    let pick = index as usize;
    let (category, category_name, job) = CATEGORIES[pick % CATEGORIES.len()];
    let name = match pick / NAMES.len() {
        0 => NAMES[pick % NAMES.len()].to_owned(),
        series => format!("{} {series}", NAMES[pick % NAMES.len()]),
    };
    let id = name.to_lowercase().replace(' ', "-");
    let people = dice.below(60) + 1;
    let verdict = VERDICTS[pick % VERDICTS.len()];
    let score = dice.below(100);
    let level = LEVELS[(score / 25) as usize];
    let growth: Vec<Value> = (9..21)
        .map(|day| {
            let now = dice.below(people + 1);
            json!({"start": format!("2026-03-{day:02}"), "people": now, "new_people": dice.below(now + 1),
                "requests": dice.below(400), "bytes_up": dice.below(9_000_000)})
        })
        .collect();
    let heat: Vec<Vec<u64>> = (0..7)
        .map(|day| {
            (0..24)
                .map(|hour| if (7..19).contains(&hour) && day < 5 { dice.below(30) } else { dice.below(2) })
                .collect()
        })
        .collect();
    let places = |names: &[(&str, u64)]| -> Vec<Value> {
        let some = names.iter().filter(|(name, _)| !(pick + name.len()).is_multiple_of(3));
        some.map(|(name, people)| {
            json!({"name": name, "people": people, "used": people, "requests": people * 20,
            "bytes_up": people * 40_000, "uploads": people / 2})
        })
        .collect()
    };
    json!({
        "id": id, "name": name, "vendor": "Example Ltd", "category": category, "people": people, "devices": dice.below(5),
        "touched": dice.below(9), "touched_only": verdict == "touched" || verdict == "background",
        "requests": dice.below(90_000), "lookups": dice.below(900), "blocked": dice.below(9), "uploads": dice.below(90),
        "bytes_up": dice.below(900_000_000), "bytes_down": dice.below(9_000_000_000),
        "first_seen": "2026-03-09T08:04:09Z", "last_seen": "2026-03-20T17:21:50Z", "days": 10,
        "active_minutes": dice.below(7_000), "evidence": ["url", "sni", "connect"],
        "hosts": [
            {"host": format!("app.{id}.example"), "role": "app", "rule": format!("{id}.example"),
                "source": "signatures/example.toml:67", "people": people, "requests": 600, "bytes_up": 895_202, "bytes_down": 49_634_354},
            {"host": format!("cdn.{id}.example"), "role": "cdn", "rule": format!("{id}.example"),
                "source": "signatures/example.toml:67", "people": 2, "requests": 60},
        ],
        "verdict": verdict, "rule": "use/repeated", "reason": "active in four or more quarter-hours on two or more days",
        "verdicts": {"used": people, "tried": 2, "touched": 3, "background": 1, "blocked": 0},
        "job": job, "category_name": category_name, "about": format!("{name} is a made-up service."),
        "departments": places(&DEPARTMENTS), "unknown_department": dice.below(3),
        "sites": places(&SITES),
        "tenants": if pick.is_multiple_of(4) {
            vec![json!({"tenant": "hanse-parts", "kind": "own", "people": 3, "requests": 40, "bytes_up": 9_000}),
                json!({"tenant": "someone", "kind": "personal", "people": 1, "requests": 4, "bytes_up": 900_000})]
        } else { vec![] },
        "growth": growth, "heat": heat, "after_hours_share": 0.1201,
        "life": {"stage": STAGES[pick % STAGES.len()], "rule": "life/steady", "reason": "about as many people as before",
            "new_people_per_week": 1.5, "half_life_weeks": 4.2},
        "champions": 2, "champion_names": ["person1", "person2"],
        "users": [{"who": "person1", "kind": "person", "department": "Sales", "site": "Lyon", "verdict": verdict,
            "rule": "use/repeated", "reason": "active on two or more days", "requests": 9, "blocked": 0, "uploads": 1,
            "bytes_up": 4_000, "bytes_down": 9_000, "active_minutes": 90, "days": 3,
            "first_seen": "2026-03-09T08:04:09Z", "last_seen": "2026-03-20T17:21:50Z", "tenants": ["hanse-parts"]}],
        "risk": {"score": score, "low": score / 2, "high": (score + 20).min(100), "level": level, "parts": [
            {"id": "data-out", "title": "What leaves the house", "points": score / 2, "low": score / 2, "high": score / 2,
                "text": "bytes sent and uploads, for each person", "source": "signatures/facts.toml", "as_of": "2026-02"},
            {"id": "training", "title": "Trains on what is entered", "points": 0, "low": 0, "high": 20, "text": "not known"},
        ]},
        "placement": "edge", "state": STATES[pick % STATES.len()],
        "decision": {"id": "d1", "owner": "it-board", "reason": "decided in January", "date": "2026-01-14",
            "review_by": "2026-07-01", "departments": ["Sales"], "tenants": ["hanse-parts"], "line": "policy.toml:12"},
        "advice": {"action": ACTIONS[pick % ACTIONS.len()], "reasons": ["20 people use it and it is unreviewed"],
            "alternative": {"id": "notebox", "name": "Notebox"}},
        "alternatives": [{"id": "notebox", "name": "Notebox", "sanctioned": true}],
    })
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
