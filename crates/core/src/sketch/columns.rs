//! Sketches as columns: one row a story, anchors apart.

use super::SketchSettings;
use super::pool::{Place, Pool};
use super::postings::{BLOCK_STORIES, Block, Ends, PARTITIONS, Posting};
use super::spilled::{Held, Spilled};
use crate::Error;
use crate::imprint::Imprints;
use crate::store::{Memory, Room, RunStore};

/// Sketches of consecutive stories, made by one worker.
#[derive(Clone, Debug, Default)]
pub struct SketchChunk {
    /// How the sketches were made; nothing while there are none.
    pub(super) settings: Option<SketchSettings>,
    /// Content hash of each story's match text.
    pub(super) content: Vec<u128>,
    /// What the records say of their stories.
    pub(super) imprints: Imprints,
    /// Words in each story; 0 means that there is nothing to relate.
    pub(super) words: Vec<u32>,
    /// Distinct anchors of each story, about; never more than there are.
    pub(super) anchors: Vec<u32>,
    /// Band keys of the stories that are not in columns yet, story after story.
    pub(super) bands: Vec<u64>,
    /// Band keys, band after band, with the number of the first story and of stories.
    keys: Vec<(u32, u32, Vec<u64>)>,
    /// Anchors of the stories that are not in a block yet, and how many each of them has.
    pub(super) postings: Vec<Posting>,
    pub(super) counts: Vec<u32>,
    /// Full blocks, each with the number of its first story and of stories.
    blocks: Vec<(u32, u32, Block)>,
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
        let stories = self.counts.len() as u32;
        let first = self.len() as u32 - stories;
        let block = Block::new(&self.postings, &self.counts);
        self.blocks.push((first, stories, block));
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
        let bands = self.settings.as_ref().map_or(0, |s| s.bands.bands);
        if !self.bands.is_empty() && bands > 0 {
            let rows = std::mem::take(&mut self.bands);
            let stories = rows.len() / bands;
            // A band's keys side by side: a join reads one band after another.
            let mut columns = vec![0; rows.len()];
            for (story, row) in rows.chunks_exact(bands).enumerate() {
                for (band, &key) in row.iter().enumerate() {
                    columns[band * stories + story] = key;
                }
            }
            let first = (self.len() - stories) as u32;
            self.keys.push((first, stories as u32, columns));
        }
    }
}

/// Band keys, and postings as hash, hash of the next one, and whether it is a seed.
#[cfg(test)]
pub(crate) type KeysOfStory = (Vec<u64>, Vec<(u64, u64, bool)>);

#[cfg(test)]
impl SketchChunk {
    /// A chunk of stories that are nothing but their keys.
    pub(crate) fn of(settings: &SketchSettings, stories: &[KeysOfStory]) -> Self {
        let mut chunk = Self {
            settings: Some(settings.clone()),
            ..Self::default()
        };
        for (bands, postings) in stories {
            chunk.content.push(0);
            chunk.words.push(1);
            chunk.anchors.push(1);
            chunk.bands.extend(bands);
            let postings = postings.iter();
            chunk.counts.push(postings.len() as u32);
            chunk
                .postings
                .extend(postings.map(|&(hash, after, seed)| Posting { hash, after, seed }));
        }
        chunk
    }
}

/// The band keys of consecutive stories, band after band.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub(super) first: u32,
    stories: u32,
    place: Place,
}

impl Keys {
    /// The keys of one band.
    pub(super) fn column<'p>(&self, pool: &'p Pool, band: usize) -> &'p [u64] {
        let stories = self.stories as usize;
        &pool.get(self.place)[band * stories..(band + 1) * stories]
    }
}

/// The packed anchors of a block of consecutive stories.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    pub(super) first: u32,
    pub(super) stories: u32,
    pub(super) place: Place,
    pub(super) ends: Ends,
}

/// The sketches of a feed: chunks in input order. Large columns are never copied together, so
/// memory is what the rows need and no more; or less, if there is a bound: see [`Memory`].
#[derive(Clone, Debug, Default)]
pub struct Sketches {
    /// How the sketches were made; nothing while there are none.
    settings: Option<SketchSettings>,
    memory: Option<Memory>,
    /// Bytes that the caller holds beside.
    beside: u64,
    pub(crate) content: Vec<u128>,
    pub(crate) imprints: Imprints,
    pub(crate) words: Vec<u32>,
    pub(crate) anchors: Vec<u32>,
    /// Band keys that are in memory.
    keys: Vec<Keys>,
    key_pool: Pool,
    /// Anchors that are in memory.
    packed: Vec<Packed>,
    packed_pool: Pool,
    /// Keys and anchors of earlier stories that are not.
    spilled: Vec<Spilled>,
}

impl Sketches {
    /// No stories yet, and no bound.
    pub fn new() -> Self {
        Self::default()
    }

    /// No stories yet; keys and anchors that pass the bound go to its store.
    pub fn within(memory: Memory) -> Self {
        Self {
            memory: Some(memory),
            ..Self::default()
        }
    }

    /// The number of stories.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Says how many bytes the caller holds for the stories here, such as their ids. They count
    /// towards the bound.
    pub fn hold_beside(&mut self, bytes: u64) {
        self.beside = bytes;
    }

