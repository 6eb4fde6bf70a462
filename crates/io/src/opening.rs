//! A source opened for one pass: its compression and format told from its first bytes, and a
//! copy kept of what cannot be read twice or had to be translated.

use crate::chunk::{Counted, End};
use crate::columnar::ColumnsIn;
use crate::compression::{Compression, decoder};
use crate::error::IoError;
use crate::feed::{Feed, Keeping, Stamp};
use crate::format::{named_or_told, tells_format};
use crate::growth::{Damage, Failing, Growth, Taken};
use crate::in_place::{self, Rows, Table};
use crate::input::{Format, Source};
use crate::remote::{Fault, Reader};
use crate::spool::Spool;
use crate::translated::Translated;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes looked at to tell the format of a source.
const HEAD_BYTES: usize = 1 << 14;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A source that is open for one pass.
pub(crate) struct Opened<'f> {
    pub(crate) format: Format,
    pub(crate) cut_told: bool,
    /// Standard input or a pipe: what is there is given out without waiting for more.
    pub(crate) live: bool,
    input: Box<dyn Read + Send + 'f>,
    pub(crate) translated: Option<Translated<'f>>,
    /// The table that it is, if its rows are read in place.
    pub(crate) rows: Option<Rows>,
    /// Its columns, if it is made of them.
    pub(crate) columns: Option<ColumnsIn>,
    pub(crate) spool: Option<&'f Spool>,
    /// The stream can break off without the disk being at fault.
    compressed: bool,
}

/// The bytes of a source as they lie, and what its file was when it was opened.
type Raw<'f> = (Box<dyn Read + Send + 'f>, Option<Stamp>);
impl Opened<'_> {
    /// A source of columns.
    pub(crate) fn of_columns(format: Format, columns: ColumnsIn) -> Self {
        Opened {
            format,
            cut_told: false,
            live: false,
            input: Box::new(io::empty()),
            translated: None,
            rows: None,
            columns: Some(columns),
            spool: None,
            compressed: false,
        }
    }
}

/// An opened source, the first bytes that were read to know it, their place, and its end if the
/// source was already found to have ended.
pub(crate) type Opening<'f> = (Opened<'f>, Vec<u8>, u64, Option<End>);

