//! Which families are shown with their texts, and which stories of them.

use crate::families::{Family, Member};

/// Families by size and by how little alike their copies are, in turn: what is most and what is most
/// to be doubted.
pub(crate) fn in_turn(by_size: &[usize], by_doubt: &[usize], count: usize) -> Vec<usize> {
    let mut chosen = vec![false; count];
    let mut order = Vec::with_capacity(count);
    let turns = by_size.len().max(by_doubt.len());
    for turn in 0..turns {
        for list in [by_size, by_doubt] {
            if let Some(&family) = list.get(turn)
                && !std::mem::replace(&mut chosen[family], true)
            {
                order.push(family);
            }
        }
    }
    order
}

/// Which members of a family are shown with their texts beside another's, by their places: removed ones
/// before kept ones, those that are least alike first, one of each place in that order; equal
/// texts last. Of an answer those that are most alike come first.
pub(crate) fn copies(family: &Family<'_>, most: usize, answer: bool) -> Vec<usize> {
    let doubt = |member: &Member| {
        let decision = family.decision(member);
        let alike = decision
            .link
            .map_or(0.0, |link| link.jaccard.max(link.containment));
        (decision.kept, alike)
    };
    let linked = |member: &Member| family.decision(member).link.is_some();
    let mut places: Vec<usize> = (0..family.members.len())
        .filter(|&at| linked(&family.members[at]))
        .collect();
    places.sort_by(|&a, &b| {
        let ((kept_a, alike_a), (kept_b, alike_b)) =
            (doubt(&family.members[a]), doubt(&family.members[b]));
        let equal = (alike_a >= 1.0, alike_b >= 1.0);
        (equal.0.cmp(&equal.1))
            .then(kept_a.cmp(&kept_b))
            .then(alike_a.total_cmp(&alike_b))
            .then(a.cmp(&b))
    });
    if answer {
        places.sort_by(|&a, &b| {
            let ((_, alike_a), (_, alike_b)) =
                (doubt(&family.members[a]), doubt(&family.members[b]));
            alike_b.total_cmp(&alike_a).then(a.cmp(&b))
        });
    }
    places.truncate(most);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_taken_in_turn_and_once() {
        assert_eq!(in_turn(&[3, 1, 0, 2], &[1, 2], 4), [3, 1, 2, 0]);
        assert_eq!(in_turn(&[], &[], 0), [0usize; 0]);
    }
}
