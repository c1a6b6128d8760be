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
    /// Show also the apps that nobody did more than touch. JSON always has them, marked.
    pub include_touched: bool,
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

impl Default for View {
    fn default() -> View {
        View {
            width: 100,
            color: false,
            top: None,
            include_touched: false,
            verbose: false,
            csv_of: csv::Of::Apps,
            locale: Locale::English,
        }
    }
}

impl View {
    /// The apps to show in a table, in the report's order.
    pub fn apps<'a>(&self, report: &'a Report) -> Vec<&'a App> {
        let wanted = report.apps.iter().filter(|app| self.include_touched || !app.touched_only);
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
