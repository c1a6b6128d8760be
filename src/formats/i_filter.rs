//! Digital Arts i-FILTER and D-SPA: the access log.
//!
//! The layout is that of Digital Arts' support pages (<https://www.pa-solution.net/>, FAQ 4301 and 2196). Its columns can be
//! chosen, so that fields are found by what stands around them: the start in brackets, behind it status, two sizes and the
//! verdict, and the request in quotes.
//!
//! ```text
//! Mar 10 17:15:42 4872 1000/01/ - 203.0.113.80 192.0.2.41 192.0.2.41 LT-0412 alice [10/Mar/2026:17:15:41 +0900] 200 1843 20411 pass 0 87 87/127/151 -1 0 1518 0 group01 - 0 - "GET https://www.chatwork.com/ HTTP/1.1" - Chrome text%2Fhtml A667FEFF
//! ```
//!
//! Of the two sizes the first is taken for the request and the second for the reply, which a refusal (`0 1207 block`) shows
//! and no document says. Values are encoded as in URLs; categories are numbers of the vendor's.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::draft::action_word;
use super::fields::number::{present, unsigned};
use super::fields::time;
use super::fields::words::Words;
use super::squid::{self, CUT_SHORT};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Timestamp};

/// i-FILTER.
pub struct IFilter;

