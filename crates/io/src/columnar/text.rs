//! Text that may not be what it says: read as bytes, and made text again where it is UTF-8.
//!
//! One row whose text is broken would cost all rows that are decoded with it. So columns of text are
//! read as columns of bytes, which are laid out alike, and checked here.

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, GenericBinaryArray, GenericListArray, GenericStringArray,
    MapArray, OffsetSizeTrait, RecordBatch, RecordBatchOptions, StringViewArray, StructArray,
};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::errors::Result as ParquetResult;
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::ops::Range;
use std::sync::Arc;

/// A schema with bytes in the place of text.
pub(super) fn as_bytes(schema: &Schema) -> SchemaRef {
    let fields = fields_as_bytes(schema.fields());
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn fields_as_bytes(fields: &Fields) -> Fields {
    fields.iter().map(field_as_bytes).collect()
}

fn field_as_bytes(field: &FieldRef) -> FieldRef {
    let data_type = type_as_bytes(field.data_type());
    if data_type == *field.data_type() {
        return Arc::clone(field);
    }
    Arc::new(Field::clone(field).with_data_type(data_type))
}

fn type_as_bytes(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8 => DataType::Binary,
        DataType::LargeUtf8 => DataType::LargeBinary,
        DataType::Utf8View => DataType::BinaryView,
        DataType::Dictionary(keys, values) => {
            DataType::Dictionary(keys.clone(), Box::new(type_as_bytes(values)))
        }
        DataType::Struct(fields) => DataType::Struct(fields_as_bytes(fields)),
        DataType::List(field) => DataType::List(field_as_bytes(field)),
        DataType::LargeList(field) => DataType::LargeList(field_as_bytes(field)),
        DataType::FixedSizeList(field, len) => DataType::FixedSizeList(field_as_bytes(field), *len),
        DataType::Map(field, sorted) => DataType::Map(field_as_bytes(field), *sorted),
        other => other.clone(),
    }
}

/// A schema of Parquet with bytes in the place of text: its decoder checks what is declared there.
pub(super) fn parquet_as_bytes(schema: &SchemaDescriptor) -> ParquetResult<Arc<SchemaDescriptor>> {
    let root = parquet_type_as_bytes(&schema.root_schema_ptr())?;
    Ok(Arc::new(SchemaDescriptor::new(root)))
}

fn parquet_type_as_bytes(of: &TypePtr) -> ParquetResult<TypePtr> {
    let info = of.get_basic_info();
    let id = info.has_id().then(|| info.id());
    if of.is_primitive() {
        let logical = info.logical_type_ref();
        let textual = matches!(logical, Some(LogicalType::String | LogicalType::Json))
            || matches!(
                info.converted_type(),
                ConvertedType::UTF8 | ConvertedType::JSON
            );
        if !textual || of.get_physical_type() != Physical::BYTE_ARRAY {
            return Ok(Arc::clone(of));
        }
        let builder = Type::primitive_type_builder(of.name(), Physical::BYTE_ARRAY)
            .with_repetition(info.repetition())
            .with_id(id);
        return builder.build().map(Arc::new);
    }
    let fields = of.get_fields().iter().map(parquet_type_as_bytes);
    let mut builder = Type::group_type_builder(of.name())
        .with_converted_type(info.converted_type())
        .with_logical_type(info.logical_type_ref().cloned())
        .with_fields(fields.collect::<ParquetResult<_>>()?)
        .with_id(id);
    if info.has_repetition() {
        builder = builder.with_repetition(info.repetition());
    }
    builder.build().map(Arc::new)
}

/// A batch with text again where its schema has text. What is not UTF-8 becomes `mark`, if one is given.
///
/// # Errors
/// If something is not UTF-8 and there is no mark.
pub(super) fn as_text(
    batch: &RecordBatch,
    schema: &SchemaRef,
    mark: Option<char>,
) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(array, field)| array_as_text(array, field.data_type(), mark));
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(
        Arc::clone(schema),
        columns.collect::<Result<_, _>>()?,
        &options,
    )
}

fn array_as_text(
    array: &ArrayRef,
    to: &DataType,
    mark: Option<char>,
) -> Result<ArrayRef, ArrowError> {
    if array.data_type() == to {
        return Ok(Arc::clone(array));
    }
    Ok(match to {
        DataType::Utf8 => strings::<i32>(array.as_binary::<i32>(), mark)?,
        DataType::LargeUtf8 => strings::<i64>(array.as_binary::<i64>(), mark)?,
        DataType::Utf8View => {
            let bytes = array.as_binary_view();
            match (bytes.clone().to_string_view(), mark) {
                (Ok(strings), _) => Arc::new(strings),
                (Err(error), None) => return Err(error),
                (Err(_), Some(mark)) => {
                    let texts = bytes.iter();
                    let texts = texts.map(|bytes| bytes.map(|bytes| marked(bytes, mark)));
                    Arc::new(texts.collect::<StringViewArray>())
                }
            }
        }
        DataType::Dictionary(_, to) => {
            let dictionary = array.as_any_dictionary();
            dictionary.with_values(array_as_text(dictionary.values(), to, mark)?)
        }
        DataType::Struct(fields) => {
            let parent = array.as_struct();
            let children = parent.columns().iter().zip(fields);
            let children =
                children.map(|(child, field)| array_as_text(child, field.data_type(), mark));
            let children = children.collect::<Result<_, _>>()?;
            let nulls = parent.nulls().cloned();
            let len = parent.len();
            Arc::new(StructArray::try_new_with_length(
                fields.clone(),
                children,
                nulls,
                len,
            )?)
        }
        DataType::List(field) => lists::<i32>(array, field, mark)?,
        DataType::LargeList(field) => lists::<i64>(array, field, mark)?,
        DataType::FixedSizeList(field, len) => {
            let parent = array.as_fixed_size_list();
            let values = array_as_text(parent.values(), field.data_type(), mark)?;
            let nulls = parent.nulls().cloned();
            Arc::new(FixedSizeListArray::try_new(
                Arc::clone(field),
                *len,
                values,
                nulls,
            )?)
        }
        DataType::Map(field, sorted) => {
            let parent = array.as_map();
            let entries: ArrayRef = Arc::new(parent.entries().clone());
            let entries = array_as_text(&entries, field.data_type(), mark)?;
            Arc::new(MapArray::try_new(
                Arc::clone(field),
                parent.offsets().clone(),
                entries.as_struct().clone(),
                parent.nulls().cloned(),
                *sorted,
            )?)
        }
        _ => Arc::clone(array),
    })
}

