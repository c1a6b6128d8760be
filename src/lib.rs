//! umbrascope.

pub mod event;
pub mod formats;
