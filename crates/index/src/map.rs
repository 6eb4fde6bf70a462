//! The one place where files are mapped into memory.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

use crate::error::IndexError;

/// The bytes of a file of the index, which never changes once it is named in a manifest.
#[derive(Debug)]
pub(crate) struct Map(Option<memmap2::Mmap>);

impl Map {
    /// Maps a whole file.
    #[allow(unsafe_code)]
    pub(crate) fn open(path: &Path) -> Result<Self, IndexError> {
        let file = File::open(path).map_err(IndexError::file(path, "cannot open"))?;
        let facts = file.metadata();
        let len = facts.map_err(IndexError::file(path, "cannot read"))?.len();
        if len == 0 {
            // An empty file cannot be mapped.
            return Ok(Self(None));
        }
        // SAFETY: files of the index are written once under another name, renamed, and from then on only
        // read or unlinked by this library, which leaves the bytes of a mapping as they are. Whoever
        // else writes into the folder breaks the index; the documentation says so.
        let map = unsafe { memmap2::Mmap::map(&file) };
        map.map(|map| Self(Some(map)))
            .map_err(IndexError::file(path, "cannot map"))
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
