//! Reads all of an index, and says whether it is as it was written.

use crate::batch::{content_key, id_key};
use crate::error::IndexError;
use crate::segment::{BANDS, CONTENTS, IDS, ITEMS, POSTINGS};
use crate::snapshot::{Part, Snapshot};

/// What was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Files that were read whole.
    pub files: u64,
    /// Stories that were unpacked.
    pub stories: u64,
    /// Keys that were looked at.
    pub keys: u64,
}

impl Snapshot {
    /// Compares every block of every file with its checksum, then everything with what it is to fit: keys
    /// are in order and lead to stories that are there, and every story can be read.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] names the first file that is not as it was written, and what is wrong.
    pub fn check(&self) -> Result<Checked, IndexError> {
        let mut checked = Checked {
            files: self.manifest.files().len() as u64,
            ..Checked::default()
        };
        for part in &self.segments {
            // Other files were read whole when the index was opened.
            part.segment.file().check()?;
        }
        for part in &self.segments {
            self.check_part(part, &mut checked)?;
        }
        Ok(checked)
    }

    fn check_part(&self, part: &Part, checked: &mut Checked) -> Result<(), IndexError> {
        let segment = &part.segment;
        let path = segment.file().path();
        let sound = |sound: bool, what: &str| {
            if sound {
                Ok(())
            } else {
                Err(IndexError::damaged(path, what))
            }
        };
        let within = |number: u32| (segment.first..segment.end).contains(&number);
        let mut before = None;
        let mut bytes = Vec::new();
        for row in 0..segment.stories() {
            let number = segment.number(row);
            sound(
                within(number) && before < Some(number),
                "stories are not in order",
            )?;
            before = Some(number);
            if part.stories.has(row) {
                continue;
            }
            sound(segment.row(number) == Some(row), "a story is not found")?;
            let text = self.text_facts(segment.text_of(row));
            sound(text.is_some(), "a story has a text that is not there")?;
            segment.unpack(row, &mut bytes)?;
            let entry = segment.entry(row);
            sound(
                crate::record::story(&entry, &bytes).is_some(),
                "a story cannot be read",
            )?;
            let content = text.map_or(0, |(content, _, _)| content);
            for (table, key) in [(IDS, id_key(entry.id)), (CONTENTS, content_key(content))] {
                let mut found = false;
                segment
                    .table(table)
                    .range(key..=key, &mut |_, story| found |= story == number);
                sound(found, "a story is not found by its id or content")?;
            }
            checked.stories += 1;
        }
        before = None;
        for row in 0..segment.texts() {
            let number = segment.text_number(row);
            sound(
                within(number) && before < Some(number),
                "texts are not in order",
            )?;
            before = Some(number);
        }
        let bands = (0..segment.bands() as u32).map(|band| BANDS + band);
        for name in [POSTINGS, CONTENTS, IDS, ITEMS].into_iter().chain(bands) {
            let of_texts = name == POSTINGS || name >= BANDS;
            let mut before = None;
            for entry in segment.table(name).iter() {
                let leads = if of_texts {
                    segment.text_row(entry.1).is_some()
                } else {
                    segment.row(entry.1).is_some()
                };
                sound(before < Some(entry), "keys are not in order")?;
                sound(leads, "a key leads to a story that is not there")?;
                before = Some(entry);
                checked.keys += 1;
            }
        }
        Ok(())
    }
}
