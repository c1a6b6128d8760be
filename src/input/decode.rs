//! Text encodings: UTF-16 becomes UTF-8, a byte order mark disappears, all else stays as it is.
//!
//! PowerShell's `>` and `Export-Csv -Encoding Unicode` write UTF-16, Excel puts a mark in front of UTF-8. Bytes that are
//! no UTF-8 are left to the formats, which decide field by field.

use std::io::{self, Read};

use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use memchr::memchr;

use super::layers::Peeked;

/// How a stream was encoded before it was delivered as UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, ASCII, or any bytes at all.
    #[default]
    Utf8,
    /// The same behind a byte order mark, which is not delivered.
    Utf8Bom,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Encoding {
    /// Guesses from the first bytes, 4 KiB or so: a byte order mark, or NULs in every second place.
    ///
    /// ```
    /// # use umbrascope::input::Encoding;
    /// assert_eq!(Encoding::of(b"G\0E\0T\0 \0"), Encoding::Utf16Le);
    /// assert_eq!(Encoding::of(b"GET "), Encoding::Utf8);
    /// ```
    pub fn of(head: &[u8]) -> Encoding {
        match head {
            [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8Bom,
            [0xff, 0xfe, ..] => return Encoding::Utf16Le,
            [0xfe, 0xff, ..] => return Encoding::Utf16Be,
            _ => {}
        }
        if head.len() < 4 || memchr(0, head).is_none() {
            return Encoding::Utf8;
        }
        // Log lines are mostly ASCII whatever the language of the names in them, so most high bytes are NUL, and
        // hardly any low byte is.
        let pairs = head.len() / 2;
        let nuls = |first: usize| head.iter().skip(first).step_by(2).filter(|&&b| b == 0).count();
        let (even, odd) = (nuls(0), nuls(1));
        if odd * 10 >= pairs * 7 && even * 20 <= pairs {
            Encoding::Utf16Le
        } else if even * 10 >= pairs * 7 && odd * 20 <= pairs {
            Encoding::Utf16Be
        } else {
            Encoding::Utf8
        }
    }

    /// The length of the mark at the start of `head`.
    pub(super) fn mark(self, head: &[u8]) -> usize {
        match self {
            Encoding::Utf8 => 0,
            Encoding::Utf8Bom => 3,
            Encoding::Utf16Le if head.starts_with(b"\xff\xfe") => 2,
            Encoding::Utf16Be if head.starts_with(b"\xfe\xff") => 2,
            Encoding::Utf16Le | Encoding::Utf16Be => 0,
        }
    }
}

/// A reader whose bytes are UTF-8 where the text was Unicode at all. Made by [`text()`].
pub struct Text<R: Read> {
    encoding: Encoding,
    inner: Inner<R>,
}

enum Inner<R: Read> {
    AsIs(Peeked<R>),
    Wide(DecodeReaderBytes<io::Chain<&'static [u8], Peeked<R>>, Vec<u8>>),
}

/// Looks at the first 4 KiB and decodes accordingly. Ordinary logs pass through without a copy after those; in UTF-16,
/// what is no character becomes U+FFFD.
///
/// ```
/// # use std::io::Read;
/// # use umbrascope::input::{Encoding, text};
/// let mut reader = text(&b"\xff\xfeb\0o\0b\0"[..]);
/// assert_eq!(reader.encoding(), Encoding::Utf16Le);
/// let mut name = String::new();
/// reader.read_to_string(&mut name)?;
/// assert_eq!(name, "bob");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn text<R: Read>(reader: R) -> Text<R> {
    Text::peeked(Peeked::new(reader))
}

impl<R: Read> Text<R> {
    /// What was recognized.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    pub(super) fn peeked(mut reader: Peeked<R>) -> Text<R> {
        let encoding = Encoding::of(reader.head());
        reader.skip(encoding.mark(reader.head()));
        Text::known(encoding, reader)
    }

    /// `reader` stands behind the mark, and has been looked at if the encoding is a wide one.
    pub(super) fn known(encoding: Encoding, reader: Peeked<R>) -> Text<R> {
        // The decoder takes a mark with nothing behind it for text.
        if reader.head().is_empty() {
            return Text { encoding, inner: Inner::AsIs(reader) };
        }
        // The decoder is told by a mark, since its encodings belong to another crate.
        let mark: &'static [u8] = match encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => return Text { encoding, inner: Inner::AsIs(reader) },
            Encoding::Utf16Le => b"\xff\xfe",
            Encoding::Utf16Be => b"\xfe\xff",
        };
        let chained = mark.chain(reader);
        let inner = match DecodeReaderBytesBuilder::new().build_with_buffer(chained, vec![0; 64 << 10]) {
            Ok(decoder) => Inner::Wide(decoder),
            // Only a buffer of less than four bytes is refused.
            Err(_) => Inner::Wide(DecodeReaderBytes::new(mark.chain(Peeked::empty()))),
        };
        Text { encoding, inner }
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::AsIs(reader) => reader.read(buf),
            Inner::Wide(reader) => reader.read(buf),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nuls_alone_are_no_utf16() {
        assert_eq!(Encoding::of(&[0; 64]), Encoding::Utf8);
        assert_eq!(Encoding::of(b"\x01\0\0\0\x02\0\0\0"), Encoding::Utf8);
        assert_eq!(Encoding::of(b"\0G\0E\0T"), Encoding::Utf16Be);
        assert_eq!(
            Encoding::of(
                "Ключ: GET https://www.dropbox.com/"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<_>>()
                    .as_slice()
            ),
            Encoding::Utf16Le
        );
    }
}
