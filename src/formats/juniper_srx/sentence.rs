//! The same as sentences. Their words change with the release; what stays are the pairs of addresses at the beginning and the
//! two counters with parentheses.

use memchr::{memchr, memmem, memrchr};

use super::{Found, Kind};

pub(super) fn read(kind: Kind, text: &[u8]) -> Option<Found<'_>> {
    match kind {
        Kind::Url(_) => request(text),
        _ => session(kind, text),
    }
}

/// `session closed TCP FIN: 10.0.2.25/5->203.0.113.80/443 0x0 junos-https 198.51.100.4/6->203.0.113.80/443 0x0 ... 6 POLICY
/// trust untrust 448211 1290(1798200) 470(55110) 64 SSL DROPBOX alice(Finance) ge-0/0/1.0 Yes`
fn session(kind: Kind, text: &[u8]) -> Option<Found<'_>> {
    let (from, to, rest) = arrow(text)?;
    let mut found = Found::default();
    (found.src, _) = split_slash(from);
    (found.dst, found.port) = split_slash(to);
    if found.port.is_empty() {
        // Without its port the address may be cut.
        return None;
    }
    let rest = match arrow(rest) {
        // The second pair is what translation makes of the first; a denied session has none.
        Some((_, to, rest)) if kind != Kind::Deny => {
            found.behind = split_slash(to).0;
            rest
        }
        _ => rest,
    };
    match kind {
        Kind::Close | Kind::TrackedClose => counters(rest, &mut found),
        Kind::Deny => denied(rest, &mut found),
        _ => {
            // `... SESSIONID alice(Finance) vlan.192`
            let mut before: &[u8] = b"";
            for word in words(rest) {
                if let Some((user, roles)) = parens(word)
                    && !user.iter().all(u8::is_ascii_digit)
                {
                    (found.session, found.user, found.roles) = (before, user, roles);
                    break;
                }
                before = word;
            }
        }
    }
    Some(found)
}

/// `... PROTOCOL POLICY FROM TO SESSION n(n) n(n) SECONDS APP NESTED USER(ROLES) ...`
fn counters<'a>(text: &'a [u8], found: &mut Found<'a>) {
    let mut last: [&[u8]; 5] = [b""; 5];
    let mut words = words(text);
    while let Some(word) = words.next() {
        let Some(up) = counter(word) else {
            last.rotate_left(1);
            last[4] = word;
            continue;
        };
        found.session = last[4];
        found.protocol = last[0];
        found.up = up;
        found.down = words.next().and_then(counter).unwrap_or(b"");
        found.seconds = words.next().unwrap_or(b"");
        found.app = words.next().unwrap_or(b"");
        found.nested = words.next().unwrap_or(b"");
        if let Some((user, roles)) = words.next().and_then(parens) {
            (found.user, found.roles) = (user, roles);
        }
        return;
    }
}

/// `0x0 junos-https 6(0) POLICY FROM TO APP NESTED USER(ROLES) ...`
fn denied<'a>(text: &'a [u8], found: &mut Found<'a>) {
    let mut words = words(text);
    let protocol = words.find_map(|word| counter(word).map(|_| word));
    found.protocol = protocol.and_then(|word| word.split(|byte| *byte == b'(').next()).unwrap_or(b"");
    let mut words = words.skip(3);
    found.app = words.next().unwrap_or(b"");
    found.nested = words.next().unwrap_or(b"");
    if let Some((user, roles)) = words.next().and_then(parens) {
        (found.user, found.roles) = (user, roles);
    }
}

/// `WebFilter: ACTION="URL Permitted" 10.0.2.25(62054)->203.0.113.80(443) CATEGORY="..." REASON="..." PROFILE="..." URL=host OBJ=/
/// username alice roles N/A`
fn request(text: &[u8]) -> Option<Found<'_>> {
    let (from, to, rest) = arrow(text)?;
    let mut found = Found::default();
    (found.src, _) = parens(from)?;
    (found.dst, found.port) = parens(to)?;
    if let Some(at) = memmem::find(rest, b"CATEGORY=\"") {
        let category = &rest[at + 10..];
        found.category = &category[..memchr(b'"', category).unwrap_or(0)];
    }
    let at = memmem::find(rest, b" URL=")?;
    let rest = &rest[at + 5..];
    let (url, rest) = rest.split_at(memchr(b' ', rest)?);
    found.url = url;
    let Some(rest) = rest.strip_prefix(b" OBJ=") else { return Some(found) };
    // What a browser asked for has no blanks, so the words behind it are the filter's.
    let end = [&b" username "[..], b" USERNAME="].iter().find_map(|key| Some((memmem::find(rest, key)?, key.len())));
    let Some((end, len)) = end else { return Some(found) };
    found.object = &rest[..end];
    let who = &rest[end + len..];
    let end = memchr(b' ', who).unwrap_or(who.len());
    found.user = &who[..end];
    let roles = who[end..].strip_prefix(b" roles ").or_else(|| who[end..].strip_prefix(b" ROLES="));
    found.roles = roles.map_or(b"", |roles| &roles[..memchr(b' ', roles).unwrap_or(roles.len())]);
    Some(found)
}

/// The words on both sides of the first `->`, and what follows.
fn arrow(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let at = memmem::find(text, b"->")?;
    let from = &text[memrchr(b' ', &text[..at]).map_or(0, |blank| blank + 1)..at];
    let after = &text[at + 2..];
    let (to, rest) = after.split_at(memchr(b' ', after).unwrap_or(after.len()));
    Some((from, to, rest))
}

/// `203.0.113.80/443`
fn split_slash(text: &[u8]) -> (&[u8], &[u8]) {
    match memrchr(b'/', text) {
        Some(slash) => (&text[..slash], &text[slash + 1..]),
        None => (text, b""),
    }
}

/// `alice(Finance)`, `10.0.2.25(62054)`
fn parens(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_suffix(b")")?;
    let open = memchr(b'(', inner)?;
    Some((&inner[..open], &inner[open + 1..]))
}

/// The number in the parentheses of `1290(1798200)`.
fn counter(word: &[u8]) -> Option<&[u8]> {
    let (packets, bytes) = parens(word)?;
    let number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    (number(packets) && number(bytes)).then_some(bytes)
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b' ').filter(|word| !word.is_empty())
}
