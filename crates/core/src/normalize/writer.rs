//! The writing half of the match face: marks, dashes and spaces wait here until what follows them
//! is known.

use std::ops::Range;

use super::classes;
use super::forms::Scratch;
use super::matching::Matcher;
use super::offsets::Recorder;
use super::table::Kind;

/// What was read but cannot be written before the next character is known.
enum Pending {
    Nothing,
    /// `forced` if a long dash asks for it, not the text.
    Space {
        source: Range<usize>,
        forced: bool,
    },
    Single {
        mark: char,
        source: Range<usize>,
        /// An apostrophe if a word follows.
        in_word: bool,
    },
    Dash {
        source: Range<usize>,
        long: bool,
    },
}

/// Writes the match face of one text.
pub(super) struct Writer<'a, R> {
    matcher: &'a Matcher,
    text: &'a str,
    out: &'a mut String,
    base: usize,
    recorder: &'a mut R,
    pending: Pending,
    /// The length of `out` right behind an opening guillemet: white space here is part of the mark.
    inside: Option<usize>,
}

impl<'a, R: Recorder> Writer<'a, R> {
    pub(super) fn new(
        matcher: &'a Matcher,
        text: &'a str,
        out: &'a mut String,
        recorder: &'a mut R,
    ) -> Self {
        let base = out.len();
        Self {
            matcher,
            text,
            out,
            base,
            recorder,
            pending: Pending::Nothing,
            inside: None,
        }
    }

    /// For text that is written directly, of which `next` is the first character, in match form: what
    /// is written so far, where that starts, and the recorder.
    #[inline]
    pub(super) fn open(&mut self, next: char) -> (&mut String, usize, &mut R) {
        self.settle(next);
        (self.out, self.base, self.recorder)
    }

    /// Copies a run found by [`Matcher::run_end`].
    pub(super) fn run(&mut self, start: usize, end: usize) {
        let text = &self.text[start..end];
        let Some(first) = text.chars().next() else {
            return;
        };
        let spaces = self.matcher.options.spaces;
        let kept = if spaces {
            text.strip_suffix(' ').unwrap_or(text)
        } else {
            text
        };
        self.settle(first);
        let from = self.out.len();
        self.recorder.copied(from - self.base, start, kept.len());
        self.out.push_str(kept);
        if self.matcher.options.case {
            self.out[from..].make_ascii_lowercase();
        }
        if kept.len() < text.len() {
            self.space(end - 1..end);
        }
    }

    /// Writes the segment that starts at `start` through the full normalizer; returns its end.
    pub(super) fn segment(
        &mut self,
        start: usize,
        segment: &mut String,
        scratch: &mut Scratch,
    ) -> usize {
        let end = self.matcher.table.segment_end(self.text, start);
        segment.clear();
        segment.push_str(&self.text[start..end]);
        let table = &self.matcher.table;
        table.steps().folding.apply(segment, scratch);
        for c in segment.chars() {
            let code = u32::from(c);
            let entry = table.entry(code);
            match entry.kind() {
                Kind::Identity | Kind::Mark | Kind::Joining | Kind::Complex => {
                    self.settle(c);
                    self.replaced(c, start..end);
                }
                Kind::Simple => {
                    self.settle(entry.target());
                    self.replaced(entry.target(), start..end);
                }
                kind => self.special(kind, code, start..end),
            }
        }
        end
    }

    pub(super) fn special(&mut self, kind: Kind, code: u32, source: Range<usize>) {
        match kind {
            Kind::Space => self.space(source),
            Kind::Quote => match code {
                0xab | 0xbb if self.matcher.options.spaces => {
                    self.guillemet(code == 0xab, source);
                }
                _ => self.character('"', source),
            },
            Kind::Single | Kind::Apostrophe => {
                let mark = char::from_u32(code).unwrap_or('\'');
                self.single(mark, kind == Kind::Apostrophe, source);
            }
            Kind::Hyphen => self.dash(false, source),
            Kind::Dash => self.dash(true, source),
            Kind::Ellipsis => {
                self.settle('.');
                for _ in 0..3 {
                    self.replaced('.', source.clone());
                }
            }
            // Dropped, or no special at all.
            _ => {}
        }
    }

