//! A file, or a stretch of one, read at places.

use crate::format::Gate;
use crate::spool::read_exact_at;
use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read ahead where a format asks for a stream.
const BLOCK_BYTES: usize = 1 << 16;

/// A stretch of a file. Errors of the disk go to the gate, so that no format needs to tell them from
/// what is wrong with the file.
#[derive(Clone, Debug)]
pub(crate) struct Extent {
    file: Arc<File>,
    start: u64,
    len: u64,
    gate: Arc<Gate>,
    /// Bytes read, for progress.
    read: Option<Arc<AtomicU64>>,
}

impl Extent {
    pub(crate) fn new(file: Arc<File>, start: u64, len: u64, gate: Arc<Gate>) -> Self {
        Extent {
            file,
            start,
            len,
            gate,
            read: None,
        }
    }

    /// Counts the bytes that are read.
    pub(crate) fn counted(self, read: Arc<AtomicU64>) -> Self {
        let read = Some(read);
        Extent { read, ..self }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `buf` from `offset` on.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] where the stretch ends before.
    pub(crate) fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(buf.len() as u64);
        if end.is_none_or(|end| end > self.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(read) = &self.read {
            read.fetch_add(buf.len() as u64, Ordering::Relaxed);
        }
        read_exact_at(&self.file, buf, self.start + offset).inspect_err(|error| {
            if let Some(number) = error.raw_os_error() {
                self.gate.fail(io::Error::from_raw_os_error(number));
            }
        })
    }

    /// `len` bytes from `offset` on. Memory is taken only for what is there.
    pub(crate) fn bytes_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        if offset.checked_add(len).is_none_or(|end| end > self.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let len = usize::try_from(len).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let mut bytes = vec![0; len];
        self.read_at(offset, &mut bytes)?;
        Ok(bytes)
    }
}

/// The bytes of an extent from a place on.
pub(crate) struct From {
    extent: Extent,
    next: u64,
}

impl Read for From {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.extent.len.saturating_sub(self.next);
        let len = buf.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.extent.read_at(self.next, &mut buf[..len])?;
        self.next += len as u64;
        Ok(len)
    }
}

impl Length for Extent {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Extent {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let extent = self.clone();
        let from = From {
            extent,
            next: start,
        };
        Ok(BufReader::with_capacity(BLOCK_BYTES, from))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.bytes_at(start, length as u64);
        bytes.map(Bytes::from).map_err(ParquetError::from)
    }
}
