//! wirefold normalizes text and finds copies in news feeds.

pub mod candidate;
mod cluster;
mod error;
mod furniture;
pub mod normalize;
mod pipeline;
mod progress;
pub mod quotation;
pub mod relation;
pub mod sketch;
mod sort;
mod story;
mod swar;
pub mod tokenize;

pub use cluster::{Decision, Keep, Link};
pub use error::Error;
pub use furniture::is_furniture;
pub use pipeline::{Outcome, Settings, Wanted, fold};
pub use progress::{Progress, Stage};
pub use story::{Story, StoryBuffer, TextSource};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
