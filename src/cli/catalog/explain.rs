//! `catalog explain`: from a host or URL to its app, step by step.

use std::io::{self, Write};

use serde::Serialize;

use super::{category, clean};
use crate::catalog::{App, Catalog, Hit, Role};
use crate::diag::nearest::edits;
use crate::event::{Destination, normalize, split_url};

/// Which app a host belongs to, as one line of JSON.
#[derive(Serialize)]
struct Explained<'a> {
    asked: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

/// Writes one line for a host or URL.
pub(super) fn explain_json(catalog: &Catalog, asked: &str, out: &mut dyn Write) -> io::Result<u8> {
    let parts = split_url(asked.trim().as_bytes());
    let path = std::str::from_utf8(parts.path).ok().filter(|path| !path.is_empty());
    let (host, address) = match normalize(parts.host) {
        Some(Destination::Host(host)) => (Some(host.into_owned()), None),
        Some(Destination::Address(ip)) => (Some(ip.to_string()), Some(ip)),
        None => (None, None),
    };
    let hit = match address {
        Some(address) => catalog.lookup_address(address),
        None => host.as_deref().and_then(|host| catalog.lookup(host, path)),
    };
    let line = Explained {
        asked,
        site: host.as_deref().filter(|_| address.is_none()).and_then(psl::domain_str),
        app: hit.map(|hit| hit.app.id()),
        role: hit.map(|hit| hit.role.as_str()),
        tenant: hit.and_then(|hit| hit.tenant(host.as_deref()?)),
        rule: hit.map(|hit| hit.rule),
        source: hit.map(|hit| format!("{}:{}", hit.file, hit.line)),
        host: host.clone(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)?;
    Ok(if host.is_some() { 0 } else { 2 })
}

/// Walks from a host or URL to its app, step by step.
pub fn explain(catalog: &Catalog, host_or_url: &str, out: &mut dyn Write) -> io::Result<u8> {
    let parts = split_url(host_or_url.trim().as_bytes());
    let path = std::str::from_utf8(parts.path).ok().filter(|path| !path.is_empty());
    let host = match normalize(parts.host) {
        Some(Destination::Host(host)) => host,
        Some(Destination::Address(address)) => {
            writeln!(out, "address      {address}")?;
            match catalog.lookup_address(address) {
                Some(hit) => entry(catalog, &address.to_string(), &hit, out)?,
                None => {
                    writeln!(out, "entry        none: no vendor publishes that this address is one app's alone")?;
                    writeln!(
                        out,
                        "             in a report it stands under `uncataloged`, unless the log also tells a name"
                    )?;
                }
            }
            return Ok(0);
        }
        None => {
            writeln!(out, "`{}` names no host", clean(host_or_url))?;
            return Ok(2);
        }
    };
    writeln!(out, "host         {}", clean(&host))?;
    if let Some(path) = path {
        writeln!(out, "path         {}", clean(path))?;
    }
    let site = psl::domain_str(&host);
    writeln!(out, "site         {}", site.map_or_else(|| "none: a public suffix or a local name".to_owned(), clean))?;

    let hit = catalog.lookup(&host, path);
    for (at, suffix) in suffixes(&host).enumerate() {
        let label = if at == 0 { "tried" } else { "" };
        let won = hit.as_ref().is_some_and(|hit| wins(hit, suffix));
        writeln!(out, "{label:<12} {}{}", clean(suffix), if won { "  <- matches" } else { "" })?;
        if won {
            break;
        }
    }
    match hit {
        Some(hit) => found(catalog, &host, path, &hit, out)?,
        None => missing(catalog, &host, site, out)?,
    }
    Ok(0)
}

fn entry(catalog: &Catalog, host: &str, hit: &Hit<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "entry        {} ({})", clean(hit.rule), hit.kind.as_str())?;
    writeln!(out, "             {}:{}", clean(hit.file), hit.line)?;
    writeln!(out, "role         {}: {}", hit.role.as_str(), meaning(hit.role))?;
    writeln!(out, "app          {} ({})", clean(hit.app.name()), hit.app.id())?;
    if let Some(tenant) = hit.tenant(host) {
        writeln!(out, "tenant       {}", clean(tenant))?;
    }
    if let Some(vendor) = hit.app.vendor() {
        writeln!(out, "vendor       {}", clean(vendor))?;
    }
    writeln!(out, "category     {}", clean(&category(catalog, hit.app)))?;
    if let Some(category) = catalog.category(hit.app.category()).filter(|category| !category.risk().is_empty()) {
        let why = if category.why().is_empty() { String::new() } else { format!(": {}", category.why()) };
        writeln!(out, "risk         {}{}", clean(category.risk()), clean(&why))?;
    }
    Ok(())
}

