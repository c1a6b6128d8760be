//! dnsmasq's log of questions and answers, and Pi-hole's.
//!
//! Reads what `log-queries` and `log-queries=extra` write (<https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html>), and
//! the additions of Pi-hole's FTL (<https://docs.pi-hole.net/ftldns/dns-resolver/>), with the date in front or already
//! taken off as a syslog header.
//!
//! ```text
//! Mar 12 09:13:03 dnsmasq[2211]: query[A] www.notion.so from 192.0.2.25
//! Mar 12 09:13:03 dnsmasq[2211]: forwarded www.notion.so to 198.51.100.53
//! Mar 12 09:13:05 dnsmasq[2211]: 41 192.0.2.25/51544 query[A] transfer.example.net from 192.0.2.25
//! Mar 12 09:13:05 dnsmasq[2211]: gravity blocked transfer.example.net is 0.0.0.0
//! ```
//!
//! # One question, one event
//!
//! A question and what became of it are two lines, and only the second says whether it was blocked. An event for each
//! would count a blocked look-up twice, once as if it had gone through. So a question waits, and the line that first
//! tells what became of it (`forwarded`, `cached`, `config`, `gravity blocked`, a hosts file, a reply) becomes the event,
//! with the client and the time of the question. dnsmasq writes that line at once, mostly as the very next.
//! Further lines about the same question are answers and are left out. A question waits for [`WINDOW`] records; what has
//! not been taken up by then has gone unanswered and is not counted. A log that holds nothing but questions (somebody
//! kept only those) is recognized by its head; there each question is an event at once.
//!
//! Which question a line belongs to follows from the records in between alone: always the latest that waits under that
//! name. So it does not matter where a file is cut, as long as the last [`WINDOW`] records are recalled.

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::draft::not_a_site;
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, parse_ip};

/// dnsmasq, Pi-hole.
pub struct Dnsmasq;

/// How many records a question waits for what becomes of it.
const WINDOW: usize = 64;

