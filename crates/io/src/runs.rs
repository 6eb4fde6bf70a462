//! Runs of numbers in a nameless temporary file: what does not fit in memory.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use wirefold::Error;
use wirefold::store::{Run, RunStore};

use crate::error::IoError;
use crate::spool::{read_exact_at, temporary_file, write_all_at};

/// Bytes that are turned into numbers, or numbers into bytes, at one time.
const BLOCK: usize = 256 << 10;

/// Bytes of a number.
const NUMBER: usize = size_of::<u64>();

/// A store of runs in one temporary file, which is made when the first run is stored.
///
/// The file has no name. The system removes it with the process, however that ends, and nothing is
/// left for a later run to clean. Reads and writes are positioned, never mapped, so a full disk or
/// a broken one is an error and no crash.
#[derive(Debug)]
pub struct DiskRuns {
    dir: PathBuf,
    file: OnceLock<File>,
    len: AtomicU64,
}

impl DiskRuns {
    /// A store in a folder, [`temporary_folder`](crate::temporary_folder) if none is given.
    pub fn new(dir: Option<&Path>) -> Self {
        Self {
            dir: dir.map_or_else(crate::temporary_folder, Path::to_path_buf),
            file: OnceLock::new(),
            len: AtomicU64::new(0),
        }
    }

    /// Makes the file now: a wrong folder is to be told before hours of reading.
    ///
    /// # Errors
    /// [`IoError::Temporary`] if no file can be made in the folder.
    pub fn prepare(&self) -> Result<(), IoError> {
        let made = self.file();
        made.map(|_| ()).map_err(|source| IoError::Temporary {
            dir: self.dir.clone(),
            source,
        })
    }

    /// Bytes stored so far.
    pub fn bytes(&self) -> u64 {
        self.len.load(Ordering::Relaxed) * NUMBER as u64
    }

    fn file(&self) -> io::Result<&File> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let made = temporary_file(&self.dir)?;
        // Two threads may have made one; the other is gone with its handle.
        Ok(self.file.get_or_init(|| made))
    }

    fn fault(&self, source: io::Error) -> Error {
        let reason = IoError::Temporary {
            dir: self.dir.clone(),
            source,
        };
        Error::Store {
            reason: reason.to_string(),
        }
    }
}

impl RunStore for DiskRuns {
    fn append(&self, run: &[u64]) -> Result<Run, Error> {
        let len = run.len() as u64;
        // The place is taken before it is written, so threads write at one time.
        let start = self.len.fetch_add(len, Ordering::Relaxed);
        let write = || {
            let file = self.file()?;
            let mut offset = start * NUMBER as u64;
            let mut bytes = Vec::with_capacity(BLOCK.min(run.len() * NUMBER));
            for block in run.chunks(BLOCK / NUMBER) {
                bytes.clear();
                bytes.extend(block.iter().flat_map(|number| number.to_ne_bytes()));
                write_all_at(file, &bytes, offset)?;
                offset += bytes.len() as u64;
            }
            Ok(())
        };
        write().map_err(|error| self.fault(error))?;
        Ok(Run { start, len })
    }

    fn read(&self, run: Run, numbers: &mut [u64]) -> Result<(), Error> {
        let mut read = || {
            let file = self.file()?;
            let mut offset = run.start * NUMBER as u64;
            let mut bytes = vec![0; BLOCK.min(numbers.len() * NUMBER)];
            for block in numbers.chunks_mut(BLOCK / NUMBER) {
                let bytes = &mut bytes[..block.len() * NUMBER];
                read_exact_at(file, bytes, offset)?;
                let (whole, _) = bytes.as_chunks();
                for (number, &bytes) in block.iter_mut().zip(whole) {
                    *number = u64::from_ne_bytes(bytes);
                }
                offset += bytes.len() as u64;
            }
            Ok(())
        };
        read().map_err(|error| self.fault(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than a block, and no multiple of one.
    fn long(from: u64) -> Vec<u64> {
        (from..from + 3 * (BLOCK / NUMBER) as u64 + 17).collect()
    }

    #[test]
    fn runs_of_many_threads_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let runs = DiskRuns::new(Some(dir.path()));
        let stored: Vec<(Run, Vec<u64>)> = std::thread::scope(|scope| {
            let append = |thread: u64| {
                let run = long(thread << 40);
                (runs.append(&run).unwrap(), run)
            };
            let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || append(n))).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        for (run, want) in &stored {
            let mut got = vec![0; want.len()];
            runs.read(*run, &mut got).unwrap();
            assert_eq!(&got, want);
            let part = Run {
                start: run.start + 5,
                len: 40_000,
            };
            got.truncate(40_000);
            runs.read(part, &mut got).unwrap();
            assert_eq!(got, want[5..40_005]);
        }
        assert_eq!(runs.bytes(), 4 * 8 * long(0).len() as u64);
        let names = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(names, 0, "the file has no name");
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let none = dir.path().join("none");
        let runs = DiskRuns::new(Some(&none));
        let early = runs.prepare().unwrap_err().to_string();
        let late = runs.append(&[1]).unwrap_err().to_string();
        assert_eq!(early, late);
        assert!(early.starts_with(&none.display().to_string()), "{early}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_that_names_the_folder() {
        let runs = DiskRuns {
            dir: "/there".into(),
            file: OnceLock::new(),
            len: AtomicU64::new(0),
        };
        // Every write to this device finds it full.
        let full = File::options().read(true).write(true).open("/dev/full");
        runs.file.set(full.unwrap()).unwrap();
        let error = runs.append(&[1]).unwrap_err().to_string();
        assert!(
            error.starts_with("/there: ") && error.contains("No space left"),
            "{error}"
        );
    }
}
