//! Fast Similarity Sketching.
//!
//! Dahlgaard, Knudsen, Thorup: "Fast Similarity Sketching", FOCS 2017. A signature of `t`
//! components is filled by rounds: in round `i` every element throws itself into a random bin
//! with the value `i` plus a random fraction, and a bin keeps its minimum. After `t` random rounds
//! come `t` more in which round `t + i` serves bin `i` alone, so every bin is filled. It stops as
//! soon as all bins are filled: an element costs one hash for sets much larger than `t`, and the
//! agreement of two signatures estimates the Jaccard similarity without bias, with an error below
//! that of classic `MinHash`.

use crate::simd::{self, Simd, Work};
use crate::tokenize::{Hasher, fold, fold_in_halves};

/// Bits of a component that hold the random fraction; the round stands above them.
const FRACTION_BITS: u32 = 48;
const FRACTION: u64 = (1 << FRACTION_BITS) - 1;

/// A text of many elements has all bins filled by this round, unless most of them are repeats: then
/// repeats are dropped, or each round would cost the whole text.
const DISTINCT_FROM: usize = 2;

/// Elements up to which rounds are gone through one by one: vectors would be set up for nothing. A brief
/// of ten words takes many rounds.
const HANDFUL: usize = 6;

/// A signature maker for sets of 64-bit hashes.
#[derive(Clone, Debug)]
pub struct Fss {
    /// One pair of constants a round, none for the first, which uses the element's hash as it is.
    rounds: Vec<u64>,
    /// The least hash of each bin.
    starts: Vec<u64>,
    components: usize,
}

/// So many empty bins, or fewer, are looked at one by one.
const FEW: usize = 7;

impl Fss {
    /// A maker of signatures of `components` values, 1 to 32,768.
    ///
    /// # Panics
    /// If `components` is outside that range.
    pub fn new(hasher: &Hasher, components: usize) -> Self {
        assert!(
            (1..=32_768).contains(&components),
            "1 to 32,768 components, not {components}"
        );
        let rounds = (0..2 * components as u64)
            .map(|i| hasher.mix(i, 0x0f55))
            .collect();
        let bins = components as u128;
        let starts = (0..bins)
            .map(|bin| (bin << 64).div_ceil(bins) as u64)
            .collect();
        Self {
            rounds,
            starts,
            components,
        }
    }

    /// The number of components.
    pub fn components(&self) -> usize {
        self.components
    }

    /// Writes the signature of the set of `elements` to `signature` (resized to
    /// [`Fss::components`]). Elements must be well mixed hashes; an element given twice counts
    /// once. The signature of the empty set is all `u64::MAX`.
    pub fn sign(&self, elements: &[u64], signature: &mut Vec<u64>) {
        signature.clear();
        signature.resize(self.components, u64::MAX);
        if elements.is_empty() {
            return;
        }
        if elements.len() <= HANDFUL {
            return self.sign_handful(elements, signature);
        }
        // Round 0 takes the element as its own hash.
        self.scatter(elements, 0, signature);
        let mut empty = signature.iter().filter(|&&v| v == u64::MAX).count();
        for (round, &constant) in self.rounds.iter().enumerate().skip(1) {
            if empty == 0 {
                return;
            }
            if round == DISTINCT_FROM && elements.len() > 8 * self.components {
                let mut distinct = elements.to_vec();
                distinct.sort_unstable();
                distinct.dedup();
                if distinct.len() < elements.len() {
                    return self.sign(&distinct, signature);
                }
            }
            let base = (round as u64) << FRACTION_BITS;
            if round < self.components {
                simd::run(Round {
                    fss: self,
                    elements,
                    number: round,
                    signature,
                    empty,
                });
                empty = signature.iter().filter(|&&v| v == u64::MAX).count();
            } else {
                let bin = round - self.components;
                if signature[bin] == u64::MAX {
                    let least = elements
                        .iter()
                        .map(|&e| rehash(e, constant) & FRACTION)
                        .min();
                    signature[bin] = base | least.unwrap_or(FRACTION);
                    empty -= 1;
                }
            }
        }
    }

