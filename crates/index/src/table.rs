//! Sorted keys with a story number each, found by the highest bits of the key.
//!
//! ```text
//! header: entries (u64), then a byte each: bits of a key, bits that choose the bucket, bytes of the
//!     rest of a key, bytes of a number; then the number that all are counted from (u32)
//! entries, ascending by key and number: the rest of the key, the number less the first one
//! 8 bytes that mean nothing, so that eight can be read from any entry on
//! for each bucket, where it ends, in entries (u32 each)
//! ```
//! Keys are hashes. So buckets are of about a size, and small beside the entries, a hundredth of them: where they
//! end stays in the processor's caches. Within its bucket a key is about where it is among all that could be there:
//! one lookup waits for one or two cache lines of entries.

use std::fs::File;
use std::io::{Read, Seek};
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::sync::Arc;

use crate::disk::Disk;
use crate::error::IndexError;
use crate::file::{Writing, partition_point, u32_at, u64_at};

const HEADER: usize = 16;
const SLACK: usize = 8;

/// Entries of a bucket, about, and how many bits more are worth their buckets if each entry is a byte shorter for them.
const BUCKET: usize = 16;
const MORE_BITS: u32 = 2;

/// Entries of a first step away from where a key is likely to be: how far off such a guess is, about.
const STEP: usize = 4;

/// How entries are laid out.
#[derive(Clone, Copy, Debug)]
struct Layout {
    key_bits: u32,
    bucket_bits: u32,
    rest_bytes: usize,
    number_bytes: usize,
    first: u32,
}

impl Layout {
    /// For about so many entries with numbers from `first` to `last`.
    fn of(key_bits: u32, entries: usize, (first, last): (u32, u32)) -> Self {
        let mut bucket_bits = (entries / BUCKET).max(2).ilog2().min(31);
        let beyond = (key_bits - bucket_bits) % 8;
        if beyond <= MORE_BITS {
            bucket_bits = (bucket_bits + beyond).min(31);
        }
        Self {
            key_bits,
            bucket_bits,
            rest_bytes: (key_bits - bucket_bits).div_ceil(8) as usize,
            number_bytes: (32 - (last - first).leading_zeros()).div_ceil(8).max(1) as usize,
            first,
        }
    }

    fn shift(self) -> u32 {
        self.key_bits - self.bucket_bits
    }

    /// The bucket of a key.
    fn bucket(self, key: u64) -> usize {
        (key >> self.shift()) as usize
    }

    fn entry(self) -> usize {
        self.rest_bytes + self.number_bytes
    }
}

/// Where buckets end, until they are written: the last of them in memory, those before in a file.
struct Ends {
    held: Vec<u8>,
    stored: Option<File>,
}

/// Bytes of ends that are held in memory.
const HELD: usize = if cfg!(test) { 64 } else { 4 << 20 };

/// Bytes of entries that are written together, and more than any entry has.
const TOGETHER: usize = if cfg!(test) { 1 << 8 } else { 1 << 16 };
const WIDE: usize = 16;

/// Writes a table as a section of a file.
pub(crate) struct TableWriter<'w> {
    file: &'w mut Writing,
    layout: Layout,
    entries: u64,
    bucket: u64,
    ends: Ends,
    last: (u64, u32),
    /// The last entries, in so many bytes of this.
    bytes: Box<[u8]>,
    filled: usize,
    disk: Arc<dyn Disk>,
    path: PathBuf,
}

impl<'w> TableWriter<'w> {
    /// Begins a table of keys of `key_bits` bits with at most `most` entries, whose numbers are within
    /// `numbers`. Of a large one a file without a name holds what comes last.
    pub(crate) fn begin(
        file: &'w mut Writing,
        name: u32,
        (key_bits, most): (u32, u64),
        numbers: (u32, u32),
    ) -> Result<Self, IndexError> {
        let entries = usize::try_from(most).unwrap_or(usize::MAX);
        let layout = Layout::of(key_bits, entries, numbers);
        let ends = Ends {
            held: Vec::with_capacity((4 << layout.bucket_bits).min(HELD)),
            stored: None,
        };
        let (disk, path) = file.place();
        file.section(name)?;
        // The number of entries is written behind them, for it is not known yet.
        file.put(&[0; 8])?;
        let bits = [key_bits, layout.bucket_bits].map(|bits| bits as u8);
        let bytes = [layout.rest_bytes, layout.number_bytes].map(|bytes| bytes as u8);
        file.put(&[bits[0], bits[1], bytes[0], bytes[1]])?;
        file.put(&layout.first.to_le_bytes())?;
        Ok(Self {
            file,
            layout,
            entries: 0,
            bucket: 0,
            ends,
            last: (0, 0),
            bytes: vec![0; TOGETHER].into(),
            filled: 0,
            disk,
            path,
        })
    }

