//! A source of columns, opened: its schema, and its rows in batches.

use super::extent::Extent;
use super::ipc::Ipc;
use super::text::{as_bytes, as_text, broken, parquet_as_bytes};
use crate::input::Format;
use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Bytes of rows that are decoded at once, about.
const BATCH_BYTES: u64 = 2 << 20;
/// Rows that are decoded at once at most.
const BATCH_ROWS: u64 = 8192;

/// The first and last bytes of a Parquet file.
const PARQUET_MAGIC: &[u8; 4] = b"PAR1";

/// Rows that one thread works on.
pub(super) const PIECE_ROWS: usize = 1024;

/// Makes text of bytes.
#[derive(Clone)]
pub(crate) struct Texts(SchemaRef);

impl Texts {
    /// A batch as its schema has it.
    ///
    /// # Errors
    /// In words, if a text is not UTF-8.
    pub(crate) fn of(&self, batch: &RecordBatch) -> Result<RecordBatch, String> {
        as_text(batch, &self.0, None).map_err(|error| plain(&error))
    }

    /// A batch as its schema has it, with a mark in the place of what is not UTF-8.
    ///
    /// # Errors
    /// None that a batch of a source can give.
    pub(crate) fn marked(&self, batch: &RecordBatch, mark: char) -> Result<RecordBatch, String> {
        as_text(batch, &self.0, Some(mark)).map_err(|error| plain(&error))
    }

    /// How many sequences that are not UTF-8 a batch has, where its schema has text.
    pub(crate) fn broken(&self, batch: &RecordBatch) -> u64 {
        broken(batch, &self.0)
    }
}

/// A source of columns.
#[derive(Clone)]
pub(crate) struct Columns {
    extent: Extent,
    schema: SchemaRef,
    pub(super) inner: Inner,
}

#[derive(Clone)]
pub(super) enum Inner {
    Parquet(ArrowReaderMetadata),
    Ipc(Ipc),
}

/// Rows of a source in order, with bytes in the place of text. After an error nothing comes.
pub(crate) struct Batches {
    inner: Box<dyn Iterator<Item = Result<RecordBatch, String>> + Send>,
    /// The schema with text.
    schema: SchemaRef,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = guarded(|| Ok(self.inner.next()));
        let item = match next {
            Ok(item) => item?,
            Err(message) => Err(message),
        };
        if item.is_err() {
            self.inner = Box::new(std::iter::empty());
        }
        Some(item)
    }
}

impl Batches {
    /// What is to be made of batches: see [`Texts::of`].
    pub(crate) fn texts(&self) -> Texts {
        Texts(Arc::clone(&self.schema))
    }

    /// Batches of not too many rows each, cut from those that a writer made.
    pub(crate) fn pieces(self) -> impl Iterator<Item = Result<RecordBatch, String>> + Send {
        self.flat_map(|batch| {
            let (batch, error) = match batch {
                Ok(batch) => (Some(batch), None),
                Err(error) => (None, Some(Err(error))),
            };
            let pieces = batch.into_iter().flat_map(|batch| {
                (0..batch.num_rows()).step_by(PIECE_ROWS).map(move |at| {
                    let len = PIECE_ROWS.min(batch.num_rows() - at);
                    Ok(batch.slice(at, len))
                })
            });
            pieces.chain(error)
        })
    }
}

