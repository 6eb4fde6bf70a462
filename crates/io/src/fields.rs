//! Text, id, title and the like of one JSON object, without building the rest.

use crate::cells::cells;
use crate::date;
use crate::flat::{Written, members};
use crate::record::{
    DATE_FIELDS, EMBARGO_FIELDS, ID_FIELDS, ITEM_FIELDS, RecordOptions, SOURCE_FIELDS,
    STATUS_FIELDS, TEXT_FIELDS, TITLE_FIELDS, VERSION_FIELDS,
};
use crate::refused::Reason;
use jiff::tz::TimeZone;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Fields named in the message about a missing one.
const FIELDS_NAMED: usize = 12;
/// Characters shown of a field's name in that message.
const NAME_CHARS: usize = 40;

/// What a record holds.
pub(crate) struct Found<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) title: Option<Cow<'a, str>>,
    pub(crate) source: Option<Cow<'a, str>>,
    pub(crate) published: Option<i64>,
    pub(crate) item: Option<Cow<'a, str>>,
    pub(crate) version: Option<u64>,
    pub(crate) status: Option<Cow<'a, str>>,
    pub(crate) embargo: Option<i64>,
}

/// Finds the fields of [`Found`] in a line that holds one JSON object.
pub(crate) fn find<'a>(line: &'a str, options: &RecordOptions) -> Result<Found<'a>, Reason> {
    if line.trim_start().as_bytes().first() != Some(&b'{') {
        return Err(no_object(line));
    }
    let slots = match scanned(line, options) {
        Some(slots) => slots,
        None => parsed(line, options).map_err(|error| broken(&error))?,
    };
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
    ] = slots.0;
    let string = "a string";
    let Some(text) = text.value(options.text_field.as_deref(), TEXT_FIELDS, true, string)? else {
        return Err(missing_text(line, options));
    };
    let id = id.value(
        options.id_field.as_deref(),
        ID_FIELDS,
        false,
        "a string or an integer",
    )?;
    let title = title.value(options.title_field.as_deref(), TITLE_FIELDS, false, string)?;
    let id = id.filter(|id| !id.is_empty());
    let version: Option<u64> = version.any().and_then(|number| number.trim().parse().ok());
    let utc = TimeZone::UTC;
    let zone = options.timezone.as_ref().unwrap_or(&utc);
    let time = |text: &str| date::seconds(text, zone);
    // Versions of an item without a slug have its id.
    let item = item
        .any()
        .or_else(|| id.clone().filter(|_| version.is_some()));
    Ok(Found {
        text,
        id,
        title,
        source: source.any(),
        published: date.any().and_then(|date| time(&date)),
        item,
        version,
        status: status.any(),
        embargo: embargo.any().and_then(|date| time(&date)),
    })
}

