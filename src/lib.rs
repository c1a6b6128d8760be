//! umbrascope.

pub mod cli;
pub mod event;
pub mod formats;
pub mod report;
