//! The sum.

use super::crowd::{Crowd, percent};
use super::weights::{Level, PartWeights, Weights};
use crate::catalog::{App, Category, Fact};
use crate::event::Evidence;
use crate::inventory::{AppRow, Stage};
use crate::words::{bytes, counted};

/// The risk of an app, with everything it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// 0 to 100: the sum of the points, never beyond the scale.
    pub score: u8,
    /// What it would be at best, once everything unknown were known.
    pub low: u8,
    /// What it would be at worst.
    pub high: u8,
    /// How grave the score is.
    pub level: Level,
    /// What it is made of: what it is, what sources say, what was seen.
    pub parts: Vec<Part>,
}

/// One part of the sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The id in `weights.toml`.
    pub id: &'static str,
    /// What it is about.
    pub title: String,
    /// What it adds.
    pub points: i32,
    /// What it would add at best; equals `points` where it is known.
    pub low: i32,
    /// What it would add at worst.
    pub high: i32,
    /// What is known, in a sentence with the numbers.
    pub text: String,
    /// Who says so; none for what was seen in these logs.
    pub source: Option<String>,
    /// The year or month of which it was true.
    pub as_of: Option<String>,
}

/// What the score has to know besides the app's own row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exposure {
    /// People in these logs; devices if no log names people.
    pub people: u64,
    /// Those who were seen in a personal instance of the app.
    pub personal: u64,
    /// Which of the two is counted.
    pub crowd: Crowd,
}

/// Adds up what is known of an app and what was seen of it.
pub fn score(row: &AppRow<'_>, app: &App, category: Option<&Category>, weights: &Weights, exposure: Exposure) -> Risk {
    let mut sum = Sum { weights, app, parts: Vec::new() };
    sum.category(category);
    sum.facts();
    sum.seen(row, exposure);
    sum.total()
}

struct Sum<'a> {
    weights: &'a Weights,
    app: &'a App,
    parts: Vec<Part>,
}

/// Facts that say `yes` or nothing.
const PLAIN: [(&str, &str, &str); 13] = [
    ("e2ee", "encryption", "Content is encrypted from end to end."),
    ("self-hosted", "self-hosted", "Mostly run by its users themselves."),
    ("abused", "abused", "Has been seen in phishing, command and control, or exfiltration."),
    ("anonymizer", "anonymizer", "Hides who asks, or what for."),
    ("vpn", "vpn", "Carries all traffic past the company's eyes."),
    ("tunnel", "tunnel", "Opens a way into the network from outside."),
    ("remote-control", "remote-control", "Lets somebody elsewhere work on the computer."),
    ("p2p", "p2p", "Exchanges files between strangers' computers."),
    ("disposable", "disposable", "Gives mail addresses to throw away."),
    ("monitors-staff", "monitors-staff", "Is made to watch staff."),
    ("doh", "doh", "Answers DNS questions past the company's resolver."),
    ("ddns", "ddns", "Gives names to changing addresses."),
    ("llm-api", "llm-api", "Offers a model to programs."),
];

impl<'a> Sum<'a> {
    fn category(&mut self, category: Option<&Category>) {
        let Some(part) = self.weights.part("category") else { return };
        let inherent = category.and_then(|category| inherent(category.risk()));
        match (category, inherent) {
            (Some(category), Some(inherent)) => {
                let points = (inherent * part.points("percent") + 50) / 100;
                let text = format!(
                    "{}: {} Inherent risk {inherent} of 100, of which {}% count.",
                    category.name(),
                    category.why(),
                    part.points("percent")
                );
                let source = Some("signatures/categories.toml".to_owned());
                self.parts.push(Part { source, ..known("category", part, points, text) });
            }
            _ => self.unknown("category", "Nobody has judged what apps of its kind hold and open."),
        }
    }

