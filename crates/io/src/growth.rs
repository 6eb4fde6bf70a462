//! How much compressed data may grow, so that a small file cannot fill a disk.

use crate::refused::Reason;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Decompressed bytes to a compressed one, above which a source is given up. News shrinks to a
/// fourth or a tenth; zeros and the like to a thousandth and less.
const MAX_GROWTH: u64 = 500;
/// Decompressed bytes below which no growth is too much.
const ROOM_BYTES: u64 = 64 << 20;

/// What was taken from a source, and what came of it, over all levels of compression and all
/// members of an archive.
#[derive(Debug)]
pub(crate) struct Growth {
    taken: AtomicU64,
    given: AtomicU64,
    room: u64,
}

impl Growth {
    /// For a source whose records may have so many bytes.
    pub(crate) fn new(max_record_bytes: u64) -> Arc<Self> {
        Arc::new(Growth {
            taken: AtomicU64::new(0),
            given: AtomicU64::new(0),
            room: max_record_bytes.max(ROOM_BYTES),
        })
    }

    /// Counts bytes that were taken from the source.
    pub(crate) fn take(&self, bytes: u64) {
        self.taken.fetch_add(bytes, Ordering::Relaxed);
    }

    fn give(&self, bytes: u64) -> io::Result<()> {
        let given = self.given.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let taken = self.taken.load(Ordering::Relaxed);
        if given > self.room && given / MAX_GROWTH > taken {
            return Err(Damage::Overgrown.error());
        }
        Ok(())
    }
}

/// A source as it lies on disk.
pub(crate) struct Taken<R> {
    pub(crate) inner: R,
    pub(crate) growth: Arc<Growth>,
}

impl<R: Read> Read for Taken<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        self.growth.take(count as u64);
        Ok(count)
    }
}

/// Decompressed bytes, which fail where they grow too much.
pub(crate) struct Given<R> {
    pub(crate) inner: R,
    pub(crate) growth: Arc<Growth>,
}

impl<R: Read> Read for Given<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        self.growth.give(count as u64)?;
        Ok(count)
    }
}

/// Why compressed data cannot be read on.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Damage {
    /// They end early or are damaged, as the decompressor says.
    #[error("{0}")]
    Cut(String),
    /// They grow too much.
    #[error("the data grow more than {MAX_GROWTH}-fold")]
    Overgrown,
}

impl Damage {
    /// What an error of a decompressor means.
    pub(crate) fn of(error: &io::Error) -> Self {
        let own = error.get_ref().and_then(|inner| inner.downcast_ref());
        own.cloned()
            .unwrap_or_else(|| Damage::Cut(error.to_string()))
    }

    /// The damage as an error of a stream.
    pub(crate) fn error(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }

    /// Why what stands behind `offset` decompressed bytes is refused.
    pub(crate) fn reason(self, offset: u64) -> Reason {
        match self {
            Damage::Cut(message) => Reason::Cut { offset, message },
            Damage::Overgrown => Reason::Overgrown {
                offset,
                growth: MAX_GROWTH,
            },
        }
    }
}

/// Fails once with what was said before, so that it is not lost.
pub(crate) struct Failing(pub(crate) Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_bounded_beyond_the_room_alone() {
        let growth = Growth::new(100 << 20);
        growth.take(1000);
        assert!(growth.give(100 << 20).is_ok());
        let error = growth.give(1).unwrap_err();
        assert!(matches!(Damage::of(&error), Damage::Overgrown));
        growth.take(1 << 20);
        assert!(growth.give(1).is_ok());
        let other = io::Error::other("torn");
        assert!(matches!(Damage::of(&other), Damage::Cut(text) if text == "torn"));
    }
}
