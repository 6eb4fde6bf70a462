//! Stories with their sketches, and what orders them.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{BinaryBuilder, Int64Builder, StringBuilder};
use pyo3::prelude::*;
use wirefold::normalize::Matcher;
use wirefold::spread::{Placed, Placer};
use wirefold::{Settings, TextSource as _};

use super::columns::{done, numbers};
use crate::errors;
use crate::stories::Stories;
use crate::table::Table;

/// The sketches of stories and what orders them, a row each; `numbers` are their places in the input, if that
/// matters.
pub(super) fn placed(
    matcher: &Matcher,
    settings: &Settings,
    stories: &Stories,
    numbers: Option<&[i64]>,
) -> Result<PyResult<Table>, wirefold::Error> {
    let mut placer = Placer::new(matcher, settings)?;
    let mut ids = StringBuilder::new();
    let [mut order, mut content, mut sketches] = [(); 3].map(|()| BinaryBuilder::new());
    let [
        mut words,
        mut published,
        mut item,
        mut slug,
        mut version,
        mut notice,
    ] = [(); 6].map(|()| Int64Builder::new());
    let mut placed = Placed::default();
    let mut packed = Vec::new();
    for row in 0..stories.count() {
        let story = stories.story(row);
        let number = numbers.and_then(|numbers| numbers.get(row as usize));
        placer.place(story, number.copied().unwrap_or_default(), &mut placed);
        let head = &placed.sketch.head;
        ids.append_option(stories.given_id(row));
        order.append_value(&placed.order);
        content.append_value(head.content.to_be_bytes());
        words.append_value(head.words.into());
        published.append_option(story.about.published);
        let edition = head.edition.as_ref();
        item.append_option(
            edition
                .and_then(|edition| edition.item)
                .map(u64::cast_signed),
        );
        slug.append_option(
            edition
                .and_then(|edition| edition.slug)
                .map(u64::cast_signed),
        );
        version.append_option(edition.map(|edition| edition.number.cast_signed()));
        notice.append_value(head.notice.into());
        packed.clear();
        if head.words > 0 {
            placed.sketch.write_bytes(&mut packed);
        }
        sketches.append_value(&packed);
    }
    Ok(done(vec![
        ("id", Arc::new(ids.finish())),
        ("order", Arc::new(order.finish())),
        ("content", Arc::new(content.finish())),
        ("words", Arc::new(words.finish())),
        ("published", Arc::new(published.finish())),
        ("item", Arc::new(item.finish())),
        ("slug", Arc::new(slug.finish())),
        ("version", Arc::new(version.finish())),
        ("notice", Arc::new(notice.finish())),
        ("sketch", Arc::new(sketches.finish())),
    ]))
}

/// The places of stories in the input, which all have one.
pub(super) fn ordered(pieces: &[[ArrayRef; 1]]) -> PyResult<Vec<i64>> {
    let all = pieces.iter().flat_map(|[piece]| numbers(piece).iter());
    let all = all.enumerate().map(|(row, number)| {
        number.ok_or_else(|| {
            let message = "a story without a number in the column of order_field: give each one";
            errors::input(message, Some(row), None)
        })
    });
    all.collect()
}
