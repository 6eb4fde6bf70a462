//! From the bytes of a chunk to records.

use crate::cells::mend_escapes;
use crate::chunk::Chunk;
use crate::fields;
use crate::in_place::parse_rows;
use crate::input::Format;
use crate::refused::{Reason, Refused};
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::sync::Arc;
use wirefold::{About, Story};

/// A range of bytes in the decompressed bytes of a source, or in what they were translated into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub len: u64,
}

impl Span {
    /// The byte after the last.
    pub fn end(self) -> u64 {
        self.offset + self.len
    }
}

/// What to do about bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvalidUtf8 {
    /// Refuse the record.
    #[default]
    Refuse,
    /// Put U+FFFD in the place of each broken sequence, and count them. A JSON escape of half a
    /// surrogate pair, such as `\ud83d` alone, is replaced and counted too; otherwise it makes the
    /// record broken JSON if it stands in a field that is read.
    Replace,
}

/// Which fields of a record are read, and how strictly.
///
/// Field names are matched exactly. A named field may also be a path, names set apart by dots, into
/// objects within each other; a field whose own name is the path comes first. Without a name, the
/// first field of the list that is present and usable is taken. A field that holds `null` counts as absent; if a field is given twice in
/// one record, the last one counts, as in most JSON software.
#[derive(Debug, Clone, Default)]
pub struct RecordOptions {
    /// The field that holds the text; else the first of [`TEXT_FIELDS`](crate::TEXT_FIELDS).
    pub text_field: Option<String>,
    /// The field that holds the id; else the first of [`ID_FIELDS`](crate::ID_FIELDS) with a string or integer.
    pub id_field: Option<String>,
    /// The field that holds the title; else the first of [`TITLE_FIELDS`](crate::TITLE_FIELDS) with a string.
    pub title_field: Option<String>,
    /// The field that holds the source; else the first of [`SOURCE_FIELDS`](crate::SOURCE_FIELDS) with a string or integer.
    pub source_field: Option<String>,
    /// The field that holds the date; else the first of [`DATE_FIELDS`](crate::DATE_FIELDS) with a string or integer.
    pub date_field: Option<String>,
    /// The field that names the item; else the first of [`ITEM_FIELDS`](crate::ITEM_FIELDS) with a string or integer.
    pub item_field: Option<String>,
    /// The field that numbers the version; else the first of [`VERSION_FIELDS`](crate::VERSION_FIELDS) with a string or
    /// integer.
    pub version_field: Option<String>,
    /// The field that holds the status; else the first of [`STATUS_FIELDS`](crate::STATUS_FIELDS) with a string.
    pub status_field: Option<String>,
    /// The field that holds the end of an embargo; else the first of [`EMBARGO_FIELDS`](crate::EMBARGO_FIELDS) with a string
    /// or integer.
    pub embargo_field: Option<String>,
    /// The field that holds the language; else the first of [`LANGUAGE_FIELDS`](crate::LANGUAGE_FIELDS) with a string.
    pub language_field: Option<String>,
    /// The field that holds the date of the last change; else the first of [`UPDATED_FIELDS`](crate::UPDATED_FIELDS) with a
    /// string or integer.
    pub updated_field: Option<String>,
    /// The field that holds who wrote it; else the first of [`BYLINE_FIELDS`](crate::BYLINE_FIELDS) with a string.
    pub byline_field: Option<String>,
    /// The field that holds the dateline; else the first of [`DATELINE_FIELDS`](crate::DATELINE_FIELDS) with a string.
    pub dateline_field: Option<String>,
    /// The field that holds the urgency; else the first of [`URGENCY_FIELDS`](crate::URGENCY_FIELDS) with a string or integer.
    pub urgency_field: Option<String>,
    /// The time zone of times that name none; else UTC.
    pub timezone: Option<TimeZone>,
    /// What to do about bytes that are not UTF-8.
    pub invalid_utf8: InvalidUtf8,
}

impl RecordOptions {
    /// Whether a field of this name is looked for, or one within it.
    pub(crate) fn looks_for(&self, name: &str) -> bool {
        fields::is_looked_for(name, self)
    }

    /// Whether one of the names may be that of the text, or hold it.
    pub(crate) fn may_have_text<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> bool {
        names.any(|name| fields::may_be_text(name, self))
    }
}

