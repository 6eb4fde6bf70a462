//! Text as a string of JSON.

use std::io::Write as _;

/// Bytes that are looked at together, and then, where one is to be escaped, by words.
const LANE: usize = 32;
const WORD: usize = 8;

/// Appends text as a string of JSON.
pub(crate) fn put_string(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut copied = 0;
    let mut escape = |at: usize| {
        out.extend_from_slice(&bytes[copied..at]);
        copied = at + 1;
        put_escaped(bytes[at], out);
    };
    let (lanes, rest) = bytes.as_chunks::<LANE>();
    for (lane, first) in lanes.iter().zip((0..).step_by(LANE)) {
        // Without a branch in it, so that it is done for all bytes at once.
        let special = lane.iter().fold(false, |any, &byte| any | is_special(byte));
        if !special {
            continue;
        }
        let (words, _) = lane.as_chunks::<WORD>();
        for (&word, first) in words.iter().zip((first..).step_by(WORD)) {
            let mut left = specials(u64::from_le_bytes(word));
            while left != 0 {
                escape(first + left.trailing_zeros() as usize / 8);
                left &= left - 1;
            }
        }
    }
    for (at, &byte) in (bytes.len() - rest.len()..).zip(rest) {
        if is_special(byte) {
            escape(at);
        }
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

fn is_special(byte: u8) -> bool {
    u8::from(byte < b' ') | u8::from(byte == b'"') | u8::from(byte == b'\\') != 0
}

/// The highest bit of each byte of a word that is to be escaped.
fn specials(word: u64) -> u64 {
    const LOW: u64 = u64::MAX / 255 * 0x7f;
    let each = |byte: u8| u64::MAX / 255 * u64::from(byte);
    // Exact for each byte by itself: no carry passes from one to the next.
    let zeros = |word: u64| !(((word & LOW) + LOW) | word | LOW);
    zeros(word & each(0xe0)) | zeros(word ^ each(b'"')) | zeros(word ^ each(b'\\'))
}

fn put_escaped(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        b'"' | b'\\' => byte,
        _ => {
            // Writing to memory does not fail.
            let _ = write!(out, "\\u{byte:04x}");
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_are_quoted_as_others_quote_them(text in "(?s)[a-é\\x00-\\x7f“😀]{0,100}") {
            let mut quoted = Vec::new();
            put_string(&text, &mut quoted);
            prop_assert_eq!(quoted, serde_json::to_vec(&text).unwrap());
        }

        #[test]
        fn words_have_the_bytes_that_are_special(bytes in any::<[u8; WORD]>()) {
            let found = specials(u64::from_le_bytes(bytes)).to_le_bytes();
            prop_assert_eq!(found.map(|byte| byte == 0x80), bytes.map(is_special));
        }
    }
}
