//! Fast Similarity Sketching.
//!
//! Dahlgaard, Knudsen, Thorup: "Fast Similarity Sketching", FOCS 2017. A signature of `t`
//! components is filled by rounds: in round `i` every element throws itself into a random bin
//! with the value `i` plus a random fraction, and a bin keeps its minimum. After `t` random rounds
//! come `t` more in which round `t + i` serves bin `i` alone, so every bin is filled. It stops as
//! soon as all bins are filled: an element costs one hash for sets much larger than `t`, and the
//! agreement of two signatures estimates the Jaccard similarity without bias, with an error below
//! that of classic `MinHash`.

use crate::tokenize::Hasher;

/// Bits of a component that hold the random fraction; the round stands above them.
const FRACTION_BITS: u32 = 48;

/// A text of many elements has all bins filled by this round, unless most of them are repeats: then
/// repeats are dropped, or each round would cost the whole text.
const DISTINCT_FROM: usize = 2;

/// A signature maker for sets of 64-bit hashes.
#[derive(Clone, Debug)]
pub struct Fss {
    /// One pair of constants a round, none for the first, which uses the element's hash as it is.
    rounds: Vec<u64>,
    components: usize,
}

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
        Self { rounds, components }
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
        let bins = self.components as u64;
        let mask = (1 << FRACTION_BITS) - 1;
        // Round 0 takes the element as its own hash.
        for &element in elements {
            let bin = ((u128::from(element) * u128::from(bins)) >> 64) as usize;
            signature[bin] = signature[bin].min(element & mask);
        }
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
                for &element in elements {
                    let hash = rehash(element, constant);
                    let bin = ((u128::from(hash) * u128::from(bins)) >> 64) as usize;
                    signature[bin] = signature[bin].min(base | hash & mask);
                }
                empty = signature.iter().filter(|&&v| v == u64::MAX).count();
            } else {
                let bin = round - self.components;
                if signature[bin] == u64::MAX {
                    let least = elements.iter().map(|&e| rehash(e, constant) & mask).min();
                    signature[bin] = base | least.unwrap_or(mask);
                    empty -= 1;
                }
            }
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

#[inline]
fn rehash(element: u64, constant: u64) -> u64 {
    crate::tokenize::fold(element ^ constant, constant | 1)
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
            for n in [0, 1, 2, 5, 40, 400, 3000] {
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
