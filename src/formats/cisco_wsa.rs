//! Cisco Secure Web Appliance (WSA, IronPort): the access log.
//!
//! Defined in Cisco's user guides for AsyncOS, chapter "Monitor System Activity Through Logs":
//! <https://www.cisco.com/c/en/us/support/security/web-security-appliance/products-user-guide-list.html>.
//!
//! ```text
//! 1773130542.871 481 192.0.2.41 TCP_MISS/200 6916 CONNECT tunnel://www.notion.so:443/ "EXAMPLE\alice@corp" DIRECT/www.notion.so - DECRYPT_WEBCAT_7-Staff-CorpUsers-NONE-NONE-NONE-DefaultGroup-NONE <"IW_busi",6.1,1,...> - -
//! ```
//!
//! It begins like Squid's native log. What follows the MIME type is Cisco's own: the decision with the policies that made
//! it, and between `<` and `>` the verdicts of all engines, among them the category and the app. The decision says more
//! than the result code: a reply that was stopped can be `TCP_MISS/200`.
//!
//! The W3C log that Splunk recommends has the same beginning with a user before the client, and comes over syslog without
//! its `#Fields:`; where those are, [`super::w3c_elff`] reads it.
//!
//! The verdicts have another number in every release. The one fixed point is the average bandwidth, the first decimal in
//! their second half: the app stands four before it.

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::delimited::Cells;
use super::fields::number::{self, present};
use super::fields::time;
use super::fields::words::{Words, is_agent};
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, is_inside, parse_ip};

/// Cisco Secure Web Appliance.
pub struct CiscoWsa;

impl Format for CiscoWsa {
    fn id(&self) -> &'static str {
        "cisco-wsa"
    }

    fn about(&self) -> About {
        About {
            name: "Cisco Secure Web Appliance",
            summary: "The access log of Cisco's WSA (IronPort), from files or syslog.",
            reference: "https://www.cisco.com/c/en/us/support/security/web-security-appliance/products-user-guide-list.html",
            proof: Proof::Verified,
            variants: &["access-log", "w3c-recommended"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let (mut monitor, mut w3c) = (0, 0);
        let share = head.vote(|line| match cut(line) {
            Ok(cut) if cut.w3c => {
                w3c += 1;
                if cut.decision.is_empty() { Vote::Abstain } else { Vote::Yes }
            }
            Ok(cut) if cut.verdicts.is_some() && squid::is_result(cut.tag) => Vote::Yes,
            // Cut off before its verdicts.
            Ok(cut) if !cut.decision.is_empty() => Vote::Abstain,
            Ok(_) | Err(Odd::Bad(_)) => Vote::No,
            Err(Odd::Skip(why)) => {
                monitor += usize::from(why == MONITOR);
                Vote::Abstain
            }
        });
        let Share { yes, of } = share;
        if of == 0 && monitor > 0 {
            return Guess::decline(90, "the traffic monitor's log of a Cisco Secure Web Appliance, not its access log");
        }
        // Its columns are known from two lines.
        match share.score(if 2 * w3c > yes { 82 } else { 98 }) {
            0 => Guess::NO,
            score if 2 * w3c > yes => {
                Guess::new(score, format!("{yes} of {of} lines have the columns of a Cisco WSA's W3C log"))
            }
            score => {
                Guess::new(score, format!("{yes} of {of} lines have the decision and the verdicts of a Cisco WSA"))
            }
        }
    }

    fn layout(&self, _head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
        let tells = Tells {
            user: true,
            client: true,
            host: true,
            path: true,
            bytes_up: false,
            bytes_down: true,
            action: true,
            method: true,
        };
        Ok(Layout::new(tells, ()))
    }

    fn reader(&self, _layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines)
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "set up an identification profile that asks for authentication, so that %A is known",
            Gap::BytesUp => "subscribe to the W3C access log with cs-bytes; the access log has no fixed place for them",
            Gap::Path => "decrypt by policy where that is allowed: paths of https sites are seen nowhere else",
            _ => return None,
        })
    }
}

