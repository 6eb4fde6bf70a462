//! One pass over the words of a story, and what is kept of it: plain integers.
//!
//! Enters: a story's title and text. Leaves: one row in [`Sketches`] with the content hash, the
//! number of words, the band keys of a similarity signature, and the winnowed anchors. A sketch
//! only proposes pairs; every pair is verified on the text.

mod anchors;
mod bands;
mod columns;
mod fss;
mod minhash;
mod pool;
pub(crate) mod postings;
mod single;
mod sketcher;
pub(crate) mod spilled;

pub use anchors::{Anchor, anchors};
pub use bands::Bands;
#[cfg(test)]
pub(crate) use columns::KeysOfStory;
pub use columns::{SketchChunk, Sketches};
pub use fss::Fss;
pub use minhash::MinHash;
pub use single::{Edition, Head, Sketch};
pub(crate) use sketcher::item_keys;
pub use sketcher::{SketchSettings, Sketcher};
