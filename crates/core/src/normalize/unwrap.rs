//! Hard-wrapped lines joined to paragraphs.

use icu_properties::CodePointMapData;
use icu_properties::props::Script;

use super::clean::Pass;
use super::offsets::Recorder;

/// Widths, in characters, at which text is taken as wrapped by a machine.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=100;

/// Joins the lines of a paragraph if each of them was broken only because the next word would not
/// have fitted: the mark of a fixed width. Poems, lists and tables do not look so and stay.
///
/// The width is that of the longest line of the text. A paragraph is what stands between blank
/// lines. Deciding by whole paragraphs makes the step idempotent: a joined paragraph is one line.
pub(super) struct Unwrap;

fn width(line: &str) -> usize {
    line.chars().count()
}

fn widest(text: &str) -> usize {
    text.lines().map(width).max().unwrap_or(0)
}

/// Whether every line break in `block` is forced by `widest`.
fn is_wrapped(block: &str, widest: usize) -> bool {
    let mut lines = block.lines();
    let Some(mut line) = lines.next() else {
        return false;
    };
    let mut breaks = 0;
    for next in lines {
        let word = next.split(' ').next().map_or(0, width);
        if is_item(next) || width(line) + 1 + word <= widest {
            return false;
        }
        line = next;
        breaks += 1;
    }
    breaks > 0
}

/// Whether a line starts as an item of a list does.
fn is_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['•', '·', '*', '‣', '▪'])
        || line.starts_with("- ")
        || line.starts_with("– ")
        || line.starts_with("— ")
        || (rest.len() < line.len() && (rest.starts_with(". ") || rest.starts_with(") ")))
}

/// What replaces the line end between two lines: nothing after a hyphen, which may belong to the
/// word and is kept, or between characters of scripts without spaces; else a space.
fn joint(before: &str, after: &str) -> &'static str {
    let last = before.chars().next_back();
    let hyphenated = before.ends_with('-')
        && before.chars().rev().nth(1).is_some_and(char::is_alphabetic)
        && after.chars().next().is_some_and(char::is_alphabetic);
    let unspaced = |c: Option<char>| {
        c.is_some_and(|c| {
            matches!(
                CodePointMapData::<Script>::new().get(c),
                Script::Han | Script::Hiragana | Script::Katakana | Script::Thai
            ) || matches!(c, '。' | '、' | '，' | '」' | '「')
        })
    };
    if hyphenated || (unspaced(last) && unspaced(after.chars().next())) {
        ""
    } else {
        " "
    }
}

impl Pass for Unwrap {
    fn is_needed(&self, text: &str) -> bool {
        let widest = widest(text);
        WIDTHS.contains(&widest) && text.split("\n\n").any(|block| is_wrapped(block, widest))
    }

    fn run<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R) {
        let base = out.len();
        let widest = widest(text);
        let mut joints = Vec::new();
        let mut at = 0;
        for block in text.split("\n\n") {
            let block_end = at + block.len();
            if WIDTHS.contains(&widest) && is_wrapped(block, widest) {
                let mut offset = at;
                let mut lines = block.split('\n').peekable();
                while let Some(line) = lines.next() {
                    offset += line.len();
                    if let Some(next) = lines.peek().filter(|next| !next.is_empty()) {
                        joints.push((offset, joint(line, next)));
                    }
                    offset += 1;
                }
            }
            at = block_end + 2;
        }
        let mut done = 0;
        for (offset, joint) in joints {
            recorder.copied(out.len() - base, done, offset - done);
            out.push_str(&text[done..offset]);
            // The space stands for the line feed, byte for byte.
            recorder.copied(out.len() - base, offset, joint.len());
            out.push_str(joint);
            done = offset + 1;
        }
        recorder.copied(out.len() - base, done, text.len() - done);
        out.push_str(&text[done..]);
    }
}
