//! Both faces of normalization by language, beside `unicode-normalization` and `to_lowercase`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use unicode_normalization::UnicodeNormalization;
use wirefold::normalize::{CleanOptions, Cleaner, Marks, Matcher, OffsetMap};
use wirefold_benches::paragraphs;

/// About the length of a long feature story's page, large enough to hide the cost of a call.
const TEXT_BYTES: usize = 100_000;

fn normalize(c: &mut Criterion) {
    let matcher = Matcher::default();
    let cleaner = Cleaner::default();
    let setter = Cleaner::new(CleanOptions {
        quotes: Marks::Straight,
        apostrophes: Marks::Straight,
        dashes: Marks::Straight,
        ellipsis: Marks::Straight,
        ..CleanOptions::default()
    });
    for (language, paragraph) in paragraphs() {
        let text = paragraph.repeat(TEXT_BYTES.div_ceil(paragraph.len()));
        let mut out = String::with_capacity(text.len() * 2);
        let mut map = OffsetMap::default();
        let mut group = c.benchmark_group("normalize");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("match", language), |b| {
            b.iter(|| {
                out.clear();
                matcher.normalize_into(&text, &mut out);
                out.len()
            });
        });
        group.bench_function(BenchmarkId::new("match_mapped", language), |b| {
            b.iter(|| {
                out.clear();
                matcher.normalize_mapped(&text, &mut out, &mut map);
                out.len()
            });
        });
        group.bench_function(BenchmarkId::new("clean", language), |b| {
            b.iter(|| {
                out.clear();
                cleaner.clean_into(&text, &mut out);
                out.len()
            });
        });
        group.bench_function(BenchmarkId::new("clean_straight_marks", language), |b| {
            b.iter(|| {
                out.clear();
                setter.clean_into(&text, &mut out);
                out.len()
            });
        });
        let cleaned = cleaner.clean(&text).into_owned();
        group.bench_function(BenchmarkId::new("clean_again", language), |b| {
            b.iter(|| cleaner.clean(&cleaned).len());
        });
        group.bench_function(BenchmarkId::new("nfkc_lowercase", language), |b| {
            b.iter(|| text.nfkc().collect::<String>().to_lowercase().len());
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_millis(600));
    targets = normalize
}
criterion_main!(benches);
