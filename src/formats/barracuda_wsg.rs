//! Barracuda Web Security Gateway (Web Filter): its syslog.
//!
//! Defined at <https://campus.barracuda.com/product/websecuritygateway/doc/6160430/syslog-and-the-barracuda-web-security-gateway/>.
//!
//! ```text
//! 1773130542 1 192.0.2.41 203.0.113.80 application/json 192.0.2.41 https://www.evernote.com/client 284 BYF ALLOWED CLEAN 2 1 0 0 4 (-) 0 - 0 - 0 www.evernote.com online-storage [ldap0:alice] https://www.evernote.com/ www.evernote.com online-storage 0
//! ```
//!
//! `BYF` is the mark. What a blocked record says of the reason may have many words, so what follows is found by four small
//! numbers: the version of the format, two flags and what was done.

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::number::{self, present};
use super::fields::time;
use super::fields::words::Words;
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Event, Timestamp};

/// Barracuda Web Security Gateway.
pub struct BarracudaWsg;

impl Format for BarracudaWsg {
    fn id(&self) -> &'static str {
        "barracuda-wsg"
    }

    fn about(&self) -> About {
        About {
            name: "Barracuda Web Security Gateway",
            summary: "The web log of Barracuda's Web Security Gateway (Web Filter) by syslog.",
            reference: "https://campus.barracuda.com/product/websecuritygateway/doc/6160430/syslog-and-the-barracuda-web-security-gateway/",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let share = head.vote(|line| match cut(line) {
            Ok(_) => Vote::Yes,
            Err(_) => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score(97) {
            0 => Guess::NO,
            score => {
                Guess::new(score, format!("{yes} of {of} lines have the `BYF` of a Barracuda Web Security Gateway"))
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
            method: false,
        };
        Ok(Layout::new(tells, ()))
    }

    fn reader(&self, _layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines)
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "set up LDAP or NTLM sign-in, so that records name users instead of ANON",
            Gap::BytesUp => "the gateway does not log what is sent: add the log of the firewall behind it",
            Gap::Path => "turn on SSL inspection where that is allowed: paths of https sites are seen nowhere else",
            _ => return None,
        })
    }
}

struct Lines;

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        match cut(line) {
            Ok(cut) => read(&cut),
            Err(_) if line.trim_ascii().is_empty() => Parsed::Skip("an empty line"),
            Err(problem) => Parsed::Bad(problem),
        }
    }
}

/// A line cut into its fields.
#[derive(Debug)]
struct Cut<'a> {
    at: Timestamp,
    client: &'a [u8],
    server: &'a [u8],
    url: &'a [u8],
    size: &'a [u8],
    action: &'a [u8],
    /// 0 allowed, 1 denied, 2 redirected, 3 rewritten, 4 warned.
    done: Option<u8>,
    category: Option<&'a [u8]>,
    user: Option<&'a [u8]>,
    referer: Option<&'a [u8]>,
}

fn read<'a>(cut: &Cut<'a>) -> Parsed<'a> {
    let place = match squid::place(false, cut.url, None) {
        Ok(place) => place,
        Err(why) => return Parsed::Skip(why),
    };
    // `203.0.113.80(198.51.100.7)`: the first is where it went.
    let server = &cut.server[..memchr(b'(', cut.server).unwrap_or(cut.server.len())];
    let (src_ip, device) = squid::client(cut.client);
    Parsed::Event(Event {
        at: Some(cut.at),
        user: cut.user,
        device,
        src_ip,
        host: place.host,
        dst_ip: Some(server).filter(|ip| squid::looks_like_ip(ip) && *ip != b"0.0.0.0").or(place.ip),
        dst_port: place.port,
        path: place.path,
        action: match (cut.action, cut.done) {
            (_, Some(4)) => Some(Action::Warned),
            (b"BLOCKED", _) => Some(Action::Blocked),
            _ => Some(Action::Allowed),
        },
        bytes_down: number::unsigned(cut.size),
        category: cut.category,
        referer: cut.referer,
        evidence: place.evidence,
        ..Event::default()
    })
}

