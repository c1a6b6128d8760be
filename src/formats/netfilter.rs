//! Packets that the kernel of Linux logs: iptables, nftables, ufw, firewalld, Shorewall, Proxmox.
//!
//! A line is one packet: whatever prefix the administrator chose, then pairs in capitals. There are no names, no people and
//! no bytes (`LEN` is that of one packet), and only words in the prefix tell what became of it.
//!
//! ```text
//! [812345.678901] [UFW ALLOW] IN=eth1 OUT=eth0 MAC=... SRC=192.0.2.41 DST=203.0.113.80 LEN=60 ... PROTO=TCP SPT=51544 DPT=443 ... SYN URGP=0
//! 101 1 tap101i0-OUT 10/Mar/2026:08:15:42 +0000 policy DROP: IN=fwbr101i0 OUT=fwbr101i0 PHYSIN=... SRC=... DST=...
//! ```

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::packet::{self, INBOUND, Inner, NO_PORTS, NOT_FIRST, OWN};
use super::fields::time;
use super::{
    About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote, unifi,
};
use crate::event::{Action, Event, Evidence, Timestamp};

/// Packets as Linux logs them.
pub struct Netfilter;

/// What logs of packets can tell.
pub(super) const TELLS: Tells = Tells {
    user: false,
    client: true,
    host: false,
    path: false,
    bytes_up: false,
    bytes_down: false,
    action: true,
    method: false,
};

impl Format for Netfilter {
    fn id(&self) -> &'static str {
        "netfilter"
    }

    fn about(&self) -> About {
        About {
            name: "Linux netfilter",
            summary: "Packets logged by iptables, nftables, ufw, firewalld, Shorewall or Proxmox.",
            reference: "https://man7.org/linux/man-pages/man8/iptables-extensions.8.html",
            proof: Proof::Verified,
            variants: &["kernel", "ufw", "shorewall", "proxmox"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let share = head.vote(|line| match Packet::read(line) {
            Some(packet) if packet.is_whole() && unifi::rule_end(packet.prefix).is_none() => Vote::Yes,
            Some(_) => Vote::No,
            None if kernel_time(line).0.len() < line.len() => Vote::Abstain,
            None => Vote::No,
        });
        guess(head, assume, share, 93, "packets that a kernel logged")
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(TELLS, Bound::learn(head, assume)))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Packets { bound: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        advice(gap)
    }
}

/// `best` where most lines fit, less where they stand among others: logs of a kernel or of a whole machine.
pub(super) fn guess(head: &Head<'_>, assume: &Assume, share: Share, best: u8, what: &str) -> Guess {
    let score = match share.percent() {
        ..20 => return Guess::NO,
        20..60 => best - 18,
        _ => share.score(best),
    };
    // An envelope that can be opened should be: packets have no time of their own.
    let wrapped = head.lines.iter().filter(|line| packet::is_wrapped(line, assume)).count();
    let score = if 2 * wrapped > head.lines.len() { score.saturating_sub(10) } else { score };
    Guess::new(score, format!("{} of {} lines are {what}", share.yes, share.of))
}

/// What helps where only packets are logged.
pub(super) fn advice(gap: Gap) -> Option<&'static str> {
    match gap {
        Gap::Host | Gap::Path => Some("add the log of the DNS resolver or of a proxy: packets have no names"),
        Gap::User => Some("add the log of a proxy that asks people to sign in"),
        Gap::BytesUp | Gap::BytesDown => Some("export flows (NetFlow, IPFIX) too: packets do not tell volumes"),
        Gap::Action => Some("put a word such as `ACCEPT` or `DROP` into the prefix of each rule that logs"),
        Gap::Client | Gap::Visits => None,
    }
}

/// What a layout holds.
pub(super) struct Bound {
    pub(super) assume: Assume,
    pub(super) inner: Inner,
    /// It forwards packets of others, so its own are not those of people.
    pub(super) gateway: bool,
}

impl Bound {
    pub(super) fn learn(head: &Head<'_>, assume: &Assume) -> Bound {
        let packets = || head.lines.iter().filter_map(|line| Packet::read(line));
        let sides = packets().map(|packet| (packet.input, packet.src, packet.dst));
        let forwards = |packet: Packet<'_>| !packet.input.is_empty() && !packet.output.is_empty();
        Bound { assume: assume.clone(), inner: Inner::learn(sides), gateway: packets().any(forwards) }
    }
}

