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
    if text.is_empty() || text.len() > 20 {
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
    let text = text.trim_ascii();
    match text {
        [] | b"-" | b"--" => None,
        _ if text.len() <= 13 && is_empty_word(text) => None,
        _ => Some(text),
    }
}

fn is_empty_word(text: &[u8]) -> bool {
    // Nearly every value begins with another letter than these.
    if !matches!(text[0] | 0x20, b'n' | b'(' | b'u' | b'"' | b'a') {
        return false;
    }
    const EMPTY: [&[u8]; 16] = [
        b"n/a",
        b"na",
        b"none",
        b"null",
        b"nil",
        b"(null)",
        b"(empty)",
        b"(none)",
        b"unknown",
        b"undefined",
        b"notchecked",
        b"notavailable",
        b"unavailable",
        b"not available",
        b"nilvalue",
        b"anonymous",
    ];
    text == b"\"-\"" || text == b"\"\"" || EMPTY.iter().any(|word| text.eq_ignore_ascii_case(word))
}
