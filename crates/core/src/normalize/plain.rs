//! The match face of plain text, 64 bytes at a time: ASCII, and the curly marks, dashes and fixed
//! spaces that typesetters put into it.
//!
//! Bit masks tell what each byte of a block is; shifted against each other, what becomes of it:
//! white space to one space, lone marks to `"` or `'`, each byte kept or dropped. What takes more
//! than a look at the neighbors (accents, controls, three marks in a row) ends the walk and is
//! left to the general path, and so is the last character before it, which may belong to it.
//!
//! Each step ends at a *solid* byte, one that stays what it is whatever follows. So a step never
//! depends on the bytes behind its block, and only on whether the byte before it is alphanumeric.

use super::offsets::Recorder;
use super::writer::Writer;
use crate::simd::{self, BLOCK, Simd, Work};

/// Writes the text from `start` on, which must be solid, as far as it is plain. Returns where it
/// stopped.
pub(super) fn walk<R: Recorder>(bytes: &[u8], start: usize, writer: &mut Writer<'_, R>) -> usize {
    simd::run(Walk {
        bytes,
        start,
        writer,
    })
}

struct Walk<'w, 'a, R> {
    bytes: &'w [u8],
    start: usize,
    writer: &'w mut Writer<'a, R>,
}

impl<R: Recorder> Work for Walk<'_, '_, R> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self {
            bytes,
            start,
            writer,
        } = self;
        let mut at = start;
        let mut word_before = false;
        while let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
            let length = write(simd, window, at, word_before, writer);
            if length == 0 {
                return at;
            }
            at += length;
            word_before = bytes[at - 1].is_ascii_alphanumeric();
        }
        let rest = &bytes[at..];
        if !rest.is_empty() {
            let mut window = [b' '; BLOCK];
            window[..rest.len()].copy_from_slice(rest);
            at += write(simd, &window, at, word_before, writer);
        }
        at
    }
}

/// Writes the first bytes of the block at byte `at` of the source; returns how many.
#[inline(always)]
fn write<S: Simd, R: Recorder>(
    simd: S,
    window: &[u8; BLOCK],
    at: usize,
    word_before: bool,
    writer: &mut Writer<'_, R>,
) -> usize {
    let step = step(simd, window, word_before);
    if step.length > 0 {
        let (out, base, recorder) = writer.open(char::from(window[0]));
        if R::RECORDS {
            record(&step, at, out.len() - base, recorder);
        }
        let whole = u64::MAX >> (BLOCK - step.length);
        simd.append(step.made, step.keep & whole, out);
    }
    step.length
}

/// Visible ASCII without the marks whose neighbors matter.
pub(super) fn is_solid(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'\'' | b'`' | b'-')
}

/// What becomes of the first bytes of a block.
struct Step<B> {
    /// How many bytes it takes; the last one is solid. Zero if none.
    length: usize,
    /// What is written for each byte that is kept.
    made: B,
    keep: u64,
    /// Bytes that stand for something only together, and the first of each such group.
    grouped: u64,
    heads: u64,
}

/// Bits of the curly marks of a block, all three bytes of each, and of its fixed spaces.
#[derive(Clone, Copy, Default)]
struct Curly {
    doubles: u64,
    singles: u64,
    hyphens: u64,
    dashes: u64,
    ellipses: u64,
    spaces: u64,
    heads: u64,
}

impl Curly {
    fn all(self) -> u64 {
        self.doubles | self.singles | self.hyphens | self.dashes | self.ellipses | self.spaces
    }
}

/// Looks for U+2013 to U+2026, three bytes that start with two that they share, and for U+00A0.
#[inline(always)]
fn curly<S: Simd>(simd: S, block: S::Block) -> Curly {
    let equals = |byte| simd.bits(simd.equals(block, byte));
    let either = |a, b| simd.bits(simd.or(simd.equals(block, a), simd.equals(block, b)));
    let heads = equals(0xe2) & equals(0x80) >> 1;
    let of = |thirds: u64| heads & thirds >> 2;
    let whole = |heads: u64| heads | heads << 1 | heads << 2;
    let space_heads = equals(0xc2) & equals(0xa0) >> 1;
    let doubles = of(either(0x9c, 0x9d));
    let singles = of(either(0x98, 0x99));
    let hyphens = of(equals(0x93));
    let dashes = of(equals(0x94));
    let ellipses = of(equals(0xa6));
    Curly {
        doubles: whole(doubles),
        singles: whole(singles),
        hyphens: whole(hyphens),
        dashes: whole(dashes),
        ellipses: whole(ellipses),
        spaces: space_heads | space_heads << 1,
        heads: doubles | singles | hyphens | dashes | ellipses | space_heads,
    }
}

