//! The join: postings sorted by key, runs of equal keys become groups.

use std::sync::Arc;

use rayon::prelude::*;

use super::MAX_GROUP;
use super::ranges::{Collector, Groups, Kind, Sink};
use super::repeated::{Keyed, Repeated, Scan};
use super::window::Window;
use crate::Error;
use crate::sketch::Sketches;
use crate::sketch::postings::{
    PARTITIONS, aligned, is_fact, is_item, is_said, is_seed, unpack, without_second,
};
use crate::sketch::spilled::Held;
use crate::store::{Room, RunStore};

/// A story that is left out of the join.
pub const LEFT_OUT: u32 = u32::MAX;

/// Joins all keys of `sketches`, which is emptied of them. `ranks` gives each story's rank, or
/// [`LEFT_OUT`]; stories that are not within `window` of each other are not compared.
///
/// # Errors
/// [`Error::Memory`] and [`Error::Store`], if the sketches have a bound.
pub fn join(sketches: &mut Sketches, ranks: &[u32], window: Window) -> Result<Groups, Error> {
    let room = sketches.room()?;
    let share = share(&room, sketches.spill_rest(&room)?);
    let stories = ranks.iter().filter(|&&rank| rank != LEFT_OUT).count();
    let groups = Groups::new(stories, room.clone(), window);
    join_bands(sketches, ranks, &share, &groups)?;
    sketches.drop_keys();
    join_postings(sketches, ranks, &share, &groups)?;
    sketches.drop_packed();
    Ok(groups)
}

/// What of the room each thread may take.
struct Share {
    store: Option<Arc<dyn RunStore>>,
    /// Bytes of columns from the store that it keeps.
    held: u64,
    /// Bytes of records that it sorts.
    records: u64,
}

/// Of the room that there is, columns in memory may take a half, which records have if all are stored, and
/// groups a quarter.
fn share(room: &Room, stored: bool) -> Share {
    let eighth = room.bytes / 8 / rayon::current_num_threads() as u64;
    Share {
        store: room.store.clone(),
        held: eighth,
        records: if stored { 5 * eighth } else { eighth },
    }
}

/// What one thread joins with.
struct Joining<'j, K> {
    /// Keys from the store.
    held: Held<'j>,
    repeated: Repeated<K>,
    collector: Collector<'j>,
}

impl<'j, K: Keyed> Joining<'j, K> {
    fn new(share: &'j Share, groups: &'j Groups) -> Self {
        Self {
            held: Held::new(share.store.as_deref(), share.held),
            repeated: Repeated::new(share.records),
            collector: Collector::new(groups, rayon::current_num_threads()),
        }
    }
}

/// An anchor by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub(super) key: u64,
    pub(super) rank: u32,
}

impl Keyed for Anchor {
    fn group(&self) -> u64 {
        without_second(self.key)
    }

    fn top(&self) -> u64 {
        aligned(self.key)
    }
}

fn join_postings(
    sketches: &Sketches,
    ranks: &[u32],
    share: &Share,
    groups: &Groups,
) -> Result<(), Error> {
    (0..PARTITIONS).into_par_iter().try_for_each_init(
        || Joining::<Anchor>::new(share, groups),
        |joining, part| {
            let Joining {
                held,
                repeated,
                collector,
            } = joining;
            held.forget();
            let mut members = Vec::new();
            let postings = Partition {
                sketches,
                ranks,
                part,
                held,
            };
            repeated.each(sketches.count_packed(part), postings, |run| {
                group_anchors(run, &mut members, collector)
            })?;
            collector.hand_over()
        },
    )
}

/// The anchors of one partition.
struct Partition<'p, 's> {
    sketches: &'p Sketches,
    ranks: &'p [u32],
    part: usize,
    held: &'p mut Held<'s>,
}

impl Scan<Anchor> for Partition<'_, '_> {
    fn scan(&mut self, mut each: impl FnMut(Anchor)) -> Result<(), Error> {
        let ranks = self.ranks;
        self.sketches
            .each_packed(self.part, self.held, |first, packed| {
                let ranks = &ranks[first as usize..];
                for &packed in packed {
                    let (key, story) = unpack(packed);
                    let rank = ranks[story as usize];
                    if rank != LEFT_OUT {
                        each(Anchor { key, rank });
                    }
                }
            })
    }
}

/// What stories share that have a posting of one first key, by the least key among theirs.
pub(crate) fn kind_of(key: u64) -> Kind {
    if is_said(key) {
        Kind::Said
    } else if is_item(key) {
        Kind::Band
    } else if is_fact(key) {
        Kind::Fact
    } else if is_seed(key) {
        Kind::Seed
    } else {
        Kind::Anchor
    }
}

