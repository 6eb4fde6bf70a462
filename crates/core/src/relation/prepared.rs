//! A story made ready for comparing with others.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::classes::{Class, Dates, Part, classes, each_fact};
use super::grams::Grams;
use super::misread::Look;
use super::paragraph::{Lore, Paragraphs, paragraphs};
use super::similarity;
use super::speech::{Statement, statements};
use super::template::Worded;
use super::untold::Filter;
use crate::profile::Profile;
use crate::sort::sort_spread;
use crate::story::{Story, StoryReader};
use crate::tokenize::{Hasher, Shingles, WordSet, split_mix};
use crate::version::Versioned;

/// Words and shingle hashes of one story.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// Word hashes in text order, the title's first.
    pub(crate) words: Vec<u64>,
    /// The words with those of furniture replaced by words that stand nowhere else, if there are
    /// any: furniture is no evidence.
    masked: Option<Vec<u64>>,
    /// The replaced words, as ranges that ascend.
    taken: Vec<(usize, usize)>,
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
    /// Hashes of the words that state facts, ascending.
    facts: Vec<u64>,
    /// Words of lines that the source repeats, as ranges that ascend.
    pub(crate) learned: Vec<(usize, usize)>,
    shingles: OnceLock<Vec<u64>>,
    grams: OnceLock<Grams>,
    filter: OnceLock<Filter>,
    /// The look of each word that was asked for, as a number; 0 of others.
    looks: OnceLock<Vec<AtomicU64>>,
    paragraphs: OnceLock<Paragraphs>,
    statements: OnceLock<Vec<Statement>>,
}

/// What stories are prepared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preparing<'p> {
    pub(crate) hasher: &'p Hasher,
    pub(crate) dates: &'p Dates,
    pub(crate) profile: Option<&'p Profile>,
}

