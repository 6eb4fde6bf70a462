//! What one story shares with each of the others, by the groups that a join of all would make.

use std::collections::HashMap;

use super::rank::{Rank, Ranks};
use super::{ASKED, Stored};
use crate::Error;
use crate::candidate::{Counts, Kind, MAX_GROUP, Shared, kind_of};
use crate::sketch::Sketch;
use crate::sketch::postings::with_first;

/// One story of the join, and who takes part in it beside the stored texts.
#[derive(Clone, Copy)]
pub(super) struct View<'q> {
    /// The text from which is looked, [`ASKED`] for the story that is asked for.
    pub(super) text: u32,
    pub(super) sketch: &'q Sketch,
    pub(super) rank: Rank,
    /// The story that is asked for and its rank, if it is another.
    pub(super) beside: Option<(&'q Sketch, Rank)>,
    /// A stored text that takes no part: the story that is asked for stands for it.
    pub(super) replaced: Option<u32>,
}

impl View<'_> {
    /// Whether a stored text is not one of the others.
    fn leaves_out(&self, text: u32) -> bool {
        text == self.text || Some(text) == self.replaced
    }
}

/// What a group shares: a key of a band, or of the postings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// The band, its key, and the high half of the next band's key.
    Band(usize, u64, u64),
    Posting(u64),
}

/// Leaders of a group, and how many it has at least beside those that a view leaves out.
const LED: usize = MAX_GROUP + 2;

/// Groups whose leaders are known at one time.
const MOST_LED: usize = 1 << 14;

/// Finds who shares what; its buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    counts: Counts,
    found: Vec<(u64, u32)>,
    members: Vec<u32>,
    next: Vec<u32>,
    /// The first stored texts of groups that are cut whoever looks: thousands may share a credit.
    leaders: HashMap<Key, (Kind, Vec<(Rank, u32)>)>,
}

impl Sharing {
    /// Forgets leaders, for what is stored has changed.
    pub(super) fn forget(&mut self) {
        self.leaders.clear();
    }

    /// What the story of `view` shares with each text that it shares anything with.
    pub(super) fn of<S: Stored + ?Sized>(
        &mut self,
        view: View<'_>,
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<impl Iterator<Item = (u32, Shared)> + '_, Error> {
        self.counts.clear();
        if ranks.are_shifted() || self.leaders.len() > MOST_LED {
            self.leaders.clear();
        }
        for band in 0..view.sketch.bands.len() {
            self.add_band(view, band, stored, ranks)?;
        }
        let same_first = |x: &u64, y: &u64| with_first(*x) == with_first(*y);
        for keys in view.sketch.postings.chunk_by(same_first) {
            self.add_postings(view, keys, stored, ranks)?;
        }
        if ranks.are_shifted() {
            self.leaders.clear();
        }
        Ok(self.counts.entries())
    }

