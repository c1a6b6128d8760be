//! Zeek's logs as it writes them by default: tab-separated, under a header of directives.
//!
//! Defined at <https://docs.zeek.org/en/master/log-formats.html>. The columns differ from site to site (packages add some,
//! the logging framework renames them), so they are always bound by the header, also by one in mid-file.
//!
//! ```text
//! #separator \x09
//! #path   ssl
//! #fields ts  uid id.orig_h   id.orig_p   id.resp_h   id.resp_p   version cipher  curve   server_name ...
//! 1710231183.412678   CHhAvVGS1DHFjwGM9   192.0.2.25  51544   203.0.113.80    443 TLSv13  ... www.dropbox.com ...
//! ```
//!
//! A visit stands in several logs: `conn` has its bytes, `ssl`, `quic` or `http` its name. The facts join them by `uid`, and
//! by address where the `uid` is not enough; `dns` names the rest. Bytes are taken from `conn` alone. The body lengths in
//! `http` are part of them, and would count twice.

use std::sync::Arc;

use bumpalo::Bump;

use super::fields::alias::{self, Field};
use super::fields::draft::{not_a_site, not_outbound};
use super::fields::{number, time};
use super::{About, Assume, Format, Gap, Guess, Head, Layout, Parsed, Problem, Proof, Reader, Tells, Vote};
use crate::event::{Action, Event, Evidence, Timestamp, parse_ip, split_url};

/// Zeek's tab-separated logs.
pub struct ZeekTsv;

impl Format for ZeekTsv {
    fn id(&self) -> &'static str {
        "zeek-tsv"
    }

    fn about(&self) -> About {
        About {
            name: "Zeek",
            summary: "The conn, ssl, quic, http, dns and socks logs of a Zeek or Corelight sensor, tab-separated.",
            reference: "https://docs.zeek.org/en/master/logs/index.html",
            proof: Proof::Verified,
            variants: &["conn", "dns", "http", "ssl", "quic"],
        }
    }

    fn directive(&self) -> Option<u8> {
        Some(b'#')
    }

    fn sniff(&self, head: &Head<'_>, _assume: &Assume) -> Guess {
        let Some(header) = Header::find(head) else { return Guess::NO };
        let path = String::from_utf8_lossy(&header.path).into_owned();
        let bound = match header.bind() {
            Ok(bound) => bound,
            Err(why) => return Guess::decline(99, why.told(&path)),
        };
        // Through a reader, since logs may have been joined and each has its own columns.
        let arena = Bump::new();
        let mut reader = Records { bound: Arc::new(bound) };
        let share = head.vote(|line| match reader.record(line, &arena) {
            Parsed::Bad(_) => Vote::No,
            _ if line.first() == Some(&b'#') => Vote::Abstain,
            _ => Vote::Yes,
        });
        match share.of {
            0 => Guess::new(97, format!("the header of Zeek's {path} log, no records")),
            _ if share.score(99) == 0 => Guess::new(
                60,
                format!("the header of Zeek's {path} log, but only {} of {} records fit it", share.yes, share.of),
            ),
            _ => Guess::new(
                share.score(99),
                format!("the header of Zeek's {path} log; {} of {} records fit it", share.yes, share.of),
            ),
        }
    }

    fn layout(&self, head: &Head<'_>, _assume: &Assume) -> Result<Layout, Problem> {
        let header = Header::find(head).ok_or(Problem::new("no #fields line", 0))?;
        let path = String::from_utf8_lossy(&header.path).into_owned();
        match header.bind() {
            Ok(bound) => Ok(bound.into_layout()),
            Err(why) => Err(Problem { reason: why.told(&path).into(), at: 0 }),
        }
    }

    fn reader(&self, layout: &Layout) -> Box<dyn Reader> {
        Box::new(Records { bound: layout.get::<Bound>() })
    }

    fn advice(&self, gap: Gap) -> Option<&'static str> {
        Some(match gap {
            Gap::User => {
                "a sensor sees no sign-ins; read the proxy's or the identity provider's logs too, or name the clients by dhcp.log"
            }
            Gap::Host => {
                "read ssl.log, quic.log, http.log and dns.log of the same days beside conn.log: they have the names"
            }
            Gap::BytesUp | Gap::BytesDown => "read conn.log of the same days beside this log: it has the bytes",
            Gap::Visits => "read conn.log, ssl.log and quic.log of the same days beside dns.log: they have the visits",
            Gap::Action => "a sensor sees what passed; what was blocked stands in the firewall's or proxy's log",
            Gap::Path | Gap::Client => return None,
        })
    }
}

/// The logs that tell where somebody went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Conn,
    Ssl,
    Quic,
    Http,
    Dns,
    Socks,
}

