//! Throughput of each step from text to sketch on the texts of a JSON Lines feed, one thread, in
//! MB of text a second: the median of several rounds.
//!
//! Usage: `cargo run --release -p wirefold-tests --example throughput -- FEED.jsonl [ROUNDS]`

#![allow(
    clippy::print_stdout,
    clippy::too_many_lines,
    reason = "one table on standard output, a step a row"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use wirefold::normalize::{Matcher, OffsetMap};
use wirefold::sketch::{Fss, SketchChunk, SketchSettings, Sketcher, anchors};
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{Settings, Story};
use wirefold_tests::data::documents;

/// Stories of a chunk, about what one block of a file gives.
const CHUNK: usize = 300;

/// Time that this thread was running, where the system tells it: others on the machine matter less to
/// it. Time by the clock elsewhere.
struct Clock {
    running: Option<u64>,
    started: Instant,
}

impl Clock {
    fn running() -> Option<u64> {
        let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        line.split(' ').next()?.parse().ok()
    }

    fn now() -> Self {
        Self {
            running: Self::running(),
            started: Instant::now(),
        }
    }

    fn seconds(&self) -> f64 {
        match self.running.zip(Self::running()) {
            Some((before, after)) => (after - before) as f64 / 1e9,
            None => self.started.elapsed().as_secs_f64(),
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        println!("usage: throughput FEED.jsonl [ROUNDS]");
        return;
    };
    let rounds = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(5);
    let texts: Vec<String> = documents(Path::new(&path), false)
        .into_iter()
        .map(|document| document.text)
        .collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{} texts, {:.1} MB, median of {rounds} rounds",
        texts.len(),
        bytes as f64 / 1e6
    );
    let report = |step: &str, mut work: Box<dyn FnMut() + '_>| {
        let mut seconds: Vec<f64> = (0..rounds)
            .map(|_| {
                let start = Clock::now();
                work();
                start.seconds()
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        let median = seconds[seconds.len() / 2];
        println!("{step:<32} {:>8.0} MB/s", bytes as f64 / 1e6 / median);
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
        Box::new(|| {
            for text in &texts {
                out.clear();
                matcher.normalize_into(text, &mut out);
            }
        }),
    );
    report(
        "content hash",
        Box::new(|| {
            for text in &matched {
                black_box(hasher.text(text));
            }
        }),
    );
    let mut buffer = Words::default();
    report(
        "words",
        Box::new(|| {
            for text in &matched {
                buffer.hash(&hasher, text);
            }
        }),
    );
    let mut room = Vec::new();
    report(
        "shingles",
        Box::new(|| {
            for words in &words {
                room.clear();
                room.extend(Shingles::new(&hasher, words, length));
            }
        }),
    );
    let fss = Fss::new(&hasher, settings.components);
    let mut signature = Vec::new();
    report(
        "signature",
        Box::new(|| {
            for shingles in &shingles {
                fss.sign(shingles, &mut signature);
            }
        }),
    );
    let mut text_words = Words::default();
    report(
        "match face to signature",
        Box::new(|| {
            for text in &texts {
                out.clear();
                matcher.normalize_into(text, &mut out);
                text_words.hash(&hasher, &out);
                room.clear();
                room.extend(Shingles::new(&hasher, &text_words.hashes, length));
                fss.sign(&room, &mut signature);
            }
        }),
    );
    let (mut map, mut original) = (OffsetMap::default(), 0);
    report(
        "words with spans in the original",
        Box::new(|| {
            for text in &texts {
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
        Box::new(|| {
            for shingles in &shingles {
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
            Box::new(|| {
                for texts in texts.chunks(CHUNK) {
                    let mut chunk = SketchChunk::default();
                    for text in texts {
                        let story = Story {
                            text,
                            ..Story::default()
                        };
                        sketcher.sketch(story, &mut chunk);
                    }
                    chunk.seal();
                    black_box(chunk.len());
                }
            }),
        );
    }
}
