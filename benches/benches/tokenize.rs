//! Match text to word hashes, and to shingles, by script, in bytes of match text.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use wirefold::normalize::Matcher;
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold_benches::feed::{Stories, brief};
use wirefold_corpus::Script;

const STORIES: u32 = 300;
const SHINGLE_WORDS: usize = 5;

/// Every word's hash is that of its bytes, and a text of n words has n − 4 shingles.
fn check(hasher: &Hasher, text: &str) {
    let mut words = Words::default();
    words.hash_with_spans(hasher, text);
    assert!(words.hashes.len() >= SHINGLE_WORDS, "a story without words");
    for (&hash, &(start, end)) in words.hashes.iter().zip(&words.spans) {
        assert_eq!(
            hash,
            hasher.word(&text.as_bytes()[start as usize..end as usize])
        );
    }
    let shingles = Shingles::new(hasher, &words.hashes, SHINGLE_WORDS);
    assert_eq!(shingles.count(), words.hashes.len() + 1 - SHINGLE_WORDS);
}

fn tokenize(criterion: &mut Criterion) {
    let (matcher, hasher) = (Matcher::default(), Hasher::default());
    let mut group = criterion.benchmark_group("tokenize");
    for (name, script) in Script::ALL {
        let texts = Stories::new(STORIES, script).match_texts(&matcher);
        for text in texts.iter().step_by(10) {
            check(&hasher, text);
        }
        group.throughput(Throughput::Bytes(
            texts.iter().map(|t| t.len() as u64).sum(),
        ));
        let mut words = Words::default();
        group.bench_function(BenchmarkId::new("words", name), |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    words.hash(&hasher, black_box(text));
                    black_box(&words.hashes);
                }
            });
        });
        let mut shingles = Vec::new();
        group.bench_function(BenchmarkId::new("words_and_shingles", name), |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    words.hash(&hasher, black_box(text));
                    shingles.clear();
                    shingles.extend(Shingles::new(&hasher, &words.hashes, SHINGLE_WORDS));
                    black_box(&shingles);
                }
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = tokenize
}
criterion_main!(benches);
