//! XML cut into items: the elements of a feed or message one after the other, each as a small tree.
//!
//! Nothing is fetched and nothing is expanded: of entities, those of XML and HTML are known, and a
//! document that needs its own is refused. A tree has at most [`MAX_DEPTH`] levels and [`MAX_NODES`]
//! elements and pieces of text, so that it takes a bounded multiple of its bytes.

use super::encoding::{Says, Utf8};
use super::gate::{Gate, Gated};
use super::item::Item;
use super::{Step, Translator, atom, newsml, nitf, rss};
use crate::input::Format;
use crate::refused::Reason;
use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use std::borrow::Cow;
use std::io::BufRead;
use std::sync::Arc;

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
    fn of(resolved: &ResolveResult<'_>) -> Self {
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
    fn new(tag: &BytesStart<'_>, space: Space) -> Self {
        let name: &str = tag.local_name().into_inner();
        Element {
            name: name.into(),
            space,
            name_len: tag.name().into_inner().len(),
            tag: (**tag).into(),
            children: Vec::new(),
        }
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
enum Fault {
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
            Error::Namespace(other) => Fault::Item(other.to_string()),
            Error::Syntax(_) => Fault::Source("the file ends within a tag: it is cut".to_owned()),
            other => Fault::Source(other.to_string()),
        }
    }
}

/// The element that begins with `tag`, read to its end.
fn build<R: BufRead>(
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

/// What a feed says of all its items.
#[derive(Debug, Default)]
pub(super) struct About {
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) author: Option<String>,
}

/// The items of a source.
pub(super) struct Items<'f> {
    reader: NsReader<Utf8<'f>>,
    gate: Arc<Gate>,
    insisted: Option<Format>,
    format: Option<Format>,
    about: About,
    /// Names of the elements that the next item stands in.
    open: Vec<String>,
    /// An item was broken: what is open is not known, and the next item is looked for.
    lost: bool,
    ended: bool,
    buf: Vec<u8>,
}

/// What a tag outside of items begins.
enum Found {
    Item,
    Around,
    Beside,
    Refused(Reason),
}

impl<'f> Items<'f> {
    pub(super) fn new(input: Gated<'f>, gate: Arc<Gate>, insisted: Option<Format>) -> Self {
        let mut reader = NsReader::from_reader(Utf8::new(input, Says::Xml));
        // A `&` that begins no entity is common in feeds, and can mean one thing only.
        reader.config_mut().allow_dangling_amp = true;
        Items {
            reader,
            gate,
            insisted,
            format: None,
            about: About::default(),
            open: Vec::new(),
            lost: false,
            ended: false,
            buf: Vec::new(),
        }
    }

    fn broken(&self, message: String) -> Reason {
        Reason::BrokenSource {
            what: "XML",
            line: self.reader.get_ref().line(),
            message,
        }
    }

    fn fault(&mut self, fault: Fault) -> Step {
        let message = match fault {
            Fault::Item(message) => {
                self.lost = true;
                message
            }
            Fault::Source(message) => {
                self.ended = true;
                message
            }
        };
        Step::Refused(self.broken(message), None)
    }

    /// What the tag of a name begins.
    fn found(&mut self, name: &str, space: Space) -> Found {
        if self.open.is_empty() && !self.lost {
            match format_of(name, self.insisted) {
                Ok(format) => self.format = Some(format),
                Err(reason) => return Found::Refused(reason),
            }
        }
        match self.format {
            Some(Format::Rss) => match name {
                "item" if space == Space::Own => Found::Item,
                "rss" | "RDF" | "channel" => Found::Around,
                _ => Found::Beside,
            },
            Some(Format::Atom) => match name {
                "entry" => Found::Item,
                "feed" => Found::Around,
                _ => Found::Beside,
            },
            Some(Format::Nitf) if name == "nitf" => Found::Item,
            Some(Format::NewsMlG2) => match name {
                "newsMessage" | "itemSet" => Found::Around,
                "header" | "catalogRef" | "catalog" => Found::Beside,
                _ => Found::Item,
            },
            _ => Found::Beside,
        }
    }

    fn item(&self, element: &Element) -> Result<Item, Reason> {
        match self.format {
            Some(Format::Rss) => rss::item(element, &self.about),
            Some(Format::Atom) => atom::item(element, &self.about),
            Some(Format::Nitf) => nitf::item(element),
            _ => newsml::item(element),
        }
    }

    fn listen(&mut self, element: &Element) {
        match self.format {
            Some(Format::Rss) => rss::about(element, &mut self.about),
            Some(Format::Atom) => atom::about(element, &mut self.about),
            _ => {}
        }
    }

