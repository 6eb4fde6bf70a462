//! Several segments into one, without what is gone.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::batch::LEVEL;
use crate::build::{self, Blocks, EachBody, Parts, StoryRow, TextRow};
use crate::disk::Disk;
use crate::error::IndexError;
use crate::file::Done;
use crate::segment::{BANDS, Dictionary, POSTINGS};
use crate::snapshot::Part;

/// Segments of consecutive stories.
pub(crate) struct Merging {
    pub(crate) parts: Vec<Arc<Part>>,
    /// What bodies are to be compressed with.
    pub(crate) dictionary: Option<Arc<Dictionary>>,
}

impl Merging {
    /// Writes them as one segment at `path`; also gives the number of its stories.
    pub(crate) fn write(
        &self,
        disk: &Arc<dyn Disk>,
        path: &Path,
    ) -> Result<(Done, u32), IndexError> {
        let done = build::write(disk, path, self)?;
        let stories = self
            .parts
            .iter()
            .map(|part| part.segment.stories() - part.stories.len());
        Ok((done, stories.sum::<usize>() as u32))
    }

    fn rows<'p, T>(
        &'p self,
        count: fn(&Part) -> usize,
        row: impl Fn(&'p Part, usize) -> Option<T> + Copy + 'p,
    ) -> impl Iterator<Item = T> + 'p {
        let parts = self.parts.iter();
        parts.flat_map(move |part| (0..count(part)).filter_map(move |at| row(part, at)))
    }
}

impl Parts for Merging {
    fn numbers(&self) -> (u32, u32) {
        let first = self.parts.first().map_or(0, |part| part.segment.first);
        (
            first,
            self.parts.last().map_or(first, |part| part.segment.end),
        )
    }

    fn bands(&self) -> u32 {
        self.parts
            .first()
            .map_or(0, |part| part.segment.bands() as u32)
    }

    fn dictionary(&self) -> u32 {
        self.dictionary
            .as_ref()
            .map_or(0, |dictionary| dictionary.number)
    }

    fn stories(&self) -> Box<dyn Iterator<Item = StoryRow<'_>> + '_> {
        Box::new(self.rows(
            |part| part.segment.stories(),
            |part, row| {
                (!part.stories.has(row)).then(|| {
                    let number = part.segment.number(row);
                    StoryRow {
                        number,
                        text: part.segment.text_of(row),
                        notice: part.segment.is_notice(row),
                        edition: part.segment.edition(number),
                        entry: part.segment.entry_bytes(row),
                    }
                })
            },
        ))
    }

    fn texts(&self) -> Box<dyn Iterator<Item = TextRow> + '_> {
        Box::new(self.rows(
            |part| part.segment.texts(),
            |part, row| {
                (!part.texts.has(row)).then(|| {
                    let (content, words, anchors) = part.segment.text(row);
                    TextRow {
                        number: part.segment.text_number(row),
                        content,
                        words,
                        anchors,
                        plain: part.segment.is_plain(row),
                    }
                })
            },
        ))
    }

    fn each_body(&self, each: &mut EachBody<'_>) -> Result<(), IndexError> {
        let failed = || IndexError::file(Path::new("a story"), "cannot compress");
        let mut compressor = match &self.dictionary {
            Some(dictionary) => zstd::bulk::Compressor::with_dictionary(LEVEL, &dictionary.bytes),
            None => zstd::bulk::Compressor::new(LEVEL),
        }
        .map_err(failed())?;
        let mut bytes = Vec::new();
        for part in &self.parts {
            let same = part.segment.dictionary().map(|d| d.number)
                == self.dictionary.as_ref().map(|d| d.number);
            for row in (0..part.segment.stories()).filter(|&row| !part.stories.has(row)) {
                if same {
                    each(Cow::Borrowed(part.segment.body(row)))?;
                } else {
                    part.segment.unpack(row, &mut bytes)?;
                    let packed = compressor.compress(&bytes);
                    each(Cow::Owned(packed.map_err(failed())?))?;
                }
            }
        }
        Ok(())
    }

    fn table(&self, name: u32) -> (u64, Blocks<'_>) {
        let tables = self
            .parts
            .iter()
            .map(|part| (part, part.segment.table(name)));
        let most = tables.clone().map(|(_, table)| table.len() as u64).sum();
        let of_texts = name == POSTINGS || name >= BANDS;
        let there = tables.map(move |(part, table)| {
            let all = if of_texts {
                part.texts.is_empty()
            } else {
                part.stories.is_empty()
            };
            table.iter().filter(move |&(_, number)| {
                let gone = || {
                    if of_texts {
                        part.segment
                            .text_row(number)
                            .is_none_or(|row| part.texts.has(row))
                    } else {
                        part.segment
                            .row(number)
                            .is_none_or(|row| part.stories.has(row))
                    }
                };
                all || !gone()
            })
        });
        (most, Box::new(Merged::new(there).map(Cow::Owned)))
    }
}

