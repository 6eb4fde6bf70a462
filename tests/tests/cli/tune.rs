//! Settings from a sample.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Folder, STORIES, csv, record, sample};

fn tuned(folder: &Folder, args: &str) -> Value {
    let ran = folder.ok(&format!("tune {} --json {args}", sample().display()));
    serde_json::from_slice(&ran.out).unwrap()
}

#[test]
fn what_thresholds_remove_is_what_runs_remove() {
    let folder = Folder::new();
    let tuned = tuned(&folder, "--threshold 0.45");
    let rows = tuned["thresholds"].as_array().unwrap();
    assert_eq!(rows.len(), 10, "nine, and the one in force");
    for row in rows {
        folder
            .cmd("dedup -o kept.jsonl --clusters clusters.csv --threshold")
            .arg(row["threshold"].to_string())
            .arg(sample())
            .run()
            .code(0);
        let mut removed: BTreeMap<String, u64> = BTreeMap::new();
        let mut families: BTreeMap<String, u64> = BTreeMap::new();
        for story in csv(&folder.bytes("clusters.csv")) {
            *families.entry(story["cluster"].clone()).or_default() += 1;
            if story["kept"] == "false" {
                *removed.entry(story["relation"].clone()).or_default() += 1;
            }
        }
        for (relation, count) in row["removed"].as_object().unwrap() {
            let want = removed.get(relation).copied().unwrap_or_default();
            assert_eq!(count, want, "{relation} at {}", row["threshold"]);
        }
        let families = families.values().filter(|size| **size > 1).count();
        assert_eq!(row["families"], families, "{}", row["threshold"]);
    }
    // Lower thresholds find more.
    let removed = |at: usize| rows[at]["removed"]["near_duplicate"].as_u64();
    assert!(removed(0) > removed(9), "{tuned}");
}

#[test]
fn a_sample_is_shown_for_people() {
    let folder = Folder::new();
    let ran = folder.ok(&format!("tune {} --examples 2", sample().display()));
    for part in [
        "107 stories, 8 of them with a text that an earlier one has",
        "\n*    0.50 ",
        "\n*  42 x    3    336   0.9963",
        "\nAt or above 0.5: are these copies?\n",
        "    only s",
        "Only labels say what is right",
    ] {
        assert!(ran.text().contains(part), "no `{part}` in\n{}", ran.text());
    }
    let ran = folder.ok(&format!("tune {} --sample 50", sample().display()));
    assert!(ran.text().starts_with("50 stories"), "{}", ran.text());
    assert!(ran.text().contains("57 more were not looked at (--sample)"));
}

/// Three stories, each with a copy that has other words in one place: near-duplicates at 0.5.
fn copies() -> Folder {
    let folder = Folder::new();
    let feed: Vec<String> = (0..)
        .zip(STORIES)
        .flat_map(|(number, story)| {
            let words: Vec<&str> = story.split(' ').collect();
            let copy = words[..words.len() - 1 - number].join(" ");
            [
                record(&format!("a{number}"), story),
                record(&format!("b{number}"), &copy),
            ]
        })
        .collect();
    folder.file("feed.jsonl", feed.concat());
    folder
}

const LABELS: &str =
    "a,b,label\na0,b0,1\nb1,a1,yes\na2,b2,copy\na0,a1,0\na0,b2,0\nb1,b2,no\na1,a2,\n";

#[test]
fn labels_choose_settings_that_config_reads() {
    let folder = copies();
    folder.file("labels.csv", LABELS);
    let ran =
        folder.ok("tune feed.jsonl --labels labels.csv --precision 0.9 -o chosen.toml --json");
    let tuned: Value = serde_json::from_slice(&ran.out).unwrap();
    assert_eq!(tuned["labels"]["pairs"], 6, "one waits for its label");
    assert_eq!(tuned["chosen"]["f1"], 1.0);
    assert_eq!(tuned["chosen"]["rules"]["threshold"], 0.5, "as good as any");
    let within = tuned["chosen"]["precision_within"].as_array().unwrap();
    // Wilson's interval of three in three.
    assert!(
        (within[0].as_f64().unwrap() - 0.4385).abs() < 1e-3,
        "{within:?}"
    );
    let shown = folder.ok("dedup --print-config --config chosen.toml");
    for setting in [
        "threshold = 0.5",
        "containment = 0.8",
        "overlap = 0.4",
        "shingle-words = 5",
    ] {
        let line = shown.text().lines().find(|line| line.starts_with(setting));
        assert!(
            line.is_some_and(|line| line.contains("# chosen.toml:")),
            "{setting}"
        );
    }
    let ran = folder.ok("tune feed.jsonl --labels labels.csv");
    assert!(
        ran.text().contains("6 labeled pairs, 3 of them copies"),
        "{}",
        ran.text()
    );
}

#[test]
fn what_labels_cannot_say_is_said_and_leaves_no_file() {
    let folder = copies();
    for (labels, said) in [
        (
            LABELS.replace("b2,0", "zz,0"),
            "labels.csv:6: no story of the sample has the id `zz`",
        ),
        (
            LABELS.replace("yes", "perhaps"),
            "labels.csv: line 3: `perhaps` is no label",
        ),
        (
            LABELS.replace("no\n", "1\n").replace(",0", ",1"),
            "some pairs are copies and others are not",
        ),
        (
            "a,b,label\na0,b0,0\na0,a1,1\n".to_owned(),
            "no settings reach a precision of 0.9",
        ),
    ] {
        folder.file("labels.csv", labels);
        let ran = folder.cmd("tune feed.jsonl --labels labels.csv --precision 0.9 -o chosen.toml");
        let ran = ran.run().code(2);
        assert!(ran.err.contains(said), "no `{said}` in {}", ran.err);
        assert!(ran.out.is_empty());
    }
    folder
        .cmd("tune feed.jsonl --precision 0.9")
        .run()
        .code(2)
        .says("--labels");
    folder
        .cmd("tune feed.jsonl -o feed.jsonl")
        .run()
        .code(2)
        .says("feed.jsonl");
    assert_eq!(
        folder.names().into_iter().collect::<Vec<_>>(),
        ["feed.jsonl", "labels.csv"]
    );
}
