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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::{Destination, normalize};

    fn check(text: &str) {
        let Ok(oracle) = url::Url::parse(text) else { return };
        let parts = split_url(text.as_bytes());
        let host = match normalize(parts.host) {
            Some(Destination::Host(host)) => host.into_owned(),
            Some(Destination::Address(ip)) => ip.to_string(),
            None => String::new(),
        };
        let wanted = oracle.host_str().unwrap_or("");
        let wanted = match wanted.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
            // An IPv4 address inside IPv6 is IPv4 to us.
            Ok(ip) => ip.to_canonical().to_string(),
            Err(_) => wanted.trim_end_matches('.').to_owned(),
        };
        assert_eq!(host, wanted, "{text}");
        let default = |port: Option<u16>| port.or(oracle.port_or_known_default());
        assert_eq!(default(parts.port), oracle.port_or_known_default(), "{text}");
        assert!(oracle.path() == "/" || oracle.path().as_bytes() == parts.path, "{text}");
    }

    #[test]
    fn the_url_crate_agrees() {
        for text in [
            "http://www.example.com",
            "https://WWW.Example.com:8443/a/b?c=d#e",
            "https://alice:secret@files.slack.com/x",
            "https://alice@example.com@www.dropbox.com/",
            "http://[2001:db8::1]:8080/",
            "http://[::ffff:192.0.2.1]/",
            "http://192.0.2.7/a",
            "https://b\u{fc}cher.example/",
            "https://example.com./",
            "https://example.com?query=/a",
            "https://example.com#a/b",
        ] {
            check(text);
        }
    }

    proptest! {
        #[test]
        fn the_url_crate_agrees_on_what_browsers_send(
            scheme in "https?",
            user in "([a-z]{1,6}(:[a-z0-9]{1,6})?@)?",
            host in "([a-z0-9]{1,8}\\.){1,3}[a-z]{2,6}",
            port in "(:[1-9][0-9]{0,3})?",
            path in "(/[a-zA-Z0-9_~-]{1,8}){0,3}/?",
            query in "(\\?[a-z0-9=&/:@]{0,12})?",
        ) {
            check(&format!("{scheme}://{user}{host}{port}{path}{query}"));
        }

        #[test]
        fn any_bytes_are_split(text in proptest::collection::vec(any::<u8>(), 0..80)) {
            let parts = split_url(&text);
            prop_assert!(parts.host.len() + parts.path.len() <= text.len());
        }
    }
}
