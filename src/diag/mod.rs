//! A message with a code, a place and a way out.
//!
//! Whoever finds a problem in a text that a person wrote (a signature file, a policy) says what is wrong, where, and
//! what to do, in that order, in lower case and without a full stop. This room shows it: [`render`] for people; a
//! [`Diagnostic`] is plain data for everything else.
//!
//! ```
//! use std::sync::Arc;
//! use umbrascope::diag::{Diagnostic, Level, Source, Span, Style, render};
//!
//! let source = Arc::new(Source::new("box.toml", "domains    = [\"Box.com\"]\n"));
//! let problem = Diagnostic::new("catalog/bad-domain", Level::Error, "`Box.com` is not in lower case")
//!     .at(Span::new(&source, 14..23, "here"))
//!     .help("write `box.com`");
//! assert_eq!(problem.position(), Some(("box.toml", 1, 15)));
//! assert!(render(&[problem], Style::Plain).starts_with("error[catalog/bad-domain]: `Box.com` is not in lower case"));
//! ```

pub mod nearest;

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level as Shown, Renderer, Snippet};

/// How bad it is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Something is not used, because it is wrong.
    Error,
    /// Something is used although it looks wrong.
    Warning,
    /// Something worth knowing.
    Note,
}

impl Level {
    /// The word used in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::diag::Level::Warning.as_str(), "warning");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// A text that messages point into, with the name under which people know it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// Of a name (a path as the user wrote it) and the whole text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source { name: name.into(), text: text.into() }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A place in a source, and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    source: Arc<Source>,
    range: Range<usize>,
    label: String,
}

impl Span {
    /// The bytes `range` of `source`. A range that leaves the text or cuts a character is moved to where it does not.
    pub fn new(source: &Arc<Source>, range: Range<usize>, label: impl Into<String>) -> Span {
        let start = floor_boundary(&source.text, range.start);
        let end = floor_boundary(&source.text, range.end.max(start));
        Span { source: Arc::clone(source), range: start..end, label: label.into() }
    }

    /// The source.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The bytes.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// What there is to say.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Line and column, counted from 1, the column in characters.
    pub fn line_column(&self) -> (usize, usize) {
        let before = self.source.text.get(..self.range.start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.bytes().filter(|byte| *byte == b'\n').count() + 1, line.chars().count() + 1)
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    code: &'static str,
    level: Level,
    message: String,
    primary: Option<Span>,
    secondary: Vec<Span>,
    help: Option<String>,
}

impl Diagnostic {
    /// A problem without a place: `code` is `room/kebab-name` and never reused, `message` says what is wrong.
    pub fn new(code: &'static str, level: Level, message: impl Into<String>) -> Diagnostic {
        let message = message.into();
        Diagnostic { code, level, message, primary: None, secondary: Vec::new(), help: None }
    }

    /// The same, at its place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Diagnostic {
        self.primary = Some(span);
        self
    }

    /// The same, with another place that has to do with it.
    #[must_use]
    pub fn and(mut self, span: Span) -> Diagnostic {
        self.secondary.push(span);
        self
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The code, such as `catalog/duplicate-domain`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// How bad it is.
    pub fn level(&self) -> Level {
        self.level
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where.
    pub fn primary(&self) -> Option<&Span> {
        self.primary.as_ref()
    }

    /// Where else.
    pub fn secondary(&self) -> &[Span] {
        &self.secondary
    }

    /// What to do.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Name of the source, line and column of the place.
    pub fn position(&self) -> Option<(&str, usize, usize)> {
        let span = self.primary.as_ref()?;
        let (line, column) = span.line_column();
        Some((span.source.name(), line, column))
    }
}

/// How messages look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Bare text, for tests, files and pipes.
    #[default]
    Plain,
    /// With terminal colors.
    Colored,
}

/// All messages in their order, each followed by an empty line.
pub fn render(diagnostics: &[Diagnostic], style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic)]));
        out.push_str("\n\n");
    }
    out
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let level = match diagnostic.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
        Level::Note => Shown::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = Group::with_title(title);
    // One excerpt for each source, so that two places in one file stand in one excerpt.
    let mut sources: Vec<&Arc<Source>> = Vec::new();
    for span in diagnostic.primary.iter().chain(&diagnostic.secondary) {
        if !sources.iter().any(|known| Arc::ptr_eq(known, &span.source)) {
            sources.push(&span.source);
        }
    }
    for source in sources {
        let mut snippet = Snippet::source(source.text()).path(source.name());
        if let Some(span) = diagnostic.primary.iter().find(|span| Arc::ptr_eq(&span.source, source)) {
            snippet = snippet.annotation(AnnotationKind::Primary.span(span.range()).label(span.label()));
        }
        for span in diagnostic.secondary.iter().filter(|span| Arc::ptr_eq(&span.source, source)) {
            snippet = snippet.annotation(AnnotationKind::Context.span(span.range()).label(span.label()));
        }
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Shown::HELP.message(help.as_str()));
    }
    group
}
