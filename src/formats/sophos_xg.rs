//! Sophos Firewall (XG, XGS; SFOS) and Cyberoam: `key=value`, in the device's own form or that of central reporting.
//!
//! A connection leaves a record when it begins, records while it is open, and one when it ends, which has its bytes
//! (`log_type="Firewall"`); each request that the proxy saw leaves one too (`log_type="Content Filtering"`), whose bytes are
//! among those of the connection.
//!
//! ```text
//! device="SFW" date=2026-03-10 time=09:15:42 timezone="CET" device_name="XG-HQ" device_id=C01001ABCDE1234 log_id=010101600001 log_type="Firewall" ...
//! device_name="SFW" timestamp="2026-03-10T09:15:42+0100" device_model="XGS136" device_serial_id="X1" log_id=050901616001 log_type="Content Filtering" ...
//! ```

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::draft::not_outbound;
use super::fields::packet::{INBOUND, NOT_FIRST, OWN, port};
use super::fields::pairs::{Keys, begins_with_pair, place, without_priority};
use super::fields::{number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, parse_ip, split_url};

/// Logs of SFOS.
pub struct SophosXg;

impl Format for SophosXg {
    fn id(&self) -> &'static str {
        "sophos-xg"
    }

    fn about(&self) -> About {
        About {
            name: "Sophos Firewall (XG, XGS), Cyberoam",
            summary: "Firewall, web and SSL inspection logs of SFOS as key=value.",
            reference: "https://docs.sophos.com/nsg/sophos-firewall/syslog-guide",
            proof: Proof::Verified,
            variants: &["firewall", "content-filtering", "ssl", "central"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let arena = Bump::new();
        let mut keys = keys();
        let mut wrapped = 0;
        let share = head.vote(|line| {
            let values = read(&mut keys, line, &arena);
            let id = values[LOG_ID].is_some_and(|id| id.len() == 12 && id.iter().all(u8::is_ascii_digit));
            if !(id && values[LOG_TYPE].is_some() && values[LOG_COMPONENT].is_some()) {
                return Vote::No;
            }
            wrapped += usize::from(!begins_with_pair(line));
            Vote::Yes
        });
        match share.score_within(98, wrapped) {
            0 => Guess::NO,
            // An envelope that can be opened should be.
            score => {
                Guess::new(score, format!("`log_id=` and `log_type=` of SFOS in {} of {} records", share.yes, share.of))
            }
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let arena = Bump::new();
        let mut keys = keys();
        let ends = head.lines.iter().any(|line| {
            let values = read(&mut keys, line, &arena);
            kind(&values) == Ok(Kind::Session)
                && phase(&values) == Phase::End
                && verdict(&values) == Some(Action::Allowed)
        });
        let tells = Tells {
            user: true,
            client: true,
            host: true,
            path: true,
            bytes_up: true,
            bytes_down: true,
            action: true,
            method: false,
        };
        Ok(Layout::new(tells, Bound { assume: assume.clone(), ends }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get(), keys: keys() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "match known users in the firewall rules (STAS, captive portal)",
            Gap::Host | Gap::Path => "apply a web policy to the firewall rules and log web content policy events",
            Gap::BytesUp | Gap::BytesDown => "turn on `Log firewall traffic` in the firewall rules",
            Gap::Client | Gap::Action | Gap::Visits => return None,
        })
    }
}

struct Bound {
    assume: Assume,
    /// Ends of connections are logged, so that beginnings and bytes of single requests say nothing new.
    ends: bool,
}

const KEYS: [&str; 54] = [
    "log_id",
    "log_type",
    "log_component",
    "log_subtype",
    "date",
    "time",
    "timezone",
    "timestamp",
    "status",
    "user_name",
    "user",
    "user_gp",
    "user_group",
    "src_ip",
    "dst_ip",
    "dst_port",
    "url",
    "domain",
    "sni",
    "category",
    "http_category",
    "application",
    "app_name",
    "application_category",
    "app_category",
    "status_code",
    "http_status",
    "httpresponsecode",
    "user_agent",
    "http_user_agent",
    "referer",
    "http_referer",
    "sent_bytes",
    "bytes_sent",
    "recv_bytes",
    "bytes_received",
    "duration",
    "connevent",
    "con_event",
    "connid",
    "con_id",
    "srczonetype",
    "src_zone_type",
    "srczone",
    "src_zone",
    "dstzonetype",
    "dst_zone_type",
    "dstzone",
    "dst_zone",
    "protocol",
    "device_name",
    "src_host",
    "dst_host",
    "action",
];
const LOG_ID: usize = place(&KEYS, "log_id");
const LOG_TYPE: usize = place(&KEYS, "log_type");
const LOG_COMPONENT: usize = place(&KEYS, "log_component");
const LOG_SUBTYPE: usize = place(&KEYS, "log_subtype");
const DATE: usize = place(&KEYS, "date");
const TIME: usize = place(&KEYS, "time");
const TIMEZONE: usize = place(&KEYS, "timezone");
const TIMESTAMP: usize = place(&KEYS, "timestamp");
const USER: [usize; 2] = [place(&KEYS, "user_name"), place(&KEYS, "user")];
const GROUP: [usize; 2] = [place(&KEYS, "user_gp"), place(&KEYS, "user_group")];
const SRC_IP: usize = place(&KEYS, "src_ip");
const DST_IP: usize = place(&KEYS, "dst_ip");
const DST_PORT: usize = place(&KEYS, "dst_port");
const URL: usize = place(&KEYS, "url");
const DOMAIN: usize = place(&KEYS, "domain");
const SNI: usize = place(&KEYS, "sni");
const CATEGORY: [usize; 4] = [
    place(&KEYS, "category"),
    place(&KEYS, "http_category"),
    place(&KEYS, "application_category"),
    place(&KEYS, "app_category"),
];
const APP: [usize; 2] = [place(&KEYS, "application"), place(&KEYS, "app_name")];
const STATUS: [usize; 3] = [place(&KEYS, "status_code"), place(&KEYS, "http_status"), place(&KEYS, "httpresponsecode")];
const AGENT: [usize; 2] = [place(&KEYS, "user_agent"), place(&KEYS, "http_user_agent")];
const REFERER: [usize; 2] = [place(&KEYS, "referer"), place(&KEYS, "http_referer")];
const UP: [usize; 2] = [place(&KEYS, "sent_bytes"), place(&KEYS, "bytes_sent")];
const DOWN: [usize; 2] = [place(&KEYS, "recv_bytes"), place(&KEYS, "bytes_received")];
const DURATION: usize = place(&KEYS, "duration");
const PHASE: [usize; 2] = [place(&KEYS, "connevent"), place(&KEYS, "con_event")];
const SESSION: [usize; 2] = [place(&KEYS, "connid"), place(&KEYS, "con_id")];
const FROM: [usize; 4] =
    [place(&KEYS, "srczonetype"), place(&KEYS, "src_zone_type"), place(&KEYS, "srczone"), place(&KEYS, "src_zone")];
const TO: [usize; 4] =
    [place(&KEYS, "dstzonetype"), place(&KEYS, "dst_zone_type"), place(&KEYS, "dstzone"), place(&KEYS, "dst_zone")];
const PROTOCOL: usize = place(&KEYS, "protocol");

type Values<'a> = [Option<&'a [u8]>; KEYS.len()];

fn keys() -> Keys {
    Keys::new(|key| KEYS.iter().position(|known| known.as_bytes() == without_priority(key)))
}

fn read<'a>(keys: &mut Keys, line: &'a [u8], arena: &'a Bump) -> Values<'a> {
    let mut values = [None; KEYS.len()];
    keys.read(line, b' ', &mut values, arena);
    values
}

/// The first of several keys of the same meaning that says something.
fn any<'a>(values: &Values<'a>, keys: &[usize]) -> Option<&'a [u8]> {
    keys.iter().find_map(|key| values[*key].and_then(number::present))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A connection, or a part of its story.
    Session,
    /// A request that the proxy saw, with its bytes.
    Request,
    /// What inspection saw of a connection.
    Sight,
}

