//! Numbers and times as people write them.
//!
//! Sizes are decimal, as networks and invoices count: 1 kB is 1000 bytes, 1.2 GB is 1,200,000,000.

use jiff::civil::Date;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A size: three digits at most, a decimal only below 10.
///
/// ```
/// # use umbrascope::report::words;
/// assert_eq!(words::bytes(999), "999 B");
/// assert_eq!(words::bytes(1_230_000_000), "1.2 GB");
/// assert_eq!(words::bytes(45_600), "46 kB");
/// ```
pub fn bytes(bytes: u64) -> String {
    scaled(bytes, &["B", "kB", "MB", "GB", "TB", "PB", "EB"], " ", 1000)
}

/// A count for a narrow column: exact below 100,000, then `123k`, `4.5M`.
pub fn short_count(count: u64) -> String {
    match count {
        0..100_000 => self::count(count),
        _ => scaled(count, &["", "k", "M", "G", "T", "P", "E"], "", 1000),
    }
}

/// An exact count with groups of three digits.
///
/// ```
/// # use umbrascope::report::words;
/// assert_eq!(words::count(1_234_567), "1,234,567");
/// ```
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 app`, `1,200 apps`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", self::count(count), if count == 1 { one } else { many })
}

/// A share in percent. Only all is 100% and only nothing is 0%.
///
/// ```
/// # use umbrascope::report::words;
/// assert_eq!(words::share(0.9996), "99.9%");
/// assert_eq!(words::share(0.25), "25%");
/// ```
pub fn share(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent >= 100.0 => "100%".into(),
        _ if percent > 99.0 => format!("{:.1}%", percent.min(99.9)),
        _ if percent >= 1.0 => format!("{percent:.0}%"),
        _ if percent > 0.0 => format!("{:.1}%", percent.max(0.1)),
        _ => "0%".into(),
    }
}

/// Active time: minutes below an hour, then hours.
///
/// ```
/// # use umbrascope::report::words;
/// assert_eq!(words::minutes(45), "45 min");
/// assert_eq!(words::minutes(390), "6.5 h");
/// ```
pub fn minutes(minutes: u64) -> String {
    match minutes {
        0..60 => format!("{minutes} min"),
        60..600 if !minutes.is_multiple_of(60) => {
            let tenths = minutes.saturating_mul(10) / 60;
            format!("{}.{} h", tenths / 10, tenths % 10)
        }
        _ => format!("{} h", short_count(minutes / 60)),
    }
}

/// The date of an instant of the report, which is already in its zone.
pub fn date(instant: &str) -> Option<Date> {
    instant.get(..10)?.parse().ok()
}

/// `10 Mar`, or `10 Mar 2026` where years differ.
pub fn day(date: Date, with_year: bool) -> String {
    let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    match with_year {
        true => format!("{} {} {}", date.day(), &month[..3], date.year()),
        false => format!("{} {}", date.day(), &month[..3]),
    }
}

