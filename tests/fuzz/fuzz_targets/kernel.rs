//! Any bytes: the fast readers against the plain ones.

#![no_main]

use std::ops::ControlFlow;

use bumpalo::Bump;
use libfuzzer_sys::fuzz_target;
use umbrascope::formats::fields::columns::Columns;
use umbrascope::formats::fields::delimited::{Cell, Cells};
use umbrascope::formats::fields::kernel::{self, LANES, scalar};
use umbrascope::formats::{Assume, Head, by_id};

fuzz_target!(|data: &[u8]| {
    let [pick, one, other, text @ ..] = data else { return };
    match pick % 3 {
        0 => masks(text, *one, *other),
        1 => cells(text, b",;\t| "[usize::from(*one) % 5], 1 + usize::from(*other)),
        _ => objects(text),
    }
});

/// The kernel against its scalar twin and against a walk byte by byte.
fn masks(text: &[u8], one: u8, other: u8) {
    let mut seen = 0;
    let _ = kernel::blocks(text, |at, block| {
        let own = &text[at..text.len().min(at + LANES)];
        let mut bytes = [0; LANES];
        bytes[..own.len()].copy_from_slice(own);
        let valid = u64::MAX >> (LANES - own.len());
        assert_eq!(block.valid(), valid);
        assert_eq!(block.mask(one), scalar::equal(&bytes, one) & valid);
        assert_eq!(block.mask_of([one, other]), (scalar::equal(&bytes, one) | scalar::equal(&bytes, other)) & valid);
        seen += own.len();
        ControlFlow::<()>::Continue(())
    });
    assert_eq!(seen, text.len(), "bytes that are in no block");

    let (mut quotes, mut first) = (Vec::new(), None);
    let (mut escaped, mut inside) = (false, false);
    for (at, byte) in text.iter().enumerate() {
        let quote = *byte == b'"' && !escaped;
        if quote {
            quotes.push(at as u32);
            inside = !inside;
        }
        if first.is_none() && !inside && !quote && (*byte == one || *byte == other) {
            first = Some(at);
        }
        escaped = *byte == b'\\' && !escaped;
    }
    let mut found = Vec::new();
    kernel::quotes(text, &mut found);
    assert_eq!(found, quotes);
    assert_eq!(kernel::first_outside(text, [one, other]), first);
    assert!(kernel::positions(text, one).eq((0..text.len()).filter(|at| text[*at] == one)));
    for at in [0, usize::from(other)] {
        let want = (at..text.len()).find(|at| text[*at] == one || text[*at] == other).unwrap_or(text.len());
        assert_eq!(kernel::first_of_two(text, at, one, other), want);
    }
}

/// Records split by masks against [`Cells`].
fn cells(text: &[u8], delimiter: u8, wanted: usize) {
    let mut columns = Columns::new(delimiter);
    for record in text.split(|byte| *byte == b'\n') {
        let Some(row) = columns.split(record, wanted) else { continue };
        let found: Vec<Cell<'_>> = (0..row.count()).filter_map(|column| row.cell(column)).collect();
        assert_eq!(found, Cells::new(record, delimiter).take(wanted).collect::<Vec<_>>());
    }
}

/// A reader that has learned from the lines before against one that has seen none and scans.
fn objects(text: &[u8]) {
    let (format, assume) = (by_id("json-lines").expect("a format"), Assume::default());
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let Ok(layout) = format.layout(&Head { lines: lines.iter().copied().take(Head::MAX_LINES).collect() }, &assume)
    else {
        return;
    };
    let mut learned = format.reader(&layout);
    for line in lines.iter().chain(&lines) {
        let arena = Bump::new();
        let scanned = format!("{:?}", format.reader(&layout).record(line, &arena));
        assert_eq!(format!("{:?}", learned.record(line, &arena)), scanned, "{}", String::from_utf8_lossy(line));
    }
}
