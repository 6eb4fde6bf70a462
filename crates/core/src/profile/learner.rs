//! Learning, story by story.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::lines::{self, Seen};
use super::{BUCKET_BITS, Profile};
use crate::story::Story;
use crate::tokenize::{Hasher, Mixed, fold};

/// Learns from stories; one a worker, its buffers are reused.
#[derive(Debug)]
pub struct Learner {
    hasher: Hasher,
    undated: bool,
    /// A bit for each bucket of words that the story has.
    had: Vec<u64>,
    /// The lines of the story, and whether they can be furniture.
    keys: Vec<u64>,
    fit: Vec<bool>,
}

/// What some stories taught.
#[derive(Clone, Debug, Default)]
pub struct Lessons {
    pub(super) seen: Vec<Seen>,
    /// Buckets of the distinct words of each story, story after story.
    pub(super) words: Vec<u32>,
    /// A hash of each story's words, and where its part of `words` ends.
    pub(super) stories: Vec<(u64, usize)>,
}

impl Learner {
    /// A learner for a feed whose words are hashed with `seed`. `undated` lets it learn lines of
    /// stories without a source, which count as one source's, and without a date, which count as
    /// each of another day; they teach no line else.
    pub fn new(seed: u64, undated: bool) -> Self {
        Self {
            hasher: Hasher::new(seed),
            undated,
            had: vec![0; 1 << (BUCKET_BITS - 6)],
            keys: Vec::new(),
            fit: Vec::new(),
        }
    }

    /// Learns from a story whose words have the hashes `words`. A story without words teaches nothing.
    pub fn learn(&mut self, story: Story<'_>, words: &[u64], lessons: &mut Lessons) {
        if words.is_empty() {
            return;
        }
        let begin = lessons.words.len();
        for &word in words {
            let bucket = (word >> (64 - BUCKET_BITS)) as u32;
            let (at, bit) = ((bucket / 64) as usize, 1 << (bucket % 64));
            if self.had[at] & bit == 0 {
                self.had[at] |= bit;
                lessons.words.push(bucket);
            }
        }
        for &bucket in &lessons.words[begin..] {
            self.had[(bucket / 64) as usize] = 0;
        }
        let content = words.iter().fold(0x2545_f491_4f6c_dd1d, |hash: u64, word| {
            fold(hash ^ word, 0x9e37_79b9_7f4a_7c15)
        });
        lessons.stories.push((content, lessons.words.len()));
        let source = story.about.source;
        if (source.is_none() || story.about.published.is_none()) && !self.undated {
            return;
        }
        let source = self.hasher.text(source.unwrap_or_default()) as u64;
        self.keys.clear();
        self.fit.clear();
        for (_, line) in lines::of(story.text) {
            let key = lines::key(source, line, self.hasher.seed());
            self.fit.push(key.is_some());
            // What is never furniture still stands beside what is.
            self.keys
                .push(key.unwrap_or_else(|| self.hasher.text(line) as u64));
        }
        // A date beyond the calendar is as good as any other.
        let day = story.about.day();
        let day = day.map(|day| i32::try_from(day).unwrap_or(i32::MAX));
        let seen = self.keys.iter().zip(lines::places(&self.keys));
        let fit = seen.zip(&self.fit).filter(|(_, fit)| **fit);
        lessons.seen.extend(fit.map(|((&key, place), _)| Seen {
            key,
            place,
            day: day.unwrap_or((place >> 1).cast_signed()),
        }));
    }
}

/// Puts lessons together.
#[derive(Clone, Debug)]
pub struct ProfileBuilder {
    hasher: Hasher,
    words: Vec<u32>,
    seen: Vec<Seen>,
    /// Hashes of the stories whose words were counted.
    stories: HashSet<u64, BuildHasherDefault<Mixed>>,
}

