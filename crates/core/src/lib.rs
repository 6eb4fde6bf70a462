//! wirefold normalizes text and finds copies in news feeds.
//!
//! ```
//! use wirefold::normalize::Matcher;
//! use wirefold::{Settings, Story, Wanted, fold, sketch_stories};
//!
//! let feed = [
//!     ("agency", "The ferry to Orlemond will not sail before noon, the port of Kelm said on Friday."),
//!     ("outlet", "THE FERRY to Orlemond will not sail before noon, the port\nof Kelm said on Friday."),
//!     ("other", "The orchards of Pellworth lost a third of their blossom to frost on Sunday night."),
//! ]
//! .map(|(id, text)| (id.to_owned(), Story { text, ..Story::default() }));
//!
//! let (settings, matcher) = (Settings::default(), Matcher::default());
//! let sketches = sketch_stories(&feed[..], &matcher, &settings)?;
//! let wanted = Wanted { families: true, relations: false };
//! let outcome = fold(sketches, &feed[..], &matcher, &settings, wanted, &|_, _, _| ())?;
//!
//! let kept: Vec<bool> = outcome.decisions.iter().map(|decision| decision.kept).collect();
//! assert_eq!(kept, [true, false, true]);
//! # Ok::<(), wirefold::Error>(())
//! ```
//!
//! # The way of a story
//! A story's title and text are brought to one form ([`normalize`]), cut into words and runs of
//! words, the *shingles* ([`tokenize`]), and *sketched*: a few hundred bytes stand for the text
//! ([`sketch`]). Sketches that share keys propose pairs ([`candidate`]). Each pair is verified on
//! the texts ([`relation`]): similarities are exact, nothing is estimated. Related stories form
//! families, and of each family is kept what is not told twice ([`fold`]).
//!
//! Each step is a plain function of the one before and can be used alone. Three more rooms serve
//! whoever works with news text: [`quotation`] finds direct speech, whatever its marks,
//! [`furniture`] finds bylines, datelines, credits and the like, and [`normalize`] also cleans text
//! for people and repairs wrongly decoded text. What depends on a feed as a whole, the lines that its
//! sources repeat and how rare its words are, is a [`profile`]; [`learn_stories`] makes one. All lead back to the original bytes.
//! Who has more machines than one finds the steps of a run one by one in [`spread`].
//!
//! # What it promises
//! - Results depend on the set of stories and the settings (a profile among them), not on threads, machines or the order
//!   of the input (which only [`Keep::First`] asks for).
//! - All hashes are fixed and versioned ([`tokenize::HASH_VERSION`]), with a seed of one's own if
//!   wanted.
//! - No file, terminal or network is touched: stories are read through [`TextSource`]. Work runs on
//!   the current rayon pool.
//! - Unsafe code stands in one private room, `simd`, which holds the vector instructions of x86-64 and
//!   Arm. What a processor has is asked for when the program runs, and every result is the same without.
//!   `WIREFOLD_SIMD` in the environment names another level than the best: one of [`simd_levels`].
//!
//! # What it does not do
//! It does not guess meaning: two reports of one event in different words are not related. It
//! changes no text that it is given. Reading feeds from files is the crate `wirefold-io`'s.

pub mod candidate;
mod cluster;
mod compare;
mod error;
mod face;
pub mod furniture;
mod imprint;
mod learn;
pub mod normalize;
mod pipeline;
pub mod profile;
mod progress;
pub mod query;
pub mod quotation;
pub mod relation;
mod settings;
mod simd;
pub mod sketch;
mod sort;
pub mod spread;
pub mod store;
mod story;
mod swar;
pub mod tokenize;
pub mod tune;
mod version;

pub use cluster::{Decision, Keep, Link};
pub use compare::compare;
pub use error::Error;
pub use face::{Known, Normalizer, Shown};
pub use furniture::is_furniture;
pub use imprint::takes_back;
pub use learn::learn_stories;
pub use pipeline::{Outcome, Wanted, fold, sketch_stories};
pub use progress::{Progress, Stage};
pub use settings::Settings;
#[cfg(any(test, fuzzing))]
pub use simd::at_each_level;
pub use simd::levels as simd_levels;
pub use story::{About, Story, StoryBuffer, TextSource};
