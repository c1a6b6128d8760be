//! Ubiquiti: packets that EdgeOS and UniFi gateways log, and the events of UniFi Network as CEF.
//!
//! The packets are those of Linux ([`netfilter`](super::netfilter)), behind the name of a rule whose letter tells what became
//! of them. Of the CEF events only those about connections are of use; bytes in them are taken to be told from the side of
//! the source.
//!
//! ```text
//! [LAN_OUT-A-2010] DESCR="[LAN_OUT]Log allowed" IN=br0 OUT=eth8 MAC=... SRC=192.0.2.41 DST=203.0.113.80 LEN=60 ... PROTO=TCP SPT=51544 DPT=443 ...
//! CEF:0|Ubiquiti|UniFi Network|9.3.45|401|Blocked by Firewall|4|UNIFIhost=gw UNIFIcategory=Security src=192.0.2.41 dst=203.0.113.80 dpt=443 ...
//! ```

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::{draft, number, packet, time};
use super::netfilter::{self, Bound, Packet};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, Event, Evidence, parse_ip};

/// Logs of Ubiquiti's gateways.
pub struct Unifi;

impl Format for Unifi {
    fn id(&self) -> &'static str {
        "unifi"
    }

    fn about(&self) -> About {
        About {
            name: "Ubiquiti UniFi, EdgeOS",
            summary: "Packets logged by the rules of a gateway, and connections among the CEF events of UniFi Network.",
            reference: "https://help.ui.com/hc/en-us/articles/33349041044119-UniFi-System-Logs-SIEM-Integration",
            proof: Proof::Verified,
            variants: &["kernel", "cef"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let share = head.vote(|line| {
            // Among packets they are read too; a log of nothing else is the affair of `cef`.
            if Cef::read(line).is_some() {
                return Vote::Abstain;
            }
            let ruled = Packet::read(line).is_some_and(|packet| packet.is_whole() && rule_end(packet.prefix).is_some());
            if ruled { Vote::Yes } else { Vote::No }
        });
        netfilter::guess(head, assume, share, 99, "packets under rules of UniFi or EdgeOS")
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let cef = head.lines.iter().any(|line| Cef::read(line).is_some());
        let tells = Tells { bytes_up: cef, bytes_down: cef, ..netfilter::TELLS };
        Ok(Layout::new(tells, Bound::learn(head, assume)))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        netfilter::advice(gap)
    }
}

/// What a rule does with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// It decides.
    Ends(Action),
    /// It hands the packet back to the chain it came from.
    Returns,
}

/// The end of a rule's name in brackets: `[LAN_OUT-A-2010]`, `[WAN_LOCAL-default-D]`, `[GUEST_IN-3001-R]`.
pub(super) fn rule_end(prefix: &[u8]) -> Option<Rule> {
    let open = memchr::memchr(b'[', prefix)?;
    // The kernel's own time may stand first.
    let open = match prefix.get(open + 1) {
        Some(b' ' | b'0'..=b'9') => open + 1 + memchr::memchr(b'[', &prefix[open + 1..])?,
        _ => open,
    };
    let name = &prefix[open + 1..];
    let name = &name[..memchr::memchr(b']', name)?];
    let mut parts = name.rsplit(|byte| *byte == b'-');
    let (last, before) = (parts.next()?, parts.next()?);
    parts.next()?;
    let is_number = |text: &[u8]| text == b"default" || !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let letter = if is_number(last) {
        before
    } else if is_number(before) {
        last
    } else {
        return None;
    };
    Some(match letter {
        b"A" => Rule::Ends(Action::Allowed),
        b"D" | b"R" => Rule::Ends(Action::Blocked),
        b"RET" => Rule::Returns,
        _ => return None,
    })
}

