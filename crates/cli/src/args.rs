//! The flags, from which parsing and help are made.

pub(crate) mod index;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use wirefold::Keep;
use wirefold::relation::Relation;
use wirefold_io::{Role, TimeZone, size};

/// Fold a wire feed: find every story that copies another, say how and where, and keep what is
/// not told twice.
#[derive(Debug, Parser)]
#[command(name = "wirefold", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 done, but more records were refused than --max-refused allows; 2 nothing done.";

const DEDUP_EXAMPLES: &str = "\
Examples:
  wirefold dedup feed.jsonl -o kept.jsonl
  wirefold dedup monday.jsonl.gz tuesday/ -o kept.jsonl.zst --clusters clusters.csv
  zcat feed.jsonl.gz | wirefold dedup --quiet > kept.jsonl

Ids: a record without an id gets FILE:LINE. An id that was given before gets a suffix: the second
`a` becomes `a#2`, the third `a#3`, in the tables alone; kept records stay as they came.
";

const RELATE_EXAMPLES: &str = "\
Examples:
  wirefold relate feed.jsonl -o relations.jsonl
  wirefold relate archive/ --threshold 0.7 -o relations.csv.gz
";

const LEARN_EXAMPLES: &str = "\
Examples:
  wirefold learn archive/ -o feed.profile
  wirefold learn today.jsonl --add feed.profile -o feed.new.profile
  wirefold relate today.jsonl --profile feed.profile -o relations.jsonl
  wirefold normalize today.jsonl --mark-furniture --profile feed.profile -o marked.jsonl
";

const COMPARE_EXAMPLES: &str = "\
Examples:
  wirefold compare monday.txt tuesday.txt
  wirefold compare feed.jsonl#s012 feed.jsonl#s029 | less -R
  wirefold compare feed.jsonl#s012 story.txt --json
";

const NORMALIZE_EXAMPLES: &str = "\
Examples:
  wirefold normalize --quotes straight < story.txt
  wirefold normalize feed.jsonl --html --mojibake -o clean.jsonl
  wirefold normalize --mark-furniture < story.txt
  tail -f feed.jsonl | wirefold normalize --quiet
";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Remove the copies from a feed.
    ///
    /// Writes the kept records as they came, byte for byte and in their order.
    #[command(allow_negative_numbers = true, after_help = DEDUP_EXAMPLES, after_long_help = format!("{DEDUP_EXAMPLES}\n{EXIT_CODES}"))]
    Dedup(Dedup),
    /// Write the related pairs of a feed; remove nothing.
    #[command(allow_negative_numbers = true, after_help = RELATE_EXAMPLES, after_long_help = format!("{RELATE_EXAMPLES}\n{EXIT_CODES}"))]
    Relate(Relate),
    /// Learn from a feed which lines its sources repeat, and how rare words are.
    ///
    /// `relate` and `dedup --relations` learn from the feed that they read; with `--profile FILE` they
    /// use what was learned from a longer one.
    #[command(after_help = LEARN_EXAMPLES, after_long_help = format!("{LEARN_EXAMPLES}\n{EXIT_CODES}"))]
    Learn(Learn),
    /// Show two stories and what they share.
    ///
    /// Shared passages are marked and numbered in both texts and listed below them.
    #[command(after_help = COMPARE_EXAMPLES, after_long_help = COMPARE_EXAMPLES)]
    Compare(Compare),
    /// Clean text: a filter.
    ///
    /// Plain text comes out as plain text, JSON Lines as JSON Lines with the text and the title
    /// normalized and all else as it came. Several inputs of one format come out one after the
    /// other.
    #[command(allow_negative_numbers = true, after_help = NORMALIZE_EXAMPLES, after_long_help = format!("{NORMALIZE_EXAMPLES}\n{EXIT_CODES}"))]
    Normalize(Normalize),
    /// Keep stories in a folder, and ask of new ones whether they were there before.
    ///
    /// An index grows with `add` or `dedup`, and its segments are merged meanwhile. One process changes it
    /// at a time; any number ask, each of the state that it found.
    #[command(after_long_help = EXIT_CODES)]
    Index(index::Index),
    /// Write what a shell needs to complete flags, to standard output.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// Write the manual, a page for each command.
    Man(Man),
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  wirefold completions bash > ~/.local/share/bash-completion/completions/wirefold
  wirefold completions zsh > ~/.zfunc/_wirefold
  wirefold completions fish > ~/.config/fish/completions/wirefold.fish
";

