//! The catalog as used: apps, what they claim, and the form in which the build embeds them.

// The build script includes this file; only the standard library, serde and the siblings `raw` may be used.

use std::borrow::Cow;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::raw::{RawApp, RawCategory, RawFact, RawJob, RawRange, Word};

/// A text that is either part of the program or owned.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Text(#[serde(borrow)] Cow<'static, str>);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(Cow::Owned(text.to_owned()))
    }
}

/// What a host is for. Only some of them mean that a person works there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// A person works here.
    App,
    /// Marketing, help, documentation, status, careers.
    Site,
    /// Clients, synchronization and integrations.
    Api,
    /// Sign-in only.
    Login,
    /// Content goes out here.
    Upload,
    /// Widgets, pixels, like-buttons, fonts: present on other people's pages.
    Embed,
    /// Static assets.
    Cdn,
    /// Analytics, crash reports, beacons.
    Telemetry,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 8] =
        [Role::App, Role::Site, Role::Api, Role::Login, Role::Upload, Role::Embed, Role::Cdn, Role::Telemetry];

    /// The word used in signature files and in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::catalog::Role::Embed.as_str(), "embed");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Role::App => "app",
            Role::Site => "site",
            Role::Api => "api",
            Role::Login => "login",
            Role::Upload => "upload",
            Role::Embed => "embed",
            Role::Cdn => "cdn",
            Role::Telemetry => "telemetry",
        }
    }

    /// The role of that name.
    ///
    /// ```
    /// use umbrascope::catalog::Role;
    /// assert_eq!(Role::from_name("cdn"), Some(Role::Cdn));
    /// assert_eq!(Role::from_name("CDN"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether traffic arises without anybody choosing the app: a hit is a touch at most, never use.
    ///
    /// ```
    /// use umbrascope::catalog::Role;
    /// assert!(Role::Embed.is_passive());
    /// assert!(!Role::Upload.is_passive());
    /// ```
    pub fn is_passive(self) -> bool {
        matches!(self, Role::Embed | Role::Cdn | Role::Telemetry)
    }
}

/// A kind of app, with what it may mean for whoever answers for the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Category {
    id: Text,
    name: Text,
    about: Text,
    risk: Text,
    why: Text,
    job: Option<Text>,
}

impl Category {
    pub(super) fn from_raw(raw: &RawCategory) -> Category {
        Category {
            id: raw.id.text.as_str().into(),
            name: raw.name.as_str().into(),
            about: raw.about.as_str().into(),
            risk: raw.risk.as_str().into(),
            why: raw.why.as_str().into(),
            job: raw.job.as_ref().map(|word| word.text.as_str().into()),
        }
    }

    /// The slug, which is also the name of the folder.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A sentence that says which apps belong here.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The risk as written in `categories.toml`; empty where nobody judged.
    pub fn risk(&self) -> &str {
        &self.risk
    }

    /// The reason for that risk.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The job of those of its apps that name none themselves, where the category is one job.
    pub fn job(&self) -> Option<&str> {
        self.job.as_deref()
    }
}

/// What a person gets done with an app. Apps with the same job can stand in for each other; a category is wider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Job {
    id: Text,
    name: Text,
    about: Text,
}

impl Job {
    pub(super) fn from_raw(raw: &RawJob) -> Job {
        Job { id: raw.id.text.as_str().into(), name: raw.name.as_str().into(), about: raw.about.as_str().into() }
    }

    /// The slug.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A sentence that says what gets done.
    pub fn about(&self) -> &str {
        &self.about
    }
}

/// Something that a source says of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Fact {
    is: Text,
    value: Text,
    source: Text,
    as_of: Text,
}

impl Fact {
    /// The kind, such as `mfa`.
    pub fn is(&self) -> &str {
        &self.is
    }

    /// The value, such as `totp+u2f`.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Who says so: an id of `SOURCES.md`, or a page.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The year or month of which it was true.
    pub fn as_of(&self) -> &str {
        &self.as_of
    }
}

/// A network that the vendor publishes as the app's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Range {
    net: Text,
    source: Text,
    as_of: Text,
    line: u32,
}

impl Range {
    /// The network, such as `52.112.0.0/14`.
    pub fn net(&self) -> &str {
        &self.net
    }

    /// The page on which the vendor says so.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The year or month of which it was true.
    pub fn as_of(&self) -> &str {
        &self.as_of
    }

    /// The line of the signature file, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }
}

/// One app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct App {
    id: Text,
    name: Text,
    vendor: Option<Text>,
    category: Text,
    job: Option<Text>,
    reviewed: Option<Text>,
    aliases: Vec<Text>,
    tenants: Vec<Text>,
    pub(super) ranges: Vec<Range>,
    facts: Vec<Fact>,
    references: Vec<Text>,
    file: Text,
    line: u32,
}

impl App {
    /// The slug: stable for ever.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its maker, where the catalog knows.
    pub fn vendor(&self) -> Option<&str> {
        self.vendor.as_deref()
    }

