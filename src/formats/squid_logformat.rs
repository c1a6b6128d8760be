//! Squid's access log in a layout of the administrator's own: `logformat` in `squid.conf`.
//!
//! Defined at <http://www.squid-cache.org/Doc/config/logformat/>. The definition has to be given or found; of several the
//! one that fits most lines is taken. Codes that mean nothing here are read over.
//!
//! ```text
//! logformat audit %ts.%03tu %6tr %>a %>p %Ss/%03>Hs %<st %>st %rm %ru %ssl::>sni %[un %Sh/%<a %mt "%{User-Agent}>h"
//! 1773130542.871    318 192.0.2.41 51512 TCP_TUNNEL/200 48211 2051 CONNECT files.slack.com:443 files.slack.com alice HIER_DIRECT/203.0.113.80 - "curl/8.14.1"
//! ```

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::{number, time};
use super::squid;
use super::squid::template::{Code, Encoding, Field, Fit, Spans, Template, definition};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, split_url};

/// A Squid log whose `logformat` is known.
pub struct SquidLogformat;

impl Format for SquidLogformat {
    fn id(&self) -> &'static str {
        "squid-logformat"
    }

    fn about(&self) -> About {
        About {
            name: "Squid logformat",
            summary: "Squid's access.log in a layout of your own, read with the help of its logformat line",
            reference: squid::REFERENCE,
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let Some((share, text, _)) = best(head, assume) else { return Guess::NO };
        let Share { yes, of } = share;
        let short: String = text.chars().take(40).collect();
        let dots = if short.len() < text.len() { "..." } else { "" };
        Guess::new(share.score(99), format!("{yes} of {of} lines fit the logformat `{short}{dots}`"))
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        if assume.logformats.is_empty() {
            return Err(Problem::new("no logformat is known: give the line of squid.conf that defines it", 0));
        }
        let template = match best(head, assume) {
            Some((_, _, template)) => template,
            // Asked for by name: the first definition, or what is wrong with it.
            None => Template::compile(&assume.logformats[0])?,
        };
        let tells = tells(&template);
        Ok(Layout::new(tells, Bound { template: Arc::new(template), assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let bound = layout.get::<Bound>();
        Box::new(Custom {
            template: Arc::clone(&bound.template),
            assume: bound.assume.clone(),
            spans: Spans::default(),
        })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        squid::advice(gap)
    }
}

struct Bound {
    template: Arc<Template>,
    assume: Assume,
}

/// The definition that fits the most lines, the earlier one of equals.
fn best<'t>(head: &Head<'_>, assume: &'t Assume) -> Option<(Share, &'t str, Template)> {
    let mut best: Option<(Share, &str, Template)> = None;
    let mut arena = Bump::new();
    for text in &assume.logformats {
        let Ok(template) = Template::compile(text) else { continue };
        let mut spans = Spans::default();
        let share = head.vote(|line| {
            if is_other(line).is_some() {
                return Vote::Abstain;
            }
            arena.reset();
            if template.fit(line, &mut spans) != Fit::Whole {
                return Vote::No;
            }
            match read(&template, line, &spans.at, assume, &arena) {
                Parsed::Event(_) | Parsed::Skip(_) => Vote::Yes,
                Parsed::Bad(_) | Parsed::Layout(_) | Parsed::Identity(_) => Vote::No,
            }
        });
        if share.yes > best.as_ref().map_or(0, |(share, _, _)| share.yes) {
            best = Some((share, text, template));
        }
    }
    best
}

fn tells(template: &Template) -> Tells {
    use Code::*;
    Tells {
        user: template.has(&[User]),
        client: template.has(&[Client, ClientName, ForwardedFor]),
        host: template.has(&[Url, TargetHost, Sni, HostHeader]),
        path: template.has(&[Url, TargetPath]),
        bytes_up: template.has(&[BytesUp]) || template.has(&[BytesTotal]) && template.has(&[BytesDown]),
        bytes_down: template.has(&[BytesDown]) || template.has(&[BytesTotal]) && template.has(&[BytesUp]),
        action: template.has(&[Result, Status]),
        method: template.has(&[Method]),
    }
}

struct Custom {
    template: Arc<Template>,
    assume: Assume,
    spans: Spans,
}

impl Reader for Custom {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let spans = match self.template.fit(line, &mut self.spans) {
            Fit::Whole => &self.spans.at[..],
            // What stands before the cut is whole.
            Fit::Cut(index) => match is_other(line) {
                Some(why) => return Parsed::Skip(why),
                None => &self.spans.at[..index],
            },
            Fit::No => {
                return match is_other(line) {
                    Some(why) => Parsed::Skip(why),
                    None => Parsed::Bad(Problem::new("the line does not fit the logformat", 0)),
                };
            }
        };
        read(&self.template, line, spans, &self.assume, arena)
    }
}

/// Why a line cannot be a record at all.
fn is_other(line: &[u8]) -> Option<&'static str> {
    if line.trim_ascii().is_empty() {
        Some("an empty line")
    } else if line[0] == b'#' {
        Some("a comment")
    } else if squid::is_cache_log(line) {
        Some(squid::CACHE_LOG)
    } else {
        None
    }
}

