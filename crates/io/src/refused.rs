//! Records that cannot be used, and why.

use crate::columnar::Kind;
use crate::record::Span;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// A record that was passed over. The run goes on with the next one; nothing is lost silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file as given, `-` for standard input.
    pub file: Arc<str>,
    /// Number of the source within the inputs.
    pub source: u32,
    /// Line on which the record stands, from 1, or the number of the item in a source of another
    /// format than JSON Lines; 0 when the file as a whole is meant.
    pub line: u64,
    /// The record's bytes in the decompressed source, without line end.
    pub span: Span,
    /// What is wrong with it.
    pub reason: Reason,
    /// The record as it stood, with U+FFFD for what is not UTF-8; nothing where it was never held
    /// whole: over-long, or cut off.
    pub record: Option<Box<str>>,
}

impl Refused {
    /// A record's bytes as [`Refused::record`] holds them.
    pub(crate) fn text_of(bytes: &[u8]) -> Box<str> {
        String::from_utf8_lossy(bytes).into()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.reason)
        } else {
            write!(f, "{}:{}: {}", self.file, self.line, self.reason)
        }
    }
}

/// Why a record was refused. The text says what was found and, where it helps, the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The text field is not there, or is null.
    #[error("no field `{field}`; found: {}", listed(found))]
    MissingField {
        /// The field looked for; the first of the list if none was named.
        field: String,
        /// The fields that the record has, at most twelve.
        found: Vec<String>,
    },
    /// A field holds something that cannot be used.
    #[error("field `{field}` holds {found}, expected {expected}")]
    WrongType {
        /// The field.
        field: String,
        /// What it holds, as words: "a list", "an object" ….
        found: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// The line is not valid JSON.
    #[error("broken JSON at column {column}: {message}")]
    BrokenJson {
        /// Byte within the line, from 1.
        column: usize,
        /// What the parser said.
        message: String,
    },
    /// The line is valid JSON, but no object.
    #[error("expected a JSON object on each line, found {found}")]
    NotAnObject {
        /// What stands there, as words.
        found: &'static str,
    },
    /// The line is not valid UTF-8.
    #[error(
        "invalid UTF-8 at byte {offset} of the record; convert the file, or ask for replacement"
    )]
    InvalidUtf8 {
        /// Byte within the record, from 0.
        offset: u64,
    },
    /// The record is longer than the limit.
    #[error("the record is {len} bytes long, more than the limit of {limit}")]
    TooLong {
        /// Its length in bytes, without line end.
        len: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The compressed stream ends early or is damaged. What came before is read.
    #[error(
        "compressed data end early or are damaged after {offset} decompressed bytes: {message}"
    )]
    Cut {
        /// Number of decompressed bytes that could be read.
        offset: u64,
        /// What the decompressor said.
        message: String,
    },
    /// Compressed data that grow so much that they look made to fill a disk. What came before is
    /// read.
    #[error(
        "compressed data that grow more than {growth}-fold, given up after {offset} decompressed \
         bytes; decompress them first if they are right"
    )]
    Overgrown {
        /// Number of decompressed bytes that were read.
        offset: u64,
        /// Decompressed bytes to a compressed one that are allowed.
        growth: u64,
    },
    /// An item of another kind than text, or one that has no text.
    #[error("{found}, not a text story")]
    NotAStory {
        /// What it is, as words: "a picture".
        found: String,
    },
    /// A source whose format is broken from a line on. Items before it are read, and those after it
    /// where the format shows where they begin.
    #[error("broken {what} at line {line}: {message}")]
    BrokenSource {
        /// What it was read as: "XML", "JSON", "table".
        what: &'static str,
        /// Line of the source, from 1, at which that showed.
        line: u64,
        /// What is wrong there.
        message: String,
    },
    /// A record of a format whose records have lengths, and not lines, is broken. Those before it are
    /// read, and those after it that can be found.
    #[error("broken {what} record at byte {offset}: {message}")]
    BrokenRecord {
        /// What it was read as: "WARC".
        what: &'static str,
        /// Byte of the decompressed source at which that showed.
        offset: u64,
        /// What is wrong there.
        message: String,
    },
    /// A file of columns that cannot be read, or not beyond a row.
    #[error("broken {what}{}: {message}", behind(*row))]
    BrokenColumns {
        /// What it was read as: "Parquet", "Arrow".
        what: &'static str,
        /// Rows that came before.
        row: u64,
        /// What is wrong with it.
        message: String,
    },
    /// What is wrong in a member of an archive.
    #[error("in {member}: {reason}")]
    InMember {
        /// Its name in the archive.
        member: String,
        /// What is wrong there.
        reason: Box<Reason>,
    },
    /// A member of an archive that is not read.
    #[error("{message}")]
    Unread {
        /// Why, and the remedy.
        message: String,
    },
    /// An archive that cannot be read on.
    #[error("broken archive: {message}")]
    BrokenArchive {
        /// What is wrong with it.
        message: String,
    },
    /// XML of another kind.
    #[error("the first element is `<{found}>`, expected {expected}")]
    OtherFormat {
        /// The name of the first element.
        found: String,
        /// What is read.
        expected: &'static str,
    },
    /// A file found in a folder cannot be opened.
    #[error("cannot be opened: {message}; check its permissions")]
    Unreadable {
        /// What the system said.
        message: String,
    },
}

