//! Families of one component, and what is kept of them.

use rayon::prelude::*;

use super::Link;
use crate::Error;
use crate::candidate::Candidates;
use crate::imprint::Standings;
use crate::relation::{Relation, Verdict, Verifier, Verifiers};
use crate::story::TextSource;

/// What says how two stories are tied: the texts, or what was made of them before.
///
/// A pair is always asked for one way, the `later` in the family order first.
pub(crate) trait Ties {
    /// What makes the two of one family, if anything does.
    fn tie(&mut self, later: u32, earlier: u32) -> Result<Option<(Relation, Verdict)>, Error>;

    /// The share of words that are new of the later of two stories against the earlier, by their verdict, or
    /// if `back` of the earlier against the later.
    fn novel(&mut self, pair: (u32, u32), verdict: &Verdict, back: bool) -> Result<f64, Error>;

    /// Whether a share of at least `least` of the words of either story is sure to be new against the
    /// other. It may be where it is not seen.
    fn are_plainly_novel(&mut self, later: u32, earlier: u32, least: f64) -> Result<bool, Error>;
}

impl<S: TextSource + ?Sized> Ties for Verifier<'_, S> {
    fn tie(&mut self, later: u32, earlier: u32) -> Result<Option<(Relation, Verdict)>, Error> {
        Verifier::tie(self, later, earlier)
    }

    fn novel(&mut self, pair: (u32, u32), verdict: &Verdict, back: bool) -> Result<f64, Error> {
        let (later, earlier) = pair;
        if !back {
            return Verifier::novel(self, later, earlier, verdict);
        }
        self.align_as_judged(later, earlier, verdict)?;
        Verifier::novel(self, earlier, later, &verdict.reversed())
    }

    fn are_plainly_novel(&mut self, later: u32, earlier: u32, least: f64) -> Result<bool, Error> {
        Verifier::are_plainly_novel(self, later, earlier, least)
    }
}

/// What became of one story of a component.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    /// The story.
    pub(crate) story: u32,
    /// Its representative.
    pub(crate) cluster: u32,
    pub(crate) kept: bool,
    pub(crate) link: Option<Link>,
}

/// Stories up to which a component is left to one thread.
const SMALL: usize = 128;

/// Stories of a block that one task places.
const TOGETHER: usize = 16;

/// Decides the stories of `members` (ascending ranks), all of one component of `candidates`. `place`
/// gives the place of each rank in its component, `story` its story.
///
/// Three steps. (1) In family order each story joins the earliest representative that it has a
/// relation to, and goes if an earlier kept member makes it redundant. (2) A kept story that is
/// contained in a *later*, larger one goes too, larger stories deciding first. (3) Whoever was
/// removed in favor of a story that then went is looked at again, and stays unless a kept one
/// makes it redundant. So every removed story has a kept one that tells it.
///
/// Step 1 asks for what became of earlier stories alone. So it goes through a large component in
/// blocks: all stories of a block are placed at once against what came before the block, then one
/// after another against each other.
pub(crate) fn fold_component<S: TextSource + ?Sized>(
    members: &[u32],
    candidates: &Candidates,
    place: &[u32],
    story: &[u32],
    verifiers: &Verifiers<'_, S>,
    removal: &Removal,
) -> Result<Vec<Fold>, Error> {
    let stories = members.iter().map(|&rank| story[rank as usize]).collect();
    let mut work = Component::new(stories, removal);
    // Ascending: those before the block come first.
    let others = |at: usize| {
        let others = candidates.of(members[at]).iter();
        others.map(|&rank| place[rank as usize] as usize)
    };
    let mut embraced = Vec::new();
    let mut first = 0;
    while first < members.len() {
        let ahead = if members.len() <= SMALL {
            members.len()
        } else {
            SMALL.max(first / 8)
        };
        let block = first..members.len().min(first + ahead);
        let mut places: Vec<Place> = block.clone().map(Place::of).collect();
        if first > 0 {
            let against_earlier: Result<Vec<()>, Error> = places
                .par_chunks_mut(TOGETHER)
                .with_max_len(1)
                .map(|places| {
                    verifiers.with(|verifier| {
                        places.iter_mut().try_for_each(|place| {
                            let earlier = others(place.at).take_while(|&other| other < first);
                            work.place(place, earlier, verifier)
                        })
                    })
                })
                .collect();
            against_earlier?;
        }
        verifiers.with(|verifier| {
            for mut place in places {
                let within = others(place.at).skip_while(|&other| other < first);
                work.place(&mut place, within, verifier)?;
                work.settle(place, &mut embraced);
            }
            Ok(())
        })?;
        first = block.end;
    }
    verifiers.with(|verifier| work.finish(embraced, others, verifier))
}

