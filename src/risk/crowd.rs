//! Who is counted, and which part of them.

use crate::words::counted;

/// Whole percents of a whole, rounded down, so that only all is 100%. Nothing of nothing is 0.
pub fn percent(part: u64, whole: u64) -> u64 {
    let share = u128::from(part) * 100 / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// Who is counted: people, or devices where no log names people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Crowd {
    /// People.
    #[default]
    People,
    /// Devices.
    Devices,
}

impl Crowd {
    /// `1 person`, `12 people`.
    pub fn counted(self, number: u64) -> String {
        match self {
            Crowd::People => counted(number, "person", "people"),
            Crowd::Devices => counted(number, "device", "devices"),
        }
    }

    /// `people`.
    pub fn many(self) -> &'static str {
        match self {
            Crowd::People => "people",
            Crowd::Devices => "devices",
        }
    }
}
