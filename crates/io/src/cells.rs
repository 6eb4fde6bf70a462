//! All fields of one JSON object as they were written, and escapes that no text can hold.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The top-level fields of an object in their order, names decoded, values as they were written.
/// A name that comes twice is there twice.
pub(crate) fn cells(object: &str) -> serde_json::Result<Vec<(Cow<'_, str>, &RawValue)>> {
    let mut parser = serde_json::Deserializer::from_str(object);
    let cells = parser.deserialize_map(CellsVisitor)?;
    parser.end()?;
    Ok(cells)
}

/// A value as the text of one cell: strings decoded, null empty, all else as it was written.
pub(crate) fn cell_text(value: &RawValue) -> serde_json::Result<Cow<'_, str>> {
    match value.get() {
        "null" => Ok(Cow::Borrowed("")),
        string if string.starts_with('"') => {
            Text.deserialize(&mut serde_json::Deserializer::from_str(string))
        }
        other => Ok(Cow::Borrowed(other)),
    }
}

/// JSON whose escapes of half a surrogate pair are replaced by that of U+FFFD, and their number;
/// nothing if there are none. Software that cuts strings by UTF-16 units leaves such halves.
pub(crate) fn mend_escapes(json: &str) -> Option<(String, u64)> {
    let bytes = json.as_bytes();
    let mut halves = Vec::new();
    let mut next = 0;
    while let Some(at) = bytes
        .get(next..)
        .and_then(|rest| memchr::memchr(b'\\', rest))
    {
        let at = next + at;
        next = at + 6;
        match escaped_unit(bytes, at) {
            Some(0xd800..=0xdbff) if matches!(escaped_unit(bytes, next), Some(0xdc00..=0xdfff)) => {
                next += 6;
            }
            Some(0xd800..=0xdfff) => halves.push(at),
            Some(_) => {}
            None => next = at + 2,
        }
    }
    if halves.is_empty() {
        return None;
    }
    let mut mended = json.to_owned();
    for at in &halves {
        mended.replace_range(*at..at + 6, "\\ufffd");
    }
    Some((mended, halves.len() as u64))
}

/// The UTF-16 unit that a `\u` escape at a place stands for, if there is one.
fn escaped_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| {
        Some(unit << 4 | char::from(*digit).to_digit(16)? as u16)
    })
}

/// Reads a string, borrowed unless it holds escapes.
pub(crate) struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct CellsVisitor;

impl<'de> Visitor<'de> for CellsVisitor {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells = Vec::new();
        while let Some(name) = map.next_key_seed(Text)? {
            cells.push((name, map.next_value::<&RawValue>()?));
        }
        Ok(cells)
    }
}
