//! Counts over many facts.

use crate::event::{Evidence, Timestamp};
use crate::traffic::Fact;

/// Counts over many facts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Visits, blocked ones included.
    pub requests: u64,
    /// DNS look-ups.
    pub lookups: u64,
    /// Visits and look-ups that were stopped.
    pub blocked: u64,
    /// POST, PUT, PATCH.
    pub uploads: u64,
    /// Client to server, if known.
    pub bytes_up: Option<u64>,
    /// Server to client, if known.
    pub bytes_down: Option<u64>,
    /// First and last second.
    pub span: Option<(Timestamp, Timestamp)>,
    evidence: u8,
}

impl Sum {
    pub(super) fn add(&mut self, fact: &Fact) {
        self.requests += u64::from(fact.requests);
        self.lookups += u64::from(fact.lookups);
        self.blocked += u64::from(fact.blocked);
        self.uploads += u64::from(fact.uploads);
        self.bytes_up = add_known(self.bytes_up, fact.bytes_up());
        self.bytes_down = add_known(self.bytes_down, fact.bytes_down());
        self.span = match self.span {
            Some((first, last)) => Some((first.min(fact.first()), last.max(fact.last()))),
            None => Some((fact.first(), fact.last())),
        };
        self.evidence |= fact.evidence_bits();
    }

    pub(super) fn merge(&mut self, other: &Sum) {
        self.requests += other.requests;
        self.lookups += other.lookups;
        self.blocked += other.blocked;
        self.uploads += other.uploads;
        self.bytes_up = add_known(self.bytes_up, other.bytes_up);
        self.bytes_down = add_known(self.bytes_down, other.bytes_down);
        self.span = match (self.span, other.span) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, two) => one.or(two),
        };
        self.evidence |= other.evidence;
    }

    /// Whatever was told, only the address tells the app.
    pub(super) fn only_by_address(&mut self) {
        self.evidence = u8::from(self.evidence != 0) << Evidence::Address as u8;
    }

    /// Visits and look-ups.
    pub fn sightings(&self) -> u64 {
        self.requests + self.lookups
    }

    /// Bytes both ways, as far as known.
    pub fn bytes(&self) -> u64 {
        self.bytes_up.unwrap_or(0).saturating_add(self.bytes_down.unwrap_or(0))
    }

    /// The tiers of evidence, strongest first.
    pub fn evidence(&self) -> impl Iterator<Item = Evidence> {
        let bits = self.evidence;
        Evidence::ALL.into_iter().filter(move |tier| bits & (1 << *tier as u8) != 0)
    }
}

/// Adds what is known to what is known.
pub fn add_known(sum: Option<u64>, more: Option<u64>) -> Option<u64> {
    match (sum, more) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (one, other) => one.or(other),
    }
}