struct Lines;

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        match cut(line) {
            Ok(cut) => read(&cut, arena),
            Err(Odd::Skip(why)) => Parsed::Skip(why),
            Err(Odd::Bad(problem)) => Parsed::Bad(problem),
        }
    }
}

/// A line cut into its fields.
#[derive(Debug)]
struct Cut<'a> {
    at: Timestamp,
    elapsed: &'a [u8],
    client: &'a [u8],
    tag: &'a [u8],
    status: u16,
    size: &'a [u8],
    method: &'a [u8],
    url: &'a [u8],
    user: &'a [u8],
    hierarchy: &'a [u8],
    peer: &'a [u8],
    /// `DECRYPT_WEBCAT_7-Staff-...`; empty if the line ends before.
    decision: &'a [u8],
    /// What is between `<` and `>`.
    verdicts: Option<&'a [u8]>,
    /// What the administrator added.
    rest: &'a [u8],
    /// Columns of the W3C log: no verdicts.
    w3c: bool,
}

/// A line that has no fields.
#[derive(Debug)]
enum Odd {
    Skip(&'static str),
    Bad(Problem),
}

const MONITOR: &str = "a finding of the traffic monitor, not a request";

fn read<'a>(cut: &Cut<'a>, arena: &'a Bump) -> Parsed<'a> {
    let connect = cut.method == b"CONNECT" || cut.url.starts_with(b"tunnel://");
    let mut place = match squid::place(connect, cut.url, None) {
        Ok(place) => place,
        Err(why) => return Parsed::Skip(why),
    };
    if place.ip.is_some() && squid::went_direct(cut.hierarchy) && is_name(cut.peer) {
        // A caught connection: the appliance knew the name.
        place.host = Some(cut.peer);
        place.evidence = if connect { Evidence::Connect } else { Evidence::Url };
    }
    let bytes_down = number::unsigned(cut.size);
    let (src_ip, device) = squid::client(cut.client);
    let mut event = Event {
        at: Some(cut.at),
        user: user(cut.user, arena),
        device,
        src_ip,
        host: place.host,
        dst_ip: squid::server(cut.hierarchy, cut.peer).or(place.ip),
        dst_port: place.port,
        path: place.path,
        method: present(cut.method),
        status: Some(cut.status),
        action: action(cut, connect, bytes_down),
        bytes_down,
        duration_ms: number::unsigned(cut.elapsed),
        evidence: place.evidence,
        ..Event::default()
    };
    if cut.w3c {
        w3c(&mut event, cut.rest, arena);
        return Parsed::Event(event);
    }
    if let Some(verdicts) = cut.verdicts {
        (event.category, event.app) = category_and_app(verdicts, arena);
    }
    if !cut.rest.is_empty() {
        added(&mut event, cut.rest, arena);
    }
    Parsed::Event(event)
}

/// The decision wins over the result code. A tunnel that is decrypted is followed by a record for each request inside.
fn action(cut: &Cut<'_>, connect: bool, down: Option<u64>) -> Option<Action> {
    let decided = |start: &[u8]| cut.decision.starts_with(start);
    if decided(b"BLOCK_CONTINUE") {
        return Some(Action::Warned);
    }
    if decided(b"BLOCK_") || decided(b"DROP_") {
        return Some(Action::Blocked);
    }
    let denied = memmem::find(cut.tag, b"DENIED").is_some();
    if cut.decision.is_empty() && !denied {
        // The line ends before it says.
        return None;
    }
    if decided(b"DECRYPT_") && connect && !denied && cut.status < 400 {
        return Some(Action::Announced);
    }
    squid::verdict(cut.tag, cut.status, down)
}

/// `"EXAMPLE\alice@corp"`, `EXAMPLE%5calice`. `(Unauthenticated)192.0.2.4` is nobody.
fn user<'a>(text: &'a [u8], arena: &'a Bump) -> Option<&'a [u8]> {
    if text.starts_with(b"(") { None } else { squid::user(text, arena) }
}

fn is_name(peer: &[u8]) -> bool {
    peer != b"-" && memchr(b'.', peer).is_some() && !squid::looks_like_ip(peer)
}

/// The category and the app out of the verdicts.
fn category_and_app<'a>(verdicts: &'a [u8], arena: &'a Bump) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
    /// The full name of the category, since AsyncOS 11.7.
    const NAME: usize = 22;
    /// Where the average bandwidth stands since then.
    const AVERAGE: usize = 28;
    let mut last: [&[u8]; 4] = [b""; 4];
    let (mut category, mut name) = (None, None);
    for (index, cell) in Cells::new(verdicts, b',').enumerate().take(48) {
        let value = cell.value(arena);
        if index >= 20 && is_decimal(value) {
            let app = present(last[index % 4]);
            return (name.filter(|_| index >= AVERAGE).or(category), app);
        }
        match index {
            0 => category = present(value).filter(|code| !matches!(*code, b"nc" | b"err" | b"ns")),
            NAME => name = present(value),
            _ => {}
        }
        last[index % 4] = value;
    }
    (category, None)
}

