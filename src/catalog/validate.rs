//! From what is written to a catalog that is right: every entry looked at by itself, then all of them together.

use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

use ipnet::IpNet;

use crate::diag::nearest::nearest;
use crate::diag::{Diagnostic, Level, Source, Span};

use super::diags::{Code, Problem};
use super::entry::{entry_problem, host_problem, pattern_problem, split};
use super::fact::{FACTS, fact_kind, is_as_of};
use super::lookup::Catalog;
use super::model::{Category, Entry, Job, Role, Tables};
use super::raw::{RawApp, RawCategory, RawFact, RawFile, RawRange, Word};

/// One file, read.
pub(super) struct Input {
    pub(super) source: Arc<Source>,
    /// The name of the folder that it lies in, unless that is the folder that was asked for.
    pub(super) folder: Option<String>,
    pub(super) raw: RawFile,
}

/// The catalog of these files, laid over another one if there is one, with everything that is wrong, in order of place.
pub(super) fn validate(inputs: Vec<Input>, base: Option<Catalog>) -> (Catalog, Vec<Diagnostic>) {
    let (base_categories, base_jobs, mut base_entries) = base.map(Catalog::into_entries).unwrap_or_default();
    let mut out = Vec::new();
    let (mut categories, mut jobs): (Vec<Category>, Vec<Job>) = (Vec::new(), Vec::new());
    let mut written: Vec<(Arc<Source>, RawCategory)> = Vec::new();
    let mut apps: Vec<(Arc<Source>, RawApp)> = Vec::new();
    let mut folders = Vec::new();
    for input in inputs {
        out.extend(input.raw.problems.into_iter().map(|problem| diagnostic(problem, Level::Error, &input.source)));
        categories.extend(input.raw.categories.iter().map(Category::from_raw));
        jobs.extend(input.raw.jobs.iter().map(Job::from_raw));
        written.extend(input.raw.categories.into_iter().map(|category| (Arc::clone(&input.source), category)));
        for app in input.raw.apps {
            folders.push(input.folder.clone());
            apps.push((Arc::clone(&input.source), app));
        }
    }
    // The user's words come first: of two categories with one id the first stays.
    categories.extend(base_categories);
    jobs.extend(base_jobs);

    let mut report = Report { out, source: None };
    for (source, category) in &written {
        report.source = Some(Arc::clone(source));
        report.job(category.job.as_ref(), &jobs);
    }
    let mut ids: HashMap<String, (Arc<Source>, Range<usize>, u32)> = HashMap::new();
    let mut good: Vec<(Arc<Source>, RawApp)> = Vec::new();
    for ((source, mut app), folder) in apps.into_iter().zip(folders) {
        report.source = Some(Arc::clone(&source));
        // All of an app is looked at, whatever is wrong with a part of it.
        let sound = [report.id(&app), report.category(&app, folder.as_deref(), &categories)];
        report.words(&mut app);
        if !report.job(app.job.as_ref(), &jobs) {
            app.job = None;
        }
        if sound == [true, true] {
            if let Some((first, span, line)) = ids.get(&app.id.text) {
                report.twice(Code::DuplicateId, "id", &app.id, first, span, *line, "give one of them another id");
                continue;
            }
            ids.insert(app.id.text.clone(), (Arc::clone(&source), app.id.span.clone(), app.id.line));
            good.push((source, app));
        }
    }

    let owners = report.owners(&mut good);
    let nets = report.nets(&mut good);
    base_entries.retain(|entry| !ids.contains_key(entry.app.id()));
    take(&mut base_entries, &owners, &mut report);
    take_nets(&mut base_entries, &nets, &mut report);
    let entries = good.iter().map(|(source, app)| Entry::from_raw(app, source.name())).chain(base_entries).collect();
    let catalog = Catalog::new(Tables::assemble(categories, jobs, entries));
    for (source, app) in &good {
        report.source = Some(Arc::clone(source));
        report.promises(app, &catalog);
    }
    let mut out = report.out;
    out.sort_by(|a, b| place(a).cmp(&place(b)));
    (catalog, out)
}

fn place(diagnostic: &Diagnostic) -> Option<(&str, usize, usize)> {
    diagnostic.primary().map(|span| (span.source().name(), span.range().start, span.range().end))
}