fn kind(values: &Values<'_>) -> Result<Kind, &'static str> {
    const FINDING: &str = "a finding of inspection, not a visit";
    let component = values[LOG_COMPONENT].unwrap_or(b"");
    match values[LOG_TYPE].unwrap_or(b"") {
        b"Firewall" => match component {
            b"Invalid Traffic" | b"Fragmented Traffic" => Err(NOT_FIRST),
            b"Local ACL" | b"Appliance Access" | b"Device Access" => Err(OWN),
            b"Firewall Rule" | b"SSL VPN" | b"Heartbeat" | b"Geo" | b"Country Blocking" => Ok(Kind::Session),
            _ => Err(FINDING),
        },
        b"Content Filtering" => match component {
            b"HTTP" | b"HTTPS" => Ok(Kind::Request),
            b"Application" | b"SSL" | b"SSL/TLS" => Ok(Kind::Sight),
            _ => Err(FINDING),
        },
        b"SSL" | b"SSL/TLS" | b"SSL/TLS inspection" => Ok(Kind::Sight),
        b"IDP"
        | b"IPS"
        | b"ATP"
        | b"Anti-Virus"
        | b"Anti Virus"
        | b"Anti-Spam"
        | b"Anti Spam"
        | b"Sandbox"
        | b"Sandstorm"
        | b"Zero-day protection" => Err(FINDING),
        b"WAF" => Err("requests to the house's own web servers"),
        _ => Err("an event of the device, not traffic"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Begin,
    Open,
    End,
}

fn phase(values: &Values<'_>) -> Phase {
    match any(values, &PHASE) {
        Some(b"Start") => Phase::Begin,
        Some(b"Interim") => Phase::Open,
        _ => Phase::End,
    }
}

fn verdict(values: &Values<'_>) -> Option<Action> {
    Some(match values[LOG_SUBTYPE].and_then(number::present)? {
        b"Allowed" | b"Allow" | b"Decrypt" | b"Do not decrypt" | b"Dont decrypt" => Action::Allowed,
        b"Denied" | b"Deny" | b"Drop" | b"Dropped" | b"Block" | b"Blocked" | b"Reject" | b"Rejected" => Action::Blocked,
        b"Warned" | b"Warn" | b"Overridden" => Action::Warned,
        b"Error" => Action::Error,
        _ => return None,
    })
}

struct Records {
    bound: Arc<Bound>,
    keys: Keys,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let values = read(&mut self.keys, line, arena);
        if values[LOG_TYPE].is_none() {
            return Parsed::Bad(Problem::new("no `log_type=`", line.len()));
        }
        match kind(&values) {
            Err(why) => Parsed::Skip(why),
            Ok(kind) => event(&values, kind, &self.bound),
        }
    }
}

fn event<'a>(values: &Values<'a>, kind: Kind, bound: &Bound) -> Parsed<'a> {
    let at = match clock(values, &bound.assume) {
        Ok(at) => at,
        Err(problem) => return Parsed::Bad(problem),
    };
    let get = |key: usize| values[key].and_then(number::present);
    let count = |keys: &[usize]| any(values, keys).and_then(number::unsigned);
    let mut event = Event {
        at,
        user: any(values, &USER),
        groups: any(values, &GROUP),
        src_ip: get(SRC_IP),
        dst_ip: get(DST_IP).filter(|ip| !matches!(*ip, b"0.0.0.0" | b"::")),
        dst_port: get(DST_PORT).and_then(port),
        action: verdict(values),
        category: any(values, &CATEGORY),
        app: any(values, &APP),
        session: any(values, &SESSION),
        ..Event::default()
    };
    let (from, to) = (any(values, &FROM), any(values, &TO));
    if from == Some(b"LOCAL") {
        return Parsed::Skip(OWN);
    }
    if from == Some(b"WAN") && to.is_some_and(|to| to != b"WAN") {
        return Parsed::Skip(INBOUND);
    }
    if kind == Kind::Session {
        if values[PROTOCOL].is_some_and(|protocol| protocol.starts_with(b"ICMP")) {
            return Parsed::Skip(super::fields::packet::NO_PORTS);
        }
        match phase(values) {
            // What was denied has no end.
            Phase::Begin | Phase::Open if event.action != Some(Action::Allowed) => {}
            Phase::Begin if bound.ends => return Parsed::Skip("the start of a session, counted at its end"),
            Phase::Begin => {}
            // The bytes so far come again with the end.
            Phase::Open => event.action = Some(Action::Announced),
            Phase::End => {
                (event.bytes_up, event.bytes_down) = (count(&UP), count(&DOWN));
                event.duration_ms = count(&[DURATION]).and_then(|seconds| seconds.checked_mul(1000));
            }
        }
    } else {
        event.user_agent = any(values, &AGENT);
        event.referer = any(values, &REFERER);
        // 0: it was not decrypted.
        event.status = count(&STATUS).and_then(|status| u16::try_from(status).ok()).filter(|status| *status != 0);
        if kind == Kind::Request && !bound.ends {
            (event.bytes_up, event.bytes_down) = (count(&UP), count(&DOWN));
        }
    }
    destination(values, &mut event);
    if event.host.is_none() && event.dst_ip.and_then(parse_ip).is_none() {
        return Parsed::Bad(Problem::new(super::fields::draft::NO_DESTINATION, 0));
    }
    match not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

fn destination<'a>(values: &Values<'a>, event: &mut Event<'a>) {
    let name = |text: &'a [u8]| Some(split_url(text).host).filter(|host| !host.is_empty());
    let named = |host: &&[u8]| parse_ip(host).is_none();
    if let Some(url) = values[URL].and_then(number::present) {
        let parts = split_url(url);
        let path = Some(parts.path).filter(|path| !path.is_empty());
        event.dst_port = event.dst_port.or(parts.port);
        if !parts.host.is_empty() && named(&parts.host) {
            // Of what was not decrypted the proxy knows the name, and makes a URL of it.
            let opaque = parts.scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https"))
                && path.is_none_or(|path| path == b"/");
            event.host = Some(parts.host);
            event.path = path.filter(|_| !opaque);
            event.evidence = match (opaque, event.path) {
                (true, _) => Evidence::Sni,
                (false, Some(_)) => Evidence::Url,
                (false, None) => Evidence::Connect,
            };
            return;
        }
    }
    let say = |key: usize| values[key].and_then(number::present).and_then(name).filter(named);
    (event.host, event.evidence) = match (say(SNI), say(DOMAIN)) {
        (Some(host), _) => (Some(host), Evidence::Sni),
        (None, Some(host)) => (Some(host), Evidence::Connect),
        (None, None) => (None, Evidence::Address),
    };
}