fn is_decimal(text: &[u8]) -> bool {
    memchr(b'.', text).is_some_and(|dot| dot > 0 && dot + 1 < text.len())
        && text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// What the W3C log has behind the decision: texts in quotes are the proxy, the category, the app, and the program. The
/// server's name stands before its port.
fn w3c<'a>(event: &mut Event<'a>, rest: &'a [u8], arena: &'a Bump) {
    let mut words = Words::new(rest);
    let (mut texts, mut last): (usize, &[u8]) = (0, b"");
    while let Some(value) = words.value() {
        // A word of this length is none of an open quote.
        let quoted = !value.is_empty() && rest[..rest.len() - words.rest().len()].ends_with(b"\"");
        if quoted {
            match texts {
                1 => event.category = present(value),
                2 => event.app = present(value),
                _ if event.user_agent.is_none() && is_agent(value) => {
                    event.user_agent = Some(squid::unquote(value, arena));
                }
                _ => {}
            }
            texts += 1;
        } else if value == b"443" && texts == 1 && event.evidence == Evidence::Address && is_name(last) {
            event.host = Some(last);
            event.evidence = Evidence::Connect;
        }
        last = value;
    }
}

/// Fields that the administrator added. Only those that cannot be mistaken are taken: a program with its version, and a
/// public address at the end, which is the server's.
fn added<'a>(event: &mut Event<'a>, rest: &'a [u8], arena: &'a Bump) {
    let mut words = Words::new(rest);
    let mut last: &[u8] = b"";
    while let Some(value) = words.value() {
        if event.user_agent.is_none() && is_agent(value) {
            event.user_agent = Some(squid::unquote(value, arena));
        }
        last = value;
    }
    if event.dst_ip.is_none() && parse_ip(last).is_some_and(|ip| !is_inside(ip)) && event.src_ip != Some(last) {
        event.dst_ip = Some(last);
    }
}

