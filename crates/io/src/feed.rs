//! The sources of a run: read through in order, and read again at any place from any thread.

use crate::chunk::{Chunks, End};
use crate::columnar::ColumnsAt;
use crate::error::IoError;
use crate::format::Refusals;
use crate::in_place::Table;
use crate::input::{Format, Inputs, Source};
use crate::pool::Pool;
use crate::record::{Record, RecordOptions, Span, parse_record};
use crate::refused::Refused;
use crate::remote::Fault;
use crate::spool::{Spool, read_exact_at};
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

/// How the sources are read.
#[derive(Debug, Clone)]
pub struct FeedOptions {
    /// The format of every source; told from ending and content if not given.
    pub format: Option<Format>,
    /// Bytes of a chunk, about; a longer record grows it. Default 1 MiB.
    pub chunk_bytes: usize,
    /// Longest record in bytes, without line end; longer ones are refused and never held in
    /// memory whole. Default 256 MiB.
    pub max_record_bytes: u64,
    /// Folder of the temporary copy of what cannot be read twice;
    /// [`temporary_folder`](crate::temporary_folder) if not given.
    pub temp_dir: Option<PathBuf>,
    /// Whether to keep that copy. Without it, standard input, pipes, compressed files and those that
    /// are translated can be read once and not at a place. Default true.
    pub spool: bool,
    /// Files kept open for reading at a place. Default 64.
    pub open_files: usize,
    /// Which fields are looked for in files of columns: only their columns are read, and records are
    /// made of these alone. Without it records have all columns. Default none.
    pub fields: Option<RecordOptions>,
}

impl Default for FeedOptions {
    fn default() -> Self {
        FeedOptions {
            format: None,
            chunk_bytes: 1 << 20,
            max_record_bytes: 256 << 20,
            temp_dir: None,
            spool: true,
            open_files: 64,
            fields: None,
        }
    }
}

/// Size and time of change of a file, to see whether it is still the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(crate) fn of(facts: &Metadata) -> Self {
        Stamp {
            len: facts.len(),
            modified: facts.modified().ok(),
        }
    }

    pub(crate) fn len(self) -> u64 {
        self.len
    }
}

/// Where the bytes of a source can be had again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keeping {
    File(Stamp),
    Spool {
        start: u64,
    },
    /// In the temporary file of what is made on many threads, at any place.
    Loose,
    Nowhere,
}

/// What is known of a source once its reading has begun, and once it has ended.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) begun: OnceLock<(Format, Keeping)>,
    pub(crate) ended: OnceLock<(u64, End)>,
    /// What was refused while it was translated.
    pub(crate) refused: Refusals,
    /// Where its rows can be selected from, if it is made of columns.
    pub(crate) columns: OnceLock<ColumnsAt>,
    /// Whether a pass reads all of them.
    pub(crate) all_columns: OnceLock<bool>,
    /// The table that it is, if its rows are read in place.
    pub(crate) table: OnceLock<Arc<Table>>,
}

/// The sources of a run.
///
/// ```
/// use wirefold_io::{Feed, FeedOptions, Inputs, RecordOptions, parse_chunk};
///
/// # let dir = tempfile::tempdir()?;
/// let path = dir.path().join("feed.jsonl");
/// std::fs::write(&path, "{\"id\":\"a\",\"text\":\"Rain fell on Brackwater.\"}\n")?;
///
/// let feed = Feed::open(Inputs::collect([&path])?, FeedOptions::default())?;
/// let options = RecordOptions::default();
/// for chunk in feed.chunks()? {
///     let chunk = chunk?;
///     parse_chunk(&chunk, &options, &mut |record| {
///         let record = record.expect("a good record");
///         assert_eq!(record.id.as_deref(), Some("a"));
///         assert_eq!(record.text, "Rain fell on Brackwater.");
///     });
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Feed {
    pub(crate) sources: Vec<Source>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) options: FeedOptions,
    pub(crate) pool: Arc<Pool>,
    total_bytes: Option<u64>,
    pub(crate) bytes_read: Arc<AtomicU64>,
    pub(crate) spool: OnceLock<Spool>,
    pub(crate) loose: OnceLock<Arc<Spool>>,
    passing: AtomicBool,
    /// Open files, the most recently used last.
    handles: Mutex<Vec<(u32, Arc<File>)>>,
}

