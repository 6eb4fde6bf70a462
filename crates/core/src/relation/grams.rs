//! Where each run of three words stands in a story: the seeds of an alignment.

/// Words in a seed. True copies read by bad optical recognition still share runs of three words
/// where they share none of five.
pub(super) const SEED_WORDS: usize = 3;

/// Places of one seed looked at, so that a story repeating one phrase stays linear.
const MOST_PLACES: usize = 16;

/// No place.
const NONE: u32 = u32::MAX;

/// An index of the seeds of one story, made once and used for every story it is compared with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grams {
    places: Vec<Place>,
    /// The first place of each slot.
    heads: Vec<u32>,
    shift: u32,
}

/// What is known of a place: all that is asked for together lies together.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The seed, mixed.
    mixed: u32,
    /// The next place in the slot, ascending.
    next: u32,
    /// The first place from here on whose mixed seed has another place too; the number of places
    /// where there is none.
    repeated: u32,
}

impl Grams {
    /// Indexes `words`.
    pub(crate) fn new(words: &[u64]) -> Self {
        let count = (words.len() + 1).saturating_sub(SEED_WORDS);
        if count == 0 {
            return Self::default();
        }
        let bits = (2 * count).next_power_of_two().ilog2().min(31);
        let places = words.windows(SEED_WORDS).map(|seed| Place {
            mixed: mix(seed),
            next: NONE,
            repeated: NONE,
        });
        let mut places: Vec<Place> = places.collect();
        let mut heads = vec![NONE; 1 << bits];
        let shift = 32 - bits;
        for place in (0..count).rev() {
            let seed = places[place].mixed;
            let head = &mut heads[(seed >> shift) as usize];
            let mut later = std::mem::replace(head, place as u32);
            places[place].next = later;
            while let Some(known) = places.get_mut(later as usize) {
                if known.mixed == seed {
                    known.repeated = later;
                    places[place].repeated = place as u32;
                    break;
                }
                later = known.next;
            }
        }
        let mut nearest = count as u32;
        for (number, place) in places.iter_mut().enumerate().rev() {
            if place.repeated as usize == number {
                nearest = number as u32;
            }
            place.repeated = nearest;
        }
        Self {
            places,
            heads,
            shift,
        }
    }

    /// The first place where this index may have the mixed seed.
    fn first(&self, seed: u32) -> u32 {
        let slot = (seed >> self.shift) as usize;
        self.heads.get(slot).copied().unwrap_or(NONE)
    }

    /// Whether `text` has `words` in a row at a place of the seed that they begin with; nothing if they are
    /// too few for one, or it stands at too many places. `text` may be another than was indexed, of the
    /// same length.
    pub(super) fn has(&self, text: &[u64], words: &[u64]) -> Option<bool> {
        let mixed = mix(words.get(..SEED_WORDS)?);
        let mut place = self.first(mixed);
        let mut places = 0;
        while let Some(known) = self.places.get(place as usize) {
            let here = place as usize;
            place = known.next;
            if known.mixed != mixed {
                continue;
            }
            if text.get(here..here + words.len()) == Some(words) {
                return Some(true);
            }
            places += 1;
            if places == MOST_PLACES {
                return None;
            }
        }
        Some(false)
    }

    /// Bytes that the index of so many words takes, for bounding caches.
    pub(crate) fn bytes(words: usize) -> usize {
        4 * (2 * words.next_power_of_two() + 3 * words)
    }
}

