//! Paragraphs that tell the same in other words.
//!
//! What survives rewriting is facts: names, numbers, dates, and words that few texts have. A pair of
//! paragraphs is worth what it shares of them; and since a rewritten story follows its source, what
//! counts for a pair of stories is the heaviest chain of such pairs that ascends in both. Two
//! reporters at one event share names and numbers too, but neither their order nor as many of the
//! rarer words.

use super::grams::Run;
use super::paragraph::{Fact, Kind, Paragraphs};

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
    pub(crate) fn of(a: &Paragraphs, b: &Paragraphs, runs: &[Run]) -> Self {
        let shared = Shared::of(a, b);
        if shared.cells.iter().all(|cell| cell.weight < LEAST_WEIGHT) {
            return Self::default();
        }
        let (of_a, of_b) = weights(a, b);
        let mut ties = heaviest(
            &shared.ties((a, &of_a), (b, &of_b)),
            a.list.len(),
            shared.columns,
        );
        for tie in &mut ties {
            tie.verbatim = has_run(tie.words_a, tie.words_b, runs);
        }
        let reworded = ties.iter().filter(|tie| !tie.verbatim);
        let covered: f64 = reworded.map(|tie| tie.weight).sum();
        let least = of_a.iter().sum::<f64>().min(of_b.iter().sum());
        let share = if least > 0.0 {
            (covered / least).min(1.0)
        } else {
            0.0
        };
        let named = a.named().min(b.named());
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

/// What two paragraphs share.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    weight: f64,
    /// Whether names, numbers and words are among it.
    kinds: [bool; 3],
    numbers: u32,
}

/// What each pair of paragraphs shares, row by row.
#[derive(Debug)]
struct Shared {
    cells: Vec<Cell>,
    columns: usize,
}

/// The facts of one key.
type Stated<'f> = &'f [(Fact, u32)];

/// Walks the facts of both stories in the order of their keys: `each` gets those of one key, of either.
fn merge<'f>(a: &'f Paragraphs, b: &'f Paragraphs, mut each: impl FnMut(Stated<'f>, Stated<'f>)) {
    let take = |facts: &mut Stated<'f>, key: u64| {
        let stated = |(fact, _): &&(Fact, u32)| fact.key == key;
        let (taken, rest) = facts.split_at(facts.iter().take_while(stated).count());
        *facts = rest;
        taken
    };
    let (mut of_a, mut of_b) = (&a.facts[..], &b.facts[..]);
    while let Some(key) = [of_a.first(), of_b.first()]
        .into_iter()
        .flatten()
        .map(|(fact, _)| fact.key)
        .min()
    {
        let x = take(&mut of_a, key);
        each(x, take(&mut of_b, key));
    }
}

/// How many times less a fact weighs that so many paragraphs of either story state: what recurs
/// through the stories is what they are about, and proves little.
fn often(x: Stated<'_>, y: Stated<'_>) -> f64 {
    (x.len().max(y.len()) as f64).sqrt()
}

/// The weight of the facts of each paragraph of either story.
fn weights(a: &Paragraphs, b: &Paragraphs) -> (Vec<f64>, Vec<f64>) {
    let (mut of_a, mut of_b) = (vec![0.0; a.list.len()], vec![0.0; b.list.len()]);
    merge(a, b, |x, y| {
        let often = often(x, y);
        for (facts, sums) in [(x, &mut of_a), (y, &mut of_b)] {
            for (fact, paragraph) in facts {
                sums[*paragraph as usize] += f64::from(fact.weight) / often;
            }
        }
    });
    (of_a, of_b)
}

impl Shared {
    fn of(a: &Paragraphs, b: &Paragraphs) -> Self {
        let columns = b.list.len();
        let mut all = Self {
            cells: vec![Cell::default(); a.list.len() * columns],
            columns,
        };
        merge(a, b, |x, y| all.add(x, y));
        all
    }

