//! What is found in each story before it is compared: furniture, direct speech and the lines that a
//! source repeats, on one thread, in bytes of text.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use wirefold::furniture::{is_furniture, spans};
use wirefold::normalize::Matcher;
use wirefold::profile::{Learner, Lessons, ProfileBuilder};
use wirefold::quotation::quotations;
use wirefold::tokenize::{Hasher, Words};
use wirefold::{About, Story};
use wirefold_benches::feed::{Stories, brief};
use wirefold_corpus::Script;

const STORIES: u32 = 1000;

fn prepare(criterion: &mut Criterion) {
    let stories = Stories::new(STORIES, Script::Latin);
    let texts: Vec<&str> = stories.told.iter().map(|told| told.text.as_str()).collect();
    let (with, plain): (Vec<&str>, Vec<&str>) =
        texts.iter().partition(|text| !spans(text).is_empty());
    assert!(
        with.len() > 100 && plain.len() > 100,
        "stories of both kinds"
    );
    for text in &with {
        for piece in spans(text) {
            assert!(!text[piece.span].trim().is_empty());
        }
    }
    let bytes =
        |texts: &[&str]| Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum());
    let mut group = criterion.benchmark_group("prepare");
    for (name, texts) in [("furniture", &with), ("no furniture", &plain)] {
        group.throughput(bytes(texts));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for text in texts {
                    black_box(spans(black_box(text)));
                }
            });
        });
    }
    group.throughput(bytes(&texts));
    group.bench_function("lines asked alone", |bencher| {
        bencher.iter(|| {
            for line in texts.iter().flat_map(|text| text.lines()) {
                black_box(is_furniture(black_box(line)));
            }
        });
    });
    group.bench_function("quotations", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                black_box(quotations(black_box(text)));
            }
        });
    });

    let (matcher, hasher) = (Matcher::default(), Hasher::default());
    let words: Vec<Vec<u64>> = texts
        .iter()
        .map(|text| {
            let mut words = Words::default();
            words.hash(&hasher, &matcher.normalize(text));
            words.hashes
        })
        .collect();
    let mut learner = Learner::new(hasher.seed(), true);
    let mut learn = || {
        let mut lessons = Lessons::default();
        for (&text, words) in texts.iter().zip(&words) {
            let about = About::default();
            let story = Story {
                text,
                about,
                ..Story::default()
            };
            learner.learn(story, words, &mut lessons);
        }
        lessons
    };
    let mut builder = ProfileBuilder::new(hasher.seed());
    builder.push(learn());
    assert!(builder.build().stories() > u64::from(STORIES) / 2);
    group.bench_function("learner", |bencher| bencher.iter(|| black_box(learn())));
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = prepare
}
criterion_main!(benches);
