//! Fortinet FortiGate and FortiProxy: `key=value`, traffic and UTM logs.
//!
//! Defined in the FortiOS Log Message Reference. One session leaves several records: its end (`logid` ...00013), one every
//! two minutes while it is open (...00020), and one for each thing that inspection saw in it (`type="utm"`). Bytes are taken
//! from `type="traffic"` alone, each once; names come from wherever they stand.
//!
//! ```text
//! date=2026-03-10 time=08:15:42 devname="FGT-EDGE" devid="FG100FTK00000001" eventtime=1773130542871000000 tz="+0000" logid="0000000013" type="traffic" subtype="forward" ...
//! date=2026-03-10 time=08:14:38 devname="FGT-EDGE" devid="FG100FTK00000001" eventtime=1773130478871000000 tz="+0000" logid="0317013312" type="utm" subtype="webfilter" ...
//! ```
//!
//! `set format csv` puts commas between the pairs; the download of a FortiAnalyzer makes a cell of each pair.

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::draft::{NO_DESTINATION, not_a_site, not_outbound};
use super::fields::name::is_web_name;
use super::fields::pairs::{Keys, begins_with_pair};
use super::fields::{number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, is_inside, parse_ip, split_url};

/// Fortinet's `key=value` logs.
pub struct Fortigate;

impl Format for Fortigate {
    fn id(&self) -> &'static str {
        "fortigate"
    }

    fn about(&self) -> About {
        About {
            name: "Fortinet FortiGate, FortiProxy",
            summary: "Traffic, web filter, application control, DNS and SSL logs as key=value or CSV pairs.",
            reference: "https://docs.fortinet.com/document/fortigate/7.4.0/fortios-log-message-reference",
            proof: Proof::Verified,
            variants: &["traffic", "webfilter", "app-ctrl", "dns", "csv", "csv-download", "fortiproxy"],
        }
    }

    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess {
        let arena = Bump::new();
        let mut reader = Records::new(Arc::new(Bound { assume: assume.clone(), asks: false }));
        let (mut proxy, mut skipped, mut wrapped) = (false, 0, 0);
        let share = head.vote(|line| {
            let values = reader.values(line, &arena);
            // A record that was cut is still one of them.
            let marked = values[TYPE].is_some()
                && values[LOGID].is_some_and(is_logid)
                && (values[DEVID].is_some() || values[VD].is_some());
            if !marked {
                return Vote::No;
            }
            wrapped += usize::from(!begins_with_pair(line));
            proxy |= values[DEVID].is_some_and(|id| id.starts_with(b"FPX"));
            skipped += usize::from(matches!(reader.record(line, &arena), Parsed::Skip(_)));
            Vote::Yes
        });
        if share.score(BEST) == 0 {
            return Guess::NO;
        }
        let product = if proxy { "FortiProxy" } else { "FortiGate" };
        let silent = if skipped == share.yes { ", none of them traffic to the outside" } else { "" };
        let why = format!("`logid=` and `type=` of {product} in {} of {} records{silent}", share.yes, share.of);
        // An envelope that can be opened should be: it may tell the time.
        Guess::new(share.score_within(BEST, wrapped), why)
    }

    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem> {
        let arena = Bump::new();
        let mut reader = Records::new(Arc::new(Bound { assume: assume.clone(), asks: false }));
        let asks = head.lines.iter().any(|line| {
            let values = reader.values(line, &arena);
            is_dns(&values) && !is_answer(&values)
        });
        Ok(Layout::new(Tells::ALL, Bound { assume: assume.clone(), asks }))
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records::new(layout.get()))
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => "identify users in the policies (FSSO, an explicit proxy or a captive portal)",
            Gap::Host | Gap::Path => {
                "add a web filter profile with `set log-all-url enable` to the policies, and log its events"
            }
            Gap::BytesUp | Gap::BytesDown => "log all sessions of the policies (`set logtraffic all`)",
            Gap::Visits => "log the traffic of the policies too (`set logtraffic all`)",
            Gap::Client | Gap::Action => return None,
        })
    }
}

/// The marks are unmistakable, but other products copy single keys.
const BEST: u8 = 98;

/// What a layout holds.
struct Bound {
    assume: Assume,
    /// Look-ups are logged as questions, so that answers say nothing new.
    asks: bool,
}

