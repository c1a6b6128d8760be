//! SonicWall SonicOS: `key=value`, one line an event, its kind in `m=`.
//!
//! A connection leaves a line when it opens (98), one when it closes (537), which alone has all its bytes, and one for each
//! web site that was asked for in it (97), whose bytes are among those of the connection.
//!
//! ```text
//! id=firewall sn=18B169000001 time="2026-03-10 08:15:42 UTC" fw=198.51.100.4 pri=6 c=1024 m=537 msg="Connection Closed" src=192.0.2.41:51544:X0 dst=203.0.113.80:443:X1 ...
//! id=firewall sn=18B169000001 time="2026-03-10 08:15:03 UTC" fw=198.51.100.4 pri=6 c=1024 m=97 msg="Web site hit" src=... dst=... op=GET result=200 dstname=www.dropbox.com arg=/ ...
//! ```
//!
//! An endpoint is `address:port:interface:name`, with the address beside it (`srcV6=`) where it is of IPv6.

use std::sync::Arc;

use bumpalo::Bump;
use memchr::memmem;

use super::fields::draft::not_outbound;
use super::fields::name::is_web_name;
use super::fields::packet::{INBOUND, NOT_FIRST, OWN, port, verdict};
use super::fields::pairs::{Keys, begins_with_pair, place, without_priority};
use super::fields::{number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, Event, Evidence, parse_ip, split_url};

/// Logs of SonicOS.
pub struct Sonicwall;

impl Format for Sonicwall {
    fn id(&self) -> &'static str {
        "sonicwall"
    }

    fn about(&self) -> About {
        About {
            name: "SonicWall SonicOS",
            summary: "Connections, web site hits and what was denied, as key=value.",
            reference: "https://www.sonicwall.com/support/technical-documentation/sonicos-7-0-0-0-log_events_reference_guide",
            proof: Proof::Verified,
            variants: &["connection", "web-site-hit", "app-control"],
        }
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let arena = Bump::new();
        let mut keys = keys();
        let mut wrapped = 0;
        let share = head.vote(|line| {
            let values = read(&mut keys, line, &arena);
            let serial = values[SN].is_some_and(|sn| sn.len() == 12 && sn.iter().all(u8::is_ascii_hexdigit));
            if !(serial && values[ID].is_some() && values[M].is_some_and(|m| number::unsigned(m).is_some())) {
                return Vote::No;
            }
            wrapped += usize::from(!begins_with_pair(line));
            Vote::Yes
        });
        match share.score_within(98, wrapped) {
            0 => Guess::NO,
            // An envelope that can be opened should be.
            score => {
                Guess::new(score, format!("`id=`, `sn=` and `m=` of SonicOS in {} of {} records", share.yes, share.of))
            }
        }
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let arena = Bump::new();
        let mut keys = keys();
        let closes = head.lines.iter().any(|line| read(&mut keys, line, &arena)[M] == Some(b"537"));
        Ok(Layout::new(Tells::ALL, Bound { assume: assume.clone(), closes }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get(), keys: keys() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "let users sign in (SSO agent) and log them: Log Settings, enhanced syslog, user",
            Gap::Host | Gap::Path => "log `Syslog Website Accessed` (id 97) too",
            Gap::BytesUp | Gap::BytesDown => "log `Connection Closed` (id 537) too",
            Gap::Client | Gap::Action | Gap::Visits => return None,
        })
    }
}

struct Bound {
    assume: Assume,
    /// Ends of connections are logged, so that beginnings and bytes of single requests say nothing new.
    closes: bool,
}

