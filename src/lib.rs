//! umbrascope.

pub mod cli;
pub mod event;
pub mod formats;
pub mod report;
pub mod traffic;
pub mod input;
