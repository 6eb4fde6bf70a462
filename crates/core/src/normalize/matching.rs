//! The match face: text for machines to compare.

use std::borrow::Cow;
use std::ops::Range;

use super::ascii;
use super::classes;
use super::forms::{self, Folding, Form, Scratch};
use super::offsets::{OffsetMap, Recorder, Unrecorded};
use super::table::{Kind, Steps, Table, decode};

/// The steps of the match face. All are on by default except `diacritics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a step that stands alone"
)]
pub struct MatchOptions {
    /// Normalization form. The default, [`Form::Nfkc`], also turns full-width letters, ligatures,
    /// superscripts and the like into plain characters. [`Form::Keep`] is raised to
    /// [`Form::Nfc`] when `diacritics` is on, which needs letters and marks apart.
    pub form: Form,
    /// Full case folding (the C and F rows of the Unicode Character Database): ß and SS agree.
    pub case: bool,
    /// Every quotation mark, single or double, of any script, becomes `"`; two single marks in a
    /// row are one double mark.
    pub quotes: bool,
    /// Every apostrophe between two letters or digits becomes `'`. Not so in scripts written
    /// without spaces and in Korean, where such a mark is a quotation mark.
    pub apostrophes: bool,
    /// Hyphens, figure dash, en dash and minus become `-`; em dash, horizontal bar, longer dashes
    /// and runs of hyphens become `-` with a space on each side (if `spaces` is on too).
    pub dashes: bool,
    /// `…` becomes `...`.
    pub ellipsis: bool,
    /// Every run of white space, line ends included, becomes one U+0020; none is left at the ends.
    pub spaces: bool,
    /// Soft hyphens, zero-width characters, bidi controls, variation selectors, byte order marks
    /// and other controls are dropped.
    pub invisibles: bool,
    /// Decimal digits of every script become 0 to 9.
    pub digits: bool,
    /// Nonspacing marks on Latin, Greek and Cyrillic letters are dropped: é and e agree, and so do
    /// й and и. Letters with a stroke such as ø have no mark to drop. Off by default.
    pub diacritics: bool,
}

impl Default for MatchOptions {
    fn default() -> Self {
        Self {
            form: Form::Nfkc,
            case: true,
            quotes: true,
            apostrophes: true,
            dashes: true,
            ellipsis: true,
            spaces: true,
            invisibles: true,
            digits: true,
            diacritics: false,
        }
    }
}

impl MatchOptions {
    /// All steps off: text comes out as it went in. A base to switch single steps on.
    pub const NONE: Self = Self {
        form: Form::Keep,
        case: false,
        quotes: false,
        apostrophes: false,
        dashes: false,
        ellipsis: false,
        spaces: false,
        invisibles: false,
        digits: false,
        diacritics: false,
    };
}

/// Brings text to the form in which copies are compared: whatever the typesetter, the keyboard or
/// the wire changed about marks, spaces, case and encoding is evened out, and words stay words.
///
/// Normalizing twice changes nothing. Punctuation that no step names stays as it is. One matcher
/// serves any number of threads by reference; its tables fill as scripts come by.
///
/// # Examples
///
/// ```
/// use wirefold::normalize::Matcher;
///
/// let matcher = Matcher::default();
/// let curly = "\u{201C}It\u{2019}s done,\u{201D} said Ms. Weiß \u{2013} twice\u{2026}";
/// let plain = "''It's done,'' said\n   Ms. WEISS -- twice...";
/// assert_eq!(matcher.normalize(curly), "\"it's done,\" said ms. weiss - twice...");
/// assert_eq!(matcher.normalize(curly), matcher.normalize(plain));
/// ```
pub struct Matcher {
    options: MatchOptions,
    table: Table,
    bytes: [Byte; 256],
    /// Whether every ASCII byte is copied.
    all_plain: bool,
}

/// Whether two code points that stand side by side stay two.
fn stays_apart(first: u32, second: u32) -> bool {
    match (char::from_u32(first), char::from_u32(second)) {
        (Some(first), Some(second)) => forms::stay_apart(first, second),
        _ => false,
    }
}

