//! Juniper ScreenOS: the traffic log of SSG, ISG and NetScreen firewalls.
//!
//! Defined in the ScreenOS Message Log Reference Guide, <https://www.juniper.net/documentation/software/screenos/>.
//!
//! ```text
//! <133>Mar 12 09:14:07 ssg5 ssg5: NetScreen device_id=0162  [Root]system-notification-00257(traffic): start_time="2026-03-12 09:13:03" duration=64 policy_id=7 service=https proto=6 src zone=Trust dst zone=Untrust action=Permit sent=1798200 rcvd=55110 src=10.0.2.25 dst=203.0.113.80 src_port=51544 dst_port=443 src-xlated ip=198.51.100.4 port=38122 session_id=44821 reason=Close - TCP FIN
//! ```
//!
//! Some keys hold a blank (`src zone`, `src-xlated ip`), and so do names of services; values are looked for behind the keys
//! that come before them. The header knows no year, `start_time` does: the time of a session's end is that and the duration.

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::cisco_asa::inbound;
use super::fields::draft::not_outbound;
use super::fields::number::{present, unsigned};
use super::fields::stamp::Stamp;
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, parse_ip};

/// NetScreen and SSG firewalls.
pub struct ScreenOs;

impl Format for ScreenOs {
    fn id(&self) -> &'static str {
        "screenos"
    }

    fn about(&self) -> About {
        About {
            name: "Juniper ScreenOS (NetScreen, SSG)",
            summary: "the traffic log of Juniper's older firewalls, by syslog",
            reference: "https://www.juniper.net/documentation/software/screenos/",
            proof: Proof::Verified,
            variants: &["traffic"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let share = head.vote(|line| if mark(line).is_some() { Vote::Yes } else { Vote::No });
        let Share { yes, of } = share;
        match share.score(98) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are those of a NetScreen device")),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let tells = Tells { client: true, bytes_up: true, bytes_down: true, action: true, ..Tells::default() };
        Ok(Layout::new(tells, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { assume: layout.get::<Assume>().as_ref().clone(), stamp: Stamp::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::Host | Gap::Path | Gap::User => {
                "ScreenOS logs addresses alone: add the log of a resolver or a proxy to see names and people"
            }
            Gap::Client | Gap::BytesUp | Gap::BytesDown | Gap::Action | Gap::Visits => return None,
        })
    }
}

struct Lines {
    assume: Assume,
    stamp: Stamp,
}

/// The header and what stands behind `NetScreen device_id=`.
fn mark(line: &[u8]) -> Option<(&[u8], &[u8])> {
    const LONGEST_HEADER: usize = 256;
    if line.first() == Some(&b'{') {
        return None;
    }
    let at = memmem::find(&line[..line.len().min(LONGEST_HEADER)], b"NetScreen device_id=")?;
    Some((&line[..at], &line[at + 20..]))
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some((header, text)) = mark(line) else {
            return match line.trim_ascii() {
                [] => Parsed::Skip("an empty line"),
                _ => Parsed::Bad(Problem::new("not a line of a NetScreen device", 0)),
            };
        };
        let Some(at) = memmem::find(text, b"-00257(traffic):") else {
            return Parsed::Skip(match memmem::find(text, b"system-") {
                Some(_) => "the firewall about itself",
                None => "not a line about traffic",
            });
        };
        let text = text[at + 16..].trim_ascii_start();
        let values = Values::read(text);
        if values.reason.is_some_and(|reason| reason.starts_with(b"Creation")) {
            return Parsed::Skip("session start, counted at its end");
        }
        if matches!(values.protocol, Some(b"1" | b"58")) {
            return Parsed::Skip("ICMP");
        }
        if values.to_zone == Some(b"self") {
            return Parsed::Skip("to the firewall itself");
        }
        let (Some(src), Some(dst)) = (values.src, values.dst) else {
            return Parsed::Bad(Problem::new("no destination: the record may be cut off", line.len()));
        };
        if parse_ip(src).is_none() || parse_ip(dst).is_none() {
            return Parsed::Bad(Problem::new("an address is not readable", line.len() - text.len()));
        }
        // No session lasts for eight years.
        let seconds = values.duration.and_then(unsigned).filter(|seconds| *seconds < 1 << 28);
        let start = values.start.and_then(|start| time::iso(start, &self.assume));
        let end = start.map(|start| Timestamp(start.0 + seconds.unwrap_or(0) as i64 * 1000));
        let event = Event {
            at: end.or_else(|| self.stamp.read(header, &self.assume)),
            src_ip: Some(src),
            dst_ip: Some(dst),
            dst_port: values
                .port
                .and_then(unsigned)
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port != 0),
            action: match values.action {
                Some(b"Permit" | b"Tunnel" | b"permit" | b"tunnel") => Some(Action::Allowed),
                Some(b"Deny" | b"Reject" | b"deny" | b"reject") => Some(Action::Blocked),
                _ => None,
            },
            bytes_up: values.sent.and_then(unsigned),
            bytes_down: values.received.and_then(unsigned),
            duration_ms: seconds.map(|seconds| seconds * 1000),
            session: values.session.filter(|id| *id != b"0"),
            evidence: Evidence::Address,
            ..Event::default()
        };
        match inbound(&event).or_else(|| not_outbound(&event)) {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(event),
        }
    }
}

