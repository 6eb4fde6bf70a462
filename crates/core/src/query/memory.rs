//! What is known of stored stories, kept while more are stored.

use super::Stored;
use super::items::{text_of, versions};
use super::rank::Ranks;
use super::shared::Sharing;
use crate::Error;
use crate::relation::Held;
use crate::sketch::Sketch;

/// What an [`Asker`](super::Asker) has looked up, for another one that asks of the same stories and of those that were
/// stored since. A stream that asks and stores by turns would look it up again each time, and the more is
/// stored the longer that takes.
#[derive(Debug, Default)]
pub struct Memory {
    pub(super) held: Held,
    pub(super) ranks: Ranks,
    pub(super) sharing: Sharing,
}

impl Memory {
    /// Takes note of a story that was stored since, by its number, the text that it has and its sketch.
    ///
    /// To be called for each one, before anything is asked; what is stored may have more of them already. If
    /// a story has gone, or was not noted, begin with a new memory.
    ///
    /// # Errors
    /// [`Error::Store`] if what is stored cannot be read.
    pub fn note<S: Stored + ?Sized>(
        &mut self,
        story: u32,
        text: u32,
        sketch: &Sketch,
        stored: &S,
    ) -> Result<(), Error> {
        let head = &sketch.head;
        if let Some(edition) = head.edition {
            self.sharing.forget_items();
            if head.notice {
                let mut texts = Vec::new();
                for version in versions(&edition, stored)? {
                    let content = stored.head(version)?.content;
                    texts.extend(text_of((version, content), stored)?);
                }
                texts.sort_unstable();
                for &text in &texts {
                    self.ranks.forget_text(text);
                }
                self.sharing.forget_leaders(&texts);
            }
        }
        if head.words == 0 {
            return Ok(());
        }
        if text == story {
            let placed = (self.ranks.of(text, stored)?, text);
            (self.sharing).note(placed, sketch, stored, &mut self.ranks)?;
            return Ok(());
        }
        // This one may stand for the text from now on. Where that stands is the same unless none stood so well.
        self.ranks.forget_text(text);
        let mine = self.ranks.standing(head, stored)?;
        let mut before = Vec::new();
        stored.with_content(head.content, &mut |other, of| {
            if of == text && other < story {
                before.push(other);
            }
        })?;
        for other in before {
            if self.ranks.standing(&stored.head(other)?, stored)? <= mine {
                return Ok(());
            }
        }
        self.ranks.forget();
        self.sharing.forget();
        Ok(())
    }
}
