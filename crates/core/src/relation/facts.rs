//! The facts of two texts, for people: what both state, and what only one does.

use std::collections::HashSet;

use super::classes::{Class, Dates};
use super::paragraph::fact;
use super::prepared::{Prepared, Preparing};
use crate::furniture::Table;
use crate::normalize::Matcher;
use crate::story::{Story, StoryReader};
use crate::tokenize::{Hasher, WordSet};

/// Facts as the texts write them, each once, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Stated by both; as `a` writes them.
    pub both: Vec<String>,
    /// Stated by `a` alone.
    pub only_a: Vec<String>,
    /// Stated by `b` alone.
    pub only_b: Vec<String>,
}

/// What counts as a fact beside names, numbers and dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactWords {
    /// Nothing.
    None,
    /// Infrequent words.
    Infrequent,
}

/// A stretch of words that states a fact, and what its words are known by.
struct Stated {
    shown: String,
    keys: Vec<u64>,
}

/// Names, numbers and dates of two stories, compared. Names of several words are one fact, which is
/// shared if each of its words stands in the other story; what is furniture states nothing.
///
/// ```
/// use wirefold::Story;
/// use wirefold::normalize::Matcher;
/// use wirefold::relation::{FactWords, facts};
///
/// let [a, b] = ["The ferry of Ilse Vantour took 140 people to Kelm.", "In Kelm, 140 waited for Tove Arnesen."]
///     .map(|text| Story { text, ..Story::default() });
/// let found = facts(a, b, &Matcher::default(), FactWords::None);
/// assert_eq!(found.both, ["140", "Kelm"]);
/// assert_eq!(found.only_a, ["Ilse Vantour"]);
/// assert_eq!(found.only_b, ["Tove Arnesen"]);
/// ```
pub fn facts(a: Story<'_>, b: Story<'_>, matcher: &Matcher, words: FactWords) -> Facts {
    let hasher = Hasher::default();
    let (dates, common) = (
        Dates::new(&hasher, matcher),
        WordSet::common(&hasher, matcher),
    );
    let mut reader = StoryReader::new(matcher, Table::shared());
    let preparing = Preparing {
        hasher: &hasher,
        dates: &dates,
        profile: None,
    };
    let mut stated = |number, story| {
        let story = Prepared::new(&mut reader, &preparing, number, story);
        (of(&story, &common, words), keys(&story))
    };
    let ((a, in_a), (b, in_b)) = (stated(0, a), stated(1, b));
    let mut found = Facts::default();
    let has = |keys: &HashSet<u64>, fact: &Stated| fact.keys.iter().all(|key| keys.contains(key));
    for fact in &a {
        let list = if has(&in_b, fact) {
            &mut found.both
        } else {
            &mut found.only_a
        };
        if !list.contains(&fact.shown) {
            list.push(fact.shown.clone());
        }
    }
    for fact in b.iter().filter(|fact| !has(&in_a, fact)) {
        if !found.only_b.contains(&fact.shown) {
            found.only_b.push(fact.shown.clone());
        }
    }
    found
}

/// What any word of a story is known by: a name may stand where every word has a capital.
fn keys(story: &Prepared) -> HashSet<u64> {
    let known = |at| fact(story.shown(at, at + 1), story.classes[at]);
    let words = (0..story.words.len()).filter_map(known);
    words.map(|fact| fact.key).collect()
}

fn of(story: &Prepared, common: &WordSet, words: FactWords) -> Vec<Stated> {
    let mut found: Vec<Stated> = Vec::new();
    // Where a name that may go on began.
    let mut name: Option<usize> = None;
    for at in 0..story.words.len() {
        let class = story.classes[at];
        let rare = words == FactWords::Infrequent && !common.has(story.words[at]);
        let states = class.fact() || rare;
        let known = (states && !story.is_furniture(at))
            .then(|| fact(story.shown(at, at + 1), class))
            .flatten();
        let Some(known) = known else {
            name = None;
            continue;
        };
        let is_name = class.is(Class::NAME) && !class.is(Class::NUMBER);
        let whole = name.map(|from| story.shown(from, at + 1));
        let grown = whole.filter(|whole| is_name && one_name(whole));
        if let Some((whole, last)) = grown.zip(found.last_mut()) {
            whole.clone_into(&mut last.shown);
            last.keys.push(known.key);
        } else {
            name = is_name.then_some(at);
            found.push(Stated {
                shown: story.shown(at, at + 1).to_owned(),
                keys: vec![known.key],
            });
        }
    }
    found
}

/// Whether words that stand side by side are one name: no mark is between them but a period after an
/// initial or a short title.
fn one_name(words: &str) -> bool {
    let marked = words.contains(|c: char| !c.is_alphanumeric() && !" -'\u{2019}.".contains(c));
    let mut before_periods = words.rsplit(". ").skip(1);
    let short = |part: &str| part.rsplit(' ').next().unwrap_or(part).chars().count() <= 3;
    !marked && before_periods.all(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_with_their_sentence() {
        assert!(one_name("Ilse Vantour") && one_name("Dr. Ilse B. Vantour-Moe"));
        assert!(
            !one_name("Kelm. Vantour")
                && !one_name("Kelm, Vantour")
                && !one_name("Dr. Kelm. Vantour")
        );
    }
}
