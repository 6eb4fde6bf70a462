//! JSON Lines and plain text where they stand in an archive, and so have to go the way of a
//! translation.

use super::encoding::BROKEN;
use super::gate::{Gate, Gated};
use super::item::Item;
use super::{Step, Translator};
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

/// The lines of JSON Lines as they are, blank ones apart.
pub(super) struct Lines<'f> {
    input: BufReader<Gated<'f>>,
    gate: Arc<Gate>,
    first: bool,
    ended: bool,
}

impl<'f> Lines<'f> {
    pub(super) fn new(input: Gated<'f>, gate: Arc<Gate>) -> Self {
        Lines {
            input: BufReader::with_capacity(1 << 16, input),
            gate,
            first: true,
            ended: false,
        }
    }
}

impl Translator for Lines<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        let before = out.len();
        while !self.ended {
            self.gate.begin();
            if self.input.read_until(b'\n', out).is_err() || out.len() == before {
                break;
            }
            if std::mem::take(&mut self.first) && out[before..].starts_with(b"\xef\xbb\xbf") {
                out.drain(before..before + 3);
            }
            // Half a line is told as what cut it.
            if self.gate.stopped() && !out.ends_with(b"\n") {
                break;
            }
            let kept = before + out[before..].trim_ascii_end().len();
            out.truncate(kept);
            if kept > before {
                return Step::Record;
            }
        }
        out.truncate(before);
        self.ended = true;
        Step::End
    }
}

/// A document of plain text, whose id is its name.
pub(super) struct Document<'f> {
    input: Gated<'f>,
    gate: Arc<Gate>,
    name: String,
    ended: bool,
}

impl<'f> Document<'f> {
    pub(super) fn new(input: Gated<'f>, gate: Arc<Gate>, name: String) -> Self {
        Document {
            input,
            gate,
            name,
            ended: false,
        }
    }
}

impl Translator for Document<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        if std::mem::replace(&mut self.ended, true) {
            return Step::End;
        }
        let mut bytes = Vec::new();
        if self.input.read_to_end(&mut bytes).is_err() || self.gate.stopped() {
            return Step::End;
        }
        let mut text = String::with_capacity(bytes.len());
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        for part in bytes.utf8_chunks() {
            text.push_str(part.valid());
            if !part.invalid().is_empty() {
                text.push(BROKEN);
            }
        }
        let item = Item {
            id: Some(self.name.clone()),
            text,
            ..Item::default()
        };
        item.write(out);
        Step::Record
    }
}
