//! Learning from stories that can be read by number.

use std::sync::Arc;

use rayon::prelude::*;

use crate::Error;
use crate::normalize::Matcher;
use crate::profile::{Learner, Lessons, Profile, ProfileBuilder};
use crate::settings::Settings;
use crate::story::{Story, StoryBuffer, StoryReader, TextSource};
use crate::tokenize::Hasher;

/// Learns from stories as they come by; one a thread, its buffers are reused.
#[derive(Debug)]
pub struct Teaching<'s> {
    reader: StoryReader<'s>,
    hasher: Hasher,
    learner: Learner,
}

impl<'s> Teaching<'s> {
    /// As a run under `settings` learns; `undated` is that of [`Learner::new`].
    pub fn new(matcher: &'s Matcher, settings: &Settings, undated: bool) -> Self {
        Self {
            reader: StoryReader::new(matcher, Arc::clone(&settings.furniture)),
            hasher: Hasher::new(settings.seed),
            learner: Learner::new(settings.seed, undated),
        }
    }

    /// Appends what a story teaches to `lessons`.
    pub fn teach(&mut self, story: Story<'_>, lessons: &mut Lessons) {
        let (_, words) = self.reader.read(&self.hasher, story);
        self.learner.learn(story, &words.hashes, lessons);
    }
}

/// Stories that one task learns from.
const LEARNED_AT_ONCE: u32 = 256;

/// What the stories of `source` teach, for [`Settings::profile`]; on the current rayon pool. `undated` is
/// that of [`Learner::new`].
///
/// Who reads a stream learns from stories as they come by, with a [`Learner`] beside the
/// [`Sketcher`](crate::sketch::Sketcher), which gives the words.
///
/// # Errors
/// [`Error::Setting`]; [`Error::Source`] if a story cannot be read.
pub fn learn_stories<S: TextSource + ?Sized>(
    source: &S,
    matcher: &Matcher,
    settings: &Settings,
    undated: bool,
) -> Result<Profile, Error> {
    settings.check()?;
    let count = source.count();
    let lessons: Result<Vec<Lessons>, Error> = (0..count.div_ceil(LEARNED_AT_ONCE))
        .into_par_iter()
        .map_init(
            || {
                let teaching = Teaching::new(matcher, settings, undated);
                (teaching, StoryBuffer::default())
            },
            |(teaching, buffer), block| {
                let mut lessons = Lessons::default();
                let first = block * LEARNED_AT_ONCE;
                for number in first..count.min(first.saturating_add(LEARNED_AT_ONCE)) {
                    source.read(number, buffer)?;
                    teaching.teach(buffer.story(), &mut lessons);
                }
                Ok(lessons)
            },
        )
        .collect();
    let mut builder = ProfileBuilder::new(settings.seed);
    lessons?
        .into_iter()
        .for_each(|lessons| builder.push(lessons));
    Ok(builder.build())
}