fn mix(seed: &[u64]) -> u32 {
    let mixed = seed.iter().fold(0u64, |sum, &word| {
        (sum.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    (mixed >> 32) as u32
}

/// A run of equal words: `length` words from `a` in one story and from `b` in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) length: usize,
}

/// A run that is reported wherever it stands.
pub(super) const LONG_RUN: usize = 12;

/// Maximal runs of at least [`SEED_WORDS`] equal words, ordered by their place in `b`, then in `a`.
///
/// All of them where no seed has more than 16 places in `a`. Where one has, a run in progress is
/// left alone, and a new one is looked for at the first 16 places and where the last one would go
/// on; besides, every word of `b` that stands in a run of [`LONG_RUN`] words stands in one that is
/// reported.
pub(crate) fn runs(a: (&[u64], &Grams), b: (&[u64], &Grams), found: &mut Vec<Run>) {
    let ((a, index), (b, of_b)) = (a, b);
    found.clear();
    let mut crowded = false;
    // Not within a run that began before.
    let begins = |here: usize, at: usize| here == 0 || at == 0 || a[here - 1] != b[at - 1];
    // The run that reaches furthest.
    let mut last: Option<Run> = None;
    let mut at = 0;
    while let Some(&Place { mixed, .. }) = of_b.places.get(at) {
        let at_b = at;
        at += 1;
        let mut place = index.first(mixed);
        if place == NONE {
            continue;
        }
        let seed = &b[at_b..at_b + SEED_WORDS];
        let in_progress = last.is_some_and(|run| run.b + run.length >= at_b + SEED_WORDS);
        let (before, mut places) = (found.len(), 0);
        // A slot holds other seeds too, but few of them: the table is at most half full.
        while let Some(known) = index.places.get(place as usize) {
            let here = place as usize;
            place = known.next;
            if known.mixed != mixed || a[here..here + SEED_WORDS] != *seed {
                continue;
            }
            places += 1;
            if places > MOST_PLACES {
                break;
            }
            if begins(here, at_b) {
                found.push(extend(a, b, here, at_b));
            }
        }
        if places > MOST_PLACES {
            crowded = true;
            if in_progress {
                found.truncate(before);
                continue;
            }
            // Where the last run would go on.
            if let Some(on) = last.map(|run| run.a + at_b - run.b)
                && a.get(on..on + SEED_WORDS) == Some(seed)
                && begins(on, at_b)
                && found[before..].iter().all(|run| run.a != on)
            {
                found.push(extend(a, b, on, at_b));
            }
        }
        for &run in &found[before..] {
            if last.is_none_or(|l| l.b + l.length < run.b + run.length) {
                last = Some(run);
            }
        }
        // Within a run, seeds that `a` has once stand in that run and in no other.
        if let Some(run) = last
            && let Some(&Place { repeated, .. }) = index.places.get(run.a + at - run.b)
        {
            let end = run.b + run.length + 1 - SEED_WORDS;
            at = at.max(end.min(run.b + (repeated as usize).saturating_sub(run.a)));
        }
    }
    if crowded {
        add_long(a, b, found);
        found.sort_unstable_by_key(|run| (run.b, run.a));
        found.dedup();
    }
}

fn extend(a: &[u64], b: &[u64], at_a: usize, at_b: usize) -> Run {
    Run {
        a: at_a,
        b: at_b,
        length: equal_words(&a[at_a..], &b[at_b..]),
    }
}

/// How many words two texts begin with alike. Eight at a time: most runs are long.
fn equal_words(a: &[u64], b: &[u64]) -> usize {
    let eights = a.chunks_exact(8).zip(b.chunks_exact(8));
    let equal =
        |(x, y): &(&[u64], &[u64])| x.iter().zip(*y).fold(0, |sum, (x, y)| sum | (x ^ y)) == 0;
    let whole = 8 * eights.take_while(equal).count();
    let rest = a[whole..].iter().zip(&b[whole..]);
    whole + rest.take_while(|(x, y)| x == y).count()
}

/// Adds runs of at least [`LONG_RUN`] words for the words of `b` that `found` leaves out.
fn add_long(a: &[u64], b: &[u64], found: &mut Vec<Run>) {
    if a.len() < LONG_RUN || b.len() < LONG_RUN {
        return;
    }
    let mut covered: Vec<(usize, usize)> = found
        .iter()
        .filter(|run| run.length >= LONG_RUN)
        .map(|run| (run.b, run.b + run.length))
        .collect();
    covered.sort_unstable();
    let mut places: Vec<usize> = (0..=a.len() - LONG_RUN).collect();
    // One place a distinct run is enough to cover what it is equal to.
    places.sort_unstable_by(|&x, &y| a[x..x + LONG_RUN].cmp(&a[y..y + LONG_RUN]).then(x.cmp(&y)));
    places.dedup_by(|x, y| a[*x..*x + LONG_RUN] == a[*y..*y + LONG_RUN]);
    let mut spans = covered.into_iter().peekable();
    let mut at = 0;
    let mut reach = 0;
    while at + LONG_RUN <= b.len() {
        while let Some((_, end)) = spans.next_if(|&(start, _)| start <= at) {
            reach = reach.max(end);
        }
        let wanted = &b[at..at + LONG_RUN];
        if at + LONG_RUN > reach
            && let Ok(i) = places.binary_search_by(|&p| a[p..p + LONG_RUN].cmp(wanted))
        {
            let place = places[i];
            let back = a[..place]
                .iter()
                .rev()
                .zip(b[..at].iter().rev())
                .take_while(|(x, y)| x == y)
                .count();
            let run = extend(a, b, place - back, at - back);
            reach = reach.max(run.b + run.length);
            found.push(run);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn brute(a: &[u64], b: &[u64], least: usize) -> BTreeSet<(usize, usize, usize)> {
        let mut all = BTreeSet::new();
        for i in 0..a.len() {
            for j in 0..b.len() {
                if i > 0 && j > 0 && a[i - 1] == b[j - 1] {
                    continue;
                }
                let run = extend(a, b, i, j);
                if run.length >= least {
                    all.insert((i, j, run.length));
                }
            }
        }
        all
    }

    fn found(a: &[u64], b: &[u64]) -> BTreeSet<(usize, usize, usize)> {
        let mut runs = Vec::new();
        super::runs((a, &Grams::new(a)), (b, &Grams::new(b)), &mut runs);
        let set: BTreeSet<_> = runs.iter().map(|r| (r.a, r.b, r.length)).collect();
        assert_eq!(set.len(), runs.len(), "a run twice");
        set
    }

    proptest! {
        #[test]
        fn all_maximal_runs_of_texts_that_repeat_little(
            a in prop::collection::vec(0u64..9, 0..50),
            b in prop::collection::vec(0u64..9, 0..50),
        ) {
            // Nine letters: a seed of three stands about once in fifty places.
            prop_assert_eq!(found(&a, &b), brute(&a, &b, SEED_WORDS));
        }

        #[test]
        fn long_runs_are_covered_whatever_repeats(
            a in prop::collection::vec(0u64..2, 0..160),
            b in prop::collection::vec(0u64..2, 0..160),
        ) {
            let got = found(&a, &b);
            let want = brute(&a, &b, 1);
            prop_assert!(got.iter().all(|run| want.contains(run)), "not maximal or not equal");
            let covers = |at: usize| got.iter().any(|&(_, j, n)| n >= LONG_RUN && j <= at && at < j + n);
            for (_, j, n) in brute(&a, &b, LONG_RUN) {
                for at in j..j + n {
                    prop_assert!(covers(at), "word {} of b", at);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn rows_of_words_are_found(
            text in prop::collection::vec(0u64..4, 0..60),
            words in prop::collection::vec(0u64..4, 0..6),
        ) {
            let has = Grams::new(&text).has(&text, &words);
            let want = !words.is_empty() && text.windows(words.len()).any(|row| row == words);
            prop_assert!(has.is_none_or(|has| has == want));
            let few = text.windows(SEED_WORDS).filter(|row| words.starts_with(row)).count();
            prop_assert!(has.is_some() || words.len() < SEED_WORDS || few >= MOST_PLACES);
        }
    }

    #[test]
    fn one_word_many_times_takes_no_time() {
        let a = vec![7u64; 200_000];
        let b = vec![7u64; 150_000];
        let mut runs = Vec::new();
        super::runs((&a, &Grams::new(&a)), (&b, &Grams::new(&b)), &mut runs);
        assert!(runs.contains(&Run {
            a: 0,
            b: 0,
            length: 150_000
        }));
        assert!(runs.len() < 100, "{} runs", runs.len());
    }
}