/// When: `timestamp`, or date and clock with the zone beside them.
fn clock(values: &Values<'_>, assume: &Assume) -> Result<Option<Timestamp>, Problem> {
    if let Some(text) = values[TIMESTAMP].and_then(number::present)
        && let Some(at) = time::any(text, assume)
    {
        return Ok(Some(at));
    }
    let (Some(date), Some(clock)) = (values[DATE], values[TIME]) else {
        return if values[TIMESTAMP].is_some() { Err(Problem::new("the time is not readable", 0)) } else { Ok(None) };
    };
    zoned(date, clock, values[TIMEZONE].unwrap_or(b""), assume)
        .map(Some)
        .ok_or(Problem::new("the time is not readable", 0))
}

/// Zones by their short names, as far as a name means one zone in the lands of such firewalls, and by hours.
fn zoned(date: &[u8], clock: &[u8], zone: &[u8], assume: &Assume) -> Option<Timestamp> {
    let offset: &[u8] = match zone {
        b"UTC" | b"GMT" | b"WET" => b"+0000",
        b"BST" | b"WEST" | b"CET" => b"+0100",
        b"CEST" | b"EET" | b"SAST" => b"+0200",
        b"EEST" | b"MSK" => b"+0300",
        b"IST" => b"+0530",
        b"JST" | b"KST" => b"+0900",
        b"AEST" => b"+1000",
        b"AEDT" => b"+1100",
        b"EDT" => b"-0400",
        b"EST" | b"CDT" => b"-0500",
        b"MDT" => b"-0600",
        b"MST" | b"PDT" => b"-0700",
        b"PST" => b"-0800",
        _ => zone,
    };
    let mut text = *b"00:00:00+0000";
    if clock.len() == 8 && matches!(offset, [b'+' | b'-', ..]) && matches!(offset.len(), 3 | 5) {
        text[..8].copy_from_slice(clock);
        text[8..8 + offset.len()].copy_from_slice(offset);
        if let Some(at) = time::date_and_time(date, &text, false, assume) {
            return Some(at);
        }
    }
    time::date_and_time(date, clock, false, assume)
}

