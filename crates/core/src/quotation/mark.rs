//! The marks of a text, and what their neighbors allow them to be.

use std::ops::Range;

use super::Marks;
use crate::swar::{HIGHS, before_first, equals, load};

/// Marks of a family can open and close each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Double,
    Single,
    Guillemet,
    SingleGuillemet,
    Corner,
    CornerWhite,
}

/// How many families there are.
pub(super) const FAMILIES: usize = 6;

/// What its neighbors say of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// At the start of something.
    Opens,
    /// At the end of something.
    Closes,
    /// Glued on both sides, or free on both.
    Either,
}

/// What a mark directly follows, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// A digit: perhaps feet or inches.
    Digit,
    /// Punctuation or another mark: hardly an apostrophe.
    Punctuation,
    Other,
}

/// A mark in the text.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    /// What it is if it opens.
    pub(super) marks: Marks,
    pub(super) shape: Shape,
    /// What it directly follows.
    pub(super) after: After,
    /// A single mark between an s and a further word: the workers' rights.
    pub(super) possessive: bool,
    /// After punctuation and white space, or at the start of a line.
    pub(super) starts_clause: bool,
}

impl Marks {
    pub(super) fn family(self) -> Family {
        match self {
            Marks::Double
            | Marks::DoubleRight
            | Marks::DoubleStraight
            | Marks::DoubleLow
            | Marks::DoubleBacktick
            | Marks::DoubleWide => Family::Double,
            Marks::Single
            | Marks::SingleRight
            | Marks::SingleStraight
            | Marks::SingleLow
            | Marks::SingleBacktick => Family::Single,
            Marks::Guillemet | Marks::GuillemetReversed => Family::Guillemet,
            Marks::SingleGuillemet | Marks::SingleGuillemetReversed => Family::SingleGuillemet,
            Marks::Corner => Family::Corner,
            Marks::CornerWhite => Family::CornerWhite,
        }
    }

    /// Whether the rules of some language put this closing mark with the opening one.
    pub(super) fn is_closed_by(self, closing: &str) -> bool {
        match self {
            Marks::Double => closing == "”",
            Marks::DoubleRight => matches!(closing, "”" | "“"),
            Marks::DoubleStraight => matches!(closing, "\"" | "״" | "''" | "’’" | "´´"),
            Marks::DoubleLow => matches!(closing, "“" | "”" | "''" | "‟" | "‘‘" | "’’"),
            Marks::DoubleBacktick => matches!(closing, "''" | "’’" | "´´"),
            Marks::DoubleWide => matches!(closing, "＂" | "〞" | "〟"),
            Marks::Single => closing == "’",
            Marks::SingleRight => matches!(closing, "’" | "‘"),
            Marks::SingleStraight => closing == "'",
            Marks::SingleLow => matches!(closing, "‘" | "’"),
            Marks::SingleBacktick => matches!(closing, "'" | "´" | "`" | "’"),
            Marks::Guillemet => closing == "»",
            Marks::GuillemetReversed => matches!(closing, "«" | "»"),
            Marks::SingleGuillemet => closing == "›",
            Marks::SingleGuillemetReversed => matches!(closing, "‹" | "›"),
            Marks::Corner | Marks::CornerWhite => true,
        }
    }
}

/// The marks of a text in order. Apostrophes within words, elisions ('tis, ’90s) and Hebrew
/// abbreviations are none.
pub(super) fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut from = 0;
    while let Some((range, kind)) = next(text.as_bytes(), from) {
        from = range.end;
        if let Some(mark) = Mark::at(text, range, kind) {
            marks.push(mark);
        }
    }
    marks
}

/// What may be the next mark from byte `at` on, by its characters alone.
pub(super) fn next(bytes: &[u8], mut at: usize) -> Option<(Range<usize>, Marks)> {
    while at < bytes.len() {
        // Most of a text is words: eight bytes at a time are passed over that can begin no mark.
        if bytes.len() - at >= 8 {
            let eight = load(&bytes[at..]);
            let seven = eight & !HIGHS;
            let can = [b'"', b'\'', b'`', b','].map(|mark| equals(seven, mark));
            let can = can.into_iter().fold(eight & HIGHS, |all, some| all | some);
            if can == 0 {
                at += 8;
                continue;
            }
            at += before_first(can);
        }
        let Some((kind, len)) = kind_at(&bytes[at..]) else {
            at += match bytes[at] {
                0..0xc0 => 1,
                0xc0..0xe0 => 2,
                0xe0..0xf0 => 3,
                0xf0.. => 4,
            };
            continue;
        };
        return Some((at..at + len, kind));
    }
    None
}

