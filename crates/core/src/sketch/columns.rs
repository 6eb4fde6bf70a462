//! Sketches as columns: one row a story, postings apart.

use super::partition::{PARTITIONS, partition};

/// (key, story) pairs as two columns of equal length.
#[derive(Clone, Debug, Default)]
pub struct Postings {
    /// 48 bits of the anchor's hash, then 16 bits of the hash of the anchor after it.
    pub keys: Vec<u64>,
    /// The story of each key.
    pub stories: Vec<u32>,
}

/// Sketches of consecutive stories, made by one worker. Story numbers count from 0 within it.
#[derive(Clone, Debug, Default)]
pub struct SketchChunk {
    /// Content hash of each story's match text.
    pub(crate) content: Vec<u128>,
    /// Words in each story; 0 means that there is nothing to relate.
    pub(crate) words: Vec<u32>,
    /// Anchors of each story, distinct.
    pub(crate) anchors: Vec<u32>,
    /// Band keys, story after story.
    pub(crate) bands: Vec<u64>,
    /// Anchors of all stories, sorted by partition.
    pub(crate) postings: Postings,
}

impl SketchChunk {
    /// The number of stories.
    pub fn len(&self) -> usize {
        self.content.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// Orders the postings by partition and gives back spare room. Call once, when the chunk is
    /// complete and still with its worker.
    pub fn seal(&mut self) {
        let mut ends = [0usize; PARTITIONS];
        for &key in &self.postings.keys {
            ends[partition(key)] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut sorted = Postings {
            keys: vec![0; total],
            stories: vec![0; total],
        };
        for (&key, &story) in self.postings.keys.iter().zip(&self.postings.stories) {
            let slot = &mut ends[partition(key)];
            sorted.keys[*slot] = key;
            sorted.stories[*slot] = story;
            *slot += 1;
        }
        self.postings = sorted;
        self.content.shrink_to_fit();
        self.words.shrink_to_fit();
        self.anchors.shrink_to_fit();
        self.bands.shrink_to_fit();
    }
}

/// The sketches of a feed: chunks in input order. Memory is what the rows need and no more, since
/// chunks are never copied together.
#[derive(Clone, Debug, Default)]
pub struct Sketches {
    pub(crate) content: Vec<u128>,
    pub(crate) words: Vec<u32>,
    pub(crate) anchors: Vec<u32>,
    /// Band keys by chunk, with the number of the chunk's first story.
    pub(crate) bands: Vec<(u32, Vec<u64>)>,
    /// Postings by chunk, with the number of the chunk's first story.
    pub(crate) postings: Vec<(u32, Postings)>,
}

impl Sketches {
    /// No stories yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of stories.
    pub fn len(&self) -> usize {
        self.content.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// Appends a sealed chunk: its stories come after all that are here.
    ///
    /// # Errors
    /// [`crate::Error::TooManyStories`] past 2³² − 1 stories.
    pub fn push(&mut self, chunk: SketchChunk) -> Result<(), crate::Error> {
        let first = u32::try_from(self.len()).ok();
        let last = u32::try_from(self.len() + chunk.len()).ok();
        let (Some(first), Some(_)) = (first, last) else {
            return Err(crate::Error::TooManyStories);
        };
        self.content.extend_from_slice(&chunk.content);
        self.words.extend_from_slice(&chunk.words);
        self.anchors.extend_from_slice(&chunk.anchors);
        if !chunk.bands.is_empty() {
            self.bands.push((first, chunk.bands));
        }
        self.postings.push((first, chunk.postings));
        Ok(())
    }

    /// Words of each story by the tokenizer's count.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// Content hash of each story.
    pub fn content(&self) -> &[u128] {
        &self.content
    }
}
