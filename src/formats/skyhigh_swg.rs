//! McAfee, Skyhigh and Trellix Secure Web Gateway (MWG): the access log and its key=value forms.
//!
//! The access log is a rule set of the product guide, <https://success.skyhighsecurity.com/Skyhigh_Secure_Web_Gateway_(On_Prem)>;
//! the other two come with the apps of log collectors.
//!
//! ```text
//! [10/Mar/2026:08:15:42 +0100] "EXAMPLE\alice" 192.0.2.41 200 "GET https://www.figma.com/api HTTP/2.0" "Business" "Minimal Risk" "application/json" 20411 1843 "Mozilla/5.0" "" "0" "Figma"
//! status="403/10" srcip="192.0.2.42" user="bob" dhost="mega.nz" urlp="443" proto="HTTPS/https" mtd="CONNECT" urlc="Personal Network Storage" bytes="412/0/0/3001" url="https://mega.nz" ...
//! date="2026-03-10T08:15:42.390Z" username="carol" source_ip="192.0.2.43" http_status_code="200" http_request_first_line="GET http://www.box.com/ HTTP/1.1" source_bytes="410" ...
//! ```
//!
//! Of the many layouts that its users made, one is common enough to be known by its shape (`compact`):
//!
//! ```text
//! 2026-03-10 09:15:42 +0100 204 allowed 192.0.2.41 https GET www.figma.com 443 775/58 88/1 up="/api" ua="FF86" a="Figma" c="wa" dip=203.0.113.80
//! ```
//!
//! `bytes="a/b/c/d"` is from the client, to the server, from the server, to the client. In the access log the bytes to the
//! client stand first; those from the client follow in newer rule sets.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem, memrchr};

use super::fields::number::{self, present};
use super::fields::pairs::Keys;
use super::fields::time;
use super::fields::words::Words;
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp};

/// McAfee, Skyhigh, Trellix Secure Web Gateway.
pub struct SkyhighSwg;

impl Format for SkyhighSwg {
    fn id(&self) -> &'static str {
        "skyhigh-swg"
    }

    fn about(&self) -> About {
        About {
            name: "Skyhigh Secure Web Gateway",
            summary: "The access log of McAfee, Skyhigh or Trellix Web Gateway, and its key=value forms.",
            reference: "https://success.skyhighsecurity.com/Skyhigh_Secure_Web_Gateway_(On_Prem)",
            proof: Proof::Verified,
            variants: &["access-log", "key-value", "collector", "compact"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let mut pairs = 0;
        let share = head.vote(|line| match shape(line) {
            Shape::Pairs(_) => {
                pairs += 1;
                Vote::Yes
            }
            Shape::Row if cut(line, assume).is_ok() => Vote::Yes,
            Shape::Compact if compact(line, assume).is_ok() => Vote::Yes,
            Shape::Comment => Vote::Abstain,
            _ => Vote::No,
        });
        let Share { yes, of } = share;
        let what = if pairs * 2 > yes { "the keys" } else { "the columns" };
        match share.score(97) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines have {what} of a Skyhigh Web Gateway")),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let sent = |line: &&[u8]| match shape(line) {
            Shape::Row => cut(line, assume).is_ok_and(|row| row.up.is_some()),
            shape => matches!(shape, Shape::Pairs(_)),
        };
        let tells = Tells {
            user: true,
            client: true,
            host: true,
            path: true,
            bytes_up: head.lines.iter().any(sent),
            bytes_down: true,
            action: true,
            method: true,
        };
        Ok(Layout::new(tells, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let slot = |key: &[u8]| KEYS.iter().position(|names| names.iter().any(|name| name.as_bytes() == key));
        Box::new(Lines { assume: layout.get(), keys: Keys::new(slot) })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "let a rule set authenticate, so that Authentication.UserName is known when the log rule runs",
            Gap::BytesUp => "add BytesFromClient to the rule that writes the access log, behind BytesToClient",
            Gap::Path => "turn on the SSL scanner where that is allowed: paths of https sites are seen nowhere else",
            _ => return None,
        })
    }
}

