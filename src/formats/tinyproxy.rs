//! tinyproxy's log.
//!
//! Defined by its source, `src/log.c` and `src/reqs.c`: <https://github.com/tinyproxy/tinyproxy>.
//!
//! ```text
//! CONNECT   Mar 10 08:15:42.123 [1234]: Connect (file descriptor 7): 192.0.2.41
//! CONNECT   Mar 10 08:15:42.124 [1234]: Request (file descriptor 7): CONNECT discord.com:443 HTTP/1.1
//! CONNECT   Mar 10 08:15:42.180 [1234]: Established connection to host "discord.com" using file descriptor 8.
//! ```
//!
//! One request is three lines: who came, what was asked, what became of it. The last becomes the event, with the client and
//! the time of those before; file descriptors join them, names the last. A request waits for [`WINDOW`] records: what has not
//! been taken up by then has gone unanswered and is not counted. A log whose head has requests and no outcomes (`LogLevel`
//! is set so) gives an event for each request at once.
//!
//! Times have no year and no zone. There are no users, no bytes and no status.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::{number, time};
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Timestamp, split_url};

/// tinyproxy.
pub struct Tinyproxy;

/// How many records a request waits for its outcome.
const WINDOW: usize = 64;

impl Format for Tinyproxy {
    fn id(&self) -> &'static str {
        "tinyproxy"
    }

    fn about(&self) -> About {
        About {
            name: "tinyproxy",
            summary: "The text log of a small proxy, from its file or syslog.",
            reference: "https://github.com/tinyproxy/tinyproxy/blob/master/src/log.c",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn lookback(&self) -> usize {
        // Twice as many, since empty lines are recalled in vain.
        2 * WINDOW
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut about_traffic = 0;
        let share = head.vote(|line| match Line::read(line) {
            Some(line) => {
                let known = !matches!(line.says, Says::Other);
                about_traffic += usize::from(known);
                if known || !line.date.is_empty() { Vote::Yes } else { Vote::No }
            }
            None => Vote::No,
        });
        let Share { yes, of } = share;
        if about_traffic == 0 {
            return Guess::NO;
        }
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are tinyproxy's")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let says = || head.lines.iter().filter_map(|line| Line::read(line)).map(|line| line.says);
        let asks = says().any(|says| matches!(says, Says::Asks { .. }));
        let ends = says().any(|says| matches!(says, Says::Ends { .. }));
        let tells =
            Tells { client: true, host: true, path: true, action: ends || !asks, method: true, ..Tells::default() };
        Ok(Layout::new(tells, Bound { at_once: asks && !ends, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines {
            bound: layout.get(),
            record: 0,
            waiting: Vec::new(),
            spare: Vec::new(),
            second: [0; 15],
            at: None,
        })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::Action => "set `LogLevel Connect` or `LogLevel Info`, so that the outcome of requests is logged",
            Gap::User => "tinyproxy never logs who signed in: use a proxy that does",
            Gap::BytesUp | Gap::BytesDown => "tinyproxy counts no bytes: add the log of the firewall behind it",
            _ => return None,
        })
    }
}

struct Bound {
    /// There are no outcomes to wait for.
    at_once: bool,
    assume: Assume,
}

/// One line, taken apart.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    /// `Mar 10 08:15:42.123`; empty behind a syslog header.
    date: &'a [u8],
    process: &'a [u8],
    says: Says<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Says<'a> {
    /// `Connect (file descriptor 7): 192.0.2.41`
    Comes {
        door: u64,
        client: &'a [u8],
    },
    /// `Request (file descriptor 7): CONNECT discord.com:443 HTTP/1.1`
    Asks {
        door: u64,
        request: &'a [u8],
    },
    /// What became of a request: known by its door, by its host, or the latest.
    Ends {
        door: Option<u64>,
        host: &'a [u8],
        action: Action,
    },
    /// `Unauthorized connection from "192.0.2.41"`: nothing was asked for yet.
    TurnedAway,
    Other,
}

