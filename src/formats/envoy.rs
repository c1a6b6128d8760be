//! Envoy's access log in its default format.
//!
//! Defined at <https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string>.
//!
//! ```text
//! [2026-03-10T08:15:42.123Z] "CONNECT api.openai.com:443 HTTP/1.1" 200 - 18250 65310 31042 - "192.0.2.41" "python-requests/2.31" "9c1f-77" "api.openai.com:443" "203.0.113.80:443"
//! ```
//!
//! Bytes received come first, and are those that the client sent: Envoy counts from its own side. Headers are in neither. The
//! client's address is only in `X-Forwarded-For`, or behind the upstream host in Istio's longer line, where the server name
//! of the TLS greeting stands too.
//!
//! Envoy before one's own services writes the same line. It is one of a proxy to the outside if requests are tunnels or name
//! hosts, or where Istio says that they left through an egress (`outbound|443||...`, `PassthroughCluster`).

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::number::{self, present};
use super::fields::time;
use super::fields::words::Words;
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, is_inside_name, parse_ip, split_url};

/// Envoy.
pub struct Envoy;

impl Format for Envoy {
    fn id(&self) -> &'static str {
        "envoy"
    }

    fn about(&self) -> About {
        About {
            name: "Envoy, Istio",
            summary: "The default access log of Envoy where it is a way out; logs of inbound gateways are declined.",
            reference: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
            proof: Proof::Verified,
            variants: &["default", "istio"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut outward = 0;
        let share = head.vote(|line| match cut(line) {
            Ok(cut) => {
                outward += usize::from(cut.is_outward());
                Vote::Yes
            }
            Err(_) => Vote::No,
        });
        let Share { yes, of } = share;
        if share.score(96) == 0 {
            return Guess::NO;
        }
        if outward * 2 >= yes {
            return Guess::new(
                share.score(96),
                format!("{yes} of {of} lines are Envoy's, {outward} of them lead outside"),
            );
        }
        let inbound = yes - outward;
        Guess::decline(
            share.score(95),
            format!("an inbound Envoy's log: {inbound} of {yes} requests are for its own services"),
        )
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let client = |line: &&[u8]| cut(line).is_ok_and(|cut| cut.client().is_some());
        let tells = Tells {
            user: false,
            client: head.lines.iter().any(client),
            host: true,
            path: true,
            bytes_up: true,
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
            Gap::Client => "add %DOWNSTREAM_REMOTE_ADDRESS% to the access log format, or set use_remote_address",
            Gap::User => "Envoy knows no users: log the identity that your authorization sets as a header or metadata",
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
            Err(_) if line.trim_ascii().is_empty() => Parsed::Skip("an empty line"),
            // `[2026-03-10 08:15:42.123][1][info][main] ...`
            Err(_) if memmem::find(&line[..line.len().min(80)], b"][").is_some() => Parsed::Skip("Envoy about itself"),
            Err(problem) => Parsed::Bad(problem),
        }
    }
}

/// A line cut into its fields.
#[derive(Debug, Default)]
struct Cut<'a> {
    time: &'a [u8],
    request: &'a [u8],
    status: &'a [u8],
    flags: &'a [u8],
    received: &'a [u8],
    sent: &'a [u8],
    duration: &'a [u8],
    forwarded: Option<&'a [u8]>,
    agent: Option<&'a [u8]>,
    request_id: Option<&'a [u8]>,
    authority: Option<&'a [u8]>,
    upstream: Option<&'a [u8]>,
    /// Istio's: `outbound|443||host`, `PassthroughCluster`.
    cluster: Option<&'a [u8]>,
    remote: Option<&'a [u8]>,
    sni: Option<&'a [u8]>,
}

impl<'a> Cut<'a> {
    fn method_and_target(&self) -> (&'a [u8], &'a [u8]) {
        let Some(blank) = memchr(b' ', self.request) else { return (b"", b"") };
        if self.request.starts_with(b"- ") {
            // A bare connection.
            return (b"-", b"");
        }
        let rest = &self.request[blank + 1..];
        (&self.request[..blank], &rest[..memmem::rfind(rest, b" HTTP/").unwrap_or(rest.len())])
    }

