//! Direct speech of one story found in another, and who is credited with it.
//!
//! A statement of five words can be all that two stories share, and outlets change a word of it. So
//! each quotation of the one is laid over the places of the other where a run of its words stands,
//! and the words in order are counted.

use super::classes::Class;
use super::grams::Run;
use super::paragraph::fact;
use super::prepared::Prepared;
use crate::normalize::Matcher;
use crate::quotation::quotations;
use crate::tokenize::{Hasher, WordSet};

/// Fewest words of a statement.
const LEAST_WORDS: usize = 5;

/// Fewest words of it that are not common: "I do not know what it is" is nobody's.
const LEAST_UNCOMMON: usize = 2;

/// The most words of a statement that is laid over another text.
const MOST_WORDS: usize = 400;

/// The least share of a statement's words that must stand in the other story, in order, in percent.
const LEAST_SHARE: usize = 70;

/// One in how many of a statement's infrequent words may be another in the other story: "before we saw
/// the paper" is not "before we saw the avalanche".
const OTHER_WORDS: usize = 4;

/// Titles that are followed by a name and a period by now and then.
const TITLES: [&str; 8] = ["Dr", "Mr", "Mrs", "Ms", "Prof", "Rev", "Sr", "Sra"];

/// Words before and behind a quotation among which its speaker is looked for.
const NEAR: usize = 14;

/// Words between a quotation and the verb of saying.
const VERB_WITHIN: usize = 9;

/// Verbs of saying in six languages.
const VERBS: &str = "said says say told tells added adds stated insisted warned explained wrote asked announced \
    argued claimed declared noted recalled replied according quipped joked advised complained boasted confessed testified \
    commented concluded continued lamented maintained predicted remarked repeated responded shouted suggested urged vowed \
    whispered sagte sagt erklärte erklärt betonte meinte so dit déclaré \
    affirmé expliqué ajouté selon dijo afirmó declaró explicó señaló añadió según disse afirmou declarou explicou \
    acrescentou segundo сказал сказала заявил заявила сообщил сообщила";

/// Articles of German, where what follows has a capital and is no name.
const ARTICLES: &str = "der die das dem den des ein eine einem einen einer";

/// Verbs of saying, and articles, as a hasher sees them.
#[derive(Clone, Debug)]
pub(crate) struct Verbs {
    verbs: WordSet,
    articles: WordSet,
}

impl Verbs {
    pub(crate) fn new(hasher: &Hasher, matcher: &Matcher) -> Self {
        Self {
            verbs: WordSet::new(hasher, matcher, VERBS),
            articles: WordSet::new(hasher, matcher, ARTICLES),
        }
    }
}

/// A statement in quotation marks: the range of its words.
pub(crate) type Statement = (usize, usize);

/// The statements of a story's text that are long enough to be told by their words.
pub(crate) fn statements(story: &Prepared, common: &WordSet) -> Vec<Statement> {
    let spans = &story.spans[story.title_words..];
    let at = |byte: usize| {
        story.title_words + spans.partition_point(|&(start, _)| (start as usize) < byte)
    };
    let mut found: Vec<Statement> = quotations(story.text())
        .into_iter()
        .filter(|quotation| quotation.depth == 0)
        .map(|quotation| (at(quotation.inner.start), at(quotation.inner.end)))
        .filter(|&(from, to)| {
            let mut uncommon = (from..to).filter(|&at| !common.has(story.words[at]));
            (LEAST_WORDS..=MOST_WORDS).contains(&(to - from))
                && uncommon.nth(LEAST_UNCOMMON - 1).is_some()
        })
        .collect();
    found.dedup();
    found
}

/// A statement of one story that stands in the other: word ranges in both, and how alike they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) a: (usize, usize),
    pub(crate) b: (usize, usize),
    pub(crate) score: f64,
}

/// The statements of `a` that stand in `b`. `runs` are the runs of equal words of the two.
pub(crate) fn found_in(
    statements: &[Statement],
    (a, b): (&Prepared, &Prepared),
    runs: &[Run],
    common: &WordSet,
) -> Vec<Said> {
    let mut all = Vec::new();
    for &(from, to) in statements {
        let words = &a.evidence()[from..to];
        let within = runs
            .iter()
            .filter(|run| run.a < to && run.a + run.length > from);
        // Where its longest run stands, the rest of it is looked for.
        let longest = within.max_by_key(|run| (run.length, std::cmp::Reverse(run.b)));
        let best = longest.and_then(|run| {
            // Where the statement would begin if nothing was put in or left out, and some slack.
            let slack = words.len() / 4 + 2;
            let begin = (run.b + from)
                .saturating_sub(run.a + slack)
                .max(b.title_words);
            let end = (run.b + to + slack)
                .saturating_sub(run.a)
                .min(b.words.len());
            let (count, matched) = in_order(words, b.evidence().get(begin..end)?)?;
            let there = (begin + matched.0, begin + matched.1);
            let enough = count >= LEAST_WORDS && count * 100 >= words.len() * LEAST_SHARE;
            let same = enough && says_the_same((a, (from, to)), (b, there), common);
            same.then_some((count, there))
        });
        all.extend(best.map(|(count, b)| {
            let longer = words.len().max(b.1 - b.0);
            Said {
                a: (from, to),
                b,
                score: count as f64 / longer as f64,
            }
        }));
    }
    all
}