/// Why a log is not read.
enum Refused {
    /// Another log, and what it is about.
    Other(&'static str),
    /// One of ours, without a column that it must have.
    Lacks(&'static str),
}

impl Refused {
    fn told(&self, path: &str) -> String {
        match self {
            Refused::Other(about) => format!("Zeek's {path} log: {about}, not traffic"),
            Refused::Lacks(what) => format!("Zeek's {path} log without {what}"),
        }
    }
}

impl Kind {
    /// By the name of the log, if it is one of them.
    pub(super) fn named(path: &[u8]) -> Option<Kind> {
        Kind::of(path).ok()
    }

    fn of(path: &[u8]) -> Result<Kind, Refused> {
        // Corelight's reduced logs have the same columns, or fewer.
        Ok(match path.strip_suffix(b"_red").unwrap_or(path) {
            b"conn" => Kind::Conn,
            b"ssl" => Kind::Ssl,
            b"quic" => Kind::Quic,
            b"http" => Kind::Http,
            b"dns" => Kind::Dns,
            b"socks" => Kind::Socks,
            // They repeat what conn says, with counters that grow.
            b"conn_long" | b"open_conn" => return Err(Refused::Other("repeats of connections that conn has too")),
            b"x509" => return Err(Refused::Other("certificates")),
            b"files" => return Err(Refused::Other("files that were seen")),
            b"known_hosts" | b"known_services" | b"known_devices" | b"known_certs" | b"software" => {
                return Err(Refused::Other("an inventory of hosts"));
            }
            b"dhcp" => return Err(Refused::Other("leases of addresses")),
            b"kerberos" | b"ntlm" | b"radius" | b"ldap" | b"ldap_search" => return Err(Refused::Other("sign-ins")),
            b"weird" | b"notice" | b"notice_alarm" | b"intel" | b"signatures" | b"analyzer" | b"dpd" => {
                return Err(Refused::Other("what the sensor noticed"));
            }
            b"stats"
            | b"capture_loss"
            | b"reporter"
            | b"loaded_scripts"
            | b"packet_filter"
            | b"broker"
            | b"cluster"
            | b"print"
            | b"telemetry"
            | b"telemetry_histogram"
            | b"config" => {
                return Err(Refused::Other("the sensor about itself"));
            }
            _ => return Err(Refused::Other("one of many that name no web app")),
        })
    }
}

/// The directives of a header, as far as they are known. Each one that says something new makes a new layout, so that a
/// reader that begins between two of them knows as much as one that has read them all.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    separator: u8,
    empty: Vec<u8>,
    unset: Vec<u8>,
    path: Vec<u8>,
    fields: Vec<Vec<u8>>,
}

impl Default for Header {
    fn default() -> Header {
        Header {
            separator: b'\t',
            empty: b"(empty)".to_vec(),
            unset: b"-".to_vec(),
            path: Vec::new(),
            fields: Vec::new(),
        }
    }
}

impl Header {
    /// The first header of a head: everything up to its `#fields`.
    fn find(head: &Head<'_>) -> Option<Header> {
        let mut header = Header::default();
        for line in &head.lines {
            header.take(line);
            if !header.fields.is_empty() {
                return (!header.path.is_empty()).then_some(header);
            }
        }
        None
    }

    /// Takes one directive. Whether it said anything new.
    fn take(&mut self, line: &[u8]) -> bool {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // This one comes first, and is the only one with a blank.
        if let Some(separator) = line.strip_prefix(b"#separator ") {
            let mut separator = separator.to_vec();
            let len = unescape(&mut separator);
            let separator = separator[..len].first().copied().unwrap_or(b'\t');
            return std::mem::replace(&mut self.separator, separator) != separator;
        }
        let Some(rest) = line.strip_prefix(b"#") else { return false };
        let end = memchr::memchr(self.separator, rest).unwrap_or(rest.len());
        let value = rest.get(end + 1..).unwrap_or(&[]);
        let separator = self.separator;
        let slot = match &rest[..end] {
            b"path" => &mut self.path,
            b"empty_field" => &mut self.empty,
            b"unset_field" => &mut self.unset,
            b"fields" => {
                let fields: Vec<Vec<u8>> = value.split(|b| *b == separator).map(<[u8]>::to_vec).collect();
                let new = fields != self.fields;
                self.fields = fields;
                return new;
            }
            _ => return false,
        };
        let new = slot != value;
        *slot = value.to_vec();
        new
    }

