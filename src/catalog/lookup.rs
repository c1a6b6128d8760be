//! Which app a host or an address belongs to.

use std::cmp::Ordering;
use std::net::IpAddr;
use std::sync::OnceLock;

use ipnet::IpNet;
use regex::Regex;

use super::model::{App, Category, Claim, Entry, Job, Pattern, Role, Rule, Tables};
use super::packed::{Group, Hash, Packed};

/// Validated apps and the index over what they claim.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    packed: Packed,
    /// Each made out of its bytes when somebody first asks for it: a log meets some hundred of the thousands.
    apps: Vec<OnceLock<Box<App>>>,
    /// Compiled when a host with the tail of the pattern is first seen, which most runs never do.
    globs: Vec<OnceLock<Option<Regex>>>,
    /// First and last address of each network and its row, by address; no two have an address in common.
    nets: Vec<(IpAddr, IpAddr, u32)>,
    /// Rows of the rules by app, for those who ask what an app claims.
    by_app: OnceLock<Vec<u32>>,
    /// Apps with a job, by job and id.
    by_job: OnceLock<Vec<u32>>,
}

/// On the way from the top-level domain to the host.
struct Walk<'c, 'h> {
    host: &'h str,
    path: Option<&'h str>,
    /// Of the suffix that is looked at.
    hash: Hash,
    /// What is claimed at the domain above, and where that begins.
    above: Option<Group>,
    below: usize,
    found: Option<Hit<'c>>,
}

/// How a host or an address came to its app.
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
    /// The address lies in a network that the vendor publishes as the app's.
    Range,
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
            HitKind::Range => "range",
        }
    }
}

/// The app of a host or an address, with the proof.
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
    /// How the entry fits. By a range an app is less certain than by a name.
    pub kind: HitKind,
}

impl Catalog {
    pub(super) fn new(tables: Tables) -> Catalog {
        let packed = Packed::new(&tables);
        let apps = tables.apps.into_iter().map(|app| OnceLock::from(Box::new(app))).collect();
        Catalog { apps, ..Catalog::over(packed) }
    }

    /// Apps still in their bytes.
    pub(super) fn over(packed: Packed) -> Catalog {
        let ends = |(net, row): (&super::packed::Net, u32)| {
            let net: IpNet = net.text.parse().ok()?;
            Some((net.network(), net.broadcast(), row))
        };
        let mut nets: Vec<_> = packed.nets.iter().zip(0..).filter_map(ends).collect();
        nets.sort_unstable();
        Catalog {
            apps: vec![OnceLock::new(); packed.starts.len().saturating_sub(1)],
            globs: vec![OnceLock::new(); packed.patterns.len()],
            nets,
            packed,
            ..Catalog::default()
        }
    }

    /// Everything, as if it had just been read.
    pub(super) fn into_entries(self) -> (Vec<Category>, Vec<Job>, Vec<Entry>) {
        let entry = |app: &App| Entry { app: app.clone(), claims: Vec::new(), patterns: Vec::new() };
        let mut entries: Vec<Entry> = self.apps().map(entry).collect();
        for Rule { text, app, role, line, .. } in self.all_rules() {
            if let Some(entry) = entries.get_mut(app as usize) {
                entry.claims.push(Claim { text: text.to_owned(), app, role, line });
            }
        }
        for pattern in self.packed.patterns {
            if let Some(entry) = entries.get_mut(pattern.app as usize) {
                entry.patterns.push(pattern);
            }
        }
        (self.packed.categories, self.packed.jobs, entries)
    }

