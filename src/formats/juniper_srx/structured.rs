//! Values as the structured data of RFC 5424: `[junos@2636.1.1.1.2.129 reason="TCP FIN" source-address="10.0.2.25" ...]`.

use memchr::memchr;

use super::Found;

/// A quote as some relays make of `"`.
const CURLED: [&[u8]; 2] = [b"\xe2\x80\x9d", b"\xe2\x80\x9c"];

/// Reads the pairs. A value whose quote is not closed was cut, and is none.
pub(super) fn read(text: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    let Some(blank) = memchr(b' ', text) else { return found };
    let mut rest = &text[blank + 1..];
    while let Some(equals) = memchr(b'=', rest) {
        let key = rest[..equals].trim_ascii();
        let Some((value, after)) = value(&rest[equals + 1..]) else { break };
        take(&mut found, key, value);
        if after.first() == Some(&b']') {
            break;
        }
        rest = after;
    }
    found
}

fn take<'a>(found: &mut Found<'a>, key: &[u8], value: &'a [u8]) {
    let slot = match key {
        b"source-address" => &mut found.src,
        b"destination-address" => &mut found.dst,
        b"nat-destination-address" => &mut found.behind,
        b"destination-port" => &mut found.port,
        b"protocol-id" => &mut found.protocol,
        b"session-id-32" | b"session-id" => &mut found.session,
        b"username" => &mut found.user,
        b"roles" => &mut found.roles,
        b"application" => &mut found.app,
        b"nested-application" => &mut found.nested,
        b"category" | b"application-category" => &mut found.category,
        b"bytes-from-client" => &mut found.up,
        b"bytes-from-server" => &mut found.down,
        b"elapsed-time" => &mut found.seconds,
        b"url" => &mut found.url,
        b"obj" => &mut found.object,
        _ => return,
    };
    // The first counts.
    if slot.is_empty() {
        *slot = value;
    }
}

/// A value in quotes and what follows it. A quote ends it where a blank, the bracket or nothing follows.
fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    // An export of a collector as CSV has doubled each quote.
    if let [b'"', b'"', next, ..] = text
        && !matches!(next, b' ' | b']')
    {
        let inner = &text[2..];
        let at = memchr::memmem::find(inner, b"\"\"")?;
        return Some((&inner[..at], &inner[at + 2..]));
    }
    if let Some(inner) = text.strip_prefix(b"\"") {
        let mut from = 0;
        loop {
            let at = from + memchr(b'"', &inner[from..])?;
            let escaped = at > 0 && inner[at - 1] == b'\\';
            if !escaped && matches!(inner.get(at + 1), None | Some(b' ' | b']')) {
                return Some((&inner[..at], &inner[at + 1..]));
            }
            from = at + 1;
        }
    }
    let inner = CURLED.iter().find_map(|quote| text.strip_prefix(*quote))?;
    let at = CURLED.iter().filter_map(|quote| memchr::memmem::find(inner, quote)).min()?;
    Some((&inner[..at], &inner[at + 3..]))
}
