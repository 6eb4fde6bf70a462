//! Which story stands where: groups of slots, and the order in which slots are written.

use crate::rng::{Rng, Shuffle, mix};

/// Stories that are written as one block, mixed among themselves.
pub(crate) const BLOCK: u32 = 4096;

/// Family sizes with their weights: about 1 / size², on to 200.
const SIZES: [(u32, u32); 17] = [
    (2, 4400),
    (3, 2000),
    (4, 1120),
    (5, 720),
    (6, 500),
    (8, 480),
    (10, 260),
    (13, 190),
    (17, 120),
    (22, 75),
    (30, 50),
    (40, 32),
    (55, 20),
    (75, 12),
    (100, 8),
    (150, 4),
    (200, 3),
];

/// What the stories of a group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A story alone.
    Single,
    /// An original and its copies.
    Family,
    /// Stories from one template.
    Series,
    /// The one story that goes to very many outlets.
    Syndicated,
}

/// The place of a story: its group, and its number within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) group: u32,
    pub(crate) member: u32,
}

/// Groups in slot order (a slot is a story's place before mixing), and the mixing.
#[derive(Debug)]
pub(crate) struct Layout {
    seed: u64,
    stories: u32,
    syndicated: u32,
    starts: Vec<u32>,
    kinds: Vec<Kind>,
}

impl Layout {
    /// Shares are per mille of the stories that are not syndicated.
    pub(crate) fn new(
        stories: u32,
        seed: u64,
        families: u32,
        templates: u32,
        syndicated: u32,
    ) -> Self {
        let slots = stories - syndicated;
        let mut rng = Rng::stream(seed, &[1]);
        let mut layout = Self {
            seed,
            stories,
            syndicated,
            starts: Vec::new(),
            kinds: Vec::new(),
        };
        let largest = (slots / 10).max(2);
        let weights = SIZES.map(|(_, weight)| weight);
        let (mut at, mut in_families, mut in_series) = (0u32, 0u64, 0u64);
        while at < slots {
            // Whichever share lags behind comes next, so that the shares hold for small feeds too.
            let due = u64::from(at) + 1;
            let room = slots - at;
            let (kind, size) = if in_families * 1000 < due * u64::from(families) && room > 1 {
                let place = rng.weighted(&weights);
                let spread = SIZES
                    .get(place + 1)
                    .map_or(1, |next| next.0 - SIZES[place].0);
                let size = (SIZES[place].0 + rng.below(spread)).min(largest).min(room);
                in_families += u64::from(size);
                (Kind::Family, size)
            } else if in_series * 1000 < due * u64::from(templates) && room > 1 {
                let size = rng.between(3, 30).min(largest).min(room);
                in_series += u64::from(size);
                (Kind::Series, size)
            } else {
                (Kind::Single, 1)
            };
            layout.starts.push(at);
            layout.kinds.push(kind);
            at += size;
        }
        layout
    }

    pub(crate) fn stories(&self) -> u32 {
        self.stories
    }

    pub(crate) fn blocks(&self) -> u32 {
        self.stories.div_ceil(BLOCK)
    }

    /// The positions of a block.
    pub(crate) fn block(&self, number: u32) -> std::ops::Range<u32> {
        number * BLOCK..((number + 1).saturating_mul(BLOCK)).min(self.stories)
    }

    pub(crate) fn kind(&self, group: u32) -> Kind {
        self.kinds
            .get(group as usize)
            .copied()
            .unwrap_or(Kind::Syndicated)
    }

    /// The number of the syndicated group: one past the others.
    pub(crate) fn syndicated_group(&self) -> u32 {
        self.kinds.len() as u32
    }

    /// Copies of the syndicated story before a position: they are spread evenly.
    fn syndicated_before(&self, position: u32) -> u32 {
        (u64::from(position) * u64::from(self.syndicated) / u64::from(self.stories.max(1))) as u32
    }

    /// Slots of a block, and their mixing.
    fn mixing(&self, block: u32) -> (u32, Shuffle) {
        let range = self.block(block);
        let first = range.start - self.syndicated_before(range.start);
        let end = range.end - self.syndicated_before(range.end);
        (
            first,
            Shuffle::new(end - first, mix(self.seed ^ mix(u64::from(block) + 7))),
        )
    }

    /// Who sits at a position of the feed.
    pub(crate) fn seat(&self, position: u32) -> Seat {
        let before = self.syndicated_before(position);
        if self.syndicated_before(position + 1) > before {
            return Seat {
                group: self.syndicated_group(),
                member: before,
            };
        }
        let (first, shuffle) = self.mixing(position / BLOCK);
        let slot = first + shuffle.forth(position - before - first);
        let group = self.starts.partition_point(|&start| start <= slot) as u32 - 1;
        Seat {
            group,
            member: slot - self.starts[group as usize],
        }
    }

    /// The first slot of a group, which its time follows.
    pub(crate) fn first_slot(&self, group: u32) -> u32 {
        self.starts.get(group as usize).copied().unwrap_or(0)
    }

    /// The position of the `member`th syndicated copy: the first position with that many before its end.
    fn syndicated_position(&self, member: u32) -> u32 {
        let (stories, syndicated) = (u64::from(self.stories), u64::from(self.syndicated.max(1)));
        ((u64::from(member + 1) * stories).div_ceil(syndicated) - 1) as u32
    }

    /// The position of a seat in the feed.
    pub(crate) fn position(&self, seat: Seat) -> u32 {
        if seat.group == self.syndicated_group() {
            return self.syndicated_position(seat.member);
        }
        let slot = self.starts[seat.group as usize] + seat.member;
        // Each block holds the slots from that of its first position on.
        let (mut low, mut high) = (0, self.blocks());
        while low + 1 < high {
            let middle = u32::midpoint(low, high);
            if self.mixing(middle).0 <= slot {
                low = middle;
            } else {
                high = middle;
            }
        }
        let (first, shuffle) = self.mixing(low);
        let place = first + shuffle.back(slot - first);
        // The position with `place` plain stories before it that is plain itself.
        let (mut low, mut high) = (place, place + self.syndicated_before(self.stories));
        while low < high {
            let middle = u32::midpoint(low, high);
            if middle + 1 - self.syndicated_before(middle + 1) > place {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_seats_lead_to_each_other() {
        for (stories, syndicated) in [
            (1, 0),
            (7, 7),
            (100, 3),
            (10_000, 0),
            (10_000, 1234),
            (9000, 8999),
        ] {
            let layout = Layout::new(stories, 5, 400, 60, syndicated);
            let mut seen = std::collections::BTreeSet::new();
            for position in 0..stories {
                let seat = layout.seat(position);
                assert_eq!(layout.position(seat), position, "{stories} {syndicated}");
                assert!(seen.insert((seat.group, seat.member)));
            }
        }
    }
}
