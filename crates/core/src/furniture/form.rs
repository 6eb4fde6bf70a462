//! Forms: text with slots, matched by hand at one place of a line.
//!
//! Nothing is lower-cased as a whole: characters are compared one by one, so that every end found
//! is an offset of the original. A form reads at most a few hundred bytes.

use super::date;
use super::names::{MOST_WORDS, Names, NamesHere};

/// The most bytes that `<any>` stands for before more of the form.
const MOST_ANY: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(Box<str>),
    Name(Names),
    Date,
    Number,
    Dash,
    Any,
}

/// A form of furniture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form(Vec<Part>);

/// The one-to-one lower case of a character.
pub(super) fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

impl Form {
    pub(super) fn parse(form: &str) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut rest = form;
        while !rest.is_empty() {
            if let Some(slot) = rest.strip_prefix('<') {
                let end = slot.find('>').ok_or("a slot has no `>`")?;
                parts.push(slot_named(&slot[..end])?);
                rest = &slot[end + 1..];
            } else {
                let end = rest.find('<').unwrap_or(rest.len());
                parts.push(Part::Text(rest[..end].into()));
                rest = &rest[end..];
            }
        }
        let names_nothing = !parts.iter().any(|part| match part {
            Part::Text(text) => text.chars().any(|c| c.is_alphanumeric() || c == '©'),
            Part::Name(_) | Part::Date => parts.len() > 1,
            Part::Number | Part::Dash | Part::Any => false,
        });
        if names_nothing {
            return Err("it would match any text; give it words of its own");
        }
        if parts.windows(2).any(|pair| pair == [Part::Any, Part::Any]) {
            return Err("`<any>` stands twice in a row");
        }
        Ok(Self(parts))
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The text that the form begins with, if it does not begin with a slot.
    pub(super) fn first_text(&self) -> Option<&str> {
        match self.0.first() {
            Some(Part::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A bracket, slash or dash that the form cannot do without. Forms that begin with a slot are
    /// tried on every line, and most lines have none.
    pub(super) fn mark(&self) -> Option<u8> {
        let text = self.0.iter().find_map(|part| match part {
            Part::Text(text) => text.bytes().find(|byte| matches!(byte, b'(' | b'/')),
            _ => None,
        });
        text.or_else(|| self.0.contains(&Part::Dash).then_some(b'-'))
    }

    /// What the form's first text takes of the line at `at`.
    pub(super) fn lead<'t>(&self, line: &'t str, at: usize) -> &'t str {
        match self.first_text() {
            Some(text) => &line[at..literal(text, line, at).unwrap_or(at)],
            None => "",
        }
    }

    /// The end of the form that begins at `at`, if there is one that `fits`.
    pub(super) fn end(&self, line: &str, at: usize, fits: &dyn Fn(usize) -> bool) -> Option<usize> {
        end_of(&self.0, line, at, fits)
    }

    /// The same for many forms tried at one place; `names` remembers the names that begin there.
    pub(super) fn end_at(
        &self,
        line: &str,
        at: usize,
        names: &mut NamesHere,
        fits: &dyn Fn(usize) -> bool,
    ) -> Option<usize> {
        let Some((Part::Name(slot), parts)) = self.0.split_first() else {
            return self.end(line, at, fits);
        };
        let ends = names.ends(*slot, line, at);
        ends.iter()
            .rev()
            .find_map(|&end| end_of(parts, line, end, fits))
    }
}

fn slot_named(name: &str) -> Result<Part, &'static str> {
    let names = |least, most, commas, joiners, capitals| {
        Part::Name(Names {
            least,
            most,
            commas,
            joiners,
            capitals,
        })
    };
    Ok(match name {
        "name" => names(1, 5, false, false, false),
        "person" => names(2, 5, false, false, false),
        "names" => names(1, MOST_WORDS, true, true, false),
        "persons" => names(2, MOST_WORDS, true, true, false),
        "place" => names(1, 6, true, false, false),
        "PLACE" => names(1, 6, true, false, true),
        "date" => Part::Date,
        "number" => Part::Number,
        "dash" => Part::Dash,
        "any" => Part::Any,
        _ => {
            return Err(
                "no such slot; there are <name>, <person>, <names>, <persons>, <place>, <PLACE>, \
                 <date>, <number>, <dash> and <any>",
            );
        }
    })
}