impl Format for Dnsmasq {
    fn id(&self) -> &'static str {
        "dnsmasq"
    }

    fn about(&self) -> About {
        About {
            name: "dnsmasq, Pi-hole",
            summary: "The text log of a small resolver: who asked for which name, and whether it was blocked.",
            reference: "https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html",
            proof: Proof::Verified,
            variants: &["pihole"],
        }
    }

    fn lookback(&self) -> usize {
        // Twice as many, since empty and broken lines are recalled in vain.
        2 * WINDOW
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut leases = 0;
        let share = head.vote(|line| match Line::read(line).map(|line| line.says) {
            Some(Says::Asks { .. } | Says::Forwards { .. } | Says::Answers { .. } | Says::Blocks { .. }) => Vote::Yes,
            Some(Says::Lease) => {
                leases += 1;
                Vote::Abstain
            }
            Some(Says::Other) => Vote::Abstain,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        if of == 0 && leases > 0 {
            return Guess::decline(90, "dnsmasq, but its leases only: no names were asked for");
        }
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are questions and answers of dnsmasq")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let (mut asks, mut tells) = (false, false);
        for line in &head.lines {
            match Line::read(line).map(|line| line.says) {
                Some(Says::Asks { .. }) => asks = true,
                Some(Says::Forwards { .. } | Says::Answers { .. } | Says::Blocks { .. }) => tells = true,
                _ => {}
            }
        }
        let columns = Tells { client: true, host: true, action: tells || !asks, ..Tells::default() };
        Ok(Layout::new(columns, Bound { questions_only: asks && !tells, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines {
            bound: layout.get(),
            record: 0,
            waiting: Vec::new(),
            spare: Vec::new(),
            clock: Clock::default(),
        })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => {
                "a resolver sees addresses, never people: give clients fixed leases (`dhcp-host=`) and keep the list"
            }
            Gap::Client => "let clients ask dnsmasq themselves; behind another resolver set `add-subnet=32,128` there",
            Gap::Action => "turn on `log-queries`; with `log-queries=extra` every answer names its client",
            Gap::BytesUp | Gap::BytesDown | Gap::Path | Gap::Visits => {
                "look-ups carry no traffic: add the log of a proxy or a firewall to see what was visited and how much was moved"
            }
            Gap::Host => return None,
        })
    }
}

struct Bound {
    questions_only: bool,
    assume: Assume,
}

/// One line, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line<'a> {
    /// The date as written, if it was still there.
    date: &'a [u8],
    /// `log-queries=extra`: the number of the question.
    serial: Option<&'a [u8]>,
    /// `log-queries=extra`: who asked.
    client: Option<&'a [u8]>,
    says: Says<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says<'a> {
    /// `query[A] NAME from CLIENT`
    Asks { name: &'a [u8], client: &'a [u8] },
    /// `forwarded NAME to SERVER`
    Forwards { name: &'a [u8] },
    /// `reply NAME is ...`, `cached NAME is ...`, `/etc/hosts NAME is ...`, `config NAME is 10.20.0.5`
    Answers { name: &'a [u8], error: bool },
    /// `gravity blocked NAME is 0.0.0.0`, `config NAME is NXDOMAIN`
    Blocks { name: &'a [u8], late: bool },
    /// A line of the DHCP server.
    Lease,
    /// Of dnsmasq, but not about a question: start, statistics, warnings.
    Other,
}

impl<'a> Line<'a> {
    /// `None`: not of dnsmasq.
    fn read(line: &'a [u8]) -> Option<Line<'a>> {
        let (date, tagged, text) = match tag(line) {
            Some((date, Tag::Resolver, text)) => (date, true, text),
            Some((date, Tag::Other, _)) => {
                return Some(Line { date, serial: None, client: None, says: Says::Lease });
            }
            None => (&line[..0], false, line),
        };
        let (serial, client, text) = extra(text);
        let says = match Says::read(text) {
            Some(says) => says,
            None if tagged => Says::Other,
            None if is_lease(text) => Says::Lease,
            None if is_about_itself(text) => Says::Other,
            // The syslog header was taken off with its tag: what stands here may be any program's.
            None => return None,
        };
        Some(Line { date, serial, client, says })
    }
}

enum Tag {
    Resolver,
    /// `dnsmasq-dhcp`, `dnsmasq-tftp`, `dnsmasq-script`
    Other,
}

/// Finds `dnsmasq[2211]: ` behind a date and perhaps a host. Returns what stands before and after it.
fn tag(line: &[u8]) -> Option<(&[u8], Tag, &[u8])> {
    const LONGEST_HEADER: usize = 128;
    const NAMES: [&[u8]; 2] = [b"dnsmasq", b"pihole-FTL"];
    let header = &line[..line.len().min(LONGEST_HEADER)];
    // The date is nearly always all there is before the tag.
    let at = match header.get(16..23) {
        Some(b"dnsmasq") => 16,
        _ => NAMES.iter().find_map(|name| memchr::memmem::find(header, name))?,
    };
    if at > 0 && !matches!(line[at - 1], b' ' | b'\t' | b'>') {
        return None;
    }
    let colon = at + memchr::memchr(b':', &line[at..])?;
    let tag = &line[at..colon];
    if tag.len() > 40 || tag.contains(&b' ') {
        return None;
    }
    let name = &tag[..memchr::memchr(b'[', tag).unwrap_or(tag.len())];
    let kind = if NAMES.contains(&name) { Tag::Resolver } else { Tag::Other };
    Some((line[..at].trim_ascii(), kind, line[colon + 1..].trim_ascii_start()))
}

/// `41 127.0.1.14/56934 `, also with `UDP` or `TCP` in front: the serial number and the client, and what follows.
fn extra(text: &[u8]) -> (Option<&[u8]>, Option<&[u8]>, &[u8]) {
    let rest = text.strip_prefix(b"UDP ").or_else(|| text.strip_prefix(b"TCP ")).unwrap_or(text);
    if !rest.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'*') {
        return (None, None, text);
    }
    let Some((serial, rest)) = word(rest) else { return (None, None, text) };
    if !serial.iter().all(u8::is_ascii_digit) && serial != b"*" {
        return (None, None, text);
    }
    // `dnssec-query` lines have a number and no client.
    let Some((client, after)) = word(rest) else { return (Some(serial), None, rest) };
    let Some(slash) = memchr::memrchr(b'/', client) else { return (Some(serial), None, rest) };
    match parse_ip(&client[..slash]) {
        Some(_) => (Some(serial), Some(&client[..slash]), after),
        None => (Some(serial), None, rest),
    }
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = memchr::memchr(b' ', text)?;
    Some((&text[..blank], &text[blank + 1..]))
}

impl<'a> Says<'a> {
    /// `None`: not about a question.
    fn read(text: &'a [u8]) -> Option<Says<'a>> {
        Self::verb(text).or_else(|| hosts_file(text))
    }

    fn verb(text: &'a [u8]) -> Option<Says<'a>> {
        match text.first()? {
            b'q' => {
                let rest = text.strip_prefix(b"query[")?;
                let rest = &rest[memchr::memchr(b']', rest)? + 1..];
                let rest = rest.strip_prefix(b" ")?;
                // A name may hold blanks, an address does not.
                let from = memchr::memmem::rfind(rest, b" from ")?;
                let client = rest[from + 6..].trim_ascii_end();
                (!client.is_empty()).then_some(Says::Asks { name: &rest[..from], client })
            }
            b'f' => {
                let rest = text.strip_prefix(b"forwarded ")?;
                let to = memchr::memmem::rfind(rest, b" to ")?;
                Some(Says::Forwards { name: &rest[..to] })
            }
            b'r' => match text.strip_prefix(b"reply ") {
                Some(rest) => Some(answer(rest)),
                None => denied(text.strip_prefix(b"regex ")?),
            },
            b'c' => match text.strip_prefix(b"config ") {
                Some(rest) => Some(config(rest)),
                None => {
                    let rest = text.strip_prefix(b"cached ").or_else(|| text.strip_prefix(b"cached-stale "))?;
                    Some(answer(rest))
                }
            },
            b'g' => blocks(text.strip_prefix(b"gravity blocked ")?),
            b'e' => denied(text.strip_prefix(b"exactly ")?),
            b's' => blocks(text.strip_prefix(b"special domain ")?),
            b'b' => {
                let name = subject(text.strip_prefix(b"blocked ")?)?;
                Some(Says::Blocks { name, late: true })
            }
            b'v' => text.strip_prefix(b"validation ").map(answer),
            // Questions of dnsmasq's own, and those of others about its own zones.
            b'd' if text.starts_with(b"dnssec-query[") || text.starts_with(b"dnssec-retry[") => Some(Says::Other),
            b'a' if text.starts_with(b"auth[") => Some(Says::Other),
            _ => None,
        }
    }
}

/// `NAME is 0.0.0.0` behind a list's name. A name behind the one that was asked for stood on the list: the question had
/// been forwarded by then.
fn blocks(rest: &[u8]) -> Option<Says<'_>> {
    Some(Says::Blocks { name: subject(rest)?, late: rest.starts_with(b"(CNAME") })
}

/// `NAME is 0.0.0.0`, or the name alone; `(CNAME) NAME is ...`.
fn subject(rest: &[u8]) -> Option<&[u8]> {
    let rest = match rest.first()? {
        b'(' => rest[memchr::memchr(b')', rest)? + 1..].trim_ascii_start(),
        _ => rest,
    };
    let name = match memchr::memmem::find(rest, b" is ") {
        Some(is) => &rest[..is],
        None => word(rest).map_or(rest, |(name, _)| name),
    };
    (!name.is_empty()).then_some(name)
}

/// `denied NAME is ...`, `blacklisted NAME is ...`, after `exactly` or `regex`.
fn denied(rest: &[u8]) -> Option<Says<'_>> {
    let (verb, rest) = word(rest)?;
    matches!(verb, b"denied" | b"blacklisted" | b"blocked").then(|| blocks(rest)).flatten()
}

/// `NAME is ANSWER`; `error is REFUSED` and `query is duplicate` have no name.
fn answer(rest: &[u8]) -> Says<'_> {
    match memchr::memmem::find(rest, b" is ").map_or(&rest[..0], |is| &rest[..is]) {
        b"error" => Says::Answers { name: b"", error: true },
        b"query" => Says::Answers { name: b"", error: false },
        name => Says::Answers { name, error: false },
    }
}

/// The configuration answered. It blocks names with nothing, or with an address that leads nowhere; any other answer is
/// that of a name of one's own.
fn config(rest: &[u8]) -> Says<'_> {
    match memchr::memmem::find(rest, b" is ") {
        // Of a reverse look-up the address stands where the name should.
        Some(is) if leads_nowhere(&rest[is + 4..]) && not_a_site(&rest[..is]).is_none() => {
            Says::Blocks { name: &rest[..is], late: false }
        }
        _ => answer(rest),
    }
}

/// `/etc/hosts NAME is ADDRESS`, `hosts.lan ADDRESS is NAME`. Block lists come as hosts files too.
fn hosts_file(text: &[u8]) -> Option<Says<'_>> {
    let (file, rest) = word(text)?;
    let is = memchr::memmem::find(rest, b" is ")?;
    let (name, answer) = (&rest[..is], &rest[is + 4..]);
    if leads_nowhere(answer) && not_a_site(name).is_none() {
        return Some(Says::Blocks { name, late: false });
    }
    // One word, a name, "is", an address, or the address first: few sentences look like that.
    let answer = answer.trim_ascii_end();
    let fits =
        !file.ends_with(b":") && !name.contains(&b' ') && (parse_ip(answer).is_some() || parse_ip(name).is_some());
    fits.then_some(Says::Answers { name, error: false })
}

