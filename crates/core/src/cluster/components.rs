//! Connected components of the candidate graph: pieces of work that do not concern each other.

use crate::candidate::Candidates;

/// Components of at least two stories, the largest first, each as ascending ranks. They only
/// divide the work: a component is not a family.
pub(crate) fn components(candidates: &Candidates) -> Vec<Vec<u32>> {
    let mut parent: Vec<u32> = (0..candidates.stories() as u32).collect();
    for rank in 0..candidates.stories() as u32 {
        for &earlier in candidates.of(rank) {
            let (x, y) = (root(&mut parent, rank), root(&mut parent, earlier));
            // The earliest rank leads, so a root is its component's first member.
            parent[x.max(y) as usize] = x.min(y);
        }
    }
    let mut members: Vec<(u32, u32)> = (0..parent.len() as u32)
        .map(|rank| (root(&mut parent, rank), rank))
        .filter(|&(root, rank)| root != rank || !candidates.of(rank).is_empty())
        .collect();
    // Roots without candidates of their own were dropped above; put back those with members.
    let mut roots: Vec<u32> = members.iter().map(|&(root, _)| root).collect();
    roots.sort_unstable();
    roots.dedup();
    members.extend(roots.into_iter().map(|root| (root, root)));
    members.sort_unstable();
    members.dedup();
    let mut all: Vec<Vec<u32>> = members
        .chunk_by(|x, y| x.0 == y.0)
        .map(|part| part.iter().map(|&(_, rank)| rank).collect())
        .collect();
    all.sort_by_key(|part| std::cmp::Reverse(part.len()));
    all
}

fn root(parent: &mut [u32], mut rank: u32) -> u32 {
    while parent[rank as usize] != rank {
        // Path halving.
        let grandparent = parent[parent[rank as usize] as usize];
        parent[rank as usize] = grandparent;
        rank = grandparent;
    }
    rank
}