/// One document. Strings are borrowed from the chunk unless they hold escapes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// The id as given, integers in decimal; the path for a plain text file. Nothing if absent or
    /// empty.
    pub id: Option<Cow<'a, str>>,
    /// The title, if there is one.
    pub title: Option<Cow<'a, str>>,
    /// The text; may be empty.
    pub text: Cow<'a, str>,
    /// Who published it.
    pub source: Option<Cow<'a, str>>,
    /// Its language, as a tag such as `de` or `en-GB`.
    pub language: Option<Cow<'a, str>>,
    /// When, in seconds since the beginning of 1970, UTC; if no date says it in a known form, when it was
    /// last changed.
    pub published: Option<i64>,
    /// When it was last changed, as [`Record::published`].
    pub updated: Option<i64>,
    /// A short name that the versions of an item have, and perhaps items of other days.
    pub slug: Option<Cow<'a, str>>,
    /// The number of the version of the item.
    pub version: Option<u64>,
    /// Who wrote it.
    pub byline: Option<Cow<'a, str>>,
    /// Where and when it was written.
    pub dateline: Option<Cow<'a, str>>,
    /// What may be done with it.
    pub status: Option<Cow<'a, str>>,
    /// Until when it is not to be published, as [`Record::published`].
    pub embargo: Option<i64>,
    /// How urgent it is: 1 is the most, 8 the least.
    pub urgency: Option<u64>,
    /// The record's bytes in the decompressed source, without line end.
    pub span: Span,
    /// Line on which the record stands, from 1; the number of the item where it was translated.
    pub line: u64,
    /// Broken UTF-8 sequences that were replaced in the whole record.
    pub replaced: u64,
    /// A date or the end of an embargo that is in no known form, so that it counts as unknown.
    pub unread_date: Option<Cow<'a, str>>,
    /// For which roles of fields one was found, a bit each, whatever it holds.
    pub(crate) roles: u16,
}

impl Record<'_> {
    pub(crate) fn into_owned(self) -> Record<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Record {
            id: self.id.map(owned),
            title: self.title.map(owned),
            text: owned(self.text),
            unread_date: self.unread_date.map(owned),
            source: self.source.map(owned),
            language: self.language.map(owned),
            slug: self.slug.map(owned),
            byline: self.byline.map(owned),
            dateline: self.dateline.map(owned),
            status: self.status.map(owned),
            ..self
        }
    }

    /// The story, with the title as its first paragraph if `titles` says so.
    pub fn story(&self, titles: bool) -> Story<'_> {
        Story {
            title: self.title.as_deref().filter(|_| titles),
            text: &self.text,
            about: About {
                source: self.source.as_deref(),
                published: self.published,
                // A version is one of the item with the record's id.
                item: self.id.as_deref().filter(|_| self.version.is_some()),
                slug: self.slug.as_deref(),
                version: self.version,
                status: self.status.as_deref(),
                embargo: self.embargo,
            },
        }
    }
}

