//! Squid's own access log, `logformat squid`.
//!
//! Defined at <http://www.squid-cache.org/Doc/config/logformat/>: `%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt`.
//!
//! ```text
//! 1773130542.871    318 192.0.2.41 TCP_TUNNEL/200 48211 CONNECT files.slack.com:443 alice HIER_DIRECT/203.0.113.80 -
//! 1773130543.102      0 192.0.2.42 TCP_DENIED/403 3964 GET http://www.mediafire.com/file/q1 bob HIER_NONE/- text/html
//! ```
//!
//! The time is that of the end. What clients send is not logged. Fields may follow: both messages' headers in brackets
//! (`log_mime_hdrs on`), a referer and an agent in quotes, the verdict of a filter (Diladele Web Safety).
//!
//! Nearly every line has its nine blanks and is cut at them. A blank within a user's name or a URL shifts what follows;
//! such lines are cut at the hierarchy code.

use std::ops::ControlFlow;

use bumpalo::Bump;
use memchr::{memchr, memmem};
use nom::bytes::complete::take_while1;
use nom::character::complete::{space0, space1};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::fields::{kernel, number, time};
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp};

/// Squid's native access log.
pub struct SquidNative;

impl Format for SquidNative {
    fn id(&self) -> &'static str {
        "squid-native"
    }

    fn about(&self) -> About {
        About {
            name: "Squid native",
            summary: "Squid's access.log in its default layout, with or without headers or quoted fields at the end",
            reference: squid::REFERENCE,
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut verdicts = 0;
        let share = head.vote(|line| {
            if squid::is_cache_log(line) {
                return Vote::Abstain;
            }
            match cut(line) {
                Ok(cut) if squid::is_result(cut.tag) && squid::is_code(cut.hierarchy) => {
                    verdicts += usize::from(is_wsa(cut.rest));
                    Vote::Yes
                }
                _ => Vote::No,
            }
        });
        if share.yes == 0 {
            return Guess::NO;
        }
        if verdicts * 2 >= share.yes {
            let why = format!("{verdicts} of {} lines go on with the verdict block of a Cisco WSA", share.of);
            return Guess::new(share.score(20), why);
        }
        let Share { yes, of } = share;
        Guess::new(share.score(97), format!("{yes} of {of} lines have a squid result code and hierarchy"))
    }

    fn layout(&self, _head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
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
        Ok(Layout::new(tells, ()))
    }

    fn reader(&self, _layout: &Layout) -> Box<dyn Reader> {
        Box::new(Native { blanks: [0; BLANKS] })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        squid::advice(gap)
    }
}

struct Native {
    /// Room for the places of one line's blanks.
    blanks: [u32; BLANKS],
}

impl Reader for Native {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        if let Some(cut) = straight(line, &mut self.blanks) {
            return read(&cut, arena);
        }
        slowly(line, arena)
    }
}

/// What a line says; for products that write such lines behind something of their own.
pub(super) fn record<'a>(line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
    Native { blanks: [0; BLANKS] }.record(line, arena)
}

#[cold]
fn slowly<'a>(line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
    match shifted(line) {
        Ok(cut) => read(&cut, arena),
        Err(Odd::Skip(why)) => Parsed::Skip(why),
        Err(Odd::Bad(problem)) => Parsed::Bad(problem),
    }
}

/// A line cut into its fields.
#[derive(Debug, PartialEq, Eq)]
struct Cut<'a> {
    at: Timestamp,
    elapsed: &'a [u8],
    client: &'a [u8],
    tag: &'a [u8],
    status: u16,
    size: &'a [u8],
    method: &'a [u8],
    url: &'a [u8],
    user: &'a [u8],
    hierarchy: &'a [u8],
    peer: &'a [u8],
    /// What follows the MIME type.
    rest: &'a [u8],
}

