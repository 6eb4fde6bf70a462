//! The persistent index of wirefold: for feeds that never end.
//!
//! An index is a folder. A [`Writer`] adds the stories of feeds to it and takes old ones out; a [`Snapshot`] is
//! one state of it, open for reading, and says of any story how it is related to the stored ones. One
//! process writes at a time; any number read meanwhile, each the state that it opened.
//!
//! ```
//! use wirefold_index::{AddOptions, Answer, IndexSettings, Writer};
//! use wirefold_io::{Feed, FeedOptions, Inputs, RecordOptions};
//!
//! # let dir = tempfile::tempdir()?;
//! let monday = dir.path().join("monday.jsonl");
//! std::fs::write(&monday, r#"{"id":"m1","text":"The ferry to Orlemond will not sail before noon, the port of Kelm said on Monday."}"#)?;
//! let tuesday = dir.path().join("tuesday.jsonl");
//! std::fs::write(&tuesday, r#"{"id":"t1","text":"THE FERRY to Orlemond will not sail before noon, the port of Kelm said on Monday."}"#)?;
//! let feed = |path| Feed::open(Inputs::collect([path])?, FeedOptions::default());
//!
//! let mut writer = Writer::create(&dir.path().join("index"), IndexSettings::default(), None, None)?;
//! let added = writer.add(&feed(&monday)?, &AddOptions::default(), |_, _| Ok(()))?;
//! assert_eq!(added.added, 1);
//!
//! let snapshot = writer.snapshot();
//! let show = |answer: Answer<'_>| answer.rows.iter().map(|row| row.relation.name()).collect::<Vec<_>>();
//! snapshot.query(&feed(&tuesday)?, &RecordOptions::default(), 1, show, |answers, _refused| {
//!     assert_eq!(answers, [["identical"]]);
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is stored
//! Stories lie in *segments*: files that are written once, with the keys by which stories meet, sorted, and
//! the stories themselves, compressed. What is added makes a new segment; segments of one size are merged as
//! they become many, so a story is written a few times in all. The file `MANIFEST` says which segments
//! belong to the index, and is replaced as a whole: whatever happens, the index is as its last change
//! left it. `docs/format.md` describes the files.
//!
//! Segments are mapped into memory, not read: opening takes no time, and what is asked often stays in the
//! system's cache. So nobody else may change files in the folder; unsafe code stands in the module that maps,
//! alone.

mod add;
mod batch;
mod build;
mod check;
mod disk;
mod error;
mod families;
#[cfg(test)]
mod faults;
mod file;
mod info;
mod manifest;
mod map;
mod merge;
mod merges;
mod piece;
mod query;
mod record;
mod segment;
mod settings;
mod snapshot;
mod stream;
mod table;
mod trial;
mod writer;

pub use add::{AddOptions, Added};
pub use check::Checked;
pub use error::IndexError;
pub use families::Stories;
pub use info::{Info, SegmentInfo};
pub use query::Answer;
pub use settings::IndexSettings;
pub use snapshot::Snapshot;
pub use stream::{By, Came, StreamOptions, Streamed, Told};
pub use writer::Writer;
