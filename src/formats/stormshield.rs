//! Stormshield SNS: `key=value`, one line an event, its log in `logtype=`.
//!
//! A connection leaves a line when a rule lets it in (`filter`) and one when it ends, either as a connection or, where the
//! protocol was inspected, by its plugin; each has the bytes then. Pages of the HTTP proxy (`web`) have bytes of their own,
//! which are among those of a connection where connections are logged.
//!
//! ```text
//! id=firewall time="2026-03-10 09:15:42" fw="SN210A00000001" tz=+0100 startime="2026-03-10 09:14:38" pri=5 ... src=192.0.2.41 dst=203.0.113.80 dstname=www.dropbox.com sent=1798200 rcvd=55110 duration=64.10 user="alice" action=pass logtype="connection"
//! ```

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::draft::{not_outbound, seconds_as_millis};
use super::fields::name::is_web_name;
use super::fields::packet::{NO_PORTS, port};
use super::fields::pairs::{Keys, begins_with_pair, place, without_priority};
use super::fields::{number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, parse_ip, split_url};

/// Logs of SNS.
pub struct Stormshield;

impl Format for Stormshield {
    fn id(&self) -> &'static str {
        "stormshield"
    }

    fn about(&self) -> About {
        About {
            name: "Stormshield SNS",
            summary: "Connection, plugin, filter, web and SSL logs as key=value.",
            reference: "https://documentation.stormshield.eu/SNS/v4/en/Content/Description_of_Audit_logs/",
            proof: Proof::Verified,
            variants: &["connection", "plugin", "filter", "web", "ssl"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let arena = Bump::new();
        let mut keys = keys();
        let mut wrapped = 0;
        let share = head.vote(|line| {
            let values = read(&mut keys, line, &arena);
            // The kind stands last, where lines are cut first.
            let marks = [TIME, FW, TZ, STARTIME, LOGTYPE].iter().filter(|key| values[**key].is_some()).count();
            if marks < 4 || values[STARTIME].is_none() {
                return Vote::No;
            }
            wrapped += usize::from(!begins_with_pair(line));
            Vote::Yes
        });
        match share.score_within(98, wrapped) {
            0 => Guess::NO,
            // An envelope that can be opened should be.
            score => Guess::new(
                score,
                format!("`startime=`, `tz=` and `logtype=` of SNS in {} of {} records", share.yes, share.of),
            ),
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let arena = Bump::new();
        let mut keys = keys();
        let ends = head
            .lines
            .iter()
            .any(|line| matches!(read(&mut keys, line, &arena)[LOGTYPE], Some(b"connection" | b"plugin")));
        Ok(Layout::new(Tells::ALL, Bound { assume: assume.clone(), ends }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get(), keys: keys() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "let users sign in (SSO agent, captive portal) and use them in the filter policy",
            Gap::Host | Gap::Path => "inspect HTTP and SSL with a URL policy and send the `web` and `ssl` logs too",
            Gap::BytesUp | Gap::BytesDown => "send the `connection` and `plugin` logs too",
            Gap::Client | Gap::Action | Gap::Visits => return None,
        })
    }
}

struct Bound {
    assume: Assume,
    /// Ends of connections are logged.
    ends: bool,
}

const KEYS: [&str; 28] = [
    "time",
    "fw",
    "tz",
    "startime",
    "logtype",
    "src",
    "srcname",
    "dst",
    "dstport",
    "dstname",
    "ipproto",
    "proto",
    "sent",
    "rcvd",
    "duration",
    "user",
    "usergroup",
    "action",
    "op",
    "result",
    "arg",
    "cat_site",
    "clientappid",
    "serverappid",
    "cnname",
    "sslsubject",
    "origdst",
    "origdstport",
];
const TIME: usize = place(&KEYS, "time");
const FW: usize = place(&KEYS, "fw");
const TZ: usize = place(&KEYS, "tz");
const STARTIME: usize = place(&KEYS, "startime");
const LOGTYPE: usize = place(&KEYS, "logtype");
const SRC: usize = place(&KEYS, "src");
const SRCNAME: usize = place(&KEYS, "srcname");
const DST: usize = place(&KEYS, "dst");
const DSTPORT: usize = place(&KEYS, "dstport");
const DSTNAME: usize = place(&KEYS, "dstname");
const IPPROTO: usize = place(&KEYS, "ipproto");
const PROTO: usize = place(&KEYS, "proto");
const SENT: usize = place(&KEYS, "sent");
const RCVD: usize = place(&KEYS, "rcvd");
const DURATION: usize = place(&KEYS, "duration");
const USER: usize = place(&KEYS, "user");
const USERGROUP: usize = place(&KEYS, "usergroup");
const ACTION: usize = place(&KEYS, "action");
const OP: usize = place(&KEYS, "op");
const RESULT: usize = place(&KEYS, "result");
const ARG: usize = place(&KEYS, "arg");
const CAT_SITE: usize = place(&KEYS, "cat_site");
const CLIENTAPPID: usize = place(&KEYS, "clientappid");
const SERVERAPPID: usize = place(&KEYS, "serverappid");
const CNNAME: usize = place(&KEYS, "cnname");

type Values<'a> = [Option<&'a [u8]>; KEYS.len()];

fn keys() -> Keys {
    Keys::new(|key| KEYS.iter().position(|known| known.as_bytes() == without_priority(key)))
}

fn read<'a>(keys: &mut Keys, line: &'a [u8], arena: &'a Bump) -> Values<'a> {
    let mut values = [None; KEYS.len()];
    keys.read(line, b' ', &mut values, arena);
    values
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A connection at its end, with its bytes.
    Session,
    /// A connection that a rule let in or stopped.
    Rule,
    /// A page, with its bytes.
    Page,
}

fn kind(values: &Values<'_>, ends: bool) -> Result<Kind, &'static str> {
    match values[LOGTYPE].unwrap_or(b"") {
        b"connection" | b"plugin" => Ok(Kind::Session),
        b"filter" if ends && action(values) == Some(Action::Allowed) => {
            Err("the start of a session, counted at its end")
        }
        b"filter" => Ok(Kind::Rule),
        b"web" | b"proxy" | b"ssl" => Ok(Kind::Page),
        b"alarm" | b"pvm" | b"sandboxing" => Err("a finding of inspection, not a visit"),
        b"auth" => Err("a sign-in, not traffic"),
        b"vpn" | b"xvpn" => Err("a tunnel to the house, not traffic"),
        b"smtp" | b"pop3" | b"ftp" => Err("mail or files, not a web app"),
        b"filterstat" | b"count" | b"monitor" | b"routerstat" => Err("statistics, not traffic"),
        _ => Err("an event of the device, not traffic"),
    }
}

fn action(values: &Values<'_>) -> Option<Action> {
    Some(match values[ACTION].and_then(number::present) {
        // A rule that only logs lets it go on.
        None | Some(b"pass") => Action::Allowed,
        Some(b"block" | b"reset") => Action::Blocked,
        Some(_) => return None,
    })
}

struct Records {
    bound: Arc<Bound>,
    keys: Keys,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let values = read(&mut self.keys, line, arena);
        if values[LOGTYPE].is_none() {
            return Parsed::Bad(Problem::new("no `logtype=`", line.len()));
        }
        match kind(&values, self.bound.ends) {
            Err(why) => Parsed::Skip(why),
            Ok(kind) => event(&values, kind, &self.bound),
        }
    }
}

fn event<'a>(values: &Values<'a>, kind: Kind, bound: &Bound) -> Parsed<'a> {
    let get = |key: usize| values[key].and_then(number::present);
    let at = match get(TIME) {
        None => None,
        Some(text) => match clock(text, get(TZ).unwrap_or(b""), &bound.assume) {
            Some(at) => Some(at),
            None => return Parsed::Bad(Problem::new("the time is not readable", 0)),
        },
    };
    if values[IPPROTO].is_some_and(|proto| !matches!(proto, b"tcp" | b"udp")) {
        return Parsed::Skip(NO_PORTS);
    }
    let mut event = Event {
        at,
        user: get(USER),
        groups: get(USERGROUP),
        device: get(SRCNAME).filter(|name| parse_ip(name).is_none()),
        src_ip: get(SRC),
        dst_ip: get(DST).filter(|dst| parse_ip(dst).is_some()),
        dst_port: get(DSTPORT).and_then(port),
        action: action(values),
        // `{online storage}`
        category: get(CAT_SITE).map(|text| text.trim_ascii_start()).map(|text| match text {
            [b'{', inner @ .., b'}'] => inner,
            _ => text,
        }),
        app: get(CLIENTAPPID).or_else(|| get(SERVERAPPID)),
        ..Event::default()
    };
    if kind == Kind::Session || kind == Kind::Page && !bound.ends {
        event.bytes_up = get(SENT).and_then(number::unsigned);
        event.bytes_down = get(RCVD).and_then(number::unsigned);
        event.duration_ms = get(DURATION).and_then(seconds_as_millis);
    }
    let name = |key: usize| {
        let host = get(key).map(|text| split_url(text).host)?;
        // Objects are named `host_192.0.2.7` or without a dot.
        (is_web_name(host) && !host.starts_with(b"host_")).then_some(host)
    };
    let http = get(PROTO).is_some_and(|proto| proto.starts_with(b"http"));
    (event.host, event.evidence) = match (name(DSTNAME), name(CNNAME)) {
        (Some(host), _) => (Some(host), Evidence::Connect),
        (None, Some(host)) => (Some(host), Evidence::Sni),
        (None, None) => (None, Evidence::Address),
    };
    if http || kind == Kind::Page {
        event.method = get(OP);
        let status = get(RESULT).and_then(number::unsigned).and_then(|status| u16::try_from(status).ok());
        event.status = status.filter(|status| *status != 0);
        let path = get(ARG).filter(|arg| arg.first() == Some(&b'/'));
        if let (Some(path), Evidence::Connect) = (path, event.evidence) {
            let end = path.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
            event.path = Some(&path[..end]);
            event.evidence = Evidence::Url;
        }
    }
    if event.evidence == Evidence::Connect && values[LOGTYPE] == Some(b"ssl") {
        event.evidence = Evidence::Sni;
    }
    if event.host.is_none() && event.dst_ip.is_none() {
        return Parsed::Bad(Problem::new(super::fields::draft::NO_DESTINATION, 0));
    }
    match not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