impl ProfileBuilder {
    /// Nothing learned yet from a feed whose words are hashed with `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            hasher: Hasher::new(seed),
            words: vec![0; 1 << BUCKET_BITS],
            seen: Vec::new(),
            stories: HashSet::default(),
        }
    }

    /// Adds lessons; in which order does not matter.
    pub fn push(&mut self, lessons: Lessons) {
        let mut begin = 0;
        for (content, end) in lessons.stories {
            // A story sent to a thousand outlets does not make its words common.
            if self.stories.insert(content) {
                for &bucket in &lessons.words[begin..end] {
                    self.words[bucket as usize] += 1;
                }
            }
            begin = end;
        }
        self.seen.extend(lessons.seen);
    }

    /// The profile, with all that merging it with others needs.
    pub fn build(self) -> Profile {
        self.done(false)
    }

    /// The profile for use at once, without the lines that were not repeated enough, which are most.
    pub fn build_to_use(self) -> Profile {
        self.done(true)
    }

    fn done(self, repeated: bool) -> Profile {
        let stories = self.stories.len() as u64;
        drop(self.stories);
        let lines = lines::tags(self.seen, repeated);
        Profile::new(self.hasher, stories, self.words, lines)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::story::About;

    /// A story: source, day, its lines and its words.
    type Told = (u8, i64, Vec<u8>, Vec<u64>);

    fn profile(stories: &[Told], build: fn(ProfileBuilder) -> Profile) -> Profile {
        let (mut learner, mut builder) = (Learner::new(0, false), ProfileBuilder::new(0));
        for (source, day, lines, words) in stories {
            let (mut lessons, source) = (Lessons::default(), format!("source {source}"));
            let lines: Vec<String> = lines.iter().map(|line| format!("Line {line}.")).collect();
            let text = lines.join("\n");
            let about = About {
                source: Some(&source),
                published: Some(day * 86_400 + 5),
                ..About::default()
            };
            let story = Story {
                text: &text,
                about,
                ..Story::default()
            };
            learner.learn(story, words, &mut lessons);
            builder.push(lessons);
        }
        build(builder)
    }

    fn told() -> impl Strategy<Value = Vec<Told>> {
        let words = prop::collection::vec(any::<u64>(), 1..4);
        let story = (0u8..2, 0i64..5, prop::collection::vec(0u8..9, 0..6), words);
        prop::collection::vec(story, 0..40)
    }

    proptest! {
        #[test]
        fn profiles_merge(mut a in told(), b in told()) {
            let (mut merged, other) = (profile(&a, ProfileBuilder::build), profile(&b, ProfileBuilder::build));
            merged.merge(&other).unwrap();
            prop_assert_eq!(Profile::from_bytes(&merged.to_bytes()).unwrap(), merged.clone());
            a.extend(b);
            prop_assert_eq!(&profile(&a, ProfileBuilder::build), &merged);
            let used = profile(&a, ProfileBuilder::build_to_use);
            a.reverse();
            prop_assert_eq!(profile(&a, ProfileBuilder::build_to_use), used.clone());
            // What was left out was not furniture.
            prop_assert_eq!(used.learned(), merged.learned());
            for line in 0..9 {
                let line = format!("Line {line}.");
                prop_assert_eq!(used.is_furniture("source 0", &line), merged.is_furniture("source 0", &line));
            }
        }
    }

    /// Six stories of a source over `days` days that end with the line 9; `varied` says whether what
    /// stands before it differs.
    fn repeated(days: i64, varied: bool) -> bool {
        let story = |n: u8| {
            let other = if varied { n } else { 0 };
            (
                0,
                i64::from(n) % days,
                vec![other, 8, 9],
                vec![u64::from(n)],
            )
        };
        let stories: Vec<Told> = (0..6).map(story).collect();
        let profile = profile(&stories, ProfileBuilder::build);
        assert!(!profile.is_furniture("source 1", "Line 9."));
        profile.is_furniture("source 0", "Line 9.")
    }

    #[test]
    fn a_line_is_furniture_that_comes_on_three_days_beside_other_lines() {
        assert!(repeated(3, true));
        assert!(!repeated(2, true));
        assert!(!repeated(3, false), "one story, sent six times");
    }

    #[test]
    fn words_of_many_stories_are_not_rare() {
        let word = 5u64 << 44;
        let story = |n: u64| (0, 0, vec![], vec![word, n << 44]);
        let stories: Vec<Told> = (6..900).map(story).collect();
        let profile = profile(&stories, ProfileBuilder::build);
        assert_eq!(profile.stories(), 894);
        assert!(profile.rarity(word) < 0.4);
        assert!(profile.rarity(6 << 44) > 0.99 && profile.rarity(5000 << 44) > 0.99);
        // Sent again, they are the same stories.
        let again: Vec<Told> = (6..900).chain(6..900).map(story).collect();
        let again = super::tests::profile(&again, ProfileBuilder::build);
        assert_eq!(again.to_bytes(), profile.to_bytes());
    }

    #[test]
    fn stories_without_source_or_date_teach_lines_only_on_request() {
        let lesson = |undated| {
            let (mut learner, mut builder) = (Learner::new(0, undated), ProfileBuilder::new(0));
            for n in 0..6 {
                let mut lessons = Lessons::default();
                let text = format!("Story {n}.\nSign up here.");
                let story = Story {
                    text: &text,
                    ..Story::default()
                };
                learner.learn(story, &[n + 1], &mut lessons);
                builder.push(lessons);
            }
            builder.build().is_furniture("", "Sign up here.")
        };
        assert!(lesson(true) && !lesson(false));
    }
}