/// The keys that matter.
const KEYS: [&str; 47] = [
    "type",
    "subtype",
    "logid",
    "eventtype",
    "action",
    "utmaction",
    "date",
    "time",
    "tz",
    "eventtime",
    "timestamp",
    "devid",
    "vd",
    "srcip",
    "clientip",
    "srcname",
    "srcintfrole",
    "dstintfrole",
    "dstip",
    "dstport",
    "dstname",
    "hostname",
    "sni",
    "qname",
    "url",
    "scheme",
    "httpmethod",
    "method",
    "statuscode",
    "agent",
    "referralurl",
    "sentbyte",
    "rcvdbyte",
    "sentdelta",
    "rcvddelta",
    "duration",
    "user",
    "unauthuser",
    "group",
    "catdesc",
    "appcat",
    "app",
    "dstinetsvc",
    "sessionid",
    "resptype",
    "reqtime",
    "respfinishtime",
];

/// The place of a key. Asked while compiling only; a key that is not there ends the build.
const fn at(key: &str) -> usize {
    let (mut place, key) = (0, key.as_bytes());
    while place < KEYS.len() {
        let other = KEYS[place].as_bytes();
        let mut same = 0;
        while same < key.len() && key.len() == other.len() && key[same] == other[same] {
            same += 1;
        }
        if same == key.len() {
            return place;
        }
        place += 1;
    }
    KEYS.len()
}

const TYPE: usize = at("type");
const SUBTYPE: usize = at("subtype");
const LOGID: usize = at("logid");
const EVENTTYPE: usize = at("eventtype");
const ACTION: usize = at("action");
const UTMACTION: usize = at("utmaction");
const DATE: usize = at("date");
const TIME: usize = at("time");
const TZ: usize = at("tz");
const EVENTTIME: usize = at("eventtime");
const TIMESTAMP: usize = at("timestamp");
const DEVID: usize = at("devid");
const VD: usize = at("vd");
const SRCIP: usize = at("srcip");
const CLIENTIP: usize = at("clientip");
const SRCNAME: usize = at("srcname");
const SRCINTFROLE: usize = at("srcintfrole");
const DSTINTFROLE: usize = at("dstintfrole");
const DSTIP: usize = at("dstip");
const DSTPORT: usize = at("dstport");
const DSTNAME: usize = at("dstname");
const HOSTNAME: usize = at("hostname");
const SNI: usize = at("sni");
const QNAME: usize = at("qname");
const URL: usize = at("url");
const SCHEME: usize = at("scheme");
const HTTPMETHOD: usize = at("httpmethod");
const METHOD: usize = at("method");
const STATUSCODE: usize = at("statuscode");
const AGENT: usize = at("agent");
const REFERRALURL: usize = at("referralurl");
const SENTBYTE: usize = at("sentbyte");
const RCVDBYTE: usize = at("rcvdbyte");
const SENTDELTA: usize = at("sentdelta");
const RCVDDELTA: usize = at("rcvddelta");
const DURATION: usize = at("duration");
const USER: usize = at("user");
const UNAUTHUSER: usize = at("unauthuser");
const GROUP: usize = at("group");
const CATDESC: usize = at("catdesc");
const APPCAT: usize = at("appcat");
const APP: usize = at("app");
const DSTINETSVC: usize = at("dstinetsvc");
const SESSIONID: usize = at("sessionid");
const RESPTYPE: usize = at("resptype");
const REQTIME: usize = at("reqtime");
const RESPFINISHTIME: usize = at("respfinishtime");

/// The values of one record, by key.
type Values<'a> = [Option<&'a [u8]>; KEYS.len()];

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A session, or a part of one, with its bytes.
    Session,
    /// A request that a proxy policy logged by itself.
    Request,
    /// What inspection saw in a session.
    Sight,
    /// A look-up.
    Dns,
}

/// Five digits at the end of `logid` tell the message, whatever stands before them.
const SESSION_START: [&[u8]; 2] = [b"00015", b"00016"];
/// Of a session that is still open.
const INTERIM: &[u8] = b"00020";

fn is_logid(id: &[u8]) -> bool {
    (5..=13).contains(&id.len()) && id.iter().all(u8::is_ascii_digit)
}