struct Lines {
    assume: Arc<Assume>,
    keys: Keys,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let row = match shape(line) {
            Shape::Empty => return Parsed::Skip("an empty line"),
            Shape::Comment => return Parsed::Skip("a header"),
            Shape::Row => match cut(line, &self.assume) {
                Ok(row) => row,
                Err(problem) => return Parsed::Bad(problem),
            },
            Shape::Compact => match compact(line, &self.assume) {
                Ok(row) => row,
                Err(problem) => return Parsed::Bad(problem),
            },
            Shape::Pairs(at) => match self.pairs(line, at, arena) {
                Ok(row) => row,
                Err(problem) => return Parsed::Bad(problem),
            },
            Shape::Other => return Parsed::Bad(Problem::new("neither the columns nor the keys of a web gateway", 0)),
        };
        read(&row, arena)
    }
}

/// What a record says, whichever form it has.
#[derive(Debug, Default)]
struct Row<'a> {
    at: Option<Timestamp>,
    user: &'a [u8],
    client: &'a [u8],
    status: Option<u16>,
    /// The id of the block reason; 0 for none.
    block: Option<u64>,
    /// Where it is said in a word.
    action: Option<Action>,
    method: &'a [u8],
    target: &'a [u8],
    /// Where the target is not whole.
    host: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
    port: Option<u16>,
    server: Option<&'a [u8]>,
    down: Option<u64>,
    up: Option<u64>,
    category: Option<&'a [u8]>,
    app: Option<&'a [u8]>,
    agent: Option<&'a [u8]>,
    referer: Option<&'a [u8]>,
}

fn read<'a>(row: &Row<'a>, arena: &'a Bump) -> Parsed<'a> {
    if row.method == b"CERTVERIFY" {
        return Parsed::Skip("a look at a certificate, counted with its tunnel");
    }
    let connect = row.method == b"CONNECT";
    let target = present(row.target).or(row.host).unwrap_or_default();
    let mut place = match squid::place(connect, target, None) {
        Ok(place) => place,
        Err(why) => match row.host.map(|host| squid::place(connect, host, None)) {
            Some(Ok(place)) => place,
            _ => return Parsed::Skip(why),
        },
    };
    if present(row.target).is_none() && place.evidence == Evidence::Url {
        place.evidence = Evidence::Connect;
    }
    if let (Some(path), false, None) = (row.path, connect, place.ip) {
        (place.path, place.evidence) = (Some(path), Evidence::Url);
    }
    let (src_ip, device) = squid::client(row.client);
    Parsed::Event(Event {
        at: row.at,
        user: present(row.user),
        device,
        src_ip,
        host: place.host,
        dst_ip: row.server.filter(|ip| squid::looks_like_ip(ip)).or(place.ip),
        dst_port: row.port.or(place.port),
        path: place.path,
        method: present(row.method),
        status: row.status,
        action: row.action.or_else(|| action(row.status, row.block)),
        bytes_up: row.up,
        bytes_down: row.down,
        category: row.category,
        app: row.app,
        user_agent: row.agent.map(|agent| squid::unquote(agent, arena)),
        referer: row.referer,
        evidence: place.evidence,
        ..Event::default()
    })
}

/// Block reasons have ids: 1 and 3 are failures, 81 asks for a password, any other number is a rule's "no". Without a
/// block the status is that of the far end.
fn action(status: Option<u16>, block: Option<u64>) -> Option<Action> {
    match (block, status) {
        (Some(81), _) | (_, Some(407)) => Some(Action::Auth),
        (Some(1 | 3), _) => Some(Action::Error),
        (Some(1..), _) => Some(Action::Blocked),
        (_, Some(0 | 502..=504)) => Some(Action::Error),
        (Some(0), _) => Some(Action::Allowed),
        (None, _) => None,
    }
}

