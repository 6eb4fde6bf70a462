//! Paragraphs that tell the same in other words.
//!
//! What survives rewriting is facts: names, numbers, dates, and words that few texts have. Each
//! paragraph is the set of its facts, with weights; a pair of paragraphs is worth what it shares;
//! and since a rewritten story follows its source, what counts for a pair of stories is the heaviest
//! chain of such pairs that ascends in both. Two reporters at one event share names and numbers
//! too, but neither their order nor as many of the rarer words.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::classes::Class;
use super::grams::Run;
use super::prepared::Prepared;
use crate::profile::Profile;
use crate::tokenize::{Mixed, WordSet};

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
    weight: f32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
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

/// A paragraph: its words, and its facts by key, ascending.
#[derive(Clone, Debug)]
pub(crate) struct Paragraph {
    pub(crate) words: (usize, usize),
    facts: Vec<Fact>,
}

impl Paragraph {
    fn numbers(&self) -> usize {
        let numbers = self.facts.iter().filter(|fact| fact.kind == Kind::Number);
        numbers.count()
    }
}

/// The paragraphs of the text of a story, those without facts left out.
pub(crate) fn paragraphs(story: &Prepared, lore: &Lore) -> Vec<Paragraph> {
    let mut found = Vec::new();
    let mut start = story.title_words;
    let wrapped = wrapped(story.text());
    for at in story.title_words..story.words.len() {
        let last = at + 1 == story.words.len();
        let between = if last { "" } else { story.between(at) };
        let long = at + 1 - start >= MOST_WORDS / 2;
        let sentence = between.contains(['.', '!', '?']) && between.len() > 1;
        if last || ends(wrapped, between) || long && sentence || at + 1 - start >= MOST_WORDS {
            found.extend(paragraph(story, lore, (start, at + 1)));
            start = at + 1;
        }
    }
    found.truncate(MOST_PARAGRAPHS);
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

fn paragraph(story: &Prepared, lore: &Lore, words: (usize, usize)) -> Option<Paragraph> {
    let mut facts: Vec<Fact> = (words.0..words.1)
        .filter(|&at| !story.is_furniture(at))
        .filter(|&at| story.classes[at].is(Class::NUMBER) || !lore.common.has(story.words[at]))
        .filter_map(|at| {
            let mut fact = fact(story.shown(at, at + 1), story.classes[at])?;
            fact.weight *= lore.rarity(story.words[at]);
            Some(fact)
        })
        .collect();
    facts.sort_unstable_by_key(|fact| fact.key);
    facts.dedup_by_key(|fact| fact.key);
    (!facts.is_empty()).then_some(Paragraph { words, facts })
}

/// The fact that an uncommon word states.
pub(super) fn fact(shown: &str, class: Class) -> Option<Fact> {
    let mut lower = shown.to_lowercase();
    for tail in ["'s", "\u{2019}s"] {
        if let Some(bare) = lower.strip_suffix(tail) {
            lower.truncate(bare.len());
        }
    }
    let number = class.is(Class::NUMBER);
    if !number && lower.chars().count() < 3 {
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
    let kept = if number { &lower } else { &lower[..stem] };
    Some(Fact {
        key: xxh3_64(kept.as_bytes()),
        weight,
        kind,
    })
}

/// Two paragraphs that tell the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tie {
    /// Paragraph numbers.
    pub(crate) a: usize,
    pub(crate) b: usize,
    /// Their words.
    pub(crate) words_a: (usize, usize),
    pub(crate) words_b: (usize, usize),
    /// What they share, of the facts of the one that has fewer: 0 to 1.
    pub(crate) share: f64,
    /// The weight of what they share.
    weight: f64,
    /// Whether names, numbers and words are among it.
    kinds: [bool; 3],
    /// Numbers that both have, and that the one that has fewer has.
    numbers: (usize, usize),
    /// Whether the two have a run of words in common, and are no evidence of rewriting.
    verbatim: bool,
}

/// The heaviest chain of ties.
#[derive(Clone, Debug, Default)]
pub(crate) struct Retold {
    pub(crate) ties: Vec<Tie>,
    /// The weight of the facts in ties without equal runs, over that of all facts of the story that
    /// has fewer: 0 to 1.
    pub(crate) share: f64,
    /// Paragraphs with names, of the story that has fewer.
    named: usize,
}

/// What a tie must share: weight of facts, and share of the paragraph that has fewer.
const LEAST_WEIGHT: f64 = 1.6;
const LEAST_SHARE: f64 = 0.25;

/// What a tie costs in the chain, in weight.
const COST: f64 = 0.3;

/// Ties, and paragraphs of either story in them, of a story that is rewritten.
const LEAST_TIES: usize = 3;

/// Words of a run that paragraphs have in common only if one was copied.
const VERBATIM: usize = 8;

/// The aligned share of the smaller story that stands in for names.
const RETRACED: f64 = 0.125;

/// Numbers from which on their agreement is looked at.
const LEAST_NUMBERS: usize = 4;

/// The least share of a rewritten story.
const REWRITTEN: f64 = 0.2;

impl Retold {
    /// Compares two stories, paragraph by paragraph.
    /// `runs` are their runs of equal words.
    pub(crate) fn of(a: &[Paragraph], b: &[Paragraph], runs: &[Run]) -> Self {
        let (often_a, often_b) = (recurrence(a), recurrence(b));
        // What recurs through the stories is what they are about, and proves little.
        let weight = |fact: &Fact| {
            let often = |list: &Often| list.get(&fact.key).copied().unwrap_or(0);
            let most = often(&often_a).max(often(&often_b)).max(1);
            f64::from(fact.weight) / f64::from(most).sqrt()
        };
        let weigh = |paragraphs: &[Paragraph]| -> Vec<f64> {
            let sum = |p: &Paragraph| p.facts.iter().map(weight).sum();
            paragraphs.iter().map(sum).collect()
        };
        let (all_a, all_b) = (weigh(a), weigh(b));
        let mut ties = vec![vec![None; b.len()]; a.len()];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                ties[i][j] = tie((i, x, all_a[i]), (j, y, all_b[j]), &weight);
            }
        }
        let mut ties = heaviest(&ties);
        for tie in &mut ties {
            tie.verbatim = has_run(tie.words_a, tie.words_b, runs);
        }
        let reworded = ties.iter().filter(|tie| !tie.verbatim);
        let covered: f64 = reworded.map(|tie| tie.weight).sum();
        let least = all_a.iter().sum::<f64>().min(all_b.iter().sum());
        let share = if least > 0.0 {
            (covered / least).min(1.0)
        } else {
            0.0
        };
        let named = |paragraphs: &[Paragraph]| {
            let has_name = |p: &&Paragraph| p.facts.iter().any(|fact| fact.kind == Kind::Name);
            paragraphs.iter().filter(has_name).count()
        };
        let named = named(a).min(named(b));
        Self { ties, share, named }
    }

    /// The ties between paragraphs that do not share a run of words.
    pub(crate) fn reworded(&self) -> impl Iterator<Item = &Tie> {
        self.ties.iter().filter(|tie| !tie.verbatim)
    }

    /// Whether the one story is the other in other words: enough ties between enough paragraphs, in
    /// order, and facts of more than one kind.
    pub(crate) fn is_rewritten(&self, aligned: f64) -> bool {
        let distinct = |of: fn(&Tie) -> usize| {
            let mut all: Vec<usize> = self.reworded().map(of).collect();
            all.dedup();
            all.len()
        };
        let ties_by = |kind: Kind| {
            self.reworded()
                .filter(|tie| tie.kinds[kind as usize])
                .count()
        };
        // Reports of one form share words and round figures; who and where is what they do not.
        let several =
            ties_by(Kind::Name) > 1 && (ties_by(Kind::Number) > 1 || ties_by(Kind::Word) > 1);
        // Texts about no one have rare words alone, and reworded ones keep words between them.
        let nameless = self.named < LEAST_TIES && aligned >= RETRACED;
        let several = several || nameless && ties_by(Kind::Word) >= LEAST_TIES;
        // Two reports of one form have other figures; who retells a story keeps them.
        let both: usize = self.reworded().map(|tie| tie.numbers.0).sum();
        let either: usize = self.reworded().map(|tie| tie.numbers.1).sum();
        let kept = either < LEAST_NUMBERS || 2 * both >= either;
        kept && distinct(|tie| tie.a) >= LEAST_TIES
            && distinct(|tie| tie.b) >= LEAST_TIES
            && several
            && self.share >= REWRITTEN
    }
}

