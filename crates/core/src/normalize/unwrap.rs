//! Hard-wrapped lines joined to paragraphs.

use icu_properties::CodePointMapData;
use icu_properties::props::Script;

use super::clean::Pass;
use super::offsets::Recorder;

/// Widths, in characters, at which text is taken as wrapped by a machine.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=100;

/// Joins the lines of a paragraph that was wrapped at a fixed width. A paragraph is what stands
/// between blank lines; it was wrapped if its widest line is of such a width and each line but the
/// last comes near it, as words allow. Lists stay, and verse whose lines differ in length.
///
/// Each paragraph is judged by itself, and joined it is one line: doing it twice changes nothing.
pub(super) struct Unwrap;

fn width(line: &str) -> usize {
    line.chars().count()
}

/// The least width of a broken line, in tenths of the widest of its paragraph: wire copy is edited
/// after it was wrapped, so that some lines are short by a word or two.
const NEAR_TENTHS: usize = 7;

fn is_wrapped(block: &str) -> bool {
    let lines: Vec<&str> = block.lines().collect();
    let widest = lines.iter().map(|line| width(line)).max().unwrap_or(0);
    if lines.len() < 2 || !WIDTHS.contains(&widest) {
        return false;
    }
    let full = |line: &&str| 10 * width(line) >= NEAR_TENTHS * widest;
    let broken = &lines[..lines.len() - 1];
    // Of two lines, the first may be a headline or a line of its own.
    let apart = lines.len() == 2 && lines[0].ends_with(['.', '!', '?', ':', '"', '”']);
    !apart && broken.iter().all(full) && !lines[1..].iter().any(|line| is_item(line))
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
        text.split("\n\n").any(is_wrapped)
    }

    fn run<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R) {
        let base = out.len();
        let mut joints = Vec::new();
        let mut at = 0;
        for block in text.split("\n\n") {
            let block_end = at + block.len();
            if is_wrapped(block) {
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
