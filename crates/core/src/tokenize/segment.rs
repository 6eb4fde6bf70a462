//! Word boundaries by UAX #29 (Unicode 17), the general path for any script.

use super::class::{Class, wb};

/// The end of the UAX #29 word segment that starts at byte `start`, which must be the start of a
/// segment, or 0. Linear over a whole text: each character is looked at a bounded number of times.
///
/// # Panics
/// If `start` is past the end or inside a character.
pub fn next_boundary(text: &str, start: usize) -> usize {
    segment(text, start).0
}

/// All boundaries of `text`, 0 and its length included; none for the empty text (WB1 and WB2
/// break only where there is text).
pub fn boundaries(text: &str) -> Vec<usize> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut found = vec![0];
    let mut at = 0;
    while at < text.len() {
        at = next_boundary(text, at);
        found.push(at);
    }
    found
}

/// The segment's end, and whether it holds a letter, digit or character of an unspaced script.
pub(super) fn segment(text: &str, start: usize) -> (usize, bool) {
    let rest = &text[start..];
    let mut chars = rest.char_indices().map(|(i, c)| (start + i, Class::of(c)));
    let Some((_, first)) = chars.next() else {
        return (start, false);
    };
    // WB3, WB3a: line ends stand alone, CR LF together.
    match first.value() {
        wb::CR => {
            return (
                start + 1 + usize::from(rest.as_bytes().get(1) == Some(&b'\n')),
                false,
            );
        }
        wb::LF | wb::NEWLINE => return (start + first_len(rest), false),
        _ => {}
    }
    let mut wordlike = first.is_wordlike();
    // The last class that rule WB4 does not ignore, and the class just before.
    let mut left = first;
    let mut previous = first;
    let mut regional = usize::from(first.value() == wb::REGIONAL);
    while let Some((at, class)) = chars.next() {
        let value = class.value();
        if matches!(value, wb::CR | wb::LF | wb::NEWLINE) {
            return (at, wordlike);
        }
        // WB3c and WB3d look at the character just before; WB4 hides some from the other rules.
        let pictograph = previous.value() == wb::ZWJ && class.is_pictographic();
        let spaces = previous.value() == wb::SPACE && value == wb::SPACE;
        if class.is_extending() && !spaces && !pictograph {
            previous = class;
            continue;
        }
        let joined = pictograph || spaces || joins(left.value(), value, regional);
        if !joined {
            if !bridges(left.value(), value) {
                return (at, wordlike);
            }
            // WB6, WB7b, WB12: the mark joins if what follows it is of the same kind.
            let mut ahead = chars.clone();
            let next = ahead.find(|(_, c)| !c.is_extending());
            match next {
                Some((_, next)) if bridge_holds(left.value(), value, next.value()) => {
                    wordlike |= next.is_wordlike();
                    left = next;
                    previous = next;
                    chars = ahead;
                    continue;
                }
                _ => return (at, wordlike),
            }
        }
        wordlike |= class.is_wordlike();
        regional = if value == wb::REGIONAL {
            regional + 1
        } else {
            0
        };
        left = class;
        previous = class;
    }
    (text.len(), wordlike)
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn is_letter(value: u8) -> bool {
    matches!(value, wb::LETTER | wb::HEBREW)
}

/// WB5, `WB7a`, WB8-WB10, WB13-WB13b, WB15, WB16: rules that look at two classes only.
fn joins(left: u8, right: u8, regional: usize) -> bool {
    let alphanumeric = |v| is_letter(v) || v == wb::NUMERIC;
    match (left, right) {
        (l, r) if alphanumeric(l) && alphanumeric(r) => true,
        (wb::HEBREW, wb::SINGLE_QUOTE) | (wb::KATAKANA | wb::EXTEND_NUM_LET, wb::KATAKANA) => true,
        (l, wb::EXTEND_NUM_LET) => {
            alphanumeric(l) || matches!(l, wb::KATAKANA | wb::EXTEND_NUM_LET)
        }
        (wb::EXTEND_NUM_LET, r) => alphanumeric(r),
        (wb::REGIONAL, wb::REGIONAL) => regional % 2 == 1,
        _ => false,
    }
}

/// Whether `mark` may stand inside a word after `left`, if the right thing follows.
fn bridges(left: u8, mark: u8) -> bool {
    match mark {
        wb::MID_NUM_LET | wb::SINGLE_QUOTE => is_letter(left) || left == wb::NUMERIC,
        wb::MID_LETTER => is_letter(left),
        wb::MID_NUM => left == wb::NUMERIC,
        wb::DOUBLE_QUOTE => left == wb::HEBREW,
        _ => false,
    }
}

/// The second half of [`bridges`]: what stands after the mark.
fn bridge_holds(left: u8, mark: u8, right: u8) -> bool {
    if mark == wb::DOUBLE_QUOTE {
        return right == wb::HEBREW;
    }
    if is_letter(left) {
        is_letter(right)
    } else {
        right == wb::NUMERIC
    }
}
