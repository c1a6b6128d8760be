//! Zscaler Internet Access: the web feed of NSS as CSV, with tabs, and as key=value.
//!
//! Defined in Zscaler's "NSS Feed Output Format: Web Logs",
//! <https://help.zscaler.com/zia/nss-feed-output-format-web-logs>. A feed is a template; these are the ones that come with the
//! product and with Splunk's add-on. CEF, LEEF and JSON are read by the formats of those names, with the same meaning.
//!
//! ```text
//! "Tue Mar 10 08:15:42 2026","alice@example.com","HTTPS","app.asana.com/api/1.0/tasks","Allowed","Asana",...
//! 2026-03-10 08:15:42⇥reason=Allowed⇥event_id=...⇥protocol=HTTPS⇥action=Allowed⇥...⇥vendor=Zscaler⇥...
//! ```
//!
//! URLs have no scheme. Who has not signed in goes by the name of the location.

use std::sync::{Arc, LazyLock};

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::cef::rules::{ANYBODY, Vendor};
use super::cef::said::{Book, Header, Key, SLOTS, Said, Slot};
use super::cef::told::{self, Habits};
use super::cef::vendors::{ZSCALER, ZSCALER_WORDS};
use super::cef::{self, ALL};
use super::fields::grid::{Grid, Row};
use super::fields::number::unsigned;
use super::leef;
use super::squid::CUT_SHORT;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Vote};

/// Zscaler's NSS.
pub struct ZscalerNss;

/// The columns of the CSV that matter.
const COLUMNS: &[(usize, Slot)] = &[
    (0, Slot::At),
    (1, Slot::User),
    (2, Slot::Service),
    (3, Slot::Url),
    (4, Slot::Act),
    (5, Slot::App),
    (7, Slot::Up),
    (8, Slot::Down),
    (10, Slot::Millis),
    (12, Slot::CategorySpare),
    (13, Slot::Category),
    (19, Slot::Place),
    (20, Slot::Department),
    (21, Slot::Client),
    (22, Slot::Server),
    (23, Slot::Method),
    (24, Slot::Status),
    (25, Slot::Agent),
    (26, Slot::Referer),
    (32, Slot::Device),
];

/// One more than the last of them.
const WANTED: usize = 33;

/// The keys of Splunk's template, and the tokens of the feed by their own names.
const KEYS: &[(&str, Key)] = {
    use Key::Is;
    &[
        ("time", Is(Slot::At)),
        ("datetime", Is(Slot::At)),
        ("epochtime", Is(Slot::Eventtime)),
        ("tz", Is(Slot::Zone)),
        ("user", Is(Slot::User)),
        ("login", Is(Slot::User)),
        ("elogin", Is(Slot::User)),
        ("location", Is(Slot::Place)),
        ("elocation", Is(Slot::Place)),
        ("department", Is(Slot::Department)),
        ("dept", Is(Slot::Department)),
        ("edept", Is(Slot::Department)),
        ("ClientIP", Is(Slot::Client)),
        ("cip", Is(Slot::Client)),
        ("csip", Is(Slot::Client)),
        ("clientpublicIP", Is(Slot::ClientSpare)),
        ("cintip", Is(Slot::ClientSpare)),
        ("devicehostname", Is(Slot::Device)),
        ("devicename", Is(Slot::DeviceSpare)),
        ("hostname", Is(Slot::Host)),
        ("host", Is(Slot::Host)),
        ("ehost", Is(Slot::Host)),
        ("url", Is(Slot::Url)),
        ("eurl", Is(Slot::Url)),
        ("serverip", Is(Slot::Server)),
        ("sip", Is(Slot::Server)),
        ("cdip", Is(Slot::Server)),
        ("cdport", Is(Slot::Port)),
        ("protocol", Is(Slot::Service)),
        ("proto", Is(Slot::Service)),
        ("nwapp", Is(Slot::App)),
        ("appname", Is(Slot::App)),
        ("action", Is(Slot::Act)),
        ("reason", Is(Slot::Reason)),
        ("requestmethod", Is(Slot::Method)),
        ("reqmethod", Is(Slot::Method)),
        ("status", Is(Slot::Status)),
        ("respcode", Is(Slot::Status)),
        ("requestsize", Is(Slot::Up)),
        ("reqsize", Is(Slot::Up)),
        ("outbytes", Is(Slot::Up)),
        ("responsesize", Is(Slot::Down)),
        ("respsize", Is(Slot::Down)),
        ("inbytes", Is(Slot::Down)),
        ("transactionsize", Is(Slot::Total)),
        ("totalsize", Is(Slot::Total)),
        ("clienttranstime", Is(Slot::Millis)),
        ("ctime", Is(Slot::Millis)),
        ("durationms", Is(Slot::Millis)),
        ("useragent", Is(Slot::Agent)),
        ("ua", Is(Slot::Agent)),
        ("refererURL", Is(Slot::Referer)),
        ("referer", Is(Slot::Referer)),
        ("ereferer", Is(Slot::Referer)),
        ("urlcategory", Is(Slot::Category)),
        ("urlcat", Is(Slot::Category)),
        ("urlsupercategory", Is(Slot::CategorySpare)),
        ("urlsupercat", Is(Slot::CategorySpare)),
    ]
};

