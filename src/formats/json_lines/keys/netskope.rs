//! Netskope: events of the REST interfaces, and transactions under their W3C names.

use super::{Dialect, How, Left, Values, row};
use crate::event::{Action, Event, parse_ip};
use crate::formats::fields::alias::Field;
use crate::formats::fields::draft::action_word;
use How::{Is, Mark, Means};

/// A tunnel that knows nobody has the client's address for a user.
fn nobody(event: &mut Event<'_>) {
    if let Some(address) = event.user.filter(|user| parse_ip(user).is_some()) {
        event.src_ip = event.src_ip.or(Some(address));
        event.user = None;
    }
}

/// `useralert` lets the person decide, `alert` tells nobody.
fn verdict(event: &mut Event<'_>, word: &[u8]) {
    let action = match word {
        b"useralert" => Some(Action::Warned),
        b"bypass" => Some(Action::Allowed),
        _ => action_word(word),
    };
    event.action = event.action.or(action);
}

/// `page`, `connection` and `network` events have the bytes; `application` and policy events tell the same once more.
pub(super) mod events {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("type", Mark),
        ("timestamp", Is(Field::Ts)),
        ("traffic_type", Mark),
        ("access_method", Mark),
        ("ccl", Mark),
        ("netskope_pop", Mark),
        ("ur_normalized", Is(Field::User)),
        ("user", Is(Field::User)),
        ("userip", Is(Field::SrcIp)),
        ("srcip", Is(Field::SrcIp)),
        ("hostname", Is(Field::Device)),
        ("url", Is(Field::Url)),
        ("page", Is(Field::Url)),
        ("sni", Is(Field::Sni)),
        ("dsthost", Is(Field::Host)),
        ("dstip", Is(Field::DstIp)),
        ("dstport", Is(Field::DstPort)),
        ("action", Means(Field::Action, verdict)),
        ("client_bytes", Is(Field::BytesUp)),
        ("server_bytes", Is(Field::BytesDown)),
        ("numbytes", Is(Field::BytesTotal)),
        ("conn_duration", Is(Field::DurationSeconds)),
        ("useragent", Is(Field::UserAgent)),
        ("referer", Is(Field::Referer)),
        ("app", Is(Field::App)),
        ("appcategory", Is(Field::Category)),
        ("category", Is(Field::Category)),
        ("organization_unit", Is(Field::Department)),
        ("connection_id", Is(Field::Session)),
    ];

    const KIND: usize = row(ROWS, "type");
    const TIME: usize = row(ROWS, "timestamp");
    const TRAFFIC: usize = row(ROWS, "traffic_type");
    const ACTION: usize = row(ROWS, "action");
    const OURS: &[usize] =
        &[TRAFFIC, row(ROWS, "access_method"), row(ROWS, "ccl"), row(ROWS, "netskope_pop"), row(ROWS, "ur_normalized")];

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "Netskope",
        best: 95,
        wrappers: &["_source"],
        rows: ROWS,
        fits: |v| v.has(KIND) && v.has(TIME) && v.any(OURS),
        asks: |v| matches!(v.get(KIND), Some(b"page" | b"connection")),
        leaves,
        before: |_, _| {},
        after,
        whole: None,
        names_address: false,
        mixed: true,
    };

    /// The flag says that the log has pages, too.
    fn leaves(v: &Values<'_>, pages: bool) -> Left {
        if v.is(TRAFFIC, b"PrivateApp") {
            return Some("inside the network");
        }
        match v.get(KIND).unwrap_or_default() {
            b"page" | b"connection" | b"network" => None,
            // A request that was stopped never became a page.
            b"application" | b"nspolicy" if !pages || v.is(ACTION, b"block") => None,
            b"application" | b"nspolicy" => Some("repeats a page's record"),
            _ => Some("not a record of traffic"),
        }
    }

    /// Numbers that nobody counted are zeros.
    fn after<'a>(_: &Values<'a>, event: &mut Event<'a>) {
        nobody(event);
        if (event.bytes_up.unwrap_or(0), event.bytes_down.unwrap_or(0)) == (0, 0) {
            event.bytes_up = None;
            event.bytes_down = None;
        }
        event.duration_ms = event.duration_ms.filter(|millis| *millis > 0);
    }
}

/// Transaction events as JSON. Times are UTC.
pub(super) mod transactions {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("x-cs-timestamp", Is(Field::Ts)),
        ("date", Is(Field::Date)),
        ("time", Is(Field::Time)),
        ("time-taken", Is(Field::DurationMs)),
        ("x-cs-traffic-type", Mark),
        ("x-cs-access-method", Mark),
        ("cs-username", Is(Field::User)),
        ("x-cs-userip", Is(Field::SrcIp)),
        ("c-ip", Is(Field::SrcIp)),
        ("cs-host", Is(Field::Host)),
        ("x-cs-sni", Is(Field::Sni)),
        ("x-cs-url", Is(Field::Url)),
        ("cs-uri", Is(Field::Path)),
        ("s-ip", Is(Field::DstIp)),
        ("x-cs-dst-ip", Is(Field::DstIp)),
        ("cs-uri-port", Is(Field::DstPort)),
        ("cs-method", Is(Field::Method)),
        ("sc-status", Is(Field::Status)),
        ("x-policy-action", Means(Field::Action, verdict)),
        ("x-cs-ssl-engine-action", Means(Field::Action, engine)),
        ("x-ssl-policy-action", Means(Field::Action, tunnel)),
        ("cs-bytes", Is(Field::BytesUp)),
        ("sc-bytes", Is(Field::BytesDown)),
        ("bytes", Is(Field::BytesTotal)),
        ("cs-user-agent", Is(Field::UserAgent)),
        ("cs-referer", Is(Field::Referer)),
        ("x-cs-app", Is(Field::App)),
        ("x-category", Is(Field::Category)),
        ("x-cs-app-category", Is(Field::Category)),
        ("x-cs-session-id", Is(Field::Session)),
    ];

    const OURS: &[usize] = &[
        row(ROWS, "x-cs-traffic-type"),
        row(ROWS, "x-cs-access-method"),
        row(ROWS, "x-policy-action"),
        row(ROWS, "x-cs-app"),
    ];
    const WHEN: &[usize] = &[row(ROWS, "x-cs-timestamp"), row(ROWS, "date")];
    const TO: &[usize] = &[row(ROWS, "cs-host"), row(ROWS, "x-cs-sni"), row(ROWS, "x-cs-url"), row(ROWS, "s-ip")];

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "Netskope transaction",
        best: 96,
        wrappers: &["_source"],
        rows: ROWS,
        fits: |v| v.any(OURS) && v.any(WHEN) && v.any(TO),
        asks: |_| false,
        leaves: |_, _| None,
        before: |_, _| {},
        after: |_, event| nobody(event),
        whole: None,
        names_address: false,
        mixed: false,
    };

    fn engine(event: &mut Event<'_>, word: &[u8]) {
        if word == b"Block" {
            event.action = event.action.or(Some(Action::Error));
        }
    }

    fn tunnel(event: &mut Event<'_>, word: &[u8]) {
        if word == b"DoNotDecrypt" {
            event.action = event.action.or(Some(Action::Allowed));
        }
    }
}