/// Whether a stretch of another story has the infrequent words of a statement, however they are
/// inflected or spelled at the end.
fn says_the_same(
    (a, (from, to)): (&Prepared, Statement),
    (b, (begin, end)): (&Prepared, (usize, usize)),
    common: &WordSet,
) -> bool {
    let known = |story: &Prepared, at: usize| {
        fact(story.shown(at, at + 1), story.classes[at]).map(|fact| fact.key)
    };
    let there: Vec<_> = (begin..end).map(|at| (b.words[at], known(b, at))).collect();
    let (mut all, mut other) = (0, 0);
    for at in (from..to).filter(|&at| !common.has(a.words[at])) {
        let key = known(a, at);
        let same = |&(word, stem): &(u64, Option<u64>)| {
            word == a.words[at] || stem.is_some() && stem == key
        };
        all += 1;
        other += usize::from(!there.iter().any(same));
    }
    other * OTHER_WORDS <= all
}

/// The most words of `a` that stand in `b` in order, and from where to where.
fn in_order(a: &[u64], b: &[u64]) -> Option<(usize, (usize, usize))> {
    // Row by row: the most words so far, and where in `b` the first of them stands.
    let mut row = vec![(0usize, usize::MAX); b.len() + 1];
    for x in a {
        let mut diagonal = row[0];
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y {
                (diagonal.0 + 1, if diagonal.0 == 0 { j } else { diagonal.1 })
            } else if row[j].0 > above.0 {
                row[j]
            } else {
                above
            };
            diagonal = above;
        }
    }
    let count = row.last()?.0;
    let last = row.iter().position(|&(most, _)| most == count)?;
    (count > 0).then_some((count, (row[last].1, last)))
}

