//! Buffers of chunks, used again.

use std::sync::{Mutex, PoisonError};

/// Buffers on their way back to the reader. They keep their length and their stale bytes, so that
/// making room for the next block need not write zeros first.
#[derive(Debug)]
pub(crate) struct Pool {
    free: Mutex<Vec<Vec<u8>>>,
    keep_bytes: usize,
}

impl Pool {
    /// Buffers kept at most; more are not on their way at once in any sensible run.
    const KEEP: usize = 64;

    pub(crate) fn new(chunk_bytes: usize) -> Self {
        Pool {
            free: Mutex::new(Vec::new()),
            keep_bytes: chunk_bytes.saturating_mul(2).max(1 << 16),
        }
    }

    pub(crate) fn take(&self) -> Vec<u8> {
        self.free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_default()
    }

    pub(crate) fn give(&self, buffer: Vec<u8>) {
        // One grown by a giant record is not kept.
        if buffer.capacity() > self.keep_bytes {
            return;
        }
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < Self::KEEP {
            free.push(buffer);
        }
    }
}
