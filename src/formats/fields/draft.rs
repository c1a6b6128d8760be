//! From bound values to an event: what every format with named fields shares.
//!
//! A format binds its columns or keys to [`Field`]s once and then hands over the values of each record. The draft knows
//! the ways to say "nothing", splits URLs, adds up what only the sum tells and reads the words for actions.

use std::net::IpAddr;

use bumpalo::Bump;

use super::alias::Field;
use super::{number, time};
use crate::event::{Action, Event, Evidence, Timestamp, is_inside, parse_ip, split_url};
use crate::formats::{Assume, Parsed, Problem, Tells};

/// An event that is being put together.
#[derive(Debug, Default)]
pub struct Draft<'a> {
    /// What has been gathered so far; formats may set or correct fields here directly.
    pub event: Event<'a>,
    date: Option<&'a [u8]>,
    time: Option<&'a [u8]>,
    url: Option<&'a [u8]>,
    sni: Option<&'a [u8]>,
    query: Option<&'a [u8]>,
    total: Option<u64>,
    bad_time: bool,
    /// `date` and `time` columns are UTC whatever zone is assumed (W3C logs).
    pub utc: bool,
}

impl<'a> Draft<'a> {
    /// Takes one value. The first value of a field stays; later ones are fallbacks.
    pub fn set(&mut self, field: Field, value: &'a [u8], assume: &Assume) {
        let Some(value) = number::present(value) else { return };
        let event = &mut self.event;
        match field {
            Field::Ts => {
                if event.at.is_none() {
                    event.at = time::any(value, assume);
                    self.bad_time |= event.at.is_none();
                }
            }
            Field::Date => first(&mut self.date, value),
            Field::Time => first(&mut self.time, value),
            Field::User => first(&mut event.user, value),
            Field::SrcIp => first(&mut event.src_ip, value),
            Field::Device => first(&mut event.device, value),
            Field::Host => first(&mut event.host, value),
            Field::Sni => first(&mut self.sni, value),
            Field::Query => first(&mut self.query, value),
            Field::Url => first(&mut self.url, value),
            Field::Path => {
                let stop = value.iter().position(|b| matches!(b, b'?' | b'#')).unwrap_or(value.len());
                if value.first() == Some(&b'/') {
                    first(&mut event.path, &value[..stop]);
                }
            }
            Field::DstIp => {
                if !matches!(value, b"0.0.0.0" | b"::") {
                    first(&mut event.dst_ip, value);
                }
            }
            Field::DstPort => {
                let number = number::unsigned(value).or(match value {
                    b"https" => Some(443),
                    b"http" => Some(80),
                    _ => None,
                });
                let port = number.and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0);
                event.dst_port = event.dst_port.or(port);
            }
            Field::Method => first(&mut event.method, value),
            Field::Status => match number::unsigned(value).and_then(|status| u16::try_from(status).ok()) {
                Some(status) => event.status = event.status.or(Some(status)),
                // Some tables call the verdict a status.
                None => event.action = event.action.or_else(|| action_word(value)),
            },
            Field::Action => event.action = event.action.or_else(|| action_word(value)),
            Field::BytesUp => event.bytes_up = event.bytes_up.or_else(|| number::whole(value)),
            Field::BytesDown => event.bytes_down = event.bytes_down.or_else(|| number::whole(value)),
            Field::BytesTotal => self.total = self.total.or_else(|| number::whole(value)),
            Field::DurationMs => event.duration_ms = event.duration_ms.or_else(|| number::whole(value)),
            Field::DurationSeconds => event.duration_ms = event.duration_ms.or_else(|| seconds_as_millis(value)),
            Field::DurationNanos => {
                event.duration_ms = event.duration_ms.or_else(|| number::whole(value).map(|nanos| nanos / 1_000_000));
            }
            Field::UserAgent => first(&mut event.user_agent, value),
            Field::Referer => first(&mut event.referer, value),
            Field::Category => first(&mut event.category, value),
            Field::App => first(&mut event.app, value),
            Field::Department => first(&mut event.department, value),
            Field::Groups => first(&mut event.groups, value),
            Field::Session => first(&mut event.session, value),
        }
    }

    /// Takes bytes of both directions together that the caller has read.
    pub fn total(&mut self, bytes: Option<u64>) {
        self.total = self.total.or(bytes);
    }

    /// The event, once every value is in. `fallback` is the envelope's time.
    ///
    /// The destination is taken in the order of the handbook: a host column, the URL's authority, the server name, a
    /// name that was looked up, the address.
    pub fn finish(mut self, assume: &Assume, arena: &'a Bump) -> Parsed<'a> {
        if self.event.at.is_none() {
            self.event.at = self.clock(assume, arena);
        }
        if self.event.at.is_none() && (self.bad_time || self.date.is_some()) {
            return Parsed::Bad(Problem::new("the time is not readable", 0));
        }
        let event = &mut self.event;
        let mut evidence = None;
        if let Some(host) = event.host {
            let parts = split_url(host);
            event.dst_port = event.dst_port.or(parts.port);
            event.host = number::present(parts.host);
        }
        if let Some(url) = self.url {
            let parts = split_url(url);
            let path = Some(parts.path).filter(|path| !path.is_empty());
            if url.first() == Some(&b'/') {
                // A path alone; the host is elsewhere.
                event.path = event.path.or(Some(&url[..url.len() - tail_len(url)]));
            } else {
                event.host = event.host.or(number::present(parts.host));
                event.dst_port = event.dst_port.or(parts.port).or_else(|| default_port(parts.scheme));
                event.path = event.path.or(path);
                event.plain = parts.scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"http"));
            }
        }
        let connect = event.method.is_some_and(|method| method.eq_ignore_ascii_case(b"CONNECT"));
        if event.host.is_some() && !connect && event.path.is_some() {
            evidence = Some(Evidence::Url);
        }
        let named = event.host.is_some_and(|host| parse_ip(host).is_none());
        if let Some(sni) = self.sni {
            if !named {
                event.host = Some(sni);
                evidence = Some(Evidence::Sni);
            } else if evidence.is_none() && !connect {
                evidence = Some(Evidence::Sni);
            }
        }
        if let (None, Some(query)) = (event.host, self.query) {
            event.host = Some(query);
            evidence = Some(Evidence::Dns);
        }
        if let Some(host) = event.host {
            if parse_ip(host).is_some() {
                event.dst_ip = event.dst_ip.or(Some(host));
                // Also in a URL: it names no site.
                evidence = Some(Evidence::Address);
            }
        } else {
            evidence = Some(if event.dst_ip.is_some() { Evidence::Address } else { Evidence::Vendor });
        }
        event.evidence = evidence.unwrap_or(Evidence::Connect);
        // Of a CONNECT the address may be that of the next proxy.
        event.names_address &= !connect && event.dst_ip.is_some() && event.evidence <= Evidence::Connect;
        if connect {
            event.path = None;
            event.dst_port = event.dst_port.or(Some(443));
        }
        if let Some(total) = self.total {
            match (event.bytes_up, event.bytes_down) {
                (None, Some(down)) => event.bytes_up = total.checked_sub(down),
                (Some(up), None) => event.bytes_down = total.checked_sub(up),
                _ => {}
            }
        }
        if event.action.is_none() && matches!(event.status, Some(407)) {
            event.action = Some(Action::Auth);
        }
        if event.host.is_none() && event.dst_ip.is_none() && event.app.is_none() {
            return Parsed::Bad(Problem::new(NO_DESTINATION, 0));
        }
        Parsed::Event(self.event)
    }

    fn clock(&self, assume: &Assume, arena: &'a Bump) -> Option<Timestamp> {
        match (self.date, self.time) {
            (Some(date), Some(clock)) => time::date_and_time(date, clock, self.utc, assume).or_else(|| {
                let joined = arena.alloc_slice_fill_copy(date.len() + 1 + clock.len(), b' ');
                joined[..date.len()].copy_from_slice(date);
                joined[date.len() + 1..].copy_from_slice(clock);
                time::any(joined, assume)
            }),
            (Some(alone), None) | (None, Some(alone)) => time::any(alone, assume),
            (None, None) => None,
        }
    }
}

