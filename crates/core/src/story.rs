//! A story as the steps see it: a title and a text.

use std::sync::Arc;

use crate::furniture::{Furniture, KnownLines, Table};
use crate::imprint::Edition;
use crate::normalize::{Matcher, OffsetMap};
use crate::tokenize::{Hasher, Words, fold};

/// One story, borrowed from whoever holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Story<'a> {
    /// The title or headline; counts as the first paragraph. `None` also where it is to be left
    /// out.
    pub title: Option<&'a str>,
    /// The body.
    pub text: &'a str,
    /// What else the record says.
    pub about: About<'a>,
}

/// What a record says of its story beside the words. All of it may be missing; it tells versions of
/// one item from stories that are alike, and one source's furniture from what many sources print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About<'a> {
    /// Who published it, an agency or an outlet.
    pub source: Option<&'a str>,
    /// When, in seconds since the beginning of 1970, UTC.
    pub published: Option<i64>,
    /// The id of the item, which all its versions have.
    pub item: Option<&'a str>,
    /// A short name that its versions have, and perhaps items of other days.
    pub slug: Option<&'a str>,
    /// The number of the version of the item; later ones are greater.
    pub version: Option<u64>,
    /// What may be done with it: "usable", "withheld", "canceled" and the like.
    pub status: Option<&'a str>,
    /// Until when it is not to be published, in seconds since the beginning of 1970, UTC.
    pub embargo: Option<i64>,
}

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// The day of a time, both counted from the beginning of 1970, UTC.
pub(crate) fn day(seconds: i64) -> i64 {
    seconds.div_euclid(DAY)
}

impl About<'_> {
    /// The day of publication, counted from the beginning of 1970, UTC.
    pub fn day(&self) -> Option<i64> {
        self.published.map(day)
    }

    /// Which version of its item it is, if the record numbers the versions of one that has a name.
    pub(crate) fn edition(&self, hasher: &Hasher) -> Option<Edition> {
        let number = self.version?;
        let hash = |name: Option<&str>| {
            let name = name.filter(|name| !name.is_empty())?;
            let source = hasher.text(self.source.unwrap_or_default()) as u64;
            Some(fold(source | 1, hasher.text(name) as u64 | 1))
        };
        let (item, slug) = (hash(self.item), hash(self.slug));
        (item.is_some() || slug.is_some()).then_some(Edition {
            item,
            slug,
            number,
            published: self.published,
        })
    }
}

/// Where stories are read, more than once. Implementations give the same story for the same number
/// each time, from any thread.
pub trait TextSource: Sync {
    /// The number of stories; they are numbered from 0.
    fn count(&self) -> u32;

    /// The id of story `number`, unique in the feed.
    fn id(&self, number: u32) -> &str;

    /// Replaces `title` and `text` with story `number`'s.
    ///
    /// # Errors
    /// Whatever keeps the story from being read again, as [`crate::Error::Source`].
    fn read(&self, number: u32, story: &mut StoryBuffer) -> Result<(), crate::Error>;
}

/// A story's own copy of its words, reused from story to story.
#[derive(Clone, Debug, Default)]
pub struct StoryBuffer {
    /// The title; empty where there is none.
    pub title: String,
    /// The body.
    pub text: String,
    /// See [`About::source`]; empty where there is none.
    pub source: String,
    /// See [`About::published`].
    pub published: Option<i64>,
    /// See [`About::item`]; empty where there is none.
    pub item: String,
    /// See [`About::slug`]; empty where there is none.
    pub slug: String,
    /// See [`About::version`].
    pub version: Option<u64>,
    /// See [`About::status`]; empty where there is none.
    pub status: String,
    /// See [`About::embargo`].
    pub embargo: Option<i64>,
    /// Room for the source's own use, such as the bytes of the record.
    pub bytes: Vec<u8>,
}

