//! `Word_Break` classes, from the Unicode tables of ICU4X, in a shape that one load can read.

use std::sync::OnceLock;

use icu_properties::props::{ExtendedPictographic, GeneralCategory, LineBreak, Script, WordBreak};
use icu_properties::{CodePointMapData, CodePointSetData};

/// A `Word_Break` value with two facts that the tokenizer needs beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Class(u8);

/// `Word_Break` values, numbered so that tests on several of them are one mask.
pub(super) mod wb {
    pub(in super::super) const OTHER: u8 = 0;
    pub(in super::super) const CR: u8 = 1;
    pub(in super::super) const LF: u8 = 2;
    pub(in super::super) const NEWLINE: u8 = 3;
    pub(in super::super) const EXTEND: u8 = 4;
    pub(in super::super) const FORMAT: u8 = 5;
    pub(in super::super) const ZWJ: u8 = 6;
    pub(in super::super) const SPACE: u8 = 7;
    pub(in super::super) const LETTER: u8 = 8;
    pub(in super::super) const HEBREW: u8 = 9;
    pub(in super::super) const NUMERIC: u8 = 10;
    pub(in super::super) const KATAKANA: u8 = 11;
    pub(in super::super) const EXTEND_NUM_LET: u8 = 12;
    pub(in super::super) const MID_LETTER: u8 = 13;
    pub(in super::super) const MID_NUM: u8 = 14;
    pub(in super::super) const MID_NUM_LET: u8 = 15;
    pub(in super::super) const SINGLE_QUOTE: u8 = 16;
    pub(in super::super) const DOUBLE_QUOTE: u8 = 17;
    pub(in super::super) const REGIONAL: u8 = 18;
}

/// The character belongs to a script written without spaces.
const UNSPACED: u8 = 0x40;
/// The character is `Extended_Pictographic` (rule `WB3c`).
const PICTOGRAPHIC: u8 = 0x80;

impl Class {
    pub(super) fn of(c: char) -> Self {
        let code = c as u32;
        if code < 0x1_0000 {
            Self(plane_zero()[code as usize])
        } else {
            Self(look_up(c))
        }
    }

    /// The `Word_Break` value, one of [`wb`].
    pub(super) fn value(self) -> u8 {
        self.0 & 0x3f
    }

    pub(super) fn is_unspaced(self) -> bool {
        self.0 & UNSPACED != 0
    }

    pub(super) fn is_pictographic(self) -> bool {
        self.0 & PICTOGRAPHIC != 0
    }

    /// Ignored between other classes by rule WB4.
    pub(super) fn is_extending(self) -> bool {
        matches!(self.value(), wb::EXTEND | wb::FORMAT | wb::ZWJ)
    }

    /// A character that makes its segment a word.
    pub(super) fn is_wordlike(self) -> bool {
        self.is_unspaced()
            || matches!(
                self.value(),
                wb::LETTER | wb::HEBREW | wb::NUMERIC | wb::KATAKANA
            )
    }
}

/// Classes of U+0000 to U+FFFF, made once a process (about a third of a millisecond).
fn plane_zero() -> &'static [u8] {
    static TABLE: OnceLock<Box<[u8]>> = OnceLock::new();
    TABLE.get_or_init(|| {
        (0..0x1_0000)
            .map(|code| char::from_u32(code).map_or(0, look_up))
            .collect()
    })
}

fn look_up(c: char) -> u8 {
    let value = match CodePointMapData::<WordBreak>::new().get(c) {
        WordBreak::CR => wb::CR,
        WordBreak::LF => wb::LF,
        WordBreak::Newline => wb::NEWLINE,
        WordBreak::Extend => wb::EXTEND,
        WordBreak::Format => wb::FORMAT,
        WordBreak::ZWJ => wb::ZWJ,
        WordBreak::WSegSpace => wb::SPACE,
        WordBreak::ALetter => wb::LETTER,
        WordBreak::HebrewLetter => wb::HEBREW,
        WordBreak::Numeric => wb::NUMERIC,
        WordBreak::Katakana => wb::KATAKANA,
        WordBreak::ExtendNumLet => wb::EXTEND_NUM_LET,
        WordBreak::MidLetter => wb::MID_LETTER,
        WordBreak::MidNum => wb::MID_NUM,
        WordBreak::MidNumLet => wb::MID_NUM_LET,
        WordBreak::SingleQuote => wb::SINGLE_QUOTE,
        WordBreak::DoubleQuote => wb::DOUBLE_QUOTE,
        WordBreak::RegionalIndicator => wb::REGIONAL,
        _ => wb::OTHER,
    };
    let script = CodePointMapData::<Script>::new().get(c);
    let letter = matches!(value, wb::OTHER | wb::KATAKANA | wb::LETTER);
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let unspaced = letter
        && (matches!(
            script,
            Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo | Script::Yi
        ) || value == wb::KATAKANA
            || CodePointMapData::<LineBreak>::new().get(c) == LineBreak::ComplexContext)
        && matches!(
            category,
            GeneralCategory::OtherLetter
                | GeneralCategory::ModifierLetter
                | GeneralCategory::LetterNumber
                | GeneralCategory::OtherNumber
        );
    let pictographic = CodePointSetData::new::<ExtendedPictographic>().contains(c);
    value | if unspaced { UNSPACED } else { 0 } | if pictographic { PICTOGRAPHIC } else { 0 }
}
