//! Stories that came together, in memory.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};

use wirefold::query::{Stored, Text};
use wirefold::sketch::Head;
use wirefold::{Error, Link, StoryBuffer, TextSource};

use crate::batch::Sketched;
use crate::segment::POSTING_BITS;
use crate::stream::{By, Came};

/// The stories of one piece of a stream; found are those that have passed.
pub(crate) struct Piece {
    pub(crate) stories: Vec<Sketched>,
    pub(crate) passed: Vec<AtomicBool>,
    bands: Vec<Keys>,
    postings: Keys,
    contents: Vec<(u128, u32)>,
    items: Keys,
}

/// Keys, which are hashes of so many bits, with a story each, ascending; found by their highest bits.
struct Keys {
    all: Vec<(u64, u32)>,
    /// How many come before those with each of the highest bits, and how far these are up.
    before: Vec<u32>,
    shift: u32,
}

impl Keys {
    fn new(bits: u32, keys: impl Iterator<Item = (u64, u32)>) -> Self {
        let mut all: Vec<(u64, u32)> = keys.collect();
        all.sort_unstable();
        let shift = bits - all.len().max(2).ilog2();
        let mut before = Vec::with_capacity(1 << (bits - shift));
        for (at, (key, _)) in (0..).zip(&all) {
            let parts = (key >> shift) as usize + 1;
            before.resize(parts.max(before.len()), at);
        }
        Self { all, before, shift }
    }

    /// Those within `keys`, ascending.
    fn within(&self, keys: &RangeInclusive<u64>) -> impl Iterator<Item = (u64, u32)> {
        let first = self.before.get((keys.start() >> self.shift) as usize);
        let rest = &self.all[first.map_or(self.all.len(), |&first| first as usize)..];
        let (least, most) = (*keys.start(), *keys.end());
        let rest = rest.iter().skip_while(move |&&(key, _)| key < least);
        rest.take_while(move |&&(key, _)| key <= most).copied()
    }
}

impl Piece {
    pub(crate) fn new(stories: Vec<Sketched>) -> Self {
        let told = || {
            let stories = (0u32..).zip(&stories);
            stories.filter(|(_, story)| story.sketch.head.words > 0)
        };
        let bands = stories.first().map_or(0, |story| story.sketch.bands.len());
        let bands = (0..bands)
            .map(|band| Keys::new(64, told().map(|(at, story)| (story.sketch.bands[band], at))))
            .collect();
        let postings = told().flat_map(|(at, story)| {
            let postings = story.sketch.postings.iter();
            postings.map(move |&key| (key, at))
        });
        let postings = Keys::new(POSTING_BITS, postings);
        let items = (0u32..).zip(&stories);
        let items = items.flat_map(|(at, story)| {
            let edition = story.sketch.head.edition.into_iter();
            edition.flat_map(move |edition| edition.names().map(move |name| (name, at)))
        });
        let items = Keys::new(64, items);
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

    /// Gives `each` what is found of `keys`.
    fn range(&self, keys: &Keys, range: &RangeInclusive<u64>, each: &mut dyn FnMut(u64, u32)) {
        let found = keys.within(range);
        for (key, story) in found.filter(|&(_, story)| self.has_passed(story)) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_within_is_found(
            keys in prop::collection::vec((prop_oneof![any::<u64>(), (0..5u64).prop_map(|key| key << 58)], 0..9u32), 0..300),
            asked in prop::collection::vec((any::<u64>(), any::<u64>()), 1..20),
        ) {
            let keys: Vec<(u64, u32)> = keys.into_iter().map(|(key, at)| (key >> 4, at)).collect();
            let found = Keys::new(60, keys.iter().copied());
            let ends = asked.into_iter().map(|(x, y)| (x.min(y) >> 4, x.max(y) >> 4));
            let alone = keys.iter().map(|&(key, _)| (key, key));
            for (least, most) in ends.chain(alone).chain([(0, (1 << 60) - 1), (9, 9)]) {
                let range = least..=most;
                let mut wanted: Vec<_> = keys.iter().copied().filter(|(key, _)| range.contains(key)).collect();
                wanted.sort_unstable();
                prop_assert_eq!(found.within(&range).collect::<Vec<_>>(), wanted);
            }
        }
    }
}
