//! Cisco Meraki MX, MR: URLs, flows and events.
//!
//! Epoch seconds, the device, the kind of record, then pairs. Paths of encrypted pages are replaced by `...`. There are no
//! people and no bytes.
//!
//! ```text
//! 1773130542.412345678 MX_HQ urls src=192.0.2.41:51544 dst=203.0.113.80:443 mac=00:00:5E:00:53:25 request: UNKNOWN https://www.notion.so/...
//! 1773130543.000112233 MX_HQ flows deny src=192.0.2.41 dst=203.0.113.99 mac=00:00:5E:00:53:25 protocol=tcp sport=51560 dport=22
//! 1773130544.000112233 MX_HQ events content_filtering_block url='https://www.mega.nz/...' server='203.0.113.112:443' client_mac='00:00:5E:00:53:26'
//! ```

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::draft::{action_word, not_outbound};
use super::fields::name::is_web_name;
use super::fields::packet::{self, INBOUND, NO_PORTS, port};
use super::fields::{number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote, netfilter};
use crate::event::{Action, Event, Evidence, Timestamp, parse_ip, split_url};

/// Logs of Meraki devices.
pub struct Meraki;

impl Format for Meraki {
    fn id(&self) -> &'static str {
        "meraki"
    }

    fn about(&self) -> About {
        About {
            name: "Cisco Meraki MX, MR",
            summary: "URLs, flows and blocked pages from the syslog of Meraki devices.",
            reference: "https://documentation.meraki.com/General_Administration/Monitoring_and_Reporting/Syslog_Event_Types_and_Log_Samples",
            proof: Proof::Verified,
            variants: &["urls", "flows", "ip-flow", "events"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let share = head.vote(|line| if Record::read(line).is_some() { Vote::Yes } else { Vote::No });
        match share.score(98) {
            0 => Guess::NO,
            score => Guess::new(score, format!("{} of {} records are those of Meraki devices", share.yes, share.of)),
        }
    }

    fn layout(&self, head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
        let has = |test: fn(&[u8]) -> bool| {
            head.lines.iter().filter_map(|line| Record::read(line)).any(|record| test(record.kind))
        };
        let urls = has(|kind| kind == b"urls");
        let tells = Tells { host: urls, path: urls, method: urls, ..netfilter::TELLS };
        Ok(Layout::new(tells, Bound { flows: has(is_flow) }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        match gap {
            Gap::Host | Gap::Path => Some("send the role `URLs` to the syslog server too"),
            Gap::BytesUp | Gap::BytesDown => Some("export NetFlow too: Meraki's syslog does not tell volumes"),
            _ => None,
        }
    }
}

struct Bound {
    /// Flows are logged, so that translations of addresses say nothing new.
    flows: bool,
}

/// One record, out of whatever stands before it.
struct Record<'a> {
    at: Option<Timestamp>,
    kind: &'a [u8],
    rest: &'a [u8],
}

/// `flows`, and by the rule that decided.
fn is_flow(kind: &[u8]) -> bool {
    matches!(
        kind,
        b"flows"
            | b"firewall"
            | b"cellular_firewall"
            | b"vpn_firewall"
            | b"l3_firewall"
            | b"l7_firewall"
            | b"bridge_anyconnect_client_vpn_firewall"
    )
}

impl<'a> Record<'a> {
    /// Relays put a header of several words in front.
    fn read(line: &'a [u8]) -> Option<Record<'a>> {
        const WORDS: usize = 8;
        let mut rest = line;
        for _ in 0..WORDS {
            let (word, after) = split_word(rest);
            // The priority may be glued to the time.
            let word = match word {
                [b'<', inner @ ..] => &inner[memchr::memchr(b'>', inner).map_or(0, |end| end + 1)..],
                _ => word,
            };
            if word.get(10) == Some(&b'.') && word[..10].iter().all(u8::is_ascii_digit) {
                let (_device, after) = split_word(after);
                let (kind, rest) = split_word(after);
                let known = is_flow(kind)
                    || matches!(kind, b"urls" | b"ip_flow_start" | b"ip_flow_end" | b"events" | b"ids-alerts")
                    || matches!(kind, b"security_event" | b"airmarshal_events");
                return known.then(|| Record { at: time::epoch_seconds(word), kind, rest });
            }
            if after.is_empty() {
                return None;
            }
            rest = after;
        }
        None
    }

    /// The value of a pair, which ends at the next blank or, in quotes, with `' `.
    fn get(&self, key: &[u8]) -> Option<&'a [u8]> {
        let at = memmem::find_iter(self.rest, key)
            .find(|at| *at == 0 || self.rest[at - 1] == b' ')
            .map(|at| at + key.len())?;
        let value = &self.rest[at..];
        match value {
            [b'\'', inner @ ..] => {
                // Names of browsers may have such a quote in them.
                let end = memmem::find(inner, b"' ")
                    .or_else(|| inner.len().checked_sub(1).filter(|end| inner[*end] == b'\''))?;
                number::present(&inner[..end])
            }
            _ => number::present(&value[..memchr::memchr(b' ', value).unwrap_or(value.len())]),
        }
    }

    fn port(&self, key: &[u8]) -> Option<u16> {
        self.get(key).and_then(port)
    }

    /// Whether a pair is followed by anything: the last one may be cut.
    fn is_whole(&self, key: &[u8]) -> bool {
        memmem::rfind(self.rest, key).is_some_and(|at| memchr::memchr(b' ', &self.rest[at + key.len()..]).is_some())
    }
}

fn split_word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    text.split_at(memchr::memchr(b' ', text).unwrap_or(text.len()))
}

/// An address and a port, which stands behind the last colon whatever the address looks like.
fn endpoint(text: &[u8]) -> (&[u8], Option<u16>) {
    match memchr::memrchr(b':', text) {
        Some(colon) => (&text[..colon], port(&text[colon + 1..])),
        None => (text, None),
    }
}

struct Records {
    bound: Arc<Bound>,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], _arena: &'a Bump) -> Parsed<'a> {
        let Some(record) = Record::read(line) else { return Parsed::Bad(Problem::new("no record of Meraki", 0)) };
        if record.at.is_none() {
            return Parsed::Bad(Problem::new("the time is not readable", 0));
        }
        match record.kind {
            b"urls" => page(&record),
            b"ip_flow_start" if self.bound.flows => Parsed::Skip("a translation of addresses, told as a flow too"),
            b"ip_flow_start" if record.get(b"translated_dst_ip=").is_some() => Parsed::Skip(INBOUND),
            b"ip_flow_start" => flow(&record),
            b"ip_flow_end" => Parsed::Skip("the end of a session, counted at its start"),
            b"events" => blocked(&record),
            b"ids-alerts" | b"security_event" => Parsed::Skip("a finding of inspection, not a visit"),
            b"airmarshal_events" => Parsed::Skip("an event of the device, not traffic"),
            _ => flow(&record),
        }
    }
}

