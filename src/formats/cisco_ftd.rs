//! Cisco Secure Firewall (FTD, Firepower): connection events by syslog.
//!
//! Defined at <https://www.cisco.com/c/en/us/td/docs/security/firepower/Syslogs/fptd_syslog_guide.html>, messages 430001 to
//! 430005; before version 6.3 a management center sent the same under the tag `SFIMS`.
//!
//! ```text
//! <113>Mar 12 2026 09:14:07 ftd01 : %FTD-1-430003: EventPriority: Low, FirstPacketSecond: 2026-03-12T08:13:01Z, ConnectionID: 44821, AccessControlRuleAction: Allow, SrcIP: 10.0.2.25, DstIP: 203.0.113.80, DstPort: 443, User: EXAMPLE\alice, WebApplication: Dropbox, InitiatorBytes: 1798200, ResponderBytes: 55110, URL: https://www.dropbox.com
//! ```
//!
//! Values stand without quotes and may hold commas and colons, so a value ends only where the next key can be seen. A session
//! is counted when it ends (430003); its start (430002) counts where policy stopped it, for then no end follows, and
//! in a log that holds nothing but starts. An FTD also writes the messages of the ASA in it, about the same sessions.

use bumpalo::Bump;
use memchr::{memchr, memchr_iter, memmem};

use super::cisco_asa::{inbound, mark};
use super::fields::draft::{not_a_site, not_outbound};
use super::fields::number::{present, unsigned};
use super::fields::stamp::Stamp;
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, is_inside, parse_ip, split_url};

/// Cisco Secure Firewall, formerly Firepower.
pub struct CiscoFtd;

