//! The stories of a sample as sets of shingles, and the exact similarities of their pairs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::Error;
use crate::normalize::Matcher;
use crate::relation::Similarity;
use crate::settings::Settings;
use crate::story::{StoryBuffer, StoryReader, TextSource};
use crate::tokenize::{Hasher, Shingles};

/// Steps that finding all pairs may take: some seconds. A shingle that `n` stories have takes n² / 2.
const MOST_STEPS: u64 = 4_000_000_000;

/// Stories that one task reads or compares.
const AT_ONCE: u32 = 64;

/// The stories of a source as sets of shingles.
///
/// Equal texts count once; stories without a word do not.
#[derive(Clone, Debug)]
pub struct Sample {
    pub(super) settings: Settings,
    /// The number of each story in the source, and its shingles, distinct and ascending.
    pub(super) stories: Vec<(u32, Vec<u64>)>,
    equal: u64,
}

/// Two stories of a sample that have shingles in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The number of the first in the source.
    pub a: u32,
    /// The number of the second, which is greater.
    pub b: u32,
    /// Of their sets of shingles.
    pub similarity: Similarity,
}

/// What [`Sample::pairs`] finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Pairs by their numbers.
    pub pairs: Vec<Pair>,
    /// If there are too many pairs to look at all: shingles that more stories have were passed over,
    /// and pairs that share no rarer one are missing.
    pub rarer_than: Option<usize>,
}

/// The first stories of a source. Copies of news come soon after each other: stories in a row keep the
/// pairs, of which stories at random places keep few.
#[derive(Debug)]
pub struct First<'s, S: ?Sized> {
    source: &'s S,
    count: u32,
}

impl<'s, S: TextSource + ?Sized> First<'s, S> {
    /// The first `count` stories of `source`, or all.
    pub fn new(source: &'s S, count: u32) -> Self {
        let count = count.min(source.count());
        Self { source, count }
    }
}

impl<S: TextSource + ?Sized> TextSource for First<'_, S> {
    fn count(&self) -> u32 {
        self.count
    }

    fn id(&self, number: u32) -> &str {
        self.source.id(number)
    }

    fn read(&self, number: u32, story: &mut StoryBuffer) -> Result<(), Error> {
        self.source.read(number, story)
    }
}

/// Twentieths, in which similarities are counted and thresholds tried.
const TWENTIETHS: usize = 20;

impl Pairs {
    /// How many pairs have a Jaccard similarity in each twentieth: 0 to 0.05 without it, and so on; 1 is
    /// in the last.
    pub fn histogram(&self) -> [u64; TWENTIETHS] {
        let mut histogram = [0; TWENTIETHS];
        for pair in &self.pairs {
            let Similarity { a, b, shared } = pair.similarity;
            let twentieth = TWENTIETHS * shared / (a + b - shared).max(1);
            histogram[twentieth.min(TWENTIETHS - 1)] += 1;
        }
        histogram
    }

    /// Of the thresholds 0.3 to 0.9, by twentieths, the one next to which the fewest pairs are, within a
    /// twentieth on both sides, and how many these are: there it matters least. Counts that are no further from
    /// the fewest than two deviations of chance, as Poisson has them, are as few; of these it is the threshold
    /// nearest to `threshold`.
    pub fn quietest(&self, threshold: f64) -> (f64, u64) {
        let histogram = self.histogram();
        let tried = (6..=18).map(|step| {
            let near = histogram[step - 1] + histogram[step];
            (step as f64 / TWENTIETHS as f64, near)
        });
        let fewest = tried.clone().map(|(_, near)| near).min().unwrap_or(0) as f64;
        let as_few = tried.filter(|(_, near)| *near as f64 <= fewest + 2.0 * fewest.sqrt());
        let distance = |of: f64| (of - threshold).abs();
        let nearest = as_few.min_by(|x, y| distance(x.0).total_cmp(&distance(y.0)));
        nearest.unwrap_or((threshold, 0))
    }
}

