//! Suricata's EVE, bare, under Filebeat's `suricata.eve` or in AWS Network Firewall's `event`. Bytes come from `flow`
//! alone, names from `http`, `tls`, `quic` and `dns`.

use super::{Dialect, How, Left, Values, answer, row};
use crate::event::{Event, is_inside, parse_ip};
use crate::formats::fields::alias::Field;
use crate::formats::fields::number;
use How::{Is, Mark};

const ROWS: &[(&str, How)] = &[
    ("event_type", Mark),
    ("flow_id", Is(Field::Session)),
    ("src_ip", Is(Field::SrcIp)),
    ("tls.sni", Is(Field::Sni)),
    ("quic.sni", Is(Field::Sni)),
    ("http.hostname", Is(Field::Host)),
    ("dns.rrname", Is(Field::Query)),
    ("dns.queries.rrname", Is(Field::Query)),
    ("dns.type", Mark),
    ("dns.answers.rdata", How::Answers),
    ("dns.grouped.A", How::Answers),
    ("dns.grouped.AAAA", How::Answers),
    ("dns.rdata", How::Answers),
    ("dns.answers.ttl", How::Lasts),
    ("dns.ttl", How::Lasts),
    ("firewall_name", Mark),
    ("src_port", Mark),
    ("flow.end", Is(Field::Ts)),
    ("netflow.end", Is(Field::Ts)),
    ("timestamp", Is(Field::Ts)),
    ("dest_ip", Is(Field::DstIp)),
    ("dest_port", Is(Field::DstPort)),
    ("http.url", Is(Field::Url)),
    ("http.http_method", Is(Field::Method)),
    ("http.status", Is(Field::Status)),
    ("http.http_user_agent", Is(Field::UserAgent)),
    ("http.http_refer", Is(Field::Referer)),
    ("flow.bytes_toserver", Is(Field::BytesUp)),
    ("netflow.bytes", Is(Field::BytesUp)),
    ("flow.bytes_toclient", Is(Field::BytesDown)),
    ("flow.age", Is(Field::DurationSeconds)),
    ("flow.action", Is(Field::Action)),
    ("alert.action", Is(Field::Action)),
];

const KIND: usize = row(ROWS, "event_type");
const FLOW: usize = row(ROWS, "flow_id");
const TIMESTAMP: usize = row(ROWS, "timestamp");
const CLIENT: usize = row(ROWS, "src_ip");
const SERVER: usize = row(ROWS, "dest_ip");
const SNI: usize = row(ROWS, "tls.sni");
const QUIC_SNI: usize = row(ROWS, "quic.sni");
const HOST: usize = row(ROWS, "http.hostname");
const NAME: usize = row(ROWS, "dns.rrname");
const NAMES: usize = row(ROWS, "dns.queries.rrname");
const DNS_KIND: usize = row(ROWS, "dns.type");
const FROM: usize = row(ROWS, "src_port");
const TO: usize = row(ROWS, "dest_port");
const FIREWALL: usize = row(ROWS, "firewall_name");

pub(super) static DIALECT: Dialect = Dialect {
    name: "Suricata EVE",
    best: 97,
    wrappers: &["_source", "suricata.eve", "event"],
    rows: ROWS,
    fits: |v| v.has(KIND) && v.has(TIMESTAMP) && (v.any(&[FLOW, CLIENT]) || v.is(KIND, b"stats")),
    asks: |_| false,
    leaves,
    before: |_, _| {},
    after,
    whole: None,
    names_address: true,
    mixed: false,
};

fn leaves(v: &Values<'_>, _questions: bool) -> Left {
    match v.get(KIND).unwrap_or_default() {
        b"flow" => None,
        b"http" => (!v.has(HOST)).then_some("a request without a host"),
        b"tls" => (!v.has(SNI)).then_some("a TLS session without a server name"),
        b"quic" => (!v.has(QUIC_SNI)).then_some("a QUIC session without a server name"),
        b"dns" => match v.get(DNS_KIND) {
            Some(b"query" | b"request") => (!v.any(&[NAME, NAMES])).then_some("a look-up without a name"),
            _ => answer(),
        },
        // The managed firewall names hosts in its alerts only.
        b"alert" if v.has(FIREWALL) && v.any(&[SNI, HOST]) => None,
        b"alert" => Some("an alert; its traffic has records of its own"),
        // Flows have two records there, and no other.
        b"netflow" if v.has(FIREWALL) => {
            let port = |row| v.get(row).and_then(number::unsigned);
            let answers = matches!((port(FROM), port(TO)), (Some(from), Some(to)) if from < 1024 && to >= 1024);
            let outside = !v.get(CLIENT).and_then(parse_ip).is_none_or(is_inside);
            (answers || outside).then_some("from outside: inbound, or the answers of a flow")
        }
        b"netflow" => Some("one direction of a flow"),
        b"drop" => Some("a dropped packet"),
        b"stats" => Some("statistics"),
        _ => Some("not one of Suricata's records of traffic"),
    }
}

/// Other records carry the counters of their flow as far as it has come.
fn after<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    if !v.is(KIND, b"flow") && !v.is(KIND, b"netflow") {
        event.bytes_up = None;
        event.bytes_down = None;
        event.duration_ms = None;
    }
    // Answers go from the resolver to the client.
    if v.is(KIND, b"dns") && v.is(FROM, b"53") {
        event.src_ip = v.get(SERVER);
    }
}
