//! A web page: what it says of itself, and its text without its own furniture.

use super::html;
use super::item::some;

/// Elements that are of the page and not of the story: ways to other pages, forms, programs.
const FURNITURE: &[&str] = &[
    "aside", "button", "dialog", "footer", "form", "header", "iframe", "menu", "nav", "noscript",
    "select", "svg", "template",
];
/// Elements whose content is no markup.
const RAW: &[&str] = &["script", "style", "textarea", "title"];
/// Elements that stand in no furniture: where one begins, furniture before it was never closed.
const STORY: &[&str] = &["article", "body", "main"];
/// Names under which pages say when they were published, the most exact first.
const DATES: &[&str] = &[
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.issued",
    "pubdate",
    "publishdate",
    "publish-date",
];

/// What a page says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) published: Option<String>,
    pub(super) byline: Option<String>,
    pub(super) text: String,
}

impl Page {
    /// Reads a page. Nothing is an error; what is no markup is text.
    pub(super) fn read(html: &str) -> Self {
        let mut reader = Reader {
            html,
            kept: String::with_capacity(html.len()),
            from: 0,
            cut: None,
            page: Page::default(),
            own_title: None,
            date_rank: usize::MAX,
        };
        reader.run();
        let own_title = reader.own_title;
        Page {
            title: reader.page.title.take().or(own_title),
            text: html::text(&reader.kept),
            ..reader.page
        }
    }
}

/// Furniture that was entered: what it is, how deep, and where it begins.
struct Cut {
    name: &'static str,
    depth: usize,
    from: usize,
}

struct Reader<'h> {
    html: &'h str,
    kept: String,
    /// What comes next to be kept.
    from: usize,
    cut: Option<Cut>,
    page: Page,
    own_title: Option<String>,
    date_rank: usize,
}

/// A tag: its name, whether it closes, its attributes as they stand, and where it ends.
struct Tag<'h> {
    name: &'h str,
    closing: bool,
    attributes: &'h str,
    end: usize,
}

impl<'h> Reader<'h> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'<', &self.html.as_bytes()[at..]) {
            let start = at + found;
            if self.html[start..].starts_with("<!--") {
                let end = self.html[start..].find("-->");
                at = end.map_or(self.html.len(), |end| start + end + 3);
                continue;
            }
            let Some(tag) = tag(self.html, start) else {
                at = start + 1;
                continue;
            };
            at = tag.end;
            self.tag(&tag, start);
            if !tag.closing
                && let Some(name) = RAW.iter().find(|name| tag.name.eq_ignore_ascii_case(name))
            {
                let end = closing(self.html, at, name);
                // It need not stand in a `<head>`, which is left out.
                if *name == "title" && self.cut.is_none() {
                    let title = html::line(&self.html[at..end]);
                    self.own_title = self.own_title.take().or(title);
                    self.kept.push_str(&self.html[self.from..start]);
                    self.from = end;
                }
                at = end;
            }
        }
        // What was never closed was no furniture.
        self.kept.push_str(&self.html[self.from..]);
    }

    fn tag(&mut self, tag: &Tag<'h>, start: usize) {
        let is = |name: &str| tag.name.eq_ignore_ascii_case(name);
        if let Some(cut) = &mut self.cut {
            if is(cut.name) {
                if tag.closing {
                    cut.depth -= 1;
                } else {
                    cut.depth += 1;
                }
                if cut.depth == 0 {
                    self.kept.push_str(&self.html[self.from..cut.from]);
                    self.kept.push_str("<p>");
                    self.from = tag.end;
                    self.cut = None;
                }
            } else if STORY.iter().any(|name| is(name)) {
                self.kept.push_str(&self.html[self.from..cut.from]);
                self.from = start;
                self.cut = None;
            }
            return;
        }
        if tag.closing {
            return;
        }
        if let Some(name) = FURNITURE.iter().find(|name| is(name)) {
            self.cut = Some(Cut {
                name,
                depth: 1,
                from: start,
            });
        } else if is("meta") {
            self.meta(tag.attributes);
        } else if is("html") && self.page.language.is_none() {
            self.page.language = attribute(tag.attributes, "lang");
        }
    }

    fn meta(&mut self, attributes: &str) {
        let named = attribute(attributes, "property")
            .or_else(|| attribute(attributes, "name"))
            .or_else(|| attribute(attributes, "itemprop"));
        let Some(name) = named else {
            return;
        };
        let name = name.to_ascii_lowercase();
        let content = || attribute(attributes, "content");
        match &*name {
            "og:title" if self.page.title.is_none() => {
                self.page.title = content().as_deref().and_then(html::line);
            }
            "author" | "dc.creator" if self.page.byline.is_none() => {
                self.page.byline = content().as_deref().and_then(html::line);
            }
            name => {
                let rank = DATES.iter().position(|date| *date == name);
                if let Some(rank) = rank.filter(|&rank| rank < self.date_rank)
                    && let Some(date) = content()
                {
                    self.page.published = Some(date);
                    self.date_rank = rank;
                }
            }
        }
    }
}