/// The clock of the firewall, with the zone beside it.
fn clock(text: &[u8], zone: &[u8], assume: &Assume) -> Option<Timestamp> {
    let mut whole = [0; 24];
    if text.len() == 19 && zone.len() == 5 {
        whole[..19].copy_from_slice(text);
        whole[19..].copy_from_slice(zone);
        if let Some(at) = time::iso(&whole, assume) {
            return Some(at);
        }
    }
    time::iso(text, assume)
}

#[cfg(test)]
mod tests {
    use super::super::told::told;
    use super::*;

    const HEAD: &str = "id=firewall time=\"2026-03-10 09:15:42\" fw=\"SN210A00000001\" tz=+0100 startime=\"2026-03-10 09:14:38\" pri=5";
    const SIDES: &str =
        "ipproto=tcp src=192.0.2.41 srcport=51544 srcname=LT-0041 dst=203.0.113.80 dstport=443 dstportname=https";
    const BYTES: &str = "sent=1798200 rcvd=55110 duration=64.10";

    fn line(rest: &str) -> String {
        format!("{HEAD} {SIDES} {rest}")
    }

    #[track_caller]
    fn check(rest: &str, want: &str) {
        let end = line("logtype=\"connection\"");
        assert_eq!(told(&Stormshield, &[&end], &line(rest), &Assume::default()), want, "{rest}");
    }

