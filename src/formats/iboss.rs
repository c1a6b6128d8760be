//! iboss: the older log of URLs, pairs between commas.
//!
//! The layout is that of collectors that read it (Exabeam's `iBoss/Secure_Web_Gateway`); iboss' JSON is a dialect of
//! [`super::json_lines`].
//!
//! ```text
//! 03/10/26 08:15:42 AM,URL_LOG_ENTRY,URL_LOG_ID=4028,IBOSS=node1,URL=https://www.box.com/a,CATEGORIES_NAMES=Business,Storage,ACTION=Allowed,SRC_IPADDR=192.0.2.41,COMP_NAME=LT-0412,USER=alice,REQUEST_METHOD=GET,USER_AGENT=Mozilla/5.0,CONTENT_TYPE=text/html,BYTES=20411
//! ```
//!
//! Values hold commas that nobody escapes, so that a pair ends where the next key begins: capital letters. `BYTES` are those
//! of both directions, and are left out: nothing tells how they are divided.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::alias::Field;
use super::fields::draft::{Draft, NO_DESTINATION, action_word, not_outbound};
use super::fields::number::{present, unsigned};
use super::fields::time;
use super::squid::CUT_SHORT;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::{Action, Timestamp};

/// iboss.
pub struct Iboss;

impl Format for Iboss {
    fn id(&self) -> &'static str {
        "iboss"
    }

    fn about(&self) -> About {
        About {
            name: "iboss",
            summary: "The older URL log of iboss: pairs between commas. Its JSON is read by json-lines.",
            reference: "https://www.iboss.com/support/",
            proof: Proof::Documentation,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut wrapped = 0;
        let share = head.vote(|line| match Line::read(line) {
            Some(read) => {
                wrapped += usize::from(read.from > 0);
                Vote::Yes
            }
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score_within(96, wrapped) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines are entries of iboss' log")),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let tells = Tells { bytes_up: false, bytes_down: false, ..Tells::ALL };
        Ok(Layout::new(tells, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { assume: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::BytesUp | Gap::BytesDown => "send iboss' logs as JSON: they count both directions",
            Gap::User => "turn on user association in iboss",
            _ => return None,
        })
    }
}

/// An entry, not yet taken apart.
struct Line<'a> {
    /// Where it begins.
    from: usize,
    stamp: &'a [u8],
    /// `URL_LOG_ENTRY`
    kind: &'a [u8],
    pairs: &'a [u8],
}

impl<'a> Line<'a> {
    fn read(line: &'a [u8]) -> Option<Line<'a>> {
        const MARK: &[u8] = b"_LOG_ENTRY";
        let mark = memmem::find(&line[..line.len().min(200)], MARK)?;
        let comma = memchr::memrchr(b',', &line[..mark])?;
        let end = mark + MARK.len();
        if !matches!(line.get(end), None | Some(b',')) {
            return None;
        }
        // A date, a clock and AM or PM.
        let mut from = comma;
        for _ in 0..3 {
            from = memchr::memrchr(b' ', &line[..from.checked_sub(1)?]).map_or(0, |blank| blank + 1);
        }
        let stamp = &line[from..comma];
        let stamp = stamp.strip_prefix(b"<").and_then(|text| Some(&text[memchr(b'>', text)? + 1..])).unwrap_or(stamp);
        let kind = &line[comma + 1..end];
        Some(Line { from, stamp, kind, pairs: line.get(end + 1..).unwrap_or_default() })
    }
}

struct Lines {
    assume: Arc<Assume>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(read) = Line::read(line) else {
            return if line.trim_ascii().is_empty() {
                Parsed::Skip("an empty line")
            } else {
                Parsed::Bad(Problem::new("no entry of iboss' log", 0))
            };
        };
        if read.kind != b"URL_LOG_ENTRY" {
            return Parsed::Skip("not a web record");
        }
        let mut draft = Draft::default();
        draft.event.at = clock(read.stamp, &self.assume);
        if draft.event.at.is_none() {
            return Parsed::Bad(Problem::new("the time is not readable", read.from));
        }
        let mut half = false;
        pairs(read.pairs, |key, value, last| {
            let field = match key {
                b"URL" => Field::Url,
                b"CATEGORIES_NAMES" => Field::Category,
                b"SRC_IPADDR" => Field::SrcIp,
                b"COMP_NAME" => Field::Device,
                b"USER" => Field::User,
                b"REQUEST_METHOD" => Field::Method,
                b"USER_AGENT" => Field::UserAgent,
                b"ACTION" => {
                    let warned = value.eq_ignore_ascii_case(b"soft-blocked");
                    draft.event.action = if warned { Some(Action::Warned) } else { action_word(value) };
                    return;
                }
                _ => return,
            };
            // Half a host is another host.
            let begun = memmem::find(value, b"://").is_some_and(|at| value[at + 3..].contains(&b'/'));
            half |= field == Field::Url && last && !begun;
            draft.set(field, value, &self.assume);
        });
        if half {
            return Parsed::Bad(CUT_SHORT);
        }
        match draft.finish(&self.assume, arena) {
            Parsed::Event(event) => match not_outbound(&event).filter(|_| event.path.is_none()) {
                Some(why) => Parsed::Skip(why),
                None => Parsed::Event(event),
            },
            // Each entry has a URL.
            Parsed::Bad(problem) if problem.reason == NO_DESTINATION => Parsed::Bad(CUT_SHORT),
            other => other,
        }
    }
}

/// Shows the pairs, and whether one is the last.
fn pairs<'a>(text: &'a [u8], mut show: impl FnMut(&'a [u8], &'a [u8], bool)) {
    let mut at = 0;
    while let Some(length) = key(&text[at..]) {
        let name = &text[at..at + length];
        let from = at + length + 1;
        let mut end = from;
        let next = loop {
            match memchr(b',', &text[end..]) {
                Some(comma) if key(&text[end + comma + 1..]).is_some() => break Some(end + comma),
                Some(comma) => end += comma + 1,
                None => break None,
            }
        };
        let value = &text[from..next.unwrap_or(text.len())];
        show(name, present(value).unwrap_or_default(), next.is_none());
        match next {
            Some(comma) => at = comma + 1,
            None => return,
        }
    }
}

/// How long the key is that a text begins with.
fn key(text: &[u8]) -> Option<usize> {
    let length = text.iter().take(40).take_while(|byte| byte.is_ascii_uppercase() || **byte == b'_').count();
    (length > 2 && text.get(length) == Some(&b'=')).then_some(length)
}

/// `03/10/26 08:15:42 AM`
fn clock(text: &[u8], assume: &Assume) -> Option<Timestamp> {
    let mut words = text.split(|byte| *byte == b' ');
    let (date, clock, half) = (words.next()?, words.next()?, words.next()?);
    let mut parts = date.split(|byte| *byte == b'/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (hours, rest) = clock.split_at(memchr(b':', clock)?);
    let hour = unsigned(hours).filter(|hour| (1..=12).contains(hour))? % 12;
    let hour = match half {
        b"AM" | b"am" => hour,
        b"PM" | b"pm" => hour + 12,
        _ => return None,
    };
    if rest.len() != 6 || !matches!(year.len(), 2 | 4) || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let mut stamp = *b"2000-00-00 00:00:00";
    stamp[4 - year.len()..4].copy_from_slice(year);
    stamp[7 - month.len()..7].copy_from_slice(month);
    stamp[10 - day.len()..10].copy_from_slice(day);
    stamp[11] = b'0' + (hour / 10) as u8;
    stamp[12] = b'0' + (hour % 10) as u8;
    stamp[13..].copy_from_slice(rest);
    time::iso(&stamp, assume)
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/iboss/sample/sample.log");

    const LINE: &str = "03/10/26 08:15:42 AM,URL_LOG_ENTRY,URL_LOG_ID=4028,IBOSS=node1,URL=https://www.box.com/a,b?X=1,c,CATEGORIES_NAMES=Business,Storage,ACTION=Allowed,SRC_IPADDR=192.0.2.41,COMP_NAME=LT-0412,USER=alice,REQUEST_METHOD=GET,USER_AGENT=Mozilla/5.0 (a, b),CONTENT_TYPE=text/html,BYTES=20411";

    fn check(cases: &[(&str, &str)]) {
        for (line, want) in cases {
            assert_eq!(say(&Iboss, &[line], line, &Assume::default()), *want, "{line}");
        }
    }

    #[test]
    fn commas_in_values_and_verdicts() {
        let want = "user:alice device:LT-0412 host:www.box.com path:/a,b method:GET action:allowed category:Business,Storage by:url";
        check(&[
            (LINE, want),
            (&format!("<134>Mar 10 08:15:42 node1 {LINE}"), want),
            (&LINE.replace("Allowed", "Soft-blocked"), &want.replace("allowed", "warned")),
            (&LINE.replace("Allowed", "Blocked"), &want.replace("allowed", "blocked")),
            (&LINE.replace("USER=alice", "USER=-"), &want.replace("user:alice ", "")),
            (&LINE.replace("03/10/26 08:15:42 AM", "3/10/2026 08:15:42 AM"), want),
            (&LINE.replace("URL_LOG_ENTRY", "MALWARE_LOG_ENTRY"), "skip: not a web record"),
            (&LINE.replace("08:15:42 AM", "28:15:42 AM"), "bad: the time is not readable"),
            ("", "skip: an empty line"),
            ("a,b", "bad: no entry of iboss' log"),
        ]);
        for (text, want) in [("03/10/26 12:00:00 AM", 0), ("03/10/26 12:00:00 PM", 12), ("03/10/26 1:00:00 PM", 13)] {
            let midnight = clock(b"03/10/26 12:00:00 AM", &Assume::default()).unwrap().0;
            assert_eq!(clock(text.as_bytes(), &Assume::default()).unwrap().0 - midnight, want * 3_600_000, "{text}");
        }
    }

    #[test]
    fn a_cut_entry_has_no_half_host() {
        for end in 0..LINE.len() {
            let told = say(&Iboss, &[], &LINE[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:www.box.com "), "{told}");
        }
        let long = LINE.replace("c,CAT", &format!("{}CAT", "c,".repeat(400_000)));
        assert!(say(&Iboss, &[], &long, &Assume::default()).contains("category:Business,Storage"));
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                for part in [&line[..at], &line[at..]] {
                    say(&Iboss, &[], &String::from_utf8_lossy(part), &Assume::default());
                }
            }
        }
    }
}