/// Decides stories, in family order, that are tied as `ties` says: the same as [`fold_component`], one after
/// another. `others` gives the places of the earlier stories that one may be tied to, ascending.
pub(crate) fn fold_tied<'o, T: Ties>(
    stories: Vec<u32>,
    others: impl Fn(usize) -> &'o [u32],
    removal: &Removal,
    ties: &mut T,
) -> Result<Vec<Fold>, Error> {
    let others = |at: usize| others(at).iter().map(|&other| other as usize);
    let mut work = Component::new(stories, removal);
    let mut embraced = Vec::new();
    for at in 0..work.stories.len() {
        let mut place = Place::of(at);
        work.place(&mut place, others(at), ties)?;
        work.settle(place, &mut embraced);
    }
    work.finish(embraced, others, ties)
}

/// What removes a story of a family.
#[derive(Clone, Debug)]
pub(crate) struct Removal {
    /// The relations to a kept story that do.
    pub(crate) relations: Vec<Relation>,
    /// The share of new words from which it stays all the same.
    pub(crate) min_novel: f64,
    /// What may be done with each story at all.
    pub(crate) standings: Standings,
}

impl Removal {
    /// Whether story `by` may remove story `of`, whatever they tell.
    pub(crate) fn allows(&self, by: u32, of: u32) -> bool {
        self.standings.of(by).may_remove(self.standings.of(of))
    }
}

/// A kept story that a later one contains, or is the new version of.
struct Embrace {
    small: usize,
    large: usize,
    small_words: usize,
    link: Link,
}

/// What step 1 says of one story so far.
struct Place {
    at: usize,
    leader: usize,
    kept: bool,
    link: Option<Link>,
    /// Earlier kept stories that stand in this one.
    embraced: Vec<Embrace>,
}

impl Place {
    /// A story on its own.
    fn of(at: usize) -> Self {
        Self {
            at,
            leader: at,
            kept: true,
            link: None,
            embraced: Vec::new(),
        }
    }
}

/// One component; stories are known by their place in it.
struct Component<'r> {
    stories: Vec<u32>,
    leader: Vec<usize>,
    kept: Vec<bool>,
    links: Vec<Option<Link>>,
    removal: &'r Removal,
}

impl<'r> Component<'r> {
    /// Stories in family order, each on its own.
    fn new(stories: Vec<u32>, removal: &'r Removal) -> Self {
        Self {
            leader: (0..stories.len()).collect(),
            kept: vec![true; stories.len()],
            links: vec![None; stories.len()],
            stories,
            removal,
        }
    }

    /// Step 1 for one story, given more of its earlier candidates in order.
    fn place<T: Ties>(
        &self,
        place: &mut Place,
        earlier: impl Iterator<Item = usize>,
        ties: &mut T,
    ) -> Result<(), Error> {
        let at = place.at;
        if !place.kept {
            return Ok(());
        }
        for other in earlier {
            let led = place.leader != at;
            let concerns = if led {
                self.kept[other] && self.leader[other] == place.leader
            } else {
                self.leader[other] == other
            };
            if !concerns {
                continue;
            }
            let (story, to) = (self.stories[at], self.stories[other]);
            // Within a family only what is told twice matters, and thousands may share a paragraph.
            if led && ties.are_plainly_novel(story, to, self.removal.min_novel)? {
                continue;
            }
            let Some((relation, verdict)) = ties.tie(story, to)? else {
                continue;
            };
            let removes = self.kept[other] && self.removal.relations.contains(&relation);
            if led && !removes {
                continue;
            }
            let link = self.link(at, other, relation, verdict, ties)?;
            if !led {
                place.leader = other;
                place.link = Some(link);
            }
            if !removes {
                continue;
            }
            if redundant(relation, verdict, true) {
                if link.novel < self.removal.min_novel && self.allows(other, at) {
                    place.link = Some(link);
                    place.kept = false;
                    return Ok(());
                }
            } else if self.allows(at, other)
                && matches!(relation, Relation::Contained | Relation::NewVersion)
            {
                let back = self.link(other, at, relation, verdict.reversed(), ties)?;
                if back.novel < self.removal.min_novel {
                    place.embraced.push(Embrace {
                        small: other,
                        large: at,
                        small_words: verdict.words.1,
                        link: back,
                    });
                }
            }
        }
        Ok(())
    }

    /// Takes over what step 1 said of a story.
    fn settle(&mut self, place: Place, embraced: &mut Vec<Embrace>) {
        self.leader[place.at] = place.leader;
        self.kept[place.at] = place.kept;
        self.links[place.at] = place.link;
        embraced.extend(place.embraced);
    }

    /// Steps 2 and 3, as far as there is anything for them.
    fn finish<T: Ties, O: Iterator<Item = usize>>(
        mut self,
        mut embraced: Vec<Embrace>,
        others: impl Fn(usize) -> O,
        ties: &mut T,
    ) -> Result<Vec<Fold>, Error> {
        embraced.retain(|e| self.kept[e.small] && self.kept[e.large]);
        if !embraced.is_empty() {
            let mut pairs = Vec::new();
            for at in 0..self.stories.len() {
                for other in others(at) {
                    // Only members of one family are ever compared again.
                    if self.leader[at] == self.leader[other] {
                        pairs.extend([(at as u32, other as u32), (other as u32, at as u32)]);
                    }
                }
            }
            pairs.sort_unstable();
            self.release(embraced, &pairs, ties)?;
        }
        Ok(self.folds())
    }

