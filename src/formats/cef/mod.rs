//! CEF, ArcSight's Common Event Format: one header, then `key=value` with blanks between and within.
//!
//! Defined by the CEF Implementation Standard. What the keys mean is the vendor's affair: [`vendors`] has the overrides.
//!
//! ```text
//! CEF:0|Zscaler|NSSWeblog|5.7|Allowed|Allowed|3|act=Allowed app=HTTPS cat=File Host dhost=mega.nz dst=203.0.113.80 src=192.0.2.42 in=5240 out=812 request=mega.nz/fm rt=Mar 10 2026 08:15:42 suser=bob@example.com
//! CEF:0|Palo Alto Networks|PAN-OS|10.1.6|end|TRAFFIC|1|rt=Mar 10 2026 08:15:42 GMT src=192.0.2.25 dst=203.0.113.80 suser=example\\alice app=slack-base dpt=443 act=allow in=12010 out=49200
//! ```
//!
//! A value runs to the next blank with a `key=` behind it. Most products escape `=` in values by a backslash; where one
//! does not, only what can be a key ends a value.

pub(super) mod rules;
pub(super) mod said;
pub(super) mod told;
pub(super) mod vendors;

use std::sync::LazyLock;

use bumpalo::Bump;

use self::said::{Book, Header, Key, Said, Shelf, Slot};
use self::told::Habits;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};

/// The Common Event Format.
pub struct Cef;

/// The words of each vendor.
pub(super) static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| Book::all(vendors::VENDORS, DICTIONARY));

/// The keys of the standard, and a few that are as common.
const DICTIONARY: &[(&str, Key)] = {
    use Key::{Is, Text};
    &[
        ("rt", Is(Slot::At)),
        ("end", Is(Slot::End)),
        ("start", Is(Slot::Start)),
        ("deviceReceiptTime", Is(Slot::Received)),
        ("dtz", Is(Slot::Zone)),
        ("suser", Is(Slot::User)),
        ("sourceUserName", Is(Slot::User)),
        ("duser", Is(Slot::UserSpare)),
        ("suid", Is(Slot::UserSpare)),
        ("user", Is(Slot::UserSpare)),
        ("usrName", Is(Slot::UserSpare)),
        ("src", Is(Slot::Client)),
        ("c6a2", Is(Slot::ClientSpare)),
        ("sourceTranslatedAddress", Is(Slot::ClientSpare)),
        ("shost", Is(Slot::Device)),
        ("sourceHostName", Is(Slot::DeviceSpare)),
        ("dst", Is(Slot::Server)),
        ("c6a3", Is(Slot::ServerSpare)),
        ("dhost", Is(Slot::Host)),
        ("destinationHostName", Is(Slot::HostSpare)),
        ("destinationDnsDomain", Is(Slot::HostSpare)),
        ("dpt", Is(Slot::Port)),
        ("request", Is(Slot::Url)),
        ("requestURL", Is(Slot::Url)),
        ("requestUrl", Is(Slot::Url)),
        ("url", Is(Slot::Url)),
        ("requestMethod", Is(Slot::Method)),
        ("requestClientApplication", Is(Slot::Agent)),
        ("requestContext", Is(Slot::Context)),
        ("referer", Is(Slot::Referer)),
        ("act", Is(Slot::Act)),
        ("deviceAction", Is(Slot::ActSpare)),
        ("outcome", Is(Slot::Outcome)),
        ("out", Is(Slot::Up)),
        ("in", Is(Slot::Down)),
        ("app", Is(Slot::Service)),
        ("destinationServiceName", Is(Slot::App)),
        ("cat", Is(Slot::Category)),
        ("spriv", Is(Slot::Groups)),
        ("reason", Is(Slot::Reason)),
        ("msg", Text),
        ("message", Text),
        ("cs1", Key::Custom(0)),
        ("cs2", Key::Custom(1)),
        ("cs3", Key::Custom(2)),
        ("cs4", Key::Custom(3)),
        ("cs5", Key::Custom(4)),
        ("cs6", Key::Custom(5)),
        ("cn1", Key::Custom(6)),
        ("cn2", Key::Custom(7)),
        ("cn3", Key::Custom(8)),
        ("flexString1", Key::Custom(9)),
        ("flexString2", Key::Custom(10)),
        ("flexNumber1", Key::Custom(11)),
        ("flexNumber2", Key::Custom(12)),
        ("cs1Label", Key::Label(0)),
        ("cs2Label", Key::Label(1)),
        ("cs3Label", Key::Label(2)),
        ("cs4Label", Key::Label(3)),
        ("cs5Label", Key::Label(4)),
        ("cs6Label", Key::Label(5)),
        ("cn1Label", Key::Label(6)),
        ("cn2Label", Key::Label(7)),
        ("cn3Label", Key::Label(8)),
        ("flexString1Label", Key::Label(9)),
        ("flexString2Label", Key::Label(10)),
        ("flexNumber1Label", Key::Label(11)),
        ("flexNumber2Label", Key::Label(12)),
    ]
};

