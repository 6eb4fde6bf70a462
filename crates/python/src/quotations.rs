//! Direct speech.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder, LargeStringBuilder, StringBuilder};
use arrow_array::{ArrayRef, StructArray};
use arrow_schema::{ArrowError, Field};
use pyo3::prelude::*;
use wirefold::TextSource as _;
use wirefold::quotation::{Quotation, quotations};

use crate::errors;
use crate::rows::list;
use crate::stories::Stories;
use crate::table::{Column, failed};
use crate::watch::Watch;

/// The quotations of many texts.
#[derive(Default)]
struct Found {
    bytes: bool,
    start: Int64Builder,
    end: Int64Builder,
    text: LargeStringBuilder,
    marks: StringBuilder,
    ending: StringBuilder,
    continues: BooleanBuilder,
    depth: Int64Builder,
    lengths: Vec<usize>,
}

impl Found {
    /// Offsets are counted in `chars` or `bytes`.
    fn new(offsets: &str) -> PyResult<Self> {
        match offsets {
            "chars" | "bytes" => Ok(Self {
                bytes: offsets == "bytes",
                ..Self::default()
            }),
            other => {
                let message = format!("is {other:?}, but must be chars or bytes");
                Err(errors::setting("offsets", message))
            }
        }
    }

    fn push(&mut self, text: &str) {
        let found = quotations(text);
        let place = Places::new(text, self.bytes, &found);
        for quotation in &found {
            self.start.append_value(place.of(quotation.outer.start));
            self.end.append_value(place.of(quotation.outer.end));
            self.text.append_value(&text[quotation.inner.clone()]);
            self.marks.append_value(quotation.marks.name());
            self.ending.append_value(quotation.ending.name());
            self.continues.append_value(quotation.continues);
            self.depth.append_value(number(quotation.depth));
        }
        self.lengths.push(found.len());
    }

    /// A list of structs a text.
    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let columns: [(&str, ArrayRef); 7] = [
            ("start", Arc::new(self.start.finish())),
            ("end", Arc::new(self.end.finish())),
            ("text", Arc::new(self.text.finish())),
            ("marks", Arc::new(self.marks.finish())),
            ("ending", Arc::new(self.ending.finish())),
            ("continues", Arc::new(self.continues.finish())),
            ("depth", Arc::new(self.depth.finish())),
        ];
        let field =
            |(name, array): &(&str, ArrayRef)| Field::new(*name, array.data_type().clone(), true);
        let fields: Vec<Field> = columns.iter().map(field).collect();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        list(
            Arc::new(StructArray::try_new(fields.into(), arrays, None)?),
            self.lengths,
        )
    }
}

/// A count as a column of 64-bit integers has it.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Byte offsets of a text as offsets in characters.
struct Places {
    /// Offsets that are asked for, with the characters before them; empty if bytes are wanted, or all
    /// characters are bytes.
    known: Vec<(usize, usize)>,
}

impl Places {
    fn new(text: &str, bytes: bool, found: &[Quotation]) -> Self {
        if bytes || text.is_ascii() {
            return Self { known: Vec::new() };
        }
        let mut asked: Vec<usize> = found
            .iter()
            .flat_map(|q| [q.outer.start, q.outer.end])
            .collect();
        asked.sort_unstable();
        asked.dedup();
        let (mut at, mut chars) = (0, 0);
        let count = |offset| {
            chars += text[at..offset].chars().count();
            at = offset;
            (offset, chars)
        };
        Self {
            known: asked.into_iter().map(count).collect(),
        }
    }

    fn of(&self, offset: usize) -> i64 {
        let known = self
            .known
            .binary_search_by_key(&offset, |&(offset, _)| offset);
        number(known.map_or(offset, |at| self.known[at].1))
    }
}

/// The quotations of one text: a column of one list.
#[pyfunction]
pub(crate) fn quotations_of(py: Python<'_>, text: &str, offsets: &str) -> PyResult<Column> {
    let mut found = Found::new(offsets)?;
    py.detach(|| found.push(text));
    Ok(Column::new(found.finish().map_err(|error| failed(&error))?))
}

/// The quotations of each text: a column of lists.
#[pyfunction]
pub(crate) fn quotations_of_each(
    py: Python<'_>,
    stories: &Stories,
    offsets: &str,
) -> PyResult<Column> {
    let mut found = Found::new(offsets)?;
    let watch = Watch::new(Arc::clone(&stories.stopped));
    let found = watch.run(py, None, || {
        for row in 0..stories.count() {
            if watch.stopped() {
                break;
            }
            found.push(stories.story(row).text);
        }
        found.finish()
    })?;
    Ok(Column::new(found.map_err(|error| failed(&error))?))
}
