//! umbrascope.

pub mod catalog;
pub mod cli;
pub mod diag;
pub mod event;
pub mod formats;
pub mod report;
