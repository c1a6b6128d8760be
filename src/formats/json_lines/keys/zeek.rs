//! Zeek with JSON writers, Corelight. One record a line, of whichever log; what a record says is told by the code that
//! reads the tables, so that both give the same events.

use bumpalo::Bump;

use super::{Dialect, How, Values, row};
use crate::formats::Parsed;
use crate::formats::fields::alias::Field;
use crate::formats::zeek_tsv::{self, Kind, ROLES, Role};
use How::{Is, Mark};

const ROWS: &[(&str, How)] = &[
    ("_path", Mark),
    ("ts", Is(Field::Ts)),
    ("uid", Is(Field::Session)),
    ("id.orig_h", Is(Field::SrcIp)),
    ("id.orig_p", Mark),
    ("id.resp_h", Is(Field::DstIp)),
    ("id.resp_p", Is(Field::DstPort)),
    ("proto", Mark),
    ("duration", Is(Field::DurationSeconds)),
    ("orig_bytes", Is(Field::BytesUp)),
    ("resp_bytes", Is(Field::BytesDown)),
    ("orig_ip_bytes", Mark),
    ("resp_ip_bytes", Mark),
    ("missed_bytes", Mark),
    ("conn_state", Mark),
    ("local_orig", Mark),
    ("local_resp", Mark),
    ("server_name", Is(Field::Sni)),
    ("established", Mark),
    ("last_alert", Mark),
    ("method", Is(Field::Method)),
    ("host", Is(Field::Host)),
    ("uri", Is(Field::Url)),
    ("referrer", Is(Field::Referer)),
    ("user_agent", Is(Field::UserAgent)),
    ("status_code", Is(Field::Status)),
    ("username", Mark),
    ("user", Is(Field::User)),
    ("query", Is(Field::Query)),
    ("qtype_name", Mark),
    ("rcode_name", Mark),
    ("opcode_name", Mark),
    ("answers", How::Answers),
    ("TTLs", How::Lasts),
    ("request.host", Is(Field::DstIp)),
    ("request.name", Is(Field::Host)),
    ("request_p", Is(Field::DstPort)),
    ("status", Mark),
    ("trans_id", Mark),
    ("cipher", Mark),
    ("version", Mark),
    ("ssl_history", Mark),
    ("client_scid", Mark),
    ("client_initial_dcid", Mark),
];

const LOG: usize = row(ROWS, "_path");
const TS: usize = row(ROWS, "ts");
const UID: usize = row(ROWS, "uid");
const CLIENT: usize = row(ROWS, "id.orig_h");

/// In which row each of the tables' columns stands.
const COLUMNS: [(Role, usize); ROLES] = [
    (Role::Ts, TS),
    (Role::Uid, UID),
    (Role::OrigH, CLIENT),
    (Role::OrigP, row(ROWS, "id.orig_p")),
    (Role::RespH, row(ROWS, "id.resp_h")),
    (Role::RespP, row(ROWS, "id.resp_p")),
    (Role::Proto, row(ROWS, "proto")),
    (Role::Duration, row(ROWS, "duration")),
    (Role::OrigBytes, row(ROWS, "orig_bytes")),
    (Role::RespBytes, row(ROWS, "resp_bytes")),
    (Role::OrigIpBytes, row(ROWS, "orig_ip_bytes")),
    (Role::RespIpBytes, row(ROWS, "resp_ip_bytes")),
    (Role::Missed, row(ROWS, "missed_bytes")),
    (Role::State, row(ROWS, "conn_state")),
    (Role::LocalOrig, row(ROWS, "local_orig")),
    (Role::LocalResp, row(ROWS, "local_resp")),
    (Role::ServerName, row(ROWS, "server_name")),
    (Role::Established, row(ROWS, "established")),
    (Role::LastAlert, row(ROWS, "last_alert")),
    (Role::Method, row(ROWS, "method")),
    (Role::Host, row(ROWS, "host")),
    (Role::Uri, row(ROWS, "uri")),
    (Role::Referrer, row(ROWS, "referrer")),
    (Role::UserAgent, row(ROWS, "user_agent")),
    (Role::Status, row(ROWS, "status_code")),
    // Socks has the person in `user`, see below.
    (Role::Username, row(ROWS, "username")),
    (Role::Query, row(ROWS, "query")),
    (Role::QtypeName, row(ROWS, "qtype_name")),
    (Role::RcodeName, row(ROWS, "rcode_name")),
    (Role::OpcodeName, row(ROWS, "opcode_name")),
    (Role::Answers, row(ROWS, "answers")),
    (Role::Ttls, row(ROWS, "TTLs")),
    (Role::RequestHost, row(ROWS, "request.host")),
    (Role::RequestName, row(ROWS, "request.name")),
    (Role::RequestPort, row(ROWS, "request_p")),
    (Role::SocksStatus, row(ROWS, "status")),
];

pub(super) static DIALECT: Dialect = Dialect {
    name: "Zeek",
    best: 97,
    wrappers: &["_source", "zeek"],
    rows: ROWS,
    fits: |v| v.has(UID) && v.has(TS) && v.has(CLIENT),
    asks: |_| false,
    leaves: |_, _| None,
    before: |_, _| {},
    after: |_, _| {},
    whole: Some(tell),
    names_address: false,
    mixed: false,
};

fn tell<'a>(v: &Values<'a>, arena: &'a Bump) -> Parsed<'a> {
    let Some(kind) = kind(v) else { return Parsed::Skip("another of Zeek's logs") };
    let mut values = zeek_tsv::Values { values: [None; ROLES], arena };
    for (role, row) in COLUMNS {
        values.values[role as usize] = match (role, v.get(row)) {
            // As the tables have it.
            (Role::LocalOrig | Role::LocalResp | Role::Established, Some(flag)) => {
                Some(if flag == b"true" { b"T" } else { b"F" })
            }
            (_, value) => value.filter(|value| !value.is_empty()),
        };
    }
    if kind == Kind::Socks {
        values.values[Role::Username as usize] = v.get(row(ROWS, "user"));
    }
    zeek_tsv::tell(kind, &values)
}

/// Which log a record is from: by its name, else by keys that only that log has.
fn kind(v: &Values<'_>) -> Option<Kind> {
    if let Some(path) = v.get(LOG) {
        return Kind::named(path);
    }
    const BY_KEY: [(Kind, &[usize]); 6] = [
        (Kind::Conn, &[row(ROWS, "conn_state")]),
        (Kind::Dns, &[row(ROWS, "query"), row(ROWS, "qtype_name"), row(ROWS, "opcode_name")]),
        (Kind::Quic, &[row(ROWS, "client_scid"), row(ROWS, "client_initial_dcid")]),
        (
            Kind::Ssl,
            &[row(ROWS, "server_name"), row(ROWS, "cipher"), row(ROWS, "ssl_history"), row(ROWS, "established")],
        ),
        (Kind::Socks, &[row(ROWS, "request.name"), row(ROWS, "request.host")]),
        (Kind::Http, &[row(ROWS, "method"), row(ROWS, "host"), row(ROWS, "uri")]),
    ];
    BY_KEY.iter().find(|(_, keys)| v.any(keys)).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_its_place() {
        for (at, (role, _)) in COLUMNS.iter().enumerate() {
            assert_eq!(*role as usize, at);
        }
    }
}
