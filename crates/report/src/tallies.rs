//! What is counted of pairs, for the plots.

use wirefold::relation::Relation;
use wirefold::{Decision, Error, Outcome, TextSource};

use crate::numbers::grouped;

/// The relations of a run, counted, and how alike its pairs are in tenths of Jaccard similarity.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tallies {
    pub(crate) relations: [u64; Relation::ALL.len()],
    pub(crate) alike: [u64; 10],
    /// Pairs whose stories are of different families.
    apart: u64,
}

impl Tallies {
    /// Of all related pairs where the run has them, else of what ties each story to another.
    pub(crate) fn of<S: TextSource + ?Sized>(source: &S, outcome: &Outcome) -> Result<Self, Error> {
        if outcome.related() == 0 {
            return Ok(Self::of_links(&outcome.decisions));
        }
        let mut tallies = Self::default();
        outcome.each_relations(source, |rows| {
            for row in rows {
                tallies.add(row.relation, row.jaccard);
                let [a, b] = [row.a, row.b].map(|story| outcome.decisions[story as usize].cluster);
                tallies.apart += u64::from(a != b);
            }
            Ok::<(), Error>(())
        })?;
        Ok(tallies)
    }

    /// Of what ties each story to another.
    pub(crate) fn of_links(decisions: &[Decision]) -> Self {
        let mut tallies = Self::default();
        for link in decisions.iter().filter_map(|decision| decision.link) {
            tallies.add(link.relation, link.jaccard);
        }
        tallies
    }

    /// What is said of pairs that no family shows.
    pub(crate) fn note(&self) -> Option<String> {
        let apart = grouped(self.apart);
        match self.apart {
            0 => None,
            1 => {
                Some("1 related pair is of two families; the table of relations has it.".to_owned())
            }
            _ => Some(format!(
                "{apart} related pairs are of two families each; the table of relations has them."
            )),
        }
    }

    #[expect(clippy::cast_sign_loss, reason = "similarities are 0 to 1")]
    pub(crate) fn add(&mut self, relation: Relation, jaccard: f64) {
        if let Some(at) = Relation::ALL.iter().position(|&known| known == relation) {
            self.relations[at] += 1;
        }
        let tenth = (jaccard.clamp(0.0, 1.0) * 10.0 + 1e-9) as usize;
        self.alike[tenth.min(9)] += 1;
    }
}
