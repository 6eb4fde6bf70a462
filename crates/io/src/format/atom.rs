//! Entries of Atom feeds (RFC 4287).

use super::html;
use super::item::{Item, some};
use super::items::About;
use super::markup;
use super::xml::Element;
use crate::refused::Reason;

/// A text construct as text: plain, HTML as text, or XHTML as elements; nothing if it is of another
/// type or somewhere else.
fn construct(element: &Element) -> Option<String> {
    if element.attribute("src").is_some() {
        return None;
    }
    let kind = element.attribute("type").unwrap_or_default().to_lowercase();
    some(match kind.as_str() {
        "" | "text" | "text/plain" => html::tidy(&element.raw()),
        "html" | "text/html" => html::text(&element.raw()),
        "xhtml" | "application/xhtml+xml" => markup::text(element),
        // Marked up otherwise, and any other text (RFC 4287, 4.1.3.3).
        kind if kind.ends_with("+xml") || kind.ends_with("/xml") => markup::text(element),
        kind if kind.starts_with("text/") => html::tidy(&element.raw()),
        _ => return None,
    })
}

fn line(element: &Element, name: &str) -> Option<String> {
    let text = construct(element.all(name).next()?)?;
    some(text.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
}

fn people(element: &Element) -> Option<String> {
    let authors = element.all("author");
    let names = authors.filter_map(|author| author.at(&["name"]).and_then(markup::line));
    some(names.collect::<Vec<_>>().join(", "))
}

/// Notes what a feed says of itself.
pub(super) fn about(element: &Element, about: &mut About) {
    match &*element.name {
        "feed" => about.language = element.attribute("lang"),
        "title" if about.title.is_none() => {
            let words = construct(element).unwrap_or_default();
            about.title = some(words.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
        }
        "author" if about.author.is_none() => {
            about.author = element.at(&["name"]).and_then(markup::line);
        }
        _ => {}
    }
}

/// Reads one entry.
pub(super) fn item(element: &Element, about: &About) -> Result<Item, Reason> {
    let date = |name: &str| element.all(name).next().and_then(markup::line);
    let title = line(element, "title");
    let text = |name: &str| element.all(name).find_map(construct);
    let text = text("content")
        .or_else(|| text("summary"))
        .unwrap_or_default();
    if title.is_none() && text.is_empty() {
        return Err(Reason::NotAStory {
            found: "an entry without title and text".to_owned(),
        });
    }
    let of_source = element.at(&["source"]);
    let updated = date("updated").or_else(|| date("modified"));
    let mut links = element.all("link").filter(|link| {
        let relation = link.attribute("rel");
        relation.is_none_or(|relation| relation == "alternate")
    });
    let language = |name: &str| element.all(name).find_map(|part| part.attribute("lang"));
    Ok(Item {
        id: date("id"),
        source: of_source
            .and_then(|source| line(source, "title"))
            .or_else(|| about.title.clone()),
        language: element
            .attribute("lang")
            .or_else(|| language("content"))
            .or_else(|| about.language.clone()),
        published: date("published")
            .or_else(|| date("issued"))
            .or_else(|| updated.clone()),
        updated,
        title,
        byline: people(element)
            .or_else(|| of_source.and_then(people))
            .or_else(|| about.author.clone()),
        url: links.find_map(|link| link.attribute("href")),
        text,
        ..Item::default()
    })
}
