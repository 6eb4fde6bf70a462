//! Eight bytes at a time in one ordinary number: tests that mark, in the high bit of each byte,
//! what holds of it. No unsafe code, the same on every machine.

/// One in every byte.
pub(crate) const ONES: u64 = u64::MAX / 255;
/// The high bit of every byte.
pub(crate) const HIGHS: u64 = 0x80 * ONES;

/// The first eight of `bytes`, the first lowest; 0 if there are fewer.
#[inline]
pub(crate) fn load(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(0, |first: &[u8; 8]| u64::from_le_bytes(*first))
}

/// Marks every byte of `seven`, all of which must be below 0x80, that is at least `bound`
/// (0x01 to 0x80). Adding to seven-bit values carries into the high bit and no further.
#[inline]
pub(crate) fn at_least(seven: u64, bound: u8) -> u64 {
    (seven + u64::from(0x80 - bound) * ONES) & HIGHS
}

/// Marks every byte of `seven`, all of which must be below 0x80, that equals `byte`.
#[inline]
pub(crate) fn equals(seven: u64, byte: u8) -> u64 {
    !at_least(seven ^ (u64::from(byte) * ONES), 1) & HIGHS
}

/// The number of bytes before the first marked one; 8 if none is marked.
#[inline]
pub(crate) fn before_first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn marks_are_what_each_byte_says(bytes in any::<[u8; 8]>(), bound in 1u8..=0x80, byte in 0u8..0x80) {
            let seven = bytes.map(|b| b & 0x7f);
            let marked = |marks: u64| marks.to_le_bytes().map(|b| b == 0x80);
            prop_assert_eq!(marked(at_least(load(&seven), bound)), seven.map(|b| b >= bound));
            prop_assert_eq!(marked(equals(load(&seven), byte)), seven.map(|b| b == byte));
            let first = bytes.iter().position(|&b| b >= 0x80).unwrap_or(8);
            prop_assert_eq!(before_first(load(&bytes) & HIGHS), first);
        }
    }
}
