//! Verified relations in; families, and what is kept of each, out.
//!
//! Enters: the stories' order, their classes of equal texts, candidate pairs and a verifier.
//! Leaves: one [`Decision`] a story.
//!
//! A *family* has a *representative*: in the family order (keep policy, content hash, id) a story
//! becomes a representative unless it has a family relation to an earlier representative, and else
//! joins the earliest such. Members are tied to their representative directly, so that a chain of
//! weak relations cannot merge two stories. Whether a member is *kept* is another question: it
//! goes if one kept member of its family holds a removing relation to it and less than the set
//! share of its words is new against that member.

mod components;
mod families;
mod keep;
mod order;

pub(crate) use components::components;
pub(crate) use families::{Fold, Removal, Ties, fold_component, fold_tied, redundant};
pub use keep::Keep;
pub(crate) use keep::{Candidate, Policies};
pub(crate) use order::{Classes, Order};

use crate::relation::Relation;

/// What became of one story; stories are numbers in input order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// The representative of its family: itself, if it has none or leads it.
    pub cluster: u32,
    /// Whether the story is kept.
    pub kept: bool,
    /// How it is related to `to`, if to any.
    pub link: Option<Link>,
}

/// A story's tie to the story that removed it or, if it is kept, to its representative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The relation.
    pub relation: Relation,
    /// The other story.
    pub to: u32,
    /// Exact Jaccard similarity of the two shingle sets.
    pub jaccard: f64,
    /// The share of this story's shingles found in `to`.
    pub containment: f64,
    /// The share of this story's words that are new against `to`.
    pub novel: f64,
}