/// The reason of the [`Parsed::Bad`] for a record in which everything is readable and nothing is a destination. A format
/// whose devices write such records in good order turns it into a [`Parsed::Skip`].
pub const NO_DESTINATION: &str = "no destination";

/// Why an event that knows its destination by address only is no traffic to the outside, if so.
///
/// ```
/// # use umbrascope::{event::Event, formats::fields::draft::not_outbound};
/// let to = |src: &'static [u8], dst: &'static [u8]| {
///     not_outbound(&Event { src_ip: Some(src), dst_ip: Some(dst), ..Event::default() })
/// };
/// assert_eq!(to(b"10.1.2.3", b"10.1.2.4"), Some("inside the network"));
/// assert_eq!(to(b"9.9.9.9", b"10.1.2.4"), Some("inbound"));
/// assert_eq!(to(b"10.1.2.3", b"203.0.113.80"), None);
/// ```
pub fn not_outbound(event: &Event<'_>) -> Option<&'static str> {
    if event.host.is_some_and(|host| parse_ip(host).is_none()) {
        return None;
    }
    let to = event.dst_ip.or(event.host).and_then(parse_ip)?;
    if !is_inside(to) {
        return None;
    }
    // Broadcasts and look-ups by multicast stay inside, whoever sends them.
    let everyone = match to {
        IpAddr::V4(to) => to.is_multicast() || to.is_broadcast(),
        IpAddr::V6(to) => to.is_multicast(),
    };
    match event.src_ip.and_then(parse_ip) {
        Some(from) if !everyone && !is_inside(from) => Some("inbound"),
        _ => Some("inside the network"),
    }
}

/// Why a name that was looked up says nothing of where anybody went, if so.
///
/// ```
/// # use umbrascope::formats::fields::draft::not_a_site;
/// assert_eq!(not_a_site(b"7.2.0.192.in-addr.arpa"), Some("a reverse look-up"));
/// assert_eq!(not_a_site(b"printer.local."), Some("a name inside the network"));
/// assert_eq!(not_a_site(b"www.dropbox.com"), None);
/// ```
pub fn not_a_site(name: &[u8]) -> Option<&'static str> {
    let bare = name.strip_suffix(b".").unwrap_or(name);
    let top = &bare[memchr::memrchr(b'.', bare).map_or(0, |dot| dot + 1)..];
    if top.eq_ignore_ascii_case(b"arpa") {
        return Some("a reverse look-up");
    }
    (!super::name::is_web_name(name)).then_some("a name inside the network")
}