    fn alone(rest: &str) -> String {
        told(&Stormshield, &[], &line(rest), &Assume::default())
    }

    #[test]
    fn bytes_come_from_the_end_of_a_connection() {
        let told = "device:LT-0041 host:www.dropbox.com action:allowed up:1798200 down:55110 ms:64100 by:connect";
        for kind in ["connection", "plugin"] {
            check(&format!("dstname=www.dropbox.com proto=ssl {BYTES} action=pass logtype=\"{kind}\""), told);
        }
        check(&format!("{BYTES} action=pass logtype=\"filter\""), "skip: the start of a session, counted at its end");
        check("action=block logtype=\"filter\"", "device:LT-0041 action:blocked by:address");
        assert_eq!(alone(&format!("{BYTES} logtype=\"filter\"")), "device:LT-0041 action:allowed by:address");
    }

    #[test]
    fn bytes_of_pages_count_only_where_ends_are_not_logged() {
        let page = format!(
            "user=\"alice\" proto=http op=GET result=200 dstname=www.example.com arg=\"/a?b\" cat_site=\"{{online storage}}\" {BYTES} \
             action=pass logtype=\"web\""
        );
        let told = "user:alice device:LT-0041 host:www.example.com path:/a method:GET status:200 action:allowed";
        let rest = "category:online storage by:url";
        check(&page, &format!("{told} {rest}"));
        assert_eq!(alone(&page), format!("{told} up:1798200 down:55110 ms:64100 {rest}"));
    }

