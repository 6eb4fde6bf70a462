//! Where forms can stand at all: pieces of their text, looked for in a whole text at once.
//!
//! A form is tried where a piece of it stands, so that a text without furniture is read once, by an
//! automaton (Aho, Corasick 1975), and hardly any form is tried in vain.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::form::lower;

/// The most bytes of a piece that the automaton sees; the rest is compared where it stops.
const MOST: usize = 8;

/// What a piece was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The beginning of a form that can stand within a line.
    Insert,
    /// A form that a line can end with, or that begins with a slot.
    Tail,
}

/// Pieces of forms, and the automaton that finds them.
#[derive(Debug, Clone, Default)]
pub(super) struct Needles {
    pieces: Vec<(Box<str>, Use)>,
    /// The piece of each pattern.
    piece_of: Vec<usize>,
    finder: Option<AhoCorasick>,
}

/// Where pieces stand in a text, ascending.
#[derive(Debug, Clone, Default)]
pub(super) struct Hits {
    pub(super) inserts: Vec<usize>,
    pub(super) tails: Vec<usize>,
}

/// The pieces of a form's text: what stands in a line as it stands here, but for case.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ':' | '\'' | '-' | '(' | ')'))
        .filter(|piece| !piece.is_empty())
}

impl Needles {
    pub(super) fn new(pieces: impl IntoIterator<Item = (Box<str>, Use)>) -> Self {
        let mut needles = Self {
            pieces: pieces.into_iter().collect(),
            ..Self::default()
        };
        needles
            .pieces
            .sort_unstable_by(|x, y| (&x.0, x.1 as u8).cmp(&(&y.0, y.1 as u8)));
        needles.pieces.dedup();
        let mut patterns = Vec::new();
        for (number, (piece, _)) in needles.pieces.iter().enumerate() {
            for pattern in patterns_of(piece) {
                patterns.push(pattern);
                needles.piece_of.push(number);
            }
        }
        // Patterns are few and short: building fails for none that fits in memory.
        needles.finder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&patterns)
            .ok();
        needles
    }

    /// Where the pieces stand in `text`.
    pub(super) fn find(&self, text: &str) -> Hits {
        let mut hits = Hits::default();
        let found = self
            .finder
            .iter()
            .flat_map(|finder| finder.find_overlapping_iter(text));
        for hit in found {
            let (piece, used) = &self.pieces[self.piece_of[hit.pattern().as_usize()]];
            if stands(piece, &text[hit.start()..]) {
                match used {
                    Use::Insert => hits.inserts.push(hit.start()),
                    Use::Tail => hits.tails.push(hit.start()),
                }
            }
        }
        // They come by where they end.
        hits.inserts.sort_unstable();
        hits.inserts.dedup();
        hits.tails.sort_unstable();
        hits.tails.dedup();
        hits
    }
}

/// Whether `rest` begins with the piece: capitals stand for themselves, small letters for either.
fn stands(piece: &str, rest: &str) -> bool {
    let mut rest = rest.chars();
    piece.chars().all(|wanted| {
        rest.next()
            .is_some_and(|found| found == wanted || wanted.is_lowercase() && lower(found) == wanted)
    })
}

/// What the automaton looks for: the beginning of the piece, in every case where it is not ASCII.
fn patterns_of(piece: &str) -> Vec<String> {
    let mut patterns = vec![String::new()];
    let mut wide = 0;
    for c in piece.chars() {
        if patterns[0].len() + c.len_utf8() > MOST {
            break;
        }
        let mut cases = vec![c];
        if !c.is_ascii() {
            if wide == 2 {
                break;
            }
            wide += 1;
            if c.is_lowercase() {
                let mut upper = c.to_uppercase();
                cases.extend(upper.next().filter(|_| upper.next().is_none()));
            }
        }
        patterns = patterns
            .iter()
            .flat_map(|pattern| cases.iter().map(move |case| format!("{pattern}{case}")))
            .collect();
    }
    patterns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_any_case_but_their_capitals() {
        let needles = Needles::new([
            ("contributed".into(), Use::Tail),
            ("SEE".into(), Use::Insert),
            ("Читайте".into(), Use::Insert),
            ("права".into(), Use::Tail),
            ("édité".into(), Use::Tail),
        ]);
        let text = "See SEE ContribuTed contribute ЧИТАЙТЕ Читают ПРАВА (Édité pra SEEN";
        let hits = needles.find(text);
        let at = |word: &str| text.find(word).unwrap();
        assert_eq!(hits.inserts, [at("SEE"), at("ЧИТАЙТЕ"), at("SEEN")]);
        assert_eq!(hits.tails, [at("ContribuTed"), at("ПРАВА"), at("Édité")]);
        assert!(Needles::new([]).find(text).tails.is_empty());
    }
}
