//! Banding: signatures cut into bands, each band hashed to one 64-bit key.

use crate::tokenize::Hasher;

/// How a signature is cut: `bands` × `rows` components. Two stories of Jaccard similarity J share
/// at least one band with probability 1 − (1 − Jʳᵒʷˢ)ᵇᵃⁿᵈˢ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bands {
    /// The number of bands.
    pub bands: usize,
    /// Components in each.
    pub rows: usize,
}

impl Bands {
    /// Components a signature must have.
    pub fn components(self) -> usize {
        self.bands * self.rows
    }

    /// The chance that two stories of similarity `jaccard` share a band.
    pub fn probability(self, jaccard: f64) -> f64 {
        1.0 - (1.0 - jaccard.powf(self.rows as f64)).powf(self.bands as f64)
    }

    /// Appends the key of each band of `signature` to `keys`.
    pub fn keys(self, hasher: &Hasher, signature: &[u64], keys: &mut Vec<u64>) {
        keys.extend(
            signature
                .chunks_exact(self.rows)
                .take(self.bands)
                .enumerate()
                .map(|(band, rows)| {
                    rows.iter()
                        .fold(band as u64, |key, &value| hasher.mix(key, value))
                }),
        );
    }
}
