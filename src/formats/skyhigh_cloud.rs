//! Skyhigh Security Service Edge (McAfee WGCS): the CSV of its reporting API, and what log pullers make of it.
//!
//! The columns are those of Skyhigh's API, versions 1 to 12, <https://success.skyhighsecurity.com/> ("Reporting Fields");
//! newer versions append.
//!
//! ```text
//! "user_id","username","source_ip","http_action","server_to_client_bytes","client_to_server_bytes","requested_host",...
//! "-1","alice@example.com","198.51.100.7","POST","7976","86011","wetransfer.com","/api/v4/transfers","OBSERVED",...
//! user_id=-1 username=alice@example.com source_ip=198.51.100.7 http_action=POST server_to_client_bytes=7976 ...
//! ```
//!
//! What the client received stands before what it sent. `source_ip` is the address of the office, `client_ip` that inside.

use std::sync::{Arc, LazyLock};

use bumpalo::Bump;
use memchr::memmem;

use super::cef::rules::{ANYBODY, Part, Test, Then, Vendor, rule};
use super::cef::said::{Book, Header, Key, Said, Slot};
use super::cef::told::{self, Habits, NOT_TRAFFIC};
use super::cef::{self, ALL};
use super::fields::delimited::Cells;
use super::fields::draft::NO_DESTINATION;
use super::fields::grid::{Grid, Row};
use super::fields::number::unsigned;
use super::squid::CUT_SHORT;
use super::{About, Assume, Format, Framing, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Vote};
use crate::event::Action;

/// Skyhigh's cloud.
pub struct SkyhighCloud;

/// The columns of a file without a header, in the order in which the versions brought them, up to the last wanted one.
const COLUMNS: [&str; WANTED] = [
    "user_id",
    "username",
    "source_ip",
    "http_action",
    "server_to_client_bytes",
    "client_to_server_bytes",
    "requested_host",
    "requested_path",
    "result",
    "virus",
    "request_timestamp_epoch",
    "request_timestamp",
    "uri_scheme",
    "category",
    "media_type",
    "application_type",
    "reputation",
    "last_rule",
    "http_status_code",
    "client_ip",
    "location",
    "block_reason",
    "user_agent_product",
    "user_agent_version",
    "user_agent_comment",
    "process_name",
    "destination_ip",
    "destination_port",
    "pop_country_code",
    "referer",
    "ssl_scanned",
    "av_scanned_up",
    "av_scanned_down",
    "rbi",
    "dlp",
    "client_system_name",
    "filename",
    "pop_egress_ip",
    "pop_ingress_ip",
    "proxy_port",
];

const WANTED: usize = 40;

const KEYS: &[(&str, Key)] = {
    use Key::{Is, Text};
    &[
        ("user_id", Text),
        ("username", Is(Slot::User)),
        ("source_ip", Is(Slot::ClientSpare)),
        ("client_ip", Is(Slot::Client)),
        ("client_system_name", Is(Slot::Device)),
        ("http_action", Is(Slot::Method)),
        ("server_to_client_bytes", Is(Slot::Down)),
        ("client_to_server_bytes", Is(Slot::Up)),
        ("requested_host", Is(Slot::Host)),
        ("requested_path", Is(Slot::Path)),
        ("result", Is(Slot::Act)),
        ("request_timestamp_epoch", Is(Slot::Eventtime)),
        ("request_timestamp", Is(Slot::At)),
        ("uri_scheme", Is(Slot::Service)),
        ("category", Is(Slot::Category)),
        ("application_type", Is(Slot::App)),
        ("http_status_code", Is(Slot::Status)),
        ("destination_ip", Is(Slot::Server)),
        ("destination_port", Is(Slot::Port)),
        ("user_agent_comment", Is(Slot::Agent)),
        ("referer", Is(Slot::Referer)),
        ("rbi", Is(Slot::What)),
    ]
};

static VENDORS: [Vendor; 1] = [Vendor {
    name: "skyhigh-cloud",
    rules: &[
        // A question for a password is logged as DENIED.
        rule(&[(Part::Value(Slot::Status), Test::Is(&["407"]))], Then::Act(Action::Auth)),
        rule(
            &[(Part::Value(Slot::What), Test::Is(&["t", "true"])), (Part::Value(Slot::Act), Test::Is(&["OBSERVED"]))],
            Then::Act(Action::Isolated),
        ),
    ],
    utc: true,
    ..ANYBODY
}];

static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| Book::all(&VENDORS, KEYS));