/// A period in a sentence: `on 9 March 2026`, `from 9 to 20 March 2026`.
pub fn period(first: Date, last: Date) -> String {
    let month = |date: Date| MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    let (year, end) = (last.year(), last.day());
    let end = format!("{end} {} {year}", month(last));
    if first == last {
        format!("on {end}")
    } else if first.year() != last.year() {
        format!("from {} {} {} to {end}", first.day(), month(first), first.year())
    } else if first.month() != last.month() {
        format!("from {} {} to {end}", first.day(), month(first))
    } else {
        format!("from {} to {end}", first.day())
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn scaled(value: u64, units: &[&str], gap: &str, base: u64) -> String {
    let mut unit = 0;
    let mut size = 1_u64;
    while unit + 1 < units.len() && value / size >= base {
        size = size.saturating_mul(base);
        unit += 1;
    }
    if unit == 0 {
        return format!("{value}{gap}{}", units[0]);
    }
    // In tenths, rounded; 9.96 becomes 10, 999.6 becomes 1.0 of the next unit.
    let tenths = (u128::from(value) * 10 + u128::from(size) / 2) / u128::from(size);
    if tenths < 100 {
        return format!("{}.{}{gap}{}", tenths / 10, tenths % 10, units[unit]);
    }
    let whole = (u128::from(value) + u128::from(size) / 2) / u128::from(size);
    if whole >= u128::from(base) && unit + 1 < units.len() {
        return format!("1.0{gap}{}", units[unit + 1]);
    }
    format!("{whole}{gap}{}", units[unit])
}

/// Columns that a text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cuts a text to so many columns, at a character, with an ellipsis where something is missing.
///
/// ```
/// # use umbrascope::report::words;
/// assert_eq!(words::cut("example", 4), "exa…");
/// assert_eq!(words::cut("日本語", 4), "日…");
/// ```
pub fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_string();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > columns.saturating_sub(1) {
            break;
        }
        used += wide;
        out.push(c);
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// As [`cut`], but in the middle: both ends of a path tell something.
///
/// ```
/// # use umbrascope::report::words;
/// assert_eq!(words::cut_middle("logs/squid/access.log", 11), "logs/…s.log");
/// ```
pub fn cut_middle(text: &str, columns: usize) -> String {
    if text.width() <= columns || columns < 5 {
        return cut(text, columns);
    }
    let tail_room = (columns - 1) / 2;
    let head = cut(text, columns - tail_room);
    let mut tail = String::new();
    let mut used = 0;
    for c in text.chars().rev() {
        let wide = c.width().unwrap_or(0);
        if used + wide > tail_room {
            break;
        }
        used += wide;
        tail.insert(0, c);
    }
    head + &tail
}

/// Breaks a text at blanks into lines of so many columns; the second and later lines begin with `indent` blanks. A
/// word that is too long is broken at a character.
pub fn wrap(text: &str, columns: usize, indent: usize) -> Vec<String> {
    let columns = columns.max(8);
    let indent = indent.min(columns / 2);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    let fresh = |lines: &mut Vec<String>, line: &mut String| {
        lines.push(std::mem::take(line).trim_end().to_string());
        *line = " ".repeat(indent);
        indent
    };
    // Blanks in front of the first word are kept: they are an indentation.
    let lead = text.len() - text.trim_start_matches(' ').len();
    let lead = lead.min(columns / 2);
    line.extend(std::iter::repeat_n(' ', lead));
    used += lead;
    let mut start = true;
    for word in text.split_whitespace() {
        let wide = word.width();
        let gap = usize::from(!start);
        if used + gap + wide <= columns {
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(word);
            used += gap + wide;
        } else {
            if !start && (wide <= columns - indent || used + gap + 8 > columns) {
                used = fresh(&mut lines, &mut line);
            } else if !start {
                line.push(' ');
                used += 1;
            }
            for c in word.chars() {
                let wide = c.width().unwrap_or(0);
                if used + wide > columns {
                    used = fresh(&mut lines, &mut line);
                }
                line.push(c);
                used += wide;
            }
        }
        start = false;
    }
    if !line.trim().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_string());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_round_without_surprise() {
        for (value, text) in [
            (0, "0 B"),
            (1000, "1.0 kB"),
            (9_949, "9.9 kB"),
            (9_951, "10 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(bytes(value), text);
        }
        assert_eq!(short_count(99_999), "99,999");
        assert_eq!(short_count(100_000), "100k");
        assert_eq!(short_count(u64::MAX), "18E");
    }

    #[test]
    fn shares_never_round_to_all_or_nothing() {
        for (value, text) in
            [(0.0, "0%"), (0.0001, "0.1%"), (0.004, "0.4%"), (0.994, "99.4%"), (0.99999, "99.9%"), (1.0, "100%")]
        {
            assert_eq!(share(value), text);
        }
    }

    #[test]
    fn lines_are_never_too_long() {
        let text = "  the catalog explains aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 日本語日本語日本語 of it";
        for columns in 8..60 {
            for line in wrap(text, columns, 4) {
                assert!(width(&line) <= columns, "{columns}: {line}");
            }
        }
        assert_eq!(wrap("a b", 80, 2), ["a b"]);
        assert_eq!(wrap("", 80, 2), [""]);
    }

    #[test]
    fn periods() {
        let date = |text: &str| super::date(text).unwrap();
        assert_eq!(period(date("2026-03-09"), date("2026-03-09")), "on 9 March 2026");
        assert_eq!(period(date("2026-03-09T10:00:00Z"), date("2026-03-20")), "from 9 to 20 March 2026");
        assert_eq!(period(date("2026-02-09"), date("2026-03-20")), "from 9 February to 20 March 2026");
        assert_eq!(period(date("2025-02-09"), date("2026-03-20")), "from 9 February 2025 to 20 March 2026");
        assert_eq!(super::date("nonsense"), None);
    }
}
