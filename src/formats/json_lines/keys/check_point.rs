//! Check Point: Log Exporter's JSON. The fields are those of its other forms, and are told there.

use bumpalo::Bump;

use super::{Dialect, How, Values, row};
use crate::formats::check_point::Record;
use crate::formats::fields::alias::Field;
use crate::formats::{Assume, Parsed};
use How::{Is, Mark};

/// What the fields mean is decided elsewhere; here they say what a file can tell.
const ROWS: &[(&str, How)] = &[
    ("loguid", Is(Field::Session)),
    ("origin", Mark),
    ("originsicname", Mark),
    ("sequencenum", Mark),
    ("product", Mark),
    ("action", Is(Field::Action)),
    ("time", Is(Field::Ts)),
    ("start_time", Mark),
    ("conn_direction", Mark),
    ("inzone", Mark),
    ("outzone", Mark),
    ("tcp_packet_out_of_state", Mark),
    ("src_user_name", Is(Field::User)),
    ("user", Is(Field::User)),
    ("proxied_src_ip", Is(Field::SrcIp)),
    ("proxy_src_ip", Is(Field::SrcIp)),
    ("src", Is(Field::SrcIp)),
    ("src_machine_name", Is(Field::Device)),
    ("src_user_group", Is(Field::Groups)),
    ("user_group", Is(Field::Groups)),
    ("resource", Is(Field::Url)),
    ("http_host", Is(Field::Host)),
    ("sni", Is(Field::Sni)),
    ("tls_server_host_name", Is(Field::Sni)),
    ("dst_domain_name", Is(Field::Host)),
    ("dst_machine_name", Mark),
    ("dst", Is(Field::DstIp)),
    ("service", Is(Field::DstPort)),
    ("svc", Is(Field::DstPort)),
    ("method", Is(Field::Method)),
    ("http_status", Is(Field::Status)),
    ("user_agent", Is(Field::UserAgent)),
    ("referrer", Is(Field::Referer)),
    ("appi_name", Is(Field::App)),
    ("matched_category", Is(Field::Category)),
    ("app_category", Is(Field::Category)),
    ("categories", Is(Field::Category)),
    ("elapsed", Is(Field::DurationSeconds)),
    ("sent_bytes", Is(Field::BytesUp)),
    ("received_bytes", Is(Field::BytesDown)),
    ("client_inbound_bytes", Is(Field::BytesUp)),
    ("client_outbound_bytes", Is(Field::BytesDown)),
    ("bytes", Mark),
];

const ID: usize = row(ROWS, "loguid");
const ORIGIN: usize = row(ROWS, "origin");
const OURS: &[usize] = &[row(ROWS, "product"), row(ROWS, "sequencenum"), row(ROWS, "originsicname")];

pub(super) static DIALECT: Dialect = Dialect {
    names_address: true,
    name: "Check Point",
    best: 96,
    wrappers: &[],
    rows: ROWS,
    fits: |v| v.any(OURS) && (v.has(ID) || v.has(ORIGIN) && OURS.iter().all(|row| v.has(*row))),
    asks: |_| false,
    leaves: |_, _| None,
    before: |_, _| {},
    after: |_, _| {},
    whole: Some(whole),
    mixed: true,
};

/// Its times are epochs, or name UTC: nothing has to be assumed.
fn whole<'a>(v: &Values<'a>, arena: &'a Bump) -> Parsed<'a> {
    let mut record = Record::default();
    for (value, (key, _)) in v.0.iter().zip(ROWS) {
        if let Some(value) = value {
            record.take(key.as_bytes(), value, arena);
        }
    }
    record.tell((b"", &Assume::default()), arena)
}
