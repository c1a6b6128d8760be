//! Weekdays, hours and growth: when an app was used, and how its use grows or fades.

use std::ops::Range;

use hashbrown::HashMap;
use jiff::tz::TimeZone;

use crate::event::Day;
use crate::traffic::Quarters;

/// Hours in which people are expected to work, by the clock on the wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeHours {
    /// The first hour, and the first after work: 7..19 is from seven to seven.
    pub hours: Range<u8>,
    /// By weekday, Monday first.
    pub weekdays: [bool; 7],
}

impl Default for OfficeHours {
    fn default() -> OfficeHours {
        OfficeHours { hours: 7..19, weekdays: [true, true, true, true, true, false, false] }
    }
}

impl OfficeHours {
    fn contain(&self, moment: Moment) -> bool {
        self.weekdays.get(moment.weekday as usize).is_some_and(|works| *works) && self.hours.contains(&moment.hour)
    }
}

/// Hours in which clients work and people sleep, whatever the office hours.
const NIGHT: [Range<u8>; 2] = [0..6, 22..24];

/// A quarter-hour on the wall's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Moment {
    /// 0 is Monday.
    weekday: u8,
    hour: u8,
}

/// The quarter-hours of the days of a report, in its zone.
pub(super) struct Calendar {
    days: HashMap<i32, Daily, foldhash::fast::RandomState>,
}

/// The quarter-hours of a day.
struct Daily {
    moments: Box<[Moment; 96]>,
    /// Those in which people sleep.
    night: Quarters,
    /// Those outside office hours.
    after: Quarters,
}

impl Calendar {
    /// For these days. The clock is asked once for each quarter-hour of each day, so that the nights in which it is put
    /// forward or back are right.
    pub fn new(days: &[Day], zone: &TimeZone, office: &OfficeHours) -> Calendar {
        let mut calendar = Calendar { days: HashMap::default() };
        for day in days {
            let moments: Box<[Moment; 96]> = Box::new(std::array::from_fn(|quarter| {
                let second = day.start().seconds() + quarter as i64 * 900;
                let Ok(at) = jiff::Timestamp::from_second(second) else { return Moment::default() };
                let civil = zone.to_datetime(at);
                Moment { weekday: civil.date().weekday().to_monday_zero_offset() as u8, hour: civil.hour() as u8 }
            }));
            let mask = |wanted: &dyn Fn(Moment) -> bool| {
                let quarters = (0..96).filter(|quarter| wanted(moments[*quarter as usize]));
                Quarters::of(quarters)
            };
            let night = mask(&|moment| NIGHT.iter().any(|night| night.contains(&moment.hour)));
            let after = mask(&|moment| !office.contain(moment));
            calendar.days.insert(day.0, Daily { moments, night, after });
        }
        calendar
    }

    /// How many of the quarter-hours lie in the night.
    pub fn by_night(&self, day: Day, quarters: Quarters) -> u32 {
        self.days.get(&day.0).map_or(0, |daily| daily.night.and(quarters).count())
    }

    /// How many of the quarter-hours lie outside office hours.
    pub fn after_hours(&self, day: Day, quarters: Quarters) -> u32 {
        self.days.get(&day.0).map_or(0, |daily| daily.after.and(quarters).count())
    }

    /// Adds the quarter-hours to a table by weekday and hour.
    pub fn heat(&self, day: Day, quarters: Quarters, heat: &mut Heat) {
        let Some(daily) = self.days.get(&day.0) else { return };
        for quarter in quarters.iter() {
            let moment = daily.moments[quarter as usize];
            heat[moment.weekday as usize % 7][moment.hour as usize % 24] += 1;
        }
    }
}

/// Active quarter-hours by weekday (Monday first) and hour.
pub type Heat = [[u32; 24]; 7];

/// The steps of growth lines over the period of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buckets {
    /// Weeks that begin on Mondays, not days.
    pub weekly: bool,
    first: i32,
    last: i32,
}