/// A CEF event of UniFi.
struct Cef<'a> {
    name: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Cef<'a> {
    fn read(line: &'a [u8]) -> Option<Cef<'a>> {
        let at = memmem::find(&line[..line.len().min(200)], b"|Ubiquiti|")?;
        if line[..at].last() != Some(&b'0') {
            return None;
        }
        // Version, id, name, severity; some events lack one.
        let mut rest = &line[at + b"|Ubiquiti|".len()..];
        let mut name: &[u8] = b"";
        for _ in 0..6 {
            let Some(bar) = memchr::memchr(b'|', rest) else { break };
            // Bars in values are not of the header.
            if memchr::memchr(b'=', &rest[..bar]).is_some() {
                break;
            }
            if rest[..bar].iter().any(u8::is_ascii_alphabetic) {
                name = &rest[..bar];
            }
            rest = &rest[bar + 1..];
        }
        Some(Cef { name, rest })
    }

    /// Shows the pairs. A value goes on until the next word that is followed by `=`.
    fn pairs(&self, mut show: impl FnMut(&'a [u8], &'a [u8])) {
        let text = self.rest;
        let mut open: Option<(&[u8], usize)> = None;
        for equals in memchr::memchr_iter(b'=', text) {
            let from = memchr::memrchr(b' ', &text[..equals]).map_or(0, |blank| blank + 1);
            let key = &text[from..equals];
            if key.is_empty() || !key.iter().all(u8::is_ascii_alphanumeric) {
                continue;
            }
            if let Some((key, start)) = open {
                show(key, text[start.min(from)..from].trim_ascii());
            }
            open = Some((key, equals + 1));
        }
        if let Some((key, start)) = open {
            show(key, text[start..].trim_ascii());
        }
    }
}

fn connection<'a>(cef: &Cef<'a>, bound: &Bound) -> Parsed<'a> {
    let mut event = Event { evidence: Evidence::Address, ..Event::default() };
    let (mut stamp, mut finding, mut inward, mut verdict) = (None, false, false, None);
    cef.pairs(|key, value| {
        let Some(value) = number::present(value) else { return };
        match key {
            b"UNIFIutcTime" => stamp = Some(value),
            b"src" => event.src_ip = Some(value),
            b"dst" => event.dst_ip = Some(value),
            b"dpt" => event.dst_port = packet::port(value),
            b"app" => event.app = Some(value),
            b"act" => verdict = draft::action_word(value),
            b"UNIFIsrcClientAlias" => event.device = Some(value),
            b"UNIFIbytesSent" => event.bytes_up = number::unsigned(value),
            b"UNIFIbytesReceived" => event.bytes_down = number::unsigned(value),
            b"UNIFIflowId" => event.session = Some(value),
            b"UNIFIdirection" => inward = value.eq_ignore_ascii_case(b"incoming"),
            b"UNIFIsubCategory" => {
                finding = [&b"Intrusion"[..], b"Honeypot", b"Threat"].iter().any(|kind| value.starts_with(kind));
            }
            _ => {}
        }
    });
    if finding {
        return Parsed::Skip("a finding of inspection, not a visit");
    }
    if event.src_ip.is_none() || event.dst_ip.and_then(parse_ip).is_none() {
        return Parsed::Skip("an event of the device, not traffic");
    }
    if inward {
        return Parsed::Skip(packet::INBOUND);
    }
    if let Some(stamp) = stamp {
        let Some(at) = time::any(stamp, &bound.assume) else {
            return Parsed::Bad(Problem::new("the time is not readable", 0));
        };
        event.at = Some(at);
    }
    event.action = verdict.or_else(|| packet::verdict(cef.name));
    match draft::not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