/// The mark at the start of `bytes` and its length. Two singles side by side are a double.
fn kind_at(bytes: &[u8]) -> Option<(Marks, usize)> {
    let (kind, len) = match *bytes {
        [b'"', ..] => (Marks::DoubleStraight, 1),
        [b'\'', b'\'', ..] | [0xd7, 0xb4, ..] => (Marks::DoubleStraight, 2),
        [b'\'', ..] => (Marks::SingleStraight, 1),
        [b'`', b'`', ..] => (Marks::DoubleBacktick, 2),
        [b'`', ..] => (Marks::SingleBacktick, 1),
        [b',', b',', ..] => (Marks::DoubleLow, 2),
        [0xc2, 0xab, ..] => (Marks::Guillemet, 2),
        [0xc2, 0xbb, ..] => (Marks::GuillemetReversed, 2),
        [0xc2, 0xb4, 0xc2, 0xb4, ..] => (Marks::DoubleStraight, 4),
        [0xc2, 0xb4, ..] => (Marks::SingleBacktick, 2),
        [0xe2, 0x80, 0x98, 0xe2, 0x80, 0x98, ..] => (Marks::DoubleBacktick, 6),
        [0xe2, 0x80, 0x99, 0xe2, 0x80, 0x99, ..] => (Marks::DoubleStraight, 6),
        [0xe2, 0x80, 0x9a, 0xe2, 0x80, 0x9a, ..] => (Marks::DoubleLow, 6),
        [0xe2, 0x80, 0x98 | 0x9b, ..] => (Marks::Single, 3),
        [0xe2, 0x80, 0x99, ..] => (Marks::SingleRight, 3),
        [0xe2, 0x80, 0x9a, ..] => (Marks::SingleLow, 3),
        [0xe2, 0x80, 0x9c | 0x9f, ..] => (Marks::Double, 3),
        [0xe2, 0x80, 0x9d, ..] => (Marks::DoubleRight, 3),
        [0xe2, 0x80, 0x9e, ..] => (Marks::DoubleLow, 3),
        [0xe2, 0x80, 0xb9, ..] => (Marks::SingleGuillemet, 3),
        [0xe2, 0x80, 0xba, ..] => (Marks::SingleGuillemetReversed, 3),
        [0xe3, 0x80, 0x8c | 0x8d, ..]
        | [0xef, 0xb9, 0x81 | 0x82, ..]
        | [0xef, 0xbd, 0xa2 | 0xa3, ..] => (Marks::Corner, 3),
        [0xe3, 0x80, 0x8e | 0x8f, ..] | [0xef, 0xb9, 0x83 | 0x84, ..] => (Marks::CornerWhite, 3),
        [0xe3, 0x80, 0x9d..=0x9f, ..] | [0xef, 0xbc, 0x82, ..] => (Marks::DoubleWide, 3),
        _ => return None,
    };
    Some((kind, len))
}

/// What stands next to a mark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Neighbor {
    /// White space, or the end of the text.
    Space,
    Word,
    /// A letter of a script that writes no spaces, or hangs endings on: marks stand tight there.
    Tight,
    /// A bracket that opens, a dash, a slash, a sign of money.
    Before,
    /// Punctuation that ends something.
    After,
    /// Another mark, which says nothing by itself.
    Quote,
}

impl Neighbor {
    fn of(c: Option<char>) -> Self {
        match c {
            None => Self::Space,
            Some(c) if c.is_whitespace() => Self::Space,
            Some('“' | '‘' | '„' | '‚' | '«' | '‹' | '`' | '「' | '『' | '‟' | '‛') => {
                Self::Before
            }
            Some('"' | '\'' | '”' | '’' | '»' | '›' | '´' | '＂' | '」' | '』') => {
                Self::Quote
            }
            Some(
                '(' | '[' | '{' | '<' | '¿' | '¡' | '$' | '£' | '€' | '#' | '@' | '/' | '-' | '–'
                | '—' | '―' | '‐' | '‑' | '=' | '&' | '（' | '＜' | '\u{200e}' | '\u{200f}',
            ) => Self::Before,
            Some(c) if is_tight(c) => Self::Tight,
            Some(c) if c.is_alphanumeric() => Self::Word,
            Some(_) => Self::After,
        }
    }
}