static VENDORS: [Vendor; 1] =
    [Vendor { name: "zscaler", rules: ZSCALER, actions: ZSCALER_WORDS, encoded: true, ..ANYBODY }];

static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| Book::all(&VENDORS, KEYS));

impl Format for ZscalerNss {
    fn id(&self) -> &'static str {
        "zscaler-nss"
    }

    fn about(&self) -> About {
        About {
            name: "Zscaler NSS",
            summary: "The web feed of Zscaler Internet Access as CSV, with tabs, or as key=value.",
            reference: "https://help.zscaler.com/zia/nss-feed-output-format-web-logs",
            proof: Proof::Verified,
            variants: &["csv", "tab-separated", "key-value"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut pairs = 0;
        let share = head.vote(|line| match shape(line) {
            Shape::Pairs(_) => {
                pairs += 1;
                Vote::Yes
            }
            Shape::Row(_) => Vote::Yes,
            Shape::Notice | Shape::Empty => Vote::Abstain,
            Shape::Other => Vote::No,
        });
        let Share { yes, of } = share;
        let what = if 2 * pairs > yes { "keys" } else { "columns" };
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines have the {what} of Zscaler's web feed")),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(ALL, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { assume: layout.get(), comma: Grid::new(b','), tab: Grid::new(b'\t') })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "turn on authentication for the location, so that %s{login} is a person",
            Gap::BytesUp | Gap::BytesDown => "add %d{reqsize} and %d{respsize} to the feed's output format",
            Gap::Host | Gap::Path => "add %s{eurl} to the feed's output format",
            _ => return None,
        })
    }
}

struct Records {
    assume: Arc<Assume>,
    comma: Grid<WANTED>,
    tab: Grid<WANTED>,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(book) = BOOKS.first() else { return Parsed::Skip("no words for it") };
        let mut said = Said::new();
        match shape(line) {
            Shape::Empty => return Parsed::Skip("an empty line"),
            Shape::Notice => return Parsed::Skip("an event of the device, not traffic"),
            Shape::Other => {
                return Parsed::Bad(Problem::new("neither the columns nor the keys of Zscaler's web feed", 0));
            }
            Shape::Pairs(text) => pairs(text, book, &mut said),
            Shape::Row(delimiter) => {
                let grid = if delimiter == b'\t' { &mut self.tab } else { &mut self.comma };
                let row = grid.split(line, arena);
                if row.count < 5 && !(row.count == 4 && has_path(row.at(3))) {
                    return Parsed::Bad(CUT_SHORT);
                }
                columns(&row, &mut said);
            }
        }
        let stamp = said.get(Slot::At).map(|text| year_first(text, arena));
        said.values[Slot::At as usize] = stamp;
        let header = Header { product: b"NSSWeblog", ..Header::default() };
        told::tell((0, book), &header, &said, Habits::default(), (b"", &self.assume), arena)
    }
}

/// Whether a URL is whole at least up to its path.
fn has_path(url: &[u8]) -> bool {
    let from = memmem::find(url, b"://").map_or(0, |at| at + 3);
    memchr(b'/', &url[from..]).is_some()
}

fn columns<'a>(row: &Row<'a, WANTED>, said: &mut Said<'a>) {
    for (column, slot) in COLUMNS {
        // What was cut may be half of what it was.
        let half = row.count < WANTED && row.ends_in(*column) && *column > 4;
        if !half {
            said.take(Key::Is(*slot), row.at(*column));
        }
    }
}

/// Pairs with tabs between them; the time stands before the first. Some values are in quotes.
fn pairs<'a>(text: &'a [u8], book: &Book, said: &mut Said<'a>) {
    let first = &text[..memchr(b'\t', text).unwrap_or(text.len())];
    if memchr(b'=', first).is_none() {
        said.take(Key::Is(Slot::At), first);
    }
    match memchr(b'\t', text) {
        Some(_) => leef::cells(text, b'\t', book, said),
        // A relay that made blanks of them.
        None => {
            said.take(Key::Is(Slot::At), text.get(..19).unwrap_or(text));
            cef::read(text, book, said);
        }
    }
    for value in said.values[..SLOTS].iter_mut().flatten() {
        if let [b'"', inner @ .., b'"'] = value {
            *value = inner;
        }
    }
}

