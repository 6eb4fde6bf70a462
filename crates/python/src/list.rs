//! Python lists of texts or of records as columns.

use std::collections::HashMap;

use arrow_array::builder::LargeStringBuilder;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyString};
use wirefold_io::{RecordOptions, Role, role};

use crate::column::Column;
use crate::errors;
use crate::stories::{Columns, expected, missing};

/// The columns of a list: of texts or `None`, or of dictionaries.
///
/// # Errors
/// `InputError` names the first row that is neither, or has a value of a wrong type.
pub(crate) fn columns(
    list: &Bound<'_, PyList>,
    options: &RecordOptions,
) -> PyResult<[Columns; Role::COUNT]> {
    let mut reader = Reader::new(options);
    for (row, item) in list.iter().enumerate() {
        reader.read(row, &item)?;
    }
    if !reader.roles.is_empty() && !reader.used[0] {
        let mut names: Vec<String> = reader.roles.keys().cloned().collect();
        names.sort_unstable();
        missing(&names, options)?;
    }
    Ok(reader.finish())
}

/// What is known of the names of the records' fields.
struct Reader<'o> {
    options: &'o RecordOptions,
    /// Roles by name; records of a list have the same names mostly.
    roles: HashMap<String, Option<(Role, u8)>>,
    builders: [LargeStringBuilder; Role::COUNT],
    /// Whether any row has a value for the role.
    used: [bool; Role::COUNT],
}

impl<'o> Reader<'o> {
    fn new(options: &'o RecordOptions) -> Self {
        Self {
            options,
            roles: HashMap::new(),
            builders: Default::default(),
            used: [false; Role::COUNT],
        }
    }

    fn read(&mut self, row: usize, item: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(text) = item.cast::<PyString>() {
            let text = self::text(text, row, None)?;
            self.used[0] = true;
            self.builders[0].append_value(text);
            self.builders[1..]
                .iter_mut()
                .for_each(LargeStringBuilder::append_null);
            return Ok(());
        }
        if is_missing(item) {
            self.builders
                .iter_mut()
                .for_each(LargeStringBuilder::append_null);
            return Ok(());
        }
        let record = item.cast::<PyDict>().map_err(|_| {
            let message = format!("row {row} is {}, not a string, a dict or None", kind(item));
            errors::input(message, Some(row), None)
        })?;
        self.record(row, record)
    }

    fn record(&mut self, row: usize, record: &Bound<'_, PyDict>) -> PyResult<()> {
        let mut best: [Option<(u8, String)>; Role::COUNT] = Default::default();
        let mut unfit: Vec<(Role, u8, PyErr)> = Vec::new();
        for (name, value) in record.iter() {
            let Ok(name) = name.cast::<PyString>() else {
                continue;
            };
            let name = text(name, row, None)?;
            let Some((role, rank)) = self.role(name) else {
                continue;
            };
            let slot = &mut best[role as usize];
            if is_missing(&value) || slot.as_ref().is_some_and(|&(known, _)| known < rank) {
                continue;
            }
            if let Some(value) = scalar(&value, role, row, name)? {
                *slot = Some((rank, value));
                continue;
            }
            // As in a feed: what was named must fit, and a text is needed.
            if role == Role::Text || rank == 0 && self.is_named(name) {
                let message = format!(
                    "row {row}, column `{name}`: {}, not {}",
                    kind(&value),
                    expected(role)
                );
                unfit.push((role, rank, errors::input(message, Some(row), Some(name))));
            }
        }
        unfit.retain(|(role, ..)| best[*role as usize].is_none());
        if let Some((.., error)) = unfit.into_iter().min_by_key(|&(.., rank, _)| rank) {
            return Err(error);
        }
        for (at, value) in best.into_iter().enumerate() {
            self.used[at] |= value.is_some();
            self.builders[at].append_option(value.map(|(_, value)| value));
        }
        Ok(())
    }

    fn role(&mut self, name: &str) -> Option<(Role, u8)> {
        if let Some(&known) = self.roles.get(name) {
            return known;
        }
        let found = role(name, self.options);
        self.roles.insert(name.to_owned(), found);
        found
    }

    fn is_named(&self, name: &str) -> bool {
        let RecordOptions {
            id_field,
            title_field,
            ..
        } = self.options;
        [id_field, title_field]
            .iter()
            .any(|named| named.as_deref() == Some(name))
    }

    fn finish(self) -> [Columns; Role::COUNT] {
        let mut columns: [Columns; Role::COUNT] = Default::default();
        for (at, (mut builder, used)) in self.builders.into_iter().zip(self.used).enumerate() {
            if at == 0 || used {
                let array: arrow_array::ArrayRef = std::sync::Arc::new(builder.finish());
                // Python's strings were UTF-8 when they were read.
                let column = Column::new([array]);
                columns[at].extend(column.map(|column| (String::new(), column)));
            }
        }
        columns
    }
}

/// Whether a value is what Python says of one that is not there, or what arrays and frames say: a float that is no
/// number.
fn is_missing(value: &Bound<'_, PyAny>) -> bool {
    let float = value.cast::<PyFloat>();
    value.is_none() || float.is_ok_and(|float| float.value().is_nan())
}

/// A value as a string, if it is of a type that the role takes.
fn scalar(
    value: &Bound<'_, PyAny>,
    role: Role,
    row: usize,
    name: &str,
) -> PyResult<Option<String>> {
    if let Ok(string) = value.cast::<PyString>() {
        return Ok(Some(text(string, row, Some(name))?.to_owned()));
    }
    let number = value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>();
    if number && role.integers() {
        return Ok(Some(value.str()?.to_str()?.to_owned()));
    }
    let dates = matches!(role, Role::Date | Role::Updated | Role::Embargo);
    let time = value.is_instance_of::<PyDateTime>() || value.is_instance_of::<PyDate>();
    if time && dates {
        return Ok(Some(value.call_method0("isoformat")?.extract()?));
    }
    Ok(None)
}

/// The UTF-8 of a string, which lone surrogates have none of.
pub(crate) fn text<'s>(
    string: &'s Bound<'_, PyString>,
    row: usize,
    column: Option<&str>,
) -> PyResult<&'s str> {
    string.to_str().map_err(|_| {
        let place = column.map_or_else(
            || format!("row {row}"),
            |name| format!("row {row}, column `{name}`"),
        );
        let message = format!("{place}: a string with half a surrogate pair, which is no text");
        errors::input(message, Some(row), column)
    })
}

/// The name of a value's type.
fn kind(value: &Bound<'_, PyAny>) -> String {
    let name = value.get_type().name();
    name.map_or_else(
        |_| "something else".to_owned(),
        |name| format!("of type {name}"),
    )
}
