//! Where furniture stands in a text.

use std::ops::Range;

use super::ending::AFTER;
use super::link::is_links;
use super::names::NamesHere;
use super::table::{Place, Row};
use super::{Furniture, Kind, Table, seam};
use crate::quotation::{Ending, may_begin_before, quotations};

/// The longest line, and the longest tail of a line, in bytes that can be furniture as a whole.
const LONGEST: usize = 400;

/// The longest pointer and photo credit, in bytes.
const LONGEST_HEADLINE: usize = 240;

/// Openings of a paragraph that may follow each other: an advisory, a dateline and so on.
const MOST_OPENINGS: usize = 4;

/// Sentences at the end of a line that may be furniture.
const MOST_TAILS: usize = 3;

/// Beginnings of a tail that are tried.
const MOST_BOUNDARIES: usize = 12;

/// What may stand before a form at the beginning of a line.
const BEFORE: &[char] = &[
    '(', '[', '*', '-', '–', '—', '>', '•', '▶', '►', '|', '→', '■', ' ', '\t', '\u{a0}',
];

impl Table {
    /// The furniture of a text by this table, in order and without overlap; see
    /// [`spans`](super::spans).
    pub fn spans(&self, text: &str) -> Vec<Furniture> {
        spans_by(text, |line, fresh, each| {
            self.line(line, fresh).into_iter().for_each(each);
        })
    }

    /// The furniture of one line without white space at its ends.
    pub(super) fn line(&self, line: &str, fresh: bool) -> Vec<(Kind, Range<usize>)> {
        let mut found = Vec::new();
        let mut from = 0;
        if is_links(line) {
            return vec![(Kind::Pointer, 0..line.len())];
        }
        let tail = self.index().may_end(line);
        if let Some((kind, end)) = self.whole(line, tail) {
            found.push((kind, 0..end));
            from = end;
        } else if fresh {
            from = self.openings(line, &mut found);
        }
        if from < line.len() {
            let inserts = found.len();
            self.inserts(line, from, &mut found);
            let from = found[inserts..].last().map_or(from, |last| last.1.end);
            if tail {
                self.tails(line, from, &mut found);
            }
            found.sort_by_key(|(_, span)| span.start);
        }
        found
    }

    /// Whether a line without white space at its ends begins with furniture: what a line that is
    /// nothing else must do, and cheap to ask.
    pub(super) fn begins(&self, line: &str) -> bool {
        is_links(line)
            || self.whole(line, self.index().may_end(line)).is_some()
            || self.openings(line, &mut Vec::new()) > 0
    }

    /// The end of the furniture that the line begins with, if it can take the whole line. `tail` says
    /// whether a line can end with a form here.
    fn whole(&self, line: &str, tail: bool) -> Option<(Kind, usize)> {
        let rows = &self.index().whole;
        let bare = line.len() - line.trim_start_matches(BEFORE).len();
        let starts = [0, bare];
        for &at in &starts[..=usize::from(bare > 0)] {
            let rest = &line[at..];
            let mut names = NamesHere::default();
            let open = tail
                .then(|| rows.open(line, at, &mut names))
                .into_iter()
                .flatten();
            for row in self.rows(rows.literal(rest).chain(open)) {
                let end = match row.place {
                    Place::LineStart => row
                        .form
                        .end_at(line, at, &mut names, &|_| true)
                        .and_then(|_| extent(row, line, 0)),
                    Place::WholeLine | Place::LineEnd if line.len() <= LONGEST => row
                        .form
                        .end_at(line, at, &mut names, &|end| {
                            line[end..].trim_start_matches(AFTER).is_empty()
                        })
                        .map(|_| line.len()),
                    Place::WholeLine | Place::LineEnd | Place::ParagraphStart => None,
                };
                if let Some(end) = end {
                    return Some((row.kind, end));
                }
            }
        }
        None
    }