fn page<'a>(record: &Record<'a>) -> Parsed<'a> {
    const REQUEST: &[u8] = b"request: ";
    let Some(at) = memmem::find(record.rest, REQUEST) else {
        return Parsed::Bad(Problem::new("no `request:`", record.rest.len()));
    };
    let (method, url) = split_word(&record.rest[at + REQUEST.len()..]);
    let mut event = Event { at: record.at, action: Some(Action::Allowed), ..Event::default() };
    event.src_ip = record.get(b"src=").map(|text| endpoint(text).0);
    if let Some(dst) = record.get(b"dst=") {
        let (address, port) = endpoint(dst);
        (event.dst_ip, event.dst_port) = (Some(address), port);
    }
    event.user_agent = record.get(b"agent=");
    // That of an encrypted page nobody knows.
    event.method = Some(method).filter(|method| *method != b"UNKNOWN");
    finish(event, split_word(url).0)
}

/// Sets what a URL tells.
fn finish<'a>(mut event: Event<'a>, url: &'a [u8]) -> Parsed<'a> {
    let parts = split_url(url);
    if parse_ip(parts.host).is_some() {
        event.dst_ip = event.dst_ip.or(Some(parts.host));
        event.evidence = Evidence::Address;
    } else if is_web_name(parts.host) {
        // An encrypted page has no path but `/...`.
        let path = Some(parts.path).filter(|path| !path.is_empty() && !path.ends_with(b"..."));
        let secure = parts.scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https"));
        event.host = Some(parts.host);
        event.evidence = match path {
            Some(_) => Evidence::Url,
            None if secure => Evidence::Sni,
            None => Evidence::Connect,
        };
        event.path = path;
    } else {
        return Parsed::Bad(Problem::new("no host in the URL", 0));
    }
    match not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

fn flow<'a>(record: &Record<'a>) -> Parsed<'a> {
    let Some(dst) = record.get(b"dst=").filter(|dst| parse_ip(dst).is_some() && record.is_whole(b" dst=")) else {
        return Parsed::Bad(Problem::new("no `dst=`", record.rest.len()));
    };
    if record.get(b"protocol=").is_some_and(|protocol| !packet::has_ports(protocol)) {
        return Parsed::Skip(NO_PORTS);
    }
    let event = Event {
        at: record.at,
        // The MAC beside it is that of a router in between, as often as not.
        src_ip: record.get(b"src="),
        dst_ip: Some(dst),
        dst_port: record.port(b"dport="),
        action: verdict(record),
        evidence: Evidence::Address,
        ..Event::default()
    };
    match not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

