//! Tables of text that are read in place: files of UTF-8, neither compressed nor from a pipe.
//!
//! Their rows are cut from the file as lines are, and a record is read again where it lies. It is taken apart
//! by the thread that needs it, and becomes JSON only where it is written as such.

use crate::chunk::{Chunk, Reading};
use crate::error::IoError;
use crate::feed::Feed;
use crate::fields;
use crate::format::{Ends, Head, Row, TORN, broken, is_utf8, most_frequent_mark};
use crate::input::Format;
use crate::opening::mark_len;
use crate::record::{InvalidUtf8, Record, RecordOptions, Span, placed, replace_invalid};
use crate::refused::{Reason, Refused};
use memchr::memchr_iter;
use std::borrow::Cow;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// A table whose first row was read.
#[derive(Debug)]
pub(crate) struct Table {
    head: Head,
    /// Bytes before its second row, and the line of the file on which that begins.
    pub(crate) begin: usize,
    first_line: u64,
}

/// A table, and the line of its file that is reached.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    table: Arc<Table>,
    pub(crate) line: u64,
}

impl Rows {
    pub(crate) fn new(table: &Arc<Table>) -> Self {
        Rows {
            table: Arc::clone(table),
            line: table.first_line,
        }
    }
}

/// The table that a file of these first bytes is; nothing if it is to be translated: in another
/// encoding, or with a first row that is long or wrong.
pub(crate) fn table(path: &Path, format: Format, head: &[u8]) -> Option<Table> {
    let mark = match format {
        Format::Tsv => b'\t',
        _ => most_frequent_mark(head),
    };
    let start = mark_len(head);
    let len = Ends::new(mark).next(&head[start..])?;
    let begin = start + len;
    let row = std::str::from_utf8(&head[start..begin - 1]).ok()?;
    let names = Head::of(row, mark).ok()?;
    // A file that cannot be read is told where it is read.
    let utf8 = File::open(path).and_then(is_utf8).ok()?;
    utf8.then_some(Table {
        head: names,
        begin,
        first_line: 1 + memchr_iter(b'\n', &head[..begin]).count() as u64,
    })
}

impl Table {
    /// Appends a row as a line of JSON, with U+FFFD for what is not UTF-8.
    pub(crate) fn put_object(&self, row: &[u8], out: &mut Vec<u8>) {
        let row = utf8(row);
        self.head.put_object(&Row::of(&row, self.head.mark), out);
    }

    /// A row as a line of JSON.
    pub(crate) fn object(&self, row: &[u8]) -> Vec<u8> {
        let mut object = Vec::with_capacity(row.len() * 2);
        self.put_object(row, &mut object);
        object
    }

    /// The record in a row, which is all of its source; `line` says where the row begins.
    ///
    /// # Errors
    /// The reason why it cannot be used.
    pub(crate) fn record<'r>(
        &self,
        row: &'r [u8],
        options: &RecordOptions,
        line: impl Fn() -> u64,
    ) -> Result<Record<'r>, Reason> {
        match simdutf8::compat::from_utf8(row) {
            Ok(row) => self.record_of(row, options, line),
            Err(error) if options.invalid_utf8 == InvalidUtf8::Refuse => Err(Reason::InvalidUtf8 {
                offset: error.valid_up_to() as u64,
            }),
            Err(_) => {
                let (text, replaced) = replace_invalid(row);
                let record = self.record_of(&text, options, line)?.into_owned();
                Ok(Record { replaced, ..record })
            }
        }
    }

    fn record_of<'r>(
        &self,
        text: &'r str,
        options: &RecordOptions,
        line: impl Fn() -> u64,
    ) -> Result<Record<'r>, Reason> {
        let row = Row::of(text, self.head.mark);
        if let Some(message) = self.head.misfit(&row) {
            return Err(broken(line(), message));
        }
        if row.torn {
            return Err(broken(line(), TORN.to_owned()));
        }
        fields::find_in_row(self.head.fields(row), || self.head.names(), options)
    }
}

fn utf8(row: &[u8]) -> Cow<'_, str> {
    match simdutf8::basic::from_utf8(row) {
        Ok(row) => Cow::Borrowed(row),
        Err(_) => Cow::Owned(replace_invalid(row).0),
    }
}

impl Feed {
    /// The table that a source is, if it is read in place.
    pub(crate) fn table(&self, source: u32) -> Option<&Arc<Table>> {
        self.seen[source as usize].table.get()
    }
}

