//! Makes a stranger's text safe to show.
//!
//! Hosts, users and paths in a log are chosen by whoever sent the request. Where they are shown they must stay text:
//! no terminal escape, no bidirectional trick, no spreadsheet formula, no markup. What is taken out stays visible as
//! its code (`\u{1b}`), so that a report does not hide what was there. Cleaning happens here and only here.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// The most characters of one value that is shown to people. A host has 253 at most; what is longer is an attack or a
/// mistake.
pub const LONGEST: usize = 300;

/// The most characters of a message.
const LONGEST_TEXT: usize = 8_000;

/// More combining marks than this on one letter are not writing but a way to draw over other lines.
const MARKS: usize = 3;

/// For one line on a terminal: no controls, line ends, invisible or direction-changing characters; cut at [`LONGEST`].
///
/// ```
/// # use umbrascope::report::clean;
/// assert_eq!(clean::line("a\u{1b}[31mb\n"), r"a\u{1b}[31mb\n");
/// assert_eq!(clean::line("münchen.example"), "münchen.example");
/// ```
pub fn line(text: &str) -> Cow<'_, str> {
    guard(text, false, LONGEST)
}

/// For a message of several lines: as [`line()`], but line ends stay and the text may be longer.
pub fn text(text: &str) -> Cow<'_, str> {
    guard(text, true, LONGEST_TEXT)
}

/// For a cell of a CSV file: as [`line()`] but never cut, and no spreadsheet takes it for a formula.
///
/// ```
/// # use umbrascope::report::clean;
/// assert_eq!(clean::cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
/// assert_eq!(clean::cell("a=b"), "a=b");
/// ```
pub fn cell(text: &str) -> Cow<'_, str> {
    // Tab and CR count as the beginning of a formula too, and would be made visible below: so look before cleaning.
    // Blanks in front are skipped because some programs trim them. The wide forms are taken for `=` in East Asia.
    let formula = text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let clean = guard(text, false, usize::MAX);
    match formula {
        true => Cow::Owned(format!("'{clean}")),
        false => clean,
    }
}

/// For Markdown, as running text or in a table: as [`line()`], with every character escaped that means something to a
/// renderer, HTML included.
///
/// ```
/// # use umbrascope::report::clean;
/// assert_eq!(clean::markdown("a|b <i>"), "a&#124;b &lt;i&gt;");
/// ```
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let clean = line(text);
    let mut chars = clean.chars().peekable();
    while let Some(c) = chars.next() {
        let inside = chars.peek().is_some_and(|next| !next.is_whitespace());
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // `\|` is not enough in a table: renderers disagree on what `\\|` is.
            '|' => out.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '!' | '~' | '@' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // `www.` and `http:` become links by themselves; an escape in the middle prevents it.
            ':' | '.' if inside => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // Only at the beginning do these make a list, a heading or a quote.
    match out.as_bytes().first() {
        Some(b'+' | b'-' | b'=') => format!("\\{out}"),
        _ => out,
    }
}

/// For Markdown, as code: nothing in it is a link, a mention or markup. This is how log text is shown there.
///
/// ```
/// # use umbrascope::report::clean;
/// assert_eq!(clean::code("www.example.com"), "`www.example.com`");
/// assert_eq!(clean::code("a`b|c"), r"``a`b\u{7c}c``");
/// ```
pub fn code(text: &str) -> String {
    // In a table a bar ends the cell even inside code, and there is no escape on which renderers agree.
    let clean = line(text).replace('|', r"\u{7c}");
    if clean.trim().is_empty() {
        return "` `".into();
    }
    let mut longest = 0;
    let mut run = 0;
    for c in clean.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if clean.starts_with('`') || clean.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{clean}{pad}{fence}")
}

/// For JSON that somebody may look at on a terminal: the characters that [`line()`] would take out as `\uXXXX`. JSON
/// readers get the same text. `None` if there are none. The argument is finished JSON, in which they stand in strings
/// only, so that the escape is right wherever they stand.
pub(super) fn json(text: &str) -> Option<String> {
    if text.bytes().all(|byte| byte.is_ascii() && byte != 0x7f) || !text.chars().any(is_unseen_in_json) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unseen_in_json(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Some(out)
}

/// The writer's own line ends and everything below U+0020 inside strings are already settled by JSON.
fn is_unseen_in_json(c: char) -> bool {
    c >= '\u{7f}' && is_unseen(c)
}

fn guard(text: &str, line_ends: bool, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().min(longest) + 16);
    let mut marks = 0;
    for (shown, c) in text.chars().enumerate() {
        if shown == longest {
            out.push('…');
            break;
        }
        let mark = c.width() == Some(0);
        marks = if mark { marks + 1 } else { 0 };
        match c {
            '\n' if line_ends => out.push('\n'),
            '\t' if line_ends => out.push_str("    "),
            '\n' | '\r' | '\t' => out.extend(c.escape_default()),
            c if is_unseen(c) || (mark && (marks > MARKS || shown == 0)) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Controls, direction changes, and what takes no room or pretends to be a blank.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_told() {
        for (text, clean) in [
            ("\u{9b}31m", r"\u{9b}31m"),
            ("\u{7f}", r"\u{7f}"),
            ("evil\u{202e}gpj.exe", r"evil\u{202e}gpj.exe"),
            ("drop\u{200b}box.com", r"drop\u{200b}box.com"),
            ("a\r\nb\tc", r"a\r\nb\tc"),
            ("\u{e0041}", r"\u{e0041}"),
            ("\u{301}x", r"\u{301}x"),
            ("e\u{301}x", "e\u{301}x"),
        ] {
            assert_eq!(line(text), clean, "{text:?}");
        }
        assert_eq!(text("a\n\u{1b}b"), "a\n\\u{1b}b");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let pile = format!("a{}", "\u{301}".repeat(50));
        assert_eq!(line(&pile).matches('\u{301}').count(), MARKS);
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        let long = "é".repeat(LONGEST + 1);
        assert_eq!(line(&long).chars().count(), LONGEST + 1);
        assert!(line(&long).ends_with('…'));
        assert_eq!(line(&"a".repeat(LONGEST)), "a".repeat(LONGEST));
    }

    #[test]
    fn formulas_are_text() {
        for text in ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "  =1", "＝1"] {
            assert!(cell(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(cell("example.com"), "example.com");
    }

    #[test]
    fn code_holds_whatever_is_in_it() {
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("<b>|"), r"`<b>\u{7c}`");
        assert_eq!(code(""), "` `");
    }

    #[test]
    fn json_stays_the_same_text() {
        let text = "a\u{9b}b\u{202e}c\u{e0041}d\u{7f}é";
        let raw = serde_json::to_string(text).unwrap();
        let guarded = json(&raw).unwrap();
        assert!(!guarded.chars().any(is_unseen));
        assert_eq!(serde_json::from_str::<String>(&guarded).unwrap(), text);
        assert_eq!(json("{\n  \"a\": \"é\"\n}"), None);
    }
}
