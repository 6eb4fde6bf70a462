//! Columns that went to a store: consecutive stories, band by band and partition by partition, so
//! that a join reads each of them in large pieces.

use super::columns::{Keys, Packed};
use super::pool::Pool;
use super::postings::{BLOCK_STORIES, PARTITIONS};
use crate::Error;
use crate::store::{Run, RunStore};

/// Numbers that are read at once where a run does not fit its share of memory: 512 KiB.
const PIECE: usize = if cfg!(test) { 16 } else { 64 << 10 };

/// The columns of consecutive stories in a store.
#[derive(Clone, Debug)]
pub(crate) struct Spilled {
    first: u32,
    /// The keys of each band, story after story.
    bands: Vec<Run>,
    /// The postings of each partition, block after block.
    partitions: Vec<Run>,
    /// The first story of each block.
    blocks: Vec<u32>,
    /// Where each block ends in a partition's run, partition after partition.
    ends: Vec<u32>,
}

impl Spilled {
    /// Stores all `keys` and `blocks`. Blocks are made as large as they may be meanwhile.
    pub(super) fn new(
        store: &dyn RunStore,
        (keys, key_pool): (&[Keys], &Pool),
        (packed, packed_pool): (&[Packed], &Pool),
        bands: usize,
    ) -> Result<Self, Error> {
        let first = keys.first().map_or(0, |keys| keys.first);
        let mut run = Vec::new();
        let mut band_runs = Vec::with_capacity(bands);
        for band in 0..bands {
            run.clear();
            for keys in keys {
                run.extend_from_slice(keys.column(key_pool, band));
            }
            band_runs.push(store.append(&run)?);
        }
        // Which of the large blocks each small one goes to.
        let mut blocks: Vec<u32> = Vec::new();
        let mut into = Vec::with_capacity(packed.len());
        for block in packed {
            let end = block.first + block.stories;
            let fits = |&first: &u32| (end - first) as usize <= BLOCK_STORIES;
            if !blocks.last().is_some_and(fits) {
                blocks.push(block.first);
            }
            into.push(blocks.len() - 1);
        }
        let mut ends = vec![0; PARTITIONS * blocks.len()];
        let mut partitions = Vec::with_capacity(PARTITIONS);
        for part in 0..PARTITIONS {
            run.clear();
            for (block, &into) in packed.iter().zip(&into) {
                let moved = u64::from(block.first - blocks[into]);
                let postings = block.ends.slice(packed_pool.get(block.place), part);
                // The story is the lowest bits, and has room for all of a block.
                run.extend(postings.iter().map(|posting| posting + moved));
                ends[part * blocks.len() + into] = run.len() as u32;
            }
            partitions.push(store.append(&run)?);
        }
        Ok(Self {
            first,
            bands: band_runs,
            partitions,
            blocks,
            ends,
        })
    }

    /// Numbers in the column of one band.
    pub(super) fn stories(&self) -> usize {
        self.bands.first().map_or(0, |run| run.len as usize)
    }

    /// Postings of a partition.
    pub(super) fn postings(&self, part: usize) -> usize {
        self.partitions[part].len as usize
    }

    /// Gives `each` the keys of a band in pieces, each with the number of its first story.
    pub(super) fn keys(
        &self,
        band: usize,
        held: &mut Held<'_>,
        mut each: impl FnMut(u32, &[u64]),
    ) -> Result<(), Error> {
        held.pieces(self.bands[band], |from, keys| {
            each(self.first + from as u32, keys);
        })
    }

    /// Gives `each` the postings of a partition in pieces, each with the first story of its block.
    pub(super) fn packed(
        &self,
        part: usize,
        held: &mut Held<'_>,
        mut each: impl FnMut(u32, &[u64]),
    ) -> Result<(), Error> {
        let count = self.blocks.len();
        let ends = &self.ends[part * count..(part + 1) * count];
        let mut block = 0;
        held.pieces(self.partitions[part], |from, mut postings| {
            let mut from = from as usize;
            while !postings.is_empty() {
                while ends[block] as usize <= from {
                    block += 1;
                }
                let here = postings.len().min(ends[block] as usize - from);
                let (mine, others) = postings.split_at(here);
                each(self.blocks[block], mine);
                from += here;
                postings = others;
            }
        })
    }
}

/// What a thread reads runs into. Runs that are read again are kept if they fit.
pub(crate) struct Held<'s> {
    store: Option<&'s dyn RunStore>,
    numbers: Vec<u64>,
    /// Which of the numbers are which run.
    kept: Vec<Run>,
    /// The most numbers to keep.
    most: usize,
}

impl<'s> Held<'s> {
    /// Room for `bytes`, but for a piece at least.
    pub(crate) fn new(store: Option<&'s dyn RunStore>, bytes: u64) -> Self {
        Self {
            store,
            numbers: Vec::new(),
            kept: Vec::new(),
            most: usize::try_from(bytes / 8).unwrap_or(usize::MAX),
        }
    }

    /// Forgets what was kept.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
        self.numbers.clear();
    }

    /// Gives `each` a run in pieces, each with the place of its first number in the run.
    fn pieces(&mut self, run: Run, mut each: impl FnMut(u64, &[u64])) -> Result<(), Error> {
        let Some(store) = self.store.filter(|_| run.len > 0) else {
            return Ok(());
        };
        let mut start = 0;
        for kept in &self.kept {
            let end = start + kept.len as usize;
            if *kept == run {
                each(0, &self.numbers[start..end]);
                return Ok(());
            }
            start = end;
        }
        if start + run.len as usize <= self.most {
            self.numbers.resize(start + run.len as usize, 0);
            store.read(run, &mut self.numbers[start..])?;
            self.kept.push(run);
            each(0, &self.numbers[start..]);
            return Ok(());
        }
        // Behind what is kept there is always room for a piece.
        let mut from = 0;
        while from < run.len {
            let len = (run.len - from).min(PIECE as u64);
            self.numbers.resize(start + len as usize, 0);
            store.read(run.part(from, len), &mut self.numbers[start..])?;
            each(from, &self.numbers[start..]);
            from += len;
        }
        self.numbers.truncate(start);
        Ok(())
    }
}
