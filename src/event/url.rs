//! The few parts of a URL that matter here, found without decoding or allocating.

/// Parts of a URL or of a `host:port` target, borrowed from the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UrlParts<'a> {
    /// The scheme without `://`.
    pub scheme: Option<&'a [u8]>,
    /// The host, without user information, brackets or port.
    pub host: &'a [u8],
    /// The port, if it is written and is a number.
    pub port: Option<u16>,
    /// From the first `/` after the authority, without query and fragment. Empty if there is none.
    pub path: &'a [u8],
}

/// Splits `scheme://user@host:port/path?query`, `host:port` and `host/path`.
///
/// The text is taken as it is: nothing is decoded, and a host that is no host is returned all the same;
/// [`super::normalize`] decides about it.
///
/// ```
/// # use umbrascope::event::split_url;
/// let parts = split_url(b"https://bob@[2001:db8::1]:8443/a/b?q=1");
/// assert_eq!(parts.host, b"2001:db8::1");
/// assert_eq!(parts.port, Some(8443));
/// assert_eq!(parts.path, b"/a/b");
/// assert_eq!(split_url(b"files.slack.com:443").host, b"files.slack.com");
/// ```
pub fn split_url(text: &[u8]) -> UrlParts<'_> {
    let (scheme, rest) = split_scheme(text);
    let end = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#' | b'\\')).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let path = if tail.first() == Some(&b'/') {
        let stop = tail.iter().position(|b| matches!(b, b'?' | b'#')).unwrap_or(tail.len());
        &tail[..stop]
    } else {
        &[]
    };
    let authority = match memchr::memrchr(b'@', authority) {
        Some(at) => &authority[at + 1..],
        None => authority,
    };
    let (host, port) = split_port(authority);
    UrlParts { scheme, host, port, path }
}

fn split_scheme(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let len = text.iter().take(16).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
    match text.get(len..len + 3) {
        Some(b"://") if len > 0 => (Some(&text[..len]), &text[len + 3..]),
        _ => (None, text.strip_prefix(b"//").unwrap_or(text)),
    }
}

/// Splits a port from an authority; a bare IPv6 address has none.
fn split_port(authority: &[u8]) -> (&[u8], Option<u16>) {
    if let Some(rest) = authority.strip_prefix(b"[") {
        let Some(close) = memchr::memchr(b']', rest) else { return (rest, None) };
        let port = rest[close + 1..].strip_prefix(b":").and_then(number);
        return (&rest[..close], port);
    }
    let Some(colon) = memchr::memrchr(b':', authority) else { return (authority, None) };
    if memchr::memchr(b':', &authority[..colon]).is_some() {
        return (authority, None);
    }
    match number(&authority[colon + 1..]) {
        Some(port) => (&authority[..colon], Some(port)),
        None if authority.len() == colon + 1 => (&authority[..colon], None),
        None => (authority, None),
    }
}

fn number(text: &[u8]) -> Option<u16> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
