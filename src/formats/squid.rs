//! What Squid's logs have in common, whatever their layout: result codes, hierarchy codes, targets and user names.
//!
//! Defined by Squid's sources: `LogTags.cc` (result codes), `hier_code.h` (hierarchy codes), `Format.cc` (encodings).

pub(super) mod template;

use bumpalo::Bump;
use memchr::{memchr, memchr2, memmem};

use super::fields::bytes::{every, in_names};
use super::fields::kernel;
use super::fields::number::present;
use super::{Gap, Problem};
use crate::event::{Action, Evidence, parse_ip, split_url};

/// Where the log formats and their codes are defined.
pub(super) const REFERENCE: &str = "http://www.squid-cache.org/Doc/config/logformat/";

/// Longest record Squid writes; longer tails are cut there.
pub(super) const CUT_SHORT: Problem = Problem::new("the line ends before its destination does", 0);

/// What the result code, the status and the bytes say about the request.
///
/// - `..._DENIED...` is a rule's "no"; with 407 or 401 it is the question for a password.
/// - An aborted or timed out transfer went through if anything was delivered. So did a tunnel, whatever its status: working
///   tunnels through a peeking port are written as `TCP_TUNNEL/500`.
/// - 502, 503 and 504 are what Squid answers itself when the far end cannot be reached. A server that says so has failed
///   too, and nothing was used.
/// - `TCP_REDIRECT` is a rewriter's answer: often a block page, but not always, so it is unknown.
pub(super) fn verdict(tag: &[u8], status: u16, down: Option<u64>) -> Option<Action> {
    let delivered = down.is_some_and(|bytes| bytes > 0);
    match tag {
        b"TCP_TUNNEL" => {
            return Some(if delivered || (1..400).contains(&status) { Action::Allowed } else { Action::Error });
        }
        b"TCP_MISS" | b"TCP_HIT" | b"TCP_MEM_HIT" => {}
        b"TCP_REDIRECT" => return None,
        _ => {
            if memmem::find(tag, b"DENIED").is_some() {
                return Some(if matches!(status, 401 | 407) { Action::Auth } else { Action::Blocked });
            }
            if tag.ends_with(b"_ABORTED") || tag.ends_with(b"_TIMEDOUT") || tag.ends_with(b"_IGNORED") {
                return Some(if delivered { Action::Allowed } else { Action::Error });
            }
            // Nothing was looked up or fetched: an error status is Squid's own.
            if matches!(tag, b"NONE" | b"NONE_NONE" | b"TAG_NONE") && status >= 400 && status != 407 {
                return Some(Action::Error);
            }
        }
    }
    Some(match status {
        407 => Action::Auth,
        0 if !delivered => Action::Error,
        502..=504 => Action::Error,
        _ => Action::Allowed,
    })
}

/// Whether the record announces a tunnel whose TLS greeting is about to be read: `NONE_NONE/200 0 CONNECT` (`NONE/200`
/// before version 5) with nobody contacted.
///
/// A spliced tunnel gets a second record with its bytes, and a bumped one a record for each request inside, but a tunnel
/// that was ended because of its server name (`ssl_bump terminate`), or that held no TLS, leaves this record only. To skip
/// it would lose the attempt. So it is an event of its own kind, [`Action::Announced`]: the person asked for the host, and
/// what became of it stands elsewhere or nowhere. Sums of bytes stay right, and it is not counted as a request.
pub(super) fn is_announcement(tag: &[u8], status: u16, down: Option<u64>, hierarchy: &[u8], connect: bool) -> bool {
    connect
        && status == 200
        && down.unwrap_or(0) == 0
        && matches!(tag, b"NONE_NONE" | b"NONE" | b"TAG_NONE")
        && matches!(hierarchy, b"HIER_NONE" | b"NONE" | b"-")
}

/// What an HTTP status alone tells about a request through a proxy: Apache, NGINX, a `logformat` without `%Ss`.
pub(super) fn verdict_by_status(status: u16, connect: bool) -> Action {
    match status {
        407 => Action::Auth,
        403 => Action::Blocked,
        // A web server that is no proxy says 400 to whoever tries, and 405 to tunnels.
        0 | 400 | 502..=504 => Action::Error,
        400.. if connect => Action::Error,
        _ => Action::Allowed,
    }
}

