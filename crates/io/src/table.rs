//! Rows as JSON Lines or CSV.

use crate::cells::{cell_text, cells};
use crate::compression::inner_ending;
use crate::error::IoError;
use crate::output::{Output, Sealed};
use rayon::prelude::*;
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
        };
        if format == TableFormat::Csv {
            csv_row(&mut table.row, table.columns.iter().map(String::as_str));
            table.output.put(&table.row)?;
        }
        Ok(table)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// [`IoError::Row`] if it does not serialize to an object or has a field that is no column,
    /// and those of [`Output::put`].
    pub fn row(&mut self, row: &impl Serialize) -> Result<(), IoError> {
        let mut bytes = std::mem::take(&mut self.row);
        bytes.clear();
        self.render(row, &mut bytes)?;
        self.output.put(&bytes)?;
        self.row = bytes;
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
        for part in all.chunks(PARTS_AT_ONCE * ROWS_A_PART) {
            let rendered: Result<Vec<Vec<u8>>, IoError> = part
                .par_chunks(ROWS_A_PART)
                .map(|part| {
                    let mut bytes = Vec::new();
                    part.iter()
                        .try_for_each(|one| self.render(&row(one), &mut bytes))?;
                    Ok(bytes)
                })
                .collect();
            rendered?
                .iter()
                .try_for_each(|bytes| self.output.put(bytes))?;
        }
        Ok(())
    }

    /// Appends a row as it stands in the table.
    fn render(&self, row: &impl Serialize, out: &mut Vec<u8>) -> Result<(), IoError> {
        let begin = out.len();
        if let Err(error) = serde_json::to_writer(&mut *out, row) {
            return Err(self.misfit(error.to_string()));
        }
        if self.format == TableFormat::JsonLines {
            out.push(b'\n');
            return Ok(());
        }
        let json = out.split_off(begin);
        let mut texts = vec![std::borrow::Cow::Borrowed(""); self.columns.len()];
        let parsed = std::str::from_utf8(&json).map_err(|error| error.to_string());
        let filled = parsed.and_then(|row| {
            for (name, value) in cells(row).map_err(|error| error.to_string())? {
                let Some(column) = self.columns.iter().position(|column| *column == name) else {
                    return Err(format!("it has a field `{name}`"));
                };
                texts[column] = cell_text(value).map_err(|error| error.to_string())?;
            }
            Ok(())
        });
        filled.map_err(|message| self.misfit(message))?;
        csv_row(out, texts.iter().map(AsRef::as_ref));
        Ok(())
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

/// Rows that one task renders, and tasks between two writes.
const ROWS_A_PART: usize = 512;
const PARTS_AT_ONCE: usize = 32;

/// Appends a row of CSV, quoting only the cells that need it.
pub(crate) fn csv_row<'c>(out: &mut Vec<u8>, cells: impl ExactSizeIterator<Item = &'c str>) {
    // A line with nothing on it would be no row.
    let alone = cells.len() == 1;
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        csv_cell(out, cell.as_bytes(), alone);
    }
    out.push(b'\n');
}

fn csv_cell(out: &mut Vec<u8>, cell: &[u8], alone: bool) {
    let special = memchr::memchr3(b'"', b',', b'\n', cell).is_some();
    if !(special || memchr::memchr(b'\r', cell).is_some() || (alone && cell.is_empty())) {
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
