//! The paragraphs of a story and the facts that each states.
//!
//! Each paragraph is the set of its facts: names, numbers, and words that few texts have.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::classes::Class;
use super::prepared::Prepared;
use crate::profile::Profile;
use crate::tokenize::WordSet;

/// Letters of a word that count: more tell "condemns" from "condemned" (`McNamee`, Mayfield 2004).
const STEM: usize = 6;

/// The most words of a paragraph; longer ones are cut at the end of a sentence.
const MOST_WORDS: usize = 60;

/// The most paragraphs that are compared.
const MOST_PARAGRAPHS: usize = 400;

/// A fact: what the word is known by, its weight, and its kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact {
    pub(super) key: u64,
    pub(super) weight: f32,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    Word,
}

/// What is known of words beside the two stories.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lore {
    /// Words that say little in any feed.
    pub(crate) common: WordSet,
    /// What was learned from this one.
    pub(crate) profile: Option<Arc<Profile>>,
}

impl Lore {
    /// What sharing a word proves: 1 for one that few stories of the feed have, and less for others.
    fn rarity(&self, word: u64) -> f32 {
        let profile = self.profile.as_ref();
        profile.map_or(1.0, |profile| profile.rarity(word) as f32)
    }
}

/// A paragraph that states a fact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paragraph {
    pub(super) words: (usize, usize),
    /// How many numbers it has, and whether it has a name.
    pub(super) numbers: usize,
    pub(super) named: bool,
}

/// The paragraphs of a story, and all their facts, each with the number of its paragraph: ascending by
/// key, then by paragraph.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paragraphs {
    pub(super) list: Vec<Paragraph>,
    pub(super) facts: Vec<(Fact, u32)>,
}

impl Paragraphs {
    /// Paragraphs with names.
    pub(super) fn named(&self) -> usize {
        self.list.iter().filter(|paragraph| paragraph.named).count()
    }
}

/// The paragraphs of the text of a story, those without facts left out.
pub(crate) fn paragraphs(story: &Prepared, lore: &Lore) -> Paragraphs {
    let mut found = Paragraphs::default();
    let mut start = story.title_words;
    let wrapped = wrapped(story.text());
    for at in story.title_words..story.words.len() {
        let last = at + 1 == story.words.len();
        let between = if last { "" } else { story.between(at) };
        let long = at + 1 - start >= MOST_WORDS / 2;
        let sentence = between.contains(['.', '!', '?']) && between.len() > 1;
        if last || ends(wrapped, between) || long && sentence || at + 1 - start >= MOST_WORDS {
            add(&mut found, story, lore, (start, at + 1));
            start = at + 1;
            if found.list.len() == MOST_PARAGRAPHS {
                break;
            }
        }
    }
    found
        .facts
        .sort_unstable_by_key(|&(fact, paragraph)| (fact.key, paragraph));
    found
}

/// Whether the lines of a text were cut to a width: most end in the middle of a sentence.
fn wrapped(text: &str) -> bool {
    let ends = [
        '.', '!', '?', ':', '"', '\u{201d}', '\u{bb}', '\u{201c}', ')', '…',
    ];
    let lines = text.lines().map(str::trim_end);
    let (mut all, mut open) = (0, 0);
    for line in lines.filter(|line| !line.is_empty()) {
        all += 1;
        open += usize::from(!line.ends_with(ends));
    }
    2 * open > all
}

/// Whether a paragraph ends between two words: at an empty line, at an indented one, or in text whose
/// lines were not cut to a width at any.
fn ends(wrapped: bool, between: &str) -> bool {
    let Some((_, after)) = between.split_once('\n') else {
        return false;
    };
    !wrapped || after.contains('\n') || after.starts_with(['\t', ' '])
}

/// Adds a paragraph, unless it states no fact.
fn add(found: &mut Paragraphs, story: &Prepared, lore: &Lore, words: (usize, usize)) {
    let number = found.list.len() as u32;
    let begin = found.facts.len();
    let evidence = (words.0..words.1).filter(|&at| !story.is_furniture(at));
    let telling = evidence
        .filter(|&at| story.classes[at].is(Class::NUMBER) || !lore.common.has(story.words[at]));
    found.facts.extend(telling.filter_map(|at| {
        let mut fact = fact(story.shown(at, at + 1), story.classes[at])?;
        fact.weight *= lore.rarity(story.words[at]);
        Some((fact, number))
    }));
    // Each fact once a paragraph.
    let facts = &mut found.facts[begin..];
    facts.sort_unstable_by_key(|(fact, _)| fact.key);
    let mut last = None;
    let mut kept = begin;
    for at in begin..found.facts.len() {
        let fact = found.facts[at];
        if last != Some(fact.0.key) {
            last = Some(fact.0.key);
            found.facts[kept] = fact;
            kept += 1;
        }
    }
    found.facts.truncate(kept);
    let facts = &found.facts[begin..];
    let count = |kind| facts.iter().filter(|(fact, _)| fact.kind == kind).count();
    if !facts.is_empty() {
        let (numbers, named) = (count(Kind::Number), count(Kind::Name) > 0);
        found.list.push(Paragraph {
            words,
            numbers,
            named,
        });
    }
}

/// The most bytes of a word that is brought to small letters without making a string.
const SHORT: usize = 32;

/// The fact that an uncommon word states.
pub(super) fn fact(shown: &str, class: Class) -> Option<Fact> {
    let mut room = [0; SHORT];
    let (mut short, mut long) = ("", String::new());
    if shown.is_ascii() && shown.len() <= SHORT {
        let room = &mut room[..shown.len()];
        room.copy_from_slice(shown.as_bytes());
        room.make_ascii_lowercase();
        short = std::str::from_utf8(room).unwrap_or_default();
    } else {
        long = shown.to_lowercase();
    }
    let mut lower = if long.is_empty() { short } else { &long };
    for tail in ["'s", "\u{2019}s"] {
        lower = lower.strip_suffix(tail).unwrap_or(lower);
    }
    let number = class.is(Class::NUMBER);
    if !number && lower.chars().nth(2).is_none() {
        return None;
    }
    let stem = lower
        .char_indices()
        .nth(STEM)
        .map_or(lower.len(), |(at, _)| at);
    let (kind, weight) = if number {
        (Kind::Number, if lower.len() > 1 { 1.2 } else { 0.6 })
    } else if class.is(Class::NAME) {
        (Kind::Name, 1.0)
    } else {
        (Kind::Word, 0.8)
    };
    let kept = if number { lower } else { &lower[..stem] };
    Some(Fact {
        key: xxh3_64(kept.as_bytes()),
        weight,
        kind,
    })
}
