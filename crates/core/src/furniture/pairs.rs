//! Places in a text where one of some pairs of bytes stands.

use crate::swar::{HIGHS, at_least, before_first, load};

/// A set of pairs of bytes.
#[derive(Debug, Clone)]
pub(super) struct Pairs(Box<[u64; 1 << 10]>);

impl Default for Pairs {
    fn default() -> Self {
        Self(Box::new([0; 1 << 10]))
    }
}

impl Pairs {
    fn place(first: u8, second: u8) -> (usize, u64) {
        let pair = usize::from(first) << 8 | usize::from(second);
        (pair / 64, 1 << (pair % 64))
    }

    pub(super) fn add(&mut self, first: u8, second: u8) {
        let (at, bit) = Self::place(first, second);
        self.0[at] |= bit;
    }

    #[inline]
    pub(super) fn has(&self, first: u8, second: u8) -> bool {
        let (at, bit) = Self::place(first, second);
        self.0[at] & bit != 0
    }

    /// Visits each place from byte `from` on where a pair stands that begins with a capital of ASCII or
    /// with the first byte of a wider character. Behind a letter of ASCII and a space no place is
    /// visited: such a capital begins a name.
    pub(super) fn each_capital(&self, text: &[u8], from: usize, mut visit: impl FnMut(usize)) {
        let mut check = |at: usize| {
            let second = text.get(at + 1).copied().unwrap_or_default();
            if self.has(text[at], second) && !follows_word(&text[from..at]) {
                visit(at);
            }
        };
        let mut at = from;
        // Most of a text is small letters: eight bytes at a time are passed over.
        while let Some(eight) = text.get(at..at + 8) {
            let eight = load(eight);
            let seven = eight & !HIGHS;
            let capital = at_least(seven, b'A') & !at_least(seven, b'Z' + 1) & !eight;
            // The first byte of a wider character has the bit below the high one as well.
            let wide = eight & eight << 1;
            let mut can = (capital | wide) & HIGHS;
            while can != 0 {
                check(at + before_first(can));
                can &= can - 1;
            }
            at += 8;
        }
        for (at, &byte) in text.iter().enumerate().skip(at) {
            if byte.is_ascii_uppercase() || byte >= 0xc0 {
                check(at);
            }
        }
    }
}

/// Whether a text ends with a letter and a space.
fn follows_word(text: &[u8]) -> bool {
    matches!(text, [.., b'a'..=b'z' | b'A'..=b'Z' | b',', b' '])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_capital_of_a_pair_is_visited(
            text in "[ReS., a“Чи]{0,40}",
            pairs in prop::collection::vec((prop::sample::select(b"ReS\xe2\xd0\xd1".to_vec()), prop::sample::select(b"eS.\x80\xa7".to_vec())), 0..4),
            from in 0usize..4,
        ) {
            let text = text.as_bytes();
            let from = from.min(text.len());
            let mut set = Pairs::default();
            for &(first, second) in &pairs {
                set.add(first, second);
            }
            let wanted: Vec<usize> = (from..text.len())
                .filter(|&at| {
                    let second = text.get(at + 1).copied().unwrap_or_default();
                    let capital = text[at].is_ascii_uppercase() || text[at] >= 0xc0;
                    capital && pairs.contains(&(text[at], second)) && !follows_word(&text[from..at])
                })
                .collect();
            let mut found = Vec::new();
            set.each_capital(text, from, |at| found.push(at));
            prop_assert_eq!(found, wanted);
        }
    }
}
