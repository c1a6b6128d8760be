//! Packets that pf logs, as pfSense and OPNsense write them: `filterlog`.
//!
//! A line is the packet that made a state: comma-separated, without quotes, its columns depending on the version of IP. There
//! are no names, no people and no bytes. What passes comes in on one interface and goes out on another, by then under the
//! firewall's own address; only the first is told by its client.
//!
//! ```text
//! 85,,,1000002661,igb1,match,pass,in,4,0x0,,64,41231,0,DF,6,tcp,60,192.0.2.41,203.0.113.80,51544,443,0,S,3917296601,,64240,,mss
//! 98,,,881dd59a3e942966c90498ac104715a0,igb1,match,pass,in,6,0x00,0x0ea87,51,udp,17,73,2001:db8::41,2001:db8:ffff::80,6881,443,73
//! ```

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::draft::action_word;
use super::fields::packet::{self, Inner, NO_PORTS, NOT_FIRST};
use super::netfilter;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Vote};
use crate::event::{Event, Evidence, parse_ip};

/// The `filterlog` of pfSense and OPNsense.
pub struct PfFilterlog;

impl Format for PfFilterlog {
    fn id(&self) -> &'static str {
        "pf-filterlog"
    }

    fn about(&self) -> About {
        About {
            name: "pfSense, OPNsense",
            summary: "Packets logged by pf (`filterlog`).",
            reference: "https://docs.netgate.com/pfsense/en/latest/monitoring/logs/raw-filter-format.html",
            proof: Proof::Verified,
            variants: &["ipv4", "ipv6"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let share = head.vote(|line| if Packet::read(line).is_ok() { Vote::Yes } else { Vote::No });
        netfilter::guess(head, assume, share, 98, "packets that pf logged")
    }

    fn layout(&self, head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
        let packets = head.lines.iter().filter_map(|line| Packet::read(line).ok());
        let sides = packets.filter(|packet| packet.inward).map(|packet| (packet.interface, packet.src, packet.dst));
        Ok(Layout::new(netfilter::TELLS, Inner::learn(sides)))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Packets { inner: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        match gap {
            Gap::Action => None,
            _ => netfilter::advice(gap),
        }
    }
}

/// One logged packet.
struct Packet<'a> {
    interface: &'a [u8],
    action: &'a [u8],
    inward: bool,
    protocol: &'a [u8],
    src: &'a [u8],
    dst: &'a [u8],
    port: Option<&'a [u8]>,
    /// Of TCP.
    flags: Option<&'a [u8]>,
}

impl<'a> Packet<'a> {
    /// An error for lines that are something else, or that end too early.
    fn read(line: &'a [u8]) -> Result<Packet<'a>, Problem> {
        const OTHER: Problem = Problem::new("no packet of pf", 0);
        let mut cells = line.split(|byte| *byte == b',');
        let mut take = || cells.next();
        let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        if !take().is_some_and(is_number) {
            return Err(OTHER);
        }
        let (_sub, _anchor, _label) = (take(), take(), take());
        let interface = take().filter(|name| !name.is_empty()).ok_or(OTHER)?;
        let (_reason, action) = (take(), take().ok_or(OTHER)?);
        let inward = match take() {
            Some(b"in") => true,
            Some(b"out") => false,
            _ => return Err(OTHER),
        };
        let cut = Problem::new("the line ends before the destination", line.len());
        let protocol = match take() {
            Some(b"4") => {
                let _tos_ecn_ttl_id_offset_flags_number = [take(), take(), take(), take(), take(), take(), take()];
                take()
            }
            Some(b"6") => {
                let _class_label_hops = [take(), take(), take()];
                let name = take();
                let _number = take();
                name
            }
            _ => return Err(OTHER),
        };
        let protocol = protocol.ok_or_else(|| cut.clone())?;
        let _length = take();
        let (Some(src), Some(dst)) = (take(), take()) else { return Err(cut) };
        let (_from, port, length, flags) = (take(), take(), take(), take());
        if length.is_none() && packet::has_ports(protocol) {
            // Half an address is another one, half a port too.
            return Err(cut);
        }
        Ok(Packet { interface, action, inward, protocol, src, dst, port, flags })
    }
}

struct Packets {
    inner: Arc<Inner>,
}

impl Reader for Packets {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let packet = match Packet::read(line) {
            Ok(packet) => packet,
            // Other programs of the firewall write into the same stream.
            Err(problem) if problem.at == 0 => return Parsed::Skip("a message that is no packet"),
            Err(problem) => return Parsed::Bad(problem),
        };
        if !packet::has_ports(packet.protocol) {
            return Parsed::Skip(NO_PORTS);
        }
        if !packet.inward {
            return Parsed::Skip("a packet going out, told where it came in");
        }
        if packet.protocol.eq_ignore_ascii_case(b"tcp")
            && packet.flags.is_some_and(|flags| !flags.contains(&b'S') || flags.contains(&b'A'))
        {
            return Parsed::Skip(NOT_FIRST);
        }
        if parse_ip(packet.dst).is_none() {
            return Parsed::Bad(Problem::new("the destination is no address", 0));
        }
        let event = Event {
            src_ip: Some(packet.src),
            dst_ip: Some(packet.dst),
            dst_port: packet.port.and_then(packet::port),
            action: action_word(packet.action),
            evidence: Evidence::Address,
            ..Event::default()
        };
        match self.inner.why_not(packet.interface, &event) {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, want: &str) {
        let lan = "85,,,1000002661,igb1,match,pass,in,4,0x0,,64,1,0,DF,17,udp,60,10.1.2.3,203.0.113.80,51544,443,0";
        let head = Head { lines: vec![lan.as_bytes(), line.as_bytes()] };
        let layout = PfFilterlog.layout(&head, &Assume::default()).expect("a layout");
        let arena = Bump::new();
        let told = match PfFilterlog.reader(&layout).record(line.as_bytes(), &arena) {
            Parsed::Event(event) => {
                assert_eq!((event.bytes_up, event.bytes_down, event.host, event.user), (None, None, None, None));
                let text = |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or(b"-")).into_owned();
                format!("{} > {} {:?} {:?}", text(event.src_ip), text(event.dst_ip), event.dst_port, event.action)
            }
            Parsed::Skip(why) => why.to_owned(),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".to_owned(),
        };
        assert_eq!(told, want, "{line}");
    }

    fn v4(interface: &str, verdict: &str, sides: &str, rest: &str) -> String {
        format!("85,,,0,{interface},match,{verdict},4,0x0,,64,41231,0,DF,6,tcp,60,{sides},51544,443{rest}")
    }

    #[test]
    fn a_packet_is_a_connection_without_bytes() {
        let sides = "10.1.2.3,203.0.113.80";
        check(&v4("igb1", "pass,in", sides, ",0,S,39,,64240,,mss"), "10.1.2.3 > 203.0.113.80 Some(443) Some(Allowed)");
        check(&v4("igb1", "block,in", sides, ",0,S,39,,64240,,mss"), "10.1.2.3 > 203.0.113.80 Some(443) Some(Blocked)");
        check(&v4("igb1", "reject,in", sides, ",0,SEC,3,,1,,"), "10.1.2.3 > 203.0.113.80 Some(443) Some(Blocked)");
        check(&v4("igb1", "block,in", sides, ",0,FA,39,1,64240,,"), NOT_FIRST);
        check(&v4("igb1", "block,in", sides, ",0,SA,39,1,64240,,"), NOT_FIRST);
    }

    #[test]
    fn what_goes_out_was_told_where_it_came_in() {
        check(
            &v4("igb0", "pass,out", "198.51.100.4,203.0.113.80", ",0,S,39,,1,,"),
            "a packet going out, told where it came in",
        );
    }

    #[test]
    fn version_six_has_other_columns() {
        let line = |interface: &str| {
            format!(
                "98,,,64d253df-ef65,{interface},match,pass,in,6,0x00,0x0ea87,51,udp,17,73,2a00:1::5,2a00:2::7,6881,443,73"
            )
        };
        check(&line("igb1"), "2a00:1::5 > 2a00:2::7 Some(443) Some(Allowed)");
        check(&line("igb0"), "inbound");
        check("98,,,0,igb1,match,pass,in,6,0x00,0x0,1,ICMPv6,58,73,2a00:1::5,2a00:2::7,", NO_PORTS);
    }

    #[test]
    fn inbound_and_inside() {
        check(&v4("igb0", "block,in", "192.88.99.7,198.51.100.4", ",0,S,39,,1,,"), "inbound");
        check(&v4("igb0", "block,in", "192.88.99.7,10.1.2.3", ",0,S,39,,1,,"), "inbound");
        check(&v4("igb1", "pass,in", "10.1.2.3,10.1.3.4", ",0,S,39,,1,,"), "inside the network");
    }

    #[test]
    fn cut_lines_do_not_make_other_addresses() {
        let line = v4("igb1", "pass,in", "10.1.2.3,203.0.113.80", "");
        check(&line, "bad: the line ends before the destination");
        check(&line[..line.len() - 12], "bad: the line ends before the destination");
        check(&line[..60], "bad: the line ends before the destination");
        check("85,,,0,igb1,match", "a message that is no packet");
        check("/index.php: Successful login for user 'admin'", "a message that is no packet");
    }
}
