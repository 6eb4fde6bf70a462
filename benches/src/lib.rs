//! Shared inputs of the benches.

pub mod feed;