impl Format for CiscoFtd {
    fn id(&self) -> &'static str {
        "cisco-ftd"
    }

    fn about(&self) -> About {
        About {
            name: "Cisco Secure Firewall (FTD, Firepower)",
            summary: "connection events of Firepower Threat Defense and its management center, by syslog",
            reference: "https://www.cisco.com/c/en/us/td/docs/security/firepower/Syslogs/fptd_syslog_guide.html",
            proof: Proof::Verified,
            variants: &["connection", "sfims"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let share = head.vote(|line| match message(line) {
            Some(Message { kind: Kind::Start | Kind::End, .. }) => Vote::Yes,
            Some(_) => Vote::Abstain,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(98) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are connection events of Firepower")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let ends = |line: &&[u8]| message(line).is_some_and(|message| message.kind == Kind::End);
        let by_start = !head.lines.iter().any(ends);
        let tells = Tells {
            user: true,
            client: true,
            host: true,
            path: true,
            bytes_up: !by_start,
            bytes_down: !by_start,
            action: true,
            method: false,
        };
        Ok(Layout::new(tells, Bound { by_start, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Events { bound: layout.get::<Bound>().as_ref().clone(), stamp: Stamp::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::BytesUp | Gap::BytesDown => {
                "set the rules to log at the end of connections, which is when bytes are known"
            }
            Gap::User => "add an identity policy, so that events carry users",
            Gap::Host | Gap::Path => {
                "use URL conditions or the TLS server identity in the access policy, so that events carry URLs"
            }
            Gap::Client | Gap::Action | Gap::Visits => return None,
        })
    }
}

#[derive(Debug, Clone)]
struct Bound {
    /// The log has no ends of connections.
    by_start: bool,
    assume: Assume,
}

/// In seconds: no connection lasts for eight years.
const LONGEST: u64 = 1 << 28;

struct Events {
    bound: Bound,
    stamp: Stamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    End,
    /// Not traffic, and why.
    Other(&'static str),
}

#[derive(Debug, Clone, Copy)]
struct Message<'a> {
    kind: Kind,
    header: &'a [u8],
    text: &'a [u8],
}

fn message(line: &[u8]) -> Option<Message<'_>> {
    if let Some(mark) = mark(line) {
        let kind = match mark.id {
            430_002 => Kind::Start,
            430_003 => Kind::End,
            430_001 | 430_004 | 430_005 => {
                Kind::Other("a threat or a file found in a connection, told by other records")
            }
            302_013..=302_016 => Kind::Other("a session that its connection event tells"),
            _ => Kind::Other("the firewall about itself"),
        };
        return Some(Message { kind, header: mark.header, text: mark.text });
    }
    const LONGEST_HEADER: usize = 256;
    if line.first() == Some(&b'{') {
        return None;
    }
    let at = memmem::find(&line[..line.len().min(LONGEST_HEADER)], b"SFIMS: ")?;
    let text = &line[at + 7..];
    let kind = [&b"ConnectType: "[..], b"Connection Type: "].iter().find_map(|key| {
        let rest = &text[memmem::find(text, key)? + key.len()..];
        match rest {
            [b'S', b't', ..] => Some(Kind::Start),
            [b'E', b'n', ..] => Some(Kind::End),
            _ => None,
        }
    });
    let kind = kind.unwrap_or(Kind::Other("no event of a connection"));
    Some(Message { kind, header: &line[..at], text })
}

impl Reader for Events {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(message) = message(line) else {
            return match line.trim_ascii() {
                [] => Parsed::Skip("an empty line"),
                _ => Parsed::Bad(Problem::new("not an event of Firepower", 0)),
            };
        };
        if let Kind::Other(why) = message.kind {
            return Parsed::Skip(why);
        }
        let values = Values::read(message.text);
        let ended = message.kind == Kind::End;
        let action = values.verdict(ended);
        if !ended && !self.bound.by_start && !matches!(action, Some(Action::Blocked | Action::Warned)) {
            return Parsed::Skip("connection start, counted at its end");
        }
        let mut event = match values.event(ended) {
            Ok(event) => event,
            Err(Told::Skip(why)) => return Parsed::Skip(why),
            Err(Told::Bad(why)) => return Parsed::Bad(Problem::new(why, line.len() - message.text.len())),
        };
        event.action = action;
        event.at = match values.start(&self.bound.assume) {
            Some(start) => Some(Timestamp(start.0.saturating_add(event.duration_ms.unwrap_or(0) as i64))),
            None => self.stamp.read(message.header, &self.bound.assume),
        };
        match inbound(&event).or_else(|| not_outbound(&event)) {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(event),
        }
    }
}

enum Told {
    Skip(&'static str),
    Bad(&'static str),
}

/// The values that matter, as they stand.
#[derive(Debug, Default)]
struct Values<'a> {
    at: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
    action: Option<&'a [u8]>,
    reason: Option<&'a [u8]>,
    protocol: Option<&'a [u8]>,
    src: Option<&'a [u8]>,
    forwarded: Option<&'a [u8]>,
    dst: Option<&'a [u8]>,
    port: Option<&'a [u8]>,
    user: Option<&'a [u8]>,
    agent: Option<&'a [u8]>,
    app: Option<&'a [u8]>,
    protocol_app: Option<&'a [u8]>,
    duration: Option<&'a [u8]>,
    up: Option<&'a [u8]>,
    down: Option<&'a [u8]>,
    category: Option<&'a [u8]>,
    url: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    sni: Option<&'a [u8]>,
    query: Option<&'a [u8]>,
    referer: Option<&'a [u8]>,
    status: Option<&'a [u8]>,
}

impl<'a> Values<'a> {
    /// `Key: Value, Key: Value`. A user agent may pretend to be keys, so of a key that comes before it the first counts, of
    /// one that comes behind it the last.
    fn read(text: &'a [u8]) -> Values<'a> {
        let mut values = Values::default();
        // `[Primary Detection Engine (...)][policy] Connection Type: End, ...`
        let mut rest = match text.first() {
            Some(b'[') => memmem::find(text, b"] ").map_or(text, |at| &text[at + 2..]),
            _ => text,
        };
        while let Some(len) = key(rest) {
            let after = &rest[len + 2..];
            let next = memchr_iter(b',', after)
                .find(|comma| after.get(comma + 1) == Some(&b' ') && key(&after[comma + 2..]).is_some());
            let value = &after[..next.unwrap_or(after.len())];
            values.take(&rest[..len], value);
            match next {
                Some(comma) => rest = &after[comma + 2..],
                None => break,
            }
        }
        values.flow(text);
        values
    }

    fn take(&mut self, key: &[u8], value: &'a [u8]) {
        let slot = match key {
            b"FirstPacketSecond" => &mut self.at,
            b"ConnectionID" => &mut self.id,
            b"AccessControlRuleAction" | b"Access Control Rule Action" => &mut self.action,
            b"AccessControlRuleReason" | b"Access Control Rule Reason" => &mut self.reason,
            b"Protocol" => &mut self.protocol,
            b"SrcIP" => &mut self.src,
            b"OriginalClientIP" | b"Original Client IP" => &mut self.forwarded,
            b"DstIP" => &mut self.dst,
            b"DstPort" => &mut self.port,
            b"User" => &mut self.user,
            b"UserAgent" | b"User Agent" => &mut self.agent,
            b"WebApplication" | b"Web App" => &mut self.app,
            b"ApplicationProtocol" | b"Application Protocol" => &mut self.protocol_app,
            b"ConnectionDuration" => &mut self.duration,
            b"InitiatorBytes" | b"Initiator Bytes" => &mut self.up,
            b"ResponderBytes" | b"Responder Bytes" => &mut self.down,
            b"URLCategory" | b"URL Category" => &mut self.category,
            b"URL" => &mut self.url,
            b"ReferencedHost" | b"Referenced Host" => &mut self.host,
            b"SSLServerName" | b"TLSServerName" => &mut self.sni,
            b"DNSQuery" | b"DNS Query" => &mut self.query,
            b"HTTPReferer" | b"HTTP Referer" => &mut self.referer,
            b"HTTPResponse" | b"HTTP Response" => &mut self.status,
            _ => return,
        };
        let behind = matches!(
            key,
            b"URL" | b"URLCategory" | b"ConnectionDuration" | b"InitiatorBytes" | b"ResponderBytes" | b"WebApplication"
        );
        let value = value.trim_ascii();
        let value = value.strip_prefix(b"<br/>").unwrap_or(value);
        // A comma at the end is where the record was cut.
        let value = value.strip_suffix(b",").unwrap_or(value);
        if slot.is_none() || behind {
            *slot = present(value);
        }
    }

    /// `{TCP} 10.0.2.25:51544 -> 203.0.113.80:443`, with which older versions end.
    fn flow(&mut self, text: &'a [u8]) {
        if self.src.is_some() || self.dst.is_some() {
            return;
        }
        let Some(arrow) = memmem::rfind(text, b" -> ") else { return };
        if let Some(url) = &mut self.url {
            *url = url.split(|byte| *byte == b' ').next().unwrap_or(url);
        }
        let from = &text[memchr::memrchr(b' ', &text[..arrow]).map_or(0, |blank| blank + 1)..arrow];
        let to = text[arrow + 4..].split(|byte| *byte == b' ').next().unwrap_or(b"");
        let split = |end: &'a [u8]| match memchr::memrchr(b':', end) {
            Some(colon) => (&end[..colon], &end[colon + 1..]),
            None => (end, &end[..0]),
        };
        self.src = present(split(from).0);
        self.dst = present(split(to).0);
        self.port = present(split(to).1);
    }

    fn start(&self, assume: &Assume) -> Option<Timestamp> {
        self.at.and_then(|at| time::iso(at, assume))
    }

    fn verdict(&self, ended: bool) -> Option<Action> {
        let action = self.action?;
        let holds = |text: &[u8], word: &[u8]| memmem::find(text, word).is_some();
        Some(if action.starts_with(b"Interactive") {
            // A page asks; that a connection ended in spite of it shows that somebody went on.
            if ended || self.reason.is_some_and(|reason| holds(reason, b"User Bypass")) {
                Action::Allowed
            } else {
                Action::Warned
            }
        } else if holds(action, b"Block") || holds(action, b"block") {
            Action::Blocked
        } else if self.reason.is_some_and(|reason| holds(reason, b"Block")) {
            // By the intrusion policy, by a list of addresses, in an allowed connection.
            Action::Blocked
        } else {
            match action {
                b"Allow" | b"Trust" | b"Fastpath" | b"Monitor" | b"Default Action" => Action::Allowed,
                _ if holds(action, b"llow") || holds(action, b"rust") => Action::Allowed,
                _ => return None,
            }
        })
    }

    fn event(&self, ended: bool) -> Result<Event<'a>, Told> {
        if matches!(self.protocol, Some(b"icmp" | b"ICMP" | b"ipv6-icmp" | b"1" | b"58")) {
            return Err(Told::Skip("ICMP"));
        }
        let Some(dst) = self.dst.filter(|dst| parse_ip(dst).is_some()) else {
            return Err(Told::Bad("no destination: the record may be cut off"));
        };
        let forwarded =
            self.forwarded.filter(|ip| parse_ip(ip).is_some_and(|ip| is_inside(ip) && !ip.is_unspecified()));
        let bytes = |text: Option<&[u8]>| text.filter(|_| ended).and_then(unsigned);
        let mut event = Event {
            src_ip: forwarded.or(self.src),
            user: self.user.filter(|user| !is_nobody(user)),
            dst_ip: Some(dst),
            dst_port: self.port.and_then(port),
            app: self.app.or(self.protocol_app),
            bytes_up: bytes(self.up),
            bytes_down: bytes(self.down),
            duration_ms: self
                .duration
                .and_then(unsigned)
                .filter(|seconds| *seconds < LONGEST)
                .map(|seconds| seconds * 1000),
            category: self.category.filter(|category| *category != b"Uncategorized"),
            user_agent: self.agent,
            referer: self.referer,
            status: self
                .status
                .and_then(unsigned)
                .and_then(|status| u16::try_from(status).ok())
                .filter(|code| *code != 0),
            session: self.id,
            evidence: Evidence::Address,
            ..Event::default()
        };
        let parts = self.url.map(split_url);
        let in_url = parts.as_ref().and_then(|parts| present(parts.host));
        if let Some(query) = self.query
            && in_url.is_none()
        {
            if let Some(why) = not_a_site(query) {
                return Err(Told::Skip(why));
            }
            // What was moved to and from the resolver is no traffic of the site.
            event = Event { host: Some(query), evidence: Evidence::Dns, ..event };
            (event.dst_ip, event.dst_port, event.bytes_up, event.bytes_down) = (None, None, None, None);
            return Ok(event);
        }
        if let (Some(host), Some(parts)) = (in_url, parts) {
            event.host = Some(host);
            event.dst_port = event.dst_port.or(parts.port);
            // Of a connection that was not decrypted the URL is the server name.
            let sealed = parts.scheme == Some(b"https") && matches!(parts.path, b"" | b"/") && event.status.is_none();
            event.evidence = if sealed { Evidence::Sni } else { Evidence::Url };
            event.path = Some(parts.path).filter(|path| !sealed && !path.is_empty());
        } else if let Some(host) = self.host {
            event.host = present(split_url(host).host);
            event.evidence = if event.dst_port == Some(80) { Evidence::Connect } else { Evidence::Sni };
        } else if let Some(name) = self.sni {
            event.host = Some(name);
            event.evidence = Evidence::Sni;
        }
        if event.host.is_none_or(|host| parse_ip(host).is_some()) {
            event.evidence = Evidence::Address;
        }
        Ok(event)
    }
}

/// How long a key is that begins here and ends in `: `.
#[inline]
fn key(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 41;
    if !text.first()?.is_ascii_uppercase() {
        return None;
    }
    let len = memchr(b':', &text[..text.len().min(LONGEST + 1)])?;
    let fits = text.get(len + 1) == Some(&b' ')
        && len > 1
        && text[..len].iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' '));
    fits.then_some(len)
}

fn port(text: &[u8]) -> Option<u16> {
    unsigned(text).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0)
}

