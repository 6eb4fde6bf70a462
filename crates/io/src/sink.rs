//! Records as lines, cells or columns, whatever they come from.

use crate::annotate::{NOTE_FIELDS, Note, annotated, note_columns};
use crate::columnar::{ColumnsOut, Manner, Shape};
use crate::error::IoError;
use crate::kept::{self, Written, misfit};
use crate::output::Output;
use crate::stories::Stories;
use crate::table::TableFormat;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use std::cell::Cell;
use std::sync::Arc;

/// One pass over records, each a JSON object, in their order. It gives the same each time.
pub(crate) type Pass<'p> =
    &'p dyn Fn(&mut dyn FnMut(&str) -> Result<(), IoError>) -> Result<(), IoError>;

/// Objects of which a batch of columns is made, at most, and their bytes.
const BATCH_OBJECTS: usize = 4096;
const BATCH_BYTES: usize = 4 << 20;

/// Writes the records of a pass; how many. The columns named in `last` come behind all others.
pub(crate) fn put_pass(
    pass: Pass<'_>,
    format: TableFormat,
    last: &[&str],
    output: &mut Output,
) -> Result<u64, IoError> {
    let records = Cell::new(0);
    match format {
        TableFormat::JsonLines => pass(&mut |record| {
            records.set(records.get() + 1);
            output.put(record.as_bytes())?;
            output.put(b"\n")
        })?,
        TableFormat::Csv | TableFormat::Tsv => {
            let mut columns = kept::Columns::of(pass, format, output)?;
            columns.move_last(last);
            columns.put_header(output)?;
            pass(&mut |record| {
                records.set(records.get() + 1);
                columns.put_row(record, output)
            })?;
        }
        TableFormat::Parquet | TableFormat::Arrow => {
            records.set(put_columns(pass, format, last, output)?);
        }
    }
    Ok(records.get())
}

/// Writes records in columns: which, and of what kind, the first pass tells.
fn put_columns(
    pass: Pass<'_>,
    format: TableFormat,
    last: &[&str],
    output: &mut Output,
) -> Result<u64, IoError> {
    let path = output.path().to_path_buf();
    let failed = |message: String| IoError::Row {
        path: path.clone(),
        message,
    };
    let mut shape = Shape::default();
    pass(&mut |record| shape.learn(record).map_err(|error| misfit(&path, &error)))?;
    shape.move_last(last);
    let mut out = ColumnsOut::new(output, format, &shape.schema(), &Manner::default())?;
    let mut objects: Vec<String> = Vec::new();
    let (mut bytes, mut records) = (0, 0);
    pass(&mut |record| {
        records += 1;
        bytes += record.len();
        objects.push(record.to_owned());
        if objects.len() == BATCH_OBJECTS || bytes >= BATCH_BYTES {
            out.put(
                &shape
                    .batch(objects.iter().map(String::as_str))
                    .map_err(failed)?,
            )?;
            objects.clear();
            bytes = 0;
        }
        Ok(())
    })?;
    if !objects.is_empty() {
        let batch = shape.batch(objects.iter().map(String::as_str));
        out.put(&batch.map_err(failed)?)?;
    }
    out.finish()?;
    Ok(records)
}

