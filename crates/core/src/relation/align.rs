//! The words of two stories aligned in order: what one keeps of the other, however much was
//! inserted, dropped or changed between.
//!
//! Runs of equal words are chained as minimap2 chains seeds (Li 2018): the heaviest row of runs
//! that ascend in both stories. What lies between two runs of the chain is aligned by the longest
//! common subsequence, if it is short and enough of it agrees; so a copy whose every third word
//! was misread is still seen as one, and two texts that share function words are not.

use super::grams::{Grams, Run, runs};

/// The longest gap, in words of either story, that is aligned.
const LONGEST_GAP: usize = 48;

/// The least share of the shorter side of a gap that must agree, in percent. Two unrelated
/// stretches of news text have about a quarter of their words in common, in order.
const LEAST_AGREEMENT: usize = 40;

/// The longest gap within one passage, in words of either story.
const PASSAGE_GAP: usize = 8;

/// The words of two stories, aligned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alignment {
    /// Runs of equal words that ascend in both stories; gaps filled, so some are single words.
    pub(crate) chain: Vec<Run>,
    /// All maximal runs of equal words, in the chain or not.
    pub(crate) runs: Vec<Run>,
    /// Words in the gaps of the chain that are the same but misread, one of `a` and one of `b`.
    pub(crate) misread: Vec<(usize, usize)>,
    /// Words in the chain, and misread ones.
    pub(crate) words: usize,
    /// Whether gaps were left unfilled because too little could be aligned.
    pub(crate) unfilled: bool,
}

impl Alignment {
    /// Takes words out of what was found: those within the ranges of either story, which ascend.
    pub(crate) fn take_out(&mut self, of_a: &[(usize, usize)], of_b: &[(usize, usize)]) {
        if of_a.is_empty() && of_b.is_empty() {
            return;
        }
        let within = |ranges: &[(usize, usize)], at: usize| {
            let next = ranges.partition_point(|&(_, end)| end <= at);
            ranges.get(next).is_some_and(|&(start, _)| start <= at)
        };
        let out = |i: usize, j: usize| within(of_a, i) || within(of_b, j);
        for runs in [&mut self.chain, &mut self.runs] {
            let mut left = Vec::with_capacity(runs.len());
            for run in runs.iter() {
                let mut from = 0;
                for at in 0..=run.length {
                    if at == run.length || out(run.a + at, run.b + at) {
                        if at > from {
                            left.push(Run {
                                a: run.a + from,
                                b: run.b + from,
                                length: at - from,
                            });
                        }
                        from = at + 1;
                    }
                }
            }
            *runs = left;
        }
        self.misread.retain(|&(i, j)| !out(i, j));
        self.words = self.chain.iter().map(|run| run.length).sum::<usize>() + self.misread.len();
    }
}

/// A stretch of the alignment: `words` of its words are equal, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) a: (usize, usize),
    pub(crate) b: (usize, usize),
    pub(crate) words: usize,
}

impl Stretch {
    /// Whether all words are equal.
    pub(crate) fn verbatim(self) -> bool {
        self.words == self.a.1 - self.a.0 && self.words == self.b.1 - self.b.0
    }

    /// The share of the words of both sides that are equal.
    pub(crate) fn score(self) -> f64 {
        let all = self.a.1 - self.a.0 + self.b.1 - self.b.0;
        2.0 * self.words as f64 / all.max(1) as f64
    }
}

/// Aligns pair after pair in the same room.
#[derive(Debug, Default)]
pub(crate) struct Aligner {
    chainer: Chainer,
    spine: Vec<Run>,
    gaps: Vec<Gap>,
    filler: Filler,
}

impl Aligner {
    /// Aligns the words of two stories; each comes with its index. Ties are broken by place, so the result depends on
    /// the order of the two: with `exchanged` they are aligned the other way round, and what is found is turned back.
    ///
    /// If fewer than `least` words can be aligned, gaps are left unfilled and the words are too few.
    pub(crate) fn align(
        &mut self,
        a: (&[u64], &Grams),
        b: (&[u64], &Grams),
        exchanged: bool,
        least: usize,
        found: &mut Alignment,
    ) {
        if exchanged {
            self.aligned(b, a, least, found);
            for run in found.chain.iter_mut().chain(&mut found.runs) {
                std::mem::swap(&mut run.a, &mut run.b);
            }
            found.runs.sort_unstable_by_key(|run| (run.b, run.a));
        } else {
            self.aligned(a, b, least, found);
        }
    }

