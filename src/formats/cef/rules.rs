//! How a vendor's words are written down: keys, labels, actions, and rules about kinds of record.

use super::said::{Key, Slot};
use super::told::{Kind, has};
use crate::event::Action;

/// A vendor, or one of its products.
#[derive(Debug)]
pub(in crate::formats) struct Vendor {
    /// Empty for everybody else.
    pub name: &'static str,
    /// Names in the header, in whatever case; none stand for all.
    pub vendors: &'static [&'static str],
    /// How the product's name may begin; none stand for all.
    pub products: &'static [&'static str],
    /// Keys that only they have, or mean otherwise than the dictionary.
    pub keys: &'static [(&'static str, Key)],
    /// What stands before their own keys.
    pub prefixes: &'static [&'static str],
    /// Keys behind such a prefix.
    pub prefixed: &'static [(&'static str, Key)],
    /// Labels of custom fields.
    pub labels: &'static [(Test, Slot)],
    /// What kinds of record there are. The first rule that fits decides.
    pub rules: &'static [Rule],
    /// Words for actions, in whatever case.
    pub actions: &'static [(&'static str, Action)],
    /// `in` is what the client sent.
    pub flips: bool,
    /// Users are written as `Last, First (login)`.
    pub login_in_parens: bool,
    /// Texts may be percent-encoded.
    pub encoded: bool,
    /// Times without a zone are UTC.
    pub utc: bool,
    /// It stands before web servers: whoever is seen is a visitor from outside.
    pub inbound: bool,
}

/// One line of a vendor's rules: every test has to be passed.
#[derive(Debug)]
pub(in crate::formats) struct Rule {
    pub when: &'static [(Part, Test)],
    pub then: Then,
}

/// A part of a record.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats) enum Part {
    Product,
    Id,
    Name,
    /// The id or the name.
    Either,
    /// [`Slot::Kind`] or the name.
    Kind,
    Value(Slot),
}

/// A question about a text, in whatever case.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats) enum Test {
    Is(&'static [&'static str]),
    Starts(&'static [&'static str]),
    Has(&'static [&'static str]),
    /// There is one at all.
    There,
}

impl Test {
    pub fn fits(self, text: &[u8]) -> bool {
        match self {
            Test::Is(words) => words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes())),
            Test::Starts(words) => words.iter().any(|word| starts(text, word)),
            Test::Has(words) => words.iter().any(|word| has(text, word.as_bytes())),
            Test::There => true,
        }
    }
}

fn starts(text: &[u8], word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

/// What a rule says.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats) enum Then {
    Skip(&'static str),
    /// The action, unless an earlier rule knew it. The rules behind it are asked too.
    Act(Action),
    Kind(Kind),
}

impl Vendor {
    /// Whether a header is theirs.
    pub fn made(&self, vendor: &[u8], product: &[u8]) -> bool {
        let vendor = vendor.trim_ascii();
        (self.vendors.is_empty() || self.vendors.iter().any(|name| vendor.eq_ignore_ascii_case(name.as_bytes())))
            && (self.products.is_empty() || self.products.iter().any(|name| starts(product.trim_ascii(), name)))
    }
}

/// Nothing but the dictionary: everybody else.
pub(in crate::formats) const ANYBODY: Vendor = Vendor {
    name: "",
    vendors: &[],
    products: &[],
    keys: &[],
    prefixes: &[],
    prefixed: &[],
    labels: &[],
    rules: &[],
    actions: &[],
    flips: false,
    login_in_parens: false,
    encoded: false,
    utc: false,
    inbound: false,
};

/// A rule.
pub(in crate::formats) const fn rule(when: &'static [(Part, Test)], then: Then) -> Rule {
    Rule { when, then }
}

/// Of records about the device itself.
pub(in crate::formats) const DEVICE: Then = Then::Skip("an event of the device, not traffic");
/// Of what an inspection found: the session has a record of its own.
pub(in crate::formats) const FINDING: Then = Then::Skip("a finding of inspection, not a visit");
/// Of a session that gets another record.
pub(in crate::formats) const START: Then = Then::Skip("the start of a session, counted at its end");
/// Of sessions from outside.
pub(in crate::formats) const INBOUND: Then = Then::Skip("inbound");
