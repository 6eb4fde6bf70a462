//! Throughput of each step from text to sketch on the texts of a JSON Lines feed, one thread, in
//! MB of text a second. Texts are timed in chunks, several times each, and the least times added up:
//! what else runs on the machine counts less so.
//!
//! Usage: `cargo run --release -p wirefold-tests --example throughput -- FEED.jsonl [ROUNDS [STEP]]`, where
//! STEP is part of the name of the only steps to do.

#![allow(
    clippy::print_stdout,
    clippy::too_many_lines,
    reason = "one table on standard output, a step a row"
)]

use std::hint::black_box;
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use wirefold::normalize::{Matcher, OffsetMap};
use wirefold::sketch::{Fss, SketchChunk, SketchSettings, Sketcher, anchors};
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{Settings, Story};
use wirefold_tests::data::documents;

/// Stories of a chunk, about what one block of a file gives.
const CHUNK: usize = 300;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        println!("usage: throughput FEED.jsonl [ROUNDS [STEP]]");
        return;
    };
    let rounds = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(5);
    let only = arguments.next().unwrap_or_default();
    let texts: Vec<String> = documents(Path::new(&path), false)
        .into_iter()
        .map(|document| document.text)
        .collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{} texts, {:.1} MB, least of {rounds} rounds",
        texts.len(),
        bytes as f64 / 1e6
    );
    let chunks: Vec<Range<usize>> = (0..texts.len())
        .step_by(CHUNK)
        .map(|start| start..texts.len().min(start + CHUNK))
        .collect();
    let report = |step: &str, mut work: Box<dyn FnMut(Range<usize>) + '_>| {
        if !step.contains(&only) {
            return;
        }
        let mut seconds = vec![Vec::new(); chunks.len()];
        for _ in 0..rounds {
            for (seconds, chunk) in seconds.iter_mut().zip(&chunks) {
                let start = Instant::now();
                work(chunk.clone());
                seconds.push(start.elapsed().as_secs_f64());
            }
        }
        let least = |times: &Vec<f64>| times.iter().copied().fold(f64::INFINITY, f64::min);
        let all: f64 = seconds.iter().map(least).sum();
        println!("{step:<32} {:>8.0} MB/s", bytes as f64 / 1e6 / all);
    };

    let settings = Settings::default();
    let matcher = Matcher::default();
    let hasher = Hasher::default();
    let matched: Vec<String> = texts
        .iter()
        .map(|text| matcher.normalize(text).into_owned())
        .collect();
    let words: Vec<Vec<u64>> = matched
        .iter()
        .map(|text| {
            let mut words = Words::default();
            words.hash(&hasher, text);
            words.hashes
        })
        .collect();
    let length = settings.shingle_words;
    let shingles: Vec<Vec<u64>> = words
        .iter()
        .map(|words| Shingles::new(&hasher, words, length).collect())
        .collect();

    let mut out = String::new();
    report(
        "normalize (match)",
        Box::new(|range| {
            for text in &texts[range] {
                out.clear();
                matcher.normalize_into(text, &mut out);
            }
        }),
    );
    report(
        "content hash",
        Box::new(|range| {
            for text in &matched[range] {
                black_box(hasher.text(text));
            }
        }),
    );
    let mut buffer = Words::default();
    report(
        "words",
        Box::new(|range| {
            for text in &matched[range] {
                buffer.hash(&hasher, text);
            }
        }),
    );
    let mut room = Vec::new();
    report(
        "shingles",
        Box::new(|range| {
            for words in &words[range] {
                Shingles::write(&hasher, words, length, &mut room);
            }
        }),
    );
    let fss = Fss::new(&hasher, settings.components);
    let mut signature = Vec::new();
    report(
        "signature",
        Box::new(|range| {
            for shingles in &shingles[range] {
                fss.sign(shingles, &mut signature);
            }
        }),
    );
    let mut text_words = Words::default();
    report(
        "match face to signature",
        Box::new(|range| {
            for text in &texts[range] {
                out.clear();
                matcher.normalize_into(text, &mut out);
                text_words.hash(&hasher, &out);
                Shingles::write(&hasher, &text_words.hashes, length, &mut room);
                fss.sign(&room, &mut signature);
            }
        }),
    );
    let (mut map, mut original) = (OffsetMap::default(), 0);
    report(
        "words with spans in the original",
        Box::new(|range| {
            for text in &texts[range] {
                out.clear();
                matcher.normalize_mapped(text, &mut out, &mut map);
                text_words.hash_with_spans(&hasher, &out);
                original += map.len();
            }
        }),
    );
    black_box(original);
    let sketch = settings.sketch();
    let mut chosen = Vec::new();
    report(
        "anchors",
        Box::new(|range| {
            for shingles in &shingles[range] {
                anchors(shingles, sketch.window, sketch.dense, &mut chosen);
            }
        }),
    );
    for (step, facts) in [("sketch for dedup", false), ("sketch for relate", true)] {
        let sketch = SketchSettings {
            facts,
            ..sketch.clone()
        };
        let mut sketcher = Sketcher::new(&sketch, &matcher);
        report(
            step,
            Box::new(|range| {
                let mut chunk = SketchChunk::default();
                for text in &texts[range] {
                    let story = Story {
                        text,
                        ..Story::default()
                    };
                    sketcher.sketch(story, &mut chunk);
                }
                chunk.seal();
                black_box(chunk.len());
            }),
        );
    }
}
