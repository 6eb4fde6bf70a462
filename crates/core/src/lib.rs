//! wirefold normalizes text and finds copies in news feeds.

pub mod normalize;
pub mod quotation;
