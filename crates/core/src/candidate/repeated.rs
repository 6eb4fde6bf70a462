//! Keys that stand more than once, found without sorting those that do not.

use crate::Error;
use crate::sort::sort_spread;

/// A record with a key that is a well-mixed hash.
pub(super) trait Keyed: Copy + Ord {
    /// What records of one group have in common.
    fn group(&self) -> u64;

    /// A number that grows with the record, spread over all 64 bits; records of one group are side
    /// by side in the order of records.
    fn top(&self) -> u64;
}

/// Records that can be gone through again and again.
pub(super) trait Scan<K> {
    /// Gives `each` all records, in any order.
    fn scan(&mut self, each: impl FnMut(K)) -> Result<(), Error>;
}

/// Finds the records whose group has more than one; its buffers are reused.
pub(super) struct Repeated<K> {
    seen: Seen,
    records: Vec<K>,
    scratch: Vec<K>,
    /// Records to gather at one time.
    most: usize,
}

/// The fewest records that are gathered at one time, whatever the room.
const FEWEST: usize = if cfg!(test) { 4 } else { 1 << 10 };

impl<K: Keyed> Repeated<K> {
    /// Room for `bytes`, about. A single group may need more.
    pub(super) fn new(bytes: u64) -> Self {
        // Each record is sorted in one place and scattered from another.
        let most = bytes / (2 * size_of::<K>() as u64);
        Self {
            seen: Seen::default(),
            records: Vec::new(),
            scratch: Vec::new(),
            most: usize::try_from(most).unwrap_or(usize::MAX).max(FEWEST),
        }
    }

    /// Gives `each` the records of every group of more than one, ascending. The `count` records
    /// are gone through twice, and again for parts of the groups if all together do not fit.
    pub(super) fn each(
        &mut self,
        count: usize,
        mut records: impl Scan<K>,
        mut each: impl FnMut(&[K]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut parts = vec![(0, u64::MAX, count)];
        while let Some((least, greatest, count)) = parts.pop() {
            let within = |record: &K| (least..=greatest).contains(&record.group());
            self.seen.clear(count);
            let seen = &mut self.seen;
            records.scan(|record| {
                if within(&record) {
                    seen.add(record.group());
                }
            })?;
            let (gathered, most) = (&mut self.records, self.most);
            gathered.clear();
            let mut repeated = 0;
            records.scan(|record| {
                if within(&record) && seen.twice(record.group()) {
                    repeated += 1;
                    if repeated <= most {
                        gathered.push(record);
                    }
                }
            })?;
            if repeated > most && least < greatest {
                // Hashes are spread evenly, but groups are of any size.
                let shares = (repeated.div_ceil(most) + 1) as u64;
                let width = (greatest - least) / shares;
                let firsts = (0..shares).map(|share| least + share * (width + 1));
                let firsts = firsts.take_while(|&first| first <= greatest);
                parts.extend(firsts.map(|first| {
                    let last = first.saturating_add(width).min(greatest);
                    (first, last, count / shares as usize)
                }));
                continue;
            }
            if repeated > most {
                // One group alone is taken whatever its size.
                gathered.clear();
                records.scan(|record| {
                    if within(&record) {
                        gathered.push(record);
                    }
                })?;
            }
            sort_spread(&mut self.records, &mut self.scratch, K::top);
            let runs = self.records.chunk_by(|x, y| x.group() == y.group());
            for run in runs.filter(|run| run.len() > 1) {
                each(run)?;
            }
        }
        Ok(())
    }
}

/// Two bits for each of many slots, by a hash: whether it was seen, and whether it was seen again.
/// Two hashes that share a slot are seen twice, so nothing is missed.
#[derive(Debug, Default)]
struct Seen {
    once: Vec<u64>,
    again: Vec<u64>,
    shift: u32,
}

impl Seen {
    /// Empties all slots, eight for each of `count` hashes, at most 2³².
    fn clear(&mut self, count: usize) {
        let bits = (count.max(8) * 8).ilog2().min(32);
        let words = (1 << bits) / 64;
        for slots in [&mut self.once, &mut self.again] {
            slots.clear();
            slots.resize(words, 0);
        }
        self.shift = 64 - bits;
    }

    fn slot(&self, hash: u64) -> (usize, u64) {
        // Of a part of the hashes the highest bits are the same.
        let slot = hash.wrapping_mul(FACTOR) >> self.shift;
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

/// An odd number with about as many ones as zeros.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