    /// Adds what the paragraph begins with; gives the offset behind it.
    fn openings(&self, line: &str, found: &mut Vec<(Kind, Range<usize>)>) -> usize {
        let rows = &self.index().openings;
        let mut at = 0;
        for _ in 0..MOST_OPENINGS {
            if at == line.len() {
                break;
            }
            let rest = &line[at..];
            let mut names = NamesHere::default();
            let open = rows.open(line, at, &mut names);
            let best = self
                .rows(rows.literal(rest).chain(open))
                .filter_map(|row| {
                    let fits = |end| row.kind != Kind::Dateline || opens(&line[end..]);
                    Some((row.form.end_at(line, at, &mut names, &fits)?, row.kind))
                })
                .max_by_key(|&(end, _)| end);
            let Some((end, kind)) = best else {
                break;
            };
            found.push((kind, at..end));
            at = line.len() - line[end..].trim_start().len();
        }
        at
    }

    /// Adds the pointers within a line, after `from`.
    fn inserts(&self, line: &str, from: usize, found: &mut Vec<(Kind, Range<usize>)>) {
        let index = self.index();
        let mut end = from;
        index.each_insert(line, from, |at| {
            if at >= end
                && let Some(last) = self.insert(line, from, at)
            {
                found.push((Kind::Pointer, at..last));
                end = last;
            }
        });
    }

    /// The end of the pointer that begins at `at` within a line.
    fn insert(&self, line: &str, from: usize, at: usize) -> Option<usize> {
        let mut rest = line[at..].chars();
        let c = rest.next().filter(|_| at > 0)?;
        let mut back = line[from.min(at)..at].chars().rev();
        let last = back.next().unwrap_or(' ');
        let before = [back.next().unwrap_or(' '), last];
        let spaced = c.is_uppercase() && last == ' ' && ends(line[..at].trim_end());
        if !(seam::glued(before, c, rest.as_str()) || spaced) {
            return None;
        }
        let mut rows = self.rows(self.index().inserts.literal(&line[at..]));
        rows.find_map(|row| {
            row.form.end(line, at, &|_| true)?;
            // Behind a space only capitals tell an insert from a sentence.
            let loud = !row.form.lead(line, at).contains(char::is_lowercase);
            (loud || !spaced).then(|| extent(row, line, at))?
        })
    }

    /// Adds the furniture that a line ends with, after `from`.
    fn tails(&self, line: &str, from: usize, found: &mut Vec<(Kind, Range<usize>)>) {
        let rows = &self.index().tails;
        let mut line = line;
        for _ in 0..MOST_TAILS {
            let hit = boundaries(line, from).into_iter().find_map(|at| {
                let begin = at + line[at..].len() - line[at..].trim_start_matches(BEFORE).len();
                [at, begin].into_iter().find_map(|try_at| {
                    let mut names = NamesHere::default();
                    let open = rows.open(line, try_at, &mut names);
                    let mut rows = self.rows(rows.literal(&line[try_at..]).chain(open));
                    rows.find_map(|row| {
                        let fits = |end: usize| line[end..].trim_start_matches(AFTER).is_empty();
                        let end = row.form.end_at(line, try_at, &mut names, &fits);
                        end.map(|_| (row.kind, at))
                    })
                })
            });
            let Some((kind, at)) = hit else {
                break;
            };
            found.push((kind, at..line.len()));
            line = line[..at].trim_end();
            if line.len() <= from {
                break;
            }
        }
    }
}

/// The furniture of a text, where `of_line` gives the furniture of a line without white space at its ends, in order;
/// it is told whether a paragraph can begin with the line.
pub(super) fn spans_by(
    text: &str,
    mut of_line: impl FnMut(&str, bool, &mut dyn FnMut((Kind, Range<usize>))),
) -> Vec<Furniture> {
    let mut all = Vec::new();
    let mut start = 0;
    // Whether a paragraph can begin with the line.
    let mut fresh = true;
    // Behind the first line, which may be a headline, one can.
    let mut started = false;
    for whole in lines(text) {
        let line = whole.trim_start();
        let at = start + whole.len() - line.len();
        let line = line.trim_end();
        start += whole.len();
        if line.is_empty() {
            fresh |= whole != "\n" || text[..start].ends_with("\n\n");
            continue;
        }
        let before = all.len();
        of_line(line, fresh, &mut |(kind, span)| {
            all.push(Furniture {
                kind,
                span: at + span.start..at + span.end,
            });
        });
        fresh = all.len() > before || !started || ends(line);
        started = true;
    }
    // Most furniture stands at the beginning, before anybody has spoken.
    if let Some(last) = all.last()
        && may_begin_before(text, last.span.start + 1)
    {
        drop_speech(text, &mut all);
    }
    all
}

