//! What all stories draw from: vocabulary, names, function words by role, lengths.

use crate::lexicon::Lexicon;
use crate::names::Names;
use crate::rng::{Alias, Rng};
use crate::words::{self, Weighted};

/// Words by quantile of a log-normal distribution (median 450, sigma .55), 64 steps, cut at both ends.
const LENGTHS: [u32; 65] = [
    30, 138, 162, 179, 194, 206, 218, 229, 239, 249, 258, 267, 276, 285, 294, 302, 311, 319, 327,
    336, 344, 352, 361, 369, 378, 386, 395, 404, 413, 422, 431, 440, 450, 460, 470, 480, 491, 502,
    513, 524, 536, 549, 561, 575, 589, 603, 619, 635, 652, 670, 690, 711, 733, 757, 784, 814, 847,
    885, 929, 981, 1046, 1131, 1254, 1471, 3000,
];

/// A length in words.
pub(crate) fn length(rng: &mut Rng) -> u32 {
    let step = rng.below(64) as usize;
    let (low, high) = (LENGTHS[step], LENGTHS[step + 1]);
    low + rng.below(high - low)
}

/// The function words with their tables.
#[derive(Debug)]
pub(crate) struct Roles {
    pub(crate) determiners: Role,
    pub(crate) plural_determiners: Role,
    pub(crate) prepositions: Role,
    pub(crate) subordinators: Role,
    pub(crate) conjunctions: Role,
    pub(crate) modals: Role,
    pub(crate) be: Role,
    pub(crate) have: Role,
    pub(crate) pronouns: Role,
    pub(crate) objects: Role,
    pub(crate) adverbs: Role,
    pub(crate) numerals: Role,
    pub(crate) times: Role,
    pub(crate) said: Role,
}

/// Words with their alias table.
#[derive(Debug)]
pub(crate) struct Role {
    words: Weighted,
    table: Alias,
}

impl Role {
    fn new(words: Weighted) -> Self {
        let weights: Vec<u64> = words.iter().map(|&(_, weight)| u64::from(weight)).collect();
        Self {
            words,
            table: Alias::new(&weights),
        }
    }

    pub(crate) fn draw(&self, rng: &mut Rng) -> &'static str {
        self.words[self.table.draw(rng) as usize].0
    }
}

/// What every story draws from.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) lexicon: Lexicon,
    pub(crate) names: Names,
    pub(crate) roles: Roles,
}

impl Language {
    pub(crate) fn new() -> Self {
        let roles = Roles {
            determiners: Role::new(words::DETERMINERS),
            plural_determiners: Role::new(words::PLURAL_DETERMINERS),
            prepositions: Role::new(words::PREPOSITIONS),
            subordinators: Role::new(words::SUBORDINATORS),
            conjunctions: Role::new(words::CONJUNCTIONS),
            modals: Role::new(words::MODALS),
            be: Role::new(words::BE),
            have: Role::new(words::HAVE),
            pronouns: Role::new(words::PRONOUNS),
            objects: Role::new(words::OBJECTS),
            adverbs: Role::new(words::ADVERBS),
            numerals: Role::new(words::NUMERALS),
            times: Role::new(words::TIMES),
            said: Role::new(words::SAID),
        };
        Self {
            lexicon: Lexicon::new(),
            names: Names::new(),
            roles,
        }
    }
}
