//! HAProxy as a forward proxy: its HTTP log.
//!
//! Defined in HAProxy's configuration manual, 8.2.3: <https://docs.haproxy.org/3.0/configuration.html#8.2.3>.
//!
//! ```text
//! 192.0.2.41:33317 [10/Mar/2026:08:15:42.655] fwd-proxy internet/direct 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {api.hubspot.com|Mozilla/5.0} {} "GET http://api.hubspot.com/crm HTTP/1.1"
//! ```
//!
//! HAProxy nearly always stands before one's own servers. Such logs are recognized and declined: their requests are paths.
//! Requests of HTTP/2 are written with a host there too, so they prove nothing.
//!
//! The time has no zone. With `option logasap` the line is written before the end, marked by a `+`, and its bytes are those
//! of the headers only: they are left out.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memrchr};

use super::fields::number::{self, present};
use super::fields::time;
use super::fields::words::{Words, is_agent};
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, split_url};

/// HAProxy.
pub struct Haproxy;

impl Format for Haproxy {
    fn id(&self) -> &'static str {
        "haproxy"
    }

    fn about(&self) -> About {
        About {
            name: "HAProxy",
            summary: "The HTTP log of HAProxy where it is a forward proxy; logs of load balancers are declined.",
            reference: "https://docs.haproxy.org/3.0/configuration.html#8.2.3",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let (mut requests, mut outward) = (0, 0);
        let share = head.vote(|line| match cut(line) {
            Ok(cut) => {
                if let Some((method, target, protocol)) = cut.request {
                    requests += 1;
                    outward += usize::from(is_outward(method, target, protocol));
                }
                Vote::Yes
            }
            Err(Odd::Skip(why)) if why == OWN => Vote::Abstain,
            Err(Odd::Skip(_)) => Vote::Yes,
            Err(Odd::Bad(_)) => Vote::No,
        });
        let Share { yes, of } = share;
        if share.percent() < 60 || of == 0 {
            return Guess::NO;
        }
        if requests > 0 && outward * 2 >= requests {
            let why =
                format!("{yes} of {of} lines are HAProxy's, and {outward} of {requests} requests go to other hosts");
            return Guess::new(share.score(96), why);
        }
        let inbound = requests - outward;
        let why = match requests {
            0 => "HAProxy's log of connections: it names no destinations".to_owned(),
            _ => format!("an inbound load balancer's log: {inbound} of {requests} requests are for its own servers"),
        };
        Guess::decline(share.score(95), why)
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let tells = Tells {
            user: false,
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
        Box::new(Lines { assume: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::BytesUp => "add %U to the log-format: the bytes that clients send",
            Gap::User => {
                "HAProxy knows addresses only: join them with the leases, or let a proxy with sign-in write the log"
            }
            _ => return None,
        })
    }
}

struct Lines {
    assume: Arc<Assume>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        match cut(line) {
            Ok(cut) => read(&cut, &self.assume, arena),
            Err(Odd::Skip(why)) => Parsed::Skip(why),
            Err(Odd::Bad(problem)) => Parsed::Bad(problem),
        }
    }
}

/// A line cut into its fields.
#[derive(Debug)]
struct Cut<'a> {
    client: &'a [u8],
    time: &'a [u8],
    timers: &'a [u8],
    status: &'a [u8],
    bytes: &'a [u8],
    /// `PR--`
    ended: &'a [u8],
    captured: Option<&'a [u8]>,
    /// Method, target, protocol; `None` for what was no request.
    request: Option<(&'a [u8], &'a [u8], &'a [u8])>,
}