impl Reading<'_> {
    /// The next chunk of whole rows. Those that are blank are no items.
    pub(crate) fn next_rows(&mut self, feed: &Feed) -> Result<Option<Chunk>, IoError> {
        let Some(rows) = &self.from.rows else {
            return Ok(None);
        };
        let mut ends = Ends::new(rows.table.head.mark);
        let block = feed.options.chunk_bytes.max(1);
        let mut buffer = feed.pool.take();
        let mut len = self.carry.len();
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        buffer[..len].copy_from_slice(&self.carry);
        self.carry.clear();
        let (mut items, mut searched, mut cut) = (0, 0, 0);
        let mut target = block.max(len);
        loop {
            len = self.fill(feed, &mut buffer, len, target)?;
            while let Some(row) = ends.next(&buffer[searched..len]) {
                searched += row;
                items += u64::from(searched - cut > 1);
                cut = searched;
            }
            searched = len;
            if cut == 0 && self.end.is_some() {
                if len == 0 {
                    feed.pool.give(buffer);
                    return Ok(None);
                }
                (items, cut) = (1, len);
            }
            if cut > 0 {
                self.carry.extend_from_slice(&buffer[cut..len]);
                let chunk = self.give(feed, buffer, cut);
                self.line += items;
                return Ok(Some(chunk));
            }
            if len as u64 > feed.options.max_record_bytes.saturating_add(1) {
                return self.skip_row(feed, ends, buffer, len).map(Some);
            }
            target = len + block.max(len / 2);
        }
    }

    /// Reads on to the end of a row that is too long, without keeping it.
    fn skip_row(
        &mut self,
        feed: &Feed,
        mut ends: Ends,
        mut buffer: Vec<u8>,
        len: usize,
    ) -> Result<Chunk, IoError> {
        let mut total = len as u64;
        let mut lines = memchr_iter(b'\n', &buffer[..len]).count();
        buffer.truncate(feed.options.chunk_bytes.max(1));
        let mut line_end = 0;
        while self.end.is_none() {
            let count = self.read(feed, &mut buffer)?;
            let end = ends.next(&buffer[..count]);
            let upto = end.unwrap_or(count);
            lines += memchr_iter(b'\n', &buffer[..upto]).count();
            total += upto as u64;
            if end.is_some() {
                self.carry.extend_from_slice(&buffer[upto..count]);
                line_end = 1;
                break;
            }
        }
        let span = Span {
            offset: self.offset,
            len: total - line_end,
        };
        self.offset += total;
        if let Some(rows) = &mut self.from.rows {
            rows.line += lines as u64;
        }
        Ok(self.refuse_long(feed, span))
    }
}

impl Chunk {
    /// The bytes of one of its records as a line: of a table that is read in place, the row as JSON.
    pub fn line(&self, span: Span) -> Cow<'_, [u8]> {
        let bytes = self.as_it_stood(span);
        match &self.rows {
            Some(rows) => Cow::Owned(rows.table.object(bytes)),
            None => Cow::Borrowed(bytes),
        }
    }

    /// The bytes of one of its records.
    pub(crate) fn as_it_stood(&self, span: Span) -> &[u8] {
        let start = span.offset.saturating_sub(self.offset()) as usize;
        let bytes = self.bytes().get(start..start + span.len as usize);
        bytes.unwrap_or_default()
    }
}

/// Gives each record of a chunk of rows to `each`, in order.
pub(crate) fn parse_rows<F>(chunk: &Chunk, rows: &Rows, options: &RecordOptions, each: &mut F)
where
    F: FnMut(Result<Record<'_>, Refused>),
{
    let bytes = chunk.bytes();
    let table = &*rows.table;
    let whole = simdutf8::basic::from_utf8(bytes).ok();
    let mut ends = Ends::new(table.head.mark);
    let mut start = 0;
    let mut item = chunk.first_line;
    while start < bytes.len() {
        let end = ends.next(&bytes[start..]).map(|len| start + len);
        let next = end.unwrap_or(bytes.len());
        let row = start..next - usize::from(end.is_some());
        if !row.is_empty() {
            let span = Span {
                offset: chunk.offset() + start as u64,
                len: row.len() as u64,
            };
            let line = || rows.line + memchr_iter(b'\n', &bytes[..start]).count() as u64;
            let parsed = if span.len > chunk.max_record_bytes {
                Err(Reason::TooLong {
                    len: span.len,
                    limit: chunk.max_record_bytes,
                })
            } else {
                match whole.and_then(|text| text.get(row.clone())) {
                    Some(text) => table.record_of(text, options, line),
                    None => table.record(&bytes[row], options, line),
                }
            };
            each(placed(chunk, span, item, parsed));
            item += 1;
        }
        start = next;
    }
}
