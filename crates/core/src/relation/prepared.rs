//! A story made ready for comparing with others.

use std::sync::OnceLock;

use super::classes::{Class, Dates, Part, classes};
use super::grams::Grams;
use super::paragraph::{Lore, Paragraphs, paragraphs};
use super::speech::{Statement, statements};
use super::template::Worded;
use super::untold::Filter;
use super::version::Versioned;
use crate::furniture::Table;
use crate::profile::Profile;
use crate::sort::sort_spread;
use crate::story::{Story, StoryReader};
use crate::tokenize::{Hasher, Shingles, WordSet, split_mix};

/// Words and shingle hashes of one story.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared {
    /// Word hashes in text order, the title's first.
    pub(crate) words: Vec<u64>,
    /// The words with those of furniture replaced by words that stand nowhere else, if there are
    /// any: furniture is no evidence.
    masked: Option<Vec<u64>>,
    /// Words that are not furniture.
    pub(crate) told: usize,
    pub(crate) version: Versioned,
    /// Words in the title.
    pub(crate) title_words: usize,
    /// Byte range of each word in the original title or text.
    pub(crate) spans: Vec<(u32, u32)>,
    /// The title and the text as they came.
    title: Box<str>,
    text: Box<str>,
    /// What each word is.
    pub(crate) classes: Vec<Class>,
    /// Distinct shingle hashes, ascending.
    pub(crate) shingles: Vec<u64>,
    /// Hashes of the words that state facts, ascending.
    facts: Vec<u64>,
    /// Words of lines that the source repeats, as ranges that ascend.
    pub(crate) learned: Vec<(usize, usize)>,
    grams: OnceLock<Grams>,
    filter: OnceLock<Filter>,
    paragraphs: OnceLock<Paragraphs>,
    statements: OnceLock<Vec<Statement>>,
}

/// What stories are prepared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preparing<'p> {
    pub(crate) hasher: &'p Hasher,
    pub(crate) dates: &'p Dates,
    pub(crate) profile: Option<&'p Profile>,
    pub(crate) shingle_words: usize,
}

impl Prepared {
    pub(crate) fn new(
        reader: &mut StoryReader<'_>,
        preparing: &Preparing<'_>,
        number: u32,
        story: Story<'_>,
        scratch: &mut Vec<u64>,
    ) -> Self {
        let &Preparing {
            hasher,
            dates,
            profile,
            shingle_words,
        } = preparing;
        let mut made = Self::default();
        made.title_words = reader.read_spans(hasher, story, &mut made.words, &mut made.spans);
        made.title = story.title.unwrap_or_default().into();
        made.text = story.text.into();
        let (title, body) = made.words.split_at(made.title_words);
        let (title_spans, body_spans) = made.spans.split_at(made.title_words);
        made.classes = classes(
            dates,
            Part {
                text: story.title.unwrap_or_default(),
                words: title,
                spans: title_spans,
            },
            Part {
                text: story.text,
                words: body,
                spans: body_spans,
            },
        );
        made.version = Versioned::of(hasher, story);
        made.told = made.words.len();
        made.mask(reader.furniture(), number, story);
        if let Some(profile) = profile {
            made.learned = made.words_of(profile, story);
        }
        let facts = made.words.iter().zip(&made.classes);
        made.facts = facts
            .filter(|(_, class)| class.fact())
            .map(|(&word, _)| word)
            .collect();
        made.facts.sort_unstable();
        made.facts.dedup();
        made.shingles = Shingles::new(hasher, &made.words, shingle_words).collect();
        sort_spread(&mut made.shingles, scratch, |&hash| hash);
        made.shingles.dedup();
        made
    }