#[derive(Debug)]
enum Odd {
    Skip(&'static str),
    Bad(Problem),
}

const OWN: &str = "HAProxy about itself";

fn read<'a>(cut: &Cut<'a>, assume: &Assume, arena: &'a Bump) -> Parsed<'a> {
    let Some(at) = time::clf(cut.time, assume) else {
        return Parsed::Bad(Problem::new("the time is not readable", 0));
    };
    let Some((method, target, _)) = cut.request else { return Parsed::Skip("no request: not readable") };
    let connect = method == b"CONNECT";
    if !connect && split_url(target).scheme.is_none() {
        return Parsed::Skip("a request to a server of one's own");
    }
    let mut place = match squid::place(connect, target, None) {
        Ok(place) => place,
        Err(why) => return Parsed::Skip(why),
    };
    let (mut agent, mut referer) = (None, None);
    for value in cut.captured.unwrap_or_default().split(|byte| *byte == b'|').filter_map(present) {
        if value.starts_with(b"http://") || value.starts_with(b"https://") {
            referer = referer.or(Some(value));
        } else if is_agent(value) {
            agent = agent.or_else(|| Some(squid::unquote(value, arena)));
        } else if place.ip.is_some() && is_host(value) {
            // The address stands in the request, the name in the Host header.
            place.host = Some(split_url(value).host);
            place.evidence = if connect { Evidence::Connect } else { Evidence::Url };
        }
    }
    let partial = cut.timers.contains(&b'+') || cut.bytes.starts_with(b"+");
    let bytes_down = if partial { None } else { number::unsigned(cut.bytes) };
    let status = number::unsigned(cut.status).and_then(|status| u16::try_from(status).ok());
    let total = &cut.timers[memrchr(b'/', cut.timers).map_or(0, |slash| slash + 1)..];
    // An address of version 6 has colons too.
    let client = &cut.client[..memrchr(b':', cut.client).unwrap_or(cut.client.len())];
    let (src_ip, device) = squid::client(client);
    Parsed::Event(Event {
        at: Some(at),
        device,
        src_ip,
        host: place.host,
        dst_ip: place.ip,
        dst_port: place.port,
        path: place.path,
        method: present(method),
        status,
        action: action(cut.ended, status, bytes_down, connect),
        bytes_down,
        duration_ms: number::unsigned(total),
        user_agent: agent,
        referer,
        evidence: place.evidence,
        ..Event::default()
    })
}

/// How the session ended says who ended it and in which phase. In the phase of data (`cD`, `sD`, `CD`) something had gone
/// through: so end most tunnels.
fn action(ended: &[u8], status: Option<u16>, down: Option<u64>, connect: bool) -> Option<Action> {
    let delivered = down != Some(0) && status.is_some_and(|status| (100..400).contains(&status));
    Some(match (ended.first(), ended.get(1)) {
        (Some(b'P'), _) => Action::Blocked,
        (Some(b'-'), _) => match status? {
            407 => Action::Auth,
            502..=504 => Action::Error,
            400.. if connect => Action::Error,
            _ => Action::Allowed,
        },
        // Answered by HAProxy itself: a page, a redirection, or a rule's "no".
        (Some(b'L'), _) if status == Some(403) => Action::Blocked,
        (Some(b'L'), _) => return None,
        (_, Some(b'D' | b'L')) if delivered => Action::Allowed,
        _ => Action::Error,
    })
}

/// Whether a request could only be meant for a proxy.
fn is_outward(method: &[u8], target: &[u8], protocol: &[u8]) -> bool {
    method == b"CONNECT" || split_url(target).scheme.is_some() && protocol.starts_with(b"HTTP/1")
}

fn is_host(text: &[u8]) -> bool {
    let host = split_url(text).host;
    memchr(b'.', host).is_some()
        && !squid::looks_like_ip(host)
        && host.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn cut(line: &[u8]) -> Result<Cut<'_>, Odd> {
    let bad = |reason, words: &Words<'_>| Odd::Bad(Problem::new(reason, line.len() - words.rest().len()));
    let mut words = Words::new(line);
    let Some(client) = words.word() else { return Err(Odd::Skip("an empty line")) };
    let Some(time) = words.bracketed() else {
        let own = [&b"Proxy "[..], b"Server ", b"Health check ", b"backend ", b"New worker", b"Stopping ", b"Pausing "];
        return Err(if own.iter().any(|start| line.starts_with(start)) {
            Odd::Skip(OWN)
        } else {
            bad("no time in brackets", &words)
        });
    };
    let mut word = |reason| words.word().ok_or_else(|| Odd::Bad(Problem::new(reason, line.len())));
    let (_frontend, backend) = (word("too few fields")?, word("too few fields")?);
    let (timers, status, bytes) = (word("too few fields")?, word("too few fields")?, word("too few fields")?);
    if memchr(b'/', timers).is_none() {
        // `fe/1: SSL handshake failure`
        return Err(if memchr(b':', backend).is_some() || _frontend.ends_with(b":") {
            Odd::Skip("a connection that came to nothing")
        } else {
            bad("no timers", &words)
        });
    }
    if memchr::memchr_iter(b'/', timers).count() == 2 {
        return Err(Odd::Skip("a connection, no request"));
    }
    let (_cookie, _set) = (word("too few fields")?, word("too few fields")?);
    let ended = word("too few fields")?;
    let (_connections, _queues) = (word("too few fields")?, word("too few fields")?);
    if ended.len() != 4 || !(status == b"-1" || number::unsigned(status).is_some()) {
        return Err(bad("no state at the end of the session", &words));
    }
    let mut cut = Cut { client, time, timers, status, bytes, ended, captured: None, request: None };
    let rest = words.rest().trim_ascii_start();
    // Captured headers may hold anything but a brace at their end.
    let mut rest = rest;
    while let Some(inner) = rest.strip_prefix(b"{") {
        let end = memchr::memmem::find(inner, b"} ").ok_or_else(|| bad("the line ends early", &words))?;
        cut.captured = cut.captured.or(Some(&inner[..end]));
        rest = inner[end + 1..].trim_ascii_start();
    }
    let Some(request) = rest.strip_prefix(b"\"") else { return Err(bad("no request in quotes", &words)) };
    // Cut off at the length of a syslog message, as long URLs are.
    let (request, whole) = match memrchr(b'"', request) {
        Some(end) => (&request[..end], true),
        None => (request, false),
    };
    if request.starts_with(b"<BADREQ>") {
        return Ok(cut);
    }
    let Some(blank) = memchr(b' ', request) else { return Ok(cut) };
    let (method, rest) = (&request[..blank], request[blank + 1..].trim_ascii());
    let (target, protocol) = match memrchr(b' ', rest) {
        Some(last) if rest[last + 1..].starts_with(b"HTTP") => (&rest[..last], &rest[last + 1..]),
        _ => (rest, &b"HTTP/1"[..]),
    };
    if !whole && split_url(target).scheme.is_some() && split_url(target).path.is_empty() {
        return Err(Odd::Bad(squid::CUT_SHORT));
    }
    cut.request = Some((method, target, protocol));
    Ok(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/haproxy/sample/sample.log");

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        match (Lines { assume: Arc::new(Assume::default()) }).record(line, &arena) {
            Parsed::Event(event) => [
                text(event.src_ip),
                text(event.host),
                text(event.path),
                event.action.map_or("-", Action::as_str).into(),
                event.bytes_down.map_or("-".into(), |bytes| bytes.to_string()),
                event.duration_ms.map_or("-".into(), |bytes| bytes.to_string()),
            ]
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let stem = "192.0.2.41:33317 [10/Mar/2026:08:15:42.655] fwd internet/direct ";
        for (name, tail, want) in [
            (
                "a request",
                r#"10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {api.hubspot.com|Mozilla/5.0} {} "GET http://api.hubspot.com/crm?x HTTP/1.1""#,
                "192.0.2.41 | api.hubspot.com | /crm | allowed | 2750 | 109",
            ),
            (
                "without captures",
                r#"10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "CONNECT app.hubspot.com:443 HTTP/1.1""#,
                "192.0.2.41 | app.hubspot.com | - | allowed | 2750 | 109",
            ),
            (
                "a tunnel that timed out in its data",
                r#"10/0/30/69/50109 200 2750 - - cD-- 1/1/1/1/0 0/0 "CONNECT app.hubspot.com:443 HTTP/1.1""#,
                "192.0.2.41 | app.hubspot.com | - | allowed | 2750 | 50109",
            ),
            (
                "denied",
                r#"0/-1/-1/-1/0 403 188 - - PR-- 1/1/0/0/0 0/0 "CONNECT mega.nz:443 HTTP/1.1""#,
                "192.0.2.41 | mega.nz | - | blocked | 188 | 0",
            ),
            (
                "no server",
                r#"0/0/-1/-1/3001 503 188 - - SC-- 1/1/0/0/3 0/0 "CONNECT mega.nz:443 HTTP/1.1""#,
                "192.0.2.41 | mega.nz | - | error | 188 | 3001",
            ),
            (
                "written before the end",
                r#"10/0/30/69/+109 200 +275 - - ---- 1/1/1/1/0 0/0 "GET http://mega.nz/ HTTP/1.1""#,
                "192.0.2.41 | mega.nz | / | allowed | - | -",
            ),
            (
                "a path",
                r#"10/0/30/69/109 200 275 - - ---- 1/1/1/1/0 0/0 {www.example.com} "GET /a HTTP/1.1""#,
                "skip: a request to a server of one's own",
            ),
            (
                "not readable",
                r#"-1/-1/-1/-1/6001 408 212 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>""#,
                "skip: no request: not readable",
            ),
            ("a connection", "0/0/150 2122 -- 1/1/1/1/0 0/0", "skip: a connection, no request"),
            (
                "cut in the host",
                r#"10/0/30/69/109 200 275 - - ---- 1/1/1/1/0 0/0 "GET http://www.bo"#,
                "bad: the line ends before its destination does",
            ),
            (
                "cut in the path",
                r#"10/0/30/69/109 200 275 - - ---- 1/1/1/1/0 0/0 "GET http://www.box.com/aaaa"#,
                "192.0.2.41 | www.box.com | /aaaa | allowed | 275 | 109",
            ),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
        }
        let v6 = r#"2001:db8::7:33317 [10/Mar/2026:08:15:42.655] fwd~ a/b 1/1/1/1/1 200 5 - - ---- 1/1/1/1/0 0/0 "GET http://box.com/ HTTP/1.1""#;
        assert_eq!(told(v6.as_bytes()), "2001:db8::7 | box.com | / | allowed | 5 | 1");
        assert_eq!(told(b"Server internet/direct is DOWN, reason: Layer4 timeout"), "skip: HAProxy about itself");
        assert_eq!(told(b""), "skip: an empty line");
        assert_eq!(told(b"garbage"), "bad: no time in brackets");
    }

    #[test]
    fn a_load_balancer_is_declined_even_with_hosts_in_http_2() {
        let line = br#"192.0.2.41:33317 [10/Mar/2026:08:15:42.655] web~ a/b 1/1/1/1/1 200 5 - - ---- 1/1/1/1/0 0/0 "GET https://www.example.com/ HTTP/2.0""#;
        let guess = Haproxy.sniff(&Head { lines: vec![line; 4] }, &Assume::default());
        assert!(guess.declined && guess.score > 90, "{guess:?}");
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
