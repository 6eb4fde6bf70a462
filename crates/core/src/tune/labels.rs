//! Which rules agree best with what people say of pairs.

use rayon::prelude::*;

use crate::Error;
use crate::normalize::Matcher;
use crate::relation::{Measured, Relation, RelationRules, Verifier};
use crate::settings::Settings;
use crate::story::{StoryBuffer, StoryReader, TextSource};
use crate::tokenize::{Hasher, fold};

/// A pair of stories and whether it is one of copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labeled {
    /// The number of the one in the source.
    pub a: u32,
    /// The number of the other.
    pub b: u32,
    /// Whether people call the two copies.
    pub copy: bool,
}

/// How verdicts agree with labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Copies that are called copies.
    pub found: u64,
    /// Copies that are not.
    pub missed: u64,
    /// Other pairs that are called copies.
    pub wrong: u64,
}

impl Agreement {
    /// The share of copies in what is called a copy; 1 if nothing is.
    pub fn precision(&self) -> f64 {
        share(self.found, self.found + self.wrong)
    }

    /// The share of what is called a copy in all copies; 1 if there are none.
    pub fn recall(&self) -> f64 {
        share(self.found, self.found + self.missed)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        share(2 * self.found, 2 * self.found + self.missed + self.wrong)
    }

    /// Where the precision is with a confidence of 95 %, by [`wilson`].
    pub fn precision_within(&self) -> (f64, f64) {
        wilson(self.found, self.found + self.wrong)
    }

    /// Where the recall is with a confidence of 95 %, by [`wilson`].
    pub fn recall_within(&self) -> (f64, f64) {
        wilson(self.found, self.found + self.missed)
    }

    fn add(&mut self, called: bool, copy: bool) {
        match (called, copy) {
            (true, true) => self.found += 1,
            (false, true) => self.missed += 1,
            (true, false) => self.wrong += 1,
            (false, false) => {}
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            found: self.found + other.found,
            missed: self.missed + other.missed,
            wrong: self.wrong + other.wrong,
        }
    }
}

fn share(part: u64, of: u64) -> f64 {
    if of == 0 {
        1.0
    } else {
        part as f64 / of as f64
    }
}

/// The interval of 95 % of a share of which `hits` in `of` were seen, for draws that are independent of
/// each other: Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
/// the American Statistical Association 22 (1927). All of it, 0 to 1, where nothing was seen.
///
/// # Examples
/// ```
/// let (from, to) = wirefold::tune::wilson(8, 10);
/// assert!((from - 0.490).abs() < 5e-4 && (to - 0.943).abs() < 5e-4);
/// ```
pub fn wilson(hits: u64, of: u64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    // Of the normal distribution, .95 lies within so many deviations.
    let z = 1.959_963_984_540_054_f64;
    let (n, p) = (of as f64, hits.min(of) as f64 / of as f64);
    let center = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    (
        ((center - half) / scale).max(0.0),
        ((center + half) / scale).min(1.0),
    )
}

/// Labeled pairs with all that rules decide by.
#[derive(Clone, Debug)]
pub struct Judged {
    pairs: Vec<(Labeled, Measured)>,
    /// The relations that count as a copy.
    copies: Vec<Relation>,
    /// The rules in force.
    rules: RelationRules,
}

/// Rules that were chosen by labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// The rules.
    pub rules: RelationRules,
    /// Their agreement with the labels that they were chosen by. It flatters them.
    pub seen: Agreement,
    /// What rules chosen in the same way come to on labels that they were not chosen by: five times from four
    /// fifths of the pairs, judged on the last fifth.
    pub unseen: Agreement,
}

/// Parts of the labeled pairs, each of which is judged by rules from the others.
const FOLDS: u64 = 5;

/// Rules that come so near to the best, in F1 or recall, count as being as good: the one that is nearest to
/// the rules in force is chosen of them, for so little is chance.
const AS_GOOD: f64 = 0.001;