    /// Steps 2 and 3. `pairs` are all candidates of one family, each pair in both directions,
    /// ascending.
    fn release<T: Ties>(
        &mut self,
        mut embraced: Vec<Embrace>,
        pairs: &[(u32, u32)],
        ties: &mut T,
    ) -> Result<(), Error> {
        embraced.sort_by_key(|e| (std::cmp::Reverse(e.small_words), e.small, e.large));
        for embrace in embraced {
            if self.kept[embrace.small] && self.kept[embrace.large] {
                self.kept[embrace.small] = false;
                self.links[embrace.small] = Some(embrace.link);
            }
        }
        let mut places: Vec<(u32, usize)> = self.stories.iter().copied().zip(0..).collect();
        places.sort_unstable();
        let place = |story: u32| {
            let found = places.binary_search_by_key(&story, |&(story, _)| story);
            found.ok().map(|i| places[i].1)
        };
        for at in 0..self.stories.len() {
            let Some(link) = self.links[at].filter(|_| !self.kept[at]) else {
                continue;
            };
            if place(link.to).is_none_or(|other| self.kept[other]) {
                continue;
            }
            self.kept[at] = true;
            let first = pairs.partition_point(|&(of, _)| (of as usize) < at);
            let mine = pairs[first..]
                .iter()
                .take_while(|&&(of, _)| of as usize == at);
            for other in mine.map(|&(_, other)| other as usize) {
                if !self.kept[other] || self.leader[other] != self.leader[at] {
                    continue;
                }
                let Some((relation, verdict)) = self.tie(at, other, ties)? else {
                    continue;
                };
                let removes = self.removal.relations.contains(&relation);
                if removes && redundant(relation, verdict, other < at) && self.allows(other, at) {
                    let link = self.link(at, other, relation, verdict, ties)?;
                    if link.novel < self.removal.min_novel {
                        self.links[at] = Some(link);
                        self.kept[at] = false;
                        break;
                    }
                }
            }
            if self.kept[at] {
                self.links[at] = self.link_to_leader(at, ties)?;
            }
        }
        Ok(())
    }

    /// See [`Removal::allows`].
    fn allows(&self, by: usize, of: usize) -> bool {
        self.removal.allows(self.stories[by], self.stories[of])
    }

    /// How a story is tied to another of its family, whichever comes first.
    fn tie<T: Ties>(
        &self,
        at: usize,
        other: usize,
        ties: &mut T,
    ) -> Result<Option<(Relation, Verdict)>, Error> {
        if at > other {
            return ties.tie(self.stories[at], self.stories[other]);
        }
        let tie = ties.tie(self.stories[other], self.stories[at])?;
        Ok(tie.map(|(relation, verdict)| (relation, verdict.reversed())))
    }

    /// The tie of a kept story to its representative, if it is not one itself.
    fn link_to_leader<T: Ties>(&self, at: usize, ties: &mut T) -> Result<Option<Link>, Error> {
        let leader = self.leader[at];
        if leader == at {
            return Ok(None);
        }
        let tie = self.tie(at, leader, ties)?;
        tie.map(|(relation, verdict)| self.link(at, leader, relation, verdict, ties))
            .transpose()
    }

    fn link<T: Ties>(
        &self,
        at: usize,
        other: usize,
        relation: Relation,
        verdict: Verdict,
        ties: &mut T,
    ) -> Result<Link, Error> {
        let (story, to) = (self.stories[at], self.stories[other]);
        let novel = if at > other {
            ties.novel((story, to), &verdict, false)?
        } else {
            ties.novel((to, story), &verdict.reversed(), true)?
        };
        Ok(Link {
            relation,
            to,
            jaccard: verdict.similarity.jaccard(),
            containment: verdict.similarity.containment_a(),
            novel,
        })
    }

    fn folds(self) -> Vec<Fold> {
        let stories = &self.stories;
        (0..stories.len())
            .map(|at| Fold {
                story: stories[at],
                cluster: stories[self.leader[at]],
                kept: self.kept[at],
                link: self.links[at],
            })
            .collect()
    }
}

/// Whether the first story of the verdict tells nothing that the second does not, by the kind of
/// their relation. `later` says that the second comes first in the family order.
pub(crate) fn redundant(relation: Relation, verdict: Verdict, later: bool) -> bool {
    match relation {
        Relation::Contained => {
            verdict.first_is_smaller() || later && !verdict.reversed().first_is_smaller()
        }
        Relation::NewVersion => verdict.age.is_lt(),
        Relation::Identical | Relation::NearDuplicate => true,
        _ => false,
    }
}
