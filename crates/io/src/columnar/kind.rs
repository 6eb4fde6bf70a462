//! Kinds of values as JSON has them, and arrays made of them.

use crate::cells::{cell_text, cells};
use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, RecordBatch, RecordBatchOptions, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::Arc;

/// Lists and objects within each other of which a column is made; what is deeper is JSON as text.
const MAX_DEPTH: usize = 8;
/// Fields of an object within a column; one of more is JSON as text, for its names are no columns.
const MAX_FIELDS: usize = 256;

/// What a column holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Nothing so far; a column of text without a value.
    #[default]
    Nothing,
    /// True or false.
    Flag,
    /// Integers of 64 bits.
    Integer,
    /// Integers of 64 bits, among them some that a number of 64 bits does not hold to the last digit.
    Long,
    /// Numbers of 64 bits.
    Number,
    /// Text; what is no string is in it as JSON.
    Text,
    /// Lists of one kind.
    List(Box<Kind>),
    /// Objects: names of fields and what they hold.
    Object(Vec<(String, Kind)>),
}

impl Kind {
    /// A list of values of this kind.
    #[must_use]
    pub fn list(self) -> Self {
        Kind::List(Box::new(self))
    }

    fn of_raw(value: &RawValue) -> Self {
        match value.get().as_bytes().first() {
            Some(b'"') => Kind::Text,
            Some(b'n') => Kind::Nothing,
            Some(b't' | b'f') => Kind::Flag,
            // What no value of ours holds, such as 1e999, stays as it is written.
            _ => serde_json::from_str(value.get()).map_or(Kind::Text, |value| Self::of(&value, 0)),
        }
    }

    fn of(value: &Value, depth: usize) -> Self {
        match value {
            Value::Null => Kind::Nothing,
            Value::Bool(_) => Kind::Flag,
            Value::String(_) => Kind::Text,
            Value::Number(number) if number.is_i64() => {
                if number.as_i64().is_some_and(is_held_by_a_number) {
                    Kind::Integer
                } else {
                    Kind::Long
                }
            }
            // It would not come out as it came in.
            Value::Number(number) if number.is_u64() => Kind::Text,
            Value::Number(_) => Kind::Number,
            Value::Array(_) | Value::Object(_) if depth == MAX_DEPTH => Kind::Text,
            Value::Array(values) => values
                .iter()
                .fold(Kind::Nothing, |kind, value| {
                    kind.and(Self::of(value, depth + 1))
                })
                .list(),
            Value::Object(fields) if fields.is_empty() || fields.len() > MAX_FIELDS => Kind::Text,
            Value::Object(fields) => {
                let kinds = fields.iter();
                let kinds = kinds.map(|(name, value)| (name.clone(), Self::of(value, depth + 1)));
                Kind::Object(kinds.collect())
            }
        }
    }

    /// The kind that holds what either holds.
    #[must_use]
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Kind::Nothing, kind) | (kind, Kind::Nothing) => kind,
            (Kind::Integer, Kind::Number) | (Kind::Number, Kind::Integer) => Kind::Number,
            (Kind::Integer, Kind::Long) | (Kind::Long, Kind::Integer) => Kind::Long,
            (Kind::List(one), Kind::List(other)) => one.and(*other).list(),
            (Kind::Object(mut fields), Kind::Object(others)) => {
                for (name, kind) in others {
                    match fields.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = std::mem::take(known).and(kind),
                        None => fields.push((name, kind)),
                    }
                }
                if fields.len() > MAX_FIELDS {
                    return Kind::Text;
                }
                Kind::Object(fields)
            }
            _ => Kind::Text,
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Kind::Nothing | Kind::Text => DataType::Utf8,
            Kind::Flag => DataType::Boolean,
            Kind::Integer | Kind::Long => DataType::Int64,
            Kind::Number => DataType::Float64,
            Kind::List(kind) => DataType::new_list(kind.data_type(), true),
            Kind::Object(fields) => DataType::Struct(fields_of(fields)),
        }
    }

    fn array(&self, values: &[Option<&Value>]) -> ArrayRef {
        match self {
            Kind::Nothing | Kind::Text => {
                let mut array = StringBuilder::new();
                for value in values {
                    match value {
                        None | Some(Value::Null) => array.append_null(),
                        Some(Value::String(text)) => array.append_value(text),
                        Some(value) => array.append_value(value.to_string()),
                    }
                }
                Arc::new(array.finish())
            }
            Kind::Flag => {
                let mut array = BooleanBuilder::new();
                array.extend(values.iter().map(|value| value.and_then(Value::as_bool)));
                Arc::new(array.finish())
            }
            Kind::Integer | Kind::Long => {
                let mut array = Int64Builder::new();
                array.extend(values.iter().map(|value| value.and_then(Value::as_i64)));
                Arc::new(array.finish())
            }
            Kind::Number => {
                let mut array = Float64Builder::new();
                array.extend(values.iter().map(|value| value.and_then(Value::as_f64)));
                Arc::new(array.finish())
            }
            Kind::List(kind) => {
                let lists: Vec<Option<&Vec<Value>>> = values
                    .iter()
                    .map(|value| value.and_then(Value::as_array))
                    .collect();
                let lens = lists.iter().map(|list| list.map_or(0, Vec::len));
                let offsets = OffsetBuffer::from_lengths(lens);
                let members: Vec<Option<&Value>> = lists
                    .iter()
                    .flatten()
                    .flat_map(|list| list.iter().map(Some))
                    .collect();
                let nulls: NullBuffer = lists.iter().map(Option::is_some).collect();
                let field = Arc::new(Field::new_list_field(kind.data_type(), true));
                Arc::new(ListArray::new(
                    field,
                    offsets,
                    kind.array(&members),
                    Some(nulls),
                ))
            }
            Kind::Object(fields) => {
                let objects: Vec<_> = values
                    .iter()
                    .map(|value| value.and_then(Value::as_object))
                    .collect();
                let arrays = fields.iter().map(|(name, kind)| {
                    let values: Vec<Option<&Value>> = objects
                        .iter()
                        .map(|object| object.and_then(|object| object.get(name)))
                        .collect();
                    kind.array(&values)
                });
                let nulls: NullBuffer = objects.iter().map(Option::is_some).collect();
                Arc::new(StructArray::new(
                    fields_of(fields),
                    arrays.collect(),
                    Some(nulls),
                ))
            }
        }
    }
}

