//! BIND's log of queries, and that of appliances built on it: Infoblox NIOS, EfficientIP.
//!
//! The query log and the lines about policies are described in the manual
//! (<https://bind9.readthedocs.io/en/stable/reference.html#query-logging>), Infoblox's form with the answer in
//! <https://docs.infoblox.com/space/nios90/35400616>.
//!
//! ```text
//! 12-Mar-2024 09:13:03.412 queries: info: client @0x7f62b80115d0 192.0.2.25#51544 (api.slack.com): query: api.slack.com IN A +E(0)K (198.51.100.53)
//! client 192.0.2.25#51544: UDP: query: www.figma.com IN A response: NOERROR + www.figma.com. 300 IN A 203.0.113.80;
//! ```
//!
//! A policy zone (`rpz ... rewrite`), an access list (`denied`) and a failure stand in a line of their own behind the
//! question, under the same client and port; see [`super::fields::dns`] for how they come together.
//!
//! Questions without the `+` that asks for recursion come from other name servers, about zones of one's own: that is
//! nobody's use of anything.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::dns::{self, LOOKBACK, Order, Says, Verdicts};
use super::fields::time;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Timestamp};

/// BIND, Infoblox.
pub struct Bind;

/// Why a question of another name server is left out.
const ITERATIVE: &str = "asked by another name server: no recursion desired";

