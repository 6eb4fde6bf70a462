//! A stored story: its record, which is read where it lies, and its body, which is compressed.

use wirefold::{About, Story};

use crate::file::{u32_at, u64_at};

/// What is stored of a story beside its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry<'e> {
    pub(crate) id: &'e str,
    pub(crate) about: About<'e>,
}

/// Bits that say which numbers are there.
const PUBLISHED: u32 = 1;
const VERSION: u32 = 2;
const EMBARGO: u32 = 4;

/// Lengths of id, source, item, slug and status, flags, three numbers.
const HEADER: usize = 4 * 6 + 8 * 3;

/// Appends the record of a story: the lengths of its strings, which numbers it has (u32 each), when it
/// was published, its version, its embargo (8 bytes each), id, source, item, slug, status.
pub(crate) fn write(entry: &Entry<'_>, out: &mut Vec<u8>) {
    let About {
        source,
        published,
        item,
        slug,
        version,
        status,
        embargo,
    } = entry.about;
    let strings = [Some(entry.id), source, item, slug, status].map(Option::unwrap_or_default);
    for string in strings {
        out.extend((string.len() as u32).to_le_bytes());
    }
    let flag = |there: bool, bit: u32| if there { bit } else { 0 };
    let flags = flag(published.is_some(), PUBLISHED)
        | flag(version.is_some(), VERSION)
        | flag(embargo.is_some(), EMBARGO);
    out.extend(flags.to_le_bytes());
    out.extend(published.unwrap_or_default().to_le_bytes());
    out.extend(version.unwrap_or_default().to_le_bytes());
    out.extend(embargo.unwrap_or_default().to_le_bytes());
    for string in strings {
        out.extend_from_slice(string.as_bytes());
    }
}

/// Reads a record; of a damaged one as much as is there.
pub(crate) fn read(bytes: &[u8]) -> Entry<'_> {
    let mut at = HEADER;
    let strings = [0, 4, 8, 12, 16].map(|length| {
        let end = at.saturating_add(u32_at(bytes, length) as usize);
        let string = bytes.get(at..end).unwrap_or_default();
        at = end;
        std::str::from_utf8(string).unwrap_or_default()
    });
    let flags = u32_at(bytes, 20);
    let number = |bit: u32, at: usize| (flags & bit != 0).then(|| u64_at(bytes, at));
    let [id, source, item, slug, status] = strings;
    let some = |string: &'_ str| !string.is_empty();
    Entry {
        id,
        about: About {
            source: Some(source).filter(|s| some(s)),
            published: number(PUBLISHED, 24).map(u64::cast_signed),
            item: Some(item).filter(|s| some(s)),
            slug: Some(slug).filter(|s| some(s)),
            version: number(VERSION, 32),
            status: Some(status).filter(|s| some(s)),
            embargo: number(EMBARGO, 40).map(u64::cast_signed),
        },
    }
}

/// Replaces `out` with a title and a text, one after the other behind the length of the title (u32).
pub(crate) fn pack_body(story: &Story<'_>, out: &mut Vec<u8>) {
    let title = story.title.unwrap_or_default();
    out.clear();
    out.extend((title.len() as u32).to_le_bytes());
    out.extend_from_slice(title.as_bytes());
    out.extend_from_slice(story.text.as_bytes());
}

/// The story of a record and a body; nothing if the body is none.
pub(crate) fn story<'s>(entry: &Entry<'s>, body: &'s [u8]) -> Option<Story<'s>> {
    let title = u32_at(body, 0) as usize;
    let (title, text) = body.get(4..)?.split_at_checked(title)?;
    let [title, text] = [title, text].map(std::str::from_utf8);
    Some(Story {
        title: title.ok().filter(|title| !title.is_empty()),
        text: text.ok()?,
        about: entry.about,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stories_come_back(
            id in "\\PC{0,20}", strings in prop::array::uniform6("\\PC{0,30}"),
            published in any::<Option<i64>>(), version in any::<Option<u64>>(),
            embargo in any::<Option<i64>>(),
        ) {
            let some = |string: &'static str| Some(string).filter(|s| !s.is_empty());
            let [source, item, slug, status, title, text] =
                strings.map(|s| -> &'static str { Box::leak(s.into_boxed_str()) });
            let about = About {
                source: some(source), published, item: some(item), slug: some(slug), version, status: some(status),
                embargo,
            };
            let wanted = Story { title: some(title), text, about };
            let (mut bytes, mut body) = (Vec::new(), Vec::new());
            write(&Entry { id: &id, about }, &mut bytes);
            pack_body(&wanted, &mut body);
            let entry = read(&bytes);
            prop_assert_eq!(entry.id, id);
            prop_assert_eq!(story(&entry, &body), Some(wanted));
        }
    }
}
