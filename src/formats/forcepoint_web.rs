//! Forcepoint (Websense) Web Security: key=value of the SIEM integration, and the exports of the cloud service.
//!
//! Defined in Forcepoint's "Working with SIEM integration format strings",
//! <https://www.websense.com/content/support/library/web/v85/siem/siem.pdf>; the cloud's columns are those that Elastic's
//! integration documents. CEF, LEEF and ONE SSE's JSON are read by the formats of those names.
//!
//! ```text
//! vendor=Forcepoint product=Security product_version=8.5.5 action=permitted ... user=LDAP://192.0.2.5 OU=Users,DC=example,DC=com/Alice Doe src_host=192.0.2.41 ... bytes_out=4074 bytes_in=12328 ... url=https://api.monday.com/v2
//! "10/03/2026","08:15:42","alice@example.com","LT-0412","Cloud Storage","Allowed","None","Default","https://www.box.com/",...
//! logtype="web" Action="Allowed" Bytes_Sent="410" Bytes_Received="20411" ... URL_-_Full="https://www.box.com/" User="alice@example.com"
//! ```
//!
//! Values of the first form are not quoted and hold blanks and equals signs; it carries no time, which is the envelope's.
//! Bytes are the client's: sent is the request. Dates of the cloud have the day first, unless a file shows otherwise.

use std::sync::{Arc, LazyLock};

use bumpalo::Bump;
use memchr::memmem;

use super::cef::rules::{ANYBODY, Vendor};
use super::cef::said::{Book, Header, Key, SLOTS, Said, Slot};
use super::cef::told::{self, Habits, NOT_TRAFFIC};
use super::cef::vendors::FORCEPOINT_WEB;
use super::cef::{self, ALL, advice};
use super::fields::delimited::Cells;
use super::fields::draft::NO_DESTINATION;
use super::fields::grid::{Grid, Row};
use super::fields::number::unsigned;
use super::squid::CUT_SHORT;
use super::{About, Assume, Format, Framing, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Vote};
use crate::event::{Action, parse_ip};

/// Forcepoint Web Security.
pub struct ForcepointWeb;

/// The keys of both forms with keys.
const KEYS: &[(&str, Key)] = {
    use Key::{Is, Text};
    &[
        ("vendor", Text),
        ("product", Is(Slot::Subkind)),
        ("product_version", Text),
        ("action", Is(Slot::Act)),
        ("severity", Text),
        ("category", Is(Slot::Category)),
        ("user", Is(Slot::User)),
        ("loginID", Is(Slot::Login)),
        // The address, or the name of the machine.
        ("src_host", Is(Slot::DeviceSpare)),
        ("src_ip", Is(Slot::Client)),
        ("src_port", Text),
        ("dst_host", Is(Slot::Host)),
        ("dst_ip", Is(Slot::Server)),
        ("dst_port", Is(Slot::Port)),
        ("bytes_out", Is(Slot::Up)),
        ("bytes_in", Is(Slot::Down)),
        ("http_response", Is(Slot::Status)),
        ("http_proxy_status_code", Text),
        ("http_method", Is(Slot::Method)),
        ("http_content_type", Text),
        ("http_user_agent", Is(Slot::Agent)),
        ("http_referer", Is(Slot::Referer)),
        ("reason", Is(Slot::Reason)),
        ("disposition", Text),
        ("policy", Text),
        ("role", Text),
        ("duration", Text),
        ("url", Is(Slot::Url)),
        // Of the cloud.
        ("logtype", Text),
        ("Date_Time", Is(Slot::At)),
        ("Action", Is(Slot::Act)),
        ("Bytes_Sent", Is(Slot::Up)),
        ("Bytes_Received", Is(Slot::Down)),
        ("Category_Name", Is(Slot::Category)),
        ("Destination_IP", Is(Slot::Server)),
        ("Source_IP", Is(Slot::Client)),
        ("Connection_IP", Is(Slot::ClientSpare)),
        ("URL_-_Full", Is(Slot::Url)),
        ("Referrer_URL_-_Full", Is(Slot::Referer)),
        ("Workstation", Is(Slot::DeviceSpare)),
        ("Request_Method", Is(Slot::Method)),
        ("HTTP_Status_Code", Is(Slot::Status)),
        ("User_Agent_String", Is(Slot::Agent)),
        ("User", Is(Slot::User)),
        ("Group_Name", Is(Slot::Groups)),
    ]
};

static VENDORS: [Vendor; 1] = [Vendor {
    name: "forcepoint-web",
    rules: FORCEPOINT_WEB,
    actions: &[("confirm", Action::Warned), ("quota", Action::Warned), ("continue", Action::Warned)],
    ..ANYBODY
}];

