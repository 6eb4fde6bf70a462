//! The sketch of one story by itself, for who keeps keys elsewhere than in [`Sketches`](super::Sketches).

use super::SketchChunk;
use super::postings::Posting;
pub use crate::imprint::Edition;
use crate::imprint::Standing;

/// What a story is known by beside its keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Hash of the match text: equal for equal texts.
    pub content: u128,
    /// Words by the tokenizer's count; 0 for a story that is related to nothing.
    pub words: u32,
    /// Distinct anchors, about; never more than there are.
    pub anchors: u32,
    /// Whether the story takes its item back, by its status or its headline.
    pub notice: bool,
    /// Which version of its item it is, if its record says so.
    pub edition: Option<Edition>,
}

/// The keys by which a story meets others, and its head.
///
/// A band key is 64 bits. A posting is 60 bits: 48 of a hash, which stories share, above 12 that split
/// the stories that share it where they are too many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// What is known beside the keys.
    pub head: Head,
    /// One key a band.
    pub bands: Vec<u64>,
    /// Anchors, seeds, facts, runs of direct speech and items: ascending, distinct.
    pub postings: Vec<u64>,
}

impl Sketch {
    /// Moves the only story of a chunk that is not sealed here.
    pub(super) fn take_from(&mut self, chunk: &mut SketchChunk) {
        let (standing, edition) = chunk.imprints.take_only();
        self.head = Head {
            content: chunk.content.pop().unwrap_or_default(),
            words: chunk.words.pop().unwrap_or_default(),
            anchors: chunk.anchors.pop().unwrap_or_default(),
            notice: standing == Standing::Notice,
            edition,
        };
        self.bands.clear();
        self.bands.append(&mut chunk.bands);
        self.postings.clear();
        let postings = chunk.postings.drain(..);
        self.postings.extend(postings.map(Posting::key));
        self.postings.sort_unstable();
        self.postings.dedup();
        chunk.counts.clear();
    }
}
