//! The S-curve of banding, exact for the sketch in use and for sets of any size.

use crate::sketch::Bands;

/// Branches of the recursion that are less likely than this are left out; a curve takes some thousand
/// of them.
const NEGLIGIBLE: f64 = 1e-16;

/// How likely two sets are to share a band of their [`Fss`](crate::sketch::Fss) signatures.
///
/// 1 − (1 − Jʳᵒʷˢ)ᵇᵃⁿᵈˢ ([`Bands::probability`]) holds for components that agree independently of each
/// other. Those of Fast Similarity Sketching do not: within a round each element falls into one bin, so
/// that what the bins hold is drawn *without* putting back, and a story of few shingles fills its bins in
/// several rounds. Of a union of `u` elements, `s` of them in both sets:
///
/// 1. A bin agrees if and only if what it holds of the union is one of the `s`.
/// 2. How many empty bins a round fills is the occupancy of `u` balls; which of those `n` bins agree is
///    hypergeometric, `n` draws from `u` with `s` hits; rounds are independent. Behind the last random
///    round each bin is drawn by itself.
/// 3. All bins are alike, so those that agree, `x` of them, are `x` at random places, and what is left is
///    to count the places that fill no band.
///
/// # Examples
/// ```
/// use wirefold::sketch::Bands;
/// use wirefold::tune::SCurve;
///
/// let curve = SCurve::new(Bands { bands: 2, rows: 1 });
/// // Two elements in two bins: each has its own (1/2), or all is drawn twice (1/2).
/// assert!((curve.probability(1, 2) - 7.0 / 8.0).abs() < 1e-12);
/// ```
#[derive(Clone, Debug)]
pub struct SCurve {
    bands: Bands,
    /// By the number of bins that agree: the chance that no band is full.
    spared: Vec<f64>,
}

impl SCurve {
    /// The curve of signatures of `bands.components()` bins.
    pub fn new(bands: Bands) -> Self {
        Self {
            bands,
            spared: spared(bands),
        }
    }

    /// How signatures are cut.
    pub fn bands(&self) -> Bands {
        self.bands
    }

    /// The chance that two sets share a band that have `shared` elements in common and `union` in all.
    /// Nothing in common is 0, and so is what cannot be, more in common than in all.
    pub fn probability(&self, shared: usize, union: usize) -> f64 {
        if shared == 0 || shared > union {
            return 0.0;
        }
        let agreeing = agreeing(self.bands.components(), shared, union);
        let spared: f64 = agreeing.iter().zip(&self.spared).map(|(p, q)| p * q).sum();
        (1.0 - spared).clamp(0.0, 1.0)
    }

    /// The chance at a Jaccard similarity, for sets of `union` elements in all. Between two similarities
    /// that such sets can have it is on the line that joins them.
    pub fn at(&self, jaccard: f64, union: usize) -> f64 {
        let shared = jaccard.clamp(0.0, 1.0) * union as f64;
        #[expect(clippy::cast_sign_loss, reason = "a share of a count")]
        let below = shared.floor() as usize;
        let share = shared - below as f64;
        let low = self.probability(below, union);
        if share < 1e-9 {
            return low;
        }
        low + share * (self.probability(below + 1, union) - low)
    }
}

/// By `x`: the chance that `x` agreeing bins at random places fill no band.
fn spared(bands: Bands) -> Vec<f64> {
    let Bands { bands, rows } = bands;
    let mut ln_factorial = vec![0.0; bands * rows + 1];
    for n in 1..ln_factorial.len() {
        ln_factorial[n] = ln_factorial[n - 1] + (n as f64).ln();
    }
    let ln_choose = |n: usize, k: usize| ln_factorial[n] - ln_factorial[k] - ln_factorial[n - k];
    // One band after another: of those that agree among the first bins, so many are in the last band.
    let mut spared = vec![1.0];
    for band in 1..=bands {
        let (before, all) = ((band - 1) * rows, band * rows);
        let chance = |agree: usize| {
            let in_last = agree.saturating_sub(before)..=agree.min(rows - 1);
            let ways = in_last.map(|last| {
                let ln = ln_choose(rows, last) + ln_choose(before, agree - last);
                (ln - ln_choose(all, agree)).exp() * spared[agree - last]
            });
            ways.sum::<f64>()
        };
        spared = (0..=all).map(chance).collect();
    }
    spared
}

/// By `x`: the chance that `x` of `bins` bins agree.
fn agreeing(bins: usize, shared: usize, union: usize) -> Vec<f64> {
    let drawn = draws(bins.min(union), shared, union);
    let mut occupancy: Vec<Option<Vec<f64>>> = vec![None; bins + 1];
    // By how many bins are filled: the chance of each number of agreeing ones.
    let mut states = vec![Vec::new(); bins + 1];
    states[0] = vec![1.0];
    for _ in 0..bins {
        if states[..bins].iter().all(Vec::is_empty) {
            break;
        }
        let mut next = vec![Vec::new(); bins + 1];
        next[bins] = std::mem::take(&mut states[bins]);
        for (filled, state) in states.iter().enumerate() {
            let mass: f64 = state.iter().sum();
            if mass < NEGLIGIBLE {
                continue;
            }
            let empty = bins - filled;
            let fills = occupancy[empty].get_or_insert_with(|| occupied(empty, bins, union));
            for (fill, &chance) in fills.iter().enumerate() {
                if mass * chance > NEGLIGIBLE {
                    add_product(&mut next[filled + fill], state, &drawn[fill], chance);
                }
            }
        }
        states = next;
    }
    let mut agreeing = std::mem::take(&mut states[bins]);
    let jaccard = shared as f64 / union as f64;
    for (filled, mut state) in states.into_iter().enumerate() {
        if state.is_empty() {
            continue;
        }
        for _ in filled..bins {
            let mut one_more = Vec::new();
            add_product(&mut one_more, &state, &[1.0 - jaccard, jaccard], 1.0);
            state = one_more;
        }
        add_product(&mut agreeing, &state, &[1.0], 1.0);
    }
    agreeing
}

