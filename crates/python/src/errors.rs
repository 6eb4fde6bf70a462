//! Errors of the libraries as exceptions of Python.

use pyo3::PyErr;
use pyo3::exceptions::PyValueError;
use wirefold::Error;
use wirefold_index::IndexError;
use wirefold_io::IoError;

mod classes {
    pyo3::import_exception!(wirefold.errors, InputError);
    pyo3::import_exception!(wirefold.errors, SettingError);
    pyo3::import_exception!(wirefold.errors, StorageError);
}
use classes::{InputError, SettingError, StorageError};

/// What is wrong with what was given, where known by row (from 0) and column.
pub(crate) fn input(message: impl Into<String>, row: Option<usize>, column: Option<&str>) -> PyErr {
    InputError::new_err((message.into(), row, column.map(str::to_owned)))
}

/// A setting that is outside its range; `name` as the keyword has it.
pub(crate) fn setting(name: &str, message: impl std::fmt::Display) -> PyErr {
    let name = name.replace('-', "_");
    SettingError::new_err((format!("{name} {message}"), name))
}

/// An error of the library.
pub(crate) fn library(error: &Error) -> PyErr {
    match error {
        Error::Setting { name, value, range } => {
            setting(name, format_args!("is {value}, but must be {range}"))
        }
        Error::Memory { .. } => setting("memory", format_args!("is too small: {error}")),
        Error::Store { .. } => StorageError::new_err(format!("{error} (temp_dir)")),
        Error::TooManyStories => input(error.to_string(), None, None),
        error => PyValueError::new_err(error.to_string()),
    }
}

/// An error of reading and writing.
pub(crate) fn io(error: &IoError) -> PyErr {
    match error {
        IoError::Library(error) => library(error),
        IoError::Spool { .. } | IoError::Temporary { .. } => {
            StorageError::new_err(format!("{error} (temp_dir)"))
        }
        error => StorageError::new_err(error.to_string()),
    }
}

/// An error of an index.
pub(crate) fn index(error: &IndexError) -> PyErr {
    match error {
        IndexError::Library(error) => library(error),
        IndexError::Feed(error) => io(error),
        IndexError::NoSuchStory { .. } => input(error.to_string(), None, None),
        error => StorageError::new_err(error.to_string()),
    }
}
