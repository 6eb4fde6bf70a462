//! Classic k-permutation `MinHash` (Broder 1997), the yardstick beside [`super::Fss`].

use crate::tokenize::{Hasher, fold};

/// A signature maker that applies `k` hash functions to every element: exact theory, `k` times
/// the work. wirefold itself signs with [`super::Fss`]; this one is for measuring against.
#[derive(Clone, Debug)]
pub struct MinHash {
    constants: Vec<u64>,
}

impl MinHash {
    /// A maker of signatures of `components` values.
    pub fn new(hasher: &Hasher, components: usize) -> Self {
        Self {
            constants: (0..components as u64)
                .map(|i| hasher.mix(i, 0x3117))
                .collect(),
        }
    }

    /// Writes the signature of the set of `elements`; that of the empty set is all `u64::MAX`.
    pub fn sign(&self, elements: &[u64], signature: &mut Vec<u64>) {
        signature.clear();
        signature.extend(self.constants.iter().map(|&constant| {
            elements
                .iter()
                .map(|&e| fold(e ^ constant, constant | 1))
                .min()
                .unwrap_or(u64::MAX)
        }));
    }
}
