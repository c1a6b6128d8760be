//! Syslog heads and their like, by shape.

use bumpalo::Bump;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::character::complete::char;
use nom::combinator::{opt, verify};
use nom::sequence::{delimited, terminated};
use nom::{IResult, Parser};

use crate::event::Timestamp;
use crate::formats::fields::time;
use crate::formats::{Assume, Problem};

type Parsed<'a, O> = IResult<&'a [u8], O>;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub(super) at: Option<Timestamp>,
    pub(super) message: &'a [u8],
}

/// `123 <`: what is behind the count.
pub(super) fn octet_count(line: &[u8]) -> Option<&[u8]> {
    let digits = line.iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    match line.get(digits..digits + 2) {
        Some(b" <") if (1..=6).contains(&digits) => Some(&line[digits + 1..]),
        _ => None,
    }
}

/// `<13>`, without its meaning.
fn priority(input: &[u8]) -> Parsed<'_, &[u8]> {
    delimited(char('<'), take_while_m_n(1, 3, |byte: u8| byte.is_ascii_digit()), char('>')).parse(input)
}

fn token(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while1(|byte: u8| byte != b' ').parse(input)
}

/// A syslog header of either kind. Relays mix them in one file, whichever most lines have.
pub(super) fn syslog<'a>(line: &'a [u8], host: bool, assume: &Assume) -> Result<Option<Header<'a>>, Problem> {
    Ok(match rfc5424(line, assume)? {
        Some(header) => Some(header),
        None => rfc3164(line, host, assume),
    })
}

/// RFC 3164 and what passes for it: `[<PRI>] DATE [HOST] [TAG[PID]:] MESSAGE`. `host` says whether one is to be expected,
/// which a line without a tag cannot tell.
pub(super) fn rfc3164<'a>(line: &'a [u8], host: bool, assume: &Assume) -> Option<Header<'a>> {
    // The first byte rules most lines out.
    let (rest, pri) = match line.first()? {
        b'<' => (priority(line).ok()?.0.trim_ascii_start(), true),
        b'A'..=b'S' | b'0'..=b'9' => (line, false),
        _ => return None,
    };
    let (rest, date) = match date(rest, assume) {
        Some((rest, date)) => (rest.trim_ascii_start(), Some(date)),
        // Some senders leave the date out.
        None if pri => (rest, None),
        None => return None,
    };
    let (message, tagged) = match tag_of(rest) {
        // A tag stands first: whoever wrote this line left the host out.
        Some(message) => (message, true),
        None if !host => (rest, false),
        None => {
            let (after, name) = verify(token, is_host).parse(rest).ok()?;
            // A relay may have put the host there a second time.
            let twice = after.trim_ascii_start().strip_prefix(name).filter(|rest| rest.first() == Some(&b' '));
            let after = twice.unwrap_or(after).trim_ascii_start();
            tag_of(after).map_or((after, false), |message| (message, true))
        }
    };
    // An ISO date is how many logs begin, and a word without a date may be anything; more has to be there.
    let plain = matches!(date, Some((_, Shape::Iso))) && !pri;
    if plain && !tagged && !message.starts_with(b"{") || date.is_none() && !tagged && host {
        return None;
    }
    Some(Header { at: date.map(|(at, _)| at), message })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `Mar 10 08:15:42`, with or without a year.
    Bsd,
    /// `2026-03-10T08:15:42.871+01:00`, `2026:03:10-08:15:42`.
    Iso,
}

/// A date of either shape and what is behind it.
fn date<'a>(text: &'a [u8], assume: &Assume) -> Option<(&'a [u8], (Timestamp, Shape))> {
    if text.first()?.is_ascii_digit() && text.get(4) != Some(&b' ') {
        let (rest, at) = iso_date(text, assume)?;
        return Some((rest, (at, Shape::Iso)));
    }
    let (at, len) = time::syslog(text, assume)?;
    let rest = &text[len..];
    // Cisco ends it with a colon, others name a zone; both count as part of the date.
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    matches!(rest.first(), None | Some(b' ')).then_some((rest, (at, Shape::Bsd)))
}

/// One word that is a date and a time.
fn iso_date<'a>(text: &'a [u8], assume: &Assume) -> Option<(&'a [u8], Timestamp)> {
    let (rest, word) = token(text).ok()?;
    Some((rest, time::iso(word, assume)?))
}

