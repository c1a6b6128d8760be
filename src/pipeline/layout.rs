//! Which layout is in force where: headers in mid-file, looked for between blocks so that blocks can be read in any order.

use super::Shelf;
use crate::formats::framing::{hole_len, record_len, trim};
use crate::formats::{Framing, Layout, Parsed};

/// The layout in force after a block: that of the last header in it.
pub(super) fn layout_after(shelf: &Shelf, mut layout: Layout, records: &[u8]) -> Layout {
    let Some(directive) = shelf.log.format.directive() else { return layout };
    let log = &shelf.log;
    let lines = if log.envelope.is_none() && log.framing == Framing::Lines {
        lines_beginning_with(directive, records)
    } else {
        records_with(directive, log.framing, records)
    };
    let mut arena = bumpalo::Bump::new();
    let mut reader = log.format.reader(&layout);
    for line in lines {
        arena.reset();
        let Ok(letter) = log.envelope.open(trim(line), &shelf.assume, &arena) else { continue };
        if letter.line.first() != Some(&directive) {
            continue;
        }
        if let Parsed::Layout(new) = reader.record(letter.line, &arena) {
            reader = log.format.reader(&new);
            layout = new;
        }
    }
    layout
}

/// Records in which a byte stands somewhere: in an envelope, a header does not begin its line.
fn records_with(byte: u8, framing: Framing, text: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut at) = (Vec::new(), 0);
    loop {
        at += hole_len(&text[at..]);
        let Some(len) = record_len(framing, &text[at..], true) else { return found };
        let record = &text[at..at + len];
        at += len;
        if memchr::memchr(byte, record).is_some() {
            found.push(record);
        }
    }
}

fn lines_beginning_with(byte: u8, text: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = memchr::memmem::find_iter(text, &[b'\n', byte]).map(|newline| newline + 1).collect();
    // A hole may stand before the line.
    let holes = memchr::memmem::find_iter(text, b"\n\0").map(|newline| newline + 1);
    for start in std::iter::once(0).chain(holes) {
        let letter = start + hole_len(&text[start..]);
        if text.get(letter) == Some(&byte) {
            starts.push(letter);
        }
    }
    starts.sort_unstable();
    let line = |start: usize| {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |newline| start + newline);
        &text[start..end]
    };
    starts.into_iter().map(line).collect()
}
