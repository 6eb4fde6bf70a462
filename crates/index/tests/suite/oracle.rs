//! Random batches, merges, deletions and expiries.

use proptest::prelude::*;
use wirefold::TextSource;
use wirefold_index::{IndexSettings, Snapshot, Writer};

use crate::support::{Made, add, asked, batch, batch_families, families, stories, stories_of};

/// What is done to an index.
#[derive(Clone, Debug)]
enum Change {
    Add(Vec<Made>, usize),
    /// Deletes one in so many stories.
    Delete(usize),
    Expire(i64, bool),
    Compact,
    Reopen,
}

fn changes(added: impl Strategy<Value = Vec<Made>>) -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        6 => (added, prop::sample::select(vec![1usize, 20_000, 1 << 20]))
            .prop_map(|(stories, bytes)| Change::Add(stories, bytes)),
        1 => (2..9usize).prop_map(Change::Delete),
        1 => (0..100_000i64, any::<bool>()).prop_map(|(time, source)| Change::Expire(time, source)),
        1 => Just(Change::Compact),
        1 => Just(Change::Reopen),
    ];
    prop::collection::vec(change, 1..8)
}

/// Follows changes, and asks the queries of what is stored then.
fn follow(changes: Vec<Change>, queries: &[Made]) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let mut stored: Vec<Made> = Vec::new();
    let mut count = 0;
    for change in changes {
        match change {
            Change::Add(mut stories, bytes) => {
                for story in &mut stories {
                    story.id = format!("{}-{count}", story.id);
                }
                count += 1;
                let added = add(&mut writer, dir.path(), &stories, bytes);
                prop_assert_eq!(added.added, stories.len() as u64);
                // What is there is passed over.
                let again = add(&mut writer, dir.path(), &stories, bytes);
                prop_assert_eq!((again.added, again.already), (0, stories.len() as u64));
                stored.extend(stories);
            }
            Change::Delete(step) => {
                let goes = |at: usize| at % step == 1;
                let snapshot = std::sync::Arc::clone(writer.snapshot());
                let numbers = stored.iter().enumerate().filter(|&(at, _)| goes(at));
                let numbers: Vec<u32> = numbers
                    .map(|(_, story)| snapshot.find(&story.id).unwrap())
                    .collect();
                prop_assert_eq!(
                    writer.delete(numbers.clone()).unwrap(),
                    numbers.len() as u64
                );
                let mut at = 0;
                stored.retain(|_| {
                    at += 1;
                    !goes(at - 1)
                });
            }
            Change::Expire(time, of_source) => {
                let source = of_source.then_some("Northwire");
                let gone = writer.expire(Some(time), source).unwrap();
                let before = stored.len();
                stored.retain(|story| {
                    let old = story.published.is_some_and(|published| published < time);
                    !(old && source.is_none_or(|source| story.source == source))
                });
                prop_assert_eq!(gone, (before - stored.len()) as u64);
            }
            Change::Compact => {
                writer.compact().unwrap();
                let info = writer.snapshot().info();
                prop_assert_eq!((info.deleted, info.segments.len() <= 1), (0, true));
            }
            Change::Reopen => {
                drop(writer);
                writer = Writer::open(&home).unwrap();
            }
        }
    }
    writer.end_merge().unwrap();
    let snapshot = Snapshot::open(&home).unwrap();
    prop_assert_eq!(snapshot.len(), stored.len() as u64);
    let checked = snapshot.check().unwrap();
    prop_assert_eq!(checked.stories, stored.len() as u64);
    let ids: Vec<&str> = snapshot
        .numbers()
        .map(|number| snapshot.id(number))
        .collect();
    let wanted: Vec<&str> = stored.iter().map(|story| &story.id[..]).collect();
    prop_assert_eq!(ids, wanted);
    let answers = asked(&snapshot, dir.path(), queries);
    for (story, answer) in queries.iter().zip(answers) {
        let wanted = batch(&stored, story, snapshot.settings());
        prop_assert_eq!(answer, wanted, "{}", story.id);
    }
    prop_assert_eq!(
        families(&snapshot),
        batch_families(&stored, snapshot.settings())
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn answers_are_those_of_a_run_over_all(changes in changes(stories(60)), queries in stories(12)) {
        follow(changes, &queries)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    // Nearly all share keys with nearly all: of a key no more is read than says that many have it.
    #[test]
    fn answers_in_a_crowd_too(
        first in stories_of(4, 120..200), changes in changes(stories_of(4, 1..120)), queries in stories_of(4, 1..4),
    ) {
        let first = Change::Add(first, 20_000);
        follow(std::iter::once(first).chain(changes).collect(), &queries)?;
    }
}

/// A story and its variants, each with two words of its own: nearly all are in the same large groups of bands.
#[test]
fn answers_among_variants_of_one_story() {
    let text = crate::support::SENTENCES.join(" ");
    let words: Vec<&str> = text.split(' ').collect();
    let variant = |number: usize| {
        let mut words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        words[number * 31 % 150] = format!("gale{number}");
        words.push(format!("Written by hand {number}."));
        Made {
            id: format!("v{:03}", number * 787 % 1009),
            text: words.join(" "),
            source: "Northwire",
            published: None,
            item: None,
        }
    };
    let all: Vec<Made> = (0..200).map(variant).collect();
    let (stored, queries) = all.split_at(196);
    let parts = stored
        .chunks(70)
        .map(|part| Change::Add(part.to_vec(), 1 << 20));
    follow(parts.clone().collect(), queries).unwrap();
    // Where stories are gone, how many have a key is not known without reading them.
    let gone = [Change::Compact, Change::Delete(9)];
    follow(parts.chain(gone).collect(), queries).unwrap();
}

#[test]
fn many_small_additions_are_merged() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let story = |number: usize| Made {
        id: format!("s{number}"),
        text: format!("Story {number} is of the ferry to Orlemond and of nothing else that day."),
        source: "Northwire",
        published: None,
        item: None,
    };
    let all: Vec<Made> = (0..60).map(story).collect();
    for story in &all {
        add(&mut writer, dir.path(), std::slice::from_ref(story), 1);
    }
    writer.end_merge().unwrap();
    let info = writer.snapshot().info();
    assert_eq!(info.stories, 60);
    assert!(info.segments.len() < 20, "{} segments", info.segments.len());
    // Files of segments that were merged are gone.
    let files = crate::support::files(&home, "segment-");
    assert_eq!(files.len(), info.segments.len());
    writer.snapshot().check().unwrap();
}

