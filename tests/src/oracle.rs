//! Brute force: exact similarities of all pairs, and families by their definition.

use std::collections::HashMap;

use rayon::prelude::*;
use wirefold::normalize::Matcher;
use wirefold::relation::Similarity;
use wirefold::sketch::{SketchChunk, Sketcher, Sketches};
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{Error, Outcome, Settings, Story, StoryBuffer, TextSource, Wanted, fold};

use crate::data::Document;

/// Documents as a feed in memory.
#[derive(Debug)]
pub struct Feed<'d>(pub &'d [Document]);

impl Feed<'_> {
    /// The story of document `number`.
    pub fn story(&self, number: u32) -> Story<'_> {
        let document = &self.0[number as usize];
        Story {
            title: document.title.as_deref(),
            text: &document.text,
        }
    }
}

impl TextSource for Feed<'_> {
    fn id(&self, number: u32) -> &str {
        &self.0[number as usize].id
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        let story = self.story(number);
        story
            .title
            .unwrap_or_default()
            .clone_into(&mut buffer.title);
        story.text.clone_into(&mut buffer.text);
        Ok(())
    }
}

/// Runs the engine over `documents`.
///
/// # Errors
/// Whatever the engine reports.
pub fn run(documents: &[Document], settings: &Settings, wanted: Wanted) -> Result<Outcome, Error> {
    let feed = Feed(documents);
    let matcher = Matcher::default();
    let mut sketches = Sketches::new();
    let numbers: Vec<u32> = (0..documents.len() as u32).collect();
    let chunks: Vec<SketchChunk> = numbers
        .par_chunks(97)
        .map(|numbers| {
            let mut sketcher = Sketcher::new(&settings.sketch(), &matcher);
            let mut chunk = SketchChunk::default();
            for &number in numbers {
                sketcher.sketch(feed.story(number), &mut chunk);
            }
            chunk.seal();
            chunk
        })
        .collect();
    for chunk in chunks {
        sketches.push(chunk)?;
    }
    fold(sketches, &feed, &matcher, settings, wanted, &|_, _, _| ())
}

/// The distinct shingles of each document, ascending, by the tokenizer's words.
pub fn shingles(documents: &[Document], settings: &Settings) -> Vec<Vec<u64>> {
    let matcher = Matcher::default();
    let hasher = Hasher::new(settings.seed);
    documents
        .par_iter()
        .map(|document| {
            let all = match &document.title {
                Some(title) => format!("{title}\n\n{}", document.text),
                None => document.text.clone(),
            };
            let mut text = String::new();
            matcher.normalize_into(&all, &mut text);
            let mut words = Words::default();
            words.hash(&hasher, &text);
            let mut set: Vec<u64> =
                Shingles::new(&hasher, &words.hashes, settings.shingle_words).collect();
            set.sort_unstable();
            set.dedup();
            set
        })
        .collect()
}

/// The exact similarity of every pair of documents (a before b by number) that shares a shingle.
pub fn similarities(shingles: &[Vec<u64>]) -> HashMap<(u32, u32), Similarity> {
    let mut postings: Vec<(u64, u32)> = Vec::new();
    for (number, set) in (0u32..).zip(shingles) {
        postings.extend(set.iter().map(|&shingle| (shingle, number)));
    }
    postings.par_sort_unstable();
    let mut shared: HashMap<(u32, u32), usize> = HashMap::new();
    for group in postings.chunk_by(|x, y| x.0 == y.0) {
        for (i, &(_, a)) in group.iter().enumerate() {
            for &(_, b) in &group[i + 1..] {
                *shared.entry((a, b)).or_default() += 1;
            }
        }
    }
    shared
        .into_iter()
        .map(|((a, b), shared)| {
            let size = |number: u32| shingles[number as usize].len();
            (
                (a, b),
                Similarity {
                    a: size(a),
                    b: size(b),
                    shared,
                },
            )
        })
        .collect()
}
