//! Timestamps, by shape: fixed-position fast paths for what logs write all the time, jiff for zones.

use jiff::civil;

use crate::event::Timestamp;
use crate::formats::Assume;

/// Seconds since 1970 with an optional fraction: `1773130542.871`, `1710231183`. Only seconds; see [`epoch`].
#[inline]
pub fn epoch_seconds(text: &[u8]) -> Option<Timestamp> {
    let dot = memchr::memchr(b'.', text).unwrap_or(text.len());
    let seconds = super::number::unsigned(&text[..dot])?;
    if dot > 12 {
        return None;
    }
    let mut millis = 0i64;
    let fraction = text.get(dot + 1..).unwrap_or(&[]);
    for place in 0..3 {
        let digit = fraction.get(place).map_or(0, |b| b.wrapping_sub(b'0'));
        if digit > 9 {
            return None;
        }
        millis = millis * 10 + i64::from(digit);
    }
    if !fraction.iter().skip(3).all(u8::is_ascii_digit) {
        return None;
    }
    plausible(seconds as i64 * 1000 + millis)
}

/// An epoch in seconds, milliseconds, microseconds or nanoseconds, told apart by magnitude.
///
/// ```
/// # use umbrascope::formats::fields::time::epoch;
/// assert_eq!(epoch(b"1773130542871"), epoch(b"1773130542.871"));
/// ```
pub fn epoch(text: &[u8]) -> Option<Timestamp> {
    if memchr::memchr(b'.', text).is_some_and(|dot| dot <= 11) {
        return epoch_seconds(text);
    }
    let text = text.split(|b| *b == b'.').next()?;
    let value = i64::try_from(super::number::unsigned(text)?).ok()?;
    plausible(match value {
        ..100_000_000_000 => value * 1000,
        100_000_000_000..100_000_000_000_000 => value,
        100_000_000_000_000..100_000_000_000_000_000 => value / 1000,
        _ => value / 1_000_000,
    })
}

/// `2026-03-10T08:15:42.871Z`, also with a blank for the `T`, `/` for the `-`, a comma before the fraction, and an offset
/// `+0100`, `+01:00` or none: then the assumed zone.
#[inline]
pub fn iso(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    if text.len() < 19 || !matches!(text[10], b'T' | b't' | b' ' | b'_' | b'-' | b':') {
        return None;
    }
    let date = iso_date(&text[..10])?;
    let (clock, rest) = clock(&text[11..])?;
    finish(date, clock, rest, assume)
}

/// A date and a time from two columns, in UTC or in the assumed zone.
pub fn date_and_time(date: &[u8], time: &[u8], utc: bool, assume: &Assume) -> Option<Timestamp> {
    let date = iso_date(date).or_else(|| slash_date(date))?;
    let (clock, rest) = clock(time)?;
    if utc && rest.is_empty() { plausible(instant(date, clock)) } else { finish(date, clock, rest, assume) }
}

/// `10/Mar/2026:08:15:42 +0000`, without the brackets.
///
/// ```
/// # use umbrascope::{event::Timestamp, formats::{Assume, fields::time::clf}};
/// assert_eq!(clf(b"10/Mar/2026:08:15:42 +0000", &Assume::default()), Some(Timestamp(1_773_130_542_000)));
/// ```
#[inline]
pub fn clf(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    if text.len() < 20 || text[2] != b'/' || text[6] != b'/' || !matches!(text[11], b':' | b' ') {
        return None;
    }
    let day = two(text, 0)?;
    let month = month(&text[3..6])?;
    let year = i32::from(two(text, 7)?) * 100 + i32::from(two(text, 9)?);
    let (clock, rest) = clock(&text[12..])?;
    finish((year, month, day), clock, rest, assume)
}

