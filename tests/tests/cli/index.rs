//! `wirefold index`: stories that stay, asked and added to from the outside.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::Value;
use wirefold_corpus::{Feed, Settings};

use crate::support::{Folder, STORIES, ids, record, rows, sample, small_feed};

/// A generated feed as lines.
pub(crate) fn lines(stories: u32, seed: u64) -> Vec<String> {
    let feed = Feed::new(Settings {
        stories,
        seed,
        ..Settings::default()
    });
    feed.stories().map(|story| story.to_json() + "\n").collect()
}

/// The rows of relations that name a story, by the other one.
fn naming(rows: &[Value], id: &str) -> Vec<(String, String, Value)> {
    let mut named: Vec<(String, String, Value)> = rows
        .iter()
        .filter_map(|row| {
            let other = match (row["a"] == id, row["b"] == id) {
                (true, _) => &row["b"],
                (_, true) => &row["a"],
                _ => return None,
            };
            let relation = row["relation"].as_str().unwrap().to_owned();
            Some((
                other.as_str().unwrap().to_owned(),
                relation,
                row["score"].clone(),
            ))
        })
        .collect();
    named.sort_by(|x, y| x.0.cmp(&y.0));
    named
}

#[test]
fn a_query_has_the_rows_of_relate() {
    let folder = Folder::new();
    let all = lines(600, 3);
    let (stored, asked) = all.split_at(590);
    // One profile for both: relate would learn from each feed anew.
    folder.file("nothing.jsonl", record("x", "Nothing."));
    folder.ok("learn nothing.jsonl -o nothing.profile");
    folder.ok("index create desk --profile nothing.profile");
    for (number, part) in stored.chunks(150).enumerate() {
        folder.file(&format!("part{number}.jsonl"), part.concat());
        folder.ok(&format!("index add desk part{number}.jsonl"));
    }
    folder.file("asked.jsonl", asked.concat());
    folder.ok("index query desk asked.jsonl -o found.jsonl --threads 2");
    let found = folder.rows("found.jsonl");
    let mut related = 0;
    for story in asked {
        let id = serde_json::from_str::<Value>(story).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        folder.file("all.jsonl", stored.concat() + story);
        folder.ok("relate all.jsonl -o rows.jsonl --profile nothing.profile");
        let wanted = naming(&folder.rows("rows.jsonl"), &id);
        related += wanted.len();
        assert_eq!(naming(&found, &id), wanted, "{id}");
    }
    assert!(related > 10, "{related} rows");
    let first = &found[0];
    assert!(
        first["source"].is_string() && first["passages"].is_array(),
        "{first}"
    );
    let published = first["published"].as_str().unwrap();
    assert!(published.ends_with('Z'), "{published}");
}

#[test]
fn families_are_those_of_dedup() {
    let folder = Folder::new();
    let sample = sample();
    let sample = sample.to_str().unwrap();
    folder.ok("index create desk");
    folder.ok(&format!("index add desk {sample}"));
    for keep in ["longest", "first", "latest-version,earliest"] {
        folder.ok(&format!(
            "index families desk -o families.csv --keep {keep}"
        ));
        folder.ok(&format!(
            "dedup {sample} -o kept.jsonl --clusters clusters.csv --keep {keep}"
        ));
        assert_eq!(
            folder.read("families.csv"),
            folder.read("clusters.csv"),
            "{keep}"
        );
    }
    folder.ok("index check desk").says("as it was written: ");
}

#[test]
fn a_feed_in_a_pipe_is_answered_line_by_line() {
    let folder = Folder::new();
    folder.ok("index create desk");
    let mut child = folder
        .cmd("index dedup desk --quiet")
        .raw()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut passes = |line: &str| {
        input.write_all(line.as_bytes()).unwrap();
        let mut passed = String::new();
        output.read_line(&mut passed).unwrap();
        passed
    };
    // Each comes out before the next is written.
    let [a, b, _] = STORIES;
    let (first, second) = (record("a", a), record("b", b));
    assert_eq!(passes(&first), first);
    let copy_then_second = record("copy", &a.to_uppercase()) + &second;
    assert_eq!(passes(&copy_then_second), second);
    // Meanwhile others may look, and nobody else may write.
    folder
        .cmd("index add desk")
        .stdin(small_feed())
        .run()
        .code(2)
        .says("desk: another process is writing to this index; try again when it is done");
    let seen = folder
        .cmd("index query desk")
        .stdin(record("q", a))
        .run()
        .code(0);
    assert_eq!(rows(&seen.out)[0]["b"], "a");
    drop(input);
    assert!(child.wait().unwrap().success());
    folder.file("again.jsonl", small_feed());
    folder
        .ok("index dedup desk again.jsonl -o new.jsonl --told told.csv")
        .says("passed 1 new story, ")
        .says("3 were told already; of two the first stays");
    assert_eq!(ids(&folder.bytes("new.jsonl")), ["c"]);
    let told = "id,relation,to,jaccard,containment,novel\n\
                a,identical,a,1.0,1.0,0.0\nb,identical,b,1.0,1.0,0.0\ncopy,identical,a,1.0,1.0,0.0\n";
    assert_eq!(folder.read("told.csv"), told);
}

