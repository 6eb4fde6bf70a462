//! Asks of one story at a time.

use super::Stored;
use super::crowd::Crowd;
use super::memory::Memory;
use super::rank::{Rank, Ranks};
use super::shared::{Sharing, View};
use crate::Error;
use crate::candidate::{groups_of, least_shared, thin};
use crate::cluster::{Link, redundant};
use crate::imprint::Standing;
use crate::normalize::Matcher;
use crate::relation::{Relation, Row, Verifier};
use crate::settings::Settings;
use crate::sketch::{Sketch, SketchSettings, Sketcher};
use crate::story::{Story, StoryBuffer};
use crate::tokenize::{FoldedMap, Hasher};

/// The number of the story that is asked for, in rows: no stored story has it.
pub const ASKED: u32 = u32::MAX - 1;

/// Says how stories are related to stored ones; one a thread.
///
/// It remembers what it looked up, so it is to be told when what is stored changes.
pub struct Asker<'s, S: Stored + ?Sized> {
    stored: &'s S,
    sketch: SketchSettings,
    remove: &'s [Relation],
    min_novel: f64,
    sketcher: Sketcher<'s>,
    verifier: Verifier<'s, S>,
    ranks: Ranks,
    sharing: Sharing,
    buffer: StoryBuffer,
    /// Whom stored texts take, by what of all that they share or of what makes likely candidates alone is known; and
    /// the sketches of those that do not take everyone.
    crowds: FoldedMap<(u32, bool), Crowd>,
    sketches: FoldedMap<u32, Sketch>,
    /// Texts in a row of which it could not be said whether they take the story that is asked for.
    unsure: usize,
}

/// A text, by its place in the family order.
pub(super) type Placed = (Rank, u32);

/// Texts of whom is known whom they take, and those of them whose sketches are held, some 2 KiB each.
const MOST_CROWDS: usize = 1 << 16;
const MOST_SKETCHES: usize = 1 << 12;

/// After so many in a row texts are looked at with the story that is asked for at once, and not first without.
const MOST_UNSURE: usize = 8;

