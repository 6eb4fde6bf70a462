//! Reading and parsing JSON Lines, from generated records, in bytes of input.
//!
//! `plain` has texts without escapes, which are borrowed; `wrapped` has a line feed every sixty
//! letters, as agency copy has, so that each text is decoded into a string of its own.

#![allow(
    clippy::expect_used,
    reason = "a bench that cannot make its file has nothing to measure"
)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;
use std::ops::ControlFlow;
use wirefold_io::{
    Chunk, Feed, FeedOptions, Format, Inputs, IoError, RecordOptions, ordered, parse_chunk,
    parse_record,
};

const COUNT: usize = 10_000;
const WORDS: [&str; 16] = [
    "harbor",
    "council",
    "the",
    "said",
    "of",
    "ferry",
    "Brackwater",
    "a",
    "to",
    "night",
    "repairs",
    "before",
    "price",
    "“tide”",
    "in",
    "Orlemond",
];

/// Records of about 3,000 bytes; the words follow a fixed sequence.
fn records(count: usize, line_feeds: bool) -> String {
    let mut state = 7_u64;
    let mut lines = String::new();
    for id in 0..count {
        let _ = write!(
            lines,
            "{{\"id\":\"{id}\",\"title\":\"Notice {id}\",\"wire\":[1,2],"
        );
        lines.push_str("\"text\":\"");
        let mut column = 0;
        for _ in 0..500 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let word = WORDS[(state >> 60) as usize];
            lines.push_str(word);
            column += word.len() + 1;
            if line_feeds && column > 60 {
                lines.push_str("\\n");
                column = 0;
            } else {
                lines.push(' ');
            }
        }
        lines.push_str("\"}\n");
    }
    lines
}

fn count(chunk: &Chunk, options: &RecordOptions) -> usize {
    let mut good = 0;
    parse_chunk(chunk, options, &mut |record| {
        good += usize::from(black_box(record).is_ok());
    });
    good
}

fn read(criterion: &mut Criterion) {
    let options = RecordOptions::default();
    let mut group = criterion.benchmark_group("read");
    for (name, line_feeds) in [("plain", false), ("wrapped", true)] {
        let lines = records(COUNT, line_feeds);
        group.throughput(Throughput::Bytes(lines.len() as u64));
        group.bench_function(BenchmarkId::new("parse", name), |bencher| {
            bencher.iter(|| {
                for line in lines.lines() {
                    let parsed = parse_record(line.as_bytes(), Format::JsonLines, "", &options);
                    assert!(black_box(parsed).is_ok());
                }
            });
        });
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("feed.jsonl");
        std::fs::write(&path, &lines).expect("a written file");
        for threads in [1, 2] {
            let id = BenchmarkId::new(format!("file_{threads}_threads"), name);
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    let inputs = Inputs::collect([&path])?;
                    let feed = Feed::open(inputs, FeedOptions::default())?;
                    let mut good = 0;
                    let worker = || |chunk: Chunk| count(&chunk, &options);
                    ordered(feed.chunks()?, threads, worker, |chunk_good| {
                        good += chunk_good;
                        Ok(ControlFlow::Continue(()))
                    })?;
                    assert_eq!(good, COUNT);
                    Ok::<(), IoError>(())
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
