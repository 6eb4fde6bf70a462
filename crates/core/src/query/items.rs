//! Versions of one item: texts that share a name of it, whatever their words.

use std::collections::hash_map::Entry;

use super::Stored;
use super::rank::Ranks;
use crate::Error;
use crate::sketch::{Edition, item_keys};
use crate::tokenize::FoldedMap;

/// Names of which the versions are known at one time.
const MOST_ITEMS: usize = 1 << 12;

/// What was looked up of items.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// Versions by the hashes of their items' names: story, edition and content of each.
    versions: FoldedMap<u64, Vec<(u32, Edition, u128)>>,
}

impl Items {
    /// Forgets all, for what is stored has changed.
    pub(super) fn forget(&mut self) {
        self.versions.clear();
    }

    /// Forgets all if it has become much.
    pub(super) fn trim(&mut self) {
        if self.versions.len() > MOST_ITEMS {
            self.versions.clear();
        }
    }

    /// Adds the texts that share a key of an item to `found`. A text has keys of one of its stories; its item is
    /// that of the story that stands for it, which may be another.
    pub(super) fn add<S: Stored + ?Sized>(
        &mut self,
        (edition, key): (&Edition, u64),
        found: &mut Vec<(u64, u32)>,
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<(), Error> {
        for name in edition.names() {
            // A slug that comes back each day has thousands of versions, and is asked for by each of its keys.
            if let Entry::Vacant(unknown) = self.versions.entry(name) {
                let mut stories = Vec::new();
                stored.versions(name, &mut |story| stories.push(story))?;
                let mut versions = Vec::with_capacity(stories.len());
                for story in stories {
                    let head = stored.head(story)?;
                    versions.extend(head.edition.map(|edition| (story, edition, head.content)));
                }
                unknown.insert(versions);
            }
            for &(story, edition, content) in self.versions.get(&name).into_iter().flatten() {
                if !item_keys(&edition).any(|other| other == key) {
                    continue;
                }
                if let Some(text) = text_of((story, content), stored)?
                    && ranks.story(text, stored)? == story
                {
                    found.push((key, text));
                }
            }
        }
        Ok(())
    }
}

/// The stored stories that are versions of an item, by each of its names.
pub(super) fn versions<S: Stored + ?Sized>(
    edition: &Edition,
    stored: &S,
) -> Result<Vec<u32>, Error> {
    let mut stories = Vec::new();
    for name in edition.names() {
        stored.versions(name, &mut |story| stories.push(story))?;
    }
    Ok(stories)
}

/// The text of a story with this content.
pub(super) fn text_of<S: Stored + ?Sized>(
    (story, content): (u32, u128),
    stored: &S,
) -> Result<Option<u32>, Error> {
    let mut text = None;
    stored.with_content(content, &mut |other, of| {
        if other == story {
            text = Some(of);
        }
    })?;
    Ok(text)
}
