//! Blocks of whole lines, cut from the sources one after the other.

use crate::columnar::Lines;
use crate::error::IoError;
use crate::feed::Feed;
use crate::growth::Damage;
use crate::in_place::Rows;
use crate::input::Format;
use crate::opening::Opened;
use crate::pool::Pool;
use crate::record::Span;
use crate::refused::{Reason, Refused};
use std::io::{self, Read};
use std::sync::Arc;

/// A shorter read from a pipe means that its writer has no more just now: pipes hold twice as much
/// or more.
const LIVE_BYTES: usize = 1 << 15;

/// A block of whole lines of one source, or a whole plain text source.
///
/// Its buffer goes back to the feed when it is dropped.
#[derive(Debug)]
pub struct Chunk {
    /// Number of the source within the inputs.
    pub source: u32,
    /// The file as given, `-` for standard input.
    pub file: Arc<str>,
    /// How the source is cut into records.
    pub format: Format,
    offset: u64,
    /// Number of the first line, from 1.
    pub first_line: u64,
    /// A record after these bytes that the reader itself refused: over-long, or cut off.
    pub refused: Option<Box<Refused>>,
    /// Longest record, in bytes without line end, that is not refused.
    pub(crate) max_record_bytes: u64,
    /// Of a table that is read in place.
    pub(crate) rows: Option<Rows>,
    /// Of a source of columns.
    pub(crate) lines: Option<Lines>,
    buffer: Vec<u8>,
    len: usize,
    pool: Arc<Pool>,
}

impl Chunk {
    /// The bytes, each line with its line end; the last line of a source may have none.
    ///
    /// Those of rows of columns are made when they are first asked for, and that takes its time.
    pub fn bytes(&self) -> &[u8] {
        match &self.lines {
            Some(lines) => lines.bytes(),
            None => &self.buffer[..self.len],
        }
    }

    /// Place of the first byte in the decompressed source, in its translation, or in the temporary file.
    pub(crate) fn offset(&self) -> u64 {
        self.lines.as_ref().map_or(self.offset, Lines::offset)
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.pool.give(std::mem::take(&mut self.buffer));
    }
}

/// One pass over all sources of a feed, in order. Made by [`Feed::chunks`].
pub struct Chunks<'f> {
    feed: &'f Feed,
    next: u32,
    open: Option<Reading<'f>>,
    ended: bool,
}

impl std::fmt::Debug for Chunks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chunks")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// A source being read.
pub(crate) struct Reading<'f> {
    pub(crate) from: Opened<'f>,
    pub(crate) source: u32,
    file: Arc<str>,
    /// Bytes read and not yet given out.
    pub(crate) carry: Vec<u8>,
    /// Place of the first of them.
    pub(crate) offset: u64,
    pub(crate) line: u64,
    pub(crate) end: Option<End>,
}

/// How a source ended.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Whole,
    Cut(Damage),
}

impl<'f> Chunks<'f> {
    pub(crate) fn new(feed: &'f Feed) -> Self {
        Chunks {
            feed,
            next: 0,
            open: None,
            ended: false,
        }
    }

    fn step(&mut self) -> Result<Option<Chunk>, IoError> {
        self.feed.check_loose()?;
        loop {
            let Some(reading) = &mut self.open else {
                let source = self.next;
                if source as usize >= self.feed.source_count() {
                    return Ok(None);
                }
                self.next += 1;
                let file = self.feed.file(source);
                match self.feed.open_source(source)? {
                    Ok((from, head, offset, end)) => {
                        let carry = head;
                        self.open = Some(Reading {
                            from,
                            source,
                            file,
                            carry,
                            offset,
                            line: 1,
                            end,
                        });
                    }
                    Err(message) => {
                        let reason = Reason::Unreadable { message };
                        let span = Span { offset: 0, len: 0 };
                        let refused = Refused {
                            file,
                            source,
                            line: 0,
                            span,
                            reason,
                            record: None,
                        };
                        return Ok(Some(self.feed.refused_chunk(refused)));
                    }
                }
                continue;
            };
            if let Some(chunk) = reading.next_chunk(self.feed)? {
                return Ok(Some(chunk));
            }
            let reading = self.open.take();
            if let Some(Reading {
                source,
                offset,
                end: Some(end),
                ..
            }) = reading
            {
                self.feed.close_source(source, offset, end)?;
            }
        }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Result<Chunk, IoError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let step = self.step().transpose();
        self.ended = !matches!(step, Some(Ok(_)));
        step
    }
}