enum Shape {
    Empty,
    Comment,
    /// `[10/Mar/2026:08:15:42 +0100] "alice" 192.0.2.41 200 ...`
    Row,
    /// `status="403/10" srcip=...`, after so many bytes.
    Pairs(usize),
    /// `2026-03-10 09:15:42 +0100 204 allowed ...`
    Compact,
    Other,
}

fn shape(line: &[u8]) -> Shape {
    let bare = line.trim_ascii_start();
    match bare.first() {
        None => return Shape::Empty,
        Some(b'#') => return Shape::Comment,
        Some(b'0'..=b'9') if bare.get(19) == Some(&b' ') && matches!(bare.get(20), Some(b'+' | b'-')) => {
            return Shape::Compact;
        }
        _ => {}
    }
    let mut words = Words::new(bare);
    let dated = words.bracketed().is_some();
    let rest = words.rest().trim_ascii_start();
    let rest = rest.strip_prefix(b"mwg: ").unwrap_or(rest);
    let has = |key: &[u8]| memmem::find(rest, key).is_some();
    if rest.starts_with(b"status=\"") && has(b" srcip=\"")
        || rest.starts_with(b"date=\"") && has(b"source_ip=\"") && has(b"http_request_first_line=\"")
    {
        return Shape::Pairs(line.len() - rest.len());
    }
    if dated && rest.starts_with(b"\"") { Shape::Row } else { Shape::Other }
}

/// The columns of the access log.
fn cut<'a>(line: &'a [u8], assume: &Assume) -> Result<Row<'a>, Problem> {
    let bad = |reason, words: &Words<'_>| Problem::new(reason, line.len() - words.rest().len());
    let mut words = Words::new(line);
    let mut row = Row::default();
    let stamp = words.bracketed().ok_or_else(|| bad("no time in brackets", &words))?;
    row.at = time::clf(stamp, assume).or_else(|| time::iso(stamp, assume));
    if row.at.is_none() {
        return Err(bad("the time is not readable", &words));
    }
    row.user = words.quoted().ok_or_else(|| bad("no user in quotes", &words))?;
    row.client = words.value().ok_or_else(|| bad("no client", &words))?;
    let status = words.value().and_then(number::unsigned).and_then(|status| u16::try_from(status).ok());
    row.status = Some(status.ok_or_else(|| bad("no status", &words))?);
    let start = words.rest();
    let request = match words.quoted() {
        Some(request) => request,
        None => {
            // Cut off within the request: whole only if the path has begun.
            let request = start.trim_ascii_start().strip_prefix(b"\"").unwrap_or_default();
            let begun = memmem::find(request, b"://").is_some_and(|at| memchr(b'/', &request[at + 3..]).is_some());
            if !begun {
                return Err(squid::CUT_SHORT);
            }
            words = Words::new(b"");
            request
        }
    };
    (row.method, row.target) = method_and_target(request);
    row.category = words.quoted().and_then(present);
    let (_reputation, _media) = (words.quoted(), words.quoted());
    let counter = |words: &mut Words<'a>| {
        let mut ahead = *words;
        let number = ahead.word().and_then(number::unsigned)?;
        // The last word of a line that was cut may be half a number.
        if ahead.rest().is_empty() {
            return None;
        }
        *words = ahead;
        Some(number)
    };
    row.down = counter(&mut words);
    row.up = counter(&mut words);
    row.agent = agent(&mut words).and_then(present);
    words.quoted();
    row.block = words.quoted().and_then(number::unsigned);
    row.app = words.quoted().and_then(present);
    Ok(row)
}

