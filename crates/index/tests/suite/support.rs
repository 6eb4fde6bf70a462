//! Feeds, and what runs over them say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::json;
use wirefold::normalize::Matcher;
use wirefold::relation::Row;
use wirefold::{About, Settings, Story, TextSource, Wanted, fold, sketch_stories};
use wirefold_index::{AddOptions, Added, Answer, Snapshot, Writer};
use wirefold_io::{Feed, FeedOptions, Inputs, RecordOptions};

pub(crate) const SENTENCES: [&str; 14] = [
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
    "The choir of Ashmoor sings the long mass in the old tongue on Saturday.",
];

/// A story of a test feed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) source: &'static str,
    pub(crate) published: Option<i64>,
    /// Slug, version, and whether it is taken back.
    pub(crate) item: Option<(&'static str, u64, bool)>,
}

impl Made {
    pub(crate) fn json(&self) -> String {
        let mut record = json!({"id": self.id, "text": self.text, "source": self.source});
        if let Some(published) = self.published {
            record["published"] = json!(published);
        }
        if let Some((slug, version, back)) = self.item {
            record["slug"] = json!(slug);
            record["version"] = json!(version);
            record["status"] = json!(if back { "canceled" } else { "usable" });
        }
        record.to_string() + "\n"
    }

    pub(crate) fn story(&self) -> Story<'_> {
        let item = self.item;
        Story {
            title: None,
            text: &self.text,
            about: About {
                source: Some(self.source),
                published: self.published,
                item: item.map(|_| &*self.id),
                slug: item.map(|item| item.0),
                version: item.map(|item| item.1),
                status: item.map(|item| if item.2 { "canceled" } else { "usable" }),
                embargo: None,
            },
        }
    }
}

/// Stories made of a few sentences, so that groups are large, with ids in no order.
pub(crate) fn stories(most: usize) -> impl Strategy<Value = Vec<Made>> {
    stories_of(SENTENCES.len(), 1..most)
}