    /// What is left of the bound beside what every story needs.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn room(&self) -> Result<Room, Error> {
        let memory = self.memory.as_ref();
        memory.map_or(Ok(Room::unbounded()), |memory| {
            memory.room(self.len(), self.beside + self.imprints.bytes())
        })
    }

    /// Appends a chunk: its stories come after all that are here.
    ///
    /// # Errors
    /// [`Error::TooManyStories`] past 2³² − 2 stories; [`Error::MixedSketches`] if the chunk was
    /// made under other settings than what is here; [`Error::Memory`] if the bound is too small for
    /// so many stories; [`Error::Store`] if the store of the bound fails.
    pub fn push(&mut self, mut chunk: SketchChunk) -> Result<(), Error> {
        chunk.seal();
        if let Some(settings) = chunk.settings.take() {
            self.check(&settings)?;
            self.settings = Some(settings);
        }
        let end = u32::try_from(self.len() + chunk.len())
            .ok()
            .filter(|&end| end < u32::MAX);
        if end.is_none() {
            return Err(Error::TooManyStories);
        }
        let base = self.len() as u32;
        self.content.extend_from_slice(&chunk.content);
        self.imprints.append(base, chunk.imprints);
        self.words.extend_from_slice(&chunk.words);
        self.anchors.extend_from_slice(&chunk.anchors);
        for (first, stories, columns) in chunk.keys {
            self.keys.push(Keys {
                first: base + first,
                stories,
                place: self.key_pool.push(&columns),
            });
        }
        for (first, stories, block) in chunk.blocks {
            self.packed.push(Packed {
                first: base + first,
                stories,
                place: self.packed_pool.push(&block.packed),
                ends: block.ends,
            });
        }
        self.spill_beyond_bound()
    }

    /// Stores the columns if they take half of what there is: the join needs the rest.
    fn spill_beyond_bound(&mut self) -> Result<(), Error> {
        let Room { bytes, store } = self.room()?;
        let Some(store) = store else {
            return Ok(());
        };
        let ends = self.packed.len() * PARTITIONS * size_of::<u32>();
        let held = (self.key_pool.len() + self.packed_pool.len()) * size_of::<u64>() + ends;
        if held as u64 > bytes / 2 {
            self.spill(&*store)?;
        }
        Ok(())
    }

    /// Stores the columns that are in memory if others went to the store before, so that the join has
    /// their room. Says whether all columns are stored.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub(crate) fn spill_rest(&mut self, room: &Room) -> Result<bool, Error> {
        match &room.store {
            Some(store) if !self.spilled.is_empty() => self.spill(&**store).map(|()| true),
            _ => Ok(false),
        }
    }

    /// Stores the columns that are in memory.
    fn spill(&mut self, store: &dyn RunStore) -> Result<(), Error> {
        if self.keys.is_empty() && self.packed.is_empty() {
            return Ok(());
        }
        self.spilled.push(Spilled::new(
            store,
            (&self.keys, &self.key_pool),
            (&self.packed, &self.packed_pool),
            self.bands_a_story(),
        )?);
        // The memory goes back to the system: there will be less room for the next ones.
        self.keys = Vec::new();
        self.packed = Vec::new();
        self.key_pool = Pool::default();
        self.packed_pool = Pool::default();
        Ok(())
    }

    /// Gives `each` the keys of one band in pieces, each with the number of its first story.
    pub(crate) fn each_keys(
        &self,
        band: usize,
        held: &mut Held<'_>,
        mut each: impl FnMut(u32, &[u64]),
    ) -> Result<(), Error> {
        for spilled in &self.spilled {
            spilled.keys(band, held, &mut each)?;
        }
        for keys in &self.keys {
            each(keys.first, keys.column(&self.key_pool, band));
        }
        Ok(())
    }

    /// Gives `each` the postings of one partition in pieces of one block, each with the number of
    /// the block's first story.
    pub(crate) fn each_packed(
        &self,
        part: usize,
        held: &mut Held<'_>,
        mut each: impl FnMut(u32, &[u64]),
    ) -> Result<(), Error> {
        for spilled in &self.spilled {
            spilled.packed(part, held, &mut each)?;
        }
        for block in &self.packed {
            let packed = self.packed_pool.get(block.place);
            each(block.first, block.ends.slice(packed, part));
        }
        Ok(())
    }

    /// The number of keys of a band.
    pub(crate) fn count_keys(&self) -> usize {
        let held = self.keys.iter().map(|keys| keys.stories as usize);
        let spilled = self.spilled.iter().map(Spilled::stories);
        held.chain(spilled).sum()
    }

    /// The number of postings of a partition.
    pub(crate) fn count_packed(&self, part: usize) -> usize {
        let held = self.packed.iter().map(|block| block.ends.len(part));
        let spilled = self.spilled.iter().map(|spilled| spilled.postings(part));
        held.chain(spilled).sum()
    }

    /// Frees the keys that are in memory.
    pub(crate) fn drop_keys(&mut self) {
        self.keys = Vec::new();
        self.key_pool = Pool::default();
    }

    /// Frees the postings that are in memory.
    pub(crate) fn drop_packed(&mut self) {
        self.packed = Vec::new();
        self.packed_pool = Pool::default();
        self.spilled = Vec::new();
    }

    /// Makes sure that the sketches here were made under `settings`.
    pub(crate) fn check(&self, settings: &SketchSettings) -> Result<(), Error> {
        if self.settings.as_ref().is_none_or(|mine| mine == settings) {
            Ok(())
        } else {
            Err(Error::MixedSketches)
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
