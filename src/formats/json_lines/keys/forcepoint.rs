//! Forcepoint ONE SSE (formerly Bitglass): the secure web gateway's log.

use super::{Dialect, How, row};
use crate::event::Event;
use crate::formats::fields::alias::Field;
use crate::formats::fields::number::present;
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("syslogheader", Mark),
    ("time", Is(Field::Ts)),
    ("email", Is(Field::User)),
    ("devicehostname", Is(Field::Device)),
    // That of the office, seen from the cloud.
    ("ipaddress", Is(Field::SrcIp)),
    ("requestdomain", Is(Field::Host)),
    ("url", Is(Field::Url)),
    ("destinationip", Is(Field::DstIp)),
    ("requestport", Is(Field::DstPort)),
    ("requestmethod", Is(Field::Method)),
    ("action", Is(Field::Action)),
    ("uploadedbytes", Is(Field::BytesUp)),
    ("size", Is(Field::BytesDown)),
    ("application", Is(Field::App)),
    ("webcategories", Means(Field::Category, |event: &mut Event<'_>, text| event.category = present(only(text)))),
    ("usergroup", Means(Field::Groups, |event: &mut Event<'_>, text| event.groups = present(only(text)))),
    ("useragent", Is(Field::UserAgent)),
    ("referrer", Is(Field::Referer)),
];

const HEADER: usize = row(ROWS, "syslogheader");
const DOMAIN: usize = row(ROWS, "requestdomain");
const UP: usize = row(ROWS, "uploadedbytes");

pub(super) static DIALECT: Dialect = Dialect {
    names_address: false,
    name: "Forcepoint ONE",
    best: 96,
    wrappers: &[],
    rows: ROWS,
    fits: |v| v.has(HEADER) || v.has(DOMAIN) && v.has(UP),
    asks: |_| false,
    leaves: |v, _| match v.get(HEADER) {
        Some(header) if memchr::memmem::find(header, b"swgweb").is_none() => Some("not a record of traffic"),
        _ => None,
    },
    before: |_, _| {},
    after: |_, _| {},
    whole: None,
    mixed: true,
};

/// `["Business"]` and `['Staff']`: lists as texts. That of one is its element.
fn only(text: &[u8]) -> &[u8] {
    let inner = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text).trim_ascii();
    match inner {
        [open @ (b'"' | b'\''), word @ .., close] if open == close && !word.contains(open) => word,
        inner => inner,
    }
}
