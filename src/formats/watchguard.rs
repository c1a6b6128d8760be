//! WatchGuard Firebox: traffic logs as syslog text or as LEEF.
//!
//! A connection leaves a record when it is let in (3000-0148) and one when it ends (3000-0151), which alone has all its bytes;
//! proxies add one for each request (1AFF, 2CFF) and for each look-up (1DFF).
//!
//! ```text
//! 80A000000001 (2026-03-10T08:15:42) firewall: msg_id="3000-0151" Allow Trusted External tcp 192.0.2.41 203.0.113.80 51544 443 src_user="alice" duration="64" sent_bytes="1798200" rcvd_bytes="55110"  (HTTPS-out-00)
//! LEEF:1.0|WatchGuard|XTM|12.10.2.B692269|1AFF0024|serial=80A000000001<TAB>disp=Allow<TAB>src=192.0.2.41<TAB>dst=203.0.113.80<TAB>op=GET<TAB>dstname=www.canva.com<TAB>arg=/ ...
//! ```

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::draft::{not_a_site, not_outbound, seconds_as_millis};
use super::fields::name::is_web_name;
use super::fields::packet::{INBOUND, NO_PORTS, OWN, is_wrapped, port};
use super::fields::pairs::{Keys, place};
use super::fields::{number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, parse_ip, split_url};

/// Logs of Fireboxes.
pub struct Watchguard;

impl Format for Watchguard {
    fn id(&self) -> &'static str {
        "watchguard"
    }

    fn about(&self) -> About {
        About {
            name: "WatchGuard Firebox",
            summary: "Traffic and proxy logs of Fireware, as syslog text or LEEF.",
            reference: "https://www.watchguard.com/help/docs/fireware/12/en-US/log_catalog/",
            proof: Proof::Verified,
            variants: &["traffic", "http-proxy", "https-proxy", "dns-proxy", "leef"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let share = head.vote(|line| {
            // Among others they are read too; a log of nothing else is the affair of `leef`.
            if memmem::find(line, b"LEEF:").is_some() {
                return Vote::Abstain;
            }
            if Record::read(line).is_some() { Vote::Yes } else { Vote::No }
        });
        let wrapped = head.lines.iter().filter(|line| is_wrapped(line, assume)).count();
        match share.score_within(98, wrapped) {
            0 => Guess::NO,
            // An envelope that can be opened should be: it may tell the time.
            score => Guess::new(score, format!("message ids of a Firebox in {} of {} records", share.yes, share.of)),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let ends = head.lines.iter().filter_map(|line| Record::read(line)).any(|record| record.id == END);
        Ok(Layout::new(Tells::ALL, Bound { assume: assume.clone(), ends }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get(), keys: keys() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "let users sign in (SSO) and use them in the policies",
            Gap::Host | Gap::Path => "use HTTP and HTTPS proxy policies, and log their requests for reports",
            Gap::BytesUp | Gap::BytesDown => "send a log message for reports in each policy (id 3000-0151)",
            Gap::Client | Gap::Action | Gap::Visits => return None,
        })
    }
}

struct Bound {
    assume: Assume,
    /// Ends of connections are logged, so that beginnings and bytes of single requests say nothing new.
    ends: bool,
}

const KEYS: [&str; 29] = [
    "src_user",
    "duration",
    "sent_bytes",
    "rcvd_bytes",
    "op",
    "dstname",
    "arg",
    "cats",
    "app_name",
    "app",
    "app_cat_name",
    "app_cat",
    "elapsed_time",
    "question",
    "sni",
    "cn",
    "msg",
    "disp",
    "in_if",
    "out_if",
    "src",
    "dst",
    "dstPort",
    "proto",
    "devTime",
    "src_host",
    "status",
    "ua",
    "referer",
];
const SRC_USER: usize = place(&KEYS, "src_user");
const DURATION: usize = place(&KEYS, "duration");
const SENT: usize = place(&KEYS, "sent_bytes");
const RCVD: usize = place(&KEYS, "rcvd_bytes");
const OP: usize = place(&KEYS, "op");
const DSTNAME: usize = place(&KEYS, "dstname");
const ARG: usize = place(&KEYS, "arg");
const CATS: usize = place(&KEYS, "cats");
const APP_NAME: usize = place(&KEYS, "app_name");
const APP: usize = place(&KEYS, "app");
const APP_CAT_NAME: usize = place(&KEYS, "app_cat_name");
const APP_CAT: usize = place(&KEYS, "app_cat");
const ELAPSED: usize = place(&KEYS, "elapsed_time");
const QUESTION: usize = place(&KEYS, "question");
const SNI: usize = place(&KEYS, "sni");
const CN: usize = place(&KEYS, "cn");
const MSG: usize = place(&KEYS, "msg");
const DISP: usize = place(&KEYS, "disp");
const IN_IF: usize = place(&KEYS, "in_if");
const SRC: usize = place(&KEYS, "src");
const DST: usize = place(&KEYS, "dst");
const DST_PORT: usize = place(&KEYS, "dstPort");
const PROTO: usize = place(&KEYS, "proto");
const DEV_TIME: usize = place(&KEYS, "devTime");

type Values<'a> = [Option<&'a [u8]>; KEYS.len()];

fn keys() -> Keys {
    Keys::new(|key| KEYS.iter().position(|known| known.as_bytes() == key))
}

const BEGIN: u32 = 0x3000_0148;
const END: u32 = 0x3000_0151;

/// The head of a record, and what is behind it.
struct Record<'a> {
    id: u32,
    /// What stands before: the serial and the time.
    before: &'a [u8],
    rest: &'a [u8],
    leef: bool,
}