    fn aligned(
        &mut self,
        a: (&[u64], &Grams),
        b: (&[u64], &Grams),
        least: usize,
        found: &mut Alignment,
    ) {
        found.misread.clear();
        runs(a, b, &mut found.runs);
        let (a, b) = (a.0, b.0);
        self.chainer.heaviest(&found.runs, a.len(), &mut self.spine);
        gaps(&self.spine, a.len(), b.len(), &mut self.gaps);
        // A misread word is aligned with one; in a gap too long to fill none is.
        let fill = |gap: &Gap| (gap.0.1 - gap.0.0).min(gap.1.1 - gap.1.0);
        let spine: usize = self.spine.iter().map(|run| run.length).sum();
        found.chain.clear();
        found.unfilled = spine + self.gaps.iter().map(fill).sum::<usize>() < least;
        if found.unfilled {
            found.chain.extend_from_slice(&self.spine);
        } else {
            for (number, &gap) in self.gaps.iter().enumerate() {
                self.filler.fill(a, b, gap, &mut found.chain);
                found.chain.extend(self.spine.get(number));
            }
        }
        found.words = found.chain.iter().map(|run| run.length).sum();
    }
}

/// A range of words in either story.
type Gap = ((usize, usize), (usize, usize));

/// The gaps of a chain that can be filled: one before each run and one behind the last. Before the
/// first run and behind the last only what is near can belong to it.
fn gaps(spine: &[Run], words_a: usize, words_b: usize, found: &mut Vec<Gap>) {
    found.clear();
    let Some((first, last)) = spine.first().zip(spine.last()) else {
        return;
    };
    let short = |gap: Gap| {
        let ((from_a, to_a), (from_b, to_b)) = gap;
        if fillable(to_a - from_a, to_b - from_b) {
            gap
        } else {
            ((to_a, to_a), (to_b, to_b))
        }
    };
    let near = LONGEST_GAP.min(first.a).min(first.b);
    found.push(((first.a - near, first.a), (first.b - near, first.b)));
    found.extend(spine.windows(2).map(|pair| {
        let (x, y) = (pair[0], pair[1]);
        short(((x.a + x.length, y.a), (x.b + x.length, y.b)))
    }));
    let (end_a, end_b) = (last.a + last.length, last.b + last.length);
    let near = LONGEST_GAP.min(words_a - end_a).min(words_b - end_b);
    found.push(((end_a, end_a + near), (end_b, end_b + near)));
}

/// Finds chains in the same room.
#[derive(Debug, Default)]
struct Chainer {
    /// Runs by where they end.
    by_end: Vec<u32>,
    /// A Fenwick tree of prefix maxima over ends in `a`: the most words of a chain, and its last run.
    tree: Vec<(u32, u32)>,
    /// The most words of a chain that ends with each run.
    total: Vec<u32>,
    /// The run before each run in that chain.
    before: Vec<u32>,
}

/// Items up to which insertion pays whatever their order.
const FEW: usize = 64;

/// Sorts items that are nearly in order, by keys that no two share: runs end about as they begin.
fn sort_nearly<K: Ord + Copy>(items: &mut [u32], key: impl Fn(u32) -> K) {
    if items.len() > FEW {
        items.sort_unstable_by_key(|&item| key(item));
        return;
    }
    for next in 1..items.len() {
        let item = items[next];
        let of_item = key(item);
        let mut at = next;
        while at > 0 && key(items[at - 1]) > of_item {
            items[at] = items[at - 1];
            at -= 1;
        }
        items[at] = item;
    }
}

/// No run.
const NONE: u32 = u32::MAX;

