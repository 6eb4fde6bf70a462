//! Words of a text as hashes: blocks of ASCII and of plain text of any script, single ASCII words
//! and runs of unspaced scripts between them, UAX #29 segments for the rest.

use super::blocks;
use super::hash::Hasher;
use super::segment::segment;
use super::wide::{self, kind_at, kinds};
use crate::swar::{HIGHS, load};

/// One word: its hash and its byte range in the match text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The hash of the word's bytes.
    pub hash: u64,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The words of one text as columns, reused from text to text.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Hash of each word, in text order.
    pub hashes: Vec<u64>,
    /// Byte range of each word in the match text. Empty unless asked for.
    pub spans: Vec<(u32, u32)>,
}

impl Words {
    /// Replaces the contents with the word hashes of `text`; `spans` stays empty.
    pub fn hash(&mut self, hasher: &Hasher, text: &str) {
        self.hashes.clear();
        self.spans.clear();
        each_word(hasher, text, &mut Hashes(&mut self.hashes));
    }

    /// The same with byte ranges. Texts over 4 GiB lose the ranges past that point; readers
    /// refuse such stories long before.
    pub fn hash_with_spans(&mut self, hasher: &Hasher, text: &str) {
        self.hashes.clear();
        self.spans.clear();
        each_word(hasher, text, self);
    }
}

/// Where words go: one at a time, or many that were found together.
pub(super) trait Sink {
    fn word(&mut self, word: Word);

    /// The words at `ranges`, of which `hash` gives the hash, and `word` all that is known.
    fn words(
        &mut self,
        ranges: &[[u32; 2]],
        hash: impl Fn(&[u32; 2]) -> u64,
        word: impl Fn(&[u32; 2]) -> Word,
    );
}

/// Any function of a word.
struct Each<F>(F);

impl<F: FnMut(Word)> Sink for Each<F> {
    #[inline(always)]
    fn word(&mut self, word: Word) {
        self.0(word);
    }

    #[inline(always)]
    fn words(
        &mut self,
        ranges: &[[u32; 2]],
        _: impl Fn(&[u32; 2]) -> u64,
        word: impl Fn(&[u32; 2]) -> Word,
    ) {
        for range in ranges {
            self.0(word(range));
        }
    }
}

/// Appends what `of` says of each range. A loop over places that are there already has nothing to
/// check and is inlined where `extend` is not.
#[inline(always)]
fn fill<T: Clone + Default>(to: &mut Vec<T>, ranges: &[[u32; 2]], of: impl Fn(&[u32; 2]) -> T) {
    let start = to.len();
    to.resize(start + ranges.len(), T::default());
    let to = &mut to[start..start + ranges.len()];
    for i in 0..ranges.len() {
        to[i] = of(&ranges[i]);
    }
}

/// The hashes alone.
struct Hashes<'a>(&'a mut Vec<u64>);

impl Sink for Hashes<'_> {
    #[inline(always)]
    fn word(&mut self, word: Word) {
        self.0.push(word.hash);
    }

    #[inline(always)]
    fn words(
        &mut self,
        ranges: &[[u32; 2]],
        hash: impl Fn(&[u32; 2]) -> u64,
        _: impl Fn(&[u32; 2]) -> Word,
    ) {
        fill(self.0, ranges, hash);
    }
}

impl Words {
    #[inline(always)]
    fn span(word: &Word) -> (u32, u32) {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        (clamp(word.start), clamp(word.end))
    }
}

impl Sink for Words {
    #[inline(always)]
    fn word(&mut self, word: Word) {
        self.hashes.push(word.hash);
        self.spans.push(Self::span(&word));
    }

    #[inline(always)]
    fn words(
        &mut self,
        ranges: &[[u32; 2]],
        hash: impl Fn(&[u32; 2]) -> u64,
        word: impl Fn(&[u32; 2]) -> Word,
    ) {
        // A loop a column: neither vector grows in the midst of it.
        fill(&mut self.hashes, ranges, hash);
        fill(&mut self.spans, ranges, |range| Self::span(&word(range)));
    }
}

