//! Keys that stand more than once, found without sorting those that do not.

use std::ops::RangeInclusive;

use crate::Error;
use crate::sort::sort_spread;

/// A record with a key that is a well-mixed hash.
pub(super) trait Keyed: Copy + Ord {
    /// What records of one group have in common, spread over all 64 bits, and growing with the record.
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
    /// are gone through twice, and once more for each part of the groups if all together do not fit.
    pub(super) fn each(
        &mut self,
        count: usize,
        mut records: impl Scan<K>,
        mut each: impl FnMut(&[K]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.seen.clear(count);
        records.scan(|record| self.seen.add(record.group()))?;
        let mut part = 0..=u64::MAX;
        loop {
            let (last, beyond) = self.gather(&mut records, part)?;
            sort_spread(&mut self.records, &mut self.scratch, K::top);
            let runs = self.records.chunk_by(|x, y| x.group() == y.group());
            for run in runs.filter(|run| run.len() > 1) {
                each(run)?;
            }
            if beyond == 0 {
                return Ok(());
            }
            // Hashes are spread evenly, but groups are of any size: a part is to be seven eighths of what fits.
            let parts = (beyond * 8).div_ceil(self.most * 7) as u64;
            part = last + 1..=last + (u64::MAX - last).div_ceil(parts);
        }
    }

    /// Gathers the records whose group is within `part` and was seen twice, from the least group on as far as there
    /// is room, but for one group at least. Says which group is the last that is gathered, and how many records
    /// of groups that were seen twice lie beyond it.
    fn gather(
        &mut self,
        records: &mut impl Scan<K>,
        part: RangeInclusive<u64>,
    ) -> Result<(u64, usize), Error> {
        let (gathered, seen) = (&mut self.records, &self.seen);
        gathered.clear();
        let (first, mut last) = part.into_inner();
        let mut beyond = 0;
        let mut most = self.most;
        records.scan(|record| {
            let group = record.group();
            if group < first || !seen.twice(group) {
                return;
            }
            if group > last {
                beyond += 1;
                return;
            }
            gathered.push(record);
            if gathered.len() > most {
                // The half with the lesser groups stays, whole groups of it.
                let middle = gathered.len() / 2;
                let (less, at, _) = gathered.select_nth_unstable_by_key(middle, Keyed::group);
                let at = at.group();
                let below = less.iter().map(Keyed::group).filter(|&group| group < at);
                last = below.max().unwrap_or(at);
                let all = gathered.len();
                gathered.retain(|record| record.group() <= last);
                beyond += all - gathered.len();
                // One group alone is taken whatever its size.
                most = most.max(2 * gathered.len());
            }
        })?;
        Ok((last, beyond))
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
    /// Empties all slots, eight for each of `count` well-mixed hashes, at most 2³².
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    /// An odd number with about as many ones as zeros.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

    impl Keyed for u64 {
        fn group(&self) -> u64 {
            self & !0xff
        }

        fn top(&self) -> u64 {
            *self
        }
    }

    /// Records, and how often they were gone through.
    struct Counted<'r>(&'r [u64], &'r Cell<usize>);

    impl Scan<u64> for Counted<'_> {
        fn scan(&mut self, each: impl FnMut(u64)) -> Result<(), Error> {
            self.1.set(self.1.get() + 1);
            self.0.iter().copied().for_each(each);
            Ok(())
        }
    }

    /// Runs of equal groups of more than one, and the times that the records were gone through.
    fn runs(records: &[u64], most: usize) -> (Vec<Vec<u64>>, usize) {
        let (mut runs, scans) = (Vec::new(), Cell::new(0));
        let mut repeated = Repeated::new(0);
        repeated.most = most;
        let each = |run: &[u64]| {
            runs.push(run.to_vec());
            Ok(())
        };
        repeated
            .each(records.len(), Counted(records, &scans), each)
            .unwrap();
        (runs, scans.get())
    }

    proptest! {
        #[test]
        fn groups_come_whole_and_in_order_whatever_the_room(
            groups in prop::collection::vec((any::<u64>(), 1..40usize), 0..60),
            most in 1..200usize,
        ) {
            let of = |&(group, size): &(u64, usize)| {
                (0..size as u64).map(move |n| group & !0xff | (n.wrapping_mul(group | 1) & 0xff))
            };
            let mut records: Vec<u64> = groups.iter().flat_map(of).collect();
            records.sort_by_key(|record| record.wrapping_mul(FACTOR));
            let (got, _) = runs(&records, most);
            records.sort_unstable();
            let want = records.chunk_by(|x, y| x.group() == y.group());
            let want: Vec<_> = want.filter(|run| run.len() > 1).map(<[u64]>::to_vec).collect();
            prop_assert_eq!(got, want);
        }
    }

    #[test]
    fn records_are_gone_through_in_proportion_to_what_does_not_fit() {
        let pair = |n: u64| [n.wrapping_mul(FACTOR) & !0xff; 2];
        let records: Vec<u64> = (0..10_000).flat_map(pair).collect();
        for most in [20_000, 10_000, 5_000, 1_000] {
            // Once to see what is repeated; of a part that is cut half may go, of others an eighth is empty.
            let parts = if most < 20_000 {
                2 + 20_000 * 8 / (most * 7)
            } else {
                1
            };
            let scans = 1 + parts;
            let (got, gone) = runs(&records, most);
            assert_eq!(got.len(), 10_000);
            assert!(gone <= scans, "{gone} times, with room for {most}");
        }
    }
}
