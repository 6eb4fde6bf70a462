//! One segment: stories of consecutive numbers with their keys, never changed.
//!
//! Sections, by name (all columns ascending by number):
//!
//! | name | holds |
//! |---|---|
//! | 1 | first number, number behind the last, stories, texts, bands, dictionary (u32 each) |
//! | 10, 11, 12 | of each story its number (u32), its text (u32), whether it is a notice (u8) |
//! | 13, 14 | where each story's record ends (u64), records |
//! | 15, 16 | where each story's body ends (u64), bodies |
//! | 17 | of each version of an item: number (u32), what is there (u32: 1 a date, 2 an id, 4 a slug), id, slug, version, date (8 bytes each) |
//! | 18, 25 | for each 64 numbers from the first on, which of them are stories (18) or texts (25), a bit each (u64), and how many are before (u64) |
//! | 20 to 24 | of each text its number (u32), content (16 bytes), words (u32), anchors (u32), and whether the story of its number is neither notice nor numbered version (u8) |
//! | 30 | table of postings, keys of 60 bits, by text |
//! | 31, 32, 33 | tables by story: low half of the content, XXH3-64 of the id, item |
//! | 100 and up | a table for each band, by text |

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use wirefold::StoryBuffer;
use wirefold::sketch::{Edition, Head};

use crate::error::IndexError;
use crate::file::{Kind, Whole, partition_point, u32_at, u64_at};
use crate::record::{self, Entry};
use crate::table::{Shape, Table, approach};

pub(crate) const INFO: u32 = 1;
pub(crate) const STORY_NUMBERS: u32 = 10;
pub(crate) const STORY_TEXTS: u32 = 11;
pub(crate) const STORY_NOTICES: u32 = 12;
pub(crate) const ENTRY_ENDS: u32 = 13;
pub(crate) const ENTRIES: u32 = 14;
pub(crate) const BODY_ENDS: u32 = 15;
pub(crate) const BODIES: u32 = 16;
pub(crate) const EDITIONS: u32 = 17;
pub(crate) const STORY_PLACES: u32 = 18;
pub(crate) const TEXT_NUMBERS: u32 = 20;
pub(crate) const TEXT_CONTENTS: u32 = 21;
pub(crate) const TEXT_WORDS: u32 = 22;
pub(crate) const TEXT_ANCHORS: u32 = 23;
pub(crate) const TEXT_PLAIN: u32 = 24;
pub(crate) const TEXT_PLACES: u32 = 25;
pub(crate) const POSTINGS: u32 = 30;
pub(crate) const CONTENTS: u32 = 31;
pub(crate) const IDS: u32 = 32;
pub(crate) const ITEMS: u32 = 33;
pub(crate) const BANDS: u32 = 100;

/// Bits of the keys of [`POSTINGS`].
pub(crate) const POSTING_BITS: u32 = 60;

/// Bytes of a row of [`EDITIONS`].
pub(crate) const EDITION: usize = 40;

/// What stories are compressed with: a dictionary of zstd, trained on stories of the index.
#[derive(Debug)]
pub(crate) struct Dictionary {
    pub(crate) number: u32,
    pub(crate) bytes: Vec<u8>,
}

/// An open segment.
pub(crate) struct Segment {
    file: Whole,
    pub(crate) first: u32,
    /// The number behind the last that was given when it was made.
    pub(crate) end: u32,
    stories: usize,
    texts: usize,
    tables: Vec<(u32, Shape)>,
    bands: Vec<Shape>,
    dictionary: Option<Arc<Dictionary>>,
    /// Names of the items that notices take back, ascending.
    taken_back: OnceLock<Box<[u64]>>,
    /// Decompressors that nobody has now.
    idle: Mutex<Vec<zstd::bulk::Decompressor<'static>>>,
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segment")
            .field("path", &self.file.path())
            .finish_non_exhaustive()
    }
}

