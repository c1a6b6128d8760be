//! From a text to a policy: what is written is held against the catalog, and everything that is wrong is told at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeString, DeValue, ValueDeserializer};

use super::diags::{Code, Problem};
use super::keys::{SECTIONS, Section};
use super::model::{
    Action, Decision, Level, OwnTenant, Placement, Policy, Rule, State, Subject, TenantKind, Thresholds, When,
    fingerprint,
};
use super::raw::{Fields, Reader, Word, document};
use crate::catalog::{Catalog, fact_kind};
use crate::diag::nearest::nearest;
use crate::diag::{Diagnostic, Source};
use crate::event::{Destination, normalize};
use crate::inventory::{OfficeHours, RawRule, Rules, Stage, Verdict};
use crate::risk;

impl Policy {
    /// Reads a policy. `name` is the path as the user wrote it. Either all of it is right, or everything that is wrong
    /// comes back: a policy that is half in force would be worse than none.
    pub fn parse(name: &str, text: &str, catalog: &Catalog) -> Result<Policy, Vec<Diagnostic>> {
        let source = Arc::new(Source::new(name, text));
        let (table, problems) = document(text);
        let reader = Reader { excused: !problems.is_empty(), problems };
        let policy = Policy { source: Arc::clone(&source), digest: fingerprint(text), ..Policy::default() };
        let mut parser = Parser { reader, catalog, text, policy, spans: Vec::new() };
        for (key, value) in table.get_ref() {
            parser.section(key, value);
        }
        parser.twice();
        let mut problems = parser.reader.problems;
        if problems.is_empty() {
            return Ok(parser.policy);
        }
        // One slip makes the parser stumble on: the first word for each line is the one that helps.
        let line = |problem: &Problem| text.get(..problem.span.start).map_or(0, |before| before.matches('\n').count());
        let mut torn = BTreeSet::new();
        problems.retain(|problem| problem.code != Code::Syntax || torn.insert(line(problem)));
        problems.retain(|problem| problem.code == Code::Syntax || !torn.contains(&line(problem)));
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        Err(problems.into_iter().map(|problem| problem.diagnostic(&source)).collect())
    }
}

const STAGES: [Stage; 5] = [Stage::New, Stage::Spreading, Stage::Steady, Stage::Fading, Stage::Gone];

struct Parser<'a> {
    reader: Reader,
    catalog: &'a Catalog,
    text: &'a str,
    policy: Policy,
    /// Where the subject of each decision stands.
    spans: Vec<std::ops::Range<usize>>,
}

