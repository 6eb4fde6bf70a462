//! Stories by the IPTC standard NITF (News Industry Text Format).

use super::item::{Item, last_part};
use super::markup;
use super::xml::Element;
use crate::refused::Reason;

/// Reads one story.
pub(super) fn item(element: &Element) -> Result<Item, Reason> {
    let text = text(element);
    if text.is_empty() {
        return Err(Reason::NotAStory {
            found: "an item without a text".to_owned(),
        });
    }
    Ok(Item {
        text,
        ..meta(element)
    })
}

/// The text of a story: the content of its body, without headline, byline and pictures.
pub(super) fn text(element: &Element) -> String {
    let content = element.at(&["body", "body.content"]);
    content.map(markup::text).unwrap_or_default()
}

/// What a story says of itself; its text is empty.
pub(super) fn meta(element: &Element) -> Item {
    let line = |path: &[&str]| element.at(path).and_then(markup::line);
    let attribute = |path: &[&str], name: &str| element.at(path)?.attribute(name);
    let data = |name: &'static str, attribute_name: &str| {
        attribute(&["head", "docdata", name], attribute_name)
    };
    let named = |wanted: &[&str]| {
        let metas = element.at(&["head"])?.all("meta");
        let mut found = metas.filter(|meta| {
            let name = meta.attribute("name").unwrap_or_default().to_lowercase();
            wanted.contains(&name.as_str())
        });
        found.find_map(|meta| meta.attribute("content"))
    };
    let language = element
        .attribute("lang")
        .or_else(|| attribute(&["body"], "lang"))
        .or_else(|| attribute(&["body", "body.content"], "lang"));
    Item {
        id: data("doc-id", "id-string").or_else(|| element.attribute("uno")),
        version: data("du-key", "version"),
        source: line(&["body", "body.head", "distributor"])
            .or_else(|| data("doc-id", "regsrc"))
            .or_else(|| attribute(&["head", "pubdata"], "name"))
            .or_else(|| data("doc.copyright", "holder")),
        language,
        published: data("date.issue", "norm")
            .or_else(|| attribute(&["head", "pubdata"], "date.publication"))
            .or_else(|| attribute(&["body", "body.head", "dateline", "story.date"], "norm")),
        updated: None,
        slug: data("du-key", "key").or_else(|| named(&["slug", "slugline"])),
        title: line(&["body", "body.head", "hedline", "hl1"]).or_else(|| line(&["head", "title"])),
        subtitle: line(&["body", "body.head", "hedline", "hl2"]),
        byline: line(&["body", "body.head", "byline"]),
        dateline: line(&["body", "body.head", "dateline"]),
        status: element
            .at(&["head", "docdata"])
            .and_then(|data| data.attribute("management-status"))
            .as_deref()
            .and_then(last_part),
        embargo: data("date.release", "norm"),
        urgency: data("urgency", "ed-urg"),
        ..Item::default()
    }
}
