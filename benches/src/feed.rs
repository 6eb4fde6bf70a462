//! Generated feeds in memory, and what the later steps of the pipeline need of them.

use std::time::Duration;

use criterion::Criterion;
use wirefold::normalize::Matcher;
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{Error, Story, StoryBuffer, TextSource};
use wirefold_corpus::{Feed, Script, Settings, Truth};

/// Criterion with a run short enough to be part of every check: about a second a bench.
pub fn brief() -> Criterion {
    Criterion::default()
        .sample_size(15)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
}

/// One generated story.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id, unique in the feed.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// Its paragraphs.
    pub text: String,
}

/// A generated feed in memory.
#[derive(Clone, Debug)]
pub struct Stories {
    /// In the order of the feed.
    pub told: Vec<Told>,
    /// How each came about.
    pub truth: Vec<Truth>,
}

impl Stories {
    /// The first `count` stories of the generator in `script`, by its default settings.
    pub fn new(count: u32, script: Script) -> Self {
        let feed = Feed::new(Settings {
            stories: count,
            script,
            ..Settings::default()
        });
        let told = feed.stories().map(|story| Told {
            id: story.id,
            title: story.title,
            text: story.text,
        });
        Self {
            told: told.collect(),
            truth: (0..feed.len()).map(|at| feed.truth(at)).collect(),
        }
    }

    /// Bytes of titles and texts.
    pub fn bytes(&self) -> u64 {
        let bytes = self
            .told
            .iter()
            .map(|told| told.title.len() + told.text.len());
        bytes.sum::<usize>() as u64
    }

    /// Story `number` as the pipeline takes it.
    pub fn story(&self, number: u32) -> Story<'_> {
        let told = &self.told[number as usize];
        Story {
            title: Some(&told.title),
            text: &told.text,
            ..Story::default()
        }
    }

    /// The match text of each story, title first.
    pub fn match_texts(&self, matcher: &Matcher) -> Vec<String> {
        let text = |told: &Told| {
            let mut out = String::new();
            matcher.normalize_into(&told.title, &mut out);
            out.push(' ');
            matcher.normalize_into(&told.text, &mut out);
            out
        };
        self.told.iter().map(text).collect()
    }

    /// The distinct shingles of each story, ascending, as the relation step prepares them.
    pub fn shingles(&self, matcher: &Matcher, length: usize) -> Vec<Vec<u64>> {
        let hasher = Hasher::default();
        let mut words = Words::default();
        let mut set = |text: &String| {
            words.hash(&hasher, text);
            let mut set: Vec<u64> = Shingles::new(&hasher, &words.hashes, length).collect();
            set.sort_unstable();
            set.dedup();
            set
        };
        self.match_texts(matcher).iter().map(&mut set).collect()
    }
}

impl TextSource for Stories {
    fn count(&self) -> u32 {
        self.told.len() as u32
    }

    fn id(&self, number: u32) -> &str {
        &self.told[number as usize].id
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        let told = &self.told[number as usize];
        buffer.title.clone_from(&told.title);
        buffer.text.clone_from(&told.text);
        Ok(())
    }
}
