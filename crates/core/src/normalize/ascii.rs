//! Fast walks over ASCII. Plain loops over fixed chunks, which the compiler turns into vector
//! code on every target; results do not depend on it.

#![expect(
    clippy::needless_bitwise_bool,
    reason = "branches would keep the loops from vector code"
)]

use crate::swar::{HIGHS, at_least, before_first, equals, load};

const CHUNK: usize = 32;

/// The first place from `at` on that is not visible ASCII or a single space, or is `'`, `-` or a
/// backtick; or one within eight bytes of the end. The byte before `at` must be no space.
pub(super) fn skip_words(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    // Whole chunks by vector code, then the place itself in steps of eight bytes. One byte beyond
    // the chunk, to see whether a space is followed by another.
    while let Some(window) = bytes.get(at..=at + CHUNK) {
        let mut plain = true;
        for i in 0..CHUNK {
            let byte = window[i];
            let visible = byte.wrapping_sub(b'!') <= b'~' - b'!';
            let named = (byte == b'\'') | (byte == b'-') | (byte == b'`');
            let single_space = (byte == b' ') & (window[i + 1] != b' ');
            plain &= (visible & !named) | single_space;
        }
        if !plain {
            break;
        }
        at += CHUNK;
    }
    while let Some(window) = bytes.get(at..at + 9) {
        let (here, next) = (load(window), load(&window[1..]));
        let seven = here & !HIGHS;
        let next_space = equals(next & !HIGHS, b' ') & !next;
        let visible = at_least(seven, b'!') & !at_least(seven, b'~' + 1);
        let named = equals(seven, b'\'') | equals(seven, b'-') | equals(seven, b'`');
        let single_space = equals(seven, b' ') & !next_space;
        let plain = ((visible & !named) | single_space) & !here;
        let count = before_first(!plain & HIGHS);
        at += count;
        if count < 8 {
            break;
        }
    }
    at
}
