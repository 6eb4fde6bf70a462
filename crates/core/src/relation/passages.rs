//! Shared passages: runs of words that two stories have in common.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use serde::Serialize;

use super::prepared::Prepared;
use crate::tokenize::{Hasher, Shingles};

/// What kind of sharing a passage shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PassageKind {
    /// The same words in the same order, after normalization for matching.
    Verbatim,
}

/// A stretch that two stories share, as byte ranges of their original texts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Passage {
    /// Byte range in the text of story `a`: start, and one past the end.
    pub a: (u64, u64),
    /// Byte range in the text of story `b`.
    pub b: (u64, u64),
    /// What is shared.
    pub kind: PassageKind,
    /// How alike the two sides are, 0 to 1.
    pub score: f64,
    /// Who is credited with a quotation.
    pub credit: Option<String>,
}

/// A run of equal words: `length` words from `a` in one story and from `b` in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) length: usize,
}

/// Places of one shingle looked at, so that a story repeating one phrase stays linear.
const MOST_PLACES: usize = 16;

/// Maximal runs of at least `shingle_words` equal words, in the order of `b` and disjoint there.
/// Where several runs start at one place the longest is taken.
pub(super) fn runs(hasher: &Hasher, shingle_words: usize, a: &[u64], b: &[u64]) -> Vec<Run> {
    let mut found = Vec::new();
    if a.len() < shingle_words || b.len() < shingle_words {
        // Too short for a shingle: equal as a whole or not at all.
        if !a.is_empty() && a == b {
            found.push(Run {
                a: 0,
                b: 0,
                length: a.len(),
            });
        }
        return found;
    }
    // Shingle → its first place in `a`; `next` chains to the later ones.
    let mut first: HashMap<u64, u32, BuildHasherDefault<Identity>> =
        HashMap::with_capacity_and_hasher(a.len(), BuildHasherDefault::default());
    let shingles: Vec<u64> = Shingles::new(hasher, a, shingle_words).collect();
    let mut next = vec![u32::MAX; shingles.len()];
    for (at, &shingle) in shingles.iter().enumerate().rev() {
        if let Some(later) = first.insert(shingle, at as u32) {
            next[at] = later;
        }
    }
    let mut done = 0;
    for (at, shingle) in Shingles::new(hasher, b, shingle_words).enumerate() {
        if at < done {
            continue;
        }
        let mut place = first.get(&shingle).copied().unwrap_or(u32::MAX);
        let mut best: Option<Run> = None;
        for _ in 0..MOST_PLACES {
            if place == u32::MAX {
                break;
            }
            let start = place as usize;
            let length = a[start..]
                .iter()
                .zip(&b[at..])
                .take_while(|(x, y)| x == y)
                .count();
            if length >= shingle_words && best.is_none_or(|run| run.length < length) {
                best = Some(Run {
                    a: start,
                    b: at,
                    length,
                });
            }
            place = next[start];
        }
        if let Some(run) = best {
            done = at + run.length;
            found.push(run);
        }
    }
    found
}

/// The most words that runs can align in the same order in both stories: the heaviest chain of
/// runs that ascend on both sides.
pub(super) fn aligned_words(runs: &[Run], words_a: usize) -> usize {
    // Prefix maxima over ends in `a` (a Fenwick tree); runs come in the order of `b`.
    let mut best = vec![0usize; words_a + 2];
    let mut most = 0;
    for run in runs {
        let mut reach = 0;
        let mut at = run.a + 1;
        while at > 0 {
            reach = reach.max(best[at]);
            at &= at - 1;
        }
        let total = reach + run.length;
        most = most.max(total);
        let mut at = run.a + run.length + 1;
        while at < best.len() {
            best[at] = best[at].max(total);
            at += at & at.wrapping_neg();
        }
    }
    most
}

/// The passages of `runs`, where both sides lie in the texts (titles have no spans).
pub(super) fn passages(runs: &[Run], a: &Prepared, b: &Prepared) -> Vec<Passage> {
    let title = |story: &Prepared| story.words.len() - story.spans.len();
    let (title_a, title_b) = (title(a), title(b));
    let mut found: Vec<Passage> = runs
        .iter()
        .filter_map(|run| {
            let skip = title_a
                .saturating_sub(run.a)
                .max(title_b.saturating_sub(run.b));
            if skip >= run.length {
                return None;
            }
            let range = |story: &Prepared, title: usize, start: usize| {
                let first = start + skip - title;
                let last = start + run.length - 1 - title;
                (
                    u64::from(story.spans[first].0),
                    u64::from(story.spans[last].1),
                )
            };
            Some(Passage {
                a: range(a, title_a, run.a),
                b: range(b, title_b, run.b),
                kind: PassageKind::Verbatim,
                score: 1.0,
                credit: None,
            })
        })
        .collect();
    found.sort_by_key(|passage| (passage.a, passage.b));
    found
}

/// Shingle hashes are mixed already.
#[derive(Default)]
struct Identity(u64);

impl std::hash::Hasher for Identity {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_equal_words_and_cover_every_shared_shingle(
            a in prop::collection::vec(0u64..4, 0..60),
            b in prop::collection::vec(0u64..4, 0..60),
        ) {
            let hasher = Hasher::default();
            let found = runs(&hasher, 3, &a, &b);
            let mut done = 0;
            for run in &found {
                prop_assert_eq!(&a[run.a..run.a + run.length], &b[run.b..run.b + run.length]);
                prop_assert!(run.b >= done);
                done = run.b + run.length;
            }
            for (at, shingle) in b.windows(3).enumerate() {
                if a.windows(3).any(|other| other == shingle) {
                    prop_assert!(
                        found.iter().any(|r| r.b < at + 3 && at < r.b + r.length),
                        "shared words at {} are in no run", at
                    );
                }
            }
        }

        #[test]
        fn alignment_is_the_heaviest_chain(
            parts in prop::collection::vec((0usize..30, 1usize..6), 0..9),
        ) {
            let mut b = 0;
            let runs: Vec<Run> = parts.iter().map(|&(a, length)| {
                let run = Run { a, b, length };
                b += length;
                run
            }).collect();
            // All subsets.
            let mut best = 0;
            for chosen in 0..1u32 << runs.len() {
                let mut end = 0;
                let mut sum = 0;
                let ascending = runs.iter().enumerate().filter(|(i, _)| chosen >> i & 1 == 1).all(|(_, r)| {
                    let fits = r.a >= end;
                    end = r.a + r.length;
                    sum += r.length;
                    fits
                });
                if ascending {
                    best = best.max(sum);
                }
            }
            prop_assert_eq!(aligned_words(&runs, 40), best);
        }
    }
}
