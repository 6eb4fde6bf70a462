//! What each threshold would remove.

use crate::Error;
use crate::normalize::Matcher;
use crate::pipeline::{Wanted, fold, sketch_stories};
use crate::relation::Relation;
use crate::settings::Settings;
use crate::story::TextSource;

/// What a run with one threshold removes.
#[derive(Clone, Debug, PartialEq)]
pub struct AtThreshold {
    /// See [`RelationRules::threshold`](crate::relation::RelationRules::threshold).
    pub threshold: f64,
    /// Stories that stay.
    pub kept: u64,
    /// Stories that go, by their relation to the one that they go for: all relations that can remove, in
    /// their order.
    pub removed: Vec<(Relation, u64)>,
    /// Families of more than one story.
    pub families: u64,
    /// Pairs that were proposed for verification: what the run costs.
    pub candidates: u64,
}

/// Folds all of `source` at each of `thresholds`, other settings as they are: no estimate, but what a run
/// does. Work runs on the current rayon pool.
///
/// # Errors
/// Those of [`fold`].
pub fn at_thresholds<S: TextSource + ?Sized>(
    source: &S,
    matcher: &Matcher,
    settings: &Settings,
    thresholds: &[f64],
) -> Result<Vec<AtThreshold>, Error> {
    let wanted = Wanted {
        families: true,
        relations: false,
    };
    let at = |&threshold: &f64| {
        let mut settings = Settings {
            rewrites: false,
            ..settings.clone()
        };
        settings.rules.threshold = threshold;
        let sketches = sketch_stories(source, matcher, &settings)?;
        let outcome = fold(sketches, source, matcher, &settings, wanted, &|_, _, _| ())?;
        let gone = outcome.decisions.iter().filter(|decision| !decision.kept);
        let relations: Vec<Relation> = gone
            .filter_map(|decision| Some(decision.link.as_ref()?.relation))
            .collect();
        let count = |relation| {
            let of = relations.iter().filter(|other| **other == relation);
            (relation, of.count() as u64)
        };
        let mut sizes = vec![0u32; outcome.decisions.len()];
        for decision in &outcome.decisions {
            sizes[decision.cluster as usize] += 1;
        }
        Ok(AtThreshold {
            threshold,
            kept: (outcome.decisions.len() - relations.len()) as u64,
            removed: Relation::ALL
                .into_iter()
                .filter(|relation| relation.can_remove())
                .map(count)
                .collect(),
            families: sizes.iter().filter(|size| **size > 1).count() as u64,
            candidates: outcome.candidates,
        })
    };
    thresholds.iter().map(at).collect()
}
