//! Ties in, families and what is kept of them out.

use std::collections::HashMap;

use super::judge::Tie;
use crate::Error;
use crate::cluster::{Fold, Removal, Ties, fold_tied};
use crate::imprint::{Standing, Standings};
use crate::relation::{Relation, Verdict};
use crate::settings::Settings;

/// What became of one story; stories are known by their numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Folded {
    /// The story.
    pub story: u64,
    /// The representative of its family.
    pub cluster: u64,
    /// Whether it is kept.
    pub kept: bool,
    /// How it is related to the story that removed it or, if it is kept, to its representative.
    pub link: Option<Link>,
}

/// See [`crate::Link`]; the other story by its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The relation.
    pub relation: Relation,
    /// The other story.
    pub to: u64,
    /// See [`crate::Link::jaccard`].
    pub jaccard: f64,
    /// See [`crate::Link::containment`].
    pub containment: f64,
    /// See [`crate::Link::novel`].
    pub novel: f64,
}

/// Joins stories to representatives, where few are left that are waiting for others. Each of `ties` is a
/// story, an earlier one that is or may become a representative, and whether it is known to be one. Gives the
/// representative of each story that has ties: itself, or the earliest one that it is tied to.
pub fn lead(ties: &mut [(u64, u64, bool)]) -> Vec<(u64, u64)> {
    ties.sort_unstable();
    let mut leaders: HashMap<u64, u64> = HashMap::new();
    let mut found = Vec::new();
    for of_story in ties.chunk_by(|x, y| x.0 == y.0) {
        let story = of_story[0].0;
        let leads = |&&(_, other, known): &&(u64, u64, bool)| {
            known || leaders.get(&other).is_none_or(|&leader| leader == other)
        };
        let leader = of_story.iter().find(leads).map_or(story, |tie| tie.1);
        leaders.insert(story, leader);
        found.push((story, leader));
    }
    found
}

/// Ties by the places of stories.
struct Held {
    /// Where the ties of each story end.
    ends: Vec<usize>,
    /// The earlier stories, ascending for each, and the ties.
    others: Vec<u32>,
    ties: Vec<Tie>,
}

impl Held {
    fn range(&self, at: usize) -> std::ops::Range<usize> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[at]
    }

    fn of(&self, at: usize) -> &[u32] {
        &self.others[self.range(at)]
    }

    fn find(&self, later: u32, earlier: u32) -> Option<&Tie> {
        let range = self.range(later as usize);
        let found = self.others[range.clone()].binary_search(&earlier).ok()?;
        self.ties.get(range.start + found)
    }
}

/// Asks held ties, whose stories are known by their places.
struct Asking<'h>(&'h Held);

impl Ties for Asking<'_> {
    fn tie(&mut self, later: u32, earlier: u32) -> Result<Option<(Relation, Verdict)>, Error> {
        let tie = self.0.find(later, earlier);
        Ok(tie.map(|tie| (tie.relation, tie.verdict)))
    }

    fn novel(&mut self, pair: (u32, u32), _: &Verdict, back: bool) -> Result<f64, Error> {
        let tie = self.0.find(pair.0, pair.1);
        Ok(tie.map_or(1.0, |tie| tie.novel[usize::from(back)]))
    }

    fn are_plainly_novel(&mut self, _: u32, _: u32, _: f64) -> Result<bool, Error> {
        Ok(false)
    }
}

/// Decides stories by their ties, each a later story, an earlier one and what ties it to that; all ties
/// within some families, which are whole. `standing` gives the first byte of a story's
/// [order](super::Placed::order).
///
/// # Errors
/// [`Error::Setting`].
pub fn fold_ties(
    mut ties: Vec<(u64, u64, Tie)>,
    standing: impl Fn(u64) -> u8,
    settings: &Settings,
) -> Result<Vec<Folded>, Error> {
    settings.check()?;
    let mut numbers: Vec<u64> = ties.iter().flat_map(|&(a, b, _)| [a, b]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let place = |number: u64| numbers.partition_point(|&other| other < number);
    ties.sort_unstable_by_key(|&(a, b, _)| (a, b));
    ties.dedup_by_key(|&mut (a, b, _)| (a, b));
    let mut held = Held {
        ends: vec![0; numbers.len()],
        others: ties.iter().map(|&(_, b, _)| place(b) as u32).collect(),
        ties: ties.iter().map(|&(.., tie)| tie).collect(),
    };
    for &(a, ..) in &ties {
        held.ends[place(a)] += 1;
    }
    let mut total = 0;
    for end in &mut held.ends {
        total += *end;
        *end = total;
    }
    let standing = |&number: &u64| {
        let standing = Standing::ALL.get(usize::from(standing(number)));
        standing.copied().unwrap_or_default()
    };
    let removal = Removal {
        relations: settings.remove.clone(),
        min_novel: settings.min_novel,
        standings: Standings::from_all(numbers.iter().map(standing)),
    };
    let stories = (0..numbers.len() as u32).collect();
    let folds = fold_tied(stories, |at| held.of(at), &removal, &mut Asking(&held))?;
    let number = |story: u32| numbers[story as usize];
    let folded = |fold: Fold| Folded {
        story: number(fold.story),
        cluster: number(fold.cluster),
        kept: fold.kept,
        link: fold.link.map(|link| Link {
            relation: link.relation,
            to: number(link.to),
            jaccard: link.jaccard,
            containment: link.containment,
            novel: link.novel,
        }),
    };
    Ok(folds.into_iter().map(folded).collect())
}

/// The standings, as first bytes of an order, of a story that stands for equal ones and of one of these, for
/// which the latter goes.
pub fn equals_that_go(settings: &Settings) -> Vec<(u8, u8)> {
    if !settings.remove.contains(&Relation::Identical) || settings.min_novel <= 0.0 {
        return Vec::new();
    }
    let pairs = Standing::ALL
        .iter()
        .flat_map(|&by| Standing::ALL.map(|of| (by, of)));
    let go = pairs.filter(|(by, of)| by.may_remove(*of));
    go.map(|(by, of)| (by as u8, of as u8)).collect()
}
