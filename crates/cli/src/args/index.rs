//! The flags of `wirefold index`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::flags::{Bounds, Input, Matching, OUTPUTS, Quiet, Running, Trial};
use super::values::{KeepList, Removes, keep_list, seconds, time};

const QUERY_EXAMPLES: &str = "\
Examples:
  wirefold index query archive.index today.jsonl -o related.jsonl
  tail -f feed.jsonl | wirefold index query archive.index --quiet
";

const DEDUP_EXAMPLES: &str = "\
Examples:
  wirefold index dedup desk.index today.jsonl -o new.jsonl --told told.csv
  tail -f feed.jsonl | wirefold index dedup desk.index --quiet
";

const EXPIRE_EXAMPLES: &str = "\
Examples:
  wirefold index expire desk.index --older-than 30d
  wirefold index expire desk.index --source \"Kelm Courier\"
";

#[derive(Debug, ClapArgs)]
pub(crate) struct Index {
    #[command(subcommand)]
    pub(crate) command: IndexCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum IndexCommand {
    /// Make an index in a folder that is empty or not there yet.
    ///
    /// The thresholds, the seed and the like stay as they are set here: stored keys depend on them.
    #[command(allow_negative_numbers = true)]
    Create(Create),
    /// Add the stories of a feed.
    ///
    /// A record whose id and text are stored already is passed over, so what was interrupted can be
    /// added again. An id that another text has gets a suffix: the second `a` becomes `a#2`.
    Add(Add),
    /// Write how each story of a feed is related to stored ones; change nothing.
    ///
    /// The rows are those that `relate` has of the stored stories and this one, `a` being the story that
    /// is asked for; `source` and `published` are the stored story's. They are written as soon as they
    /// are known.
    #[command(after_help = QUERY_EXAMPLES)]
    Query(Query),
    /// Pass the stories of a feed that are new, and add them.
    ///
    /// A stream cannot take back: of two that tell the same the first stays, whatever comes later.
    /// Records pass as they came; what is no JSON Lines passes as JSON Lines.
    #[command(allow_negative_numbers = true, after_help = DEDUP_EXAMPLES)]
    Dedup(Dedup),
    /// Write the families of all stored stories, as `dedup --clusters` has them.
    #[command(allow_negative_numbers = true)]
    Families(Families),
    /// Learn from the stored stories what sources repeat and how rare words are, or take over a profile.
    ///
    /// Answers of `index query` depend on it, as those of `relate` do. Without it nothing is learned.
    Learn(Learn),
    /// Delete stories by their ids.
    Delete(Delete),
    /// Delete stories that are old, or of one source.
    ///
    /// Stories of unknown time are never old. What is deleted is gone from the disk after `compact`.
    #[command(allow_negative_numbers = true, after_help = EXPIRE_EXAMPLES)]
    Expire(Expire),
    /// Merge all segments into one, without what was deleted.
    Compact(Compact),
    /// Say what an index holds, and what it takes.
    Info(Info),
    /// Read all of an index, and say whether it is as it was written.
    Check(Check),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Create {
    /// The folder.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) matching: Matching,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Add {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Query {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the rows go, as JSON Lines, `.gz` and `.zst` too; `-` is standard output.
    #[arg(short, long, value_name = "RELATIONS", default_value = "-", help_heading = OUTPUTS)]
    pub(crate) output: PathBuf,
    /// Write a page that shows each story beside what is stored of it, as far as there is room: one file of HTML
    /// that needs no network.
    #[arg(long, value_name = "FILE.html", help_heading = OUTPUTS)]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Dedup {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where what is new goes, as JSON Lines, `.gz` and `.zst` too; `-` is standard output.
    #[arg(short, long, value_name = "NEW", default_value = "-", help_heading = OUTPUTS)]
    pub(crate) output: PathBuf,
    /// Write one row for each story that is told already: by which, and how.
    #[arg(long, value_name = "FILE", help_heading = OUTPUTS)]
    pub(crate) told: Option<PathBuf>,
    /// Write a page that shows what was held back beside the story that tells it, as far as there is room, and
    /// what passed: one file of HTML that needs no network.
    #[arg(long, value_name = "FILE.html", help_heading = OUTPUTS)]
    pub(crate) report: Option<PathBuf>,
    /// Which of two that tell the same stays: only `first`, for a stream cannot take back what it passed.
    #[arg(long, value_name = "POLICY", default_value = "first", value_parser = keep_list)]
    pub(crate) keep: KeepList,
    /// Pass a copy if at least this share of its words is new (0 to 1).
    #[arg(
        long,
        value_name = "SHARE",
        allow_negative_numbers = true,
        default_value_t = 0.2
    )]
    pub(crate) min_novel: f64,
    /// The relations to a stored story for which a story does not pass; `none` passes all.
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
pub(crate) struct Families {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Where the rows go: JSON Lines or CSV by the ending, `.gz` and `.zst` too; `-` is standard output.
    #[arg(short, long, value_name = "CLUSTERS", default_value = "-", help_heading = OUTPUTS)]
    pub(crate) output: PathBuf,
    /// Write a page that shows the families: counts, and stories side by side with what they share. One
    /// file of HTML that needs no network.
    #[arg(long, value_name = "FILE.html", help_heading = OUTPUTS)]
    pub(crate) report: Option<PathBuf>,
    /// Which story of a family is kept before the others, as for `dedup`; `first` is the one that was added
    /// first.
    #[arg(long, value_name = "POLICIES", default_value = "longest", value_parser = keep_list)]
    pub(crate) keep: KeepList,
    /// The time up to which embargoes hold, instead of the present.
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    pub(crate) now: Option<i64>,
    /// Keep a copy if at least this share of its words is new (0 to 1).
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
    /// Folder for temporary files, instead of `TMPDIR` or `/var/tmp`.
    #[arg(long, value_name = "DIR")]
    pub(crate) temp_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) bounds: Bounds,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Learn {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// What `wirefold learn` learned, instead of learning from the stored stories.
    #[arg(long, value_name = "FILE", conflicts_with = "undated")]
    pub(crate) profile: Option<PathBuf>,
    /// Learn lines of stories without a source or a date too.
    #[arg(long)]
    pub(crate) undated: bool,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Delete {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Ids of stories.
    #[arg(value_name = "ID", required_unless_present = "ids")]
    pub(crate) id: Vec<String>,
    /// A file with more ids, one a line; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) ids: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) quiet: Quiet,
}

#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
pub(crate) struct Expire {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Stories that were published longer ago than this: `90m`, `72h`, `30d`, `8w`.
    #[arg(long, value_name = "TIME", value_parser = seconds, group = "which")]
    pub(crate) older_than: Option<u64>,
    /// Stories of this source; with `--older-than` only those of them that are old.
    #[arg(long, value_name = "NAME", group = "which")]
    pub(crate) source: Option<String>,
    /// The time from which age is counted, instead of the present.
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    pub(crate) now: Option<i64>,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) quiet: Quiet,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Compact {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) trial: Trial,
    #[command(flatten)]
    pub(crate) quiet: Quiet,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Info {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// One JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}