    fn is_outward(&self) -> bool {
        let (method, target) = self.method_and_target();
        let leaves = self.cluster.is_some_and(|cluster| {
            cluster == b"PassthroughCluster" || cluster.starts_with(b"outbound|") && !is_service(cluster)
        });
        leaves || method == b"CONNECT" || split_url(target).scheme.is_some()
    }

    /// The first that a request was forwarded for, or whoever is at the other end.
    fn client(&self) -> Option<&'a [u8]> {
        let first = self.forwarded.and_then(|list| list.split(|byte| *byte == b',').next()).and_then(present);
        let remote = || self.remote.map(|remote| split_url(remote).host).and_then(present);
        first.or_else(remote).filter(|client| squid::looks_like_ip(client))
    }
}

/// A service of the cluster's own: `outbound|80||web.shop.svc.cluster.local`.
fn is_service(cluster: &[u8]) -> bool {
    let host = &cluster[memchr::memrchr(b'|', cluster).map_or(0, |bar| bar + 1)..];
    is_inside_name(host)
}

fn read<'a>(cut: &Cut<'a>, assume: &Assume, arena: &'a Bump) -> Parsed<'a> {
    let Some(at) = time::iso(cut.time, assume) else {
        return Parsed::Bad(Problem::new("the time is not readable", 0));
    };
    if cut.cluster.is_some_and(|cluster| {
        cluster.starts_with(b"inbound|") || cluster.starts_with(b"outbound|") && is_service(cluster)
    }) {
        return Parsed::Skip("a request to a service of one's own");
    }
    let (method, target) = cut.method_and_target();
    let connect = method == b"CONNECT";
    let mut path = None;
    let mut evidence = Evidence::Url;
    let mut port = None;
    let mut host = cut.authority.map(split_url).and_then(|parts| {
        port = parts.port;
        present(parts.host)
    });
    if connect {
        let parts = split_url(target);
        host = host.or(present(parts.host)).filter(|host| *host != b"/");
        port = port.or(parts.port).or(Some(443));
        evidence = Evidence::Connect;
    } else if target.starts_with(b"/") {
        path = Some(&target[..target.iter().position(|b| matches!(b, b'?' | b'#')).unwrap_or(target.len())]);
    } else if let Some(target) = present(target) {
        let parts = split_url(target);
        host = present(parts.host).or(host);
        port = parts.port.or(port);
        path = Some(parts.path).filter(|path| !path.is_empty());
    }
    let upstream = cut.upstream.map(split_url);
    let dst_ip = upstream.map(|parts| parts.host).filter(|host| squid::looks_like_ip(host));
    let named = host.is_some_and(|host| parse_ip(host).is_none());
    if !named {
        evidence = Evidence::Address;
        if let Some(sni) = cut.sni {
            host = Some(sni);
            evidence = Evidence::Sni;
        } else if let Some(cluster) = cut.cluster.filter(|cluster| cluster.starts_with(b"outbound|")) {
            host = present(&cluster[memchr::memrchr(b'|', cluster).map_or(0, |bar| bar + 1)..]).or(host);
            evidence = if host.is_some_and(|host| parse_ip(host).is_none()) { Evidence::Connect } else { evidence };
        }
    } else if connect && cut.sni.is_some_and(|sni| host.is_some_and(|host| host.eq_ignore_ascii_case(sni))) {
        evidence = Evidence::Sni;
    }
    if host.is_none() && dst_ip.is_none() {
        return Parsed::Skip("no request: no host");
    }
    let status = number::unsigned(cut.status).and_then(|status| u16::try_from(status).ok());
    Parsed::Event(Event {
        at: Some(at),
        src_ip: cut.client(),
        host,
        dst_ip: dst_ip.or(host.filter(|host| parse_ip(host).is_some())),
        dst_port: port.or(upstream.and_then(|parts| parts.port)),
        path,
        method: present(method),
        // A bare connection has none.
        status: status.filter(|status| *status != 0),
        action: Some(action(cut.flags, status, connect)),
        bytes_up: number::unsigned(cut.received),
        bytes_down: number::unsigned(cut.sent),
        duration_ms: number::unsigned(cut.duration),
        user_agent: cut.agent.map(|agent| squid::unquote(agent, arena)),
        session: cut.request_id,
        evidence,
        ..Event::default()
    })
}