fn leads_nowhere(answer: &[u8]) -> bool {
    matches!(answer.trim_ascii_end(), b"NXDOMAIN" | b"0.0.0.0" | b"::" | b"127.0.0.1" | b"::1")
}

/// What the resolver says about itself, for lines whose tag was taken off with their syslog header.
fn is_about_itself(text: &[u8]) -> bool {
    const STARTS: [&str; 24] = [
        "started, version ",
        "compile time options: ",
        "using nameserver ",
        "using only locally-known ",
        "using local addresses only ",
        "using standard nameservers ",
        "using more nameservers ",
        "read /",
        "reading /",
        "read ",
        "time 1",
        "cache size ",
        "queries ",
        "DNSSEC ",
        "pool memory ",
        "child processes ",
        "server ",
        "Host  ",
        "------",
        "exiting on receipt ",
        "possible DNS-rebind ",
        "Maximum number of concurrent ",
        "reducing DNS packet size ",
        "nameserver ",
    ];
    STARTS.iter().any(|start| text.starts_with(start.as_bytes()))
}

fn is_lease(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 10] = [
        b"DHCPDISCOVER(",
        b"DHCPOFFER(",
        b"DHCPREQUEST(",
        b"DHCPACK(",
        b"DHCPNAK(",
        b"DHCPRELEASE(",
        b"DHCPINFORM(",
        b"DHCPDECLINE(",
        b"DHCPSOLICIT(",
        b"DHCPREPLY(",
    ];
    text.first() == Some(&b'D') && WORDS.iter().any(|word| text.starts_with(word))
}

