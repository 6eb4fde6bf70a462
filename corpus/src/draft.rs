//! A story before it is written out: canonical title and paragraphs, with the measures taken on them.

use crate::rng::mix;
use std::cell::OnceCell;

/// Canonical title and text (paragraphs between line feeds).
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) text: String,
    shingles: OnceCell<Vec<u64>>,
}

impl Draft {
    pub(crate) fn new(title: String, text: String) -> Self {
        Self {
            title,
            text,
            shingles: OnceCell::new(),
        }
    }

    /// The sorted set of hashes of runs of five words, title included; all words of a story that has fewer.
    pub(crate) fn shingles(&self) -> &[u64] {
        self.shingles.get_or_init(|| {
            let mut words = Vec::with_capacity(self.text.len() / 5);
            word_hashes(&self.title, &mut words);
            word_hashes(&self.text, &mut words);
            let mut set: Vec<u64> = words
                .windows(5.min(words.len().max(1)))
                .map(combine)
                .collect();
            set.sort_unstable();
            set.dedup();
            set
        })
    }

    /// Exact measures of the sets of two drafts.
    pub(crate) fn compare(&self, other: &Self) -> Overlap {
        let (a, b) = (self.shingles(), other.shingles());
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            shared += usize::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let share = |of: usize| (shared * 1000).checked_div(of).unwrap_or(0) as u32;
        Overlap {
            jaccard: share(a.len() + b.len() - shared),
            of_self: share(a.len()),
            of_other: share(b.len()),
        }
    }
}

/// Measures of two sets of shingles, per mille, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overlap {
    pub(crate) jaccard: u32,
    pub(crate) of_self: u32,
    pub(crate) of_other: u32,
}

fn combine(words: &[u64]) -> u64 {
    words
        .iter()
        .fold(0, |state, word| mix(state.rotate_left(23) ^ word))
}

/// Hashes of the runs of letters and digits, lower-cased.
fn word_hashes(text: &str, out: &mut Vec<u64>) {
    const START: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = START;
    let mut take = |state: &mut u64| {
        if *state != START {
            out.push(std::mem::replace(state, START));
        }
    };
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            state = fold(state, u32::from(character.to_ascii_lowercase()));
        } else if !character.is_ascii() && character.is_alphanumeric() {
            for lower in character.to_lowercase() {
                state = fold(state, u32::from(lower));
            }
        } else {
            take(&mut state);
        }
    }
    take(&mut state);
}

fn fold(state: u64, letter: u32) -> u64 {
    (state ^ u64::from(letter))
        .wrapping_mul(0x9fb2_1c65_1e98_df25)
        .rotate_left(29)
}
