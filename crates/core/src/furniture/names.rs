//! Names in a form: words with capitals, what stands small within them, and what joins several.

use std::ops::Deref;

use super::form::lower;

/// The most words of a list of names.
pub(super) const MOST_WORDS: usize = 16;

/// Whether a word is one written small within a name.
fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "de" | "del"
            | "della"
            | "der"
            | "den"
            | "des"
            | "di"
            | "do"
            | "da"
            | "dos"
            | "das"
            | "du"
            | "la"
            | "le"
            | "van"
            | "von"
            | "zu"
            | "bin"
            | "al"
            | "el"
            | "of"
            | "the"
            | "for"
    )
}

/// Whether a word stands between names, or between a name and its place.
fn is_joiner(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "und"
            | "et"
            | "y"
            | "e"
            | "и"
            | "&"
            | "in"
            | "à"
            | "au"
            | "aus"
            | "en"
            | "em"
            | "в"
            | "with"
            | "mit"
            | "avec"
            | "con"
            | "com"
            | "from"
    )
}

/// Whether a word, in small letters, begins sentences with a capital and is no name.
fn begins_sentences(word: &str) -> bool {
    matches!(
        word,
        "he" | "she"
            | "it"
            | "we"
            | "they"
            | "you"
            | "i"
            | "this"
            | "that"
            | "these"
            | "those"
            | "who"
            | "nobody"
            | "everyone"
            | "everybody"
            | "someone"
            | "all"
            | "none"
            | "er"
            | "sie"
            | "es"
            | "wir"
            | "niemand"
            | "alle"
            | "jemand"
            | "il"
            | "elle"
            | "ils"
            | "elles"
            | "nous"
            | "personne"
            | "tous"
            | "él"
            | "ella"
            | "ellos"
            | "nadie"
            | "todos"
            | "ele"
            | "ela"
            | "eles"
            | "ninguém"
            | "он"
            | "она"
            | "они"
            | "мы"
            | "никто"
            | "все"
    )
}

/// The most bytes of a word that [`begins_sentences`].
const LONGEST_BEGINNING: usize = 10;

/// What a slot of names takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Words that the first name has at least.
    pub(super) least: usize,
    /// Words in all, at most [`MOST_WORDS`].
    pub(super) most: usize,
    /// Commas and slashes.
    pub(super) commas: bool,
    pub(super) joiners: bool,
    pub(super) capitals: bool,
}

/// Where names end that begin at one place: offsets in a line, ascending.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ends {
    offsets: [usize; MOST_WORDS],
    count: usize,
}

impl Ends {
    fn push(&mut self, end: usize) {
        // A slot takes no more words than there is room for.
        if let Some(offset) = self.offsets.get_mut(self.count) {
            *offset = end;
            self.count += 1;
        }
    }
}

impl Deref for Ends {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.offsets[..self.count]
    }
}

/// How many kinds of slots are remembered at one place; a table has hardly more.
const MOST_SLOTS: usize = 3;

/// The ends of the names that begin at one place, for each kind of slot that was asked for.
#[derive(Debug, Default)]
pub(super) struct NamesHere([Option<(Names, Ends)>; MOST_SLOTS]);

impl NamesHere {
    pub(super) fn ends(&mut self, slot: Names, line: &str, at: usize) -> Ends {
        for place in &mut self.0 {
            match *place {
                Some((known, ends)) if known == slot => return ends,
                Some(_) => {}
                None => {
                    let ends = slot.ends(line, at);
                    *place = Some((slot, ends));
                    return ends;
                }
            }
        }
        slot.ends(line, at)
    }
}

impl Names {
    /// The ends of all the names that begin at `at`, in order.
    pub(super) fn ends(self, line: &str, at: usize) -> Ends {
        let mut ends = Ends::default();
        let mut end = at;
        // Words of the first name; `None` once it is over.
        let mut first = Some(0);
        for _ in 0..self.most {
            let Some((word, next)) = word(line, end) else {
                break;
            };
            let capital = word.starts_with(char::is_uppercase)
                && !(self.capitals && word.chars().any(char::is_lowercase));
            if capital && (end > at || !no_name(word)) {
                first = first.map(|words| words + 1);
                if first.is_none_or(|words| words >= self.least) {
                    ends.push(next);
                }
            } else if self.joiners && is_joiner(word) {
                if first.is_none_or(|words| words < self.least) && first.is_some() {
                    break;
                }
                first = None;
            } else if end == at || self.capitals || !is_particle(word) {
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

/// The most bytes of a word that is written small within names or between them.
pub(super) const LONGEST_SMALL: usize = 5;

/// Whether a word is one that is written small within names or between them.
pub(super) fn is_small(word: &str) -> bool {
    word.len() <= LONGEST_SMALL && (is_particle(word) || is_joiner(word))
}

/// Whether a word with a capital is one that begins sentences.
fn no_name(word: &str) -> bool {
    if word.len() > LONGEST_BEGINNING {
        return false;
    }
    let mut small = [0; 4 * LONGEST_BEGINNING];
    let mut length = 0;
    for c in word.chars() {
        length += lower(c).encode_utf8(&mut small[length..]).len();
    }
    std::str::from_utf8(&small[..length]).is_ok_and(begins_sentences)
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