fn end_of(parts: &[Part], line: &str, at: usize, fits: &dyn Fn(usize) -> bool) -> Option<usize> {
    let Some((part, parts)) = parts.split_first() else {
        return fits(at).then_some(at);
    };
    let go_on = |end| end_of(parts, line, end, fits);
    match part {
        Part::Text(text) => literal(text, line, at).and_then(go_on),
        Part::Date => date::end(line, at).and_then(go_on),
        Part::Number => number(line, at).and_then(go_on),
        Part::Dash => dash(line, at).and_then(go_on),
        Part::Name(names) => {
            let ends = names.ends(line, at);
            ends.iter().rev().find_map(|&end| go_on(end))
        }
        Part::Any if parts.is_empty() => {
            let end = line.trim_end().len();
            (end > at).then_some(end).and_then(go_on)
        }
        Part::Any => line[at..]
            .char_indices()
            .skip(1)
            .map(|(offset, _)| at + offset)
            .take_while(|end| end - at <= MOST_ANY)
            .find_map(go_on),
    }
}

fn literal(form: &str, line: &str, at: usize) -> Option<usize> {
    let mut end = at;
    let mut last = ' ';
    for wanted in form.chars() {
        let rest = &line[end..];
        if wanted == ' ' || wanted == ':' {
            // French sets a space before the colon.
            let bare = rest.trim_start();
            if wanted == ' ' && bare.len() == rest.len() && !(last == ' ' && end > at) {
                return None;
            }
            end += rest.len() - bare.len();
        }
        if wanted != ' ' {
            let found = line[end..].chars().next()?;
            let same = found == wanted
                || (wanted.is_lowercase() && lower(found) == wanted)
                || (wanted == '\'' && found == '\u{2019}')
                || (wanted == '-' && matches!(found, '\u{2010}' | '\u{2011}'));
            if !same {
                return None;
            }
            end += found.len_utf8();
        }
        last = wanted;
    }
    let cut = last.is_alphanumeric() && line[end..].starts_with(char::is_alphanumeric);
    (!cut).then_some(end)
}

fn number(line: &str, at: usize) -> Option<usize> {
    let digits = line[at..].bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then_some(at + digits)
}

fn dash(line: &str, at: usize) -> Option<usize> {
    let rest = &line[at..];
    let bare = rest.trim_start();
    let spaced = bare.len() < rest.len();
    let (mark, long) = if bare.starts_with("--") {
        (2, true)
    } else {
        match bare.chars().next()? {
            c @ ('\u{2012}'..='\u{2015}') => (c.len_utf8(), true),
            '-' => (1, false),
            _ => return None,
        }
    };
    let after = &bare[mark..];
    let open = after.is_empty() || after.starts_with(char::is_whitespace);
    (long || spaced || open).then_some(at + rest.len() - after.len())
}

/// Whether a [`dash`] may stand in a text; a hyphen within a word is none.
pub(super) fn has_dash(text: &[u8]) -> bool {
    let inner = |at: Option<usize>| {
        let byte = at.and_then(|at| text.get(at));
        byte.is_some_and(|&byte| byte.is_ascii_graphic() && byte != b'-')
    };
    memchr::memchr2_iter(b'-', 0xe2, text).any(|at| match text[at] {
        b'-' => !(inner(at.checked_sub(1)) && inner(Some(at + 1))),
        _ => matches!(text[at..], [_, 0x80, 0x92..=0x95, ..]),
    })
}
