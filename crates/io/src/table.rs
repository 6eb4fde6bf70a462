//! Rows as JSON Lines, CSV, TSV, Parquet or Arrow.

use crate::cells::{cell_text, cells};
use crate::columnar::{ColumnsOut, Kind, Manner, Shape};
use crate::compression::{Compression, inner_ending};
use crate::error::IoError;
use crate::output::{Output, Sealed};
use arrow_array::RecordBatch;
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// One JSON object a line.
    JsonLines,
    /// CSV as in RFC 4180 with line ends `\n` and a header.
    Csv,
    /// As CSV, with tabs between the cells.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow IPC, a file, or a stream if the ending is `.arrows`.
    Arrow,
}

impl TableFormat {
    /// The format that a path's ending names, `.gz` and `.zst` apart: `.csv`, `.tsv` or `.tab`,
    /// `.parquet` or `.pq`, `.arrow`, `.arrows`, `.feather` or `.ipc`, or `.jsonl`, `.ndjson`, `.json`;
    /// JSON Lines also for a path without ending, devices and `-`.
    ///
    /// # Errors
    /// [`IoError::UnknownEnding`] for any other ending, and [`IoError::CompressedTwice`] for Parquet
    /// with that of a compression.
    pub fn of_path(path: &Path) -> Result<Self, IoError> {
        match inner_ending(path).as_deref() {
            None | Some("jsonl" | "ndjson" | "json") => Ok(TableFormat::JsonLines),
            Some("csv") => Ok(TableFormat::Csv),
            Some("tsv" | "tab") => Ok(TableFormat::Tsv),
            Some("parquet" | "pq") if Compression::of_path(path) != Compression::None => {
                Err(IoError::CompressedTwice {
                    path: path.to_path_buf(),
                })
            }
            Some("parquet" | "pq") => Ok(TableFormat::Parquet),
            Some("arrow" | "arrows" | "feather" | "ipc") => Ok(TableFormat::Arrow),
            Some(_) => Err(IoError::UnknownEnding {
                path: path.to_path_buf(),
            }),
        }
    }

    /// Whether a table is written in columns, with types.
    pub fn is_columnar(self) -> bool {
        matches!(self, TableFormat::Parquet | TableFormat::Arrow)
    }

    /// The mark between cells.
    pub(crate) fn mark(self) -> u8 {
        if self == TableFormat::Tsv {
            b'\t'
        } else {
            b','
        }
    }
}

/// A column of a table: its name, and what it holds, which matters to Parquet and Arrow alone.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    kind: Kind,
}

impl From<(&str, Kind)> for Column {
    fn from((name, kind): (&str, Kind)) -> Self {
        let name = name.to_owned();
        Column { name, kind }
    }
}

/// A column of text, in which other values are JSON.
impl From<&str> for Column {
    fn from(name: &str) -> Self {
        (name, Kind::Text).into()
    }
}

/// A table of rows, each any struct or map that serializes to a JSON object.
///
/// In CSV and TSV, each top-level field is a column: text as it is, `null` and absent fields empty,
/// numbers and truth values as in JSON, lists and objects as JSON text. Cells are written as they
/// are: a cell that begins with `=` is not changed, though a spreadsheet may take it for a formula.
pub struct Table {
    out: Out,
    layout: Layout,
    row: Vec<u8>,
    /// Rows as JSON Lines that wait to become a batch of columns.
    waiting: Vec<u8>,
}

/// How rows are rendered.
struct Layout {
    path: PathBuf,
    columns: Shape,
    format: TableFormat,
}

enum Out {
    Lines(Box<Output>),
    Columns(Box<ColumnsOut<Output>>),
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("path", &self.layout.path)
            .finish_non_exhaustive()
    }
}

