//! Web archives: WARC 1.0 and 1.1 (ISO 28500), and the texts made from them (WET).
//!
//! A record is a header of lines and a content of the length that it says. Responses and resources
//! that are pages or plain text are read, and conversions to plain text; records of other kinds,
//! of other content and of failed requests are passed by.

use super::encoding;
use super::gate::{Gate, Gated};
use super::http::Answer;
use super::item::{Item, some};
use super::page::Page;
use super::{Step, Translator};
use crate::refused::Reason;
use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

/// Longest line of a header.
const MAX_LINE_BYTES: u64 = 1 << 16;
/// Most lines of a header.
const MAX_LINES: usize = 1000;

/// The records of an archive.
pub(super) struct Records<'f> {
    input: BufReader<Gated<'f>>,
    gate: Arc<Gate>,
    /// Bytes that were taken.
    at: u64,
    /// A record begins with the line at hand.
    begun: bool,
    ended: bool,
    line: Vec<u8>,
    content: Vec<u8>,
}

/// What the header of a record says.
#[derive(Debug, Default)]
struct Header {
    kind: String,
    id: Option<String>,
    uri: Option<String>,
    date: Option<String>,
    language: Option<String>,
    content_type: String,
    len: Option<u64>,
}

impl Header {
    fn take(&mut self, name: &str, value: &str) {
        let bare = || {
            let value = value.trim_start_matches('<').trim_end_matches('>');
            some(value)
        };
        match &*name.to_ascii_lowercase() {
            "warc-type" => self.kind = value.to_ascii_lowercase(),
            "warc-record-id" => self.id = bare(),
            "warc-target-uri" => self.uri = bare(),
            "warc-date" => self.date = some(value),
            "warc-identified-content-language" => {
                self.language = value.split(',').next().and_then(some);
            }
            "content-type" => self.content_type = value.to_ascii_lowercase(),
            "content-length" => self.len = value.parse().ok(),
            _ => {}
        }
    }

    /// Whether the content may be a story.
    fn is_read(&self) -> bool {
        match &*self.kind {
            "response" => self.content_type.is_empty() || self.content_type.contains("http"),
            "resource" | "conversion" => {
                matches!(kind_of(&self.content_type), Some(Kind::Page | Kind::Text))
            }
            _ => false,
        }
    }

    /// The host of what was fetched.
    fn host(&self) -> Option<&str> {
        let (_, rest) = self.uri.as_deref()?.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit('@').next()?;
        let host = host.split(':').next()?;
        (!host.is_empty()).then_some(host)
    }
}

/// What content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Page,
    Text,
    Other,
}

/// What a type of content says; nothing if there is none.
fn kind_of(content_type: &str) -> Option<Kind> {
    let own = content_type.split(';').next().unwrap_or_default().trim();
    match own {
        "" => None,
        "text/html" | "application/xhtml+xml" => Some(Kind::Page),
        "text/plain" => Some(Kind::Text),
        _ => Some(Kind::Other),
    }
}

/// Whether content without a type looks like a page.
fn looks_like_a_page(content: &[u8]) -> bool {
    let head = content.trim_ascii_start();
    let begins = |sign: &str| {
        let own = head.get(..sign.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(sign.as_bytes()))
    };
    begins("<!doctype html") || begins("<html")
}

impl<'f> Records<'f> {
    pub(super) fn new(input: Gated<'f>, gate: Arc<Gate>) -> Self {
        Records {
            input: BufReader::with_capacity(1 << 16, input),
            gate,
            at: 0,
            begun: false,
            ended: false,
            line: Vec::new(),
            content: Vec::new(),
        }
    }

    fn broken(&self, message: impl Into<String>) -> Reason {
        Reason::BrokenRecord {
            what: "WARC",
            offset: self.at,
            message: message.into(),
        }
    }

    fn cut(&mut self) -> Reason {
        self.ended = true;
        self.broken("the file ends within a record: it is cut")
    }

    /// Takes a line, or as much of it as a header may have; whether there is one.
    fn take_line(&mut self) -> bool {
        self.line.clear();
        let mut input = (&mut self.input).take(MAX_LINE_BYTES);
        // Why bytes end is known to the gate.
        let taken = input.read_until(b'\n', &mut self.line).unwrap_or(0);
        self.at += taken as u64;
        taken > 0
    }

    fn is_version(&self) -> bool {
        self.line.starts_with(b"WARC/1.") || self.line.starts_with(b"WARC/0.")
    }

    /// Goes on to the next line that begins a record.
    fn find(&mut self) {
        while self.take_line() {
            self.gate.begin();
            if self.is_version() {
                self.begun = true;
                return;
            }
        }
    }

