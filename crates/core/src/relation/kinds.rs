//! The relations, and the thresholds that decide them.

use serde::{Deserialize, Serialize};

/// How two stories are related. A pair has the first relation that holds, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Relation {
    /// Equal after normalization for matching.
    Identical,
    /// A later version of the same item: an update, a correction, a write-through.
    NewVersion,
    /// Jaccard similarity of the shingle sets at or above the threshold, or nearly all words of both
    /// aligned.
    NearDuplicate,
    /// One story (nearly) inside the other.
    Contained,
    /// A large share of the smaller story is in the other, and each has text of its own.
    Overlapping,
    /// Paragraphs that carry the same rare facts in the same order, in other words.
    Rewritten,
    /// Runs of words or direct speech in common.
    SharedPassages,
    /// The same wording round other facts; takes the place of near-duplicate, contained and
    /// overlapping. Not a copy.
    SameTemplate,
}

impl Relation {
    /// All relations, in their order.
    pub const ALL: [Self; 8] = [
        Self::Identical,
        Self::NewVersion,
        Self::NearDuplicate,
        Self::Contained,
        Self::Overlapping,
        Self::Rewritten,
        Self::SharedPassages,
        Self::SameTemplate,
    ];

    /// The name used in outputs, such as `near_duplicate`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::NewVersion => "new_version",
            Self::NearDuplicate => "near_duplicate",
            Self::Contained => "contained",
            Self::Overlapping => "overlapping",
            Self::Rewritten => "rewritten",
            Self::SharedPassages => "shared_passages",
            Self::SameTemplate => "same_template",
        }
    }

    /// Whether the relation makes two stories members of one family.
    pub fn joins(self) -> bool {
        self <= Self::Overlapping
    }

    /// Whether a member of a family can go for the sake of a kept one that is so related to it, if
    /// the user wishes.
    pub fn can_remove(self) -> bool {
        self <= Self::Contained
    }
}

/// The thresholds that decide a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationRules {
    /// Least Jaccard similarity of a [`Relation::NearDuplicate`], over 0 and up to 1.
    pub threshold: f64,
    /// Least share of the smaller story's shingles that stand in the larger one for
    /// [`Relation::Contained`], over 0 and up to 1. Where shingles fail, the same share of its words
    /// aligned in order; of both stories' words for [`Relation::NearDuplicate`].
    pub containment: f64,
    /// Least share of the smaller story's words that are aligned with the larger one's for
    /// [`Relation::Overlapping`], over 0 and up to 1.
    pub overlap: f64,
    /// Fewest shingles of a story that can be contained in another. Below it, agreement is
    /// a matter of headlines and stock phrases.
    pub least_contained: usize,
}

impl Default for RelationRules {
    fn default() -> Self {
        Self {
            threshold: 0.5,
            containment: 0.8,
            overlap: 0.4,
            least_contained: 8,
        }
    }
}

/// Fewest aligned words of two stories that overlap: fewer are a phrase, not a copy.
const LEAST_ALIGNED: usize = 6;

impl RelationRules {
    /// A number of aligned words below which [`RelationRules::by_alignment`] gives none.
    #[expect(clippy::cast_sign_loss, reason = "shares are checked to be positive")]
    pub(crate) fn least_aligned(&self, words: (usize, usize)) -> usize {
        let share = self.overlap.min(self.containment);
        (share * words.0.min(words.1) as f64) as usize
    }

    /// The relation that the aligned words of two stories amount to where their shingle sets amount
    /// to none: `aligned` words, of `words_a` and `words_b`.
    pub(crate) fn by_alignment(&self, aligned: usize, words: (usize, usize)) -> Option<Relation> {
        let (less, more) = (words.0.min(words.1), words.0.max(words.1));
        let reaches = |share: f64, words: usize| aligned as f64 >= share * words as f64;
        if aligned < LEAST_ALIGNED {
            None
        } else if reaches(self.containment, more) {
            Some(Relation::NearDuplicate)
        } else if reaches(self.containment, less) && aligned >= 2 * self.least_contained {
            Some(Relation::Contained)
        } else {
            reaches(self.overlap, less).then_some(Relation::Overlapping)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_by_what_is_aligned() {
        let rules = RelationRules::default();
        let of = |aligned, words| rules.by_alignment(aligned, words);
        assert_eq!(of(80, (100, 100)), Some(Relation::NearDuplicate));
        assert_eq!(of(80, (100, 101)), Some(Relation::Contained));
        assert_eq!(of(80, (101, 100)), Some(Relation::Contained));
        assert_eq!(of(79, (100, 300)), Some(Relation::Overlapping));
        assert_eq!(of(40, (300, 100)), Some(Relation::Overlapping));
        assert_eq!(of(39, (300, 100)), None);
        assert_eq!(of(5, (8, 9)), None, "a phrase");
        assert_eq!(
            of(10, (10, 90)),
            Some(Relation::Overlapping),
            "too short to be contained"
        );
        assert_eq!(of(0, (0, 0)), None);
    }

    #[test]
    fn names_are_those_of_the_serialized_form() {
        for relation in Relation::ALL {
            let name = serde_json::to_value(relation).unwrap();
            assert_eq!(name, relation.name());
        }
        assert!(Relation::ALL.is_sorted());
    }
}
