//! One state of an index, open for reading.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wirefold::furniture::Table as Furniture;
use wirefold::profile::Profile;
use wirefold::query::{Stored, Text};
use wirefold::sketch::Head;
use wirefold::{About, Error, Settings, StoryBuffer, TextSource};

use crate::batch::{content_key, id_key};
use crate::error::{IndexError, store_error};
use crate::file::{Kind, Whole, u32_at};
use crate::manifest::{self, Manifest, Named};
use crate::segment::{CONTENTS, Dictionary, IDS, ITEMS, POSTINGS, Segment};

/// One state of an index, as it was when it was opened: what a writer does meanwhile changes nothing.
///
/// Story numbers are in the order in which stories were added, and may have gaps. Read from many threads
/// at once; nothing of it is loaded before it is asked for.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) dir: PathBuf,
    pub(crate) manifest: Manifest,
    pub(crate) segments: Vec<Arc<Part>>,
    pub(crate) dictionaries: Vec<Arc<Dictionary>>,
    pub(crate) settings: Arc<Settings>,
}

/// A segment, and what is gone of it.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) segment: Segment,
    pub(crate) stories: Bits,
    pub(crate) texts: Bits,
}

/// A set of rows; empty ones take nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn has(&self, row: usize) -> bool {
        let word = self.0.get(row / 64).copied().unwrap_or(0);
        word >> (row % 64) & 1 == 1
    }

    pub(crate) fn add(&mut self, row: usize) {
        if self.0.len() <= row / 64 {
            self.0.resize(row / 64 + 1, 0);
        }
        self.0[row / 64] |= 1 << (row % 64);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// Sections of a file of deleted stories: numbers of stories, and of texts of which no story is left.
pub(crate) const GONE_STORIES: u32 = 1;
pub(crate) const GONE_TEXTS: u32 = 2;

impl Part {
    pub(crate) fn open(
        path: &Path,
        deleted: Option<&Path>,
        dictionaries: &[Arc<Dictionary>],
    ) -> Result<Self, IndexError> {
        let segment = Segment::open(path, dictionaries)?;
        let (mut stories, mut texts) = (Bits::default(), Bits::default());
        if let Some(path) = deleted {
            let file = Whole::open(path, Kind::Deleted)?;
            file.check()?;
            let unknown = || IndexError::damaged(path, "it names a story that is not there");
            for number in file.section(GONE_STORIES).chunks_exact(4) {
                stories.add(segment.row(u32_at(number, 0)).ok_or_else(unknown)?);
            }
            for number in file.section(GONE_TEXTS).chunks_exact(4) {
                texts.add(segment.text_row(u32_at(number, 0)).ok_or_else(unknown)?);
            }
        }
        Ok(Self {
            segment,
            stories,
            texts,
        })
    }

    fn has_text(&self, text: u32) -> bool {
        self.texts.is_empty()
            || !self
                .segment
                .text_row(text)
                .is_some_and(|row| self.texts.has(row))
    }
}

/// Reads a whole file of a kind.
fn whole(dir: &Path, kind: &str, named: &Named, is: Kind) -> Result<Whole, IndexError> {
    let path = manifest::path(dir, kind, named.number);
    let file = Whole::open(&path, is)?;
    same(&file, named)?;
    file.check()?;
    Ok(file)
}

/// Makes sure that a file is the one that the manifest means.
fn same(file: &Whole, named: &Named) -> Result<(), IndexError> {
    if file.len() == named.bytes && file.checksum() == named.checksum {
        Ok(())
    } else {
        Err(IndexError::damaged(
            file.path(),
            "it is not the file that the manifest names",
        ))
    }
}

/// The settings of a state, with the profile and the furniture that it names.
fn settings_of(dir: &Path, manifest: &Manifest) -> Result<Settings, IndexError> {
    let furniture = match &manifest.furniture {
        None => Furniture::shared(),
        Some(named) => {
            let file = whole(dir, manifest::FURNITURE, named, Kind::Given)?;
            let more = Furniture::parse(&String::from_utf8_lossy(file.section(1)))
                .map_err(|error| IndexError::damaged(file.path(), error.to_string()))?;
            let mut table = Furniture::default();
            table.extend(more);
            Arc::new(table)
        }
    };
    let profile = match &manifest.profile {
        None => None,
        Some(named) => {
            let file = whole(dir, manifest::PROFILE, named, Kind::Given)?;
            let profile = Profile::from_bytes(file.section(1))
                .map_err(|error| IndexError::damaged(file.path(), error.to_string()))?;
            Some(Arc::new(profile))
        }
    };
    Ok(manifest.settings.library(furniture, profile)?)
}

impl Snapshot {
    /// Opens the present state of the index in `dir`.
    ///
    /// # Errors
    /// [`IndexError::NoIndex`], [`IndexError::Newer`], [`IndexError::Damaged`], [`IndexError::File`].
    pub fn open(dir: &Path) -> Result<Self, IndexError> {
        let mut before = None;
        loop {
            let manifest = Manifest::read(dir)?;
            match Self::of(dir, manifest.clone(), None) {
                // A writer may have removed the files of an older state since its manifest was read.
                Err(IndexError::File { source, .. })
                    if source.kind() == std::io::ErrorKind::NotFound
                        && before.as_ref() != Some(&manifest) =>
                {
                    before = Some(manifest);
                }
                opened => return opened,
            }
        }
    }

    /// Opens a state, taking over what is open of an earlier one.
    pub(crate) fn of(
        dir: &Path,
        manifest: Manifest,
        before: Option<&Self>,
    ) -> Result<Self, IndexError> {
        let open = |number: u32| {
            let open = before.into_iter().flat_map(|before| &before.dictionaries);
            open.clone().find(|open| open.number == number).cloned()
        };
        let dictionaries: Result<Vec<Arc<Dictionary>>, IndexError> = (manifest.dictionaries.iter())
            .map(|named| {
                let number = named.number;
                if let Some(open) = open(number) {
                    return Ok(open);
                }
                let file = whole(dir, manifest::DICTIONARY, named, Kind::Dictionary)?;
                let bytes = file.section(1).to_vec();
                Ok(Arc::new(Dictionary { number, bytes }))
            })
            .collect();
        let dictionaries = dictionaries?;
        let segments: Result<Vec<Arc<Part>>, IndexError> = (manifest.segments.iter())
            .map(|named| {
                let open = before
                    .into_iter()
                    .flat_map(|before| before.manifest.segments.iter().zip(&before.segments));
                let mut open = open.filter(|(other, _)| {
                    other.file == named.file && other.deleted == named.deleted
                });
                if let Some((_, part)) = open.next() {
                    return Ok(Arc::clone(part));
                }
                let path = manifest::path(dir, manifest::SEGMENT, named.file.number);
                let deleted = (named.deleted.as_ref())
                    .map(|deleted| manifest::path(dir, manifest::DELETED, deleted.number));
                let part = Part::open(&path, deleted.as_deref(), &dictionaries)?;
                same(part.segment.file(), &named.file)?;
                Ok(Arc::new(part))
            })
            .collect();
        let given = |manifest: &Manifest| (manifest.profile.clone(), manifest.furniture.clone());
        let same_given = before.filter(|before| given(&before.manifest) == given(&manifest));
        let settings = match same_given {
            Some(before) => Arc::clone(&before.settings),
            None => Arc::new(settings_of(dir, &manifest)?),
        };
        Ok(Self {
            dir: dir.to_path_buf(),
            segments: segments?,
            dictionaries,
            settings,
            manifest,
        })
    }

    /// The folder of the index.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The number that the next story will have.
    pub(crate) fn next(&self) -> u32 {
        self.manifest.next_story
    }

    /// The settings that answers depend on.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether titles count as the first paragraph.
    pub fn titles(&self) -> bool {
        self.manifest.settings.titles
    }

    /// The number of stored stories.
    pub fn len(&self) -> u64 {
        let segments = self.manifest.segments.iter();
        segments
            .map(|s| u64::from(s.stories - s.deleted_stories))
            .sum()
    }

    /// Whether no story is stored.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of the stored stories, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.segments.iter().flat_map(|part| {
            let rows = 0..part.segment.stories();
            let there = rows.filter(|&row| !part.stories.has(row));
            there.map(|row| part.segment.number(row))
        })
    }

    /// The numbers of the stories that were published before a time (in seconds since the beginning of
    /// 1970, UTC), or by a source, or both where both are given; of none where neither is. Stories of unknown
    /// time are not older than any. Names of sources are compared as they are.
    pub fn expired<'s>(
        &'s self,
        published_before: Option<i64>,
        source: Option<&'s str>,
    ) -> impl Iterator<Item = u32> + 's {
        let asked = published_before.is_some() || source.is_some();
        self.numbers().filter(move |&story| {
            let about = self.about(story);
            let old = published_before.is_none_or(|time| about.published.is_some_and(|p| p < time));
            asked && old && source.is_none_or(|source| about.source == Some(source))
        })
    }

    /// The number of the story with an id.
    pub fn find(&self, id: &str) -> Option<u32> {
        let mut found = None;
        for part in &self.segments {
            let key = id_key(id);
            part.segment.table(IDS).range(key..=key, &mut |_, story| {
                let row = part.segment.row(story);
                let row = row.filter(|&row| !part.stories.has(row));
                if row.is_some_and(|row| part.segment.entry(row).id == id) {
                    found = Some(story);
                }
            });
        }
        found
    }

    /// What the record of a story says beside its words.
    pub fn about(&self, story: u32) -> About<'_> {
        self.row(story)
            .map(|(part, row)| part.segment.entry(row).about)
            .unwrap_or_default()
    }

    /// The segment that a number falls into.
    pub(crate) fn part(&self, number: u32) -> Option<&Arc<Part>> {
        let behind = self
            .segments
            .partition_point(|part| part.segment.first <= number);
        let part = self.segments.get(behind.checked_sub(1)?)?;
        (number < part.segment.end).then_some(part)
    }

    /// The segment and row of a stored story.
    pub(crate) fn row(&self, story: u32) -> Option<(&Arc<Part>, usize)> {
        let part = self.part(story)?;
        let row = part.segment.row(story)?;
        (!part.stories.has(row)).then_some((part, row))
    }

    fn missing(&self, number: u32) -> Error {
        store_error(&IndexError::damaged(
            &self.dir,
            format!("a key leads to story {number}, which is not there"),
        ))
    }

    /// Content, words and anchors of a text.
    pub(crate) fn text_facts(&self, text: u32) -> Option<(u128, u32, u32)> {
        let (part, row) = self.text_row(text)?;
        Some(part.segment.text(row))
    }

    /// The row of a text, and where.
    fn text_row(&self, text: u32) -> Option<(&Part, usize)> {
        let part = self.part(text)?;
        Some((part, part.segment.text_row(text)?))
    }

    /// Whether a story that may be a numbered version is no notice, and no stored notice, not even a deleted
    /// one, has a name of its item.
    fn is_not_taken_back(&self, part: &Part, story: u32) -> bool {
        let segment = &part.segment;
        let row = segment.row(story);
        if row.is_none_or(|row| segment.is_notice(row)) {
            return false;
        }
        let taken_back = self.segments.iter().map(|part| part.segment.taken_back());
        let mut taken_back = taken_back.filter(|names| !names.is_empty()).peekable();
        if taken_back.peek().is_none() {
            return true;
        }
        let Some(edition) = segment.edition(story) else {
            return true;
        };
        let of = |names: &[u64]| {
            edition
                .names()
                .any(|name| names.binary_search(&name).is_ok())
        };
        !taken_back.any(of)
    }
}

