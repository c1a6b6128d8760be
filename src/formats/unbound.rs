//! Unbound's log of queries and replies.
//!
//! Reads what `log-queries`, `log-replies`, `log-tag-queryreply`, `log-local-actions` and `rpz-log` write
//! (<https://unbound.docs.nlnetlabs.nl/en/latest/manpages/unbound.conf.html>), into a file or through syslog.
//!
//! ```text
//! [1710231183] unbound[17265:0] reply: 192.0.2.25 www.canva.com. A IN NOERROR 0.017445 0 51
//! [1710231183] unbound[17265:0] info: rpz: applied [corp] *.dropbox.com. rpz-nxdomain 192.0.2.25@44655 www.dropbox.com. A IN
//! ```
//!
//! What a policy zone or a local zone did stands between the question and the reply. Where replies are logged they are
//! the events, and take the verdict that stood before them; see [`super::fields::dns`].

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::dns::{self, Clock, LOOKBACK, Order, Says, Verdicts};
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Timestamp, parse_ip};

/// Unbound.
pub struct Unbound;

impl Format for Unbound {
    fn id(&self) -> &'static str {
        "unbound"
    }

    fn about(&self) -> About {
        About {
            name: "Unbound",
            summary: "The query and reply log of Unbound, also as OPNsense and pfSense run it.",
            reference: "https://unbound.docs.nlnetlabs.nl/en/latest/manpages/unbound.conf.html",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn lookback(&self) -> usize {
        LOOKBACK
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let share = head.vote(|line| match Line::read(line).map(|line| line.says) {
            Some(Says::Other(_)) => Vote::Abstain,
            Some(_) => Vote::Yes,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are queries and replies of Unbound")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let order = dns::order(head, |line| Line::read(line).map(|line| line.says));
        let tells = Tells { client: true, host: true, action: order != Order::Alone, ..Tells::default() };
        Ok(Layout::new(tells, Bound { order, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { bound: layout.get(), verdicts: Verdicts::default(), clock: Clock::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "a resolver sees addresses, never people: keep the DHCP server's leases with the log",
            Gap::Action => "set `log-replies: yes`, `log-local-actions: yes`, and `rpz-log: yes` in each policy zone",
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

/// One line, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line<'a> {
    /// The date as written, if it is there.
    date: Option<&'a [u8]>,
    says: Says<'a>,
}

impl<'a> Line<'a> {
    /// `None`: not of Unbound.
    fn read(line: &'a [u8]) -> Option<Line<'a>> {
        const LONGEST_HEADER: usize = 128;
        let near = &line[..line.len().min(LONGEST_HEADER)];
        let (date, rest) = match thread(line.strip_prefix(b"[")) {
            // The syslog header was taken off: `[17265:0] info: `.
            Some(rest) => (None, rest),
            None => {
                let at = memmem::find(near, b"unbound[")?;
                if at > 0 && line[at - 1] != b' ' {
                    return None;
                }
                let date = line[..at].trim_ascii();
                (Some(date).filter(|date| !date.is_empty()), thread(line.get(at + 8..))?)
            }
        };
        let colon = memchr(b':', &rest[..rest.len().min(16)])?;
        let text = rest[colon + 1..].strip_prefix(b" ")?;
        let says = match &rest[..colon] {
            b"query" | b"reply" | b"info" => says(text),
            b"error" | b"notice" | b"warning" | b"debug" | b"fatal error" => Says::Other(dns::OTHER),
            _ => return None,
        };
        Some(Line { date, says })
    }

    fn time(&self, clock: &mut Clock, assume: &Assume) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.date else { return Ok(None) };
        match clock.read(text, |text| date(text, assume)) {
            Some(at) => Ok(Some(at)),
            None => Err(Problem::new("the time is not readable", 0)),
        }
    }
}

/// `17265:0] `: process and thread, and what is behind them.
fn thread(text: Option<&[u8]>) -> Option<&[u8]> {
    let text = text?;
    let close = memchr(b']', &text[..text.len().min(24)])?;
    let colon = memchr(b':', &text[..close])?;
    let fits = colon > 0
        && colon + 1 < close
        && text[..colon].iter().all(u8::is_ascii_digit)
        && text[colon + 1..close].iter().all(u8::is_ascii_hexdigit);
    if !fits {
        return None;
    }
    text[close + 1..].strip_prefix(b" ")
}

/// `[1710231183]`, `Mar 12 09:13:03` (`log-time-ascii`), `2024-03-12T09:13:03.412+01:00` (`log-time-iso`).
fn date(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    match text.first()? {
        b'[' => time::epoch_seconds(text[1..].strip_suffix(b"]")?),
        b'0'..=b'9' => {
            let end = memchr(b' ', text).unwrap_or(text.len());
            time::iso(&text[..end], assume)
        }
        _ => time::syslog(text, assume).map(|(at, _)| at),
    }
}

fn says(text: &[u8]) -> Says<'_> {
    if let Some(rest) = text.strip_prefix(b"rpz: applied ") {
        return policy(rest).unwrap_or(Says::Other(dns::OTHER));
    }
    look_up(text).or_else(|| local(text)).unwrap_or(Says::Other(dns::OTHER))
}

/// `CLIENT NAME. TYPE CLASS`, in a reply with `RCODE SECONDS CACHED SIZE` and more behind it.
fn look_up(text: &[u8]) -> Option<Says<'_>> {
    let (client, question) = word(text);
    // What is not answered for want of a question has none: `- - - FORMERR`, `null TYPE0 CLASS0 REFUSED`.
    if !matches!(client.first()?, b'0'..=b'9' | b'a'..=b'f' | b':') || parse_ip(client).is_none() {
        return None;
    }
    let (name, rest) = word(question);
    let (_kind, rest) = word(rest);
    let (class, rest) = word(rest);
    if class != b"IN" || name == b"null" {
        return Some(Says::Other("not a question about the internet"));
    }
    if memchr(b'?', name).is_some() {
        // Stands for whatever cannot be printed.
        return Some(Says::Other("a name that is no host"));
    }
    let tag = question[..question.len() - rest.len()].trim_ascii_end();
    if rest.is_empty() {
        return Some(Says::Asks { name, client, tag });
    }
    Some(Says::Answers { name, client, tag, code: word(rest).0 })
}

/// `[corp] *.dropbox.com. rpz-nxdomain 192.0.2.25@44655 www.dropbox.com. A IN`; the name of the zone may hold blanks.
fn policy(rest: &[u8]) -> Option<Says<'_>> {
    let rest = match rest.first()? {
        b'[' => rest[memmem::find(rest, b"] ")? + 2..].trim_ascii_start(),
        _ => rest,
    };
    let (_trigger, rest) = word(rest);
    let (action, rest) = word(rest);
    let (client, name, tag) = asker(rest)?;
    let action = match action.strip_prefix(b"rpz-").unwrap_or(action) {
        b"disabled" => return None,
        // Over TCP the answer is the true one.
        b"passthru" | b"tcp-only" => (Action::Allowed, false),
        b"drop" => (Action::Blocked, true),
        _ => (Action::Blocked, false),
    };
    Some(Says::Judges { name, client, tag, action: action.0, last: action.1, if_nothing: false })
}

/// `wetransfer.com. always_nxdomain 192.0.2.25@56901 wetransfer.com. A IN`.
fn local(text: &[u8]) -> Option<Says<'_>> {
    let (_zone, rest) = word(text);
    let (action, rest) = word(rest);
    let (client, name, tag) = asker(rest)?;
    let (last, if_nothing) = match action {
        b"deny" | b"always_deny" | b"inform_deny" => (true, false),
        b"refuse" | b"redirect" | b"inform_redirect" | b"always_nxdomain" | b"always_nodata" | b"always_refuse"
        | b"always_null" | b"block_a" => (false, false),
        // Block lists are written this way, and zones of one's own.
        b"static" => (false, true),
        _ => return None,
    };
    Some(Says::Judges { name, client, tag, action: Action::Blocked, last, if_nothing })
}

/// `192.0.2.25@44655 www.dropbox.com. A IN`: the client, the name, the question.
fn asker(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (client, tag) = word(text);
    let client = &client[..memchr(b'@', client)?];
    let (name, rest) = word(tag);
    (!name.is_empty() && !rest.is_empty()).then_some((client, name, tag.trim_ascii_end()))
}

/// Up to the next blank, and what is behind it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b' ', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

struct Lines {
    bound: Arc<Bound>,
    verdicts: Verdicts,
    clock: Clock,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(line) = Line::read(line) else {
            return Parsed::Bad(Problem::new("not a line of Unbound", 0));
        };
        match line.time(&mut self.clock, &self.bound.assume) {
            Ok(at) => self.verdicts.record(line.says, at, &self.bound.order, arena),
            Err(problem) => Parsed::Bad(problem),
        }
    }

    fn recall(&mut self, line: &[u8]) {
        if self.bound.order != Order::Alone {
            let arena = Bump::new();
            let _ = self.record(line, &arena);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::dns::testing;
    use super::*;

    fn check(log: &[(&str, &str)]) {
        testing::check(&Unbound, log);
    }

    const QUESTION: &str = "(question, counted with its answer)";
    const VERDICT: &str = "(verdict, counted with its question)";

    #[test]
    fn replies_are_counted_and_questions_are_not() {
        check(&[
            ("[1710231183] unbound[17265:0] query: 192.0.2.25 www.canva.com. A IN", QUESTION),
            (
                "[1710231183] unbound[17265:0] reply: 192.0.2.25 www.canva.com. A IN NOERROR 0.017445 0 51",
                "www.canva.com 192.0.2.25 allowed",
            ),
            (
                "[1710231183] unbound[17265:1f] reply: 2001:db8::25 zoom.us. A IN SERVFAIL 0.000374 0 32 on UDP 198.51.100.53 853",
                "zoom.us 2001:db8::25 error",
            ),
            (
                "[1710231183] unbound[17265:0] reply: 192.0.2.25 - - - FORMERR 0.000000 0 12",
                "(not a question about the internet)",
            ),
            (
                "[1710231183] unbound[17265:0] reply: 192.0.2.16 null TYPE0 CLASS0 REFUSED 0.000000 1 12",
                "(not a question about the internet)",
            ),
        ]);
    }

    #[test]
    fn questions_alone_are_events() {
        check(&[
            ("[17265:13] info: 192.0.2.25 www.canva.com. HTTPS IN", "www.canva.com 192.0.2.25 -"),
            ("Mar 12 09:13:03 unbound[17265:0] info: 192.0.2.25 claude.ai. A IN", "claude.ai 192.0.2.25 -"),
            ("2024-03-12T09:13:03.412+01:00 unbound[17265:0] info: 192.0.2.25 zoom.us. A IN", "zoom.us 192.0.2.25 -"),
            ("Xyz 12 09:13:03 unbound[17265:0] info: 192.0.2.25 zoom.us. A IN", "bad: the time is not readable"),
        ]);
    }

    #[test]
    fn policy_and_local_zones_block() {
        check(&[
            ("[1710231183] unbound[7:0] query: 192.0.2.25 www.dropbox.com. A IN", QUESTION),
            (
                "[1710231183] unbound[7:0] info: rpz: applied [corp] *.dropbox.com. rpz-nxdomain 192.0.2.25@4655 www.dropbox.com. A IN",
                VERDICT,
            ),
            (
                "[1710231183] unbound[7:0] reply: 192.0.2.26 slack.com. A IN NOERROR 0.000000 1 44",
                "slack.com 192.0.2.26 allowed",
            ),
            (
                "[1710231183] unbound[7:0] reply: 192.0.2.25 www.dropbox.com. A IN NXDOMAIN 0.000000 1 44",
                "www.dropbox.com 192.0.2.25 blocked",
            ),
            (
                "[1710231183] unbound[7:0] info: rpz: applied [corp] sentry.io. rpz-passthru 192.0.2.25@4655 sentry.io. A IN",
                VERDICT,
            ),
            (
                "[1710231183] unbound[7:0] reply: 192.0.2.25 sentry.io. A IN NOERROR 0.000000 1 44",
                "sentry.io 192.0.2.25 allowed",
            ),
            (
                "[1710231183] unbound[7:0] info: wetransfer.com. always_nxdomain 192.0.2.25@5690 wetransfer.com. A IN",
                VERDICT,
            ),
            (
                "[1710231183] unbound[7:0] reply: 192.0.2.25 wetransfer.com. A IN NXDOMAIN 0.000000 1 44",
                "wetransfer.com 192.0.2.25 blocked",
            ),
            (
                "[1710231183] unbound[7:0] info: mega.nz. deny 192.0.2.25@5691 mega.nz. A IN",
                "mega.nz 192.0.2.25 blocked",
            ),
            (
                "[1710231183] unbound[7:0] info: box.com. transparent 192.0.2.25@5691 box.com. A IN",
                "(not about a question)",
            ),
        ]);
    }

    #[test]
    fn a_static_zone_blocks_only_what_it_does_not_hold() {
        check(&[
            ("[1710231183] unbound[7:0] info: example.com. static 192.0.2.25@1 portal.example.com. A IN", VERDICT),
            (
                "[1710231183] unbound[7:0] reply: 192.0.2.25 portal.example.com. A IN NOERROR 0.000000 1 64",
                "portal.example.com 192.0.2.25 allowed",
            ),
            ("[1710231183] unbound[7:0] info: ads.example.net. static 192.0.2.25@2 ads.example.net. A IN", VERDICT),
            (
                "[1710231183] unbound[7:0] reply: 192.0.2.25 ads.example.net. A IN NXDOMAIN 0.000000 1 64",
                "ads.example.net 192.0.2.25 blocked",
            ),
        ]);
    }

    #[test]
    fn other_lines() {
        check(&[
            ("[1710231183] unbound[7:0] info: start of service (unbound 1.17.1).", "(not about a question)"),
            ("[1710231183] unbound[7:0] error: SERVFAIL <nas. A IN>: all servers failed", "(not about a question)"),
            ("[1710231183] unbound[7:0] info: 192.0.2.25 9.0.20.10.in-addr.arpa. PTR IN", "(a reverse look-up)"),
            ("[1710231183] unbound[7:0] info: 192.0.2.25 version.bind. TXT CH", "(not a question about the internet)"),
            (
                "Mar 12 09:13:03 fw unbound[17265]: [17265:0] info: 192.0.2.25 a.example.net. A IN",
                "bad: not a line of Unbound",
            ),
            ("", "bad: not a line of Unbound"),
        ]);
    }

    proptest! {
        #[test]
        fn never_panics(line in "(\\[17[0-9]{0,10}\\] )?(unbound)?\\[[0-9:]{0,6}\\] (info|query|reply): \\PC{0,40}") {
            let _ = testing::told(&Unbound, &[&line]);
        }
    }
}
