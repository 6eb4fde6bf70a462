//! Groups of stories that share a key, kept by ranges of ranks.
//!
//! Proposing asks of a story which groups it is in, and of these for the members before it. So a
//! group is written once for each range of ranks that its members are in: the members within,
//! after the leaders before. Family order puts copies side by side, so most groups are in one
//! range. A range is all that is needed to propose for its stories: ranges can lie in a store and
//! be read one at a time, and threads share nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::MAX_GROUP;
use super::window::Window;
use crate::Error;
use crate::store::{Room, Run};

/// What the stories of a group share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Anchor,
    Seed,
    Fact,
    Said,
    /// A band or an item.
    Band,
}

const KINDS: [Kind; 5] = [Kind::Anchor, Kind::Seed, Kind::Fact, Kind::Said, Kind::Band];

/// The fewest stories of a range, and the most ranges. Tests have stories for small ranges.
const LEAST_WIDTH: u32 = if cfg!(test) { 16 } else { 4096 };
const MOST_RANGES: u32 = 256;

/// Bytes that are read at one time at most, so that 32 bits number the words.
const MOST_BYTES: u64 = 4 << 30;

/// Words that a thread collects before it hands them over: 16 MiB.
const HANDED_OVER: usize = 4 << 20;

/// Groups of stories that share a key; stories are ranks.
#[derive(Debug)]
pub struct Groups {
    stories: u32,
    width: u32,
    room: Room,
    window: Window,
    /// Bytes of the pieces in memory.
    held: AtomicU64,
    pieces: Mutex<Vec<Piece>>,
    cut: AtomicU64,
    count: AtomicU64,
}

/// What one thread collected, range after range.
#[derive(Debug)]
struct Piece {
    /// Where each range ends, in words.
    ends: Box<[u32]>,
    words: Words,
}

#[derive(Debug)]
enum Words {
    Held(Vec<u32>),
    Stored(Run),
}

/// A group, or the part of one that concerns a range of ranks.
///
/// As words: a head, then the ranks. The head has from its lowest bit on the kind, the points of
/// what is shared (how rare it is), the number of leaders before the range, and that of members
/// within. A head of zero is padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group<'w> {
    pub(super) kind: Kind,
    /// How many stories the whole group has, up to the most that makes a difference.
    pub(super) size: u32,
    /// Leaders before the range, then the members within; ascending.
    ranks: &'w [u32],
    /// How many are before the range.
    before: usize,
}

const KIND_BITS: u32 = 3;
const SIZE_BITS: u32 = 5;
const BEFORE_BITS: u32 = 7;
const COUNT_BITS: u32 = 32 - KIND_BITS - SIZE_BITS - BEFORE_BITS;
const MOST_SIZE: u32 = (1 << SIZE_BITS) - 1;
/// Members of one record; a group with more within a range has several.
const MOST_MEMBERS: usize = (1 << COUNT_BITS) - 1;

impl<'w> Group<'w> {
    /// A whole group of ascending, distinct ranks.
    pub(super) fn of(kind: Kind, ranks: &'w [u32]) -> Self {
        Self {
            kind,
            size: u32::try_from(ranks.len()).map_or(MOST_SIZE, |size| size.min(MOST_SIZE)),
            ranks,
            before: 0,
        }
    }

    /// Gives `each` the parts of a whole group by the ranges that its members are in, which grow with the
    /// rank; those that propose a pair.
    pub(super) fn each_range<R: PartialEq + Copy>(
        self,
        range_of: impl Fn(u32) -> R,
        mut each: impl FnMut(R, Self, (usize, usize, usize)),
    ) {
        let mut first = 0;
        while first < self.ranks.len() {
            let range = range_of(self.ranks[first]);
            let inside = self.ranks[first..].partition_point(|&rank| range_of(rank) == range);
            let end = first + inside;
            if end > 1 {
                each(range, self, (first.min(MAX_GROUP), first, end));
            }
            first = end;
        }
    }

