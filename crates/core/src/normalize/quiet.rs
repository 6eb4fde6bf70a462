//! Stretches of text that a face leaves as they are, found 64 bytes at a time.
//!
//! Enters: text and the table that says which characters stay what they are. Leaves: a place
//! before which nothing changes. ASCII is judged by bit masks alone; each character beyond takes
//! one look into the table.

use super::table::{Kind, Table, decode};
use crate::simd::{self, BLOCK, Simd, Work};

/// First bytes of the letters of many languages that stay, whatever the second byte is, in all
/// forms that keep case: Latin and Cyrillic. What they begin needs no look at each character.
const CALM: [u8; 5] = [0xc3, 0xc4, 0xc5, 0xd0, 0xd1];

/// How far to go character by character after a failed attempt to skip.
pub(super) const RETRY_BYTES: usize = 24;

/// What ASCII a stretch may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ascii {
    /// All of it.
    Any,
    /// All but controls that are no white space.
    Printable,
    /// Visible characters, single spaces, and one or two line feeds between them.
    Words,
}

/// A face's idea of what stays as it is.
#[derive(Clone, Copy)]
pub(super) struct Quiet<'a> {
    pub(super) table: &'a Table,
    pub(super) ascii: Ascii,
    /// Visible ASCII that does not stay wherever it stands.
    pub(super) stops: &'a [u8],
}

impl Quiet<'_> {
    /// A place from `at` on before which nothing changes: as far as whole blocks tell, which is
    /// the first character that may change, or a few bytes before it. Of [`Ascii::Words`], the character at `at` is not white, and the one before the answer is not if that is another
    /// place. Both are boundaries of characters.
    pub(super) fn skip(self, bytes: &[u8], at: usize) -> usize {
        simd::run(Skip {
            bytes,
            at,
            quiet: self,
        })
    }

    /// The combining class of the character before `at`, and the character itself if it is a
    /// starter beyond ASCII that stays as it is: what marks that follow depend on.
    pub(super) fn behind(self, bytes: &[u8], at: usize) -> (u8, Option<u32>) {
        let Some(last) = at.checked_sub(1) else {
            return (0, None);
        };
        let mut start = last;
        while start > 0 && bytes[start] & 0xc0 == 0x80 {
            start -= 1;
        }
        if start == last {
            return (0, None);
        }
        let (code, _) = decode(bytes, start);
        let entry = self.table.entry(code);
        match (entry.kind(), entry.class_uncomposed()) {
            (Kind::Identity, _) => (0, Some(code)),
            (Kind::Mark, _) => (entry.class(), None),
            (_, Some(class)) => (class, (class == 0).then_some(code)),
            _ => (0, None),
        }
    }

    /// The bit of the first of `leads`, which begin characters of the block at byte `at`, whose
    /// character may change.
    #[inline(always)]
    fn first_unquiet(self, window: &[u8; BLOCK], bytes: &[u8], at: usize, leads: u64) -> u64 {
        // The class of the last mark, and where that ended.
        let (mut class, mut end) = (0, 0);
        let mut leads = leads;
        while leads != 0 {
            let place = leads.trailing_zeros() as usize;
            let bit = leads & leads.wrapping_neg();
            leads ^= bit;
            if self.table.stays(code_in(window, place)) {
                continue;
            }
            let (code, width) = decode(bytes, at + place);
            let entry = self.table.entry(code);
            if entry.is_identity() {
                continue;
            }
            if entry.kind() != Kind::Mark || self.ascii == Ascii::Words {
                return bit;
            }
            // A mark in the first place counts on what stands before the block.
            let before = match place {
                0 => self.behind(bytes, at).0,
                _ if place == end => class,
                _ => 0,
            };
            class = entry.class();
            if class < before {
                return bit;
            }
            end = place + width;
        }
        0
    }

    /// What ASCII a block holds, behind the white space of `before`.
    #[inline(always)]
    fn masks<S: Simd>(self, simd: S, block: S::Block, before: White) -> Masks {
        let high = simd.bits(simd.high(block));
        match self.ascii {
            Ascii::Any => Masks {
                high,
                trouble: 0,
                solid: !high,
                white: White::default(),
            },
            Ascii::Printable => {
                let white = simd.within(block, b'\t', b'\r');
                let fine = simd.bits(simd.or(white, simd.within(block, b' ', b'~')));
                Masks {
                    high,
                    trouble: !(fine | high),
                    solid: fine,
                    white: White::default(),
                }
            }
            Ascii::Words => {
                let mut solid = simd.bits(simd.within(block, b'!', b'~'));
                for &stop in self.stops {
                    solid &= !simd.bits(simd.equals(block, stop));
                }
                let feeds = simd.bits(simd.equals(block, b'\n'));
                let white = White {
                    all: feeds | simd.bits(simd.equals(block, b' ')),
                    feeds,
                };
                let second_feeds = white.feeds & (white.feeds << 1 | before.feeds >> 63);
                let blank_lines = second_feeds & !(white.all << 2 | before.all >> 62);
                let more_white = white.all & (white.all << 1 | before.all >> 63) & !blank_lines;
                Masks {
                    high,
                    trouble: !(solid | white.all | high) | more_white,
                    solid,
                    white,
                }
            }
        }
    }

    /// How many bytes of the block at byte `at`, of which `count` are text, stay as they are;
    /// fewer if what ends them stands behind it. No white space stands before it.
    #[inline(always)]
    fn length<S: Simd>(
        self,
        simd: S,
        window: &[u8; BLOCK],
        count: usize,
        bytes: &[u8],
        at: usize,
    ) -> usize {
        let block = simd.load(window);
        let Masks {
            high,
            mut trouble,
            solid: mut ends,
            ..
        } = self.masks(simd, block, White::default());
        if high != 0 {
            let follows = simd.bits(simd.follows(block));
            // Whether the last byte ends a character is not seen here.
            ends |= follows & !(follows >> 1 | 1 << (BLOCK - 1));
            // Characters that begin in the last two bytes do not end within the block either.
            let mut leads = high & !follows & before(trouble) & u64::MAX >> 2;
            for lead in CALM {
                if self.table.row_stays(lead) {
                    leads &= !simd.bits(simd.equals(block, lead));
                }
            }
            trouble |= self.first_unquiet(window, bytes, at, leads);
        }
        let whole = u64::MAX >> (BLOCK - count);
        BLOCK - (ends & before(trouble) & whole).leading_zeros() as usize
    }
}

