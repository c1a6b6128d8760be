//! The catalog as the build embeds it and as look-ups run on it: one text of all names, tables of numbers, a hash table
//! that is ready. Nothing is copied or counted at start; an app becomes one when somebody first asks for it.

// The build script includes this file; only the standard library, serde and the sibling `model` may be used.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::model::{Category, Job, Pattern, Role, Rule, Tables, Text};

/// Bytes that are either part of the program or owned.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Bytes(#[serde(borrow)] Cow<'static, [u8]>);

impl Bytes {
    /// Where they are part of the program: the part between two offsets.
    pub(super) fn embedded(&self, from: usize, to: usize) -> Option<&'static [u8]> {
        match self.0 {
            Cow::Borrowed(bytes) => bytes.get(from..to),
            Cow::Owned(_) => None,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.0.to_mut().extend_from_slice(bytes);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Rows of `N` numbers of 32 bits each, little-endian wherever the program runs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Rows<const N: usize>(Bytes);

impl<const N: usize> Rows<N> {
    pub(super) fn get(&self, at: usize) -> Option<[u32; N]> {
        let start = at.checked_mul(4 * N)?;
        let bytes = self.0.0.get(start..start.checked_add(4 * N)?)?;
        let mut row = [0; N];
        for (number, bytes) in row.iter_mut().zip(bytes.as_chunks().0) {
            *number = u32::from_le_bytes(*bytes);
        }
        Some(row)
    }

    pub(super) fn push(&mut self, row: [u32; N]) {
        row.iter().for_each(|number| self.0.push(&number.to_le_bytes()));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len() / (4 * N)
    }
}

/// Everything that is claimed at one domain: rows `start` to `end` of the rules, and those of the patterns with this tail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) start: u32,
    pub(super) end: u32,
    /// 1 and the row in `tails`, or 0.
    tail: u32,
}

/// A network by its place among the apps.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Net {
    pub(super) text: Text,
    pub(super) app: u32,
    pub(super) line: u32,
}

/// The whole catalog.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Packed {
    /// Of this shape; the embedded bytes and the program are made together, a test sees that they agree.
    pub(super) version: u32,
    pub(super) digest: u64,
    pub(super) categories: Vec<Category>,
    pub(super) jobs: Vec<Job>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) nets: Vec<Net>,
    /// Bytes of the longest claimed domain; longer suffixes need no look-up.
    pub(super) longest: u32,
    /// The entries of all rules, one behind the other.
    names: Text,
    /// Where its name begins, bytes of its host with the role behind, app, line. By host and path; a last row says where
    /// the names end.
    rules: Rows<4>,
    /// The rules with a path.
    pub(super) paths: Rows<1>,
    /// Start and end of the patterns with one tail.
    tails: Rows<2>,
    /// The hash table: check bits or 0, then a group. A power of two of them.
    slots: Rows<4>,
    /// Where each app begins in `apps`, and a last row.
    pub(super) starts: Rows<1>,
    /// Apps, as their own serialization.
    pub(super) apps: Bytes,
}

impl Packed {
    /// The version of this shape.
    pub(super) const VERSION: u32 = 3;

    /// Packs everything but the apps themselves.
    pub(super) fn new(tables: &Tables) -> Packed {
        let mut packed = Packed {
            version: Packed::VERSION,
            digest: tables.digest,
            categories: tables.categories.clone(),
            jobs: tables.jobs.clone(),
            patterns: tables.patterns.clone(),
            ..Packed::default()
        };
        for (app, at) in tables.apps.iter().zip(0u32..) {
            let net = |range: &super::model::Range| Net { text: range.net().into(), app: at, line: range.line() };
            packed.nets.extend(app.ranges().iter().map(net));
        }
        let mut names = String::new();
        let mut groups: Vec<Group> = Vec::new();
        for (claim, at) in tables.claims.iter().zip(0u32..) {
            let rule = claim.rule();
            match groups.last_mut() {
                Some(group)
                    if tables.claims.get(group.start as usize).is_some_and(|c| c.rule().host() == rule.host()) =>
                {
                    group.end = at + 1;
                }
                _ => groups.push(Group { start: at, end: at + 1, tail: 0 }),
            }
            if !rule.path().is_empty() {
                packed.paths.push([at]);
            }
            let kind = (rule.host_len as u32) << 8 | role_number(rule.role);
            packed.rules.push([names.len() as u32, kind, rule.app, rule.line]);
            names.push_str(rule.text);
        }
        packed.rules.push([names.len() as u32, 0, 0, 0]);
        packed.names = names.as_str().into();

        let mut start = 0;
        for patterns in tables.patterns.chunk_by(|a, b| a.tail() == b.tail()) {
            let end = start + patterns.len() as u32;
            packed.tails.push([start, end]);
            start = end;
        }
        for tail in 1..=packed.tails.len() as u32 {
            let name = packed.patterns_of(Group { start: 0, end: 0, tail }).1.first().map_or("", Pattern::tail);
            // Groups are in order of host.
            let found = groups.binary_search_by(|group| packed.key(*group).cmp(name));
            match found {
                Ok(at) => groups[at].tail = tail,
                Err(at) => groups.insert(at, Group { start: 0, end: 0, tail }),
            }
        }
        packed.fill(&groups);
        packed
    }

