//! Palo Alto PAN-OS: the comma-separated logs that its firewalls and Panorama send by syslog or export.
//!
//! Defined at <https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions>.
//! Columns are known by their places, and every release adds some at the end; nothing is counted but from the left.
//!
//! ```text
//! <14>Mar 12 09:14:07 fw01 1,2024/03/12 09:14:07,0123,TRAFFIC,end,2561,2024/03/12 09:14:07,10.0.2.25,203.0.113.80,...
//! 1,2024/03/12 09:14:07,0123,THREAT,url,2561,2024/03/12 09:14:07,10.0.2.25,203.0.113.80,...,"app.asana.com/0/home",...
//! ```
//!
//! Three kinds tell of traffic. `TRAFFIC` knows addresses, bytes and Palo Alto's name for the app, `THREAT` of the
//! subtype `url` knows the site and the page, `DECRYPTION` the server name of a TLS greeting. A session is counted when
//! it ends (`end`, `drop`, `deny`); `start` tells the same once more.
//!
//! The columns behind the sixtieth have moved from release to release. They are counted from the only one that can be
//! recognized, the time with fractions and an offset, and from the left only where that is missing.

use bumpalo::Bump;
use memchr::{memchr, memchr_iter, memmem};

use super::fields::delimited::undouble;
use super::fields::draft::{action_word, not_outbound};
use super::fields::number::{present, unsigned};
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, is_inside, parse_ip, split_url};

/// PAN-OS firewalls.
pub struct Panos;

