//! Resolvers that write JSON: names that were asked for.

use super::{Dialect, How, answer, row};
use crate::event::{Action, Event};
use crate::formats::fields::alias::Field;
use How::{Is, Mark, Means};

/// Amazon Route 53 Resolver's query log: one line a question, with its answers.
pub(super) mod route53 {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("query_name", Is(Field::Query)),
        ("query_timestamp", Is(Field::Ts)),
        ("vpc_id", Mark),
        ("srcaddr", Is(Field::SrcIp)),
        ("srcids.instance", Is(Field::Device)),
        ("firewall_rule_action", Is(Field::Action)),
    ];

    const NAME: usize = row(ROWS, "query_name");
    const TIME: usize = row(ROWS, "query_timestamp");
    const NETWORK: usize = row(ROWS, "vpc_id");

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "Route 53 Resolver",
        best: 96,
        wrappers: &["_source"],
        rows: ROWS,
        fits: |v| v.has(NAME) && v.has(TIME) && v.has(NETWORK),
        asks: |_| false,
        leaves: |_, _| None,
        before: |_, _| {},
        after: |_, _| {},
        whole: None,
        mixed: false,
    };
}

/// AdGuard Home's `querylog.json`: one line a question, with what became of it.
pub(super) mod adguard {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("QH", Is(Field::Query)),
        ("QT", Mark),
        ("T", Is(Field::Ts)),
        ("IP", Is(Field::SrcIp)),
        ("CID", Is(Field::Device)),
        ("Result.Reason", Means(Field::Action, reason)),
        ("Result.IsFiltered", Means(Field::Action, filtered)),
    ];

    const NAME: usize = row(ROWS, "QH");
    const KIND: usize = row(ROWS, "QT");
    const TIME: usize = row(ROWS, "T");

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "AdGuard Home",
        best: 96,
        wrappers: &[],
        rows: ROWS,
        fits: |v| v.has(NAME) && v.has(KIND) && v.has(TIME),
        asks: |_| false,
        leaves: |_, _| None,
        before: |_, _| {},
        after: |_, _| {},
        whole: None,
        mixed: false,
    };

    fn filtered(event: &mut Event<'_>, flag: &[u8]) {
        if flag == b"true" {
            event.action = event.action.or(Some(Action::Blocked));
        }
    }

    /// Block list, safe browsing, parental control, blocked service. Safe search gives another answer, no refusal.
    fn reason(event: &mut Event<'_>, reason: &[u8]) {
        event.action = match reason {
            b"3" | b"4" | b"5" | b"8" => Some(Action::Blocked),
            b"1" | b"7" => Some(Action::Allowed),
            _ => None,
        };
    }
}

/// DNS-collector's JSON of dnstap, nested or flat.
pub(super) mod dnstap {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("dns.qname", Is(Field::Query)),
        ("dnstap.operation", Mark),
        ("dnstap.timestamp-rfc3339ns", Is(Field::Ts)),
        ("network.query-ip", Is(Field::SrcIp)),
    ];

    const NAME: usize = row(ROWS, "dns.qname");
    const OPERATION: usize = row(ROWS, "dnstap.operation");

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "dnstap",
        best: 96,
        wrappers: &[],
        rows: ROWS,
        fits: |v| v.has(NAME) && v.has(OPERATION),
        asks: |v| matches!(v.get(OPERATION), Some(b"CLIENT_QUERY" | b"AUTH_QUERY")),
        leaves: |v, questions| match v.get(OPERATION).unwrap_or_default() {
            b"CLIENT_QUERY" | b"AUTH_QUERY" => None,
            b"CLIENT_RESPONSE" | b"AUTH_RESPONSE" if questions => answer(),
            b"CLIENT_RESPONSE" | b"AUTH_RESPONSE" => None,
            _ => Some("between resolvers"),
        },
        before: |_, _| {},
        after: |_, _| {},
        whole: None,
        mixed: false,
    };
}