impl Chainer {
    /// The row of runs, ascending and without overlap in both stories, that has the most words.
    /// `runs` are ordered by their place in `b`, then in `a`.
    fn heaviest(&mut self, runs: &[Run], words_a: usize, chain: &mut Vec<Run>) {
        chain.clear();
        let follows = |pair: &[Run]| {
            let (x, y) = (pair[0], pair[1]);
            x.a + x.length <= y.a && x.b + x.length <= y.b
        };
        if runs.windows(2).all(follows) {
            chain.extend_from_slice(runs);
            return;
        }
        let end = |i: u32| {
            let run = runs[i as usize];
            (run.b + run.length, run.a + run.length)
        };
        self.by_end.clear();
        self.by_end.extend(0..runs.len() as u32);
        sort_nearly(&mut self.by_end, end);
        self.tree.clear();
        self.tree.resize(words_a + 2, (0, NONE));
        self.total.clear();
        self.before.clear();
        // Runs that are over before another begins.
        let mut over = self.by_end.iter().copied().peekable();
        for run in runs {
            while let Some(done) = over.next_if(|&done| end(done).0 <= run.b) {
                let entry = (self.total[done as usize], done);
                let mut at = end(done).1 + 1;
                while at < self.tree.len() {
                    if self.tree[at].0 < entry.0 {
                        self.tree[at] = entry;
                    }
                    at += at & at.wrapping_neg();
                }
            }
            let mut best = (0, NONE);
            let mut at = run.a + 1;
            while at > 0 {
                if self.tree[at].0 > best.0 {
                    best = self.tree[at];
                }
                at &= at - 1;
            }
            self.total.push(best.0 + run.length as u32);
            self.before.push(best.1);
        }
        let heaviest = (0..runs.len()).max_by_key(|&i| (self.total[i], std::cmp::Reverse(i)));
        let mut last = heaviest.map_or(NONE, |last| last as u32);
        while last != NONE {
            chain.push(runs[last as usize]);
            last = self.before[last as usize];
        }
        chain.reverse();
    }
}

/// Aligns short gaps in the same room.
#[derive(Debug)]
struct Filler {
    /// For each slot of words the places in `b`'s side of the gap, as bits; clear between gaps.
    places: [u64; SLOTS],
    rows: Vec<u64>,
}

/// Slots of words: so many that two of the few words of a gap seldom share one.
const SLOTS: usize = 256;

impl Default for Filler {
    fn default() -> Self {
        Self {
            places: [0; SLOTS],
            rows: Vec::new(),
        }
    }
}

impl Filler {
    /// Aligns a short gap by its longest common subsequence, a row of the textbook's table at a time
    /// as the bits of a number (Hyyrö 2004): a bit is clear where the table steps up. Adds the equal
    /// words to `chain` if enough of them agree.
    fn fill(
        &mut self,
        a: &[u64],
        b: &[u64],
        ((from_a, to_a), (from_b, to_b)): Gap,
        chain: &mut Vec<Run>,
    ) {
        if !fillable(to_a - from_a, to_b - from_b) {
            return;
        }
        let (a, b) = (&a[from_a..to_a], &b[from_b..to_b]);
        let slot = |word: u64| (word >> 56) as usize;
        for (at, &y) in b.iter().enumerate() {
            self.places[slot(y)] |= 1 << at;
        }
        self.rows.clear();
        let mut row = u64::MAX;
        for &x in a {
            let mut equal = 0;
            let mut places = self.places[slot(x)];
            while places != 0 {
                let place = places & places.wrapping_neg();
                places ^= place;
                if b[place.trailing_zeros() as usize] == x {
                    equal |= place;
                }
            }
            let up = row & equal;
            row = row.wrapping_add(up) | (row - up);
            self.rows.push(row);
        }
        for &y in b {
            self.places[slot(y)] = 0;
        }
        let within = u64::MAX >> (64 - b.len());
        let common = (!row & within).count_ones() as usize;
        if common == 0 || common * 100 < LEAST_AGREEMENT * a.len().min(b.len()) {
            return;
        }
        // Back through the rows, from the end.
        let rows = &self.rows;
        let first = chain.len();
        let (mut i, mut j) = (a.len(), b.len());
        while i > 0 && j > 0 {
            if rows[i - 1] >> (j - 1) & 1 == 1 {
                j -= 1;
                continue;
            }
            i -= 1;
            if i > 0 && rows[i - 1] >> (j - 1) & 1 == 0 {
                continue;
            }
            j -= 1;
            match chain[first..].last_mut() {
                Some(run) if run.a == from_a + i + 1 && run.b == from_b + j + 1 => {
                    (run.a, run.b, run.length) = (run.a - 1, run.b - 1, run.length + 1);
                }
                _ => chain.push(Run {
                    a: from_a + i,
                    b: from_b + j,
                    length: 1,
                }),
            }
        }
        chain[first..].reverse();
    }
}

