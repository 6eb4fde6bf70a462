//! Files of columns: Parquet, and Arrow IPC as files and as streams.
//!
//! Unlike other formats these cannot be read as a stream of bytes, and their records have no bytes of
//! their own. A source is an [`Extent`], read at places: the file itself, or a temporary copy where it
//! came from a pipe, a compressed file or an archive. [`Columns`] opens it and gives [`Batches`] of
//! rows, some megabytes at a time.
//!
//! A pass over a feed takes only the columns that a story is made of: [`Rows`] gives them some rows at a
//! time. The thread that parses these turns them into lines of JSON, a row a line, which stay in a
//! temporary file, where texts are read again. What is kept is selected by row from the source itself, with
//! all its columns as they are, and never goes through JSON, unless it is to become JSON Lines or CSV.
//!
//! `extent` reads at places, `ipc` and `open` read the formats, `text` makes text of bytes, `json`
//! writes values as JSON, `rows` gives rows one after the other, `source` opens the sources of a feed, `lines` cuts them into chunks, `select`
//! picks rows of them, `rewrite` gives them new texts; `kind` makes columns of JSON, `write` writes
//! them, and `dictionary` sees to their dictionaries.

mod dictionary;
mod extent;
mod ipc;
mod json;
mod kind;
mod lines;
mod open;
mod rewrite;
mod rows;
mod select;
mod source;
mod text;
mod write;

pub(crate) use self::extent::Extent;
pub use self::kind::Kind;
pub(crate) use self::kind::Shape;
pub(crate) use self::lines::{ColumnsIn, Lines};
pub(crate) use self::open::{Batches, Columns, Texts};
pub use self::rewrite::rewrite_columns;
pub(crate) use self::rows::{EachRow, Rows};
pub(crate) use self::source::ColumnsAt;
pub use self::source::check_columns;
pub(crate) use self::write::{ColumnsOut, Manner};