/// Who is credited with the statement: the name beside a verb of saying, behind the quotation or
/// before it, in the same paragraph.
pub(crate) fn credit(
    story: &Prepared,
    (from, to): Statement,
    verbs: &Verbs,
    common: &WordSet,
) -> Option<String> {
    let open = |at: usize| !story.between(at).contains('\n');
    let mut end = to;
    while end < story.words.len() && end < to + NEAR && open(end - 1) {
        end += 1;
    }
    let mut start = from;
    while start > story.title_words && start + NEAR > from && open(start - 1) {
        start -= 1;
    }
    let verb = |at: &usize| verbs.verbs.has(story.words[*at]);
    let name = |at: usize| {
        story.classes[at].is(Class::NAME) && !story.classes[at].is(Class::DATE) && !verb(&at)
    };
    let title = |at: usize| TITLES.contains(&story.shown(at, at + 1));
    // Behind a quotation, and at the beginning of a sentence, any name may be the first.
    let part = |at: usize| name(at) || story.classes[at].capital() && !common.has(story.words[at]);
    let joined = |at: usize| match story.between(at).trim() {
        "" => true,
        "." => title(at),
        _ => false,
    };
    // The run of names round a place.
    let run = |first: usize, least: usize, most: usize| {
        let mut run = (first, first + 1);
        while run.0 > least && part(run.0 - 1) && joined(run.0 - 1) {
            run.0 -= 1;
        }
        while run.1 < most && part(run.1) && joined(run.1 - 1) {
            run.1 += 1;
        }
        while run.0 + 1 < run.1 && title(run.0) {
            run.0 += 1;
        }
        run
    };
    // Of the sentence of the verb alone: "He said" credits nobody whom the sentence before names.
    let goes_on = |at: usize| title(at) || !story.between(at).contains(['.', '!', '?']);
    let behind = |said: usize, end: usize| {
        let sentence = (said + 1..end).take_while(|&at| goes_on(at - 1));
        sentence.into_iter().find(|&at| name(at))
    };
    let before = |said: usize, start: usize| {
        let sentence = (start..said).rev().take_while(|&at| goes_on(at));
        sentence.into_iter().find(|&at| name(at))
    };
    // Directly before the verb stands who says it; elsewhere a full name is more likely than a single
    // one.
    let article = |at: usize| at > 0 && verbs.articles.has(story.words[at - 1]);
    let speaker = |said: usize, least: usize, most: usize| {
        let before = before(said, least).map(|at| run(at, least, said));
        let before = before.filter(|&(from, _)| !article(from));
        let behind = behind(said, most).map(|at| run(at, said + 1, most));
        let words = |run: Option<(usize, usize)>| run.map_or(0, |(from, to)| to - from);
        let adjacent = before.is_some_and(|(_, end)| end == said);
        let best = if !adjacent && words(behind) > words(before) {
            behind
        } else {
            before
        };
        best.map(|(from, to)| story.shown(from, to).to_owned())
    };
    let after = (to..end.min(to + VERB_WITHIN)).find(verb);
    after.and_then(|said| speaker(said, to, end)).or_else(|| {
        let said = (start.max(from.saturating_sub(VERB_WITHIN))..from)
            .rev()
            .find(verb)?;
        speaker(said, start, from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::prepared::testing::aligned;
    use proptest::prelude::*;

    /// The statements of `a` found in `b`, as shown in either, with who is credited in `a`.
    fn said(a: &str, b: &str) -> Vec<(String, String, Option<String>)> {
        let (hasher, matcher) = (Hasher::default(), Matcher::default());
        let common = WordSet::common(&hasher, &matcher);
        let verbs = Verbs::new(&hasher, &matcher);
        let (a, b, alignment) = aligned(a, b);
        found_in(&statements(&a, &common), (&a, &b), &alignment.runs, &common)
            .into_iter()
            .map(|said| {
                let shown = |story: &Prepared, words: (usize, usize)| {
                    story.shown(words.0, words.1).to_owned()
                };
                let credit = credit(&a, said.a, &verbs, &common);
                (shown(&a, said.a), shown(&b, said.b), credit)
            })
            .collect()
    }

    #[test]
    fn a_short_statement_with_small_differences() {
        let found = said(
            "The port stays shut. “The harbor ice is far too thick,” said Ilse Vantour, who runs it.",
            "Nothing sails from Orlemond today. Vantour said that the harbor ice was too thick and went home.",
        );
        let (here, there) = (
            "The harbor ice is far too thick",
            "the harbor ice was too thick",
        );
        let ilse = Some("Ilse Vantour".to_owned());
        assert_eq!(found, [(here.to_owned(), there.to_owned(), ilse)]);
    }

    #[test]
    fn stock_phrases_and_other_statements_are_none() {
        let stock = "I do not know what it is.";
        assert_eq!(said("“I do not know what it is,” said Ilse.", stock), []);
        let other = said(
            "“The harbor ice is far too thick for us,” said Ilse.",
            "The harbor ice is gone, and spring has come to Orlemond.",
        );
        assert_eq!(other, []);
    }

    #[test]
    fn who_is_credited() {
        let credit = |text: &str| {
            let found = said(text, "The harbor ice is far too thick");
            found[0].2.clone()
        };
        let ilse = Some("Ilse Vantour".to_owned());
        for text in [
            "“The harbor ice is far too thick,” port chief Ilse Vantour told reporters.",
            "On Monday, Ilse Vantour warned: “The harbor ice is far too thick.”",
            "Nach dem Sturm sagte dann Ilse Vantour: „The harbor ice is far too thick.“",
            "«The harbor ice is far too thick», dijo la capitana, Ilse Vantour.",
        ] {
            assert_eq!(credit(text), ilse, "{text}");
        }
        for text in [
            "They met Ole Brandt and Ilse Vantour. He said, “The harbor ice is far too thick.”",
            "“The harbor ice is far too thick.”\nOle Brandt said nothing.",
        ] {
            assert_eq!(credit(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn as_many_words_in_order_as_the_textbook_finds(
            a in prop::collection::vec(0u64..4, 0..20),
            b in prop::collection::vec(0u64..4, 0..20),
        ) {
            let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
            for (i, x) in a.iter().enumerate() {
                for (j, y) in b.iter().enumerate() {
                    table[i + 1][j + 1] = if x == y {
                        table[i][j] + 1
                    } else {
                        table[i][j + 1].max(table[i + 1][j])
                    };
                }
            }
            let most = table[a.len()][b.len()];
            let found = in_order(&a, &b);
            prop_assert_eq!(found.map_or(0, |(count, _)| count), most);
            if let Some((count, (from, to))) = found {
                prop_assert!(from < to && to <= b.len() && count <= to - from);
            }
        }
    }
}
