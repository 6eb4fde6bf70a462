//! The match face: text for machines to compare.

use std::borrow::Cow;

use super::ascii;
use super::forms::{self, Folding, Form, Scratch};
use super::offsets::{OffsetMap, Recorder, Unrecorded};
use super::plain;
use super::quiet::{self, Ascii, Quiet};
use super::table::{Kind, Steps, Table, decode};
use super::writer::Writer;

/// The steps of the match face. All are on by default except `diacritics` and `confusables`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a step that stands alone"
)]
pub struct MatchOptions {
    /// Normalization form. The default, [`Form::Nfkc`], also turns full-width letters, ligatures,
    /// superscripts and the like into plain characters. [`Form::Keep`] is raised to
    /// [`Form::Nfc`] when `diacritics` or `confusables` is on, which need letters and marks apart.
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
    /// Letters that look like a letter of ASCII become that letter, as skeletons of Unicode Technical Standard 39
    /// have it: the Cyrillic о and the Greek ο are o. Letters of Latin, Greek, Cyrillic, Armenian, Coptic, Cherokee
    /// and Lisu are; figures and signs are not. Off by default, for a word in Cyrillic or Greek then
    /// equals a Latin one that looks the same.
    pub confusables: bool,
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
            confusables: false,
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
        confusables: false,
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
    pub(super) options: MatchOptions,
    pub(super) table: Table,
    bytes: [Byte; 256],
    /// What ASCII the steps leave alone wherever it stands, case apart, if nearly all.
    quiet: Option<Ascii>,
    /// Whether the steps are those that [`plain`] takes.
    pub(super) plain: bool,
}

// Texts in which blocks of 64 bytes are seldom plain ask for one ever more seldom.
const FIRST_PATIENCE: usize = 16;
const LAST_PATIENCE: usize = 2048;

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

    /// The part that the clean face shares: a normalization form alone, ligatures opened or not,
    /// invisible characters dropped or not.
    pub(super) fn of_form(form: Form, open_ligatures: bool, invisibles: bool) -> Self {
        let options = MatchOptions {
            form,
            invisibles,
            ..MatchOptions::NONE
        };
        Self::with_ligatures(options, open_ligatures)
    }

    fn with_ligatures(options: MatchOptions, open_ligatures: bool) -> Self {
        let form = match options.form {
            Form::Keep if options.diacritics || options.confusables => Form::Nfc,
            form => form,
        };
        let table = Table::new(Steps {
            folding: Folding {
                form,
                case: options.case,
                strip_diacritics: options.diacritics,
                confusables: options.confusables,
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
        let plain = |byte: u8| bytes[usize::from(byte)] == Byte::Plain;
        let quiet = if (0..0x80).all(plain) {
            Some(Ascii::Any)
        } else if (b' '..=b'~').chain(b'\t'..=b'\r').all(plain) {
            Some(Ascii::Printable)
        } else {
            None
        };
        Self {
            options,
            table,
            bytes,
            quiet,
            plain: options.case
                && options.quotes
                && options.apostrophes
                && options.dashes
                && options.ellipsis
                && options.spaces,
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
        self.run_end(text, 0, false) == text.len()
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
        let mut writer = Writer::new(self, text, out, recorder);
        let mut scratch = Scratch::default();
        let mut segment = String::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        // Where next to try whole blocks, and how far to go without where they got nowhere.
        let mut ask = if self.plain { 0 } else { usize::MAX };
        let mut patience = FIRST_PATIENCE;
        while at < bytes.len() {
            let short = at >= ask;
            if short && plain::is_solid(bytes[at]) {
                let stop = plain::walk(bytes, at, &mut writer);
                if stop - at >= FIRST_PATIENCE {
                    patience = FIRST_PATIENCE;
                } else {
                    ask = stop + patience;
                    patience = (patience * 2).min(LAST_PATIENCE);
                }
                at = stop;
                if at == bytes.len() {
                    break;
                }
            }
            let end = self.run_end(text, at, short);
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
    /// apart. A single space behind other characters belongs to it. A `short` one ends where whole
    /// blocks may do better.
    fn run_end(&self, text: &str, start: usize, short: bool) -> usize {
        // Two loops, for each is the faster the less it has to ask.
        match self.quiet {
            Some(ascii) => self.run_end_of::<true>(text, start, short, ascii),
            None => self.run_end_of::<false>(text, start, short, Ascii::Any),
        }
    }

    /// The same, in `QUIET` blocks of what `ascii` says where that is so.
    fn run_end_of<const QUIET: bool>(
        &self,
        text: &str,
        start: usize,
        short: bool,
        ascii: Ascii,
    ) -> usize {
        let bytes = text.as_bytes();
        let mut at = start;
        // What the last character was, for marks that follow: its combining class, and itself if
        // it is a starter beyond ASCII that stays as it is.
        let mut class = 0;
        let mut starter = None;
        let mut retry = start;
        while let Some(&byte) = bytes.get(at) {
            if QUIET && at >= retry {
                let stays = Quiet {
                    table: &self.table,
                    ascii,
                    stops: &[],
                };
                let skipped = stays.skip(bytes, at);
                if skipped > at {
                    at = skipped;
                    (class, starter) = stays.behind(bytes, at);
                }
                retry = at + quiet::RETRY_BYTES;
                continue;
            }
            match self.bytes[usize::from(byte)] {
                Byte::Plain => {
                    if short && at > start && bytes.get(at + 1).is_none_or(u8::is_ascii) {
                        return at;
                    }
                    at += 1;
                    // A short stretch goes one byte at a time, to see where to end.
                    if !short && !QUIET {
                        at = ascii::skip_words(bytes, at);
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
                    // Letters beyond ASCII seldom come alone.
                    if let Some((end, last)) = self.table.letters_that_stay(bytes, at) {
                        class = 0;
                        starter = Some(last);
                        at = end;
                        continue;
                    }
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
