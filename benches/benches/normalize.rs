//! Both faces of normalization by language, beside `unicode-normalization` and `to_lowercase`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use unicode_normalization::UnicodeNormalization;
use wirefold::normalize::{CleanOptions, Cleaner, Marks, Matcher, OffsetMap};
use wirefold_benches::paragraphs;

/// About the length of a long feature story's page, large enough to hide the cost of a call.
const TEXT_BYTES: usize = 100_000;

/// What the clean face is asked for most: plain ASCII, and languages of Europe in one text.
const WIRE: [(&str, &str); 2] = [
    (
        "ASCII",
        "The harbor council of Lindholm voted on Tuesday to raise the ferry fare for the first \
         time in nine years. \"We held out as long as we could,\" said Marta Ollweg, who chairs \
         the council, \"but the new engines won't pay for themselves.\" The change - 40 cents a \
         crossing - takes effect in March. Fishermen's families keep their free passes.\n",
    ),
    (
        "European",
        "Der Gemeinderat von Obertalheim hat am Dienstag den Bau einer größeren Schule \
         beschlossen. „Das Gebäude genügt nicht mehr“, sagte Bürgermeisterin Käthe Brösel – \
         außerdem prüft die Stadt, ob die Straße gesperrt wird. Le conseil a été élu à \
         l’unanimité : « C’était nécessaire », a déclaré Zoé Lefèvre — l’école rouvrira en \
         février. El alcalde, señor Núñez, explicó que la línea no estará lista hasta mañana.\n",
    ),
];

fn clean(c: &mut Criterion) {
    let cleaner = Cleaner::default();
    let mut group = c.benchmark_group("clean");
    for (name, paragraph) in WIRE.into_iter().chain(paragraphs()) {
        // A story of mean length, as it comes from a reader: nothing changes.
        let text = paragraph.repeat(3_000 / paragraph.len());
        let text = text.trim_end();
        assert_eq!(cleaner.clean(text), text);
        let (mut out, mut map) = (String::new(), OffsetMap::default());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("story", name), |b| {
            b.iter(|| cleaner.clean(text).len());
        });
        group.bench_function(BenchmarkId::new("story_mapped", name), |b| {
            b.iter(|| {
                out.clear();
                cleaner.clean_mapped(text, &mut out, &mut map);
                out.len()
            });
        });
        // The same with two spaces behind each sentence, and line ends of another system.
        let wide = text.replace(". ", ".  ").replace('\n', "\r\n");
        group.throughput(Throughput::Bytes(wide.len() as u64));
        group.bench_function(BenchmarkId::new("spaces", name), |b| {
            b.iter(|| {
                out.clear();
                cleaner.clean_into(&wide, &mut out);
                out.len()
            });
        });
    }
    group.finish();
}

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
    targets = clean, normalize
}
criterion_main!(benches);
