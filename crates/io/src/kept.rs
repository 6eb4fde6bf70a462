//! Kept records, from the sources to an output.

use crate::cells::{cell_text, cells, mend_escapes};
use crate::error::IoError;
use crate::feed::Feed;
use crate::input::Format;
use crate::output::Output;
use crate::record::{InvalidUtf8, Span, replace_invalid};
use crate::sink::{Pass, put_pass};
use crate::table::{TableFormat, csv_header, csv_row};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

/// Records that lie near each other are read in one piece of at most this size.
const PIECE_BYTES: u64 = 1 << 20;
/// Dropped records between kept ones are read along up to this size; beyond, skipping is cheaper.
const GAP_BYTES: u64 = 1 << 15;

/// Where a record is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Number of the source within the inputs.
    pub source: u32,
    /// The record's bytes in the decompressed source, without line end.
    pub span: Span,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Records.
    pub records: u64,
    /// Bytes before compression.
    pub bytes: u64,
}

/// Writes kept records in the order given; that of the inputs is the fastest.
///
/// As JSON Lines, the records of JSON Lines sources, and those of other formats as they were
/// translated, are copied byte for byte, each ended by one line feed; with [`InvalidUtf8::Replace`], broken UTF-8 in them is replaced. As CSV or TSV, the header
/// is the union of their top-level fields in the order of first appearance (so the records are
/// read twice), and cells are as in [`Table`](crate::Table). As Parquet or Arrow, columns
/// are the same, with the types that their values have. A plain text document becomes a record of `id`,
/// its path, and `text`.
///
/// # Errors
/// Those of [`Feed::read_at`] and [`Output::put`]; [`IoError::Row`] in CSV for a place that holds
/// no JSON object.
pub fn write_kept<I>(
    feed: &Feed,
    kept: I,
    format: TableFormat,
    invalid_utf8: InvalidUtf8,
    output: &mut Output,
) -> Result<Written, IoError>
where
    I: IntoIterator<Item = Place>,
    I::IntoIter: Clone,
{
    let kept = kept.into_iter();
    let before = output.bytes();
    let records = if format == TableFormat::JsonLines {
        copy(feed, kept, invalid_utf8, output)?
    } else {
        let pass = |each: &mut dyn FnMut(&str) -> Result<(), IoError>| {
            each_object(feed, kept.clone(), each)
        };
        put_pass(&pass, format, &[], output)?
    };
    Ok(Written {
        records,
        bytes: output.bytes() - before,
    })
}

fn copy(
    feed: &Feed,
    kept: impl Iterator<Item = Place>,
    invalid_utf8: InvalidUtf8,
    output: &mut Output,
) -> Result<u64, IoError> {
    let mut records = 0;
    pieces(feed, kept, |source, spans, start, bytes| {
        records += spans.len() as u64;
        if feed.format(source) == Some(Format::PlainText) {
            let text = utf8(bytes);
            return put_plain(&feed.file(source), &text, output);
        }
        if let Some(table) = feed.table(source) {
            let mut lines = Vec::new();
            for span in spans {
                let from = (span.offset - start) as usize;
                table.put_object(&bytes[from..from + span.len as usize], &mut lines);
                lines.push(b'\n');
            }
            return output.put(&lines);
        }
        let mut run: Option<(usize, usize)> = None;
        for span in spans {
            let (from, to) = (
                (span.offset - start) as usize,
                (span.end() - start) as usize,
            );
            run = match run {
                // One byte between two records is the line feed between them.
                Some((run_from, run_to)) if run_to + 1 == from => Some((run_from, to)),
                Some((run_from, run_to)) => {
                    put_lines(&bytes[run_from..run_to], invalid_utf8, output)?;
                    Some((from, to))
                }
                None => Some((from, to)),
            };
        }
        match run {
            Some((from, to)) => put_lines(&bytes[from..to], invalid_utf8, output),
            None => Ok(()),
        }
    })?;
    Ok(records)
}

fn put_lines(lines: &[u8], invalid: InvalidUtf8, output: &mut Output) -> Result<(), IoError> {
    match invalid {
        InvalidUtf8::Refuse => output.put(lines)?,
        InvalidUtf8::Replace => output.put(utf8(lines).as_bytes())?,
    }
    output.put(b"\n")
}

fn put_plain(file: &str, text: &str, output: &mut Output) -> Result<(), IoError> {
    let record = plain_record(file, text).map_err(|error| misfit(output.path(), &error))?;
    output.put(record.as_bytes())?;
    output.put(b"\n")
}

/// The record that a plain text document becomes.
fn plain_record(file: &str, text: &str) -> serde_json::Result<String> {
    let (id, text) = (serde_json::to_string(file)?, serde_json::to_string(text)?);
    Ok(format!("{{\"id\":{id},\"text\":{text}}}"))
}

fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(replace_invalid(bytes).0),
    }
}