    /// The id of its category.
    pub fn category(&self) -> &str {
        &self.category
    }

    /// The id of what a person gets done with it: its own, else that of its category, else nobody has said.
    pub fn job(&self) -> Option<&str> {
        self.job.as_deref()
    }

    /// The month in which a person went through the whole entry: hosts, roles, vendor, tenants and former names.
    pub fn reviewed(&self) -> Option<&str> {
        self.reviewed.as_deref()
    }

    /// Former and other names.
    pub fn aliases(&self) -> impl ExactSizeIterator<Item = &str> {
        self.aliases.iter().map(|text| &**text)
    }

    /// Hosts in which `{tenant}` stands for the customer's own label, such as `{tenant}.slack.com`.
    pub fn tenants(&self) -> impl ExactSizeIterator<Item = &str> {
        self.tenants.iter().map(|text| &**text)
    }

    /// Networks that the vendor publishes as this app's.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// What sources say of it, by kind. What is not there is not known.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Public pages from which the entry was made.
    pub fn references(&self) -> impl ExactSizeIterator<Item = &str> {
        self.references.iter().map(|text| &**text)
    }

    /// The signature file that defines it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line of its `[[app]]`, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }
}

/// A domain or a domain with a path prefix that an app claims: the name itself and everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule<'c> {
    pub(super) text: &'c str,
    /// Bytes of `text` before its first `/`.
    pub(super) host_len: usize,
    pub(super) app: u32,
    pub(super) role: Role,
    pub(super) line: u32,
}

impl<'c> Rule<'c> {
    /// The entry as the catalog writes it.
    pub fn as_str(&self) -> &'c str {
        self.text
    }

    /// The domain.
    pub fn host(&self) -> &'c str {
        self.text.get(..self.host_len).unwrap_or(self.text)
    }

    /// The path prefix, from its `/` on; empty if there is none.
    pub fn path(&self) -> &'c str {
        self.text.get(self.host_len..).unwrap_or_default()
    }

    /// What the host is for.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The line of the signature file, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    fn key(&self) -> (&'c str, &'c str) {
        (self.host(), self.path())
    }
}

/// The same, before it takes its place.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) text: String,
    pub(super) app: u32,
    pub(super) role: Role,
    pub(super) line: u32,
}

impl Claim {
    pub(super) fn rule(&self) -> Rule<'_> {
        let Claim { text, app, role, line } = self;
        Rule { text, host_len: text.find('/').unwrap_or(text.len()), app: *app, role: *role, line: *line }
    }
}

/// A glob over the first label of a host, for names that no list of domains can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Pattern {
    text: Text,
    why: Text,
    pub(super) app: u32,
    line: u32,
}

impl Pattern {
    pub(super) fn new(text: &str, why: &str, line: u32) -> Pattern {
        Pattern { text: text.into(), why: why.into(), app: 0, line }
    }

    /// The pattern as the catalog writes it, such as `*-my.sharepoint.com`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Why plain domains do not do.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The line of the signature file, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The first label, with its `*`.
    pub(super) fn label(&self) -> &str {
        self.text.split_once('.').map_or(&self.text, |(label, _)| label)
    }

    /// What follows the first label.
    pub(super) fn tail(&self) -> &str {
        self.text.split_once('.').map_or("", |(_, tail)| tail)
    }

    /// Patterns with one tail stand together, those with most fixed characters first.
    fn key(&self) -> (&str, std::cmp::Reverse<usize>, &str) {
        (self.tail(), std::cmp::Reverse(self.label().bytes().filter(|byte| *byte != b'*').count()), &self.text)
    }
}

/// An app with all that it claims, before it takes its place in the [`Tables`].
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) app: App,
    pub(super) claims: Vec<Claim>,
    pub(super) patterns: Vec<Pattern>,
}

impl Entry {
    /// Everything a raw app says, taken as it stands.
    pub(super) fn from_raw(raw: &RawApp, file: &str) -> Entry {
        let texts = |words: &[Word]| words.iter().map(|word| Text::from(word.text.as_str())).collect();
        let app = App {
            id: raw.id.text.as_str().into(),
            name: raw.name.text.as_str().into(),
            vendor: raw.vendor.as_ref().map(|word| word.text.as_str().into()),
            category: raw.category.text.as_str().into(),
            job: raw.job.as_ref().map(|word| word.text.as_str().into()),
            reviewed: raw.reviewed.as_ref().map(|word| word.text.as_str().into()),
            aliases: texts(&raw.aliases),
            tenants: texts(&raw.tenants),
            ranges: ranges(&raw.ranges),
            facts: facts(&raw.facts),
            references: texts(&raw.references),
            file: file.into(),
            line: raw.line,
        };
        let claim = |(word, role): (&Word, Role)| Claim { text: word.text.clone(), app: 0, role, line: word.line };
        let patterns = raw.patterns.iter().map(|raw| Pattern::new(&raw.host.text, &raw.why, raw.host.line)).collect();
        Entry { app, claims: raw.claims().map(claim).collect(), patterns }
    }
}

