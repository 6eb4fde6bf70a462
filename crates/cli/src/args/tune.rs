//! The flags of `wirefold tune`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::flags::{Input, Matching, OUTPUTS, Running};
use super::values::Family;

#[derive(Debug, ClapArgs)]
pub(crate) struct Tune {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Pairs of the stories that people have judged: CSV, TSV or JSON Lines with `a` and `b`, the ids, and
    /// `label`, 1 for copies and 0 for others.
    #[arg(long, value_name = "PAIRS")]
    pub(crate) labels: Option<PathBuf>,
    /// With labels, the precision that is wanted (over 0, up to 1): of the settings that reach it those with
    /// the highest recall are chosen, instead of those with the highest F1.
    #[arg(
        long,
        value_name = "SHARE",
        requires = "labels",
        allow_negative_numbers = true
    )]
    pub(crate) precision: Option<f64>,
    /// The relations that a pair of copies may have, by what the labels mean: add `overlapping` if they say
    /// that two stories are of one family.
    #[arg(
        long,
        value_name = "RELATION",
        value_enum,
        value_delimiter = ',',
        default_value = "identical,new_version,near_duplicate,contained"
    )]
    pub(crate) copies: Vec<Family>,
    /// Write the settings that come out as a file for `--config`.
    #[arg(short, long, value_name = "FILE.toml", help_heading = OUTPUTS)]
    pub(crate) output: Option<PathBuf>,
    /// One JSON object instead of tables.
    #[arg(long, help_heading = OUTPUTS)]
    pub(crate) json: bool,
    /// How many stories are looked at without labels, the first ones: a feed in its order keeps more pairs of copies
    /// than stories at random.
    #[arg(long, value_name = "COUNT", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) sample: u32,
    /// How many pairs are shown on each side of the threshold.
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    pub(crate) examples: usize,
    #[command(flatten)]
    pub(crate) matching: Matching,
    #[command(flatten)]
    pub(crate) running: Running,
}
