//! Small parsers that formats share.

pub mod alias;
pub mod bytes;
pub mod columns;
pub mod delimited;
pub mod dns;
pub mod draft;
pub mod grid;
pub mod kernel;
pub mod name;
pub mod number;
pub mod packet;
pub mod pairs;
pub mod stamp;
pub mod time;
pub mod words;
