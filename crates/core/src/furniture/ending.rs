//! What a line ends with that ends with a form.

use super::form::Part;
use super::key::{Key, back};
use super::names::{MOST_WORDS, is_small};
use super::pairs::Pairs;
use super::table::{Place, Row};

/// What may follow a form at the end of a line.
pub(super) const AFTER: &[char] = &['.', '!', ')', ']', '*', '…', ' ', '\t', '\u{a0}'];

/// What lines end with that end with a form, but for [`AFTER`]. Says yes in vain at times, and never
/// no where a form stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Endings {
    /// Forms that end with text.
    texts: Vec<Key>,
    /// The last two bytes of each of them.
    pairs: Pairs,
    /// Text before the name that a form ends with, without white space behind it.
    before_names: Vec<Key>,
    /// The last characters of such text that has no white space behind it.
    glued: Vec<char>,
    /// Whether digits and white space stand before the name that a form ends with.
    digits: bool,
    /// Whether a form ends with digits.
    number: bool,
    /// What stands behind text of any kind that a form ends with.
    closing: Vec<char>,
    /// Whether a form ends with anything.
    any: bool,
}

impl Endings {
    pub(super) fn new<'r>(rows: impl Iterator<Item = &'r Row>) -> Self {
        let mut made = Self::default();
        for row in rows {
            // A form at the beginning of a line need not reach to its end.
            let added = row.place != Place::LineStart && made.add(row.form.parts());
            made.any |= !added;
        }
        made.closing.sort_unstable();
        made.closing.dedup();
        made
    }

    /// Whether it is known what lines end with that end with these parts.
    fn add(&mut self, parts: &[Part]) -> bool {
        let Some((last, parts)) = parts.split_last() else {
            return false;
        };
        match last {
            Part::Text(text) => {
                let bare = text.trim_end_matches(AFTER);
                let after = &text[bare.len()..];
                // White space of a form is any white space of a line.
                if after.contains(char::is_whitespace) {
                    return false;
                }
                if bare.is_empty() {
                    return match parts.last() {
                        Some(Part::Any) => {
                            self.closing.extend(after.chars().next());
                            true
                        }
                        _ => self.add(parts),
                    };
                }
                self.add_text(Key::back(bare))
            }
            Part::Name(_) => self.add_before_names(parts),
            Part::Number => {
                self.number = true;
                true
            }
            Part::Dash | Part::Date | Part::Any => false,
        }
    }

    fn add_text(&mut self, key: Key) -> bool {
        if key.is_empty() {
            return false;
        }
        if !self.texts.contains(&key) {
            for last in key.bytes_at(7) {
                key.bytes_at(6).for_each(|byte| self.pairs.add(byte, last));
            }
            self.texts.push(key);
        }
        true
    }

    fn add_before_names(&mut self, parts: &[Part]) -> bool {
        let [before @ .., Part::Text(text)] = parts else {
            return false;
        };
        let bare = text.trim_end();
        let Some(last) = bare.chars().next_back() else {
            self.digits = true;
            return matches!(before, [.., Part::Number]);
        };
        if bare.len() == text.len() {
            // Letters, apostrophes and hyphens stand for others too.
            self.glued.push(last);
            return !(last.is_alphabetic() || matches!(last, '\'' | '-'));
        }
        let key = Key::back(bare);
        if !self.before_names.contains(&key) {
            self.before_names.push(key);
        }
        !key.is_empty()
    }

    /// Whether a line may end with a form.
    pub(super) fn fit(&self, line: &str) -> bool {
        let (line, after) = line.split_at(bare_end(line));
        let bytes = line.as_bytes();
        let Some(&last) = bytes.last() else {
            // A form that takes no other bytes names nothing.
            return true;
        };
        let before = bytes.len().checked_sub(2).map_or(0, |at| bytes[at]);
        self.any
            || self.pairs.has(before, last) && self.ends_with_text(bytes)
            || !after.is_empty() && after.contains(self.closing.as_slice())
            || self.number && last.is_ascii_digit()
            || self.may_end_with_names(line)
    }

    fn ends_with_text(&self, line: &[u8]) -> bool {
        let bytes = back(line);
        self.texts.iter().any(|key| key.fits(bytes))
    }

    /// Whether the line ends with names, and before them with what a form has there.
    fn may_end_with_names(&self, line: &str) -> bool {
        let mut rest = line;
        for count in 0..MOST_WORDS {
            let start = last_word(rest);
            let word = &rest[start..];
            // The last word of a name has a capital.
            let named = has_capital(word)
                || count > 0
                    && (word.split([',', '/', ';'])).all(|word| word.is_empty() || is_small(word));
            if !named {
                return false;
            }
            rest = rest[..start].trim_end();
            let bytes = back(rest.as_bytes());
            if word.contains(self.glued.as_slice())
                || self.before_names.iter().any(|key| key.fits(bytes))
                || self.digits && rest.ends_with(|c: char| c.is_ascii_digit())
            {
                return true;
            }
            if rest.is_empty() {
                return false;
            }
        }
        false
    }
}

/// Where the run of characters at the end of a line begins that may follow a form.
fn bare_end(line: &str) -> usize {
    let bytes = line.as_bytes();
    let mut end = bytes.len();
    while let Some(b'.' | b'!' | b')' | b']' | b'*' | b' ' | b'\t') = bytes[..end].last() {
        end -= 1;
    }
    if bytes[..end].last().is_none_or(u8::is_ascii) {
        end
    } else {
        line[..end].trim_end_matches(AFTER).len()
    }
}

/// Where the last word of a text begins, words being parted by white space.
fn last_word(text: &str) -> usize {
    let bytes = text.as_bytes();
    let graphic = bytes
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_graphic());
    let start = bytes.len() - graphic.count();
    if bytes[..start].last().is_none_or(|&byte| byte == b' ') {
        return start;
    }
    let mut chars = text[..start].char_indices().rev();
    let space = chars.find(|(_, c)| c.is_whitespace());
    space.map_or(0, |(at, c)| at + c.len_utf8())
}

fn has_capital(word: &str) -> bool {
    let mut wide = false;
    for byte in word.bytes() {
        if byte.is_ascii_uppercase() {
            return true;
        }
        wide |= !byte.is_ascii();
    }
    wide && word.contains(char::is_uppercase)
}

#[cfg(test)]
impl Endings {
    /// Endings that every line fits.
    pub(super) fn of_all() -> Self {
        Self {
            any: true,
            ..Self::default()
        }
    }
}
