//! Rows as JSON Lines or CSV.

use crate::cells::{cell_text, cells};
use crate::compression::inner_ending;
use crate::error::IoError;
use crate::output::{Output, Sealed};
use serde::Serialize;
use std::path::Path;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// One JSON object a line.
    JsonLines,
    /// CSV as in RFC 4180 with line ends `\n` and a header.
    Csv,
}

impl TableFormat {
    /// The format that a path's ending names, `.gz` and `.zst` apart: `.csv`, or `.jsonl`,
    /// `.ndjson`, `.json`; JSON Lines also for a path without ending, devices and `-`.
    ///
    /// # Errors
    /// [`IoError::UnknownEnding`] for any other ending.
    pub fn of_path(path: &Path) -> Result<Self, IoError> {
        match inner_ending(path).as_deref() {
            None | Some("jsonl" | "ndjson" | "json") => Ok(TableFormat::JsonLines),
            Some("csv") => Ok(TableFormat::Csv),
            Some(_) => Err(IoError::UnknownEnding {
                path: path.to_path_buf(),
            }),
        }
    }
}

/// A table of rows, each any struct or map that serializes to a JSON object.
///
/// In CSV, each top-level field is a column: text as it is, `null` and absent fields empty,
/// numbers and truth values as in JSON, lists and objects as JSON text. Cells are written as they
/// are: a cell that begins with `=` is not changed, though a spreadsheet may take it for a formula.
#[derive(Debug)]
pub struct Table {
    output: Output,
    columns: Vec<String>,
    format: TableFormat,
    row: Vec<u8>,
    csv: CsvRow,
}

impl Table {
    /// Starts a table whose format is that of the output's ending. `columns` are the fields of the
    /// rows in order; in CSV they are the header, which is there even if no row comes.
    ///
    /// # Errors
    /// [`IoError::UnknownEnding`], and those of [`Output::put`].
    pub fn new<C: AsRef<str>>(
        output: Output,
        columns: impl IntoIterator<Item = C>,
    ) -> Result<Self, IoError> {
        let format = TableFormat::of_path(output.path())?;
        let columns: Vec<String> = columns.into_iter().map(|c| c.as_ref().to_owned()).collect();
        let mut table = Table {
            output,
            columns,
            format,
            row: Vec::new(),
            csv: CsvRow::default(),
        };
        if format == TableFormat::Csv {
            table
                .csv
                .put(&mut table.output, table.columns.iter().map(String::as_str))?;
        }
        Ok(table)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// [`IoError::Row`] if it does not serialize to an object or has a field that is no column,
    /// and those of [`Output::put`].
    pub fn row(&mut self, row: &impl Serialize) -> Result<(), IoError> {
        self.row.clear();
        if let Err(error) = serde_json::to_writer(&mut self.row, row) {
            return Err(self.misfit(error.to_string()));
        }
        if self.format == TableFormat::JsonLines {
            self.row.push(b'\n');
            return self.output.put(&self.row);
        }
        let mut texts = vec![std::borrow::Cow::Borrowed(""); self.columns.len()];
        let parsed = std::str::from_utf8(&self.row).map_err(|error| error.to_string());
        let filled = parsed.and_then(|row| {
            for (name, value) in cells(row).map_err(|error| error.to_string())? {
                let Some(column) = self.columns.iter().position(|column| *column == name) else {
                    return Err(format!("it has a field `{name}`"));
                };
                texts[column] = cell_text(value).map_err(|error| error.to_string())?;
            }
            Ok(())
        });
        match filled {
            Ok(()) => self
                .csv
                .put(&mut self.output, texts.iter().map(AsRef::as_ref)),
            Err(message) => Err(self.misfit(message)),
        }
    }

    /// Completes the table and puts it in its place.
    ///
    /// # Errors
    /// As [`Output::finish`].
    pub fn finish(self) -> Result<(), IoError> {
        self.output.finish()
    }

    /// Writes out the last row, as [`Output::seal`].
    ///
    /// # Errors
    /// As [`Output::seal`].
    pub fn seal(self) -> Result<Sealed, IoError> {
        self.output.seal()
    }

    fn misfit(&self, message: String) -> IoError {
        IoError::Row {
            path: self.output.path().to_path_buf(),
            message,
        }
    }
}

/// Puts one CSV row together in a buffer that is used again.
#[derive(Debug, Default)]
pub(crate) struct CsvRow {
    bytes: Vec<u8>,
}

impl CsvRow {
    /// Writes a row, quoting only the cells that need it.
    pub(crate) fn put<'c>(
        &mut self,
        output: &mut Output,
        cells: impl ExactSizeIterator<Item = &'c str>,
    ) -> Result<(), IoError> {
        self.bytes.clear();
        // A line with nothing on it would be no row.
        let alone = cells.len() == 1;
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                self.bytes.push(b',');
            }
            self.cell(cell.as_bytes(), alone);
        }
        self.bytes.push(b'\n');
        output.put(&self.bytes)
    }

    fn cell(&mut self, cell: &[u8], alone: bool) {
        let special = memchr::memchr3(b'"', b',', b'\n', cell).is_some();
        if !(special || memchr::memchr(b'\r', cell).is_some() || (alone && cell.is_empty())) {
            self.bytes.extend_from_slice(cell);
            return;
        }
        self.bytes.push(b'"');
        let mut start = 0;
        for quote in memchr::memchr_iter(b'"', cell) {
            self.bytes.extend_from_slice(&cell[start..=quote]);
            self.bytes.push(b'"');
            start = quote + 1;
        }
        self.bytes.extend_from_slice(&cell[start..]);
        self.bytes.push(b'"');
    }
}