    /// The app that a host belongs to.
    ///
    /// `host` is in the normal form of [`crate::event::normalize`]; `path` begins with `/` and may carry a query, which
    /// is not looked at. Of the host itself and its parent domains the longest that is claimed wins. At each the longest
    /// path prefix wins, then the domain, then a pattern. Labels are never cut, path prefixes end between segments, and
    /// the case of a path does not matter.
    pub fn lookup(&self, host: &str, path: Option<&str>) -> Option<Hit<'_>> {
        let path = path.filter(|path| !path.is_empty());
        let longest = self.packed.longest as usize;
        let mut walk = Walk { host, path, hash: Hash::default(), above: None, below: host.len(), found: None };
        // From the top-level domain down, so that one pass over the bytes gives the hash of every suffix on the way.
        for (at, byte) in host.bytes().enumerate().rev() {
            if byte == b'.' {
                self.step(&mut walk, at + 1);
                if host.len() - at > longest + 1 {
                    return walk.found;
                }
            }
            walk.hash.add(byte);
        }
        self.step(&mut walk, 0);
        walk.found
    }

    /// Looks at the suffix of the host that begins at `start`: what is found there is more specific than all before.
    #[inline]
    fn step<'c>(&'c self, walk: &mut Walk<'c, '_>, start: usize) {
        let group = walk.host.get(start..).and_then(|suffix| self.packed.group(walk.hash, suffix));
        let label = || walk.host.get(start..walk.below.saturating_sub(1)).unwrap_or_default();
        if let Some(rule) = group.and_then(|group| self.best(group, walk.path)) {
            let kind = match rule.path() {
                "" if start == 0 => HitKind::Host,
                "" => HitKind::Suffix,
                _ => HitKind::Path,
            };
            walk.found = self.hit(rule.app, rule.role, rule.text, rule.line, kind);
        } else if let Some(pattern) = walk.above.and_then(|above| self.pattern(above, label())) {
            walk.found = self.hit(pattern.app, Role::App, pattern.as_str(), pattern.line(), HitKind::Pattern);
        }
        (walk.above, walk.below) = (group, start);
    }

    /// The app whose vendor publishes that this address is the app's. Most addresses carry many apps and belong to none.
    pub fn lookup_address(&self, address: IpAddr) -> Option<Hit<'_>> {
        let address = address.to_canonical();
        let after = self.nets.partition_point(|(first, _, _)| *first <= address);
        let (_, last, row) = self.nets.get(after.checked_sub(1)?)?;
        let net = self.packed.nets.get(*row as usize).filter(|_| address <= *last)?;
        self.hit(net.app, Role::App, &net.text, net.line, HitKind::Range)
    }

    /// Every app, by id.
    pub fn apps(&self) -> impl ExactSizeIterator<Item = &App> {
        self.apps.iter().enumerate().map(|(at, app)| self.unpacked(at, app))
    }

    /// The app of that id.
    pub fn app(&self, id: &str) -> Option<&App> {
        self.position(id).and_then(|at| self.at(at))
    }

    /// Every category, by id.
    pub fn categories(&self) -> impl ExactSizeIterator<Item = &Category> {
        self.packed.categories.iter()
    }

    /// The category of that id.
    pub fn category(&self, id: &str) -> Option<&Category> {
        let at = self.packed.categories.binary_search_by(|category| category.id().cmp(id)).ok()?;
        self.packed.categories.get(at)
    }

    /// Every job, by id.
    pub fn jobs(&self) -> impl ExactSizeIterator<Item = &Job> {
        self.packed.jobs.iter()
    }

    /// The job of that id.
    pub fn job(&self, id: &str) -> Option<&Job> {
        let at = self.packed.jobs.binary_search_by(|job| job.id().cmp(id)).ok()?;
        self.packed.jobs.get(at)
    }

    /// The apps with the same job: those of other vendors first, among them the reviewed ones, each by id. Nothing for
    /// an app without a job.
    ///
    /// ```
    /// # use umbrascope::catalog::Catalog;
    /// let catalog = Catalog::built_in();
    /// let slack = catalog.app("slack").unwrap();
    /// assert_eq!(slack.job(), Some("team-chat"));
    /// assert!(catalog.alternatives(slack).any(|app| app.id() == "mattermost"));
    /// ```
    pub fn alternatives(&self, app: &App) -> impl ExactSizeIterator<Item = &App> {
        let rows = self.by_job.get_or_init(|| {
            let with_job = self.apps().zip(0u32..).filter(|(app, _)| app.job().is_some());
            let mut rows: Vec<(Option<&str>, u32)> = with_job.map(|(app, row)| (app.job(), row)).collect();
            rows.sort_unstable();
            rows.into_iter().map(|(_, row)| row).collect()
        });
        let job = |row: &u32| self.at(*row as usize).and_then(App::job);
        let start = rows.partition_point(|row| job(row) < app.job());
        let same =
            rows.get(start..).unwrap_or_default().iter().take_while(|row| app.job().is_some() && job(row) == app.job());
        let mut others: Vec<&App> =
            same.filter_map(|row| self.at(*row as usize)).filter(|other| other.id() != app.id()).collect();
        let same_vendor = |other: &App| other.vendor().is_some() && other.vendor() == app.vendor();
        others.sort_by_key(|other| (same_vendor(other), other.reviewed().is_none()));
        others.into_iter()
    }

    /// What an app claims, in order of host and path. Empty for an id that is not in the catalog.
    pub fn rules_of(&self, id: &str) -> impl Iterator<Item = Rule<'_>> {
        let owner = |row: &u32| self.packed.rule(*row as usize).map(|rule| rule.app);
        let rows = self.by_app.get_or_init(|| {
            let mut rows: Vec<u32> = (0..self.packed.rule_count() as u32).collect();
            rows.sort_by_key(owner);
            rows
        });
        let app = self.position(id).map(|at| at as u32);
        let start = rows.partition_point(|row| owner(row) < app);
        let own =
            rows.get(start..).unwrap_or_default().iter().take_while(move |row| app.is_some() && owner(row) == app);
        own.filter_map(|row| self.packed.rule(*row as usize))
    }

    /// The patterns of an app.
    pub fn patterns_of(&self, id: &str) -> impl Iterator<Item = &Pattern> {
        let app = self.position(id).map(|at| at as u32);
        self.packed.patterns.iter().filter(move |pattern| Some(pattern.app) == app)
    }

    /// Everything that all apps claim, in order of host and path, with its owner.
    pub fn rules(&self) -> impl Iterator<Item = (Rule<'_>, &App)> {
        self.all_rules().filter_map(|rule| Some((rule, self.at(rule.app as usize)?)))
    }

    /// The hosts that are split by path: host and path prefix, the latter with its leading `/`. A pair holds for the
    /// host and for everything below it. Without these no path needs to be kept.
    pub fn path_entries(&self) -> impl Iterator<Item = (&str, &str)> {
        let rows = (0..self.packed.paths.len()).filter_map(|at| self.packed.paths.get(at));
        rows.filter_map(|[row]| self.packed.rule(row as usize)).map(|rule| (rule.host(), rule.path()))
    }

    /// 16 hexadecimal digits, the same for the same data on every machine and in every build, whichever files it stands in.
    pub fn digest(&self) -> String {
        format!("{:016x}", self.packed.digest)
    }

    /// How many apps there are.
    pub fn len(&self) -> usize {
        self.apps.len()
    }

    /// Whether there is no app at all.
    pub fn is_empty(&self) -> bool {
        self.apps.is_empty()
    }

    fn all_rules(&self) -> impl Iterator<Item = Rule<'_>> {
        (0..self.packed.rule_count()).filter_map(|at| self.packed.rule(at))
    }

    fn position(&self, id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.apps.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.at(middle)?.id().cmp(id) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn at(&self, at: usize) -> Option<&App> {
        self.apps.get(at).map(|app| self.unpacked(at, app))
    }

    fn unpacked<'c>(&self, at: usize, app: &'c OnceLock<Box<App>>) -> &'c App {
        // The build that wrote the bytes compiled this very program, and a test reads them all: no app is ever empty.
        app.get_or_init(|| {
            self.packed.app(at).and_then(|bytes| postcard::from_bytes(bytes).ok()).map(Box::new).unwrap_or_default()
        })
    }

    /// Among the rules of one host: the longest path prefix, else the host itself.
    fn best(&self, group: Group, path: Option<&str>) -> Option<Rule<'_>> {
        let rules = (group.start..group.end).filter_map(|at| self.packed.rule(at as usize));
        rules
            .filter(|rule| rule.path().is_empty() || path.is_some_and(|path| lies_under(path, rule.path())))
            .max_by_key(|rule| rule.path().len())
    }

    fn pattern(&self, group: Group, label: &str) -> Option<&Pattern> {
        let (first, patterns) = self.packed.patterns_of(group);
        let globs = self.globs.get(first..).unwrap_or_default();
        patterns.iter().zip(globs).find(|(pattern, glob)| fits(pattern, glob, label)).map(|hit| hit.0)
    }

    fn hit<'c>(&'c self, app: u32, role: Role, rule: &'c str, line: u32, kind: HitKind) -> Option<Hit<'c>> {
        let app = self.at(app as usize)?;
        Some(Hit { app, role, rule, file: app.file(), line, kind })
    }
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
    use super::super::raw;
    use super::*;

    fn catalog(text: &str) -> Catalog {
        let file = raw::read(text);
        assert_eq!(file.problems, []);
        let entries = file.apps.iter().map(|app| Entry::from_raw(app, "test.toml")).collect();
        Catalog::new(Tables::assemble(Vec::new(), Vec::new(), entries))
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

    /// By the plain way, longest suffix first, without a hash.
    fn plain<'c>(catalog: &'c Catalog, host: &str) -> Option<(&'c str, &'c str)> {
        let mut suffix = host;
        loop {
            if let Some((rule, app)) = catalog.rules().find(|(rule, _)| rule.as_str() == suffix) {
                return Some((app.id(), rule.as_str()));
            }
            let (label, parent) = suffix.split_once('.')?;
            let mut patterns = catalog.apps().flat_map(|app| catalog.patterns_of(app.id()).map(move |p| (app.id(), p)));
            if let Some((app, pattern)) = patterns.find(|(_, pattern)| {
                let (before, after) = pattern.label().split_once('*').unwrap_or((pattern.label(), ""));
                pattern.tail() == parent
                    && label.len() >= before.len() + after.len()
                    && label.starts_with(before)
                    && label.ends_with(after)
            }) {
                return Some((app, pattern.as_str()));
            }
            suffix = parent;
        }
    }

    #[test]
    fn the_table_answers_as_a_plain_walk_does() {
        let catalog = sharepoint();
        for host in ["sharepoint.com", "force.example", "na1.force.example", "na2.force.example", "example"] {
            for front in ["", "a.", "x-my.", "named-my.", "static.", "na1.", "na1.na2.", "b.static.", ".", "a..", "na."]
            {
                let host = format!("{front}{host}");
                let hit = catalog.lookup(&host, None);
                assert_eq!(hit.map(|hit| (hit.app.id(), hit.rule)), plain(&catalog, &host), "{host}");
            }
        }
    }

    #[test]
    fn addresses_belong_to_the_app_whose_vendor_says_so() {
        let catalog = catalog(
            r#"
            [[app]]
            id = "calls"
            name = "Calls"
            category = "crm"
            ranges = [
                { net = "203.0.113.0/25", source = "https://calls.example/net", as_of = "2026-11" },
                { net = "198.51.100.7/32", source = "https://calls.example/net", as_of = "2026-11" },
                { net = "2001:db8::/32", source = "https://calls.example/net", as_of = "2026-11" },
            ]
            [[app]]
            id = "talks"
            name = "Talks"
            category = "crm"
            ranges = [{ net = "203.0.113.128/25", source = "https://talks.example/net", as_of = "2026-11" }]
            "#,
        );
        let find = |address: &str| {
            let hit = catalog.lookup_address(address.parse().unwrap())?;
            assert_eq!((hit.kind, hit.role), (HitKind::Range, Role::App));
            Some((hit.app.id(), hit.rule, hit.line))
        };
        assert_eq!(find("203.0.113.0"), Some(("calls", "203.0.113.0/25", 7)));
        assert_eq!(find("203.0.113.127"), Some(("calls", "203.0.113.0/25", 7)));
        assert_eq!(find("203.0.113.128"), Some(("talks", "203.0.113.128/25", 15)));
        assert_eq!(find("::ffff:198.51.100.7"), Some(("calls", "198.51.100.7/32", 8)));
        assert_eq!(find("2001:db8:1::1"), Some(("calls", "2001:db8::/32", 9)));
        for nobody in ["203.0.112.255", "203.0.114.0", "198.51.100.6", "198.51.100.8", "2001:db9::", "::", "0.0.0.0"] {
            assert_eq!(find(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn apps_for_the_same_job_are_alternatives() {
        let app = |id: &str, rest: &str| {
            format!(
                "[[app]]\nid = \"{id}\"\nname = \"{id}\"\ncategory = \"crm\"\ndomains = [\"{id}.example\"]\n{rest}\n"
            )
        };
        let catalog = catalog(
            &[
                app("a", "job = \"chat\"\nvendor = \"V\""),
                app("b", "job = \"chat\"\nvendor = \"V\"\nreviewed = \"2026\""),
                app("c", "job = \"chat\""),
                app("d", "job = \"chat\"\nvendor = \"W\"\nreviewed = \"2026\""),
                app("e", "job = \"mail\""),
                app("f", ""),
            ]
            .concat(),
        );
        let instead = |id: &str| -> Vec<&str> {
            catalog.app(id).map(|app| catalog.alternatives(app).map(App::id).collect()).unwrap_or_default()
        };
        assert_eq!(instead("a"), ["d", "c", "b"]);
        assert_eq!(instead("c"), ["b", "d", "a"]);
        assert!(instead("e").is_empty() && instead("f").is_empty());
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
