//! The sample feed, whose truth is known, and the seeds beside the repository.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Folder, csv, ids, rows, sample};
use wirefold_tests::data::shared;

/// Ids of the stories that the truth lets go, and all relations labeled `identical`.
fn truth() -> (BTreeSet<String>, Vec<[String; 2]>) {
    let read = |name: &str| std::fs::read_to_string(sample().with_file_name(name)).unwrap();
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let removable = read("expected.tsv")
        .lines()
        .map(cells)
        .filter(|row| row[2] == "yes")
        .map(|row| row[0].clone())
        .collect();
    let identical = read("labels.tsv")
        .lines()
        .map(cells)
        .filter(|row| row[2] == "identical")
        .map(|row| [row[0].clone(), row[1].clone()])
        .collect();
    (removable, identical)
}

#[test]
fn the_removable_stories_go_and_only_they() {
    let folder = Folder::new();
    let ran = folder
        .cmd("dedup --clusters clusters.jsonl")
        .arg(sample())
        .run()
        .code(0);
    let (removable, identical) = truth();
    let clusters = folder.rows("clusters.jsonl");
    let removed: BTreeSet<String> = clusters
        .iter()
        .filter(|row| row["kept"] == false)
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    // Which of several identical stories stays is decided by a hash and not by their ids, so
    // stories are compared by what they say.
    let class = |id: &String| -> String {
        let mut class = BTreeSet::from([id.clone()]);
        loop {
            let before = class.len();
            for pair in &identical {
                if pair.iter().any(|id| class.contains(id)) {
                    class.extend(pair.iter().cloned());
                }
            }
            if class.len() == before {
                return class.pop_first().unwrap();
            }
        }
    };
    let count = |ids: &BTreeSet<String>| {
        let mut counts = BTreeMap::new();
        for id in ids {
            *counts.entry(class(id)).or_insert(0) += 1;
        }
        counts
    };
    assert_eq!(count(&removed), count(&removable));
    assert!(ran.err.contains("kept 82, removed 25"), "{}", ran.err);

    // What stays is there byte for byte and in its order.
    let feed = std::fs::read_to_string(sample()).unwrap();
    let kept: String = feed
        .lines()
        .filter(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            !removed.contains(record["id"].as_str().unwrap())
        })
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(ran.text(), kept);
}

#[test]
fn every_story_has_one_row_that_explains_it() {
    let folder = Folder::new();
    folder
        .cmd("dedup -o kept.jsonl --clusters clusters.jsonl")
        .arg(sample())
        .run()
        .code(0);
    let clusters = folder.rows("clusters.jsonl");
    let feed = std::fs::read(sample()).unwrap();
    let all: Vec<String> = clusters
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(all, ids(&feed));
    let kept: BTreeSet<String> = ids(&folder.bytes("kept.jsonl")).into_iter().collect();
    for row in &clusters {
        let names: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            [
                "id",
                "cluster",
                "kept",
                "relation",
                "to",
                "jaccard",
                "containment",
                "novel"
            ]
        );
        let id = row["id"].as_str().unwrap();
        assert_eq!(row["kept"], kept.contains(id), "{row}");
        if row["kept"] == false {
            // A story goes only for one that stays, by a relation that removes.
            assert!(kept.contains(row["to"].as_str().unwrap()), "{row}");
            let relation = row["relation"].as_str().unwrap();
            assert!(
                ["identical", "new_version", "near_duplicate", "contained"].contains(&relation),
                "{row}"
            );
            assert!(row["novel"].as_f64().unwrap() < 0.2, "{row}");
        }
    }
}

