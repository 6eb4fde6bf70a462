//! Two stories' texts in, their relation and its evidence out.
//!
//! Enters: candidate pairs, and a [`crate::TextSource`] to read them again. Leaves: for each pair
//! the exact Jaccard similarity and containments of its shingle sets (`similarity`), the words
//! aligned in order (`grams` finds equal runs, `align` chains them and fills the gaps, `misread`
//! sees what is the same but for spelling), the relation they amount to (`kinds`; `version` reads
//! the marks of updates, `template` tells the next day's report from a copy by the facts, which
//! `classes` knows by their looks, `rewrite` finds what is told in other words, `speech` what is
//! quoted), and on request the shared `passages` as spans of the original texts. Furniture is no
//! evidence. Nothing here is an estimate; pairs whose alignment could decide nothing are known by what is
//! `untold`. A story is `prepared` once for many pairs while it is `held`;
//! `rows` that pass the bound on memory go to a store, in the form of `row_code`.

mod align;
mod classes;
mod facts;
mod grams;
mod held;
mod kinds;
mod looks;
mod measured;
mod misread;
mod paragraph;
mod passages;
mod prepared;
mod rewrite;
mod row;
mod row_code;
mod rows;
mod similarity;
mod speech;
mod template;
mod untold;
mod verifier;
mod verifiers;

pub use facts::{FactWords, Facts, facts};
pub(crate) use held::Held;
pub use kinds::{Relation, RelationRules};
pub use measured::Measured;
pub use passages::{Passage, PassageKind, without_overlaps};
pub(crate) use row::Verdict;
pub use row::{Novel, Row};
pub(crate) use rows::Gathering;
pub use rows::StoredRows;
pub use similarity::Similarity;
pub(crate) use verifier::{Grounds, Verifier};
pub(crate) use verifiers::Verifiers;
