//! Juniper SRX: sessions, web filtering and application tracking of Junos.
//!
//! Defined in the System Log Explorer, <https://apps.juniper.net/syslog-explorer/>. The same messages come structured (RFC
//! 5424 with the values as data) and as sentences, which differ from release to release.
//!
//! ```text
//! <14>1 2026-03-12T09:14:07.412+01:00 srx01 RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="TCP FIN" source-address="10.0.2.25" destination-address="203.0.113.80" ... bytes-from-client="1798200" bytes-from-server="55110" ...]
//! <14>Mar 12 09:14:07 srx01 RT_UTM: WEBFILTER_URL_PERMITTED: WebFilter: ACTION="URL Permitted" 10.0.2.25(62054)->203.0.113.80(443) CATEGORY="..." URL=wetransfer.com OBJ=/ username alice roles N/A
//! ```
//!
//! A session is counted when it closes, or when it is denied. Application tracking tells of the same sessions; it counts only
//! in a log without them. A log of nothing but starts is counted by those.

mod sentence;
mod structured;

use bumpalo::Bump;
use memchr::memmem;

use super::cisco_asa::inbound;
use super::fields::draft::not_outbound;
use super::fields::number::{present, unsigned};
use super::fields::stamp::Stamp;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, is_inside, parse_ip, split_url};

/// SRX firewalls.
pub struct JuniperSrx;

