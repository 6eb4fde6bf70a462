//! What a run's results depend on, besides the stories.

use std::sync::Arc;

use crate::Error;
use crate::cluster::Keep;
use crate::furniture::Table;
use crate::normalize::{MatchOptions, Matcher};
use crate::profile::Profile;
use crate::relation::{Grounds, Relation, RelationRules};
use crate::sketch::{Bands, SketchSettings};
use crate::tokenize::Hasher;

/// Bytes of prepared stories that a verifier keeps where no run has room for more: one asked story has few pairs.
const HELD_BYTES: usize = 16 << 20;

/// Everything that a run's results depend on, besides the stories.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Words in a shingle (1 to 64; default 5).
    pub shingle_words: usize,
    /// Thresholds of the relations.
    pub rules: RelationRules,
    /// Which story of a family comes first: what the first policy leaves open the next one decides,
    /// and what all leave open is decided as by [`Keep::Longest`].
    pub keep: Vec<Keep>,
    /// Seconds between two stories that are compared at most (default no bound). A story of unknown
    /// time is compared with those of any time.
    pub window: Option<u64>,
    /// The time of the run, in seconds since the beginning of 1970, UTC: stories under an embargo
    /// beyond it represent no public ones. Without it (the default) no embargo is looked at.
    pub now: Option<i64>,
    /// A member of a family stays if at least this share of its words is new against each kept
    /// member that would remove it (0 to 1; default 0.2).
    pub min_novel: f64,
    /// The relations to a kept story for which a story goes: of [`Relation::Identical`],
    /// [`Relation::NewVersion`], [`Relation::NearDuplicate`] and [`Relation::Contained`] (default all).
    pub remove: Vec<Relation>,
    /// Components of a signature (8 to 4,096; default 128).
    pub components: usize,
    /// Seed of all hashes (0 is the default).
    pub seed: u64,
    /// Whether letters that look alike are one, so that a copy with letters of another script in its
    /// words is found: [`MatchOptions::confusables`] (default false). It acts through
    /// [`Settings::matcher`].
    pub fold_confusables: bool,
    /// What wire furniture looks like (default the built-in table).
    pub furniture: Arc<Table>,
    /// What was learned from the feed (default nothing). It says what proves `rewritten` and
    /// `shared_passages`, and acts on no other relation.
    pub profile: Option<Arc<Profile>>,
    /// Whether pairs are proposed that may tell the same in other words; they are never of one
    /// family (default true).
    pub rewrites: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shingle_words: 5,
            rules: RelationRules::default(),
            keep: vec![Keep::Longest],
            window: None,
            now: None,
            min_novel: 0.2,
            remove: Relation::ALL
                .into_iter()
                .filter(|relation| relation.can_remove())
                .collect(),
            components: 128,
            seed: 0,
            fold_confusables: false,
            furniture: Table::shared(),
            profile: None,
            rewrites: true,
        }
    }
}

impl Settings {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`Error::Setting`] names the first that is outside.
    pub fn check(&self) -> Result<(), Error> {
        let within = |fits: bool, name, value: String, range| {
            if fits {
                Ok(())
            } else {
                Err(Error::Setting { name, value, range })
            }
        };
        let share = |name, value: f64, zero: bool| {
            let fits = value <= 1.0 && if zero { value >= 0.0 } else { value > 0.0 };
            let range = if zero { "0 to 1" } else { "over 0 and up to 1" };
            within(fits, name, value.to_string(), range)
        };
        let count = |name, value: usize, from: usize, to: usize, range| {
            within((from..=to).contains(&value), name, value.to_string(), range)
        };
        share("threshold", self.rules.threshold, false)?;
        share("containment", self.rules.containment, false)?;
        share("overlap", self.rules.overlap, false)?;
        share("min-novel", self.min_novel, true)?;
        let kept = self.remove.iter().find(|relation| !relation.can_remove());
        within(
            kept.is_none(),
            "remove",
            kept.map(|relation| relation.name().to_owned())
                .unwrap_or_default(),
            "identical, new_version, near_duplicate, contained",
        )?;
        let seed = self.profile.as_ref().map(|profile| profile.seed());
        within(
            seed.is_none_or(|seed| seed == self.seed),
            "seed",
            self.seed.to_string(),
            "the seed that the profile was learned with",
        )?;
        count("shingle-words", self.shingle_words, 1, 64, "1 to 64")?;
        count("components", self.components, 8, 4096, "8 to 4096")
    }

    /// What these settings have verdicts depend on, for verifiers that keep [`HELD_BYTES`].
    pub(crate) fn grounds<'s>(&'s self, matcher: &'s Matcher, hasher: &Hasher) -> Grounds<'s> {
        Grounds {
            matcher,
            rules: &self.rules,
            furniture: Arc::clone(&self.furniture),
            profile: self.profile.clone(),
            hasher: hasher.clone(),
            shingle_words: self.shingle_words,
            held_bytes: HELD_BYTES,
        }
    }

    /// The match face that these settings ask for.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(MatchOptions {
            confusables: self.fold_confusables,
            ..MatchOptions::default()
        })
    }

    /// The sketches that these settings ask for. Bands have as many rows as still find a pair at
    /// the threshold with a probability of 0.99.
    pub fn sketch(&self) -> SketchSettings {
        let rows = (1..=self.components)
            .take_while(|&rows| {
                let bands = Bands {
                    bands: self.components / rows,
                    rows,
                };
                bands.probability(self.rules.threshold) >= 0.99
            })
            .last()
            .unwrap_or(1);
        SketchSettings {
            shingle_words: self.shingle_words,
            bands: Bands {
                bands: self.components / rows,
                rows,
            },
            seed: self.seed,
            facts: self.rewrites,
            imprints: self.window.is_some() || self.keep.iter().any(Keep::asks_for_imprints),
            now: self.now,
            furniture: Arc::clone(&self.furniture),
            ..SketchSettings::default()
        }
    }
}
