//! Events and bad records as NDJSON, for eyes and for other programs.

use std::net::IpAddr;

use serde::Serialize;

use crate::event::{Destination, Event, Identity, Timestamp, normalize, parse_ip};
use crate::formats::Problem;

/// The normalized event. What is unknown is absent.
#[derive(Serialize)]
struct Line<'a> {
    ts: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    src_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dst_ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dst_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_up: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_down: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    evidence: &'static str,
    format: &'a str,
    source: &'a str,
    line: u64,
}

/// Adds one event as a line. Path, query and referer are private and stay out.
pub fn write(out: &mut Vec<u8>, event: &Event<'_>, at: Timestamp, source: &str, line: u64, format: &str) {
    let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let host = event.host.and_then(normalize);
    let (host, host_address) = match host {
        Some(Destination::Host(host)) => (Some(host.into_owned()), None),
        Some(Destination::Address(ip)) => (None, Some(ip)),
        None => (None, None),
    };
    let line = Line {
        ts: rfc3339(at),
        user: text(event.user),
        src_ip: event.src_ip.map(|raw| match parse_ip(raw) {
            Some(ip) => ip.to_string(),
            None => String::from_utf8_lossy(raw).into_owned(),
        }),
        device: text(event.device),
        host,
        dst_ip: event.dst_ip.and_then(parse_ip).or(host_address),
        dst_port: event.dst_port,
        method: text(event.method),
        status: event.status,
        action: event.action.map(|action| action.as_str()),
        bytes_up: event.bytes_up,
        bytes_down: event.bytes_down,
        duration_ms: event.duration_ms,
        category: text(event.category),
        app: text(event.app),
        department: text(event.department),
        groups: text(event.groups),
        user_agent: text(event.user_agent),
        session: text(event.session),
        evidence: event.evidence.as_str(),
        format,
        source,
        line,
    };
    push(out, &line);
}

/// Who is where, as one record tells it.
#[derive(Serialize)]
struct IdentityLine<'a> {
    ts: String,
    identity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    src_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mac: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    format: &'a str,
    source: &'a str,
    line: u64,
}

/// Adds an identity as a line.
pub fn write_identity(
    out: &mut Vec<u8>,
    identity: &Identity<'_>,
    at: Timestamp,
    source: &str,
    line: u64,
    format: &str,
) {
    let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let line = IdentityLine {
        ts: rfc3339(at),
        identity: identity.stage.as_str(),
        user: text(identity.user),
        src_ip: identity.address.map(|raw| match parse_ip(raw) {
            Some(ip) => ip.to_string(),
            None => String::from_utf8_lossy(raw).into_owned(),
        }),
        device: text(identity.device),
        mac: text(identity.mac),
        seconds: identity.seconds,
        format,
        source,
        line,
    };
    push(out, &line);
}

#[derive(Serialize)]
struct BadLine<'a> {
    source: &'a str,
    line: u64,
    offset: u64,
    column: usize,
    reason: &'a str,
    record: String,
}

/// Adds one bad record as a line.
pub fn write_bad(out: &mut Vec<u8>, source: &str, line: u64, offset: u64, problem: &Problem, record: &[u8]) {
    let record = String::from_utf8_lossy(record).into_owned();
    push(out, &BadLine { source, line, offset, column: problem.at + 1, reason: &problem.reason, record });
}

fn push(out: &mut Vec<u8>, line: &impl Serialize) {
    let before = out.len();
    // Writing strings and numbers to memory does not fail; if it ever did, the line would be missing whole.
    if serde_json::to_writer(&mut *out, line).is_err() {
        out.truncate(before);
        return;
    }
    out.push(b'\n');
}

/// `2026-03-10T08:15:42.871Z`, without a fraction of zero.
pub fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| String::new(), |at| at.to_string())
}
