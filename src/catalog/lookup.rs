//! Which app a host belongs to.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use regex::Regex;

use super::model::{App, Category, Pattern, Role, Rule, Tables};

/// Validated apps and the index over what they claim.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    tables: Tables,
    groups: HashTable<Group>,
    /// Bytes of the longest claimed domain; longer suffixes need no look-up.
    longest: usize,
    /// Compiled when a host with the tail of the pattern is first seen, which most runs never do.
    globs: Vec<OnceLock<Option<Regex>>>,
}

/// Everything that is claimed at one domain: the rules of exactly this host and the patterns with this tail.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    rules: Part,
    patterns: Part,
}

/// A run of rows in a table.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    start: u32,
    len: u32,
}

impl Part {
    fn of<T>(self, table: &[T]) -> &[T] {
        table.get(self.start as usize..(self.start + self.len) as usize).unwrap_or_default()
    }
}

/// How a host came to its app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HitKind {
    /// The catalog names this very host.
    Host,
    /// The catalog names a domain above it.
    Suffix,
    /// The catalog names a path at this host or above it.
    Path,
    /// A pattern fits.
    Pattern,
}

impl HitKind {
    /// The word used in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::catalog::HitKind::Suffix.as_str(), "suffix");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            HitKind::Host => "host",
            HitKind::Suffix => "suffix",
            HitKind::Path => "path",
            HitKind::Pattern => "pattern",
        }
    }
}

/// The app of a host, with the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<'c> {
    /// The app.
    pub app: &'c App,
    /// What the host is for.
    pub role: Role,
    /// The entry as the catalog writes it.
    pub rule: &'c str,
    /// The signature file that says so.
    pub file: &'c str,
    /// Its line, counted from 1.
    pub line: u32,
    /// How the entry fits.
    pub kind: HitKind,
}

impl Catalog {
    pub(super) fn new(tables: Tables) -> Catalog {
        let mut catalog = Catalog {
            groups: HashTable::with_capacity(tables.rules.len() + tables.patterns.len()),
            globs: vec![OnceLock::new(); tables.patterns.len()],
            longest: 0,
            tables,
        };
        let tables = &catalog.tables;
        let mut start = 0;
        for rows in tables.rules.chunk_by(|a, b| a.host() == b.host()) {
            let Some(first) = rows.first() else { continue };
            let rules = Part { start, len: rows.len() as u32 };
            start += rules.len;
            let host = first.host();
            catalog.longest = catalog.longest.max(host.len());
            // Rules are sorted: each host comes once.
            catalog
                .groups
                .insert_unique(hash(host), Group { rules, ..Group::default() }, |group| hash(key(tables, group)));
        }
        let mut start = 0;
        for rows in tables.patterns.chunk_by(|a, b| a.tail() == b.tail()) {
            let Some(first) = rows.first() else { continue };
            let patterns = Part { start, len: rows.len() as u32 };
            start += patterns.len;
            let tail = first.tail();
            catalog.longest = catalog.longest.max(tail.len());
            match catalog.groups.find_mut(hash(tail), |group| key(tables, group) == tail) {
                Some(group) => group.patterns = patterns,
                None => {
                    let group = Group { patterns, ..Group::default() };
                    catalog.groups.insert_unique(hash(tail), group, |group| hash(key(tables, group)));
                }
            }
        }
        catalog
    }

    pub(super) fn into_tables(self) -> Tables {
        self.tables
    }