/// The values of one line by code, each with the field that it came from.
struct Found<'t, 'a>([Option<(&'t Field, &'a [u8])>; Code::Other as usize]);

impl<'t, 'a> Found<'t, 'a> {
    fn new(template: &'t Template, line: &'a [u8], spans: &[(usize, usize)]) -> Found<'t, 'a> {
        let mut found = Found([None; Code::Other as usize]);
        for (field, (start, end)) in template.fields.iter().zip(spans) {
            let (Some(slot), Some(value)) = (found.0.get_mut(field.code as usize), line.get(*start..*end)) else {
                continue;
            };
            let value = value.trim_ascii();
            if (value != b"-" || field.code == Code::Page) && slot.is_none_or(|(old, _)| field.rank < old.rank) {
                *slot = Some((field, value));
            }
        }
        found
    }

    fn raw(&self, code: Code) -> Option<&'a [u8]> {
        self.0[code as usize].map(|(_, value)| value)
    }

    fn number(&self, code: Code) -> Option<u64> {
        self.raw(code).and_then(number::unsigned)
    }

    /// The value out of its encoding.
    fn text(&self, code: Code, arena: &'a Bump) -> Option<&'a [u8]> {
        let (field, value) = self.0[code as usize]?;
        let value = number::present(value)?;
        Some(match field.encoding {
            Encoding::Quotes | Encoding::Shell => squid::unquote(value, arena),
            Encoding::Raw => value,
            Encoding::Plain | Encoding::Mime | Encoding::Percent => {
                if memchr::memchr2(b'%', b'\\', value).is_some() {
                    squid::decode(value, arena)
                } else {
                    value
                }
            }
        })
    }
}

fn read<'a>(
    template: &Template,
    line: &'a [u8],
    spans: &[(usize, usize)],
    assume: &Assume,
    arena: &'a Bump,
) -> Parsed<'a> {
    let found = Found::new(template, line, spans);
    let Some(at) = instant(&found, assume) else {
        return Parsed::Bad(Problem::new("the time is not readable", 0));
    };
    let tag = found.raw(Code::Result);
    if tag.is_some_and(squid::is_between_caches) {
        return Parsed::Skip(squid::BETWEEN_CACHES);
    }
    let mut event = Event {
        at: Some(at),
        user: found.text(Code::User, arena),
        groups: found.text(Code::Groups, arena),
        department: found.text(Code::Department, arena),
        method: found.raw(Code::Method),
        status: found.number(Code::Status).and_then(|status| u16::try_from(status).ok()),
        duration_ms: found.number(Code::Duration),
        user_agent: found.text(Code::UserAgent, arena),
        referer: found.text(Code::Referer, arena),
        bytes_up: found.number(Code::BytesUp),
        bytes_down: found.number(Code::BytesDown),
        ..Event::default()
    };
    if let Some(total) = found.number(Code::BytesTotal) {
        // Squid defines %st as the sum of %>st and %<st.
        match (event.bytes_up, event.bytes_down) {
            (None, Some(down)) => event.bytes_up = total.checked_sub(down),
            (Some(up), None) => event.bytes_down = total.checked_sub(up),
            _ => {}
        }
    }
    who(&mut event, &found);
    let hierarchy = found.raw(Code::Hierarchy).unwrap_or(b"-");
    if let Some(peer) = found.raw(Code::Server) {
        // Without %Sh it cannot be told whether the peer is the server.
        event.dst_ip = squid::server(hierarchy, peer);
    }
    match destination(&mut event, &found) {
        Ok(()) => {}
        Err(Odd::Skip(why)) => return Parsed::Skip(why),
        Err(Odd::Bad(problem)) => return Parsed::Bad(problem),
    }
    event.action = action(&event, &found, tag, hierarchy);
    Parsed::Event(event)
}

