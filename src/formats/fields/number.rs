//! Numbers and the many ways to say "nothing".

/// A non-negative decimal integer, nothing else. Saturates at [`u64::MAX`].
///
/// ```
/// # use umbrascope::formats::fields::number::unsigned;
/// assert_eq!(unsigned(b"48211"), Some(48211));
/// assert_eq!(unsigned(b"-"), None);
/// ```
#[inline]
pub fn unsigned(text: &[u8]) -> Option<u64> {
    if text.len() <= 8 { short(text) } else { long(text) }
}

/// Up to eight digits, in one register: lengths differ from line to line, and a loop over digits is mispredicted each time.
#[inline]
fn short(text: &[u8]) -> Option<u64> {
    let len = text.len();
    // The text, its first byte lowest.
    let low = if let (Some(head), Some(tail)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*head)) | u64::from(u32::from_le_bytes(*tail)) << (8 * (len - 4))
    } else {
        // The first, the middle and the last are all of one to three.
        let first = u64::from(*text.first()?);
        first | u64::from(text[len / 2]) << (8 * (len / 2)) | u64::from(text[len - 1]) << (8 * (len - 1))
    };
    // Zeros in front make eight digits of them.
    let digits = low << (64 - 8 * len) | 0x3030_3030_3030_3030 & (u64::MAX >> 4 >> (8 * len - 4));
    let odd =
        digits & 0xf0f0_f0f0_f0f0_f0f0 | (digits.wrapping_add(0x0606_0606_0606_0606) & 0xf0f0_f0f0_f0f0_f0f0) >> 4;
    if odd != 0x3333_3333_3333_3333 {
        return None;
    }
    // Neighbors become numbers of two digits, of four, of eight.
    let pairs = (digits & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(2561) >> 8;
    let fours = (pairs & 0x00ff_00ff_00ff_00ff).wrapping_mul(6_553_601) >> 16;
    Some((fours & 0x0000_ffff_0000_ffff).wrapping_mul(42_949_672_960_001) >> 32)
}

fn long(text: &[u8]) -> Option<u64> {
    if text.len() > 20 {
        return None;
    }
    let mut value = 0u64;
    // Nineteen digits always fit.
    let (sure, last) = text.split_at(text.len().min(19));
    for byte in sure {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    for byte in last {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.saturating_mul(10).saturating_add(u64::from(digit));
    }
    Some(value)
}

/// A number that may carry a fraction (`64.1`, `97.0`), rounded down.
pub fn whole(text: &[u8]) -> Option<u64> {
    match memchr::memchr(b'.', text) {
        Some(dot) if text[dot + 1..].iter().all(u8::is_ascii_digit) => unsigned(&text[..dot]),
        Some(_) => None,
        None => unsigned(text),
    }
}

/// The value, unless it is one of the ways in which logs say "nothing" (`-`, `N/A`, `(null)`, ...).
///
/// ```
/// # use umbrascope::formats::fields::number::present;
/// assert_eq!(present(b"alice"), Some(&b"alice"[..]));
/// assert_eq!(present(b"(null)"), None);
/// ```
#[inline]
pub fn present(text: &[u8]) -> Option<&[u8]> {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    let text = if edge(text.first()) || edge(text.last()) { text.trim_ascii() } else { text };
    // Nearly every value begins with another letter than these.
    match text.first()? | 0x20 {
        b'-' if matches!(text, b"-" | b"--") => None,
        b'n' | b'(' | b'u' | b'"' | b'a' if is_empty_word(text) => None,
        _ => Some(text),
    }
}

fn is_empty_word(text: &[u8]) -> bool {
    let words: &[&[u8]] = match text.len() {
        2 => &[b"na", b"\"\""],
        3 => &[b"n/a", b"nil", b"\"-\""],
        4 => &[b"none", b"null"],
        6 => &[b"(null)", b"(none)"],
        7 => &[b"(empty)", b"unknown"],
        8 => &[b"nilvalue"],
        9 => &[b"undefined", b"anonymous"],
        10 => &[b"notchecked"],
        11 => &[b"unavailable"],
        12 => &[b"notavailable"],
        13 => &[b"not available"],
        _ => &[],
    };
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_what_std_reads(number: u64, digits in "[0-9]{1,9}", junk in "[0-9 +:/-]{0,9}") {
            for text in [number.to_string(), (number % 1_000_000).to_string(), digits, junk] {
                let want = if text.starts_with('+') { None } else { text.parse().ok() };
                prop_assert_eq!(unsigned(text.as_bytes()), want, "{}", text);
            }
        }

        #[test]
        fn any_bytes_are_no_panic(text in prop::collection::vec(any::<u8>(), 0..24)) {
            let want = std::str::from_utf8(&text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            prop_assert_eq!(unsigned(&text).is_some(), want.is_some_and(|text| (1..=20).contains(&text.len())));
        }
    }

    #[test]
    fn nothing_is_nothing_in_any_case() {
        for text in
            ["", "-", "--", " - ", "NULL", "N/A", "(None)", "Unknown", "not available", "\"\"", "\"-\"", "ANONYMOUS"]
        {
            assert_eq!(present(text.as_bytes()), None, "{text}");
        }
        for text in ["nancy", "-a", "nu", "unknown2", "a"] {
            assert_eq!(present(text.as_bytes()), Some(text.as_bytes()));
        }
    }
}