#[test]
fn relations_of_the_sample_are_those_labeled() {
    let folder = Folder::new();
    let ran = folder.cmd("relate").arg(sample()).run().code(0);
    let relations = rows(&ran.out);
    let labels = std::fs::read_to_string(sample().with_file_name("labels.tsv")).unwrap();
    let told: BTreeMap<(String, String), String> = relations
        .iter()
        .map(|row| {
            let of = |name: &str| row[name].as_str().unwrap().to_owned();
            ((of("a"), of("b")), of("relation"))
        })
        .collect();
    for ((a, b), relation) in &told {
        assert!(a < b, "{a} {b}");
        let labeled = labels
            .lines()
            .any(|line| line.starts_with(&format!("{a}\t{b}\t")));
        assert!(labeled, "{a} {b} {relation} is not labeled");
    }
    // Equal texts have one row each, to the story that stands for them, and all other rows are its.
    let mut stands: BTreeMap<&str, &str> = BTreeMap::new();
    for ((a, b), relation) in &told {
        if relation == "identical" {
            stands.insert(b, stands.get(a.as_str()).copied().unwrap_or(a));
        }
    }
    let mut right = 0;
    for line in labels.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let of = |id: &str| stands.get(id).map_or(id, |stands| stands).to_owned();
        let (a, b) = (of(cells[0]), of(cells[1]));
        let key = if a < b {
            (a.clone(), b.clone())
        } else {
            (b.clone(), a.clone())
        };
        let relation = told.get(&key).map(String::as_str);
        assert!(a == b || relation == Some(cells[2]), "{line}: {relation:?}");
        right += 1;
    }
    assert_eq!(right, 84);
    assert_eq!(
        relations[0].as_object().unwrap().keys().collect::<Vec<_>>(),
        [
            "a",
            "b",
            "relation",
            "score",
            "jaccard",
            "containment_a",
            "containment_b",
            "aligned_a",
            "aligned_b",
            "novel_a",
            "novel_b",
            "new_a",
            "new_b",
            "passages",
        ]
    );
}

#[test]
fn all_seeds_are_kept() {
    let Some(seeds) = shared("seeds") else { return };
    let folder = Folder::new();
    folder
        .cmd("dedup -o kept.jsonl --clusters clusters.csv")
        .arg(&seeds)
        .run()
        .code(0)
        .says("kept 5, removed 0");
    let clusters = csv(&folder.bytes("clusters.csv"));
    assert_eq!(clusters.len(), 5);
    assert!(clusters.iter().all(|row| row["kept"] == "true"));
    let kept = folder.rows("kept.jsonl");
    for record in kept {
        let text = std::fs::read_to_string(record["id"].as_str().unwrap()).unwrap();
        assert_eq!(record["text"], text);
    }
}

#[test]
fn the_sample_in_other_formats_gives_the_same_families() {
    let folder = Folder::new();
    let decisions = |path: &std::path::Path, args: &str| {
        let args = format!("dedup --clusters clusters.jsonl {args}");
        folder.cmd(&args).arg(path).run().code(0);
        let rows = folder.rows("clusters.jsonl");
        let part = |row: &serde_json::Value, name: &str| row[name].to_string();
        let decided = rows.iter().map(|row| {
            let decision = ["cluster", "kept", "relation", "to"].map(|name| part(row, name));
            (part(row, "id"), decision)
        });
        decided.collect::<BTreeMap<_, _>>()
    };
    let wanted = decisions(&sample(), "");
    for name in [
        "feed.ninjs",
        "feed.newsml",
        "feed.rss",
        "feed.csv",
        "feed.parquet",
    ] {
        let path = sample().with_file_name("formats").join(name);
        let mut wanted = wanted.clone();
        match name {
            // A video without words is no text story to them.
            "feed.ninjs" | "feed.newsml" => drop(wanted.remove("\"s055\"")),
            // Without slugs and versions an alert has no tie to what replaced it.
            "feed.rss" => {
                let alone = ["\"s059\"", "true", "null", "null"].map(str::to_owned);
                wanted.insert("\"s059\"".to_owned(), alone);
            }
            _ => {}
        }
        assert!(decisions(&path, "--max-refused 1") == wanted, "{name}");
    }
}
