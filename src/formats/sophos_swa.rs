//! Sophos Web Appliance (SWA): its log by syslog.
//!
//! Described at <https://docs.sophos.com/nsg/swa/help/en-us/nsg/swa/concepts/LogDataFormat.html>.
//!
//! ```text
//! h=192.0.2.41 u="EXAMPLE\alice" s=200 X=- t=1773130542 T=284453 Ts=0 act=1 cat="0x220000002a" app="-" ... in=1255 out=26198 meth=GET ref="-" ua="Mozilla/5.0" req="GET http://www.google.com/ HTTP/1.1" dom="google.com" ... target_ip="203.0.113.94" ...
//! ```
//!
//! `in` is what the appliance got from the client, `out` what the client got: the other way round than in most logs.

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::number::{self, present};
use super::fields::pairs::Keys;
use super::fields::time;
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event};

/// Sophos Web Appliance.
pub struct SophosSwa;

impl Format for SophosSwa {
    fn id(&self) -> &'static str {
        "sophos-swa"
    }

    fn about(&self) -> About {
        About {
            name: "Sophos Web Appliance",
            summary: "The web log of Sophos' Web Appliance by syslog.",
            reference: "https://docs.sophos.com/nsg/swa/help/en-us/nsg/swa/concepts/LogDataFormat.html",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let share = head.vote(|line| {
            let has = |text: &[u8]| memmem::find(line, text).is_some();
            let fits = line.starts_with(b"h=") && has(b" t=") && has(b" act=") && has(b" meth=");
            if fits { Vote::Yes } else { Vote::No }
        });
        let Share { yes, of } = share;
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines have the keys of a Sophos Web Appliance")),
        }
    }

    fn layout(&self, _head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(Tells::ALL, ()))
    }

    fn reader(&self, _layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { keys: Keys::new(|key| KEYS.iter().position(|known| known.as_bytes() == key)) })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "turn on authentication in the appliance, so that the log names users",
            Gap::Path => "turn on HTTPS scanning where that is allowed: paths of https sites are seen nowhere else",
            _ => return None,
        })
    }
}

/// The keys that matter.
const KEYS: [&str; 13] = ["h", "u", "s", "t", "T", "act", "app", "in", "out", "ref", "ua", "req", "target_ip"];

struct Lines {
    keys: Keys,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let mut values = [None; KEYS.len()];
        if self.keys.read(line, b' ', &mut values, arena) < 3 {
            return if line.trim_ascii().is_empty() {
                Parsed::Skip("an empty line")
            } else {
                Parsed::Bad(Problem::new("no keys and values", 0))
            };
        }
        let [client, user, status, at, took, act, app, up, down, referer, agent, request, server] =
            values.map(|value| value.and_then(present));
        let Some(at) = at.and_then(time::epoch_seconds) else {
            return Parsed::Bad(Problem::new("the time is not in seconds since 1970", 0));
        };
        let Some(request) = request else {
            return Parsed::Bad(Problem::new("the line ends before its destination does", line.len()));
        };
        let blank = memchr(b' ', request).unwrap_or(0);
        let (method, rest) = (&request[..blank], request[blank..].trim_ascii());
        let target = &rest[..memmem::rfind(rest, b" HTTP/").unwrap_or(rest.len())];
        let connect = method == b"CONNECT";
        let place = match squid::place(connect, target, None) {
            Ok(place) => place,
            Err(why) => return Parsed::Skip(why),
        };
        let status = status.and_then(number::unsigned).and_then(|status| u16::try_from(status).ok());
        let (src_ip, device) = client.map_or((None, None), squid::client);
        Parsed::Event(Event {
            at: Some(at),
            user,
            device,
            src_ip,
            host: place.host,
            dst_ip: server.filter(|ip| squid::looks_like_ip(ip)).or(place.ip),
            dst_port: place.port,
            path: place.path,
            method: present(method),
            status,
            action: match (act, status) {
                (_, Some(407)) => Some(Action::Auth),
                (Some(b"1"), Some(0 | 502..=504)) => Some(Action::Error),
                (Some(b"1"), _) => Some(Action::Allowed),
                (Some(_), _) => Some(Action::Blocked),
                (None, _) => None,
            },
            bytes_up: up.and_then(number::unsigned),
            bytes_down: down.and_then(number::unsigned),
            // In microseconds.
            duration_ms: took.and_then(number::unsigned).map(|micros| micros / 1000),
            app,
            user_agent: agent,
            referer,
            evidence: place.evidence,
            ..Event::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/sophos-swa/sample/sample.log");

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        let layout = SophosSwa.layout(&Head { lines: vec![] }, &Assume::default()).unwrap();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        match SophosSwa.reader(&layout).record(line, &arena) {
            Parsed::Event(event) => format!(
                "{} {} {} {:?} {:?}",
                text(event.host),
                text(event.user),
                event.action.map_or("-", Action::as_str),
                event.bytes_up,
                event.bytes_down
            ),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn in_is_up() {
        let stem = r#"h=192.0.2.41 u="EXAMPLE\alice" s=200 X=- t=1773130542 T=284453 act="#;
        for (tail, want) in [
            (
                r#"1 in=1255 out=26198 meth=GET req="GET http://www.box.com/ HTTP/1.1""#,
                r"www.box.com EXAMPLE\alice allowed Some(1255) Some(26198)",
            ),
            (
                r#"2 in=12 out=- meth=CONNECT req="CONNECT mega.nz:443 HTTP/1.1""#,
                r"mega.nz EXAMPLE\alice blocked Some(12) None",
            ),
            (r#"1 in=1255 out=2 meth=GET req="GET http://www.bo"#, "bad: the line ends before its destination does"),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want);
        }
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
