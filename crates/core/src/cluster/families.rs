//! Families of one component, and what is kept of them.

use super::Link;
use crate::Error;
use crate::candidate::Candidates;
use crate::relation::{Relation, Verdict, Verifier};
use crate::story::TextSource;

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

/// Decides the stories of `members` (ascending ranks). `story` gives the story of each rank.
///
/// Three steps. (1) In family order each story joins the earliest representative that it has a
/// relation to, and goes if an earlier kept member makes it redundant. (2) A kept story that is
/// contained in a *later*, larger one goes too, larger stories deciding first. (3) Whoever was
/// removed in favor of a story that then went is looked at again, and stays unless a kept one
/// makes it redundant. So every removed story has a kept one that tells it.
pub(crate) fn fold_component<S: TextSource + ?Sized>(
    members: &[u32],
    candidates: &Candidates,
    story: &[u32],
    verifier: &mut Verifier<'_, S>,
    min_novel: f64,
) -> Result<Vec<Fold>, Error> {
    let mut work = Component {
        stories: members.iter().map(|&rank| story[rank as usize]).collect(),
        leader: (0..members.len()).collect(),
        kept: vec![true; members.len()],
        links: vec![None; members.len()],
        min_novel,
        verifier,
    };
    let local = |rank: u32| members.binary_search(&rank).ok();
    let mut embraced = Vec::new();
    for (at, &rank) in members.iter().enumerate() {
        let earlier = candidates.of(rank).iter().filter_map(|&r| local(r));
        work.place(at, earlier, &mut embraced)?;
    }
    embraced.retain(|e: &Embrace| work.kept[e.small] && work.kept[e.large]);
    if !embraced.is_empty() {
        let mut pairs = Vec::new();
        for (at, &rank) in members.iter().enumerate() {
            for other in candidates.of(rank).iter().filter_map(|&r| local(r)) {
                // Only members of one family are ever compared again.
                if work.leader[at] == work.leader[other] {
                    pairs.extend([(at as u32, other as u32), (other as u32, at as u32)]);
                }
            }
        }
        pairs.sort_unstable();
        work.release(embraced, &pairs)?;
    }
    Ok(work.folds())
}

/// A kept story found inside a later one.
struct Embrace {
    small: usize,
    large: usize,
    small_shingles: usize,
    link: Link,
}

/// One component; stories are known by their place in it.
struct Component<'c, 'v, S: ?Sized> {
    stories: Vec<u32>,
    leader: Vec<usize>,
    kept: Vec<bool>,
    links: Vec<Option<Link>>,
    min_novel: f64,
    verifier: &'c mut Verifier<'v, S>,
}

impl<S: TextSource + ?Sized> Component<'_, '_, S> {
    /// Step 1 for the story at `at`, given its earlier candidates in order.
    fn place(
        &mut self,
        at: usize,
        earlier: impl Iterator<Item = usize>,
        embraced: &mut Vec<Embrace>,
    ) -> Result<(), Error> {
        for other in earlier {
            let led = self.leader[at] != at;
            let concerns = if led {
                self.kept[other] && self.leader[other] == self.leader[at]
            } else {
                self.leader[other] == other
            };
            if !concerns {
                continue;
            }
            let verdict = self
                .verifier
                .verify(self.stories[at], self.stories[other])?;
            let Some(relation) = verdict.relation else {
                continue;
            };
            let link = self.link(at, other, relation, verdict)?;
            if !led {
                self.leader[at] = other;
                self.links[at] = Some(link);
            }
            if !self.kept[other] {
                continue;
            }
            if redundant(relation, verdict, true) {
                if link.novel < self.min_novel {
                    self.links[at] = Some(link);
                    self.kept[at] = false;
                    return Ok(());
                }
            } else {
                let back = self.link(other, at, relation, reverse(verdict))?;
                if back.novel < self.min_novel {
                    embraced.push(Embrace {
                        small: other,
                        large: at,
                        small_shingles: verdict.similarity.b,
                        link: back,
                    });
                }
            }
        }
        Ok(())
    }

    /// Steps 2 and 3. `pairs` are all candidates of one family, each pair in both directions,
    /// ascending.
    fn release(&mut self, mut embraced: Vec<Embrace>, pairs: &[(u32, u32)]) -> Result<(), Error> {
        embraced.sort_by_key(|e| (std::cmp::Reverse(e.small_shingles), e.small, e.large));
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
                let verdict = self
                    .verifier
                    .verify(self.stories[at], self.stories[other])?;
                let Some(relation) = verdict.relation else {
                    continue;
                };
                if redundant(relation, verdict, other < at) {
                    let link = self.link(at, other, relation, verdict)?;
                    if link.novel < self.min_novel {
                        self.links[at] = Some(link);
                        self.kept[at] = false;
                        break;
                    }
                }
            }
            if self.kept[at] {
                self.links[at] = self.link_to_leader(at)?;
            }
        }
        Ok(())
    }

    /// The tie of a kept story to its representative, if it is not one itself.
    fn link_to_leader(&mut self, at: usize) -> Result<Option<Link>, Error> {
        let leader = self.leader[at];
        if leader == at {
            return Ok(None);
        }
        let verdict = self
            .verifier
            .verify(self.stories[at], self.stories[leader])?;
        verdict
            .relation
            .map(|relation| self.link(at, leader, relation, verdict))
            .transpose()
    }

    fn link(
        &mut self,
        at: usize,
        other: usize,
        relation: Relation,
        verdict: Verdict,
    ) -> Result<Link, Error> {
        let (story, to) = (self.stories[at], self.stories[other]);
        Ok(Link {
            relation,
            to,
            jaccard: verdict.similarity.jaccard(),
            containment: verdict.similarity.containment_a(),
            novel: self.verifier.novel(story, to)?,
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
fn redundant(relation: Relation, verdict: Verdict, later: bool) -> bool {
    match relation {
        Relation::Contained => {
            let (a, b) = (verdict.similarity.a, verdict.similarity.b);
            a < b || a == b && later
        }
        Relation::Identical | Relation::NearDuplicate => true,
    }
}

fn reverse(verdict: Verdict) -> Verdict {
    Verdict {
        similarity: verdict.similarity.reversed(),
        ..verdict
    }
}