/// The tag that begins at a `<`; nothing if none does.
fn tag(html: &str, start: usize) -> Option<Tag<'_>> {
    let bytes = html.as_bytes();
    let closing = bytes.get(start + 1) == Some(&b'/');
    let from = start + 1 + usize::from(closing);
    if !bytes.get(from)?.is_ascii_alphabetic() {
        return None;
    }
    let rest = &bytes[from..];
    let named = rest
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))?;
    let mut at = named;
    let mut quote = None;
    // Quotation marks hide a `>`, within bounds, for they may never be closed.
    while let Some(&byte) = rest.get(at) {
        match (quote, byte) {
            (None, b'>') => break,
            (None, b'"' | b'\'') if rest.get(at.wrapping_sub(1)) == Some(&b'=') => {
                quote = Some(byte);
            }
            (Some(mark), byte) if mark == byte => quote = None,
            _ => {}
        }
        at += 1;
        if at - named > MAX_TAG_BYTES {
            at = named + memchr::memchr(b'>', &rest[named..])?;
            break;
        }
    }
    let end = (at < rest.len()).then_some(from + at)?;
    Some(Tag {
        name: &html[from..from + named],
        closing,
        attributes: html.get(from + named..end)?,
        end: end + 1,
    })
}

/// Longest stretch in which the quotation marks of a tag are honored.
const MAX_TAG_BYTES: usize = 1 << 14;

/// Where an element that holds no markup is closed.
fn closing(html: &str, from: usize, name: &str) -> usize {
    let bytes = html.as_bytes();
    let mut at = from;
    while let Some(found) = memchr::memmem::find(&bytes[at..], b"</") {
        let start = at + found;
        let own = bytes.get(start + 2..start + 2 + name.len());
        if own.is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes())) {
            return start;
        }
        at = start + 2;
    }
    html.len()
}

/// The value of an attribute, entities read.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let own = &rest[..end];
        rest = rest[end..].trim_ascii_start();
        let mut value = "";
        if let Some(given) = rest.strip_prefix('=') {
            let given = given.trim_ascii_start();
            let mark = given.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = match mark {
                Some(mark) => given[1..].split_once(mark).unwrap_or((&given[1..], "")),
                None => given.split_at(
                    given
                        .find(|c: char| c.is_ascii_whitespace())
                        .unwrap_or(given.len()),
                ),
            };
        } else if end == 0 {
            return None;
        }
        if own.eq_ignore_ascii_case(name) {
            return some(htmlize::unescape(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn furniture_of_the_page_is_left_out() {
        let page = Page::read(
            "<!DOCTYPE html><HTML lang=\"de\"><head><title>Ice &amp; fog | Site</title>\
             <meta property='og:title' content='Ice &quot;thick&quot;'/>\
             <meta name=date content=2031-03-15>\
             <meta content=\"2031-03-14T08:00:00Z\" property=\"article:published_time\">\
             <style>p > a {}</style></head><body><header>Site <nav><a>News</a></nav></header>\
             <nav>Home</nav><main><h1>Ice</h1><p>One.<script>if (a < b) {'</p>'}</script>\
             <p>Two.<!-- <p>no --><aside>More</aside></main><footer>Imprint</footer></body>",
        );
        assert_eq!(page.title.as_deref(), Some("Ice \"thick\""));
        assert_eq!(page.language.as_deref(), Some("de"));
        assert_eq!(page.published.as_deref(), Some("2031-03-14T08:00:00Z"));
        assert_eq!(page.text, "Ice\n\nOne.\n\nTwo.");
    }

    #[test]
    fn furniture_that_is_never_closed_swallows_no_story() {
        for (html, expected) in [
            ("<header>Site<main><p>One.</main>", "One."),
            ("<p>One.<nav>Two.", "One.\nTwo."),
            ("<nav><nav>A</nav></nav>One.", "One."),
            ("</nav></header>One.", "One."),
            ("One < two", "One < two"),
            ("<p title='a>b'>One.", "One."),
            ("<title>T", ""),
            ("<", "<"),
        ] {
            let text = Page::read(html).text;
            assert_eq!(text.replace("\n\n", "\n"), expected, "{html}");
        }
    }
}
