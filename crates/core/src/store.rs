//! Runs of numbers that are too many for memory: the trait that stores them, and the bound.

use std::sync::{Arc, Mutex, PoisonError};

use crate::Error;

/// Where a run of numbers lies in its store, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The place of its first number.
    pub start: u64,
    /// How many numbers it has.
    pub len: u64,
}

impl Run {
    /// The `len` numbers from number `from` on, which must be within the run.
    pub(crate) fn part(self, from: u64, len: u64) -> Self {
        debug_assert!(from + len <= self.len, "{from} + {len} of {}", self.len);
        Self {
            start: self.start + from,
            len,
        }
    }
}

/// Storage outside of memory for runs of numbers, which are appended, read many times, and never
/// changed. The library does no input or output of its own; `wirefold-io` stores runs in a
/// temporary file.
pub trait RunStore: Send + Sync {
    /// Adds a run, from any thread, and says where it lies.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be stored.
    fn append(&self, run: &[u64]) -> Result<Run, Error>;

    /// Fills `numbers`, which has the length of `run`, with a run or a part of one, from any thread.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be read.
    fn read(&self, run: Run, numbers: &mut [u64]) -> Result<(), Error>;
}

/// A store in memory: for tests, and for who has memory elsewhere than in this process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    numbers: Mutex<Vec<u64>>,
}

impl MemoryStore {
    /// Numbers stored so far.
    pub fn len(&self) -> u64 {
        self.lock().len() as u64
    }

    /// Whether nothing was stored.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u64>> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunStore for MemoryStore {
    fn append(&self, run: &[u64]) -> Result<Run, Error> {
        let mut numbers = self.lock();
        let start = numbers.len() as u64;
        numbers.extend_from_slice(run);
        Ok(Run {
            start,
            len: run.len() as u64,
        })
    }

    fn read(&self, run: Run, numbers: &mut [u64]) -> Result<(), Error> {
        let held = self.lock();
        let start = run.start as usize;
        let stored = held.get(start..start + run.len as usize);
        let stored = stored.filter(|stored| stored.len() == numbers.len());
        let stored = stored.ok_or_else(|| Error::Store {
            reason: "no such run was stored".to_owned(),
        })?;
        numbers.copy_from_slice(stored);
        Ok(())
    }
}

/// Bytes that a run takes whatever it reads.
pub const BYTES_A_RUN: u64 = 16 << 20;

/// Bytes that each thread takes beside: pieces of the feed on their way, what it works with.
pub const BYTES_A_THREAD: u64 = 8 << 20;

/// Bytes that the steps from sketch to family hold for each story, whatever is stored elsewhere:
/// content hash, words, anchors, the order, candidates, the decision and what leads to it.
pub const BYTES_A_STORY: u64 = 120;

/// The least room to work in beside all that: below it a run would spend its time on spilling.
const LEAST_ROOM: u64 = if cfg!(test) { 512 } else { 4 << 20 };
const LEAST_ROOM_A_THREAD: u64 = if cfg!(test) { 0 } else { 1 << 20 };

/// Bytes of prepared stories that a thread keeps at most. Beyond, hardly any is asked for again.
const MOST_HELD: usize = 64 << 20;

/// How much memory a run may take, and where the rest goes.
///
/// Results never depend on it. Part of it is taken by what every run, thread and story needs
/// ([`BYTES_A_RUN`], [`BYTES_A_THREAD`], [`BYTES_A_STORY`]) and by what the caller says it holds
/// ([`Sketches::hold_beside`]). Keys, anchors, groups and prepared stories share the rest; what
/// passes it goes to the store or is made again.
///
/// [`Sketches::hold_beside`]: crate::sketch::Sketches::hold_beside
#[derive(Clone)]
pub struct Memory {
    bytes: u64,
    threads: u64,
    strict: bool,
    store: Arc<dyn RunStore>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory")
            .field("bytes", &self.bytes)
            .field("threads", &self.threads)
            .field("strict", &self.strict)
            .finish_non_exhaustive()
    }
}

impl Memory {
    /// About `bytes` for a run on so many threads; what does not fit goes to `store`. Stories that
    /// need more than there is are [`Error::Memory`].
    pub fn within(bytes: u64, threads: usize, store: Arc<dyn RunStore>) -> Self {
        Self {
            bytes,
            threads: threads.max(1) as u64,
            strict: true,
            store,
        }
    }

    /// The same, but for a bound that nobody asked for: stories that need more take it.
    #[must_use]
    pub fn unless_needed(self) -> Self {
        Self {
            strict: false,
            ..self
        }
    }

    /// What is left beside `stories` and `beside` bytes.
    ///
    /// # Errors
    /// [`Error::Memory`] if it is too little to work in and the bound is strict.
    pub(crate) fn room(&self, stories: usize, beside: u64) -> Result<Room, Error> {
        let fixed = BYTES_A_RUN + self.threads * BYTES_A_THREAD;
        let taken = fixed + stories as u64 * BYTES_A_STORY + beside;
        let least = LEAST_ROOM + self.threads * LEAST_ROOM_A_THREAD;
        let room = self.bytes.saturating_sub(taken);
        if room < least && self.strict {
            return Err(Error::Memory {
                stories: stories as u64,
                threads: self.threads,
                needed: taken + least,
                given: self.bytes,
            });
        }
        Ok(Room {
            bytes: room.max(least),
            store: Some(Arc::clone(&self.store)),
        })
    }
}

/// Bytes to work with, and the store for what does not fit.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) bytes: u64,
    /// None if there is no bound.
    pub(crate) store: Option<Arc<dyn RunStore>>,
}

impl Room {
    /// Bytes for the prepared stories of each of `threads`, when all else is done with.
    pub(crate) fn held_bytes(&self, threads: usize) -> usize {
        let share = usize::try_from(self.bytes / 2 / threads.max(1) as u64);
        share.unwrap_or(MOST_HELD).min(MOST_HELD)
    }

    pub(crate) fn unbounded() -> Self {
        Self {
            bytes: u64::MAX,
            store: None,
        }
    }
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back_whole_and_in_part() {
        let store = MemoryStore::default();
        let first = store.append(&[1, 2, 3]).unwrap();
        let second = store.append(&[4, 5]).unwrap();
        let mut numbers = [0; 2];
        store.read(second, &mut numbers).unwrap();
        assert_eq!(numbers, [4, 5]);
        store.read(first.part(1, 2), &mut numbers).unwrap();
        assert_eq!(numbers, [2, 3]);
        let beyond = Run { start: 4, len: 2 };
        assert!(matches!(
            store.read(beyond, &mut numbers),
            Err(Error::Store { .. })
        ));
    }

    #[test]
    fn a_strict_bound_says_what_is_needed() {
        let store = Arc::new(MemoryStore::default());
        let fixed = BYTES_A_RUN + 3 * BYTES_A_THREAD;
        let bytes = fixed + 1000 * BYTES_A_STORY + 500 + LEAST_ROOM;
        let strict = Memory::within(bytes, 3, store);
        assert_eq!(strict.room(1000, 500).unwrap().bytes, LEAST_ROOM);
        assert_eq!(strict.room(1000, 400).unwrap().bytes, LEAST_ROOM + 100);
        let refused = strict.room(1000, 501).unwrap_err();
        assert!(
            matches!(refused, Error::Memory { stories: 1000, threads: 3, needed, given }
                if needed == bytes + 1 && given == bytes),
            "{refused}"
        );
        let loose = strict.unless_needed();
        assert_eq!(loose.room(1_000_000, 9).unwrap().bytes, LEAST_ROOM);
    }
}
