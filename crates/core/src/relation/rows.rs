//! Rows in the order of ids: in memory if they fit, else sorted part by part in a store and merged.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::atomic::{self, AtomicU64};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::row::Row;
use super::row_code::{decode, encode};
use crate::Error;
use crate::store::{Room, Run, RunStore};

/// Numbers that are stored at one time: 512 KiB.
const PIECE: usize = if cfg!(test) { 64 } else { 64 << 10 };

/// The fewest numbers that are read of a part at one time.
const LEAST_READ: u64 = if cfg!(test) { 8 } else { 512 };

/// Rows of a batch: enough for all threads.
const BATCH: usize = if cfg!(test) { 5 } else { 8192 };

/// Gathers rows from many threads. They take a quarter of the room at most.
pub(crate) struct Gathering {
    room: Room,
    count: AtomicU64,
    held: Mutex<(Vec<Row>, u64)>,
    parts: Mutex<Vec<Part>>,
}

/// Rows in order, in runs that each hold whole rows.
type Part = Vec<Run>;

/// Related pairs that did not fit in memory, ordered part by part.
#[derive(Clone, Debug, Default)]
pub struct StoredRows {
    parts: Vec<Part>,
    count: u64,
    room: Option<Room>,
}

impl Gathering {
    /// Nothing gathered yet.
    pub(crate) fn new(room: Room) -> Self {
        Self {
            room,
            count: AtomicU64::new(0),
            held: Mutex::default(),
            parts: Mutex::default(),
        }
    }

    /// Adds rows. `id` gives the id of a story.
    pub(crate) fn add<'i>(&self, rows: Vec<Row>, id: impl Fn(u32) -> &'i str) -> Result<(), Error> {
        self.count
            .fetch_add(rows.len() as u64, atomic::Ordering::Relaxed);
        let bytes: usize = rows.iter().map(Row::bytes).sum();
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.0.extend(rows);
        held.1 += bytes as u64;
        if held.1 <= self.room.bytes / 4 {
            return Ok(());
        }
        let Some(store) = self.room.store.as_deref() else {
            return Ok(());
        };
        let (full, _) = std::mem::take(&mut *held);
        drop(held);
        self.store(store, full, id)
    }

    /// Stores rows in order.
    fn store<'i>(
        &self,
        store: &dyn RunStore,
        mut rows: Vec<Row>,
        id: impl Fn(u32) -> &'i str,
    ) -> Result<(), Error> {
        // Not on the pool: it might take up a task that gathers rows, and that one its rows.
        rows.sort_unstable_by(|x, y| by_ids(x, y, &id));
        let mut part = Part::new();
        let mut numbers = Vec::new();
        for row in rows {
            encode(&row, &mut numbers);
            if numbers.len() >= PIECE {
                part.push(store.append(&numbers)?);
                numbers.clear();
            }
        }
        if !numbers.is_empty() {
            part.push(store.append(&numbers)?);
        }
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.push(part);
        Ok(())
    }

    /// All rows: in order in memory, or else stored.
    pub(crate) fn finish<'i>(
        self,
        id: impl Fn(u32) -> &'i str + Sync,
    ) -> Result<(Vec<Row>, StoredRows), Error> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rows, _) = std::mem::take(&mut *held);
        drop(held);
        let lock = || self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing_stored = lock().is_empty();
        match self.room.store.as_deref() {
            Some(store) if !nothing_stored => self.store(store, rows, id)?,
            _ => {
                rows.par_sort_unstable_by(|x, y| by_ids(x, y, &id));
                return Ok((rows, StoredRows::default()));
            }
        }
        let parts = std::mem::take(&mut *lock());
        let stored = StoredRows {
            parts,
            count: self.count.into_inner(),
            room: Some(self.room),
        };
        Ok((Vec::new(), stored))
    }
}

fn by_ids<'i>(x: &Row, y: &Row, id: &impl Fn(u32) -> &'i str) -> Ordering {
    (id(x.a), id(x.b)).cmp(&(id(y.a), id(y.b)))
}

