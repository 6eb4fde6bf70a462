//! From groups to candidate pairs, counted and filtered.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::ranges::{self, Kind};
use super::{Groups, LEFT_OUT, MAX_GROUP, Window};
use crate::Error;
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
fn points(members: u32) -> u32 {
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
        (anchors.saturating_mul(SHARED) / ANCHORS).max(1)
    }
}

/// For every story, by rank, the earlier-ranked stories to verify it against, ascending.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Parts of `width` stories each but for the last, which has as many or fewer.
    parts: Arc<Vec<Part>>,
    width: usize,
}

/// The candidates of consecutive stories.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    ends: Vec<u32>,
    earlier: Vec<u32>,
}

impl Part {
    /// Adds candidates of the story that is next.
    pub(crate) fn extend(&mut self, earlier: impl IntoIterator<Item = u32>) {
        self.earlier.extend(earlier);
    }

    /// Ends the story whose candidates were added last.
    pub(crate) fn close(&mut self) {
        let start = self.ends.last().map_or(0, |&end| end as usize);
        self.earlier[start..].sort_unstable();
        // A part has at most 2²⁴ stories of 128 candidates.
        self.ends.push(self.earlier.len() as u32);
    }

    /// Gives back what room the candidates do not take.
    pub(crate) fn shrink(&mut self) {
        self.earlier.shrink_to_fit();
    }
}

impl Candidates {
    /// The earlier-ranked candidates of story `rank`.
    pub fn of(&self, rank: u32) -> &[u32] {
        let rank = rank as usize;
        let Part { ends, earlier } = &self.parts[rank / self.width];
        let rank = rank % self.width;
        let start = rank.checked_sub(1).map_or(0, |before| ends[before]);
        &earlier[start as usize..ends[rank] as usize]
    }

    /// The candidates of consecutive stories, `width` in each part but the last.
    pub(crate) fn from_parts(parts: Vec<Part>, width: usize) -> Self {
        Self {
            parts: Arc::new(parts),
            width,
        }
    }

    /// The number of pairs.
    pub fn pairs(&self) -> usize {
        self.parts.iter().map(|part| part.earlier.len()).sum()
    }