    /// [`Fss::sign`] where each round fills few bins, which are counted as they are filled.
    fn sign_handful(&self, elements: &[u64], signature: &mut [u64]) {
        let bins = self.components as u128;
        let mut empty = self.components;
        for (round, &constant) in self.rounds.iter().enumerate() {
            if empty == 0 {
                return;
            }
            let base = (round as u64) << FRACTION_BITS;
            // Behind the random rounds each serves one bin, which it lowers if it is empty: to ask
            // is a coin toss to the branch predictor.
            let served = round.checked_sub(self.components);
            for &element in elements {
                let hash = if round == 0 {
                    element
                } else {
                    rehash(element, constant)
                };
                let bin = served.unwrap_or(((u128::from(hash) * bins) >> 64) as usize);
                let held = &mut signature[bin];
                empty -= usize::from(*held == u64::MAX);
                *held = (*held).min(base | hash & FRACTION);
            }
        }
    }

    /// Lowers the components that hashes fall into.
    #[inline(always)]
    fn scatter(&self, hashes: &[u64], base: u64, signature: &mut [u64]) {
        let bins = self.components as u64;
        if bins.is_power_of_two() && bins > 1 {
            let shift = 64 - bins.trailing_zeros();
            fill(hashes, base, signature, |hash| hash >> shift);
        } else {
            fill(hashes, base, signature, |hash| {
                ((u128::from(hash) * u128::from(bins)) >> 64) as u64
            });
        }
    }

    /// The share of equal components: an unbiased estimate of the Jaccard similarity.
    ///
    /// # Panics
    /// If the signatures differ in length.
    pub fn similarity(a: &[u64], b: &[u64]) -> f64 {
        assert_eq!(a.len(), b.len(), "signatures of different lengths");
        a.iter().zip(b).filter(|(x, y)| x == y).count() as f64 / a.len() as f64
    }
}

#[inline(always)]
fn fill(hashes: &[u64], base: u64, signature: &mut [u64], bin: impl Fn(u64) -> u64) {
    for &hash in hashes {
        let bin = bin(hash) as usize;
        signature[bin] = signature[bin].min(base | hash & FRACTION);
    }
}

/// One of the random rounds behind the first. What is filled already is less than all it has.
struct Round<'a> {
    fss: &'a Fss,
    elements: &'a [u64],
    number: usize,
    signature: &'a mut [u64],
    /// How many components are empty.
    empty: usize,
}

/// Elements whose hashes are made together.
const TILE: usize = 256;

impl Work for Round<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self {
            fss,
            elements,
            number,
            signature,
            empty,
        } = self;
        let constant = fss.rounds[number];
        let base = (number as u64) << FRACTION_BITS;
        // Where the empty bins are, by no branch.
        let mut bins = [0; FEW + 1];
        let mut count = 0;
        if empty <= FEW {
            for (bin, &value) in signature.iter().enumerate() {
                bins[count % (FEW + 1)] = bin;
                count += usize::from(value == u64::MAX);
            }
        }
        let bins = &bins[..count.min(FEW)];
        let mut hashes = [0; TILE];
        for elements in elements.chunks(TILE) {
            let hashes = &mut hashes[..elements.len()];
            for i in 0..hashes.len() {
                hashes[i] = if S::MULTIPLIES {
                    fold_in_halves(elements[i] ^ constant, constant | 1)
                } else {
                    rehash(elements[i], constant)
                };
            }
            if empty > FEW {
                fss.scatter(hashes, base, signature);
                continue;
            }
            for &bin in bins {
                let start = fss.starts[bin];
                // The bin after the last one starts at 2⁶⁴.
                let width = fss.starts.get(bin + 1).map_or(0, |&end| end);
                let width = width.wrapping_sub(start);
                let mut least = u64::MAX;
                for &hash in &*hashes {
                    let own = hash.wrapping_sub(start) < width;
                    let value = base | hash & FRACTION;
                    least = least.min(if own { value } else { u64::MAX });
                }
                signature[bin] = signature[bin].min(least);
            }
        }
    }
}