    /// The group of a band or, where it is too large, the part of it that shares the next band too.
    fn add_band<S: Stored + ?Sized>(
        &mut self,
        view: View<'_>,
        band: usize,
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<(), Error> {
        let key = view.sketch.bands[band];
        let next = (band + 1) % view.sketch.bands.len();
        let high = view.sketch.bands[next] >> 32;
        let beside = view.beside.filter(|(with, _)| with.bands[band] == key);
        let beside_split = beside.filter(|(with, _)| with.bands[next] >> 32 == high);
        let beside_split = beside_split.map(|(_, rank)| rank);
        let led = Key::Band(band, key, high);
        if self.add_known(view, led, beside_split) {
            return Ok(());
        }
        let members = &mut self.members;
        members.clear();
        stored.in_band(band, key..=key, &mut |_, text| members.push(text))?;
        if self.size(view, beside.is_some()) > MAX_GROUP {
            let texts = &mut self.next;
            texts.clear();
            let low = high << 32;
            stored.in_band(next, low..=low | u64::from(u32::MAX), &mut |_, text| {
                texts.push(text);
            })?;
            texts.sort_unstable();
            self.members
                .retain(|text| texts.binary_search(text).is_ok());
            return self.add_group(view, (led, Kind::Band), beside_split, stored, ranks);
        }
        self.add_all(view, Kind::Band, beside.is_some());
        Ok(())
    }

    /// The group of the postings with one first key or, where it is too large and they are anchors,
    /// those that share the second keys too.
    fn add_postings<S: Stored + ?Sized>(
        &mut self,
        view: View<'_>,
        keys: &[u64],
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<(), Error> {
        let range = with_first(keys[0]);
        let beside = view.beside.and_then(|(with, rank)| {
            let first = with.postings.partition_point(|key| key < range.start());
            let behind = with.postings.partition_point(|key| key <= range.end());
            let keys = &with.postings[first..behind];
            (!keys.is_empty()).then_some((keys, rank))
        });
        let with_key = |key| beside.filter(|(keys, _)| keys.contains(&key));
        if let &[key] = keys
            && self.add_known(view, Key::Posting(key), with_key(key).map(|(_, rank)| rank))
        {
            return Ok(());
        }
        self.found.clear();
        let found = &mut self.found;
        stored.postings(range, &mut |key, text| found.push((key, text)))?;
        let others = found.iter().filter(|&&(_, text)| !view.leaves_out(text));
        let others = others.map(|&(key, _)| key);
        let others = others.chain(beside.iter().flat_map(|(keys, _)| keys.iter().copied()));
        let least = others.chain(keys.iter().copied()).min();
        let kind = kind_of(least.unwrap_or_default());
        self.take_members(|_| true);
        if self.size(view, beside.is_some()) <= MAX_GROUP {
            self.add_all(view, kind, beside.is_some());
            return Ok(());
        }
        if kind != Kind::Anchor {
            // Postings of such a kind have one second key.
            let led = (Key::Posting(keys[0]), kind);
            return self.add_group(view, led, beside.map(|(_, rank)| rank), stored, ranks);
        }
        for &key in keys {
            self.take_members(|other| other == key);
            let beside = with_key(key).map(|(_, rank)| rank);
            self.add_group(view, (Key::Posting(key), kind), beside, stored, ranks)?;
        }
        Ok(())
    }

    /// Makes members of the texts that were found with the keys that are `wanted`.
    fn take_members(&mut self, wanted: impl Fn(u64) -> bool) {
        self.members.clear();
        let found = self.found.iter().filter(|&&(key, _)| wanted(key));
        self.members.extend(found.map(|&(_, text)| text));
        self.members.sort_unstable();
        self.members.dedup();
    }

    /// How many stories the group of the present members has.
    fn size(&self, view: View<'_>, beside: bool) -> usize {
        let others = self.members.iter().filter(|&&text| !view.leaves_out(text));
        others.count() + usize::from(beside) + 1
    }

    /// Adds the present members.
    fn add_all(&mut self, view: View<'_>, kind: Kind, beside: bool) {
        let size = self.size(view, beside) as u32;
        let others = self.members.iter().filter(|&&text| !view.leaves_out(text));
        for &text in others {
            self.counts.add(text, kind, size);
        }
        if beside {
            self.counts.add(ASKED, kind, size);
        }
    }

    /// Adds a group that is not split further: all its members if they are few enough or the story that
    /// looks leads them, else its leaders.
    fn add_group<S: Stored + ?Sized>(
        &mut self,
        view: View<'_>,
        (key, kind): (Key, Kind),
        beside: Option<Rank>,
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<(), Error> {
        if self.size(view, beside.is_some()) > MAX_GROUP {
            let ranked: Result<Vec<(Rank, u32)>, Error> = (self.members.iter())
                .map(|&text| Ok((ranks.of(text, stored)?, text)))
                .collect();
            let mut ranked = ranked?;
            if ranked.len() > LED {
                ranked.select_nth_unstable(LED - 1);
                ranked.truncate(LED);
                // Whoever is left out, there are more than lead.
                self.leaders.insert(key, (kind, ranked.clone()));
            }
            if self.add_leaders(view, kind, ranked, beside) {
                return Ok(());
            }
        }
        self.add_all(view, kind, beside.is_some());
        Ok(())
    }

    /// Adds the leaders of a group that is known to be cut, unless the story that looks is one.
    fn add_known(&mut self, view: View<'_>, key: Key, beside: Option<Rank>) -> bool {
        let known = self.leaders.get(&key);
        let Some((kind, ranked)) = known.map(|(kind, ranked)| (*kind, ranked.clone())) else {
            return false;
        };
        self.add_leaders(view, kind, ranked, beside)
    }

    /// Adds the first of `ranked`, which has all that may lead, unless the story that looks is one of
    /// them: then all members are to be added.
    fn add_leaders(
        &mut self,
        view: View<'_>,
        kind: Kind,
        mut ranked: Vec<(Rank, u32)>,
        beside: Option<Rank>,
    ) -> bool {
        ranked.retain(|&(_, text)| !view.leaves_out(text));
        ranked.extend(beside.map(|rank| (rank, ASKED)));
        ranked.sort_unstable();
        ranked.truncate(MAX_GROUP);
        let behind = |&(rank, _): &(Rank, u32)| rank < view.rank;
        if ranked.len() < MAX_GROUP || !ranked.last().is_some_and(behind) {
            return false;
        }
        for (_, text) in ranked {
            self.counts.add(text, kind, MAX_GROUP as u32 + 1);
        }
        true
    }
}
