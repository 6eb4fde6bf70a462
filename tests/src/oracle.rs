//! Brute force: exact similarities of all pairs, and families by their definition.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use wirefold::normalize::Matcher;
use wirefold::relation::Similarity;
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{
    Error, Outcome, Settings, Story, StoryBuffer, TextSource, Wanted, fold, learn_stories,
    sketch_stories,
};

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
            ..Story::default()
        }
    }
}

impl TextSource for Feed<'_> {
    fn count(&self) -> u32 {
        self.0.len() as u32
    }

    fn id(&self, number: u32) -> &str {
        &self.0[number as usize].id
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        buffer.set(self.story(number));
        Ok(())
    }
}

/// Runs the engine over `documents`, as the command does: for relations it learns from them first, unless
/// the settings have a profile.
///
/// # Errors
/// Whatever the engine reports.
pub fn run(documents: &[Document], settings: &Settings, wanted: Wanted) -> Result<Outcome, Error> {
    let feed = Feed(documents);
    let matcher = Matcher::default();
    let sketches = sketch_stories(&feed, &matcher, settings)?;
    let mut settings = settings.clone();
    if wanted.relations && settings.profile.is_none() {
        let profile = learn_stories(&feed, &matcher, &settings, false)?;
        settings.profile = Some(Arc::new(profile));
    }
    fold(sketches, &feed, &matcher, &settings, wanted, &|_, _, _| ())
}

/// The word hashes of a document, its title first.
pub fn words(document: &Document, settings: &Settings) -> Vec<u64> {
    let all = match &document.title {
        Some(title) => format!("{title}\n\n{}", document.text),
        None => document.text.clone(),
    };
    let mut words = Words::default();
    words.hash(
        &Hasher::new(settings.seed),
        &Matcher::default().normalize(&all),
    );
    words.hashes
}

/// The distinct shingles of each document, ascending, by the tokenizer's words.
pub fn shingles(documents: &[Document], settings: &Settings) -> Vec<Vec<u64>> {
    let hasher = Hasher::new(settings.seed);
    documents
        .par_iter()
        .map(|document| {
            let words = words(document, settings);
            let mut set: Vec<u64> =
                Shingles::new(&hasher, &words, settings.shingle_words).collect();
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

/// How many of `story`'s words stand in no run of words (a shingle) that `other` has too, and how
/// many words it has, by the definition: every run against every run.
pub fn new_words(story: &Document, other: &Document, settings: &Settings) -> (usize, usize) {
    let [mine, theirs] = [story, other].map(|document| words(document, settings));
    let length = |words: &[u64]| settings.shingle_words.min(words.len());
    let mut seen = vec![false; mine.len()];
    if !mine.is_empty() && length(&mine) == length(&theirs) {
        for at in 0..=mine.len() - length(&mine) {
            let run = &mine[at..at + length(&mine)];
            if theirs.windows(length(&theirs)).any(|other| other == run) {
                seen[at..at + length(&mine)].fill(true);
            }
        }
    }
    (seen.iter().filter(|&&seen| !seen).count(), mine.len())
}