/// Entries that are taken from a table at a time.
const BLOCK: usize = 1024;

/// Ascending iterators as one, block by block. What comes before the last entry of every block is sorted
/// together: a sort that finds ascending runs merges them with fewer surprises for a processor than a heap has.
struct Merged<I> {
    sources: Vec<Source<I>>,
}

/// An iterator and its next entries.
struct Source<I> {
    rest: Option<I>,
    block: Vec<(u64, u32)>,
}

impl<I: Iterator<Item = (u64, u32)>> Source<I> {
    /// Fills the block up; gives its last entry unless nothing comes behind it.
    fn fill(&mut self) -> Option<(u64, u32)> {
        if let Some(rest) = &mut self.rest {
            let wanted = BLOCK - self.block.len();
            self.block.extend(rest.take(wanted));
            if self.block.len() < BLOCK {
                self.rest = None;
            }
        }
        self.rest.as_ref().and(self.block.last().copied())
    }
}

impl<I: Iterator<Item = (u64, u32)>> Merged<I> {
    fn new(sources: impl Iterator<Item = I>) -> Self {
        let sources = sources.map(|source| Source {
            rest: Some(source),
            block: Vec::with_capacity(BLOCK),
        });
        Self {
            sources: sources.collect(),
        }
    }
}

impl<I: Iterator<Item = (u64, u32)>> Iterator for Merged<I> {
    type Item = Vec<(u64, u32)>;

    /// The entries up to the first end of a block, behind which others may come before those of other
    /// blocks; all that are left if nothing comes behind any.
    #[expect(
        clippy::stable_sort_primitive,
        reason = "it is the one that merges runs"
    )]
    fn next(&mut self) -> Option<Self::Item> {
        let end = self.sources.iter_mut().filter_map(Source::fill).min();
        let mut found = Vec::with_capacity(BLOCK * self.sources.len());
        for source in &mut self.sources {
            let before = |entry: &(u64, u32)| end.is_none_or(|end| *entry <= end);
            let count = source.block.partition_point(before);
            found.extend(source.block.drain(..count));
        }
        found.sort();
        (!found.is_empty()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn merged_is_all_in_order(
            lengths in prop::collection::vec(0..3 * BLOCK, 0..5),
            distinct in 1..5000u64, seed in any::<u64>(),
        ) {
            let mut state = seed;
            let mut draw = move || {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                (state >> 33) % distinct
            };
            let sources = (0u32..).zip(lengths).map(|(number, length)| {
                let mut entries: Vec<_> = (0..length).map(|_| (draw(), number)).collect();
                entries.sort_unstable();
                entries
            });
            let sources: Vec<Vec<(u64, u32)>> = sources.collect();
            let mut wanted = sources.concat();
            wanted.sort_unstable();
            let merged: Vec<_> = Merged::new(sources.into_iter().map(Vec::into_iter)).collect();
            prop_assert_eq!(merged.concat(), wanted);
        }
    }
}