/// Single white space of a block, and what of it are line feeds.
#[derive(Clone, Copy, Default)]
struct White {
    all: u64,
    feeds: u64,
}

/// A bit a byte of a block.
struct Masks {
    /// Beyond ASCII.
    high: u64,
    /// ASCII that may change.
    trouble: u64,
    /// ASCII that stays whatever follows.
    solid: u64,
    white: White,
}

/// The code point of the character of two or three bytes at `place`, which ends within the block;
/// beyond all others if it has four.
#[inline(always)]
fn code_in(window: &[u8; BLOCK], place: usize) -> u32 {
    let byte = |offset: usize| window[(place + offset) % BLOCK];
    let low = |offset| u32::from(byte(offset) & 0x3f);
    match byte(0) {
        lead @ 0..0xe0 => u32::from(lead & 0x1f) << 6 | low(1),
        lead @ 0xe0..0xf0 => u32::from(lead & 0x0f) << 12 | low(1) << 6 | low(2),
        _ => u32::MAX,
    }
}

/// The bits below the lowest of `bits`.
#[inline(always)]
fn before(bits: u64) -> u64 {
    (bits & bits.wrapping_neg()).wrapping_sub(1)
}

struct Skip<'a> {
    bytes: &'a [u8],
    at: usize,
    quiet: Quiet<'a>,
}

/// The least part of a block that stays as it is if nothing in it changes: at its end may stand
/// a character whose end is not seen, and two line feeds before it.
const LEAST: usize = BLOCK - 6;

