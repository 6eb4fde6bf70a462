//! All records, each with what became of it.

use crate::cells::cells;
use crate::error::IoError;
use crate::feed::Feed;
use crate::input::Format;
use crate::kept::{Columns, Place, Written, each_record, mended, misfit, plain_record};
use crate::output::Output;
use crate::table::TableFormat;
use serde::Serialize;
use std::borrow::Cow;

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

/// Writes records in the order given, each with its note behind its own fields. Broken UTF-8 and
/// halves of surrogate pairs are replaced.
///
/// In JSON Lines the bytes of a record's own fields stay as they are, unless one of them has the name
/// of a field of the note. In CSV the note's columns are the last.
///
/// # Errors
/// Those of [`write_kept`](crate::write_kept).
pub fn write_annotated<'n, I>(
    feed: &Feed,
    records: I,
    format: TableFormat,
    output: &mut Output,
) -> Result<Written, IoError>
where
    I: IntoIterator<Item = (Place, Note<'n>)>,
    I::IntoIter: Clone,
{
    let records = records.into_iter();
    let places = || records.clone().map(|(place, _)| place);
    let before = output.bytes();
    let mut columns = match format {
        TableFormat::JsonLines => None,
        TableFormat::Csv => {
            let mut columns = Columns::of(feed, places(), output)?;
            columns.move_last(NOTE_FIELDS);
            columns.put_header(output)?;
            Some(columns)
        }
    };
    let mut notes = records.clone().map(|(_, note)| note);
    let mut written = 0;
    each_record(feed, places(), |source, record| {
        let Some(note) = notes.next() else {
            return Ok(());
        };
        written += 1;
        let record = if feed.format(source) == Some(Format::PlainText) {
            Cow::Owned(plain_record(&feed.file(source), record).map_err(|e| misfit(output, &e))?)
        } else {
            mended(record)
        };
        let noted = annotated(&record, &note).map_err(|error| misfit(output, &error))?;
        if let Some(columns) = &mut columns {
            return columns.put_row(&noted, output);
        }
        output.put(noted.as_bytes())?;
        output.put(b"\n")
    })?;
    Ok(Written {
        records: written,
        bytes: output.bytes() - before,
    })
}

/// A record, an object, with the fields of its note.
fn annotated(record: &str, note: &Note<'_>) -> serde_json::Result<String> {
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
