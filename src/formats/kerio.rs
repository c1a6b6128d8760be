//! Kerio Control (WinRoute): the filter log and the HTTP log.
//!
//! Described in Kerio Control's administrator's guide, chapter "Logs": <https://manuals.gfi.com/en/kerio/control/content/logs/logs-in-kerio-control-1431.html>.
//!
//! ```text
//! [10/Mar/2026 09:15:42] ALLOW URL 'Cloud storage' 192.0.2.41 alice HTTP GET http://www.sync.com/files
//! [10/Mar/2026 09:15:42] 192.0.2.41 - alice [10/Mar/2026:09:15:42 +0100] "GET http://www.sync.com/files HTTP/1.1" 200 1234 +4
//! ```
//!
//! The HTTP log is the common log format, or that of Squid, behind the date of Kerio's own. That date has no zone.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::number::present;
use super::fields::time;
use super::fields::words::Words;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use super::{squid, squid_clf, squid_native};
use crate::event::{Action, Event, Timestamp};

/// Kerio Control.
pub struct Kerio;

impl Format for Kerio {
    fn id(&self) -> &'static str {
        "kerio"
    }

    fn about(&self) -> About {
        About {
            name: "Kerio Control",
            summary: "The filter log and the HTTP log of Kerio Control (WinRoute).",
            reference: "https://manuals.gfi.com/en/kerio/control/content/logs/logs-in-kerio-control-1431.html",
            proof: Proof::Documentation,
            variants: &["filter", "http"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let arena = Bump::new();
        let share = head.vote(|line| match Line::read(line, assume) {
            Some(Line { says: Says::Filter { .. }, .. }) => Vote::Yes,
            Some(Line { says: Says::Web(rest), .. }) => match web(rest, assume, &arena) {
                Parsed::Event(_) => Vote::Yes,
                _ => Vote::No,
            },
            Some(Line { says: Says::Packet, .. }) => Vote::Abstain,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(95) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are of Kerio Control's filter or HTTP log")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let web =
            head.lines.iter().any(|line| matches!(Line::read(line, assume), Some(Line { says: Says::Web(_), .. })));
        let tells = Tells {
            user: true,
            client: true,
            host: true,
            path: true,
            bytes_up: false,
            bytes_down: web,
            action: true,
            method: true,
        };
        Ok(Layout::new(tells, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { assume: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "require sign-in for web pages in Kerio Control, so that the logs name users",
            Gap::BytesDown => "add the HTTP log: the filter log counts no bytes",
            _ => return None,
        })
    }
}

struct Lines {
    assume: Arc<Assume>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(read) = Line::read(line, &self.assume) else {
            return if line.trim_ascii().is_empty() {
                Parsed::Skip("an empty line")
            } else {
                Parsed::Bad(Problem::new("neither of the filter log nor of the HTTP log", 0))
            };
        };
        match read.says {
            Says::Packet => Parsed::Skip("a packet, not a request"),
            Says::Web(rest) => web(rest, &self.assume, arena),
            Says::Filter { action, client, user, method, url } => {
                let connect = method == b"CONNECT";
                let place = match squid::place(connect, url, None) {
                    Ok(place) => place,
                    Err(why) => return Parsed::Skip(why),
                };
                let (src_ip, device) = squid::client(client);
                Parsed::Event(Event {
                    at: Some(read.at),
                    user,
                    device,
                    src_ip,
                    host: place.host,
                    dst_ip: place.ip,
                    dst_port: place.port,
                    path: place.path,
                    method: present(method),
                    action: Some(action),
                    evidence: place.evidence,
                    ..Event::default()
                })
            }
        }
    }
}

/// The HTTP log behind its date.
fn web<'a>(rest: &'a [u8], assume: &Assume, arena: &'a Bump) -> Parsed<'a> {
    if memmem::find(rest, b" [").is_some() {
        squid_clf::record(rest, assume, arena)
    } else {
        squid_native::record(rest, arena)
    }
}

/// One line, taken apart.
struct Line<'a> {
    at: Timestamp,
    says: Says<'a>,
}

enum Says<'a> {
    /// `ALLOW URL 'Rule' 192.0.2.41 alice HTTP GET http://www.sync.com/`
    Filter { action: Action, client: &'a [u8], user: Option<&'a [u8]>, method: &'a [u8], url: &'a [u8] },
    /// A line of another product's shape.
    Web(&'a [u8]),
    /// `PERMIT "Rule" packet from LAN, proto:TCP, ...`
    Packet,
}

impl<'a> Line<'a> {
    fn read(line: &'a [u8], assume: &Assume) -> Option<Line<'a>> {
        let mut words = Words::new(line);
        let stamp = words.bracketed()?;
        if stamp.get(11) != Some(&b' ') {
            return None;
        }
        let at = time::clf(stamp, assume)?;
        let rest = words.rest().trim_ascii_start();
        let first = words.word()?;
        let action = match first {
            b"ALLOW" | b"PERMIT" => Action::Allowed,
            b"DENY" | b"DROP" => Action::Blocked,
            _ if squid::looks_like_ip(first) || first.first()?.is_ascii_digit() => {
                return Some(Line { at, says: Says::Web(rest) });
            }
            _ => return None,
        };
        let text = words.rest().trim_ascii_start();
        let Some(text) = text.strip_prefix(b"URL ") else {
            let packet = memmem::find(text, b"packet ").is_some() || memmem::find(text, b"proto:").is_some();
            return packet.then_some(Line { at, says: Says::Packet });
        };
        // The name of the rule may hold anything, quotes too: what follows is found from behind.
        let http = memmem::rfind(text, b" HTTP ").or_else(|| memmem::rfind(text, b" HTTPS "))?;
        let (left, right) = (&text[..http], text[http + 1..].trim_ascii());
        let quote = left.windows(2).rposition(|two| matches!(two, [b'\'' | b'"' | 0x99 | 0x9d, b' ']))?;
        let mut who = Words::new(&left[quote + 1..]);
        let client = who.word()?;
        let user = present(who.rest().trim_ascii());
        let mut words = Words::new(right);
        words.word();
        let method = words.word()?;
        let url = words.word()?;
        // Cut off within the host.
        let begun = memmem::find(url, b"://").is_some_and(|at| url[at + 3..].contains(&b'/'));
        if !begun && words.rest().is_empty() && method != b"CONNECT" {
            return None;
        }
        Some(Line { at, says: Says::Filter { action, client, user, method, url } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/kerio/sample/sample.log");

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        match (Lines { assume: Arc::new(Assume::default()) }).record(line, &arena) {
            Parsed::Event(event) => [
                text(event.src_ip),
                text(event.user),
                text(event.host),
                text(event.path),
                event.action.map_or("-", Action::as_str).into(),
                event.bytes_down.map_or("-".into(), |bytes| bytes.to_string()),
            ]
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let stem = "[10/Mar/2026 09:15:42] ";
        for (name, tail, want) in [
            (
                "allowed",
                "ALLOW URL 'Cloud storage' 192.0.2.41 alice HTTP GET http://www.sync.com/files",
                "192.0.2.41 | alice | www.sync.com | /files | allowed | -",
            ),
            (
                "nobody, typographic quotes",
                "DENY URL \u{2018}No HTTP here\u{2019} 192.0.2.41 HTTP GET http://mega.nz/fm",
                "192.0.2.41 | - | mega.nz | /fm | blocked | -",
            ),
            (
                "nobody, an apostrophe in the rule",
                "DENY URL \u{2018}Don't do\u{2019} 192.0.2.41 HTTP GET http://mega.nz/fm",
                "192.0.2.41 | - | mega.nz | /fm | blocked | -",
            ),
            (
                "the HTTP log",
                r#"192.0.2.41 - alice [10/Mar/2026:09:15:42 +0100] "GET http://www.sync.com/files HTTP/1.1" 200 1234 +4"#,
                "192.0.2.41 | alice | www.sync.com | /files | allowed | 1234",
            ),
            (
                "the HTTP log as Squid writes it",
                "1773130542.871    318 192.0.2.41 TCP_MISS/200 48211 GET http://files.slack.com/a alice DIRECT/203.0.113.80 -",
                "192.0.2.41 | alice | files.slack.com | /a | allowed | 48211",
            ),
            (
                "a packet",
                r#"DENY "Rule" packet from LAN, proto:TCP, len:48, 192.0.2.41:1864 -> 203.0.113.80:80"#,
                "skip: a packet, not a request",
            ),
            (
                "cut",
                "ALLOW URL 'Cloud storage' 192.0.2.41 alice HTTP GET http://www.sy",
                "bad: neither of the filter log nor of the HTTP log",
            ),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
        }
        assert_eq!(told(b""), "skip: an empty line");
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|b| *b == b'\n') {
            for end in 0..line.len() {
                told(&line[..end]);
                told(&line[end..]);
            }
        }
    }
}