/// Whether the peer of this hierarchy code is the server itself rather than another proxy.
pub(super) fn went_direct(code: &[u8]) -> bool {
    if code == b"HIER_DIRECT" {
        return true;
    }
    let code = code.strip_prefix(b"TIMEOUT_").unwrap_or(code);
    matches!(
        code,
        b"HIER_DIRECT" | b"DIRECT" | b"ORIGINAL_DST" | b"PINNED" | b"CLOSEST_DIRECT" | b"NO_CACHE_DIGEST_DIRECT"
    )
}

/// Letters, digits and underscores, a letter first: the shape of result and hierarchy codes.
pub(super) fn is_code(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_uppercase)
        && text.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

/// A result code of Squid's vocabulary.
pub(super) fn is_result(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 6] = [b"TCP_", b"NONE", b"UDP_", b"ICP_", b"TAG_NONE", b"ERR_"];
    is_code(text) && STARTS.iter().any(|start| text.starts_with(start))
}

/// A hierarchy code of Squid's vocabulary, old and new.
pub(super) fn is_hierarchy(code: &[u8]) -> bool {
    let code = code.strip_prefix(b"TIMEOUT_").unwrap_or(code);
    is_code(code)
        && (code.starts_with(b"HIER_")
            || code.ends_with(b"_PARENT")
            || code.ends_with(b"_HIT")
            || code.ends_with(b"_DIRECT")
            || code.ends_with(b"_MISS")
            || matches!(
                code,
                b"NONE"
                    | b"DIRECT"
                    | b"PINNED"
                    | b"ORIGINAL_DST"
                    | b"CARP"
                    | b"SOURCE_FASTEST"
                    | b"NO_DIRECT_FAIL"
                    | b"STANDBY_POOL"
                    | b"INVALID_CODE"
            ))
}

/// Requests between caches, which no person made.
pub(super) fn is_between_caches(tag: &[u8]) -> bool {
    tag.starts_with(b"UDP_") || tag.starts_with(b"ICP_")
}

/// Why such a record is skipped.
pub(super) const BETWEEN_CACHES: &str = "not traffic: a question between caches";
/// Why a line of `cache.log` is skipped.
pub(super) const CACHE_LOG: &str = "not traffic: a line of cache.log";

/// A line of `cache.log` (`2026/03/10 08:15:42 kid1| ...`), which ends up in the same collector now and then.
pub(super) fn is_cache_log(line: &[u8]) -> bool {
    line.len() > 20
        && line[4] == b'/'
        && line[7] == b'/'
        && line[10] == b' '
        && line[13] == b':'
        && memchr(b'|', &line[19..line.len().min(40)]).is_some()
}

/// Where a request went.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place<'a> {
    pub host: Option<&'a [u8]>,
    /// The host, if it is an address.
    pub ip: Option<&'a [u8]>,
    pub port: Option<u16>,
    pub path: Option<&'a [u8]>,
    pub evidence: Evidence,
}

/// Finds the destination in the target of a request.
///
/// A server name from a TLS greeting names a destination that is a bare address, and confirms one that it equals. Where
/// the two differ the target stands: it is what the proxy connected to.
///
/// Without a destination there is a reason why nobody asked for anything.
#[inline(always)]
pub(super) fn place<'a>(connect: bool, target: &'a [u8], sni: Option<&'a [u8]>) -> Result<Place<'a>, &'static str> {
    let mut place = match target.strip_suffix(b":443") {
        Some(host) if connect && is_plain(host) => {
            Place { host: Some(host), port: Some(443), evidence: Evidence::Connect, ..Place::default() }
        }
        _ if connect => split_target(true, target)?,
        _ => match plain_http(target) {
            Some(place) => place,
            None => split_target(false, target)?,
        },
    };
    let host = place.host.unwrap_or_default();
    // Plain names end in a letter, but for the odd one; anything else has been looked at.
    if place.ip.is_none() && host.last().is_some_and(u8::is_ascii_digit) && parse_ip(host).is_some() {
        place.ip = Some(host);
    }
    if place.ip.is_some() {
        place.evidence = Evidence::Address;
    }
    if let Some(sni) = sni.and_then(present) {
        if place.ip.is_some() {
            place.host = Some(sni);
            place.evidence = Evidence::Sni;
        } else if connect && sni.eq_ignore_ascii_case(host) {
            place.evidence = Evidence::Sni;
        }
    }
    Ok(place)
}

