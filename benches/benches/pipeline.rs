//! From a file of JSON Lines to the file of what is kept, as `wirefold dedup` goes, in bytes of
//! input.

#![allow(
    clippy::expect_used,
    reason = "a bench without its input has nothing to measure"
)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::collections::HashSet;
use std::path::Path;
use wirefold::normalize::Matcher;
use wirefold::{Settings, Wanted, fold};
use wirefold_benches::feed::brief;
use wirefold_corpus::{Relation, Settings as FeedSettings};
use wirefold_io::{
    Feed, FeedOptions, Inputs, InvalidUtf8, Outputs, Stories, StoryOptions, TableFormat, write_kept,
};

const STORIES: u32 = 3000;

/// Reads, sketches, folds and writes; gives the number of kept stories.
fn dedup(from: &Path, to: &Path, threads: usize) -> usize {
    let (matcher, settings) = (Matcher::default(), Settings::default());
    let inputs = Inputs::collect([from]).expect("the feed's file");
    let feed = Feed::open(inputs.clone(), FeedOptions::default()).expect("the feed's file");
    let options = StoryOptions {
        threads,
        ..StoryOptions::default()
    };
    let (stories, sketches) =
        Stories::read(feed, options, &settings.sketch(), &matcher, |_, _| Ok(()))
            .expect("a readable feed");
    let wanted = Wanted {
        families: true,
        relations: false,
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    let outcome = pool
        .install(|| {
            fold(
                sketches,
                &stories,
                &matcher,
                &settings,
                wanted,
                &|_, _, _| (),
            )
        })
        .expect("a folded feed");
    let kept = (0u32..)
        .zip(&outcome.decisions)
        .filter(|(_, decision)| decision.kept)
        .map(|(number, _)| stories.place(number));
    let mut outputs = Outputs::new(&inputs);
    let mut output = outputs.create(to).expect("an output");
    write_kept(
        stories.feed(),
        kept.clone(),
        TableFormat::JsonLines,
        InvalidUtf8::Refuse,
        &mut output,
    )
    .expect("a written output");
    output.finish().expect("a complete output");
    kept.count()
}

fn pipeline(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (from, to) = (
        folder.path().join("feed.jsonl"),
        folder.path().join("kept.jsonl"),
    );
    let feed = wirefold_corpus::Feed::new(FeedSettings {
        stories: STORIES,
        ..FeedSettings::default()
    });
    let mut lines = Vec::new();
    feed.write(2, &mut lines, None).expect("lines in memory");
    std::fs::write(&from, &lines).expect("a written feed");

    // Kept records are whole lines of the input, and threads change nothing.
    let kept = dedup(&from, &to, 1);
    let written = std::fs::read_to_string(&to).expect("what was kept");
    let of_input: HashSet<&[u8]> = lines.split(|&byte| byte == b'\n').collect();
    assert!(
        written
            .lines()
            .all(|line| of_input.contains(line.as_bytes()))
    );
    assert_eq!(written.lines().count(), kept);
    let identical = (0..feed.len()).filter(|&at| feed.truth(at).relation == Relation::Identical);
    assert!(kept <= feed.len() - identical.count());
    assert_eq!(dedup(&from, &to, 2), kept);
    assert!(std::fs::read_to_string(&to).is_ok_and(|again| again == written));

    let mut group = criterion.benchmark_group("pipeline");
    group.throughput(Throughput::Bytes(lines.len() as u64));
    for threads in [1, 2] {
        let id = BenchmarkId::new("dedup", format!("{threads}_threads"));
        group.bench_function(id, |bencher| bencher.iter(|| dedup(&from, &to, threads)));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = pipeline
}
criterion_main!(benches);