/// `Mar 10 08:15:42`, `Mar  1 2026 08:15:42`, `2026 Mar 10 08:15:42`, with an optional fraction. Returns the instant
/// and how many bytes it took.
pub fn syslog(text: &[u8], assume: &Assume) -> Option<(Timestamp, usize)> {
    let mut at = 0;
    let mut year = None;
    if text.len() > 5 && text[4] == b' ' && text[..4].iter().all(u8::is_ascii_digit) {
        year = Some(four(text, 0)?);
        at = 5;
    }
    let month = month(text.get(at..at + 3)?)?;
    if text.get(at + 3) != Some(&b' ') {
        return None;
    }
    at += 4;
    if text.get(at) == Some(&b' ') {
        at += 1;
    }
    let digits = text[at..].iter().take(2).take_while(|b| b.is_ascii_digit()).count();
    let day = super::number::unsigned(text.get(at..at + digits)?)? as u8;
    at += digits;
    if text.get(at) != Some(&b' ') {
        return None;
    }
    at += 1;
    if text.len() > at + 5 && text[at + 4] == b' ' && text[at..at + 4].iter().all(u8::is_ascii_digit) {
        year = Some(four(text, at)?);
        at += 5;
    }
    let rest = text.get(at..)?;
    let (clock, tail) = clock(rest)?;
    at += rest.len() - tail.len();
    let when = match year {
        Some(year) => finish((year, month, day), clock, &[], assume)?,
        None => {
            let newest = assume.newest.unwrap_or(Timestamp::LATEST);
            let guess = Timestamp(newest.0.saturating_add(86_400_000).min(Timestamp::LATEST.0 - 1));
            let this_year = jiff::Timestamp::from_millisecond(guess.0).ok()?.to_zoned(assume.zone.clone()).year();
            // 29 February may need to go back further than a year.
            (0..=8).find_map(|back| {
                let when = finish((i32::from(this_year) - back, month, day), clock, &[], assume)?;
                (when <= guess).then_some(when)
            })?
        }
    };
    Some((when, at))
}

/// Any of the shapes above, then the rarer ones: US dates with AM/PM, day-first dates with dots, ISO without a
/// separator, RFC 2822.
pub fn any(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    let text = text.trim_ascii();
    let text = match text {
        [b'[', inner @ .., b']'] | [b'"', inner @ .., b'"'] => inner,
        other => other,
    };
    match text.first()? {
        b'0'..=b'9' => {
            if text.len() >= 9 && text.iter().all(|b| b.is_ascii_digit() || *b == b'.') && !is_compact_date(text) {
                return epoch(text);
            }
            iso(text, assume)
                .or_else(|| clf(text, assume))
                .or_else(|| joined(text, assume))
                .or_else(|| syslog(text, assume).map(|(when, _)| when))
                .or_else(|| people_date(text, assume))
        }
        _ => syslog(text, assume).map(|(when, _)| when).or_else(|| people_date(text, assume)),
    }
}

/// `10Mar2026 08:15:42`, as Check Point writes it, also `10 Mar 2026 08:15:42`; the hour may have one digit.
fn joined(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    let digits = text.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    let day = super::number::unsigned(&text[..digits])? as u8;
    let text = text[digits..].trim_ascii_start();
    let month = month(text.get(..3)?)?;
    let text = text[3..].trim_ascii_start();
    let year = four(text, 0)?;
    let rest = text.get(4..)?.strip_prefix(b" ")?.trim_ascii_start();
    let mut padded = [b'0'; 8];
    let rest = match rest {
        [_, b':', ..] => {
            padded[1..].copy_from_slice(rest.get(..7)?);
            (rest.len() == 7).then_some(&padded[..])?
        }
        rest => rest,
    };
    let (clock, rest) = clock(rest)?;
    finish((year, month, day), clock, rest, assume)
}

fn is_compact_date(text: &[u8]) -> bool {
    text.len() == 14 && text.starts_with(b"20")
}

/// The rarer shapes, by jiff's strptime. Slow, and only reached when the fixed shapes failed.
fn people_date(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    const ZONED: [&str; 2] = ["%a, %d %b %Y %H:%M:%S %z", "%a %b %d %H:%M:%S %z %Y"];
    const CIVIL: [&str; 10] = [
        "%m/%d/%Y, %I:%M:%S%.f %p",
        "%m/%d/%Y %I:%M:%S%.f %p",
        "%m/%d/%Y %H:%M:%S%.f",
        "%m/%d/%Y %H:%M",
        "%d.%m.%Y %H:%M:%S%.f",
        "%Y%m%d%H%M%S",
        "%b %d, %Y @ %H:%M:%S%.f",
        "%b %d, %Y %I:%M:%S%.f %p",
        "%a %b %d %H:%M:%S %Y",
        "%Y-%m-%d %H:%M",
    ];
    let text = std::str::from_utf8(text).ok()?;
    if text.len() > 40 {
        return None;
    }
    for format in ZONED {
        if let Ok(when) = jiff::Timestamp::strptime(format, text) {
            return plausible(when.as_millisecond());
        }
    }
    CIVIL.iter().find_map(|format| {
        let when = civil::DateTime::strptime(format, text).ok()?;
        plausible(when.to_zoned(assume.zone.clone()).ok()?.timestamp().as_millisecond())
    })
}

