//! Writes a segment, whatever its stories come from.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use wirefold::sketch::Edition;

use crate::disk::Disk;
use crate::error::IndexError;
use crate::file::{Done, Kind, Writing};
use crate::segment::{
    BANDS, BODIES, BODY_ENDS, CONTENTS, EDITIONS, ENTRIES, ENTRY_ENDS, IDS, INFO, ITEMS,
    POSTING_BITS, POSTINGS, STORY_NOTICES, STORY_NUMBERS, STORY_PLACES, STORY_TEXTS, TEXT_ANCHORS,
    TEXT_CONTENTS, TEXT_NUMBERS, TEXT_PLACES, TEXT_PLAIN, TEXT_WORDS, places, write_edition,
};
use crate::table::TableWriter;

/// A story on its way into a segment.
pub(crate) struct StoryRow<'p> {
    pub(crate) number: u32,
    pub(crate) text: u32,
    pub(crate) notice: bool,
    pub(crate) edition: Option<Edition>,
    pub(crate) entry: &'p [u8],
}

/// A text on its way into a segment.
#[derive(Clone, Copy)]
pub(crate) struct TextRow {
    pub(crate) number: u32,
    pub(crate) content: u128,
    pub(crate) words: u32,
    pub(crate) anchors: u32,
    /// Whether the story of its number is neither a notice nor a numbered version.
    pub(crate) plain: bool,
}

/// Entries of a table, ascending, some at a time.
pub(crate) type Blocks<'p> = Box<dyn Iterator<Item = Cow<'p, [(u64, u32)]>> + 'p>;

/// Takes compressed bodies, one after the other.
pub(crate) type EachBody<'e> = dyn FnMut(Cow<'_, [u8]>) -> Result<(), IndexError> + 'e;

/// What a segment is made of. Everything is gone through several times, in the order of numbers or keys.
pub(crate) trait Parts {
    /// The numbers that the segment is of: the first, and the one behind the last.
    fn numbers(&self) -> (u32, u32);
    /// How many bands there are.
    fn bands(&self) -> u32;
    /// What bodies are compressed with; 0 is nothing.
    fn dictionary(&self) -> u32;
    fn stories(&self) -> Box<dyn Iterator<Item = StoryRow<'_>> + '_>;
    fn texts(&self) -> Box<dyn Iterator<Item = TextRow> + '_>;
    /// Gives `each` the compressed body of every story, in their order.
    fn each_body(&self, each: &mut EachBody<'_>) -> Result<(), IndexError>;
    /// How many entries a table has at most, and its entries.
    fn table(&self, name: u32) -> (u64, Blocks<'_>);
}

/// Writes a segment at `path`.
pub(crate) fn write(
    disk: &Arc<dyn Disk>,
    path: &Path,
    parts: &impl Parts,
) -> Result<Done, IndexError> {
    let mut file = Writing::begin(disk, path, Kind::Segment)?;
    let (first, end) = parts.numbers();
    let (mut stories, mut texts) = (0u32, 0u32);

    let mut ends = Vec::new();
    let mut end_at = 0u64;
    file.section(BODIES)?;
    parts.each_body(&mut |body| {
        end_at += body.len() as u64;
        ends.push(end_at);
        file.put(&body)
    })?;
    put_numbers(&mut file, BODY_ENDS, &ends)?;
    ends.clear();
    end_at = 0;
    file.section(ENTRIES)?;
    for story in parts.stories() {
        stories += 1;
        end_at += story.entry.len() as u64;
        ends.push(end_at);
        file.put(story.entry)?;
    }
    put_numbers(&mut file, ENTRY_ENDS, &ends)?;
    drop(ends);
    file.section(STORY_NUMBERS)?;
    for story in parts.stories() {
        file.put(&story.number.to_le_bytes())?;
    }
    file.section(STORY_TEXTS)?;
    for story in parts.stories() {
        file.put(&story.text.to_le_bytes())?;
    }
    file.section(STORY_NOTICES)?;
    for story in parts.stories() {
        file.put(&[u8::from(story.notice)])?;
    }
    file.section(EDITIONS)?;
    for story in parts.stories() {
        if let Some(edition) = story.edition {
            file.put(&write_edition(story.number, &edition))?;
        }
    }
    file.section(STORY_PLACES)?;
    file.put(&places(
        parts.stories().map(|story| story.number),
        (first, end),
    ))?;
    file.section(TEXT_PLACES)?;
    file.put(&places(parts.texts().map(|text| text.number), (first, end)))?;
    file.section(TEXT_NUMBERS)?;
    for text in parts.texts() {
        texts += 1;
        file.put(&text.number.to_le_bytes())?;
    }
    file.section(TEXT_CONTENTS)?;
    for text in parts.texts() {
        file.put(&text.content.to_le_bytes())?;
    }
    file.section(TEXT_WORDS)?;
    for text in parts.texts() {
        file.put(&text.words.to_le_bytes())?;
    }
    file.section(TEXT_ANCHORS)?;
    for text in parts.texts() {
        file.put(&text.anchors.to_le_bytes())?;
    }
    file.section(TEXT_PLAIN)?;
    for text in parts.texts() {
        file.put(&[u8::from(text.plain)])?;
    }
    let bands = (0..parts.bands()).map(|band| (BANDS + band, 64));
    let tables = [
        (POSTINGS, POSTING_BITS),
        (CONTENTS, 64),
        (IDS, 64),
        (ITEMS, 64),
    ];
    for (name, key_bits) in tables.into_iter().chain(bands) {
        let (most, blocks) = parts.table(name);
        let numbers = (first, end.saturating_sub(1).max(first));
        let mut table = TableWriter::begin(&mut file, name, (key_bits, most), numbers)?;
        for block in blocks {
            table.push(&block)?;
        }
        table.finish()?;
    }
    file.section(INFO)?;
    for number in [
        first,
        end,
        stories,
        texts,
        parts.bands(),
        parts.dictionary(),
    ] {
        file.put(&number.to_le_bytes())?;
    }
    file.finish()
}

fn put_numbers(file: &mut Writing, name: u32, numbers: &[u64]) -> Result<(), IndexError> {
    file.section(name)?;
    numbers
        .iter()
        .try_for_each(|number| file.put(&number.to_le_bytes()))
}
