//! Where a story stands in the family order, as bytes.

use crate::Error;
use crate::cluster::{Candidate, Classes, Policies};
use crate::imprint::{Imprint, Standing, taken_back};
use crate::normalize::Matcher;
use crate::settings::Settings;
use crate::sketch::{Edition, Sketch, Sketcher};
use crate::story::Story;
use crate::tokenize::Hasher;

/// What stands in front of the order of a story that a notice takes back, in the stead of its own first byte.
pub const WITHDRAWN: u8 = Standing::Withdrawn as u8;

/// Places stories; one a thread, its buffers are reused.
#[derive(Debug)]
pub struct Placer<'s> {
    sketcher: Sketcher<'s>,
    hasher: Hasher,
    policies: Policies<'s>,
    now: Option<i64>,
}

/// A story's sketch and its place in the family order.
#[derive(Clone, Debug, Default)]
pub struct Placed {
    /// Sorts as the family order does, where that is not left to ids: the standing, which is one byte, what
    /// the policies look at, the number of words, the hash of the text. Of one length under equal settings.
    pub order: Vec<u8>,
    /// The sketch.
    pub sketch: Sketch,
}

impl<'s> Placer<'s> {
    /// A placer under `settings`.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn new(matcher: &'s Matcher, settings: &'s Settings) -> Result<Self, Error> {
        settings.check()?;
        let hasher = Hasher::new(settings.seed);
        Ok(Self {
            sketcher: Sketcher::new(&settings.sketch(), matcher),
            policies: Policies::new(&hasher, &settings.keep),
            hasher,
            now: settings.now,
        })
    }

    /// Replaces `placed` with what is to be known of a story. `number` is its place in the input, which only
    /// [`Keep::First`](crate::Keep::First) looks at.
    pub fn place(&mut self, story: Story<'_>, number: i64, placed: &mut Placed) {
        self.sketcher.sketch_alone(story, &mut placed.sketch);
        let head = &placed.sketch.head;
        let candidate = Candidate {
            number,
            words: head.words,
            imprint: Imprint::of(&self.hasher, story),
        };
        placed.order.clear();
        placed.order.push(Standing::of(story, self.now) as u8);
        self.policies.key(&candidate, &mut placed.order);
        placed.order.extend(head.content.to_be_bytes());
    }
}

/// Of versions of items, each with whether it is a notice that takes its item back, the numbers of those that
/// are taken back by another.
pub fn withdrawn(versions: &[(Edition, bool)]) -> Vec<usize> {
    let editions = (0u32..)
        .zip(versions)
        .map(|(at, &(edition, _))| (at, edition));
    let editions: Vec<(u32, Edition)> = editions.collect();
    let stories = taken_back(&editions, |at| versions[at as usize].1);
    stories.into_iter().map(|at| at as usize).collect()
}

/// For stories of one text, in family order and by id, each with its time of publication: the place among
/// them of the one that stands for each within `window` seconds.
pub fn classes(published: &[Option<i64>], window: u64) -> Vec<usize> {
    let mut classes = Classes::new(Some(window));
    let members = (0u32..).zip(published);
    members
        .map(|(member, &published)| classes.place(member, published) as usize)
        .collect()
}
