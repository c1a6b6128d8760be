//! Sophos UTM (SG): the log of its web proxy.
//!
//! Described in Sophos' "Understanding UTM Logs": <https://support.sophos.com/support/s/article/KBA-000003331>.
//!
//! ```text
//! 2026:03:10-09:15:42 utm1 httpproxy[6267]: id="0001" severity="info" sys="SecureWeb" sub="http" name="http access" action="pass" method="CONNECT" srcip="192.0.2.41" ...
//! ```
//!
//! Everything is quoted and nothing is escaped. The time is that of the syslog header, in the appliance's own zone. The size
//! is that of the reply; what clients send is not logged. `device` is a number for the way of signing in, no name.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::number::{self, present};
use super::fields::pairs::{Keys, begins_with_pair};
use super::fields::time;
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event};

/// Sophos UTM.
pub struct SophosUtm;

impl Format for SophosUtm {
    fn id(&self) -> &'static str {
        "sophos-utm"
    }

    fn about(&self) -> About {
        About {
            name: "Sophos UTM",
            summary: "The web proxy's log of Sophos UTM (SG), http.log or by syslog.",
            reference: "https://support.sophos.com/support/s/article/KBA-000003331",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let (mut bare, mut others) = (0, 0);
        let share = head.vote(|line| {
            let has = |text: &[u8]| memmem::find(line, text).is_some();
            bare += usize::from(begins_with_pair(line));
            if has(b"sys=\"SecureWeb\"") && has(b" sub=\"http\"") {
                Vote::Yes
            } else if has(b"sys=\"Secure") || has(b"sys=\"System") || has(b"severity=\"") {
                others += 1;
                Vote::Abstain
            } else if is_start(line) {
                Vote::Abstain
            } else {
                Vote::No
            }
        });
        let Share { yes, of } = share;
        // An envelope that can be opened should be: it tells the time.
        let wrapped = if bare * 2 < head.lines.len() { 3 } else { 0 };
        match share.score(98) {
            0 => Guess::NO,
            score => Guess::new(score - wrapped, format!("{yes} of {of} lines are of the web proxy of a Sophos UTM")),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let tells = Tells {
            user: true,
            client: true,
            host: true,
            path: true,
            bytes_up: false,
            bytes_down: true,
            action: true,
            method: true,
        };
        Ok(Layout::new(tells, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let keys = Keys::new(|key| KEYS.iter().position(|known| known.as_bytes() == key));
        Box::new(Lines { assume: layout.get(), keys })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "set an authentication mode in the web filter profile, so that users are logged",
            Gap::BytesUp => "the UTM does not log what is sent: add its packet filter's accounting or a flow log",
            Gap::Path => "let the web filter decrypt https where that is allowed: paths are seen nowhere else",
            _ => return None,
        })
    }
}

struct Lines {
    assume: Arc<Assume>,
    keys: Keys,
}

/// The keys that matter.
const KEYS: [&str; 18] = [
    "id",
    "sys",
    "sub",
    "action",
    "method",
    "srcip",
    "dstip",
    "user",
    "group",
    "statuscode",
    "size",
    "url",
    "referer",
    "fullreqtime",
    "ua",
    "categoryname",
    "application",
    "error",
];

/// What the proxy writes when it begins or ends.
fn is_start(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
        || memmem::find(line, b"httpproxy").is_some()
        || line.starts_with(b"Integrated HTTP-Proxy")
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let mut values = [None; KEYS.len()];
        let pairs = self.keys.read(line, b' ', &mut values, arena);
        let [id, sys, sub, action, method, client, server, user, group, status, size, url, referer, took, agent, ..] =
            values;
        let [.., category, app, _error] = values;
        if pairs < 3 {
            return if is_start(line) {
                Parsed::Skip("the proxy about itself")
            } else {
                Parsed::Bad(Problem::new("no keys and values", 0))
            };
        }
        if sys.is_some_and(|sys| sys != b"SecureWeb") || sub.is_some_and(|sub| sub != b"http") {
            return Parsed::Skip("another log of the UTM, not its web proxy's");
        }
        let Some(url) = url.and_then(present) else {
            return match (id, client) {
                (Some(b"0003"), _) | (_, None) => Parsed::Skip("not about a request"),
                _ => Parsed::Bad(Problem::new("the line ends before its destination does", line.len())),
            };
        };
        let method = method.and_then(present);
        let connect = method == Some(b"CONNECT");
        let place = match squid::place(connect, url, None) {
            Ok(place) => place,
            Err(why) => return Parsed::Skip(why),
        };
        let status = status.and_then(number::unsigned).and_then(|status| u16::try_from(status).ok());
        let (src_ip, device) = client.map_or((None, None), squid::client);
        Parsed::Event(Event {
            // `2026:03:10-09:15:42`, where nobody took it off.
            at: line.get(..19).and_then(|stamp| time::iso(stamp, &self.assume)),
            user: user.and_then(present),
            groups: group.and_then(present),
            device,
            src_ip,
            host: place.host,
            dst_ip: server.filter(|ip| squid::looks_like_ip(ip) && !matches!(*ip, b"0.0.0.0" | b"::")).or(place.ip),
            dst_port: place.port,
            path: place.path,
            method,
            status,
            action: verdict(id, action, status),
            bytes_down: size.and_then(number::unsigned),
            // In microseconds.
            duration_ms: took.and_then(number::unsigned).map(|micros| micros / 1000),
            category: category.and_then(present),
            app: app.and_then(present),
            user_agent: agent.and_then(present),
            referer: referer.and_then(present),
            evidence: place.evidence,
            ..Event::default()
        })
    }
}

