//! Whom a stored text is compared with, as far as it can be said without the story that is asked for.

use std::cmp::Reverse;

use super::asker::Placed;
use super::rank::Rank;
use crate::candidate::MAX_GROUP;

/// Which candidates of each kind a text surely takes, whatever the story that is asked for adds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crowd([Option<Limit>; 3]);

/// What a candidate must pass to be sure that it is taken.
#[derive(Clone, Copy, Debug)]
struct Limit {
    /// Those before this place are among the first.
    first: Rank,
    /// Those that share more are among those that share the most.
    shared: u32,
}

impl Crowd {
    /// The crowd of a text by its stored candidates: likely, faint and retold.
    ///
    /// With the asked story groups are cut that were not, and what is shared is less rare: nobody has more
    /// candidates for it, but for the story itself, and none shares more. At most a candidate becomes one
    /// of a later kind, and nothing says then how much of that it shares.
    pub(super) fn of(lists: &[Vec<(Placed, u32)>; 3]) -> Self {
        let mut all: Vec<(Rank, u32)> = Vec::new();
        let mut limits = [None; 3];
        for (limit, list) in limits.iter_mut().zip(lists) {
            for (_, shared) in &mut all {
                *shared = u32::MAX;
            }
            all.extend(list.iter().map(|&((rank, _), shared)| (rank, shared)));
            if all.len() < 2 * MAX_GROUP {
                continue;
            }
            all.sort_unstable();
            let rest = all[MAX_GROUP..].iter().map(|&(_, shared)| Reverse(shared));
            let mut rest: Vec<_> = rest.collect();
            rest.sort_unstable();
            *limit = Some(Limit {
                first: all[MAX_GROUP - 1].0,
                shared: rest[MAX_GROUP - 1].0,
            });
        }
        Self(limits)
    }

    /// Whether a candidate of a kind is surely taken.
    pub(super) fn takes(&self, kind: usize, rank: Rank, shared: u32) -> bool {
        let limit = self.0.get(kind).copied().flatten();
        limit.is_none_or(|limit| rank < limit.first || shared > limit.shared)
    }

    /// Whether everyone is.
    pub(super) fn takes_all(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::candidate::thin;
    use crate::imprint::Standing;
    use crate::query::ASKED;

    /// What the asked story does to a candidate.
    #[derive(Clone, Debug)]
    enum Change {
        Nothing,
        SharesLess(u32),
        IsLater(u32),
        Goes,
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            4 => Just(Change::Nothing),
            1 => (0..4u32).prop_map(Change::SharesLess),
            1 => (0..40u32).prop_map(Change::IsLater),
            1 => Just(Change::Goes),
        ]
    }

    fn rank(words: u32) -> Rank {
        Rank::new(Standing::Public, words, 0)
    }

    proptest! {
        #[test]
        fn who_is_surely_taken_is_taken(
            // Kinds, what is shared, and what becomes of it.
            stored in prop::collection::vec((0..3usize, 0..40u32, change()), 0..330),
            kind in 0..3usize, shared in 0..40u32, place in any::<prop::sample::Index>(),
        ) {
            let (mut alone, mut beside) = <([Vec<_>; 3], [Vec<_>; 3])>::default();
            for (text, (kind, shared, change)) in (0u32..).zip(&stored) {
                // Longer stories come first; the asked one has an odd number of words.
                let placed = (rank(2 * (text * 7919 % 1000)), text);
                alone[*kind].push((placed, *shared));
                match *change {
                    Change::Nothing => beside[*kind].push((placed, *shared)),
                    Change::SharesLess(by) => beside[*kind].push((placed, shared.saturating_sub(by))),
                    Change::IsLater(shared) if *kind < 2 => beside[kind + 1].push((placed, shared)),
                    Change::IsLater(_) | Change::Goes => {}
                }
            }
            let asked = rank(place.index(2002) as u32 | 1);
            let crowd = Crowd::of(&alone);
            beside[kind].push(((asked, ASKED), shared));
            thin(&mut beside[kind]);
            let taken = beside[kind].iter().any(|&((_, text), _)| text == ASKED);
            prop_assert!(taken || !crowd.takes(kind, asked, shared));
            prop_assert!(!crowd.takes_all() || taken);
        }
    }
}