struct Records {
    bound: Arc<Bound>,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        if let Some(packet) = Packet::read(line) {
            return match rule_end(packet.prefix) {
                Some(Rule::Returns) => Parsed::Skip("a rule that decides nothing"),
                Some(Rule::Ends(action)) => packet.event(None, Some(action), &self.bound),
                None => packet.event(None, packet::verdict(packet.prefix), &self.bound),
            };
        }
        match Cef::read(line) {
            Some(cef) => connection(&cef, &self.bound),
            None => Parsed::Skip("a message that is no packet"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: &str = "IN=br0 OUT=eth8 MAC=00:00:5e:00:53:01:00:00:5e:00:53:25:08:00 SRC=10.1.2.3 DST=203.0.113.80 LEN=60 \
                       TOS=00 PREC=0x00 TTL=63 ID=41231 DF PROTO=TCP SPT=51544 DPT=443 SEQ=1 ACK=0 WINDOW=64240 SYN \
                       URGP=0 MARK=1a0000";
    const CEF: &str = "CEF:0|Ubiquiti|UniFi Network|9.3.45|401|Blocked by Firewall|4|UNIFIhost=Dream Machine \
                       UNIFIcategory=Security UNIFIsubCategory=Firewall";

    #[track_caller]
    fn check(line: &str, want: &str) {
        let head = Head { lines: vec![line.as_bytes()] };
        let arena = Bump::new();
        let mut reader = Records { bound: Arc::new(Bound::learn(&head, &Assume::default())) };
        let text = |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or(b"-")).into_owned();
        let told = match reader.record(line.as_bytes(), &arena) {
            Parsed::Event(event) => format!(
                "{} {} {:?} {:?} {:?} {}",
                text(event.dst_ip),
                event.action.map_or("-", Action::as_str),
                event.at.map(|at| at.0),
                event.bytes_up,
                event.bytes_down,
                text(event.device),
            ),
            Parsed::Skip(why) => why.to_owned(),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".to_owned(),
        };
        assert_eq!(told, want, "{line}");
    }

    #[test]
    fn the_letter_of_the_rule_decides() {
        for (rule, want) in [
            ("[LAN_OUT-A-2010] DESCR=\"[LAN_OUT]Block or allow\" ", "203.0.113.80 allowed None None None -"),
            ("[LAN_OUT-D-2147483647] DESCR=\"[X]Allow all\" ", "203.0.113.80 blocked None None None -"),
            ("UDMP [LAN_OUT-R-1] ", "203.0.113.80 blocked None None None -"),
            ("[LAN_LOCAL-default-A]", "203.0.113.80 allowed None None None -"),
            ("[  812.345678] [GUEST_IN-3001-D]", "203.0.113.80 blocked None None None -"),
            ("[LAN_OUT-RET-2010] ", "a rule that decides nothing"),
        ] {
            check(&format!("{rule}{TCP}"), want);
        }
        assert_eq!(rule_end(b"[UFW BLOCK] "), None);
        assert_eq!(rule_end(b"[812345.678901] [WAN-A] "), None);
    }

    #[test]
    fn connections_among_the_events() {
        let sides = "src=10.1.2.3 spt=51544 dst=203.0.113.80 dpt=443 proto=TCP";
        let when = "UNIFIutcTime=2026-03-10T08:15:42.000Z msg=alice's laptop was blocked from a=b.";
        check(
            &format!("{CEF} {sides} UNIFIsrcClientAlias=alice's laptop UNIFIbytesSent=null {when}"),
            "203.0.113.80 blocked Some(1773130542000) None None alice's laptop",
        );
        check(
            &format!("{CEF} {sides} act=allowed UNIFIbytesSent=1310 UNIFIbytesReceived=5240 {when}"),
            "203.0.113.80 allowed Some(1773130542000) Some(1310) Some(5240) -",
        );
        check(&format!("{CEF} {sides} UNIFIdirection=incoming {when}"), "inbound");
        check(&format!("{CEF} src=10.1.2.3 {when}"), "an event of the device, not traffic");
        check(
            &format!("{} {sides} {when}", CEF.replace("=Firewall", "=Intrusion Prevention")),
            "a finding of inspection, not a visit",
        );
        // A header that lacks a field.
        check(&format!("{} {sides}", CEF.replace("|401|", "|")), "203.0.113.80 blocked None None None -");
    }
}
