//! All records, each with what became of it.

use crate::cells::cells;
use serde::Serialize;

/// What became of a story, as the fields that its record gets.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Note<'n> {
    /// Id of the representative of its family.
    pub cluster: &'n str,
    /// Whether it is kept.
    pub kept: bool,
    /// Its relation to `to`, if to any.
    pub relation: Option<&'n str>,
    /// Id of the story that removed it or, if it is kept, of its representative.
    pub to: Option<&'n str>,
}

/// The fields of a [`Note`], which take the place of a record's own fields of these names.
pub const NOTE_FIELDS: &[&str] = &["cluster", "kept", "relation", "to"];

/// A record, an object, with the fields of its note.
pub(crate) fn annotated(record: &str, note: &Note<'_>) -> serde_json::Result<String> {
    let note = serde_json::to_string(note)?;
    let fields = cells(record)?;
    let is_noted = |name: &str| NOTE_FIELDS.contains(&name);
    let mut object = if fields.iter().any(|(name, _)| is_noted(name)) {
        let mut object = String::from("{");
        for (name, value) in fields.iter().filter(|(name, _)| !is_noted(name)) {
            if object.len() > 1 {
                object.push(',');
            }
            object.push_str(&serde_json::to_string(name)?);
            object.push(':');
            object.push_str(value.get());
        }
        object
    } else {
        let open = record.trim_end().strip_suffix('}').unwrap_or(record);
        open.trim_end().to_owned()
    };
    if !object.ends_with('{') {
        object.push(',');
    }
    object.push_str(&note[1..]);
    Ok(object)
}

/// Notes as columns.
pub(crate) mod note_columns {
    use super::{NOTE_FIELDS, Note};
    use arrow_array::builder::{BooleanBuilder, StringBuilder};
    use arrow_array::{ArrayRef, RecordBatch};
    use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
    use std::sync::Arc;

    /// A schema with the columns of a note behind its own.
    pub(crate) fn schema(schema: &SchemaRef) -> SchemaRef {
        let mut fields: Vec<FieldRef> = own(schema)
            .map(|at| Arc::clone(&schema.fields()[at]))
            .collect();
        for &name in NOTE_FIELDS {
            let (data_type, nullable) = match name {
                "kept" => (DataType::Boolean, false),
                name => (DataType::Utf8, name != "cluster"),
            };
            fields.push(Arc::new(Field::new(name, data_type, nullable)));
        }
        Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
    }

    /// Places of the columns that stay.
    fn own(schema: &Schema) -> impl Iterator<Item = usize> {
        let fields = schema.fields().iter().enumerate();
        fields
            .filter(|(_, field)| !NOTE_FIELDS.contains(&field.name().as_str()))
            .map(|(at, _)| at)
    }

    /// A batch with the columns of a note a row.
    pub(crate) fn noted<'n>(
        batch: &RecordBatch,
        schema: &SchemaRef,
        notes: impl Iterator<Item = Note<'n>>,
    ) -> Result<RecordBatch, ArrowError> {
        let (mut cluster, mut kept) = (StringBuilder::new(), BooleanBuilder::new());
        let (mut relation, mut to) = (StringBuilder::new(), StringBuilder::new());
        for note in notes {
            cluster.append_value(note.cluster);
            kept.append_value(note.kept);
            relation.append_option(note.relation);
            to.append_option(note.to);
        }
        let mut columns: Vec<ArrayRef> = own(batch.schema_ref())
            .map(|at| Arc::clone(batch.column(at)))
            .collect();
        columns.extend([
            Arc::new(cluster.finish()) as ArrayRef,
            Arc::new(kept.finish()),
            Arc::new(relation.finish()),
            Arc::new(to.finish()),
        ]);
        RecordBatch::try_new(Arc::clone(schema), columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_behind_those_of_the_record() {
        let note = Note {
            cluster: "b",
            kept: false,
            relation: Some("contained"),
            to: None,
        };
        let fields = r#""cluster":"b","kept":false,"relation":"contained","to":null}"#;
        for (record, own) in [
            (
                r#"{"id": "a" , "x": [1, {"to": 2}] } "#,
                r#"{"id": "a" , "x": [1, {"to": 2}],"#,
            ),
            (
                r#"{"to":"Ilse","id":"a","kept":1,"n":1e2}"#,
                r#"{"id":"a","n":1e2,"#,
            ),
            (r#"{"to":"Ilse"}"#, "{"),
            ("{ }", "{"),
        ] {
            assert_eq!(annotated(record, &note).unwrap(), format!("{own}{fields}"));
        }
        assert!(annotated("[1]", &note).is_err());
    }
}
