//! The steps of a run each on its own, for who spreads a feed over machines that share nothing.
//!
//! [`fold`](crate::fold) has all stories before it. Here each step takes the part that one machine holds, and
//! gives numbers and bytes to be sent on; nothing but a shuffle by key stands between the steps:
//!
//! | step | takes | gives |
//! |---|---|---|
//! | [`Placer::place`] | a story | its sketch, and its *order*: bytes that sort as the family order does |
//! | [`withdrawn`] | the versions of an item | which of them a notice takes back; [`WITHDRAWN`] is put in front of their order |
//! | (a sort) | orders | a *number* for each story that grows with its order |
//! | (a least), or with a window [`classes`] | stories of one text | the one that stands for them; only these go on |
//! | [`KeyBuckets`](crate::candidate::KeyBuckets) | sketches and numbers | keys by buckets of their hashes |
//! | [`join_bucket`](crate::candidate::join_bucket) | the keys of a bucket | groups by ranges of numbers |
//! | [`propose_range`](crate::candidate::propose_range) | the groups of a range | pairs |
//! | [`Judge`] | pairs and their texts | [`Tie`]s, or rows of evidence |
//! | (rounds), [`lead`] | ties | representatives |
//! | [`fold_ties`] | the ties within families | what becomes of each story |
//! | [`Judge::ties`], [`fold_ties`] | of families whose leader went, the stories it had settled | all their ties, and what becomes of the family |
//!
//! What relations ask of the feed as a whole is learned in steps too: see
//! [`WordCounts`](crate::profile::WordCounts) and [`repeated_lines`](crate::profile::repeated_lines).
//!
//! The result is that of `fold` over all stories, for every step is made of what that is made of. Who may
//! remove copies of equal texts says [`equals_that_go`].

mod families;
mod judge;
mod place;

pub use crate::learn::Teaching;
pub use families::{Folded, Link, equals_that_go, fold_ties, lead};
pub use judge::{Earlier, Judge, Tie};
pub use place::{Placed, Placer, WITHDRAWN, classes, withdrawn};

#[cfg(test)]
mod tests;