fn ranges(raw: &[RawRange]) -> Vec<Range> {
    let text = |word: &Word| Text::from(word.text.as_str());
    let range = |raw: &RawRange| Range {
        net: text(&raw.net),
        source: text(&raw.source),
        as_of: text(&raw.as_of),
        line: raw.net.line,
    };
    let mut ranges: Vec<Range> = raw.iter().map(range).collect();
    ranges.sort_by(|a, b| a.net.cmp(&b.net));
    ranges
}

fn facts(raw: &[RawFact]) -> Vec<Fact> {
    let text = |word: &Word| Text::from(word.text.as_str());
    let fact = |raw: &RawFact| Fact {
        is: text(&raw.is),
        value: text(&raw.value),
        source: text(&raw.source),
        as_of: text(&raw.as_of),
    };
    let mut facts: Vec<Fact> = raw.iter().map(fact).collect();
    facts.sort_by(|a, b| (&a.is, &a.value).cmp(&(&b.is, &b.value)));
    facts
}

/// The whole catalog in sorted tables: what it is packed from.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    pub(super) digest: u64,
    pub(super) categories: Vec<Category>,
    pub(super) jobs: Vec<Job>,
    pub(super) apps: Vec<App>,
    pub(super) claims: Vec<Claim>,
    pub(super) patterns: Vec<Pattern>,
}

impl Tables {
    /// Sorts everything. Where two entries claim the same, the first in the order given keeps it: the caller has
    /// already told the author.
    pub(super) fn assemble(mut categories: Vec<Category>, mut jobs: Vec<Job>, mut entries: Vec<Entry>) -> Tables {
        categories.sort_by(|a, b| a.id.cmp(&b.id));
        categories.dedup_by(|next, first| next.id == first.id);
        jobs.sort_by(|a, b| a.id.cmp(&b.id));
        jobs.dedup_by(|next, first| next.id == first.id);
        entries.sort_by(|a, b| a.app.id.cmp(&b.app.id));
        entries.dedup_by(|next, first| next.app.id == first.app.id);
        let mut tables = Tables { categories, jobs, ..Tables::default() };
        for (at, Entry { mut app, claims, patterns }) in (0u32..).zip(entries) {
            if app.job.is_none() {
                let category = tables.categories.binary_search_by(|category| category.id.cmp(&app.category)).ok();
                app.job = category.and_then(|at| tables.categories.get(at)).and_then(|category| category.job.clone());
            }
            tables.apps.push(app);
            tables.claims.extend(claims.into_iter().map(|claim| Claim { app: at, ..claim }));
            tables.patterns.extend(patterns.into_iter().map(|pattern| Pattern { app: at, ..pattern }));
        }
        tables.claims.sort_by(|a, b| a.rule().key().cmp(&b.rule().key()));
        tables.claims.dedup_by(|next, first| next.text == first.text);
        tables.patterns.sort_by(|a, b| a.key().cmp(&b.key()));
        tables.patterns.dedup_by(|next, first| next.text == first.text);
        tables.digest = tables.fingerprint();
        tables
    }

    /// Over all that decides what is shown. Not over files and lines: moving a table changes no verdict.
    fn fingerprint(&self) -> u64 {
        // FNV-1a: in no library here, the same for ever, and no adversary forges catalogs to collide.
        let mut state: u64 = 0xcbf2_9ce4_8422_2325;
        let mut add = |text: &str| {
            // 0xff is in no UTF-8 text, so that "a", "bc" differs from "ab", "c".
            for byte in text.bytes().chain([0xff]) {
                state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        for Category { id, name, about, risk, why, job: _ } in &self.categories {
            [id, name, about, risk, why].into_iter().for_each(|text| add(text));
        }
        for Job { id, name, about } in &self.jobs {
            [id, name, about].into_iter().for_each(|text| add(text));
        }
        for app in &self.apps {
            [&app.id, &app.name, &app.category].into_iter().for_each(|text| add(text));
            add(app.vendor().unwrap_or_default());
            app.job.iter().for_each(|job| add(job));
            app.aliases.iter().chain([&Text::from("")]).chain(&app.tenants).for_each(|text| add(text));
            for Range { net, source, as_of, line: _ } in &app.ranges {
                [net, source, as_of].into_iter().for_each(|text| add(text));
            }
            for Fact { is, value, source, as_of } in &app.facts {
                [is, value, source, as_of].into_iter().for_each(|text| add(text));
            }
        }
        let owner = |app: u32| self.apps.get(app as usize).map_or("", App::id);
        for claim in &self.claims {
            [claim.text.as_str(), claim.role.as_str(), owner(claim.app)].into_iter().for_each(&mut add);
        }
        for pattern in &self.patterns {
            [pattern.as_str(), owner(pattern.app)].into_iter().for_each(&mut add);
        }
        state
    }
}