impl Format for IFilter {
    fn id(&self) -> &'static str {
        "i-filter"
    }

    fn about(&self) -> About {
        About {
            name: "Digital Arts i-FILTER",
            summary: "The access log of i-FILTER and D-SPA, whatever columns were chosen.",
            reference: "https://www.pa-solution.net/",
            proof: Proof::Documentation,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let share = head.vote(|line| match Line::read(line, assume) {
            Some(read) if read.request.is_some() => Vote::Yes,
            // Cut off before the request.
            Some(_) => Vote::Abstain,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(90) {
            0 => Guess::NO,
            score => Guess::new(
                score,
                format!("{yes} of {of} lines have the columns of i-FILTER around a start in brackets"),
            ),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(Tells::ALL, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { assume: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "turn on user authentication in i-FILTER, so that the access log names users",
            Gap::Path => "decrypt TLS where that is allowed: paths of https sites are seen nowhere else",
            _ => return None,
        })
    }
}

struct Lines {
    assume: Arc<Assume>,
}

/// What stands around the anchors.
struct Line<'a> {
    at: Timestamp,
    /// The columns before the start.
    before: &'a [u8],
    status: u16,
    up: Option<u64>,
    down: Option<u64>,
    verdict: &'a [u8],
    /// The columns between the verdict and the request.
    between: &'a [u8],
    /// `None`: cut off before its end.
    request: Option<&'a [u8]>,
    /// The columns behind it.
    after: &'a [u8],
}

impl<'a> Line<'a> {
    fn read(line: &'a [u8], assume: &Assume) -> Option<Line<'a>> {
        let open = memmem::find(&line[..line.len().min(1024)], b" [")?;
        let before = &line[..open];
        let mut words = Words::new(&line[open + 1..]);
        let at = time::clf(words.bracketed()?, assume)?;
        let status = unsigned(words.word()?).filter(|status| *status < 1000)? as u16;
        let mut size = || match words.word()? {
            b"-" => Some(None),
            text => Some(Some(unsigned(text)?)),
        };
        let (up, down) = (size()?, size()?);
        let verdict = words.word()?;
        if !verdict.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-')) || verdict == b"-" {
            return None;
        }
        let rest = words.rest();
        let mut read = Line { at, before, status, up, down, verdict, between: rest, request: None, after: b"" };
        if let Some(quote) = memmem::find(rest, b" \"") {
            let mut words = Words::new(&rest[quote + 1..]);
            read.between = &rest[..quote];
            read.request = words.quoted();
            read.after = words.rest();
        }
        Some(read)
    }
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(read) = Line::read(line, &self.assume) else {
            return if line.trim_ascii().is_empty() {
                Parsed::Skip("an empty line")
            } else {
                Parsed::Bad(Problem::new("not the columns of i-FILTER's access log", 0))
            };
        };
        let Some(request) = read.request else { return Parsed::Bad(CUT_SHORT) };
        let mut words = Words::new(request);
        let (method, target) = (words.word().unwrap_or_default(), words.word().unwrap_or_default());
        let connect = method == b"CONNECT";
        let place = match squid::place(connect, target, None) {
            Ok(place) => place,
            Err(why) => return Parsed::Skip(why),
        };
        // From behind: who, the machine, the client, the peer, the server. A column that was left out moves the others, so
        // that addresses are known by their shape.
        let mut user = None;
        let mut device = None;
        let mut addresses: [Option<&[u8]>; 3] = [None; 3];
        let mut found = 0;
        for word in read.before.rsplit(|byte| *byte == b' ').filter(|word| !word.is_empty()).take(9) {
            let bare = match memchr(b':', word) {
                Some(colon) if word[..colon].contains(&b'.') => &word[..colon],
                _ => word,
            };
            if squid::looks_like_ip(bare) {
                if let Some(slot) = addresses.get_mut(found) {
                    *slot = Some(bare);
                    found += 1;
                }
            } else if found == 0 {
                match (user, device) {
                    (None, _) => user = Some(word),
                    (_, None) => device = Some(word),
                    _ => {}
                }
            }
        }
        let [client, peer, server] = addresses;
        // Client and peer are the same where there is no proxy in between; then the third is the server.
        let (client, server) = if found == 2 { (client, peer) } else { (client, server) };
        let decoded = |text: &'a [u8]| present(squid::decode(text, arena));
        let mut after = Words::new(read.after);
        let (referer, agent) = (after.value(), after.value());
        let group = read.between.rsplit(|byte| *byte == b' ').filter(|word| !word.is_empty()).nth(3);
        Parsed::Event(Event {
            at: Some(read.at),
            user: user.and_then(present).and_then(decoded),
            device: device.and_then(present).and_then(decoded),
            src_ip: client,
            host: place.host,
            dst_ip: place.ip.or(server),
            dst_port: place.port,
            path: place.path,
            method: present(method),
            status: Some(read.status),
            action: action(read.verdict, read.status),
            bytes_up: read.up,
            bytes_down: read.down,
            groups: group.filter(|group| group.iter().any(u8::is_ascii_alphabetic)).and_then(decoded),
            user_agent: agent.and_then(present).and_then(decoded),
            referer: referer.and_then(present).and_then(decoded),
            evidence: place.evidence,
            ..Event::default()
        })
    }
}

fn action(verdict: &[u8], status: u16) -> Option<Action> {
    if status == 407 { Some(Action::Auth) } else { action_word(verdict) }
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/i-filter/sample/sample.log");

    const LINE: &str = "Mar 10 17:15:42 4872 1000/01/ - 203.0.113.80 192.0.2.41 192.0.2.41 LT-0412 alice [10/Mar/2026:17:15:42 +0900] 200 1843 20411 pass 0 87 87/127/151 -1 0 1518 0 group01 - 0 - \"GET https://www.chatwork.com/a?b HTTP/1.1\" - Chrome text%2Fhtml A667FEFF";
    const WANT: &str = "user:alice groups:group01 device:LT-0412 host:www.chatwork.com path:/a method:GET status:200 action:allowed up:1843 down:20411 by:url";

    fn check(cases: &[(&str, &str)]) {
        for (line, want) in cases {
            assert_eq!(say(&IFilter, &[line], line, &Assume::default()), *want, "{line}");
        }
    }

    #[test]
    fn anchors() {
        check(&[
            (LINE, WANT),
            // Without the columns that syslog and the version take.
            (&LINE[LINE.find("1000/01/").unwrap()..], WANT),
            (&LINE.replace("203.0.113.80 ", "203.0.113.80:443 "), WANT),
            (&LINE.replace("alice [", "%E5%BC%A0 ["), &WANT.replace("alice", "\u{5f20}")),
            (
                &LINE.replace("200 1843 20411 pass", "503 0 1207 block"),
                &WANT.replace(
                    "status:200 action:allowed up:1843 down:20411",
                    "status:503 action:blocked up:0 down:1207",
                ),
            ),
            (
                &LINE
                    .replace("GET https://www.chatwork.com/a?b", "CONNECT www.chatwork.com:443")
                    .replace("LT-0412 alice", "- -"),
                "groups:group01 host:www.chatwork.com method:CONNECT status:200 action:allowed up:1843 down:20411 by:connect",
            ),
            ("", "skip: an empty line"),
            (
                "192.0.2.41 - alice [10/Mar/2026:17:15:42 +0900] \"GET http://a.example/ HTTP/1.1\" 200 1",
                "bad: not the columns of i-FILTER's access log",
            ),
        ]);
    }

    #[test]
    fn a_cut_line_has_no_half_host() {
        for end in 0..LINE.len() {
            let told = say(&IFilter, &[], &LINE[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:www.chatwork.com "), "{told}");
        }
        let long = LINE.replace("a?b", &"\\\"a".repeat(300_000));
        assert!(say(&IFilter, &[], &long, &Assume::default()).contains("host:www.chatwork.com "));
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                for part in [&line[..at], &line[at..]] {
                    say(&IFilter, &[], &String::from_utf8_lossy(part), &Assume::default());
                }
            }
        }
    }
}
