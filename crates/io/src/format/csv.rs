//! Tables as CSV (RFC 4180) or separated by tabs, a record a row, its fields by the names in the first.
//!
//! Files of UTF-8 are read in place instead (`crate::in_place`): this is for what is compressed, comes
//! through a pipe, lies in an archive or is of another encoding.

use super::encoding::{Says, Utf8, unmark};
use super::gate::{Gate, Gated};
use super::row::{Ends, Head, Row, TORN, broken, most_frequent_mark};
use super::{Step, Translator};
use crate::input::Format;
use crate::refused::{Reason, Refused};
use std::io::BufRead;
use std::ops::Range;
use std::sync::Arc;

/// The rows of a table.
pub(super) struct Rows<'f> {
    gate: Arc<Gate>,
    format: Format,
    input: Utf8<'f>,
    /// Once the first row was read.
    head: Option<Head>,
    /// Text from the row at hand on, as far as it was taken from the input.
    text: Vec<u8>,
    /// Where in it the next row begins, and on which line.
    at: usize,
    line: u64,
    ended: bool,
}

impl<'f> Rows<'f> {
    pub(super) fn new(input: Gated<'f>, gate: Arc<Gate>, format: Format) -> Self {
        Rows {
            gate,
            format,
            input: Utf8::new(input, Says::Nothing),
            head: None,
            text: Vec::new(),
            at: 0,
            line: 1,
            ended: false,
        }
    }

    /// Goes on to the next row that is not blank: the place of its text, and its line. Nothing where there
    /// is none.
    fn next_row(&mut self, mark: u8) -> Option<(Range<usize>, u64)> {
        loop {
            let mut ends = Ends::new(mark);
            let mut searched = self.at;
            let end = loop {
                if let Some(len) = ends.next(&self.text[searched..]) {
                    break Some(searched + len);
                }
                self.text.drain(..std::mem::take(&mut self.at));
                searched = self.text.len();
                let more = self.input.fill_buf().unwrap_or_default();
                if more.is_empty() {
                    break None;
                }
                self.text.extend_from_slice(more);
                let taken = more.len();
                self.input.consume(taken);
            };
            let (start, line) = (self.at, self.line);
            self.at = end.unwrap_or(self.text.len());
            self.line += memchr::memchr_iter(b'\n', &self.text[start..self.at]).count() as u64;
            let row = start..self.at - usize::from(end.is_some());
            if !row.is_empty() {
                return Some((row, line));
            }
            end?;
        }
    }

    /// Reads the names of the columns. Nothing where there is no row at all.
    fn open(&mut self) -> Option<Result<Head, Reason>> {
        let mark = match self.format {
            Format::Tsv => b'\t',
            _ => most_frequent_mark(self.input.fill_buf().unwrap_or_default()),
        };
        let (row, line) = self.next_row(mark)?;
        let head = Head::of(self.text_of(row), mark);
        Some(head.map_err(|message| broken(line, message)))
    }

    fn text_of(&self, row: Range<usize>) -> &str {
        // All that is taken from the input is UTF-8.
        simdutf8::basic::from_utf8(&self.text[row]).unwrap_or_default()
    }

    /// Whether nothing comes after the row.
    fn is_last(&self) -> bool {
        self.at == self.text.len() && self.input.is_at_end()
    }
}

impl Translator for Rows<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        self.gate.begin();
        if self.ended {
            return Step::End;
        }
        if self.head.is_none() {
            match self.open() {
                Some(Ok(head)) => self.head = Some(head),
                Some(Err(reason)) => {
                    self.ended = true;
                    return Step::Refused(reason, None);
                }
                None => {}
            }
        }
        let mark = self.head.as_ref().map_or(b',', |head| head.mark);
        let row = self.next_row(mark);
        let (Some((row, line)), Some(head)) = (row, &self.head) else {
            self.ended = true;
            return Step::End;
        };
        let text = self.text_of(row);
        let row = Row::of(text, mark);
        if let Some(message) = head.misfit(&row) {
            return Step::Refused(
                broken(line, message),
                Some(Refused::text_of(text.as_bytes())),
            );
        }
        // Half a row looks like a whole one.
        let ended = self.gate.stopped() && self.is_last();
        if ended || row.torn {
            self.ended = true;
            return if ended {
                Step::End
            } else {
                Step::Refused(broken(line, TORN.to_owned()), None)
            };
        }
        let begin = out.len();
        head.put_object(&row, out);
        unmark(out, begin);
        Step::Record
    }
}
