//! `umbrascope catalog`: looking at the catalog. Every function writes its result and returns the exit code: 0 done, 2 not done.

use std::io::{self, Write};
use std::path::Path;

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::args::{AnswerFormat, CatalogCommand};
use super::exit::Exit;
use super::{Streams, plan};
use crate::catalog::{App, Catalog, Fact, Hit, Role, fact_kind};
use crate::diag::nearest::{edits, nearest};
use crate::diag::{Level, Style, render};
use crate::event::{Destination, normalize, split_url};

/// Runs the command.
pub fn run(command: &CatalogCommand, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let style = if streams.ui.color_out { Style::Colored } else { Style::Plain };
    let (code, broken) = match command {
        CatalogCommand::List { catalog, answer } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            let format = match answer.format {
                AnswerFormat::Table => ListFormat::Table,
                AnswerFormat::Json => ListFormat::Json,
            };
            let width = u16::try_from(streams.ui.width).ok();
            (list(&catalog, &Filter::default(), format, width, streams.out)?, broken)
        }
        CatalogCommand::Show { id, catalog, answer } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            match (answer.format, catalog.app(id)) {
                (AnswerFormat::Json, Some(app)) => {
                    serde_json::to_writer_pretty(&mut *streams.out, &Listed::of(&catalog, app))?;
                    writeln!(streams.out)?;
                    (0, broken)
                }
                (_, Some(_)) => (show(&catalog, id, streams.out)?, broken),
                // What is wrong is told where mistakes are told.
                (_, None) => (show(&catalog, id, streams.err)?, broken),
            }
        }
        CatalogCommand::Check { dir } => {
            if !dir.is_dir() {
                anyhow::bail!("`{}` is no folder: name one with signature files", dir.display());
            }
            // A folder with categories of its own stands alone; any other is laid over the built-in catalog.
            let base = (!dir.join("categories.toml").is_file()).then(Catalog::built_in);
            (check(base, dir, style, streams.out)?, false)
        }
        CatalogCommand::Explain { hosts, catalog, answer } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            let mut code = 0;
            for (at, host) in hosts.iter().enumerate() {
                match answer.format {
                    AnswerFormat::Json => code = code.max(explain_json(&catalog, host, streams.out)?),
                    AnswerFormat::Table => {
                        if at > 0 {
                            writeln!(streams.out)?;
                        }
                        code = code.max(explain(&catalog, host, streams.out)?);
                    }
                }
            }
            (code, broken)
        }
    };
    Ok(if code == 0 && !broken { Exit::Done } else { Exit::Incomplete })
}

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
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

/// Writes one line for a host or URL.
fn explain_json(catalog: &Catalog, asked: &str, out: &mut dyn Write) -> io::Result<u8> {
    let parts = split_url(asked.trim().as_bytes());
    let path = std::str::from_utf8(parts.path).ok().filter(|path| !path.is_empty());
    let host = match normalize(parts.host) {
        Some(Destination::Host(host)) => Some(host.into_owned()),
        Some(Destination::Address(ip)) => Some(ip.to_string()),
        None => None,
    };
    let hit = host.as_deref().and_then(|host| catalog.lookup(host, path));
    let line = Explained {
        asked,
        site: host.as_deref().and_then(psl::domain_str),
        app: hit.map(|hit| hit.app.id()),
        role: hit.map(|hit| hit.role.as_str()),
        rule: hit.map(|hit| hit.rule),
        source: hit.map(|hit| format!("{}:{}", hit.file, hit.line)),
        host: host.clone(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)?;
    Ok(if host.is_some() { 0 } else { 2 })
}

/// Which apps to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Only this category.
    pub category: Option<&'a str>,
    /// Only apps with this text in id, name, vendor, an alias or a domain; case does not matter.
    pub text: Option<&'a str>,
}

/// How to list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListFormat {
    /// For people; `width` columns at most, or as many as it takes.
    #[default]
    Table,
    /// An array with one object for each app.
    Json,
}

/// An app as JSON.
#[derive(Serialize)]
struct Listed<'c> {
    id: &'c str,
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<&'c str>,
    category: &'c str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'c str>,
    domains: Vec<ListedRule<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patterns: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tenants: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<ListedFact<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<&'c str>,
    file: &'c str,
    line: u32,
}