const KEYS: [&str; 29] = [
    "id",
    "sn",
    "time",
    "m",
    "msg",
    "fw",
    "src",
    "dst",
    "srcV6",
    "dstV6",
    "srcZone",
    "dstZone",
    "proto",
    "usr",
    "user",
    "susr",
    "sent",
    "rcvd",
    "cdur",
    "op",
    "dstname",
    "arg",
    "result",
    "Category",
    "appName",
    "appcat",
    "fw_action",
    "agent",
    "referer",
];
const ID: usize = place(&KEYS, "id");
const SN: usize = place(&KEYS, "sn");
const TIME: usize = place(&KEYS, "time");
const M: usize = place(&KEYS, "m");
const MSG: usize = place(&KEYS, "msg");
const FW: usize = place(&KEYS, "fw");
const SRC: usize = place(&KEYS, "src");
const DST: usize = place(&KEYS, "dst");
const SRC_V6: usize = place(&KEYS, "srcV6");
const DST_V6: usize = place(&KEYS, "dstV6");
const SRC_ZONE: usize = place(&KEYS, "srcZone");
const DST_ZONE: usize = place(&KEYS, "dstZone");
const PROTO: usize = place(&KEYS, "proto");
const USR: usize = place(&KEYS, "usr");
const USER: usize = place(&KEYS, "user");
const SUSR: usize = place(&KEYS, "susr");
const SENT: usize = place(&KEYS, "sent");
const RCVD: usize = place(&KEYS, "rcvd");
const CDUR: usize = place(&KEYS, "cdur");
const OP: usize = place(&KEYS, "op");
const DSTNAME: usize = place(&KEYS, "dstname");
const ARG: usize = place(&KEYS, "arg");
const RESULT: usize = place(&KEYS, "result");
const CATEGORY: usize = place(&KEYS, "Category");
const APP_NAME: usize = place(&KEYS, "appName");
const APPCAT: usize = place(&KEYS, "appcat");
const FW_ACTION: usize = place(&KEYS, "fw_action");
const AGENT: usize = place(&KEYS, "agent");
const REFERER: usize = place(&KEYS, "referer");

type Values<'a> = [Option<&'a [u8]>; KEYS.len()];

fn keys() -> Keys {
    Keys::new(|key| KEYS.iter().position(|known| known.as_bytes() == without_priority(key)))
}

fn read<'a>(keys: &mut Keys, line: &'a [u8], arena: &'a Bump) -> Values<'a> {
    let mut values = [None; KEYS.len()];
    keys.read(line, b' ', &mut values, arena);
    values
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A connection, with its bytes.
    Closed,
    /// A connection that was not followed to its end.
    Opened,
    /// A web site that was asked for, with the bytes of that request.
    Hit,
    /// A connection that was stopped.
    Stopped,
    /// What app control saw.
    Sight,
}

fn kind(values: &Values<'_>, closes: bool) -> Result<Kind, &'static str> {
    const EVENT: &str = "an event of the device, not traffic";
    let msg = values[MSG].unwrap_or(b"");
    match values[M].unwrap_or(b"") {
        b"537" => return Ok(Kind::Closed),
        b"98" if closes => return Err("the start of a session, counted at its end"),
        b"98" => return Ok(Kind::Opened),
        b"97" | b"16" => return Ok(Kind::Hit),
        b"14" => return Ok(Kind::Stopped),
        b"1154" => return Ok(Kind::Sight),
        b"1149" | b"1150" => return Ok(if is_stopped(values) { Kind::Stopped } else { Kind::Sight }),
        _ => {}
    }
    if ["IPS ", "Gateway Anti-Virus", "Anti-Spyware"].iter().any(|product| msg.starts_with(product.as_bytes())) {
        return Err("a finding of inspection, not a visit");
    }
    if !is_stopped(values) {
        return Err(EVENT);
    }
    if values[PROTO].is_some_and(|proto| proto.starts_with(b"icmp")) {
        return Err(super::fields::packet::NO_PORTS);
    }
    // Late packets of connections that are closed already.
    if memmem::find(msg, b"TCP packet").is_some() || memmem::find(msg, b"handshake").is_some() {
        return Err(NOT_FIRST);
    }
    Ok(Kind::Stopped)
}

fn is_stopped(values: &Values<'_>) -> bool {
    let says = |text: &[u8]| verdict(text) == Some(Action::Blocked) || memmem::find(text, b"revention").is_some();
    values[FW_ACTION] == Some(b"drop") || values[MSG].is_some_and(says)
}

/// `203.0.113.80:443:X1:www.example.com`: address, port and name.
fn endpoint<'a>(text: Option<&'a [u8]>, v6: Option<&'a [u8]>) -> (Option<&'a [u8]>, Option<u16>, Option<&'a [u8]>) {
    let mut parts = text.unwrap_or(b"").split(|byte| *byte == b':');
    let (address, number, _interface, name) = (parts.next(), parts.next(), parts.next(), parts.next());
    let address = v6.or(address).and_then(number::present).filter(|address| *address != b"0.0.0.0");
    (address, number.and_then(port), name.and_then(number::present))
}

