//! A story as the steps see it: a title and a text.

use crate::furniture;
use crate::normalize::{Matcher, OffsetMap};
use crate::tokenize::{Hasher, Words};

/// One story, borrowed from whoever holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Story<'a> {
    /// The title or headline; counts as the first paragraph. `None` also where it is to be left
    /// out.
    pub title: Option<&'a str>,
    /// The body.
    pub text: &'a str,
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
    /// Room for the source's own use, such as the bytes of the record.
    pub bytes: Vec<u8>,
}

impl StoryBuffer {
    /// The story in the buffer.
    pub fn story(&self) -> Story<'_> {
        Story {
            title: Some(self.title.as_str()).filter(|t| !t.is_empty()),
            text: &self.text,
        }
    }
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
        let story = self
            .get(number as usize)
            .map_or_else(Story::default, |&(_, story)| story);
        buffer.title.clear();
        buffer.title.push_str(story.title.unwrap_or_default());
        buffer.text.clear();
        buffer.text.push_str(story.text);
        Ok(())
    }
}

/// Turns stories into match text and words, reusing its buffers.
#[derive(Debug)]
pub(crate) struct StoryReader<'m> {
    matcher: &'m Matcher,
    text: String,
    words: Words,
    map: OffsetMap,
}

impl<'m> StoryReader<'m> {
    pub(crate) fn new(matcher: &'m Matcher) -> Self {
        Self {
            matcher,
            text: String::new(),
            words: Words::default(),
            map: OffsetMap::default(),
        }
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
        if furniture::is_alone(story, self.words.hashes.len()) {
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
        if furniture::is_alone(story, hashes.len()) {
            hashes.clear();
            spans.clear();
            title_words = 0;
        }
        title_words
    }
}