impl StoredRows {
    /// The number of rows.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there are none: rows that fit in memory are not stored.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Gives `each` all rows in order, some thousands at a time. `id` gives the id of a story.
    ///
    /// # Errors
    /// Those of `each`, and [`Error::Store`] if the store fails.
    pub fn each<'i, E: From<Error>>(
        &self,
        id: impl Fn(u32) -> &'i str,
        mut each: impl FnMut(&[Row]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(Room {
            bytes,
            store: Some(store),
        }) = &self.room
        else {
            return Ok(());
        };
        // Decoded rows take somewhat more than stored ones.
        let share = bytes / 4 / size_of::<u64>() as u64 / self.parts.len().max(1) as u64;
        let read = share.max(LEAST_READ);
        let mut cursors = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let mut cursor = Cursor {
                runs: part,
                from: 0,
                rows: VecDeque::new(),
            };
            cursor.fill(&**store, read)?;
            if !cursor.rows.is_empty() {
                cursors.push(cursor);
            }
        }
        // The cursor that is first is the root of a heap.
        let less = |x: &Cursor<'_>, y: &Cursor<'_>| match (x.rows.front(), y.rows.front()) {
            (Some(x), Some(y)) => by_ids(x, y, &id).is_lt(),
            _ => false,
        };
        for root in (0..cursors.len() / 2).rev() {
            sift(&mut cursors, root, &less);
        }
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(first) = cursors.first_mut() {
            batch.extend(first.rows.pop_front());
            if first.rows.is_empty() {
                first.fill(&**store, read)?;
            }
            if first.rows.is_empty() {
                cursors.swap_remove(0);
            }
            sift(&mut cursors, 0, &less);
            if batch.len() == BATCH {
                each(&batch)?;
                batch.clear();
            }
        }
        each(&batch)
    }
}

/// Lets a cursor sink in the heap to where no one below it is less.
fn sift(
    cursors: &mut [Cursor<'_>],
    mut root: usize,
    less: &impl Fn(&Cursor<'_>, &Cursor<'_>) -> bool,
) {
    loop {
        let mut least = root;
        for child in [2 * root + 1, 2 * root + 2] {
            if child < cursors.len() && less(&cursors[child], &cursors[least]) {
                least = child;
            }
        }
        if least == root {
            return;
        }
        cursors.swap(root, least);
        root = least;
    }
}

/// A place in a part.
struct Cursor<'p> {
    /// The runs that are not read to their ends.
    runs: &'p [Run],
    /// The next number of the first of them.
    from: u64,
    /// Rows that were read.
    rows: VecDeque<Row>,
}

impl Cursor<'_> {
    /// Reads on: about `read` numbers, or a row if it is longer.
    fn fill(&mut self, store: &dyn RunStore, read: u64) -> Result<(), Error> {
        let Some(run) = self.runs.first() else {
            return Ok(());
        };
        let mut len = read.min(run.len - self.from);
        let mut numbers = Vec::new();
        let mut used = 0;
        while used == 0 {
            numbers.resize(len as usize, 0);
            store.read(run.part(self.from, len), &mut numbers)?;
            while let Some((row, end)) = decode(&numbers, used) {
                self.rows.push_back(row);
                used = end;
            }
            if used == 0 && len == run.len - self.from {
                return Err(Error::Store {
                    reason: "the temporary file was changed".to_owned(),
                });
            }
            len = (2 * len).min(run.len - self.from);
        }
        self.from += used as u64;
        if self.from == run.len {
            self.runs = &self.runs[1..];
            self.from = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::relation::row::{Novel, testing::rows};
    use crate::store::MemoryStore;

    proptest! {
        #[test]
        fn stored_rows_come_back_in_order(
            all in prop::collection::vec(rows(), 0..60),
            bytes in 1u64..20_000,
            at_once in 1usize..9,
        ) {
            let ids: Vec<String> = (0..400u32).map(|n| n.wrapping_mul(0x9e37).to_string()).collect();
            let id = |story: u32| ids[story as usize % 400].as_str();
            let mut want = all.clone();
            want.sort_by(|x, y| by_ids(x, y, &id));
            want.dedup_by(|x, y| by_ids(x, y, &id).is_eq());
            let mut given = want.clone();
            given.sort_by_key(|row| (row.score.to_bits(), row.b));
            let store = Arc::new(MemoryStore::default());
            let gathering = Gathering::new(Room { bytes, store: Some(store.clone()) });
            for some in given.chunks(at_once) {
                gathering.add(some.to_vec(), id).unwrap();
            }
            let (mut got, stored) = gathering.finish(id).unwrap();
            prop_assert_eq!(store.is_empty(), stored.is_empty());
            prop_assert!(got.is_empty() || stored.is_empty());
            prop_assert_eq!(got.len() as u64 + stored.len(), want.len() as u64);
            stored.each(id, |rows| {
                got.extend_from_slice(rows);
                Ok::<_, Error>(())
            }).unwrap();
            prop_assert_eq!(got, want);
        }
    }

    #[test]
    fn an_error_of_who_takes_them_ends_it() {
        let row = |a| Row {
            novel: Some([Novel::default(), Novel::default()]),
            ..Row::of(a, 0)
        };
        let store = Arc::new(MemoryStore::default());
        let gathering = Gathering::new(Room {
            bytes: 1,
            store: Some(store),
        });
        let ids = ["a", "b", "c"];
        let id = |story: u32| ids[story as usize];
        gathering.add(vec![row(1), row(2)], id).unwrap();
        let (_, stored) = gathering.finish(id).unwrap();
        let refused = stored.each(id, |_| Err(Error::TooManyStories));
        assert!(matches!(refused, Err(Error::TooManyStories)));
    }
}
