//! Shingles: runs of words, hashed by a rolling polynomial.

use super::hash::Hasher;
use crate::simd::{self, Simd, Work};

/// Hashes of all runs of `length` consecutive words, in order: constant work a shingle.
///
/// The hash of words w₁…wₙ is finish(w₁·Mⁿ⁻¹ + … + wₙ) modulo 2⁶⁴ with M odd: rolling it on costs
/// two multiplications, and the finish spreads it over all bits. A text of fewer words than
/// `length` has one shingle, of all its words; a text without words has none.
#[derive(Clone, Debug)]
pub struct Shingles<'a> {
    hasher: &'a Hasher,
    words: &'a [u64],
    length: usize,
    /// M to the power of `length`: what takes the oldest word out again.
    oldest: u64,
    rolling: u64,
    next: usize,
}

impl<'a> Shingles<'a> {
    /// Shingles of `length` words (at least 1) over word hashes in text order.
    pub fn new(hasher: &'a Hasher, words: &'a [u64], length: usize) -> Self {
        let length = length.max(1).min(words.len().max(1));
        let mut oldest = 1u64;
        for _ in 0..length {
            oldest = oldest.wrapping_mul(hasher.multiplier());
        }
        let mut rolling = 0u64;
        for &word in words.iter().take(length - 1) {
            rolling = rolling.wrapping_mul(hasher.multiplier()).wrapping_add(word);
        }
        Self {
            hasher,
            words,
            length,
            oldest,
            rolling,
            next: length - 1,
        }
    }
}

impl Shingles<'_> {
    /// Replaces `hashes` with all of them: what the iterator gives, faster.
    pub fn write(hasher: &Hasher, words: &[u64], length: usize, hashes: &mut Vec<u64>) {
        let length = length.max(1).min(words.len().max(1));
        let count = (words.len() + 1).saturating_sub(length);
        hashes.clear();
        hashes.resize(count, 0);
        simd::run(Write {
            hasher,
            words,
            length,
            hashes,
        });
    }
}

/// Writes as many hashes as there are places.
struct Write<'a> {
    hasher: &'a Hasher,
    words: &'a [u64],
    length: usize,
    hashes: &'a mut [u64],
}

impl Work for Write<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self {
            hasher,
            words,
            length,
            hashes,
        } = self;
        // A copy of its own, which stores to `hashes` cannot change.
        let hasher = &hasher.clone();
        let multiplier = hasher.multiplier();
        let count = hashes.len();
        let first = &words[..count];
        if S::MULTIPLIES {
            // Each sum from its words, a word a pass: more products than rolling it on, but eight at a
            // time, and none waits for the one before.
            hashes.copy_from_slice(first);
            for offset in 1..length {
                let next = &words[offset..offset + count];
                for i in 0..count {
                    hashes[i] = hashes[i].wrapping_mul(multiplier).wrapping_add(next[i]);
                }
            }
            for hash in hashes {
                *hash = hasher.finish_in_halves(*hash);
            }
        } else {
            let (start, last) = words.split_at(length - 1);
            let last = &last[..count];
            let mut oldest = 1u64;
            let mut rolling = 0u64;
            for &word in start {
                rolling = rolling.wrapping_mul(multiplier).wrapping_add(word);
                oldest = oldest.wrapping_mul(multiplier);
            }
            for i in 0..count {
                rolling = rolling.wrapping_mul(multiplier).wrapping_add(last[i]);
                hashes[i] = hasher.finish(rolling);
                rolling = rolling.wrapping_sub(first[i].wrapping_mul(oldest));
            }
        }
    }
}

impl Iterator for Shingles<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        let &word = self.words.get(self.next)?;
        self.rolling = self
            .rolling
            .wrapping_mul(self.hasher.multiplier())
            .wrapping_add(word);
        if let Some(out) = self.next.checked_sub(self.length) {
            self.rolling = self
                .rolling
                .wrapping_sub(self.words[out].wrapping_mul(self.oldest));
        }
        self.next += 1;
        Some(self.hasher.finish(self.rolling))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.words.len().saturating_sub(self.next);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Shingles<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::at_each_level;
    use proptest::prelude::*;

    fn direct(hasher: &Hasher, run: &[u64]) -> u64 {
        let sum = run.iter().fold(0u64, |sum, &word| {
            sum.wrapping_mul(hasher.multiplier()).wrapping_add(word)
        });
        hasher.finish(sum)
    }

    proptest! {
        #[test]
        fn rolling_equals_direct(words in prop::collection::vec(any::<u64>(), 0..40), length in 1usize..8) {
            let hasher = Hasher::new(7);
            let got: Vec<u64> = Shingles::new(&hasher, &words, length).collect();
            let want: Vec<u64> = if words.is_empty() {
                Vec::new()
            } else if words.len() < length {
                vec![direct(&hasher, &words)]
            } else {
                words.windows(length).map(|run| direct(&hasher, run)).collect()
            };
            prop_assert_eq!(Shingles::new(&hasher, &words, length).len(), want.len());
            prop_assert_eq!(&got, &want);
            let mut all = Vec::new();
            at_each_level(|_| {
                let mut hashes = vec![1, 2, 3];
                Shingles::write(&hasher, &words, length, &mut hashes);
                all.push(hashes);
            });
            for hashes in all {
                prop_assert_eq!(&hashes, &want);
            }
        }
    }
}