type Date = (i32, u8, u8);
/// Seconds since midnight and milliseconds.
type Clock = (u32, u32);

fn iso_date(text: &[u8]) -> Option<Date> {
    (text.len() == 10 && text[4] == text[7] && matches!(text[4], b'-' | b'/' | b'.' | b':')).then_some(())?;
    Some((four(text, 0)?, two(text, 5)?, two(text, 8)?))
}

/// `03/10/2026`, month first unless that is impossible, and `10.03.2026`, day first.
fn slash_date(text: &[u8]) -> Option<Date> {
    (text.len() == 10 && text[2] == text[5]).then_some(())?;
    let (first, second, year) = (two(text, 0)?, two(text, 3)?, four(text, 6)?);
    match text[2] {
        b'.' => Some((year, second, first)),
        b'/' | b'-' if first > 12 => Some((year, second, first)),
        b'/' | b'-' => Some((year, first, second)),
        _ => None,
    }
}

/// `08:15:42` with an optional fraction of any length, and what follows.
#[inline]
fn clock(text: &[u8]) -> Option<(Clock, &[u8])> {
    if text.len() < 8 || text[2] != b':' || text[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (two(text, 0)?, two(text, 3)?, two(text, 6)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = &text[8..];
    let mut millis = 0;
    if let [b'.' | b',', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        for place in 0..3 {
            let digit = fraction.get(place).filter(|_| place < digits);
            millis = millis * 10 + digit.map_or(0, |digit| u32::from(digit - b'0'));
        }
        rest = &fraction[digits..];
    }
    Some(((u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second.min(59)), millis), rest))
}

#[inline]
fn finish(date: Date, clock: Clock, rest: &[u8], assume: &Assume) -> Option<Timestamp> {
    if !valid_date(date) {
        return None;
    }
    match offset(rest.trim_ascii()) {
        Offset::Seconds(seconds) => plausible(instant(date, clock) - i64::from(seconds) * 1000),
        Offset::Absent if assume.zone == jiff::tz::TimeZone::UTC => plausible(instant(date, clock)),
        Offset::Absent => local(date, clock, assume),
        Offset::Junk => None,
    }
}

enum Offset {
    Seconds(i32),
    Absent,
    Junk,
}

fn offset(text: &[u8]) -> Offset {
    let sign = match text {
        [] => return Offset::Absent,
        b"Z" | b"z" | b"UTC" | b"GMT" => return Offset::Seconds(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return Offset::Junk,
    };
    let digits = &text[1..];
    let (hours, minutes) = match digits.len() {
        2 => (two(digits, 0), Some(0)),
        4 => (two(digits, 0), two(digits, 2)),
        5 if digits[2] == b':' => (two(digits, 0), two(digits, 3)),
        _ => return Offset::Junk,
    };
    match (hours, minutes) {
        (Some(hours @ ..=26), Some(minutes @ ..=59)) => {
            Offset::Seconds(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60))
        }
        _ => Offset::Junk,
    }
}

/// A wall-clock time in the assumed zone. In the hour that occurs twice the first is taken, in the hour that is skipped
/// the time moves on by an hour: what jiff calls "compatible".
fn local(date: Date, clock: Clock, assume: &Assume) -> Option<Timestamp> {
    let (year, month, day) = date;
    let (seconds, millis) = clock;
    let when = civil::DateTime::new(
        i16::try_from(year).ok()?,
        month as i8,
        day as i8,
        (seconds / 3600) as i8,
        (seconds / 60 % 60) as i8,
        (seconds % 60) as i8,
        millis as i32 * 1_000_000,
    )
    .ok()?;
    plausible(assume.zone.to_ambiguous_timestamp(when).compatible().ok()?.as_millisecond())
}

fn valid_date((year, month, day): Date) -> bool {
    const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=12).contains(&month) || day == 0 || day > DAYS[usize::from(month) - 1] {
        return false;
    }
    month != 2 || day < 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
}

