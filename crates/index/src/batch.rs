//! Stories in memory, on their way into a segment.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use wirefold::Story;
use wirefold::sketch::{Edition, Head, Sketch};
use xxhash_rust::xxh3::xxh3_64;

use crate::build::{self, Blocks, EachBody, Parts, StoryRow, TextRow};
use crate::disk::Disk;
use crate::error::IndexError;
use crate::file::Done;
use crate::record::{self, Entry};
use crate::segment::{BANDS, CONTENTS, Dictionary, IDS, ITEMS, POSTINGS};

/// What an id is found by.
pub(crate) fn id_key(id: &str) -> u64 {
    xxh3_64(id.as_bytes())
}

/// What a content is found by.
pub(crate) fn content_key(content: u128) -> u64 {
    content as u64
}

/// A story that was read and sketched.
#[derive(Debug, Default)]
pub(crate) struct Sketched {
    pub(crate) id: String,
    pub(crate) entry: Vec<u8>,
    /// Title and text, not compressed.
    pub(crate) body: Vec<u8>,
    pub(crate) sketch: Sketch,
}

impl Sketched {
    pub(crate) fn new(id: String, story: &Story<'_>, sketch: &Sketch) -> Self {
        let (mut entry, mut body) = (Vec::new(), Vec::new());
        let about = story.about;
        record::write(&Entry { id: &id, about }, &mut entry);
        record::pack_body(story, &mut body);
        Self {
            id,
            entry,
            body,
            sketch: sketch.clone(),
        }
    }

    /// The story with its words.
    pub(crate) fn story(&self) -> Story<'_> {
        record::story(&record::read(&self.entry), &self.body).unwrap_or_default()
    }

    /// Gives the story another id.
    pub(crate) fn rename(&mut self, id: String) {
        let about = record::read(&self.entry).about;
        let mut entry = Vec::new();
        record::write(&Entry { id: &id, about }, &mut entry);
        (self.entry, self.id) = (entry, id);
    }
}

/// A story of a batch.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) number: u32,
    pub(crate) text: u32,
    pub(crate) notice: bool,
    pub(crate) edition: Option<Edition>,
    content: u128,
    entry: Vec<u8>,
    /// Title and text, compressed once the batch is sealed.
    body: Vec<u8>,
}

impl Fresh {
    fn id(&self) -> &str {
        record::read(&self.entry).id
    }
}

/// What later stories ask of earlier ones that are not committed yet.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The text of each content.
    by_content: HashMap<u128, u32>,
    ids: HashSet<String>,
    /// Hashes of content and id as it was given.
    given: HashSet<u64>,
}

impl Known {
    /// The text of a content, if a story has it.
    pub(crate) fn text_of(&self, content: u128) -> Option<u32> {
        self.by_content.get(&content).copied()
    }

    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Whether a story with this content was given this id, whatever it was renamed to.
    pub(crate) fn was_given(&self, id: &str, content: u128) -> bool {
        self.given.contains(&given_key(id, content))
    }
}

fn given_key(id: &str, content: u128) -> u64 {
    id_key(id) ^ content_key(content).rotate_left(32)
}

/// Consecutive stories with their keys.
#[derive(Debug)]
pub(crate) struct Batch {
    first: u32,
    stories: Vec<Fresh>,
    texts: Vec<TextRow>,
    known: Known,
    bands: Vec<Vec<(u64, u32)>>,
    postings: Vec<(u64, u32)>,
    bytes: usize,
    dictionary: u32,
}

impl std::fmt::Debug for TextRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TextRow").field(&self.number).finish()
    }
}

