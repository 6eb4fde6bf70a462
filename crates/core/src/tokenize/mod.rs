//! Match text in, words and shingles out, each as one 64-bit hash.
//!
//! Enters: text of the match face (see [`crate::normalize`]). Leaves: the hash of every word in
//! order, on request with its byte range, and the rolling hash of every run of `length` words.
//!
//! Words follow UAX #29. Scripts that are written without spaces (Han, kana, Thai, Khmer, Lao,
//! Burmese and the like) give overlapping pairs of characters instead, so that one inserted
//! character disturbs two tokens and not the rest of the sentence.

mod blocks;
mod class;
mod hash;
mod segment;
mod shingle;
mod wide;
mod word_set;
mod words;

pub(crate) use hash::split_mix;
pub(crate) use hash::{FoldedMap, Mixed, fold, fold_in_halves};
pub use hash::{HASH_VERSION, Hasher};
pub use segment::{boundaries, next_boundary};
pub use shingle::Shingles;
pub(crate) use word_set::WordSet;
pub use words::{Word, Words, for_each_word};
