//! Stories that came together, in memory.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};

use wirefold::query::{Stored, Text};
use wirefold::sketch::Head;
use wirefold::{Error, Link, StoryBuffer, TextSource};

use crate::batch::Sketched;
use crate::stream::{By, Came};

/// The stories of one piece of a stream; found are those that have passed.
pub(crate) struct Piece {
    pub(crate) stories: Vec<Sketched>,
    pub(crate) passed: Vec<AtomicBool>,
    bands: Vec<Vec<(u64, u32)>>,
    postings: Vec<(u64, u32)>,
    contents: Vec<(u128, u32)>,
    items: Vec<(u64, u32)>,
}

impl Piece {
    pub(crate) fn new(stories: Vec<Sketched>) -> Self {
        let keyed = |keys: &mut dyn Iterator<Item = (u64, u32)>| {
            let mut keys: Vec<(u64, u32)> = keys.collect();
            keys.sort_unstable();
            keys
        };
        let told = || {
            let stories = (0u32..).zip(&stories);
            stories.filter(|(_, story)| story.sketch.head.words > 0)
        };
        let bands = stories.first().map_or(0, |story| story.sketch.bands.len());
        let bands = (0..bands)
            .map(|band| keyed(&mut told().map(|(at, story)| (story.sketch.bands[band], at))))
            .collect();
        let postings = keyed(&mut told().flat_map(|(at, story)| {
            let postings = story.sketch.postings.iter();
            postings.map(move |&key| (key, at))
        }));
        let items = (0u32..).zip(&stories);
        let items = items.flat_map(|(at, story)| {
            let edition = story.sketch.head.edition.into_iter();
            edition.flat_map(move |edition| edition.names().map(move |name| (name, at)))
        });
        let items = keyed(&mut items.into_iter());
        let mut contents: Vec<(u128, u32)> = told()
            .map(|(at, story)| (story.sketch.head.content, at))
            .collect();
        contents.sort_unstable();
        Self {
            passed: stories.iter().map(|_| AtomicBool::new(false)).collect(),
            bands,
            postings,
            contents,
            items,
            stories,
        }
    }

    /// A story with its words, and those of the story of a source that tells it.
    pub(crate) fn came(
        &self,
        story: u32,
        told: Option<(Link, &dyn TextSource)>,
    ) -> Result<Came, Error> {
        let read = |of: &dyn TextSource, number| {
            let mut story = StoryBuffer::default();
            of.read(number, &mut story)?;
            Ok::<_, Error>((of.id(number).to_owned(), story))
        };
        let by = told.map(|(link, of)| {
            let (id, story) = read(of, link.to)?;
            Ok::<_, Error>(By { id, story, link })
        });
        let (id, story) = read(self, story)?;
        Ok(Came {
            id,
            story,
            by: by.transpose()?,
        })
    }

    fn has_passed(&self, story: u32) -> bool {
        self.passed[story as usize].load(Ordering::Relaxed)
    }

    /// Gives `each` what is found of `keys`, which are ascending.
    fn range(
        &self,
        keys: &[(u64, u32)],
        range: &RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) {
        let first = keys.partition_point(|&(key, _)| key < *range.start());
        let found = keys[first..]
            .iter()
            .take_while(|&&(key, _)| key <= *range.end());
        for &(key, story) in found.filter(|&&(_, story)| self.has_passed(story)) {
            each(key, story);
        }
    }
}

impl TextSource for Piece {
    fn count(&self) -> u32 {
        self.stories.len() as u32
    }

    fn id(&self, number: u32) -> &str {
        &self.stories[number as usize].id
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        buffer.set(self.stories[number as usize].story());
        Ok(())
    }
}

/// Each story is a text of its own: those with one content have all passed for a reason.
impl Stored for Piece {
    fn in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error> {
        self.range(&self.bands[band], &keys, each);
        Ok(())
    }

    fn postings(
        &self,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error> {
        self.range(&self.postings, &keys, each);
        Ok(())
    }

    fn postings_or_enough(
        &self,
        keys: RangeInclusive<u64>,
        _: usize,
        found: &mut Vec<(u64, u32)>,
    ) -> Result<bool, Error> {
        // A piece has few stories.
        self.postings(keys, &mut |key, text| found.push((key, text)))?;
        Ok(true)
    }

    fn text(&self, text: u32) -> Result<Text, Error> {
        let Head {
            content,
            words,
            anchors,
            notice,
            edition,
        } = self.stories[text as usize].sketch.head;
        Ok(Text {
            content,
            words,
            anchors,
            plain: !notice && edition.is_none(),
            public: !notice && edition.is_none(),
        })
    }

    fn with_content(&self, content: u128, each: &mut dyn FnMut(u32, u32)) -> Result<(), Error> {
        let first = self.contents.partition_point(|&(other, _)| other < content);
        let found = self.contents[first..]
            .iter()
            .take_while(|&&(other, _)| other == content);
        for &(_, story) in found.filter(|&&(_, story)| self.has_passed(story)) {
            each(story, story);
        }
        Ok(())
    }

    fn versions(&self, name: u64, each: &mut dyn FnMut(u32)) -> Result<(), Error> {
        self.range(&self.items, &(name..=name), &mut |_, story| each(story));
        Ok(())
    }

    fn head(&self, story: u32) -> Result<Head, Error> {
        Ok(self.stories[story as usize].sketch.head)
    }
}
