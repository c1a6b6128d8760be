//! Azure Firewall: structured logs, and the older ones whose records are a sentence.

use super::{Dialect, How, Left, Values, row};
use crate::event::{Event, Evidence, parse_ip, split_url};
use crate::formats::fields::alias::Field;
use crate::formats::fields::draft::action_word;
use crate::formats::fields::number;
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("category", Mark),
    ("Category", Mark),
    ("Type", Mark),
    ("time", Is(Field::Ts)),
    ("TimeGenerated", Is(Field::Ts)),
    ("msg", Means(Field::Host, sentence)),
    ("msg_s", Means(Field::Host, sentence)),
    ("Protocol", Mark),
    ("IsExplicitProxyRequest", Mark),
    ("SourceIp", Is(Field::SrcIp)),
    ("Fqdn", Is(Field::Host)),
    ("TargetUrl", Is(Field::Url)),
    ("QueryName", Is(Field::Query)),
    ("DestinationIp", Is(Field::DstIp)),
    ("DestinationPort", Is(Field::DstPort)),
    ("Action", Is(Field::Action)),
    ("WebCategory", Is(Field::Category)),
];

const KINDS: &[usize] = &[row(ROWS, "category"), row(ROWS, "Category"), row(ROWS, "Type")];
const SENTENCES: &[usize] = &[row(ROWS, "msg"), row(ROWS, "msg_s")];
const PROTOCOL: usize = row(ROWS, "Protocol");
const PROXY: usize = row(ROWS, "IsExplicitProxyRequest");
const ACTION: usize = row(ROWS, "Action");

pub(super) static DIALECT: Dialect = Dialect {
    name: "Azure Firewall",
    best: 96,
    wrappers: &["properties", "_source"],
    rows: ROWS,
    fits: |v| kind(v).is_some(),
    asks: |_| false,
    leaves,
    before: |_, _| {},
    after,
    whole: None,
    // A sentence does not look like a destination.
    names_address: true,
    mixed: false,
};

fn kind<'a>(v: &Values<'a>) -> Option<&'a [u8]> {
    let ours = |kind: &&[u8]| kind.starts_with(b"AZFW") || kind.starts_with(b"AzureFirewall");
    KINDS.iter().filter_map(|row| v.get(*row)).find(ours)
}

fn told<'a>(v: &Values<'a>) -> &'a [u8] {
    SENTENCES.iter().find_map(|row| v.get(*row)).unwrap_or_default()
}

fn leaves(v: &Values<'_>, _: bool) -> Left {
    match kind(v).unwrap_or_default() {
        b"AZFWApplicationRule" | b"AZFWNetworkRule" | b"AZFWDnsQuery" => None,
        b"AzureFirewallApplicationRule" | b"AzureFirewallDnsProxy" => None,
        b"AzureFirewallNetworkRule" => {
            memchr::memmem::find(told(v), b" was DNAT'ed ").map(|_| "inbound: an address that was translated")
        }
        b"AZFWNatRule" => Some("inbound: an address that was translated"),
        // No rule is asked any more.
        b"AZFWThreatIntel" if v.is(ACTION, b"Deny") => None,
        b"AZFWThreatIntel" | b"AZFWIdpsSignature" | b"AzureFirewallThreatIntelLog" => {
            Some("an alert; its traffic has records of its own")
        }
        b"AZFWFatFlow" => Some("the rate of a flow"),
        b"AZFWFlowTrace" => Some("one packet of a flow"),
        _ => Some("not a record of traffic"),
    }
}

fn after<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    if kind(v) == Some(b"AzureFirewallDnsProxy") {
        event.evidence = Evidence::Dns;
    }
    let tls = told(v).starts_with(b"HTTPS ") || v.get(PROTOCOL).is_some_and(|name| name.eq_ignore_ascii_case(b"HTTPS"));
    let proxy = matches!(v.get(PROXY), Some(b"true" | b"True" | b"1"));
    if event.evidence == Evidence::Connect && tls && !proxy {
        event.evidence = Evidence::Sni;
    }
}

/// `HTTPS request from A:p to NAME:p. Url: u. Action: Deny. ...`, `DNS Request: A:p - ID TYPE CLASS name. udp ...`
fn sentence<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    if let Some(rest) = text.strip_prefix(b"DNS Request: ") {
        let mut words = rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        event.src_ip = words.next().map(|client| end_point(client).0);
        // A dash, a number, a type, a class.
        event.host = words.nth(4).and_then(number::present);
        return;
    }
    let Some(rest) = behind(text, b" request from ") else { return };
    event.src_ip = rest.split(|byte| *byte == b' ').next().and_then(|client| number::present(end_point(client).0));
    let target = behind(rest, b" to ").unwrap_or_default().split(|byte| *byte == b' ').next().unwrap_or_default();
    let (to, port) = end_point(target);
    event.dst_port = port;
    match parse_ip(to) {
        Some(_) => event.dst_ip = Some(to),
        None => event.host = number::present(to),
    }
    event.action = part(rest, b" Action: ").and_then(action_word);
    event.category = part(rest, b" Web Category: ");
    if let Some(url) = behind(rest, b" Url: ") {
        let url = url.split(|byte| *byte == b' ').next().unwrap_or_default();
        let path = split_url(url.strip_suffix(b".").unwrap_or(url)).path;
        event.path = Some(path).filter(|path| !path.is_empty());
    }
}

fn behind<'a>(text: &'a [u8], words: &[u8]) -> Option<&'a [u8]> {
    memchr::memmem::find(text, words).map(|at| &text[at + words.len()..])
}

/// What stands behind the words, up to the full stop.
fn part<'a>(text: &'a [u8], words: &[u8]) -> Option<&'a [u8]> {
    behind(text, words)?.split(|byte| *byte == b'.').next().and_then(number::present)
}

/// `192.0.2.25:51544`, `www.example.com:443.`, `192.0.2.25:`
fn end_point(text: &[u8]) -> (&[u8], Option<u16>) {
    let text = text.strip_suffix(b".").unwrap_or(text);
    match memchr::memrchr(b':', text) {
        Some(colon) if text[colon + 1..].iter().all(u8::is_ascii_digit) => {
            let port = number::unsigned(&text[colon + 1..]).and_then(|port| u16::try_from(port).ok());
            (&text[..colon], port.filter(|port| *port > 0))
        }
        _ => (text, None),
    }
}
