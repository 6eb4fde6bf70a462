//! What bandings cost, and what they find.

use rayon::prelude::*;

use super::curve::SCurve;
use super::sample::{Pair, Sample};
use crate::sketch::{Bands, Fss};
use crate::tokenize::Hasher;

/// The most rows of a band that are tried.
const MOST_ROWS: usize = 10;

/// Pairs whose exact chance is worked out, evenly over their similarities: it takes milliseconds a pair.
const WORKED_OUT: usize = 48;

/// What one way of cutting signatures costs and finds in a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Banding {
    /// The way.
    pub bands: Bands,
    /// Whether it is the one that the settings choose.
    pub chosen: bool,
    /// By the formula: the chance that a pair right at the threshold meets.
    pub at_threshold: f64,
    /// The same, exact for sets as large as half of the sample's pairs at or above the threshold have in
    /// common and by themselves; as [`Banding::at_threshold`] if there are none.
    pub exact_at_threshold: f64,
    /// The share of the pairs at or above the threshold that is to be expected to meet, by [`SCurve`]; 1 if
    /// there are none.
    pub expected: f64,
    /// The share of them that did meet, by the signatures of the sample with the settings' seed.
    pub measured: f64,
    /// Pairs that share a band, once for each band that they share: what proposing costs.
    pub met: u64,
}

impl Banding {
    /// Bytes of keys a story.
    pub fn bytes(&self) -> usize {
        self.bands.bands * size_of::<u64>()
    }
}

impl Sample {
    /// Each number of rows a band may have, with as many bands as there are components for, and what it
    /// costs and finds of those of `pairs` that are at or above the threshold of the settings.
    pub fn bandings(&self, pairs: &[Pair]) -> Vec<Banding> {
        let threshold = self.settings.rules.threshold;
        let mut pairs: Vec<Pair> = pairs
            .iter()
            .filter(|pair| pair.similarity.jaccard() >= threshold)
            .copied()
            .collect();
        let chosen = self.settings.sketch().bands;
        let met_by = |rows| {
            let bands = Bands {
                bands: self.settings.components / rows,
                rows,
            };
            self.met(bands, &pairs)
        };
        let rows: Vec<usize> = (1..=MOST_ROWS.max(chosen.rows))
            .filter(|&rows| rows <= self.settings.components)
            .collect();
        let met: Vec<(Bands, u64, u64)> = rows.par_iter().map(|&rows| met_by(rows)).collect();
        let all = pairs.len();
        pairs.sort_by(|x, y| {
            let (of_x, of_y) = (x.similarity.jaccard(), y.similarity.jaccard());
            of_x.total_cmp(&of_y)
                .then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
        });
        let some = all.min(WORKED_OUT);
        // In the middle of each of so many equal parts.
        let worked_out: Vec<Pair> = (0..some)
            .map(|part| pairs[(2 * part + 1) * all / (2 * some)])
            .collect();
        pairs.sort_by_key(union);
        let median = pairs.get(all / 2).map(union);
        met.into_par_iter()
            .map(|(bands, found, met)| {
                let curve = SCurve::new(bands);
                let chance = |pair: &Pair| curve.probability(pair.similarity.shared, union(pair));
                let expected: f64 = worked_out.par_iter().map(chance).sum();
                let share = |part: f64, of: usize| if of == 0 { 1.0 } else { part / of as f64 };
                let at_threshold = bands.probability(threshold);
                Banding {
                    bands,
                    chosen: bands == chosen,
                    at_threshold,
                    exact_at_threshold: median
                        .map_or(at_threshold, |union| curve.at(threshold, union)),
                    expected: share(expected, some),
                    measured: share(found as f64, all),
                    met,
                }
            })
            .collect()
    }

    /// How many of `pairs` share a band, and how many pairs of the sample do, band by band.
    fn met(&self, bands: Bands, pairs: &[Pair]) -> (Bands, u64, u64) {
        let hasher = Hasher::new(self.settings.seed);
        let fss = Fss::new(&hasher, bands.components());
        let sign = |(_, set): &(u32, Vec<u64>)| {
            let (mut signature, mut keys) = (Vec::new(), Vec::with_capacity(bands.bands));
            fss.sign(set, &mut signature);
            bands.keys(&hasher, &signature, &mut keys);
            keys
        };
        let keys: Vec<Vec<u64>> = self.stories.par_iter().map(sign).collect();
        let of = |number: u32| {
            let at = self.stories.binary_search_by_key(&number, |story| story.0);
            at.ok().map(|at| &keys[at])
        };
        let meet = |pair: &&Pair| {
            let both = of(pair.a).zip(of(pair.b));
            both.is_some_and(|(a, b)| a.iter().zip(b).any(|(a, b)| a == b))
        };
        let found = pairs.iter().filter(meet).count() as u64;
        let met = (0..bands.bands).into_par_iter().map(|band| {
            let mut column: Vec<u64> = keys.iter().map(|keys| keys[band]).collect();
            column.sort_unstable();
            let groups = column.chunk_by(|x, y| x == y);
            let pairs = groups.map(|group| group.len() as u64 * (group.len() as u64 - 1) / 2);
            pairs.sum::<u64>()
        });
        (bands, found, met.sum())
    }
}

/// Shingles of the two stories together.
fn union(pair: &Pair) -> usize {
    pair.similarity.a + pair.similarity.b - pair.similarity.shared
}
