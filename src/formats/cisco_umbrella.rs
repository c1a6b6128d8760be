//! Cisco Umbrella and Secure Access: the CSV that goes to S3, for the proxy, DNS, addresses and the cloud firewall.
//!
//! Defined in Umbrella's "Log Formats and Versioning", <https://docs.umbrella.com/deployment-umbrella/docs/log-formats-and-versioning>.
//!
//! ```text
//! "2026-03-10 08:15:42","alice@example.com","192.0.2.41","198.51.100.7","203.0.113.80","application/json","ALLOWED","https://api.trello.com/1/boards","","Mozilla/5.0","200","2724","7590",...
//! "2026-03-10 08:15:41","LT-0412","LT-0412","192.0.2.41","198.51.100.7","Allowed","1 (A)","NOERROR","www.canva.com.","Graphic Design",...
//! ```
//!
//! There is no header before version 11 and columns go by where they stand. Newer versions only append, so that each row
//! tells by itself which log it is of. Times are UTC. Fields may hold line ends.

use bumpalo::Bump;
use memchr::{memchr, memrchr};

use super::fields::alias::Field;
use super::fields::dns::look_up;
use super::fields::draft::{Draft, NO_DESTINATION, not_outbound};
use super::fields::grid::{Grid, Row};
use super::fields::number::{present, unsigned};
use super::fields::packet::{INBOUND, NO_PORTS, has_ports};
use super::fields::time;
use super::squid::CUT_SHORT;
use super::{
    About, Assume, Format, Framing, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote,
};
use crate::event::{Action, Event, Timestamp, parse_ip};

/// Cisco Umbrella.
pub struct CiscoUmbrella;

impl Format for CiscoUmbrella {
    fn id(&self) -> &'static str {
        "cisco-umbrella"
    }

    fn about(&self) -> About {
        About {
            name: "Cisco Umbrella",
            summary: "The exports to S3 of Cisco Umbrella and Secure Access: proxy, DNS, IP and cloud firewall.",
            reference: "https://docs.umbrella.com/deployment-umbrella/docs/log-formats-and-versioning",
            proof: Proof::Verified,
            variants: &["proxy", "dns", "ip", "firewall"],
        }
    }

    fn framing(&self) -> Framing {
        Framing::QuotedLines
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let arena = Bump::new();
        let mut grid = Grid::new(b',');
        let mut seen: [usize; 4] = [0; 4];
        let share = head.vote(|line| {
            let row = grid.split(line, &arena);
            match kind(&row) {
                Kind::Header => Vote::Abstain,
                Kind::Log(log) => {
                    seen[log as usize] += 1;
                    Vote::Yes
                }
                Kind::Other => Vote::No,
            }
        });
        let Share { yes, of } = share;
        // Addresses have fewer marks than the others.
        let best = if 2 * seen[Log::Ip as usize] > yes { 86 } else { 96 };
        let (_, name) = seen.iter().zip(NAMES).max_by_key(|(count, _)| **count).unwrap_or((&0, ""));
        match share.score(best) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} rows have the columns of Umbrella's {name} log")),
        }
    }

    fn layout(&self, head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
        let arena = Bump::new();
        let mut grid = Grid::new(b',');
        let mut seen = |wanted: Log| {
            head.lines.iter().any(|line| matches!(kind(&grid.split(line, &arena)), Kind::Log(log) if log == wanted))
        };
        let proxy = seen(Log::Proxy);
        let tells = Tells {
            user: true,
            client: true,
            host: proxy || seen(Log::Dns) || seen(Log::Firewall),
            path: proxy,
            bytes_up: proxy,
            bytes_down: proxy,
            action: proxy || seen(Log::Dns) || seen(Log::Firewall),
            method: proxy,
        };
        Ok(Layout::new(tells, ()))
    }

    fn reader(&self, _layout: &Layout) -> Box<dyn Reader> {
        Box::new(Rows { grid: Grid::new(b',') })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => {
                "connect the directory to Umbrella, or deploy the roaming client, so that identities are people"
            }
            Gap::Visits | Gap::BytesUp | Gap::BytesDown | Gap::Path => {
                "export the proxy logs (`proxylogs`) beside the DNS logs; look-ups carry no traffic"
            }
            Gap::Host => "export the DNS and the proxy logs, too",
            Gap::Client | Gap::Action => return None,
        })
    }
}

/// Which log a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Log {
    Proxy,
    Dns,
    Ip,
    Firewall,
}

const NAMES: [&str; 4] = ["proxy", "DNS", "IP", "cloud firewall"];