struct Lines {
    bound: Arc<Bound>,
    /// How many records have been seen.
    record: usize,
    /// Questions that nothing has become of yet, in the order of the log.
    waiting: Vec<Question>,
    /// Questions that are over; their buffers are used again.
    spare: Vec<Question>,
    clock: Clock,
}

/// A question that waits.
#[derive(Default)]
struct Question {
    record: usize,
    at: Option<Timestamp>,
    name: Vec<u8>,
    client: Vec<u8>,
    serial: Vec<u8>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        self.next();
        let Some(line) = Line::read(line) else {
            return Parsed::Bad(Problem::new("not a line of dnsmasq", 0));
        };
        let at = match self.time(&line) {
            Ok(at) => at,
            Err(problem) => return Parsed::Bad(problem),
        };
        let look_up = |at, name: &'a [u8], client: &'a [u8], action| {
            if let Some(why) = not_a_site(name) {
                return Parsed::Skip(why);
            }
            Parsed::Event(Event {
                at,
                src_ip: (!client.is_empty()).then_some(client),
                host: Some(name),
                action,
                evidence: Evidence::Dns,
                ..Event::default()
            })
        };
        match line.says {
            Says::Asks { name, client } => {
                if let Some(why) = not_a_site(name) {
                    return Parsed::Skip(why);
                }
                if self.bound.questions_only {
                    return look_up(at, name, client, None);
                }
                self.ask(&line, name, client, at);
                Parsed::Skip("question, counted with its answer")
            }
            Says::Forwards { name } | Says::Answers { name, .. } | Says::Blocks { name, .. } => {
                if let Some(question) = self.take(&line, name) {
                    let action = match line.says {
                        Says::Blocks { .. } => Some(Action::Blocked),
                        Says::Answers { error: true, .. } => Some(Action::Error),
                        _ => Some(Action::Allowed),
                    };
                    let (name, client) =
                        (arena.alloc_slice_copy(&question.name), arena.alloc_slice_copy(&question.client));
                    return look_up(question.at, name, client, action);
                }
                match line.says {
                    // The question is not in this log, or was lost.
                    Says::Blocks { late: false, .. } => {
                        look_up(at, name, line.client.unwrap_or_default(), Some(Action::Blocked))
                    }
                    Says::Blocks { .. } => Parsed::Skip("blocked after it was counted"),
                    _ => Parsed::Skip("answer, not a question"),
                }
            }
            Says::Lease => Parsed::Skip("address lease"),
            Says::Other => Parsed::Skip("not about a question"),
        }
    }

    fn recall(&mut self, line: &[u8]) {
        // Empty lines are never read.
        if line.is_empty() {
            return;
        }
        self.next();
        let Some(line) = Line::read(line) else { return };
        let Ok(at) = self.time(&line) else { return };
        match line.says {
            Says::Asks { name, client } if not_a_site(name).is_none() && !self.bound.questions_only => {
                self.ask(&line, name, client, at);
            }
            Says::Forwards { name } | Says::Answers { name, .. } | Says::Blocks { name, .. } => {
                self.take(&line, name);
            }
            _ => {}
        }
    }
}

