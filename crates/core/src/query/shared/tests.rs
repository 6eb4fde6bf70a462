use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::candidate::add_shared;
use crate::imprint::Standing;
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

    fn in_band_or_enough(
        &self,
        band: usize,
        key: u64,
        enough: usize,
        found: &mut Vec<u32>,
    ) -> Result<bool, Error> {
        self.in_band(band, key..=key, &mut |_, text| found.push(text))?;
        let all = found.len() <= enough;
        found.truncate(enough);
        Ok(all)
    }

    fn count_in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
    ) -> Result<Option<usize>, Error> {
        let mut count = 0;
        self.in_band(band, keys, &mut |_, _| count += 1)?;
        // Of half of the bands it is known.
        Ok(band.is_multiple_of(2).then_some(count))
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
    let halves = prop_oneof![9 => 0..2u64, 1 => 2..6u64];
    let bands = prop::collection::vec((0..keys, halves), 3);
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
                    only_likely: false,
                };
                let found: BTreeMap<u32, Shared> =
                    sharing.of(view, &stored, &mut ranks).unwrap().collect();
                let likely = |found: &BTreeMap<u32, Shared>| -> BTreeMap<u32, u32> {
                    let anchors = found.iter().filter_map(|(&text, shared)| {
                        let (kind, anchors) = shared.proposes(1)?;
                        (kind == 0).then_some((text, anchors))
                    });
                    anchors.collect()
                };
                let view = View { only_likely: true, ..view };
                let alone = sharing.of(view, &stored, &mut ranks).unwrap().collect();
                prop_assert_eq!(likely(&alone), likely(&found), "{}", viewer);
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