impl<'a> Record<'a> {
    fn read(line: &'a [u8]) -> Option<Record<'a>> {
        const TEXT: &[u8] = b"msg_id=\"";
        const LEEF: &[u8] = b"|WatchGuard|XTM|";
        if let Some(at) = memmem::find(line, TEXT) {
            let id = &line[at + TEXT.len()..];
            let end = memchr::memchr(b'"', id)?;
            return Some(Record { id: hex(&id[..end])?, before: &line[..at], rest: &id[end + 1..], leef: false });
        }
        let at = memmem::find(&line[..line.len().min(300)], LEEF)?;
        let version = &line[at + LEEF.len()..];
        let id = &version[memchr::memchr(b'|', version)? + 1..];
        let end = memchr::memchr(b'|', id)?;
        if memmem::find(&id[end..], b"#011").is_some() {
            // Tabs that syslog spelled out: that layer is to be taken off first.
            return None;
        }
        Some(Record { id: hex(&id[..end])?, before: &line[..at], rest: &id[end + 1..], leef: true })
    }
}

/// `3000-0151`, `30000151`.
fn hex(text: &[u8]) -> Option<u32> {
    let mut value = 0u32;
    let mut digits = 0;
    for byte in text.iter().filter(|byte| **byte != b'-') {
        value = value.checked_mul(16)?.checked_add(char::from(*byte).to_digit(16)?)?;
        digits += 1;
    }
    (digits == 8).then_some(value)
}

/// What stands by position in the text: `Allow Trusted External tcp 192.0.2.41 203.0.113.80 51544 443`, with the packet's
/// length before the protocol and its header's and life after it in some releases. Interfaces may have blanks in them.
fn positions<'a>(text: &'a [u8], values: &mut Values<'a>) {
    let text = text.trim_ascii_start();
    let mut words = text.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    values[DISP] = words.next().filter(|word| !word.contains(&b'='));
    let from = values[DISP].map_or(0, <[u8]>::len);
    values[IN_IF] = text.get(from..).map(<[u8]>::trim_ascii_start);
    while let Some(word) = words.next() {
        if word.contains(&b'=') {
            return;
        }
        if matches!(word, b"tcp" | b"udp" | b"icmp" | b"gre" | b"esp" | b"igmp" | b"ipv6-icmp") {
            let mut rest = words.clone();
            let is_count = |word: &&[u8]| word.iter().all(u8::is_ascii_digit);
            let first = rest.find(|word| !is_count(word));
            let Some(src) = first.filter(|word| parse_ip(word).is_some()) else { continue };
            values[PROTO] = Some(word);
            values[SRC] = Some(src);
            // The last word of a line may be cut.
            let (dst, from, to, last) = (rest.next(), rest.next(), rest.next(), rest.next());
            values[DST] = dst.filter(|_| from.is_some());
            values[DST_PORT] = to.filter(|_| last.is_some());
            return;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A connection at its end, with its bytes.
    Session,
    /// A request that a proxy saw, with its bytes.
    Page,
    Dns,
    /// A connection that began, or something that was seen of it.
    Sight,
}

fn kind(id: u32, action: Option<Action>, values: &Values<'_>, ends: bool) -> Result<Kind, &'static str> {
    match (id, id >> 16) {
        (END, _) => Ok(Kind::Session),
        (BEGIN, _) if ends && action == Some(Action::Allowed) => Err("the start of a session, counted at its end"),
        (_, 0x3000) if values[SRC].is_some() && action.is_some() => Ok(Kind::Sight),
        (_, 0x1aff | 0x2cff) => Ok(Kind::Page),
        (_, 0x1dff) if values[QUESTION].is_some() => Ok(Kind::Dns),
        (_, 0x1bff | 0x1cff | 0x21ff | 0x28ff | 0x2dff) => Err("mail, files or calls, not a web app"),
        _ => Err("an event of the device, not traffic"),
    }
}

fn action(values: &Values<'_>) -> Option<Action> {
    let stops =
        |text: &[u8]| [&b"ProxyStrip"[..], b"ProxyDrop", b"ProxyBlock"].iter().any(|word| text.starts_with(word));
    let word = values[DISP].and_then(number::present)?;
    Some(match word {
        _ if stops(word) || values[MSG].is_some_and(stops) => Action::Blocked,
        b"Allow" | b"allow" => Action::Allowed,
        b"Deny" | b"deny" => Action::Blocked,
        _ if word.starts_with(b"Proxy") => Action::Allowed,
        _ => return None,
    })
}

struct Records {
    bound: Arc<Bound>,
    keys: Keys,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(record) = Record::read(line) else { return Parsed::Skip("a message without an id") };
        let mut values = [None; KEYS.len()];
        self.keys.read(record.rest, if record.leef { b'\t' } else { b' ' }, &mut values, arena);
        if !record.leef {
            positions(record.rest, &mut values);
        }
        let action = action(&values);
        match kind(record.id, action, &values, self.bound.ends) {
            Err(why) => Parsed::Skip(why),
            Ok(kind) => match clock(&record, &values, &self.bound.assume) {
                Ok(at) => event(&values, kind, at, action, self.bound.ends),
                Err(problem) => Parsed::Bad(problem),
            },
        }
    }
}

/// `(2026-03-10T08:15:42)`, which is UTC, or `devTime`.
fn clock(record: &Record<'_>, values: &Values<'_>, assume: &Assume) -> Result<Option<Timestamp>, Problem> {
    const BAD: Problem = Problem::new("the time is not readable", 0);
    if record.leef {
        return match values[DEV_TIME].and_then(number::present) {
            Some(text) => time::any(text, assume).map(Some).ok_or(BAD),
            None => Ok(None),
        };
    }
    let Some(open) = memchr::memchr(b'(', record.before) else { return Ok(None) };
    let text = &record.before[open + 1..];
    let stamp = text.get(..19).filter(|stamp| stamp[10] == b'T').ok_or(BAD)?;
    time::date_and_time(&stamp[..10], &stamp[11..], true, assume).map(Some).ok_or(BAD)
}

fn event<'a>(values: &Values<'a>, kind: Kind, at: Option<Timestamp>, action: Option<Action>, ends: bool) -> Parsed<'a> {
    let get = |key: usize| values[key].and_then(number::present);
    let mut event = Event { at, user: get(SRC_USER), src_ip: get(SRC), action, ..Event::default() };
    if kind == Kind::Dns {
        // Address and port are those of the resolver.
        let name = get(QUESTION).unwrap_or(b"");
        return match not_a_site(name) {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(Event { host: Some(name), evidence: Evidence::Dns, ..event }),
        };
    }
    if get(PROTO).is_some_and(|proto| !matches!(proto, b"tcp" | b"udp") && !proto.contains(&b'/')) {
        return Parsed::Skip(NO_PORTS);
    }
    let from = values[IN_IF].unwrap_or(b"");
    if from.starts_with(b"Firebox") {
        return Parsed::Skip(OWN);
    }
    if from.starts_with(b"External") || from.starts_with(b"0-External") {
        return Parsed::Skip(INBOUND);
    }
    event.dst_ip = get(DST).filter(|dst| parse_ip(dst).is_some());
    event.dst_port = get(DST_PORT).and_then(port);
    event.category = get(CATS).or_else(|| get(APP_CAT_NAME)).or_else(|| get(APP_CAT));
    event.app = get(APP_NAME).or_else(|| get(APP));
    if kind == Kind::Session || kind == Kind::Page && !ends {
        event.bytes_up = get(SENT).and_then(number::unsigned);
        event.bytes_down = get(RCVD).and_then(number::unsigned);
    }
    event.duration_ms = match kind {
        Kind::Session => get(DURATION).and_then(number::unsigned).and_then(|seconds| seconds.checked_mul(1000)),
        Kind::Page => get(ELAPSED).and_then(elapsed),
        _ => None,
    };
    let name = |key: usize| {
        let host = get(key).map(|text| split_url(text).host)?;
        // A certificate may be for all names of a domain.
        let host = host.strip_prefix(b"*.").unwrap_or(host);
        is_web_name(host).then_some(host)
    };
    (event.host, event.evidence) = match (name(DSTNAME), name(SNI).or_else(|| name(CN))) {
        (Some(host), _) => {
            event.method = get(OP);
            let path = get(ARG).filter(|arg| arg.first() == Some(&b'/'));
            event.path = path
                .map(|path| &path[..path.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len())]);
            (Some(host), if event.path.is_some() { Evidence::Url } else { Evidence::Connect })
        }
        (None, Some(host)) => (Some(host), Evidence::Sni),
        (None, None) => (None, Evidence::Address),
    };
    if event.host.is_none() && event.dst_ip.is_none() {
        return Parsed::Bad(Problem::new(super::fields::draft::NO_DESTINATION, 0));
    }
    match not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

