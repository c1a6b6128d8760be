//! Symantec Cloud SWG (WSS): the names of the W3C log as keys. Lists may stand for categories and groups.

use super::{Dialect, How, Values, row};
use crate::event::Event;
use crate::formats::fields::alias::Field;
use crate::formats::w3c_elff::Verdict;
use How::{Is, Mark};

const ROWS: &[(&str, How)] = &[
    ("x-bluecoat-request-tenant-id", Mark),
    ("date", Is(Field::Date)),
    ("time", Is(Field::Time)),
    ("time-taken", Is(Field::DurationMs)),
    ("c-ip", Is(Field::SrcIp)),
    ("cs-userdn", Is(Field::User)),
    ("cs-username", Is(Field::User)),
    ("x-client-device-name", Is(Field::Device)),
    ("cs-auth-groups", Is(Field::Groups)),
    ("cs-auth-group", Is(Field::Groups)),
    ("x-exception-id", Is(Field::Action)),
    ("sc-filter-result", Is(Field::Action)),
    ("s-action", Is(Field::Action)),
    ("cs-categories", Is(Field::Category)),
    ("sc-status", Is(Field::Status)),
    ("cs-method", Is(Field::Method)),
    ("cs-host", Is(Field::Host)),
    ("cs-uri-port", Is(Field::DstPort)),
    ("cs-uri-path", Is(Field::Path)),
    ("r-ip", Is(Field::DstIp)),
    ("cs(User-Agent)", Is(Field::UserAgent)),
    ("cs(Referer)", Is(Field::Referer)),
    ("sc-bytes", Is(Field::BytesDown)),
    ("cs-bytes", Is(Field::BytesUp)),
    ("x-bluecoat-application-name", Is(Field::App)),
];

const HOST: usize = row(ROWS, "cs-host");
const CLIENT: usize = row(ROWS, "c-ip");
const EXCEPTION: usize = row(ROWS, "x-exception-id");
const FILTER: usize = row(ROWS, "sc-filter-result");
const RESULT: usize = row(ROWS, "s-action");

pub(super) static DIALECT: Dialect = Dialect {
    names_address: false,
    name: "Symantec Cloud SWG",
    best: 96,
    wrappers: &[],
    rows: ROWS,
    fits: |v| v.has(HOST) && v.has(CLIENT) && v.any(&[FILTER, RESULT]),
    asks: |_| false,
    leaves: |_, _| None,
    before: |_, _| {},
    after,
    whole: None,
    mixed: true,
};

/// The verdict is that of all three together, as in the W3C log.
fn after<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    let text = |row: usize| v.get(row).unwrap_or_default();
    let verdict =
        Verdict { filter: text(FILTER), result: text(RESULT), exception: text(EXCEPTION), ..Verdict::default() };
    event.action = verdict.action(event.status);
}