enum Kind {
    Header,
    Log(Log),
    Other,
}

/// Columns that matter stand before this one.
const WANTED: usize = 45;

type Cells<'a> = Row<'a, WANTED>;

/// What a row is, by the columns that no other log has there.
fn kind(row: &Cells<'_>) -> Kind {
    let first = row.at(0);
    if !is_stamp(first) {
        let first = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii();
        let first = first.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(first);
        return if first.eq_ignore_ascii_case(b"timestamp") && row.count >= 7 { Kind::Header } else { Kind::Other };
    }
    let is =
        |column: usize, words: &[&str]| words.iter().any(|word| row.at(column).eq_ignore_ascii_case(word.as_bytes()));
    let number = |column: usize| unsigned(row.at(column)).is_some();
    let address = |column: usize| parse_ip(row.at(column)).is_some();
    Kind::Log(if is(5, &["Allowed", "Blocked", "Proxied"]) && is_type(row.at(6)) {
        Log::Dns
    } else if is(6, &["ALLOWED", "BLOCKED", "WARNED", "ISOLATED"]) && (row.at(7).contains(&b'.') || row.count == 8) {
        Log::Proxy
    } else if is(4, &["INBOUND", "OUTBOUND"]) && number(5) && number(6) && (address(7) || address(9)) {
        Log::Firewall
    } else if (6..=9).contains(&row.count) && address(2) && number(3) && address(4) && number(5) {
        Log::Ip
    } else {
        return Kind::Other;
    })
}

/// `2026-03-10 08:15:42`
fn is_stamp(text: &[u8]) -> bool {
    text.len() == 19 && text[4] == b'-' && text[10] == b' ' && text[13] == b':' && text[0].is_ascii_digit()
}

/// `1 (A)`
fn is_type(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (1..=5).contains(&digits) && text[digits..].starts_with(b" (") && text.ends_with(b")")
}

struct Rows {
    grid: Grid<WANTED>,
}

impl Reader for Rows {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let row = self.grid.split(line, arena);
        let log = match kind(&row) {
            Kind::Header => return Parsed::Skip("header"),
            Kind::Log(log) => log,
            Kind::Other if line.trim_ascii().is_empty() => return Parsed::Skip("an empty line"),
            // Intrusions, files, the administrators' own log.
            Kind::Other if is_stamp(row.at(0)) && row.count >= 10 => return Parsed::Skip("not a row of traffic"),
            Kind::Other => return Parsed::Bad(Problem::new("not the columns of any of Umbrella's logs", 0)),
        };
        let utc = Assume::default();
        let Some(at) = time::iso(row.at(0), &utc) else {
            return Parsed::Bad(Problem::new("the time is not readable", 0));
        };
        match log {
            Log::Proxy => proxy(&row, at, arena),
            Log::Dns => dns(&row, at),
            Log::Ip => addresses(&row, at, arena),
            Log::Firewall => firewall(&row, at, arena),
        }
    }
}

fn proxy<'a>(row: &Cells<'a>, at: Timestamp, arena: &'a Bump) -> Parsed<'a> {
    let url = row.at(7);
    if row.ends_in(7) && !memchr::memmem::find(url, b"://").is_some_and(|at| url[at + 3..].contains(&b'/')) {
        return Parsed::Bad(CUT_SHORT);
    }
    let assume = Assume::default();
    let mut draft = Draft::default();
    draft.event.at = Some(at);
    who(&mut draft.event, (row.at(1), row.at(21)), (row.at(23), row.at(24)));
    client(&mut draft.event, row.at(2), row.at(3));
    let fields = [
        (4, Field::DstIp),
        (7, Field::Url),
        (8, Field::Referer),
        (9, Field::UserAgent),
        (10, Field::Status),
        (11, Field::BytesUp),
        (12, Field::BytesDown),
        (15, Field::Category),
        (25, Field::Method),
        (43, Field::Sni),
    ];
    for (column, field) in fields {
        // The last of a row that was cut may be half a number, and half a name.
        if !(row.open && row.ends_in(column) && column != 7) {
            draft.set(field, row.at(column), &assume);
        }
    }
    let says = |column: usize, word: &[u8]| row.at(column).eq_ignore_ascii_case(word);
    draft.event.action = if says(32, b"isolated") || says(32, b"isolate") || says(6, b"ISOLATED") {
        Some(Action::Isolated)
    } else if row.has(34).is_some() || says(6, b"WARNED") {
        Some(Action::Warned)
    } else if says(6, b"BLOCKED") {
        Some(Action::Blocked)
    } else {
        Some(Action::Allowed)
    };
    finish(draft, arena)
}

