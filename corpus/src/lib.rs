//! Feeds of any size with the truth about their copies.
mod draft;
mod edits;
mod feed;
mod layout;
mod lexicon;
mod names;
mod prose;
mod rng;
mod script;
mod style;
mod templates;
mod truth;
mod words;
mod write;

pub use edits::{Edit, SHARES};
pub use feed::{Feed, Settings, Story};
pub use script::Script;
pub use truth::{Measures, Relation, Truth};
pub use write::Totals;
