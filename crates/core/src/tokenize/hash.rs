//! The fixed, versioned hashes of words, shingles and texts. Golden tests pin them.

use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

/// Version of everything a [`Hasher`] computes; it changes when any of its values would.
pub const HASH_VERSION: u32 = 1;

/// Seeded hash functions that give the same values on every machine.
///
/// A word of up to 16 bytes is read as two little-endian 64-bit numbers, zero-padded (words hold
/// no NUL byte, so the padding is unambiguous), and hashed by one 64×64→128-bit multiplication
/// whose halves are folded together. Longer words and whole texts go through XXH3.
///
/// The seed is public by default. Whoever knows it can craft words that collide, and of such words
/// texts that are taken for one another; a secret seed prevents it. No words of a language are known
/// to collide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hasher {
    seed: u64,
    word: [u64; 2],
    multiplier: u64,
    last: [u64; 2],
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Hasher {
    /// Hash functions drawn from `seed` (0 is the default seed).
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        let mut draw = || split_mix(&mut state);
        // A byte 0xff stands in no UTF-8 text, so no word can equal these two and make the
        // product zero.
        let word = [draw() | 0xff, draw() | 0xff];
        let multiplier = draw() | 1;
        let last = [draw(), draw() | 1];
        Self {
            seed,
            word,
            multiplier,
            last,
        }
    }

    /// The seed this was made from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The hash of one word. A word must not hold NUL bytes; it may be of any length.
    #[inline]
    pub fn word(&self, word: &[u8]) -> u64 {
        if word.len() > 16 {
            return xxh3_64_with_seed(word, self.seed);
        }
        let (low, high) = if word.len() > 8 {
            (load(&word[..8]), load(&word[8..]))
        } else {
            (load(word), 0)
        };
        self.short_word(low, high)
    }

    /// The hash of a word of up to 16 bytes, read as two little-endian numbers.
    #[inline]
    pub(super) fn short_word(&self, low: u64, high: u64) -> u64 {
        fold(low ^ self.word[0], high ^ self.word[1])
    }

    /// The multiplier of the rolling polynomial over word hashes (odd).
    pub(super) fn multiplier(&self) -> u64 {
        self.multiplier
    }

    /// Spreads a rolling polynomial value over all 64 bits.
    #[inline]
    pub(super) fn finish(&self, value: u64) -> u64 {
        fold(value ^ self.last[0], self.last[1])
    }

    /// The same by products of 32 bits.
    #[inline(always)]
    pub(super) fn finish_in_halves(&self, value: u64) -> u64 {
        fold_in_halves(value ^ self.last[0], self.last[1])
    }

    /// Mixes two values into one, order mattering.
    #[inline]
    pub fn mix(&self, a: u64, b: u64) -> u64 {
        fold(
            a ^ self.last[0],
            b.wrapping_mul(self.multiplier) ^ self.word[1],
        )
    }

    /// The hash of a whole text.
    pub fn text(&self, text: &str) -> u128 {
        xxh3_128_with_seed(text.as_bytes(), self.seed)
    }
}

/// Hashes values that are hashes already, by themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mixed(u64);

impl std::hash::Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0 << 8 | u64::from(byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// Hashes small keys that nobody outside chooses: a multiply for each number in them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Folded(u64);

impl std::hash::Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(byte.into());
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        // Odd, and of no pattern: the fraction of the golden ratio.
        self.0 = fold(self.0 ^ value, 0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value.cast_unsigned() as u64);
    }
}

/// A map whose keys nobody outside chooses.
pub(crate) type FoldedMap<K, V> =
    std::collections::HashMap<K, V, std::hash::BuildHasherDefault<Folded>>;

