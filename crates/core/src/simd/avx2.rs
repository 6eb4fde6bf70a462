//! Two registers of 32 bytes.

use std::arch::x86_64::{
    __m256i, _bzhi_u64, _mm256_and_si256, _mm256_blendv_epi8, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8,
    _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi8,
    _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_shuffle_epi8, _mm256_storeu_si256, _pdep_u64,
    _pext_u64,
};

use super::{BLOCK, Simd, Work, are_lowest, places, room, taken};
use crate::swar::ONES;

/// AVX2 and the bit instructions of its time. Made by [`Avx2::detect`] alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The permission, on a processor that has the instructions.
    pub(super) fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        found.then_some(Self(()))
    }
}

/// The two halves of a block or of a mask.
type Halves = [__m256i; 2];

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn enter<W: Work>(simd: Avx2, work: W) -> W::Output {
    work.run(simd)
}

impl Simd for Avx2 {
    type Block = Halves;
    type Mask = Halves;

    #[inline(always)]
    fn load(self, bytes: &[u8; BLOCK]) -> Halves {
        let at: *const __m256i = bytes.as_ptr().cast();
        // SAFETY: the token says that AVX2 is there; both loads, unaligned, are of the 64 bytes.
        unsafe { [_mm256_loadu_si256(at), _mm256_loadu_si256(at.add(1))] }
    }

    #[inline(always)]
    fn within(self, block: Halves, low: u8, high: u8) -> Halves {
        // As signed numbers, bytes beyond ASCII are below all others.
        let within = |half| {
            // SAFETY: the token says that AVX2 is there.
            unsafe {
                let from = _mm256_cmpgt_epi8(half, _mm256_set1_epi8((low - 1).cast_signed()));
                let to = _mm256_cmpgt_epi8(_mm256_set1_epi8((high + 1).cast_signed()), half);
                _mm256_and_si256(from, to)
            }
        };
        [within(block[0]), within(block[1])]
    }

    #[inline(always)]
    fn equals(self, block: Halves, byte: u8) -> Halves {
        // SAFETY: the token says that AVX2 is there.
        unsafe {
            let byte = _mm256_set1_epi8(byte.cast_signed());
            [
                _mm256_cmpeq_epi8(block[0], byte),
                _mm256_cmpeq_epi8(block[1], byte),
            ]
        }
    }

    #[inline(always)]
    fn high(self, block: Halves) -> Halves {
        // `bits` takes the high bit of each byte.
        block
    }

    #[inline(always)]
    fn follows(self, block: Halves) -> Halves {
        // As signed numbers, they are the least.
        // SAFETY: the token says that AVX2 is there.
        block
            .map(|half| unsafe { _mm256_cmpgt_epi8(_mm256_set1_epi8(0xc0_u8.cast_signed()), half) })
    }

    #[inline(always)]
    fn or(self, a: Halves, b: Halves) -> Halves {
        // SAFETY: the token says that AVX2 is there.
        unsafe { [_mm256_or_si256(a[0], b[0]), _mm256_or_si256(a[1], b[1])] }
    }

    #[inline(always)]
    fn bits(self, mask: Halves) -> u64 {
        // SAFETY: the token says that AVX2 is there.
        let (low, high) = unsafe { (_mm256_movemask_epi8(mask[0]), _mm256_movemask_epi8(mask[1])) };
        let (low, high) = (low.cast_unsigned(), high.cast_unsigned());
        u64::from(low) | u64::from(high) << 32
    }

    #[inline(always)]
    fn mask(self, bits: u64) -> Halves {
        // SAFETY: the token says that AVX2 is there.
        unsafe {
            // Each byte gets the eight bits that its own is among, and looks for its own.
            let spread = _mm256_set_epi64x(
                0x0303_0303_0303_0303,
                0x0202_0202_0202_0202,
                0x0101_0101_0101_0101,
                0,
            );
            let own = _mm256_set1_epi64x(OWN);
            let low = _mm256_shuffle_epi8(_mm256_set1_epi32(bits as i32), spread);
            let high = _mm256_shuffle_epi8(_mm256_set1_epi32((bits >> 32) as i32), spread);
            [
                _mm256_cmpeq_epi8(_mm256_and_si256(low, own), own),
                _mm256_cmpeq_epi8(_mm256_and_si256(high, own), own),
            ]
        }
    }

    #[inline(always)]
    fn put(self, block: Halves, mask: Halves, byte: u8) -> Halves {
        // SAFETY: the token says that AVX2 is there.
        unsafe {
            let byte = _mm256_set1_epi8(byte.cast_signed());
            [
                _mm256_blendv_epi8(block[0], byte, mask[0]),
                _mm256_blendv_epi8(block[1], byte, mask[1]),
            ]
        }
    }

    #[inline(always)]
    fn lower(self, block: Halves) -> Halves {
        let capitals = self.within(block, b'A', b'Z');
        // SAFETY: the token says that AVX2 is there.
        unsafe {
            let bit = _mm256_set1_epi8(0x20);
            [
                _mm256_or_si256(block[0], _mm256_and_si256(capitals[0], bit)),
                _mm256_or_si256(block[1], _mm256_and_si256(capitals[1], bit)),
            ]
        }
    }

    #[inline(always)]
    fn append(self, block: Halves, keep: u64, out: &mut String) {
        let keep = keep & !self.bits(self.high(block));
        let at = room(out);
        // SAFETY: the token says that AVX2 and BMI2 are there; `room` made space for the 64 bytes
        // of both stores, unaligned, or of the eight of eight bytes each. The first bytes there are
        // the kept ones, all ASCII.
        unsafe {
            let halves: *mut __m256i = at.cast();
            if are_lowest(keep) {
                _mm256_storeu_si256(halves, block[0]);
                _mm256_storeu_si256(halves.add(1), block[1]);
            } else {
                let mut eights = [0u64; 8];
                let halves: *mut __m256i = eights.as_mut_ptr().cast();
                _mm256_storeu_si256(halves, block[0]);
                _mm256_storeu_si256(halves.add(1), block[1]);
                let mut done = 0;
                for (i, eight) in eights.into_iter().enumerate() {
                    let keep = keep >> (8 * i) & 0xff;
                    let bytes = _pdep_u64(keep, ONES) * 0xff;
                    let kept: *mut u64 = at.add(done).cast();
                    kept.write_unaligned(_pext_u64(eight, bytes));
                    done += keep.count_ones() as usize;
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
        // SAFETY: the token says that BMI2 is there.
        unsafe { _bzhi_u64(value, bits) }
    }

    #[inline]
    fn run<W: Work>(self, work: W) -> W::Output {
        // SAFETY: the token says that all features of `enter` are there.
        unsafe { enter(self, work) }
    }
}

/// The bit of each of eight bytes.
const OWN: i64 = 0x8040_2010_0804_0201_u64.cast_signed();
