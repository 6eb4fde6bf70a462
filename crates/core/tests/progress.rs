//! What a watcher of a run is told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Mutex;

use wirefold::normalize::Matcher;
use wirefold::sketch::{SketchChunk, Sketcher, Sketches};
use wirefold::{Settings, Stage, Story, Wanted, fold};

#[test]
fn each_stage_says_when_it_begins_and_ends() {
    let words = |n: usize| {
        let words: Vec<String> = (0..n).map(|i| format!("word{i}")).collect();
        words.join(" ")
    };
    let texts = [words(60), words(50), words(40)];
    let stories: Vec<(String, Story<'_>)> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| {
            (
                n.to_string(),
                Story {
                    text,
                    ..Story::default()
                },
            )
        })
        .collect();
    let settings = Settings::default();
    let matcher = Matcher::default();
    let mut chunk = SketchChunk::default();
    let mut sketcher = Sketcher::new(&settings.sketch(), &matcher);
    for (_, story) in &stories {
        sketcher.sketch(*story, &mut chunk);
    }
    let mut sketches = Sketches::new();
    sketches.push(chunk).unwrap();
    let told = Mutex::new(Vec::new());
    let progress = |stage, done, total| told.lock().unwrap().push((stage, done, total));
    let wanted = Wanted {
        families: true,
        relations: true,
    };
    fold(
        sketches,
        stories.as_slice(),
        &matcher,
        &settings,
        wanted,
        &progress,
    )
    .unwrap();
    assert_eq!(
        *told.lock().unwrap(),
        [
            (Stage::Join, 0, 0),
            (Stage::Verify, 0, 3),
            (Stage::Verify, 3, 3),
            (Stage::Relate, 0, 3),
            (Stage::Relate, 3, 3),
        ]
    );
}
