//! Sketches as columns: one row a story, anchors apart.

use super::SketchSettings;
use super::pool::{Place, Pool};
use super::postings::{BLOCK_STORIES, Block, Ends, Posting};

/// Sketches of consecutive stories, made by one worker.
#[derive(Clone, Debug, Default)]
pub struct SketchChunk {
    /// How the sketches were made; nothing while there are none.
    pub(super) settings: Option<SketchSettings>,
    /// Content hash of each story's match text.
    pub(super) content: Vec<u128>,
    /// Words in each story; 0 means that there is nothing to relate.
    pub(super) words: Vec<u32>,
    /// Distinct anchors of each story, about; never more than there are.
    pub(super) anchors: Vec<u32>,
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

    /// Packs what is left. For the worker to call when it has made the
    /// last sketch; [`Sketches::push`] calls it too, on its own thread.
    pub fn seal(&mut self) {
        if !self.counts.is_empty() {
            self.pack();
        }
        self.postings = Vec::new();
        self.counts = Vec::new();
    }
}

/// The sketches of a feed: chunks in input order. Large columns are never copied together, so
/// memory is what the rows need and no more.
#[derive(Clone, Debug, Default)]
pub struct Sketches {
    /// How the sketches were made; nothing while there are none.
    settings: Option<SketchSettings>,
    pub(crate) content: Vec<u128>,
    pub(crate) words: Vec<u32>,
    pub(crate) anchors: Vec<u32>,
    /// Band keys by chunk, with the number of the chunk's first story.
    pub(crate) bands: Vec<(u32, Place)>,
    pub(crate) band_pool: Pool,
    /// Anchors by block, with the number of the block's first story.
    pub(crate) blocks: Vec<(u32, Place, Ends)>,
    pub(crate) block_pool: Pool,
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
    /// [`crate::Error::TooManyStories`] past 2³² − 2 stories; [`crate::Error::MixedSketches`] if the
    /// chunk was made under other settings than what is here.
    pub fn push(&mut self, mut chunk: SketchChunk) -> Result<(), crate::Error> {
        chunk.seal();
        if let Some(settings) = chunk.settings.take() {
            self.check(&settings)?;
            self.settings = Some(settings);
        }
        let end = u32::try_from(self.len() + chunk.len())
            .ok()
            .filter(|&end| end < u32::MAX);
        if end.is_none() {
            return Err(crate::Error::TooManyStories);
        }
        let first = self.len() as u32;
        self.content.extend_from_slice(&chunk.content);
        self.words.extend_from_slice(&chunk.words);
        self.anchors.extend_from_slice(&chunk.anchors);
        self.bands.push((first, self.band_pool.push(&chunk.bands)));
        for (start, block) in chunk.blocks {
            let place = self.block_pool.push(&block.packed);
            self.blocks.push((first + start, place, block.ends));
        }
        Ok(())
    }

    /// Makes sure that the sketches here were made under `settings`.
    pub(crate) fn check(&self, settings: &SketchSettings) -> Result<(), crate::Error> {
        if self.settings.as_ref().is_none_or(|mine| mine == settings) {
            Ok(())
        } else {
            Err(crate::Error::MixedSketches)
        }
    }

    /// Keys of a story in the band columns.
    pub(crate) fn bands_a_story(&self) -> usize {
        self.settings
            .as_ref()
            .map_or(0, |settings| settings.bands.bands)
    }

    /// Words of each story by the tokenizer's count; 0 for a story that is related to nothing.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// Distinct anchors of each story. An estimate from below, close up to some hundreds.
    pub fn anchors(&self) -> &[u32] {
        &self.anchors
    }

    /// Content hash of each story's match text.
    pub fn content(&self) -> &[u128] {
        &self.content
    }
}
