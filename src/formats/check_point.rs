//! Check Point firewalls and their blades, as Log Exporter and the older exports write them.
//!
//! Defined in Check Point's sk122323 (Log Exporter) and sk144192 (the fields). What the fields mean is told as for CEF, by
//! the table of [`super::cef::vendors`]; the JSON form is a dialect of [`super::json_lines`].
//!
//! ```text
//! <134>1 2026-03-10T08:15:42Z gw-hq CheckPoint 18120 - [action:"Accept"; loguid:"{0x65f00ecf,0x2}"; time:"1773130542"; dst:"203.0.113.80"; ...]
//! <134>1 2026-03-10T08:15:42Z gw-hq CheckPoint 18120 - [Fields@1.3.6.1.4.1.2620 action="Accept" loguid="{0x65f00ecf,0x2}" ...]
//! time=1773130542|hostname=gw-hq|product=Firewall|action=Accept|loguid={0x65f00ecf,0x2}|dst=203.0.113.80|...
//! loc=12|time=10Mar2026 08:15:42|action=accept|orig=192.0.2.1|i/f_dir=inbound|src=192.0.2.25|dst=203.0.113.80|...
//! ```
//!
//! Keys are repeated once for each layer of the policy, and the last one counts. `bytes` are those of both directions.
//! Records of accounting count what came in and what went out on the client's side, as the gateway sees it: what comes in
//! there was sent by the client. That reading is Check Point's usage of the words and no document says so; `sent_bytes` and
//! `received_bytes` win where they stand.

use std::sync::{Arc, LazyLock};

use bumpalo::Bump;
use memchr::{memchr, memchr2, memmem};

use super::cef::rules::{ANYBODY, Vendor};
use super::cef::said::{Book, Header, Key, Said, Slot};
use super::cef::told::{self, Habits, NOT_TRAFFIC};
use super::cef::vendors::{CHECK_POINT, CHECK_POINT_KEYS, CHECK_POINT_WORDS};
use super::cef::{ALL, advice};
use super::fields::draft::NO_DESTINATION;
use super::squid::CUT_SHORT;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Vote};

/// Check Point.
pub struct CheckPoint;

/// The keys that CEF has under other names.
const DICTIONARY: &[(&str, Key)] = {
    use Key::Is;
    &[
        ("time", Is(Slot::At)),
        ("start_time", Is(Slot::Start)),
        ("action", Is(Slot::Act)),
        ("src", Is(Slot::Client)),
        ("user", Is(Slot::UserSpare)),
        ("dst", Is(Slot::Server)),
        ("dst_machine_name", Is(Slot::HostSpare)),
        ("svc", Is(Slot::Port)),
        ("requestMethod", Is(Slot::Method)),
        ("http_status", Is(Slot::Status)),
        ("elapsed", Is(Slot::Seconds)),
        // Looked at in `settle`.
        ("client_inbound_bytes", Is(Slot::UpPart)),
        ("client_outbound_bytes", Is(Slot::DownPart)),
    ]
};

static VENDORS: [Vendor; 1] = [Vendor {
    name: "check-point",
    keys: CHECK_POINT_KEYS,
    rules: CHECK_POINT,
    actions: CHECK_POINT_WORDS,
    login_in_parens: true,
    ..ANYBODY
}];

static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| Book::all(&VENDORS, DICTIONARY));

