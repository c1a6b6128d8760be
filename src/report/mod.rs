//! What is shown: one [`Report`] document and its renderers.
//!
//! All renderers have one shape, [`Renderer`], and take what they need from a [`View`]. Those for people share
//! `sections`, which decides what is told in which order; those for machines write the document as it is.

pub mod clean;
pub mod csv;
pub mod document;
pub mod explain;
pub mod html;
pub mod json;
pub mod markdown;
pub mod ndjson;
mod sections;
pub mod table;
pub mod tables;
mod view;
pub mod words;
pub mod xlsx;

use std::io::{self, Write};

pub use document::Report;
pub use view::{Include, Locale, View};

/// Writes a report. Fails only if the writer does.
///
/// ```
/// use umbrascope::report::{Renderer, View, document, json, table};
/// # let report: document::Report = serde_json::from_str(r#"{"schema": "umbrascope.report/1", "generator": "",
/// #     "settings": {"timezone": "UTC", "catalog_apps": 0, "catalog_digest": ""}, "totals": {"people": 0,
/// #     "devices": 0, "destinations": 0, "facts": 0, "challenges": 0, "failures": 0,
/// #     "requests": 0, "lookups": 0, "blocked": 0, "uploads": 0, "days": 0}, "coverage": {"requests": {"known": 0, "total": 0}, "bytes": {"known": 0, "total": 0},
/// #     "people": {"known": 0, "total": 0}}, "apps": [], "uncataloged": [], "inputs": []}"#).unwrap();
/// let renderers: [Renderer; 2] = [table::write, json::write];
/// for render in renderers {
///     let mut out = Vec::new();
///     render(&report, &View { width: 80, ..View::default() }, &mut out)?;
///     assert!(out.ends_with(b"\n"));
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub type Renderer = fn(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()>;
