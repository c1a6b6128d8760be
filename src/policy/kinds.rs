//! What sort of thing an app is, where the advice depends on it.

use crate::catalog::App;

/// What people get done with an app; two apps with the same job can stand in for each other. Where nobody has said, apps of
/// one category are taken to do the same.
pub fn job_of(app: &App) -> &str {
    app.job().unwrap_or(app.category())
}

/// What sort of thing an app is, for advice and findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Nature {
    /// People work with it.
    Work,
    /// It answers with a model.
    Ai,
    /// People enjoy or read it; it has little to do with the company's data.
    Leisure,
    /// People meet others there, for the company or for themselves.
    Social,
    /// Nobody chooses it.
    Background,
    /// Somebody elsewhere can get in.
    Remote,
    /// It hides what people do, or brings in what nobody vouches for.
    Hidden,
}

/// Private errands, hobbies and reading: none of the company's business unless data goes out.
const LEISURE: [&str; 7] = [
    "consumer-other",
    "dating",
    "education-training",
    "forum-community",
    "gaming",
    "news-reference",
    "streaming-media",
];
/// Loaded by other pages, or by the computer itself.
const BACKGROUND: [&str; 2] = ["ads-tracking", "cdn-infrastructure"];
const AI: [&str; 3] = ["ai-coding", "ai-platform", "generative-ai"];
const HIDDEN: [&str; 3] = ["disposable-mail", "p2p-download", "vpn-anonymizer"];
/// People talk to the outside here; the social lens looks at them.
pub(super) const SOCIAL: [&str; 1] = ["social-network"];
/// Runs the company's presence on networks.
pub(super) const SOCIAL_TOOLS: [&str; 1] = ["social-media-management"];

/// Kinds of apps of which a company needs one or two, not seven.
const TOGETHER: [&str; 17] = [
    "cloud-storage",
    "collaboration-suite",
    "document-signing",
    "document-tools",
    "file-sharing",
    "form-survey",
    "generative-ai",
    "intranet-engagement",
    "messaging",
    "notes-wiki",
    "personal-storage",
    "project-management",
    "scheduling-events",
    "translation",
    "video-conferencing",
    "webmail",
    "whiteboard-design",
];

impl Nature {
    pub(super) fn of(app: &App) -> Nature {
        let has = |kind: &str| app.facts().iter().any(|fact| fact.is() == kind && fact.value() == "yes");
        let category = app.category();
        match () {
            () if HIDDEN.contains(&category) || has("anonymizer") || has("disposable") || has("p2p") => Nature::Hidden,
            () if category == "remote-access" || has("remote-control") || has("tunnel") => Nature::Remote,
            () if AI.contains(&category) => Nature::Ai,
            () if LEISURE.contains(&category) => Nature::Leisure,
            () if SOCIAL.contains(&category) => Nature::Social,
            () if BACKGROUND.contains(&category) => Nature::Background,
            () => Nature::Work,
        }
    }
}

/// Whether people work together by it, so that two of its kind are one too many.
pub(super) fn works_together(app: &App) -> bool {
    TOGETHER.contains(&app.category())
}

/// Kinds between which an account of one vendor reaches.
const FAMILIES: [&[&str]; 2] = [
    &["cloud-storage", "file-sharing", "personal-storage"],
    &["collaboration-suite", "intranet-engagement", "messaging", "notes-wiki", "video-conferencing", "webmail"],
];

/// Whether a personal app could be the private side of a sanctioned one.
pub(super) fn is_private_side(personal: &App, sanctioned: &App) -> bool {
    let (a, b) = (personal.category(), sanctioned.category());
    let family = a == b || FAMILIES.iter().any(|family| family.contains(&a) && family.contains(&b));
    let vendor = personal.vendor().is_some() && personal.vendor() == sanctioned.vendor();
    personal.id() != sanctioned.id()
        && is_personal(personal)
        && ((vendor && family) || job_of(personal) == job_of(sanctioned))
}

/// Whether the accounts of an app belong to persons by nature.
pub(super) fn is_personal(app: &App) -> bool {
    app.facts().iter().any(|fact| fact.is() == "account" && fact.value() == "personal")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_category_exists() {
        let catalog = Catalog::built_in();
        let lists: [&[&str]; 9] =
            [&LEISURE, &BACKGROUND, &AI, &HIDDEN, &SOCIAL, &SOCIAL_TOOLS, &TOGETHER, FAMILIES[0], FAMILIES[1]];
        for id in lists.into_iter().flatten() {
            assert!(catalog.category(id).is_some(), "{id}");
        }
        let nature = |id: &str| catalog.app(id).map(Nature::of);
        assert_eq!(nature("teamviewer"), Some(Nature::Remote));
        assert_eq!(nature("chatgpt"), Some(Nature::Ai));
        assert_eq!(nature("netflix"), Some(Nature::Leisure));
        assert_eq!(nature("slack"), Some(Nature::Work));
    }

    #[test]
    fn the_private_side_is_told_by_vendor_and_kind() {
        let catalog = Catalog::built_in();
        let side = |a: &str, b: &str| is_private_side(catalog.app(a).unwrap(), catalog.app(b).unwrap());
        assert!(side("onedrive-personal", "onedrive-business"));
        assert!(side("outlook-com", "exchange-online"));
        assert!(!side("onedrive-business", "onedrive-personal"));
        assert!(!side("xbox", "microsoft-teams"));
    }
}