impl Batch {
    /// No stories yet; the first one will have the number `first`.
    pub(crate) fn new(first: u32, bands: usize) -> Self {
        Self {
            first,
            stories: Vec::new(),
            texts: Vec::new(),
            known: Known::default(),
            bands: vec![Vec::new(); bands],
            postings: Vec::new(),
            bytes: 0,
            dictionary: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stories.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.stories.len()
    }

    /// Bytes that it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number behind its last story.
    pub(crate) fn end(&self) -> u32 {
        self.first + self.stories.len() as u32
    }

    /// What is known of its stories.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// Takes that out: nothing is added any more.
    pub(crate) fn take_known(&mut self) -> Known {
        std::mem::take(&mut self.known)
    }

    /// Adds a story that was given the id `given`, and whose text is `stored` already, or not at all or in
    /// this batch. Gives its text.
    pub(crate) fn push(&mut self, story: Sketched, given: &str, stored: Option<u32>) -> u32 {
        let number = self.end();
        let Sketched {
            id,
            entry,
            body,
            sketch,
        } = story;
        let Head {
            content,
            words,
            anchors,
            notice,
            edition,
        } = sketch.head;
        let known = stored
            .or_else(|| self.known.text_of(content))
            .filter(|_| words > 0);
        let text = known.unwrap_or(number);
        self.bytes += entry.len() + body.len() + size_of::<Fresh>() + 96;
        if known.is_none() {
            self.texts.push(TextRow {
                number,
                content,
                words,
                anchors,
                plain: !notice && edition.is_none(),
            });
            if words > 0 {
                self.known.by_content.insert(content, number);
                for (band, key) in self.bands.iter_mut().zip(sketch.bands) {
                    band.push((key, number));
                }
                self.bytes += 16 * (self.bands.len() + sketch.postings.len());
                self.postings
                    .extend(sketch.postings.into_iter().map(|key| (key, number)));
            }
        }
        self.known.given.insert(given_key(given, content));
        self.known.ids.insert(id);
        self.stories.push(Fresh {
            number,
            text,
            notice,
            edition,
            content,
            entry,
            body,
        });
        text
    }

    /// Titles and texts of some of the stories, evenly spread, to train a dictionary on.
    pub(crate) fn sample(&self, most: usize) -> Vec<&[u8]> {
        let step = self.stories.len().div_ceil(most).max(1);
        self.stories
            .iter()
            .step_by(step)
            .map(|story| &story.body[..])
            .collect()
    }

    /// Sorts the keys and compresses the stories, on the current rayon pool.
    pub(crate) fn seal(&mut self, dictionary: Option<&Arc<Dictionary>>) -> Result<(), IndexError> {
        let failed = || IndexError::file(Path::new("a story"), "cannot compress");
        self.dictionary = dictionary.map_or(0, |dictionary| dictionary.number);
        let Self {
            bands,
            postings,
            stories,
            ..
        } = self;
        rayon::join(
            || {
                // On one thread, for the standard library's sort takes less time than two of rayon's; the
                // other thread compresses meanwhile.
                rayon::join(
                    || bands.par_iter_mut().for_each(|band| band.sort_unstable()),
                    || postings.sort_unstable(),
                )
            },
            || {
                let compressor = || match dictionary {
                    Some(dictionary) => {
                        zstd::bulk::Compressor::with_dictionary(LEVEL, &dictionary.bytes)
                    }
                    None => zstd::bulk::Compressor::new(LEVEL),
                };
                stories
                    .par_chunks_mut(512)
                    .try_for_each_init(compressor, |compressor, part| {
                        let compressor = match compressor {
                            Ok(compressor) => compressor,
                            Err(error) => {
                                return Err(failed()(std::io::Error::other(error.to_string())));
                            }
                        };
                        for story in part {
                            story.body = compressor.compress(&story.body).map_err(failed())?;
                        }
                        Ok(())
                    })
            },
        )
        .1
    }

    /// Writes the sealed batch as a segment.
    pub(crate) fn write(&self, disk: &Arc<dyn Disk>, path: &Path) -> Result<Done, IndexError> {
        build::write(disk, path, self)
    }
}

/// How hard zstd tries: with a dictionary the next levels take twice the time for a twentieth less.
pub(crate) const LEVEL: i32 = 1;

impl Parts for Batch {
    fn numbers(&self) -> (u32, u32) {
        (self.first, self.end())
    }

    fn bands(&self) -> u32 {
        self.bands.len() as u32
    }

    fn dictionary(&self) -> u32 {
        self.dictionary
    }

    fn stories(&self) -> Box<dyn Iterator<Item = StoryRow<'_>> + '_> {
        Box::new(self.stories.iter().map(|story| StoryRow {
            number: story.number,
            text: story.text,
            notice: story.notice,
            edition: story.edition,
            entry: &story.entry,
        }))
    }

    fn texts(&self) -> Box<dyn Iterator<Item = TextRow> + '_> {
        Box::new(self.texts.iter().copied())
    }

    fn each_body(&self, each: &mut EachBody<'_>) -> Result<(), IndexError> {
        self.stories
            .iter()
            .try_for_each(|story| each(Cow::Borrowed(&story.body)))
    }

    fn table(&self, name: u32) -> (u64, Blocks<'_>) {
        let of_stories = |keys: &dyn Fn(&Fresh) -> [Option<u64>; 2]| {
            let keyed = |story| {
                keys(story)
                    .into_iter()
                    .flatten()
                    .map(move |key| (key, story.number))
            };
            let mut entries: Vec<(u64, u32)> = self.stories.iter().flat_map(keyed).collect();
            entries.sort_unstable();
            Cow::Owned(entries)
        };
        let entries: Cow<'_, [(u64, u32)]> = match name {
            CONTENTS => of_stories(&|story| [Some(content_key(story.content)), None]),
            IDS => of_stories(&|story| [Some(id_key(story.id())), None]),
            ITEMS => of_stories(&|story| {
                story
                    .edition
                    .map_or([None; 2], |edition| [edition.item, edition.slug])
            }),
            POSTINGS => Cow::Borrowed(&self.postings),
            band => {
                let band = band.checked_sub(BANDS);
                let band = band.and_then(|band| self.bands.get(band as usize));
                Cow::Borrowed(band.map_or(&[], |band| band))
            }
        };
        (entries.len() as u64, Box::new(std::iter::once(entries)))
    }
}
