//! Squid's `common` and `combined`, and the same common log format written by Apache or NGINX as forward proxies.
//!
//! Squid's are defined at <http://www.squid-cache.org/Doc/config/logformat/>, Apache's at
//! <https://httpd.apache.org/docs/current/mod/mod_log_config.html>.
//!
//! ```text
//! 192.0.2.41 - alice [10/Mar/2026:08:15:42 +0000] "CONNECT www.figma.com:443 HTTP/1.1" 200 9183 "-" "curl/8.14.1" TCP_TUNNEL:HIER_DIRECT
//! 192.0.2.41 - alice [10/Mar/2026:08:15:42 +0000] "CONNECT gitlab.com:443 HTTP/1.1" 200 - "-" "git/2.44.0"
//! ```
//!
//! Squid's result code and hierarchy at the end are its mark. Without them the log is a proxy's only if requests name
//! hosts; a web server's own log, whose requests are paths, is recognized and declined.
//!
//! Squid escapes nothing within quotes here, Apache does. So a line is cut at what cannot stand in a URL: the time, the
//! status after the request, and then from the right.

use bumpalo::Bump;
use memchr::{memchr, memmem, memrchr};

use super::fields::number::{self, present};
use super::fields::time;
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, split_url};

/// The common log format of proxies.
pub struct SquidClf;

impl Format for SquidClf {
    fn id(&self) -> &'static str {
        "squid-clf"
    }

    fn about(&self) -> About {
        About {
            name: "Squid common and combined",
            summary: "the common log format as Squid writes it, or Apache and NGINX as forward proxies",
            reference: squid::REFERENCE,
            proof: Proof::Verified,
            variants: &["common", "combined"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let (mut tails, mut hosts, mut served, mut requests) = (0usize, 0usize, 0usize, 0usize);
        let share = head.vote(|line| {
            if squid::is_cache_log(line) {
                return Vote::Abstain;
            }
            let Ok(cut) = cut(line) else { return Vote::No };
            tails += usize::from(cut.tail.is_some());
            if let Some((method, target)) = cut.request {
                requests += 1;
                let outward = names_a_host(method, target);
                hosts += usize::from(outward);
                served += usize::from(outward && !matches!(cut.status, 400 | 405));
            }
            Vote::Yes
        });
        let Share { yes, of } = share;
        if share.percent() < 60 {
            return Guess::NO;
        }
        if tails * 10 >= yes * 6 {
            let share = Share { yes: tails, of };
            let why = format!("{tails} of {of} lines end in a squid result code and hierarchy");
            return Guess::new(share.score(97), why);
        }
        if hosts > 0 && hosts * 2 >= requests && served == 0 {
            let why = "an inbound web server's log: whoever asked it for another host was refused";
            return Guess::decline(share.score(70), why);
        }
        if requests > 0 && hosts * 2 >= requests {
            let why = format!("{hosts} of {requests} requests name a host, as those to a forward proxy do");
            return Guess::new(share.score(78), why);
        }
        let paths = requests - hosts;
        let why = format!("an inbound web server's log: {paths} of {requests} requests are relative paths");
        Guess::decline(share.score(70), why)
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
        Box::new(Clf { assume: layout.get::<Assume>().as_ref().clone() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        squid::advice(gap)
    }
}

struct Clf {
    assume: Assume,
}

impl Reader for Clf {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        record(line, &self.assume, arena)
    }
}

/// What a line says; also for products that write such lines among others.
pub(super) fn record<'a>(line: &'a [u8], assume: &Assume, arena: &'a Bump) -> Parsed<'a> {
    match cut(line) {
        Ok(cut) => read(&cut, assume, arena),
        Err(_) if line.trim_ascii().is_empty() => Parsed::Skip("an empty line"),
        Err(_) if line[0] == b'#' => Parsed::Skip("a comment"),
        Err(_) if squid::is_cache_log(line) => Parsed::Skip(squid::CACHE_LOG),
        Err(problem) => Parsed::Bad(problem),
    }
}

/// Whether a line is a request to a proxy in this format, without a mark of Squid's.
pub(super) fn is_request(line: &[u8]) -> bool {
    cut(line)
        .is_ok_and(|cut| cut.tail.is_none() && cut.request.is_some_and(|(method, target)| names_a_host(method, target)))
}

/// A line cut into its fields.
#[derive(Debug, Default)]
struct Cut<'a> {
    client: &'a [u8],
    user: &'a [u8],
    time: &'a [u8],
    /// Method and target.
    request: Option<(&'a [u8], &'a [u8])>,
    status: u16,
    size: &'a [u8],
    referer: Option<&'a [u8]>,
    agent: Option<&'a [u8]>,
    /// Squid's result code and hierarchy.
    tail: Option<(&'a [u8], &'a [u8])>,
}

fn read<'a>(cut: &Cut<'a>, assume: &Assume, arena: &'a Bump) -> Parsed<'a> {
    let Some(at) = time::clf(cut.time, assume) else {
        return Parsed::Bad(Problem::new("the time is not readable", 0));
    };
    let Some((method, target)) = cut.request else { return Parsed::Skip("no request: an empty one") };
    let connect = method == b"CONNECT";
    // "-" stands for a reply without a body.
    let bytes_down = if cut.size == b"-" { Some(0) } else { number::unsigned(cut.size) };
    let action = match cut.tail {
        Some((tag, _)) if squid::is_between_caches(tag) => return Parsed::Skip(squid::BETWEEN_CACHES),
        Some((tag, hierarchy)) if squid::is_announcement(tag, cut.status, bytes_down, hierarchy, connect) => {
            Some(Action::Announced)
        }
        Some((tag, _)) => squid::verdict(tag, cut.status, bytes_down),
        None if !names_a_host(method, target) => return Parsed::Skip("a request to the web server itself"),
        None => Some(squid::verdict_by_status(cut.status, connect)),
    };
    let place = match squid::place(connect, target, None) {
        Ok(place) => place,
        Err(why) => return Parsed::Skip(why),
    };
    let (src_ip, device) = squid::client(cut.client);
    Parsed::Event(Event {
        at: Some(at),
        user: squid::user(cut.user, arena),
        device,
        src_ip,
        host: place.host,
        dst_ip: place.ip,
        dst_port: place.port,
        path: place.path,
        method: present(method),
        status: Some(cut.status),
        action,
        bytes_down,
        referer: cut.referer.and_then(present).map(|text| unescape(text, cut, arena)),
        user_agent: cut.agent.and_then(present).map(|text| unescape(text, cut, arena)),
        evidence: place.evidence,
        ..Event::default()
    })
}

/// Undoes Apache's escapes; Squid's built-in formats have none.
fn unescape<'a>(text: &'a [u8], cut: &Cut<'_>, arena: &'a Bump) -> &'a [u8] {
    if cut.tail.is_some() { text } else { squid::unquote(text, arena) }
}

