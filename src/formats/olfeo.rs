//! Olfeo's proxy: the access log of the appliance.
//!
//! The layout is that of Sekoia's integration, <https://docs.sekoia.io/integration/categories/network_security/olfeo/>.
//!
//! ```text
//! 192.0.2.41 - alice [10/03/2026 09:15:42] "CONNECT https://www.wrike.com:443 HTTP/1.1" 200 - - 1000 Business Services
//! ```
//!
//! It resembles the common log format but for the day, which comes before a month in digits, and the category at the end.
//! Times are local. Bytes are not logged.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::number::{self, present};
use super::fields::time;
use super::fields::words::Words;
use super::squid;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Event, Timestamp};

/// Olfeo.
pub struct Olfeo;

impl Format for Olfeo {
    fn id(&self) -> &'static str {
        "olfeo"
    }

    fn about(&self) -> About {
        About {
            name: "Olfeo",
            summary: "The access log of Olfeo's proxy appliance, from files or syslog.",
            reference: "https://docs.sekoia.io/integration/categories/network_security/olfeo/",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let share = head.vote(|line| if cut(line, assume).is_ok() { Vote::Yes } else { Vote::No });
        let Share { yes, of } = share;
        match share.score(95) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines have the date and the category of an Olfeo proxy")),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let tells =
            Tells { user: true, client: true, host: true, path: true, action: true, method: true, ..Tells::default() };
        Ok(Layout::new(tells, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { assume: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "turn on authentication in Olfeo, so that the log names users",
            Gap::BytesUp | Gap::BytesDown => {
                "Olfeo's access log has no bytes: export its JSON, or add a firewall's log"
            }
            _ => return None,
        })
    }
}

struct Lines {
    assume: Arc<Assume>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        match cut(line, &self.assume) {
            Ok(cut) => read(&cut, arena),
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
    user: &'a [u8],
    method: &'a [u8],
    target: &'a [u8],
    status: u16,
    category: Option<&'a [u8]>,
}

fn read<'a>(cut: &Cut<'a>, arena: &'a Bump) -> Parsed<'a> {
    let connect = cut.method == b"CONNECT";
    let place = match squid::place(connect, cut.target, None) {
        Ok(place) => place,
        Err(why) => return Parsed::Skip(why),
    };
    let (src_ip, device) = squid::client(cut.client);
    Parsed::Event(Event {
        at: Some(cut.at),
        user: squid::user(cut.user, arena),
        device,
        src_ip,
        host: place.host,
        dst_ip: place.ip,
        dst_port: place.port,
        path: place.path,
        method: present(cut.method),
        status: Some(cut.status),
        action: Some(squid::verdict_by_status(cut.status, connect)),
        category: cut.category,
        evidence: place.evidence,
        ..Event::default()
    })
}

fn cut<'a>(line: &'a [u8], assume: &Assume) -> Result<Cut<'a>, Problem> {
    let bad = |reason, rest: &[u8]| Problem::new(reason, line.len() - rest.len());
    let open = memmem::find(line, b" [").ok_or_else(|| bad("no time in brackets", line))?;
    let mut who = Words::new(&line[..open]);
    let client = who.word().ok_or_else(|| bad("no client", line))?;
    who.word();
    // A name may hold blanks.
    let user = present(who.rest().trim_ascii()).unwrap_or(b"-");
    let mut words = Words::new(&line[open + 1..]);
    let stamp = words.bracketed().ok_or_else(|| bad("no time in brackets", line))?;
    let at = day_first(stamp, assume).ok_or_else(|| bad("no date of days, months and years", words.rest()))?;
    let request = words.quoted().ok_or_else(|| bad("no request in quotes", words.rest()))?;
    let blank = memchr(b' ', request).ok_or_else(|| bad("no request in quotes", words.rest()))?;
    let (method, rest) = (&request[..blank], request[blank + 1..].trim_ascii());
    let target = &rest[..memmem::rfind(rest, b" HTTP/").unwrap_or(rest.len())];
    let status = words.word().and_then(number::unsigned).and_then(|status| u16::try_from(status).ok());
    let status = status.ok_or_else(|| bad("no status after a request", words.rest()))?;
    let (_size, _time, id) = (words.word(), words.word(), words.word());
    let category = id.filter(|id| number::unsigned(id).is_some()).and_then(|_| present(words.rest().trim_ascii()));
    Ok(Cut { at, client, user, method, target, status, category })
}

/// `10/03/2026 09:15:42`
fn day_first(stamp: &[u8], assume: &Assume) -> Option<Timestamp> {
    let (date, clock) = stamp.split_first_chunk::<10>()?;
    if date[2] != b'/' || date[5] != b'/' || clock.first() != Some(&b' ') {
        return None;
    }
    // With dots the day comes first.
    let mut dotted = *date;
    (dotted[2], dotted[5]) = (b'.', b'.');
    time::date_and_time(&dotted, &clock[1..], false, assume)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Action;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/olfeo/sample/sample.log");

    fn told(line: &[u8]) -> String {
        let arena = Bump::new();
        let text = |bytes: Option<&[u8]>| bytes.map_or("-".into(), |b| String::from_utf8_lossy(b).into_owned());
        match (Lines { assume: Arc::new(Assume::default()) }).record(line, &arena) {
            Parsed::Event(event) => [
                event.at.map_or("-".into(), |at| at.0.to_string()),
                text(event.host),
                text(event.path),
                text(event.user),
                event.action.map_or("-", Action::as_str).into(),
                text(event.category),
            ]
            .join(" | "),
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
        }
    }

    #[test]
    fn shapes() {
        let stem = "192.0.2.41 - alice [10/03/2026 08:15:42] ";
        for (name, tail, want) in [
            (
                "the day comes first",
                r#""CONNECT https://www.wrike.com:443 HTTP/1.1" 200 - - 1000 Business Services"#,
                "1773130542000 | www.wrike.com | - | alice | allowed | Business Services",
            ),
            (
                "refused",
                r#""GET http://mega.nz/a?b HTTP/1.1" 403 - - 77 Online Storage"#,
                "1773130542000 | mega.nz | /a | alice | blocked | Online Storage",
            ),
            (
                "no category",
                r#""GET http://mega.nz/ HTTP/1.1" 407 - - - -"#,
                "1773130542000 | mega.nz | / | alice | auth | -",
            ),
            ("cut", r#""GET http://meg"#, "bad: no request in quotes"),
        ] {
            assert_eq!(told(format!("{stem}{tail}").as_bytes()), want, "{name}");
        }
        let common = r#"192.0.2.41 - alice [10/Mar/2026:08:15:42 +0000] "GET http://mega.nz/ HTTP/1.1" 200 5"#;
        assert_eq!(told(common.as_bytes()), "bad: no date of days, months and years");
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
