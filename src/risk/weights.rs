//! The weights: read from `weights.toml`, changed by a policy.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diag::nearest::nearest;

const BUILT_IN: &str = include_str!("weights.toml");

/// How grave a score is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing out of the ordinary.
    Low,
    /// Worth a look.
    Medium,
    /// Worth a talk.
    High,
    /// Worth a decision today.
    Critical,
}

impl Level {
    /// Every level, least grave first.
    pub const ALL: [Level; 4] = [Level::Low, Level::Medium, Level::High, Level::Critical];

    /// The word used in policies and in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::risk::Level::High.as_str(), "high");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

/// What one part of the score may weigh.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartWeights {
    /// What the part is about.
    pub title: String,
    /// Why it counts.
    pub why: String,
    /// What it adds, by what is known.
    pub points: BTreeMap<String, i32>,
    /// How far it could go either way where nobody knows.
    #[serde(default)]
    pub unknown: Option<(i32, i32)>,
    /// How far a policy may move its points.
    pub range: (i32, i32),
}

/// What every part may weigh.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Weights {
    levels: BTreeMap<String, i32>,
    #[serde(flatten)]
    parts: BTreeMap<String, PartWeights>,
}

/// Why a weight cannot be changed, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, in lower case.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Weights {
    /// The weights of the program.
    pub fn built_in() -> Weights {
        // A test reads the file as well; without any weight there would be no points, never a wrong one.
        toml::from_str(BUILT_IN).unwrap_or(Weights { levels: BTreeMap::new(), parts: BTreeMap::new() })
    }

    /// Every part by id.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &PartWeights)> {
        self.parts.iter().map(|(id, part)| (id.as_str(), part))
    }

    /// The part of that id.
    pub fn part(&self, id: &str) -> Option<&PartWeights> {
        self.parts.get(id)
    }

    /// The level of a score.
    pub fn level(&self, score: u8) -> Level {
        let from = |level: Level| self.levels.get(level.as_str()).copied().unwrap_or(i32::MAX);
        Level::ALL.into_iter().rev().find(|level| from(*level) <= i32::from(score)).unwrap_or(Level::Low)
    }

    /// Changes what `key` of `part` adds. `levels` is the part that tells from which score on a level begins.
    pub fn set(&mut self, part: &str, key: &str, points: i64) -> Result<(), Refusal> {
        if part == "levels" {
            return self.set_level(key, points);
        }
        let Some(weights) = self.parts.get_mut(part) else {
            let ids = self.parts.keys().map(String::as_str).chain(["levels"]);
            let help = match nearest(part, ids.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("parts are {}", ids.collect::<Vec<_>>().join(", ")),
            };
            return Err(Refusal { message: format!("the risk score has no part `{part}`"), help });
        };
        let known = weights.points.contains_key(key)
            || match part {
                "hq" => key.len() == 2 && key.bytes().all(|byte| byte.is_ascii_uppercase()),
                _ => weights.is_banded() && band(key).is_some(),
            };
        if !known {
            let keys = weights.points.keys().map(String::as_str);
            let help = match (part, weights.is_banded(), nearest(key, keys.clone())) {
                ("hq", ..) => "write a country of two capital letters, such as `DE`".to_owned(),
                (_, true, _) => "write from where on it counts, such as `1GB`, `10` or `\"25%\"`".to_owned(),
                (_, _, Some(near)) => format!("did you mean `{near}`?"),
                _ => format!("it has {}", keys.collect::<Vec<_>>().join(", ")),
            };
            return Err(Refusal { message: format!("part `{part}` of the risk score knows no `{key}`"), help });
        }
        let (least, most) = weights.range;
        match i32::try_from(points).ok().filter(|points| (least..=most).contains(points)) {
            Some(points) => {
                weights.points.insert(key.to_owned(), points);
                // What is unknown may turn out to be this.
                if let Some((low, high)) = &mut weights.unknown
                    && part != "category"
                {
                    (*low, *high) = ((*low).min(points), (*high).max(points));
                }
                Ok(())
            }
            None => Err(Refusal {
                message: format!("`{points}` is too much or too little for part `{part}`"),
                help: format!("write a whole number from {least} to {most}"),
            }),
        }
    }

    fn set_level(&mut self, key: &str, score: i64) -> Result<(), Refusal> {
        let message = |text: &str| format!("`{key} = {score}` {text}");
        if !self.levels.contains_key(key) {
            let help = "levels that begin somewhere are medium, high and critical".to_owned();
            return Err(Refusal { message: format!("there is no level `{key}` to set"), help });
        }
        match i32::try_from(score).ok().filter(|score| (1..=100).contains(score)) {
            Some(score) => {
                self.levels.insert(key.to_owned(), score);
                Ok(())
            }
            None => {
                Err(Refusal { message: message("is no score"), help: "write a whole number from 1 to 100".to_owned() })
            }
        }
    }

    /// The levels in their order, if they are in disorder.
    pub fn disorder(&self) -> Option<String> {
        let from = |level: Level| self.levels.get(level.as_str()).copied().unwrap_or(0);
        let starts = [from(Level::Medium), from(Level::High), from(Level::Critical)];
        let told = || format!("medium {}, high {}, critical {}", starts[0], starts[1], starts[2]);
        (!starts.is_sorted()).then(told)
    }
}

impl PartWeights {
    /// Points for a word; none if it has no weight.
    pub fn points(&self, key: &str) -> i32 {
        self.points.get(key).copied().unwrap_or(0)
    }

    /// Points by thresholds: those of the highest one that is reached.
    pub fn reached(&self, value: u64) -> i32 {
        let bands = self.points.iter().filter_map(|(key, points)| Some((band(key)?, *points)));
        bands.filter(|(from, _)| *from <= value).max().map_or(0, |(_, points)| points)
    }

    /// Whether its keys are thresholds.
    pub fn is_banded(&self) -> bool {
        !self.points.is_empty() && self.points.keys().all(|key| band(key).is_some())
    }
}

/// `3`, `25%` or `10MB` as a number; the unit is that of the part.
fn band(key: &str) -> Option<u64> {
    let digits = key.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = key.split_at(digits);
    let factor = match unit {
        "" | "%" => 1,
        "KB" | "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}
