//! Text as a string of JSON.

use std::io::Write as _;

/// Bytes that are looked at together.
const LANE: usize = 32;

/// Appends text as a string of JSON.
pub(crate) fn put_string(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let (lanes, rest) = bytes.as_chunks::<LANE>();
    for lane in lanes {
        // Without a branch in it, so that it is done for all bytes at once.
        let special = lane.iter().fold(false, |any, &byte| any | is_special(byte));
        if special {
            put_escaped(lane, out);
        } else {
            out.extend_from_slice(lane);
        }
    }
    put_escaped(rest, out);
    out.push(b'"');
}

fn is_special(byte: u8) -> bool {
    u8::from(byte < b' ') | u8::from(byte == b'"') | u8::from(byte == b'\\') != 0
}

fn put_escaped(bytes: &[u8], out: &mut Vec<u8>) {
    let mut copied = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if !is_special(byte) {
            continue;
        }
        out.extend_from_slice(&bytes[copied..at]);
        copied = at + 1;
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
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
    out.extend_from_slice(&bytes[copied..]);
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
    }
}
