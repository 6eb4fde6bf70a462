//! Text, id, title and the like of one JSON object, without building the rest.
//!
//! `roles` says which field is what, `slots` holds the best value of each.

mod roles;
mod slots;

pub use self::roles::{
    BYLINE_FIELDS, DATE_FIELDS, DATELINE_FIELDS, EMBARGO_FIELDS, ID_FIELDS, ITEM_FIELDS,
    LANGUAGE_FIELDS, Role, SOURCE_FIELDS, STATUS_FIELDS, TEXT_FIELDS, TITLE_FIELDS, UPDATED_FIELDS,
    URGENCY_FIELDS, VERSION_FIELDS, role,
};
pub(crate) use self::roles::{is_looked_for, may_be_text, missing, ranks};

use self::roles::{PATH_RANK, descend, named, names_within, paths, role_among};
use self::slots::{Scalar, Slot, Slots, parsed, scanned};
use crate::cells::cells;
use crate::date;
use crate::record::{Record, RecordOptions, Span};
use crate::refused::Reason;
use jiff::tz::TimeZone;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Fields named in the message about a missing one.
const FIELDS_NAMED: usize = 12;
/// Characters shown of a field's name in that message.
const NAME_CHARS: usize = 40;

/// The record in a line that holds one JSON object; the line is all of its source.
pub(crate) fn find<'a>(line: &'a str, options: &RecordOptions) -> Result<Record<'a>, Reason> {
    if line.trim_start().as_bytes().first() != Some(&b'{') {
        return Err(no_object(line));
    }
    let scanned = if names_within(options) {
        None
    } else {
        scanned(line, options)
    };
    let slots = match scanned {
        Some(slots) => slots,
        None => parsed(line, options).map_err(|error| broken(&error))?,
    };
    let missing = || missing_text(options, names(line));
    record(slots, line.len(), missing, options)
}

/// The record in a row of cells, each with the name of its column, of which no two are the same. A cell
/// is a string, so that nothing lies within it.
pub(crate) fn find_in_row<'n, 'r, N: Iterator<Item = &'n str>>(
    row: impl Iterator<Item = (&'n str, Cow<'r, str>)>,
    columns: impl Fn() -> N,
    options: &RecordOptions,
) -> Result<Record<'r>, Reason> {
    let named = named(options);
    let mut slots = Slots::default();
    for (name, cell) in row {
        if let Some((role, rank)) = role_among(name, &named) {
            let slot = &mut slots.0[role as usize];
            if slot.wants(rank) {
                slot.put(rank, Scalar::Text(cell), role.integers());
            }
        }
    }
    let missing = || missing_text(options, shown(columns().map(Cow::Borrowed)));
    record(slots, 0, missing, options)
}

/// What the slots hold, as a record that is all of its source of `len` bytes.
fn record<'a>(
    slots: Slots<'a>,
    len: usize,
    missing: impl FnOnce() -> Reason,
    options: &RecordOptions,
) -> Result<Record<'a>, Reason> {
    let roles = (0..).zip(&slots.0);
    let roles = roles.fold(0, |roles, (at, slot)| {
        roles | u16::from(slot.best.is_some() || slot.unfit.is_some()) << at
    });
    let [
        text,
        id,
        title,
        source,
        date,
        item,
        version,
        status,
        embargo,
        language,
        updated,
        byline,
        dateline,
        urgency,
    ] = slots.0;
    let string = "a string";
    let Some(text) = text.value(options.text_field.as_deref(), TEXT_FIELDS, true, string)? else {
        return Err(missing());
    };
    let id = id.value(
        options.id_field.as_deref(),
        ID_FIELDS,
        false,
        "a string or an integer",
    )?;
    let title = title.value(options.title_field.as_deref(), TITLE_FIELDS, false, string)?;
    let id = id.filter(|id| !id.is_empty());
    let number = |slot: Slot<'_>| slot.any().and_then(|number| number.trim().parse().ok());
    let version: Option<u64> = number(version);
    let utc = TimeZone::UTC;
    let zone = options.timezone.as_ref().unwrap_or(&utc);
    let mut unread_date = None;
    let mut time = |slot: Slot<'a>| {
        let text = slot.any().filter(|text| !text.trim().is_empty())?;
        let time = date::seconds(&text, zone);
        if time.is_none() {
            unread_date.get_or_insert(text);
        }
        time
    };
    let published = time(date);
    let embargo = time(embargo);
    let updated = time(updated);
    Ok(Record {
        text,
        id,
        title,
        source: source.any(),
        language: language.any(),
        published: published.or(updated),
        updated,
        slug: item.any(),
        version,
        byline: byline.any(),
        dateline: dateline.any(),
        status: status.any(),
        embargo,
        urgency: number(urgency),
        span: Span {
            offset: 0,
            len: len as u64,
        },
        line: 1,
        replaced: 0,
        unread_date,
        roles,
    })
}

/// The strings that [`find`] takes for text and title, as they are written in the line, quotation
/// marks included. The line must be one in which `find` finds a text.
pub(crate) fn find_written<'a>(
    line: &'a str,
    options: &RecordOptions,
) -> serde_json::Result<[Option<&'a str>; 2]> {
    let (mut texts, mut titles) = (Slot::default(), Slot::default());
    let mut put = |role: Role, rank: u8, value: &'a RawValue| {
        let slot = match role {
            Role::Text => &mut texts,
            Role::Title => &mut titles,
            _ => return,
        };
        if slot.wants(rank) {
            let scalar = match value.get() {
                "null" => Scalar::Null,
                string if string.starts_with('"') => Scalar::Text(Cow::Borrowed(string)),
                _ => Scalar::Other("no string"),
            };
            slot.put(rank, scalar, false);
        }
    };
    for (name, value) in cells(line)? {
        if let Some((role, rank)) = role(&name, options) {
            put(role, rank, value);
        }
        for (role, path) in paths(&name, options) {
            if let Some(value) = descend(value, path)? {
                put(role, PATH_RANK, value);
            }
        }
    }
    Ok([texts, titles].map(|slot| match slot.best {
        Some((_, Cow::Borrowed(written))) => Some(written),
        _ => None,
    }))
}

fn broken(error: &serde_json::Error) -> Reason {
    let message = error.to_string();
    // The place is told apart from the message; a record is always on "line 1" here.
    let message = message
        .split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned();
    Reason::BrokenJson {
        column: error.column(),
        message,
    }
}

fn no_object(line: &str) -> Reason {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(line) {
        return broken(&error);
    }
    let found = match line.trim_start().as_bytes().first() {
        Some(b'[') => "a list (write each of its members on a line of its own)",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    };
    Reason::NotAnObject { found }
}

fn missing_text(options: &RecordOptions, found: Vec<String>) -> Reason {
    let field = options
        .text_field
        .as_deref()
        .unwrap_or(TEXT_FIELDS[0])
        .to_owned();
    Reason::MissingField { field, found }
}

/// Names for a message: not too many, and none too long.
pub(crate) fn shown<'n>(names: impl Iterator<Item = Cow<'n, str>>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if found.len() < FIELDS_NAMED && !found.iter().any(|known| *known == name) {
            found.push(name.into_owned());
        }
    }
    for name in &mut found {
        if let Some((cut, _)) = name.char_indices().nth(NAME_CHARS) {
            name.truncate(cut);
            name.push('…');
        }
    }
    found
}

/// The names of the fields of a line, for a message.
pub(crate) fn names(line: &str) -> Vec<String> {
    shown(
        cells(line)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, _)| name),
    )
}