/// `0.001407 sec(s)`.
fn elapsed(text: &[u8]) -> Option<u64> {
    seconds_as_millis(&text[..memchr::memchr(b' ', text).unwrap_or(text.len())])
}

#[cfg(test)]
mod tests {
    use super::super::told::told;
    use super::*;

    const BEFORE: &str = "80A000000001 (2026-03-10T08:15:42) firewall:";
    const SIDES: &str = "Trusted External tcp 192.0.2.41 203.0.113.80 51544 443";
    const BYTES: &str = "duration=\"64\" sent_bytes=\"1798200\" rcvd_bytes=\"55110\"";

    fn line(id: &str, rest: &str) -> String {
        format!("{BEFORE} msg_id=\"{id}\" {rest}  (HTTPS-out-00)")
    }

    #[track_caller]
    fn check(id: &str, rest: &str, want: &str) {
        let end = line("3000-0151", &format!("Allow {SIDES}"));
        assert_eq!(told(&Watchguard, &[&end], &line(id, rest), &Assume::default()), want, "{id} {rest}");
    }

    fn alone(id: &str, rest: &str) -> String {
        told(&Watchguard, &[], &line(id, rest), &Assume::default())
    }

    #[test]
    fn bytes_come_from_the_end_of_a_connection() {
        let who = "src_user=\"alice@example.com\"";
        check(
            "3000-0151",
            &format!("Allow {SIDES} {who} {BYTES}"),
            "user:alice@example.com action:allowed up:1798200 down:55110 ms:64000 by:address",
        );
        check("3000-0148", &format!("Allow {SIDES} {who}"), "skip: the start of a session, counted at its end");
        check("3000-0148", &format!("Deny {SIDES}"), "action:blocked by:address");
        assert_eq!(alone("3000-0148", &format!("Allow {SIDES}")), "action:allowed by:address");
        let page = format!(
            "Allow {SIDES} op=\"GET\" dstname=\"www.canva.com\" arg=\"/a?b\" {BYTES} elapsed_time=\"0.210000 sec(s)\""
        );
        let told = "host:www.canva.com path:/a method:GET action:allowed";
        check("1AFF-0024", &page, &format!("{told} ms:210 by:url"));
        assert_eq!(alone("1AFF-0024", &page), format!("{told} up:1798200 down:55110 ms:210 by:url"));
    }

