//! Signature files as written: every value with its place, every problem at once.

// The build script includes this file; only the standard library, toml and the siblings `diags`, `model` and `nearest`
// may be used.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::diags::{Code, Problem};
use super::model::Role;
use super::nearest::nearest;

/// A text and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Range<usize>,
    /// Counted from 1.
    pub(super) line: u32,
}

/// A pattern as written.
#[derive(Debug, Clone)]
pub(super) struct RawPattern {
    pub(super) host: Word,
    pub(super) why: String,
}

/// A fact as written.
#[derive(Debug, Clone, Default)]
pub(super) struct RawFact {
    pub(super) is: Word,
    pub(super) value: Word,
    pub(super) source: Word,
    pub(super) as_of: Word,
}

/// A network as written.
#[derive(Debug, Clone, Default)]
pub(super) struct RawRange {
    pub(super) net: Word,
    pub(super) source: Word,
    pub(super) as_of: Word,
}

/// An `[[app]]` as written, with the three keys that it must have.
#[derive(Debug, Clone, Default)]
pub(super) struct RawApp {
    /// The header.
    pub(super) span: Range<usize>,
    pub(super) line: u32,
    pub(super) id: Word,
    pub(super) name: Word,
    pub(super) aliases: Vec<Word>,
    pub(super) vendor: Option<Word>,
    pub(super) category: Word,
    pub(super) job: Option<Word>,
    pub(super) domains: Vec<Word>,
    pub(super) roles: Vec<(Role, Vec<Word>)>,
    pub(super) patterns: Vec<RawPattern>,
    pub(super) ranges: Vec<RawRange>,
    pub(super) tenants: Vec<Word>,
    pub(super) facts: Vec<RawFact>,
    pub(super) reviewed: Option<Word>,
    pub(super) references: Vec<Word>,
    pub(super) hits: Vec<Word>,
    pub(super) misses: Vec<Word>,
}

impl RawApp {
    /// Everything it claims besides patterns, as written.
    pub(super) fn claims(&self) -> impl Iterator<Item = (&Word, Role)> {
        let domains = self.domains.iter().map(|word| (word, Role::App));
        domains.chain(self.roles.iter().flat_map(|(role, words)| words.iter().map(|word| (word, *role))))
    }
}

/// A `[categories.<id>]` as written.
#[derive(Debug, Clone)]
pub(super) struct RawCategory {
    pub(super) id: Word,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) risk: String,
    pub(super) why: String,
    pub(super) job: Option<Word>,
}

/// A `[jobs.<id>]` as written.
#[derive(Debug, Clone)]
pub(super) struct RawJob {
    pub(super) id: Word,
    pub(super) name: String,
    pub(super) about: String,
}

/// What could be understood of a file, and an account of what could not.
#[derive(Debug, Default)]
pub(super) struct RawFile {
    pub(super) apps: Vec<RawApp>,
    pub(super) categories: Vec<RawCategory>,
    pub(super) jobs: Vec<RawJob>,
    pub(super) problems: Vec<Problem>,
}

/// The keys of an `[[app]]`, in their normal order.
pub(super) const APP_KEYS: [&str; 16] = [
    "id",
    "name",
    "aliases",
    "vendor",
    "category",
    "job",
    "domains",
    "roles",
    "patterns",
    "ranges",
    "tenants",
    "facts",
    "reviewed",
    "references",
    "hits",
    "misses",
];