impl Table {
    /// Starts a table whose format is that of the output's ending. `columns` are the fields of the
    /// rows in order; in CSV they are the header, which is there even if no row comes.
    ///
    /// # Errors
    /// [`IoError::UnknownEnding`], [`IoError::CompressedTwice`], and those of [`Output::put`].
    pub fn new<C: Into<Column>>(
        output: Output,
        columns: impl IntoIterator<Item = C>,
    ) -> Result<Self, IoError> {
        let path = output.path().to_path_buf();
        let format = TableFormat::of_path(&path)?;
        let columns = columns.into_iter().map(Into::into);
        let columns = Shape::new(columns.map(|Column { name, kind }| (name, kind)).collect());
        let mut row = Vec::new();
        let out = if format.is_columnar() {
            let manner = Manner::default();
            let out = ColumnsOut::new(output, format, &columns.schema(), &manner)?;
            Out::Columns(Box::new(out))
        } else {
            let mut output = output;
            if matches!(format, TableFormat::Csv | TableFormat::Tsv) {
                csv_header(&mut row, format.mark(), columns.names());
                output.put(&row)?;
            }
            Out::Lines(Box::new(output))
        };
        let layout = Layout {
            path,
            columns,
            format,
        };
        Ok(Table {
            out,
            layout,
            row,
            waiting: Vec::new(),
        })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// [`IoError::Row`] if it does not serialize to an object or has a field that is no column,
    /// and those of [`Output::put`].
    pub fn row(&mut self, row: &impl Serialize) -> Result<(), IoError> {
        let mut bytes = std::mem::take(&mut self.row);
        bytes.clear();
        self.layout.render(row, &mut bytes)?;
        match &mut self.out {
            Out::Lines(output) => output.put(&bytes)?,
            Out::Columns(_) => {
                self.waiting.extend_from_slice(&bytes);
                if self.waiting.len() >= WAITING_BYTES {
                    self.put_waiting()?;
                }
            }
        }
        self.row = bytes;
        Ok(())
    }

    /// Writes the rows that wait to be columns.
    fn put_waiting(&mut self) -> Result<(), IoError> {
        if let Out::Columns(out) = &mut self.out
            && !self.waiting.is_empty()
        {
            out.put(&self.layout.batch(&self.waiting)?)?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// Writes a row for each of `all`, as [`Table::row`] does, in order. Rows are made and rendered on
    /// the current rayon pool, some thousands at a time.
    ///
    /// # Errors
    /// As [`Table::row`].
    pub fn rows<'t, T, R>(
        &mut self,
        all: &'t [T],
        row: impl Fn(&'t T) -> R + Sync,
    ) -> Result<(), IoError>
    where
        T: Sync,
        R: Serialize,
    {
        self.put_waiting()?;
        let layout = &self.layout;
        for part in all.chunks(PARTS_AT_ONCE * ROWS_A_PART) {
            let rendered: Result<Vec<Vec<u8>>, IoError> = part
                .par_chunks(ROWS_A_PART)
                .map(|part| {
                    let mut bytes = Vec::new();
                    part.iter()
                        .try_for_each(|one| layout.render(&row(one), &mut bytes))?;
                    Ok(bytes)
                })
                .collect();
            let rendered = rendered?;
            match &mut self.out {
                Out::Lines(output) => rendered.iter().try_for_each(|bytes| output.put(bytes))?,
                Out::Columns(out) => {
                    let batches = rendered.par_iter().map(|bytes| layout.batch(bytes));
                    let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>()?;
                    batches.iter().try_for_each(|batch| out.put(batch))?;
                }
            }
        }
        Ok(())
    }

    /// Completes the table and puts it in its place.
    ///
    /// # Errors
    /// As [`Output::finish`].
    pub fn finish(self) -> Result<(), IoError> {
        self.seal()?.place()
    }

    /// Writes out the last row, as [`Output::seal`].
    ///
    /// # Errors
    /// As [`Output::seal`], and [`IoError::Row`] for a row that waited to be columns.
    pub fn seal(mut self) -> Result<Sealed, IoError> {
        self.put_waiting()?;
        match self.out {
            Out::Lines(output) => output.seal(),
            Out::Columns(out) => out.finish()?.seal(),
        }
    }
}

impl Layout {
    /// Appends a row as it stands in the table.
    fn render(&self, row: &impl Serialize, out: &mut Vec<u8>) -> Result<(), IoError> {
        let begin = out.len();
        if let Err(error) = serde_json::to_writer(&mut *out, row) {
            return Err(self.misfit(error.to_string()));
        }
        if !matches!(self.format, TableFormat::Csv | TableFormat::Tsv) {
            out.push(b'\n');
            return Ok(());
        }
        let json = out.split_off(begin);
        let mut texts = vec![std::borrow::Cow::Borrowed(""); self.columns.names().len()];
        let parsed = std::str::from_utf8(&json).map_err(|error| error.to_string());
        let filled = parsed.and_then(|row| {
            for (name, value) in cells(row).map_err(|error| error.to_string())? {
                let Some(column) = self.columns.names().position(|column| *column == name) else {
                    return Err(format!("it has a field `{name}`"));
                };
                texts[column] = cell_text(value).map_err(|error| error.to_string())?;
            }
            Ok(())
        });
        filled.map_err(|message| self.misfit(message))?;
        csv_row(out, self.format.mark(), texts.iter().map(AsRef::as_ref));
        Ok(())
    }

    /// Rows as JSON Lines as a batch of columns.
    fn batch(&self, lines: &[u8]) -> Result<RecordBatch, IoError> {
        let lines = std::str::from_utf8(lines).map_err(|error| self.misfit(error.to_string()))?;
        let lines: Vec<&str> = lines.lines().collect();
        let batch = self.columns.batch(lines.iter().copied());
        batch.map_err(|message| self.misfit(message))
    }

    fn misfit(&self, message: String) -> IoError {
        IoError::Row {
            path: self.path.clone(),
            message,
        }
    }
}

/// Bytes of rows that wait to be columns, at most.
const WAITING_BYTES: usize = 1 << 20;

/// Rows that one task renders, and tasks between two writes.
const ROWS_A_PART: usize = 512;
const PARTS_AT_ONCE: usize = 32;

/// Appends a row of CSV with a mark between its cells, quoting only the cells that need it.
pub(crate) fn csv_row<'c>(
    out: &mut Vec<u8>,
    mark: u8,
    cells: impl ExactSizeIterator<Item = &'c str>,
) {
    // A line with nothing on it would be no row.
    let alone = cells.len() == 1;
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(mark);
        }
        csv_cell(out, mark, cell.as_bytes(), alone && cell.is_empty());
    }
    out.push(b'\n');
}

