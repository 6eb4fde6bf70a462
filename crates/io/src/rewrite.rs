//! Records with new values for text and title, and every other byte as it came.

use crate::cells::{cell_text, mend_escapes};
use crate::chunk::Chunk;
use crate::fields::find_written;
use crate::input::Format;
use crate::record::{RecordOptions, parse_chunk, replace_invalid};
use crate::refused::{Reason, Refused};
use std::borrow::Cow;

/// What was made of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rewritten {
    /// Records written.
    pub records: u64,
    /// Those of them whose text or title changed.
    pub changed: u64,
    /// Broken UTF-8 sequences and halves of surrogate pairs that were replaced.
    pub replaced: u64,
}

/// Appends the records of a chunk to `out`, with what `edit` makes of their source and a text, title or
/// body; `refuse` gets those that cannot be used, which are not in `out`.
///
/// The fields are chosen as in [`parse_chunk`]. In JSON Lines each record ends with one line feed,
/// blank lines are passed over, and a value that `edit` leaves as it is keeps its bytes, escapes
/// and all. A plain text document becomes the edited text, ended by a line feed unless it is empty.
pub fn rewrite_chunk<E, R>(
    chunk: &Chunk,
    options: &RecordOptions,
    out: &mut Vec<u8>,
    mut edit: E,
    mut refuse: R,
) -> Rewritten
where
    E: for<'t> FnMut(Option<&str>, &'t str) -> Cow<'t, str>,
    R: FnMut(Refused),
{
    let mut done = Rewritten::default();
    parse_chunk(chunk, options, &mut |record| {
        let record = match record {
            Ok(record) => record,
            Err(refused) => return refuse(refused),
        };
        let changed = if chunk.format == Format::PlainText {
            let edited = edit(None, &record.text);
            out.extend_from_slice(edited.as_bytes());
            if !edited.is_empty() && !edited.ends_with('\n') {
                out.push(b'\n');
            }
            edited != record.text
        } else {
            let line = chunk.line(record.span);
            let before = out.len();
            let source = record.source.as_deref();
            let broken = record.replaced > 0;
            match rewrite_line(&line, broken, source, options, out, &mut edit) {
                Ok(changed) => changed,
                // What was parsed once parses again; were it not so, the record is told of.
                Err(error) => {
                    out.truncate(before);
                    return refuse(Refused {
                        file: chunk.file.clone(),
                        source: chunk.source,
                        line: record.line,
                        span: record.span,
                        reason: Reason::BrokenJson {
                            column: error.column(),
                            message: error.to_string(),
                        },
                        record: Some(Refused::text_of(&line)),
                    });
                }
            }
        };
        done.records += 1;
        done.changed += u64::from(changed);
        done.replaced += record.replaced;
    });
    done
}

/// Appends one line; whether it changed. `broken` says that something in it is to be replaced.
fn rewrite_line<E>(
    line: &[u8],
    broken: bool,
    source: Option<&str>,
    options: &RecordOptions,
    out: &mut Vec<u8>,
    edit: &mut E,
) -> serde_json::Result<bool>
where
    E: for<'t> FnMut(Option<&str>, &'t str) -> Cow<'t, str>,
{
    let mut line = match std::str::from_utf8(line) {
        Ok(line) => Cow::Borrowed(line),
        Err(_) => Cow::Owned(replace_invalid(line).0),
    };
    if broken && let Some((mended, _)) = mend_escapes(&line) {
        line = Cow::Owned(mended);
    }
    let mut written: Vec<&str> = find_written(&line, options)?
        .into_iter()
        .flatten()
        .collect();
    let place = |part: &str| part.as_ptr() as usize - line.as_ptr() as usize;
    written.sort_unstable_by_key(|part| place(part));
    let mut copied = 0;
    let mut changed = false;
    for part in written {
        let value = cell_text(serde_json::from_str(part)?)?;
        let edited = edit(source, &value);
        if edited != value {
            out.extend_from_slice(&line.as_bytes()[copied..place(part)]);
            serde_json::to_writer(&mut *out, &edited)?;
            copied = place(part) + part.len();
            changed = true;
        }
    }
    out.extend_from_slice(&line.as_bytes()[copied..]);
    out.push(b'\n');
    Ok(changed)
}
