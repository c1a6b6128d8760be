//! Cisco ASA, PIX and FWSM: the syslog messages about sessions, URLs and refusals.
//!
//! Defined at <https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/asa-syslog.html>, each by its number.
//!
//! ```text
//! <166>Mar 12 2026 09:13:01 asa01 : %ASA-6-302013: Built outbound TCP connection 448211 for outside:203.0.113.80/443 (203.0.113.80/443) to inside:10.0.2.25/51544 (198.51.100.4/38122)(EXAMPLE\alice)
//! <165>Mar 12 2026 09:15:40 asa01 : %ASA-5-304001: 10.0.2.25 Accessed URL 203.0.113.81:http://wetransfer.com/about
//! ```
//!
//! # One session, one event
//!
//! A session is `Built` and torn down. Only the first says which end began it, and all that the second adds is a sum of the
//! bytes of both directions, which nobody can take apart. So a session is counted when it is built. A log that holds no
//! more than the ends (its head shows that) is counted by them; who began is then told from ports and addresses.

use bumpalo::Bump;
use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::fields::draft::not_outbound;
use super::fields::number::{present, unsigned};
use super::fields::stamp::Stamp;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, is_inside, parse_ip, split_url};

/// Cisco ASA and its relatives.
pub struct CiscoAsa;

impl Format for CiscoAsa {
    fn id(&self) -> &'static str {
        "cisco-asa"
    }

    fn about(&self) -> About {
        About {
            name: "Cisco ASA, PIX, FWSM",
            summary: "the syslog messages of Cisco's classic firewalls: sessions, clear-text URLs, refusals",
            reference: "https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/asa-syslog.html",
            proof: Proof::Verified,
            variants: &["asa", "pix", "fwsm", "ftd"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut events = false;
        let share = head.vote(|line| match mark(line) {
            Some(mark) => {
                events |= mark.is_connection_event();
                Vote::Yes
            }
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(97) {
            0 => Guess::NO,
            // Those are Firepower's, and tell of the same sessions.
            _ if events => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are messages of a Cisco firewall")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let (mut starts, mut ends, mut urls) = (false, false, false);
        for mark in head.lines.iter().filter_map(|line| mark(line)) {
            match mark.id {
                302_013 | 302_015 => starts = true,
                302_014 | 302_016 => ends = true,
                304_001 | 304_002 => urls = true,
                _ => {}
            }
        }
        let tells = Tells { user: true, client: true, host: urls, path: urls, action: true, ..Tells::default() };
        let bound = Bound { by_end: ends && !starts, sessions: starts || ends, assume: assume.clone() };
        Ok(Layout::new(tells, bound))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Messages { bound: layout.get::<Bound>().as_ref().clone(), stamp: Stamp::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::Host | Gap::Path => {
                "an ASA sees addresses: add the log of a resolver or a proxy, or `inspect http` for clear-text URLs"
            }
            Gap::BytesUp | Gap::BytesDown => {
                "an ASA logs the sum of both directions: export NetFlow (NSEL) to have each by itself"
            }
            Gap::User => "set up the identity firewall, or AAA for those who come in by VPN",
            Gap::Client | Gap::Action | Gap::Visits => return None,
        })
    }
}

#[derive(Debug, Clone)]
struct Bound {
    /// The log has no starts of sessions.
    by_end: bool,
    /// Sessions are logged, so that hits of rules tell nothing new.
    sessions: bool,
    assume: Assume,
}

struct Messages {
    bound: Bound,
    stamp: Stamp,
}

/// A message and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark<'a> {
    /// What stands before it: a syslog header.
    pub(super) header: &'a [u8],
    pub(super) id: u32,
    pub(super) text: &'a [u8],
}

impl Mark<'_> {
    /// What Firepower's engine, not the ASA in it, has to say.
    pub(super) fn is_connection_event(&self) -> bool {
        matches!(self.id, 430_001..=430_005)
    }
}

/// Finds `%ASA-6-302013: `, `%FTD-session-6-302013: `.
#[inline]
pub(super) fn mark(line: &[u8]) -> Option<Mark<'_>> {
    const LONGEST_HEADER: usize = 256;
    if line.first() == Some(&b'{') {
        return None;
    }
    memchr_iter(b'%', &line[..line.len().min(LONGEST_HEADER)]).find_map(|at| {
        let rest = &line[at + 1..];
        let rest =
            [&b"ASA-"[..], b"FTD-", b"PIX-", b"FWSM-", b"NGIPS-"].iter().find_map(|name| rest.strip_prefix(*name))?;
        // A class of messages may stand before the level.
        let rest = match rest {
            [b'0'..=b'7', b'-', ..] => rest,
            _ => {
                let dash = memchr(b'-', &rest[..rest.len().min(24)])?;
                &rest[dash + 1..]
            }
        };
        let (level, rest) = rest.split_at_checked(2)?;
        let (number, rest) = rest.split_at_checked(6)?;
        let id = unsigned(number).filter(|_| level[0].is_ascii_digit() && level[1] == b'-')?;
        let text = rest.strip_prefix(b":")?;
        Some(Mark { header: &line[..at], id: id as u32, text: text.trim_ascii() })
    })
}

