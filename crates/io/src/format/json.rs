//! JSON cut into values: the members of a list, and objects that stand one after the other over
//! any number of lines.

use super::encoding::{Says, Utf8};
use super::gate::{Gate, Gated};
use super::{Step, Translator, ninjs};
use crate::refused::{Reason, Refused};
use std::io::BufRead;
use std::sync::Arc;

/// What is made of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The object on one line.
    AsItIs,
    /// A news item by the standard ninjs.
    Ninjs,
}

/// The values of a source.
///
/// Nothing is parsed here: brackets and strings are followed, space is dropped where it says nothing, and
/// whether it is JSON is found when the line is read.
pub(super) struct Values<'f> {
    input: Utf8<'f>,
    gate: Arc<Gate>,
    reading: Reading,
    in_list: bool,
    ended: bool,
    value: Vec<u8>,
    /// Closing brackets that are due.
    due: Vec<u8>,
}

/// How a value ended.
enum Cut {
    Whole,
    /// Too long; its length.
    Skipped(u64),
    Broken(Reason),
}

impl<'f> Values<'f> {
    pub(super) fn new(input: Gated<'f>, gate: Arc<Gate>, reading: Reading) -> Self {
        Values {
            input: Utf8::new(input, Says::Utf8),
            gate,
            reading,
            in_list: false,
            ended: false,
            value: Vec::new(),
            due: Vec::new(),
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.input.fill_buf().ok()?.first().copied()
    }

    /// The first byte of the next value.
    fn find(&mut self) -> Result<Option<u8>, Reason> {
        loop {
            let Some(byte) = self.peek() else {
                if std::mem::take(&mut self.in_list) {
                    return Err(self.broken("the file ends before the list does: it is cut"));
                }
                return Ok(None);
            };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => {}
                b'[' if !self.in_list => self.in_list = true,
                b']' if self.in_list => self.in_list = false,
                other => return Ok(Some(other)),
            }
            self.input.consume(1);
        }
    }

    fn broken(&self, message: &str) -> Reason {
        Reason::BrokenSource {
            what: "JSON",
            line: self.input.line(),
            message: message.to_owned(),
        }
    }

    /// Takes a value that begins with `first`.
    fn cut(&mut self, first: u8) -> Cut {
        self.value.clear();
        self.due.clear();
        if !matches!(first, b'{' | b'[' | b'"') {
            return self.scalar();
        }
        let (mut quoted, mut escaped, mut spaced) = (false, false, false);
        let mut wrapped = None;
        let limit = self.gate.limit();
        let mut len: u64 = 0;
        loop {
            let line = self.input.line();
            let block = match self.input.fill_buf() {
                Ok(block) if !block.is_empty() => block,
                _ => break,
            };
            let mut taken = 0;
            let mut whole = false;
            let (mut torn, mut misfit) = (false, None);
            while taken < block.len() {
                if quoted && !escaped {
                    let plain = plain_len(&block[taken..]);
                    keep(
                        &block[taken..taken + plain],
                        &mut self.value,
                        &mut len,
                        limit,
                    );
                    taken += plain;
                }
                let Some(&byte) = block.get(taken) else {
                    break;
                };
                taken += 1;
                if quoted {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => quoted = false,
                        _ => {}
                    }
                    if byte == b'\n' || byte == b'\r' {
                        // A line of its own would be two records.
                        let before = &block[..taken - 1];
                        let lines = || memchr::memchr_iter(b'\n', before).count() as u64;
                        wrapped.get_or_insert_with(|| line + lines());
                        // Where each line is a value, the next one is whole again.
                        if byte == b'\n' && !self.in_list {
                            torn = true;
                            break;
                        }
                        continue;
                    }
                } else {
                    match byte {
                        b' ' | b'\t' | b'\r' | b'\n' => {
                            spaced = true;
                            continue;
                        }
                        b'"' => quoted = true,
                        b'{' => self.due.push(b'}'),
                        b'[' => self.due.push(b']'),
                        b'}' | b']' if self.due.pop() != Some(byte) => {
                            misfit = Some(byte);
                            break;
                        }
                        _ => {}
                    }
                }
                if std::mem::take(&mut spaced) && is_apart(byte, self.value.last()) {
                    keep(b" ", &mut self.value, &mut len, limit);
                }
                keep(&[byte], &mut self.value, &mut len, limit);
                if self.due.is_empty() && !quoted {
                    whole = true;
                    break;
                }
            }
            self.input.consume(taken);
            if let Some(byte) = misfit {
                return self.misfit(byte);
            }
            if self.due.len() as u64 > limit {
                self.ended = true;
                let message =
                    "more lists and objects within each other than a record may have bytes";
                return Cut::Broken(self.broken(message));
            }
            if torn && self.peek() == Some(b'{') {
                return Cut::Broken(wrapped_at(wrapped));
            }
            // A value may be skipped at any length, for it is not kept.
            self.gate.begin();
            if whole {
                return match wrapped {
                    Some(_) => Cut::Broken(wrapped_at(wrapped)),
                    None if len > limit => Cut::Skipped(len),
                    None => Cut::Whole,
                };
            }
        }
        self.in_list = false;
        self.ended = true;
        Cut::Broken(self.broken("the file ends within a value: it is cut"))
    }

    /// A bracket that closes nothing. Where each line is a value, the next one is whole again.
    fn misfit(&mut self, byte: u8) -> Cut {
        let closes = format!("a `{}` that closes nothing", char::from(byte));
        if !self.in_list {
            let reason = self.broken(&closes);
            self.skip_line();
            return Cut::Broken(reason);
        }
        self.ended = true;
        Cut::Broken(self.broken(&format!("{closes}; what comes after it is not read")))
    }

    /// Goes on to the next line.
    fn skip_line(&mut self) {
        while let Ok(block) = self.input.fill_buf() {
            let end = memchr::memchr(b'\n', block);
            let taken = end.map_or(block.len(), |at| at + 1);
            self.input.consume(taken);
            self.gate.begin();
            if end.is_some() || taken == 0 {
                break;
            }
        }
    }

    /// Takes what is no object, list or string.
    fn scalar(&mut self) -> Cut {
        while let Some(byte) = self.peek() {
            if matches!(
                byte,
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' | b'{' | b'['
            ) && !self.value.is_empty()
            {
                break;
            }
            if self.value.len() < SHOWN_BYTES {
                self.value.push(byte);
            }
            self.gate.begin();
            self.input.consume(1);
        }
        Cut::Whole
    }

    fn refused(&self, reason: Reason) -> Step {
        let text = match reason {
            Reason::TooLong { .. } => None,
            _ => Some(Refused::text_of(&self.value)),
        };
        Step::Refused(reason, text)
    }
}

/// Whether space before a byte says something: `1 2` must not become `12`.
fn is_apart(byte: u8, last: Option<&u8>) -> bool {
    !matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':')
        && !matches!(last, Some(b'{' | b'[' | b',' | b':'))
}

