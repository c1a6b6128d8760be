//! Addresses, networks and ranges as people write them, and the narrowest network around an address.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::event::parse_ip;

/// One address, or all from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    One(IpAddr),
    Many(u128, u128),
}

impl Range {
    /// Reads `10.1.2.3`, `10.1.0.0/16`, `10.1.0.0/255.255.0.0`, `10.1.0.1-10.1.0.99`.
    pub fn read(text: &str) -> Option<Range> {
        let text = text.trim();
        if let Some(ip) = parse_ip(text.as_bytes()) {
            return Some(Range::One(ip));
        }
        if let Some((from, to)) = text.split_once(['-', '–']) {
            let (from, to) = (parse_ip(from.trim().as_bytes())?, parse_ip(to.trim().as_bytes())?);
            let fits = from.is_ipv4() == to.is_ipv4() && from <= to;
            return fits.then(|| Range::Many(number(from), number(to)));
        }
        let (address, mask) = text.split_once('/')?;
        let address = parse_ip(address.trim().as_bytes())?;
        let net = match parse_ip(mask.trim().as_bytes()) {
            Some(mask) => IpNet::with_netmask(address, mask).ok()?,
            None => IpNet::new(address, mask.trim().parse().ok()?).ok()?,
        };
        Some(match net.prefix_len() == net.max_prefix_len() {
            true => Range::One(address),
            false => Range::Many(number(net.network()), number(net.broadcast())),
        })
    }
}

/// Every address as a number; IPv4 where IPv6 has its place for it.
fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(ip.to_ipv6_mapped()),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

/// Ranges that may lie within each other, each with something that it stands for.
#[derive(Debug, Clone, Default)]
pub(super) struct Networks {
    /// Where a stretch begins for which the same range is the narrowest, and what that stands for. Sorted.
    stretches: Vec<(u128, Option<u32>)>,
}

impl Networks {
    /// Of equal ranges the first one counts.
    pub fn new(ranges: &[(u128, u128, u32)]) -> Networks {
        // What begins or ends where, by place.
        let mut edges: Vec<(u128, bool, usize)> = Vec::with_capacity(2 * ranges.len());
        for (index, (from, to, _)) in ranges.iter().enumerate() {
            edges.push((*from, true, index));
            if let Some(behind) = to.checked_add(1) {
                edges.push((behind, false, index));
            }
        }
        edges.sort_unstable();
        let width = |index: usize| ranges[index].1 - ranges[index].0;
        let mut open: BTreeSet<(u128, usize)> = BTreeSet::new();
        let mut stretches: Vec<(u128, Option<u32>)> = Vec::new();
        for same in edges.chunk_by(|a, b| a.0 == b.0) {
            for (_, begins, index) in same {
                match begins {
                    true => open.insert((width(*index), *index)),
                    false => open.remove(&(width(*index), *index)),
                };
            }
            let narrowest = open.first().map(|(_, index)| ranges[*index].2);
            if stretches.last().is_none_or(|(_, last)| *last != narrowest) {
                stretches.push((same[0].0, narrowest));
            }
        }
        Networks { stretches }
    }

    /// What the narrowest range around an address stands for.
    pub fn of(&self, ip: IpAddr) -> Option<u32> {
        let number = number(ip);
        let behind = self.stretches.partition_point(|(from, _)| *from <= number);
        self.stretches.get(behind.checked_sub(1)?)?.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        let ranges: Vec<(u128, u128, u32)> = texts
            .iter()
            .zip(0..)
            .filter_map(|(text, index)| match Range::read(text)? {
                Range::Many(from, to) => Some((from, to, index)),
                Range::One(_) => None,
            })
            .collect();
        assert_eq!(ranges.len(), texts.len());
        Networks::new(&ranges)
    }

    #[test]
    fn the_narrowest_wins_in_any_order() {
        let texts = ["10.0.0.0/8", "10.1.0.0/255.255.0.0", "10.1.2.0/24", "10.1.2.10-10.1.2.19", "2001:db8::/32"];
        let mut turned = texts;
        turned.reverse();
        let (there, back) = (networks(&texts), networks(&turned));
        for (address, want) in [
            ("10.9.9.9", Some(0)),
            ("10.1.9.9", Some(1)),
            ("10.1.2.9", Some(2)),
            ("10.1.2.10", Some(3)),
            ("10.1.2.19", Some(3)),
            ("10.1.2.20", Some(2)),
            ("11.0.0.0", None),
            ("9.255.255.255", None),
            ("2001:db8::7", Some(4)),
            ("2001:db9::7", None),
        ] {
            let ip = address.parse().unwrap();
            assert_eq!(there.of(ip), want, "{address}");
            assert_eq!(back.of(ip), want.map(|index| 4 - index), "{address}");
        }
        assert_eq!(networks(&["::/0"]).of("ffff::".parse().unwrap()), Some(0));
    }

    #[test]
    fn what_is_no_network() {
        for text in ["", "10.1.0.0/33", "10.1.0.0/255.0.255.0", "10.1.0.9-10.1.0.1", "10.1.0.1-::2", "10.1.*", "hall 4"]
        {
            assert_eq!(Range::read(text), None, "{text}");
        }
        assert_eq!(Range::read("10.1.2.3/32"), Some(Range::One("10.1.2.3".parse().unwrap())));
        assert_eq!(Range::read("10.1.2.3/24"), Range::read("10.1.2.0 - 10.1.2.255"));
    }
}