/// Whether a request could only be meant for a proxy.
fn names_a_host(method: &[u8], target: &[u8]) -> bool {
    method == b"CONNECT" || split_url(target).scheme.is_some()
}

/// Cuts `client ident user [time] "request" status size "referer" "agent" TAG:HIERARCHY`, the last three optional.
fn cut(line: &[u8]) -> Result<Cut<'_>, Problem> {
    let bad = |reason, rest: &[u8]| Problem::new(reason, line.len() - rest.len());
    let (who, rest) = split_at_time(line).ok_or_else(|| bad("no time in brackets", line))?;
    let mut cut = Cut::default();
    (cut.client, cut.user) = who_asked(who).ok_or_else(|| bad("no client", line))?;
    let close = memchr(b']', rest).ok_or_else(|| bad("no time in brackets", rest))?;
    cut.time = &rest[..close];
    let rest = rest[close + 1..].trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").ok_or_else(|| bad("no request in quotes", rest))?;
    let end = request_end(rest).ok_or_else(|| bad("no status after a request", rest))?;
    cut.request = method_and_target(&rest[..end]);
    let (status, size, rest) =
        status_and_size(&rest[end + 2..]).ok_or_else(|| bad("no status after a request", rest))?;
    cut.status = status;
    cut.size = size;
    let rest = rest.trim_ascii();
    if let Some((inner, tag, hierarchy)) = split_tail(rest) {
        cut.tail = Some((tag, hierarchy));
        if let Some(inner) = inner.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")) {
            // A referer holds no blanks, so the first boundary is the one, whatever quotes the agent holds.
            if let Some(boundary) = memmem::find(inner, b"\" \"") {
                cut.referer = Some(&inner[..boundary]);
                cut.agent = Some(&inner[boundary + 3..]);
            }
        }
    } else if let Some(inner) = rest.strip_prefix(b"\"")
        && let Some(end) = squid::closing_quote(inner)
    {
        cut.referer = Some(&inner[..end]);
        cut.agent = inner[end + 1..]
            .strip_prefix(b" \"")
            .and_then(|inner| squid::closing_quote(inner).map(|end| &inner[..end]));
    }
    Ok(cut)
}

