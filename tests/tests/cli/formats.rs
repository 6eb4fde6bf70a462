//! Formats of inputs and outputs.

use crate::support::{Folder, STORIES, csv, gunzip, ids, small_feed, unzst};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    folder
}

#[test]
fn the_ending_chooses_the_output_format() {
    let folder = folder();
    let plain = folder.ok("dedup feed.jsonl -o -").out;
    assert_eq!(ids(&plain).len(), 3);
    for name in ["kept.jsonl", "kept.ndjson", "kept.json", "kept"] {
        folder.ok(&format!("dedup feed.jsonl -o {name}"));
        assert_eq!(folder.bytes(name), plain, "{name}");
    }
    folder.ok("dedup feed.jsonl -o kept.jsonl.gz");
    assert_eq!(gunzip(&folder.bytes("kept.jsonl.gz")), plain);
    folder.ok("dedup feed.jsonl -o kept.jsonl.zst");
    assert_eq!(unzst(&folder.bytes("kept.jsonl.zst")), plain);
    folder.ok("dedup feed.jsonl -o kept.csv");
    let table = csv(&folder.bytes("kept.csv"));
    assert_eq!(table.len(), 3);
    assert_eq!(table[1]["text"], STORIES[1]);
    folder.ok("dedup feed.jsonl -o kept.csv.gz");
    assert_eq!(
        gunzip(&folder.bytes("kept.csv.gz")),
        folder.bytes("kept.csv")
    );
}

#[test]
fn tables_have_their_columns_in_every_format() {
    let folder = folder();
    folder.ok("dedup feed.jsonl -o kept.jsonl --clusters c.csv.zst --relations r.csv.gz");
    let clusters = String::from_utf8(unzst(&folder.bytes("c.csv.zst"))).unwrap();
    assert!(clusters.starts_with("id,cluster,kept,relation,to,jaccard,containment,novel\n"));
    assert!(clusters.contains(",identical,"), "{clusters}");
    let relations = String::from_utf8(gunzip(&folder.bytes("r.csv.gz"))).unwrap();
    assert!(relations.starts_with(
        "a,b,relation,score,jaccard,containment_a,containment_b,aligned_a,aligned_b,novel_a,novel_b,new_a,new_b,passages\n"
    ));
    assert!(
        relations.contains("\na,copy,identical,1.0,1.0,1.0,1.0,"),
        "{relations}"
    );
}

#[test]
fn plain_text_files_become_records() {
    let folder = Folder::new();
    folder
        .file("wire/1.txt", STORIES[0])
        .file("wire/2.txt", STORIES[1])
        .file("wire/3.text", STORIES[0]);
    let ran = folder.ok("dedup wire");
    let kept = ids(&ran.out);
    assert_eq!(kept.len(), 2, "{}", ran.err);
    assert!(kept.contains(&"wire/2.txt".to_owned()));
    folder.ok("dedup wire -o kept.csv");
    assert_eq!(csv(&folder.bytes("kept.csv")).len(), 2);
}

#[test]
fn the_format_can_be_named() {
    let folder = folder();
    folder.file("odd.dat", small_feed());
    assert_eq!(ids(&folder.ok("dedup odd.dat").out).len(), 3);
    let text = folder.ok("dedup odd.dat --format text");
    assert_eq!(ids(&text.out), ["odd.dat"]);
}

#[test]
fn json_lines_and_plain_text_fold_together() {
    let folder = folder();
    folder.file("wire.txt", STORIES[2]);
    let ran = folder.ok("dedup feed.jsonl wire.txt --clusters clusters.jsonl");
    assert_eq!(ids(&ran.out).len(), 3);
    assert_eq!(folder.rows("clusters.jsonl").len(), 5);
}

#[cfg(unix)]
#[test]
fn devices_are_written_as_they_are() {
    let folder = folder();
    let ran = folder.ok("dedup feed.jsonl --quiet -o /dev/stdout");
    assert_eq!(ids(&ran.out).len(), 3);
}
