//! Rows of a source, as they are there or as JSON.

use super::json::{fields, put_object};
use super::write::Manner;
use super::{Batches, Columns};
use crate::error::IoError;
use arrow_array::{BooleanArray, RecordBatch};
use arrow_select::filter::filter_record_batch;
use parquet::file::metadata::RowGroupMetaData;
use std::iter::Peekable;
use std::path::Path;

/// What a source that was read before says when it is read again.
fn failed(path: &Path, message: String) -> IoError {
    IoError::Read {
        path: path.to_path_buf(),
        source: std::io::Error::other(message),
    }
}

/// Batches up to the last that is asked for, each with the number of its first row.
struct Numbered<'p> {
    batches: Batches,
    path: &'p Path,
    next: u64,
}

impl Numbered<'_> {
    fn advance(&mut self) -> Result<(u64, RecordBatch), IoError> {
        let batch = self.batches.next().unwrap_or_else(|| {
            // It had these rows when it was first read.
            Err("it has fewer rows than before".to_owned())
        });
        let batch = batch.map_err(|message| failed(self.path, message))?;
        let first = self.next;
        self.next += batch.num_rows() as u64;
        Ok((first, batch))
    }

    /// A batch with its text. What is not UTF-8 and was not refused stands in a column that says nothing
    /// of the story, or is to be replaced.
    fn whole(&self, batch: &RecordBatch) -> Result<RecordBatch, IoError> {
        let texts = self.batches.texts();
        let whole = texts.of(batch);
        let whole = whole.or_else(|_| texts.marked(batch, char::REPLACEMENT_CHARACTER));
        whole.map_err(|message| failed(self.path, message))
    }
}

impl Columns {
    fn numbered<'p>(&self, path: &'p Path) -> Result<Numbered<'p>, IoError> {
        let batches = self.batches(None);
        let batches = batches.map_err(|message| failed(path, message))?;
        Ok(Numbered {
            batches,
            path,
            next: 0,
        })
    }

    /// Gives `each` the rows of these numbers, counted from 0 and rising, some of them at once.
    pub(crate) fn select(
        &self,
        path: &Path,
        rows: impl Iterator<Item = u64>,
        mut each: impl FnMut(RecordBatch) -> Result<(), IoError>,
    ) -> Result<(), IoError> {
        let mut rows = rows.peekable();
        let mut numbered = self.numbered(path)?;
        while rows.peek().is_some() {
            let (first, batch) = numbered.advance()?;
            let mut chosen = vec![false; batch.num_rows()];
            let mut count = 0;
            while let Some(row) = within(&mut rows, first, &batch) {
                chosen[row] = true;
                count += 1;
            }
            if count == batch.num_rows() {
                each(numbered.whole(&batch)?)?;
            } else if count > 0 {
                let filtered = filter_record_batch(&batch, &BooleanArray::from(chosen));
                let filtered = filtered.map_err(|error| failed(path, error.to_string()))?;
                each(numbered.whole(&filtered)?)?;
            }
        }
        Ok(())
    }

    /// Gives `each` the rows of these numbers, counted from 0 and rising, as JSON objects.
    pub(crate) fn objects(
        &self,
        path: &Path,
        rows: impl Iterator<Item = u64>,
        each: &mut dyn FnMut(&str) -> Result<(), IoError>,
    ) -> Result<(), IoError> {
        let mut rows = rows.peekable();
        let mut numbered = self.numbered(path)?;
        let mut object = Vec::new();
        while rows.peek().is_some() {
            let (first, batch) = numbered.advance()?;
            let batch = numbered.whole(&batch)?;
            let schema = batch.schema();
            let names = schema.fields().iter().map(|field| field.name().as_str());
            let fields = fields(names, batch.columns());
            while let Some(row) = within(&mut rows, first, &batch) {
                object.clear();
                put_object(&fields, row, &mut object);
                let object = simdutf8::basic::from_utf8(&object);
                each(object.map_err(|error| failed(path, error.to_string()))?)?;
            }
        }
        Ok(())
    }

    /// How a table of these rows is written.
    pub(crate) fn manner(&self) -> Manner {
        match &self.inner {
            super::open::Inner::Parquet(metadata) => {
                let metadata = metadata.metadata();
                let properties = metadata.file_metadata().key_value_metadata();
                let properties = properties.into_iter().flatten();
                let columns = metadata.row_groups().first().map(RowGroupMetaData::columns);
                let columns = columns.into_iter().flatten();
                Manner {
                    // The writer puts the schema there itself.
                    properties: properties
                        .filter(|property| property.key != parquet::arrow::ARROW_SCHEMA_META_KEY)
                        .cloned()
                        .collect(),
                    compressions: columns
                        .map(|column| (column.column_path().clone(), column.compression()))
                        .collect(),
                    ..Manner::default()
                }
            }
            super::open::Inner::Ipc(ipc) => Manner {
                metadata: ipc.metadata.clone(),
                ipc: ipc.compression,
                ..Manner::default()
            },
        }
    }
}

/// The next of the rows, counted from the first of the batch, if it is in the batch.
fn within(
    rows: &mut Peekable<impl Iterator<Item = u64>>,
    first: u64,
    batch: &RecordBatch,
) -> Option<usize> {
    let end = first + batch.num_rows() as u64;
    let row = rows.next_if(|&row| row < end)?;
    row.checked_sub(first).map(|row| row as usize)
}