/// `http://host/path` and nothing odd: what a proxy sees all day besides tunnels.
#[inline(always)]
fn plain_http(target: &[u8]) -> Option<Place<'_>> {
    let rest = target.strip_prefix(b"http://")?;
    let end = kernel::first_of_two(rest, 0, b'/', b':');
    let (host, path) = rest.split_at_checked(end)?;
    if path.first() != Some(&b'/') || !is_plain(host) || path.starts_with(b"/squid-") {
        return None;
    }
    let path = &path[..memchr2(b'?', b'#', path).unwrap_or(path.len())];
    Some(Place { host: Some(host), ip: None, port: Some(80), path: Some(path), evidence: Evidence::Url })
}

/// Whether a text can only be a host name or an IPv4 address.
#[inline(always)]
fn is_plain(host: &[u8]) -> bool {
    host.first().is_some_and(u8::is_ascii_alphanumeric) && every(host, in_names)
}

fn split_target(connect: bool, target: &[u8]) -> Result<Place<'_>, &'static str> {
    match target {
        [b'e', b'r', b'r', b'o', b'r', b':', kind @ ..] => return Err(no_request(kind)),
        [b'/', rest @ ..] if rest.first() != Some(&b'/') => return Err("no request: a path without a host"),
        _ => {}
    }
    let parts = split_url(target);
    if parts.scheme == Some(b"cache_object") || parts.path.starts_with(b"/squid-internal-") {
        return Err("not traffic: the proxy's own pages");
    }
    let mut host = parts.host;
    let ip = parse_ip(host).map(|_| host);
    if let (Some(colon), None) = (memchr(b':', host), ip) {
        // What follows is no port (`:99999`).
        host = &host[..colon];
    }
    if !host.first().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | 0x80..)) {
        return Err("no request: no host");
    }
    Ok(Place {
        host: Some(host),
        ip,
        port: parts.port.or(match parts.scheme {
            _ if connect => Some(443),
            Some(b"http" | b"ws") => Some(80),
            Some(b"https" | b"wss" | b"tunnel") => Some(443),
            Some(b"ftp") => Some(21),
            _ => None,
        }),
        path: Some(parts.path).filter(|path| !path.is_empty() && !connect),
        evidence: if connect || parts.scheme == Some(b"tunnel") { Evidence::Connect } else { Evidence::Url },
    })
}

/// The reason for a target that Squid made up where it could not read one.
fn no_request(kind: &[u8]) -> &'static str {
    match kind {
        b"invalid-request" => "no request: error:invalid-request",
        b"invalid-url" => "no request: error:invalid-url",
        b"request-too-large" => "no request: error:request-too-large",
        b"transaction-end-before-headers" => "no request: error:transaction-end-before-headers",
        b"accept-client-connection" => "no request: error:accept-client-connection",
        b"unsupported-request-method" => "no request: error:unsupported-request-method",
        b"client-connection" => "no request: error:client-connection",
        _ => "no request: an error of the connection",
    }
}

/// The client: its address, or its name where Squid looked it up (`log_fqdn`).
#[inline]
pub(super) fn client(text: &[u8]) -> (Option<&[u8]>, Option<&[u8]>) {
    if looks_like_ip(text) { (Some(text), None) } else { (None, present(text)) }
}

/// Whether a text has the shape of an address. Quicker than parsing it, and enough where names and addresses alternate.
#[inline(always)]
pub(super) fn looks_like_ip(text: &[u8]) -> bool {
    // '.', '/' and the digits are neighbors.
    let v4 = every(text, |byte| (byte.wrapping_sub(b'.') < 12) & (byte != b'/'));
    if v4 { text.len() >= 7 } else { looks_like_v6(text) }
}

