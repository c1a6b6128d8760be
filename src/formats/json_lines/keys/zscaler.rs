//! Zscaler Internet Access: the feeds of NSS and Cloud NSS as JSON. A feed is a template, so that keys go by the names
//! of the feed's own tokens, of Splunk's template or of CEF's.

use super::{Dialect, How, Left, Values, row};
use crate::event::{Action, Event};
use crate::formats::fields::alias::Field;
use crate::formats::fields::draft::action_word;
use crate::formats::fields::number;
use How::{Is, Mark, Means};

const ROWS: &[(&str, How)] = &[
    ("sourcetype", Mark),
    ("vendor", Mark),
    ("product", Mark),
    ("location", Mark),
    ("elocation", Mark),
    ("spriv", Mark),
    ("epochtime", Is(Field::Ts)),
    ("datetime", Is(Field::Ts)),
    ("TimeGenerated", Is(Field::Ts)),
    ("time", Is(Field::Ts)),
    ("rt", Is(Field::Ts)),
    ("login", Is(Field::User)),
    ("elogin", Is(Field::User)),
    ("user", Is(Field::User)),
    ("suser", Is(Field::User)),
    ("devicehostname", Is(Field::Device)),
    ("cip", Is(Field::SrcIp)),
    ("ClientIP", Is(Field::SrcIp)),
    ("csip", Is(Field::SrcIp)),
    ("clt_sip", Is(Field::SrcIp)),
    ("src", Is(Field::SrcIp)),
    ("host", Is(Field::Host)),
    ("ehost", Is(Field::Host)),
    ("hostname", Is(Field::Host)),
    ("dhost", Is(Field::Host)),
    ("dns_req", Is(Field::Query)),
    ("url", Is(Field::Url)),
    ("eurl", Is(Field::Url)),
    ("request", Is(Field::Url)),
    ("sip", Is(Field::DstIp)),
    ("serverip", Is(Field::DstIp)),
    ("cdip", Is(Field::DstIp)),
    ("dst", Is(Field::DstIp)),
    ("cdport", Is(Field::DstPort)),
    ("reqmethod", Is(Field::Method)),
    ("requestmethod", Is(Field::Method)),
    ("requestMethod", Is(Field::Method)),
    ("respcode", Means(Field::Status, status)),
    ("status", Means(Field::Status, status)),
    ("outcome", Means(Field::Status, status)),
    ("reason", Means(Field::Action, reason)),
    ("action", Means(Field::Action, verdict)),
    ("act", Means(Field::Action, verdict)),
    ("reqaction", Means(Field::Action, verdict)),
    ("resaction", Means(Field::Action, answered)),
    ("reqsize", Is(Field::BytesUp)),
    ("requestsize", Is(Field::BytesUp)),
    ("out", Is(Field::BytesUp)),
    ("outbytes", Is(Field::BytesUp)),
    ("respsize", Is(Field::BytesDown)),
    ("responsesize", Is(Field::BytesDown)),
    ("in", Is(Field::BytesDown)),
    ("inbytes", Is(Field::BytesDown)),
    ("ctime", Is(Field::DurationMs)),
    ("ua", Is(Field::UserAgent)),
    ("useragent", Is(Field::UserAgent)),
    ("requestClientApplication", Is(Field::UserAgent)),
    ("urlcat", Is(Field::Category)),
    ("urlcategory", Is(Field::Category)),
    ("appname", Means(Field::App, app)),
    ("destinationServiceName", Means(Field::App, app)),
    ("dept", Is(Field::Department)),
    ("department", Is(Field::Department)),
    ("recordid", Mark),
];

const FEED: usize = row(ROWS, "sourcetype");
const VENDOR: usize = row(ROWS, "vendor");
const PRODUCT: usize = row(ROWS, "product");
const PLACES: &[usize] = &[row(ROWS, "location"), row(ROWS, "elocation"), row(ROWS, "spriv")];
const URLS: &[usize] = &[row(ROWS, "url"), row(ROWS, "eurl"), row(ROWS, "host"), row(ROWS, "ehost")];
const UP: usize = row(ROWS, "reqsize");
const DOWN: usize = row(ROWS, "respsize");
const CLIENT: &[usize] = &[row(ROWS, "login"), row(ROWS, "elogin"), row(ROWS, "cip")];

pub(super) static DIALECT: Dialect = Dialect {
    name: "Zscaler",
    best: 95,
    wrappers: &["event"],
    rows: ROWS,
    fits,
    asks: |_| false,
    leaves,
    before: |_, _| {},
    after,
    whole: None,
    names_address: false,
    mixed: true,
};

fn fits(v: &Values<'_>) -> bool {
    v.get(FEED).is_some_and(|feed| feed.starts_with(b"zscalernss"))
        || v.is(VENDOR, b"Zscaler")
        || matches!(v.get(PRODUCT), Some(b"NSSWeblog" | b"NSSFWlog" | b"NSSDNSlog"))
        || v.has(UP) && v.has(DOWN) && v.any(URLS) && v.any(CLIENT)
}

fn leaves(v: &Values<'_>, _: bool) -> Left {
    match v.get(FEED) {
        None | Some(b"zscalernss-web" | b"zscalernss-fw" | b"zscalernss-dns") => None,
        // Named by the collector.
        Some(feed) if !feed.starts_with(b"zscalernss") => None,
        Some(_) => Some("not a record of traffic"),
    }
}

/// Where nobody has logged in, the user is the location.
fn after<'a>(v: &Values<'a>, event: &mut Event<'a>) {
    event.user = event.user.filter(|user| user.contains(&b'@') || !PLACES.iter().any(|place| v.is(*place, user)));
}

/// `200`, `403 - Forbidden`, `NA`.
fn status(event: &mut Event<'_>, text: &[u8]) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let status = number::unsigned(&text[..digits]).and_then(|status| u16::try_from(status).ok());
    event.status = event.status.or(status.filter(|status| *status > 0));
}

/// What the person saw, where it was neither the page nor a refusal.
fn reason(event: &mut Event<'_>, reason: &[u8]) {
    let says = |word: &str| memchr::memmem::find(reason, word.as_bytes()).is_some();
    if says("Caution") {
        event.action = Some(Action::Warned);
    } else if says("Isolat") {
        event.action = Some(Action::Isolated);
    }
}

/// `Allowed`, `Block/Drop`, `Allow due to insufficient app data`, `REQ_ALLOW`: the beginning decides.
fn verdict(event: &mut Event<'_>, word: &[u8]) {
    let word = word.strip_prefix(b"REQ_").or_else(|| word.strip_prefix(b"RES_")).unwrap_or(word);
    let letters = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    event.action = event.action.or(action_word(&word[..letters]));
}

/// An answer that was held back is as good as a question.
fn answered(event: &mut Event<'_>, word: &[u8]) {
    if matches!(word, b"RES_BLOCK" | b"Block") {
        event.action = Some(Action::Blocked);
    }
}

fn app<'a>(event: &mut Event<'a>, name: &'a [u8]) {
    let none = name.eq_ignore_ascii_case(b"General Browsing") || name.eq_ignore_ascii_case(b"generalbrowsing");
    event.app = event.app.or(number::present(name).filter(|_| !none));
}
