//! What one story shares with each of the others, by the groups that a join of all would make.

use std::collections::hash_map::Entry;
use std::ops::RangeInclusive;

use super::rank::{Rank, Ranks};
use super::{ASKED, Stored};
use crate::Error;
use crate::candidate::{Counts, Kind, MAX_GROUP, Shared, kind_of};
use crate::imprint::Standing;
use crate::sketch::item_keys;
use crate::sketch::postings::{is_item, with_first};
use crate::sketch::{Edition, Sketch};
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

/// Keys of which it is known that many have them.
const MOST_CROWDS: usize = 1 << 18;

/// Finds who shares what; its buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    counts: Counts,
    found: Vec<(u64, u32)>,
    members: Vec<u32>,
    next: Vec<u32>,
    /// The first stored texts of groups that are cut whoever looks: thousands may share a credit.
    leaders: FoldedMap<Key, (Kind, Vec<(Rank, u32)>)>,
    /// First keys of postings that too many texts have whoever looks, each with the least whole key.
    crowds: FoldedMap<u64, u64>,
    /// The stored texts of small parts of bands that too many texts share whoever looks.
    splits: FoldedMap<Key, Box<[u32]>>,
    items: Versions,
}

impl Sharing {
    /// Forgets leaders, for what is stored has changed.
    pub(super) fn forget(&mut self) {
        self.leaders.clear();
        self.crowds.clear();
        self.splits.clear();
        self.items.clear();
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
        if self.crowds.len() > MOST_CROWDS {
            self.crowds.clear();
        }
        if self.splits.len() > MOST_LED {
            self.splits.clear();
        }
        if self.items.len() > MOST_ITEMS {
            self.items.clear();
        }
        stored.approach(&view.sketch.bands, &view.sketch.postings);
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
        if let Some(split) = self.splits.get(&led) {
            members.extend_from_slice(split);
            return self.add_group(view, (led, Kind::Band), beside_split, stored, ranks);
        }
        stored.in_band(band, key..=key, &mut |_, text| members.push(text))?;
        let all = members.len();
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
            // Whoever looks, the band is split; of parts that are cut themselves the leaders are known.
            if all > LED && self.members.len() <= LED {
                self.splits.insert(led, self.members.as_slice().into());
            }
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
        let mine = keys.iter().copied();
        let mine = mine.chain(beside.iter().flat_map(|(keys, _)| keys.iter().copied()));
        self.found.clear();
        let found = &mut self.found;
        let mut crowd = None;
        if let Some(edition) = view.sketch.head.edition.filter(|_| is_item(keys[0])) {
            stored.postings(range.clone(), &mut |key, text| found.push((key, text)))?;
            found.retain(|&(key, _)| !is_item(key));
            add_of_item((&edition, keys[0]), found, &mut self.items, stored, ranks)?;
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
            if self.size(view, beside.is_some()) <= MAX_GROUP {
                self.add_all(view, kind, beside.is_some());
                return Ok(());
            }
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
            if !self.add_known(view, Key::Posting(key), beside) {
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
        if known && self.add_known(view, key, beside) {
            return Ok(());
        }
        if !known && self.size(view, beside.is_some()) > MAX_GROUP {
            let led = self.members.len() > LED;
            let ranked = first_ranked(&self.members, stored, ranks)?;
            let added = add_leaders(&mut self.counts, view, kind, &ranked, beside);
            if led {
                // Whoever is left out, there are more than lead.
                self.leaders.insert(key, (kind, ranked));
            }
            if added {
                return Ok(());
            }
        }
        self.add_all(view, kind, beside.is_some());
        Ok(())
    }

    /// Adds the leaders of a group that is known to be cut, unless the story that looks is one.
    fn add_known(&mut self, view: View<'_>, key: Key, beside: Option<Rank>) -> bool {
        self.leaders.get(&key).is_some_and(|(kind, ranked)| {
            add_leaders(&mut self.counts, view, *kind, ranked, beside)
        })
    }
}

/// Versions of items by the hashes of their names: story, edition and content of each.
type Versions = FoldedMap<u64, Vec<(u32, Edition, u128)>>;

/// Names of which the versions are known at one time.
const MOST_ITEMS: usize = 1 << 12;

/// Adds the texts that share a key of an item. A text has keys of one of its stories; its item is that of
/// the story that stands for it, which may be another.
fn add_of_item<S: Stored + ?Sized>(
    (edition, key): (&Edition, u64),
    found: &mut Vec<(u64, u32)>,
    known: &mut Versions,
    stored: &S,
    ranks: &mut Ranks,
) -> Result<(), Error> {
    for name in edition.names() {
        // A slug that comes back each day has thousands of versions, and is asked for by each of its keys.
        if let Entry::Vacant(unknown) = known.entry(name) {
            let mut stories = Vec::new();
            stored.versions(name, &mut |story| stories.push(story))?;
            let mut versions = Vec::with_capacity(stories.len());
            for story in stories {
                let head = stored.head(story)?;
                versions.extend(head.edition.map(|edition| (story, edition, head.content)));
            }
            unknown.insert(versions);
        }
        for &(story, edition, content) in known.get(&name).into_iter().flatten() {
            if !item_keys(&edition).any(|other| other == key) {
                continue;
            }
            let mut text = None;
            stored.with_content(content, &mut |other, of| {
                if other == story {
                    text = Some(of);
                }
            })?;
            if let Some(text) = text
                && ranks.story(text, stored)? == story
            {
                found.push((key, text));
            }
        }
    }
    Ok(())
}

/// The first [`LED`] of some texts in the family order, in it.
fn first_ranked<S: Stored + ?Sized>(
    texts: &[u32],
    stored: &S,
    ranks: &mut Ranks,
) -> Result<Vec<(Rank, u32)>, Error> {
    let mut rank = |&text: &u32| Ok((ranks.of(text, stored)?, text));
    let mut ranked: Vec<(Rank, u32)> = Vec::new();
    if texts.len() > 2 * LED {
        // The longest come first of those that are public: there are hardly ever too few such.
        let words: Result<Vec<u32>, Error> =
            texts.iter().map(|&text| Ok(stored.size(text)?.0)).collect();
        let words = words?;
        let mut longest = words.clone();
        let (_, &mut least, _) = longest.select_nth_unstable_by(LED - 1, |a, b| b.cmp(a));
        for (text, _) in texts
            .iter()
            .zip(&words)
            .filter(|&(_, &words)| words >= least)
        {
            ranked.push(rank(text)?);
        }
        let public = |(rank, _): &&(Rank, u32)| rank.standing() == Standing::Public;
        if ranked.iter().filter(public).count() < LED {
            ranked.clear();
        }
    }
    if ranked.is_empty() {
        let all: Result<Vec<(Rank, u32)>, Error> = texts.iter().map(rank).collect();
        ranked = all?;
    }
    if ranked.len() > LED {
        ranked.select_nth_unstable(LED - 1);
        ranked.truncate(LED);
    }
    ranked.sort_unstable();
    Ok(ranked)
}

/// Adds the first of `ranked`, ascending, which has all stored texts that may lead, unless the story that
/// looks is one of the leaders and asks for those behind it: then all members are to be added.
fn add_leaders(
    counts: &mut Counts,
    view: View<'_>,
    kind: Kind,
    ranked: &[(Rank, u32)],
    beside: Option<Rank>,
) -> bool {
    let before = ranked.partition_point(|&(rank, _)| rank < view.rank);
    let before = ranked[..before]
        .iter()
        .filter(|&&(_, text)| !view.leaves_out(text));
    let beside = beside.filter(|&rank| rank < view.rank);
    let leads = before.clone().count() + usize::from(beside.is_some()) < MAX_GROUP;
    if leads && !view.only_before {
        return false;
    }
    // The asked story leads if fewer stored texts than lead are before it.
    let behind = |&&(rank, _): &&(Rank, u32)| beside.is_some_and(|beside| beside < rank);
    let at = before.clone().take_while(|entry| !behind(entry)).count();
    let asked_leads = beside.is_some() && at < MAX_GROUP;
    let size = MAX_GROUP as u32 + 1;
    for &(_, text) in before.take(MAX_GROUP - usize::from(asked_leads)) {
        counts.add(text, kind, size);
    }
    if asked_leads {
        counts.add(ASKED, kind, size);
    }
    true
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::candidate::add_shared;
    use crate::query::Text;
    use crate::query::tests::found_or_enough;
    use crate::sketch::Head;
    use crate::story::{StoryBuffer, TextSource};

    /// Texts that are nothing but keys.
    struct Keys(Vec<Sketch>);

    impl TextSource for Keys {
        fn count(&self) -> u32 {
            self.0.len() as u32
        }

        fn id(&self, _: u32) -> &'static str {
            ""
        }

        fn read(&self, _: u32, _: &mut StoryBuffer) -> Result<(), Error> {
            Ok(())
        }
    }

    impl Stored for Keys {
        fn in_band(
            &self,
            band: usize,
            keys: RangeInclusive<u64>,
            each: &mut dyn FnMut(u64, u32),
        ) -> Result<(), Error> {
            for (text, sketch) in (0..).zip(&self.0) {
                if keys.contains(&sketch.bands[band]) {
                    each(sketch.bands[band], text);
                }
            }
            Ok(())
        }

        fn postings(
            &self,
            keys: RangeInclusive<u64>,
            each: &mut dyn FnMut(u64, u32),
        ) -> Result<(), Error> {
            for (text, sketch) in (0..).zip(&self.0) {
                for &key in sketch.postings.iter().filter(|key| keys.contains(key)) {
                    each(key, text);
                }
            }
            Ok(())
        }

        fn postings_or_enough(
            &self,
            keys: RangeInclusive<u64>,
            enough: usize,
            found: &mut Vec<(u64, u32)>,
        ) -> Result<bool, Error> {
            found_or_enough(self, keys, enough, found)
        }

        fn text(&self, text: u32) -> Result<Text, Error> {
            let Head {
                content,
                words,
                anchors,
                ..
            } = self.0[text as usize].head;
            Ok(Text {
                content,
                words,
                anchors,
                plain: true,
                public: true,
            })
        }

        fn with_content(&self, _: u128, _: &mut dyn FnMut(u32, u32)) -> Result<(), Error> {
            Ok(())
        }

        fn versions(&self, _: u64, _: &mut dyn FnMut(u32)) -> Result<(), Error> {
            Ok(())
        }

        fn head(&self, story: u32) -> Result<Head, Error> {
            Ok(self.0[story as usize].head)
        }
    }

    /// A few keys that many share, those of a band with high halves that differ. Of the first keys of
    /// postings the odd ones are no anchors and have one second key.
    fn sketch(keys: u64) -> impl Strategy<Value = Sketch> {
        let bands = prop::collection::vec((0..keys, 0..2u64), 3);
        let postings = prop::collection::btree_set((0..2 * keys, 0..4u64), 0..6);
        (bands, postings, 1..5u32).prop_map(|(bands, postings, words)| {
            let key = |(first, second): (u64, u64)| {
                let second = if first % 2 == 1 {
                    first / 2 % 4
                } else {
                    second
                };
                first << 12 | second
            };
            let postings: BTreeSet<u64> = postings.into_iter().map(key).collect();
            Sketch {
                head: Head {
                    words,
                    ..Head::default()
                },
                bands: bands
                    .into_iter()
                    .map(|(key, half)| half << 32 | key)
                    .collect(),
                postings: postings.into_iter().collect(),
            }
        })
    }

    fn rank(sketch: &Sketch) -> Rank {
        Rank::new(Standing::Public, sketch.head.words, sketch.head.content)
    }

    /// All groups of all stories.
    fn groups(all: &[(u32, &Sketch)]) -> Vec<(Kind, Vec<u32>)> {
        let mut groups: Vec<(Kind, Vec<u32>)> = Vec::new();
        let bands = all[0].1.bands.len();
        for band in 0..bands {
            let next = (band + 1) % bands;
            let mut by_key: BTreeMap<u64, Vec<(u64, u32)>> = BTreeMap::new();
            for (text, sketch) in all {
                let second = sketch.bands[next] >> 32;
                by_key
                    .entry(sketch.bands[band])
                    .or_default()
                    .push((second, *text));
            }
            for group in by_key.into_values() {
                let mut split: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
                for &(second, text) in &group {
                    let second = if group.len() > MAX_GROUP { second } else { 0 };
                    split.entry(second).or_default().push(text);
                }
                groups.extend(split.into_values().map(|members| (Kind::Band, members)));
            }
        }
        let mut by_first: BTreeMap<u64, BTreeSet<(u64, u32)>> = BTreeMap::new();
        for (text, sketch) in all {
            for &key in &sketch.postings {
                by_first.entry(key >> 12).or_default().insert((key, *text));
            }
        }
        for entries in by_first.into_values() {
            let kind = kind_of(entries.iter().map(|entry| entry.0).min().unwrap());
            let members: BTreeSet<u32> = entries.iter().map(|entry| entry.1).collect();
            if kind != Kind::Anchor || members.len() <= MAX_GROUP {
                groups.push((kind, members.into_iter().collect()));
                continue;
            }
            let keys: BTreeSet<u64> = entries.iter().map(|entry| entry.0).collect();
            for key in keys {
                let of_key = entries.iter().filter(|entry| entry.0 == key);
                groups.push((kind, of_key.map(|entry| entry.1).collect()));
            }
        }
        groups
    }

    /// What a story shares with those before it, by all groups, whose members are in the family order.
    fn by_groups(groups: &[(Kind, Vec<u32>)], viewer: u32) -> BTreeMap<u32, Shared> {
        let mut shared: BTreeMap<u32, Shared> = BTreeMap::new();
        for (kind, members) in groups.iter().filter(|group| group.1.contains(&viewer)) {
            let leaders = members.iter().take(MAX_GROUP);
            for &other in leaders.take_while(|&&other| other != viewer) {
                add_shared(
                    shared.entry(other).or_default(),
                    *kind,
                    members.len() as u32,
                );
            }
        }
        shared
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_shared_is_what_all_groups_say(
            mut sketches in (1..4u64).prop_flat_map(|keys| prop::collection::vec(sketch(keys), 2..400)),
            replaced in any::<Option<prop::sample::Index>>(),
            viewers in prop::collection::vec(any::<prop::sample::Index>(), 8),
        ) {
            for (at, sketch) in sketches.iter_mut().enumerate() {
                // An order that is neither that of texts nor its reverse.
                sketch.head.content = (at as u128 * 89) % 1009;
            }
            let asked = sketches.pop().unwrap();
            let mut replaced = replaced.map(|index| index.index(sketches.len().max(1)) as u32);
            if let Some(text) = replaced {
                // Equal texts have equal keys.
                match sketches.get_mut(text as usize) {
                    Some(sketch) => *sketch = asked.clone(),
                    None => replaced = None,
                }
            }
            let stored = Keys(sketches);
            let (mut sharing, mut ranks) = (Sharing::default(), Ranks::default());
            let all = (0u32..).zip(&stored.0).filter(|&(text, _)| Some(text) != replaced);
            let all: Vec<(u32, &Sketch)> = all.chain([(ASKED, &asked)]).collect();
            let of = |text: u32| if text == ASKED { &asked } else { &stored.0[text as usize] };
            let mut groups = groups(&all);
            for (_, members) in &mut groups {
                members.sort_by_key(|&text| rank(of(text)));
            }
            let viewers = viewers.iter().filter(|_| !stored.0.is_empty());
            let viewers = viewers.map(|index| index.index(stored.0.len()) as u32);
            let viewers = viewers.filter(|&viewer| Some(viewer) != replaced);
            // The one right behind the asked story has it as its last leader.
            let behind = all.iter().filter(|(_, sketch)| rank(sketch) > rank(&asked));
            let next = behind.min_by_key(|(_, sketch)| rank(sketch)).map(|&(text, _)| text);
            let viewers: Vec<u32> = viewers.chain(next).chain([ASKED]).collect();
            // Twice, for what is known of leaders is used the second time.
            for &viewer in viewers.iter().chain(&viewers) {
                let sketch = of(viewer);
                for only_before in [true, false] {
                    let view = View {
                        text: viewer,
                        sketch,
                        rank: rank(sketch),
                        beside: (viewer != ASKED).then(|| (&asked, rank(&asked))),
                        replaced,
                        only_before,
                    };
                    let found: BTreeMap<u32, Shared> =
                        sharing.of(view, &stored, &mut ranks).unwrap().collect();
                    let (before, behind): (BTreeMap<u32, Shared>, BTreeMap<u32, Shared>) =
                        found.into_iter().partition(|&(text, _)| rank(of(text)) < rank(sketch));
                    prop_assert_eq!(before, by_groups(&groups, viewer), "{}", viewer);
                    if !only_before {
                        // Those behind it meet it as it meets them.
                        for (text, shared) in behind.into_iter().take(9) {
                            let back = by_groups(&groups, text);
                            prop_assert_eq!(back.get(&viewer).copied(), Some(shared), "{}", text);
                        }
                    }
                }
            }
        }
    }
}