impl Sample {
    /// Reads all of `source`; `settings` say what a shingle is. Work runs on the current rayon pool.
    /// It takes eight bytes a shingle, and as much again for the pairs.
    ///
    /// # Errors
    /// [`Error::Setting`]; [`Error::Source`] if a story cannot be read.
    pub fn read<S: TextSource + ?Sized>(
        source: &S,
        matcher: &Matcher,
        settings: &Settings,
    ) -> Result<Self, Error> {
        settings.check()?;
        let hasher = Hasher::new(settings.seed);
        let count = source.count();
        let read = |block: u32| {
            let mut reader = StoryReader::new(matcher, Arc::clone(&settings.furniture));
            let (mut buffer, mut sets) = (StoryBuffer::default(), Vec::new());
            for number in block * AT_ONCE..count.min((block + 1).saturating_mul(AT_ONCE)) {
                source.read(number, &mut buffer)?;
                let (text, words) = reader.read(&hasher, buffer.story());
                if words.hashes.is_empty() {
                    continue;
                }
                let mut set = Vec::new();
                Shingles::write(&hasher, &words.hashes, settings.shingle_words, &mut set);
                set.sort_unstable();
                set.dedup();
                sets.push((number, hasher.text(text), set));
            }
            Ok(sets)
        };
        let blocks: Result<Vec<_>, Error> = (0..count.div_ceil(AT_ONCE))
            .into_par_iter()
            .map(read)
            .collect();
        let mut seen = HashSet::new();
        let mut sample = Self {
            settings: settings.clone(),
            stories: Vec::new(),
            equal: 0,
        };
        for (number, content, set) in blocks?.into_iter().flatten() {
            if seen.insert(content) {
                sample.stories.push((number, set));
            } else {
                sample.equal += 1;
            }
        }
        Ok(sample)
    }

    /// Stories with different texts.
    pub fn stories(&self) -> u64 {
        self.stories.len() as u64
    }

    /// Stories whose text an earlier one has.
    pub fn equal(&self) -> u64 {
        self.equal
    }

    /// All pairs of stories whose Jaccard similarity is at least `least`, which is over 0, by what
    /// shingles they share: nothing is estimated.
    pub fn pairs(&self, least: f64) -> Pairs {
        self.pairs_within(least, MOST_STEPS)
    }

    fn pairs_within(&self, least: f64, most_steps: u64) -> Pairs {
        // Each shingle with the stories that have it, and of each story where it stands there.
        let mut postings: Vec<(u64, u32)> = (0u32..)
            .zip(&self.stories)
            .flat_map(|(at, (_, set))| set.iter().map(move |&shingle| (shingle, at)))
            .collect();
        postings.par_sort_unstable();
        let groups = || postings.chunk_by(|x, y| x.0 == y.0);
        let most = most_stories(groups().map(<[_]>::len), most_steps);
        let mut places: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.stories.len()];
        let mut members = Vec::new();
        for group in groups().filter(|group| (2..=most).contains(&group.len())) {
            let start = members.len() as u32;
            for &(_, story) in group {
                // Those before it, for each pair once.
                places[story as usize].push((start, members.len() as u32));
                members.push(story);
            }
        }
        let rarer_than = groups().any(|group| group.len() > most).then_some(most);
        drop(postings);
        let stories = self.stories.len() as u32;
        let pairs = (0..stories.div_ceil(AT_ONCE)).into_par_iter().map_init(
            || vec![0u32; self.stories.len()],
            |shared, block| {
                let mut pairs = Vec::new();
                let mut touched: Vec<u32> = Vec::new();
                for b in block * AT_ONCE..stories.min((block + 1).saturating_mul(AT_ONCE)) {
                    for &(start, end) in &places[b as usize] {
                        for &a in &members[start as usize..end as usize] {
                            if shared[a as usize] == 0 {
                                touched.push(a);
                            }
                            shared[a as usize] += 1;
                        }
                    }
                    touched.sort_unstable();
                    for a in touched.drain(..) {
                        let met = std::mem::take(&mut shared[a as usize]) as usize;
                        let (of_a, of_b) = (&self.stories[a as usize], &self.stories[b as usize]);
                        let similarity = match rarer_than {
                            // What was passed over they may share too.
                            Some(_) => Similarity::of(&of_a.1, &of_b.1),
                            None => Similarity {
                                a: of_a.1.len(),
                                b: of_b.1.len(),
                                shared: met,
                            },
                        };
                        if similarity.jaccard() >= least {
                            pairs.push(Pair {
                                a: of_a.0,
                                b: of_b.0,
                                similarity,
                            });
                        }
                    }
                }
                pairs
            },
        );
        let mut pairs: Vec<Pair> = pairs.flatten_iter().collect();
        pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
        Pairs { pairs, rarer_than }
    }
}

