//! A story made ready for comparing with others.

use crate::sort::sort_spread;
use crate::story::{Story, StoryReader};
use crate::tokenize::{Hasher, Shingles};

/// Word and shingle hashes of one story.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared {
    /// Word hashes in text order, the title's first.
    pub(crate) words: Vec<u64>,
    /// Distinct shingle hashes, ascending.
    pub(crate) shingles: Vec<u64>,
    /// Byte range in the original text of each word after the title's; empty unless asked for.
    pub(crate) spans: Vec<(u32, u32)>,
}

impl Prepared {
    pub(crate) fn new(
        reader: &mut StoryReader<'_>,
        hasher: &Hasher,
        shingle_words: usize,
        story: Story<'_>,
        with_spans: bool,
        scratch: &mut Vec<u64>,
    ) -> Self {
        let mut prepared = Self::default();
        if with_spans {
            reader.read_spans(hasher, story, &mut prepared.words, &mut prepared.spans);
        } else {
            prepared
                .words
                .clone_from(&reader.read(hasher, story).1.hashes);
        }
        prepared.shingles = Shingles::new(hasher, &prepared.words, shingle_words).collect();
        sort_spread(&mut prepared.shingles, scratch, |&hash| hash);
        prepared.shingles.dedup();
        prepared
    }

    /// Bytes held, for bounding caches.
    pub(crate) fn bytes(&self) -> usize {
        8 * (self.words.len() + self.shingles.len() + self.spans.len())
    }

    /// The share of this story's words that stand in no shingle of `other`: what a reader of
    /// `other` would find new. 0 for a story without words.
    pub(crate) fn novel(&self, hasher: &Hasher, shingle_words: usize, other: &Self) -> f64 {
        if self.words.is_empty() {
            return 0.0;
        }
        let length = shingle_words.min(self.words.len());
        // Words up to here are covered already.
        let mut covered_to = 0;
        let mut covered = 0;
        for (at, shingle) in Shingles::new(hasher, &self.words, shingle_words).enumerate() {
            if other.shingles.binary_search(&shingle).is_ok() {
                let end = at + length;
                covered += end - covered_to.max(at);
                covered_to = end;
            }
        }
        // One division, so that exactly a fifth is not a little less.
        (self.words.len() - covered) as f64 / self.words.len() as f64
    }
}
