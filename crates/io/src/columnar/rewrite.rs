//! Columns with new values for text and title, and all else as it came.

use super::{Columns, ColumnsOut, Texts};
use crate::error::IoError;
use crate::feed::Feed;
use crate::fields::{self, Role};
use crate::output::Output;
use crate::parallel::ordered;
use crate::record::{InvalidUtf8, RecordOptions};
use crate::rewrite::Rewritten;
use crate::table::TableFormat;
use arrow_array::builder::{GenericStringBuilder, StringViewBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, OffsetSizeTrait, RecordBatch, StructArray};
use arrow_schema::{DataType, FieldRef, Schema};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A column, by its place in the schema, or one within it, by a path.
type Path<'o> = (usize, &'o str);

/// The columns that hold text, title and source, those that come first in front.
struct Found<'o> {
    texts: Vec<Path<'o>>,
    titles: Vec<Path<'o>>,
    sources: Vec<Path<'o>>,
}

impl<'o> Found<'o> {
    fn of(schema: &Schema, options: &'o RecordOptions) -> Self {
        let with_role = |role: Role| {
            let mut found: Vec<(u8, Path<'o>)> = Vec::new();
            for (at, field) in schema.fields().iter().enumerate() {
                for (rank, path) in fields::ranks(field.name(), options, role) {
                    let column = data_type_at(field, path);
                    if column.is_some_and(is_textual) {
                        found.push((rank, (at, path)));
                    }
                }
            }
            found.sort_by_key(|&(rank, _)| rank);
            found.into_iter().map(|(_, path)| path).collect()
        };
        Found {
            texts: with_role(Role::Text),
            titles: with_role(Role::Title),
            sources: with_role(Role::Source),
        }
    }
}

/// Writes the rows of all sources, which must be files of columns that have them in common, with what
/// `edit` makes of their source and a text, title or body, in the place of it. Rows without a text are
/// written as they are. `progress` is called on this thread after each some megabytes.
///
/// # Errors
/// [`IoError::NotColumns`] for a source of another format, [`IoError::BrokenColumns`] for one that cannot
/// be read or has no column of text, [`IoError::SchemasDiffer`], and those of reading and of
/// [`Output::put`].
pub fn rewrite_columns<E>(
    feed: &Feed,
    options: &RecordOptions,
    threads: usize,
    format: TableFormat,
    output: &mut Output,
    edit: E,
    mut progress: impl FnMut(),
) -> Result<Rewritten, IoError>
where
    E: for<'t> Fn(Option<&str>, &'t str) -> Cow<'t, str> + Sync,
{
    let sources = 0..feed.source_count() as u32;
    for source in sources.clone() {
        // What keeps a file of a folder from being opened ends the run: the output would lack it.
        if let Err(message) = feed.open_source(source)? {
            return Err(feed.broken_columns(source, message));
        }
        match feed.columns(source)? {
            Some(Ok(_)) => {}
            Some(Err(message)) => return Err(feed.broken_columns(source, message)),
            None => {
                let path = feed.path(source).to_path_buf();
                return Err(IoError::NotColumns { path });
            }
        }
    }
    let mut total = Rewritten::default();
    let Some((schema, manner)) = feed.one_schema()? else {
        return Ok(total);
    };
    let found = Found::of(&schema, options);
    if found.texts.is_empty() {
        let field = options.text_field.as_deref().unwrap_or("text").to_owned();
        let names = schema.fields().iter();
        return Err(IoError::NoTextColumn {
            path: feed.path(0).to_path_buf(),
            field,
            found: fields::shown(names.map(|field| field.name().into())),
        });
    }
    let failed = |error: String| IoError::Row {
        path: feed.path(0).to_path_buf(),
        message: error,
    };
    let mut out = ColumnsOut::new(output, format, &schema, &manner)?;
    for source in sources {
        let columns: Columns = feed.columns_again(source)?;
        feed.bytes_read.fetch_add(columns.len(), Ordering::Relaxed);
        let pieces = columns.batches(None);
        let pieces = pieces.map_err(|message| feed.broken_columns(source, message))?;
        let texts = pieces.texts();
        let pieces = pieces.pieces();
        let pieces =
            pieces.map(|piece| piece.map_err(|message| feed.broken_columns(source, message)));
        let work = || {
            |piece: RecordBatch| rewritten(&piece, (&texts, options.invalid_utf8), &found, &edit)
        };
        ordered(pieces, threads, work, |done| {
            let (columns, done) = done.map_err(|message| feed.broken_columns(source, message))?;
            total.records += done.records;
            total.changed += done.changed;
            total.replaced += done.replaced;
            let batch = RecordBatch::try_new(Arc::clone(&schema), columns);
            out.put(&batch.map_err(|error| failed(error.to_string()))?)?;
            progress();
            Ok(ControlFlow::Continue(()))
        })?;
    }
    out.finish()?;
    Ok(total)
}