#[derive(Debug, ClapArgs)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Man {
    /// The folder that the pages go to, such as `~/.local/share/man/man1`.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Dedup {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the kept records go: JSON Lines, CSV, TSV, Parquet or Arrow by the ending, `.gz` and `.zst`
    /// too; `-` is standard output.
    #[arg(short, long, value_name = "KEPT", default_value = "-")]
    pub(crate) output: PathBuf,
    /// Write one row for each story: its family, whether it is kept, and why.
    #[arg(long, value_name = "FILE")]
    pub(crate) clusters: Option<PathBuf>,
    /// Write one row for each related pair, with its evidence.
    #[arg(long, value_name = "FILE")]
    pub(crate) relations: Option<PathBuf>,
    /// Say on standard error why the story with this id is kept or removed; may be given more than once.
    #[arg(long, value_name = "ID")]
    pub(crate) explain: Vec<String>,
    /// Write a page that shows what was folded: counts, families, and stories side by side with what
    /// they share. One file of HTML that needs no network.
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
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
    #[arg(short, long, value_name = "RELATIONS", default_value = "-")]
    pub(crate) output: PathBuf,
    /// Write a page that shows what was folded: counts, families, and stories side by side with what
    /// they share. One file of HTML that needs no network.
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
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
pub(crate) struct Window {
    /// Compare only stories that were published within so much time of each other: `90m`, `72h`, `3d`,
    /// `2w`.
    ///
    /// A story of unknown time is compared with those of any time.
    #[arg(long = "window", value_name = "TIME", value_parser = seconds)]
    pub(crate) seconds: Option<u64>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Learn {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the profile goes; compressed if it ends in `.gz` or `.zst`.
    #[arg(short, long, value_name = "PROFILE")]
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
    #[command(flatten)]
    pub(crate) furniture: Furniture,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// In a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
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
    /// Longest record that is read, in bytes (`K`, `M`, `G` for 1024 and its powers).
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = record_bytes)]
    pub(crate) max_record: u64,
    /// Write the refused records, as they stood, with their reasons.
    #[arg(long, value_name = "FILE")]
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that stands alone"
)]
pub(crate) struct Normalize {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the text goes; `-` is standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
    /// `clean` is for people, `match` is the form in which copies are compared.
    #[arg(long, value_enum, default_value_t = Face::Clean)]
    pub(crate) face: Face,
    /// Unicode normalization form; by default NFC for `clean` and NFKC for `match`.
    #[arg(long, value_enum)]
    pub(crate) form: Option<FormArg>,
    /// Steps to leave out, separated by commas.
    #[arg(long, value_enum, value_name = "STEP", value_delimiter = ',')]
    pub(crate) without: Vec<Step>,
    /// Quotation marks, as they are or all of one kind (clean).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) quotes: Option<MarksArg>,
    /// Apostrophes within words (clean).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) apostrophes: Option<MarksArg>,
    /// Dashes (clean).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) dashes: Option<MarksArg>,
    /// Ellipsis (clean).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) ellipsis: Option<MarksArg>,
    /// Join lines that were wrapped at a fixed width (clean).
    #[arg(long)]
    pub(crate) unwrap: bool,
    /// Take ligatures apart (clean).
    #[arg(long)]
    pub(crate) ligatures: bool,
    /// Take HTML tags out and decode entities (clean).
    #[arg(long)]
    pub(crate) html: bool,
    /// Repair text that was decoded with the wrong character set (clean).
    #[arg(long)]
    pub(crate) mojibake: bool,
    /// Show wire furniture, such as bylines, datelines, credits and pointers to other stories, as
    /// `⟦kind: text⟧` (clean).
    ///
    /// Kinds are byline, dateline, credit, pointer, photo, advisory, copyright and promo. Direct
    /// speech is never furniture. The forms are those of English, German, French, Spanish,
    /// Portuguese and Russian copy.
    #[arg(long)]
    pub(crate) mark_furniture: bool,
    /// Take wire furniture out, with the blank lines it would leave (clean).
    #[arg(long, conflicts_with = "mark_furniture")]
    pub(crate) strip_furniture: bool,
    #[command(flatten)]
    pub(crate) furniture: Furniture,
    /// What `wirefold learn` learned: lines that a record's source repeats are furniture too, of the kind
    /// `learned`.
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Drop diacritics (match).
    #[arg(long)]
    pub(crate) strip_diacritics: bool,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// Policies of keeping, in order.
#[derive(Clone, Debug)]
pub(crate) struct KeepList(pub(crate) Vec<Keep>);

fn keep_list(text: &str) -> Result<KeepList, wirefold::Error> {
    Keep::list(text).map(KeepList)
}

fn timezone(name: &str) -> Result<TimeZone, String> {
    wirefold_io::timezone(name)
        .ok_or_else(|| "no time zone; write it as Europe/Berlin or Asia/Tokyo".to_owned())
}

/// The fields of a story, in the order of the documents.
const FIELDS: [Role; Role::COUNT] = [
    Role::Id,
    Role::Version,
    Role::Source,
    Role::Language,
    Role::Date,
    Role::Updated,
    Role::Item,
    Role::Title,
    Role::Byline,
    Role::Dateline,
    Role::Status,
    Role::Embargo,
    Role::Urgency,
    Role::Text,
];

/// A field and where it is: `title=story.head`.
fn field(text: &str) -> Result<(Role, String), String> {
    let (name, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or_else(|| "expected NAME=PATH, such as title=kicker or text=story.body".to_owned())?;
    let known = FIELDS.into_iter().find(|role| role.name() == name);
    known.map(|role| (role, path.to_owned())).ok_or_else(|| {
        let names = FIELDS.map(Role::name).join(", ");
        format!("no field `{name}` is read; those that are: {names}")
    })
}

/// A length of time in seconds.
fn seconds(text: &str) -> Result<u64, String> {
    wirefold_io::length_of_time(text)
        .ok_or_else(|| "no length of time; write it as 90m, 72h, 3d or 2w".to_owned())
}

fn time(text: &str) -> Result<i64, String> {
    wirefold_io::seconds(text, &wirefold_io::TimeZone::UTC).ok_or_else(|| {
        "no time in a known form; write it as 2031-03-15T09:40:00Z or as seconds since 1970"
            .to_owned()
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Removes {
    /// Equal texts.
    Identical,
    /// The older of two versions.
    NewVersion,
    /// Nearly equal texts.
    NearDuplicate,
    /// A story within another.
    Contained,
    /// Nothing.
    None,
}

impl Removes {
    /// The relation, if it is one.
    pub(crate) fn relation(self) -> Option<Relation> {
        match self {
            Self::Identical => Some(Relation::Identical),
            Self::NewVersion => Some(Relation::NewVersion),
            Self::NearDuplicate => Some(Relation::NearDuplicate),
            Self::Contained => Some(Relation::Contained),
            Self::None => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// One JSON object a line.
    Jsonl,
    /// One document a file.
    Text,
    /// A list of JSON objects, or objects over several lines each.
    Json,
    /// News items by IPTC ninjs 1.x to 3.x.
    Ninjs,
    /// News items and messages by IPTC NewsML-G2.
    #[value(name = "newsml-g2")]
    NewsmlG2,
    /// Stories by IPTC NITF.
    Nitf,
    /// RSS 2.0, 0.9x or 1.0.
    Rss,
    /// Atom.
    Atom,
    /// A table with a header, cells set apart by comma, semicolon, tab or bar.
    Csv,
    /// A table with a header, cells set apart by tabs.
    Tsv,
    /// Web archives: WARC 1.0 and 1.1, WET.
    Warc,
    /// Columns by Apache Parquet.
    Parquet,
    /// Columns by Apache Arrow IPC, a file or a stream.
    Arrow,
    /// An archive of files of the other formats.
    Tar,
    /// Likewise.
    Zip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InvalidUtf8 {
    /// Refuse the record.
    Refuse,
    /// Put U+FFFD in their place, and count them.
    Replace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TitleUse {
    /// The title counts as the first paragraph.
    First,
    /// The title is left out.
    Ignore,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Face {
    Clean,
    Match,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormArg {
    Nfc,
    Nfkc,
    Keep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MarksArg {
    /// As they are.
    Keep,
    /// As typed on a keyboard.
    Straight,
    /// As set by a printer.
    Typographic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// One kind of space, none doubled.
    Spaces,
    /// Zero-width characters and other controls dropped.
    Invisibles,
    /// One kind of line end (clean).
    LineEnds,
    /// Case folding (match).
    Case,
    /// Decimal digits of every script as 0 to 9 (match).
    Digits,
    /// One kind of quotation mark (match).
    Quotes,
    /// One kind of apostrophe (match).
    Apostrophes,
    /// One kind of dash (match).
    Dashes,
    /// Ellipsis as three dots (match).
    Ellipsis,
}

/// A number of threads; far more than any machine has would only fail later.
fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 0..=1024) => Ok(threads),
        _ => Err("expected 0 (all cores) to 1024".to_owned()),
    }
}

/// A record's size limit: bytes, or a number with `K`, `M` or `G`; below 4 GiB.
fn record_bytes(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.as_bytes().last().map(u8::to_ascii_uppercase) {
        Some(b'K') => (&text[..text.len() - 1], 1 << 10),
        Some(b'M') => (&text[..text.len() - 1], 1 << 20),
        Some(b'G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
    match bytes {
        Some(bytes @ 1..=0xffff_ffff) => Ok(bytes),
        _ => Err("expected 1 to 4294967295 bytes, such as 500000 or 64M".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use wirefold_io::{ID_FIELDS, TEXT_FIELDS, TITLE_FIELDS};

    use super::*;

    #[test]
    fn help_names_every_field_that_is_looked_for() {
        let mut command = Args::command();
        let dedup = command.find_subcommand_mut("dedup").expect("a subcommand");
        let help = dedup.render_long_help().to_string();
        let named: Vec<&str> = help.split('`').collect();
        for field in [TEXT_FIELDS, ID_FIELDS, TITLE_FIELDS].concat() {
            assert!(named.contains(&field), "{field} is not in the help");
        }
    }
}
