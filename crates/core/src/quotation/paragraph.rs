//! Paragraphs: one a line, or, in text wrapped by hand, what stands between blank or indented
//! lines.

use std::ops::Range;

/// Lines of wrapped text are not longer than this many bytes.
const WRAPPED_BYTES: usize = 120;

/// The paragraphs of a text that are not blank, without the white space around them.
pub(super) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let lines = lines(text);
    let wrapped = is_wrapped(text, &lines);
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    let mut follows_blank = true;
    for line in lines {
        let content = trimmed(text, line.clone());
        if content.is_empty() {
            follows_blank = true;
            continue;
        }
        let joins = !follows_blank
            && if wrapped {
                content.start == line.start
            } else {
                goes_on(text, &paragraphs, &content)
            };
        match paragraphs.last_mut() {
            Some(last) if joins => last.end = content.end,
            _ => paragraphs.push(content),
        }
        follows_blank = false;
    }
    paragraphs
}

/// Lines without their ends; U+2029 and U+2028 end lines too. A loop over bytes, for `str::split` would
/// decode each character.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut lines = Vec::new();
    let bytes = text.as_bytes();
    for at in memchr::memchr3_iter(b'\n', b'\r', 0xe2, bytes) {
        let length = match bytes[at..] {
            [b'\n' | b'\r', ..] => 1,
            [_, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => continue,
        };
        // Of \r\n, the first one ends the line, and the second is no blank line.
        if !(bytes[at] == b'\n' && at == start && text[..start].ends_with('\r')) {
            lines.push(start..at);
        }
        start = at + length;
    }
    if start < text.len() {
        lines.push(start..text.len());
    }
    lines
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let content = text[range.clone()].trim_start();
    let start = range.end - content.len();
    start..start + content.trim_end().len()
}

/// Whether lines end where the width is used up: they are short, and most of those with a line
/// below end within a sentence.
fn is_wrapped(text: &str, lines: &[Range<usize>]) -> bool {
    let (mut breaks, mut within) = (0, 0);
    for pair in lines.windows(2) {
        let above = text[pair[0].clone()].trim();
        if above.len() > WRAPPED_BYTES {
            return false;
        }
        if !above.is_empty() && !text[pair[1].clone()].trim().is_empty() {
            breaks += 1;
            within += usize::from(!ends_sentence(above));
        }
    }
    breaks >= 2 && within * 2 >= breaks
}

/// Whether a line starts within the sentence of the paragraph above.
fn goes_on(text: &str, paragraphs: &[Range<usize>], line: &Range<usize>) -> bool {
    let Some(above) = paragraphs.last() else {
        return false;
    };
    text[line.clone()].starts_with(char::is_lowercase) && !ends_sentence(&text[above.clone()])
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '\'', '”', '’', '“', '»', '«', ')', ']'])
        .ends_with(['.', '!', '?', ':', '…', '。', '！', '？', '؟', '।'])
}