fn cut(line: &[u8]) -> Result<Cut<'_>, Odd> {
    let bad = |reason, rest: &[u8]| Odd::Bad(Problem::new(reason, line.len() - rest.len()));
    let mut record = line;
    while let Some(rest) = record.strip_prefix(b"Info: ") {
        record = rest.trim_ascii_start();
    }
    let mut words = Words::new(record);
    let Some(epoch) = words.word() else { return Err(Odd::Skip("an empty line")) };
    let Some(at) = time::epoch_seconds(epoch) else {
        return Err(
            about_itself(record).map_or_else(|| bad("the time is not in seconds since 1970", record), Odd::Skip)
        );
    };
    let mut next = |reason| words.word().ok_or_else(|| bad(reason, b""));
    let elapsed = next("too few fields")?;
    let mut client = next("too few fields")?;
    let mut code = next("no result code and status")?;
    let mut name = None;
    if result(code).is_none() && squid::looks_like_ip(code) {
        // The W3C log has the user first.
        (name, client) = (Some(client), code);
        code = next("no result code and status")?;
    }
    let size = next("too few fields")?;
    let method = next("too few fields")?;
    let url = next("the line ends early")?;
    let (tag, status) = result(code).ok_or_else(|| bad("no result code and status", record))?;
    let middle = words.rest();
    let mut cut = Cut {
        at,
        elapsed,
        client,
        tag,
        status,
        size,
        method,
        url,
        user: b"-",
        hierarchy: b"-",
        peer: b"-",
        decision: b"",
        verdicts: None,
        rest: b"",
        w3c: name.is_some(),
    };
    if let Some(name) = name {
        if middle.is_empty() && memmem::find(url, b"://").is_none_or(|at| memchr(b'/', &url[at + 3..]).is_none()) {
            return Err(Odd::Bad(squid::CUT_SHORT));
        }
        // A number is no name.
        cut.user = if name.iter().any(u8::is_ascii_alphabetic) { name } else { b"-" };
        while let Some(word) = words.word() {
            if is_decision(word) {
                (cut.decision, cut.rest) = (word, words.rest());
                break;
            }
        }
        return Ok(cut);
    }
    let user = words.value();
    let before = words;
    match words.word().and_then(parent) {
        Some((hierarchy, peer)) => {
            cut.user = user.unwrap_or(b"-");
            (cut.hierarchy, cut.peer) = (hierarchy, peer);
        }
        // A blank in a name or in a URL.
        None => match shifted(middle, &mut cut) {
            Some(rest) => words = rest,
            None => {
                let begun = memmem::find(url, b"://").is_some_and(|at| memchr(b'/', &url[at + 3..]).is_some());
                if middle.is_empty() && !begun {
                    return Err(Odd::Bad(squid::CUT_SHORT));
                }
                // The name is whole only if something follows it.
                if let Some(user) = user.filter(|_| before.rest().first() == Some(&b' ')) {
                    cut.user = user;
                }
                return Ok(cut);
            }
        },
    }
    // The MIME type.
    words.word();
    verdict_block(&mut cut, words.rest());
    Ok(cut)
}

/// `TCP_MISS_SSL/200`.
fn result(field: &[u8]) -> Option<(&[u8], u16)> {
    let slash = memchr(b'/', field)?;
    let status = u16::try_from(number::unsigned(&field[slash + 1..])?).ok()?;
    squid::is_code(&field[..slash]).then_some((&field[..slash], status))
}

/// `DIRECT/www.notion.so`.
fn parent(field: &[u8]) -> Option<(&[u8], &[u8])> {
    let slash = memchr(b'/', field)?;
    (squid::is_hierarchy(&field[..slash]) && slash + 1 < field.len()).then(|| (&field[..slash], &field[slash + 1..]))
}

/// Finds the hierarchy code behind a name with blanks, and gives back what follows. What ends in a lone `-` is the rest of a URL, and nobody.
#[cold]
fn shifted<'a>(middle: &'a [u8], cut: &mut Cut<'a>) -> Option<Words<'a>> {
    let mut words = Words::new(middle);
    for _ in 0..32 {
        let before = words.rest();
        let Some((hierarchy, peer)) = parent(words.word()?) else { continue };
        let user = middle[..middle.len() - before.len()].trim_ascii();
        let user = if user.ends_with(b" -") { b"-" } else { user };
        (cut.user, cut.hierarchy, cut.peer) = (user, hierarchy, peer);
        return Some(words);
    }
    None
}

