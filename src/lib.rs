//! umbrascope.

pub mod event;
pub mod formats;
pub mod report;
pub mod traffic;
pub mod input;
