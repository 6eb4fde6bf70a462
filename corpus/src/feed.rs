//! The feed as its readers see it: settings, stories, truth.

use crate::draft::Overlap;
use crate::edits::Edit;
use crate::family::{Family, Member};
use crate::language::Language;
use crate::layout::Layout;
use crate::script::Script;
use crate::time::timestamp;
use crate::truth::{Measures, Relation, Truth};
use serde::Serialize;
use std::rc::Rc;

/// What a feed is made from. The same settings give the same bytes on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Number of stories.
    pub stories: u32,
    /// The seed of all that is drawn.
    pub seed: u64,
    /// Share of stories that belong to families of at least two, per mille (default 400).
    pub families: u32,
    /// Share of stories from templates, in series, per mille (default 60).
    pub templates: u32,
    /// Share of copies made from another copy rather than the original, per mille (default 250).
    pub chains: u32,
    /// Copies of one story sent to that many outlets, spread over the feed (default 0).
    pub syndicated: u32,
    /// The alphabet of titles and texts.
    pub script: Script,
    /// Jaccard from which the truth says `near_duplicate`, per mille (default 500).
    pub near: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stories: 1000,
            seed: 1,
            families: 400,
            templates: 60,
            chains: 250,
            syndicated: 0,
            script: Script::Latin,
            near: 500,
        }
    }
}

/// One story, in the fields of a JSON Lines record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Story {
    /// `w` and the position in the feed, nine digits.
    pub id: String,
    /// The headline.
    pub title: String,
    /// The paragraphs, between one or two line feeds.
    pub text: String,
    /// The agency or outlet.
    pub source: String,
    /// RFC 3339, UTC. A copy is never earlier than its original.
    pub published: String,
    /// 1 for agency originals, more for updates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// What versions of an agency's story share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
}

/// A feed: any story can be made alone, in any order, on any thread.
#[derive(Debug)]
pub struct Feed {
    pub(crate) settings: Settings,
    pub(crate) layout: Layout,
    pub(crate) language: Language,
}

impl Feed {
    /// Prepares a feed; takes some milliseconds for the vocabulary and five bytes a family.
    ///
    /// Shares above 1000 count as 1000, `syndicated` is at most `stories`.
    #[must_use]
    pub fn new(mut settings: Settings) -> Self {
        settings.families = settings.families.min(1000);
        settings.templates = settings.templates.min(1000 - settings.families);
        settings.syndicated = settings.syndicated.min(settings.stories);
        let Settings {
            stories,
            seed,
            families,
            templates,
            syndicated,
            ..
        } = settings;
        let layout = Layout::new(stories, seed, families, templates, syndicated);
        Self {
            settings,
            layout,
            language: Language::new(),
        }
    }

    /// The settings, with shares cut to what is possible.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Number of stories.
    pub fn len(&self) -> usize {
        self.layout.stories() as usize
    }

    /// Whether there are no stories at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The story at a position from 0, made with the ancestors it copies and nothing else.
    ///
    /// # Panics
    /// When `position` is not below [`Feed::len`].
    pub fn story(&self, position: usize) -> Story {
        let position = self.checked(position);
        let mut family = Family::default();
        let at = family.member(self, self.layout.seat(position));
        self.story_of(position, &family.members[at])
    }

    /// How the story at a position came about.
    ///
    /// # Panics
    /// When `position` is not below [`Feed::len`].
    pub fn truth(&self, position: usize) -> Truth {
        let position = self.checked(position);
        let mut family = Family::default();
        let at = family.member(self, self.layout.seat(position));
        self.truth_of(position, &family, at)
    }

    fn checked(&self, position: usize) -> u32 {
        assert!(position < self.len(), "story {position} of {}", self.len());
        position as u32
    }

    /// All stories in the order of the feed.
    pub fn stories(&self) -> impl Iterator<Item = Story> + '_ {
        (0..self.len()).map(|position| self.story(position))
    }

    pub(crate) fn story_of(&self, position: u32, member: &Member) -> Story {
        let (title, text) = (
            member.style.title(&member.draft.title),
            member.style.text(&member.draft.text),
        );
        let script = self.settings.script;
        Story {
            id: id(position),
            title: script.write(title),
            text: script.write(text),
            source: self.language.names.source(member.source).to_owned(),
            published: timestamp(member.published),
            version: member.version,
            slug: member.slug.clone(),
        }
    }

    pub(crate) fn truth_of(&self, position: u32, family: &Family, at: usize) -> Truth {
        let member = &family.members[at];
        let mut truth = Truth {
            id: id(position),
            family: member.seat.group,
            parent: None,
            edit: member.edit,
            relation: Relation::None,
            to_parent: Relation::None,
            measures: None,
        };
        let (Some(parent), Some(original)) = (family.find(member.parent), family.find(Some(0)))
        else {
            return truth;
        };
        if member.edit == Edit::Template {
            // A series is no family: each story stands alone, beside the first of its series.
            truth.family = self.layout.syndicated_group()
                + 1
                + self.layout.first_slot(member.seat.group)
                + member.seat.member;
        }
        truth.parent = Some(id(self.layout.position(parent.seat)));
        let overlap = member.draft.compare(&parent.draft);
        truth.measures = Some(Measures {
            jaccard: overlap.jaccard,
            child_in_parent: overlap.of_self,
            parent_in_child: overlap.of_other,
        });
        let rewrite = member.edit == Edit::Rewrite;
        truth.to_parent = self.relation(member, parent, overlap, rewrite);
        truth.relation = if parent.seat == original.seat {
            truth.to_parent
        } else {
            let overlap = member.draft.compare(&original.draft);
            self.relation(member, original, overlap, member.reworded)
        };
        truth
    }

    fn relation(&self, a: &Member, b: &Member, overlap: Overlap, reworded: bool) -> Relation {
        if a.edit == Edit::Template {
            Relation::SameTemplate
        } else if Rc::ptr_eq(&a.draft, &b.draft)
            || (a.draft.title == b.draft.title && a.draft.text == b.draft.text)
        {
            Relation::Identical
        } else if overlap.jaccard >= self.settings.near {
            Relation::NearDuplicate
        } else if overlap.of_self.max(overlap.of_other) >= 800 {
            Relation::Contained
        } else if overlap.of_self.max(overlap.of_other) >= 400 {
            Relation::Overlapping
        } else if reworded {
            Relation::Rewritten
        } else {
            Relation::None
        }
    }
}

pub(crate) fn id(position: u32) -> String {
    format!("w{position:09}")
}