/// Reads a signature file. Tables are read one by one, so that a misspelling in one hides nothing in another.
pub(super) fn read(text: &str) -> RawFile {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { lines: line_starts(text), file: RawFile::default() };
    let broken: Vec<Range<usize>> = errors.iter().map(|error| error.span().unwrap_or(0..0)).collect();
    for (error, span) in errors.iter().zip(&broken) {
        let label = "here the text stops being TOML";
        let mut message = error.message().trim().replace('\n', ", ");
        if message.is_empty() {
            message = "this is not TOML".to_owned();
        }
        reader.file.problems.push(Problem::new(Code::Syntax, span.clone(), message, label));
    }
    for (key, value) in document.get_ref() {
        match (&**key.get_ref(), value.get_ref()) {
            ("app", DeValue::Array(tables)) => {
                for (at, table) in tables.iter().enumerate() {
                    // Up to the next table: what is broken within has been told, what is missing may be a consequence.
                    let end = tables.get(at + 1).map_or(text.len(), |next| next.span().start);
                    let area = table.span().start..end;
                    let excused = broken.iter().any(|span| area.contains(&span.start));
                    reader.app(table, excused);
                }
            }
            ("app", _) => reader.wrong_type(value, "`app`", "tables, each opened by `[[app]]`"),
            ("categories", DeValue::Table(table)) => {
                for (id, value) in table {
                    reader.category(id, value);
                }
            }
            ("categories", _) => reader.wrong_type(value, "`categories`", "tables, each opened by `[categories.<id>]`"),
            ("jobs", DeValue::Table(table)) => {
                for (id, value) in table {
                    reader.job(id, value);
                }
            }
            ("jobs", _) => reader.wrong_type(value, "`jobs`", "tables, each opened by `[jobs.<id>]`"),
            _ => reader.unknown_key(key, "a signature file", &["app", "categories", "jobs"]),
        }
    }
    reader.file.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    reader.file
}

struct Reader {
    lines: Vec<usize>,
    file: RawFile,
}

type Key<'i> = Spanned<DeString<'i>>;
type Value<'i> = Spanned<DeValue<'i>>;

