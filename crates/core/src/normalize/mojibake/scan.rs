//! The scan that clean text pays for: where does a text look misread?

use super::badness::{C1, is_bad_at};
use super::charset::{char_at, known_code};

/// How many characters before and after a special one the rules look at.
const BEFORE: usize = 2;
const AFTER: usize = 5;

/// The byte position of the first character, at or after `from`, around which the text looks
/// misread.
pub(super) fn first_suspect(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(chunk) = bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk::<{ STEP + 1 }>())
    {
        let mut hot = hot_bytes(chunk);
        while hot != 0 {
            let suspect = suspect_at(text, at + hot.trailing_zeros() as usize);
            if suspect.is_some() {
                return suspect;
            }
            hot &= hot - 1;
        }
        at += STEP;
    }
    (at..bytes.len())
        .filter(|&i| is_hot(bytes[i], bytes.get(i + 1).copied().unwrap_or(0)))
        .find_map(|i| suspect_at(text, i))
}

/// How many bytes are looked at in one go.
const STEP: usize = 32;

/// Whether a byte begins a character that can be the second one of a bad pair, or bad alone. That
/// leaves out whole scripts: what misreading makes of UTF-8 is Latin letters, signs, and a few
/// letters of Greek and Cyrillic. `Ђ` (D0 82) is the only one of its block.
#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without branches, the compiler makes vector code of it"
)]
fn is_hot(byte: u8, next: u8) -> bool {
    (byte.wrapping_sub(0xc2) <= 4)
        | (byte == 0xcb)
        | (byte == 0xce)
        | (byte == 0xd2)
        | (byte == 0xe2)
        | (byte == 0xef)
        | ((byte == 0xd0) & (next == 0x82))
}

/// A bit for each hot byte of a chunk, the first one lowest.
fn hot_bytes(chunk: &[u8; STEP + 1]) -> u32 {
    let mut flags = [0; STEP];
    for i in 0..STEP {
        flags[i] = u8::from(is_hot(chunk[i], chunk[i + 1]));
    }
    let mut bits = 0;
    for (i, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // The product collects bit 0 of each byte in the top byte.
        let top = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= (top as u32) << (8 * i);
    }
    bits
}

/// The start of the bad pair of which the hot character at `at` is the second, or its own place if
/// it is bad by itself or before a plain character.
fn suspect_at(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let follows_ascii = at == 0 || bytes[at - 1].is_ascii();
    // The usual accented letter: after a plain letter, and none of U+0080 to U+009F, Â, Ã, Œ, œ.
    if follows_ascii
        && !matches!(
            (bytes[at], bytes[at + 1]),
            (0xc2, 0x80..=0x9f) | (0xc3, 0x82 | 0x83) | (0xc5, 0x92 | 0x93)
        )
    {
        return None;
    }
    let (code, next) = char_at(bytes, at);
    let class = known_code(code).class;
    let alone = class & C1 != 0
        || match (code, bytes.get(next)) {
            (0xc2 | 0xc3, Some(b' ')) => is_bad_around(text, at),
            (0x152 | 0x153, Some(b)) => !b.is_ascii_alphabetic(),
            _ => false,
        };
    if alone {
        return Some(at);
    }
    if follows_ascii {
        return None;
    }
    let previous = char_before(bytes, at);
    if bytes[at] == 0xd0 {
        let before = if previous > 0 {
            char_before(bytes, previous)
        } else {
            previous
        };
        return [before, previous]
            .into_iter()
            .find(|&i| is_bad_around(text, i));
    }
    if bytes[previous] >= 0xf0 {
        return None;
    }
    let entry = known_code(char_at(bytes, previous).0);
    let likely = class & (entry.never_before | entry.rarely_before) != 0;
    (likely && is_bad_around(text, previous)).then_some(previous)
}

/// The start of the character that ends before `at`, which is not 0.
fn char_before(bytes: &[u8], at: usize) -> usize {
    let mut start = at - 1;
    while start > 0 && bytes[start] & 0xc0 == 0x80 {
        start -= 1;
    }
    start
}

/// [`is_bad_at`] for a character of a string.
fn is_bad_around(text: &str, at: usize) -> bool {
    let mut window = ['\0'; BEFORE + 1 + AFTER];
    let (mut before, mut len) = (0, 0);
    for c in text[..at].chars().rev().take(BEFORE) {
        window[BEFORE - 1 - before] = c;
        before += 1;
    }
    for c in text[at..].chars().take(1 + AFTER) {
        window[BEFORE + len] = c;
        len += 1;
    }
    let starts_line = before == 0 || window[BEFORE - 1] == '\n';
    is_bad_at(&window[BEFORE - before..BEFORE + len], before, starts_line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::badness::is_bad;
    use super::*;

    /// Every two-byte character, and what the rules name beyond.
    fn any_special() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[\u{80}-\u{7ff}]",
            "[ÂÃŒœÐÎØÙ×àв√≈‚β]",
            "[\u{2000}-\u{25ff}\u{fffd}ﬁ\u{f8ff}]",
            "[вЂГўС°橋😀]",
            "[a-zA-Z ,.\n]{1,20}",
        ];
        proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// The scan misses no line that the rules, asked for each character, find bad.
        #[test]
        fn no_bad_line_is_missed(text in any_special()) {
            let mut start = 0;
            let first_bad = text.split_inclusive('\n').find_map(|line| {
                let end = start + line.len();
                start = end;
                is_bad(&line.chars().collect::<Vec<_>>()).then_some(end)
            });
            match (first_suspect(&text, 0), first_bad) {
                (Some(suspect), Some(end)) => prop_assert!(suspect < end),
                (None, bad) => prop_assert_eq!(bad, None),
                (Some(_), None) => {}
            }
        }
    }
}
