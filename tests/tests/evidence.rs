//! The evidence of related pairs: passages of five real stories, and long runs by brute force.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it measured"
)]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use wirefold::furniture;
use wirefold::normalize::{Matcher, OffsetMap};
use wirefold::relation::{PassageKind, Relation, Row};
use wirefold::tokenize::{Hasher, Words};
use wirefold::{Outcome, Settings, Wanted};
use wirefold_tests::data::{Document, documents, shared};
use wirefold_tests::oracle::run;

const RELATIONS: Wanted = Wanted {
    families: false,
    relations: true,
};

fn related(documents: &[Document]) -> Outcome {
    run(documents, &Settings::default(), RELATIONS).unwrap()
}

/// The five stories, a document each, and the byte range of each line.
struct Seeds {
    documents: Vec<Document>,
    lines: HashMap<(String, usize), (u64, u64)>,
}

impl Seeds {
    fn read(folder: &Path) -> Self {
        let mut seeds = Self {
            documents: Vec::new(),
            lines: HashMap::new(),
        };
        for number in 0..5 {
            let id = format!("wire-00{number}.txt");
            let text = std::fs::read_to_string(folder.join(&id)).unwrap();
            let mut start = 0;
            for (index, line) in text.split_inclusive('\n').enumerate() {
                let end = start + line.trim_end().len() as u64;
                seeds.lines.insert((id.clone(), index + 1), (start, end));
                start += line.len() as u64;
            }
            let title = None;
            seeds.documents.push(Document { id, title, text });
        }
        seeds
    }

    fn id(&self, story: u32) -> &str {
        &self.documents[story as usize].id
    }
}

/// Lines that credit CNN and IRNA, of story 001 and of story 004.
const CREDITED: [(usize, usize); 2] = [(19, 11), (26, 14)];

#[test]
fn passages_of_the_seeds() {
    let Some(path) = shared("seeds/passages.tsv") else {
        return;
    };
    let seeds = Seeds::read(path.parent().unwrap());
    let outcome = related(&seeds.documents);
    let row = |a: &str, b: &str| -> Option<&Row> {
        let mut rows = outcome.relations.iter();
        rows.find(|row| (seeds.id(row.a), seeds.id(row.b)) == (a, b))
    };
    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut of_001_and_004 = BTreeSet::new();
    let table = std::fs::read_to_string(&path).unwrap();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let at = |file: usize, line: usize| {
            let number: usize = cells[line].parse().unwrap();
            seeds.lines[&(cells[file].to_owned(), number)]
        };
        let (a, b) = (at(0, 1), at(2, 3));
        let within =
            |inner: (u64, u64), outer: (u64, u64)| outer.0 <= inner.0 && inner.1 <= outer.1;
        let found = row(cells[0], cells[2]).is_some_and(|row| {
            let mut passages = row.passages.iter();
            passages.any(|passage| within(passage.a, a) && within(passage.b, b))
        });
        let (all, hits) = counts.entry(cells[4]).or_default();
        *all += 1;
        *hits += usize::from(found);
        if found && (cells[0], cells[2]) == ("wire-001.txt", "wire-004.txt") {
            let number = |cell: usize| cells[cell].parse::<usize>().unwrap();
            of_001_and_004.insert((number(1), number(3)));
        }
    }
    println!("seeds: {counts:?}, {} of 001 and 004", of_001_and_004.len());
    assert_eq!(counts["verbatim"], (25, 25));
    assert!(counts["partial"].1 >= 5);
    assert!(of_001_and_004.len() >= 10);
    assert!(CREDITED.iter().all(|pair| of_001_and_004.contains(pair)));
    let rewritten: Vec<(&str, &str)> = outcome
        .relations
        .iter()
        .filter(|row| row.relation == Relation::Rewritten)
        .map(|row| (seeds.id(row.a), seeds.id(row.b)))
        .collect();
    assert_eq!(rewritten, [("wire-001.txt", "wire-004.txt")]);
}