/// Likewise, made of so many of the sentences.
pub(crate) fn stories_of(
    kinds: usize,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Made>> {
    let sentences = prop::collection::vec(0..kinds, 0..5);
    let item = prop::option::weighted(
        0.2,
        (
            prop::sample::select(vec!["ferry", "frost", "wheat"]),
            0..4u64,
            prop::bool::weighted(0.2),
        ),
    );
    let source = prop::sample::select(vec!["Northwire", "Kelm Courier"]);
    let published = prop::option::weighted(0.8, 0..200_000i64);
    let made = (
        sentences,
        0..20usize,
        any::<bool>(),
        item,
        source,
        published,
    );
    prop::collection::vec(made, count).prop_map(|all| {
        let made = all.into_iter().enumerate();
        let made = made.map(
            |(number, (sentences, cut, capitals, item, source, published))| {
                let words = sentences
                    .iter()
                    .flat_map(|&sentence| SENTENCES[sentence].split(' '));
                let mut words: Vec<&str> = words.collect();
                words.truncate(words.len().saturating_sub(cut).max(3));
                let text = words.join(" ");
                Made {
                    id: format!("s{:04}", number * 787 % 10_007),
                    text: if capitals { text.to_uppercase() } else { text },
                    source,
                    published,
                    item,
                }
            },
        );
        made.collect()
    })
}

pub(crate) fn feed(dir: &Path, stories: &[Made]) -> Feed {
    let path = dir.join("feed.jsonl");
    let lines: String = stories.iter().map(Made::json).collect();
    std::fs::write(&path, lines).unwrap();
    opened(&path)
}

pub(crate) fn opened(path: &Path) -> Feed {
    Feed::open(Inputs::collect([path]).unwrap(), FeedOptions::default()).unwrap()
}

/// Adds stories in batches of a few.
pub(crate) fn add(writer: &mut Writer, dir: &Path, stories: &[Made], batch_bytes: usize) -> Added {
    let options = AddOptions {
        threads: 2,
        batch_bytes,
        ..AddOptions::default()
    };
    writer
        .add(&feed(dir, stories), &options, |_, _| Ok(()))
        .unwrap()
}

/// A row without numbers, and whether the asked story is `a`.
pub(crate) type Told = (bool, Row);

fn told(row: &Row, asked: u32) -> Told {
    let numbered = |row: &Row| Row {
        a: 0,
        b: 0,
        ..row.clone()
    };
    (row.a == asked, numbered(row))
}

/// The rows of one story against the stored ones, by id, as a run over all has them.
pub(crate) fn batch(stored: &[Made], asked: &Made, settings: &Settings) -> BTreeMap<String, Told> {
    let mut all: Vec<&Made> = stored.iter().collect();
    all.push(asked);
    let feed: Vec<(String, Story<'_>)> = all
        .iter()
        .map(|made| (made.id.clone(), made.story()))
        .collect();
    let matcher = Matcher::default();
    let sketches = sketch_stories(&feed[..], &matcher, settings).unwrap();
    let wanted = Wanted {
        families: false,
        relations: true,
    };
    let outcome = fold(
        sketches,
        &feed[..],
        &matcher,
        settings,
        wanted,
        &|_, _, _| (),
    )
    .unwrap();
    let number = stored.len() as u32;
    let named = outcome
        .relations
        .iter()
        .filter(|row| row.a == number || row.b == number);
    named
        .map(|row| {
            let other = if row.a == number { row.b } else { row.a };
            (feed[other as usize].0.clone(), told(row, number))
        })
        .collect()
}

/// The same as the index has it.
pub(crate) fn asked(
    snapshot: &Snapshot,
    dir: &Path,
    asked: &[Made],
) -> Vec<BTreeMap<String, Told>> {
    let mut all = Vec::new();
    let show = |answer: Answer<'_>| {
        let rows = answer.rows.iter();
        let rows = rows.map(|row| {
            let stored = Answer::stored(row);
            (
                snapshot.id(stored).to_owned(),
                told(row, wirefold::query::ASKED),
            )
        });
        rows.collect::<BTreeMap<String, Told>>()
    };
    let feed = feed(dir, asked);
    let records = RecordOptions::default();
    snapshot
        .query(&feed, &records, 2, show, |answers, refused| {
            assert!(refused.is_empty());
            all.extend(answers);
            Ok(())
        })
        .unwrap();
    all
}

/// Cluster and whether it is kept, by id.
pub(crate) fn families(snapshot: &Snapshot) -> BTreeMap<String, (String, bool)> {
    let stories = snapshot.stories();
    let outcome = snapshot
        .families(&stories, snapshot.settings(), None)
        .unwrap();
    let decisions = (0u32..).zip(&outcome.decisions);
    decisions
        .map(|(number, decision)| {
            let cluster = stories.id(decision.cluster).to_owned();
            (stories.id(number).to_owned(), (cluster, decision.kept))
        })
        .collect()
}

/// The same of a run over all.
pub(crate) fn batch_families(
    stored: &[Made],
    settings: &Settings,
) -> BTreeMap<String, (String, bool)> {
    let feed: Vec<(String, Story<'_>)> = stored
        .iter()
        .map(|made| (made.id.clone(), made.story()))
        .collect();
    let matcher = Matcher::default();
    let settings = Settings {
        rewrites: false,
        ..settings.clone()
    };
    let sketches = sketch_stories(&feed[..], &matcher, &settings).unwrap();
    let wanted = Wanted {
        families: true,
        relations: false,
    };
    let outcome = fold(
        sketches,
        &feed[..],
        &matcher,
        &settings,
        wanted,
        &|_, _, _| (),
    )
    .unwrap();
    let decisions = outcome.decisions.iter().zip(&feed);
    decisions
        .map(|(decision, (id, _))| {
            (
                id.clone(),
                (feed[decision.cluster as usize].0.clone(), decision.kept),
            )
        })
        .collect()
}

/// Files of a folder by the beginning of their names.
pub(crate) fn files(dir: &Path, begin: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(begin)
        })
        .collect();
    found.sort();
    found
}
