//! MikroTik RouterOS: packets that firewall rules log, what its DNS was asked and what its web proxy passed.
//!
//! A rule's prefix is whatever the administrator chose, and only words in it tell what became of a packet. There are no
//! bytes (`len` is that of one packet).
//!
//! ```text
//! firewall,info allow-out forward: in:bridge-lan out:ether1-wan, connection-state:new src-mac ..., proto TCP (SYN), 192.0.2.41:51544->203.0.113.80:443, NAT (...)->..., len 60
//! dns query from 192.0.2.41: #4711 www.dropbox.com. A
//! web-proxy,account 192.0.2.41 GET http://www.example.com/ action=allow cache=MISS
//! ```

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::draft::{action_word, not_a_site};
use super::fields::packet::{self, INBOUND, Inner, NO_PORTS, NOT_FIRST, OWN};
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote, netfilter};
use crate::event::{Event, Evidence, Timestamp, is_inside, parse_ip, split_url};

/// Logs of RouterOS.
pub struct Mikrotik;

impl Format for Mikrotik {
    fn id(&self) -> &'static str {
        "mikrotik"
    }

    fn about(&self) -> About {
        About {
            name: "MikroTik RouterOS",
            summary: "Packets logged by firewall rules, DNS queries, the web proxy's account.",
            reference: "https://help.mikrotik.com/docs/spaces/ROS/pages/328094/Log",
            proof: Proof::Verified,
            variants: &["firewall", "dns", "web-proxy"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let share = head.vote(|line| match Says::read(line) {
            Some(Says::Packet(packet)) if packet.to.is_some() => Vote::Yes,
            Some(Says::Query { .. } | Says::Request { .. }) => Vote::Yes,
            _ => Vote::No,
        });
        netfilter::guess(head, assume, share, 97, "packets that RouterOS logged")
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let said = || head.lines.iter().filter_map(|line| Says::read(line));
        let packets = said().filter_map(|says| match says {
            Says::Packet(packet) => Some((packet.interface, packet.from, packet.to?.0)),
            _ => None,
        });
        let requests = said().any(|says| matches!(says, Says::Request { .. }));
        let names = requests || said().any(|says| matches!(says, Says::Query { .. }));
        let tells = Tells { host: names, path: requests, method: requests, ..netfilter::TELLS };
        Ok(Layout::new(tells, Bound { assume: assume.clone(), inner: Inner::learn(packets) }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        match gap {
            Gap::Host => Some("log the router's DNS too: `/system logging add topics=dns`"),
            Gap::Action => Some("give each rule that logs a `log-prefix` such as `accept` or `drop`"),
            _ => netfilter::advice(gap),
        }
    }
}

struct Bound {
    assume: Assume,
    inner: Inner,
}

/// A line, by what it says.
enum Says<'a> {
    Packet(Packet<'a>),
    /// Somebody asked for a name.
    Query {
        from: &'a [u8],
        name: &'a [u8],
    },
    /// Somebody asked for a page.
    Request {
        from: &'a [u8],
        method: &'a [u8],
        url: &'a [u8],
        action: Option<&'a [u8]>,
    },
}

struct Packet<'a> {
    /// Topics and the rule's prefix.
    prefix: &'a [u8],
    chain: &'a [u8],
    interface: &'a [u8],
    open: bool,
    protocol: &'a [u8],
    flags: &'a [u8],
    from: &'a [u8],
    /// `None` where the line ends too early.
    to: Option<(&'a [u8], Option<u16>)>,
}

impl<'a> Says<'a> {
    fn read(line: &'a [u8]) -> Option<Says<'a>> {
        if let Some(packet) = Packet::read(line) {
            return Some(Says::Packet(packet));
        }
        const QUERY: &[u8] = b"query from ";
        if let Some(at) = memmem::find(line, QUERY) {
            // `dns query from`, `dns,packet query from`, or behind a tag that was taken off.
            let before = line[..at].trim_ascii_end();
            let topic = before.rsplit(|byte| *byte == b' ').next().unwrap_or(b"");
            if !topic.is_empty() && !topic.starts_with(b"dns") {
                return None;
            }
            let mut words = line[at + QUERY.len()..].split(|byte| *byte == b' ');
            let from = words.next()?.strip_suffix(b":")?;
            words.next()?.strip_prefix(b"#")?;
            let name = words.next()?;
            // The type behind it tells that the name is whole.
            words.next()?;
            return Some(Says::Query { from, name });
        }
        const ACCOUNT: &[u8] = b"web-proxy,account ";
        let at = memmem::find(line, ACCOUNT)?;
        let mut words = line[at + ACCOUNT.len()..].split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let (from, method, url) = (words.next()?, words.next()?, words.next()?);
        let action = words.find_map(|word| word.strip_prefix(b"action="));
        Some(Says::Request { from, method, url, action })
    }
}

impl<'a> Packet<'a> {
    fn read(line: &'a [u8]) -> Option<Packet<'a>> {
        const IN: &[u8] = b"in:";
        // Behind `CHAIN: `, or first where a chain was taken for a syslog tag.
        let at = if line.starts_with(IN) { 0 } else { memmem::find(line, b": in:")? + 2 };
        let (prefix, chain) = match line[..at].strip_suffix(b": ") {
            Some(before) => before.split_at(memchr::memrchr(b' ', before).map_or(0, |blank| blank + 1)),
            None => (&line[..0], &line[..0]),
        };
        let rest = &line[at + IN.len()..];
        let out = memmem::find(rest, b" out:")?;
        let mark = out + memmem::find(&rest[out..], b"proto ")?;
        let open = memmem::find(&rest[out..mark], b"connection-state:established").is_some();
        let text = &rest[mark + b"proto ".len()..];
        let end = text.iter().position(|byte| matches!(byte, b' ' | b',')).unwrap_or(text.len());
        let (protocol, text) = text.split_at(end);
        let (flags, text) = match text {
            [b' ', b'(', inner @ ..] => inner.split_at(memchr::memchr(b')', inner)?),
            _ => (&text[..0], text),
        };
        let arrow = memmem::find(text, b"->");
        let from = arrow
            .map_or(&text[..0], |arrow| &text[memchr::memrchr(b' ', &text[..arrow]).map_or(0, |at| at + 1)..arrow]);
        // `len` or more stands behind it, else it may be cut.
        let to = arrow.and_then(|arrow| {
            let to = &text[arrow + 2..];
            Some(endpoint(&to[..memchr::memchr(b',', to)?]))
        });
        Some(Packet { prefix, chain, interface: &rest[..out], open, protocol, flags, from: endpoint(from).0, to })
    }

    fn event(&self, at: Option<Timestamp>, bound: &Bound) -> Parsed<'a> {
        let Some((to, port)) = self.to else {
            return Parsed::Bad(Problem::new("the line ends before the destination", 0));
        };
        if !packet::has_ports(self.protocol) {
            return Parsed::Skip(NO_PORTS);
        }
        let first = self.flags.is_empty()
            || self.flags.split(|byte| *byte == b',').all(|flag| matches!(flag, b"SYN" | b"ECE" | b"CWR"));
        if self.open || !first {
            return Parsed::Skip(NOT_FIRST);
        }
        match self.chain {
            b"input" if parse_ip(self.from).is_some_and(is_inside) => return Parsed::Skip(OWN),
            b"input" => return Parsed::Skip(INBOUND),
            b"output" => return Parsed::Skip(OWN),
            _ => {}
        }
        if parse_ip(to).is_none() {
            return Parsed::Bad(Problem::new("the destination is no address", 0));
        }
        let event = Event {
            at,
            src_ip: Some(self.from).filter(|from| !from.is_empty()),
            dst_ip: Some(to),
            dst_port: port,
            action: packet::verdict(self.prefix),
            evidence: Evidence::Address,
            ..Event::default()
        };
        match bound.inner.why_not(self.interface, &event) {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(event),
        }
    }
}

/// `203.0.113.80:443`, `[2001:db8::80]:443`, `203.0.113.80`.
fn endpoint(text: &[u8]) -> (&[u8], Option<u16>) {
    let colon = match text {
        [b'[', ..] => memmem::find(text, b"]:").map(|at| at + 1),
        // Bare IPv6 has no port.
        _ => memchr::memchr(b':', text).filter(|colon| memchr::memchr(b':', &text[colon + 1..]).is_none()),
    };
    match colon {
        Some(colon) => (&text[..colon], packet::port(&text[colon + 1..])),
        None => (text, None),
    }
}

/// The time that stands first in lines of RouterOS's own files, and of relays that write a date, a host and nothing else:
/// `2026-03-10 08:15:42`, `2026-03-10T08:15:42.412+01:00`, `mar/10 08:15:42`.
fn stamp(line: &[u8], assume: &Assume) -> Option<Timestamp> {
    match line.first()? {
        b'0'..=b'9' => {
            let word = &line[..memchr::memchr(b' ', line)?];
            time::iso(word, assume).or_else(|| time::iso(line.get(..19)?, assume))
        }
        b'a'..=b's' if line.get(3) == Some(&b'/') => {
            let mut text: [u8; 15] = *line.first_chunk()?;
            text[0].make_ascii_uppercase();
            text[3] = b' ';
            time::syslog(&text, assume).map(|(at, _)| at)
        }
        _ => None,
    }
}

struct Records {
    bound: Arc<Bound>,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(says) = Says::read(line) else { return Parsed::Skip("a message that is no packet") };
        let at = stamp(line, &self.bound.assume);
        match says {
            Says::Packet(packet) => packet.event(at, &self.bound),
            Says::Query { from, name } => match not_a_site(name) {
                Some(why) => Parsed::Skip(why),
                None => Parsed::Event(Event {
                    at,
                    src_ip: Some(from),
                    host: Some(name),
                    evidence: Evidence::Dns,
                    ..Event::default()
                }),
            },
            Says::Request { from, method, url, action } => {
                let parts = split_url(url);
                if parts.host.is_empty() {
                    return Parsed::Bad(Problem::new("no host in the URL", 0));
                }
                let connect = method == b"CONNECT";
                let path = Some(parts.path).filter(|path| !path.is_empty() && !connect);
                let event = Event {
                    at,
                    src_ip: Some(from),
                    host: Some(parts.host),
                    dst_port: parts.port,
                    path,
                    method: Some(method),
                    action: action.and_then(action_word),
                    evidence: if path.is_some() { Evidence::Url } else { Evidence::Connect },
                    ..Event::default()
                };
                match super::fields::draft::not_outbound(&event) {
                    Some(why) => Parsed::Skip(why),
                    None => Parsed::Event(event),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::told::told;
    use super::*;

    const LAN: &str =
        "firewall,info x forward: in:bridge-lan out:ether1, proto UDP, 10.1.2.3:5->203.0.113.80:443, len 60";

    #[track_caller]
    fn check(line: &str, want: &str) {
        assert_eq!(told(&Mikrotik, &[LAN], line, &Assume::default()), want, "{line}");
    }

    fn tcp(chain: &str, proto: &str, sides: &str) -> String {
        format!(
            "firewall,info {chain}: in:bridge-lan out:ether1, connection-state:new src-mac 00:00:5e:00:53:25, proto {proto}, {sides}, \
             NAT (10.1.2.3:51544->198.51.100.4:38122)->203.0.113.99:8443, len 60"
        )
    }

    const SIDES: &str = "10.1.2.3:51544->203.0.113.80:443";

    #[test]
    fn only_the_prefix_tells_what_became_of_it() {
        check(&tcp("allow-out forward", "TCP (SYN)", SIDES), "action:allowed by:address");
        check(&tcp("DROP: forward", "TCP (SYN)", SIDES), "action:blocked by:address");
        check(&tcp("forward", "UDP", SIDES), "by:address");
        check(&tcp("forward", "UDP", SIDES)["firewall,info forward: ".len()..], "by:address");
    }

    #[test]
    fn a_comma_may_be_missing_and_an_interface_unknown() {
        check(
            "firewall,info drop forward: in:bridge-lan out:(unknown 0), connection-state:new src-mac 00:00:5e:00:53:25 proto TCP \
             (SYN), 10.1.2.3:51544->203.0.113.80:443, len 52",
            "action:blocked by:address",
        );
    }

    #[test]
    fn version_six_stands_in_brackets() {
        let sides = "[2a00:1::5]:40384->[2a00:2::7]:443";
        check(&tcp("forward", "TCP (SYN)", sides), "ip:[2a00:2::7] by:address");
        check(&tcp("forward", "TCP (SYN)", sides).replace("bridge-lan", "ether9"), "skip: inbound");
    }

    #[test]
    fn only_the_first_packet_is_a_connection() {
        check(&tcp("forward", "TCP (SYN,ACK)", SIDES), "skip: not the first packet of a connection");
        check(&tcp("forward", "TCP (ACK,FIN)", SIDES), "skip: not the first packet of a connection");
        check(
            &tcp("forward", "UDP", SIDES).replace(":new", ":established"),
            "skip: not the first packet of a connection",
        );
        check(&tcp("forward", "ICMP (type 8, code 0)", "10.1.2.3->203.0.113.80"), "skip: neither TCP nor UDP");
    }

    #[test]
    fn the_router_itself() {
        check(&tcp("input", "TCP (SYN)", SIDES), "skip: traffic of the device itself");
        check(&tcp("drop input", "TCP (SYN)", "9.9.9.9:5->198.51.100.4:23"), "skip: inbound");
        check(&tcp("output", "TCP (SYN)", SIDES), "skip: traffic of the device itself");
        check(&tcp("forward", "TCP (SYN)", "9.9.9.9:5->10.1.2.3:23"), "skip: inbound");
    }

    #[test]
    fn cut_lines_do_not_make_other_addresses() {
        let line = tcp("forward", "TCP (SYN)", SIDES);
        let whole = line.find(", NAT").expect("a NAT");
        check(&line[..whole], "bad: the line ends before the destination");
        check(&line[..whole - 12], "bad: the line ends before the destination");
        check(&line[..whole + 1], "by:address");
        check(&line[..40], "skip: a message that is no packet");
    }

    #[test]
    fn names_that_were_asked_for_and_pages() {
        check("dns query from 10.1.2.3: #4711 www.dropbox.com. A", "host:www.dropbox.com. by:dns");
        check("dns,packet query from 10.1.2.3: #4711 3.2.1.10.in-addr.arpa. PTR", "skip: a reverse look-up");
        check("dns query from 10.1.2.3: #4711 www.dropb", "skip: a message that is no packet");
        check(
            "web-proxy,account 10.1.2.3 GET http://www.example.com/a?b  action=deny cache=MISS",
            "host:www.example.com path:/a method:GET action:blocked by:url",
        );
        check("dhcp,info dhcp1 assigned 10.1.2.3 to 00:00:5E:00:53:25", "skip: a message that is no packet");
    }

    #[test]
    fn times_at_the_front() {
        for text in ["2026-03-10T09:15:42.000+01:00 gw ", "2026-03-10 08:15:42 ", "mar/10 08:15:42 "] {
            let arena = Bump::new();
            let assume = Assume { newest: Some(Timestamp(1_773_200_000_000)), ..Assume::default() };
            let head = Head { lines: vec![LAN.as_bytes()] };
            let layout = Mikrotik.layout(&head, &assume).expect("a layout");
            let line = format!("{text}{LAN}");
            let Parsed::Event(event) = Mikrotik.reader(&layout).record(line.as_bytes(), &arena) else {
                panic!("{text}")
            };
            assert_eq!(event.at, Some(Timestamp(1_773_130_542_000)), "{text}");
        }
    }
}