impl Format for SkyhighCloud {
    fn id(&self) -> &'static str {
        "skyhigh-cloud"
    }

    fn about(&self) -> About {
        About {
            name: "Skyhigh Security Service Edge",
            summary: "The CSV of Skyhigh's (McAfee's) cloud proxy, and its key=value form by log pullers.",
            reference: "https://success.skyhighsecurity.com/Skyhigh_Secure_Web_Gateway_(Cloud)",
            proof: Proof::Verified,
            variants: &["csv", "key-value"],
        }
    }

    fn framing(&self) -> Framing {
        Framing::QuotedLines
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let (mut pairs, mut wrapped) = (0, 0);
        let share = head.vote(|line| match shape(line) {
            Shape::Pairs(from) => {
                pairs += 1;
                wrapped += usize::from(from > 0);
                Vote::Yes
            }
            Shape::Row => Vote::Yes,
            Shape::Header | Shape::Empty => Vote::Abstain,
            Shape::Other => Vote::No,
        });
        let named = head.lines.iter().any(|line| matches!(shape(line), Shape::Header));
        let Share { yes, of } = share;
        let what = if 2 * pairs > yes { "keys" } else { "columns" };
        // A header alone is a download of a quiet hour. Where the columns stand otherwise, it says so.
        match share.score_within(97, wrapped) {
            0 if named && of == 0 => Guess::new(90, "the header of Skyhigh's cloud log"),
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines have the {what} of Skyhigh's cloud log")),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(ALL, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { assume: layout.get(), grid: Grid::new(b',') })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "have the client proxy or SAML name the users",
            Gap::Path => "turn on the SSL scanner where that is allowed: paths of https sites are seen nowhere else",
            _ => return None,
        })
    }
}

struct Records {
    assume: Arc<Assume>,
    grid: Grid<WANTED>,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(book) = BOOKS.first() else { return Parsed::Skip("no words for it") };
        let mut said = Said::new();
        let mut around = &line[..0];
        let cut = match shape(line) {
            Shape::Empty => return Parsed::Skip("an empty line"),
            Shape::Header => return Parsed::Skip("header"),
            Shape::Other => {
                return Parsed::Bad(Problem::new("neither the columns nor the keys of Skyhigh's cloud log", 0));
            }
            Shape::Pairs(from) => {
                around = &line[..from];
                cef::read(&line[from..], book, &mut said);
                // What ends the line may be half of what it was.
                let ends = |value: &[u8]| value.as_ptr_range().end == line.as_ptr_range().end;
                let cut = said.get(Slot::Eventtime).is_none_or(ends) && said.get(Slot::At).is_none_or(ends);
                if cut {
                    said.values.iter_mut().for_each(|value| *value = value.filter(|value| !ends(value)));
                }
                cut
            }
            Shape::Row => {
                let row = self.grid.split(line, arena);
                columns(&row, book, &mut said);
                row.count <= 10
            }
        };
        if said.get(Slot::Port).is_none() {
            said.values[Slot::Port as usize] = match said.get(Slot::Service) {
                Some(b"https") => Some(b"443"),
                Some(b"http") => Some(b"80"),
                _ => None,
            };
        }
        match told::tell((0, book), &Header::default(), &said, Habits::default(), (around, &self.assume), arena) {
            Parsed::Skip(NOT_TRAFFIC | NO_DESTINATION) if cut => Parsed::Bad(CUT_SHORT),
            told => told,
        }
    }
}

fn columns<'a>(row: &Row<'a, WANTED>, book: &Book, said: &mut Said<'a>) {
    for (column, name) in COLUMNS.iter().enumerate() {
        if row.open && row.ends_in(column) {
            continue;
        }
        if let Some(key) = book.key(name.as_bytes()) {
            said.take(key, row.at(column));
        }
    }
}

enum Shape {
    Empty,
    Header,
    Row,
    /// They begin there.
    Pairs(usize),
    Other,
}

