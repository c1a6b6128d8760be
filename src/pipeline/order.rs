//! What is written while reading comes out in the order of the sources.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crossbeam_channel::{Receiver, Sender};

/// A piece of the output and its place.
pub(super) struct Text {
    pub place: u64,
    pub bytes: Vec<u8>,
}

/// Where a block's text goes, where it stands there, and the number of its first line.
pub(super) struct Slip {
    pub to: Sender<Text>,
    pub place: u64,
    pub line: u64,
}

/// Writes pieces as soon as all pieces before them are written. After an error nobody takes pieces any more, and whoever
/// sends one is told so rather than left waiting.
pub(super) fn write_in_order(texts: Receiver<Text>, out: &mut dyn Write) -> io::Result<()> {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for text in texts {
        waiting.insert(text.place, text.bytes);
        while let Some(bytes) = waiting.remove(&next) {
            out.write_all(&bytes)?;
            next += 1;
        }
    }
    out.flush()
}