impl Format for Panos {
    fn id(&self) -> &'static str {
        "panos"
    }

    fn about(&self) -> About {
        About {
            name: "Palo Alto PAN-OS",
            summary: "the comma-separated traffic, URL and decryption logs of Palo Alto firewalls and Panorama",
            reference: "https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions",
            proof: Proof::Verified,
            variants: &["traffic", "url", "decryption", "export"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut others = 0;
        let share = head.vote(|line| match start(line).map(|cells| kind(cells).0) {
            Some(Kind::Other(_) | Kind::Start) => {
                others += 1;
                Vote::Abstain
            }
            Some(Kind::Unknown) => Vote::No,
            Some(_) => Vote::Yes,
            None if is_header(line) => Vote::Abstain,
            None => Vote::No,
        });
        let Share { yes, of } = share;
        if yes == 0 && others * 10 >= (others + of) * 6 && others > 0 {
            return Guess::decline(90, "PAN-OS, but none of its traffic, URL or decryption logs");
        }
        match share.score(98) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are traffic, URL or decryption logs of PAN-OS")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let mut tells = Tells { user: true, client: true, action: true, ..Tells::default() };
        let mut exported = false;
        for line in &head.lines {
            exported |= is_header(line);
            match start(line).map(|cells| kind(cells).0) {
                Some(Kind::Traffic | Kind::Start) => {
                    tells.bytes_up = true;
                    tells.bytes_down = true;
                }
                Some(Kind::Url) => {
                    tells.host = true;
                    tells.path = true;
                    tells.method = true;
                }
                Some(Kind::Decryption) => tells.host = true,
                _ => {}
            }
        }
        Ok(Layout::new(tells, Bound { exported, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Rows { bound: layout.get::<Bound>().as_ref().clone() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::Host | Gap::Path => {
                "forward THREAT logs of the subtype url as well: set the site access of the URL filtering profile to alert"
            }
            Gap::BytesUp | Gap::BytesDown => "forward TRAFFIC logs as well, with \"Log at Session End\" in the rules",
            Gap::User => "turn on User-ID in the zones of the clients",
            Gap::Client | Gap::Action | Gap::Visits => return None,
        })
    }
}

#[derive(Debug, Clone)]
struct Bound {
    /// An export of the web interface: late columns may be left out in it.
    exported: bool,
    assume: Assume,
}

struct Rows {
    bound: Bound,
}

impl Reader for Rows {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(cells) = start(line) else {
            return match line.trim_ascii() {
                [] => Parsed::Skip("an empty line"),
                _ if is_header(line) => Parsed::Skip("a header row"),
                _ => Parsed::Bad(Problem::new("not a log of PAN-OS", 0)),
            };
        };
        let (kind, cells) = kind(cells);
        let needed = match kind {
            Kind::Traffic => 38,
            Kind::Url => 37,
            Kind::Decryption => 65,
            Kind::Start => return Parsed::Skip("session start, counted at its end"),
            Kind::Other(why) => return Parsed::Skip(why),
            Kind::Unknown => return Parsed::Bad(Problem::new("a kind of log that is not known", 0)),
        };
        let row = Row::read(cells, self.bound.exported);
        // The last column is the one that may be cut.
        if row.count < needed {
            return Parsed::Bad(Problem::new("the record is cut off", line.len()));
        }
        row.event(kind, &self.bound.assume, arena)
    }
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Traffic,
    /// The beginning of a session.
    Start,
    Url,
    Decryption,
    /// Not traffic, and why.
    Other(&'static str),
    Unknown,
}

/// The kind of a record, from its fourth and fifth column, and what follows.
fn kind(mut cells: Cells<'_>) -> (Kind, Cells<'_>) {
    let mut cell = || cells.next().map_or(&b""[..], |(cell, _)| cell);
    // Behind the first come the time of arrival and the serial number.
    let (_, _, name, subtype) = (cell(), cell(), cell(), cell());
    let kind = match name {
        b"TRAFFIC" if subtype == b"start" => Kind::Start,
        b"TRAFFIC" => Kind::Traffic,
        b"THREAT" if subtype == b"url" => Kind::Url,
        b"URL" => Kind::Url,
        b"DECRYPTION" => Kind::Decryption,
        b"THREAT" => Kind::Other("a threat found in a session, told by other records"),
        b"SYSTEM" | b"CONFIG" | b"CORRELATION" => Kind::Other("the firewall about itself"),
        b"GLOBALPROTECT" => Kind::Other("a VPN sign-in, no traffic"),
        b"USERID" | b"IPTAG" | b"AUTH" | b"AUTHENTICATION" => Kind::Other("who is at which address, no traffic"),
        b"HIPMATCH" | b"HIP-MATCH" => Kind::Other("a check of a device, no traffic"),
        b"GTP" | b"SCTP" | b"TUNNEL" => Kind::Other("tunnels of carriers"),
        b"WILDFIRE" | b"DATA" => Kind::Other("a threat found in a session, told by other records"),
        _ => Kind::Unknown,
    };
    (kind, cells)
}

/// The header row of an export: `Domain,Receive Time,Serial #,Type,Threat/Content Type,...`
fn is_header(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    line.starts_with(b"Domain") && memmem::find(&line[..line.len().min(64)], b"Receive Time").is_some()
}

/// The columns behind the first: `1,2024/03/12 09:14:07,`, wherever a syslog header ends.
#[inline]
fn start(line: &[u8]) -> Option<Cells<'_>> {
    const LONGEST_HEADER: usize = 512;
    if line.first() == Some(&b'{') {
        return None;
    }
    memchr_iter(b',', &line[..line.len().min(LONGEST_HEADER)]).take(16).find_map(|comma| {
        let (before, rest) = (line[..comma].last()?, &line[comma + 1..]);
        let digit = |at: usize| rest.get(at).is_some_and(u8::is_ascii_digit);
        let mark = |at: usize, mark: u8| rest.get(at) == Some(&mark);
        let fits = before.is_ascii_digit()
            && digit(0)
            && mark(4, b'/')
            && mark(7, b'/')
            && mark(10, b' ')
            && mark(13, b':')
            && mark(16, b':')
            // Some are told with fractions.
            && (mark(19, b',') || mark(19, b'.'));
        fits.then_some(Cells { rest: Some(rest) })
    })
}

/// Cells with quotes as PAN-OS writes them, or as a relay has escaped them once more.
#[derive(Debug, Clone)]
struct Cells<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Iterator for Cells<'a> {
    /// The text without its quotes, and whether doubled ones are in it.
    type Item = (&'a [u8], bool);

    #[inline]
    fn next(&mut self) -> Option<(&'a [u8], bool)> {
        let text = self.rest?;
        match text {
            // An export of a collector as CSV has doubled each quote of the record.
            [b'"', b'"', next, ..] if !matches!(next, b'"' | b',') => {
                let quoted = &text[2..];
                let at = memmem::find(quoted, b"\"\"").unwrap_or(quoted.len());
                self.rest = quoted.get(at + 3..);
                Some((&quoted[..at], false))
            }
            [b'"', quoted @ ..] => {
                let mut doubled = false;
                let mut from = 0;
                while let Some(found) = memchr(b'"', &quoted[from..]) {
                    let at = from + found;
                    match quoted.get(at + 1) {
                        None | Some(b',') => {
                            self.rest = quoted.get(at + 2..);
                            return Some((&quoted[..at], doubled));
                        }
                        Some(b'"') => {
                            doubled = true;
                            from = at + 2;
                        }
                        Some(_) => from = at + 1,
                    }
                }
                self.rest = None;
                Some((quoted, doubled))
            }
            [b'\\', b'"', quoted @ ..] => {
                if let Some(at) = memmem::find(quoted, b"\\\",") {
                    self.rest = Some(&quoted[at + 3..]);
                    return Some((&quoted[..at], false));
                }
                self.rest = None;
                Some((quoted.strip_suffix(b"\\\"").unwrap_or(quoted), false))
            }
            _ => match memchr(b',', text) {
                Some(at) => {
                    self.rest = Some(&text[at + 1..]);
                    Some((&text[..at], false))
                }
                None => {
                    self.rest = None;
                    Some((text, false))
                }
            },
        }
    }
}

/// How many columns are looked at.
const WIDTH: usize = 128;

/// The columns of one record. Numbers are those of the documentation: the first is 1.
struct Row<'a> {
    cells: [&'a [u8]; WIDTH],
    /// How many there are.
    count: usize,
    /// Which hold doubled quotes.
    doubled: u128,
    /// Where the time with fractions and an offset stands, or 0.
    precise: usize,
    exported: bool,
}

impl<'a> Row<'a> {
    /// Takes the columns from the sixth on.
    fn read(cells: Cells<'a>, exported: bool) -> Row<'a> {
        let mut row = Row { cells: [b""; WIDTH], count: 5, doubled: 0, precise: 0, exported };
        for ((cell, doubled), place) in cells.zip(6..WIDTH) {
            row.cells[place] = cell;
            row.doubled |= u128::from(doubled) << place;
            row.count = place;
            // `2024-03-12T09:14:07.412+01:00`
            if place >= 60 && (20..=35).contains(&cell.len()) && cell[10] == b'T' && cell[4] == b'-' {
                row.precise = place;
            }
        }
        row
    }

    fn text(&self, place: usize) -> Option<&'a [u8]> {
        present(self.cells[place])
    }

    /// With doubled quotes undone.
    fn quoted(&self, place: usize, arena: &'a Bump) -> Option<&'a [u8]> {
        let text = self.text(place)?;
        Some(if self.doubled >> place & 1 == 1 { undouble(text, arena) } else { text })
    }

    /// A column behind the sixtieth: `place` is where it stands when the precise time stands at `anchor`.
    fn late(&self, place: usize, anchor: usize) -> Option<&'a [u8]> {
        let place = match self.precise {
            0 if self.exported => return None,
            0 => place,
            precise => (precise + place).checked_sub(anchor).filter(|place| *place < WIDTH)?,
        };
        self.text(place)
    }

    fn port(&self, place: usize) -> Option<u16> {
        unsigned(self.cells[place]).and_then(|port| u16::try_from(port).ok())
    }

    fn event(&self, kind: Kind, assume: &Assume, arena: &'a Bump) -> Parsed<'a> {
        let (src, dst) = (parse_ip(self.cells[8]), parse_ip(self.cells[9]));
        let (Some(src), Some(dst), Some(_), Some(port)) = (src, dst, self.port(25), self.port(26)) else {
            return Parsed::Bad(Problem::new("the columns are not in the order of PAN-OS", 0));
        };
        let precise = time::iso(self.cells[self.precise], assume);
        let Some(at) = precise.or_else(|| time::iso(self.cells[7], assume)) else {
            return Parsed::Bad(Problem::new("the time is not readable", 0));
        };
        let behind = parse_ip(self.cells[11]).filter(|address| !address.is_unspecified());
        if !is_inside(src) && (is_inside(dst) || behind.is_some_and(is_inside)) {
            return Parsed::Skip("inbound");
        }
        let mut event = Event {
            at: Some(at),
            src_ip: Some(self.cells[8]),
            dst_ip: (!dst.is_unspecified()).then_some(self.cells[9]),
            dst_port: Some(port).filter(|port| *port != 0),
            user: self.quoted(13, arena),
            app: self.text(15).filter(|app| !is_no_app(app)),
            session: self.text(23).filter(|id| *id != b"0"),
            evidence: Evidence::Address,
            ..Event::default()
        };
        // Where the header of a proxy stands in for a user, it names the client.
        if let Some(rest) = event.user.and_then(|user| user.strip_prefix(b"x-fwd-for:")) {
            event.user = None;
            self.forwarded(&mut event, present(rest));
        }
        let action = self.cells[31];
        match kind {
            Kind::Url => {
                event.action = url_verdict(action);
                event.category = category(self.quoted(34, arena));
                event.user_agent = self.quoted(47, arena);
                event.referer = self.quoted(50, arena);
                event.method = self.text(64).filter(|method| method.iter().all(u8::is_ascii_alphabetic));
                event.device = self.late(87, 108);
                event.groups = self.late(79, 108);
                event.app = self.late(117, 108).filter(|app| !is_no_app(app)).or(event.app);
                self.forwarded(&mut event, self.late(80, 108));
                self.forwarded(&mut event, self.text(49));
                self.url(&mut event, arena);
            }
            Kind::Decryption => {
                event.action = verdict(action);
                event.device = self.late(80, 73);
                // The certificate's name, where the greeting has none.
                let name = self.late(64, 73).or_else(|| self.late(61, 73));
                event.host = name.map(|name| name.strip_prefix(b"*.").unwrap_or(name));
                if event.host.is_some_and(|host| parse_ip(host).is_none()) {
                    event.evidence = Evidence::Sni;
                }
            }
            _ => {
                event.action = verdict(action);
                event.bytes_up = unsigned(self.cells[33]);
                event.bytes_down = unsigned(self.cells[34]);
                event.duration_ms = unsigned(self.cells[37]).and_then(|seconds| seconds.checked_mul(1000));
                event.category = category(self.text(38));
                event.device = self.late(83, 103);
                event.groups = self.late(75, 103);
                event.app = self.late(111, 103).filter(|app| !is_no_app(app)).or(event.app);
                self.forwarded(&mut event, self.late(76, 103));
            }
        }
        match not_outbound(&event) {
            Some(why) => Parsed::Skip(why),
            None => Parsed::Event(event),
        }
    }

    /// A client that a proxy names in `X-Forwarded-For`. Anybody may write that header; an address of the inside is
    /// believed.
    fn forwarded(&self, event: &mut Event<'a>, text: Option<&'a [u8]>) {
        let Some(text) = text else { return };
        let first = text.split(|byte| *byte == b',').next().unwrap_or(text).trim_ascii();
        if parse_ip(first).is_some_and(|ip| is_inside(ip) && !ip.is_unspecified()) {
            event.src_ip = Some(first);
        }
    }

    /// `app.asana.com/0/home`, without a scheme. Of a session that was not decrypted it is the server name and a slash.
    fn url(&self, event: &mut Event<'a>, arena: &'a Bump) {
        let Some(url) = self.quoted(32, arena) else { return };
        let parts = split_url(url);
        let Some(host) = present(parts.host) else { return };
        event.host = Some(host);
        event.dst_port = event.dst_port.or(parts.port);
        let sealed = event.method.is_none() && event.dst_port != Some(80) && matches!(parts.path, b"" | b"/");
        if parse_ip(host).is_some() {
            event.evidence = Evidence::Address;
            event.path = Some(parts.path).filter(|path| !path.is_empty());
        } else if sealed {
            event.evidence = Evidence::Sni;
        } else {
            event.evidence = Evidence::Url;
            event.path = Some(parts.path).filter(|path| !path.is_empty());
        }
    }
}

/// What became of a session.
fn verdict(action: &[u8]) -> Option<Action> {
    Some(match action {
        b"allow" => Action::Allowed,
        b"deny" | b"drop" | b"drop ICMP" | b"drop-icmp" | b"drop icmp" => Action::Blocked,
        _ if action.starts_with(b"reset") => Action::Blocked,
        _ => return action_word(action),
    })
}

/// What became of a request. `continue` and `override` are pages that somebody has clicked away, `block-continue` and
/// `block-override` those pages being shown.
fn url_verdict(action: &[u8]) -> Option<Action> {
    Some(match action {
        b"alert" | b"allow" | b"continue" | b"override" => Action::Allowed,
        b"block-continue" | b"block-override" => Action::Warned,
        b"block-url" | b"override-lockout" | b"block-ip" | b"sinkhole" | b"syncookie-sent" => Action::Blocked,
        _ if action.starts_with(b"drop") => Action::Blocked,
        _ => return verdict(action),
    })
}

/// Words of App-ID for "not known", and of the container column for "none".
fn is_no_app(app: &[u8]) -> bool {
    matches!(
        app,
        b"incomplete"
            | b"insufficient-data"
            | b"not-applicable"
            | b"unknown-tcp"
            | b"unknown-udp"
            | b"unknown-p2p"
            | b"untunneled"
    )
}

fn category(text: Option<&[u8]>) -> Option<&[u8]> {
    text.filter(|text| !matches!(*text, b"any" | b"not-resolved" | b"not-defined"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of so many columns, with these values at these places behind those that all have.
    fn record(of: (&str, &str), width: usize, values: &[(usize, &str)]) -> String {
        let all = [
            (1, "1"),
            (2, "2026/03/12 09:14:07"),
            (3, "0123"),
            (4, of.0),
            (5, of.1),
            (7, "2026/03/12 09:14:07"),
            (8, "10.0.2.25"),
            (9, "203.0.113.80"),
            (25, "51544"),
            (26, "443"),
            (30, "tcp"),
            (31, "allow"),
        ];
        let cell = |place: usize| {
            let find =
                |list: &[(usize, &str)]| list.iter().find(|(at, _)| *at == place).map(|(_, text)| (*text).to_owned());
            find(values).or_else(|| find(&all)).unwrap_or_default()
        };
        (1..=width).map(cell).collect::<Vec<_>>().join(",")
    }

    fn told_with(exported: bool, line: &str) -> String {
        let arena = Bump::new();
        let mut rows = Rows { bound: Bound { exported, assume: Assume::default() } };
        let show = |text: Option<&[u8]>| text.map_or("-".into(), |text| String::from_utf8_lossy(text).into_owned());
        let number = |number: Option<u64>| number.map_or("-".into(), |number| number.to_string());
        match rows.record(line.as_bytes(), &arena) {
            Parsed::Event(event) => [
                event.evidence.as_str().to_owned(),
                show(event.host.or(event.dst_ip)),
                show(event.path),
                show(event.user),
                show(event.src_ip),
                event.action.map_or("-", Action::as_str).to_owned(),
                number(event.bytes_up),
                number(event.bytes_down),
                show(event.app),
                show(event.device),
            ]
            .join(" "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Identity(identity) => super::super::told::identity(&identity),
            Parsed::Layout(_) => "layout".into(),
        }
    }

    fn told(line: &str) -> String {
        told_with(false, line)
    }

    #[test]
    fn a_session_is_counted_at_its_end() {
        let values = &[(13, r"example\alice"), (15, "dropbox-base"), (33, "1798"), (34, "55"), (37, "64")];
        let event = r"address 203.0.113.80 - example\alice 10.0.2.25 allowed 1798 55 dropbox-base -";
        assert_eq!(told(&record(("TRAFFIC", "end"), 46, values)), event);
        assert_eq!(told(&record(("TRAFFIC", "start"), 46, values)), "skip: session start, counted at its end");
        let dropped = record(("TRAFFIC", "drop"), 46, &[(15, "not-applicable"), (31, "drop ICMP"), (33, "0")]);
        assert_eq!(told(&dropped), "address 203.0.113.80 - - 10.0.2.25 blocked 0 - - -");
    }

    #[test]
    fn late_columns_move_with_the_precise_time() {
        for moved in [0, 2] {
            let line = record(
                ("TRAFFIC", "end"),
                117 + moved,
                &[(83 + moved, "LT-0042"), (103 + moved, "2026-03-12T09:14:07.412+01:00"), (111 + moved, "dropbox")],
            );
            assert_eq!(told(&line), "address 203.0.113.80 - - 10.0.2.25 allowed - - dropbox LT-0042", "{moved}");
        }
        let line = record(("TRAFFIC", "end"), 90, &[(83, "LT-0042")]);
        assert!(told(&line).ends_with("LT-0042"));
        assert!(told_with(true, &line).ends_with(" -"));
    }

    #[test]
    fn the_precise_time_has_an_offset() {
        let arena = Bump::new();
        let line = record(("TRAFFIC", "end"), 117, &[(103, "2026-03-12T09:14:07.412+01:00")]);
        let mut rows = Rows { bound: Bound { exported: false, assume: Assume::default() } };
        let Parsed::Event(event) = rows.record(line.as_bytes(), &arena) else { panic!() };
        assert_eq!(event.at, time::iso(b"2026-03-12T08:14:07.412Z", &Assume::default()));
    }

    #[test]
    fn urls() {
        for (port, method, action, url, want) in [
            ("443", "get", "alert", "app.asana.com/0/home", "url app.asana.com /0/home - 10.0.2.25 allowed - - - -"),
            ("443", "", "block-url", "app.asana.com/", "sni app.asana.com - - 10.0.2.25 blocked - - - -"),
            ("80", "", "block-continue", "app.asana.com/", "url app.asana.com / - 10.0.2.25 warned - - - -"),
            (
                "443",
                "post",
                "continue",
                "\"a.box.com:8443/a,\"\"b\"\"?c\"",
                "url a.box.com /a,\"b\" - 10.0.2.25 allowed - - - -",
            ),
            (
                "443",
                "post",
                "override-lockout",
                "\\\"a.box.com/a,b\\\"",
                "url a.box.com /a,b - 10.0.2.25 blocked - - - -",
            ),
            ("443", "get", "reset-client", "203.0.113.9/a", "address 203.0.113.9 /a - 10.0.2.25 blocked - - - -"),
            ("443", "post", "allow", "\"\"a.box.com/a,b\"\"", "url a.box.com /a,b - 10.0.2.25 allowed - - - -"),
            ("443", "get", "allow", "10.0.0.9/a", "address 10.0.0.9 /a - 10.0.2.25 allowed - - - -"),
        ] {
            let line = record(("THREAT", "url"), 75, &[(26, port), (31, action), (32, url), (64, method)]);
            assert_eq!(told(&line), want, "{url}");
        }
    }

    #[test]
    fn greetings() {
        let line = |sni, name| record(("DECRYPTION", "0"), 107, &[(61, name), (64, sni), (80, "LT-0042")]);
        assert_eq!(told(&line("www.figma.com", "*.x")), "sni www.figma.com - - 10.0.2.25 allowed - - - LT-0042");
        assert_eq!(told(&line("", "*.figma.com")), "sni figma.com - - 10.0.2.25 allowed - - - LT-0042");
        assert_eq!(told(&line("", "")), "address 203.0.113.80 - - 10.0.2.25 allowed - - - LT-0042");
    }

    #[test]
    fn clients_behind_a_proxy() {
        let user = record(("TRAFFIC", "end"), 46, &[(13, "x-fwd-for: 10.9.9.9")]);
        assert_eq!(told(&user), "address 203.0.113.80 - - 10.9.9.9 allowed - - - -");
        let column = record(("THREAT", "url"), 75, &[(32, "box.com/a"), (49, "10.9.9.9, 192.0.2.1")]);
        assert!(told(&column.replace("10.9.9.9, 192.0.2.1", "10.9.9.9")).contains(" 10.9.9.9 "));
        let forged = record(("THREAT", "url"), 75, &[(32, "box.com/a"), (49, "192.0.2.1")]);
        assert!(told(&forged).contains(" 10.0.2.25 "));
    }

    #[test]
    fn inbound_and_inside() {
        for (src, dst, behind, want) in [
            ("198.51.100.7", "10.0.0.9", "", "skip: inbound"),
            ("198.51.100.7", "203.0.113.5", "10.0.0.9", "skip: inbound"),
            ("10.0.0.7", "10.0.0.255", "", "skip: inside the network"),
            ("10.0.0.7", "224.0.0.251", "0.0.0.0", "skip: inside the network"),
        ] {
            let line = record(("TRAFFIC", "end"), 46, &[(8, src), (9, dst), (11, behind)]);
            assert_eq!(told(&line), want, "{src} {dst}");
        }
    }

    #[test]
    fn what_is_no_traffic_or_no_record() {
        for (line, want) in [
            (record(("THREAT", "virus"), 75, &[]), "skip: a threat found in a session, told by other records"),
            (record(("SYSTEM", "general"), 16, &[]), "skip: the firewall about itself"),
            (record(("GLOBALPROTECT", "0"), 49, &[]), "skip: a VPN sign-in, no traffic"),
            (record(("TRAFFIC", "end"), 30, &[]), "bad: the record is cut off"),
            (record(("TRAFFIC", "end"), 46, &[(8, "Allow-Web")]), "bad: the columns are not in the order of PAN-OS"),
            (record(("TRAFFIC", "end"), 46, &[(7, "2026/99/12 09:14:07")]), "bad: the time is not readable"),
            (record(("PURPLE", "end"), 46, &[]), "bad: a kind of log that is not known"),
            (record(("SYSTEM", "general"), 16, &[(2, "2026/03/12 09:14:07.147")]), "skip: the firewall about itself"),
            ("Domain,Receive Time,Serial #,Type".to_owned(), "skip: a header row"),
            ("1,2026/03/12".to_owned(), "bad: not a log of PAN-OS"),
            (
                format!("<14>1 2026-03-12T09:14:07Z fw [x y=\"1,2\"] {}", record(("CONFIG", ""), 9, &[])),
                "skip: the firewall about itself",
            ),
        ] {
            assert_eq!(told(&line), want, "{line}");
        }
    }
}