impl Format for Bind {
    fn id(&self) -> &'static str {
        "bind"
    }

    fn about(&self) -> About {
        About {
            name: "BIND, Infoblox NIOS",
            summary: "named's query log: who asked for which name, with what policy zones and access lists refused.",
            reference: "https://bind9.readthedocs.io/en/stable/reference.html#query-logging",
            proof: Proof::Verified,
            variants: &["infoblox"],
        }
    }

    fn lookback(&self) -> usize {
        LOOKBACK
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let (mut asked, mut iterative) = (0usize, 0usize);
        let share = head.vote(|line| match Line::read(line).map(|line| line.says) {
            Some(Says::Other(ITERATIVE)) => {
                iterative += 1;
                Vote::Yes
            }
            Some(Says::Other(_)) => Vote::Abstain,
            Some(_) => {
                asked += 1;
                Vote::Yes
            }
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(97) {
            0 => Guess::NO,
            score if asked == 0 => {
                Guess::decline(score, "BIND, but an authoritative server's log: only other name servers asked it")
            }
            score => {
                Guess::new(score, format!("{yes} of {of} lines are queries to BIND ({iterative} of other servers)"))
            }
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let order = dns::order(head, |line| Line::read(line).map(|line| line.says));
        let tells = Tells { client: true, host: true, action: order != Order::Alone, ..Tells::default() };
        Ok(Layout::new(tells, Bound { order, assume: assume.clone() }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { bound: layout.get(), verdicts: Verdicts::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "a resolver sees addresses, never people: keep the DHCP server's leases with the log",
            Gap::Client => return None,
            Gap::Action => {
                "log the categories `rpz`, `security` and `query-errors` to the same channel as `queries`: without them blocked looks like allowed"
            }
            Gap::BytesUp | Gap::BytesDown | Gap::Path | Gap::Visits => {
                "look-ups carry no traffic: add the log of a proxy or a firewall to see what was visited and how much was moved"
            }
            Gap::Host => return None,
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
    /// `None`: not of named.
    fn read(line: &'a [u8]) -> Option<Line<'a>> {
        const LONGEST_PREFIX: usize = 160;
        if line.starts_with(b"CEF:0|Infoblox|NIOS|") {
            return Some(Line { date: None, says: rpz_in_cef(line).unwrap_or(Says::Other(dns::OTHER)) });
        }
        let near = &line[..line.len().min(LONGEST_PREFIX)];
        let (prefix, rest) = match line.strip_prefix(b"client ") {
            Some(rest) => (&line[..0], rest),
            None => match memmem::find(near, b" client ") {
                Some(at) => (&line[..at], &line[at + 8..]),
                None => return about_itself(line).then_some(Line { date: None, says: Says::Other(dns::OTHER) }),
            },
        };
        let (date, tags) = split_date(prefix);
        // Anything else before `client` is a syslog header, whose time is somebody else's to read.
        if !tags.split(|byte| *byte == b' ').all(|tag| tag.is_empty() || tag.ends_with(b":")) {
            return None;
        }
        Some(Line { date, says: client(rest)? })
    }

    /// When it was written: `Ok(None)` if the line does not say.
    fn time(&self, assume: &Assume) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.date else { return Ok(None) };
        let Some(at) = date(text, assume) else { return Err(Problem::new("the time is not readable", 0)) };
        Ok(Some(at))
    }
}

/// The date at the beginning of a line, if there is one, and the category and severity behind it.
fn split_date(prefix: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let blanks = match prefix {
        [b'0'..=b'9', _, b'-', ..] => 2,
        [b'0'..=b'9', _, _, _, b'-', ..] => 1,
        _ => return (None, prefix),
    };
    match memchr::memchr_iter(b' ', prefix).nth(blanks - 1) {
        Some(at) => (Some(&prefix[..at]), &prefix[at + 1..]),
        None => (Some(prefix), &[]),
    }
}

/// `12-Mar-2024 09:13:03.412`, or `2024-03-12T09:13:03.412Z` (`print-time iso8601`).
fn date(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    if text.get(4) == Some(&b'-') {
        return time::iso(text, assume);
    }
    // As in the common log format, but for the marks between.
    let mut like = [0u8; 24];
    let len = text.len().min(like.len());
    like[..len].copy_from_slice(&text[..len]);
    if like[2] != b'-' || like[6] != b'-' {
        return None;
    }
    (like[2], like[6]) = (b'/', b'/');
    time::clf(&like[..len], assume)
}

/// What stands behind `client `: `@0x7f62b80115d0 192.0.2.25#51544 (api.slack.com): view inside: query: ...`, of which old
/// and other servers leave out what is not needed.
fn client(rest: &[u8]) -> Option<Says<'_>> {
    let rest = match rest.strip_prefix(b"@0x") {
        Some(rest) => &rest[memchr(b' ', rest)? + 1..],
        None => rest,
    };
    let hash = memchr(b'#', &rest[..rest.len().min(64)])?;
    let (client, rest) = (&rest[..hash], &rest[hash + 1..]);
    let port = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (tag, rest) = rest.split_at(port);
    if port == 0 {
        return None;
    }
    // A signed question names its key: `/key NAME`.
    let mut rest = match rest.strip_prefix(b"/key ") {
        Some(key) => &key[key.iter().position(|byte| matches!(byte, b' ' | b':'))?..],
        None => rest,
    };
    let mut asked = None;
    if let Some(name) = rest.strip_prefix(b" (") {
        // A parenthesis in a name is escaped.
        let end = memmem::find(name, b"):")?;
        asked = Some(&name[..end]);
        rest = &name[end + 1..];
    }
    rest = rest.strip_prefix(b": ")?;
    if let Some(view) = rest.strip_prefix(b"view ") {
        rest = &view[memmem::find(view, b": ")? + 2..];
    }
    rest = rest.strip_prefix(b"UDP: ").or_else(|| rest.strip_prefix(b"TCP: ")).unwrap_or(rest);
    match body(rest, client, tag, asked) {
        // It was cut.
        None if rest.starts_with(b"query: ") => None,
        says => Some(says.unwrap_or(Says::Other(dns::OTHER))),
    }
}

/// What is said about the client's question.
fn body<'a>(text: &'a [u8], client: &'a [u8], tag: &'a [u8], asked: Option<&'a [u8]>) -> Option<Says<'a>> {
    if let Some(rest) = text.strip_prefix(b"query: ") {
        return question(rest, client, tag);
    }
    let judges = |name: &'a [u8], action, last| Says::Judges { name, client, tag, action, last, if_nothing: false };
    if let Some(rest) = text.strip_prefix(b"rpz ") {
        return rewrite(rest).map(|(policy, name)| match policy {
            // Over TCP the answer is the true one.
            b"PASSTHRU" | b"TCP-ONLY" => judges(asked.unwrap_or(name), Action::Allowed, false),
            _ => judges(asked.unwrap_or(name), Action::Blocked, policy == b"DROP"),
        });
    }
    if let Some(rest) = text.strip_prefix(b"query failed (") {
        let rest = &rest[memmem::find(rest, b") for ")? + 6..];
        return Some(judges(&rest[..memchr(b'/', rest)?], Action::Error, false));
    }
    if let Some(rest) = text.strip_prefix(b"query ") {
        let rest = rest.strip_prefix(b"(cache) ").unwrap_or(rest).strip_prefix(b"'")?;
        let (name, rest) = rest.split_at(memchr(b'/', rest)?);
        return memmem::find(rest, b"' denied").map(|_| judges(name, Action::Blocked, false));
    }
    // `responselog`: `response: NAME IN A NOERROR +E(0)K ...`, and patched servers' `answer: NAME IN A + (SERVER) -> NOERROR RR; RR`.
    let rest = text.strip_prefix(b"response: ").or_else(|| text.strip_prefix(b"answer: "))?;
    let (name, class, rest) = name_and_class(rest)?;
    if class != b"IN" {
        return Some(Says::Other(CLASS));
    }
    let code = match memmem::find(rest, b" -> ") {
        Some(at) => word(&rest[at + 4..]).0,
        None => word(word(rest).1).0,
    };
    Some(Says::Answers { name, client, tag, code })
}

/// `NAME IN A +E(0)K (SERVER)`, and Infoblox's `NAME IN A response: NOERROR +A RR; RR;`.
fn question<'a>(rest: &'a [u8], client: &'a [u8], tag: &'a [u8]) -> Option<Says<'a>> {
    let (name, class, rest) = name_and_class(rest)?;
    if class != b"IN" {
        return Some(Says::Other(CLASS));
    }
    let (_kind, rest) = word(rest);
    if let Some(answer) = rest.strip_prefix(b"response: ") {
        let (code, rest) = word(answer);
        let (flags, _records) = word(rest);
        if flags.first() == Some(&b'-') {
            return Some(Says::Other(ITERATIVE));
        }
        return Some(Says::Answers { name, client, tag, code });
    }
    match rest.first() {
        Some(b'+') => Some(Says::Asks { name, client, tag }),
        Some(b'-') => Some(Says::Other(ITERATIVE)),
        // Before 9.4 a question without flags had nothing there.
        None => Some(Says::Asks { name, client, tag }),
        Some(_) => None,
    }
}

/// Why a question about the server itself is left out.
const CLASS: &str = "not a question about the internet";

fn name_and_class(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name, rest) = word(text);
    let (class, rest) = word(rest);
    (!name.is_empty() && !class.is_empty()).then_some((name, class, rest))
}

/// Up to the next blank, and what is behind it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b' ', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

/// `QNAME NXDOMAIN rewrite NAME/A/IN via ZONE`: the policy and the name. Older ones write the name alone, Infoblox
/// `NAME [A]`.
fn rewrite(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_trigger, rest) = word(text);
    let (policy, rest) = word(rest);
    let name = word(rest.strip_prefix(b"rewrite ")?).0;
    let name = &name[..memchr(b'/', name).unwrap_or(name.len())];
    (!name.is_empty()).then_some((policy, name))
}

/// Infoblox tells of policies in CEF amid its lines: `...|RPZ-QNAME|NXDOMAIN|7|app=DNS dst=... src=192.0.2.25 spt=51544
/// view=_default qtype=A msg="rpz QNAME NXDOMAIN rewrite NAME [A] via ZONE"`.
fn rpz_in_cef(line: &[u8]) -> Option<Says<'_>> {
    let value = |key: &[u8]| {
        let at = memmem::find(line, key)? + key.len();
        Some(word(&line[at..]).0)
    };
    let message = &line[memmem::find(line, b"msg=\"rpz ")? + 9..];
    let (policy, name) = rewrite(message)?;
    let (client, tag) = (value(b" src=")?, value(b" spt=")?);
    let action = if policy.eq_ignore_ascii_case(b"PASSTHRU") { Action::Allowed } else { Action::Blocked };
    Some(Says::Judges { name, client, tag, action, last: false, if_nothing: false })
}

