//! What can be wrong with a policy.

use std::ops::Range;
use std::sync::Arc;

use crate::diag::{Diagnostic, Level, Source, Span};

/// Every kind of problem. Names are kebab-case and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Not TOML.
    Syntax,
    /// A section or key that means nothing here.
    UnknownKey,
    /// A key that must be there.
    MissingKey,
    /// A value of another type than its key asks for.
    WrongType,
    /// A word, size, share, time or number that its key does not allow.
    BadValue,
    /// Not a date, or a review before its decision.
    BadDate,
    /// A decision about nothing, or about several things at once.
    BadSubject,
    /// No such app in the catalog.
    UnknownApp,
    /// No such category in the catalog.
    UnknownCategory,
    /// No such vendor in the catalog.
    UnknownVendor,
    /// Not a bare host name.
    BadHost,
    /// Not a tenant.
    BadTenant,
    /// Two decisions about the same thing.
    DuplicateDecision,
    /// A rule without a condition or without an effect, or two of one name.
    BadRule,
    /// A weight that cannot be set like this.
    BadWeight,
    /// A rule of use that cannot be read.
    BadUse,
}

impl Code {
    /// Every code, in the order of their declaration.
    pub const ALL: [Code; 16] = [
        Code::Syntax,
        Code::UnknownKey,
        Code::MissingKey,
        Code::WrongType,
        Code::BadValue,
        Code::BadDate,
        Code::BadSubject,
        Code::UnknownApp,
        Code::UnknownCategory,
        Code::UnknownVendor,
        Code::BadHost,
        Code::BadTenant,
        Code::DuplicateDecision,
        Code::BadRule,
        Code::BadWeight,
        Code::BadUse,
    ];

    /// The name shown between brackets.
    ///
    /// ```
    /// assert_eq!(umbrascope::policy::Code::UnknownApp.as_str(), "policy/unknown-app");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Syntax => "policy/syntax",
            Code::UnknownKey => "policy/unknown-key",
            Code::MissingKey => "policy/missing-key",
            Code::WrongType => "policy/wrong-type",
            Code::BadValue => "policy/bad-value",
            Code::BadDate => "policy/bad-date",
            Code::BadSubject => "policy/bad-subject",
            Code::UnknownApp => "policy/unknown-app",
            Code::UnknownCategory => "policy/unknown-category",
            Code::UnknownVendor => "policy/unknown-vendor",
            Code::BadHost => "policy/bad-host",
            Code::BadTenant => "policy/bad-tenant",
            Code::DuplicateDecision => "policy/duplicate-decision",
            Code::BadRule => "policy/bad-rule",
            Code::BadWeight => "policy/bad-weight",
            Code::BadUse => "policy/bad-use",
        }
    }

    /// One sentence on what it means.
    pub fn description(self) -> &'static str {
        match self {
            Code::Syntax => "The text is not TOML.",
            Code::UnknownKey => "A section or key that means nothing here, most often a misspelled one.",
            Code::MissingKey => "A decision needs a state and a reason, a rule a condition and a reason.",
            Code::WrongType => "A value is of another type than its key asks for.",
            Code::BadValue => "A word, size, share, time or number is not one that its key allows.",
            Code::BadDate => "A date is none, or a review is due before its decision was taken.",
            Code::BadSubject => "A decision is about exactly one app, category, vendor or host.",
            Code::UnknownApp => "The catalog has no app of this id.",
            Code::UnknownCategory => "The catalog has no category of this id.",
            Code::UnknownVendor => "No app of the catalog has this vendor.",
            Code::BadHost => "A host or domain is a bare lower-case name.",
            Code::BadTenant => "A tenant is a name such as `contoso`, or one of an app such as `slack:contoso`.",
            Code::DuplicateDecision => "Two decisions are about the same thing, for the same departments and tenants.",
            Code::BadRule => "A rule needs at least one condition and one effect, and a name of its own.",
            Code::BadWeight => "A weight of the risk score has no such name, or lies outside of what is sensible.",
            Code::BadUse => "A rule of use cannot be read.",
        }
    }
}

/// A problem within a policy, found while it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// The bytes it is about.
    pub span: Range<usize>,
    /// What to say at that place.
    pub label: String,
    /// Another place that has to do with it, and what to say there.
    pub other: Option<(Range<usize>, String)>,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// Without help.
    pub fn new(code: Code, span: Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), span, label: label.into(), other: None, help: None }
    }

    /// The same, with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    pub(super) fn diagnostic(self, source: &Arc<Source>) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(self.code.as_str(), Level::Error, self.message);
        diagnostic = diagnostic.at(Span::new(source, self.span, self.label));
        if let Some((span, label)) = self.other {
            diagnostic = diagnostic.and(Span::new(source, span, label));
        }
        match self.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}
