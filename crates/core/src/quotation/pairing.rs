//! Joins the marks of each paragraph to quotations, with a stack.
//!
//! The state is bounded by what is open, each mark is pushed and popped once at most, and nothing
//! looks further than one precomputed view ahead; so the time is linear even in a text of opening
//! marks alone.

use std::ops::Range;

use super::mark::{After, FAMILIES, Family, Mark, Shape};
use super::{Ending, Marks, Quotation};

/// What follows a mark in its paragraph.
#[derive(Debug, Clone, Copy, Default)]
struct Ahead {
    /// A single mark that can close.
    single_close: bool,
    /// The next single mark can close.
    next_single_closes: bool,
    /// How many straight double marks.
    straights: u32,
    /// How many `”`.
    rights: u32,
}

/// A quotation that is open.
struct Open {
    mark: Range<usize>,
    marks: Marks,
    /// Opened by a mark that may well be an apostrophe: dropped if nothing closes it.
    weak: bool,
    /// Another kind of mark at which it may have ended.
    fallback: Option<Range<usize>>,
    /// Where a quotation of the same family opens directly within it.
    inner_start: Option<usize>,
    /// The quotation of the paragraph before that it continues.
    continued: Option<usize>,
}

/// How many paragraphs further the closing mark of an open quotation may stand, if no mark of its
/// family stands between.
const REACH_PARAGRAPHS: usize = 4;

/// How many marks of other families are looked past for it.
const REACH_MARKS: usize = 16;

/// The pairs of all paragraphs, in order, with their depths.
pub(super) fn pair(text: &str, marks: &[Mark], paragraphs: &[Range<usize>]) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut left_open = None;
    let mut rest = marks;
    let mut following = paragraphs;
    while let Some((paragraph, further)) = following.split_first() {
        let mut pairing = Pairing {
            text,
            paragraph: paragraph.clone(),
            stack: Vec::new(),
            open: Default::default(),
            found: &mut found,
            left_open,
            reopens: None,
        };
        following = further;
        loop {
            let count = rest.partition_point(|mark| mark.range.start < pairing.paragraph.end);
            let (here, later) = rest.split_at(count);
            let start = following.first().map(|next| next.start);
            pairing.reopens = later.first().filter(|mark| Some(mark.range.start) == start);
            pairing.take(here);
            rest = later;
            // Only what goes on into the next paragraph is read with it.
            let Some((next, further)) = following.split_first() else {
                break;
            };
            if !pairing.goes_on(later, following) {
                break;
            }
            pairing.paragraph.end = next.end;
            following = further;
        }
        left_open = pairing.end();
    }
    found.sort_by_key(|quotation| (quotation.outer.start, usize::MAX - quotation.outer.end));
    set_depths(&mut found);
    found
}

fn set_depths(found: &mut [Quotation]) {
    let mut ends: Vec<usize> = Vec::new();
    for quotation in found {
        while ends.last().is_some_and(|&end| end <= quotation.outer.start) {
            ends.pop();
        }
        quotation.depth = ends.len();
        ends.push(quotation.outer.end);
    }
}

fn look_ahead(marks: &[Mark]) -> Vec<Ahead> {
    let mut views = vec![Ahead::default(); marks.len()];
    let mut view = Ahead::default();
    for (mark, slot) in marks.iter().zip(&mut views).rev() {
        *slot = view;
        let closes = mark.shape != Shape::Opens;
        match mark.marks {
            Marks::DoubleStraight => view.straights += 1,
            Marks::DoubleRight => view.rights += 1,
            marks if marks.family() == Family::Single => {
                view.single_close |= closes;
                view.next_single_closes = closes;
            }
            _ => {}
        }
    }
    views
}

struct Pairing<'a> {
    text: &'a str,
    paragraph: Range<usize>,
    stack: Vec<Open>,
    /// Of each family, what is on the stack.
    open: [Vec<Marks>; FAMILIES],
    found: &'a mut Vec<Quotation>,
    /// The quotation that the paragraph before left open.
    left_open: Option<usize>,
    /// The mark that the next paragraph starts with.
    reopens: Option<&'a Mark>,
}