/// Words for "we do not know who", perhaps behind a realm.
fn is_nobody(user: &[u8]) -> bool {
    let name = &user[memchr::memrchr(b'\\', user).map_or(0, |at| at + 1)..];
    const WORDS: [&[u8]; 7] = [
        b"No Authentication Required",
        b"Not Found",
        b"Special Identities",
        b"Unknown",
        b"Unknown User",
        b"Failed Authentication",
        b"Guest",
    ];
    WORDS.iter().any(|word| name.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: &str = "SrcIP: 10.0.2.25, DstIP: 203.0.113.80, SrcPort: 51544, DstPort: 443, Protocol: tcp";

    fn told_by(by_start: bool, line: &str) -> String {
        let arena = Bump::new();
        let bound = Bound { by_start, assume: Assume::default() };
        let mut events = Events { bound, stamp: Stamp::default() };
        let show = |text: Option<&[u8]>| text.map_or("-".into(), |text| String::from_utf8_lossy(text).into_owned());
        let number = |number: Option<u64>| number.map_or("-".into(), |number| number.to_string());
        match events.record(line.as_bytes(), &arena) {
            Parsed::Event(event) => {
                assert!(event.at.is_some(), "{line}");
                [
                    event.evidence.as_str().to_owned(),
                    show(event.host.or(event.dst_ip)),
                    show(event.path),
                    show(event.user),
                    show(event.src_ip),
                    event.action.map_or("-", Action::as_str).to_owned(),
                    number(event.bytes_up),
                    number(event.bytes_down),
                    show(event.app),
                ]
                .join(" ")
            }
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Identity(identity) => super::super::told::identity(&identity),
            Parsed::Layout(_) => "layout".into(),
        }
    }

    fn told(id: &str, text: &str) -> String {
        told_by(false, &format!("<113>Mar 12 2026 09:14:07 ftd01 : %FTD-1-{id}: {text}"))
    }

    #[test]
    fn values_may_hold_commas_and_colons() {
        let text = format!(
            "AccessControlRuleAction: Allow, {TO}, AccessControlRuleName: Web, allowed users, see: wiki, User: EXAMPLE\\alice doe, UserAgent: Mozilla/5.0 (KHTML, like Gecko), WebApplication: Dropbox, InitiatorBytes: 18, ResponderBytes: 5, URLCategory: Online Storage and Backup, URL: https://www.dropbox.com"
        );
        assert_eq!(told("430003", &text), "sni www.dropbox.com - EXAMPLE\\alice doe 10.0.2.25 allowed 18 5 Dropbox");
    }

    #[test]
    fn a_connection_is_counted_once() {
        let allowed = format!("AccessControlRuleAction: Allow, {TO}, InitiatorBytes: 5");
        let blocked = format!("AccessControlRuleAction: Block with reset, {TO}, InitiatorBytes: 5");
        let asks = format!("AccessControlRuleAction: Interactive Block, {TO}");
        assert_eq!(told("430003", &allowed), "address 203.0.113.80 - - 10.0.2.25 allowed 5 - -");
        assert_eq!(told("430002", &allowed), "skip: connection start, counted at its end");
        assert_eq!(told("430002", &blocked), "address 203.0.113.80 - - 10.0.2.25 blocked - - -");
        assert_eq!(told("430002", &asks), "address 203.0.113.80 - - 10.0.2.25 warned - - -");
        assert_eq!(told("430003", &asks), "address 203.0.113.80 - - 10.0.2.25 allowed - - -");
        let line = format!("2026-03-12T09:14:07Z ftd01  %FTD-6-430002: {allowed}");
        assert_eq!(told_by(true, &line), "address 203.0.113.80 - - 10.0.2.25 allowed - - -");
        let asa = "302014: Teardown TCP connection 7 for outside:203.0.113.80/443 to inside:10.0.2.25/1 duration 0:00:01 bytes 9";
        let (id, text) = asa.split_once(": ").unwrap();
        assert_eq!(told(id, text), "skip: a session that its connection event tells");
    }

    #[test]
    fn names_and_verdicts() {
        for (text, want) in [
            (
                "AccessControlRuleAction: Trust, URL: http://wetransfer.com/a?b, HTTPResponse: 200",
                "url wetransfer.com /a - 10.0.2.25 allowed - - -",
            ),
            (
                "AccessControlRuleAction: Allow, User: bob, UserAgent: x, User: mallory, URL: http://a.example/, ResponderBytes: 5, URL: http://box.com/a",
                "url box.com /a bob 10.0.2.25 allowed - 5 -",
            ),
            ("AccessControlRuleAction: Allow, ReferencedHost: box.com", "sni box.com - - 10.0.2.25 allowed - - -"),
            (
                "AccessControlRuleAction: Allow, URL: https://203.0.113.80/a",
                "address 203.0.113.80 /a - 10.0.2.25 allowed - - -",
            ),
            (
                "AccessControlRuleAction: Allow, AccessControlRuleReason: Intrusion Block, User: No Authentication Required",
                "address 203.0.113.80 - - 10.0.2.25 blocked - - -",
            ),
            (
                "AccessControlRuleAction: Allow, DNSQuery: app.slack.com, DNSRecordType: a host address, InitiatorBytes: 70",
                "dns app.slack.com - - 10.0.2.25 allowed - - -",
            ),
            ("AccessControlRuleAction: Allow, DNSQuery: printer.local", "skip: a name inside the network"),
            (
                "AccessControlRuleAction: Purple, User: Special Identities\\No Authentication Required",
                "address 203.0.113.80 - - 10.0.2.25 - - - -",
            ),
            (
                "AccessControlRuleAction: Allow, OriginalClientIP: 10.9.9.9",
                "address 203.0.113.80 - - 10.9.9.9 allowed - - -",
            ),
        ] {
            assert_eq!(told("430003", &format!("{TO}, {text}")), want, "{text}");
        }
    }

    #[test]
    fn the_end_is_the_start_and_the_duration() {
        let arena = Bump::new();
        let line = format!(
            "Mar 12 09:14:07 ftd01 %FTD-1-430003: FirstPacketSecond: 2026-03-12T08:13:01Z, {TO}, ConnectionDuration: 64"
        );
        let mut events =
            Events { bound: Bound { by_start: false, assume: Assume::default() }, stamp: Stamp::default() };
        let Parsed::Event(event) = events.record(line.as_bytes(), &arena) else { panic!() };
        assert_eq!(event.at, time::iso(b"2026-03-12T08:14:05Z", &Assume::default()));
    }

    #[test]
    fn sfims_and_what_is_no_connection() {
        for (line, want) in [
            (format!("<111> Mar 12 09:12:07 fw1 SFIMS: Protocol: TCP, {TO}, ConnectType: Start, AccessControlRuleAction: Block with reset"), "address 203.0.113.80 - - 10.0.2.25 blocked - - -"),
            ("Mar 12 09:12:07 fmc SFIMS: [Primary Detection Engine (a)][p] Connection Type: End, User: bob, Application Protocol: HTTP, Web App: Box, Access Control Rule Action: Allow, Initiator Bytes: 7, URL: http://box.com/a {TCP} 10.0.2.25:5 -> 203.0.113.80:80".to_owned(), "url box.com /a bob 10.0.2.25 allowed 7 - Box"),
            (format!("Mar 12 09:12:07 f %FTD-1-430001: {TO}"), "skip: a threat or a file found in a connection, told by other records"),
            ("Mar 12 09:12:07 f %FTD-1-430003: SrcIP: 198.51.100.9, DstIP: 10.0.9.80, URL: http://www.example.com/".to_owned(), "skip: inbound"),
            ("Mar 12 09:12:07 f %FTD-1-430003: SrcIP: 10.0.2.25, DstIP: 10.0.9.80, Protocol: tcp".to_owned(), "skip: inside the network"),
            ("Mar 12 09:12:07 f %FTD-1-430003: SrcIP: 10.0.2.25, DstIP: 203.0.113.80, Protocol: icmp".to_owned(), "skip: ICMP"),
            ("Mar 12 09:12:07 f %FTD-1-430003: SrcIP: 10.0.2.25, DstI".to_owned(), "bad: no destination: the record may be cut off"),
            ("Mar 12 09:12:07 f %FTD-1-430003:".to_owned(), "bad: no destination: the record may be cut off"),
            ("something else".to_owned(), "bad: not an event of Firepower"),
        ] {
            assert_eq!(told_by(false, &line), want, "{line}");
        }
    }
}