impl Reason {
    /// A short fixed name of the kind of reason, for tables and counts.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::MissingField { .. } => "missing_field",
            Reason::WrongType { .. } => "wrong_type",
            Reason::BrokenJson { .. } => "broken_json",
            Reason::NotAnObject { .. } => "not_an_object",
            Reason::InvalidUtf8 { .. } => "invalid_utf8",
            Reason::TooLong { .. } => "too_long",
            Reason::Cut { .. } => "cut",
            Reason::Overgrown { .. } => "overgrown",
            Reason::NotAStory { .. } => "not_a_story",
            Reason::BrokenSource { .. } | Reason::BrokenColumns { .. } => "broken_source",
            Reason::BrokenRecord { .. } => "broken_record",
            Reason::OtherFormat { .. } => "other_format",
            Reason::InMember { reason, .. } => reason.code(),
            Reason::Unread { .. } => "unread",
            Reason::BrokenArchive { .. } => "broken_archive",
            Reason::Unreadable { .. } => "unreadable",
        }
    }
}

fn behind(row: u64) -> String {
    if row == 0 {
        String::new()
    } else {
        format!(" behind row {row}")
    }
}

fn listed(found: &[String]) -> String {
    if found.is_empty() {
        "nothing".to_owned()
    } else {
        found.join(", ")
    }
}

/// A refused record as a row of a table.
#[derive(Debug, Clone, Serialize)]
pub struct RefusedRow<'a> {
    /// The file as given.
    pub file: &'a str,
    /// Line, from 1; 0 when the file as a whole is meant.
    pub line: u64,
    /// First byte of the record in the decompressed source.
    pub offset: u64,
    /// Length of the record in bytes.
    pub len: u64,
    /// [`Reason::code`].
    pub code: &'static str,
    /// The reason in words.
    pub reason: String,
    /// The record as it stood, if it could be held.
    pub record: Option<&'a str>,
}

impl RefusedRow<'_> {
    /// The columns of the table, in order.
    pub fn columns() -> [(&'static str, Kind); 7] {
        [
            ("file", Kind::Text),
            ("line", Kind::Integer),
            ("offset", Kind::Integer),
            ("len", Kind::Integer),
            ("code", Kind::Text),
            ("reason", Kind::Text),
            ("record", Kind::Text),
        ]
    }
}

impl<'a> From<&'a Refused> for RefusedRow<'a> {
    fn from(refused: &'a Refused) -> Self {
        RefusedRow {
            file: &refused.file,
            line: refused.line,
            offset: refused.span.offset,
            len: refused.span.len,
            code: refused.reason.code(),
            reason: refused.reason.to_string(),
            record: refused.record.as_deref(),
        }
    }
}