    fn fill(&mut self, groups: &[Group]) {
        let size = (groups.len() * 4 / 3 + 1).next_power_of_two();
        let mut slots = vec![[0; 4]; size];
        for group in groups {
            let key = self.key(*group);
            let (mut hash, len) = (Hash::default(), key.len() as u32);
            key.bytes().rev().for_each(|byte| hash.add(byte));
            self.longest = self.longest.max(len);
            let (check, mut at) = hash.place(size);
            while slots[at][0] != 0 {
                at = (at + 1) % size;
            }
            slots[at] = [check, group.start, group.end, group.tail];
        }
        slots.into_iter().for_each(|slot| self.slots.push(slot));
    }

    /// What is claimed at exactly this domain, whose hash is given.
    #[inline]
    pub(super) fn group(&self, hash: Hash, domain: &str) -> Option<Group> {
        let size = self.slots.len();
        let (check, mut at) = hash.place(size);
        for _ in 0..size {
            let [found, start, end, tail] = self.slots.get(at)?;
            let group = Group { start, end, tail };
            if found == check && self.key(group) == domain {
                return Some(group);
            }
            if found == 0 {
                return None;
            }
            at = (at + 1) & (size - 1);
        }
        None
    }

    fn key(&self, group: Group) -> &str {
        match self.rule(group.start as usize).filter(|_| group.start < group.end) {
            Some(rule) => rule.host(),
            None => self.patterns_of(group).1.first().map_or("", Pattern::tail),
        }
    }

    /// The patterns of a group, and the place of the first.
    pub(super) fn patterns_of(&self, group: Group) -> (usize, &[Pattern]) {
        let part = || {
            let [start, end] = self.tails.get((group.tail as usize).checked_sub(1)?)?;
            Some((start as usize, self.patterns.get(start as usize..end as usize)?))
        };
        part().unwrap_or_default()
    }

    /// How many rules there are.
    pub(super) fn rule_count(&self) -> usize {
        self.rules.len().saturating_sub(1)
    }

    /// The rule of that row.
    #[inline]
    pub(super) fn rule(&self, at: usize) -> Option<Rule<'_>> {
        let [start, kind, app, line] = self.rules.get(at)?;
        let [end, ..] = self.rules.get(at + 1)?;
        let text = self.names.get(start as usize..end as usize)?;
        let role = *Role::ALL.get((kind & 0xff) as usize)?;
        Some(Rule { text, host_len: (kind >> 8) as usize, app, role, line })
    }

    /// Appends an app, whose serialization is given.
    #[allow(dead_code, reason = "the build script packs the apps, a catalog made at run time has them at hand")]
    pub(super) fn push_app(&mut self, bytes: &[u8]) {
        if self.starts.len() == 0 {
            self.starts.push([0]);
        }
        self.apps.push(bytes);
        self.starts.push([self.apps.len() as u32]);
    }

    /// The serialization of an app that is part of the program.
    pub(super) fn app(&self, at: usize) -> Option<&'static [u8]> {
        let ([start], [end]) = (self.starts.get(at)?, self.starts.get(at + 1)?);
        self.apps.embedded(start as usize, end as usize)
    }
}

fn role_number(role: Role) -> u32 {
    Role::ALL.iter().position(|other| *other == role).unwrap_or_default() as u32
}

/// The hash of a domain, from its end: that of a suffix is a step on the way to that of the host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hash(u64);

impl Default for Hash {
    fn default() -> Hash {
        Hash(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// FNV-1a, for it has to be the same on the machine that builds and on the one that runs.
    #[inline]
    pub(super) fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    /// Check bits, never 0, and the first slot to look at among a power of two of them.
    #[inline]
    fn place(self, slots: usize) -> (u32, usize) {
        let mixed = (self.0 ^ self.0 >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed as u32 | 1, (mixed >> 32) as usize & slots.wrapping_sub(1))
    }
}
