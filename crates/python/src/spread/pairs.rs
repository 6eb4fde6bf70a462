//! Pairs of stories of one table, by their numbers.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_schema::DataType;
use pyo3::prelude::*;
use wirefold::spread::Earlier;

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

/// What is known of the stories of a table by their numbers.
pub(super) struct Known {
    places: HashMap<i64, u32>,
    stories: Vec<Earlier>,
}

impl Known {
    /// Reads the number of each story, its standing, and whether it leads a family for certain (1).
    pub(super) fn read(table: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut stories = Vec::new();
        for [standing, leads] in columns(table, [("standing", NUMBER), ("leads", NUMBER)])? {
            let rows = numbers(&standing)
                .values()
                .iter()
                .zip(numbers(&leads).values());
            for (&standing, &leads) in rows {
                stories.push(Earlier {
                    story: stories.len() as u32,
                    leads: leads == 1,
                    standing: u8::try_from(standing).unwrap_or_default(),
                });
            }
        }
        Ok(Self {
            places: places(table)?,
            stories,
        })
    }

    /// What is known of the story with a number.
    pub(super) fn of(&self, number: i64) -> PyResult<Earlier> {
        Ok(self.stories[place(&self.places, number)? as usize])
    }
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