impl Lines {
    /// When the line was written, if it says so itself.
    fn time(&mut self, line: &Line<'_>) -> Result<Option<Timestamp>, Problem> {
        if line.date.is_empty() || matches!(line.says, Says::Lease | Says::Other) {
            return Ok(None);
        }
        match self.clock.read(line.date, &self.bound.assume) {
            Some(at) => Ok(Some(at)),
            None => Err(Problem::new("the time is not readable", 0)),
        }
    }

    /// Another record: questions that have waited long enough are over.
    fn next(&mut self) {
        self.record += 1;
        let record = self.record;
        let over = self.waiting.iter().take_while(|question| record - question.record > WINDOW).count();
        self.spare.extend(self.waiting.drain(..over));
    }

    fn ask(&mut self, line: &Line<'_>, name: &[u8], client: &[u8], at: Option<Timestamp>) {
        let mut question = self.spare.pop().unwrap_or_default();
        question.record = self.record;
        question.at = at;
        for (buffer, text) in [
            (&mut question.name, name),
            (&mut question.client, client),
            (&mut question.serial, line.serial.unwrap_or_default()),
        ] {
            buffer.clear();
            buffer.extend_from_slice(text);
        }
        self.waiting.push(question);
    }

    /// The question that a line is about, which is then no longer waiting: that of its number, else the latest of its
    /// name. A line without a name belongs to the latest question.
    fn take(&mut self, line: &Line<'_>, name: &[u8]) -> Option<&Question> {
        let at = self.waiting.iter().rposition(|question| match line.serial {
            Some(serial) => question.serial == serial,
            None => name.is_empty() || question.name.eq_ignore_ascii_case(name),
        })?;
        let question = self.waiting.remove(at);
        self.spare.push(question);
        self.spare.last()
    }
}

/// Reads dates, the same one again at no cost: a second has many records, and a date without a year is dear.
#[derive(Default)]
struct Clock {
    text: Vec<u8>,
    at: Option<Timestamp>,
}

impl Clock {
    fn read(&mut self, text: &[u8], assume: &Assume) -> Option<Timestamp> {
        if text.is_empty() {
            return None;
        }
        if self.text != text {
            self.text.clear();
            self.text.extend_from_slice(text);
            self.at = date(text, assume);
        }
        self.at
    }
}

