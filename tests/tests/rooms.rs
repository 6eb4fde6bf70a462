//! `unsafe` stands in the three files or folders that CONTRIBUTING.md names, and nowhere else.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

const ALLOWED: [&str; 3] = [
    "crates/core/src/simd/",
    "crates/index/src/map.rs",
    "crates/python/src/capsule.rs",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Whether a line has the keyword, or lets it stand, outside of comments.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| word == "unsafe" || word == "unsafe_code")
}

#[test]
fn unsafe_code_stands_in_its_rooms_alone() {
    assert!(
        is_unsafe("    unsafe { x() }") && !is_unsafe("// unsafe") && !is_unsafe("not_unsafe()")
    );
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for folder in ["crates", "corpus", "benches", "tests", "fuzz"] {
        sources(&root.join(folder), &mut files);
    }
    let mut rooms = [0; ALLOWED.len()];
    for file in files {
        let name = file
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        // This file names the keyword.
        let lines = fs::read_to_string(&file).unwrap();
        if name == "tests/tests/rooms.rs" || !lines.lines().any(is_unsafe) {
            continue;
        }
        let room = ALLOWED.iter().position(|room| name.starts_with(room));
        rooms[room.unwrap_or_else(|| panic!("{name} has unsafe code"))] += 1;
    }
    assert!(
        rooms.iter().all(|&files| files > 0),
        "a room is named that has none: {rooms:?}"
    );
}
