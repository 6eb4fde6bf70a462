//! The tables of a run, with the columns that the command line writes.

use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, BooleanBuilder, FixedSizeListBuilder, Float64Builder, Int64Builder,
    LargeStringBuilder, ListBuilder, StringBuilder,
};
use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{ArrowError, Field, Schema};
use wirefold::relation::{Novel, Passage, Row};
use wirefold::{Decision, TextSource as _};
use wirefold_io::short;

use crate::stories::Stories;
use crate::table::Table;

/// A column of ids: strings, or where stories have none the numbers of their rows.
pub(crate) enum IdBuilder {
    Strings(LargeStringBuilder),
    Rows(Int64Builder),
}

impl IdBuilder {
    pub(crate) fn of(stories: &Stories) -> Self {
        if stories.numbered {
            Self::Rows(Int64Builder::new())
        } else {
            Self::Strings(LargeStringBuilder::new())
        }
    }

    pub(crate) fn push(&mut self, stories: &Stories, story: Option<u32>) {
        match self {
            Self::Strings(ids) => ids.append_option(story.map(|story| stories.id(story))),
            Self::Rows(rows) => rows.append_option(story.map(i64::from)),
        }
    }

    fn finish(mut self) -> ArrayRef {
        match &mut self {
            Self::Strings(ids) => Arc::new(ids.finish()),
            Self::Rows(rows) => Arc::new(rows.finish()),
        }
    }
}

/// A table of one batch of these columns.
pub(crate) fn table(columns: Vec<(&str, ArrayRef)>) -> Result<Table, ArrowError> {
    let fields = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), arrays)?;
    Ok(Table::new(schema, vec![batch]))
}

/// One row for each story, in order: those of `--clusters`.
pub(crate) fn clusters(stories: &Stories, decisions: &[Decision]) -> Result<Table, ArrowError> {
    let ids = [(); 3].map(|()| IdBuilder::of(stories));
    cluster_rows(ids, decisions, |ids, story| ids.push(stories, story))
}

/// One row for each stored story, as [`clusters`] has them.
pub(crate) fn stored_clusters(
    stories: &wirefold_index::Stories<'_>,
    decisions: &[Decision],
) -> Result<Table, ArrowError> {
    let ids = [(); 3].map(|()| IdBuilder::Strings(LargeStringBuilder::new()));
    cluster_rows(ids, decisions, |ids, story| {
        if let IdBuilder::Strings(ids) = ids {
            ids.append_option(story.map(|story| stories.id(story)));
        }
    })
}

fn cluster_rows(
    mut ids: [IdBuilder; 3],
    decisions: &[Decision],
    push: impl Fn(&mut IdBuilder, Option<u32>),
) -> Result<Table, ArrowError> {
    let mut kept = BooleanBuilder::new();
    let mut relation = StringBuilder::new();
    let mut shares = [(); 3].map(|()| Float64Builder::new());
    for (number, decision) in (0u32..).zip(decisions) {
        let link = decision.link.as_ref();
        let [id, cluster, to] = &mut ids;
        push(id, Some(number));
        push(cluster, Some(decision.cluster));
        push(to, link.map(|link| link.to));
        kept.append_value(decision.kept);
        relation.append_option(link.map(|link| link.relation.name()));
        let of_link = link.map(|link| [link.jaccard, link.containment, link.novel]);
        for (at, share) in shares.iter_mut().enumerate() {
            share.append_option(of_link.map(|of_link| short(of_link[at])));
        }
    }
    let [id, cluster, to] = ids.map(IdBuilder::finish);
    let [jaccard, containment, novel] =
        shares.map(|mut share| Arc::new(share.finish()) as ArrayRef);
    table(vec![
        ("id", id),
        ("cluster", cluster),
        ("kept", Arc::new(kept.finish())),
        ("relation", Arc::new(relation.finish())),
        ("to", to),
        ("jaccard", jaccard),
        ("containment", containment),
        ("novel", novel),
    ])
}

/// Ranges of bytes: lists of pairs.
type Spans = ListBuilder<FixedSizeListBuilder<Int64Builder>>;

fn spans(builder: &mut Spans, novel: Option<&Novel>) {
    for &(start, end) in novel.map_or(&[][..], |novel| &novel.spans) {
        span(builder.values(), (start, end));
    }
    builder.append(true);
}

fn span(builder: &mut FixedSizeListBuilder<Int64Builder>, (start, end): (u64, u64)) {
    builder.values().append_value(start.cast_signed());
    builder.values().append_value(end.cast_signed());
    builder.append(true);
}

fn span_builder() -> FixedSizeListBuilder<Int64Builder> {
    FixedSizeListBuilder::new(Int64Builder::new(), 2)
}