impl Format for Cef {
    fn id(&self) -> &'static str {
        "cef"
    }

    fn about(&self) -> About {
        About {
            name: "CEF",
            summary: "ArcSight's Common Event Format, in the dialect of each vendor.",
            reference: "https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.3/cef-implementation-standard/",
            proof: Proof::Verified,
            variants: &[
                "check-point",
                "cisco-asa",
                "forcepoint-ngfw",
                "forcepoint-web",
                "fortinet",
                "infoblox",
                "juniper-srx",
                "menlo",
                "palo-alto",
                "palo-alto-strata",
                "sonicwall",
                "unifi",
                "usergate",
                "zscaler",
            ],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let header_of = |line| split(line).map(|(around, header, _)| (around.len(), header));
        sniff(head, "CEF", header_of, &BOOKS, &mut self.reader_for(head, assume))
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let mut shelf = Shelf::new(&BOOKS);
        let mut habits = Habits::default();
        for line in &head.lines {
            let Some((_, header, extension)) = split(line) else { continue };
            let (number, book) = shelf.book(&header);
            let mut said = Said::new();
            read(extension, book, &mut said);
            if let Ok((kind, _)) = told::kind(book.vendor, &header, &said) {
                habits.note(number, kind);
            }
        }
        Ok(Layout::new(ALL, Bound { habits, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let bound = layout.get::<Bound>();
        Box::new(Records { shelf: Shelf::new(&BOOKS), habits: bound.habits, assume: bound.assume.clone() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        advice(gap)
    }
}

/// What a record may tell. Each decides for itself.
pub(super) const ALL: Tells = Tells::ALL;

pub(super) fn advice(gap: Gap) -> Option<&'static str> {
    Some(match gap {
        Gap::User => "turn on user identification on the device, and have its export name the user",
        Gap::Host | Gap::Path => "export the web filter's or the URL log too, not the sessions alone",
        Gap::BytesUp | Gap::BytesDown => {
            "log sessions at their end, and add both byte counters to the export's template"
        }
        Gap::Visits => "export the sessions or the web log too: look-ups are no visits",
        Gap::Client | Gap::Action => return None,
    })
}

/// What a layout holds.
pub(super) struct Bound {
    pub habits: Habits,
    pub assume: Assume,
}

impl Cef {
    fn reader_for(&self, head: &Head<'_>, assume: &Assume) -> Box<dyn Reader> {
        match self.layout(head, assume) {
            Ok(layout) => self.reader(&layout),
            Err(_) => {
                Box::new(Records { shelf: Shelf::new(&BOOKS), habits: Habits::default(), assume: assume.clone() })
            }
        }
    }
}

/// A guess by headers: how many lines have one, and whether any of them tells of traffic.
pub(super) fn sniff<'a>(
    head: &Head<'a>,
    name: &str,
    header_of: impl Fn(&'a [u8]) -> Option<(usize, Header<'a>)>,
    books: &'static LazyLock<Vec<Book>>,
    reader: &mut Box<dyn Reader>,
) -> Guess {
    const BEST: u8 = 96;
    let arena = Bump::new();
    let mut shelf = Shelf::new(books);
    let (mut wrapped, mut traffic, mut strangers, mut inbound) = (0, 0, 0, 0);
    let share = head.vote(|line| {
        let Some((at, header)) = header_of(line) else { return Vote::No };
        wrapped += usize::from(at > 0);
        let (_, book) = shelf.book(&header);
        inbound += usize::from(book.vendor.inbound);
        strangers += usize::from(book.vendor.name.is_empty());
        // Cut records and what stays inside are of the same log.
        traffic += usize::from(!matches!(reader.record(line, &arena), Parsed::Skip(why) if is_no_traffic(why)));
        Vote::Yes
    });
    let Share { yes, of } = share;
    match share.score_within(BEST, wrapped) {
        0 => Guess::NO,
        score if inbound == yes => {
            Guess::decline(score, format!("{name} of a firewall before web servers of one's own"))
        }
        score if traffic == 0 && strangers == yes => {
            Guess::decline(score, format!("{name}, but none of {yes} records tells of traffic"))
        }
        score => {
            let silent = if traffic == 0 { ", none of them traffic" } else { "" };
            Guess::new(score, format!("{yes} of {of} lines have the header of {name}{silent}"))
        }
    }
}

/// Whether the reason speaks of records that no traffic log would have.
fn is_no_traffic(why: &str) -> bool {
    !matches!(why, "inside the network" | "inbound")
}

struct Records {
    shelf: Shelf,
    habits: Habits,
    assume: Assume,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some((around, header, extension)) = split(line) else {
            return Parsed::Bad(Problem::new("no header of CEF", 0));
        };
        let found = self.shelf.book(&header);
        let mut said = Said::new();
        read(extension, found.1, &mut said);
        self.shelf.settle(&mut said);
        told::tell(found, &header, &said, self.habits, (around, &self.assume), arena)
    }
}

/// What stands before the header, the header, and the extension. `CEF:` may be missing: relays take it for a tag of syslog.
fn split(line: &[u8]) -> Option<(&[u8], Header<'_>, &[u8])> {
    let (around, rest) = after(line, b"CEF:")?;
    let marked = rest.len() < line.len();
    let rest = rest.trim_ascii_start();
    let (version, rest) = field(rest)?;
    if !matches!(version, b"0" | b"1") {
        return None;
    }
    let (vendor, rest) = field(rest)?;
    let (product, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    let (id, rest) = field(rest)?;
    // Name and severity may be missing; an equals sign tells, unless a severity follows.
    let is_plain = |text: &[u8]| memchr::memchr(b'=', text).is_none();
    let is_severity = |text: &[u8]| text.len() <= 10 && is_plain(text);
    let (name, behind) = match field(rest) {
        Some((name, behind)) if is_plain(name) || field(behind).is_some_and(|(text, _)| is_severity(text)) => {
            (name, behind)
        }
        _ if is_plain(rest) => return None,
        _ => (&rest[..0], rest),
    };
    let extension = match field(behind) {
        Some((severity, extension)) if is_plain(severity) => extension,
        _ => behind,
    };
    // Without its mark only the pairs tell it from other texts with bars.
    if !marked && is_plain(extension) {
        return None;
    }
    Some((around, Header { vendor, product, id, name }, extension))
}

/// Splits behind a mark that stands first, or within a line's first bytes behind a blank or the end of a tag. A line that
/// begins with a version is taken whole.
pub(super) fn after<'a>(line: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    const LONGEST: usize = 300;
    if let Some(rest) = line.strip_prefix(mark) {
        return Some((b"", rest));
    }
    if matches!(line, [b'0'..=b'2', b'|' | b'.', ..]) {
        return Some((b"", line));
    }
    let around = &line[..line.len().min(LONGEST)];
    let at =
        memchr::memmem::find_iter(around, mark).find(|at| matches!(line[at - 1], b' ' | b'\t' | b'>' | b':' | b']'))?;
    Some((&line[..at], &line[at + mark.len()..]))
}

/// The text before the next `|` that is not escaped, and what is behind it.
pub(super) fn field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let bar = memchr::memchr_iter(b'|', text)
        .find(|bar| text[..*bar].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0)?;
    Some((&text[..bar], &text[bar + 1..]))
}

/// Takes the values of the known keys out of an extension.
#[inline]
pub(super) fn read<'a>(extension: &'a [u8], book: &Book, said: &mut Said<'a>) {
    // The key whose value is being looked at, and where that begins.
    let mut open: Option<(Key, usize)> = None;
    for equals in memchr::memchr_iter(b'=', extension) {
        let from = open.map_or(0, |(_, from)| from);
        let length = extension[from..equals].iter().rev().take_while(|byte| in_keys(**byte)).count();
        let begin = equals - length;
        let name = &extension[begin..equals];
        // Behind a blank; the first may stand behind what was left of the header.
        let ends = match begin.checked_sub(1).filter(|before| *before >= from) {
            Some(before) => extension[before] == b' ' || extension[before] == b'\t' || open.is_none(),
            None => open.is_none(),
        };
        if !ends || !is_key(name) {
            continue;
        }
        let key = book.key(name);
        let within = match (key, open) {
            // Directories write `OU=Users` in paths and names.
            (None, _) => name.len() <= 2 && name.iter().all(u8::is_ascii_uppercase),
            // What a text quotes is not said by the device.
            (Some(Key::Is(slot)), Some((Key::Text, _))) => said.get(slot).is_some(),
            _ => false,
        };
        if within {
            continue;
        }
        if let Some((key, from)) = open {
            said.take(key, &extension[from..begin - 1]);
        }
        open = Some((key.unwrap_or(Key::Text), equals + 1));
    }
    if let Some((key, from)) = open {
        said.take(key, &extension[from..]);
    }
}

#[inline(always)]
fn in_keys(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']')
}

fn is_key(name: &[u8]) -> bool {
    name.len() <= 64
        && name.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && name.iter().all(|byte| in_keys(*byte))
}

#[cfg(test)]
mod tests;