impl Feed {
    /// Opens a source for a pass. The inner error says why a file of a folder cannot be opened.
    pub(crate) fn open_source(&self, source: u32) -> Result<Result<Opening<'_>, String>, IoError> {
        let seen = &self.seen[source as usize];
        let path = self.path(source);
        match (seen.begun.get(), seen.ended.get()) {
            (None, _) => self.open_first(source),
            (Some((format, Keeping::File(stamp))), _) => {
                let file = self.open_same(source, *stamp)?;
                let input = Box::new(Counted {
                    inner: file,
                    count: &self.bytes_read,
                });
                self.opening(source, *format, input, false, None).map(Ok)
            }
            (Some((format, Keeping::Spool { start })), Some((len, _))) => {
                let Some(spool) = self.spool.get() else {
                    return Err(IoError::PartlyRead {
                        path: path.to_path_buf(),
                    });
                };
                let reader = spool.reader(*start, start + len);
                let input = Box::new(Counted {
                    inner: reader,
                    count: &self.bytes_read,
                });
                if format.is_translated() {
                    let opened = Opened {
                        format: *format,
                        cut_told: false,
                        live: false,
                        input: Box::new(io::empty()),
                        translated: Some(self.retelling(source, input)),
                        rows: None,
                        columns: None,
                        spool: None,
                        compressed: false,
                    };
                    return Ok(Ok((opened, Vec::new(), 0, None)));
                }
                self.opening(source, *format, input, false, None).map(Ok)
            }
            (Some((format, Keeping::Loose)), _) => self.open_columns_again(source, *format).map(Ok),
            (Some(_), _) => Err(IoError::PartlyRead {
                path: path.to_path_buf(),
            }),
        }
    }

    /// The bytes of a source as they lie, and what its file was then, if it is one. The inner error
    /// says why a file of a folder cannot be opened.
    fn open_raw(&self, source: u32) -> Result<Result<Raw<'_>, String>, IoError> {
        let Source {
            path,
            remote,
            walked,
        } = &self.sources[source as usize];
        let count = &self.bytes_read;
        let Some(path) = path else {
            let inner = io::stdin();
            return Ok(Ok((Box::new(Counted { inner, count }), None)));
        };
        if let Some(remote) = remote {
            let inner = Reader::open(remote)?;
            return Ok(Ok((Box::new(Counted { inner, count }), None)));
        }
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if *walked && !is_out_of_handles(&error) => {
                return Ok(Err(error.to_string()));
            }
            Err(source) => {
                return Err(IoError::Unreadable {
                    path: path.clone(),
                    source,
                });
            }
        };
        let facts = file.metadata();
        let facts = facts.map_err(|error| self.read_error(source, error))?;
        let stamp = facts.is_file().then(|| Stamp::of(&facts));
        Ok(Ok((Box::new(Counted { inner: file, count }), stamp)))
    }

    fn open_first(&self, source: u32) -> Result<Result<Opening<'_>, String>, IoError> {
        let path = self.sources[source as usize].path.as_deref();
        let read_error = |error| self.read_error(source, error);
        let (raw, stamp) = match self.open_raw(source)? {
            Ok(opened) => opened,
            Err(message) => return Ok(Err(message)),
        };
        let growth = Growth::new(self.options.max_record_bytes);
        let mut raw = Taken {
            inner: raw,
            growth: Arc::clone(&growth),
        };
        let mut magic = vec![0; Compression::MAGIC_BYTES];
        let magic_len = read_full(&mut raw, &mut magic).map_err(read_error)?;
        magic.truncate(magic_len);
        let compression = Compression::of_bytes(&magic);
        let named = path.map_or(Compression::None, Compression::of_path);
        let empty_archive = magic.is_empty() && named != Compression::None;
        let raw = Cursor::new(magic).chain(raw);
        let mut input = decoder(compression, raw, &growth).map_err(read_error)?;
        let compressed = compression != Compression::None;
        let format = path.and_then(Format::of_path);
        let mut head = vec![0; HEAD_BYTES];
        let mut len = 0;
        let mut end = empty_archive.then(|| End::Cut(Damage::Cut("the file is empty".to_owned())));
        while len < HEAD_BYTES && end.is_none() && !tells_format(format, &head[..len]) {
            match self.read_on(source, &mut input, compressed, &mut head[len..])? {
                Ok(0) => end = Some(End::Whole),
                Ok(count) => len += count,
                Err(damage) => end = Some(End::Cut(damage)),
            }
        }
        head.truncate(len);
        let insisted = self.options.format;
        let format = insisted.unwrap_or_else(|| named_or_told(format, &head));
        if format.is_columnar() {
            let file = stamp.filter(|_| compression == Compression::None);
            let input = Cursor::new(head).chain(failing(end)).chain(input);
            return self
                .open_columns(source, format, file, Box::new(input))
                .map(Ok);
        }

        let table = match path {
            Some(path) if stamp.is_some() && !compressed && format.is_table_of_text() => {
                table_of(path, format, &mut input, &mut head).map_err(read_error)?
            }
            _ => None,
        };
        let in_place = !format.is_translated() || table.is_some();
        let keeping = self.keeping(stamp.filter(|_| in_place && !compressed))?;
        let spool = match keeping {
            Keeping::Spool { .. } => self.spool.get(),
            _ => None,
        };
        let mut opened = Opened {
            format,
            cut_told: false,
            live: stamp.is_none() && self.sources[source as usize].remote.is_none(),
            input: Box::new(io::empty()),
            translated: None,
            rows: None,
            columns: None,
            spool,
            compressed,
        };
        // The first pass over this source: no one else can have set it.
        let _ = self.seen[source as usize].begun.set((format, keeping));
        if let Some(table) = table {
            let table = self.seen[source as usize]
                .table
                .get_or_init(|| Arc::new(table));
            opened.input = input;
            opened.rows = Some(Rows::new(table));
            head.drain(..table.begin);
            return Ok(Ok((opened, head, table.begin as u64, None)));
        }
        if !format.is_translated() {
            opened.input = input;
            if let Some(spool) = spool {
                spool.append(&head)?;
            }
            let mark = mark_len(&head);
            head.drain(..mark);
            return Ok(Ok((opened, head, mark as u64, end)));
        }
        let input = Cursor::new(head).chain(failing(end)).chain(input);
        let input = Box::new(input);
        opened.translated = match (format, path) {
            (Format::Zip, Some(path)) if stamp.is_some() && !compressed => {
                Some(self.zip_file(path, growth).map_err(read_error)?)
            }
            (Format::Zip, _) => Some(self.zip_stream(input, growth)?),
            _ => self.translation(format, input, growth),
        };
        Ok(Ok((opened, Vec::new(), 0, None)))
    }

    /// Where the records of a source are to be found again; `lies` is of the file in which they lie as they are.
    fn keeping(&self, lies: Option<Stamp>) -> Result<Keeping, IoError> {
        Ok(match lies {
            Some(stamp) => Keeping::File(stamp),
            None if self.options.spool => Keeping::Spool {
                start: self.spool()?.len(),
            },
            None => Keeping::Nowhere,
        })
    }

    fn opening<'f>(
        &'f self,
        source: u32,
        format: Format,
        input: Box<dyn Read + Send + 'f>,
        compressed: bool,
        spool: Option<&'f Spool>,
    ) -> Result<Opening<'f>, IoError> {
        let table = self.table(source);
        let mut opened = Opened {
            format,
            cut_told: false,
            live: false,
            input,
            translated: None,
            rows: table.map(Rows::new),
            columns: None,
            spool,
            compressed,
        };
        let mut head = vec![0; table.map_or(BYTE_ORDER_MARK.len(), |table| table.begin)];
        let len =
            read_full(&mut opened.input, &mut head).map_err(|e| self.read_error(source, e))?;
        head.truncate(len);
        let mark = table.map_or_else(|| mark_len(&head), |_| len);
        head.drain(..mark);
        Ok((opened, head, mark as u64, None))
    }

    /// Reads on. The inner error is what a decompressor says of a damaged stream.
    pub(crate) fn read_source(
        &self,
        source: u32,
        from: &mut Opened<'_>,
        buf: &mut [u8],
    ) -> Result<Result<usize, Damage>, IoError> {
        let count = match self.read_on(source, &mut from.input, from.compressed, buf)? {
            Ok(count) => count,
            Err(damage) => return Ok(Err(damage)),
        };
        if let Some(spool) = from.spool {
            spool.append(&buf[..count])?;
        }
        if count == 0
            && let Some((_, End::Cut(damage))) = self.seen[source as usize].ended.get()
        {
            return Ok(Err(damage.clone()));
        }
        Ok(Ok(count))
    }

    /// Reads bytes that may be compressed.
    fn read_on(
        &self,
        source: u32,
        input: &mut impl Read,
        compressed: bool,
        buf: &mut [u8],
    ) -> Result<Result<usize, Damage>, IoError> {
        loop {
            match input.read(buf) {
                Ok(count) => return Ok(Ok(count)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if compressed && !is_outer(&error) => {
                    return Ok(Err(Damage::of(&error)));
                }
                Err(error) => return Err(self.read_error(source, error)),
            }
        }
    }

    /// Notes how a source ended, and sees whether it stayed the same meanwhile.
    pub(crate) fn close_source(&self, source: u32, len: u64, end: End) -> Result<(), IoError> {
        let seen = &self.seen[source as usize];
        if let Some((_, Keeping::File(stamp))) = seen.begun.get() {
            self.check_same(source, *stamp)?;
        }
        let _ = seen.ended.set((len, end));
        Ok(())
    }

    /// The folder of temporary files.
    pub(crate) fn temporary_folder(&self) -> PathBuf {
        let named = self.options.temp_dir.clone();
        named.unwrap_or_else(crate::temporary_folder)
    }

    pub(crate) fn spool(&self) -> Result<&Spool, IoError> {
        if let Some(spool) = self.spool.get() {
            return Ok(spool);
        }
        let spool = Spool::create(&self.temporary_folder())?;
        Ok(self.spool.get_or_init(|| spool))
    }

    /// The temporary file of what is made on many threads.
    pub(crate) fn loose(&self) -> Result<&Arc<Spool>, IoError> {
        if let Some(loose) = self.loose.get() {
            return Ok(loose);
        }
        let loose = Arc::new(Spool::create(&self.temporary_folder())?);
        Ok(self.loose.get_or_init(|| loose))
    }
}