fn instant(found: &Found<'_, '_>, assume: &Assume) -> Option<Timestamp> {
    let base = if let Some(seconds) = found.number(Code::Seconds) {
        Timestamp(i64::try_from(seconds).ok()?.checked_mul(1000)?)
    } else if let Some(start) = found.raw(Code::Start) {
        time::epoch_seconds(start)?
    } else if let Some((field, text)) = found.0[Code::Local as usize] {
        formatted(text, field.argument.as_deref(), assume)?
    } else {
        let (field, text) = found.0[Code::Gmt as usize]?;
        formatted(text, field.argument.as_deref(), &Assume { newest: assume.newest, ..Assume::default() })?
    };
    let millis = found.number(Code::Millis).filter(|millis| *millis < 1000 && base.0 % 1000 == 0).unwrap_or(0);
    let at = Timestamp(base.0 + millis as i64);
    at.is_plausible().then_some(at)
}

/// A time as `strftime` wrote it.
fn formatted(text: &[u8], format: Option<&str>, assume: &Assume) -> Option<Timestamp> {
    let format = format.unwrap_or_default();
    // The shapes that are told apart without doubt are read the quick way.
    let plain = ["%d/%b/%Y:", "%Y", "%F"].iter().any(|start| format.starts_with(start));
    if plain && let Some(at) = time::any(text, assume) {
        return Some(at);
    }
    let text_utf8 = std::str::from_utf8(text).ok()?;
    match jiff::fmt::strtime::parse(format, text_utf8) {
        Ok(parts) => {
            let at = match parts.to_timestamp() {
                Ok(at) => at,
                Err(_) => assume.zone.to_ambiguous_timestamp(parts.to_datetime().ok()?).compatible().ok()?,
            };
            Some(Timestamp(at.as_millisecond())).filter(|at| at.is_plausible())
        }
        Err(_) => time::any(text, assume),
    }
}

/// The client. An address that a proxy below vouches for is nearer to the person than that proxy's own.
fn who<'a>(event: &mut Event<'a>, found: &Found<'_, 'a>) {
    if let Some(client) = found.raw(Code::Client) {
        (event.src_ip, event.device) = squid::client(client);
    }
    if let Some(name) = found.raw(Code::ClientName).and_then(number::present)
        && !squid::looks_like_ip(name)
    {
        event.device = Some(name);
    }
    if let Some(hops) = found.raw(Code::ForwardedFor) {
        let end = hops.iter().position(|b| matches!(b, b',' | b' ' | b'%')).unwrap_or(hops.len());
        if squid::looks_like_ip(&hops[..end]) {
            event.src_ip = Some(&hops[..end]);
        }
    }
}

enum Odd {
    Skip(&'static str),
    Bad(Problem),
}

fn destination<'a>(event: &mut Event<'a>, found: &Found<'_, 'a>) -> Result<(), Odd> {
    let sni = found.raw(Code::Sni).and_then(number::present);
    let header = found.raw(Code::HostHeader).and_then(number::present);
    let url = found.raw(Code::Url);
    let is_path = url.is_some_and(|url| url.starts_with(b"/") && !url.starts_with(b"//"));
    // A target in one piece, else in several.
    let named = match url {
        Some(url) if !is_path => Some(url),
        _ => found.raw(Code::TargetHost).or(header),
    };
    match named.or(url) {
        Some(target) => {
            let connect = event.method == Some(b"CONNECT");
            let place = squid::place(connect, target, sni).map_err(Odd::Skip)?;
            event.host = place.host;
            event.dst_ip = event.dst_ip.or(place.ip);
            event.dst_port = place.port;
            event.path = place.path;
            event.evidence = place.evidence;
        }
        None => match sni {
            Some(sni) => {
                event.host = Some(sni);
                event.evidence = Evidence::Sni;
            }
            None if event.dst_ip.is_some() => event.evidence = Evidence::Address,
            None => return Err(Odd::Bad(Problem::new("no destination", 0))),
        },
    }
    if event.evidence == Evidence::Address {
        name_the_address(event, found, header);
    }
    if event.method != Some(b"CONNECT") && event.path.is_none() {
        let path = if is_path { url } else { found.raw(Code::TargetPath) };
        event.path = path.map(|path| split_url(path).path).filter(|path| !path.is_empty());
    }
    let port = found.number(Code::TargetPort).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0);
    event.dst_port = port.or(event.dst_port).or_else(|| {
        // The port of another proxy says nothing.
        let port = found.number(Code::ServerPort).filter(|_| event.dst_ip.is_some());
        port.and_then(|port| u16::try_from(port).ok())
    });
    Ok(())
}