/// Whether an integer stays what it is as a number of 64 bits, of which 53 are digits.
fn is_held_by_a_number(integer: i64) -> bool {
    i128::from(integer) == integer as f64 as i128
}

fn fields_of(fields: &[(String, Kind)]) -> Fields {
    let fields = fields.iter();
    fields
        .map(|(name, kind)| Field::new(name, kind.data_type(), true))
        .collect()
}

/// The columns of a table that is made of JSON objects, a row each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    columns: Vec<(String, Kind)>,
    places: HashMap<String, usize>,
}

impl Shape {
    pub(crate) fn new(columns: Vec<(String, Kind)>) -> Self {
        let places = columns.iter().map(|(name, _)| name.clone()).zip(0..);
        Shape {
            places: places.collect(),
            columns,
        }
    }

    /// Makes room for what an object holds. Columns are in the order in which they first came.
    pub(crate) fn learn(&mut self, object: &str) -> serde_json::Result<()> {
        for (name, value) in cells(object)? {
            let known = self.places.get(name.as_ref()).copied();
            let place = known.unwrap_or_else(|| {
                let name = name.into_owned();
                self.places.insert(name.clone(), self.columns.len());
                self.columns.push((name, Kind::Nothing));
                self.columns.len() - 1
            });
            let known = &mut self.columns[place].1;
            if *known != Kind::Text {
                *known = std::mem::take(known).and(Kind::of_raw(value));
            }
        }
        Ok(())
    }

    /// Puts columns behind all others.
    pub(crate) fn move_last(&mut self, names: &[&str]) {
        let columns = std::mem::take(&mut self.columns);
        let (last, first) = columns
            .into_iter()
            .partition(|(name, _)| names.contains(&name.as_str()));
        let (mut columns, last): (Vec<_>, Vec<_>) = (first, last);
        columns.extend(last);
        *self = Shape::new(columns);
    }

    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(fields_of(&self.columns)))
    }

    /// The rows of objects, each in the columns of the shape.
    ///
    /// # Errors
    /// In words, if one is no object or has a field that is no column.
    pub(crate) fn batch<'o>(
        &self,
        objects: impl ExactSizeIterator<Item = &'o str>,
    ) -> Result<RecordBatch, String> {
        let len = objects.len();
        let mut cells_of: Vec<Vec<Option<&RawValue>>> = vec![vec![None; len]; self.columns.len()];
        for (row, object) in objects.enumerate() {
            for (name, value) in cells(object).map_err(|error| error.to_string())? {
                let Some(&place) = self.places.get(name.as_ref()) else {
                    return Err(format!("it has a field `{name}`"));
                };
                cells_of[place][row] = Some(value);
            }
        }
        let columns = self.columns.iter().zip(&cells_of);
        let arrays: Result<Vec<ArrayRef>, serde_json::Error> = columns
            .map(|((_, kind), cells)| column(kind, cells))
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(len));
        let arrays = arrays.map_err(|error| error.to_string())?;
        RecordBatch::try_new_with_options(self.schema(), arrays, &options)
            .map_err(|error| error.to_string())
    }
}

fn column(kind: &Kind, cells: &[Option<&RawValue>]) -> serde_json::Result<ArrayRef> {
    if matches!(kind, Kind::Nothing | Kind::Text) {
        let bytes = cells.iter().flatten().map(|cell| cell.get().len()).sum();
        let mut array = StringBuilder::with_capacity(cells.len(), bytes);
        for cell in cells {
            match cell.filter(|cell| cell.get() != "null") {
                None => array.append_null(),
                Some(cell) => array.append_value(cell_text(cell)?),
            }
        }
        return Ok(Arc::new(array.finish()));
    }
    let values = cells.iter();
    let values: Vec<Option<Value>> = values
        .map(|cell| {
            cell.map(|cell| serde_json::from_str(cell.get()))
                .transpose()
        })
        .collect::<serde_json::Result<_>>()?;
    let values: Vec<Option<&Value>> = values.iter().map(Option::as_ref).collect();
    Ok(kind.array(&values))
}