#[derive(Debug, Default)]
struct Values<'a> {
    start: Option<&'a [u8]>,
    duration: Option<&'a [u8]>,
    protocol: Option<&'a [u8]>,
    to_zone: Option<&'a [u8]>,
    action: Option<&'a [u8]>,
    sent: Option<&'a [u8]>,
    received: Option<&'a [u8]>,
    src: Option<&'a [u8]>,
    dst: Option<&'a [u8]>,
    port: Option<&'a [u8]>,
    session: Option<&'a [u8]>,
    reason: Option<&'a [u8]>,
}

impl<'a> Values<'a> {
    fn read(text: &'a [u8]) -> Values<'a> {
        let mut values = Values::default();
        let mut rest = text;
        if let Some(quoted) = rest.strip_prefix(b"start_time=\"")
            && let Some(end) = memchr(b'"', quoted)
        {
            values.start = Some(&quoted[..end]);
            rest = &quoted[end + 1..];
        }
        values.duration = after(&mut rest, b" duration=");
        values.protocol = after(&mut rest, b" proto=");
        values.to_zone = after(&mut rest, b" dst zone=");
        values.action = after(&mut rest, b" action=");
        // From here on each blank ends a value, but for the last.
        let mut at = 0;
        while let Some(word) = rest.get(at..).filter(|rest| !rest.is_empty()) {
            let end = memchr(b' ', word).unwrap_or(word.len());
            let last = end == word.len();
            let (word, tail) = (&word[..end], word);
            at += end + 1;
            let Some(equals) = memchr(b'=', word) else { continue };
            let (key, value) = (&word[..equals], &word[equals + 1..]);
            let slot = match key {
                b"sent" => &mut values.sent,
                b"rcvd" => &mut values.received,
                b"src" => &mut values.src,
                b"dst" => &mut values.dst,
                b"dst_port" => &mut values.port,
                b"session_id" => &mut values.session,
                b"reason" => {
                    values.reason = Some(&tail[equals + 1..]);
                    break;
                }
                _ => continue,
            };
            // Half a number is no number; only what is read as a whole tells whether it was cut.
            let cut = last && matches!(key, b"sent" | b"rcvd");
            if slot.is_none() && !cut {
                let value = value.strip_suffix(b"<000>").unwrap_or(value);
                *slot = present(value);
            }
        }
        values
    }
}

/// The word behind a key; `rest` moves on behind it if the key is there.
fn after<'a>(rest: &mut &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let from = memmem::find(rest, key)? + key.len();
    let text = &rest[from..];
    let end = memchr(b' ', text).unwrap_or(text.len());
    *rest = &text[end..];
    Some(&text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(traffic: &str) -> String {
        let arena = Bump::new();
        let line = format!(
            "<133>Mar 12 09:14:07 ssg5 ssg5: NetScreen device_id=0162  [Root]system-notification-00257(traffic): {traffic}"
        );
        told_line(&line, &arena)
    }

    fn told_line(line: &str, arena: &Bump) -> String {
        let mut lines = Lines { assume: Assume::default(), stamp: Stamp::default() };
        let show = |text: Option<&[u8]>| text.map_or("-".into(), |text| String::from_utf8_lossy(text).into_owned());
        match lines.record(line.as_bytes(), arena) {
            Parsed::Event(event) => format!(
                "{} {} {:?} {} {:?} {:?} {:?} {}",
                show(event.src_ip),
                show(event.dst_ip),
                event.dst_port,
                event.action.map_or("-", Action::as_str),
                event.bytes_up,
                event.bytes_down,
                event.at.map(|at| at.second_of_day()),
                show(event.session),
            ),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    const WHO: &str = "src=10.0.2.25 dst=203.0.113.80 src_port=51544 dst_port=443";

    #[test]
    fn sessions() {
        let start = r#"start_time="2026-03-12 09:13:03" duration=64 policy_id=7"#;
        for (traffic, want) in [
            (
                format!(
                    "{start} service=https proto=6 src zone=Trust dst zone=Untrust action=Permit sent=18 rcvd=5 {WHO} src-xlated ip=198.51.100.4 port=38122 dst-xlated ip=203.0.113.80 port=443 session_id=44821 reason=Close - TCP FIN"
                ),
                "10.0.2.25 203.0.113.80 Some(443) allowed Some(18) Some(5) Some(33247) 44821",
            ),
            (
                format!(
                    "{start} service=msrpc Endpoint Mapper(tcp) proto=6 src zone=Trust dst zone=Untrust action=Deny sent=0 rcvd=0 {WHO}<000>"
                ),
                "10.0.2.25 203.0.113.80 Some(443) blocked Some(0) Some(0) Some(33247) -",
            ),
            (
                format!(
                    "{start} service=tcp/port:8443 proto=6 src zone=Trust dst zone=Untrust action=Tunnel sent=7 rcvd=8 {WHO}"
                ),
                "10.0.2.25 203.0.113.80 Some(443) allowed Some(7) Some(8) Some(33247) -",
            ),
            (
                format!(
                    "{start} service=https proto=6 src zone=Trust dst zone=Untrust action=Permit sent=0 rcvd=0 {WHO} session_id=4 reason=Creation"
                ),
                "skip: session start, counted at its end",
            ),
            (
                format!(
                    "{start} service=icmp proto=1 src zone=Trust dst zone=Untrust action=Permit sent=78 rcvd=78 src=10.0.2.25 dst=203.0.113.80 icmp type=8"
                ),
                "skip: ICMP",
            ),
            (
                format!(
                    "{start} service=https proto=6 src zone=Untrust dst zone=DMZ action=Permit sent=7 rcvd=8 src=198.51.100.9 dst=10.0.9.80 src_port=5 dst_port=443"
                ),
                "skip: inbound",
            ),
            (
                format!(
                    "{start} service=ssh proto=6 src zone=Null dst zone=self action=Deny sent=0 rcvd=16384 src=198.51.100.9 dst=203.0.113.1"
                ),
                "skip: to the firewall itself",
            ),
            (
                format!("{start} service=https proto=6 src zone=Trust dst zone=Untrust action=Permit sent=179"),
                "bad: no destination: the record may be cut off",
            ),
            (
                format!("duration=0 proto=6 action=Permit sent=1 rcvd=2 {WHO}"),
                "10.0.2.25 203.0.113.80 Some(443) allowed Some(1) Some(2) Some(33247) -",
            ),
        ] {
            assert_eq!(told(&traffic), want, "{traffic}");
        }
    }

    #[test]
    fn other_lines() {
        let arena = Bump::new();
        for (line, want) in [
            (
                "Mar 12 09:14:07 ssg5 ssg5: NetScreen device_id=ssg5  [Root]system-warning-00518: Admin user carol has logged in",
                "skip: the firewall about itself",
            ),
            ("Mar 12 09:14:07 ssg5 ssg5: something", "bad: not a line of a NetScreen device"),
            ("", "skip: an empty line"),
        ] {
            assert_eq!(told_line(line, &arena), want, "{line}");
        }
    }
}