    fn bind(self) -> Result<Bound, Refused> {
        let kind = Kind::of(&self.path)?;
        let mut slots = Vec::new();
        let mut bound = [false; ROLES];
        for (column, name) in self.fields.iter().enumerate() {
            let Some(role) = Role::of(kind, &String::from_utf8_lossy(name)) else { continue };
            // The first column of a name counts.
            if !std::mem::replace(&mut bound[role as usize], true) {
                slots.resize(column + 1, None);
                slots[column] = Some(role);
            }
        }
        let has = |role: Role| bound[role as usize];
        let lacks = match kind {
            _ if !has(Role::Ts) => Some("a time"),
            Kind::Conn if !has(Role::RespH) => Some("the server's address"),
            Kind::Ssl | Kind::Quic if !has(Role::ServerName) && !has(Role::RespH) => {
                Some("the server's name or address")
            }
            Kind::Http if !has(Role::Host) && !has(Role::Uri) => Some("the host"),
            Kind::Dns if !has(Role::Query) => Some("the name that was looked up"),
            Kind::Socks if !has(Role::RequestName) && !has(Role::RequestHost) => Some("the destination"),
            _ => None,
        };
        match lacks {
            Some(what) => Err(Refused::Lacks(what)),
            None => Ok(Bound { header: self, kind: Some(kind), slots, bound }),
        }
    }
}

/// What a layout holds.
#[derive(Debug)]
struct Bound {
    header: Header,
    /// `None` for a log that is none of ours, or while the header is not complete: its records are skipped.
    kind: Option<Kind>,
    /// By column, up to the last wanted one.
    slots: Vec<Option<Role>>,
    /// By role.
    bound: [bool; ROLES],
}

impl Bound {
    /// For a header in mid-file, which may be that of any log.
    fn whatever(header: Header) -> Bound {
        header.clone().bind().unwrap_or(Bound { header, kind: None, slots: Vec::new(), bound: [false; ROLES] })
    }

    fn into_layout(self) -> Layout {
        let has = |role: Role| self.bound[role as usize];
        let tells = Tells {
            user: has(Role::Username) && self.kind == Some(Kind::Socks),
            client: has(Role::OrigH),
            host: has(Role::ServerName) || has(Role::Host) || has(Role::Query) || has(Role::RequestName),
            path: has(Role::Uri),
            bytes_up: has(Role::OrigBytes),
            bytes_down: has(Role::RespBytes),
            // `conn_state` is the fate of a connection, not the verdict of a policy.
            action: false,
            method: has(Role::Method),
        };
        Layout::new(tells, self)
    }
}

/// The columns that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Role {
    Ts,
    Uid,
    OrigH,
    OrigP,
    RespH,
    RespP,
    Proto,
    Duration,
    OrigBytes,
    RespBytes,
    OrigIpBytes,
    RespIpBytes,
    Missed,
    State,
    LocalOrig,
    LocalResp,
    ServerName,
    Established,
    LastAlert,
    Method,
    Host,
    Uri,
    Referrer,
    UserAgent,
    Status,
    Username,
    Query,
    QtypeName,
    RcodeName,
    OpcodeName,
    Answers,
    Ttls,
    RequestHost,
    RequestName,
    RequestPort,
    SocksStatus,
}

pub(super) const ROLES: usize = Role::SocksStatus as usize + 1;

impl Role {
    fn of(kind: Kind, name: &str) -> Option<Role> {
        // `id.orig_h`, or `id_orig_h` where the scope separator was changed.
        let name = alias::normal(name);
        Some(match (kind, name.as_str()) {
            (_, "ts") => Role::Ts,
            (_, "uid") => Role::Uid,
            (_, "id_orig_h") => Role::OrigH,
            (Kind::Dns, "id_orig_p") => Role::OrigP,
            (_, "id_resp_h") => Role::RespH,
            (_, "id_resp_p") => Role::RespP,
            (Kind::Conn, "proto") => Role::Proto,
            (Kind::Conn, "duration") => Role::Duration,
            (Kind::Conn, "orig_bytes") => Role::OrigBytes,
            (Kind::Conn, "resp_bytes") => Role::RespBytes,
            (Kind::Conn, "orig_ip_bytes") => Role::OrigIpBytes,
            (Kind::Conn, "resp_ip_bytes") => Role::RespIpBytes,
            (Kind::Conn, "missed_bytes") => Role::Missed,
            (Kind::Conn, "conn_state") => Role::State,
            (Kind::Conn, "local_orig") => Role::LocalOrig,
            (Kind::Conn, "local_resp") => Role::LocalResp,
            (Kind::Ssl | Kind::Quic, "server_name") => Role::ServerName,
            (Kind::Ssl, "established") => Role::Established,
            (Kind::Ssl, "last_alert") => Role::LastAlert,
            (Kind::Http, "method") => Role::Method,
            (Kind::Http, "host") => Role::Host,
            (Kind::Http, "uri") => Role::Uri,
            (Kind::Http, "referrer") => Role::Referrer,
            (Kind::Http, "user_agent") => Role::UserAgent,
            (Kind::Http, "status_code") => Role::Status,
            (Kind::Http, "username") | (Kind::Socks, "user") => Role::Username,
            (Kind::Dns, "query") => Role::Query,
            (Kind::Dns, "qtype_name") => Role::QtypeName,
            (Kind::Dns, "rcode_name") => Role::RcodeName,
            (Kind::Dns, "opcode_name") => Role::OpcodeName,
            (Kind::Dns, "answers") => Role::Answers,
            (Kind::Dns, "ttls") => Role::Ttls,
            (Kind::Socks, "request_host") => Role::RequestHost,
            (Kind::Socks, "request_name") => Role::RequestName,
            (Kind::Socks, "request_p") => Role::RequestPort,
            (Kind::Socks, "status") => Role::SocksStatus,
            // Renamed by the site, as Splunk, Elastic or Corelight would have them.
            (Kind::Socks, _) => return None,
            (_, "source_port" | "src_port" | "id_orig_port") => return None,
            (_, name) => match alias::flat(name)? {
                Field::Ts => Role::Ts,
                Field::SrcIp => Role::OrigH,
                Field::DstIp => Role::RespH,
                Field::DstPort => Role::RespP,
                Field::Session => Role::Uid,
                Field::Query if kind == Kind::Dns => Role::Query,
                Field::Sni if matches!(kind, Kind::Ssl | Kind::Quic) => Role::ServerName,
                Field::Url if kind == Kind::Http => Role::Uri,
                Field::UserAgent if kind == Kind::Http => Role::UserAgent,
                Field::BytesUp if kind == Kind::Conn => Role::OrigBytes,
                Field::BytesDown if kind == Kind::Conn => Role::RespBytes,
                _ => return None,
            },
        })
    }
}

