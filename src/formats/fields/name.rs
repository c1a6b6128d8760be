//! Names that were looked up.

use super::draft::not_a_site;
use crate::event::parse_ip;

/// Why a name that was asked of a resolver cannot be that of a web app, if so: a reverse look-up, a name of the local
/// network, a service, or what no browser would take for a host.
///
/// ```
/// # use umbrascope::formats::fields::name::not_a_web_name;
/// assert_eq!(not_a_web_name(b"files.slack.com."), None);
/// assert_eq!(not_a_web_name(b"9.0.20.10.in-addr.arpa"), Some("a reverse look-up"));
/// assert_eq!(not_a_web_name(b"_ldap._tcp.corp.example"), Some("not a web name"));
/// ```
pub fn not_a_web_name(name: &[u8]) -> Option<&'static str> {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let top = &name[memchr::memrchr(b'.', name).map_or(0, |dot| dot + 1)..];
    let odd = matches!(name.first(), None | Some(b'_' | b'.'))
        || OTHER.iter().any(|other| top.eq_ignore_ascii_case(other))
        || top.last().is_none_or(u8::is_ascii_digit) && parse_ip(name).is_some()
        || name
            .iter()
            .any(|byte| *byte <= b' ' || matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'(' | b')' | b'/' | 0x7f));
    if odd { Some("not a web name") } else { not_a_site(name) }
}

/// Never a site, nor of the local network: `bind` is under which name servers tell about themselves.
const OTHER: [&[u8]; 2] = [b"bind", b"invalid"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_apps_and_other_names() {
        for name in ["slack.com", "SlAcK.cOm", "xn--bcher-kva.example.com", "a_b.example.com", "b\u{fc}cher.example"] {
            assert_eq!(not_a_web_name(name.as_bytes()), None, "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "wpad",
            "nas.local",
            "NAS.LAN.",
            "<name unprintable>",
            "my printer._ipp._tcp.example.com",
            "quote\"back\\slash.example.com",
            "192.0.2.1",
            "version.bind",
            "8.b.d.0.1.0.0.2.ip6.arpa",
        ] {
            assert!(not_a_web_name(name.as_bytes()).is_some(), "{name}");
        }
    }
}
