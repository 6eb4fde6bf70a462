//! Who leads a group that is too large for all of it to be compared.

use super::rank::{Rank, Ranks};
use super::shared::View;
use super::{ASKED, Stored};
use crate::Error;
use crate::candidate::{Counts, Kind, MAX_GROUP};
use crate::imprint::Standing;

/// Leaders of a group, and how many it has at least beside those that a view leaves out.
pub(super) const LED: usize = MAX_GROUP + 2;

/// The first [`LED`] of some texts in the family order, in it.
pub(super) fn first_ranked<S: Stored + ?Sized>(
    texts: &[u32],
    stored: &S,
    ranks: &mut Ranks,
) -> Result<Vec<(Rank, u32)>, Error> {
    let mut rank = |&text: &u32| Ok((ranks.of(text, stored)?, text));
    let mut ranked: Vec<(Rank, u32)> = Vec::new();
    if texts.len() > 2 * LED {
        // The longest come first of those that are public: there are hardly ever too few such.
        let words: Result<Vec<u32>, Error> =
            texts.iter().map(|&text| Ok(stored.size(text)?.0)).collect();
        let words = words?;
        let mut longest = words.clone();
        let (_, &mut least, _) = longest.select_nth_unstable_by(LED - 1, |a, b| b.cmp(a));
        for (text, _) in texts
            .iter()
            .zip(&words)
            .filter(|&(_, &words)| words >= least)
        {
            ranked.push(rank(text)?);
        }
        let public = |(rank, _): &&(Rank, u32)| rank.standing() == Standing::Public;
        if ranked.iter().filter(public).count() < LED {
            ranked.clear();
        }
    }
    if ranked.is_empty() {
        let all: Result<Vec<(Rank, u32)>, Error> = texts.iter().map(rank).collect();
        ranked = all?;
    }
    if ranked.len() > LED {
        ranked.select_nth_unstable(LED - 1);
        ranked.truncate(LED);
    }
    ranked.sort_unstable();
    Ok(ranked)
}

/// The leaders of a group that is cut whoever looks, and of what kind it is.
#[derive(Debug)]
pub(super) struct Led {
    kind: Kind,
    /// The first [`LED`] texts, in the family order. There are very many groups, so ranks are looked up again,
    texts: Vec<u32>,
    /// but for the last one: most who look come behind it.
    last: Rank,
}

impl Led {
    /// Of the first of more than [`LED`] texts, in order.
    pub(super) fn of(kind: Kind, ranked: &[(Rank, u32)]) -> Option<Self> {
        let &(last, _) = ranked.last()?;
        let texts = ranked.iter().map(|&(_, text)| text).collect();
        Some(Self { kind, texts, last })
    }

    /// Whether one of some texts, ascending, is among them.
    pub(super) fn has_any(&self, texts: &[u32]) -> bool {
        let mut own = self.texts.iter();
        own.any(|text| texts.binary_search(text).is_ok())
    }

    /// How many come before a rank.
    fn before<S: Stored + ?Sized>(
        &self,
        rank: Rank,
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<usize, Error> {
        if self.last < rank {
            return Ok(self.texts.len());
        }
        let (mut from, mut to) = (0, self.texts.len() - 1);
        while from < to {
            let middle = usize::midpoint(from, to);
            if ranks.of(self.texts[middle], stored)? < rank {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        Ok(from)
    }

    /// Adds a text that was stored since, if it is one of the first.
    pub(super) fn note<S: Stored + ?Sized>(
        &mut self,
        (rank, text): (Rank, u32),
        stored: &S,
        ranks: &mut Ranks,
    ) -> Result<(), Error> {
        let at = self.before(rank, stored, ranks)?;
        if at < self.texts.len() {
            self.texts.insert(at, text);
            self.texts.pop();
            self.last = match self.texts.last() {
                Some(&last) => ranks.of(last, stored)?,
                None => rank,
            };
        }
        Ok(())
    }

    /// As [`add_leaders`], of these.
    pub(super) fn add<S: Stored + ?Sized>(
        &self,
        counts: &mut Counts,
        view: View<'_>,
        beside: Option<Rank>,
        (stored, ranks): (&S, &mut Ranks),
    ) -> Result<bool, Error> {
        let beside = beside.filter(|&rank| rank < view.rank);
        let before = self.before(view.rank, stored, ranks)?;
        let beside = beside.map(|rank| self.before(rank, stored, ranks));
        let places = (before, beside.transpose()?);
        let texts = self.texts.iter().copied();
        Ok(add_placed(counts, view, self.kind, &texts, places))
    }
}

/// Adds the first of `ranked`, ascending, which has all stored texts that may lead, unless the story that
/// looks is one of the leaders and asks for those behind it: then all members are to be added.
pub(super) fn add_leaders(
    counts: &mut Counts,
    view: View<'_>,
    kind: Kind,
    ranked: &[(Rank, u32)],
    beside: Option<Rank>,
) -> bool {
    let before = |rank| ranked.partition_point(|&(other, _)| other < rank);
    let beside = beside.filter(|&rank| rank < view.rank);
    let places = (before(view.rank), beside.map(before));
    let texts = ranked.iter().map(|&(_, text)| text);
    add_placed(counts, view, kind, &texts, places)
}

/// The same, where the places of the story that looks and of the one that is asked for are known; the latter if it
/// has the key and comes first.
fn add_placed(
    counts: &mut Counts,
    view: View<'_>,
    kind: Kind,
    texts: &(impl Iterator<Item = u32> + Clone),
    (place, beside): (usize, Option<usize>),
) -> bool {
    let up_to = |place: usize| {
        let texts = texts.clone().take(place);
        texts.filter(move |&text| !view.leaves_out(text))
    };
    let before = up_to(place);
    let leads = before.clone().count() + usize::from(beside.is_some()) < MAX_GROUP;
    if leads && !view.only_before {
        return false;
    }
    // The asked story leads if fewer stored texts than lead are before it.
    let asked_leads = beside.is_some_and(|place| up_to(place).count() < MAX_GROUP);
    let size = MAX_GROUP as u32 + 1;
    for text in before.take(MAX_GROUP - usize::from(asked_leads)) {
        counts.add(text, kind, size);
    }
    if asked_leads {
        counts.add(ASKED, kind, size);
    }
    true
}