/// One logged packet. What was not there is empty.
#[derive(Debug, Default)]
pub(super) struct Packet<'a> {
    /// What stands before the pairs.
    pub(super) prefix: &'a [u8],
    pub(super) input: &'a [u8],
    pub(super) output: &'a [u8],
    pub(super) src: &'a [u8],
    pub(super) dst: &'a [u8],
    proto: &'a [u8],
    port: &'a [u8],
    /// TCP flags were there: that of a beginning, others.
    syn: bool,
    others: bool,
}

impl<'a> Packet<'a> {
    /// `None` for lines that are something else.
    pub(super) fn read(line: &'a [u8]) -> Option<Packet<'a>> {
        let start = begin(line)?;
        let mut packet = Packet { prefix: &line[..start], ..Packet::default() };
        let mut rest = &line[start..];
        while !rest.is_empty() {
            let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
            let word = &rest[..end];
            let last = end == rest.len();
            rest = rest.get(end + 1..).unwrap_or_default();
            let place = match word {
                [b'I', b'N', b'=', ..] => &mut packet.input,
                [b'O', b'U', b'T', b'=', ..] => &mut packet.output,
                [b'S', b'R', b'C', b'=', ..] => &mut packet.src,
                [b'D', b'S', b'T', b'=', ..] => &mut packet.dst,
                [b'D', b'P', b'T', b'=', ..] => &mut packet.port,
                [b'P', b'R', b'O', b'T', b'O', b'=', ..] => &mut packet.proto,
                b"SYN" => {
                    packet.syn = true;
                    continue;
                }
                b"ACK" | b"RST" | b"FIN" | b"PSH" => {
                    packet.others = true;
                    continue;
                }
                // The packet inside an error: not the one that was logged.
                [b'[', ..] => break,
                _ => continue,
            };
            // Half an address is another address: a line that ends here may be cut. So is half a port.
            let cut = last && !matches!(word[0], b'I' | b'O' | b'P');
            if place.is_empty() && !cut {
                let equals = memchr::memchr(b'=', word).unwrap_or(0);
                *place = &word[equals + 1..];
            }
        }
        Some(packet)
    }

    pub(super) fn is_whole(&self) -> bool {
        !self.src.is_empty() && !self.dst.is_empty() && !self.proto.is_empty()
    }

    /// What the packet tells, given the rest.
    pub(super) fn event(&self, at: Option<Timestamp>, action: Option<Action>, bound: &Bound) -> Parsed<'a> {
        if self.dst.is_empty() {
            return Parsed::Bad(Problem::new("no `DST=`", 0));
        }
        if self.proto.is_empty() {
            return Parsed::Bad(Problem::new("no `PROTO=`", 0));
        }
        if !packet::has_ports(self.proto) {
            return Parsed::Skip(NO_PORTS);
        }
        if self.others {
            return Parsed::Skip(NOT_FIRST);
        }
        // A line that names neither interface is broken, and tells no side.
        let own = self.input.is_empty() && !self.output.is_empty();
        if own && bound.gateway {
            return Parsed::Skip(OWN);
        }
        let event = Event {
            at,
            // Its MAC is that of the router in between, as often as not.
            src_ip: Some(self.src).filter(|src| !src.is_empty()),
            dst_ip: Some(self.dst),
            dst_port: packet::port(self.port),
            action,
            evidence: Evidence::Address,
            ..Event::default()
        };
        if crate::event::parse_ip(self.dst).is_none() {
            return Parsed::Bad(Problem::new("`DST=` is no address", 0));
        }
        let why =
            if own { super::fields::draft::not_outbound(&event) } else { bound.inner.why_not(self.input, &event) };
        match why {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(event),
        }
    }
}

