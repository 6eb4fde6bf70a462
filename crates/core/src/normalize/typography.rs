//! Marks, spaces and line ends of text for people, in one walk.

use std::ops::Range;

use super::classes;
use super::clean::{CleanOptions, Marks, Pass};
use super::forms::{Folding, Form};
use super::offsets::Recorder;
use super::quiet::{self, Ascii, Quiet};
use super::table::{Kind, Steps, Table, decode};

pub(super) struct Typography {
    options: CleanOptions,
    table: Table,
    /// Whether a byte is copied wherever it stands.
    plain: [bool; 256],
    /// Visible ASCII that is not plain.
    stops: Vec<u8>,
}

impl Typography {
    /// `None` if the options ask for nothing that this walk does.
    pub(super) fn new(options: &CleanOptions) -> Option<Self> {
        let asks = |marks: Marks| marks != Marks::Keep;
        let steps = Steps {
            folding: Folding {
                form: Form::Keep,
                case: false,
                strip_diacritics: false,
                confusables: false,
                drop_invisibles: false,
                open_ligatures: false,
            },
            quotes: asks(options.quotes),
            apostrophes: asks(options.apostrophes),
            dashes: asks(options.dashes),
            ellipsis: asks(options.ellipsis),
            spaces: options.spaces || options.line_ends,
            digits: false,
        };
        let Steps {
            quotes,
            apostrophes,
            dashes,
            ellipsis,
            spaces,
            ..
        } = steps;
        if !(quotes || apostrophes || dashes || ellipsis || spaces) {
            return None;
        }
        let table = Table::new(steps);
        let plain = std::array::from_fn(|byte| {
            byte < 0x80
                && table.entry(byte as u32).is_identity()
                && !(byte == usize::from(b'.') && options.ellipsis == Marks::Typographic)
        });
        Some(Self {
            options: *options,
            table,
            stops: (b'!'..=b'~').filter(|&b| !plain[usize::from(b)]).collect(),
            plain,
        })
    }

    /// The end of the longest stretch from `start` on that is copied as it is. Single spaces and
    /// up to two line feeds belong to it if they stand between plain characters.
    fn run_end(&self, text: &str, start: usize) -> usize {
        let bytes = text.as_bytes();
        let is_plain = |at: usize| match bytes.get(at) {
            Some(&byte) if byte < 0x80 => self.plain[usize::from(byte)],
            Some(_) => self.table.entry(decode(bytes, at).0).is_identity(),
            None => false,
        };
        let stays = Quiet {
            table: &self.table,
            ascii: Ascii::Words,
            stops: &self.stops,
        };
        let mut retry = start;
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            if at >= retry && byte != b' ' && byte != b'\n' {
                at = stays.skip(bytes, at);
                retry = at + quiet::RETRY_BYTES;
                continue;
            }
            if self.plain[usize::from(byte)] {
                at += 1;
            } else if byte >= 0x80 {
                let (code, width) = decode(bytes, at);
                if !self.table.entry(code).is_identity() {
                    return at;
                }
                at += width;
            } else if at == start {
                return at;
            } else if is_plain(at + 1) && (byte == b'\n' || byte == b' ' && self.options.spaces) {
                at += 1;
            } else if byte == b'\n' && bytes.get(at + 1) == Some(&b'\n') && is_plain(at + 2) {
                at += 2;
            } else {
                return at;
            }
        }
        at
    }
}

impl Pass for Typography {
    fn is_needed(&self, text: &str) -> bool {
        self.run_end(text, 0) < text.len()
    }

