//! LEEF, QRadar's Log Event Extended Format: one header, then `key=value` with a delimiter between.
//!
//! Defined in IBM's QRadar LEEF guide. The delimiter is a tab in version 1.0, and whatever the header names in 2.0; devices
//! also use `|` without saying so, and relays turn tabs into blanks or drop them. What a record says is told as in
//! [`super::cef`], by tables of each vendor's words.
//!
//! ```text
//! LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|8.1.8|allow|cat=TRAFFIC|Subtype=end|devTime=Mar 10 2026 08:15:42 GMT|src=192.0.2.25|...
//! LEEF:2.0|Example|Proxy|1.0|web|^|devTime=1773130542000^src=192.0.2.41^usrName=alice^dst=203.0.113.80^url=https://www.loom.com/^...
//! ```

mod vendors;

use std::sync::LazyLock;

use bumpalo::Bump;

use super::cef::said::{Book, Header, Key, Said, Shelf, Slot};
use super::cef::told::{self, Habits};
use super::cef::{ALL, Bound, advice, after, field, sniff};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader};

/// The Log Event Extended Format.
pub struct Leef;

/// The words of each vendor.
static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| Book::all(vendors::VENDORS, DICTIONARY));

/// The predefined attributes, and a few that are as common.
const DICTIONARY: &[(&str, Key)] = {
    use Key::{Is, Text};
    &[
        ("devTime", Is(Slot::At)),
        ("devTimeFormat", Is(Slot::Pattern)),
        ("usrName", Is(Slot::User)),
        ("userName", Is(Slot::UserSpare)),
        ("src", Is(Slot::Client)),
        ("identSrc", Is(Slot::ClientSpare)),
        ("identHostName", Is(Slot::DeviceSpare)),
        ("srcHostName", Is(Slot::Device)),
        ("dst", Is(Slot::Server)),
        ("dstPort", Is(Slot::Port)),
        ("dstHostName", Is(Slot::Host)),
        ("dstHost", Is(Slot::Host)),
        ("url", Is(Slot::Url)),
        ("method", Is(Slot::Method)),
        ("requestMethod", Is(Slot::Method)),
        ("responseCode", Is(Slot::Status)),
        ("statusCode", Is(Slot::Status)),
        ("action", Is(Slot::Act)),
        ("act", Is(Slot::Act)),
        ("disposition", Is(Slot::ActSpare)),
        ("srcBytes", Is(Slot::Up)),
        ("dstBytes", Is(Slot::Down)),
        ("totalBytes", Is(Slot::Total)),
        ("userAgent", Is(Slot::Agent)),
        ("useragent", Is(Slot::Agent)),
        ("referer", Is(Slot::Referer)),
        ("application", Is(Slot::Service)),
        ("app", Is(Slot::Service)),
        ("cat", Is(Slot::Category)),
        ("category", Is(Slot::Category)),
        ("urlCategory", Is(Slot::Category)),
        ("department", Is(Slot::Department)),
        ("groups", Is(Slot::Groups)),
        ("groupID", Text),
        ("reason", Is(Slot::Reason)),
        // Known, so that values end at them where the delimiter was lost.
        ("sev", Text),
        ("proto", Text),
        ("srcPort", Text),
        ("srcPostNAT", Text),
        ("dstPostNAT", Text),
        ("srcPostNATPort", Text),
        ("dstPostNATPort", Text),
        ("srcPreNAT", Text),
        ("dstPreNAT", Text),
        ("srcMAC", Text),
        ("dstMAC", Text),
        ("srcPackets", Text),
        ("dstPackets", Text),
        ("totalPackets", Text),
        ("policy", Text),
        ("role", Text),
        ("realm", Text),
        ("domain", Text),
        ("resource", Text),
        ("contentType", Text),
        ("duration", Text),
        ("msg", Text),
    ]
};

