//! Words of ASCII text, 64 bytes at a time.
//!
//! One bit a byte says whether it is part of a word; where neighboring bits differ, a word starts
//! or ends. Those places are written down for some blocks together, and then words are hashed in
//! one plain loop: nothing waits for the end of the word before, and no branch depends on the text.

use super::hash::Hasher;
use super::words::{ASCII, DIGIT, LETTER, Sink, Word};
use crate::simd::{self, BLOCK, Simd, Work};
use crate::swar::{ONES, at_least, equals, load};

/// Gives `sink` the words from `start` on, a block at a time while blocks are ASCII. `start` must
/// be no place inside a word. Returns where it stopped: the start of a word that it left open, or
/// the end of the last block.
pub(super) fn walk(
    hasher: &Hasher,
    bytes: &[u8],
    start: usize,
    places: &mut Places,
    sink: &mut impl Sink,
) -> usize {
    simd::run(Walk {
        hasher,
        bytes,
        start,
        places,
        sink,
    })
}

/// Blocks whose words are found together.
const TILE: usize = 8;

/// Room for the edges of a tile: a start that the tile before left open, and up to 64 a block.
pub(super) struct Places([u32; 1 + BLOCK * TILE]);

impl Places {
    pub(super) fn new() -> Self {
        Self([0; 1 + BLOCK * TILE])
    }
}

/// Bytes that one walk may cover: places are 32-bit numbers.
const FARTHEST: usize = 1 << 31;

struct Walk<'a, S> {
    hasher: &'a Hasher,
    bytes: &'a [u8],
    start: usize,
    places: &'a mut Places,
    sink: &'a mut S,
}

/// What one block adds: where words start and end, and whether it has an underscore.
struct Edges {
    bits: u64,
    underscore: bool,
    /// Whether the last byte is part of a word.
    inside: bool,
}

/// The edges of a block of ASCII; nothing if it is none. `before` is the byte before it, if that is
/// part of the walk, and `inside` tells whether it is part of a word.
#[inline(always)]
fn edges<V: Simd>(simd: V, window: &[u8; BLOCK + 1], before: u8, inside: bool) -> Option<Edges> {
    let (block, after) = window.split_first_chunk()?;
    let after = *after.first()?;
    let block = simd.load(block);
    if simd.bits(simd.high(block)) != 0 || !after.is_ascii() {
        return None;
    }
    let capitals = simd.within(block, b'A', b'Z');
    let letters = simd.bits(simd.or(simd.within(block, b'a', b'z'), capitals));
    let digits = simd.bits(simd.within(block, b'0', b'9'));
    let underscores = simd.bits(simd.equals(block, b'_'));
    let both = simd.or(simd.equals(block, b'.'), simd.equals(block, b'\''));
    let between_letters = simd.bits(simd.or(both, simd.equals(block, b':')));
    let only_digits = simd.or(simd.equals(block, b','), simd.equals(block, b';'));
    let between_digits = simd.bits(simd.or(both, only_digits));

    let (before, after) = (ASCII[usize::from(before)], ASCII[usize::from(after)]);
    let beside = |bits: u64, class: u8| {
        let left = u64::from(before & class != 0);
        let right = u64::from(after & class != 0);
        (bits << 1 | left) & (bits >> 1 | right << 63)
    };
    let in_words = letters
        | digits
        | underscores
        | between_letters & beside(letters, LETTER)
        | between_digits & beside(digits, DIGIT);
    Some(Edges {
        bits: in_words ^ (in_words << 1 | u64::from(inside)),
        underscore: underscores != 0,
        inside: in_words >> 63 == 1,
    })
}

impl<S: Sink> Work for Walk<'_, S> {
    type Output = usize;

    #[inline(always)]
    fn run<V: Simd>(self, simd: V) -> usize {
        let Self {
            hasher,
            bytes,
            start,
            places: Places(places),
            sink,
        } = self;
        // A copy of its own, which stores to the sink cannot change.
        let hasher = &hasher.clone();
        let text = &bytes[start..];
        let mut count = 0;
        let mut at = 0;
        let mut before = 0;
        let mut inside = false;
        let mut underscore = false;
        let mut more = true;
        while more {
            for _ in 0..TILE {
                let mut rest = [0; BLOCK + 1];
                let window = match text.get(at..).and_then(<[u8]>::first_chunk) {
                    Some(window) => window,
                    None if at < text.len() => {
                        rest[..text.len() - at].copy_from_slice(&text[at..]);
                        &rest
                    }
                    None => {
                        // The end of the text ends a word.
                        if let Some(place) = places.get_mut(count).filter(|_| inside) {
                            *place = at as u32;
                            count += 1;
                        }
                        more = false;
                        break;
                    }
                };
                let found = edges(simd, window, before, inside).filter(|_| at < FARTHEST);
                let Some(found) = found else {
                    more = false;
                    break;
                };
                let room = places[count..].first_chunk_mut();
                count += room.map_or(0, |room| simd.places(found.bits, at as u32, room));
                inside = found.inside;
                underscore |= found.underscore;
                before = window[BLOCK - 1];
                at += BLOCK;
            }
            let (words, open) = places[..count].as_chunks();
            let hash =
                |&[from, to]: &[u32; 2]| hash(simd, hasher, text, from as usize, to as usize);
            let word = |range: &[u32; 2]| Word {
                hash: hash(range),
                start: start + range[0] as usize,
                end: start + range[1] as usize,
            };
            if underscore {
                let wordlike = |&[from, to]: &[u32; 2]| {
                    let bytes = &text[from as usize..to as usize];
                    bytes[0] != b'_' || bytes.iter().any(u8::is_ascii_alphanumeric)
                };
                for range in words.iter().filter(|&range| wordlike(range)) {
                    sink.word(word(range));
                }
                // The word that is open may have one too.
                underscore = !open.is_empty();
            } else {
                sink.words(words, hash, word);
            }
            if let &[open] = open {
                places[0] = open;
                count = 1;
            } else {
                count = 0;
            }
        }
        let stop = if count == 1 { places[0] as usize } else { at };
        start + stop.min(text.len())
    }
}

/// The hash of the word of ASCII from `start` to `end`.
#[inline(always)]
fn hash<V: Simd>(simd: V, hasher: &Hasher, bytes: &[u8], start: usize, end: usize) -> u64 {
    let length = end.wrapping_sub(start);
    match bytes.get(start..).and_then(<[u8]>::first_chunk::<16>) {
        Some(window) if length <= 16 => {
            // Two loads, cut to the word's bits, whatever the length.
            let bits = 8 * length as u32;
            let low = simd.lowest(load(window), bits);
            let high = simd.lowest(load(&window[8..]), bits.saturating_sub(64));
            hasher.short_word(low, high)
        }
        _ => hasher.word(&bytes[start..end]),
    }
}

/// ASCII letters, digits and underscores.
#[inline]
pub(super) fn in_word(seven: u64) -> u64 {
    let digit = at_least(seven, b'0') & !at_least(seven, b'9' + 1);
    letter(seven) | digit | equals(seven, b'_')
}

#[inline]
fn letter(seven: u64) -> u64 {
    let lower = seven | (0x20 * ONES);
    at_least(lower, b'a') & !at_least(lower, b'z' + 1)
}

/// Masks of the lowest 0 to 8 bytes.
pub(super) const LOWEST: [u64; 9] = {
    let mut masks = [0; 9];
    let mut length = 1;
    while length <= 8 {
        masks[length] = u64::MAX >> (64 - 8 * length);
        length += 1;
    }
    masks
};
