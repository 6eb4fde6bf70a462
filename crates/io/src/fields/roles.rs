//! Which field of a record says what.

use crate::cells::cells;
use crate::record::RecordOptions;
use serde_json::value::RawValue;

/// Fields that may hold the text, in order of preference.
pub const TEXT_FIELDS: &[&str] = &[
    "text",
    "body",
    "content",
    "article",
    "body_text",
    "maintext",
    "main_text",
    "article_text",
    "article_body",
    "articleBody",
    "full_text",
    "fulltext",
    "raw_text",
    "content_text",
    "story",
];
/// Fields that may hold the id, in order of preference.
pub const ID_FIELDS: &[&str] = &[
    "id",
    "_id",
    "guid",
    "uuid",
    "uri",
    "url",
    "doc_id",
    "docid",
    "article_id",
    "story_id",
    "item_id",
    "link",
];
/// Fields that may hold the title, in order of preference.
pub const TITLE_FIELDS: &[&str] = &["title", "headline", "head", "heading"];

/// Fields that may hold the source, an agency or an outlet, in order of preference.
pub const SOURCE_FIELDS: &[&str] = &[
    "source",
    "publisher",
    "outlet",
    "provider",
    "source_name",
    "publication",
    "agency",
    "site",
    "domain",
];
/// Fields that may hold the date of publication, in order of preference.
pub const DATE_FIELDS: &[&str] = &[
    "published",
    "published_at",
    "publishedAt",
    "date_published",
    "datePublished",
    "date_publish",
    "publish_date",
    "pub_date",
    "pubDate",
    "publication_date",
    "date",
    "datetime",
    "timestamp",
];
/// Fields that may hold what names an item through its versions, in order of preference.
pub const ITEM_FIELDS: &[&str] = &["slug", "slugline"];
/// Fields that may hold the number of the version of an item, in order of preference.
pub const VERSION_FIELDS: &[&str] = &["version", "revision"];
/// Fields that may hold the status, such as "usable" or "canceled", in order of preference.
pub const STATUS_FIELDS: &[&str] = &["status", "pubstatus", "pubStatus"];
/// Fields that may hold the end of an embargo, in order of preference.
pub const EMBARGO_FIELDS: &[&str] = &["embargo", "embargoed"];
/// Fields that may hold the language, in order of preference.
pub const LANGUAGE_FIELDS: &[&str] = &["language", "lang"];
/// Fields that may hold the date of the last change, in order of preference.
pub const UPDATED_FIELDS: &[&str] = &[
    "updated",
    "updated_at",
    "updatedAt",
    "modified",
    "date_modified",
    "dateModified",
    "date_modify",
];
/// Fields that may hold who wrote it, in order of preference.
pub const BYLINE_FIELDS: &[&str] = &["byline", "author", "creator"];
/// Fields that may hold where and when it was written, in order of preference.
pub const DATELINE_FIELDS: &[&str] = &["dateline"];
/// Fields that may hold the urgency, in order of preference.
pub const URGENCY_FIELDS: &[&str] = &["urgency", "priority"];

/// What a field of a record is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The text of the story.
    Text,
    /// Its id.
    Id,
    /// Its title.
    Title,
    /// Who published it.
    Source,
    /// When.
    Date,
    /// What names the item through its versions.
    Item,
    /// The number of the version.
    Version,
    /// What may be done with it.
    Status,
    /// Until when it is not to be published.
    Embargo,
    /// Its language.
    Language,
    /// When it was changed last.
    Updated,
    /// Who wrote it.
    Byline,
    /// Where it was written.
    Dateline,
    /// How urgent it is.
    Urgency,
}

impl Role {
    /// How many there are; as numbers they are less.
    pub const COUNT: usize = 14;

    /// Whether an integer will do.
    pub fn integers(self) -> bool {
        use Role::{Byline, Dateline, Language, Status, Text, Title};
        !matches!(self, Text | Title | Status | Language | Byline | Dateline)
    }
}

/// The rank of a field within another that a path leads to, behind a field whose name is the path.
pub(super) const PATH_RANK: u8 = 1;

