//! What can be wrong with a catalog.

// The build script includes this file; only the standard library may be used.

use std::ops::Range;

/// Every kind of problem. Names are kebab-case and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A file or folder could not be read.
    Unreadable,
    /// A folder without signature files.
    NoFiles,
    /// Not TOML.
    Syntax,
    /// A key that means nothing here.
    UnknownKey,
    /// A key that must be there.
    MissingKey,
    /// A value of another type than its key asks for.
    WrongType,
    /// Not a slug.
    BadId,
    /// Two apps with one id.
    DuplicateId,
    /// A category that nobody defined.
    UnknownCategory,
    /// A job that nobody defined.
    UnknownJob,
    /// Not a bare host name.
    BadDomain,
    /// A name under which strangers register theirs.
    PublicSuffix,
    /// Two owners of one entry.
    DuplicateDomain,
    /// Not a network, or without a source.
    BadRange,
    /// Two networks with addresses in common.
    OverlappingRange,
    /// The user's app takes an entry of a built-in one.
    TakenDomain,
    /// Not a role.
    UnknownRole,
    /// Not a plain path prefix.
    BadPath,
    /// Not a glob of one label, or without a reason.
    BadPattern,
    /// Not a host with `{tenant}`.
    BadTenant,
    /// Not a known kind of fact, not one of its values, or without a source.
    BadFact,
    /// A review without a date.
    BadReview,
    /// A promised hit goes elsewhere.
    HitMisses,
    /// A promised miss is a hit.
    MissHits,
    /// The folder names another category.
    WrongFolder,
}

impl Code {
    /// Every code, in the order of their declaration.
    pub const ALL: [Code; 25] = [
        Code::Unreadable,
        Code::NoFiles,
        Code::Syntax,
        Code::UnknownKey,
        Code::MissingKey,
        Code::WrongType,
        Code::BadId,
        Code::DuplicateId,
        Code::UnknownCategory,
        Code::UnknownJob,
        Code::BadDomain,
        Code::PublicSuffix,
        Code::DuplicateDomain,
        Code::BadRange,
        Code::OverlappingRange,
        Code::TakenDomain,
        Code::UnknownRole,
        Code::BadPath,
        Code::BadPattern,
        Code::BadTenant,
        Code::BadFact,
        Code::BadReview,
        Code::HitMisses,
        Code::MissHits,
        Code::WrongFolder,
    ];

    /// The name shown between brackets.
    ///
    /// ```
    /// assert_eq!(umbrascope::catalog::Code::DuplicateDomain.as_str(), "catalog/duplicate-domain");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Unreadable => "catalog/unreadable",
            Code::NoFiles => "catalog/no-files",
            Code::Syntax => "catalog/syntax",
            Code::UnknownKey => "catalog/unknown-key",
            Code::MissingKey => "catalog/missing-key",
            Code::WrongType => "catalog/wrong-type",
            Code::BadId => "catalog/bad-id",
            Code::DuplicateId => "catalog/duplicate-id",
            Code::UnknownCategory => "catalog/unknown-category",
            Code::UnknownJob => "catalog/unknown-job",
            Code::BadDomain => "catalog/bad-domain",
            Code::PublicSuffix => "catalog/public-suffix",
            Code::DuplicateDomain => "catalog/duplicate-domain",
            Code::BadRange => "catalog/bad-range",
            Code::OverlappingRange => "catalog/overlapping-range",
            Code::TakenDomain => "catalog/taken-domain",
            Code::UnknownRole => "catalog/unknown-role",
            Code::BadPath => "catalog/bad-path",
            Code::BadPattern => "catalog/bad-pattern",
            Code::BadTenant => "catalog/bad-tenant",
            Code::BadFact => "catalog/bad-fact",
            Code::BadReview => "catalog/bad-review",
            Code::HitMisses => "catalog/hit-misses",
            Code::MissHits => "catalog/miss-hits",
            Code::WrongFolder => "catalog/wrong-folder",
        }
    }

    /// One sentence on what it means.
    pub fn description(self) -> &'static str {
        match self {
            Code::Unreadable => "A file or folder could not be read.",
            Code::NoFiles => "A folder that should hold signature files holds none.",
            Code::Syntax => "The text is not TOML.",
            Code::UnknownKey => "A key that means nothing here, most often a misspelled one.",
            Code::MissingKey => {
                "An app needs an id, a name, a category and at least one domain, role, pattern or range."
            }
            Code::WrongType => "A value is of another type than its key asks for.",
            Code::BadId => "An id consists of lower-case letters and digits, joined by single hyphens.",
            Code::DuplicateId => "Two apps have the same id; the first one stays.",
            Code::UnknownCategory => "The category is not defined in any categories.toml.",
            Code::UnknownJob => "The job is not defined in any jobs.toml.",
            Code::BadDomain => "A domain is a bare lower-case host name of at least two labels.",
            Code::PublicSuffix => "Strangers register names below this domain, so that no app can own it.",
            Code::DuplicateDomain => "Two entries claim the same domain; the first one keeps it.",
            Code::BadRange => {
                "A range is a network, not an address or half the internet, and says from where and as of when."
            }
            Code::OverlappingRange => "Two ranges have addresses in common; the first one stays.",
            Code::TakenDomain => "An app of your folder takes a domain or a range that belonged to a built-in app.",
            Code::UnknownRole => "A role is one of app, site, api, login, upload, embed, cdn and telemetry.",
            Code::BadPath => "A path prefix is lower case, without a trailing slash, query or empty segment.",
            Code::BadPattern => "A pattern has a `*` in its first label only, fixed labels behind it, and says why.",
            Code::BadTenant => "A tenant pattern is a host name with `{tenant}` in it.",
            Code::BadFact => {
                "A fact is of a known kind, has a value that this kind allows, and says from where and as of when."
            }
            Code::BadReview => "A review is dated by its month, or by its year.",
            Code::HitMisses => "A host listed under `hits` belongs to another app, or to none.",
            Code::MissHits => "A host listed under `misses` belongs to this very app.",
            Code::WrongFolder => "The folder of a file is the category of its apps.",
        }
    }
}

/// A problem within one file, found while it was read.
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
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// Without help.
    pub fn new(code: Code, span: Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), span, label: label.into(), help: None }
    }

    /// The same, with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}
