//! Who and where to, in normal form.

use std::borrow::Cow;

use crate::event::parse_ip;

/// What a `who` is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhoKind {
    /// A person, by login.
    Person,
    /// A client, by its name.
    Device,
    /// A client, by its address.
    Address,
    /// The log does not say.
    Nobody,
}

/// A person, else a device, else an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who<'a> {
    /// What the name is.
    pub kind: WhoKind,
    /// The name in normal form; empty for nobody.
    pub name: &'a str,
}

/// A destination as facts keep it: `host`, `host/path-prefix` or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dest<'a> {
    /// Host or address.
    pub host: &'a str,
    /// With its leading `/`, only where the catalog asked for it.
    pub path: Option<&'a str>,
    /// The host is an address.
    pub is_address: bool,
}

/// The login in a user name as logs write it: without domain, realm or directory path, in lower case, percent signs
/// decoded. The same person is then one person in every log.
///
/// ```
/// # use umbrascope::traffic::bare_login;
/// assert_eq!(bare_login(b"EXAMPLE\\Alice").as_deref(), Some("alice"));
/// assert_eq!(bare_login(b"alice@example.com").as_deref(), Some("alice"));
/// assert_eq!(bare_login(b"EXAMPLE%5calice").as_deref(), Some("alice"));
/// assert_eq!(bare_login(b"CN=Alice Doe,OU=Sales").as_deref(), Some("alice doe"));
/// ```
pub fn bare_login(text: &[u8]) -> Option<String> {
    let text = percent_decoded(text.trim_ascii());
    let text = String::from_utf8_lossy(&text);
    let mut name = text.trim_matches(|c: char| c == '"' || c.is_whitespace());
    if let Some((_, rest)) = name.split_once("://") {
        name = rest.rsplit('/').next().unwrap_or(rest);
    }
    if let Some(rest) = name.strip_prefix("CN=").or_else(|| name.strip_prefix("cn=")) {
        name = rest.split(',').next().unwrap_or(rest);
    }
    if let Some(at) = name.rfind(['\\', '/']) {
        name = &name[at + 1..];
    }
    if let Some((local, _realm)) = name.split_once('@')
        && !local.is_empty()
    {
        name = local;
    }
    let name = name.trim().trim_end_matches(" (?)").trim_end_matches(']');
    let name = name.rsplit(':').next().unwrap_or(name).trim();
    (!name.is_empty() && name != "-").then(|| name.to_lowercase())
}

/// A device's name without domain, in lower case; a hardware address in one form.
///
/// ```
/// # use umbrascope::traffic::bare_device;
/// assert_eq!(bare_device(b"PC-017.corp.example.com.").as_deref(), Some("pc-017"));
/// assert_eq!(bare_device(b"EXAMPLE\\PC-017$").as_deref(), Some("pc-017"));
/// assert_eq!(bare_device(b"00-00-5E-00-53-25").as_deref(), Some("00:00:5e:00:53:25"));
/// ```
pub fn bare_device(text: &[u8]) -> Option<String> {
    if let Some(mac) = bare_mac(text) {
        return Some(mac);
    }
    let name = String::from_utf8_lossy(text.trim_ascii());
    let name = name.rsplit('\\').next().unwrap_or_default().trim_end_matches(['$', '.']);
    // Of an address the dots mean something else.
    let name = match parse_ip(name.as_bytes()) {
        Some(_) => name,
        None => name.split('.').next().unwrap_or_default(),
    };
    (!name.is_empty() && name != "-" && name != "*").then(|| name.to_lowercase())
}

/// A hardware address as `00:00:5e:00:53:25`, however it is written; nothing else.
///
/// ```
/// # use umbrascope::traffic::bare_mac;
/// assert_eq!(bare_mac(b"0000.5E00.5325").as_deref(), Some("00:00:5e:00:53:25"));
/// assert_eq!(bare_mac(b"deadbeef"), None);
/// ```
pub fn bare_mac(text: &[u8]) -> Option<String> {
    let text = text.trim_ascii();
    let digits = text.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
    let others = text.len() - digits;
    let signs = text.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-' | b'.'));
    // Twelve digits alone may be a name.
    if digits != 12 || !signs || !(matches!(others, 5 | 2) || (others == 0 && text.iter().any(u8::is_ascii_digit))) {
        return None;
    }
    let mut out = String::with_capacity(17);
    for (place, digit) in text.iter().filter(|byte| byte.is_ascii_hexdigit()).enumerate() {
        if place > 0 && place % 2 == 0 {
            out.push(':');
        }
        out.push(char::from(digit.to_ascii_lowercase()));
    }
    Some(out)
}

fn percent_decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let hex = |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match (text[at], hex(text.get(at + 1)), hex(text.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}
