//! The data that the page's script shows, as it reads them.

use serde::Serialize;
use serde_json::value::RawValue;
use wirefold::relation::Relation;

use crate::view::View;

/// All of them.
#[derive(Debug, Serialize)]
pub(crate) struct Data<'v> {
    pub(crate) view: &'v View,
    /// Names of relations, in the order of the bits of [`Row::relations`].
    pub(crate) relations: [&'static str; Relation::ALL.len()],
    pub(crate) families: Vec<Row>,
    /// Families with their texts, as JSON: each a `Detail`.
    pub(crate) details: Vec<Box<RawValue>>,
}

/// A family in the list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// The id of the story that leads it.
    pub(crate) id: String,
    /// Its title, or the beginning of its text.
    pub(crate) title: String,
    pub(crate) stories: usize,
    pub(crate) kept: usize,
    pub(crate) sources: usize,
    /// Seconds since the beginning of 1970 of the first story and the last.
    pub(crate) times: Option<(i64, i64)>,
    /// Bytes of removed stories.
    pub(crate) saved: u64,
    /// How alike the least alike removed story is, or the most alike of an answer.
    pub(crate) alike: Option<f64>,
    pub(crate) relations: u32,
    /// Where its texts are in the details, if they are shown.
    pub(crate) detail: Option<usize>,
}
