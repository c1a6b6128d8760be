//! Questions about all bytes of a short text.

/// Whether every byte passes the test, which must be plain arithmetic on the byte.
///
/// Values in logs have eight to forty bytes and another length in each line. Fixed pieces, the last one overlapping the one
/// before, become a few vector instructions without a jump that depends on the length.
///
/// ```
/// # use umbrascope::formats::fields::bytes::every;
/// assert!(every(b"192.0.2.41", |byte| byte.is_ascii_digit() | (byte == b'.')));
/// assert!(every(b"", |_| false));
/// ```
#[inline(always)]
pub fn every(text: &[u8], test: impl Fn(u8) -> bool + Copy) -> bool {
    if let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) {
        if text.len() <= 32 {
            return all(first, test) & all(last, test);
        }
        return text.as_chunks::<16>().0.iter().all(|chunk| all(chunk, test)) && all(last, test);
    }
    match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => all(first, test) & all(last, test),
        _ => text.iter().all(|byte| test(*byte)),
    }
}

#[inline(always)]
fn all<const N: usize>(chunk: &[u8; N], test: impl Fn(u8) -> bool) -> bool {
    let mut failed = 0;
    for byte in chunk {
        failed |= u8::from(!test(*byte));
    }
    failed == 0
}

/// A byte of ordinary host names: letters, digits, `.`, `-`, `_`.
#[inline(always)]
pub fn in_names(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'0') < 10)
        | (byte == b'.')
        | (byte == b'-')
        | (byte == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_is_all(text in "[a-c.]{0,70}") {
            prop_assert_eq!(every(text.as_bytes(), in_names), true);
            prop_assert_eq!(every(text.as_bytes(), |byte| byte != b'.'), !text.contains('.'));
        }
    }

    #[test]
    fn names_are_written_in_these() {
        for byte in 0..=255u8 {
            let want = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
            assert_eq!(in_names(byte), want, "{byte}");
        }
    }
}