/// Gives each record of a chunk, good or refused, to `each`, in order. Blank lines are passed
/// over.
///
/// UTF-8 is checked for the whole chunk at once; only when that fails, line by line.
pub fn parse_chunk<F>(chunk: &Chunk, options: &RecordOptions, each: &mut F)
where
    F: FnMut(Result<Record<'_>, Refused>),
{
    let bytes = chunk.bytes();
    if let Some(rows) = &chunk.rows {
        parse_rows(chunk, rows, options, each);
    } else if chunk.format == Format::PlainText {
        if chunk.refused.is_none() {
            let span = Span {
                offset: chunk.offset(),
                len: bytes.len() as u64,
            };
            let parsed = if span.len > chunk.max_record_bytes {
                Err(Reason::TooLong {
                    len: span.len,
                    limit: chunk.max_record_bytes,
                })
            } else {
                parse_record(bytes, chunk.format, &chunk.file, options)
            };
            each(placed(chunk, span, chunk.first_line, parsed));
        }
    } else {
        let whole = simdutf8::basic::from_utf8(bytes).ok();
        let mut start = 0;
        let mut line = chunk.first_line;
        while start < bytes.len() {
            let (end, next) = match memchr::memchr(b'\n', &bytes[start..]) {
                Some(at) => (start + at, start + at + 1),
                None => (bytes.len(), bytes.len()),
            };
            // Without a line feed after it, a carriage return is still part of a line end: the
            // file lacks its last byte.
            let end = if bytes[start..end].ends_with(b"\r") {
                end - 1
            } else {
                end
            };
            if !is_blank(&bytes[start..end]) {
                let len = (end - start) as u64;
                let span = Span {
                    offset: chunk.offset() + start as u64,
                    len,
                };
                let parsed = if len > chunk.max_record_bytes {
                    Err(Reason::TooLong {
                        len,
                        limit: chunk.max_record_bytes,
                    })
                } else {
                    match whole.and_then(|text| text.get(start..end)) {
                        Some(text) => parse_line(text, options),
                        None => parse_record(&bytes[start..end], chunk.format, "", options),
                    }
                };
                each(placed(chunk, span, line, parsed));
            }
            start = next;
            line += 1;
        }
    }
    if let Some(refused) = &chunk.refused {
        each(Err(Refused::clone(refused)));
    }
}

pub(crate) fn placed<'a>(
    chunk: &Chunk,
    span: Span,
    line: u64,
    parsed: Result<Record<'a>, Reason>,
) -> Result<Record<'a>, Refused> {
    match parsed {
        Ok(record) => Ok(Record {
            span,
            line,
            ..record
        }),
        Err(reason) => Err(Refused {
            file: Arc::clone(&chunk.file),
            source: chunk.source,
            line,
            span,
            record: match reason {
                Reason::TooLong { .. } => None,
                _ => Some(Refused::text_of(chunk.as_it_stood(span))),
            },
            reason,
        }),
    }
}

/// Parses the bytes of one record, without line end: a document of plain text, or a line of JSON
/// for every other format. Span and line of the result are those of a
/// source that holds nothing else.
///
/// `file` is the id of a plain text document, and not used otherwise.
///
/// # Errors
/// The reason why the record cannot be used.
pub fn parse_record<'a>(
    bytes: &'a [u8],
    format: Format,
    file: &str,
    options: &RecordOptions,
) -> Result<Record<'a>, Reason> {
    let parse = |text: &'a str| match format {
        Format::PlainText => Ok(plain_text(Cow::Borrowed(text), file)),
        _ => parse_line(text, options),
    };
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) if options.invalid_utf8 == InvalidUtf8::Refuse => Err(Reason::InvalidUtf8 {
            offset: error.valid_up_to() as u64,
        }),
        Err(_) => {
            let (text, broken) = replace_invalid(bytes);
            let parsed = match format {
                Format::PlainText => plain_text(Cow::Owned(text), file),
                _ => parse_line(&text, options)?.into_owned(),
            };
            let replaced = broken + parsed.replaced;
            let span = Span {
                offset: 0,
                len: bytes.len() as u64,
            };
            Ok(Record {
                span,
                replaced,
                ..parsed
            })
        }
    }
}

fn plain_text<'a>(text: Cow<'a, str>, file: &str) -> Record<'a> {
    let span = Span {
        offset: 0,
        len: text.len() as u64,
    };
    Record {
        id: Some(Cow::Owned(file.to_owned())),
        text,
        span,
        line: 1,
        ..Record::default()
    }
}

fn parse_line<'a>(line: &'a str, options: &RecordOptions) -> Result<Record<'a>, Reason> {
    match fields::find(line, options) {
        Err(reason @ Reason::BrokenJson { .. }) if options.invalid_utf8 == InvalidUtf8::Replace => {
            let (mended, replaced) = mend_escapes(line).ok_or(reason)?;
            let record = fields::find(&mended, options)?.into_owned();
            let len = line.len() as u64;
            Ok(Record {
                span: Span { offset: 0, len },
                replaced,
                ..record
            })
        }
        found => found,
    }
}

/// The text with U+FFFD for each broken sequence, and their number.
pub(crate) fn replace_invalid(bytes: &[u8]) -> (String, u64) {
    let mut text = String::with_capacity(bytes.len());
    let mut replaced = 0;
    for part in bytes.utf8_chunks() {
        text.push_str(part.valid());
        if !part.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            replaced += 1;
        }
    }
    (text, replaced)
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}