/// Each role with the field that was named for it, and those that are looked for otherwise.
fn roles(
    options: &RecordOptions,
) -> [(Role, &Option<String>, &'static [&'static str]); Role::COUNT] {
    [
        (Role::Text, &options.text_field, TEXT_FIELDS),
        (Role::Id, &options.id_field, ID_FIELDS),
        (Role::Title, &options.title_field, TITLE_FIELDS),
        (Role::Source, &options.source_field, SOURCE_FIELDS),
        (Role::Date, &options.date_field, DATE_FIELDS),
        (Role::Item, &options.item_field, ITEM_FIELDS),
        (Role::Version, &options.version_field, VERSION_FIELDS),
        (Role::Status, &options.status_field, STATUS_FIELDS),
        (Role::Embargo, &options.embargo_field, EMBARGO_FIELDS),
        (Role::Language, &options.language_field, LANGUAGE_FIELDS),
        (Role::Updated, &options.updated_field, UPDATED_FIELDS),
        (Role::Byline, &options.byline_field, BYLINE_FIELDS),
        (Role::Dateline, &options.dateline_field, DATELINE_FIELDS),
        (Role::Urgency, &options.urgency_field, URGENCY_FIELDS),
    ]
}

/// The role of a field and its place in the list of that role, if it has one: of several fields with
/// a value, the one with the least place is read. Fields that the options name come first, so that
/// who names `title` as the text does not get it twice.
pub fn role(name: &str, options: &RecordOptions) -> Option<(Role, u8)> {
    let roles = roles(options);
    for (role, named, _) in &roles {
        if named.as_deref() == Some(name) {
            return Some((*role, 0));
        }
    }
    for (role, named, listed) in &roles {
        if named.is_none()
            && let Some(rank) = listed.iter().position(|listed| *listed == name)
        {
            return Some((*role, rank as u8));
        }
    }
    None
}

/// Roles of fields within a field, each with the path to it: `body.plain` where `story.body.plain` was
/// named, for the field `story`.
pub(super) fn paths<'o>(
    name: &str,
    options: &'o RecordOptions,
) -> impl Iterator<Item = (Role, &'o str)> + use<'o> {
    let within = roles(options).map(|(role, named, _)| {
        let rest = named.as_deref()?.strip_prefix(name)?.strip_prefix('.')?;
        Some((role, rest))
    });
    within.into_iter().flatten()
}

/// Whether a field within a field may be named, which a scan of the outer fields does not find.
pub(super) fn names_within(options: &RecordOptions) -> bool {
    let named = roles(options).map(|(_, named, _)| named.as_deref());
    named.into_iter().flatten().any(|name| name.contains('.'))
}

/// The value at the end of a path into objects within each other. A name may have dots itself.
pub(super) fn descend<'a>(
    value: &'a RawValue,
    path: &str,
) -> serde_json::Result<Option<&'a RawValue>> {
    if !value.get().starts_with('{') {
        return Ok(None);
    }
    let fields = cells(value.get())?;
    if let Some((_, value)) = fields.iter().rfind(|(name, _)| *name == path) {
        return Ok(Some(value));
    }
    for (name, value) in fields {
        let rest = path.strip_prefix(&*name);
        if let Some(rest) = rest.and_then(|rest| rest.strip_prefix('.'))
            && let Some(found) = descend(value, rest)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Whether a field is looked for, or one within it.
pub(crate) fn is_looked_for(name: &str, options: &RecordOptions) -> bool {
    role(name, options).is_some() || paths(name, options).next().is_some()
}

/// Whether a field may hold the text, or be or hold what is named as the text.
pub(crate) fn may_be_text(name: &str, options: &RecordOptions) -> bool {
    matches!(role(name, options), Some((Role::Text, _)))
        || paths(name, options).any(|(role, _)| role == Role::Text)
}

/// How a field, or one within it that a path leads to, ranks among those of a role; the lowest comes
/// first. The path of the field itself is empty.
pub(crate) fn ranks<'o>(
    name: &str,
    options: &'o RecordOptions,
    wanted: Role,
) -> impl Iterator<Item = (u8, &'o str)> {
    let itself = role(name, options).filter(|&(role, _)| role == wanted);
    let within = paths(name, options).filter(move |&(role, _)| role == wanted);
    let itself = itself.map(|(_, rank)| (rank, ""));
    itself
        .into_iter()
        .chain(within.map(|(_, path)| (PATH_RANK, path)))
}

/// The fields that were named and that no record has, by the bits of [`Record::roles`] of all of them.
pub(crate) fn missing(options: &RecordOptions, found: u16) -> Option<&str> {
    let roles = roles(options).into_iter();
    let mut missing = roles.filter(|&(role, ..)| found & 1 << role as u16 == 0);
    missing.find_map(|(_, named, _)| named.as_deref())
}