/// What the run loop does with a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Byte {
    /// Copied, at most changed to lower case.
    Plain,
    Space,
    Apostrophe,
    Hyphen,
    /// Start of a character beyond ASCII.
    Wide,
    /// Ends the run.
    Stop,
}

impl Default for Matcher {
    fn default() -> Self {
        Self::new(MatchOptions::default())
    }
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Matcher {
    /// A matcher with the given steps.
    pub fn new(options: MatchOptions) -> Self {
        Self::with_ligatures(options, false)
    }

    /// The part that the clean face shares: a normalization form alone, ligatures opened or not.
    pub(super) fn of_form(form: Form, open_ligatures: bool) -> Self {
        Self::with_ligatures(
            MatchOptions {
                form,
                ..MatchOptions::NONE
            },
            open_ligatures,
        )
    }

    fn with_ligatures(options: MatchOptions, open_ligatures: bool) -> Self {
        let form = match options.form {
            Form::Keep if options.diacritics => Form::Nfc,
            form => form,
        };
        let table = Table::new(Steps {
            folding: Folding {
                form,
                case: options.case,
                strip_diacritics: options.diacritics,
                drop_invisibles: options.invisibles,
                open_ligatures,
            },
            quotes: options.quotes,
            apostrophes: options.apostrophes,
            dashes: options.dashes,
            ellipsis: options.ellipsis,
            spaces: options.spaces,
            digits: options.digits,
        });
        let bytes: [Byte; 256] = std::array::from_fn(|byte| {
            if byte >= 0x80 {
                return Byte::Wide;
            }
            match table.entry(byte as u32).kind() {
                // The straight double mark stays itself.
                Kind::Identity | Kind::Simple | Kind::Quote => Byte::Plain,
                Kind::Space if byte == usize::from(b' ') => Byte::Space,
                Kind::Apostrophe if byte == usize::from(b'\'') => Byte::Apostrophe,
                Kind::Hyphen => Byte::Hyphen,
                _ => Byte::Stop,
            }
        });
        let all_plain = bytes[..0x80].iter().all(|&byte| byte == Byte::Plain);
        Self {
            options,
            table,
            bytes,
            all_plain,
        }
    }

    /// The steps that this matcher takes.
    pub fn options(&self) -> &MatchOptions {
        &self.options
    }

    /// The normalized text; borrowed where nothing changes.
    pub fn normalize<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.keeps(text) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        self.normalize_into(text, &mut out);
        if out == text {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(out)
        }
    }

    /// Whether one scan shows that nothing changes.
    pub(super) fn keeps(&self, text: &str) -> bool {
        self.run_end(text, 0) == text.len()
            && !(self.options.spaces && text.ends_with(' '))
            && !(self.options.case && text.bytes().any(|byte| byte.is_ascii_uppercase()))
    }

    /// Appends the normalized text to `out`.
    ///
    /// Allocates only if `out` has no room, or for three small buffers if the text has segments
    /// that need the full normalizer.
    pub fn normalize_into(&self, text: &str, out: &mut String) {
        self.write(text, out, &mut Unrecorded);
    }

    /// Appends the normalized text to `out` and sets `map` to the way back to `text`. Offsets on
    /// the normalized side count from the first byte appended.
    pub fn normalize_mapped(&self, text: &str, out: &mut String, map: &mut OffsetMap) {
        map.clear();
        self.write(text, out, map);
    }

