//! Shared passages: what two stories have in common, as spans of the original texts.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::align::{Alignment, Stretch, stretches};
use super::grams::{LONG_RUN, Run};
use super::prepared::Prepared;
use super::rewrite::Retold;

/// What kind of sharing a passage shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PassageKind {
    /// The same words in the same order, after normalization for matching.
    Verbatim,
    /// The same words in the same order but for a few that were put in, left out or changed.
    Similar,
    /// Direct speech of one story that stands in the other.
    Quotation,
    /// A paragraph that carries the same facts in other words.
    Rewritten,
}

impl PassageKind {
    /// The name used in outputs, such as `verbatim`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::Similar => "similar",
            Self::Quotation => "quotation",
            Self::Rewritten => "rewritten",
        }
    }
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

/// The byte ranges of one side of passages that can be marked in its text, without overlaps and ascending, each
/// with the place of its passage. Of passages that overlap those without a difference come first, and
/// the longer ones; `side` gives the side.
///
/// ```
/// use wirefold::relation::{Passage, PassageKind, without_overlaps};
///
/// let passage = |a, score| Passage { a, b: a, kind: PassageKind::Similar, score, credit: None };
/// let passages = [passage((0, 40), 0.9), passage((30, 50), 1.0), passage((60, 70), 0.8)];
/// assert_eq!(without_overlaps(&passages, |passage| passage.a), [(1, 30..50), (2, 60..70)]);
/// ```
pub fn without_overlaps(
    passages: &[Passage],
    side: fn(&Passage) -> (u64, u64),
) -> Vec<(usize, Range<usize>)> {
    let range = |passage: &Passage| {
        let (start, end) = side(passage);
        start as usize..end as usize
    };
    let mut order: Vec<usize> = (0..passages.len()).collect();
    order.sort_by_key(|&at| {
        let passage = &passages[at];
        (passage.score < 1.0, Reverse(range(passage).len()), at)
    });
    // By their beginnings.
    let mut marked: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for at in order {
        let Range { start, end } = range(&passages[at]);
        let before = marked.range(..end).next_back();
        if start < end && before.is_none_or(|(_, &(before, _))| before <= start) {
            marked.insert(start, (end, at));
        }
    }
    let ranges = marked.into_iter();
    ranges.map(|(start, (end, at))| (at, start..end)).collect()
}

/// Fewest words of a passage.
const LEAST_WORDS: usize = 5;

/// The passages of an alignment, where both sides lie in the texts and not in the titles: the
/// stretches of the chain, and every verbatim run of [`LONG_RUN`] words whether it is in the chain
/// or within a similar stretch or neither.
pub(super) fn passages(
    alignment: &Alignment,
    retold: &Retold,
    said: Vec<Passage>,
    a: &Prepared,
    b: &Prepared,
) -> Vec<Passage> {
    let body = |run: &Run| {
        let skip = a.title_words.saturating_sub(run.a);
        let skip = skip.max(b.title_words.saturating_sub(run.b));
        (skip < run.length).then(|| Run {
            a: run.a + skip,
            b: run.b + skip,
            length: run.length - skip,
        })
    };
    let chain: Vec<Run> = alignment.chain.iter().filter_map(body).collect();
    let mut stretches = stretches(&chain);
    stretches.retain(|stretch| stretch.words >= LEAST_WORDS);
    let long = alignment.runs.iter().filter(|run| run.length >= LONG_RUN);
    stretches.extend(long.filter_map(body).map(|run| Stretch {
        a: (run.a, run.a + run.length),
        b: (run.b, run.b + run.length),
        words: run.length,
    }));
    let mut found: Vec<Passage> = stretches
        .into_iter()
        .map(|stretch| Passage {
            a: a.range(stretch.a),
            b: b.range(stretch.b),
            kind: if stretch.verbatim() {
                PassageKind::Verbatim
            } else {
                PassageKind::Similar
            },
            score: stretch.score(),
            credit: None,
        })
        .collect();
    found.extend(retold.reworded().map(|tie| Passage {
        a: a.range(tie.words_a),
        b: b.range(tie.words_b),
        kind: PassageKind::Rewritten,
        score: tie.share.min(1.0),
        credit: None,
    }));
    found.extend(said);
    found.sort_by_key(|passage| (passage.a, passage.b, passage.kind));
    found.dedup();
    found
}

/// The longest run of equal words.
pub(super) fn longest(runs: &[Run]) -> usize {
    runs.iter().map(|run| run.length).max().unwrap_or(0)
}
