//! How words look: whether they begin with a capital, and whether they hold a digit.

use crate::simd::{self, BLOCK, Simd, Work};

/// A text whose words are asked for.
///
/// Bit masks tell, 64 bytes at a time, where there are capitals and where there is what takes a second look;
/// most words of most texts are neither.
#[derive(Debug)]
pub(super) struct Looks<'t> {
    text: &'t str,
    /// One more than the text has.
    blocks: Vec<Marks>,
}

/// A bit for each byte of a block, the lowest for the first.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    /// ASCII capitals.
    capital: u64,
    /// Digits of ASCII, and bytes beyond it.
    noted: u64,
}

impl<'t> Looks<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut blocks = Vec::with_capacity(text.len() / BLOCK + 2);
        simd::run(Marking {
            bytes: text.as_bytes(),
            blocks: &mut blocks,
        });
        blocks.push(Marks::default());
        Self { text, blocks }
    }

    /// Whether the word at bytes `start..stop` begins with a capital, and whether it holds a digit, of any
    /// script.
    #[inline]
    pub(super) fn word(&self, start: usize, stop: usize) -> (bool, bool) {
        let (block, bit) = (start / BLOCK, start % BLOCK);
        let length = stop.wrapping_sub(start);
        if let Some(&[here, next]) = self.blocks.get(block..block + 2)
            && length < BLOCK
        {
            // The next block's bits behind those of this one; none if the word starts with the block.
            let noted = here.noted >> bit | next.noted << 1 << (BLOCK - 1 - bit);
            if noted & !(u64::MAX << length) == 0 {
                return (here.capital >> bit & 1 == 1, false);
            }
        }
        self.second_look(start, stop)
    }

    /// The same, character by character.
    fn second_look(&self, start: usize, stop: usize) -> (bool, bool) {
        let word = self.text.get(start..stop).unwrap_or_default();
        (
            word.starts_with(char::is_uppercase),
            word.contains(char::is_numeric),
        )
    }
}

struct Marking<'m> {
    bytes: &'m [u8],
    blocks: &'m mut Vec<Marks>,
}

impl Work for Marking<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (whole, rest) = self.bytes.as_chunks::<BLOCK>();
        for bytes in whole {
            self.blocks.push(marks(simd, bytes));
        }
        if !rest.is_empty() {
            let mut last = [b' '; BLOCK];
            last[..rest.len()].copy_from_slice(rest);
            self.blocks.push(marks(simd, &last));
        }
    }
}

#[inline(always)]
fn marks<S: Simd>(simd: S, bytes: &[u8; BLOCK]) -> Marks {
    let block = simd.load(bytes);
    let noted = simd.or(simd.within(block, b'0', b'9'), simd.high(block));
    Marks {
        capital: simd.bits(simd.within(block, b'A', b'Z')),
        noted: simd.bits(noted),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::at_each_level;

    proptest! {
        #[test]
        fn looks_are_those_of_the_characters(
            before in "[a3 Ö]{0,130}", word in "[a-cX-Z0-9ÖöЖж½²'-]{0,20}", long in "[a-z]{0,80}",
            after in "[a3 Ö]{0,9}",
        ) {
            for word in [format!("{word}{long}"), word, long] {
                let text = format!("{before}{word}{after}");
                let (start, stop) = (before.len(), before.len() + word.len());
                let wanted = (word.starts_with(char::is_uppercase), word.contains(char::is_numeric));
                at_each_level(|level| {
                    assert_eq!(Looks::of(&text).word(start, stop), wanted, "{level}: {word:?}");
                });
            }
        }
    }
}
