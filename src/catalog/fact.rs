//! What may be said of an app besides its hosts: the vocabulary of facts.

/// One kind of fact.
#[derive(Debug, Clone, Copy)]
pub struct FactKind {
    /// The word in signature files.
    pub id: &'static str,
    /// What it means, in a clause.
    pub meaning: &'static str,
    /// What its value may be.
    pub values: Values,
}

/// What the value of a fact may be.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// `yes`: a fact that is not known is not written.
    Yes,
    /// One of these.
    One(&'static [&'static str]),
    /// Some of these, joined by `+`.
    Some(&'static [&'static str]),
    /// A country by ISO 3166-1, two capital letters.
    Country,
    /// A host name.
    Host,
}

impl Values {
    /// Whether the value is one of them.
    pub fn allow(self, value: &str) -> bool {
        match self {
            Values::Yes => value == "yes",
            Values::One(words) => words.contains(&value),
            Values::Some(words) => value.split('+').all(|word| words.contains(&word)),
            Values::Country => value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase()),
            Values::Host => value.contains('.') && value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/'),
        }
    }

    /// What they are, for a message.
    pub fn told(self) -> String {
        match self {
            Values::Yes => "`yes`, or the fact is left out".to_owned(),
            Values::One(words) => format!("one of {}", words.join(", ")),
            Values::Some(words) => format!("some of {}, joined by `+`", words.join(", ")),
            Values::Country => "a country of two capital letters, such as `DE`".to_owned(),
            Values::Host => "a host name".to_owned(),
        }
    }
}

/// Every kind of fact, by id.
pub const FACTS: &[FactKind] = &[
    kind("abused", "phishing, command and control or exfiltration have been seen to use it", Values::Yes),
    kind("account", "whose accounts live on its hosts", Values::One(&["corporate", "personal"])),
    kind("anonymizer", "hides who asks, or what for", Values::Yes),
    kind("bounty", "pays for reported vulnerabilities", Values::Yes),
    kind("ddns", "gives names to changing addresses", Values::Yes),
    kind(
        "deletion",
        "how hard it is to delete an account",
        Values::One(&["easy", "hard", "impossible", "limited", "medium"]),
    ),
    kind("disposable", "mail addresses to throw away", Values::Yes),
    kind("doh", "answers DNS questions over HTTPS, past the company's resolver", Values::Yes),
    kind("e2ee", "content is encrypted from end to end", Values::Yes),
    kind("embedded", "its content is shown within other sites", Values::Yes),
    kind("hq", "the country of the operator's seat, not of the data", Values::Country),
    kind("llm-api", "offers a model to programs", Values::Yes),
    kind(
        "mfa",
        "second factors on the default plan; `none` if a directory lists it without any",
        Values::Some(&["call", "custom-hardware", "custom-software", "email", "none", "sms", "totp", "u2f"]),
    ),
    kind("monitors-staff", "is made to watch staff", Values::Yes),
    kind("ms-connector", "a certified connector lets data flow out of Microsoft 365", Values::Yes),
    kind("oauth-provider", "other apps sign in with it, or act for its users", Values::Yes),
    kind("open-source", "its source is public", Values::Yes),
    kind("p2p", "exchanges files between strangers' computers", Values::Yes),
    kind("passkey", "whether passkeys are taken", Values::One(&["allowed", "mfa-only", "required"])),
    kind("remote-control", "lets somebody elsewhere work on the computer", Values::Yes),
    kind("saml", "a single sign-on integration has been documented", Values::Yes),
    kind("self-hosted", "is mostly run by its users themselves", Values::Yes),
    kind("sso", "single sign-on costs extra", Values::One(&["paid-tier"])),
    kind("status-page", "where it tells of outages", Values::Host),
    kind("tunnel", "opens a way into the network from outside", Values::Yes),
    kind("vdp", "says how vulnerabilities are to be reported", Values::Yes),
    kind("vpn", "carries all traffic past the company's eyes", Values::Yes),
];

const fn kind(id: &'static str, meaning: &'static str, values: Values) -> FactKind {
    FactKind { id, meaning, values }
}

/// The kind with this id.
pub fn fact_kind(id: &str) -> Option<&'static FactKind> {
    FACTS.iter().find(|kind| kind.id == id)
}

/// Whether a text is a year or a month: `2026`, `2026-11`.
pub(super) fn is_as_of(text: &str) -> bool {
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('-') {
        Some((year, month)) => digits(year, 4) && digits(month, 2) && ("01"..="12").contains(&month),
        None => digits(text, 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_told() {
        assert!(FACTS.is_sorted_by_key(|kind| kind.id));
        for kind in FACTS {
            assert!(!kind.meaning.is_empty() && !kind.values.told().is_empty(), "{}", kind.id);
        }
    }

    #[test]
    fn values_are_checked() {
        for (kind, value, fits) in [
            ("mfa", "totp+u2f", true),
            ("mfa", "totp+magic", false),
            ("hq", "DE", true),
            ("hq", "de", false),
            ("saml", "yes", true),
            ("saml", "no", false),
            ("status-page", "status.example.com", true),
            ("status-page", "https://x/", false),
        ] {
            assert_eq!(fact_kind(kind).map(|kind| kind.values.allow(value)), Some(fits), "{kind} {value}");
        }
        assert!(is_as_of("2026") && is_as_of("2026-11") && !is_as_of("2026-13") && !is_as_of("11/2026"));
    }
}