/// Up to so many days a growth line has a point a day.
const DAILY: i32 = 62;

impl Buckets {
    pub(super) fn new(period: Option<(Day, Day)>) -> Buckets {
        let Some((Day(first), Day(last))) = period else { return Buckets { weekly: false, first: 0, last: -1 } };
        match last - first < DAILY {
            true => Buckets { weekly: false, first, last },
            false => Buckets { weekly: true, first: monday(first), last },
        }
    }

    fn step(&self) -> i32 {
        if self.weekly { 7 } else { 1 }
    }

    /// How many.
    pub fn len(&self) -> usize {
        ((self.last - self.first + self.step()) / self.step()).max(0) as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which one a day belongs to.
    pub(super) fn of(&self, day: Day) -> usize {
        (((day.0 - self.first) / self.step()).max(0) as usize).min(self.len().saturating_sub(1))
    }

    /// The days on which they begin.
    pub fn starts(&self) -> impl Iterator<Item = Day> + use<> {
        let (first, step) = (self.first, self.step());
        (0..self.len() as i32).map(move |bucket| Day(first + bucket * step))
    }
}

/// The Monday of a day's week. 1970 began on a Thursday.
fn monday(day: i32) -> i32 {
    day - (day + 3).rem_euclid(7)
}

/// One step of a growth line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// People and devices who worked with it.
    pub people: u64,
    /// Who did so for the first time in these logs.
    pub new_people: u64,
    /// Visits and look-ups.
    pub requests: u64,
    /// Bytes sent, if known.
    pub bytes_up: Option<u64>,
}

/// Where an app stands in its life, as far as the logs tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// It was not there in the first half of the period.
    New,
    /// People keep starting with it.
    Spreading,
    /// About the same people.
    Steady,
    /// Fewer and fewer people.
    Fading,
    /// Nobody any more.
    Gone,
}

impl Stage {
    /// The word used in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::inventory::Stage::Spreading.as_str(), "spreading");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::Spreading => "spreading",
            Stage::Steady => "steady",
            Stage::Fading => "fading",
            Stage::Gone => "gone",
        }
    }
}

/// A stage of life, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    /// The stage.
    pub stage: Stage,
    /// The rule that says so, in a sentence.
    pub rule: &'static str,
    /// People who start with it per week, over the last half of the period.
    pub new_people_per_week: f64,
    /// Weeks after which half of its people have gone, if it loses people.
    pub half_life_weeks: Option<f64>,
}

/// What somebody's days with an app tell of its life.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stay {
    /// The first day with work.
    pub first: Day,
    /// The last.
    pub last: Day,
}

/// Too short a period tells nothing about growth.
const SHORTEST: i32 = 7;

impl Life {
    /// Judges the stays of all who worked with an app. `None` if the period is shorter than a week or nobody did.
    pub(super) fn of(stays: &[Stay], period: (Day, Day)) -> Option<Life> {
        let (Day(begin), Day(end)) = period;
        let days = end - begin + 1;
        if days < SHORTEST || stays.is_empty() {
            return None;
        }
        let half = begin + days / 2;
        let third = (days / 3).max(1);
        let count = |wanted: &dyn Fn(&Stay) -> bool| stays.iter().filter(|stay| wanted(stay)).count() as f64;
        let first = stays.iter().map(|stay| stay.first.0).min()?;
        let last = stays.iter().map(|stay| stay.last.0).max()?;
        let all = stays.len() as f64;
        let late_starts = count(&|stay| stay.first.0 >= half);
        let early_starts = all - late_starts;
        let there_late = count(&|stay| stay.last.0 >= half);
        // Who worked with it in the second third, and who in the last.
        let middle = count(&|stay| stay.first.0 < end - third + 1 && stay.last.0 > end - 2 * third);
        let latest = count(&|stay| stay.last.0 > end - third);
        let weeks = f64::from(end - half + 1) / 7.0;
        let new_people_per_week = (late_starts / weeks * 10.0).round() / 10.0;
        let half_life_weeks = half_life(middle, latest, third);
        let (stage, rule) = if end - last >= third.max(7) {
            (Stage::Gone, "Nobody worked with it in the last third of the period, at least a week.")
        } else if first >= half && late_starts >= 1.0 && days >= 14 {
            (Stage::New, "It first appeared in the second half of the period.")
        } else if late_starts >= 3.0 && late_starts >= 0.4 * early_starts && there_late >= 1.25 * early_starts {
            (
                Stage::Spreading,
                "In the second half of the period three people or more began with it, four for every ten before, and a quarter more were there than in the first half.",
            )
        } else if middle >= 4.0 && latest <= 0.6 * middle {
            (
                Stage::Fading,
                "Of the people in the second third of the period, six in ten or fewer were there in the last.",
            )
        } else {
            (Stage::Steady, "About as many people as before.")
        };
        Some(Life { stage, rule, new_people_per_week, half_life_weeks })
    }
}

