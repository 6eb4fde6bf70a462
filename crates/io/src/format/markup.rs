//! The text of marked-up content, NITF or XHTML, from its elements.

use super::xml::{Element, Node};

/// What stands between two pieces of text, the stronger the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Paragraph,
}

/// Elements that are paragraphs of their own, of XHTML and of NITF.
const PARAGRAPHS: &[&str] = &[
    "abstract",
    "address",
    "article",
    "aside",
    "blockquote",
    "block",
    "body",
    "bq",
    "byline",
    "caption",
    "center",
    "dateline",
    "div",
    "dl",
    "figcaption",
    "figure",
    "fn",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hl1",
    "hl2",
    "hr",
    "main",
    "nav",
    "nitf-table",
    "note",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tagline",
    "ul",
];
const LINES: &[&str] = &["br", "byttl", "dd", "dt", "li", "tr"];
const SPACES: &[&str] = &["td", "th"];
/// Elements whose content is not the story: for machines, or of the pictures beside it.
const UNREAD: &[&str] = &[
    "head",
    "iframe",
    "media",
    "nitf-table-metadata",
    "object",
    "script",
    "style",
    "svg",
    "template",
];

/// The text of an element: paragraphs are set apart by a blank line, rows and list items are lines,
/// cells stand side by side, and all other white space is one space.
pub(super) fn text(element: &Element) -> String {
    let mut writer = Writer {
        out: String::new(),
        gap: Gap::None,
        preformatted: false,
    };
    writer.children(element);
    writer.out
}

/// The text of an element on one line.
pub(super) fn line(element: &Element) -> Option<String> {
    let text = text(element);
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

struct Writer {
    out: String,
    /// What is due before the next piece.
    gap: Gap,
    preformatted: bool,
}

impl Writer {
    // As deep as elements may stand in each other, which the reader of XML bounds.
    fn children(&mut self, element: &Element) {
        for child in &element.children {
            match child {
                Node::Text(text) => self.text(text),
                Node::Element(child) => self.element(child),
            }
        }
    }

    fn element(&mut self, element: &Element) {
        let is = |name: &&str| element.name.eq_ignore_ascii_case(name);
        let among = |names: &[&str]| names.iter().any(is);
        if among(UNREAD) {
            return;
        }
        let gap = if among(PARAGRAPHS) {
            Gap::Paragraph
        } else if among(LINES) {
            Gap::Line
        } else if among(SPACES) {
            Gap::Space
        } else {
            Gap::None
        };
        self.gap = self.gap.max(gap);
        let outer = self.preformatted;
        self.preformatted |= is(&"pre");
        self.children(element);
        self.preformatted = outer;
        self.gap = self.gap.max(gap);
    }

    fn text(&mut self, text: &str) {
        if self.preformatted {
            self.lines(text);
            return;
        }
        let mut start = 0;
        for end in memchr::memchr3_iter(b'\t', b'\r', b'\n', text.as_bytes()) {
            self.words(&text[start..end]);
            self.gap = self.gap.max(Gap::Space);
            start = end + 1;
        }
        self.words(&text[start..]);
    }

    /// Text without line ends. What single spaces set apart is copied as one piece.
    fn words(&mut self, mut text: &str) {
        loop {
            let words = text.trim_start_matches(' ');
            if words.len() < text.len() {
                self.gap = self.gap.max(Gap::Space);
            }
            if words.is_empty() {
                return;
            }
            let end = memchr::memmem::find(words.as_bytes(), b"  ");
            let end = end.unwrap_or_else(|| words.trim_end_matches(' ').len());
            self.settle();
            self.out.push_str(&words[..end]);
            text = &words[end..];
        }
    }

    /// Text whose lines and spaces stay.
    fn lines(&mut self, text: &str) {
        for piece in text.split_inclusive([' ', '\t', '\r', '\n']) {
            let word = piece.trim_end_matches([' ', '\t', '\r', '\n']);
            if !word.is_empty() {
                self.settle();
                self.out.push_str(word);
            }
            let end = &piece[word.len()..];
            if end.contains('\n') {
                let gap = if self.gap >= Gap::Line {
                    Gap::Paragraph
                } else {
                    Gap::Line
                };
                self.gap = self.gap.max(gap);
            } else if !end.is_empty() && self.gap == Gap::None {
                self.out.push(' ');
            } else if !end.is_empty() {
                self.gap = self.gap.max(Gap::Space);
            }
        }
    }

    fn settle(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        if !self.out.is_empty() {
            self.out.push_str(match gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::xml::whole;
    use super::*;

    #[test]
    fn white_space_is_one_space() {
        for text_of in [
            "a b",
            " a  b ",
            "\t a\r\n \tb\n",
            "a \n b",
            "  a b",
            "a   b  ",
        ] {
            let root = whole(&format!("<b>x{text_of}<i> {text_of}</i>\u{a0}y</b>")).unwrap();
            let before = if text_of.starts_with('a') { "" } else { " " };
            let behind = if text_of.ends_with('b') { "" } else { " " };
            let words: Vec<&str> = text_of.split_ascii_whitespace().collect();
            let words = words.join(" ");
            assert_eq!(
                text(&root),
                format!("x{before}{words} {words}{behind}\u{a0}y"),
                "{text_of:?}"
            );
        }
    }

    #[test]
    fn structure_becomes_lines() {
        for (xml, expected) in [
            ("<b><p>One\n  two</p><p>three</p></b>", "One two\n\nthree"),
            ("<b>a <em>b</em>, c<br/>d</b>", "a b, c\nd"),
            ("<b><hl2>Head</hl2>\n<p>a</p></b>", "Head\n\na"),
            (
                "<b><p>a</p><media><media-caption>c</media-caption></media><p>b</p></b>",
                "a\n\nb",
            ),
            (
                "<b><table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>end</b>",
                "1 2\n3\n\nend",
            ),
            ("<b><pre>a  b\nc\n\nd</pre></b>", "a  b\nc\n\nd"),
            ("<b><p> </p><p/></b>", ""),
            (
                "<b>&#8220;Ice&rdquo; &amp; fog<![CDATA[ <x>]]></b>",
                "“Ice” & fog <x>",
            ),
        ] {
            assert_eq!(text(&whole(xml).unwrap()), expected, "{xml}");
        }
    }
}