    fn run<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R) {
        let base = out.len();
        let mut setter = Setter {
            options: &self.options,
            text,
            out,
            base,
            recorder,
            pending: Pending::Nothing,
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let end = self.run_end(text, at);
            if end > at {
                setter.copy(at..end);
                at = end;
                continue;
            }
            let (code, width) = decode(bytes, at);
            let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            let mut source = at..at + width;
            match self.table.entry(code).kind() {
                Kind::Space => {
                    if text[at..].starts_with("\r\n") {
                        source.end += 1;
                    }
                    setter.space(c, source.clone());
                }
                Kind::Quote => setter.quote(c, source.clone()),
                Kind::Single => setter.single(c, false, source.clone()),
                Kind::Apostrophe => setter.single(c, true, source.clone()),
                Kind::Hyphen => setter.dash(false, source.clone()),
                Kind::Dash => setter.dash(true, source.clone()),
                Kind::Ellipsis => setter.ellipsis(source.clone()),
                _ if c == '.' => {
                    let dots = bytes[at..].iter().take_while(|&&b| b == b'.').count();
                    source.end = at + dots;
                    if dots == 3 {
                        setter.ellipsis(source.clone());
                    } else {
                        setter.copy(source.clone());
                    }
                }
                _ => setter.copy(source.clone()),
            }
            at = source.end;
        }
        setter.finish();
    }
}

/// What was read but cannot be written before the next character is known.
enum Pending {
    Nothing,
    /// White space: line ends in it, whether blanks follow the last of them, and where it stands.
    Space {
        lines: usize,
        blanks: bool,
        source: Range<usize>,
        /// A long dash asks for a space, the text has none.
        forced: bool,
    },
    Single {
        mark: char,
        source: Range<usize>,
        in_word: bool,
    },
    Dash {
        long: bool,
        count: usize,
        source: Range<usize>,
    },
}

struct Setter<'a, R> {
    options: &'a CleanOptions,
    text: &'a str,
    out: &'a mut String,
    base: usize,
    recorder: &'a mut R,
    pending: Pending,
}

