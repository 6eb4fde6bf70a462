//! An index that an earlier version wrote, as it lies in `tests/golden`: it stays readable, or says what to do.
//!
//! `golden/format-N` was written by the first version of that format: `index create`, `index add` of three stories,
//! `index add` of a copy in capitals and of one that `index delete` took out again.

use std::fs;
use std::path::Path;

use wirefold::relation::Relation;
use wirefold::{Story, TextSource};
use wirefold_index::{AddOptions, Answer, Snapshot, Writer};

#[test]
fn an_index_of_format_1_is_read_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    fs::create_dir(&home).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/format-1");
    for entry in fs::read_dir(golden).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, home.join(path.file_name().unwrap())).unwrap();
    }

    let snapshot = Snapshot::open(&home).unwrap();
    assert_eq!(snapshot.check().unwrap().stories, 4);
    let ids: Vec<&str> = snapshot
        .numbers()
        .map(|number| snapshot.id(number))
        .collect();
    assert_eq!(ids, ["g0", "g1", "g2", "copy"]);
    let about = snapshot.about(snapshot.find("g1").unwrap());
    assert_eq!(
        (about.source, about.published),
        (Some("Northwire"), Some(1_930_204_800))
    );
    // Hashes of today find what those of then stored.
    assert_eq!(
        related(&snapshot),
        [
            ("copy", Relation::Identical),
            ("g0", Relation::NearDuplicate)
        ]
    );
    let stories = snapshot.stories();
    let outcome = snapshot
        .families(&stories, snapshot.settings(), None)
        .unwrap();
    let kept = (0u32..)
        .zip(&outcome.decisions)
        .filter(|(_, decision)| decision.kept);
    let kept: Vec<&str> = kept.map(|(number, _)| stories.id(number)).collect();
    assert_eq!(kept, ["g0", "g1", "g2"]);
    drop(snapshot);

    let mut writer = Writer::open(&home).unwrap();
    let new = [(
        "new".to_owned(),
        Story {
            text: ASKED,
            ..Story::default()
        },
    )];
    writer
        .add_stories(&new[..], &AddOptions::default(), |_| Ok(()))
        .unwrap();
    writer.compact().unwrap();
    drop(writer);
    let snapshot = Snapshot::open(&home).unwrap();
    assert_eq!(snapshot.check().unwrap().stories, 5);
}

const ASKED: &str = "The ferry to Orlemond will not sail before noon, the port of Kelm said on Friday, and no boat goes to \
                     Tarn before the ice is broken.";

/// How a story is related to those of the index, by id.
fn related(snapshot: &Snapshot) -> Vec<(&str, Relation)> {
    let asked = [(
        "asked".to_owned(),
        Story {
            text: ASKED,
            ..Story::default()
        },
    )];
    let show = |_, answer: Answer<'_>| {
        let rows = answer.rows.iter();
        let rows = rows.map(|row| (Answer::stored(row), row.relation));
        rows.collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    let each = |some: Vec<Vec<(u32, Relation)>>| {
        all.extend(some.into_iter().flatten());
        Ok(())
    };
    snapshot.query_stories(&asked[..], 1, show, each).unwrap();
    let mut named: Vec<_> = all
        .into_iter()
        .map(|(number, relation)| (snapshot.id(number), relation))
        .collect();
    named.sort();
    named
}
