//! Columns of the tables that Spark sends: numbers and bytes, by name.

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef, BinaryArray, Int64Array};
use arrow_schema::DataType;
use pyo3::prelude::*;

use crate::capsule;
use crate::errors;
use crate::rows::table;
use crate::table::{Table, failed};

/// Columns of a table by their names, piece after piece.
pub(super) fn columns<const N: usize>(
    data: &Bound<'_, PyAny>,
    names: [(&str, DataType); N],
) -> PyResult<Vec<[ArrayRef; N]>> {
    let pieces = capsule::import(data)?.arrays.into_iter();
    let named = |piece: ArrayRef| {
        let table = piece.as_struct_opt();
        let column = |(name, data_type): &(&str, DataType)| {
            let column = table.and_then(|table| table.column_by_name(name));
            let column = column.and_then(|column| fitting(column, data_type));
            column.ok_or_else(|| {
                let message =
                    format!("no column `{name}` of {data_type}, or more than 2 GiB of it");
                errors::input(message, None, Some(name))
            })
        };
        let columns: Vec<ArrayRef> = names.iter().map(column).collect::<PyResult<_>>()?;
        let columns = <[ArrayRef; N]>::try_from(columns);
        columns.map_err(|_| errors::input("other columns than were asked for", None, None))
    };
    pieces.map(named).collect()
}

/// The column as one of the type that is asked for, if it is one; what the items of lists are called does not
/// matter, nor do large types, which Spark sends under `spark.sql.execution.arrow.useLargeVarTypes`.
fn fitting(column: &ArrayRef, wanted: &DataType) -> Option<ArrayRef> {
    match (column.data_type(), wanted) {
        (DataType::List(found), DataType::List(wanted)) => {
            (found.data_type() == wanted.data_type()).then(|| column.clone())
        }
        (DataType::LargeList(found), DataType::List(wanted)) => {
            let same = found.data_type() == wanted.data_type();
            let cast = || arrow_cast::cast(column, &DataType::List(found.clone())).ok();
            same.then(cast).flatten()
        }
        (DataType::LargeBinary, DataType::Binary) => arrow_cast::cast(column, wanted).ok(),
        (found, _) => (found == wanted).then(|| column.clone()),
    }
}

/// The types of the columns.
pub(super) const NUMBER: DataType = DataType::Int64;
pub(super) const BYTES: DataType = DataType::Binary;

pub(super) fn numbers(array: &ArrayRef) -> &Int64Array {
    array.as_primitive::<Int64Type>()
}

pub(super) fn bytes(array: &ArrayRef) -> &BinaryArray {
    array.as_binary::<i32>()
}

/// The value of a row, if it is not null.
pub(super) fn known(array: &Int64Array, row: usize) -> Option<i64> {
    array.is_valid(row).then(|| array.value(row))
}

/// The number of a bucket or slice as Spark has it.
pub(super) fn index(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// A table of these columns.
pub(super) fn done(columns: Vec<(&str, ArrayRef)>) -> PyResult<Table> {
    table(columns).map_err(|error| failed(&error))
}