/// A name or an address, as syslog hosts are written.
fn is_host(text: &[u8]) -> bool {
    text.len() <= 255
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'/' | b'%'))
        && text.last() != Some(&b':')
}

/// `squid[911]: `, `(squid-1): `, `%ASA-6-302014: `: what is behind it.
fn tag_of(text: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 64;
    let colon = memchr::memchr(b':', &text[..text.len().min(LONGEST)])?;
    let (name, rest) = (&text[..colon], &text[colon + 1..]);
    let ends = matches!(rest.first(), None | Some(b' ' | b'\t')) || name.ends_with(b"]") || name.ends_with(b")");
    let fits = ends
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_./()[]%@".contains(byte))
        // A number before a colon is no program.
        && name.iter().any(u8::is_ascii_alphabetic);
    // A tab may be the record's own first delimiter.
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    fits.then(|| &rest[blanks..])
}

/// RFC 5424: `<PRI>1 TIME HOST APP PROCID MSGID DATA [BOM]MESSAGE`. `Ok(None)`: not this; an error: it breaks off.
pub(super) fn rfc5424<'a>(line: &'a [u8], assume: &Assume) -> Result<Option<Header<'a>>, Problem> {
    if line.first() != Some(&b'<') {
        return Ok(None);
    }
    let sloppy = opt(char(' '));
    let head = (priority, sloppy, tag("1 "), terminated(token, char(' ')));
    let field = || terminated(token, char(' '));
    let Ok((rest, ((_, _, _, stamp), _))) = (head, field()).parse(line) else { return Ok(None) };
    // Senders of these leave out all that stands between host and message.
    let short = rest.starts_with(b"CEF:") || rest.starts_with(b"LEEF:");
    let rest = match (field(), field(), field()).parse(rest) {
        _ if short => rest,
        Ok((rest, _)) => rest,
        Err(_) => return Ok(None),
    };
    let date = match stamp {
        b"-" => None,
        _ => match time::iso(stamp, assume) {
            Some(at) => Some(at),
            None => return Ok(None),
        },
    };
    let at = line.len() - rest.len();
    let rest = match rest.first() {
        Some(b'-') => &rest[1..],
        Some(b'[') => structured(rest).ok_or(Problem::new("structured data of syslog is not closed", at))?,
        // A sender that leaves the data out, too.
        _ => rest,
    };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let message = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest);
    Ok(Some(Header { at: date, message }))
}

/// Behind `[id name="value"][...]`.
fn structured(text: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    while text.get(at) == Some(&b'[') {
        let mut quoted = false;
        loop {
            at += 1;
            match text.get(at)? {
                b'\\' if quoted => at += 1,
                b'"' => quoted = !quoted,
                b']' if !quoted => break,
                _ => {}
            }
        }
        at += 1;
    }
    text.get(at..)
}

/// Kubernetes' log files: `2026-03-10T08:15:42.871393847Z stdout F MESSAGE`.
pub(super) fn cri<'a>(line: &'a [u8], assume: &Assume) -> Option<Header<'a>> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let (rest, at) = iso_date(line, assume)?;
    let message = [&b" stdout F "[..], b" stderr F ", b" stdout P ", b" stderr P "]
        .iter()
        .find_map(|stream| rest.strip_prefix(*stream))?;
    Some(Header { at: Some(at), message })
}

/// Whether there is a `#011` or its like.
pub(super) fn has_escapes(line: &[u8]) -> bool {
    memchr::memmem::find_iter(line, b"#0").any(|at| control(&line[at..]).is_some())
}

/// The control character that `#011` stands for: its number in octal.
fn control(text: &[u8]) -> Option<u8> {
    match text.get(..4)? {
        [b'#', b'0', high @ b'0'..=b'3', low @ b'0'..=b'7'] => Some((high - b'0') * 8 + (low - b'0')),
        _ => None,
    }
}

/// The line with its control characters back. Most lines have none and stay as they are.
pub(super) fn unescape<'a>(line: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    if !has_escapes(line) {
        return line;
    }
    let out = arena.alloc_slice_fill_copy(line.len(), 0u8);
    let (mut from, mut len) = (0, 0);
    while let Some(byte) = line.get(from) {
        let found = if *byte == b'#' { control(&line[from..]) } else { None };
        out[len] = found.unwrap_or(*byte);
        len += 1;
        from += if found.is_some() { 4 } else { 1 };
    }
    &out[..len]
}