struct Records {
    bound: Arc<Bound>,
    keys: Keys,
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let values = read(&mut self.keys, line, arena);
        if values[M].is_none() {
            return Parsed::Bad(Problem::new("no `m=`", line.len()));
        }
        match kind(&values, self.bound.closes) {
            Err(why) => Parsed::Skip(why),
            Ok(kind) => event(&values, kind, line, &self.bound),
        }
    }
}

fn event<'a>(values: &Values<'a>, kind: Kind, line: &'a [u8], bound: &Bound) -> Parsed<'a> {
    let get = |key: usize| values[key].and_then(number::present);
    let at = match get(TIME) {
        None => None,
        Some(text) => match time::any(text, &bound.assume) {
            Some(at) => Some(at),
            None => return Parsed::Bad(Problem::new("the time is not readable", 0)),
        },
    };
    let (src, _, device) = endpoint(values[SRC], get(SRC_V6));
    let (dst, dst_port, resolved) = endpoint(values[DST], get(DST_V6));
    let mut event = Event {
        at,
        // "Unknown (SSO failed)"
        user: [USR, USER, SUSR].into_iter().find_map(get).filter(|user| !user.starts_with(b"Unknown ")),
        device: device.filter(|name| parse_ip(name).is_none()),
        src_ip: src,
        dst_ip: dst.filter(|dst| parse_ip(dst).is_some()),
        dst_port,
        category: get(CATEGORY).or_else(|| get(APPCAT)),
        app: get(APP_NAME).and_then(|name| app(name, line)),
        user_agent: get(AGENT),
        referer: get(REFERER),
        action: Some(match kind {
            Kind::Stopped => Action::Blocked,
            _ if values[FW_ACTION] == Some(b"drop") => Action::Blocked,
            _ => Action::Allowed,
        }),
        ..Event::default()
    };
    if values[FW_ACTION] == Some(b"mgmt") {
        return Parsed::Skip(OWN);
    }
    if values[SRC_ZONE] == Some(b"WAN") && values[DST_ZONE].is_some() || dst.is_some() && dst == values[FW] {
        return Parsed::Skip(INBOUND);
    }
    if src.is_some() && src == values[FW] {
        return Parsed::Skip(OWN);
    }
    if kind == Kind::Closed || kind == Kind::Hit && !bound.closes {
        event.bytes_up = get(SENT).and_then(number::unsigned);
        event.bytes_down = get(RCVD).and_then(number::unsigned);
        event.duration_ms = get(CDUR).and_then(number::unsigned);
    }
    let asked = get(DSTNAME).map(|name| split_url(name).host).filter(|host| is_web_name(host));
    (event.host, event.evidence) = match (asked, resolved.filter(|name| is_web_name(name))) {
        (Some(host), _) => {
            let path = get(ARG).filter(|arg| arg.first() == Some(&b'/'));
            event.path =
                path.map(|arg| &arg[..arg.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(arg.len())]);
            // Of encrypted sites the name is that of the certificate or the greeting, and the path is always this one.
            let secure = event.dst_port == Some(443) && event.path.is_none_or(|path| path == b"/");
            if secure {
                event.path = None;
            }
            (Some(host), if secure { Evidence::Sni } else { Evidence::Url })
        }
        (None, Some(name)) => (Some(name), Evidence::Connect),
        (None, None) => (None, Evidence::Address),
    };
    if matches!(kind, Kind::Hit | Kind::Stopped) && event.evidence != Evidence::Address {
        event.method = get(OP).map(method);
        event.status = get(RESULT).and_then(number::unsigned).and_then(|status| u16::try_from(status).ok());
        // 0: there was no answer to be seen.
        event.status = event.status.filter(|status| *status != 0);
    }
    if event.host.is_none() && event.dst_ip.is_none() {
        return Parsed::Skip("an event without a destination");
    }
    match not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

fn method(op: &[u8]) -> &[u8] {
    match op {
        b"1" => b"GET",
        b"2" => b"POST",
        b"3" => b"HEAD",
        word => word,
    }
}

/// The app's name, in quotes of either kind. `General HTTPS` and its like are what is left when no app was found.
fn app<'a>(name: &'a [u8], line: &'a [u8]) -> Option<&'a [u8]> {
    let name = match name {
        [b'\'', inner @ .., b'\''] => inner,
        [b'\'', ..] => {
            const KEY: &[u8] = b"appName='";
            let from = memmem::find(line, KEY)? + KEY.len();
            &line[from..from + memchr::memchr(b'\'', &line[from..])?]
        }
        _ => name,
    };
    number::present(name).filter(|name| !name.starts_with(b"General ") && !name.starts_with(b"Service "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id=firewall sn=18B169000001 time=\"2026-03-10 08:15:42 UTC\" fw=198.51.100.4 pri=6 c=1024";
    const SIDES: &str = "src=192.0.2.41:51544:X0 dst=203.0.113.80:443:X1";

    fn told(line: &str, closes: bool) -> String {
        let end = format!("{HEAD} m=537");
        let head: &[&str] = if closes { &[&end] } else { &[] };
        super::super::told::told(&Sonicwall, head, line, &Assume::default())
    }

    #[track_caller]
    fn check(rest: &str, want: &str) {
        assert_eq!(told(&format!("{HEAD} {rest}"), true), want, "{rest}");
    }

    #[test]
    fn bytes_come_from_the_end_of_a_connection() {
        let closed = format!(
            "m=537 msg=\"Connection Closed\" {SIDES} usr=\"EXAMPLE\\alice\" proto=tcp/https sent=1798200 rcvd=55110 cdur=64100 \
             appName=\"General HTTPS\" n=448211 fw_action=\"NA\""
        );
        check(&closed, "user:EXAMPLE\\alice action:allowed up:1798200 down:55110 ms:64100 by:address");
        let opened = format!("m=98 msg=\"Connection Opened\" {SIDES} sent=66");
        check(&opened, "skip: the start of a session, counted at its end");
        let hit = format!(
            "m=97 msg=\"Web site hit\" {SIDES} op=1 sent=1310 rcvd=5240 result=200 dstname=www.dropbox.com arg=/a?b"
        );
        check(&hit, "host:www.dropbox.com path:/a method:GET status:200 action:allowed by:url");
        // Where no ends are logged, all there is counts.
        assert_eq!(told(&format!("{HEAD} {opened}"), false), "action:allowed by:address");
        assert_eq!(
            told(&format!("{HEAD} {hit}"), false),
            "host:www.dropbox.com path:/a method:GET status:200 action:allowed up:1310 down:5240 by:url"
        );
    }

    #[test]
    fn an_endpoint_may_lack_its_address_or_bear_a_name() {
        check(
            "m=537 src=192.0.2.41:51544:X0:lt-0042.example.com dst=203.0.113.80:443:X1:www.canva.com sent=1 rcvd=2",
            "device:lt-0042.example.com host:www.canva.com action:allowed up:1 down:2 by:connect",
        );
        check("m=537 src=192.0.2.41:5:X0 dst=:53:X1 sent=1", "skip: an event without a destination");
        check(
            "m=537 srcV6=2001:db8::41 src=:5:X0 dstV6=2001:db8:9::80 dst=:443:X1 sent=1 rcvd=2",
            "ip:2001:db8:9::80 action:allowed up:1 down:2 by:address",
        );
    }

    #[test]
    fn names_of_apps_in_quotes_of_either_kind() {
        for (app, want) in [
            ("appName=\"Dropbox\"", "app:Dropbox "),
            ("appName='Google Drive' x=1", "app:Google Drive "),
            ("appName='Slack'", "app:Slack "),
            ("appName='cut off", ""),
            ("appName='General HTTPS'", ""),
        ] {
            check(&format!("m=537 {SIDES} {app}"), &format!("action:allowed {want}by:address"));
        }
    }

    #[test]
    fn a_stray_token_is_passed_over() {
        check(
            &format!(
                "m=14 msg=\"Web site access denied\" {SIDES} Category-\"Online Storage\" dstname=www.dropbox.com arg=/ code=20"
            ),
            "host:www.dropbox.com action:blocked by:sni",
        );
    }

    #[test]
    fn what_was_dropped_is_blocked() {
        check(&format!("m=36 msg=\"TCP connection dropped\" {SIDES} proto=tcp/https"), "action:blocked by:address");
        check(
            &format!("m=41 msg=\"Unknown protocol dropped\" {SIDES} fw_action=\"drop\""),
            "action:blocked by:address",
        );
        check(
            &format!("m=1150 msg=\"Application Control Prevention Alert: Dropbox\" {SIDES} appName=\"Dropbox\""),
            "action:blocked app:Dropbox by:address",
        );
        check(&format!("m=1154 msg=\"Application Control Detection Alert\" {SIDES}"), "action:allowed by:address");
        check(
            &format!("m=713 msg=\"TCP packet dropped: closing\" {SIDES}"),
            "skip: not the first packet of a connection",
        );
        check(&format!("m=609 msg=\"IPS Prevention Alert: x\" {SIDES}"), "skip: a finding of inspection, not a visit");
    }

    #[test]
    fn what_is_no_traffic_of_people() {
        check(&format!("m=1197 msg=\"NAT Mapping\" {SIDES}"), "skip: an event of the device, not traffic");
        check(&format!("m=537 {SIDES} fw_action=\"mgmt\""), "skip: traffic of the device itself");
        check("m=537 src=198.51.100.4:1:X1 dst=203.0.113.80:443:X1", "skip: traffic of the device itself");
        check("m=537 src=9.9.9.9:1:X1 dst=198.51.100.4:443:X1", "skip: inbound");
        check("m=537 src=9.9.9.9:1:X1 dst=10.1.2.3:443:X0", "skip: inbound");
        check("m=537 src=9.9.9.9:1:X1 srcZone=WAN dst=203.0.113.3:443:X3 dstZone=DMZ", "skip: inbound");
        check("m=537 src=10.1.2.3:1:X0 dst=10.1.2.4:53:X3", "skip: inside the network");
        check("msg=\"x\"", "bad: no `m=`");
    }

    #[test]
    fn the_time_is_local_unless_it_says_utc() {
        let line = format!("{HEAD} m=537 {SIDES}");
        assert_eq!(told(&line, true), "action:allowed by:address");
        let arena = Bump::new();
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
        let bound = Arc::new(Bound { assume: Assume { zone, ..Assume::default() }, closes: true });
        for (text, want) in [(line.clone(), 1_773_130_542_000), (line.replace(" UTC", ""), 1_773_126_942_000)] {
            let mut records = Records { bound: Arc::clone(&bound), keys: keys() };
            let Parsed::Event(event) = records.record(text.as_bytes(), &arena) else { panic!("{text}") };
            assert_eq!(event.at.map(|at| at.0), Some(want), "{text}");
        }
        check("m=537", "skip: an event without a destination");
        assert_eq!(told(&line.replace("08:15", "8h15"), true), "bad: the time is not readable");
    }

    #[test]
    fn the_priority_may_stand_before_the_first_key() {
        assert_eq!(told(&format!("<134>  {HEAD} m=537 {SIDES}"), true), "action:allowed by:address");
        let line = format!("<134>{HEAD} m=537 {SIDES}");
        let head = Head { lines: vec![line.as_bytes()] };
        assert_eq!(Sonicwall.sniff(&head, &Assume::default()).score, 95);
    }
}
