//! CoreDNS' `log` plugin.
//!
//! Reads its `common` and `combined` formats (<https://coredns.io/plugins/log/>), bare or as Docker and Kubernetes keep them:
//! the lines carry no time of their own.
//!
//! ```text
//! [INFO] 192.0.2.25:51544 - 41233 "A IN www.dropbox.com. udp 44 false 1232" NOERROR qr,rd,ra 104 0.0374128s
//! ```

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::dns::{self, by_code, look_up};
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Timestamp, parse_ip};

/// CoreDNS.
pub struct CoreDns;

impl Format for CoreDns {
    fn id(&self) -> &'static str {
        "coredns"
    }

    fn about(&self) -> About {
        About {
            name: "CoreDNS",
            summary: "The log plugin of CoreDNS: one line a question, with the response code.",
            reference: "https://coredns.io/plugins/log/",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let share = head.vote(|line| match Line::read(line, assume) {
            Some(_) => Vote::Yes,
            None if is_other(line) => Vote::Abstain,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are questions with their answers of CoreDNS")),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let tells = Tells { client: true, host: true, action: true, ..Tells::default() };
        Ok(Layout::new(tells, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { assume: layout.get::<Assume>().as_ref().clone() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "a resolver sees addresses, never people: in a cluster keep the list of pods with the log",
            Gap::BytesUp | Gap::BytesDown | Gap::Path | Gap::Visits => {
                "look-ups carry no traffic: add the log of a proxy or a firewall to see what was visited and how much was moved"
            }
            Gap::Client | Gap::Host | Gap::Action => return None,
        })
    }
}

/// One look-up, taken apart.
#[derive(Debug)]
struct Line<'a> {
    at: Option<Timestamp>,
    client: &'a [u8],
    /// Not somebody's question: another operation, or CoreDNS looking for loops.
    other: bool,
    class: &'a [u8],
    name: &'a [u8],
    code: &'a [u8],
}

impl<'a> Line<'a> {
    fn read(line: &'a [u8], assume: &Assume) -> Option<Line<'a>> {
        let (at, rest) = level(line, assume);
        let dash = memmem::find(&rest[..rest.len().min(64)], b" - ")?;
        let client = address(&rest[..dash])?;
        let rest = &rest[dash + 3..];
        let open = memchr(b'"', &rest[..rest.len().min(32)])?;
        if !rest[..open].trim_ascii().iter().all(u8::is_ascii_digit) {
            return None;
        }
        let rest = &rest[open + 1..];
        // A name may hold anything, so the last quote of the line ends the question.
        let close = memmem::rfind(rest, b"\" ")?;
        let (question, answer) = (&rest[..close], &rest[close + 2..]);
        let (first, after) = word(question);
        // `combined` names the operation.
        let (other, question) = match first {
            b"QUERY" => (false, after),
            b"IQUERY" | b"STATUS" | b"NOTIFY" | b"UPDATE" => (true, after),
            _ => (false, question),
        };
        let (kind, rest) = word(question);
        let (class, rest) = word(rest);
        let (name, rest) = word(rest);
        let (protocol, _) = word(rest);
        let code = word(answer).0;
        let fits = matches!(protocol, b"udp" | b"tcp" | b"tcp-tls" | b"https" | b"grpc" | b"quic" | b"https3" | b"tls")
            && code.first().is_some_and(|byte| byte.is_ascii_uppercase() || *byte == b'-');
        fits.then_some(Line { at, client, other: other || kind == b"HINFO", class, name, code })
    }
}

/// `[INFO] `, in old ones behind a date, or nothing.
fn level<'a>(line: &'a [u8], assume: &Assume) -> (Option<Timestamp>, &'a [u8]) {
    if let Some(rest) = line.strip_prefix(b"[INFO] ") {
        return (None, rest);
    }
    if line.first().is_some_and(u8::is_ascii_digit)
        && let Some(at) = memmem::find(&line[..line.len().min(48)], b" [INFO] ")
        && let Some(when) = time::iso(&line[..at], assume)
    {
        return (Some(when), &line[at + 8..]);
    }
    (None, line)
}

/// `192.0.2.25:51544`, `[2001:db8::25]:51544`; old ones leave the port out.
fn address(text: &[u8]) -> Option<&[u8]> {
    let address = match text.strip_prefix(b"[") {
        Some(inner) => &inner[..memchr(b']', inner)?],
        None => &text[..memchr(b':', text).unwrap_or(text.len())],
    };
    parse_ip(address).map(|_| address)
}

/// Up to the next blank, and what is behind it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b' ', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

/// What CoreDNS says about itself.
fn is_other(line: &[u8]) -> bool {
    const STARTS: [&[u8]; 14] = [
        b"[INFO] plugin/",
        b"[INFO] Reloading",
        b"[INFO] SIG",
        b"[INFO] [",
        b"[WARNING] ",
        b"[ERROR] ",
        b"[FATAL] ",
        b"[PANIC] ",
        b"[NOTICE] ",
        b"[DEBUG] ",
        b"CoreDNS-",
        b"linux/",
        b"maxprocs: ",
        b".:",
    ];
    STARTS.iter().any(|start| line.starts_with(start))
        // `example.org.:53 on ...`, the zones that it serves.
        || line.first().is_some_and(u8::is_ascii_alphanumeric) && line.len() < 300 && memmem::find(line, b".:").is_some()
        || memmem::find(&line[..line.len().min(64)], b"Z [").is_some()
}

struct Lines {
    assume: Assume,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(line) = Line::read(line, &self.assume) else {
            return if is_other(line) {
                Parsed::Skip(dns::OTHER)
            } else {
                Parsed::Bad(Problem::new("not a line of CoreDNS", 0))
            };
        };
        if line.other || line.class != b"IN" {
            return Parsed::Skip("not a question about the internet");
        }
        let action = match line.code {
            // By the plugin `acl`, which also filters.
            b"REFUSED" => Some(Action::Blocked),
            code => by_code(code),
        };
        look_up(line.at, line.name, Some(line.client), action)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::dns::testing;
    use super::*;

    #[test]
    fn all_shapes() {
        testing::check(
            &CoreDns,
            &[
                (
                    "[INFO] 192.0.2.25:51544 - 41233 \"A IN www.dropbox.com. udp 44 false 1232\" NOERROR qr,rd,ra 104 0.0374128s",
                    "www.dropbox.com 192.0.2.25 allowed",
                ),
                (
                    "[INFO] [2001:db8::25]:51544 - 2 \"QUERY AAAA IN zoom.us. tcp 44 true 4096\" NXDOMAIN qr,rd,ra 104 0.003s",
                    "zoom.us 2001:db8::25 -",
                ),
                (
                    "2019-03-12T08:13:03.412Z [INFO] 192.0.2.25:51544 - 2 \"A IN box.com. udp 44 false 512\" SERVFAIL qr,rd 44 2.003s",
                    "box.com 192.0.2.25 error",
                ),
                (
                    "192.0.2.25:51544 - 2 \"A IN mega.nz. udp 44 false 512\" REFUSED qr,rd 44 0.003s",
                    "mega.nz 192.0.2.25 blocked",
                ),
                (
                    "[INFO] 192.0.2.25:5 - 2 \"A IN api.slack.com.default.svc.cluster.local. udp 44 false 512\" NXDOMAIN qr,aa,rd 44 0.003s",
                    "(a name inside the network)",
                ),
                (
                    "[INFO] 192.0.2.25:5 - 2 \"HINFO IN 4521.6732. udp 44 false 512\" NXDOMAIN qr,rd 44 0.003s",
                    "(not a question about the internet)",
                ),
                (
                    "[INFO] 192.0.2.25:5 - 2 \"TXT CH version.bind. udp 44 false 512\" NOERROR qr,rd 44 0.003s",
                    "(not a question about the internet)",
                ),
                ("[INFO] plugin/reload: Running configuration SHA512 = 00", "(not about a question)"),
                (
                    "[ERROR] plugin/errors: 2 zoom.us. A: read udp 192.0.2.1:5->198.51.100.53:53: i/o timeout",
                    "(not about a question)",
                ),
                (".:53", "(not about a question)"),
                ("CoreDNS-1.11.1", "(not about a question)"),
                ("[INFO] 192.0.2.25:51544 - 41233 \"A IN www.drop", "bad: not a line of CoreDNS"),
            ],
        );
    }

    proptest! {
        #[test]
        fn never_panics(line in "(\\[INFO\\] )?[0-9.:\\[\\]]{0,12} - [0-9]{0,3} \"\\PC{0,30}\"? \\PC{0,10}") {
            let _ = testing::told(&CoreDns, &[&line]);
        }
    }
}
