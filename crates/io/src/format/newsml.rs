//! Items by the IPTC standard NewsML-G2, alone or in a news message.

use super::html;
use super::item::{Item, last_part, some};
use super::xml::Element;
use super::{markup, nitf};
use crate::refused::Reason;
use wirefold::takes_back;

/// What an item is that is no text, by the last part of its class or type: `picture` of
/// `ninat:picture`. Nothing for texts, and for what is not known to be anything else.
pub(super) fn kind_of_item(kind: &str) -> Option<String> {
    let kind = last_part(kind).unwrap_or_default().to_lowercase();
    let found = match kind.as_str() {
        "picture" | "photo" | "image" => "a picture",
        "graphic" => "a graphic",
        "animation" => "an animation",
        "video" => "a video",
        "audio" => "an audio recording",
        "data" => "a data file",
        "event" | "newscoverage" | "planning" => "an event listing",
        "component" => "a part of a page",
        "map" => "a map",
        _ => return None,
    };
    Some(found.to_owned())
}

fn no_story<T>(found: impl Into<String>) -> Result<T, Reason> {
    Err(Reason::NotAStory {
        found: found.into(),
    })
}

/// Reads one item.
pub(super) fn item(element: &Element) -> Result<Item, Reason> {
    match &*element.name {
        "newsItem" => {}
        "packageItem" => {
            return no_story("a package, which lists other items");
        }
        "planningItem" => return no_story("a planning item"),
        "conceptItem" | "knowledgeItem" => return no_story("an item of a controlled vocabulary"),
        "catalogItem" => return no_story("a catalog of vocabularies"),
        other => {
            let shown: String = other.chars().take(40).collect();
            return no_story(format!("an element `<{shown}>`"));
        }
    }
    let code = |path: &[&str]| {
        let found = element.at(path)?;
        found.attribute("qcode").or_else(|| found.attribute("uri"))
    };
    if let Some(found) = code(&["itemMeta", "itemClass"])
        .as_deref()
        .and_then(kind_of_item)
    {
        return no_story(found);
    }
    let status = code(&["itemMeta", "pubStatus"])
        .as_deref()
        .and_then(last_part);
    let content = content(element, status.as_deref())?;
    let line = |path: &[&str]| element.at(path).and_then(markup::line);
    let inner = content.inner;
    let created = line(&["itemMeta", "versionCreated"]);
    let language = element
        .at(&["contentMeta", "language"])
        .and_then(|language| language.attribute("tag"));
    Ok(Item {
        id: element.attribute("guid").or(inner.id),
        version: element.attribute("version").or(inner.version),
        source: provider(element).or(inner.source),
        language: language
            .or_else(|| element.attribute("lang"))
            .or(inner.language),
        published: line(&["itemMeta", "firstCreated"])
            .or_else(|| created.clone())
            .or_else(|| line(&["contentMeta", "contentCreated"]))
            .or(inner.published),
        updated: created.or_else(|| line(&["contentMeta", "contentModified"])),
        slug: line(&["contentMeta", "slugline"]).or(inner.slug),
        title: headline(element)
            .or_else(|| line(&["itemMeta", "title"]))
            .or(inner.title),
        subtitle: inner.subtitle,
        byline: line(&["contentMeta", "by"]).or(inner.byline),
        dateline: line(&["contentMeta", "dateline"]).or(inner.dateline),
        located: element
            .at(&["contentMeta", "located", "name"])
            .and_then(markup::line),
        status: status.or(inner.status),
        embargo: line(&["itemMeta", "embargoed"]).or(inner.embargo),
        urgency: line(&["contentMeta", "urgency"]).or(inner.urgency),
        url: None,
        text: content.text,
    })
}

/// The party that sends the item: its name, else its code.
fn provider(element: &Element) -> Option<String> {
    let provider = element.at(&["itemMeta", "provider"])?;
    let name = provider.at(&["name"]).and_then(markup::line);
    let attributes = ["literal", "qcode", "uri"];
    name.or_else(|| attributes.iter().find_map(|name| provider.attribute(name)))
}

/// The main headline: the one without a role, or of the role `main`, else the first.
fn headline(element: &Element) -> Option<String> {
    let headlines = element.at(&["contentMeta"])?.all("headline");
    let rank = |headline: &&Element| match headline.attribute("role") {
        None => 0,
        Some(role) if last_part(&role).as_deref() == Some("main") => 0,
        Some(_) => 1,
    };
    markup::line(headlines.min_by_key(rank)?)
}

/// The text of an item, and what its content says of itself.
struct Content {
    text: String,
    inner: Item,
}

fn content(element: &Element, status: Option<&str>) -> Result<Content, Reason> {
    let set = element.at(&["contentSet"]);
    let mut best: Option<(u8, Content)> = None;
    let mut elsewhere = false;
    for candidate in set.into_iter().flat_map(Element::elements) {
        let told = match &*candidate.name {
            "inlineXML" => inline_xml(candidate),
            "inlineData" => inline_data(candidate),
            "remoteContent" => {
                elsewhere = true;
                None
            }
            _ => None,
        };
        let Some((rank, content)) = told.filter(|told| !told.1.text.is_empty()) else {
            continue;
        };
        if best.as_ref().is_none_or(|best| rank < best.0) {
            best = Some((rank, content));
        }
    }
    match (best, status) {
        (Some((_, content)), _) => Ok(content),
        // Whoever waits for the item must hear of it.
        (None, Some(status)) if takes_back(status) => Ok(Content {
            text: String::new(),
            inner: Item::default(),
        }),
        (None, _) if elsewhere => no_story("an item whose text is in a file of its own"),
        (None, _) => no_story("an item without a text"),
    }
}

/// Marked-up content, NITF before XHTML before any other.
fn inline_xml(element: &Element) -> Option<(u8, Content)> {
    let root = element.elements().next()?;
    if &*root.name == "nitf" {
        let inner = nitf::meta(root);
        let text = nitf::text(root);
        return Some((0, Content { text, inner }));
    }
    let rank = if &*root.name == "html" { 1 } else { 3 };
    let body = root.at(&["body"]).unwrap_or(root);
    let text = if &*root.name == "html" {
        markup::text(body)
    } else {
        markup::text(element)
    };
    let inner = Item::default();
    Some((rank, Content { text, inner }))
}

/// Plain text, or HTML as text. What is in a code of letters is no text.
fn inline_data(element: &Element) -> Option<(u8, Content)> {
    if element.attribute("encoding").is_some() {
        return None;
    }
    let kind = element.attribute("contenttype").unwrap_or_default();
    let kind = kind.to_lowercase();
    let raw = element.raw();
    let (rank, text) = if kind.contains("html") {
        (1, html::text(&raw))
    } else if kind.is_empty() || kind.starts_with("text/plain") {
        (2, html::tidy(&raw))
    } else {
        return None;
    };
    let text = some(text)?;
    let inner = Item::default();
    Some((rank, Content { text, inner }))
}