/// Where the pairs begin: `IN=` or, where a packet came from nowhere, `OUT=`. Prefixes are glued to them at times.
fn begin(line: &[u8]) -> Option<usize> {
    let find = |needle: &[u8]| {
        memmem::find_iter(line, needle).find(|at| {
            // `PHYSIN=`
            at.checked_sub(1).and_then(|before| line.get(before)).is_none_or(|byte| !byte.is_ascii_alphanumeric())
        })
    };
    // A wrong word in place of `IN=` is passed over.
    let start = match find(b"IN=") {
        Some(start) => start.min(memmem::find(&line[..start], b" OUT=").map_or(start, |out| out + 1)),
        None => find(b"OUT=")?,
    };
    memmem::find(&line[start..], b" SRC=").is_some().then_some(start)
}

/// `[812345.678901] `, or `[Tue Mar 10 08:15:42 2026] ` of `dmesg -T`: what is behind it, and what is inside.
fn kernel_time(line: &[u8]) -> (&[u8], &[u8]) {
    let [b'[', rest @ ..] = line else { return (line, b"") };
    let end = memchr::memchr(b']', &rest[..rest.len().min(28)]);
    match end {
        Some(end) if rest[..end].iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b' ')) => {
            (&rest[end + 1..], b"")
        }
        Some(end) if end == 24 && rest[..end].contains(&b':') => (&rest[end + 1..], &rest[..end]),
        _ => (line, b""),
    }
}

