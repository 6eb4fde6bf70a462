//! Exact similarity of shingle sets, and the relation it amounts to.

use super::kinds::{Relation, RelationRules};

/// A set so many times larger than the other is searched, not walked: else a huge story would cost
/// its whole length for every small one it is compared with.
const LOPSIDED: usize = 64;

/// Sizes of two shingle sets and of what they share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Similarity {
    /// Distinct shingles of the first story.
    pub a: usize,
    /// Distinct shingles of the second.
    pub b: usize,
    /// Distinct shingles in both.
    pub shared: usize,
}

impl Similarity {
    /// Compares two sets given as ascending, distinct hashes.
    pub fn of(a: &[u64], b: &[u64]) -> Self {
        let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        if large.len() / LOPSIDED > small.len() {
            let shared = small
                .iter()
                .filter(|hash| large.binary_search(hash).is_ok())
                .count();
            return Self {
                a: a.len(),
                b: b.len(),
                shared,
            };
        }
        let (mut i, mut j, mut shared) = (0, 0, 0);
        // Branchless steps: which of the two is less is a coin toss to a branch predictor.
        while i < a.len() && j < b.len() {
            let (x, y) = (a[i], b[j]);
            shared += usize::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        Self {
            a: a.len(),
            b: b.len(),
            shared,
        }
    }

    /// Shared over all: 0 to 1; 0 for two empty sets.
    pub fn jaccard(self) -> f64 {
        ratio(self.shared, self.a + self.b - self.shared)
    }

    /// The share of the first story's shingles found in the second.
    pub fn containment_a(self) -> f64 {
        ratio(self.shared, self.a)
    }

    /// The share of the second story's shingles found in the first.
    pub fn containment_b(self) -> f64 {
        ratio(self.shared, self.b)
    }

    /// How related the two are, comparable between relations: the larger containment, 0 to 1.
    pub fn score(self) -> f64 {
        self.containment_a().max(self.containment_b())
    }

    /// The relation, if any, that the sets of two stories amount to that are not identical.
    pub fn relation(self, rules: &RelationRules) -> Option<Relation> {
        if self.shared == 0 {
            None
        } else if self.jaccard() >= rules.threshold {
            Some(Relation::NearDuplicate)
        } else if self.a.min(self.b) >= rules.least_contained && self.score() >= rules.containment {
            Some(Relation::Contained)
        } else {
            None
        }
    }

    /// With the two stories exchanged.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self {
            a: self.b,
            b: self.a,
            shared: self.shared,
        }
    }
}

/// The hashes of `a` that `b` does not have, ascending; both are ascending and distinct.
pub(super) fn own(a: &[u64], b: &[u64]) -> Vec<u64> {
    if b.len() / LOPSIDED > a.len() {
        let own = a.iter().filter(|hash| b.binary_search(hash).is_err());
        return own.copied().collect();
    }
    let mut own = vec![0; a.len()];
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        own[count] = x;
        count += usize::from(x < y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    own.truncate(count);
    own.extend_from_slice(&a[i..]);
    own
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn equals_set_algebra(a in prop::collection::btree_set(0u64..60, 0..40),
                              b in prop::collection::btree_set(0u64..60, 0..40)) {
            let columns = |s: &BTreeSet<u64>| s.iter().copied().collect::<Vec<_>>();
            let got = Similarity::of(&columns(&a), &columns(&b));
            prop_assert_eq!(got.shared, a.intersection(&b).count());
            let union = a.union(&b).count();
            if union > 0 {
                prop_assert!((got.jaccard() - got.shared as f64 / union as f64).abs() < 1e-12);
            }
            let alone: Vec<u64> = a.difference(&b).copied().collect();
            prop_assert_eq!(own(&columns(&a), &columns(&b)), alone);
            prop_assert_eq!(got.reversed(), Similarity::of(&columns(&b), &columns(&a)));
        }
    }

    #[test]
    fn sets_of_very_different_sizes() {
        let large: Vec<u64> = (0..10_000).map(|n| 3 * n).collect();
        let small: Vec<u64> = (0..30).map(|n| 1000 * n).collect();
        let got = Similarity::of(&small, &large);
        assert_eq!((got.a, got.b, got.shared), (30, 10_000, 10));
        assert_eq!(Similarity::of(&large, &small), got.reversed());
        assert_eq!(Similarity::of(&[], &large).shared, 0);
    }

    #[test]
    fn relations_by_their_thresholds() {
        let rules = RelationRules::default();
        let of = |a, b, shared| Similarity { a, b, shared }.relation(&rules);
        assert_eq!(of(30, 30, 20), Some(Relation::NearDuplicate));
        assert_eq!(of(30, 30, 19), None);
        assert_eq!(of(10, 100, 8), Some(Relation::Contained));
        assert_eq!(of(10, 100, 7), None);
        assert_eq!(of(7, 100, 7), None, "too few shingles to be contained");
        assert_eq!(of(1, 1, 1), Some(Relation::NearDuplicate));
        assert_eq!(of(0, 0, 0), None);
    }
}