/// The groups of all that has one first key, ascending.
pub(super) fn group_anchors(
    run: &[Anchor],
    members: &mut Vec<u32>,
    collector: &mut impl Sink,
) -> Result<(), Error> {
    members.clear();
    members.extend(run.iter().map(|anchor| anchor.rank));
    members.sort_unstable();
    members.dedup();
    let kind = kind_of(run[0].key);
    if kind != Kind::Anchor || members.len() <= MAX_GROUP {
        return collector.add(kind, members);
    }
    for split in run.chunk_by(|x, y| x.key == y.key) {
        members.clear();
        members.extend(split.iter().map(|anchor| anchor.rank));
        members.dedup();
        if members.len() > MAX_GROUP {
            collector.count_cut();
        }
        collector.add(Kind::Anchor, members)?;
    }
    Ok(())
}

/// A key of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Banded {
    key: u64,
    rank: u32,
}

impl Keyed for Banded {
    fn group(&self) -> u64 {
        self.key
    }

    fn top(&self) -> u64 {
        self.key
    }
}

/// The keys of one band.
struct Column<'b, 's> {
    sketches: &'b Sketches,
    ranks: &'b [u32],
    band: usize,
    held: &'b mut Held<'s>,
}

impl Scan<Banded> for Column<'_, '_> {
    fn scan(&mut self, mut each: impl FnMut(Banded)) -> Result<(), Error> {
        let ranks = self.ranks;
        self.sketches
            .each_keys(self.band, self.held, |first, keys| {
                for (&key, &rank) in keys.iter().zip(&ranks[first as usize..]) {
                    if rank != LEFT_OUT {
                        each(Banded { key, rank });
                    }
                }
            })
    }
}

fn join_bands(
    sketches: &Sketches,
    ranks: &[u32],
    share: &Share,
    groups: &Groups,
) -> Result<(), Error> {
    let bands = sketches.bands_a_story();
    (0..bands).into_par_iter().try_for_each_init(
        || Joining::<Banded>::new(share, groups),
        |joining, band| {
            let Joining {
                held,
                repeated,
                collector,
            } = joining;
            held.forget();
            let mut members = Vec::new();
            let mut large = Vec::new();
            let keys = Column {
                sketches,
                ranks,
                band,
                held,
            };
            repeated.each(sketches.count_keys(), keys, |run| {
                members.clear();
                members.extend(run.iter().map(|key| key.rank));
                if run.len() <= MAX_GROUP {
                    return collector.add(Kind::Band, &members);
                }
                large.push(members.clone());
                Ok(())
            })?;
            if !large.is_empty() {
                held.forget();
                let next = (band + 1) % bands;
                split_by_next(sketches, ranks, next, &large, held, collector)?;
            }
            collector.hand_over()
        },
    )
}

/// What of a band's key splits the groups of the band before it: 32 bits are plenty for that.
pub(super) fn second(key: u64) -> u32 {
    (key >> 32) as u32
}

/// Splits the groups that are too large by the keys of the band `next`.
fn split_by_next(
    sketches: &Sketches,
    ranks: &[u32],
    next: usize,
    large: &[Vec<u32>],
    held: &mut Held<'_>,
    collector: &mut Collector<'_>,
) -> Result<(), Error> {
    let mut concerned: Vec<(u32, u32)> = large.iter().flatten().map(|&rank| (rank, 0)).collect();
    concerned.sort_unstable();
    let stories = concerned.last().map_or(0, |&(rank, _)| rank as usize + 1);
    let mut bits = vec![0u64; stories.div_ceil(64)];
    for &(rank, _) in &concerned {
        bits[rank as usize / 64] |= 1 << (rank % 64);
    }
    sketches.each_keys(next, held, |first, keys| {
        for (&key, &rank) in keys.iter().zip(&ranks[first as usize..]) {
            let word = bits.get(rank as usize / 64).copied().unwrap_or(0);
            if word >> (rank % 64) & 1 == 1
                && let Ok(at) = concerned.binary_search_by_key(&rank, |&(rank, _)| rank)
            {
                concerned[at].1 = second(key);
            }
        }
    })?;
    let mut members = Vec::new();
    for group in large {
        let with_second = |&rank: &u32| {
            let at = concerned.binary_search_by_key(&rank, |&(rank, _)| rank);
            (at.map_or(0, |at| concerned[at].1), rank)
        };
        let mut group: Vec<(u32, u32)> = group.iter().map(with_second).collect();
        group.sort_unstable();
        group_split(&group, &mut members, collector)?;
    }
    Ok(())
}

/// The groups of stories that share a band and are too many, each with its key in the next one; ascending.
pub(super) fn group_split(
    group: &[(u32, u32)],
    members: &mut Vec<u32>,
    collector: &mut impl Sink,
) -> Result<(), Error> {
    for split in group.chunk_by(|x, y| x.0 == y.0) {
        members.clear();
        members.extend(split.iter().map(|&(_, rank)| rank));
        if members.len() > MAX_GROUP {
            collector.count_cut();
        }
        collector.add(Kind::Band, members)?;
    }
    Ok(())
}