    pub(super) fn write<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R) {
        let base = out.len();
        let mut writer = Writer {
            matcher: self,
            text,
            out,
            base,
            recorder,
            pending: Pending::Nothing,
        };
        let mut scratch = Scratch::default();
        let mut segment = String::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let end = self.run_end(text, at);
            if end > at {
                let joined = end < bytes.len() && self.table.joined_at(text, end);
                let stop = if joined {
                    self.segment_start(text, at, end)
                } else {
                    end
                };
                writer.run(at, stop);
                at = stop;
                if joined {
                    at = writer.segment(at, &mut segment, &mut scratch);
                }
                continue;
            }
            let (code, width) = decode(bytes, at);
            let entry = self.table.entry(code);
            let source = at..at + width;
            match entry.kind() {
                Kind::Simple if !self.table.joined_at(text, source.end) => {
                    writer.character(entry.target(), source.clone());
                }
                Kind::Simple | Kind::Complex | Kind::Joining | Kind::Mark | Kind::Identity => {
                    at = writer.segment(at, &mut segment, &mut scratch);
                    continue;
                }
                kind => writer.special(kind, code, source.clone()),
            }
            at = source.end;
        }
        writer.finish();
    }

    /// The end of the longest stretch from `start` on that is copied byte for byte, ASCII case
    /// apart. A single space behind other characters belongs to it.
    fn run_end(&self, text: &str, start: usize) -> usize {
        let bytes = text.as_bytes();
        let mut at = start;
        // What the last character was, for marks that follow: its combining class, and itself if
        // it is a starter beyond ASCII that stays as it is.
        let mut class = 0;
        let mut starter = None;
        let mut retry = start;
        while let Some(&byte) = bytes.get(at) {
            match self.bytes[usize::from(byte)] {
                Byte::Plain => {
                    at += 1;
                    if at >= retry {
                        at = if self.all_plain {
                            ascii::skip_ascii(bytes, at)
                        } else {
                            ascii::skip_words(bytes, at)
                        };
                        retry = at + ascii::RETRY_BYTES;
                    }
                }
                Byte::Space if at > start && bytes[at - 1] != b' ' => at += 1,
                Byte::Hyphen
                    if at > start
                        && bytes
                            .get(at + 1)
                            .is_some_and(|&next| self.bytes[usize::from(next)] == Byte::Plain) =>
                {
                    at += 1;
                }
                Byte::Apostrophe
                    if at > start
                        && bytes[at - 1].is_ascii_alphanumeric()
                        && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) =>
                {
                    at += 1;
                }
                Byte::Wide => {
                    let (code, width) = decode(bytes, at);
                    let entry = self.table.entry(code);
                    if entry.is_identity() {
                        class = 0;
                        starter = Some(code);
                    } else if entry.kind() == Kind::Mark && entry.class() >= class {
                        class = entry.class();
                        starter = None;
                    } else if let Some(own_class) = entry.class_uncomposed()
                        && let Some(before) = starter
                        && stays_apart(before, code)
                    {
                        class = own_class;
                        starter = (own_class == 0).then_some(code);
                    } else {
                        return at;
                    }
                    at += width;
                    continue;
                }
                _ => return at,
            }
            class = 0;
            starter = None;
        }
        at
    }

    /// The start of the segment that ends at `end`, not before `start`.
    fn segment_start(&self, text: &str, start: usize, end: usize) -> usize {
        let mut at = end;
        for (offset, c) in text[start..end].char_indices().rev() {
            at = start + offset;
            if !self.table.entry(u32::from(c)).joins() {
                break;
            }
        }
        at
    }
}

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

struct Writer<'a, R> {
    matcher: &'a Matcher,
    text: &'a str,
    out: &'a mut String,
    base: usize,
    recorder: &'a mut R,
    pending: Pending,
}

impl<R: Recorder> Writer<'_, R> {
    /// Copies a run found by [`Matcher::run_end`].
    fn run(&mut self, start: usize, end: usize) {
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
    fn segment(&mut self, start: usize, segment: &mut String, scratch: &mut Scratch) -> usize {
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

    fn special(&mut self, kind: Kind, code: u32, source: Range<usize>) {
        match kind {
            Kind::Space => self.space(source),
            Kind::Quote => self.character('"', source),
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

    fn space(&mut self, new: Range<usize>) {
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

    fn finish(&mut self) {
        self.settle_mark('\0');
    }

    fn character(&mut self, c: char, source: Range<usize>) {
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
