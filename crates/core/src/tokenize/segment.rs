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
        // A mark that WB7a joins may join what follows too.
        if (!joined || value == wb::SINGLE_QUOTE) && bridges(left.value(), value) {
            // WB6, WB7, WB7b, WB7c, WB11, WB12: the mark joins both sides if what follows it is of the same kind.
            let mut ahead = chars.clone();
            let next = ahead.find(|(_, c)| !c.is_extending());
            if let Some((_, next)) = next
                && bridge_holds(left.value(), value, next.value())
            {
                wordlike |= next.is_wordlike();
                left = next;
                previous = next;
                chars = ahead;
                continue;
            }
        }
        if !joined {
            return (at, wordlike);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Characters of every class, two of those that rules tell apart by what is beside them.
    const CHARACTERS: [char; 26] = [
        'a', 'ж', 'א', 'ש', '1', '٣', 'ア', '_', '\u{203f}', ':', ',', '.', '\'', '"', '\u{301}',
        '\u{ad}', '\u{200d}', ' ', '\u{3000}', '\r', '\n', '\u{85}', '🇦', '☺', 'ⓜ', '-',
    ];

    /// Boundaries by the rules of UAX #29 as they are written, one pair of characters after the other.
    fn by_the_rules(text: &str) -> Vec<usize> {
        let all: Vec<(usize, Class)> = text
            .char_indices()
            .map(|(at, c)| (at, Class::of(c)))
            .collect();
        let is_line_end = |value: u8| matches!(value, wb::CR | wb::LF | wb::NEWLINE);
        let mut found: Vec<usize> = all.first().map(|&(at, _)| at).into_iter().collect();
        for right in 1..all.len() {
            let class = |at: usize| all[at].1;
            let value = |at: usize| all[at].1.value();
            let (before, after) = (value(right - 1), value(right));
            // The characters that WB4 leaves, to the left and to the right.
            let leftwards = |from: usize| {
                let mut at = from;
                while class(at).is_extending() && at > 0 && !is_line_end(value(at - 1)) {
                    at -= 1;
                }
                at
            };
            let left = leftwards(right - 1);
            let second =
                (left > 0 && !is_line_end(value(left - 1))).then(|| value(leftwards(left - 1)));
            let next = (right + 1..all.len())
                .find(|&at| !class(at).is_extending())
                .map(value);
            let letter = |value: u8| matches!(value, wb::LETTER | wb::HEBREW);
            let quote = |value: u8| matches!(value, wb::MID_NUM_LET | wb::SINGLE_QUOTE);
            let (l, r) = (value(left), after);
            let regional = || {
                let mut count = 1;
                let mut at = left;
                while at > 0
                    && value(leftwards(at - 1)) == wb::REGIONAL
                    && !is_line_end(value(at - 1))
                {
                    at = leftwards(at - 1);
                    count += 1;
                }
                count
            };
            let joined = if before == wb::CR && after == wb::LF {
                true
            } else if is_line_end(before) || is_line_end(after) {
                false
            } else {
                before == wb::ZWJ && class(right).is_pictographic()
                    || before == wb::SPACE && after == wb::SPACE
                    || class(right).is_extending()
                    || letter(l) && letter(r)
                    || letter(l) && (r == wb::MID_LETTER || quote(r)) && next.is_some_and(letter)
                    || second.is_some_and(letter) && (l == wb::MID_LETTER || quote(l)) && letter(r)
                    || l == wb::HEBREW && r == wb::SINGLE_QUOTE
                    || l == wb::HEBREW && r == wb::DOUBLE_QUOTE && next == Some(wb::HEBREW)
                    || second == Some(wb::HEBREW) && l == wb::DOUBLE_QUOTE && r == wb::HEBREW
                    || l == wb::NUMERIC && r == wb::NUMERIC
                    || letter(l) && r == wb::NUMERIC
                    || l == wb::NUMERIC && letter(r)
                    || second == Some(wb::NUMERIC)
                        && (l == wb::MID_NUM || quote(l))
                        && r == wb::NUMERIC
                    || l == wb::NUMERIC
                        && (r == wb::MID_NUM || quote(r))
                        && next == Some(wb::NUMERIC)
                    || l == wb::KATAKANA && r == wb::KATAKANA
                    || (letter(l) || matches!(l, wb::NUMERIC | wb::KATAKANA | wb::EXTEND_NUM_LET))
                        && r == wb::EXTEND_NUM_LET
                    || l == wb::EXTEND_NUM_LET
                        && (letter(r) || matches!(r, wb::NUMERIC | wb::KATAKANA))
                    || l == wb::REGIONAL && r == wb::REGIONAL && regional() % 2 == 1
            };
            if !joined {
                found.push(all[right].0);
            }
        }
        found.extend(Some(text.len()).filter(|&end| end > 0));
        found
    }

    /// Found by the fuzz target `words`: a Hebrew letter takes a quotation mark behind it even where no letter
    /// follows (`WB7a`), but where one does the mark joins both.
    #[test]
    fn an_apostrophe_within_a_hebrew_word_is_part_of_it() {
        assert_eq!(boundaries("ג'ירפה"), [0, "ג'ירפה".len()]);
        assert_eq!(boundaries("ג'ורג' בא"), [0, 10, 11, 15]);
    }

    #[test]
    fn three_characters_are_cut_by_the_rules() {
        for a in CHARACTERS {
            for b in CHARACTERS {
                for c in CHARACTERS {
                    let text = String::from_iter([a, b, c]);
                    assert_eq!(boundaries(&text), by_the_rules(&text), "{text:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn texts_are_cut_by_the_rules(
            characters in prop::collection::vec(prop::sample::select(&CHARACTERS[..]), 0..24),
        ) {
            let text = String::from_iter(characters);
            prop_assert_eq!(boundaries(&text), by_the_rules(&text), "{:?}", text);
        }
    }
}
