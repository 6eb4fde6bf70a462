//! Text in, normalized text out: one set of tables, two faces.
//!
//! - [`Matcher`], the match face, brings text to the form in which machines compare it: copies
//!   that differ in typesetting alone become equal.
//!
//! Text enters as `&str` and leaves as `Cow<str>`, appended to a `String`, or together with an
//! [`OffsetMap`], which leads any byte range of the result back to the original.
//!
//! The rooms inside: `classes` says what a character is, `forms` runs normalization forms and case
//! folding over short segments, `table` keeps the answer for each code point, `matching` walks the
//! text, `offsets` keeps the way back.

mod classes;
mod forms;
mod matching;
pub mod mojibake;
mod offsets;
mod table;

pub use forms::Form;
pub use matching::{MatchOptions, Matcher};
pub use offsets::OffsetMap;
