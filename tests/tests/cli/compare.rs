//! `wirefold compare`.

use serde_json::Value;

use crate::support::{Folder, sample};

fn story(id: &str) -> String {
    format!("{}#{id}", sample().display())
}

#[test]
fn two_stories_of_a_feed_side_by_side() {
    let folder = Folder::new();
    let ran = folder
        .cmd("compare")
        .arg(story("s012"))
        .arg(story("s029"))
        .run()
        .code(0);
    let shown = ran.text();
    assert!(shown.starts_with("contained, score 0.91"), "{shown}");
    assert!(shown.contains("\n== A: ") && shown.contains("\n== B: "));
    // The first passage is marked in both, without color, and listed.
    assert_eq!(shown.matches("⟦1: ").count(), 2);
    assert!(shown.contains("\n1. verbatim, 1.00\n   A: "));
    let colored = folder
        .cmd("compare --color always")
        .arg(story("s012"))
        .arg(story("s029"));
    let colored = colored.run().code(0);
    assert!(colored.text().contains("\u{1b}[36m[1] "));
    let plain = folder
        .cmd("compare")
        .arg(story("s001"))
        .arg(story("s003"))
        .run()
        .code(0);
    assert!(plain.text().starts_with("not related\n"));
}

#[test]
fn facts_link_rewritten_paragraphs_and_what_is_new_is_listed() {
    let folder = Folder::new();
    let shown = |a: &str, b: &str| {
        let ran = folder.cmd("compare").arg(story(a)).arg(story(b)).run();
        ran.code(0).text().to_owned()
    };
    let rewritten = shown("s043", "s049");
    assert!(rewritten.starts_with("rewritten, score "), "{rewritten}");
    assert!(
        rewritten.contains("\n   linked by: 26, 1,140, Moss Bay, 3, 12\n"),
        "{rewritten}"
    );
    let both = rewritten
        .lines()
        .find(|line| line.starts_with("both: "))
        .unwrap();
    assert!(
        both.contains("Ilka Torvund") && both.contains("2034"),
        "{both}"
    );
    let overlapping = shown("s021", "s031");
    assert!(
        overlapping.contains("\nnew: 45 % of A, 62 % of B\n"),
        "{overlapping}"
    );
    assert!(
        overlapping.contains("\n== New in A\n- Vellmark Rail said"),
        "{overlapping}"
    );
    assert!(
        overlapping.contains("\n== New in B\n- Anglers and boat owners"),
        "{overlapping}"
    );
    assert!(
        overlapping.contains("\nonly B: 150, Councilor Phoebe Lindqvist"),
        "{overlapping}"
    );
}

#[test]
fn as_json_it_is_the_row_of_relate() {
    let folder = Folder::new();
    let ran = folder
        .cmd("compare --json")
        .arg(story("s012"))
        .arg(story("s029"))
        .run()
        .code(0);
    let mut row: Value = serde_json::from_str(ran.text()).unwrap();
    let related = folder.cmd("relate").arg(sample()).run().code(0);
    let rows = crate::support::rows(&related.out);
    let mut same = rows
        .into_iter()
        .find(|row| row["a"] == "s012" && row["b"] == "s029")
        .unwrap();
    for side in ["a", "b"] {
        row[side] = Value::Null;
        same[side] = Value::Null;
    }
    assert_eq!(row, same);
    let none = folder
        .cmd("compare --json")
        .arg(story("s001"))
        .arg(story("s003"))
        .run()
        .code(0);
    assert_eq!(none.text(), "null\n");
}

#[test]
fn files_with_one_story() {
    let folder = Folder::new();
    folder.file(
        "a#1.txt",
        "The ferry to Orlemond will not sail before noon, said the mayor.",
    );
    folder.file(
        "b.txt",
        "THE FERRY to Orlemond will not sail before noon, said the mayor.",
    );
    let ran = folder.ok("compare a#1.txt b.txt");
    assert!(ran.text().starts_with("identical"), "{}", ran.text());
}

#[test]
fn what_is_no_story_is_told() {
    let folder = Folder::new();
    folder
        .file("empty.txt", "")
        .file("bad.jsonl", "{\"id\": \"a\"}\n");
    let fails = |args: [String; 2]| {
        let ran = folder
            .cmd("compare")
            .arg(&args[0])
            .arg(&args[1])
            .run()
            .code(2);
        ran.err
    };
    let one = story("s001");
    let told = fails([sample().display().to_string(), one.clone()]);
    assert!(
        told.contains("it has 107 stories; name one as FILE#ID"),
        "{told}"
    );
    let told = fails([story("nobody"), one.clone()]);
    assert!(
        told.contains("it has no story with the id `nobody`"),
        "{told}"
    );
    let told = fails(["bad.jsonl".to_owned(), one.clone()]);
    assert!(told.contains("its record was refused: "), "{told}");
    let told = fails(["no-such.txt".to_owned(), one]);
    assert!(told.contains("no-such.txt"), "{told}");
}