/// A reader.
struct Records {
    bound: Arc<Bound>,
}

/// The wanted values of one record.
pub(super) struct Values<'a> {
    pub(super) values: [Option<&'a [u8]>; ROLES],
    pub(super) arena: &'a Bump,
}

impl<'a> Values<'a> {
    /// A value as it stands: a number, an address, a word of Zeek's.
    #[inline]
    fn raw(&self, role: Role) -> Option<&'a [u8]> {
        self.values[role as usize]
    }

    /// A value that came from the wire.
    #[inline]
    fn text(&self, role: Role) -> Option<&'a [u8]> {
        let value = self.raw(role)?;
        if memchr::memchr(b'\\', value).is_none() {
            return Some(value);
        }
        let copy = self.arena.alloc_slice_copy(value);
        let len = unescape(copy);
        Some(&copy[..len])
    }

    fn count(&self, role: Role) -> Option<u64> {
        number::unsigned(self.raw(role)?)
    }

    fn port(&self, role: Role) -> Option<u16> {
        self.count(role).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0)
    }

    /// Bytes of payload, unless more than can have passed: they are counted by sequence numbers, and one stray packet
    /// makes gigabytes of them.
    fn payload(&self, role: Role, with_headers: Role) -> Option<u64> {
        let payload = self.count(role)?;
        let most = self.count(with_headers).map(|bytes| bytes.saturating_add(self.count(Role::Missed).unwrap_or(0)));
        (payload == 0 || most.is_none_or(|most| most == 0 || payload <= most)).then_some(payload)
    }
}

impl Records {
    #[cold]
    fn directive<'a>(&mut self, line: &[u8]) -> Parsed<'a> {
        let mut header = self.bound.header.clone();
        let known = line.starts_with(b"#fields") || line.starts_with(b"#path");
        if !header.take(line) {
            return Parsed::Skip(if known { "header" } else { "comment" });
        }
        let layout = Bound::whatever(header).into_layout();
        self.bound = layout.get::<Bound>();
        Parsed::Layout(layout)
    }
}

impl Reader for Records {
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.first() == Some(&b'#') {
            return self.directive(line);
        }
        let bound = &*self.bound;
        let Some(kind) = bound.kind else { return Parsed::Skip("another of Zeek's logs") };
        let mut values = Values { values: [None; ROLES], arena };
        let mut rest = Some(line);
        for slot in &bound.slots {
            let Some(text) = rest else { break };
            let value = match memchr::memchr(bound.header.separator, text) {
                Some(end) => {
                    rest = Some(&text[end + 1..]);
                    &text[..end]
                }
                None => {
                    rest = None;
                    text
                }
            };
            if let Some(role) = slot
                && !value.is_empty()
                && value != bound.header.unset
                && value != bound.header.empty
            {
                values.values[*role as usize] = Some(value);
            }
        }
        // A record that was cut may have lost the end of its last value, and of a number that matters.
        if rest.is_none() && line.split(|b| *b == bound.header.separator).count() < bound.header.fields.len() {
            return Parsed::Bad(Problem::new("fewer values than columns", line.len()));
        }
        tell(kind, &values)
    }
}

