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

/// Adds a text to the first [`LED`] of a group, in order, if it is one of them.
pub(super) fn add_ranked(ranked: &mut Vec<(Rank, u32)>, placed: (Rank, u32)) {
    let at = ranked.partition_point(|other| *other < placed);
    if at < ranked.len() {
        ranked.insert(at, placed);
        ranked.truncate(LED);
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
    let before = ranked.partition_point(|&(rank, _)| rank < view.rank);
    let before = ranked[..before]
        .iter()
        .filter(|&&(_, text)| !view.leaves_out(text));
    let beside = beside.filter(|&rank| rank < view.rank);
    let leads = before.clone().count() + usize::from(beside.is_some()) < MAX_GROUP;
    if leads && !view.only_before {
        return false;
    }
    // The asked story leads if fewer stored texts than lead are before it.
    let behind = |&&(rank, _): &&(Rank, u32)| beside.is_some_and(|beside| beside < rank);
    let at = before.clone().take_while(|entry| !behind(entry)).count();
    let asked_leads = beside.is_some() && at < MAX_GROUP;
    let size = MAX_GROUP as u32 + 1;
    for &(_, text) in before.take(MAX_GROUP - usize::from(asked_leads)) {
        counts.add(text, kind, size);
    }
    if asked_leads {
        counts.add(ASKED, kind, size);
    }
    true
}
