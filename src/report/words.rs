//! Times as people write them, and text as wide as a terminal; for numbers see [`crate::words`].

use jiff::civil::Date;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub use crate::words::{bytes, count, counted, list, minutes, share, short_count};

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
