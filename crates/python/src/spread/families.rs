//! Who stands for whom, and what became of the stories of families.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Int64Array};
use pyo3::prelude::*;
use wirefold::sketch::Edition;
use wirefold::spread::{self, Folded};
use wirefold_io::short;

use super::columns::{NUMBER, columns, done, known, numbers};
use crate::table::Table;

/// Of versions of items, those that are taken back, as a column of truth values.
#[pyfunction]
pub(crate) fn withdrawn(versions: &Bound<'_, PyAny>) -> PyResult<Table> {
    let names = ["item", "slug", "version", "published", "notice"];
    let mut all = Vec::new();
    for columns in columns(versions, names.map(|name| (name, NUMBER)))? {
        let [item, slug, version, published, notice] = columns.each_ref().map(numbers);
        let hash = |array: &Int64Array, row| known(array, row).map(i64::cast_unsigned);
        all.extend((0..version.len()).map(|row| {
            let edition = Edition {
                item: hash(item, row),
                slug: hash(slug, row),
                number: version.value(row).cast_unsigned(),
                published: known(published, row),
            };
            (edition, notice.value(row) == 1)
        }));
    }
    let mut taken_back = vec![false; all.len()];
    for at in spread::withdrawn(&all) {
        taken_back[at] = true;
    }
    let taken_back: BooleanArray = taken_back.into_iter().map(Some).collect();
    done(vec![("withdrawn", Arc::new(taken_back))])
}

/// The representative of each story `a`, where few wait for others: `known` says whether `b` is one.
#[pyfunction]
pub(crate) fn lead(ties: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut all = Vec::new();
    for [a, b, known] in columns(ties, [("a", NUMBER), ("b", NUMBER), ("known", NUMBER)])? {
        let [a, b, known] = [&a, &b, &known].map(|array| numbers(array).values());
        let rows = a.iter().zip(b).zip(known);
        all.extend(
            rows.map(|((&a, &b), &known)| (a.cast_unsigned(), b.cast_unsigned(), known == 1)),
        );
    }
    let led = spread::lead(&mut all).into_iter();
    let (stories, leaders): (Vec<i64>, Vec<i64>) = led
        .map(|(story, leader)| (story.cast_signed(), leader.cast_signed()))
        .unzip();
    done(vec![
        ("story", Arc::new(Int64Array::from(stories))),
        ("leader", Arc::new(Int64Array::from(leaders))),
    ])
}

/// What became of stories, as a table.
pub(super) fn folds(folded: &[Folded]) -> PyResult<Table> {
    let [mut story, mut cluster, mut to] = [(); 3].map(|()| Int64Builder::new());
    let mut kept = BooleanBuilder::new();
    let mut relation = StringBuilder::new();
    let mut shares = [(); 3].map(|()| Float64Builder::new());
    for folded in folded {
        story.append_value(folded.story.cast_signed());
        cluster.append_value(folded.cluster.cast_signed());
        kept.append_value(folded.kept);
        let link = folded.link;
        to.append_option(link.map(|link| link.to.cast_signed()));
        relation.append_option(link.map(|link| link.relation.name()));
        let of_link = link.map(|link| [link.jaccard, link.containment, link.novel]);
        for (at, share) in shares.iter_mut().enumerate() {
            share.append_option(of_link.map(|of_link| short(of_link[at])));
        }
    }
    let [jaccard, containment, novel] =
        shares.map(|mut share| Arc::new(share.finish()) as ArrayRef);
    done(vec![
        ("story", Arc::new(story.finish())),
        ("cluster", Arc::new(cluster.finish())),
        ("kept", Arc::new(kept.finish())),
        ("relation", Arc::new(relation.finish())),
        ("to", Arc::new(to.finish())),
        ("jaccard", jaccard),
        ("containment", containment),
        ("novel", novel),
    ])
}