/// Lines of named, its tools and its DHCP server about other things: none of them is a look-up.
fn about_itself(line: &[u8]) -> bool {
    const LONGEST: usize = 160;
    const MARKS: [&[u8]; 16] = [
        b"zone ",
        b"zoneload: ",
        b"general: ",
        b"lame-servers: ",
        b"resolver: ",
        b"notify: ",
        b"network: ",
        b"xfer-",
        b"dnssec: ",
        b"edns-disabled: ",
        b"rate-limit: ",
        b"error (",
        b"unexpected RCODE ",
        b"REFUSED unexpected RCODE ",
        b"infoblox-responses: ",
        b"List Matched ",
    ];
    let near = &line[..line.len().min(LONGEST)];
    let start = match near.first() {
        Some(byte) if byte.is_ascii_digit() => split_date(near).1,
        _ => near,
    };
    MARKS.iter().any(|mark| start.starts_with(mark)) || start.starts_with(b"DHCP")
}

struct Lines {
    bound: Arc<Bound>,
    verdicts: Verdicts,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(line) = Line::read(line) else {
            return Parsed::Bad(Problem::new("not a line of BIND", 0));
        };
        match line.time(&self.bound.assume) {
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

    use super::*;

    fn check(log: &[(&str, &str)]) {
        dns::testing::check(&Bind, log);
    }

    #[test]
    fn grammar_of_all_ages() {
        check(&[
            (
                "12-Mar-2024 09:13:03.412 queries: info: client @0x7f62b80115d0 192.0.2.25#51544 (api.slack.com): query: api.slack.com IN A +E(0)K (198.51.100.53)",
                "api.slack.com 192.0.2.25 -",
            ),
            (
                "12-Mar-2024 09:13:03.412 client 192.0.2.25#51544: query: www.notion.so IN AAAA + (198.51.100.53)",
                "www.notion.so 192.0.2.25 -",
            ),
            (
                "2024-03-12T09:13:03.412Z queries: info: client @0x7f 2001:db8::25#5154 (claude.ai): view inside: query: claude.ai IN HTTPS +E(0)TDC [ECS 192.0.2.0/24/0] (2001:db8::53)",
                "claude.ai 2001:db8::25 -",
            ),
            (
                "queries: info: client @0x7f 192.0.2.25#51544/key office (zoom.us): query: zoom.us IN A +S (198.51.100.53)",
                "zoom.us 192.0.2.25 -",
            ),
            ("client 192.0.2.25#51544: query: www.box.com IN A", "www.box.com 192.0.2.25 -"),
        ]);
    }

    #[test]
    fn escaped_names_and_names_of_the_house_are_no_sites() {
        let inside = "(a name inside the network)";
        check(&[
            (
                "client 192.0.2.25#1 (my\\032tv.example.com): query: my\\032tv.example.com IN A + (198.51.100.53)",
                inside,
            ),
            ("client 192.0.2.25#1 (a\\).example.com): query: a\\).example.com IN A + (198.51.100.53)", inside),
            ("client 192.0.2.25#1 (.): query: . IN NS + (198.51.100.53)", inside),
            ("client 192.0.2.25#1 (wpad): query: wpad IN A + (198.51.100.53)", inside),
            (
                "client 192.0.2.25#1 (9.2.0.192.in-addr.arpa): query: 9.2.0.192.in-addr.arpa IN PTR + (198.51.100.53)",
                "(a reverse look-up)",
            ),
            (
                "client 192.0.2.25#1 (version.bind): query: version.bind CH TXT + (198.51.100.53)",
                "(not a question about the internet)",
            ),
        ]);
    }

    #[test]
    fn other_name_servers_are_nobody() {
        let line = "client 203.0.113.9#53 (www.example.com): query: www.example.com IN A -E(0)DC (198.51.100.53)";
        check(&[(line, "(asked by another name server: no recursion desired)")]);
        assert!(Bind.sniff(&Head { lines: vec![line.as_bytes(); 9] }, &Assume::default()).declined);
    }

    #[test]
    fn a_policy_zone_blocks_the_question_before_it() {
        let verdict = "(verdict, counted with its question)";
        check(&[
            (
                "client @0x1 192.0.2.25#1 (www.dropbox.com): query: www.dropbox.com IN A +E(0) (198.51.100.53)",
                "www.dropbox.com 192.0.2.25 blocked",
            ),
            (
                "client @0x1 192.0.2.26#2 (slack.com): query: slack.com IN A +E(0) (198.51.100.53)",
                "slack.com 192.0.2.26 -",
            ),
            (
                "client @0x1 192.0.2.25#1 (www.dropbox.com): rpz QNAME NXDOMAIN rewrite www.dropbox.com/A/IN via www.dropbox.com.rpz.example",
                verdict,
            ),
            (
                "client @0x1 192.0.2.25#3 (files.slack.com): query: files.slack.com IN A +E(0) (198.51.100.53)",
                "files.slack.com 192.0.2.25 blocked",
            ),
            (
                "client @0x1 192.0.2.25#3 (files.slack.com): rpz IP NXDOMAIN rewrite edge.slack-cdn.com/A/IN via 32.12.2.0.192.rpz-ip.rpz.example",
                verdict,
            ),
            (
                "client @0x1 192.0.2.25#4 (sentry.io): query: sentry.io IN A +E(0) (198.51.100.53)",
                "sentry.io 192.0.2.25 allowed",
            ),
            (
                "client @0x1 192.0.2.25#4 (sentry.io): rpz QNAME PASSTHRU rewrite sentry.io/A/IN via sentry.io.rpz.example",
                verdict,
            ),
            (
                "client @0x1 192.0.2.25#5 (mega.nz): rpz QNAME DROP rewrite mega.nz/A/IN via mega.nz.rpz.example",
                "mega.nz 192.0.2.25 blocked",
            ),
            (
                "client @0x1 192.0.2.25#6 (mega.io): disabled rpz QNAME DROP rewrite mega.io/A/IN via mega.io.rpz.example",
                "(not about a question)",
            ),
        ]);
    }

    #[test]
    fn a_refusal_is_logged_as_a_failure_too_and_is_one_block() {
        let verdict = "(verdict, counted with its question)";
        check(&[
            (
                "client @0x1 192.0.2.25#1 (slack.com): query: slack.com IN A +E(0) (198.51.100.53)",
                "slack.com 192.0.2.25 blocked",
            ),
            (
                "client @0x1 192.0.2.25#1 (slack.com): query (cache) 'slack.com/A/IN' denied (allow-query-cache did not match)",
                verdict,
            ),
            (
                "client @0x1 192.0.2.25#1 (slack.com): query failed (REFUSED) for slack.com/IN/A at query.c:5708",
                verdict,
            ),
            (
                "client @0x1 192.0.2.25#2 (zoom.us): query: zoom.us IN A +E(0) (198.51.100.53)",
                "zoom.us 192.0.2.25 error",
            ),
            ("client @0x1 192.0.2.25#2 (zoom.us): query failed (SERVFAIL) for zoom.us/IN/A at query.c:7916", verdict),
        ]);
    }

    #[test]
    fn where_answers_are_logged_questions_are_not_counted_again() {
        check(&[
            ("client 192.0.2.25#1: query: www.figma.com IN A + (198.51.100.53)", "(question, counted with its answer)"),
            (
                "client 192.0.2.25#1: UDP: query: www.figma.com IN A response: NOERROR + www.figma.com. 300 IN A 203.0.113.80; www.figma.com. 300 IN A 203.0.113.81;",
                "www.figma.com 192.0.2.25 allowed",
            ),
            ("client 192.0.2.25#2: TCP: query: zoom.us IN A response: SERVFAIL +", "zoom.us 192.0.2.25 error"),
            (
                "client 203.0.113.9#2: UDP: query: www.example.com IN A response: NOERROR -A www.example.com. 300 IN A 203.0.113.80;",
                "(asked by another name server: no recursion desired)",
            ),
            (
                "CEF:0|Infoblox|NIOS|8.6.0|RPZ-QNAME|NXDOMAIN|7|app=DNS dst=198.51.100.53 src=192.0.2.25 spt=3 view=_default qtype=A msg=\"rpz QNAME NXDOMAIN rewrite mega.nz [A] via mega.nz.rpz.example\" CAT=RPZ",
                "(verdict, counted with its question)",
            ),
            ("client 192.0.2.25#3: UDP: query: mega.nz IN A response: NXDOMAIN +", "mega.nz 192.0.2.25 blocked"),
            (
                "client @0x1 192.0.2.25#4 (box.com): answer: box.com IN A + (198.51.100.53) -> NOERROR 60 A 203.0.113.1;",
                "box.com 192.0.2.25 allowed",
            ),
            (
                "client @0x1 192.0.2.25#5 (box.com): response: box.com IN A NXDOMAIN +E(0)K 1 0 1",
                "box.com 192.0.2.25 -",
            ),
        ]);
    }

    #[test]
    fn other_lines() {
        check(&[
            ("12-Mar-2024 09:13:03.412 general: info: zone example.com/IN: loaded serial 7", "(not about a question)"),
            (
                "12-Mar-2024 09:13:03.412 lame-servers: info: REFUSED unexpected RCODE resolving 'nas/A/IN': 198.51.100.53#53",
                "(not about a question)",
            ),
            (
                "12-Mar-2024 09:13:03.412 notify: notice: client @0x7f 192.0.2.15#5209: notify question section contains no SOA",
                "(not about a question)",
            ),
            (
                "32-Mar-2024 09:13:03.412 client 192.0.2.25#1: query: a.example.net IN A +",
                "bad: the time is not readable",
            ),
            (
                "Mar 12 09:13:03 ns1 named[7]: client 192.0.2.25#1: query: a.example.net IN A +",
                "bad: not a line of BIND",
            ),
            ("12-Mar-2024 09:13:03.412 client 192.0.2.25#1 (a.exam", "bad: not a line of BIND"),
            ("", "bad: not a line of BIND"),
        ]);
    }

    #[test]
    fn dates_of_both_kinds() {
        let at = |text: &str| date(text.as_bytes(), &Assume::default());
        assert_eq!(at("12-Mar-2024 09:13:03.412"), Some(Timestamp(1_710_234_783_412)));
        assert_eq!(at("2024-03-12T09:13:03.412Z"), Some(Timestamp(1_710_234_783_412)));
        assert_eq!(at("12-Mar-2024 09:13:03"), Some(Timestamp(1_710_234_783_000)));
        assert_eq!(at("12-Mar-2024"), None);
    }

    const POOL: &[&str] = &[
        "client @0x1 192.0.2.25#1 (a.example.net): query: a.example.net IN A +E(0) (198.51.100.53)",
        "client @0x1 192.0.2.25#2 (b.example.net): query: b.example.net IN A +E(0) (198.51.100.53)",
        "client @0x1 192.0.2.25#1 (a.example.net): rpz QNAME NXDOMAIN rewrite a.example.net/A/IN via a.rpz.example",
        "client @0x1 192.0.2.26#1 (c.example.net): rpz QNAME NXDOMAIN rewrite c.example.net/A/IN via c.rpz.example",
        "client @0x1 192.0.2.25#2 (b.example.net): query failed (SERVFAIL) for b.example.net/IN/A at query.c:7916",
        "12-Mar-2024 09:13:03.412 general: info: running",
    ];

    proptest! {
        #[test]
        fn a_cut_changes_nothing(order in prop::collection::vec(0..POOL.len(), 1..200), at: prop::sample::Index, answered: bool) {
            let mut lines: Vec<&str> = order.iter().map(|index| POOL[*index]).collect();
            if answered {
                lines.insert(0, "client 192.0.2.25#1: UDP: query: a.example.net IN A response: NOERROR +");
            }
            let head = Head { lines: lines.iter().take(Head::MAX_LINES).map(|line| line.as_bytes()).collect() };
            let layout = Bind.layout(&head, &Assume::default()).unwrap();
            let arena = Bump::new();
            let read = |reader: &mut dyn Reader, lines: &[&str]| -> Vec<String> {
                lines.iter().map(|line| format!("{:?}", reader.record(line.as_bytes(), &arena))).collect()
            };
            let whole = read(&mut *Bind.reader(&layout), &lines);
            let at = at.index(lines.len());
            let mut second = Bind.reader(&layout);
            for line in &lines[at.saturating_sub(Bind.lookback())..at] {
                second.recall(line.as_bytes());
            }
            prop_assert_eq!(&read(&mut *second, &lines[at..])[..], &whole[at..]);
        }

        #[test]
        fn never_panics(line in "(1?2-Mar-2024 09:13:03(\\.412)? )?(queries: )?(client )?(@0x1 )?[0-9.:]{0,9}#?[0-9]{0,3}( \\([a-z.)]{0,5}\\))?: (view a: |UDP: )?(query: |query |rpz |query failed \\()?\\PC{0,30}") {
            let _ = dns::testing::told(&Bind, &[&line]);
        }
    }
}
