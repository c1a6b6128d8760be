//! Untangle, now Arista Edge Threat Management: its events, one class each.

use super::{Dialect, How, Left, Values, row};
use crate::event::{Action, Event, Evidence, parse_ip, split_url};
use crate::formats::fields::alias::Field;
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("class", Mark),
    // In UTC; the other is local time.
    ("endTime", Is(Field::Ts)),
    ("timeStamp", Is(Field::Ts)),
    ("sessionEvent.username", Is(Field::User)),
    ("username", Is(Field::User)),
    ("sessionEvent.hostname", Is(Field::Device)),
    ("hostname", Is(Field::Device)),
    ("sessionEvent.CClientAddr", Is(Field::SrcIp)),
    ("CClientAddr", Is(Field::SrcIp)),
    ("requestLine", Means(Field::Url, request)),
    ("requestLine.url", Is(Field::Url)),
    ("url", Is(Field::Url)),
    ("host", Is(Field::Host)),
    ("requestUri", Is(Field::Path)),
    ("requestLine.method", Is(Field::Method)),
    ("method", Is(Field::Method)),
    // Behind the firewall's own translation.
    ("sessionEvent.SServerAddr", Is(Field::DstIp)),
    ("SServerAddr", Is(Field::DstIp)),
    ("sessionEvent.CServerAddr", Is(Field::DstIp)),
    ("sessionEvent.SServerPort", Is(Field::DstPort)),
    ("SServerPort", Is(Field::DstPort)),
    ("sessionEvent.CServerPort", Is(Field::DstPort)),
    ("blocked", Means(Field::Action, blocked)),
    ("category", Is(Field::Category)),
    ("application", Is(Field::App)),
    ("c2pBytes", Is(Field::BytesUp)),
    ("p2cBytes", Is(Field::BytesDown)),
    ("referer", Is(Field::Referer)),
    ("sessionEvent.sessionId", Is(Field::Session)),
    ("sessionId", Is(Field::Session)),
];

const CLASS: usize = row(ROWS, "class");
const BLOCKED: usize = row(ROWS, "blocked");

pub(super) static DIALECT: Dialect = Dialect {
    names_address: false,
    name: "Untangle",
    best: 96,
    wrappers: &[],
    rows: ROWS,
    fits: |v| v.get(CLASS).is_some_and(|class| class.starts_with(b"class com.untangle.")),
    // Where the web filter tells of each request, the other record of it says nothing new.
    asks: |v| class(v) == b"WebFilterEvent",
    leaves,
    before: |_, _| {},
    after: |_, event| mend(event),
    whole: None,
    mixed: true,
};

fn class<'a>(v: &Values<'a>) -> &'a [u8] {
    let class = v.get(CLASS).unwrap_or_default();
    &class[memchr::memrchr2(b'.', b'$', class).map_or(0, |dot| dot + 1)..]
}

fn leaves(v: &Values<'_>, filtered: bool) -> Left {
    match class(v) {
        b"WebFilterEvent" | b"SessionStatsEvent" | b"ApplicationControlLogEvent" => None,
        b"HttpRequestEvent" => filtered.then_some("counted with the web filter's record of it"),
        b"HttpResponseEvent" => Some("a reply, counted with its request"),
        b"SessionEvent" => Some("the start of a session, counted at its end"),
        // What was let through has a session.
        b"FirewallEvent" => (!v.is(BLOCKED, b"true")).then_some("counted with its session"),
        _ => Some("not a record of traffic"),
    }
}

/// `GET http://app.clickup.com/`: the scheme is that also where TLS was spoken.
fn request<'a>(event: &mut Event<'a>, line: &'a [u8]) {
    let (method, url) = match memchr::memchr(b' ', line) {
        Some(blank) => (Some(&line[..blank]), &line[blank + 1..]),
        None => (None, line),
    };
    let url = &url[..memchr::memchr(b' ', url).unwrap_or(url.len())];
    let parts = split_url(url);
    event.method = event.method.or(method);
    event.host = event.host.or(Some(parts.host).filter(|host| !host.is_empty()));
    event.path = event.path.or(Some(parts.path).filter(|path| !path.is_empty()));
}

fn blocked(event: &mut Event<'_>, flag: &[u8]) {
    event.action = match flag {
        b"true" => Some(Action::Blocked),
        b"false" => Some(Action::Allowed),
        _ => event.action,
    };
}

/// `[203.0.113.80:443]`, which is no address in brackets.
fn mend(event: &mut Event<'_>) {
    let Some(host) = event.host else { return };
    let host = host.strip_prefix(b"[").unwrap_or(host);
    let bare = &host[..memchr::memchr(b':', host).unwrap_or(host.len())];
    if bare.contains(&b'.') && parse_ip(bare).is_some() {
        event.host = Some(bare);
        event.dst_ip = event.dst_ip.or(Some(bare));
        event.evidence = Evidence::Address;
    }
}