fn message(values: &Values<'_>) -> &'static [u8] {
    let id = values[LOGID].unwrap_or(b"");
    let last = &id[id.len().saturating_sub(5)..];
    SESSION_START.into_iter().chain([INTERIM]).find(|message| *message == last).unwrap_or(b"")
}

/// `type="utm" subtype="dns"`, or `type="dns"` of old releases.
fn is_dns(values: &Values<'_>) -> bool {
    matches!((values[TYPE], values[SUBTYPE]), (Some(b"utm"), Some(b"dns")) | (Some(b"dns"), _))
}

fn is_answer(values: &Values<'_>) -> bool {
    values[EVENTTYPE].is_some_and(|kind| kind.ends_with(b"response"))
}

/// What a record is, or why it is left out.
fn kind(values: &Values<'_>) -> Result<Kind, &'static str> {
    const FINDING: &str = "a finding of inspection, not a visit";
    let subtype = values[SUBTYPE].unwrap_or(b"");
    match values[TYPE].unwrap_or(b"") {
        b"traffic" => match subtype {
            b"local" => Err("traffic of the device itself"),
            b"multicast" => Err("multicast"),
            b"http-transaction" => Ok(Kind::Request),
            _ if SESSION_START.contains(&message(values)) || values[ACTION] == Some(b"start") => {
                Err("the start of a session, counted at its end")
            }
            _ => Ok(Kind::Session),
        },
        // Old releases have the subtype in `type`.
        b"utm" => match subtype {
            b"webfilter" | b"app-ctrl" | b"ssl" | b"virus" | b"dlp" | b"casb" | b"file-filter" => Ok(Kind::Sight),
            b"dns" => Ok(Kind::Dns),
            _ => Err(FINDING),
        },
        b"webfilter" | b"app-ctrl" | b"ssl" | b"virus" | b"dlp" => Ok(Kind::Sight),
        b"dns" => Ok(Kind::Dns),
        b"event" => Err(match subtype {
            b"user" => "a sign-in, not traffic",
            b"vpn" => "a tunnel to the house, not traffic",
            _ => "an event of the device, not traffic",
        }),
        b"anomaly" | b"ips" | b"attack" | b"voip" | b"waf" | b"emailfilter" => Err(FINDING),
        _ => Err("a log that tells of no traffic"),
    }
}

/// A reader.
struct Records {
    bound: Arc<Bound>,
    keys: Keys,
}

impl Records {
    fn new(bound: Arc<Bound>) -> Records {
        Records { bound, keys: Keys::new(|key| KEYS.iter().position(|known| known.as_bytes() == key)) }
    }

    #[inline]
    fn values<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Values<'a> {
        let mut values = [None; KEYS.len()];
        if line.first() == Some(&b'"') {
            self.keys.read_cells(line, b',', &mut values, arena);
        } else {
            self.keys.read(line, separator(line), &mut values, arena);
        }
        values
    }
}

/// The byte between the pairs: whichever of both comes first outside of quotes.
#[inline]
fn separator(line: &[u8]) -> u8 {
    let mut quoted = false;
    for byte in line {
        match byte {
            b'"' => quoted = !quoted,
            b' ' | b',' if !quoted => return *byte,
            _ => {}
        }
    }
    b' '
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let values = self.values(line, arena);
        if values[TYPE].is_none() {
            return Parsed::Bad(Problem::new("no `type=`", line.len()));
        }
        match kind(&values) {
            Err(why) => Parsed::Skip(why),
            Ok(kind) => match clock(&values, &self.bound.assume) {
                Ok(at) => event(&values, kind, at, self.bound.asks),
                Err(problem) => Parsed::Bad(problem),
            },
        }
    }
}