/// The columns of a batch with new texts and titles.
fn rewritten<E>(
    batch: &RecordBatch,
    (texts, invalid): (&Texts, InvalidUtf8),
    found: &Found<'_>,
    edit: &E,
) -> Result<(Vec<ArrayRef>, Rewritten), String>
where
    E: for<'t> Fn(Option<&str>, &'t str) -> Cow<'t, str>,
{
    let mut replaced = 0;
    let batch = match (texts.of(batch), invalid) {
        (Ok(batch), _) => batch,
        (Err(message), InvalidUtf8::Refuse) => {
            return Err(format!(
                "{message}; convert the file, or ask for replacement"
            ));
        }
        (Err(_), InvalidUtf8::Replace) => {
            replaced = texts.broken(batch);
            texts.marked(batch, char::REPLACEMENT_CHARACTER)?
        }
    };
    let rows = batch.num_rows();
    let mut columns = batch.columns().to_vec();
    let mut changed = vec![false; rows];
    let sources: Vec<Words> = found
        .sources
        .iter()
        .filter_map(|&(at, path)| Words::of(array_at(batch.column(at), path)?))
        .collect();
    let source = |row: usize| sources.iter().find_map(|texts| texts.get(row));
    for paths in [&found.texts, &found.titles] {
        // The first column that has a value in a row is the one that counts.
        let mut done = vec![false; rows];
        for &(at, path) in paths {
            columns[at] = edited(&columns[at], path, &mut |row, text| {
                if std::mem::replace(&mut done[row], true) {
                    return Cow::Borrowed(text);
                }
                let new = edit(source(row), text);
                changed[row] |= new != text;
                new
            })?;
        }
    }
    let done = Rewritten {
        records: rows as u64,
        changed: changed.iter().filter(|&&changed| changed).count() as u64,
        replaced,
    };
    Ok((columns, done))
}

type Edit<'e> = &'e mut dyn for<'t> FnMut(usize, &'t str) -> Cow<'t, str>;

/// An array with edited texts at the end of a path.
fn edited(array: &ArrayRef, path: &str, edit: Edit<'_>) -> Result<ArrayRef, String> {
    if !path.is_empty() {
        let parent = array.as_struct();
        let Some((at, rest)) = child_at(parent.fields().iter(), path) else {
            return Ok(Arc::clone(array));
        };
        let mut children = parent.columns().to_vec();
        children[at] = edited(&children[at], rest, &mut |row, text| {
            // Below an object that is not there may stand anything.
            if parent.is_null(row) {
                Cow::Borrowed(text)
            } else {
                edit(row, text)
            }
        })?;
        let fields = parent.fields().clone();
        let array = StructArray::try_new(fields, children, parent.nulls().cloned());
        return array
            .map(|array| Arc::new(array) as ArrayRef)
            .map_err(|error| error.to_string());
    }
    Ok(match array.data_type() {
        DataType::Utf8 => edited_strings::<i32>(array, edit)?,
        DataType::LargeUtf8 => edited_strings::<i64>(array, edit)?,
        DataType::Utf8View => {
            let array = array.as_string_view();
            let mut new = StringViewBuilder::with_capacity(array.len());
            for (row, text) in array.iter().enumerate() {
                new.append_option(text.map(|text| edit(row, text)));
            }
            Arc::new(new.finish())
        }
        DataType::Dictionary(_, values) => {
            let plain = arrow_cast::cast(array, values).map_err(|error| error.to_string())?;
            let new = edited(&plain, "", edit)?;
            arrow_cast::cast(&new, array.data_type()).map_err(|error| error.to_string())?
        }
        _ => Arc::clone(array),
    })
}

fn edited_strings<O: OffsetSizeTrait>(
    array: &ArrayRef,
    edit: Edit<'_>,
) -> Result<ArrayRef, String> {
    let array = array.as_string::<O>();
    let bytes = array.value_data().len();
    let mut new = GenericStringBuilder::<O>::with_capacity(array.len(), bytes);
    let mut total = 0_usize;
    for (row, text) in array.iter().enumerate() {
        let text = text.map(|text| edit(row, text));
        total += text.as_ref().map_or(0, |text| text.len());
        if O::from_usize(total).is_none() {
            return Err("texts of more than 2 GiB in one batch".to_owned());
        }
        new.append_option(text);
    }
    Ok(Arc::new(new.finish()))
}

/// The field that a path leads to next, by its place, and the rest of the path. A name may have dots.
fn child_at<'p, 'f>(
    mut fields: impl Iterator<Item = &'f FieldRef> + Clone,
    path: &'p str,
) -> Option<(usize, &'p str)> {
    if let Some(at) = fields.clone().position(|field| field.name() == path) {
        return Some((at, ""));
    }
    let inner = |field: &FieldRef| path.strip_prefix(field.name().as_str())?.strip_prefix('.');
    let at = fields.clone().position(|field| inner(field).is_some())?;
    Some((at, inner(fields.nth(at)?)?))
}

fn data_type_at<'f>(field: &'f FieldRef, path: &str) -> Option<&'f DataType> {
    if path.is_empty() {
        return Some(field.data_type());
    }
    let DataType::Struct(fields) = field.data_type() else {
        return None;
    };
    let (at, rest) = child_at(fields.iter(), path)?;
    data_type_at(&fields[at], rest)
}

fn array_at<'a>(array: &'a ArrayRef, path: &str) -> Option<&'a ArrayRef> {
    if path.is_empty() {
        return Some(array);
    }
    let parent = array.as_struct_opt()?;
    let (at, rest) = child_at(parent.fields().iter(), path)?;
    array_at(parent.column(at), rest)
}

fn is_textual(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_textual(values),
        _ => false,
    }
}

/// The texts of an array.
struct Words(ArrayRef);

impl Words {
    fn of(array: &ArrayRef) -> Option<Self> {
        match array.data_type() {
            DataType::Dictionary(_, values) => arrow_cast::cast(array, values).ok().map(Words),
            _ => Some(Words(Arc::clone(array))),
        }
    }

    /// The text of a row, if it has one.
    fn get(&self, row: usize) -> Option<&str> {
        let array = &self.0;
        let text = match array.data_type() {
            _ if array.is_null(row) => return None,
            DataType::Utf8 => array.as_string::<i32>().value(row),
            DataType::LargeUtf8 => array.as_string::<i64>().value(row),
            DataType::Utf8View => array.as_string_view().value(row),
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }
}
