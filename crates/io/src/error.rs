//! What can go wrong with files and streams. Each message names the file and says the remedy.

use std::io;
use std::path::PathBuf;

/// An error that ends a run, as opposed to a [`Refused`](crate::Refused) record, after which the
/// run goes on.
///
/// The text of each error is a whole message: it names the file and says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// An input that does not exist.
    #[error("{}: no such file or folder; check the path", path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// An input that cannot be opened.
    #[error("{}: cannot be opened: {source}; {}", path.display(), remedy(source))]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A place that cannot be read, listed or written.
    #[error("{}: {message}", url.display())]
    Remote {
        /// Its address, without what is secret in it.
        url: PathBuf,
        /// What went wrong, and the remedy.
        message: String,
    },
    /// A folder that holds no file with an ending that is read.
    #[error(
        "{}: the folder holds no documents; expected files ending in .jsonl, .ndjson, .json, .txt, \
         .text, .ninjs, .xml, .newsml, .nitf, .rss, .rdf, .atom, .parquet, .arrow, .warc, .wet, .tar or .zip, \
         also with .gz, .zst, .bz2 or .xz (name a file itself to read it whatever its ending)",
        path.display()
    )]
    EmptyFolder {
        /// The folder as given.
        path: PathBuf,
    },
    /// A pattern that no file or folder matches.
    #[error(
        "{}: matches no file; `*` stands for any part of a name, `?` for one character, `[ab]` for \
         one of these, `**` for any folders",
        pattern.display()
    )]
    NoMatch {
        /// The pattern as given.
        pattern: PathBuf,
    },
    /// A pattern that means nothing.
    #[error("{}: no such file, and not a pattern: {message}", pattern.display())]
    BadPattern {
        /// The pattern as given.
        pattern: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A folder that links to one of the folders that hold it.
    #[error(
        "{}: links back to {}, which holds it; remove the link or name the folders below it",
        path.display(),
        ancestor.display()
    )]
    FolderLoop {
        /// The link.
        path: PathBuf,
        /// The folder that it leads to.
        ancestor: PathBuf,
    },
    /// Standard input named more than once.
    #[error("-: standard input can be read only once; name it once")]
    StdinTwice,
    /// A file whose content is not what it was given for.
    #[error("{}: {message}", path.display())]
    Content {
        /// The path as given.
        path: PathBuf,
        /// What is wrong with it, and the remedy.
        message: String,
    },
    /// An input that failed while it was being read.
    #[error("{}: reading failed: {source}; check the disk or the connection, then run again", path.display())]
    Read {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An input whose size or time of change is not what it was when it was first read.
    #[error("{}: changed while it was in use; run again when nothing writes to it", path.display())]
    Changed {
        /// The path as given.
        path: PathBuf,
    },
    /// A second pass over an input that a first pass left half read, or of which no copy was kept.
    #[error(
        "{}: cannot be read from its start again; give it as a plain file",
        path.display()
    )]
    PartlyRead {
        /// The path as given.
        path: PathBuf,
    },
    /// A second pass begun before the first had ended.
    #[error("another pass over the inputs has not ended; end it before starting the next")]
    PassOpen,
    /// Bytes asked for that were never read, or were not kept.
    #[error(
        "{}: {len} bytes at {offset} were not kept; read the inputs first, with spooling on",
        path.display()
    )]
    NotKept {
        /// The path as given.
        path: PathBuf,
        /// First byte asked for, in the decompressed input.
        offset: u64,
        /// Number of bytes asked for.
        len: u64,
    },
    /// The temporary copy of an input that cannot be read twice could not be written.
    #[error(
        "{}: cannot keep a temporary copy of the input here: {source}; free space, or name another \
         folder for temporary files",
        dir.display()
    )]
    Spool {
        /// The folder for temporary files.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What does not fit in memory could not be put in a temporary file, or not be read from it.
    #[error(
        "{}: temporary data cannot be kept here: {source}; free space, or name another folder for \
         temporary files",
        dir.display()
    )]
    Temporary {
        /// The folder for temporary files.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A field that was named and that none of the records has.
    #[error(
        "no record has a field `{field}`, which was named; the first has: {}",
        found.join(", ")
    )]
    NoSuchField {
        /// The field as named.
        field: String,
        /// The fields of the first record, at most twelve.
        found: Vec<String>,
    },
    /// A source of another format where columns are to be written as they are.
    #[error(
        "{}: not made of columns; only Parquet and Arrow are normalized into Parquet and Arrow, write \
         JSON Lines",
        path.display()
    )]
    NotColumns {
        /// The path as given.
        path: PathBuf,
    },
    /// A file of columns that cannot be read where all of it is to be written.
    #[error("{}: {message}", path.display())]
    BrokenColumns {
        /// The path as given.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A file of columns without one of text.
    #[error(
        "{}: no column of text named `{field}`; found: {} (--text-field names another)",
        path.display(),
        found.join(", ")
    )]
    NoTextColumn {
        /// The path as given.
        path: PathBuf,
        /// The column looked for; the first of the list if none was named.
        field: String,
        /// The columns that are there, at most twelve.
        found: Vec<String>,
    },
    /// What the library could not do with the stories of a feed.
    #[error(transparent)]
    Library(#[from] wirefold::Error),
    /// An output that is one of the inputs.
    #[error(
        "{}: is also an input ({}); write to another file, then rename it",
        output.display(),
        input.display()
    )]
    OutputIsInput {
        /// The output as given.
        output: PathBuf,
        /// The input that is the same file.
        input: PathBuf,
    },
    /// Two outputs that are the same file.
    #[error("{}: is named for two outputs; give each a file of its own", path.display())]
    SameOutput {
        /// The second of the two, as given.
        path: PathBuf,
    },
    /// An output that is a folder.
    #[error("{}: is a folder; name a file in it", path.display())]
    OutputIsFolder {
        /// The path as given.
        path: PathBuf,
    },
    /// An output whose ending names no format that is written.
    #[error(
        "{}: its ending names no known format; end it in .jsonl, .csv or .tsv, also with .gz or .zst, or \
         in .parquet or .arrow",
        path.display()
    )]
    UnknownEnding {
        /// The path as given.
        path: PathBuf,
    },
    /// An output as Parquet, which is compressed within, with the ending of a compression too.
    #[error("{}: Parquet is compressed as it is; end it in .parquet", path.display())]
    CompressedTwice {
        /// The path as given.
        path: PathBuf,
    },
    /// Files of columns that cannot become one.
    #[error(
        "{}: its columns are not those of {}: {difference}; give them in two runs, or write JSON Lines",
        other.display(),
        one.display()
    )]
    SchemasDiffer {
        /// The first file.
        one: PathBuf,
        /// The other file.
        other: PathBuf,
        /// The first difference, in words.
        difference: String,
    },
    /// An output that cannot be created.
    #[error("{}: cannot be created: {source}; check that its folder exists and may be written", path.display())]
    Create {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An output that failed while it was being written.
    #[error("{}: writing failed: {source}; check the disk or the connection, then run again", path.display())]
    Write {
        /// The path as given, `-` for standard output.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No space left for an output.
    #[error(
        "{}: no space left on the device; free some, or write elsewhere (nothing was put in its \
         place)",
        path.display()
    )]
    NoSpace {
        /// The path as given.
        path: PathBuf,
    },
    /// The reader of the output went away. Programs usually end quietly on it.
    #[error("{}: the reader of the output closed it", path.display())]
    BrokenPipe {
        /// The path as given, `-` for standard output.
        path: PathBuf,
    },
    /// A row that does not fit its table.
    #[error("{}: a row does not fit the table: {message}", path.display())]
    Row {
        /// The path of the table.
        path: PathBuf,
        /// What does not fit.
        message: String,
    },
}

impl IoError {
    /// Whether the reader of an output went away, which a filter counts as success.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, IoError::BrokenPipe { .. })
    }
}

/// What helps where a file cannot be opened.
fn remedy(error: &std::io::Error) -> &'static str {
    if crate::opening::is_out_of_handles(error) {
        "let it open more files (ulimit -n)"
    } else {
        "check its permissions"
    }
}