/// The strings that [`find`] takes for text and title, as they are written in the line, quotation
/// marks included. The line must be one in which `find` finds a text.
pub(crate) fn find_written<'a>(
    line: &'a str,
    options: &RecordOptions,
) -> serde_json::Result<[Option<&'a str>; 2]> {
    let (mut texts, mut titles) = (Slot::default(), Slot::default());
    for (name, value) in cells(line)? {
        let (slot, rank) = match role(&name, options) {
            Some((Role::Text, rank)) => (&mut texts, rank),
            Some((Role::Title, rank)) => (&mut titles, rank),
            _ => continue,
        };
        if slot.wants(rank) {
            let scalar = match value.get() {
                "null" => Scalar::Null,
                string if string.starts_with('"') => Scalar::Text(Cow::Borrowed(string)),
                _ => Scalar::Other("no string"),
            };
            slot.put(rank, scalar, false);
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

fn missing_text(line: &str, options: &RecordOptions) -> Reason {
    let field = options
        .text_field
        .as_deref()
        .unwrap_or(TEXT_FIELDS[0])
        .to_owned();
    let mut found: Vec<String> = Vec::new();
    for (name, _) in cells(line).unwrap_or_default() {
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
    Reason::MissingField { field, found }
}

/// What a field of a record is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The text of the story.
    Text,
    /// Its id.
    Id,
    /// Its title.
    Title,
    /// Who published it.
    Source,
    /// When.
    Date,
    /// What names the item through its versions.
    Item,
    /// The number of the version.
    Version,
    /// What may be done with it.
    Status,
    /// Until when it is not to be published.
    Embargo,
}

/// How many roles there are.
const ROLES: usize = 9;

impl Role {
    /// Each of them, in order.
    pub const ALL: [Self; ROLES] = [
        Self::Text,
        Self::Id,
        Self::Title,
        Self::Source,
        Self::Date,
        Self::Item,
        Self::Version,
        Self::Status,
        Self::Embargo,
    ];

    /// Whether an integer will do.
    pub fn integers(self) -> bool {
        !matches!(self, Self::Text | Self::Title | Self::Status)
    }
}

/// The role of a field and its place in the list of that role, if it has one: of several fields with
/// a value, the one with the least place is read. Fields that the options name come first, so that
/// who names `title` as the text does not get it twice.
pub fn role(name: &str, options: &RecordOptions) -> Option<(Role, u8)> {
    let roles = [
        (Role::Text, &options.text_field, TEXT_FIELDS),
        (Role::Id, &options.id_field, ID_FIELDS),
        (Role::Title, &options.title_field, TITLE_FIELDS),
        (Role::Source, &options.source_field, SOURCE_FIELDS),
        (Role::Date, &options.date_field, DATE_FIELDS),
        (Role::Item, &options.item_field, ITEM_FIELDS),
        (Role::Version, &options.version_field, VERSION_FIELDS),
        (Role::Status, &options.status_field, STATUS_FIELDS),
        (Role::Embargo, &options.embargo_field, EMBARGO_FIELDS),
    ];
    for (role, named, _) in &roles {
        if named.as_deref() == Some(name) {
            return Some((*role, 0));
        }
    }
    for (role, named, listed) in &roles {
        if named.is_none()
            && let Some(rank) = listed.iter().position(|listed| *listed == name)
        {
            return Some((*role, rank as u8));
        }
    }
    None
}

/// A slot for each role, in their order.
#[derive(Default)]
struct Slots<'a>([Slot<'a>; ROLES]);

/// The best value found for one role.
#[derive(Default)]
struct Slot<'a> {
    best: Option<(u8, Cow<'a, str>)>,
    /// A field that holds something else, in case nothing better comes.
    unfit: Option<(u8, &'static str)>,
}

impl<'a> Slot<'a> {
    fn wants(&self, rank: u8) -> bool {
        self.best.as_ref().is_none_or(|best| rank <= best.0)
    }

    fn put(&mut self, rank: u8, scalar: Scalar<'a>, integers: bool) {
        if self.best.as_ref().is_some_and(|best| best.0 == rank) {
            self.best = None;
        }
        if self.unfit.is_some_and(|unfit| unfit.0 == rank) {
            self.unfit = None;
        }
        let unfit = match scalar {
            Scalar::Null => return,
            Scalar::Text(text) => {
                self.best = Some((rank, text));
                return;
            }
            Scalar::Integer(number) if integers => {
                self.best = Some((rank, Cow::Owned(number)));
                return;
            }
            Scalar::Integer(_) => "a number",
            Scalar::Other(kind) => kind,
        };
        if self.unfit.is_none_or(|known| rank < known.0) {
            self.unfit = Some((rank, unfit));
        }
    }

    /// The value, if there is one that will do. What says more of a record than the story itself may be
    /// missing or of any type.
    fn any(self) -> Option<Cow<'a, str>> {
        self.best
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    /// The value, if there is one. An unfit field is an error if it was named or is needed.
    fn value(
        self,
        named: Option<&str>,
        listed: &[&str],
        needed: bool,
        expected: &'static str,
    ) -> Result<Option<Cow<'a, str>>, Reason> {
        match (self.best, self.unfit) {
            (Some((_, value)), _) => Ok(Some(value)),
            (None, Some((rank, found))) if needed || named.is_some() => {
                let field = named.unwrap_or(listed[rank as usize]).to_owned();
                Err(Reason::WrongType {
                    field,
                    found,
                    expected,
                })
            }
            _ => Ok(None),
        }
    }
}

/// What a line holds for each role, by a quick scan; nothing if that does not take the line.
fn scanned<'a>(line: &'a str, options: &RecordOptions) -> Option<Slots<'a>> {
    let mut slots = Slots::default();
    members(
        line,
        |name| role(name, options),
        |(role, rank), written| {
            let slot = &mut slots.0[role as usize];
            if slot.wants(rank) {
                let scalar = match written {
                    Written::Text(text) => Scalar::Text(text),
                    Written::Other(other) => {
                        let mut parser = serde_json::Deserializer::from_str(other);
                        Value.deserialize(&mut parser).ok()?
                    }
                };
                slot.put(rank, scalar, role.integers());
            }
            Some(())
        },
    )?;
    Some(slots)
}

/// The same by a parser.
fn parsed<'a>(line: &'a str, options: &RecordOptions) -> serde_json::Result<Slots<'a>> {
    let mut parser = serde_json::Deserializer::from_str(line);
    let slots = Object(options).deserialize(&mut parser)?;
    parser.end()?;
    Ok(slots)
}

/// Reads an object into slots.
struct Object<'o>(&'o RecordOptions);

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Slots<'de>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Slots<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut slots = Slots::default();
        while let Some(role) = map.next_key_seed(FieldName(self.0))? {
            let Some((role, rank)) = role else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let slot = &mut slots.0[role as usize];
            if slot.wants(rank) {
                slot.put(rank, map.next_value_seed(Value)?, role.integers());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(slots)
    }
}

/// Reads a field name into its role.
struct FieldName<'o>(&'o RecordOptions);

impl<'de> DeserializeSeed<'de> for FieldName<'_> {
    type Value = Option<(Role, u8)>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldName<'_> {
    type Value = Option<(Role, u8)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(role(name, self.0))
    }
}

/// A value that may serve as text, title or id.
enum Scalar<'a> {
    Text(Cow<'a, str>),
    Integer(String),
    Null,
    Other(&'static str),
}

/// Reads a value; lists and objects are checked and dropped.
struct Value;

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Scalar<'de>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Integer(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Integer(number.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Other("a number that is no 64-bit integer"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Other("true or false"))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("an object"))
    }
}