enum Shape<'a> {
    Empty,
    Pairs(&'a [u8]),
    /// With this delimiter.
    Row(u8),
    /// Of the virtual appliance.
    Notice,
    Other,
}

fn shape(line: &[u8]) -> Shape<'_> {
    let text = match line.trim_ascii_start() {
        [b'<', rest @ ..] => memchr(b'>', &rest[..rest.len().min(4)]).map_or(line, |end| &rest[end + 1..]),
        text => text,
    };
    let Some(first) = text.first() else { return Shape::Empty };
    if *first == b'{' || text.starts_with(b"CEF:") || text.starts_with(b"LEEF:") {
        return Shape::Other;
    }
    for (delimiter, mark) in [(b',', &b"\","[..]), (b'\t', b"\t")] {
        let Some(end) = memmem::find(&text[..text.len().min(40)], mark) else { continue };
        let stamp = text[..end].strip_prefix(b"\"").unwrap_or(&text[..end]);
        if is_stamp(stamp) && is_row(text, delimiter) {
            return Shape::Row(delimiter);
        }
    }
    let has = |pair: &[u8]| {
        memmem::find_iter(text, pair).any(|at| {
            let edge = at.checked_sub(1).is_none_or(|before| matches!(text[before], b'\t' | b' '));
            edge && matches!(text.get(at + pair.len()), None | Some(b'\t' | b' '))
        })
    };
    if has(b"vendor=Zscaler") && memmem::find(text, b"product=").is_some() || has(b"product=NSS") {
        return Shape::Pairs(text);
    }
    if memmem::find(&text[..text.len().min(100)], b"ZscalerNSS: ").is_some() { Shape::Notice } else { Shape::Other }
}

/// `Tue Mar 10 08:15:42 2026`
fn is_stamp(text: &[u8]) -> bool {
    text.len() == 24
        && text[3] == b' '
        && text[7] == b' '
        && text[13] == b':'
        && text[19] == b' '
        && text[0].is_ascii_uppercase()
        && text[4].is_ascii_uppercase()
        && unsigned(&text[20..]).is_some()
}

/// Whether the fifth cell is a verdict, and the two sizes are numbers, as far as the row goes.
fn is_row(text: &[u8], delimiter: u8) -> bool {
    let mut cells = super::fields::delimited::Cells::new(text, delimiter).skip(4);
    let Some(action) = cells.next() else { return true };
    let sizes = cells.skip(2).take(2);
    let verdict = [&b"Allow"[..], b"Block", b"Caution", b"Isolat"].iter().any(|word| action.raw.starts_with(word));
    (verdict || action.open) && sizes.map(|cell| cell.raw).all(|size| unsigned(size).is_some() || size.is_empty())
}

