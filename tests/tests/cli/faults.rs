//! Runs on machines that fail: stopped at any moment, out of file handles, with inputs or folders that
//! vanish. No output looks whole that is not, inputs stay, and the next run is right.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use wirefold_corpus::{Feed, Settings};

use crate::kills::{Moments, kills, stopped};
use crate::support::{Folder, STORIES, ids, record, small_feed, wirefold};

/// A folder with a feed that does not fit in the least memory.
fn folder() -> Folder {
    let folder = Folder::new();
    let settings = Settings {
        stories: 2500,
        seed: 6,
        ..Settings::default()
    };
    let lines: Vec<String> = Feed::new(settings)
        .stories()
        .map(|story| story.to_json())
        .collect();
    folder.file("feed.jsonl", lines.join("\n"));
    fs::create_dir(folder.path("temp")).unwrap();
    folder
}

const OUTPUTS: [&str; 3] = ["kept.jsonl", "clusters.csv.gz", "relations.jsonl.zst"];

/// Whenever a run is stopped, each output is the old one or the new one, whole.
#[test]
fn stopped_at_any_moment_nothing_is_half_there() {
    let folder = folder();
    let feed = folder.bytes("feed.jsonl");
    let command = "dedup feed.jsonl -o kept.jsonl --clusters clusters.csv.gz --relations relations.jsonl.zst \
                   --memory 32MiB --threads 1 --temp-dir temp --quiet";
    let started = Instant::now();
    let ran = folder.ok(&command.replace("--quiet", ""));
    let took = started.elapsed();
    assert!(
        ran.err.contains(" of temporary space "),
        "it is to spill: {}",
        ran.err
    );
    let whole = OUTPUTS.map(|name| folder.bytes(name));
    let names = folder.names();
    let mut moments = Moments(3);
    let mut interrupted = 0;
    for kill in 0..kills(12) {
        for name in OUTPUTS {
            folder.file(name, "old");
        }
        let signal = ["KILL", "TERM", "KILL", "INT"][kill as usize % 4];
        // A run may be stopped before it takes away what a killed one left.
        let before = folder.names();
        interrupted += u32::from(stopped(&folder, command, signal, moments.within(took)));
        for (name, whole) in OUTPUTS.iter().zip(&whole) {
            let found = folder.bytes(name);
            assert!(found == b"old" || found == *whole, "{name} is half there");
        }
        assert_eq!(fs::read_dir(folder.path("temp")).unwrap().count(), 0);
        assert!(folder.bytes("feed.jsonl") == feed, "the input was changed");
        if signal != "KILL" {
            let left = folder.names();
            let new: Vec<_> = left.difference(&before).collect();
            assert!(new.is_empty(), "{signal} leaves {new:?}");
        }
    }
    println!("{interrupted} runs were interrupted");
    assert!(interrupted > 0 || kills(12) == 0);
    folder.ok(command);
    assert_eq!(OUTPUTS.map(|name| folder.bytes(name)), whole);
    assert_eq!(
        folder.names(),
        names,
        "the next run takes away what killed ones left"
    );
}

/// A run that waits for the rest of its input, which a pipe holds back.
struct Waiting {
    child: Child,
    pipe: fs::File,
}

impl Waiting {
    /// Begins `command`, which reads `rest` last, and comes back once it does.
    fn begin(folder: &Folder, command: &str) -> Self {
        let made = Command::new("mkfifo").arg(folder.path("rest")).status();
        assert!(made.unwrap().success());
        let child = folder
            .cmd(command)
            .raw()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Opening waits for the reader.
        let pipe = fs::OpenOptions::new().write(true).open(folder.path("rest"));
        let pipe = pipe.unwrap();
        Self { child, pipe }
    }

    /// Lets it go on; its exit code and messages.
    fn end(mut self) -> (Option<i32>, String) {
        self.pipe
            .write_all(record("last", STORIES[0]).as_bytes())
            .unwrap();
        drop(self.pipe);
        let output = self.child.wait_with_output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), told)
    }
}

