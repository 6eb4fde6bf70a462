//! The format that the first bytes of a source show.

use crate::input::Format;
use encoding_rs::Encoding;
use std::borrow::Cow;

/// The format of a source by its ending, if that names one, and its first bytes.
pub(crate) fn named_or_told(named: Option<Format>, head: &[u8]) -> Format {
    if named.is_none_or(Format::is_columnar)
        && let Some(format) = of_magic(head)
    {
        return format;
    }
    if named.is_none() && is_zip(head) {
        return Format::Zip;
    }
    if named.is_none() && head.starts_with(WARC) {
        return Format::Warc;
    }
    let text = readable(head);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    match (named, first) {
        (Some(Format::JsonLines | Format::Json) | None, Some(b'{')) => {
            if is_ninjs(&text) {
                Format::Ninjs
            } else if named != Some(Format::JsonLines) && spans_lines(&text) {
                Format::Json
            } else {
                Format::JsonLines
            }
        }
        (Some(Format::Json) | None, Some(b'[')) => {
            let rest = text.trim_ascii_start().get(1..).unwrap_or_default();
            let member = rest.iter().find(|byte| !byte.is_ascii_whitespace());
            match member {
                Some(b'{') if is_ninjs(rest) => Format::Ninjs,
                Some(b'{' | b']') => Format::Json,
                _ => named.unwrap_or(Format::PlainText),
            }
        }
        // What is no JSON is told line by line.
        (Some(Format::Json), _) | (None, None) => Format::JsonLines,
        (Some(xml), Some(b'<')) if is_xml(xml) => of_root(&text).unwrap_or(xml),
        (Some(other), _) => other,
        (None, Some(b'<')) => of_root(&text).unwrap_or_else(|| {
            if text.trim_ascii_start().starts_with(b"<?xml") {
                Format::NewsMlG2
            } else {
                Format::PlainText
            }
        }),
        (None, Some(_)) => Format::PlainText,
    }
}

/// Whether more of a source would not change what it is taken for, as far as is worth waiting for.
pub(crate) fn tells_format(named: Option<Format>, head: &[u8]) -> bool {
    if named.is_none_or(Format::is_columnar) && of_magic(head).is_some() {
        return true;
    }
    let text = readable(head);
    let text = text.trim_ascii_start();
    match (named, text.first()) {
        (_, None) => false,
        (
            Some(
                Format::PlainText
                | Format::Csv
                | Format::Tsv
                | Format::Warc
                | Format::Tar
                | Format::Zip,
            ),
            _,
        ) => true,
        _ if head.len() < 8 && may_be_magic(head) => false,
        // Whoever writes lines writes whole ones.
        (_, Some(b'{')) => memchr::memchr(b'\n', text).is_some() && !spans_lines(text),
        (Some(Format::JsonLines), _) => true,
        (_, Some(b'[')) => false,
        (None, Some(b'P' | b'W')) => {
            let begins = |sign: &[u8]| head.len() < sign.len() && sign.starts_with(head);
            !begins(ZIP) && !begins(WARC)
        }
        (_, Some(b'<')) => root(text).is_some(),
        _ => true,
    }
}

/// The first bytes of a member of a zip archive; of an empty one, the end follows.
const ZIP: &[u8] = b"PK\x03\x04";

/// The first bytes of a record of a web archive.
const WARC: &[u8] = b"WARC/1.";

fn is_zip(head: &[u8]) -> bool {
    head.starts_with(ZIP) || head.starts_with(b"PK\x05\x06")
}

/// First bytes of Parquet and of an Arrow file, and what a message of an Arrow stream begins with.
const MAGIC: [(&[u8], Format); 3] = [
    (b"PAR1", Format::Parquet),
    (b"ARROW1\0\0", Format::Arrow),
    (&[0xff; 4], Format::Arrow),
];

/// The format of columns whose magic bytes a source begins with.
fn of_magic(head: &[u8]) -> Option<Format> {
    let known = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
    known.map(|&(_, format)| format)
}

/// Whether more bytes may make magic ones.
fn may_be_magic(head: &[u8]) -> bool {
    MAGIC.iter().any(|(magic, _)| magic.starts_with(head))
}

fn is_xml(format: Format) -> bool {
    matches!(
        format,
        Format::NewsMlG2 | Format::Nitf | Format::Rss | Format::Atom
    )
}

/// The head as UTF-8, if a byte order mark or the zeros of wide letters say that it is not.
fn readable(head: &[u8]) -> Cow<'_, [u8]> {
    let encoding = match (Encoding::for_bom(head), head) {
        (Some((encoding, mark)), _) if encoding == encoding_rs::UTF_8 => {
            return Cow::Borrowed(&head[mark..]);
        }
        (Some((encoding, _)), _) => encoding,
        (None, [b'<', 0, ..]) => encoding_rs::UTF_16LE,
        (None, [0, b'<', ..]) => encoding_rs::UTF_16BE,
        (None, _) => return Cow::Borrowed(head),
    };
    let text = encoding.decode_with_bom_removal(head).0;
    Cow::Owned(text.into_owned().into_bytes())
}

