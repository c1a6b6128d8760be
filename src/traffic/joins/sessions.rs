//! Records of one session, brought together by its id.
//!
//! Only so many can be held. Which ones are kept is decided by the hash of the id: when there are too many, only those
//! below half of the present limit stay, and so on. Whatever order they come in, and however tables merge, the same ones
//! are left. What cannot be held goes into the facts as it is.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};

use super::{By, SESSIONS, Verdict};
use crate::traffic::fact::Sighting;
use crate::traffic::facts::{DestId, WhoId};
use crate::traffic::spellings::spread;

/// What is known of a session by address alone.
#[derive(Debug, Clone, Copy)]
pub(in crate::traffic) struct Held {
    pub id: u64,
    pub dest: DestId,
    pub who: WhoId,
    pub sighting: Sighting,
}

/// The id of a session, with both ends: some devices count them anew after a while.
pub(super) fn id(session: &[u8], from: Option<&[u8]>, to: Option<&[u8]>) -> u64 {
    FixedState::default().hash_one((session, from, to))
}

/// The sessions of a run.
#[derive(Default)]
pub(in crate::traffic) struct Sessions {
    /// Which destination a session is known to have; a session may have several.
    named: HashTable<(u64, DestId)>,
    held: Vec<Held>,
    /// How often the limit was halved: an id stays while so many of its first bits are zero.
    level: u32,
    /// Those that lost their place, to be entered as they are.
    let_go: Vec<Held>,
    #[cfg(test)]
    pub most: Option<usize>,
}

impl Sessions {
    fn stays(&self, id: u64) -> bool {
        id.leading_zeros() >= self.level
    }

    fn most(&self) -> usize {
        #[cfg(test)]
        if let Some(most) = self.most {
            return most;
        }
        SESSIONS
    }

    /// Whether more came than could be held.
    pub fn capped(&self) -> bool {
        self.level > 0
    }

    /// Holds a record back, if there is a place for its session.
    #[inline]
    pub fn hold(&mut self, held: Held) -> bool {
        if !self.stays(held.id) {
            return false;
        }
        self.held.push(held);
        if self.held.len() > self.most() {
            self.shrink();
        }
        true
    }

    /// Notes the destination of a session.
    pub fn name(&mut self, id: u64, dest: DestId) {
        if self.stays(id) {
            self.insert(id, dest);
            if self.named.len() > self.most() {
                self.shrink();
            }
        }
    }

    fn insert(&mut self, id: u64, dest: DestId) {
        let hash = |(id, _): &(u64, DestId)| spread(*id as u32);
        let _ = self.named.entry(hash(&(id, dest)), |known| *known == (id, dest), hash).or_insert((id, dest));
    }

    #[cold]
    fn shrink(&mut self) {
        while self.held.len().max(self.named.len()) > self.most() {
            self.level += 1;
            self.sift();
        }
    }

    fn sift(&mut self) {
        let level = self.level;
        self.let_go.extend(self.held.extract_if(.., |held| held.id.leading_zeros() < level));
        self.named.retain(|(id, _)| id.leading_zeros() >= level);
    }

    /// Takes in another's, whose destinations and people have other numbers there.
    pub fn merge(&mut self, other: Sessions, dests: &[Vec<DestId>], whos: &[WhoId]) {
        let here = |dest: DestId| dests[dest.shard()][dest.place()];
        self.level = self.level.max(other.level);
        self.sift();
        for (id, dest) in other.named {
            if self.stays(id) {
                self.insert(id, here(dest));
            }
        }
        let moved =
            other.held.into_iter().map(|held| Held { dest: here(held.dest), who: whos[held.who.index()], ..held });
        self.held.extend(moved);
        self.sift();
        self.shrink();
    }

    /// Those that lost their place since the last time.
    pub fn let_go(&mut self) -> Vec<Held> {
        std::mem::take(&mut self.let_go)
    }

    pub fn lets_go(&self) -> bool {
        !self.let_go.is_empty()
    }

    /// All that is held, ordered by session, with the name of each session that has one. `choose` decides between two.
    pub fn settle(
        &mut self,
        choose: impl Fn(DestId, DestId) -> Option<DestId>,
    ) -> (Vec<Held>, HashMap<u64, Verdict, FixedState>) {
        let mut held = std::mem::take(&mut self.held);
        let mut verdicts: HashMap<u64, Verdict, FixedState> = HashMap::default();
        let mut named: Vec<(u64, DestId)> = std::mem::take(&mut self.named).into_iter().collect();
        if held.is_empty() {
            return (held, verdicts);
        }
        named.sort_unstable();
        for some in named.chunk_by(|one, other| one.0 == other.0) {
            let dests = some.iter().map(|(_, dest)| *dest);
            let chosen = dests.map(Some).reduce(|one, other| choose(one?, other?)).flatten();
            if let Some((id, _)) = some.first() {
                verdicts.insert(*id, chosen.map_or(Verdict::Ambiguous, |dest| Verdict::Named(dest, By::Id)));
            }
        }
        held.sort_unstable_by_key(|held| (held.id, held.dest, held.who, held.sighting.day));
        (held, verdicts)
    }
}
