//! Used, or merely touched: the verdict on one person and one app, by rules that can be read.
//!
//! The rules stand in `use.toml`, each with its reason; a policy may replace or add some. Nothing here knows of facts: a
//! verdict is a matter of [`Measures`], so that every verdict can be explained by numbers and a sentence.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// What somebody did with an app, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Worked with.
    Used,
    /// A few short visits.
    Tried,
    /// Its pixels, its brochure, one link: not work.
    Touched,
    /// A program did it by itself.
    Background,
    /// Wanted and stopped.
    Blocked,
}

impl Verdict {
    /// Every verdict, strongest first.
    pub const ALL: [Verdict; 5] =
        [Verdict::Used, Verdict::Tried, Verdict::Touched, Verdict::Background, Verdict::Blocked];

    /// The word used in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::inventory::Verdict::Tried.as_str(), "tried");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Used => "used",
            Verdict::Tried => "tried",
            Verdict::Touched => "touched",
            Verdict::Background => "background",
            Verdict::Blocked => "blocked",
        }
    }

    /// The verdict of that name.
    pub fn from_name(name: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }
}

/// What the rules look at: one person or device and one app, over the whole period. `use.toml` tells each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "told in use.toml, where rules are written")]
pub struct Measures {
    pub visits: u64,
    pub lookups: u64,
    pub work: u64,
    pub app: u64,
    pub api: u64,
    pub site: u64,
    pub login: u64,
    pub passive: u64,
    pub blocked: u64,
    pub uploads: u64,
    /// Kilobytes.
    pub sent: u64,
    pub hosts: u64,
    pub days: u64,
    pub quarters: u64,
    pub busiest: u64,
    pub hours: u64,
    /// Percent.
    pub night: u64,
    pub per_quarter: u64,
    pub person: bool,
}

/// Names of the measures, as rules write them, and how each is read.
type Measure = (&'static str, fn(&Measures) -> u64);
const MEASURES: [Measure; 19] = [
    ("visits", |m| m.visits),
    ("lookups", |m| m.lookups),
    ("work", |m| m.work),
    ("app", |m| m.app),
    ("api", |m| m.api),
    ("site", |m| m.site),
    ("login", |m| m.login),
    ("passive", |m| m.passive),
    ("blocked", |m| m.blocked),
    ("uploads", |m| m.uploads),
    ("sent", |m| m.sent),
    ("hosts", |m| m.hosts),
    ("days", |m| m.days),
    ("quarters", |m| m.quarters),
    ("busiest", |m| m.busiest),
    ("hours", |m| m.hours),
    ("night", |m| m.night),
    ("per_quarter", |m| m.per_quarter),
    ("person", |m| u64::from(m.person)),
];

impl Measures {
    /// Every measure by its name, in the order in which they are told.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        MEASURES.iter().map(|(name, of)| (*name, of(self)))
    }
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name: stable.
    pub id: Box<str>,
    /// What it decides.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: Box<str>,
    when: Vec<Condition>,
}

#[derive(Debug, Clone)]
struct Condition {
    measure: usize,
    /// From, and before.
    range: Range<u64>,
    written: Box<str>,
}

impl Rule {
    /// Whether all its conditions hold.
    pub fn holds(&self, measures: &Measures) -> bool {
        self.when.iter().all(|condition| condition.range.contains(&MEASURES[condition.measure].1(measures)))
    }

    /// Its conditions as they are written: measure and range.
    pub fn conditions(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.when.iter().map(|condition| (MEASURES[condition.measure].0, &*condition.written))
    }
}

/// The rules, in the order in which they are tried.
#[derive(Debug, Clone)]
pub struct Rules(Vec<Rule>);

/// What is wrong with a rule, and where: bytes of the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFault {
    /// Where.
    pub span: Range<usize>,
    /// What, in one line.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.help)
    }
}

/// A rule as a file holds it. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    id: Spanned<String>,
    verdict: Spanned<String>,
    #[serde(default)]
    when: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    reason: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRules {
    rule: Vec<RawRule>,
}

/// The rules that the program comes with.
pub const BUILT_IN_RULES: &str = include_str!("use.toml");

impl Rules {
    /// The rules that the program comes with.
    pub fn built_in() -> Rules {
        let (rules, faults) = Rules(Vec::new()).with(match toml::from_str::<RawRules>(BUILT_IN_RULES) {
            Ok(raw) => raw.rule,
            Err(_) => Vec::new(),
        });
        debug_assert!(faults.is_empty() && !rules.0.is_empty(), "{faults:?}");
        rules
    }

    /// These rules with others laid over them: one with a known id takes that one's place, new ones are tried first, in
    /// their order. Faulty ones are left out and told.
    #[must_use]
    pub fn with(mut self, raw: Vec<RawRule>) -> (Rules, Vec<RuleFault>) {
        let mut faults = Vec::new();
        let mut new: Vec<Rule> = Vec::new();
        for raw in raw {
            let span = raw.id.span();
            let Some(rule) = Rule::read(raw, &mut faults) else { continue };
            if new.iter().any(|other| other.id == rule.id) {
                faults.push(RuleFault {
                    span,
                    what: format!("there are two rules `{}`", rule.id),
                    help: "give each rule an id of its own".to_owned(),
                });
                continue;
            }
            match self.0.iter_mut().find(|old| old.id == rule.id) {
                Some(old) => *old = rule,
                None => new.push(rule),
            }
        }
        new.append(&mut self.0);
        (Rules(new), faults)
    }

