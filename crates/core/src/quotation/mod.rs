//! Direct speech: quotations in text, whatever their marks.
//!
//! In goes any text; out come its quotations as byte spans of that text, in order of their
//! beginning. What counts is the pair of marks, not what stands between them: statements, single
//! words held at a distance and titles are all found, and the caller chooses by length or place.
//!
//! Three steps. `paragraph` cuts the text, since an unclosed quotation ends with its paragraph,
//! unless one of the next four has a closing mark that nothing else opened; `mark` finds the marks
//! and tells from their neighbors what they can be, which is where apostrophes, feet and inches
//! fall away; `pairing` joins them with a stack. Each step is linear in the length of the text,
//! whatever the text.
//!
//! The conventions of the languages differ and contradict each other (“ opens in English and
//! closes in German, » opens in French copy and closes in it too), and real copy mixes them; so no
//! language is assumed, and what the opening mark and the neighbors say decides.

mod mark;
mod pairing;
mod paragraph;

use std::ops::Range;

/// A quotation, as byte spans of the text it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// From the opening mark to the closing one, both included. Without a closing mark: to the end
    /// of `inner`.
    pub outer: Range<usize>,
    /// What is said: between the marks, without white space at either end. Never empty.
    pub inner: Range<usize>,
    /// The kind of the opening mark.
    pub marks: Marks,
    /// How it ends.
    pub ending: Ending,
    /// The same speech goes on from the quotation before it at this depth, which was left open
    /// ([`Ending::Reopened`]) at the end of the paragraph before.
    pub continues: bool,
    /// How many other quotations it lies in.
    pub depth: usize,
}

/// The kind of mark that opens a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Marks {
    /// `“` or `‟`, as in “yes”.
    Double,
    /// `”` first, as in Swedish ”ja”, and where a mark is the wrong way round.
    DoubleRight,
    /// `"`, `״`, and two apostrophes.
    DoubleStraight,
    /// `„` or two commas, as in German „ja“ and Polish „tak”.
    DoubleLow,
    /// Two backticks or two `‘`, as in ``` ``yes'' ```.
    DoubleBacktick,
    /// `＂`, and the marks `〝` and `〟` of Japanese.
    DoubleWide,
    /// `‘` or `‛`.
    Single,
    /// `’` first, as in Swedish.
    SingleRight,
    /// `'`.
    SingleStraight,
    /// `‚`.
    SingleLow,
    /// A backtick or an acute accent.
    SingleBacktick,
    /// `«`, as in French « oui ».
    Guillemet,
    /// `»` first, as in German »ja« and Finnish »joo».
    GuillemetReversed,
    /// `‹`.
    SingleGuillemet,
    /// `›` first.
    SingleGuillemetReversed,
    /// `「` and its narrow and vertical forms.
    Corner,
    /// `『` and its vertical form.
    CornerWhite,
}

impl Marks {
    /// The name used in outputs, such as `double_low`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::DoubleRight => "double_right",
            Self::DoubleStraight => "double_straight",
            Self::DoubleLow => "double_low",
            Self::DoubleBacktick => "double_backtick",
            Self::DoubleWide => "double_wide",
            Self::Single => "single",
            Self::SingleRight => "single_right",
            Self::SingleStraight => "single_straight",
            Self::SingleLow => "single_low",
            Self::SingleBacktick => "single_backtick",
            Self::Guillemet => "guillemet",
            Self::GuillemetReversed => "guillemet_reversed",
            Self::SingleGuillemet => "single_guillemet",
            Self::SingleGuillemetReversed => "single_guillemet_reversed",
            Self::Corner => "corner",
            Self::CornerWhite => "corner_white",
        }
    }
}

/// How a quotation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// With a mark that some language's rules put with the opening one.
    Matched,
    /// With another mark: opened by “ and closed by ".
    Other,
    /// Without a mark at the end of a paragraph, and the next paragraph opens again.
    Reopened,
    /// Without a mark: at the end of the paragraph, of the quotation it lies in, or where the next
    /// one opens in the same paragraph.
    Missing,
}

impl Ending {
    /// The name used in outputs, such as `matched`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Other => "other",
            Self::Reopened => "reopened",
            Self::Missing => "missing",
        }
    }
}

/// The quotations of a text, in order of their opening marks; a nested one follows the one it
/// lies in.
///
/// # Examples
/// ```
/// use wirefold::quotation::{Ending, quotations};
/// let text = "“We don’t know,\" said Orla Penhallow. „Nein“, sagte Jost.";
/// let found = quotations(text);
/// assert_eq!(&text[found[0].inner.clone()], "We don’t know,");
/// assert_eq!(found[0].ending, Ending::Other);
/// assert_eq!(&text[found[1].outer.clone()], "„Nein“");
/// assert_eq!(found[1].ending, Ending::Matched);
/// ```
pub fn quotations(text: &str) -> Vec<Quotation> {
    let marks = mark::marks(text);
    if marks.is_empty() {
        return Vec::new();
    }
    pairing::pair(text, &marks, &paragraph::paragraphs(text))
}

/// Whether a quotation may begin in a text before byte `end`: never no where [`quotations`] has one that
/// does.
pub(crate) fn may_begin_before(text: &str, end: usize) -> bool {
    mark::next(text.as_bytes(), 0).is_some_and(|(mark, _)| mark.start < end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn before_the_first_mark_nothing_begins() {
        let text = "He said, “yes”.";
        assert!(!may_begin_before(text, 9));
        assert!(may_begin_before(text, 10));
        assert!(!may_begin_before("No, nobody.", 11));
    }

    proptest! {
        #[test]
        fn every_quotation_is_expected(text in "[ab ,.'`\"“”„»«‘’「」é\n]{0,24}") {
            for found in quotations(&text) {
                prop_assert!(may_begin_before(&text, found.outer.start + 1));
            }
        }
    }
}
