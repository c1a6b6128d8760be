//! The document as JSON, for machines.

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, View, clean};

/// Writes the whole document, indented, with a newline at its end. `--top` is honored and told in `settings`.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Guard(out);
    let report = options.shorten(report);
    let mut serializer = serde_json::Serializer::pretty(&mut out);
    report.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Passes JSON on, with the characters escaped that could fool somebody who looks at it on a terminal.
pub(super) struct Guard<'a>(pub &'a mut dyn Write);

impl Write for Guard<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // serde_json hands over whole pieces of a string, so this succeeds; a split character would pass as it is.
        match std::str::from_utf8(bytes).ok().and_then(clean::json) {
            Some(clean) => self.0.write_all(clean.as_bytes())?,
            None => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
