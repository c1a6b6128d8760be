//! umbrascope.

pub mod catalog;
pub mod classify;
pub mod cli;
pub mod diag;
pub mod event;
pub mod formats;
pub mod input;
pub mod inventory;
pub mod pipeline;
pub mod report;
pub mod traffic;
