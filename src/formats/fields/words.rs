//! A record walked from left to right: words, quoted texts, texts in brackets.

use memchr::memchr;

/// What is left of a record.
///
/// ```
/// # use umbrascope::formats::fields::words::Words;
/// let mut words = Words::new(br#"[10/Mar/2026:08:15:42 +0000] "alice b" 200"#);
/// assert_eq!(words.bracketed(), Some(&b"10/Mar/2026:08:15:42 +0000"[..]));
/// assert_eq!(words.quoted(), Some(&b"alice b"[..]));
/// assert_eq!(words.word(), Some(&b"200"[..]));
/// assert_eq!(words.word(), None);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    /// Begins at the left.
    pub fn new(record: &'a [u8]) -> Words<'a> {
        Words { rest: record }
    }

    /// What has not been taken.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next text up to a blank; `None` at the end.
    #[inline]
    pub fn word(&mut self) -> Option<&'a [u8]> {
        self.skip_blanks();
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr(b' ', self.rest).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(word)
    }

    /// The next text, if it stands in double quotes: what is between them. A quote closes where a blank or the end follows
    /// and no backslash stands before it. Nothing is taken where none closes.
    #[inline]
    pub fn quoted(&mut self) -> Option<&'a [u8]> {
        self.skip_blanks();
        let inner = self.rest.strip_prefix(b"\"")?;
        let mut from = 0;
        loop {
            let at = from + memchr(b'"', &inner[from..])?;
            let escaped = inner[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
            if !escaped && matches!(inner.get(at + 1), None | Some(b' ')) {
                self.rest = &inner[at + 1..];
                return Some(&inner[..at]);
            }
            from = at + 1;
        }
    }

    /// The next text, in quotes or not.
    #[inline]
    pub fn value(&mut self) -> Option<&'a [u8]> {
        self.skip_blanks();
        if self.rest.first() == Some(&b'"') { self.quoted() } else { self.word() }
    }

    /// The next text, if it stands in square brackets: what is between them.
    #[inline]
    pub fn bracketed(&mut self) -> Option<&'a [u8]> {
        self.skip_blanks();
        let inner = self.rest.strip_prefix(b"[")?;
        let end = memchr(b']', inner)?;
        self.rest = &inner[end + 1..];
        Some(&inner[..end])
    }

    #[inline(always)]
    fn skip_blanks(&mut self) {
        while let [b' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }
}

/// Whether a text has the shape of a client program's name: `Mozilla/5.0 (...)`, `git/2.44.0`.
pub fn is_agent(text: &[u8]) -> bool {
    let name =
        text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')).count();
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.get(name) == Some(&b'/')
        && text.get(name + 1).is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_close_where_a_blank_follows() {
        for (text, want) in [
            (r#""a b" c"#, Some("a b")),
            (r#""" c"#, Some("")),
            (r#""say "hi", bob""#, Some(r#"say "hi", bob"#)),
            (r#""say \"hi\" \\" c"#, Some(r#"say \"hi\" \\"#)),
            (r#""never closed"#, None),
            ("bare", None),
            ("", None),
        ] {
            assert_eq!(Words::new(text.as_bytes()).quoted(), want.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn programs_are_known_by_their_version() {
        assert!(is_agent(b"Mozilla/5.0 (X11)") && is_agent(b"git-lfs/3.4"));
        assert!(!is_agent(b"10/Mar/2026") && !is_agent(b"") && !is_agent(b"text/html") && !is_agent(b"abcd"));
    }
}