/// Whether a value that begins with a bracket has a line end in it, outside of its strings.
fn spans_lines(text: &[u8]) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for byte in text.trim_ascii_start() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return false;
                }
            }
            b'\n' => return depth > 0,
            _ => {}
        }
    }
    false
}

/// Fields of a ninjs item beside its `uri`, of which a feed of other make has none.
const NINJS: &[&str] = &[
    "$standard",
    "standard",
    "versioncreated",
    "versionCreated",
    "firstcreated",
    "firstCreated",
    "pubstatus",
    "pubStatus",
    "representationtype",
    "representationType",
    "body_xhtml",
    "bodies",
    "headlines",
];

/// Whether the first object has the fields of a ninjs item.
fn is_ninjs(text: &[u8]) -> bool {
    let names = top_names(text);
    let has = |name: &str| names.contains(&name.as_bytes());
    has("uri") && NINJS.iter().any(|name| has(name))
}

/// Names of the fields of the object that a text begins with, as far as it goes.
fn top_names(text: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    let mut depth = 0_u32;
    let mut at = 0;
    let mut named = None;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                let from = at + 1;
                at = from;
                while let Some(&byte) = text.get(at).filter(|&&byte| byte != b'"') {
                    at += if byte == b'\\' { 2 } else { 1 };
                }
                named = (depth == 1).then(|| text.get(from..at)).flatten();
            }
            b':' => names.extend(named.take()),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
        at += 1;
    }
    names
}

fn of_root(text: &[u8]) -> Option<Format> {
    match root(text)? {
        b"rss" | b"RDF" => Some(Format::Rss),
        b"feed" => Some(Format::Atom),
        b"nitf" => Some(Format::Nitf),
        b"newsItem" | b"packageItem" | b"newsMessage" | b"conceptItem" | b"knowledgeItem"
        | b"planningItem" | b"catalogItem" | b"NewsML" => Some(Format::NewsMlG2),
        _ => None,
    }
}

/// The name of the root element without its prefix.
fn root(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.trim_ascii_start();
    loop {
        let end = if rest.starts_with(b"<?") {
            memchr::memmem::find(rest, b"?>")? + 2
        } else if rest.starts_with(b"<!--") {
            memchr::memmem::find(rest, b"-->")? + 3
        } else if rest.starts_with(b"<!") {
            let close = memchr::memchr(b'>', rest)?;
            match memchr::memchr(b'[', &rest[..close]) {
                Some(open) => open + memchr::memmem::find(&rest[open..], b"]>")? + 2,
                None => close + 1,
            }
        } else {
            break;
        };
        rest = rest[end..].trim_ascii_start();
    }
    let name = rest.strip_prefix(b"<")?;
    let end = name
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))?;
    name[..end].rsplit(|&byte| byte == b':').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell() {
        for (head, format) in [
            ("", Format::JsonLines),
            ("{\"id\":1}\n{\"id\":2}\n", Format::JsonLines),
            ("{\n  \"id\": 1\n}", Format::Json),
            ("[{\"id\":1}]", Format::Json),
            ("[ ]", Format::Json),
            ("[Editor's note]", Format::PlainText),
            ("{\"uri\":\"a\",\"versioncreated\":\"b\"}", Format::Ninjs),
            (
                "[{\"uri\":\"a\",\"type\":\"text\",\"bodies\":[",
                Format::Ninjs,
            ),
            ("{\"uri\":\"a\",\"text\":\"b\"}", Format::JsonLines),
            ("{\"uri\":\"a\",\"x\":{\"bodies\":1}}", Format::JsonLines),
            (
                "<?xml version='1.0'?>\n<!-- a --><rss version='2.0'>",
                Format::Rss,
            ),
            ("<rdf:RDF xmlns='x'>", Format::Rss),
            ("<feed>", Format::Atom),
            (
                "<!DOCTYPE nitf SYSTEM 'nitf.dtd' [<!ENTITY a 'b'>]><nitf>",
                Format::Nitf,
            ),
            ("<newsMessage xmlns='x'>", Format::NewsMlG2),
            ("<p>A page</p>", Format::PlainText),
            ("Words", Format::PlainText),
        ] {
            assert_eq!(named_or_told(None, head.as_bytes()), format, "{head}");
            let wide: Vec<u8> = "\u{feff}"
                .encode_utf16()
                .chain(head.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect();
            assert_eq!(named_or_told(None, &wide), format, "{head}");
        }
        let lines = Some(Format::JsonLines);
        assert_eq!(named_or_told(lines, b"{\n\"id\":1}"), Format::JsonLines);
        assert_eq!(named_or_told(lines, b"[{}]"), Format::JsonLines);
        let text = Some(Format::PlainText);
        assert_eq!(named_or_told(text, b"<rss>"), Format::PlainText);
    }
}
