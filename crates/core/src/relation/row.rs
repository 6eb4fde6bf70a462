//! What is said of a pair: a verdict in brief, a row with its evidence.

use std::cmp::Ordering;

use super::kinds::Relation;
use super::passages::Passage;
use super::similarity::Similarity;

/// What the text says of a pair (a, b).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) relation: Option<Relation>,
    pub(crate) similarity: Similarity,
    /// Whether the relation rests on aligned words, not on shingles.
    pub(crate) by_alignment: bool,
    /// Words of each story.
    pub(crate) words: (usize, usize),
    /// How the version of the first story stands to that of the second: less is older.
    pub(crate) age: Ordering,
}

impl Verdict {
    /// With the two stories exchanged.
    pub(crate) fn reversed(self) -> Self {
        Self {
            similarity: self.similarity.reversed(),
            words: (self.words.1, self.words.0),
            age: self.age.reverse(),
            ..self
        }
    }

    /// Whether the first story is the smaller: by shingles, or if they did not decide by words.
    /// Neither is, if they are equal.
    pub(crate) fn first_is_smaller(self) -> bool {
        if self.by_alignment {
            self.words.0 < self.words.1
        } else {
            self.similarity.a < self.similarity.b
        }
    }
}

/// A related pair with its evidence; `a` and `b` are story numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The one story.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// The first relation that holds.
    pub relation: Relation,
    /// Comparable between relations, 0 to 1.
    pub score: f64,
    /// Exact Jaccard similarity of the shingle sets.
    pub jaccard: f64,
    /// The share of `a`'s shingles found in `b`.
    pub containment_a: f64,
    /// The share of `b`'s shingles found in `a`.
    pub containment_b: f64,
    /// The share of `a`'s words that are aligned in order with words of `b`.
    pub aligned_a: f64,
    /// The share of `b`'s words that are aligned in order with words of `a`.
    pub aligned_b: f64,
    /// What `a` and `b` have that the other does not, for [`Relation::Overlapping`] and
    /// [`Relation::NewVersion`].
    pub novel: Option<[Novel; 2]>,
    /// What the two share.
    pub passages: Vec<Passage>,
}

impl Row {
    /// The same pair with the two stories exchanged. Passages stay in their order.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let passages = self.passages.iter().map(|passage| Passage {
            a: passage.b,
            b: passage.a,
            ..passage.clone()
        });
        Self {
            a: self.b,
            b: self.a,
            containment_a: self.containment_b,
            containment_b: self.containment_a,
            aligned_a: self.aligned_b,
            aligned_b: self.aligned_a,
            novel: self.novel.clone().map(|[a, b]| [b, a]),
            passages: passages.collect(),
            ..*self
        }
    }

    /// A pair of which nothing is said yet.
    pub(super) fn of(a: u32, b: u32) -> Self {
        Self {
            a,
            b,
            relation: Relation::SharedPassages,
            score: 0.0,
            jaccard: 0.0,
            containment_a: 0.0,
            containment_b: 0.0,
            aligned_a: 0.0,
            aligned_b: 0.0,
            novel: None,
            passages: Vec::new(),
        }
    }

    /// Bytes that it takes, about.
    pub(super) fn bytes(&self) -> usize {
        let spans: usize = self
            .novel
            .iter()
            .flatten()
            .map(|n| n.spans.capacity())
            .sum();
        let credits = self.passages.iter().flat_map(|passage| &passage.credit);
        // Each piece of memory has some bytes of the allocator's.
        size_of::<Self>()
            + spans * size_of::<(u64, u64)>()
            + self.passages.capacity() * size_of::<Passage>()
            + credits.map(|credit| credit.capacity() + 16).sum::<usize>()
            + 3 * 16
    }
}

/// What a story tells that another does not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Novel {
    /// The share of its words, 0 to 1.
    pub share: f64,
    /// Where they stand, as byte ranges of the original text: stretches of three words and more.
    pub spans: Vec<(u64, u64)>,
}

#[cfg(test)]
pub(super) mod testing {
    use proptest::prelude::*;

    use super::*;
    use crate::relation::passages::PassageKind;

    /// Rows of any make; shares are numbers that equal themselves.
    pub(crate) fn rows() -> impl Strategy<Value = Row> {
        let spans = || prop::collection::vec(any::<(u64, u64)>(), 0..4);
        let novel = (0.0..1.0, spans()).prop_map(|(share, spans)| Novel { share, spans });
        let novel = prop::option::of([novel.clone(), novel]);
        let kind = prop::sample::select(vec![
            PassageKind::Verbatim,
            PassageKind::Similar,
            PassageKind::Quotation,
            PassageKind::Rewritten,
        ]);
        let credit = prop::option::of("\\PC{0,20}");
        let passage = (any::<[(u64, u64); 2]>(), kind, 0.0..1.0, credit);
        let passage = passage.prop_map(|([a, b], kind, score, credit)| Passage {
            a,
            b,
            kind,
            score,
            credit,
        });
        let passages = prop::collection::vec(passage, 0..5);
        let relation = prop::sample::select(Relation::ALL.to_vec());
        let shares = prop::array::uniform6(0.0..1.0);
        (any::<(u32, u32)>(), relation, shares, novel, passages).prop_map(
            |((a, b), relation, shares, novel, passages)| Row {
                relation,
                score: shares[0],
                jaccard: shares[1],
                containment_a: shares[2],
                containment_b: shares[3],
                aligned_a: shares[4],
                aligned_b: shares[5],
                novel,
                passages,
                ..Row::of(a, b)
            },
        )
    }
}