impl Reader for Messages {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(mark) = mark(line) else {
            let empty = line.trim_ascii().is_empty();
            return if empty {
                Parsed::Skip("an empty line")
            } else {
                Parsed::Bad(Problem::new("not a message of a Cisco firewall", 0))
            };
        };
        let offset = line.len() - mark.text.len();
        match read(&mark, &self.bound) {
            Some(Found::Event(mut event)) => {
                event.at = self.stamp.read(mark.header, &self.bound.assume);
                match inbound(&event).or_else(|| not_outbound(&event)) {
                    Some(why) => Parsed::Skip(why),
                    None => Parsed::Event(event),
                }
            }
            Some(Found::Skip(why)) => Parsed::Skip(why),
            None => Parsed::Bad(Problem::new("the message does not have the form of its number", offset)),
        }
    }
}

#[allow(clippy::large_enum_variant, reason = "an event is the common case and is consumed at once")]
enum Found<'a> {
    Event(Event<'a>),
    Skip(&'static str),
}

/// Somebody outside asks for something inside, whatever name that goes by.
pub(super) fn inbound(event: &Event<'_>) -> Option<&'static str> {
    let (from, to) = (event.src_ip.and_then(parse_ip)?, event.dst_ip.and_then(parse_ip)?);
    (!is_inside(from) && is_inside(to)).then_some("inbound")
}

fn read<'a>(mark: &Mark<'a>, bound: &Bound) -> Option<Found<'a>> {
    let text = mark.text;
    Some(match mark.id {
        302_013 | 302_015 if bound.by_end => Found::Skip("session start, counted at its end"),
        302_013 | 302_015 => return built(text),
        302_014 | 302_016 if !bound.by_end => Found::Skip("session end, counted at its start"),
        302_014 | 302_016 => return torn_down(text),
        304_001 => return accessed(text),
        304_002 => return url_denied(text),
        106_001 | 106_006 | 106_007 | 106_010 | 106_014 | 106_023 => return denied(text),
        106_100 => return rule_hit(text, bound),
        106_015 => Found::Skip("a stray packet of no session"),
        106_021 | 106_022 | 106_016 | 106_017 => Found::Skip("a packet with a forged address"),
        302_020 | 302_021 => Found::Skip("ICMP"),
        302_022..=302_027 => Found::Skip("a session of a cluster's other unit"),
        302_001 | 302_002 | 302_005 | 302_006 => Found::Skip("a session in the form of PIX 6, which is not read"),
        305_009..=305_012 => Found::Skip("an address translation"),
        338_001..=338_310 => Found::Skip("a verdict of the botnet filter on a session"),
        113_004..=113_042 | 722_001..=722_056 | 716_001..=716_060 | 746_012..=746_013 | 109_001..=109_210 => {
            Found::Skip("who is at which address, no traffic")
        }
        _ => Found::Skip("the firewall about itself"),
    })
}

/// One end of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct End<'a> {
    interface: &'a [u8],
    address: &'a [u8],
    port: Option<u16>,
    user: Option<&'a [u8]>,
}