impl Segment {
    pub(crate) fn open(path: &Path, dictionaries: &[Arc<Dictionary>]) -> Result<Self, IndexError> {
        let file = Whole::open(path, Kind::Segment)?;
        let damaged = |what: &str| IndexError::damaged(path, what);
        let info = file.section(INFO);
        let [first, end, stories, texts, bands, dictionary] =
            [0, 4, 8, 12, 16, 20].map(|at| u32_at(info, at));
        let (stories, texts) = (stories as usize, texts as usize);
        let words = end.saturating_sub(first).div_ceil(PLACES) as usize;
        let columns = [
            (STORY_NUMBERS, 4 * stories),
            (STORY_TEXTS, 4 * stories),
            (STORY_NOTICES, stories),
            (ENTRY_ENDS, 8 * stories),
            (BODY_ENDS, 8 * stories),
            (TEXT_NUMBERS, 4 * texts),
            (TEXT_CONTENTS, 16 * texts),
            (TEXT_WORDS, 4 * texts),
            (TEXT_ANCHORS, 4 * texts),
            (TEXT_PLAIN, texts),
            (STORY_PLACES, words * PLACE),
            (TEXT_PLACES, words * PLACE),
        ];
        let fits = |&(name, len): &(u32, usize)| file.section(name).len() == len;
        if info.len() != 24 || first > end || !columns.iter().all(fits) {
            return Err(damaged("its columns do not fit each other"));
        }
        let shape = |name| {
            let shape = Shape::of(file.section(name));
            shape.ok_or_else(|| damaged("a table does not fit its section"))
        };
        let names = [POSTINGS, CONTENTS, IDS, ITEMS];
        let tables: Result<Vec<_>, IndexError> =
            names.iter().map(|&name| Ok((name, shape(name)?))).collect();
        let bands: Result<Vec<_>, IndexError> = (0..bands.min(4096))
            .map(|band| shape(BANDS + band))
            .collect();
        let dictionary = match dictionary {
            0 => None,
            number => {
                let found = dictionaries.iter().find(|found| found.number == number);
                Some(Arc::clone(
                    found.ok_or_else(|| damaged("its dictionary is missing"))?,
                ))
            }
        };
        Ok(Self {
            first,
            end,
            stories,
            texts,
            tables: tables?,
            bands: bands?,
            dictionary,
            taken_back: OnceLock::new(),
            idle: Mutex::default(),
            file,
        })
    }

    pub(crate) fn file(&self) -> &Whole {
        &self.file
    }

    pub(crate) fn stories(&self) -> usize {
        self.stories
    }

    pub(crate) fn texts(&self) -> usize {
        self.texts
    }

    pub(crate) fn bands(&self) -> usize {
        self.bands.len()
    }

    pub(crate) fn dictionary(&self) -> Option<&Arc<Dictionary>> {
        self.dictionary.as_ref()
    }

