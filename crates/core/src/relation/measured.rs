//! What rules decide by.

use super::kinds::{Relation, RelationRules};
use super::similarity::Similarity;

/// All that decides whether two stories are of one family, whatever the rules: rules are tried on it
/// without the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a pair is or is not"
)]
pub struct Measured {
    /// Whether the texts are equal.
    pub equal: bool,
    /// Of the sets of shingles.
    pub similarity: Similarity,
    /// Words of the one that are aligned in order with words of the other.
    pub aligned: usize,
    /// Words of each story, without furniture.
    pub words: (usize, usize),
    /// Whether what differs is facts, so that the two are no copies however much they share.
    pub template: bool,
    /// Whether marks or records say that one is the older version.
    pub ages: bool,
    /// Whether the records name one item, and the texts have facts in common.
    pub one_item: bool,
}

impl Measured {
    /// The relation of the two by `rules`, of those that can make a family ([`Relation::joins`]), and
    /// [`Relation::SameTemplate`] where one is taken back; `None` where none holds.
    pub fn relation(&self, rules: &RelationRules) -> Option<Relation> {
        if self.equal {
            return Some(Relation::Identical);
        }
        let by_shingles = self.similarity.relation(rules);
        let by_alignment = || rules.by_alignment(self.aligned, self.words);
        let relation = by_shingles.or_else(by_alignment).map(|relation| {
            if self.template {
                Relation::SameTemplate
            } else {
                relation
            }
        });
        if self.ages && relation.is_some_and(Relation::joins) || self.one_item {
            return Some(Relation::NewVersion);
        }
        relation
    }
}
