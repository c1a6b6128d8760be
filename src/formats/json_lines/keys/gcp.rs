//! Google Cloud's log entries: VPC flows, firewall rules, Cloud DNS, Secure Web Proxy. A flow has one direction.

use super::{Dialect, How, Left, Values, row};
use crate::event::{is_inside, parse_ip};
use crate::formats::fields::alias::Field;
use crate::formats::fields::number;
use How::{Is, Mark};

const ROWS: &[(&str, How)] = &[
    ("logName", Mark),
    ("end_time", Is(Field::Ts)),
    ("timestamp", Is(Field::Ts)),
    ("reporter", Mark),
    ("rule_details.direction", Mark),
    ("connection.src_ip", Is(Field::SrcIp)),
    ("connection.src_port", Mark),
    ("connection.dest_ip", Is(Field::DstIp)),
    ("connection.dest_port", Is(Field::DstPort)),
    ("bytes_sent", Is(Field::BytesUp)),
    ("disposition", Is(Field::Action)),
    ("src_instance.vm_name", Is(Field::Device)),
    ("instance.vm_name", Is(Field::Device)),
    ("vmInstanceName", Is(Field::Device)),
    ("queryName", Is(Field::Query)),
    ("sourceIP", Is(Field::SrcIp)),
    ("httpRequest.remoteIp", Is(Field::SrcIp)),
    ("httpRequest.requestUrl", Is(Field::Url)),
    ("httpRequest.requestMethod", Is(Field::Method)),
    ("httpRequest.status", Is(Field::Status)),
    ("httpRequest.requestSize", Is(Field::BytesUp)),
    ("httpRequest.responseSize", Is(Field::BytesDown)),
    ("httpRequest.userAgent", Is(Field::UserAgent)),
    ("enforcedGatewaySecurityPolicy.hostname", Is(Field::Host)),
    ("enforcedGatewaySecurityPolicy.matchedRules.action", Is(Field::Action)),
];

const LOG: usize = row(ROWS, "logName");
const TIME: usize = row(ROWS, "timestamp");
const REPORTER: usize = row(ROWS, "reporter");
const DIRECTION: usize = row(ROWS, "rule_details.direction");
const DISPOSITION: usize = row(ROWS, "disposition");
const CLIENT: usize = row(ROWS, "connection.src_ip");
const FROM: usize = row(ROWS, "connection.src_port");
const TO: usize = row(ROWS, "connection.dest_port");

pub(super) static DIALECT: Dialect = Dialect {
    name: "Google Cloud",
    best: 96,
    wrappers: &["jsonPayload", "_source"],
    rows: ROWS,
    fits: |v| v.has(TIME) && (OURS.contains(&log(v)) || is_audit(v)),
    asks: |v| log(v) == b"vpc_flows",
    leaves,
    before: |_, _| {},
    after: |_, _| {},
    whole: None,
    names_address: true,
    mixed: true,
};

/// Applications log under names of their own.
const OURS: [&[u8]; 5] = [b"vpc_flows", b"firewall", b"dns_queries", b"gateway_requests", b"requests"];

fn is_audit(v: &Values<'_>) -> bool {
    v.get(LOG).is_some_and(|name| memchr::memmem::find(name, b"/cloudaudit.googleapis.com%2F").is_some())
}

/// Which log an entry is of: what stands behind the last slash, which is escaped within a log's own name.
fn log<'a>(v: &Values<'a>) -> &'a [u8] {
    let name = v.get(LOG).unwrap_or_default();
    let name = memchr::memmem::rfind(name, b"%2F").map_or(name, |at| &name[at + 3..]);
    memchr::memrchr(b'/', name).map_or(name, |at| &name[at + 1..])
}

/// The flag says that the log has flows, too.
fn leaves(v: &Values<'_>, flows: bool) -> Left {
    match log(v) {
        b"vpc_flows" => {
            if !v.get(CLIENT).and_then(parse_ip).is_none_or(is_inside) {
                return Some("from outside: inbound, or the answers of a flow");
            }
            if v.is(REPORTER, b"DEST") {
                return Some("reported by the receiver; the sender's record is counted");
            }
            let port = |row| v.get(row).and_then(number::unsigned);
            match (port(FROM), port(TO)) {
                (Some(from), Some(to)) if from < 1024 && to >= 1024 => Some("the answers of a server"),
                _ => None,
            }
        }
        b"firewall" if v.is(DIRECTION, b"INGRESS") => Some("inbound"),
        b"firewall" if flows && !v.is(DISPOSITION, b"DENIED") => Some("the beginning of a flow; the flow is counted"),
        b"firewall" | b"dns_queries" | b"gateway_requests" => None,
        // Of a load balancer.
        b"requests" => Some("a request to one's own site"),
        _ => Some("another of Google Cloud's logs"),
    }
}
