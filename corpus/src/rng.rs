//! Random numbers: `SplitMix64`, all in integers, so that every machine draws the same.
//!
//! A *stream* is named by numbers (seed, purpose, family, member), so that any story can be made
//! again alone, on any thread.

/// A stream of random numbers (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

/// Mixes one word (the `SplitMix64` finalizer).
pub(crate) fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Rng {
    /// The stream with this name.
    pub(crate) fn stream(seed: u64, name: &[u64]) -> Self {
        let mut state = mix(seed ^ 0x5851_f42d_4c95_7f2d);
        for &part in name {
            state =
                mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ mix(part ^ 0x2545_f491_4f6c_dd1d));
        }
        Self(state)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        (((self.next() >> 32) * u64::from(n)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True with a chance of `per_mille` in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// The place of a weight, drawn in proportion to the weights; 0 for an empty table.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, &weight) in weights.iter().enumerate() {
            if left < weight {
                return place;
            }
            left -= weight;
        }
        0
    }

    /// One of the items. The list must not be empty.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len() as u32) as usize]
    }
}

/// Walker's alias table over integer weights: one draw, one comparison.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    columns: Vec<(u32, u32)>,
}

impl Alias {
    /// A table for the weights, none of which may be above 2³².
    pub(crate) fn new(weights: &[u64]) -> Self {
        let n = weights.len();
        let total: u128 = weights.iter().map(|&w| u128::from(w)).sum::<u128>().max(1);
        // Each column holds `total` units; weight i owns `weights[i] * n` of them.
        let mut mass: Vec<u128> = weights.iter().map(|&w| u128::from(w) * n as u128).collect();
        let mut columns = vec![(u32::MAX, 0); n];
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for (i, &m) in mass.iter().enumerate() {
            columns[i].1 = i as u32;
            if m < total {
                small.push(i);
            } else {
                large.push(i);
            }
        }
        while let (Some(&s), Some(&l)) = (small.last(), large.last()) {
            small.pop();
            columns[s] = (((mass[s] << 32) / total) as u32, l as u32);
            mass[l] -= total - mass[s];
            if mass[l] < total {
                large.pop();
                small.push(l);
            }
        }
        Self { columns }
    }

    /// The table for `1 / (rank + shift)` over `n` ranks (Zipf–Mandelbrot with exponent 1).
    pub(crate) fn zipf(n: u32, shift: u32) -> Self {
        let weights: Vec<u64> = (0..u64::from(n))
            .map(|rank| (1 << 32) / (rank + u64::from(shift)))
            .collect();
        Self::new(&weights)
    }

    pub(crate) fn draw(&self, rng: &mut Rng) -> u32 {
        let bits = rng.next();
        let column = (((bits >> 32) * self.columns.len() as u64) >> 32) as usize;
        let (keep, other) = self.columns[column];
        if (bits as u32) < keep {
            column as u32
        } else {
            other
        }
    }
}

/// A keyed permutation of `0..n`, for mixing families: a four-round Feistel network on the next even
/// number of bits, walked until it lands below `n`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shuffle {
    n: u32,
    half: u32,
    key: u64,
}

impl Shuffle {
    pub(crate) fn new(n: u32, key: u64) -> Self {
        let bits = 32 - n.saturating_sub(1).leading_zeros();
        Self {
            n,
            half: bits.div_ceil(2).max(1),
            key,
        }
    }

    fn round(self, number: u64, half: u32) -> u32 {
        let mask = (1 << self.half) - 1;
        (mix(self.key ^ (number << 56) ^ u64::from(half)) as u32) & mask
    }

    /// Where `x` goes.
    pub(crate) fn forth(self, mut x: u32) -> u32 {
        let mask = (1 << self.half) - 1;
        loop {
            let (mut left, mut right) = (x >> self.half, x & mask);
            for number in 0..4 {
                (left, right) = (right, left ^ self.round(number, right));
            }
            x = (left << self.half) | right;
            if x < self.n {
                return x;
            }
        }
    }

    /// What came to `x`.
    pub(crate) fn back(self, mut x: u32) -> u32 {
        let mask = (1 << self.half) - 1;
        loop {
            let (mut left, mut right) = (x >> self.half, x & mask);
            for number in (0..4).rev() {
                (left, right) = (right ^ self.round(number, left), left);
            }
            x = (left << self.half) | right;
            if x < self.n {
                return x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_the_published_numbers() {
        let mut rng = Rng(1_234_567);
        assert_eq!(rng.next(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn an_alias_table_follows_its_weights() {
        let table = Alias::new(&[1, 2, 3, 10]);
        let mut rng = Rng::stream(1, &[]);
        let mut counts = [0u32; 4];
        for _ in 0..160_000 {
            counts[table.draw(&mut rng) as usize] += 1;
        }
        for (count, weight) in counts.into_iter().zip([1u32, 2, 3, 10]) {
            assert!(count.abs_diff(weight * 10_000) < 1000, "{counts:?}");
        }
    }

    #[test]
    fn a_shuffle_is_a_permutation_and_undone() {
        for n in [1u32, 2, 3, 17, 64, 1000, 4096] {
            let shuffle = Shuffle::new(n, 99);
            let mut seen = vec![false; n as usize];
            for x in 0..n {
                let y = shuffle.forth(x);
                assert_eq!(shuffle.back(y), x);
                assert!(!std::mem::replace(&mut seen[y as usize], true));
            }
        }
    }
}
