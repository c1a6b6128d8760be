//! What of a report is shown, and how wide.

use std::borrow::Cow;

use super::csv;
use super::document::{App, Report, Site};

/// How a report is shown. Renderers take from it what concerns them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Columns of the terminal; at least 40 are used.
    pub width: usize,
    /// Whether escapes for color may be written.
    pub color: bool,
    /// Show only so many apps and so many uncataloged destinations.
    pub top: Option<usize>,
    /// Show also these apps that nobody used or tried. JSON always has them, marked.
    pub include: Include,
    /// Show more of the reading account.
    pub verbose: bool,
    /// The table that becomes CSV.
    pub csv_of: csv::Of,
    /// How the page writes numbers and dates.
    pub locale: Locale,
}

/// How numbers and dates are written. The words are English.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Locale {
    /// 1,234.5 and 9 March 2026.
    #[default]
    English,
    /// 1.234,5 and 9. März 2026.
    German,
    /// 1 234,5 and 9 mars 2026.
    French,
}

impl Locale {
    /// Its two letters.
    pub fn id(self) -> &'static str {
        match self {
            Locale::English => "en",
            Locale::German => "de",
            Locale::French => "fr",
        }
    }
}

/// Which apps that nobody used or tried are shown all the same.
///
/// ```
/// use umbrascope::report::Include;
/// assert_eq!(Include::new(["touched", "background", "blocked"]), Include::new(["all"]));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Include {
    touched: bool,
    background: bool,
    blocked: bool,
}

impl Include {
    /// The words that say so.
    pub const WORDS: [&str; 4] = ["touched", "background", "blocked", "all"];

    /// By the words of the verdicts, or `all`. Other words mean nothing.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Include {
        let mut include = Include::default();
        for word in words {
            include.touched |= matches!(word, "touched" | "all");
            include.background |= matches!(word, "background" | "all");
            include.blocked |= matches!(word, "blocked" | "all");
        }
        include
    }

    /// Whether anything is shown that would not be shown otherwise.
    pub fn any(self) -> bool {
        self.touched || self.background || self.blocked
    }

    /// Whether an app is shown. Documents that know no verdicts know what was touched.
    pub(super) fn shows(self, app: &App) -> bool {
        !app.touched_only
            || match app.verdict.as_str() {
                "background" => self.background,
                "blocked" => self.blocked,
                _ => self.touched,
            }
    }
}

impl Default for View {
    fn default() -> View {
        View {
            width: 100,
            color: false,
            top: None,
            include: Include::default(),
            verbose: false,
            csv_of: csv::Of::Apps,
            locale: Locale::English,
        }
    }
}

impl View {
    /// The apps to show in a table, in the report's order.
    pub fn apps<'a>(&self, report: &'a Report) -> Vec<&'a App> {
        let wanted = report.apps.iter().filter(|app| self.include.shows(app));
        wanted.take(self.top.unwrap_or(usize::MAX)).collect()
    }

    /// The uncataloged destinations to show, in the report's order.
    pub fn sites<'a>(&self, report: &'a Report) -> &'a [Site] {
        &report.uncataloged[..report.uncataloged.len().min(self.top.unwrap_or(usize::MAX))]
    }

    /// The document with its lists cut to [`View::top`], which its settings then tell.
    pub fn shorten<'a>(&self, report: &'a Report) -> Cow<'a, Report> {
        let Some(top) = self.top else { return Cow::Borrowed(report) };
        let mut short = report.clone();
        short.apps.truncate(top);
        short.uncataloged.truncate(top);
        short.settings.top = Some(top as u64);
        Cow::Owned(short)
    }
}
