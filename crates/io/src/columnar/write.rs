//! Tables of columns, written batch by batch.

use crate::compression::ending;
use crate::error::IoError;
use crate::output::Output;
use crate::table::TableFormat;
use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::borrow::BorrowMut;
use std::collections::HashMap;
use std::io::{self, Write};

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
pub(crate) struct ColumnsOut<O: BorrowMut<Output> + Send>(Writer<O>);

enum Writer<O: BorrowMut<Output> + Send> {
    Parquet(Box<ArrowWriter<Sink<O>>>),
    File(Box<FileWriter<Sink<O>>>),
    Stream(Box<StreamWriter<Sink<O>>>),
}

/// An output, and what went wrong with it, which the libraries would turn into words.
struct Sink<O> {
    output: O,
    fault: Option<IoError>,
}

impl<O: BorrowMut<Output>> Write for Sink<O> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.output.borrow_mut().put(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(fault) => {
                self.fault = Some(fault);
                Err(io::Error::other("the output failed"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a library says, or what the output said before it.
fn fault<O: BorrowMut<Output>>(sink: &mut Sink<O>, message: String) -> IoError {
    sink.fault.take().unwrap_or_else(|| IoError::Row {
        path: sink.output.borrow_mut().path().to_path_buf(),
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
        let sink = Sink {
            output,
            fault: None,
        };
        let failed = |message: String| IoError::Row {
            path: path.clone(),
            message,
        };
        if format == TableFormat::Parquet {
            let properties = parquet_properties(manner);
            let writer = ArrowWriter::try_new(sink, SchemaRef::clone(schema), Some(properties));
            let writer = writer.map_err(|error| failed(error.to_string()))?;
            return Ok(ColumnsOut(Writer::Parquet(Box::new(writer))));
        }
        let options = IpcWriteOptions::default().try_with_compression(manner.ipc);
        let options = options.map_err(|error| failed(error.to_string()))?;
        let is_stream = ending(&path).as_deref() == Some("arrows");
        let writer = if is_stream {
            let writer = StreamWriter::try_new_with_options(sink, schema, options);
            writer.map(|writer| Writer::Stream(Box::new(writer)))
        } else {
            let writer = FileWriter::try_new_with_options(sink, schema, options);
            writer.map(|mut writer| {
                for (key, value) in &manner.metadata {
                    writer.write_metadata(key, value);
                }
                Writer::File(Box::new(writer))
            })
        };
        writer
            .map(ColumnsOut)
            .map_err(|error| failed(error.to_string()))
    }

    pub(crate) fn put(&mut self, batch: &RecordBatch) -> Result<(), IoError> {
        match &mut self.0 {
            Writer::Parquet(writer) => {
                let put = writer.write(batch);
                put.map_err(|error| parquet_fault(writer, &error))
            }
            Writer::File(writer) => {
                let put = writer.write(batch);
                put.map_err(|error| fault(writer.get_mut(), error.to_string()))
            }
            Writer::Stream(writer) => {
                let put = writer.write(batch);
                put.map_err(|error| fault(writer.get_mut(), error.to_string()))
            }
        }
    }

    /// Writes what ends the table, and gives the output back.
    pub(crate) fn finish(self) -> Result<O, IoError> {
        let sink = match self.0 {
            Writer::Parquet(mut writer) => {
                let finished = writer.finish();
                finished.map_err(|error| parquet_fault(&mut writer, &error))?;
                writer.into_inner().map_err(ArrowError::from)
            }
            Writer::File(mut writer) => {
                let finished = writer.finish();
                finished.map_err(|error| fault(writer.get_mut(), error.to_string()))?;
                writer.into_inner()
            }
            Writer::Stream(mut writer) => {
                let finished = writer.finish();
                finished.map_err(|error| fault(writer.get_mut(), error.to_string()))?;
                writer.into_inner()
            }
        };
        sink.map(|sink| sink.output)
            .map_err(|error| IoError::Row {
                path: "-".into(),
                message: error.to_string(),
            })
    }
}

fn parquet_fault<O: BorrowMut<Output> + Send>(
    writer: &mut ArrowWriter<Sink<O>>,
    error: &ParquetError,
) -> IoError {
    fault(writer.inner_mut(), error.to_string())
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
