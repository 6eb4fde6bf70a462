//! One misreading undone: characters back to the bytes they were read from, and those bytes read
//! as the UTF-8 they were, with allowance for what was lost on the way.

use super::Traced;
use super::charset::{Charset, LOST};

/// Bytes, each with the byte position in the original text of the character it came from.
struct Bytes {
    bytes: Vec<u8>,
    at: Vec<usize>,
}

/// The text as it was before its UTF-8 was read through `charset`; `None` where the bytes are no
/// UTF-8. Every character of the text must be in the character set.
pub(super) fn reread(text: &Traced, charset: Charset) -> Option<Traced> {
    let mut bytes = Vec::with_capacity(text.chars.len());
    for &c in &text.chars {
        bytes.push(charset.encode(c)?);
    }
    let mut raw = Bytes {
        bytes,
        at: text.at.clone(),
    };
    if charset.has_no_break_space_at_a0() {
        raw = restore_word_a_grave(raw);
        restore_no_break_spaces(&mut raw.bytes);
    }
    if charset.marks_losses() {
        raw = mark_losses(&raw);
    }
    decode(&raw)
}

/// `Ã ` as a word of its own, or at the end of one, was `à` and a space: Windows-1252 shows it as
/// `Ã`, a no-break space and a space, and the two spaces have since become one. Before the ends of
/// Portuguese `às`, `àquele`, `àquela` and `àquilo` the space is but the second byte of `à`.
fn restore_word_a_grave(raw: Bytes) -> Bytes {
    const ENDS: [&[u8]; 5] = [b" ", b"quele", b"quela", b"quilo", b"s "];
    let is_word = |i: usize| {
        raw.bytes[i..].starts_with(b"\xc3 ")
            && !ENDS.iter().any(|end| raw.bytes[i + 2..].starts_with(end))
    };
    let Some(first) = (0..raw.bytes.len()).find(|&i| is_word(i)) else {
        return raw;
    };
    let mut restored = Bytes {
        bytes: raw.bytes[..first].to_vec(),
        at: raw.at[..first].to_vec(),
    };
    for i in first..raw.bytes.len() {
        restored.bytes.push(raw.bytes[i]);
        restored.at.push(raw.at[i]);
        if is_word(i) {
            restored.bytes.push(0xa0);
            restored.at.push(raw.at[i]);
        }
    }
    restored
}

/// Makes a space byte A0 again where that completes a likely UTF-8 sequence. The first bytes are
/// chosen so that the result is in use: the no-break space, `à`, `Š`, `Π`, `Р`, the Arabic zero and,
/// among the longer sequences, scripts other than Samaritan, Mongolian and Chinese.
fn restore_no_break_spaces(bytes: &mut [u8]) {
    let mut i = 0;
    while i < bytes.len() {
        let len = spaced_sequence(&bytes[i..]);
        for byte in &mut bytes[i..i + len] {
            if *byte == b' ' {
                *byte = 0xa0;
            }
        }
        i += len.max(1);
    }
}

/// The length of a UTF-8 sequence with one byte A0 turned into a space at the start of `bytes`, or 0.
fn spaced_sequence(bytes: &[u8]) -> usize {
    // 85 would be an ellipsis in Windows-1252, which stands for itself too often.
    let later = |b: u8| matches!(b, 0x80..=0x84 | 0x86..=0x9f | 0xa1..=0xbf);
    let any = |b: u8| (0x80..=0xbf).contains(&b);
    match *bytes {
        [0xc2 | 0xc3 | 0xc5 | 0xce | 0xd0 | 0xd9, b' ', ..] => 2,
        [0xe2 | 0xe3, b' ', c, ..] if later(c) => 3,
        [0xe0..=0xe3, b, b' ', ..] if later(b) => 3,
        [0xf0, b' ', c, d, ..] | [0xf0, c, b' ', d, ..] | [0xf0, c, d, b' ', ..]
            if any(c) && any(d) =>
        {
            4
        }
        _ => 0,
    }
}

