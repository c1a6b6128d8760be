//! What is shown: one [`Report`] document and its renderers.

pub mod document;

pub use document::Report;
