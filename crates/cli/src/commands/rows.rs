//! The columns of the tables.

use serde::Serialize;
use wirefold::relation::{Novel, Passage, Row};
use wirefold::{About, Outcome, TextSource};
use wirefold_index::Told;
use wirefold_io::{IoError, Kind, Output, Stories, Table, short};

/// One story of `--clusters`.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "fields are named as the columns")]
struct Cluster<'s> {
    id: &'s str,
    cluster: &'s str,
    kept: bool,
    relation: Option<&'static str>,
    to: Option<&'s str>,
    jaccard: Option<f64>,
    containment: Option<f64>,
    novel: Option<f64>,
}

/// The columns of `--clusters`.
fn cluster_columns() -> [(&'static str, Kind); 8] {
    [
        ("id", Kind::Text),
        ("cluster", Kind::Text),
        ("kept", Kind::Flag),
        ("relation", Kind::Text),
        ("to", Kind::Text),
        ("jaccard", Kind::Number),
        ("containment", Kind::Number),
        ("novel", Kind::Number),
    ]
}

/// One pair of the relations.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "fields are named as the columns")]
struct Relation<'s> {
    a: &'s str,
    b: &'s str,
    relation: &'static str,
    score: f64,
    jaccard: f64,
    containment_a: f64,
    containment_b: f64,
    aligned_a: f64,
    aligned_b: f64,
    novel_a: Option<f64>,
    novel_b: Option<f64>,
    new_a: &'s [(u64, u64)],
    new_b: &'s [(u64, u64)],
    passages: &'s [Passage],
}

/// The columns of the relations.
fn relation_columns() -> [(&'static str, Kind); 14] {
    let span = || Kind::Integer.list();
    let passage = [
        ("a", span()),
        ("b", span()),
        ("kind", Kind::Text),
        ("score", Kind::Number),
        ("credit", Kind::Text),
    ];
    let passage = passage.map(|(name, kind)| (name.to_owned(), kind));
    [
        ("a", Kind::Text),
        ("b", Kind::Text),
        ("relation", Kind::Text),
        ("score", Kind::Number),
        ("jaccard", Kind::Number),
        ("containment_a", Kind::Number),
        ("containment_b", Kind::Number),
        ("aligned_a", Kind::Number),
        ("aligned_b", Kind::Number),
        ("novel_a", Kind::Number),
        ("novel_b", Kind::Number),
        ("new_a", span().list()),
        ("new_b", span().list()),
        ("passages", Kind::Object(passage.into()).list()),
    ]
}

/// Writes one row for each story, in input order.
pub(crate) fn write_clusters(
    stories: &impl TextSource,
    outcome: &Outcome,
    output: Output,
) -> Result<Table, IoError> {
    let mut table = Table::new(output, cluster_columns())?;
    for (number, decision) in (0u32..).zip(&outcome.decisions) {
        let link = decision.link.as_ref();
        table.row(&Cluster {
            id: stories.id(number),
            cluster: stories.id(decision.cluster),
            kept: decision.kept,
            relation: link.map(|link| link.relation.name()),
            to: link.map(|link| stories.id(link.to)),
            jaccard: link.map(|link| short(link.jaccard)),
            containment: link.map(|link| short(link.containment)),
            novel: link.map(|link| short(link.novel)),
        })?;
    }
    Ok(table)
}

/// Writes one row for each related pair.
pub(crate) fn write_relations(
    stories: &Stories,
    outcome: &Outcome,
    output: Output,
) -> Result<Table, IoError> {
    let mut table = Table::new(output, relation_columns())?;
    outcome.each_relations(stories, |rows| {
        table.rows(rows, |row| {
            Relation::of(stories.id(row.a), stories.id(row.b), row)
        })
    })?;
    Ok(table)
}

impl<'s> Relation<'s> {
    fn of(a: &'s str, b: &'s str, row: &'s Row) -> Self {
        let [of_a, of_b] = row
            .novel
            .as_ref()
            .map_or([None; 2], |[a, b]| [Some(a), Some(b)]);
        let spans = |novel: Option<&'s Novel>| novel.map_or(&[][..], |novel| &novel.spans);
        Self {
            a,
            b,
            relation: row.relation.name(),
            score: short(row.score),
            jaccard: short(row.jaccard),
            containment_a: short(row.containment_a),
            containment_b: short(row.containment_b),
            aligned_a: short(row.aligned_a),
            aligned_b: short(row.aligned_b),
            novel_a: of_a.map(|novel| short(novel.share)),
            novel_b: of_b.map(|novel| short(novel.share)),
            new_a: spans(of_a),
            new_b: spans(of_b),
            passages: &row.passages,
        }
    }
}

/// One pair of an answer: the story that was asked for is `a`.
#[derive(Serialize)]
struct Found<'s> {
    #[serde(flatten)]
    relation: Relation<'s>,
    source: Option<&'s str>,
    published: Option<String>,
}

/// One pair of an answer as a line of JSON; `about` is the stored story's.
pub(crate) fn found_line(a: &str, b: &str, row: &Row, about: About<'_>, out: &mut Vec<u8>) {
    let found = Found {
        relation: Relation::of(a, b, row),
        source: about.source,
        published: about.published.and_then(wirefold_io::date_text),
    };
    // A row of strings and finite numbers always serializes, and memory takes it.
    if serde_json::to_writer(&mut *out, &found).is_ok() {
        out.push(b'\n');
    }
}

/// One story that is told already.
#[derive(Serialize)]
struct ToldRow<'t> {
    id: &'t str,
    relation: &'static str,
    to: &'t str,
    jaccard: f64,
    containment: f64,
    novel: f64,
}

/// The columns of the table of stories that are told already.
pub(crate) const TOLD_COLUMNS: [&str; 6] =
    ["id", "relation", "to", "jaccard", "containment", "novel"];

/// Writes one row for each story that is told already.
pub(crate) fn write_told(told: &[Told], table: &mut Table) -> Result<(), IoError> {
    told.iter().try_for_each(|told| {
        table.row(&ToldRow {
            id: &told.id,
            relation: told.link.relation.name(),
            to: &told.to,
            jaccard: short(told.link.jaccard),
            containment: short(told.link.containment),
            novel: short(told.link.novel),
        })
    })
}

/// One pair as the JSON object of its row.
pub(crate) fn relation_json(a: &str, b: &str, row: &Row) -> String {
    // A row of strings and finite numbers always serializes.
    serde_json::to_string(&Relation::of(a, b, row)).unwrap_or_default()
}
