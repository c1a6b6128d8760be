//! Skyhigh (McAfee) Web Gateway: objects that rule sets of its users write, by two conventions.

use super::{Dialect, How, Values, row};
use crate::formats::fields::alias::Field;
use How::Is;

const ROWS: &[(&str, How)] = &[
    ("time", Is(Field::Ts)),
    ("timestamp", Is(Field::Ts)),
    ("datetime", Is(Field::Ts)),
    ("authUser", Is(Field::User)),
    ("user", Is(Field::User)),
    ("connSrc", Is(Field::SrcIp)),
    ("src", Is(Field::SrcIp)),
    ("dstURL", Is(Field::Url)),
    ("url", Is(Field::Url)),
    ("domain_full", Is(Field::Host)),
    ("dstIP", Is(Field::DstIp)),
    ("dst", Is(Field::DstIp)),
    ("method", Is(Field::Method)),
    ("respStatus", Is(Field::Status)),
    ("status", Is(Field::Status)),
    ("action", Is(Field::Action)),
    ("bytes_out", Is(Field::BytesUp)),
    ("bytes_in", Is(Field::BytesDown)),
    ("app", Is(Field::App)),
    ("category", Is(Field::Category)),
];

const FIRST: &[usize] = &[row(ROWS, "connSrc"), row(ROWS, "dstURL")];
const SECOND: &[usize] = &[row(ROWS, "src"), row(ROWS, "domain_full"), row(ROWS, "bytes_in"), row(ROWS, "bytes_out")];

pub(super) static DIALECT: Dialect = Dialect {
    names_address: false,
    name: "Skyhigh Web Gateway",
    best: 90,
    wrappers: &[],
    rows: ROWS,
    fits: |v| all(v, FIRST) || all(v, SECOND),
    asks: |_| false,
    leaves: |_, _| None,
    before: |_, _| {},
    after: |_, _| {},
    whole: None,
    mixed: true,
};

fn all(v: &Values<'_>, rows: &[usize]) -> bool {
    rows.iter().all(|row| v.has(*row))
}
