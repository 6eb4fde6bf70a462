//! Which forms can stand where, by the bytes there, so that hardly any form is tried in vain.
//!
//! A form that begins with text is known by its first bytes, one that a line ends with by its last
//! ones, and one that begins with a name by what must follow the name. Each test may say yes in
//! vain, and never no where the form stands.

use super::date;
use super::ending::Endings;
use super::form::{Part, has_dash};
use super::key::{Key, front};
use super::names::{LONGEST_SMALL, Names, NamesHere, is_small};
use super::pairs::Pairs;
use super::table::{Place, Row};

/// How far behind its beginning a form's bracket or slash may stand, in bytes: names and a date
/// are shorter.
const MARK_WITHIN: usize = 200;

/// The rows of a table by what a line must have where they are tried.
#[derive(Debug, Clone)]
pub(super) struct Index {
    /// Rows that can take a whole line from where it begins. Those that begin with a slot are tried only
    /// where a line may end with a form.
    pub(super) whole: Rows,
    /// Rows that a paragraph begins with.
    pub(super) openings: Rows,
    /// Rows that a line ends with.
    pub(super) tails: Rows,
    endings: Endings,
    /// Rows that can stand within a line.
    pub(super) inserts: Rows,
    /// The first two bytes of each of them.
    pairs: Pairs,
    /// Whether one of them begins with what is neither a letter of ASCII nor a wider character.
    marked: bool,
}

impl Index {
    pub(super) fn new(rows: &[Row]) -> Self {
        let some = |wanted: fn(&Row) -> bool| {
            let numbered = (0u32..).zip(rows);
            Rows::new(numbered.filter(|(_, row)| wanted(row)))
        };
        let inserts = some(Row::is_insert);
        let mut pairs = Pairs::default();
        let mut marked = false;
        for &(key, _) in &inserts.literal {
            for first in key.bytes_at(0) {
                marked |= first.is_ascii() && !first.is_ascii_alphabetic();
                key.bytes_at(1).for_each(|second| pairs.add(first, second));
            }
        }
        Self {
            whole: some(|row| row.place != Place::ParagraphStart),
            openings: some(|row| row.place == Place::ParagraphStart),
            tails: some(|row| row.place == Place::LineEnd),
            endings: Endings::new(rows.iter().filter(|row| row.is_tail())),
            inserts,
            pairs,
            marked,
        }
    }

    /// Whether a line may end with a form, or be one that begins with a slot.
    pub(super) fn may_end(&self, line: &str) -> bool {
        self.endings.fit(line)
    }

    /// Visits each place of a line, from byte `from` on, where a form may begin that can stand within
    /// lines, which none does but at a capital or a quotation mark.
    pub(super) fn each_insert(&self, line: &str, from: usize, mut visit: impl FnMut(usize)) {
        let mut check = |at: usize| {
            if self.inserts.literal(&line[at..]).next().is_some() {
                visit(at);
            }
        };
        if self.marked {
            let places = line[from..].char_indices();
            places.for_each(|(at, _)| check(from + at));
        } else {
            self.pairs.each_capital(line.as_bytes(), from, check);
        }
    }
}

/// Rows that can stand at one kind of place, in the order of the table.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// For each byte, where those end whose form can begin with it.
    ends: Vec<u32>,
    literal: Vec<(Key, u32)>,
    /// Rows whose form begins with a slot, each with a character that the line must have near the place.
    open: Vec<(u32, Option<u8>)>,
    /// For each kind of names that open rows begin with, what can follow the names.
    slots: Vec<(Names, Follow)>,
    /// What can follow the names of any of them.
    follow: Follow,
}

