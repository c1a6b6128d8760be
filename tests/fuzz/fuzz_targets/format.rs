//! Any bytes, as a log of any format.

#![no_main]

use bumpalo::Bump;
use libfuzzer_sys::fuzz_target;
use umbrascope::formats::detect::{Detected, detect};
use umbrascope::formats::framing::{record_len, trim};
use umbrascope::formats::{Assume, Parsed, REGISTRY};

/// Squid's own format, so that the format of user-defined lines has something to bind.
const LOGFORMAT: &str = r#"%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt "%{User-Agent}>h""#;

fuzz_target!(|data: &[u8]| {
    let Some((pick, text)) = data.split_first() else { return };
    let assume = Assume { logformats: vec![LOGFORMAT.to_owned()], ..Assume::default() };
    // One more than there are formats: no format is forced then, and detection decides.
    let forced = REGISTRY.get(usize::from(*pick) % (REGISTRY.len() + 1)).copied();
    let Detected::Log(log) = detect(text, true, &assume, forced) else { return };
    let mut reader = log.format.reader(&log.layout);
    let mut at = 0;
    while let Some(len) = record_len(log.framing, &text[at..], true) {
        assert!(len > 0, "a record without end");
        let arena = Bump::new();
        let record = trim(&text[at..at + len]);
        at += len;
        let Ok(letter) = log.envelope.open(record, &assume, &arena) else { continue };
        match reader.record(letter.line, &arena) {
            Parsed::Event(_) | Parsed::Identity(_) => {}
            Parsed::Skip(why) => assert!(!why.is_empty()),
            Parsed::Bad(problem) => assert!(!problem.reason.is_empty()),
            Parsed::Layout(layout) => reader = log.format.reader(&layout),
        }
    }
    assert_eq!(at, text.len(), "bytes that are in no record");
});
