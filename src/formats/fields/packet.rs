//! What logs of single packets share: firewalls that write a line when a connection begins, with addresses and ports.
//!
//! Nothing in such a line says which side is the house. A private address does, where there is one; of global addresses
//! (all of IPv6) only the interface tells, so the head of a file teaches which interfaces have the house behind them.

use std::net::IpAddr;

use super::draft::not_outbound;
use super::{number, time};
use crate::event::{Action, Event, is_inside, parse_ip};
use crate::formats::Assume;

/// A packet in the middle of a connection, or the answer to the first.
pub const NOT_FIRST: &str = "not the first packet of a connection";
/// Pings, tunnels, routing.
pub const NO_PORTS: &str = "neither TCP nor UDP";
/// Of the firewall: updates, its own look-ups.
pub const OWN: &str = "traffic of the device itself";
/// Somebody outside asked for something inside.
pub const INBOUND: &str = "inbound";

/// The interfaces that have the house behind them.
#[derive(Debug, Default)]
pub struct Inner(Vec<Box<[u8]>>);

impl Inner {
    /// From packets as (interface they came in by, source, destination): a private source that wants to go outside.
    pub fn learn<'a>(packets: impl Iterator<Item = (&'a [u8], &'a [u8], &'a [u8])>) -> Inner {
        let mut inner = Inner::default();
        for (interface, from, to) in packets {
            let known = interface.is_empty() || is_outer(interface) || inner.has(interface);
            if !known && parse_ip(from).is_some_and(is_inside) && parse_ip(to).is_some_and(|to| !is_inside(to)) {
                inner.0.push(interface.into());
            }
        }
        inner
    }

    fn has(&self, interface: &[u8]) -> bool {
        self.0.iter().any(|known| **known == *interface)
    }

    /// Why a packet that came in by this interface is no traffic to the outside, if so.
    pub fn why_not(&self, interface: &[u8], event: &Event<'_>) -> Option<&'static str> {
        if let Some(why) = not_outbound(event) {
            return Some(why);
        }
        let from = event.src_ip.and_then(parse_ip)?;
        let outside = !is_inside(from) && (is_outer(interface) || !self.has(interface) && !stands_for_any(from));
        outside.then_some(INBOUND)
    }
}

/// Whether an interface calls itself the way out.
fn is_outer(interface: &[u8]) -> bool {
    interface.windows(3).any(|part| part.eq_ignore_ascii_case(b"wan")) || interface.starts_with(b"ppp")
}

/// Addresses for documentation: in a log that was made anonymous they stand for both sides.
fn stands_for_any(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_documentation(),
        IpAddr::V6(ip) => ip.segments()[..2] == [0x2001, 0xdb8],
    }
}

/// What the words before a packet say of its fate: `[UFW BLOCK]`, `FINAL_REJECT:`, `Shorewall:net2fw:DROP:`, `drop-in`. The
/// last such word counts. Names of chains and rules that are merely like such a word (`passwords`) are none.
///
/// ```
/// # use umbrascope::{event::Action, formats::fields::packet::verdict};
/// assert_eq!(verdict(b"[UFW BLOCK] "), Some(Action::Blocked));
/// assert_eq!(verdict(b"policy ACCEPT: "), Some(Action::Allowed));
/// assert_eq!(verdict(b"passwords: "), None);
/// ```
pub fn verdict(words: &[u8]) -> Option<Action> {
    words.rsplit(|byte| !byte.is_ascii_alphabetic()).find_map(word)
}

fn word(word: &[u8]) -> Option<Action> {
    const BLOCKED: [&[u8]; 10] =
        [b"drop", b"dropped", b"reject", b"rejected", b"block", b"blocked", b"deny", b"denied", b"discard", b"ban"];
    const ALLOWED: [&[u8]; 8] =
        [b"accept", b"accepted", b"allow", b"allowed", b"pass", b"passed", b"permit", b"permitted"];
    let is = |known: &&[u8]| word.eq_ignore_ascii_case(known);
    if !(3..=9).contains(&word.len()) {
        None
    } else if BLOCKED.iter().any(is) {
        Some(Action::Blocked)
    } else if ALLOWED.iter().any(is) {
        Some(Action::Allowed)
    } else if word.eq_ignore_ascii_case(b"audit") {
        // Only seen: what became of it stands in another line, or nowhere.
        Some(Action::Announced)
    } else {
        None
    }
}

/// Whether a syslog header still stands before a record: formats that find packets anywhere in a line should prefer the
/// record without it, since the header alone tells the time.
pub fn is_wrapped(line: &[u8], assume: &Assume) -> bool {
    let word = &line[..memchr::memchr(b' ', line).unwrap_or(line.len())];
    line.first() == Some(&b'<') || time::iso(word, assume).is_some() || time::syslog(line, assume).is_some()
}

/// A port; 0 is none.
pub fn port(text: &[u8]) -> Option<u16> {
    number::unsigned(text).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0)
}

/// Whether a protocol, by name or number, has ports and carries what people use.
pub fn has_ports(protocol: &[u8]) -> bool {
    [&b"tcp"[..], b"udp", b"6", b"17"].iter().any(|known| protocol.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why<'a>(interface: &[u8], from: &'a str, to: &'a str) -> Option<&'static str> {
        let known = [
            (&b"igb1"[..], &b"10.1.2.3"[..], &b"203.0.113.80"[..]),
            (b"igb0", b"9.9.9.9", b"10.1.2.3"),
            (b"wan", b"192.168.0.2", b"203.0.113.80"),
        ];
        let event = Event { src_ip: Some(from.as_bytes()), dst_ip: Some(to.as_bytes()), ..Event::default() };
        Inner::learn(known.into_iter()).why_not(interface, &event)
    }

    #[test]
    fn the_interface_tells_where_addresses_do_not() {
        assert_eq!(why(b"igb1", "10.1.2.3", "203.0.113.80"), None);
        assert_eq!(why(b"igb9", "10.1.2.3", "203.0.113.80"), None);
        assert_eq!(why(b"igb1", "10.1.2.3", "10.1.2.4"), Some("inside the network"));
        assert_eq!(why(b"igb0", "9.9.9.9", "198.51.100.4"), Some(INBOUND));
        assert_eq!(why(b"igb1", "2a00:1::5", "2a00:2::7"), None);
        assert_eq!(why(b"igb0", "2a00:1::5", "2a00:2::7"), Some(INBOUND));
        assert_eq!(why(b"igb9", "192.0.2.41", "203.0.113.80"), None);
        assert_eq!(why(b"ether1-WAN", "192.0.2.41", "203.0.113.80"), Some(INBOUND));
        // A gateway behind another one.
        assert_eq!(why(b"wan", "9.9.9.9", "198.51.100.4"), Some(INBOUND));
    }

    #[test]
    fn words_of_the_prefix() {
        for (text, want) in [
            ("[UFW BLOCK] ", Some(Action::Blocked)),
            ("[UFW AUDIT] ", Some(Action::Announced)),
            ("IPTABLES-DROP: ", Some(Action::Blocked)),
            ("FINAL_REJECT: ", Some(Action::Blocked)),
            ("Shorewall:net2fw:DROP:", Some(Action::Blocked)),
            ("allow-list drop: ", Some(Action::Blocked)),
            ("PVEFW-reject: ", Some(Action::Blocked)),
            ("passed on: ", Some(Action::Allowed)),
            ("passport droplet: ", None),
            ("", None),
        ] {
            assert_eq!(verdict(text.as_bytes()), want, "{text}");
        }
    }
}