    /// The end of the source.
    fn end(&mut self) -> Step {
        self.ended = true;
        if let Some(outer) = self.open.pop().filter(|_| !self.lost) {
            let message = format!("the file ends before `</{outer}>`: it is cut");
            return Step::Refused(self.broken(message), None);
        }
        Step::End
    }
}

/// The format whose documents have a root of this name.
fn format_of(name: &str, insisted: Option<Format>) -> Result<Format, Reason> {
    let format = match name {
        "rss" | "RDF" | "channel" => Some(Format::Rss),
        "feed" | "entry" => Some(Format::Atom),
        "nitf" => Some(Format::Nitf),
        "newsItem" | "newsMessage" | "packageItem" | "conceptItem" | "knowledgeItem"
        | "planningItem" | "catalogItem" => Some(Format::NewsMlG2),
        _ => None,
    };
    let shown: String = name.chars().take(40).collect();
    let expected = |expected: &'static str| Reason::OtherFormat {
        found: shown.clone(),
        expected,
    };
    match (format, insisted) {
        (Some(format), None) => Ok(format),
        (Some(format), Some(insisted)) if format == insisted => Ok(format),
        (_, Some(Format::Nitf)) => Err(expected("`<nitf>`")),
        (_, Some(Format::Rss)) => Err(expected("`<rss>` or `<rdf:RDF>`")),
        (_, Some(Format::Atom)) => Err(expected("`<feed>` of Atom")),
        (None, None) if name == "NewsML" => Err(expected(
            "`<newsItem>` of NewsML-G2; NewsML 1 is not read, ask for NewsML-G2 or ninjs",
        )),
        (None, None) if name == "html" => {
            Err(expected("a feed or a news item; this is a web page"))
        }
        (None, None) => Err(expected("one of NewsML-G2, NITF, RSS or Atom")),
        (_, Some(_)) => Err(expected("`<newsItem>` or `<newsMessage>` of NewsML-G2")),
    }
}

impl Translator for Items<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        self.gate.begin();
        while !self.ended {
            let mut buf = std::mem::take(&mut self.buf);
            buf.clear();
            let step = self.advance(&mut buf, out);
            self.buf = buf;
            if let Some(step) = step {
                return step;
            }
        }
        Step::End
    }
}

impl Items<'_> {
    /// Reads one event outside of items, or an item; nothing where there is nothing to tell.
    fn advance(&mut self, buf: &mut Vec<u8>, out: &mut Vec<u8>) -> Option<Step> {
        let (resolved, event) = match self.reader.read_resolved_event_into(buf) {
            Ok(read) => read,
            // While the next item is looked for, what else is broken is of the one before.
            Err(Error::IllFormed(_) | Error::Namespace(_)) if self.lost => return None,
            Err(error) => return Some(self.fault(error.into())),
        };
        let space = Space::of(&resolved);
        let (tag, empty) = match event {
            Event::Start(tag) => (tag, false),
            Event::Empty(tag) => (tag, true),
            Event::End(_) => {
                self.open.pop();
                return None;
            }
            Event::Eof => return Some(self.end()),
            Event::Text(text) if self.format.is_none() && !text.trim_ascii().is_empty() => {
                self.ended = true;
                let message = "the file does not begin with a tag".to_owned();
                return Some(Step::Refused(self.broken(message), None));
            }
            _ => return None,
        };
        let root = Element::new(&tag, space);
        if let Some(label) = self.reader.get_ref().unknown() {
            self.ended = true;
            let shown: String = label.chars().take(40).collect();
            let message = format!(
                "it declares the encoding `{shown}`, which no one knows; convert it to UTF-8"
            );
            return Some(Step::Refused(self.broken(message), None));
        }
        let found = self.found(&root.name, space);
        match found {
            Found::Around => {
                if !empty && !self.lost {
                    self.listen(&root);
                    self.open.push(root.name.into());
                }
                None
            }
            Found::Refused(reason) => {
                self.ended = true;
                Some(Step::Refused(reason, None))
            }
            Found::Beside if self.lost => None,
            Found::Item | Found::Beside => {
                self.gate.begin();
                let element = if empty {
                    root
                } else {
                    match build(&mut self.reader, root, buf) {
                        Ok(element) => element,
                        Err(fault) => return Some(self.fault(fault)),
                    }
                };
                if matches!(found, Found::Beside) {
                    self.listen(&element);
                    return None;
                }
                Some(match self.item(&element) {
                    Ok(item) => {
                        item.write(out);
                        Step::Record
                    }
                    Err(reason) => Step::Refused(reason, None),
                })
            }
        }
    }
}