/// The word before the pairs, that of the rule behind them, or its number.
fn verdict(record: &Record<'_>) -> Option<Action> {
    const PATTERN: &[u8] = b"pattern: ";
    if let Some(at) = memmem::find(record.rest, PATTERN) {
        return match split_word(&record.rest[at + PATTERN.len()..]).0 {
            b"0" => Some(Action::Allowed),
            b"1" => Some(Action::Blocked),
            word => action_word(word),
        };
    }
    let first = split_word(record.rest).0;
    if first.contains(&b'=') { record.get(b"decision=").and_then(action_word) } else { action_word(first) }
}

fn blocked<'a>(record: &Record<'a>) -> Parsed<'a> {
    if split_word(record.rest).0 != b"content_filtering_block"
        && record.get(b"type=") != Some(b"content_filtering_block")
    {
        return Parsed::Skip("an event of the device, not traffic");
    }
    let Some(url) = record.get(b"url=") else { return Parsed::Bad(Problem::new("no `url=`", record.rest.len())) };
    let mut event = Event {
        at: record.at,
        // There is no address.
        device: record.get(b"client_mac="),
        action: Some(Action::Blocked),
        ..Event::default()
    };
    if let Some(server) = record.get(b"server=") {
        let (address, port) = endpoint(server);
        (event.dst_ip, event.dst_port) = (Some(address), port);
    }
    finish(event, url)
}

#[cfg(test)]
mod tests {
    use super::super::told::told;
    use super::*;

    const SIDES: &str = "src=192.0.2.41 dst=203.0.113.80 mac=00:00:5E:00:53:25 protocol=tcp sport=51560 dport=443";
    const PORTS: &str = "src=192.0.2.41:51544 dst=203.0.113.80:443 mac=00:00:5E:00:53:25";

    #[track_caller]
    fn check(rest: &str, want: &str) {
        let line = format!("<134>1 1773130542.000000000 MX_HQ {rest}");
        assert_eq!(told(&Meraki, &[], &line, &Assume::default()), want, "{rest}");
    }

