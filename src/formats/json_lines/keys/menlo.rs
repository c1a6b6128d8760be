//! Menlo Security, as its interface exports it. Nobody counts bytes; files have a size.

use super::{Dialect, How, Left, Values, row};
use crate::event::{Action, Event};
use crate::formats::Assume;
use crate::formats::fields::alias::Field;
use crate::formats::fields::draft::action_word;
use crate::formats::fields::{number, time};
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("vendor", Mark),
    ("event_time", Means(Field::Ts, utc)),
    ("product", Mark),
    ("name", Mark),
    ("file_size", Mark),
    ("userid", Is(Field::User)),
    ("origin_ip", Is(Field::SrcIp)),
    ("xff_ip", Is(Field::SrcIp)),
    ("x-client-ip", Is(Field::SrcIp)),
    ("domain", Is(Field::Host)),
    ("url", Is(Field::Url)),
    ("dst", Is(Field::DstIp)),
    ("request_type", Is(Field::Method)),
    ("response_code", Is(Field::Status)),
    ("pe_action", Means(Field::Action, verdict)),
    ("categories", Is(Field::Category)),
    ("groups", Is(Field::Groups)),
    ("user-agent", Is(Field::UserAgent)),
    ("refererl", Is(Field::Referer)),
];

const VENDOR: usize = row(ROWS, "vendor");
const PRODUCT: usize = row(ROWS, "product");
const TIME: usize = row(ROWS, "event_time");
const NAME: usize = row(ROWS, "name");
const SIZE: usize = row(ROWS, "file_size");
const TO: &[usize] = &[row(ROWS, "domain"), row(ROWS, "url"), row(ROWS, "dst")];

pub(super) static DIALECT: Dialect = Dialect {
    name: "Menlo Security",
    best: 95,
    wrappers: &["event"],
    rows: ROWS,
    fits: |v| v.has(TIME) && (v.is(VENDOR, b"Menlo Security") || v.is(PRODUCT, b"MSIP")),
    asks: |_| false,
    leaves: |v, _| -> Left { (!v.any(TO)).then_some("not a record of traffic") },
    before: |_, _| {},
    after,
    whole: None,
    names_address: false,
    mixed: true,
};

/// Without a zone, whatever zone is assumed.
fn utc(event: &mut Event<'_>, text: &[u8]) {
    event.at = time::any(text, &Assume::default());
}

fn verdict(event: &mut Event<'_>, word: &[u8]) {
    event.action = if word.starts_with(b"isolat") { Some(Action::Isolated) } else { action_word(word) };
}

fn after<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    let size = || v.get(SIZE).and_then(number::present).and_then(number::unsigned).filter(|size| *size > 0);
    match v.get(NAME) {
        Some(b"file_upload") => event.bytes_up = size(),
        Some(b"file_download") => event.bytes_down = size(),
        _ => {}
    }
}