static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| Book::all(&VENDORS, KEYS));

/// The columns of the cloud's export, in their default order.
const COLUMNS: [(&str, Option<Slot>); WANTED] = [
    ("date", Some(Slot::At)),
    ("time", None),
    ("user", Some(Slot::User)),
    ("workstation", Some(Slot::DeviceSpare)),
    ("category", Some(Slot::Category)),
    ("action", Some(Slot::Act)),
    ("risk_class", None),
    ("policy_name", None),
    ("url", Some(Slot::Url)),
    ("connection_ip", Some(Slot::ClientSpare)),
    ("destination_ip", Some(Slot::Server)),
    ("source_ip", Some(Slot::Client)),
    ("threat_type", None),
    ("threat_name", None),
    ("user_agent_string", Some(Slot::Agent)),
    ("http_status_code", Some(Slot::Status)),
    ("http_request_method", Some(Slot::Method)),
];

const WANTED: usize = 17;
const URL: usize = 8;

impl Format for ForcepointWeb {
    fn id(&self) -> &'static str {
        "forcepoint-web"
    }

    fn about(&self) -> About {
        About {
            name: "Forcepoint Web Security",
            summary: "Key=value of Forcepoint's (Websense's) SIEM integration, and the exports of its cloud service.",
            reference: "https://www.websense.com/content/support/library/web/v85/siem/siem.pdf",
            proof: Proof::Verified,
            variants: &["key-value", "cloud-csv", "cloud-key-value"],
        }
    }

    fn framing(&self) -> Framing {
        Framing::Lines
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let (mut rows, mut wrapped) = (0, 0);
        let share = head.vote(|line| match shape(line) {
            Shape::Row => {
                rows += 1;
                Vote::Yes
            }
            Shape::Pairs(from) => {
                wrapped += usize::from(from > 0);
                Vote::Yes
            }
            Shape::Header | Shape::Empty => Vote::Abstain,
            Shape::Other => Vote::No,
        });
        let Share { yes, of } = share;
        // The columns have fewer marks than the keys.
        let (best, what) = if 2 * rows > yes { (88, "columns") } else { (97, "keys") };
        match share.score_within(best, wrapped) {
            0 => Guess::NO,
            score => Guess::new(
                // An envelope that can be opened should be: it alone tells the time.
                score,
                format!("{yes} of {of} lines have the {what} of Forcepoint Web Security"),
            ),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        // Which part of a date is more than a month can be.
        let month_first = head.lines.iter().any(|line| {
            let cell = Cells::new(line, b',').next().map_or(&b""[..], |cell| cell.raw);
            matches!(shape(line), Shape::Row) && cell.get(3..5).and_then(unsigned).is_some_and(|part| part > 12)
        });
        Ok(Layout::new(ALL, Bound { month_first, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get(), grid: Grid::new(b',') })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        match gap {
            Gap::BytesUp | Gap::BytesDown => {
                Some("the cloud's CSV: add the columns \"Bytes Sent\" and \"Bytes Received\"")
            }
            gap => advice(gap),
        }
    }
}

/// What a layout holds.
struct Bound {
    month_first: bool,
    assume: Assume,
}

struct Records {
    bound: Arc<Bound>,
    grid: Grid<WANTED>,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(book) = BOOKS.first() else { return Parsed::Skip("no words for it") };
        let mut said = Said::new();
        let (mut around, mut cut) = (&line[..0], false);
        match shape(line) {
            Shape::Empty => return Parsed::Skip("an empty line"),
            Shape::Header => return Parsed::Skip("header"),
            Shape::Other => return Parsed::Bad(Problem::new("neither the keys nor the columns of Forcepoint's", 0)),
            Shape::Pairs(from) => {
                around = &line[..from];
                cef::read(&line[from..], book, &mut said);
                for value in said.values[..SLOTS].iter_mut().flatten() {
                    if let [b'"', inner @ .., b'"'] = value {
                        *value = inner;
                    }
                }
                cut = cut_off(line, &mut said);
            }
            Shape::Row => {
                let row = self.grid.split(line, arena);
                if row.count <= URL || row.ends_in(URL) && row.open {
                    return Parsed::Bad(CUT_SHORT);
                }
                self.columns(&row, &mut said, arena);
            }
        }
        let header = Header { product: said.get(Slot::Subkind).unwrap_or_default(), ..Header::default() };
        match told::tell((0, book), &header, &said, Habits::default(), (around, &self.bound.assume), arena) {
            Parsed::Skip(NOT_TRAFFIC | NO_DESTINATION) if cut => Parsed::Bad(CUT_SHORT),
            told => told,
        }
    }
}

