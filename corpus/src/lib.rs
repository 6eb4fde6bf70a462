//! News feeds of any size with the truth about their copies.
//!
//! ```
//! use wirefold_corpus::{Feed, Settings};
//!
//! let feed = Feed::new(Settings { stories: 500, seed: 7, ..Settings::default() });
//! for (position, story) in feed.stories().enumerate().take(3) {
//!     let truth = feed.truth(position);
//!     println!("{} {} {}: {}", story.id, truth.edit.name(), truth.relation.name(), story.title);
//! }
//! ```
//!
//! # What a feed holds
//! - **Words**: some 38,000 content word forms from a syllable grammar and the inflection rules of English,
//!   about 330 English function words, and names; the frequencies follow Zipf's law. Lengths are log-normal
//!   around 450 words.
//! - **Families** (`families`, 40 % of the stories): an original and its copies, sizes about 1 / size² from 2 to
//!   200, at most a tenth of the feed. A copy is made from the original or, one time in four (`chains`), from an
//!   earlier copy.
//! - **Series** (`templates`, 6 %): market closes, match reports, weather, company results and road notices, each
//!   series by one source with a story a day. They share wording, not facts. They are no copies and no families;
//!   their Jaccard is mostly .1 to .4, that of road notices .4 to .8, so that only their facts tell those apart.
//! - **Furniture**: bylines, datelines, and the closing lines of each source, on unrelated stories too.
//! - **One story for everybody** (`syndicated`): sent to so many outlets, spread evenly over the feed.
//!
//! # What copies do
//! | edit | per mille | what happens | mostly |
//! |---|---|---|---|
//! | `exact` | 100 | nothing | identical |
//! | `marks` | 120 | other quote marks, apostrophes, dashes, ellipses; NFD, no-break and thin spaces, ligatures, soft hyphens, full-width digits | identical |
//! | `layout` | 80 | other case of headline and lead, white space, blank lines, hard-wrapped lines | identical |
//! | `spelling` | 50 | program → programme, percent → per cent | `near_duplicate` |
//! | `headline` | 70 | another headline | `near_duplicate` |
//! | `truncated` | 120 | the first paragraphs only | `near_duplicate` or contained |
//! | `lead` | 70 | one to three paragraphs of another hand before it | `near_duplicate` or contained |
//! | `tail` | 40 | one to three after it | `near_duplicate` or contained |
//! | `furniture` | 90 | byline, dateline, SEE ALSO glued to a sentence, agency tail, copyright | `near_duplicate` |
//! | `words` | 70 | 1 to 10 % of content words changed | `near_duplicate` or overlapping |
//! | `update` | 60 | "UPDATE 1-", new figures, a new paragraph, the next version, the same slug and source | `near_duplicate` |
//! | `paragraphs` | 50 | left out, moved | `near_duplicate` |
//! | `excerpt` | 40 | some paragraphs within a longer story about something else | overlapping, contained or none |
//! | `rewrite` | 40 | every sentence in other words; names and figures stay | rewritten |
//!
//! The relation of each copy is not guessed from its edit: it comes from exact measures, see [`Relation`] and
//! [`Measures`], and from the edit only where measures cannot tell (`identical` by construction, `rewritten`,
//! `same_template`). A reader with thresholds of its own goes by the measures.
//!
//! # The same bytes everywhere
//! All that is drawn comes from integers: `SplitMix64` streams, alias tables over integer weights, a keyed
//! permutation that mixes the families within blocks of 4096 stories. Each story draws from a stream named by
//! the seed, its family and its number, so it can be made alone, and threads change nothing.
//!
//! Times grow with the families, 40 seconds a story, members minutes apart, those of a series a day; the order of
//! the feed follows them only roughly.

mod draft;
mod edits;
mod family;
mod feed;
mod language;
mod layout;
mod lexicon;
mod names;
mod phrases;
mod prose;
mod rng;
mod script;
mod style;
mod templates;
mod time;
mod truth;
mod words;
mod worst;
mod write;

pub use edits::{Edit, SHARES};
pub use feed::{Feed, Settings, Story};
pub use script::Script;
pub use truth::{Measures, Relation, Truth};
pub use worst::Worst;
pub use write::Totals;
