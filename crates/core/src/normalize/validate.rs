//! Bytes in, text out: invalid UTF-8 is reported where it stands, or replaced and counted.

use std::borrow::Cow;

/// The first place where bytes are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid UTF-8 at byte {offset}{}", if *.truncated { ": the text ends inside a character" } else { "" })]
pub struct Utf8Problem {
    /// Offset in bytes of the first byte that belongs to no valid character.
    pub offset: usize,
    /// Length in bytes of the broken sequence, 1 to 3.
    pub len: usize,
    /// Whether the bytes end in the middle of a character, as a cut file does.
    pub truncated: bool,
}

/// The text that `bytes` hold.
///
/// # Errors
///
/// [`Utf8Problem`] with the offset of the first byte that is not UTF-8.
///
/// # Examples
///
/// ```
/// use wirefold::normalize::validate;
///
/// assert_eq!(validate(b"caf\xC3\xA9"), Ok("café"));
/// let problem = validate(b"caf\xE9 au lait").unwrap_err();
/// assert_eq!(problem.offset, 3);
/// assert_eq!(problem.to_string(), "invalid UTF-8 at byte 3");
/// ```
pub fn validate(bytes: &[u8]) -> Result<&str, Utf8Problem> {
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let len = error.error_len();
        Utf8Problem {
            offset,
            len: len.unwrap_or(bytes.len() - offset),
            truncated: len.is_none(),
        }
    })
}

/// Text whose broken sequences were replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced<'a> {
    /// The text, borrowed if all of it was valid.
    pub text: Cow<'a, str>,
    /// Number of U+FFFD written, one for each maximal broken sequence (Unicode 17, section 3.9).
    pub replaced: usize,
    /// The first problem, if there was one.
    pub first: Option<Utf8Problem>,
}

/// The text that `bytes` hold, with U+FFFD in place of what is not UTF-8.
///
/// # Examples
///
/// ```
/// use wirefold::normalize::validate_or_replace;
///
/// let read = validate_or_replace(b"caf\xE9 \xFFau lait");
/// assert_eq!(read.text, "caf\u{FFFD} \u{FFFD}au lait");
/// assert_eq!(read.replaced, 2);
/// ```
pub fn validate_or_replace(bytes: &[u8]) -> Replaced<'_> {
    let first = match validate(bytes) {
        Ok(text) => {
            return Replaced {
                text: Cow::Borrowed(text),
                replaced: 0,
                first: None,
            };
        }
        Err(problem) => problem,
    };
    let mut text = String::with_capacity(bytes.len() + 2);
    let mut replaced = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            replaced += 1;
        }
    }
    Replaced {
        text: Cow::Owned(text),
        replaced,
        first: Some(first),
    }
}