impl Format for Leef {
    fn id(&self) -> &'static str {
        "leef"
    }

    fn about(&self) -> About {
        About {
            name: "LEEF",
            summary: "IBM QRadar's Log Event Extended Format, in the dialect of each vendor.",
            reference: "https://www.ibm.com/docs/en/dsm?topic=overview-leef-event-components",
            proof: Proof::Verified,
            variants: &[
                "check-point",
                "forcepoint-ngfw",
                "forcepoint-web",
                "palo-alto",
                "sophos",
                "watchguard",
                "web-gateway",
                "zscaler",
            ],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let header_of = |line| split(line).map(|record| (record.around.len(), record.header));
        sniff(head, "LEEF", header_of, &BOOKS, &mut self.reader_for(head, assume))
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(ALL, Bound { habits: habits(head), assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let bound = layout.get::<Bound>();
        Box::new(Records { shelf: Shelf::new(&BOOKS), habits: bound.habits, assume: bound.assume.clone() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        advice(gap)
    }
}

impl Leef {
    fn reader_for(&self, head: &Head<'_>, assume: &Assume) -> Box<dyn Reader> {
        Box::new(Records { shelf: Shelf::new(&BOOKS), habits: habits(head), assume: assume.clone() })
    }
}

/// Who of the head logs what.
fn habits(head: &Head<'_>) -> Habits {
    let mut shelf = Shelf::new(&BOOKS);
    let mut habits = Habits::default();
    for line in &head.lines {
        let Some(record) = split(line) else { continue };
        let (number, book) = shelf.book(&record.header);
        let mut said = Said::new();
        read(&record, book, &mut said);
        if let Ok((kind, _)) = told::kind(book.vendor, &record.header, &said) {
            habits.note(number, kind);
        }
    }
    habits
}

struct Records {
    shelf: Shelf,
    habits: Habits,
    assume: Assume,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(record) = split(line) else { return Parsed::Bad(Problem::new("no header of LEEF", 0)) };
        let found = self.shelf.book(&record.header);
        let mut said = Said::new();
        read(&record, found.1, &mut said);
        told::tell(found, &record.header, &said, self.habits, (record.around, &self.assume), arena)
    }
}

/// A record, its header taken off.
struct Record<'a> {
    /// What stands before the header.
    around: &'a [u8],
    header: Header<'a>,
    delimiter: u8,
    attributes: &'a [u8],
}

/// Splits off the header. `LEEF:` may be missing: relays take it for a tag of syslog.
fn split(line: &[u8]) -> Option<Record<'_>> {
    let (around, rest) = after(line, b"LEEF:")?;
    let marked = rest.len() < line.len();
    let (version, rest) = field(rest.trim_ascii_start())?;
    if !matches!(version, b"1.0" | b"2.0" | b"1" | b"2") || !marked && version.len() < 3 {
        return None;
    }
    let (vendor, rest) = field(rest)?;
    let (product, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (id, rest) = field(rest)?;
    // Version 2.0 may name its delimiter; senders of 1.0 do, too.
    let (delimiter, attributes) = match field(rest) {
        Some((b"", behind)) => (b'\t', behind),
        Some((name, behind)) => delimiter(name).map_or((b'\t', rest), |delimiter| (delimiter, behind)),
        None => (b'\t', rest),
    };
    if !marked && memchr::memchr(b'=', attributes).is_none() {
        return None;
    }
    Some(Record { around, header: Header { vendor, product, id, name: b"" }, delimiter, attributes })
}

/// `^`, `0x5E`, `x5E`, `\t`.
fn delimiter(name: &[u8]) -> Option<u8> {
    match name {
        [one] => Some(*one),
        b"\\t" | b"tab" => Some(b'\t'),
        _ => {
            let hex =
                name.strip_prefix(b"0x").or_else(|| name.strip_prefix(b"0X")).or_else(|| name.strip_prefix(b"x"))?;
            let hex = std::str::from_utf8(hex).ok().filter(|hex| hex.len() <= 4)?;
            u8::from_str_radix(hex.trim_start_matches("00"), 16).ok()
        }
    }
}

/// Takes the values of the known keys out of the attributes.
#[inline]
fn read<'a>(record: &Record<'a>, book: &Book, said: &mut Said<'a>) {
    let text = record.attributes;
    if memchr::memchr(record.delimiter, text).is_some() {
        return cells(text, record.delimiter, book, said);
    }
    // One attribute, or another delimiter than was promised.
    let bar = memchr::memchr(b'|', text).is_some_and(|bar| {
        let next = &text[bar + 1..];
        memchr::memchr(b'=', next).is_some_and(|equals| equals > 0 && next[..equals].iter().all(|byte| in_keys(*byte)))
    });
    if bar { cells(text, b'|', book, said) } else { loose(text, book, said) }
}

/// Attributes with a delimiter. A piece without a key belongs to the value before it.
#[inline]
pub(super) fn cells<'a>(text: &'a [u8], delimiter: u8, book: &Book, said: &mut Said<'a>) {
    let mut open: Option<(Key, usize)> = None;
    let mut at = 0;
    while at <= text.len() {
        let end = memchr::memchr(delimiter, &text[at..]).map_or(text.len(), |length| at + length);
        let piece = &text[at..end];
        // Padding in front of a key is none of it.
        let blanks = piece.iter().take_while(|byte| **byte == b' ').count();
        let equals = memchr::memchr(b'=', piece).filter(|equals| is_key(&piece[blanks.min(*equals)..*equals]));
        if let Some(equals) = equals {
            if let Some((key, from)) = open {
                said.take(key, &text[from..at - 1]);
            }
            open = Some((book.key(&piece[blanks..equals]).unwrap_or(Key::Text), at + equals + 1));
        }
        at = end + 1;
    }
    if let Some((key, from)) = open {
        said.take(key, &text[from..]);
    }
}