#[cfg(test)]
mod tests {
    use super::super::told::told;
    use super::*;

    const HEAD: &str = "device=\"SFW\" date=2026-03-10 time=09:15:42 timezone=\"CET\" device_name=\"XG-HQ\" \
                        device_id=C01001ABCDE1234 log_id=010101600001";
    const SIDES: &str = "src_ip=192.0.2.41 dst_ip=203.0.113.80 protocol=\"TCP\" src_port=51544 dst_port=443";
    const RULE: &str = "log_type=\"Firewall\" log_component=\"Firewall Rule\" log_subtype=\"Allowed\" status=\"Allow\"";
    const HTTP: &str = "log_type=\"Content Filtering\" log_component=\"HTTP\" log_subtype=\"Allowed\" status=\"\"";

    fn read(head: &[&str], rest: &str) -> String {
        told(&SophosXg, head, &format!("{HEAD} {rest}"), &Assume::default())
    }

    #[track_caller]
    fn check(rest: &str, want: &str) {
        let end = format!("{HEAD} {RULE} {SIDES} connevent=\"Stop\" sent_bytes=1");
        assert_eq!(read(&[&end], rest), want, "{rest}");
    }

    #[test]
    fn a_session_is_counted_at_its_end() {
        let session = format!(
            "{RULE} duration=64 user_name=\"alice\" user_gp=\"Finance\" application=\"Dropbox\" application_category=\"Storage and \
             Backup\" ether_type=IPv4 (0x0800) in_interface=\"Port1\" {SIDES} sent_bytes=1798200 recv_bytes=55110 connid=\"448211\""
        );
        let who = "user:alice groups:Finance";
        let what = "category:Storage and Backup app:Dropbox session:448211 by:address";
        check(
            &format!("{session} connevent=\"Stop\""),
            &format!("{who} action:allowed up:1798200 down:55110 ms:64000 {what}"),
        );
        check(&session, &format!("{who} action:allowed up:1798200 down:55110 ms:64000 {what}"));
        check(&format!("{session} connevent=\"Interim\""), &format!("{who} action:announced {what}"));
        let start = format!("{session} connevent=\"Start\"");
        check(&start, "skip: the start of a session, counted at its end");
        assert_eq!(read(&[], &start), format!("{who} action:allowed {what}"));
        check(&start.replace("Allowed", "Denied"), &format!("{who} action:blocked {what}"));
    }