impl StoryBuffer {
    /// The story in the buffer.
    pub fn story(&self) -> Story<'_> {
        Story {
            title: some(&self.title),
            text: &self.text,
            about: About {
                source: some(&self.source),
                published: self.published,
                item: some(&self.item),
                slug: some(&self.slug),
                version: self.version,
                status: some(&self.status),
                embargo: self.embargo,
            },
        }
    }

    /// Takes over a story.
    pub fn set(&mut self, story: Story<'_>) {
        let About {
            source,
            published,
            item,
            slug,
            version,
            status,
            embargo,
        } = story.about;
        let strings = [
            (&mut self.title, story.title),
            (&mut self.text, Some(story.text)),
            (&mut self.source, source),
            (&mut self.item, item),
            (&mut self.slug, slug),
            (&mut self.status, status),
        ];
        for (slot, text) in strings {
            slot.clear();
            slot.push_str(text.unwrap_or_default());
        }
        self.published = published;
        self.version = version;
        self.embargo = embargo;
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Stories in memory, as pairs of id and story.
impl TextSource for [(String, Story<'_>)] {
    fn count(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    fn id(&self, number: u32) -> &str {
        self.get(number as usize).map_or("", |(id, _)| id)
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), crate::Error> {
        let story = self.get(number as usize);
        buffer.set(story.map_or_else(Story::default, |&(_, story)| story));
        Ok(())
    }
}

/// Turns stories into match text and words, reusing its buffers.
#[derive(Debug)]
pub(crate) struct StoryReader<'m> {
    matcher: &'m Matcher,
    furniture: Arc<Table>,
    lines: KnownLines,
    text: String,
    words: Words,
    map: OffsetMap,
}

impl<'m> StoryReader<'m> {
    pub(crate) fn new(matcher: &'m Matcher, furniture: Arc<Table>) -> Self {
        Self {
            matcher,
            furniture,
            lines: KnownLines::default(),
            text: String::new(),
            words: Words::default(),
            map: OffsetMap::default(),
        }
    }

    /// The wire furniture of a text.
    pub(crate) fn furniture(&mut self, text: &str) -> Vec<Furniture> {
        self.lines.spans(&self.furniture, text)
    }

    /// The match text and word hashes of `story`. Both are empty for a story that holds no word,
    /// or wire furniture alone: such stories are related to nothing.
    pub(crate) fn read(&mut self, hasher: &Hasher, story: Story<'_>) -> (&str, &Words) {
        self.text.clear();
        if let Some(title) = story.title {
            self.matcher.normalize_into(title, &mut self.text);
            if !self.text.is_empty() {
                self.text.push(' ');
            }
        }
        self.matcher.normalize_into(story.text, &mut self.text);
        if self.text.ends_with(' ') {
            self.text.pop();
        }
        self.words.hash(hasher, &self.text);
        if self.furniture.is_alone(story, self.words.hashes.len()) {
            self.text.clear();
            self.words.hashes.clear();
        }
        (&self.text, &self.words)
    }

    /// Word hashes of `story` as [`StoryReader::read`] gives them, each with its byte range in the
    /// original title or text. Gives the number of words in the title.
    pub(crate) fn read_spans(
        &mut self,
        hasher: &Hasher,
        story: Story<'_>,
        hashes: &mut Vec<u64>,
        spans: &mut Vec<(u32, u32)>,
    ) -> usize {
        hashes.clear();
        spans.clear();
        let mut title_words = 0;
        for part in [story.title, Some(story.text)] {
            title_words = hashes.len();
            let Some(part) = part else {
                continue;
            };
            self.text.clear();
            self.map.clear();
            self.matcher
                .normalize_mapped(part, &mut self.text, &mut self.map);
            self.words.hash_with_spans(hasher, &self.text);
            hashes.extend_from_slice(&self.words.hashes);
            let originals = self.map.originals(&self.words.spans);
            spans.extend(originals.map(|range| (range.start as u32, range.end as u32)));
        }
        if self.furniture.is_alone(story, hashes.len()) {
            hashes.clear();
            spans.clear();
            title_words = 0;
        }
        title_words
    }
}