    /// The header of the next record; nothing at the end.
    fn header(&mut self) -> Result<Option<Header>, Reason> {
        if !std::mem::take(&mut self.begun) {
            loop {
                if !self.take_line() {
                    return Ok(None);
                }
                if !self.line.trim_ascii().is_empty() {
                    break;
                }
                self.gate.begin();
            }
            if !self.is_version() {
                let message = "no record begins where the one before says that it ends";
                let reason = if self.at == self.line.len() as u64 {
                    self.broken("it does not begin with `WARC/1.0` or the like")
                } else {
                    self.broken(message)
                };
                self.find();
                return Err(reason);
            }
        }
        let mut header = Header::default();
        let mut last: Option<(String, String)> = None;
        for _ in 0..MAX_LINES {
            if !self.take_line() || !self.line.ends_with(b"\n") {
                if self.line.len() as u64 == MAX_LINE_BYTES {
                    break;
                }
                return Err(self.cut());
            }
            let line = String::from_utf8_lossy(self.line.trim_ascii_end());
            if line.starts_with([' ', '\t'])
                && let Some((_, value)) = &mut last
            {
                value.push(' ');
                value.push_str(line.trim());
                continue;
            }
            let next = line
                .split_once(':')
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
            if let Some((name, value)) = std::mem::replace(&mut last, next) {
                header.take(&name, &value);
            }
            if self.line.trim_ascii().is_empty() {
                return Ok(Some(header));
            }
        }
        let reason = self.broken("a header without end");
        self.find();
        Err(reason)
    }

    /// Passes content by; whether all of it was there.
    fn skip(&mut self, mut len: u64) -> bool {
        while len > 0 {
            // What is not held has no limit.
            self.gate.begin();
            let have = self.input.fill_buf().map_or(0, <[u8]>::len);
            if have == 0 {
                return false;
            }
            let taken = have.min(usize::try_from(len).unwrap_or(usize::MAX));
            self.input.consume(taken);
            self.at += taken as u64;
            len -= taken as u64;
        }
        true
    }

    /// The next item; nothing for a record that is passed by.
    fn record(&mut self, header: &Header) -> Result<Option<Item>, Reason> {
        let Some(len) = header.len else {
            let reason = self.broken("a record without the length of its content");
            self.find();
            return Err(reason);
        };
        let limit = self.gate.limit();
        if !header.is_read() || len > limit {
            if !self.skip(len) {
                return Err(self.cut());
            }
            if header.is_read() {
                return Err(Reason::TooLong { len, limit });
            }
            return Ok(None);
        }
        self.gate.begin();
        let mut content = std::mem::take(&mut self.content);
        content.clear();
        let taken = (&mut self.input).take(len).read_to_end(&mut content);
        self.at += content.len() as u64;
        let item = if taken.is_ok() && content.len() as u64 == len {
            self.item(header, &content)
        } else {
            Err(self.cut())
        };
        // A giant one is not kept.
        if content.capacity() <= 1 << 22 {
            self.content = content;
        }
        item
    }

    fn item(&self, header: &Header, content: &[u8]) -> Result<Option<Item>, Reason> {
        let mut content_type = Cow::Borrowed(&*header.content_type);
        let mut body = Cow::Borrowed(content);
        if header.kind == "response" {
            let answer = Answer::read(content).map_err(|message| self.broken(message))?;
            if !(200..300).contains(&answer.status)
                || kind_of(&answer.content_type) == Some(Kind::Other)
            {
                return Ok(None);
            }
            body = answer.content(&content[answer.begin..], &self.gate)?;
            content_type = Cow::Owned(answer.content_type);
        }
        let kind = kind_of(&content_type);
        if kind == Some(Kind::Other) || (kind.is_none() && !looks_like_a_page(&body)) {
            return Ok(None);
        }
        let page = kind != Some(Kind::Text);
        let top = header.host().and_then(|host| host.rsplit('.').next());
        let text = encoding::whole(&body, charset(&content_type), page, top);
        let page = if page {
            Page::read(&text)
        } else {
            Page {
                text: text.trim().to_owned(),
                ..Page::default()
            }
        };
        if page.title.is_none() && page.text.is_empty() {
            return Err(Reason::NotAStory {
                found: "a page without title and text".to_owned(),
            });
        }
        Ok(Some(Item {
            id: header.id.clone().or_else(|| header.uri.clone()),
            source: header.host().map(str::to_owned),
            language: page.language.or_else(|| header.language.clone()),
            published: page.published.or_else(|| header.date.clone()),
            title: page.title,
            byline: page.byline,
            url: header.uri.clone(),
            text: page.text,
            ..Item::default()
        }))
    }
}

/// The encoding that a type of content names.
fn charset(content_type: &str) -> Option<&str> {
    let mut parameters = content_type.split(';').skip(1);
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let named = name.trim().eq_ignore_ascii_case("charset");
        named.then(|| value.trim().trim_matches(['"', '\'']))
    })
}

impl Translator for Records<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        while !self.ended {
            self.gate.begin();
            let item = match self.header() {
                Ok(Some(header)) => self.record(&header),
                Ok(None) => {
                    self.ended = true;
                    break;
                }
                Err(reason) => Err(reason),
            };
            match item {
                Ok(Some(item)) => {
                    item.write(out);
                    return Step::Record;
                }
                Ok(None) => {}
                Err(reason) => return Step::Refused(reason, None),
            }
        }
        Step::End
    }
}