    /// Adds entries, ascending and not less than those before; of equal ones all but one are passed over.
    pub(crate) fn push(&mut self, entries: &[(u64, u32)]) -> Result<(), IndexError> {
        let (layout, shift) = (self.layout, self.layout.shift());
        for &(key, number) in entries {
            if self.entries > 0 && self.last == (key, number) {
                continue;
            }
            debug_assert!(self.entries == 0 || self.last < (key, number), "in order");
            self.last = (key, number);
            let bucket = key >> shift;
            if self.bucket < bucket {
                self.end_buckets(bucket)?;
            }
            let rest = u128::from(key & !(u64::MAX << shift));
            let entry = rest | u128::from(number - layout.first) << (8 * layout.rest_bytes);
            // What is behind the entry is written over by the next one.
            self.bytes[self.filled..][..WIDE].copy_from_slice(&entry.to_le_bytes());
            self.filled += layout.entry();
            self.entries += 1;
            if self.filled > self.bytes.len() - WIDE {
                self.file.put(&self.bytes[..self.filled])?;
                self.filled = 0;
            }
        }
        Ok(())
    }

    /// Ends the buckets before `bucket`.
    fn end_buckets(&mut self, bucket: u64) -> Result<(), IndexError> {
        while self.bucket < bucket {
            if self.ends.held.len() >= HELD {
                self.store_ends()?;
            }
            let end = self.entries as u32;
            self.ends.held.extend(end.to_le_bytes());
            self.bucket += 1;
        }
        Ok(())
    }

    /// Moves ends from memory to their file.
    fn store_ends(&mut self) -> Result<(), IndexError> {
        let Ends { held, stored } = &mut self.ends;
        let dir = self.path.parent().unwrap_or(&self.path);
        let mut file = match stored.take() {
            Some(file) => file,
            None => (self.disk.unnamed(dir)).map_err(IndexError::file(dir, "cannot write in"))?,
        };
        let written = self.disk.write(&mut file, held);
        written.map_err(IndexError::file(dir, "cannot write in"))?;
        *stored = Some(file);
        held.clear();
        Ok(())
    }

    /// Completes the table.
    pub(crate) fn finish(mut self) -> Result<(), IndexError> {
        self.end_buckets(1 << self.layout.bucket_bits)?;
        self.file.put(&self.bytes[..self.filled])?;
        self.file.put(&[0; SLACK])?;
        if let Some(mut stored) = self.ends.stored {
            let failed = || IndexError::file(&self.path, "cannot read what was written beside");
            stored.rewind().map_err(failed())?;
            let mut part = vec![0; 1 << 16];
            loop {
                let read = stored.read(&mut part).map_err(failed())?;
                if read == 0 {
                    break;
                }
                self.file.put(&part[..read])?;
            }
        }
        self.file.put(&self.ends.held)?;
        self.file.put(&self.entries.to_le_bytes())
    }
}

/// What the header of a table says, and where its parts are in its section.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    layout: Layout,
    entries: usize,
    bytes: Range<usize>,
    ends: Range<usize>,
}

impl Shape {
    /// The shape of the table in a section; nothing if it holds none.
    pub(crate) fn of(section: &[u8]) -> Option<Self> {
        let header = section.get(..HEADER)?;
        let tail = section.len().checked_sub(8)?;
        let layout = Layout {
            key_bits: header[8].into(),
            bucket_bits: header[9].into(),
            rest_bytes: header[10].into(),
            number_bytes: header[11].into(),
            first: u32_at(header, 12),
        };
        let sound = layout.key_bits <= 64
            && (1..layout.key_bits.min(32)).contains(&layout.bucket_bits)
            && layout.rest_bytes == layout.shift().div_ceil(8) as usize
            && (1..=4).contains(&layout.number_bytes);
        if !sound {
            return None;
        }
        let entries = usize::try_from(u64_at(section, tail)).ok()?;
        let ends_at = (HEADER + SLACK).checked_add(entries.checked_mul(layout.entry())?)?;
        let whole = ends_at.checked_add(4 << layout.bucket_bits)?;
        (whole == tail).then_some(Self {
            layout,
            entries,
            bytes: HEADER..ends_at,
            ends: ends_at..tail,
        })
    }

    /// The table itself, in the section that the shape is of.
    pub(crate) fn table<'b>(&self, section: &'b [u8]) -> Table<'b> {
        Table {
            layout: self.layout,
            entries: self.entries,
            bytes: section.get(self.bytes.clone()).unwrap_or_default(),
            ends: section.get(self.ends.clone()).unwrap_or_default(),
        }
    }
}