/// Whether a record of pairs was cut: the URL stands last, or nearly so. The value at the end is then left out, since it may
/// be half of what it was.
fn cut_off<'a>(line: &'a [u8], said: &mut Said<'a>) -> bool {
    let ends = |value: &[u8]| value.as_ptr_range().end == line.as_ptr_range().end;
    let has_path = |url: &[u8]| memmem::find(url, b"://").is_some_and(|at| url[at + 3..].contains(&b'/'));
    if said.get(Slot::Url).is_some_and(|url| !ends(url) || has_path(url)) {
        return false;
    }
    for value in &mut said.values {
        *value = value.filter(|value| !ends(value));
    }
    true
}

impl Records {
    fn columns<'a>(&self, row: &Row<'a, WANTED>, said: &mut Said<'a>, arena: &'a Bump) {
        for (column, (_, slot)) in COLUMNS.iter().enumerate() {
            if let (Some(slot), false) = (slot, row.open && row.ends_in(column)) {
                said.take(Key::Is(*slot), row.at(column));
            }
        }
        let stamp = arena.alloc_slice_fill_copy(row.at(0).len() + 1 + row.at(1).len(), b' ');
        stamp[..row.at(0).len()].copy_from_slice(row.at(0));
        stamp[row.at(0).len() + 1..].copy_from_slice(row.at(1));
        if let [d1, d2, b'/', m1, m2, ..] = stamp
            && !self.bound.month_first
        {
            // As everybody else has it.
            std::mem::swap(d1, m1);
            std::mem::swap(d2, m2);
        }
        said.values[Slot::At as usize] = Some(stamp);
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
    const LONGEST_HEADER: usize = 300;
    let text = line.trim_ascii_start();
    let Some(first) = text.first() else { return Shape::Empty };
    let head = &line[..line.len().min(LONGEST_HEADER)];
    let edge = |at: &usize| *at == 0 || matches!(line[at - 1], b' ' | b'>' | b'\t' | b':');
    let find = |mark: &[u8]| memmem::find_iter(head, mark).find(edge);
    for mark in [&b"vendor=Forcepoint"[..], b"vendor=Websense"] {
        if let Some(from) = find(mark)
            && memmem::find(&line[from..], b" product=").is_some()
        {
            // Where a file was cut off in mid-record, the next one begins on the same line.
            return Shape::Pairs(memmem::rfind(line, mark).filter(edge).map_or(from, |last| last.max(from)));
        }
    }
    if let Some(from) = find(b"logtype=")
        && [&b" URL_-_Full="[..], b" Category_Name="].iter().any(|key| memmem::find(&line[from..], key).is_some())
    {
        return Shape::Pairs(from);
    }
    if !matches!(first, b'"' | 0xef) && !first.is_ascii_alphanumeric() {
        return Shape::Other;
    }
    let mut cells = Cells::new(text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text), b',').map(|cell| cell.raw);
    let (Some(date), Some(time)) = (cells.next(), cells.next()) else { return Shape::Other };
    if date.eq_ignore_ascii_case(b"date") && time.eq_ignore_ascii_case(b"time") {
        let same = cells.zip(COLUMNS[2..].iter()).all(|(name, (want, _))| is_name(name, want));
        return if same { Shape::Header } else { Shape::Other };
    }
    let date = date.len() == 10
        && matches!((date[2], date[5]), (b'/', b'/')) | matches!((date[4], date[7]), (b'-', b'-'))
        && date.iter().filter(|byte| byte.is_ascii_digit()).count() == 8;
    if !date || time.len() < 8 || time[2] != b':' || time[5] != b':' {
        return Shape::Other;
    }
    let [_, _, _, action, _, _, url, connection, server] = std::array::from_fn(|_| cells.next().unwrap_or_default());
    let verdict = [&b"allow"[..], b"block", b"permit", b"confirm", b"quota", b"continue"]
        .iter()
        .any(|word| action.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    let address =
        |cell: &[u8]| cell.is_empty() || cell.eq_ignore_ascii_case(b"not available") || parse_ip(cell).is_some();
    let fits = verdict && (url.contains(&b'.') || url.is_empty()) && address(connection) && address(server);
    if fits { Shape::Row } else { Shape::Other }
}

