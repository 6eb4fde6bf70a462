//! From the arguments of a run to the list of sources that it reads.

use crate::compression::inner_ending;
use crate::error::IoError;
use crate::format::named_or_told;
use crate::pattern::{is_pattern, paths_of};
use crate::remote::{self, Found, Remote};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// How a source is cut into records.
///
/// Plain text and JSON Lines are read as they are. Everything else is translated into JSON Lines as
/// it is read, and is JSON Lines from there on: a [`Span`](crate::Span) is one of the translation,
/// and a line is the number of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// The whole source is one document.
    PlainText,
    /// A list of JSON objects, or objects over several lines each.
    Json,
    /// News items by IPTC ninjs 1.x to 3.x: one, several, or a list.
    Ninjs,
    /// IPTC NewsML-G2: a news item, or a message of several.
    NewsMlG2,
    /// IPTC NITF.
    Nitf,
    /// RSS 2.0, 0.9x or 1.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// A table with a header, cells set apart by comma, semicolon, tab or bar (RFC 4180).
    Csv,
    /// A table with a header, cells set apart by tabs.
    Tsv,
    /// A web archive: WARC 1.0 or 1.1, or WET.
    Warc,
    /// A table of columns as Apache Parquet.
    Parquet,
    /// A table of columns as Apache Arrow IPC, a file or a stream.
    Arrow,
    /// An archive as tar, whose members are files of all other formats.
    Tar,
    /// An archive as zip, whose members are files of all other formats.
    Zip,
}

impl Format {
    /// The format that a path's ending names, each also before that of a compression: `.jsonl` and
    /// `.ndjson` JSON Lines, `.json` JSON, `.txt` and `.text` plain text, `.ninjs`, `.xml` and
    /// `.newsml` NewsML-G2, `.nitf`, `.rss` and `.rdf`, `.atom`, `.csv`, `.tsv` and `.tab`,
    /// `.parquet` and `.pq`, `.arrow`, `.arrows`, `.feather` and `.ipc`, `.warc` and `.wet`, `.tar` and its like,
    /// `.zip`. Nothing
    /// for another ending.
    ///
    /// Content has the last word between the formats of JSON, and between those of XML.
    pub fn of_path(path: &Path) -> Option<Self> {
        Some(match inner_ending(path)?.as_str() {
            "jsonl" | "ndjson" => Format::JsonLines,
            "json" => Format::Json,
            "txt" | "text" => Format::PlainText,
            "ninjs" => Format::Ninjs,
            "xml" | "newsml" => Format::NewsMlG2,
            "nitf" => Format::Nitf,
            "rss" | "rdf" => Format::Rss,
            "atom" => Format::Atom,
            "csv" => Format::Csv,
            "tsv" | "tab" => Format::Tsv,
            "warc" | "wet" => Format::Warc,
            "zip" => Format::Zip,
            "parquet" | "pq" => Format::Parquet,
            "arrow" | "arrows" | "feather" | "ipc" => Format::Arrow,
            "tar" | "tgz" | "tbz" | "tbz2" | "txz" => Format::Tar,
            _ => return None,
        })
    }

    /// Whether a source is translated into JSON Lines as it is read.
    pub fn is_translated(self) -> bool {
        !matches!(self, Format::JsonLines | Format::PlainText)
    }

    /// Whether a source is a table of rows of text.
    pub(crate) fn is_table_of_text(self) -> bool {
        matches!(self, Format::Csv | Format::Tsv)
    }

    /// Whether a source is made of columns, and its rows can be selected from it.
    pub fn is_columnar(self) -> bool {
        matches!(self, Format::Parquet | Format::Arrow)
    }

    /// The name of a format of columns.
    pub(crate) fn name(self) -> &'static str {
        if self == Format::Parquet {
            "Parquet"
        } else {
            "Arrow"
        }
    }

    /// The format that the first bytes of a decompressed source show: Parquet and Arrow by their magic
    /// bytes; JSON if the first byte that is
    /// no space is `{`, or `[` before one; XML by the name of its first element; otherwise plain text.
    /// A source of nothing but space holds no record, hence JSON Lines.
    pub fn of_bytes(head: &[u8]) -> Self {
        named_or_told(None, head)
    }
}