fn is_tight(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1100..=0x11ff | 0x1780..=0x17ff
        | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x3130..=0x318f | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

impl Mark {
    fn at(text: &str, range: Range<usize>, marks: Marks) -> Option<Self> {
        let (before, after) = (&text[..range.start], &text[range.end..]);
        let last = before.chars().next_back();
        let next = after.chars().next();
        let left = Neighbor::of(last);
        // A quotation may begin with dots.
        let right = match Neighbor::of(next) {
            Neighbor::After if after.starts_with('…') || after.starts_with("..") => {
                Neighbor::Word
            }
            right => right,
        };
        let single = marks.family() == Family::Single;
        let hangs_on_words = single && marks != Marks::SingleLow;
        if hangs_on_words && left == Neighbor::Word && right == Neighbor::Word {
            return None;
        }
        let after_digit = last.is_some_and(char::is_numeric);
        if single && after_digit && right == Neighbor::Tight {
            return None;
        }
        let shape = match marks {
            // Two commas elsewhere than before a word are a slip.
            Marks::DoubleLow if text.as_bytes()[range.start] == b',' => {
                if right != Neighbor::Word {
                    return None;
                }
                Shape::Opens
            }
            // Low marks open, but are met the wrong way round.
            Marks::DoubleLow | Marks::SingleLow => match shape(left, right) {
                Shape::Closes => Shape::Closes,
                _ => Shape::Opens,
            },
            Marks::DoubleBacktick => Shape::Opens,
            Marks::Corner | Marks::CornerWhite => corner_shape(&text[range.clone()]),
            Marks::DoubleWide if !text[range.clone()].starts_with('＂') => {
                if text[range.clone()].starts_with('〝') {
                    Shape::Opens
                } else {
                    Shape::Closes
                }
            }
            _ => shape(left, right),
        };
        if hangs_on_words && shape == Shape::Opens && is_elision(before, after) {
            return None;
        }
        if marks == Marks::DoubleStraight && (is_gershayim(last, after) || is_slip(last, after)) {
            return None;
        }
        let possessive = single
            && matches!(last, Some('s' | 'S' | 'z' | 'x'))
            && next == Some(' ')
            && after[1..].starts_with(char::is_alphanumeric);
        Some(Self {
            range,
            marks,
            shape,
            after: match left {
                _ if after_digit => After::Digit,
                Neighbor::After | Neighbor::Quote => After::Punctuation,
                _ => After::Other,
            },
            possessive,
            starts_clause: starts_clause(before),
        })
    }
}

fn corner_shape(mark: &str) -> Shape {
    if matches!(mark, "「" | "『" | "﹁" | "﹃" | "｢") {
        Shape::Opens
    } else {
        Shape::Closes
    }
}

fn shape(left: Neighbor, right: Neighbor) -> Shape {
    use Neighbor::{After, Before, Quote, Space, Tight, Word};
    match (left, right) {
        (Space, Space) | (Word | Tight | After, Word | Tight) | (Quote, Quote | Before) => {
            Shape::Either
        }
        (_, Space | After) | (Word | Tight | After, Before | Quote) => Shape::Closes,
        (Space, _) | (Before, Word | Tight | Before | Quote) | (Quote, Word | Tight) => {
            Shape::Opens
        }
    }
}

fn starts_clause(before: &str) -> bool {
    let mut back = before
        .chars()
        .rev()
        .skip_while(|&c| c == ' ' || c == '\u{a0}');
    back.next().is_none_or(|c| ".:,;!?…—–(\n\r".contains(c))
}

/// Whether an apostrophe at the start of a word stands for letters left out: 'tis, ’90s.
fn is_elision(before: &str, after: &str) -> bool {
    const WORDS: &[&str] = &[
        "tis", "twas", "twill", "twere", "tisn", "em", "n", "til", "till", "cause", "cos", "bout",
        "round", "cept", "neath", "kay", "ere", "im", "er", "is", "ve", "d", "re", "ll", "t", "s",
        "k", "m", "un", "gainst", "nuff", "tude", "hood",
    ];
    let word = after
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let rest = &after[word.len()..];
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        // A number may begin a quotation, but rarely within a sentence.
        let decade = word.len() == 2 && !starts_clause(before) || &word[digits..] == "s";
        return digits == 2 && decade;
    }
    if word.is_empty() || word.len() > 5 {
        return false;
    }
    let lower = word.to_ascii_lowercase();
    // At a capital, only what is an elision and hardly a word: ’Twas.
    let known = if word.starts_with(char::is_uppercase) {
        matches!(
            &*lower,
            "tis" | "twas" | "twill" | "twere" | "tisn" | "em" | "n" | "til"
        )
    } else {
        WORDS.contains(&&*lower)
    };
    // A word all alone between marks is a quotation: 'is'. But 'n' is an elision.
    known && (!rest.starts_with(['\'', '’']) || matches!(&*lower, "n" | "tisn"))
}

/// Whether a double mark is the sign of a Hebrew abbreviation: before the last letter of a word.
fn is_gershayim(last: Option<char>, after: &str) -> bool {
    let hebrew = |c: char| ('\u{5d0}'..='\u{5ea}').contains(&c);
    let mut letters = after.chars();
    last.is_some_and(hebrew)
        && letters.next().is_some_and(hebrew)
        && !letters.next().is_some_and(char::is_alphanumeric)
}

/// Whether a double mark is a slip for an apostrophe: the harbor"s wall.
fn is_slip(last: Option<char>, after: &str) -> bool {
    let mut letters = after.chars();
    last.is_some_and(char::is_alphabetic)
        && letters.next() == Some('s')
        && !letters.next().is_some_and(char::is_alphanumeric)
}
