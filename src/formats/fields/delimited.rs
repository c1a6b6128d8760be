//! One record split by a delimiter, with quotes as in RFC 4180 and as devices really write them.
//!
//! Splitting allocates nothing and undoes nothing: a cell is a slice of the record until somebody wants its value.
//! Whoever needs eight of sixty columns pays for eight.

use bumpalo::Bump;

/// The cells of one record.
///
/// A cell that begins with a quote (blanks before it are skipped) ends at the next quote that a delimiter or the end of
/// the record follows; a doubled quote stands for one, any other quote for itself. A quote that is never closed takes
/// the rest of the record. Quotes inside a cell that does not begin with one mean nothing.
///
/// ```
/// # use umbrascope::formats::fields::delimited::Cells;
/// let arena = bumpalo::Bump::new();
/// let cells: Vec<&[u8]> = Cells::new(br#"a,"b, ""c""",,d"#, b',').map(|cell| cell.value(&arena)).collect();
/// assert_eq!(cells, [&b"a"[..], br#"b, "c""#, b"", b"d"]);
/// ```
#[derive(Debug, Clone)]
pub struct Cells<'a> {
    rest: Option<&'a [u8]>,
    delimiter: u8,
}

/// One cell, as it stands in the record but for the quotes around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The text between the quotes, or the whole cell.
    pub raw: &'a [u8],
    /// Doubled quotes are in it.
    pub doubled: bool,
    /// Its quote was opened and never closed: the record was cut here, or goes on in a line that is not shown.
    pub open: bool,
}

impl<'a> Cells<'a> {
    /// The cells of `record`. An empty record has one empty cell. A trailing carriage return belongs to none.
    pub fn new(record: &'a [u8], delimiter: u8) -> Cells<'a> {
        Cells { rest: Some(record.strip_suffix(b"\r").unwrap_or(record)), delimiter }
    }

    fn quoted(&mut self, text: &'a [u8]) -> Cell<'a> {
        let mut doubled = false;
        let mut from = 0;
        while let Some(found) = memchr::memchr(b'"', &text[from..]) {
            let at = from + found;
            match text.get(at + 1) {
                None => {
                    self.rest = None;
                    return Cell { raw: &text[..at], doubled, open: false };
                }
                Some(next) if *next == self.delimiter => {
                    self.rest = Some(&text[at + 2..]);
                    return Cell { raw: &text[..at], doubled, open: false };
                }
                Some(b'"') => {
                    doubled = true;
                    from = at + 2;
                }
                Some(_) => from = at + 1,
            }
        }
        self.rest = None;
        Cell { raw: text, doubled, open: true }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    #[inline]
    fn next(&mut self) -> Option<Cell<'a>> {
        let text = self.rest?;
        match text.first() {
            Some(b'"') => return Some(self.quoted(&text[1..])),
            Some(b' ') if self.delimiter != b' ' => {
                // Not into the next cell: a tab may be both.
                let blank = |byte: &u8| byte.is_ascii_whitespace() && *byte != self.delimiter;
                let first = text.iter().position(|byte| !blank(byte)).unwrap_or(text.len());
                if text.get(first) == Some(&b'"') {
                    return Some(self.quoted(&text[first + 1..]));
                }
            }
            _ => {}
        }
        Some(match memchr::memchr(self.delimiter, text) {
            Some(at) => {
                self.rest = Some(&text[at + 1..]);
                Cell { raw: &text[..at], doubled: false, open: false }
            }
            None => {
                self.rest = None;
                Cell { raw: text, doubled: false, open: false }
            }
        })
    }
}

impl<'a> Cell<'a> {
    /// The value, its doubled quotes undone in the arena if there are any.
    #[inline]
    pub fn value(self, arena: &'a Bump) -> &'a [u8] {
        if self.doubled { undouble(self.raw, arena) } else { self.raw }
    }
}

/// The text with `""` replaced by `"`.
#[cold]
pub fn undouble<'a>(raw: &[u8], arena: &'a Bump) -> &'a [u8] {
    let out = arena.alloc_slice_copy(raw);
    let (mut to, mut from) = (0, 0);
    while from < raw.len() {
        out[to] = raw[from];
        from += if raw[from..].starts_with(b"\"\"") { 2 } else { 1 };
        to += 1;
    }
    &out[..to]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_people_see() {
        for (record, want) in [
            ("", &[""][..]),
            (",", &["", ""]),
            ("a,b\r", &["a", "b"]),
            ("\"a\",\"b\"\r", &["a", "b"]),
            ("\"\",\"\"\"\",x", &["", "\"", "x"]),
            ("a, \"b, c\",d", &["a", "b, c", "d"]),
            ("a \"b\",c", &["a \"b\"", "c"]),
            ("\"he said \"hi\" to me\",c", &["he said \"hi\" to me", "c"]),
            ("\"never closed, c", &["never closed, c"]),
            ("\"", &[""]),
            ("\"\"", &[""]),
            ("\"\"\"", &["\""]),
        ] {
            let arena = Bump::new();
            let got: Vec<_> =
                Cells::new(record.as_bytes(), b',').map(|cell| String::from_utf8_lossy(cell.value(&arena))).collect();
            assert_eq!(got, want, "{record}");
        }
    }

    #[test]
    fn a_blank_cell_before_a_quoted_one_is_a_cell() {
        let raws: Vec<&[u8]> = Cells::new(b"a\t \t\"b\"", b'\t').map(|cell| cell.raw).collect();
        assert_eq!(raws, [&b"a"[..], b" ", b"b"]);
    }

    #[test]
    fn an_open_quote_is_told() {
        assert!(Cells::new(b"a,\"b", b',').last().is_some_and(|cell| cell.open));
        assert!(!Cells::new(b"a,\"b\"", b',').last().is_some_and(|cell| cell.open));
    }
}
