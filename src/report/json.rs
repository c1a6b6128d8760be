//! The document as JSON, for machines.

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, View, clean};

/// Writes the whole document, indented, with a newline at its end. `--top` is honored and told in `settings`.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    let report = options.shorten(report);
    let mut out = Guard::new(out);
    let mut serializer = serde_json::Serializer::pretty(&mut out);
    report.serialize(&mut serializer)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Passes JSON on, with the characters escaped that could fool somebody who looks at it on a terminal. What is not flushed
/// is lost.
pub(super) struct Guard<'a> {
    out: &'a mut dyn Write,
    /// serde_json writes in pieces of a few bytes; they are gathered here rather than each being passed to `out`.
    pieces: Vec<u8>,
}

/// How many bytes are gathered.
const GATHERED: usize = 64 << 10;

impl<'a> Guard<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Guard<'a> {
        Guard { out, pieces: Vec::with_capacity(GATHERED + (GATHERED >> 4)) }
    }
}

impl Write for Guard<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // serde_json hands over whole pieces of a string, so a piece is UTF-8; a split character would pass as it is.
        let harmless = bytes.is_ascii() && memchr::memchr(0x7f, bytes).is_none();
        match (!harmless).then(|| std::str::from_utf8(bytes).ok().and_then(clean::json)).flatten() {
            Some(clean) => self.pieces.extend_from_slice(clean.as_bytes()),
            None => self.pieces.extend_from_slice(bytes),
        }
        if self.pieces.len() >= GATHERED {
            self.out.write_all(&self.pieces)?;
            self.pieces.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.pieces)?;
        self.pieces.clear();
        self.out.flush()
    }
}
