//! Every call by which the index changes a file system, in one place, so that tests can make each fail.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// What changes files and folders.
pub(crate) trait Disk: Debug + Send + Sync {
    /// Creates a file, or empties it.
    fn create(&self, path: &Path) -> io::Result<File>;
    /// Creates a file without a name in a folder, for reading and writing.
    fn unnamed(&self, dir: &Path) -> io::Result<File>;
    /// Writes all of `bytes`.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    /// Waits until the file or folder at `path`, open as `file`, is stored.
    fn sync(&self, path: &Path, file: &File) -> io::Result<()>;
    /// Gives a file another name, whoever had it before.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Takes a name away.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Waits until the names in a folder are stored.
    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        self.sync(dir, &File::open(dir)?)
    }
}

/// The file system itself.
#[derive(Debug)]
pub(crate) struct System;

impl Disk for System {
    fn create(&self, path: &Path) -> io::Result<File> {
        File::create(path)
    }

    fn unnamed(&self, dir: &Path) -> io::Result<File> {
        tempfile::tempfile_in(dir)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, _: &Path, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}
