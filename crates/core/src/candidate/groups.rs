//! From groups to candidate pairs, counted and filtered.

use rayon::prelude::*;

use super::{Groups, LEFT_OUT, MAX_GROUP};
use crate::sketch::SketchSettings;

/// How many anchors a shared band or item counts for: enough to pass any filter.
const BAND_WEIGHT: u32 = 1 << 20;

/// The points of rarity that make a pair a faint candidate: two anchors that hardly any other story
/// has, or more of what is more common. A copy through bad optical recognition keeps few anchors,
/// but those are its own; two stories without relation share common phrases.
const FAINT_POINTS: u32 = 8;

/// How many times the points of other facts a run of words of direct speech is worth.
const SAID_WEIGHT: u32 = 1;

/// The points of an anchor or seed that so many stories share.
fn points(members: usize) -> u32 {
    match members {
        0..=4 => 4,
        5..=16 => 2,
        _ => 1,
    }
}

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

    /// Ends the story whose candidates were added last.
    fn close(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        self.earlier[start..].sort_unstable();
        self.ends.push(self.earlier.len());
    }

    /// The candidates of consecutive stories, one part after another.
    fn concat(parts: &[&Self]) -> Self {
        let mut all = Self::default();
        all.ends
            .reserve_exact(parts.iter().map(|part| part.stories()).sum());
        all.earlier
            .reserve_exact(parts.iter().map(|part| part.pairs()).sum());
        for part in parts {
            let base = all.earlier.len();
            all.earlier.extend_from_slice(&part.earlier);
            all.ends.extend(part.ends.iter().map(|end| end + base));
        }
        all
    }

    /// The candidates of consecutive stories from lists that each are ascending.
    pub(crate) fn from_lists(lists: impl IntoIterator<Item = Vec<u32>>) -> Self {
        let mut all = Self::default();
        for list in lists {
            all.earlier.extend(list);
            all.ends.push(all.earlier.len());
        }
        all
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

/// The candidates of a feed.
#[derive(Clone, Debug, Default)]
pub struct Proposed {
    /// Pairs that share a band, or as many anchors as a contained copy does.
    pub likely: Candidates,
    /// Other pairs that share something rare. Few of them are related; those that are, are noisy
    /// copies, or have much besides what they share.
    pub faint: Candidates,
    /// Pairs that share rare facts and too little else: they may tell the same in other words. Found
    /// only if sketches have facts.
    pub retold: Candidates,
    /// Stories with more candidates than they are compared with: of each kind the [`MAX_GROUP`] that come
    /// first and as many with which they share the most.
    pub crowded: u64,
}

/// Counts what pairs share and keeps the candidates. `least` gives [`least_shared`] of each rank.
pub fn propose(groups: &Groups, least: &[u32]) -> Proposed {
    let memberships = Memberships::of(groups, least.len());
    let block = 4096;
    let blocks: Vec<Proposed> = (0..least.len().div_ceil(block))
        .into_par_iter()
        .map(|number| {
            let mut counts = Counts::default();
            let mut found = <[Vec<(u32, u32)>; 3]>::default();
            let mut out = Proposed::default();
            for rank in number * block..least.len().min((number + 1) * block) {
                counts.clear();
                for &group in memberships.of_rank(rank) {
                    let number = group as usize;
                    let members = groups.group(number);
                    let points = points(members.len());
                    let mut shared = Shared::default();
                    if number >= groups.first_band {
                        shared.anchors = BAND_WEIGHT;
                    } else if number >= groups.first_said {
                        // What few stories quote is worth a look by itself.
                        shared.facts = SAID_WEIGHT * points;
                    } else if number >= groups.first_fact {
                        shared.facts = points;
                    } else {
                        shared.anchors = u32::from(number < groups.first_seed);
                        shared.points = points;
                    }
                    let leaders = &members[..members.len().min(MAX_GROUP)];
                    for &other in leaders.iter().take_while(|&&other| (other as usize) < rank) {
                        counts.add(other, shared);
                    }
                }
                let Proposed {
                    likely,
                    faint,
                    retold,
                    crowded,
                } = &mut out;
                for list in &mut found {
                    list.clear();
                }
                for (other, shared) in counts.entries() {
                    let points = shared.points + shared.facts;
                    if shared.anchors >= least[rank].min(least[other as usize]) {
                        found[0].push((other, shared.anchors));
                    } else if shared.points >= FAINT_POINTS {
                        found[1].push((other, points));
                    } else if points >= FAINT_POINTS {
                        found[2].push((other, points));
                    }
                }
                let mut crowd = false;
                for (list, out) in found.iter_mut().zip([&mut *likely, faint, retold]) {
                    crowd |= thin(list);
                    out.earlier.extend(list.iter().map(|&(other, _)| other));
                    out.close();
                }
                *crowded += u64::from(crowd);
            }
            out
        })
        .collect();
    let all = |of: fn(&Proposed) -> &Candidates| {
        let parts: Vec<&Candidates> = blocks.iter().map(of).collect();
        Candidates::concat(&parts)
    };
    Proposed {
        likely: all(|part| &part.likely),
        faint: all(|part| &part.faint),
        retold: all(|part| &part.retold),
        crowded: blocks.iter().map(|part| part.crowded).sum(),
    }
}

/// Leaves of candidates, each with what is shared, those with the least ranks and those that share the
/// most, [`MAX_GROUP`] of either; whether any went. A story that is sent round in thousands of variants
/// would meet them all, for each of its keys has other leaders; the first ones stand for its family.
fn thin(list: &mut Vec<(u32, u32)>) -> bool {
    if list.len() <= 2 * MAX_GROUP {
        return false;
    }
    list.sort_unstable();
    let rest = &mut list[MAX_GROUP..];
    rest.sort_unstable_by_key(|&(rank, shared)| (std::cmp::Reverse(shared), rank));
    list.truncate(2 * MAX_GROUP);
    true
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

/// What a pair shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Shared {
    anchors: u32,
    points: u32,
    facts: u32,
}

/// A small open-addressing map from rank to what is shared, cleared in time linear in its entries.
#[derive(Default)]
struct Counts {
    slots: Vec<(u32, Shared)>,
    used: Vec<u32>,
}

impl Counts {
    fn clear(&mut self) {
        for &slot in &self.used {
            self.slots[slot as usize] = EMPTY;
        }
        self.used.clear();
    }

    fn add(&mut self, key: u32, more: Shared) {
        if self.slots.len() < 2 * (self.used.len() + 1) {
            self.grow();
        }
        let slot = self.find(key);
        let (held, shared) = &mut self.slots[slot];
        if *held == LEFT_OUT {
            *held = key;
            self.used.push(slot as u32);
        }
        shared.anchors = shared.anchors.saturating_add(more.anchors);
        shared.points = shared.points.saturating_add(more.points);
        shared.facts = shared.facts.saturating_add(more.facts);
    }

    /// The slot that holds `key`, or the empty one where it belongs.
    fn find(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (key.wrapping_mul(0x9e37_79b9) >> 8) as usize & mask;
        while self.slots[slot].0 != LEFT_OUT && self.slots[slot].0 != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let held: Vec<(u32, Shared)> = self.entries().collect();
        self.slots = vec![EMPTY; (2 * self.slots.len()).max(256)];
        self.used.clear();
        for entry in held {
            let slot = self.find(entry.0);
            self.slots[slot] = entry;
            self.used.push(slot as u32);
        }
    }

    fn entries(&self) -> impl Iterator<Item = (u32, Shared)> + '_ {
        self.used.iter().map(|&slot| self.slots[slot as usize])
    }
}

/// A slot that holds nothing; no story has this rank.
const EMPTY: (u32, Shared) = (
    LEFT_OUT,
    Shared {
        anchors: 0,
        points: 0,
        facts: 0,
    },
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_crowd_the_first_and_the_likeliest_stay() {
        // Of a thousand, those that share the most come last.
        let all: Vec<(u32, u32)> = (0..1000).map(|rank| (rank, rank / 2)).collect();
        let mut list = all.clone();
        list.reverse();
        assert!(thin(&mut list));
        list.sort_unstable();
        let (first, likeliest) = (&all[..MAX_GROUP], &all[1000 - MAX_GROUP..]);
        assert_eq!(list, [first, likeliest].concat());
        let mut few = all[..2 * MAX_GROUP].to_vec();
        assert!(!thin(&mut few) && few == all[..2 * MAX_GROUP]);
    }
}