#[derive(Serialize)]
struct ListedFact<'c> {
    is: &'c str,
    value: &'c str,
    source: &'c str,
    as_of: &'c str,
}

#[derive(Serialize)]
struct ListedRule<'c> {
    domain: &'c str,
    role: &'static str,
}

impl<'c> Listed<'c> {
    fn of(catalog: &'c Catalog, app: &'c App) -> Listed<'c> {
        let rules = catalog.rules_of(app.id());
        Listed {
            id: app.id(),
            name: app.name(),
            vendor: app.vendor(),
            category: app.category(),
            aliases: app.aliases().collect(),
            domains: rules.map(|rule| ListedRule { domain: rule.as_str(), role: rule.role().as_str() }).collect(),
            patterns: catalog.patterns_of(app.id()).map(|pattern| pattern.as_str()).collect(),
            tenants: app.tenants().collect(),
            facts: app
                .facts()
                .iter()
                .map(|fact| ListedFact {
                    is: fact.is(),
                    value: fact.value(),
                    source: fact.source(),
                    as_of: fact.as_of(),
                })
                .collect(),
            references: app.references().collect(),
            file: app.file(),
            line: app.line(),
        }
    }
}

/// Lists apps, by id. An unknown category is an error; a filter that leaves nothing is not.
pub fn list(
    catalog: &Catalog,
    filter: &Filter<'_>,
    format: ListFormat,
    width: Option<u16>,
    out: &mut dyn Write,
) -> io::Result<u8> {
    if let Some(category) = filter.category {
        let known = catalog.category(category).is_some() || catalog.apps().any(|app| app.category() == category);
        if !known {
            write!(out, "there is no category `{}`", clean(category))?;
            match nearest(category, catalog.categories().map(|category| category.id())) {
                Some(near) => writeln!(out, "; did you mean `{near}`?")?,
                None => writeln!(out)?,
            }
            return Ok(2);
        }
    }
    // One pass over all rules rather than one for each app.
    let text = filter.text.map(str::to_lowercase);
    let mut hosts: Vec<&str> = Vec::new();
    if let Some(text) = &text {
        hosts = catalog.rules().filter(|(rule, _)| rule.as_str().contains(text)).map(|(_, app)| app.id()).collect();
        hosts.sort_unstable();
    }
    let holds = |app: &App| {
        text.as_deref().is_none_or(|text| {
            let mut words = [app.id(), app.name()].into_iter().chain(app.vendor()).chain(app.aliases());
            words.any(|word| word.to_lowercase().contains(text)) || hosts.binary_search(&app.id()).is_ok()
        })
    };
    let apps = catalog.apps().filter(|app| filter.category.is_none_or(|category| app.category() == category));
    let apps: Vec<&App> = apps.filter(|app| holds(app)).collect();
    match format {
        ListFormat::Json => {
            let listed: Vec<Listed<'_>> = apps.iter().map(|app| Listed::of(catalog, app)).collect();
            serde_json::to_writer_pretty(&mut *out, &listed)?;
            writeln!(out)?;
        }
        ListFormat::Table => {
            let mut table = Table::new();
            table.load_style(presets::NOTHING);
            table.set_header(["ID", "NAME", "VENDOR", "CATEGORY"]);
            if let Some(width) = width {
                table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
            }
            for app in &apps {
                let row = [app.id(), app.name(), app.vendor().unwrap_or_default(), app.category()];
                table.add_row(row.map(clean));
            }
            if !apps.is_empty() {
                for line in table.lines() {
                    writeln!(out, "{}", line.trim_end())?;
                }
                writeln!(out)?;
            }
            writeln!(out, "{} of {} apps, catalog {}", apps.len(), catalog.len(), catalog.digest())?;
        }
    }
    Ok(0)
}

