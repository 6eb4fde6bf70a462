//! The Python module `wirefold._wirefold`: the library for Python, behind the package's own words.
//!
//! Stories enter as Arrow arrays, by the `PyCapsule` interface and without a copy, or as Python lists,
//! which are copied once ([`stories`]). Work runs on threads of its own while Python goes on
//! ([`watch`]). What comes out is a mask, or a [`table`] that leaves by the same interface. Which kind
//! of frame the caller has, and gets back, is for the Python half to see to.
#![allow(
    clippy::needless_pass_by_value,
    reason = "what Python gives to a function comes by value"
)]

mod capsule;
mod column;
mod errors;
mod fold;
mod index;
mod list;
mod normalize;
mod quotations;
mod rows;
mod settings;
mod signature;
mod spread;
mod stories;
mod table;
mod watch;

/// The module.
#[pyo3::pymodule]
mod _wirefold {
    #[pymodule_export]
    use crate::fold::{Outcome, fold, pair};
    #[pymodule_export]
    use crate::index::Index;
    #[pymodule_export]
    use crate::normalize::Normalizer;
    #[pymodule_export]
    use crate::quotations::{quotations_of, quotations_of_each};
    #[pymodule_export]
    use crate::signature::{Signature, Signer};
    #[pymodule_export]
    use crate::spread::{Spread, count_words, lead, learned, repeated_lines, teach, withdrawn};
    #[pymodule_export]
    use crate::stories::{Stories, fields};
    #[pymodule_export]
    use crate::table::{Column, Table};

    /// What marks the order of a story that was taken back.
    #[pymodule_export]
    const WITHDRAWN: u8 = wirefold::spread::WITHDRAWN;

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "named as Python has it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
