//! Words of ASCII text, 64 bytes at a time.
//!
//! One bit a byte says whether it is part of a word; then the starts and ends of words are two
//! shifts away, and each word is found without waiting for the end of the one before: that wait,
//! not the work, is what bounds a walk from word to word.

use super::hash::Hasher;
use super::wide;
use super::words::{ASCII, DIGIT, LETTER, Word};
use crate::swar::{HIGHS, ONES, at_least, equals, load};

/// Bytes of a block: the bits of its masks.
const BLOCK: usize = 64;

/// Whether a whole block from `at` on, and the byte after it, are ASCII.
pub(super) fn is_block(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..=at + BLOCK).is_some_and(<[u8]>::is_ascii)
}

/// Gives `each` the words from `start` on, a block at a time while blocks are ASCII. `start` must
/// be no place inside a word, and the start of a block ([`is_block`]). Returns where it stopped:
/// the start of a word that it left open, or the end of the last block.
pub(super) fn walk(
    hasher: &Hasher,
    bytes: &[u8],
    start: usize,
    each: &mut impl FnMut(Word),
) -> usize {
    let mut at = start;
    // The start of a word that runs into this block.
    let mut open = None;
    // The class of the byte before this block, if it is part of the walk.
    let mut before = 0;
    while is_block(bytes, at) {
        let block = &bytes[at..at + BLOCK];
        let after = ASCII[usize::from(bytes[at + BLOCK])];
        let mut in_words = mask(block, in_word);
        let marks = mask(block, mark);
        let carried = u64::from(open.is_some());
        let beside = |bits: u64, class: u8| {
            let left = u64::from(before & class != 0);
            let right = u64::from(after & class != 0);
            (bits << 1 | left) & (bits >> 1 | right << 63)
        };
        // Marks with a word on both sides may join them: rare enough to look closer.
        if marks & beside(in_words, LETTER | DIGIT) != 0 {
            let letters = mask(block, letter);
            let digits = in_words & !letters & !mask(block, |bytes| equals(bytes, b'_'));
            let only_letters = mask(block, |bytes| equals(bytes, b':'));
            let only_digits = mask(block, |bytes| equals(bytes, b',') | equals(bytes, b';'));
            in_words |= marks & !only_digits & beside(letters, LETTER);
            in_words |= marks & !only_letters & beside(digits, DIGIT);
        }
        let shifted = in_words << 1 | carried;
        let mut starts = in_words & !shifted;
        let mut ends = !in_words & shifted;
        while ends != 0 {
            let end = at + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            let start = open.take().unwrap_or_else(|| {
                let first = at + starts.trailing_zeros() as usize;
                starts &= starts - 1;
                first
            });
            emit(hasher, bytes, start, end, each);
        }
        if starts != 0 {
            open = Some(at + starts.trailing_zeros() as usize);
        }
        before = ASCII[usize::from(block[BLOCK - 1])];
        at += BLOCK;
    }
    open.unwrap_or(at)
}

/// One bit a byte of the block, where `marks` sets the byte's high bit.
#[inline]
pub(super) fn mask(block: &[u8], marks: impl Fn(u64) -> u64) -> u64 {
    // Each product gathers the eight high bits, moved to the low ones, in its top byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut bits = 0;
    for (i, eight) in block.chunks_exact(8).enumerate() {
        let marked = (marks(load(eight)) & HIGHS) >> 7;
        bits |= (marked.wrapping_mul(GATHER) >> 56) << (8 * i);
    }
    bits
}

/// ASCII letters, digits and underscores.
#[inline]
pub(super) fn in_word(seven: u64) -> u64 {
    let digit = at_least(seven, b'0') & !at_least(seven, b'9' + 1);
    letter(seven) | digit | equals(seven, b'_')
}

#[inline]
pub(super) fn letter(seven: u64) -> u64 {
    let lower = seven | (0x20 * ONES);
    at_least(lower, b'a') & !at_least(lower, b'z' + 1)
}

/// The marks that can stand inside a word: `.` and `'`, `:`, `,` and `;`.
#[inline]
pub(super) fn mark(seven: u64) -> u64 {
    let colons = at_least(seven, b':') & !at_least(seven, b';' + 1);
    // Comma and full stop differ in one bit.
    equals(seven & !(0x02 * ONES), b',') | equals(seven, b'\'') | colons
}

#[inline]
fn emit(hasher: &Hasher, bytes: &[u8], start: usize, end: usize, each: &mut impl FnMut(Word)) {
    let wordlike = bytes[start] != b'_' || bytes[start..end].iter().any(u8::is_ascii_alphanumeric);
    if wordlike {
        each(wide::word(hasher, bytes, start, end));
    }
}

/// Masks of the lowest 0 to 8 bytes.
pub(super) const LOWEST: [u64; 9] = {
    let mut masks = [0; 9];
    let mut length = 1;
    while length <= 8 {
        masks[length] = u64::MAX >> (64 - 8 * length);
        length += 1;
    }
    masks
};
