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
    /// Appends the keys, the number of words and that of anchors as bytes, the same on every machine.
    pub fn write_bytes(&self, out: &mut Vec<u8>) {
        let bands = self.bands.len() as u32;
        for count in [self.head.words, self.head.anchors, bands] {
            out.extend(count.to_le_bytes());
        }
        for key in self.bands.iter().chain(&self.postings) {
            out.extend(key.to_le_bytes());
        }
    }

    /// Replaces the sketch with what [`Sketch::write_bytes`] wrote; what else there is in a head is left out.
    /// Whether the bytes were whole.
    pub fn read_bytes(&mut self, bytes: &[u8]) -> bool {
        let Some((head, keys)) = bytes.split_first_chunk::<12>() else {
            return false;
        };
        let (counts, _) = head.as_chunks::<4>();
        let [words, anchors, bands] = [0, 1, 2].map(|at| u32::from_le_bytes(counts[at]));
        let (keys, odd) = keys.as_chunks::<8>();
        let Some((bands, postings)) = keys.split_at_checked(bands as usize) else {
            return false;
        };
        self.head = Head {
            words,
            anchors,
            ..Head::default()
        };
        let read = |into: &mut Vec<u64>, keys: &[[u8; 8]]| {
            into.clear();
            into.extend(keys.iter().map(|&key| u64::from_le_bytes(key)));
        };
        read(&mut self.bands, bands);
        read(&mut self.postings, postings);
        odd.is_empty()
    }

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