/// Up to eight bytes as a little-endian number, zero-padded.
#[inline]
fn load(bytes: &[u8]) -> u64 {
    let n = bytes.len();
    // Overlapping loads of fixed width: no loop over the bytes, and no read past the word.
    if n >= 8 {
        u64::from_le_bytes([
            bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
        ])
    } else if n >= 4 {
        let head = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let tail = u32::from_le_bytes([bytes[n - 4], bytes[n - 3], bytes[n - 2], bytes[n - 1]]);
        u64::from(head) | u64::from(tail) << (8 * (n - 4))
    } else if n >= 2 {
        let head = u16::from_le_bytes([bytes[0], bytes[1]]);
        let tail = u16::from_le_bytes([bytes[n - 2], bytes[n - 1]]);
        u64::from(head) | u64::from(tail) << (8 * (n - 2))
    } else {
        bytes.first().map_or(0, |&b| u64::from(b))
    }
}

/// The folded multiply: both halves of the 128-bit product, combined.
#[inline]
pub(crate) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ (product >> 64) as u64
}

/// [`fold`] by products of 32 bits, which vectors have.
#[inline(always)]
pub(crate) fn fold_in_halves(a: u64, b: u64) -> u64 {
    const LOW: u64 = 0xffff_ffff;
    let (a_low, a_high) = (a & LOW, a >> 32);
    let (b_low, b_high) = (b & LOW, b >> 32);
    let low = a_low * b_low;
    let (left, right) = (a_low * b_high, a_high * b_low);
    let middle = (low >> 32) + (left & LOW) + (right & LOW);
    let high = a_high * b_high + (left >> 32) + (right >> 32) + (middle >> 32);
    high ^ (low & LOW | middle << 32)
}

/// One step of `SplitMix64` (Steele, Lea, Flood 2014).
pub(crate) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Halves exchanged, so that the product is the same: made for the public seed, of no use for another.
    #[test]
    fn words_crafted_to_collide_do_so_by_one_seed_alone() {
        let (one, other) = ("wb28ⵉ73u5ⲫմ", "3ݑ8ᝍ8wʖⱃѻ");
        let collide = |seed| {
            let hasher = Hasher::new(seed);
            hasher.word(one.as_bytes()) == hasher.word(other.as_bytes())
        };
        assert!(collide(0));
        assert!((1..1000).all(|seed| !collide(seed)));
    }

    /// The definition, byte by byte.
    fn naive(word: &[u8]) -> u64 {
        word.iter()
            .rev()
            .fold(0, |value, &b| value << 8 | u64::from(b))
    }

    #[test]
    fn loads_agree_with_the_definition() {
        let bytes = b"abcdefgh";
        for n in 0..=8 {
            assert_eq!(load(&bytes[..n]), naive(&bytes[..n]), "{n} bytes");
        }
    }

    #[test]
    fn halves_fold_as_the_whole_does() {
        let mut state = 0;
        let mut values = vec![0, 1, u64::MAX, u64::MAX - 1, 1 << 32, (1 << 32) - 1];
        values.extend((0..100).map(|_| split_mix(&mut state)));
        for &a in &values {
            for &b in &values {
                assert_eq!(fold_in_halves(a, b), fold(a, b), "{a} {b}");
            }
        }
    }

    #[test]
    fn no_two_of_many_words_collide() {
        let hasher = Hasher::default();
        let mut seen = std::collections::HashSet::new();
        for n in 0..200_000u32 {
            assert!(seen.insert(hasher.word(format!("{n}").as_bytes())));
            assert!(seen.insert(hasher.word(format!("word-{n}").as_bytes())));
            assert!(seen.insert(hasher.word(format!("a-long-word-of-more-{n}").as_bytes())));
        }
    }

    #[test]
    fn bits_are_even() {
        let hasher = Hasher::default();
        let mut ones = [0u32; 64];
        for n in 0..10_000u32 {
            let hash = hasher.word(format!("w{n}").as_bytes());
            for (bit, count) in ones.iter_mut().enumerate() {
                *count += (hash >> bit & 1) as u32;
            }
        }
        // Ten thousand fair coins stay within 4.5 standard deviations of half.
        assert!(ones.iter().all(|&n| (4775..=5225).contains(&n)), "{ones:?}");
    }
}
