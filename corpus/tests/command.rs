//! The binary: outputs, refusals, exit codes.

#![allow(clippy::unwrap_used, reason = "a test may stop where it fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wirefold-corpus"))
        .args(arguments)
        .output()
        .unwrap()
}

/// A fresh folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn files_and_standard_output_hold_the_same() {
    let folder = folder("same");
    let (feed, truth) = (folder.join("feed.jsonl"), folder.join("truth.tsv"));
    let given = [
        "--stories",
        "40",
        "--seed",
        "3",
        "--out",
        feed.to_str().unwrap(),
        "--truth",
        truth.to_str().unwrap(),
    ];
    let output = run(&given);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let piped = run(&["--stories", "40", "--seed", "3", "--threads", "2"]);
    assert_eq!(piped.stdout, std::fs::read(&feed).unwrap());
    assert_eq!(std::fs::read_to_string(&truth).unwrap().lines().count(), 41);
    // Nothing is left beside the outputs.
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
}

#[test]
fn a_hard_feed_is_written_instead() {
    let output = run(&["--worst", "briefs", "--stories", "40"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(output.stdout.split(|&byte| byte == b'\n').count() - 1, 40);
}

#[test]
fn shares_that_do_not_fit_are_refused() {
    for arguments in [
        &["--families", "70", "--templates", "40"][..],
        &["--families", "101"],
        &["--stories", "5", "--syndicated", "6"],
        &["--script", "runes"],
        &["--out", "same", "--truth", "same"],
        &["--worst", "good"],
        &["--worst", "giant", "--truth", "truth.tsv"],
        &["--giant-bytes", "5"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("error: "),
            "{output:?}"
        );
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = folder("nowhere");
    let missing = folder.join("missing").join("feed.jsonl");
    let output = run(&["--stories", "5", "--out", missing.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("feed.jsonl"));
    let output = run(&["--stories", "5", "--out", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is a folder"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}
