//! The masks a byte at a time: for machines without a door of their own, and to hold the others against.

/// One bit a byte, the first byte lowest: whether it is `byte`.
#[inline]
pub fn equal(block: &[u8; 64], byte: u8) -> u64 {
    block.iter().rev().fold(0, |mask, found| mask << 1 | u64::from(*found == byte))
}

/// The same for 16 bytes and either of two.
#[inline]
pub fn either(half: &[u8; 16], one: u8, other: u8) -> u32 {
    half.iter().rev().fold(0, |mask, found| mask << 1 | u32::from(*found == one || *found == other))
}