    /// The app that a host belongs to.
    ///
    /// `host` is in the normal form of [`crate::event::normalize`]; `path` begins with `/` and may carry a query, which
    /// is not looked at. The host itself and then each of its parent domains is tried. At each the longest path prefix
    /// wins, then the domain, then a pattern. Labels are never cut, path prefixes end between segments, and the case
    /// of a path does not matter.
    pub fn lookup(&self, host: &str, path: Option<&str>) -> Option<Hit<'_>> {
        let path = path.filter(|path| !path.is_empty());
        let mut suffix = host;
        let mut group = self.group(suffix);
        loop {
            if let Some(rule) = group.and_then(|group| best(group.rules.of(&self.tables.rules), path)) {
                let kind = match rule.path() {
                    "" if suffix.len() == host.len() => HitKind::Host,
                    "" => HitKind::Suffix,
                    _ => HitKind::Path,
                };
                return self.hit(rule.app, rule.role(), rule.as_str(), rule.line(), kind);
            }
            let (label, parent) = suffix.split_once('.')?;
            group = self.group(parent);
            if let Some(pattern) = group.and_then(|group| self.pattern(group.patterns, label)) {
                return self.hit(pattern.app, Role::App, pattern.as_str(), pattern.line(), HitKind::Pattern);
            }
            suffix = parent;
        }
    }

    /// Every app, by id.
    pub fn apps(&self) -> impl ExactSizeIterator<Item = &App> {
        self.tables.apps.iter()
    }

    /// The app of that id.
    pub fn app(&self, id: &str) -> Option<&App> {
        self.position(id).and_then(|at| self.tables.apps.get(at))
    }

    /// Every category, by id.
    pub fn categories(&self) -> impl ExactSizeIterator<Item = &Category> {
        self.tables.categories.iter()
    }

    /// The category of that id.
    pub fn category(&self, id: &str) -> Option<&Category> {
        let at = self.tables.categories.binary_search_by(|category| category.id().cmp(id)).ok()?;
        self.tables.categories.get(at)
    }

    /// What an app claims, in order of host and path. Empty for an id that is not in the catalog.
    pub fn rules_of(&self, id: &str) -> impl Iterator<Item = &Rule> {
        let app = self.position(id).map(|at| at as u32);
        self.tables.rules.iter().filter(move |rule| Some(rule.app) == app)
    }

    /// The patterns of an app.
    pub fn patterns_of(&self, id: &str) -> impl Iterator<Item = &Pattern> {
        let app = self.position(id).map(|at| at as u32);
        self.tables.patterns.iter().filter(move |pattern| Some(pattern.app) == app)
    }

    /// Everything that all apps claim, in order of host and path, with its owner.
    pub fn rules(&self) -> impl Iterator<Item = (&Rule, &App)> {
        self.tables.rules.iter().filter_map(|rule| Some((rule, self.tables.apps.get(rule.app as usize)?)))
    }

    /// The hosts that are split by path: host and path prefix, the latter with its leading `/`. A pair holds for the
    /// host and for everything below it. Without these no path needs to be kept.
    pub fn path_entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tables.rules.iter().filter(|rule| !rule.path().is_empty()).map(|rule| (rule.host(), rule.path()))
    }

    /// 16 hexadecimal digits, the same for the same data on every machine and in every build, whichever files it stands in.
    pub fn digest(&self) -> String {
        format!("{:016x}", self.tables.digest)
    }

    /// How many apps there are.
    pub fn len(&self) -> usize {
        self.tables.apps.len()
    }

    /// Whether there is no app at all.
    pub fn is_empty(&self) -> bool {
        self.tables.apps.is_empty()
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.tables.apps.binary_search_by(|app| app.id().cmp(id)).ok()
    }

    fn group(&self, suffix: &str) -> Option<Group> {
        if suffix.len() > self.longest {
            return None;
        }
        self.groups.find(hash(suffix), |group| key(&self.tables, group) == suffix).copied()
    }

    fn pattern(&self, part: Part, label: &str) -> Option<&Pattern> {
        let globs = part.of(&self.globs);
        part.of(&self.tables.patterns)
            .iter()
            .zip(globs)
            .find(|(pattern, glob)| fits(pattern, glob, label))
            .map(|hit| hit.0)
    }

    fn hit<'c>(&'c self, app: u32, role: Role, rule: &'c str, line: u32, kind: HitKind) -> Option<Hit<'c>> {
        let app = self.tables.apps.get(app as usize)?;
        Some(Hit { app, role, rule, file: app.file(), line, kind })
    }
}

/// Only ever used within one process; fixed, so that runs cannot differ.
fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}

fn key<'t>(tables: &'t Tables, group: &Group) -> &'t str {
    match (group.rules.of(&tables.rules).first(), group.patterns.of(&tables.patterns).first()) {
        (Some(rule), _) => rule.host(),
        (None, Some(pattern)) => pattern.tail(),
        (None, None) => "",
    }
}

/// Among the rules of one host: the longest path prefix, else the host itself.
fn best<'t>(rules: &'t [Rule], path: Option<&str>) -> Option<&'t Rule> {
    rules
        .iter()
        .filter(|rule| rule.path().is_empty() || path.is_some_and(|path| lies_under(path, rule.path())))
        .max_by_key(|rule| rule.path().len())
}

fn lies_under(path: &str, prefix: &str) -> bool {
    let (path, prefix) = (path.as_bytes(), prefix.as_bytes());
    path.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        && matches!(path.get(prefix.len()), None | Some(b'/' | b'?' | b'#' | b';'))
}

fn fits(pattern: &Pattern, glob: &OnceLock<Option<Regex>>, label: &str) -> bool {
    let glob = glob.get_or_init(|| {
        let parts: Vec<String> = pattern.label().split('*').map(regex::escape).collect();
        Regex::new(&format!("^{}$", parts.join("[^.]*"))).ok()
    });
    glob.as_ref().is_some_and(|glob| glob.is_match(label))
}

