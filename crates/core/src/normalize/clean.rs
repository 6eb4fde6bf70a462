//! The clean face: text for people to read.

use std::borrow::Cow;

use super::forms::Form;
use super::html::Html;
use super::invisible::Invisibles;
use super::matching::Matcher;
use super::mojibake;
use super::offsets::{OffsetMap, Recorder, Unrecorded};
use super::typography::Typography;
use super::unwrap::Unwrap;

/// What becomes of a kind of mark in text for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Marks {
    /// Left as they are.
    #[default]
    Keep,
    /// As typed on a keyboard: `"`, `'`, `-`, `...`.
    Straight,
    /// As set by a printer: “ ”, ‘ ’, —, ….
    Typographic,
}

/// The steps of the clean face, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a step that stands alone"
)]
pub struct CleanOptions {
    /// Repair text that was decoded with the wrong character set. Off by default.
    pub mojibake: bool,
    /// Decode entities once and take tags out; block tags become paragraph breaks, content of
    /// scripts, styles and comments is dropped. Where tags make the lines, line ends of the source
    /// are white space, except in `<pre>`. Off by default, for `<` and `&` are also plain text.
    pub html: bool,
    /// Drop zero-width characters, byte order marks, bidi controls, soft hyphens and other
    /// controls. Joiners stay in scripts and emoji that need them, variation selectors and tags
    /// behind the characters that they change. On by default.
    pub invisibles: bool,
    /// Normalization form. Default [`Form::Nfc`].
    pub form: Form,
    /// Open typographic ligatures: ﬁ becomes fi. Off by default; [`Form::Nfkc`] does it too.
    pub ligatures: bool,
    /// Quotation marks. Straight: double marks of any script become `"`, single ones `'`, two
    /// single ones in a row `"`. Typographic: “ ” and ‘ ’, opening after a space, a dash or an
    /// opening bracket. Default keep.
    pub quotes: Marks,
    /// Apostrophes between two letters or digits: `'` or `’`. Default keep.
    pub apostrophes: Marks,
    /// Dashes. Straight: hyphens, en dash and minus become `-`, longer dashes and `--` become `-`
    /// with a space on each side (if `spaces` is on). Typographic: `--`, `---`, horizontal bars and
    /// longer dashes become —, special hyphens `-`; en dash and minus stay. Rules of four or more
    /// stay. Default keep.
    pub dashes: Marks,
    /// Ellipsis: `...` or `…`. Rows of more than three dots stay. Default keep.
    pub ellipsis: Marks,
    /// Every space within a line, tab and no-break space included, becomes U+0020, runs become
    /// one, and none is left at the ends of a line. On by default.
    pub spaces: bool,
    /// CRLF, CR, NEL, vertical tab, form feed, LS and PS become U+000A; several blank lines become
    /// one; none is left at the ends of the text. On by default.
    pub line_ends: bool,
    /// Join lines that were wrapped at a fixed width of 40 to 100 characters, paragraph by
    /// paragraph; an indented line starts a paragraph. A hyphen at a line's end stays, without a
    /// space, for it may belong to the word. Turns `spaces` and `line_ends` on. Off by default.
    pub unwrap: bool,
}

impl Default for CleanOptions {
    fn default() -> Self {
        Self {
            invisibles: true,
            form: Form::Nfc,
            spaces: true,
            line_ends: true,
            ..Self::NONE
        }
    }
}

impl CleanOptions {
    /// All steps off: text comes out as it went in. A base to switch single steps on.
    pub const NONE: Self = Self {
        mojibake: false,
        html: false,
        invisibles: false,
        form: Form::Keep,
        ligatures: false,
        quotes: Marks::Keep,
        apostrophes: Marks::Keep,
        dashes: Marks::Keep,
        ellipsis: Marks::Keep,
        spaces: false,
        line_ends: false,
        unwrap: false,
    };
}

/// One step over a whole text.
pub(super) trait Pass {
    /// Whether the step may change the text: a cheap scan, `false` only if it changes nothing.
    fn is_needed(&self, text: &str) -> bool;
    /// Appends the result to `out`; offsets count from where it starts.
    fn run<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R);
}

/// Cleans text for people: one encoding, one kind of space and line end, nothing invisible, and
/// what else is asked for. Meaning is not touched; case, diacritics and marks stay unless told.
///
/// Cleaning twice changes nothing, the steps `mojibake` and `html` apart, which undo one layer of
/// encoding each time. One cleaner serves any number of threads by reference.
///
/// # Examples
///
/// ```
/// use wirefold::normalize::{CleanOptions, Cleaner, Marks};
///
/// let cleaner = Cleaner::default();
/// assert_eq!(cleaner.clean("One\u{A0}\u{A0}day \r\n\r\n\r\nNext\u{200B} day\n"), "One day\n\nNext day");
///
/// let straight = Cleaner::new(CleanOptions { quotes: Marks::Straight, ..CleanOptions::default() });
/// assert_eq!(straight.clean("„Ja“, said Mr. O’Dell."), "\"Ja\", said Mr. O’Dell.");
/// ```
pub struct Cleaner {
    options: CleanOptions,
    invisibles: Option<Invisibles>,
    former: Option<Matcher>,
    /// Tells in one scan that neither of the two above has anything to do.
    settled: Option<Matcher>,
    typography: Option<Typography>,
}

impl Default for Cleaner {
    fn default() -> Self {
        Self::new(CleanOptions::default())
    }
}

