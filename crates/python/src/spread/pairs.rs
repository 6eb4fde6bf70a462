//! Pairs of stories of one table, by their numbers.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_schema::DataType;
use pyo3::prelude::*;

use super::columns::{NUMBER, columns, numbers};
use crate::errors;

/// The place of each story in its table by its number.
pub(super) fn places(table: &Bound<'_, PyAny>) -> PyResult<HashMap<i64, u32>> {
    let mut places = HashMap::new();
    for [number] in columns(table, [("number", NUMBER)])? {
        for &number in numbers(&number).values() {
            places.insert(number, places.len() as u32);
        }
    }
    Ok(places)
}

pub(super) fn place(places: &HashMap<i64, u32>, number: i64) -> PyResult<u32> {
    places.get(&number).copied().ok_or_else(|| {
        let message =
            "the text of a story is not there: the data frame gave other rows the second time";
        errors::input(message, None, None)
    })
}

/// Pairs of stories, and whether their texts are equal.
pub(super) struct Pairs(pub(super) Vec<(i64, i64, bool)>);

impl Pairs {
    /// Reads a story `a`, the stories `b` in a list, and whether they are equal (1) from each row.
    pub(super) fn read(table: &Bound<'_, PyAny>) -> PyResult<Self> {
        let list = DataType::new_list(NUMBER, true);
        let mut pairs = Vec::new();
        for [a, b, equal] in columns(table, [("a", NUMBER), ("b", list), ("equal", NUMBER)])? {
            let (a, b, equal) = (numbers(&a), b.as_list::<i32>(), numbers(&equal));
            for row in 0..a.len() {
                let others = b.value(row);
                let others = numbers(&others).values().iter();
                pairs.extend(others.map(|&b| (a.value(row), b, equal.value(row) == 1)));
            }
        }
        Ok(Self(pairs))
    }
}
