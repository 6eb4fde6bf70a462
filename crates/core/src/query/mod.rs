//! One story in, its relations to stored ones out: the same rows as a run over all of them has.
//!
//! Enters: a story, and a [`Stored`] that finds stored stories by their keys and gives them again.
//! Leaves: every row that [`fold`](crate::fold) would make of the stored stories and this one together,
//! as far as it names this one.
//!
//! Stories of equal texts are one *text*, known by the number of the story that brought its keys. Of a
//! text one story takes part in the join, the first in the family order, as in a batch. What makes a
//! batch of a single story is in `asker`; who shares what with whom is in `shared`, by groups that are too large
//! in `leaders`, by names of items in `items`; what a crowded text surely takes is in `crowd`; how stories are
//! ranked is in `rank`; what stays known while more stories are stored is in `memory`.

mod asker;
mod crowd;
mod items;
mod leaders;
mod memory;
mod rank;
mod shared;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

pub use asker::{ASKED, Asker};
pub use memory::Memory;

use crate::Error;
use crate::sketch::Head;
use crate::story::TextSource;

/// A text among stored stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// See [`Head::content`].
    pub content: u128,
    /// See [`Head::words`].
    pub words: u32,
    /// See [`Head::anchors`].
    pub anchors: u32,
    /// Whether the story that the text is known by is stored, takes nothing back and is not numbered
    /// as a version. Then no other story with this text can stand before it by what may be published.
    pub plain: bool,
    /// Whether that story is known to be public among all that are stored: it is there, takes nothing back,
    /// and no stored notice takes it back. So the text is public too, whatever other stories have it. May be
    /// false of a story that is public; true wherever `plain` is.
    pub public: bool,
}

/// Stored stories that are found by their keys. Texts without words, and those of which no story is left,
/// are found by nothing.
///
/// Story numbers may have gaps; texts are known by story numbers.
pub trait Stored: TextSource {
    /// Says which keys are asked for next: one of each band, in their order, or of none, and all postings whose
    /// first keys are those of some. What is on disk, or in memory far away, can bring all of them near at once, so that
    /// they are not waited for one by one. Answers do not depend on it.
    fn approach(&self, bands: &[u64], postings: &[u64]) {
        let _ = (bands, postings);
    }

    /// Gives `each` every key of one band within `keys`, and the text that has it.
    ///
    /// # Errors
    /// [`Error::Store`] if what is stored cannot be read.
    fn in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error>;

    /// Appends the texts that have a key of one band to `found`: all of them, or at least `enough`. Says whether
    /// all are there.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn in_band_or_enough(
        &self,
        band: usize,
        key: u64,
        enough: usize,
        found: &mut Vec<u32>,
    ) -> Result<bool, Error> {
        let _ = enough;
        self.in_band(band, key..=key, &mut |_, text| found.push(text))?;
        Ok(true)
    }

    /// How many keys of one band are within `keys`, where that is known without going through them; asked only
    /// where there are many.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn count_in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
    ) -> Result<Option<usize>, Error> {
        let _ = (band, keys);
        Ok(None)
    }

    /// Whether a text has a key in a band; asked only where keys are counted.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn has_in_band(&self, band: usize, key: u64, text: u32) -> Result<bool, Error> {
        let mut has = false;
        self.in_band(band, key..=key, &mut |_, other| has |= other == text)?;
        Ok(has)
    }

    /// Gives `each` every posting within `keys`, and the text that has it.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn postings(
        &self,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error>;

    /// Appends postings within `keys` to `found`: all of them, or those of at least `enough` texts and
    /// the one with the least key. Says whether all are there.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn postings_or_enough(
        &self,
        keys: RangeInclusive<u64>,
        enough: usize,
        found: &mut Vec<(u64, u32)>,
    ) -> Result<bool, Error> {
        let _ = enough;
        self.postings(keys, &mut |key, text| found.push((key, text)))?;
        Ok(true)
    }

    /// [`Text::words`] and [`Text::anchors`] of a text that a key led to. Most are asked for no more.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn size(&self, text: u32) -> Result<(u32, u32), Error> {
        let Text { words, anchors, .. } = self.text(text)?;
        Ok((words, anchors))
    }

    /// A text that a key led to.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn text(&self, text: u32) -> Result<Text, Error>;

    /// Gives `each` the stories whose match text has this hash, and the text of each.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn with_content(&self, content: u128, each: &mut dyn FnMut(u32, u32)) -> Result<(), Error>;

    /// Gives `each` the stories that are versions of an item, by the hash of one of its names
    /// ([`Edition::names`](crate::sketch::Edition::names)).
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn versions(&self, name: u64, each: &mut dyn FnMut(u32)) -> Result<(), Error>;

    /// The head of a stored story.
    ///
    /// # Errors
    /// As [`Stored::in_band`].
    fn head(&self, story: u32) -> Result<Head, Error>;
}
