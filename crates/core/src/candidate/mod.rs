//! Sketches in, candidate pairs out, by sorting keys.
//!
//! Enters: the band keys and anchors of the stories that stand for their class of equal texts,
//! each story known by its *rank* in the family order. Leaves: for every story the earlier-ranked
//! stories that it must be verified against.
//!
//! Candidates are *likely*, *faint* or *retold*; see [`Proposed`].
//!
//! Stories that share a key form a group. A group of up to [`MAX_GROUP`] proposes all its pairs. A
//! larger one is split by a second key (for an anchor the anchor after it, for a band the band
//! after it); what stays larger is *cut*: its members are proposed only with the [`MAX_GROUP`]
//! that rank first. Work is therefore linear in a group's size, and since families are led by
//! their first-ranked member, a family keeps its leader in every cut group.
//!
//! A [`Window`] keeps stories apart that are far from each other in time.
//!
//! [`join()`] and [`propose`] work on all stories; `pieces` has the same steps for who holds a part of them.

mod groups;
mod join;
mod pieces;
mod ranges;
mod repeated;
#[cfg(test)]
mod tests;
mod window;

pub(crate) use groups::Part;
#[cfg(test)]
pub(crate) use groups::add_shared;
pub use groups::{Candidates, Proposed, least_shared, propose};
pub(crate) use groups::{Counts, Shared, groups_of, thin};
pub(crate) use join::kind_of;
pub use join::{LEFT_OUT, join};
pub use pieces::{Joined, KeyBucket, KeyBuckets, Place, join_bucket, propose_range};
pub use ranges::Groups;
pub(crate) use ranges::Kind;
pub use window::Window;

/// The largest group that proposes all its pairs, and the number of leaders of a cut group.
pub const MAX_GROUP: usize = 64;