/// `Tue Mar 10 08:15:42 2026` with the year where everybody else has it.
fn year_first<'a>(text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    if !is_stamp(text) {
        return text;
    }
    let out = arena.alloc_slice_fill_copy(20, b' ');
    out[..4].copy_from_slice(&text[20..]);
    out[5..].copy_from_slice(&text[4..19]);
    out
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/zscaler-nss/sample/sample.log");

    fn check(cases: &[(&str, &str)]) {
        for (line, want) in cases {
            assert_eq!(say(&ZscalerNss, &[line], line, &Assume::default()), *want, "{line}");
        }
    }

    fn row(login: &str, proto: &str, url: &str, action: &str, method: &str, code: &str) -> Vec<String> {
        let cells = [
            "Tue Mar 10 08:15:42 2026",
            login,
            proto,
            url,
            action,
            "Asana",
            "Productivity",
            "1843",
            "20411",
            "61",
            "97",
            "Business Use",
            "Business and Economy",
            "Professional Services",
            "None",
            "None",
            "0",
            "None",
            "None",
            "Road%20Warrior",
            "Marketing",
            "192.0.2.41",
            "203.0.113.80",
            method,
            code,
            "Mozilla/5.0 (X11)",
            "None",
            "None",
            "None",
            "application/json",
            "None",
            "alice",
            "LT-0412",
            "N/A",
        ];
        cells.map(str::to_owned).to_vec()
    }

    fn quoted(cells: &[String]) -> String {
        cells.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",")
    }

    const TAIL: &str = "up:1843 down:20411 ms:97 category:Professional Services app:Asana";

    #[test]
    fn rows() {
        let alice = row("alice@example.com", "HTTPS", "app.asana.com/api/1.0/tasks?a=b", "Allowed", "POST", "200");
        let want = format!(
            "user:alice@example.com device:LT-0412 host:app.asana.com path:/api/1.0/tasks method:POST status:200 action:allowed {TAIL} by:url"
        );
        check(&[
            (&quoted(&alice), &want),
            (&alice.join("\t"), &want),
            // Nobody signed in.
            (
                &quoted(&row("Road%20Warrior", "SSL", "mega.nz:443", "Blocked", "NA", "403 - Forbidden")),
                &format!("device:LT-0412 host:mega.nz status:403 action:blocked {TAIL} by:connect"),
            ),
            (
                &quoted(&row("bob", "HTTP_PROXY", "www.figma.com:443", "Allowed", "CONNECT", "200")),
                &format!(
                    "user:bob device:LT-0412 host:www.figma.com method:CONNECT status:200 action:allowed {TAIL} by:connect"
                ),
            ),
        ]);
        // An older appliance.
        let told = say(&ZscalerNss, &[], &quoted(&alice[..31]), &Assume::default());
        assert_eq!(told, want.replace(" device:LT-0412", ""));
    }

    #[test]
    fn pairs_with_tabs_and_without() {
        let line = "2026-03-10 08:15:42\treason=Allowed\tevent_id=1\tprotocol=HTTPS\taction=Allowed\ttransactionsize=30\tresponsesize=\"20\"\trequestsize=10\turlcategory=File Share\tserverip=203.0.113.80\tclienttranstime=5\trequestmethod=GET\trefererURL=None\tuseragent=Windows Windows 10 ZTunnel/1.0\tproduct=NSS\tlocation=HQ->other\tClientIP=192.0.2.41\tstatus=200\tuser=alice@example.com\turl=\"www.box.com/a b=c\"\tvendor=Zscaler\thostname=www.box.com\tclientpublicIP=198.51.100.1\tappname=Box\tdepartment=A, B\tdevicename=LT-1\tdevicename=LT-1";
        let want = "user:alice@example.com device:LT-1 host:www.box.com path:/a method:GET status:200 action:allowed up:10 down:20 ms:5 category:File Share app:Box by:url";
        check(&[
            (line, want),
            (&format!("<134>{line}"), want),
            (&line.replace('\t', " ").replace("/a b=c", "/a"), want),
            (
                &line.replace("reason=Allowed", "reason=Caution page shown"),
                &want.replace("action:allowed", "action:warned"),
            ),
            (
                &format!("{}\tepochtime=\"1773130543\"\ttz=\"GMT\"", line.replace("08:15:42", "09:15:42")),
                &want.replace(" by:", " at:1773130543000 by:"),
            ),
        ]);
    }

    #[test]
    fn what_is_no_record() {
        check(&[
            (
                "[192.0.2.9] ZscalerNSS: The NSS free memory has decreased to 1.40 GB",
                "skip: an event of the device, not traffic",
            ),
            ("", "skip: an empty line"),
            ("\"a\",\"b\"", "bad: neither the columns nor the keys of Zscaler's web feed"),
        ]);
    }

    #[test]
    fn a_cut_row_has_no_half_host_and_no_half_number() {
        let line = quoted(&row("alice@example.com", "HTTPS", "app.asana.com/api", "Allowed", "POST", "200"));
        for end in 0..line.len() {
            let told = say(&ZscalerNss, &[], &line[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:app.asana.com "), "{told}");
            assert!(!told.contains("up:") || told.contains("up:1843"), "{told}");
            assert!(!told.contains("down:") || told.contains("down:20411"), "{told}");
        }
        let url = format!("mega.nz/{}", "\"a,".repeat(300_000));
        let long = quoted(&row("alice@example.com", "HTTPS", &url, "Allowed", "POST", "200"));
        assert!(say(&ZscalerNss, &[], &long, &Assume::default()).contains("host:mega.nz "));
        let long = format!("2026-03-10 08:15:42\turl=mega.nz/{}\tvendor=Zscaler\tproduct=NSS", "\ta=b".repeat(300_000));
        assert_eq!(say(&ZscalerNss, &[], &long, &Assume::default()), "host:mega.nz path:/ by:url");
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                for part in [&line[..at], &line[at..]] {
                    say(&ZscalerNss, &[], &String::from_utf8_lossy(part), &Assume::default());
                }
            }
        }
    }
}
