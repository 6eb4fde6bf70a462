//! From groups to candidate pairs, counted and filtered.

use rayon::prelude::*;

use super::{Groups, MAX_GROUP};
use crate::sketch::SketchSettings;

/// A story in how many anchors one group counts when it is a band's: enough to pass any filter.
const BAND_WEIGHT: u32 = 1 << 20;

/// What a pair that no band proposed must share of the anchors of the story that has fewer: this
/// many in [`ANCHORS`].
///
/// Winnowing keeps an anchor of every shared run of twelve words. A story of n words of which four
/// fifths of the 5-shingles stand in the other has at most n/25 scattered changes, so at least n/25
/// such runs, most with several anchors, of its 2n/9: a fifth and a bit is below what any such pair
/// shares in practice, and far above what a shared credit line gives two stories.
const SHARED: u32 = 9;
const ANCHORS: u32 = 40;

/// How many anchors a pair must share with a story of that many words and distinct anchors; of the
/// two numbers of a pair the less holds. Short stories keep all their shingles as anchors and share
/// few of them with a story that keeps a selection: one is enough for them.
pub fn least_shared(sketch: &SketchSettings, words: u32, anchors: u32) -> u32 {
    let shingles = (words as usize + 1).saturating_sub(sketch.shingle_words);
    if shingles <= sketch.dense {
        1
    } else {
        (anchors * SHARED / ANCHORS).max(1)
    }
}

/// For every story, by rank, the earlier-ranked stories to verify it against, ascending.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    ends: Vec<usize>,
    earlier: Vec<u32>,
}

impl Candidates {
    /// The earlier-ranked candidates of story `rank`.
    pub fn of(&self, rank: u32) -> &[u32] {
        let rank = rank as usize;
        let start = rank.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.earlier[start..self.ends[rank]]
    }

    /// The number of pairs.
    pub fn pairs(&self) -> usize {
        self.earlier.len()
    }

    /// The number of stories.
    pub fn stories(&self) -> usize {
        self.ends.len()
    }
}

/// Counts what pairs share and keeps the candidates. `least` gives [`least_shared`] of each rank.
pub fn propose(groups: &Groups, least: &[u32]) -> Candidates {
    let memberships = Memberships::of(groups, least.len());
    let block = 4096;
    let blocks: Vec<Candidates> = (0..least.len().div_ceil(block))
        .into_par_iter()
        .map(|number| {
            let mut counts = Counts::default();
            let mut out = Candidates::default();
            for rank in number * block..least.len().min((number + 1) * block) {
                let mine = memberships.of_rank(rank);
                counts.clear();
                for &group in mine {
                    let weight = if group as usize >= groups.first_band {
                        BAND_WEIGHT
                    } else {
                        1
                    };
                    let members = groups.group(group as usize);
                    let leaders = &members[..members.len().min(MAX_GROUP)];
                    for &other in leaders.iter().take_while(|&&other| (other as usize) < rank) {
                        counts.add(other, weight);
                    }
                }
                let start = out.earlier.len();
                out.earlier
                    .extend(counts.entries().filter_map(|(other, count)| {
                        (count >= least[rank].min(least[other as usize])).then_some(other)
                    }));
                out.earlier[start..].sort_unstable();
                out.ends.push(out.earlier.len());
            }
            out
        })
        .collect();
    let mut all = Candidates::default();
    all.ends.reserve_exact(least.len());
    all.earlier
        .reserve_exact(blocks.iter().map(Candidates::pairs).sum());
    for block in blocks {
        let base = all.earlier.len();
        all.earlier.extend_from_slice(&block.earlier);
        all.ends.extend(block.ends.iter().map(|end| end + base));
    }
    all
}

/// Which groups each story is in: the groups, turned round.
struct Memberships {
    ends: Vec<usize>,
    groups: Vec<u32>,
}

impl Memberships {
    fn of(groups: &Groups, stories: usize) -> Self {
        let mut ends = vec![0usize; stories];
        for &member in &groups.members {
            ends[member as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut of = vec![0u32; total];
        for number in 0..groups.len() {
            for &member in groups.group(number) {
                let slot = &mut ends[member as usize];
                of[*slot] = number as u32;
                *slot += 1;
            }
        }
        Self { ends, groups: of }
    }

    fn of_rank(&self, rank: usize) -> &[u32] {
        let start = rank.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.groups[start..self.ends[rank]]
    }
}

/// A small open-addressing map from rank to count, cleared in time linear in its entries.
#[derive(Default)]
struct Counts {
    slots: Vec<(u32, u32)>,
    used: Vec<u32>,
}

impl Counts {
    fn clear(&mut self) {
        for &slot in &self.used {
            self.slots[slot as usize] = (0, 0);
        }
        self.used.clear();
    }

    fn add(&mut self, key: u32, weight: u32) {
        if self.slots.len() < 2 * (self.used.len() + 1) {
            self.grow();
        }
        let slot = self.find(key);
        let (held, count) = &mut self.slots[slot];
        if *count == 0 {
            *held = key;
            self.used.push(slot as u32);
        }
        *count = count.saturating_add(weight);
    }

    /// The slot that holds `key`, or the empty one where it belongs.
    fn find(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (key.wrapping_mul(0x9e37_79b9) >> 8) as usize & mask;
        while self.slots[slot].1 != 0 && self.slots[slot].0 != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let held: Vec<(u32, u32)> = self.entries().collect();
        self.slots = vec![(0, 0); (2 * self.slots.len()).max(256)];
        self.used.clear();
        for (key, count) in held {
            let slot = self.find(key);
            self.slots[slot] = (key, count);
            self.used.push(slot as u32);
        }
    }

    fn entries(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.used.iter().map(|&slot| self.slots[slot as usize])
    }
}