/// Splits at ` [10/Mar/2026:`: a name may hold blanks and, from Apache, brackets.
fn split_at_time(line: &[u8]) -> Option<(&[u8], &[u8])> {
    memchr::memchr_iter(b'[', line).find_map(|open| {
        let rest = &line[open + 1..];
        (open > 0 && line[open - 1] == b' ' && rest.len() > 12 && rest[2] == b'/' && rest[6] == b'/')
            .then(|| (&line[..open - 1], rest))
    })
}

/// `client ident user`; Apache's `vhost_combined` has `host:port` before that. The user may hold blanks.
fn who_asked(who: &[u8]) -> Option<(&[u8], &[u8])> {
    let field = |text: &'_ [u8]| memchr(b' ', text).unwrap_or(text.len());
    let end = field(who);
    let (mut client, mut rest) = (&who[..end], who.get(end + 1..).unwrap_or(&[]));
    let end = field(rest);
    if !squid::looks_like_ip(client) && squid::looks_like_ip(&rest[..end]) {
        (client, rest) = (&rest[..end], rest.get(end + 1..).unwrap_or(&[]));
    }
    let end = field(rest);
    let user = rest.get(end + 1..)?.trim_ascii();
    (!client.is_empty() && !user.is_empty()).then_some((client, user))
}

/// The quote that ends the request: the first with a status and a size behind it. A URL may hold quotes, but no blanks.
fn request_end(text: &[u8]) -> Option<usize> {
    memmem::find_iter(text, b"\" ").find(|quote| status_and_size(&text[quote + 2..]).is_some())
}

/// `200 2091`, and what follows.
fn status_and_size(text: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (status, rest) = text.split_at(memchr(b' ', text).filter(|digits| (1..=3).contains(digits))?);
    let status = u16::try_from(number::unsigned(status)?).ok()?;
    let rest = &rest[1..];
    let (size, rest) = rest.split_at(memchr(b' ', rest).unwrap_or(rest.len()));
    (size == b"-" || number::unsigned(size).is_some()).then_some((status, size, rest))
}

/// `GET http://... HTTP/1.1`; the protocol may be missing.
fn method_and_target(request: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = memchr(b' ', request)?;
    let (method, rest) = (&request[..blank], request[blank + 1..].trim_ascii());
    let target = match memrchr(b' ', rest) {
        Some(last) if is_protocol(&rest[last + 1..]) => rest[..last].trim_ascii_end(),
        _ => rest,
    };
    (!target.is_empty() && !is_protocol(target)).then_some((method, target))
}

/// `HTTP/1.1`, `NONE/0.0`, `ICY/1.0`.
fn is_protocol(text: &[u8]) -> bool {
    memchr(b'/', text).is_some_and(|slash| {
        slash > 1
            && text[..slash].iter().all(u8::is_ascii_uppercase)
            && text.get(slash + 1).is_some_and(u8::is_ascii_digit)
    })
}

