//! Which field of a record says what.

use std::sync::LazyLock;

use serde_json::value::RawValue;

use crate::cells::cells;
use crate::record::RecordOptions;

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
/// Fields that may hold what names an item through its versions beside the id, in order of preference.
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
    /// What names the item through its versions beside the id.
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

    /// Its name, as in the documents, such as `published`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Id => "id",
            Self::Title => "title",
            Self::Source => "source",
            Self::Date => "published",
            Self::Item => "slug",
            Self::Version => "version",
            Self::Status => "status",
            Self::Embargo => "embargo",
            Self::Language => "language",
            Self::Updated => "updated",
            Self::Byline => "byline",
            Self::Dateline => "dateline",
            Self::Urgency => "urgency",
        }
    }

    /// Whether an integer will do.
    pub fn integers(self) -> bool {
        use Role::{Byline, Dateline, Language, Status, Text, Title};
        !matches!(self, Text | Title | Status | Language | Byline | Dateline)
    }
}

/// The rank of a field within another that a path leads to, behind a field whose name is the path.
pub(super) const PATH_RANK: u8 = 1;

/// The fields that are looked for where none is named, in the order of the roles.
const LISTED: [(Role, &[&str]); Role::COUNT] = [
    (Role::Text, TEXT_FIELDS),
    (Role::Id, ID_FIELDS),
    (Role::Title, TITLE_FIELDS),
    (Role::Source, SOURCE_FIELDS),
    (Role::Date, DATE_FIELDS),
    (Role::Item, ITEM_FIELDS),
    (Role::Version, VERSION_FIELDS),
    (Role::Status, STATUS_FIELDS),
    (Role::Embargo, EMBARGO_FIELDS),
    (Role::Language, LANGUAGE_FIELDS),
    (Role::Updated, UPDATED_FIELDS),
    (Role::Byline, BYLINE_FIELDS),
    (Role::Dateline, DATELINE_FIELDS),
    (Role::Urgency, URGENCY_FIELDS),
];

/// The name of a field with its role, and its place in the list of that.
type Listed = (&'static str, Role, u8);

/// The same by the length of the field's name: every field of every record is looked up here.
static BY_LENGTH: LazyLock<Vec<Vec<Listed>>> = LazyLock::new(|| {
    let mut by_length: Vec<Vec<Listed>> = Vec::new();
    for (role, listed) in LISTED {
        for (rank, &name) in (0u8..).zip(listed) {
            if by_length.len() <= name.len() {
                by_length.resize_with(name.len() + 1, Vec::new);
            }
            by_length[name.len()].push((name, role, rank));
        }
    }
    by_length
});

/// The field that was named for each role, in their order.
pub(super) type Named<'o> = [Option<&'o str>; Role::COUNT];

pub(super) fn named(options: &RecordOptions) -> Named<'_> {
    [
        options.text_field.as_deref(),
        options.id_field.as_deref(),
        options.title_field.as_deref(),
        options.source_field.as_deref(),
        options.date_field.as_deref(),
        options.item_field.as_deref(),
        options.version_field.as_deref(),
        options.status_field.as_deref(),
        options.embargo_field.as_deref(),
        options.language_field.as_deref(),
        options.updated_field.as_deref(),
        options.byline_field.as_deref(),
        options.dateline_field.as_deref(),
        options.urgency_field.as_deref(),
    ]
}

/// The role of a field and its place in the list of that role, if it has one: of several fields with
/// a value, the one with the least place is read. Fields that the options name come first, so that
/// who names `title` as the text does not get it twice.
pub fn role(name: &str, options: &RecordOptions) -> Option<(Role, u8)> {
    role_among(name, &named(options))
}

/// The same for many fields, of which those are named.
pub(super) fn role_among(name: &str, named: &Named<'_>) -> Option<(Role, u8)> {
    if let Some(at) = named.iter().position(|named| *named == Some(name)) {
        return Some((LISTED[at].0, 0));
    }
    let listed = BY_LENGTH.get(name.len())?.iter();
    let mut listed =
        listed.filter(|(listed, role, _)| *listed == name && named[*role as usize].is_none());
    listed.next().map(|&(_, role, rank)| (role, rank))
}

/// Roles of fields within a field, each with the path to it: `body.plain` where `story.body.plain` was
/// named, for the field `story`.
pub(super) fn paths<'o>(
    name: &str,
    options: &'o RecordOptions,
) -> impl Iterator<Item = (Role, &'o str)> + use<'o> {
    let named = named(options);
    let within: [_; Role::COUNT] = std::array::from_fn(|at| {
        let rest = named[at]?.strip_prefix(name)?.strip_prefix('.')?;
        Some((LISTED[at].0, rest))
    });
    within.into_iter().flatten()
}

/// Whether a field within a field may be named, which a scan of the outer fields does not find.
pub(super) fn names_within(options: &RecordOptions) -> bool {
    let mut named = named(options).into_iter().flatten();
    named.any(|name| name.contains('.'))
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
    let named = named(options).into_iter().enumerate();
    let mut missing = named.filter(|&(role, _)| found & 1 << role == 0);
    missing.find_map(|(_, named)| named)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same field by field, list by list.
    fn role_by_lists(name: &str, options: &RecordOptions) -> Option<(Role, u8)> {
        let named = named(options);
        let by_name = LISTED
            .iter()
            .zip(named)
            .find(|(_, named)| *named == Some(name));
        let by_list = || {
            let unnamed = LISTED
                .iter()
                .zip(named)
                .filter(|(_, named)| named.is_none());
            let mut places = unnamed.filter_map(|((role, listed), _)| {
                let rank = listed.iter().position(|listed| *listed == name)?;
                Some((*role, rank as u8))
            });
            places.next()
        };
        by_name.map(|((role, _), _)| (*role, 0)).or_else(by_list)
    }

    #[test]
    fn roles_are_those_of_the_lists() {
        let named = |text: &str, date: &str| RecordOptions {
            text_field: Some(text.to_owned()),
            date_field: Some(date.to_owned()),
            ..RecordOptions::default()
        };
        let all = [
            RecordOptions::default(),
            named("title", "updated"),
            named("story", "nothing"),
        ];
        for options in all {
            let listed = LISTED.iter().flat_map(|(_, listed)| listed.iter().copied());
            for name in listed.chain([
                "",
                "nothing",
                "texts",
                "a name longer than any that is listed",
            ]) {
                assert_eq!(
                    role(name, &options),
                    role_by_lists(name, &options),
                    "{name}"
                );
            }
        }
        // As numbers, roles are their places.
        assert!(
            LISTED
                .iter()
                .enumerate()
                .all(|(at, (role, _))| *role as usize == at)
        );
    }
}