/// Whether two paragraphs share a run of words that is no accident.
fn has_run(a: (usize, usize), b: (usize, usize), runs: &[Run]) -> bool {
    runs.iter().any(|run| {
        let from = (a.0.saturating_sub(run.a)).max(b.0.saturating_sub(run.b));
        let to = (a.1.saturating_sub(run.a))
            .min(b.1.saturating_sub(run.b))
            .min(run.length);
        to >= from + VERBATIM
    })
}

type Often = HashMap<u64, u32, BuildHasherDefault<Mixed>>;

/// In how many paragraphs each fact stands.
fn recurrence(paragraphs: &[Paragraph]) -> Often {
    let mut often = Often::default();
    for fact in paragraphs.iter().flat_map(|p| &p.facts) {
        *often.entry(fact.key).or_default() += 1;
    }
    often
}

fn tie(
    (a, x, all_x): (usize, &Paragraph, f64),
    (b, y, all_y): (usize, &Paragraph, f64),
    weight: &impl Fn(&Fact) -> f64,
) -> Option<Tie> {
    let mut rest = y.facts.iter().peekable();
    let (mut sum, mut kinds, mut numbers) = (0.0, [false; 3], 0);
    for fact in &x.facts {
        while rest.next_if(|other| other.key < fact.key).is_some() {}
        if rest.next_if(|other| other.key == fact.key).is_some() {
            sum += weight(fact);
            kinds[fact.kind as usize] = true;
            numbers += usize::from(fact.kind == Kind::Number);
        }
    }
    let share = sum / all_x.min(all_y).max(f64::MIN_POSITIVE);
    (sum >= LEAST_WEIGHT && share >= LEAST_SHARE).then_some(Tie {
        a,
        b,
        words_a: x.words,
        words_b: y.words,
        share,
        weight: sum,
        kinds,
        numbers: (numbers, x.numbers().min(y.numbers())),
        verbatim: false,
    })
}