/// `outside:203.0.113.80/443 (203.0.113.80/443)(EXAMPLE\alice)`: the end and what follows.
fn end(text: &[u8]) -> Option<(End<'_>, &[u8])> {
    let stop = text.iter().position(|byte| matches!(byte, b' ' | b'(')).unwrap_or(text.len());
    let (whole, mut rest) = text.split_at(stop);
    let (interface, place) = match memchr(b':', whole) {
        // An IPv6 address has colons of its own, and no interface may stand before it.
        Some(colon) if parse_ip(split_slash(whole).0).is_none() => (&whole[..colon], &whole[colon + 1..]),
        _ => (&b""[..], whole),
    };
    let (address, port) = split_slash(place);
    if address.is_empty() {
        return None;
    }
    let mut end = End { interface, address, port, user: None };
    while let Some(open) = rest.strip_prefix(b"(").or_else(|| rest.strip_prefix(b" (")) {
        let Some(close) = memchr(b')', open) else { break };
        end.user = end.user.or(user(&open[..close]));
        rest = &open[close + 1..];
    }
    Some((end, rest))
}

/// `203.0.113.80/443`; the port may be missing.
fn split_slash(text: &[u8]) -> (&[u8], Option<u16>) {
    match memrchr(b'/', text) {
        Some(slash) => {
            let port = unsigned(&text[slash + 1..]).and_then(|port| u16::try_from(port).ok());
            (&text[..slash], port)
        }
        None => (text, None),
    }
}

/// What stands in parentheses, if it is a user: not a translated address, a security group (`5:tag`), an ICMP type.
fn user(text: &[u8]) -> Option<&[u8]> {
    let translated = memrchr(b'/', text).is_some_and(|slash| text[slash + 1..].iter().all(u8::is_ascii_digit));
    let group = text.split(|byte| *byte == b':').next().is_some_and(|tag| tag.iter().all(u8::is_ascii_digit));
    if translated || group || text.starts_with(b"type ") || text.starts_with(b"no connection") {
        return None;
    }
    present(text).filter(|user| !matches!(*user, b"LOCAL\\" | b"LOCAL" | b"*****"))
}

/// The event of a session between two ends.
fn session<'a>(client: End<'a>, server: End<'a>, action: Action) -> Found<'a> {
    if parse_ip(server.address).is_none() {
        return Found::Skip("an address that the firewall shows by a name of its own");
    }
    let known = parse_ip(client.address).is_some();
    Found::Event(Event {
        src_ip: known.then_some(client.address),
        device: (!known).then_some(client.address),
        user: client.user.or(server.user),
        dst_ip: Some(server.address),
        dst_port: server.port.filter(|port| *port != 0),
        action: Some(action),
        evidence: Evidence::Address,
        ..Event::default()
    })
}

/// `Built outbound TCP connection N for IF:A/p (A/p) to IF:B/p (B/p)`. Of an outbound one the second end is the client.
fn built(text: &[u8]) -> Option<Found<'_>> {
    let rest = text.strip_prefix(b"Built ")?;
    let (direction, rest) = word(rest)?;
    let (number, first, second, _) = connection(rest)?;
    let outbound = direction == b"outbound";
    if !outbound && direction != b"inbound" {
        return None;
    }
    let (client, server) = if outbound { (second, first) } else { (first, second) };
    if !outbound && parse_ip(client.address).is_some_and(|from| !is_inside(from)) {
        return Some(Found::Skip("inbound"));
    }
    let mut found = session(client, server, Action::Allowed);
    if let Found::Event(event) = &mut found {
        event.session = Some(number);
    }
    Some(found)
}

/// `Teardown TCP connection N for IF:A/p to IF:B/p duration 0:01:04 bytes 1853310 TCP FINs from inside (alice)`
fn torn_down(text: &[u8]) -> Option<Found<'_>> {
    let rest = text.strip_prefix(b"Teardown ")?;
    let (number, first, second, rest) = connection(rest)?;
    let rest = rest.strip_prefix(b" duration ")?;
    let (duration, rest) = rest.split_at(memchr(b' ', rest).unwrap_or(rest.len()));
    let failed = memmem::find(rest, b"SYN Timeout").is_some();
    let (mut client, server) = if first_is_server(&first, &second) { (second, first) } else { (first, second) };
    if client.user.is_none()
        && let Some(inner) = rest.strip_suffix(b")")
    {
        client.user = memrchr(b'(', inner).and_then(|open| user(&inner[open + 1..]));
    }
    let mut found = session(client, server, if failed { Action::Error } else { Action::Allowed });
    if let Found::Event(event) = &mut found {
        event.session = Some(number);
        event.duration_ms = millis(duration);
    }
    Some(found)
}