impl Work for Skip<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self {
            bytes,
            mut at,
            quiet,
        } = self;
        loop {
            // Whole blocks of ASCII, none of which waits for what the one before it says.
            let mut white = White::default();
            let mut next = at;
            while let Some(window) = bytes.get(next..).and_then(<[u8]>::first_chunk) {
                let masks = quiet.masks(simd, simd.load(window), white);
                if masks.high | masks.trouble != 0 {
                    break;
                }
                white = masks.white;
                next += BLOCK;
                at = next - masks.solid.leading_zeros() as usize;
            }
            // Then blocks that hold others too, each from where the last one ended.
            let mut high = true;
            while high && let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
                let length = quiet.length(simd, window, BLOCK, bytes, at);
                at += length;
                if length < LEAST {
                    return at;
                }
                high = !window.is_ascii();
            }
            if bytes.len() - at < BLOCK {
                break;
            }
        }
        let rest = bytes.get(at..).unwrap_or_default();
        if !rest.is_empty() {
            let mut window = [b'x'; BLOCK];
            window[..rest.len()].copy_from_slice(rest);
            at += quiet.length(simd, &window, rest.len(), bytes, at);
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::super::forms::{Folding, Form};
    use super::super::table::Steps;
    use super::*;
    use crate::simd::at_each_level;

    const ALL: [Ascii; 3] = [Ascii::Any, Ascii::Printable, Ascii::Words];

    fn table(ascii: Ascii) -> Table {
        let words = ascii == Ascii::Words;
        Table::new(Steps {
            folding: Folding {
                form: if words { Form::Keep } else { Form::Nfc },
                case: false,
                strip_diacritics: false,
                confusables: false,
                drop_invisibles: ascii == Ascii::Printable,
                open_ligatures: false,
            },
            quotes: words,
            apostrophes: words,
            dashes: words,
            ellipsis: words,
            spaces: words,
            digits: false,
        })
    }

    /// Whether a text stays as it is, one character after the other.
    fn stays(table: &Table, ascii: Ascii, stops: &[u8], text: &str) -> bool {
        let mut class = 0;
        let chars = text.chars().all(|c| {
            let entry = table.entry(u32::from(c));
            let before = std::mem::take(&mut class);
            match c {
                '\0'..='\x7f' => match ascii {
                    Ascii::Any => true,
                    Ascii::Printable => !c.is_ascii_control() || matches!(c, '\t'..='\r'),
                    Ascii::Words => {
                        matches!(c, ' ' | '\n')
                            || c.is_ascii_graphic() && !stops.contains(&(c as u8))
                    }
                },
                _ if entry.is_identity() => true,
                _ if ascii != Ascii::Words && entry.kind() == Kind::Mark => {
                    class = entry.class();
                    class >= before
                }
                _ => false,
            }
        });
        let whites = text.split(|c| !matches!(c, ' ' | '\n'));
        chars
            && (ascii != Ascii::Words
                || whites
                    .into_iter()
                    .all(|white| matches!(white, "" | " " | "\n" | "\n\n")))
    }

    fn as_defined(text: &str) -> Result<(), String> {
        static TABLES: LazyLock<[Table; 3]> = LazyLock::new(|| ALL.map(table));
        for (ascii, table) in ALL.into_iter().zip(&*TABLES) {
            let stops: &[u8] = if ascii == Ascii::Words { b"\"'`-" } else { &[] };
            let quiet = Quiet {
                table,
                ascii,
                stops,
            };
            if ascii == Ascii::Words && text.starts_with([' ', '\n']) {
                continue;
            }
            // The longest part that stays and does not end in white space.
            let longest = text.char_indices().map(|(at, c)| at + c.len_utf8());
            let want = longest
                .filter(|&end| {
                    let part = &text[..end];
                    stays(table, ascii, stops, part)
                        && !(ascii == Ascii::Words && part.ends_with([' ', '\n']))
                })
                .max()
                .unwrap_or(0);
            let mut result = Ok(());
            at_each_level(|level| {
                let got = quiet.skip(text.as_bytes(), 0);
                if got != want {
                    result = Err(format!(
                        "{level:?}, {ascii:?}: {got}, not {want}, of {text:?}"
                    ));
                }
            });
            result?;
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn stretches_end_where_something_may_change(
            before in "([a-z]{1,9}[ ,]|[é東я]{1,9} |[a-z]\n\n?){0,30}",
            text in "([a-zA-Z]{1,9}|[ \t\r\n]{1,2}|[ ]|['`-]|[éßÉя東😀क]|[\u{301}\u{323}\u{94d}\u{93c}]{1,2}|[\u{a0}\u{ad}\u{0}\u{7f}\u{85}\u{2019}\u{2013}\u{212b}])|[가\u{1161}]{0,6}",
            after in "[ \n]{0,3}[a-zé]{0,70}",
        ) {
            prop_assert_eq!(as_defined(&format!("{before}{text}{after}")), Ok(()));
        }
    }

    #[test]
    fn at_every_place_of_a_block() {
        for mark in [
            "  ",
            "\n\n",
            "\n\n\n",
            " \n",
            "\n ",
            "é",
            "東",
            "😀",
            "\u{301}",
            "e\u{323}\u{301}",
            "e\u{301}\u{323}",
            "\u{a0}",
            "-",
            "\0",
            "\t",
            "",
        ] {
            for place in 1..140 {
                for fill in ["y", "я", "東"] {
                    let text = format!("{}{mark}{}", "x".repeat(place), fill.repeat(70));
                    assert_eq!(as_defined(&text), Ok(()));
                    let ends = format!("{}{mark}", "x".repeat(place));
                    assert_eq!(as_defined(&ends), Ok(()));
                }
            }
        }
    }
}
