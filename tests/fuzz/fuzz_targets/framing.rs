//! Any bytes, cut into blocks.

#![no_main]

use libfuzzer_sys::fuzz_target;
use umbrascope::formats::Framing;
use umbrascope::formats::framing::{Cutter, hole_len, record_len};

fuzz_target!(|data: &[u8]| {
    let [pick, size, lookback, text @ ..] = data else { return };
    let framing = [Framing::Lines, Framing::QuotedLines, Framing::OctetCounted][usize::from(*pick) % 3];
    let directive = (*pick >= 128).then_some(b'#');
    let mut cutter = Cutter::new(64 + usize::from(*size));
    cutter.settle(framing, directive, usize::from(*lookback) % 4);
    let mut reader = text;
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut buffer = Vec::new();
    while let Ok(block) = cutter.next(&mut reader, buffer) {
        let from = block.offset as usize;
        assert_eq!(block.records(), &text[from..from + block.records().len()], "a block is not where it says");
        found.extend(records(framing, block.records()).into_iter().map(<[u8]>::to_vec));
        buffer = block.bytes;
    }
    assert_eq!(cutter.offset() as usize, text.len(), "bytes that are in no block");
    assert_eq!(found, records(framing, text), "the records depend on where blocks end");
});

fn records(framing: Framing, text: &[u8]) -> Vec<&[u8]> {
    let (mut records, mut at) = (Vec::new(), 0);
    loop {
        at += hole_len(&text[at..]);
        let Some(len) = record_len(framing, &text[at..], true) else { return records };
        records.push(&text[at..at + len]);
        at += len;
    }
}
