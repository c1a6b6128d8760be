//! Zeek with JSON writers, Corelight. One record a line, and the keys tell which of Zeek's logs it is from. Bytes come
//! from `conn` alone: `http` tells of the same ones.

use super::{Dialect, How, Left, Values, row};
use crate::event::{Action, Event};
use crate::formats::fields::alias::Field;
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("_path", Mark),
    ("uid", Is(Field::Session)),
    ("id.orig_h", Is(Field::SrcIp)),
    ("conn_state", Means(Field::Action, state)),
    ("query", Is(Field::Query)),
    ("server_name", Is(Field::Sni)),
    ("host", Is(Field::Host)),
    ("uri", Is(Field::Url)),
    ("trans_id", Mark),
    ("cipher", Mark),
    ("version", Mark),
    ("ts", Is(Field::Ts)),
    ("id.resp_h", Is(Field::DstIp)),
    ("id.resp_p", Is(Field::DstPort)),
    ("method", Is(Field::Method)),
    ("status_code", Is(Field::Status)),
    ("username", Is(Field::User)),
    ("user_agent", Is(Field::UserAgent)),
    ("referrer", Is(Field::Referer)),
    ("orig_bytes", Is(Field::BytesUp)),
    ("resp_bytes", Is(Field::BytesDown)),
    ("duration", Is(Field::DurationSeconds)),
];

const LOG: usize = row(ROWS, "_path");
const UID: usize = row(ROWS, "uid");
const TS: usize = row(ROWS, "ts");
const CLIENT: usize = row(ROWS, "id.orig_h");
const STATE: usize = row(ROWS, "conn_state");
const QUERY: usize = row(ROWS, "query");
const TRANSACTION: usize = row(ROWS, "trans_id");
const SERVER_NAME: usize = row(ROWS, "server_name");
const HOST: usize = row(ROWS, "host");
const URI: usize = row(ROWS, "uri");
const CIPHER: usize = row(ROWS, "cipher");
const VERSION: usize = row(ROWS, "version");

pub(super) static DIALECT: Dialect = Dialect {
    name: "Zeek",
    best: 97,
    wrappers: &["_source", "zeek"],
    rows: ROWS,
    fits: |v| v.has(UID) && v.has(TS) && v.has(CLIENT),
    asks: |_| false,
    leaves,
    before: |_, _| {},
    after: |_, _| {},
    mixed: false,
};

fn leaves(v: &Values<'_>, _questions: bool) -> Left {
    let known = match v.get(LOG) {
        Some(log) => matches!(log, b"conn" | b"http" | b"http2" | b"ssl" | b"quic" | b"dns"),
        None => v.any(&[STATE, QUERY, TRANSACTION, SERVER_NAME, HOST, URI, CIPHER, VERSION]),
    };
    if !known {
        return Some("not one of Zeek's logs of traffic");
    }
    if v.has(STATE) {
        return None;
    }
    if v.has(TRANSACTION) && !v.has(QUERY) {
        return Some("a look-up without a name");
    }
    // Its connection is in conn.log, with the address and the bytes.
    (!v.any(&[QUERY, SERVER_NAME, HOST, URI])).then_some("a TLS session without a server name")
}

/// Whether the connection came about. What ended it is no verdict.
fn state(event: &mut Event<'_>, state: &[u8]) {
    event.action = match state {
        b"S0" | b"REJ" | b"RSTOS0" | b"RSTRH" | b"SH" | b"SHR" => Some(Action::Error),
        b"SF" | b"S1" | b"S2" | b"S3" | b"RSTO" | b"RSTR" | b"OTH" => Some(Action::Allowed),
        _ => None,
    };
}
