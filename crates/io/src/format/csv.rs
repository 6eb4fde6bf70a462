//! Tables as CSV (RFC 4180) or separated by tabs, a record a row, its fields by the names in the first.

use super::encoding::{Says, Utf8, unmark};
use super::gate::{Gate, Gated};
use super::{Step, Translator};
use crate::input::Format;
use crate::quoted::put_string;
use crate::refused::{Reason, Refused};
use csv::{ReaderBuilder, StringRecord, Terminator, Trim};
use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::sync::Arc;

/// Marks between the cells of a row that a file ending in `.csv` may have.
const MARKS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The rows of a table.
pub(super) struct Rows<'f> {
    gate: Arc<Gate>,
    format: Format,
    /// Until the first row is asked for.
    input: Option<Utf8<'f>>,
    reader: Option<csv::Reader<Utf8<'f>>>,
    /// Names of columns as JSON with a colon; nothing for one without a name.
    columns: Vec<Vec<u8>>,
    row: StringRecord,
    ended: bool,
}

impl<'f> Rows<'f> {
    pub(super) fn new(input: Gated<'f>, gate: Arc<Gate>, format: Format) -> Self {
        Rows {
            gate,
            format,
            input: Some(Utf8::new(input, Says::Nothing)),
            reader: None,
            columns: Vec::new(),
            row: StringRecord::new(),
            ended: false,
        }
    }

    /// Opens the table: finds the mark between cells and reads the names of the columns.
    fn open(&mut self, mut input: Utf8<'f>) -> Result<(), Reason> {
        let mark = match self.format {
            Format::Tsv => b'\t',
            _ => mark(input.fill_buf().unwrap_or_default()),
        };
        let mut reader = ReaderBuilder::new()
            .delimiter(mark)
            .has_headers(false)
            .flexible(true)
            .terminator(Terminator::CRLF)
            .trim(Trim::None)
            .from_reader(input);
        let read = reader.read_record(&mut self.row);
        self.reader = Some(reader);
        match read {
            Ok(true) => {}
            Ok(false) => {
                self.ended = true;
                return Ok(());
            }
            Err(error) => return Err(self.broken(&error.to_string())),
        }
        let names = names(&self.row);
        if names.iter().any(|name| name.contains('\0')) {
            return Err(self.broken("the first row has NUL bytes: it is no table of text"));
        }
        if names.iter().all(|name| name.is_empty()) {
            return Err(self.broken("the first row names no columns"));
        }
        let mut seen = HashSet::new();
        if let Some(name) = (names.iter()).find(|name| !name.is_empty() && !seen.insert(**name)) {
            let shown: String = name.chars().take(40).collect();
            let message = format!("two columns have the name `{shown}`; rename one of them");
            return Err(self.broken(&message));
        }
        let quoted = names.into_iter().map(|name| {
            let mut quoted = Vec::new();
            if !name.is_empty() {
                put_string(name, &mut quoted);
                quoted.push(b':');
            }
            quoted
        });
        self.columns = quoted.collect();
        Ok(())
    }

    fn broken(&self, message: &str) -> Reason {
        Reason::BrokenSource {
            what: "table",
            line: self.row.position().map_or(1, csv::Position::line),
            message: message.to_owned(),
        }
    }

    /// Writes the row that was read.
    fn write(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        out.push(b'{');
        let mut first = true;
        for (name, cell) in self.columns.iter().zip(&self.row) {
            if name.is_empty() {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.extend_from_slice(name);
            put_string(cell, out);
        }
        out.push(b'}');
        unmark(out, begin);
    }

    /// Whether nothing comes after the row.
    fn is_last(&self) -> bool {
        self.reader.as_ref().is_some_and(|reader| {
            let input = reader.get_ref();
            input.is_at_end() && reader.position().byte() == input.bytes()
        })
    }

    /// Whether the row ran to the end of the table because a quotation mark is missing.
    fn is_torn(&self) -> bool {
        let odd = self
            .reader
            .as_ref()
            .is_some_and(|reader| reader.get_ref().quotes() % 2 == 1);
        let mut cells = self.row.iter();
        odd && cells.next_back().is_some_and(|cell| cell.contains('\n')) && self.is_last()
    }

    fn as_it_stood(&self) -> Box<str> {
        let mut text = Vec::new();
        crate::table::csv_row(
            &mut text,
            b',',
            self.row.iter().collect::<Vec<_>>().into_iter(),
        );
        Refused::text_of(&text)
    }
}

/// The names of columns, without the white space round them unless that alone tells two of them apart: an
/// object may have the fields `id` and `id `, and becomes a table that is read again.
fn names(row: &csv::StringRecord) -> Vec<&str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in row {
        *counts.entry(name.trim()).or_default() += 1;
    }
    let names = row.iter().map(|name| match name.trim() {
        "" => "",
        alone if counts.get(alone) == Some(&1) => alone,
        _ => name,
    });
    names.collect()
}

/// The mark that the first line has most often outside of quotation marks.
fn mark(head: &[u8]) -> u8 {
    let mut counts = [0_usize; MARKS.len()];
    let mut quoted = false;
    for &byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(at) = MARKS.iter().position(|&mark| mark == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let at = counts.iter().position(|&count| count == most).unwrap_or(0);
    MARKS[at]
}

impl Translator for Rows<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        self.gate.begin();
        if let Some(input) = self.input.take()
            && let Err(reason) = self.open(input)
        {
            self.ended = true;
            return Step::Refused(reason, None);
        }
        let Some(reader) = self.reader.as_mut().filter(|_| !self.ended) else {
            return Step::End;
        };
        match reader.read_record(&mut self.row) {
            Ok(true) => {}
            Ok(false) => {
                self.ended = true;
                return Step::End;
            }
            Err(error) => {
                self.ended = true;
                return Step::Refused(self.broken(&error.to_string()), None);
            }
        }
        let (cells, columns) = (self.row.len(), self.columns.len());
        let extra = self
            .row
            .iter()
            .skip(columns)
            .any(|cell| !cell.trim().is_empty());
        if cells < columns || extra {
            let message = format!(
                "a row of {cells} cells, expected {columns} as in the first row; check the \
                 quotation marks"
            );
            return Step::Refused(self.broken(&message), Some(self.as_it_stood()));
        }
        // Half a row looks like a whole one.
        if self.gate.stopped() && self.is_last() {
            self.ended = true;
            return Step::End;
        }
        if self.is_torn() {
            self.ended = true;
            let reason = self.broken(
                "a quotation mark is opened here and never closed; close it, for all that follows is \
                 one cell",
            );
            return Step::Refused(reason, None);
        }
        self.write(out);
        Step::Record
    }
}
