//! Whom a stored text is compared with, as far as it can be said without the story that is asked for.

use std::cmp::Reverse;

use super::asker::Placed;
use super::rank::Rank;
use crate::candidate::MAX_GROUP;

/// Which candidates of each kind a text surely takes, whatever the story that is asked for adds, and which of the
/// likely ones it surely does not.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    limits: [Option<Limit>; 3],
    /// For some numbers of displaced candidates, ascending, what those must pass that are not taken; of the likely kind.
    beyond: Box<[Limit]>,
}

/// A place among the first candidates of a kind and one among the others, the first of which share the most.
#[derive(Clone, Copy, Debug)]
struct Limit {
    first: Rank,
    other: (Reverse<u32>, Rank),
}

/// Numbers of displaced candidates for which it is known who is not taken.
const DISPLACED: [usize; 5] = [4, 8, 16, 32, 64];

impl Crowd {
    /// The crowd of a text by its stored candidates: likely, faint and retold.
    ///
    /// With the asked story groups are cut that were not, and what is shared is less rare: nobody has more
    /// candidates for it, but for the story itself, and none shares more. At most a candidate becomes one
    /// of a later kind, and nothing says then how much of that it shares.
    pub(super) fn of(lists: &[Vec<(Placed, u32)>; 3]) -> Self {
        let mut all: Vec<(Rank, u32)> = Vec::new();
        let mut limits = [None; 3];
        let mut beyond = Vec::new();
        for (kind, list) in lists.iter().enumerate() {
            for (_, shared) in &mut all {
                *shared = u32::MAX;
            }
            all.extend(list.iter().map(|&((rank, _), shared)| (rank, shared)));
            if all.len() < 2 * MAX_GROUP {
                continue;
            }
            all.sort_unstable();
            let others = all[MAX_GROUP..].iter();
            let mut others: Vec<_> = others
                .map(|&(rank, shared)| (Reverse(shared), rank))
                .collect();
            others.sort_unstable();
            limits[kind] = Some(Limit {
                first: all[MAX_GROUP - 1].0,
                other: others[MAX_GROUP - 1],
            });
            if kind == 0 {
                // Those that are displaced come later, and as many others are the first in their stead.
                beyond.extend(DISPLACED.iter().map_while(|&displaced| {
                    let first = all.get(MAX_GROUP + displaced)?.0;
                    let other = *others.get(MAX_GROUP + 2 * displaced)?;
                    Some(Limit { first, other })
                }));
            }
        }
        let beyond = beyond.into();
        Self { limits, beyond }
    }

    /// Whether a candidate of a kind is surely taken.
    pub(super) fn takes(&self, kind: usize, rank: Rank, shared: u32) -> bool {
        let limit = self.limits.get(kind).copied().flatten();
        limit.is_none_or(|limit| rank < limit.first || (Reverse(shared), rank) < limit.other)
    }

    /// Whether a likely candidate is surely not taken that makes at most so many others share less or be candidates
    /// no more.
    pub(super) fn refuses(&self, rank: Rank, shared: u32, displaced: usize) -> bool {
        let limits = DISPLACED.iter().zip(&self.beyond);
        let mut limits = limits.skip_while(|&(&most, _)| most < displaced);
        limits
            .next()
            .is_some_and(|(_, limit)| rank > limit.first && (Reverse(shared), rank) > limit.other)
    }

    /// Whether everyone is.
    pub(super) fn takes_all(&self) -> bool {
        self.limits.iter().all(Option::is_none)
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

        #[test]
        fn who_is_surely_not_taken_is_not_taken(
            stored in prop::collection::vec((0..40u32, change()), 100..420),
            displaced in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
            shared in 0..40u32, place in any::<prop::sample::Index>(),
        ) {
            let placed = |text: usize| (rank(2 * (text as u32 * 7919 % 1000)), text as u32);
            let alone = stored.iter().enumerate().map(|(text, &(shared, _))| (placed(text), shared));
            let crowd = Crowd::of(&[alone.collect(), Vec::new(), Vec::new()]);
            let changed: Vec<usize> = displaced.iter().map(|at| at.index(stored.len())).collect();
            let beside = stored.iter().enumerate().filter_map(|(text, (shared, change))| {
                let shared = match change {
                    _ if !changed.contains(&text) => *shared,
                    Change::SharesLess(by) => shared.saturating_sub(*by),
                    _ => return None,
                };
                Some((placed(text), shared))
            });
            let mut beside: Vec<(Placed, u32)> = beside.collect();
            let asked = rank(place.index(2002) as u32 | 1);
            beside.push(((asked, ASKED), shared));
            thin(&mut beside);
            let taken = beside.iter().any(|&((_, text), _)| text == ASKED);
            prop_assert!(!taken || !crowd.refuses(asked, shared, displaced.len()));
            prop_assert!(!crowd.refuses(asked, shared, 0) || !crowd.takes(0, asked, shared));
        }
    }

    #[test]
    fn in_a_large_crowd_hardly_anyone_is_unsure() {
        let all = (0..1000u32).map(|text| ((rank(2 * text), text), text % 50));
        let crowd = Crowd::of(&[all.collect(), Vec::new(), Vec::new()]);
        let (mut taken, mut refused) = (0, 0);
        for place in 0..1000 {
            let (rank, shared) = (rank(2 * place + 1), place % 50);
            taken += usize::from(crowd.takes(0, rank, shared));
            refused += usize::from(crowd.refuses(rank, shared, 8));
        }
        assert!(taken > 120 && refused > 820, "{taken} {refused}");
    }
}