/// What a set of bound fields can tell.
pub fn tells(fields: impl IntoIterator<Item = Field>) -> Tells {
    let mut tells = Tells::default();
    for field in fields {
        match field {
            Field::User => tells.user = true,
            Field::SrcIp | Field::Device => tells.client = true,
            Field::Host | Field::Sni | Field::Query => tells.host = true,
            Field::Url => {
                tells.host = true;
                tells.path = true;
            }
            Field::Path => tells.path = true,
            Field::BytesUp => tells.bytes_up = true,
            Field::BytesDown => tells.bytes_down = true,
            Field::Action => tells.action = true,
            Field::Method => tells.method = true,
            _ => {}
        }
    }
    tells
}

/// The action a word stands for, in the vocabulary of many products; `None` for a word nobody told us about.
///
/// ```
/// # use umbrascope::{event::Action, formats::fields::draft::action_word};
/// assert_eq!(action_word(b"TCP_DENIED"), Some(Action::Blocked));
/// assert_eq!(action_word(b"accept"), Some(Action::Allowed));
/// assert_eq!(action_word(b"purple"), None);
/// ```
pub fn action_word(word: &[u8]) -> Option<Action> {
    let mut lower = [0u8; 32];
    if word.len() > lower.len() {
        return None;
    }
    let lower = &mut lower[..word.len()];
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"allow" | b"allowed" | b"accept" | b"accepted" | b"permit" | b"permitted" | b"pass" | b"passed"
        | b"passthrough" | b"observed" | b"proxied" | b"success" | b"ok" | b"close" | b"closed" | b"client-rst"
        | b"server-rst" | b"timeout" | b"start" | b"end" | b"monitor" | b"alert" | b"tunnel" | b"decrypt"
        | b"forward" | b"forwarded" | b"true" | b"connectionsuccess" => Action::Allowed,
        b"block"
        | b"blocked"
        | b"deny"
        | b"denied"
        | b"drop"
        | b"dropped"
        | b"reject"
        | b"rejected"
        | b"refuse"
        | b"refused"
        | b"prevent"
        | b"prevented"
        | b"tcp_denied"
        | b"policy_denied"
        | b"content_filter_denied"
        | b"reset"
        | b"reset-both"
        | b"reset-client"
        | b"reset-server"
        | b"drop-icmp"
        | b"block-url"
        | b"terminate"
        | b"terminated"
        | b"discard"
        | b"false"
        | b"quarantine" => Action::Blocked,
        b"warn" | b"warned" | b"warning" | b"continue" | b"coach" | b"coached" | b"caution" | b"block-continue"
        | b"override" | b"block-override" => Action::Warned,
        b"isolate" | b"isolated" => Action::Isolated,
        b"auth" | b"challenge" | b"authenticate" => Action::Auth,
        b"error" | b"failed" | b"failure" | b"fail" | b"aborted" => Action::Error,
        _ => return None,
    })
}

fn first<'a>(slot: &mut Option<&'a [u8]>, value: &'a [u8]) {
    if slot.is_none() {
        *slot = Some(value);
    }
}

fn tail_len(url: &[u8]) -> usize {
    url.len() - url.iter().position(|b| matches!(b, b'?' | b'#')).unwrap_or(url.len())
}

fn default_port(scheme: Option<&[u8]>) -> Option<u16> {
    match scheme? {
        b"http" | b"ws" | b"HTTP" => Some(80),
        b"https" | b"wss" | b"HTTPS" | b"tunnel" | b"ssl" => Some(443),
        _ => None,
    }
}

/// Seconds that may carry a fraction (`64.10`), in milliseconds.
pub fn seconds_as_millis(value: &[u8]) -> Option<u64> {
    let dot = memchr::memchr(b'.', value).unwrap_or(value.len());
    let whole = number::unsigned(&value[..dot])?;
    let mut millis = 0;
    for place in 0..3 {
        let digit = value.get(dot + 1 + place).map_or(0, |b| b.wrapping_sub(b'0'));
        if digit > 9 {
            return None;
        }
        millis = millis * 10 + u64::from(digit);
    }
    whole.checked_mul(1000)?.checked_add(millis)
}
