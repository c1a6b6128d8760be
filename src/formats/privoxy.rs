//! Privoxy's log file.
//!
//! Defined by the comments of its `config` (`debug 1`, `512`, `1024`): <https://www.privoxy.org/user-manual/config.html#DEBUG>.
//!
//! ```text
//! 2026-03-10 08:15:42.123 7f1c2d3e Request: slack.com:443/
//! 2026-03-10 08:15:43.456 7f1c2d3e Crunch: Blocked: https://mega.nz/fm
//! 192.0.2.41 - - [10/Mar/2026:08:15:42 +0000] "CONNECT slack.com:443 HTTP/1.1" 200 1234
//! ```
//!
//! `debug 512` writes the common log format between its own lines. Where the head of a file has such lines they tell more,
//! and of each request, the refused ones too: then they are the events, and requests told twice are left out.
//!
//! Privoxy's own times have no zone, and its own lines no client.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::number::present;
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use super::{squid, squid_clf};
use crate::event::{Action, Event, Evidence, Timestamp};

/// Privoxy.
pub struct Privoxy;

impl Format for Privoxy {
    fn id(&self) -> &'static str {
        "privoxy"
    }

    fn about(&self) -> About {
        About {
            name: "Privoxy",
            summary: "The log file of a filtering proxy, with or without its lines in the common log format.",
            reference: "https://www.privoxy.org/user-manual/config.html#DEBUG",
            proof: Proof::Documentation,
            variants: &["requests", "common"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let mut own = 0;
        let share = head.vote(|line| match Line::read(line, assume) {
            Some(line) => {
                own += usize::from(matches!(line.level, b"Request" | b"Crunch"));
                Vote::Yes
            }
            None if squid_clf::is_request(line) => Vote::Yes,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        if own == 0 {
            return Guess::NO;
        }
        match share.score(95) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are Privoxy's, {own} of them about requests")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let common = head.lines.iter().any(|line| squid_clf::is_request(line));
        let tells = Tells {
            client: common,
            host: true,
            path: true,
            bytes_down: common,
            action: true,
            method: common,
            ..Tells::default()
        };
        Ok(Layout::new(tells, Bound { common, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { bound: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::Client | Gap::BytesDown => "set `debug 512` in Privoxy's config: the common log format names clients",
            Gap::User => "Privoxy knows no users: join the addresses with the leases",
            _ => return None,
        })
    }
}

struct Bound {
    /// Requests are told in the common log format.
    common: bool,
    assume: Assume,
}

struct Lines {
    bound: Arc<Bound>,
}

/// A line of Privoxy's own.
struct Line<'a> {
    at: Timestamp,
    level: &'a [u8],
    text: &'a [u8],
}

impl<'a> Line<'a> {
    /// `2026-03-10 08:15:42.123 7f1c2d3e Request: TEXT`, before version 3.0.7 `Mar 10 08:15:42 Privoxy(b7d2e6c0) Request: TEXT`.
    fn read(line: &'a [u8], assume: &Assume) -> Option<Line<'a>> {
        let (at, rest) = if line.first()?.is_ascii_digit() {
            let end = line.iter().enumerate().filter(|(_, byte)| **byte == b' ').map(|(at, _)| at).nth(1)?;
            (time::iso(&line[..end], assume)?, line[end..].trim_ascii_start())
        } else if line.first()?.is_ascii_uppercase() {
            let (at, len) = time::syslog(line, assume)?;
            (at, line[len..].trim_ascii_start())
        } else {
            return None;
        };
        let blank = memchr(b' ', rest)?;
        let thread = &rest[..blank];
        let hex = |text: &[u8]| (4..=16).contains(&text.len()) && text.iter().all(u8::is_ascii_hexdigit);
        let old = thread.strip_prefix(b"Privoxy(").and_then(|rest| rest.strip_suffix(b")"));
        if !hex(thread) && old.is_none() {
            return None;
        }
        let rest = &rest[blank + 1..];
        let colon = memchr(b':', rest).filter(|colon| (1..=24).contains(colon))?;
        let level = &rest[..colon];
        level.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b' ')).then(|| Line {
            at,
            level,
            text: rest[colon + 1..].trim_ascii(),
        })
    }
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let assume = &self.bound.assume;
        let Some(own) = Line::read(line, assume) else {
            if line.trim_ascii().is_empty() {
                return Parsed::Skip("an empty line");
            }
            return squid_clf::record(line, assume, arena);
        };
        let told = if self.bound.common { Err("told in the common log format as well") } else { Ok(()) };
        match own.level {
            b"Request" if own.text.ends_with(b" crunch!") || memmem::find(own.text, b" crunch! (").is_some() => {
                let end = memmem::find(own.text, b" crunch!").unwrap_or(own.text.len());
                told.map_or_else(Parsed::Skip, |()| event(own.at, &own.text[..end], Action::Blocked))
            }
            b"Request" => told.map_or_else(Parsed::Skip, |()| event(own.at, own.text, Action::Allowed)),
            b"Crunch" => {
                let Some(colon) = memmem::find(own.text, b": ") else {
                    return Parsed::Skip("not about a request");
                };
                let action = match &own.text[..colon] {
                    b"Blocked" => Action::Blocked,
                    // A redirection, or Privoxy's own pages.
                    b"Redirected" | b"CGI Call" => return Parsed::Skip("an answer of Privoxy's own"),
                    b"Untrusted" => Action::Blocked,
                    _ => Action::Error,
                };
                told.map_or_else(Parsed::Skip, |()| event(own.at, own.text[colon + 2..].trim_ascii(), action))
            }
            _ => Parsed::Skip("not about a request"),
        }
    }
}

/// `slack.com:443/`, `www.box.com/a?b`, `https://mega.nz/fm`.
fn event(at: Timestamp, target: &[u8], action: Action) -> Parsed<'_> {
    let mut place = match squid::place(false, target, None) {
        Ok(place) => place,
        Err(why) => return Parsed::Skip(why),
    };
    // A tunnel is shown as a host, its port and a slash.
    let tunnel = place.path == Some(b"/") && place.port == Some(443) && memmem::find(target, b"://").is_none();
    if tunnel || place.path.is_none() {
        place.path = None;
        if place.ip.is_none() {
            place.evidence = Evidence::Connect;
        }
    }
    Parsed::Event(Event {
        at: Some(at),
        host: place.host.and_then(present),
        dst_ip: place.ip,
        dst_port: place.port,
        path: place.path,
        action: Some(action),
        evidence: place.evidence,
        ..Event::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(head: &[&str], line: &str) -> String {
        let arena = Bump::new();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        let head = Head { lines: head.iter().map(|line| line.as_bytes()).collect() };
        let layout = Privoxy.layout(&head, &Assume::default()).unwrap();
        match Privoxy.reader(&layout).record(line.as_bytes(), &arena) {
            Parsed::Event(event) => [
                text(event.src_ip),
                text(event.host),
                text(event.path),
                event.action.map_or("-", Action::as_str).into(),
                event.evidence.as_str().into(),
            ]
            .join(" "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let stem = "2026-03-10 08:15:42.123 7f1c2d3e ";
        for (tail, want) in [
            ("Request: slack.com:443/", "- slack.com - allowed connect"),
            ("Request: www.box.com/a?b", "- www.box.com /a allowed url"),
            ("Request: www.box.com/a crunch! (Blocked)", "- www.box.com /a blocked url"),
            ("Crunch: Blocked: https://mega.nz/fm", "- mega.nz /fm blocked url"),
            ("Crunch: Blocked: mega.nz:443", "- mega.nz - blocked connect"),
            ("Crunch: Redirected: http://mega.nz/", "skip: an answer of Privoxy's own"),
            ("Crunch: Connection failure: http://mega.nz/", "- mega.nz / error url"),
            ("Info: Privoxy version 3.0.34", "skip: not about a request"),
        ] {
            assert_eq!(told(&[], &format!("{stem}{tail}")), want, "{tail}");
        }
        let old = "Mar 10 08:15:42.123 Privoxy(b7d2e6c0) Request: slack.com/a";
        assert_eq!(told(&[], old), "- slack.com /a allowed url");
        assert_eq!(told(&[], ""), "skip: an empty line");
        assert_eq!(told(&[], "garbage"), "bad: no time in brackets");
    }

    #[test]
    fn a_request_told_twice_counts_once() {
        let common = r#"192.0.2.41 - - [10/Mar/2026:08:15:42 +0000] "CONNECT slack.com:443 HTTP/1.1" 200 1234"#;
        let refused = r#"192.0.2.41 - - [10/Mar/2026:08:15:42 +0000] "GET http://mega.nz/fm HTTP/1.1" 403 9000"#;
        assert_eq!(told(&[common], common), "192.0.2.41 slack.com - allowed connect");
        assert_eq!(told(&[common], refused), "192.0.2.41 mega.nz /fm blocked url");
        for line in [
            "2026-03-10 08:15:42.123 7f1c2d3e Request: slack.com:443/",
            "2026-03-10 08:15:42.123 7f1c2d3e Crunch: Blocked: mega.nz/fm",
        ] {
            assert_eq!(told(&[common], line), "skip: told in the common log format as well");
        }
    }
}
