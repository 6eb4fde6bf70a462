//! Words of a story that another is sure not to tell, found without aligning the two.
//!
//! A word is told by the other story if it stands in a shared shingle, in an aligned run, or in a
//! gap between two such runs as a word misread. The first two take the word itself; the third is
//! looked for in gaps of at most [`LONGEST_GAP`] words. So longer stretches of words none of which
//! the other story has are not told by it, whatever an alignment finds.

use super::misread::LONGEST_GAP;

/// Bits of a filter for each word.
const BITS_A_WORD: usize = 16;

/// Which words a story has, with an error on one side: it may seem to have a word that it has not.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    bits: Vec<u64>,
    shift: u32,
}

impl Filter {
    /// The filter of `words`, which are well mixed hashes.
    pub(crate) fn new(words: &[u64]) -> Self {
        let slots = (BITS_A_WORD * words.len()).next_power_of_two().max(64);
        let mut filter = Self {
            bits: vec![0; slots / 64],
            shift: 64 - slots.ilog2(),
        };
        for &word in words {
            let (at, bit) = filter.place(word);
            filter.bits[at] |= bit;
        }
        filter
    }

    /// Bytes of the filter of so many words.
    pub(crate) fn bytes(words: usize) -> usize {
        (BITS_A_WORD * words).next_power_of_two().max(64) / 8
    }

    fn place(&self, word: u64) -> (usize, u64) {
        let slot = word >> self.shift;
        ((slot / 64) as usize, 1 << (slot % 64))
    }

    /// Whether the story can have the word.
    #[inline]
    pub(crate) fn may_have(&self, word: u64) -> bool {
        let (at, bit) = self.place(word);
        self.bits[at] & bit != 0
    }

    /// Whether at least `enough` of `words` are sure to be told by no alignment with the story of
    /// this filter, nor by shared shingles.
    pub(crate) fn leaves_untold(&self, words: &[u64], enough: usize) -> bool {
        let (mut untold, mut stretch) = (0, 0);
        for (at, &word) in words.iter().enumerate() {
            if untold + stretch + (words.len() - at) < enough {
                return false;
            }
            if self.may_have(word) {
                if stretch > LONGEST_GAP {
                    untold += stretch;
                }
                stretch = 0;
                continue;
            }
            stretch += 1;
            if stretch > LONGEST_GAP && untold + stretch >= enough {
                return true;
            }
        }
        enough == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::misread;
    use crate::relation::prepared::testing::{alignment, titled};
    use crate::tokenize::{Hasher, split_mix};
    use proptest::prelude::*;

    #[test]
    fn only_long_stretches_of_words_of_its_own_count() {
        let mut state = 1;
        let words: Vec<u64> = (0..100).map(|_| split_mix(&mut state)).collect();
        // Without words 20 to 28, and without 60 to 67, which may be misread.
        let known = [&words[..20], &words[29..60], &words[68..]].concat();
        let filter = Filter::new(&known);
        assert!(filter.leaves_untold(&words, 9) && !filter.leaves_untold(&words, 10));
        assert!(Filter::new(&[]).leaves_untold(&words, 100));
        assert!(!Filter::new(&words).leaves_untold(&words, 1));
    }

    proptest! {
        // What is sure to be new is new by alignment and shingles too.
        #[test]
        fn no_alignment_tells_what_is_untold(
            // Words of a small vocabulary, and for the second story some of the first in order.
            of_a in prop::collection::vec(0u32..400, 5..80),
            of_b in prop::collection::vec(0u32..400, 5..80),
            (from, to) in (0usize..80, 0usize..80),
        ) {
            let text = |words: &[u32]| {
                let words: Vec<String> = words.iter().map(|word| format!("wo{word}rd{}", word * 7)).collect();
                words.join(" ")
            };
            let (from, to) = (from.min(of_a.len()), to.min(of_a.len()));
            let shared = &of_a[from.min(to)..from.max(to)];
            let of_b = [&of_b[..of_b.len() / 2], shared, &of_b[of_b.len() / 2..]].concat();
            let (a, b) = (titled(0, None, &text(&of_a)), titled(1, None, &text(&of_b)));
            let mut alignment = alignment(&a, &b);
            misread::find(&mut alignment, &a, &b);
            let chained = alignment.chain.iter().map(|run| (run.a, run.length));
            let misread = alignment.misread.iter().map(|&(i, _)| (i, 1));
            let told = a.told_by(&Hasher::default(), 5, &b, chained.chain(misread));
            let new = told.iter().filter(|told| !**told).count();
            prop_assert!(!b.filter().leaves_untold(&a.words, new + 1));
        }
    }
}