/// What a record says, however it was written.
pub(super) fn tell<'a>(kind: Kind, values: &Values<'a>) -> Parsed<'a> {
    let Some(ts) = values.raw(Role::Ts).and_then(|ts| time::any(ts, &Assume::default())) else {
        return Parsed::Bad(Problem::new("the time is not readable", 0));
    };
    let event = Event {
        at: Some(ts),
        src_ip: values.raw(Role::OrigH),
        dst_ip: values.raw(Role::RespH),
        dst_port: values.port(Role::RespP),
        session: values.raw(Role::Uid),
        ..Event::default()
    };
    match kind {
        Kind::Conn => conn(event, ts, values),
        // `conn` has the address alone.
        Kind::Ssl | Kind::Quic => greeting(Event { names_address: true, ..event }, values),
        Kind::Http => http(Event { names_address: true, ..event }, values),
        Kind::Dns => dns(event, values),
        Kind::Socks => socks(event, values),
    }
}

fn conn<'a>(mut event: Event<'a>, start: Timestamp, values: &Values<'a>) -> Parsed<'a> {
    if matches!(values.raw(Role::Proto), Some(b"icmp" | b"icmp6" | b"unknown_transport")) {
        return Parsed::Skip("not TCP or UDP");
    }
    if let Some(why) = not_outbound(&event) {
        return Parsed::Skip(why);
    }
    // Zeek knows its own networks, where they were told to it.
    if values.raw(Role::LocalResp) == Some(b"T") {
        return Parsed::Skip(if values.raw(Role::LocalOrig) == Some(b"T") { "inside the network" } else { "inbound" });
    }
    let duration = values.raw(Role::Duration).and_then(millis);
    event.duration_ms = duration;
    // `ts` is the first packet; the event is at the last, as with every device that logs the end of a session.
    let end = duration.and_then(|duration| i64::try_from(duration).ok()).and_then(|ms| start.0.checked_add(ms));
    event.at = Some(end.map(Timestamp).filter(|end| end.is_plausible()).unwrap_or(start));
    event.bytes_up = values.payload(Role::OrigBytes, Role::OrigIpBytes);
    event.bytes_down = values.payload(Role::RespBytes, Role::RespIpBytes);
    event.action = values.raw(Role::State).map(|state| match state {
        b"S0" | b"REJ" | b"RSTOS0" | b"RSTRH" | b"SH" | b"SHR" => Action::Error,
        _ => Action::Allowed,
    });
    event.evidence = Evidence::Address;
    if event.dst_ip.is_none() { Parsed::Bad(Problem::new("no server address", 0)) } else { Parsed::Event(event) }
}

/// `ssl` and `quic`: a greeting that names the server, mostly.
fn greeting<'a>(mut event: Event<'a>, values: &Values<'a>) -> Parsed<'a> {
    event.host = values.text(Role::ServerName);
    event.evidence = if event.host.is_some() { Evidence::Sni } else { Evidence::Address };
    if event.host.is_some_and(|host| parse_ip(host).is_some()) {
        event.evidence = Evidence::Address;
    }
    // A greeting without an alert may just not have been seen to its end: half of the packets went another way, or it
    // was QUIC, of which Zeek sees no more.
    if values.raw(Role::Established) == Some(b"F") && values.raw(Role::LastAlert).is_some() {
        event.action = Some(Action::Error);
    }
    outward(event)
}

fn http<'a>(mut event: Event<'a>, values: &Values<'a>) -> Parsed<'a> {
    event.host = values.text(Role::Host);
    event.method = values.text(Role::Method);
    event.user_agent = values.text(Role::UserAgent);
    event.referer = values.text(Role::Referrer);
    event.status = values.port(Role::Status);
    event.evidence = if event.host.is_some() { Evidence::Url } else { Evidence::Address };
    let uri = values.text(Role::Uri).unwrap_or(b"");
    let connect = event.method == Some(b"CONNECT");
    if connect || memchr::memmem::find(&uri[..uri.len().min(16)], b"://").is_some() {
        // Asked of a proxy, whose address is not the destination's. The name that signed in there is the person's, while a
        // name sent to a site is an account at that site.
        let target = uri.split(|b| *b == b' ').next().unwrap_or(b"");
        let parts = split_url(if target.is_empty() { event.host.unwrap_or(b"") } else { target });
        event.host = Some(parts.host).filter(|host| !host.is_empty());
        event.dst_ip = None;
        event.names_address = false;
        event.dst_port = parts.port.or(Some(if connect { 443 } else { 80 }));
        event.user = values.text(Role::Username);
        event.path = Some(parts.path).filter(|path| !path.is_empty() && !connect);
        event.evidence = if connect { Evidence::Connect } else { Evidence::Url };
        if event.status == Some(407) {
            event.action = Some(Action::Auth);
        }
    } else {
        if uri.first() == Some(&b'/') {
            let end = memchr::memchr2(b'?', b'#', uri).unwrap_or(uri.len());
            event.path = Some(&uri[..end]);
        }
        if let Some(host) = event.host {
            event.host = Some(split_url(host).host).filter(|host| !host.is_empty());
        }
    }
    if event.host.is_none() && event.method.is_none() && event.path.is_none() {
        return Parsed::Skip("no request");
    }
    outward(event)
}

