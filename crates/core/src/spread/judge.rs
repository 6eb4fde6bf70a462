//! Pairs and their texts in, what is said of them out: as forty bytes, or with the evidence.

use crate::Error;
use crate::cluster::{Ties, redundant};
use crate::imprint::Standing;
use crate::normalize::Matcher;
use crate::relation::{Relation, Row, Similarity, Verdict, Verifier};
use crate::settings::Settings;
use crate::story::TextSource;
use crate::tokenize::Hasher;

/// Judges pairs by their texts; one a thread.
pub struct Judge<'s, S: ?Sized> {
    verifier: Verifier<'s, S>,
    settings: &'s Settings,
}

/// A story before another in the family order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Its number in the source.
    pub story: u32,
    /// Whether it leads a family for certain: it has no likely or faint candidates itself.
    pub leads: bool,
    /// The first byte of its [order](super::Placed::order).
    pub standing: u8,
}

impl<'s, S: TextSource + ?Sized> Judge<'s, S> {
    /// A judge of the stories of `source`.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn new(source: &'s S, matcher: &'s Matcher, settings: &'s Settings) -> Result<Self, Error> {
        settings.check()?;
        let grounds = settings.grounds(matcher, &Hasher::new(settings.seed));
        Ok(Self {
            verifier: Verifier::new(source, grounds),
            settings,
        })
    }

    /// What makes two stories of one family whose texts are not equal, if anything does; `later` comes after
    /// `earlier` in the family order.
    ///
    /// # Errors
    /// [`Error::Source`] if a story cannot be read.
    pub fn tie(&mut self, later: u32, earlier: u32) -> Result<Option<Tie>, Error> {
        let Some((relation, verdict)) = self.verifier.tie(later, earlier)? else {
            return Ok(None);
        };
        let pair = (later, earlier);
        let mut novel = |back| Ties::novel(&mut self.verifier, pair, &verdict, back);
        let novel = [novel(false)?, novel(true)?];
        Ok(Some(Tie {
            relation,
            verdict,
            novel,
        }))
    }

    /// What ties a story of a standing to those of `earlier`, which are all before it that it is compared with, in the
    /// family order; by their places there. Says also whether the story is *settled*: if the first that it is tied to
    /// leads and removes it, that one tie is given alone. Nothing else of it matters, unless the one that removed it
    /// goes in its turn.
    ///
    /// # Errors
    /// As [`Judge::tie`].
    pub fn ties(
        &mut self,
        later: u32,
        standing: u8,
        earlier: &[Earlier],
    ) -> Result<(Vec<(usize, Tie)>, bool), Error> {
        let standing_of = |byte: u8| Standing::ALL.get(usize::from(byte)).copied();
        let of = standing_of(standing).unwrap_or_default();
        let mut ties = Vec::new();
        for (at, other) in earlier.iter().enumerate() {
            let Some(tie) = self.tie(later, other.story)? else {
                continue;
            };
            let by = standing_of(other.standing).unwrap_or_default();
            let settles = ties.is_empty()
                && other.leads
                && by.may_remove(of)
                && self.settings.remove.contains(&tie.relation)
                && redundant(tie.relation, tie.verdict, true)
                && tie.novel[0] < self.settings.min_novel;
            ties.push((at, tie));
            if settles {
                return Ok((ties, true));
            }
        }
        Ok((ties, false))
    }

    /// The pair with its evidence, if its texts are related; `equal` says that they are equal.
    ///
    /// # Errors
    /// As [`Judge::tie`].
    pub fn row(&mut self, a: u32, b: u32, equal: bool) -> Result<Option<Row>, Error> {
        self.verifier.row(a, b, equal)
    }
}

/// What ties a story to one before it in the family order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tie {
    pub(super) relation: Relation,
    pub(super) verdict: Verdict,
    /// The share of new words of the later story against the earlier, and of the earlier against the later.
    pub(super) novel: [f64; 2],
}

impl Tie {
    /// Bytes of a tie.
    pub const BYTES: usize = 40;

    /// The relation of the two.
    pub fn relation(&self) -> Relation {
        self.relation
    }

    /// The tie as bytes, the same on every machine.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let Verdict {
            similarity: Similarity { a, b, shared },
            by_alignment,
            words,
            age,
            ..
        } = self.verdict;
        let relation = Relation::ALL.iter().position(|&one| one == self.relation);
        let head = [
            relation.unwrap_or_default() as u8,
            by_alignment.into(),
            age as u8,
            0,
        ];
        let mut bytes = [0; Self::BYTES];
        let counts = [a, b, shared, words.0, words.1];
        let counts = counts.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let counts = counts.into_iter().flat_map(u32::to_le_bytes);
        let novel = self.novel.into_iter().flat_map(f64::to_le_bytes);
        let all = head.into_iter().chain(counts).chain(novel);
        bytes
            .iter_mut()
            .zip(all)
            .for_each(|(slot, byte)| *slot = byte);
        bytes
    }

    /// Reads what [`Tie::to_bytes`] gave; nothing if the bytes are something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::BYTES] = bytes.try_into().ok()?;
        let [relation, by_alignment, age, _] = *bytes.first_chunk()?;
        let relation = *Relation::ALL.get(usize::from(relation))?;
        let (words, _) = bytes.as_chunks::<4>();
        let count = |at: usize| u32::from_le_bytes(words[at]) as usize;
        let (halves, _) = bytes[24..].as_chunks::<8>();
        Some(Self {
            relation,
            verdict: Verdict {
                relation: Some(relation),
                similarity: Similarity {
                    a: count(1),
                    b: count(2),
                    shared: count(3),
                },
                by_alignment: by_alignment != 0,
                words: (count(4), count(5)),
                age: age.cast_signed().cmp(&0),
            },
            novel: [f64::from_le_bytes(halves[0]), f64::from_le_bytes(halves[1])],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ties_come_back(
            relation in prop::sample::select(Relation::ALL.to_vec()), counts in any::<[u32; 5]>(),
            by_alignment in any::<bool>(), age in -1..2i8, novel in [0.0..1.0, 0.0..1.0],
        ) {
            let [a, b, shared, first, second] = counts.map(|count| count as usize);
            let verdict = Verdict {
                relation: Some(relation),
                similarity: Similarity { a, b, shared },
                by_alignment,
                words: (first, second),
                age: age.cmp(&0),
            };
            let tie = Tie { relation, verdict, novel };
            let bytes = tie.to_bytes();
            prop_assert_eq!(Tie::from_bytes(&bytes), Some(tie));
            prop_assert_eq!(Tie::from_bytes(&bytes[1..]), None);
        }
    }
}
