//! The furniture of lines that came before: a copy has most lines of the story that it copies.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::find::spans_by;
use super::{Furniture, Kind, Table};

/// Lines remembered at most, each in the slot of its hash: those of some forty stories. Copies are
/// looked at one after another, and a table of all the last thousands would miss the caches.
const SLOTS: usize = 1 << 10;

/// The longest line that is remembered, in bytes.
const LONGEST: usize = 512;

/// Lines with their furniture by one table.
#[derive(Debug, Default)]
pub(crate) struct KnownLines {
    slots: Vec<Known>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    /// Of the line and whether it is `fresh`.
    hash: u64,
    fresh: bool,
    line: String,
    found: Vec<(Kind, Range<usize>)>,
}

impl KnownLines {
    /// What [`Table::spans`] says; `table` is the same each time.
    pub(crate) fn spans(&mut self, table: &Table, text: &str) -> Vec<Furniture> {
        self.slots.resize(SLOTS, Known::default());
        spans_by(text, |line, fresh, each| {
            if line.len() > LONGEST {
                return table.line(line, fresh).into_iter().for_each(each);
            }
            let hash = xxh3_64_with_seed(line.as_bytes(), u64::from(fresh));
            let known = &mut self.slots[hash as usize % SLOTS];
            // No line is empty, as those are of slots that were not used.
            if known.hash != hash || known.fresh != fresh || known.line != line {
                known.line.clear();
                known.line.push_str(line);
                (known.hash, known.fresh) = (hash, fresh);
                known.found = table.line(line, fresh);
            }
            known.found.iter().cloned().for_each(each);
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn known_lines_have_the_furniture_of_new_ones(
            texts in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
                "KELM, March 3 (Reuters) - The pier is shut.",
                "The ferry waits for noon. SEE ALSO: Storm Nears",
                "By Ilse Vantour",
                "(Reporting by Tove Arnesen)",
                "It is quiet", "", "“We wait,” he said.",
            ]), 0..6), 1..6),
        ) {
            let table = Table::built_in();
            let mut known = KnownLines::default();
            for lines in texts {
                let text = lines.join("\n");
                prop_assert_eq!(known.spans(table, &text), table.spans(&text));
            }
        }
    }
}