    /// A table by name.
    pub(crate) fn table(&self, name: u32) -> Table<'_> {
        let section = self.file.section(name);
        let found = self.tables.iter().find(|table| table.0 == name);
        let shape = found.map(|table| &table.1).or_else(|| {
            let band = name.checked_sub(BANDS)?;
            self.bands.get(band as usize)
        });
        shape.map_or_else(Table::empty, |shape| shape.table(section))
    }

    /// Brings near what is asked for next: a key of each band, and postings.
    pub(crate) fn approach(&self, bands: &[u64], postings: &[u64]) {
        let of_bands = bands.iter().zip(&self.bands).zip(BANDS..);
        let of_bands =
            of_bands.map(|((&key, shape), name)| (shape.table(self.file.section(name)), key));
        let table = self.table(POSTINGS);
        approach(of_bands.chain(postings.iter().map(|&key| (table, key))));
    }

    /// Gives `each` the keys of a band within `keys`, and the text of each.
    pub(crate) fn in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) {
        if let Some(table) = self.band(band) {
            table.range(keys, each);
        }
    }

    /// Gives `each` the texts that have a key of a band, until it says that it is enough.
    pub(crate) fn in_band_while(&self, band: usize, key: u64, each: &mut impl FnMut(u32) -> bool) {
        if let Some(table) = self.band(band) {
            table.range_while(key..=key, &mut |_, text| each(text));
        }
    }

    /// How many keys of a band are within `keys`.
    pub(crate) fn count_in_band(&self, band: usize, keys: RangeInclusive<u64>) -> usize {
        self.band(band).map_or(0, |table| table.count(keys))
    }

    /// Whether a text has a key in a band.
    pub(crate) fn has_in_band(&self, band: usize, key: u64, text: u32) -> bool {
        self.band(band).is_some_and(|table| table.has(key, text))
    }

    fn band(&self, band: usize) -> Option<Table<'_>> {
        let section = self.file.section(BANDS + band as u32);
        self.bands.get(band).map(|shape| shape.table(section))
    }

    /// The number of the story in a row.
    pub(crate) fn number(&self, row: usize) -> u32 {
        u32_at(self.file.section(STORY_NUMBERS), 4 * row)
    }

    /// The row of a story.
    pub(crate) fn row(&self, story: u32) -> Option<usize> {
        row_of(self.file.section(STORY_PLACES), self.first, story)
    }

    /// The number of the text in a row of texts.
    pub(crate) fn text_number(&self, row: usize) -> u32 {
        u32_at(self.file.section(TEXT_NUMBERS), 4 * row)
    }

    /// The row of a text.
    pub(crate) fn text_row(&self, text: u32) -> Option<usize> {
        row_of(self.file.section(TEXT_PLACES), self.first, text)
    }

    /// Content, words and anchors of the text in a row.
    pub(crate) fn text(&self, row: usize) -> (u128, u32, u32) {
        let contents = self.file.section(TEXT_CONTENTS);
        let [low, high] = [16 * row, 16 * row + 8].map(|at| u64_at(contents, at));
        let content = u128::from(high) << 64 | u128::from(low);
        let (words, anchors) = self.text_size(row);
        (content, words, anchors)
    }

    /// Words and anchors of the text in a row.
    pub(crate) fn text_size(&self, row: usize) -> (u32, u32) {
        let number = |name| u32_at(self.file.section(name), 4 * row);
        (number(TEXT_WORDS), number(TEXT_ANCHORS))
    }

    /// Whether the story that the text in a row is known by is neither a notice nor a numbered version.
    pub(crate) fn is_plain(&self, row: usize) -> bool {
        self.file.section(TEXT_PLAIN).get(row) == Some(&1)
    }

    /// The text of the story in a row.
    pub(crate) fn text_of(&self, row: usize) -> u32 {
        u32_at(self.file.section(STORY_TEXTS), 4 * row)
    }

    /// Whether the story in a row takes its item back.
    pub(crate) fn is_notice(&self, row: usize) -> bool {
        self.file.section(STORY_NOTICES).get(row) == Some(&1)
    }

    /// Names of the items that its notices take back, ascending; found at the first call.
    pub(crate) fn taken_back(&self) -> &[u64] {
        self.taken_back.get_or_init(|| {
            let notices = (0..self.stories).filter(|&row| self.is_notice(row));
            let editions = notices.filter_map(|row| self.edition(self.number(row)));
            let mut names: Vec<u64> = editions.flat_map(|edition| edition.names()).collect();
            names.sort_unstable();
            names.dedup();
            names.into()
        })
    }

    /// Which version of an item a story is, if it is one.
    pub(crate) fn edition(&self, story: u32) -> Option<Edition> {
        let rows = self.file.section(EDITIONS);
        let count = rows.len() / EDITION;
        let number = |row: usize| u32_at(rows, EDITION * row);
        let row = partition_point(count, |row| number(row) < story);
        (row < count && number(row) == story).then(|| read_edition(&rows[EDITION * row..]))
    }

    /// The head of the story in a row, whose text is in `texts`: this segment or an earlier one.
    pub(crate) fn head(&self, row: usize, texts: &Self) -> Head {
        let text = texts.text_row(self.text_of(row));
        let (content, words, anchors) = text.map_or((0, 0, 0), |row| texts.text(row));
        Head {
            content,
            words,
            anchors,
            notice: self.is_notice(row),
            edition: self.edition(self.number(row)),
        }
    }

    /// The record of the story in a row.
    pub(crate) fn entry(&self, row: usize) -> Entry<'_> {
        record::read(self.part(ENTRY_ENDS, ENTRIES, row))
    }

    /// The bytes of the record of the story in a row.
    pub(crate) fn entry_bytes(&self, row: usize) -> &[u8] {
        self.part(ENTRY_ENDS, ENTRIES, row)
    }

    /// The compressed title and text of the story in a row.
    pub(crate) fn body(&self, row: usize) -> &[u8] {
        self.part(BODY_ENDS, BODIES, row)
    }

    fn part(&self, ends: u32, of: u32, row: usize) -> &[u8] {
        let ends = self.file.section(ends);
        let start = row
            .checked_sub(1)
            .map_or(0, |before| u64_at(ends, 8 * before));
        let range = start as usize..u64_at(ends, 8 * row) as usize;
        self.file.section(of).get(range).unwrap_or_default()
    }

    /// Replaces `bytes` with the title and text of the story in a row, as [`record::pack_body`] packed
    /// them.
    pub(crate) fn unpack(&self, row: usize, bytes: &mut Vec<u8>) -> Result<(), IndexError> {
        let body = self.body(row);
        let damaged = |what: &str| IndexError::damaged(self.file.path(), what);
        let size = zstd::zstd_safe::get_frame_content_size(body).ok().flatten();
        let size = size.and_then(|size| usize::try_from(size).ok());
        let size = size.filter(|&size| size <= MOST_BODY);
        let size = size.ok_or_else(|| damaged("a text has no size"))?;
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = idle().pop();
        let mut decompressor = match rested {
            Some(decompressor) => decompressor,
            None => self
                .decompressor()
                .map_err(|_| damaged("its dictionary cannot be used"))?,
        };
        bytes.clear();
        bytes
            .try_reserve(size)
            .map_err(|_| damaged("a text has no size"))?;
        let unpacked = decompressor.decompress_to_buffer(body, bytes);
        idle().push(decompressor);
        match unpacked {
            Ok(got) if got == size => Ok(()),
            _ => Err(damaged("a text cannot be unpacked")),
        }
    }

    fn decompressor(&self) -> std::io::Result<zstd::bulk::Decompressor<'static>> {
        match &self.dictionary {
            Some(dictionary) => zstd::bulk::Decompressor::with_dictionary(&dictionary.bytes),
            None => zstd::bulk::Decompressor::new(),
        }
    }

    /// Replaces `buffer` with the story in a row.
    pub(crate) fn read(&self, row: usize, buffer: &mut StoryBuffer) -> Result<(), IndexError> {
        let mut bytes = std::mem::take(&mut buffer.bytes);
        let read = self.unpack(row, &mut bytes).and_then(|()| {
            let story = record::story(&self.entry(row), &bytes);
            let story = story.ok_or_else(|| {
                IndexError::damaged(self.file.path(), "a story is not as it was stored")
            })?;
            buffer.set(story);
            Ok(())
        });
        buffer.bytes = bytes;
        read
    }
}

