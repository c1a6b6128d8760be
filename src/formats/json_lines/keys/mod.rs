//! Which keys mean what, product by product.
//!
//! A dialect is one table. Rows of one field stand in order of preference, whatever their order in the record.

mod azure;
mod check_point;
mod cloud_swg;
mod defender;
mod dns;
mod ecs;
mod forcepoint;
mod gateway;
mod gcp;
mod jamf;
mod menlo;
mod netskope;
mod ocsf;
mod skyhigh;
mod suricata;
mod untangle;
mod zeek;
mod zscaler;

use bumpalo::Bump;

use crate::event::{Event, parse_ip, split_url};
use crate::formats::Parsed;
use crate::formats::fields::alias::Field;

/// Every dialect, the surest first.
pub(super) static DIALECTS: [&Dialect; 24] = [
    &zeek::DIALECT,
    &suricata::DIALECT,
    &ocsf::DIALECT,
    &gateway::cloudflare::DIALECT,
    &gateway::iboss::DIALECT,
    &check_point::DIALECT,
    &dns::route53::DIALECT,
    &dns::adguard::DIALECT,
    &dns::dnstap::DIALECT,
    &dns::powerdns::DIALECT,
    &dns::nextdns::DIALECT,
    &azure::DIALECT,
    &gcp::DIALECT,
    &defender::DIALECT,
    &untangle::DIALECT,
    &jamf::DIALECT,
    &forcepoint::DIALECT,
    &cloud_swg::DIALECT,
    &skyhigh::DIALECT,
    &menlo::DIALECT,
    &netskope::transactions::DIALECT,
    &netskope::events::DIALECT,
    &zscaler::DIALECT,
    &ecs::DIALECT,
];

/// The keys of one product or schema.
pub(super) struct Dialect {
    /// As people call it.
    pub(super) name: &'static str,
    /// The score when every line is of it.
    pub(super) best: u8,
    /// Objects that may stand around the record.
    pub(super) wrappers: &'static [&'static str],
    /// At most [`MAX_ROWS`].
    pub(super) rows: &'static [(&'static str, How)],
    /// Whether a record is of this dialect at all.
    pub(super) fits: fn(&Values<'_>) -> bool,
    /// Whether a record is a question to a resolver. Where a log has questions, answers are left out.
    pub(super) asks: fn(&Values<'_>) -> bool,
    /// Whether a record is left out, and why. The flag says that the log has questions.
    pub(super) leaves: fn(&Values<'_>, bool) -> Left,
    /// Fills in what no single row can tell, before the rows do.
    pub(super) before: for<'a> fn(&Values<'a>, &mut Event<'a>),
    /// Corrects what the rows made of the record.
    pub(super) after: for<'a> fn(&Values<'a>, &mut Event<'a>),
    /// Tells everything about a record by itself, instead of the rows.
    pub(super) whole: Option<for<'a> fn(&Values<'a>, &'a Bump) -> Parsed<'a>>,
    /// Knows the server's own address beside its name; see [`Event::names_address`].
    pub(super) names_address: bool,
    /// Carries all kinds of events: declined when no line of the head names a destination.
    pub(super) mixed: bool,
}

/// Why a record is left out, if it is.
pub(super) type Left = Option<&'static str>;

/// What is done with the value of a wanted key.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// It is that field.
    Is(Field),
    /// It tells this field, but not in these words.
    Means(Field, for<'a> fn(&mut Event<'a>, &'a [u8])),
    /// The same for one element of an array: those for which the check fails are passed over.
    Among(fn(&[u8]) -> bool, Field, for<'a> fn(&mut Event<'a>, &'a [u8])),
    /// What a look-up was answered with: all elements of an array, with what stands between them.
    Answers,
    /// How long that holds, in seconds: the least of an array.
    Lasts,
    /// Only the dialect itself looks at it.
    Mark,
}

impl How {
    /// The field that a record with this key can tell.
    pub(super) fn field(self) -> Option<Field> {
        match self {
            How::Is(field) | How::Means(field, _) | How::Among(_, field, _) => Some(field),
            How::Answers | How::Lasts | How::Mark => None,
        }
    }
}

/// Most rows that a table may have.
pub(super) const MAX_ROWS: usize = 64;

/// The values of one record, by row.
#[derive(Debug)]
pub(super) struct Values<'a>(pub(super) [Option<&'a [u8]>; MAX_ROWS]);

impl<'a> Values<'a> {
    pub(super) fn new() -> Values<'a> {
        Values([None; MAX_ROWS])
    }

    fn get(&self, row: usize) -> Option<&'a [u8]> {
        self.0[row]
    }

    fn has(&self, row: usize) -> bool {
        self.0[row].is_some()
    }

    fn any(&self, rows: &[usize]) -> bool {
        rows.iter().any(|row| self.has(*row))
    }

    fn is(&self, row: usize, text: &[u8]) -> bool {
        self.0[row] == Some(text)
    }
}

/// The number of a path's row. Asked at compile time only: a path that is in no row is an error there.
const fn row(rows: &[(&str, How)], path: &str) -> usize {
    let mut at = 0;
    while at < rows.len() {
        if same(rows[at].0.as_bytes(), path.as_bytes()) {
            return at;
        }
        at += 1;
    }
    panic!("no row has this path")
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The same words wherever a resolver's answers are left out.
fn answer() -> Left {
    Some(crate::formats::fields::dns::ANSWER)
}

/// Whether a value of this field can name a destination.
pub(super) fn names_destination(field: Field, value: &[u8]) -> bool {
    let name = |text: &[u8]| text.contains(&b'.') && !text.iter().any(|byte| *byte <= b' ') || parse_ip(text).is_some();
    match field {
        Field::Host | Field::Sni | Field::Query => name(value),
        // A request line or a path is not enough.
        Field::Url => !value.iter().any(|byte| *byte <= b' ') && name(split_url(value).host),
        Field::DstIp => parse_ip(value).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_fit_and_have_each_path_once() {
        for dialect in DIALECTS {
            assert!(dialect.rows.len() <= MAX_ROWS, "{}", dialect.name);
            let mut paths: Vec<_> = dialect.rows.iter().map(|(path, _)| path).collect();
            paths.sort_unstable();
            paths.dedup();
            assert_eq!(paths.len(), dialect.rows.len(), "{}: a path stands twice", dialect.name);
        }
    }
}