    fn facts(&mut self) {
        if let Some(fact) = self.fact("account") {
            let text = match fact.value() {
                "personal" => "Accounts belong to persons, not to a company.",
                _ => "Accounts belong to a company.",
            };
            self.fact_part("account", fact.value(), fact, text.to_owned());
        }
        match (self.fact("mfa"), self.fact("passkey")) {
            (Some(fact), _) => {
                let factors: Vec<&str> = fact.value().split('+').collect();
                let strong = ["totp", "u2f", "custom-hardware", "custom-software"];
                let (key, text) = match () {
                    () if factors.contains(&"none") => ("none", "A directory lists it without any.".to_owned()),
                    () if factors.iter().any(|factor| strong.contains(factor)) => {
                        ("strong", format!("Offers {}.", factors.join(", ")))
                    }
                    () => ("weak", format!("Only by {}.", factors.join(", "))),
                };
                self.fact_part("mfa", key, fact, text);
            }
            (None, Some(fact)) => self.fact_part("mfa", "strong", fact, "Takes passkeys.".to_owned()),
            (None, None) => self.unknown("mfa", "Not known whether it offers one."),
        }
        match (self.fact("sso"), self.fact("saml")) {
            (Some(fact), _) => {
                self.fact_part("sso", fact.value(), fact, "Exists, and costs extra.".to_owned());
            }
            (None, Some(fact)) => {
                self.fact_part("sso", "documented", fact, "An integration by SAML is documented.".to_owned());
            }
            (None, None) => self.unknown("sso", "Not known whether it takes the company's own."),
        }
        match self.fact("deletion") {
            Some(fact) => {
                let text = match fact.value() {
                    "impossible" => "An account cannot be deleted.".to_owned(),
                    "limited" => "An account can be deleted in some places only.".to_owned(),
                    how => format!("Deleting an account is {how}."),
                };
                self.fact_part("deletion", fact.value(), fact, text);
            }
            None => self.unknown("deletion", "Not known how an account is deleted."),
        }
        match (self.fact("bounty"), self.fact("vdp")) {
            (Some(fact), _) => {
                self.fact_part("disclosure", "bounty", fact, "Pays for reported vulnerabilities.".to_owned());
            }
            (None, Some(fact)) => {
                self.fact_part("disclosure", "policy", fact, "Says how vulnerabilities are reported.".to_owned());
            }
            (None, None) => self.unknown("disclosure", "Not known whether it takes reports of vulnerabilities."),
        }
        for (kind, id, text) in PLAIN {
            if let Some(fact) = self.fact(kind) {
                self.fact_part(id, "yes", fact, text.to_owned());
            }
        }
        if let Some(fact) = self.fact("hq") {
            let weighs = self.weights.part("hq").is_some_and(|part| part.points.contains_key(fact.value()));
            let text = match weighs {
                true => format!("Its operator sits in {}.", fact.value()),
                false => format!("Its operator sits in {}; the policy gives no weight to that.", fact.value()),
            };
            self.fact_part("hq", fact.value(), fact, text);
        }
    }

    fn seen(&mut self, row: &AppRow<'_>, exposure: Exposure) {
        let Exposure { people, personal, crowd } = exposure;
        // Only a log of requests can tell; a look-up has no scheme.
        let tells = row.sum.evidence().any(|tier| tier == Evidence::Url);
        match (row.plain_requests, tells) {
            (0, true) => {}
            (0, false) => self.unknown("plain-http", "These logs do not tell how it was reached."),
            (plain, _) => {
                let share = percent(plain, row.sum.requests.max(plain));
                let text = format!("{} over plain HTTP, {share}% of all.", counted(plain, "request", "requests"));
                self.word("plain-http", if share >= 50 { "most" } else { "some" }, text);
            }
        }
        match row.sum.bytes_up {
            Some(up) => self.band("uploads", up, format!("{} were sent to it.", bytes(up))),
            None => self.unknown("uploads", "These logs do not tell how much was sent to it."),
        }
        self.band("senders", row.uploaders, format!("{} sent content to it.", crowd.counted(row.uploaders)));
        self.band("personal-tenant", personal, format!("{} were seen in one.", crowd.counted(personal)));
        // Two hours in all: less is chance.
        if row.active_quarters >= 8 {
            let share = percent(row.after_hours, row.active_quarters);
            self.band("after-hours", share, format!("{share}% of its active time lies outside of office hours."));
        }
        let used = row.used_by.len() as u64;
        let share = percent(used, people);
        self.band("spread", share, format!("{} of {people} work with it.", crowd.counted(used)));
        if let Some(life) = row.life {
            let key = match life.stage {
                Stage::New => "new",
                Stage::Spreading => "spreading",
                Stage::Steady | Stage::Fading | Stage::Gone => return,
            };
            let text = match life.stage {
                Stage::Spreading => format!("{:.1} new {} a week.", life.new_people_per_week, crowd.many()),
                _ => "It is new here.".to_owned(),
            };
            self.word("growth", key, text);
        }
    }