    /// Adds a fact that some paragraphs of either story state.
    fn add(&mut self, x: Stated<'_>, y: Stated<'_>) {
        if x.is_empty() || y.is_empty() {
            return;
        }
        let often = often(x, y);
        for (fact, i) in x {
            let weight = f64::from(fact.weight) / often;
            for (_, j) in y {
                let cell = &mut self.cells[*i as usize * self.columns + *j as usize];
                cell.weight += weight;
                cell.kinds[fact.kind as usize] = true;
                cell.numbers += u32::from(fact.kind == Kind::Number);
            }
        }
    }

    /// The pairs of paragraphs that share enough, row by row. Each story comes with the weights of its
    /// paragraphs.
    fn ties(&self, (a, of_a): (&Paragraphs, &[f64]), (b, of_b): (&Paragraphs, &[f64])) -> Vec<Tie> {
        let cells = (0..).zip(&self.cells);
        let heavy = cells.filter(|(_, cell)| cell.weight >= LEAST_WEIGHT);
        let ties = heavy.filter_map(|(number, cell): (usize, _)| {
            let (i, j) = (number / self.columns, number % self.columns);
            let (x, y) = (a.list[i], b.list[j]);
            let share = cell.weight / of_a[i].min(of_b[j]).max(f64::MIN_POSITIVE);
            (share >= LEAST_SHARE).then_some(Tie {
                a: i,
                b: j,
                words_a: x.words,
                words_b: y.words,
                share,
                weight: cell.weight,
                kinds: cell.kinds,
                numbers: (cell.numbers as usize, x.numbers.min(y.numbers)),
                verbatim: false,
            })
        });
        ties.collect()
    }
}

/// The heaviest chain of ties: each of the next takes a later paragraph of one story or both, and
/// an earlier one of neither. A tie is worth its weight times its share, less a cost. `ties` stand in a
/// table of so many rows and columns, and come row by row.
fn heaviest(ties: &[Tie], rows: usize, columns: usize) -> Vec<Tie> {
    if ties.is_empty() {
        return Vec::new();
    }
    // The best chain within the first rows and columns.
    let width = columns + 1;
    let mut best = vec![0.0f64; (rows + 1) * width];
    let mut rest = ties.iter().peekable();
    for i in 0..rows {
        for j in 0..columns {
            let skip = best[i * width + j + 1].max(best[(i + 1) * width + j]);
            let tie = rest.next_if(|tie| (tie.a, tie.b) == (i, j));
            best[(i + 1) * width + j + 1] = match tie {
                Some(tie) => skip.max(skip + tie.weight * tie.share - COST),
                None => skip,
            };
        }
    }
    let mut chain = Vec::new();
    let (mut i, mut j) = (rows, columns);
    while i > 0 && j > 0 {
        let (above, left) = (best[(i - 1) * width + j], best[i * width + j - 1]);
        if best[i * width + j] > above.max(left) {
            let at = ties.binary_search_by_key(&(i - 1, j - 1), |tie| (tie.a, tie.b));
            chain.extend(at.ok().map(|at| ties[at]));
        }
        // Whichever gave the most.
        if above >= left {
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
    use crate::relation::paragraph::{Lore, paragraphs};
    use crate::relation::prepared::testing::aligned;
    use crate::tokenize::{Hasher, WordSet};
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

    fn ties_worth(worth: &[Vec<Option<u32>>]) -> Vec<Option<Tie>> {
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
            let cells = cells.map(|(b, worth)| worth.map(|worth| tie(a, b, worth)));
            cells.collect::<Vec<_>>()
        };
        worth.iter().enumerate().flat_map(row).collect()
    }

    proptest! {
        #[test]
        fn the_chain_is_the_heaviest(
            worth in prop::collection::vec(prop::collection::vec(prop::option::of(1u32..9), 4), 0..4),
        ) {
            let ties = ties_worth(&worth);
            let all: Vec<Tie> = ties.iter().flatten().copied().collect();
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
            let found = heaviest(&all, worth.len(), 4);
            prop_assert!(ascends(&found));
            prop_assert!((value(&found) - best).abs() < 1e-9, "{} for {best}", value(&found));
        }
    }
}
