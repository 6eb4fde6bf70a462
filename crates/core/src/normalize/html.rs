//! Entities and tags out of text that came from a page or a feed.
//!
//! Tags are found by a small state machine over `<`: it never builds a tree, never fails, and
//! takes linear time on any input. What is not a tag stays as text. Entities follow the HTML
//! standard, with the table of the `htmlize` crate.

use memchr::{memchr, memchr2, memmem, memrchr};

use super::clean::Pass;
use super::offsets::Recorder;

pub(super) struct Html;

/// What a tag leaves in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Nothing,
    Space,
    Line,
    Paragraph,
}

/// Elements whose content is not text for readers.
const UNREAD: &[&str] = &["script", "style", "head", "template", "svg", "iframe"];
const PARAGRAPHS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "title",
    "ul",
];
const LINES: &[&str] = &["br", "dd", "dt", "li", "option", "tr"];
const SPACES: &[&str] = &["td", "th"];

/// Longest stretch in which a tag's quoted attributes are honored; a longer tag ends at its first
/// `>`. This bounds the work on broken markup.
const MAX_TAG_BYTES: usize = 4096;

/// Longest name of an entity, `&` and `;` apart.
const MAX_ENTITY_BYTES: usize = 32;

/// A piece of markup: where it ends, and what it leaves.
struct Markup {
    end: usize,
    place: Place,
    /// `Some(true)` at the start of preformatted text, `Some(false)` at its end.
    preformatted: Option<bool>,
}

/// Reads markup in one text, remembering searches that failed so that none is done twice.
struct Reader<'t> {
    text: &'t str,
    last_close: Option<usize>,
    no_comment_end: bool,
    unclosed: [bool; UNREAD.len()],
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            last_close: memrchr(b'>', text.as_bytes()),
            no_comment_end: false,
            unclosed: [false; UNREAD.len()],
        }
    }

    /// The markup that starts with the `<` at `at`, or `None` if it is text.
    fn markup(&mut self, at: usize) -> Option<Markup> {
        let bytes = self.text.as_bytes();
        let rest = &bytes[at..];
        if self.last_close.is_none_or(|last| last < at) {
            return None;
        }
        if rest.starts_with(b"<!--") {
            if self.no_comment_end {
                return None;
            }
            let Some(length) = memmem::find(&rest[4..], b"-->") else {
                self.no_comment_end = true;
                return None;
            };
            return Some(Markup {
                end: at + 4 + length + 3,
                place: Place::Nothing,
                preformatted: None,
            });
        }
        if rest.starts_with(b"<![CDATA[") {
            return Some(Markup {
                end: at + 9,
                place: Place::Nothing,
                preformatted: None,
            });
        }
        let closing = rest.get(1) == Some(&b'/');
        let name_at = if closing { 2 } else { 1 };
        match rest.get(name_at) {
            Some(b'!' | b'?') if !closing => {
                let end = at + memchr(b'>', rest)? + 1;
                return Some(Markup {
                    end,
                    place: Place::Nothing,
                    preformatted: None,
                });
            }
            Some(first) if first.is_ascii_alphabetic() => {}
            _ => return None,
        }
        let name_len = rest[name_at..]
            .iter()
            .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b':')))?;
        let name = self.text.get(at + name_at..at + name_at + name_len)?;
        // `<name@example.org>` and `<https://…>` are text; a tag's name ends so:
        if !matches!(
            rest.get(name_at + name_len)?,
            b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r'
        ) {
            return None;
        }
        // Ticker symbols (`<IBM>`) and arithmetic (`a<b and c>d`) are text: a tag has a known name, or
        // a prefix or hyphen as the names of other vocabularies have.
        let known = ELEMENTS
            .binary_search(&name.to_ascii_lowercase().as_str())
            .is_ok();
        if name.ends_with(':') || !(known || name.contains([':', '-'])) {
            return None;
        }
        let mut end = at + tag_len(rest)?;
        let is = |names: &[&str]| names.iter().any(|n| name.eq_ignore_ascii_case(n));
        if !closing && let Some(which) = UNREAD.iter().position(|n| name.eq_ignore_ascii_case(n)) {
            end = self.unread_end(which, end).unwrap_or(end);
        }
        let place = if is(PARAGRAPHS) {
            Place::Paragraph
        } else if is(LINES) {
            Place::Line
        } else if is(SPACES) {
            Place::Space
        } else {
            Place::Nothing
        };
        let preformatted = name.eq_ignore_ascii_case("pre").then_some(!closing);
        Some(Markup {
            end,
            place,
            preformatted,
        })
    }

    /// The end of the element `UNREAD[which]` whose start tag ends at `from`.
    fn unread_end(&mut self, which: usize, from: usize) -> Option<usize> {
        if self.unclosed[which] {
            return None;
        }
        let bytes = self.text.as_bytes();
        let name = UNREAD[which].as_bytes();
        for close in memmem::find_iter(&bytes[from..], b"</") {
            let at = from + close + 2;
            if bytes
                .get(at..at + name.len())
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
            {
                return memchr(b'>', &bytes[at..]).map(|length| at + length + 1);
            }
        }
        self.unclosed[which] = true;
        None
    }
}

