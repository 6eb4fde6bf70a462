//! Rows of a table as text (RFC 4180): where one ends, its cells, and the names in the first.
//!
//! Any of a line feed, a carriage return or both ends a row. A quotation mark opens a cell only where the
//! cell begins; one that is written twice is one within it; what stands behind the closing one belongs to
//! the cell as it is.

use crate::quoted::put_string;
use crate::refused::Reason;
use memchr::{memchr, memchr3};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// What is said of a row that is torn.
pub(crate) const TORN: &str = "a quotation mark is opened here and never closed; close it, for all that \
                               follows is one cell";

/// What is wrong with a table, on a line of its file.
pub(crate) fn broken(line: u64, message: String) -> Reason {
    Reason::BrokenSource {
        what: "table",
        line,
        message,
    }
}

/// Marks between the cells of a row that a file ending in `.csv` may have.
const MARKS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Finds where rows end, also in bytes that come piece by piece.
pub(crate) struct Ends {
    mark: u8,
    within: Within,
}

/// Where a cell is.
#[derive(Clone, Copy)]
enum Within {
    Start,
    Bare,
    Quoted,
    /// Behind a quotation mark that closes the cell, unless another one follows.
    Quote,
}

impl Ends {
    pub(crate) fn new(mark: u8) -> Self {
        Ends {
            mark,
            within: Within::Start,
        }
    }

    /// The length of what belongs to the row at hand, its one byte of line end included, if it ends in
    /// these bytes; otherwise all of them do.
    pub(crate) fn next(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            match self.within {
                Within::Start | Within::Quote if *bytes.get(at)? == b'"' => {
                    at += 1;
                    self.within = Within::Quoted;
                }
                Within::Quoted => {
                    at += memchr(b'"', &bytes[at..])? + 1;
                    self.within = Within::Quote;
                }
                _ => {
                    self.within = Within::Bare;
                    at += memchr3(self.mark, b'\n', b'\r', &bytes[at..])? + 1;
                    self.within = Within::Start;
                    if bytes[at - 1] != self.mark {
                        return Some(at);
                    }
                }
            }
        }
    }
}

/// A row taken apart.
pub(crate) struct Row<'r> {
    pub(crate) cells: Vec<Cow<'r, str>>,
    /// It ends within quotation marks, over several lines: one of them is missing.
    pub(crate) torn: bool,
}

impl<'r> Row<'r> {
    /// Takes a row apart, which has no line end behind it.
    pub(crate) fn of(row: &'r str, mark: u8) -> Self {
        let mut cells = Vec::new();
        let mut rest = row;
        loop {
            let (cell, behind) = if let Some(quoted) = rest.strip_prefix('"') {
                match unquoted(quoted, mark) {
                    Ok(found) => found,
                    Err(cell) => {
                        let torn = cell.contains('\n');
                        cells.push(cell);
                        return Row { cells, torn };
                    }
                }
            } else {
                let (cell, behind) = split(rest, memchr(mark, rest.as_bytes()));
                (Cow::Borrowed(cell), behind)
            };
            cells.push(cell);
            match behind {
                Some(behind) => rest = behind,
                None => break,
            }
        }
        Row { cells, torn: false }
    }
}

/// What stands before a byte, and behind it.
fn split(text: &str, at: Option<usize>) -> (&str, Option<&str>) {
    match at {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// The cell behind its opening quotation mark and what comes after its end; or the cell alone, if the
/// closing one is missing.
fn unquoted(text: &str, mark: u8) -> Result<(Cow<'_, str>, Option<&str>), Cow<'_, str>> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = split(rest, memchr(b'"', rest.as_bytes()));
        let Some(behind) = behind else {
            return Err(joined(cell, part));
        };
        if let Some(behind) = behind.strip_prefix('"') {
            if cell.is_empty() {
                // The text is most of the row, mostly.
                cell.reserve(text.len());
            }
            cell.push_str(part);
            cell.push('"');
            rest = behind;
            continue;
        }
        let (bare, behind) = split(behind, memchr(mark, behind.as_bytes()));
        let mut cell = joined(cell, part);
        if !bare.is_empty() {
            cell.to_mut().push_str(bare);
        }
        return Ok((cell, behind));
    }
}

fn joined(mut before: String, part: &str) -> Cow<'_, str> {
    if before.is_empty() {
        return Cow::Borrowed(part);
    }
    before.push_str(part);
    Cow::Owned(before)
}

