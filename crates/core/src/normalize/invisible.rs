//! Invisible characters out of text for people, except where a script or an emoji needs them.

use icu_properties::props::{ExtendedPictographic, Script};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
};

use super::classes;
use super::clean::Pass;
use super::forms::{Folding, Form};
use super::offsets::Recorder;
use super::quiet::{self, Ascii, Quiet};
use super::table::{Kind, Steps, Table, decode};

const PICTOGRAPHIC: CodePointSetDataBorrowed<'static> =
    CodePointSetData::new::<ExtendedPictographic>();
const SCRIPT: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::new();

pub(super) struct Invisibles {
    table: Table,
}

impl Invisibles {
    pub(super) fn new() -> Self {
        Self {
            table: Table::new(Steps {
                folding: Folding {
                    form: Form::Keep,
                    case: false,
                    strip_diacritics: false,
                    confusables: false,
                    drop_invisibles: true,
                    open_ligatures: false,
                },
                quotes: false,
                apostrophes: false,
                dashes: false,
                ellipsis: false,
                spaces: false,
                digits: false,
            }),
        }
    }

    /// The next invisible character from `at` on: where it stands and where it ends.
    pub(super) fn next(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        let mut at = at;
        let mut retry = at;
        let stays = Quiet {
            table: &self.table,
            ascii: Ascii::Printable,
            stops: &[],
        };
        while at < bytes.len() {
            if at >= retry {
                at = stays.skip(bytes, at);
                retry = at + quiet::RETRY_BYTES;
                continue;
            }
            let (code, width) = decode(bytes, at);
            if self.table.entry(code).kind() == Kind::Invisible {
                return Some((at, at + width));
            }
            at += width;
        }
        None
    }
}

impl Pass for Invisibles {
    fn is_needed(&self, text: &str) -> bool {
        self.next(text, 0).is_some()
    }

    fn run<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R) {
        let base = out.len();
        let mut at = 0;
        loop {
            let (start, end) = self.next(text, at).unwrap_or((text.len(), text.len()));
            recorder.copied(out.len() - base, at, start - at);
            out.push_str(&text[at..start]);
            let Some(c) = text[start..end].chars().next() else {
                return;
            };
            let before = out[base..].chars().next_back();
            if before.is_some_and(|before| is_needed_after(before, c)) {
                recorder.copied(out.len() - base, start, end - start);
                out.push(c);
            }
            at = end;
        }
    }
}

/// Whether an invisible character changes what readers see after `before`.
fn is_needed_after(before: char, c: char) -> bool {
    match c {
        // Joiners shape the letters of cursive and Indic scripts, and tie emoji together.
        '\u{200C}' | '\u{200D}' => {
            let ties = c == '\u{200D}'
                && (PICTOGRAPHIC.contains(before)
                    || matches!(before, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}'));
            ties || (classes::is_word(before)
                && !matches!(
                    SCRIPT.get(before),
                    Script::Latin
                        | Script::Greek
                        | Script::Cyrillic
                        | Script::Han
                        | Script::Hiragana
                        | Script::Katakana
                        | Script::Hangul
                        | Script::Common
                        | Script::Inherited
                ))
        }
        // Variation selectors choose between text and emoji, or between shapes of a letter.
        '\u{FE00}'..='\u{FE0F}'
        | '\u{E0100}'..='\u{E01EF}'
        | '\u{180B}'..='\u{180D}'
        | '\u{180F}' => matches!(before, '0'..='9' | '#' | '*') || is_varied(before),
        // Tags spell the flags of regions.
        '\u{E0020}'..='\u{E007F}' => {
            matches!(before, '\u{1F3F4}' | '\u{E0020}'..='\u{E007F}')
        }
        _ => false,
    }
}

/// Whether a variation selector after `c` is worth keeping. Marks that other steps may exchange are
/// left out, for a selector has no meaning behind what replaces them.
fn is_varied(c: char) -> bool {
    !(c.is_ascii()
        || c == '…'
        || classes::is_space(c)
        || classes::is_invisible(c)
        || classes::quote(c).is_some()
        || classes::dash(c).is_some())
}