impl<'a> Line<'a> {
    fn read(line: &'a [u8]) -> Option<Line<'a>> {
        const LEVELS: [&[u8]; 7] = [b"CONNECT ", b"INFO ", b"NOTICE ", b"WARNING ", b"ERROR ", b"CRITICAL ", b"DEBUG "];
        let Some(level) = LEVELS.iter().find(|level| line.starts_with(level)) else {
            // The date went with a syslog header.
            let says = Says::read(line);
            return (!matches!(says, Says::Other) || is_about_itself(line)).then_some(Line {
                date: b"",
                process: b"",
                says,
            });
        };
        let rest = line[level.len()..].trim_ascii_start();
        let open = memchr(b'[', rest).filter(|open| (15..=24).contains(open))?;
        let close = open + memchr(b']', &rest[open..])?;
        let text = rest[close + 1..].strip_prefix(b":")?.trim_ascii_start();
        Some(Line { date: rest[..open].trim_ascii_end(), process: &rest[open + 1..close], says: Says::read(text) })
    }
}

impl<'a> Says<'a> {
    fn read(text: &'a [u8]) -> Says<'a> {
        Self::known(text).unwrap_or(Says::Other)
    }

    fn known(text: &'a [u8]) -> Option<Says<'a>> {
        let quoted = |text: &'a [u8]| {
            let inner = &text[memchr(b'"', text)? + 1..];
            Some(&inner[..memchr(b'"', inner).unwrap_or(inner.len())])
        };
        if let Some(rest) = text.strip_prefix(b"Connect (file descriptor ") {
            let (door, rest) = door(rest)?;
            return Some(Says::Comes { door, client: client(rest) });
        }
        if let Some(rest) = text.strip_prefix(b"Request (file descriptor ") {
            let (door, request) = door(rest)?;
            return Some(Says::Asks { door, request });
        }
        if let Some(rest) = text.strip_prefix(b"Established connection to ") {
            // To another proxy: the host is that of the request.
            let host = if rest.starts_with(b"host ") { quoted(rest)? } else { b"" };
            return Some(Says::Ends { door: None, host, action: Action::Allowed });
        }
        if text.starts_with(b"Proxying refused on filtered ") {
            return Some(Says::Ends { door: None, host: host_of(quoted(text)?), action: Action::Blocked });
        }
        if let Some(rest) = text.strip_prefix(b"Refused CONNECT method on port ") {
            return rest.first().map(|_| Says::Ends { door: None, host: b"", action: Action::Blocked });
        }
        if let Some(rest) = text.strip_prefix(b"Failed auth attempt (file descriptor: ") {
            let end = memchr(b')', rest)?;
            return Some(Says::Ends { door: Some(number::unsigned(&rest[..end])?), host: b"", action: Action::Auth });
        }
        if let Some(rest) = text.strip_prefix(b"opensock: Could not ") {
            // `retrieve address info for HOST:PORT: ...`, `establish a connection to HOST:PORT`
            let at = memmem::find(rest, b" for ").map(|at| at + 5).or(memmem::find(rest, b" to ").map(|at| at + 4))?;
            let word = &rest[at..at + memchr(b' ', &rest[at..]).unwrap_or(rest.len() - at)];
            let word = word.strip_suffix(b":").unwrap_or(word);
            return Some(Says::Ends { door: None, host: host_of(word), action: Action::Error });
        }
        text.starts_with(b"Unauthorized connection from ").then_some(Says::TurnedAway)
    }
}

/// `7): TEXT`
fn door(text: &[u8]) -> Option<(u64, &[u8])> {
    let end = memchr(b')', text)?;
    Some((number::unsigned(&text[..end])?, text[end + 1..].strip_prefix(b":")?.trim_ascii()))
}

/// `192.0.2.41`, `192.0.2.41 at [198.51.100.1]`, `pc7.example.com [192.0.2.41]` of old releases.
fn client(text: &[u8]) -> &[u8] {
    let end = memchr(b' ', text).unwrap_or(text.len());
    let (first, rest) = text.split_at(end);
    match rest.strip_prefix(b" [").and_then(|rest| rest.strip_suffix(b"]")) {
        Some(ip) if squid::looks_like_ip(ip) => ip,
        _ => first,
    }
}

fn host_of(target: &[u8]) -> &[u8] {
    split_url(target).host
}

fn is_about_itself(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 12] = [
        b"Closed connection between ",
        b"opensock: ",
        b"process_request: ",
        b"pull_client_data",
        b"read_request_line",
        b"Initializing ",
        b"Starting main loop",
        b"Shutting down",
        b"Reloading config",
        b"Added address ",
        b"listen_sock ",
        b"Not sending client headers",
    ];
    STARTS.iter().any(|start| text.starts_with(start))
}

struct Lines {
    bound: Arc<Bound>,
    /// How many records have been seen.
    record: usize,
    /// Clients that came, in the order of the log.
    waiting: Vec<Visit>,
    /// Visits that are over; their buffers are used again.
    spare: Vec<Visit>,
    /// The last date and its instant: a second has many records, and a date without a year is dear.
    second: [u8; 15],
    at: Option<Timestamp>,
}

/// A client that came, and what it asked for.
#[derive(Default)]
struct Visit {
    record: usize,
    at: Option<Timestamp>,
    door: u64,
    process: Vec<u8>,
    client: Vec<u8>,
    request: Vec<u8>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        self.next();
        let Some(line) = Line::read(line) else {
            return if line.trim_ascii().is_empty() {
                Parsed::Skip("an empty line")
            } else {
                Parsed::Bad(Problem::new("not a line of tinyproxy", 0))
            };
        };
        let at = match self.time(line.date) {
            Ok(at) => at,
            Err(problem) => return Parsed::Bad(problem),
        };
        match line.says {
            Says::Comes { door, client } => {
                self.come(&line, door, client, at);
                Parsed::Skip("a client came, counted with its request")
            }
            Says::Asks { door, request } => {
                if let Err(why) = asked(request) {
                    return Parsed::Skip(why);
                }
                self.ask(&line, door, request, at);
                if !self.bound.at_once {
                    return Parsed::Skip("a request, counted with its outcome");
                }
                match self.take(&line, Some(door), b"") {
                    Some(visit) => event(visit, None, arena),
                    None => Parsed::Skip("a request, counted with its outcome"),
                }
            }
            Says::Ends { door, host, action } => match self.take(&line, door, host) {
                Some(visit) => event(visit, Some(action), arena),
                None => Parsed::Skip("the outcome of a request that is not in this log"),
            },
            Says::TurnedAway => Parsed::Skip("a client that may not use the proxy; it asked for nothing"),
            Says::Other => Parsed::Skip("not about a request"),
        }
    }

