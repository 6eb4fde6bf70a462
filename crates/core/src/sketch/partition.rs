//! Postings are kept apart by the top bits of their keys from the start, so that a join sorts
//! pieces that fit a cache.

const BITS: u32 = 6;

/// The number of partitions.
pub(crate) const PARTITIONS: usize = 1 << BITS;

/// Which of the [`PARTITIONS`] a key belongs to.
pub(crate) fn partition(key: u64) -> usize {
    (key >> (64 - BITS)) as usize
}