impl Parser<'_> {
    fn section(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let name: &str = key.get_ref();
        let Some(section) = SECTIONS.iter().find(|section| section.name == name) else {
            let names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
            return self.reader.unknown_key(key, "a policy", &names);
        };
        match (section.name, section.many) {
            ("use", _) => self.use_rules(value),
            ("risk", _) => self.risk(value),
            (_, true) => self.many(value, section),
            _ => {
                let fields = self.reader.fields(value, &format!("[{name}]"), section.keys);
                match section.name {
                    "own" => self.own(&fields),
                    "office-hours" => self.office_hours(&fields),
                    "social" => {
                        let words = fields.words("customer-departments").iter();
                        self.policy.customer_departments = words.map(|word| word.text.to_lowercase()).collect();
                    }
                    _ => self.thresholds(&fields),
                }
            }
        }
    }

    fn many(&mut self, value: &Spanned<DeValue<'_>>, section: &Section) {
        let DeValue::Array(tables) = value.get_ref() else {
            let wanted = format!("tables, each opened by `[[{}]]`", section.name);
            return self.reader.wrong_type(value, &format!("`{}` cannot be", section.name), &wanted);
        };
        for table in tables {
            let fields = self.reader.fields(table, &format!("the {}", section.name), section.keys);
            match section.name {
                "decision" => self.decision(&fields),
                _ => self.rule(&fields),
            }
        }
    }

    fn own(&mut self, fields: &Fields) {
        for word in fields.words("domains") {
            if let Some(host) = self.host(word) {
                self.policy.own_domains.push(host);
            }
        }
        for word in fields.words("tenants") {
            let (app, tenant) = match word.text.split_once(':') {
                Some((app, tenant)) => (Some(Word { text: app.trim().to_owned(), span: word.span.clone() }), tenant),
                None => (None, word.text.as_str()),
            };
            let tenant = tenant.trim().to_lowercase();
            if tenant.is_empty() || tenant.contains(|c: char| c.is_whitespace() || c == ':' || c == '/') {
                let message = format!("`{}` is not a tenant", word.text);
                let problem = Problem::new(Code::BadTenant, word.span.clone(), message, "no name of an instance");
                let help = "write `contoso`, or `slack:contoso` for one app only";
                self.reader.problems.push(problem.help(help));
                continue;
            }
            let app = match app {
                Some(word) => match self.app(&word) {
                    Some(app) => Some(app),
                    None => continue,
                },
                None => None,
            };
            self.policy.own_tenants.push(OwnTenant { app, tenant });
        }
    }

    fn office_hours(&mut self, fields: &Fields) {
        let mut hours = OfficeHours::default();
        for (name, slot) in [("from", &mut hours.hours.start), ("to", &mut hours.hours.end)] {
            let Some(time) = fields.time(name) else { continue };
            if time.minute() != 0 {
                let message = format!("`{name}` is no whole hour");
                let problem = Problem::new(Code::BadValue, fields.span_of(name), message, "minutes are not counted");
                self.reader.problems.push(problem.help("write the nearest hour, such as `07:00`"));
            }
            *slot = time.hour().unsigned_abs();
        }
        let days = fields.words("weekdays");
        if !days.is_empty() {
            let named = |day: &&str| days.iter().any(|word| word.text == *day);
            for (open, day) in hours.weekdays.iter_mut().zip(super::keys::WEEKDAYS) {
                *open = named(day);
            }
        }
        if hours.hours.is_empty() {
            let message = "office hours end before they begin";
            let problem = Problem::new(Code::BadValue, fields.span_of("to"), message, "not after `from`");
            self.reader.problems.push(problem.help("name hours within one day, such as 07:00 to 19:00"));
        }
        self.policy.office_hours = hours;
    }

    fn thresholds(&mut self, fields: &Fields) {
        let Thresholds {
            heavy_upload,
            uncataloged_upload,
            spreading_people,
            blocked_people,
            plain_http,
            after_hours,
            same_job,
            adopt_people,
            min_group,
        } = &mut self.policy.thresholds;
        for (name, slot) in [
            ("heavy-upload", heavy_upload),
            ("uncataloged-upload", uncataloged_upload),
            ("spreading-people", spreading_people),
            ("blocked-people", blocked_people),
            ("plain-http", plain_http),
            ("after-hours", after_hours),
            ("same-job", same_job),
            ("adopt-people", adopt_people),
            ("min-group", min_group),
        ] {
            *slot = fields.number(name).unwrap_or(*slot);
        }
    }

    fn risk(&mut self, value: &Spanned<DeValue<'_>>) {
        let DeValue::Table(parts) = value.get_ref() else {
            return self.reader.wrong_type(value, "`risk` cannot be", "tables such as `[risk.mfa]`");
        };
        let mut weights = risk::Weights::built_in();
        for (part, values) in parts {
            let DeValue::Table(points) = values.get_ref() else {
                self.reader.wrong_type(values, &format!("`risk.{}` cannot be", part.get_ref()), "a table of points");
                continue;
            };
            if part.get_ref() != "levels" && weights.part(part.get_ref()).is_none() {
                if let Err(refusal) = weights.set(part.get_ref(), "", 0) {
                    let problem = Problem::new(Code::BadWeight, part.span(), refusal.message, "unknown");
                    self.reader.problems.push(problem.help(refusal.help));
                }
                continue;
            }
            for (key, value) in points {
                let number = match value.get_ref() {
                    DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
                    _ => None,
                };
                let Some(number) = number else {
                    self.reader.wrong_type(
                        value,
                        &format!("`{}` cannot be", key.get_ref()),
                        "a whole number of points",
                    );
                    continue;
                };
                if let Err(refusal) = weights.set(part.get_ref(), key.get_ref(), number) {
                    let span = key.span().start..value.span().end;
                    let problem = Problem::new(Code::BadWeight, span, refusal.message, "cannot be set like this");
                    self.reader.problems.push(problem.help(refusal.help));
                }
            }
            if part.get_ref() == "levels"
                && let Some(told) = weights.disorder()
            {
                let message = format!("levels of risk begin in disorder: {told}");
                let problem = Problem::new(Code::BadWeight, part.span(), message, "each should begin above the last");
                self.reader.problems.push(problem.help("medium first, then high, then critical"));
            }
        }
        self.policy.weights = weights;
    }

    /// The rules that tell use from touch are the inventory's; it reads them.
    fn use_rules(&mut self, value: &Spanned<DeValue<'_>>) {
        let DeValue::Array(tables) = value.get_ref() else {
            return self.reader.wrong_type(value, "`use` cannot be", "tables, each opened by `[[use]]`");
        };
        let mut rules = Vec::new();
        for table in tables {
            match RawRule::deserialize(ValueDeserializer::from(table.clone())) {
                Ok(rule) => rules.push(rule),
                Err(error) => {
                    let span = error.span().filter(|span| !span.is_empty()).unwrap_or(table.span());
                    let message = error.message().trim().replace('\n', ", ");
                    let problem = Problem::new(Code::BadUse, span, message, "in this rule of use");
                    let help = "a rule of use has an `id`, a `verdict`, a `reason` and a table `when` of measures";
                    self.reader.problems.push(problem.help(help));
                }
            }
        }
        let (rules, faults) = Rules::built_in().with(rules);
        for fault in faults {
            let problem = Problem::new(Code::BadUse, fault.span, fault.what, "in this rule of use");
            self.reader.problems.push(problem.help(fault.help));
        }
        self.policy.use_rules = rules;
    }

    fn decision(&mut self, fields: &Fields) {
        let named: Vec<&str> =
            ["app", "category", "vendor", "host"].into_iter().filter(|key| fields.word(key).is_some()).collect();
        let subject = match named.as_slice() {
            [key] => fields.word(key).and_then(|word| self.subject(key, word)),
            [] => {
                // A misspelled subject is not a missing one as well.
                if fields.clean {
                    let message = "the decision is about nothing";
                    let problem = Problem::new(Code::BadSubject, fields.span.clone(), message, "in this table");
                    self.reader.problems.push(problem.help("name an `app`, a `category`, a `vendor` or a `host`"));
                }
                None
            }
            [first, second, ..] => {
                let message = format!("the decision is about `{first}` and `{second}` at once");
                let mut problem = Problem::new(Code::BadSubject, fields.span_of(second), message, "one too many");
                problem.other = Some((fields.span_of(first), "already about this".to_owned()));
                self.reader.problems.push(problem.help("write a table for each"));
                None
            }
        };
        if let (Some(date), Some(review)) = (fields.date("date"), fields.date("review-by"))
            && review < date
        {
            let message = "the review is due before the decision was taken";
            let mut problem = Problem::new(Code::BadDate, fields.span_of("review-by"), message, "before `date`");
            problem.other = Some((fields.span_of("date"), "decided here".to_owned()));
            self.reader.problems.push(problem.help("put `review-by` after `date`"));
        }
        let state = fields.word("state").and_then(|word| State::from_name(&word.text));
        let (Some(subject), Some(state)) = (subject, state) else { return };
        let placement = fields.word("placement").and_then(|word| Placement::from_name(&word.text));
        let span = named.first().map_or(fields.span.clone(), |key| fields.span_of(key));
        let text = |name: &str| fields.word(name).map(|word| word.text.clone());
        self.spans.push(span);
        self.policy.decisions.push(Decision {
            subject,
            state,
            placement: placement.unwrap_or(match state {
                State::Sanctioned => Placement::Core,
                State::Tolerated => Placement::Edge,
                State::Unsanctioned | State::Unreviewed => Placement::Outside,
            }),
            owner: text("owner"),
            reason: text("reason").unwrap_or_default(),
            date: fields.date("date"),
            review_by: fields.date("review-by"),
            departments: fields.texts("departments"),
            tenants: fields.texts("tenants").iter().map(|tenant| tenant.to_lowercase()).collect(),
            line: self.line(fields.span.start),
        });
    }

    fn subject(&mut self, key: &str, word: &Word) -> Option<Subject> {
        match key {
            "app" => self.app(word).map(Subject::App),
            "category" => self.category(word).map(Subject::Category),
            "vendor" => self.vendor(word).map(Subject::Vendor),
            _ => {
                let host = self.host(word)?;
                // The catalog has learned it since: the decision stays in force.
                Some(match self.catalog.lookup(&host, None) {
                    Some(hit) => Subject::App(hit.app.id().to_owned()),
                    None => Subject::Host(host),
                })
            }
        }
    }

    fn app(&mut self, word: &Word) -> Option<String> {
        if let Some(app) = self.catalog.app(&word.text) {
            return Some(app.id().to_owned());
        }
        let meant = word.text.to_lowercase();
        let by_name = self
            .catalog
            .apps()
            .find(|app| app.name().to_lowercase() == meant || app.aliases().any(|alias| alias.to_lowercase() == meant));
        let help = match by_name {
            Some(app) => format!("{} is `{}`", app.name(), app.id()),
            None => match nearest(&meant, self.catalog.apps().map(|app| app.id())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`umbrascope catalog list TEXT` finds the ids; for a destination without an app write `host`"
                    .to_owned(),
            },
        };
        self.unknown(Code::UnknownApp, word, "app", help)
    }

    fn category(&mut self, word: &Word) -> Option<String> {
        if let Some(category) = self.catalog.category(&word.text) {
            return Some(category.id().to_owned());
        }
        let meant = word.text.to_lowercase();
        let named = self.catalog.categories().find(|category| category.name().to_lowercase() == meant);
        let near = named.map(|category| category.id());
        let near = near.or_else(|| nearest(&meant, self.catalog.categories().map(|category| category.id())));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`umbrascope catalog stats` lists the categories".to_owned(),
        };
        self.unknown(Code::UnknownCategory, word, "category", help)
    }

    fn vendor(&mut self, word: &Word) -> Option<String> {
        let meant = word.text.to_lowercase();
        let vendors = || self.catalog.apps().filter_map(|app| app.vendor());
        if vendors().any(|vendor| vendor.to_lowercase() == meant) {
            return Some(meant);
        }
        // `Dropbox` for `Dropbox, Inc.`
        let longer = vendors().find(|vendor| vendor.to_lowercase().starts_with(&meant));
        // Nor is a product a vendor.
        let first = meant.split(' ').next().unwrap_or_default();
        let product = self.catalog.apps().filter(|app| app.name().to_lowercase() == first);
        let product = product.filter_map(|app| Some((app.name(), app.vendor()?))).next();
        let help = match (longer, product, nearest(&word.text, vendors())) {
            (Some(near), ..) | (None, None, Some(near)) => format!("did you mean `{near}`?"),
            (None, Some((name, vendor)), _) => format!("the vendor of {name} is `{vendor}`"),
            (None, None, None) => "`umbrascope catalog show ID` tells the vendor of an app".to_owned(),
        };
        self.unknown(Code::UnknownVendor, word, "vendor", help)
    }

    fn unknown(&mut self, code: Code, word: &Word, what: &str, help: String) -> Option<String> {
        let message = format!("the catalog knows no {what} `{}`", word.text);
        self.reader.problems.push(Problem::new(code, word.span.clone(), message, "unknown").help(help));
        None
    }

    fn host(&mut self, word: &Word) -> Option<String> {
        let bare = !word.text.contains(['/', ':', '*', '@', ' ']) && word.text.contains('.');
        if bare {
            match normalize(word.text.as_bytes()) {
                Some(Destination::Host(host)) => return Some(host.into_owned()),
                Some(Destination::Address(address)) => return Some(address.to_string()),
                None => {}
            }
        }
        let message = format!("`{}` is not a host", word.text);
        let problem = Problem::new(Code::BadHost, word.span.clone(), message, "no bare name");
        self.reader.problems.push(problem.help("write it like `files.example.com`, without scheme, port or path"));
        None
    }

    fn rule(&mut self, fields: &Fields) {
        let line = self.line(fields.span.start);
        let id = fields.word("id").map_or_else(|| format!("line-{line}"), |word| word.text.clone());
        if self.policy.rules.iter().any(|rule| rule.id == id) {
            let message = format!("two rules are called `{id}`");
            let problem = Problem::new(Code::BadRule, fields.span_of("id"), message, "taken");
            self.reader.problems.push(problem.help("give each a name of its own"));
        }
        let Some(when) = fields.table("when") else { return };
        if when.is_empty() && when.clean {
            let message = format!("rule `{id}` applies to every app");
            let problem = Problem::new(Code::BadRule, when.span.clone(), message, "no condition");
            self.reader.problems.push(problem.help("say when, such as `when = { category = \"file-sharing\" }`"));
        }
        let word = |name: &str| fields.word(name).map(|word| word.text.as_str());
        let rule = Rule {
            when: self.when(when),
            state: word("state").and_then(State::from_name),
            placement: word("placement").and_then(Placement::from_name),
            advice: word("advice").and_then(Action::from_name),
            finding: word("finding").and_then(Level::from_name),
            reason: word("reason").unwrap_or_default().to_owned(),
            id,
            line,
        };
        let effect =
            rule.state.is_some() || rule.placement.is_some() || rule.advice.is_some() || rule.finding.is_some();
        if !effect && fields.clean {
            let message = format!("rule `{}` does nothing", rule.id);
            let problem = Problem::new(Code::BadRule, fields.span.clone(), message, "no effect");
            self.reader.problems.push(problem.help("give it a `state`, a `placement`, an `advice` or a `finding`"));
        }
        self.policy.rules.push(rule);
    }

    fn when(&mut self, fields: &Fields) -> When {
        let mut checked = |name: &str, check: fn(&mut Self, &Word) -> Option<String>| -> Vec<String> {
            fields.words(name).iter().filter_map(|word| check(self, word)).collect()
        };
        let (apps, categories) = (checked("app", Self::app), checked("category", Self::category));
        let (vendors, facts) = (checked("vendor", Self::vendor), checked("fact", Self::fact));
        let words = |name: &'static str| fields.words(name).iter().map(|word| word.text.as_str());
        When {
            apps,
            categories,
            vendors,
            facts,
            jobs: fields.texts("job"),
            departments: fields.texts("department"),
            tenants: words("tenant").filter_map(TenantKind::from_name).collect(),
            risk: words("risk").next().and_then(risk::Level::from_name),
            growth: words("growth")
                .filter_map(|name| STAGES.into_iter().find(|stage| stage.as_str() == name))
                .collect(),
            verdicts: words("verdict").filter_map(Verdict::from_name).collect(),
            states: words("state").filter_map(State::from_name).collect(),
            people: fields.number("people"),
            uploads: fields.number("uploads"),
        }
    }

    fn fact(&mut self, word: &Word) -> Option<String> {
        if fact_kind(&word.text).is_some() {
            return Some(word.text.clone());
        }
        let kinds = crate::catalog::FACTS.iter().map(|kind| kind.id);
        let help = match nearest(&word.text, kinds.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("kinds are {}", kinds.collect::<Vec<_>>().join(", ")),
        };
        let message = format!("there is no kind of fact `{}`", word.text);
        self.reader.problems.push(Problem::new(Code::BadValue, word.span.clone(), message, "unknown").help(help));
        None
    }

    /// Two decisions about one thing, for the same departments and tenants: nobody could say which of them counts.
    fn twice(&mut self) {
        for (at, decision) in self.policy.decisions.iter().enumerate() {
            let same = |other: &&Decision| {
                other.subject == decision.subject
                    && sorted(&other.departments) == sorted(&decision.departments)
                    && sorted(&other.tenants) == sorted(&decision.tenants)
            };
            let earlier = self.policy.decisions.iter().take(at).position(|other| same(&other));
            let spans = earlier.and_then(|earlier| Some((self.spans.get(at)?, self.spans.get(earlier)?)));
            if let Some((span, first)) = spans {
                let (key, name) = (decision.subject.key(), decision.subject.name());
                let message = format!("{key} `{name}` is decided twice");
                let mut problem = Problem::new(Code::DuplicateDecision, span.clone(), message, "again here");
                problem.other = Some((first.clone(), "first decided here".to_owned()));
                self.reader.problems.push(problem.help("keep one, or let one hold for other departments or tenants"));
            }
        }
    }

    fn line(&self, at: usize) -> u32 {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
    }
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    words.sort_unstable();
    words
}