/// Finds the decision, the verdicts between `<` and `>`, and what was added behind them. Some relays escape the brackets
/// as in HTML.
fn verdict_block<'a>(cut: &mut Cut<'a>, text: &'a [u8]) {
    const BRACKETS: [(&[u8], &[u8]); 2] = [(b" <", b">"), (b" &lt;", b"&gt;")];
    for (open, close) in BRACKETS {
        let Some(start) = memmem::find(text, open) else { continue };
        let before = text[..start].trim_ascii();
        let decision = &before[memchr::memrchr(b' ', before).map_or(0, |blank| blank + 1)..];
        if !is_decision(decision) {
            continue;
        }
        cut.decision = decision;
        let block = &text[start + open.len()..];
        let end = memmem::find_iter(block, close)
            .find(|end| matches!(block.get(end + close.len()), None | Some(b' ' | b'\t')));
        cut.verdicts = Some(&block[..end.unwrap_or(block.len())]);
        cut.rest = end.map_or(b"", |end| block[end + close.len()..].trim_ascii());
        return;
    }
    // Cut off before the verdicts.
    let mut words = Words::new(text);
    while let Some(word) = words.word() {
        if is_decision(word) {
            cut.decision = word;
            return;
        }
    }
}

/// `BLOCK_WEBCAT_12-Guests-...`
fn is_decision(word: &[u8]) -> bool {
    memchr(b'-', word).is_some_and(|dash| dash > 2 && squid::is_code(&word[..dash]))
}