fn dns<'a>(mut event: Event<'a>, values: &Values<'a>) -> Parsed<'a> {
    // The server is a resolver, not a destination.
    let (port, server) = (event.dst_port.take(), event.dst_ip.take());
    if matches!(values.raw(Role::OpcodeName), Some(opcode) if opcode != b"query") {
        return Parsed::Skip("not a look-up");
    }
    // The newest Zeek says so in `opcode_name`; older ones only in that an update asks nothing.
    if matches!(port, Some(5353 | 5355 | 137)) || matches!(server, Some(b"224.0.0.251" | b"ff02::fb")) {
        return Parsed::Skip("a name inside the network");
    }
    let Some(query) = values.text(Role::Query) else { return Parsed::Skip("not a look-up") };
    if matches!(values.raw(Role::QtypeName), Some(b"PTR")) {
        return Parsed::Skip("a reverse look-up");
    }
    if let Some(why) = not_a_site(query) {
        return Parsed::Skip(why);
    }
    event.host = Some(query);
    event.evidence = Evidence::Dns;
    if matches!(values.raw(Role::RcodeName), Some(code) if code != b"NOERROR") {
        event.action = Some(Action::Error);
    }
    event.answers = values.raw(Role::Answers);
    event.ttl = values.raw(Role::Ttls).and_then(super::fields::dns::least_ttl);
    Parsed::Event(event)
}

fn socks<'a>(mut event: Event<'a>, values: &Values<'a>) -> Parsed<'a> {
    event.host = values.text(Role::RequestName);
    event.dst_ip = values.raw(Role::RequestHost);
    event.dst_port = values.port(Role::RequestPort);
    event.user = values.text(Role::Username);
    event.evidence = if event.host.is_some() { Evidence::Connect } else { Evidence::Address };
    event.action = values
        .raw(Role::SocksStatus)
        .map(|status| if status == b"succeeded" { Action::Allowed } else { Action::Error });
    outward(event)
}

