//! Furniture shown in the text, or taken out of it.

use std::borrow::Cow;

use super::Furniture;

/// The text with each piece of furniture as `⟦kind: piece⟧`.
///
/// `found` is what [`spans`](super::spans) gave for this text.
pub fn mark<'t>(text: &'t str, found: &[Furniture]) -> Cow<'t, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + found.len() * 16);
    let mut end = 0;
    for Furniture { kind, span } in found {
        out.push_str(&text[end..span.start]);
        out.push('⟦');
        out.push_str(kind.name());
        out.push_str(": ");
        out.push_str(&text[span.clone()]);
        out.push('⟧');
        end = span.end;
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

/// The text without its furniture, and without the blank lines that furniture would leave: a line
/// that held nothing else goes, and of the blank lines round it one side stays.
///
/// `found` is what [`spans`](super::spans) gave for this text.
pub fn strip<'t>(text: &'t str, found: &[Furniture]) -> Cow<'t, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut found = found.iter().peekable();
    let mut start = 0;
    // A line went, and the blank lines behind it go too if there is one before it.
    let mut gone = false;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let mut kept = String::new();
        let mut at = start;
        let mut cut = false;
        while let Some(piece) = found.next_if(|piece| piece.span.start < end) {
            kept.push_str(&text[at..piece.span.start]);
            at = piece.span.end;
            cut = true;
        }
        kept.push_str(&text[at..end]);
        start = end;
        if !cut {
            let doubled = out.is_empty() || out.ends_with("\n\n") || out.ends_with("\n\r\n");
            let blank = line.trim().is_empty();
            if !(blank && gone && doubled) {
                out.push_str(line);
                gone &= blank;
            }
        } else if kept.contains(|c: char| !c.is_whitespace()) {
            let body = kept.trim();
            out.push_str(body);
            out.push_str(&line[line.trim_end().len()..]);
            gone = false;
        } else {
            gone = true;
        }
    }
    if gone && found.peek().is_none() {
        // The last line went: neither blank lines before it nor a line end more than before stay.
        let last = if text.ends_with('\n') { "\n" } else { "" };
        let body = out.trim_end().len();
        out.truncate(body);
        if body > 0 {
            out.push_str(last);
        }
    }
    Cow::Owned(out)
}
