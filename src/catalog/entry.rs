//! What an entry may look like: a domain, a domain with a path, a pattern.

use std::net::IpAddr;

use super::diags::Code;

/// Host and path of an entry, the path with its `/`.
pub(super) fn split(entry: &str) -> (&str, &str) {
    entry.split_at(entry.find('/').unwrap_or(entry.len()))
}

/// What is wrong with `host` or `host/path`: code, message, help.
pub(super) fn entry_problem(entry: &str) -> Option<(Code, String, String)> {
    if let Some((scheme, rest)) = entry.split_once("://") {
        let message = format!("`{entry}` has a scheme");
        let rest = rest.trim_end_matches('/');
        let rest = rest.strip_prefix("www.").filter(|bare| !bare.contains('/')).unwrap_or(rest);
        return Some((Code::BadDomain, message, format!("write `{rest}`, without `{scheme}://`")));
    }
    let (host, path) = split(entry);
    if let Some((message, help)) = host_problem(host) {
        return Some((Code::BadDomain, message, help));
    }
    let problem = |message: String, help: String| Some((Code::BadPath, message, help));
    if path.is_empty() {
        return None;
    }
    if path.ends_with('/') {
        let help = format!("write `{host}{}`: a prefix ends with its last segment", path.trim_end_matches('/'));
        return problem(format!("the path of `{entry}` ends with a slash"), help);
    }
    if let Some(end) = path.find(['?', '#']) {
        let help = format!("write `{host}{}`: what follows is never looked at", &path[..end]);
        return problem(format!("the path of `{entry}` has a query or fragment"), help);
    }
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let help = format!("write `{}`: the case of a path does not matter", entry.to_ascii_lowercase());
        return problem(format!("the path of `{entry}` is not in lower case"), help);
    }
    if path.contains("//") || path.contains('*') || path.bytes().any(|byte| !byte.is_ascii_graphic()) {
        let help = "write plain segments, such as `www.google.com/maps`".to_owned();
        return problem(format!("the path of `{entry}` has an empty segment, a wildcard or an odd character"), help);
    }
    None
}

/// What is wrong with a host: message and help.
pub(super) fn host_problem(host: &str) -> Option<(String, String)> {
    let no = |what: &str, help: String| Some((format!("`{host}` {what}"), help));
    if host.is_empty() {
        return Some(("an entry without a host".to_owned(), "write a domain such as `dropbox.com`".to_owned()));
    }
    if host.bytes().any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control()) {
        return no("has a blank in it", "write a domain such as `dropbox.com`".to_owned());
    }
    let bracketed = host.trim_start_matches('[').split(']').next().unwrap_or_default();
    if host.parse::<IpAddr>().is_ok() || bracketed.parse::<IpAddr>().is_ok() {
        return no("is an address", "list domains: addresses change hands too often to name an app".to_owned());
    }
    if let Some((name, port)) = host.split_once(':') {
        return no("has a port", format!("write `{name}`, without `:{port}`"));
    }
    if let Some(rest) = host.strip_prefix("*.") {
        return no("has a wildcard", format!("write `{rest}`: a domain means everything below it"));
    }
    if host.contains('*') {
        return no("has a wildcard", "list plain domains; if they cannot do, use `patterns`".to_owned());
    }
    if let Some(rest) = host.strip_suffix('.') {
        return no("has a trailing dot", format!("write `{}`", rest.trim_end_matches('.')));
    }
    if !host.is_ascii() {
        return match idna::domain_to_ascii(host) {
            Ok(ascii) => no("is not ASCII", format!("write `{ascii}`, the form that logs hold")),
            Err(_) => no("is not ASCII", "write the `xn--` form, which logs hold".to_owned()),
        };
    }
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return no("is not in lower case", format!("write `{}`", host.to_ascii_lowercase()));
    }
    let fine = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(fine) {
        return no("is not a host name", "labels hold letters, digits and inner hyphens, at most 63".to_owned());
    }
    if !host.contains('.') {
        return no("is a single label", "write the whole domain, such as `dropbox.com`".to_owned());
    }
    None
}

/// What is wrong with a pattern: message and help.
pub(super) fn pattern_problem(pattern: &str) -> Option<(String, String)> {
    let (label, tail) = pattern.split_once('.').unwrap_or((pattern, ""));
    if let Some((_, help)) = host_problem(tail) {
        return Some((format!("`{pattern}` has no fixed domain behind its first label"), help));
    }
    if !label.contains('*') {
        let help = format!("move it to `domains` as `{pattern}`");
        return Some((format!("`{pattern}` has no `*` in its first label"), help));
    }
    if label.bytes().all(|byte| byte == b'*') {
        let help = format!("move it to `domains` as `{tail}`: a domain means everything below it");
        return Some((format!("`{pattern}` matches every label"), help));
    }
    let odd = |byte: u8| !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'*'));
    if label.bytes().any(odd) {
        let help = "use lower-case letters, digits, hyphens and `*`".to_owned();
        return Some((format!("`{pattern}` has an odd character in its first label"), help));
    }
    if psl::suffix(tail.as_bytes())
        .is_some_and(|suffix| suffix.as_bytes().len() == tail.len() && suffix.typ() != Some(psl::Type::Private))
    {
        let help = "add the app's own domain".to_owned();
        return Some((format!("`{pattern}` matches names that strangers register"), help));
    }
    None
}
