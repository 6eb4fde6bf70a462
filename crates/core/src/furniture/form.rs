//! Forms: text with slots, matched by hand at one place of a line.
//!
//! Nothing is lower-cased as a whole: characters are compared one by one, so that every end found
//! is an offset of the original. A form reads at most a few hundred bytes.

use super::date;
use super::needle::pieces;

/// The most bytes that `<any>` stands for before more of the form.
const MOST_ANY: usize = 300;

/// The most words of a list of names.
const MOST_WORDS: usize = 16;

/// Words written small within a name.
const PARTICLES: &[&str] = &[
    "de", "del", "della", "der", "den", "des", "di", "do", "da", "dos", "das", "du", "la", "le",
    "van", "von", "zu", "bin", "al", "el", "of", "the", "for",
];

/// Words between names, and between a name and its place.
const JOINERS: &[&str] = &[
    "and", "und", "et", "y", "e", "и", "&", "in", "à", "au", "aus", "en", "em", "в", "with", "mit",
    "avec", "con", "com", "from",
];

/// Words that begin sentences with a capital and no name.
const NO_NAMES: &[&str] = &[
    "he",
    "she",
    "it",
    "we",
    "they",
    "you",
    "i",
    "this",
    "that",
    "these",
    "those",
    "who",
    "nobody",
    "everyone",
    "everybody",
    "someone",
    "all",
    "none",
    "er",
    "sie",
    "es",
    "wir",
    "niemand",
    "alle",
    "jemand",
    "il",
    "elle",
    "ils",
    "elles",
    "nous",
    "personne",
    "tous",
    "él",
    "ella",
    "ellos",
    "nadie",
    "todos",
    "ele",
    "ela",
    "eles",
    "ninguém",
    "он",
    "она",
    "они",
    "мы",
    "никто",
    "все",
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Name(Names),
    Date,
    Number,
    Dash,
    Any,
}

/// What a slot of names takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Names {
    /// Words that the first name has at least.
    least: usize,
    most: usize,
    /// Commas and slashes.
    commas: bool,
    joiners: bool,
    capitals: bool,
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

    /// The first character in lower case, if it is given, and the second if it stands in a line as
    /// it stands here but for case.
    pub(super) fn first(&self) -> Option<(char, Option<char>)> {
        let Some(Part::Text(text)) = self.0.first() else {
            return None;
        };
        let mut chars = text.chars();
        let first = chars.next().map(lower)?;
        let second = chars.next().filter(|c| c.is_alphanumeric()).map(lower);
        Some((first, second))
    }

    /// The longest piece of the form's text, one that has a letter before others.
    pub(super) fn piece(&self) -> Option<&str> {
        let texts = self.0.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text),
            _ => None,
        });
        texts.flat_map(|text| pieces(text)).max_by_key(|piece| {
            let rare = !matches!(*piece, "(" | ")" | "[" | "]" | "," | ".");
            (piece.contains(char::is_alphanumeric), rare, piece.len())
        })
    }

    /// The piece that the form begins with.
    pub(super) fn first_piece(&self) -> Option<&str> {
        match self.0.first() {
            Some(Part::Text(text)) => pieces(text).next(),
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
        match self.0.first() {
            Some(Part::Text(text)) => &line[at..literal(text, line, at).unwrap_or(at)],
            _ => "",
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
        Part::Name(names) => names.ends(line, at).into_iter().rev().find_map(go_on),
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

/// The ends of the names that begin at one place, for each kind of slot that was asked for.
#[derive(Debug, Default)]
pub(super) struct NamesHere(Vec<(Names, Vec<usize>)>);

impl NamesHere {
    fn ends(&mut self, slot: Names, line: &str, at: usize) -> &[usize] {
        let known = self.0.iter().position(|&(known, _)| known == slot);
        let known = known.unwrap_or_else(|| {
            self.0.push((slot, slot.ends(line, at)));
            self.0.len() - 1
        });
        &self.0[known].1
    }
}

impl Names {
    /// The ends of all the names that begin at `at`, in order.
    fn ends(self, line: &str, at: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut end = at;
        // Words of the first name; `None` once it is over.
        let mut first = Some(0);
        for _ in 0..self.most {
            let Some((word, next)) = word(line, end) else {
                break;
            };
            let capital = if self.capitals {
                word.starts_with(char::is_uppercase) && !word.chars().any(char::is_lowercase)
            } else {
                word.starts_with(char::is_uppercase)
            };
            if capital && (end > at || !no_name(word)) {
                first = first.map(|words| words + 1);
                if first.is_none_or(|words| words >= self.least) {
                    ends.push(next);
                }
            } else if self.joiners && JOINERS.contains(&word) {
                if first.is_none_or(|words| words < self.least) && first.is_some() {
                    break;
                }
                first = None;
            } else if end == at || self.capitals || !PARTICLES.contains(&word) {
                break;
            }
            end = next;
            let rest = &line[end..];
            let bare = rest.trim_start_matches(|c| self.commas && matches!(c, ',' | '/' | ';'));
            if bare.len() < rest.len() {
                if first.is_some_and(|words| words < self.least) {
                    break;
                }
                first = None;
            }
            let bare = bare.trim_start();
            if bare.len() == rest.len() {
                break;
            }
            end = line.len() - bare.len();
        }
        ends
    }
}

/// Whether a word with a capital is one that begins sentences.
fn no_name(word: &str) -> bool {
    NO_NAMES
        .iter()
        .any(|other| word.len() == other.len() && word.chars().map(lower).eq(other.chars()))
}

/// Whether a dash of any length stands in a text.
pub(super) fn has_dash(text: &[u8]) -> bool {
    memchr::memchr2_iter(b'-', 0xe2, text)
        .any(|at| text[at] == b'-' || matches!(text[at..], [_, 0x80, 0x92..=0x95, ..]))
}

/// The word at `at` and its end; a period belongs to it after an initial or a short title.
fn word(line: &str, at: usize) -> Option<(&str, usize)> {
    let rest = &line[at..];
    let mut since = 0;
    let mut chars = rest.char_indices().peekable();
    let mut end = 0;
    while let Some((offset, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        let inner = next.is_some_and(char::is_alphanumeric);
        match c {
            '&' if offset == 0 => {}
            '.' if (1..=2).contains(&since) || (since > 0 && inner) => since = 0,
            '\'' | '\u{2019}' | '-' | '\u{2010}' | '\u{2011}' if inner && offset > 0 => {}
            c if c.is_alphanumeric() => since += 1,
            _ => break,
        }
        end = offset + c.len_utf8();
    }
    (end > 0).then(|| (&rest[..end], at + end))
}
