//! Words of text beyond ASCII, 64 bytes at a time.
//!
//! ASCII bytes are told apart by vectors, wide characters by one table load each, and both
//! end up in the same bit masks. A block is cut behind its last ASCII separator, so that words
//! never run from block to block, and before whatever needs more context than two neighbors: the
//! general path takes that.

use std::sync::OnceLock;

use super::blocks::LOWEST;
use super::class::{Class, wb};
use super::hash::Hasher;
use super::words::{ASCII, Word};
use crate::simd::{self, BLOCK, Simd, Work};
use crate::swar::load;

/// A letter that follows the plain rules.
const LETTER: u8 = 1;
/// A combining mark: part of whatever stands before it (rule WB4).
const EXTEND: u8 = 2;
/// A digit.
const DIGIT: u8 = 4;
/// A Hebrew letter, which quotation marks may follow.
const HEBREW: u8 = 8;
/// May stand inside a word.
const MID: u8 = 16;
/// Needs the general path.
const STOP: u8 = 32;
/// Belongs to a script written without spaces.
const UNSPACED: u8 = 64;

/// What a character is to the fast paths, as bits; none for one that stands outside all words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kind(u8);

impl Kind {
    fn of(class: Class) -> Self {
        let unspaced = if class.is_unspaced() { UNSPACED } else { 0 };
        let own = match class.value() {
            wb::LETTER => LETTER,
            wb::HEBREW => LETTER | HEBREW,
            wb::NUMERIC => DIGIT,
            wb::EXTEND => EXTEND,
            wb::ZWJ => EXTEND | STOP,
            wb::MID_LETTER | wb::MID_NUM | wb::MID_NUM_LET => MID,
            wb::KATAKANA if class.is_unspaced() => 0,
            wb::OTHER | wb::CR | wb::LF | wb::NEWLINE | wb::SPACE | wb::REGIONAL => 0,
            _ => STOP,
        };
        Self(own | unspaced)
    }

    pub(super) fn is_unspaced(self) -> bool {
        self.0 & UNSPACED != 0
    }

    /// Part of the character before it, in a run of an unspaced script.
    pub(super) fn extends(self) -> bool {
        self.0 & EXTEND != 0
    }

    /// Outside all words, whatever stands beside it.
    pub(super) fn separates(self) -> bool {
        self.0 == 0
    }

    /// Starts a segment behind any ASCII letter or digit.
    pub(super) fn breaks_alphanumeric(self) -> bool {
        self.0 & !UNSPACED == 0
    }
}

type Table = [Kind; 0x1_0000];

/// The characters of U+0000 to U+FFFF by kind, made once a process.
#[expect(
    clippy::large_stack_arrays,
    reason = "64 KiB on their way to the heap, once a process"
)]
pub(super) fn kinds() -> &'static Table {
    static TABLE: OnceLock<Box<Table>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Box::new([Kind(0); 0x1_0000]);
        for (code, kind) in (0u32..).zip(table.iter_mut()) {
            *kind = char::from_u32(code).map_or(Kind(0), |c| Kind::of(Class::of(c)));
        }
        table
    })
}

/// The kind and width of the character of two or more bytes at `at`.
#[inline]
pub(super) fn kind_at(kinds: &Table, text: &str, at: usize) -> (Kind, usize) {
    match text.as_bytes().get(at..at + 3) {
        Some(&[first, second, third]) if first < 0xf0 => kind_of(kinds, first, second, third),
        _ => rare_kind_at(text, at),
    }
}

/// The same for characters of four bytes and at the end of the text.
#[cold]
fn rare_kind_at(text: &str, at: usize) -> (Kind, usize) {
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or((Kind(STOP), 1), |c| (Kind::of(Class::of(c)), c.len_utf8()))
}

/// The same from the first bytes of a character of two or three.
#[inline]
fn kind_of(kinds: &Table, first: u8, second: u8, third: u8) -> (Kind, usize) {
    let low = |byte: u8| usize::from(byte & 0x3f);
    if first < 0xe0 {
        (kinds[usize::from(first & 0x1f) << 6 | low(second)], 2)
    } else {
        let code = usize::from(first & 0x0f) << 12 | low(second) << 6 | low(third);
        (kinds[code], 3)
    }
}

/// A block with the rest of a character that starts in its last byte, and the byte after that.
const WINDOW: usize = BLOCK + 3;

/// Gives `each` the words from `start` on, which must be no place inside a word. Returns where it
/// stopped, which is none either: at whole blocks of ASCII, or where a block cannot be cut.
#[inline(never)]
pub(super) fn walk(
    hasher: &Hasher,
    bytes: &[u8],
    start: usize,
    each: &mut impl FnMut(Word),
) -> usize {
    simd::run(Walk {
        hasher,
        bytes,
        start,
        each,
    })
}

struct Walk<'a, E> {
    hasher: &'a Hasher,
    bytes: &'a [u8],
    start: usize,
    each: &'a mut E,
}

impl<E: FnMut(Word)> Work for Walk<'_, E> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        // A copy of its own, which stores of words cannot change.
        let hasher = &self.hasher.clone();
        let kinds = kinds();
        let mut at = self.start;
        while let Some(window) = self.bytes[at..].first_chunk::<WINDOW>() {
            let length = block_words(simd, hasher, kinds, self.bytes, at, window, self.each);
            if length == 0 {
                break;
            }
            at += length;
        }
        at
    }
}

