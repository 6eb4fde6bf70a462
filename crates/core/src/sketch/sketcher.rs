//! From a story's text to its row of the sketch columns.

use super::columns::SketchChunk;
use super::{Anchor, Bands, Fss, anchors};
use crate::normalize::Matcher;
use crate::story::{Story, StoryReader};
use crate::tokenize::{Hasher, Shingles};

/// What decides a sketch. Two sketches can be joined only if made under equal settings.
#[derive(Clone, Debug, PartialEq)]
pub struct SketchSettings {
    /// Words in a shingle.
    pub shingle_words: usize,
    /// How the signature is cut; its components are `bands × rows`.
    pub bands: Bands,
    /// Shingles in a winnowing window.
    pub window: usize,
    /// Stories of up to this many shingles keep every shingle as an anchor.
    pub dense: usize,
    /// Whether to keep anchors at all: they find contained and truncated copies.
    pub anchors: bool,
    /// Seed of all hashes; 0 is the default.
    pub seed: u64,
}

impl Default for SketchSettings {
    fn default() -> Self {
        Self {
            shingle_words: 5,
            bands: Bands { bands: 32, rows: 4 },
            window: 8,
            dense: 24,
            anchors: true,
            seed: 0,
        }
    }
}

/// Makes sketches; one a thread, its buffers are reused.
#[derive(Debug)]
pub struct Sketcher<'m> {
    settings: SketchSettings,
    hasher: Hasher,
    fss: Fss,
    reader: StoryReader<'m>,
    shingles: Vec<u64>,
    signature: Vec<u64>,
    chosen: Vec<Anchor>,
    keys: Vec<u64>,
}

impl<'m> Sketcher<'m> {
    /// A sketcher with `settings` over the match face `matcher`.
    pub fn new(settings: &SketchSettings, matcher: &'m Matcher) -> Self {
        let hasher = Hasher::new(settings.seed);
        Self {
            fss: Fss::new(&hasher, settings.bands.components()),
            settings: settings.clone(),
            reader: StoryReader::new(matcher),
            hasher,
            shingles: Vec::new(),
            signature: Vec::new(),
            chosen: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// Appends the sketch of one story to `chunk`.
    pub fn sketch(&mut self, story: Story<'_>, chunk: &mut SketchChunk) {
        let number = chunk.len() as u32;
        let (text, words) = self.reader.read(&self.hasher, story);
        chunk.content.push(self.hasher.text(text));
        chunk
            .words
            .push(u32::try_from(words.hashes.len()).unwrap_or(u32::MAX));

        self.shingles.clear();
        self.shingles.extend(Shingles::new(
            &self.hasher,
            &words.hashes,
            self.settings.shingle_words,
        ));
        self.fss.sign(&self.shingles, &mut self.signature);
        self.settings
            .bands
            .keys(&self.hasher, &self.signature, &mut chunk.bands);

        self.keys.clear();
        if self.settings.anchors {
            let SketchSettings { window, dense, .. } = self.settings;
            anchors(&self.shingles, window, dense, &mut self.chosen);
            let after = self.chosen.iter().skip(1).map(|a| a.hash >> 48).chain([0]);
            let keys = self
                .chosen
                .iter()
                .zip(after)
                .map(|(a, after)| a.hash & !0xffff | after);
            self.keys.extend(keys);
            self.keys.sort_unstable();
            self.keys.dedup();
        }
        chunk.anchors.push(self.keys.len() as u32);
        chunk.postings.keys.extend_from_slice(&self.keys);
        chunk
            .postings
            .stories
            .resize(chunk.postings.keys.len(), number);
    }
}
