//! The debug log of Windows DNS Server.
//!
//! Written when "Log packets for debugging" is set
//! (<https://learn.microsoft.com/en-us/windows-server/networking/dns/dns-logging-and-diagnostics>). The form of the dates is that of
//! the server's language, and names are written label by label with their lengths.
//!
//! ```text
//! 3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 UDP Rcv 192.0.2.25      7c1a   Q [0001   D   NOERROR] A      (3)www(6)notion(2)so(0)
//! 3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 UDP Snd 192.0.2.25      7c1a R Q [8081   DR  NOERROR] A      (3)www(6)notion(2)so(0)
//! ```
//!
//! A question is what was received and is no response. What is sent is an answer, or a question to another server; what is
//! received as a response comes from there.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::dns::{self, Clock, look_up};
use super::fields::{number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Timestamp, parse_ip};

/// Windows DNS Server.
pub struct WindowsDns;

impl Format for WindowsDns {
    fn id(&self) -> &'static str {
        "windows-dns"
    }

    fn about(&self) -> About {
        About {
            name: "Windows DNS Server",
            summary: "The packet log that a Windows DNS Server writes for debugging (dns.log).",
            reference: "https://learn.microsoft.com/en-us/windows-server/networking/dns/dns-logging-and-diagnostics",
            proof: Proof::Documentation,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut banner = false;
        let share = head.vote(|line| {
            banner |= is_banner(line);
            match Packet::read(line) {
                Some(_) => Vote::Yes,
                // Details of a packet, and events of other kinds.
                None => Vote::Abstain,
            }
        });
        let Share { yes, of } = share;
        if yes == 0 {
            return if banner {
                Guess::decline(90, "Windows DNS Server's debug log, but without packets")
            } else {
                Guess::NO
            };
        }
        // Without its banner it must look like the log line by line.
        let lines = head.lines.iter().filter(|line| !line.trim_ascii().is_empty()).count();
        let share = if banner { share } else { Share { yes, of: lines } };
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} records are packets of Windows DNS Server")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let dates = head.lines.iter().filter_map(|line| Packet::read(line)).map(|packet| packet.date);
        let tells = Tells { client: true, host: true, ..Tells::default() };
        Ok(Layout::new(tells, Bound { order: order(dates), assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { bound: layout.get(), clock: Clock::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "a resolver sees addresses, never people: keep the DHCP server's leases with the log",
            Gap::Action => "the log does not say what a query resolution policy blocked",
            Gap::BytesUp | Gap::BytesDown | Gap::Path | Gap::Visits => {
                "look-ups carry no traffic: add the log of a proxy or a firewall to see what was visited and how much was moved"
            }
            Gap::Client | Gap::Host => return None,
        })
    }
}

struct Bound {
    order: Order,
    assume: Assume,
}

/// Which of the first two numbers of a date is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    DayFirst,
    MonthFirst,
}

/// What the dates of the head tell: a number above twelve is no month; else only American clocks say AM and PM.
fn order<'a>(dates: impl Iterator<Item = &'a [u8]> + Clone) -> Order {
    for date in dates.clone() {
        match parts(date) {
            Some(([13..=31, 1..=12, _], _)) => return Order::DayFirst,
            Some(([1..=12, 13..=31, _], _)) => return Order::MonthFirst,
            _ => {}
        }
    }
    let american = |date: &[u8]| memchr(b'/', date).is_some() && matches!(date.last(), Some(b'M' | b'm'));
    if dates.clone().any(american) { Order::MonthFirst } else { Order::DayFirst }
}

/// The three numbers of a date, and what is behind it.
fn parts(text: &[u8]) -> Option<([u16; 3], &[u8])> {
    let blank = memchr(b' ', text)?;
    let (date, rest) = (&text[..blank], &text[blank + 1..]);
    let digits = |text: &[u8]| u16::try_from(number::unsigned(text)?).ok();
    if date.len() == 8 && date.iter().all(u8::is_ascii_digit) {
        return Some(([digits(&date[..4])?, digits(&date[4..6])?, digits(&date[6..])?], rest));
    }
    let mut numbers = date.split(|byte| matches!(byte, b'/' | b'.' | b'-')).filter(|part| !part.is_empty());
    let found = [digits(numbers.next()?)?, digits(numbers.next()?)?, digits(numbers.next()?)?];
    numbers.next().is_none().then_some((found, rest))
}

