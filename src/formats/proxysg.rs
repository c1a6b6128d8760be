//! Symantec (Blue Coat) ProxySG and Edge SWG: pairs, as Splunk's access log format has them.
//!
//! The fields are those of the W3C log, by the same names (<https://techdocs.broadcom.com/>, "Access Log Formats"); headers
//! lost their brackets: `cs-User-Agent` for `cs(User-Agent)`. The W3C form itself is read by [`super::w3c_elff`].
//!
//! ```text
//! <111>1 2026-03-10T08:15:42Z proxy1 bluecoat - splunk_format - c-ip=192.0.2.41 cs-bytes=904112 cs-categories="File Storage/Sharing" cs-host=www.dropbox.com ... s-action=TCP_TUNNELED sc-bytes=18234 ... c-url="tcp://www.dropbox.com:443/"
//! ```
//!
//! Most templates leave the time to syslog.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::alias::Field;
use super::fields::draft::{Draft, NO_DESTINATION, not_outbound};
use super::fields::number::present;
use super::fields::pairs::Keys;
use super::fields::stamp::Stamp;
use super::squid::CUT_SHORT;
use super::w3c_elff::Verdict;
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Share, Tells, Vote};
use crate::event::Action;

/// ProxySG.
pub struct ProxySg;

impl Format for ProxySg {
    fn id(&self) -> &'static str {
        "proxysg"
    }

    fn about(&self) -> About {
        About {
            name: "Symantec ProxySG, key=value",
            summary: "The access log of ProxySG (Blue Coat, Edge SWG) as key=value. Its W3C log is read by w3c-elff.",
            reference: "https://techdocs.broadcom.com/us/en/symantec-security-software/web-and-network-security/proxysg/7-3.html",
            proof: Proof::Verified,
            variants: &[],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let mut wrapped = 0;
        let share = head.vote(|line| match first_pair(line) {
            Some(from) => {
                wrapped += usize::from(from > 0);
                Vote::Yes
            }
            None => Vote::No,
        });
        let Share { yes, of } = share;
        match share.score_within(96, wrapped) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{yes} of {of} lines have the fields of ProxySG's access log as pairs")),
        }
    }

    fn layout(&self, _head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        Ok(Layout::new(Tells::ALL, assume.clone()))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        let slot = |key: &[u8]| KEYS.iter().position(|(name, _)| key.eq_ignore_ascii_case(name.as_bytes()));
        Box::new(Records { assume: layout.get(), keys: Keys::new(slot), stamp: Stamp::default() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "authenticate on the proxy, and add cs-username to the access log format",
            Gap::BytesUp => "add cs-bytes to the access log format",
            Gap::BytesDown => "add sc-bytes to the access log format",
            Gap::Path => "add cs-uri-path or c-url to the access log format",
            Gap::Action => "add sc-filter-result, s-action and x-exception-id to the access log format",
            _ => return None,
        })
    }
}

/// The keys that matter; the surer ones of a field stand first.
const KEYS: [(&str, How); 36] = {
    use How::Is;
    [
        ("date", Is(Field::Date)),
        ("time", Is(Field::Time)),
        ("timestamp", Is(Field::Ts)),
        ("gmttime", Is(Field::Ts)),
        ("localtime", Is(Field::Ts)),
        ("cs-username", Is(Field::User)),
        ("cs-userdn", Is(Field::User)),
        ("c-ip", Is(Field::SrcIp)),
        ("x-client-address", Is(Field::SrcIp)),
        ("c-dns", Is(Field::Device)),
        ("x-client-device-name", Is(Field::Device)),
        ("cs-host", Is(Field::Host)),
        ("c-url", Is(Field::Url)),
        ("cs-uri", Is(Field::Url)),
        ("cs-uri-path", Is(Field::Path)),
        ("cs-uri-port", Is(Field::DstPort)),
        ("cs-uri-scheme", How::Scheme),
        ("r-ip", Is(Field::DstIp)),
        ("s-supplier-ip", Is(Field::DstIp)),
        ("cs-method", Is(Field::Method)),
        ("sc-status", Is(Field::Status)),
        ("sc-filter-result", How::Filter),
        ("s-action", How::Result),
        ("x-exception-id", How::Exception),
        ("cs-bytes", Is(Field::BytesUp)),
        ("sc-bytes", Is(Field::BytesDown)),
        ("time-taken", Is(Field::DurationMs)),
        ("cs-User-Agent", Is(Field::UserAgent)),
        ("cs(User-Agent)", Is(Field::UserAgent)),
        ("cs-Referer", Is(Field::Referer)),
        ("cs(Referer)", Is(Field::Referer)),
        ("cs-categories", Is(Field::Category)),
        ("cs-category", Is(Field::Category)),
        ("x-bluecoat-application-name", Is(Field::App)),
        ("cs-auth-group", Is(Field::Groups)),
        ("cs-auth-groups", Is(Field::Groups)),
    ]
};

/// What is done with a value.
#[derive(Debug, Clone, Copy)]
enum How {
    Is(Field),
    Scheme,
    Filter,
    Result,
    Exception,
}