impl Judged {
    /// Compares the pairs of `labels`, whether or not their sketches would propose them. `copies` are the
    /// relations that count as a copy, of those of a family ([`Relation::joins`]). Work runs on the current
    /// rayon pool.
    ///
    /// # Errors
    /// [`Error::Setting`]; [`Error::Source`] if a story cannot be read.
    pub fn new<S: TextSource + ?Sized>(
        source: &S,
        matcher: &Matcher,
        settings: &Settings,
        labels: &[Labeled],
        copies: &[Relation],
    ) -> Result<Self, Error> {
        settings.check()?;
        let hasher = Hasher::new(settings.seed);
        let pairs: Result<Vec<Vec<_>>, Error> = labels
            .par_chunks(64)
            .map(|labels| {
                let mut verifier = Verifier::new(source, settings.grounds(matcher, &hasher));
                let mut reader = StoryReader::new(matcher, settings.furniture.clone());
                let mut buffer = StoryBuffer::default();
                let mut content = |story| {
                    source.read(story, &mut buffer)?;
                    let (text, words) = reader.read(&hasher, buffer.story());
                    Ok::<_, Error>((!words.hashes.is_empty()).then(|| hasher.text(text)))
                };
                let mut measure = |&label: &Labeled| {
                    let of_a = content(label.a)?;
                    let equal = of_a.is_some() && of_a == content(label.b)?;
                    Ok((label, verifier.measure(label.a, label.b, equal)?))
                };
                labels.iter().map(&mut measure).collect()
            })
            .collect();
        Ok(Self {
            pairs: pairs?.into_iter().flatten().collect(),
            copies: copies.to_vec(),
            rules: settings.rules.clone(),
        })
    }

    /// How many pairs there are, and how many of them are copies.
    pub fn counts(&self) -> (u64, u64) {
        let copies = self.pairs.iter().filter(|(label, _)| label.copy).count();
        (self.pairs.len() as u64, copies as u64)
    }

    /// How `rules` agree with the labels.
    pub fn agreement(&self, rules: &RelationRules) -> Agreement {
        self.agreement_of(rules, |_| true)
    }

    fn agreement_of(&self, rules: &RelationRules, of: impl Fn(&Labeled) -> bool) -> Agreement {
        let mut agreement = Agreement::default();
        for (label, measured) in self.pairs.iter().filter(|(label, _)| of(label)) {
            let relation = measured.relation(rules);
            let called = relation.is_some_and(|relation| self.copies.contains(&relation));
            agreement.add(called, label.copy);
        }
        agreement
    }

    /// The rules that agree best with the labels: those with the highest F1, or with a `precision` that is
    /// wanted the highest recall of those that reach it. Tried are thresholds and containments by twentieths,
    /// from 0.05 and 0.5, and overlaps from 0.2 where `overlapping` counts as a copy. Of rules that are as
    /// good within a thousandth, the nearest to those in force. `None` if none reaches the precision.
    pub fn choose(&self, precision: Option<f64>) -> Option<Chosen> {
        let grid = self.grid();
        let tried: Vec<[Agreement; FOLDS as usize]> = grid
            .par_iter()
            .map(|rules| {
                let fold = |part| self.agreement_of(rules, |label| part_of(label) == part);
                std::array::from_fn(|part| fold(part as u64))
            })
            .collect();
        let whole = |parts: &[Agreement; FOLDS as usize], without: Option<usize>| {
            let parts = parts.iter().enumerate();
            parts
                .filter(|(part, _)| Some(*part) != without)
                .fold(Agreement::default(), |sum, (_, part)| sum.with(*part))
        };
        let best = |without: Option<usize>| {
            let worth = |at: usize| {
                let agreement = whole(&tried[at], without);
                match precision {
                    None => Some(agreement.f1()),
                    Some(wanted) => {
                        let reached = agreement.found > 0 && agreement.precision() >= wanted;
                        reached.then(|| agreement.recall())
                    }
                }
            };
            let worths: Vec<Option<f64>> = (0..grid.len()).map(worth).collect();
            let most = worths.iter().flatten().copied().fold(0.0, f64::max);
            let good = |at: &usize| worths[*at].is_some_and(|worth| worth >= most - AS_GOOD);
            (0..grid.len()).filter(good).min_by(|&x, &y| {
                let [of_x, of_y] = [x, y].map(|at| self.distance(&grid[at]));
                of_x.total_cmp(&of_y)
            })
        };
        let at = best(None)?;
        let unseen = (0..FOLDS as usize)
            .filter_map(|part| Some(tried[best(Some(part))?][part]))
            .fold(Agreement::default(), Agreement::with);
        Some(Chosen {
            rules: grid[at].clone(),
            seen: whole(&tried[at], None),
            unseen,
        })
    }

    /// How far rules are from those in force.
    fn distance(&self, rules: &RelationRules) -> f64 {
        (rules.threshold - self.rules.threshold).abs()
            + (rules.containment - self.rules.containment).abs()
            + (rules.overlap - self.rules.overlap).abs()
    }

