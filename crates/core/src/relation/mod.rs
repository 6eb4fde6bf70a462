//! Two stories' texts in, their relation and its evidence out.
//!
//! Enters: candidate pairs, and a [`crate::TextSource`] to read them again. Leaves: for each pair
//! the exact Jaccard similarity and containments of its shingle sets, the relation they amount to,
//! and on request the shared passages as spans of the original texts. Nothing here is an estimate.

mod passages;
mod prepared;
mod similarity;
mod verifier;

pub use passages::{Passage, PassageKind};
pub use similarity::{Relation, RelationRules, Similarity};
pub use verifier::Row;
pub(crate) use verifier::{Verdict, Verifier};