    /// Takes words of furniture out of the evidence.
    fn mask(&mut self, furniture: &Table, number: u32, story: Story<'_>) {
        let parts = [
            (story.title.unwrap_or_default(), 0..self.title_words),
            (story.text, self.title_words..self.words.len()),
        ];
        for (text, words) in parts {
            let mut at = words.start;
            for piece in furniture.spans(text) {
                at += self.spans[at..words.end]
                    .partition_point(|&(start, _)| (start as usize) < piece.span.start);
                while at < words.end && self.spans[at].1 as usize <= piece.span.end {
                    let masked = self.masked.get_or_insert_with(|| self.words.clone());
                    let mut state = u64::from(number) << 32 | at as u64;
                    masked[at] = split_mix(&mut state);
                    self.classes[at] = Class::default();
                    self.told -= 1;
                    at += 1;
                }
            }
        }
    }

    /// The words of the lines that the story's source repeats.
    fn words_of(&self, profile: &Profile, story: Story<'_>) -> Vec<(usize, usize)> {
        let spans = profile.spans(story.about.source.unwrap_or_default(), story.text);
        let body = &self.spans[self.title_words..];
        let word = |byte: usize| body.partition_point(|&(start, _)| (start as usize) < byte);
        let ranges = spans.into_iter().map(|piece| {
            let (from, to) = (word(piece.span.start), word(piece.span.end));
            (self.title_words + from, self.title_words + to)
        });
        ranges.filter(|(from, to)| from < to).collect()
    }

    /// The words that can be evidence, in text order.
    pub(crate) fn evidence(&self) -> &[u64] {
        self.masked.as_deref().unwrap_or(&self.words)
    }

    /// Whether a word is furniture, by its form or because its source repeats the line.
    pub(crate) fn is_furniture(&self, at: usize) -> bool {
        let masked = self.masked.as_ref();
        masked.is_some_and(|masked| masked[at] != self.words[at])
            || (self.learned.iter()).any(|&(from, to)| (from..to).contains(&at))
    }

    /// Bytes held, for bounding caches; those of an index that may be made later too.
    pub(crate) fn bytes(&self) -> usize {
        8 * (self.words.len() + self.shingles.len() + self.spans.len() + self.facts.len())
            + 8 * self.masked.as_ref().map_or(0, Vec::len)
            + self.classes.len()
            + self.title.len()
            + self.text.len()
            + Grams::bytes(self.words.len())
            + Filter::bytes(self.words.len())
    }

    /// The index of the story's words, made when first asked for.
    pub(crate) fn grams(&self) -> &Grams {
        self.grams.get_or_init(|| Grams::new(self.evidence()))
    }

    /// Which words the story has, furniture too; made when first asked for.
    pub(crate) fn filter(&self) -> &Filter {
        self.filter.get_or_init(|| Filter::new(&self.words))
    }

    /// The paragraphs with their facts, made when first asked for.
    pub(crate) fn paragraphs(&self, lore: &Lore) -> &Paragraphs {
        self.paragraphs.get_or_init(|| paragraphs(self, lore))
    }

    /// The statements in quotation marks, found when first asked for.
    pub(crate) fn statements(&self, common: &WordSet) -> &[Statement] {
        self.statements.get_or_init(|| statements(self, common))
    }

    /// The text as it came.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// How many facts both stories state.
    pub(crate) fn shared_facts(&self, other: &Self) -> usize {
        let stated = |fact: &&u64| other.facts.binary_search(fact).is_ok();
        self.facts.iter().filter(stated).count()
    }

    /// Whether a fact of this story is not in the other.
    pub(crate) fn has_own_facts(&self, other: &Self) -> bool {
        let mut rest = other.facts.iter().peekable();
        self.facts.iter().any(|fact| {
            while rest.next_if(|other| *other < fact).is_some() {}
            rest.peek() != Some(&fact)
        })
    }

    /// The text of words `from` to before `to`, as it came; nothing if they lie on both sides of the
    /// end of the title.
    pub(crate) fn shown(&self, from: usize, to: usize) -> &str {
        let (start, end) = (self.spans[from].0 as usize, self.spans[to - 1].1 as usize);
        let part = if to <= self.title_words {
            &self.title
        } else {
            &self.text
        };
        part.get(start..end).unwrap_or_default()
    }