    #[test]
    fn names_of_objects_are_no_hosts() {
        for name in ["host_203.0.113.80", "dropbox_servers", "203.0.113.80"] {
            check(&format!("dstname={name} logtype=\"connection\""), "device:LT-0041 action:allowed by:address");
        }
        check("cnname=slack.com logtype=\"ssl\"", "device:LT-0041 host:slack.com action:allowed by:sni");
    }

    #[test]
    fn a_time_is_that_of_the_end_in_its_zone() {
        let text = line("logtype=\"connection\"").replace("+0100", "+0000");
        let told = told(&Stormshield, &[], &text, &Assume::default());
        assert_eq!(told, "device:LT-0041 action:allowed at:1773134142000 by:address");
        let odd = line("logtype=\"connection\"").replace("09:15:42", "9:15");
        assert_eq!(
            super::super::told::told(&Stormshield, &[], &odd, &Assume::default()),
            "bad: the time is not readable"
        );
    }

    #[test]
    fn what_is_no_traffic_of_people() {
        check("logtype=\"alarm\"", "skip: a finding of inspection, not a visit");
        check("logtype=\"auth\"", "skip: a sign-in, not traffic");
        check("logtype=\"system\"", "skip: an event of the device, not traffic");
        check("dst=x", "bad: no `logtype=`");
        let icmp = line("logtype=\"connection\"").replace("ipproto=tcp", "ipproto=icmp");
        assert_eq!(told(&Stormshield, &[], &icmp, &Assume::default()), "skip: neither TCP nor UDP");
        let inbound = line("logtype=\"connection\"").replace("203.0.113.80", "10.1.2.3");
        assert_eq!(told(&Stormshield, &[], &inbound, &Assume::default()), "skip: inbound");
    }

    #[test]
    fn monitor_lines_are_not_quoted_and_tell_nothing() {
        let text = "id=firewall time=2026-03-10 09:15:42 fw=SN210 tz=+0100 startime=2026-03-10 09:15:42 security=0 system=1 logtype=monitor";
        assert_eq!(told(&Stormshield, &[], text, &Assume::default()), "skip: statistics, not traffic");
        let head = Head { lines: vec![text.as_bytes()] };
        assert_eq!(Stormshield.sniff(&head, &Assume::default()).score, 98);
    }
}