/// The length of the tag that `rest` starts with, honoring quoted attributes where they close.
fn tag_len(rest: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (offset, &byte) in rest.iter().enumerate().take(MAX_TAG_BYTES) {
        match (quote, byte) {
            (None, b'>') => return Some(offset + 1),
            // A quote counts only where an attribute's value starts.
            (None, b'"' | b'\'') if offset > 0 && rest[offset - 1] == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    memchr(b'>', rest).map(|offset| offset + 1)
}

/// Whether the text has tags that break lines: then its own line ends are mere white space.
fn has_blocks(text: &str) -> bool {
    let mut reader = Reader::new(text);
    let mut at = 0;
    while let Some(offset) = memchr(b'<', &text.as_bytes()[at..]) {
        at += offset;
        match reader.markup(at) {
            Some(markup) if matches!(markup.place, Place::Line | Place::Paragraph) => return true,
            Some(markup) => at = markup.end,
            None => at += 1,
        }
    }
    false
}

impl Pass for Html {
    fn is_needed(&self, text: &str) -> bool {
        memchr2(b'<', b'&', text.as_bytes()).is_some()
    }

    fn run<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R) {
        let bytes = text.as_bytes();
        let mut reader = Reader::new(text);
        let joins_lines = has_blocks(text);
        let base = out.len();
        let mut preformatted = false;
        let mut at = 0;
        while at < bytes.len() {
            let next = at + memchr2(b'<', b'&', &bytes[at..]).unwrap_or(bytes.len() - at);
            copy(
                text,
                at..next,
                joins_lines && !preformatted,
                base,
                out,
                recorder,
            );
            at = next;
            match bytes.get(at) {
                Some(b'<') => {
                    if let Some(markup) = reader.markup(at) {
                        preformatted = markup.preformatted.unwrap_or(preformatted);
                        let from = out.len();
                        out.push_str(missing(&out[base..], markup.place));
                        recorder.replaced(from - base, out.len() - from, at..markup.end);
                        at = markup.end;
                        continue;
                    }
                }
                Some(b'&') => {
                    if let Some((decoded, end)) = entity(text, at) {
                        recorder.replaced(out.len() - base, decoded.len(), at..end);
                        out.push_str(&decoded);
                        at = end;
                        continue;
                    }
                }
                _ => break,
            }
            recorder.copied(out.len() - base, at, 1);
            out.push_str(&text[at..=at]);
            at += 1;
        }
    }
}

/// Copies plain text; line ends become spaces where tags make the lines.
fn copy<R: Recorder>(
    text: &str,
    range: std::ops::Range<usize>,
    joins_lines: bool,
    base: usize,
    out: &mut String,
    recorder: &mut R,
) {
    recorder.copied(out.len() - base, range.start, range.len());
    let piece = &text[range];
    if !joins_lines {
        out.push_str(piece);
        return;
    }
    for (index, line) in piece.split(['\n', '\r']).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(line);
    }
}

/// What must be added to `written` so that it ends as `place` asks.
fn missing(written: &str, place: Place) -> &'static str {
    let lines = written.trim_end_matches([' ', '\t']);
    match place {
        Place::Nothing => "",
        _ if lines.is_empty() => "",
        Place::Space => " ",
        Place::Line if lines.ends_with('\n') => "",
        Place::Line => "\n",
        Place::Paragraph if lines.ends_with("\n\n") => "",
        Place::Paragraph if lines.ends_with('\n') => "\n",
        Place::Paragraph => "\n\n",
    }
}

/// The text of the entity that starts with the `&` at `at`, and where it ends.
fn entity(text: &str, at: usize) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let name = bytes[at + 1..]
        .iter()
        .take(MAX_ENTITY_BYTES)
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'#')
        .count();
    let mut end = at + 1 + name;
    if bytes.get(end) == Some(&b';') {
        end += 1;
    }
    let source = text.get(at..end)?;
    let decoded = htmlize::unescape(source);
    (decoded != source).then(|| (decoded.into_owned(), end))
}

/// Elements of the HTML standard, obsolete ones too, and the common ones of SVG; sorted.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "circle",
    "cite",
    "code",
    "col",
    "colgroup",
    "content",
    "data",
    "datalist",
    "dd",
    "defs",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fencedframe",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "image",
    "img",
    "input",
    "ins",
    "isindex",
    "kbd",
    "keygen",
    "label",
    "legend",
    "li",
    "line",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "menuitem",
    "meta",
    "meter",
    "multicol",
    "nav",
    "nextid",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "path",
    "picture",
    "plaintext",
    "polygon",
    "polyline",
    "portal",
    "pre",
    "progress",
    "q",
    "rb",
    "rbc",
    "rect",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "selectedcontent",
    "shadow",
    "slot",
    "small",
    "source",
    "spacer",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "use",
    "var",
    "video",
    "wbr",
    "xmp",
];