/// Milliseconds since 1970 of a UTC date and time (Howard Hinnant's `days_from_civil`).
fn instant((year, month, day): Date, (seconds, millis): Clock) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) * 86_400_000 + i64::from(seconds) * 1000 + i64::from(millis)
}

fn plausible(millis: i64) -> Option<Timestamp> {
    let when = Timestamp(millis);
    when.is_plausible().then_some(when)
}

/// The number of an English month abbreviation, in any case.
pub fn month(text: &[u8]) -> Option<u8> {
    const MONTHS: [&[u8; 3]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    MONTHS.iter().position(|name| text.eq_ignore_ascii_case(&name[..])).map(|index| index as u8 + 1)
}

#[inline]
fn two(text: &[u8], at: usize) -> Option<u8> {
    let tens = text.get(at)?.wrapping_sub(b'0');
    let ones = text.get(at + 1)?.wrapping_sub(b'0');
    (tens <= 9 && ones <= 9).then(|| tens * 10 + ones)
}

#[inline]
fn four(text: &[u8], at: usize) -> Option<i32> {
    Some(i32::from(two(text, at)?) * 100 + i32::from(two(text, at + 2)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Assume {
        Assume { zone: jiff::tz::TimeZone::get(name).unwrap(), ..Assume::default() }
    }

    #[test]
    fn every_shape_is_the_same_instant() {
        let want = Some(Timestamp(1_773_130_542_000));
        for text in [
            "1773130542",
            "1773130542.000",
            "1773130542000",
            "1773130542000000",
            "1773130542000000000",
            "2026-03-10T08:15:42Z",
            "2026-03-10 08:15:42",
            "2026/03/10 08:15:42",
            "2026-03-10T09:15:42+01:00",
            "2026-03-10T09:15:42.000000+0100",
            "10/Mar/2026:08:15:42 +0000",
            "[10/Mar/2026:08:15:42 +0000]",
            "2026 Mar 10 08:15:42",
            "Mar 10 2026 08:15:42",
            "3/10/2026, 8:15:42.000 AM",
            "03/10/2026 08:15:42",
            "10.03.2026 08:15:42",
            "20260310081542",
            "10Mar2026 08:15:42",
            "10Mar2026  8:15:42",
            "10 Mar 2026 08:15:42",
            "Mar 10, 2026 @ 08:15:42.000",
            "Tue, 10 Mar 2026 08:15:42 +0000",
        ] {
            assert_eq!(any(text.as_bytes(), &Assume::default()), want, "{text}");
        }
    }

    #[test]
    fn a_missing_year_is_the_latest_that_fits() {
        let newest = Some(Timestamp(1_773_130_542_000)); // 2026-03-10
        let assume = Assume { newest, ..Assume::default() };
        let day = |text: &str| syslog(text.as_bytes(), &assume).unwrap().0.day();
        assert_eq!(day("Mar 10 08:15:42").start(), iso(b"2026-03-10 00:00:00", &assume).unwrap());
        assert_eq!(day("Dec 31 23:00:00").start(), iso(b"2025-12-31 00:00:00", &assume).unwrap());
        assert_eq!(day("Feb 29 12:00:00").start(), iso(b"2024-02-29 00:00:00", &assume).unwrap());
    }

    #[test]
    fn gaps_and_folds_of_daylight_saving_time_are_read_as_clocks_do() {
        let berlin = zone("Europe/Berlin");
        let utc = Assume::default();
        // 02:30 does not exist on 29 March: the clock had already jumped to 03:30.
        assert_eq!(iso(b"2026-03-29 02:30:00", &berlin), iso(b"2026-03-29 01:30:00", &utc));
        // 02:30 occurs twice on 25 October: the first.
        assert_eq!(iso(b"2026-10-25 02:30:00", &berlin), iso(b"2026-10-25 00:30:00", &utc));
    }

    #[test]
    fn junk_is_no_time() {
        for text in
            ["", "-", "2026-13-10 08:15:42", "2026-02-30 08:15:42", "99/Mar/2026:08:15:42 +0000", "12", "Mar 10", "0"]
        {
            assert_eq!(any(text.as_bytes(), &Assume::default()), None, "{text}");
        }
    }
}