/// Shows all that the catalog says of one app.
pub fn show(catalog: &Catalog, id: &str, out: &mut dyn Write) -> io::Result<u8> {
    let Some(app) = catalog.app(id) else {
        write!(out, "there is no app `{}`", clean(id))?;
        let named = catalog.apps().find(|app| app.name().eq_ignore_ascii_case(id)).map(App::id);
        match named.or_else(|| nearest(id, catalog.apps().map(App::id))) {
            Some(near) => writeln!(out, "; did you mean `{near}`?")?,
            None => writeln!(out, "; `umbrascope catalog list` shows all")?,
        }
        return Ok(2);
    };
    writeln!(out, "{} ({})", clean(app.name()), app.id())?;
    let mut line = |name: &str, values: Vec<String>| -> io::Result<()> {
        for (at, value) in values.iter().enumerate() {
            writeln!(out, "  {:<11} {}", if at == 0 { name } else { "" }, clean(value))?;
        }
        Ok(())
    };
    let owned = |values: &mut dyn Iterator<Item = &str>| values.map(str::to_owned).collect::<Vec<_>>();
    line("also", owned(&mut app.aliases()))?;
    line("vendor", owned(&mut app.vendor().into_iter()))?;
    line("category", vec![category(catalog, app)])?;
    for role in Role::ALL {
        let rules = catalog.rules_of(id).filter(|rule| rule.role() == role);
        line(role.as_str(), rules.map(|rule| rule.as_str().to_owned()).collect())?;
    }
    line(
        "patterns",
        catalog.patterns_of(id).map(|pattern| format!("{} ({})", pattern.as_str(), pattern.why())).collect(),
    )?;
    line("tenants", owned(&mut app.tenants()))?;
    let fact = |fact: &Fact| {
        let meaning = fact_kind(fact.is()).map_or("", |kind| kind.meaning);
        format!("{}: {} ({meaning}; {}, {})", fact.is(), fact.value(), fact.source(), fact.as_of())
    };
    line("facts", app.facts().iter().map(fact).collect())?;
    line("references", owned(&mut app.references()))?;
    line("defined in", vec![format!("{}:{}", app.file(), app.line())])?;
    Ok(0)
}

/// Checks a folder of signature files and writes everything that is wrong with it. A catalog given as `base` is what
/// the folder will be laid over; without one it stands alone.
pub fn check(base: Option<Catalog>, dir: &Path, style: Style, out: &mut dyn Write) -> io::Result<u8> {
    let (catalog, problems) = match base {
        Some(base) => base.with_overlay(dir),
        None => Catalog::from_dir(dir),
    };
    out.write_all(render(&problems, style).as_bytes())?;
    let count = |level: Level| problems.iter().filter(|problem| problem.level() == level).count();
    let (errors, warnings, notes) = (count(Level::Error), count(Level::Warning), count(Level::Note));
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let verdict = match (errors, warnings + notes) {
        (0, 0) => "all is well".to_owned(),
        _ => [plural(errors, "error"), plural(warnings, "warning"), plural(notes, "note")].join(", "),
    };
    writeln!(out, "{} in the catalog, {verdict}", plural(catalog.len(), "app"))?;
    Ok(if errors > 0 { 2 } else { 0 })
}

