//! The one door to the processor's wide registers.
//!
//! What must hold, and does because the types say so: a block is 64 readable bytes and a half line is 16, and no load
//! needs alignment. The instructions are part of every x86-64 (SSE2) and of every aarch64 (NEON), so nothing is asked at
//! run time. Other machines use the [scalar twin](super::scalar), which the tests hold this against.

#![allow(unsafe_code, reason = "std::arch loads through pointers; the only place in `formats`")]

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{__m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8};

    /// One bit a byte, the first byte lowest: whether it is `byte`.
    #[inline(always)]
    pub fn equal(block: &[u8; 64], byte: u8) -> u64 {
        let at = block.as_ptr().cast::<__m128i>();
        // SAFETY: the processor has SSE2 (see above), and lanes 0 to 3 of 16 bytes each are the block's 64.
        unsafe {
            let wanted = _mm_set1_epi8(byte.cast_signed());
            let lane = |n: usize| {
                let bits = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(at.add(n)), wanted));
                u64::from(bits.cast_unsigned())
            };
            lane(0) | lane(1) << 16 | lane(2) << 32 | lane(3) << 48
        }
    }

    /// The same for 16 bytes and either of two.
    #[inline(always)]
    pub fn either(half: &[u8; 16], one: u8, other: u8) -> u32 {
        // SAFETY: the processor has SSE2 (see above), and the one load reads the 16 bytes.
        unsafe {
            let half = _mm_loadu_si128(half.as_ptr().cast::<__m128i>());
            let one = _mm_cmpeq_epi8(half, _mm_set1_epi8(one.cast_signed()));
            let other = _mm_cmpeq_epi8(half, _mm_set1_epi8(other.cast_signed()));
            _mm_movemask_epi8(_mm_or_si128(one, other)).cast_unsigned()
        }
    }
}

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod wide {
    use std::arch::aarch64::{
        vandq_u8, vceqq_u8, vdupq_n_u8, vgetq_lane_u16, vgetq_lane_u64, vld1q_u8, vorrq_u8, vpaddq_u8,
        vreinterpretq_u16_u8, vreinterpretq_u64_u8,
    };

    /// NEON has no instruction that gathers one bit a byte: each byte keeps its own bit, and neighbors are added up.
    static WEIGHTS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

    /// One bit a byte, the first byte lowest: whether it is `byte`.
    #[inline(always)]
    pub fn equal(block: &[u8; 64], byte: u8) -> u64 {
        let at = block.as_ptr();
        // SAFETY: the processor has NEON (see above), and lanes 0 to 3 of 16 bytes each are the block's 64.
        unsafe {
            let wanted = vdupq_n_u8(byte);
            let weights = vld1q_u8(WEIGHTS.as_ptr());
            let lane = |n: usize| vandq_u8(vceqq_u8(vld1q_u8(at.add(16 * n)), wanted), weights);
            let sum = vpaddq_u8(vpaddq_u8(lane(0), lane(1)), vpaddq_u8(lane(2), lane(3)));
            vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)))
        }
    }

    /// The same for 16 bytes and either of two.
    #[inline(always)]
    pub fn either(half: &[u8; 16], one: u8, other: u8) -> u32 {
        // SAFETY: the processor has NEON (see above), and the loads read the 16 bytes and the 16 weights.
        unsafe {
            let half = vld1q_u8(half.as_ptr());
            let hits = vorrq_u8(vceqq_u8(half, vdupq_n_u8(one)), vceqq_u8(half, vdupq_n_u8(other)));
            let sum = vandq_u8(hits, vld1q_u8(WEIGHTS.as_ptr()));
            let sum = vpaddq_u8(sum, sum);
            let sum = vpaddq_u8(sum, sum);
            u32::from(vgetq_lane_u16::<0>(vreinterpretq_u16_u8(vpaddq_u8(sum, sum))))
        }
    }
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little"))))]
use super::scalar as wide;

pub(super) use wide::{either, equal};
