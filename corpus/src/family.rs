//! From a layout to members of families: who copies whom, from which source, when.

use crate::draft::Draft;
use crate::edits::{self, Edit};
use crate::feed::Feed;
use crate::language::length;
use crate::layout::{Kind, Seat};
use crate::names::{AGENCIES, Names};
use crate::prose::Prose;
use crate::rng::Rng;
use crate::style::Style;
use crate::templates;
use crate::time::civil;
use std::rc::Rc;

/// A story with its place in its family.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) seat: Seat,
    pub(crate) parent: Option<u32>,
    pub(crate) edit: Edit,
    pub(crate) draft: Rc<Draft>,
    pub(crate) style: Style,
    pub(crate) source: u32,
    /// Seconds since 1970.
    pub(crate) published: u64,
    pub(crate) version: Option<u32>,
    pub(crate) slug: Option<String>,
    /// Whether a rewriting lies between the original and this.
    pub(crate) reworded: bool,
}

/// The members of one group made so far, so that copies find their parents.
#[derive(Debug, Default)]
pub(crate) struct Family {
    pub(crate) members: Vec<Member>,
}

impl Family {
    /// A member made already.
    pub(crate) fn find(&self, number: Option<u32>) -> Option<&Member> {
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