/// Gives `each` the words of the block at byte `at`. Returns how many bytes it took; none if it is
/// whole ASCII or cannot be cut.
#[inline(always)]
fn block_words<S: Simd>(
    simd: S,
    hasher: &Hasher,
    kinds: &Table,
    bytes: &[u8],
    at: usize,
    window: &[u8; WINDOW],
    each: &mut impl FnMut(Word),
) -> usize {
    let Some(block) = window.first_chunk() else {
        return 0;
    };
    let block = simd.load(block);
    let high = simd.bits(simd.high(block));
    if high == 0 && window[BLOCK].is_ascii() {
        return 0;
    }
    let equals = |byte| simd.bits(simd.equals(block, byte));
    let either = |a, b| simd.bits(simd.or(simd.equals(block, a), simd.equals(block, b)));
    let ascii_letters = simd.bits(simd.or(
        simd.within(block, b'a', b'z'),
        simd.within(block, b'A', b'Z'),
    ));
    let ascii_digits = simd.bits(simd.within(block, b'0', b'9'));
    let in_ascii = ascii_letters | ascii_digits | equals(b'_');
    let only_letters = equals(b':');
    let only_digits = either(b',', b';');
    let marks = only_letters | only_digits | either(b'.', b'\'');
    let leads = high & !simd.bits(simd.follows(block));
    let mut wide = scan(kinds, window, leads);

    // Bytes that take after the one before them: a run of them that starts behind a set bit
    // turns to zeros when a one is added to its first bit, and so stands out.
    let followers = high & !leads | wide.extends;
    let spread = |bits: u64| {
        let firsts = bits << 1 & followers;
        bits | followers & !followers.wrapping_add(firsts)
    };
    wide.stops |= wide.extends & marks << 1;
    if wide.hebrew != 0 {
        wide.stops |= spread(wide.hebrew) << 1 & either(b'\'', b'"');
    }

    let before_stop = (wide.stops & wide.stops.wrapping_neg()).wrapping_sub(1);
    let separators = !(high | in_ascii | marks) & before_stop;
    if separators == 0 {
        return 0;
    }
    let length = BLOCK - separators.leading_zeros() as usize;
    let whole = u64::MAX >> (BLOCK - length);

    let mut in_words = spread(in_ascii | wide.letters | wide.digits);
    let beside = |bits: u64| bits << 1 & bits >> 1;
    // Marks with a word on both sides may join them: rare enough to look closer.
    if marks & beside(in_words) & whole != 0 {
        let letters = spread(ascii_letters | wide.letters);
        let digits = spread(ascii_digits | wide.digits);
        in_words |= marks & !only_digits & beside(letters);
        in_words |= marks & !only_letters & beside(digits);
    }
    in_words &= whole;
    let mut starts = in_words & !(in_words << 1);
    let mut ends = !in_words & in_words << 1;
    while ends != 0 {
        let (from, to) = (starts.trailing_zeros(), ends.trailing_zeros());
        starts &= starts.wrapping_sub(1);
        ends &= ends - 1;
        let (start, end) = (at + from as usize, at + to as usize);
        // Only a word that starts with an underscore may be no word.
        let wordlike = bytes[start] != b'_' || {
            let inside = (1 << to) - (1 << from);
            (ascii_letters | ascii_digits | wide.letters | wide.digits) & inside != 0
        };
        if wordlike {
            each(word(hasher, bytes, start, end));
        }
    }
    length
}

/// First bytes of the wide characters of a block, one bit a byte.
#[derive(Default)]
struct Wide {
    letters: u64,
    digits: u64,
    extends: u64,
    hebrew: u64,
    stops: u64,
}

#[inline(always)]
fn scan(kinds: &Table, window: &[u8; WINDOW], leads: u64) -> Wide {
    let mut wide = Wide::default();
    let mut rest = leads;
    while rest != 0 {
        let bit = rest & rest.wrapping_neg();
        let i = (rest.trailing_zeros() & 63) as usize;
        rest ^= bit;
        let first = window[i];
        let (kind, width) = if first < 0xf0 {
            kind_of(kinds, first, window[i + 1], window[i + 2])
        } else {
            (Kind(STOP), 1)
        };
        // Letters and marks alternate in many scripts: no branch between them.
        wide.letters |= bit & 0u64.wrapping_sub(u64::from(kind.0 & LETTER));
        wide.extends |= bit & 0u64.wrapping_sub(u64::from(kind.0 >> 1 & 1));
        if kind.0 & !(LETTER | EXTEND) != 0 {
            if kind.0 & HEBREW != 0 {
                wide.hebrew |= bit;
            } else if kind.0 == DIGIT {
                wide.digits |= bit;
            } else {
                // A comma of another script before a space joins nothing.
                let after = window[i + width];
                if kind.0 != MID || !after.is_ascii() || ASCII[usize::from(after)] != 0 {
                    wide.stops |= bit;
                    break;
                }
            }
        }
    }
    wide
}

/// The word from `start` to `end`.
#[inline]
pub(super) fn word(hasher: &Hasher, bytes: &[u8], start: usize, end: usize) -> Word {
    let length = end - start;
    let hash = match bytes.get(start..start + 16) {
        Some(window) if length <= 16 => {
            // Two loads and two masks, whatever the length.
            let low = load(window) & LOWEST[length.min(8)];
            let high = load(&window[8..]) & LOWEST[length.saturating_sub(8)];
            hasher.short_word(low, high)
        }
        _ => hasher.word(&bytes[start..end]),
    };
    Word { hash, start, end }
}