fn event<'a>(values: &Values<'a>, kind: Kind, at: Option<Timestamp>, asks: bool) -> Parsed<'a> {
    let get = |key: usize| values[key].and_then(number::present);
    let mut event = Event {
        at,
        user: get(USER).or_else(|| get(UNAUTHUSER)),
        // A name that is an address says nothing new.
        device: get(SRCNAME).filter(|name| parse_ip(name).is_none()),
        src_ip: get(SRCIP).or_else(|| get(CLIENTIP)),
        action: action(values, kind),
        category: get(CATDESC).or_else(|| get(APPCAT).filter(|category| *category != b"unscanned")),
        groups: get(GROUP),
        session: get(SESSIONID),
        ..Event::default()
    };
    if kind == Kind::Dns {
        // Address and port are those of the resolver.
        return look_up(values, event, asks);
    }
    // An address that was asked from outside is one of ours, whatever its name.
    if values[SRCINTFROLE] == Some(b"wan")
        && values[DSTINTFROLE] != Some(b"wan")
        && event.src_ip.and_then(parse_ip).is_none_or(|from| !is_inside(from))
    {
        return Parsed::Skip("inbound");
    }
    event.app = get(APP).or_else(|| get(DSTINETSVC));
    event.user_agent = get(AGENT);
    event.referer = get(REFERRALURL);
    event.status = get(STATUSCODE).and_then(number::unsigned).and_then(|status| u16::try_from(status).ok());
    // In a web filter's record `method` says how the site was rated.
    event.method = get(HTTPMETHOD).or_else(|| get(METHOD).filter(|_| kind == Kind::Request));
    event.dst_ip = get(DSTIP).filter(|ip| !matches!(*ip, b"0.0.0.0" | b"::"));
    event.dst_port = get(DSTPORT).and_then(port);
    if kind == Kind::Session {
        bytes(values, &mut event);
        event.duration_ms = get(DURATION).and_then(number::unsigned).and_then(|seconds| seconds.checked_mul(1000));
    } else if kind == Kind::Request {
        event.duration_ms = request_time(values);
    }
    destination(values, &mut event);
    if event.host.is_none() && event.dst_ip.and_then(parse_ip).is_none() {
        return Parsed::Bad(Problem::new(NO_DESTINATION, 0));
    }
    match not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

fn look_up<'a>(values: &Values<'a>, event: Event<'a>, asks: bool) -> Parsed<'a> {
    let Some(name) = values[QNAME].and_then(number::present) else { return Parsed::Skip("a look-up without a name") };
    let name = match name {
        [b'[', inner @ .., b']'] => inner,
        _ => name,
    };
    // That a name was refused stands in the answer alone.
    if asks && is_answer(values) && event.action != Some(Action::Blocked) {
        return Parsed::Skip("answer, not a question");
    }
    match not_a_site(name) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(Event { host: Some(name), evidence: Evidence::Dns, ..event }),
    }
}

/// Sets host, path and evidence: a host name with a URL, a server name, a URL by itself, what the firewall calls the
/// address, the address.
#[inline]
fn destination<'a>(values: &Values<'a>, event: &mut Event<'a>) {
    let get = |key: usize| values[key].and_then(number::present);
    let name = |text: &'a [u8]| {
        let parts = split_url(text);
        (!parts.host.is_empty()).then_some(parts)
    };
    let hostname = get(HOSTNAME).and_then(name);
    let (mut host, mut path, mut secure) = (hostname.map(|parts| parts.host), None, event.dst_port == Some(443));
    if let Some(scheme) = get(SCHEME) {
        secure = scheme.eq_ignore_ascii_case(b"https");
    }
    if let Some(url) = get(URL) {
        let parts = split_url(url);
        if url.first() == Some(&b'/') {
            path = Some(&url[..url.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(url.len())]);
        } else if parts.scheme.is_some() || host.is_none() {
            host = host.or((!parts.host.is_empty()).then_some(parts.host));
            path = Some(parts.path).filter(|path| !path.is_empty());
            event.dst_port = event.dst_port.or(parts.port);
            if let Some(scheme) = parts.scheme {
                secure = scheme.eq_ignore_ascii_case(b"https");
            }
        }
    }
    let named = host.filter(|host| parse_ip(host).is_none());
    if let (Some(address), None) = (host, named) {
        event.dst_ip = event.dst_ip.or(Some(address));
    }
    let ssl = values[SUBTYPE] == Some(b"ssl") || values[TYPE] == Some(b"ssl");
    (event.host, event.evidence) = match (named, path) {
        // Of an encrypted session that nobody opened the firewall knows the name, and makes a URL of it.
        (Some(host), Some(b"/")) if secure => (Some(host), Evidence::Sni),
        (Some(host), Some(_)) => (Some(host), Evidence::Url),
        (Some(host), None) if ssl => (Some(host), Evidence::Sni),
        (Some(host), None) => (Some(host), Evidence::Connect),
        (None, _) => match get(SNI).filter(|name| parse_ip(name).is_none()) {
            Some(name) => (Some(name), Evidence::Sni),
            // Names of address objects look like this, too.
            None => match get(DSTNAME).filter(|name| is_web_name(name)) {
                Some(name) => (Some(name), Evidence::Connect),
                None => (None, Evidence::Address),
            },
        },
    };
    event.path = path.filter(|_| event.evidence == Evidence::Url);
}