#[inline]
fn rehash(element: u64, constant: u64) -> u64 {
    fold(element ^ constant, constant | 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::split_mix;

    fn set(n: usize, seed: u64) -> Vec<u64> {
        let mut state = seed;
        (0..n).map(|_| split_mix(&mut state)).collect()
    }

    /// The paper's definition, with no early stop.
    fn naive(fss: &Fss, elements: &[u64]) -> Vec<u64> {
        let t = fss.components;
        let mut signature = vec![u64::MAX; t];
        for round in 0..2 * t {
            for &element in elements {
                let hash = if round == 0 {
                    element
                } else {
                    rehash(element, fss.rounds[round])
                };
                let bin = if round < t {
                    ((u128::from(hash) * t as u128) >> 64) as usize
                } else {
                    round - t
                };
                let value = (round as u64) << 48 | hash & ((1 << 48) - 1);
                signature[bin] = signature[bin].min(value);
            }
        }
        signature
    }

    #[test]
    fn agrees_with_the_definition() {
        for k in [1, 2, 7, 64, 128] {
            let fss = Fss::new(&Hasher::default(), k);
            for n in [0, 1, 2, 5, 6, 7, 40, 400, 3000] {
                let elements = set(n, n as u64 + 1);
                let mut signature = Vec::new();
                fss.sign(&elements, &mut signature);
                let want = if n == 0 {
                    vec![u64::MAX; k]
                } else {
                    naive(&fss, &elements)
                };
                assert_eq!(signature, want, "{n} elements, {k} components");
            }
        }
    }

    #[test]
    fn a_long_text_of_few_words_has_the_signature_of_its_set() {
        let fss = Fss::new(&Hasher::default(), 64);
        for n in [1, 3, 40, 200] {
            let few = set(n, 5);
            let many: Vec<u64> = few.iter().cycle().take(8 * 64 + 300).copied().collect();
            let (mut a, mut b) = (Vec::new(), Vec::new());
            fss.sign(&few, &mut a);
            fss.sign(&many, &mut b);
            assert_eq!(a, b, "{n} elements");
        }
    }

    #[test]
    fn repeats_and_order_do_not_matter() {
        let fss = Fss::new(&Hasher::default(), 128);
        let elements = set(50, 3);
        let mut shuffled: Vec<u64> = elements.iter().rev().copied().collect();
        shuffled.extend_from_slice(&elements[10..20]);
        let (mut a, mut b) = (Vec::new(), Vec::new());
        fss.sign(&elements, &mut a);
        fss.sign(&shuffled, &mut b);
        assert_eq!(a, b);
    }

    #[test]
    fn estimates_jaccard() {
        let fss = Fss::new(&Hasher::default(), 128);
        for (common, own) in [(40u32, 10u32), (200, 100), (400, 400), (30, 90)] {
            let want = f64::from(common) / f64::from(common + 2 * own);
            let trials = 200;
            let mut squares = 0.0;
            let mut sum = 0.0;
            for trial in 0..trials {
                let all = set((common + 2 * own) as usize, 1000 + trial);
                let (common, own) = (common as usize, own as usize);
                let a = &all[..common + own];
                let b: Vec<u64> = all[..common]
                    .iter()
                    .chain(&all[common + own..])
                    .copied()
                    .collect();
                let (mut x, mut y) = (Vec::new(), Vec::new());
                fss.sign(a, &mut x);
                fss.sign(&b, &mut y);
                let error = Fss::similarity(&x, &y) - want;
                squares += error * error;
                sum += error;
            }
            let classic = (want * (1.0 - want) / 128.0).sqrt();
            let rmse = (squares / trials as f64).sqrt();
            assert!(
                rmse < 1.1 * classic,
                "J {want}: rmse {rmse}, classic {classic}"
            );
            assert!((sum / trials as f64).abs() < 4.0 * classic / (trials as f64).sqrt());
        }
    }
}
