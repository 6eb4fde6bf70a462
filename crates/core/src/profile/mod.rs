//! What depends on a feed as a whole: the lines that its sources repeat, and how many stories each
//! word is in.
//!
//! Enters: stories as they are read, through [`Learner`]s, one a worker. Leaves: a [`Profile`], counts
//! that merge exactly: the profile of two feeds is that of both together. It acts where pairs are
//! verified, on what is not of one family (passages, `rewritten`, `shared_passages`), so that what
//! is removed never depends on it; sketches do not know it.

mod format;
mod learner;
mod lines;
mod pieces;

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

pub use format::ProfileError;
pub use learner::{Learner, Lessons, ProfileBuilder};
pub use pieces::{WordCounts, repeated_lines};

use self::lines::{Tag, key, learned};
use crate::furniture::{Furniture, Kind};
use crate::tokenize::{Hasher, Mixed};

/// Words are counted by this many bits of their hashes. Words that share them count as one, which
/// makes a rare one look a little less rare.
const BUCKET_BITS: u32 = 20;

/// A feed of fewer stories counts as one of so many: that a word is in all of five says little.
const BACKGROUND: f64 = 6400.0;

/// The least weight of a word, be it in every story.
const LEAST_RARITY: f64 = 0.2;

/// A word is rare that is in one of two to this power stories.
const RARE_BITS: f64 = 10.0;

/// What was learned from a feed.
///
/// ```
/// use wirefold::profile::{Learner, Lessons, ProfileBuilder};
/// use wirefold::{About, Story};
///
/// let mut learner = Learner::new(0, false);
/// let mut lessons = Lessons::default();
/// for day in 0..6 {
///     let text = format!("The ferry waited on day {day}.\nThe Kelm Courier is printed on willow paper.");
///     let about = About { source: Some("Kelm Courier"), published: Some(day * 86_400), ..About::default() };
///     learner.learn(Story { text: &text, about, ..Story::default() }, &[1, 2, 3], &mut lessons);
/// }
/// let mut builder = ProfileBuilder::new(0);
/// builder.push(lessons);
/// let profile = builder.build();
/// let line = "The Kelm Courier is printed on willow paper.";
/// assert!(profile.is_furniture("Kelm Courier", line));
/// assert!(!profile.is_furniture("Brennick Times", line));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    hasher: Hasher,
    stories: u64,
    /// Stories with a word of each bucket.
    words: Vec<u32>,
    /// Where each line stood and when, ascending, as much of it as decides.
    lines: Vec<(u64, Tag)>,
    /// The lines that were repeated enough.
    learned: HashSet<u64, BuildHasherDefault<Mixed>>,
}

impl Profile {
    fn new(hasher: Hasher, stories: u64, words: Vec<u32>, lines: Vec<(u64, Tag)>) -> Self {
        let learned = learned(&lines).collect();
        Self {
            hasher,
            stories,
            words,
            lines,
            learned,
        }
    }

    /// The number of stories that it was learned from, equal ones counted once within a feed.
    pub fn stories(&self) -> u64 {
        self.stories
    }

    /// The number of lines that are furniture of their source.
    pub fn learned(&self) -> usize {
        self.learned.len()
    }

    /// The seed of the hashes that it holds.
    pub fn seed(&self) -> u64 {
        self.hasher.seed()
    }

    /// Adds what another profile holds, as if both feeds had been one.
    ///
    /// # Errors
    /// [`ProfileError::Seed`] if their hashes have different seeds.
    pub fn merge(&mut self, other: &Self) -> Result<(), ProfileError> {
        if self.seed() != other.seed() {
            return Err(ProfileError::Seed {
                found: other.seed(),
                expected: self.seed(),
            });
        }
        self.stories += other.stories;
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine = mine.saturating_add(*theirs);
        }
        self.lines.extend_from_slice(&other.lines);
        lines::settle(&mut self.lines);
        self.learned = learned(&self.lines).collect();
        Ok(())
    }

    /// Whether a line is one that its source repeats: it stood in at least five stories of the source,
    /// with different lines round it, on at least three days.
    pub fn is_furniture(&self, source: &str, line: &str) -> bool {
        !self.learned.is_empty() && self.has(self.hasher.text(source) as u64, line)
    }

    fn has(&self, source: u64, line: &str) -> bool {
        key(source, line, self.seed()).is_some_and(|key| self.learned.contains(&key))
    }

    /// The lines of a text that its source repeats, in order.
    pub fn spans(&self, source: &str, text: &str) -> Vec<Furniture> {
        if self.learned.is_empty() {
            return Vec::new();
        }
        let source = self.hasher.text(source) as u64;
        lines::of(text)
            .filter(|&(_, line)| self.has(source, line))
            .map(|(start, line)| Furniture {
                kind: Kind::Learned,
                span: start..start + line.len(),
            })
            .collect()
    }

    /// What sharing a word proves, by how many stories have it: 1 for a rare one, down to 0.2.
    pub(crate) fn rarity(&self, word: u64) -> f64 {
        let bucket = (word >> (64 - BUCKET_BITS)) as usize;
        let with = f64::from(self.words.get(bucket).copied().unwrap_or(0)) + 1.0;
        let all = (self.stories as f64).max(BACKGROUND);
        ((all / with).log2() / RARE_BITS).clamp(LEAST_RARITY, 1.0)
    }
}
