//! Stand-in for the room of people until it is merged.

use crate::traffic::WhoKind;

/// The number of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(u32);

impl MemberId {
    /// For tests of other rooms.
    #[cfg(test)]
    pub(crate) fn numbered(number: u32) -> MemberId {
        MemberId(number)
    }

    /// Its place in [`People::members`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A person, device or address, joined over all accounts.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: WhoKind,
    /// The department.
    pub department: Option<String>,
    /// The site.
    pub site: Option<String>,
    /// The manager.
    pub manager: Option<String>,
}

/// Everybody.
#[derive(Debug, Clone, Default)]
pub struct People {
    members: Vec<Member>,
}

impl People {
    /// For tests of other rooms.
    #[cfg(test)]
    pub(crate) fn named(members: Vec<Member>) -> People {
        People { members }
    }

    /// Everybody, by number.
    pub fn members(&self) -> &[Member] {
        &self.members
    }
}
