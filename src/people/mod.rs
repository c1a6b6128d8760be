//! Who is who.

use crate::traffic::{Fact, Facts, WhoKind};

/// Everybody in the facts.
pub struct People {
    members: Vec<Member>,
    of: Vec<MemberId>,
}

/// A member of one [`People`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(u32);

impl MemberId {
    /// Dense.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A person, device or address.
pub struct Member {
    /// The name in normal form.
    pub name: String,
    /// What the name is.
    pub kind: WhoKind,
    /// The department.
    pub department: Option<String>,
    /// The place.
    pub site: Option<String>,
    /// The manager.
    pub manager: Option<String>,
}

impl People {
    /// Everybody.
    pub fn new(facts: &Facts) -> People {
        let mut ids: Vec<_> = facts.who_ids().collect();
        ids.sort_by_key(|id| facts.who_name(*id));
        let mut of = vec![MemberId(0); ids.len()];
        let mut members = Vec::new();
        for (place, id) in ids.iter().enumerate() {
            of[id.index()] = MemberId(place as u32);
            let who = facts.who_name(*id);
            members.push(Member {
                name: who.name.to_owned(),
                kind: who.kind,
                department: None,
                site: None,
                manager: None,
            });
        }
        People { members, of }
    }

    /// Whose fact it is.
    pub fn of(&self, fact: &Fact) -> MemberId {
        self.of.get(fact.who.index()).copied().unwrap_or(MemberId(0))
    }

    /// Everybody.
    pub fn members(&self) -> &[Member] {
        &self.members
    }
}