/// `TCP connection N for A to B`
#[inline]
fn connection(text: &[u8]) -> Option<(&[u8], End<'_>, End<'_>, &[u8])> {
    let (_protocol, rest) = word(text)?;
    let rest = rest.strip_prefix(b"connection ")?;
    let (number, rest) = word(rest)?;
    let rest = rest.strip_prefix(b"for ")?;
    let (first, rest) = end(rest)?;
    let (second, rest) = end(rest.strip_prefix(b" to ")?)?;
    // Without its port the address may be cut.
    (first.port.is_some() && second.port.is_some()).then_some((number, first, second, rest))
}

/// Whether the first end is the one that was asked, where nothing says who began: by well-known ports, then by the
/// heights of ports, then by addresses. The first end is that on the less trusted side.
fn first_is_server(first: &End<'_>, second: &End<'_>) -> bool {
    const SERVICES: [u16; 12] = [1194, 1935, 3389, 3478, 5222, 5223, 5228, 8080, 8443, 8801, 9443, 3128];
    let known = |end: &End<'_>| end.port.is_some_and(|port| port < 1024 || SERVICES.contains(&port));
    let high = |end: &End<'_>| end.port.is_some_and(|port| port >= 32_768);
    let inside = |end: &End<'_>| parse_ip(end.address).is_some_and(is_inside);
    match (known(first), known(second)) {
        (true, false) => true,
        (false, true) => false,
        _ if high(first) != high(second) => high(second),
        _ => !inside(first) || inside(second),
    }
}

/// `92:24:20`
fn millis(text: &[u8]) -> Option<u64> {
    let mut parts = text.split(|byte| *byte == b':').map(unsigned);
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    hours.checked_mul(3600)?.checked_add(minutes * 60)?.checked_add(seconds)?.checked_mul(1000)
}

/// `10.0.2.25(alice) Accessed URL 203.0.113.81:http://wetransfer.com/about`, `... 203.0.113.81:/about`
fn accessed(text: &[u8]) -> Option<Found<'_>> {
    let at = memmem::find(text, b" Accessed ")?;
    let (who, rest) = (&text[..at], &text[at + 10..]);
    let rest = &rest[memmem::find(rest, b"URL ")? + 4..];
    let (client, _) = end(who)?;
    Some(requested(client, rest, Action::Allowed))
}

/// `Access denied URL http://wetransfer.com/ SRC 10.0.2.25 DEST 203.0.113.81: ...`, `Access denied URL 203.0.113.81:/a`
fn url_denied(text: &[u8]) -> Option<Found<'_>> {
    let rest = text.strip_prefix(b"Access denied URL ")?;
    let Some(at) = memmem::rfind(rest, b" SRC ") else {
        return Some(requested(End::default(), rest, Action::Blocked));
    };
    let (client, after) = end(&rest[at + 5..])?;
    let mut found = requested(client, &rest[..at], Action::Blocked);
    if let (Found::Event(event), Some(to)) = (&mut found, after.strip_prefix(b" DEST ")) {
        let to = to.split(|byte| *byte == b' ').next().unwrap_or(to);
        event.dst_ip = event.dst_ip.or(present(to.strip_suffix(b":").unwrap_or(to)));
    }
    Some(found)
}

