//! Dice that fall the same way on every machine: a splitmix64 generator and a Zipf sampler.
//!
//! Integer arithmetic only. A `powf` may differ in its last bit between C libraries, and one bit is
//! enough to make another log.

/// A splitmix64 generator (Steele, Lea and Flood 2014): one addition and two multiplications a draw.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator of its own for each combination of parts, so that adding a person or a day leaves
    /// the others as they were.
    pub fn of(parts: &[u64]) -> Self {
        let mut state = 0x9e37_79b9_7f4a_7c15;
        for &part in parts {
            state = Self(state ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93)).draw();
        }
        Self(state)
    }

    /// The next 64 bits.
    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; `n` is below 2^32.
    pub const fn below(&mut self, n: u64) -> u64 {
        ((self.draw() >> 32) * n) >> 32
    }

    /// A number in `low..high`.
    pub const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low)
    }

    /// True in `percent` of a hundred draws.
    pub const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the items.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// A size between `low` and `high` with a long tail: each doubling is equally likely. `high` is below 2^32.
    pub fn size(&mut self, low: u64, high: u64) -> u64 {
        let doublings = u64::from((high / low).max(1).ilog2());
        let base = low << self.below(doublings + 1);
        let top = (base * 2).min(high).max(base + 1);
        self.between(base, top)
    }
}

/// Draws ranks `0..n` where rank `k` is `1 / (k + shift)` as popular, in constant time (Vose's alias
/// method).
#[derive(Clone, Debug)]
pub struct Zipf {
    slots: Vec<(u64, u32)>,
}

impl Zipf {
    /// A sampler over `n` ranks; a larger `shift` flattens the head.
    pub fn new(n: usize, shift: u64) -> Self {
        let count = n as u64;
        let weights: Vec<u64> = (0..count).map(|k| (1 << 30) / (k + 1 + shift)).collect();
        let total: u64 = weights.iter().sum();
        let mut scaled: Vec<u64> = weights.iter().map(|w| w * count).collect();
        let mut slots = vec![(1 << 32, 0); n];
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| scaled[i] < total);
        while let (Some(&lesser), Some(&greater)) = (small.last(), large.last()) {
            small.pop();
            let share = (u128::from(scaled[lesser]) << 32) / u128::from(total);
            slots[lesser] = (share as u64, greater as u32);
            scaled[greater] -= total - scaled[lesser];
            if scaled[greater] < total {
                large.pop();
                small.push(greater);
            }
        }
        Self { slots }
    }

    /// A rank, the popular ones more often.
    pub fn rank(&self, rng: &mut Rng) -> usize {
        let bits = rng.draw();
        let at = (((bits >> 32) * self.slots.len() as u64) >> 32) as usize;
        let (share, other) = self.slots[at];
        if bits & 0xffff_ffff < share { at } else { other as usize }
    }
}