/// The columns of the compact layout, as far as its users agree; pairs follow. The numbers between are none that tell which
/// way they went.
fn compact<'a>(line: &'a [u8], assume: &Assume) -> Result<Row<'a>, Problem> {
    const OTHER: Problem = Problem::new("not the compact columns of a web gateway", 0);
    let text = line.trim_ascii_start();
    let (stamp, rest) = text.split_at_checked(25).ok_or(OTHER)?;
    let at = time::iso(stamp, assume).ok_or(Problem::new("the time is not readable", 0))?;
    let mut words = Words::new(rest);
    let mut row = Row { at: Some(at), ..Row::default() };
    let mut next = || words.word().ok_or(squid::CUT_SHORT);
    let status = next()?;
    row.status = Some(number::unsigned(status).filter(|status| *status < 1000).ok_or(OTHER)? as u16);
    row.action = Some(match next()? {
        b"allowed" => Action::Allowed,
        b"blocked" | b"denied" => Action::Blocked,
        _ => return Err(OTHER),
    });
    row.client = next()?;
    let scheme = next()?;
    row.method = next()?;
    row.host = present(next()?);
    let port = next()?;
    row.port = number::unsigned(port).and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
    if !squid::looks_like_ip(row.client) || !scheme.iter().all(u8::is_ascii_lowercase) || row.port.is_none() {
        return Err(OTHER);
    }
    if row.status == Some(407) {
        row.action = Some(Action::Auth);
    }
    while let Some(word) = words.word() {
        let Some(equals) = memchr(b'=', word) else { continue };
        let value = match word.get(equals + 1) {
            // A text in quotes may hold blanks.
            Some(b'"') => {
                let inner = &line[line.len() - words.rest().len() - word.len() + equals + 2..];
                let Some(end) = memchr(b'"', inner) else { break };
                words = Words::new(&inner[end + 1..]);
                &inner[..end]
            }
            _ => &word[equals + 1..],
        };
        match &word[..equals] {
            b"up" => row.path = present(value).filter(|path| path.starts_with(b"/")),
            b"ua" => row.agent = present(value),
            b"a" => row.app = present(value),
            b"dip" => row.server = present(value),
            b"u" | b"user" => row.user = value,
            _ => {}
        }
    }
    Ok(row)
}

/// A program's name may hold quotes, and nobody escapes them: it ends where the next quoted text begins.
fn agent<'a>(words: &mut Words<'a>) -> Option<&'a [u8]> {
    let inner = words.rest().trim_ascii_start().strip_prefix(b"\"")?;
    let end = memmem::find(inner, b"\" \"")?;
    *words = Words::new(&inner[end + 1..]);
    Some(&inner[..end])
}

/// `GET http://... HTTP/1.1`
fn method_and_target(request: &[u8]) -> (&[u8], &[u8]) {
    let Some(blank) = memchr(b' ', request) else { return (request, b"") };
    let (method, rest) = (&request[..blank], request[blank + 1..].trim_ascii());
    let target = match memrchr(b' ', rest) {
        Some(last) if rest[last + 1..].starts_with(b"HTTP") => rest[..last].trim_ascii_end(),
        _ if rest.starts_with(b"HTTP/") => b"",
        _ => rest,
    };
    (method, target)
}

/// The keys that matter, those of both forms.
const KEYS: [&[&str]; 20] = [
    &["status"],
    &["srcip", "source_ip"],
    &["user", "username"],
    &["dhost", "destination_host"],
    &["dstip", "destip", "destination_ip"],
    &["urlp"],
    &["mtd"],
    &["urlc", "url_categories"],
    &["app", "application_name"],
    &["bytes"],
    &["ua", "user_agent"],
    &["http_referrer", "http_referer"],
    &["url"],
    &["date"],
    &["http_status_code"],
    &["source_bytes"],
    &["destination_bytes"],
    &["http_request_first_line"],
    &["block_id"],
    &["lat"],
];