/// The lines of a text, each with what ends it: a line feed, a carriage return or U+2028 or U+2029.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let ends = memchr::memchr3_iter(b'\n', b'\r', 0xe2, rest.as_bytes());
        let mut end = ends.filter_map(|at| match rest.as_bytes()[at..] {
            [b'\n' | b'\r', ..] => Some(at + 1),
            [_, 0x80, 0xa8 | 0xa9, ..] => Some(at + 3),
            _ => None,
        });
        let (line, after) = rest.split_at(end.next().unwrap_or(rest.len()));
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

/// How far a row reaches whose form begins at `from` in a line.
fn extent(row: &Row, line: &str, from: usize) -> Option<usize> {
    let glued = match row.kind {
        Kind::Pointer => seam::sentence(line, from),
        _ => None,
    };
    let last = glued.unwrap_or(line.len());
    let most = match row.kind {
        Kind::Pointer | Kind::Photo => LONGEST_HEADLINE,
        _ => LONGEST,
    };
    let last = line[..last].trim_end().len();
    (last - from <= most).then_some(last)
}

/// Whether a sentence can begin here, as it does behind a dateline.
fn opens(rest: &str) -> bool {
    let rest = rest.trim_start();
    !rest.starts_with(char::is_lowercase) && !rest.starts_with(['-', '–', '—'])
}

/// Whether a line ends as sentences do.
fn ends(line: &str) -> bool {
    line.ends_with([
        '.', '!', '?', '…', '"', '\u{201d}', '»', '\u{201c}', ')', ':',
    ])
}

/// Where the last sentences and brackets of a line may begin, first ones first.
fn boundaries(line: &str, from: usize) -> Vec<usize> {
    let mut least = line.len().saturating_sub(LONGEST).max(from);
    while !line.is_char_boundary(least) {
        least += 1;
    }
    let mut found = Vec::new();
    // The two characters before, white space left out, and whether there was any.
    let mut before = [' ', ' '];
    let mut spaced = false;
    for (offset, c) in line[least..].char_indices() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let sentence = matches!(
            before[1],
            '.' | '!' | '?' | '…' | '"' | '\u{201d}' | '»' | ')' | ']'
        );
        let glued =
            before[1].is_lowercase() || sentence && (before[1] != '.' || before[0].is_lowercase());
        let begins = matches!(c, '(' | '[')
            || matches!(c, '–' | '—' | '-') && spaced
            || sentence && spaced
            || c.is_uppercase() && glued && !spaced && sentence;
        if begins {
            found.push(least + offset);
        }
        before = [before[1], c];
        spaced = false;
    }
    let skip = found.len().saturating_sub(MOST_BOUNDARIES);
    found.drain(..skip);
    found
}

/// Takes out what begins within direct speech. A quotation without a closing mark counts for its
/// own line only, so that a stray mark hides little.
fn drop_speech(text: &str, all: &mut Vec<Furniture>) {
    let speech = quotations(text);
    let mut next = 0;
    // The outermost quotations follow each other; those before a piece are behind every later one.
    let outer: Vec<_> = speech.iter().filter(|speech| speech.depth == 0).collect();
    all.retain(|piece| {
        let at = piece.span.start;
        while outer.get(next).is_some_and(|speech| speech.outer.end <= at) {
            next += 1;
        }
        let Some(speech) = outer.get(next).filter(|speech| speech.outer.start <= at) else {
            return true;
        };
        matches!(speech.ending, Ending::Reopened | Ending::Missing)
            && text[speech.outer.start..at].contains('\n')
    });
}
