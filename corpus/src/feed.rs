//! From a layout to stories: who copies whom, from which source, when.

use crate::draft::{Draft, Overlap};
use crate::edits::{self, Edit};
use crate::layout::{Kind, Layout, Seat};
use crate::names::{AGENCIES, Names};
use crate::prose::{Language, Prose, length};
use crate::rng::Rng;
use crate::script::Script;
use crate::style::Style;
use crate::templates;
use crate::truth::{Measures, Relation, Truth};
use serde::Serialize;
use std::fmt::Write as _;
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
    settings: Settings,
    pub(crate) layout: Layout,
    language: Language,
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

/// A story with its place in its family.
#[derive(Debug)]
pub(crate) struct Member {
    seat: Seat,
    parent: Option<u32>,
    edit: Edit,
    draft: Rc<Draft>,
    style: Style,
    source: u32,
    /// Seconds since 1970.
    published: u64,
    version: Option<u32>,
    slug: Option<String>,
    /// Whether a rewriting lies between the original and this.
    reworded: bool,
}

/// The members of one group made so far, so that copies find their parents.
#[derive(Debug, Default)]
pub(crate) struct Family {
    pub(crate) members: Vec<Member>,
}

impl Family {
    fn find(&self, number: Option<u32>) -> Option<&Member> {
        let number = number?;
        self.members
            .iter()
            .find(|member| member.seat.member == number)
    }

    /// Makes a member and the parents it needs; gives its place in `members`.
    pub(crate) fn member(&mut self, feed: &Feed, seat: Seat) -> usize {
        if self
            .members
            .first()
            .is_some_and(|first| first.seat.group != seat.group)
        {
            self.members.clear();
        }
        if let Some(at) = self.members.iter().rposition(|member| member.seat == seat) {
            return at;
        }
        let kind = feed.layout.kind(seat.group);
        let mut rng = Rng::stream(
            feed.settings.seed,
            &[2, u64::from(seat.group), u64::from(seat.member)],
        );
        if seat.member == 0 {
            self.members.push(feed.original(seat, kind, rng));
            return self.members.len() - 1;
        }
        let original = self.member(feed, Seat { member: 0, ..seat });
        let made = match kind {
            Kind::Series => feed.next_of_series(&self.members[original], seat, rng),
            Kind::Syndicated => {
                let edit = Edit::draw_wrapper(&mut rng);
                feed.copy(&self.members[original], seat, edit, rng)
            }
            Kind::Single | Kind::Family => {
                let chained = seat.member > 1 && rng.chance(feed.settings.chains);
                let parent = if chained {
                    rng.between(1, seat.member - 1)
                } else {
                    0
                };
                let edit = Edit::draw(&mut rng);
                let parent = self.member(
                    feed,
                    Seat {
                        member: parent,
                        ..seat
                    },
                );
                feed.copy(&self.members[parent], seat, edit, rng)
            }
        };
        self.members.push(made);
        self.members.len() - 1
    }
}

impl Feed {
    /// Seconds since 1970: 40 a slot from 7 January 2030 on, members of a group some minutes apart, those
    /// of a series a day.
    fn published(&self, seat: Seat, kind: Kind) -> u64 {
        const START: u64 = 21_921 * 86_400;
        let jitter = Rng::stream(
            self.settings.seed,
            &[3, u64::from(seat.group), u64::from(seat.member)],
        )
        .next();
        let first = u64::from(self.layout.first_slot(seat.group)) * 40;
        let member = u64::from(seat.member);
        START
            + match kind {
                Kind::Single | Kind::Family => first + member * 420 + jitter % 420,
                Kind::Series => first + member * 86_400 + jitter % 3600,
                Kind::Syndicated => u64::from(self.layout.position(seat)) * 40 + jitter % 40,
            }
    }

    fn house(&self, source: u32) -> Style {
        Style::house(&mut Rng::stream(
            self.settings.seed,
            &[4, u64::from(source)],
        ))
    }

