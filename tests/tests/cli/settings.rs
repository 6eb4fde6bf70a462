//! What the flags of matching and keeping do.

use crate::support::{Folder, STORIES, ids, record, small_feed};

#[test]
fn keep_first_keeps_what_came_first() {
    let folder = Folder::new();
    let whole = STORIES[0];
    let cut = whole.rsplit_once(", after").unwrap().0;
    folder.file(
        "feed.jsonl",
        [record("cut", cut), record("whole", whole)].concat(),
    );
    let longest = folder.ok("dedup feed.jsonl");
    assert_eq!(ids(&longest.out), ["whole"]);
    let first = folder.ok("dedup feed.jsonl --keep first --clusters clusters.jsonl");
    // The whole story has words of its own, so it stays beside the first.
    assert_eq!(ids(&first.out), ["cut", "whole"]);
    let first = folder.ok("dedup feed.jsonl --keep first --min-novel 1");
    assert_eq!(ids(&first.out), ["cut"]);
}

#[test]
fn min_novel_decides_what_a_copy_with_news_may_do() {
    let folder = Folder::new();
    let a = STORIES[0];
    let b = format!("{a} Ferries sail as usual.");
    folder.file("feed.jsonl", [record("a", a), record("b", &b)].concat());
    assert_eq!(ids(&folder.ok("dedup feed.jsonl").out), ["b"]);
    assert_eq!(
        ids(&folder.ok("dedup feed.jsonl --min-novel 0").out),
        ["a", "b"]
    );
    let first = folder.ok("dedup feed.jsonl --keep first --min-novel 0.02");
    assert_eq!(ids(&first.out), ["a", "b"]);
    let first = folder.ok("dedup feed.jsonl --keep first");
    assert_eq!(ids(&first.out), ["a"]);
}

#[test]
fn titles_count_unless_ignored() {
    let folder = Folder::new();
    let [text, other, _] = STORIES;
    let line = |id: &str, title: &str| {
        format!(
            "{}\n",
            serde_json::json!({"id": id, "title": title, "text": text})
        )
    };
    let feed = [line("a", other), line("b", "Pier closed")].concat();
    folder.file("feed.jsonl", feed);
    let relation = |args: &str| {
        let ran = folder.ok(&format!("relate feed.jsonl {args}"));
        crate::support::rows(&ran.out)[0]["relation"].clone()
    };
    assert_eq!(relation("--title ignore"), "identical");
    assert_ne!(relation(""), "identical");
}

#[test]
fn thresholds_decide_what_is_related() {
    let folder = Folder::new();
    let a = STORIES[0];
    let b = a.replace("on Monday", "late on Tuesday");
    folder.file("feed.jsonl", [record("a", a), record("b", &b)].concat());
    let relation = |args: &str| {
        let ran = folder.ok(&format!("relate feed.jsonl {args}"));
        crate::support::rows(&ran.out)[0]["relation"].clone()
    };
    assert_eq!(relation(""), "near_duplicate");
    // Nearly all words of both are aligned.
    assert_eq!(relation("--threshold 0.95"), "near_duplicate");
    assert_eq!(relation("--threshold 0.95 --containment 1"), "overlapping");
    let none = "--threshold 0.95 --containment 1 --overlap 1";
    assert_eq!(relation(none), "shared_passages");
}

#[test]
fn fields_can_be_named() {
    let folder = Folder::new();
    let line = |key: &str, text: &str| {
        format!(
            "{}\n",
            serde_json::json!({"key": key, "copy": text, "text": "the same for all"})
        )
    };
    let feed = [line("x", STORIES[0]), line("y", STORIES[1])].concat();
    folder.file("feed.jsonl", &feed);
    let ran =
        folder.ok("dedup feed.jsonl --text-field copy --id-field key --clusters clusters.jsonl");
    assert_eq!(ran.text(), feed);
    assert_eq!(folder.rows("clusters.jsonl")[1]["id"], "y");
    let ran = folder.ok("dedup feed.jsonl --id-field key");
    assert_eq!(ran.text().lines().count(), 1);
}

#[test]
fn a_record_without_copies_is_not_touched() {
    let folder = Folder::new();
    let odd = format!(
        "{{ \"n\" : 12345678901234567890123, \"f\":1.10e+2,\"text\":\"{}\",\"u\":\"\\u00e9\\/\",\"id\": 7 ,\"l\":[ null,{{}} ]}}",
        STORIES[1]
    );
    folder.file("feed.jsonl", format!("{}{odd}", small_feed()));
    let ran = folder.ok("dedup feed.jsonl");
    assert!(ran.text().contains("12345678901234567890123") != ran.text().contains("\"id\":\"b\""));
    let ran = folder.ok("dedup feed.jsonl --keep first --min-novel 0");
    assert!(ran.text().ends_with(&format!("{odd}\n")), "{}", ran.text());
}

#[test]
fn what_removes_can_be_chosen() {
    let folder = Folder::new();
    let removed = |args: &str| {
        let ran = folder
            .cmd(&format!(
                "dedup -o kept.jsonl --clusters clusters.csv {args}"
            ))
            .arg(crate::support::sample())
            .run()
            .code(0);
        drop(ran);
        let mut counts = std::collections::BTreeMap::new();
        for row in crate::support::csv(&folder.bytes("clusters.csv")) {
            if row["kept"] == "false" {
                *counts.entry(row["relation"].clone()).or_insert(0) += 1;
            }
        }
        counts
            .into_iter()
            .map(|(relation, n)| format!("{relation} {n}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(removed("--remove none"), [""; 0]);
    assert_eq!(removed("--remove identical"), ["identical 8"]);
    assert_eq!(
        removed("--remove identical,new_version"),
        ["identical 8", "new_version 2"]
    );
    assert_eq!(removed("--remove contained"), ["contained 6"]);
    let ran = folder
        .cmd("dedup --remove overlapping")
        .arg(crate::support::sample())
        .run()
        .code(2);
    assert!(ran.err.contains("near_duplicate"), "{}", ran.err);
}