impl TextSource for Snapshot {
    /// The number behind the last story.
    fn count(&self) -> u32 {
        self.manifest.next_story
    }

    fn id(&self, number: u32) -> &str {
        self.row(number)
            .map_or("", |(part, row)| part.segment.entry(row).id)
    }

    fn read(&self, number: u32, story: &mut StoryBuffer) -> Result<(), Error> {
        let (part, row) = self.row(number).ok_or_else(|| self.missing(number))?;
        part.segment
            .read(row, story)
            .map_err(|error| store_error(&error))
    }
}

impl Stored for Snapshot {
    fn approach(&self, bands: &[u64], postings: &[u64]) {
        for part in &self.segments {
            part.segment.approach(bands, postings);
        }
    }

    fn in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error> {
        for part in &self.segments {
            part.segment.in_band(band, keys.clone(), &mut |key, text| {
                if part.has_text(text) {
                    each(key, text);
                }
            });
        }
        Ok(())
    }

    fn in_band_or_enough(
        &self,
        band: usize,
        key: u64,
        enough: usize,
        found: &mut Vec<u32>,
    ) -> Result<bool, Error> {
        for part in &self.segments {
            part.segment.in_band_while(band, key, &mut |text| {
                if part.has_text(text) {
                    found.push(text);
                }
                found.len() < enough
            });
        }
        Ok(found.len() < enough)
    }

