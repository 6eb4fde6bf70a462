//! One register of 64 bytes, and masks as ordinary bits.

use std::arch::x86_64::{
    __m512i, _bzhi_u64, _mm_loadu_si128, _mm512_add_epi32, _mm512_cmpeq_epi8_mask,
    _mm512_cmple_epu8_mask, _mm512_cmplt_epi8_mask, _mm512_cvtepu8_epi32, _mm512_loadu_si512,
    _mm512_mask_add_epi8, _mm512_mask_blend_epi8, _mm512_maskz_compress_epi8, _mm512_movepi8_mask,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_storeu_si512, _mm512_sub_epi8,
};

use super::{BLOCK, Simd, Work, room, taken};

/// AVX-512 as of Ice Lake and Zen 4. Made by [`Avx512::detect`] alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The permission, on a processor that has the instructions.
    pub(super) fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        found.then_some(Self(()))
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
fn enter<W: Work>(simd: Avx512, work: W) -> W::Output {
    work.run(simd)
}

/// The number of each byte of a block.
static NUMBERS: [u8; BLOCK] = {
    let mut numbers = [0; BLOCK];
    let mut i = 0;
    while i < BLOCK {
        numbers[i] = i as u8;
        i += 1;
    }
    numbers
};

impl Simd for Avx512 {
    type Block = __m512i;
    type Mask = u64;

    const MULTIPLIES: bool = true;

    #[inline(always)]
    fn load(self, bytes: &[u8; BLOCK]) -> __m512i {
        // SAFETY: the token says that AVX-512 is there; the load, unaligned, is of the 64 bytes.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn within(self, block: __m512i, low: u8, high: u8) -> u64 {
        // SAFETY: the token says that AVX-512 is there.
        unsafe {
            let from = _mm512_sub_epi8(block, _mm512_set1_epi8(low.cast_signed()));
            _mm512_cmple_epu8_mask(from, _mm512_set1_epi8((high - low).cast_signed()))
        }
    }

    #[inline(always)]
    fn equals(self, block: __m512i, byte: u8) -> u64 {
        // SAFETY: the token says that AVX-512 is there.
        unsafe { _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte.cast_signed())) }
    }

    #[inline(always)]
    fn high(self, block: __m512i) -> u64 {
        // SAFETY: the token says that AVX-512 is there.
        unsafe { _mm512_movepi8_mask(block) }
    }

    #[inline(always)]
    fn follows(self, block: __m512i) -> u64 {
        // As signed numbers, they are the least.
        // SAFETY: the token says that AVX-512 is there.
        unsafe { _mm512_cmplt_epi8_mask(block, _mm512_set1_epi8(0xc0_u8.cast_signed())) }
    }

    #[inline(always)]
    fn or(self, a: u64, b: u64) -> u64 {
        a | b
    }

    #[inline(always)]
    fn bits(self, mask: u64) -> u64 {
        mask
    }

    #[inline(always)]
    fn mask(self, bits: u64) -> u64 {
        bits
    }

    #[inline(always)]
    fn put(self, block: __m512i, mask: u64, byte: u8) -> __m512i {
        // SAFETY: the token says that AVX-512 is there.
        unsafe { _mm512_mask_blend_epi8(mask, block, _mm512_set1_epi8(byte.cast_signed())) }
    }

    #[inline(always)]
    fn lower(self, block: __m512i) -> __m512i {
        let capitals = self.within(block, b'A', b'Z');
        // SAFETY: the token says that AVX-512 is there.
        unsafe { _mm512_mask_add_epi8(block, capitals, block, _mm512_set1_epi8(0x20)) }
    }

    #[inline(always)]
    fn append(self, block: __m512i, keep: u64, out: &mut String) {
        let keep = keep & !self.high(block);
        let at: *mut __m512i = room(out).cast();
        // SAFETY: the token says that AVX-512 is there; `room` made space for the 64 bytes of the
        // store, unaligned, of which the first are the kept ones, all ASCII.
        unsafe {
            // In a register first: some processors are slow to compress to memory.
            _mm512_storeu_si512(at, _mm512_maskz_compress_epi8(keep, block));
            taken(out, keep.count_ones() as usize);
        }
    }

    #[inline(always)]
    fn places(self, bits: u64, base: u32, to: &mut [u32; BLOCK]) -> usize {
        let count = bits.count_ones() as usize;
        // SAFETY: the token says that AVX-512 is there; loads and stores, unaligned, are of arrays
        // of their size.
        unsafe {
            let mut numbers = [0u8; BLOCK];
            let compressed = _mm512_maskz_compress_epi8(bits, self.load(&NUMBERS));
            _mm512_storeu_si512(numbers.as_mut_ptr().cast(), compressed);
            let base = _mm512_set1_epi32(base.cast_signed());
            let pieces = numbers
                .as_chunks::<16>()
                .0
                .iter()
                .zip(to.as_chunks_mut::<16>().0);
            for (i, (numbers, to)) in pieces.enumerate() {
                // Two pieces are nearly always enough, and seldom is one.
                if i < 2 || count > 16 * i {
                    let sixteen = _mm512_cvtepu8_epi32(_mm_loadu_si128(numbers.as_ptr().cast()));
                    _mm512_storeu_si512(to.as_mut_ptr().cast(), _mm512_add_epi32(sixteen, base));
                }
            }
        }
        count
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