// Classes of ASCII bytes as bits, so that "part of a word" is one test.
pub(super) const LETTER: u8 = 1;
pub(super) const DIGIT: u8 = 2;
const UNDERSCORE: u8 = 4;
const MID_LETTER: u8 = 8;
const MID_NUM: u8 = 16;
const HIGH: u8 = 32;
const IN_WORD: u8 = LETTER | DIGIT | UNDERSCORE;

pub(super) const ASCII: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'_' => UNDERSCORE,
            b'.' | b'\'' => MID_LETTER | MID_NUM,
            b':' => MID_LETTER,
            b',' | b';' => MID_NUM,
            0x80.. => HIGH,
            _ => 0,
        };
        b += 1;
    }
    table
};

// Texts in which blocks of 64 bytes are seldom plain (those of unspaced scripts) ask for one ever
// more seldom.
const FIRST_PATIENCE: usize = 16;
const LAST_PATIENCE: usize = 2048;

/// Calls `each` for every word of `text` in order.
///
/// A word is a UAX #29 segment with a letter or digit in it. Runs of an unspaced script give each
/// pair of neighboring characters (with their combining marks), or the one character of a run of
/// one.
#[inline]
pub fn for_each_word(hasher: &Hasher, text: &str, each: impl FnMut(Word)) {
    each_word(hasher, text, &mut Each(each));
}

fn each_word(hasher: &Hasher, text: &str, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut at = 0;
    // Where next to ask for a whole block, and how far to go without where one cannot be had.
    let mut ask = 0;
    let mut patience = FIRST_PATIENCE;
    let mut places = blocks::Places::new();
    while at < bytes.len() {
        if at >= ask {
            let stop = blocks::walk(hasher, bytes, at, &mut places, sink);
            if stop > at {
                at = stop;
                ask = stop + 1;
            } else {
                let stop = wide::walk(hasher, bytes, at, &mut |word| sink.word(word));
                if stop - at >= FIRST_PATIENCE {
                    patience = FIRST_PATIENCE;
                    ask = stop + 1;
                } else {
                    ask = stop + patience;
                    patience = (patience * 2).min(LAST_PATIENCE);
                }
                at = stop;
            }
        }
        let Some(&byte) = bytes.get(at) else { break };
        let class = ASCII[usize::from(byte)];
        if class & (IN_WORD | HIGH) == 0 {
            at += 1;
        } else if class & HIGH != 0 {
            at = wide_step(hasher, text, at, &mut |word| sink.word(word));
        } else {
            match ascii_word(hasher, text, at) {
                Some((end, hash)) => {
                    if let Some(hash) = hash {
                        sink.word(Word {
                            hash,
                            start: at,
                            end,
                        });
                    }
                    at = end;
                }
                None => at = general(hasher, text, at, &mut |word| sink.word(word)),
            }
        }
    }
}

/// The end of the word at `start` and its hash, if it and what decides its end is ASCII (or a
/// wide character that no word goes on with); else `None`. No hash for a run of underscores, which is no word.
#[inline]
fn ascii_word(hasher: &Hasher, text: &str, start: usize) -> Option<(usize, Option<u64>)> {
    let bytes = text.as_bytes();
    // Nearly all words end within 16 bytes of a place that has 17 bytes left: two loads give the
    // word's end and, masked, its hash, with no loop over bytes.
    if let Some(window) = bytes.get(start..start + 17) {
        let low = load(window);
        let high = load(&window[8..]);
        let outside = !(blocks::in_word(low & !HIGHS) & !low) & HIGHS;
        let (length, low, high) = if outside == 0 {
            let length = (!(blocks::in_word(high & !HIGHS) & !high) & HIGHS).trailing_zeros() / 8;
            (8 + length as usize, low, below(high, length))
        } else {
            let length = outside.trailing_zeros() / 8;
            (length as usize, below(low, length), 0)
        };
        let end = start + length;
        let stop = ASCII[usize::from(window[length])];
        let ended = stop & (IN_WORD | HIGH | MID_LETTER | MID_NUM) == 0
            || stop == HIGH
                && bytes[end - 1] != b'_'
                && kind_at(kinds(), text, end).0.breaks_alphanumeric();
        if ended && bytes[start] != b'_' {
            return Some((end, Some(hasher.short_word(low, high))));
        }
    }
    ascii_word_end(bytes, start)
        .map(|(end, wordlike)| (end, wordlike.then(|| hasher.word(&bytes[start..end]))))
}