    #[test]
    fn interfaces_with_blanks_and_lengths_of_packets() {
        for sides in [
            "Allow My Trusted Net External tcp 192.0.2.41 203.0.113.80 51544 443",
            "Allow Trusted External 52 tcp 20 127 192.0.2.41 203.0.113.80 51544 443",
            "Allow tcp lab External udp 192.0.2.41 203.0.113.80 51544 443",
        ] {
            check("3000-0151", &format!("{sides} {BYTES}"), "action:allowed up:1798200 down:55110 ms:64000 by:address");
        }
    }

    #[test]
    fn names_of_encrypted_pages() {
        check(
            "2CFF-0000",
            &format!("Allow {SIDES} sni=\"slack.com\" cn=\"*.x.example\""),
            "host:slack.com action:allowed by:sni",
        );
        check(
            "2CFF-0000",
            &format!("Allow {SIDES} sni=\"\" cn=\"*.dropbox.com\""),
            "host:dropbox.com action:allowed by:sni",
        );
    }

    #[test]
    fn look_ups() {
        let sides = "Trusted External udp 192.0.2.41 203.0.113.53 5 53";
        check(
            "1DFF-000F",
            &format!("Allow {sides} query_type=\"A\" question=\"www.dropbox.com\""),
            "host:www.dropbox.com action:allowed by:dns",
        );
        check("1DFF-000F", &format!("Allow {sides} question=\"7.2.0.192.in-addr.arpa\""), "skip: a reverse look-up");
    }