impl Reader {
    fn app(&mut self, value: &Value<'_>, excused: bool) {
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type(value, "`app`", "a table");
        };
        let mut app = RawApp { span: value.span(), line: self.line(value.span().start), ..RawApp::default() };
        let (mut id, mut name, mut category) = (None, None, None);
        let mut claims = false;
        for (key, value) in table {
            let shown = format!("`{}`", key.get_ref());
            match &**key.get_ref() {
                "id" => id = Some(self.text(value, &shown)),
                "name" => name = Some(self.text(value, &shown)),
                "vendor" => app.vendor = self.text(value, &shown),
                "category" => category = Some(self.text(value, &shown)),
                "job" => app.job = self.text(value, &shown),
                "reviewed" => app.reviewed = self.text(value, &shown),
                "ranges" => app.ranges = self.ranges(value),
                "aliases" => app.aliases = self.texts(value, &shown),
                "domains" => app.domains = self.texts(value, &shown),
                "roles" => app.roles = self.roles(value),
                "patterns" => app.patterns = self.patterns(value),
                "tenants" => app.tenants = self.texts(value, &shown),
                "facts" => app.facts = self.facts(value),
                "references" => app.references = self.texts(value, &shown),
                "hits" => app.hits = self.texts(value, &shown),
                "misses" => app.misses = self.texts(value, &shown),
                _ => {
                    self.unknown_key(key, "an app", &APP_KEYS);
                    // A misspelled key is not a missing one as well.
                    let meant = nearest(key.get_ref(), APP_KEYS).unwrap_or_default();
                    match meant {
                        "id" => id = id.or(Some(None)),
                        "name" => name = name.or(Some(None)),
                        "category" => category = category.or(Some(None)),
                        "domains" | "roles" | "patterns" | "ranges" => claims = true,
                        _ => {}
                    }
                }
            }
        }
        for (word, key) in [(&id, "id"), (&name, "name"), (&category, "category")] {
            if word.is_none() && !excused {
                self.missing_key(&app, key);
            }
        }
        claims |= ["domains", "roles", "patterns", "ranges"].iter().any(|key| table.contains_key(*key));
        if !claims && !excused {
            self.missing_key(&app, "domains");
        }
        if let (Some(Some(id)), Some(Some(name)), Some(Some(category))) = (id, name, category) {
            self.file.apps.push(RawApp { id, name, category, ..app });
        }
    }

    fn missing_key(&mut self, app: &RawApp, key: &str) {
        let example = match key {
            "id" => "id         = \"dropbox\"",
            "name" => "name       = \"Dropbox\"",
            "category" => "category   = \"file-sharing\"",
            _ => "domains    = [\"dropbox.com\"]",
        };
        let message = format!("the app has no `{key}`");
        let problem = Problem::new(Code::MissingKey, app.span.clone(), message, "in this table");
        self.file.problems.push(problem.help(format!("add a line such as `{example}`")));
    }

    fn roles(&mut self, value: &Value<'_>) -> Vec<(Role, Vec<Word>)> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(value, "`roles`", "a table of lists, such as `{ cdn = [\"dropboxstatic.com\"] }`");
            return Vec::new();
        };
        let mut roles = Vec::new();
        for (key, value) in table {
            let name: &str = key.get_ref();
            let Some(role) = Role::from_name(name) else {
                let names = Role::ALL.map(Role::as_str);
                let help = match nearest(name, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("roles are {}", names.join(", ")),
                };
                let problem =
                    Problem::new(Code::UnknownRole, key.span(), format!("`{name}` is not a role"), "no such role");
                self.file.problems.push(problem.help(help));
                continue;
            };
            roles.push((role, self.texts(value, &format!("role `{name}`"))));
        }
        roles
    }

    fn patterns(&mut self, value: &Value<'_>) -> Vec<RawPattern> {
        const SHAPE: &str = "a list of tables, such as `[{ host = \"*-my.sharepoint.com\", why = \"...\" }]`";
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(value, "`patterns`", SHAPE);
            return Vec::new();
        };
        let mut patterns = Vec::new();
        for item in items {
            let DeValue::Table(table) = item.get_ref() else {
                self.wrong_type(
                    item,
                    "a pattern",
                    "a table, such as `{ host = \"*-my.sharepoint.com\", why = \"...\" }`",
                );
                continue;
            };
            let (mut host, mut why) = (None, None);
            for (key, value) in table {
                match &**key.get_ref() {
                    "host" => host = self.text(value, "`host`"),
                    "why" => why = self.text(value, "`why`"),
                    _ => self.unknown_key(key, "a pattern", &["host", "why"]),
                }
            }
            match (host, why) {
                (Some(host), Some(why)) if !why.text.trim().is_empty() => {
                    patterns.push(RawPattern { host, why: why.text });
                }
                (host, _) => {
                    let missing = if host.is_none() { "host" } else { "why" };
                    let message = format!("the pattern has no `{missing}`");
                    let problem = Problem::new(Code::BadPattern, item.span(), message, "in this table");
                    self.file.problems.push(problem.help("say which hosts, and why plain domains do not do"));
                }
            }
        }
        patterns
    }

    fn facts(&mut self, value: &Value<'_>) -> Vec<RawFact> {
        const SHAPE: &str = "a list of tables, such as `[{ is = \"mfa\", value = \"totp\", source = \"2factorauth\", as_of = \"2026-11\" }]`";
        const KEYS: [&str; 4] = ["is", "value", "source", "as_of"];
        const HELP: &str = "say what is known, from which source, and as of when";
        let rows = self.rows(value, ("`facts`", "fact", SHAPE), KEYS, (Code::BadFact, HELP));
        rows.into_iter().map(|[is, value, source, as_of]| RawFact { is, value, source, as_of }).collect()
    }

    fn ranges(&mut self, value: &Value<'_>) -> Vec<RawRange> {
        const SHAPE: &str =
            "a list of tables, such as `[{ net = \"192.0.2.0/24\", source = \"https://...\", as_of = \"2026-11\" }]`";
        const KEYS: [&str; 3] = ["net", "source", "as_of"];
        const HELP: &str = "say which network, which page of the vendor says so, and as of when";
        let rows = self.rows(value, ("`ranges`", "range", SHAPE), KEYS, (Code::BadRange, HELP));
        rows.into_iter().map(|[net, source, as_of]| RawRange { net, source, as_of }).collect()
    }

    /// A list of tables that all have the same keys and texts as values: the key, the word for one of them, its shape.
    fn rows<const N: usize>(
        &mut self,
        value: &Value<'_>,
        (key, one, shape): (&str, &str, &str),
        keys: [&str; N],
        (code, help): (Code, &str),
    ) -> Vec<[Word; N]> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(value, key, shape);
            return Vec::new();
        };
        let mut rows = Vec::new();
        for item in items {
            let DeValue::Table(table) = item.get_ref() else {
                self.wrong_type(item, &format!("a {one}"), shape);
                continue;
            };
            let mut words = [const { None }; N];
            for (key, value) in table {
                let name: &str = key.get_ref();
                match keys.iter().position(|key| *key == name) {
                    Some(at) => words[at] = Some(self.text(value, &format!("`{name}`"))),
                    None => self.unknown_key(key, &format!("a {one}"), &keys),
                }
            }
            for (key, word) in keys.iter().zip(&words) {
                if word.is_none() {
                    let message = format!("the {one} has no `{key}`");
                    let problem = Problem::new(code, item.span(), message, "in this table");
                    self.file.problems.push(problem.help(help));
                }
            }
            if words.iter().all(|word| matches!(word, Some(Some(_)))) {
                rows.push(words.map(|word| word.flatten().unwrap_or_default()));
            }
        }
        rows
    }

    fn category(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let id = self.word(key.get_ref(), key.span());
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type(value, "a category", "a table");
        };
        let mut category = RawCategory {
            id,
            name: String::new(),
            about: String::new(),
            risk: String::new(),
            why: String::new(),
            job: None,
        };
        for (key, value) in table {
            let slot = match &**key.get_ref() {
                "job" => {
                    category.job = self.text(value, "`job`");
                    continue;
                }
                "name" => &mut category.name,
                "about" => &mut category.about,
                "risk" => &mut category.risk,
                "why" => &mut category.why,
                _ => {
                    self.unknown_key(key, "a category", &["name", "about", "risk", "why", "job"]);
                    continue;
                }
            };
            match value.get_ref() {
                // Words or points: what they weigh is the policy's affair.
                DeValue::Integer(number) => *slot = number.to_string(),
                _ => {
                    if let Some(word) = self.text(value, &format!("`{}`", key.get_ref())) {
                        *slot = word.text;
                    }
                }
            }
        }
        if category.name.is_empty() {
            let message = format!("category `{}` has no `name`", category.id.text);
            let problem = Problem::new(Code::MissingKey, key.span(), message, "in this table");
            self.file.problems.push(problem.help("add a line such as `name = \"File sharing\"`"));
            category.name = category.id.text.clone();
        }
        self.file.categories.push(category);
    }

    fn job(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let id = self.word(key.get_ref(), key.span());
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type(value, "a job", "a table");
        };
        let mut job = RawJob { id, name: String::new(), about: String::new() };
        for (key, value) in table {
            let slot = match &**key.get_ref() {
                "name" => &mut job.name,
                "about" => &mut job.about,
                _ => {
                    self.unknown_key(key, "a job", &["name", "about"]);
                    continue;
                }
            };
            if let Some(word) = self.text(value, &format!("`{}`", key.get_ref())) {
                *slot = word.text;
            }
        }
        if job.name.is_empty() {
            let message = format!("job `{}` has no `name`", job.id.text);
            let problem = Problem::new(Code::MissingKey, key.span(), message, "in this table");
            self.file.problems.push(problem.help("add a line such as `name = \"Team chat\"`"));
            job.name = job.id.text.clone();
        }
        self.file.jobs.push(job);
    }

    fn texts(&mut self, value: &Value<'_>, what: &str) -> Vec<Word> {
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().filter_map(|item| self.text(item, &format!("an item of {what}"))).collect()
            }
            // A single text is understood, and told all the same: the next reader expects a list.
            DeValue::String(_) => {
                self.wrong_type(value, what, "a list of texts: put it between `[` and `]`");
                self.text(value, what).into_iter().collect()
            }
            _ => {
                self.wrong_type(value, what, "a list of texts");
                Vec::new()
            }
        }
    }

    fn text(&mut self, value: &Value<'_>, what: &str) -> Option<Word> {
        match value.get_ref() {
            DeValue::String(text) => Some(self.word(text, value.span())),
            _ => {
                self.wrong_type(value, what, "a text between quotes");
                None
            }
        }
    }

    fn word(&self, text: &str, span: Range<usize>) -> Word {
        Word { text: text.to_owned(), line: self.line(span.start), span }
    }

    fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str) {
        let message = format!("{what} cannot be of type {}", value.get_ref().type_str());
        let label = format!("this is of type {}", value.get_ref().type_str());
        let problem = Problem::new(Code::WrongType, value.span(), message, label);
        self.file.problems.push(problem.help(format!("it should be {wanted}")));
    }

    fn unknown_key(&mut self, key: &Key<'_>, place: &str, known: &[&str]) {
        let name: &str = key.get_ref();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("keys of {place} are {}", known.join(", ")),
        };
        let message = format!("{place} has no key `{name}`");
        self.file.problems.push(Problem::new(Code::UnknownKey, key.span(), message, "unknown").help(help));
    }

    fn line(&self, at: usize) -> u32 {
        u32::try_from(self.lines.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
        .collect()
}