struct Records {
    assume: Arc<Assume>,
    keys: Keys,
    stamp: Stamp,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let Some(from) = first_pair(line) else {
            return if line.trim_ascii().is_empty() {
                Parsed::Skip("an empty line")
            } else if memmem::find(line, b"c-ip=").is_some() {
                Parsed::Bad(CUT_SHORT)
            } else {
                Parsed::Skip("a message of the appliance, not a request")
            };
        };
        let assume = &*self.assume;
        let mut values = [None; KEYS.len()];
        self.keys.read(&line[from..], b' ', &mut values, arena);
        let mut draft = Draft::default();
        draft.utc = true;
        let (mut verdict, mut scheme) = (Verdict::default(), None);
        for ((_, how), value) in KEYS.iter().zip(values) {
            let Some(value) = value else { continue };
            // The last of a line may be half of what it was.
            let half = value.as_ptr_range().end == line.as_ptr_range().end;
            match how {
                How::Is(Field::BytesUp | Field::BytesDown | Field::Status | Field::Host | Field::DurationMs)
                    if half => {}
                How::Is(field) => draft.set(*field, value, assume),
                How::Scheme => scheme = present(value),
                How::Filter => verdict.filter = value,
                How::Result => verdict.result = value,
                How::Exception => verdict.exception = value,
            }
        }
        if draft.event.at.is_none() && from > 0 {
            draft.event.at = self.stamp.read(&line[..from], assume);
        }
        let action = verdict.action(draft.event.status);
        draft.event.action = action.or(draft.event.action);
        if draft.event.dst_port.is_none() {
            draft.event.dst_port = match scheme {
                Some(b"http") => Some(80),
                Some(b"https" | b"ssl") => Some(443),
                _ => None,
            };
        }
        match draft.finish(assume, arena) {
            Parsed::Event(event) => match not_outbound(&event) {
                Some(why) if event.path.is_none() && event.action != Some(Action::Auth) => Parsed::Skip(why),
                _ => Parsed::Event(event),
            },
            Parsed::Bad(problem) if problem.reason == NO_DESTINATION => Parsed::Skip(NO_DESTINATION),
            other => other,
        }
    }
}

/// Where the pairs begin, if they are those of an access log.
fn first_pair(line: &[u8]) -> Option<usize> {
    let has = |key: &[u8]| memmem::find(line, key).is_some();
    // Also the fields' names in a W3C log have these in them, but no values.
    if !has(b"c-ip=") || !(has(b" s-action=") || has(b" sc-filter-result=")) || !(has(b"cs-host=") || has(b"c-url=")) {
        return None;
    }
    let equals = memchr::memchr(b'=', line)?;
    Some(memchr::memrchr(b' ', &line[..equals]).map_or(0, |blank| blank + 1))
}

#[cfg(test)]
mod tests {
    use super::super::told::told as say;
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/corpus/proxysg/sample/sample.log");

    const LINE: &str = r#"c-ip=192.0.2.41 cs-bytes=904112 cs-categories="File Storage/Sharing" cs-host=www.dropbox.com cs-ip=192.0.2.9 cs-method=GET cs-uri-path=/a cs-uri-port=443 cs-uri-scheme=https cs-User-Agent="Mozilla/5.0 (X11)" cs-username=alice cs-auth-groups=Staff cs-auth-groups=x s-action=TCP_NC_MISS s-ip=192.0.2.9 r-ip=203.0.113.80 sc-bytes=18234 sc-filter-result=OBSERVED sc-status=200 time-taken=137 c-url="https://www.dropbox.com/a?b=c d""#;

    fn check(cases: &[(&str, &str)]) {
        for (line, want) in cases {
            assert_eq!(say(&ProxySg, &[line], line, &Assume::default()), *want, "{line}");
        }
    }

    #[test]
    fn pairs_and_verdicts() {
        let want = "user:alice groups:Staff host:www.dropbox.com path:/a method:GET status:200 action:allowed up:904112 down:18234 ms:137 category:File Storage/Sharing by:url";
        check(&[
            (LINE, want),
            (&format!("<111>1 2026-03-10T08:15:42Z proxy1 bluecoat - splunk_format - {LINE}"), want),
            (&format!("<134> 2026-03-10T08:15:42.000Zproxy1 bluecoat[0]: SPLV5.1 {LINE}"), want),
            (&LINE.replace(' ', "  "), &want.replace("File Storage", "File  Storage")),
            (
                &LINE
                    .replace("OBSERVED", "DENIED")
                    .replace("cs-categories=\"File Storage/Sharing\"", "cs-categories=\"unavailable\""),
                &want.replace("allowed", "blocked").replace(" category:File Storage/Sharing", ""),
            ),
            (
                &LINE.replace("cs-method=GET", "cs-method=CONNECT").replace("TCP_NC_MISS", "TCP_TUNNELED"),
                &want.replace(" path:/a method:GET", " method:CONNECT").replace("by:url", "by:connect"),
            ),
            (
                &LINE.replace("cs-username=alice", "cs-username=-").replace("sc-status=200", "sc-status=407"),
                &want.replace("user:alice ", "").replace("status:200 action:allowed", "status:407 action:auth"),
            ),
            ("Some message does not matter what", "skip: a message of the appliance, not a request"),
            ("", "skip: an empty line"),
        ]);
    }

    #[test]
    fn a_cut_record_has_no_half_host_and_no_half_number() {
        for end in 0..LINE.len() {
            let told = say(&ProxySg, &[], &LINE[..end], &Assume::default());
            assert!(!told.contains("host:") || told.contains("host:www.dropbox.com "), "{told}");
            assert!(!told.contains("down:") || told.contains("down:18234 "), "{told}");
        }
        let long = format!("{LINE} x=\"{}", "a\" b=c ".repeat(200_000));
        assert!(say(&ProxySg, &[], &long, &Assume::default()).contains("host:www.dropbox.com "));
    }

    #[test]
    fn any_cut_of_a_line_is_read_without_panic() {
        for line in SAMPLE.split(|byte| *byte == b'\n') {
            for at in 0..line.len() {
                for part in [&line[..at], &line[at..]] {
                    say(&ProxySg, &[], &String::from_utf8_lossy(part), &Assume::default());
                }
            }
        }
    }
}
