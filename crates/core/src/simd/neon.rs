//! Four registers of 16 bytes.

use std::arch::aarch64::{
    uint8x16_t, vaddv_u8, vandq_u8, vbslq_u8, vceqq_u8, vcgeq_u8, vcleq_u8, vdupq_n_u8,
    vget_high_u8, vget_low_u8, vld1q_u8, vorrq_u8, vst1q_u8,
};

use super::{BLOCK, Simd, Work, are_lowest, lowest, places, room, taken};

/// NEON, which nearly every 64-bit Arm processor has. Made by [`Neon::detect`] alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon(());

impl Neon {
    /// The permission, on a processor that has the instructions.
    pub(super) fn detect() -> Option<Self> {
        std::arch::is_aarch64_feature_detected!("neon").then_some(Self(()))
    }
}

/// The four quarters of a block or of a mask.
type Quarters = [uint8x16_t; 4];

#[target_feature(enable = "neon")]
fn enter<W: Work>(simd: Neon, work: W) -> W::Output {
    work.run(simd)
}

/// The bit of each byte among eight.
static OWN: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

impl Simd for Neon {
    type Block = Quarters;
    type Mask = Quarters;

    #[inline(always)]
    fn load(self, bytes: &[u8; BLOCK]) -> Quarters {
        std::array::from_fn(|i| {
            let quarter = &bytes[16 * i..16 * (i + 1)];
            // SAFETY: the token says that NEON is there; the load is of the 16 bytes.
            unsafe { vld1q_u8(quarter.as_ptr()) }
        })
    }

    #[inline(always)]
    fn within(self, block: Quarters, low: u8, high: u8) -> Quarters {
        // SAFETY: the token says that NEON is there.
        block.map(|quarter| unsafe {
            vandq_u8(
                vcgeq_u8(quarter, vdupq_n_u8(low)),
                vcleq_u8(quarter, vdupq_n_u8(high)),
            )
        })
    }

    #[inline(always)]
    fn equals(self, block: Quarters, byte: u8) -> Quarters {
        // SAFETY: the token says that NEON is there.
        block.map(|quarter| unsafe { vceqq_u8(quarter, vdupq_n_u8(byte)) })
    }

    #[inline(always)]
    fn high(self, block: Quarters) -> Quarters {
        // SAFETY: the token says that NEON is there.
        block.map(|quarter| unsafe { vcgeq_u8(quarter, vdupq_n_u8(0x80)) })
    }

    #[inline(always)]
    fn follows(self, block: Quarters) -> Quarters {
        // SAFETY: the token says that NEON is there.
        block.map(|quarter| unsafe {
            vandq_u8(
                vcgeq_u8(quarter, vdupq_n_u8(0x80)),
                vcleq_u8(quarter, vdupq_n_u8(0xbf)),
            )
        })
    }

    #[inline(always)]
    fn or(self, a: Quarters, b: Quarters) -> Quarters {
        // SAFETY: the token says that NEON is there.
        std::array::from_fn(|i| unsafe { vorrq_u8(a[i], b[i]) })
    }

    #[inline(always)]
    fn bits(self, mask: Quarters) -> u64 {
        // SAFETY: the token says that NEON is there; the load is of the 16 bytes of `OWN`.
        let own = unsafe { vld1q_u8(OWN.as_ptr()) };
        mask.iter().rev().fold(0, |bits, &quarter| {
            // SAFETY: as above.
            let (low, high) = unsafe {
                let own = vandq_u8(quarter, own);
                (vaddv_u8(vget_low_u8(own)), vaddv_u8(vget_high_u8(own)))
            };
            bits << 16 | u64::from(high) << 8 | u64::from(low)
        })
    }

    #[inline(always)]
    fn mask(self, bits: u64) -> Quarters {
        std::array::from_fn(|i| {
            let eights: [u8; 16] =
                std::array::from_fn(|byte| (bits >> (16 * i + byte / 8 * 8)) as u8);
            // SAFETY: the token says that NEON is there; both loads are of 16 bytes.
            unsafe {
                let own = vld1q_u8(OWN.as_ptr());
                vceqq_u8(vandq_u8(vld1q_u8(eights.as_ptr()), own), own)
            }
        })
    }

    #[inline(always)]
    fn put(self, block: Quarters, mask: Quarters, byte: u8) -> Quarters {
        // SAFETY: the token says that NEON is there.
        std::array::from_fn(|i| unsafe { vbslq_u8(mask[i], vdupq_n_u8(byte), block[i]) })
    }

    #[inline(always)]
    fn lower(self, block: Quarters) -> Quarters {
        let capitals = self.within(block, b'A', b'Z');
        // SAFETY: the token says that NEON is there.
        std::array::from_fn(|i| unsafe {
            vorrq_u8(block[i], vandq_u8(capitals[i], vdupq_n_u8(0x20)))
        })
    }

    #[inline(always)]
    fn append(self, block: Quarters, keep: u64, out: &mut String) {
        let keep = keep & !self.bits(self.high(block));
        let at = room(out);
        // SAFETY: the token says that NEON is there; `room` made space for the 64 bytes of the four
        // stores, or of as many of one byte. The first bytes there are the kept ones, all ASCII.
        unsafe {
            if are_lowest(keep) {
                for (i, &quarter) in block.iter().enumerate() {
                    vst1q_u8(at.add(16 * i), quarter);
                }
            } else {
                let mut bytes = [0u8; BLOCK];
                for (i, &quarter) in block.iter().enumerate() {
                    vst1q_u8(bytes.as_mut_ptr().add(16 * i), quarter);
                }
                let mut done = 0;
                for (i, byte) in bytes.into_iter().enumerate() {
                    // Written over unless kept; fewer than 64 are before the last.
                    at.add(done).write(byte);
                    done += (keep >> i & 1) as usize;
                }
            }
            taken(out, keep.count_ones() as usize);
        }
    }

    #[inline(always)]
    fn places(self, bits: u64, base: u32, to: &mut [u32; BLOCK]) -> usize {
        places(bits, base, to)
    }

    #[inline(always)]
    fn lowest(self, value: u64, bits: u32) -> u64 {
        lowest(value, bits)
    }

    #[inline]
    fn run<W: Work>(self, work: W) -> W::Output {
        // SAFETY: the token says that all features of `enter` are there.
        unsafe { enter(self, work) }
    }
}