impl Feed {
    /// Makes a feed of inputs. Nothing is read yet.
    ///
    /// # Errors
    /// [`IoError::Missing`] if there are more sources than can be numbered (2³²); else none today.
    pub fn open(inputs: Inputs, options: FeedOptions) -> Result<Self, IoError> {
        let total_bytes = inputs.total_bytes();
        let sources = inputs.sources;
        if let Some(beyond) = sources.get(u32::MAX as usize) {
            return Err(IoError::Missing {
                path: beyond.path().to_path_buf(),
            });
        }
        Ok(Feed {
            seen: sources.iter().map(|_| Seen::default()).collect(),
            pool: Arc::new(Pool::new(options.chunk_bytes)),
            sources,
            options,
            total_bytes,
            bytes_read: Arc::new(AtomicU64::new(0)),
            spool: OnceLock::new(),
            loose: OnceLock::new(),
            passing: AtomicBool::new(false),
            handles: Mutex::new(Vec::new()),
        })
    }

    /// Number of sources.
    pub fn source_count(&self) -> usize {
        self.sources.len()
    }

    /// The path of a source as given, `-` for standard input.
    ///
    /// # Panics
    /// If there is no such source.
    pub fn path(&self, source: u32) -> &Path {
        self.sources[source as usize].path()
    }

    /// The path of a source as text: what stands in messages and is the id of a plain text
    /// document. Bytes that are not UTF-8 are replaced.
    pub fn file(&self, source: u32) -> Arc<str> {
        self.path(source).to_string_lossy().into()
    }

    /// The format of a source; nothing before its reading has begun.
    pub fn format(&self, source: u32) -> Option<Format> {
        self.seen[source as usize].begun.get().map(|begun| begun.0)
    }

