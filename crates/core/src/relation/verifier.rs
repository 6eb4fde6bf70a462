//! Verifies pairs on the text, each story prepared once while a bounded cache holds it.

use std::collections::{BTreeMap, HashMap};
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
/// Stories that it keeps whatever their size, so that a huge story compared with thousands of
/// small ones is prepared once and not again for each of them.
const ALWAYS_HELD: usize = 4;

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
    /// Stories by number, each with the time of its last use.
    cache: HashMap<u32, (Rc<Prepared>, u64)>,
    /// Stories in the cache by the time of their last use.
    by_use: BTreeMap<u64, u32>,
    uses: u64,
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
            by_use: BTreeMap::new(),
            uses: 0,
            cached_bytes: 0,
        }
    }

    /// The similarity of stories `a` and `b`, and the relation that it amounts to unless their texts
    /// are equal.
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

    /// The pair with its evidence, given its relation and the similarity that [`Verifier::verify`]
    /// found.
    pub(crate) fn row(
        &mut self,
        a: u32,
        b: u32,
        relation: Relation,
        similarity: Similarity,
    ) -> Result<Row, Error> {
        let (x, y) = (self.prepared(a)?, self.prepared(b)?);
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
        self.uses += 1;
        if let Some((held, used)) = self.cache.get_mut(&number) {
            self.by_use.remove(used);
            *used = self.uses;
            self.by_use.insert(self.uses, number);
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
        while self.cached_bytes > CACHE_BYTES && self.cache.len() >= ALWAYS_HELD {
            let Some((_, oldest)) = self.by_use.pop_first() else {
                break;
            };
            if let Some((gone, _)) = self.cache.remove(&oldest) {
                self.cached_bytes -= gone.bytes();
            }
        }
        self.by_use.insert(self.uses, number);
        self.cache.insert(number, (Rc::clone(&made), self.uses));
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A huge story and small ones, counting how often the huge one is read.
    struct Archive {
        stories: Vec<(String, String)>,
        huge_reads: AtomicU32,
    }

    impl TextSource for Archive {
        fn count(&self) -> u32 {
            self.stories.len() as u32
        }

        fn id(&self, number: u32) -> &str {
            &self.stories[number as usize].0
        }

        fn read(&self, number: u32, story: &mut StoryBuffer) -> Result<(), Error> {
            if number == 0 {
                self.huge_reads.fetch_add(1, Ordering::Relaxed);
            }
            story.title.clear();
            story.text.clone_from(&self.stories[number as usize].1);
            Ok(())
        }
    }

    #[test]
    fn a_story_larger_than_the_cache_is_prepared_once() {
        let words = |from: usize, to: usize| {
            let words: Vec<String> = (from..to).map(|n| format!("w{n}")).collect();
            words.join(" ")
        };
        let huge = CACHE_BYTES / 16 + 1000;
        let mut stories = vec![("huge".to_owned(), words(0, huge))];
        stories.extend((0..20).map(|n| (format!("part {n}"), words(n * 50, n * 50 + 60))));
        let archive = Archive {
            stories,
            huge_reads: AtomicU32::new(0),
        };
        let matcher = Matcher::default();
        let rules = RelationRules::default();
        let mut verifier = Verifier::new(&archive, &matcher, &rules, Hasher::default(), 5, false);
        assert_eq!(archive.huge_reads.load(Ordering::Relaxed), 0);
        for part in 1..=20 {
            let verdict = verifier.verify(part, 0).unwrap();
            assert_eq!(verdict.relation, Some(Relation::Contained));
            assert!(verifier.novel(part, 0).unwrap() < 1e-9);
        }
        assert_eq!(archive.huge_reads.load(Ordering::Relaxed), 1);
        assert!(
            verifier.cached_bytes > CACHE_BYTES && verifier.cache.len() <= ALWAYS_HELD,
            "the huge story is held, and few beside it"
        );
        assert_eq!(verifier.cache.len(), verifier.by_use.len());
    }
}