    #[test]
    fn a_proxy_may_stop_what_was_allowed() {
        check(
            "1AFF-0021",
            &format!("Deny {SIDES} dstname=\"www.mega.nz\" arg=\"/\""),
            "host:www.mega.nz path:/ action:blocked by:url",
        );
        check(
            "1AFF-0028",
            &format!("Allow {SIDES} msg=\"ProxyDrop: HTTP virus\" dstname=\"a.example\""),
            "host:a.example action:blocked by:connect",
        );
        check(
            "1AFF-0028",
            &format!("ProxyStrip {SIDES} dstname=\"a.example\""),
            "host:a.example action:blocked by:connect",
        );
    }

    #[test]
    fn leef_with_and_without_its_word() {
        let pairs = "serial=80A000000001\tpolicy=HTTPS-out-00\tdisp=Allow\tin_if=Trusted\tout_if=External\tsrc=192.0.2.41\tsrcPort=51544\t\
                     dst=203.0.113.80\tdstPort=443\tproto=tcp\tsrc_user=alice\top=GET\tdstname=www.canva.com\targ=/\tsent_bytes=604\t\
                     rcvd_bytes=18213\telapsed_time=0.210000 sec(s)\tapp_name=Canva\tapp_cat_name=Productivity\tmsg=HTTP request";
        for head in ["LEEF:1.0", "1.0"] {
            let line = format!("{head}|WatchGuard|XTM|12.10.2.B692269|1AFF0024|{pairs}");
            assert_eq!(
                told(&Watchguard, &[], &line, &Assume::default()),
                "user:alice host:www.canva.com path:/ method:GET action:allowed up:604 down:18213 ms:210 category:Productivity \
                 app:Canva by:url"
            );
        }
    }

    #[test]
    fn what_is_no_traffic_of_people() {
        check(
            "3000-0151",
            "Allow Firebox External udp 198.51.100.4 203.0.113.80 5 123 x=\"y\"",
            "skip: traffic of the device itself",
        );
        check("3000-0148", "Deny 0-External Firebox tcp 192.88.99.7 198.51.100.4 5 22 x=\"y\"", "skip: inbound");
        check(
            "3000-0148",
            "Deny Trusted External icmp 192.0.2.41 203.0.113.80 8 0 x=\"y\"",
            "skip: neither TCP nor UDP",
        );
        check("3E00-0002", "Management user admin logged in", "skip: an event of the device, not traffic");
        check("3000-0151", "Allow Trusted Optional tcp 10.1.2.3 10.1.3.4 5 445 x=\"y\"", "skip: inside the network");
    }

    #[test]
    fn the_time_in_parentheses_is_utc() {
        let line = line("3000-0151", &format!("Allow {SIDES}"));
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
        let assume = Assume { zone, ..Assume::default() };
        assert_eq!(told(&Watchguard, &[], &line, &assume), "action:allowed by:address");
        assert_eq!(told(&Watchguard, &[], &line.replace("T08:", " 08:"), &assume), "bad: the time is not readable");
    }

    #[test]
    fn cut_lines_do_not_make_other_ports() {
        let text = format!("{BEFORE} msg_id=\"3000-0148\" Deny Trusted External tcp 192.0.2.41 203.0.113.80 51544 44");
        assert_eq!(told(&Watchguard, &[], &text, &Assume::default()), "action:blocked by:address");
        let text = format!("{BEFORE} msg_id=\"3000-0148\" Deny Trusted External tcp 192.0.2.41 203.0.113.8");
        assert_eq!(told(&Watchguard, &[], &text, &Assume::default()), "bad: no destination");
    }
}