#[test]
fn what_is_added_deleted_and_expired_is_counted() {
    let folder = Folder::new();
    let dated = |id: &str, text: &str, date: &str, source: &str| {
        let row = serde_json::json!({"id": id, "text": text, "published": date, "source": source});
        row.to_string() + "\n"
    };
    let [a, b, c] = STORIES;
    folder.file(
        "feed.jsonl",
        [
            dated("a", a, "2031-03-01T09:00:00Z", "Northwire"),
            dated("b", b, "2031-03-20T09:00:00Z", "Northwire"),
            dated("c", c, "2031-03-20T09:00:00Z", "Kelm Courier"),
            record(
                "undated",
                "Nobody knows when this was written, nor by whom, in Brackwater or elsewhere.",
            ),
        ]
        .concat(),
    );
    folder.ok("index create desk");
    folder
        .ok("index add desk feed.jsonl")
        .says("added 4 stories, ")
        .says("; 4 stored");
    folder
        .ok("index add desk feed.jsonl")
        .says("added 0 stories, ")
        .says("4 were stored already");
    let now = "--now 2031-04-01T00:00:00Z";
    folder
        .ok(&format!("index expire desk --older-than 20d {now}"))
        .says("deleted 1 story; ");
    folder
        .ok("index expire desk --source Northwire")
        .says("deleted 1 story; ");
    folder
        .cmd("index delete desk c nobody")
        .run()
        .code(1)
        .says("no story with the id \"nobody\" is stored")
        .says("deleted 1 story; `index compact` frees the room");
    let info = |folder: &Folder| -> Value {
        serde_json::from_str(folder.ok("index info desk --json").text()).unwrap()
    };
    assert_eq!(
        (&info(&folder)["stories"], &info(&folder)["deleted"]),
        (&1.into(), &3.into())
    );
    folder.ok("index compact desk");
    assert_eq!(
        (&info(&folder)["stories"], &info(&folder)["deleted"]),
        (&1.into(), &0.into())
    );
    assert!(
        folder
            .ok("index info desk")
            .text()
            .starts_with("1 story, 1 distinct text, 0 deleted\n")
    );
    let seen = folder
        .cmd("index query desk")
        .stdin(record("q", a))
        .run()
        .code(0);
    assert!(seen.out.is_empty());
}

#[test]
fn files_of_others_are_never_removed() {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    for name in [
        "profile-desk",
        "segment-1",
        "draft-unfinished",
        "note.unfinished",
    ] {
        let desk = format!("of-{name}");
        std::fs::create_dir(folder.path(&desk)).unwrap();
        let file = format!("{desk}/{name}");
        folder.file(&file, "mine");
        let create = folder.cmd(&format!("index create {desk}"));
        create.run().code(2).says(&desk);
        assert_eq!(folder.read(&file), "mine");
    }
    // Nor are those that come into the folder later.
    folder.ok("index create desk");
    folder.file("desk/profile-desk", "mine");
    folder.ok("index add desk feed.jsonl");
    folder.ok("index compact desk");
    assert_eq!(folder.read("desk/profile-desk"), "mine");
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    folder.file("story.txt", STORIES[0]);
    folder
        .cmd("index add nowhere feed.jsonl")
        .run()
        .code(2)
        .says("nowhere: no index here; `wirefold index create` makes one");
    folder.ok("index create desk");
    folder
        .cmd("index create desk")
        .run()
        .code(2)
        .says("desk: not empty; an index is made in a folder of its own");
    folder
        .cmd("index create other --threshold 1.5")
        .run()
        .code(2)
        .says("--threshold is 1.5");
    assert!(!folder.path("other").exists());
    folder
        .cmd("index query desk feed.jsonl -o rows.csv")
        .run()
        .code(2)
        .says("rows.csv: written as JSON Lines, line by line; give it the ending .jsonl");
    folder
        .cmd("index dedup desk story.txt")
        .run()
        .code(2)
        .says("story.txt: plain text has no records to pass on; make it JSON Lines");
    folder
        .cmd("index dedup desk feed.jsonl --keep longest")
        .run()
        .code(2)
        .says(
            "a stream cannot take back what it passed, so the first stays; `index families --keep`",
        );
    folder
        .cmd("index expire desk")
        .run()
        .code(2)
        .says("required");
    folder
        .cmd("index add desk feed.jsonl story.txt -")
        .stdin("{\"id\":\"x\"}\n")
        .run()
        .code(1)
        .says("refused: -:1: ");
    let mut damaged = folder.bytes("desk/MANIFEST");
    damaged[40] ^= 1;
    folder.file("desk/MANIFEST", damaged);
    folder
        .cmd("index info desk")
        .run()
        .code(2)
        .says("desk/MANIFEST: damaged: ");
}