/// `Policy Name` for `policy_name`.
fn is_name(name: &[u8], want: &str) -> bool {
    name.len() == want.len()
        && name
            .iter()
            .zip(want.bytes())
            .all(|(have, want)| have.eq_ignore_ascii_case(&want) || want == b'_' && matches!(have, b' ' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/forcepoint-web/sample/sample.log");

    fn check(cases: &[(&str, &str)]) {
        for (line, want) in cases {
            assert_eq!(say(&ForcepointWeb, &[line], line, &Assume::default()), *want, "{line}");
        }
    }

    const PAIRS: &str = "vendor=Forcepoint product=Security product_version=8.5.5 action=permitted severity=1 category=222 user=LDAP://192.0.2.5 OU=Users,DC=example,DC=com/Doe\\, Alice src_host=192.0.2.41 src_port=61435 dst_host=api.monday.com dst_ip=203.0.113.80 dst_port=443 bytes_out=4074 bytes_in=12328 http_response=200 http_method=POST http_content_type=image/gif;charset=UTF-8 http_user_agent=Mozilla/5.0 (X11; rv:1=2) x http_proxy_status_code=200 reason=- disposition=1026 policy=role-8**Default role=8 duration=63 url=https://api.monday.com/v2?a=b&user=c";

    #[test]
    fn pairs_without_quotes() {
        let want = "user:Doe, Alice host:api.monday.com path:/v2 method:POST status:200 action:allowed up:4074 down:12328 by:url";
        check(&[
            (PAIRS, want),
            (&format!("<134>Mar 10 2026 08:15:42 wcg1 {PAIRS}"), want),
            (&PAIRS.replace("vendor=Forcepoint", "vendor=Websense 9f"), want),
            (&PAIRS.replace("action=permitted", "action=blocked"), &want.replace("allowed", "blocked")),
            (&PAIRS.replace("action=permitted", "action=confirm"), &want.replace("allowed", "warned")),
            (
                &PAIRS.replace("src_host=", "loginID=alice src_host=LT-1 src_ip="),
                &want.replace("user:Doe, Alice", "user:alice device:LT-1"),
            ),
            // What the machine is called inside is no destination.
            (&PAIRS.replace("dst_host=api.monday.com", "dst_host=HOST-013"), want),
            (&PAIRS.replace("product=Security", "product=DLP"), "skip: an event of the device, not traffic"),
        ]);
    }

    #[test]
    fn the_clouds_columns() {
        let row = r#""10/03/2026","08:15:42","alice@example.com","LT-0412","Cloud Storage","Allowed","None","Default","https://www.box.com/a","198.51.100.7","203.0.113.80","192.0.2.41","None","None","Mozilla/5.0","200","GET""#;
        let want = "user:alice@example.com device:LT-0412 host:www.box.com path:/a method:GET status:200 action:allowed category:Cloud Storage by:url";
        check(&[
            (row, want),
            (&row.replace("10/03/2026", "2026-03-10"), want),
            (
                &row.replace("LT-0412", "Not available").replace("\"Allowed\"", "\"Blocked\""),
                &want.replace(" device:LT-0412", "").replace("allowed", "blocked"),
            ),
            (
                "\"Date\",\"Time\",\"User\",\"Workstation\",\"Category\",\"Action\",\"Risk Class\",\"Policy Name\",\"URL\"",
                "skip: header",
            ),
        ]);
        let american = row.replace("10/03/2026", "03/13/2026");
        assert_eq!(
            say(&ForcepointWeb, &[&american], &row.replace("10/03/2026", "03/10/2026"), &Assume::default()),
            want
        );
    }

    #[test]
    fn the_clouds_keys() {
        check(&[(
            r#"logtype="web" Date_Time="2026-03-10 08:15:42" Action="Allowed" Bytes_Sent="410" Bytes_Received="20411" Category_Name="Cloud Storage" Destination_IP="203.0.113.80" Source_IP="192.0.2.41" URL_-_Full="https://www.box.com/a?b=c" Referrer_URL_-_Full="" Workstation="LT-1" Request_Method="GET" HTTP_Status_Code="200" User="alice@example.com""#,
            "user:alice@example.com device:LT-1 host:www.box.com path:/a method:GET status:200 action:allowed up:410 down:20411 category:Cloud Storage by:url",
        )]);
    }

    #[test]
    fn a_cut_record_has_no_half_host() {
        for end in 0..PAIRS.len() {
            let told = say(&ForcepointWeb, &[], &PAIRS[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:api.monday.com "), "{told}");
            assert!(!told.contains("down:") || told.contains("down:12328 "), "{told}");
            assert!(!told.contains("status:") || told.contains("status:200 "), "{told}");
        }
        let long = format!("{PAIRS}{}", " x=y\"".repeat(300_000));
        assert!(
            say(&ForcepointWeb, &[], &long, &Assume::default()).starts_with("user:Doe, Alice host:api.monday.com ")
        );
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                for part in [&line[..at], &line[at..]] {
                    say(&ForcepointWeb, &[], &String::from_utf8_lossy(part), &Assume::default());
                }
            }
        }
    }
}
