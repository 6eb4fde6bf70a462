//! Dates in no known form.

use crate::record::Record;

/// Records with a date, or the end of an embargo, that is in no known form: their time counts as unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnreadDates {
    /// How many records.
    pub count: u64,
    /// The first of them: `FILE:LINE`, and what stands there.
    pub first: Option<(String, String)>,
}

/// Characters of such a date that are kept.
const SHOWN: usize = 60;

impl UnreadDates {
    /// Takes note of a record of a file.
    pub fn note(&mut self, file: &str, record: &Record<'_>) {
        let Some(date) = &record.unread_date else {
            return;
        };
        self.count += 1;
        if self.first.is_none() {
            let shown = date.chars().take(SHOWN).collect();
            self.first = Some((format!("{file}:{}", record.line), shown));
        }
    }

    /// Takes note of what follows in the feed.
    pub fn append(&mut self, others: Self) {
        self.count += others.count;
        if self.first.is_none() {
            self.first = others.first;
        }
    }
}