impl<'s, S: Stored + ?Sized> Asker<'s, S> {
    /// An asker of the stories in `stored`, whose keys were made under the same settings.
    ///
    /// [`Settings::keep`] and [`Settings::window`] play no part: rows do not depend on the one, and all
    /// that is stored is asked.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn new(stored: &'s S, matcher: &'s Matcher, settings: &'s Settings) -> Result<Self, Error> {
        Self::with(Memory::default(), stored, matcher, settings)
    }

    /// The same, with what another one looked up under the same settings, and of the same stories but for those that
    /// [`Memory::note`] was called for.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn with(
        memory: Memory,
        stored: &'s S,
        matcher: &'s Matcher,
        settings: &'s Settings,
    ) -> Result<Self, Error> {
        settings.check()?;
        let Memory {
            held,
            ranks,
            sharing,
        } = memory;
        let sketch = settings.sketch();
        let hasher = Hasher::new(settings.seed);
        Ok(Self {
            stored,
            remove: &settings.remove,
            min_novel: settings.min_novel,
            sketcher: Sketcher::new(&sketch, matcher),
            sketch,
            verifier: Verifier::with(held, stored, settings.grounds(matcher, &hasher)),
            ranks,
            sharing,
            buffer: StoryBuffer::default(),
            crowds: FoldedMap::default(),
            sketches: FoldedMap::default(),
            unsure: 0,
        })
    }

    /// What was looked up, for another asker.
    pub fn into_memory(mut self) -> Memory {
        self.ranks.end_ask();
        Memory {
            held: self.verifier.into_held(),
            ranks: self.ranks,
            sharing: self.sharing,
        }
    }

    /// Forgets what was looked up, for what is stored has changed. Numbers still mean the same stories.
    pub fn forget(&mut self) {
        self.ranks.forget();
        self.sharing.forget();
        self.crowds.clear();
        self.sketches.clear();
    }

    /// Every row that names `story` of those that a run over the stored stories and this one has, with
    /// [`ASKED`] as its number; `a` before `b` by id, in the order of the stored stories' ids. Of two
    /// stories of one id the stored one comes first. Also replaces `sketch` with the story's.
    ///
    /// # Errors
    /// [`Error::Source`] and [`Error::Store`], if what is stored cannot be read.
    pub fn relations(
        &mut self,
        id: &str,
        story: Story<'_>,
        sketch: &mut Sketch,
    ) -> Result<Vec<Row>, Error> {
        self.sketcher.sketch_alone(story, sketch);
        let mut rows = Vec::new();
        if sketch.head.words == 0 {
            return Ok(rows);
        }
        self.verifier.take(ASKED, story);
        self.ranks.ask(&sketch.head);
        self.unsure = 0;
        let standing = self.ranks.standing(&sketch.head, self.stored)?;
        let (equals, text) = self.equals(sketch.head.content)?;
        if let Some(text) = text {
            let stands = self.ranks.story(text, self.stored)?;
            let first = self.ranks.of(text, self.stored)?.standing();
            if (first, self.stored.id(stands)) <= (standing, id) {
                rows.extend(self.row(id, stands, true)?);
                return Ok(rows);
            }
        }
        for &story in &equals {
            rows.extend(self.row(id, story, true)?);
        }
        let rank = Rank::new(standing, sketch.head.words, sketch.head.content);
        let view = View {
            text: ASKED,
            sketch,
            rank,
            beside: None,
            replaced: text,
            only_before: false,
            only_likely: false,
        };
        let (mut earlier, later) = self.candidates(view)?;
        let displaces = text.is_none() && !self.sharing.splits_others();
        for list in &mut earlier {
            thin(list);
        }
        for ((_, text), _) in earlier.into_iter().flatten() {
            let story = self.ranks.story(text, self.stored)?;
            rows.extend(self.row(id, story, false)?);
        }
        for (kind, list) in later.into_iter().enumerate() {
            for (placed, shared) in list {
                let story = self.ranks.story(placed.1, self.stored)?;
                // Most are not related, and to verify one costs less than to see whom it meets.
                if let Some(row) = self.row(id, story, false)?
                    && self.proposes_asked(placed, (kind, shared), (view, displaces))?
                {
                    rows.push(row);
                }
            }
        }
        let stored = |row: &Row| if row.a == ASKED { row.b } else { row.a };
        rows.sort_by_key(|row| self.stored.id(stored(row)));
        Ok(rows)
    }

    /// What makes `story` one that is told already, if it is: the first stored story that holds a relation
    /// of [`Settings::remove`] to it and leaves less than [`Settings::min_novel`] of its words new.
    /// `sketch` is the story's, made under the same settings.
    ///
    /// What came first stays, for a stream cannot take back: the family order and [`Settings::keep`]
    /// play no part. A notice that takes an item back is never told already, and what is withdrawn tells
    /// nothing.
    ///
    /// # Errors
    /// As [`Asker::relations`].
    pub fn told(&mut self, story: Story<'_>, sketch: &Sketch) -> Result<Option<Link>, Error> {
        if sketch.head.words == 0 {
            return Ok(None);
        }
        self.ranks.ask(&sketch.head);
        let standing = self.ranks.standing(&sketch.head, self.stored)?;
        let (mut equals, text) = self.equals(sketch.head.content)?;
        equals.sort_unstable();
        if self.remove.contains(&Relation::Identical) && self.min_novel > 0.0 {
            for to in equals {
                let by = self.ranks.standing(&self.stored.head(to)?, self.stored)?;
                if by.may_remove(standing) {
                    return Ok(Some(Link {
                        relation: Relation::Identical,
                        to,
                        jaccard: 1.0,
                        containment: 1.0,
                        novel: 0.0,
                    }));
                }
            }
        }
        self.verifier.take(ASKED, story);
        let view = View {
            text: ASKED,
            sketch,
            rank: Rank::new(standing, sketch.head.words, sketch.head.content),
            beside: None,
            replaced: text,
            only_before: false,
            only_likely: false,
        };
        let (earlier, later) = self.candidates(view)?;
        // What may be retold is of no family.
        let lists = earlier.into_iter().zip(later).take(2);
        let mut stories = Vec::new();
        for (mut list, more) in lists {
            list.extend(more);
            thin(&mut list);
            for ((rank, text), _) in list {
                stories.push((self.ranks.story(text, self.stored)?, rank.standing()));
            }
        }
        stories.sort_unstable();
        for (to, by) in stories {
            if !by.may_remove(standing) {
                continue;
            }
            let Some((relation, verdict)) = self.verifier.tie(ASKED, to)? else {
                continue;
            };
            if self.remove.contains(&relation) && redundant(relation, verdict, true) {
                let novel = self.verifier.novel(ASKED, to, &verdict)?;
                if novel < self.min_novel {
                    return Ok(Some(Link {
                        relation,
                        to,
                        jaccard: verdict.similarity.jaccard(),
                        containment: verdict.similarity.containment_a(),
                        novel,
                    }));
                }
            }
        }
        Ok(None)
    }

    /// The stored stories of equal text, and their text.
    fn equals(&self, content: u128) -> Result<(Vec<u32>, Option<u32>), Error> {
        let (mut stories, mut text) = (Vec::new(), None);
        self.stored.with_content(content, &mut |story, of| {
            stories.push(story);
            text = Some(of);
        })?;
        Ok((stories, text))
    }

    /// Likely, faint and retold candidates of a story: those before it in the family order, and those
    /// behind it, each with how much it shares.
    #[expect(clippy::type_complexity, reason = "three lists, twice")]
    fn candidates(
        &mut self,
        view: View<'_>,
    ) -> Result<([Vec<(Placed, u32)>; 3], [Vec<(Placed, u32)>; 3]), Error> {
        let (stored, ranks) = (self.stored, &mut self.ranks);
        let shared: Vec<_> = self.sharing.of(view, stored, ranks)?.collect();
        let least = |words, anchors| least_shared(&self.sketch, words, anchors);
        let head = &view.sketch.head;
        let mine = least(head.words, head.anchors);
        let public = view.rank.standing() == Standing::Public;
        let (mut earlier, mut later) = <([Vec<_>; 3], [Vec<_>; 3])>::default();
        for (text, shared) in shared {
            // Too little for the shortest story: most share no more.
            if shared.proposes(1).is_none() {
                continue;
            }
            let beside = view.beside.filter(|_| text == ASKED);
            let (words, anchors) = match beside {
                Some((Sketch { head, .. }, _)) => (head.words, head.anchors),
                None => stored.size(text)?,
            };
            // Nothing comes before the first standing, and shorter texts come later.
            if view.only_before && public && words < head.words {
                continue;
            }
            if let Some((kind, weight)) = shared.proposes(mine.min(least(words, anchors))) {
                let rank = match beside {
                    Some((_, rank)) => rank,
                    None => ranks.of(text, stored)?,
                };
                let lists = if rank < view.rank {
                    &mut earlier
                } else {
                    &mut later
                };
                lists[kind].push(((rank, text), weight));
            }
        }
        Ok((earlier, later))
    }

    /// Whether the asked story, seen from `asked`, is among the candidates of a kind that a stored text
    /// behind it, with which it shares so much, is compared with: one that has many takes the first and
    /// those with the most in common. `displaces` says that of each group that it is in the asked story takes
    /// the place of one other, at most.
    fn proposes_asked(
        &mut self,
        (rank, text): Placed,
        (kind, shared): (usize, u32),
        (asked, displaces): (View<'_>, bool),
    ) -> Result<bool, Error> {
        let shifted = self.ranks.are_shifted();
        // Whether a likely candidate is taken depends on no others: keys of facts need not be looked up.
        let only_likely = kind == 0;
        let displaced = (only_likely && displaces).then(|| groups_of(shared));
        let taken = |crowd: &Crowd| {
            let rank = asked.rank;
            if crowd.takes(kind, rank, shared) {
                return Some(true);
            }
            let refused = displaced.is_some_and(|most| crowd.refuses(rank, shared, most));
            refused.then_some(false)
        };
        let known = (text, only_likely);
        if !shifted && let Some(taken) = self.crowds.get(&known).and_then(taken) {
            return Ok(taken);
        }
        let other = self.sketch_of(text)?;
        let alone = View {
            text,
            sketch: &other,
            rank,
            beside: None,
            replaced: None,
            only_before: true,
            only_likely,
        };
        if !shifted && self.unsure < MOST_UNSURE && !self.crowds.contains_key(&known) {
            let crowd = Crowd::of(&self.candidates(alone)?.0);
            let (taken, takes_all) = (taken(&crowd), crowd.takes_all());
            if self.crowds.len() > MOST_CROWDS {
                self.crowds.clear();
            }
            self.crowds.insert(known, crowd);
            self.unsure += 1;
            if let Some(taken) = taken {
                self.unsure = 0;
                if !takes_all {
                    self.hold(text, other);
                }
                return Ok(taken);
            }
        }
        let (mut earlier, _) = self.candidates(View {
            beside: Some((asked.sketch, asked.rank)),
            replaced: asked.replaced,
            ..alone
        })?;
        self.hold(text, other);
        let list = &mut earlier[kind];
        thin(list);
        Ok(list.iter().any(|&((_, text), _)| text == ASKED))
    }

    /// The sketch of a stored text, out of those that are held if it is there.
    fn sketch_of(&mut self, text: u32) -> Result<Sketch, Error> {
        if let Some(held) = self.sketches.remove(&text) {
            return Ok(held);
        }
        let story = self.ranks.story(text, self.stored)?;
        self.stored.read(story, &mut self.buffer)?;
        let mut sketch = Sketch::default();
        self.sketcher.sketch_alone(self.buffer.story(), &mut sketch);
        Ok(sketch)
    }

    /// Holds the sketch of a text for the next time.
    fn hold(&mut self, text: u32, sketch: Sketch) {
        if self.sketches.len() >= MOST_SKETCHES {
            self.sketches.clear();
        }
        self.sketches.insert(text, sketch);
    }

    fn row(&mut self, id: &str, story: u32, equal: bool) -> Result<Option<Row>, Error> {
        if self.stored.id(story) <= id {
            self.verifier.row(story, ASKED, equal)
        } else {
            self.verifier.row(ASKED, story, equal)
        }
    }
}