/// Attributes whose delimiter was lost, or became blanks: a value ends where a known key begins.
#[cold]
fn loose<'a>(text: &'a [u8], book: &Book, said: &mut Said<'a>) {
    let mut open: Option<(Key, usize)> = None;
    for equals in memchr::memchr_iter(b'=', text) {
        let from = open.map_or(0, |(_, from)| from);
        let length = text[from..equals].iter().rev().take(64).take_while(|byte| in_keys(**byte)).count();
        let begin = equals - length;
        let name = &text[begin..equals];
        let edge = begin.checked_sub(1).map_or(b' ', |before| text[before]);
        // What a relay wrote for the tab has its last letters before the key.
        let shown = match edge {
            b'\\' => name.strip_prefix(b"t"),
            b'#' => name.strip_prefix(b"011"),
            b' ' => Some(name),
            _ => None,
        };
        let found = match shown {
            Some(name) if is_key(name) => Some((equals - name.len(), book.key(name).unwrap_or(Key::Text))),
            Some(_) => None,
            // The longest known key that ends here.
            None => (begin..equals).find_map(|begin| Some((begin, book.key(&text[begin..equals])?))),
        };
        let Some((begin, key)) = found else { continue };
        // Not within a URL, where keys may go by the same names.
        if begin > from && matches!(text[begin - 1], b'?' | b'&' | b';') {
            continue;
        }
        if let Some((key, from)) = open {
            let value = &text[from..begin];
            said.take(key, [&b"\\t"[..], b"#011"].iter().find_map(|tab| value.strip_suffix(*tab)).unwrap_or(value));
        }
        open = Some((key, equals + 1));
    }
    if let Some((key, from)) = open {
        said.take(key, &text[from..]);
    }
}