/// The head of a log file, and the traffic monitor's lines that some collectors mix in.
#[cold]
fn about_itself(line: &[u8]) -> Option<&'static str> {
    let start = &line[..line.len().min(80)];
    let text = match memmem::find(start, b" Info: ") {
        Some(at) => &line[at + 7..],
        None => line,
    };
    if text.starts_with(b"Firewall ") || memmem::find(text, b" discovered for ").is_some() {
        return Some(MONITOR);
    }
    [&b"Begin Logfile"[..], b"End Logfile", b"Logfile rolled over", b"Version: ", b"Time offset from UTC"]
        .iter()
        .any(|head| text.starts_with(head))
        .then_some("the head of a log file")
        .or_else(|| line.starts_with(b"#").then_some("a comment"))
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    #[test]
    fn the_w3c_log_without_its_header() {
        let line = "1773130542.000 374 alice@example 192.0.2.41 TCP_MISS/200 873 CONNECT tunnel://www.loom.com:443/ www.loom.com - - application/octet-stream DEFAULT_CASE_12-DefaultGroup-DefaultGroup-NONE-NONE-NONE-DefaultGroup-NONE \"192.0.2.9\" 52698 www.loom.com 443 1 IW_srch 6.9 1 - - 1 - IW_srch - \"Streaming Video\" \"Loom\" \"No Action\" \"Encrypted\" - 2.13 0 - \"Mozilla/5.0 (Windows NT 10.0)\" 2673";
        let want = "user:alice@example host:www.loom.com method:CONNECT status:200 action:allowed down:873 ms:374 category:Streaming Video app:Loom by:connect";
        for (line, want) in [
            (line.to_owned(), want.to_owned()),
            (line.replace("alice@example", "-"), want.replace("user:alice@example ", "")),
            (
                line.replace("DEFAULT_CASE_12", "BLOCK_CONTINUE_WEBCAT_12").replace("TCP_MISS/200", "TCP_DENIED/403"),
                want.replace("status:200 action:allowed", "status:403 action:warned"),
            ),
            (line.replace("tunnel://www.loom.com:443/", "tunnel://203.0.113.80:443/"), want.to_owned()),
        ] {
            assert_eq!(say(&CiscoWsa, &[], &line, &Assume::default()), want, "{line}");
        }
        for end in 0..line.len() {
            let told = say(&CiscoWsa, &[], &line[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:www.loom.com "), "{told}");
        }
    }

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/cisco-wsa/sample/sample.log");

    fn text(bytes: Option<&[u8]>) -> String {
        bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned())
    }

    /// Host, user, action, category, app and agent in one text; or why there is no event.
    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        match Lines.record(line, &arena) {
            Parsed::Event(event) => [
                text(event.host),
                text(event.user),
                event.action.map_or("-", Action::as_str).into(),
                text(event.category),
                text(event.app),
                text(event.user_agent),
            ]
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    /// Twenty items, then those around the average bandwidth.
    fn verdicts(category: &str, rest: &str) -> String {
        format!(r#"<{category},6.1,1,"-",-,-,-,-,"-",-,-,-,"-",-,-,"-","-",-,-,{category},{rest}>"#)
    }

    #[test]
    fn verdicts_of_every_release() {
        let old = verdicts("IW_busi", r#"-,"-","-","Notion","Collaboration","Encrypted","-",115.03,0,-,"-","-""#);
        let new = verdicts(
            r#""IW_busi""#,
            r#"-,"-","Business and Industry","-","Notion","Collaboration","Encrypted","-",115.03,0,-,"-",-,-"#,
        );
        let unnamed = verdicts(r#""nc""#, r#"-,"-","-","-","Unknown","Unknown","-","-",0.00,0,-,"-""#);
        let none = verdicts("C_Tools", "-");
        for (name, block, want) in [
            ("11.6", old, "IW_busi | Notion"),
            ("12.5", new, "Business and Industry | Notion"),
            ("nothing known", unnamed, "- | -"),
            ("6.x, no app", none, "C_Tools | -"),
        ] {
            let line = format!(
                "1773130542.871 481 192.0.2.41 TCP_MISS/200 6916 CONNECT tunnel://www.notion.so:443/ alice \
                 DIRECT/www.notion.so - PASSTHRU_WBRS_7-Staff-NONE {block} - -"
            );
            assert_eq!(told(line.as_bytes()), format!("www.notion.so | alice | allowed | {want} | -"), "{name}");
        }
    }

    #[test]
    fn shapes() {
        let stem = "1773130542.871    481 192.0.2.41 ";
        for (name, tail, want) in [
            (
                "a stopped reply",
                "TCP_MISS/200 4687 GET http://www.box.com/a - DIRECT/www.box.com image/gif BLOCK_AMW_RESP_URL_258-A-B <IW_swup,1> -",
                "www.box.com | - | blocked | IW_swup | - | -",
            ),
            (
                "warned",
                "TCP_DENIED/403 298 CONNECT tunnel://mega.nz:443/ - NONE/- - BLOCK_CONTINUE_WEBCAT_12-A-B <IW_osb,1> -",
                "mega.nz | - | warned | IW_osb | - | -",
            ),
            (
                "dropped",
                "TCP_DENIED/403 0 CONNECT tunnel://mega.nz:443/ - NONE/- - DROP_WEBCAT_7-A-B <IW_osb,1> -",
                "mega.nz | - | blocked | IW_osb | - | -",
            ),
            (
                "password asked for",
                "TCP_DENIED/407 298 CONNECT tunnel://mega.nz:443/ - NONE/- - OTHER-NONE-NONE <nc,1> -",
                "mega.nz | - | auth | - | - | -",
            ),
            (
                "denied otherwise",
                "TCP_DENIED/403 298 GET http://mega.nz/ - NONE/- - DEFAULT_CASE_12-A-B <nc,1> -",
                "mega.nz | - | blocked | - | - | -",
            ),
            (
                "decrypted tunnel",
                r#"TCP_MISS/200 39 CONNECT tunnel://mega.nz:443/ "EXAMPLE\alice@corp" DIRECT/mega.nz - DECRYPT_WEBCAT_7-A-B <nc,1> -"#,
                r"mega.nz | EXAMPLE\alice@corp | announced | - | - | -",
            ),
            (
                "request inside",
                "TCP_MISS_SSL/200 39 GET https://mega.nz:443/fm EXAMPLE%5calice DIRECT/mega.nz - DEFAULT_CASE_12-A-B <nc,1> -",
                r"mega.nz | EXAMPLE\alice | allowed | - | - | -",
            ),
            (
                "far end gone",
                "NONE/504 3040 GET http://www.box.com/a - DIRECT/www.box.com - DEFAULT_CASE_12-A-B <nc,1> -",
                "www.box.com | - | error | - | - | -",
            ),
            (
                "nobody",
                r#"TCP_MISS/200 39 GET http://www.box.com/a "(Unauthenticated)192.0.2.4" DIRECT/www.box.com - DEFAULT_CASE_12-A-B <nc,1> -"#,
                "www.box.com | - | allowed | - | - | -",
            ),
            (
                "a name with a blank",
                "TCP_MISS/200 39 GET http://www.box.com/a frank miller DIRECT/www.box.com - DEFAULT_CASE_12-A-B <nc,1> -",
                "www.box.com | frank miller | allowed | - | - | -",
            ),
            (
                "optional tokens",
                "TCP_MISS/200 39 GET http://www.box.com/a - DIRECT/www.box.com text/html CMF:44 DCF:200020 ERR:15 BLOCK_ADMIN-Pol.icy-B <nc,1> -",
                "www.box.com | - | blocked | - | - | -",
            ),
            (
                "escaped brackets",
                "TCP_MISS/404 1932 GET http://www.box.com/a - DIRECT/www.box.com - DEFAULT_CASE_6-AP-NONE &lt;IW_osb,5.0,-&gt; - \"03/Jan/2015:07:09:50 +1100\" NONE -",
                "www.box.com | - | allowed | IW_osb | - | -",
            ),
            (
                "added fields",
                "TCP_MISS/200 39 GET http://www.box.com/a - DIRECT/www.box.com - DEFAULT_CASE_12-A-B <nc,1> - \"Mozilla/5.0 (X11; a > b)\" 486",
                "www.box.com | - | allowed | - | - | Mozilla/5.0 (X11; a > b)",
            ),
            (
                "a caught connection",
                "TCP_MISS/200 39 CONNECT tunnel://203.0.113.9:443/ - DIRECT/www.box.com - PASSTHRU_ADMIN_7-A-B <nc,1> -",
                "www.box.com | - | allowed | - | - | -",
            ),
            ("cut in the URL", "TCP_MISS/200 39 GET http://www.bo", "bad: the line ends before its destination does"),
            (
                "cut before the decision",
                "TCP_MISS/200 39 GET http://www.box.com/ alice DIRE",
                "www.box.com | alice | - | - | - | -",
            ),
            (
                "cut in the verdicts",
                "TCP_MISS/200 39 GET http://www.box.com/ alice DIRECT/www.box.com - BLOCK_WEBCAT_12-A-B <\"IW_osb\",1,\"-",
                "www.box.com | alice | blocked | IW_osb | - | -",
            ),
            ("no result", "oops 39 GET http://www.box.com/ - DIRECT/www.box.com", "bad: no result code and status"),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
            assert_eq!(told(format!("Info: Info: {stem}{tail}").as_bytes()), want, "{name}");
        }
        assert_eq!(told(b"Mon May 04 12:59:54 2020 Info: Begin Logfile"), "skip: the head of a log file");
        assert_eq!(
            told(b"Mon May 04 12:59:59 2020 Info: Firewall noted TCP data from 192.0.2.15 to 203.0.113.205(example.com):1283."),
            "skip: a finding of the traffic monitor, not a request"
        );
        assert_eq!(told(b""), "skip: an empty line");
        assert_eq!(told(b"garbage"), "bad: the time is not in seconds since 1970");
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|b| *b == b'\n') {
            for end in 0..line.len() {
                told(&line[..end]);
                told(&line[end..]);
            }
        }
    }
}