    fn count_in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
    ) -> Result<Option<usize>, Error> {
        // Keys of texts that are gone are still there.
        if self.segments.iter().any(|part| !part.texts.is_empty()) {
            return Ok(None);
        }
        let counts = self.segments.iter();
        let counts = counts.map(|part| part.segment.count_in_band(band, keys.clone()));
        Ok(Some(counts.sum()))
    }

    fn has_in_band(&self, band: usize, key: u64, text: u32) -> Result<bool, Error> {
        let part = self.part(text);
        Ok(part.is_some_and(|part| part.segment.has_in_band(band, key, text)))
    }

    fn postings(
        &self,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error> {
        for part in &self.segments {
            part.segment
                .table(POSTINGS)
                .range(keys.clone(), &mut |key, text| {
                    if part.has_text(text) {
                        each(key, text);
                    }
                });
        }
        Ok(())
    }

    fn postings_or_enough(
        &self,
        keys: RangeInclusive<u64>,
        enough: usize,
        found: &mut Vec<(u64, u32)>,
    ) -> Result<bool, Error> {
        // A text may have several of the keys: how many texts there are is counted when there may be enough.
        let (mut texts, mut due, mut is_enough) = (Vec::new(), enough, false);
        for part in &self.segments {
            let table = part.segment.table(POSTINGS);
            let mut first = true;
            table.range_while(keys.clone(), &mut |key, text| {
                if !part.has_text(text) {
                    return true;
                }
                // The first entry of each segment has its least key.
                if !is_enough || std::mem::take(&mut first) {
                    found.push((key, text));
                }
                if is_enough {
                    return false;
                }
                first = false;
                texts.push(text);
                if texts.len() >= due {
                    texts.sort_unstable();
                    texts.dedup();
                    is_enough = texts.len() >= enough;
                    due = texts.len() + enough;
                }
                !is_enough
            });
        }
        Ok(!is_enough)
    }

    fn size(&self, text: u32) -> Result<(u32, u32), Error> {
        let (part, row) = self.text_row(text).ok_or_else(|| self.missing(text))?;
        Ok(part.segment.text_size(row))
    }

    fn text(&self, text: u32) -> Result<Text, Error> {
        let (part, row) = self.text_row(text).ok_or_else(|| self.missing(text))?;
        let (content, words, anchors) = part.segment.text(row);
        // A deleted story stands for nothing.
        let there = || {
            part.stories.is_empty()
                || part
                    .segment
                    .row(text)
                    .is_some_and(|row| !part.stories.has(row))
        };
        let plain = part.segment.is_plain(row);
        let public = (plain || self.is_not_taken_back(part, text)) && there();
        Ok(Text {
            content,
            words,
            anchors,
            plain: plain && public,
            public,
        })
    }

    fn with_content(&self, content: u128, each: &mut dyn FnMut(u32, u32)) -> Result<(), Error> {
        let key = content_key(content);
        for part in &self.segments {
            let mut stories = Vec::new();
            let table = part.segment.table(CONTENTS);
            table.range(key..=key, &mut |_, story| stories.push(story));
            for story in stories {
                let row = part
                    .segment
                    .row(story)
                    .filter(|&row| !part.stories.has(row));
                let Some(row) = row else {
                    continue;
                };
                let text = part.segment.text_of(row);
                let facts = self.text_facts(text);
                if facts.is_some_and(|(found, words, _)| found == content && words > 0) {
                    each(story, text);
                }
            }
        }
        Ok(())
    }

    fn versions(&self, name: u64, each: &mut dyn FnMut(u32)) -> Result<(), Error> {
        for part in &self.segments {
            part.segment
                .table(ITEMS)
                .range(name..=name, &mut |_, story| {
                    let row = part.segment.row(story);
                    if row.is_some_and(|row| !part.stories.has(row)) {
                        each(story);
                    }
                });
        }
        Ok(())
    }

    fn head(&self, story: u32) -> Result<Head, Error> {
        let (part, row) = self.row(story).ok_or_else(|| self.missing(story))?;
        let texts = self.part(part.segment.text_of(row)).unwrap_or(part);
        Ok(part.segment.head(row, &texts.segment))
    }
}
