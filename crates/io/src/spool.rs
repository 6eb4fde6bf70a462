//! Reads and writes at a position, from many threads, and the temporary copy of what cannot be
//! read twice.

use crate::error::IoError;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Reads into `buf` from `offset` on, as much as one call of the system gives.
#[cfg(unix)]
fn read_some_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(windows)]
fn read_some_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
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

/// One nameless temporary file that holds the decompressed bytes of all sources that cannot be
/// read twice, one after the other. One file for all, because a folder may hold a million
/// compressed ones. The system removes it with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    dir: PathBuf,
    len: AtomicU64,
}

impl Spool {
    pub(crate) fn create(dir: &Path) -> Result<Self, IoError> {
        let file = tempfile::tempfile_in(dir).map_err(|source| IoError::Spool {
            dir: dir.to_path_buf(),
            source,
        })?;
        Ok(Spool {
            file,
            dir: dir.to_path_buf(),
            len: AtomicU64::new(0),
        })
    }

    /// Bytes written so far.
    pub(crate) fn len(&self) -> u64 {
        self.len.load(Ordering::Acquire)
    }

    /// Adds bytes at the end. Only one thread may append at a time; the feed sees to that.
    pub(crate) fn append(&self, mut bytes: &[u8]) -> Result<(), IoError> {
        let mut offset = self.len();
        while !bytes.is_empty() {
            match write_some_at(&self.file, bytes, offset) {
                Ok(0) => return Err(self.fault(io::ErrorKind::WriteZero.into())),
                Ok(count) => {
                    bytes = &bytes[count..];
                    offset += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.fault(error)),
            }
        }
        self.len.store(offset, Ordering::Release);
        Ok(())
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

    fn fault(&self, source: io::Error) -> IoError {
        IoError::Spool {
            dir: self.dir.clone(),
            source,
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
