//! One item of XML as a small tree.
//!
//! Nothing is fetched and nothing is expanded: of entities, those of XML and HTML are known, and an
//! item that needs others is refused. A tree has at most [`MAX_DEPTH`] levels and [`MAX_NODES`]
//! elements and pieces of text, so that it takes a bounded multiple of its bytes.

use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceError, ResolveResult};
use quick_xml::reader::NsReader;
use std::borrow::Cow;
use std::io::BufRead;

/// Most elements that stand in each other in one item.
const MAX_DEPTH: usize = 200;
/// Most elements and pieces of text in one item.
const MAX_NODES: usize = 1_000_000;

/// Vocabularies that are told apart within one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// Of no vocabulary, of one whose items stand alone, or of any version of RSS.
    Own,
    Atom,
    /// `content:encoded`.
    Content,
    DublinCore,
    Xhtml,
    /// What extends a feed.
    Other,
}

impl Space {
    pub(super) fn of(resolved: &ResolveResult<'_>) -> Self {
        match resolved {
            ResolveResult::Unbound => Space::Own,
            ResolveResult::Bound(namespace) => match namespace.as_ref() {
                "http://www.w3.org/2005/Atom" | "http://purl.org/atom/ns#" => Space::Atom,
                "http://purl.org/rss/1.0/modules/content/" => Space::Content,
                "http://purl.org/dc/elements/1.1/" | "http://purl.org/dc/terms/" => {
                    Space::DublinCore
                }
                "http://www.w3.org/1999/xhtml" => Space::Xhtml,
                "http://purl.org/rss/1.0/"
                | "http://channel.netscape.com/rdf/simple/0.9/"
                | "http://my.netscape.com/rdf/simple/0.9/"
                | "http://backend.userland.com/rss2"
                | "http://www.w3.org/1999/02/22-rdf-syntax-ns#" => Space::Own,
                name if name.starts_with("http://iptc.org/std/") => Space::Own,
                _ => Space::Other,
            },
            // Feeds forget to declare what everyone calls so.
            ResolveResult::Unknown(prefix) => match prefix.as_str() {
                "content" => Space::Content,
                "dc" | "dcterms" => Space::DublinCore,
                "atom" => Space::Atom,
                "rdf" => Space::Own,
                _ => Space::Other,
            },
        }
    }
}

/// An element with what is in it.
#[derive(Debug)]
pub(super) struct Element {
    /// Its name without prefix.
    pub(super) name: Box<str>,
    pub(super) space: Space,
    /// The tag as it stands between its brackets.
    tag: Box<str>,
    name_len: usize,
    pub(super) children: Vec<Node>,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    pub(super) fn new(tag: &BytesStart<'_>, space: Space) -> Self {
        let name: &str = tag.local_name().into_inner();
        Element {
            name: name.into(),
            space,
            name_len: tag.name().into_inner().len(),
            tag: (**tag).into(),
            children: Vec::new(),
        }
    }

    /// Its tag, as it begins.
    pub(super) fn begin(&self) -> String {
        format!("<{}>", self.tag)
    }

    /// The elements directly in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of a name directly in it.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.elements()
            .filter(move |element| &*element.name == name)
    }

    /// The first element at a path of names below it.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| {
            element.elements().find(|child| &*child.name == *name)
        })
    }

    /// The first element of a name in it, at any depth.
    pub(super) fn find(&self, name: &str) -> Option<&Element> {
        self.elements().find_map(|element| {
            if &*element.name == name {
                Some(element)
            } else {
                element.find(name)
            }
        })
    }

    /// An attribute by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let tag = BytesStart::from_content(&*self.tag, self.name_len);
        let mut attributes = tag.attributes();
        attributes.with_checks(false);
        let mut found = attributes.filter_map(Result::ok);
        let found = found.find(|a| {
            let own: &str = a.key.local_name().into_inner();
            own == name
        })?;
        let value: &str = &found.value;
        super::item::some(htmlize::unescape(value))
    }

    /// The pieces of text in it, at any depth, as they stand.
    pub(super) fn raw(&self) -> String {
        let mut out = String::new();
        self.gather(&mut out);
        out
    }

    fn gather(&self, out: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => element.gather(out),
            }
        }
    }
}