fn cut(line: &[u8]) -> Result<Cut<'_>, Problem> {
    let bad = |reason, rest: &[u8]| Problem::new(reason, line.len() - rest.len());
    let mut words = Words::new(line);
    let at =
        words.word().and_then(time::epoch_seconds).ok_or_else(|| bad("the time is not in seconds since 1970", line))?;
    let mut next = || words.word().ok_or_else(|| Problem::new("too few fields", line.len()));
    let (_one, client, server, _kind, _again) = (next()?, next()?, next()?, next()?, next()?);
    let rest = words.rest();
    // The URL and the size: a URL may hold blanks.
    let mark = memmem::find(rest, b" BYF ").ok_or_else(|| bad("no BYF", rest))?;
    let target = rest[..mark].trim_ascii();
    let blank = memchr::memrchr(b' ', target).ok_or_else(|| bad("no URL and size", rest))?;
    let (url, size) = (target[..blank].trim_ascii(), &target[blank + 1..]);
    let mut words = Words::new(&rest[mark + 5..]);
    let action = words.word().unwrap_or_default();
    if !matches!(action, b"ALLOWED" | b"BLOCKED" | b"DETECTED") {
        return Err(bad("neither allowed nor blocked", words.rest()));
    }
    let mut cut = Cut { at, client, server, url, size, action, done: None, category: None, user: None, referer: None };
    let Some((done, rest)) = behind_the_reason(words.rest()) else { return Ok(cut) };
    cut.done = Some(done);
    let mut words = Words::new(rest);
    words.word();
    // `(-)`, `(Sales, Europe)`
    let source = words.rest().trim_ascii_start();
    if source.first() == Some(&b'(') {
        let Some(end) = memmem::find(source, b") ") else { return Ok(cut) };
        words = Words::new(&source[end + 1..]);
    }
    for _ in 0..6 {
        words.word();
    }
    cut.category = whole(&mut words).and_then(present);
    let name = words.rest().trim_ascii_start();
    if let Some(inner) = name.strip_prefix(b"[") {
        let Some(end) = memchr(b']', inner) else { return Ok(cut) };
        // The directory stands before the name.
        let name = &inner[..end];
        cut.user = present(&name[memchr(b':', name).map_or(0, |colon| colon + 1)..]);
        words = Words::new(&inner[end + 1..]);
    } else {
        cut.user = words.word().filter(|name| *name != b"ANON").and_then(present);
    }
    cut.referer = whole(&mut words).and_then(present);
    Ok(cut)
}

/// A word that something follows: the last of a line may have been cut.
fn whole<'a>(words: &mut Words<'a>) -> Option<&'a [u8]> {
    words.word().filter(|_| !words.rest().is_empty())
}

/// Finds ` 2 1 0 0 `: version, two flags, what was done; and what follows.
fn behind_the_reason(text: &[u8]) -> Option<(u8, &[u8])> {
    memmem::find_iter(text, b" 2 ").find_map(|at| match text.get(at + 3..)? {
        [b'0' | b'1', b' ', b'0' | b'1', b' ', done @ b'0'..=b'9', b' ', rest @ ..] => Some((done - b'0', rest)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/barracuda-wsg/sample/sample.log");

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        match Lines.record(line, &arena) {
            Parsed::Event(event) => [
                text(event.host),
                text(event.user),
                event.action.map_or("-", Action::as_str).into(),
                text(event.category),
                text(event.dst_ip),
            ]
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let stem = "1773130542 1 192.0.2.41 203.0.113.80(198.51.100.7) text/html 192.0.2.41 ";
        for (name, tail, want) in [
            (
                "allowed",
                "https://www.evernote.com/client 284 BYF ALLOWED CLEAN 2 1 0 0 4 (-) 0 - 0 - 0 www.evernote.com online-storage [ldap0:alice] - - - 0",
                "www.evernote.com | alice | allowed | online-storage | 203.0.113.80",
            ),
            (
                "a reason of many words",
                "http://mega.nz/a 0 BYF BLOCKED VIRUS Stream=>[0] Eicar 2 FOUND  2 1 0 1 0 (Sales, EU) 1 mega.nz 3 x 1 mega.nz adult,porn ANON http://x.example/ x - 0",
                "mega.nz | - | blocked | adult,porn | 203.0.113.80",
            ),
            (
                "warned",
                "http://mega.nz/a 0 BYF BLOCKED CLEAN 2 1 0 4 0 (-) 1 mega.nz 0 - 0 mega.nz storage [bob] - - - 0",
                "mega.nz | bob | warned | storage | 203.0.113.80",
            ),
            (
                "cut in the reason",
                "http://mega.nz/a 0 BYF BLOCKED VIRUS Str",
                "mega.nz | - | blocked | - | 203.0.113.80",
            ),
            ("cut before the mark", "http://mega.nz/a 0 B", "bad: no BYF"),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
        }
        assert_eq!(told(b"garbage"), "bad: the time is not in seconds since 1970");
        assert_eq!(told(b""), "skip: an empty line");
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