/// `3/12/2024 9:13:03 AM`, `12.03.2024 09:13:03`, `2024/03/12 09:13:03`, `20240312 09:13:03`.
fn date(text: &[u8], order: Order, assume: &Assume) -> Option<Timestamp> {
    let ([first, second, third], rest) = parts(text)?;
    let (year, month, day) = match order {
        _ if first > 31 => (first, second, third),
        Order::DayFirst => (third, second, first),
        Order::MonthFirst => (third, first, second),
    };
    let (clock, half) = match memchr(b' ', rest) {
        Some(at) => (&rest[..at], rest[at + 1..].trim_ascii()),
        None => (rest, &rest[..0]),
    };
    // `9:13:03`
    let mut numbers = clock.split(|byte| matches!(byte, b':' | b'.'));
    let mut next = || number::unsigned(numbers.next()?).filter(|number| *number < 60);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let hour = match half {
        [b'A' | b'a', ..] if hour == 12 => 0,
        [b'P' | b'p', ..] if hour < 12 => hour + 12,
        _ => hour,
    };
    let mut iso = *b"0000-00-00 00:00:00";
    let places = [(0, 4, u64::from(year)), (5, 7, u64::from(month)), (8, 10, u64::from(day))];
    for (from, to, number) in places.into_iter().chain([(11, 13, hour), (14, 16, minute), (17, 19, second)]) {
        let mut number = number;
        for place in iso[from..to].iter_mut().rev() {
            *place = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }
    time::iso(&iso, assume)
}

/// One packet, taken apart.
#[derive(Debug)]
struct Packet<'a> {
    date: &'a [u8],
    received: bool,
    response: bool,
    query: bool,
    address: &'a [u8],
    /// `(3)www(6)notion(2)so(0)`
    name: &'a [u8],
}

impl<'a> Packet<'a> {
    fn read(line: &'a [u8]) -> Option<Packet<'a>> {
        if !line.first()?.is_ascii_digit() {
            return None;
        }
        let at = memmem::find(&line[..line.len().min(48)], b" PACKET ")?;
        // The thread stands between.
        let before = line[..at].trim_ascii_end();
        let date = before[..memchr::memrchr(b' ', before)?].trim_ascii_end();
        let (mut field, mut rest) = word(&line[at + 8..]);
        // 2003 had no pointer.
        if !matches!(field, b"UDP" | b"TCP") {
            (field, rest) = word(rest);
        }
        let (way, rest) = word(rest);
        if !matches!(field, b"UDP" | b"TCP") || !matches!(way, b"Rcv" | b"Snd") {
            return None;
        }
        let (address, rest) = word(rest);
        let (_number, rest) = word(rest);
        let (mut code, mut rest) = word(rest);
        let response = code == b"R";
        if response {
            (code, rest) = word(rest);
        }
        let close = memchr(b']', rest.strip_prefix(b"[")?)?;
        let (_kind, name) = word(rest[close + 2..].trim_ascii_start());
        Some(Packet {
            date,
            received: way == b"Rcv",
            response,
            query: code == b"Q",
            address,
            name: name.trim_ascii_end(),
        })
    }
}

/// Up to the next blank, and what is behind all blanks.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    match memchr(b' ', text) {
        Some(at) => (&text[..at], text[at + 1..].trim_ascii_start()),
        None => (text, &[]),
    }
}

/// The name without the lengths of its labels. Bytes that are no letters are escaped, so the lengths are no guide.
fn plain<'a>(name: &[u8], arena: &'a Bump) -> Option<&'a [u8]> {
    let out = arena.alloc_slice_fill_copy(name.len(), 0u8);
    let (mut at, mut len) = (0, 0);
    loop {
        let rest = name.get(at..)?.strip_prefix(b"(")?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || rest.get(digits) != Some(&b')') {
            return None;
        }
        let label = &rest[digits + 1..];
        if &rest[..digits] == b"0" {
            return Some(&out[..len]);
        }
        let end = memchr(b'(', label)?;
        if len > 0 {
            out[len] = b'.';
            len += 1;
        }
        out[len..len + end].copy_from_slice(&label[..end]);
        len += end;
        at += digits + 2 + end;
    }
}

fn is_banner(line: &[u8]) -> bool {
    line.starts_with(b"DNS Server log file creation at") || line.starts_with(b"Message logging key")
}