    fn recall(&mut self, line: &[u8]) {
        if line.is_empty() {
            return;
        }
        self.next();
        let Some(line) = Line::read(line) else { return };
        let Ok(at) = self.time(line.date) else { return };
        match line.says {
            Says::Comes { door, client } => self.come(&line, door, client, at),
            Says::Asks { door, request } if asked(request).is_ok() => {
                self.ask(&line, door, request, at);
                if self.bound.at_once {
                    self.take(&line, Some(door), b"");
                }
            }
            Says::Ends { door, host, .. } => drop(self.take(&line, door, host).is_some()),
            _ => {}
        }
    }
}

/// Method and target of `CONNECT discord.com:443 HTTP/1.1`, or why nobody asked for anything.
fn asked(request: &[u8]) -> Result<(&[u8], &[u8]), &'static str> {
    let blank = memchr(b' ', request).ok_or("no request: not readable")?;
    let (method, rest) = (&request[..blank], request[blank + 1..].trim_ascii());
    let target = &rest[..memmem::rfind(rest, b" HTTP/").unwrap_or(rest.len())];
    squid::place(method == b"CONNECT", target, None).map(|_| (method, target))
}

fn event<'a>(visit: &Visit, action: Option<Action>, arena: &'a Bump) -> Parsed<'a> {
    let request: &'a [u8] = arena.alloc_slice_copy(&visit.request);
    let client: &'a [u8] = arena.alloc_slice_copy(&visit.client);
    let place = asked(request)
        .and_then(|(method, target)| squid::place(method == b"CONNECT", target, None).map(|place| (method, place)));
    let (method, place) = match place {
        Ok(place) => place,
        Err(why) => return Parsed::Skip(why),
    };
    let (src_ip, device) = if client.is_empty() { (None, None) } else { squid::client(client) };
    Parsed::Event(Event {
        at: visit.at,
        device,
        src_ip,
        host: place.host,
        dst_ip: place.ip,
        dst_port: place.port,
        path: place.path,
        method: Some(method),
        action,
        evidence: place.evidence,
        ..Event::default()
    })
}