/// A table in a section's bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'b> {
    layout: Layout,
    entries: usize,
    bytes: &'b [u8],
    ends: &'b [u8],
}

impl<'b> Table<'b> {
    /// A table without entries.
    pub(crate) fn empty() -> Self {
        Self {
            layout: Layout::of(64, 0, (0, 0)),
            entries: 0,
            bytes: &[],
            ends: &[],
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries
    }

    fn end(&self, bucket: usize) -> usize {
        (u32_at(self.ends, 4 * bucket) as usize).min(self.entries)
    }

    fn start(&self, bucket: usize) -> usize {
        bucket.checked_sub(1).map_or(0, |before| self.end(before))
    }

    fn entry(&self, bucket: usize, at: usize) -> (u64, u32) {
        let Layout {
            rest_bytes,
            number_bytes,
            first,
            ..
        } = self.layout;
        let place = at * self.layout.entry();
        let mask = |bytes: usize| u64::MAX >> (64 - 8 * bytes);
        let rest = u64_at(self.bytes, place) & mask(rest_bytes);
        let number = u64_at(self.bytes, place + rest_bytes) & mask(number_bytes);
        let key = (bucket as u64) << self.layout.shift() | rest;
        (key, first.wrapping_add(number as u32))
    }

    /// Gives `each` the entries whose keys are within `keys`.
    #[inline]
    pub(crate) fn range(&self, keys: RangeInclusive<u64>, each: &mut dyn FnMut(u64, u32)) {
        self.range_while(keys, &mut |key, number| {
            each(key, number);
            true
        });
    }

    /// The same, until `each` says that it is enough.
    #[inline]
    pub(crate) fn range_while(
        &self,
        keys: RangeInclusive<u64>,
        each: &mut impl FnMut(u64, u32) -> bool,
    ) {
        if self.entries == 0 {
            return;
        }
        let (least, most) = keys.into_inner();
        let (from, to) = (self.layout.bucket(least), self.layout.bucket(most));
        let mut start = self.not_before(from, (least, 0));
        for bucket in from..=to {
            let end = self.end(bucket);
            for at in start..end {
                let (key, number) = self.entry(bucket, at);
                if key > most || !each(key, number) {
                    return;
                }
            }
            start = end;
        }
    }

    /// Where a key is if the keys of its bucket, which starts and ends there, are spread evenly.
    fn guess(&self, (start, end): (usize, usize), key: u64) -> usize {
        let shift = self.layout.shift();
        let rest = key & !(u64::MAX << shift);
        let count = end.saturating_sub(start) as u128;
        start + ((u128::from(rest) * count) >> shift) as usize
    }

    /// The first entry of a bucket that is not before `entry`, or where the bucket ends: looked for in steps that
    /// double, from where it is likely to be. So it is found among the many of a key that many have, too.
    fn not_before(&self, bucket: usize, entry: (u64, u32)) -> usize {
        let (start, end) = (self.start(bucket), self.end(bucket));
        let is_before = |at: usize| self.entry(bucket, at) < entry;
        let guess = self.guess((start, end), entry.0);
        let (mut from, mut to, mut step) = (guess, guess, STEP);
        while from > start && !is_before(from - 1) {
            to = from - 1;
            from = from.saturating_sub(step).max(start);
            step *= 2;
        }
        if from == guess {
            while to < end && is_before(to) {
                from = to + 1;
                to = (to + step).min(end);
                step *= 2;
            }
        }
        from + partition_point(to.saturating_sub(from), |at| is_before(from + at))
    }

    /// How many entries have keys within `keys`.
    pub(crate) fn count(&self, keys: RangeInclusive<u64>) -> usize {
        if self.entries == 0 {
            return 0;
        }
        let (least, most) = keys.into_inner();
        let from = self.not_before(self.layout.bucket(least), (least, 0));
        let to = match most.checked_add(1) {
            Some(behind) if self.layout.bucket(behind) < 1 << self.layout.bucket_bits => {
                self.not_before(self.layout.bucket(behind), (behind, 0))
            }
            _ => self.entries,
        };
        to.saturating_sub(from)
    }

    /// Whether there is such an entry.
    pub(crate) fn has(&self, key: u64, number: u32) -> bool {
        if self.entries == 0 {
            return false;
        }
        let bucket = self.layout.bucket(key);
        let at = self.not_before(bucket, (key, number));
        at < self.end(bucket) && self.entry(bucket, at) == (key, number)
    }

    /// The entries from just before where a key is likely to be: nothing where there are none.
    fn about(&self, key: u64) -> &'b [u8] {
        let bucket = self.layout.bucket(key);
        let guess = self.guess((self.start(bucket), self.end(bucket)), key);
        self.bytes
            .get(guess.saturating_sub(STEP) * self.layout.entry()..)
            .unwrap_or_default()
    }

