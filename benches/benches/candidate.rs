//! Joining the keys of a generated feed and proposing pairs, on one thread, in bytes of text.

#![allow(
    clippy::expect_used,
    reason = "a bench without its input has nothing to measure"
)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use wirefold::candidate::{Candidates, LEFT_OUT, Window, join, least_shared, propose};
use wirefold::normalize::Matcher;
use wirefold::sketch::Sketches;
use wirefold::{Settings, sketch_stories};
use wirefold_benches::feed::{Stories, brief};
use wirefold_corpus::{Relation, Script};

const STORIES: u32 = 3000;

/// The rank of each story, longest first, and the stories by rank; of equal texts the first alone.
fn ranks(sketches: &Sketches) -> (Vec<u32>, Vec<u32>) {
    let mut seen = HashSet::new();
    let mut order: Vec<u32> = (0u32..)
        .zip(sketches.content())
        .filter(|&(_, content)| seen.insert(*content))
        .map(|(story, _)| story)
        .collect();
    order.sort_by_key(|&story| Reverse(sketches.words()[story as usize]));
    let mut ranks = vec![LEFT_OUT; sketches.len()];
    for (rank, &story) in (0u32..).zip(&order) {
        ranks[story as usize] = rank;
    }
    (ranks, order)
}

/// Every near-duplicate of the truth is proposed with its parent, or stands for an equal text.
fn check(stories: &Stories, sketches: &Sketches, ranks: &[u32], candidates: &Candidates) {
    let number: HashMap<&str, usize> = (0..)
        .zip(&stories.truth)
        .map(|(at, truth)| (truth.id.as_str(), at))
        .collect();
    let leader: HashMap<u128, u32> = sketches
        .content()
        .iter()
        .zip(ranks)
        .filter(|&(_, &rank)| rank != LEFT_OUT)
        .map(|(&content, &rank)| (content, rank))
        .collect();
    let (mut pairs, mut proposed) = (0, 0);
    for (at, truth) in stories.truth.iter().enumerate() {
        let Some(parent) = &truth.parent else {
            continue;
        };
        if truth.to_parent == Relation::NearDuplicate {
            let rank = |at: usize| leader[&sketches.content()[at]];
            let (x, y) = (rank(at), rank(number[parent.as_str()]));
            pairs += 1;
            proposed += usize::from(x == y || candidates.of(x.max(y)).contains(&x.min(y)));
        }
    }
    assert!(
        pairs > 100 && proposed == pairs,
        "{proposed} of {pairs} pairs"
    );
}

fn candidate(criterion: &mut Criterion) {
    let matcher = Matcher::default();
    let settings = Settings::default();
    let stories = Stories::new(STORIES, Script::Latin);
    let sketches = sketch_stories(&stories, &matcher, &settings).expect("sketches of a small feed");
    let (ranks, order) = ranks(&sketches);
    let groups =
        join(&mut sketches.clone(), &ranks, Window::unbounded()).expect("no bound, no store");
    let least: Vec<u32> = order
        .iter()
        .map(|&story| {
            let story = story as usize;
            let (words, anchors) = (sketches.words()[story], sketches.anchors()[story]);
            least_shared(&settings.sketch(), words, anchors)
        })
        .collect();
    check(
        &stories,
        &sketches,
        &ranks,
        &propose(&groups, &least).expect("no store").likely,
    );

    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread");
    let mut group = criterion.benchmark_group("candidate");
    group.throughput(Throughput::Bytes(stories.bytes()));
    group.bench_function("join", |bencher| {
        bencher.iter_batched(
            || sketches.clone(),
            |mut sketches| pool.install(|| join(&mut sketches, &ranks, Window::unbounded())),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("propose", |bencher| {
        bencher.iter(|| pool.install(|| propose(&groups, &least)));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = candidate
}
criterion_main!(benches);
