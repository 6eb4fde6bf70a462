//! Which files an index consists of: one small file that is replaced as a whole.
//!
//! The file `MANIFEST` is JSON and, on a line of its own behind it, the XXH3-64 of all before in
//! hexadecimal. A change writes new files, then the manifest under another name, and renames it: at any
//! moment the folder holds one whole state, the last that was committed.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::disk::Disk;
use crate::error::IndexError;
use crate::file::{Done, FORMAT, UNFINISHED};
use crate::settings::IndexSettings;

const NAME: &str = "MANIFEST";

/// A file that belongs to the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    /// The number in its name.
    pub(crate) number: u32,
    pub(crate) bytes: u64,
    /// The checksum in its footer.
    pub(crate) checksum: u64,
}

impl Named {
    pub(crate) fn new(number: u32, done: &Done) -> Self {
        Self {
            number,
            bytes: done.bytes,
            checksum: done.checksum,
        }
    }
}

/// A segment, and what was deleted of it since it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamedSegment {
    pub(crate) file: Named,
    pub(crate) stories: u32,
    pub(crate) deleted: Option<Named>,
    /// How many of the stories are.
    pub(crate) deleted_stories: u32,
}

/// A state of the index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    /// Counts states.
    pub(crate) state: u64,
    pub(crate) settings: IndexSettings,
    /// The number of the next story.
    pub(crate) next_story: u32,
    /// The number in the name of the next file.
    pub(crate) next_file: u32,
    /// Ascending by story.
    pub(crate) segments: Vec<NamedSegment>,
    pub(crate) dictionaries: Vec<Named>,
    pub(crate) profile: Option<Named>,
    pub(crate) furniture: Option<Named>,
}

/// The parts of names.
pub(crate) const SEGMENT: &str = "segment";
pub(crate) const DELETED: &str = "deleted";
pub(crate) const DICTIONARY: &str = "dictionary";
pub(crate) const PROFILE: &str = "profile";
pub(crate) const FURNITURE: &str = "furniture";

/// Whether a name in the folder of an index is one that a change gives, finished or not; no other file is
/// ever removed.
pub(crate) fn is_ours(name: &str) -> bool {
    let whole = (name.strip_suffix(UNFINISHED)).and_then(|name| name.strip_suffix('.'));
    if whole == Some(NAME) {
        return true;
    }
    let kinds = [SEGMENT, DELETED, DICTIONARY, PROFILE, FURNITURE];
    let numbered = whole.unwrap_or(name).split_once('-');
    numbered.is_some_and(|(kind, number)| {
        kinds.contains(&kind)
            && number.len() >= 8
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The path of a file with a number.
pub(crate) fn path(dir: &Path, kind: &str, number: u32) -> PathBuf {
    dir.join(format!("{kind}-{number:08}"))
}

impl Manifest {
    pub(crate) fn new(settings: IndexSettings) -> Self {
        Self {
            format: FORMAT,
            state: 0,
            settings,
            next_story: 0,
            next_file: 1,
            segments: Vec::new(),
            dictionaries: Vec::new(),
            profile: None,
            furniture: None,
        }
    }

    /// Whether a folder holds an index.
    pub(crate) fn is_in(dir: &Path) -> bool {
        dir.join(NAME).is_file()
    }

    pub(crate) fn read(dir: &Path) -> Result<Self, IndexError> {
        /// What every format has.
        #[derive(Deserialize)]
        struct Any {
            format: u32,
        }
        let path = dir.join(NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(IndexError::NoIndex {
                    dir: dir.to_path_buf(),
                });
            }
            Err(error) => return Err(IndexError::file(&path, "cannot read")(error)),
        };
        let damaged = |what: &str| IndexError::damaged(&path, what);
        let text = std::str::from_utf8(&bytes).map_err(|_| damaged("it is not text"))?;
        let (json, sum) = text
            .strip_suffix('\n')
            .and_then(|text| text.rsplit_once('\n'))
            .ok_or_else(|| damaged("it is cut short"))?;
        if sum != format!("{:016x}", xxh3_64(json.as_bytes())) {
            return Err(damaged("its checksum is of something else"));
        }
        let any: Any = serde_json::from_str(json).map_err(|_| damaged("it has no format"))?;
        if any.format > FORMAT {
            return Err(IndexError::Newer {
                path,
                found: any.format,
                known: FORMAT,
            });
        }
        serde_json::from_str(json).map_err(|error| damaged(&error.to_string()))
    }

    /// Makes this the state of the index.
    pub(crate) fn commit(&mut self, disk: &dyn Disk, dir: &Path) -> Result<(), IndexError> {
        self.state += 1;
        let path = dir.join(NAME);
        let temporary = path.with_extension(UNFINISHED);
        let json = serde_json::to_string_pretty(&self)
            .map_err(|error| IndexError::damaged(&path, error.to_string()))?;
        let text = format!("{json}\n{:016x}\n", xxh3_64(json.as_bytes()));
        // Names of the files that it speaks of first.
        let sync = || {
            let synced = disk.sync_folder(dir);
            synced.map_err(IndexError::file(dir, "cannot store"))
        };
        sync()?;
        let written = disk.create(&temporary).and_then(|mut file| {
            disk.write(&mut file, text.as_bytes())?;
            disk.sync(&temporary, &file)
        });
        let written = written.map_err(IndexError::file(&temporary, "cannot write"));
        let named = written.and_then(|()| {
            let named = disk.rename(&temporary, &path);
            named.map_err(IndexError::file(&path, "cannot name"))
        });
        if named.is_err() {
            let _ = disk.remove(&temporary);
        }
        named.and_then(|()| sync())
    }

    /// A number for a new file.
    pub(crate) fn number(&mut self) -> u32 {
        self.next_file += 1;
        self.next_file - 1
    }

    /// The names of all files.
    pub(crate) fn files(&self) -> Vec<(&'static str, &Named)> {
        let segments = self.segments.iter().flat_map(|segment| {
            let deleted = segment.deleted.iter().map(|file| (DELETED, file));
            std::iter::once((SEGMENT, &segment.file)).chain(deleted)
        });
        let dictionaries = self.dictionaries.iter().map(|file| (DICTIONARY, file));
        let profile = self.profile.iter().map(|file| (PROFILE, file));
        let furniture = self.furniture.iter().map(|file| (FURNITURE, file));
        segments
            .chain(dictionaries)
            .chain(profile)
            .chain(furniture)
            .collect()
    }

    /// Removes files that this state does not name, such as what a crash left, but for those segments that are
    /// being written. What cannot be removed now is removed another time.
    pub(crate) fn sweep(&self, disk: &dyn Disk, dir: &Path, written: impl Iterator<Item = u32>) {
        let named = self.files().into_iter();
        let named = named.map(|(kind, file)| path(dir, kind, file.number));
        let written = written.map(|number| path(dir, SEGMENT, number));
        let written = written.flat_map(|path| [path.with_extension(UNFINISHED), path]);
        let kept: Vec<PathBuf> = named.chain(written).collect();
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let found = entry.path();
            if is_ours(&entry.file_name().to_string_lossy()) && !kept.contains(&found) {
                let _ = disk.remove(&found);
            }
        }
    }
}