impl Format for CheckPoint {
    fn id(&self) -> &'static str {
        "check-point"
    }

    fn about(&self) -> About {
        About {
            name: "Check Point",
            summary: "Firewall, URL Filtering and Application Control records by Log Exporter, LEA or `fw log`.",
            reference: "https://support.checkpoint.com/results/sk/sk122323",
            proof: Proof::Verified,
            variants: &["syslog", "structured-data", "splunk", "lea"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        const BEST: u8 = 96;
        let mut wrapped = 0;
        let share = head.vote(|line| match shape(line) {
            Some(found) if found.is_ours(line) => {
                wrapped += usize::from(!found.quoted && found.from > 0);
                Vote::Yes
            }
            _ => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score_within(BEST, wrapped) {
            0 => Guess::NO,
            score => Guess::new(
                // An envelope that can be opened should be: it may tell the time.
                score,
                format!("{yes} of {of} lines have the fields of Check Point's Log Exporter"),
            ),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(ALL, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { assume: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        match gap {
            Gap::User => Some("turn on Identity Awareness, and export `src_user_name`"),
            Gap::Host | Gap::Path => Some("log URL Filtering and Application Control too, and export `resource`"),
            Gap::BytesUp | Gap::BytesDown => Some(
                "set the track of the rules to \"Accounting\" or \"Detailed Log\" so that sessions tell their bytes",
            ),
            gap => advice(gap),
        }
    }
}

struct Records {
    assume: Arc<Assume>,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(shape) = shape(line) else {
            return if line.trim_ascii().is_empty() {
                Parsed::Skip("an empty line")
            } else {
                Parsed::Bad(Problem::new("no fields of Check Point's", 0))
            };
        };
        let mut record = Record::default();
        let text = &line[shape.from..];
        if shape.quoted {
            record.whole = quoted(text, |key, value| record.take(key, value, arena));
        } else {
            piped(text, |key, value| record.take(key, value, arena));
            record.whole = true;
        }
        let whole = record.whole;
        match record.tell((&line[..shape.from], &self.assume), arena) {
            // The destination may have been behind the cut.
            Parsed::Skip(NOT_TRAFFIC | NO_DESTINATION) if !whole => Parsed::Bad(CUT_SHORT),
            told => told,
        }
    }
}

/// What the fields of one record say. For JSON, too.
#[derive(Debug)]
pub(super) struct Record<'a> {
    said: Said<'a>,
    product: &'a [u8],
    /// It was not cut.
    whole: bool,
}

impl Default for Record<'_> {
    fn default() -> Self {
        Record { said: Said::new(), product: b"", whole: false }
    }
}

impl<'a> Record<'a> {
    /// Takes a field, its escapes not yet undone.
    pub(super) fn take(&mut self, key: &[u8], value: &'a [u8], arena: &'a Bump) {
        let Some(slot) = BOOKS.first().and_then(|book| book.key(key)) else { return };
        let value = if memchr(b'\\', value).is_none() { value } else { unescaped(value, arena) };
        match slot {
            // The blade is what CEF has in its header.
            Key::Is(Slot::Subkind) => self.product = value.trim_ascii(),
            slot => self.said.take(slot, value),
        }
    }

    /// The event. `around` is what stands before the fields.
    pub(super) fn tell(&mut self, around: (&[u8], &Assume), arena: &'a Bump) -> Parsed<'a> {
        let Some(book) = BOOKS.first() else { return Parsed::Skip("no words for it") };
        let values = &mut self.said.values;
        let [up, down] = [Slot::UpPart, Slot::DownPart].map(|slot| values[slot as usize].take());
        if values[Slot::UpSpare as usize].is_none() && values[Slot::DownSpare as usize].is_none() {
            (values[Slot::UpSpare as usize], values[Slot::DownSpare as usize]) = (up, down);
        }
        let header = Header { product: self.product, ..Header::default() };
        told::tell((0, book), &header, &self.said, Habits::default(), around, arena)
    }
}

/// Where the fields of a line begin, and how they are written.
#[derive(Debug, Clone, Copy)]
struct Shape {
    from: usize,
    /// `key:"value"; ` and `key="value" `, or else `key=value|`.
    quoted: bool,
}

/// No header is longer.
const LONGEST_HEADER: usize = 400;

fn shape(line: &[u8]) -> Option<Shape> {
    let head = &line[..line.len().min(LONGEST_HEADER)];
    let first = head.trim_ascii_start().first()?;
    if *first == b'{' || memmem::find(head, b"CEF:").is_some() || memmem::find(head, b"LEEF:").is_some() {
        return None;
    }
    if let Some(from) = memchr::memchr_iter(b'[', head).find_map(|open| bracketed(line, open)) {
        // Where a file was cut off in mid-record, the next one begins on the same line. No value has this in it: its quote
        // would be escaped.
        let last = memmem::rfind(line, b" - [").and_then(|blank| bracketed(line, blank + 3));
        return Some(Shape { from: last.map_or(from, |last| last.max(from)), quoted: true });
    }
    let edge = |at: &usize| *at == 0 || matches!(head[at - 1], b' ' | b'|' | b'>' | b'\t' | b':');
    let marks = [&b"time="[..], b"hostname=", b"loc="];
    if let Some(from) = marks.iter().filter_map(|mark| memmem::find_iter(head, mark).find(edge)).min()
        && memchr(b'|', &line[from..]).is_some_and(|bar| key_of(&line[from + bar + 1..]).is_some())
    {
        return Some(Shape { from, quoted: false });
    }
    let from = line.len() - line.trim_ascii_start().len();
    begins_quoted(&line[from..]).then_some(Shape { from, quoted: true })
}

/// Where the fields begin behind a bracket, with or without the name that structured data has.
fn bracketed(line: &[u8], open: usize) -> Option<usize> {
    let rest = &line[open + 1..];
    // `[Fields@1.3.6.1.4.1.2620 `
    let id = memchr(b' ', &rest[..rest.len().min(64)]).filter(|end| memchr(b'@', &rest[..*end]).is_some());
    let from = open + 1 + id.map_or(0, |end| end + 1);
    begins_quoted(&line[from..]).then_some(from)
}

impl Shape {
    /// Whether the fields are those that every record of theirs has.
    fn is_ours(self, line: &[u8]) -> bool {
        let text = &line[self.from..];
        let has = |key: &[u8]| {
            memmem::find_iter(text, key).any(|at| {
                let edge = at == 0 || matches!(text[at - 1], b' ' | b'|' | b';' | b'[');
                edge && matches!(text.get(at + key.len()), Some(b':' | b'='))
            })
        };
        has(b"loguid")
            || has(b"origin") && (has(b"sequencenum") || has(b"originsicname") || has(b"ifdir"))
            || has(b"orig") && has(b"i/f_dir")
    }
}

#[inline(always)]
fn in_keys(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')
}

/// How long the name at the beginning of a text is, if an equals sign follows it. There may be blanks in it.
fn key_of(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 64;
    let end = text.iter().take(LONGEST).position(|byte| !in_keys(*byte) && *byte != b' ')?;
    let begins = text.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_');
    (begins && text[end] == b'=').then_some(end)
}

/// `action:"Accept"`, `action="Accept"`, and `action::"Accept"`, which some versions write.
fn begins_quoted(text: &[u8]) -> bool {
    let name = text.iter().take(64).take_while(|byte| in_keys(**byte)).count();
    name > 0 && matches!(&text[name..], [b':' | b'=', b'"', ..] | [b':', b':', b'"', ..])
}

/// Shows the pairs of `key:"value"; `. False if the last value is not closed, or nothing closes the fields.
fn quoted<'a>(text: &'a [u8], mut show: impl FnMut(&'a [u8], &'a [u8])) -> bool {
    let mut at = 0;
    loop {
        at += text[at..].iter().take_while(|byte| matches!(byte, b' ' | b';' | b',' | b'|')).count();
        match text.get(at) {
            None => return false,
            Some(b']') => return true,
            Some(_) => {}
        }
        let Some(length) = memchr2(b':', b'=', &text[at..]) else { return false };
        let key = &text[at..at + length];
        at += length + 1;
        at += usize::from(text.get(at) == Some(&b':'));
        if text.get(at) != Some(&b'"') {
            // A word, or a value that somebody left bare.
            let end = memchr2(b';', b' ', &text[at..]).map_or(text.len(), |length| at + length);
            show(key, &text[at..end]);
            at = end;
            continue;
        }
        let Some(length) = closing(&text[at + 1..]) else { return false };
        show(key, &text[at + 1..at + 1 + length]);
        at += length + 2;
    }
}

/// Where a quoted value ends: at a quote that is not escaped and that what may follow a value follows.
#[inline]
fn closing(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr2(b'"', b'\\', text.get(from..)?)?;
        if text[at] == b'\\' {
            from = at + 2;
        } else if matches!(text.get(at + 1), None | Some(b';' | b' ' | b']' | b'|' | b',')) {
            return Some(at);
        } else {
            from = at + 1;
        }
    }
}

/// Shows the pairs of `key=value|`. A bar without a key behind it belongs to the value.
fn piped<'a>(text: &'a [u8], mut show: impl FnMut(&'a [u8], &'a [u8])) {
    let Some(name) = key_of(text) else { return };
    let (mut key, mut from, mut at) = (&text[..name], name + 1, name + 1);
    while let Some(length) = memchr(b'|', &text[at..]) {
        let bar = at + length;
        at = bar + 1;
        if let Some(name) = key_of(&text[at..]) {
            show(key, &text[from..bar]);
            (key, from) = (&text[at..at + name], at + name + 1);
            at = from;
        }
    }
    let last = &text[from..];
    show(key, last.trim_ascii_end().strip_suffix(b"|").unwrap_or(last));
}

#[cold]
fn unescaped<'a>(value: &[u8], arena: &'a Bump) -> &'a [u8] {
    let out = arena.alloc_slice_copy(value);
    let (mut from, mut to) = (0, 0);
    while let Some(byte) = value.get(from) {
        let escape = *byte == b'\\' && matches!(value.get(from + 1), Some(b'"' | b'\\' | b']' | b'=' | b'/' | b'|'));
        from += usize::from(escape);
        out[to] = value[from];
        to += 1;
        from += 1;
    }
    &out[..to]
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/check-point/sample/sample.log");

    fn check(cases: &[(&str, &str)]) {
        for (line, want) in cases {
            assert_eq!(say(&CheckPoint, &[line], line, &Assume::default()), *want, "{line}");
        }
    }

    /// A record of URL Filtering with these fields besides.
    fn web(more: &str) -> String {
        format!(
            "<134>1 2026-03-10T08:15:42Z gw CheckPoint 18120 - [action:\"Accept\"; loguid:\"{{0x1,0x2}}\"; origin:\"192.0.2.1\"; \
             time:\"1773130542\"; src:\"192.0.2.25\"; dst:\"203.0.113.80\"; service:\"443\"; {more}]"
        )
    }

    #[test]
    fn the_syslog_form() {
        check(&[
            (
                &web(
                    r#"product:"Application Control"; appi_name:"Dropbox"; matched_category:"File Storage"; resource:"https://www.dropbox.com/a?b=c"; layer_name:"Network"; layer_name:"Web"; src_user_name:"Doe, Jane (j.doe)"; src_machine_name:"LT-0042@example.com"; sent_bytes:"1798200"; received_bytes:"55110"; method:"GET"; elapsed:"3"; "#,
                ),
                "user:j.doe device:LT-0042 host:www.dropbox.com path:/a method:GET action:allowed up:1798200 down:55110 ms:3000 category:File Storage app:Dropbox session:{0x1,0x2} by:url",
            ),
            (
                &web(r#"product:"URL Filtering"; action::"Block"; http_host:"mega.nz"; user:"EXAMPLE\\bob"; "#),
                r"user:EXAMPLE\bob host:mega.nz action:blocked session:{0x1,0x2} by:connect",
            ),
            (
                &web(r#"product:"HTTPS Inspection"; action:"Inspect"; sni:"files.slack.com"; bytes:"900"; "#),
                "host:files.slack.com action:allowed session:{0x1,0x2} by:sni",
            ),
        ]);
    }

    #[test]
    fn other_forms() {
        let same = "user:alice host:www.dropbox.com path:/ action:allowed up:10 down:20 session:{0x1,0x2} by:url";
        check(&[
            (
                "<134>1 2026-03-10T08:15:42Z gw CheckPoint 1 - [Fields@1.3.6.1.4.1.2620 action=\"Accept\" loguid=\"{0x1,0x2}\" time=\"1773130542\" tag=\"[db={1};p=S\\]\" product=\"URL Filtering\" src=\"192.0.2.25\" dst=\"203.0.113.80\" service=\"443\" resource=\"https://www.dropbox.com/\" src_user_name=\"alice\" sent_bytes=\"10\" received_bytes=\"20\"]",
                same,
            ),
            (
                "time=1773130542|hostname=gw|product=URL Filtering|action=Accept|ifdir=inbound|loguid={0x1,0x2}|origin=192.0.2.1|192.0.2.2|time=1773130542|src=192.0.2.25|dst=203.0.113.80|service=443|note=a: b|c|resource=https://www.dropbox.com/|src_user_name=alice|sent_bytes=10|received_bytes=20|",
                same,
            ),
            (
                "loc=12|time= 10Mar2026  8:15:42|action=accept|orig=192.0.2.1|i/f_dir=inbound|i/f_name=eth1|has_accounting=0|product=VPN-1 & FireWall-1|src=192.0.2.25|s_port=51544|dst=203.0.113.80|service=443|proto=tcp",
                "action:allowed by:address",
            ),
            (
                r#"time="1773130542" hostname="gw" product="URL Filtering" action="Accept" loguid="{0x1,0x2}" src="192.0.2.25" dst="203.0.113.80" service="443" resource="https://www.dropbox.com/" user="alice" sent_bytes="10" received_bytes="20""#,
                same,
            ),
        ]);
    }

    #[test]
    fn bytes_of_accounting() {
        let fw = "product:\"VPN-1 & FireWall-1\"; ";
        check(&[
            (
                &web(&format!(
                    "{fw}bytes:\"152\"; client_inbound_bytes:\"100\"; client_outbound_bytes:\"52\"; server_inbound_bytes:\"52\"; "
                )),
                "action:allowed up:100 down:52 session:{0x1,0x2} by:address",
            ),
            (
                &web(&format!("{fw}client_inbound_bytes:\"100\"; sent_bytes:\"7\"; received_bytes:\"9\"; ")),
                "action:allowed up:7 down:9 session:{0x1,0x2} by:address",
            ),
            // The sum alone says nothing of either.
            (&web(&format!("{fw}bytes:\"152\"; ")), "action:allowed session:{0x1,0x2} by:address"),
        ]);
    }

    #[test]
    fn what_is_no_visit() {
        check(&[
            (
                &web("tcp_packet_out_of_state:\"First packet isn't SYN\"; "),
                "skip: a leftover of a session that was accepted",
            ),
            (&web("product:\"Log Update\"; "), "skip: an update of a connection that has a record"),
            (&web("action:\"Update\"; "), "skip: an update of a connection that has a record"),
            (&web("product:\"IPS\"; "), "skip: a finding of inspection, not a visit"),
            (&web("conn_direction:\"Incoming\"; "), "skip: inbound"),
            (&web("inzone:\"External\"; outzone:\"Internal\"; "), "skip: inbound"),
            (&web("dst:\"10.1.2.3\"; "), "skip: inbound"),
            (&web("src:\"10.1.2.4\"; dst:\"10.1.2.3\"; "), "skip: inside the network"),
            (
                "time=1773130542|hostname=gw|product=SmartConsole|action=Accept|origin=192.0.2.1|sequencenum=1|administrator=admin|client_ip=192.0.2.9|operation=Log In|subject=Administrator Login|",
                "skip: an event of the device, not traffic",
            ),
            (
                "time=1773130542|hostname=gw|product=CLI|action=Accept|origin=192.0.2.1|sequencenum=1|administrator=admin|operation=Set Object|subject=Object Manipulation",
                "skip: not traffic: no URL, no bytes, no port",
            ),
            ("<6>kernel: sd 2:0:0:0: SCSI error", "bad: no fields of Check Point's"),
        ]);
    }

    #[test]
    fn a_proxy_before_it_is_not_the_client_and_no_id_is_none() {
        let line = web("proxied_src_ip:\"192.0.2.77\"; loguid:\"{0x0,0x0,0x0,0x0}\"; ");
        let arena = Bump::new();
        let mut reader = Records { assume: Arc::new(Assume::default()) };
        let Parsed::Event(event) = reader.record(line.as_bytes(), &arena) else { panic!("no event") };
        assert_eq!((event.src_ip, event.session), (Some(&b"192.0.2.77"[..]), None));
    }

    #[test]
    fn a_cut_record_names_no_half_host() {
        let whole = web(r#"product:"URL Filtering"; resource:"https://www.dropbox.com/a"; "#);
        for end in 0..whole.len() {
            let told = say(&CheckPoint, &[], &whole[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:www.dropbox.com "), "{told}");
        }
        check(&[(&whole[..140], "bad: the line ends before its destination does")]);
    }

    #[test]
    fn quotes_nobody_escaped_and_records_without_end() {
        check(&[(
            &web(r#"reason:"he said "no" twice"; rule_name:"a\"; b:\"c"; resource:"https://mega.nz/"; "#),
            "host:mega.nz path:/ action:allowed session:{0x1,0x2} by:url",
        )]);
        let long = web(&format!("rule_name:\"{}\"; resource:\"https://mega.nz/\"; ", "\\\"x; y:".repeat(200_000)));
        check(&[(&long, "host:mega.nz path:/ action:allowed session:{0x1,0x2} by:url")]);
        let keys =
            format!("time=1773130542{}|loguid=1|src=192.0.2.25|dst=203.0.113.80|service=443", "|a=".repeat(300_000));
        check(&[(&keys, "session:1 by:address")]);
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                let arena = Bump::new();
                let mut reader = Records { assume: Arc::new(Assume::default()) };
                reader.record(&line[..at], &arena);
                reader.record(&line[at..], &arena);
            }
        }
    }
}