/// Reads places in pieces. `each` gets the source, the spans of one piece in rising order, the
/// place of the piece, and its bytes. A plain text document is always a piece of its own.
fn pieces(
    feed: &Feed,
    kept: impl Iterator<Item = Place>,
    mut each: impl FnMut(u32, &[Span], u64, &[u8]) -> Result<(), IoError>,
) -> Result<(), IoError> {
    let mut bytes = Vec::new();
    let mut spans: Vec<Span> = Vec::new();
    let mut source = 0;
    let mut give = |source: u32, spans: &[Span]| -> Result<(), IoError> {
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return Ok(());
        };
        let start = first.offset;
        feed.read_as_it_stood(source, start, last.end() - start, &mut bytes)?;
        each(source, spans, start, &bytes)
    };
    for place in kept {
        let near = match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => {
                place.source == source
                    && feed.format(source) != Some(Format::PlainText)
                    && (last.end()..=last.end() + GAP_BYTES).contains(&place.span.offset)
                    && place.span.end() - first.offset <= PIECE_BYTES
            }
            _ => false,
        };
        if !near {
            give(source, &spans)?;
            spans.clear();
            source = place.source;
        }
        spans.push(place.span);
    }
    give(source, &spans)
}

/// The columns of records in CSV or TSV.
#[derive(Default)]
pub(crate) struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
    mark: u8,
    row: Vec<u8>,
}

impl Columns {
    /// The union of the fields of the records, in the order of first appearance.
    pub(crate) fn of(
        pass: Pass<'_>,
        format: TableFormat,
        output: &Output,
    ) -> Result<Self, IoError> {
        let mut columns = Columns {
            mark: format.mark(),
            ..Columns::default()
        };
        pass(&mut |record| {
            for (name, _) in cells(record).map_err(|error| misfit(output.path(), &error))? {
                columns.add(&name);
            }
            Ok(())
        })?;
        Ok(columns)
    }

    fn add(&mut self, name: &str) {
        if !self.places.contains_key(name) {
            self.places.insert(name.to_owned(), self.names.len());
            self.names.push(name.to_owned());
        }
    }

    /// Puts the columns `names` behind all others, whether they were there or not.
    pub(crate) fn move_last(&mut self, names: &[&str]) {
        self.names.retain(|name| !names.contains(&name.as_str()));
        self.names.extend(names.iter().map(|&name| name.to_owned()));
        self.places = self.names.iter().cloned().zip(0..).collect();
    }

    /// Writes the names of the columns.
    pub(crate) fn put_header(&mut self, output: &mut Output) -> Result<(), IoError> {
        if self.names.is_empty() {
            return Ok(());
        }
        self.row.clear();
        csv_header(
            &mut self.row,
            self.mark,
            self.names.iter().map(String::as_str),
        );
        output.put(&self.row)
    }

    /// Writes a record, an object, as a row.
    pub(crate) fn put_row(&mut self, json: &str, output: &mut Output) -> Result<(), IoError> {
        let mut texts = vec![Cow::Borrowed(""); self.names.len()];
        for (name, value) in cells(json).map_err(|error| misfit(output.path(), &error))? {
            if let Some(place) = self.places.get(name.as_ref()) {
                texts[*place] = cell_text(value).map_err(|error| misfit(output.path(), &error))?;
            }
        }
        self.row.clear();
        csv_row(&mut self.row, self.mark, texts.iter().map(AsRef::as_ref));
        output.put(&self.row)
    }
}

/// A cell cannot hold half a surrogate pair, in whatever field it stands.
fn mended(record: &str) -> Cow<'_, str> {
    mend_escapes(record).map_or(Cow::Borrowed(record), |(mended, _)| Cow::Owned(mended))
}

/// Gives `each` the source and the bytes of each record, in order, broken UTF-8 replaced.
fn each_record(
    feed: &Feed,
    kept: impl Iterator<Item = Place>,
    mut each: impl FnMut(u32, &str) -> Result<(), IoError>,
) -> Result<(), IoError> {
    pieces(feed, kept, |source, spans, start, bytes| {
        for span in spans {
            let (from, to) = (
                (span.offset - start) as usize,
                (span.end() - start) as usize,
            );
            let record = match feed.table(source) {
                Some(table) => Cow::Owned(table.object(&bytes[from..to])),
                None => Cow::Borrowed(&bytes[from..to]),
            };
            each(source, &utf8(&record))?;
        }
        Ok(())
    })
}

pub(crate) fn misfit(path: &Path, error: &serde_json::Error) -> IoError {
    IoError::Row {
        path: path.to_path_buf(),
        message: error.to_string(),
    }
}

/// Gives `each` each record as a JSON object, in order; a plain text document as that it becomes.
pub(crate) fn each_object(
    feed: &Feed,
    places: impl Iterator<Item = Place>,
    each: &mut dyn FnMut(&str) -> Result<(), IoError>,
) -> Result<(), IoError> {
    each_record(feed, places, |source, record| {
        if feed.format(source) == Some(Format::PlainText) {
            let file = feed.file(source);
            let object = plain_record(&file, record);
            return each(&object.map_err(|error| misfit(Path::new(&*file), &error))?);
        }
        each(&mended(record))
    })
}
