//! What an index was created with, and what its answers depend on.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wirefold::furniture::Table;
use wirefold::profile::Profile;
use wirefold::relation::RelationRules;
use wirefold::{Keep, Settings};

/// What an index is created with. It stays as it is, for stored keys depend on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexSettings {
    /// See [`RelationRules::threshold`].
    pub threshold: f64,
    /// See [`RelationRules::containment`].
    pub containment: f64,
    /// See [`RelationRules::overlap`].
    pub overlap: f64,
    /// See [`Settings::shingle_words`].
    pub shingle_words: usize,
    /// See [`Settings::components`].
    pub components: usize,
    /// See [`Settings::seed`].
    pub seed: u64,
    /// See [`Settings::fold_confusables`]. Written only if it is so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fold_confusables: bool,
    /// Whether the title counts as the first paragraph; else it is not stored.
    pub titles: bool,
}

impl Default for IndexSettings {
    fn default() -> Self {
        let Settings {
            rules,
            shingle_words,
            components,
            seed,
            fold_confusables,
            ..
        } = Settings::default();
        Self {
            threshold: rules.threshold,
            containment: rules.containment,
            overlap: rules.overlap,
            shingle_words,
            components,
            seed,
            fold_confusables,
            titles: true,
        }
    }
}

impl IndexSettings {
    /// The settings of the library.
    ///
    /// # Errors
    /// [`wirefold::Error::Setting`].
    pub(crate) fn library(
        &self,
        furniture: Arc<Table>,
        profile: Option<Arc<Profile>>,
    ) -> Result<Settings, wirefold::Error> {
        let rules = RelationRules {
            threshold: self.threshold,
            containment: self.containment,
            overlap: self.overlap,
            ..RelationRules::default()
        };
        let settings = Settings {
            rules,
            shingle_words: self.shingle_words,
            components: self.components,
            seed: self.seed,
            fold_confusables: self.fold_confusables,
            keep: vec![Keep::Longest],
            furniture,
            profile,
            ..Settings::default()
        };
        settings.check()?;
        Ok(settings)
    }
}
