//! Names of destinations in one normal form.

use std::borrow::Cow;
use std::net::IpAddr;

use super::ip::parse_ip;

/// A destination in normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination<'a> {
    /// Lower case, ASCII (IDNA), no port, no trailing dot.
    Host(Cow<'a, str>),
    /// An address.
    Address(IpAddr),
}

/// The normal form of a host as logs write it, or `None` when it names nothing (`-`, an empty text, blanks).
///
/// Underscores and other junk stay: a log is a witness, not a specification. Bytes that are not UTF-8 become the
/// replacement character.
///
/// ```
/// # use umbrascope::event::{normalize, Destination};
/// let host = |text| match normalize(text) {
///     Some(Destination::Host(host)) => host.into_owned(),
///     other => format!("{other:?}"),
/// };
/// assert_eq!(host(b"WWW.Example.COM."), "www.example.com");
/// assert_eq!(host("b\u{fc}cher.example".as_bytes()), "xn--bcher-kva.example");
/// assert_eq!(normalize(b"-"), None);
/// ```
pub fn normalize(text: &[u8]) -> Option<Destination<'_>> {
    let text = text.trim_ascii();
    let text = match text.iter().rposition(|b| *b != b'.') {
        Some(last) => &text[..=last],
        None => return None,
    };
    if text == b"-" || text.len() > MAX_HOST {
        return None;
    }
    if let Some(ip) = parse_ip(text) {
        return Some(Destination::Address(ip));
    }
    if text.is_ascii() {
        // ASCII is UTF-8.
        let text = std::str::from_utf8(text).ok()?;
        if text.bytes().any(|b| b.is_ascii_whitespace()) {
            return None;
        }
        return Some(Destination::Host(if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        }));
    }
    let host = match idna::domain_to_ascii_cow(text, idna::AsciiDenyList::EMPTY) {
        Ok(host) => host.into_owned(),
        Err(_) => String::from_utf8_lossy(text).to_lowercase(),
    };
    Some(Destination::Host(Cow::Owned(host)))
}

/// Longest text taken for a host. DNS allows 253 characters; some devices log more, nobody needs a page of it.
const MAX_HOST: usize = 1024;

/// The registrable domain of a host by the Public Suffix List, or the host itself where it has none.
///
/// ```
/// # use umbrascope::event::registrable;
/// assert_eq!(registrable("www.shop.example.co.uk"), "example.co.uk");
/// assert_eq!(registrable("alice.github.io"), "alice.github.io");
/// ```
pub fn registrable(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}
