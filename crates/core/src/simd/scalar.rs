//! No vectors: eight bytes at a time in ordinary numbers.

use super::{BLOCK, Simd, Work, lowest, places};
use crate::swar::{HIGHS, ONES, at_least, load};

/// Every machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

const EIGHTS: usize = BLOCK / 8;

/// Gathers the high bits of each eight bytes.
#[inline(always)]
fn gather(marks: [u64; EIGHTS]) -> u64 {
    // Each product gathers the eight high bits, moved to the low ones, in its top byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut bits = 0;
    for (i, marks) in marks.into_iter().enumerate() {
        bits |= ((marks & HIGHS) >> 7).wrapping_mul(GATHER) >> 56 << (8 * i);
    }
    bits
}

impl Simd for Scalar {
    type Block = [u64; EIGHTS];
    type Mask = u64;

    #[inline(always)]
    fn load(self, bytes: &[u8; BLOCK]) -> Self::Block {
        std::array::from_fn(|i| load(&bytes[8 * i..]))
    }

    #[inline(always)]
    fn within(self, block: Self::Block, low: u8, high: u8) -> u64 {
        gather(block.map(|eight| {
            let seven = eight & !HIGHS;
            at_least(seven, low) & !at_least(seven, high + 1) & !eight
        }))
    }

    #[inline(always)]
    fn equals(self, block: Self::Block, byte: u8) -> u64 {
        gather(block.map(|eight| {
            let other = eight ^ (u64::from(byte) * ONES);
            !(at_least(other & !HIGHS, 1) | other)
        }))
    }

    #[inline(always)]
    fn high(self, block: Self::Block) -> u64 {
        gather(block)
    }

    #[inline(always)]
    fn follows(self, block: Self::Block) -> u64 {
        gather(block.map(|eight| eight & !(eight << 1)))
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
    fn put(self, block: Self::Block, mask: u64, byte: u8) -> Self::Block {
        let mut block = block;
        for (i, eight) in block.iter_mut().enumerate() {
            let bits = mask >> (8 * i) & 0xff;
            if bits != 0 {
                let ones = (0..8).fold(0, |ones, byte| ones | (bits >> byte & 1) << (8 * byte));
                *eight = (*eight & !(ones * 0xff)) | (ones * u64::from(byte));
            }
        }
        block
    }

    #[inline(always)]
    fn lower(self, block: Self::Block) -> Self::Block {
        block.map(|eight| {
            let seven = eight & !HIGHS;
            let capital = at_least(seven, b'A') & !at_least(seven, b'Z' + 1) & !eight;
            eight | capital >> 2
        })
    }

    #[inline(always)]
    fn append(self, block: Self::Block, keep: u64, out: &mut String) {
        let mut bytes = [0; BLOCK];
        for (eight, to) in block.into_iter().zip(bytes.chunks_exact_mut(8)) {
            to.copy_from_slice(&eight.to_le_bytes());
        }
        // Run by run; all ASCII, so nothing is lost in the conversion.
        let mut keep = keep & !self.high(block);
        while keep != 0 {
            let start = keep.trailing_zeros() as usize;
            let length = (keep >> start).trailing_ones() as usize;
            let run = &bytes[start..start + length];
            out.push_str(std::str::from_utf8(run).unwrap_or_default());
            keep &= keep.wrapping_add(1 << start);
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
        work.run(self)
    }
}
