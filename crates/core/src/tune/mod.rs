//! Settings from a sample: what thresholds and bandings would do to it, and what labels say of them.
//!
//! Enters: a [`TextSource`](crate::TextSource) of some thousand stories, and pairs of them with labels if
//! there are any. Leaves: the exact similarities of all pairs (`sample`), what a run would remove at each
//! threshold (`thresholds`), pairs right at it to judge by eye (`border`), the cost and the recall of bandings (`bandings`), by the exact chance that two
//! sets share a band (`curve`), and the rules that agree best with labels (`labels`). Nothing here is
//! part of a run.

mod bandings;
mod border;
mod curve;
mod labels;
mod sample;
mod thresholds;

pub use bandings::Banding;
pub use border::{Border, at_border};
pub use curve::SCurve;
pub use labels::{Agreement, Chosen, Judged, Labeled, wilson};
pub use sample::{First, Pair, Pairs, Sample};
pub use thresholds::{AtThreshold, at_thresholds};
