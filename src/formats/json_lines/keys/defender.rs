//! Microsoft Defender for Endpoint: `DeviceNetworkEvents`, streamed or exported. No bytes but those of inspected HTTP.

use super::{Dialect, How, Left, Values, row};
use crate::event::{Action, Event, Evidence};
use crate::formats::fields::alias::Field;
use crate::formats::fields::number;
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("ActionType", Means(Field::Action, verdict)),
    ("category", Mark),
    ("DeviceId", Mark),
    ("AdditionalFields", Mark),
    ("Timestamp", Is(Field::Ts)),
    ("TimeGenerated", Is(Field::Ts)),
    ("time", Is(Field::Ts)),
    ("InitiatingProcessAccountUpn", Means(Field::User, person)),
    ("InitiatingProcessAccountName", Means(Field::User, person)),
    ("DeviceName", Is(Field::Device)),
    ("LocalIP", Is(Field::SrcIp)),
    ("RemoteUrl", Is(Field::Url)),
    ("RemoteIP", Is(Field::DstIp)),
    ("RemotePort", Is(Field::DstPort)),
    ("MachineGroup", Is(Field::Department)),
];

const KIND: usize = row(ROWS, "ActionType");
const TABLE: usize = row(ROWS, "category");
const DEVICE: usize = row(ROWS, "DeviceId");
const MORE: usize = row(ROWS, "AdditionalFields");
const ENDS: &[usize] = &[row(ROWS, "RemoteUrl"), row(ROWS, "RemoteIP"), row(ROWS, "LocalIP")];

pub(super) static DIALECT: Dialect = Dialect {
    name: "Defender DeviceNetworkEvents",
    best: 96,
    wrappers: &["properties", "_source"],
    rows: ROWS,
    fits: |v| {
        v.has(KIND)
            && match v.get(TABLE) {
                Some(table) if table.starts_with(b"AdvancedHunting-") => true,
                _ => v.has(DEVICE) && v.any(ENDS),
            }
    },
    asks: |_| false,
    leaves,
    before,
    after,
    whole: None,
    names_address: true,
    mixed: true,
};

fn leaves(v: &Values<'_>, _: bool) -> Left {
    match v.get(TABLE) {
        Some(table) if table.starts_with(b"AdvancedHunting-") && table != b"AdvancedHunting-DeviceNetworkEvents" => {
            return Some("another of Defender's tables");
        }
        _ => {}
    }
    match v.get(KIND).unwrap_or_default() {
        b"InboundConnectionAccepted" | b"InboundConnectionAttempt" | b"InboundConnectionBlocked" => Some("inbound"),
        b"ListeningConnectionCreated" => Some("not a connection"),
        b"NetworkSignatureInspected" => Some("an alert; its traffic has records of its own"),
        kind if kind.ends_with(b"ConnectionInspected") && member(v, b"\"direction\":") == Some(b"In") => {
            Some("inbound")
        }
        kind if kind.starts_with(b"Connection") || kind.ends_with(b"ConnectionInspected") => None,
        _ => Some("not a record of traffic"),
    }
}

/// What Zeek's parsers saw is JSON in a text.
fn before<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    match v.get(KIND).unwrap_or_default() {
        b"HttpConnectionInspected" => {
            event.host = member(v, b"\"host\":");
            let path = member(v, b"\"uri\":").filter(|uri| uri.starts_with(b"/"));
            event.path = path.and_then(|uri| uri.split(|byte| matches!(byte, b'?' | b'#')).next());
            event.method = member(v, b"\"method\":");
            event.user_agent = member(v, b"\"user_agent\":");
            let count = |key: &[u8]| member(v, key).and_then(number::unsigned);
            event.status = count(b"\"status_code\":").and_then(|status| u16::try_from(status).ok());
            event.bytes_up = count(b"\"request_body_len\":");
            event.bytes_down = count(b"\"response_body_len\":");
        }
        b"SslConnectionInspected" | b"QuicConnectionInspected" => event.host = member(v, b"\"server_name\":"),
        b"DnsConnectionInspected" => event.host = member(v, b"\"query\":"),
        _ => {}
    }
}

fn after<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    if event.evidence != Evidence::Connect {
        return;
    }
    match v.get(KIND).unwrap_or_default() {
        b"SslConnectionInspected" | b"QuicConnectionInspected" => event.evidence = Evidence::Sni,
        b"DnsConnectionInspected" => event.evidence = Evidence::Dns,
        _ => {}
    }
}

fn verdict(event: &mut Event<'_>, kind: &[u8]) {
    event.action = match kind {
        b"ConnectionSuccess" | b"ConnectionAcknowledged" | b"ConnectionFound" => Some(Action::Allowed),
        b"ConnectionFailed" => Some(Action::Error),
        _ => None,
    };
}

/// The system's own accounts are nobody.
fn person<'a>(event: &mut Event<'a>, name: &'a [u8]) {
    const SYSTEM: [&[u8]; 3] = [b"system", b"local service", b"network service"];
    let nobody = SYSTEM.iter().any(|system| name.eq_ignore_ascii_case(system));
    event.user = event.user.or(number::present(name).filter(|_| !nobody));
}

/// The value behind `"key":` in the text.
fn member<'a>(v: &Values<'a>, key: &[u8]) -> Option<&'a [u8]> {
    let text = v.get(MORE)?;
    let rest = text[memchr::memmem::find(text, key)? + key.len()..].trim_ascii_start();
    let value = match rest.strip_prefix(b"\"") {
        Some(rest) => &rest[..memchr::memchr(b'"', rest)?],
        None => rest.split(|byte| matches!(byte, b',' | b'}')).next()?,
    };
    number::present(value).filter(|value| !value.contains(&b'\\'))
}
