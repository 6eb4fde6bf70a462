//! Arrow data across the border to Python, by the `PyCapsule` interface: capsules of the C data and
//! stream interfaces of Arrow. The data stay where they are; only pointers to them cross.
//!
//! The one room of this crate with `unsafe`: a capsule is a pointer whose kind its name tells.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{ArrayReader as _, ArrayRef, RecordBatch, RecordBatchIterator, make_array};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use crate::errors;

const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";
const STREAM: &CStr = c"arrow_array_stream";

/// An array in pieces, as it came in.
pub(crate) struct Pieces {
    pub(crate) data_type: DataType,
    pub(crate) arrays: Vec<ArrayRef>,
}

/// Takes over the data of an object that gives Arrow streams or arrays.
pub(crate) fn import(data: &Bound<'_, PyAny>) -> PyResult<Pieces> {
    let failed = |error: ArrowError| errors::input(format!("no Arrow data: {error}"), None, None);
    if data.hasattr("__arrow_c_stream__")? {
        let capsule = data.call_method0("__arrow_c_stream__")?;
        let stream = take_stream(capsule.cast::<PyCapsule>()?)?;
        // Whoever made the stream may need the interpreter to go on.
        let pieces = data.py().detach(|| {
            let reader = ArrayStreamReader::try_new(stream)?;
            Ok(Pieces {
                data_type: reader.field().data_type().clone(),
                arrays: reader.collect::<Result<_, ArrowError>>()?,
            })
        });
        return pieces.map_err(failed);
    }
    let capsules = data.call_method0("__arrow_c_array__")?;
    let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) = capsules.extract()?;
    let array = take_array(schema.cast::<PyCapsule>()?, array.cast::<PyCapsule>()?)?;
    let array = array.map_err(failed)?;
    Ok(Pieces {
        data_type: array.data_type().clone(),
        arrays: vec![array],
    })
}

fn take_stream(capsule: &Bound<'_, PyCapsule>) -> PyResult<FFI_ArrowArrayStream> {
    let pointer = capsule.pointer_checked(Some(STREAM))?;
    // SAFETY: a capsule of this name holds a stream of the C stream interface, which stays where it is
    // while the capsule lives, as it does here. Its content is moved out and marked as released in its
    // place, so the capsule's destructor does not release it again.
    Ok(unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast()) })
}

fn take_array(
    schema: &Bound<'_, PyCapsule>,
    array: &Bound<'_, PyCapsule>,
) -> PyResult<Result<ArrayRef, ArrowError>> {
    let schema = schema.pointer_checked(Some(SCHEMA))?;
    let array = array.pointer_checked(Some(ARRAY))?;
    // SAFETY: capsules of these names hold an array and its schema of the C data interface. The schema
    // is borrowed while its capsule lives; the array is moved out and marked as released in its place.
    let data = unsafe {
        let array = FFI_ArrowArray::from_raw(array.as_ptr().cast());
        if array.is_released() {
            let reason = "the array was taken before".to_owned();
            return Ok(Err(ArrowError::CDataInterface(reason)));
        }
        from_ffi(array, &*schema.as_ptr().cast::<FFI_ArrowSchema>())
    };
    Ok(data.map(make_array))
}

/// A stream of batches for whoever takes Arrow streams.
pub(crate) fn export(
    py: Python<'_>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
) -> PyResult<Bound<'_, PyCapsule>> {
    let reader = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    let stream = FFI_ArrowArrayStream::new(Box::new(reader));
    // A stream that nobody took is released when the capsule drops it.
    PyCapsule::new_with_value(py, stream, STREAM)
}

/// An array and its schema for whoever takes Arrow arrays.
pub(crate) fn export_array<'py>(
    py: Python<'py>,
    array: &ArrayRef,
) -> PyResult<Bound<'py, PyTuple>> {
    let failed = |error: ArrowError| errors::input(error.to_string(), None, None);
    let field = Arc::new(Field::new("", array.data_type().clone(), true));
    let schema = FFI_ArrowSchema::try_from(field.as_ref()).map_err(failed)?;
    let schema = PyCapsule::new_with_value(py, schema, SCHEMA)?;
    let array = PyCapsule::new_with_value(py, FFI_ArrowArray::new(&array.to_data()), ARRAY)?;
    PyTuple::new(py, [schema, array])
}