/// Why an item could not be built.
pub(super) enum Fault {
    /// More of the source can be read.
    Item(String),
    /// Nothing more can.
    Source(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                Fault::Item(format!("`</{found}>` where `</{expected}>` should stand"))
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
                Fault::Item(format!("`</{found}>` ends what did not begin"))
            }
            Error::IllFormed(other) => Fault::Item(other.to_string()),
            // No end of it is in sight, and the parser gives no more items.
            Error::Namespace(NamespaceError::TooDeeplyNested(limit)) => Fault::Source(format!(
                "more than {limit} elements within each other; what comes after it is not read"
            )),
            Error::Namespace(_) => {
                let message = "a namespace is declared wrongly, or there are too many of them";
                Fault::Item(message.to_owned())
            }
            Error::Syntax(_) => Fault::Source("the file ends within a tag: it is cut".to_owned()),
            other => Fault::Source(other.to_string()),
        }
    }
}

/// The element that begins with `tag`, read to its end.
pub(super) fn build<R: BufRead>(
    reader: &mut NsReader<R>,
    root: Element,
    buf: &mut Vec<u8>,
) -> Result<Element, Fault> {
    let mut open = vec![root];
    let mut nodes = 0;
    loop {
        buf.clear();
        let (resolved, event) = reader.read_resolved_event_into(buf)?;
        nodes += 1;
        if nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} elements in one item");
            return Err(Fault::Item(message));
        }
        let Some(top) = open.last_mut() else {
            return Err(Fault::Source("nothing is open".to_owned()));
        };
        match event {
            Event::Start(tag) => {
                let element = Element::new(&tag, Space::of(&resolved));
                open.push(element);
                if open.len() > MAX_DEPTH {
                    let message = format!("more than {MAX_DEPTH} elements within each other");
                    return Err(Fault::Item(message));
                }
            }
            Event::Empty(tag) => {
                let element = Element::new(&tag, Space::of(&resolved));
                top.children.push(Node::Element(element));
            }
            Event::End(_) => {
                let Some(element) = open.pop() else {
                    return Err(Fault::Source("nothing is open".to_owned()));
                };
                match open.last_mut() {
                    Some(outer) => outer.children.push(Node::Element(element)),
                    None => return Ok(element),
                }
            }
            Event::Text(text) => add(top, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => add(top, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(name) => {
                let name: &str = &name;
                add(top, &entity(name)?);
            }
            Event::Eof => {
                let message = format!("the file ends before `</{}>`: it is cut", open[0].name);
                return Err(Fault::Source(message));
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
        }
    }
}

fn add(element: &mut Element, text: &str) {
    match element.children.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => element.children.push(Node::Text(text.to_owned())),
    }
}

/// The text that an entity of XML or HTML stands for. Others are a document's own: what they stand
/// for may be anything, of any length, from anywhere, so they are left alone.
fn entity(name: &str) -> Result<String, Fault> {
    let written = format!("&{name};");
    if let Cow::Owned(text) = htmlize::unescape(&*written) {
        return Ok(text);
    }
    let shown: String = name.chars().take(40).collect();
    Err(Fault::Item(format!(
        "`&{shown};` is no entity of XML or HTML, and those that a document declares itself are not \
         read; put in what it stands for"
    )))
}

/// A document in memory; nothing if it is broken.
pub(super) fn whole(xml: &str) -> Option<Element> {
    let mut reader = NsReader::from_reader(xml.as_bytes());
    reader.config_mut().allow_dangling_amp = true;
    let mut buf = Vec::new();
    loop {
        buf.clear();
        let (resolved, event) = reader.read_resolved_event_into(&mut buf).ok()?;
        match event {
            Event::Start(tag) => {
                let root = Element::new(&tag, Space::of(&resolved));
                return build(&mut reader, root, &mut buf).ok();
            }
            Event::Empty(tag) => return Some(Element::new(&tag, Space::of(&resolved))),
            Event::Eof => return None,
            _ => {}
        }
    }
}