/// The event of a request for `[user@]ADDRESS:URL`, `ADDRESS:/path` or a bare URL.
fn requested<'a>(client: End<'a>, target: &'a [u8], action: Action) -> Found<'a> {
    let (to, url) = match memmem::find(target, b"://") {
        Some(scheme) => match memrchr(b':', &target[..scheme]) {
            Some(colon) => (&target[..colon], &target[colon + 1..]),
            None => (&target[..0], target),
        },
        None => match memmem::find(target, b":/") {
            Some(colon) => (&target[..colon], &target[colon + 1..]),
            None => (&target[..0], target),
        },
    };
    let (name, to) = match memrchr(b'@', to) {
        Some(at) => (present(&to[..at]), &to[at + 1..]),
        None => (None, to),
    };
    // Of `alice@10.0.2.25` the client's name stands first.
    let (client_name, address) = match memrchr(b'@', client.address) {
        Some(at) => (present(&client.address[..at]), &client.address[at + 1..]),
        None => (None, client.address),
    };
    let known = parse_ip(address).is_some();
    let mut event = Event {
        src_ip: known.then_some(address),
        device: (!known).then_some(address).and_then(present),
        user: client.user.or(client_name).or(name),
        dst_ip: parse_ip(to).is_some().then_some(to),
        action: Some(action),
        evidence: Evidence::Address,
        ..Event::default()
    };
    let parts = split_url(url);
    event.path = Some(parts.path).filter(|path| !path.is_empty());
    event.dst_port = parts.port.or(match parts.scheme {
        Some(b"https") => Some(443),
        _ => Some(80),
    });
    if url.first() != Some(&b'/') {
        event.host = present(parts.host);
    }
    match event.host.map(|host| (host, parse_ip(host))) {
        Some((_, None)) => event.evidence = Evidence::Url,
        Some((host, Some(_))) => event.dst_ip = event.dst_ip.or(Some(host)),
        None if event.dst_ip.is_none() => return Found::Skip("a request that does not say to whom"),
        None => {}
    }
    Found::Event(event)
}

/// `Deny tcp src inside:A/p dst outside:B/p by access-group "ACL"`, `Deny inbound UDP from A/p to B/p on interface IF`,
/// `Inbound TCP connection denied from A/p to B/p flags SYN on interface IF`
fn denied(text: &[u8]) -> Option<Found<'_>> {
    let named = memmem::find(text, b" src ").map(|at| (at, at + 5, &b" dst "[..]));
    let (at, from, between) = named.or_else(|| memmem::find(text, b" from ").map(|at| (at, at + 6, &b" to "[..])))?;
    let verb = &text[..at];
    if verb.ends_with(b"icmp") || verb.ends_with(b"icmp6") || verb.ends_with(b"ICMP") {
        return Some(Found::Skip("ICMP"));
    }
    let (client, rest) = end(&text[from..])?;
    let (server, rest) = end(rest.strip_prefix(between)?)?;
    if server.port.is_none() && rest.is_empty() {
        // Without anything behind it the address may be cut.
        return None;
    }
    let inbound = verb.starts_with(b"Inbound") || memmem::find(verb, b"inbound").is_some();
    if (inbound || is_outside(client.interface)) && parse_ip(client.address).is_some_and(|from| !is_inside(from)) {
        return Some(Found::Skip("inbound"));
    }
    Some(session(client, server, Action::Blocked))
}

/// `access-list ACL permitted tcp inside/A(p)(user) -> outside/B(p) hit-cnt 1 first hit [0x0, 0x0]`
fn rule_hit<'a>(text: &'a [u8], bound: &Bound) -> Option<Found<'a>> {
    let rest = text.strip_prefix(b"access-list ")?;
    let (_, rest) = word(rest)?;
    let (verdict, rest) = word(rest)?;
    let (protocol, rest) = word(rest)?;
    let action = match verdict {
        b"denied" => Action::Blocked,
        b"permitted" if !bound.sessions => Action::Allowed,
        b"permitted" => return Some(Found::Skip("a hit of a rule, counted with its session")),
        b"est-allowed" => return Some(Found::Skip("a packet of a session that was there")),
        _ => return None,
    };
    if matches!(protocol, b"icmp" | b"icmp6") {
        return Some(Found::Skip("ICMP"));
    }
    let (client, rest) = slashed(rest)?;
    let (server, _) = slashed(rest.trim_ascii_start().strip_prefix(b"->")?.trim_ascii_start())?;
    if is_outside(client.interface) && parse_ip(client.address).is_some_and(|from| !is_inside(from)) {
        return Some(Found::Skip("inbound"));
    }
    Some(session(client, server, action))
}

