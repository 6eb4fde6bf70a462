//! A source of columns, opened: its schema, and its rows in batches.

use super::extent::Extent;
use super::ipc::Ipc;
use crate::input::Format;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::ParquetMetaData;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes of rows that are decoded at once, about.
const BATCH_BYTES: u64 = 2 << 20;
/// Rows that are decoded at once at most.
const BATCH_ROWS: u64 = 8192;

/// Rows that one thread works on.
const PIECE_ROWS: usize = 1024;

/// A source of columns.
#[derive(Clone)]
pub(crate) struct Columns {
    extent: Extent,
    pub(super) inner: Inner,
}

#[derive(Clone)]
pub(super) enum Inner {
    Parquet(ArrowReaderMetadata),
    Ipc(Ipc),
}

/// Rows of a source in order. After an error nothing comes.
pub(crate) struct Batches(Box<dyn Iterator<Item = Result<RecordBatch, String>> + Send>);

impl Iterator for Batches {
    type Item = Result<RecordBatch, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = guarded(|| Ok(self.0.next()));
        let item = match next {
            Ok(item) => item?,
            Err(message) => Err(message),
        };
        if item.is_err() {
            self.0 = Box::new(std::iter::empty());
        }
        Some(item)
    }
}

impl Batches {
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
        let inner = match format {
            Format::Parquet => guarded(|| {
                let metadata = ArrowReaderMetadata::load(&extent, ArrowReaderOptions::new());
                metadata.map_err(|error| plain(&error))
            })
            .map(Inner::Parquet)?,
            _ => guarded(|| Ipc::open(&extent)).map(Inner::Ipc)?,
        };
        Ok(Columns { extent, inner })
    }

    /// Bytes of the source.
    pub(crate) fn len(&self) -> u64 {
        self.extent.len()
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        match &self.inner {
            Inner::Parquet(metadata) => metadata.schema(),
            Inner::Ipc(ipc) => &ipc.schema,
        }
    }

    /// All rows, with some columns, by their places in the schema, or with all.
    ///
    /// # Errors
    /// What is wrong with the source, in words.
    pub(crate) fn batches(&self, columns: Option<&[usize]>) -> Result<Batches, String> {
        match &self.inner {
            Inner::Ipc(ipc) => Ok(Batches(Box::new(ipc.batches(&self.extent, columns)))),
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
                Ok(Batches(Box::new(batches)))
            }),
        }
    }
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
fn plain(error: &impl std::fmt::Display) -> String {
    let mut message = error.to_string();
    for prefix in [
        "External: ",
        "Parquet argument error: ",
        "Parquet error: ",
        "Arrow: ",
        "EOF: ",
    ] {
        if let Some(rest) = message.strip_prefix(prefix) {
            message = rest.to_owned();
        }
    }
    message
}

/// Runs what decodes a file that may be broken in ways that the decoder did not foresee.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("the decoder cannot make sense of it".to_owned()))
}
