//! Profiles as bytes: a header, the counts of words, the lines, a checksum. All numbers are
//! little-endian.

use xxhash_rust::xxh3::xxh3_64;

use super::lines::Tag;
use super::{BUCKET_BITS, Profile};
use crate::tokenize::{HASH_VERSION, Hasher};

const MAGIC: &[u8; 16] = b"wirefold profile";

/// Version of the format.
const FORMAT: u32 = 1;

/// Why bytes are no profile that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// They do not begin as profiles do.
    #[error("no profile; `wirefold learn` makes one")]
    NotAProfile,
    /// Another version made them.
    #[error("a profile of another version of wirefold; learn it anew")]
    Version,
    /// They are cut short or were changed.
    #[error("a damaged profile; learn it anew")]
    Damaged,
    /// Its hashes have another seed.
    #[error("a profile made with --seed {found}, where the seed is {expected}; learn it anew")]
    Seed {
        /// The seed of the profile.
        found: u64,
        /// The seed that is asked for.
        expected: u64,
    },
}

impl Profile {
    /// The profile as bytes, the same for equal profiles on every machine.
    pub fn to_bytes(&self) -> Vec<u8> {
        let counted: Vec<(u32, u32)> = (0..)
            .zip(self.words.iter().copied())
            .filter(|&(_, count)| count > 0)
            .collect();
        let mut out = Vec::with_capacity(64 + 8 * counted.len() + 16 * self.lines.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&HASH_VERSION.to_le_bytes());
        for number in [
            self.seed(),
            self.stories,
            counted.len() as u64,
            self.lines.len() as u64,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for (bucket, count) in counted {
            out.extend_from_slice(&bucket.to_le_bytes());
            out.extend_from_slice(&count.to_le_bytes());
        }
        for (line, tag) in &self.lines {
            out.extend_from_slice(&line.to_le_bytes());
            out.extend_from_slice(&tag.to_le_bytes());
        }
        let sum = xxh3_64(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads what [`Profile::to_bytes`] gave.
    ///
    /// # Errors
    /// [`ProfileError`], if the bytes are not whole or not a profile of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProfileError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ProfileError::NotAProfile)?;
        let (versions, rest) = rest.split_first_chunk::<8>().ok_or(ProfileError::Damaged)?;
        let (format, hashes) = halves(*versions);
        if (format, hashes) != (FORMAT, HASH_VERSION) {
            return Err(ProfileError::Version);
        }
        let (body, sum) = rest.split_last_chunk::<8>().ok_or(ProfileError::Damaged)?;
        if xxh3_64(&bytes[..bytes.len() - 8]) != u64::from_le_bytes(*sum) {
            return Err(ProfileError::Damaged);
        }
        let (numbers, _) = body.as_chunks::<8>();
        let number = |at: usize| numbers.get(at).map(|&bytes| u64::from_le_bytes(bytes));
        let header = (number(0), number(1), number(2), number(3));
        let (Some(seed), Some(stories), Some(counted), Some(lines)) = header else {
            return Err(ProfileError::Damaged);
        };
        let whole = counted.checked_add(lines.checked_mul(2).ok_or(ProfileError::Damaged)?);
        if whole != Some((numbers.len() - 4) as u64) || body.len() % 8 != 0 {
            return Err(ProfileError::Damaged);
        }
        let (counted, lines) = numbers[4..].split_at(counted as usize);
        let mut words = vec![0; 1 << BUCKET_BITS];
        for &pair in counted {
            let (bucket, count) = halves(pair);
            *words
                .get_mut(bucket as usize)
                .ok_or(ProfileError::Damaged)? = count;
        }
        let (pairs, _) = lines.as_chunks::<2>();
        let lines: Vec<(u64, Tag)> = pairs
            .iter()
            .map(|pair| (u64::from_le_bytes(pair[0]), u64::from_le_bytes(pair[1])))
            .collect();
        if !lines.is_sorted() {
            return Err(ProfileError::Damaged);
        }
        Ok(Self::new(Hasher::new(seed), stories, words, lines))
    }
}

/// The two numbers in eight bytes.
fn halves(bytes: [u8; 8]) -> (u32, u32) {
    let both = u64::from_le_bytes(bytes);
    (both as u32, (both >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::profile::ProfileBuilder;

    proptest! {
        #[test]
        fn damaged_profiles_are_told(at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<bool>()) {
            let mut bytes = ProfileBuilder::new(3).build().to_bytes();
            let at = at.index(bytes.len());
            if cut {
                bytes.truncate(at);
            } else {
                bytes[at] ^= 1 << bit;
            }
            prop_assert!(Profile::from_bytes(&bytes).is_err());
        }
    }

    #[test]
    fn profiles_of_other_seeds_do_not_merge() {
        let mut profile = ProfileBuilder::new(3).build();
        let other = ProfileBuilder::new(4).build();
        let error = ProfileError::Seed {
            found: 4,
            expected: 3,
        };
        assert_eq!(profile.merge(&other), Err(error));
        assert_eq!(Profile::from_bytes(b"{}"), Err(ProfileError::NotAProfile));
    }
}