/// Weeks until half of the people have gone, at the pace from `before` to `after` in so many days.
fn half_life(before: f64, after: f64, days: i32) -> Option<f64> {
    (after < before && after > 0.0)
        .then(|| f64::from(days) / 7.0 * std::f64::consts::LN_2 / (before / after).ln())
        .map(|weeks| (weeks * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stay(first: i32, last: i32) -> Stay {
        Stay { first: Day(first), last: Day(last) }
    }

    #[test]
    fn stages() {
        let period = (Day(100), Day(127));
        let stage = |stays: &[Stay]| Life::of(stays, period).map(|life| life.stage);
        assert_eq!(stage(&[stay(100, 110), stay(101, 112)]), Some(Stage::Gone));
        assert_eq!(stage(&[stay(116, 127), stay(120, 120)]), Some(Stage::New));
        let spread: Vec<Stay> = (0..10).map(|who| stay(100 + who * 2, 127)).collect();
        assert_eq!(stage(&spread), Some(Stage::Spreading));
        let fade: Vec<Stay> = (0..10).map(|who| stay(100, if who < 5 { 127 } else { 113 })).collect();
        assert_eq!(stage(&fade), Some(Stage::Fading));
        assert_eq!(stage(&[stay(100, 127), stay(101, 126)]), Some(Stage::Steady));
        assert_eq!(stage(&[]), None);
        assert_eq!(Life::of(&[stay(1, 3)], (Day(1), Day(5))), None);
    }

    #[test]
    fn buckets_cover_the_period() {
        let daily = Buckets::new(Some((Day(20_000), Day(20_010))));
        assert_eq!((daily.weekly, daily.len(), daily.of(Day(20_010))), (false, 11, 10));
        // 2026-03-09 is a Monday.
        let weekly = Buckets::new(Some((Day(20_522), Day(20_521 + 100))));
        assert_eq!(weekly.starts().next(), Some(Day(20_521)));
        assert_eq!((weekly.weekly, weekly.of(Day(20_528)), weekly.starts().count()), (true, 1, weekly.len()));
        assert!(Buckets::new(None).is_empty());
    }

    #[test]
    fn the_wall_clock_decides() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        // Monday 2026-03-09, 06:00 UTC is 07:00 in Berlin.
        let day = Day(20_521);
        let calendar = Calendar::new(&[day], &zone, &OfficeHours::default());
        let quarters = Quarters::of([20, 24]);
        assert_eq!(calendar.after_hours(day, quarters), 1);
        assert_eq!(calendar.by_night(day, Quarters::of([0, 19, 20])), 2);
        let mut heat = Heat::default();
        calendar.heat(day, quarters, &mut heat);
        assert_eq!((heat[0][6], heat[0][7]), (1, 1));
    }
}