impl Lines {
    /// When the line was written; `None` behind a syslog header.
    fn time(&mut self, date: &[u8]) -> Result<Option<Timestamp>, Problem> {
        if date.is_empty() {
            return Ok(None);
        }
        let unreadable = Problem::new("the time is not readable", 0);
        let Some((second, fraction)) = date.split_first_chunk::<15>() else { return Err(unreadable) };
        if *second != self.second || self.at.is_none() {
            self.at = time::syslog(second, &self.bound.assume).map(|(at, _)| at);
            self.second = *second;
        }
        let millis = match fraction {
            [b'.', digits @ ..] if digits.len() == 3 => number::unsigned(digits).unwrap_or(0),
            _ => 0,
        };
        match self.at {
            Some(at) => Ok(Some(Timestamp(at.0 + millis as i64))),
            None => Err(unreadable),
        }
    }

    /// Another record: visits that have waited long enough are over.
    fn next(&mut self) {
        self.record += 1;
        let record = self.record;
        let over = self.waiting.iter().take_while(|visit| record - visit.record > WINDOW).count();
        self.spare.extend(self.waiting.drain(..over));
    }

    fn come(&mut self, line: &Line<'_>, door: u64, client: &[u8], at: Option<Timestamp>) {
        // Whoever stood in this door has left.
        if let Some(old) = self.find(line, door) {
            self.spare.push(self.waiting.remove(old));
        }
        let mut visit = self.spare.pop().unwrap_or_default();
        visit.record = self.record;
        visit.at = at;
        visit.door = door;
        for (buffer, text) in
            [(&mut visit.process, line.process), (&mut visit.client, client), (&mut visit.request, &b""[..])]
        {
            buffer.clear();
            buffer.extend_from_slice(text);
        }
        self.waiting.push(visit);
    }

    /// The request joins the client at its door. From here it waits anew, so it is moved to the end.
    fn ask(&mut self, line: &Line<'_>, door: u64, request: &[u8], at: Option<Timestamp>) {
        match self.find(line, door) {
            Some(place) => {
                let visit = self.waiting.remove(place);
                self.waiting.push(visit);
            }
            None => self.come(line, door, b"", at),
        }
        let record = self.record;
        if let Some(visit) = self.waiting.last_mut() {
            visit.record = record;
            visit.at = at;
            visit.request.clear();
            visit.request.extend_from_slice(request);
        }
    }

    fn find(&self, line: &Line<'_>, door: u64) -> Option<usize> {
        self.waiting.iter().rposition(|visit| visit.door == door && visit.process == line.process)
    }