    /// A guillemet, which French sets off by a space inside: « word ». That space is dropped, so
    /// that other quotation marks agree with it. German and Danish turn guillemets round, »word«,
    /// and have spaces on their outer side, which stay.
    fn guillemet(&mut self, leftwards: bool, source: Range<usize>) {
        let spaced = matches!(self.pending, Pending::Space { .. });
        let first = self.out.len() == self.base;
        let word_follows = self.text[source.end..]
            .chars()
            .next()
            .is_some_and(char::is_alphanumeric);
        if !leftwards
            && !word_follows
            && matches!(self.pending, Pending::Space { forced: false, .. })
        {
            self.pending = Pending::Nothing;
        }
        self.character('"', source);
        if leftwards && (spaced || first) {
            self.inside = Some(self.out.len());
        }
    }

    fn space(&mut self, new: Range<usize>) {
        if self.inside == Some(self.out.len()) && matches!(self.pending, Pending::Nothing) {
            return;
        }
        self.settle_mark(' ');
        match &mut self.pending {
            Pending::Space {
                source,
                forced: false,
            } => source.end = new.end,
            pending if self.out.len() > self.base => {
                *pending = Pending::Space {
                    source: new,
                    forced: false,
                };
            }
            _ => {}
        }
    }

    fn single(&mut self, mark: char, apostrophe: bool, new: Range<usize>) {
        if self.matcher.options.quotes
            && let Pending::Single { source, .. } = &self.pending
        {
            let pair = source.start..new.end;
            self.pending = Pending::Nothing;
            self.replaced('"', pair);
            return;
        }
        self.settle(mark);
        let before = self.out[self.base..].chars().next_back();
        let in_word = apostrophe && before.is_some_and(classes::takes_apostrophe);
        self.pending = Pending::Single {
            mark,
            source: new,
            in_word,
        };
    }

    fn dash(&mut self, new_long: bool, new: Range<usize>) {
        if let Pending::Dash { source, long } = &mut self.pending {
            source.end = new.end;
            *long = true;
            return;
        }
        self.settle('-');
        self.pending = Pending::Dash {
            source: new,
            long: new_long,
        };
    }

    /// Writes what is pending, now that `next` is known to follow.
    fn settle(&mut self, next: char) {
        if matches!(self.pending, Pending::Nothing) {
            return;
        }
        self.settle_mark(next);
        if let Pending::Space { source, .. } =
            std::mem::replace(&mut self.pending, Pending::Nothing)
            && self.out.len() > self.base
        {
            self.copied_or_replaced(' ', source);
        }
    }

    /// Writes a pending mark or dash; leaves a pending space pending.
    fn settle_mark(&mut self, next: char) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            space @ Pending::Space { .. } => self.pending = space,
            Pending::Single {
                mark,
                source,
                in_word,
            } => {
                let options = &self.matcher.options;
                let written = if in_word && classes::takes_apostrophe(next) {
                    if options.apostrophes { '\'' } else { mark }
                } else if options.quotes {
                    '"'
                } else {
                    mark
                };
                self.copied_or_replaced(written, source);
            }
            Pending::Dash { source, long } => {
                let apart = long && self.matcher.options.spaces;
                if apart && self.out.len() > self.base && !self.out.ends_with(' ') {
                    self.replaced(' ', source.clone());
                }
                self.copied_or_replaced('-', source.clone());
                if apart {
                    self.pending = Pending::Space {
                        source,
                        forced: true,
                    };
                }
            }
        }
    }

    pub(super) fn finish(&mut self) {
        self.settle_mark('\0');
    }

    pub(super) fn character(&mut self, c: char, source: Range<usize>) {
        self.settle(c);
        self.copied_or_replaced(c, source);
    }

    /// Writes a character that stands for one character of the source.
    fn copied_or_replaced(&mut self, c: char, source: Range<usize>) {
        if source.len() == c.len_utf8() {
            self.recorder
                .copied(self.out.len() - self.base, source.start, source.len());
            self.out.push(c);
        } else {
            self.replaced(c, source);
        }
    }

    fn replaced(&mut self, c: char, source: Range<usize>) {
        self.recorder
            .replaced(self.out.len() - self.base, c.len_utf8(), source);
        self.out.push(c);
    }
}