/// The heaviest chain of ties: each of the next takes a later paragraph of one story or both, and
/// an earlier one of neither. A tie is worth its weight times its share, less a cost.
fn heaviest(ties: &[Vec<Option<Tie>>]) -> Vec<Tie> {
    let columns = ties.first().map_or(0, Vec::len);
    // The best chain within the first rows and columns.
    let mut best = vec![vec![0.0f64; columns + 1]; ties.len() + 1];
    for (i, row) in ties.iter().enumerate() {
        for (j, tie) in row.iter().enumerate() {
            let skip = best[i][j + 1].max(best[i + 1][j]);
            best[i + 1][j + 1] = match tie {
                Some(tie) => skip.max(skip + tie.weight * tie.share - COST),
                None => skip,
            };
        }
    }
    let mut chain = Vec::new();
    let (mut i, mut j) = (ties.len(), columns);
    while i > 0 && j > 0 {
        let skip = best[i - 1][j].max(best[i][j - 1]);
        if best[i][j] > skip {
            chain.extend(ties[i - 1][j - 1]);
        }
        // Whichever gave the most.
        if best[i - 1][j] >= best[i][j - 1] {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::Matcher;
    use crate::relation::prepared::testing::aligned;
    use crate::tokenize::Hasher;
    use proptest::prelude::*;

    fn retold(a: &str, b: &str) -> Retold {
        let lore = Lore {
            common: WordSet::common(&Hasher::default(), &Matcher::default()),
            profile: None,
        };
        let (a, b, alignment) = aligned(a, b);
        let (x, y) = (paragraphs(&a, &lore), paragraphs(&b, &lore));
        Retold::of(&x, &y, &alignment.runs)
    }

    const SOURCE: &str = "A freight train with 41 wagons of barley left the rails outside Tolmen shortly after \
        midnight, and twelve of them slid into the river Ost, the railroad office in Brennick reported.\n\
        Engine driver Selma Oddvik, who has driven the line for 19 years, was treated for a broken wrist in \
        Saint Ulla hospital.\n\
        Inspector Harald Quist blamed a rail that had cracked in the frost; a patrol had found it sound on Tuesday.\n\
        Fishermen from Skarrow began to pump the grain from the water, fearing that it would ferment and kill \
        the char.\n\
        The line to Dorn will stay shut until the weekend, and 3,000 commuters must take buses.";

    const RETOLD: &str = "Twelve wagons went into the Ost near Tolmen last night when a train carrying barley \
        derailed. The railroad office in Brennick said it had pulled 41 of them.\n\
        Its driver broke a wrist. Selma Oddvik, nineteen years on this line, is being looked after at Saint Ulla.\n\
        Frost had cracked a rail, according to inspector Harald Quist, although patrols saw nothing wrong there \
        on Tuesday.\n\
        In Skarrow they worry for their char: grain that ferments takes the air from the water, so fishermen \
        are pumping.\n\
        Buses replace trains for some 3,000 commuters, and Dorn cannot be reached by rail before the weekend.";

    const OTHER: &str = "Dorn woke up without its trains on Wednesday. In the station hall, Mayor Gudrun Eik \
        poured coffee for stranded schoolchildren.\n\
        It is the third derailment in Tolmen since the old signals were sold, unions say, and they want an inquiry.\n\
        Barley prices did not move on the exchange in Halven.\n\
        The ministry has no plans to renew the track, a spokeswoman said, before the budget of next year is passed.";

    #[test]
    fn paragraph_by_paragraph_in_other_words() {
        let found = retold(SOURCE, RETOLD);
        assert!(found.is_rewritten(0.0), "{found:?}");
        let ties: Vec<(usize, usize)> = found.ties.iter().map(|tie| (tie.a, tie.b)).collect();
        for pair in [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)] {
            assert!(ties.contains(&pair), "{pair:?} of {ties:?}");
        }
    }

    #[test]
    fn another_report_of_the_event_is_not_rewritten() {
        assert!(!retold(SOURCE, OTHER).is_rewritten(0.0));
    }

    #[test]
    fn other_figures_in_the_same_form_are_another_report() {
        let figures = |text: &str| {
            let digits = |c: char| {
                if c.is_ascii_digit() {
                    char::from(b'0' + (c as u8 - b'0' + 3) % 10)
                } else {
                    c
                }
            };
            let text: String = text.chars().map(digits).collect();
            text.replace("Twelve", "Thirty")
                .replace("nineteen", "forty")
        };
        let more = |text: &str| {
            format!(
                "{text}\nIn 2029 and 2030 it paid 1,316 and 7,080 crowns for each of 211 sleepers."
            )
        };
        assert!(retold(&more(SOURCE), &more(RETOLD)).is_rewritten(0.0));
        assert!(!retold(&more(SOURCE), &figures(&more(RETOLD))).is_rewritten(0.0));
    }

    #[test]
    fn texts_about_no_one_are_told_by_their_rare_words() {
        let source = "Barley ferments when grain is stored damp, and the vapor that it gives off stains copper pipes.\n\
                      Millers dry the kernels on slatted trays, turning them with rakes until they rattle.\n\
                      A hygrometer tells when to stop: below fifteen percent the germ sleeps and beetles starve.";
        let other = "Damp barley that is stored ferments, and its vapor stains pipes of copper.\n\
                     On slatted trays the kernels are dried; rakes turn them until there is a rattle.\n\
                     Once a hygrometer tells of fifteen percent, the germ sleeps, beetles starve and millers stop.";
        let found = retold(source, other);
        assert!(found.is_rewritten(0.2), "{found:?}");
        assert!(
            !found.is_rewritten(0.05),
            "common words in common order are missing"
        );
    }

    #[test]
    fn order_counts() {
        let mut turned: Vec<&str> = RETOLD.split('\n').collect();
        turned.reverse();
        assert!(!retold(SOURCE, &turned.join("\n")).is_rewritten(0.0));
    }

    #[test]
    fn a_copied_paragraph_is_no_evidence_of_rewriting() {
        assert!(!retold(SOURCE, SOURCE).is_rewritten(0.0));
    }

    fn ties_worth(worth: &[Vec<Option<u32>>]) -> Vec<Vec<Option<Tie>>> {
        let tie = |a, b, worth: u32| Tie {
            a,
            b,
            words_a: (0, 0),
            words_b: (0, 0),
            share: 1.0,
            weight: f64::from(worth),
            kinds: [true; 3],
            numbers: (0, 0),
            verbatim: false,
        };
        let row = |(a, row): (usize, &Vec<Option<u32>>)| {
            let cells = row.iter().enumerate();
            cells
                .map(|(b, worth)| worth.map(|worth| tie(a, b, worth)))
                .collect()
        };
        worth.iter().enumerate().map(row).collect()
    }

    proptest! {
        #[test]
        fn the_chain_is_the_heaviest(
            worth in prop::collection::vec(prop::collection::vec(prop::option::of(1u32..9), 4), 0..4),
        ) {
            let ties = ties_worth(&worth);
            let all: Vec<Tie> = ties.iter().flatten().copied().flatten().collect();
            let value = |chain: &[Tie]| chain.iter().map(|tie| tie.weight - COST).sum::<f64>();
            let ascends =
                |chain: &[Tie]| chain.windows(2).all(|w| w[0].a <= w[1].a && w[0].b <= w[1].b);
            let mut best = 0.0f64;
            for chosen in 0..1u32 << all.len() {
                let numbered = all.iter().enumerate();
                let chain: Vec<Tie> =
                    numbered.filter(|(i, _)| chosen >> i & 1 == 1).map(|(_, tie)| *tie).collect();
                if ascends(&chain) {
                    best = best.max(value(&chain));
                }
            }
            let found = heaviest(&ties);
            prop_assert!(ascends(&found));
            prop_assert!((value(&found) - best).abs() < 1e-9, "{} for {best}", value(&found));
        }
    }
}