/// The broken sequences in the rows of a batch, where its schema has text, row by row: what several rows
/// share counts for each.
pub(super) fn broken(batch: &RecordBatch, schema: &Schema) -> u64 {
    let columns = batch.columns().iter().zip(schema.fields());
    let rows = 0..batch.num_rows();
    columns
        .map(|(array, field)| broken_within(array, field.data_type(), rows.clone()))
        .sum()
}

fn broken_within(array: &ArrayRef, to: &DataType, rows: Range<usize>) -> u64 {
    if array.data_type() == to {
        return 0;
    }
    let valid = rows.filter(|&row| array.is_valid(row));
    match to {
        DataType::Utf8 => {
            let bytes = array.as_binary::<i32>();
            valid.map(|row| broken_sequences(bytes.value(row))).sum()
        }
        DataType::LargeUtf8 => {
            let bytes = array.as_binary::<i64>();
            valid.map(|row| broken_sequences(bytes.value(row))).sum()
        }
        DataType::Utf8View => {
            let bytes = array.as_binary_view();
            valid.map(|row| broken_sequences(bytes.value(row))).sum()
        }
        DataType::Dictionary(_, to) => {
            let dictionary = array.as_any_dictionary();
            let values = dictionary.values();
            if values.is_empty() {
                return 0;
            }
            let each = (0..values.len()).map(|at| broken_within(values, to, at..at + 1));
            let (each, keys): (Vec<u64>, _) = (each.collect(), dictionary.normalized_keys());
            valid.map(|row| each[keys[row]]).sum()
        }
        DataType::Struct(fields) => {
            let children = array.as_struct().columns();
            let within = |row: usize| -> u64 {
                let children = children.iter().zip(fields);
                children
                    .map(|(child, field)| broken_within(child, field.data_type(), row..row + 1))
                    .sum()
            };
            valid.map(within).sum()
        }
        DataType::List(field) => {
            let lists = array.as_list::<i32>();
            broken_items(lists.value_offsets(), lists.values(), field, valid)
        }
        DataType::LargeList(field) => {
            let lists = array.as_list::<i64>();
            broken_items(lists.value_offsets(), lists.values(), field, valid)
        }
        DataType::FixedSizeList(field, len) => {
            let lists = array.as_fixed_size_list();
            let len = usize::try_from(*len).unwrap_or_default();
            let within = |row: usize| {
                broken_within(
                    lists.values(),
                    field.data_type(),
                    row * len..(row + 1) * len,
                )
            };
            valid.map(within).sum()
        }
        DataType::Map(field, _) => {
            let maps = array.as_map();
            let entries: ArrayRef = Arc::new(maps.entries().clone());
            broken_items(maps.value_offsets(), &entries, field, valid)
        }
        _ => 0,
    }
}

/// The same of the items that `rows` of lists or maps have among `values`.
fn broken_items<O: OffsetSizeTrait>(
    offsets: &[O],
    values: &ArrayRef,
    field: &Field,
    rows: impl Iterator<Item = usize>,
) -> u64 {
    let items = |row: usize| offsets[row].as_usize()..offsets[row + 1].as_usize();
    rows.map(|row| broken_within(values, field.data_type(), items(row)))
        .sum()
}

fn broken_sequences(bytes: &[u8]) -> u64 {
    let parts = bytes.utf8_chunks();
    parts.filter(|part| !part.invalid().is_empty()).count() as u64
}

fn strings<O: OffsetSizeTrait>(
    bytes: &GenericBinaryArray<O>,
    mark: Option<char>,
) -> Result<ArrayRef, ArrowError> {
    let text = GenericStringArray::<O>::try_from_binary(bytes.clone());
    match (text, mark) {
        (Ok(text), _) => Ok(Arc::new(text)),
        (Err(error), None) => Err(error),
        (Err(_), Some(mark)) => {
            let texts = bytes
                .iter()
                .map(|bytes| bytes.map(|bytes| marked(bytes, mark)));
            Ok(Arc::new(texts.collect::<GenericStringArray<O>>()))
        }
    }
}

fn lists<O: OffsetSizeTrait>(
    array: &ArrayRef,
    field: &FieldRef,
    mark: Option<char>,
) -> Result<ArrayRef, ArrowError> {
    let parent = array.as_list::<O>();
    let values = array_as_text(parent.values(), field.data_type(), mark)?;
    let (offsets, nulls) = (parent.offsets().clone(), parent.nulls().cloned());
    let lists = GenericListArray::<O>::try_new(Arc::clone(field), offsets, values, nulls)?;
    Ok(Arc::new(lists))
}

/// Text with a mark for each broken sequence.
fn marked(bytes: &[u8], mark: char) -> String {
    let mut text = String::with_capacity(bytes.len());
    for part in bytes.utf8_chunks() {
        text.push_str(part.valid());
        if !part.invalid().is_empty() {
            text.push(mark);
        }
    }
    text
}
