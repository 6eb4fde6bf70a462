//! Words of a text as hashes: a byte-table path for ASCII, UAX #29 segments for the rest.

use super::class::{Class, wb};
use super::hash::Hasher;
use super::blocks;
use super::segment::segment;
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
        for_each_word(hasher, text, |word| self.hashes.push(word.hash));
    }

    /// The same with byte ranges. Texts over 4 GiB lose the ranges past that point; readers
    /// refuse such stories long before.
    pub fn hash_with_spans(&mut self, hasher: &Hasher, text: &str) {
        self.hashes.clear();
        self.spans.clear();
        for_each_word(hasher, text, |word| {
            self.hashes.push(word.hash);
            let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            self.spans.push((clamp(word.start), clamp(word.end)));
        });
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

/// Calls `each` for every word of `text` in order.
///
/// A word is a UAX #29 segment with a letter or digit in it. Runs of an unspaced script give each
/// pair of neighboring characters (with their combining marks), or the one character of a run of
/// one.
#[inline]
pub fn for_each_word(hasher: &Hasher, text: &str, mut each: impl FnMut(Word)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    // Where next to ask for a whole block of ASCII.
    let mut ask = 0;
    while at < bytes.len() {
        if at >= ask {
            match blocks::is_block(bytes, at) {
                Ok(()) => {
                    let stop = blocks::walk(hasher, bytes, at, &mut each);
                    // A word longer than a block is left to the steps below.
                    ask = stop.max(at + 1);
                    at = stop;
                }
                Err(skip) => ask = at + skip,
            }
        }
        let Some(&byte) = bytes.get(at) else { break };
        let class = ASCII[usize::from(byte)];
        if class & (IN_WORD | HIGH) == 0 {
            at += 1;
        } else if class & HIGH != 0 {
            at = general(hasher, text, at, &mut each);
        } else {
            match ascii_word(hasher, bytes, at) {
                Some((end, hash)) => {
                    if let Some(hash) = hash {
                        each(Word {
                            hash,
                            start: at,
                            end,
                        });
                    }
                    at = end;
                }
                None => at = general(hasher, text, at, &mut each),
            }
        }
    }
}

/// The end of the word at `start` and its hash, if it and what decides its end is ASCII; else
/// `None`. No hash for a run of underscores, which is no word.
#[inline]
fn ascii_word(hasher: &Hasher, bytes: &[u8], start: usize) -> Option<(usize, Option<u64>)> {
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
        if stop & (IN_WORD | HIGH | MID_LETTER | MID_NUM) == 0 && bytes[start] != b'_' {
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

/// One UAX #29 segment from `start`, or a whole run of an unspaced script. Returns its end.
#[inline(never)]
fn general(hasher: &Hasher, text: &str, start: usize, each: &mut impl FnMut(Word)) -> usize {
    let Some(first) = text[start..].chars().next() else {
        return text.len();
    };
    let hash = |from: usize, to: usize| Word {
        hash: hasher.word(&text.as_bytes()[from..to]),
        start: from,
        end: to,
    };
    if !Class::of(first).is_unspaced() {
        let (end, wordlike) = segment(text, start);
        if wordlike {
            each(hash(start, end));
        }
        return end;
    }
    let mut previous = start;
    let mut current = start;
    let mut clusters = 0;
    for (i, c) in text[start..].char_indices() {
        let class = Class::of(c);
        if class.is_extending() && class.value() != wb::FORMAT {
            continue;
        }
        let at = start + i;
        if clusters > 1 {
            each(hash(previous, at));
        }
        if !class.is_unspaced() {
            if clusters == 1 {
                each(hash(start, at));
            }
            return at;
        }
        previous = current;
        current = at;
        clusters += 1;
    }
    each(hash(previous, text.len()));
    text.len()
}

#[cfg(test)]
mod tests;
