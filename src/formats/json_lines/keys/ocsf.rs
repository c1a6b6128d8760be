//! The Open Cybersecurity Schema Framework: network (4001), HTTP (4002) and DNS (4003) activity.

use super::{Dialect, How, Left, Values, answer, row};
use crate::event::{Action, Event};
use crate::formats::fields::alias::Field;
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("class_uid", Mark),
    ("activity_id", Mark),
    ("time", Is(Field::Ts)),
    ("time_dt", Is(Field::Ts)),
    ("metadata.version", Mark),
    ("category_uid", Mark),
    ("src_endpoint.ip", Is(Field::SrcIp)),
    ("actor.user.name", Is(Field::User)),
    ("actor.user.email_addr", Is(Field::User)),
    ("actor.user.uid", Is(Field::User)),
    ("src_endpoint.owner.name", Is(Field::User)),
    ("src_endpoint.hostname", Is(Field::Device)),
    ("src_endpoint.name", Is(Field::Device)),
    ("device.hostname", Is(Field::Device)),
    ("http_request.url.hostname", Is(Field::Host)),
    ("dst_endpoint.hostname", Is(Field::Host)),
    ("dst_endpoint.domain", Is(Field::Host)),
    ("tls.sni", Is(Field::Sni)),
    ("query.hostname", Is(Field::Query)),
    ("answers.rdata", How::Answers),
    ("answers.ttl", How::Lasts),
    ("http_request.url.url_string", Is(Field::Url)),
    ("http_request.url.path", Is(Field::Path)),
    ("dst_endpoint.ip", Is(Field::DstIp)),
    ("dst_endpoint.port", Is(Field::DstPort)),
    ("http_request.url.port", Is(Field::DstPort)),
    ("http_request.http_method", Is(Field::Method)),
    ("http_response.code", Is(Field::Status)),
    ("traffic.bytes_out", Is(Field::BytesUp)),
    ("http_request.length", Is(Field::BytesUp)),
    ("http_request.body_length", Is(Field::BytesUp)),
    ("traffic.bytes_in", Is(Field::BytesDown)),
    ("http_response.length", Is(Field::BytesDown)),
    ("http_response.body_length", Is(Field::BytesDown)),
    ("traffic.bytes", Is(Field::BytesTotal)),
    ("duration", Is(Field::DurationMs)),
    ("app_name", Is(Field::App)),
    ("disposition_id", Means(Field::Action, disposition)),
    ("action_id", Means(Field::Action, action)),
    ("http_request.user_agent", Is(Field::UserAgent)),
    ("http_request.referrer", Is(Field::Referer)),
    ("http_request.url.categories", Is(Field::Category)),
    ("actor.user.groups.name", Is(Field::Groups)),
    ("actor.user.org.ou_name", Is(Field::Department)),
    ("connection_info.uid", Is(Field::Session)),
];

const CLASS: usize = row(ROWS, "class_uid");
const ACTIVITY: usize = row(ROWS, "activity_id");
const TIME: usize = row(ROWS, "time");
const TIME_TEXT: usize = row(ROWS, "time_dt");
const VERSION: usize = row(ROWS, "metadata.version");
const CATEGORY: usize = row(ROWS, "category_uid");
const CLIENT: usize = row(ROWS, "src_endpoint.ip");
const METHOD: usize = row(ROWS, "http_request.http_method");

pub(super) static DIALECT: Dialect = Dialect {
    name: "OCSF",
    best: 96,
    wrappers: &["_source", "result"],
    rows: ROWS,
    fits: |v| v.has(CLASS) && v.any(&[TIME, TIME_TEXT]) && v.any(&[VERSION, CATEGORY, CLIENT]),
    asks: |v| v.is(CLASS, b"4003") && v.is(ACTIVITY, b"1"),
    leaves,
    before,
    after,
    whole: None,
    names_address: true,
    mixed: true,
};

fn leaves(v: &Values<'_>, questions: bool) -> Left {
    match (v.get(CLASS).unwrap_or_default(), v.get(ACTIVITY).unwrap_or_default()) {
        (b"4001", b"1") => Some("the opening of a session; its end is counted"),
        (b"4001", b"7") => Some("not traffic"),
        (b"4003", b"2" | b"6") if questions => answer(),
        (b"4001" | b"4002" | b"4003", _) => None,
        _ => Some("not a record of web, network or DNS activity"),
    }
}

/// In HTTP activity the activity is the method.
fn before<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    const METHODS: [&[u8]; 9] =
        [b"CONNECT", b"DELETE", b"GET", b"HEAD", b"OPTIONS", b"POST", b"PUT", b"TRACE", b"PATCH"];
    if let (Some(b"4002"), Some([digit @ b'1'..=b'9']), false) = (v.get(CLASS), v.get(ACTIVITY), v.has(METHOD)) {
        event.method = Some(METHODS[usize::from(digit - b'1')]);
    }
}

/// In network activity it says how the session went.
fn after<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    if v.is(CLASS, b"4001") {
        event.action = event.action.or(match v.get(ACTIVITY) {
            Some(b"4") => Some(Action::Error),
            Some(b"5") => Some(Action::Blocked),
            _ => None,
        });
    }
}

fn action(event: &mut Event<'_>, id: &[u8]) {
    event.action = event.action.or(match id {
        b"1" => Some(Action::Allowed),
        b"2" => Some(Action::Blocked),
        _ => None,
    });
}

fn disposition(event: &mut Event<'_>, id: &[u8]) {
    event.action = event.action.or(match id {
        b"1" => Some(Action::Allowed),
        b"2" | b"6" => Some(Action::Blocked),
        _ => None,
    });
}
