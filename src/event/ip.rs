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

/// Every address that stands in the text of an answer, among names, numbers and whatever else a log writes there.
///
/// ```
/// # use umbrascope::event::addresses_in;
/// let found = |text: &[u8]| addresses_in(text).map(|ip| ip.to_string()).collect::<Vec<_>>();
/// assert_eq!(found(b"edge.example.net,203.0.113.80,2001:db8::1"), ["203.0.113.80", "2001:db8::1"]);
/// assert_eq!(found(br#"203.0.113.80"},{"rrtype":"A","ttl":20,"rdata":"203.0.113.81"#), ["203.0.113.80", "203.0.113.81"]);
/// assert_eq!(found(b"NXDOMAIN"), [""; 0]);
/// ```
pub fn addresses_in(text: &[u8]) -> impl Iterator<Item = IpAddr> + '_ {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-' | b'_');
    text.split(move |byte| !is_part(byte))
        // Shorter ones are words such as `::`, which lead nowhere.
        .filter(|word| word.len() > 2 && word.iter().any(|byte| matches!(byte, b'.' | b':')))
        .filter_map(parse_ip)
}
