//! Names that were looked up.

use crate::event::{is_inside_name, parse_ip};

/// Whether a name that was asked of a resolver can be that of a web app: not reverse look-ups, not the local network's
/// own names, not services, not what no browser would accept as a host.
///
/// ```
/// # use umbrascope::formats::fields::name::is_web_name;
/// assert!(is_web_name(b"files.slack.com."));
/// assert!(!is_web_name(b"9.0.20.10.in-addr.arpa"));
/// assert!(!is_web_name(b"_ldap._tcp.corp.example"));
/// ```
pub fn is_web_name(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let top = &name[memchr::memrchr(b'.', name).map_or(0, |dot| dot + 1)..];
    let odd = matches!(name.first(), None | Some(b'_' | b'.'))
        || OTHER.iter().any(|other| top.eq_ignore_ascii_case(other))
        || top.last().is_none_or(u8::is_ascii_digit) && parse_ip(name).is_some()
        || name
            .iter()
            .any(|byte| *byte <= b' ' || matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'(' | b')' | b'/' | 0x7f));
    !odd && !is_inside_name(name)
}

/// Never a site, nor of the local network: `bind` is under which name servers tell about themselves.
const OTHER: [&[u8]; 2] = [b"bind", b"invalid"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_apps_and_other_names() {
        for name in ["slack.com", "SlAcK.cOm", "xn--bcher-kva.example.com", "a_b.example.com", "b\u{fc}cher.example"] {
            assert!(is_web_name(name.as_bytes()), "{name}");
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
            assert!(!is_web_name(name.as_bytes()), "{name}");
        }
    }
}
