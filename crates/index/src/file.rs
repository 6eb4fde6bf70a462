//! Files that are written once, whole or not at all, with a checksum for every block.
//!
//! ```text
//! sections, each from a multiple of 8 on
//! section table: for each section its name (u32), 0 (u32), offset (u64), length (u64)
//! checksums: XXH3-64 of every block of 1 MiB of all before, the last one shorter
//! footer: offset of the section table, sections, checksums, XXH3-64 of section table and checksums
//!     with the seed `format << 32 | kind` (four u64), format (u32), kind (u32), "wirefold" (8 bytes)
//! ```
//! All numbers are little-endian.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::disk::Disk;
use crate::error::IndexError;
use crate::map::Map;

/// The format that is written; files of a later one are refused.
pub(crate) const FORMAT: u32 = 1;

/// Bytes with one checksum.
const BLOCK: usize = 1 << 20;

const MAGIC: [u8; 8] = *b"wirefold";
const FOOTER: usize = 48;
const ENTRY: usize = 24;

/// Names of sections are less than this.
const MOST_NAMES: usize = 1 << 14;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Stories and their keys.
    Segment = 1,
    /// Numbers of stories that are deleted.
    Deleted = 2,
    /// What stories are compressed with.
    Dictionary = 3,
    /// A profile, or a table of furniture, as given.
    Given = 4,
}

/// Writes one file.
pub(crate) struct Writing {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    temporary: PathBuf,
    file: File,
    kind: Kind,
    block: Vec<u8>,
    sums: Vec<u64>,
    written: u64,
    sections: Vec<(u32, u64, u64)>,
}

/// What is known of a file that was written.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) bytes: u64,
    /// The checksum in its footer, which all of its bytes have a part in.
    pub(crate) checksum: u64,
}

impl Writing {
    /// Begins a file that will be at `path`; until then it has another name.
    pub(crate) fn begin(disk: &Arc<dyn Disk>, path: &Path, kind: Kind) -> Result<Self, IndexError> {
        let temporary = path.with_extension(UNFINISHED);
        let file = disk.create(&temporary);
        Ok(Self {
            disk: Arc::clone(disk),
            file: file.map_err(IndexError::file(&temporary, "cannot create"))?,
            path: path.to_path_buf(),
            temporary,
            kind,
            block: Vec::with_capacity(BLOCK),
            sums: Vec::new(),
            written: 0,
            sections: Vec::new(),
        })
    }

    /// Begins a section; what is written from now on belongs to it.
    pub(crate) fn section(&mut self, name: u32) -> Result<(), IndexError> {
        self.end_section();
        let padding = self.at().next_multiple_of(8) - self.at();
        self.put(&[0; 8][..padding as usize])?;
        self.sections.push((name, self.at(), u64::MAX));
        Ok(())
    }

    fn end_section(&mut self) {
        let at = self.at();
        if let Some(last) = self.sections.last_mut() {
            last.2 = at - last.1;
        }
    }

    /// Bytes so far.
    fn at(&self) -> u64 {
        self.written + self.block.len() as u64
    }

    /// Appends bytes.
    pub(crate) fn put(&mut self, mut bytes: &[u8]) -> Result<(), IndexError> {
        while !bytes.is_empty() {
            let taken = bytes.len().min(BLOCK - self.block.len());
            self.block.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if self.block.len() == BLOCK {
                self.write_block()?;
            }
        }
        Ok(())
    }

    fn write_block(&mut self) -> Result<(), IndexError> {
        self.sums.push(xxh3_64(&self.block));
        self.write()?;
        self.written += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }

    fn write(&mut self) -> Result<(), IndexError> {
        let written = self.disk.write(&mut self.file, &self.block);
        written.map_err(IndexError::file(&self.temporary, "cannot write"))
    }

    /// The file system that it is written to, and its place there.
    pub(crate) fn place(&self) -> (Arc<dyn Disk>, PathBuf) {
        (Arc::clone(&self.disk), self.path.clone())
    }

    /// Completes the file, on the disk and under its name. The name is only sure to be there once the
    /// folder is written too, see [`Disk::sync_folder`].
    pub(crate) fn finish(mut self) -> Result<Done, IndexError> {
        self.end_section();
        let padding = self.at().next_multiple_of(8) - self.at();
        self.put(&[0; 8][..padding as usize])?;
        let table_at = self.at();
        if !self.block.is_empty() {
            self.write_block()?;
        }
        let mut tail = Vec::new();
        for &(name, offset, len) in &self.sections {
            tail.extend(u64::from(name).to_le_bytes());
            tail.extend(offset.to_le_bytes());
            tail.extend(len.to_le_bytes());
        }
        for sum in &self.sums {
            tail.extend(sum.to_le_bytes());
        }
        let checksum = tail_sum(&tail, FORMAT, self.kind as u32);
        for number in [
            table_at,
            self.sections.len() as u64,
            self.sums.len() as u64,
            checksum,
        ] {
            tail.extend(number.to_le_bytes());
        }
        tail.extend(FORMAT.to_le_bytes());
        tail.extend((self.kind as u32).to_le_bytes());
        tail.extend(MAGIC);
        self.block = tail;
        self.write()?;
        let synced = self.disk.sync(&self.temporary, &self.file);
        synced.map_err(IndexError::file(&self.temporary, "cannot store"))?;
        let named = self.disk.rename(&self.temporary, &self.path);
        named.map_err(IndexError::file(&self.path, "cannot name"))?;
        Ok(Done {
            bytes: table_at + self.block.len() as u64,
            checksum,
        })
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // Once it is renamed there is nothing under this name.
        let _ = self.disk.remove(&self.temporary);
    }
}

