//! The index: adding a feed, opening, asking of new stories, passing what is new; on one thread, in bytes of
//! the feed's records.

#![allow(
    clippy::expect_used,
    reason = "a bench without its input has nothing to measure"
)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::path::Path;
use wirefold_benches::feed::brief;
use wirefold_corpus::{Feed as Generated, Settings};
use wirefold_index::{AddOptions, Answer, IndexSettings, Snapshot, StreamOptions, Writer};
use wirefold_io::{Feed, FeedOptions, Inputs, RecordOptions};

/// Stories that are stored, and stories that are new.
const STORED: usize = 4000;
const NEW: usize = 400;

fn opened(path: &Path) -> Feed {
    let inputs = Inputs::collect([path]).expect("an input");
    Feed::open(inputs, FeedOptions::default()).expect("a feed")
}

fn created(home: &Path) -> Writer {
    Writer::create(home, IndexSettings::default(), None, None).expect("an index")
}

fn add(writer: &mut Writer, path: &Path) -> u64 {
    let added = writer.add(&opened(path), &AddOptions::default(), |_, _| Ok(()));
    added.expect("added").added
}

fn index(criterion: &mut Criterion) {
    let generated = Generated::new(Settings {
        stories: (STORED + NEW) as u32,
        ..Settings::default()
    });
    let dir = tempfile::tempdir().expect("a temporary folder");
    let lines = |range: std::ops::Range<usize>| -> String {
        range
            .map(|at| generated.story(at).to_json() + "\n")
            .collect()
    };
    let [stored, new] =
        [("stored", 0..STORED), ("new", STORED..STORED + NEW)].map(|(name, range)| {
            let path = dir.path().join(name).with_extension("jsonl");
            let lines = lines(range);
            std::fs::write(&path, &lines).expect("written");
            (path, lines.len() as u64)
        });
    let home = dir.path().join("index");
    let mut writer = created(&home);
    assert_eq!(add(&mut writer, &stored.0), STORED as u64);
    drop(writer);

    let mut group = criterion.benchmark_group("index");
    group.throughput(Throughput::Bytes(stored.1));
    group.bench_function("add", |bencher| {
        bencher.iter_batched(
            || tempfile::tempdir().expect("a temporary folder"),
            |other| add(&mut created(&other.path().join("index")), &stored.0),
            BatchSize::PerIteration,
        );
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("open", |bencher| {
        bencher.iter(|| Snapshot::open(&home).expect("an index").len());
    });
    let snapshot = Snapshot::open(&home).expect("an index");
    group.throughput(Throughput::Bytes(new.1));
    group.bench_function("query", |bencher| {
        bencher.iter(|| {
            let mut rows = 0;
            let show = |answer: Answer<'_>| answer.rows.len();
            let asked = snapshot.query(
                &opened(&new.0),
                &RecordOptions::default(),
                1,
                show,
                |shown, _| {
                    rows += shown.iter().sum::<usize>();
                    Ok(())
                },
            );
            asked.expect("answers");
            assert!(rows > NEW / 4, "{rows} rows");
            rows
        });
    });
    group.bench_function("dedup", |bencher| {
        bencher.iter_batched(
            || {
                let other = tempfile::tempdir().expect("a temporary folder");
                let mut writer = created(&other.path().join("index"));
                add(&mut writer, &stored.0);
                (writer, other)
            },
            |(mut writer, other)| {
                let mut told = 0;
                let streamed =
                    writer.dedup(&opened(&new.0), &StreamOptions::default(), |_, streamed| {
                        told += streamed.told.len();
                        Ok(())
                    });
                streamed.expect("decided");
                assert!(told > NEW / 20, "{told} told");
                (writer, other)
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = index
}
criterion_main!(benches);
