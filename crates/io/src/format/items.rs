//! XML cut into items: the elements of a feed or message one after the other.

use super::encoding::{Says, Utf8};
use super::gate::{Gate, Gated};
use super::item::Item;
use super::xml::{Element, Fault, Space, build};
use super::{Step, Translator, atom, newsml, nitf, rss};
use crate::input::Format;
use crate::refused::Reason;
use quick_xml::events::Event;
use quick_xml::reader::NsReader;
use std::sync::Arc;

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
    /// The elements that the next item stands in.
    open: Vec<Element>,
    /// An item was broken: what is open is not known, and the next item is looked for.
    lost: bool,
    ended: bool,
    buf: Vec<u8>,
}

/// A parser of text.
fn parser(text: Utf8<'_>) -> NsReader<Utf8<'_>> {
    let mut reader = NsReader::from_reader(text);
    // A `&` that begins no entity is common in feeds, and can mean one thing only.
    reader.config_mut().allow_dangling_amp = true;
    reader
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
        Items {
            reader: parser(Utf8::new(input, Says::Xml)),
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
                // What is left of a broken item is no item.
                other if self.lost && !other.ends_with("Item") => Found::Beside,
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

    /// A new item begins.
    fn begin(&mut self) {
        let limit = self.gate.limit();
        // One byte more shows that there is more.
        self.reader.get_mut().allow(limit.saturating_add(1));
    }

    /// Passes by an element that is too long and began at `from`: what follows is read as if it had
    /// not been there.
    fn pass_by(&mut self, name: &str, from: u64) -> Step {
        let limit = self.gate.limit();
        let empty = Utf8::empty(&self.gate);
        let mut text = std::mem::replace(self.reader.get_mut(), empty);
        self.ended = !text.skip_past(name);
        let len = text.bytes() - from;
        // The parser begins anew, within the same elements and their namespaces.
        let open: String = self.open.drain(..).map(|outer| outer.begin()).collect();
        text.put_back(&open);
        self.reader = parser(text);
        Step::Refused(Reason::TooLong { len, limit }, None)
    }

    /// The end of the source.
    fn end(&mut self) -> Step {
        self.ended = true;
        if self.reader.get_ref().exceeded() {
            let limit = self.gate.limit();
            let len = limit.saturating_add(1);
            return Step::Refused(Reason::TooLong { len, limit }, None);
        }
        if let Some(outer) = self.open.pop().filter(|_| !self.lost) {
            let message = format!("the file ends before `</{}>`: it is cut", outer.name);
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
        self.begin();
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
            Err(error) => match Fault::from(error) {
                _ if self.reader.get_ref().exceeded() => return Some(self.end()),
                Fault::Item(_) if self.lost => return None,
                fault => return Some(self.fault(fault)),
            },
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
                    self.open.push(root);
                }
                None
            }
            Found::Refused(reason) => {
                self.ended = true;
                Some(Step::Refused(reason, None))
            }
            Found::Beside if self.lost => None,
            Found::Item | Found::Beside => {
                self.begin();
                let (name, from) = (root.name.clone(), self.reader.get_ref().bytes());
                let element = if empty {
                    root
                } else {
                    match build(&mut self.reader, root, buf) {
                        Ok(element) => element,
                        Err(_) if self.reader.get_ref().exceeded() => {
                            return Some(self.pass_by(&name, from));
                        }
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