/// A caught connection has an address for its target; the client or the certificate may have named it.
fn name_the_address<'a>(event: &mut Event<'a>, found: &Found<'_, 'a>, header: Option<&'a [u8]>) {
    let usable = |name: &&[u8]| !name.is_empty() && !squid::looks_like_ip(name);
    let connect = event.method == Some(b"CONNECT");
    if let Some(name) = header.map(|header| split_url(header).host).filter(usable).filter(|_| !connect) {
        event.host = Some(name);
        event.evidence = Evidence::Url;
        return;
    }
    let subject = found.raw(Code::CertSubject).unwrap_or_default();
    let Some(start) = memmem::find(subject, b"CN=") else { return };
    let name = &subject[start + 3..];
    let end = name.iter().position(|b| matches!(b, b'/' | b',' | b'+' | b' ' | b'"')).unwrap_or(name.len());
    let name = name[..end].strip_prefix(b"*.").unwrap_or(&name[..end]);
    if name.contains(&b'.') && usable(&name) {
        event.host = Some(name);
        event.evidence = Evidence::Sni;
    }
}

fn action(event: &Event<'_>, found: &Found<'_, '_>, tag: Option<&[u8]>, hierarchy: &[u8]) -> Option<Action> {
    if found.raw(Code::BumpMode) == Some(b"terminate") {
        return Some(Action::Blocked);
    }
    let connect = event.method == Some(b"CONNECT");
    let verdict = match (tag, event.status) {
        (Some(tag), status) => {
            let status = status.unwrap_or(200);
            if squid::is_announcement(tag, status, event.bytes_down, hierarchy, connect) {
                return Some(Action::Announced);
            }
            squid::verdict(tag, status, event.bytes_down)
        }
        (None, Some(status)) => Some(squid::verdict_by_status(status, connect)),
        (None, None) => return None,
    };
    // Squid names the page that it answered with itself; "-" means that the answer came from the server.
    match (found.raw(Code::Page), verdict) {
        (Some(b"ERR_ACCESS_DENIED"), Some(Action::Allowed | Action::Error)) => Some(Action::Blocked),
        (Some(b"ERR_CACHE_ACCESS_DENIED"), _) => Some(Action::Auth),
        (Some(b"-"), Some(Action::Error))
            if tag == Some(b"TCP_MISS") && event.bytes_down.is_some_and(|bytes| bytes > 0) =>
        {
            Some(Action::Allowed)
        }
        (Some(code), Some(Action::Allowed)) if code.starts_with(b"ERR_") => Some(Action::Error),
        (_, verdict) => verdict,
    }
}

