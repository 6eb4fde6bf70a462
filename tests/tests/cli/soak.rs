//! The live filter under a feed that does not wait: what `examples/soak.rs` measures, in short and without times.

use std::io::ErrorKind;

use wirefold_corpus::{Feed, Settings};
use wirefold_tests::soak::soak;

use crate::support::{Folder, ids, wirefold};

fn lines(stories: u32) -> Vec<String> {
    let feed = Feed::new(Settings {
        stories,
        ..Settings::default()
    });
    feed.stories().map(|story| story.to_json() + "\n").collect()
}

#[test]
fn a_live_filter_passes_each_story_once_whatever_its_pipe_holds() {
    let folder = Folder::new();
    let lines = lines(700);
    folder.file("feed.jsonl", lines.concat());
    folder.ok("index create batch");
    let ran = folder.ok("index dedup batch feed.jsonl --quiet");
    let wanted = ids(&ran.out).len() as u64;

    folder.ok("index create desk");
    let mut stretches = Vec::new();
    let index = folder.path("desk");
    soak(wirefold(), &index, lines.into_iter(), 300, |stretch| {
        stretches.push(stretch);
    })
    .unwrap();
    let read: Vec<u64> = stretches.iter().map(|stretch| stretch.read).collect();
    assert_eq!(read, [300, 300, 100]);
    let passed: u64 = stretches.iter().map(|stretch| stretch.passed).sum();
    assert_eq!(passed, wanted);
    for stretch in &stretches {
        assert_eq!(stretch.late.len() as u64, stretch.passed);
        assert!(stretch.late.is_sorted());
        assert_eq!(stretch.late(1000), *stretch.late.last().unwrap());
        assert_eq!(stretch.late(0), stretch.late[0]);
    }
    let told = folder.ok("index info desk");
    assert!(
        told.text().contains(&format!("{wanted} stories")),
        "{}",
        told.text()
    );
}

#[test]
fn a_live_filter_that_fails_ends_the_soak() {
    let folder = Folder::new();
    let no_index = folder.path("nowhere");
    let failed = soak(wirefold(), &no_index, lines(50).into_iter(), 10, |_| ());
    let error = failed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert!(
        error.to_string().starts_with("the process ended with"),
        "{error}"
    );
}