#[test]
fn an_input_that_vanishes_or_changes_is_told() {
    for (change, says) in [
        ("removed", "error: feed.jsonl: "),
        (
            "truncated",
            "error: feed.jsonl: changed while it was in use; run again",
        ),
        (
            "replaced",
            "error: feed.jsonl: changed while it was in use; run again",
        ),
    ] {
        let folder = Folder::new();
        folder
            .file("feed.jsonl", small_feed())
            .file("kept.jsonl", "old");
        let run = Waiting::begin(
            &folder,
            "dedup feed.jsonl rest -o kept.jsonl --clusters clusters.csv",
        );
        match change {
            "removed" => fs::remove_file(folder.path("feed.jsonl")).unwrap(),
            "truncated" => fs::write(folder.path("feed.jsonl"), "").unwrap(),
            _ => {
                folder.file("other.jsonl", small_feed().to_uppercase());
                fs::rename(folder.path("other.jsonl"), folder.path("feed.jsonl")).unwrap();
            }
        }
        let before = folder.read("kept.jsonl");
        let (code, told) = run.end();
        assert_eq!(code, Some(2), "{change}: {told}");
        assert!(told.contains(says), "{change}: {told}");
        assert_eq!(folder.read("kept.jsonl"), before);
        assert!(!folder.path("clusters.csv").exists());
    }
}

/// What has a file there already goes on, for that has no name; what begins one says that it cannot.
#[test]
fn a_temporary_folder_that_vanishes_is_told_or_no_hindrance() {
    let folder = folder();
    folder.file("kept.jsonl", "old");
    let command = "dedup feed.jsonl rest -o kept.jsonl --memory 32MiB --threads 1 --temp-dir temp";
    let run = Waiting::begin(&folder, command);
    fs::remove_dir(folder.path("temp")).unwrap();
    let (code, told) = run.end();
    if code == Some(0) {
        folder.file("rest.jsonl", record("last", STORIES[0]));
        folder.ok("dedup feed.jsonl rest.jsonl -o want.jsonl");
        assert!(folder.bytes("kept.jsonl") == folder.bytes("want.jsonl"));
    } else {
        assert_eq!(code, Some(2), "{told}");
        assert!(
            told.contains("error: temp: cannot keep a temporary copy of the input here: "),
            "{told}"
        );
        assert_eq!(folder.read("kept.jsonl"), "old");
    }
}

#[test]
fn a_folder_of_outputs_that_vanishes_is_told() {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    fs::create_dir(folder.path("out")).unwrap();
    let run = Waiting::begin(&folder, "dedup feed.jsonl rest -o out/kept.jsonl");
    fs::remove_dir_all(folder.path("out")).unwrap();
    let (code, told) = run.end();
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("error: out/kept.jsonl: "), "{told}");
    assert!(!folder.path("out").exists());
}

/// With few file handles a run does what it does with many, or says what it lacks.
#[test]
fn out_of_file_handles() {
    let folder = Folder::new();
    let stories = |part: usize| {
        let number = part % 3;
        record(
            &format!("s{part}"),
            &format!("{} Part {part} of many.", STORIES[number]),
        )
    };
    for part in 0..150 {
        folder.file(&format!("parts/{part:03}.jsonl"), stories(part));
    }
    folder.ok("dedup parts -o want.jsonl --clusters want.csv");
    let (mut done, mut refused) = (0, 0);
    for handles in [4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64, 80, 128] {
        for name in ["kept.jsonl", "clusters.csv"] {
            folder.file(name, "old");
        }
        let before: BTreeSet<String> = folder.names();
        let script = format!(
            "ulimit -n {handles}; exec \"$0\" dedup parts -o kept.jsonl --clusters clusters.csv --threads 2"
        );
        let output = Command::new("sh")
            .args(["-c", &script])
            .arg(wirefold())
            .current_dir(folder.path("."))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {
                assert!(
                    folder.bytes("kept.jsonl") == folder.bytes("want.jsonl"),
                    "{handles}"
                );
                assert!(
                    folder.bytes("clusters.csv") == folder.bytes("want.csv"),
                    "{handles}"
                );
                done += 1;
            }
            Some(2) => {
                assert!(told.contains("wirefold: error: "), "{handles}: {told}");
                assert_eq!(folder.read("kept.jsonl"), "old", "{handles}: {told}");
                assert_eq!(folder.names(), before, "{handles}");
                refused += 1;
            }
            // The loader of the system itself has too few.
            Some(127) => {}
            code => panic!("{handles}: {code:?}: {told}"),
        }
    }
    assert!(done > 0 && refused > 0, "{done} done, {refused} refused");
    assert_eq!(ids(&folder.bytes("want.jsonl")).len(), 3);
}
