//! Masks of single bytes over 64 bytes at a time, and what quotes make of them.
//!
//! A record of many short quoted fields costs any parser a jump per field. Here a [`Block`] of 64 bytes becomes one bit
//! per byte for each byte that matters, and the questions (which quotes are escaped, what lies inside quotes) are a
//! few instructions on those bits, however many fields there are. Bit 0 is always the first byte.
//!
//! What most callers want is one of three:
//!
//! - [`quotes`]: where the unescaped quotes of a record stand, into a buffer that is used again;
//! - [`positions`]: where one byte stands, in turn;
//! - [`first_outside`]: the first byte of a set that no quotes surround.
//!
//! Others put [`blocks`], [`Escapes`] and [`Inside`] together themselves.

mod lanes;
pub mod scalar;

use std::ops::ControlFlow;

/// How many bytes a mask is about.
pub const LANES: usize = 64;

/// Up to 64 bytes of a record, to be asked for masks.
#[derive(Debug, Clone, Copy)]
pub struct Block<'b> {
    bytes: &'b [u8; LANES],
    /// How many bytes at the front were in the block before: a record's last block ends where the record ends.
    seen: u32,
}

impl Block<'_> {
    /// Where `byte` stands.
    #[inline(always)]
    pub fn mask(self, byte: u8) -> u64 {
        lanes::equal(self.bytes, byte) >> self.seen
    }

    /// Where any byte of the set stands.
    #[inline(always)]
    pub fn mask_of<const N: usize>(self, set: [u8; N]) -> u64 {
        set.iter().fold(0, |mask, byte| mask | lanes::equal(self.bytes, *byte)) >> self.seen
    }

    /// Which bytes there are.
    #[inline(always)]
    pub fn valid(self) -> u64 {
        u64::MAX >> self.seen
    }
}

/// Shows the blocks of a record, each with the place where it begins, until one makes `visit` break.
///
/// ```
/// # use std::ops::ControlFlow;
/// # use umbrascope::formats::fields::kernel::blocks;
/// let mut commas = 0;
/// let end = blocks(b"a,b,c", |_, block| {
///     commas += block.mask(b',').count_ones();
///     ControlFlow::<()>::Continue(())
/// });
/// assert_eq!((commas, end), (2, ControlFlow::Continue(())));
/// ```
#[inline(always)]
pub fn blocks<B>(record: &[u8], mut visit: impl FnMut(usize, Block<'_>) -> ControlFlow<B>) -> ControlFlow<B> {
    let mut short = [0; LANES];
    let mut at = 0;
    // One call, so that what `visit` keeps between blocks stays in registers.
    while at < record.len() {
        visit(at, block_at(record, at, &mut short))?;
        at += LANES;
    }
    ControlFlow::Continue(())
}

/// The block that begins at `at`, which is in the record. A record that is shorter than a block is copied to the end of
/// `short`.
#[inline(always)]
fn block_at<'b>(record: &'b [u8], at: usize, short: &'b mut [u8; LANES]) -> Block<'b> {
    let rest = &record[at..];
    if let Some(bytes) = rest.first_chunk() {
        return Block { bytes, seen: 0 };
    }
    let seen = LANES - rest.len();
    let bytes = match record.last_chunk() {
        Some(bytes) => bytes,
        None => {
            short[seen..].copy_from_slice(rest);
            short
        }
    };
    Block { bytes, seen: seen as u32 }
}

/// The places of a mask's bits, lowest first.
///
/// ```
/// # use umbrascope::formats::fields::kernel::Bits;
/// assert!(Bits(0b1001_0000).eq([4, 7]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Bits(pub u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

/// Writes the places of a mask's bits, each plus `at`, to the front of `into` and says how many. What stands behind them
/// afterwards means nothing: eight are written at a time, which is quicker than to ask after each whether it was the last.
///
/// ```
/// # use umbrascope::formats::fields::kernel::write_places;
/// let mut into = [0; 64];
/// assert_eq!(write_places(0b1001_0000, 100, &mut into), 2);
/// assert_eq!(into[..2], [104, 107]);
/// ```
#[inline(always)]
pub fn write_places(mut mask: u64, at: u32, into: &mut [u32; LANES]) -> usize {
    let count = mask.count_ones() as usize;
    for eight in into.as_chunks_mut::<8>().0 {
        for place in eight {
            *place = at.wrapping_add(mask.trailing_zeros());
            mask &= mask.wrapping_sub(1);
        }
        if mask == 0 {
            break;
        }
    }
    count
}

/// Which bytes a backslash before them escapes, block after block.
#[derive(Debug, Clone, Copy, Default)]
pub struct Escapes {
    /// The last byte of the block before escapes the first of the next.
    carry: bool,
}

impl Escapes {
    /// The escaped bytes of the next block, given its backslashes.
    ///
    /// ```
    /// # use umbrascope::formats::fields::kernel::Escapes;
    /// // Of `\\\"` the second backslash and the quote are escaped.
    /// assert_eq!(Escapes::default().next(0b0111), 0b1010);
    /// ```
    #[inline(always)]
    pub fn next(&mut self, backslashes: u64) -> u64 {
        if backslashes == 0 {
            return u64::from(std::mem::take(&mut self.carry));
        }
        self.among(backslashes)
    }

    /// A run of backslashes escapes every second byte from its second one on. Adding the runs that begin at odd places
    /// to the backslashes lets a carry walk through each of those runs and come out behind it, which turns over the
    /// parity there; every run is decided at once.
    fn among(&mut self, backslashes: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let carried = u64::from(self.carry);
        let backslashes = backslashes & !carried;
        let follows = backslashes << 1 | carried;
        let odd_starts = backslashes & !EVEN & !follows;
        let (even, carry) = odd_starts.overflowing_add(backslashes);
        self.carry = carry;
        (EVEN ^ even << 1) & follows
    }
}

/// What lies inside quotes, block after block.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inside {
    /// All ones while a quote is open.
    carry: u64,
}