/// Whether a gap of so many words on either side is aligned.
fn fillable(of_a: usize, of_b: usize) -> bool {
    of_a.min(of_b) > 0 && of_a.max(of_b) <= LONGEST_GAP
}

/// The stretches of a chain: runs of it between which no more than a few words were changed.
pub(crate) fn stretches(chain: &[Run]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for run in chain {
        let (end_a, end_b) = (run.a + run.length, run.b + run.length);
        match found.last_mut() {
            Some(last) if run.a - last.a.1 <= PASSAGE_GAP && run.b - last.b.1 <= PASSAGE_GAP => {
                last.a.1 = end_a;
                last.b.1 = end_b;
                last.words += run.length;
            }
            _ => found.push(Stretch {
                a: (run.a, end_a),
                b: (run.b, end_b),
                words: run.length,
            }),
        }
    }
    found
}

impl Alignment {
    /// Forgets the two stories.
    pub(crate) fn clear(&mut self) {
        self.chain.clear();
        self.runs.clear();
        self.misread.clear();
        self.words = 0;
        self.unfilled = false;
    }

    /// What stands between neighboring runs of the chain: word ranges in `a` and in `b`, one of
    /// which may be empty.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = Gap> + '_ {
        self.chain.windows(2).map(|pair| {
            let (x, y) = (pair[0], pair[1]);
            ((x.a + x.length, y.a), (x.b + x.length, y.b))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn aligned(a: &[u64], b: &[u64]) -> Alignment {
        aligned_if(a, b, 0)
    }

    fn aligned_if(a: &[u64], b: &[u64], least: usize) -> Alignment {
        let mut found = Alignment::default();
        let exchanged = (a.len(), a) < (b.len(), b);
        let sides = ((a, &Grams::new(a)), (b, &Grams::new(b)));
        Aligner::default().align(sides.0, sides.1, exchanged, least, &mut found);
        found
    }

    /// The longest common subsequence, by the textbook.
    fn most_in_order(a: &[u64], b: &[u64]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for x in a {
            let mut diagonal = 0;
            for (j, y) in b.iter().enumerate() {
                let best = if x == y {
                    diagonal + 1
                } else {
                    row[j + 1].max(row[j])
                };
                diagonal = std::mem::replace(&mut row[j + 1], best);
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn a_chain_ascends_through_equal_words(
            a in prop::collection::vec(0u64..6, 0..80),
            b in prop::collection::vec(0u64..6, 0..80),
        ) {
            let found = aligned(&a, &b);
            let (mut end_a, mut end_b) = (0, 0);
            for run in &found.chain {
                prop_assert!(run.a >= end_a && run.b >= end_b && run.length > 0);
                prop_assert_eq!(&a[run.a..run.a + run.length], &b[run.b..run.b + run.length]);
                (end_a, end_b) = (run.a + run.length, run.b + run.length);
            }
            prop_assert!(found.words <= most_in_order(&a, &b));
            let longest = found.runs.iter().map(|run| run.length).max().unwrap_or(0);
            prop_assert!(found.words >= longest);
        }

        #[test]
        fn sides_can_be_exchanged(
            a in prop::collection::vec(0u64..5, 0..60),
            b in prop::collection::vec(0u64..5, 0..60),
        ) {
            let (x, y) = (aligned(&a, &b), aligned(&b, &a));
            let mirrored: Vec<Run> = y.chain.iter().map(|r| Run { a: r.b, b: r.a, ..*r }).collect();
            prop_assert_eq!(x.chain, mirrored);
        }

        #[test]
        fn the_spine_is_the_heaviest_chain(
            parts in prop::collection::vec((0usize..30, 0usize..30, 1usize..6), 0..9),
        ) {
            let runs: Vec<Run> = parts.iter().map(|&(a, b, length)| Run { a, b, length }).collect();
            // All subsets, each in the order of `b`.
            let mut sorted = runs.clone();
            sorted.sort_unstable_by_key(|r| (r.b, r.a));
            let mut best = 0;
            for chosen in 0..1u32 << runs.len() {
                let (mut end_a, mut end_b, mut sum) = (0, 0, 0);
                let mine = sorted.iter().enumerate().filter(|(i, _)| chosen >> i & 1 == 1);
                if mine.into_iter().all(|(_, r)| {
                    let fits = r.a >= end_a && r.b >= end_b;
                    (end_a, end_b) = (r.a + r.length, r.b + r.length);
                    sum += r.length;
                    fits
                }) {
                    best = best.max(sum);
                }
            }
            let mut chain = Vec::new();
            Chainer::default().heaviest(&sorted, 40, &mut chain);
            prop_assert_eq!(chain.iter().map(|r| r.length).sum::<usize>(), best);
        }

        #[test]
        fn a_filled_gap_has_the_most_words_in_order(
            a in prop::collection::vec(0u64..4, 0..=LONGEST_GAP),
            b in prop::collection::vec(0u64..4, 0..=LONGEST_GAP),
        ) {
            let mut chain = Vec::new();
            Filler::default().fill(&a, &b, ((0, a.len()), (0, b.len())), &mut chain);
            let words: usize = chain.iter().map(|run| run.length).sum();
            let most = most_in_order(&a, &b);
            let enough = most > 0 && most * 100 >= LEAST_AGREEMENT * a.len().min(b.len());
            prop_assert_eq!(words, if enough { most } else { 0 });
        }

        #[test]
        fn what_cannot_reach_the_least_is_not_filled_and_what_can_is_the_same(
            a in prop::collection::vec(0u64..5, 0..60),
            b in prop::collection::vec(0u64..5, 0..60),
            least in 0usize..60,
        ) {
            let (full, quick) = (aligned(&a, &b), aligned_if(&a, &b, least));
            prop_assert!(quick.words == full.words || full.words < least && quick.words < least);
        }

        #[test]
        fn a_copy_with_words_misread_is_aligned(
            words in prop::collection::vec(any::<u64>(), 200..400),
            seed in any::<u64>(),
        ) {
            // Three in ten words replaced, in a fixed pattern drawn from the seed.
            let mut state = seed;
            let copy: Vec<u64> = words.iter().map(|&word| {
                let drawn = crate::tokenize::split_mix(&mut state);
                if drawn % 10 < 3 { drawn } else { word }
            }).collect();
            let kept = words.iter().zip(&copy).filter(|(x, y)| x == y).count();
            let found = aligned(&words, &copy);
            prop_assert!(found.words * 10 >= kept * 7, "{} of {kept}", found.words);
        }
    }

    #[test]
    fn stretches_and_gaps() {
        let a: Vec<u64> = (0..40).collect();
        let mut b: Vec<u64> = (0..40).collect();
        b[10] = 100;
        b.splice(20..20, 200..230);
        let found = aligned(&a, &b);
        let stretches = stretches(&found.chain);
        assert_eq!(stretches.len(), 2);
        assert_eq!(
            (stretches[0].a, stretches[0].b, stretches[0].words),
            ((0, 20), (0, 20), 19)
        );
        assert!(!stretches[0].verbatim() && stretches[1].verbatim());
        assert_eq!((stretches[1].a, stretches[1].b), ((20, 40), (50, 70)));
        let gaps: Vec<_> = found.gaps().collect();
        assert_eq!(gaps, [((10, 11), (10, 11)), ((20, 20), (20, 50))]);
        assert!((stretches[0].score() - 0.95).abs() < 1e-12);
    }

    #[test]
    fn words_are_taken_out() {
        let run = |a, b, length| Run { a, b, length };
        let mut alignment = Alignment {
            chain: vec![run(0, 2, 5), run(7, 9, 3)],
            runs: vec![run(0, 2, 5), run(7, 9, 3)],
            misread: vec![(5, 7), (6, 8)],
            words: 10,
            unfilled: false,
        };
        alignment.take_out(&[(1, 3), (7, 10)], &[(6, 8)]);
        assert_eq!(alignment.chain, [run(0, 2, 1), run(3, 5, 1)]);
        assert_eq!(alignment.runs, alignment.chain);
        assert_eq!(alignment.misread, [(6, 8)]);
        assert_eq!(alignment.words, 3);
    }
}
