//! What one story shares with each of the others, by the groups that a join of all would make.

use std::ops::RangeInclusive;

use super::items::Items;
use super::leaders::{LED, Led, add_leaders, first_ranked};
use super::rank::{Rank, Ranks};
use super::{ASKED, Stored};
use crate::Error;
use crate::candidate::{Counts, Kind, MAX_GROUP, Shared, kind_of};
use crate::sketch::Sketch;
use crate::sketch::postings::{is_item, with_first};
use crate::tokenize::FoldedMap;

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
    /// Whether only texts before this one in the family order are asked for; others may be found too.
    pub(super) only_before: bool,
    /// Whether only what makes likely candidates is asked for. Of the others nothing is told then.
    pub(super) only_likely: bool,
}

impl View<'_> {
    /// Whether a stored text is not one of the others.
    pub(super) fn leaves_out(&self, text: u32) -> bool {
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

/// Groups whose leaders are known at one time, and small parts of bands whose texts are: some 400 and 300 bytes each.
const MOST_LED: usize = 1 << 17;
const MOST_SPLITS: usize = 1 << 15;

/// Postings that are brought near at one time. Of more the processor forgets again where their pages are, in the many
/// tables that they are looked up in.
const NEAR: usize = 32;

/// To ask of one text whether it has a key takes as long as going through about so many that have it.
const SEEK: usize = if cfg!(test) { 2 } else { 16 };

/// Keys of which it is known that many have them.
const MOST_CROWDS: usize = 1 << 18;

/// Finds who shares what; its buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    counts: Counts,
    found: Vec<(u64, u32)>,
    members: Vec<u32>,
    next: Vec<u32>,
    likely: Vec<u64>,
    /// The first stored texts of groups that are cut whoever looks: thousands may share a credit.
    leaders: FoldedMap<Key, Led>,
    /// First keys of postings that too many texts have whoever looks, each with the least whole key.
    crowds: FoldedMap<u64, u64>,
    /// The stored texts of small parts of bands that too many texts share whoever looks.
    splits: FoldedMap<Key, Box<[u32]>>,
    items: Items,
    /// Whether the story that was looked from last made a group too large that was not, so that others are split
    /// from each other.
    splits_others: bool,
}

impl Sharing {
    /// Whether the story that was looked from last may be the one for which a group is split.
    pub(super) fn splits_others(&self) -> bool {
        self.splits_others
    }

    /// Forgets all, for what is stored has changed.
    pub(super) fn forget(&mut self) {
        self.leaders.clear();
        self.crowds.clear();
        self.splits.clear();
        self.items.forget();
    }

    /// Forgets what depends on the versions of items.
    pub(super) fn forget_items(&mut self) {
        self.items.forget();
    }

    /// Forgets who leads what one of `texts`, ascending, leads: their ranks have changed.
    pub(super) fn forget_leaders(&mut self, texts: &[u32]) {
        self.leaders.retain(|_, led| !led.has_any(texts));
    }

