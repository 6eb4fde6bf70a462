//! The text of HTML that stands in a field.

use std::borrow::Cow;
use std::sync::LazyLock;
use wirefold::normalize::{CleanOptions, Cleaner};

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| {
    Cleaner::new(CleanOptions {
        html: true,
        ..CleanOptions::NONE
    })
});

/// The text of HTML: paragraphs are set apart by a blank line.
pub(super) fn text(html: &str) -> String {
    // Line ends of the source count only where no tag makes lines. Here one does.
    tidy(&CLEANER.clean(&format!("<p>{html}")))
}

/// The text of what may be HTML or plain: lines stay where no tag makes them.
pub(super) fn maybe(text: &str) -> String {
    tidy(&CLEANER.clean(text))
}

/// Plain text with its entities and tags, if any, taken out, on one line.
pub(super) fn line(text: &str) -> Option<String> {
    let clean = if text.contains(['<', '&']) {
        CLEANER.clean(text)
    } else {
        Cow::Borrowed(text)
    };
    let words: Vec<&str> = clean.split([' ', '\t', '\r', '\n']).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Text without space at the ends of lines, without runs of spaces, and with one blank line at most
/// between two others.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for written in text.split('\n') {
        let written = written.trim_matches(SPACES);
        if written.is_empty() {
            blank = true;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        if is_tidy(written.as_bytes()) {
            out.push_str(written);
            continue;
        }
        let words = written.split(SPACES).filter(|word| !word.is_empty());
        for (at, word) in words.enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// What sets words of a line apart.
const SPACES: [char; 3] = [' ', '\t', '\r'];

/// Whether nothing but single spaces sets the words of a line apart. Without a branch in it, so that many
/// bytes are looked at together.
fn is_tidy(line: &[u8]) -> bool {
    let is = |byte: &u8, wanted: u8| u8::from(*byte == wanted);
    let pairs = line.iter().zip(line.get(1..).unwrap_or_default());
    let twice = pairs.fold(0, |any, (byte, next)| any | is(byte, b' ') & is(next, b' '));
    let other = line
        .iter()
        .fold(0, |any, byte| any | is(byte, b'\t') | is(byte, b'\r'));
    twice | other == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_lines() {
        assert_eq!(
            text("<p>Ice is\n  thick.</p><p>One<br/>two &amp; three</p>\n"),
            "Ice is thick.\n\nOne\ntwo & three"
        );
        assert_eq!(text("wrapped\n   by hand"), "wrapped by hand");
        assert_eq!(maybe("kept \nby hand"), "kept\nby hand");
        assert_eq!(tidy("\r\n a  b\tc \n\n\r\nd e\n f\r"), "a b c\n\nd e\nf");
        assert_eq!(
            line(" AT&amp;T\n <b>rises</b> ").as_deref(),
            Some("AT&T rises")
        );
        assert_eq!(line(" \n"), None);
        assert_eq!(
            text("<script>x()</script><table><tr><td>a</td><td>b</td></tr></table>"),
            "a b"
        );
    }
}