impl std::fmt::Debug for Cleaner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cleaner")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Cleaner {
    /// A cleaner with the given steps.
    pub fn new(options: CleanOptions) -> Self {
        let mut options = options;
        options.spaces |= options.unwrap;
        options.line_ends |= options.unwrap;
        let forms = options.form != Form::Keep || options.ligatures;
        Self {
            options,
            invisibles: options.invisibles.then(Invisibles::new),
            former: forms.then(|| Matcher::of_form(options.form, options.ligatures, false)),
            settled: (forms && options.invisibles)
                .then(|| Matcher::of_form(options.form, options.ligatures, true)),
            typography: Typography::new(&options),
        }
    }

    /// The steps that this cleaner takes.
    pub fn options(&self) -> &CleanOptions {
        &self.options
    }

    /// The clean text; borrowed where nothing changes.
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self
            .stages(Stage {
                text: Cow::Borrowed(text),
                map: None,
            })
            .text
        {
            Cow::Owned(cleaned) if cleaned == text => Cow::Borrowed(text),
            cleaned => cleaned,
        }
    }

    /// Appends the clean text to `out`. Steps that have nothing to do cost a scan; each that has
    /// uses a buffer of the text's size.
    pub fn clean_into(&self, text: &str, out: &mut String) {
        out.push_str(
            &self
                .stages(Stage {
                    text: Cow::Borrowed(text),
                    map: None,
                })
                .text,
        );
    }

    /// Appends the clean text to `out` and sets `map` to the way back to `text`. Offsets on the
    /// clean side count from the first byte appended. Mojibake repair is mapped line by line: what
    /// a line's repaired middle part came from is known only as a whole.
    pub fn clean_mapped(&self, text: &str, out: &mut String, map: &mut OffsetMap) {
        let identity = OffsetMap::identity(text.len());
        let stage = self.stages(Stage {
            text: Cow::Borrowed(text),
            map: Some(identity),
        });
        out.push_str(&stage.text);
        *map = stage.map.unwrap_or_default();
    }

    fn stages<'a>(&self, stage: Stage<'a>) -> Stage<'a> {
        let mut stage = stage;
        if self.options.mojibake {
            stage.apply(&Mojibake);
        }
        if self.options.html {
            stage.apply(&Html);
        }
        if !self
            .settled
            .as_ref()
            .is_some_and(|settled| settled.keeps(&stage.text))
        {
            self.settle(&mut stage);
        }
        if let Some(typography) = &self.typography {
            stage.apply(typography);
        }
        if self.options.unwrap {
            stage.apply(&Unwrap);
        }
        stage
    }

    /// Takes out what nobody sees and brings the rest to its form.
    fn settle(&self, stage: &mut Stage<'_>) {
        if let Some(invisibles) = &self.invisibles {
            stage.apply(invisibles);
        }
        if let Some(former) = &self.former {
            // Composition can bring an invisible character next to one that does not need it, and
            // taking that out can bring marks together: rare, and settled by another round.
            let mut rounds = 0;
            while stage.apply(former)
                && self
                    .invisibles
                    .as_ref()
                    .is_some_and(|invisibles| stage.apply(invisibles))
                && rounds < 3
            {
                rounds += 1;
            }
        }
    }
}

struct Stage<'a> {
    text: Cow<'a, str>,
    map: Option<OffsetMap>,
}

impl Stage<'_> {
    /// Runs a pass if it is needed; tells whether it changed the text.
    fn apply<P: Pass>(&mut self, pass: &P) -> bool {
        if !pass.is_needed(&self.text) {
            return false;
        }
        let mut out = String::with_capacity(self.text.len());
        if let Some(map) = &mut self.map {
            let mut next = OffsetMap::default();
            pass.run(&self.text, &mut out, &mut next);
            *map = map.then(&next);
        } else {
            pass.run(&self.text, &mut out, &mut Unrecorded);
        }
        let changed = out != *self.text;
        self.text = Cow::Owned(out);
        changed
    }
}

impl Pass for Matcher {
    fn is_needed(&self, text: &str) -> bool {
        !self.keeps(text)
    }

    fn run<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R) {
        self.write(text, out, recorder);
    }
}

struct Mojibake;

impl Pass for Mojibake {
    fn is_needed(&self, text: &str) -> bool {
        mojibake::looks_misread(text)
    }

    fn run<R: Recorder>(&self, text: &str, out: &mut String, recorder: &mut R) {
        let repaired = mojibake::repair(text);
        out.push_str(&repaired);
        // The repair tells no offsets. Lines correspond if there are as many as before.
        let (mut at, mut new_at) = (0, 0);
        let same_lines = text.matches('\n').count() == repaired.matches('\n').count();
        let (old, new): (Vec<&str>, Vec<&str>) = if same_lines {
            (
                text.split_inclusive('\n').collect(),
                repaired.split_inclusive('\n').collect(),
            )
        } else {
            (vec![text], vec![&*repaired])
        };
        for (old, new) in old.iter().zip(&new) {
            record_difference(old, at, new, new_at, recorder);
            at += old.len();
            new_at += new.len();
        }
    }
}

/// Records `new` as `old` with one piece replaced: what their common ends leave over.
fn record_difference<R: Recorder>(
    old: &str,
    at: usize,
    new: &str,
    new_at: usize,
    recorder: &mut R,
) {
    let boundary = |len: usize| old.is_char_boundary(len) && new.is_char_boundary(len);
    let mut head = old
        .bytes()
        .zip(new.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    while !boundary(head) {
        head -= 1;
    }
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let common = old_rest.bytes().rev().zip(new_rest.bytes().rev());
    let mut tail = common.take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
        tail -= 1;
    }
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    recorder.copied(new_at, at, head);
    recorder.replaced(new_at + head, new_end - head, at + head..at + old_end);
    recorder.copied(new_at + new_end, at + old_end, tail);
}
