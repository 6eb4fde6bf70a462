//! Tables that leave for Python: by Arrow, or as dictionaries.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PyTuple};

use crate::capsule;
use crate::errors;

/// A table that gives its columns by the Arrow `PyCapsule` interface.
#[pyclass(frozen, module = "wirefold._wirefold")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// A table of batches with equal columns.
    pub(crate) fn new(schema: Schema, batches: Vec<RecordBatch>) -> Self {
        let schema = Arc::new(schema);
        Self { schema, batches }
    }
}

#[pymethods]
impl Table {
    /// The rows as a stream of Arrow arrays.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Other types than these are not made; by the interface's rules that is the taker's to see.
        let _ = requested_schema;
        capsule::export(py, self.schema.clone(), self.batches.clone())
    }

    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The rows as dictionaries.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows = PyList::empty(py);
        let names = self.column_names();
        for batch in &self.batches {
            for row in 0..batch.num_rows() {
                let dict = PyDict::new(py);
                for (name, column) in names.iter().zip(batch.columns()) {
                    dict.set_item(name, value(py, column, row)?)?;
                }
                rows.append(dict)?;
            }
        }
        Ok(rows)
    }

    /// The columns as lists, by name.
    fn to_pydict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        for (at, name) in self.column_names().iter().enumerate() {
            let list = PyList::empty(py);
            for batch in &self.batches {
                let column = batch.column(at);
                for row in 0..column.len() {
                    list.append(value(py, column, row)?)?;
                }
            }
            columns.set_item(name, list)?;
        }
        Ok(columns)
    }
}

/// One column that gives its values by the Arrow `PyCapsule` interface.
#[pyclass(frozen, module = "wirefold._wirefold")]
pub(crate) struct Column {
    array: ArrayRef,
}

impl Column {
    pub(crate) fn new(array: ArrayRef) -> Self {
        Self { array }
    }
}

#[pymethods]
impl Column {
    /// The values as an Arrow array, with its type.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _ = requested_schema;
        capsule::export_array(py, &self.array)
    }

    fn __len__(&self) -> usize {
        self.array.len()
    }

    /// The values as a list.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let values = PyList::empty(py);
        for row in 0..self.array.len() {
            values.append(value(py, &self.array, row)?)?;
        }
        Ok(values)
    }
}

/// One value as Python has it.
fn value<'py>(py: Python<'py>, array: &ArrayRef, row: usize) -> PyResult<Bound<'py, PyAny>> {
    if array.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    let list = |values: ArrayRef| {
        let all: PyResult<Vec<_>> = (0..values.len()).map(|at| value(py, &values, at)).collect();
        PyList::new(py, all?)?.into_bound_py_any(py)
    };
    match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).into_bound_py_any(py),
        DataType::Int64 => array
            .as_primitive::<Int64Type>()
            .value(row)
            .into_bound_py_any(py),
        DataType::UInt64 => array
            .as_primitive::<UInt64Type>()
            .value(row)
            .into_bound_py_any(py),
        DataType::Float64 => array
            .as_primitive::<Float64Type>()
            .value(row)
            .into_bound_py_any(py),
        DataType::Utf8 => array.as_string::<i32>().value(row).into_bound_py_any(py),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).into_bound_py_any(py),
        DataType::List(_) => list(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let dict = PyDict::new(py);
            for (field, column) in fields.iter().zip(array.as_struct().columns()) {
                dict.set_item(field.name(), value(py, column, row)?)?;
            }
            dict.into_bound_py_any(py)
        }
        other => Err(errors::input(format!("a column of {other}"), None, None)),
    }
}

/// An error of making a table, which only its own maker can have made.
pub(crate) fn failed(error: &ArrowError) -> PyErr {
    errors::input(error.to_string(), None, None)
}