/// The lowest `length` bytes, the others zero.
#[inline]
fn below(bytes: u64, length: u32) -> u64 {
    if length == 8 {
        bytes
    } else {
        bytes & ((1 << (8 * length)) - 1)
    }
}

/// The end of the word at `start`, and whether it holds a letter or digit, byte by byte; `None`
/// if the word or what decides its end is not ASCII.
fn ascii_word_end(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let class = |at: usize| bytes.get(at).map_or(0, |&b| ASCII[usize::from(b)]);
    let mut at = start;
    let mut seen = 0;
    loop {
        let mut here = class(at);
        while here & IN_WORD != 0 {
            seen |= here;
            at += 1;
            here = class(at);
        }
        if here & HIGH != 0 {
            return None;
        }
        if here & (MID_LETTER | MID_NUM) != 0 {
            let after = class(at + 1);
            if after & HIGH != 0 {
                return None;
            }
            let before = class(at - 1);
            let letters = here & MID_LETTER != 0 && before & after & LETTER != 0;
            let digits = here & MID_NUM != 0 && before & after & DIGIT != 0;
            if letters || digits {
                at += 1;
                continue;
            }
        }
        return Some((at, seen & (LETTER | DIGIT) != 0));
    }
}

/// What starts with the wide character at `start`: a separator, a run of an unspaced script, or
/// one UAX #29 segment. Returns its end.
#[inline(never)]
fn wide_step(hasher: &Hasher, text: &str, start: usize, each: &mut impl FnMut(Word)) -> usize {
    let kinds = kinds();
    let (kind, width) = kind_at(kinds, text, start);
    if kind.is_unspaced() {
        return unspaced_run(hasher, text, start, each);
    }
    if kind.separates() {
        let end = start + width;
        // A mark or joiner behind it would still belong to it.
        let apart = text.as_bytes().get(end).is_none_or(u8::is_ascii)
            || kind_at(kinds, text, end).0.breaks_alphanumeric();
        if apart {
            return end;
        }
    }
    general(hasher, text, start, each)
}

/// The pairs of neighbors of the run of an unspaced script at `start`. Returns its end.
#[inline]
fn unspaced_run(hasher: &Hasher, text: &str, start: usize, each: &mut impl FnMut(Word)) -> usize {
    let kinds = kinds();
    let bytes = text.as_bytes();
    let mut previous = start;
    let mut current = start;
    let mut clusters = 0;
    let mut at = start;
    while bytes.get(at).is_some_and(|byte| !byte.is_ascii()) {
        let (kind, width) = kind_at(kinds, text, at);
        if kind.is_unspaced() {
            if clusters > 1 {
                each(wide::word(hasher, bytes, previous, at));
            }
            previous = current;
            current = at;
            clusters += 1;
        } else if !kind.extends() {
            break;
        }
        at += width;
    }
    // The last pair, or the one character of a run of one.
    each(wide::word(hasher, bytes, previous, at));
    at
}

/// One UAX #29 segment from `start`. Returns its end.
#[inline(never)]
fn general(hasher: &Hasher, text: &str, start: usize, each: &mut impl FnMut(Word)) -> usize {
    let (end, wordlike) = segment(text, start);
    if wordlike {
        each(wide::word(hasher, text.as_bytes(), start, end));
    }
    end
}

#[cfg(test)]
mod tests;