#[inline(always)]
fn in_keys(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_key(name: &[u8]) -> bool {
    name.len() <= 64 && name.first().is_some_and(u8::is_ascii_alphabetic) && name.iter().all(|byte| in_keys(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Action;

    fn told(lines: &[&str]) -> String {
        let head = Head { lines: lines.iter().map(|line| line.as_bytes()).collect() };
        let arena = Bump::new();
        let last = lines.last().unwrap().as_bytes();
        match Leef.reader_for(&head, &Assume::default()).record(last, &arena) {
            Parsed::Event(event) => {
                let text = |value: Option<&[u8]>| {
                    value.map_or("-".into(), |value| String::from_utf8_lossy(value).into_owned())
                };
                let number = |value: Option<u64>| value.map_or("-".into(), |value| value.to_string());
                [
                    text(event.host.or(event.dst_ip)),
                    event.evidence.as_str().to_owned(),
                    text(event.user),
                    event.action.map_or("-", Action::as_str).to_owned(),
                    number(event.bytes_up),
                    number(event.bytes_down),
                    text(event.app),
                    event.at.map_or("-".into(), |at| (at.0 - 1_773_130_542_000).to_string()),
                ]
                .join(" ")
            }
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn a_delimiter_may_be_named_or_not_or_another_than_was_said() {
        let attributes = [
            "devTime=1773130542000",
            "src=192.0.2.41",
            "usrName=alice",
            "dst=203.0.113.80",
            "dstPort=443",
            "url=https://www.loom.com/a?cat=1&b=2",
            "srcBytes=1843",
            "dstBytes=20411",
        ];
        let want = "www.loom.com url alice - 1843 20411 - 0";
        for (head, delimiter) in [
            ("LEEF:1.0|V|P|1|web|", "\t"),
            ("LEEF: 1.0|V|P|1|web|", "\t"),
            ("1.0|V|P|1|web|", "\t"),
            ("LEEF:2.0|V|P|1|web|^|", "^"),
            ("LEEF:2.0|V|P|1|web|0x5E|", "^"),
            ("LEEF:2.0|V|P|1|web|x5e|", "^"),
            ("LEEF:2.0|V|P|1|web|x09|", "\t"),
            ("LEEF:2.0|V|P|1|web||", "\t"),
            ("LEEF:2.0|V|P|1|web|", "\t"),
            ("LEEF:2.0|V|P|1|web|;|", ";"),
            ("2.0|V|P|1|web|^|", "^"),
            // Not said, or not so.
            ("LEEF:1.0|V|P|1|web|", "|"),
            ("LEEF:1.0|V|P|1|web|", "    "),
            ("LEEF:1.0|V|P|1|web|", "\\t"),
            ("LEEF:1.0|V|P|1|web|", "#011"),
            ("LEEF:2.0|V|P|1|web|^|", "\t"),
            ("Mar 10 08:15:42 gw LEEF:1.0|V|P|1|web|", "\t"),
        ] {
            assert_eq!(told(&[&format!("{head}{}", attributes.join(delimiter))]), want, "{head} {delimiter:?}");
        }
        // Tabs that vanished.
        assert_eq!(
            told(&[
                "LEEF:1.0|V|P|1|web|sev=1usrName=alicesrc=192.0.2.41dst=203.0.113.80dstPort=443srcBytes=1dstBytes=2devTime=1773130542000"
            ]),
            "203.0.113.80 address alice - 1 2 - 0"
        );
    }

    #[test]
    fn headers() {
        for (line, want) in [
            ("LEEF:1.0|V|P|1", "bad: no header of LEEF"),
            ("LEEF:3.0|V|P|1|x|src=1", "bad: no header of LEEF"),
            ("1|V|P|1|x|src=1", "bad: no header of LEEF"),
            ("hello", "bad: no header of LEEF"),
            ("LEEF:1.0|V|P|1|x|", "skip: not traffic: no URL, no bytes, no port"),
            (
                "LEEF:1.0|V|P|1|x|src=192.0.2.41\tdst=203.0.113.80\tusrName=alice",
                "skip: not traffic: no URL, no bytes, no port",
            ),
        ] {
            assert_eq!(told(&[line]), want, "{line}");
        }
    }

    #[test]
    fn times_have_a_pattern() {
        for (time, want) in [
            ("devTime=Mar 10 2026 08:15:42\tdevTimeFormat=MMM dd yyyy HH:mm:ss", "0"),
            ("devTime=Mar 10 2026 08:15:42.250 GMT\tdevTimeFormat=MMM dd yyyy HH:mm:ss.SSS z", "250"),
            ("devTime=10/03/2026 08:15:42\tdevTimeFormat=dd/MM/yyyy HH:mm:ss", "0"),
            ("devTime=2026-03-10T08:15:42.000Z", "0"),
            ("devTime=1773130542", "0"),
            ("devTime=soon", "-"),
            ("", "-"),
        ] {
            let told = told(&[&format!("LEEF:1.0|V|P|1|web|url=https://www.loom.com/\t{time}")]);
            assert_eq!(told, format!("www.loom.com url - - - - - {want}"), "{time}");
        }
    }

    #[test]
    fn palo_alto_has_bars_and_counts_a_session_once() {
        let line = |subtype: &str| {
            format!(
                "LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|8.1.8|allow|cat=TRAFFIC|ReceiveTime=2026/03/10 08:15:50|\
                 Type=TRAFFIC|Subtype={subtype}|devTime=Mar 10 2026 08:15:42 GMT|src=192.0.2.25|dst=203.0.113.80|usrName=example\\alice|\
                 SourceUser=|Application=dropbox-base|SessionID=448211|dstPort=443|action=allow|totalBytes=60|dstBytes=20|srcBytes=40|URLCategory=any"
            )
        };
        let (start, end) = (line("start"), line("end"));
        assert_eq!(told(&[&end]), r"203.0.113.80 address example\alice allowed 40 20 dropbox-base 0");
        assert_eq!(told(&[&end, &start]), "skip: the start of a session, counted at its end");
        assert_eq!(
            told(&[
                "LEEF:2.0|Palo Alto Networks|Next Generation Firewall|10|block-url|x7C|cat=THREAT|Subtype=url|devTime=2026-03-10T08:15:42.000000Z|src=192.0.2.25|dst=203.0.113.80|URL=app.asana.com/0|action=block-url"
            ]),
            "app.asana.com url - blocked - - - 0"
        );
        assert_eq!(
            told(&[
                "LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|8.1.8|auth-fail|cat=SYSTEM|dstPort=1|dst=203.0.113.80"
            ]),
            "skip: an event of the device, not traffic"
        );
    }

    #[test]
    fn zscaler_and_forcepoint_say_what_was_done_elsewhere() {
        assert_eq!(
            told(&[
                "LEEF:1.0|Zscaler|NSS|4.1|Allowed|cat=Blocked\tdevTime=Mar 10 2026 08:15:42 GMT\tsrc=192.0.2.41\tdst=203.0.113.80\trealm=Lyon HQ\tusrName=Lyon HQ\tsrcBytes=812\tdstBytes=5240\trole=Finance\tpolicy=Allowed\turl=mega.nz/fm\thostname=mega.nz\tappname=MEGA\turlcategory=File Host"
            ]),
            "mega.nz url - blocked 812 5240 MEGA 0"
        );
        assert_eq!(
            told(&[
                "LEEF:1.0|Forcepoint|Security|8.5.0|transaction:permitted|sev=1\tcat=203\tusrName=LDAP://192.0.2.5 OU=Users,DC=example/Alice Doe\tloginID=alice\tsrc=192.0.2.41\tsrcBytes=39670\tdstBytes=10384\tdst=203.0.113.80\tdstPort=443\tmethod=POST\tdisposition=1026\turl=https://api.monday.com/v2\r\nHost: x"
            ]),
            "api.monday.com url alice allowed 39670 10384 - -"
        );
    }

    #[test]
    fn any_bytes_are_no_panic() {
        let line = "LEEF:2.0|Palo Alto Networks|P|1|web|^|devTime=10/03^devTimeFormat=dd/MM^src=a=b==^=^^usrName=\\^url=|a=b\tc=d cat=";
        let arena = Bump::new();
        let mut reader = Leef.reader_for(&Head { lines: vec![line.as_bytes()] }, &Assume::default());
        for cut in 0..line.len() {
            let _ = reader.record(&line.as_bytes()[..cut], &arena);
            let _ = reader.record(&line.as_bytes()[cut..], &arena);
        }
        for delimiter in ["\t", "^", "|", ""] {
            let line = line.replace('^', delimiter);
            let _ = reader.record(arena.alloc_str(&line).as_bytes(), &arena);
        }
    }
}
