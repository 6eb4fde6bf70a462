//! What several commands share.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use wirefold_io::{Role, TimeZone, size};

use super::values::{
    InputFormat, InvalidUtf8, TitleUse, field, record_bytes, seconds, threads, timezone,
};

/// What a run writes is said when it is run: flags below this heading are no settings of a file.
pub(crate) const OUTPUTS: &str = "Outputs";

/// Which settings are in force is no setting itself.
pub(crate) const SETTINGS: &str = "Settings file";

/// Where settings are.
#[derive(Debug, ClapArgs)]
pub(crate) struct SettingsFile {
    /// The file of settings, instead of `wirefold.toml` in the current folder, which is read if it is there.
    ///
    /// Its keys are the long names of flags: `threshold = 0.6` for all commands that have such a flag, the
    /// same below `[dedup]` or `[index.query]` for one of them, and above it. A flag wins over the file;
    /// what the file turns on a flag turns off by `=false`. Paths are from the folder of the file.
    #[arg(long, global = true, value_name = "FILE", help_heading = SETTINGS)]
    pub(crate) config: Option<PathBuf>,
    /// Read no file of settings.
    #[arg(long, global = true, conflicts_with = "config", help_heading = SETTINGS)]
    pub(crate) no_config: bool,
    /// Print all settings of the command with where they are from, as a file of settings, and do nothing
    /// else.
    #[arg(long, global = true, help_heading = SETTINGS)]
    pub(crate) print_config: bool,
}

/// What is read.
#[derive(Debug, ClapArgs)]
pub(crate) struct Input {
    /// Files, folders, patterns such as 'feeds/2026-*/**/*.jsonl.gz' (quoted, or the shell expands
    /// them), addresses such as `s3://BUCKET/KEY`, `gs://…`, `az://…` and `https://…`, or `-` for standard input (the default): JSON Lines, JSON, plain text, ninjs,
    /// NewsML-G2, NITF, RSS, Atom, CSV, TSV, Parquet, Arrow, WARC, WET, tar or zip, also compressed by gzip, zstd, bzip2 or xz.
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The format of every input, instead of telling it from ending and content.
    #[arg(long, value_enum)]
    pub(crate) format: Option<InputFormat>,
    /// The field that holds the text.
    ///
    /// Without it the first of these that a record has: `text`, `body`, `content`, `article`,
    /// `body_text`, `maintext`, `main_text`, `article_text`, `article_body`, `articleBody`,
    /// `full_text`, `fulltext`, `raw_text`, `content_text`, `story`.
    #[arg(long, value_name = "NAME")]
    pub(crate) text_field: Option<String>,
    /// The field that holds the id.
    ///
    /// Without it the first of these that a record has: `id`, `_id`, `guid`, `uuid`, `uri`, `url`,
    /// `doc_id`, `docid`, `article_id`, `story_id`, `item_id`, `link`. A record without an id is
    /// named by its file and line.
    #[arg(long, value_name = "NAME")]
    pub(crate) id_field: Option<String>,
    /// The field that holds the title.
    ///
    /// Without it the first of these that a record has: `title`, `headline`, `head`, `heading`.
    #[arg(long, value_name = "NAME")]
    pub(crate) title_field: Option<String>,
    /// The field that holds who published the story.
    ///
    /// Without it the first of these that a record has: `source`, `publisher`, `outlet`, `provider`,
    /// `source_name`, `publication`, `agency`, `site`, `domain`. It tells what one source repeats.
    #[arg(long, value_name = "NAME")]
    pub(crate) source_field: Option<String>,
    /// The field that holds the date of publication.
    ///
    /// Without it the first of these that a record has: `published`, `published_at`, `publishedAt`,
    /// `date_published`, `datePublished`, `date_publish`, `publish_date`, `pub_date`, `pubDate`,
    /// `publication_date`, `date`, `datetime`, `timestamp`. RFC 3339, RFC 2822 or seconds since 1970;
    /// times without a zone are of `--timezone`.
    #[arg(long, value_name = "NAME")]
    pub(crate) date_field: Option<String>,
    /// The time zone of times that name none, such as `Europe/Berlin`; summer time is seen to.
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = timezone)]
    pub(crate) timezone: TimeZone,
    /// The field that names an item through its versions beside the id.
    ///
    /// Without it `slug` or `slugline`. Two records of one source with different version numbers are
    /// versions of one item if they have one id, or one slug within a day.
    #[arg(long, value_name = "NAME")]
    pub(crate) slug_field: Option<String>,
    /// The field that holds the number of the version of an item.
    ///
    /// Without it `version` or `revision`.
    #[arg(long, value_name = "NAME")]
    pub(crate) version_field: Option<String>,
    /// The field that holds the status of an item.
    ///
    /// Without it `status`, `pubstatus` or `pubStatus`. A record that is `canceled`, `withdrawn`,
    /// `withheld`, `killed` or the like removes nothing and is never removed.
    #[arg(long, value_name = "NAME")]
    pub(crate) status_field: Option<String>,
    /// The field that holds the end of an embargo, in one of the forms of dates.
    ///
    /// Without it `embargo` or `embargoed`.
    #[arg(long, value_name = "NAME")]
    pub(crate) embargo_field: Option<String>,
    /// A field by the name that it has here: `--field title=kicker`, and the path to one within others,
    /// `--field text=story.body`; may be given more than once.
    ///
    /// Names are `id`, `version`, `source`, `language`, `published`, `updated`, `slug`, `title`, `byline`,
    /// `dateline`, `status`, `embargo`, `urgency` and `text`; what says when a story was updated counts
    /// where nothing says when it was published. `--text-field` and its like do the same for one.
    #[arg(long = "field", value_name = "NAME=PATH", value_parser = field)]
    pub(crate) fields: Vec<(Role, String)>,
    /// What to do about bytes that are not UTF-8.
    #[arg(long, value_enum, default_value_t = InvalidUtf8::Refuse)]
    pub(crate) invalid_utf8: InvalidUtf8,
    /// Longest record that is read, such as `64MiB` or `1g`; less than 4 GiB.
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = record_bytes)]
    pub(crate) max_record: u64,
    /// Write the refused records, as they stood, with their reasons.
    #[arg(long, value_name = "FILE", help_heading = OUTPUTS)]
    pub(crate) rejects: Option<PathBuf>,
    /// How many records may be refused before the exit code is 1; outputs are written all the
    /// same.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub(crate) max_refused: u64,
    /// Folder for temporary files, instead of `TMPDIR` or `/var/tmp`.
    ///
    /// They hold what cannot be read twice, such as compressed files, and what does not fit in memory.
    /// They have no names, and go with the process.
    #[arg(long, value_name = "DIR")]
    pub(crate) temp_dir: Option<PathBuf>,
}

