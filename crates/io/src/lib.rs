//! Formats, compression and files for wirefold.
//!
//! ```text
//! Inputs ── Feed ── chunks ── ordered(parse_chunk …) ── records ── Stories, or your work ──┐
//!             └───────── read_at, record_at ────────────────────────┘                      │
//!             └───────── write_kept ── Output ◄── Table ◄──────────────────────────────────┘
//! ```
//!
//! [`Inputs`] finds the files; a [`Feed`] cuts them into [`Chunk`]s of whole lines on one thread;
//! [`ordered`] maps the chunks on many, where [`parse_chunk`] turns bytes into [`Record`]s; any
//! record can be read again at its [`Span`]. [`Stories::read`] does all of that for a feed that is
//! to be folded: it sketches the stories, names them, and gives them again by number. [`Outputs`] opens files that appear only when whole,
//! [`write_kept`] copies records into them byte for byte, and [`Table`] writes rows. A filter needs
//! no second reading: [`rewrite_chunk`] puts new values in the place of text and title.
//!
//! What does not fit in memory goes to [`DiskRuns`], a temporary file without a name.
//!
//! What is no JSON Lines and no plain text is translated into JSON Lines as it is read (see
//! [`Format`]); tables of text that lie in files only where their records are written.
//!
//! A record that cannot be used is [`Refused`], with its reason, and the run goes on; an
//! [`IoError`] ends it.
//!
//! How texts are compared is the library's; this crate only hands them over.

mod annotate;
mod cells;
mod chunk;
mod columnar;
mod compression;
mod date;
mod error;
mod feed;
mod fields;
mod flat;
mod format;
mod growth;
mod in_place;
mod input;
mod kept;
mod labels;
mod memory;
mod opening;
mod output;
mod parallel;
mod pattern;
mod pool;
mod quoted;
mod record;
mod refused;
mod remote;
mod rewrite;
mod runs;
mod sink;
mod spool;
mod stories;
mod table;
mod translated;
mod unfinished;
mod unread;
mod whole;

pub use annotate::{NOTE_FIELDS, Note};
pub use chunk::{Chunk, Chunks};
pub use columnar::{Kind, check_columns, rewrite_columns};
pub use compression::Compression;
pub use date::{TimeZone, date_text, length_of_time, present, seconds, timezone};
pub use error::IoError;
pub use feed::{Feed, FeedOptions};
pub use fields::{
    BYLINE_FIELDS, DATE_FIELDS, DATELINE_FIELDS, EMBARGO_FIELDS, ID_FIELDS, ITEM_FIELDS,
    LANGUAGE_FIELDS, Role, SOURCE_FIELDS, STATUS_FIELDS, TEXT_FIELDS, TITLE_FIELDS, UPDATED_FIELDS,
    URGENCY_FIELDS, VERSION_FIELDS, role,
};
pub use input::{Format, Inputs};
pub use kept::{Place, Written, write_kept};
pub use labels::{Label, read_labels};
pub use memory::{Bound, bytes, size};
pub use output::{Output, Outputs, Sealed};
pub use parallel::{Ready, ordered, ordered_together};
pub use record::{InvalidUtf8, Record, RecordOptions, Span, parse_chunk, parse_record};
pub use refused::{Reason, Refused, RefusedRow};
pub use rewrite::{Rewritten, rewrite_chunk};
pub use runs::DiskRuns;
pub use sink::write_stories;
pub use spool::temporary_folder;
pub use stories::{Ids, Learn, Stories, StoryOptions};
pub use table::{Column, Table, TableFormat, short};
pub use unfinished::abandon_outputs;
pub use unread::UnreadDates;
pub use whole::{read_furniture, read_profile, read_whole};
