//! Words that say little about what a text is about: common ones of six languages.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::{Hasher, Mixed, Words};
use crate::normalize::Matcher;

/// Set down for this project: articles, pronouns, prepositions, auxiliaries, and what every other
/// news story says, a line a language. They stand for the frequencies of a background corpus, so
/// that a feed of five stories has one.
const COMMON: &str = include_str!("common.txt");

/// Common words as a hasher sees them.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommonWords {
    /// A bit for each value of the top 15 bits of a hash that a common word has: most others are
    /// ruled out by it.
    some: Vec<u64>,
    all: HashSet<u64, BuildHasherDefault<Mixed>>,
}

impl CommonWords {
    pub(crate) fn new(hasher: &Hasher, matcher: &Matcher) -> Self {
        let mut words = Words::default();
        words.hash(hasher, &matcher.normalize(COMMON));
        let mut some = vec![0; 1 << 9];
        for &hash in &words.hashes {
            some[(hash >> 55) as usize] |= 1 << (hash >> 49 & 63);
        }
        Self {
            some,
            all: words.hashes.into_iter().collect(),
        }
    }

    /// Whether a word is common.
    pub(crate) fn has(&self, word: u64) -> bool {
        let some = self.some.get((word >> 55) as usize);
        some.is_some_and(|some| some >> (word >> 49 & 63) & 1 == 1) && self.all.contains(&word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_of_each_language_and_no_names() {
        let (hasher, matcher) = (Hasher::default(), Matcher::default());
        let common = CommonWords::new(&hasher, &matcher);
        let word = |word: &str| {
            let mut words = Words::default();
            words.hash(&hasher, &matcher.normalize(word));
            words.hashes[0]
        };
        for common_word in [
            "The",
            "said",
            "\u{fc}ber",
            "\u{e9}t\u{e9}",
            "seg\u{fa}n",
            "n\u{e3}o",
            "который",
        ] {
            assert!(common.has(word(common_word)), "{common_word}");
        }
        for other in ["Orlemond", "ferry", "1,316", "паром"] {
            assert!(!common.has(word(other)), "{other}");
        }
        assert!(!CommonWords::default().has(word("the")));
    }
}
