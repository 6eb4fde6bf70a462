//! Reads and writes at a position, from many threads, and the temporary copy of what cannot be
//! read twice.

use crate::error::IoError;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads into `buf` from `offset` on, as much as one call of the system gives.
#[cfg(unix)]
pub(crate) fn read_some_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(windows)]
pub(crate) fn read_some_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, offset)
}

#[cfg(unix)]
fn write_some_at(file: &File, buf: &[u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, buf, offset)
}

#[cfg(windows)]
fn write_some_at(file: &File, buf: &[u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, buf, offset)
}

/// Fills `buf` from `offset` on.
///
/// # Errors
/// [`io::ErrorKind::UnexpectedEof`] if the file ends before.
pub(crate) fn read_exact_at(file: &File, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buf.is_empty() {
        match read_some_at(file, buf, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                buf = &mut buf[count..];
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes all of `bytes` from `offset` on.
pub(crate) fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match write_some_at(file, bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                bytes = &bytes[count..];
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The folder for temporary files where none is named.
///
/// `TMPDIR` if it is set; else `/var/tmp` where there is one, because in many systems `/tmp` is held in
/// memory, which is what temporary files are to spare; else the system's.
pub fn temporary_folder() -> PathBuf {
    let on_disk = Path::new("/var/tmp");
    if cfg!(unix) && std::env::var_os("TMPDIR").is_none() && on_disk.is_dir() {
        on_disk.to_path_buf()
    } else {
        std::env::temp_dir()
    }
}

/// A file without a name in a folder.
pub(crate) fn temporary_file(dir: &Path) -> io::Result<File> {
    tempfile::tempfile_in(dir)
}

/// One nameless temporary file that holds the decompressed bytes of all sources that cannot be
/// read twice, one after the other. One file for all, because a folder may hold a million
/// compressed ones. The system removes it with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Spool {
    file: Arc<File>,
    dir: PathBuf,
    len: AtomicU64,
    /// Why something could not be written by [`Spool::put`].
    fault: Mutex<Option<io::Error>>,
}

impl Spool {
    pub(crate) fn create(dir: &Path) -> Result<Self, IoError> {
        let file = temporary_file(dir).map_err(|source| IoError::Spool {
            dir: dir.to_path_buf(),
            source,
        })?;
        Ok(Spool {
            file: Arc::new(file),
            dir: dir.to_path_buf(),
            len: AtomicU64::new(0),
            fault: Mutex::default(),
        })
    }

    /// The file itself.
    pub(crate) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Bytes written so far.
    pub(crate) fn len(&self) -> u64 {
        self.len.load(Ordering::Acquire)
    }

    /// Adds bytes at the end. Only one thread may append at a time; the feed sees to that.
    pub(crate) fn append(&self, bytes: &[u8]) -> Result<(), IoError> {
        let offset = self.len();
        write_all_at(&self.file, bytes, offset).map_err(|source| IoError::Spool {
            dir: self.dir.clone(),
            source,
        })?;
        let end = offset + bytes.len() as u64;
        self.len.store(end, Ordering::Release);
        Ok(())
    }

    /// Writes bytes wherever there is room, and says where; any number of threads may do that at once, if
    /// none appends. What goes wrong is told by [`Spool::check`].
    pub(crate) fn put(&self, bytes: &[u8]) -> u64 {
        let offset = self.len.fetch_add(bytes.len() as u64, Ordering::AcqRel);
        if let Err(error) = write_all_at(&self.file, bytes, offset) {
            let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
            fault.get_or_insert(error);
        }
        offset
    }

    /// Says whether all that was put is there.
    ///
    /// # Errors
    /// [`IoError::Spool`].
    pub(crate) fn check(&self) -> Result<(), IoError> {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match fault.take() {
            Some(source) => Err(IoError::Spool {
                dir: self.dir.clone(),
                source,
            }),
            None => Ok(()),
        }
    }

    pub(crate) fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        read_exact_at(&self.file, buf, offset)
    }

    /// Reads a part again from its start.
    pub(crate) fn reader(&self, start: u64, end: u64) -> SpoolReader<'_> {
        SpoolReader {
            spool: self,
            next: start,
            end,
        }
    }
}

/// Sequential reading of one source's part of the spool.
pub(crate) struct SpoolReader<'s> {
    spool: &'s Spool,
    next: u64,
    end: u64,
}

impl Read for SpoolReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
        let wanted = buf.len().min(left);
        let count = read_some_at(&self.spool.file, &mut buf[..wanted], self.next)?;
        self.next += count as u64;
        Ok(count)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_put_is_told_once() {
        // Every write to this device finds it full.
        let full = File::options().read(true).write(true).open("/dev/full");
        let spool = Spool {
            file: Arc::new(full.unwrap()),
            dir: "/there".into(),
            len: AtomicU64::new(0),
            fault: Mutex::default(),
        };
        spool.check().unwrap();
        assert_eq!((spool.put(b"one"), spool.put(b"two")), (0, 3));
        let error = spool.check().unwrap_err().to_string();
        assert!(
            error.contains("/there") && error.contains("No space left"),
            "{error}"
        );
        spool.check().unwrap();
    }
}
