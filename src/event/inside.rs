//! What lies inside the network: destinations that are nobody's web app.

use std::net::IpAddr;

/// Whether an address cannot be that of a service on the internet: private, shared (RFC 6598), link-local, loopback,
/// multicast, broadcast, unspecified.
///
/// The documentation ranges count as public: in a log that was made anonymous they stand for public addresses.
///
/// ```
/// # use umbrascope::event::is_inside;
/// assert!(is_inside("10.1.2.3".parse().unwrap()));
/// assert!(!is_inside("203.0.113.80".parse().unwrap()));
/// ```
pub fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    }
}

/// Whether a name belongs to the house: it has no dot, or ends in a label that never leaves the local network. A trailing
/// dot and the case do not matter.
///
/// ```
/// # use umbrascope::event::is_inside_name;
/// assert!(is_inside_name(b"printer.LOCAL."));
/// assert!(is_inside_name(b"intranet"));
/// assert!(!is_inside_name(b"www.dropbox.com"));
/// ```
pub fn is_inside_name(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let Some(dot) = memchr::memrchr(b'.', name) else { return true };
    LOCAL.iter().any(|local| name[dot + 1..].eq_ignore_ascii_case(local))
}

/// Top-level labels of the local network: reserved ones, those that routers hand out, those that companies made up.
const LOCAL: [&[u8]; 9] =
    [b"arpa", b"local", b"localhost", b"localdomain", b"lan", b"home", b"internal", b"intranet", b"corp"];