/// Whether an error is of the disk or the network, and none of a decompressor: those of the system
/// have a number.
pub(crate) fn is_outer(error: &io::Error) -> bool {
    error.raw_os_error().is_some() || Fault::of(error).is_some()
}

pub(crate) fn mark_len(head: &[u8]) -> usize {
    if head.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    }
}

/// What a decompressor said is not lost: it says so again when it is asked for more.
fn failing(end: Option<End>) -> Failing {
    match end {
        Some(End::Cut(damage)) => Failing(Some(damage.error())),
        _ => Failing(None),
    }
}

/// Reads until the buffer is full or the stream ends; how many bytes that gave.
fn read_full(input: &mut impl Read, buf: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buf.len() {
        match input.read(&mut buf[len..]) {
            Ok(0) => break,
            Ok(count) => len += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// The table that a file is, if it can be read in place. More of it is read to know that.
fn table_of(
    path: &Path,
    format: Format,
    input: &mut impl Read,
    head: &mut Vec<u8>,
) -> io::Result<Option<Table>> {
    let len = head.len();
    head.resize(HEAD_BYTES, 0);
    let more = read_full(input, &mut head[len..])?;
    head.truncate(len + more);
    Ok(in_place::table(path, format, head))
}

/// Whether this process, or the machine, has no file handle left: then it is not the file that cannot be read, and
/// to go on without it would make any feed short.
pub(crate) fn is_out_of_handles(error: &io::Error) -> bool {
    // EMFILE and ENFILE, the same on Linux, macOS and the BSDs.
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}