/// The `logformat` definitions of a squid.conf, in order: `(name, format string)`.
///
/// Comments are left out and continued lines joined. Names of built-in formats (`squid`, `common`, `combined`) are not
/// returned: Squid ignores such definitions, and those logs are read without one.
///
/// ```
/// # use umbrascope::formats::logformats_in_squid_conf;
/// let found = logformats_in_squid_conf("# ours\nlogformat audit %ts %>a \\\n  %ru\nhttp_port 3128\n");
/// assert_eq!(found, [("audit".to_owned(), "%ts %>a   %ru".to_owned())]);
/// ```
pub fn logformats_in_squid_conf(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(first) = lines.next() {
        let mut joined = first.to_owned();
        while joined.ends_with('\\') {
            joined.pop();
            match lines.next() {
                Some(next) => joined.push_str(next),
                None => break,
            }
        }
        if let Some((name, format)) = definition(&joined)
            && !matches!(name, "squid" | "common" | "combined")
            && !format.is_empty()
        {
            found.push((name.to_owned(), format.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{squid_clf::SquidClf, squid_native::SquidNative};
    use super::*;

    const REAL: &[u8] = include_bytes!("../../tests/corpus/squid-logformat/real/sample.log");
    const CONF: &str = include_str!("../../tests/corpus/squid-logformat/real/squid.conf");
    const NATIVE: &[u8] = include_bytes!("../../tests/corpus/squid-native/real/sample.log");
    const CLF: &[u8] = include_bytes!("../../tests/corpus/squid-clf/real/sample.log");

    fn assume(formats: &[&str]) -> Assume {
        Assume { logformats: formats.iter().map(|text| (*text).to_owned()).collect(), ..Assume::default() }
    }

    fn audit() -> Assume {
        let formats = logformats_in_squid_conf(CONF);
        assert_eq!(formats[0].0, "audit");
        assume(&[&formats[0].1])
    }

    fn lines(text: &[u8]) -> Vec<&[u8]> {
        text.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect()
    }

    fn read_all<'a>(format: &dyn Format, assume: &Assume, text: &'a [u8], arena: &'a Bump) -> Vec<Parsed<'a>> {
        let lines = lines(text);
        let layout = format.layout(&Head { lines: lines[..lines.len().min(64)].to_vec() }, assume).unwrap();
        let mut reader = format.reader(&layout);
        lines.into_iter().map(|line| reader.record(line, arena)).collect()
    }

    fn one(format: &str, line: &str, check: impl Fn(&Event<'_>)) {
        let arena = Bump::new();
        match read_all(&SquidLogformat, &assume(&[format]), line.as_bytes(), &arena).pop() {
            Some(Parsed::Event(event)) => check(&event),
            other => panic!("{other:?}"),
        }
    }

    fn text(value: Option<&[u8]>) -> String {
        value.map_or("-".into(), |value| String::from_utf8_lossy(value).into_owned())
    }

    #[test]
    fn three_logs_of_one_squid_agree() {
        let arena = Bump::new();
        let native = read_all(&SquidNative, &Assume::default(), NATIVE, &arena);
        let clf = read_all(&SquidClf, &Assume::default(), CLF, &arena);
        let custom = read_all(&SquidLogformat, &audit(), REAL, &arena);
        assert_eq!((native.len(), clf.len(), custom.len()), (177, 177, 177));
        let (mut events, mut by_sni) = (0, 0);
        for (index, three) in native.iter().zip(&clf).zip(&custom).enumerate() {
            let line = index + 1;
            match three {
                ((Parsed::Event(native), Parsed::Event(clf)), Parsed::Event(custom)) => {
                    events += 1;
                    let short = |e: &Event<'_>| {
                        let who = (text(e.user), text(e.src_ip));
                        (
                            who,
                            text(e.path),
                            text(e.method),
                            e.status,
                            e.action,
                            e.bytes_down,
                            e.at.map(Timestamp::seconds),
                        )
                    };
                    assert_eq!(short(native), short(clf), "line {line}");
                    assert_eq!(short(native), short(custom), "line {line}");
                    assert_eq!((native.at, native.duration_ms), (custom.at, custom.duration_ms), "line {line}");
                    assert_eq!((native.host, native.dst_port), (clf.host, clf.dst_port), "line {line}");
                    assert_eq!(native.dst_ip, custom.dst_ip, "line {line}");
                    assert_eq!((text(clf.user_agent), clf.bytes_up), (text(custom.user_agent), None), "line {line}");
                    assert_eq!(text(clf.referer), text(custom.referer), "line {line}");
                    assert!(custom.bytes_up.is_some() && native.bytes_up.is_none(), "line {line}");
                    if native.evidence == Evidence::Address && custom.evidence == Evidence::Sni {
                        by_sni += 1;
                    } else {
                        assert_eq!(native.host, custom.host, "line {line}");
                    }
                }
                ((Parsed::Skip(native), Parsed::Skip(clf)), Parsed::Skip(custom)) => {
                    assert_eq!((native, clf), (custom, custom), "line {line}");
                }
                other => panic!("line {line}: {other:?}"),
            }
        }
        assert_eq!((events, by_sni), (165, 3));
    }

    #[test]
    fn names_of_tls_greetings() {
        let format = "%ts %>a %Ss/%>Hs %<st %>st %rm %ru %ssl::>sni %ssl::bump_mode";
        for (target, sni, mode, want) in [
            ("192.0.2.9:443", "api.mistral.ai", "splice", ("api.mistral.ai", Evidence::Sni, Some(Action::Allowed))),
            ("192.0.2.9:443", "-", "splice", ("192.0.2.9", Evidence::Address, Some(Action::Allowed))),
            ("slack.com:443", "slack.com", "splice", ("slack.com", Evidence::Sni, Some(Action::Allowed))),
            ("slack.com:443", "files.slack.com", "splice", ("slack.com", Evidence::Connect, Some(Action::Allowed))),
            ("mega.nz:443", "mega.nz", "terminate", ("mega.nz", Evidence::Sni, Some(Action::Blocked))),
        ] {
            let line = format!("1773130542 192.0.2.41 TCP_TUNNEL/500 48 20 CONNECT {target} {sni} {mode}");
            one(format, &line, |event| {
                assert_eq!((&*text(event.host), event.evidence, event.action), want, "{line}");
                assert_eq!((event.bytes_up, event.bytes_down, event.dst_port), (Some(20), Some(48), Some(443)));
            });
        }
    }

    #[test]
    fn codes() {
        let at = Some(Timestamp(1_773_130_542_871));
        one(
            "%tg{%Y-%m-%dT%H:%M:%S}.%03tu %>a %un %ru",
            "2026-03-10T08:15:42.871 192.0.2.1 frank miller http://box.com/a",
            |e| {
                assert_eq!((e.at, &*text(e.user), &*text(e.path)), (at, "frank miller", "/a"));
            },
        );
        one(
            "[%tg] %>a %>rm %>rs %>rd %>rP %>rp",
            "[10/Mar/2026:08:15:42 +0000] 192.0.2.1 POST https box.com 8443 /up?x",
            |e| {
                assert_eq!((&*text(e.host), e.dst_port, &*text(e.path)), ("box.com", Some(8443), "/up"));
                assert_eq!(e.evidence, Evidence::Url);
            },
        );
        one("%tg %>a %ru", "10/Mar/2026:08:15:42 +0000 192.0.2.1 http://box.com/", |e| {
            assert_eq!(e.at, Some(Timestamp(1_773_130_542_000)));
        });
        one("%tg{%m/%d/%y %I:%M %p} %>a %ru", "03/10/26 08:15 AM 192.0.2.1 http://box.com/", |e| {
            assert_eq!(e.at, Some(Timestamp(1_773_130_500_000)));
        });
        one("%ts.%03tu%6tr %st %<st %ru", "1773130542.871    55 100 40 http://box.com/", |e| {
            assert_eq!((e.at, e.duration_ms, e.bytes_up, e.bytes_down), (at, Some(55), Some(60), Some(40)));
        });
        one("%ts %-20>a|%ru|%/{User-Agent}>h", "1773130542 192.0.2.1           |http://box.com/|\"curl 8\"", |e| {
            assert_eq!((&*text(e.src_ip), &*text(e.user_agent)), ("192.0.2.1", "curl 8"));
        });
        one("%ts%byte{9}%>a%byte{9}%#un%byte{9}%ru", "1773130542\t192.0.2.1\tfrank%20miller\thttp://box.com/", |e| {
            assert_eq!(text(e.user), "frank miller");
        });
        one(
            "%ts %>a %icap::tt %zz{x} %<tt %ru %{X-Forwarded-For}>h",
            "1773130542 192.0.2.1 - ? - http://box.com/ 192.0.2.77,%20192.0.2.1",
            |e| {
                assert_eq!(text(e.src_ip), "192.0.2.77");
            },
        );
        one(
            "%ts %>a %rm %ru %Ss/%03>Hs %err_code %<st",
            "1773130542 192.0.2.1 GET http://box.com/ TCP_MISS/503 ERR_CONNECT_FAIL 9",
            |e| {
                assert_eq!(e.action, Some(Action::Error));
            },
        );
        one(
            "%ts %>a %rm %ru %Ss/%03>Hs %err_code %<st",
            "1773130542 192.0.2.1 GET http://box.com/ TCP_MISS/503 - 9",
            |e| {
                assert_eq!(e.action, Some(Action::Allowed));
            },
        );
        one("%ts %>a %rm %ru \"%{Host}>h\"", "1773130542 192.0.2.1 GET http://192.0.2.9/x \"box.com\"", |e| {
            assert_eq!((&*text(e.host), &*text(e.dst_ip), e.evidence), ("box.com", "192.0.2.9", Evidence::Url));
        });
        one(
            "logformat x %ts %>a %rm %ru \"%ssl::<cert_subject\"",
            "1773130542 192.0.2.1 CONNECT 192.0.2.9:443 \"/C=US/O=Box, Inc/CN=*.box.com\"",
            |e| {
                assert_eq!((&*text(e.host), e.evidence), ("box.com", Evidence::Sni));
            },
        );
    }

    #[test]
    fn what_compiles() {
        for (text, want) in [
            ("%ts %ru", None),
            ("100%% %ts %ru", None),
            ("%ru", Some("the logformat has no time (%ts, %tl or %tg)")),
            ("%ts %un", Some("the logformat has no destination (%ru, %>rd or %ssl::>sni)")),
            ("%ts %ru %", Some("a `%` without a code")),
            ("%ts %ru %é", Some("a `%` without a code")),
        ] {
            let got = Template::compile(text).err().map(|problem| problem.reason.into_owned());
            assert_eq!(got.as_deref(), want, "{text}");
        }
    }

    #[test]
    fn definitions() {
        let text = "# logformat old %ts %ru\r\nlogformat squid %ts %ru\r\n  logformat  a   %ts \\\r\n%ru\r\nlogformat b \"%ts %\\\"{Referer}>h %ru\"\nlogformat\nlogformat c\n";
        let found = logformats_in_squid_conf(text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], ("a".to_owned(), "%ts %ru".to_owned()));
        assert_eq!(found[1].0, "b");
    }

    #[test]
    fn guesses() {
        let head = Head { lines: lines(REAL)[..64].to_vec() };
        let real = audit().logformats.remove(0);
        let guess = SquidLogformat.sniff(&head, &assume(&["%ts %un %ru", "nonsense", &real]));
        assert_eq!(guess.score, 99);
        assert_eq!(guess.why, "64 of 64 lines fit the logformat `%ts.%03tu %6tr %>a %>p %Ss/%03>Hs %<st %...`");
        assert_eq!(SquidLogformat.sniff(&head, &Assume::default()), Guess::NO);
        assert!(SquidNative.sniff(&head, &Assume::default()).score == 0);
        assert!(SquidLogformat.layout(&head, &Assume::default()).is_err());
    }

    #[test]
    fn a_cut_line_counts_once_its_destination_is_sure() {
        let arena = Bump::new();
        let format = "%ts %>a %Ss/%>Hs %ru %un \"%{User-Agent}>h\"";
        let whole = "1773130542 192.0.2.1 TCP_MISS/200 http://box.com/a alice \"curl 8\"";
        for (end, want) in [(60, "box.com alice"), (52, "box.com -"), (46, "bad"), (12, "bad")] {
            let got = match read_all(&SquidLogformat, &assume(&[format]), &whole.as_bytes()[..end], &arena).pop() {
                Some(Parsed::Event(event)) => format!("{} {}", text(event.host), text(event.user)),
                _ => "bad".into(),
            };
            assert_eq!(got, want, "{}", &whole[..end]);
        }
    }

    #[test]
    fn any_cut_of_a_line_and_of_a_format_is_read_without_panic() {
        let arena = Bump::new();
        let mut spans = Spans::default();
        let format = audit().logformats.remove(0);
        let lines = lines(REAL);
        let template = Template::compile(&format).unwrap();
        for line in &lines {
            for end in 0..line.len().min(300) {
                for part in [&line[..end], &line[end..]] {
                    template.fit(part, &mut spans);
                    read(&template, part, &spans.at, &Assume::default(), &arena);
                }
            }
        }
        for end in (0..format.len()).filter(|end| format.is_char_boundary(*end)) {
            for part in [&format[..end], &format[end..]] {
                if let Ok(template) = Template::compile(part) {
                    template.fit(lines[0], &mut spans);
                }
            }
        }
    }
}
