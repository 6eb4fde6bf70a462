//! An index whose writer is killed, meets a full disk, or works while others read.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;
use std::{fs, thread};

use wirefold::TextSource as _;
use wirefold_index::Snapshot;

use crate::bad_table::case;
use crate::index::lines;
use crate::kills::{Moments, kills, stopped};
use crate::support::{Folder, STORIES, ids, record};

/// Ids of the stories of a sound index.
fn stored(folder: &Folder, index: &str) -> BTreeSet<String> {
    let snapshot = Snapshot::open(&folder.path(index)).unwrap();
    snapshot.check().unwrap();
    let numbers: Vec<u32> = snapshot.numbers().collect();
    let ids = numbers.iter().map(|&number| snapshot.id(number).to_owned());
    let distinct: BTreeSet<String> = ids.collect();
    assert_eq!(distinct.len(), numbers.len(), "a story is doubled");
    distinct
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Killed at many moments, an index is as it was before what was interrupted, or as it is after.
#[cfg(unix)]
#[test]
fn killed_at_any_moment_it_is_whole() {
    let folder = Folder::new();
    let all = lines(600, 9);
    let parts: Vec<BTreeSet<String>> = (all.chunks(30))
        .map(|part| ids(part.concat().as_bytes()).into_iter().collect())
        .collect();
    for (number, part) in all.chunks(30).enumerate() {
        folder.file(&format!("part{number}.jsonl"), part.concat());
    }
    folder.ok("index create desk");
    let mut before: BTreeSet<String> = BTreeSet::new();
    let mut moments = Moments(1);
    let (mut part, mut interrupted) = (0, 0);
    for kill in 0..kills(60) {
        let mut after = before.clone();
        let command = match kill % 5 {
            3 => "index compact desk".to_owned(),
            4 => {
                after.clear();
                "index expire desk --older-than 1d --now 2050-01-01T00:00:00Z".to_owned()
            }
            _ => {
                part = (part + 1) % parts.len();
                after.extend(parts[part].iter().cloned());
                format!("index add desk part{part}.jsonl --quiet")
            }
        };
        copy(&folder.path("desk"), &folder.path("whole"));
        let started = Instant::now();
        folder.ok(&command.replace("desk", "whole"));
        let moment = moments.within(started.elapsed());
        assert_eq!(stored(&folder, "whole"), after);
        interrupted += u32::from(stopped(&folder, &command, "KILL", moment));
        let found = stored(&folder, "desk");
        assert!(
            found == before || found == after,
            "half of `{command}` is there"
        );
        before = found;
        if kill % 5 < 3 {
            // What was interrupted is added again, in full.
            folder.ok(&command);
            before = after;
            assert_eq!(stored(&folder, "desk"), before);
        }
    }
    println!("{interrupted} commands were interrupted");
    assert!(interrupted > 0 || kills(60) == 0);
    folder.ok("index compact desk");
    assert_eq!(stored(&folder, "desk"), before);
}

/// The same while segments are merged, in the background of what adds and by themselves.
#[cfg(unix)]
#[test]
fn killed_while_it_merges_it_is_whole() {
    let folder = Folder::new();
    let all = lines(1050, 11);
    folder.ok("index create five");
    for part in all.chunks(210) {
        folder.file("part.jsonl", part.concat());
        folder.ok("index add five part.jsonl --quiet");
    }
    let segments = |index: &str| {
        let entries = fs::read_dir(folder.path(index)).unwrap().flatten();
        let names = entries.map(|entry| entry.file_name().into_string().unwrap());
        let segments = names.filter(|name| name.starts_with("segment-"));
        segments.collect::<Vec<_>>()
    };
    assert_eq!(segments("five").len(), 5);
    folder.file("last.jsonl", record("last", STORIES[0]));
    let before = stored(&folder, "five");
    let mut after = before.clone();
    after.insert("last".to_owned());
    let mut moments = Moments(2);
    let (mut merging, mut interrupted) = (0, 0);
    for kill in 0..kills(60) {
        let command = match kill % 2 {
            0 => "index add desk last.jsonl --quiet",
            _ => "index compact desk",
        };
        let took = {
            copy(&folder.path("five"), &folder.path("desk"));
            let started = Instant::now();
            folder.ok(command);
            started.elapsed()
        };
        assert_eq!(segments("desk").len(), 1, "merged");
        copy(&folder.path("five"), &folder.path("desk"));
        interrupted += u32::from(stopped(&folder, command, "KILL", moments.within(took)));
        // What was added is committed before the merge begins.
        merging += usize::from(segments("desk").len() > 5);
        let found = stored(&folder, "desk");
        assert!(
            found == before || kill % 2 == 0 && found == after,
            "half of `{command}` is there"
        );
        folder.ok("index add desk last.jsonl --quiet");
        folder.ok("index compact desk");
        assert_eq!(segments("desk").len(), 1, "what was left is swept");
        assert_eq!(stored(&folder, "desk"), after);
    }
    println!(
        "{interrupted} commands were interrupted, {merging} with files of a merge or an addition"
    );
    assert!(interrupted > 0 || kills(60) == 0);
}

/// Files limited to so many blocks of 512 or 1024 bytes are the nearest to a full disk that needs no rights.
#[cfg(target_os = "linux")]
#[test]
fn an_index_on_a_full_disk() {
    let folder = Folder::new();
    let all = lines(400, 5);
    let (first, more) = all.split_at(20);
    folder.file("first.jsonl", first.concat());
    folder.file("more.jsonl", more.concat());
    folder.ok("index create desk");
    folder.ok("index add desk first.jsonl");
    let before = stored(&folder, "desk");
    // Past the end SIGXFSZ comes, unless it is ignored: then writing fails.
    for (blocks, trap) in [(1, true), (40, true), (400, true), (40, false)] {
        let trap = if trap { "trap '' XFSZ; " } else { "" };
        let args = "index add desk more.jsonl --threads 2";
        let output = std::process::Command::new("sh")
            .args([
                "-c",
                &format!("{trap}ulimit -f {blocks}; exec \"$0\" {args}"),
            ])
            .arg(crate::support::wirefold())
            .current_dir(folder.path("."))
            .output()
            .unwrap();
        if !trap.is_empty() {
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{told}");
            case("an index on a full disk").check_message(&told);
        }
        assert!(!output.status.success());
        assert_eq!(stored(&folder, "desk"), before);
    }
    folder.ok("index add desk more.jsonl");
    assert_eq!(stored(&folder, "desk").len(), all.len());
    let left = fs::read_dir(folder.path("desk")).unwrap().flatten();
    let left = left.filter(|entry| entry.file_name().to_string_lossy().ends_with("unfinished"));
    assert_eq!(left.count(), 0);
}

/// A creation that was interrupted leaves a lock, and maybe more; it can be repeated.
#[test]
fn what_a_creation_left_is_no_index_and_no_hindrance() {
    let folder = Folder::new();
    folder.file("desk/LOCK", "");
    folder.file("desk/MANIFEST.unfinished", "{");
    folder.file("desk/furniture-00000001", "half");
    folder
        .cmd("index info desk")
        .run()
        .code(2)
        .says("desk: no index here; `wirefold index create` makes one");
    folder.ok("index create desk");
    let names = fs::read_dir(folder.path("desk")).unwrap().count();
    assert_eq!(names, 2, "MANIFEST and LOCK");
}

/// Each reader sees one state, whatever is merged and expired meanwhile.
#[test]
fn readers_see_a_state_while_a_writer_works() {
    let folder = Folder::new();
    let all = lines(320, 6);
    let parts: Vec<&[String]> = all.chunks(20).collect();
    folder.ok("index create desk");
    folder.file("part.jsonl", parts[0].concat());
    folder.ok("index add desk part.jsonl");
    // A reader that was there before and stays.
    let old = Snapshot::open(&folder.path("desk")).unwrap();
    let at_first: Vec<String> = ids(parts[0].concat().as_bytes());
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for part in &parts[1..] {
                folder.file("part.jsonl", part.concat());
                folder.ok("index add desk part.jsonl");
            }
            folder.ok("index expire desk --older-than 1d --now 2050-01-01T00:00:00Z");
            folder.ok("index compact desk");
            folder.ok("index add desk part.jsonl");
        });
        // Processes that come and go: parts are there whole or not at all.
        let mut sizes = BTreeSet::new();
        while !writer.is_finished() {
            let seen = folder.ok("index info desk --json");
            let info: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
            let stories = info["stories"].as_u64().unwrap();
            assert_eq!(stories % 20, 0);
            sizes.insert(stories);
            folder.ok("index check desk");
        }
        assert!(sizes.len() > 1, "{sizes:?}");
    });
    old.check().unwrap();
    let still: Vec<String> = old
        .numbers()
        .map(|number| old.id(number).to_owned())
        .collect();
    assert_eq!(still, at_first);
    let mut story = wirefold::StoryBuffer::default();
    for number in old.numbers() {
        old.read(number, &mut story).unwrap();
        assert!(!story.story().text.is_empty());
    }
    assert_eq!(stored(&folder, "desk").len(), 20);
}