/// Writes stories in the order given, which must be that of the feed, each with its note, if it has one,
/// behind its own fields.
///
/// Where all of them come from files of columns of one schema, and the output is such a file too, their
/// rows are selected: the schema, the properties of the first file and its compression, and all other
/// columns stay as they are. Otherwise rows of columns are written as JSON objects, and records without
/// notes as by [`write_kept`](crate::write_kept). With notes broken UTF-8 and halves of surrogate pairs are
/// replaced; in JSON Lines the bytes of a record's own fields stay, unless one of them has the name of a
/// field of the note, and in tables the note's columns are the last.
///
/// # Errors
/// Those of [`write_kept`](crate::write_kept).
///
/// # Panics
/// If there is no such story.
pub fn write_stories<'n, I>(
    stories: &Stories,
    records: I,
    format: TableFormat,
    output: &mut Output,
) -> Result<Written, IoError>
where
    I: IntoIterator<Item = (u32, Option<Note<'n>>)>,
    I::IntoIter: Clone,
{
    let records = records.into_iter();
    let feed = stories.feed();
    let before = output.bytes();
    let columnar = (0..feed.source_count() as u32).any(|source| feed.lacks_columns(source));
    let noted = records
        .clone()
        .next()
        .is_some_and(|(_, note)| note.is_some());
    let written = if format.is_columnar()
        && let Some((schema, manner)) = feed.one_schema()?
    {
        put_rows(stories, records, noted, (&schema, &manner), format, output)?
    } else if !columnar && !noted {
        let places = records.map(|(story, _)| stories.place(story));
        let invalid = stories.options().records.invalid_utf8;
        return kept::write_kept(feed, places, format, invalid, output);
    } else {
        let path = output.path().to_path_buf();
        let pass = |each: &mut dyn FnMut(&str) -> Result<(), IoError>| {
            let mut notes = records.clone().map(|(_, note)| note);
            each_object(
                stories,
                records.clone().map(|(story, _)| story),
                &mut |object| match notes.next().flatten() {
                    Some(note) => {
                        let noted = annotated(object, &note);
                        each(&noted.map_err(|error| misfit(&path, &error))?)
                    }
                    None => each(object),
                },
            )
        };
        let last = if noted { NOTE_FIELDS } else { &[] };
        put_pass(&pass, format, last, output)?
    };
    Ok(Written {
        records: written,
        bytes: output.bytes() - before,
    })
}

/// Gives `each` the records of stories as JSON objects.
fn each_object(
    stories: &Stories,
    numbers: impl Iterator<Item = u32>,
    each: &mut dyn FnMut(&str) -> Result<(), IoError>,
) -> Result<(), IoError> {
    let feed = stories.feed();
    let mut numbers = numbers.peekable();
    while let Some(&first) = numbers.peek() {
        let source = stories.place(first).source;
        let run = std::iter::from_fn(|| {
            numbers.next_if(|&number| stories.place(number).source == source)
        });
        if feed.lacks_columns(source) {
            let rows = run.map(|number| stories.row(number));
            let columns = feed.columns_again(source)?;
            columns.objects(feed.path(source), rows, each)?;
        } else {
            kept::each_object(feed, run.map(|number| stories.place(number)), each)?;
        }
    }
    Ok(())
}

/// Selects the rows of stories.
fn put_rows<'n>(
    stories: &Stories,
    records: impl Iterator<Item = (u32, Option<Note<'n>>)>,
    noted: bool,
    (schema, manner): (&SchemaRef, &Manner),
    format: TableFormat,
    output: &mut Output,
) -> Result<u64, IoError> {
    let feed = stories.feed();
    let schema = if noted {
        note_columns::schema(schema)
    } else {
        Arc::clone(schema)
    };
    let path = output.path().to_path_buf();
    let failed = |error: ArrowError| IoError::Row {
        path: path.clone(),
        message: error.to_string(),
    };
    let mut out = ColumnsOut::new(output, format, &schema, manner)?;
    let mut records = records.peekable();
    let mut written = 0;
    while let Some(&(first, _)) = records.peek() {
        let source = stories.place(first).source;
        let columns = feed.columns_again(source)?;
        let mut notes = Vec::new();
        let rows = std::iter::from_fn(|| {
            let same = |(number, _): &(u32, _)| stories.place(*number).source == source;
            let (number, note) = records.next_if(same)?;
            notes.extend(note);
            Some(stories.row(number))
        });
        let rows: Vec<u64> = rows.collect();
        let mut notes = notes.into_iter();
        columns.select(feed.path(source), rows.into_iter(), |batch| {
            written += batch.num_rows() as u64;
            if noted {
                let notes = notes.by_ref().take(batch.num_rows());
                let batch = note_columns::noted(&batch, &schema, notes);
                return out.put(&batch.map_err(failed)?);
            }
            let batch = RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec());
            out.put(&batch.map_err(failed)?)
        })?;
    }
    out.finish()?;
    Ok(written)
}