    /// What stands between word `at` of the text and the next.
    pub(crate) fn between(&self, at: usize) -> &str {
        let end = self.spans[at].1 as usize;
        let start = self
            .spans
            .get(at + 1)
            .map_or(self.text.len(), |next| next.0 as usize);
        self.text.get(end..start).unwrap_or_default()
    }

    /// The bytes of the text that some of its words take: from the first to behind the last.
    pub(crate) fn range(&self, (from, to): (usize, usize)) -> (u64, u64) {
        let (first, last) = (self.spans[from], self.spans[to - 1]);
        (u64::from(first.0), u64::from(last.1))
    }

    pub(crate) fn worded(&self) -> Worded<'_> {
        Worded {
            words: self.evidence(),
            classes: &self.classes,
            facts: &self.facts,
            title_words: self.title_words,
        }
    }

    /// Whether each word of this story stands in a shingle of `other` or, if the two were aligned, is
    /// aligned with a word of it; the others are what a reader of `other` would find new. `aligned`
    /// gives the first word and the length of each aligned run.
    pub(crate) fn told_by(
        &self,
        hasher: &Hasher,
        shingle_words: usize,
        other: &Self,
        aligned: impl Iterator<Item = (usize, usize)>,
    ) -> Vec<bool> {
        let length = shingle_words.min(self.words.len());
        let mut told = vec![false; self.words.len()];
        for (at, shingle) in Shingles::new(hasher, &self.words, shingle_words).enumerate() {
            if other.shingles.binary_search(&shingle).is_ok() {
                told[at..at + length].fill(true);
            }
        }
        for (first, length) in aligned {
            told[first..first + length].fill(true);
        }
        told
    }

    /// Where the text has what is new: stretches of at least [`LEAST_NEW`] words that are not `told`, with
    /// a few told ones between, as bytes. Furniture is never new.
    pub(crate) fn new_spans(&self, told: &[bool]) -> Vec<(u64, u64)> {
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        let numbered = told.iter().enumerate().skip(self.title_words);
        for (at, _) in numbered.filter(|(_, told)| !**told) {
            if self.is_furniture(at) {
                continue;
            }
            match stretches
                .last_mut()
                .filter(|last| at - last.1 <= MOST_BETWEEN)
            {
                Some(last) => last.1 = at + 1,
                None => stretches.push((at, at + 1)),
            }
        }
        stretches.retain(|(from, to)| to - from >= LEAST_NEW);
        stretches
            .into_iter()
            .map(|words| self.range(words))
            .collect()
    }
}

/// Words of a stretch that is shown as new, and told words within it that do not end it.
const LEAST_NEW: usize = 3;
const MOST_BETWEEN: usize = 3;

/// The share of words that are not told; 0 if there are none.
pub(crate) fn share_new(told: &[bool]) -> f64 {
    let new = told.iter().filter(|told| !**told).count();
    // One division, so that exactly a fifth is not a little less.
    new as f64 / told.len().max(1) as f64
}

/// Stories for tests.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::normalize::Matcher;
    use crate::relation::align::{Aligner, Alignment};

    /// The story of a title and a text, with the number `number`.
    pub(crate) fn titled(number: u32, title: Option<&str>, text: &str) -> Prepared {
        let (matcher, hasher) = (Matcher::default(), Hasher::default());
        Prepared::new(
            &mut StoryReader::new(&matcher, Table::shared()),
            &Preparing {
                hasher: &hasher,
                dates: &Dates::new(&hasher, &matcher),
                profile: None,
                shingle_words: 5,
            },
            number,
            Story {
                title,
                text,
                ..Story::default()
            },
            &mut Vec::new(),
        )
    }

    /// Two texts without titles, aligned.
    pub(crate) fn aligned(a: &str, b: &str) -> (Prepared, Prepared, Alignment) {
        let (a, b) = (titled(0, None, a), titled(1, None, b));
        let mut alignment = Alignment::default();
        let (x, y) = ((a.evidence(), a.grams()), (b.evidence(), b.grams()));
        Aligner::default().align(x, y, 0, &mut alignment);
        (a, b, alignment)
    }
}
