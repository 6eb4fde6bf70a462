//! One story asked of many, against a run over all of them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::normalize::Matcher;
use crate::relation::Row;
use crate::sketch::{Edition, Sketch, Sketcher};
use crate::story::{About, Story, StoryBuffer};
use crate::{Settings, Wanted, fold, sketch_stories};

type Feed = Vec<(String, Story<'static>)>;

/// Stored stories as plainly as can be: every question goes through all of them.
struct Plain {
    feed: Feed,
    sketches: Vec<Sketch>,
}

impl Plain {
    fn new(feed: Feed, matcher: &Matcher, settings: &Settings) -> Self {
        let mut sketcher = Sketcher::new(&settings.sketch(), matcher);
        let sketched = feed.iter().map(|(_, story)| {
            let mut sketch = Sketch::default();
            sketcher.sketch_alone(*story, &mut sketch);
            sketch
        });
        Self {
            sketches: sketched.collect(),
            feed,
        }
    }

    /// Whether a notice takes a version back.
    fn takes_back(&self, edition: Edition) -> bool {
        let notices = self.sketches.iter().filter(|sketch| sketch.head.notice);
        let mut notices = notices.filter_map(|sketch| sketch.head.edition);
        notices.any(|notice| notice.takes_back(&edition))
    }

    /// The first story with the content of each.
    fn text_of(&self, story: u32) -> u32 {
        let content = |sketch: &Sketch| sketch.head.content;
        let mine = content(&self.sketches[story as usize]);
        let first = self.sketches.iter().position(|s| content(s) == mine);
        first.unwrap() as u32
    }

    /// Texts with words, each with its sketch.
    fn texts(&self) -> impl Iterator<Item = (u32, &Sketch)> {
        let stories = (0..).zip(&self.sketches);
        stories.filter(|&(story, sketch)| sketch.head.words > 0 && self.text_of(story) == story)
    }
}

impl TextSource for Plain {
    fn count(&self) -> u32 {
        self.feed.len() as u32
    }

    fn id(&self, number: u32) -> &str {
        &self.feed[number as usize].0
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        self.feed[..].read(number, buffer)
    }
}

/// The least that [`Stored::postings_or_enough`] may find: where there are more texts than enough, nothing
/// but the last ones and the least key.
pub(super) fn found_or_enough(
    stored: &(impl Stored + ?Sized),
    keys: RangeInclusive<u64>,
    enough: usize,
    found: &mut Vec<(u64, u32)>,
) -> Result<bool, Error> {
    let mut all = Vec::new();
    stored.postings(keys, &mut |key, text| all.push((key, text)))?;
    all.sort_unstable();
    let texts: BTreeSet<u32> = all.iter().map(|&(_, text)| text).collect();
    let Some(&last) = texts
        .iter()
        .rev()
        .nth(enough.saturating_sub(1))
        .filter(|_| texts.len() > enough)
    else {
        found.append(&mut all);
        return Ok(true);
    };
    found.push(all[0]);
    found.extend(all.iter().filter(|&&(_, text)| text >= last));
    Ok(false)
}

impl Stored for Plain {
    fn in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error> {
        for (text, sketch) in self.texts() {
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
        for (text, sketch) in self.texts() {
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
        let head = self.head(text)?;
        Ok(Text {
            content: head.content,
            words: head.words,
            anchors: head.anchors,
            plain: !head.notice && head.edition.is_none(),
            public: !head.notice && !head.edition.is_some_and(|edition| self.takes_back(edition)),
        })
    }

    fn with_content(&self, content: u128, each: &mut dyn FnMut(u32, u32)) -> Result<(), Error> {
        for (story, sketch) in (0..).zip(&self.sketches) {
            if sketch.head.words > 0 && sketch.head.content == content {
                each(story, self.text_of(story));
            }
        }
        Ok(())
    }

    fn versions(&self, name: u64, each: &mut dyn FnMut(u32)) -> Result<(), Error> {
        for (story, sketch) in (0..).zip(&self.sketches) {
            if sketch
                .head
                .edition
                .is_some_and(|edition| edition.names().any(|own| own == name))
            {
                each(story);
            }
        }
        Ok(())
    }

    fn head(&self, story: u32) -> Result<Head, Error> {
        Ok(self.sketches[story as usize].head)
    }
}

const SENTENCES: [&str; 16] = [
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
    "The train that left Saltby at six stood for two hours before the tunnel.",
    "The reservoir above Lynd is as low as it was in the dry year.",
    "Nobody was hurt when a crane fell into the yard of the glass works.",
    "The choir of Ashmoor sings the long mass in the old tongue on Saturday.",
    "The price of a loaf rose to four crowns in the north.",
];

/// Words of stories: which sentences, how many words of the last one, and capitals or not.
fn texts(
    kinds: usize,
    stories: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<(Vec<usize>, usize, bool)>> {
    let sentences = prop::collection::vec(0..kinds, 1..5);
    let story = (sentences, 0..30usize, any::<bool>());
    prop::collection::vec(story, stories)
}

fn story((sentences, cut, capitals): &(Vec<usize>, usize, bool)) -> String {
    let mut words: Vec<&str> = sentences
        .iter()
        .flat_map(|&sentence| SENTENCES[sentence].split(' '))
        .collect();
    words.truncate(words.len().saturating_sub(*cut).max(3));
    let text = words.join(" ");
    if *capitals { text.to_uppercase() } else { text }
}

/// Records that number some stories as versions of items, and take some back.
fn about(number: usize, versions: bool) -> About<'static> {
    const ITEMS: [&str; 4] = ["ferry", "frost", "bridge", "wheat"];
    if !versions || !number.is_multiple_of(5) {
        return About::default();
    }
    // An id, a slug, or both.
    let name = number / 5 % 4;
    About {
        item: (number % 3 < 2).then_some(ITEMS[name]),
        slug: (!number.is_multiple_of(4)).then_some(ITEMS[3 - name / 2]),
        version: Some((number % 7) as u64),
        published: i64::try_from(number / 60 * 50_000).ok(),
        status: number.is_multiple_of(15).then_some("canceled"),
        ..About::default()
    }
}

fn feed(texts: &[(Vec<usize>, usize, bool)], versions: bool) -> Feed {
    let made = texts.iter().enumerate().map(|(number, text)| {
        let about = about(number, versions);
        let text: &'static str = Box::leak(story(text).into_boxed_str());
        // Ids in another order than the stories.
        let id = format!("s{:03}", number * 89 % 1009);
        (
            id,
            Story {
                title: None,
                text,
                about,
            },
        )
    });
    made.collect()
}

/// The rows of a run that name a story, by the ids of the other side.
fn batch(feed: &Feed, asked: u32, matcher: &Matcher, settings: &Settings) -> BTreeMap<String, Row> {
    let sketches = sketch_stories(&feed[..], matcher, settings).unwrap();
    let wanted = Wanted {
        families: false,
        relations: true,
    };
    let outcome = fold(
        sketches,
        &feed[..],
        matcher,
        settings,
        wanted,
        &|_, _, _| (),
    )
    .unwrap();
    let named = outcome.relations.into_iter();
    let named = named.filter(|row| row.a == asked || row.b == asked);
    named
        .map(|row| {
            let other = if row.a == asked { row.b } else { row.a };
            (feed[other as usize].0.clone(), row)
        })
        .collect()
}

/// A row without numbers, for those differ.
fn told(row: &Row, asked: u32) -> (bool, Row) {
    let first = row.a == asked;
    (
        first,
        Row {
            a: 0,
            b: 0,
            ..row.clone()
        },
    )
}

/// Asks for some of the stories of a feed, each of all others.
fn compare(feed: &Feed, asked: &[prop::sample::Index], before: usize) -> Result<(), TestCaseError> {
    let (matcher, settings) = (Matcher::default(), Settings::default());
    for asked in asked {
        let asked = asked.index(feed.len());
        let wanted = batch(feed, asked as u32, &matcher, &settings);
        let mut rest = feed.clone();
        let (id, story) = rest.remove(asked);
        let stored = Plain::new(rest, &matcher, &settings);
        let mut asker = Asker::new(&stored, &matcher, &settings).unwrap();
        let mut sketch = Sketch::default();
        // What was looked up before changes nothing.
        for (id, story) in stored.feed.iter().take(before) {
            asker.relations(id, *story, &mut sketch).unwrap();
        }
        let rows = asker.relations(&id, story, &mut sketch).unwrap();
        let other = |row: &Row| if row.a == ASKED { row.b } else { row.a };
        let found: BTreeMap<String, Row> = rows
            .into_iter()
            .map(|row| (stored.id(other(&row)).to_owned(), row))
            .collect();
        let ids = |rows: &BTreeMap<String, Row>| rows.keys().cloned().collect::<Vec<_>>();
        prop_assert_eq!(ids(&found), ids(&wanted), "asked for {}", id);
        for (other, row) in &found {
            prop_assert_eq!(
                told(row, ASKED),
                told(&wanted[other], asked as u32),
                "{}",
                other
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_story_has_the_rows_of_a_run_over_all(
        texts in texts(SENTENCES.len(), 2..220), asked in prop::collection::vec(any::<prop::sample::Index>(), 3),
        versions in any::<bool>(),
    ) {
        compare(&feed(&texts, versions), &asked, 12)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    // Nearly all share keys with nearly all: groups have leaders, and stories more candidates than they
    // are compared with.
    #[test]
    fn in_a_crowd_too(
        texts in texts(5, 250..400), asked in prop::collection::vec(any::<prop::sample::Index>(), 3),
        versions in any::<bool>(),
    ) {
        compare(&feed(&texts, versions), &asked, 3)?;
    }
}

/// Asks while more is stored, with a memory and without.
fn remember(feed: &Feed, asked: &[prop::sample::Index], more: usize) -> Result<(), TestCaseError> {
    let (matcher, settings) = (Matcher::default(), Settings::default());
    let mut memory = Memory::default();
    let (mut stored, mut sketch) = (feed.len() / 2, Sketch::default());
    while stored < feed.len() {
        let present = Plain::new(feed[..stored].to_vec(), &matcher, &settings);
        let mut asker = Asker::with(memory, &present, &matcher, &settings).unwrap();
        for asked in asked {
            let (id, story) = &feed[stored + asked.index(feed.len() - stored)];
            let mut fresh = Asker::new(&present, &matcher, &settings).unwrap();
            let rows = fresh.relations(id, *story, &mut sketch).unwrap();
            let link = fresh.told(*story, &sketch).unwrap();
            prop_assert_eq!(asker.told(*story, &sketch).unwrap(), link, "{}", id);
            prop_assert_eq!(
                asker.relations(id, *story, &mut sketch).unwrap(),
                rows,
                "{}",
                id
            );
        }
        memory = asker.into_memory();
        let before = stored;
        stored = feed.len().min(stored + more);
        let present = Plain::new(feed[..stored].to_vec(), &matcher, &settings);
        for story in before as u32..stored as u32 {
            let sketch = &present.sketches[story as usize];
            memory
                .note(story, present.text_of(story), sketch, &present)
                .unwrap();
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn what_is_remembered_changes_nothing(
        few in texts(SENTENCES.len(), 2..60), crowd in texts(5, 250..330), more in 1..40usize,
        asked in prop::collection::vec(any::<prop::sample::Index>(), 3), versions in any::<bool>(),
    ) {
        remember(&feed(&few, versions), &asked, more.div_ceil(4))?;
        remember(&feed(&crowd, versions), &asked, more)?;
    }
}

#[test]
fn what_is_told_already_and_what_is_not() {
    let (matcher, settings) = (Matcher::default(), Settings::default());
    let texts: Vec<String> = [&[0usize, 1, 2, 3][..], &[4, 5, 6]]
        .map(|of| {
            of.iter()
                .map(|&s| SENTENCES[s])
                .collect::<Vec<_>>()
                .join(" ")
        })
        .to_vec();
    let leaked = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let plain = |text: &'static str| Story {
        text,
        ..Story::default()
    };
    let stored: Feed = (0..)
        .zip(texts.clone())
        .map(|(number, text)| (format!("s{number}"), plain(leaked(text))))
        .collect();
    let stored = Plain::new(stored, &matcher, &settings);
    let mut asker = Asker::new(&stored, &matcher, &settings).unwrap();
    let mut sketcher = Sketcher::new(&settings.sketch(), &matcher);
    let mut sketch = Sketch::default();
    let mut told = |story| {
        sketcher.sketch_alone(story, &mut sketch);
        let link = asker.told(story, &sketch).unwrap();
        link.map(|link| (link.relation.name(), link.to))
    };
    let part = leaked(texts[0][..texts[0].len() * 2 / 5].to_owned());
    let more = leaked(format!("{} {} {}", texts[1], SENTENCES[7], SENTENCES[8]));
    assert_eq!(
        told(plain(leaked(texts[0].to_uppercase()))),
        Some(("identical", 0))
    );
    assert_eq!(told(plain(part)), Some(("contained", 0)));
    assert_eq!(told(plain(more)), None);
    assert_eq!(told(plain(SENTENCES[9])), None);
    assert_eq!(told(plain("")), None);
    // A notice is news whatever it repeats.
    let about = About {
        status: Some("canceled"),
        ..About::default()
    };
    assert_eq!(
        told(Story {
            about,
            ..plain(part)
        }),
        None
    );
}
