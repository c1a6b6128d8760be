//! Addresses as logs write them.

use std::net::IpAddr;

/// An address, with or without brackets or a zone; an IPv4 address inside IPv6 becomes IPv4.
///
/// ```
/// # use umbrascope::event::parse_ip;
/// assert_eq!(parse_ip(b"::ffff:192.0.2.7"), "192.0.2.7".parse().ok());
/// assert_eq!(parse_ip(b"[2001:db8::1]"), "2001:db8::1".parse().ok());
/// assert_eq!(parse_ip(b"files.slack.com"), None);
/// ```
pub fn parse_ip(text: &[u8]) -> Option<IpAddr> {
    let text = match text {
        [b'[', inner @ .., b']'] => inner,
        other => other,
    };
    // The longest text form of an address has 45 characters; a zone may follow.
    let first = *text.first()?;
    if text.len() > 64 || !(first.is_ascii_hexdigit() || first == b':') {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let text = text.split_once('%').map_or(text, |(address, _zone)| address);
    text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}