/// A line that has no fields.
#[derive(Debug, PartialEq, Eq)]
enum Odd {
    Skip(&'static str),
    Bad(Problem),
}

#[inline(always)]
fn read<'a>(cut: &Cut<'a>, arena: &'a Bump) -> Parsed<'a> {
    if squid::is_between_caches(cut.tag) {
        return Parsed::Skip(squid::BETWEEN_CACHES);
    }
    let connect = cut.method == b"CONNECT";
    let place = match squid::place(connect, cut.url, None) {
        Ok(place) => place,
        Err(why) => return Parsed::Skip(why),
    };
    let bytes_down = number::unsigned(cut.size);
    let action = if squid::is_announcement(cut.tag, cut.status, bytes_down, cut.hierarchy, connect) {
        Some(Action::Announced)
    } else {
        squid::verdict(cut.tag, cut.status, bytes_down)
    };
    let (src_ip, device) = squid::client(cut.client);
    let event = Event {
        at: Some(cut.at),
        user: squid::user(cut.user, arena),
        device,
        src_ip,
        host: place.host,
        dst_ip: squid::server(cut.hierarchy, cut.peer).or(place.ip),
        dst_port: place.port,
        path: place.path,
        method: if cut.method == b"-" { None } else { Some(cut.method) },
        status: Some(cut.status),
        action,
        bytes_down,
        // Negative after a step of the clock.
        duration_ms: number::unsigned(cut.elapsed),
        evidence: place.evidence,
        ..Event::default()
    };
    // Written where it is wanted: an event is large, and moving it about costs as much as reading the line.
    if cut.rest.is_empty() { Parsed::Event(event) } else { extras(event, cut.rest, arena) }
}

fn cut(line: &[u8]) -> Result<Cut<'_>, Odd> {
    match straight(line, &mut [0; BLANKS]) {
        Some(cut) => Ok(cut),
        None => shifted(line),
    }
}

/// The shape of nearly every line: seconds of ten digits, three of milliseconds, single blanks.
///
/// All blanks that matter are found in one pass, and the fields lie between them.
#[inline(always)]
fn straight<'a>(line: &'a [u8], blanks: &mut [u32; BLANKS]) -> Option<Cut<'a>> {
    let head = line.first_chunk::<15>()?;
    if head[10] != b'.' || head[14] != b' ' {
        return None;
    }
    let seconds = decimal::<10>(head[..10].try_into().ok()?)?;
    let millis = decimal::<3>(head[11..14].try_into().ok()?)?;
    let at = Timestamp(seconds * 1000 + millis);
    let count = find_blanks(line, blanks);
    // Blanks in front of the elapsed time right-align it.
    let padding = blanks[..count.min(PADDING)].windows(2).take_while(|two| two[0] + 1 == two[1]).count();
    let blanks = blanks[padding..count.max(padding)].first_chunk::<9>()?;
    let field = |n: usize| line.get(blanks[n] as usize + 1..blanks[n + 1] as usize);
    let (tag, status) = result(field(2)?)?;
    let (hierarchy, peer) = parent(field(7)?)?;
    let (url, user) = (field(5)?, field(6)?);
    if user.is_empty() || url.is_empty() || !at.is_plausible() {
        return None;
    }
    Some(Cut {
        at,
        elapsed: field(0)?,
        client: field(1)?,
        tag,
        status,
        size: field(3)?,
        method: field(4)?,
        url,
        user,
        hierarchy,
        peer,
        // Behind the MIME type, which is mostly the last.
        rest: blanks_end(line, blanks[8]),
    })
}

/// How many blanks are written down: those between the fields, those of the padding, and the block in which the last is
/// found.
const BLANKS: usize = PADDING + 9 + kernel::LANES;

/// The most blanks in front of the elapsed time.
const PADDING: usize = 7;

