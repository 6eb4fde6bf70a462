//! The join: postings sorted by key, runs of equal keys become groups.

use rayon::prelude::*;

use super::MAX_GROUP;
use crate::sketch::Sketches;
use crate::sketch::pool::Pool;
use crate::sketch::postings::{
    PARTITIONS, aligned, first_key, is_fact, is_item, is_said, is_seed, without_second,
};
use crate::sort::sort_spread;

/// A story that is left out of the join.
pub const LEFT_OUT: u32 = u32::MAX;

/// Groups of stories that share a key; stories are ranks, ascending within a group.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Members of all groups, one group after another.
    pub(super) members: Vec<u32>,
    /// Where each group ends in `members`.
    pub(super) ends: Vec<usize>,
    /// Groups from this number on come from seeds, the ones before from anchors.
    pub(super) first_seed: usize,
    /// Groups from this number on come from pairs of facts.
    pub(super) first_fact: usize,
    /// Groups from this number on come from direct speech.
    pub(super) first_said: usize,
    /// Groups from this number on come from items and bands.
    pub(super) first_band: usize,
    /// How many groups were larger than [`MAX_GROUP`] even under the second key.
    pub cut: u64,
}

impl Groups {
    fn append(&mut self, other: &Groups) {
        let base = self.members.len();
        self.members.extend_from_slice(&other.members);
        self.ends.extend(other.ends.iter().map(|end| end + base));
        self.cut += other.cut;
    }

    /// Adds a group of ascending, distinct ranks, unless it holds no pair.
    fn add(&mut self, members: &[u32]) {
        if members.len() > 1 {
            self.members.extend_from_slice(members);
            self.ends.push(self.members.len());
        }
    }

    /// The number of groups.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no two stories share a key.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn group(&self, number: usize) -> &[u32] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start..self.ends[number]]
    }
}

/// Joins all keys of `sketches`, which is emptied of them. `ranks` gives each story's rank, or
/// [`LEFT_OUT`].
pub fn join(sketches: &mut Sketches, ranks: &[u32]) -> Groups {
    let by_band = join_bands(sketches, ranks);
    sketches.band_pool = Pool::default();
    let mut groups = join_postings(sketches, ranks);
    for band in &by_band {
        groups.append(band);
    }
    groups
}

fn join_postings(sketches: &mut Sketches, ranks: &[u32]) -> Groups {
    let parts: Vec<[Groups; 5]> = (0..PARTITIONS)
        .into_par_iter()
        .map_init(<(Vec<_>, Vec<_>)>::default, |(records, scratch), part| {
            records.clear();
            for (first, place, ends) in &sketches.blocks {
                let packed = sketches.block_pool.get(*place);
                for (key, story) in ends.partition(packed, part) {
                    let rank = ranks[(first + story) as usize];
                    if rank != LEFT_OUT {
                        records.push((key, rank));
                    }
                }
            }
            // Most anchors stand in one story alone; they need no sorting.
            let mut seen = Seen::new(records.len());
            for &(key, _) in records.iter() {
                seen.add(without_second(key));
            }
            records.retain(|&(key, _)| seen.twice(without_second(key)));
            sort_spread(records, scratch, |&(key, _): &(u64, u32)| aligned(key));
            let [mut anchors, mut seeds, mut facts, mut said, mut items] = <[Groups; 5]>::default();
            let mut members = Vec::new();
            for run in records.chunk_by(|x, y| first_key(x.0) == first_key(y.0)) {
                if run.len() < 2 {
                    continue;
                }
                members.clear();
                members.extend(run.iter().map(|&(_, rank)| rank));
                members.sort_unstable();
                members.dedup();
                if is_said(run[0].0) {
                    said.add(&members);
                    continue;
                }
                if is_item(run[0].0) {
                    items.add(&members);
                    continue;
                }
                if is_fact(run[0].0) {
                    facts.add(&members);
                    continue;
                }
                if is_seed(run[0].0) {
                    seeds.add(&members);
                    continue;
                }
                if members.len() <= MAX_GROUP {
                    anchors.add(&members);
                    continue;
                }
                for split in run.chunk_by(|x, y| x.0 == y.0) {
                    members.clear();
                    members.extend(split.iter().map(|&(_, rank)| rank));
                    members.dedup();
                    anchors.cut += u64::from(members.len() > MAX_GROUP);
                    anchors.add(&members);
                }
            }
            [anchors, seeds, facts, said, items]
        })
        .collect();
    // The anchors are the largest thing in memory: gone before the groups are copied together.
    sketches.blocks = Vec::new();
    sketches.block_pool = Pool::default();
    let mut all = Groups::default();
    let parts_of = |kind: usize| parts.iter().map(move |part| &part[kind]);
    let members = parts.iter().flatten().map(|part| part.members.len()).sum();
    all.members.reserve_exact(members);
    all.ends
        .reserve_exact(parts.iter().flatten().map(Groups::len).sum());
    parts_of(0).for_each(|anchors| all.append(anchors));
    all.first_seed = all.len();
    parts_of(1).for_each(|seeds| all.append(seeds));
    all.first_fact = all.len();
    parts_of(2).for_each(|facts| all.append(facts));
    all.first_said = all.len();
    parts_of(3).for_each(|said| all.append(said));
    all.first_band = all.len();
    parts_of(4).for_each(|items| all.append(items));
    all
}