/// The passages of many rows, as a list of structs a row.
struct Passages {
    a: FixedSizeListBuilder<Int64Builder>,
    b: FixedSizeListBuilder<Int64Builder>,
    kind: StringBuilder,
    score: Float64Builder,
    credit: StringBuilder,
    lengths: Vec<usize>,
}

impl Passages {
    fn new() -> Self {
        Self {
            a: span_builder(),
            b: span_builder(),
            kind: StringBuilder::new(),
            score: Float64Builder::new(),
            credit: StringBuilder::new(),
            lengths: Vec::new(),
        }
    }

    fn push(&mut self, passages: &[Passage]) {
        for passage in passages {
            span(&mut self.a, passage.a);
            span(&mut self.b, passage.b);
            self.kind.append_value(passage.kind.name());
            self.score.append_value(passage.score);
            self.credit.append_option(passage.credit.as_deref());
        }
        self.lengths.push(passages.len());
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let arrays: Vec<(&str, ArrayRef)> = vec![
            ("a", Arc::new(self.a.finish())),
            ("b", Arc::new(self.b.finish())),
            ("kind", Arc::new(self.kind.finish())),
            ("score", Arc::new(self.score.finish())),
            ("credit", Arc::new(self.credit.finish())),
        ];
        let fields: Vec<Field> = arrays
            .iter()
            .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
            .collect();
        let arrays = arrays.into_iter().map(|(_, array)| array).collect();
        let passages = StructArray::try_new(fields.into(), arrays, None)?;
        list(Arc::new(passages), self.lengths)
    }
}

/// Lists of these lengths over their values.
pub(crate) fn list(values: ArrayRef, lengths: Vec<usize>) -> Result<ArrayRef, ArrowError> {
    let field = Field::new("item", values.data_type().clone(), true);
    let offsets = OffsetBuffer::from_lengths(lengths);
    let list = arrow_array::ListArray::try_new(Arc::new(field), offsets, values, None)?;
    Ok(Arc::new(list))
}

/// The related pairs, as they come: the columns of `--relations`.
pub(crate) struct Relations {
    pub(crate) ids: [IdBuilder; 2],
    relation: StringBuilder,
    shares: [Float64Builder; 6],
    novel: [Float64Builder; 2],
    new: [Spans; 2],
    passages: Passages,
}

const SHARES: [&str; 6] = [
    "score",
    "jaccard",
    "containment_a",
    "containment_b",
    "aligned_a",
    "aligned_b",
];

impl Relations {
    pub(crate) fn new(ids: [IdBuilder; 2]) -> Self {
        Self {
            ids,
            relation: StringBuilder::new(),
            shares: SHARES.map(|_| Float64Builder::new()),
            novel: [(); 2].map(|()| Float64Builder::new()),
            new: [(); 2].map(|()| ListBuilder::new(span_builder())),
            passages: Passages::new(),
        }
    }

    /// Takes a pair of these stories.
    pub(crate) fn push(&mut self, stories: &Stories, row: &Row) {
        self.ids[0].push(stories, Some(row.a));
        self.ids[1].push(stories, Some(row.b));
        self.evidence(row);
    }

    /// Takes what stands in a row beside the ids.
    pub(crate) fn evidence(&mut self, row: &Row) {
        self.relation.append_value(row.relation.name());
        let shares = [
            row.score,
            row.jaccard,
            row.containment_a,
            row.containment_b,
            row.aligned_a,
            row.aligned_b,
        ];
        for (builder, share) in self.shares.iter_mut().zip(shares) {
            builder.append_value(short(share));
        }
        for side in 0..2 {
            let novel = row.novel.as_ref().map(|novel| &novel[side]);
            self.novel[side].append_option(novel.map(|novel| short(novel.share)));
            spans(&mut self.new[side], novel);
        }
        self.passages.push(&row.passages);
    }

    pub(crate) fn finish(self) -> Result<Table, ArrowError> {
        table(self.columns()?)
    }

    /// The columns, by name.
    pub(crate) fn columns(self) -> Result<Vec<(&'static str, ArrayRef)>, ArrowError> {
        let [a, b] = self.ids.map(IdBuilder::finish);
        let mut relation = self.relation;
        let mut columns = vec![("a", a), ("b", b), ("relation", finished(&mut relation))];
        for (name, mut share) in SHARES.into_iter().zip(self.shares) {
            columns.push((name, finished(&mut share)));
        }
        let [mut novel_a, mut novel_b] = self.novel;
        let [mut new_a, mut new_b] = self.new;
        columns.push(("novel_a", finished(&mut novel_a)));
        columns.push(("novel_b", finished(&mut novel_b)));
        columns.push(("new_a", finished(&mut new_a)));
        columns.push(("new_b", finished(&mut new_b)));
        columns.push(("passages", self.passages.finish()?));
        Ok(columns)
    }
}

fn finished(builder: &mut impl ArrayBuilder) -> ArrayRef {
    builder.finish()
}