impl Format for JuniperSrx {
    fn id(&self) -> &'static str {
        "juniper-srx"
    }

    fn about(&self) -> About {
        About {
            name: "Juniper SRX",
            summary: "sessions, web filtering and application tracking of Junos firewalls, structured or as sentences",
            reference: "https://apps.juniper.net/syslog-explorer/",
            proof: Proof::Verified,
            variants: &["structured", "unstructured", "webfilter", "apptrack"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let share = head.vote(|line| match Message::find(line) {
            Some(message) if matches!(message.kind, Kind::Other(_)) => Vote::Abstain,
            Some(_) => Vote::Yes,
            None if is_of_junos(line) => Vote::Abstain,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(98) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are sessions or requests that Junos tells of")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let seen =
            |kind: Kind| head.lines.iter().any(|line| Message::find(line).is_some_and(|found| found.kind == kind));
        let (closes, tracked) = (seen(Kind::Close), seen(Kind::TrackedClose));
        let urls = seen(Kind::Url(Action::Allowed)) || seen(Kind::Url(Action::Blocked));
        let ends = closes || tracked;
        let tells = Tells {
            user: true,
            client: true,
            host: urls,
            path: urls,
            bytes_up: ends,
            bytes_down: ends,
            action: true,
            method: false,
        };
        let counts = match (closes, tracked) {
            (true, _) => Counts::Closes,
            (false, true) => Counts::Tracked,
            // Web filtering alone, too: if sessions come later, their ends are logged by default.
            (false, false) if !seen(Kind::Create) => Counts::Closes,
            (false, false) => Counts::Starts,
        };
        Ok(Layout::new(tells, Bound { counts, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { bound: layout.get::<Bound>().as_ref().clone(), stamp: Stamp::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::Host | Gap::Path => "turn on web filtering with logging of permitted URLs",
            Gap::BytesUp | Gap::BytesDown => "let the policies log `session-close`: bytes are known then",
            Gap::User => "set up user identification, so that sessions carry user names",
            Gap::Client | Gap::Action | Gap::Visits => return None,
        })
    }
}

#[derive(Debug, Clone)]
struct Bound {
    counts: Counts,
    assume: Assume,
}

/// Which of a session's records is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    Closes,
    Tracked,
    Starts,
}

struct Lines {
    bound: Bound,
    stamp: Stamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Create,
    Close,
    Deny,
    TrackedClose,
    Url(Action),
    /// Not traffic, and why.
    Other(&'static str),
}

/// A message, found in its line.
#[derive(Debug, Clone, Copy)]
struct Message<'a> {
    kind: Kind,
    header: &'a [u8],
    /// Behind the message's name.
    text: &'a [u8],
}

impl<'a> Message<'a> {
    #[inline]
    fn find(line: &'a [u8]) -> Option<Message<'a>> {
        const LONGEST_HEADER: usize = 256;
        const MARKS: [&[u8]; 3] = [b"RT_", b"APPTRACK_", b"WEBFILTER_"];
        if line.first() == Some(&b'{') {
            return None;
        }
        let start = &line[..line.len().min(LONGEST_HEADER)];
        let at = MARKS.iter().find_map(|mark| {
            let at = memmem::find(start, mark)?;
            (at == 0 || !line[at - 1].is_ascii_alphanumeric()).then_some(at)
        })?;
        let (kind, len) = Kind::of(&line[at..])?;
        Some(Message { kind, header: &line[..at], text: &line[at + len..] })
    }
}

impl Kind {
    /// `RT_FLOW - RT_FLOW_SESSION_CLOSE [`, `RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed `, `RT_FLOW: session closed `.
    fn of(text: &[u8]) -> Option<(Kind, usize)> {
        const NAMES: [(&[u8], Kind); 12] = [
            (b"RT_FLOW_SESSION_CLOSE", Kind::Close),
            (b"RT_FLOW_SESSION_DENY", Kind::Deny),
            (b"RT_FLOW_SESSION_CREATE", Kind::Create),
            (b"WEBFILTER_URL_PERMITTED", Kind::Url(Action::Allowed)),
            (b"WEBFILTER_URL_BLOCKED", Kind::Url(Action::Blocked)),
            (b"WEBFILTER_URL_REDIRECTED", Kind::Url(Action::Blocked)),
            (b"APPTRACK_SESSION_CLOSE", Kind::TrackedClose),
            (b"APPTRACK_SESSION_", Kind::Other("a session under way, counted at its end")),
            (b"session closed ", Kind::Close),
            (b"session denied ", Kind::Deny),
            (b"session created ", Kind::Create),
            (b"RT_FLOW_", Kind::Other("no session of its own")),
        ];
        const OTHERS: [&[u8]; 9] = [
            b"RT_IDP",
            b"RT_AAMW",
            b"RT_SECINTEL",
            b"RT_SCREEN",
            b"RT_UTM",
            b"RT_SYSTEM",
            b"RT_IPSEC",
            b"RT_ALG",
            b"RT_",
        ];
        let start = &text[..text.len().min(96)];
        for (name, kind) in NAMES {
            if let Some(at) = memmem::find(start, name) {
                return Some((kind, at + name.len()));
            }
        }
        let other = OTHERS.iter().any(|name| text.starts_with(name));
        other.then_some((Kind::Other("a verdict or a state of the firewall, no traffic"), 0))
    }
}

/// A line of Junos about something else: structured, or of one of its daemons.
fn is_of_junos(line: &[u8]) -> bool {
    const DAEMONS: [&[u8]; 12] = [
        b"[junos@2636",
        b" mgd[",
        b" rpd[",
        b" mib2d[",
        b" eswd[",
        b" chassisd[",
        b" dcd[",
        b" jsrpd[",
        b" kmd[",
        b"PFE_FW_",
        b" cosd[",
        b" snmpd[",
    ];
    let start = &line[..line.len().min(256)];
    DAEMONS.iter().any(|daemon| memmem::find(start, daemon).is_some())
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(message) = Message::find(line) else {
            return match line.trim_ascii() {
                [] => Parsed::Skip("an empty line"),
                _ if is_of_junos(line) || self.stamp.read(header_of(line), &self.bound.assume).is_some() => {
                    Parsed::Skip("another message of the device")
                }
                _ => Parsed::Bad(Problem::new("not a message of Junos", 0)),
            };
        };
        match (message.kind, self.bound.counts) {
            (Kind::Other(why), _) => return Parsed::Skip(why),
            (Kind::Create, Counts::Closes | Counts::Tracked) => {
                return Parsed::Skip("session start, counted at its end");
            }
            (Kind::Close, Counts::Starts) => return Parsed::Skip("session end, counted at its start"),
            (Kind::Close, Counts::Tracked) => return Parsed::Skip("a session that application tracking has counted"),
            (Kind::TrackedClose, Counts::Closes | Counts::Starts) => {
                return Parsed::Skip("application tracking of a session that is counted");
            }
            _ => {}
        }
        let found = match memmem::find(message.text, b"[junos@") {
            Some(at) if at < 64 => Some(structured::read(&message.text[at..])),
            _ => sentence::read(message.kind, message.text),
        };
        let Some(found) = found else {
            return Parsed::Bad(Problem::new("no addresses: the record may be cut off", line.len()));
        };
        let mut parsed = found.event(message.kind);
        if let Parsed::Event(event) = &mut parsed {
            event.at = self.stamp.read(message.header, &self.bound.assume);
        }
        parsed
    }
}

/// The part of a line in which its time is looked for.
fn header_of(line: &[u8]) -> &[u8] {
    &line[..line.len().min(48)]
}

/// What a message says, as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Found<'a> {
    src: &'a [u8],
    dst: &'a [u8],
    /// Where translation leads to.
    behind: &'a [u8],
    port: &'a [u8],
    protocol: &'a [u8],
    session: &'a [u8],
    user: &'a [u8],
    roles: &'a [u8],
    app: &'a [u8],
    nested: &'a [u8],
    category: &'a [u8],
    up: &'a [u8],
    down: &'a [u8],
    seconds: &'a [u8],
    url: &'a [u8],
    object: &'a [u8],
}

impl<'a> Found<'a> {
    fn event(&self, kind: Kind) -> Parsed<'a> {
        let (Some(src), Some(dst)) = (parse_ip(self.src), parse_ip(self.dst)) else {
            return Parsed::Bad(Problem::new("no addresses: the record may be cut off", 0));
        };
        if matches!(self.protocol, b"1" | b"58") {
            return Parsed::Skip("ICMP");
        }
        let behind = parse_ip(self.behind).filter(|address| !address.is_unspecified());
        if !is_inside(src) && behind.is_some_and(is_inside) {
            return Parsed::Skip("inbound");
        }
        let ended = matches!(kind, Kind::Close | Kind::TrackedClose);
        let count = |text: &[u8]| Some(text).filter(|_| ended).and_then(unsigned);
        let word = |text: &'a [u8]| present(text).filter(|word| !is_none(word));
        let mut event = Event {
            src_ip: Some(self.src),
            dst_ip: (!dst.is_unspecified()).then_some(self.dst),
            dst_port: unsigned(self.port).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0),
            user: word(self.user),
            groups: word(self.roles),
            app: word(self.nested).or(word(self.app)),
            category: word(self.category),
            session: word(self.session).filter(|id| *id != b"0"),
            bytes_up: count(self.up),
            bytes_down: count(self.down),
            duration_ms: count(self.seconds).and_then(|seconds| seconds.checked_mul(1000)),
            action: Some(match kind {
                Kind::Deny => Action::Blocked,
                Kind::Url(action) => action,
                _ => Action::Allowed,
            }),
            evidence: Evidence::Address,
            ..Event::default()
        };
        if let (Kind::Url(_), Some(url)) = (kind, present(self.url)) {
            let parts = split_url(url);
            event.host = present(parts.host);
            let path = if self.object.first() == Some(&b'/') { self.object } else { parts.path };
            let path = &path[..path.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len())];
            // Of a session that was not decrypted the filter knows the server name.
            let sealed = event.dst_port == Some(443) && matches!(path, b"" | b"/");
            event.path = Some(path).filter(|path| !path.is_empty() && !sealed);
            event.evidence = match event.host.map(parse_ip) {
                Some(None) if sealed => Evidence::Sni,
                Some(None) => Evidence::Url,
                _ => Evidence::Address,
            };
        }
        match inbound(&event).or_else(|| not_outbound(&event)) {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(event),
        }
    }
}

/// What Junos writes for "nothing", besides the usual.
fn is_none(word: &[u8]) -> bool {
    matches!(word, b"No" | b"NA NA" | b"-1" | b"INCONCLUSIVE" | b"unauthenticated-user" | b"unknown-user")
}

#[cfg(test)]
mod tests;