    /// The latest request of a door or for a host, which is then no longer waiting.
    fn take(&mut self, line: &Line<'_>, door: Option<u64>, host: &[u8]) -> Option<&Visit> {
        let at = self.waiting.iter().rposition(|visit| {
            let fits = match door {
                Some(door) => visit.door == door,
                None => {
                    host.is_empty()
                        || asked(&visit.request).is_ok_and(|(_, target)| host_of(target).eq_ignore_ascii_case(host))
                }
            };
            !visit.request.is_empty() && visit.process == line.process && fits
        })?;
        let visit = self.waiting.remove(at);
        self.spare.push(visit);
        self.spare.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../tests/corpus/tinyproxy/sample/sample.log");

    fn reader(lines: &[&str]) -> Box<dyn Reader> {
        // 2026-12-01
        let assume = Assume { newest: Some(Timestamp(1_796_083_200_000)), ..Assume::default() };
        let head = Head { lines: lines.iter().take(Head::MAX_LINES).map(|line| line.as_bytes()).collect() };
        Tinyproxy.reader(&Tinyproxy.layout(&head, &assume).unwrap())
    }

    fn told(reader: &mut dyn Reader, lines: &[&str]) -> Vec<String> {
        let arena = Bump::new();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        let tell = |line: &&str| match reader.record(line.as_bytes(), &arena) {
            Parsed::Event(event) => format!(
                "{} {} {}",
                text(event.src_ip.or(event.device)),
                text(event.host),
                event.action.map_or("-", Action::as_str)
            ),
            Parsed::Skip(_) => "skip".into(),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        };
        lines.iter().map(tell).collect()
    }

    #[test]
    fn a_request_is_one_event_whatever_became_of_it() {
        let lines = [
            "CONNECT   Mar 10 08:15:42.123 [1234]: Connect (file descriptor 7): 192.0.2.41",
            "CONNECT   Mar 10 08:15:42.124 [1234]: Connect (file descriptor 9): pc7.example.com [192.0.2.42]",
            "CONNECT   Mar 10 08:15:42.125 [1234]: Request (file descriptor 7): CONNECT discord.com:443 HTTP/1.1",
            "CONNECT   Mar 10 08:15:42.125 [1234]: Request (file descriptor 9): GET http://mega.nz/a HTTP/1.1",
            "INFO      Mar 10 08:15:42.126 [1234]: opensock: opening connection to discord.com:443",
            "NOTICE    Mar 10 08:15:42.126 [1234]: Proxying refused on filtered domain \"mega.nz\"",
            "CONNECT   Mar 10 08:15:42.130 [1234]: Established connection to host \"discord.com\" using file descriptor 8.",
            "CONNECT   Mar 10 08:15:43.000 [1234]: Request (file descriptor 11): CONNECT box.com:443 HTTP/1.1",
            "ERROR     Mar 10 08:15:43.000 [1234]: opensock: Could not retrieve address info for box.com:443: Name or service not known",
            "CONNECT   Mar 10 08:15:44.000 [1234]: Connect (file descriptor 7): 192.0.2.43 at [198.51.100.1]",
            "CONNECT   Mar 10 08:15:44.000 [1234]: Request (file descriptor 7): GET http://trello.com/ HTTP/1.1",
            "CONNECT   Mar 10 08:15:44.100 [1234]: Established connection to http proxy \"proxy2.example.net\" using file descriptor 8.",
            "NOTICE    Mar 10 08:15:45.000 [1234]: Unauthorized connection from \"198.51.100.9\"",
            "CONNECT   Mar 10 08:15:45.000 [1234]: Request (file descriptor 7): GET / HTTP/1.1",
        ];
        let got = told(&mut *reader(&lines), &lines);
        let events: Vec<&str> = got.iter().map(String::as_str).filter(|told| *told != "skip").collect();
        assert_eq!(
            events,
            [
                "192.0.2.42 mega.nz blocked",
                "192.0.2.41 discord.com allowed",
                "- box.com error",
                "192.0.2.43 trello.com allowed"
            ]
        );
    }

    #[test]
    fn processes_of_old_releases_share_numbers_of_doors() {
        let lines = [
            "CONNECT   Mar 10 08:15:42 [11]: Connect (file descriptor 7): a.example.com [192.0.2.41]",
            "CONNECT   Mar 10 08:15:42 [12]: Connect (file descriptor 7): b.example.com [192.0.2.42]",
            "CONNECT   Mar 10 08:15:42 [11]: Request (file descriptor 7): GET http://box.com/ HTTP/1.0",
            "CONNECT   Mar 10 08:15:42 [12]: Request (file descriptor 7): GET http://box.com/ HTTP/1.0",
            "CONNECT   Mar 10 08:15:42 [11]: Established connection to host \"box.com\" using file descriptor 8.",
            "CONNECT   Mar 10 08:15:42 [12]: Established connection to host \"box.com\" using file descriptor 8.",
        ];
        let got = told(&mut *reader(&lines), &lines);
        assert_eq!(got[4..], ["192.0.2.41 box.com allowed", "192.0.2.42 box.com allowed"]);
    }

    #[test]
    fn without_outcomes_a_request_counts_at_once() {
        let lines = [
            "Connect (file descriptor 7): 192.0.2.41",
            "Request (file descriptor 7): CONNECT discord.com:443 HTTP/1.1",
        ];
        assert_eq!(told(&mut *reader(&lines), &lines), ["skip", "192.0.2.41 discord.com -"]);
    }

    #[test]
    fn a_recalled_past_is_a_past_that_was_read() {
        let lines: Vec<&str> = SAMPLE.lines().collect();
        let whole = told(&mut *reader(&lines), &lines);
        for cut in 0..lines.len() {
            let mut late = reader(&lines);
            for line in &lines[cut.saturating_sub(2 * WINDOW)..cut] {
                late.recall(line.as_bytes());
            }
            assert_eq!(told(&mut *late, &lines[cut..]), whole[cut..], "cut at {cut}");
        }
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        let mut reader = reader(&[]);
        let arena = Bump::new();
        for line in SAMPLE.lines() {
            for end in 0..line.len() {
                reader.record(&line.as_bytes()[..end], &arena);
                reader.record(&line.as_bytes()[end..], &arena);
            }
        }
    }
}
