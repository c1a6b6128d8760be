//! What is shown: one [`Report`] document and its renderers.

pub mod clean;
pub mod document;

pub use document::Report;
