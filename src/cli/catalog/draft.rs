//! `catalog draft`: the uncataloged destinations of a run as entries to be edited.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::clean;
use crate::catalog::{Catalog, Role, normal_form};
use crate::report::document::{Report, Site};

/// What a category is called until somebody chose one: no category has this id, so that a check asks for it.
const CHOOSE: &str = "choose-one";

/// Writes an entry for each uncataloged site that at least so many people and devices visited, the first of the report
/// first. What is guessed from the names of hosts is said to be a guess.
pub fn draft(catalog: &Catalog, report: &Report, least: u64, top: usize, out: &mut dyn Write) -> io::Result<u8> {
    let mut ids: BTreeSet<String> = catalog.apps().map(|app| app.id().to_owned()).collect();
    let sites = report.uncataloged.iter().filter(|site| is_domain(&site.site) && site.people + site.devices >= least);
    let mut entries = Vec::new();
    for site in sites.take(top) {
        let id = free_id(&site.site, &ids);
        ids.insert(id.clone());
        entries.push(entry(&id, site));
    }
    if entries.is_empty() {
        writeln!(out, "# nothing to draft: no uncataloged destination was visited by {least} or more")?;
        return Ok(0);
    }
    writeln!(
        out,
        "# Drafted from a report of {}: names and roles are guesses from the names of hosts.",
        clean(&report.generator)
    )?;
    writeln!(
        out,
        "# Choose a category for each (`umbrascope catalog stats` lists them), correct what is wrong, drop what is"
    )?;
    writeln!(out, "# no app, and try it: `umbrascope catalog check DIR`, `umbrascope scan --signatures DIR`.\n")?;
    let text = entries.join("\n");
    out.write_all(normal_form(&text).unwrap_or(text).as_bytes())?;
    Ok(0)
}

fn is_domain(site: &str) -> bool {
    site.contains('.') && site.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')) && {
        // An address has no letter in its last label.
        site.rsplit('.').next().is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_alphabetic()))
    }
}

fn free_id(site: &str, taken: &BTreeSet<String>) -> String {
    let label = site.split('.').next().unwrap_or(site);
    let slug: Vec<&str> = label.split('-').filter(|part| !part.is_empty()).collect();
    let slug = slug.join("-").to_lowercase();
    let whole = site.replace('.', "-").to_lowercase();
    if taken.contains(&slug) { whole } else { slug }
}

/// `acme-cloud.example` is called Acme Cloud until somebody knows better.
fn name(site: &str) -> String {
    let label = site.split('.').next().unwrap_or(site);
    let words = label.split('-').filter(|word| !word.is_empty()).map(|word| {
        let (first, rest) = word.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What the first label of a host is mostly for.
fn role(label: &str) -> Option<Role> {
    let label = label.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    Some(match label {
        "api" | "rest" | "graphql" | "gateway" | "ws" | "wss" | "sync" => Role::Api,
        "login" | "auth" | "sso" | "id" | "accounts" | "account" | "signin" | "oauth" | "idp" => Role::Login,
        "upload" | "uploads" | "put" | "ingest" => Role::Upload,
        "cdn" | "static" | "assets" | "img" | "images" | "media" | "fonts" | "js" | "css" => Role::Cdn,
        "widget" | "widgets" | "embed" | "player" | "pixel" | "badge" => Role::Embed,
        "telemetry" | "metrics" | "analytics" | "events" | "track" | "tracking" | "log" | "logs" | "stats"
        | "beacon" => Role::Telemetry,
        "help" | "docs" | "support" | "status" | "blog" | "community" | "careers" | "about" => Role::Site,
        _ => return None,
    })
}

fn entry(id: &str, site: &Site) -> String {
    let mut roles: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for host in site.hosts.iter().filter(|host| is_domain(host)) {
        let label = host.strip_suffix(&site.site).and_then(|rest| rest.strip_suffix('.'));
        if let Some(role) = label.and_then(|label| role(label.split('.').next().unwrap_or(label))) {
            roles.entry(role.as_str()).or_default().insert(host);
        }
    }
    let quoted = |host: &&str| format!("{host:?}");
    let counted = |count: u64, one: &str, many: &str| {
        (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
    };
    let crowd = [counted(site.people, "person", "people"), counted(site.devices, "device", "devices")];
    let mut text = format!("# seen with {}", crowd.into_iter().flatten().collect::<Vec<_>>().join(" and "));
    let hosts: Vec<&str> = site.hosts.iter().map(String::as_str).filter(|host| is_domain(host)).collect();
    text += &format!(
        " as {}\n[[app]]\nid = {:?}\nname = {:?}\ncategory = {CHOOSE:?}\ndomains = [{:?}]\n",
        hosts.join(", "),
        id,
        name(&site.site),
        site.site
    );
    if !roles.is_empty() {
        let list = |hosts: &BTreeSet<&str>| hosts.iter().map(quoted).collect::<Vec<_>>().join(", ");
        let roles: Vec<String> = roles.iter().map(|(role, hosts)| format!("{role} = [{}]", list(hosts))).collect();
        text += &format!("roles = {{ {} }}\n", roles.join(", "));
    }
    text += &format!("hits = [{}]\n", hosts.iter().take(3).map(quoted).collect::<Vec<_>>().join(", "));
    text
}
