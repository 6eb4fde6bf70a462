//! Verifying pairs: the similarity of prepared shingle sets, and all relations of a small feed
//! with their evidence, on one thread, in bytes of text.

#![allow(
    clippy::expect_used,
    reason = "a bench without its input has nothing to measure"
)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::collections::HashSet;
use std::hint::black_box;
use wirefold::normalize::Matcher;
use wirefold::relation::Similarity;
use wirefold::{Settings, Wanted, fold, sketch_stories};
use wirefold_benches::feed::{Stories, brief};
use wirefold_corpus::Script;

const STORIES: u32 = 1000;

fn relation(criterion: &mut Criterion) {
    let matcher = Matcher::default();
    let settings = Settings::default();
    let stories = Stories::new(STORIES, Script::Latin);
    let sketches = sketch_stories(&stories, &matcher, &settings).expect("sketches of a small feed");
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread");
    let relations_of = |sketches| {
        let wanted = Wanted {
            families: false,
            relations: true,
        };
        pool.install(|| {
            fold(
                sketches,
                &stories,
                &matcher,
                &settings,
                wanted,
                &|_, _, _| (),
            )
        })
        .expect("relations of a feed in memory")
        .relations
    };
    let rows = relations_of(sketches.clone());
    let shingles = stories.shingles(&matcher, settings.shingle_words);
    let pairs: Vec<[&[u64]; 2]> = rows
        .iter()
        .map(|row| [row.a, row.b].map(|story| shingles[story as usize].as_slice()))
        .collect();
    for (row, [a, b]) in rows.iter().zip(&pairs) {
        let theirs: HashSet<u64> = b.iter().copied().collect();
        let shared = a.iter().filter(|shingle| theirs.contains(shingle)).count();
        let jaccard = shared as f64 / (a.len() + b.len() - shared) as f64;
        assert_eq!(Similarity::of(a, b).shared, shared);
        assert!((row.jaccard - jaccard).abs() < 1e-12);
    }
    assert!(rows.len() > 100, "{} related pairs", rows.len());

    let mut group = criterion.benchmark_group("relation");
    let bytes = |story: u32| {
        let told = &stories.told[story as usize];
        (told.title.len() + told.text.len()) as u64
    };
    let in_pairs = rows.iter().map(|row| bytes(row.a) + bytes(row.b)).sum();
    group.throughput(Throughput::Bytes(in_pairs));
    group.bench_function("similarity", |bencher| {
        bencher.iter(|| {
            for [a, b] in &pairs {
                black_box(Similarity::of(black_box(a), black_box(b)));
            }
        });
    });
    group.throughput(Throughput::Bytes(stories.bytes()));
    group.bench_function("relate", |bencher| {
        bencher.iter_batched(|| sketches.clone(), relations_of, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = relation
}
criterion_main!(benches);