/// The most stories that a shingle may have if all shingles that have no more take `most_steps`.
fn most_stories(sizes: impl Iterator<Item = usize>, most_steps: u64) -> usize {
    let mut of_size: HashMap<usize, u64> = HashMap::new();
    for size in sizes {
        *of_size.entry(size).or_default() += 1;
    }
    let mut sizes: Vec<(usize, u64)> = of_size.into_iter().collect();
    sizes.sort_unstable();
    let mut steps = 0u64;
    let mut most = 2;
    for (size, count) in sizes {
        let pairs = size as u64 * (size as u64).saturating_sub(1) / 2;
        steps = steps.saturating_add(count.saturating_mul(pairs));
        if steps > most_steps {
            break;
        }
        most = most.max(size);
    }
    most
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::story::Story;

    fn feed(texts: &[String]) -> Vec<(String, Story<'_>)> {
        let story = |text| Story {
            text,
            ..Story::default()
        };
        let numbered = texts.iter().enumerate();
        numbered
            .map(|(number, text)| (number.to_string(), story(text)))
            .collect()
    }

    #[test]
    fn the_quietest_threshold_is_where_few_pairs_are_but_for_chance() {
        // So many pairs of each similarity, in hundredths.
        let pairs = |counts: &[(usize, usize)]| {
            let of = |&(shared, count): &(usize, usize)| {
                let similarity = Similarity {
                    a: 100,
                    b: shared,
                    shared,
                };
                std::iter::repeat_n(
                    Pair {
                        a: 0,
                        b: 1,
                        similarity,
                    },
                    count,
                )
            };
            Pairs {
                pairs: counts.iter().flat_map(of).collect(),
                rarer_than: None,
            }
        };
        assert_eq!(pairs(&[]).quietest(0.5), (0.5, 0));
        // None next to 0.65 and from 0.8 on.
        let gap = pairs(&[(33, 9), (43, 9), (53, 9), (57, 9), (72, 9), (99, 50)]);
        assert_eq!(gap.histogram()[19], 50);
        assert_eq!(gap.quietest(0.5), (0.65, 0));
        let flat: Vec<(usize, usize)> = (0..20).map(|at| (5 * at + 2, 20 + at % 3)).collect();
        assert_eq!(
            pairs(&flat).quietest(0.5),
            (0.5, 41),
            "what is chance moves nothing"
        );
        let hill: Vec<(usize, usize)> = (0..20).map(|at| (5 * at + 2, 100 - 4 * at)).collect();
        assert!(pairs(&hill).quietest(0.5).0 > 0.8);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn pairs_are_those_of_brute_force(
            stories in prop::collection::vec(prop::collection::vec(0u8..6, 0..30), 0..14),
            least in prop::sample::select(vec![0.01, 0.3, 0.7]), steps in 0u64..200,
        ) {
            let text = |words: &Vec<u8>| {
                let words: Vec<String> = words.iter().map(|word| format!("word{word}")).collect();
                words.join(" ")
            };
            let texts: Vec<String> = stories.iter().map(text).collect();
            let settings = Settings { shingle_words: 2, ..Settings::default() };
            let sample = Sample::read(&feed(&texts)[..], &Matcher::default(), &settings).unwrap();
            let mut want = Vec::new();
            for (at, (b, of_b)) in sample.stories.iter().enumerate() {
                for (a, of_a) in &sample.stories[..at] {
                    let similarity = Similarity::of(of_a, of_b);
                    if similarity.jaccard() >= least {
                        want.push(Pair { a: *a, b: *b, similarity });
                    }
                }
            }
            want.sort_unstable_by_key(|pair| (pair.a, pair.b));
            let empty = stories.iter().filter(|words| words.is_empty()).count();
            prop_assert_eq!(sample.stories() + sample.equal() + empty as u64, stories.len() as u64);
            prop_assert_eq!(sample.pairs(least), Pairs { pairs: want.clone(), rarer_than: None });
            // What is found of too many is exact too.
            let some = sample.pairs_within(least, steps);
            prop_assert!(some.pairs.iter().all(|pair| want.contains(pair)));
            prop_assert!(some.rarer_than.is_some() || some.pairs == want);
        }
    }
}