impl Prepared {
    pub(crate) fn new(
        reader: &mut StoryReader<'_>,
        preparing: &Preparing<'_>,
        number: u32,
        story: Story<'_>,
    ) -> Self {
        let &Preparing {
            hasher,
            dates,
            profile,
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
        made.mask(reader, number, story);
        if let Some(profile) = profile {
            made.learned = made.words_of(profile, story);
        }
        made.facts.reserve(made.words.len() / 4);
        each_fact(&made.classes, |at| made.facts.push(made.words[at]));
        sort_spread(&mut made.facts, &mut Vec::new(), |&hash| hash);
        made.facts.dedup();
        made
    }

    /// Takes words of furniture out of the evidence.
    fn mask(&mut self, reader: &mut StoryReader<'_>, number: u32, story: Story<'_>) {
        let parts = [
            (story.title.unwrap_or_default(), 0..self.title_words),
            (story.text, self.title_words..self.words.len()),
        ];
        for (text, words) in parts {
            let mut at = words.start;
            for piece in reader.furniture(text) {
                at += self.spans[at..words.end]
                    .partition_point(|&(start, _)| (start as usize) < piece.span.start);
                let first = at;
                while at < words.end && self.spans[at].1 as usize <= piece.span.end {
                    let masked = self.masked.get_or_insert_with(|| self.words.clone());
                    let mut state = u64::from(number) << 32 | at as u64;
                    masked[at] = split_mix(&mut state);
                    self.classes[at] = Class::default();
                    self.told -= 1;
                    at += 1;
                }
                if first < at {
                    self.taken.push((first, at));
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

    /// Whether this story is the second of the two when they are aligned: by what they say alone, not by the number of
    /// either nor by what its furniture is replaced with.
    pub(crate) fn is_second(&self, other: &Self) -> bool {
        (self.words.len(), &self.words, &self.taken)
            < (other.words.len(), &other.words, &other.taken)
    }

    /// Whether a word is furniture, by its form or because its source repeats the line.
    pub(crate) fn is_furniture(&self, at: usize) -> bool {
        let masked = self.masked.as_ref();
        masked.is_some_and(|masked| masked[at] != self.words[at])
            || (self.learned.iter()).any(|&(from, to)| (from..to).contains(&at))
    }

    /// Bytes held, for bounding caches; those of what may be made later too.
    pub(crate) fn bytes(&self) -> usize {
        8 * (3 * self.words.len() + self.spans.len() + self.facts.len())
            + 8 * self.masked.as_ref().map_or(0, Vec::len)
            + self.classes.len()
            + self.title.len()
            + self.text.len()
            + Grams::bytes(self.words.len())
            + Filter::bytes(self.words.len())
    }

    /// Distinct shingle hashes, ascending; made when first asked for. All who ask want the same.
    pub(crate) fn shingles(&self, hasher: &Hasher, shingle_words: usize) -> &[u64] {
        self.shingles.get_or_init(|| {
            let mut shingles = Vec::new();
            Shingles::write(hasher, &self.words, shingle_words, &mut shingles);
            sort_spread(&mut shingles, &mut Vec::new(), |&hash| hash);
            shingles.dedup();
            shingles
        })
    }

    /// Whether the story has these words in a row, told without its shingles; nothing if they are too
    /// few, or some of them come too often.
    pub(crate) fn has_words(&self, words: &[u64]) -> Option<bool> {
        if self.grams().has(&self.words, words)? {
            return Some(true);
        }
        // The index has other words in the place of furniture.
        let mut rows = self.taken.iter().flat_map(|&(from, to)| {
            let behind = self.words.len().min(to + words.len() - 1);
            self.words[(from + 1).saturating_sub(words.len())..behind].windows(words.len())
        });
        Some(rows.any(|row| row == words))
    }

    /// The index of the story's words, made when first asked for.
    pub(crate) fn grams(&self) -> &Grams {
        self.grams.get_or_init(|| Grams::new(self.evidence()))
    }

    /// Which words the story has, furniture too; made when first asked for.
    pub(crate) fn filter(&self) -> &Filter {
        self.filter.get_or_init(|| Filter::new(&self.words))
    }

    /// The look of a word, made when first asked for.
    pub(super) fn look(&self, at: usize) -> Look {
        let looks = self.looks.get_or_init(|| {
            let looks = (0..self.words.len()).map(|_| AtomicU64::new(0));
            looks.collect()
        });
        // Whoever makes it makes the same.
        Look::of_number(looks[at].load(Ordering::Relaxed)).unwrap_or_else(|| {
            let look = Look::of(self.shown(at, at + 1));
            looks[at].store(look.number(), Ordering::Relaxed);
            look
        })
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
            filter: self.filter(),
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
        let own = Own::of(
            self.shingles(hasher, shingle_words),
            other.shingles(hasher, shingle_words),
        );
        let mut shingles = Vec::new();
        Shingles::write(hasher, &self.words, shingle_words, &mut shingles);
        let mut end = 0;
        for (at, &shingle) in shingles.iter().enumerate() {
            if !own.has(shingle) {
                told[end.max(at)..at + length].fill(true);
                end = at + length;
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

/// Shingles of a story that another does not have, made for asking for each of its shingles.
struct Own {
    /// A bit for each value of the top 12 bits of one of them.
    some: [u64; 1 << 6],
    all: Vec<u64>,
}

impl Own {
    /// Of two ascending sets, what is in the first alone.
    fn of(mine: &[u64], others: &[u64]) -> Self {
        let mut own = Self {
            some: [0; 1 << 6],
            all: similarity::own(mine, others),
        };
        for &hash in &own.all {
            own.some[(hash >> 58) as usize] |= 1 << (hash >> 52 & 63);
        }
        own
    }

    fn has(&self, hash: u64) -> bool {
        self.some[(hash >> 58) as usize] >> (hash >> 52 & 63) & 1 == 1
            && self.all.binary_search(&hash).is_ok()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::testing::titled;
    use super::*;

    proptest! {
        #[test]
        fn words_of_a_story_are_those_of_its_shingles(
            lead in prop::sample::select(vec!["", "KELM, March 3 (Reuters) - ", "(Adds details) "]),
            words in "([abc] ){0,30}",
            end in prop::sample::select(vec!["", "(Reporting by Ilse Vantour)", "a b c a b c"]),
            other in "([abc] ){0,30}",
        ) {
            let hasher = Hasher::default();
            let story = titled(0, None, &format!("{lead}{words}\n{end}"));
            let other = titled(1, None, &format!("{lead}{other}\n{end}"));
            let set = story.shingles(&hasher, 5);
            for row in other.words.windows(5).chain(story.words.windows(5)) {
                let shingle = Shingles::new(&hasher, row, 5).next().unwrap();
                let has = story.has_words(row);
                prop_assert!(has.is_none_or(|has| has == set.binary_search(&shingle).is_ok()));
            }
            // As they are told one after another.
            let mut told = vec![false; other.words.len()];
            let length = other.words.len().min(5);
            for (at, shingle) in Shingles::new(&hasher, &other.words, 5).enumerate() {
                if set.contains(&shingle) {
                    told[at..at + length].fill(true);
                }
            }
            prop_assert_eq!(other.told_by(&hasher, 5, &story, std::iter::empty()), told);
        }
    }

    #[test]
    fn words_across_furniture_are_had() {
        let story = titled(
            0,
            None,
            "KELM, March 3 (Reuters) - The ferry will not sail before noon on Friday.",
        );
        assert!(!story.taken.is_empty());
        for row in story.words.windows(5) {
            assert_eq!(story.has_words(row), Some(true));
        }
        assert_eq!(story.has_words(&[1, 2, 3, 4, 5]), Some(false));
        assert_eq!(story.has_words(&story.words[..2]), None);
    }
}

/// Stories for tests.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::furniture::Table;
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
            },
            number,
            Story {
                title,
                text,
                ..Story::default()
            },
        )
    }

    /// Two texts without titles, aligned.
    pub(crate) fn aligned(a: &str, b: &str) -> (Prepared, Prepared, Alignment) {
        let (a, b) = (titled(0, None, a), titled(1, None, b));
        let alignment = alignment(&a, &b);
        (a, b, alignment)
    }

    /// Two stories, aligned.
    pub(crate) fn alignment(a: &Prepared, b: &Prepared) -> Alignment {
        let mut alignment = Alignment::default();
        let (x, y) = ((a.evidence(), a.grams()), (b.evidence(), b.grams()));
        Aligner::default().align(x, y, a.is_second(b), 0, &mut alignment);
        alignment
    }
}
