//! umbrascope.

pub mod event;
pub mod formats;
pub mod input;
