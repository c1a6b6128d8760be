use proptest::prelude::*;

use super::*;

/// Records in which the bytes that matter are frequent, long enough for several blocks.
fn records() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![4 => Just(b'\\'), 3 => Just(b'"'), 2 => Just(b','), 1 => Just(0), 4 => any::<u8>()];
    prop::collection::vec(byte, 0..300)
}

/// One byte after the other: the quotes that nothing escapes, and for each byte whether it is from an opening quote to
/// before a closing one.
fn plain(record: &[u8]) -> (Vec<u32>, Vec<bool>) {
    let (mut places, mut insides) = (Vec::new(), Vec::new());
    let (mut escaped, mut inside) = (false, false);
    for (at, byte) in record.iter().enumerate() {
        if escaped {
            escaped = false;
        } else if *byte == b'\\' {
            escaped = true;
        } else if *byte == b'"' {
            places.push(at as u32);
            inside = !inside;
        }
        insides.push(inside);
    }
    (places, insides)
}

proptest! {
    #[test]
    fn lanes_are_those_of_the_scalar_twin(block: [[u8; 16]; 4], byte: u8, other: u8, at in 0..64usize) {
        let mut bytes = [0; LANES];
        bytes.copy_from_slice(block.as_flattened());
        bytes[at] = byte;
        prop_assert_eq!(lanes::equal(&bytes, byte), scalar::equal(&bytes, byte));
        prop_assert_eq!(scalar::equal(&bytes, byte) >> at & 1, 1);
        for half in &block {
            for (one, other) in [(byte, other), (half[at % 16], byte)] {
                prop_assert_eq!(lanes::either(half, one, other), scalar::either(half, one, other));
            }
        }
    }

    #[test]
    fn quotes_are_those_that_nothing_escapes(record in records()) {
        let (places, insides) = plain(&record);
        let mut found = vec![7; 3];
        quotes(&record, &mut found);
        prop_assert_eq!(&found, &places);

        let want = record.iter().zip(&insides).position(|(byte, inside)| matches!(byte, b',' | 0) && !inside);
        prop_assert_eq!(first_outside(&record, [b',', 0]), want);
    }

    #[test]
    fn positions_are_all_positions(record in records(), byte: u8) {
        for byte in [byte, b'"', 0] {
            let want: Vec<usize> = (0..record.len()).filter(|at| record[*at] == byte).collect();
            prop_assert_eq!(positions(&record, byte).collect::<Vec<_>>(), want);
        }
    }

    #[test]
    fn the_first_of_two_is_the_first(record in records(), at in 0..310usize, other: u8) {
        let want = (at..record.len()).find(|at| record[*at] == b'"' || record[*at] == other).unwrap_or(record.len());
        prop_assert_eq!(first_of_two(&record, at, b'"', other), want);
    }
}

#[test]
fn runs_of_backslashes_cross_blocks() {
    for run in 0..140 {
        for before in 0..70 {
            let record = [vec![b'x'; before], vec![b'\\'; run], b"\"".to_vec()].concat();
            let mut found = Vec::new();
            quotes(&record, &mut found);
            assert_eq!(found, plain(&record).0, "{before} bytes, {run} backslashes");
        }
    }
}