impl Rows {
    fn new<'r>(rows: impl Iterator<Item = (u32, &'r Row)>) -> Self {
        let mut made = Self::default();
        let mut literal = vec![Vec::new(); 1 << 8];
        for (number, row) in rows {
            if let Some(text) = row.form.first_text() {
                let key = Key::front(text);
                for byte in key.bytes_at(0) {
                    literal[usize::from(byte)].push((key, number));
                }
                continue;
            }
            made.open.push((number, row.form.mark()));
            let (slot, follow) = match row.form.parts() {
                [Part::Name(names), rest @ ..] => (*names, Follow::of(rest)),
                _ => (Names::default(), Follow::ANY),
            };
            made.follow.0 |= follow.0;
            match made.slots.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, known)) => known.0 |= follow.0,
                None => made.slots.push((slot, follow)),
            }
        }
        for here in literal {
            made.literal.extend(here);
            made.ends.push(made.literal.len() as u32);
        }
        made
    }

    /// Rows whose form may begin with the text that `rest` begins with.
    pub(super) fn literal(&self, rest: &str) -> impl Iterator<Item = u32> {
        let bytes = rest.as_bytes();
        let byte = usize::from(bytes.first().copied().unwrap_or_default());
        let end = |byte: usize| self.ends.get(byte).map_or(0, |&end| end as usize);
        let begin = byte.checked_sub(1).map_or(0, end);
        let here = &self.literal[begin..end(byte)];
        let first = match here {
            [] => 0,
            _ => front(bytes),
        };
        let here = here.iter().filter(move |(key, _)| key.fits(first));
        here.map(|&(_, row)| row)
    }

    /// Rows whose form begins with a slot, if what stands at `at` may begin one and be followed by what the
    /// form has behind it.
    pub(super) fn open<'r>(
        &'r self,
        line: &str,
        at: usize,
        names: &mut NamesHere,
    ) -> impl Iterator<Item = u32> + use<'r> {
        let rest = &line[at..];
        let near = &rest.as_bytes()[..rest.len().min(MARK_WITHIN)];
        let some = self.may_open(rest);
        let has = |mark| some && memchr::memchr(mark, near).is_some();
        let (bracket, slash, dash) = (has(b'('), has(b'/'), some && has_dash(near));
        let marked = move |mark: Option<u8>| match mark {
            Some(b'(') => bracket,
            Some(b'/') => slash,
            Some(_) => dash,
            None => true,
        };
        let some = some
            && self.open.iter().any(|&(_, mark)| marked(mark))
            && self
                .slots
                .iter()
                .any(|&(slot, follow)| follow.stands(slot, line, at, names));
        let open = if some { self.open.as_slice() } else { &[] };
        open.iter()
            .filter(move |&&(_, mark)| marked(mark))
            .map(|&(row, _)| row)
    }

    /// Whether a form that begins with a slot may begin a text, by its first word.
    fn may_open(&self, rest: &str) -> bool {
        !self.open.is_empty()
            && rest.starts_with(|c: char| !c.is_lowercase())
            && behind_only_name(rest).is_none_or(|next| self.follow.has(next))
    }
}

/// What stands behind the first word, if it is one of ASCII, and a small word follows that never is part
/// of a name.
fn behind_only_name(rest: &str) -> Option<&str> {
    let bytes = rest.as_bytes();
    let word = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let next = rest.get(word + 1..).filter(|_| bytes[word] == b' ')?;
    let small = next.bytes().take_while(u8::is_ascii_lowercase).count();
    // Longer ones are none of those that are written small within names or between them.
    (small > LONGEST_SMALL
        || small > 0 && next.as_bytes().get(small) == Some(&b' ') && !is_small(&next[..small]))
    .then_some(next)
}

/// The bytes that a form may go on with behind a name and white space: a bit each, one for all that
/// are not ASCII, and one for dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Follow(u128);

impl Follow {
    // No form has the bytes of these bits.
    const WIDE: u128 = 1 << 127;
    const DATE: u128 = 1;
    const ANY: Self = Self(u128::MAX);

    fn of(parts: &[Part]) -> Self {
        let Some(Part::Text(text)) = parts.first() else {
            return Self::ANY;
        };
        let Some(first) = text.trim_start().chars().next() else {
            return match parts.get(1) {
                Some(Part::Date) => Self(Self::DATE),
                _ => Self::ANY,
            };
        };
        let one = |c: char| match u8::try_from(c).ok().filter(u8::is_ascii) {
            Some(byte) => 1 << byte,
            None => Self::WIDE,
        };
        match first {
            // Typographic ones, and the sign of the kelvin.
            '\'' | '-' => Self(one(first) | Self::WIDE),
            c if c.is_lowercase() => Self(one(c) | one(c.to_ascii_uppercase()) | Self::WIDE),
            c => Self(one(c)),
        }
    }

    /// Whether it stands behind names at `at`.
    fn stands(self, slot: Names, line: &str, at: usize, names: &mut NamesHere) -> bool {
        self == Self::ANY || {
            let ends = names.ends(slot, line, at);
            ends.iter().any(|&end| self.has(&line[end..]))
        }
    }

    fn has(self, rest: &str) -> bool {
        let rest = rest.trim_start();
        let bit = match rest.bytes().next() {
            Some(byte) if byte.is_ascii() => 1 << byte,
            Some(_) => Self::WIDE,
            None => 0,
        };
        self == Self::ANY || self.0 & bit != 0 || self.0 & Self::DATE != 0 && date::may_begin(rest)
    }
}

/// An index that leaves nothing out: every form is tried everywhere.
#[cfg(test)]
impl Index {
    pub(super) fn of_all(rows: &[Row]) -> Self {
        let mut all = Self::new(rows);
        let Self {
            whole,
            openings,
            tails,
            inserts,
            ..
        } = &mut all;
        for some in [whole, openings, tails, inserts] {
            let mut numbers: Vec<u32> = some.literal.iter().map(|&(_, row)| row).collect();
            numbers.sort_unstable();
            numbers.dedup();
            some.literal = Vec::new();
            for end in &mut some.ends {
                let every = numbers.iter().map(|&row| (Key::default(), row));
                some.literal.extend(every);
                *end = some.literal.len() as u32;
            }
            some.open.iter_mut().for_each(|(_, mark)| *mark = None);
            some.slots = vec![(Names::default(), Follow::ANY)];
            some.follow = Follow::ANY;
        }
        all.endings = Endings::of_all();
        all.marked = true;
        all
    }
}
