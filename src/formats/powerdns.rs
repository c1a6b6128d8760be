//! PowerDNS Recursor's log of questions.
//!
//! Reads the structured lines of 4.8 and later and the sentences of earlier ones, with `quiet=no`
//! (<https://doc.powerdns.com/recursor/yamlsettings.html>). The authoritative server's `log-dns-queries`
//! (<https://doc.powerdns.com/authoritative/settings.html>) tells what others asked about names of one's own; that is known and
//! declined.
//!
//! ```text
//! msg="Question" subsystem="syncres" level="0" prio="Info" tid="3" ts="1710231183.412" proto="udp" qname="app.asana.com" qtype="A" remote="192.0.2.25:51544"
//! 3 [12/1] question for 'app.asana.com|A' from 192.0.2.25:51544
//! ```
//!
//! A question that the recursor has to work on is logged when it comes and when it is answered; one that the packet cache
//! answers is logged once. Where answers are logged they are counted, and the questions before them are not.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::dns::{self, by_code, look_up};
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Timestamp};

/// PowerDNS Recursor.
pub struct PowerDns;

impl Format for PowerDns {
    fn id(&self) -> &'static str {
        "powerdns"
    }

    fn about(&self) -> About {
        About {
            name: "PowerDNS Recursor",
            summary: "The log of questions and answers of PowerDNS Recursor, structured or in sentences.",
            reference: "https://doc.powerdns.com/recursor/yamlsettings.html",
            proof: Proof::Verified,
            variants: &["sentences", "structured"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut authoritative = 0usize;
        let share = head.vote(|line| match Line::read(line) {
            Some(Line::Authoritative) => {
                authoritative += 1;
                Vote::Yes
            }
            Some(Line::Other) => Vote::Abstain,
            Some(_) => Vote::Yes,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(97) {
            0 => Guess::NO,
            score if authoritative == yes => Guess::decline(
                score,
                "PowerDNS, but the authoritative server's log: others ask it for names of one's own",
            ),
            score => Guess::new(score, format!("{yes} of {of} lines are questions and answers of PowerDNS Recursor")),
        }
    }

    fn layout(&self, head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
        let answered = head
            .lines
            .iter()
            .any(|line| matches!(Line::read(line), Some(Line::Answer(asked)) if asked.client.is_some()));
        let tells = Tells { client: true, host: true, action: answered, ..Tells::default() };
        Ok(Layout::new(tells, Bound { answered }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { bound: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "a resolver sees addresses, never people: keep the DHCP server's leases with the log",
            Gap::Action => "let `loglevel` be 6 or higher, so that answers are logged too",
            Gap::BytesUp | Gap::BytesDown | Gap::Path | Gap::Visits => {
                "look-ups carry no traffic: add the log of a proxy or a firewall to see what was visited and how much was moved"
            }
            Gap::Client | Gap::Host => return None,
        })
    }
}

struct Bound {
    /// The log has answers, so that questions repeat them.
    answered: bool,
}

/// What a line is.
#[derive(Debug, Clone, Copy)]
enum Line<'a> {
    /// Somebody asked; an answer may follow.
    Question(Asked<'a>),
    /// The answer to a question.
    Answer(Asked<'a>),
    /// Question and answer in one.
    Cached(Asked<'a>),
    /// `question answered from packet cache` in a sentence, which has no name.
    Nameless,
    /// Of the authoritative server.
    Authoritative,
    Other,
}

#[derive(Debug, Clone, Copy, Default)]
struct Asked<'a> {
    time: Option<&'a [u8]>,
    name: &'a [u8],
    client: Option<&'a [u8]>,
    code: &'a [u8],
    /// A policy zone answered.
    policy: bool,
}

impl<'a> Line<'a> {
    /// `None`: not of PowerDNS.
    fn read(line: &'a [u8]) -> Option<Line<'a>> {
        const LONGEST_HEADER: usize = 96;
        let near = &line[..line.len().min(LONGEST_HEADER)];
        if let Some(at) = memmem::find(near, b"msg=\"")
            && (at == 0 || near[at - 1] == b' ')
        {
            return structured(&line[at..]);
        }
        sentence(line)
    }
}

/// `key="value"` pairs in any order; the message comes first.
fn structured(line: &[u8]) -> Option<Line<'_>> {
    let mut asked = Asked::default();
    let (mut message, mut subsystem, mut source) = (&b""[..], false, None);
    let mut rest = line;
    while let Some(equals) = memmem::find(rest, b"=\"") {
        let key = &rest[..equals];
        let value = &rest[equals + 2..];
        let Some(end) = closing(value) else { break };
        let text = &value[..end];
        match key {
            b"msg" => message = text,
            b"subsystem" => subsystem = true,
            b"ts" => asked.time = Some(text),
            b"qname" => asked.name = text,
            b"remote" => asked.client = Some(text),
            b"source" => source = Some(text),
            b"rcode" => asked.code = text,
            b"policyHit" | b"appliedPolicy" | b"policyName" => asked.policy |= !matches!(text, b"" | b"0" | b"None"),
            _ => {}
        }
        rest = value[end + 1..].trim_ascii_start();
    }
    if !subsystem {
        return None;
    }
    asked.client = asked.client.or(source).map(without_port);
    Some(match message {
        b"Question" if !asked.name.is_empty() => Line::Question(asked),
        b"Answer" if !asked.name.is_empty() => Line::Answer(asked),
        b"Question answered from packet cache" if !asked.name.is_empty() => Line::Cached(asked),
        _ => Line::Other,
    })
}

/// Where the quote is that ends a value: one that is not escaped.
fn closing(value: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'"', value)
        .find(|at| value[..*at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0)
}

/// `3 [12/1] question for 'app.asana.com|A' from 192.0.2.25:51544`, and what else is said around it.
fn sentence(line: &[u8]) -> Option<Line<'_>> {
    if let Some(rest) = line.strip_prefix(b"Remote ") {
        return memmem::find(rest, b" wants '").map(|_| Line::Authoritative);
    }
    if !line.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'[') {
        return None;
    }
    let near = &line[..line.len().min(48)];
    let quoted = |after: &[u8]| {
        let at = memmem::find(near, after)? + after.len();
        let end = at + memmem::find(&line[at..], b"' from ").or_else(|| memmem::find(&line[at..], b"':"))?;
        // The type stands behind the name.
        let name = &line[at..end];
        Some((&name[..memchr::memrchr(b'|', name)?], &line[end + 1..]))
    };
    if let Some((name, rest)) = quoted(b"answer to question '") {
        let code = memmem::find(rest, b"rcode=").map_or(&b""[..], |at| {
            let code = &rest[at + 6..];
            &code[..code.iter().take_while(|byte| byte.is_ascii_digit()).count()]
        });
        return Some(Line::Answer(Asked { name, code, ..Asked::default() }));
    }
    if let Some((name, rest)) = quoted(b"question for '") {
        let client = rest.strip_prefix(b" from ")?;
        let client = &client[..memchr(b' ', client).unwrap_or(client.len())];
        return Some(Line::Question(Asked { name, client: Some(without_port(client)), ..Asked::default() }));
    }
    if memmem::find(near, b" question answered from packet cache").is_some() {
        return Some(Line::Nameless);
    }
    None
}

/// `192.0.2.25:51544`, `[2001:db8::25]:51544`.
fn without_port(text: &[u8]) -> &[u8] {
    if let Some(inner) = text.strip_prefix(b"[") {
        return &inner[..memchr(b']', inner).unwrap_or(inner.len())];
    }
    match memchr(b':', text) {
        Some(colon) if memchr(b':', &text[colon + 1..]).is_none() => &text[..colon],
        _ => text,
    }
}

struct Lines {
    bound: Arc<Bound>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(line) = Line::read(line) else {
            return Parsed::Bad(Problem::new("not a line of PowerDNS", 0));
        };
        match line {
            Line::Question(_) if self.bound.answered => Parsed::Skip(dns::QUESTION),
            // A sentence with the answer does not say who asked, so the question is counted.
            Line::Answer(asked) if !self.bound.answered || asked.client.is_none() => Parsed::Skip(dns::ANSWER),
            Line::Question(asked) => event(&asked, None),
            Line::Answer(asked) => event(&asked, by_code(asked.code)),
            Line::Cached(asked) => event(&asked, Some(Action::Allowed)),
            Line::Nameless => Parsed::Skip("a question without its name"),
            Line::Authoritative => Parsed::Skip("asked of the authoritative server"),
            Line::Other => Parsed::Skip(dns::OTHER),
        }
    }
}

fn event<'a>(asked: &Asked<'a>, action: Option<Action>) -> Parsed<'a> {
    let at = match asked.time {
        Some(text) => match stamp(text) {
            Some(at) => Some(at),
            None => return Parsed::Bad(Problem::new("the time is not readable", 0)),
        },
        None => None,
    };
    look_up(at, asked.name, asked.client, if asked.policy { Some(Action::Blocked) } else { action })
}