/// What the first row says of the others.
#[derive(Debug)]
pub(crate) struct Head {
    /// What sets cells apart.
    pub(crate) mark: u8,
    /// Names of columns, and as JSON with a colon; an empty name for one that is not read.
    columns: Vec<(String, Vec<u8>)>,
}

impl Head {
    /// Reads the names of the columns.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    pub(crate) fn of(row: &str, mark: u8) -> Result<Self, String> {
        let row = Row::of(row, mark);
        let names = names(&row.cells);
        if names.iter().any(|name| name.contains('\0')) {
            return Err("the first row has NUL bytes: it is no table of text".to_owned());
        }
        if names.iter().all(|name| name.is_empty()) {
            return Err("the first row names no columns".to_owned());
        }
        let mut seen = HashSet::new();
        if let Some(name) = (names.iter()).find(|name| !name.is_empty() && !seen.insert(**name)) {
            let shown: String = name.chars().take(40).collect();
            return Err(format!(
                "two columns have the name `{shown}`; rename one of them"
            ));
        }
        let columns = names.into_iter().map(|name| {
            let mut quoted = Vec::new();
            put_string(name, &mut quoted);
            quoted.push(b':');
            (name.to_owned(), quoted)
        });
        Ok(Head {
            mark,
            columns: columns.collect(),
        })
    }

    /// The names of the columns that are read.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.columns.iter().map(|(name, _)| name.as_str());
        names.filter(|name| !name.is_empty())
    }

    /// What is wrong with the number of a row's cells, in words.
    pub(crate) fn misfit(&self, row: &Row<'_>) -> Option<String> {
        let (cells, columns) = (row.cells.len(), self.columns.len());
        let mut extra = row.cells.iter().skip(columns);
        if cells < columns || extra.any(|cell| !cell.trim().is_empty()) {
            return Some(format!(
                "a row of {cells} cells, expected {columns} as in the first row; check the \
                 quotation marks"
            ));
        }
        None
    }

    /// The cells of a row, each with the name of its column.
    pub(crate) fn fields<'h, 'r>(
        &'h self,
        row: Row<'r>,
    ) -> impl Iterator<Item = (&'h str, Cow<'r, str>)> {
        let named = self.columns.iter().zip(row.cells);
        named
            .filter(|((name, _), _)| !name.is_empty())
            .map(|((name, _), cell)| (name.as_str(), cell))
    }

    /// Appends a row as an object of JSON.
    pub(crate) fn put_object(&self, row: &Row<'_>, out: &mut Vec<u8>) {
        out.push(b'{');
        let mut first = true;
        for ((name, quoted), cell) in self.columns.iter().zip(&row.cells) {
            if name.is_empty() {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.extend_from_slice(quoted);
            put_string(cell, out);
        }
        out.push(b'}');
    }
}

/// The names of columns, without the white space round them unless that alone tells two of them apart: an
/// object may have the fields `id` and `id `, and becomes a table that is read again.
fn names<'r>(row: &'r [Cow<'r, str>]) -> Vec<&'r str> {
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
pub(crate) fn most_frequent_mark(head: &[u8]) -> u8 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The rows of a table, cut in pieces of some bytes, as this room finds them.
    fn rows(table: &str, piece: usize) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let mut ends = Ends::new(b',');
        let (mut start, mut searched) = (0, 0);
        while searched < table.len() {
            let upto = table.len().min(searched + piece);
            let Some(len) = ends.next(&table.as_bytes()[searched..upto]) else {
                searched = upto;
                continue;
            };
            searched += len;
            rows.push(&table[start..searched - 1]);
            start = searched;
        }
        rows.push(&table[start..]);
        let rows = rows.into_iter().filter(|row| !row.is_empty());
        rows.map(|row| {
            let cells = Row::of(row, b',').cells.into_iter();
            cells.map(Cow::into_owned).collect()
        })
        .collect()
    }

    fn by_library(table: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(table.as_bytes());
        let rows = reader.records().map(Result::unwrap);
        rows.map(|row| row.iter().map(str::to_owned).collect())
            .collect()
    }

    proptest! {
        #[test]
        fn rows_and_cells_are_those_of_the_library(
            table in "[a\",\"\n\ré ]{0,40}",
            piece in 1_usize..9,
        ) {
            prop_assert_eq!(rows(&table, piece), by_library(&table));
        }
    }

    #[test]
    fn a_row_is_torn_only_over_lines() {
        for (row, torn) in [
            ("a,\"b\nc", true),
            ("a,\"b", false),
            ("a,\"b\nc\"", false),
            ("a\nb", false),
        ] {
            assert_eq!(Row::of(row, b',').torn, torn, "{row}");
        }
    }
}