/// Adds `factor` times the distribution of the sum of two numbers with the distributions `x` and `y`.
fn add_product(to: &mut Vec<f64>, x: &[f64], y: &[f64], factor: f64) {
    let length = (x.len() + y.len()).saturating_sub(1);
    if to.len() < length {
        to.resize(length, 0.0);
    }
    for (i, &x) in x.iter().enumerate() {
        let weight = x * factor;
        if weight > NEGLIGIBLE * NEGLIGIBLE {
            for (to, &y) in to[i..].iter_mut().zip(y) {
                *to += weight * y;
            }
        }
    }
}

/// By `n` up to `most`, and by hits: the chance of so many hits in `n` draws, without putting back, from
/// `union` elements of which `shared` are hits.
fn draws(most: usize, shared: usize, union: usize) -> Vec<Vec<f64>> {
    let mut all = vec![vec![1.0]];
    for n in 0..most {
        let left = (union - n) as f64;
        let last = &all[n];
        let mut next = vec![0.0; n + 2];
        for (hits, &chance) in last.iter().enumerate() {
            let hit = shared.saturating_sub(hits) as f64 / left;
            next[hits + 1] += chance * hit;
            next[hits] += chance * (1.0 - hit).max(0.0);
        }
        all.push(next);
    }
    all
}

/// By `n`: the chance that `balls` balls in `bins` bins find `n` of the `empty` ones.
fn occupied(empty: usize, bins: usize, balls: usize) -> Vec<f64> {
    let most = empty.min(balls);
    let mut chances = vec![0.0; most + 1];
    chances[0] = 1.0;
    let (mut low, mut high) = (0, 0);
    for _ in 0..balls {
        high = (high + 1).min(most);
        for n in (low..=high).rev() {
            let stays = 1.0 - (empty - n) as f64 / bins as f64;
            let comes = if n > low {
                chances[n - 1] * (empty - n + 1) as f64 / bins as f64
            } else {
                0.0
            };
            chances[n] = chances[n] * stays + comes;
        }
        while low < high && chances[low] < NEGLIGIBLE * NEGLIGIBLE {
            chances[low] = 0.0;
            low += 1;
        }
        if low == most {
            break;
        }
    }
    chances
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sketch::Fss;
    use crate::tokenize::{Hasher, split_mix};

    const OF_HALF: Bands = Bands { bands: 42, rows: 3 };

    #[test]
    fn chances_add_up() {
        for (shared, union) in [(1, 1), (1, 2), (3, 9), (50, 100), (300, 400), (900, 4000)] {
            let all: f64 = agreeing(126, shared, union).iter().sum();
            assert!((all - 1.0).abs() < 1e-9, "{shared} of {union}: {all}");
        }
        assert!(spared(OF_HALF)[0] > 1.0 - 1e-9 && spared(OF_HALF)[126] < 1e-9);
        assert!(spared(OF_HALF)[85] < 1e-9, "85 of 126 fill one of 42 bands");
        assert!(spared(OF_HALF)[84] > 0.0, "84 need not");
    }

    #[test]
    fn huge_sets_are_at_the_asymptote() {
        let curve = SCurve::new(OF_HALF);
        for jaccard in [0.2, 0.3, 0.5, 0.7] {
            let (exact, formula) = (curve.at(jaccard, 200_000), OF_HALF.probability(jaccard));
            assert!(
                (exact - formula).abs() < 2e-4,
                "{jaccard}: {exact}, {formula}"
            );
        }
    }

    /// Sets of hashes, and signatures as stories have them, again and again.
    #[test]
    fn agrees_with_signatures_of_random_sets() {
        let trials = 6000;
        let mut state = 11;
        for (bands, rows) in [(42, 3), (16, 8), (4, 2), (128, 1)] {
            let bands = Bands { bands, rows };
            let curve = SCurve::new(bands);
            let hasher = Hasher::default();
            let fss = Fss::new(&hasher, bands.components());
            for (shared, union) in [(2, 6), (9, 30), (30, 60), (80, 150), (90, 400)] {
                let mut met = 0;
                let (mut a, mut b) = (Vec::new(), Vec::new());
                for _ in 0..trials {
                    let all: Vec<u64> = (0..union).map(|_| split_mix(&mut state)).collect();
                    let own = usize::midpoint(shared, union);
                    let second = [&all[..shared], &all[own..]].concat();
                    fss.sign(&all[..own], &mut a);
                    fss.sign(&second, &mut b);
                    let mut bands = a.chunks_exact(rows).zip(b.chunks_exact(rows));
                    met += u32::from(bands.any(|(a, b)| a == b));
                }
                let measured = f64::from(met) / f64::from(trials);
                let exact = curve.probability(shared, union);
                let deviation = (exact * (1.0 - exact) / f64::from(trials)).sqrt();
                assert!(
                    (measured - exact).abs() < 4.5 * deviation + 2e-3,
                    "{bands:?}, {shared} of {union}: {measured} measured, {exact}"
                );
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn more_in_common_meets_more_often(
            union in 1usize..200, shared in 0usize..200, rows in 1usize..7,
        ) {
            let curve = SCurve::new(Bands { bands: 48 / rows, rows });
            let shared = shared.min(union);
            let (less, more) = (curve.probability(shared, union), curve.probability(shared + 1, union));
            prop_assert!(shared == union || less <= more + 1e-9, "{less} {more}");
            prop_assert!((curve.probability(union, union) - 1.0).abs() < 1e-9);
        }
    }
}