    /// All entries in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = (u64, u32)> + 'b {
        let (mut bucket, mut end) = (0, self.end(0));
        (0..self.entries).map(move |at| {
            // The last bucket has the rest, whatever a damaged table says.
            while at >= end && bucket + 1 < 1 << self.layout.bucket_bits {
                bucket += 1;
                end = self.end(bucket);
            }
            self.entry(bucket, at)
        })
    }
}

/// Bytes that come from memory together.
const LINE: usize = 64;

/// Reads where each key stands in its table, for nothing but to have it near. No step waits for the one before, as
/// those of lookups do: the processor has many on their way at a time.
pub(crate) fn approach<'b>(keys: impl Iterator<Item = (Table<'b>, u64)>) {
    let entries: Vec<&[u8]> = keys.map(|(table, key)| table.about(key)).collect();
    let bytes = |at: usize| entries.iter().filter_map(move |entries| entries.get(at));
    let sum = bytes(0).chain(bytes(LINE)).fold(0, |sum, byte| sum ^ byte);
    std::hint::black_box(sum);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::disk::System;
    use crate::file::{Kind, Whole};

    /// Keys all over, in a crowd, and of few high bits, which share a bucket.
    fn entry() -> impl Strategy<Value = (u64, u32)> {
        let key = prop_oneof![
            4 => any::<u64>().prop_map(|key| key >> 4),
            2 => (0..6u64).prop_map(|key| key << 50),
            1 => (0..2000u64).prop_map(|key| 3 << 50 | key),
        ];
        (key, 5..400u32)
    }

    proptest! {
        #[test]
        fn what_was_put_in_is_found(
            entries in prop::collection::btree_set(entry(), 0..3000),
            asked in prop::collection::vec((entry(), entry()), 1..40),
        ) {
            let dir = tempfile::tempdir()?;
            let path = dir.path().join("table");
            let disk: Arc<dyn Disk> = Arc::new(System);
            let mut file = Writing::begin(&disk, &path, Kind::Segment).unwrap();
            let most = entries.len() as u64;
            let mut table = TableWriter::begin(&mut file, 7, (60, most), (5, 400)).unwrap();
            // Each twice: of equal ones one counts.
            let twice: Vec<_> = entries.iter().flat_map(|&entry| [entry; 2]).collect();
            for some in twice.chunks(701) {
                table.push(some).unwrap();
            }
            table.finish().unwrap();
            file.finish().unwrap();
            let whole = Whole::open(&path, Kind::Segment).unwrap();
            let section = whole.section(7);
            let table = Shape::of(section).unwrap().table(section);
            prop_assert_eq!(table.iter().collect::<BTreeSet<_>>(), entries.clone());
            let ends = asked.iter().map(|(first, second)| (first.0, second.0));
            let alone = entries.iter().take(20).map(|&(key, _)| (key, key));
            for (x, y) in ends.chain(alone) {
                let keys = x.min(y)..=x.max(y);
                let mut found = Vec::new();
                table.range(keys.clone(), &mut |key, number| found.push((key, number)));
                let wanted: Vec<_> =
                    entries.range((*keys.start(), 0)..=(*keys.end(), u32::MAX)).copied().collect();
                prop_assert_eq!(table.count(keys), wanted.len());
                prop_assert_eq!(found, wanted);
            }
            let there = entries.iter().step_by(17).copied();
            for (key, number) in asked.into_iter().map(|(first, _)| first).chain(there) {
                prop_assert_eq!(table.has(key, number), entries.contains(&(key, number)));
            }
        }
    }

    /// Found by the fuzz target `index_damaged`: sizes were worked out before they were looked at.
    #[test]
    fn whatever_a_header_says_a_table_opens_or_does_not() {
        let mut section = vec![0; HEADER + SLACK + 16 + 8];
        section[8..12].copy_from_slice(&[8, 2, 1, 1]);
        assert!(Shape::of(&section).is_some(), "a table without entries");
        for at in 8..12 {
            let right = section[at];
            for byte in 0..=u8::MAX {
                section[at] = byte;
                let opened = Shape::of(&section);
                assert!(opened.is_none() || at == 8 || at == 11 || byte == right);
            }
            section[at] = right;
        }
        let tail = section.len() - 8;
        section[tail..].fill(u8::MAX);
        assert!(Shape::of(&section).is_none());
    }
}