    fn fact(&self, kind: &str) -> Option<&'a Fact> {
        self.app.facts().iter().find(|fact| fact.is() == kind)
    }

    /// A fact is shown even if it weighs nothing.
    fn fact_part(&mut self, id: &'static str, key: &str, fact: &Fact, text: String) {
        let Some(part) = self.weights.part(id) else { return };
        let (source, as_of) = (Some(fact.source().to_owned()), Some(fact.as_of().to_owned()));
        self.parts.push(Part { source, as_of, ..known(id, part, part.points(key), text) });
    }

    fn word(&mut self, id: &'static str, key: &str, text: String) {
        let Some(part) = self.weights.part(id) else { return };
        self.parts.extend(Some(known(id, part, part.points(key), text)).filter(|part| part.points != 0));
    }

    /// What does not reach the first threshold is not shown: it was seen, and it is nothing.
    fn band(&mut self, id: &'static str, value: u64, text: String) {
        let Some(part) = self.weights.part(id) else { return };
        self.parts.extend(Some(known(id, part, part.reached(value), text)).filter(|part| part.points != 0));
    }

    fn unknown(&mut self, id: &'static str, text: &str) {
        let Some(part) = self.weights.part(id) else { return };
        if let Some((low, high)) = part.unknown {
            self.parts.push(Part { low, high, ..known(id, part, 0, text.to_owned()) });
        }
    }

    fn total(mut self) -> Risk {
        let sum: i32 = self.parts.iter().map(|part| part.points).sum();
        let score = on_scale(sum);
        // The parts must add up to what is shown, also at the ends of the scale.
        if i32::from(score) != sum {
            let points = i32::from(score) - sum;
            let (title, end) = ("End of the scale".to_owned(), if points < 0 { 100 } else { 0 });
            let text = format!("The parts make {sum}; the scale ends at {end}.");
            let part = Part { id: "scale", title, points, low: points, high: points, text, source: None, as_of: None };
            self.parts.push(part);
        }
        let reach = |end: fn(&Part) -> i32| {
            let parts = self.parts.iter().filter(|part| part.id != "scale");
            on_scale(parts.map(end).sum())
        };
        let (low, high) = (reach(|part| part.low).min(score), reach(|part| part.high).max(score));
        Risk { score, low, high, level: self.weights.level(score), parts: self.parts }
    }
}

fn known(id: &'static str, part: &PartWeights, points: i32, text: String) -> Part {
    Part { id, title: part.title.clone(), points, low: points, high: points, text, source: None, as_of: None }
}

fn on_scale(sum: i32) -> u8 {
    u8::try_from(sum.clamp(0, 100)).unwrap_or(0)
}

/// The risk of a category as its file writes it: a number, or a word.
fn inherent(text: &str) -> Option<i32> {
    match text.trim() {
        "low" => Some(15),
        "medium" => Some(45),
        "high" => Some(75),
        number => number.parse().ok().filter(|number| (0..=100).contains(number)),
    }
}
