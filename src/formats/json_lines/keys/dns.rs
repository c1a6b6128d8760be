//! Resolvers that write JSON: names that were asked for.

use super::{Dialect, How, Values, answer, row};
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
        ("answers.Rdata", How::Answers),
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
        names_address: false,
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
        ("Result.IsFiltered", Means(Field::Action, filtered)),
        ("Result.Reason", Means(Field::Action, reason)),
        ("Elapsed", Mark),
    ];

    const NAME: usize = row(ROWS, "QH");
    const KIND: usize = row(ROWS, "QT");
    const TIME: usize = row(ROWS, "T");
    const ELAPSED: usize = row(ROWS, "Elapsed");

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "AdGuard Home",
        best: 96,
        wrappers: &[],
        rows: ROWS,
        fits: |v| v.has(NAME) && v.has(KIND) && v.has(TIME),
        asks: |_| false,
        leaves: |_, _| None,
        before: |_, _| {},
        after,
        whole: None,
        names_address: false,
        mixed: false,
    };

    fn filtered(event: &mut Event<'_>, flag: &[u8]) {
        if flag == b"true" {
            event.action = Some(Action::Blocked);
        }
    }

    /// What is not mentioned did not happen, if the record goes on behind the result.
    fn after(v: &Values<'_>, event: &mut Event<'_>) {
        if v.has(ELAPSED) {
            event.action.get_or_insert(Action::Allowed);
        }
    }

    /// Block list, safe browsing, parental control, blocked service.
    fn reason(event: &mut Event<'_>, reason: &[u8]) {
        match reason {
            b"3" | b"4" | b"5" | b"8" => event.action = Some(Action::Blocked),
            b"2" => event.action = event.action.or(Some(Action::Error)),
            // Another answer was given, such as that of the safe search: it is used all the same.
            b"7" => event.action = Some(Action::Allowed),
            _ => {}
        }
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
        ("dns.resource-records.an.rdata", How::Answers),
        ("dns.resource-records.an.0.rdata", How::Answers),
        ("dns.resource-records.an.1.rdata", How::Answers),
        ("dns.resource-records.an.2.rdata", How::Answers),
        ("dns.resource-records.an.3.rdata", How::Answers),
        ("dns.resource-records.an.ttl", How::Lasts),
        ("dns.resource-records.an.0.ttl", How::Lasts),
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
        names_address: false,
        mixed: false,
    };
}

/// NextDNS' API and its stream: one line a question, with what became of it.
pub(super) mod nextdns {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("domain", Is(Field::Query)),
        ("timestamp", Is(Field::Ts)),
        ("root", Mark),
        ("protocol", Mark),
        ("encrypted", Mark),
        ("device.name", Is(Field::Device)),
        // The public address is that of the whole office.
        ("device.localIp", Is(Field::SrcIp)),
        ("clientIp", Is(Field::SrcIp)),
        ("status", Means(Field::Action, status)),
    ];

    const NAME: usize = row(ROWS, "domain");
    const TIME: usize = row(ROWS, "timestamp");
    const ROOT: usize = row(ROWS, "root");
    const OURS: &[usize] = &[row(ROWS, "protocol"), row(ROWS, "encrypted")];

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "NextDNS",
        best: 94,
        wrappers: &[],
        rows: ROWS,
        fits: |v| v.has(NAME) && v.has(TIME) && v.has(ROOT) && v.any(OURS),
        asks: |_| false,
        leaves: |_, _| None,
        before: |_, _| {},
        after: |_, _| {},
        whole: None,
        names_address: false,
        mixed: false,
    };

    /// By an allow list, or by no list at all.
    fn status(event: &mut Event<'_>, word: &[u8]) {
        event.action = match word {
            b"blocked" => Some(Action::Blocked),
            b"error" => Some(Action::Error),
            b"allowed" | b"default" | b"relayed" => Some(Action::Allowed),
            _ => None,
        };
    }
}

/// PowerDNS Recursor with `structured-logging-backend=json`: a question and its answer are two lines.
pub(super) mod powerdns {
    use super::*;

    const ROWS: &[(&str, How)] = &[
        ("qname", Is(Field::Query)),
        ("msg", Mark),
        ("subsystem", Mark),
        ("ts", Is(Field::Ts)),
        ("remote", Means(Field::SrcIp, client)),
        ("rcode", Means(Field::Action, code)),
    ];

    const MESSAGE: usize = row(ROWS, "msg");
    const SUBSYSTEM: usize = row(ROWS, "subsystem");
    const NAME: usize = row(ROWS, "qname");

    pub(in super::super) static DIALECT: Dialect = Dialect {
        name: "PowerDNS Recursor",
        best: 95,
        wrappers: &[],
        rows: ROWS,
        fits: |v| v.has(MESSAGE) && v.has(SUBSYSTEM),
        asks: |v| v.is(MESSAGE, b"Question"),
        leaves: |v, questions| match v.get(MESSAGE).unwrap_or_default() {
            b"Answer" if questions => answer(),
            b"Question" | b"Answer" | b"Question answered from packet cache" if v.has(NAME) => None,
            _ => Some("not about a question"),
        },
        before: |_, _| {},
        after: |_, _| {},
        whole: None,
        names_address: false,
        mixed: true,
    };

    /// `192.0.2.25:51544`, `[2001:db8::25]:51544`
    fn client<'a>(event: &mut Event<'a>, text: &'a [u8]) {
        event.src_ip = Some(crate::event::split_url(text).host).filter(|host| !host.is_empty());
    }

    fn code(event: &mut Event<'_>, code: &[u8]) {
        event.action = crate::formats::fields::dns::by_code(code);
    }
}
