//! Tables of columns, written batch by batch.

use super::dictionary::Dictionaries;
use crate::compression::inner_ending;
use crate::error::IoError;
use crate::output::Output;
use crate::table::TableFormat;
use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::borrow::BorrowMut;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Encoded bytes of a row group, about: what is held in memory until it is written.
const GROUP_BYTES: usize = 64 << 20;

/// How a table is written beside its columns: as that it is made from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    /// Properties that a Parquet file carries.
    pub(crate) properties: Vec<KeyValue>,
    /// How the columns of a Parquet file are compressed.
    pub(crate) compressions: Vec<(ColumnPath, Compression)>,
    /// Properties that an Arrow file carries.
    pub(crate) metadata: HashMap<String, String>,
    /// How the buffers of an Arrow file are compressed.
    pub(crate) ipc: Option<CompressionType>,
}

/// A table of columns being written.
pub(crate) struct ColumnsOut<O: BorrowMut<Output> + Send> {
    writer: Writer<O>,
    path: PathBuf,
    fault: Fault,
}

enum Writer<O: BorrowMut<Output> + Send> {
    Parquet(Box<ArrowWriter<Sink<O>>>),
    File(Box<FileWriter<Sink<O>>>, Dictionaries),
    Stream(Box<StreamWriter<Sink<O>>>),
}

/// What went wrong with an output, which the libraries would turn into words.
type Fault = Arc<Mutex<Option<IoError>>>;

/// An output that a library writes to.
struct Sink<O> {
    output: O,
    fault: Fault,
}

impl<O: BorrowMut<Output>> Write for Sink<O> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.output.borrow_mut().put(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
                *fault = Some(error);
                Err(io::Error::other("the output failed"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the output said, or else a library.
fn failed(fault: &Fault, path: &Path, message: String) -> IoError {
    let fault = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
    fault.unwrap_or_else(|| IoError::Row {
        path: path.to_path_buf(),
        message,
    })
}

impl<O: BorrowMut<Output> + Send> ColumnsOut<O> {
    /// Starts a table in the format of the output's ending.
    pub(crate) fn new(
        output: O,
        format: TableFormat,
        schema: &SchemaRef,
        manner: &Manner,
    ) -> Result<Self, IoError> {
        let path = output.borrow().path().to_path_buf();
        let fault = Fault::default();
        let sink = Sink {
            output,
            fault: Arc::clone(&fault),
        };
        match Writer::new(sink, &path, format, schema, manner) {
            Ok(writer) => Ok(ColumnsOut {
                writer,
                path,
                fault,
            }),
            Err(message) => Err(failed(&fault, &path, message)),
        }
    }

    pub(crate) fn put(&mut self, batch: &RecordBatch) -> Result<(), IoError> {
        let put = match &mut self.writer {
            Writer::Parquet(writer) => writer.write(batch).map_err(|error| error.to_string()),
            Writer::File(writer, dictionaries) => {
                let batch = dictionaries.settle(batch);
                let written = batch.and_then(|batch| writer.write(&batch));
                written.map_err(|error| error.to_string())
            }
            Writer::Stream(writer) => writer.write(batch).map_err(|error| error.to_string()),
        };
        put.map_err(|message| failed(&self.fault, &self.path, message))
    }

    /// Writes what ends the table, and gives the output back.
    pub(crate) fn finish(self) -> Result<O, IoError> {
        let sink = match self.writer {
            Writer::Parquet(writer) => writer.into_inner().map_err(|error| error.to_string()),
            Writer::File(writer, _) => writer.into_inner().map_err(|error| error.to_string()),
            Writer::Stream(writer) => writer.into_inner().map_err(|error| error.to_string()),
        };
        let sink = sink.map_err(|message| failed(&self.fault, &self.path, message))?;
        Ok(sink.output)
    }
}

impl<O: BorrowMut<Output> + Send> Writer<O> {
    fn new(
        sink: Sink<O>,
        path: &Path,
        format: TableFormat,
        schema: &SchemaRef,
        manner: &Manner,
    ) -> Result<Self, String> {
        if format == TableFormat::Parquet {
            let properties = Some(parquet_properties(manner));
            let writer = ArrowWriter::try_new(sink, SchemaRef::clone(schema), properties);
            let writer = writer.map_err(|error| error.to_string())?;
            return Ok(Writer::Parquet(Box::new(writer)));
        }
        let words = |error: ArrowError| error.to_string();
        let options = IpcWriteOptions::default().try_with_compression(manner.ipc);
        let options = options.map_err(words)?;
        if inner_ending(path).as_deref() == Some("arrows") {
            let writer = StreamWriter::try_new_with_options(sink, schema, options);
            return Ok(Writer::Stream(Box::new(writer.map_err(words)?)));
        }
        let options = options.with_dictionary_handling(DictionaryHandling::Delta);
        let writer = FileWriter::try_new_with_options(sink, schema, options);
        let mut writer = writer.map_err(words)?;
        for (key, value) in &manner.metadata {
            writer.write_metadata(key, value);
        }
        Ok(Writer::File(Box::new(writer), Dictionaries::default()))
    }
}

fn parquet_properties(manner: &Manner) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_created_by("wirefold".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_bytes(Some(GROUP_BYTES));
    if !manner.properties.is_empty() {
        builder = builder.set_key_value_metadata(Some(manner.properties.clone()));
    }
    for (path, compression) in &manner.compressions {
        builder = builder.set_column_compression(path.clone(), *compression);
    }
    builder.build()
}