#[inline(always)]
fn step<S: Simd>(simd: S, window: &[u8; BLOCK], word_before: bool) -> Step<S::Block> {
    let block = simd.load(window);
    let white = simd.or(simd.equals(block, b' '), simd.within(block, b'\t', b'\r'));
    let visible = simd.bits(simd.within(block, b'!', b'~'));
    let ticks = simd.bits(simd.or(simd.equals(block, b'\''), simd.equals(block, b'`')));
    let hyphens = simd.bits(simd.equals(block, b'-'));
    let mut whites = simd.bits(white);
    let mut made = simd.put(simd.lower(block), white, b' ');

    let high = simd.bits(simd.high(block));
    let mut curly_marks = Curly::default();
    if high != 0 {
        curly_marks = curly(simd, block);
        whites |= curly_marks.spaces;
    }
    let curly = curly_marks;
    let other = !(visible | whites | curly.all());
    let solid = visible & !(ticks | hyphens);
    let mut trouble = other;
    let mut keep = u64::MAX;
    let mut grouped = curly.all();
    let mut heads = curly.heads;

    // One space for a run of white space.
    let more_white = whites & whites << 1;
    keep &= !more_white;
    grouped |= more_white | more_white >> 1;
    heads = heads & !whites | whites & !(whites << 1);

    // Hyphens and dashes that stand alone, each in its place; two hyphens with a space on either
    // side are a dash.
    let dashed = hyphens | curly.hyphens | curly.dashes;
    let more_dashed = hyphens & dashed << 1;
    if more_dashed | curly.hyphens | curly.dashes != 0 {
        let before = |bits: u64, width: u32| bits >> width;
        let pairs = hyphens & whites << 1 & before(hyphens, 1) & before(whites, 2);
        let second = pairs << 1;
        keep &= !second;
        grouped |= pairs | second;
        heads |= pairs;
        let short_heads = curly.hyphens & curly.heads;
        let long_heads = curly.dashes & curly.heads;
        let lone = dashed & !(dashed << 1);
        let lone_curly = (short_heads | long_heads) & lone & !before(dashed, 3);
        let settled = hyphens & lone & !before(dashed, 1)
            | pairs
            | second
            | lone_curly
            | lone_curly << 1
            | lone_curly << 2;
        trouble |= dashed & !settled;
        // A short dash is a hyphen; a long one has a space on either side, the text's or its own.
        let space_before = long_heads & !(whites << 1);
        let space_after = long_heads & !before(whites, 3);
        keep &= !(short_heads << 1 | short_heads << 2);
        keep &= !(long_heads & !space_before | (long_heads & !space_after) << 2);
        let spaces = long_heads | long_heads << 2;
        made = simd.put(made, simd.mask(short_heads | long_heads << 1), b'-');
        made = simd.put(made, simd.mask(spaces), b' ');
    }

    if ticks | curly.singles != 0 {
        let letters = simd.or(
            simd.within(block, b'a', b'z'),
            simd.within(block, b'A', b'Z'),
        );
        let words = simd.bits(simd.or(letters, simd.within(block, b'0', b'9')));
        let behind_word = words << 1 | u64::from(word_before);
        let single = ticks | curly.singles;
        let first = single & !(single << 1);
        let curly_heads = curly.singles & curly.heads;
        // Marks that stand alone, and two that stand together, which are one double mark.
        let lone = ticks & first & !(single >> 1);
        let lone_curly = curly_heads & first & !(single >> 3);
        let pairs = ticks & first & ticks >> 1 & !(single >> 2);
        let second = pairs << 1;
        let settled = lone | pairs | second | lone_curly | lone_curly << 1 | lone_curly << 2;
        trouble |= single & !settled;
        keep &= !(second | curly_heads << 1 | curly_heads << 2);
        grouped |= pairs | second;
        heads |= pairs;
        let in_word = behind_word & (lone & words >> 1 | lone_curly & words >> 3);
        made = simd.put(made, simd.mask(single & !in_word), b'"');
        made = simd.put(made, simd.mask(in_word), b'\'');
    }

    if curly.doubles | curly.ellipses != 0 {
        let double_heads = curly.doubles & curly.heads;
        keep &= !(double_heads << 1 | double_heads << 2);
        made = simd.put(made, simd.mask(double_heads), b'"');
        made = simd.put(made, simd.mask(curly.ellipses), b'.');
    }
    if curly.spaces != 0 {
        made = simd.put(made, simd.mask(curly.spaces), b' ');
    }

    let before_trouble = (trouble & trouble.wrapping_neg()).wrapping_sub(1);
    // A combining mark takes the character before it along, and where that is a space, it is left to
    // the general path together with the solid byte that it follows. What follows the block may be
    // such a mark.
    let before_other = other >> 1 | 1 << 63;
    let before_spaced_other = (whites & before_other) >> 1;
    let ends = solid & before_trouble & !before_other & !before_spaced_other;
    Step {
        length: BLOCK - ends.leading_zeros() as usize,
        made,
        keep,
        grouped,
        heads,
    }
}