/// Turns each UTF-8 sequence of which a byte is lost into U+FFFD.
fn mark_losses(raw: &Bytes) -> Bytes {
    let mut marked = Bytes {
        bytes: Vec::new(),
        at: Vec::new(),
    };
    let mut i = 0;
    while i < raw.bytes.len() {
        let len = damaged_sequence(&raw.bytes[i..]);
        if len == 0 {
            marked.bytes.push(raw.bytes[i]);
            marked.at.push(raw.at[i]);
            i += 1;
        } else {
            marked.bytes.extend("\u{fffd}".as_bytes());
            marked.at.extend([raw.at[i]; 3]);
            i += len;
        }
    }
    marked
}

/// The length of a UTF-8 sequence with lost bytes at the start of `bytes`, or 0. A loss shows as
/// [`LOST`], or once a sequence as a question mark.
fn damaged_sequence(bytes: &[u8]) -> usize {
    let later = |b: u8| b == LOST || (0x80..=0xbf).contains(&b);
    let lost = |b: u8| b == LOST || b == b'?';
    let high = |b: u8| (0xa0..=0xaf).contains(&b);
    let low = |b: u8| (0xb0..=0xbf).contains(&b);
    match *bytes {
        [0xc2..=0xdf, LOST, ..] | [0xc2 | 0xc3, b'?', ..] => 2,
        // Two halves of a character beyond the basic plane, each encoded by itself (CESU-8).
        [0xed, h, b, 0xed, l, c, ..]
            if high(h)
                && low(l)
                && (lost(b) && (lost(c) || later(c)) || lost(c) && (lost(b) || later(b))) =>
        {
            6
        }
        [0xe0..=0xef, b, c, ..] if lost(b) && later(c) || later(b) && lost(c) => 3,
        [0xf0..=0xf4, b, c, d, ..]
            if lost(b) && later(c) && later(d)
                || later(b) && lost(c) && later(d)
                || later(b) && later(c) && lost(d) =>
        {
            4
        }
        [LOST, ..] => 1,
        _ => 0,
    }
}

/// Reads UTF-8, and the two variants that are met: characters beyond the basic plane as two
/// encoded surrogates (CESU-8), and zero as C0 80.
fn decode(raw: &Bytes) -> Option<Traced> {
    let mut text = Traced {
        chars: Vec::new(),
        at: Vec::new(),
        end: 0,
    };
    let mut rest = raw.bytes.as_slice();
    let mut read = 0;
    while !rest.is_empty() {
        let (valid, error) = match std::str::from_utf8(rest) {
            Ok(valid) => (valid, false),
            Err(error) => (rest.get(..error.valid_up_to()).and_then(as_str)?, true),
        };
        for (i, c) in valid.char_indices() {
            text.chars.push(c);
            text.at.push(raw.at[read + i]);
        }
        read += valid.len();
        rest = &raw.bytes[read..];
        if error {
            let (c, len) = decode_variant(rest)?;
            text.chars.push(c);
            text.at.push(raw.at[read]);
            read += len;
            rest = &raw.bytes[read..];
        }
    }
    Some(text)
}

fn as_str(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn decode_variant(bytes: &[u8]) -> Option<(char, usize)> {
    match *bytes {
        [0xc0, 0x80, ..] => Some(('\0', 2)),
        [
            0xed,
            a @ 0xa0..=0xaf,
            b @ 0x80..=0xbf,
            0xed,
            c @ 0xb0..=0xbf,
            d @ 0x80..=0xbf,
            ..,
        ] => {
            let code = (u32::from(a & 0x0f) << 16)
                + (u32::from(b & 0x3f) << 10)
                + (u32::from(c & 0x0f) << 6)
                + u32::from(d & 0x3f)
                + 0x1_0000;
            char::from_u32(code).map(|c| (c, 6))
        }
        _ => None,
    }
}
