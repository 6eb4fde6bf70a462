//! One file a subcommand, and what `dedup` and `relate` share.

pub(crate) mod compare;
pub(crate) mod dedup;
mod explain;
pub(crate) mod index;
pub(crate) mod learn;
pub(crate) mod manual;
pub(crate) mod normalize;
pub(crate) mod relate;
mod report;
mod rows;
mod run;
pub(crate) mod tune;
