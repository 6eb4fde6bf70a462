//! Patterns that name many files, as a shell would expand them.

use crate::support::{Folder, STORIES, gz, ids, record};

/// A folder of feeds by month, a story each, and other files beside them.
fn feeds() -> Folder {
    let folder = Folder::new();
    let story = |id: &str, at: usize| record(id, STORIES[at]);
    folder
        .file(
            "feeds/2026-02/b/two.jsonl.gz",
            gz(story("two", 1).as_bytes()),
        )
        .file("feeds/2026-01/one.jsonl", story("one", 0))
        .file("feeds/2025-12/old.jsonl", story("old", 2))
        .file("feeds/2026-02/.hidden.jsonl", story("hidden", 2))
        .file(
            "feeds/2026-02/table.csv",
            "id,text\ntable,A table of nothing\n",
        )
        .file("feeds/2026-03/notes.md", "none");
    folder
}

/// Ids of the records that a pattern names, in order.
fn named(folder: &Folder, pattern: &str) -> Vec<String> {
    ids(&folder.ok(&format!("dedup {pattern} --remove none")).out)
}

#[test]
fn matches_come_in_the_order_of_their_paths() {
    let folder = feeds();
    for (pattern, expected) in [
        ("feeds/2026-*/**/*.jsonl*", &["one", "two"][..]),
        ("feeds/**/*.jsonl", &["old", "one"]),
        ("feeds/2026-0?/one.jsonl", &["one"]),
        ("feeds/202[56]-1?/*", &["old"]),
        ("feeds/2026-02/*.csv", &["table"]),
        // A folder that is matched is read as one that is named, and each file once.
        ("feeds/2026-0*", &["one", "two"]),
        (
            "feeds/202[56]*/**/*.jsonl* feeds/2025-12",
            &["old", "one", "two", "old"],
        ),
    ] {
        assert_eq!(named(&folder, pattern), expected, "{pattern}");
    }
}

#[test]
fn a_file_of_that_name_is_taken_as_itself() {
    let folder = feeds();
    folder
        .file("feed[1].jsonl", record("itself", STORIES[0]))
        .file("feed1.jsonl", record("other", STORIES[1]));
    assert_eq!(named(&folder, "feed[1].jsonl"), ["itself"]);
    assert_eq!(named(&folder, "feed[12].jsonl"), ["other"]);
}