fn found(catalog: &Catalog, host: &str, path: Option<&str>, hit: &Hit<'_>, out: &mut dyn Write) -> io::Result<()> {
    entry(catalog, host, hit, out)?;
    // Without a path the answer may be another one, and most logs hold none.
    if path.is_none() {
        let split = catalog
            .path_entries()
            .filter(|(of, _)| host == *of || host.strip_suffix(of).is_some_and(|rest| rest.ends_with('.')));
        let mut others: Vec<String> = split
            .filter_map(|(of, path)| Some((of, path, catalog.lookup(host, Some(path))?)))
            .filter(|(_, _, other)| other.rule != hit.rule)
            .map(|(of, path, other)| format!("{of}{path} is {} ({})", other.app.id(), other.role.as_str()))
            .collect();
        others.sort();
        for (at, other) in others.iter().enumerate() {
            writeln!(out, "{:<12} {}", if at == 0 { "with a path" } else { "" }, clean(other))?;
        }
    }
    Ok(())
}

fn missing(catalog: &Catalog, host: &str, site: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "entry        none: in a report it stands under `uncataloged`")?;
    let near = near(catalog, host, site);
    for (at, (domain, app)) in near.iter().enumerate() {
        let label = if at == 0 { "near" } else { "" };
        writeln!(out, "{label:<12} {} of {} ({})", clean(domain), clean(app.name()), app.id())?;
    }
    if let Some(site) = site {
        let id = site.split('.').next().unwrap_or_default();
        writeln!(out, "\nto give it a name, write in a signature file of your own:\n")?;
        writeln!(out, "    [[app]]")?;
        writeln!(out, "    id         = \"{}\"", clean(id))?;
        writeln!(out, "    name       = \"...\"")?;
        writeln!(out, "    category   = \"...\"")?;
        writeln!(out, "    domains    = [\"{}\"]", clean(site))?;
    }
    Ok(())
}

/// Cataloged domains that somebody may have meant, or that somebody may want to be taken for: one or two edits away, or
/// the same name under another suffix.
fn near<'c>(catalog: &'c Catalog, host: &str, site: Option<&str>) -> Vec<(&'c str, &'c App)> {
    let site = site.unwrap_or(host);
    let name = site.split('.').next().unwrap_or_default();
    if name.len() < 3 || site.len() > 100 {
        return Vec::new();
    }
    let mut near: Vec<(usize, &str, &App)> = Vec::new();
    for (rule, app) in catalog.rules().filter(|(rule, _)| rule.path().is_empty()) {
        let domain = rule.host();
        if domain.len().abs_diff(site.len()) > 8 {
            continue;
        }
        let same_name =
            domain.split_once('.').is_some_and(|(first, _)| first == name) && psl::domain_str(domain) == Some(domain);
        let distance = if same_name { 1 } else { edits(site, domain) };
        // Two edits turn any short name into any other.
        if distance <= if name.len() < 6 { 1 } else { 2 } {
            near.push((distance, domain, app));
        }
    }
    near.sort_by_key(|(distance, domain, _)| (*distance, *domain));
    near.truncate(5);
    near.into_iter().map(|(_, domain, app)| (domain, app)).collect()
}

/// The host and its parent domains, longest first.
fn suffixes(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |suffix| suffix.split_once('.').map(|(_, parent)| parent))
}

/// Whether a hit was found at this suffix.
fn wins(hit: &Hit<'_>, suffix: &str) -> bool {
    let domain = hit.rule.split('/').next().unwrap_or_default();
    match hit.rule.split_once('.').filter(|(label, _)| label.contains('*')) {
        Some((_, tail)) => suffix.split_once('.').is_some_and(|(_, parent)| parent == tail),
        None => suffix == domain,
    }
}

fn meaning(role: Role) -> &'static str {
    match role {
        Role::App => "a person works here",
        Role::Site => "marketing, help or documentation",
        Role::Api => "clients and integrations",
        Role::Login => "sign-in only",
        Role::Upload => "content goes out here",
        Role::Embed => "part of other people's pages, no sign of use",
        Role::Cdn => "static assets, no sign of use",
        Role::Telemetry => "analytics and beacons, no sign of use",
    }
}