impl Inside {
    /// The bytes of the next block from each opening quote to the byte before the closing one, given the quotes.
    ///
    /// ```
    /// # use umbrascope::formats::fields::kernel::Inside;
    /// let mut inside = Inside::default();
    /// assert_eq!(inside.next(0b0100_0010), 0b0011_1110);
    /// assert!(!inside.is_open());
    /// ```
    #[inline(always)]
    pub fn next(&mut self, quotes: u64) -> u64 {
        // Each bit becomes the parity of those up to it.
        let mut mask = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            mask ^= mask << shift;
        }
        mask ^= self.carry;
        self.carry = (mask.cast_signed() >> 63).cast_unsigned();
        mask
    }

    /// Whether a quote is open behind the blocks so far.
    #[inline(always)]
    pub fn is_open(self) -> bool {
        self.carry != 0
    }
}

/// Writes the places of the unescaped `"` of a record into `into`, whatever was in it. A record has at most 4 GiB;
/// what lies beyond is not looked at.
///
/// ```
/// # use umbrascope::formats::fields::kernel::quotes;
/// let mut places = Vec::new();
/// quotes(br#"a="b \" c" d"#, &mut places);
/// assert_eq!(places, [2, 9]);
/// ```
pub fn quotes(record: &[u8], into: &mut Vec<u32>) {
    let record = &record[..record.len().min(u32::MAX as usize)];
    let mut escapes = Escapes::default();
    let mut count = 0;
    let _ = blocks(record, |at, block| {
        let mask = block.mask(b'"') & !escapes.next(block.mask(b'\\'));
        if into.len() < count + LANES {
            into.resize(count + LANES, 0);
        }
        if let Some(into) = into[count..].first_chunk_mut() {
            count += write_places(mask, at as u32, into);
        }
        ControlFlow::<()>::Continue(())
    });
    into.truncate(count);
}

/// The places of `byte` in the record, in order.
///
/// ```
/// # use umbrascope::formats::fields::kernel::positions;
/// assert!(positions(b"a=b c=d", b'=').eq([1, 5]));
/// ```
#[inline]
pub fn positions(record: &[u8], byte: u8) -> Positions<'_> {
    Positions { record, byte, next: 0, at: 0, bits: Bits(0) }
}

/// The places of one byte: see [`positions`].
#[derive(Debug, Clone)]
pub struct Positions<'a> {
    record: &'a [u8],
    byte: u8,
    /// Where the next block begins.
    next: usize,
    /// Where the block of `bits` begins.
    at: usize,
    bits: Bits,
}

impl Iterator for Positions<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        loop {
            if let Some(bit) = self.bits.next() {
                return Some(self.at + bit);
            }
            if self.next >= self.record.len() {
                return None;
            }
            self.at = self.next;
            self.next += LANES;
            self.bits = Bits(block_at(self.record, self.at, &mut [0; LANES]).mask(self.byte));
        }
    }
}

/// The first byte of the set that does not lie inside quotes, as written by devices that escape a quote with a
/// backslash. A quote itself is never found.
///
/// ```
/// # use umbrascope::formats::fields::kernel::first_outside;
/// assert_eq!(first_outside(br#""a, \" b" c,d"#, *b",;"), Some(11));
/// assert_eq!(first_outside(br#""a,b"#, *b",;"), None);
/// ```
#[inline]
pub fn first_outside<const N: usize>(record: &[u8], set: [u8; N]) -> Option<usize> {
    let (mut escapes, mut inside) = (Escapes::default(), Inside::default());
    let found = blocks(record, |at, block| {
        let quotes = block.mask(b'"') & !escapes.next(block.mask(b'\\'));
        let hits = block.mask_of(set) & !inside.next(quotes) & !quotes;
        if hits == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(at + hits.trailing_zeros() as usize) }
    });
    found.break_value()
}

/// The first of either byte at or after `at`, or the record's length. For texts that mostly end soon: 16 bytes a step.
///
/// ```
/// # use umbrascope::formats::fields::kernel::first_of_two;
/// assert_eq!(first_of_two(br#"{"a\"b"}"#, 2, b'"', b'\\'), 3);
/// ```
#[inline(always)]
pub fn first_of_two(record: &[u8], mut at: usize, one: u8, other: u8) -> usize {
    while let Some(half) = record.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
        let hits = lanes::either(half, one, other);
        if hits != 0 {
            return at + hits.trailing_zeros() as usize;
        }
        at += 16;
    }
    while at < record.len() && record[at] != one && record[at] != other {
        at += 1;
    }
    at.min(record.len())
}

#[cfg(test)]
mod tests;