/// Walks from a host or URL to its app, step by step.
pub fn explain(catalog: &Catalog, host_or_url: &str, out: &mut dyn Write) -> io::Result<u8> {
    let parts = split_url(host_or_url.trim().as_bytes());
    let path = std::str::from_utf8(parts.path).ok().filter(|path| !path.is_empty());
    let host = match normalize(parts.host) {
        Some(Destination::Host(host)) => host,
        Some(Destination::Address(address)) => {
            writeln!(out, "{address} is an address; the catalog knows names only")?;
            writeln!(out, "in a report it stands under `uncataloged`, unless the log also tells a name")?;
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

fn found(catalog: &Catalog, host: &str, path: Option<&str>, hit: &Hit<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "entry        {} ({})", clean(hit.rule), hit.kind.as_str())?;
    writeln!(out, "             {}:{}", clean(hit.file), hit.line)?;
    writeln!(out, "role         {}: {}", hit.role.as_str(), meaning(hit.role))?;
    writeln!(out, "app          {} ({})", clean(hit.app.name()), hit.app.id())?;
    if let Some(vendor) = hit.app.vendor() {
        writeln!(out, "vendor       {}", clean(vendor))?;
    }
    writeln!(out, "category     {}", clean(&category(catalog, hit.app)))?;
    if let Some(category) = catalog.category(hit.app.category()).filter(|category| !category.risk().is_empty()) {
        let why = if category.why().is_empty() { String::new() } else { format!(": {}", category.why()) };
        writeln!(out, "risk         {}{}", clean(category.risk()), clean(&why))?;
    }
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

fn category(catalog: &Catalog, app: &App) -> String {
    match catalog.category(app.category()) {
        Some(category) if category.about().is_empty() => category.id().to_owned(),
        Some(category) => format!("{}: {}", category.id(), category.about()),
        None => app.category().to_owned(),
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

/// A stranger's text without control characters.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const SIGNATURES: &str = r#"
[categories.personal-storage]
name = "Personal storage"
about = "Consumer drives and photo clouds."
risk = "high"
why = "files leave the company for accounts that it does not see"

[[app]]
id = "dropbox"
name = "Dropbox"
aliases = ["Getdropbox"]
vendor = "Dropbox, Inc."
category = "personal-storage"
domains = ["dropbox.com"]
roles = { cdn = ["dropboxstatic.com"], site = ["www.dropbox.com/business"] }
tenants = ["{tenant}.dropbox.com"]

[[app]]
id = "onedrive-business"
name = "OneDrive for Business"
category = "personal-storage"
patterns = [{ host = "*-my.sharepoint.com", why = "the tenant stands in the label" }]
"#;

    fn run(command: impl Fn(&Catalog, &mut dyn Write) -> io::Result<u8>, code: u8, expected: Expect) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("storage.toml"), SIGNATURES).unwrap();
        let (catalog, problems) = Catalog::from_dir(dir.path());
        assert_eq!(problems, []);
        let mut out = Vec::new();
        assert_eq!(command(&catalog, &mut out).unwrap(), code);
        let out = String::from_utf8(out).unwrap();
        expected.assert_eq(&out.replace(&format!("{}/", dir.path().display()), ""));
    }

    #[test]
    fn lists() {
        let filter = Filter::default();
        run(
            |catalog, out| list(catalog, &filter, ListFormat::Table, Some(80), out),
            0,
            expect![[r#"
             ID                 NAME                   VENDOR         CATEGORY
             dropbox            Dropbox                Dropbox, Inc.  personal-storage
             onedrive-business  OneDrive for Business                 personal-storage

            2 of 2 apps, catalog 0af4fe8e814f4401
        "#]],
        );
        let filter = Filter { text: Some("DROPBOXstatic"), category: Some("personal-storage") };
        run(
            |catalog, out| list(catalog, &filter, ListFormat::Json, None, out),
            0,
            expect![[r#"
            [
              {
                "id": "dropbox",
                "name": "Dropbox",
                "vendor": "Dropbox, Inc.",
                "category": "personal-storage",
                "aliases": [
                  "Getdropbox"
                ],
                "domains": [
                  {
                    "domain": "dropbox.com",
                    "role": "app"
                  },
                  {
                    "domain": "dropboxstatic.com",
                    "role": "cdn"
                  },
                  {
                    "domain": "www.dropbox.com/business",
                    "role": "site"
                  }
                ],
                "tenants": [
                  "{tenant}.dropbox.com"
                ],
                "file": "storage.toml",
                "line": 8
              }
            ]
        "#]],
        );
        let filter = Filter { text: None, category: Some("personal-storge") };
        run(
            |catalog, out| list(catalog, &filter, ListFormat::Table, None, out),
            2,
            expect![[r#"
            there is no category `personal-storge`; did you mean `personal-storage`?
        "#]],
        );
        let filter = Filter { text: Some("nothing like it"), category: None };
        run(
            |catalog, out| list(catalog, &filter, ListFormat::Table, None, out),
            0,
            expect![[r#"
            0 of 2 apps, catalog 0af4fe8e814f4401
        "#]],
        );
    }

    #[test]
    fn shows() {
        run(
            |catalog, out| show(catalog, "dropbox", out),
            0,
            expect![[r#"
            Dropbox (dropbox)
              also        Getdropbox
              vendor      Dropbox, Inc.
              category    personal-storage: Consumer drives and photo clouds.
              app         dropbox.com
              site        www.dropbox.com/business
              cdn         dropboxstatic.com
              tenants     {tenant}.dropbox.com
              defined in  storage.toml:8
        "#]],
        );
        run(
            |catalog, out| show(catalog, "onedrive-business", out),
            0,
            expect![[r#"
            OneDrive for Business (onedrive-business)
              category    personal-storage: Consumer drives and photo clouds.
              patterns    *-my.sharepoint.com (the tenant stands in the label)
              defined in  storage.toml:18
        "#]],
        );
        run(
            |catalog, out| show(catalog, "dropbix", out),
            2,
            expect![[r#"
            there is no app `dropbix`; did you mean `dropbox`?
        "#]],
        );
    }

    #[test]
    fn explains() {
        run(
            |catalog, out| explain(catalog, "https://WWW.Dropbox.com:443/home?x=1", out),
            0,
            expect![[r#"
            host         www.dropbox.com
            path         /home
            site         dropbox.com
            tried        www.dropbox.com
                         dropbox.com  <- matches
            entry        dropbox.com (suffix)
                         storage.toml:14
            role         app: a person works here
            app          Dropbox (dropbox)
            vendor       Dropbox, Inc.
            category     personal-storage: Consumer drives and photo clouds.
            risk         high: files leave the company for accounts that it does not see
        "#]],
        );
        run(
            |catalog, out| explain(catalog, "www.dropbox.com", out),
            0,
            expect![[r#"
            host         www.dropbox.com
            site         dropbox.com
            tried        www.dropbox.com
                         dropbox.com  <- matches
            entry        dropbox.com (suffix)
                         storage.toml:14
            role         app: a person works here
            app          Dropbox (dropbox)
            vendor       Dropbox, Inc.
            category     personal-storage: Consumer drives and photo clouds.
            risk         high: files leave the company for accounts that it does not see
            with a path  www.dropbox.com/business is dropbox (site)
        "#]],
        );
        run(
            |catalog, out| explain(catalog, "a.contoso-my.sharepoint.com", out),
            0,
            expect![[r#"
            host         a.contoso-my.sharepoint.com
            site         sharepoint.com
            tried        a.contoso-my.sharepoint.com
                         contoso-my.sharepoint.com  <- matches
            entry        *-my.sharepoint.com (pattern)
                         storage.toml:22
            role         app: a person works here
            app          OneDrive for Business (onedrive-business)
            category     personal-storage: Consumer drives and photo clouds.
            risk         high: files leave the company for accounts that it does not see
        "#]],
        );
        run(
            |catalog, out| explain(catalog, "www.dropbx.com", out),
            0,
            expect![[r#"
            host         www.dropbx.com
            site         dropbx.com
            tried        www.dropbx.com
                         dropbx.com
                         com
            entry        none: in a report it stands under `uncataloged`
            near         dropbox.com of Dropbox (dropbox)

            to give it a name, write in a signature file of your own:

                [[app]]
                id         = "dropbx"
                name       = "..."
                category   = "..."
                domains    = ["dropbx.com"]
        "#]],
        );
        run(
            |catalog, out| explain(catalog, "https://192.0.2.7/x", out),
            0,
            expect![[r#"
            192.0.2.7 is an address; the catalog knows names only
            in a report it stands under `uncataloged`, unless the log also tells a name
        "#]],
        );
        run(
            |catalog, out| explain(catalog, " - ", out),
            2,
            expect![[r#"
            ` - ` names no host
        "#]],
        );
    }

    #[test]
    fn checks() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ours.toml"), "[[app]]\nid = \"ours\"\nname = \"Ours\"\ndomain = []\n").unwrap();
        let mut out = Vec::new();
        assert_eq!(check(None, dir.path(), Style::Plain, &mut out).unwrap(), 2);
        let out = String::from_utf8(out).unwrap().replace(&format!("{}/", dir.path().display()), "");
        expect![[r#"
            error[catalog/missing-key]: the app has no `category`
             --> ours.toml:1:1
              |
            1 | [[app]]
              | ^^^^^^^ in this table
              |
              = help: add a line such as `category   = "file-sharing"`

            error[catalog/unknown-key]: an app has no key `domain`
             --> ours.toml:4:1
              |
            4 | domain = []
              | ^^^^^^ unknown
              |
              = help: did you mean `domains`?

            0 apps in the catalog, 2 errors, 0 warnings, 0 notes
        "#]]
        .assert_eq(&out);
        std::fs::write(dir.path().join("ours.toml"), SIGNATURES).unwrap();
        run(
            |catalog, out| check(Some(catalog.clone()), dir.path(), Style::Plain, out),
            0,
            expect![[r#"
            2 apps in the catalog, all is well
        "#]],
        );
    }
}