    #[test]
    fn urls_of_encrypted_pages_have_no_path() {
        check(
            &format!("urls {PORTS} request: UNKNOWN https://www.notion.so/..."),
            "host:www.notion.so action:allowed by:sni",
        );
        check(
            &format!("urls {PORTS} agent='Bob's Browser 1.0' request: GET http://www.example.com/a?b=c"),
            "host:www.example.com path:/a method:GET action:allowed by:url",
        );
        check(&format!("urls {PORTS} request: GET https://..."), "bad: no host in the URL");
        check(&format!("urls {PORTS} request: UNKNOWN https://203.0.113.80/..."), "action:allowed by:address");
        check(&format!("urls {PORTS}"), "bad: no `request:`");
    }

    #[test]
    fn the_port_stands_behind_the_last_colon() {
        check(
            "urls src=2001:db8::41:51544 dst=2001:db8:9::80:443 mac=x request: UNKNOWN https://www.notion.so/...",
            "host:www.notion.so ip:2001:db8:9::80 action:allowed by:sni",
        );
    }

    #[test]
    fn the_verdict_stands_before_or_behind() {
        for (line, want) in [
            (format!("flows deny {SIDES}"), "action:blocked by:address"),
            (format!("flows allow {SIDES}"), "action:allowed by:address"),
            (format!("flows {SIDES} pattern: 1 all"), "action:blocked by:address"),
            (format!("flows {SIDES} pattern: 0 all"), "action:allowed by:address"),
            (format!("vpn_firewall {SIDES} pattern: deny dst 10.0.0.0/8"), "action:blocked by:address"),
            (format!("l7_firewall {SIDES} decision=blocked"), "action:blocked by:address"),
            (format!("flows {SIDES}"), "by:address"),
        ] {
            check(&line, want);
        }
    }

    #[test]
    fn translations_count_only_where_flows_are_not_logged() {
        let start = format!("ip_flow_start {SIDES} translated_src_ip=198.51.100.4 translated_port=9");
        check(&start, "by:address");
        check(&start.replace("start", "end"), "skip: the end of a session, counted at its start");
        check(&start.replace("src_ip", "dst_ip"), "skip: inbound");
        let flow = format!("1773130542.0 MX_HQ flows allow {SIDES}");
        let line = format!("1773130542.0 MX_HQ {start}");
        let told = told(&Meraki, &[&flow], &line, &Assume::default());
        assert_eq!(told, "skip: a translation of addresses, told as a flow too");
    }

    #[test]
    fn blocked_pages_stand_among_the_events() {
        let what = "url='https://www.mega.nz/...' server='203.0.113.80:443' client_mac='00:00:5E:00:53:26'";
        let want = "device:00:00:5E:00:53:26 host:www.mega.nz action:blocked by:sni";
        check(&format!("events content_filtering_block {what}"), want);
        check(&format!("events type=content_filtering_block {what}"), want);
        check(
            "events type=vpn_connectivity_change vpn_type='site-to-site'",
            "skip: an event of the device, not traffic",
        );
        check(
            "security_event ids_alerted signature=1:2:1 dst=203.0.113.80:5",
            "skip: a finding of inspection, not a visit",
        );
    }

    #[test]
    fn relays_put_headers_before_it() {
        for head in ["", "<134> ", "<134>", "<134>1 ", "Mar 10 08:15:42 relay ", "<134>Mar 10 08:15:42 relay 1 "] {
            let line = format!("{head}1773130542.000000000 MX_HQ flows allow {SIDES}");
            assert_eq!(told(&Meraki, &[], &line, &Assume::default()), "action:allowed by:address", "{head}");
        }
    }

    #[test]
    fn cut_lines_and_what_stays_inside() {
        check("flows allow src=192.0.2.41 dst=203.0.113.8", "bad: no `dst=`");
        check("flows allow src=192.0.2.41", "bad: no `dst=`");
        check(&format!("flows allow {}", SIDES.replace("203.0.113.80", "10.1.2.3")), "skip: inbound");
        check(&format!("flows allow {}", SIDES.replace("=tcp", "=icmp")), "skip: neither TCP nor UDP");
    }
}
