//! The shell.

pub mod catalog;