/// `1710231183.412`; since 5.0 also ISO (`structured-logging` with `timestamps`).
fn stamp(text: &[u8]) -> Option<Timestamp> {
    time::epoch_seconds(text).or_else(|| time::iso(text, &Assume::default()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::dns::testing;
    use super::*;

    #[test]
    fn structured_lines() {
        testing::check(
            &PowerDns,
            &[
                (
                    "Mar 12 09:13:03 msg=\"Question\" subsystem=\"syncres\" level=\"0\" prio=\"Info\" tid=\"3\" ts=\"1710231183.412\" ecs=\"\" mtid=\"1\" proto=\"udp\" qname=\"app.asana.com\" qtype=\"A\" remote=\"192.0.2.25:51544\"",
                    "(question, counted with its answer)",
                ),
                (
                    "msg=\"Answer\" subsystem=\"syncres\" ts=\"1710231183.412\" qname=\"app.asana.com\" qtype=\"A\" rcode=\"0\" rd=\"1\" remote=\"192.0.2.25:51544\" tcpout=\"0\"",
                    "app.asana.com 192.0.2.25 allowed",
                ),
                (
                    "msg=\"Answer\" subsystem=\"syncres\" ts=\"1710231183.412\" qname=\"a.example.net.\" qtype=\"A\" rcode=\"2\" remote=\"[2001:db8::25]:51544\"",
                    "a.example.net 2001:db8::25 error",
                ),
                (
                    "msg=\"Answer\" subsystem=\"syncres\" ts=\"1710231183.412\" qname=\"mega.nz\" qtype=\"A\" rcode=\"3\" remote=\"192.0.2.25:5\" policyName=\"corp\"",
                    "mega.nz 192.0.2.25 blocked",
                ),
                (
                    "msg=\"Question answered from packet cache\" subsystem=\"in\" ts=\"1710231183.412\" proto=\"udp\" qname=\"slack.com\" qtype=\"A\" remote=\"192.0.2.26:5\" source=\"192.0.2.26:5\" tag=\"0\"",
                    "slack.com 192.0.2.26 allowed",
                ),
                (
                    "msg=\"Enabled \\\"x\\\" multiplexer\" subsystem=\"runtime\" ts=\"1710231183.412\" qname=\"a.b\"",
                    "(not about a question)",
                ),
                (
                    "msg=\"Answer\" subsystem=\"syncres\" ts=\"soon\" qname=\"a.example.net\" remote=\"192.0.2.26:5\"",
                    "bad: the time is not readable",
                ),
                ("level=info msg=\"done\"", "bad: not a line of PowerDNS"),
            ],
        );
    }

    #[test]
    fn sentences() {
        testing::check(
            &PowerDns,
            &[
                ("3 [12/1] question for 'app.asana.com|A' from 192.0.2.25:51544", "app.asana.com 192.0.2.25 -"),
                (
                    "3 [12/1] answer to question 'app.asana.com|A': 1 answers, 1 additional, took 1 packets, rcode=0",
                    "(answer, not a question)",
                ),
                ("[12] question for 'it's.example.net|A' from 192.0.2.25", "it's.example.net 192.0.2.25 -"),
                ("0 question answered from packet cache tag=0 from 192.0.2.25:51544", "(a question without its name)"),
                (
                    "Remote 192.0.2.25 wants 'www.example.com|A', do = 0, bufsize = 512: packetcache HIT",
                    "(asked of the authoritative server)",
                ),
            ],
        );
        let line = b"Remote 192.0.2.25 wants 'www.example.com|A', do = 0, bufsize = 512: packetcache HIT";
        assert!(PowerDns.sniff(&Head { lines: vec![line; 9] }, &Assume::default()).declined);
    }

    proptest! {
        #[test]
        fn never_panics(line in "(msg=\"(Question|Answer)\" )?(subsystem=\"a\" )?([a-z]{0,6}=\"\\PC{0,9}\"? ?){0,4}( question for ')?\\PC{0,20}") {
            let _ = testing::told(&PowerDns, &[&line]);
        }
    }
}
