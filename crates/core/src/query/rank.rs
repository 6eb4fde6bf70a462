//! The family order among stored stories and the one that is asked for.

use std::cmp::Reverse;

use super::items::versions;
use super::{ASKED, Stored, Text};
use crate::Error;
use crate::imprint::{Edition, Standing};
use crate::sketch::Head;
use crate::tokenize::FoldedMap;

/// The place of a text in the family order, as [`Keep::Longest`](crate::Keep::Longest) has it: less comes
/// first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    standing: Standing,
    words: Reverse<u32>,
    content: u128,
}

impl Rank {
    pub(super) fn new(standing: Standing, words: u32, content: u128) -> Self {
        Self {
            standing,
            words: Reverse(words),
            content,
        }
    }

    /// What may be done with the story that stands for the text.
    pub(super) fn standing(&self) -> Standing {
        self.standing
    }
}

/// Ranks of stored texts, and the story that stands for each; looked up once.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    known: FoldedMap<u32, Ranked>,
    /// A notice that is asked for, and whether what is known depends on one.
    notice: Option<Edition>,
}

/// A text's rank.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    rank: Rank,
    /// The story that stands for it.
    story: u32,
}

/// Texts that are known at one time.
const MOST_KNOWN: usize = 1 << 16;

impl Ranks {
    /// Forgets all, for what is stored has changed.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// Forgets what is known of one text.
    pub(super) fn forget_text(&mut self, text: u32) {
        self.known.remove(&text);
    }

    /// Whether ranks may differ from those of the stored stories alone.
    pub(super) fn are_shifted(&self) -> bool {
        self.notice.is_some()
    }

    /// Takes note that nothing is asked for any more.
    pub(super) fn end_ask(&mut self) {
        if self.notice.take().is_some() {
            self.known.clear();
        }
    }

    /// Takes note of the story that is asked for: a notice takes stored ones back.
    pub(super) fn ask(&mut self, head: &Head) {
        let notice = head.edition.filter(|_| head.notice);
        if notice.is_some() || self.notice.is_some() || self.known.len() > MOST_KNOWN {
            self.known.clear();
        }
        self.notice = notice;
    }

    /// The standing of a story: by its own record, and by notices of its item.
    pub(super) fn standing(
        &self,
        head: &Head,
        stored: &(impl Stored + ?Sized),
    ) -> Result<Standing, Error> {
        if head.notice {
            return Ok(Standing::Notice);
        }
        let Some(edition) = head.edition else {
            return Ok(Standing::Public);
        };
        let mut taken_back = (self.notice).is_some_and(|notice| notice.takes_back(&edition));
        for other in versions(&edition, stored)? {
            if taken_back {
                break;
            }
            let other = stored.head(other)?;
            let notice = other.edition.filter(|_| other.notice);
            taken_back = notice.is_some_and(|notice| notice.takes_back(&edition));
        }
        Ok(if taken_back {
            Standing::Withdrawn
        } else {
            Standing::Public
        })
    }

    /// The rank of a text.
    pub(super) fn of(&mut self, text: u32, stored: &(impl Stored + ?Sized)) -> Result<Rank, Error> {
        let facts = stored.text(text)?;
        self.of_facts(text, &facts, stored)
    }

    /// The same, if the text was looked at already.
    pub(super) fn of_facts(
        &mut self,
        text: u32,
        facts: &Text,
        stored: &(impl Stored + ?Sized),
    ) -> Result<Rank, Error> {
        // A notice that is asked for may take a numbered version back.
        if facts.plain || facts.public && !self.are_shifted() {
            return Ok(Rank::new(Standing::Public, facts.words, facts.content));
        }
        match self.known.get(&text) {
            Some(known) => Ok(known.rank),
            None => Ok(self.look_up(text, stored)?.rank),
        }
    }

    /// The story that stands for a text.
    pub(super) fn story(
        &mut self,
        text: u32,
        stored: &(impl Stored + ?Sized),
    ) -> Result<u32, Error> {
        match self.known.get(&text) {
            Some(known) => Ok(known.story),
            None => Ok(self.look_up(text, stored)?.story),
        }
    }

    fn look_up(&mut self, text: u32, stored: &(impl Stored + ?Sized)) -> Result<Ranked, Error> {
        let facts = stored.text(text)?;
        let mut members = Vec::new();
        stored.with_content(facts.content, &mut |story, of| {
            if of == text {
                members.push(story);
            }
        })?;
        let mut first: Option<(Standing, &str, u32)> = None;
        for story in members {
            debug_assert_ne!(story, ASKED);
            let standing = self.standing(&stored.head(story)?, stored)?;
            let place = (standing, stored.id(story), story);
            if first.is_none_or(|first| place < first) {
                first = Some(place);
            }
        }
        let (standing, _, story) = first.unwrap_or((Standing::Public, "", text));
        let ranked = Ranked {
            rank: Rank::new(standing, facts.words, facts.content),
            story,
        };
        self.known.insert(text, ranked);
        Ok(ranked)
    }
}
