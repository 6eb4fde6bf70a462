//! The hand-written sample feed holds together: its records parse, and its labels speak of them.
//! Whether the labels are *right* is for the oracles that read them to say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The relations that a pair can be labeled with.
const RELATIONS: [&str; 8] = [
    "identical",
    "near_duplicate",
    "contained",
    "new_version",
    "overlapping",
    "shared_passages",
    "same_template",
    "rewritten",
];

/// The relations that join two stories in one family.
const FAMILY: [&str; 5] = [
    "identical",
    "near_duplicate",
    "contained",
    "new_version",
    "overlapping",
];

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample")
        .join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn stories() -> Vec<Value> {
    let parse = |(at, line)| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("feed.jsonl:{}: {error}", at + 1))
    };
    read("feed.jsonl").lines().enumerate().map(parse).collect()
}

fn field<'a>(story: &'a Value, name: &str) -> &'a str {
    story[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} is missing in {story}"))
}

/// The rows of a tab-separated file, checked against the header it should have.
fn rows(name: &str, header: &[&str]) -> Vec<Vec<String>> {
    let text = read(name);
    let mut lines = text
        .lines()
        .map(|line| line.split('\t').map(str::to_owned).collect());
    let first: Vec<String> = lines.next().unwrap_or_default();
    assert_eq!(first, header, "header of {name}");
    let rows: Vec<Vec<String>> = lines.collect();
    assert!(
        rows.iter().all(|row| row.len() == header.len()),
        "ragged row in {name}"
    );
    rows
}

fn labels() -> Vec<Vec<String>> {
    rows("labels.tsv", &["a", "b", "relation", "direction_or_note"])
}

/// Family and removability by id.
fn expected() -> BTreeMap<String, (String, bool)> {
    let mut expected = BTreeMap::new();
    for row in rows("expected.tsv", &["id", "family", "removable"]) {
        let removable = match row[2].as_str() {
            "yes" => true,
            "no" => false,
            other => panic!("{}: removable is {other}", row[0]),
        };
        let earlier = expected.insert(row[0].clone(), (row[1].clone(), removable));
        assert!(earlier.is_none(), "{} is expected twice", row[0]);
    }
    expected
}

#[test]
fn every_record_is_a_story_and_every_id_is_its_own() {
    let stories = stories();
    assert!(stories.len() >= 66, "{} stories", stories.len());
    let mut ids = BTreeSet::new();
    for story in &stories {
        for name in ["title", "text", "source", "published"] {
            field(story, name);
        }
        assert!(
            ids.insert(field(story, "id")),
            "{} is given twice",
            field(story, "id")
        );
    }
    let empty = stories
        .iter()
        .filter(|story| field(story, "text").is_empty())
        .count();
    assert_eq!(empty, 1, "stories without text");
}

#[test]
fn three_languages_stand_beside_english_with_pairs_of_their_own() {
    let language: BTreeMap<String, String> = stories()
        .iter()
        .map(|story| {
            (
                field(story, "id").to_owned(),
                field(story, "language").to_owned(),
            )
        })
        .collect();
    let mut pairs: BTreeMap<&str, usize> = BTreeMap::new();
    for row in labels() {
        assert_eq!(
            language[&row[0]], language[&row[1]],
            "{row:?} crosses languages"
        );
        *pairs.entry(language[&row[0]].as_str()).or_default() += 1;
    }
    assert_eq!(
        pairs.keys().copied().collect::<Vec<_>>(),
        ["de", "en", "es", "ja"]
    );
    assert!(pairs.values().all(|&pairs| pairs >= 2), "{pairs:?}");
}

#[test]
fn labels_name_known_stories_once_in_order() {
    let expected = expected();
    let mut seen = BTreeSet::new();
    let mut used = BTreeSet::new();
    for row in labels() {
        assert!(
            expected.contains_key(&row[0]) && expected.contains_key(&row[1]),
            "{row:?}"
        );
        assert!(row[0] < row[1], "{row:?} is out of order");
        assert!(
            RELATIONS.contains(&row[2].as_str()),
            "{row:?} has an unknown relation"
        );
        assert!(
            seen.insert((row[0].clone(), row[1].clone())),
            "{row:?} is labeled twice"
        );
        used.insert(row[2].clone());
    }
    assert_eq!(used.len(), RELATIONS.len(), "relations without an example");
}

#[test]
fn expected_covers_the_feed() {
    let ids: Vec<String> = stories()
        .iter()
        .map(|story| field(story, "id").to_owned())
        .collect();
    assert_eq!(expected().into_keys().collect::<Vec<_>>(), ids);
}

#[test]
fn every_family_keeps_a_story() {
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    for (family, removable) in expected().into_values() {
        *kept.entry(family).or_default() += usize::from(!removable);
    }
    for (family, kept) in kept {
        assert!(kept >= 1, "{family} keeps nothing");
    }
}

#[test]
fn families_agree_with_labels() {
    let expected = expected();
    for row in labels() {
        let same = expected[&row[0]].0 == expected[&row[1]].0;
        assert_eq!(same, FAMILY.contains(&row[2].as_str()), "{row:?}");
    }
}

#[test]
fn what_is_removable_has_a_kept_story_that_tells_it() {
    let expected = expected();
    let labels = labels();
    for (id, _) in expected.iter().filter(|(_, (_, removable))| *removable) {
        let told = labels.iter().any(|row| {
            let other = if row[0] == *id { &row[1] } else { &row[0] };
            let removes = matches!(
                row[2].as_str(),
                "identical" | "near_duplicate" | "contained"
            ) || row[3].contains("also near_duplicate");
            (row[0] == *id || row[1] == *id) && removes && !expected[other].1
        });
        assert!(told, "{id} is removable, but nothing kept tells it");
    }
}