impl Pairing<'_> {
    /// Pairs marks of the paragraph.
    fn take(&mut self, marks: &[Mark]) {
        let ahead = look_ahead(marks);
        for (mark, ahead) in marks.iter().zip(&ahead) {
            match mark.marks.family() {
                Family::Double => self.double(mark, ahead),
                Family::Single => self.single(mark, ahead),
                Family::Guillemet | Family::SingleGuillemet => self.guillemet(mark),
                Family::Corner | Family::CornerWhite => match mark.shape {
                    Shape::Opens => self.push(mark, false),
                    _ => self.close(mark),
                },
            }
        }
    }

    /// Whether what is open is closed in one of the next paragraphs: the next mark of its family
    /// can only close.
    fn goes_on(&self, later: &[Mark], following: &[Range<usize>]) -> bool {
        let Some(outermost) = self.stack.iter().find(|open| !open.weak) else {
            return false;
        };
        if outermost.fallback.is_some() {
            return false;
        }
        let family = outermost.marks.family();
        let reach = following.get(REACH_PARAGRAPHS - 1).or(following.last());
        let next = later
            .iter()
            .take(REACH_MARKS)
            .find(|mark| mark.marks.family() == family);
        next.zip(reach).is_some_and(|(next, reach)| {
            next.shape == Shape::Closes
                && family != Family::Single
                && next.after != After::Digit
                && next.range.start < reach.end
        })
    }

    fn double(&mut self, mark: &Mark, ahead: &Ahead) {
        let opener = self.topmost(Family::Double);
        match (mark.marks, opener) {
            (Marks::DoubleLow, Some(_)) if mark.shape == Shape::Closes => self.close(mark),
            (Marks::DoubleLow | Marks::DoubleBacktick, _) => self.push(mark, false),
            (Marks::DoubleRight, Some(_)) => self.close(mark),
            (Marks::DoubleRight, None) => match mark.shape {
                Shape::Opens => self.push(mark, false),
                _ => self.note_fallback(mark),
            },
            (Marks::Double, Some(opener)) => {
                let closes = match opener {
                    Marks::DoubleLow => mark.shape != Shape::Opens,
                    _ => mark.shape == Shape::Closes,
                };
                if closes {
                    self.close(mark);
                } else {
                    self.push(mark, false);
                }
            }
            (Marks::Double, None) => match mark.shape {
                Shape::Closes => self.note_fallback(mark),
                _ => self.push(mark, false),
            },
            (_, Some(opener)) => {
                if mark.after == After::Digit && is_inches(opener, ahead) {
                    return;
                }
                if mark.shape == Shape::Opens {
                    self.push(mark, false);
                } else {
                    self.close(mark);
                }
            }
            (_, None) => match mark.shape {
                _ if mark.after == After::Digit => self.note_fallback(mark),
                Shape::Closes => self.note_fallback(mark),
                Shape::Opens => self.push(mark, false),
                Shape::Either if ahead.straights > 0 || mark.marks == Marks::DoubleWide => {
                    self.push(mark, false);
                }
                Shape::Either => {}
            },
        }
    }

    fn single(&mut self, mark: &Mark, ahead: &Ahead) {
        let top = self
            .stack
            .last()
            .filter(|open| open.marks.family() == Family::Single);
        let top = top.map(|open| (open.marks, open.weak));
        match (mark.shape, top) {
            (Shape::Opens, Some((_, true))) => {
                // One of the two is an apostrophe; the nearer one has more of a chance.
                if self.may_open(mark, ahead) {
                    self.pop();
                    self.push(mark, mark.marks != Marks::Single);
                }
            }
            (Shape::Opens, Some(_)) => {
                if matches!(mark.marks, Marks::Single | Marks::SingleLow) {
                    self.push(mark, false);
                }
            }
            (_, Some(_)) => {
                if !(mark.possessive && ahead.next_single_closes) {
                    self.close(mark);
                }
            }
            (Shape::Closes, None) => self.note_fallback(mark),
            (Shape::Either, None) if mark.marks == Marks::Single => self.push(mark, false),
            (_, None) => {
                if self.may_open(mark, ahead) {
                    self.push(
                        mark,
                        !matches!(mark.marks, Marks::Single | Marks::SingleLow),
                    );
                }
            }
        }
    }

    /// Whether a single mark at the start of a word opens, and is no apostrophe.
    fn may_open(&self, mark: &Mark, ahead: &Ahead) -> bool {
        let starts_paragraph = mark.range.start == self.paragraph.start;
        let goes_on = starts_paragraph
            && self
                .reopens
                .is_some_and(|next| next.marks.family() == Family::Single);
        match mark.marks {
            Marks::Single => ahead.single_close || starts_paragraph || mark.starts_clause,
            Marks::SingleRight => ahead.next_single_closes || goes_on,
            _ => ahead.single_close || goes_on,
        }
    }

    fn guillemet(&mut self, mark: &Mark) {
        let reversed = matches!(
            mark.marks,
            Marks::GuillemetReversed | Marks::SingleGuillemetReversed
        );
        let starts_paragraph = mark.range.start == self.paragraph.start;
        match self.topmost(mark.marks.family()) {
            // «…» and »…«
            Some(opener) if opener != mark.marks => {
                if !reversed && mark.shape == Shape::Opens {
                    self.push(mark, false);
                } else {
                    self.close(mark);
                }
            }
            // »…», and «…« by mistake
            Some(_) if reversed && mark.shape != Shape::Opens => self.close(mark),
            Some(_) if mark.shape == Shape::Closes && mark.after != After::Punctuation => {
                self.close(mark);
            }
            Some(_) => self.push(mark, false),
            None if reversed => {
                if mark.shape == Shape::Opens || starts_paragraph {
                    self.push(mark, false);
                }
            }
            None => {
                if mark.shape != Shape::Closes || mark.after == After::Punctuation {
                    self.push(mark, false);
                }
            }
        }
    }

    /// The kind of the innermost open quotation of a family.
    fn topmost(&self, family: Family) -> Option<Marks> {
        self.open[family as usize].last().copied()
    }

    fn push(&mut self, mark: &Mark, weak: bool) {
        let family = mark.marks.family();
        if let Some(top) = self.stack.last_mut()
            && top.marks.family() == family
        {
            top.inner_start.get_or_insert(mark.range.start);
        }
        let continued = self.left_open.filter(|&previous| {
            mark.range.start == self.paragraph.start
                && self.found[previous].marks.family() == family
        });
        self.open[family as usize].push(mark.marks);
        self.stack.push(Open {
            mark: mark.range.clone(),
            marks: mark.marks,
            weak,
            fallback: None,
            inner_start: None,
            continued,
        });
    }

    fn pop(&mut self) -> Option<Open> {
        let open = self.stack.pop()?;
        self.open[open.marks.family() as usize].pop();
        Some(open)
    }

    /// A mark of another family that may be meant to close the innermost quotation.
    fn note_fallback(&mut self, mark: &Mark) {
        let family = mark.marks.family();
        if let Some(top) = self.stack.last_mut()
            && top.fallback.is_none()
            && mark.after == After::Punctuation
            && matches!(
                (top.marks.family(), family),
                (Family::Double, Family::Single) | (Family::Single, Family::Double)
            )
        {
            top.fallback = Some(mark.range.clone());
        }
    }

    /// Closes the innermost quotation of the mark's family, and with it what is open within.
    fn close(&mut self, mark: &Mark) {
        let family = mark.marks.family();
        if self.topmost(family).is_none() {
            return;
        }
        let limit = self.text[..mark.range.start].trim_end().len();
        while let Some(open) = self.pop() {
            if open.marks.family() == family {
                let closing = &self.text[mark.range.clone()];
                let ending = if open.marks.is_closed_by(closing) {
                    Ending::Matched
                } else {
                    Ending::Other
                };
                self.emit(&open, mark.range.clone(), ending);
                return;
            }
            self.give_up(&open, limit);
        }
    }

    /// Ends a quotation that nothing closes, at `limit` at the latest.
    fn give_up(&mut self, open: &Open, limit: usize) -> Option<usize> {
        if let Some(fallback) = &open.fallback {
            return self.emit(open, fallback.clone(), Ending::Other);
        }
        let reopened = self
            .reopens
            .is_some_and(|next| next.marks.family() == open.marks.family());
        if open.weak && !reopened {
            return None;
        }
        let end = open.inner_start.unwrap_or(limit);
        self.emit(open, end..end, Ending::Missing)
    }

    fn emit(&mut self, open: &Open, closing: Range<usize>, ending: Ending) -> Option<usize> {
        let between = &self.text[open.mark.end..closing.start];
        let start = closing.start - between.trim_start().len();
        let end = start + between.trim().len();
        if start == end {
            return None;
        }
        if let Some(previous) = open.continued {
            self.found[previous].ending = Ending::Reopened;
        }
        let outer_end = if closing.is_empty() { end } else { closing.end };
        self.found.push(Quotation {
            outer: open.mark.start..outer_end,
            inner: start..end,
            marks: open.marks,
            ending,
            continues: open.continued.is_some(),
            depth: 0,
        });
        Some(self.found.len() - 1)
    }

    /// Ends the paragraph; returns the outermost quotation that is left open at its end.
    fn end(&mut self) -> Option<usize> {
        let mut left_open = None;
        while let Some(open) = self.pop() {
            let given_up = self.give_up(&open, self.paragraph.end);
            left_open = given_up
                .filter(|&i| self.found[i].ending == Ending::Missing && open.inner_start.is_none());
        }
        left_open
    }
}

/// Whether a straight mark after a digit is one of inches, though a quotation is open: another
/// mark is left to close it.
fn is_inches(opener: Marks, ahead: &Ahead) -> bool {
    match opener {
        Marks::Double | Marks::DoubleRight | Marks::DoubleLow => ahead.rights > 0,
        _ => ahead.straights % 2 == 1,
    }
}