/// Appends to a value that has `len` bytes what fits in its limit.
fn keep(bytes: &[u8], value: &mut Vec<u8>, len: &mut u64, limit: u64) {
    let room = usize::try_from(limit.saturating_sub(*len)).unwrap_or(usize::MAX);
    value.extend_from_slice(&bytes[..bytes.len().min(room)]);
    *len += bytes.len() as u64;
}

/// How many of the first bytes of what is left of a string mean nothing to JSON; of a long run, the first
/// ones.
fn plain_len(text: &[u8]) -> usize {
    // What is behind the next byte that means something is looked at again.
    let text = &text[..text.len().min(512)];
    let plain = memchr::memchr3(b'"', b'\\', b'\n', text).unwrap_or(text.len());
    memchr::memchr(b'\r', &text[..plain]).unwrap_or(plain)
}

/// A string that goes on behind a line end.
fn wrapped_at(line: Option<u64>) -> Reason {
    Reason::BrokenSource {
        what: "JSON",
        line: line.unwrap_or(1),
        message: "a line break within a string; write it as \\n".to_owned(),
    }
}

/// What is kept of a value that is no object, list or string.
const SHOWN_BYTES: usize = 64;

impl Translator for Values<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        if self.ended {
            return Step::End;
        }
        self.gate.begin();
        let first = match self.find() {
            Ok(Some(first)) => first,
            Ok(None) => {
                self.ended = true;
                return Step::End;
            }
            Err(reason) => {
                self.ended = true;
                return Step::Refused(reason, None);
            }
        };
        let line = self.input.line();
        match self.cut(first) {
            Cut::Whole => {}
            Cut::Broken(reason) => return self.refused(reason),
            Cut::Skipped(len) => {
                let limit = self.gate.limit();
                return self.refused(Reason::TooLong { len, limit });
            }
        }
        let found = match first {
            b'{' => None,
            b'[' => Some("a list"),
            b'"' => Some("a string"),
            b't' | b'f' if matches!(&self.value[..], b"true" | b"false") => Some("true or false"),
            b'n' if self.value == b"null" => Some("null"),
            b'-' | b'0'..=b'9' => Some("a number"),
            _ => Some("something that is no JSON"),
        };
        if let Some(found) = found {
            return self.refused(Reason::BrokenSource {
                what: "JSON",
                line,
                message: format!("expected an object, found {found}"),
            });
        }
        if self.reading == Reading::AsItIs {
            out.extend_from_slice(&self.value);
            return Step::Record;
        }
        match ninjs::item(&self.value, line) {
            Ok(item) => {
                item.write(out);
                Step::Record
            }
            Err(reason) => self.refused(reason),
        }
    }
}
