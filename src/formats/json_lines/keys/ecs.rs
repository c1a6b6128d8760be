//! The Elastic Common Schema, nested or dotted.

use super::{Dialect, How, Left, Values, answer, row};
use crate::event::{Action, Event};
use crate::formats::fields::alias::Field;
use How::{Among, Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("@timestamp", Is(Field::Ts)),
    ("ecs.version", Mark),
    ("source.ip", Is(Field::SrcIp)),
    ("client.ip", Is(Field::SrcIp)),
    ("destination.ip", Is(Field::DstIp)),
    ("url.domain", Is(Field::Host)),
    ("url.full", Is(Field::Url)),
    ("url.original", Is(Field::Url)),
    ("dns.question.name", Is(Field::Query)),
    ("dns.type", Mark),
    ("dns.answers.data", How::Answers),
    ("dns.resolved_ip", How::Answers),
    ("dns.answers.ttl", How::Lasts),
    ("flow.final", Mark),
    ("event.kind", Mark),
    ("network.direction", Mark),
    ("user.name", Is(Field::User)),
    ("user.email", Is(Field::User)),
    ("source.user.name", Is(Field::User)),
    ("source.user.email", Is(Field::User)),
    ("client.user.name", Is(Field::User)),
    ("client.user.email", Is(Field::User)),
    ("source.domain", Is(Field::Device)),
    ("client.domain", Is(Field::Device)),
    ("destination.domain", Is(Field::Host)),
    ("server.domain", Is(Field::Host)),
    ("tls.client.server_name", Is(Field::Sni)),
    ("url.path", Is(Field::Path)),
    ("server.ip", Is(Field::DstIp)),
    ("destination.port", Is(Field::DstPort)),
    ("server.port", Is(Field::DstPort)),
    ("url.port", Is(Field::DstPort)),
    ("http.request.method", Is(Field::Method)),
    ("http.response.status_code", Is(Field::Status)),
    ("source.bytes", Is(Field::BytesUp)),
    ("client.bytes", Is(Field::BytesUp)),
    ("http.request.bytes", Is(Field::BytesUp)),
    ("http.request.body.bytes", Is(Field::BytesUp)),
    ("destination.bytes", Is(Field::BytesDown)),
    ("server.bytes", Is(Field::BytesDown)),
    ("http.response.bytes", Is(Field::BytesDown)),
    ("http.response.body.bytes", Is(Field::BytesDown)),
    ("network.bytes", Is(Field::BytesTotal)),
    ("event.duration", Is(Field::DurationNanos)),
    ("event.type", Among(is_verdict, Field::Action, verdict)),
    ("event.action", Is(Field::Action)),
    ("event.outcome", Means(Field::Action, outcome)),
    ("user_agent.original", Is(Field::UserAgent)),
    ("http.request.referrer", Is(Field::Referer)),
    ("network.application", Is(Field::App)),
    ("rule.category", Is(Field::Category)),
    ("url.category", Is(Field::Category)),
    ("user.department", Is(Field::Department)),
    ("user.group.name", Is(Field::Groups)),
    ("network.session_id", Is(Field::Session)),
];

const TS: usize = row(ROWS, "@timestamp");
const VERSION: usize = row(ROWS, "ecs.version");
const KIND: usize = row(ROWS, "event.kind");
const DNS_KIND: usize = row(ROWS, "dns.type");
const FINAL: usize = row(ROWS, "flow.final");

/// One of these beside the time makes a record ECS.
const ANY: &[usize] = &[
    VERSION,
    row(ROWS, "source.ip"),
    row(ROWS, "client.ip"),
    row(ROWS, "destination.ip"),
    row(ROWS, "destination.domain"),
    row(ROWS, "url.domain"),
    row(ROWS, "url.full"),
    row(ROWS, "url.original"),
    row(ROWS, "dns.question.name"),
];

pub(super) static DIALECT: Dialect = Dialect {
    name: "ECS",
    best: 92,
    wrappers: &["_source", "result"],
    rows: ROWS,
    fits: |v| v.has(TS) && v.any(ANY),
    asks: |v| v.is(DNS_KIND, b"query"),
    leaves,
    before: |_, _| {},
    after: |_, _| {},
    whole: None,
    names_address: true,
    mixed: true,
};

fn leaves(v: &Values<'_>, questions: bool) -> Left {
    if v.is(FINAL, b"false") {
        return Some("an interim record of a flow");
    }
    if v.is(DNS_KIND, b"answer") && questions {
        return answer();
    }
    match v.get(KIND) {
        Some(b"metric" | b"state" | b"pipeline_error" | b"asset") => Some("not an event"),
        _ => None,
    }
}

fn is_verdict(word: &[u8]) -> bool {
    matches!(word, b"allowed" | b"denied")
}

fn verdict(event: &mut Event<'_>, word: &[u8]) {
    event.action = event.action.or(Some(if word == b"denied" { Action::Blocked } else { Action::Allowed }));
}

/// A failure is not a block: the far end may have failed.
fn outcome(event: &mut Event<'_>, word: &[u8]) {
    if word == b"success" {
        event.action = event.action.or(Some(Action::Allowed));
    }
}