impl Columns {
    /// Opens a source.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn open(format: Format, extent: Extent) -> Result<Self, String> {
        let (schema, inner) = match format {
            Format::Parquet => guarded(|| {
                let mut tail = [0; PARQUET_MAGIC.len()];
                let at = extent.len().checked_sub(tail.len() as u64);
                let read = at.is_some_and(|at| extent.read_at(at, &mut tail).is_ok());
                if !read || &tail != PARQUET_MAGIC {
                    return Err(
                        "it does not end as a Parquet file does: it is cut, or none".to_owned()
                    );
                }
                parquet(&extent).map_err(|error| plain(&error))
            })?,
            _ => guarded(|| {
                let mut ipc = Ipc::open(&extent)?;
                let schema = std::mem::replace(&mut ipc.schema, Arc::new(Schema::empty()));
                ipc.schema = as_bytes(&schema);
                Ok((schema, Inner::Ipc(ipc)))
            })?,
        };
        Ok(Columns {
            extent,
            schema,
            inner,
        })
    }

    /// Bytes of the source.
    pub(crate) fn len(&self) -> u64 {
        self.extent.len()
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// All rows, with some columns, by their places in the schema, or with all.
    ///
    /// # Errors
    /// What is wrong with the source, in words.
    pub(crate) fn batches(&self, columns: Option<&[usize]>) -> Result<Batches, String> {
        let schema = match columns {
            Some(columns) => self.schema.project(columns).map(Arc::new),
            None => Ok(Arc::clone(&self.schema)),
        };
        let schema = schema.map_err(|error| plain(&error))?;
        let inner: Box<dyn Iterator<Item = _> + Send> = match &self.inner {
            Inner::Ipc(ipc) => Box::new(ipc.batches(&self.extent, columns)),
            Inner::Parquet(metadata) => guarded(|| {
                let rows = rows_at_once(metadata.metadata());
                let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
                    self.extent.clone(),
                    metadata.clone(),
                )
                .with_batch_size(rows);
                if let Some(columns) = columns {
                    let schema = builder.parquet_schema();
                    let mask = ProjectionMask::roots(schema, columns.iter().copied());
                    builder = builder.with_projection(mask);
                }
                let reader = builder.build().map_err(|error| plain(&error))?;
                let batches = reader.map(|batch| batch.map_err(|error| plain(&error)));
                Ok(Box::new(batches))
            })?,
        };
        Ok(Batches { inner, schema })
    }
}

/// The schema of Parquet, and what its rows are read by, with bytes in the place of text.
fn parquet(extent: &Extent) -> Result<(SchemaRef, Inner), ParquetError> {
    let declared = ArrowReaderMetadata::load(extent, ArrowReaderOptions::new())?;
    let schema = Arc::clone(declared.schema());
    let options = ArrowReaderOptions::new()
        .with_parquet_schema(parquet_as_bytes(declared.parquet_schema())?)
        .with_schema(as_bytes(&schema));
    let metadata = ArrowReaderMetadata::load(extent, options)?;
    Ok((schema, Inner::Parquet(metadata)))
}

/// Rows that take [`BATCH_BYTES`], by the average.
fn rows_at_once(metadata: &ParquetMetaData) -> usize {
    let (mut rows, mut bytes) = (0_u64, 0_u64);
    for group in metadata.row_groups() {
        rows = rows.saturating_add(u64::try_from(group.num_rows()).unwrap_or_default());
        bytes = bytes.saturating_add(u64::try_from(group.total_byte_size()).unwrap_or_default());
    }
    let row_bytes = (bytes / rows.max(1)).max(1);
    (BATCH_BYTES / row_bytes).clamp(1, BATCH_ROWS) as usize
}

/// What a library says of a file, without its own name before it.
pub(super) fn plain(error: &impl std::fmt::Display) -> String {
    let message = error.to_string();
    let mut message = message.lines().next().unwrap_or_default().trim();
    while let Some(rest) = PREFIXES.iter().find_map(|name| message.strip_prefix(name)) {
        message = rest;
    }
    message.to_owned()
}

/// What the libraries put before a message.
const PREFIXES: [&str; 8] = [
    "External: ",
    "Parquet argument error: ",
    "Parquet error: ",
    "Arrow: ",
    "EOF: ",
    "Invalid argument error: ",
    "Parser error: ",
    "Ipc error: ",
];

/// Runs what decodes a file that may be broken in ways that the decoder did not foresee.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("the decoder cannot make sense of it".to_owned()))
}