    /// The number of stories.
    pub fn stories(&self) -> usize {
        self.parts.iter().map(|part| part.ends.len()).sum()
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
///
/// # Errors
/// [`Error::Store`] if groups are in a store that fails.
pub fn propose(groups: &Groups, least: &[u32]) -> Result<Proposed, Error> {
    let (width, window) = (groups.width() as usize, groups.window());
    let share = groups.share(rayon::current_num_threads());
    let ranges: Result<Vec<([Part; 3], u64)>, Error> = (0..groups.ranges())
        .into_par_iter()
        .with_max_len(1)
        .map_init(<(Counts, Vec<u32>)>::default, |(counts, words), range| {
            let mut out = <[Part; 3]>::default();
            let mut crowded = 0;
            let ranks = range as usize * width..least.len().min((range as usize + 1) * width);
            // Half of the share is for turning the groups round.
            let pieces = (groups.bytes(range) * 2).div_ceil(share).max(1);
            let piece = ranks
                .len()
                .div_ceil(usize::try_from(pieces).unwrap_or(usize::MAX));
            for start in ranks.clone().step_by(piece.max(1)) {
                let piece = start..ranks.end.min(start + piece);
                groups.load(range, (piece.start as u32, piece.end as u32), words)?;
                propose_within(words, piece, least, window, counts, |_, found, crowd| {
                    crowded += u64::from(crowd);
                    for (list, out) in found.iter().zip(&mut out) {
                        out.extend(list.iter().map(|&(other, _)| other));
                        out.close();
                    }
                });
            }
            out.iter_mut().for_each(Part::shrink);
            Ok((out, crowded))
        })
        .collect();
    let mut kinds = <[Vec<Part>; 3]>::default();
    let mut crowded = 0;
    for (parts, crowd) in ranges? {
        for (kind, part) in kinds.iter_mut().zip(parts) {
            kind.push(part);
        }
        crowded += crowd;
    }
    let [likely, faint, retold] = kinds.map(|parts| Candidates::from_parts(parts, width));
    Ok(Proposed {
        likely,
        faint,
        retold,
        crowded,
    })
}

/// Gives `each` the candidates of the stories of `ranks`, which stand in the groups in `words` with all
/// that leads them, and whether there were more.
pub(super) fn propose_within(
    words: &[u32],
    ranks: Range<usize>,
    least: &[u32],
    window: &Window,
    counts: &mut Counts,
    mut each: impl FnMut(usize, &Found, bool),
) {
    let mut found = Found::default();
    let memberships = Memberships::of(words, ranks.clone());
    for rank in ranks {
        counts.clear();
        for group in memberships.of_rank(rank, words) {
            let leaders = group.leaders().iter();
            let earlier = leaders.take_while(|&&other| (other as usize) < rank);
            for &other in earlier.filter(|&&other| window.is_near(other, rank as u32)) {
                counts.add(other, group.kind, group.size);
            }
        }
        let crowd = keep(counts.entries(), rank, least, &mut found);
        each(rank, &found, crowd);
    }
}

/// Adds what a pair shares by one group of so many stories.
pub(crate) fn add_shared(shared: &mut Shared, kind: Kind, members: u32) {
    let points = points(members);
    let (anchors, rare, facts) = match kind {
        Kind::Band => (BAND_WEIGHT, 0, 0),
        Kind::Anchor => (1, points, 0),
        Kind::Seed => (0, points, 0),
        Kind::Fact => (0, 0, points),
        // What few stories quote is worth a look by itself.
        Kind::Said => (0, 0, SAID_WEIGHT * points),
    };
    shared.anchors = shared.anchors.saturating_add(anchors);
    shared.points = shared.points.saturating_add(rare);
    shared.facts = shared.facts.saturating_add(facts);
}

/// How many groups a pair has at most in common that is a likely candidate for so much.
pub(crate) fn groups_of(likely: u32) -> usize {
    (likely / BAND_WEIGHT + likely % BAND_WEIGHT) as usize
}

/// Candidates of one story, likely, faint and retold, each with how much it shares.
pub(super) type Found = [Vec<(u32, u32)>; 3];

/// Replaces `found` with the candidates among those that share something with story `rank`; whether
/// there were more.
pub(super) fn keep(
    shared: impl Iterator<Item = (u32, Shared)>,
    rank: usize,
    least: &[u32],
    found: &mut Found,
) -> bool {
    for list in &mut *found {
        list.clear();
    }
    for (other, shared) in shared {
        if let Some((kind, weight)) = shared.proposes(least[rank].min(least[other as usize])) {
            found[kind].push((other, weight));
        }
    }
    let crowds = found.iter_mut().map(thin);
    crowds.fold(false, |any, crowd| any | crowd)
}

/// Leaves of candidates, each with what is shared, those with the least ranks and those that share the
/// most, [`MAX_GROUP`] of either; whether any went. A story that is sent round in thousands of variants
/// would meet them all, for each of its keys has other leaders; the first ones stand for its family.
pub(crate) fn thin<R: Ord + Copy>(list: &mut Vec<(R, u32)>) -> bool {
    if list.len() <= 2 * MAX_GROUP {
        return false;
    }
    list.sort_unstable();
    let rest = &mut list[MAX_GROUP..];
    rest.sort_unstable_by_key(|&(rank, shared)| (std::cmp::Reverse(shared), rank));
    list.truncate(2 * MAX_GROUP);
    true
}

/// Which groups each story of a range is in: the groups, turned round.
struct Memberships {
    first: usize,
    ends: Vec<u32>,
    /// Places of the groups' heads.
    heads: Vec<u32>,
}

impl Memberships {
    /// Turns round the groups in `words`, whose members within are of `ranks`. Members that are not, in groups
    /// that came from elsewhere, are left out.
    fn of(words: &[u32], ranks: Range<usize>) -> Self {
        let place = |member: u32| (member as usize).checked_sub(ranks.start);
        let mut ends = vec![0u32; ranks.len()];
        for (_, group) in ranges::groups(words) {
            for &member in group.members() {
                if let Some(end) = place(member).and_then(|at| ends.get_mut(at)) {
                    *end += 1;
                }
            }
        }
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut heads = vec![0u32; total as usize];
        for (head, group) in ranges::groups(words) {
            for &member in group.members() {
                if let Some(slot) = place(member).and_then(|at| ends.get_mut(at)) {
                    heads[*slot as usize] = head as u32;
                    *slot += 1;
                }
            }
        }
        Self {
            first: ranks.start,
            ends,
            heads,
        }
    }

    fn of_rank<'w>(
        &self,
        rank: usize,
        words: &'w [u32],
    ) -> impl Iterator<Item = ranges::Group<'w>> {
        let rank = rank - self.first;
        let start = rank.checked_sub(1).map_or(0, |before| self.ends[before]);
        let heads = &self.heads[start as usize..self.ends[rank] as usize];
        let read = |&head: &u32| ranges::Group::read(words, head as usize);
        heads.iter().filter_map(read)
    }
}

/// What a pair shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shared {
    anchors: u32,
    points: u32,
    facts: u32,
}

impl Shared {
    /// The place of the kind of candidates that the pair is of, likely, faint or retold, if it is one,
    /// and how much it shares. `least` is the lesser [`least_shared`] of the two.
    pub(crate) fn proposes(self, least: u32) -> Option<(usize, u32)> {
        let points = self.points + self.facts;
        if self.anchors >= least {
            Some((0, self.anchors))
        } else if self.points >= FAINT_POINTS {
            Some((1, points))
        } else {
            (points >= FAINT_POINTS).then_some((2, points))
        }
    }
}

/// A small open-addressing map from rank to what is shared, cleared in time linear in its entries.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    slots: Vec<(u32, Shared)>,
    used: Vec<u32>,
}

impl Counts {
    pub(crate) fn clear(&mut self) {
        for &slot in &self.used {
            self.slots[slot as usize] = EMPTY;
        }
        self.used.clear();
    }

    /// Adds a group of so many stories to what is shared with `key`.
    pub(crate) fn add(&mut self, key: u32, kind: Kind, members: u32) {
        if self.slots.len() < 2 * (self.used.len() + 1) {
            self.grow();
        }
        let slot = self.find(key);
        let (held, shared) = &mut self.slots[slot];
        if *held == LEFT_OUT {
            *held = key;
            self.used.push(slot as u32);
        }
        add_shared(shared, kind, members);
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

    pub(crate) fn entries(&self) -> impl Iterator<Item = (u32, Shared)> + '_ {
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
