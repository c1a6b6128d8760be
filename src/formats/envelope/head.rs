//! Syslog heads and their like, by shape.

use bumpalo::Bump;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::character::complete::{char, digit1};
use nom::combinator::{opt, recognize, verify};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use crate::formats::Problem;

type Parsed<'a, O> = IResult<&'a [u8], O>;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub(super) date: Date<'a>,
    pub(super) message: &'a [u8],
}

/// A date that has not been read yet: most records carry a time of their own, and this one is never asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Date<'a> {
    /// `Mar 10 08:15:42`, with or without a year.
    Bsd(&'a [u8]),
    /// `2026-03-10T08:15:42.871+01:00`, `2026:03:10-08:15:42`.
    Iso(&'a [u8]),
    None,
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

/// RFC 3164 and what passes for it: `[<PRI>] DATE [HOST] [TAG[PID]:] MESSAGE`. `host` says whether one is to be expected,
/// which a line without a tag cannot tell.
pub(super) fn rfc3164(line: &[u8], host: bool) -> Option<Header<'_>> {
    // The first byte rules most lines out.
    let (rest, pri) = match line.first()? {
        b'<' => priority(line).ok().map(|(rest, _)| (rest, true))?,
        b'A'..=b'S' | b'0'..=b'9' => (line, false),
        _ => return None,
    };
    let rest = rest.trim_ascii_start();
    let (rest, date) = match date(rest) {
        Ok((rest, date)) => (rest, date),
        // Some senders leave the date out.
        Err(_) if pri => (rest, Date::None),
        Err(_) => return None,
    };
    let rest = rest.trim_ascii_start();
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
    // An ISO date is how many logs begin; more has to be there.
    if matches!(date, Date::Iso(_)) && !pri && !tagged && !message.starts_with(b"{") {
        return None;
    }
    (date != Date::None || tagged || host).then_some(Header { date, message })
}

fn date(input: &[u8]) -> Parsed<'_, Date<'_>> {
    match input.first() {
        Some(b'0'..=b'9') => match bsd_date(input) {
            Ok(found) => Ok(found),
            Err(_) => iso_date(input),
        },
        _ => bsd_date(input),
    }
}

/// `[2026 ]Mar 10 [2026 ]08:15:42[.871]`
fn bsd_date(input: &[u8]) -> Parsed<'_, Date<'_>> {
    let year = || terminated(take_while_m_n(4, 4, |byte: u8| byte.is_ascii_digit()), char(' '));
    let month = verify(take_while_m_n(3, 3, |byte: u8| byte.is_ascii_alphabetic()), |text: &[u8]| {
        crate::formats::fields::time::month(text).is_some()
    });
    let day = preceded(opt(char(' ')), take_while_m_n(1, 2, |byte: u8| byte.is_ascii_digit()));
    let whole = (opt(year()), month, char(' '), day, char(' '), opt(year()), clock);
    let (rest, text) = recognize(whole).parse(input)?;
    Ok((rest, Date::Bsd(text)))
}

/// `2026-03-10T08:15:42.871+01:00`, `2026:03:10-08:15:42`
fn iso_date(input: &[u8]) -> Parsed<'_, Date<'_>> {
    let digits = |count| take_while_m_n(count, count, |byte: u8| byte.is_ascii_digit());
    let mark = |byte: u8| matches!(byte, b'-' | b':' | b'/');
    let day = (digits(4), take_while_m_n(1, 1, mark), digits(2), take_while_m_n(1, 1, mark), digits(2));
    let zone = opt(take_while1(|byte: u8| byte.is_ascii_digit() || matches!(byte, b'Z' | b'+' | b'-' | b':')));
    let between = take_while_m_n(1, 1, |byte: u8| matches!(byte, b'T' | b'-'));
    let (rest, text) = recognize((day, between, clock, zone)).parse(input)?;
    Ok((rest, Date::Iso(text)))
}

fn clock(input: &[u8]) -> Parsed<'_, &[u8]> {
    let two = || take_while_m_n(2, 2, |byte: u8| byte.is_ascii_digit());
    let fraction = opt(preceded(nom::branch::alt((char('.'), char(','))), digit1));
    recognize((two(), char(':'), two(), char(':'), two(), fraction)).parse(input)
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
pub(super) fn rfc5424(line: &[u8]) -> Result<Option<Header<'_>>, Problem> {
    if line.first() != Some(&b'<') {
        return Ok(None);
    }
    let sloppy = opt(char(' '));
    let head = (priority, sloppy, tag("1 "), terminated(token, char(' ')));
    let field = || terminated(token, char(' '));
    let mut whole = (head, field(), field(), field(), field());
    let Ok((rest, ((_, _, _, stamp), ..))) = whole.parse(line) else { return Ok(None) };
    let date = match stamp {
        b"-" => Date::None,
        _ if iso_date(stamp).is_ok() => Date::Iso(stamp),
        _ => return Ok(None),
    };
    let at = line.len() - rest.len();
    let rest = match rest.first() {
        Some(b'-') => &rest[1..],
        Some(b'[') => structured(rest).ok_or(Problem::new("structured data of syslog is not closed", at))?,
        // A sender that leaves the data out.
        _ => rest,
    };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let message = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest);
    Ok(Some(Header { date, message }))
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
pub(super) fn cri(line: &[u8]) -> Option<Header<'_>> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let (rest, date) = iso_date(line).ok()?;
    let message = [&b" stdout F "[..], b" stderr F ", b" stdout P ", b" stderr P "]
        .iter()
        .find_map(|stream| rest.strip_prefix(*stream))?;
    Some(Header { date, message })
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