/// Takes `TAG:HIERARCHY` off the end, and the headers in brackets that `log_mime_hdrs` adds behind it.
fn split_tail(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut text = text;
    for _ in 0..2 {
        // Within the brackets others are encoded.
        if let Some(inner) = text.strip_suffix(b"]") {
            text = inner[..memrchr(b'[', inner)?].trim_ascii_end();
        }
    }
    let start = memrchr(b' ', text).map_or(0, |blank| blank + 1);
    let field = &text[start..];
    let colon = memchr(b':', field)?;
    let (tag, hierarchy) = (&field[..colon], &field[colon + 1..]);
    (squid::is_result(tag) && squid::is_code(hierarchy)).then(|| (text[..start].trim_ascii_end(), tag, hierarchy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Action;

    const REAL: &[u8] = include_bytes!("../../tests/corpus/squid-clf/real/sample.log");

    fn lines(text: &[u8]) -> Vec<&[u8]> {
        text.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect()
    }

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        match (Clf { assume: Assume::default() }).record(line, &arena) {
            Parsed::Event(event) => [
                event.host,
                event.path,
                event.user,
                Some(event.action.map_or("-", Action::as_str).as_bytes()),
                event.referer,
                event.user_agent,
            ]
            .map(|field| field.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned()))
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let stem = "192.0.2.41 - alice [10/Mar/2026:08:15:42 +0000] ";
        for (name, tail, want) in [
            (
                "combined",
                r#""CONNECT api.dropboxapi.com:443 HTTP/1.1" 200 91834 "-" "DropboxDesktopClient/190.4" TCP_TUNNEL:HIER_DIRECT"#,
                "api.dropboxapi.com | - | alice | allowed | - | DropboxDesktopClient/190.4",
            ),
            (
                "common",
                r#""GET http://www.box.com/a?b HTTP/1.1" 403 3964 TCP_DENIED:HIER_NONE"#,
                "www.box.com | /a | alice | blocked | - | -",
            ),
            (
                "quotes as they are",
                r#""GET http://www.box.com/"q" HTTP/1.0" 200 291 "http://x.example/"q"" "say "hi" 200 3 \ back" TCP_MISS:HIER_DIRECT"#,
                r#"www.box.com | /"q" | alice | allowed | http://x.example/"q" | say "hi" 200 3 \ back"#,
            ),
            (
                "headers behind",
                r#""GET http://www.box.com/ HTTP/1.1" 200 291 "-" "curl/8" TCP_MISS:HIER_DIRECT [Host: www.box.com\r\n] [HTTP/1.1 200 OK\r\n]"#,
                "www.box.com | / | alice | allowed | - | curl/8",
            ),
            (
                "apache",
                r#""GET http://www.box.com/ HTTP/1.1" 403 - "-" "say \"hi\"""#,
                "www.box.com | / | alice | blocked | - | say \"hi\"",
            ),
            (
                "nginx refuses a tunnel",
                r#""CONNECT gitlab.com:443 HTTP/1.1" 400 166 "-" "-" "-""#,
                "gitlab.com | - | alice | error | - | -",
            ),
            ("path", r#""GET /index.html HTTP/1.1" 200 166 "-" "-""#, "skip: a request to the web server itself"),
            ("empty request", r#""-" 408 - "-" "-""#, "skip: no request: an empty one"),
            (
                "no request",
                r#""- error:invalid-request HTTP/1.1" 400 3436 "-" "-" NONE_NONE:HIER_NONE"#,
                "skip: no request: error:invalid-request",
            ),
            (
                "cut in the agent",
                r#""GET http://www.box.com/ HTTP/1.1" 200 291 "-" "Mozil"#,
                "www.box.com | / | alice | allowed | - | -",
            ),
            ("cut in the target", r#""GET http://www.bo"#, "bad: no status after a request"),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
        }
        for (name, who, want) in [
            ("blank in a name", "192.0.2.41 - frank miller", "frank miller"),
            ("encoded name", r"192.0.2.41 - corp\\jos%c3%a9", r"corp\josé"),
            ("virtual host", "proxy.example.com:8080 192.0.2.41 - bob", "bob"),
            ("nobody", "2001:db8::7 - -", "-"),
        ] {
            let line = format!(r#"{who} [10/Mar/2026:08:15:42 +0000] "GET http://box.com/ HTTP/1.1" 200 5"#);
            assert_eq!(told(line.as_bytes()), format!("box.com | / | {want} | allowed | - | -"), "{name}");
        }
        assert_eq!(told(b""), "skip: an empty line");
        assert_eq!(told(b"garbage"), "bad: no time in brackets");
    }

    #[test]
    fn guesses() {
        let guess = |text: &[u8]| {
            let guess = SquidClf.sniff(&Head { lines: lines(text) }, &Assume::default());
            (guess.score, guess.declined, guess.why.into_owned())
        };
        let line = |request: &str| format!("192.0.2.1 - - [10/Mar/2026:08:15:42 +0000] \"{request} HTTP/1.1\" 200 5\n");
        assert_eq!(guess(REAL), (97, false, "177 of 177 lines end in a squid result code and hierarchy".into()));
        let mixed = line("GET http://box.com/") + &line("CONNECT box.com:443") + &line("GET /");
        assert_eq!(
            guess(mixed.as_bytes()),
            (78, false, "2 of 3 requests name a host, as those to a forward proxy do".into())
        );
        let inbound = line("GET /a") + &line("POST /b?u=http://box.com/") + &line("GET http://box.com/");
        assert_eq!(
            guess(inbound.as_bytes()),
            (70, true, "an inbound web server's log: 2 of 3 requests are relative paths".into())
        );
        let probes = mixed.replace(" 200 ", " 400 ");
        assert_eq!(
            guess(probes.as_bytes()),
            (70, true, "an inbound web server's log: whoever asked it for another host was refused".into())
        );
        assert_eq!(guess(b"garbage\n").0, 0);
    }

    #[test]
    fn every_real_line_is_read() {
        for line in lines(REAL) {
            assert!(!told(line).starts_with("bad"), "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in lines(REAL) {
            for end in 0..line.len().min(400) {
                told(&line[..end]);
                told(&line[end..]);
            }
        }
    }
}