/// One result a band.
fn join_bands(sketches: &Sketches, ranks: &[u32]) -> Vec<Groups> {
    let bands = sketches.bands_a_story();
    (0..bands)
        .into_par_iter()
        .map_init(<(Vec<_>, Vec<_>)>::default, |(records, scratch), band| {
            let second = (band + 1) % bands;
            records.clear();
            for (first, place) in &sketches.bands {
                let keys = sketches.band_pool.get(*place);
                for (i, story) in keys.chunks_exact(bands).enumerate() {
                    let rank = ranks[*first as usize + i];
                    if rank != LEFT_OUT {
                        // 32 bits are plenty for a key that only splits.
                        records.push((story[band], (story[second] >> 32) as u32, rank));
                    }
                }
            }
            sort_spread(records, scratch, |&(key, _, _): &(u64, u32, u32)| key);
            let mut groups = Groups::default();
            let mut members = Vec::new();
            for run in records.chunk_by(|x, y| x.0 == y.0) {
                if run.len() < 2 {
                    continue;
                }
                if run.len() <= MAX_GROUP {
                    members.clear();
                    members.extend(run.iter().map(|&(_, _, rank)| rank));
                    members.sort_unstable();
                    groups.add(&members);
                    continue;
                }
                for split in run.chunk_by(|x, y| x.1 == y.1) {
                    members.clear();
                    members.extend(split.iter().map(|&(_, _, rank)| rank));
                    groups.cut += u64::from(members.len() > MAX_GROUP);
                    groups.add(&members);
                }
            }
            groups
        })
        .collect()
}

/// Two bits for each of many slots, by the highest bits of a hash: whether it was seen, and whether
/// it was seen again. Two hashes that share a slot are seen twice, so nothing is missed.
struct Seen {
    once: Vec<u64>,
    again: Vec<u64>,
    shift: u32,
}

impl Seen {
    /// Eight slots for each of `count` hashes, at most 2³².
    fn new(count: usize) -> Self {
        let bits = (count.max(8) * 8).ilog2().min(32);
        let words = (1 << bits) / 64;
        Self {
            once: vec![0; words],
            again: vec![0; words],
            shift: 64 - bits,
        }
    }

    fn slot(&self, hash: u64) -> (usize, u64) {
        let slot = hash >> self.shift;
        ((slot / 64) as usize, 1 << (slot % 64))
    }

    fn add(&mut self, hash: u64) {
        let (word, bit) = self.slot(hash);
        self.again[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }

    fn twice(&self, hash: u64) -> bool {
        let (word, bit) = self.slot(hash);
        self.again[word] & bit != 0
    }
}