/// Tells `recorder` what a step at byte `at` of the source writes from byte `out` of the match text
/// on.
#[inline(always)]
fn record<B>(step: &Step<B>, at: usize, out: usize, recorder: &mut impl Recorder) {
    let mut done = 0;
    let mut out = out;
    let mut rest = step.grouped & u64::MAX >> (BLOCK - step.length);
    while rest != 0 {
        let head = rest.trailing_zeros() as usize;
        if head > done {
            recorder.copied(out, at + done, head - done);
            out += head - done;
        }
        // The step ends at a solid byte, which is in no group.
        let group = rest & !(step.heads & !(1 << head));
        let length = (group >> head).trailing_ones() as usize;
        let bits = u64::MAX >> (BLOCK - length) << head;
        for _ in 0..(step.keep & bits).count_ones() {
            recorder.replaced(out, 1, at + head..at + head + length);
            out += 1;
        }
        rest &= !bits;
        done = head + length;
    }
    if step.length > done {
        recorder.copied(out, at + done, step.length - done);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Matcher, OffsetMap};
    use crate::simd::at_each_level;

    /// Words, and all that may stand between and in them, more often than in any text.
    const TEXT: &str = "([a-zA-Z]{1,9}|[0-9]{1,3}|[ \t\r\n]{1,3}|[ ]|['`’‘]{1,3}|[a-z]['’][a-z]|[-–—]{1,3}\
        |[ ]?(--|—|–)[ ]?|[\u{a0}\u{2002}\u{feff}\u{ad}\u{0}\u{7f}]|[“”„\"«»…•€]|[.,:;!?()_~^]|[éßÉя東\u{301}]){0,80}";

    fn both_ways(text: &str) -> Result<(), String> {
        let mut general = Matcher::default();
        general.plain = false;
        let matcher = Matcher::default();
        compared(&general, &matcher, text)
    }

    fn compared(general: &Matcher, matcher: &Matcher, text: &str) -> Result<(), String> {
        let (mut want, mut want_map) = (String::from("«"), OffsetMap::default());
        general.normalize_mapped(text, &mut want, &mut want_map);
        let mut result = Ok(());
        at_each_level(|level| {
            let (mut got, mut map) = (String::from("«"), OffsetMap::default());
            matcher.normalize_mapped(text, &mut got, &mut map);
            let mut unmapped = String::from("«");
            matcher.normalize_into(text, &mut unmapped);
            if (&got, &map) != (&want, &want_map) || got != unmapped {
                result = Err(format!(
                    "{level:?} on {text:?}: {got:?}, {unmapped:?}, not {want:?}; {map:?}, not {want_map:?}"
                ));
            }
        });
        result
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn blocks_write_what_the_general_path_writes(text in TEXT) {
            prop_assert_eq!(both_ways(&text), Ok(()));
        }

        #[test]
        fn long_stretches_too(text in "([a-z]{2,8}[ ]){4,12}", marks in TEXT, again in "([A-Z][a-z]{2,8}[ ]){4,12}") {
            prop_assert_eq!(both_ways(&format!("{text}{marks}{again}")), Ok(()));
        }
    }

    #[test]
    fn marks_at_every_place_of_a_block() {
        let mut general = Matcher::default();
        general.plain = false;
        let matcher = Matcher::default();
        let marks = [
            "''",
            "'",
            "`",
            "--",
            " -- ",
            "-",
            "—",
            " — ",
            " —",
            "— ",
            "–",
            "’",
            "a’b",
            "a'b",
            "“",
            "…",
            "\u{a0}",
            " \u{a0} ",
            "\n\n",
            "é",
            "e\u{301}",
            "\u{0}",
            "'''",
            "---",
            "’’",
            "-—",
            "'\u{a0}'",
            "”\n",
            "\u{ad}-",
            "-\u{ad}-",
            "e\u{ad}\u{301}",
            "''’",
            "\r\n\t",
            " \u{301}",
            "\u{a0}\u{301}",
        ];
        for mark in marks {
            for place in 1..140 {
                let text = format!("{}{mark}{}", "x".repeat(place), "y".repeat(70));
                assert_eq!(compared(&general, &matcher, &text), Ok(()));
                let ends = format!("{}{mark}", "x".repeat(place));
                assert_eq!(compared(&general, &matcher, &ends), Ok(()));
            }
        }
    }
}
