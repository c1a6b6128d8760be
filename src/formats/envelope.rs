//! What carried a record here: syslog headers, collectors' JSON. Taken off before a format sees the record.
//!
//! An envelope is settled once per file, from its head, and then opened record by record. Its time is a fallback for
//! formats that carry none; its host is where the log was sent from, never the client.

use bumpalo::Bump;

use super::{Assume, Problem};
use crate::event::Timestamp;

/// The layers around each record of a file, outermost first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    layers: Vec<Layer>,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Layer {}

/// A record out of its envelope.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The record itself.
    pub line: &'a [u8],
    /// When the innermost layer that has a time says it was sent.
    pub at: Option<Timestamp>,
}

impl Envelope {
    /// The envelopes that the head of a file may be in, the bare record always first. At most four layers each.
    pub fn candidates(lines: &[&[u8]], assume: &Assume) -> Vec<Envelope> {
        let _ = (lines, assume);
        vec![Envelope::default()]
    }

    /// Whether records stand bare.
    pub fn is_none(&self) -> bool {
        self.layers.is_empty()
    }

    /// Takes a record out. A line that is not in this envelope is returned as it is, so that a stray bare line among
    /// wrapped ones is still read; only a broken envelope is a problem.
    pub fn open<'a>(&self, line: &'a [u8], assume: &Assume, arena: &'a Bump) -> Result<Letter<'a>, Problem> {
        let _ = (assume, arena);
        Ok(Letter { line, at: None })
    }

    /// The layers' names, for people: `RFC 5424 syslog, JSON "message"`. Empty for a bare record.
    pub fn describe(&self) -> String {
        String::new()
    }
}