fn dns<'a>(row: &Cells<'a>, at: Timestamp) -> Parsed<'a> {
    if row.count < 9 || row.open && row.ends_in(8) {
        return Parsed::Bad(CUT_SHORT);
    }
    let action = if row.at(5).eq_ignore_ascii_case(b"Blocked") { Action::Blocked } else { Action::Allowed };
    let client = present(row.at(3)).or(present(row.at(4)));
    match look_up(Some(at), row.at(8), client, Some(action)) {
        Parsed::Event(mut event) => {
            who(&mut event, (row.at(1), row.at(10)), (row.at(2), row.at(11)));
            event.category = row.has(9).filter(|_| !(row.open && row.ends_in(9)));
            Parsed::Event(event)
        }
        other => other,
    }
}

/// Connections that the roaming client sent through Umbrella because of their address. What became of them is not told.
fn addresses<'a>(row: &Cells<'a>, at: Timestamp, arena: &'a Bump) -> Parsed<'a> {
    let assume = Assume::default();
    let mut draft = Draft::default();
    draft.event.at = Some(at);
    who(&mut draft.event, (row.at(1), row.at(7)), (b"", b""));
    for (column, field) in [(2, Field::SrcIp), (4, Field::DstIp), (5, Field::DstPort), (6, Field::Category)] {
        draft.set(field, row.at(column), &assume);
    }
    finish(draft, arena)
}

/// Each row is a packet's: its size is none of a session.
fn firewall<'a>(row: &Cells<'a>, at: Timestamp, arena: &'a Bump) -> Parsed<'a> {
    if row.at(4).eq_ignore_ascii_case(b"INBOUND") {
        return Parsed::Skip(INBOUND);
    }
    if !has_ports(row.at(5)) {
        return Parsed::Skip(NO_PORTS);
    }
    let assume = Assume::default();
    let mut draft = Draft::default();
    draft.event.at = Some(at);
    who(&mut draft.event, (b"", b""), (row.at(2), row.at(3)));
    for (column, field) in [(7, Field::SrcIp), (9, Field::DstIp), (10, Field::DstPort), (13, Field::Action)] {
        draft.set(field, row.at(column), &assume);
    }
    // One of them, mostly the only one.
    let name = row.at(14).split(|byte| *byte == b',').next().unwrap_or_default();
    if !(row.open && row.ends_in(14)) {
        draft.set(Field::Host, name.strip_suffix(b".").unwrap_or(name), &assume);
    }
    finish(draft, arena)
}

fn finish<'a>(draft: Draft<'a>, arena: &'a Bump) -> Parsed<'a> {
    match draft.finish(&Assume::default(), arena) {
        Parsed::Event(event) => match not_outbound(&event).filter(|_| event.path.is_none()) {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(event),
        },
        Parsed::Bad(problem) if problem.reason == NO_DESTINATION => Parsed::Skip(NO_DESTINATION),
        other => other,
    }
}

/// The address inside; that of the whole office only where there is no other.
fn client<'a>(event: &mut Event<'a>, inside: &'a [u8], outside: &'a [u8]) {
    event.src_ip = present(inside).or(present(outside));
}

/// Fills in who it was. An identity is a person, a machine or a place, by its type; the surest one of a row has a column
/// of its own, all of them stand in a list.
fn who<'a>(event: &mut Event<'a>, (surest, surest_type): (&'a [u8], &'a [u8]), (all, types): (&'a [u8], &'a [u8])) {
    identity(event, surest, surest_type);
    // A name may hold commas. Where the surest one stands first, its end is known; where a person stands, it is the
    // parenthesis; the last one has the rest.
    let mut rest = all;
    let mut types = types.split(|byte| *byte == b',').peekable();
    while let Some(kind) = types.next() {
        let end = if types.peek().is_none() {
            rest.len()
        } else if let Some(behind) = rest.strip_prefix(surest).filter(|_| !surest.is_empty())
            && behind.first() == Some(&b',')
        {
            surest.len()
        } else if is_person(kind) && memchr::memmem::find(rest, b"),").is_some() {
            memchr::memmem::find(rest, b"),").map_or(rest.len(), |at| at + 1)
        } else {
            memchr(b',', rest).unwrap_or(rest.len())
        };
        identity(event, &rest[..end], kind);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
}

fn identity<'a>(event: &mut Event<'a>, name: &'a [u8], kind: &[u8]) {
    let Some(name) = present(name) else { return };
    let kind = kind.trim_ascii();
    let has = |word: &[u8]| kind.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    if is_person(kind) || kind.is_empty() && name.contains(&b'@') {
        event.user = event.user.or(present(mail(name)));
    } else if has(b"computer") || has(b"roaming") || has(b"mobile") || has(b"device") || has(b"chromebook") {
        event.device = event.device.or(Some(name));
    } else {
        event.groups = event.groups.or(Some(name));
    }
}

