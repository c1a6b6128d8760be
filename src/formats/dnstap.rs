//! dnstap as text: what `dnstap -q` and DNS-collector write.
//!
//! The two layouts are those of golang-dnstap (<https://pkg.go.dev/github.com/dnstap/golang-dnstap>) and of DNS-collector's default
//! text format (<https://github.com/dmachard/DNS-collector/blob/main/docs/dnsconversions.md>). Both also write JSON, which is read
//! as [`super::json_lines`].
//!
//! ```text
//! 09:13:03.412678 CQ 192.0.2.25 UDP 50b "api.notion.com." IN A
//! 2024-03-12T08:13:03.412678901Z collector CLIENT_QUERY NOERROR 192.0.2.25 51544 IPv4 UDP 50b api.notion.com A 0.000000
//! ```
//!
//! The quiet text has no date. Such records are of the day of the file's last change, or of the day before where they
//! would lie after that.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memchr;

use super::fields::dns::{self, look_up};
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Timestamp, parse_ip};

/// dnstap text.
pub struct Dnstap;

impl Format for Dnstap {
    fn id(&self) -> &'static str {
        "dnstap"
    }

    fn about(&self) -> About {
        About {
            name: "dnstap text, DNS-collector",
            summary: "Questions and answers of a resolver as dnstap's readers write them, a line each.",
            reference: "https://github.com/dmachard/DNS-collector/blob/main/docs/dnsconversions.md",
            proof: Proof::Verified,
            variants: &["collector", "quiet"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let share = head.vote(|line| if Line::read(line).is_some() { Vote::Yes } else { Vote::No });
        let Share { yes, of } = share;
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are dnstap messages")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let asks = |line: &&[u8]| Line::read(line).is_some_and(|line| line.message == Message::Question);
        let questions = head.lines.iter().any(asks);
        let tells = Tells { client: true, host: true, action: !questions, ..Tells::default() };
        Ok(Layout::new(tells, Bound { questions, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { bound: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "a resolver sees addresses, never people: keep the DHCP server's leases with the log",
            Gap::Action => "dnstap does not say what a policy blocked: add the resolver's own log",
            Gap::BytesUp | Gap::BytesDown | Gap::Path | Gap::Visits => {
                "look-ups carry no traffic: add the log of a proxy or a firewall to see what was visited and how much was moved"
            }
            Gap::Client | Gap::Host => return None,
        })
    }
}

struct Bound {
    /// The log has questions, so that answers repeat them.
    questions: bool,
    assume: Assume,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    /// From a client.
    Question,
    /// To a client.
    Answer,
    /// Between the resolver and others.
    Upstream,
}

/// One message, taken apart.
#[derive(Debug)]
struct Line<'a> {
    time: &'a [u8],
    message: Message,
    client: &'a [u8],
    name: &'a [u8],
    class: &'a [u8],
    code: Option<&'a [u8]>,
}

impl<'a> Line<'a> {
    fn read(line: &'a [u8]) -> Option<Line<'a>> {
        let (time, rest) = word(line);
        let (first, rest) = word(rest);
        match first {
            [_, b'Q' | b'R'] if is_clock(time) => Line::quiet(time, message(first)?, rest),
            _ if time == b"-" || time.len() >= 19 && time[4] == b'-' => Line::collector(time, rest),
            _ => None,
        }
    }

    /// `192.0.2.25 UDP 50b "api.notion.com." IN A`, in newer ones with the response code behind it.
    fn quiet(time: &'a [u8], message: Message, rest: &'a [u8]) -> Option<Line<'a>> {
        let (client, rest) = word(rest);
        let (_protocol, rest) = word(rest);
        let (size, rest) = word(rest);
        if !is_size(size) || client.is_empty() {
            return None;
        }
        let (name, rest) = match rest.strip_prefix(b"\"") {
            Some(quoted) => {
                let end = memchr::memrchr(b'"', quoted)?;
                (&quoted[..end], quoted[end + 1..].trim_ascii_start())
            }
            None => word(rest),
        };
        let (class, rest) = word(rest);
        let (_kind, rest) = word(rest);
        let code = Some(word(rest).0).filter(|code| !code.is_empty());
        Some(Line { time, message, client, name, class, code })
    }

    /// `CLIENT_QUERY NOERROR 192.0.2.25 51544 IPv4 UDP 50b api.notion.com A 0.000000`, behind the identity.
    fn collector(time: &'a [u8], rest: &'a [u8]) -> Option<Line<'a>> {
        let (operation, rest) = word(rest);
        let message = message(operation)?;
        let (code, rest) = word(rest);
        let (client, rest) = word(rest);
        let (_port, rest) = word(rest);
        let (_family, rest) = word(rest);
        let (_protocol, rest) = word(rest);
        let (size, rest) = word(rest);
        if !is_size(size) {
            return None;
        }
        // A name with blanks is quoted.
        let name = match rest.strip_prefix(b"\"") {
            Some(quoted) => &quoted[..memchr(b'"', quoted)?],
            None => word(rest).0,
        };
        (!name.is_empty()).then_some(Line { time, message, client, name, class: b"IN", code: Some(code) })
    }
}

/// `CQ`, `CLIENT_QUERY`: who speaks and whether it is a question.
fn message(text: &[u8]) -> Option<Message> {
    Some(match text {
        b"CQ" | b"CLIENT_QUERY" | b"AQ" | b"AUTH_QUERY" => Message::Question,
        b"CR" | b"CLIENT_RESPONSE" | b"AR" | b"AUTH_RESPONSE" => Message::Answer,
        b"RQ" | b"RR" | b"FQ" | b"FR" | b"SQ" | b"SR" | b"TQ" | b"TR" | b"UQ" | b"UR" => Message::Upstream,
        _ if text.ends_with(b"_QUERY") || text.ends_with(b"_RESPONSE") => Message::Upstream,
        _ => return None,
    })
}

fn is_clock(text: &[u8]) -> bool {
    text.len() >= 8 && text[2] == b':' && text[5] == b':' && text[0].is_ascii_digit()
}

/// `50b`
fn is_size(text: &[u8]) -> bool {
    matches!(text, [digits @ .., b'b'] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

/// Up to the next blank, and what is behind it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b' ', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

/// A clock without a date, on the last day that does not put it after the file's last change.
fn of_that_day(clock: &[u8], assume: &Assume) -> Option<Timestamp> {
    let newest = assume.newest?;
    let day = jiff::Timestamp::from_millisecond(newest.0).ok()?.to_zoned(assume.zone.clone()).date();
    let mut text = *b"0000-00-00T00:00:00.000000";
    let len = 11 + clock.len().min(15);
    let digits = |text: &mut [u8], number: i16| {
        let mut number = number.unsigned_abs();
        for place in text.iter_mut().rev() {
            *place = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    text[11..len].copy_from_slice(&clock[..len - 11]);
    [day, day.yesterday().ok()?].into_iter().find_map(|day| {
        digits(&mut text[..4], day.year());
        digits(&mut text[5..7], i16::from(day.month()));
        digits(&mut text[8..10], i16::from(day.day()));
        time::iso(&text[..len], assume).filter(|at| *at <= newest)
    })
}

struct Lines {
    bound: Arc<Bound>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(line) = Line::read(line) else {
            return Parsed::Bad(Problem::new("not a dnstap message", 0));
        };
        match line.message {
            Message::Question if line.code == Some(b"TIMEOUT") => {
                return Parsed::Skip("a question again, since it had no answer");
            }
            Message::Answer if self.bound.questions => return Parsed::Skip(dns::ANSWER),
            Message::Upstream => return Parsed::Skip("between resolvers"),
            _ if !matches!(line.class, b"IN" | b"") => return Parsed::Skip("not a question about the internet"),
            _ => {}
        }
        let at = match line.time {
            b"-" => None,
            time => {
                let at = if is_clock(time) {
                    of_that_day(time, &self.bound.assume)
                } else {
                    time::iso(time, &self.bound.assume)
                };
                match at {
                    Some(at) => Some(at),
                    None => return Parsed::Bad(Problem::new("the time is not readable", 0)),
                }
            }
        };
        // The code of a question is no answer's.
        let action = line.code.filter(|_| line.message == Message::Answer).and_then(dns::by_code);
        look_up(at, line.name, parse_ip(line.client).map(|_| line.client), action)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::dns::testing;
    use super::*;

    #[test]
    fn questions_of_clients_are_counted_and_nothing_else() {
        testing::check(
            &Dnstap,
            &[
                ("09:13:03.412678 CQ 192.0.2.25 UDP 50b \"api.notion.com.\" IN A", "api.notion.com 192.0.2.25 -"),
                ("09:13:03 RQ 198.51.100.53 UDP 50b \"api.notion.com.\" IN A", "(between resolvers)"),
                ("09:13:03 RR 198.51.100.53 UDP 90b \"api.notion.com.\" IN A", "(between resolvers)"),
                ("09:13:03 CR 192.0.2.25 UDP 90b \"api.notion.com.\" IN A NOERROR", "(answer, not a question)"),
                ("09:13:03 CQ 2001:db8::25 TCP 50b \"zoom.us.\" IN AAAA", "zoom.us 2001:db8::25 -"),
                ("09:13:03 CQ 192.0.2.25 UDP 50b \"version.bind.\" CH TXT", "(not a question about the internet)"),
                (
                    "2024-03-12T08:13:03.412678901Z dns1 CLIENT_QUERY NOERROR 192.0.2.25 51544 IPv4 UDP 50b claude.ai A 0.000000",
                    "claude.ai 192.0.2.25 -",
                ),
                (
                    "2024-03-12T08:13:03.412678901Z dns1 CLIENT_QUERY TIMEOUT 192.0.2.25 51544 IPv4 UDP 50b claude.ai A -",
                    "(a question again, since it had no answer)",
                ),
                (
                    "2024-03-12T08:13:03.412678901Z dns1 FORWARDER_QUERY NOERROR 0.0.0.0 20817 IPv4 UDP 38b claude.ai A 0.000000",
                    "(between resolvers)",
                ),
                (
                    "- dns1 CLIENT_QUERY NOERROR 192.0.2.25 5 - - 0b \"dns box.com\" A 0.0",
                    "(a name inside the network)",
                ),
                ("- dns1 CLIENT_QUERY NOERROR 192.0.2.25 5 - - 0b box.com A 0.0", "box.com 192.0.2.25 -"),
                (
                    "2024-13-12T08:13:03Z d CQ NOERROR 192.0.2.25 5 IPv4 UDP 50b box.com A 0.0",
                    "bad: the time is not readable",
                ),
                ("2024-03-12T08:13:03Z d CQ NOERROR 192.0.2.25 5 IPv4 UDP", "bad: not a dnstap message"),
            ],
        );
    }

    #[test]
    fn answers_are_counted_where_questions_are_not_logged() {
        let line = |code: &str| format!("2024-03-12T08:13:03Z dns1 CR {code} 192.0.2.25 5 INET UDP 50b box.com A 0.01");
        let (good, none, bad) = (line("NOERROR"), line("NXDOMAIN"), line("SERVFAIL"));
        testing::check(
            &Dnstap,
            &[
                (&good, "box.com 192.0.2.25 allowed"),
                // Nothing tells a policy from a name that does not exist.
                (&none, "box.com 192.0.2.25 -"),
                (&bad, "box.com 192.0.2.25 error"),
            ],
        );
    }

    #[test]
    fn a_clock_without_a_date_is_of_the_file_s_day() {
        // 2026-03-10T08:15:42Z
        let assume = Assume { newest: Some(Timestamp(1_773_130_542_000)), ..Assume::default() };
        let iso = |text: &str| time::iso(text.as_bytes(), &assume);
        assert_eq!(of_that_day(b"08:15:41.5", &assume), iso("2026-03-10T08:15:41.5Z"));
        assert_eq!(of_that_day(b"23:59:59", &assume), iso("2026-03-09T23:59:59Z"));
        assert_eq!(of_that_day(b"08:15:41", &Assume::default()), None);
    }

    proptest! {
        #[test]
        fn never_panics(line in "([0-9:]{8}|-|2024-03-12T08:13:03Z) [a-z]{0,3} ?(CQ|CLIENT_QUERY) \\PC{0,12} [0-9.:]{0,5} ?[A-Z]{0,3} [0-9]b \\PC{0,20}") {
            let _ = testing::told(&Dnstap, &[&line]);
        }
    }
}