impl<R: Recorder> Setter<'_, R> {
    fn copy(&mut self, range: Range<usize>) {
        let text = self.text;
        let Some(first) = text[range.clone()].chars().next() else {
            return;
        };
        self.settle(first);
        self.copy_raw(range);
    }

    fn copy_raw(&mut self, range: Range<usize>) {
        self.recorder
            .copied(self.out.len() - self.base, range.start, range.len());
        self.out.push_str(&self.text[range]);
    }

    fn put(&mut self, piece: &str, source: Range<usize>) {
        if self.text[source.clone()] == *piece {
            self.copy_raw(source);
        } else {
            self.recorder
                .replaced(self.out.len() - self.base, piece.len(), source);
            self.out.push_str(piece);
        }
    }

    fn last(&self) -> Option<char> {
        self.out[self.base..].chars().next_back()
    }

    /// White space of any kind.
    fn space(&mut self, c: char, new: Range<usize>) {
        let ends_line = matches!(
            c,
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        );
        let keeps = if ends_line {
            !self.options.line_ends
        } else {
            !self.options.spaces
        };
        if keeps {
            self.settle_mark(c);
            // Blanks before a line end go even if the line end itself stays.
            if !(ends_line && matches!(self.pending, Pending::Space { lines: 0, .. })) {
                self.settle(c);
            }
            self.pending = Pending::Nothing;
            self.copy_raw(new);
            return;
        }
        self.settle_mark(c);
        match &mut self.pending {
            Pending::Space {
                lines,
                blanks,
                source,
                forced,
            } => {
                if *forced {
                    source.start = new.start;
                }
                *forced = false;
                source.end = new.end;
                *lines += usize::from(ends_line);
                *blanks = !ends_line;
            }
            _ => {
                self.pending = Pending::Space {
                    lines: usize::from(ends_line),
                    blanks: !ends_line,
                    source: new,
                    forced: false,
                };
            }
        }
    }

    fn quote(&mut self, mark: char, source: Range<usize>) {
        self.settle(mark);
        let piece = self.double();
        self.put(piece, source);
    }

    fn double(&self) -> &'static str {
        match self.options.quotes {
            Marks::Typographic if opens_after(self.last()) => "“",
            Marks::Typographic => "”",
            Marks::Keep | Marks::Straight => "\"",
        }
    }

    fn single(&mut self, mark: char, apostrophe: bool, new: Range<usize>) {
        if self.options.quotes != Marks::Keep
            && let Pending::Single { source, .. } = &self.pending
        {
            let pair = source.start..new.end;
            self.pending = Pending::Nothing;
            let piece = self.double();
            self.put(piece, pair);
            return;
        }
        self.settle(mark);
        // A mark that becomes straight looks like an apostrophe from then on.
        let may_join = apostrophe || self.options.quotes != Marks::Keep;
        let in_word = may_join && self.last().is_some_and(classes::takes_apostrophe);
        self.pending = Pending::Single {
            mark,
            source: new,
            in_word,
        };
    }

    fn dash(&mut self, new_long: bool, new: Range<usize>) {
        if let Pending::Dash {
            long,
            count,
            source,
        } = &mut self.pending
        {
            source.end = new.end;
            *long |= new_long;
            *count += 1;
            return;
        }
        self.settle('-');
        self.pending = Pending::Dash {
            long: new_long,
            count: 1,
            source: new,
        };
    }

    fn ellipsis(&mut self, source: Range<usize>) {
        self.settle('.');
        self.put(
            if self.options.ellipsis == Marks::Straight {
                "..."
            } else {
                "…"
            },
            source,
        );
    }

    /// Writes what is pending, now that `next` is known to follow.
    fn settle(&mut self, next: char) {
        if matches!(self.pending, Pending::Nothing) {
            return;
        }
        self.settle_mark(next);
        let Pending::Space {
            lines,
            blanks,
            source,
            ..
        } = std::mem::replace(&mut self.pending, Pending::Nothing)
        else {
            return;
        };
        let Some(last) = self.last() else { return };
        if lines == 0 {
            let follows_line_end = self.options.spaces
                && matches!(
                    last,
                    '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
                );
            if !follows_line_end {
                self.put(" ", source);
            }
            return;
        }
        // An indented line starts a paragraph where lines are to be joined.
        let paragraph = lines > 1 || (blanks && self.options.unwrap);
        // Line feeds that were copied already count.
        let before = self.out[self.base..]
            .bytes()
            .rev()
            .take(2)
            .take_while(|&b| b == b'\n')
            .count();
        let wanted = if paragraph { 2usize } else { 1 };
        self.put(&"\n\n"[..wanted.saturating_sub(before)], source);
    }

    /// Writes a pending mark or dash; leaves pending space pending.
    fn settle_mark(&mut self, next: char) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            space @ Pending::Space { .. } => self.pending = space,
            Pending::Single {
                mark,
                source,
                in_word,
            } => {
                let word = in_word && classes::takes_apostrophe(next);
                let marks = if word {
                    self.options.apostrophes
                } else {
                    self.options.quotes
                };
                let opens = !word && opens_after(self.last());
                let mut buffer = [0; 4];
                let piece = match marks {
                    Marks::Keep => &*mark.encode_utf8(&mut buffer),
                    Marks::Straight => "'",
                    Marks::Typographic if opens => "‘",
                    Marks::Typographic => "’",
                };
                self.put(piece, source);
            }
            Pending::Dash {
                long,
                count,
                source,
            } => self.settle_dash(long, count, source),
        }
    }

    fn settle_dash(&mut self, long: bool, count: usize, source: Range<usize>) {
        let text = &self.text[source.clone()];
        if count > 3 && !long {
            self.copy_raw(source);
        } else if self.options.dashes == Marks::Typographic {
            let piece = match text {
                _ if long || count > 1 => "—",
                "\u{2010}" | "\u{2011}" | "\u{FE63}" | "\u{FF0D}" => "-",
                other => other,
            };
            self.put(piece, source);
        } else {
            let apart = (long || count > 1) && self.options.spaces;
            let last = self.last();
            if apart && last.is_some_and(|last| !classes::is_space(last)) {
                self.put(" ", source.clone());
            }
            self.put("-", source.clone());
            if apart {
                self.pending = Pending::Space {
                    lines: 0,
                    blanks: true,
                    source,
                    forced: true,
                };
            }
        }
    }

    fn finish(&mut self) {
        self.settle_mark('\0');
        // Without the steps that trim, white space was written as it came.
        self.pending = Pending::Nothing;
    }
}

/// Whether a quotation mark after `before` opens.
fn opens_after(before: Option<char>) -> bool {
    before.is_none_or(|c| {
        classes::is_space(c)
            || classes::dash(c).is_some()
            || matches!(c, '(' | '[' | '{' | '<' | '/' | '“' | '‘' | '¿' | '¡')
    })
}
