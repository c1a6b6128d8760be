//! Names as logs write them, and what each stands for.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// A map from spellings to what they stand for.
///
/// It is asked twice for every event. So its entries are small and its texts lie side by side: both stay in the cache,
/// where a map of boxed texts would wait for memory at each look-up.
pub(super) struct Spellings<T> {
    entries: HashTable<Entry<T>>,
    text: Vec<u8>,
    hasher: RandomState,
}

struct Entry<T> {
    hash: u32,
    start: u32,
    len: u32,
    value: T,
}

impl<T: Copy> Spellings<T> {
    pub fn new(hasher: RandomState) -> Spellings<T> {
        Spellings { entries: HashTable::new(), text: Vec::new(), hasher }
    }

    /// What a spelling stands for, if it is known.
    #[inline]
    pub fn get(&self, spelling: &[u8]) -> Option<T> {
        let hash = self.hash(spelling);
        let text = &self.text;
        self.entries
            .find(spread(hash), |entry| entry.hash == hash && same(entry.text(text), spelling))
            .map(|entry| entry.value)
    }

    /// Notes a new spelling. After four gigabytes of them it notes no more; they are then worked out each time.
    pub fn insert(&mut self, spelling: &[u8], value: T) {
        let (Ok(start), Ok(len)) = (u32::try_from(self.text.len()), u32::try_from(spelling.len())) else { return };
        self.text.extend_from_slice(spelling);
        let hash = self.hash(spelling);
        self.entries.insert_unique(spread(hash), Entry { hash, start, len, value }, |entry| spread(entry.hash));
    }

    #[inline]
    fn hash(&self, spelling: &[u8]) -> u32 {
        (self.hasher.hash_one(spelling) >> 32) as u32
    }
}

impl<T> Entry<T> {
    #[inline]
    fn text<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let start = self.start as usize;
        text.get(start..start + self.len as usize).unwrap_or_default()
    }
}

/// Whether two texts are equal, said without a call: after their hashes agreed they nearly always are, and short.
#[inline(always)]
fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (Some(tail), Some(other_tail)) = (one.last_chunk::<8>(), other.last_chunk::<8>()) else {
        return one.iter().zip(other).all(|(a, b)| a == b);
    };
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let heads = one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0);
    heads.fold(word(tail) ^ word(other_tail), |odd, (a, b)| odd | (word(a) ^ word(b))) == 0
}

/// The hash of a table whose entries keep 32 bits of it, so that growing reads nothing but the entries. Tables use the
/// first bits and the last.
#[inline]
pub(super) fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn same_is_equal(one in "[ab]{0,40}", other in "[ab]{0,40}") {
            proptest::prop_assert_eq!(same(one.as_bytes(), other.as_bytes()), one == other);
            let mut near = one.clone().into_bytes();
            proptest::prop_assert!(same(one.as_bytes(), &near));
            if let Some(last) = near.last_mut() {
                *last = b'c';
                proptest::prop_assert!(!same(one.as_bytes(), &near));
            }
        }
    }

    #[test]
    fn every_spelling_keeps_its_meaning() {
        let mut spellings = Spellings::new(RandomState::default());
        for number in 0..10_000u32 {
            assert_eq!(spellings.get(number.to_string().as_bytes()), None);
            spellings.insert(number.to_string().as_bytes(), number);
        }
        for number in 0..10_000u32 {
            assert_eq!(spellings.get(number.to_string().as_bytes()), Some(number));
        }
        spellings.insert(b"", 7);
        assert_eq!(spellings.get(b""), Some(7));
    }
}