/// One file, or standard input.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The path as given (or as found below a folder as given); nothing for standard input.
    pub(crate) path: Option<PathBuf>,
    /// The object that it is, if it is no file.
    pub(crate) remote: Option<Remote>,
    /// Found in a folder rather than named: if it cannot be opened, the run goes on without it.
    pub(crate) walked: bool,
}

impl Source {
    /// The path as given, `-` for standard input.
    pub(crate) fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new("-"))
    }
}

/// The sources of a run, in the order in which they are read.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    pub(crate) sources: Vec<Source>,
    total_bytes: Option<u64>,
}

impl Inputs {
    /// Finds the sources that `args` name: files, folders, patterns, addresses of places, and `-` for
    /// standard input. No argument at all means standard input.
    ///
    /// Places are objects, folders of objects and patterns of `s3://BUCKET/KEY`, `gs://BUCKET/KEY` and
    /// `az://CONTAINER/KEY`, with credentials from the environment, and files of `http://` and `https://`.
    ///
    /// In a pattern, `*` stands for any part of a name, `?` for one character of it, `[ab]` for one of
    /// these, and `**` for any folders within each other; none of them stands for a dot that begins a
    /// name. A file whose name is the pattern is taken as itself. Matches come in the byte
    /// order of their paths.
    ///
    /// A named file is read whatever its ending. A folder is walked to its depth, links followed,
    /// and those of its files are taken whose ending [`Format::of_path`] knows, CSV and TSV apart; names that begin with a dot are passed over. Files of
    /// one folder come in the byte order of their paths.
    ///
    /// # Errors
    /// [`IoError::Missing`], [`IoError::Unreadable`], [`IoError::EmptyFolder`],
    /// [`IoError::NoMatch`], [`IoError::BadPattern`], [`IoError::FolderLoop`], [`IoError::Remote`] and [`IoError::StdinTwice`].
    ///
    /// ```
    /// use wirefold_io::{Inputs, IoError};
    ///
    /// let error = Inputs::collect(["no/such/feed.jsonl"]).unwrap_err();
    /// assert!(matches!(error, IoError::Missing { .. }));
    /// assert_eq!(error.to_string(), "no/such/feed.jsonl: no such file or folder; check the path");
    /// ```
    pub fn collect<I>(args: I) -> Result<Self, IoError>
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let mut inputs = Inputs {
            sources: Vec::new(),
            total_bytes: Some(0),
        };
        let mut none_given = true;
        for arg in args {
            none_given = false;
            inputs.add(arg.as_ref())?;
        }
        if none_given {
            inputs.add(OsStr::new("-"))?;
        }
        Ok(inputs)
    }

    fn add(&mut self, arg: &OsStr) -> Result<(), IoError> {
        if arg == "-" {
            if self.sources.iter().any(|source| source.path.is_none()) {
                return Err(IoError::StdinTwice);
            }
            self.sources.push(Source {
                path: None,
                remote: None,
                walked: false,
            });
            self.total_bytes = None;
            return Ok(());
        }
        if let Some(address) = arg.to_str().filter(|_| remote::is_remote(arg)) {
            return self.add_remote(address);
        }
        let path = PathBuf::from(arg);
        let facts = match fs::metadata(&path) {
            Ok(facts) => facts,
            // A file of that very name is taken as it is.
            Err(_) if is_pattern(arg) => return self.add_matches(path),
            Err(error) => return Err(unreachable_path(&path, error)),
        };
        if facts.is_dir() {
            return self.add_folder(&path);
        }
        self.add_path(path)
    }

    /// Adds a path that is no folder.
    fn add_path(&mut self, path: PathBuf) -> Result<(), IoError> {
        let facts = fs::metadata(&path).map_err(|error| unreachable_path(&path, error))?;
        if facts.is_file() {
            // Better now than after an hour of reading. A pipe is not tried: opening it twice
            // would lose what is in it.
            File::open(&path).map_err(|error| unreachable_path(&path, error))?;
            self.total_bytes = self.total_bytes.map(|total| total + facts.len());
        } else {
            self.total_bytes = None;
        }
        self.sources.push(Source {
            path: Some(path),
            remote: None,
            walked: false,
        });
        Ok(())
    }

    /// Adds the objects that an address names.
    fn add_remote(&mut self, address: &str) -> Result<(), IoError> {
        for Found { remote, bytes } in remote::find(address)? {
            self.total_bytes = match (self.total_bytes, bytes) {
                (Some(total), Some(bytes)) => Some(total + bytes),
                _ => None,
            };
            self.sources.push(Source {
                path: Some(remote.shown().to_path_buf()),
                remote: Some(remote),
                walked: false,
            });
        }
        Ok(())
    }

    /// Adds what a pattern matches: files, and what is in folders as if they were named.
    fn add_matches(&mut self, pattern: PathBuf) -> Result<(), IoError> {
        let paths = paths_of(&pattern)?;
        let mut matched = Inputs {
            sources: Vec::new(),
            total_bytes: Some(0),
        };
        for path in paths {
            if path.is_dir() {
                match matched.add_folder(&path) {
                    Err(IoError::EmptyFolder { .. }) => {}
                    other => other?,
                }
            } else {
                matched.add_path(path)?;
            }
        }
        if matched.is_empty() {
            return Err(IoError::NoMatch { pattern });
        }
        // `**/*` matches a folder and what is in it.
        let mut seen = HashSet::new();
        matched
            .sources
            .retain(|source| seen.insert(source.path.clone()));
        matched.sources.sort_by(|a, b| by_bytes(a.path(), b.path()));
        self.sources.append(&mut matched.sources);
        self.total_bytes = match (self.total_bytes, matched.total_bytes) {
            (Some(before), Some(more)) => Some(before + more),
            _ => None,
        };
        Ok(())
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), IoError> {
        let mut found: Vec<PathBuf> = Vec::new();
        let walk = WalkDir::new(folder)
            .follow_links(true)
            .into_iter()
            .filter_entry(|entry| {
                entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
            });
        for entry in walk {
            let entry = entry.map_err(|error| walk_error(folder, error))?;
            // Tables of other things lie beside feeds, such as those that a run writes.
            let format = Format::of_path(entry.path())
                .filter(|format| !matches!(format, Format::Csv | Format::Tsv));
            if entry.file_type().is_file() && format.is_some() {
                let bytes = entry.metadata().map_or(0, |facts| facts.len());
                self.total_bytes = self.total_bytes.map(|total| total + bytes);
                found.push(entry.into_path());
            }
        }
        if found.is_empty() {
            return Err(IoError::EmptyFolder {
                path: folder.to_path_buf(),
            });
        }
        found.sort_by(|a, b| by_bytes(a, b));
        self.sources.extend(found.into_iter().map(|path| Source {
            path: Some(path),
            remote: None,
            walked: true,
        }));
        Ok(())
    }

    /// Number of sources.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there is no source.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The paths in reading order, as given; `-` for standard input.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.sources.iter().map(Source::path)
    }

    /// Bytes of all files as they lie on disk, compressed or not; nothing if standard input or a
    /// pipe is among them.
    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }
}

/// The byte order of paths, the same on every machine.
fn by_bytes(a: &Path, b: &Path) -> Ordering {
    let (a, b) = (a.as_os_str(), b.as_os_str());
    a.as_encoded_bytes().cmp(b.as_encoded_bytes())
}

fn unreachable_path(path: &Path, error: std::io::Error) -> IoError {
    let path = path.to_path_buf();
    if error.kind() == std::io::ErrorKind::NotFound {
        IoError::Missing { path }
    } else {
        IoError::Unreadable {
            path,
            source: error,
        }
    }
}

fn walk_error(folder: &Path, error: walkdir::Error) -> IoError {
    let path = error.path().unwrap_or(folder).to_path_buf();
    if let Some(ancestor) = error.loop_ancestor() {
        return IoError::FolderLoop {
            path,
            ancestor: ancestor.to_path_buf(),
        };
    }
    match error.into_io_error() {
        Some(error) => unreachable_path(&path, error),
        None => IoError::Missing { path },
    }
}
