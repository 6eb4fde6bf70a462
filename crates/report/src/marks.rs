//! Where a shown text is marked: places in it as a script counts them.

use serde::Serialize;
use wirefold::relation::{Novel, Passage, PassageKind, without_overlaps};

/// A text cut to what is shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown<'t> {
    pub(crate) text: &'t str,
    /// Bytes that are not shown.
    pub(crate) left_out: usize,
}

impl<'t> Shown<'t> {
    /// The first `most` bytes of a text, or a few less where a character would be cut.
    pub(crate) fn of(text: &'t str, most: usize) -> Self {
        let end = boundary(text, most);
        Self {
            text: &text[..end],
            left_out: text.len() - end,
        }
    }
}

/// The last place up to `at` where a character begins or the text ends.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A marked stretch of a text: where it begins and ends in UTF-16 code units, the number of its passage, and
/// its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Mark(u32, u32, u32, Kind);

/// What a marked stretch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Verbatim,
    Similar,
    Quotation,
    Rewritten,
    New,
}

/// The marks of one side of a pair, ascending and without overlaps: its passages, numbered from 1, and what is
/// new in it.
pub(crate) fn marks(
    text: &str,
    passages: &[Passage],
    side: fn(&Passage) -> (u64, u64),
    novel: Option<&Novel>,
) -> Vec<Mark> {
    let mut ranges: Vec<(usize, usize, u32, Kind)> = without_overlaps(passages, side)
        .into_iter()
        .map(|(at, range)| {
            let kind = match passages[at].kind {
                PassageKind::Verbatim => Kind::Verbatim,
                PassageKind::Quotation => Kind::Quotation,
                PassageKind::Rewritten => Kind::Rewritten,
                _ => Kind::Similar,
            };
            (range.start, range.end, at as u32 + 1, kind)
        })
        .collect();
    // What is not shown costs nothing.
    ranges.retain(|&(start, ..)| start < text.len());
    for &(start, end) in novel.map_or(&[][..], |novel| &novel.spans) {
        let (start, end) = (start as usize, end as usize);
        if start >= text.len() {
            break;
        }
        let clear = |&(from, to, ..): &(usize, usize, u32, Kind)| to <= start || end <= from;
        if ranges.iter().all(clear) {
            ranges.push((start, end, 0, Kind::New));
        }
    }
    ranges.sort_unstable_by_key(|&(start, ..)| start);
    in_code_units(text, &ranges)
}

/// Byte ranges, ascending, as ranges of UTF-16 code units; what lies behind the end of `text` is left out.
fn in_code_units(text: &str, ranges: &[(usize, usize, u32, Kind)]) -> Vec<Mark> {
    let (mut byte, mut units) = (0, 0);
    let mut unit_of = |at: usize| {
        let at = boundary(text, at);
        if at > byte {
            units += text[byte..at].encode_utf16().count() as u32;
            byte = at;
        }
        units
    };
    let marks = ranges
        .iter()
        .map(|&(start, end, number, kind)| Mark(unit_of(start), unit_of(end), number, kind));
    marks.filter(|mark| mark.0 < mark.1).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn code_units_name_the_same_stretch(
            text in "[a𝒜é\\n ]{0,40}", cuts in prop::collection::vec(0usize..45, 6), most in 0usize..60,
        ) {
            let mut cuts: Vec<usize> = cuts
                .into_iter()
                .map(|at| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at))
                .collect();
            cuts.sort_unstable();
            let ranges: Vec<_> = cuts
                .chunks_exact(2)
                .map(|cut| (cut[0], cut[1], 1, Kind::Similar))
                .collect();
            let shown = Shown::of(&text, most);
            prop_assert!(shown.text.len() + shown.left_out == text.len() && shown.text.len() <= most);
            let units: Vec<u16> = shown.text.encode_utf16().collect();
            let marked: Vec<String> = in_code_units(shown.text, &ranges)
                .into_iter()
                .map(|Mark(start, end, ..)| {
                    String::from_utf16(&units[start as usize..end as usize]).unwrap()
                })
                .collect();
            let cut = |at: usize| at.min(shown.text.len());
            let wanted: Vec<&str> = ranges
                .iter()
                .map(|&(start, end, ..)| &shown.text[cut(start)..cut(end)])
                .filter(|range| !range.is_empty())
                .collect();
            prop_assert_eq!(marked, wanted);
        }
    }
}
