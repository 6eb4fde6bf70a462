//! The set of a story's shingles, asked for its members.

/// A set of well-mixed hashes: a table with open addressing, at most half full.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShingleSet {
    /// Slots by the highest bits of a hash, as many as a power of two, or none.
    slots: Vec<u64>,
    shift: u32,
    members: usize,
    /// Whether 0, which marks a free slot, is a member.
    zero: bool,
}

impl ShingleSet {
    /// The set of some hashes; one that comes twice counts once. `count` is how many come at most.
    pub(crate) fn new(hashes: impl Iterator<Item = u64>, count: usize) -> Self {
        let bits = (2 * count.max(1)).next_power_of_two().ilog2();
        let mut set = Self {
            slots: vec![0; 1 << bits],
            shift: 64 - bits,
            members: 0,
            zero: false,
        };
        for hash in hashes {
            if hash == 0 {
                set.members += usize::from(!set.zero);
                set.zero = true;
                continue;
            }
            let slot = set.slot(hash);
            set.members += usize::from(set.slots[slot] == 0);
            set.slots[slot] = hash;
        }
        set
    }

    /// The slot that holds a hash, or the free one where it belongs.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> self.shift) as usize;
        while self.slots[slot] != 0 && self.slots[slot] != hash {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// Whether a hash is a member.
    pub(crate) fn has(&self, hash: u64) -> bool {
        if hash == 0 || self.slots.is_empty() {
            return hash == 0 && self.zero;
        }
        self.slots[self.slot(hash)] == hash
    }

    /// Distinct hashes.
    pub(crate) fn len(&self) -> usize {
        self.members
    }

    /// How many members two sets share. Takes the time of the smaller one's table.
    pub(crate) fn shared(&self, other: &Self) -> usize {
        let (small, large) = if self.slots.len() <= other.slots.len() {
            (self, other)
        } else {
            (other, self)
        };
        let members = small.slots.iter().filter(|&&hash| hash != 0);
        let both = members.filter(|&&hash| large.has(hash)).count();
        both + usize::from(small.zero && large.zero)
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        8 * self.slots.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn is_a_set(
            a in prop::collection::vec(0u64..90, 0..60),
            b in prop::collection::vec(0u64..90, 0..60),
            spread in prop::sample::select(vec![1u64, 0x9e37_79b9_7f4a_7c15]),
        ) {
            let hashes = |of: &[u64]| of.iter().map(|n| n.wrapping_mul(spread)).collect::<Vec<_>>();
            let (a, b) = (hashes(&a), hashes(&b));
            let set = |of: &[u64]| ShingleSet::new(of.iter().copied(), of.len());
            let tree = |of: &[u64]| of.iter().copied().collect::<BTreeSet<_>>();
            prop_assert_eq!(set(&a).len(), tree(&a).len());
            prop_assert_eq!(set(&a).shared(&set(&b)), tree(&a).intersection(&tree(&b)).count());
            for hash in hashes(&(0..100).collect::<Vec<_>>()) {
                prop_assert_eq!(set(&a).has(hash), tree(&a).contains(&hash));
            }
        }
    }

    #[test]
    fn an_empty_set_has_nothing() {
        assert!(!ShingleSet::default().has(0) && !ShingleSet::default().has(7));
        assert_eq!(
            ShingleSet::default().shared(&ShingleSet::new([0, 7].into_iter(), 2)),
            0
        );
    }
}