    #[test]
    fn bytes_of_requests_are_among_those_of_sessions() {
        let request = format!(
            "{HTTP} user_name=\"alice\" category=\"Online Chat\" url=\"https://discord.com/channels/1?a=b\" transactionid= {SIDES} \
             sent_bytes=5910 recv_bytes=44280 domain=discord.com status_code=\"200\" con_id=2491244032"
        );
        let told = "user:alice host:discord.com path:/channels/1 status:200 action:allowed";
        let rest = "category:Online Chat session:2491244032 by:url";
        check(&request, &format!("{told} {rest}"));
        assert_eq!(read(&[], &request), format!("{told} up:5910 down:44280 {rest}"));
    }

    #[test]
    fn what_was_not_decrypted_has_a_name_only() {
        for url in ["https://discord.com", "https://discord.com/"] {
            check(&format!("{HTTP} url=\"{url}\" {SIDES} http_status=\"0\""), "host:discord.com action:allowed by:sni");
        }
        check(&format!("{HTTP} url=\"http://discord.com/\" {SIDES}"), "host:discord.com path:/ action:allowed by:url");
        check(&format!("{HTTP} url=\"\" domain=discord.com {SIDES}"), "host:discord.com action:allowed by:connect");
        let ssl = HTTP.replace("HTTP", "SSL").replace("Allowed", "Do not decrypt");
        check(&format!("{ssl} sni=\"slack.com\" {SIDES}"), "host:slack.com action:allowed by:sni");
    }

