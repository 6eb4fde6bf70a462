//! Where furniture stands in a text.

use std::ops::Range;

use super::form::NamesHere;
use super::link::is_links;
use super::table::{Place, Row};
use super::{Furniture, Kind, Table, seam};
use crate::quotation::{Ending, quotations};

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

/// What may follow a form at the end of a line.
const AFTER: &[char] = &['.', '!', ')', ']', '*', '…', ' ', '\t', '\u{a0}'];

/// What may stand before a form at the beginning of a line.
const BEFORE: &[char] = &[
    '(', '[', '*', '-', '–', '—', '>', '•', '▶', '►', '|', '→', '■', ' ', '\t', '\u{a0}',
];

impl Table {
    /// The furniture of a text by this table, in order and without overlap; see
    /// [`spans`](super::spans).
    pub fn spans(&self, text: &str) -> Vec<Furniture> {
        let mut all = Vec::new();
        let mut start = 0;
        // Whether a paragraph can begin with the line.
        let mut fresh = true;
        // Behind the first line, which may be a headline, one can.
        let mut started = false;
        let hits = self.hits(text);
        let mut near = Near {
            inserts: &hits.inserts,
            tails: &hits.tails,
        };
        for whole in lines(text) {
            let line = whole.trim();
            let at = start + whole.len() - whole.trim_start().len();
            start += whole.len();
            if line.is_empty() {
                fresh |= whole != "\n" || text[..start].ends_with("\n\n");
                continue;
            }
            let found = self.line(line, fresh, &near.within(at, at + line.len()));
            fresh = !found.is_empty() || !started || ends(line);
            started = true;
            all.extend(found.into_iter().map(|(kind, span)| Furniture {
                kind,
                span: at + span.start..at + span.end,
            }));
        }
        if !all.is_empty() {
            drop_speech(text, &mut all);
        }
        all
    }

    /// The furniture of one line without white space at its ends. `near` says where forms can stand
    /// in it.
    fn line(&self, line: &str, fresh: bool, near: &InLine<'_>) -> Vec<(Kind, Range<usize>)> {
        let mut found = Vec::new();
        let mut from = 0;
        if is_links(line) {
            return vec![(Kind::Pointer, 0..line.len())];
        }
        if let Some((kind, end)) = self.whole(line, near.tail) {
            found.push((kind, 0..end));
            from = end;
        } else if fresh {
            from = self.openings(line, near.tail, &mut found);
        }
        if from < line.len() {
            let inserts = found.len();
            self.inserts(line, from, near, &mut found);
            let from = found[inserts..].last().map_or(from, |last| last.1.end);
            if near.tail {
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
            || self.whole(line, true).is_some()
            || self.openings(line, true, &mut Vec::new()) > 0
    }

    /// The end of the furniture that the line begins with, if it can take the whole line.
    fn whole(&self, line: &str, tail: bool) -> Option<(Kind, usize)> {
        let bare = line.len() - line.trim_start_matches(BEFORE).len();
        let starts = [0, bare];
        for &at in &starts[..=usize::from(bare > 0)] {
            for row in self.rows_at(&line[at..], tail) {
                let end = match row.place {
                    Place::LineStart => row
                        .form
                        .end(line, at, &|_| true)
                        .and_then(|_| extent(row, line, 0)),
                    Place::WholeLine | Place::LineEnd if line.len() <= LONGEST => row
                        .form
                        .end(line, at, &|end| {
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
    fn openings(&self, line: &str, tail: bool, found: &mut Vec<(Kind, Range<usize>)>) -> usize {
        let mut at = 0;
        for _ in 0..MOST_OPENINGS {
            if at == line.len() {
                break;
            }
            let mut names = NamesHere::default();
            let best = self
                .rows_at(&line[at..], tail)
                .filter(|row| row.place == Place::ParagraphStart)
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
    fn inserts(
        &self,
        line: &str,
        from: usize,
        near: &InLine<'_>,
        found: &mut Vec<(Kind, Range<usize>)>,
    ) {
        let mut end = from;
        for at in near.inserts.iter().map(|&at| at - near.start) {
            let mut rest = line[at..].chars();
            let Some(c) = rest.next().filter(|_| at > 0 && at >= end) else {
                continue;
            };
            let mut back = line[from.min(at)..at].chars().rev();
            let last = back.next().unwrap_or(' ');
            let before = [back.next().unwrap_or(' '), last];
            let spaced = c.is_uppercase() && last == ' ' && ends(line[..at].trim_end());
            if !(seam::glued(before, c, rest.as_str()) || spaced) {
                continue;
            }
            let hit = self
                .rows_at(&line[at..], false)
                .filter(|row| row.is_insert())
                .find_map(|row| {
                    row.form.end(line, at, &|_| true)?;
                    // Behind a space only capitals tell an insert from a sentence.
                    let loud = !row.form.lead(line, at).contains(char::is_lowercase);
                    (loud || !spaced).then(|| extent(row, line, at))?
                });
            if let Some(hit) = hit {
                found.push((Kind::Pointer, at..hit));
                end = hit;
            }
        }
    }

    /// Adds the furniture that a line ends with, after `from`.
    fn tails(&self, line: &str, from: usize, found: &mut Vec<(Kind, Range<usize>)>) {
        let mut line = line;
        for _ in 0..MOST_TAILS {
            let hit = boundaries(line, from).into_iter().find_map(|at| {
                let begin = at + line[at..].len() - line[at..].trim_start_matches(BEFORE).len();
                [at, begin].into_iter().find_map(|try_at| {
                    let rows = self
                        .rows_at(&line[try_at..], true)
                        .filter(|row| row.place == Place::LineEnd);
                    rows.into_iter().find_map(|row| {
                        let fits = |end: usize| line[end..].trim_start_matches(AFTER).is_empty();
                        row.form.end(line, try_at, &fits).map(|_| (row.kind, at))
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

/// Where forms can stand in what is left of a text.
struct Near<'h> {
    inserts: &'h [usize],
    tails: &'h [usize],
}

/// Where forms can stand in a line that begins at byte `start`.
struct InLine<'h> {
    start: usize,
    /// Offsets in the text.
    inserts: &'h [usize],
    /// Whether the line can end with one, or begin with a slot of one.
    tail: bool,
}

impl<'h> Near<'h> {
    /// Those from `start` to before `end`. Lines must be asked for in order.
    fn within(&mut self, start: usize, end: usize) -> InLine<'h> {
        let take = |list: &mut &'h [usize]| {
            let (skipped, past) = (
                list.partition_point(|&at| at < start),
                list.partition_point(|&at| at < end),
            );
            let within = &list[skipped..past];
            *list = &list[past..];
            within
        };
        InLine {
            start,
            inserts: take(&mut self.inserts),
            tail: !take(&mut self.tails).is_empty(),
        }
    }
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