fn shape(line: &[u8]) -> Shape {
    let text = line.trim_ascii_start();
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let Some(first) = text.first() else { return Shape::Empty };
    if memmem::find(text, b" server_to_client_bytes=").is_some() && memmem::find(text, b" requested_host=").is_some() {
        // The first key is cut at times: `id=-1`.
        let head = &line[..line.len().min(300)];
        let name = memmem::find(head, b"username=").unwrap_or(0);
        let id = memmem::find(&head[..name], b"id=");
        let from = id.map_or(name, |id| if head[..id].ends_with(b"user_") { id - 5 } else { id });
        return Shape::Pairs(from);
    }
    let mut cells = Cells::new(text, b',').map(|cell| cell.raw);
    if matches!(first, b'"' | b'u') && cells.clone().next() == Some(b"user_id") {
        let same = cells.zip(COLUMNS).all(|(name, want)| name == want.as_bytes());
        return if same { Shape::Header } else { Shape::Other };
    }
    let [_, _, _, method, down, up, host, _, result] = std::array::from_fn(|_| cells.next().unwrap_or(b"!"));
    let is_method = !method.is_empty() && method.iter().all(u8::is_ascii_uppercase);
    let number = |cell: &[u8]| unsigned(cell).is_some();
    let verdict = matches!(result, b"OBSERVED" | b"DENIED" | b"ALLOWED" | b"BLOCKED" | b"!");
    let fits = is_method && number(down) && (number(up) || up == b"!") && host != b"!" && verdict;
    if fits { Shape::Row } else { Shape::Other }
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/skyhigh-cloud/sample/sample.log");

    const ROW: &str = r#""-1","alice@example.com","198.51.100.7","POST","7976","86011","wetransfer.com","/api/v4/transfers?x","OBSERVED","","1773130542","2026-03-10 08:15:42","https","Personal Network Storage","application/json","WeTransfer","Minimal Risk","Allow","200","192.0.2.41","","","Chrome","122.0","Mozilla/5.0 (Windows NT 10.0)","chrome.exe","203.0.113.80","443""#;
    const WANT: &str = "user:alice@example.com host:wetransfer.com path:/api/v4/transfers method:POST status:200 action:allowed up:86011 down:7976 category:Personal Network Storage app:WeTransfer by:url";

    fn check(cases: &[(&str, &str)]) {
        for (line, want) in cases {
            assert_eq!(say(&SkyhighCloud, &[line], line, &Assume::default()), *want, "{line}");
        }
    }

    fn pairs() -> String {
        let arena = Bump::new();
        let cells =
            Cells::new(ROW.as_bytes(), b',').map(|cell| String::from_utf8_lossy(cell.value(&arena)).into_owned());
        COLUMNS.iter().zip(cells).map(|(name, cell)| format!("{name}={cell}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn versions_append_and_pullers_make_pairs() {
        let header: Vec<String> = COLUMNS[..25].iter().map(|name| format!("\"{name}\"")).collect();
        check(&[
            (ROW, WANT),
            (&ROW[..ROW.find(",\"chrome.exe").unwrap()], WANT),
            (
                &format!("{ROW},\"FR\",\"\",\"t\",\"f\",\"f\",\"t\",\"\",\"LT-0412\""),
                &WANT.replace("allowed", "isolated").replace(" host", " device:LT-0412 host"),
            ),
            (&pairs(), WANT),
            (&format!("<134>Mar 10 08:15:42 puller {}", pairs()), WANT),
            (&pairs()[5..], WANT),
            (&header.join(","), "skip: header"),
            ("", "skip: an empty line"),
        ]);
    }

    #[test]
    fn verdicts_and_users() {
        check(&[
            (
                &ROW.replace("OBSERVED", "DENIED").replace("\"200\"", "\"403\""),
                &WANT.replace("allowed", "blocked").replace("status:200", "status:403"),
            ),
            (
                &ROW.replace("OBSERVED", "DENIED").replace("\"200\"", "\"407\""),
                &WANT.replace("allowed", "auth").replace("status:200", "status:407"),
            ),
            // Nobody signed in.
            (&ROW.replace("alice@example.com", "192.0.2.41"), &WANT.replace("user:alice@example.com ", "")),
        ]);
    }

    #[test]
    fn a_cut_record_has_no_half_host_and_no_half_number() {
        for text in [ROW.to_owned(), pairs()] {
            for end in 0..text.len() {
                let told = say(&SkyhighCloud, &[], &text[..end], &Assume::default());
                assert!(!told.contains("host:") || told.contains("host:wetransfer.com "), "{told}");
                assert!(!told.contains("up:") || told.contains("up:86011"), "{told}");
            }
        }
        let long = ROW.replace("transfers?x", &"\"a,".repeat(300_000));
        assert!(say(&SkyhighCloud, &[], &long, &Assume::default()).contains("host:wetransfer.com "));
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                for part in [&line[..at], &line[at..]] {
                    say(&SkyhighCloud, &[], &String::from_utf8_lossy(part), &Assume::default());
                }
            }
        }
    }
}
