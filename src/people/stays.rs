//! Whose an address was at which hour.

use super::members::MemberId;
use crate::traffic::Fact;

/// Seconds in the quarter-hour in which facts tell when something happened.
const QUARTER: i64 = 900;

/// What a stay is known by. Users beat devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    User,
    Device,
}

/// From one second of 1970 on to before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stay {
    from: i64,
    to: i64,
    member: MemberId,
}

/// Who had an address or a device, when. By level; each sorted, without overlaps.
#[derive(Debug, Clone, Default)]
pub(super) struct Stays {
    users: Vec<Stay>,
    devices: Vec<Stay>,
}

/// Whose a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// One member's, in all of its active quarter-hours.
    Of(MemberId),
    /// Several members', or not somebody's all the time.
    Several,
    /// Nobody was there at any of its hours.
    Nobody,
}

impl Stays {
    /// Adds a stay. What was added before keeps its time.
    pub fn add(&mut self, level: Level, from: i64, to: i64, member: MemberId) {
        let stays = match level {
            Level::User => &mut self.users,
            Level::Device => &mut self.devices,
        };
        let mut from = from;
        let mut at = stays.partition_point(|stay| stay.to <= from);
        while from < to {
            let Some(next) = stays.get(at).copied() else {
                stays.push(Stay { from, to, member });
                return;
            };
            if from < next.from {
                stays.insert(at, Stay { from, to: to.min(next.from), member });
                at += 1;
            }
            from = next.to;
            at += 1;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.devices.is_empty()
    }

    pub fn each(&mut self, change: impl Fn(&mut MemberId)) {
        self.users.iter_mut().chain(&mut self.devices).for_each(|stay| change(&mut stay.member));
    }

    /// The user's, if one user was there all the time; else the device's, likewise.
    pub fn whose(&self, fact: &Fact) -> Whose {
        match (whose(&self.users, fact), whose(&self.devices, fact)) {
            (one @ Whose::Of(_), _) | (_, one @ Whose::Of(_)) => one,
            (Whose::Nobody, Whose::Nobody) => Whose::Nobody,
            _ => Whose::Several,
        }
    }
}

/// The one member who was there in every active quarter-hour. In the first and the last only the time from the fact's first
/// second and to its last counts; in a quarter-hour somebody was there if for any part of it.
fn whose(stays: &[Stay], fact: &Fact) -> Whose {
    let (first, last) = (fact.first().seconds(), fact.last().seconds() + 1);
    let from = |second: i64| stays.partition_point(|stay| stay.to <= second);
    let mut at = from(first);
    if let Some(stay) = stays.get(at).filter(|stay| stay.from <= first && last <= stay.to) {
        return Whose::Of(stay.member);
    }
    let midnight = fact.day().start().seconds();
    let (mut one, mut several, mut gap) = (None, false, false);
    for quarter in (0..96).filter(|quarter| fact.quarters().contains(*quarter)) {
        let begin = (midnight + i64::from(quarter) * QUARTER).max(first);
        let end = (midnight + i64::from(quarter + 1) * QUARTER).min(last);
        while stays.get(at).is_some_and(|stay| stay.to <= begin) {
            at += 1;
        }
        let here = stays[at..].iter().take_while(|stay| stay.from < end);
        let mut nobody = true;
        for stay in here {
            nobody = false;
            several |= *one.get_or_insert(stay.member) != stay.member;
        }
        gap |= nobody;
    }
    match one {
        None => Whose::Nobody,
        Some(member) if !several && !gap => Whose::Of(member),
        Some(_) => Whose::Several,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn stays_fill_gaps_and_nothing_else(adds in proptest::collection::vec((0i64..50, 1i64..20, 0u32..4), 0..20)) {
            let mut stays = Stays::default();
            let mut seconds = [None; 80];
            for (from, length, member) in adds {
                stays.add(Level::User, from, from + length, MemberId::of(member));
                for second in &mut seconds[from as usize..(from + length) as usize] {
                    second.get_or_insert(MemberId::of(member));
                }
            }
            prop_assert!(stays.users.is_sorted_by(|a, b| a.to <= b.from));
            for (second, want) in seconds.iter().enumerate() {
                let second = second as i64;
                let got = stays.users.iter().find(|stay| stay.from <= second && second < stay.to);
                prop_assert_eq!(got.map(|stay| stay.member), *want);
            }
        }
    }
}
