//! Trend Micro InterScan Web Security (IWSVA, IWSS): access tracking and URL blocking over syslog.
//!
//! No sample is published; the fields are those of the administrator's guide,
//! <https://docs.trendmicro.com/en-us/enterprise/interscan-web-security-virtual-appliance.aspx>. Experimental.
//!
//! ```text
//! IWSVA: <Tue, 10 Mar 2026 08:15:42,CET> [EVT_URL_ACCESS_TRACKING|LOG_INFO] Access tracking log tk_username=alice,tk_url=https://www.box.com/a,tk_size=0,tk_date_field=2026-03-10 09:15:42+0100,tk_protocol=https,...
//! ```
//!
//! Pairs end where `,tk_` begins the next. `tk_size` is taken for the reply.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::{memchr, memmem};

use super::fields::alias::Field;
use super::fields::draft::{Draft, NO_DESTINATION, not_outbound};
use super::fields::number::present;
use super::fields::packet::is_wrapped;
use super::squid::CUT_SHORT;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::Action;

/// InterScan Web Security.
pub struct Iwsva;

impl Format for Iwsva {
    fn id(&self) -> &'static str {
        "iwsva"
    }

    fn about(&self) -> About {
        About {
            name: "Trend Micro InterScan Web Security",
            summary: "Access tracking and URL blocking of IWSVA and IWSS, over syslog.",
            reference: "https://docs.trendmicro.com/en-us/enterprise/interscan-web-security-virtual-appliance.aspx",
            proof: Proof::Documentation,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let (mut ours, mut wrapped) = (0, 0);
        let share = head.vote(|line| {
            // Its own time stands in such brackets, too.
            wrapped += usize::from(is_wrapped(line, assume) && !matches!(line, [b'<', b'A'..=b'Z', ..]));
            let traffic = event_of(line).is_some_and(|(event, _)| kind(event).is_ok());
            ours += usize::from(traffic);
            if event_of(line).is_some() { Vote::Yes } else { Vote::No }
        });
        let Share { yes, of } = share;
        match share.score_within(92, wrapped) {
            0 => Guess::NO,
            score if ours == 0 => {
                Guess::decline(score, "InterScan Web Security, but no access tracking or URL blocking")
            }
            score => Guess::new(
                // An envelope that can be opened should be: it tells the time of what was cut.
                score,
                format!("{yes} of {of} lines have the fields of InterScan Web Security"),
            ),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(Tells { bytes_up: false, ..Tells::ALL }, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Lines { assume: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "turn on user identification in InterScan Web Security",
            Gap::BytesUp => "the access tracking log has one size; a firewall's log of the sessions tells the other",
            _ => return None,
        })
    }
}

/// The event's name and where its pairs begin.
fn event_of(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let mark = memmem::find(&line[..line.len().min(400)], b"[EVT_")?;
    let rest = &line[mark + 1..];
    let name = &rest[..rest.iter().position(|byte| matches!(byte, b'|' | b']'))?];
    let pairs = memmem::find(rest, b"tk_").map_or(&rest[rest.len()..], |at| &rest[at..]);
    Some((name, pairs))
}

/// What became of the request, or why the event is none.
fn kind(event: &[u8]) -> Result<Action, &'static str> {
    match event {
        b"EVT_URL_ACCESS_TRACKING" => Ok(Action::Allowed),
        b"EVT_URL_BLOCKING" => Ok(Action::Blocked),
        _ => Err("a finding of inspection, not a visit"),
    }
}

struct Lines {
    assume: Arc<Assume>,
}

