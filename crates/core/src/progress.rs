//! How far a run has come, for whoever watches.

/// A step of a run that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Sorting keys and proposing pairs. Not counted: `total` is 0.
    Join,
    /// Looking among pairs that share something rare for those of one family; counted in stories.
    Sift,
    /// Verifying pairs on the text and folding families; counted in stories that have candidates.
    Verify,
    /// Gathering the evidence of related pairs; counted in stories that have candidates.
    Relate,
}

/// Called from any thread with the stage, how much of it is done, and of how much.
pub type Progress<'p> = &'p (dyn Fn(Stage, u64, u64) + Sync);