    fn original(&self, seat: Seat, kind: Kind, mut rng: Rng) -> Member {
        let published = self.published(seat, kind);
        // Much that is copied comes from agencies; what stands alone is mostly local.
        let agency =
            kind == Kind::Syndicated || rng.chance(if kind == Kind::Family { 700 } else { 300 });
        let source = if agency {
            Names::agency(&mut rng)
        } else {
            Names::outlet(&mut rng)
        };
        let own = Rng::stream(rng.next(), &[]);
        let draft = if kind == Kind::Series {
            templates::write(&self.language, &mut self.series(seat.group), own)
        } else {
            self.compose(own, &mut rng, source, published)
        };
        let slug = (agency && kind != Kind::Series).then(|| {
            let slug = self
                .language
                .lexicon
                .draw(&mut rng, crate::lexicon::NOUN, 0)
                .to_uppercase();
            format!("{slug}-{}/", seat.group)
        });
        Member {
            seat,
            parent: None,
            edit: if kind == Kind::Series {
                Edit::Template
            } else {
                Edit::Original
            },
            draft: Rc::new(draft),
            style: self.house(source),
            source,
            published,
            version: slug.as_ref().map(|_| 1),
            slug,
            reworded: false,
        }
    }

    fn series(&self, group: u32) -> Rng {
        Rng::stream(self.settings.seed, &[5, u64::from(group)])
    }

    /// A new story with the furniture of its source.
    fn compose(&self, own: Rng, rng: &mut Rng, source: u32, published: u64) -> Draft {
        let mut prose = Prose::new(&self.language, own);
        prose.headline();
        let title = prose.take();
        let words = length(rng);
        let name = self.language.names.source(source);
        let byline = rng.chance(150);
        if byline {
            let writer = &prose.cast.people[0];
            let line = format!("By {} {}", writer.first, writer.last);
            prose.raw(&line);
        }
        if rng.chance(350) && (source as usize) < AGENCIES.len() {
            prose.line_break();
            let (_, month, day) = civil(published / 86_400);
            let place = prose.cast.places[0].to_uppercase();
            let agency = AGENCIES[source as usize].1;
            let month = crate::words::MONTHS[month as usize - 1];
            prose.raw(&format!("{place}, {month} {day} ({agency}) — "));
            prose.sentence();
        }
        // Headline, byline and the last sentence come on top.
        prose.body(words.saturating_sub(30).max(20));
        if rng.chance(180) {
            prose.line_break();
            prose.raw(&edits::tail_line(name, source % 5));
        }
        Draft::new(title, prose.take())
    }

    fn next_of_series(&self, first: &Member, seat: Seat, mut rng: Rng) -> Member {
        let own = Rng::stream(rng.next(), &[]);
        let draft = templates::write(&self.language, &mut self.series(seat.group), own);
        Member {
            seat,
            parent: Some(0),
            edit: Edit::Template,
            draft: Rc::new(draft),
            style: first.style,
            source: first.source,
            published: self.published(seat, Kind::Series),
            version: None,
            slug: None,
            reworded: false,
        }
    }

    fn copy(&self, parent: &Member, seat: Seat, edit: Edit, mut rng: Rng) -> Member {
        let update = edit == Edit::Update;
        let source = if update {
            parent.source
        } else {
            Names::outlet(&mut rng)
        };
        let version = update.then(|| parent.version.unwrap_or(1) + 1);
        let name = self.language.names.source(source);
        let made = edits::apply(
            edit,
            &parent.draft,
            &self.language,
            &mut rng,
            name,
            version.unwrap_or(1),
        );
        let style = match edit {
            Edit::Marks => parent.style.other_marks(&mut rng),
            Edit::Layout => parent.style.other_layout(&mut rng),
            _ => parent.style,
        };
        Member {
            seat,
            parent: Some(parent.seat.member),
            edit,
            draft: made.map_or_else(|| Rc::clone(&parent.draft), Rc::new),
            style,
            source,
            published: self.published(seat, self.layout.kind(seat.group)),
            version,
            slug: if update { parent.slug.clone() } else { None },
            reworded: parent.reworded || edit == Edit::Rewrite,
        }
    }
}

pub(crate) fn id(position: u32) -> String {
    format!("w{position:09}")
}

/// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

fn timestamp(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let mut out = String::with_capacity(20);
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_right() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00Z");
        assert_eq!(timestamp(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(timestamp(21_921 * 86_400 + 3_661), "2030-01-07T01:01:01Z");
    }
}
