//! Learning piece by piece, for who spreads it over machines that share nothing.
//!
//! Words are counted once of each different story: whoever has all stories of one hash takes one of them
//! ([`Lessons::stories`]) and counts its words ([`WordCounts`]), whose sums are sums of slices. Lines go to
//! buckets by their keys ([`Lessons::write_lines`]); of a bucket stay those that were repeated enough
//! ([`repeated_lines`]), which are few. [`Profile::from_pieces`] puts both together: a profile for use, that of
//! [`ProfileBuilder::build_to_use`](super::ProfileBuilder::build_to_use).

use super::learner::Lessons;
use super::lines::{self, Seen, Tag};
use super::{BUCKET_BITS, Profile};
use crate::tokenize::Hasher;

/// Words of one slice of counts.
const SLICE: usize = 1 << 14;

/// Bytes of a line as it was seen.
const LINE_BYTES: usize = 16;

impl Lessons {
    /// The stories that taught words: a hash of all words of each, equal for equal ones, and what is counted.
    pub fn stories(&self) -> impl Iterator<Item = (u64, &[u32])> {
        let mut begin = 0;
        self.stories.iter().map(move |&(hash, end)| {
            let words = &self.words[begin..end];
            begin = end;
            (hash, words)
        })
    }

    /// Appends the lines that were seen to the bucket of each, by its key; of a line that was seen often what
    /// decides, eight times of it at most.
    pub fn write_lines(&self, buckets: &mut [Vec<u8>]) {
        let count = buckets.len() as u64;
        for seen in lines::deciding(&self.seen) {
            let bucket = seen.key.checked_rem(count).unwrap_or_default() as usize;
            if let Some(out) = buckets.get_mut(bucket) {
                out.extend(seen.key.to_le_bytes());
                out.extend(seen.place.to_le_bytes());
                out.extend(seen.day.to_le_bytes());
            }
        }
    }
}

/// The lines of a bucket that were repeated enough to be furniture, each with what shows that. `parts` are all
/// that [`Lessons::write_lines`] wrote of the bucket.
pub fn repeated_lines(parts: &[&[u8]]) -> Vec<(u64, u64)> {
    let (records, _): (Vec<_>, Vec<_>) = parts
        .iter()
        .map(|part| part.as_chunks::<LINE_BYTES>())
        .unzip();
    let seen = records.into_iter().flatten().map(|record| {
        let number = u128::from_le_bytes(*record);
        Seen {
            key: number as u64,
            place: (number >> 64) as u32,
            day: ((number >> 96) as u32).cast_signed(),
        }
    });
    let tags = lines::tags(seen.collect(), true);
    let learned: Vec<u64> = lines::learned(&tags).collect();
    let of_learned = |(key, _): &(u64, Tag)| learned.binary_search(key).is_ok();
    tags.into_iter().filter(of_learned).collect()
}

/// In how many stories words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordCounts(Vec<u32>);

impl Default for WordCounts {
    fn default() -> Self {
        Self(vec![0; 1 << BUCKET_BITS])
    }
}

impl WordCounts {
    /// Counts the words of a story, as [`Lessons::stories`] gives them.
    pub fn add(&mut self, words: &[u32]) {
        for &word in words {
            if let Some(count) = self.0.get_mut(word as usize) {
                *count = count.saturating_add(1);
            }
        }
    }

    /// The slices with a count that is not zero, with their numbers.
    pub fn slices(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let slices = self.0.chunks(SLICE).enumerate();
        slices.filter(|(_, slice)| slice.iter().any(|&count| count > 0))
    }

    /// Adds a slice of other counts.
    pub fn add_slice(&mut self, number: usize, slice: &[u32]) {
        let mine = self.0.chunks_mut(SLICE).nth(number).unwrap_or_default();
        for (mine, &theirs) in mine.iter_mut().zip(slice) {
            *mine = mine.saturating_add(theirs);
        }
    }
}

impl Profile {
    /// The profile of so many different stories, by their words and [`repeated_lines`].
    pub fn from_pieces(
        seed: u64,
        stories: u64,
        words: WordCounts,
        mut lines: Vec<(u64, u64)>,
    ) -> Self {
        lines::settle(&mut lines);
        Self::new(Hasher::new(seed), stories, words.0, lines)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::profile::{Learner, ProfileBuilder};
    use crate::story::{About, Story};

    proptest! {
        #[test]
        fn pieces_are_the_profile(
            stories in prop::collection::vec(
                (0u8..2, 0i64..5, prop::collection::vec(0u8..9, 0..6), prop::collection::vec(any::<u64>(), 0..4), 0..3usize), 0..60),
            buckets in 1..5usize,
        ) {
            let mut learner = Learner::new(0, false);
            let mut machines = [(); 3].map(|()| Lessons::default());
            let mut builder = ProfileBuilder::new(0);
            for (source, day, lines, words, machine) in &stories {
                let source = format!("source {source}");
                let lines: Vec<String> = lines.iter().map(|line| format!("Line {line}.")).collect();
                let about = About { source: Some(&source), published: Some(day * 86_400), ..About::default() };
                let text = lines.join("\n");
                let story = Story { text: &text, about, ..Story::default() };
                learner.learn(story, words, &mut machines[*machine]);
                let mut lessons = Lessons::default();
                learner.learn(story, words, &mut lessons);
                builder.push(lessons);
            }
            let mut different: BTreeMap<u64, &[u32]> = BTreeMap::new();
            let mut parts = vec![Vec::new(); buckets];
            for lessons in &machines {
                different.extend(lessons.stories());
                lessons.write_lines(&mut parts);
            }
            let mut sum = WordCounts::default();
            for words in different.values() {
                let mut counts = WordCounts::default();
                counts.add(words);
                for (number, slice) in counts.slices() {
                    sum.add_slice(number, slice);
                }
            }
            let lines = parts.iter().flat_map(|part| {
                let (first, second) = part.split_at(part.len() / 32 * 16);
                repeated_lines(&[first, second])
            });
            let got = Profile::from_pieces(0, different.len() as u64, sum, lines.collect());
            let want = builder.build_to_use();
            prop_assert_eq!(got.stories, want.stories);
            prop_assert_eq!(&got.words, &want.words);
            prop_assert_eq!(&got.learned, &want.learned);
            prop_assert_eq!(Profile::from_bytes(&got.to_bytes()).unwrap(), got);
        }
    }
}
