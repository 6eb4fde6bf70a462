//! Text in, normalized text out: one set of tables, two faces.
//!
//! - [`Matcher`], the match face, brings text to the form in which machines compare it: copies
//!   that differ in typesetting alone become equal.
//! - [`Cleaner`], the clean face, brings text to a form that people like to read: one encoding,
//!   plain spaces, nothing invisible, and marks, tags and broken encoding as asked.
//!
//! Bytes become text by [`validate`] or [`validate_or_replace`]. Text enters as `&str` and leaves
//! as `Cow<str>`, appended to a `String`, or together with an [`OffsetMap`], which leads any byte
//! range of the result back to the original.
//!
//! The rooms inside: `classes` says what a character is, `forms` runs normalization forms and case
//! folding over short segments, `table` keeps the answer for each code point, `quiet` finds stretches that stay
//! as they are, `ascii` those of the match face in ASCII, `plain` writes these whole blocks at a
//! time, `confusables` has the letters that look alike, `offsets` keeps the way back. `matching` reads and `writer` writes the match face;
//! `clean` is the clean face with its steps `html`, `invisible`, `typography` and `unwrap`.

mod ascii;
mod classes;
mod clean;
mod confusables;
mod forms;
mod html;
mod invisible;
mod matching;
pub mod mojibake;
mod offsets;
mod plain;
mod quiet;
mod table;
mod typography;
mod unwrap;
mod validate;
mod writer;

pub use clean::{CleanOptions, Cleaner, Marks};
pub use forms::Form;
pub use matching::{MatchOptions, Matcher};
pub use offsets::OffsetMap;
pub use validate::{Replaced, Utf8Problem, validate, validate_or_replace};