struct Lines {
    bound: Arc<Bound>,
    clock: Clock,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(packet) = Packet::read(line) else {
            let packet = line.first().is_some_and(u8::is_ascii_digit)
                && memmem::find(&line[..line.len().min(48)], b" PACKET ").is_some();
            return if packet {
                Parsed::Bad(Problem::new("a packet that is cut off", line.len()))
            } else {
                Parsed::Skip("not a packet")
            };
        };
        match (packet.received, packet.response) {
            (true, false) => {}
            (true, true) => return Parsed::Skip("an answer of another server"),
            (false, true) => return Parsed::Skip(dns::ANSWER),
            (false, false) => return Parsed::Skip("a question to another server"),
        }
        if !packet.query {
            return Parsed::Skip("not a query");
        }
        let bound = &*self.bound;
        let Some(at) = self.clock.read(packet.date, |text| date(text, bound.order, &bound.assume)) else {
            return Parsed::Bad(Problem::new("the time is not readable", 0));
        };
        let Some(name) = plain(packet.name, arena) else {
            return Parsed::Bad(Problem::new("a name without its end", line.len()));
        };
        look_up(Some(at), name, parse_ip(packet.address).map(|_| packet.address), None)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::dns::testing;
    use super::*;

    #[test]
    fn only_what_clients_ask_is_counted() {
        testing::check(
            &WindowsDns,
            &[
                (
                    "3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 UDP Rcv 192.0.2.25      7c1a   Q [0001   D   NOERROR] A      (3)www(6)notion(2)so(0)",
                    "www.notion.so 192.0.2.25 -",
                ),
                (
                    "3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 UDP Snd 198.51.100.53   11aa   Q [0001   D   NOERROR] A      (3)www(6)notion(2)so(0)",
                    "(a question to another server)",
                ),
                (
                    "3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 UDP Rcv 198.51.100.53   11aa R Q [8081   DR  NOERROR] A      (3)www(6)notion(2)so(0)",
                    "(an answer of another server)",
                ),
                (
                    "3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 UDP Snd 192.0.2.25      7c1a R Q [8081   DR  NOERROR] A      (3)www(6)notion(2)so(0)",
                    "(answer, not a question)",
                ),
                (
                    "3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 TCP Rcv 2001:db8::25    7c1a   U [0028       NOERROR] SOA    (4)corp(7)example(0)",
                    "(not a query)",
                ),
                ("3/12/2024 9:13:03 AM 0D20 EVENT   The DNS server has started.", "(not a packet)"),
                ("UDP question info at 000001D3A5A2B300", "(not a packet)"),
                (
                    "3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 UDP Rcv 192.0.2.25      7c1a   Q [0001   D   NOERROR] A      (3)www(6)not",
                    "bad: a name without its end",
                ),
                ("3/12/2024 9:13:03 AM 0D20 PACKET  000001D3A5A2B300 UDP Rcv 192.0", "bad: a packet that is cut off"),
                (
                    "3/12/2024 9:13:03 AM 0D20 PACKET  UDP Rcv 192.0.2.25      7c1a   Q [0001   D   NOERROR] A      (6)b\\303\\274(3)com(0)",
                    "(a name inside the network)",
                ),
            ],
        );
    }

    #[test]
    fn dates_of_the_server_s_language() {
        let want = time::iso(b"2024-03-12T09:13:03", &Assume::default());
        for text in [
            "3/12/2024 9:13:03 AM",
            "12.03.2024 09:13:03",
            "2024/03/12 09:13:03",
            "20240312 09:13:03",
            "12/03/2024 09:13:03",
            "12-03-2024 9:13:03",
            "2024-03-12 09:13:03",
        ] {
            let text = text.as_bytes();
            assert_eq!(date(text, order([text].into_iter()), &Assume::default()), want);
        }
        let at = |text: &str| date(text.as_bytes(), Order::MonthFirst, &Assume::default());
        assert_eq!(at("3/12/2024 12:13:03 AM"), time::iso(b"2024-03-12T00:13:03", &Assume::default()));
        assert_eq!(at("3/12/2024 12:13:03 PM"), time::iso(b"2024-03-12T12:13:03", &Assume::default()));
        assert_eq!(at("3/12/2024 1:13:03 PM"), time::iso(b"2024-03-12T13:13:03", &Assume::default()));
        assert_eq!(at("13/12/2024 1:13:03 PM"), None);
        // The first date may leave it open, a later one tells.
        let dates: [&[u8]; 2] = [b"3/4/2024 9:13:03", b"3/14/2024 9:13:03"];
        assert_eq!(order(dates.into_iter()), Order::MonthFirst);
    }

    proptest! {
        #[test]
        fn never_panics(line in "3/12/2024 9:13:03 AM 0D20 PACKET  (0000 )?(UDP|TCP) (Rcv|Snd) \\PC{0,12} 7c1a (R )?Q \\[0001 (D )?NOERROR\\] A +(\\([0-9]{1,2}\\)[a-z(]{0,3}){0,3}\\PC{0,4}") {
            let _ = testing::told(&WindowsDns, &[&line]);
        }
    }
}