#[cfg(test)]
mod tests {
    use super::super::model::Entry;
    use super::super::raw;
    use super::*;

    fn catalog(text: &str) -> Catalog {
        let file = raw::read(text);
        assert_eq!(file.problems, []);
        let entries = file.apps.iter().map(|app| Entry::from_raw(app, "test.toml")).collect();
        Catalog::new(Tables::assemble(Vec::new(), entries))
    }

    fn sharepoint() -> Catalog {
        catalog(
            r#"
            [[app]]
            id = "sharepoint"
            name = "SharePoint"
            category = "collaboration-suite"
            domains = ["sharepoint.com", "named-my.sharepoint.com"]
            roles = { cdn = ["sharepoint.com/_layouts", "static.sharepoint.com"], site = ["sharepoint.com/_layouts/15"] }
            [[app]]
            id = "onedrive"
            name = "OneDrive"
            category = "personal-storage"
            patterns = [{ host = "*-my.sharepoint.com", why = "the tenant stands in the label" }]
            [[app]]
            id = "pods"
            name = "Pods"
            category = "crm"
            patterns = [{ host = "na1*.force.example", why = "pods" }, { host = "na*.force.example", why = "pods" }]
            "#,
        )
    }

    #[test]
    fn the_order_of_precedence() {
        let catalog = sharepoint();
        let find = |host, path| catalog.lookup(host, path).map(|hit| (hit.app.id(), hit.rule, hit.kind));
        let sharepoint = |rule, kind| Some(("sharepoint", rule, kind));
        assert_eq!(find("contoso.sharepoint.com", None), sharepoint("sharepoint.com", HitKind::Suffix));
        assert_eq!(find("sharepoint.com", None), sharepoint("sharepoint.com", HitKind::Host));
        assert_eq!(
            find("contoso-my.sharepoint.com", None),
            Some(("onedrive", "*-my.sharepoint.com", HitKind::Pattern))
        );
        assert_eq!(find("a.contoso-my.sharepoint.com", None).map(|hit| hit.0), Some("onedrive"));
        assert_eq!(find("named-my.sharepoint.com", None), sharepoint("named-my.sharepoint.com", HitKind::Host));
        assert_eq!(find("contoso-my.sharepoint.com.example.org", None), None);
        assert_eq!(find("contoso-mysharepoint.com", None), None);
    }

    #[test]
    fn paths_end_between_segments() {
        let catalog = sharepoint();
        let find = |host, path| catalog.lookup(host, Some(path)).map(|hit| hit.rule);
        assert_eq!(find("x.sharepoint.com", "/_layouts"), Some("sharepoint.com/_layouts"));
        assert_eq!(find("x.sharepoint.com", "/_LAYOUTS/a"), Some("sharepoint.com/_layouts"));
        assert_eq!(find("x.sharepoint.com", "/_layouts/15/a"), Some("sharepoint.com/_layouts/15"));
        assert_eq!(find("x.sharepoint.com", "/_layouts/15?q"), Some("sharepoint.com/_layouts/15"));
        assert_eq!(find("x.sharepoint.com", "/_layouts/150"), Some("sharepoint.com/_layouts"));
        assert_eq!(find("x.sharepoint.com", "/_layoutsy"), Some("sharepoint.com"));
        assert_eq!(find("x.sharepoint.com", ""), Some("sharepoint.com"));
        // A longer domain beats a path at a shorter one.
        assert_eq!(find("static.sharepoint.com", "/_layouts"), Some("static.sharepoint.com"));
    }

    #[test]
    fn the_more_specific_pattern_is_tried_first() {
        let catalog = sharepoint();
        let find = |host| catalog.lookup(host, None).map(|hit| hit.rule);
        assert_eq!(find("na1.force.example"), Some("na1*.force.example"));
        assert_eq!(find("na22.force.example"), Some("na*.force.example"));
        assert_eq!(find("eu1.force.example"), None);
        assert_eq!(find("force.example"), None);
    }

    #[test]
    fn odd_hosts_find_nothing_and_break_nothing() {
        let catalog = sharepoint();
        for host in
            ["", ".", "..", "com", ".com", "192.0.2.1", "sharepoint.com.", "\u{fffd}.\u{fffd}", "sharepoint..com"]
        {
            assert_eq!(catalog.lookup(host, Some("/x")), None, "{host}");
        }
        assert_eq!(Catalog::default().lookup("example.org", None), None);
        let long = "a.".repeat(100_000) + "sharepoint.com";
        assert!(catalog.lookup(&long, None).is_some());
    }
}