/// `101 1 tap101i0-IN 10/Mar/2026:08:15:42 +0000 policy DROP: `: the chain, the time and the words.
fn proxmox(prefix: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    const TIME: usize = "10/Mar/2026:08:15:42 +0000".len();
    if !prefix.first()?.is_ascii_digit() {
        return None;
    }
    let mut parts = prefix.splitn(4, |byte| *byte == b' ');
    let (_, _, chain, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    (rest.get(2) == Some(&b'/')).then(|| Some((chain, rest.get(..TIME)?, &rest[TIME..])))?
}

struct Packets {
    bound: Arc<Bound>,
}

impl Reader for Packets {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(packet) = Packet::read(line) else { return Parsed::Skip("a message that is no packet") };
        if let Some((chain, at, words)) = proxmox(packet.prefix) {
            let Some(at) = time::clf(at, &self.bound.assume) else {
                return Parsed::Bad(Problem::new("the time is not readable", 0));
            };
            if chain.ends_with(b"-IN") {
                // To a guest, or to the host.
                return Parsed::Skip(INBOUND);
            }
            return packet.event(Some(at), packet::verdict(words), &self.bound);
        }
        let (words, stamp) = kernel_time(packet.prefix);
        let at = if stamp.is_empty() { None } else { time::any(stamp, &self.bound.assume) };
        packet.event(at, packet::verdict(words), &self.bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::parse_ip;

    const TCP: &str = "SRC=10.1.2.3 DST=203.0.113.80 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=41231 DF PROTO=TCP SPT=51544 \
                       DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0";

    fn read(line: &str, gateway: bool) -> String {
        let head = Head { lines: vec![line.as_bytes()] };
        let bound = Bound { gateway, ..Bound::learn(&head, &Assume::default()) };
        let arena = Bump::new();
        match (Packets { bound: Arc::new(bound) }).record(line.as_bytes(), &arena) {
            Parsed::Event(event) => {
                assert_eq!((event.bytes_up, event.bytes_down, event.host, event.user), (None, None, None, None));
                format!(
                    "{:?}:{:?} {:?} {:?}",
                    event.dst_ip.and_then(parse_ip),
                    event.dst_port,
                    event.action,
                    event.at.map(|at| at.0)
                )
            }
            Parsed::Skip(why) => why.to_owned(),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".to_owned(),
        }
    }

    #[track_caller]
    fn check(line: &str, want: &str) {
        assert_eq!(read(line, false), want, "{line}");
    }

    #[test]
    fn the_prefix_tells_what_became_of_it() {
        for (prefix, action) in [
            ("[812345.678901] [UFW ALLOW] ", "Some(Allowed)"),
            ("[UFW BLOCK] ", "Some(Blocked)"),
            ("[UFW AUDIT] ", "Some(Announced)"),
            ("Shorewall:loc2net:REJECT:", "Some(Blocked)"),
            ("FINAL_REJECT: ", "Some(Blocked)"),
            ("out: ", "None"),
            ("", "None"),
        ] {
            check(&format!("{prefix}IN=eth1 OUT=eth0 {TCP}"), &format!("Some(203.0.113.80):Some(443) {action} None"));
        }
    }

    #[test]
    fn a_length_is_no_byte_count_and_the_inner_packet_is_another() {
        check(
            "IN=eth1 OUT=eth0 SRC=10.1.2.3 DST=9.9.9.9 LEN=76 PROTO=UDP SPT=49007 DPT=443 LEN=56 ",
            "Some(9.9.9.9):Some(443) None None",
        );
        check(
            "IN=eth1 OUT=eth0 SRC=10.1.2.3 DST=9.9.9.9 PROTO=ICMP TYPE=3 CODE=3 [SRC=9.9.9.9 DST=10.1.2.3 PROTO=UDP SPT=53 DPT=5 ] ",
            NO_PORTS,
        );
    }

    #[test]
    fn only_the_first_packet_is_a_connection() {
        for flags in ["ACK SYN", "ACK FIN", "RST", "ACK PSH"] {
            check(&format!("IN=eth1 OUT=eth0 {}", TCP.replace("SYN", flags)), NOT_FIRST);
        }
        // A number of the same name is no flag.
        check(
            &format!("IN=eth1 OUT=eth0 {}", TCP.replace("WINDOW", "SEQ=7 ACK=0 WINDOW")),
            "Some(203.0.113.80):Some(443) None None",
        );
    }

    #[test]
    fn packets_of_the_host_itself() {
        let own = format!("IN= OUT=eth0 {TCP}");
        assert_eq!(read(&own, true), OWN);
        // Where nothing is forwarded, the host is somebody's machine.
        assert_eq!(read(&own, false), "Some(203.0.113.80):Some(443) None None");
    }

    #[test]
    fn inbound_and_inside() {
        check("IN=ens2 OUT= SRC=9.9.9.9 DST=10.1.2.3 PROTO=TCP SPT=1 DPT=80 SYN URGP=0", INBOUND);
        check("IN=ens2 OUT= SRC=9.9.9.9 DST=1.1.1.1 PROTO=TCP SPT=1 DPT=80 SYN URGP=0", INBOUND);
        check("IN=lo OUT= SRC=127.0.0.1 DST=127.0.0.53 PROTO=UDP SPT=1 DPT=53 LEN=56", "inside the network");
        check("IN=eth1 OUT= SRC=10.1.2.3 DST=224.0.0.251 PROTO=UDP SPT=1 DPT=5353 LEN=56", "inside the network");
    }

    #[test]
    fn proxmox_has_its_own_time_and_chains() {
        let line = |chain: &str| format!("101 1 {chain} 10/Mar/2026:09:15:42 +0100 policy DROP: IN=b OUT=b {TCP}");
        check(&line("tap101i0-OUT"), "Some(203.0.113.80):Some(443) Some(Blocked) Some(1773130542000)");
        check(&line("tap101i0-IN"), INBOUND);
        check(&line("tap101i0-OUT").replace("Mar", "Mxr"), "bad: the time is not readable");
    }

    #[test]
    fn the_day_that_dmesg_writes() {
        check(
            &format!("[Tue Mar 10 08:15:42 2026] [UFW BLOCK] IN=eth1 OUT=eth0 {TCP}"),
            "Some(203.0.113.80):Some(443) Some(Blocked) Some(1773130542000)",
        );
    }

    #[test]
    fn cut_lines_do_not_make_other_addresses() {
        check("IN=eth1 OUT=eth0 SRC=10.1.2.3 DST=203.0.113.8", "bad: no `DST=`");
        check("IN=eth1 OUT=eth0 SRC=10.1.2.3 DST=203.0.113.80 LEN=6", "bad: no `PROTO=`");
        check("IN=eth1 OUT=eth0 SRC=10.1.2.3 DST=9.9.9.9 PROTO=TCP SPT=1 DPT=44", "Some(9.9.9.9):None None None");
        check("IN=eth1 OUT=eth0 MAC=00:00", "a message that is no packet");
        check("IN=eth1 OUT=eth0 SRC=10.1.2.3 DST=nonsense PROTO=TCP SPT=1 DPT=44 SYN", "bad: `DST=` is no address");
    }
}
