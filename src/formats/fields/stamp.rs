//! The time in what stands before a device's own mark.
//!
//! Firewalls begin their records with a mark (`%ASA-6-302013:`, `RT_FLOW`) and leave the time to the syslog header before it,
//! in shapes that differ with the device's settings and with every relay on the way.

use crate::event::Timestamp;
use crate::formats::Assume;

use super::time;

/// Reads the time of headers. The same header again costs nothing: a second has many records, and a date without a year is
/// dear.
#[derive(Debug, Clone)]
pub struct Stamp {
    text: [u8; KEPT],
    len: usize,
    at: Option<Timestamp>,
}

const KEPT: usize = 96;

impl Default for Stamp {
    fn default() -> Stamp {
        Stamp { text: [0; KEPT], len: 0, at: None }
    }
}

impl Stamp {
    /// The last time in the header: relays put theirs before that of the device.
    pub fn read(&mut self, header: &[u8], assume: &Assume) -> Option<Timestamp> {
        // The priority differs from record to record.
        let header = match header {
            [b'<', rest @ ..] => memchr::memchr(b'>', rest).map_or(rest, |end| &rest[end + 1..]),
            other => other,
        };
        if self.len == header.len() && self.len > 0 && self.text.get(..self.len) == Some(header) {
            return self.at;
        }
        let at = last_time(header, assume);
        self.len = 0;
        if let Some(kept) = self.text.get_mut(..header.len()) {
            kept.copy_from_slice(header);
            self.len = header.len();
            self.at = at;
        }
        at
    }
}

/// The last time in a text, whatever stands around it.
///
/// ```
/// # use umbrascope::{event::Timestamp, formats::{Assume, fields::stamp::last_time}};
/// let at = |text: &[u8]| last_time(text, &Assume::default());
/// let want = Some(Timestamp(1_773_130_542_000));
/// assert_eq!(at(b"<166>Mar 10 2026 08:15:42 asa01 : "), want);
/// assert_eq!(at(b"Mar 10 09:00:00 relay <166>:Mar 10 2026 08:15:42 UTC: "), want);
/// assert_eq!(at(b"<14>1 2026-03-10T09:15:42.000+01:00 srx01 "), want);
/// assert_eq!(at(b"asa01 : "), None);
/// ```
pub fn last_time(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    let mut last = None;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let begins = at == 0 || matches!(text[at - 1], b' ' | b'>' | b':' | b'*' | b'"' | b'\t');
        let rest = &text[at..];
        if begins && byte.is_ascii_digit() && rest.get(4) == Some(&b'-') {
            let end = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
            let word = rest[..end].strip_suffix(b":").unwrap_or(&rest[..end]);
            // Some write `2026-03-10 08:15:42`.
            let found = time::iso(word, assume).or_else(|| time::iso(rest.get(..19)?, assume));
            if found.is_some() {
                last = found;
                at += word.len().max(19);
                continue;
            }
        } else if begins
            && (byte.is_ascii_uppercase() || byte.is_ascii_digit() && rest.get(4) == Some(&b' '))
            && let Some((found, len)) = time::syslog(rest, assume)
        {
            let zoned = [&b" UTC"[..], b" GMT", b" Z"].iter().any(|zone| rest[len..].starts_with(zone));
            last = match zoned {
                true => time::syslog(rest, &utc(assume)).map(|(at, _)| at),
                false => Some(found),
            };
            at += len;
            continue;
        }
        at += 1;
    }
    last
}

fn utc(assume: &Assume) -> Assume {
    Assume { zone: jiff::tz::TimeZone::UTC, newest: assume.newest, ..Assume::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let newest = Some(Timestamp(1_773_130_542_000)); // 2026-03-10T08:15:42Z
        let berlin = Assume { zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(), newest, ..Assume::default() };
        for (header, want) in [
            ("<166>Mar 10 09:15:42 asa01 : ", newest),
            ("<166>:Mar 10 08:15:42 UTC: ", newest),
            ("<166>:Mar 10 09:15:42 CET: ", newest),
            ("<166> Mar 10 09:15:42: ", newest),
            ("<166>2026-03-10T08:15:42Z asa : ", newest),
            ("2026-03-10 09:15:42 asa : ", newest),
            ("<190>77: *2026 Mar 10 09:15:42: ", newest),
            ("Mar 10 23:00:00 relay <14>1 2026-03-10T08:15:42.000Z srx01 ", newest),
            ("2026-03-10T08:15:42+00:00 2026-13-10T09:00:00 x ", newest),
            ("Mar 99 23:00:00 March ", None),
            ("", None),
        ] {
            assert_eq!(last_time(header.as_bytes(), &berlin), want, "{header}");
            let mut stamp = Stamp::default();
            assert_eq!(stamp.read(header.as_bytes(), &berlin), want, "{header}");
            assert_eq!(stamp.read(header.as_bytes(), &berlin), want, "{header} again");
        }
        let mut stamp = Stamp::default();
        let long = format!("{}2026-03-10T08:15:42Z", " ".repeat(200));
        assert_eq!(stamp.read(long.as_bytes(), &berlin), newest);
        assert_eq!(stamp.read(b"", &berlin), None);
    }
}
