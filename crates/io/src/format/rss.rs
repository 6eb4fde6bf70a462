//! Items of RSS 2.0 and its 0.9x, and of RSS 1.0.

use super::html;
use super::item::{Item, some};
use super::items::About;
use super::xml::{Element, Space};
use crate::refused::Reason;

/// The content of the first element of a name of RSS itself, or of a vocabulary beside it.
fn raw(element: &Element, space: Space, name: &str) -> Option<String> {
    let mut found = element.all(name).filter(|child| child.space == space);
    found.find_map(|child| some(child.raw()))
}

/// Notes what a channel says of itself.
pub(super) fn about(element: &Element, about: &mut About) {
    let slot = match (&*element.name, element.space) {
        ("title", Space::Own) => &mut about.title,
        ("language", Space::Own | Space::DublinCore) => &mut about.language,
        _ => return,
    };
    if slot.is_none() {
        *slot = html::line(&element.raw());
    }
}

/// Reads one item.
pub(super) fn item(element: &Element, about: &About) -> Result<Item, Reason> {
    let own = |name: &str| raw(element, Space::Own, name);
    let core = |name: &str| raw(element, Space::DublinCore, name);
    let title = own("title").as_deref().and_then(html::line);
    let text = raw(element, Space::Content, "encoded")
        .map(|encoded| html::text(&encoded))
        .filter(|text| !text.is_empty())
        .or_else(|| own("description").map(|text| html::maybe(&text)))
        .unwrap_or_default();
    if title.is_none() && text.is_empty() {
        return Err(Reason::NotAStory {
            found: "an item without title and text".to_owned(),
        });
    }
    let link = own("link");
    Ok(Item {
        id: own("guid")
            .or_else(|| element.attribute("about"))
            .or_else(|| core("identifier"))
            .or_else(|| link.clone()),
        source: own("source")
            .or_else(|| core("publisher"))
            .as_deref()
            .and_then(html::line)
            .or_else(|| about.title.clone()),
        language: core("language")
            .or_else(|| element.attribute("lang"))
            .or_else(|| about.language.clone()),
        published: own("pubDate")
            .or_else(|| core("date"))
            .or_else(|| core("created"))
            .or_else(|| raw(element, Space::Atom, "published")),
        updated: core("modified").or_else(|| raw(element, Space::Atom, "updated")),
        title,
        byline: core("creator")
            .or_else(|| own("author"))
            .as_deref()
            .and_then(html::line),
        url: link,
        text,
        ..Item::default()
    })
}