/// `AD Users`, `G Suite Users`, `Directory Users`
fn is_person(kind: &[u8]) -> bool {
    let kind = kind.trim_ascii();
    kind.len().checked_sub(5).is_some_and(|from| kind[from..].eq_ignore_ascii_case(b"users"))
}

/// `Alice Doe (alice@example.com)`: what is between the brackets, if it is an address.
fn mail(name: &[u8]) -> &[u8] {
    match (memrchr(b'(', name), name) {
        (Some(open), [.., b')']) if name[open..].contains(&b'@') => &name[open + 1..name.len() - 1],
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/cisco-umbrella/sample/sample.log");

    fn check(cases: &[(&str, &str)]) {
        for (line, want) in cases {
            assert_eq!(say(&CiscoUmbrella, &[line], line, &Assume::default()), *want, "{line}");
        }
    }

    /// A row of cells, quoted as Umbrella does.
    fn row(cells: &[&str]) -> String {
        cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",")
    }

    /// A row of the proxy: who, URL, action, and the columns from the 22nd on.
    fn proxy_row(who: &str, url: &str, action: &str, rest: &[&str]) -> String {
        let mut cells = vec!["2026-03-10 08:15:42", who, "192.0.2.41", "198.51.100.7", "203.0.113.80", "", action, url];
        cells.extend(["", "Mozilla/5.0", "200", "2724", "7590", "6734", "", "SaaS,Files", "", "", "", "", ""]);
        cells.extend(rest);
        row(&cells)
    }

    #[test]
    fn versions_only_append() {
        let tail = "path:/1/boards status:200 action:allowed up:2724 down:7590 category:SaaS,Files by:url";
        let url = "https://api.trello.com/1/boards";
        let people = ["AD Users", "", "Alice Doe (alice@example.com),LT-0412", "AD Users,Anyconnect Roaming Client"];
        let mut newest = people.to_vec();
        newest.extend(["POST"; 1].iter().chain([""; 17].iter()));
        newest.extend(["api.trello.com", "", "", "", "", "1"]);
        check(&[
            (
                &proxy_row("alice@example.com", url, "ALLOWED", &[]),
                &format!("user:alice@example.com host:api.trello.com {tail}"),
            ),
            (&proxy_row("Head office", url, "ALLOWED", &[]), &format!("groups:Head office host:api.trello.com {tail}")),
            (
                &proxy_row("Alice Doe (alice@example.com)", url, "ALLOWED", &people),
                &format!("user:alice@example.com device:LT-0412 host:api.trello.com {tail}"),
            ),
            (
                &proxy_row("Alice Doe (alice@example.com)", url, "ALLOWED", &newest),
                "user:alice@example.com device:LT-0412 host:api.trello.com path:/1/boards method:POST status:200 action:allowed up:2724 down:7590 category:SaaS,Files by:url",
            ),
        ]);
    }

    #[test]
    fn identities_with_commas() {
        let who = |who: (&str, &str), all: (&str, &str)| {
            let mut event = Event::default();
            super::who(&mut event, (who.0.as_bytes(), who.1.as_bytes()), (all.0.as_bytes(), all.1.as_bytes()));
            [event.user, event.device, event.groups]
                .map(|text| text.map_or("-".into(), String::from_utf8_lossy))
                .join(" | ")
        };
        for (surest, all, want) in [
            (
                ("DOE, ALICE (alice@example.com)", "AD Users"),
                ("DOE, ALICE (alice@example.com),LT-1,Lyon", "AD Users,AD Computers,Sites"),
                "alice@example.com | LT-1 | Lyon",
            ),
            (
                ("LT-1", "Roaming Computers"),
                ("LT-1,ROE, BOB (bob@example.com),Head office", "Roaming Computers,AD Users,Networks"),
                "bob@example.com | LT-1 | Head office",
            ),
            (("Lyon", "Sites"), ("Lyon", "Sites"), "- | - | Lyon"),
            (("LT-1", "Mobile Devices"), ("", ""), "- | LT-1 | -"),
            (("", ""), (",,,", "AD Users"), ",,, | - | -"),
        ] {
            assert_eq!(who(surest, all), want);
        }
    }

    #[test]
    fn verdicts_of_the_proxy() {
        let with = |action: &str, isolate: &str, warn: &str| {
            let mut rest = vec![""; 14];
            rest[11] = isolate;
            rest[13] = warn;
            let told = say(&CiscoUmbrella, &[], &proxy_row("", "https://mega.nz/", action, &rest), &Assume::default());
            told.split(' ').find(|part| part.starts_with("action")).unwrap_or("none").to_owned()
        };
        assert_eq!(with("BLOCKED", "", ""), "action:blocked");
        assert_eq!(with("ALLOWED", "isolated", ""), "action:isolated");
        assert_eq!(with("ALLOWED", "not isolated", ""), "action:allowed");
        assert_eq!(with("BLOCKED", "", "Warned"), "action:warned");
    }

    #[test]
    fn look_ups_addresses_and_the_firewall() {
        let dns = |name: &str, action: &str| {
            row(&[
                "2026-03-10 08:15:42",
                "LT-0412",
                "LT-0412,Lyon",
                "192.0.2.41",
                "198.51.100.7",
                action,
                "1 (A)",
                "NOERROR",
                name,
                "Graphic Design",
                "Roaming Computers",
                "Roaming Computers,Sites",
                "",
            ])
        };
        let fw = |direction: &str, protocol: &str, names: &str| {
            row(&[
                "2026-03-10 08:15:42",
                "[211039844]",
                "Passive Monitor",
                "CDFW Tunnel Device",
                direction,
                protocol,
                "84",
                "192.0.2.41",
                "51544",
                "203.0.113.80",
                "443",
                "ams1.edc",
                "12",
                "ALLOW",
                names,
            ])
        };
        check(&[
            (
                &dns("www.canva.com.", "Allowed"),
                "groups:Lyon device:LT-0412 host:www.canva.com action:allowed category:Graphic Design by:dns",
            ),
            (
                &dns("mega.nz.", "Blocked"),
                "groups:Lyon device:LT-0412 host:mega.nz action:blocked category:Graphic Design by:dns",
            ),
            (&dns("printer.local.", "Allowed"), "skip: a name inside the network"),
            (
                &row(&[
                    "2026-03-10 08:15:42",
                    "LT-0412",
                    "192.0.2.41",
                    "51544",
                    "203.0.113.80",
                    "443",
                    "Malware",
                    "Roaming Computers",
                ]),
                "device:LT-0412 category:Malware by:address",
            ),
            (&fw("OUTBOUND", "6", ""), "device:Passive Monitor action:allowed by:address"),
            (
                &fw("OUTBOUND", "6", "www.loom.com."),
                "device:Passive Monitor host:www.loom.com action:allowed by:connect",
            ),
            (&fw("INBOUND", "6", ""), "skip: inbound"),
            (&fw("OUTBOUND", "1", ""), "skip: neither TCP nor UDP"),
        ]);
    }

    #[test]
    fn odd_quotes_and_headers() {
        check(&[
            (
                " \"2026-03-10 08:15:42\",\"alice@example.com\",\"192.0.2.41\", \"198.51.100.7\",\"\",\"\",\"ALLOWED\",\"https://mega.nz/\",\"\",\"a \"\"b\"\"\nc\",\"200\",\"1\",\"2\"",
                "user:alice@example.com host:mega.nz path:/ status:200 action:allowed up:1 down:2 by:url",
            ),
            ("\u{feff}\"Timestamp\",\"Policy Identity Label\",\"a\",\"b\",\"c\",\"d\",\"Action\"", "skip: header"),
            (
                &row(&["2026-03-10 08:15:42", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]),
                "skip: not a row of traffic",
            ),
            ("", "skip: an empty line"),
            ("a,b", "bad: not the columns of any of Umbrella's logs"),
        ]);
    }

    #[test]
    fn a_cut_row_has_no_half_host_and_no_half_number() {
        let line = proxy_row("alice@example.com", "https://api.trello.com/1/boards", "ALLOWED", &[]);
        for end in 0..line.len() {
            let told = say(&CiscoUmbrella, &[], &line[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:api.trello.com "), "{told}");
            assert!(!told.contains("up:") || told.contains("up:2724"), "{told}");
        }
        let long =
            proxy_row("alice@example.com", &format!("https://mega.nz/{}", "\"a,".repeat(300_000)), "ALLOWED", &[]);
        assert!(say(&CiscoUmbrella, &[], &long, &Assume::default()).contains("host:mega.nz "));
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        let arena = Bump::new();
        let mut rows = Rows { grid: Grid::new(b',') };
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                rows.record(&line[..at], &arena);
                rows.record(&line[at..], &arena);
            }
        }
    }
}