/// Bytes of a title and a text: records of up to 4 GiB are read.
const MOST_BODY: usize = 1 << 33;

/// Bits that say what is known of a version of an item.
const DATED: u32 = 1;
const WITH_ID: u32 = 2;
const WITH_SLUG: u32 = 4;

/// Reads a row of [`EDITIONS`].
fn read_edition(row: &[u8]) -> Edition {
    let known = |bit: u32, at: usize| (u32_at(row, 4) & bit != 0).then(|| u64_at(row, at));
    Edition {
        item: known(WITH_ID, 8),
        slug: known(WITH_SLUG, 16),
        number: u64_at(row, 24),
        published: known(DATED, 32).map(u64::cast_signed),
    }
}

/// A row of [`EDITIONS`].
pub(crate) fn write_edition(story: u32, edition: &Edition) -> [u8; EDITION] {
    let published = edition.published.map(i64::cast_unsigned);
    let known = [
        (WITH_ID, edition.item),
        (WITH_SLUG, edition.slug),
        (0, Some(edition.number)),
        (DATED, published),
    ];
    let mut row = [0; EDITION];
    let mut bits = 0;
    for (&(bit, value), place) in known.iter().zip(row[8..].chunks_exact_mut(8)) {
        if let Some(value) = value {
            bits |= bit;
            place.copy_from_slice(&value.to_le_bytes());
        }
    }
    row[..4].copy_from_slice(&story.to_le_bytes());
    row[4..8].copy_from_slice(&bits.to_le_bytes());
    row
}

/// Numbers that one word of places tells of, and the bytes of it and of its count.
const PLACES: u32 = 64;
const PLACE: usize = 16;

/// The row of a number, by the words of places from the number `first` on.
#[inline]
fn row_of(places: &[u8], first: u32, number: u32) -> Option<usize> {
    let place = number.checked_sub(first)?;
    let at = (place / PLACES) as usize * PLACE;
    let (bits, before) = (u64_at(places, at), u64_at(places, at + 8));
    let bit = place % PLACES;
    let below = bits & ((1 << bit) - 1);
    // Rows are counted in 32 bits; a damaged word may say anything.
    let before = before as u32 as usize;
    (bits >> bit & 1 == 1).then_some(before + below.count_ones() as usize)
}

/// The words of places of ascending numbers from `first` to before `end`.
pub(crate) fn places(numbers: impl Iterator<Item = u32>, (first, end): (u32, u32)) -> Vec<u8> {
    let mut words = vec![0u64; (end - first).div_ceil(PLACES) as usize];
    for number in numbers {
        let place = number - first;
        words[(place / PLACES) as usize] |= 1 << (place % PLACES);
    }
    let mut before = 0u64;
    let mut bytes = Vec::with_capacity(words.len() * PLACE);
    for word in words {
        bytes.extend(word.to_le_bytes());
        bytes.extend(before.to_le_bytes());
        before += u64::from(word.count_ones());
    }
    bytes
}