/// Writes down where the blanks of a line stand, as far as they are needed, and says how many.
#[inline(always)]
fn find_blanks(line: &[u8], blanks: &mut [u32; BLANKS]) -> usize {
    let mut count = 0;
    let _ = kernel::blocks(line, |at, block| {
        if let Some(room) = blanks.get_mut(count..).and_then(|rest| rest.first_chunk_mut()) {
            count += kernel::write_places(block.mask(b' '), at as u32, room);
        }
        if count < PADDING + 9 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    count
}

/// What stands behind the field that follows this blank.
#[inline(always)]
fn blanks_end(line: &[u8], blank: u32) -> &[u8] {
    let rest = line.get(blank as usize + 1..).unwrap_or_default();
    memchr(b' ', rest).map_or(&[][..], |end| &rest[end + 1..])
}

/// A number of so many digits.
#[inline(always)]
fn decimal<const N: usize>(digits: [u8; N]) -> Option<i64> {
    let mut value = 0;
    let mut most = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        most = digit.max(most);
        value = value * 10 + i64::from(digit);
    }
    (most <= 9).then_some(value)
}

/// `TCP_MISS/200`.
#[inline]
fn result(field: &[u8]) -> Option<(&[u8], u16)> {
    let (tag, status) = match field {
        [tag @ .., b'/', a, b, c] => (tag, decimal([*a, *b, *c])? as u16),
        _ => {
            let slash = memchr(b'/', field)?;
            (&field[..slash], u16::try_from(number::unsigned(&field[slash + 1..])?).ok()?)
        }
    };
    tag.first()?.is_ascii_uppercase().then_some((tag, status))
}

/// `HIER_DIRECT/203.0.113.80`.
#[inline]
fn parent(field: &[u8]) -> Option<(&[u8], &[u8])> {
    if let [b'H', b'I', b'E', b'R', b'_', b'D', b'I', b'R', b'E', b'C', b'T', b'/', peer @ ..] = field
        && !peer.is_empty()
    {
        return Some((&field[..11], peer));
    }
    let slash = field.iter().position(|b| !(b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_'))?;
    (slash > 0 && field[slash] == b'/' && field.len() > slash + 1 && field[0].is_ascii_uppercase())
        .then(|| (&field[..slash], &field[slash + 1..]))
}

fn word(text: &[u8]) -> IResult<&[u8], &[u8]> {
    preceded(space0, take_while1(|b| b != b' ' && b != b'\t')).parse(text)
}

/// Every other shape: blanks within the user's name or the URL, blanks doubled, a time without milliseconds, a line that
/// was cut.
#[cold]
fn shifted(line: &[u8]) -> Result<Cut<'_>, Odd> {
    let bad = |reason, rest: &[u8]| Odd::Bad(Problem::new(reason, line.len() - rest.len()));
    if line.trim_ascii().is_empty() {
        return Err(Odd::Skip("an empty line"));
    }
    if line[0] == b'#' {
        return Err(Odd::Skip("a comment"));
    }
    if squid::is_cache_log(line) {
        return Err(Odd::Skip(squid::CACHE_LOG));
    }
    let (rest, epoch) = word(line).map_err(|_| bad("no time", line))?;
    let at = time::epoch_seconds(epoch).ok_or_else(|| bad("the time is not in seconds since 1970", line))?;
    let mut left = (word, word, word, word, word);
    let (rest, (elapsed, client, code, size, method)) = left.parse(rest).map_err(|_| bad("too few fields", rest))?;
    let (tag, status) = result(code).ok_or_else(|| bad("no result code and status", rest))?;
    let (middle, _) = space1::<_, nom::error::Error<&[u8]>>(rest).map_err(|_| bad("the line ends early", rest))?;
    let mut cut = Cut {
        at,
        elapsed,
        client,
        tag,
        status,
        size,
        method,
        url: middle,
        user: b"-",
        hierarchy: b"-",
        peer: b"-",
        rest: &[],
    };
    let Some((start, after)) = find_parent(middle) else {
        return truncated(cut, middle).ok_or(Odd::Bad(squid::CUT_SHORT));
    };
    let field = middle[start..middle.len() - after.len()].trim_ascii();
    (cut.hierarchy, cut.peer) = parent(field).ok_or_else(|| bad("no hierarchy code", middle))?;
    cut.rest = word(after).map_or(&[][..], |(rest, _mime)| rest).trim_ascii_start();
    (cut.url, cut.user) = target_and_user(middle[..start].trim_ascii_end()).ok_or_else(|| bad("no target", middle))?;
    Ok(cut)
}

/// The hierarchy code in what follows the method: where it stands and what follows. A target and a user come before it.
fn find_parent(text: &[u8]) -> Option<(usize, &[u8])> {
    let find = |accept: fn(&[u8]) -> bool| {
        let mut rest = text;
        let mut index = 0;
        while let Ok((next, field)) = word(rest) {
            let start = text.len() - next.len() - field.len();
            if index >= 2
                && let Some((code, _)) = parent(field)
                && accept(code)
            {
                return Some((start, next));
            }
            rest = next;
            index += 1;
        }
        None
    };
    find(squid::is_hierarchy).or_else(|| find(squid::is_code))
}

/// Parts a target from a user's name where one of them holds blanks. Squid takes blanks out of targets unless it is told
/// to let them be (`uri_whitespace allow`), so the name is the likelier; a lone `-` is no part of a name.
fn target_and_user(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (rest, target) = word(text).ok()?;
    let user = rest.trim_ascii();
    if user.is_empty() {
        return None;
    }
    match text {
        [target @ .., b' ', b'-'] => Some((target.trim_ascii(), b"-")),
        _ => Some((target, user)),
    }
}

/// A line that ends within the target or soon after. It counts if the destination is sure to be whole; a name may not be.
fn truncated<'a>(mut cut: Cut<'a>, middle: &'a [u8]) -> Option<Cut<'a>> {
    let (rest, target) = word(middle).ok()?;
    let path_begun = memmem::find(target, b"://").is_some_and(|at| memchr(b'/', &target[at + 3..]).is_some());
    if rest.is_empty() && !path_begun && !target.starts_with(b"error:") {
        return None;
    }
    cut.url = target;
    // The name is whole only if something follows it.
    if let Ok((rest, user)) = word(rest)
        && rest.first() == Some(&b' ')
    {
        cut.user = user;
    }
    Some(cut)
}

/// The verdict block of a Cisco WSA, whose lines begin like Squid's.
fn is_wsa(rest: &[u8]) -> bool {
    let block = |open: &[u8], close: &[u8]| {
        memmem::find(rest, open).is_some_and(|start| {
            memmem::find(&rest[start..], close)
                .is_some_and(|end| rest[start..start + end].iter().filter(|b| **b == b',').count() >= 8)
        })
    };
    memchr(b'-', rest).is_some() && (block(b"<", b">") || block(b"&lt;", b"&gt;"))
}

/// Fields behind the MIME type.
#[inline(never)]
fn extras<'a>(mut event: Event<'a>, rest: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
    match rest {
        [b'[', inner @ ..] => {
            let end = memchr(b']', inner).unwrap_or(inner.len());
            headers(&mut event, &inner[..end], arena);
        }
        _ => quoted(&mut event, rest, arena),
    }
    Parsed::Event(event)
}

/// The request's headers as `log_mime_hdrs` writes them: lines end in a literal `\r\n`.
fn headers<'a>(event: &mut Event<'a>, mut text: &'a [u8], arena: &'a Bump) {
    while !text.is_empty() {
        let (line, rest) = match memmem::find(text, b"\\r\\n") {
            Some(end) => (&text[..end], &text[end + 4..]),
            None => (text, &[][..]),
        };
        text = rest;
        let Some(colon) = memchr(b':', line) else { continue };
        let (name, value) = (&line[..colon], &line[colon + 1..]);
        let Some(value) = number::present(value) else { continue };
        if name.eq_ignore_ascii_case(b"User-Agent") {
            event.user_agent = Some(squid::decode(value, arena));
        } else if name.eq_ignore_ascii_case(b"Referer") {
            event.referer = Some(squid::decode(value, arena));
        } else if name.eq_ignore_ascii_case(b"Host") && event.evidence == Evidence::Address {
            // A caught connection: Squid knew the address only, the client knew more.
            let parts = crate::event::split_url(value);
            if !parts.host.is_empty() && !squid::looks_like_ip(parts.host) {
                event.host = Some(parts.host);
                event.evidence = if event.method == Some(b"CONNECT") { Evidence::Connect } else { Evidence::Url };
            }
        }
    }
}