/// The word decides, or the number where there is none: 0072 went on behind a warning.
fn verdict(id: Option<&[u8]>, action: Option<&[u8]>, status: Option<u16>) -> Option<Action> {
    let passed = match status {
        Some(407) => Action::Auth,
        Some(0 | 502..=504) => Action::Error,
        _ => Action::Allowed,
    };
    Some(match (action.and_then(present), id?) {
        (Some(b"pass"), _) => passed,
        (Some(b"block"), _) if status == Some(407) => Action::Auth,
        (Some(b"block"), _) => Action::Blocked,
        (Some(b"warn"), _) => Action::Warned,
        (Some(_), _) => return None,
        (None, b"0001" | b"0072") => passed,
        (None, b"0071") => Action::Warned,
        (None, b"0002") => Action::Blocked,
        (None, id) if id.len() == 4 && id.starts_with(b"006") => Action::Blocked,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/sophos-utm/sample/sample.log");

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        let layout = SophosUtm.layout(&Head { lines: vec![] }, &Assume::default()).unwrap();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        match SophosUtm.reader(&layout).record(line, &arena) {
            Parsed::Event(event) => [
                text(event.host),
                text(event.path),
                text(event.user),
                event.action.map_or("-", Action::as_str).into(),
                event.bytes_down.map_or("-".into(), |bytes| bytes.to_string()),
                event.duration_ms.map_or("-".into(), |millis| millis.to_string()),
                text(event.device),
            ]
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let web = |id: &str, rest: &str| {
            format!(
                r#"id="{id}" severity="info" sys="SecureWeb" sub="http" name="x y" srcip="192.0.2.41" user="alice" {rest}"#
            )
        };
        for (name, line, want) in [
            (
                "a tunnel; microseconds; a device that is none",
                web(
                    "0001",
                    r#"action="pass" method="CONNECT" statuscode="200" size="23229" url="https://www.pcloud.com/" fullreqtime="8408149" ua="" device="0""#,
                ),
                "www.pcloud.com | - | alice | allowed | 23229 | 8408 | -",
            ),
            (
                "blocked",
                web(
                    "0060",
                    r#"action="block" method="GET" statuscode="403" size="2901" url="http://mega.nz/fm?x" reason="category""#,
                ),
                "mega.nz | /fm | alice | blocked | 2901 | - | -",
            ),
            (
                "blocked, without a word",
                web("0066", r#"method="GET" statuscode="403" size="2901" url="http://mega.nz/fm""#),
                "mega.nz | /fm | alice | blocked | 2901 | - | -",
            ),
            (
                "warned",
                web("0071", r#"action="warn" method="GET" url="http://mega.nz/fm""#),
                "mega.nz | /fm | alice | warned | - | - | -",
            ),
            (
                "went on",
                web("0072", r#"method="GET" url="http://mega.nz/fm" statuscode="200""#),
                "mega.nz | /fm | alice | allowed | - | - | -",
            ),
            ("debug", web("0003", r#"function="auth" line="12" message="failed""#), "skip: not about a request"),
            (
                "the packet filter",
                r#"id="2001" severity="info" sys="SecureNet" sub="packetfilter" action="drop" srcip="192.0.2.41""#
                    .into(),
                "skip: another log of the UTM, not its web proxy's",
            ),
            (
                "cut in the URL",
                web("0001", r#"action="pass" method="GET" url="http://www.bo"#),
                "bad: the line ends before its destination does",
            ),
            ("start", "Integrated HTTP-Proxy 7009f5a".into(), "skip: the proxy about itself"),
            ("junk", "garbage".into(), "bad: no keys and values"),
        ] {
            assert_eq!(told(line.as_bytes()), want, "{name}");
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
