//! Cloud proxies that write JSON.

use super::{Dialect, How, row};
use crate::event::{Action, Event};
use crate::formats::fields::alias::Field;
use crate::formats::fields::draft::action_word;
use How::{Is, Mark, Means};

/// Cloudflare Zero Trust: `gateway_http`, `gateway_dns`, `gateway_network` and network sessions, as Logpush writes them.
pub(super) mod cloudflare {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("HTTPHost", Is(Field::Host)),
        ("QueryName", Is(Field::Query)),
        ("SNI", Is(Field::Sni)),
        ("OriginIP", Is(Field::DstIp)),
        ("Email", Is(Field::User)),
        ("DeviceName", Is(Field::Device)),
        ("DeviceID", Mark),
        ("UserID", Mark),
        ("PolicyName", Mark),
        ("Datetime", Is(Field::Ts)),
        ("SessionEndTime", Is(Field::Ts)),
        ("SessionStartTime", Is(Field::Ts)),
        ("SourceInternalIP", Is(Field::SrcIp)),
        ("SourceIP", Is(Field::SrcIp)),
        ("SrcIP", Is(Field::SrcIp)),
        ("URL", Is(Field::Url)),
        ("DestinationIP", Is(Field::DstIp)),
        ("DestinationPort", Is(Field::DstPort)),
        ("OriginPort", Is(Field::DstPort)),
        ("HTTPMethod", Is(Field::Method)),
        ("HTTPStatusCode", Is(Field::Status)),
        ("IsIsolated", Means(Field::Action, isolated)),
        ("Action", Means(Field::Action, verdict)),
        ("ResolverDecision", Means(Field::Action, verdict)),
        ("BytesSent", Is(Field::BytesUp)),
        ("BytesReceived", Is(Field::BytesDown)),
        ("UserAgent", Is(Field::UserAgent)),
        ("Referer", Is(Field::Referer)),
        ("ApplicationNames", Is(Field::App)),
        ("ApplicationName", Is(Field::App)),
        ("CategoryNames", Is(Field::Category)),
        ("QueryCategoryNames", Is(Field::Category)),
        ("SessionID", Is(Field::Session)),
    ];

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "Cloudflare Gateway",
        best: 96,
        wrappers: &["_source"],
        rows: ROWS,
        fits: |v| v.any(NAMES) && v.any(TIMES) && v.any(OURS),
        asks: |_| false,
        leaves: |_, _| None,
        before: |_, _| {},
        after: |_, _| {},
        whole: None,
        names_address: false,
        mixed: false,
    };

    const NAMES: &[usize] = &[row(ROWS, "HTTPHost"), row(ROWS, "QueryName"), row(ROWS, "SNI"), row(ROWS, "OriginIP")];
    const TIMES: &[usize] = &[row(ROWS, "Datetime"), row(ROWS, "SessionEndTime"), row(ROWS, "SessionStartTime")];
    const OURS: &[usize] = &[
        row(ROWS, "Email"),
        row(ROWS, "DeviceName"),
        row(ROWS, "DeviceID"),
        row(ROWS, "UserID"),
        row(ROWS, "PolicyName"),
    ];

    fn isolated(event: &mut Event<'_>, flag: &[u8]) {
        if flag == b"true" {
            event.action = Some(Action::Isolated);
        }
    }

    /// `allowedOnNoRuleMatch`, `blockedByCategory`, `isolate`, `donotinspect`: the beginning decides.
    fn verdict(event: &mut Event<'_>, word: &[u8]) {
        let starts =
            |prefix: &str| word.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()));
        let action = if starts("allow") || starts("bypass") || starts("donot") {
            Some(Action::Allowed)
        } else if starts("block") || starts("quarantine") {
            Some(Action::Blocked)
        } else if starts("isolate") {
            Some(Action::Isolated)
        } else {
            None
        };
        event.action = event.action.or(action);
    }
}

/// iboss, which sends JSON behind a syslog header. Every value is a text, `-` is nothing; times are UTC.
pub(super) mod iboss {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("logType", Mark),
        ("urlLogId", Is(Field::Session)),
        ("policyLayers", Mark),
        ("upstreamByteUsage", Is(Field::BytesUp)),
        ("downstreamByteUsage", Is(Field::BytesDown)),
        ("totalByteUsage", Is(Field::BytesTotal)),
        ("logTime", Is(Field::Date)),
        ("time", Is(Field::Time)),
        ("username", Is(Field::User)),
        ("computerName", Is(Field::Device)),
        ("sourceIpAddress", Is(Field::SrcIp)),
        ("privateIp", Is(Field::SrcIp)),
        ("host", Is(Field::Host)),
        ("url", Is(Field::Url)),
        ("uriPath", Is(Field::Path)),
        ("ipAddress", Is(Field::DstIp)),
        ("destinationPort", Is(Field::DstPort)),
        ("requestMethod", Is(Field::Method)),
        ("responseCode", Is(Field::Status)),
        ("action", Means(Field::Action, verdict)),
        ("categoryName", Is(Field::Category)),
        ("filteringGroupName", Is(Field::Groups)),
        ("userAgent", Is(Field::UserAgent)),
        ("referrerUrl", Is(Field::Referer)),
    ];

    const KIND: usize = row(ROWS, "logType");

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "iboss",
        best: 96,
        wrappers: &[],
        rows: ROWS,
        fits: |v| v.has(KIND) && v.any(OURS),
        asks: |_| false,
        leaves: |v, _| match v.get(KIND).unwrap_or_default() {
            b"WEB_LOG" | b"-" => None,
            b"DLP" => Some("repeats a web record"),
            _ => Some("not a web record"),
        },
        before: |_, _| {},
        after: |_, _| {},
        whole: None,
        names_address: false,
        mixed: false,
    };

    const OURS: &[usize] = &[row(ROWS, "urlLogId"), row(ROWS, "policyLayers"), row(ROWS, "upstreamByteUsage")];

    fn verdict(event: &mut Event<'_>, word: &[u8]) {
        event.action =
            if word.eq_ignore_ascii_case(b"soft-blocked") { Some(Action::Warned) } else { action_word(word) };
    }
}