/// `inside/10.0.2.25(51544)(EXAMPLE\alice)`
fn slashed(text: &[u8]) -> Option<(End<'_>, &[u8])> {
    let open = memchr(b'(', text)?;
    let slash = memchr(b'/', &text[..open])?;
    let close = open + memchr(b')', &text[open..])?;
    let port = unsigned(&text[open + 1..close]).and_then(|port| u16::try_from(port).ok());
    let mut end = End { interface: &text[..slash], address: &text[slash + 1..open], port, user: None };
    let mut rest = &text[close + 1..];
    while let Some(open) = rest.strip_prefix(b"(") {
        let Some(close) = memchr(b')', open) else { break };
        end.user = end.user.or(user(&open[..close]));
        rest = &open[close + 1..];
    }
    Some((end, rest))
}

/// Whether an interface is called as those to the internet are.
fn is_outside(interface: &[u8]) -> bool {
    const NAMES: [&[u8]; 5] = [b"outside", b"wan", b"internet", b"untrust", b"isp"];
    NAMES.iter().any(|name| interface.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = memchr(b' ', text)?;
    Some((&text[..blank], &text[blank + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_by(by_end: bool, sessions: bool, message: &str) -> String {
        let arena = Bump::new();
        let bound = Bound { by_end, sessions, assume: Assume::default() };
        let line = format!("<166>Mar 12 2026 09:14:07 asa01 : %ASA-6-{message}");
        let mut messages = Messages { bound, stamp: Stamp::default() };
        let show = |text: Option<&[u8]>| text.map_or("-".into(), |text| String::from_utf8_lossy(text).into_owned());
        match messages.record(line.as_bytes(), &arena) {
            Parsed::Event(event) => {
                assert!(event.at.is_some() && event.bytes_up.is_none() && event.bytes_down.is_none());
                let to = format!("{}:{}", show(event.host.or(event.dst_ip)), event.dst_port.unwrap_or(0));
                let from = show(event.src_ip.or(event.device));
                let action = event.action.map_or("-", Action::as_str);
                format!("{from} {} {to} {} {action} {:?}", show(event.user), show(event.path), event.duration_ms)
            }
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Identity(identity) => super::super::told::identity(&identity),
            Parsed::Layout(_) => "layout".into(),
        }
    }

    fn told(message: &str) -> String {
        told_by(false, true, message)
    }

    #[test]
    fn the_client_of_an_outbound_session_is_the_second_end() {
        for (message, want) in [
            (
                r"302013: Built outbound TCP connection 448211 for outside:203.0.113.80/443 (203.0.113.80/443) to inside:10.0.2.25/51544 (198.51.100.4/38122)(EXAMPLE\alice)",
                r"10.0.2.25 EXAMPLE\alice 203.0.113.80:443 - allowed None",
            ),
            (
                r"302013: Built outbound TCP connection 7 for outside:2001:db8::80/443 (2001:db8::80/443) to inside:fd00::25/51544(5:eng) (fd00::25/51544) (LOCAL\bob)",
                r"fd00::25 LOCAL\bob 2001:db8::80:443 - allowed None",
            ),
            (
                r"302015: Built inbound UDP connection 7 for outside:10.8.0.5/5000 (10.8.0.5/5000)(LOCAL\bob) to outside:203.0.113.53/53 (203.0.113.53/53)",
                r"10.8.0.5 LOCAL\bob 203.0.113.53:53 - allowed None",
            ),
            (
                "302013: Built inbound TCP connection 7 for outside:198.51.100.9/5000 (198.51.100.9/5000) to dmz:10.0.9.80/443 (203.0.113.5/443)",
                "skip: inbound",
            ),
            (
                "302013: Built outbound TCP connection 7 for outside:mail-host/443 (mail-host/443) to inside:10.0.2.25/1 (10.0.2.25/1)",
                "skip: an address that the firewall shows by a name of its own",
            ),
            (
                "302013: Built outbound TCP connection 7 for dmz:10.0.9.80/443 (10.0.9.80/443) to inside:pc-7/1 (pc-7/1)",
                "skip: inside the network",
            ),
            (
                "302013: Built outbound TCP connection 7 for outside:203.0.113.80/443 (203.0.113.80/443) to inside:10.0.",
                "bad: the message does not have the form of its number",
            ),
            (
                "302013: Built outbound TCP connection 7 for outside:203.0",
                "bad: the message does not have the form of its number",
            ),
            (
                "302013: Built sideways TCP connection 7 for a:10.0.0.1/1 to b:10.0.0.2/2",
                "bad: the message does not have the form of its number",
            ),
        ] {
            assert_eq!(told(message), want, "{message}");
        }
    }

    #[test]
    fn a_session_is_counted_once() {
        let start = "302013: Built outbound TCP connection 7 for outside:203.0.113.80/443 (203.0.113.80/443) to inside:10.0.2.25/51544 (198.51.100.4/38122)";
        let end = r"302014: Teardown TCP connection 7 for outside:203.0.113.80/443 to inside:10.0.2.25/51544 duration 92:24:20 bytes 1853310 TCP FINs from inside (EXAMPLE\alice)";
        assert_eq!(told(end), "skip: session end, counted at its start");
        assert_eq!(told_by(true, true, start), "skip: session start, counted at its end");
        assert_eq!(told_by(true, true, end), r"10.0.2.25 EXAMPLE\alice 203.0.113.80:443 - allowed Some(332660000)");
    }

    #[test]
    fn who_began_a_session_of_which_only_the_end_is_known() {
        for (first, second, rest, want) in [
            (
                "outside:203.0.113.80/443",
                "inside:10.0.2.25/51544",
                "SYN Timeout",
                "10.0.2.25 - 203.0.113.80:443 - error Some(30000)",
            ),
            ("outside:198.51.100.9/50123", "dmz:10.0.9.80/443", "TCP FINs", "skip: inbound"),
            (
                "outside:203.0.113.80/7000",
                "inside:10.0.2.25/51544",
                "",
                "10.0.2.25 - 203.0.113.80:7000 - allowed Some(30000)",
            ),
            (
                "outside:203.0.113.80/7000",
                "inside:10.0.2.25/7001",
                "",
                "10.0.2.25 - 203.0.113.80:7000 - allowed Some(30000)",
            ),
            (
                r"vpn:10.8.0.5/7000(LOCAL\bob)",
                "outside:203.0.113.80/7001",
                "",
                r"10.8.0.5 LOCAL\bob 203.0.113.80:7001 - allowed Some(30000)",
            ),
        ] {
            let message =
                format!("302014: Teardown TCP connection 7 for {first} to {second} duration 0:00:30 bytes 0 {rest}");
            assert_eq!(told_by(true, true, message.trim()), want, "{message}");
        }
    }

    #[test]
    fn urls() {
        for (message, want) in [
            (
                "304001: 10.0.2.25 Accessed URL 203.0.113.81:http://wetransfer.com/about?x",
                "10.0.2.25 - wetransfer.com:80 /about allowed None",
            ),
            (
                "304001: 10.0.2.25(LOCAL\\bob) Accessed JAVA URL 203.0.113.81:/about",
                "10.0.2.25 LOCAL\\bob 203.0.113.81:80 /about allowed None",
            ),
            (
                "304001: alice@10.0.2.25 Accessed URL 2001:db8::81:http://box.com:8080/",
                "10.0.2.25 alice box.com:8080 / allowed None",
            ),
            ("304001: 198.51.100.9 Accessed URL 10.0.9.80:http://www.example.com/", "skip: inbound"),
            (
                "304002: Access denied URL http://wetransfer.com/a SRC 10.0.2.25 DEST 203.0.113.81: outside",
                "10.0.2.25 - wetransfer.com:80 /a blocked None",
            ),
            ("304002: Access denied URL 203.0.113.81:/a", "- - 203.0.113.81:80 /a blocked None"),
            ("304001: nonsense", "bad: the message does not have the form of its number"),
        ] {
            assert_eq!(told(message), want, "{message}");
        }
    }

    #[test]
    fn refusals() {
        for (message, want) in [
            (
                r#"106023: Deny tcp src inside:10.0.2.25/51544(EXAMPLE\alice) dst outside:203.0.113.80/443 by access-group "inside_in" [0x0, 0x0]"#,
                r"10.0.2.25 EXAMPLE\alice 203.0.113.80:443 - blocked None",
            ),
            (
                r#"106023: Deny icmp src inside:10.0.2.25 dst outside:203.0.113.80 (type 8, code 0) by access-group "x""#,
                "skip: ICMP",
            ),
            (
                r#"106023: Deny udp src outside:198.51.100.9/5 dst outside:203.0.113.5/53 by access-group "x""#,
                "skip: inbound",
            ),
            (
                "106001: Inbound TCP connection denied from 198.51.100.9/5 to 203.0.113.5/443 flags SYN on interface outside",
                "skip: inbound",
            ),
            (
                "106006: Deny inbound UDP from 10.0.2.25/5 to 203.0.113.5/443 on interface inside",
                "10.0.2.25 - 203.0.113.5:443 - blocked None",
            ),
            (
                "106023: Deny tcp src inside:10.0.2.25/51544 dst outside:203.0.1",
                "bad: the message does not have the form of its number",
            ),
            (
                "106015: Deny TCP (no connection) from 10.0.2.25/5 to 203.0.113.5/443 flags RST on interface inside",
                "skip: a stray packet of no session",
            ),
            (
                r"106100: access-list in denied tcp inside/10.0.2.25(51544)(EXAMPLE\alice) -> outside/203.0.113.80(443) hit-cnt 1 first hit [0x0, 0x0]",
                r"10.0.2.25 EXAMPLE\alice 203.0.113.80:443 - blocked None",
            ),
            (
                "106100: access-list in permitted tcp inside/10.0.2.25(5) -> outside/203.0.113.80(443) hit-cnt 1 first hit",
                "skip: a hit of a rule, counted with its session",
            ),
            (
                "106100: access-list in permitted tcp outside/198.51.100.7(51234) -> inside/203.0.113.10(9997) hit-cnt 1 (first hit) [0x0, 0x0]",
                "skip: a hit of a rule, counted with its session",
            ),
        ] {
            assert_eq!(told(message), want, "{message}");
        }
        let permitted =
            "106100: access-list in permitted tcp inside/10.0.2.25(5) -> outside/203.0.113.80(443) hit-cnt 1 first hit";
        assert_eq!(told_by(false, false, permitted), "10.0.2.25 - 203.0.113.80:443 - allowed None");
    }

    #[test]
    fn what_is_no_traffic() {
        for (message, want) in [
            (
                "722051: Group <g> User <bob> IP <198.51.100.9> IPv4 Address <10.8.0.5> IPv6 address <::> assigned to session",
                "skip: who is at which address, no traffic",
            ),
            (
                "113019: Group = g, Username = bob, IP = 198.51.100.9, Session disconnected.",
                "skip: who is at which address, no traffic",
            ),
            (
                "305011: Built dynamic TCP translation from inside:10.0.2.25/1 to outside:198.51.100.4/2",
                "skip: an address translation",
            ),
            (
                "302021: Teardown ICMP connection for faddr 203.0.113.1/0 gaddr 198.51.100.4/1 laddr 10.0.2.25/1",
                "skip: ICMP",
            ),
            ("111010: User 'carol', running 'CLI' from IP 0.0.0.0, executed 'dir'", "skip: the firewall about itself"),
        ] {
            assert_eq!(told(message), want, "{message}");
        }
    }

    #[test]
    fn marks() {
        for (line, want) in [
            ("<166>Mar 12 2026 09:14:07 asa01 : %ASA-6-302013: Built", Some((302_013, "Built"))),
            ("%ASA-session-6-302013: Built", Some((302_013, "Built"))),
            ("<166>:Mar 12 09:14:07 CET: %PIX-3-302022: x", Some((302_022, "x"))),
            ("50% %FWSM-6-106100: x", Some((106_100, "x"))),
            ("%FTD-6-430003: a: b", Some((430_003, "a: b"))),
            ("%ASA-6-30201", None),
            ("%ASA-6-302013 x", None),
            ("%IOS-6-302013: x", None),
            ("{\"message\":\"%ASA-6-302013: x\"}", None),
        ] {
            let got = mark(line.as_bytes()).map(|mark| (mark.id, String::from_utf8_lossy(mark.text).into_owned()));
            assert_eq!(got.as_ref().map(|(id, text)| (*id, text.as_str())), want, "{line}");
        }
    }
}