/// The bytes of a session, or of a part of it: a session that is logged every two minutes tells what came since the last
/// time, in its last record too, beside a sum of all. Only one without such parts is told by the sum.
#[inline]
fn bytes(values: &Values<'_>, event: &mut Event<'_>) {
    let get = |key: usize| values[key].and_then(number::unsigned);
    let interim = message(values) == INTERIM;
    if values[SENTDELTA].is_some() || values[RCVDDELTA].is_some() {
        (event.bytes_up, event.bytes_down) = (get(SENTDELTA), get(RCVDDELTA));
    } else if !interim {
        (event.bytes_up, event.bytes_down) = (get(SENTBYTE), get(RCVDBYTE));
    }
    if interim && event.action == Some(Action::Allowed) {
        // The session itself is counted when it ends.
        event.action = Some(Action::Announced);
    }
}

/// The duration of a proxy's request: milliseconds in the releases that were seen. Believed only if the record's own times
/// agree.
fn request_time(values: &Values<'_>) -> Option<u64> {
    let duration = values[DURATION].and_then(number::unsigned)?;
    let begin = values[REQTIME].and_then(time::epoch)?;
    let end = values[RESPFINISHTIME].and_then(time::epoch)?;
    let took = u64::try_from(end.0 - begin.0).ok()?;
    // Both may be whole seconds.
    (took.abs_diff(duration) <= 1000).then_some(duration)
}

fn port(text: &[u8]) -> Option<u16> {
    number::unsigned(text).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0)
}

/// What became of it. `utmaction` is what inspection did with a session that the policy accepted.
fn action(values: &Values<'_>, kind: Kind) -> Option<Action> {
    use Action::{Allowed, Blocked, Error, Warned};
    let stops = |word: &[u8]| matches!(word, b"block" | b"blocked" | b"reset" | b"deny" | b"denied" | b"dropped");
    if values[UTMACTION].is_some_and(stops) || values[RESPTYPE].is_some_and(stops) {
        return Some(Blocked);
    }
    let word = values[ACTION].and_then(number::present)?;
    Some(match word {
        _ if stops(word) => Blocked,
        b"ip-conn" => Error,
        b"warning" | b"authenticate" | b"override" => Warned,
        // To the page that says so.
        b"redirect" if kind == Kind::Dns => Blocked,
        b"quarantine" | b"block-sslv2" | b"reset_client" | b"reset_server" | b"drop" | b"server_blocked" => Blocked,
        _ if values[EVENTTYPE].is_some_and(|kind| kind.starts_with(b"ftgd_quota")) => Warned,
        b"accept" | b"close" | b"timeout" | b"client-rst" | b"server-rst" | b"dns" | b"passthrough" | b"pass"
        | b"passed" | b"allow" | b"allowed" | b"monitor" | b"monitored" | b"exempt" | b"filtered" | b"bypass"
        | b"log-only" | b"detected" | b"analytics" | b"inspect" | b"info" => Allowed,
        _ => return None,
    })
}

/// When: `eventtime`, else date and clock with the zone beside them. The time at which a FortiAnalyzer got the record
/// (`itime`) is not asked.
#[inline]
fn clock(values: &Values<'_>, assume: &Assume) -> Result<Option<Timestamp>, Problem> {
    if let Some(at) = values[EVENTTIME].and_then(time::epoch) {
        return Ok(Some(at));
    }
    let at = match (values[DATE], values[TIME]) {
        (Some(date), Some(clock)) => zoned(date, clock, values[TZ].unwrap_or(b""), assume)
            .or_else(|| time::date_and_time(date, clock, false, assume)),
        _ => values[TIMESTAMP].and_then(|text| time::any(text, assume)),
    };
    // A clock without a date: relays cut the first pair off. The envelope knows the time.
    let tried = [EVENTTIME, DATE, TIMESTAMP].iter().any(|key| values[*key].is_some());
    if at.is_none() && tried { Err(Problem::new("the time is not readable", 0)) } else { Ok(at) }
}

fn zoned(date: &[u8], clock: &[u8], zone: &[u8], assume: &Assume) -> Option<Timestamp> {
    let mut text = [0; 24];
    let (end, zone) = (clock.len() + zone.len(), zone.trim_ascii());
    if end > text.len() {
        return None;
    }
    text[..clock.len()].copy_from_slice(clock);
    text[clock.len()..clock.len() + zone.len()].copy_from_slice(zone);
    time::date_and_time(date, &text[..clock.len() + zone.len()], false, assume)
}

#[cfg(test)]
mod tests;