impl Drop for Chunks<'_> {
    fn drop(&mut self) {
        self.feed.end_pass();
    }
}

impl Feed {
    /// A chunk that carries nothing but a refusal.
    pub(crate) fn refused_chunk(&self, refused: Refused) -> Chunk {
        Chunk {
            source: refused.source,
            file: Arc::clone(&refused.file),
            format: Format::JsonLines,
            offset: refused.span.offset,
            first_line: refused.line,
            refused: Some(Box::new(refused)),
            max_record_bytes: self.options.max_record_bytes,
            rows: None,
            lines: None,
            buffer: Vec::new(),
            len: 0,
            pool: Arc::clone(&self.pool),
        }
    }
}

impl Reading<'_> {
    /// The next chunk, or nothing when the source has been given out whole.
    fn next_chunk(&mut self, feed: &Feed) -> Result<Option<Chunk>, IoError> {
        if self.from.translated.is_some() {
            return self.next_translated(feed);
        }
        if self.from.rows.is_some() {
            return self.next_rows(feed);
        }
        if self.from.columns.is_some() {
            return self.next_columns(feed);
        }
        let limit = feed.options.max_record_bytes;
        let block = feed.options.chunk_bytes.max(1);
        let mut buffer = feed.pool.take();
        let mut len = self.carry.len();
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        buffer[..len].copy_from_slice(&self.carry);
        self.carry.clear();
        let mut searched = 0;
        let mut target = block.max(len);
        loop {
            // Lines left over from the read before go out now: a live source may have no more.
            let waiting = &buffer[searched..len];
            if !self.from.live || memchr::memchr(b'\n', waiting).is_none() {
                len = self.fill(feed, &mut buffer, len, target)?;
            }
            let line_end = match self.from.format {
                Format::PlainText => None,
                _ => memchr::memrchr(b'\n', &buffer[searched..len]),
            };
            if let Some(at) = line_end {
                let cut = searched + at + 1;
                self.carry.extend_from_slice(&buffer[cut..len]);
                return Ok(Some(self.give(feed, buffer, cut)));
            }
            searched = len;
            // Two bytes more than the limit cannot be a line of that length and its line end.
            if len as u64 > limit.saturating_add(1) && self.end.is_none() {
                return self.skip_record(feed, buffer, len).map(Some);
            }
            match &self.end {
                None => target = len + block.max(len / 2),
                Some(End::Cut(_)) => return Ok(self.give_cut(feed, len)),
                Some(End::Whole) => {
                    let nothing = match self.from.format {
                        // An empty file is an empty document, given out once.
                        Format::PlainText => len == 0 && self.line > 1,
                        _ => len == 0,
                    };
                    if nothing {
                        feed.pool.give(buffer);
                        return Ok(None);
                    }
                    let chunk = self.give(feed, buffer, len);
                    self.line += 1;
                    return Ok(Some(chunk));
                }
            }
        }
    }

    /// Reads until `target` bytes are in the buffer or the source ends.
    pub(crate) fn fill(
        &mut self,
        feed: &Feed,
        buffer: &mut Vec<u8>,
        mut len: usize,
        target: usize,
    ) -> Result<usize, IoError> {
        if self.end.is_some() {
            return Ok(len);
        }
        if buffer.len() < target {
            buffer.resize(target, 0);
        }
        while len < target && self.end.is_none() {
            let count = self.read(feed, &mut buffer[len..target])?;
            let new = &buffer[len..len + count];
            len += count;
            // Whoever writes little at a time into a pipe wants to see it come out.
            if self.from.live && count < LIVE_BYTES && memchr::memchr(b'\n', new).is_some() {
                break;
            }
        }
        Ok(len)
    }

    pub(crate) fn read(&mut self, feed: &Feed, buf: &mut [u8]) -> Result<usize, IoError> {
        match feed.read_source(self.source, &mut self.from, buf)? {
            Ok(0) => {
                self.end = Some(End::Whole);
                Ok(0)
            }
            Ok(count) => Ok(count),
            Err(damage) => {
                self.end = Some(End::Cut(damage));
                Ok(0)
            }
        }
    }

    pub(crate) fn give(&mut self, feed: &Feed, buffer: Vec<u8>, len: usize) -> Chunk {
        let chunk = Chunk {
            source: self.source,
            file: Arc::clone(&self.file),
            format: self.from.format,
            offset: self.offset,
            first_line: self.line,
            refused: None,
            max_record_bytes: feed.options.max_record_bytes,
            rows: self.from.rows.clone(),
            lines: None,
            buffer,
            len,
            pool: Arc::clone(&feed.pool),
        };
        self.offset += len as u64;
        let lines = || memchr::memchr_iter(b'\n', chunk.bytes()).count() as u64;
        match &mut self.from.rows {
            // Who counts rows counts them as they end.
            Some(rows) => rows.line += lines(),
            None if self.from.format != Format::PlainText => self.line += lines(),
            None => {}
        }
        chunk
    }

    /// Refuses what is left at the end of a damaged stream, once.
    fn give_cut(&mut self, feed: &Feed, len: usize) -> Option<Chunk> {
        let Some(End::Cut(damage)) = self.end.clone() else {
            return None;
        };
        if self.from.cut_told {
            return None;
        }
        self.from.cut_told = true;
        let span = Span {
            offset: self.offset,
            len: len as u64,
        };
        self.offset += len as u64;
        let reason = damage.reason(self.offset);
        Some(feed.refused_chunk(self.refused(span, reason)))
    }

    /// Reads on to the end of a record that is too long, without keeping it.
    fn skip_record(
        &mut self,
        feed: &Feed,
        mut buffer: Vec<u8>,
        len: usize,
    ) -> Result<Chunk, IoError> {
        let mut total = len as u64;
        let mut last = buffer[..len].last().copied();
        let block = feed.options.chunk_bytes.max(1);
        buffer.truncate(block);
        let mut line_end = 0;
        while self.end.is_none() {
            let count = self.read(feed, &mut buffer)?;
            let found = match self.from.format {
                Format::PlainText => None,
                _ => memchr::memchr(b'\n', &buffer[..count]),
            };
            let upto = found.unwrap_or(count);
            last = buffer[..upto].last().copied().or(last);
            total += upto as u64;
            if let Some(at) = found {
                self.carry.extend_from_slice(&buffer[at + 1..count]);
                line_end = 1;
                break;
            }
        }
        let has_return = last == Some(b'\r') && self.from.format != Format::PlainText;
        let span = Span {
            offset: self.offset,
            len: total - u64::from(has_return),
        };
        self.offset += total + line_end;
        Ok(self.refuse_long(feed, span))
    }

    /// Refuses a record that is too long, and counts it.
    pub(crate) fn refuse_long(&mut self, feed: &Feed, span: Span) -> Chunk {
        let limit = feed.options.max_record_bytes;
        let reason = Reason::TooLong {
            len: span.len,
            limit,
        };
        let refused = self.refused(span, reason);
        self.line += 1;
        feed.refused_chunk(refused)
    }

    pub(crate) fn refused(&self, span: Span, reason: Reason) -> Refused {
        let line = self.line;
        Refused {
            file: Arc::clone(&self.file),
            source: self.source,
            line,
            span,
            reason,
            record: None,
        }
    }
}

/// Counts the bytes taken from a file as it lies on disk, for progress.
pub(crate) struct Counted<'f, R> {
    pub(crate) inner: R,
    pub(crate) count: &'f std::sync::atomic::AtomicU64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        self.count
            .fetch_add(count as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(count)
    }
}