impl Lines {
    /// The keys, which begin after so many bytes.
    fn pairs<'a>(&mut self, line: &'a [u8], from: usize, arena: &'a Bump) -> Result<Row<'a>, Problem> {
        let mut values = [None; KEYS.len()];
        self.keys.read(&line[from..], b' ', &mut values, arena);
        let [status, client, user, host, server, port, method, category, app, bytes, agent, referer, url, date, ..] =
            values;
        let [.., code, up, down, request, block, _lat] = values;
        let mut row = Row {
            user: user.unwrap_or_default(),
            client: client.unwrap_or_default(),
            method: method.unwrap_or_default(),
            target: url.unwrap_or_default(),
            host: host.and_then(present),
            port: port.and_then(number::unsigned).and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0),
            server,
            category: category.and_then(present),
            app: app.and_then(present),
            agent: agent.and_then(present),
            referer: referer.and_then(present),
            ..Row::default()
        };
        let stamp = Words::new(line).bracketed();
        row.at = stamp.and_then(|stamp| time::clf(stamp, &self.assume));
        if let Some(date) = date.and_then(present) {
            row.at = Some(time::any(date, &self.assume).ok_or(Problem::new("the time is not readable", 0))?);
        } else if stamp.is_some() && row.at.is_none() {
            return Err(Problem::new("the time is not readable", 0));
        }
        let (code, block) =
            match status.and_then(|both| memchr(b'/', both).map(|slash| (&both[..slash], &both[slash + 1..]))) {
                Some((code, block)) => (Some(code), Some(block)),
                None => (status.or(code), block),
            };
        row.status = code.and_then(number::unsigned).and_then(|status| u16::try_from(status).ok());
        row.block = block.and_then(number::unsigned);
        if let Some(bytes) = bytes {
            let mut four = bytes.split(|byte| *byte == b'/').map(number::unsigned);
            row.up = four.next().flatten();
            row.down = four.nth(2).flatten();
        } else {
            row.up = up.and_then(number::unsigned);
            row.down = down.and_then(number::unsigned);
        }
        if let Some(request) = request {
            let (method, target) = method_and_target(request);
            if row.method.is_empty() {
                row.method = method;
            }
            if row.target.is_empty() {
                row.target = target;
            }
        }
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: [&[u8]; 2] = [
        include_bytes!("../../tests/corpus/skyhigh-swg/sample/sample.log"),
        include_bytes!("../../tests/corpus/skyhigh-swg/key-value/sample.log"),
    ];

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        let layout = SkyhighSwg.layout(&Head { lines: vec![] }, &Assume::default()).unwrap();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        let number = |number: Option<u64>| number.map_or("-".into(), |number| number.to_string());
        match SkyhighSwg.reader(&layout).record(line, &arena) {
            Parsed::Event(event) => [
                text(event.host),
                text(event.path),
                text(event.user),
                event.action.map_or("-", Action::as_str).into(),
                number(event.bytes_up),
                number(event.bytes_down),
                text(event.app),
            ]
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn the_compact_layout() {
        let line = "2026-03-10 09:15:42 +0100 204 allowed 192.0.2.41 https GET www.figma.com 443 775/58 88/1 up=\"/api v\" ua=\"FF86\" a=\"Figma\" c=\"wa\" dip=203.0.113.80 b=744/239";
        for (line, want) in [
            (line.to_owned(), "www.figma.com | /api v | - | allowed | - | - | Figma"),
            (
                line.replace("204 allowed", "403 blocked").replace("/api v", "/"),
                "www.figma.com | / | - | blocked | - | - | Figma",
            ),
            (
                line.replace(" GET ", " CONNECT ").replace("allowed", "blocked").replace("204", "407"),
                "www.figma.com | - | - | auth | - | - | Figma",
            ),
            (line[..line.find("www").unwrap() + 5].to_owned(), "bad: the line ends before its destination does"),
            (line.replace("allowed", "purple"), "bad: not the compact columns of a web gateway"),
        ] {
            assert_eq!(told(line.as_bytes()), want, "{line}");
        }
        for at in 0..line.len() {
            told(&line.as_bytes()[..at]);
            told(&line.as_bytes()[at..]);
        }
    }

    #[test]
    fn columns() {
        let stem = r#"[10/Mar/2026:08:15:42 +0100] "EXAMPLE\alice" 192.0.2.41 "#;
        for (name, tail, want) in [
            (
                "bytes of both ways, an app",
                r#"200 "GET https://www.figma.com/api?x HTTP/2.0" "Business, Software" "Minimal Risk" "application/json" 20411 1843 "Mozilla/5.0 (X11)" "" "0" "Figma""#,
                r"www.figma.com | /api | EXAMPLE\alice | allowed | 1843 | 20411 | Figma",
            ),
            (
                "the old columns",
                r#"200 "CONNECT www.figma.com:443 HTTP/1.1" "Business" "Minimal Risk" "" 20411 "Mozilla/5.0 (X11)" "" "0""#,
                r"www.figma.com | - | EXAMPLE\alice | allowed | - | 20411 | -",
            ),
            (
                "blocked by a category",
                r#"403 "GET http://mega.nz/ HTTP/1.1" "Storage" "High Risk" "" 3001 412 "say "hi" (x)" "" "10" """#,
                r"mega.nz | / | EXAMPLE\alice | blocked | 412 | 3001 | -",
            ),
            (
                "password asked for",
                r#"407 "CONNECT mega.nz:443 HTTP/1.1" "" "" "" 3001 412 "" "" "81" """#,
                r"mega.nz | - | EXAMPLE\alice | auth | 412 | 3001 | -",
            ),
            (
                "a failure",
                r#"502 "GET http://mega.nz/ HTTP/1.1" "" "" "" 3001 412 "" "" "3" """#,
                r"mega.nz | / | EXAMPLE\alice | error | 412 | 3001 | -",
            ),
            (
                "a certificate",
                r#"200 "CERTVERIFY mega.nz:443 HTTP/1.1" "" "" "" 0 0 "" "" "0" """#,
                "skip: a look at a certificate, counted with its tunnel",
            ),
            ("no host", r#"400 "CONNECT :80 HTTP/1.1" "" "" "" 0 0 "" "" "0" """#, "skip: no request: no host"),
            ("cut in the host", r#"200 "GET http://www.bo"#, "bad: the line ends before its destination does"),
            (
                "cut in the path",
                r#"200 "GET http://www.box.com/a"#,
                r"www.box.com | /a | EXAMPLE\alice | - | - | - | -",
            ),
            (
                "cut in a number",
                r#"200 "GET http://www.box.com/a HTTP/1.1" "" "" "" 204"#,
                r"www.box.com | /a | EXAMPLE\alice | - | - | - | -",
            ),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
        }
        assert_eq!(told(br##"# #time_stamp "auth_user" src_ip status_code"##), "skip: a header");
        assert_eq!(told(b""), "skip: an empty line");
    }

    #[test]
    fn keys() {
        for (name, line, want) in [
            (
                "bytes are from client, to server, from server, to client",
                r#"status="200/0" srcip="192.0.2.42" user="bob" dhost="mega.nz" urlp="443" mtd="CONNECT" app="MEGA" bytes="412/413/3000/3001" url="https://mega.nz""#,
                "mega.nz | - | bob | allowed | 412 | 3001 | MEGA",
            ),
            (
                "dated",
                r#"[10/Mar/2026:08:15:42 +0100] status="403/10" srcip="192.0.2.42" user="-" dhost="mega.nz" mtd="GET" app="-" bytes="412/0/0/3001" url="https://mega.nz/a""#,
                "mega.nz | /a | - | blocked | 412 | 3001 | -",
            ),
            (
                "cut in the URL",
                r#"status="200/0" srcip="192.0.2.42" user="bob" dhost="mega.nz" mtd="GET" bytes="1/1/1/1" url="https://mega"#,
                "mega.nz | - | bob | allowed | 1 | 1 | -",
            ),
            (
                "a collector's",
                r#"date="2026-03-10T08:15:42.390Z" username="carol" source_ip="192.0.2.43" http_status_code="200" source_bytes="410" destination_bytes="9000" http_request_first_line="GET http://www.box.com/a HTTP/1.1" block_id="0" application_name="Box""#,
                "www.box.com | /a | carol | allowed | 410 | 9000 | Box",
            ),
        ] {
            assert_eq!(told(line.as_bytes()), want, "{name}");
        }
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLES.iter().flat_map(|sample| sample.split(|b| *b == b'\n')) {
            for end in 0..line.len().min(900) {
                told(&line[..end]);
                told(&line[end..]);
            }
        }
    }
}
