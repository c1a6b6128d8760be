//! Jamf Protect (formerly Wandera): the network traffic stream. It tells of look-ups.

use super::{Dialect, How, row};
use crate::event::{Action, Event};
use crate::formats::fields::alias::Field;
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("metadata.vendor", Mark),
    ("metadata.product", Mark),
    ("timestamp", Is(Field::Ts)),
    ("user.email", Is(Field::User)),
    ("user.name", Is(Field::User)),
    ("device.userDeviceName", Is(Field::Device)),
    ("device.externalId", Is(Field::Device)),
    ("device.deviceId", Is(Field::Device)),
    // That of the carrier or the office.
    ("source.ip", Is(Field::SrcIp)),
    ("hostName", Is(Field::Query)),
    ("dns.category", Is(Field::Category)),
    ("blocked", Means(Field::Action, blocked)),
];

const VENDOR: usize = row(ROWS, "metadata.vendor");
const PRODUCT: usize = row(ROWS, "metadata.product");

pub(super) static DIALECT: Dialect = Dialect {
    names_address: false,
    name: "Jamf Protect",
    best: 96,
    wrappers: &["event"],
    rows: ROWS,
    fits: |v| v.is(VENDOR, b"Jamf") && v.has(PRODUCT),
    asks: |_| false,
    leaves: |v, _| (!v.is(PRODUCT, b"Network Traffic Stream")).then_some("not a record of traffic"),
    before: |_, _| {},
    after: |_, _| {},
    whole: None,
    mixed: true,
};

fn blocked(event: &mut Event<'_>, flag: &[u8]) {
    event.action = Some(if flag == b"true" { Action::Blocked } else { Action::Allowed });
}
