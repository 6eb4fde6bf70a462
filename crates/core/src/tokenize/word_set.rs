//! Sets of words as a hasher sees them, common words among them.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::{Hasher, Mixed, Words};
use crate::normalize::Matcher;

/// Common words of six languages: articles, pronouns, prepositions, auxiliaries, and what every other
/// news story says, a line a language. Set down for this project, they stand for the frequencies of
/// a background corpus, so that a feed of five stories has one.
const COMMON: &str = include_str!("common.txt");

/// A set of words, made for looking up many that are not in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordSet {
    /// A bit for each value of the top 15 bits of a hash that a word of the set has: most others are
    /// ruled out by it.
    some: Vec<u64>,
    all: HashSet<u64, BuildHasherDefault<Mixed>>,
}

impl WordSet {
    /// The words of `list`, in match form.
    pub(crate) fn new(hasher: &Hasher, matcher: &Matcher, list: &str) -> Self {
        let mut words = Words::default();
        words.hash(hasher, &matcher.normalize(list));
        let mut some = vec![0; 1 << 9];
        for &hash in &words.hashes {
            some[(hash >> 55) as usize] |= 1 << (hash >> 49 & 63);
        }
        Self {
            some,
            all: words.hashes.into_iter().collect(),
        }
    }

    /// Words that say little about what a text is about.
    pub(crate) fn common(hasher: &Hasher, matcher: &Matcher) -> Self {
        Self::new(hasher, matcher, COMMON)
    }

    /// Whether a word is in the set.
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
        let common = WordSet::common(&hasher, &matcher);
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
        assert!(!WordSet::default().has(word("the")));
    }
}
