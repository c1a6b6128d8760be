//! Instants and days.

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A UTC date: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// The year 1990: no log that this program reads is older.
    pub const EARLIEST: Timestamp = Timestamp(631_152_000_000);
    /// The year 2169, where the days of facts end, so that a broken clock cannot stretch a report over millennia.
    pub const LATEST: Timestamp = Timestamp(6_279_984_000_000);

    /// Whether the instant can be that of a log record at all.
    pub fn is_plausible(self) -> bool {
        (Self::EARLIEST..Self::LATEST).contains(&self)
    }

    /// The UTC date.
    ///
    /// ```
    /// # use umbrascope::event::{Day, Timestamp};
    /// assert_eq!(Timestamp(86_400_000).day(), Day(1));
    /// ```
    pub fn day(self) -> Day {
        Day(self.0.div_euclid(DAY_MS) as i32)
    }

    /// Seconds since the UTC midnight.
    pub fn second_of_day(self) -> u32 {
        (self.0.rem_euclid(DAY_MS) / 1000) as u32
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

impl Day {
    /// The midnight at which the day begins.
    pub fn start(self) -> Timestamp {
        Timestamp(i64::from(self.0) * DAY_MS)
    }
}