/// When two stories are related.
#[derive(Debug, ClapArgs)]
pub(crate) struct Matching {
    /// Least Jaccard similarity of near-duplicates (over 0, up to 1).
    #[arg(
        long,
        value_name = "SHARE",
        allow_negative_numbers = true,
        default_value_t = 0.5
    )]
    pub(crate) threshold: f64,
    /// Least share of the smaller story that is found in the larger one for `contained` (over 0,
    /// up to 1).
    #[arg(
        long,
        value_name = "SHARE",
        allow_negative_numbers = true,
        default_value_t = 0.8
    )]
    pub(crate) containment: f64,
    /// Least share of the smaller story's words that stand in the larger one in the same order for
    /// `overlapping` (over 0, up to 1).
    #[arg(
        long,
        value_name = "SHARE",
        allow_negative_numbers = true,
        default_value_t = 0.4
    )]
    pub(crate) overlap: f64,
    #[command(flatten)]
    pub(crate) furniture: Furniture,
    /// What `wirefold learn` learned, instead of learning from the feed.
    ///
    /// Lines that a source repeats and the frequencies of words say what proves `rewritten` and
    /// `shared_passages`; what is removed does not depend on them.
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Words in a shingle.
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    pub(crate) shingle_words: usize,
    /// Whether the title counts as the first paragraph.
    #[arg(long, value_enum, default_value_t = TitleUse::First)]
    pub(crate) title: TitleUse,
    /// Take letters that look alike for one, such as Cyrillic and Greek ones within Latin words.
    ///
    /// Copies that were disguised by such letters are found. A Cyrillic or Greek word then equals a Latin one
    /// that looks the same. An index keeps what it was created with.
    #[arg(long)]
    pub(crate) fold_confusables: bool,
    /// Seed of all hashes; keep it secret if feeds are hostile.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,
}

/// What counts as wire furniture.
#[derive(Debug, ClapArgs)]
pub(crate) struct Furniture {
    /// Forms of furniture to add to the built-in ones: a row a line, kind, where and form, parted by
    /// tabs.
    ///
    /// Kinds are byline, dateline, credit, pointer, photo, advisory, copyright and promo; where is
    /// line-start, line-end, whole-line or paragraph-start. In a form small letters stand for either
    /// case, and `<name>`, `<person>`, `<names>`, `<persons>`, `<place>`, `<PLACE>`, `<date>`,
    /// `<number>`, `<dash>` and `<any>` are slots: `credit<TAB>line-end<TAB>from the desk of <names>`.
    #[arg(long = "furniture", value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
}

/// What a run may take.
#[derive(Debug, ClapArgs)]
pub(crate) struct Bounds {
    /// Memory that the run may take, such as `2GiB`, `500MB` or `1.5g`; by default a quarter of the
    /// machine's.
    ///
    /// What does not fit goes to a temporary file, see `--temp-dir`. Results do not depend on it.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<u64>,
}

/// How the run goes.
#[derive(Debug, ClapArgs)]
pub(crate) struct Running {
    /// Worker threads, at most 1024; 0 takes all cores.
    #[arg(long, value_name = "COUNT", default_value_t = 0, value_parser = threads)]
    pub(crate) threads: usize,
    /// No progress and no summary; errors and refused records are still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Window {
    /// Compare only stories that were published within so much time of each other: `90m`, `72h`, `3d`,
    /// `2w`.
    ///
    /// A story of unknown time is compared with those of any time.
    #[arg(long = "window", value_name = "TIME", value_parser = seconds)]
    pub(crate) seconds: Option<u64>,
}

/// What is said.
#[derive(Debug, ClapArgs)]
pub(crate) struct Quiet {
    /// No summary; errors are still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Whether anything comes of it.
#[derive(Debug, ClapArgs)]
pub(crate) struct Trial {
    /// Do all the work, say what would come of it, and write nothing.
    #[arg(long, help_heading = OUTPUTS)]
    pub(crate) dry_run: bool,
}