/// The words of a text that are not furniture: number, hash, byte range. Where furniture was, numbers
/// are missing.
fn words(text: &str) -> Vec<(usize, u64, (u64, u64))> {
    let (mut out, mut map) = (String::new(), OffsetMap::default());
    Matcher::default().normalize_mapped(text, &mut out, &mut map);
    let mut words = Words::default();
    words.hash_with_spans(&Hasher::default(), &out);
    let pieces = furniture::spans(text);
    (0..)
        .zip(words.hashes.iter().zip(&words.spans))
        .map(|(number, (&hash, &(start, end)))| {
            let range = map.original(start as usize..end as usize);
            (number, hash, (range.start as u64, range.end as u64))
        })
        .filter(|&(_, _, (start, end))| {
            let within = |piece: &furniture::Furniture| {
                piece.span.start as u64 <= start && end <= piece.span.end as u64
            };
            !pieces.iter().any(within)
        })
        .collect()
}

/// All maximal runs of at least so many equal words, by trying every pair of places.
fn runs(a: &str, b: &str, least: usize) -> Vec<((u64, u64), (u64, u64))> {
    let (a, b) = (words(a), words(b));
    let follows = |x: &[(usize, u64, (u64, u64))], at: usize| at > 0 && x[at].0 == x[at - 1].0 + 1;
    let mut found = Vec::new();
    for i in 0..a.len() {
        for j in 0..b.len() {
            let begun = follows(&a, i) && follows(&b, j) && a[i - 1].1 == b[j - 1].1;
            if begun || a[i].1 != b[j].1 {
                continue;
            }
            let mut length = 1;
            while i + length < a.len()
                && j + length < b.len()
                && follows(&a, i + length)
                && follows(&b, j + length)
                && a[i + length].1 == b[j + length].1
            {
                length += 1;
            }
            if length >= least {
                let (last_a, last_b) = (a[i + length - 1].2.1, b[j + length - 1].2.1);
                found.push(((a[i].2.0, last_a), (b[j].2.0, last_b)));
            }
        }
    }
    found
}

/// 300 random pairs and 300 related ones: every run of twelve words is within a passage, and what is
/// called verbatim is.
fn long_runs(name: &str) {
    let Some(path) = shared(&format!("data/{name}/docs.jsonl")) else {
        return;
    };
    let documents: Vec<Document> = documents(&path, false)
        .into_iter()
        .map(|document| Document {
            title: None,
            ..document
        })
        .collect();
    let outcome = related(&documents);
    let matcher = Matcher::default();
    let plain = |text: &str, (start, end): (u64, u64)| {
        let text = matcher.normalize(&text[start as usize..end as usize]);
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let rows: HashMap<(u32, u32), &Row> = outcome
        .relations
        .iter()
        .map(|row| ((row.a, row.b), row))
        .collect();
    let mut state = 7u64;
    let mut drawn = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    // Most rows of a financial feed are templates, which share short runs.
    let mut news: Vec<&Row> = outcome.relations.iter().collect();
    news.retain(|row| row.relation != Relation::SameTemplate);
    let mut pairs: Vec<(u32, u32)> = (0..300)
        .map(|_| {
            let row = news[drawn(news.len())];
            (row.a, row.b)
        })
        .collect();
    while pairs.len() < 600 {
        let (a, b) = (drawn(documents.len()), drawn(documents.len()));
        if documents[a].id < documents[b].id {
            pairs.push((a as u32, b as u32));
        }
    }
    let (mut all, mut hits, mut verbatim) = (0, 0, 0);
    for (a, b) in pairs {
        let (x, y) = (&documents[a as usize].text, &documents[b as usize].text);
        let passages = rows.get(&(a, b)).map_or(&[][..], |row| &row.passages);
        for passage in passages.iter().filter(|p| p.kind == PassageKind::Verbatim) {
            verbatim += 1;
            assert_eq!(plain(x, passage.a), plain(y, passage.b));
        }
        for (in_a, in_b) in runs(x, y, 12) {
            all += 1;
            // Each word of a run of twelve stands in a passage of twelve; where a text repeats
            // itself, it may be told of another place of the same words.
            let told = passages.iter().any(|p| {
                let covers =
                    |outer: (u64, u64), inner: (u64, u64)| outer.0 <= inner.0 && inner.1 <= outer.1;
                covers(p.a, in_a) || covers(p.b, in_b)
            });
            hits += usize::from(told);
        }
    }
    println!("{name}: {hits} of {all} runs, {verbatim} verbatim passages");
    assert!(all > 100 && verbatim > 100);
    assert_eq!(hits, all, "every run of twelve words");
}

#[test]
fn long_runs_of_reuters() {
    long_runs("reuters");
}

#[test]
fn long_runs_of_webnews() {
    long_runs("webnews");
}