    /// The rules in the order in which they are tried.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Rule> {
        self.0.iter()
    }

    /// The first rule that holds, and its place.
    ///
    /// ```
    /// # use umbrascope::inventory::{Measures, Rules, Verdict};
    /// let pixels = Measures { visits: 40, passive: 40, person: true, ..Measures::default() };
    /// let rules = Rules::built_in();
    /// assert_eq!(rules.judge(&pixels).map(|(_, rule)| rule.verdict), Some(Verdict::Touched));
    /// ```
    pub fn judge(&self, measures: &Measures) -> Option<(usize, &Rule)> {
        self.0.iter().enumerate().find(|(_, rule)| rule.holds(measures))
    }

    /// The rule at a place.
    pub fn get(&self, place: usize) -> Option<&Rule> {
        self.0.get(place)
    }
}

impl Rule {
    fn read(raw: RawRule, faults: &mut Vec<RuleFault>) -> Option<Rule> {
        let before = faults.len();
        let words = || Verdict::ALL.map(Verdict::as_str).join(", ");
        let verdict = Verdict::from_name(raw.verdict.get_ref());
        if verdict.is_none() {
            faults.push(RuleFault {
                span: raw.verdict.span(),
                what: format!("`{}` is no verdict", raw.verdict.get_ref()),
                help: format!("write one of {}", words()),
            });
        }
        if raw.reason.get_ref().trim().is_empty() {
            faults.push(RuleFault {
                span: raw.reason.span(),
                what: "a rule without a reason".to_owned(),
                help: "say in a sentence why it decides so; every row shows it".to_owned(),
            });
        }
        let mut when = Vec::new();
        for (name, value) in raw.when {
            let Some(measure) = MEASURES.iter().position(|(known, _)| known == name.get_ref()) else {
                faults.push(RuleFault {
                    span: name.span(),
                    what: format!("`{}` is no measure", name.get_ref()),
                    help: format!("write one of {}", MEASURES.map(|(name, _)| name).join(", ")),
                });
                continue;
            };
            let written: Box<str> = match value.get_ref() {
                toml::Value::Integer(exactly) => exactly.to_string().into(),
                toml::Value::String(range) => range.as_str().into(),
                _ => "".into(),
            };
            match range(&written) {
                Some(range) => when.push(Condition { measure, range, written }),
                None => faults.push(RuleFault {
                    span: value.span(),
                    what: "this is no range".to_owned(),
                    help: "write \"0\", \"1..\", \"..4\" or \"2..=5\"".to_owned(),
                }),
            }
        }
        when.sort_by_key(|condition| condition.measure);
        (faults.len() == before).then_some(())?;
        Some(Rule { id: raw.id.into_inner().into(), verdict: verdict?, reason: raw.reason.into_inner().into(), when })
    }
}

/// A range as rules write it. Empty ones are none.
fn range(text: &str) -> Option<Range<u64>> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match text.split_once("..") {
        None => number(text)?..number(text)?.checked_add(1)?,
        Some((from, to)) => {
            let from = if from.trim().is_empty() { 0 } else { number(from)? };
            let to = match (to.strip_prefix('='), to.trim().is_empty()) {
                (Some(last), _) => number(last)?.checked_add(1)?,
                (None, true) => u64::MAX,
                (None, false) => number(to)?,
            };
            from..to
        }
    };
    (!range.is_empty()).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_that_come_with_the_program_are_sound() {
        let raw: RawRules = toml::from_str(BUILT_IN_RULES).unwrap();
        let count = raw.rule.len();
        let (rules, faults) = Rules(Vec::new()).with(raw.rule);
        assert_eq!(faults, []);
        assert_eq!(rules.iter().len(), count);
        // Whatever the measures, somebody decides.
        assert!(rules.iter().last().unwrap().when.is_empty());
        for (name, _) in MEASURES {
            assert!(
                BUILT_IN_RULES.contains(&format!("#   {name} ")) || BUILT_IN_RULES.contains(&format!("  {name}  ")),
                "{name} is told nowhere"
            );
        }
    }

    #[test]
    fn ranges() {
        for (text, expected) in [
            ("0", Some(0..1)),
            ("3..", Some(3..u64::MAX)),
            ("..4", Some(0..4)),
            ("2..=5", Some(2..6)),
            ("5..5", None),
            ("x", None),
            ("", None),
            ("-1", None),
        ] {
            assert_eq!(range(text), expected, "{text}");
        }
    }

    #[test]
    fn a_policy_replaces_and_adds() {
        let text = r#"
            [[rule]]
            id = "one-look"
            verdict = "tried"
            reason = "With us, one look counts."
            [[rule]]
            id = "ours"
            verdict = "used"
            when = { uploads = 7, nights = "1..", work = "5..2" }
            reason = " "
            [[rule]]
            id = "mine"
            verdict = "used"
            when = { uploads = 7 }
            reason = "Seven is our number."
        "#;
        let raw: RawRules = toml::from_str(text).unwrap();
        let count = Rules::built_in().iter().len();
        let (rules, faults) = Rules::built_in().with(raw.rule);
        let whats: Vec<&str> = faults.iter().map(|fault| fault.what.as_str()).collect();
        assert_eq!(whats, ["a rule without a reason", "`nights` is no measure", "this is no range"]);
        assert_eq!(rules.iter().len(), count + 1);
        assert_eq!(&*rules.get(0).unwrap().id, "mine");
        assert_eq!(rules.iter().find(|rule| &*rule.id == "one-look").unwrap().verdict, Verdict::Tried);
    }
}