    /// The rules that are tried, those in force among them.
    fn grid(&self) -> Vec<RelationRules> {
        let steps = |from: u32, to: u32, own: f64| {
            let steps = (from..=to).map(|step| f64::from(step) / 20.0);
            let mut steps: Vec<f64> = steps.chain([own]).collect();
            steps.sort_by(f64::total_cmp);
            steps.dedup();
            steps
        };
        let overlaps = if self.copies.contains(&Relation::Overlapping) {
            steps(4, 20, self.rules.overlap)
        } else {
            vec![self.rules.overlap]
        };
        let mut grid = Vec::new();
        for threshold in steps(1, 20, self.rules.threshold) {
            for &containment in &steps(10, 20, self.rules.containment) {
                grid.extend(overlaps.iter().map(|&overlap| RelationRules {
                    threshold,
                    containment,
                    overlap,
                    ..self.rules.clone()
                }));
            }
        }
        grid
    }
}

/// The part that a pair belongs to, whatever the order of labels and of the two.
fn part_of(label: &Labeled) -> u64 {
    let (low, high) = (label.a.min(label.b), label.a.max(label.b));
    let pair = u64::from(low) << 32 | u64::from(high);
    (fold(pair ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93) >> 16) % FOLDS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::relation::Similarity;

    /// Pairs that are nothing but their measures.
    fn judged(pairs: &[(usize, usize, usize, bool)]) -> Judged {
        let measured = |&(shared, a, b, _): &(usize, usize, usize, bool)| Measured {
            equal: false,
            similarity: Similarity {
                a: a + shared,
                b: b + shared,
                shared,
            },
            aligned: 0,
            words: (a + shared, b + shared),
            template: false,
            ages: false,
            one_item: false,
        };
        let numbered = (0u32..).zip(pairs);
        Judged {
            pairs: numbered
                .map(|(number, pair)| {
                    let label = Labeled {
                        a: 2 * number,
                        b: 2 * number + 1,
                        copy: pair.3,
                    };
                    (label, measured(pair))
                })
                .collect(),
            copies: vec![Relation::NearDuplicate, Relation::Contained],
            rules: RelationRules::default(),
        }
    }

    #[test]
    fn labels_beyond_a_threshold_give_it_back() {
        let pairs: Vec<_> = (0..100).map(|n| (n, 100 - n, 100 - n, n >= 73)).collect();
        let judged = judged(&pairs);
        assert_eq!(judged.counts(), (100, 27));
        // A Jaccard similarity of .6 and a containment of .75 are the same here; that is as near to 73 as
        // twentieths come, and the one is nearer to the rules in force than both.
        let chosen = judged.choose(Some(1.0)).unwrap();
        assert_eq!(chosen.seen.wrong, 0);
        assert_eq!(
            (chosen.rules.threshold, chosen.rules.containment),
            (0.6, 0.8)
        );
        assert_eq!((chosen.seen.found, chosen.seen.missed), (25, 2));
        assert_eq!(chosen.seen, judged.agreement(&chosen.rules));
        let parts = chosen.unseen.found + chosen.unseen.missed;
        assert_eq!(parts, 27, "each copy is judged once");
    }

    #[test]
    fn a_precision_out_of_reach_is_not_feigned() {
        // The most similar pair is no copy.
        let judged = judged(&[(99, 1, 0, false), (90, 5, 5, true), (100, 0, 0, false)]);
        assert_eq!(judged.choose(Some(0.9)), None);
        assert!(judged.choose(None).is_some());
    }

    proptest! {
        #[test]
        fn nothing_on_the_grid_is_better(
            pairs in prop::collection::vec((0usize..40, 0usize..20, 0usize..20, any::<bool>()), 1..40),
            wanted in prop::option::of(prop::sample::select(vec![0.5, 0.8, 1.0])),
        ) {
            let judged = judged(&pairs);
            let chosen = judged.choose(wanted);
            for threshold in 1..=20 {
                for containment in 10..=20 {
                    let rules = RelationRules {
                        threshold: f64::from(threshold) / 20.0,
                        containment: f64::from(containment) / 20.0,
                        ..RelationRules::default()
                    };
                    let other = judged.agreement(&rules);
                    if other.found == 0 {
                        continue;
                    }
                    if let Some(chosen) = &chosen {
                        let (of_chosen, of_other) = match wanted {
                            None => (chosen.seen.f1(), other.f1()),
                            Some(wanted) if other.precision() >= wanted => {
                                prop_assert!(chosen.seen.precision() >= wanted);
                                (chosen.seen.recall(), other.recall())
                            }
                            Some(_) => continue,
                        };
                        prop_assert!(of_chosen >= of_other - AS_GOOD - 1e-9);
                    } else {
                        prop_assert!(other.precision() < wanted.unwrap());
                    }
                }
            }
        }
    }
}
