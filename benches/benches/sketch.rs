//! Signatures, anchors, and the whole way from a story's bytes to its sketch.
//!
//! A set's throughput is counted in bytes of the text that has so many shingles, so that every
//! figure stands beside those of the other steps.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use wirefold::normalize::Matcher;
use wirefold::sketch::{Fss, MinHash, SketchChunk, Sketcher, anchors};
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{Settings, sketch_stories};
use wirefold_benches::feed::{Stories, brief};
use wirefold_corpus::Script;

const SHINGLE_WORDS: usize = 5;
/// Shingles of a brief, a short story, one of mean length, and a long one.
const SETS: [usize; 4] = [40, 150, 400, 1500];
const SIZES: [usize; 3] = [64, 128, 256];

/// The first `count` shingles of running text, and the bytes of text they take.
fn running_text(count: usize, hasher: &Hasher) -> (Vec<u64>, u64) {
    let texts = Stories::new(40, Script::Latin).match_texts(&Matcher::default());
    let mut words = Words::default();
    words.hash_with_spans(hasher, &texts.join(" "));
    let shingles = Shingles::new(hasher, &words.hashes, SHINGLE_WORDS);
    let bytes = words.spans[count + SHINGLE_WORDS - 2].1;
    (shingles.take(count).collect(), u64::from(bytes))
}

/// Two sets that share half of what is in either are estimated as such, within four deviations.
fn check_signer(components: usize, set: &[u64], sign: impl Fn(&[u64], &mut Vec<u64>)) {
    let third = set.len() / 3;
    let (mut a, mut b) = (Vec::new(), Vec::new());
    sign(&set[..2 * third + third / 2], &mut a);
    sign(&set[third / 2..3 * third], &mut b);
    let shared = (2 * third) as f64 / (3 * third) as f64;
    let deviation = (shared * (1.0 - shared) / components as f64).sqrt();
    let error = (Fss::similarity(&a, &b) - shared).abs();
    assert!(error < 4.0 * deviation, "off by {error}");
}

fn signature(criterion: &mut Criterion) {
    let hasher = Hasher::default();
    let mut group = criterion.benchmark_group("signature");
    for count in SETS {
        let (set, bytes) = running_text(count, &hasher);
        group.throughput(Throughput::Bytes(bytes));
        let mut signature = Vec::new();
        for components in SIZES {
            let fss = Fss::new(&hasher, components);
            check_signer(components, &set, |set, signature| fss.sign(set, signature));
            let id = BenchmarkId::new(format!("fss_{components}"), count);
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    fss.sign(black_box(&set), &mut signature);
                    black_box(signature[0])
                });
            });
        }
        let classic = MinHash::new(&hasher, 128);
        check_signer(128, &set, |set, signature| classic.sign(set, signature));
        group.bench_function(BenchmarkId::new("minhash_128", count), |bencher| {
            bencher.iter(|| {
                classic.sign(black_box(&set), &mut signature);
                black_box(signature[0])
            });
        });
    }
    group.finish();
}

fn winnowing(criterion: &mut Criterion) {
    let hasher = Hasher::default();
    let settings = Settings::default().sketch();
    let mut group = criterion.benchmark_group("anchors");
    for count in SETS {
        let (shingles, bytes) = running_text(count, &hasher);
        let mut chosen = Vec::new();
        anchors(&shingles, settings.window, settings.dense, &mut chosen);
        for first in 0..=count - settings.window {
            let within = |at: u32| (first..first + settings.window).contains(&(at as usize));
            assert!(
                chosen.iter().any(|anchor| within(anchor.word)),
                "a bare window"
            );
        }
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                anchors(
                    black_box(&shingles),
                    settings.window,
                    settings.dense,
                    &mut chosen,
                );
                black_box(chosen.len())
            });
        });
    }
    group.finish();
}

fn whole(criterion: &mut Criterion) {
    let matcher = Matcher::default();
    let settings = Settings::default().sketch();
    let hasher = Hasher::default();
    let mut group = criterion.benchmark_group("sketch");
    for (name, script) in Script::ALL {
        let stories = Stories::new(300, script);
        let count = stories.told.len() as u32;
        let sketches = sketch_stories(&stories, &matcher, &Settings::default());
        let mut words = Words::default();
        for (text, &in_sketch) in stories.match_texts(&matcher).iter().zip(
            sketches
                .as_ref()
                .map_or(&[][..], |sketches| sketches.words()),
        ) {
            words.hash(&hasher, text);
            assert_eq!(words.hashes.len(), in_sketch as usize);
        }
        assert!(sketches.is_ok_and(|sketches| sketches.len() == count as usize));
        group.throughput(Throughput::Bytes(stories.bytes()));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            let mut sketcher = Sketcher::new(&settings, &matcher);
            bencher.iter(|| {
                let mut chunk = SketchChunk::default();
                for number in 0..count {
                    sketcher.sketch(stories.story(number), &mut chunk);
                }
                chunk.seal();
                chunk
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief();
    targets = signature, winnowing, whole
}
criterion_main!(benches);