/// Quoted fields: a referer, an agent, a filter's `"ws-verdict=..."`.
fn quoted<'a>(event: &mut Event<'a>, mut rest: &'a [u8], arena: &'a Bump) {
    while let Some(open) = memchr(b'"', rest) {
        let inner = &rest[open + 1..];
        let Some(end) = squid::closing_quote(inner) else { return };
        rest = &inner[end + 1..];
        let Some(value) = number::present(&inner[..end]) else { continue };
        if let Some(verdict) = value.strip_prefix(b"ws-verdict=") {
            if verdict
                .get(..4)
                .is_some_and(|word| word.eq_ignore_ascii_case(b"bloc") || word.eq_ignore_ascii_case(b"deny"))
            {
                event.action = Some(Action::Blocked);
            }
        } else if let Some(categories) = value.strip_prefix(b"ws-categories=") {
            event.category = number::present(categories);
        } else if value.starts_with(b"ws-") {
            // More of the filter's own words.
        } else if value.starts_with(b"http://") || value.starts_with(b"https://") {
            event.referer = event.referer.or_else(|| Some(squid::unquote(value, arena)));
        } else {
            event.user_agent = event.user_agent.or_else(|| Some(squid::unquote(value, arena)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Host, path, user, action and evidence in one text; or why there is no event.
    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        match (Native { blanks: [0; BLANKS] }).record(line, &arena) {
            Parsed::Event(event) => {
                let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
                format!(
                    "{} {} {} {} {}",
                    text(event.host),
                    text(event.path),
                    text(event.user),
                    event.action.map_or("-", Action::as_str),
                    event.evidence.as_str()
                )
            }
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let stem = "1773130542.871    318 192.0.2.41 ";
        for (name, tail, want) in [
            (
                "tunnel",
                "TCP_TUNNEL/200 48211 CONNECT files.slack.com:443 alice HIER_DIRECT/203.0.113.80 -",
                "files.slack.com - alice allowed connect",
            ),
            (
                "tunnel with status 500",
                "TCP_TUNNEL/500 2052 CONNECT slack.com:443 bob HIER_DIRECT/203.0.113.80 -",
                "slack.com - bob allowed connect",
            ),
            (
                "denied",
                "TCP_DENIED/403 3964 GET http://www.mediafire.com/file/q1?x=1 bob HIER_NONE/- text/html",
                "www.mediafire.com /file/q1 bob blocked url",
            ),
            (
                "password asked for",
                "TCP_DENIED/407 3541 CONNECT chatgpt.com:443 - HIER_NONE/- text/html",
                "chatgpt.com - - auth connect",
            ),
            (
                "announcement",
                "NONE_NONE/200 0 CONNECT mega.nz:443 dave HIER_NONE/- -",
                "mega.nz - dave announced connect",
            ),
            (
                "announcement before version 5",
                "NONE/200 0 CONNECT mega.nz:443 - HIER_NONE/- -",
                "mega.nz - - announced connect",
            ),
            (
                "refused",
                "NONE_NONE/503 0 CONNECT [2001:db8::1]:9443 carol HIER_DIRECT/2001:db8::1 -",
                "2001:db8::1 - carol error address",
            ),
            (
                "aborted early",
                "TCP_MISS_ABORTED/000 0 PUT http://upload.example.com/cut2 bob HIER_DIRECT/203.0.113.80 -",
                "upload.example.com /cut2 bob error url",
            ),
            (
                "aborted late",
                "TCP_MISS_ABORTED/200 200265 GET http://upload.example.com/ bob HIER_DIRECT/203.0.113.80 -",
                "upload.example.com / bob allowed url",
            ),
            (
                "name with a blank",
                "TCP_TUNNEL/200 2091 CONNECT app.hubspot.com:443 frank miller HIER_DIRECT/203.0.113.80 -",
                "app.hubspot.com - frank miller allowed connect",
            ),
            (
                "URL with blanks",
                "TCP_MISS/200 2091 GET http://www.box.com/a b c - HIER_DIRECT/203.0.113.80 text/html",
                "www.box.com /a b c - allowed url",
            ),
            (
                "encoded names",
                "TCP_MISS/200 2091 GET http://www.box.com/ corp\\\\jos%c3%a9 HIER_DIRECT/203.0.113.80 text/html",
                "www.box.com / corp\\josé allowed url",
            ),
            (
                "name of another age",
                "TCP_MISS/200 2091 GET http://www.box.com/ CORP\\nina DIRECT/www.box.com text/html",
                "www.box.com / CORP\\nina allowed url",
            ),
            (
                "wrong port",
                "NONE_NONE/400 3672 GET http://www.box.com:99999/ - HIER_NONE/- -",
                "www.box.com / - error url",
            ),
            (
                "no request",
                "NONE_NONE/400 3436 - error:invalid-request - HIER_NONE/- text/html",
                "skip: no request: error:invalid-request",
            ),
            (
                "origin form",
                "NONE_NONE/400 3638 GET /origin-form - HIER_NONE/- text/html",
                "skip: no request: a path without a host",
            ),
            ("no host", "NONE_NONE/501 3431 OPTIONS http://:80* - HIER_NONE/- text/html", "skip: no request: no host"),
            (
                "manager",
                "TCP_MISS/200 2653 GET http://proxy.example.net:3128/squid-internal-mgr/info - HIER_NONE/- text/plain",
                "skip: not traffic: the proxy's own pages",
            ),
            (
                "between caches",
                "UDP_MISS/000 71 ICP_QUERY http://www.box.com/ - HIER_NONE/- -",
                "skip: not traffic: a question between caches",
            ),
            ("cut in the path", "TCP_MISS/200 2091 GET http://www.box.com/aaa", "www.box.com /aaa - allowed url"),
            (
                "cut in the host",
                "TCP_MISS/200 2091 GET http://www.bo",
                "bad: the line ends before its destination does",
            ),
            ("cut in the name", "TCP_MISS/200 2091 GET http://www.box.com/ ali", "www.box.com / - allowed url"),
            (
                "cut in the code",
                "TCP_MISS/200 2091 GET http://www.box.com/ alice HIER_DI",
                "www.box.com / alice allowed url",
            ),
            (
                "cut before the type",
                "TCP_MISS/200 2091 GET http://www.box.com/ alice HIER_DIRECT/203.0.113.80",
                "www.box.com / alice allowed url",
            ),
            (
                "no result",
                "oops 2091 GET http://www.box.com/ alice HIER_DIRECT/203.0.113.80 -",
                "bad: no result code and status",
            ),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
        }
        assert_eq!(
            told(b"2026/03/10 08:15:42 kid1| storeDirWriteCleanLogs: Starting..."),
            "skip: not traffic: a line of cache.log"
        );
        assert_eq!(told(b""), "skip: an empty line");
        assert_eq!(told(b"garbage"), "bad: the time is not in seconds since 1970");
    }

    #[test]
    fn fields_at_the_end() {
        let arena = Bump::new();
        let read = |tail: &str| {
            let line = format!(
                "1773130542.871 -5 pc7.example.com TCP_MISS/200 - GET http://192.0.2.9/a alice HIER_DIRECT/192.0.2.9 text/html {tail}"
            );
            match (Native { blanks: [0; BLANKS] }).record(arena.alloc_slice_copy(line.as_bytes()), &arena) {
                Parsed::Event(event) => event,
                other => panic!("{other:?}"),
            }
        };
        let event = read(r#""https://trello.com/" "say \"hi\"""#);
        assert_eq!(event.referer, Some(&b"https://trello.com/"[..]));
        assert_eq!(event.user_agent, Some(&b"say \"hi\""[..]));
        assert_eq!((event.duration_ms, event.bytes_down, event.src_ip), (None, None, None));
        assert_eq!(event.device, Some(&b"pc7.example.com"[..]));
        assert_eq!((event.evidence, event.dst_ip), (Evidence::Address, Some(&b"192.0.2.9"[..])));
        let event = read(r"[Host: www.miro.com\r\nUser-Agent: curl/8\r\n] [HTTP/1.1 200 OK\r\n]");
        assert_eq!((event.host, event.user_agent), (Some(&b"www.miro.com"[..]), Some(&b"curl/8"[..])));
        let event = read(r#""ws-verdict=blocked" "ws-categories=file_sharing""#);
        assert_eq!((event.action, event.category), (Some(Action::Blocked), Some(&b"file_sharing"[..])));
    }

    #[test]
    fn a_wsa_is_none_of_ours() {
        let line: &[u8] = br#"1773130542.871 481 192.0.2.41 TCP_MISS/200 6916 CONNECT tunnel://www.notion.so:443/ "EXAMPLE\alice@corp" DIRECT/www.notion.so - DECRYPT_WEBCAT_7-Staff-CorpUsers-NONE-NONE-NONE-DefaultGroup-NONE <"IW_busi",6.1,1,"-",-,-,-,-,"-",-,-> - -"#;
        assert!(SquidNative.sniff(&Head { lines: vec![line; 9] }, &Assume::default()).score < 40);
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        let sample = include_bytes!("../../tests/corpus/squid-native/real/sample.log");
        for line in sample.split(|b| *b == b'\n') {
            for end in 0..line.len().min(400) {
                told(&line[..end]);
                told(&line[end..]);
            }
        }
    }

    #[test]
    fn every_real_line_is_read() {
        let sample = include_bytes!("../../tests/corpus/squid-native/real/sample.log");
        let lines: Vec<_> = sample.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect();
        for line in &lines {
            assert!(!told(line).starts_with("bad"), "{}", String::from_utf8_lossy(line));
        }
        let guess = SquidNative.sniff(&Head { lines: lines[..64].to_vec() }, &Assume::default());
        assert_eq!((guess.score, &*guess.why), (97, "64 of 64 lines have a squid result code and hierarchy"));
    }
}
