//! The flags of the commands that fold, learn and compare.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::flags::{Bounds, Furniture, Input, Matching, OUTPUTS, Running, Trial, Window};
use super::values::{Color, KeepList, Removes, keep_list, time};

#[derive(Debug, ClapArgs)]
pub(crate) struct Dedup {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the kept records go: JSON Lines, CSV, TSV, Parquet or Arrow by the ending, `.gz` and `.zst`
    /// too; `-` is standard output.
    #[arg(short, long, value_name = "KEPT", default_value = "-", help_heading = OUTPUTS)]
    pub(crate) output: PathBuf,
    /// Write one row for each story: its family, whether it is kept, and why.
    #[arg(long, value_name = "FILE", help_heading = OUTPUTS)]
    pub(crate) clusters: Option<PathBuf>,
    /// Write one row for each related pair, with its evidence.
    #[arg(long, value_name = "FILE", help_heading = OUTPUTS)]
    pub(crate) relations: Option<PathBuf>,
    /// Say on standard error why the story with this id is kept or removed; may be given more than once.
    #[arg(long, value_name = "ID", help_heading = OUTPUTS)]
    pub(crate) explain: Vec<String>,
    /// Write a page that shows what was folded: counts, families, and stories side by side with what
    /// they share. One file of HTML that needs no network.
    #[arg(long, value_name = "FILE.html", help_heading = OUTPUTS)]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) matching: Matching,
    #[command(flatten)]
    pub(crate) bounds: Bounds,
    /// Which story of a family is kept before the others: policies, set apart by commas.
    ///
    /// What the first policy leaves open the next one decides, and in the end the longest story:
    /// `longest`; `first` of the input; `earliest` or `latest` published, those of unknown time
    /// last; `latest-version` by the record's number, then by marks such as "UPDATE 2-";
    /// `prefer:SOURCE,SOURCE` by source, in this order, all others last.
    #[arg(long, value_name = "POLICIES", default_value = "longest", value_parser = keep_list)]
    pub(crate) keep: KeepList,
    #[command(flatten)]
    pub(crate) window: Window,
    /// The time up to which embargoes hold, instead of the present: a story under an embargo never
    /// stands for one that may be published.
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    pub(crate) now: Option<i64>,
    /// Write all records, each with four more fields, instead of the kept ones alone.
    ///
    /// `cluster`, `kept`, `relation` and `to` are as in --clusters. They stand behind the record's own
    /// fields, and instead of fields of the same names.
    #[arg(long)]
    pub(crate) annotate: bool,
    /// Keep a copy if at least this share of its words is new (0 to 1): 1 lets every copy go that is
    /// not all new, 0 none.
    #[arg(
        long,
        value_name = "SHARE",
        allow_negative_numbers = true,
        default_value_t = 0.2
    )]
    pub(crate) min_novel: f64,
    /// The relations to a kept story for which a story goes; `none` keeps all.
    #[arg(
        long,
        value_name = "RELATION",
        value_enum,
        value_delimiter = ',',
        default_value = "identical,new_version,near_duplicate,contained"
    )]
    pub(crate) remove: Vec<Removes>,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Relate {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the relations go: JSON Lines, CSV, TSV, Parquet or Arrow by the ending, `.gz` and `.zst`
    /// too; `-` is standard output.
    #[arg(short, long, value_name = "RELATIONS", default_value = "-", help_heading = OUTPUTS)]
    pub(crate) output: PathBuf,
    /// Write a page that shows what was folded: counts, families, and stories side by side with what
    /// they share. One file of HTML that needs no network.
    #[arg(long, value_name = "FILE.html", help_heading = OUTPUTS)]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) matching: Matching,
    #[command(flatten)]
    pub(crate) window: Window,
    #[command(flatten)]
    pub(crate) bounds: Bounds,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Learn {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the profile goes; compressed if it ends in `.gz` or `.zst`.
    #[arg(short, long, value_name = "PROFILE", help_heading = OUTPUTS)]
    pub(crate) output: PathBuf,
    /// A profile to add to what is learned; may be given more than once.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) add: Vec<PathBuf>,
    /// Learn lines of stories without a source or a date too.
    ///
    /// Those without a source count as one source's, those without a date as each of another day.
    #[arg(long)]
    pub(crate) undated: bool,
    /// Seed of all hashes, as the runs have it that use the profile.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Take letters that look alike for one; the flag of the runs that the profile is for.
    #[arg(long)]
    pub(crate) fold_confusables: bool,
    #[command(flatten)]
    pub(crate) furniture: Furniture,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Compare {
    /// A file with one story, or `FILE#ID` for one story of a feed.
    #[arg(value_name = "A")]
    pub(crate) a: String,
    /// The other.
    #[arg(value_name = "B")]
    pub(crate) b: String,
    /// One JSON object as `relate` writes it, or `null` if the two are not related.
    #[arg(long)]
    pub(crate) json: bool,
    /// Whether passages are shown in color; else they stand in brackets.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    #[command(flatten)]
    pub(crate) matching: Matching,
}