    /// Takes note of a text that was stored since, and of its rank: it may lead groups that are cut.
    pub(super) fn note<S: Stored + ?Sized>(
        &mut self,
        (rank, text): (Rank, u32),
        sketch: &Sketch,
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<(), Error> {
        let bands = &sketch.bands;
        for (band, &key) in bands.iter().enumerate() {
            let next = (band + 1) % bands.len();
            let led = Key::Band(band, key, bands[next] >> 32);
            if let Some(led) = self.leaders.get_mut(&led) {
                led.note((rank, text), stored, ranks)?;
            }
            if let Some(split) = self.splits.remove(&led)
                && split.len() < LED
            {
                let members = split.into_iter().chain([text]);
                self.splits.insert(led, members.collect());
            }
        }
        for &key in &sketch.postings {
            if let Some(led) = self.leaders.get_mut(&Key::Posting(key)) {
                led.note((rank, text), stored, ranks)?;
            }
            if let Some(least) = self.crowds.get_mut(with_first(key).start()) {
                // By accident a first key may be of two kinds: who leads whom is another question then.
                if kind_of(key) != kind_of(*least) {
                    self.leaders.clear();
                }
                *least = key.min(*least);
            }
        }
        Ok(())
    }

    /// What the story of `view` shares with each text that it shares anything with.
    pub(super) fn of<S: Stored + ?Sized>(
        &mut self,
        view: View<'_>,
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<impl Iterator<Item = (u32, Shared)> + '_, Error> {
        self.counts.clear();
        self.splits_others = false;
        if self.leaders.len() > MOST_LED {
            self.leaders.clear();
        }
        // While ranks are others, so are leaders.
        let kept = ranks
            .are_shifted()
            .then(|| std::mem::take(&mut self.leaders));
        if self.crowds.len() > MOST_CROWDS {
            self.crowds.clear();
        }
        if self.splits.len() > MOST_SPLITS {
            self.splits.clear();
        }
        self.items.trim();
        let Sketch {
            bands, postings, ..
        } = view.sketch;
        let same_first = |x: &u64, y: &u64| with_first(*x) == with_first(*y);
        if view.only_likely {
            // Of equal first keys the least whole one tells the kind, whoever has it.
            let tells = |keys: &[u64]| !matches!(kind_of(keys[0]), Kind::Seed | Kind::Fact);
            self.likely.clear();
            for keys in postings.chunk_by(same_first).filter(|keys| tells(keys)) {
                self.likely.extend_from_slice(keys);
            }
        }
        let likely = std::mem::take(&mut self.likely);
        let postings = if view.only_likely { &likely } else { postings };
        stored.approach(bands, &[]);
        for band in 0..bands.len() {
            self.add_band(view, band, stored, ranks)?;
        }
        let (mut at, mut near) = (0, 0);
        for keys in postings.chunk_by(same_first) {
            if at + keys.len() > near {
                near = postings.len().min(at + keys.len().max(NEAR));
                stored.approach(&[], &postings[at..near]);
            }
            at += keys.len();
            self.add_postings(view, keys, stored, ranks)?;
        }
        self.likely = likely;
        if let Some(kept) = kept {
            self.leaders = kept;
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
        if self.add_known(view, led, beside_split, (stored, ranks))? {
            return Ok(());
        }
        let members = &mut self.members;
        members.clear();
        if let Some(split) = self.splits.get(&led) {
            members.extend_from_slice(split);
            return self.add_group(view, (led, Kind::Band), beside_split, stored, ranks);
        }
        let low = high << 32;
        let halves = low..=low | u64::from(u32::MAX);
        let many = !stored.in_band_or_enough(band, key, LED + 1, members)?;
        let counted = if many {
            members.clear();
            stored.count_in_band(band, key..=key)?
        } else {
            None
        };
        let all = match counted {
            // Thousands may have the key, and a few the half of the next one.
            Some(all)
                if (stored.count_in_band(next, halves.clone())?)
                    .is_some_and(|few| few * SEEK < all) =>
            {
                stored.in_band(next, halves, &mut |_, text| members.push(text))?;
                let mut failed = None;
                members.retain(|&text| {
                    let has = stored.has_in_band(band, key, text);
                    has.unwrap_or_else(|error| {
                        failed = Some(error);
                        false
                    })
                });
                failed.map_or(Ok(()), Err)?;
                members.sort_unstable();
                all
            }
            _ => {
                if many {
                    stored.in_band(band, key..=key, &mut |_, text| members.push(text))?;
                }
                let all = members.len();
                let size = self.size(view, beside.is_some());
                if size <= MAX_GROUP {
                    self.add_all(view, Kind::Band, beside.is_some());
                    return Ok(());
                }
                self.splits_others |= size == MAX_GROUP + 1;
                let texts = &mut self.next;
                texts.clear();
                stored.in_band(next, halves, &mut |_, text| texts.push(text))?;
                texts.sort_unstable();
                self.members
                    .retain(|text| texts.binary_search(text).is_ok());
                all
            }
        };
        // Whoever looks, the band is split; of parts that are cut themselves the leaders are known.
        if all > LED && self.members.len() <= LED {
            self.splits.insert(led, self.members.as_slice().into());
        }
        self.add_group(view, (led, Kind::Band), beside_split, stored, ranks)
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
            && self.add_known(
                view,
                Key::Posting(key),
                with_key(key).map(|(_, rank)| rank),
                (stored, ranks),
            )?
        {
            return Ok(());
        }
        let mine = keys.iter().copied();
        let mine = mine.chain(beside.iter().flat_map(|(keys, _)| keys.iter().copied()));
        self.found.clear();
        let found = &mut self.found;
        let mut crowd = None;
        if let Some(edition) = view.sketch.head.edition.filter(|_| is_item(keys[0])) {
            stored.postings(range.clone(), &mut |key, text| found.push((key, text)))?;
            found.retain(|&(key, _)| !is_item(key));
            (self.items).add((&edition, keys[0]), found, stored, ranks)?;
        } else {
            crowd = self.crowds.get(range.start()).copied();
            if crowd.is_none() && !stored.postings_or_enough(range.clone(), LED, found)? {
                crowd = found.iter().map(|&(key, _)| key).min();
                self.crowds
                    .extend(crowd.map(|least| (*range.start(), least)));
            }
        }
        let kind = if let Some(least) = crowd {
            kind_of(mine.fold(least, u64::min))
        } else {
            let others = found.iter().filter(|&&(_, text)| !view.leaves_out(text));
            let least = others.map(|&(key, _)| key).chain(mine).min();
            let kind = kind_of(least.unwrap_or_default());
            self.take_members();
            let size = self.size(view, beside.is_some());
            if size <= MAX_GROUP {
                self.add_all(view, kind, beside.is_some());
                return Ok(());
            }
            self.splits_others |= size == MAX_GROUP + 1;
            kind
        };
        if kind != Kind::Anchor {
            // Postings of such a kind have one second key.
            if crowd.is_some() {
                self.find(range, stored)?;
            }
            let led = (Key::Posting(keys[0]), kind);
            return self.add_group(view, led, beside.map(|(_, rank)| rank), stored, ranks);
        }
        for &key in keys {
            let beside = with_key(key).map(|(_, rank)| rank);
            if !self.add_known(view, Key::Posting(key), beside, (stored, ranks))? {
                self.find(key..=key, stored)?;
                self.add_group(view, (Key::Posting(key), kind), beside, stored, ranks)?;
            }
        }
        Ok(())
    }

    /// Makes members of the texts that have postings within `keys`.
    fn find<S: Stored + ?Sized>(
        &mut self,
        keys: RangeInclusive<u64>,
        stored: &S,
    ) -> Result<(), Error> {
        let found = &mut self.found;
        found.clear();
        stored.postings(keys, &mut |key, text| found.push((key, text)))?;
        self.take_members();
        Ok(())
    }

    /// Makes members of the texts that were found.
    fn take_members(&mut self) {
        self.members.clear();
        self.members
            .extend(self.found.iter().map(|&(_, text)| text));
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
        let known = self.leaders.contains_key(&key);
        if known && self.add_known(view, key, beside, (stored, ranks))? {
            return Ok(());
        }
        if !known && self.size(view, beside.is_some()) > MAX_GROUP {
            let led = self.members.len() > LED;
            let ranked = first_ranked(&self.members, stored, ranks)?;
            let added = add_leaders(&mut self.counts, view, kind, &ranked, beside);
            if led {
                // Whoever is left out, there are more than lead.
                self.leaders
                    .extend(Led::of(kind, &ranked).map(|led| (key, led)));
            }
            if added {
                return Ok(());
            }
        }
        self.add_all(view, kind, beside.is_some());
        Ok(())
    }

    /// Adds the leaders of a group that is known to be cut, unless the story that looks is one.
    fn add_known<S: Stored + ?Sized>(
        &mut self,
        view: View<'_>,
        key: Key,
        beside: Option<Rank>,
        lookups: (&S, &mut Ranks),
    ) -> Result<bool, Error> {
        match self.leaders.get(&key) {
            Some(led) => led.add(&mut self.counts, view, beside, lookups),
            None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests;