/// The checksum of section table and checksums, format and kind.
fn tail_sum(tail: &[u8], format: u32, kind: u32) -> u64 {
    xxh3_64_with_seed(tail, u64::from(format) << 32 | u64::from(kind))
}

/// The ending of names of files that are not finished.
pub(crate) const UNFINISHED: &str = "unfinished";

/// A file that was written whole.
#[derive(Debug)]
pub(crate) struct Whole {
    path: PathBuf,
    map: Map,
    sections: Vec<(u32, Range<usize>)>,
    /// Where each section is, by its name.
    by_name: Vec<Range<usize>>,
    /// Where the section table begins, and the checksums of the blocks before.
    table_at: usize,
    sums: Range<usize>,
    checksum: u64,
}

impl Whole {
    /// Opens a file and looks at its footer; [`Whole::check`] reads the rest.
    pub(crate) fn open(path: &Path, kind: Kind) -> Result<Self, IndexError> {
        let map = Map::open(path)?;
        let damaged = |what: &str| IndexError::damaged(path, what);
        let footer_at = map.len().checked_sub(FOOTER);
        let footer_at = footer_at.ok_or_else(|| damaged("it is cut short"))?;
        let footer = &map[footer_at..];
        if footer[FOOTER - 8..] != MAGIC {
            return Err(damaged("it does not end as a file of an index does"));
        }
        let format = u32_at(footer, 32);
        if format > FORMAT {
            return Err(IndexError::Newer {
                path: path.to_path_buf(),
                found: format,
                known: FORMAT,
            });
        }
        if u32_at(footer, 36) != kind as u32 {
            return Err(damaged("it is another kind of file"));
        }
        let [table_at, sections, sums, checksum] = [0, 8, 16, 24].map(|at| u64_at(footer, at));
        let sizes = || {
            let table_at = usize::try_from(table_at).ok()?;
            let sections = usize::try_from(sections).ok()?.checked_mul(ENTRY)?;
            let sums = usize::try_from(sums).ok()?.checked_mul(8)?;
            let sums_at = table_at.checked_add(sections)?;
            let fits =
                sums_at.checked_add(sums)? == footer_at && sums / 8 == table_at.div_ceil(BLOCK);
            fits.then_some((table_at, sums_at))
        };
        let (table_at, sums_at) = sizes().ok_or_else(|| damaged("its footer does not fit it"))?;
        let tail = &map[table_at..footer_at];
        if tail_sum(tail, format, kind as u32) != checksum {
            return Err(damaged("its section table or checksums changed"));
        }
        let mut sections = Vec::new();
        for entry in map[table_at..sums_at].chunks_exact(ENTRY) {
            let [offset, len] = [8, 16].map(|at| u64_at(entry, at) as usize);
            let end = offset.checked_add(len).filter(|&end| end <= table_at);
            let end = end.ok_or_else(|| damaged("a section is outside"))?;
            let name = u32_at(entry, 0);
            sections.push((name, offset..end));
        }
        let names = sections.iter().map(|section| section.0 as usize + 1).max();
        let names = names.unwrap_or_default();
        if names > MOST_NAMES {
            return Err(damaged("a section has no known name"));
        }
        let mut by_name = vec![0..0; names];
        for (name, range) in &sections {
            by_name[*name as usize] = range.clone();
        }
        Ok(Self {
            path: path.to_path_buf(),
            sections,
            by_name,
            table_at,
            sums: sums_at..footer_at,
            checksum,
            map,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn checksum(&self) -> u64 {
        self.checksum
    }

    /// The bytes of a section; none if there is no such section.
    #[inline]
    pub(crate) fn section(&self, name: u32) -> &[u8] {
        let range = self.by_name.get(name as usize).cloned().unwrap_or(0..0);
        self.map.get(range).unwrap_or_default()
    }

    /// The bytes of all sections, and where each is.
    pub(crate) fn sections(&self) -> &[(u32, Range<usize>)] {
        &self.sections
    }

    pub(crate) fn len(&self) -> u64 {
        self.map.len() as u64
    }

    /// Compares every block with its checksum.
    pub(crate) fn check(&self) -> Result<(), IndexError> {
        let blocks = self.map[..self.table_at].chunks(BLOCK);
        let sums = self.map[self.sums.clone()].chunks_exact(8);
        for (number, (block, sum)) in blocks.zip(sums).enumerate() {
            if xxh3_64(block) != u64_at(sum, 0) {
                let (from, to) = (number * BLOCK, number * BLOCK + block.len());
                let what = format!("bytes {from} to {to} are not what was written");
                return Err(IndexError::damaged(&self.path, what));
            }
        }
        Ok(())
    }
}

/// A number at a place that is there; else 0.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    found.map_or(0, u32::from_le_bytes)
}

/// The same of eight bytes.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let found = bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok());
    found.map_or(0, u64::from_le_bytes)
}

/// How many of `count` rows are before those that are not `before`.
pub(crate) fn partition_point(count: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = from + (to - from) / 2;
        if before(middle) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    from
}