    /// The ranks that stand behind a head in words.
    pub(super) fn ranks(&self) -> &'w [u32] {
        self.ranks
    }

    /// How many ranks stand behind a head.
    pub(super) fn ranks_of(head: u32) -> usize {
        let head = head >> (KIND_BITS + SIZE_BITS);
        (head % (1 << BEFORE_BITS) + (head >> BEFORE_BITS)) as usize
    }

    /// The leaders, and further members within the range: those before a member are what it is to
    /// be compared with.
    pub(super) fn leaders(&self) -> &'w [u32] {
        &self.ranks[..self.ranks.len().min(MAX_GROUP)]
    }

    /// The members within the range.
    pub(super) fn members(&self) -> &'w [u32] {
        &self.ranks[self.before..]
    }

    /// The part that concerns the ranks from `from` to before `to`, if it proposes a pair.
    fn within(&self, from: u32, to: u32) -> Option<(usize, usize, usize)> {
        let first = self.ranks.partition_point(|&rank| rank < from);
        let end = first + self.ranks[first..].partition_point(|&rank| rank < to);
        let first = first.max(self.before);
        (first < end && end > 1).then_some((first.min(MAX_GROUP), first, end))
    }

    /// Writes the part that concerns some ranks.
    pub(super) fn write(&self, (before, first, end): (usize, usize, usize), out: &mut Vec<u32>) {
        let mut before = before;
        let mut first = first;
        while first < end {
            let last = end.min(first + MOST_MEMBERS);
            let head = (last - first) as u32;
            let head = head << BEFORE_BITS | before as u32;
            let head = head << SIZE_BITS | self.size;
            out.push(head << KIND_BITS | self.kind as u32);
            out.extend_from_slice(&self.ranks[..before]);
            out.extend_from_slice(&self.ranks[first..last]);
            first = last;
            before = first.min(MAX_GROUP);
        }
    }

    /// The group whose head is `words[at]`; none if that is padding or there is no such word.
    pub(super) fn read(words: &'w [u32], at: usize) -> Option<Self> {
        let head = *words.get(at)?;
        let (kind, head) = (head % (1 << KIND_BITS), head >> KIND_BITS);
        let (size, head) = (head % (1 << SIZE_BITS), head >> SIZE_BITS);
        let (before, count) = (head % (1 << BEFORE_BITS), head >> BEFORE_BITS);
        let (before, count) = (before as usize, count as usize);
        let ranks = words.get(at + 1..at + 1 + before + count)?;
        (count > 0).then_some(Self {
            kind: *KINDS.get(kind as usize)?,
            size,
            ranks,
            before,
        })
    }
}

/// All groups in `words`, each with the place of its head.
pub(super) fn groups(words: &[u32]) -> impl Iterator<Item = (usize, Group<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < words.len() {
            let here = at;
            match Group::read(words, here) {
                Some(group) => {
                    at += 1 + group.ranks.len();
                    return Some((here, group));
                }
                None => at += 1,
            }
        }
        None
    })
}

impl Groups {
    /// No groups yet, of so many stories, in memory as far as there is room.
    pub(super) fn new(stories: usize, room: Room, window: Window) -> Self {
        // No rank is LEFT_OUT, so there are fewer than 2³² stories.
        let stories = stories as u32;
        Self {
            stories,
            width: stories.div_ceil(MOST_RANGES).max(LEAST_WIDTH),
            room,
            window,
            held: AtomicU64::new(0),
            pieces: Mutex::default(),
            cut: AtomicU64::new(0),
            count: AtomicU64::new(0),
        }
    }

