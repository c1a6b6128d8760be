//! Whose facts they are: people, devices and addresses, joined by a directory and by who sat at which address when.
//!
//! Facts know a login, a device or an address. A [`Directory`] knows that three logins are one person, who sits in which
//! department and whose address a lease has given away for good. Both meet in [`People`], which says for each fact whose it
//! is. Without either, everybody is who the log says.
//!
//! Derived, never stored: a better directory tomorrow names the same facts anew.

mod columns;
mod diags;
mod directory;
mod members;
mod networks;
mod stays;
mod table;
mod texts;

#[cfg(test)]
mod tests;

pub use diags::Code;
pub use directory::{Directory, Headcount};
pub use members::{Account, Member, MemberId, People};