impl Reader for Lines {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some((event, pairs)) = event_of(line) else {
            return if line.trim_ascii().is_empty() {
                Parsed::Skip("an empty line")
            } else {
                Parsed::Bad(Problem::new("no event of InterScan Web Security", 0))
            };
        };
        let action = match kind(event) {
            Ok(action) => action,
            Err(why) => return Parsed::Skip(why),
        };
        let assume = &*self.assume;
        let mut draft = Draft::default();
        draft.event.action = Some(action);
        let mut rest = pairs;
        while !rest.is_empty() {
            let end = memmem::find(rest, b",tk_").unwrap_or(rest.len());
            let pair = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            let Some(equals) = memchr(b'=', pair) else { continue };
            let value = &pair[equals + 1..];
            let field = match &pair[..equals] {
                b"tk_username" => Field::User,
                b"tk_url" => Field::Url,
                b"tk_size" => Field::BytesDown,
                b"tk_date_field" => Field::Ts,
                b"tk_client_ip" => Field::SrcIp,
                b"tk_server_ip" => Field::DstIp,
                b"tk_domain" => Field::Host,
                b"tk_path" => Field::Path,
                b"tk_operation" => Field::Method,
                // Most are numbers of the vendor's.
                b"tk_category" if !value.iter().all(u8::is_ascii_digit) => Field::Category,
                _ => continue,
            };
            // What ends a line may be half of what it was.
            let begun = memmem::find(value, b"://").is_some_and(|at| value[at + 3..].contains(&b'/'));
            if rest.is_empty() && !(field == Field::Url && begun) {
                continue;
            }
            if let (Field::User, Some(name)) = (field, present(value)) {
                // Who has not signed in goes by the address.
                draft.event.user = Some(name).filter(|name| crate::event::parse_ip(name).is_none());
                continue;
            }
            draft.set(field, value, assume);
        }
        match draft.finish(assume, arena) {
            Parsed::Event(event) => match not_outbound(&event).filter(|_| event.path.is_none()) {
                Some(why) => Parsed::Skip(why),
                None => Parsed::Event(event),
            },
            Parsed::Bad(problem) if problem.reason == NO_DESTINATION => Parsed::Bad(CUT_SHORT),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/iwsva/sample/sample.log");

    const LINE: &str = "IWSVA: <Tue, 10 Mar 2026 08:15:42,CET> [EVT_URL_ACCESS_TRACKING|LOG_INFO] Access tracking log tk_username=alice,tk_url=https://www.box.com/a,b?c=d,tk_size=20411,tk_date_field=2026-03-10 09:15:42+0100,tk_protocol=https,tk_mime_content=text/html,tk_server=iwsva1,tk_client_ip=192.0.2.41,tk_server_ip=203.0.113.80,tk_domain=www.box.com,tk_path=a,tk_file_name=,tk_operation=GET,tk_uid=1,tk_category=57,tk_category_type=0";
    const WANT: &str = "user:alice host:www.box.com path:/a,b method:GET action:allowed down:20411 by:url";

    #[test]
    fn events() {
        for (line, want) in [
            (LINE.to_owned(), WANT.to_owned()),
            (LINE.replace("EVT_URL_ACCESS_TRACKING", "EVT_URL_BLOCKING"), WANT.replace("allowed", "blocked")),
            (LINE.replace("tk_username=alice", "tk_username=192.0.2.41"), WANT.replace("user:alice ", "")),
            (
                LINE.replace("tk_category=57", "tk_category=File Storage"),
                WANT.replace(" by:", " category:File Storage by:"),
            ),
            (
                LINE.replace("EVT_URL_ACCESS_TRACKING", "EVT_VIRUS"),
                "skip: a finding of inspection, not a visit".to_owned(),
            ),
            ("a".to_owned(), "bad: no event of InterScan Web Security".to_owned()),
        ] {
            // Ports follow from the scheme.
            assert_eq!(say(&Iwsva, &[], &line, &Assume::default()), want, "{line}");
        }
    }

    #[test]
    fn a_cut_line_has_no_half_host_and_no_half_number() {
        for end in 0..LINE.len() {
            let told = say(&Iwsva, &[], &LINE[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:www.box.com "), "{told}");
            assert!(!told.contains("down:") || told.contains("down:20411 "), "{told}");
        }
        let long = LINE.replace("b?c", &"b,t".repeat(300_000));
        assert!(say(&Iwsva, &[], &long, &Assume::default()).contains("host:www.box.com "));
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                for part in [&line[..at], &line[at..]] {
                    say(&Iwsva, &[], &String::from_utf8_lossy(part), &Assume::default());
                }
            }
        }
    }
}
