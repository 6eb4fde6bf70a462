//! Sketches as columns: one row a story, anchors apart.

use super::postings::{BLOCK_STORIES, Block, Posting};

/// Sketches of consecutive stories, made by one worker.
#[derive(Clone, Debug, Default)]
pub struct SketchChunk {
    /// Content hash of each story's match text.
    pub(super) content: Vec<u128>,
    /// Words in each story; 0 means that there is nothing to relate.
    pub(super) words: Vec<u32>,
    /// Band keys, story after story.
    pub(super) bands: Vec<u64>,
    /// Anchors of the stories that are not in a block yet, and how many each of them has.
    pub(super) postings: Vec<Posting>,
    pub(super) counts: Vec<u32>,
    /// Full blocks, each with the number of its first story.
    blocks: Vec<(u32, Block)>,
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

    /// Packs the anchors if they are those of a whole block of stories.
    pub(super) fn pack_full(&mut self) {
        if self.counts.len() == BLOCK_STORIES {
            self.pack();
        }
    }

    fn pack(&mut self) {
        let first = (self.len() - self.counts.len()) as u32;
        self.blocks
            .push((first, Block::new(&self.postings, &self.counts)));
        self.postings.clear();
        self.counts.clear();
    }

    /// Packs what is left and gives back spare room. For the worker to call when it has made the
    /// last sketch; [`Sketches::push`] calls it too, on its own thread.
    pub fn seal(&mut self) {
        if !self.counts.is_empty() {
            self.pack();
        }
        self.postings = Vec::new();
        self.counts = Vec::new();
        self.bands.shrink_to_fit();
    }
}

/// The sketches of a feed: chunks in input order. Large columns are never copied together, so
/// memory is what the rows need and no more.
#[derive(Clone, Debug, Default)]
pub struct Sketches {
    pub(crate) content: Vec<u128>,
    pub(crate) words: Vec<u32>,
    /// Band keys by chunk, with the number of the chunk's first story.
    pub(crate) bands: Vec<(u32, Vec<u64>)>,
    /// Anchors by block, with the number of the block's first story.
    pub(crate) blocks: Vec<(u32, Block)>,
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

    /// Appends a chunk: its stories come after all that are here.
    ///
    /// # Errors
    /// [`crate::Error::TooManyStories`] past 2³² − 2 stories.
    pub fn push(&mut self, mut chunk: SketchChunk) -> Result<(), crate::Error> {
        chunk.seal();
        let end = u32::try_from(self.len() + chunk.len())
            .ok()
            .filter(|&end| end < u32::MAX);
        if end.is_none() {
            return Err(crate::Error::TooManyStories);
        }
        let first = self.len() as u32;
        self.content.extend_from_slice(&chunk.content);
        self.words.extend_from_slice(&chunk.words);
        if !chunk.bands.is_empty() {
            self.bands.push((first, chunk.bands));
        }
        self.blocks.extend(
            chunk
                .blocks
                .into_iter()
                .map(|(start, block)| (first + start, block)),
        );
        Ok(())
    }

    /// Words of each story by the tokenizer's count; 0 for a story that is related to nothing.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// Content hash of each story's match text.
    pub fn content(&self) -> &[u128] {
        &self.content
    }
}
