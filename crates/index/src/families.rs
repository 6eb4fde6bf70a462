//! What a run over all stored stories would say.

use wirefold::profile::Profile;
use wirefold::sketch::{SketchChunk, Sketcher, Sketches};
use wirefold::store::Memory;
use wirefold::{Error, Outcome, Settings, StoryBuffer, TextSource, Wanted, fold, learn_stories};

use rayon::prelude::*;

use crate::error::IndexError;
use crate::snapshot::Snapshot;

/// The stored stories with numbers from 0 on, without gaps, in the order in which they were added.
#[derive(Debug)]
pub struct Stories<'s> {
    snapshot: &'s Snapshot,
    numbers: Vec<u32>,
}

impl Stories<'_> {
    /// The number of a story in the snapshot.
    pub fn stored(&self, number: u32) -> u32 {
        self.numbers
            .get(number as usize)
            .copied()
            .unwrap_or(u32::MAX)
    }
}

impl TextSource for Stories<'_> {
    fn count(&self) -> u32 {
        self.numbers.len() as u32
    }

    fn id(&self, number: u32) -> &str {
        self.snapshot.id(self.stored(number))
    }

    fn read(&self, number: u32, story: &mut StoryBuffer) -> Result<(), Error> {
        self.snapshot.read(self.stored(number), story)
    }
}

/// Stories that one task sketches, and tasks between two that are put together.
const SKETCHED_AT_ONCE: usize = 256;
const TASKS_AT_ONCE: usize = 64;

impl Snapshot {
    /// The stored stories, numbered without gaps.
    pub fn stories(&self) -> Stories<'_> {
        Stories {
            snapshot: self,
            numbers: self.numbers().collect(),
        }
    }

    /// The families of the stored stories, as a run over all of them has, under `settings` that differ from
    /// [`Snapshot::settings`] only in what is decided behind the join: [`Settings::keep`],
    /// [`Settings::min_novel`], [`Settings::remove`], [`Settings::now`]. Stories are sketched anew, on the
    /// current rayon pool; decisions are of `stories`.
    ///
    /// # Errors
    /// [`IndexError::Library`].
    pub fn families(
        &self,
        stories: &Stories<'_>,
        settings: &Settings,
        memory: Option<Memory>,
    ) -> Result<Outcome, IndexError> {
        let settings = Settings {
            rewrites: false,
            ..settings.clone()
        };
        settings.check()?;
        let matcher = settings.matcher();
        let sketch = settings.sketch();
        let mut sketches = memory.map_or_else(Sketches::new, Sketches::within);
        let tasks: Vec<std::ops::Range<u32>> = (0..stories.count())
            .step_by(SKETCHED_AT_ONCE)
            .map(|first| first..stories.count().min(first + SKETCHED_AT_ONCE as u32))
            .collect();
        for tasks in tasks.chunks(TASKS_AT_ONCE) {
            let chunks: Result<Vec<SketchChunk>, Error> = (tasks.par_iter())
                .map_init(
                    || (Sketcher::new(&sketch, &matcher), StoryBuffer::default()),
                    |(sketcher, buffer), numbers| {
                        let mut chunk = SketchChunk::default();
                        for number in numbers.clone() {
                            stories.read(number, buffer)?;
                            sketcher.sketch(buffer.story(), &mut chunk);
                        }
                        chunk.seal();
                        Ok(chunk)
                    },
                )
                .collect();
            chunks?
                .into_iter()
                .try_for_each(|chunk| sketches.push(chunk))?;
        }
        let wanted = Wanted {
            families: true,
            relations: false,
        };
        Ok(fold(
            sketches,
            stories,
            &matcher,
            &settings,
            wanted,
            &|_, _, _| (),
        )?)
    }

    /// Learns a profile from the stored stories, on the current rayon pool. `undated` is that of
    /// [`learn_stories`].
    ///
    /// # Errors
    /// [`IndexError::Library`].
    pub fn learn(&self, undated: bool) -> Result<Profile, IndexError> {
        let (stories, matcher) = (self.stories(), self.settings().matcher());
        Ok(learn_stories(&stories, &matcher, self.settings(), undated)?)
    }
}
