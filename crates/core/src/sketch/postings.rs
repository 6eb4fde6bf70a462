//! Anchors of many stories, packed: eight bytes each.
//!
//! An anchor is known by 48 bits of its hash. It is stored beside 12 bits of the hash of the
//! anchor after it (the second key, which splits large groups) and the number of its story within
//! a block of up to 4,096. Eight of the 48 bits are the partition, which the place of a posting
//! tells; the rest is one 64-bit number. Two different shingles that share 48 bits propose a pair
//! that verification then drops: among a billion anchors some two thousand.
//!
//! Short stories have *seeds* too, which are shorter shingles, and any story can have pairs of facts:
//! the lowest of the 48 bits tells these from anchors, the second key the one from the other. So are
//! runs of words of direct speech, and the items that stories are versions of.

/// Bits of the key that choose the partition.
const PARTITION_BITS: u32 = 8;
const REST_BITS: u32 = 40;
const SECOND_BITS: u32 = 12;
const STORY_BITS: u32 = 12;

/// The least and the greatest whole key with the first key of `key`.
pub(crate) fn with_first(key: u64) -> std::ops::RangeInclusive<u64> {
    let second = (1 << SECOND_BITS) - 1;
    key & !second..=key | second
}

/// Postings are kept apart by the top bits of their keys from the start, so that a join sorts
/// pieces that fit a cache.
pub(crate) const PARTITIONS: usize = 1 << PARTITION_BITS;

/// The most stories of one block.
pub(crate) const BLOCK_STORIES: usize = 1 << STORY_BITS;

/// One anchor on its way into a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    /// The hash of the anchor.
    pub(super) hash: u64,
    /// The hash of the anchor after it in its story; 0 for the last.
    pub(super) after: u64,
    /// Whether it is a seed.
    pub(super) seed: bool,
}

/// What stands for the anchor after it where a seed is a pair of facts. Other seeds have none.
pub(crate) const FACT: u64 = 1 << (64 - SECOND_BITS);

/// The same where it is an item that the story is a version of.
pub(crate) const ITEM: u64 = 2 << (64 - SECOND_BITS);

/// The same where it is a run of words of direct speech.
pub(crate) const SAID: u64 = 3 << (64 - SECOND_BITS);

impl Posting {
    fn partition(self) -> usize {
        (self.hash >> (64 - PARTITION_BITS)) as usize
    }

    fn pack(self, story: u16) -> u64 {
        // The partition goes; its place tells it.
        self.key() << STORY_BITS | u64::from(story)
    }

    /// Partition, rest and second key: 60 bits.
    pub(super) fn key(self) -> u64 {
        let first = self.hash >> (64 - PARTITION_BITS - REST_BITS);
        let first = first & !1 | u64::from(self.seed);
        first << SECOND_BITS | self.after >> (64 - SECOND_BITS)
    }
}

/// The anchors of a block of consecutive stories, partition after partition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(super) packed: Vec<u64>,
    pub(super) ends: Ends,
}

/// Where each partition of a block ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ends(Box<[u32]>);

impl Block {
    /// Packs `postings`; `counts` says how many of them each story of the block has.
    pub(super) fn new(postings: &[Posting], counts: &[u32]) -> Self {
        debug_assert!(
            counts.len() <= BLOCK_STORIES,
            "{} stories in a block",
            counts.len()
        );
        let mut slots = [0u32; PARTITIONS];
        for posting in postings {
            slots[posting.partition()] += 1;
        }
        let mut total = 0;
        for slot in &mut slots {
            total += std::mem::replace(slot, total);
        }
        let mut packed = vec![0; postings.len()];
        let mut rest = postings;
        for (story, &count) in (0u16..).zip(counts) {
            let (mine, others) = rest.split_at(count as usize);
            rest = others;
            for posting in mine {
                let slot = &mut slots[posting.partition()];
                packed[*slot as usize] = posting.pack(story);
                *slot += 1;
            }
        }
        Self {
            packed,
            ends: Ends(slots.into()),
        }
    }
}

impl Ends {
    /// The postings of one partition of the block `packed`.
    pub(crate) fn slice<'p>(&self, packed: &'p [u64], number: usize) -> &'p [u64] {
        let start = number.checked_sub(1).map_or(0, |before| self.0[before]);
        let end = self.0.get(number).copied().unwrap_or(start);
        &packed[start as usize..end as usize]
    }

    /// The number of postings of one partition.
    pub(crate) fn len(&self, number: usize) -> usize {
        let start = number.checked_sub(1).map_or(0, |before| self.0[before]);
        (self.0.get(number).copied().unwrap_or(start) - start) as usize
    }
}

/// A packed posting as key (the anchor's bits above those of the second key) and story within the
/// block.
pub(crate) fn unpack(packed: u64) -> (u64, u32) {
    (packed >> STORY_BITS, (packed % (1 << STORY_BITS)) as u32)
}

/// Whether a key is a seed's.
pub(crate) fn is_seed(key: u64) -> bool {
    first_key(key) & 1 == 1
}

/// Whether a key is that of a pair of facts.
pub(crate) fn is_fact(key: u64) -> bool {
    is_seed(key) && key % (1 << SECOND_BITS) == FACT >> (64 - SECOND_BITS)
}

/// Whether a key is that of direct speech.
pub(crate) fn is_said(key: u64) -> bool {
    is_seed(key) && key % (1 << SECOND_BITS) == SAID >> (64 - SECOND_BITS)
}

/// Whether a key is that of an item.
pub(crate) fn is_item(key: u64) -> bool {
    is_seed(key) && key % (1 << SECOND_BITS) == ITEM >> (64 - SECOND_BITS)
}

/// A key without its second part.
pub(crate) fn first_key(key: u64) -> u64 {
    key >> SECOND_BITS
}

/// An [`aligned`] key whose second part is zero.
pub(crate) fn without_second(key: u64) -> u64 {
    first_key(key) << (64 - REST_BITS)
}

/// A key with its highest bit moved to the highest of all.
pub(crate) fn aligned(key: u64) -> u64 {
    key << (64 - REST_BITS - SECOND_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packing_keeps_what_a_join_needs(
            stories in prop::collection::vec(prop::collection::vec(any::<(u64, u64, bool)>(), 0..9), 0..30),
        ) {
            let postings: Vec<Posting> = stories
                .iter()
                .flatten()
                .map(|&(hash, after, seed)| Posting { hash, after, seed })
                .collect();
            let counts: Vec<u32> = stories.iter().map(|s| s.len() as u32).collect();
            let block = Block::new(&postings, &counts);
            let mut got = Vec::new();
            for part in 0..PARTITIONS {
                let packed = block.ends.slice(&block.packed, part);
                for (key, story) in packed.iter().map(|&packed| unpack(packed)) {
                    got.push((part as u64, first_key(key), key % (1 << 12), story));
                }
            }
            let mut want = Vec::new();
            for (story, anchors) in (0u32..).zip(&stories) {
                for (hash, after, seed) in anchors {
                    let rest = hash >> 16 & ((1 << 40) - 2) | u64::from(*seed);
                    want.push((hash >> 56, rest, after >> 52, story));
                }
            }
            got.sort_unstable();
            want.sort_unstable();
            prop_assert_eq!(got, want);
        }
    }
}
