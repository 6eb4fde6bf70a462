//! A news item under this project's own field names, as a line of JSON.

use super::encoding::unmark;
use crate::quoted::put_string;

/// What a news item says of itself. Fields in the order in which they are written; those that are
/// empty are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) id: Option<String>,
    pub(super) version: Option<String>,
    pub(super) source: Option<String>,
    pub(super) language: Option<String>,
    pub(super) published: Option<String>,
    pub(super) updated: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) title: Option<String>,
    pub(super) subtitle: Option<String>,
    pub(super) byline: Option<String>,
    pub(super) dateline: Option<String>,
    pub(super) located: Option<String>,
    pub(super) status: Option<String>,
    pub(super) embargo: Option<String>,
    pub(super) urgency: Option<String>,
    pub(super) url: Option<String>,
    pub(super) text: String,
}

impl Item {
    /// Appends the item as a line of JSON, without line end.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let fields = [
            ("id", &self.id),
            ("version", &self.version),
            ("source", &self.source),
            ("language", &self.language),
            ("published", &self.published),
            ("updated", &self.updated),
            ("slug", &self.slug),
            ("title", &self.title),
            ("subtitle", &self.subtitle),
            ("byline", &self.byline),
            ("dateline", &self.dateline),
            ("located", &self.located),
            ("status", &self.status),
            ("embargo", &self.embargo),
            ("urgency", &self.urgency),
            ("url", &self.url),
        ];
        let begin = out.len();
        out.push(b'{');
        for (name, value) in fields {
            let Some(value) = value.as_deref().filter(|value| !value.is_empty()) else {
                continue;
            };
            put_name(name, out);
            let counts = matches!(name, "version" | "urgency");
            match value.parse::<u64>() {
                // Only what is written as JSON writes it: not `007` or `+1`.
                Ok(number) if counts && number.to_string() == value => {
                    out.extend_from_slice(value.as_bytes());
                }
                _ => put_string(value, out),
            }
            out.push(b',');
        }
        put_name("text", out);
        put_string(&self.text, out);
        out.push(b'}');
        unmark(out, begin);
    }
}

fn put_name(name: &str, out: &mut Vec<u8>) {
    put_string(name, out);
    out.push(b':');
}

/// A text without space at its ends; nothing if nothing is left.
pub(super) fn some(text: impl AsRef<str>) -> Option<String> {
    let text = text.as_ref().trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The last part of a code or address: `usable` of `stat:usable`, or of
/// `http://cv.iptc.org/newscodes/pubstatusg2/usable`.
pub(super) fn last_part(code: &str) -> Option<String> {
    some(code.rsplit([':', '/', '#']).next().unwrap_or(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_written() {
        let item = Item {
            id: Some("a".to_owned()),
            version: Some("2".to_owned()),
            urgency: Some("04".to_owned()),
            slug: Some(String::new()),
            text: "One.\n\n“Two”".to_owned(),
            ..Item::default()
        };
        let mut out = Vec::new();
        item.write(&mut out);
        let line = String::from_utf8(out).unwrap();
        assert_eq!(
            line,
            r#"{"id":"a","version":2,"urgency":"04","text":"One.\n\n“Two”"}"#
        );
    }

    #[test]
    fn codes_end_in_what_they_mean() {
        for code in ["stat:usable", "http://cv.iptc.org/x/usable", "usable"] {
            assert_eq!(last_part(code).as_deref(), Some("usable"));
        }
        assert_eq!(last_part("stat:"), None);
    }
}