/// Appends the first row: readers, ours too, take the mark that it has most often outside of quotation marks
/// for the one between cells.
pub(crate) fn csv_header<'c>(
    out: &mut Vec<u8>,
    mark: u8,
    names: impl ExactSizeIterator<Item = &'c str>,
) {
    let alone = names.len() == 1;
    for (at, name) in names.enumerate() {
        if at > 0 {
            out.push(mark);
        }
        let quoted = name.is_empty() && alone || name.contains([',', ';', '\t', '|']);
        csv_cell(out, mark, name.as_bytes(), quoted);
    }
    out.push(b'\n');
}

/// Appends a cell, in quotation marks if it needs them or is to have them.
fn csv_cell(out: &mut Vec<u8>, mark: u8, cell: &[u8], quoted: bool) {
    let special = memchr::memchr3(b'"', mark, b'\n', cell).is_some();
    if !(special || memchr::memchr(b'\r', cell).is_some() || quoted) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    let mut start = 0;
    for quote in memchr::memchr_iter(b'"', cell) {
        out.extend_from_slice(&cell[start..=quote]);
        out.push(b'"');
        start = quote + 1;
    }
    out.extend_from_slice(&cell[start..]);
    out.push(b'"');
}
/// A share as tables show it: four decimals, rounded down, so that one just below a threshold does not
/// show as on it.
pub fn short(share: f64) -> f64 {
    (share * 10_000.0 + 1e-9).floor() / 10_000.0
}
