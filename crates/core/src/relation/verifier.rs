//! Verifies pairs on the text, each story prepared once while a bounded cache holds it.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use super::passages::{Passage, aligned_words, passages, runs};
use super::prepared::Prepared;
use super::similarity::{Relation, RelationRules, Similarity};
use crate::Error;
use crate::normalize::Matcher;
use crate::story::{StoryBuffer, StoryReader, TextSource};
use crate::tokenize::Hasher;

/// What the text says of a pair (a, b).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) relation: Option<Relation>,
    pub(crate) similarity: Similarity,
}

/// A related pair with its evidence; `a` and `b` are story numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The one story.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// The first relation that holds.
    pub relation: Relation,
    /// Comparable between relations, 0 to 1.
    pub score: f64,
    /// Exact Jaccard similarity of the shingle sets.
    pub jaccard: f64,
    /// The share of `a`'s shingles found in `b`.
    pub containment_a: f64,
    /// The share of `b`'s shingles found in `a`.
    pub containment_b: f64,
    /// The share of `a`'s words that are aligned in order with words of `b`.
    pub aligned_a: f64,
    /// The share of `b`'s words that are aligned in order with words of `a`.
    pub aligned_b: f64,
    /// What the two share.
    pub passages: Vec<Passage>,
}

/// Bytes of prepared stories that one verifier keeps.
const CACHE_BYTES: usize = 16 << 20;

/// Compares stories by their numbers; one a thread.
pub(crate) struct Verifier<'s, S: ?Sized> {
    source: &'s S,
    rules: &'s RelationRules,
    hasher: Hasher,
    shingle_words: usize,
    with_spans: bool,
    reader: StoryReader<'s>,
    buffer: StoryBuffer,
    scratch: Vec<u64>,
    cache: HashMap<u32, Rc<Prepared>>,
    /// Stories in the cache, longest there first.
    order: VecDeque<u32>,
    cached_bytes: usize,
}

impl<'s, S: TextSource + ?Sized> Verifier<'s, S> {
    pub(crate) fn new(
        source: &'s S,
        matcher: &'s Matcher,
        rules: &'s RelationRules,
        hasher: Hasher,
        shingle_words: usize,
        with_spans: bool,
    ) -> Self {
        Self {
            source,
            rules,
            hasher,
            shingle_words,
            with_spans,
            reader: StoryReader::new(matcher),
            buffer: StoryBuffer::default(),
            scratch: Vec::new(),
            cache: HashMap::new(),
            order: VecDeque::new(),
            cached_bytes: 0,
        }
    }

    /// The relation of stories `a` and `b`, which are not of one class of equal texts.
    pub(crate) fn verify(&mut self, a: u32, b: u32) -> Result<Verdict, Error> {
        let (x, y) = (self.prepared(a)?, self.prepared(b)?);
        let similarity = Similarity::of(&x.shingles, &y.shingles);
        Ok(Verdict {
            relation: similarity.relation(self.rules),
            similarity,
        })
    }

    /// The share of `story`'s words that are new against `other`.
    pub(crate) fn novel(&mut self, story: u32, other: u32) -> Result<f64, Error> {
        let (x, y) = (self.prepared(story)?, self.prepared(other)?);
        Ok(x.novel(&self.hasher, self.shingle_words, &y))
    }

    /// The pair with its evidence, given the relation that was found.
    pub(crate) fn row(&mut self, a: u32, b: u32, relation: Relation) -> Result<Row, Error> {
        let (x, y) = (self.prepared(a)?, self.prepared(b)?);
        let similarity = Similarity::of(&x.shingles, &y.shingles);
        let runs = runs(&self.hasher, self.shingle_words, &x.words, &y.words);
        let aligned = aligned_words(&runs, x.words.len()) as f64;
        Ok(Row {
            a,
            b,
            relation,
            score: similarity.score(),
            jaccard: similarity.jaccard(),
            containment_a: similarity.containment_a(),
            containment_b: similarity.containment_b(),
            aligned_a: aligned / x.words.len().max(1) as f64,
            aligned_b: aligned / y.words.len().max(1) as f64,
            passages: passages(&runs, &x, &y),
        })
    }

    fn prepared(&mut self, number: u32) -> Result<Rc<Prepared>, Error> {
        if let Some(held) = self.cache.get(&number) {
            return Ok(Rc::clone(held));
        }
        self.source.read(number, &mut self.buffer)?;
        let made = Rc::new(Prepared::new(
            &mut self.reader,
            &self.hasher,
            self.shingle_words,
            self.buffer.story(),
            self.with_spans,
            &mut self.scratch,
        ));
        self.cached_bytes += made.bytes();
        while self.cached_bytes > CACHE_BYTES {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            if let Some(gone) = self.cache.remove(&oldest) {
                self.cached_bytes -= gone.bytes();
            }
        }
        self.order.push_back(number);
        self.cache.insert(number, Rc::clone(&made));
        Ok(made)
    }
}
