//! The best value of a record for each role.

use super::roles::{PATH_RANK, Role, descend, named, paths, role, role_among};
use crate::flat::{Written, members};
use crate::record::RecordOptions;
use crate::refused::Reason;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A slot for each role, in their order.
#[derive(Default)]
pub(super) struct Slots<'a>(pub(super) [Slot<'a>; Role::COUNT]);

/// The best value found for one role.
#[derive(Default)]
pub(super) struct Slot<'a> {
    pub(super) best: Option<(u8, Cow<'a, str>)>,
    /// A field that holds something else, in case nothing better comes.
    pub(super) unfit: Option<(u8, &'static str)>,
}

impl<'a> Slot<'a> {
    pub(super) fn wants(&self, rank: u8) -> bool {
        self.best.as_ref().is_none_or(|best| rank <= best.0)
    }

    pub(super) fn put(&mut self, rank: u8, scalar: Scalar<'a>, integers: bool) {
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
    pub(super) fn any(self) -> Option<Cow<'a, str>> {
        self.best
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    /// The value, if there is one. An unfit field is an error if it was named or is needed.
    pub(super) fn value(
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
pub(super) fn scanned<'a>(line: &'a str, options: &RecordOptions) -> Option<Slots<'a>> {
    let mut slots = Slots::default();
    let named = named(options);
    members(
        line,
        |name| role_among(name, &named),
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
pub(super) fn parsed<'a>(line: &'a str, options: &RecordOptions) -> serde_json::Result<Slots<'a>> {
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
        while let Some(name) = map.next_key_seed(FieldName(self.0))? {
            let (role, rank) = match name {
                Name::Role(role, rank) => (role, rank),
                Name::Other => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                Name::Holds(name) => {
                    slots.put_within(&name, map.next_value()?, self.0)?;
                    continue;
                }
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

impl<'a> Slots<'a> {
    /// Takes from a field what a path leads to, and what it is itself.
    fn put_within<E: serde::de::Error>(
        &mut self,
        name: &str,
        value: &'a RawValue,
        options: &RecordOptions,
    ) -> Result<(), E> {
        let mut put = |role: Role, rank: u8, value: &'a RawValue| {
            let slot = &mut self.0[role as usize];
            if slot.wants(rank) {
                let mut parser = serde_json::Deserializer::from_str(value.get());
                let scalar = Value.deserialize(&mut parser).map_err(E::custom)?;
                slot.put(rank, scalar, role.integers());
            }
            Ok(())
        };
        if let Some((role, rank)) = role(name, options) {
            put(role, rank, value)?;
        }
        for (role, path) in paths(name, options) {
            if let Some(value) = descend(value, path).map_err(E::custom)? {
                put(role, PATH_RANK, value)?;
            }
        }
        Ok(())
    }
}

/// What a field is by its name.
enum Name {
    Role(Role, u8),
    /// It holds a field that was named by a path.
    Holds(String),
    Other,
}

/// Reads a field name into its role.
struct FieldName<'o>(&'o RecordOptions);

impl<'de> DeserializeSeed<'de> for FieldName<'_> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldName<'_> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        if paths(name, self.0).next().is_some() {
            return Ok(Name::Holds(name.to_owned()));
        }
        Ok(match role(name, self.0) {
            Some((role, rank)) => Name::Role(role, rank),
            None => Name::Other,
        })
    }
}

/// A value that may serve as text, title or id.
pub(super) enum Scalar<'a> {
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