/// The event, unless it leads to an address inside or nowhere.
fn outward(event: Event<'_>) -> Parsed<'_> {
    if let Some(why) = not_outbound(&event) {
        return Parsed::Skip(why);
    }
    if event.host.is_none() && event.dst_ip.is_none() {
        return Parsed::Skip(super::fields::draft::NO_DESTINATION);
    }
    Parsed::Event(event)
}

/// `64.100000` seconds in milliseconds.
fn millis(interval: &[u8]) -> Option<u64> {
    let dot = memchr::memchr(b'.', interval).unwrap_or(interval.len());
    let seconds = number::unsigned(&interval[..dot])?;
    let mut millis = 0;
    for place in 1..=3 {
        let digit = interval.get(dot + place).map_or(0, |b| b.wrapping_sub(b'0'));
        if digit > 9 {
            return None;
        }
        millis = millis * 10 + u64::from(digit);
    }
    seconds.checked_mul(1000)?.checked_add(millis)
}

/// Undoes Zeek's escapes in place: `\xHH` for what is not printable, `\\` for a backslash. Returns the new length.
fn unescape(text: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    while from < text.len() {
        let (byte, took) = match text[from..] {
            [b'\\', b'x', high, low, ..] => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => (high << 4 | low, 4),
                _ => (b'\\', 1),
            },
            [b'\\', b'\\', ..] => (b'\\', 2),
            _ => (text[from], 1),
        };
        text[to] = byte;
        from += took;
        to += 1;
    }
    to
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the records of a log say, in short: `user|source|host|address:port|path|up|down|action|evidence`, or a reason.
    fn check(log: &str, want: &[&str]) {
        let lines: Vec<&[u8]> = log.lines().map(str::as_bytes).collect();
        let assume = Assume::default();
        let layout = ZeekTsv.layout(&Head { lines: lines.clone() }, &assume).unwrap();
        let mut reader = ZeekTsv.reader(&layout);
        let arena = Bump::new();
        let mut got = Vec::new();
        for line in lines {
            match reader.record(line, &arena) {
                Parsed::Event(event) => {
                    let text = |value: Option<&[u8]>| {
                        value.map(|v| String::from_utf8_lossy(v).into_owned()).unwrap_or_default()
                    };
                    let count = |value: Option<u64>| value.map(|v| v.to_string()).unwrap_or_default();
                    got.push(format!(
                        "{}|{}|{}|{}:{}|{}|{}|{}|{}|{}",
                        text(event.user),
                        text(event.src_ip),
                        text(event.host),
                        text(event.dst_ip),
                        count(event.dst_port.map(u64::from)),
                        text(event.path),
                        count(event.bytes_up),
                        count(event.bytes_down),
                        event.action.map_or("", |action| action.as_str()),
                        event.evidence.as_str(),
                    ));
                }
                Parsed::Skip("comment" | "header") => {}
                Parsed::Skip(why) => got.push(format!("skip: {why}")),
                Parsed::Bad(problem) => got.push(format!("bad: {}", problem.reason)),
                Parsed::Identity(who) => got.push(super::super::told::identity(&who)),
                // As whoever drives us does.
                Parsed::Layout(layout) => reader = ZeekTsv.reader(&layout),
            }
        }
        assert_eq!(got, want, "{log}");
    }

    /// A header, in which blanks are tabs, and records likewise.
    fn log(path: &str, fields: &str, records: &[&str]) -> String {
        let mut log = format!("#separator \\x09\n#path\t{path}\n#fields\t{}\n", fields.replace(' ', "\t"));
        for record in records {
            log.push_str(&record.replace(' ', "\t"));
            log.push('\n');
        }
        log
    }

    const CONN: &str = "ts uid id.orig_h id.resp_h id.resp_p proto duration orig_bytes resp_bytes conn_state local_orig \
                        local_resp missed_bytes orig_ip_bytes resp_ip_bytes";

    #[test]
    fn connections() {
        let one = |rest: &str, want: &str| check(&log("conn", CONN, &[&format!("1773130447.5 Cx {rest}")]), &[want]);
        one(
            "192.0.2.1 203.0.113.1 443 tcp 1.5 500 70 SF T F 0 600 90",
            "|192.0.2.1||203.0.113.1:443||500|70|allowed|address",
        );
        one("192.0.2.1 203.0.113.1 443 tcp - - - S0 T F 0 60 0", "|192.0.2.1||203.0.113.1:443||||error|address");
        one("10.0.0.1 10.0.0.2 443 tcp 1.5 500 70 SF - - 0 600 90", "skip: inside the network");
        one("192.0.2.1 198.51.100.1 443 tcp 1.5 500 70 SF T T 0 600 90", "skip: inside the network");
        one("203.0.113.9 10.0.0.2 443 tcp 1.5 500 70 SF F T 0 600 90", "skip: inbound");
        one("203.0.113.9 198.51.100.1 443 tcp 1.5 500 70 SF F T 0 600 90", "skip: inbound");
        one("203.0.113.9 224.0.0.251 5353 udp - - - S0 F T 0 60 0", "skip: inside the network");
        one("10.0.0.1 255.255.255.255 67 udp - - - S0 T F 0 60 0", "skip: inside the network");
        one("fe80::1 ff02::fb 5353 udp - - - S0 T F 0 60 0", "skip: inside the network");
        one("192.0.2.1 203.0.113.1 0 icmp 1 5 5 OTH T F 0 60 60", "skip: not TCP or UDP");
        // More than was on the wire, unless some of it was missed.
        one(
            "192.0.2.1 203.0.113.1 443 tcp 1 4294963217 70 SF T F 0 600 90",
            "|192.0.2.1||203.0.113.1:443|||70|allowed|address",
        );
        one(
            "192.0.2.1 203.0.113.1 443 tcp 1 5000 70 SF T F 4500 600 90",
            "|192.0.2.1||203.0.113.1:443||5000|70|allowed|address",
        );
    }

    #[test]
    fn the_time_of_a_connection_is_its_end() {
        let log = log("conn", "ts id.orig_h id.resp_h duration", &["1773130447.5 192.0.2.1 203.0.113.1 64.1"]);
        let lines: Vec<&[u8]> = log.lines().map(str::as_bytes).collect();
        let layout = ZeekTsv.layout(&Head { lines: lines.clone() }, &Assume::default()).unwrap();
        let arena = Bump::new();
        let Parsed::Event(event) = ZeekTsv.reader(&layout).record(lines[3], &arena) else { panic!("no event") };
        assert_eq!(event.at, Some(Timestamp(1_773_130_511_600)));
        assert_eq!(event.duration_ms, Some(64_100));
    }

    #[test]
    fn requests() {
        let fields = "ts uid id.orig_h id.resp_h id.resp_p method host uri status_code username request_body_len";
        check(
            &log(
                "http",
                fields,
                &[
                    "1773130447.5 Cx 192.0.2.1 203.0.113.1 80 GET A.example:80 /x?y=1 200 account 100",
                    "1773130447.5 Cx 192.0.2.1 192.0.2.3 3128 CONNECT a.example:443 a.example:443 200 alice 100",
                    "1773130447.5 Cx 192.0.2.1 192.0.2.3 3128 CONNECT - a.example:8443 407 - 100",
                    "1773130447.5 Cx 192.0.2.1 192.0.2.3 3128 GET a.example http://a.example/x 200 bob 100",
                    "1773130447.5 Cx 192.0.2.1 203.0.113.1 80 GET a.example /\\x41\\\\x41 200 - 100",
                    "1773130447.5 Cx 192.0.2.1 203.0.113.1 80 - - - - - 0",
                ],
            ),
            &[
                "|192.0.2.1|A.example|203.0.113.1:80|/x||||url",
                "alice|192.0.2.1|a.example|:443|||||connect",
                "|192.0.2.1|a.example|:8443||||auth|connect",
                "bob|192.0.2.1|a.example|:80|/x||||url",
                "|192.0.2.1|a.example|203.0.113.1:80|/A\\x41||||url",
                "skip: no request",
            ],
        );
    }

    #[test]
    fn look_ups() {
        let fields = "ts uid id.orig_h id.resp_h id.resp_p query qtype_name rcode_name opcode_name";
        check(
            &log(
                "dns",
                fields,
                &[
                    "1773130447.5 Cx 192.0.2.1 192.0.2.53 53 a.example A NOERROR query",
                    "1773130447.5 Cx 192.0.2.1 192.0.2.53 53 b.example A NXDOMAIN query",
                    "1773130447.5 Cx 192.0.2.1 192.0.2.53 53 1.2.0.192.in-addr.arpa PTR NOERROR query",
                    "1773130447.5 Cx 192.0.2.1 192.0.2.53 53 pc.local A NOERROR query",
                    "1773130447.5 Cx 192.0.2.1 224.0.0.251 5353 tv.example A - query",
                    "1773130447.5 Cx 192.0.2.1 192.0.2.53 53 pc.example - NOERROR dynamic-update",
                    "1773130447.5 Cx 192.0.2.1 192.0.2.53 53 - - - -",
                ],
            ),
            &[
                "|192.0.2.1|a.example|:|||||dns",
                "|192.0.2.1|b.example|:||||error|dns",
                "skip: a reverse look-up",
                "skip: a name inside the network",
                "skip: a name inside the network",
                "skip: not a look-up",
                "skip: not a look-up",
            ],
        );
    }

    #[test]
    fn a_header_in_mid_file_holds_from_there() {
        let greetings = log("ssl", "ts id.orig_h server_name", &["1773130447.5 192.0.2.1 a.example"]);
        let certificates = log("x509", "ts certificate.subject", &["1773130447.5 CN=a.example"]);
        let more = log("ssl", "id.orig_h server_name ts", &["192.0.2.1 b.example 1773130447.5"]);
        check(
            &[greetings, certificates, more].concat(),
            &["|192.0.2.1|a.example|:|||||sni", "skip: another of Zeek's logs", "|192.0.2.1|b.example|:|||||sni"],
        );
    }

    #[test]
    fn columns_go_by_other_names_too() {
        let record = &["1773130447.5 192.0.2.1 203.0.113.1 443 a.example"];
        for fields in ["ts id_orig_h id_resp_h id_resp_p server_name", "ts src dst dst_port server_name"] {
            check(&log("ssl", fields, record), &["|192.0.2.1|a.example|203.0.113.1:443|||||sni"]);
        }
        let custom = "#separator \\x7c\n#unset_field|none\n#path|ssl\n#fields|ts|id.orig_h|server_name|id.resp_h\n\
                      1773130447.5|192.0.2.1|none|203.0.113.1\n";
        check(custom, &["|192.0.2.1||203.0.113.1:|||||address"]);
    }

    #[test]
    fn other_logs_are_declined_by_name() {
        for (path, why) in [
            ("x509", "Zeek's x509 log: certificates, not traffic"),
            ("known_hosts", "Zeek's known_hosts log: an inventory of hosts, not traffic"),
            ("modbus", "Zeek's modbus log: one of many that name no web app, not traffic"),
            ("ssl", "Zeek's ssl log without the server's name or address"),
        ] {
            let log = log(path, "ts uid host", &[]);
            let guess = ZeekTsv.sniff(&Head { lines: log.lines().map(str::as_bytes).collect() }, &Assume::default());
            assert!(guess.declined, "{path}");
            assert_eq!(guess.why, why);
        }
    }

    #[test]
    fn nothing_panics() {
        let log = log(
            "http",
            "ts uid id.orig_h id.resp_h id.resp_p method host uri username",
            &["1773130447.5 Cx 192.0.2.1 192.0.2.3 3128 CONNECT [::1]:4\\x4 http://a.example/\\x41\\\\ alice"],
        );
        let arena = Bump::new();
        for at in 0..log.len() {
            for byte in [0, b'\t', b'\n', b'#', b'\\', 0xff, b':'] {
                let mut log = log.clone().into_bytes();
                log[at] = byte;
                let lines: Vec<&[u8]> = log.split(|b| *b == b'\n').collect();
                let head = Head { lines: lines.clone() };
                let _ = ZeekTsv.sniff(&head, &Assume::default());
                let Ok(layout) = ZeekTsv.layout(&head, &Assume::default()) else { continue };
                let mut reader = ZeekTsv.reader(&layout);
                for line in lines {
                    let _ = reader.record(line, &arena);
                    let _ = reader.record(&line[..line.len() / 2], &arena);
                }
            }
        }
    }
}