/// `Mar 12 09:13:03`, ISO, `Thu Mar 12 09:13:03 2026 daemon.info` (OpenWrt), with a priority before and a host behind.
fn date(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    let text = match text.first()? {
        b'<' => &text[memchr::memchr(b'>', text)? + 1..],
        _ => text,
    };
    if text.first()?.is_ascii_digit() && text.get(4) != Some(&b' ') {
        let end = memchr::memchr(b' ', text).unwrap_or(text.len());
        return time::iso(&text[..end], assume).or_else(|| time::iso(text.get(..19)?, assume));
    }
    if let Some((at, _)) = time::syslog(text, assume) {
        return Some(at);
    }
    time::any(text.get(..24)?, assume)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::Timestamp;

    const REAL: &str = include_str!("../../tests/corpus/dnsmasq/real/sample.log");
    const EXTRA: &str = include_str!("../../tests/corpus/dnsmasq/real-extra/sample.log");

    fn layout(lines: &[&str]) -> Layout {
        // 2026-12-01
        let assume = Assume { newest: Some(Timestamp(1_796_083_200_000)), ..Assume::default() };
        Dnsmasq
            .layout(&Head { lines: lines.iter().take(Head::MAX_LINES).map(|line| line.as_bytes()).collect() }, &assume)
            .unwrap()
    }

    /// What each line is, in a few words: `slack.com 192.0.2.1 Blocked`, or why it is left out.
    fn told(reader: &mut dyn Reader, lines: &[&str]) -> Vec<String> {
        let arena = Bump::new();
        let show = |text: Option<&[u8]>| text.map_or("-".to_owned(), |text| String::from_utf8_lossy(text).into_owned());
        lines
            .iter()
            .map(|line| match reader.record(line.as_bytes(), &arena) {
                Parsed::Event(event) => {
                    assert_eq!(event.evidence, Evidence::Dns);
                    let action = event.action.map_or("-", Action::as_str);
                    format!("{} {} {action}", show(event.host), show(event.src_ip))
                }
                Parsed::Skip(why) => format!("({why})"),
                Parsed::Bad(problem) => format!("bad: {}", problem.reason),
                Parsed::Identity(identity) => super::super::told::identity(&identity),
                Parsed::Layout(_) => "layout".to_owned(),
            })
            .collect()
    }

    fn check(log: &[(&str, &str)]) {
        let (lines, expected): (Vec<&str>, Vec<&str>) = log.iter().copied().unzip();
        let told = told(&mut *Dnsmasq.reader(&layout(&lines)), &lines);
        for ((line, told), expected) in lines.iter().zip(&told).zip(&expected) {
            assert_eq!(told, expected, "{line}");
        }
    }

    const WAITS: &str = "(question, counted with its answer)";
    const ANSWER: &str = "(answer, not a question)";
    const OTHER: &str = "(not about a question)";
    const REVERSE: &str = "(a reverse look-up)";
    const INSIDE: &str = "(a name inside the network)";

    #[test]
    fn a_question_is_counted_once_with_what_became_of_it() {
        check(&[
            ("Mar 12 09:13:03 dnsmasq[2211]: query[A] www.notion.so from 192.0.2.25", WAITS),
            (
                "Mar 12 09:13:03 dnsmasq[2211]: forwarded www.notion.so to 198.51.100.53",
                "www.notion.so 192.0.2.25 allowed",
            ),
            ("Mar 12 09:13:03 dnsmasq[2211]: forwarded www.notion.so to 198.51.100.54", ANSWER),
            ("Mar 12 09:13:03 dnsmasq[2211]: reply www.notion.so is <CNAME>", ANSWER),
            ("Mar 12 09:13:03 dnsmasq[2211]: reply edge.notion.so is 203.0.113.80", ANSWER),
            ("Mar 12 09:13:05 dnsmasq[2211]: query[AAAA] Transfer.example.net from 2001:db8::25", WAITS),
            (
                "Mar 12 09:13:05 dnsmasq[2211]: gravity blocked transfer.example.net is ::",
                "Transfer.example.net 2001:db8::25 blocked",
            ),
            ("Mar 12 09:13:06 dnsmasq[2211]: query[type=65] a.example.net from 192.0.2.26", WAITS),
            (
                "Mar 12 09:13:06 dnsmasq[2211]: exactly denied a.example.net is NXDOMAIN",
                "a.example.net 192.0.2.26 blocked",
            ),
            ("Mar 12 09:13:07 dnsmasq[2211]: query[A] b.example.net from 192.0.2.26", WAITS),
            (
                "Mar 12 09:13:07 dnsmasq[2211]: regex blacklisted b.example.net is 0.0.0.0",
                "b.example.net 192.0.2.26 blocked",
            ),
            ("Mar 12 09:13:08 dnsmasq[2211]: query[A] use-application-dns.net from 192.0.2.26", WAITS),
            (
                "Mar 12 09:13:08 dnsmasq[2211]: special domain use-application-dns.net is NXDOMAIN",
                "use-application-dns.net 192.0.2.26 blocked",
            ),
            ("Mar 12 09:13:09 dnsmasq[2211]: query[A] c.example.net from 192.0.2.26", WAITS),
            (
                "Mar 12 09:13:09 dnsmasq[2211]: /etc/pihole/gravity.list c.example.net is 0.0.0.0",
                "c.example.net 192.0.2.26 blocked",
            ),
            ("Mar 12 09:13:10 dnsmasq[2211]: query[A] d.example.net from 192.0.2.26", WAITS),
            (
                "Mar 12 09:13:10 dnsmasq[2211]: forwarded d.example.net to 198.51.100.53",
                "d.example.net 192.0.2.26 allowed",
            ),
            (
                "Mar 12 09:13:10 dnsmasq[2211]: gravity blocked (CNAME) tracker.example.net is 0.0.0.0",
                "(blocked after it was counted)",
            ),
            (
                "Mar 12 09:13:11 dnsmasq[2211]: gravity blocked lost.example.net is 0.0.0.0",
                "lost.example.net - blocked",
            ),
        ]);
    }

    #[test]
    fn two_clients_that_ask_at_once_are_two_questions() {
        check(&[
            ("Mar 12 09:13:03 dnsmasq[7]: query[A] app.box.com from 192.0.2.1", WAITS),
            ("Mar 12 09:13:03 dnsmasq[7]: forwarded app.box.com to 198.51.100.53", "app.box.com 192.0.2.1 allowed"),
            ("Mar 12 09:13:03 dnsmasq[7]: query[A] app.box.com from 192.0.2.2", WAITS),
            ("Mar 12 09:13:03 dnsmasq[7]: reply app.box.com is 203.0.113.30", "app.box.com 192.0.2.2 allowed"),
            ("Mar 12 09:13:03 dnsmasq[7]: query[A] n.example.net from 192.0.2.2", WAITS),
            ("Mar 12 09:13:03 dnsmasq[7]: Maximum number of concurrent DNS queries to dead reached (max: 3)", OTHER),
            ("Mar 12 09:13:03 dnsmasq[7]: config error is REFUSED", "n.example.net 192.0.2.2 error"),
        ]);
    }

    #[test]
    fn extra_lines_go_by_their_numbers() {
        check(&[
            ("Mar 12 09:13:03 dnsmasq[7]: 60 192.0.2.1/42935 query[A] app.box.com from 192.0.2.1", WAITS),
            ("Mar 12 09:13:03 dnsmasq[7]: 61 192.0.2.2/52995 query[A] app.box.com from 192.0.2.2", WAITS),
            (
                "Mar 12 09:13:03 dnsmasq[7]: 60 192.0.2.1/42935 forwarded app.box.com to 198.51.100.53",
                "app.box.com 192.0.2.1 allowed",
            ),
            (
                "Mar 12 09:13:03 dnsmasq[7]: 61 192.0.2.2/52995 reply query is duplicate",
                "app.box.com 192.0.2.2 allowed",
            ),
            ("Mar 12 09:13:03 dnsmasq[7]: 60 192.0.2.1/42935 reply app.box.com is 203.0.113.30", ANSWER),
            (
                "Mar 12 09:13:04 dnsmasq[7]: TCP 62 2001:db8::2/52996 gravity blocked x.example.net is ::",
                "x.example.net 2001:db8::2 blocked",
            ),
            ("Mar 12 09:13:04 dnsmasq[7]: 63 dnssec-query[DS] net to 198.51.100.53", OTHER),
        ]);
    }

    #[test]
    fn headers_of_all_kinds() {
        check(&[
            ("query[A] a.example.net from 192.0.2.1", WAITS),
            ("cached a.example.net is NODATA", "a.example.net 192.0.2.1 allowed"),
            ("2026-03-12T09:13:03.412+01:00 router dnsmasq[7]: query[A] a.example.net from 192.0.2.1", WAITS),
            (
                "<30>Mar 12 09:13:03 router dnsmasq[7]: config a.example.net is NXDOMAIN",
                "a.example.net 192.0.2.1 blocked",
            ),
            ("Thu Mar 12 09:13:03 2026 daemon.info dnsmasq[7]: query[A] a.example.net from 192.0.2.1", WAITS),
            ("Mar 12 09:13:03 dnsmasq: cached-stale a.example.net is 203.0.113.1", "a.example.net 192.0.2.1 allowed"),
            (
                "Mar 12 09:13:03 dnsmasq-dhcp[7]: DHCPACK(br0) 192.0.2.1 00:00:5e:00:53:01 alice-laptop",
                "(address lease)",
            ),
            ("DHCPACK(br0) 192.0.2.1 00:00:5e:00:53:01 alice-laptop", "(address lease)"),
            ("read /etc/hosts - 4 names", OTHER),
            ("Xyz 12 09:13:03 dnsmasq[7]: query[A] a.example.net from 192.0.2.1", "bad: the time is not readable"),
            ("Mar 12 09:13:03 router sshd[7]: Accepted publickey for bob", "bad: not a line of dnsmasq"),
            ("", "bad: not a line of dnsmasq"),
        ]);
    }

    #[test]
    fn names_that_are_no_web_names() {
        check(&[
            ("query[PTR] 9.0.20.10.in-addr.arpa from 192.0.2.1", REVERSE),
            ("config 10.20.0.77 is NXDOMAIN", ANSWER),
            ("query[A] <name unprintable> from 192.0.2.1", INSIDE),
            ("query[A] my printer._ipp._tcp.example.com from 192.0.2.1", INSIDE),
            ("query[NS] . from 192.0.2.1", INSIDE),
            ("query[A] wpad from 192.0.2.1", INSIDE),
            ("config wpad is NXDOMAIN", ANSWER),
            ("forwarded query to 198.51.100.53", ANSWER),
            ("hosts.lan 10.20.0.21 is nas", ANSWER),
        ]);
    }

    #[test]
    fn where_only_questions_were_kept_each_is_an_event() {
        check(&[
            ("Mar 12 09:13:03 dnsmasq[7]: query[A] a.example.net from 192.0.2.1", "a.example.net 192.0.2.1 -"),
            ("Mar 12 09:13:03 dnsmasq[7]: query[AAAA] a.example.net from 192.0.2.1", "a.example.net 192.0.2.1 -"),
        ]);
    }

    #[test]
    fn real_logs_give_an_event_for_every_question() {
        for log in [REAL, EXTRA] {
            let lines: Vec<&str> = log.lines().collect();
            let head = Head { lines: lines[..64].iter().map(|line| line.as_bytes()).collect() };
            assert_eq!(Dnsmasq.sniff(&head, &Assume::default()).score, 97);
            let told = told(&mut *Dnsmasq.reader(&layout(&lines)), &lines);
            let count = |what: &dyn Fn(&str) -> bool| told.iter().filter(|told| what(told)).count();
            let events = count(&|told| !told.starts_with('('));
            assert_eq!(events, count(&|told| told == WAITS));
            assert_eq!(events, 49);
            assert_eq!(count(&|told| told.ends_with(" blocked")), 7);
            assert_eq!(count(&|told| told.starts_with("bad")), 0);
        }
    }

    #[test]
    fn other_logs_are_none_of_its_kind() {
        let sniff = |line: &str| Dnsmasq.sniff(&Head { lines: vec![line.as_bytes(); 9] }, &Assume::default());
        assert_eq!(
            sniff("1773130542.871 120 192.0.2.41 TCP_MISS/200 4211 GET http://dnsmasq.org/ - HIER_DIRECT/- -"),
            Guess::NO
        );
        assert_eq!(sniff("Mar 12 09:13:03 router kernel: eth0 is up"), Guess::NO);
        assert!(sniff("Mar 12 09:13:03 dnsmasq-dhcp[7]: DHCPREQUEST(br0) 192.0.2.1 00:00:5e:00:53:01").declined);
    }

    proptest! {
        /// Lines in any order, so that questions and answers cross; cut anywhere, with the promised records recalled.
        #[test]
        fn a_cut_changes_nothing(order in prop::collection::vec(0..400usize, 1..300), at: prop::sample::Index) {
            let pool: Vec<&str> = REAL.lines().chain(EXTRA.lines()).collect();
            let lines: Vec<&str> = order.iter().map(|index| pool[index % pool.len()]).collect();
            let layout = layout(&pool);
            let whole = told(&mut *Dnsmasq.reader(&layout), &lines);
            let at = at.index(lines.len());
            let mut second = Dnsmasq.reader(&layout);
            for line in &lines[at.saturating_sub(Dnsmasq.lookback())..at] {
                second.recall(line.as_bytes());
            }
            prop_assert_eq!(&told(&mut *second, &lines[at..])[..], &whole[at..]);
        }

        #[test]
        fn never_panics(line in "(Mar 12 09:13:03 )?(dnsmasq\\[7\\]: )?(UDP |TCP )?([0-9]{1,2} |\\* )?(::1/5 )?(query\\[|reply |config |gravity blocked |blocked |exactly |regex )?(A\\] )?[ a-c.:()]{0,12}( is | from | to )?\\PC{0,12}") {
            let mut reader = Dnsmasq.reader(&layout(&[&line]));
            reader.recall(line.as_bytes());
            let arena = Bump::new();
            let _ = reader.record(line.as_bytes(), &arena);
        }
    }
}