    /// Bytes of all files as they lie on disk; nothing if standard input or a pipe is among them.
    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// Bytes taken from the files as they lie on disk in the latest pass, for progress.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// Starts a pass over all sources from the first on. A second pass reads the files, or the
    /// temporary copy, again and yields the same chunks; of items that were refused while they were
    /// translated without their text.
    ///
    /// # Errors
    /// [`IoError::PassOpen`] while another pass is not dropped. The chunks themselves may be
    /// [`IoError::Unreadable`], [`IoError::Read`], [`IoError::Changed`], [`IoError::Spool`] or
    /// [`IoError::PartlyRead`]; after an error the pass is over.
    pub fn chunks(&self) -> Result<Chunks<'_>, IoError> {
        if self.passing.swap(true, Ordering::Acquire) {
            return Err(IoError::PassOpen);
        }
        self.bytes_read.store(0, Ordering::Relaxed);
        Ok(Chunks::new(self))
    }

    pub(crate) fn end_pass(&self) {
        self.passing.store(false, Ordering::Release);
    }

    /// Reads `len` bytes of a source, from `offset` on in its decompressed bytes or their translation,
    /// into `out`, which is emptied first. Works from many threads at once, and on standard input, pipes and
    /// compressed files as soon as a pass has given the bytes out in a chunk. Of a table that is read in
    /// place it is one row, at the place that a pass gave, as a line of JSON.
    ///
    /// # Errors
    /// [`IoError::NotKept`], [`IoError::Changed`], [`IoError::Unreadable`], [`IoError::Read`].
    ///
    /// # Panics
    /// If there is no such source.
    pub fn read_at(
        &self,
        source: u32,
        offset: u64,
        len: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), IoError> {
        self.read_as_it_stood(source, offset, len, out)?;
        if let Some(table) = self.table(source) {
            *out = table.object(out);
        }
        Ok(())
    }

    /// The same without making anything of it.
    pub(crate) fn read_as_it_stood(
        &self,
        source: u32,
        offset: u64,
        len: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), IoError> {
        let not_kept = || IoError::NotKept {
            path: self.path(source).to_path_buf(),
            offset,
            len,
        };
        let Some((_, keeping)) = self.seen[source as usize].begun.get() else {
            return Err(not_kept());
        };
        let len_here = usize::try_from(len).map_err(|_| not_kept())?;
        let end = offset.checked_add(len).ok_or_else(not_kept)?;
        match keeping {
            Keeping::File(stamp) if end <= stamp.len => {
                let file = self.handle(source, *stamp)?;
                out.resize(len_here, 0);
                match read_exact_at(&file, out, offset) {
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                        Err(IoError::Changed {
                            path: self.path(source).to_path_buf(),
                        })
                    }
                    result => result.map_err(|error| self.read_error(source, error)),
                }
            }
            Keeping::Spool { start } => {
                let known = self.seen[source as usize]
                    .ended
                    .get()
                    .map(|ended| start + ended.0);
                let spool = self.spool.get().ok_or_else(not_kept)?;
                if start + end > known.unwrap_or_else(|| spool.len()) {
                    return Err(not_kept());
                }
                out.resize(len_here, 0);
                spool
                    .read_exact_at(out, start + offset)
                    .map_err(|error| self.read_error(source, error))
            }
            Keeping::Loose => {
                let loose = self.loose.get().filter(|loose| end <= loose.len());
                let loose = loose.ok_or_else(not_kept)?;
                out.resize(len_here, 0);
                loose
                    .read_exact_at(out, offset)
                    .map_err(|error| self.read_error(source, error))
            }
            _ => Err(not_kept()),
        }
    }

    /// Says whether what was made on many threads was written.
    ///
    /// # Errors
    /// [`IoError::Spool`].
    pub(crate) fn check_loose(&self) -> Result<(), IoError> {
        self.loose.get().map_or(Ok(()), |loose| loose.check())
    }

    /// Reads and parses one record again, at a place that a pass gave. `buf` holds its bytes.
    ///
    /// # Errors
    /// As [`Feed::read_at`]. The inner error is the one that the pass gave, if it gave one.
    pub fn record_at<'b>(
        &self,
        source: u32,
        span: Span,
        line: u64,
        options: &RecordOptions,
        buf: &'b mut Vec<u8>,
    ) -> Result<Result<Record<'b>, Refused>, IoError> {
        self.read_as_it_stood(source, span.offset, span.len, buf)?;
        let format = self.format(source).unwrap_or(Format::JsonLines);
        let parsed = match (self.table(source), format) {
            (Some(table), _) => table.record(buf, options, || line),
            // The name is needed for plain text alone; it is not worth its making otherwise.
            (None, Format::PlainText) => parse_record(buf, format, &self.file(source), options),
            (None, _) => parse_record(buf, format, "", options),
        };
        Ok(match parsed {
            Ok(mut record) => {
                (record.span, record.line) = (span, line);
                Ok(record)
            }
            Err(reason) => Err(Refused {
                file: self.file(source),
                source,
                line,
                span,
                record: Some(Refused::text_of(buf)),
                reason,
            }),
        })
    }

    /// Says whether every file read so far is still as it was.
    ///
    /// # Errors
    /// [`IoError::Changed`] and [`IoError::Unreadable`] for the first that is not.
    pub fn check_unchanged(&self) -> Result<(), IoError> {
        for (source, seen) in self.seen.iter().enumerate() {
            if let (Some((_, Keeping::File(stamp))), _) | (_, Some(ColumnsAt::File(stamp))) =
                (seen.begun.get(), seen.columns.get())
            {
                self.check_same(source as u32, *stamp)?;
            }
        }
        Ok(())
    }

    pub(crate) fn check_same(&self, source: u32, stamp: Stamp) -> Result<(), IoError> {
        let path = self.path(source);
        let facts = std::fs::metadata(path).map_err(|source| IoError::Unreadable {
            path: path.to_path_buf(),
            source,
        })?;
        self.same(source, stamp, &facts)
    }

    fn same(&self, source: u32, stamp: Stamp, facts: &Metadata) -> Result<(), IoError> {
        if Stamp::of(facts) == stamp {
            return Ok(());
        }
        Err(IoError::Changed {
            path: self.path(source).to_path_buf(),
        })
    }

    pub(crate) fn open_same(&self, source: u32, stamp: Stamp) -> Result<File, IoError> {
        let path = self.path(source);
        let unreadable = |source| IoError::Unreadable {
            path: path.to_path_buf(),
            source,
        };
        let file = File::open(path).map_err(unreadable)?;
        self.same(source, stamp, &file.metadata().map_err(unreadable)?)?;
        Ok(file)
    }

    /// An open file of a source, opened now unless it is at hand.
    fn handle(&self, source: u32, stamp: Stamp) -> Result<Arc<File>, IoError> {
        {
            let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = handles.iter().rposition(|handle| handle.0 == source) {
                let last = handles.len() - 1;
                handles[at..=last].rotate_left(1);
                let file = Arc::clone(&handles[last].1);
                drop(handles);
                let facts = file
                    .metadata()
                    .map_err(|error| self.read_error(source, error))?;
                return self.same(source, stamp, &facts).map(|()| file);
            }
        }
        let file = Arc::new(self.open_same(source, stamp)?);
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        // Two threads may have opened the same file; the second copy does no harm.
        if handles.len() >= self.options.open_files.max(1) {
            handles.remove(0);
        }
        handles.push((source, Arc::clone(&file)));
        Ok(file)
    }

    pub(crate) fn read_error(&self, source: u32, error: io::Error) -> IoError {
        let path = self.path(source).to_path_buf();
        match Fault::of(&error) {
            Some(Fault::Changed) => IoError::Changed { path },
            Some(Fault::Lost(message)) => IoError::Remote {
                message: message.clone(),
                url: path,
            },
            None => IoError::Read {
                path,
                source: error,
            },
        }
    }
}