#[test]
fn a_reader_keeps_its_state() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let story = |id: &str| Made {
        id: id.to_owned(),
        text: crate::support::SENTENCES[..3].join(" "),
        source: "Northwire",
        published: Some(50),
        item: None,
    };
    add(&mut writer, dir.path(), &[story("a"), story("b")], 1 << 20);
    let before = Snapshot::open(&home).unwrap();
    writer.expire(Some(100), None).unwrap();
    writer.compact().unwrap();
    assert_eq!(Snapshot::open(&home).unwrap().len(), 0);
    assert!(crate::support::files(&home, "segment-").is_empty());
    let answers = asked(&before, dir.path(), &[story("c")]);
    assert_eq!(answers[0].keys().collect::<Vec<_>>(), ["a"]);
    before.check().unwrap();
}

#[test]
fn one_writes_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    let writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let refused = Writer::open(&home).unwrap_err().to_string();
    assert_eq!(
        refused,
        format!(
            "{}: another process is writing to this index; try again when it is done",
            home.display()
        )
    );
    drop(writer);
    Writer::open(&home).unwrap();
    let refused = Writer::create(&home, IndexSettings::default(), None, None).unwrap_err();
    let wanted = format!(
        "{}: not empty; an index is made in a folder of its own",
        home.display()
    );
    assert_eq!(refused.to_string(), wanted);
}

#[test]
fn an_id_that_comes_again() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let story = |text: &str| Made {
        id: "a".to_owned(),
        text: text.to_owned(),
        source: "Northwire",
        published: None,
        item: None,
    };
    let [first, second, third] = [0, 1, 2].map(|at| story(crate::support::SENTENCES[at]));
    let feed = [first.clone(), second.clone(), first.clone()];
    let added = add(&mut writer, dir.path(), &feed, 1 << 20);
    assert_eq!((added.added, added.suffixed, added.already), (2, 1, 1));
    let added = add(&mut writer, dir.path(), &[second, third, first], 1);
    assert_eq!((added.added, added.suffixed, added.already), (1, 1, 2));
    let snapshot = writer.snapshot();
    let ids: Vec<&str> = snapshot
        .numbers()
        .map(|number| snapshot.id(number))
        .collect();
    assert_eq!(ids, ["a", "a#2", "a#3"]);
}
