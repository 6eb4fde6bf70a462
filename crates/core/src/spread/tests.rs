//! All steps in a row, against the run over all stories.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;

use super::*;
use crate::candidate::{KeyBucket, KeyBuckets, Place, join_bucket, propose_range};
use crate::normalize::Matcher;
use crate::relation::Relation;
use crate::story::{About, Story};
use crate::{Decision, Keep, Settings, Wanted, fold, sketch_stories};

type Feed = Vec<(String, Story<'static>)>;

const SENTENCES: [&str; 12] = [
    "The ferry to Orlemond will not sail before noon, the port of Kelm said on Friday.",
    "Frost took a third of the blossom in the orchards of Pellworth on Sunday night.",
    "\"We shall count the trees in May and not before,\" said Ilse Vantour of the growers.",
    "Trading in Brackwater closed two points higher after a slow morning.",
    "The museum of Tarn keeps its doors shut until the roof has been mended.",
    "Six boats of the rescue service searched the bay of Hollin through the night.",
    "The council voted eleven to four for a second bridge over the Marre.",
    "A judge in Kelm sent the case of the lost ledgers back to the lower court.",
    "Wheat for delivery in March cost 214 crowns a ton, barley 187.",
    "The reporting was done in Orlemond by the desk of the Kelm Courier.",
    "Teachers in Dovermere strike on Tuesday for smaller classes.",
    "The choir of Ashmoor sings the long mass in the old tongue on Saturday.",
];

/// A story by its sentences, how many words of the last are cut, and what its record says.
type Made = (Vec<usize>, usize, usize);

fn feed(made: &[Made]) -> Feed {
    let story = |(number, (sentences, cut, record)): (usize, &Made)| {
        let words: Vec<&str> = sentences
            .iter()
            .flat_map(|&at| SENTENCES[at].split(' '))
            .collect();
        let text = words[..words.len().saturating_sub(*cut).max(3)].join(" ");
        let text = if record % 7 == 0 {
            text.to_uppercase()
        } else {
            text
        };
        let about = About {
            source: Some(["Northwire", "Kelm Courier", "Elsewhere"][record % 3]),
            published: (record % 5 > 0).then_some(i64::try_from(record * 30_000).unwrap()),
            item: (record % 8 == 0).then_some(["urn:7", "urn:8"][record / 8 % 2]),
            slug: (record % 4 == 0).then_some(["ferry", "frost"][record / 4 % 2]),
            version: (record % 4 == 0).then_some((record % 6) as u64),
            status: (record % 24 == 0).then_some("canceled"),
            embargo: (record % 10 == 3).then_some(900_000),
        };
        let text: &'static str = Box::leak(text.into_boxed_str());
        (
            format!("s{:03}", number * 89 % 1009),
            Story {
                title: None,
                text,
                about,
            },
        )
    };
    made.iter().enumerate().map(story).collect()
}

/// Everything step by step; stories are known to each other by numbers alone.
#[expect(
    clippy::too_many_lines,
    reason = "the steps in a row, as who spreads them has them"
)]
fn spread(feed: &Feed, settings: &Settings, (buckets, width): (usize, u64)) -> Vec<Decision> {
    let (matcher, sketch_settings) = (Matcher::default(), settings.sketch());
    let mut placer = Placer::new(&matcher, settings).unwrap();
    let mut all: Vec<Placed> = Vec::new();
    for (number, (_, story)) in (0..).zip(feed) {
        let mut placed = Placed::default();
        placer.place(*story, number, &mut placed);
        all.push(placed);
    }
    let head = |story: usize| all[story].sketch.head;
    let versions = (0..all.len()).filter_map(|story| Some((story, head(story).edition?)));
    let (of, versions): (Vec<usize>, Vec<_>) = versions
        .map(|(story, edition)| (story, (edition, head(story).notice)))
        .unzip();
    for at in withdrawn(&versions) {
        all[of[at]].order[0] = WITHDRAWN;
    }
    let head = |story: usize| all[story].sketch.head;
    let mut stories: Vec<usize> = (0..all.len())
        .filter(|&story| head(story).words > 0)
        .collect();
    stories.sort_by(|&x, &y| (&all[x].order, &feed[x].0).cmp(&(&all[y].order, &feed[y].0)));
    let mut by_text: BTreeMap<u128, Vec<u64>> = BTreeMap::new();
    for (number, &story) in (0..).zip(&stories) {
        by_text.entry(head(story).content).or_default().push(number);
    }
    let story = |number: u64| stories[number as usize];
    let mut stands: HashMap<u64, u64> = HashMap::new();
    for members in by_text.values() {
        let published: Vec<_> = members
            .iter()
            .map(|&n| feed[story(n)].1.about.published)
            .collect();
        let places = settings
            .window
            .map_or(vec![0; members.len()], |window| classes(&published, window));
        stands.extend(
            members
                .iter()
                .zip(places)
                .map(|(&member, place)| (member, members[place])),
        );
    }
    let timed = settings.window.is_some();
    let mut keys = KeyBuckets::new(buckets, timed);
    for number in (0..stories.len() as u64).filter(|number| stands[number] == *number) {
        let sketch = &all[story(number)].sketch;
        let place = Place::new(&sketch_settings, number, sketch);
        keys.push(place, feed[story(number)].1.about.published, sketch);
    }
    let mut ranges: BTreeMap<u64, Vec<Vec<u8>>> = BTreeMap::new();
    for (_, KeyBucket { postings, bands }) in keys.take() {
        let joined = join_bucket(&[(&postings, &bands)], settings.window, width).unwrap();
        for (range, bytes) in joined.ranges {
            ranges.entry(range).or_default().push(bytes);
        }
    }
    let mut proposed: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (range, groups) in ranges {
        let groups: Vec<&[u8]> = groups.iter().map(Vec::as_slice).collect();
        propose_range(
            &groups,
            range,
            settings.window,
            width,
            |a, [likely, faint, _], _| {
                let mut before: Vec<u64> = likely.iter().chain(faint).copied().collect();
                before.sort_unstable();
                if !before.is_empty() {
                    proposed.insert(a, before);
                }
            },
        );
    }
    let standing = |number: u64| all[story(number)].order[0];
    let mut judge = Judge::new(&feed[..], &matcher, settings).unwrap();
    let mut look = |a: u64, whole: bool| {
        let before = &proposed[&a];
        let earlier: Vec<Earlier> = before
            .iter()
            .map(|&b| Earlier {
                story: story(b) as u32,
                leads: !whole && !proposed.contains_key(&b),
                standing: standing(b),
            })
            .collect();
        let found = judge.ties(story(a) as u32, standing(a), &earlier);
        let (found, settled) = found.unwrap();
        let ties = found.into_iter().map(|(at, tie)| (a, before[at], tie));
        (ties.collect::<Vec<(u64, u64, Tie)>>(), settled)
    };
    let (mut ties, mut settled) = (Vec::new(), BTreeMap::new());
    for &a in proposed.keys() {
        let (found, is_settled) = look(a, false);
        if is_settled {
            settled.insert(a, found[0].1);
        }
        ties.extend(found);
    }
    // The leaders that the families are whole by.
    let mut pairs: Vec<(u64, u64, bool)> = ties.iter().map(|&(a, b, _)| (a, b, false)).collect();
    let leaders: HashMap<u64, u64> = lead(&mut pairs).into_iter().collect();
    let leader = |story: u64| leaders.get(&story).copied().unwrap_or(story);
    let families = |ties: &[(u64, u64, Tie)]| {
        let mut families: BTreeMap<u64, Vec<(u64, u64, Tie)>> = BTreeMap::new();
        for &tie in ties.iter().filter(|tie| leader(tie.0) == leader(tie.1)) {
            families.entry(leader(tie.0)).or_default().push(tie);
        }
        families
    };
    let folded = |ties| fold_ties(ties, standing, settings).unwrap();
    // Of families whose leader went everyone whom it removed is looked at again.
    let mut again = BTreeSet::new();
    for (leader, ties) in families(&ties) {
        let gone = |folded: &Folded| folded.story == leader && !folded.kept;
        if folded(ties).iter().any(gone) {
            again.extend(
                settled
                    .iter()
                    .filter(|&(_, &b)| b == leader)
                    .map(|(&a, _)| a),
            );
        }
    }
    ties.retain(|(a, ..)| !again.contains(a));
    for &a in &again {
        ties.extend(look(a, true).0);
    }
    let mut decisions: Vec<Decision> = (0..all.len() as u32)
        .map(|story| Decision {
            cluster: story,
            kept: true,
            link: None,
        })
        .collect();
    for ties in families(&ties).into_values() {
        for folded in folded(ties) {
            assert_eq!(folded.cluster, leader(folded.story));
            decisions[story(folded.story)] = Decision {
                cluster: story(folded.cluster) as u32,
                kept: folded.kept,
                link: folded.link.map(|link| crate::Link {
                    relation: link.relation,
                    to: story(link.to) as u32,
                    jaccard: link.jaccard,
                    containment: link.containment,
                    novel: link.novel,
                }),
            };
        }
    }
    let go = equals_that_go(settings);
    for (number, stands) in stands
        .into_iter()
        .filter(|(number, stands)| number != stands)
    {
        decisions[story(number)] = Decision {
            cluster: decisions[story(stands)].cluster,
            kept: !go.contains(&(standing(stands), standing(number))),
            link: Some(crate::Link {
                relation: Relation::Identical,
                to: story(stands) as u32,
                jaccard: 1.0,
                containment: 1.0,
                novel: 0.0,
            }),
        };
    }
    decisions
}