    #[test]
    fn the_form_of_central_reporting() {
        let line = format!(
            "device_name=\"SFW\" timestamp=\"2026-03-10T09:15:42+0100\" device_model=\"XGS136\" log_id=\"050901616001\" {HTTP} \
             user=\"bob\" user_group=\"Sales\" http_category=\"Storage\" app_name=\"Box\" url=\"https://www.box.com/\" {SIDES} \
             bytes_sent=\"10\" bytes_received=\"20\" con_id=\"7\""
        );
        assert_eq!(
            told(&SophosXg, &[], &line, &Assume::default()),
            "user:bob groups:Sales host:www.box.com action:allowed up:10 down:20 category:Storage app:Box session:7 by:sni"
        );
    }

    #[test]
    fn words_for_what_became_of_it() {
        for (word, want) in [("Denied", "blocked"), ("Warned", "warned"), ("Drop", "blocked")] {
            let line = format!("{} url=\"http://a.example/\" {SIDES}", HTTP.replace("Allowed", word));
            check(&line, &format!("host:a.example path:/ action:{want} by:url"));
        }
        let app = HTTP.replace("HTTP", "Application").replace("Allowed", "Denied");
        check(&format!("{app} application=\"BitTorrent\" {SIDES}"), "action:blocked app:BitTorrent by:address");
    }

    #[test]
    fn what_is_no_traffic_of_people() {
        for (from, to, want) in [
            ("log_type=\"Firewall\"", "log_type=\"Event\"", "skip: an event of the device, not traffic"),
            ("Firewall Rule", "Invalid Traffic", "skip: not the first packet of a connection"),
            ("Firewall Rule", "Local ACL", "skip: traffic of the device itself"),
            ("Firewall Rule", "DoS Attack", "skip: a finding of inspection, not a visit"),
            ("src_ip=192.0.2.41", "srczonetype=\"WAN\" dstzonetype=\"DMZ\" src_ip=192.0.2.41", "skip: inbound"),
            ("dst_ip=203.0.113.80", "dst_ip=10.1.2.3", "skip: inbound"),
            ("log_type=\"Firewall\"", "x=y", "bad: no `log_type=`"),
            ("dst_ip=203.0.113.80", "dst_ip=", "bad: no destination"),
        ] {
            check(&format!("{RULE} {SIDES}").replace(from, to), want);
        }
    }

    #[test]
    fn zones_by_name_and_by_hours() {
        for (zone, want) in [
            ("CET", "action:allowed by:address"),
            ("+01", "action:allowed by:address"),
            ("+0100", "action:allowed by:address"),
            ("UTC", "action:allowed at:1773134142000 by:address"),
            // Nobody knows: the assumed zone.
            ("XYZ", "action:allowed at:1773134142000 by:address"),
        ] {
            let line = format!("{HEAD} {RULE} {SIDES}").replace("CET", zone);
            assert_eq!(told(&SophosXg, &[], &line, &Assume::default()), want, "{zone}");
        }
        let odd = format!("{HEAD} {RULE} {SIDES}").replace("09:15:42", "9 Uhr");
        assert_eq!(told(&SophosXg, &[], &odd, &Assume::default()), "bad: the time is not readable");
    }
}
