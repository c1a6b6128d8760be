//! Facts: on this day, this destination, this person: so many requests, so many bytes.
//!
//! Events fold into [`Facts`], and facts merge in any order: every count adds, every mask joins by OR, every time is a
//! minimum or a maximum. Chunks, files, threads, machines and months are therefore all the same to them. Nothing here knows
//! an app; that is what makes yesterday's facts answer tomorrow's catalog.
//!
//! Where a log knows an address alone, [`Facts::join`] gives it the name that other records tell.

mod fact;
mod facts;
mod joins;
mod leases;
mod names;
mod shard;
mod spellings;
mod splits;

pub use fact::{Fact, Known, Quarters};
pub use facts::{Batch, DestId, Facts, Folded, WhoId};
pub use joins::{JoinAccount, SESSIONS, Share};
pub use leases::{Leases, Stay, Timeline, Timelines};
pub use names::{Dest, Who, WhoKind, bare_device, bare_login, bare_mac};
pub use shard::Shard;
pub use splits::Splits;
