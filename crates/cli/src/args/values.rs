//! What a flag may be: choices by name, and values that are parsed.

use clap::ValueEnum;
use wirefold::Keep;
use wirefold::relation::Relation;
use wirefold_io::{Role, TimeZone};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// In a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Policies of keeping, in order.
#[derive(Clone, Debug)]
pub(crate) struct KeepList(pub(crate) Vec<Keep>);

pub(super) fn keep_list(text: &str) -> Result<KeepList, wirefold::Error> {
    Keep::list(text).map(KeepList)
}

pub(super) fn timezone(name: &str) -> Result<TimeZone, String> {
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
pub(super) fn field(text: &str) -> Result<(Role, String), String> {
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
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    wirefold_io::length_of_time(text)
        .ok_or_else(|| "no length of time; write it as 90m, 72h, 3d or 2w".to_owned())
}

pub(super) fn time(text: &str) -> Result<i64, String> {
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
#[value(rename_all = "snake_case")]
pub(crate) enum Family {
    /// Equal texts.
    Identical,
    /// Two versions.
    NewVersion,
    /// Nearly equal texts.
    NearDuplicate,
    /// A story within another.
    Contained,
    /// Much in common, and each has text of its own.
    Overlapping,
}

impl From<Family> for Relation {
    fn from(family: Family) -> Self {
        match family {
            Family::Identical => Self::Identical,
            Family::NewVersion => Self::NewVersion,
            Family::NearDuplicate => Self::NearDuplicate,
            Family::Contained => Self::Contained,
            Family::Overlapping => Self::Overlapping,
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

/// A number of threads; far more than any machine has would only fail later.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 0..=1024) => Ok(threads),
        _ => Err("expected 0 (all cores) to 1024".to_owned()),
    }
}

/// A record's size limit, below 4 GiB; see [`wirefold_io::bytes`].
pub(super) fn record_bytes(text: &str) -> Result<u64, String> {
    match wirefold_io::bytes(text) {
        Ok(bytes @ 1..=0xffff_ffff) => Ok(bytes),
        _ => Err("expected 1 to 4294967295 bytes, such as 500000 or 64MiB".to_owned()),
    }
}