fn whole(feed: &Feed, settings: &Settings) -> Vec<Decision> {
    let matcher = Matcher::default();
    let sketches = sketch_stories(&feed[..], &matcher, settings).unwrap();
    let wanted = Wanted {
        families: true,
        relations: false,
    };
    let outcome = fold(
        sketches,
        &feed[..],
        &matcher,
        settings,
        wanted,
        &|_, _, _| (),
    );
    outcome.unwrap().decisions
}

fn made(kinds: usize, stories: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Made>> {
    let sentences = prop::collection::vec(0..kinds, 1..6);
    prop::collection::vec((sentences, 0..24usize, 0..60usize), stories)
}

fn settings() -> impl Strategy<Value = Settings> {
    let keep = prop::sample::select(vec![
        "longest",
        "first",
        "earliest",
        "latest,prefer:Elsewhere,Northwire",
        "latest-version,earliest",
    ]);
    let window = prop::option::of(prop::sample::select(vec![40_000, 200_000u64]));
    (keep, window, any::<bool>(), any::<bool>()).prop_map(|(keep, window, now, rewrites)| {
        Settings {
            keep: Keep::list(keep).unwrap(),
            window,
            now: now.then_some(800_000),
            rewrites,
            min_novel: if now { 0.2 } else { 1.0 },
            ..Settings::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_steps_in_a_row_are_the_run(
        made in made(SENTENCES.len(), 1..160), settings in settings(), buckets in 1..5usize, width in 1..200u64,
    ) {
        let feed = feed(&made);
        prop_assert_eq!(spread(&feed, &settings, (buckets, width)), whole(&feed, &settings));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    // Nearly all share keys with nearly all.
    #[test]
    fn in_a_crowd_too(made in made(4, 200..330), settings in settings()) {
        let feed = feed(&made);
        prop_assert_eq!(spread(&feed, &settings, (3, 90)), whole(&feed, &settings));
    }
}