fn diagnostic(problem: Problem, level: Level, source: &Arc<Source>) -> Diagnostic {
    let span = Span::new(source, problem.span, problem.label);
    let diagnostic = Diagnostic::new(problem.code.as_str(), level, problem.message).at(span);
    match problem.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// What is wrong with a fact.
fn fact_problem(fact: &RawFact) -> Option<Problem> {
    let bad = |word: &Word, message: String, label: &str, help: String| {
        Some(Problem::new(Code::BadFact, word.span.clone(), message, label).help(help))
    };
    let Some(kind) = fact_kind(&fact.is.text) else {
        let ids = FACTS.iter().map(|kind| kind.id);
        let help = match nearest(&fact.is.text, ids.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("kinds of facts are {}", ids.collect::<Vec<_>>().join(", ")),
        };
        return bad(&fact.is, format!("`{}` is not a kind of fact", fact.is.text), "no such kind", help);
    };
    if !kind.values.allow(&fact.value.text) {
        let message = format!("`{}` cannot be `{}`", kind.id, fact.value.text);
        return bad(&fact.value, message, "no such value", format!("it should be {}", kind.values.told()));
    }
    if fact.source.text.trim().is_empty() {
        let help = "give the id of a list in SOURCES.md, or the address of a page".to_owned();
        return bad(&fact.source, "the fact has no source".to_owned(), "nobody says so", help);
    }
    if !is_as_of(&fact.as_of.text) {
        let message = format!("`{}` is neither a year nor a month", fact.as_of.text);
        return bad(&fact.as_of, message, "not a date", "write it like `2026` or `2026-11`".to_owned());
    }
    None
}

/// What is wrong with a range. The program's reader of networks is strict enough, the author wants to know what to write.
fn range_problem(range: &RawRange) -> Option<Problem> {
    let bad = |word: &Word, message: String, label: &str, help: String| {
        Some(Problem::new(Code::BadRange, word.span.clone(), message, label).help(help))
    };
    let text = &range.net.text;
    let Ok(net) = text.parse::<IpNet>() else {
        let help = match text.parse::<IpAddr>() {
            Ok(address) => format!("write `{}`", IpNet::from(address)),
            Err(_) => "write a network such as `192.0.2.0/24` or `2001:db8::/32`".to_owned(),
        };
        return bad(&range.net, format!("`{text}` is not a network"), "not a network", help);
    };
    if net.trunc().to_string() != *text {
        let help = format!("write `{}`", net.trunc());
        return bad(&range.net, format!("`{text}` is not how this network is written"), "not the normal form", help);
    }
    let least = if net.addr().is_ipv4() { 8 } else { 16 };
    if net.prefix_len() < least {
        let help = format!("list networks of /{least} or smaller, as the vendor publishes them");
        return bad(&range.net, format!("`{text}` is too large to belong to one app"), "too large", help);
    }
    if range.source.text.trim().is_empty() {
        let help = "give the address of the vendor's page".to_owned();
        return bad(&range.source, "the range has no source".to_owned(), "nobody says so", help);
    }
    if !is_as_of(&range.as_of.text) {
        let message = format!("`{}` is neither a year nor a month", range.as_of.text);
        return bad(&range.as_of, message, "not a date", "write it like `2026` or `2026-11`".to_owned());
    }
    None
}

/// A network with its first and last address, and where it stands.
struct Net {
    first: IpAddr,
    last: IpAddr,
    source: Arc<Source>,
    word: Word,
    app: String,
}

impl Net {
    fn overlaps(&self, text: &str) -> bool {
        text.parse::<IpNet>().is_ok_and(|net| self.first <= net.broadcast() && net.network() <= self.last)
    }
}

/// Who claims an entry, and where it says so.
struct Owner {
    source: Arc<Source>,
    span: Range<usize>,
    line: u32,
    app: String,
    role: Role,
}

type Owners = HashMap<String, Owner>;

struct Report {
    out: Vec<Diagnostic>,
    /// The file that is looked at.
    source: Option<Arc<Source>>,
}

impl Report {
    fn add(&mut self, level: Level, problem: Problem) {
        if let Some(source) = &self.source {
            self.out.push(diagnostic(problem, level, source));
        }
    }

    fn id(&mut self, app: &RawApp) -> bool {
        let id = &app.id.text;
        let good = !id.is_empty()
            && id.split('-').all(|part| !part.is_empty())
            && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !good {
            let slug: String =
                id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
            let slug: Vec<&str> = slug.split('-').filter(|part| !part.is_empty()).collect();
            let help = match slug.is_empty() {
                true => "write a slug such as `dropbox`".to_owned(),
                false => format!("write `{}`", slug.join("-")),
            };
            let message = format!("`{id}` cannot be the id of an app");
            let label = "lower-case letters, digits and single hyphens only";
            self.add(Level::Error, Problem::new(Code::BadId, app.id.span.clone(), message, label).help(help));
        }
        good
    }

    fn category(&mut self, app: &RawApp, folder: Option<&str>, categories: &[Category]) -> bool {
        let name = &app.category.text;
        // Without any definition (a folder taken alone, a test) every category is as good as another.
        if !categories.is_empty() && !categories.iter().any(|category| category.id() == name) {
            let help = match nearest(name, categories.iter().map(Category::id)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "take one of `umbrascope catalog list`, or define it in `categories.toml`".to_owned(),
            };
            let message = format!("there is no category `{name}`");
            let problem = Problem::new(Code::UnknownCategory, app.category.span.clone(), message, "unknown");
            self.add(Level::Error, problem.help(help));
            return false;
        }
        // A user's folder may be called anything, a folder named like a category is meant as one.
        let meant = folder.filter(|folder| categories.is_empty() || categories.iter().any(|c| c.id() == *folder));
        if let Some(folder) = meant.filter(|folder| folder != name) {
            let message = format!("an app of category `{name}` stands in folder `{folder}`");
            let label = format!("not `{folder}`");
            let problem = Problem::new(Code::WrongFolder, app.category.span.clone(), message, label);
            self.add(Level::Warning, problem.help(format!("move it to a file in `{name}/`, or change the category")));
        }
        true
    }

    /// Whether the job is a defined one, or there is none.
    fn job(&mut self, job: Option<&Word>, jobs: &[Job]) -> bool {
        // As with categories: without any definition every job is as good as another.
        let Some(word) = job.filter(|word| !jobs.is_empty() && !jobs.iter().any(|job| job.id() == word.text)) else {
            return true;
        };
        let help = match nearest(&word.text, jobs.iter().map(Job::id)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "take one of `jobs.toml`, define it there, or leave it out".to_owned(),
        };
        let message = format!("there is no job `{}`", word.text);
        let problem = Problem::new(Code::UnknownJob, word.span.clone(), message, "unknown");
        self.add(Level::Error, problem.help(help));
        false
    }

    /// Looks at every word of an app by itself and removes those that are wrong.
    fn words(&mut self, app: &mut RawApp) {
        app.domains.retain(|word| self.claim(word, None));
        for (role, words) in &mut app.roles {
            words.retain(|word| self.claim(word, Some(*role)));
        }
        app.patterns.retain(|pattern| match pattern_problem(&pattern.host.text) {
            Some((message, help)) => {
                let problem =
                    Problem::new(Code::BadPattern, pattern.host.span.clone(), message, "not a usable pattern");
                self.add(Level::Error, problem.help(help));
                false
            }
            None => true,
        });
        app.tenants.retain(|word| {
            // The host must be one once the label is filled in.
            let filled = word.text.replace("{tenant}", "tenant");
            let good = word.text.matches("{tenant}").count() == 1 && entry_problem(&filled).is_none();
            if !good {
                let message = format!("`{}` is not a tenant pattern", word.text);
                let problem =
                    Problem::new(Code::BadTenant, word.span.clone(), message, "not a host with one `{tenant}`");
                self.add(Level::Error, problem.help("write it like `{tenant}.slack.com`"));
            }
            good
        });
        app.facts.retain(|fact| {
            let problem = fact_problem(fact);
            let good = problem.is_none();
            if let Some(problem) = problem {
                self.add(Level::Error, problem);
            }
            good
        });
        app.ranges.retain(|range| {
            let problem = range_problem(range);
            let good = problem.is_none();
            if let Some(problem) = problem {
                self.add(Level::Error, problem);
            }
            good
        });
        if let Some(word) = app.reviewed.take_if(|word| !is_as_of(&word.text)) {
            let message = format!("`{}` is neither a year nor a month", word.text);
            let problem = Problem::new(Code::BadReview, word.span, message, "not a date");
            self.add(Level::Error, problem.help("write when the whole entry was gone through, like `2026-11`"));
        }
        for words in [&mut app.hits, &mut app.misses] {
            words.retain(|word| {
                let host = word.text.split('/').next().unwrap_or_default();
                self.entry(word, host_problem(host).map(|(message, help)| (Code::BadDomain, message, help)))
            });
        }
    }

    /// `role` is `None` for an entry of `domains`.
    fn claim(&mut self, word: &Word, role: Option<Role>) -> bool {
        if !self.entry(word, entry_problem(&word.text)) {
            return false;
        }
        let (host, path) = split(&word.text);
        let Some(suffix) = psl::suffix(host.as_bytes()).filter(|suffix| suffix.as_bytes().len() == host.len()) else {
            return true;
        };
        // Below the names of a registry (ICANN section) nothing belongs to one app. Where a vendor gives labels to its
        // customers (private section), the author has to say what reaching such a host means.
        let private = suffix.typ() == Some(psl::Type::Private);
        if private && (role.is_some() || !path.is_empty()) {
            return true;
        }
        let label = if private { "customers publish below it" } else { "a public suffix" };
        let message = format!("`{host}` is a name under which strangers register theirs");
        let help = match private {
            true => "move it to `roles` and say what a visit means: `embed` if visitors use nothing, `app` if they do",
            false => "list the app's own domain",
        };
        let level = if private { Level::Warning } else { Level::Error };
        self.add(level, Problem::new(Code::PublicSuffix, word.span.clone(), message, label).help(help));
        private
    }

    fn entry(&mut self, word: &Word, problem: Option<(Code, String, String)>) -> bool {
        let Some((code, message, help)) = problem else { return true };
        let label = if code == Code::BadPath { "not a usable path" } else { "not a usable domain" };
        self.add(Level::Error, Problem::new(code, word.span.clone(), message, label).help(help));
        false
    }

    #[allow(clippy::too_many_arguments)]
    fn twice(
        &mut self,
        code: Code,
        what: &str,
        word: &Word,
        first: &Arc<Source>,
        span: &Range<usize>,
        line: u32,
        help: &str,
    ) {
        let Some(source) = &self.source else { return };
        let (message, verb) = match code {
            Code::DuplicateId => (format!("{what} `{}` is used twice", word.text), "used"),
            _ => (format!("`{}` is claimed twice", word.text), "claimed"),
        };
        let here = Arc::ptr_eq(first, source);
        let label = if here { format!("{verb} here") } else { format!("{verb} here, and in {}:{line}", first.name()) };
        let level = if code == Code::DuplicateId { Level::Error } else { Level::Warning };
        let mut diagnostic =
            Diagnostic::new(code.as_str(), level, message).at(Span::new(source, word.span.clone(), label)).help(help);
        if here {
            diagnostic = diagnostic.and(Span::new(first, span.clone(), format!("first {verb} here")));
        }
        self.out.push(diagnostic);
    }

    /// Gives every entry to the first app that claims it and removes it from the others.
    fn owners(&mut self, apps: &mut [(Arc<Source>, RawApp)]) -> Owners {
        const HELP: &str = "keep it in one app; list a longer name in the other";
        let mut owners = Owners::new();
        for (source, app) in apps.iter_mut() {
            self.source = Some(Arc::clone(source));
            let id = app.id.text.clone();
            let mut own = |report: &mut Report, word: &Word, role: Role| {
                if let Some(owner) = owners.get(&word.text) {
                    let help = if owner.app == id { "keep the one that says what it is for" } else { HELP };
                    report.twice(Code::DuplicateDomain, "", word, &owner.source, &owner.span, owner.line, help);
                    return false;
                }
                let (span, line, app) = (word.span.clone(), word.line, id.clone());
                owners.insert(word.text.clone(), Owner { source: Arc::clone(source), span, line, app, role });
                true
            };
            app.domains.retain(|word| own(self, word, Role::App));
            for (role, words) in &mut app.roles {
                words.retain(|word| own(self, word, *role));
            }
            app.patterns.retain(|pattern| own(self, &pattern.host, Role::App));
        }
        for (source, app) in apps.iter() {
            self.source = Some(Arc::clone(source));
            for (word, role) in app.claims() {
                self.leading_www(app, word, role, &owners);
            }
        }
        owners
    }

    /// Gives every address to the first range that has it and removes the others; by first address.
    fn nets(&mut self, apps: &mut [(Arc<Source>, RawApp)]) -> Vec<Net> {
        let mut nets: Vec<Net> = Vec::new();
        for (source, app) in apps.iter_mut() {
            let id = app.id.text.clone();
            app.ranges.retain(|range| {
                let Ok(net) = range.net.text.parse::<IpNet>() else { return false };
                let (first, last) = (net.network(), net.broadcast());
                // Disjoint so far: only the one that begins last can reach into this one.
                let after = nets.partition_point(|other| other.first <= last);
                if let Some(other) =
                    after.checked_sub(1).and_then(|at| nets.get(at)).filter(|other| first <= other.last)
                {
                    let message = format!("`{}` overlaps `{}` of `{}`", range.net.text, other.word.text, other.app);
                    let problem = Problem::new(Code::OverlappingRange, range.net.span.clone(), message, "claimed here");
                    let help = problem.help("an address has one owner: keep the range in the app that it belongs to");
                    let mut diagnostic = diagnostic(help, Level::Error, source);
                    let (place, span) = (&other.source, other.word.span.clone());
                    if Arc::ptr_eq(place, source) {
                        diagnostic = diagnostic.and(Span::new(place, span, "first claimed here"));
                    }
                    self.out.push(diagnostic);
                    return false;
                }
                let net = Net { first, last, source: Arc::clone(source), word: range.net.clone(), app: id.clone() };
                nets.insert(after, net);
                true
            });
        }
        nets
    }

    /// `www.` says something only where the domain without it says something else.
    fn leading_www(&mut self, app: &RawApp, word: &Word, role: Role, owners: &Owners) {
        let Some(bare) = word.text.strip_prefix("www.").filter(|bare| !bare.contains('/')) else { return };
        if psl::domain(bare.as_bytes()).is_none() {
            return;
        }
        let mut suffix = bare;
        loop {
            if let Some(owner) = owners.get(suffix) {
                if (owner.app.as_str(), owner.role) != (app.id.text.as_str(), role) {
                    return;
                }
                break;
            }
            match suffix.split_once('.') {
                Some((_, parent)) => suffix = parent,
                None => break,
            }
        }
        let message = format!("`{}` has a needless `www.`", word.text);
        let problem = Problem::new(Code::BadDomain, word.span.clone(), message, "misses the other hosts of the domain");
        self.add(Level::Warning, problem.help(format!("write `{bare}`: a domain means everything below it")));
    }

    /// `hits` and `misses`, against the whole catalog.
    fn promises(&mut self, app: &RawApp, catalog: &Catalog) {
        let find = |word: &Word| {
            let (host, path) = split(&word.text);
            catalog.lookup(host, Some(path))
        };
        for word in &app.hits {
            let id = &app.id.text;
            let (message, label, help) = match find(word) {
                Some(hit) if hit.app.id() == id => continue,
                Some(hit) => (
                    format!("`{}` belongs to `{}`, not to `{id}`", word.text, hit.app.id()),
                    format!("goes to `{}` by {}:{}", hit.rule, hit.file, hit.line),
                    "claim a longer name here, or remove the hit".to_owned(),
                ),
                None => (
                    format!("`{}` belongs to no app", word.text),
                    format!("no entry of `{id}` reaches it"),
                    "claim its domain, or remove the hit".to_owned(),
                ),
            };
            self.add(Level::Error, Problem::new(Code::HitMisses, word.span.clone(), message, label).help(help));
        }
        for word in &app.misses {
            if let Some(hit) = find(word).filter(|hit| hit.app.id() == app.id.text) {
                let message = format!("`{}` should not belong to `{}`, but does", word.text, app.id.text);
                let label = format!("reached by `{}` of {}:{}", hit.rule, hit.file, hit.line);
                let problem = Problem::new(Code::MissHits, word.span.clone(), message, label);
                self.add(Level::Error, problem.help("narrow that entry, or remove the miss"));
            }
        }
    }
}

/// Takes from the base what the files claim.
fn take(base: &mut [Entry], owners: &Owners, report: &mut Report) {
    for Entry { app, claims, patterns } in base {
        let mut keeps = |text: &str, line: u32| {
            let Some(owner) = owners.get(text) else { return true };
            let message = format!("`{text}` now belongs to `{}`, no longer to `{}`", owner.app, app.id());
            let label = format!("taken from {}:{line}", app.file());
            let problem = Problem::new(Code::TakenDomain, owner.span.clone(), message, label);
            report.out.push(diagnostic(problem, Level::Note, &owner.source));
            false
        };
        claims.retain(|claim| keeps(&claim.text, claim.line));
        patterns.retain(|pattern| keeps(pattern.as_str(), pattern.line()));
    }
}

/// Takes from the base every range that has an address in common with one of the files.
fn take_nets(base: &mut [Entry], nets: &[Net], report: &mut Report) {
    for Entry { app, .. } in base.iter_mut().filter(|_| !nets.is_empty()) {
        let (id, file) = (app.id().to_owned(), app.file().to_owned());
        app.ranges.retain(|range| {
            let Some(net) = nets.iter().find(|net| net.overlaps(range.net())) else { return true };
            let message = format!("`{}` no longer belongs to `{id}`", range.net());
            let label = format!("taken from {file}:{}", range.line());
            let problem = Problem::new(Code::TakenDomain, net.word.span.clone(), message, label);
            report.out.push(diagnostic(problem, Level::Note, &net.source));
            false
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{normal_form, raw};
    use super::*;
    use crate::diag::{Style, render};

    fn check(text: &str) -> (Catalog, Vec<Diagnostic>) {
        let source = Arc::new(Source::new("case.toml", text));
        validate(vec![Input { source, folder: Some("crm".to_owned()), raw: raw::read(text) }], None)
    }

    /// Nothing that stands in a file may stop the program: every prefix and every lost byte of a rich one.
    #[test]
    fn broken_files_break_nothing() {
        let text = concat!(
            "# \u{fc}ber\n[[app]]\nid = \"a\"\nname = \"\u{c4}\"\ncategory = \"crm\"\ndomains = [\"a.example\", \"a.example/x\"] # y\n",
            "patterns = [{ host = \"*-a.b.example\", why = \"z\" }]\nhits = [\"a.example/x?\"]\n",
            "[app.roles]\ncdn = [\"c.example\"]\n[categories.crm]\nname = \"CRM\"\nrisk = 3\n",
        );
        assert_eq!(check(text).1, []);
        for (at, c) in text.char_indices() {
            for broken in [text[..at].to_owned(), format!("{}{}", &text[..at], &text[at + c.len_utf8()..])] {
                let (_, problems) = check(&broken);
                render(&problems, Style::Plain);
                normal_form(&broken);
            }
        }
    }

    #[test]
    fn good_tables_stay() {
        let (catalog, problems) = check(
            "[[app]]\nid = 1\n[[app]]\nid = \"b\"\nname = \"B\"\ncategory = \"crm\"\ndomains = [\"B.example\", \"b.example\"]\n",
        );
        // `name`, `category` and `domains` of the first, the type of its id, one domain of the second.
        assert_eq!(problems.len(), 5);
        assert_eq!(catalog.len(), 1);
        assert!(catalog.lookup("b.example", None).is_some());
    }

    /// As editors on Windows write it.
    #[test]
    fn a_byte_order_mark_and_carriage_returns_are_fine() {
        let (catalog, problems) = check(
            "\u{feff}[[app]]\r\nid = \"b\"\r\nname = \"B\"\r\ncategory = \"crm\"\r\ndomains = [\"b.example\"]\r\n",
        );
        assert_eq!(problems, []);
        assert_eq!(catalog.lookup("b.example", None).map(|hit| hit.line), Some(5));
    }

    #[test]
    fn www_is_kept_where_it_means_something() {
        let (catalog, problems) = check(
            r#"
            [[app]]
            id = "a"
            name = "A"
            category = "crm"
            domains = ["a.example", "www.gov.uk", "a.example/www", "www.b.example/x"]
            roles = { site = ["www.a.example"] }
            "#,
        );
        assert_eq!(problems, [], "{}", render(&problems, Style::Plain));
        assert_eq!(catalog.lookup("www.a.example", None).map(|hit| hit.role), Some(Role::Site));
    }
}