#[inline(never)]
fn looks_like_v6(text: &[u8]) -> bool {
    memchr(b':', text).is_some() && parse_ip(text).is_some()
}

/// The server's address, if the hierarchy says that the peer is the server.
#[inline(always)]
pub(super) fn server<'a>(code: &[u8], peer: &'a [u8]) -> Option<&'a [u8]> {
    (peer != b"-" && went_direct(code) && looks_like_ip(peer)).then_some(peer)
}

/// A user name out of Squid's encoding: `corp\\grace`, `jos%c3%a9`. A blank was never encoded.
#[inline]
pub(super) fn user<'a>(text: &'a [u8], arena: &'a Bump) -> Option<&'a [u8]> {
    if text == b"-" {
        return None;
    }
    let text = present(text)?;
    let plain = every(text, |byte| (byte != b'%') & (byte != b'\\'));
    Some(if plain { text } else { decode(text, arena) })
}

/// Undoes `%xx` and `\\`. A lone backslash stays: before version 3 `CORP\bob` was written as it was.
pub(super) fn decode<'a>(text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    rewrite(text, arena, |rest| match rest {
        [b'%', high, low, ..] => Some((hex(*high)? << 4 | hex(*low)?, 3)),
        [b'\\', b'\\', ..] => Some((b'\\', 2)),
        _ => None,
    })
}

/// Undoes the escapes within quotes: `\"`, `\\`, `\r`, `\n`, `\t`, `\xHH`.
pub(super) fn unquote<'a>(text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    if memchr(b'\\', text).is_none() {
        return text;
    }
    rewrite(text, arena, |rest| match rest {
        [b'\\', b'x', high, low, ..] => Some((hex(*high)? << 4 | hex(*low)?, 4)),
        [b'\\', b'r', ..] => Some((b'\r', 2)),
        [b'\\', b'n', ..] => Some((b'\n', 2)),
        [b'\\', b't', ..] => Some((b'\t', 2)),
        [b'\\', byte @ (b'"' | b'\\' | b'\''), ..] => Some((*byte, 2)),
        _ => None,
    })
}

/// Copies a text while `escape` turns the beginning of a rest into one byte and says how many bytes that took.
fn rewrite<'a>(text: &[u8], arena: &'a Bump, escape: impl Fn(&[u8]) -> Option<(u8, usize)>) -> &'a [u8] {
    // An escape is never shorter than what it stands for.
    let out = arena.alloc_slice_fill_copy(text.len(), 0u8);
    let (mut from, mut to) = (0, 0);
    while from < text.len() {
        let (byte, took) = escape(&text[from..]).unwrap_or((text[from], 1));
        out[to] = byte;
        from += took;
        to += 1;
    }
    &out[..to]
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// The end of a text that stands in double quotes: the first quote that is not escaped.
pub(super) fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr2(b'"', b'\\', &text[at..]) {
        if text[at + found] == b'"' {
            return Some(at + found);
        }
        at += found + 2;
        if at > text.len() {
            return None;
        }
    }
    None
}

/// What to set in `squid.conf`.
pub(super) fn advice(gap: Gap) -> Option<&'static str> {
    Some(match gap {
        Gap::User => {
            "set up auth_param and a rule with `acl users proxy_auth REQUIRED`, so that Squid knows and logs who asks"
        }
        Gap::Client => "add %>a to the logformat; with proxies below, log %{X-Forwarded-For}>h too",
        Gap::Host => "let `ssl_bump peek` read the TLS server name and add %ssl::>sni to the logformat",
        Gap::BytesUp => {
            "add %>st to the logformat: `logformat audit %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %>st %rm %ru %[un %Sh/%<a %mt` \
             and `access_log ... logformat=audit`"
        }
        Gap::BytesDown => "add %<st to the logformat",
        Gap::Path => "log %ru; paths of https sites are only seen where `ssl_bump bump` decrypts them",
        Gap::Action => "add %Ss/%03>Hs to the logformat",
        Gap::Visits => return None,
    })
}