    /// The number of groups.
    pub fn len(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Whether no two stories share a key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many groups were larger than [`MAX_GROUP`] even under the second key.
    pub fn cut(&self) -> u64 {
        self.cut.load(Ordering::Relaxed)
    }

    /// Which stories are compared at all.
    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    /// Stories of a range.
    pub(super) fn width(&self) -> u32 {
        self.width
    }

    /// The number of ranges.
    pub(super) fn ranges(&self) -> u32 {
        self.stories.div_ceil(self.width)
    }

    /// Bytes of groups, and of what turning them round takes, for each of `threads` that propose.
    pub(super) fn share(&self, threads: usize) -> u64 {
        (self.room.bytes / 2 / threads as u64).min(MOST_BYTES)
    }

    /// Bytes of the groups of a range.
    pub(super) fn bytes(&self, range: u32) -> u64 {
        let pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        let words = pieces.iter().map(|piece| piece.range(range).len() as u64);
        words.sum::<u64>() * size_of::<u32>() as u64
    }

    /// Replaces `words` with the groups of a range, as far as they concern ranks from `from` to
    /// before `to`.
    pub(super) fn load(
        &self,
        range: u32,
        (from, to): (u32, u32),
        words: &mut Vec<u32>,
    ) -> Result<(), Error> {
        words.clear();
        let start = range * self.width;
        let end = start.saturating_add(self.width).min(self.stories);
        let whole = from <= start && to >= end;
        let mut take = |part: &[u32]| {
            if whole {
                words.extend_from_slice(part);
                return;
            }
            for (_, group) in groups(part) {
                if let Some(part) = group.within(from, to) {
                    group.write(part, words);
                }
            }
        };
        let mut stored = Vec::new();
        let mut numbers = Vec::new();
        // Held for as long as it takes to copy: the pieces are complete, so nobody waits to add.
        let places: Vec<Run> = {
            let pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
            let mut places = Vec::new();
            for piece in pieces.iter() {
                let of_range = piece.range(range);
                match &piece.words {
                    Words::Held(words) => take(&words[of_range]),
                    Words::Stored(run) => {
                        let (start, len) = (of_range.start as u64 / 2, of_range.len() as u64 / 2);
                        places.push(run.part(start, len));
                    }
                }
            }
            places
        };
        let store = self.room.store.as_deref();
        for place in places.into_iter().filter(|place| place.len > 0) {
            let Some(store) = store else {
                continue;
            };
            numbers.resize(place.len as usize, 0);
            store.read(place, &mut numbers)?;
            stored.clear();
            stored.extend(numbers.iter().flat_map(|&n| [n as u32, (n >> 32) as u32]));
            take(&stored);
        }
        Ok(())
    }

    /// Takes over what a thread collected.
    fn push(&self, mut ends: Box<[u32]>, mut words: Vec<u32>) -> Result<(), Error> {
        let bytes = (words.len() * size_of::<u32>() + ends.len() * size_of::<u32>()) as u64;
        let before = self.held.fetch_add(bytes, Ordering::Relaxed);
        let store = self.room.store.as_deref();
        let words = match store.filter(|_| before + bytes > self.room.bytes / 4) {
            Some(store) => {
                self.held.fetch_sub(bytes, Ordering::Relaxed);
                let mut numbers = Vec::with_capacity(words.len() / 2 + ends.len());
                let mut start = 0;
                for end in &mut ends {
                    let of_range = &words[start..*end as usize];
                    start = *end as usize;
                    let pairs = of_range.chunks(2).map(|pair| {
                        let high = pair.get(1).copied().unwrap_or(0);
                        u64::from(high) << 32 | u64::from(pair[0])
                    });
                    numbers.extend(pairs);
                    *end = 2 * numbers.len() as u32;
                }
                words = Vec::new();
                drop(words);
                Words::Stored(store.append(&numbers)?)
            }
            None => Words::Held(words),
        };
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.push(Piece { ends, words });
        Ok(())
    }
}

impl Piece {
    fn range(&self, range: u32) -> std::ops::Range<usize> {
        let range = range as usize;
        let start = range.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[range] as usize
    }
}

/// What takes groups.
pub(super) trait Sink {
    /// Adds a group of ascending, distinct ranks, or its parts within the window.
    fn add(&mut self, kind: Kind, members: &[u32]) -> Result<(), Error>;

    /// Counts a group that was cut.
    fn count_cut(&mut self);
}

/// What one thread collects.
#[derive(Debug)]
pub(super) struct Collector<'g> {
    groups: &'g Groups,
    ranges: Vec<Vec<u32>>,
    words: usize,
    /// Words from which it hands over.
    most: usize,
    count: u64,
    cut: u64,
}

impl<'g> Collector<'g> {
    /// An empty one for `groups`; one of `threads` that work at one time.
    pub(super) fn new(groups: &'g Groups, threads: usize) -> Self {
        let share = groups.room.bytes / 16 / threads as u64 / size_of::<u32>() as u64;
        Self {
            groups,
            ranges: vec![Vec::new(); groups.ranges() as usize],
            words: 0,
            most: HANDED_OVER.min(usize::try_from(share).unwrap_or(usize::MAX)),
            count: 0,
            cut: 0,
        }
    }

    /// Adds a group of ascending, distinct ranks, unless it holds no pair.
    fn add_part(&mut self, kind: Kind, members: &[u32]) -> Result<(), Error> {
        if members.len() < 2 {
            return Ok(());
        }
        self.count += 1;
        let width = self.groups.width;
        Group::of(kind, members).each_range(
            |rank| rank / width,
            |range, group, part| {
                let out = &mut self.ranges[range as usize];
                let start = out.len();
                group.write(part, out);
                self.words += out.len() - start;
            },
        );
        if self.words > self.most {
            self.hand_over()?;
        }
        Ok(())
    }

    /// Hands over what was collected.
    pub(super) fn hand_over(&mut self) -> Result<(), Error> {
        self.groups.count.fetch_add(self.count, Ordering::Relaxed);
        self.groups.cut.fetch_add(self.cut, Ordering::Relaxed);
        (self.count, self.cut) = (0, 0);
        if self.words == 0 {
            return Ok(());
        }
        let mut words = Vec::with_capacity(self.words);
        let mut ends = Vec::with_capacity(self.ranges.len());
        for range in &mut self.ranges {
            words.append(range);
            ends.push(words.len() as u32);
        }
        self.words = 0;
        self.groups.push(ends.into(), words)
    }
}

impl Sink for Collector<'_> {
    fn add(&mut self, kind: Kind, members: &[u32]) -> Result<(), Error> {
        let groups = self.groups;
        groups
            .window
            .parts(members, |part| self.add_part(kind, part))
    }

    fn count_cut(&mut self) {
        self.cut += 1;
    }
}