/// Flags tell why a reply came from Envoy itself: refused by authorization or a limit, or a failure on either side. Without
/// them the status is that of the far end. A client that leaves (`DC`) after a reply had its use.
fn action(flags: &[u8], status: Option<u16>, connect: bool) -> Action {
    let (mut blocked, mut failed) = (false, false);
    for flag in flags.split(|byte| *byte == b',') {
        match flag {
            b"-" | b"" => {}
            b"UAEX" | b"RL" | b"RLSE" => blocked = true,
            b"DC" if status.is_some_and(|status| (200..400).contains(&status)) => {}
            _ => failed = true,
        }
    }
    match status {
        _ if blocked => Action::Blocked,
        _ if failed => Action::Error,
        Some(407) => Action::Auth,
        Some(502..=504) => Action::Error,
        Some(400..) if connect => Action::Error,
        _ => Action::Allowed,
    }
}

fn cut(line: &[u8]) -> Result<Cut<'_>, Problem> {
    let bad = |reason, words: &Words<'_>| Problem::new(reason, line.len() - words.rest().len());
    let mut words = Words::new(line);
    let mut cut = Cut { time: words.bracketed().ok_or_else(|| bad("no time in brackets", &words))?, ..Cut::default() };
    if cut.time.get(10) != Some(&b'T') {
        return Err(bad("no time in brackets", &words));
    }
    cut.request = words.quoted().ok_or_else(|| bad("no request in quotes", &words))?;
    cut.status = words.word().ok_or_else(|| bad("no status", &words))?;
    cut.flags = words.word().ok_or_else(|| bad("too few fields", &words))?;
    if number::unsigned(cut.status).is_none()
        || !cut.flags.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b',' | b'_'))
    {
        return Err(bad("no status and flags", &words));
    }
    let mut number = words.word().ok_or_else(|| bad("too few fields", &words))?;
    if number::unsigned(number).is_none() {
        // Istio: `via_upstream - "-"` before the bytes.
        cut.cluster = Some(b"");
        let (_details, _failure) = (words.value(), words.quoted());
        number = words.word().ok_or_else(|| bad("too few fields", &words))?;
    }
    cut.received = number;
    cut.sent = words.word().ok_or_else(|| bad("too few fields", &words))?;
    if number::unsigned(cut.received).is_none() || number::unsigned(cut.sent).is_none() {
        return Err(bad("no bytes", &words));
    }
    cut.duration = words.word().unwrap_or_default();
    words.word();
    cut.forwarded = words.quoted().and_then(present);
    cut.agent = words.quoted().and_then(present);
    cut.request_id = words.quoted().and_then(present);
    cut.authority = words.quoted().and_then(present);
    cut.upstream = words.quoted().and_then(present);
    // Cut off before the authority, where no one else names the host.
    let cut_short = words.rest().trim_ascii_start().starts_with(b"\"") && cut.authority.is_none();
    if cut_short && cut.method_and_target().1.starts_with(b"/") {
        return Err(bad("the line ends early", &words));
    }
    if cut.cluster.take().is_some() {
        // UPSTREAM_CLUSTER UPSTREAM_LOCAL_ADDRESS DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_REMOTE_ADDRESS REQUESTED_SERVER_NAME
        cut.cluster = words.word().and_then(present);
        let (_upstream_local, _local) = (words.word(), words.word());
        cut.remote = words.word().and_then(present);
        cut.sni = words.word().and_then(present).filter(|sni| !sni.starts_with(b"outbound_"));
    }
    Ok(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: [&[u8]; 2] = [
        include_bytes!("../../tests/corpus/envoy/sample/sample.log"),
        include_bytes!("../../tests/corpus/envoy/istio/sample.log"),
    ];

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        let number = |number: Option<u64>| number.map_or("-".into(), |number| number.to_string());
        match (Lines { assume: Arc::new(Assume::default()) }).record(line, &arena) {
            Parsed::Event(event) => [
                text(event.src_ip),
                text(event.host),
                text(event.path),
                event.action.map_or("-", Action::as_str).into(),
                number(event.bytes_up),
                number(event.bytes_down),
                event.evidence.as_str().into(),
            ]
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let stem = "[2026-03-10T08:15:42.123Z] ";
        for (name, tail, want) in [
            (
                "received is up",
                r#""CONNECT api.openai.com:443 HTTP/1.1" 200 - 18250 65310 31042 - "192.0.2.41, 198.51.100.1" "python-requests/2.31" "9c1f" "api.openai.com:443" "203.0.113.80:443""#,
                "192.0.2.41 | api.openai.com | - | allowed | 18250 | 65310 | connect",
            ),
            (
                "refused by authorization",
                r#""CONNECT mega.nz:443 HTTP/1.1" 403 UAEX 0 14 3 - "192.0.2.41" "curl/8" "9c1f" "mega.nz:443" "-""#,
                "192.0.2.41 | mega.nz | - | blocked | 0 | 14 | connect",
            ),
            (
                "no way there",
                r#""GET http://box.com/a?b HTTP/1.1" 503 UF,URX 0 91 3 - "-" "curl/8" "9c1f" "box.com" "203.0.113.80:443""#,
                "- | box.com | /a | error | 0 | 91 | url",
            ),
            (
                "a client that leaves in time",
                r#""CONNECT box.com:443 HTTP/2" 200 DC 5 91 3 - "-" "curl/8" "9c1f" "box.com:443" "203.0.113.80:443""#,
                "- | box.com | - | allowed | 5 | 91 | connect",
            ),
            (
                "istio, a bare connection",
                r#""- - -" 0 - - - "-" 1203 5544 88 - "-" "-" "-" "-" "203.0.113.9:443" PassthroughCluster 10.0.0.7:3344 203.0.113.9:443 10.0.0.7:3343 www.box.com -"#,
                "10.0.0.7 | www.box.com | - | allowed | 1203 | 5544 | sni",
            ),
            (
                "istio, a service",
                r#""GET /a HTTP/1.1" 200 - via_upstream - "-" 12 55 8 7 "-" "curl/8" "9c1f" "web" "10.0.0.9:80" outbound|80||web.shop.svc.cluster.local 10.0.0.7:3344 10.0.1.1:80 10.0.0.7:3343 - default"#,
                "skip: a request to a service of one's own",
            ),
            ("cut in the request", r#""CONNECT api.ope"#, "bad: no request in quotes"),
            (
                "cut in the agent",
                r#""CONNECT box.com:443 HTTP/1.1" 200 - 5 91 3 - "192.0.2.41" "curl"#,
                "192.0.2.41 | box.com | - | allowed | 5 | 91 | connect",
            ),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
        }
        assert_eq!(told(b"[2026-03-10 08:15:42.123][1][info][main] starting"), "skip: Envoy about itself");
        assert_eq!(told(b""), "skip: an empty line");
        assert_eq!(told(b"garbage"), "bad: no time in brackets");
    }

    #[test]
    fn an_inbound_gateway_is_declined() {
        let line = br#"[2026-03-10T08:15:42.123Z] "GET /a HTTP/1.1" 200 - 0 65310 31 30 "192.0.2.41" "curl/8" "9c1f" "www.example.com" "10.0.0.9:80""#;
        let guess = Envoy.sniff(&Head { lines: vec![line; 4] }, &Assume::default());
        assert!(guess.declined && guess.score > 90, "{guess:?}");
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLES.iter().flat_map(|sample| sample.split(|b| *b == b'\n')) {
            for end in 0..line.len() {
                told(&line[..end]);
                told(&line[end..]);
            }
        }
    }
}
